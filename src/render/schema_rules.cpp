#include "schema_rules.hpp"

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/check/rules.hpp"

namespace mesh::render::schema {
namespace {

Value level() { return one_of({"error", "warning", "note", "info", "off"}); }

// A scalar may come from a variable.
Value value_of(const check::RuleParameter& parameter) {
  switch (parameter.type) {
    case check::ParameterType::Number:
      return any_of({of_type("integer"), reference("variable")});
    case check::ParameterType::Flag:
      return any_of({of_type("boolean"), reference("variable")});
    case check::ParameterType::Texts:
    case check::ParameterType::Kinds:
      return any_of({list_of(text()), text()});
    case check::ParameterType::Lists:
      return map_of(any_of({list_of(text()), text(), of_type("null")}));
    case check::ParameterType::Text:
    case check::ParameterType::Tag:
    case check::ParameterType::Pattern:
      return text();
  }
  broken_promise("every parameter type has a schema", __FILE__, __LINE__);
}

Value setting(const check::RuleInfo& rule) {
  Fields fields;
  const auto add = [&](bool required) {
    for (const auto& parameter : rule.parameters) {
      if (parameter.required != required) continue;
      const auto fallback =
          parameter.fallback.empty() ? "" : fmt::format(" Where it is not written: {}.", parameter.fallback);
      fields.emplace_back(parameter.name,
                          described(value_of(parameter), fmt::format("{}.{}", parameter.doc, fallback)));
    }
  };
  add(true);
  const size_t required = fields.size();
  fields.emplace_back("level", described(level(), fmt::format("Where it is not written: {}.", to_string(rule.level))));
  fields.emplace_back("grace", described(text(), "YYYY-MM-DD: through that day an error is a warning."));
  add(false);
  const Value record = object(std::move(fields), required, Others::Refused);
  std::vector<Value> choices{level(), record};
  if (required == 0) choices.insert(choices.begin(), of_type("null"));
  return described(any_of(std::move(choices)), fmt::format("{} {}", rule.title, rule.why));
}

}  // namespace

Value rules() {
  Fields fields{{"baseline", described(text(),
                                       "A file, relative to the domain's folder, that lists what was found when "
                                       "the rules came: mesh validate --write-baseline FILE.")}};
  for (const auto* rule : check::all_rules()) fields.emplace_back(std::string(rule->id), setting(*rule));
  return described(object(std::move(fields), 0, Others::Refused),
                   "Rules for the whole mesh, each by its id; only where the domain governs.");
}

Value waivers() {
  const Value waiver =
      object({{"rule", text()},
              {"reason", text()},
              {"expires", described(text(), "YYYY-MM-DD, the last day.")},
              {"address", described(text(), "Of the object, with or without its kind; * stands for any run.")},
              {"object", described(text(), "The same as address.")},
              {"approver", text()},
              {"approved_by", described(text(), "The same as approver.")}},
             3, Others::Refused);
  return described(list_of(waiver), "Findings that somebody answers for until a day; only where the domain governs.");
}

}  // namespace mesh::render::schema
