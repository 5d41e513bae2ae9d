// Where password, session and authentication policies are in force: the account, its users by their type, single users
// (docs: alter-account, alter-user, show-authentication-policies and its like). They are kept and shown; nobody's
// log-in is measured by them.

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "attachments.hpp"
#include "login_policy.hpp"
#include "mesh/base/text.hpp"
#include "show_cells.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

constexpr std::array kKinds = {Kind::PasswordPolicy, Kind::SessionPolicy, Kind::AuthenticationPolicy};

// An attachment to the account has its scope as value.
struct Scope {
  std::string_view words;  // ALTER ACCOUNT SET .. POLICY name <words>
  std::string_view shown;  // in target_scopes, which lists them in this order (terraform's provider, account test)
  std::string_view types;  // of the users that it is for
};
constexpr Scope kScopes[] = {
    {"", "ACCOUNT", ",PERSON,SERVICE,SERVICE_AGENT,LEGACY_SERVICE"},
    {"FOR ALL PERSON USERS", "PERSON_USERS", ",PERSON"},
    {"FOR ALL SERVICE USERS", "SERVICE_USERS", "SERVICE,LEGACY_SERVICE"},
};
constexpr const Scope& kEverybody = kScopes[0];

bool has_scopes(Kind kind) { return kind != Kind::PasswordPolicy; }

const Scope& read_scope(Parser& p, Kind kind) {
  for (const Scope& scope : kScopes) {
    if (has_scopes(kind) && !scope.words.empty() && p.accept(scope.words)) return scope;
  }
  return kEverybody;
}

bool is_for(const Scope& scope, const Object& user) {
  const auto types = split(scope.types, ',');
  return std::find(types.begin(), types.end(), user.prop("TYPE")) != types.end();
}

std::optional<Kind> at_kind(const Parser& p, std::string_view verb) {
  for (const Kind kind : kKinds) {
    if (p.at(fmt::format("{} {}", verb, facts(kind).words))) return kind;
  }
  return std::nullopt;
}

void need_to_apply(const Running& run, Kind kind, const Object& object) {
  if (!has_account_privilege(run, fmt::format("APPLY {}", facts(kind).words))) refuse_privilege(run, object);
}

bool is_at(const Running& run, const Attachment& attachment, Kind kind, const Scope& scope) {
  const Object* policy = run.catalog.find(attachment.what);
  return policy != nullptr && policy->kind == kind && attachment.value == scope.shown;
}

const Object* on_account(const Running& run, Kind kind, const Scope& scope) {
  for (const Attachment& a : run.home().attachments) {
    if (is_at(run, a, kind, scope)) return run.catalog.find(a.what);
  }
  return nullptr;
}

const Object* on_user(const Running& run, const Object& user, Kind kind) {
  const Attachment* there = find_attachment(run.catalog, user, kind, 0);
  return there == nullptr ? nullptr : run.catalog.find(there->what);
}

void put_on_account(Running& run, Kind kind, const Scope& scope, const Object* policy) {
  std::vector<Attachment> all = run.home().attachments;
  std::erase_if(all, [&](const Attachment& a) { return is_at(run, a, kind, scope); });
  if (policy != nullptr) all.push_back({policy->id, 0, std::string(scope.shown), {}});
  run.catalog.attach(run.account, std::move(all));
}

// "If you specify FORCE, then policies you set on specific users or specific user types are overridden" (alter-account;
// of password policies it does not say so). What overridden means is not told: here users lose theirs. Those for user
// types stay, as terraform's tests find them after FORCE without FOR ALL.
void override_users(Running& run, Kind kind, const Scope& scope) {
  const auto users = run.catalog.children(run.account, Kind::User);  // a copy: the catalogue is written below
  for (const auto& [name, id] : users) {
    const Object& user = run.catalog.at(id);
    const bool loses = user.kind == Kind::User && is_for(scope, user) && on_user(run, user, kind) != nullptr;
    if (loses) unset_policy(run, user, "", kind);
  }
}

void set_on_account(Running& run, Kind kind, const Scope& scope, const PolicyText& text) {
  const Object& policy = need(run, kind, text.name);
  // Its APPLY or OWNERSHIP besides (session-policies-managing).
  if (kind == Kind::SessionPolicy && !run.access.holds(policy, "APPLY")) refuse_privilege(run, policy);
  const Object* there = on_account(run, kind, scope);
  if (there != nullptr && there->id != policy.id && !text.force) {
    refuse("003549", "23505",
           fmt::format("Object {} already has a {}. Only one {} is allowed at a time.", run.home().name,
                       facts(kind).granted_on, facts(kind).granted_on));
  }
  if (text.force && has_scopes(kind)) override_users(run, kind, scope);
  put_on_account(run, kind, scope, &policy);
}

ResultSet set(Running& run, const Object& object, Kind kind) {
  Parser& p = run.parser;
  p.expect(fmt::format("SET {}", facts(kind).words));
  PolicyText text;
  text.kind = kind;
  text.name = p.qualified();
  const Scope& scope = object.kind == Kind::Account ? read_scope(p, kind) : kEverybody;
  text.force = p.accept("FORCE");
  p.expect_end();
  need_to_apply(run, kind, object);
  if (object.kind == Kind::Account) {
    set_on_account(run, kind, scope, text);
  } else {
    set_policy(run, object, "", text, true);
  }
  return executed();
}

