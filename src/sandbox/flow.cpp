#include "flow.hpp"

#include <regex>

#include <fmt/format.h>

#include "parameters.hpp"
#include "show_cells.hpp"
#include "sql_error.hpp"
#include "task_graph.hpp"

namespace mesh::sandbox {

ResultSet create_whole(Running& run, const CreateHead& head, const NameParts& name, Object object, Transform transform,
                       bool copy_grants) {
  if (head.or_replace && head.if_not_exists) run.parser.unexpected();
  const Object& container = need_container(run, head.kind, name);
  const Object* existing = check_create(run, head, container, name.back());
  if (existing != nullptr && head.if_not_exists) return already_exists(name.back());
  if (existing != nullptr && head.or_alter) {
    if (transform == nullptr) refuse_unsupported("CREATE OR ALTER " + std::string(facts(head.kind).words));
    transform(run, *existing, object);
    touch(run, existing->id);
    return created(head.kind, name.back());
  }
  std::vector<Grant> grants;
  const bool copy = copy_grants && existing != nullptr;
  if (existing != nullptr) grants = direct_grants(run, *existing), put_away(run, *existing);
  make(run, head.kind, container, name.back(), std::move(object), copy ? &grants : nullptr);
  return created(head.kind, name.back());
}

void check_named(const Running& run, const Properties& props) {
  constexpr std::pair<std::string_view, Kind> kNamed[] = {{"WAREHOUSE", Kind::Warehouse},
                                                          {"ERROR_INTEGRATION", Kind::Integration},
                                                          {"SUCCESS_INTEGRATION", Kind::Integration},
                                                          {"INTEGRATION", Kind::Integration}};
  for (const auto& [property, kind] : kNamed) {
    const auto it = props.find(property);
    if (it != props.end()) need(run, kind, {it->second});
  }
}

bool is_interval(const std::string& text, bool minutes_only) {
  static const std::regex kMinutes(R"(\s*[1-9][0-9]{0,5}\s*(MINUTES?|M)\s*)", std::regex::icase);
  static const std::regex kUnits(R"(\s*[1-9][0-9]{0,6}\s*(HOURS?|H|MINUTES?|M|SECONDS?|S)\s*)", std::regex::icase);
  return text.size() < 40 && std::regex_match(text, minutes_only ? kMinutes : kUnits);
}

bool is_cron(const std::string& text) {
  static const std::regex kCron(R"(\s*USING\s+CRON(\s+[0-9A-Za-z*,/\-]+){5}\s+[A-Za-z0-9_+\-/]+\s*)",
                                std::regex::icase);
  return text.size() < 300 && std::regex_match(text, kCron);
}

bool owner_holds(const Running& run, const Object& object, const Object& on, std::string_view privilege) {
  return run.access.holds(role_closure(run.catalog, run.account, object.owner), on, privilege);
}

bool at_switch(const Parser& p) {
  return (p.at("RESUME") || p.at("SUSPEND")) && (p.peek(1).kind == TokenKind::End || p.at_symbol(";", 1));
}

ResultSet describe_as_shown(Running& run, Kind kind) {
  const NameParts name = run.parser.qualified();
  run.parser.expect_end();
  const Object& object = need(run, kind, name);
  ShowColumns columns = kind == Kind::Stream  ? stream_columns()
                        : kind == Kind::Task  ? task_columns()
                        : kind == Kind::Alert ? alert_columns()
                                              : pipe_columns();
  // The one column of SHOW that DESCRIBE ALERT lacks (alert entry, describe).
  if (kind == Kind::Alert) std::erase_if(columns, [](const ShowColumn& c) { return c.name == "T:owner_role_type"; });
  return show_rows(run, columns, {&object});
}

// --- Hooks -----------------------------------------------------------------------------------------------------------

void check_new_owner(Running& run, const Object& object, bool with_container) {
  // grants.md 1.8, side effects.
  if (object.kind == Kind::Task && !with_container) need_suspended_root(run, object);
  if (object.kind == Kind::Pipe && effective_value(run.catalog, object, "PIPE_EXECUTION_PAUSED") != "true") {
    refuse_text(
        fmt::format("Pipe {0} not in paused state. To pause pipe run ALTER PIPE {0} SET "
                    "PIPE_EXECUTION_PAUSED=true",
                    object.name));
  }
}

void stop_for_new_owner(Running& run, Id id) {
  const Object& object = run.catalog.at(id);
  if (object.kind == Kind::Task && object.prop("STATE") == "started") suspend_task(run, id, "GRANT_OWNERSHIP");
  if (object.kind == Kind::Pipe) run.catalog.edit(id).props["OWNER_CHANGED"] = "true";
}

}  // namespace mesh::sandbox
