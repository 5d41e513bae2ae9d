#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "tag", .type = ParameterType::Tag, .doc = "the tag that classifies; without it any tag will do"},
    {.name = "names",
     .type = ParameterType::Texts,
     .fallback = "*EMAIL*, *E_MAIL*, *SSN*, *SOCIAL_SECURITY*, *PASSPORT*, *IBAN*, *CREDIT_CARD*, *CARD_NUMBER*, "
                 "*PHONE*, *MOBILE*, *BIRTH*, DOB, *_DOB, *TAX_ID*, *SALARY*, *STREET*, *LAST_NAME*, *FIRST_NAME*",
     .doc = "patterns over upper-cased column names"}};

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto names = parameters.texts("names");
  const bool any = !parameters.has("tag");
  const auto tag = any ? QualifiedName() : view.tag(parameters.text("tag"));
  const std::string wanted = any ? "DB.SCHEMA.TAG" : parameters.text("tag");
  view.each_object([&](const Object& object) {
    if (object.columns.empty() || !view.knows_tags_of(object)) return;
    for (const auto& column : object.columns) {
      if (!matches_any(names, to_upper(column.name.stored()))) continue;
      const Bearer bearer{object.id, column.name};
      const bool tagged = any ? view.has_any_tag(bearer) : view.tag_over(bearer, tag) != nullptr;
      const auto subject = view.subject(object, column);
      findings.judge(subject, tagged ? "" : fmt::format("{} sounds personal and is not classified", subject.shown),
                     view.mend(object.id,
                               alter(object.id, fmt::format("MODIFY COLUMN {} SET TAG {} = '…'", column.name.display(),
                                                            any ? wanted : tag.display())),
                               fmt::format("write tags: {{{}: …}} on the column", wanted)));
    }
  });
}

}  // namespace

constinit const Rule kSensitiveNames = {
    {.id = "sensitive-names-are-classified",
     .code = "PII-04",
     .level = RuleLevel::Warning,
     .parameters = kParameters,
     .title =
         "A column whose name sounds personal (e-mail, phone, birth date, IBAN …) bears a tag that says what it is.",
     .why = "Personal data comes in by new columns that nobody thought of.",
     .mend = "Set the tag on the column; where it holds nothing personal, a value that says so, or a waiver.",
     .needs_tags = true},
    check};

}  // namespace mesh::check
