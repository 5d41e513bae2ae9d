// Resource monitors (docs: create-resource-monitor, alter-resource-monitor; account-objects.json, resource_monitor).
// Credits are never used here: used_credits stays 0.

#include <algorithm>

#include <fmt/format.h>

#include "ddl.hpp"
#include "mesh/base/text.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

const PropertySpecs kSpecs = {
    {"CREDIT_QUOTA", {ValueType::Word, ""}},    {"FREQUENCY", {ValueType::Word, "MONTHLY,DAILY,WEEKLY,YEARLY,NEVER"}},
    {"START_TIMESTAMP", {ValueType::Word, ""}}, {"END_TIMESTAMP", {ValueType::Word, ""}},
    {"NOTIFY_USERS", {ValueType::List, ""}},
};
constexpr size_t kMostNotifications = 5, kMostUsers = 5;

struct Triggers {
  bool given = false;
  std::vector<int64_t> notify;
  int64_t suspend = 0, suspend_immediate = 0;  // 0: none
};

// ON n PERCENT DO action, without commas between.
Triggers read_triggers(Parser& p) {
  Triggers triggers;
  if (!p.accept("TRIGGERS")) return triggers;
  triggers.given = true;
  while (p.accept("ON")) {
    const int64_t percent = p.integer();
    p.expect("PERCENT DO");
    if (p.accept("NOTIFY")) {
      triggers.notify.push_back(percent);
    } else if (p.accept("SUSPEND_IMMEDIATE")) {
      if (triggers.suspend_immediate != 0)
        refuse_text("A resource monitor can have at most one suspend_immediate trigger.");
      triggers.suspend_immediate = percent;
    } else {
      p.expect("SUSPEND");
      if (triggers.suspend != 0) refuse_text("A resource monitor can have at most one suspend trigger.");
      triggers.suspend = percent;
    }
  }
  if (triggers.notify.size() > kMostNotifications) {
    refuse_text("A resource monitor can have at most 5 notify triggers.");  // the limit is documented, its text is not
  }
  return triggers;
}

void store(const Triggers& triggers, Properties& props) {
  if (!triggers.given) return;
  std::vector<std::string> notify;
  for (const int64_t percent : triggers.notify) notify.push_back(fmt::format("{}%", percent));
  const auto put = [&](const char* key, const std::string& value) {
    props.erase(key);
    if (!value.empty()) props[key] = value;
  };
  put("NOTIFY_AT", join(notify, ","));
  put("SUSPEND_AT", triggers.suspend == 0 ? "" : fmt::format("{}%", triggers.suspend));
  put("SUSPEND_IMMEDIATELY_AT", triggers.suspend_immediate == 0 ? "" : fmt::format("{}%", triggers.suspend_immediate));
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos && text.size() <= 15;
}

void check_users(const Running& run, const std::string& list) {
  const auto users = list.empty() ? std::vector<std::string>() : split(list, ',');
  if (users.size() > kMostUsers) refuse_text("A resource monitor can notify at most 5 users.");
  for (const auto& user : users) need(run, Kind::User, {std::string(trim(user))});
}

// NULL clears (there is no UNSET); IMMEDIATELY is a moment, the present one.
void settle(Running& run, Properties& given, Properties& props) {
  for (auto& [key, value] : given) {
    if (key == "NOTIFY_USERS") {
      // ["A","B"], as lists are kept; SHOW prints names with commas.
      std::erase_if(value, [](char c) { return c == '[' || c == ']' || c == '"'; });
      check_users(run, value);
    } else if (iequals(value, "NULL")) {
      value.clear();
    } else if (key == "CREDIT_QUOTA" && !is_number(value)) {
      refuse_property_value(value, key);
    } else if (key == "START_TIMESTAMP" && iequals(value, "IMMEDIATELY")) {
      value = std::to_string(run.now);
    }
    props.erase(key);
    if (!value.empty()) props[key] = value;
  }
}

// Who sets one of FREQUENCY and START_TIMESTAMP must set the other (docs: create-resource-monitor,
// alter-resource-monitor). The texts are unconfirmed.
void need_both(const Properties& given) {
  constexpr std::string_view kPair[] = {"FREQUENCY", "START_TIMESTAMP"};
  for (const int one : {0, 1}) {
    if (given.count(kPair[one]) == 0 || given.count(kPair[1 - one]) > 0) continue;
    refuse_text(fmt::format("{} requires {} to be specified.", kPair[one], kPair[1 - one]));
  }
}

// Only ACCOUNTADMIN makes them.
void need_account_admin(const Running& run) {
  const Object* admin = run.catalog.child(run.account, Kind::Role, "ACCOUNTADMIN");
  if (!run.access.active(admin->id)) refuse_privilege(run, run.home());
}

}  // namespace

ResultSet create_resource_monitor(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  const std::string name = p.name();
  p.accept("WITH");
  Settings settings;
  read_settings(p, Kind::ResourceMonitor, kSpecs, settings);
  const size_t at = p.mark();
  const Triggers triggers = read_triggers(p);
  if (triggers.given && settings.empty()) {  // triggers alone are refused (terraform, resource_monitor quirks)
    p.back_to(at);
    p.unexpected();
  }
  p.expect_end();
  need_both(settings.props);
  need_account_admin(run);
  const Object* existing = run.catalog.child(run.account, Kind::ResourceMonitor, name);
  if (existing != nullptr && head.if_not_exists) return already_exists(name);
  if (existing != nullptr && !head.or_replace) refuse_exists(name);
  Object object;
  settle(run, settings.props, object.props);
  object.props.emplace("FREQUENCY", "MONTHLY");
  object.props.emplace("START_TIMESTAMP", std::to_string(run.now));
  store(triggers, object.props);
  if (existing != nullptr) put_away(run, *existing);
  make(run, head.kind, run.home(), name, std::move(object));
  return created(head.kind, name);
}

ResultSet alter_resource_monitor(Running& run, const Object& monitor) {
  Parser& p = run.parser;
  Settings settings;
  if (p.accept("SET")) {
    read_settings(p, Kind::ResourceMonitor, kSpecs, settings);
    if (settings.empty()) p.unexpected();
  }
  const Triggers triggers = read_triggers(p);
  if (settings.empty() && !triggers.given) p.unexpected();
  p.expect_end();
  need_privilege(run, monitor, "MODIFY");
  need_both(settings.props);
  Object& edited = run.catalog.edit(monitor.id);
  settle(run, settings.props, edited.props);
  store(triggers, edited.props);
  touch(run, monitor.id);
  return executed();
}

}  // namespace mesh::sandbox
