#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

// What its triggers do to warehouses, at 100 percent or before.
bool suspends(const Object& monitor) {
  const auto* triggers = monitor.find("triggers");
  const auto* list = triggers == nullptr ? nullptr : std::get_if<ValueList>(&triggers->data);
  if (list == nullptr) return false;
  return std::any_of(list->begin(), list->end(), [](const Value& each) {
    const auto words = split(*each.text(), ' ');
    const auto at = words.empty() ? std::string() : words.front();
    const bool in_time = at.size() < 3 || at == "100";
    return in_time && to_lower(*each.text()).find("suspend") != std::string::npos;
  });
}

void check(const View& view, const Parameters&, Findings& findings) {
  view.each_object(KindId::Warehouse, [&](const Object& warehouse) {
    const auto* named = warehouse.find("resource_monitor");
    const auto* text = named == nullptr ? nullptr : named->text();
    const auto subject = view.subject(warehouse);
    const auto help = view.mend(warehouse.id, alter(warehouse.id, "SET RESOURCE_MONITOR = MONITOR"),
                                "write resource_monitor: MONITOR");
    if (text == nullptr || text->empty()) {
      findings.judge(subject, fmt::format("{} has no resource monitor", subject.shown), help);
      return;
    }
    const auto* monitor = view.state().find({KindId::ResourceMonitor, QualifiedName({Name::exact(*text)})});
    const bool watches_only = monitor != nullptr && !suspends(*monitor);
    findings.judge(subject,
                   watches_only ? fmt::format("{} is watched by {}, which suspends nothing at 100 percent or before",
                                              subject.shown, view.shown(monitor->id).display())
                                : "",
                   "give the monitor a trigger {at: 100, do: suspend}");
  });
}

}  // namespace

constinit const Rule kWarehouseMonitor = {
    {.id = "warehouse-has-resource-monitor",
     .code = "COST-02",
     .level = RuleLevel::Warning,
     .title = "Warehouses have a resource monitor that suspends them at their quota.",
     .why = "One endless loop must not use up the month's credits.",
     .mend = "Write resource_monitor: on the warehouse, and a trigger {at: 100, do: suspend} on the monitor."},
    check};

}  // namespace mesh::check
