#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {{.name = "in",
                                          .type = ParameterType::Texts,
                                          .required = true,
                                          .doc = "patterns over the full names of tables and views, SALES.ORDERS.*"}};

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto in = parameters.texts("in");
  view.each_object([&](const Object& object) {
    const auto& kind = kinds::of(object.id.kind);
    if (!kind.is_relation || object.id.kind == KindId::Stream || !view.knows_tags_of(object)) return;
    const auto subject = view.subject(object);
    if (!matches_any(in, subject.name)) return;
    const bool filtered = view.policy_on({object.id, std::nullopt}, KindId::RowAccessPolicy) != nullptr;
    findings.judge(subject, filtered ? "" : fmt::format("{} has no row access policy", subject.shown),
                   view.mend(object.id, alter(object.id, "ADD ROW ACCESS POLICY DB.SCHEMA.POLICY ON (COLUMN)"),
                             "write row_access_policy: {policy: DB.SCHEMA.POLICY, on: [COLUMN]}"));
  });
}

}  // namespace

constinit const Rule kRowAccessRequired = {
    {.id = "row-access-required",
     .code = "CLS-02",
     .level = RuleLevel::Error,
     .parameters = kParameters,
     .title = "Tables and views that are named have a row access policy.",
     .why = "Who may read the table reads every row of it, those of other regions or customers too.",
     .mend = "Write row_access_policy: {policy: …, on: [COLUMN…]}.",
     .needs_tags = true},
    check};

}  // namespace mesh::check