// "Narrows the scope of the command" (alter-account, UNSET): without FOR ALL those for user types stay, as terraform's
// tests find them.
ResultSet unset(Running& run, const Object& object, Kind kind) {
  Parser& p = run.parser;
  p.expect(fmt::format("UNSET {}", facts(kind).words));
  const Scope& scope = object.kind == Kind::Account ? read_scope(p, kind) : kEverybody;
  p.expect_end();
  need_to_apply(run, kind, object);
  if (object.kind != Kind::Account) {
    unset_policy(run, object, "", kind);
    return executed();
  }
  if (on_account(run, kind, scope) == nullptr) {
    refuse_text(fmt::format("SQL compilation error:\nAny policy of kind {} is not attached to ACCOUNT {}.",
                            facts(kind).granted_on, object.name));
  }
  put_on_account(run, kind, scope, nullptr);
  return executed();
}

// --- SHOW .. POLICIES ON ---------------------------------------------------------------------------------------------

struct InForce {
  const Object* policy;
  std::vector<std::string_view> scopes;  // empty: set on the user
};

// One row for a policy, whatever it is set for (terraform's provider, account test).
std::vector<InForce> in_force_on_account(const Running& run, Kind kind) {
  std::vector<InForce> all;
  for (const Scope& scope : kScopes) {
    const Object* policy = on_account(run, kind, scope);
    if (policy == nullptr) continue;
    const auto same = std::find_if(all.begin(), all.end(), [&](const InForce& f) { return f.policy == policy; });
    if (same == all.end()) {
      all.push_back({policy, {scope.shown}});
    } else {
      same->scopes.push_back(scope.shown);
    }
  }
  return all;
}

// Its own comes first, then that of its type (alter-account).
std::vector<InForce> in_force_for(const Running& run, const Object& user, Kind kind) {
  if (const Object* own = on_user(run, user, kind)) return {{own, {}}};
  for (auto scope = std::rbegin(kScopes); scope != std::rend(kScopes); ++scope) {
    const Object* policy = is_for(*scope, user) ? on_account(run, kind, *scope) : nullptr;
    if (policy != nullptr) return {{policy, {scope->shown}}};
  }
  return {};
}

std::string options_of(const InForce& one, Kind kind) {
  if (!has_scopes(kind) || one.scopes.empty()) return "";
  std::string list;
  for (const auto scope : one.scopes) list += fmt::format("{}\"{}\"", list.empty() ? "" : ",", scope);
  return fmt::format("{{\"target_scopes\":[{}]}}", list);
}

// What is in force where nobody set one (show-session-policies, ON); its name is from mlorek/frostlake.
Row built_in(Kind kind) {
  return {timestamp_cell(0), "BUILT-IN", "", "", std::string(facts(kind).granted_on), "", "", "", ""};
}

}  // namespace

std::optional<ResultSet> alter_login_policy_of(Running& run, const Object& object) {
  if (const auto kind = at_kind(run.parser, "SET")) return set(run, object, *kind);
  if (const auto kind = at_kind(run.parser, "UNSET")) return unset(run, object, *kind);
  return std::nullopt;
}

ResultSet show_policies_on(Running& run, Kind kind) {
  Parser& p = run.parser;
  const Object* user = nullptr;
  if (!p.accept("ACCOUNT")) {
    p.expect("USER");
    user = &need(run, Kind::User, {p.name()});
  }
  p.expect_end();
  const auto in_force = user == nullptr ? in_force_on_account(run, kind) : in_force_for(run, *user, kind);
  ResultSet result = show_rows(run, policy_columns(), {});
  // Session policies have no such column on their page.
  const bool tells_where = kind != Kind::SessionPolicy;
  if (tells_where) result.columns.push_back(columns_of({"T:set_on"}).front());
  const auto add = [&](Row row, const char* where) {
    if (tells_where) row.emplace_back(where);
    result.rows.push_back(std::move(row));
  };
  bool covers_everybody = user != nullptr && !in_force.empty();
  for (const InForce& one : in_force) {
    covers_everybody |= std::find(one.scopes.begin(), one.scopes.end(), kEverybody.shown) != one.scopes.end();
    const bool may =
        run.access.owns(*one.policy) || has_account_privilege(run, fmt::format("APPLY {}", facts(kind).words));
    if (!may) continue;
    Row row = show_rows(run, policy_columns(), {one.policy}).rows.front();
    row[7] = options_of(one, kind);
    add(std::move(row), one.scopes.empty() ? "USER" : "ACCOUNT");
  }
  if (!covers_everybody) add(built_in(kind), "SYSTEM");
  return result;
}

// set_on is filled by the ON forms (password_policy entry, show).
const ShowColumns& password_policy_columns() {
  static const ShowColumns kColumns = [] {
    ShowColumns columns = policy_columns();
    columns.push_back({"T:set_on", cells::null});
    return columns;
  }();
  return kColumns;
}

}  // namespace mesh::sandbox
