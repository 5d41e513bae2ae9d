// Alerts. Reference: CREATE ALERT, ALTER ALERT, SHOW ALERTS. CONFIG, RUNBOOK and SUSPEND_ALERT_AFTER_NUM_FAILURES are
// left out: no list is known to show them (alert entry).
#include "mesh/base/text.hpp"
#include "tables.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 2> kPrivileges = {"MONITOR", "OPERATE"};
constexpr std::array<std::string_view, 2> kStates = {"SUSPENDED", "STARTED"};  // as it is born first

constexpr std::array<PropertyRow, 4> kRows = {{
    {.name = "warehouse",
     .type = ValueType::Identifier,
     .clause = "WAREHOUSE",
     .column = "warehouse",
     .refers_to = KindId::Warehouse,
     .doc = "Where condition and action run; without one Snowflake provides compute."},
    {.name = "schedule",
     .clause = "SCHEDULE",
     .column = "schedule",
     .normal = schedule,
     .stays_there = true,  // docs: alter-alert, usage notes
     .doc =
         "How often the condition is looked at: '10 MINUTE' or 'USING CRON 0 9 * * * UTC'; without one, on new data."},
    state_row("state", kStates, "Whether it runs; born suspended, and left alone where it is not written."),
    comment_row(),
}};
static_assert(sound(kRows));

constexpr std::array<TextRow, 2> kTexts = {{
    {.name = "condition",
     .fragment = sql::FragmentKind::Rows,
     .before = "IF (EXISTS (",
     .after = "))",
     .column = "condition",
     .change = TextChange::Alter,
     .alter = "MODIFY CONDITION EXISTS (",
     .alter_after = ")",
     .doc = "A SELECT, SHOW or CALL; the action runs when it gives a row."},
    {.name = "action",
     .fragment = sql::FragmentKind::Statement,
     .before = "THEN",
     .column = "action",
     .change = TextChange::Alter,
     .alter = "MODIFY ACTION",
     .doc = "The statement that runs then."},
}};

}  // namespace

// Units may be written HOURS, HOUR or H and are shown as typed (task entry, SCHEDULE).
std::string schedule(std::string_view written) {
  std::vector<std::string> words;
  for (const auto& word : split(replace_all(std::string(written), "\t", " "), ' ')) {
    if (!trim(word).empty()) words.emplace_back(trim(word));
  }
  if (words.size() == 2) {
    const std::string unit = to_upper(words[1]);
    for (const std::string_view known : {"HOUR", "MINUTE", "SECOND"}) {
      if (unit == known || unit == known.substr(0, 1) || unit == std::string(known) + "S") words[1] = known;
    }
  }
  if (words.size() > 2 && iequals(words[0], "USING") && iequals(words[1], "CRON"))
    words[0] = "USING", words[1] = "CRON";
  return join(words, " ");
}

constinit const Kind kAlert = {.id = KindId::Alert,
                               .words = "alert",
                               .collection = "alerts",
                               .sql = "ALERT",
                               .sql_plural = "ALERTS",
                               .granted_on = "ALERT",
                               .scope = Scope::Schema,
                               .properties = kRows,
                               .privileges = kPrivileges,
                               .texts = kTexts,
                               .may_have_future_grants = true,
                               .show_has_pages = true,
                               .can_be_renamed = false,
                               .doc =
                                   "Looks at a condition from time to time and acts when it holds. Everything is "
                                   "altered in place; its owner needs EXECUTE ALERT to resume it."};

}  // namespace mesh::kinds
