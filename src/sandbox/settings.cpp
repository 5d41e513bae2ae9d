#include "settings.hpp"

#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

const PropertySpec* find_spec(const PropertySpecs& specs, std::string_view name) {
  for (const PropertySpec& spec : specs) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

const Parameter* find_parameter_of(Kind kind, std::string_view name) {
  const Parameter* found = find_parameter(name);
  return found != nullptr && (found->levels & level_of(kind)) != 0 ? found : nullptr;
}

}  // namespace

void read_settings(Parser& parser, Kind kind, const PropertySpecs& specs, Settings& settings) {
  while (parser.peek().is_name() && parser.at_symbol("=", 1)) {
    const std::string key = parser.next().folded();
    parser.expect_symbol("=");
    const PropertySpec* spec = find_spec(specs, key);
    const Parameter* parameter = spec == nullptr ? find_parameter_of(kind, key) : nullptr;
    if (spec == nullptr && parameter == nullptr) refuse_property(key, facts(kind).words);
    if (spec != nullptr && spec->read != nullptr) {
      settings.props[key] = spec->read(parser);
      parser.accept_symbol(",");
      continue;
    }
    const Value value = parser.value();
    if (parameter != nullptr) {
      settings.params[key] = parameter_value(*parameter, value);
    } else if (std::string text; normalise(spec->rule, value, text)) {
      settings.props[key] = text;
    } else {
      refuse_property_value(value.text, key);
    }
    parser.accept_symbol(",");
  }
}

std::vector<std::string> read_unset(Parser& parser, Kind kind, const PropertySpecs& specs) {
  std::vector<std::string> names;
  do {
    const std::string key = parser.name();
    if (find_spec(specs, key) == nullptr && find_parameter_of(kind, key) == nullptr)
      refuse_property(key, facts(kind).words);
    names.push_back(key);
  } while (parser.accept_symbol(","));
  return names;
}

void apply(const Settings& settings, Object& object) {
  for (const auto& [key, value] : settings.props) object.props[key] = value;
  for (const auto& [key, value] : settings.params) object.params[key] = value;
}

void unset(const std::vector<std::string>& names, Object& object) {
  for (const std::string& name : names) object.props.erase(name), object.params.erase(name);
}

}  // namespace mesh::sandbox
