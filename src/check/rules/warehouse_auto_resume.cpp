#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

void check(const View& view, const Parameters&, Findings& findings) {
  view.each_object(KindId::Warehouse, [&](const Object& warehouse) {
    const auto resumes = view.value_of(warehouse, "auto_resume");
    if (resumes.is_null()) return;
    const auto subject = view.subject(warehouse);
    findings.judge(subject, resumes == Value(true) ? "" : fmt::format("{} does not resume by itself", subject.shown),
                   view.mend(warehouse.id, alter(warehouse.id, "SET AUTO_RESUME = TRUE"), "write auto_resume: true"));
  });
}

}  // namespace

constinit const Rule kWarehouseAutoResume = {
    {.id = "warehouse-auto-resume",
     .code = "COST-01",
     .level = RuleLevel::Warning,
     .title = "Warehouses resume when a statement needs them.",
     .why = "One that does not is kept running by whoever fears to find it suspended.",
     .mend = "Write auto_resume: true, or leave it out."},
    check};

}  // namespace mesh::check
