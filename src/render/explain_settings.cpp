#include "explain_settings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/kinds/settings.hpp"

namespace mesh::render {
namespace {

using kinds::Setting;
using kinds::SettingType;

std::string value_words(const Setting& setting) {
  switch (setting.type) {
    case SettingType::Boolean:
      return "true or false";
    case SettingType::Integer:
      return setting.min == 0 && setting.max == 0 ? "integer"
                                                  : fmt::format("integer, {} to {}", setting.min, setting.max);
    case SettingType::Decimal:
      return "number";
    case SettingType::Word:
    case SettingType::BareWord:
      return "one of " + replace_all(std::string(setting.words), ",", ", ");
    case SettingType::Text:
      return "text";
    case SettingType::Identifier:
      return "name";
    case SettingType::NetworkPolicy:
      return "name of a network policy";
    case SettingType::ResourceMonitor:
      return "name of a resource monitor";
    case SettingType::Warehouse:
      return "name of a warehouse";
    case SettingType::EventTable:
      return "name of an event table, DB.SCHEMA.NAME";
    case SettingType::Policy:
      return fmt::format("name of the {}, DB.SCHEMA.NAME", kind_words(kinds::policy_kind(setting)));
  }
  broken_promise("every type of setting has words", __FILE__, __LINE__);
}

// Whom it is for, where not all: TYPE as ALTER ACCOUNT's page has it.
std::string_view users_words(const Setting& setting) {
  switch (setting.users) {
    case kinds::ForUsers::All:
      return "";
    case kinds::ForUsers::Person:
      return "users of TYPE PERSON or none";
    case kinds::ForUsers::Service:
      return "users of TYPE SERVICE or LEGACY_SERVICE";
  }
  broken_promise("all users of policies have words", __FILE__, __LINE__);
}

std::string one(const Setting& setting) {
  std::string out =
      fmt::format("account parameter {}: `account_parameters: {{{}: value}}` at the top of a manifest\n\n",
                  setting.name, setting.name);
  out += fmt::format("  {}.\n", value_words(setting));
  if (setting.type == SettingType::Policy) {
    const auto users = users_words(setting);
    out += fmt::format("  It is in force for {} without a policy of their own.\n",
                       !users.empty()           ? std::string(users)
                       : setting.swaps_by_force ? "users"
                                                : "users without one for their TYPE and");
    if (const auto cost = kinds::swap_cost(setting); !cost.empty())
      out += fmt::format("  Another takes its place by UNSET and SET: {}.\n", cost);
  }
  if (!setting.only.empty()) out += fmt::format("  It must stay {}: {}.\n", setting.only, setting.because);
  if (setting.keeps_history_by_default)
    out += fmt::format("  Lowering it loses history, and needs consent; Snowflake's default is {}.\n",
                       *setting.keeps_history_by_default);
  return out;
}

std::string all() {
  std::string out = fmt::format("account parameter: `account_parameters` at the top of a manifest\n\n  {}\n",
                                kinds::of(KindId::AccountParameter).doc);
  out +=
      "  For a domain with account: true in mesh.yaml. A parameter that is not written is left alone; one that\n"
      "  mesh had set is unset when its line goes. mesh drift lists what is set and stands in no manifest.\n\n"
      "Parameters\n";
  size_t width = 0;
  for (const auto& setting : kinds::all_settings()) width = std::max(width, setting.name.size());
  for (const auto& setting : kinds::all_settings())
    out += fmt::format("  {:<{}}  {}\n", setting.name, width, value_words(setting));
  return out;
}

}  // namespace

std::optional<std::string> explain_setting(std::string_view what) {
  std::string name = to_upper(replace_all(std::string(what), "_", " "));
  for (const std::string_view words : {"ACCOUNT PARAMETERS", "ACCOUNT PARAMETER"}) {
    if (name == words) return all();
    if (!name.starts_with(words)) continue;
    name = std::string(trim(std::string_view(name).substr(words.size())));
    break;
  }
  const auto* setting = kinds::find_setting(replace_all(name, " ", "_"));
  return setting == nullptr ? std::nullopt : std::optional(one(*setting));
}

}  // namespace mesh::render
