// ALTER ACCOUNT, ALTER SESSION and USE.

#include <fmt/format.h>

#include "ddl.hpp"
#include "governance_clauses.hpp"
#include "login_policy.hpp"
#include "mesh/base/text.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

void need_accountadmin(const Running& run) {
  const Object* admin = run.catalog.child(run.account, Kind::Role, "ACCOUNTADMIN");
  if (admin == nullptr || !run.access.active(admin->id)) refuse_privilege(run, run.home());
}

// SET RESOURCE_MONITOR = <name> (alter-account); UNSET RESOURCE_MONITOR is on no page, but terraform's provider sends
// it (pkg/sdk AccountUnset).
ResultSet watch_account(Running& run) {
  Parser& p = run.parser;
  std::string monitor;
  if (p.accept("SET RESOURCE_MONITOR")) {
    p.expect_symbol("=");
    monitor = p.name();
  } else {
    p.expect("UNSET RESOURCE_MONITOR");
  }
  p.expect_end();
  need_accountadmin(run);
  if (!monitor.empty()) need(run, Kind::ResourceMonitor, {monitor});
  Properties& props = run.catalog.edit(run.account).props;
  props.erase("RESOURCE_MONITOR");
  if (!monitor.empty()) props["RESOURCE_MONITOR"] = monitor;
  return executed();
}

// "The only account parameter that can be set by either account administrators or security administrators" (page
// parameters); ATTACH POLICY on the account will do too (security-access-control-privileges).
void need_for_network_policy(const Running& run) {
  const Object* admin = run.catalog.child(run.account, Kind::Role, "SECURITYADMIN");
  const bool may = (admin != nullptr && run.access.active(admin->id)) || run.access.account_privilege("ATTACH POLICY");
  if (!may) need_accountadmin(run);
}

// The policy must be there (network_policy entry).
void check_network_policy(Running& run) {
  Parser& p = run.parser;
  const size_t at = p.mark();
  if (p.accept("SET NETWORK_POLICY")) {
    p.expect_symbol("=");
    const Value value = p.value();
    const std::string name = value.parts.empty() ? value.text : value.parts.back();
    // Who may attach one needs nothing on it (security-access-control-privileges, ATTACH POLICY).
    if (run.catalog.child(run.account, Kind::NetworkPolicy, name) == nullptr) need(run, Kind::NetworkPolicy, {name});
  }
  p.back_to(at);
}

// What the SQL API keeps of a session is the request's own; only the tag is of use to anyone here.
void set_session_parameter(Running& run, const Parameter& parameter, const std::string& value) {
  if (parameter.name == "QUERY_TAG") run.session.query_tag = value;
}

const Parameter& session_parameter(const std::string& name) {
  const Parameter* found = find_parameter(name);
  if (found == nullptr || (found->levels & kSessionLevel) == 0) refuse_property(name, "SESSION");
  return *found;
}

ResultSet use_role(Running& run) {
  const std::string name = run.parser.name();
  run.parser.expect_end();
  const Object* wanted = run.catalog.child(run.account, Kind::Role, name);
  if (wanted == nullptr) refuse_operation();
  const RoleSet own = role_closure(run.catalog, run.account, run.user);
  if (own.count(wanted->id) == 0) {
    refuse("003013", "42501",
           fmt::format("SQL access control error:\nRequested role '{}' is not assigned to the executing user.  Specify "
                       "another role "
                       "to activate.",
                       name));
  }
  run.session.role = name;
  return executed();
}

ResultSet use_secondary_roles(Running& run) {
  const bool all = run.parser.accept("ALL");
  if (!all) run.parser.expect("NONE");
  run.parser.expect_end();
  run.session.secondary_roles_all = all;
  return executed();
}

ResultSet use_warehouse(Running& run) {
  const std::string name = run.parser.name();
  run.parser.expect_end();
  const Object& warehouse = need_scope(run, Kind::Warehouse, {name});
  need_privilege(run, warehouse, "USAGE");
  run.session.warehouse = name;
  return executed();
}

// To resolve names any privilege will do; USE wants USAGE (grants.md section 3, Implied).
const Object& need_usable(const Running& run, Kind kind, const NameParts& name) {
  const Object& found = need_scope(run, kind, name);
  if (!run.access.holds(found, "USAGE")) refuse_operation();
  return found;
}

ResultSet use_schema(Running& run) {
  const NameParts name = run.parser.qualified();
  run.parser.expect_end();
  const Object& schema = need_usable(run, Kind::Schema, name);
  run.session.database = run.catalog.at(schema.parent).name;
  run.session.schema = schema.name;
  return executed();
}

ResultSet use_database(Running& run) {
  const std::string name = run.parser.name();
  run.parser.expect_end();
  const Object& database = need_usable(run, Kind::Database, {name});
  run.session.database = name;
  run.session.schema = run.catalog.child(database.id, Kind::Schema, "PUBLIC") != nullptr ? "PUBLIC" : "";
  return executed();
}

}  // namespace

ResultSet alter_account(Running& run) {
  Parser& p = run.parser;
  if (at_governance(p, Kind::Account)) return alter_account_governance(run);
  if (auto done = alter_login_policy_of(run, run.home())) return std::move(*done);
  if (p.at("RENAME TO")) refuse_unsupported("ALTER ACCOUNT RENAME TO");
  if (p.at("SET RESOURCE_MONITOR") || p.at("UNSET RESOURCE_MONITOR")) return watch_account(run);
  if (p.at("SET NETWORK_POLICY") || p.at("UNSET NETWORK_POLICY")) {
    need_for_network_policy(run);
  } else {
    need_accountadmin(run);
  }
  check_network_policy(run);
  return set_or_unset(run, run.home(), {});
}

ResultSet alter_session(Running& run) {
  Parser& p = run.parser;
  if (p.accept("SET")) {
    if (!p.peek().is_name()) p.unexpected();
    while (p.peek().is_name()) {
      const Parameter& parameter = session_parameter(p.name());
      p.expect_symbol("=");
      set_session_parameter(run, parameter, parameter_value(parameter, p.value()));
      p.accept_symbol(",");
    }
  } else {
    p.expect("UNSET");
    do {
      set_session_parameter(run, session_parameter(p.name()), "");
    } while (p.accept_symbol(","));
  }
  p.expect_end();
  return executed();
}

ResultSet use_statement(Running& run) {
  Parser& p = run.parser;
  if (p.accept("SECONDARY ROLES") || p.accept("SECONDARY ROLE")) return use_secondary_roles(run);
  if (p.accept("ROLE")) return use_role(run);
  if (p.accept("WAREHOUSE")) return use_warehouse(run);
  if (p.accept("SCHEMA")) return use_schema(run);
  const bool plain = p.accept("DATABASE");
  if (!plain && p.at_symbol(".", 1)) return use_schema(run);
  return use_database(run);
}

}  // namespace mesh::sandbox
