#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {{.name = "max_seconds",
                                          .type = ParameterType::Number,
                                          .fallback = "86400",
                                          .doc = "the longest a statement may run"}};

// Snowflake's default is two days (parameters, STATEMENT_TIMEOUT_IN_SECONDS: 172800); 0 is the most there is, a week.
void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto most = parameters.number("max_seconds");
  view.each_object(KindId::Warehouse, [&](const Object& warehouse) {
    const auto seconds = view.number_of(warehouse, "statement_timeout_in_seconds");
    const auto subject = view.subject(warehouse);
    const bool unlimited = !seconds || *seconds == 0;
    findings.judge(
        subject,
        unlimited ? fmt::format("{} sets no statement timeout", subject.shown)
        : *seconds > most
            ? fmt::format("{} lets a statement run {} seconds; {} are allowed", subject.shown, *seconds, most)
            : "",
        view.mend(warehouse.id, alter(warehouse.id, fmt::format("SET STATEMENT_TIMEOUT_IN_SECONDS = {}", most)),
                  fmt::format("write statement_timeout_in_seconds: {}", most)));
  });
}

}  // namespace

constinit const Rule kWarehouseTimeout = {{.id = "warehouse-statement-timeout",
                                           .code = "COST-01",
                                           .level = RuleLevel::Error,
                                           .points = kBeforeAccount,
                                           .parameters = kParameters,
                                           .title = "Warehouses end statements that run too long.",
                                           .why = "A query that nobody waits for any more runs on for up to two days.",
                                           .mend = "Write statement_timeout_in_seconds:."},
                                          check};

}  // namespace mesh::check
