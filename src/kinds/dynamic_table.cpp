// Dynamic tables. Reference: CREATE DYNAMIC TABLE, ALTER DYNAMIC TABLE, SHOW DYNAMIC TABLES, SHOW TABLES. REFRESH USING
// (custom incremental tables) is left out, for its statement is told by GET_DDL alone; so are REQUIRE USER, and
// BACKFILL FROM and START AT, which seed a table once.
#include <charconv>

#include "mesh/base/text.hpp"
#include "parameters.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 3> kPrivileges = {"SELECT", "MONITOR", "OPERATE"};
constexpr std::array<std::string_view, 4> kModes = {"AUTO", "FULL", "INCREMENTAL", "ADAPTIVE"};
constexpr std::array<std::string_view, 2> kSchedulers = {"ENABLE", "DISABLE"};
constexpr std::array<std::string_view, 2> kInitialize = {"ON_CREATE", "ON_SCHEDULE"};
constexpr std::array<std::string_view, 2> kStates = {"STARTED", "SUSPENDED"};
constexpr std::array<std::string_view, 1> kLagWords = {"DOWNSTREAM"};

// "5 minutes" in seconds; nothing for what is no lag.
std::optional<int64_t> seconds(std::string_view lag) {
  constexpr std::pair<std::string_view, int64_t> units[] = {
      {"second", 1}, {"minute", 60}, {"hour", 3600}, {"day", 86400}};
  const auto text = trim(lag);
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0 || number > 1'000'000'000) return std::nullopt;
  auto unit = to_lower(trim(text.substr(static_cast<size_t>(end - text.data()))));
  if (unit.size() > 1 && unit.back() == 's') unit.pop_back();
  for (const auto& [word, length] : units) {
    if (unit == word) return number * length;
  }
  return std::nullopt;
}

bool same_lag(const Value& wanted, const Value& live) {
  if (wanted.text() == nullptr || live.text() == nullptr) return false;
  const auto a = seconds(*wanted.text()), b = seconds(*live.text());
  return a && b && *a == *b;
}

std::string_view no_lag(const Value& lag) {
  const auto* text = lag.text();
  if (text == nullptr || *text == kLagWords[0] || seconds(*text).value_or(0) >= 60) return "";
  return "a lag is DOWNSTREAM or a number with seconds, minutes, hours or days, and at least 60 seconds";
}

// NULL where it was never set.
std::string scheduler(std::string_view written) { return written.empty() ? "ENABLE" : to_upper(written); }

// The declared mode: of its own column, or, where accounts have none yet, of the statement's rebuilt head. The column
// refresh_mode tells what AUTO was resolved to.
std::string refresh_mode(const std::function<std::string_view(std::string_view)>& cell) {
  if (const auto declared = cell("configured_refresh_mode"); !declared.empty()) return std::string(declared);
  const auto tokens = sql::tokenize(cell("text"));
  for (size_t i = 0; tokens && i + 2 < tokens->size(); ++i) {
    const auto word = [&](size_t at) { return (*tokens)[at].in(cell("text")); };
    if (iequals(word(i), "AS")) break;
    if (iequals(word(i), "refresh_mode")) return replace_all(std::string(word(i + 2)), "'", "");
  }
  return {};
}

// RUNNING in the documentation, ACTIVE in Terraform's provider.
std::string state(std::string_view written) {
  return iequals(written, "RUNNING") || iequals(written, "ACTIVE") ? "STARTED" : to_upper(written);
}

// SHOW TABLES has TABLE or TRANSIENT.
std::string transient(std::string_view written) {
  if (iequals(written, "TRANSIENT")) return "true";
  return iequals(written, "TABLE") ? "false" : std::string(written);
}

// "TARGET_LAG can't be defined when SCHEDULER = DISABLE", and is required otherwise (create-dynamic-table).
std::string contradiction(const Object& table) {
  const Value* scheduler = table.find("scheduler");
  const bool disabled = scheduler != nullptr && *scheduler == Value("DISABLE");
  if (table.find("warehouse") == nullptr) return "a dynamic table needs a warehouse that refreshes it";
  if (disabled && table.find("target_lag") != nullptr) return "with scheduler: DISABLE there is no target_lag";
  if (!disabled && table.find("target_lag") == nullptr)
    return "a dynamic table needs target_lag: '5 minutes' or DOWNSTREAM; or scheduler: DISABLE";
  // Page create-dynamic-table, CLUSTER BY: "Column definitions are required".
  if (table.cluster_by && !table.cluster_by->empty() && table.columns.empty())
    return "with cluster_by the columns must be named: all that the query gives, in its order";
  return {};
}

