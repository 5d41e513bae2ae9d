#pragma once
// The kind tables, one file each; kind.cpp lists them by hand.

#include <algorithm>
#include <array>

#include "mesh/kinds/kind.hpp"

namespace mesh::kinds {

extern const Kind kWarehouse, kRole, kDatabase, kDatabaseRole, kSchema, kTable, kView, kSequence, kFileFormat, kStage,
    kResourceMonitor, kNetworkRule, kNetworkPolicy, kUser, kTag, kMaskingPolicy, kRowAccessPolicy, kAggregationPolicy,
    kProjectionPolicy, kJoinPolicy, kPasswordPolicy, kSessionPolicy, kAuthenticationPolicy, kContact,
    kDataMetricFunction, kClassificationProfile, kStream, kAlert, kShare, kFunction, kProcedure, kTask, kPipe,
    kDynamicTable, kMaterializedView, kStorageIntegration, kExternalTable, kListing, kAccountParameter,
    kApplicationRole, kStatement;

// The canonical text of a schedule: 10 MINUTE, USING CRON 0 9 * * * UTC.
std::string schedule(std::string_view written);

// Of routines: "(A NUMBER, B VARCHAR)" of DESCRIBE as a key has it, what mesh wrote as it is; whether two such say the
// same, for DESCRIBE may leave out defaults and lengths; and the comment in the column `description`.
std::string shown_arguments(std::string_view text);
bool same_arguments(const Value& wanted, const Value& live);
std::string routine_comment(std::string_view shown);

template <size_t A, size_t B>
constexpr std::array<PropertyRow, A + B> joined(const std::array<PropertyRow, A>& a,
                                                const std::array<PropertyRow, B>& b) {
  std::array<PropertyRow, A + B> all{};
  for (size_t i = 0; i < A; ++i) all[i] = a[i];
  for (size_t i = 0; i < B; ++i) all[A + i] = b[i];
  return all;
}

// What has words has some, a full name its kind.
constexpr bool sound(const Field& field) {
  if ((field.type == FieldType::OneOf) == field.values.empty()) return false;
  if (field.type == FieldType::FullName && !field.refers_to) return false;
  return std::all_of(field.fields.begin(), field.fields.end(),
                     [](const Field& part) { return !part.name.empty() && sound(part); });
}

// Names unique; what can be read has a column; what can be reset or set has a clause. A table that breaks this does not
// compile.
template <typename Rows>
consteval bool sound(const Rows& rows) {
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    if (row.name.empty() || row.clause.empty() || row.doc.empty()) return false;
    if (row.type == ValueType::OneOf && row.values.empty()) return false;
    const bool has_no_column =
        row.from == ReadFrom::Nowhere || row.from == ReadFrom::Hook || row.from == ReadFrom::Remembered;
    if (!has_no_column && row.column.empty()) return false;
    if (row.from == ReadFrom::Parameter && row.absent != Absent::NotSetHere) return false;
    if (row.from == ReadFrom::Nowhere && row.change != ChangeBy::CreateOnly) return false;
    if ((row.change == ChangeBy::Slots) != !row.slots.empty()) return false;
    const bool two_words = row.change == ChangeBy::Words || row.change == ChangeBy::Resume;
    if (two_words != !row.clause_false.empty()) return false;
    if ((row.type == ValueType::Address) != !row.may_name.empty()) return false;
    if ((row.type == ValueType::Nested) != (row.form != nullptr)) return false;
    if (row.form != nullptr && (row.wrong != nullptr || !sound(*row.form))) return false;
    for (size_t k = i + 1; k < rows.size(); ++k) {
      if (rows[k].name == row.name) return false;
    }
  }
  return true;
}

// COMMENT reads back verbatim, empty where unset: unset and '' are the same (identifiers-and-literals, section 4).
constexpr PropertyRow comment_row() {
  return {.name = "comment",
          .type = ValueType::Text,
          .clause = "COMMENT",
          .from = ReadFrom::Column,
          .column = "comment",
          .change = ChangeBy::SetOrUnset,
          .absent = Absent::Reset,
          .doc = "A text for people; absent and empty are the same."};
}

