#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "tag", .type = ParameterType::Tag, .required = true, .doc = "the tag that classifies: DB.SCHEMA.TAG"},
    {.name = "in",
     .type = ParameterType::Texts,
     .fallback = "*",
     .doc = "patterns over the full names of the tables and views it holds for, SALES.PUBLISHED.*"}};

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto tag = view.tag(parameters.text("tag"));
  const auto in = parameters.texts("in");
  view.each_object([&](const Object& object) {
    if (object.columns.empty() || !view.knows_tags_of(object)) return;
    if (!matches_any(in, view.subject(object).name)) return;
    for (const auto& column : object.columns) {
      const auto subject = view.subject(object, column);
      const bool classified = view.tag_over({object.id, column.name}, tag) != nullptr;
      findings.judge(
          subject,
          classified ? "" : fmt::format("{} has no class: tag {} is missing", subject.shown, parameters.text("tag")),
          view.mend(
              object.id,
              alter(object.id, fmt::format("MODIFY COLUMN {} SET TAG {} = '…'", column.name.display(), tag.display())),
              fmt::format("tags: {{{}: …}}, on the column or on what it is in", parameters.text("tag"))));
    }
  });
}

}  // namespace

constinit const Rule kColumnsAreClassified = {
    {.id = "columns-are-classified",
     .code = "CLS-01",
     .level = RuleLevel::Error,
     .parameters = kParameters,
     .title = "Every column bears the tag that classifies it, or inherits it.",
     .why = "What nobody has classified must count as the most sensitive, so that nobody can use it.",
     .mend = "Set the tag on the column, or on the table, schema or database it is in.",
     .needs_tags = true},
    check};

}  // namespace mesh::check
