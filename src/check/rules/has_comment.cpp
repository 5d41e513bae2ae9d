#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "kinds",
     .type = ParameterType::Kinds,
     .fallback = "database, schema, table, view, dynamic table, materialized view, external table",
     .doc = "the kinds that must say what they are"},
    {.name = "columns", .type = ParameterType::Flag, .fallback = "false", .doc = "whether columns of tables must too"}};

bool has_comment(const Object& object) {
  const auto* comment = object.find("comment");
  return comment != nullptr && comment->text() != nullptr && !trim(*comment->text()).empty();
}

void columns(const View& view, const Object& table, Findings& findings) {
  for (const auto& column : table.columns) {
    const bool bare = trim(column.comment).empty();
    const auto subject = view.subject(table, column);
    findings.judge(
        subject, bare ? fmt::format("{} has no comment", subject.shown) : "",
        view.mend(table.id, fmt::format("COMMENT ON COLUMN {}.{} IS '…';", table.id.display(), column.name.display()),
                  fmt::format("{}: {{…, comment: …}}", column.name.display())));
  }
}

void check(const View& view, const Parameters& parameters, Findings& findings) {
  for (const auto kind : parameters.kinds("kinds")) {
    view.each_object(kind, [&](const Object& object) {
      const auto subject = view.subject(object);
      findings.judge(
          subject, has_comment(object) ? "" : fmt::format("{} has no comment", subject.shown),
          view.mend(object.id, fmt::format("COMMENT ON {} {} IS '…';", kinds::of(kind).sql, object.id.display()),
                    "comment: what it holds, and for whom"));
      if (kind == KindId::Table && parameters.flag("columns")) columns(view, object, findings);
    });
  }
}

}  // namespace

constinit const Rule kHasComment = {{.id = "has-comment",
                                     .code = "DOC-01",
                                     .level = RuleLevel::Warning,
                                     .parameters = kParameters,
                                     .title = "Objects, and columns where it is asked, have a comment.",
                                     .why = "What nobody describes is found by nobody, and is read wrongly.",
                                     .mend = "Write comment: on the object or column."},
                                    check};

}  // namespace mesh::check
