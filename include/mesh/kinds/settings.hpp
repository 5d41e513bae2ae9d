#pragma once
// What ALTER ACCOUNT SET and UNSET take: parameters of the account (page sql-reference/parameters), and its resource
// monitor. Each is an object "account parameter NAME" with one property, so that ledger, tombstones and plan know it
// like any other; no SHOW of its own lists them.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/kinds/kind.hpp"

namespace mesh {
struct Domain;
struct Mesh;
}  // namespace mesh

namespace mesh::kinds {

// The kinds that stand beside all().
std::span<const Kind* const> settings();

enum class SettingType : uint8_t {
  Boolean,
  Integer,
  Decimal,
  Word,        // one of `words`, in quotes
  BareWord,    // the same without quotes
  Text,        // any
  Identifier,  // of something mesh does not manage
  // Names of objects: each has a row of the kind, which says what it refers to.
  NetworkPolicy,
  ResourceMonitor,
  Warehouse,
  EventTable,
  Policy,  // `words`: the row. ALTER ACCOUNT SET PASSWORD POLICY name
};

// For whom a policy of logging in is set: the account may have one for each at the same time (alter-account).
enum class ForUsers : uint8_t {
  All,      // who has none of its own
  Person,   // FOR ALL PERSON USERS: TYPE PERSON or none
  Service,  // FOR ALL SERVICE USERS: TYPE SERVICE or LEGACY_SERVICE
};

struct Setting {
  std::string_view name;
  SettingType type;
  std::string_view words{};  // with commas between
  int64_t min = 0, max = 0;  // Integer: 0, 0 = any
  // Snowflake's default, where going below it loses history.
  std::optional<int64_t> keeps_history_by_default{};
  // The only value that mesh's own sessions bear, and what any other would break.
  std::string_view only{}, because{};
  ForUsers users = ForUsers::All;  // Policy
  bool swaps_by_force = false;     // Policy: FORCE takes off no other than the account's own
};

// The privilege on the account that a parameter of a database or schema asks for besides its owner's role (database and
// schema entries, privileges); empty: none.
std::string_view account_privilege_for(KindId kind, std::string_view property);

std::span<const Setting> all_settings();               // by name
const Setting* find_setting(std::string_view name);    // upper case; nullptr: there is none
std::vector<std::string> setting_names();              // for suggestions
ObjectId parameter_id(std::string_view name);          // "account parameter NAME"
std::string_view property_of(const Setting& setting);  // the row of the kind that holds its value

// Text as written or as SHOW PARAMETERS has it, to the canonical value. Fails with what is allowed.
Result<Value> setting_value(const Setting& setting, std::string_view text);
// Whether it is a parameter, which SHOW PARAMETERS lists.
bool is_parameter(const Setting& setting);
// Of what kind its policy is; the setting's type is Policy.
KindId policy_kind(const Setting& setting);
// What SHOW ... POLICIES ON ACCOUNT calls whom it is for, in target_scopes.
std::string_view target_scope(const Setting& setting);
// Those of the kind: for all, for persons, for services.
std::vector<const Setting*> policy_settings(KindId kind);
// Whether the value would break what mesh's sessions rest on.
bool breaks_sessions(const Setting& setting, const Value& value);

// The domain that has the account (`account: true`), the first of several; nullptr: none has.
const Domain* account_domain(const Mesh& mesh);
// Who owns what is live: by its account-level name, parameters by having the account. nullptr: nobody.
const Domain* owner_of_live(const Mesh& mesh, const ObjectId& id);

// ALTER ACCOUNT SET NAME = value; ALTER ACCOUNT UNSET NAME. The object is an account parameter that there is.
// `swaps`: a policy in place of another, which may take two statements; swap_cost() says what is in force between them.
std::vector<std::string> set_setting(const ObjectId& id, const Value& value, bool swaps = false);
std::string_view swap_cost(const Setting& setting);  // empty: nothing
std::string unset_setting(const ObjectId& id);

}  // namespace mesh::kinds
