// Resource monitors. Reference: CREATE RESOURCE MONITOR, ALTER RESOURCE MONITOR, SHOW RESOURCE MONITORS.
#include <charconv>

#include "mesh/base/text.hpp"
#include "tables.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 2> kPrivileges = {"MODIFY", "MONITOR"};
constexpr std::array<std::string_view, 5> kFrequencies = {"MONTHLY", "DAILY", "WEEKLY", "YEARLY", "NEVER"};
constexpr std::array<std::string_view, 1> kImmediately = {"IMMEDIATELY"};
constexpr std::array<std::string_view, 2> kTriggerKeys = {"at", "do"};
constexpr std::array<std::string_view, 3> kActions = {"NOTIFY", "SUSPEND", "SUSPEND_IMMEDIATE"};
constexpr size_t kMostUsers = 5, kMostNotifications = 5;

// SHOW prints '100.00' for 100.
std::string whole(std::string_view written) {
  const size_t dot = written.find('.');
  const bool zeros = dot != std::string_view::npos && written.find_first_not_of('0', dot + 1) == std::string_view::npos;
  return std::string(zeros ? written.substr(0, dot) : written);
}

// '2027-01-01T00:00:00.000 +0000', '2027-01-01 00:00' and '2027-01-01' are one moment: no zone is UTC. A text of
// another form, or with another zone, stays as it is.
std::string moment(std::string_view written) {
  std::string text = replace_all(std::string(trim(written)), "T", " ");
  for (const char* utc : {" +0000", " Z", "Z", "+00:00", " +00:00"}) {
    const std::string_view end = utc;
    if (text.size() > end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0)
      text.resize(text.size() - end.size());
  }
  if (text.size() == 10) text += " 00:00";
  const auto only_zeros = [](std::string_view rest) { return rest.find_first_not_of(":.0") == std::string_view::npos; };
  constexpr size_t kMinutes = 16;  // YYYY-MM-DD HH:MM
  if (text.size() > kMinutes && only_zeros(std::string_view(text).substr(kMinutes))) text.resize(kMinutes);
  return text;
}

// "90 suspend" -> "90 SUSPEND"
std::string trigger(std::string_view written) { return to_upper(trim(written)); }

std::string_view wrong_triggers(const Value& value) {
  size_t notifications = 0, suspensions = 0, immediate = 0;
  for (const auto& each : std::get<ValueList>(value.data)) {
    const std::string& text = *each.text();
    const size_t blank = text.find(' ');
    int percent = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
    const bool number = error == std::errc() && static_cast<size_t>(end - text.data()) == blank && percent > 0;
    if (!number) return "at is a percentage, a whole number above 0";
    const std::string_view action = std::string_view(text).substr(blank + 1);
    if (std::find(kActions.begin(), kActions.end(), action) == kActions.end())
      return "do is one of notify, suspend, suspend_immediate";
    notifications += action == "NOTIFY" ? 1 : 0;
    suspensions += action == "SUSPEND" ? 1 : 0;
    immediate += action == "SUSPEND_IMMEDIATE" ? 1 : 0;
  }
  if (notifications > kMostNotifications) return "at most 5 triggers notify";
  return suspensions > 1 || immediate > 1 ? "one trigger suspends, and one suspends immediately" : "";
}

std::string_view too_many_users(const Value& value) {
  return std::get<ValueList>(value.data).size() > kMostUsers ? "at most 5 users are notified" : "";
}

// '75%,90%' and '100%' of three columns -> "75 NOTIFY,90 NOTIFY,100 SUSPEND".
std::string shown_triggers(const std::function<std::string_view(std::string_view)>& cell) {
  constexpr std::pair<std::string_view, std::string_view> kColumns[] = {
      {"notify_at", "NOTIFY"}, {"suspend_at", "SUSPEND"}, {"suspend_immediately_at", "SUSPEND_IMMEDIATE"}};
  std::vector<std::string> all;
  for (const auto& [column, action] : kColumns) {
    for (const auto& part : split(cell(column), ',')) {
      const std::string bare = replace_all(part, "%", "");
      const auto percent = trim(bare);
      if (!percent.empty() && !iequals(percent, "null"))
        all.push_back(std::string(percent) + " " + std::string(action));
    }
  }
  return join(all, ",");
}

