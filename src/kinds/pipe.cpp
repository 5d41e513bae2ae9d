// Pipes. Reference: CREATE PIPE, ALTER PIPE, SHOW PIPES, SHOW PARAMETERS IN PIPE.
#include "mesh/sql/references.hpp"
#include "parameters.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 3> kPrivileges = {"APPLYBUDGET", "MONITOR", "OPERATE"};

// No column tells it; what files are announced by is there with it alone: the queue of S3, or the integration of Google
// Cloud Storage and Azure (docs: show-pipes).
std::string auto_ingest(const std::function<std::string_view(std::string_view)>& cell) {
  return cell("notification_channel").empty() && cell("integration").empty() ? "false" : "true";
}

// One with an integration looks as if it did, whatever was said when it was made.
std::string_view default_auto_ingest(const Object& pipe) { return pipe.find("integration") != nullptr ? "" : "false"; }

// What statements are sent in has no schema of its own.
std::string contradiction(const Object& pipe) {
  const SqlText* copy = pipe.text("copy");
  if (copy == nullptr) return {};
  for (const auto& reference : sql::find_references(copy->text)) {
    if (!reference.is_function && reference.name.depth() < 3)
      return "its copy names " + reference.name.display() + ": write DB.SCHEMA.NAME, for statements run in no schema";
  }
  return {};
}

constexpr std::array<PropertyRow, 6> kRows = {{
    {.name = "auto_ingest",
     .type = ValueType::Boolean,
     .clause = "AUTO_INGEST",
     .column = "notification_channel",
     .change = ChangeBy::Immutable,
     .default_value = "false",
     .default_for = default_auto_ingest,
     .combine = auto_ingest,
     .doc = "Whether files are loaded when the cloud's events tell of them; fixed at creation."},
    {.name = "error_integration",
     .type = ValueType::Identifier,
     .clause = "ERROR_INTEGRATION",
     .column = "error_integration",
     .shown_null = "null",
     .doc = "Notification integration that is told of failures."},
    {.name = "aws_sns_topic",
     .clause = "AWS_SNS_TOPIC",
     .from = ReadFrom::Remembered,
     .change = ChangeBy::Immutable,
     .absent = Absent::Leave,
     .doc = "The SNS topic that tells of files in S3; fixed at creation, and compared with what mesh last set."},
    {.name = "integration",
     .type = ValueType::Identifier,
     .clause = "INTEGRATION",
     .column = "integration",
     .change = ChangeBy::Immutable,
     .quoted = true,
     .shown_null = "null",
     .doc = "The notification integration that tells of files in Google Cloud Storage or Azure; fixed at creation."},
    comment_row(),
    set_later(parameter("pipe_execution_paused", ValueType::Boolean, "PIPE_EXECUTION_PAUSED",
                        "Whether it is paused; where it is not written, the schema tells.")),
}};
static_assert(sound(kRows));

constexpr std::array<TextRow, 1> kTexts = {{
    {.name = "copy",
     .fragment = sql::FragmentKind::Copy,
     .before = "AS",
     .column = "definition",
     .change = TextChange::Refuse,
     .doc = "COPY INTO a table FROM a stage, both by full name; fixed at creation."},
}};

}  // namespace

constinit const Kind kPipe = {
    .id = KindId::Pipe,
    .words = "pipe",
    .collection = "pipes",
    .sql = "PIPE",
    .sql_plural = "PIPES",
    .granted_on = "PIPE",
    .scope = Scope::Schema,
    .properties = kRows,
    .privileges = kPrivileges,
    .texts = kTexts,
    .may_have_future_grants = true,
    .can_be_renamed = false,
    .drop_cost = "forgets which files were loaded: a new pipe may load them again",
    .contradiction = contradiction,
    .doc =
        "Loads files from a stage into a table as they arrive. Never replaced, for that would lose the history of "
        "what was loaded; its COPY cannot be altered."};

}  // namespace mesh::kinds
