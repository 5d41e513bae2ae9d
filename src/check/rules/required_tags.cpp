#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "tags", .type = ParameterType::Texts, .required = true, .doc = "the tags, DB.SCHEMA.TAG each"},
    {.name = "kinds",
     .type = ParameterType::Kinds,
     .fallback = "warehouse, database",
     .doc = "the kinds of objects that must bear them"}};

void check(const View& view, const Parameters& parameters, Findings& findings) {
  for (const auto kind : parameters.kinds("kinds")) {
    view.each_object(kind, [&](const Object& object) {
      if (!view.knows_tags_of(object)) return;
      const auto subject = view.subject(object);
      findings.covers(subject);
      for (const auto& written : parameters.texts("tags")) {
        if (!QualifiedName::parse(written)) continue;
        const auto tag = view.tag(written);
        if (view.tag_over({object.id, std::nullopt}, tag) != nullptr) continue;
        findings.add(subject, fmt::format("{} does not bear tag {}", subject.shown, written),
                     view.mend(object.id, alter(object.id, fmt::format("SET TAG {} = '…'", tag.display())),
                               fmt::format("write tags: {{{}: …}}", written)));
      }
    });
  }
}

}  // namespace

constinit const Rule kRequiredTags = {{.id = "required-tags",
                                       .code = "COST-03",
                                       .level = RuleLevel::Error,
                                       .parameters = kParameters,
                                       .title = "Objects of the kinds named bear the tags named, a cost centre say.",
                                       .why = "What is not tagged is in no report: nobody's cost, nobody's class.",
                                       .mend = "Write tags: on the object, or on what it is in.",
                                       .needs_tags = true},
                                      check};

}  // namespace mesh::check
