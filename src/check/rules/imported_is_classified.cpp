#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/diff/diff.hpp"
#include "mesh/kinds/kind.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "tag", .type = ParameterType::Tag, .required = true, .doc = "the tag that classifies: DB.SCHEMA.TAG"}};

bool reads_imported(const View& view, const Object& object) {
  const auto sources = read_by(object);
  return std::any_of(sources.begin(), sources.end(), [&](const ObjectId& source) {
    const auto* database = view.state().find({KindId::Database, QualifiedName({source.name.first()})});
    return source.name.depth() == 3 && database != nullptr && database->find("from_share") != nullptr;
  });
}

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto tag = view.tag(parameters.text("tag"));
  const auto judge = [&](const Subject& subject, const Bearer& bearer) {
    findings.judge(subject,
                   view.tag_over(bearer, tag) != nullptr
                       ? ""
                       : fmt::format("{} is made of what another account shares, and does not bear {}", subject.shown,
                                     parameters.text("tag")),
                   fmt::format("tags: {{{}: …}}, on the column or on what it is in", parameters.text("tag")));
  };
  view.each_object([&](const Object& object) {
    if (!kinds::of(object.id.kind).is_relation || !view.knows_tags_of(object) || !reads_imported(view, object)) return;
    // Where a view's columns are not stated, the tag stands on the view.
    if (object.columns.empty()) return judge(view.subject(object), {object.id, std::nullopt});
    for (const auto& column : object.columns) judge(view.subject(object, column), {object.id, column.name});
  });
}

}  // namespace

constinit const Rule kImportedIsClassified = {
    {.id = "imported-columns-are-classified",
     .code = "XDA-05",
     .level = RuleLevel::Error,
     .points = kBeforeAccount,
     .parameters = kParameters,
     .title = "What is made of an imported database bears the tag that classifies it.",
     .why = "Tags do not cross a share: what was personal over there is unmarked here.",
     .mend = "Set the tag, and a masking policy where the class asks for one.",
     .needs_tags = true},
    check};

}  // namespace mesh::check