constexpr std::array<PropertyRow, 14> kOwn = {{
    {.name = "target_lag",
     .clause = "TARGET_LAG",
     .column = "target_lag",
     .change = ChangeBy::Set,
     .absent = Absent::Leave,  // required, unless the scheduler is off, which drops it
     .values = kLagWords,
     .wrong = no_lag,
     .same = same_lag,
     .hidden_with_text = true,
     .doc = "How far it may lag behind what it reads: '5 minutes', at least 60 seconds; or DOWNSTREAM."},
    {.name = "scheduler",
     .type = ValueType::OneOf,
     .clause = "SCHEDULER",
     .column = "scheduler",
     .change = ChangeBy::Set,
     .default_value = "ENABLE",
     .values = kSchedulers,
     .normal = scheduler,
     .hidden_with_text = true,
     .doc = "Whether Snowflake refreshes it by itself; DISABLE goes without target_lag."},
    {.name = "warehouse",
     .type = ValueType::Identifier,
     .clause = "WAREHOUSE",
     .column = "warehouse",
     .change = ChangeBy::Set,
     .absent = Absent::Leave,  // required
     .refers_to = KindId::Warehouse,
     .hidden_with_text = true,
     .doc = "Where refreshes run."},
    {.name = "initialization_warehouse",
     .type = ValueType::Identifier,
     .clause = "INITIALIZATION_WAREHOUSE",
     .column = "initialization_warehouse",
     .refers_to = KindId::Warehouse,
     .hidden_with_text = true,
     .doc = "Where it is computed for the first time, and anew; without one on its warehouse."},
    {.name = "refresh_mode",
     .type = ValueType::OneOf,
     .clause = "REFRESH_MODE",
     .column = "text",
     .change = ChangeBy::Replace,
     .default_value = "AUTO",
     .values = kModes,
     .combine = refresh_mode,
     .hidden_with_text = true,
     .doc = "How it is refreshed; AUTO is resolved once, at creation. No ALTER takes it."},
    {.name = "initialize",
     .type = ValueType::OneOf,
     .clause = "INITIALIZE",
     .from = ReadFrom::Nowhere,
     .change = ChangeBy::CreateOnly,
     .absent = Absent::Leave,
     .values = kInitialize,
     .doc = "Whether it is filled when it is made, or by the first scheduled refresh."},
    retention_row(),
    parameter("max_data_extension_time_in_days", ValueType::Integer, "MAX_DATA_EXTENSION_TIME_IN_DAYS",
              "Days by which retention may be extended so that streams do not go stale."),
    set_later(parameter("default_ddl_collation", ValueType::Text, "DEFAULT_DDL_COLLATION",
                        "Collation of text columns that come later.")),
    set_later(one_of("log_level", "LOG_LEVEL", kLogLevels, "Severity from which events of refreshes are kept.")),
    execute_as_user_row("The user as whom it is refreshed; needs IMPERSONATE on that user."),
    // Streams and row timestamps: as for tables.
    {.name = "row_timestamp",
     .type = ValueType::Boolean,
     .clause = "ROW_TIMESTAMP",
     .from = ReadFrom::AsTable,
     .column = "row_timestamp",
     .change = ChangeBy::Set,
     .absent = Absent::Leave,
     .loses = Loses::WhenSetFalse,
     .doc = "Whether each row keeps the time of its last change; switching it off deletes the stored times."},
    {.name = "transient",
     .type = ValueType::Boolean,
     .clause = "TRANSIENT",
     .from = ReadFrom::AsTable,
     .column = "kind",
     .change = ChangeBy::Replace,
     .absent = Absent::Leave,
     .normal = transient,
     .doc = "Without Fail-safe; always so in a transient schema. No ALTER takes it."},
    [] {
      auto row = state_row(
          "scheduling_state", kStates,
          "Whether it is refreshed; suspending it suspends those that read it. Left alone where it is not written.");
      row.normal = state;
      row.born = "STARTED";
      row.hidden_with_text = true;
      return row;
    }(),
}};
constexpr auto kRows = joined(kOwn, std::array<PropertyRow, 2>{column_list_row(), comment_row()});
static_assert(sound(kRows));

constexpr std::array<TextRow, 2> kTexts = {{
    {.name = "frozen_where",
     .fragment = sql::FragmentKind::Expression,
     .before = "FROZEN WHERE (",
     .after = ")",
     .column = "immutable_where",  // show-dynamic-tables keeps the older name
     .change = TextChange::Alter,
     .alter = "SET FROZEN WHERE (",
     .alter_none = "UNSET FROZEN WHERE",
     .alter_after = ")",
     .required = false,
     .keeps_rows = true,
     .same = sql::same_computed,
     .doc = "Rows for which it holds are never refreshed again."},
    query_text("The SELECT; or query_file."),
}};

constexpr std::array<std::string_view, 3> kKeys = {"columns", "cluster_by", "row_access_policy"};

}  // namespace

constinit const Kind kDynamicTable = {
    .id = KindId::DynamicTable,
    .words = "dynamic table",
    .collection = "dynamic_tables",
    .sql = "DYNAMIC TABLE",
    .sql_plural = "DYNAMIC TABLES",
    .granted_on = "DYNAMIC_TABLE",
    .scope = Scope::Schema,
    .properties = kRows,
    .privileges = kPrivileges,
    .texts = kTexts,
    .sql_as_relation = "TABLE",
    .attachments_last = true,
    .rebuilds = true,
    .keys = kKeys,
    .is_relation = true,
    .has_columns = true,
    .columns_by_name = true,
    .may_have_future_grants = true,
    .can_undrop = true,
    .holds_data = true,
    .renames_across_schemas = true,
    .show_has_pages = true,
    .contradiction = contradiction,
    .extra_keys_doc = "With cluster_by, `columns` names every column that the query gives, in its order.",
    .doc =
        "A query whose rows are kept and refreshed. A new query, refresh mode or transient makes it anew with COPY "
        "GRANTS, which computes all of it again; everything else is altered in place. Reading its query needs "
        "MONITOR."};

}  // namespace mesh::kinds