bool stated(const Object& monitor, std::string_view property) { return monitor.find(property) != nullptr; }

std::string contradiction(const Object& monitor) {
  if (stated(monitor, "frequency") != stated(monitor, "start_timestamp"))
    return "frequency and start_timestamp go together: write both, or neither";
  const bool others = stated(monitor, "credit_quota") || stated(monitor, "frequency") ||
                      stated(monitor, "end_timestamp") || stated(monitor, "notify_users");
  if (stated(monitor, "triggers") && !others) return "triggers need a credit_quota to be a percentage of";
  return {};
}

constexpr std::array<PropertyRow, 6> kRows = {{
    {.name = "credit_quota",
     .type = ValueType::Integer,
     .clause = "CREDIT_QUOTA",
     .column = "credit_quota",
     .change = ChangeBy::Set,
     .normal = whole,
     .min = 0,
     .max = 1000000000,
     .null_word = "NULL",
     .doc = "Credits that may be used in each interval."},
    // ALTER takes FREQUENCY only together with START_TIMESTAMP.
    {.name = "frequency",
     .type = ValueType::OneOf,
     .clause = "FREQUENCY",
     .column = "frequency",
     .change = ChangeBy::Set,
     .default_value = "MONTHLY",
     .values = kFrequencies,
     .altered_with = "start_timestamp",
     .doc = "How often used credits begin at 0 again; goes together with start_timestamp."},
    // SHOW tells the moment that IMMEDIATELY was.
    {.name = "start_timestamp",
     .type = ValueType::Text,
     .clause = "START_TIMESTAMP",
     .from = ReadFrom::Nowhere,
     .change = ChangeBy::CreateOnly,
     .absent = Absent::Leave,
     .default_value = "IMMEDIATELY",
     .values = kImmediately,
     .doc = "When the first interval begins: a date with time, or IMMEDIATELY; used at creation and with a new "
            "frequency."},
    {.name = "end_timestamp",
     .type = ValueType::Text,
     .clause = "END_TIMESTAMP",
     .column = "end_time",
     .change = ChangeBy::Set,
     .normal = moment,
     .null_word = "NULL",
     .doc = "When all its warehouses are suspended, YYYY-MM-DD HH:MM in UTC."},
    {.name = "notify_users",
     .type = ValueType::Names,
     .clause = "NOTIFY_USERS",
     .column = "notify_users",
     .change = ChangeBy::Set,
     .refers_to = KindId::User,
     .wrong = too_many_users,
     .is_set = true,
     .doc = "Users that get an e-mail besides the account's administrators."},
    {.name = "triggers",
     .type = ValueType::Texts,
     .clause = "TRIGGERS",
     .column = "notify_at",
     .change = ChangeBy::Triggers,
     .normal = trigger,
     .wrong = wrong_triggers,
     .is_set = true,
     .never_emptied = true,
     .entry_keys = kTriggerKeys,
     .combine = shown_triggers,
     .doc = "What happens at which percentage of the quota: {at: 90, do: notify, suspend or suspend_immediate}."},
}};
static_assert(sound(kRows));

}  // namespace

constinit const Kind kResourceMonitor = {
    .id = KindId::ResourceMonitor,
    .words = "resource monitor",
    .collection = "resource_monitors",
    .sql = "RESOURCE MONITOR",
    .sql_plural = "RESOURCE MONITORS",
    .granted_on = "RESOURCE_MONITOR",
    .scope = Scope::Account,
    .properties = kRows,
    .privileges = kPrivileges,
    .can_be_renamed = false,
    .contradiction = contradiction,
    .doc =
        "Watches the credits that warehouses use. Only ACCOUNTADMIN makes one and puts it on a warehouse. It has no "
        "comment, cannot be renamed, and once it has triggers, keeps at least one."};

}  // namespace mesh::kinds
