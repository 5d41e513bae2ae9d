#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "tag",
     .type = ParameterType::Tag,
     .required = true,
     .doc = "the tag that sensitive columns bear: DB.SCHEMA.TAG"},
    {.name = "values", .type = ParameterType::Texts, .fallback = "*", .doc = "patterns over its values that count"},
    {.name = "policy",
     .type = ParameterType::Text,
     .doc = "the masking policy that the help names; else a declared one that fits the column's type"}};

// A declared policy for the column's type, as the help shows it.
std::string fitting_policy(const View& view, const Parameters& parameters, const Column& column) {
  if (parameters.has("policy")) return parameters.text("policy");
  const auto& objects = view.state().objects;
  for (auto it = objects.lower_bound({KindId::MaskingPolicy, {}});
       it != objects.end() && it->first.kind == KindId::MaskingPolicy; ++it) {
    if (column.type.family().empty() || family_of(it->second) == column.type.family())
      return view.shown(it->first).display();
  }
  return "DB.SCHEMA.POLICY";
}

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto tag = view.tag(parameters.text("tag"));
  const auto values = parameters.texts("values");
  view.each_object([&](const Object& object) {
    if (object.columns.empty() || !view.knows_tags_of(object)) return;
    for (const auto& column : object.columns) {
      const auto* set = view.tag_over({object.id, column.name}, tag);
      if (set == nullptr || !matches_any(values, set->value)) continue;
      const auto subject = view.subject(object, column);
      if (view.is_masked(object, column)) {
        findings.covers(subject);
        continue;
      }
      const auto policy = fitting_policy(view, parameters, column);
      findings.judge(
          subject,
          fmt::format("{} is {} '{}', and no masking policy is on it", subject.shown, parameters.text("tag"),
                      set->value),
          view.mend(object.id,
                    fmt::format("ALTER {} {} MODIFY COLUMN {} SET MASKING POLICY {};",
                                sql_or(kinds::of(object.id.kind).sql_for_policies, kinds::of(object.id.kind)),
                                object.id.display(), column.name.display(), policy),
                    fmt::format("write masking_policy: {} on the column, or put a policy on the tag", policy)));
    }
  });
}

}  // namespace

constinit const Rule kPiiMustBeMasked = {
    {.id = "pii-must-be-masked",
     .code = "PII-01",
     .level = RuleLevel::Error,
     .parameters = kParameters,
     .title = "A column that bears the tag, or inherits it, has a masking policy for its type.",
     .why = "A tag alone hides nothing: without a policy everyone who may read the table reads the column.",
     .mend = "Write masking_policy: on the column, or masking_policies: on the tag's definition.",
     .needs_tags = true},
    check};

}  // namespace mesh::check
