// account_parameters: {PARAMETER: value}, of a domain that has the account.
#include <fmt/format.h>

#include "builder.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/settings.hpp"

namespace mesh::manifest {
namespace {

using kinds::Setting;
using kinds::SettingType;

// A number may be written without quotes, a flag only so.
std::optional<std::string> written(const Setting& setting, const Node& key, const Node& value,
                                   Diagnostics& diagnostics) {
  switch (setting.type) {
    case SettingType::Boolean:
      if (const auto flag = read_bool(value, key.text, diagnostics)) return *flag ? "true" : "false";
      return std::nullopt;
    case SettingType::Integer:
      if (const auto number = read_int(value, key.text, diagnostics)) return std::to_string(*number);
      return std::nullopt;
    case SettingType::Identifier:
    case SettingType::NetworkPolicy:
    case SettingType::ResourceMonitor:
    case SettingType::Warehouse:
      if (const auto text = read_text(value, key.text, diagnostics)) {
        if (const auto name = read_name(*text, value.place, key.text, diagnostics)) return name->stored();
      }
      return std::nullopt;
    case SettingType::Decimal:
    case SettingType::Word:
    case SettingType::BareWord:
      return read_scalar(value, key.text, diagnostics);
    case SettingType::Text:
    case SettingType::EventTable:
    case SettingType::Policy:
      return read_text(value, key.text, diagnostics);
  }
  broken_promise("every type of setting is named", __FILE__, __LINE__);
}

class ParameterReader {
 public:
  explicit ParameterReader(const Site& site) : site_(site), diagnostics_(site.build.diagnostics) {}

  void one(const Node& key, const Node& value) {
    const std::string name = to_upper(key.text);
    const auto* setting = kinds::find_setting(name);
    if (setting == nullptr) {
      diagnostics_.error(
          "MESH1101", key.place, fmt::format("unknown account parameter '{}'", key.text),
          did_you_mean(name, kinds::setting_names(), "SHOW PARAMETERS IN ACCOUNT lists what the account has"));
      return;
    }
    if (value.is_null()) {
      diagnostics_.error("MESH1103", key.place, fmt::format("{} has no value", name),
                         "write one; a parameter that is left out is left alone, or unset where mesh had set it");
      return;
    }
    const auto text = written(*setting, key, value, diagnostics_);
    if (!text) return;
    const auto canonical = kinds::setting_value(*setting, *text);
    if (!canonical) {
      diagnostics_.error(
          "MESH1301", value.place, fmt::format("{}: {}", name, canonical.error().message),
          did_you_mean(to_upper(*text),
                       setting->type == SettingType::Policy ? std::vector<std::string>() : split(setting->words, ',')));
    } else if (kinds::breaks_sessions(*setting, *canonical)) {
      diagnostics_.error("MESH1301", value.place, fmt::format("{} must stay {}", name, setting->only),
                         fmt::format("{}; a user or a session of its own may have it otherwise", setting->because));
    } else {
      declare(*setting, *canonical, key.place, value.place);
    }
  }

 private:
  void declare(const Setting& setting, const Value& value, Place key, Place place) {
    const ObjectId id = kinds::parameter_id(setting.name);
    const auto [it, fresh] = site_.build.state.objects.try_emplace(id);
    if (!fresh) {
      auto& error =
          diagnostics_.error("MESH1105", key, fmt::format("{} is declared twice", id.address()), "keep one of them");
      error.notes.push_back({"it is declared here first", it->second.place});
      return;
    }
    Object& object = it->second;
    object.id = id;
    object.domain = site_.domain.name;
    object.place = key;
    object.properties[std::string(kinds::property_of(setting))] = {value, place};
  }

  const Site& site_;
  Diagnostics& diagnostics_;
};

}  // namespace

void read_account_parameters(const Site& site, const Node& key, const Node& map) {
  if (!site.domain.account) {
    site.diagnostics().error("MESH1405", key.place,
                             fmt::format("account_parameters are not domain {}'s to set", site.domain.name),
                             "they belong to a domain with account: true in mesh.yaml");
    return;
  }
  if (!expect_map(map, "account_parameters", site.diagnostics())) return;
  ParameterReader reader(site);
  for (const auto& [name, value] : entries(map)) reader.one(name, value);
}

}  // namespace mesh::manifest
