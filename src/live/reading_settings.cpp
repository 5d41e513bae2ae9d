// What is set on the account: one SHOW for all parameters, where a manifest or the ledger names any.
#include <algorithm>

#include <fmt/format.h>

#include "account_policies.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/settings.hpp"
#include "reading.hpp"
#include "statements.hpp"

namespace mesh::live {
namespace {

constexpr std::string_view kMonitor = "RESOURCE_MONITOR";  // no parameter: SHOW RESOURCE MONITORS tells
constexpr std::string_view kInherited = "FEATURE_RBAC_INHERITED_GRANTS";

using kinds::parameter_id;

Object set_on_account(const kinds::Setting& setting, Value value) {
  Object object;
  object.id = parameter_id(setting.name);
  object.properties[std::string(kinds::property_of(setting))] = {std::move(value), {}};
  return object;
}

}  // namespace

void Reading::ask_account_parameters() {
  bool any = false;
  for (const auto& setting : kinds::all_settings())
    any |= kinds::is_parameter(setting) && wants_parameter(parameter_id(setting.name));
  const Domain* owner = kinds::account_domain(*scope_.mesh);
  const std::string role = owner == nullptr ? std::string() : scope_.mesh->plan_role(owner->name);
  if (any) {
    asks_.ask({"SHOW PARAMETERS IN ACCOUNT",
               role,
               "the parameters of the account",
               {"key", "value", "level"},
               [this](Rows& rows) { read_account_parameters(rows); }});
  } else if (!scope_.present_grants.empty()) {
    asks_.ask({"SHOW PARAMETERS LIKE 'FEATURE_RBAC_INHERITED_GRANTS' IN ACCOUNT",
               role,
               "whether the account has inherited grants",
               {"key", "value", "level"},
               [this](Rows& rows) { read_account_parameters(rows); },
               is_out_of_reach});
  }
  std::set<KindId> policies;
  for (const auto& setting : kinds::all_settings()) {
    if (setting.type == kinds::SettingType::Policy && wants_parameter(parameter_id(setting.name)))
      policies.insert(kinds::policy_kind(setting));
  }
  for (const KindId kind : policies) ask_account_policies(kind, role);
  if (wants_parameter(parameter_id(kMonitor))) {
    asks_.ask({show("RESOURCE MONITORS"),
               role,
               "the resource monitor of the account",
               {"name", "level"},
               [this](Rows& rows) { read_account_monitor(rows); },
               tolerated(parameter_id(kMonitor))});
  }
}

// Without a warehouse, unlike POLICY_REFERENCES (governance-reading.md 3.2).
void Reading::ask_account_policies(KindId kind, const std::string& role) {
  const auto settings = kinds::policy_settings(kind);
  const bool by_the_way = std::none_of(settings.begin(), settings.end(), [this](const kinds::Setting* setting) {
    return is_named(parameter_id(setting->name));
  });
  asks_.ask({show_on_account(sql::Keyword::of_table(kinds::of(kind).sql_plural)),
             role,
             std::string("the ") + kind_words(kind) + " of the account",
             {"name", "database_name", "schema_name", "options"},
             [this, kind](Rows& rows) { read_account_policies(kind, rows); },
             [by_the_way](const StatementError& error) { return by_the_way && is_out_of_reach(error); }});
}

void Reading::read_account_policies(KindId kind, const Rows& rows) {
  for (const auto& policy : account_policies(rows)) {
    if (!policy.scopes) {
      asks_.report("MESH3004",
                   fmt::format("for whom {} is set on the account cannot be understood: '{}'",
                               ObjectId{kind, policy.name}.address(), policy.options),
                   "mesh knows JSON with target_scopes there, a list of ACCOUNT, PERSON_USERS and SERVICE_USERS");
      continue;
    }
    for (const auto* setting : kinds::policy_settings(kind)) {
      const auto id = parameter_id(setting->name);
      if (policy.scopes->count(kinds::target_scope(*setting)) > 0 && wants_parameter(id))
        live_.state.objects.emplace(id, set_on_account(*setting, Value(policy.name.display())));
    }
  }
}

// Who looks at everything does without where it is not allowed to.
std::function<bool(const StatementError&)> Reading::tolerated(const ObjectId& parameter) const {
  const bool by_the_way = !is_named(parameter);
  return [by_the_way](const StatementError& error) { return by_the_way && is_out_of_reach(error); };
}

bool Reading::is_named(const ObjectId& parameter) const {
  return interest_.declared_for(parameter) != nullptr || interest_.known(parameter) != nullptr;
}

// Drift and import look at all that are set, where a domain has the account.
bool Reading::wants_parameter(const ObjectId& parameter) const {
  return is_named(parameter) || (scope_.everything_in_databases && kinds::account_domain(*scope_.mesh) != nullptr);
}

void Reading::read_account_parameters(const Rows& rows) {
  const Field key(rows, "key"), value(rows, "value"), level(rows, "level");
  std::set<std::string> listed;
  for (const auto& row : rows.rows) {
    const std::string name = to_upper(key.in(row));
    listed.insert(name);
    if (name == kInherited) live_.inherited_grants = iequals(value.in(row), "ENABLED");
    const auto* setting = kinds::find_setting(name);
    const auto id = parameter_id(name);
    if (setting == nullptr || !wants_parameter(id) || !iequals(level.in(row), "ACCOUNT")) continue;
    auto canonical = kinds::setting_value(*setting, value.in(row));
    // A value this version does not know is told as it is, and differs from what is wanted.
    Value read = canonical ? std::move(*canonical) : Value(std::string(value.in(row)));
    live_.state.objects.emplace(id, set_on_account(*setting, std::move(read)));
  }
  for (const auto& [id, object] : scope_.desired->state.objects) {
    const auto& name = id.name.last().stored();
    const auto* setting = id.kind == KindId::AccountParameter ? kinds::find_setting(name) : nullptr;
    if (setting == nullptr || !kinds::is_parameter(*setting) || listed.count(name) > 0) continue;
    asks_.report("MESH3005", id.address() + " is declared, but the account does not list it",
                 "read with a role that sees all of them (ACCOUNTADMIN), or take it out: this account may not have it",
                 object.place);
  }
}

void Reading::read_account_monitor(const Rows& rows) {
  const Field name(rows, "name"), level(rows, "level");
  for (const auto& row : rows.rows) {
    if (!iequals(level.in(row), "ACCOUNT")) continue;
    const auto* setting = kinds::find_setting(kMonitor);
    const Value monitor(name.name(row).stored());
    live_.state.objects.emplace(parameter_id(kMonitor), set_on_account(*setting, monitor));
  }
}

}  // namespace mesh::live