inline constexpr std::array<std::string_view, 1> kPolicyPrivileges = {"APPLY"};

// What policies have in common.
constexpr Kind schema_policy(KindId id, std::string_view words, std::string_view collection, std::string_view sql,
                             std::string_view sql_plural, std::string_view granted_on) {
  return {.id = id,
          .words = words,
          .collection = collection,
          .sql = sql,
          .sql_plural = sql_plural,
          .granted_on = granted_on,
          .scope = Scope::Schema,
          .properties = {},
          .privileges = kPolicyPrivileges,
          .renames_across_schemas = true};
}

constexpr PropertyRow secure_row() {
  return {.name = "secure",
          .type = ValueType::Boolean,
          .clause = "SECURE",
          .column = "is_secure",
          .change = ChangeBy::Flag,
          .default_value = "false",
          .doc = "Hides the definition, and keeps the optimizer from leaking rows; needed in shares."};
}

// As whom what is scheduled runs.
constexpr PropertyRow execute_as_user_row(std::string_view doc) {
  return {.name = "execute_as_user",
          .type = ValueType::Identifier,
          .clause = "EXECUTE AS USER",
          .column = "execute_as_user",
          .refers_to = KindId::User,
          .bare = true,
          .alone = true,
          .doc = doc};
}

// Whether what runs by itself does; left alone where it is not written. SHOW has `values`, or what `normal` makes of
// it.
constexpr PropertyRow state_row(std::string_view column, std::span<const std::string_view> values,
                                std::string_view doc) {
  return {.name = "state",
          .type = ValueType::OneOf,
          .clause = "RESUME",
          .column = column,
          .change = ChangeBy::Resume,
          .absent = Absent::Leave,
          .values = values,
          .in_create = false,
          .clause_false = "SUSPEND",
          .doc = doc};
}

// All columns by the names that CREATE gives them. Live it is read out of the statement's text (live/objects.cpp).
constexpr PropertyRow column_list_row() {
  return {.name = "column_list",
          .type = ValueType::Names,
          .clause = "()",
          .from = ReadFrom::Hook,
          .change = ChangeBy::Replace,
          .doc =
              "Names for all columns that the query gives, in its order, where they are to have others than there; "
              "`columns` speaks of them by these names. No ALTER takes it."};
}

// The SELECT that makes a relation.
constexpr TextRow query_text(std::string_view doc) {
  return {.name = "query",
          .file_key = "query_file",
          .before = "AS",
          .column = "text",
          .shown = sql::query_of_create,
          .doc = doc};
}

constexpr PropertyRow parameter(std::string_view name, ValueType type, std::string_view clause, std::string_view doc) {
  return {.name = name,
          .type = type,
          .clause = clause,
          .from = ReadFrom::Parameter,
          .column = clause,
          .change = ChangeBy::SetOrUnset,
          .absent = Absent::NotSetHere,
          .doc = doc};
}

// What Snowflake does not tell: it counts down, is over once it was done, or has no column.
constexpr PropertyRow remembered(std::string_view name, ValueType type, std::string_view clause, std::string_view doc) {
  return {.name = name, .type = type, .clause = clause, .from = ReadFrom::Remembered, .doc = doc};
}

// Of tables and views with metric functions. SHOW PARAMETERS keeps it as it was set (data_metric_function entry).
constexpr PropertyRow metric_schedule_row() {
  auto row = parameter("data_metric_schedule", ValueType::Text, "DATA_METRIC_SCHEDULE",
                       "When its metric functions run: 60 MINUTE, USING CRON 0 6 * * * UTC, TRIGGER_ON_CHANGES.");
  row.normal = schedule;
  row.in_create = false;
  return row;
}

constexpr PropertyRow retention_row() {
  auto row =
      parameter("data_retention_time_in_days", ValueType::Integer, "DATA_RETENTION_TIME_IN_DAYS",
                "Days of Time Travel: how long dropped or changed data can be brought back. Lowering it loses data.");
  row.max = 90;
  row.effective_column = "retention_time";
  row.loses = Loses::WhenLowered;
  return row;
}

}  // namespace mesh::kinds
