#include "settings.hpp"

#include <algorithm>
#include <charconv>
#include <regex>

#include <fmt/format.h>

#include "mesh/base/text.hpp"

namespace mesh::check {
namespace {

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known, std::string otherwise) {
  const auto near = nearest(word, known);
  return near.empty() ? std::move(otherwise) : fmt::format("did you mean '{}'?", near);
}

// A list of texts; a single one stands for a list of one.
std::optional<Value> as_list(const Value& value) {
  if (const auto* text = value.text()) return Value(ValueList{Value(*text)});
  return std::holds_alternative<ValueList>(value.data) ? std::optional(value) : std::nullopt;
}

// Names have at most 255 characters; the library goes into a pattern as deep as it is long.
constexpr size_t kLongestPattern = 500;

bool is_pattern(const std::string& text) {
  if (text.size() > kLongestPattern) return false;
  try {
    const std::regex pattern(text);
    return true;
  } catch (const std::regex_error&) {
    return false;
  }
}

// The value as the parameter's type has it; else what is wrong with it.
Result<Value> typed(ParameterType type, const Value& value) {
  const auto wrong = [&] { return fail(fmt::format("must be {}, not {}", to_string(type), to_display(value))); };
  switch (type) {
    case ParameterType::Text:
      return value.text() == nullptr ? Result<Value>(wrong()) : value;
    case ParameterType::Number: {
      const auto* number = std::get_if<int64_t>(&value.data);
      return number == nullptr || *number < 0 ? Result<Value>(wrong()) : value;
    }
    case ParameterType::Flag:
      return std::holds_alternative<bool>(value.data) ? value : Result<Value>(wrong());
    case ParameterType::Tag: {
      const auto name = value.text() == nullptr ? Result<QualifiedName>(fail("")) : QualifiedName::parse(*value.text());
      return name && name->depth() == 3 ? value : Result<Value>(wrong());
    }
    case ParameterType::Pattern:
      return value.text() != nullptr && is_pattern(*value.text()) ? value : Result<Value>(wrong());
    case ParameterType::Lists: {
      const auto* record = std::get_if<ValueRecord>(&value.data);
      if (record == nullptr) return wrong();
      ValueRecord lists;
      for (const auto& [name, each] : *record) {
        auto texts = each.is_null() ? std::optional<Value>(ValueList{}) : as_list(each);
        if (!texts) return wrong();
        lists.emplace_back(name, std::move(*texts));
      }
      return Value(std::move(lists));
    }
    case ParameterType::Texts:
    case ParameterType::Kinds:
      break;
  }
  auto list = as_list(value);
  if (!list) return wrong();
  if (type == ParameterType::Texts) return *list;
  std::vector<std::string> words;
  for (const auto* kind : kinds::all()) words.emplace_back(kind->words);
  for (const auto& each : std::get<ValueList>(list->data)) {
    if (kind_from_words(*each.text())) continue;
    return fail(fmt::format("'{}' is no kind of object; {}", *each.text(),
                            did_you_mean(*each.text(), words, "there are: " + join(words, ", "))));
  }
  return *list;
}

Value default_of(const RuleParameter& parameter) {
  const std::string text(parameter.fallback);
  switch (parameter.type) {
    case ParameterType::Number: {
      int64_t number = 0;
      std::from_chars(text.data(), text.data() + text.size(), number);
      return number;
    }
    case ParameterType::Flag:
      return text == "true";
    case ParameterType::Texts:
    case ParameterType::Kinds: {
      ValueList list;
      for (const auto& each : split(text, ',')) list.emplace_back(std::string(trim(each)));
      return list;
    }
    case ParameterType::Text:
    case ParameterType::Tag:
    case ParameterType::Pattern:
    case ParameterType::Lists:  // has none
      break;
  }
  return text;
}

std::vector<std::string> names_of(const RuleInfo& rule) {
  std::vector<std::string> names{"level", "grace"};
  for (const auto& parameter : rule.parameters) names.emplace_back(parameter.name);
  return names;
}

std::vector<std::string> all_ids() {
  std::vector<std::string> ids;
  for (const auto* rule : all_rules()) ids.emplace_back(rule->id);
  return ids;
}

void report_unknown(const std::string& rule, Place place, Diagnostics& diagnostics) {
  diagnostics.error("MESH1602", place, fmt::format("there is no rule '{}'", rule),
                    did_you_mean(rule, all_ids(), "mesh explain lists the rules"));
}

}  // namespace

std::optional<Parameters> read_parameters(const RuleInfo& rule, const RuleSetting& setting, Diagnostics& diagnostics) {
  std::map<std::string, Value, std::less<>> values;
  bool sound = true;
  for (const auto& [name, property] : setting.parameters) {
    const auto parameter = std::find_if(rule.parameters.begin(), rule.parameters.end(),
                                        [&, key = name](const RuleParameter& each) { return each.name == key; });
    if (parameter == rule.parameters.end()) {
      const auto names = names_of(rule);
      diagnostics.error("MESH1603", setting.parameter_keys.at(name),
                        fmt::format("rule {} takes no '{}'", rule.id, name),
                        did_you_mean(name, names, fmt::format("it takes: {}", join(names, ", "))));
      sound = false;
      continue;
    }
    auto value = typed(parameter->type, property.value);
    if (value) {
      values.emplace(name, std::move(*value));
      continue;
    }
    diagnostics.error("MESH1603", property.place,
                      fmt::format("{} of rule {}: {}", name, rule.id, value.error().message),
                      std::string(parameter->doc));
    sound = false;
  }
  for (const auto& parameter : rule.parameters) {
    if (setting.parameters.count(parameter.name) > 0) continue;
    if (parameter.required && setting.level != RuleLevel::Off) {
      diagnostics.error("MESH1603", setting.place, fmt::format("rule {} needs {}", rule.id, parameter.name),
                        fmt::format("{}: {}", parameter.name, parameter.doc));
      sound = false;
    } else if (!parameter.fallback.empty()) {
      values.emplace(parameter.name, default_of(parameter));
    }
  }
  return sound ? std::optional(Parameters(std::move(values))) : std::nullopt;
}

const char* to_string(ParameterType type) {
  switch (type) {
    case ParameterType::Text:
      return "a text";
    case ParameterType::Number:
      return "a whole number";
    case ParameterType::Flag:
      return "true or false";
    case ParameterType::Texts:
      return "a list of texts";
    case ParameterType::Tag:
      return "a tag (DB.SCHEMA.TAG)";
    case ParameterType::Pattern:
      return "a regular expression";
    case ParameterType::Kinds:
      return "a list of kinds (table, view)";
    case ParameterType::Lists:
      return "a map of lists of texts";
  }
  broken_promise("every parameter type has words", __FILE__, __LINE__);
}

void check_rules(const Rules& rules, Diagnostics& diagnostics) {
  for (const auto& setting : rules.settings) {
    const auto* rule = find_rule(setting.rule);
    if (rule == nullptr) {
      report_unknown(setting.rule, setting.place, diagnostics);
    } else {
      read_parameters(*rule, setting, diagnostics);
    }
  }
  for (const auto& waiver : rules.waivers) {
    if (find_rule(waiver.rule) == nullptr) report_unknown(waiver.rule, waiver.rule_place, diagnostics);
  }
}

}  // namespace mesh::check
