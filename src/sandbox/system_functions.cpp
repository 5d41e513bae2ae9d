#include "system_functions.hpp"

#include <fmt/format.h>

#include "flow.hpp"
#include "instances.hpp"
#include "mesh/base/text.hpp"
#include "shares.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

// The one bundle that changes what the sandbox answers. Older ones are generally enabled, newer ones unknown.
constexpr std::string_view kBundle = "2026_06";
constexpr std::string_view kBundleProperty = "BUNDLE_2026_06";

bool is_bundle_name(std::string_view name) {
  return name.size() == 7 && name[4] == '_' && name.find_first_not_of("0123456789_") == std::string_view::npos;
}

void check_bundle(const std::string& bundle) {
  // Text unconfirmed.
  if (!is_bundle_name(bundle) || bundle > kBundle)
    refuse_text(fmt::format("Invalid behavior change bundle '{}'", bundle));
}

std::string switch_bundle(Running& run, const std::string& bundle, bool on) {
  const Object* admin = run.catalog.child(run.account, Kind::Role, "ACCOUNTADMIN");
  if (admin == nullptr || !run.access.active(admin->id)) refuse_privilege(run, run.home());
  check_bundle(bundle);
  if (bundle != kBundle)
    refuse_text(fmt::format("Behavior change bundle '{}' can no longer be enabled or disabled", bundle));
  Object& account = run.catalog.edit(run.account);
  if (on) account.props.erase(std::string(kBundleProperty));
  if (!on) account.props[std::string(kBundleProperty)] = "DISABLED";
  return on ? "ENABLED" : "DISABLED";
}

std::string bundle_status(const Running& run, const std::string& bundle) {
  check_bundle(bundle);
  if (bundle != kBundle) return "RELEASED";
  return run.home().prop(kBundleProperty).empty() ? "ENABLED" : "DISABLED";
}

// The value under a column that is named by the expression.
ResultSet one_value(std::string name, std::string value) {
  Column column = text_column(std::move(name));
  column.length = column.byte_length = 134217728;  // computed text (sql-api.md section 3)
  ResultSet result;
  result.columns.push_back(std::move(column));
  result.rows.push_back({std::move(value)});
  return result;
}

// The argument is a name as SQL has it: folded where it is not quoted.
std::string share_named(const std::string& argument) {
  const auto parts = parse_name(argument);
  return parts && parts->size() == 1 ? parts->front() : argument;
}

// SELECT SYSTEM$SHOW_SENSITIVE_DATA_MONITORED_ENTITIES(['DATABASE'])
std::optional<ResultSet> monitored(Running& run) {
  Parser& p = run.parser;
  if (!p.at("SELECT SYSTEM$SHOW_SENSITIVE_DATA_MONITORED_ENTITIES")) return std::nullopt;
  p.next();
  p.next();
  p.expect_symbol("(");
  const std::string type = p.at_symbol(")") ? "" : p.string();
  p.expect_symbol(")");
  p.expect_end();
  const std::string argument = type.empty() ? "" : "'" + type + "'";
  return one_value(fmt::format("SYSTEM$SHOW_SENSITIVE_DATA_MONITORED_ENTITIES({})", argument),
                   monitored_entities(run, type));
}

}  // namespace

std::optional<ResultSet> system_function(Running& run) {
  Parser& p = run.parser;
  if (auto result = monitored(run)) return result;
  const bool fits = p.at("SELECT") && p.peek(1).kind == TokenKind::Word && p.at_symbol("(", 2) &&
                    p.peek(3).kind == TokenKind::String && p.at_symbol(")", 4) &&
                    (p.peek(5).kind == TokenKind::End || p.at_symbol(";", 5));
  if (!fits) return std::nullopt;
  const std::string function = p.peek(1).folded();
  const std::string argument = p.peek(3).text;
  const std::string name = fmt::format("{}('{}')", function, argument);
  if (function == "SYSTEM$ENABLE_BEHAVIOR_CHANGE_BUNDLE") return one_value(name, switch_bundle(run, argument, true));
  if (function == "SYSTEM$DISABLE_BEHAVIOR_CHANGE_BUNDLE") return one_value(name, switch_bundle(run, argument, false));
  if (function == "SYSTEM$BEHAVIOR_CHANGE_BUNDLE_STATUS") return one_value(name, bundle_status(run, argument));
  constexpr std::pair<std::string_view, std::string (*)(Running&, const NameParts&)> kOfObjects[] = {
      {"SYSTEM$TASK_DEPENDENTS_ENABLE", enable_dependents},
      {"SYSTEM$PIPE_STATUS", pipe_status},
      {"SYSTEM$PIPE_FORCE_RESUME", force_pipe}};
  for (const auto& [word, work] : kOfObjects) {
    if (function != word) continue;
    const auto parts = parse_name(argument);
    if (!parts) refuse_operation();
    run.operation = "SELECT";
    return one_value(name, work(run, *parts));
  }
  if (function == "SYSTEM$LIST_OUTBOUND_SHARES_DETAILS")
    return one_value(name, outbound_details(run, share_named(argument)));
  return std::nullopt;
}

}  // namespace mesh::sandbox
