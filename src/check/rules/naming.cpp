// A rule for each kind of object, and one for columns: names by a pattern.
#include <regex>

#include <fmt/format.h>

#include "list.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {{.name = "pattern",
                                          .type = ParameterType::Pattern,
                                          .fallback = "^[A-Z][A-Z0-9_]*$",
                                          .doc = "what the whole name must be like, without the environment's suffix"}};

class Pattern {
 public:
  explicit Pattern(const Parameters& parameters) : text_(parameters.text("pattern")), pattern_(text_) {}
  // Empty: it fits.
  std::string wrong(const Name& name, std::string_view what) const {
    return std::regex_search(name.stored(), pattern_) ? std::string()
                                                      : fmt::format("{} is not named like {}", what, text_);
  }

 private:
  std::string text_;
  std::regex pattern_;
};

constexpr const char* kHelp = "rename it: the new name, and renamed_from: the old one";

template <KindId Kind>
void check_kind(const View& view, const Parameters& parameters, Findings& findings) {
  const Pattern pattern(parameters);
  view.each_object(Kind, [&](const Object& object) {
    const auto subject = view.subject(object);
    const auto name = object.id.name.depth() == 1 ? view.written(object.id.name.last()) : object.id.name.last();
    findings.judge(subject, pattern.wrong(name, subject.shown), kHelp);
  });
}

void check_columns(const View& view, const Parameters& parameters, Findings& findings) {
  const Pattern pattern(parameters);
  view.each_object([&](const Object& object) {
    for (const auto& column : object.columns) {
      const auto subject = view.subject(object, column);
      findings.judge(subject, pattern.wrong(column.name, subject.shown), kHelp);
    }
  });
}

using Check = void (*)(const View&, const Parameters&, Findings&);
constexpr RuleInfo info(std::string_view id) {
  return {.id = id,
          .code = "NAM-01",
          .level = RuleLevel::Warning,
          .points = kEverywhere,
          .parameters = kParameters,
          .title = "Names follow a pattern.",
          .why = "One way of naming across the mesh lets people guess a name, and tools find it.",
          .mend = "Rename it with renamed_from, or change the pattern."};
}

}  // namespace

constinit const std::array<Rule, kNamingRules> kNaming = {{
    {info("naming-database"), Check{check_kind<KindId::Database>}},
    {info("naming-schema"), Check{check_kind<KindId::Schema>}},
    {info("naming-table"), Check{check_kind<KindId::Table>}},
    {info("naming-column"), Check{check_columns}},
    {info("naming-view"), Check{check_kind<KindId::View>}},
    {info("naming-materialized-view"), Check{check_kind<KindId::MaterializedView>}},
    {info("naming-dynamic-table"), Check{check_kind<KindId::DynamicTable>}},
    {info("naming-external-table"), Check{check_kind<KindId::ExternalTable>}},
    {info("naming-warehouse"), Check{check_kind<KindId::Warehouse>}},
    {info("naming-role"), Check{check_kind<KindId::Role>}},
    {info("naming-database-role"), Check{check_kind<KindId::DatabaseRole>}},
    {info("naming-user"), Check{check_kind<KindId::User>}},
    {info("naming-share"), Check{check_kind<KindId::Share>}},
    {info("naming-stage"), Check{check_kind<KindId::Stage>}},
    {info("naming-task"), Check{check_kind<KindId::Task>}},
    {info("naming-function"), Check{check_kind<KindId::Function>}},
    {info("naming-procedure"), Check{check_kind<KindId::Procedure>}},
    {info("naming-tag"), Check{check_kind<KindId::Tag>}},
    {info("naming-masking-policy"), Check{check_kind<KindId::MaskingPolicy>}},
    {info("naming-row-access-policy"), Check{check_kind<KindId::RowAccessPolicy>}},
}};

}  // namespace mesh::check
