#pragma once
// The rounds of reading: account, databases, what is in them, who holds what.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "asks.hpp"
#include "columns.hpp"
#include "grants.hpp"
#include "interest.hpp"
#include "mesh/kinds/kind.hpp"
#include "mesh/kinds/policies.hpp"
#include "mesh/kinds/settings.hpp"
#include "mesh/kinds/table_rows.hpp"
#include "objects.hpp"

namespace mesh::live {

inline constexpr std::string_view kImportedDatabase = "IMPORTED DATABASE";  // SHOW DATABASES, kind

// Calls `visit` with each attachment of the object and its columns.
template <typename Visit>
void visit_attachments(const State& state, const ObjectId& id, Visit visit) {
  for (auto it = state.attachments.lower_bound({{id, std::nullopt}, KindId{}, {}});
       it != state.attachments.end() && it->first.bearer.object == id; ++it)
    visit(it->second);
}

inline bool has_metric(const State& state, const ObjectId& id) {
  bool any = false;
  visit_attachments(state, id, [&](const Attachment& each) { any |= each.key.kind == KindId::DataMetricFunction; });
  return any;
}

class Reading {
 public:
  explicit Reading(ReadScope scope);
  // Of what was read already: what hangs on scope.bearers, and nothing else.
  Reading(ReadScope scope, Live read);

  std::vector<Reader::Ask> next();
  void feed(int id, Reply reply) { asks_.feed(id, std::move(reply)); }
  Live finish(Diagnostics& diagnostics);

 private:
  // Rounds.
  void ask_account();
  void ask_databases();
  void ask_narrower();
  void ask_contents();
  void ask_members();

  void ask_context();
  void ask_roles();
  void ask_statements();
  void ask_account_parameters();
  bool is_named(const ObjectId& parameter) const;
  std::function<bool(const StatementError&)> tolerated(const ObjectId& parameter) const;
  bool wants_parameter(const ObjectId& parameter) const;
  void read_account_parameters(const Rows& rows);
  void read_account_monitor(const Rows& rows);
  void ask_all(KindId kind, std::function<void(const Rows&)> read);
  void ask_all(KindId kind, const std::string& role, const std::function<void(const Rows&)>& read);
  void read_context(const Rows& rows);
  void read_roles(const Rows& rows);
  void read_databases(const Rows& rows);
  void read_account_objects(KindId kind, const Rows& rows);

  void ask_database(const ObjectId& database);
  void ask_database_roles(const ObjectId& database);
  void ask_contained(KindId kind, const ObjectId& database);
  void ask_contained(KindId kind, const ObjectId& database, const std::string& role);
  void ask_narrower_in(KindId kind, const ObjectId& schema);
  void ask_page(KindId kind, const ObjectId& schema, const std::string& after);
  void read_schemas(const ObjectId& database, const Rows& rows);
  void read_database_roles(const ObjectId& database, const Rows& rows);
  void note_as_table(const std::string& kind, const QualifiedName& name, const Rows& rows, const Row& row);
  void merge_as_tables();
  void read_contained(KindId kind, const Rows& rows);

  void ask_keys(const ObjectId& database);
  void ask_keys_in(ConstraintType type, const ObjectId& container);
  void ask_checks();
  std::string control_warehouse() const;
  void note_hidden_checks();
  void ask_search_targets();
  void ask_columns(const ObjectId& schema);
  void ask_many_columns(const ObjectId& schema, Rows shown);
  void ask_columns_singly(const ObjectId& schema);
  std::vector<ObjectId> relations_of(const ObjectId& schema) const;
  void ask_columns_of(const ObjectId& relation);
  void ask_wide_types();
  void ask_parameters(KindId kind);
  void ask_described(KindId kind);
  void ask_defaults();
  void ask_whole_lists(const kinds::Kind& kind);
  void ask_singly(KindId kind, kinds::ReadFrom from, const char* what, const std::vector<std::string>& needed,
                  std::string (*statement)(const Object&), void (*read)(const Rows&, Object&));
  bool is_looked_at(const Object& live, kinds::ReadFrom from) const;

