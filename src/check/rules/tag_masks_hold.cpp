#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "tag", .type = ParameterType::Tag, .required = true, .doc = "the tag whose masking policies must hold"},
    {.name = "as_strong",
     .type = ParameterType::Texts,
     .doc = "patterns over the full names of masking policies that hide no less than the tag's"}};

// The tag's policy for columns of that type; nullptr: it has none.
const Attachment* policy_of_tag(const View& view, const QualifiedName& tag, const Column& column) {
  const auto& all = view.state().attachments;
  const Bearer bearer{{KindId::Tag, tag}, std::nullopt};
  for (auto it = all.lower_bound({bearer, KindId::MaskingPolicy, {}});
       it != all.end() && it->first.bearer == bearer && it->first.kind == KindId::MaskingPolicy; ++it) {
    const auto* policy = view.state().find({KindId::MaskingPolicy, it->second.name});
    const std::string family = policy == nullptr ? std::string() : family_of(*policy);
    if (family.empty() || column.type.family().empty() || family == column.type.family()) return &it->second;
  }
  return nullptr;
}

// "A masking policy directly assigned to a column takes precedence" (tag-based-masking-policies).
void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto tag = view.tag(parameters.text("tag"));
  const auto as_strong = parameters.texts("as_strong");
  view.each_object([&](const Object& object) {
    if (object.columns.empty() || !view.knows_tags_of(object)) return;
    for (const auto& column : object.columns) {
      const Bearer bearer{object.id, column.name};
      const auto* by_tag = view.tag_over(bearer, tag) == nullptr ? nullptr : policy_of_tag(view, tag, column);
      if (by_tag == nullptr) continue;
      const auto subject = view.subject(object, column);
      const auto* own = view.policy_on(bearer, KindId::MaskingPolicy);
      const auto called = [&](const Attachment& each) {
        return view.shown(ObjectId{KindId::MaskingPolicy, each.name}).display();
      };
      const bool holds = own == nullptr || own->name == by_tag->name || matches_any(as_strong, called(*own));
      findings.judge(subject,
                     holds ? ""
                           : fmt::format("{} has masking policy {} of its own, which takes the place of {}, that of {}",
                                         subject.shown, called(*own), called(*by_tag), parameters.text("tag")),
                     own == nullptr ? ""
                                    : view.mend(object.id, kinds::detach_statement(*own) + ";",
                                                "take masking_policy: off the column; or name the policy in as_strong, "
                                                "if it hides no less"));
    }
  });
}

}  // namespace

constinit const Rule kTagMasksHold = {
    {.id = "tag-masks-hold",
     .code = "PII-02",
     .level = RuleLevel::Error,
     .parameters = kParameters,
     .title = "No masking policy on a column takes the place of that of its tag.",
     .why = "The one on the column wins, and may show what the tag's policy was made to hide.",
     .mend = "Leave the column to its tag, or name policies that hide no less in as_strong.",
     .needs_tags = true},
    check};

}  // namespace mesh::check
