#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "min_days", .type = ParameterType::Number, .fallback = "0", .doc = "the least days of Time Travel"},
    {.name = "max_days", .type = ParameterType::Number, .fallback = "90", .doc = "the most"},
    {.name = "kinds",
     .type = ParameterType::Kinds,
     .fallback = "database, schema, table",
     .doc = "the kinds it holds for"}};

// In manifests what is stated; in an account what is in effect.
std::optional<int64_t> days_of(const View& view, const Object& object) {
  if (view.is_live()) return object.live.retention_days;
  return view.number_of(object, "data_retention_time_in_days");
}

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto least = parameters.number("min_days"), most = parameters.number("max_days");
  for (const auto kind : parameters.kinds("kinds")) {
    view.each_object(kind, [&](const Object& object) {
      const auto days = days_of(view, object);
      if (!days) return;
      const auto subject = view.subject(object);
      const auto wanted = *days < least ? least : most;
      findings.judge(
          subject,
          *days < least || *days > most
              ? fmt::format("{} keeps {} days of Time Travel; allowed are {} to {}", subject.shown, *days, least, most)
              : "",
          view.mend(object.id, alter(object.id, fmt::format("SET DATA_RETENTION_TIME_IN_DAYS = {}", wanted)),
                    fmt::format("write data_retention_time_in_days: {}", wanted)));
    });
  }
}

}  // namespace

constinit const Rule kRetentionWithin = {
    {.id = "retention-within",
     .code = "RET-01",
     .level = RuleLevel::Error,
     .parameters = kParameters,
     .title = "Data is kept for Time Travel no shorter and no longer than allowed.",
     .why = "Too short, and a mistake cannot be undone; too long, and what must be deleted is still there.",
     .mend = "Write data_retention_time_in_days: between the two."},
    check};

}  // namespace mesh::check
