#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "tag", .type = ParameterType::Tag, .required = true, .doc = "the tag that sensitive columns bear"},
    {.name = "values", .type = ParameterType::Texts, .fallback = "*", .doc = "patterns over its values that count"}};

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto tag = view.tag(parameters.text("tag"));
  const auto values = parameters.texts("values");
  view.each_grant([&](const Grant& grant) {
    const auto& key = grant.key;
    if (key.grantee.type != GranteeType::Share || key.target.form != TargetForm::Object) return;
    const auto* object = view.state().find(key.target.object);
    if (object == nullptr || key.privilege != "SELECT" || !view.knows_tags_of(*object)) return;
    for (const auto& column : object->columns) {
      const auto* set = view.tag_over({object->id, column.name}, tag);
      if (set == nullptr || !matches_any(values, set->value)) continue;
      const auto subject = view.subject(*object, column);
      findings.judge(subject,
                     view.is_masked(*object, column)
                         ? ""
                         : fmt::format("{} is {} '{}' and goes to other accounts unmasked, in {}", subject.shown,
                                       parameters.text("tag"), set->value, view.shown(key.grantee).display()),
                     view.mend(object->id, kinds::revoke_statement(key) + ";",
                               "write masking_policy: on the column, or share a secure view without it"));
    }
  });
}

}  // namespace

constinit const Rule kSharedIsMasked = {
    {.id = "shared-columns-are-masked",
     .code = "PUB-01",
     .level = RuleLevel::Error,
     .parameters = kParameters,
     .title = "No classified column goes into a share without a masking policy.",
     .why = "Tags do not cross a share: over there nobody sees that the column is personal.",
     .mend = "Mask the column, or share a secure view that leaves it out.",
     .needs_tags = true},
    check};

}  // namespace mesh::check
