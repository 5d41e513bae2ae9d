// Streams. Reference: CREATE STREAM, ALTER STREAM, SHOW STREAMS. External tables and stages may be sources once they
// are kinds of mesh; INSERT_ONLY is theirs. AT and BEFORE say where reading begins, which only one
// who makes the stream by hand can know.
#include "tables.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 1> kPrivileges = {"SELECT"};
constexpr std::array<KindId, 3> kSources = {KindId::Table, KindId::View, KindId::DynamicTable};

// "Table" and "DB.SCHEMA.NAME"; a source that is gone or invisible has a sentence for a name, and so stays unknown.
std::string source(const std::function<std::string_view(std::string_view)>& cell) {
  return std::string(cell("source_type")) + " " + std::string(cell("table_name"));
}

// SHOW has DEFAULT, APPEND_ONLY or INSERT_ONLY.
std::string append_only(std::string_view written) {
  if (written == "APPEND_ONLY") return "true";
  return written == "DEFAULT" || written == "INSERT_ONLY" ? "false" : std::string(written);
}

std::string contradiction(const Object& stream) {
  const Value* on = stream.find("on");
  if (on == nullptr) return "a stream needs its source: on: table DB.SCHEMA.NAME";
  // Page create-stream: the syntax for dynamic tables has neither.
  const bool on_rows = on->text() == nullptr || !on->text()->starts_with("dynamic table ");
  for (const char* of_rows : {"append_only", "show_initial_rows"}) {
    if (!on_rows && stream.find(of_rows) != nullptr)
      return std::string(of_rows) + " is for streams on tables and views";
  }
  return {};
}

constexpr std::array<PropertyRow, 4> kRows = {{
    {.name = "on",
     .type = ValueType::Address,
     .clause = "ON",
     .column = "table_name",
     .change = ChangeBy::Immutable,
     .absent = Absent::Leave,
     .combine = source,
     .may_name = kSources,
     .doc = "What it records the changes of; fixed at creation, but it follows when that is renamed."},
    {.name = "append_only",
     .type = ValueType::Boolean,
     .clause = "APPEND_ONLY",
     .column = "mode",
     .change = ChangeBy::Immutable,
     .default_value = "false",
     .normal = append_only,
     .doc = "Whether it records inserted rows alone; fixed at creation."},
    {.name = "show_initial_rows",
     .type = ValueType::Boolean,
     .clause = "SHOW_INITIAL_ROWS",
     .from = ReadFrom::Nowhere,
     .change = ChangeBy::CreateOnly,
     .absent = Absent::Leave,
     .doc = "Whether the first reading gives the rows that were there; only at creation."},
    comment_row(),
}};
static_assert(sound(kRows));

}  // namespace

constinit const Kind kStream = {.id = KindId::Stream,
                                .words = "stream",
                                .collection = "streams",
                                .sql = "STREAM",
                                .sql_plural = "STREAMS",
                                .granted_on = "STREAM",
                                .scope = Scope::Schema,
                                .properties = kRows,
                                .privileges = kPrivileges,
                                .is_relation = true,
                                .may_have_future_grants = true,
                                .show_has_pages = true,
                                .can_be_renamed = false,
                                .contradiction = contradiction,
                                .doc =
                                    "Records the changes of a table or view until they are read. Never replaced, for "
                                    "that would lose what was not yet read; there is no UNDROP. Making one switches "
                                    "change tracking on at its source, and the first on a table is its owner's to "
                                    "make."};

}  // namespace mesh::kinds
