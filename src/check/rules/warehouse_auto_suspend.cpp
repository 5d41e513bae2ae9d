#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "max_seconds", .type = ParameterType::Number, .fallback = "600", .doc = "the longest it may idle"}};

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto most = parameters.number("max_seconds");
  view.each_object(KindId::Warehouse, [&](const Object& warehouse) {
    // An adaptive warehouse has none (warehouses-adaptive).
    const auto seconds = view.number_of(warehouse, "auto_suspend");
    if (!seconds) return;
    const auto subject = view.subject(warehouse);
    const bool never = *seconds == 0, late = *seconds > most;
    findings.judge(subject,
                   never  ? fmt::format("{} never suspends", subject.shown)
                   : late ? fmt::format("{} suspends after {} seconds; {} are allowed", subject.shown, *seconds, most)
                          : "",
                   view.mend(warehouse.id, alter(warehouse.id, fmt::format("SET AUTO_SUSPEND = {}", most)),
                             fmt::format("write auto_suspend: {}", most)));
  });
}

}  // namespace

constinit const Rule kWarehouseAutoSuspend = {
    {.id = "warehouse-auto-suspend",
     .code = "COST-01",
     .level = RuleLevel::Error,
     .parameters = kParameters,
     .title = "Warehouses suspend, soon enough, when nothing runs.",
     .why = "A running warehouse is paid for by the second, whether it works or not.",
     .mend = "Write auto_suspend: with a number of seconds; 60 suits most."},
    check};

}  // namespace mesh::check
