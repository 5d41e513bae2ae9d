#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"

namespace mesh::check {
namespace {

// Without one Snowflake has measured hourly since bundle 2025_07, and not at all before; an empty one suspends all
// (data_metric_function entry). In an account it is read where a manifest states it: of others nothing is known.
void check(const View& view, const Parameters&, Findings& findings) {
  ObjectId last;
  for (const auto& [key, metric] : view.state().attachments) {
    if (key.kind != KindId::DataMetricFunction || key.bearer.object == last) continue;
    last = key.bearer.object;
    const auto* object = view.state().find(last);
    if (object == nullptr || (view.is_live() && view.declared(last) == nullptr)) continue;
    const auto* schedule = object->find("data_metric_schedule");
    const bool runs = schedule != nullptr && schedule->text() != nullptr && !schedule->text()->empty();
    const auto subject = view.subject(last);
    findings.judge(subject, runs ? "" : fmt::format("{} has metric functions, and no schedule for them", subject.shown),
                   view.mend(last, alter(last, "SET DATA_METRIC_SCHEDULE = '60 MINUTE'"),
                             "write data_metric_schedule: 60 MINUTE, or another"));
  }
}

}  // namespace

constinit const Rule kMetricsHaveASchedule = {
    {.id = "metrics-have-a-schedule",
     .code = "QLT-02",
     .level = RuleLevel::Warning,
     .title = "A table or view with metric functions says when they run.",
     .why =
         "What is never measured promises nothing, and what runs by default costs more, or comes later, than it must.",
     .mend = "Write data_metric_schedule: on the table or view.",
     .needs_tags = true},
    check};

}  // namespace mesh::check