  // Objects whose tags and policies matter, with those of their columns.
  std::vector<ObjectId> bearers() const;
  bool is_in_use(KindId kind) const;
  // Whether the ledger says that mesh set one of the kind there.
  static bool remembers(const LedgerEntry& entry, KindId kind);
  void ask_policies();
  void ask_attachments();
  void ask_bearers();
  void ask_schedules();
  void ask_account_policies(KindId kind, const std::string& role);
  void read_account_policies(KindId kind, const Rows& rows);
  // Of tables that are declared with rows.
  void ask_rows();
  void ask_masks(const ObjectId& table, const std::vector<std::pair<Name, DataType>>& columns);
  void report_veiled(const ObjectId& table, const std::string& what);
  void read_rows(const Rows& answer, const ObjectId& id, kinds::TableRows rows,
                 const std::vector<std::pair<Name, DataType>>& columns, const std::vector<size_t>& at);
  void ask_tags(const std::string& role, const std::vector<ObjectId>& ids);
  void ask_places(const std::string& role, const std::vector<ObjectId>& ids);
  // Calls of table functions, several in one statement; `first`: how many calls came in the statements before. What
  // nobody needs may be refused by an account that does not know it (governance-reading.md 9). What `role` may not see
  // is asked as `or_role`.
  void ask_in_batches(const std::string& role, const std::string& what, const std::vector<std::string>& calls,
                      const std::vector<std::string>& columns,
                      const std::function<void(const Rows&, size_t first)>& read, bool is_needed = true,
                      const std::string& or_role = {});
  static std::vector<std::string> place_columns();
  // What hangs on scope.bearers, whoever set it: see look_closer().
  void ask_policies_on(const std::string& role, const std::map<QualifiedName, ObjectId>& bearers);
  void ask_policies_of(const std::string& role, const std::string& owner, const std::vector<ObjectId>& ids);
  void ask_second_witness();
  void ask_masks();
  void ask_ddl_of(const std::string& owner, const std::vector<ObjectId>& ids);
  void hear_second_witness(const ObjectId& id, std::string_view ddl);
  std::string owner_of(const ObjectId& id) const;                              // the role that applies it
  bool note_untold(const std::vector<ObjectId>& ids, const std::string& why);  // true
  bool bears_metrics(const ObjectId& id) const;
  void remember_tags(const ObjectId& id);
  void read_tags(const Rows& rows, const std::vector<ObjectId>& asked, size_t first);
  void read_places(const Rows& rows, const std::map<QualifiedName, ObjectId>& bearers);
  // Contacts: which there are, and what objects have.
  using Ways = std::set<std::string>;  // by which one is reached: "url https://…"
  bool reads_contacts() const;
  void ask_contact_list();
  void read_contact_list(const std::string& role, const Rows& rows);
  std::set<QualifiedName> likely_contacts(const ObjectId& id, const std::string& purpose = {}) const;
  void ask_contacts(const std::string& role, const std::vector<ObjectId>& ids);
  void remember_contacts(const ObjectId& id);
  void settle_contacts();
  // Metric functions on tables and views, with their expectations.
  void ask_metrics(const std::string& role, const std::vector<ObjectId>& ids);
  void ask_metrics_of(const std::string& role, const std::string& owner, bool is_needed,
                      const std::vector<ObjectId>& asked);
  bool has_metrics(const ObjectId& id) const;
  void ask_measurements();
  void read_measurements(const Rows& rows);
  void settle_expectations();
  // Classification profiles, and what they are set on.
  bool names_profile(const ObjectId& live) const;
  void ask_monitored();
  void ask_monitored(const std::string& role);
  void read_monitored(const Rows& rows);
  void settle_monitored();
  void settle_hidden_instances();
  void report_unread(const ObjectId& instance);
  QualifiedName contact_behind(const AttachmentKey& key, const Ways& ways) const;
  static void read_columns_of(std::string_view cell, const kinds::PolicyForm& form, Attachment& found);

  void ask_grants(GranteeType type);
  void ask_grants_to(const Grantee& grantee, const Interest::Access& access);
  void ask_grants_of(const ObjectId& role);
  bool exists(const Grantee& grantee) const;
  bool is_imported_role(const ObjectId& id) const;
  bool members_unknown(const ObjectId& role, const ObjectId& declared) const;
  void take_access(AccessRows rows);
  void one_more_read(const Grantee& grantee, bool whole);

  // Adds the object, with the stated value where what is in effect is just that. A row without a name is reported:
  // nullptr.
  Object* add(const ObjectRows& reader, const Rows& rows, const Row& row, QualifiedName name, bool born = false);
  bool is_expected(const ObjectId& id) const { return scope_.everything_in_databases || interest_.is_expected(id); }
  std::vector<ObjectId> schemas_of(const QualifiedName& database) const;
  // Dealt with by the handlers: what was listed a moment ago, but cannot be looked into.
  std::function<bool(const StatementError&)> must_be_visible(const ObjectId& container);

  // The end.
  void merge_access();
  void merge_owners();
  void settle(GrantKey& key) const;
  void note_containers();
  void check_columns();
  void check_names_taken();
  void check_assumed();

  struct MemberCounts {
    std::optional<int64_t> users, roles, database_roles;
  };

  ReadScope scope_;
  Interest interest_;
  Asks asks_;
  Live live_;
  size_t round_ = 0;
  bool looks_closer_ = false, without_warehouse_ = false;
  std::string locator_;
  bool account_read_ = true;
  std::map<Name, std::string> database_kinds_;  // STANDARD, IMPORTED DATABASE, ...
  std::map<QualifiedName, std::string> other_relations_;
  std::map<ObjectId, Object> as_tables_;  // what SHOW TABLES told of other kinds  // "dynamic table" and so on, by name
  std::map<ObjectId, MemberCounts> member_counts_;
  std::set<QualifiedName> schemas_read_;  // databases
  // Databases and kinds of what lies in their schemas.
  using List = std::pair<QualifiedName, KindId>;
  std::set<List> asked_, read_, narrower_;  // narrower: the list is too long
  ColumnReader columns_;
  std::map<std::string, std::vector<QualifiedName>> policies_;     // by the role that sees them
  std::map<std::string, std::map<QualifiedName, Ways>> contacts_;  // by the role that sees them
  std::map<AttachmentKey, Ways> contact_ways_;
  std::map<AttachmentKey, std::map<std::string, std::string>> expectations_;
  std::map<AttachmentKey, QualifiedName> contact_names_;
  std::map<ObjectId, std::string> monitored_;  // databases and schemas, with their classification profiles
  bool monitored_read_ = false;
  std::map<QualifiedName, std::string> listed_by_others_;  // databases: the role that listed for their owner's
  std::map<Grantee, int> reads_left_;
  std::set<Grantee> missing_grantees_;
  std::vector<Grant> grants_;
  std::map<ObjectId, Grantee> owners_;  // of what SHOW lists without
  std::map<MembershipKey, Membership> memberships_;
};

}  // namespace mesh::live
