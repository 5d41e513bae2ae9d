// Alerts (docs: create-alert, alter-alert). Nothing is ever evaluated: condition and action are kept as text.

#include <fmt/format.h>

#include "derived.hpp"
#include "flow.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

const PropertySpecs& specs() {
  static const PropertySpecs kSpecs = {{"WAREHOUSE", {ValueType::Name, ""}},
                                       {"SCHEDULE", {}},
                                       {"COMMENT", {}},
                                       {"CONFIG", {}},
                                       {"RUNBOOK", {}},
                                       {"SUSPEND_ALERT_AFTER_NUM_FAILURES", {ValueType::Number, "", 0}}};
  return kSpecs;
}

void check(const Running& run, const Properties& props) {
  check_named(run, props);
  const auto schedule = props.find("SCHEDULE");
  if (schedule != props.end() && !is_interval(schedule->second, true) && !is_cron(schedule->second))
    refuse_property_value(schedule->second, "SCHEDULE");
}

// The text between the parentheses of EXISTS ( .. ).
std::string read_condition(Parser& p) {
  p.expect("EXISTS");
  const size_t from = p.mark() + 1;
  p.skip_parentheses();
  std::string condition = p.source(from, p.mark() - 1);
  if (condition.empty()) p.unexpected();
  return condition;
}

std::string read_action(Parser& p) {
  std::string action = p.rest();
  if (action.empty()) p.unexpected();
  return action;
}

Object read_alert(Parser& p) {
  Settings settings;
  while (!p.accept("IF")) {
    refuse_governance(p);
    if (!p.peek().is_name() || !p.at_symbol("=", 1)) p.unexpected();
    read_settings(p, Kind::Alert, specs(), settings);
  }
  Object alert;
  apply(settings, alert);
  p.expect_symbol("(");
  alert.props["CONDITION"] = read_condition(p);
  p.expect_symbol(")");
  p.expect("THEN");
  alert.props["ACTION"] = read_action(p);
  return alert;
}

// Neither way between an alert on a schedule and one on new data (docs: alter-alert, usage notes); the text is not
// documented.
void keep_sort(const Object& alert, bool scheduled) {
  if (alert.prop("SCHEDULE").empty() == scheduled)
    refuse_text("SQL compilation error:\nAn alert on new data cannot be changed to an alert on a schedule, nor back.");
}

void transform(Running& run, const Object& existing, Object& wanted) {
  keep_sort(existing, !wanted.prop("SCHEDULE").empty());
  wanted.props["STATE"] = existing.prop("STATE");
  run.catalog.edit(existing.id).props = std::move(wanted.props);
}

// docs: alter-alert, access control: the owner's privileges count. Texts and codes are unconfirmed.
void check_owner(const Running& run, const Object& alert) {
  const std::string& warehouse = alert.prop("WAREHOUSE");
  std::vector<std::string> needed{"EXECUTE ALERT"};
  if (warehouse.empty()) needed.emplace_back("EXECUTE MANAGED ALERT");
  for (const std::string& privilege : needed) {
    if (owner_holds(run, alert, run.home(), privilege)) continue;
    refuse("003001", "42501",
           fmt::format("SQL access control error:\nCannot resume alert {}, {} privilege must be granted to owner role.",
                       alert.name, privilege));
  }
  if (warehouse.empty()) return;
  const Object& found = need(run, Kind::Warehouse, {warehouse});
  if (!owner_holds(run, alert, found, "USAGE")) refuse_privilege(run, found);
}

ResultSet switch_state(Running& run, const Object& alert) {
  Parser& p = run.parser;
  need_privilege(run, alert, "OPERATE");
  const bool resume = p.accept("RESUME");
  if (!resume) p.expect("SUSPEND");
  p.expect_end();
  if (resume) check_owner(run, alert);
  run.catalog.edit(alert.id).props["STATE"] = resume ? "started" : "suspended";
  return executed();
}

ResultSet modify(Running& run, const Object& alert) {
  Parser& p = run.parser;
  if (p.accept("CONDITION")) {
    const std::string condition = read_condition(p);
    p.expect_end();
    run.catalog.edit(alert.id).props["CONDITION"] = condition;
  } else {
    p.expect("ACTION");
    run.catalog.edit(alert.id).props["ACTION"] = read_action(p);
  }
  return executed();
}

ResultSet set(Running& run, const Object& alert) {
  Parser& p = run.parser;
  const size_t mark = p.mark();
  if (p.accept("SET")) {
    Settings settings;
    read_settings(p, Kind::Alert, specs(), settings);
    check(run, settings.props);
    if (settings.props.count("SCHEDULE") > 0) keep_sort(alert, true);
  } else if (p.accept("UNSET")) {
    for (const std::string& name : read_unset(p, Kind::Alert, specs())) {
      if (name == "SCHEDULE") keep_sort(alert, false);
    }
  }
  p.back_to(mark);
  return set_or_unset(run, alert, specs());
}

}  // namespace

ResultSet create_alert(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  const NameParts name = p.qualified();
  for (const char* words : {"CLONE", "FROM TEMPLATE"}) {
    if (p.at(words)) refuse_unsupported(fmt::format("CREATE ALERT {}", words));
  }
  Object alert = read_alert(p);
  check(run, alert.props);
  return create_whole(run, head, name, std::move(alert), transform);
}

ResultSet alter_alert(Running& run, const Object& alert) {
  Parser& p = run.parser;
  for (const char* words : {"FROM TEMPLATE"}) {
    if (p.at(words)) refuse_unsupported(fmt::format("ALTER ALERT {}", words));
  }
  ResultSet result = executed();
  if (at_switch(p)) {
    result = switch_state(run, alert);
  } else {
    need_ownership(run, alert);
    result = p.accept("MODIFY") ? modify(run, alert) : set(run, alert);
  }
  touch(run, alert.id);
  return result;
}

}  // namespace mesh::sandbox
