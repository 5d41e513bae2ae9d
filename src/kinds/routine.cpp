// Functions and procedures. Reference: CREATE, ALTER, DESCRIBE FUNCTION and PROCEDURE, SHOW USER FUNCTIONS, SHOW USER
// PROCEDURES. SECRETS are left out until secrets are a kind of mesh, ARTIFACT_REPOSITORY because no row of DESCRIBE
// tells it. COPY GRANTS of a procedure does not keep future grants away (procedure entry, quirks): they come as grants
// of the object itself, and are compared as such.
#include <algorithm>

#include "mesh/base/text.hpp"
#include "mesh/kinds/signature.hpp"
#include "mesh/model/signature.hpp"
#include "parameters.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 1> kPrivileges = {"USAGE"};
constexpr std::array<std::string_view, 5> kLanguages = {"SQL", "JAVASCRIPT", "PYTHON", "JAVA", "SCALA"};
constexpr std::array<std::string_view, 3> kExecuteAs = {"OWNER", "CALLER", "RESTRICTED CALLER"};
constexpr std::array<std::string_view, 4> kEventLogging = {"LOGGING", "TRACING", "ALL", "OFF"};

std::string_view language(const Object& routine) {
  const Value* stated = routine.find("language");
  return stated != nullptr && stated->text() != nullptr ? std::string_view(*stated->text()) : "SQL";
}
bool is_sql_language(const Object& routine) { return language(routine) == "SQL"; }
bool is_no_sql(const Object& routine) { return !is_sql_language(routine); }
bool is_python(const Object& routine) { return language(routine) == "PYTHON"; }
bool has_handler(const Object& routine) {
  const auto written = language(routine);
  return written == "PYTHON" || written == "JAVA" || written == "SCALA";
}
bool has_imports(const Object& routine) {
  const Value* imports = routine.find("imports");
  return has_handler(routine) && imports != nullptr && !std::get<ValueList>(imports->data).empty();
}

// ---- arguments

// "F(NUMBER, DEFAULT NUMBER) RETURN NUMBER": how many have one.
std::string optional_arguments(std::string_view text) {
  const auto bracket = find_bracket(text);
  if (bracket == std::string_view::npos) return std::string(text);
  const auto end = bracket_end(text.substr(bracket));
  if (end == std::string_view::npos) return {};
  const auto parts = list_parts(text.substr(bracket + 1, end - 2));
  return std::to_string(std::count_if(
      parts.begin(), parts.end(), [](const ListPart& part) { return iequals(part.text.substr(0, 8), "DEFAULT "); }));
}

// ---- what it gives back

struct Returned {
  bool is_table = false, not_null = false;
  std::vector<Argument> columns;
  std::string type;
};

std::string_view without_end(std::string_view text, std::string_view word) {
  const bool ends = text.size() > word.size() && iequals(text.substr(text.size() - word.size()), word);
  return ends ? trim(text.substr(0, text.size() - word.size())) : text;
}

std::optional<Returned> returned(std::string_view written) {
  Returned out;
  std::string_view text = trim(written);
  if (const auto head = without_end(text, "NULL"); head != text) {
    const auto type = without_end(head, "NOT");
    out.not_null = type != head;
    text = type;
  }
  if (text.size() < 5 || !iequals(text.substr(0, 5), "TABLE")) {
    const auto type = routine_type(text);
    if (!type) return std::nullopt;
    out.type = *type;
    return out;
  }
  text = trim(text.substr(5));
  if (text.empty() || text.front() != '(' || bracket_end(text) != text.size()) return std::nullopt;
  out.is_table = true;
  const std::string as_key = "T" + std::string(text);  // columns are written as arguments are
  const auto columns = parse_signature(as_key);
  if (!columns || optional_of(columns->arguments) > 0) return std::nullopt;
  out.columns = columns->arguments;
  return out;
}

// "TABLE (A NUMBER(38,0))", "VARCHAR NOT NULL"; an un-sized VARCHAR stays one.
std::string returns(std::string_view written) {
  const auto parsed = returned(written);
  if (!parsed) return std::string(written);
  return (parsed->is_table ? "TABLE (" + arguments_text(parsed->columns) + ")" : parsed->type) +
         (parsed->not_null ? " NOT NULL" : "");
}

std::string_view no_type(const Value& value) {
  const bool fine = value.text() == nullptr || returned(*value.text());
  return fine ? "" : "it is a type, TYPE NOT NULL, or TABLE (COLUMN TYPE, …)";
}

// Un-sized texts come back with a length, of which there are two (identifiers-and-literals.md section 3).
bool same_type(const std::string& a, const std::string& b) {
  return a == b || DataType::parse(a).value() == DataType::parse(b).value();
}

bool same_returns(const Value& wanted, const Value& live) {
  if (wanted.text() == nullptr || live.text() == nullptr) return wanted == live;
  const auto a = returned(*wanted.text()), b = returned(*live.text());
  if (!a || !b || a->is_table != b->is_table || a->not_null != b->not_null) return false;
  if (!a->is_table) return same_type(a->type, b->type);
  return std::equal(a->columns.begin(), a->columns.end(), b->columns.begin(), b->columns.end(),
                    [](const Argument& one, const Argument& other) {
                      return one.name == other.name && same_type(one.type, other.type);
                    });
}

void write_returns(sql::Writer& w, const Value& value) {
  const auto parsed = returned(*value.text()).value();
  if (parsed.is_table) {
    w.kw("TABLE").open();
    for (const auto& column : parsed.columns) {
      if (&column != &parsed.columns.front()) w.comma();
      write_type(w.name(column.name), column.type);
    }
    w.close();
  } else {
    write_type(w, parsed.type);
  }
  if (parsed.not_null) w.kw("NOT NULL");
}

// ---- other cells

std::string null_handling(std::string_view shown) {
  if (iequals(shown, "RETURNS NULL ON NULL INPUT") || iequals(shown, "STRICT")) return "true";
  return iequals(shown, "CALLED ON NULL INPUT") ? "false" : std::string(shown);
}

std::string volatility(std::string_view shown) {
  if (iequals(shown, "IMMUTABLE")) return "true";
  return iequals(shown, "VOLATILE") ? "false" : std::string(shown);
}

// [com.snowflake:snowpark:1.14.0], [@"DB"."S".STAGE/f.jar], [A,B]
std::string bare_list(std::string_view shown) {
  const std::string_view text = trim(shown);
  const bool is_list = text.size() > 1 && text.front() == '[' && text.back() == ']';
  return std::string(is_list ? text.substr(1, text.size() - 2) : text);
}

// ['numpy','pandas==1.5'] of Python, bare ones of Java and Scala.
std::string package_list(std::string_view shown) {
  std::vector<std::string> packages = split(bare_list(shown), ',');
  for (auto& each : packages) {
    each = std::string(trim(each));
    if (each.size() > 1 && each.front() == '\'' && each.back() == '\'') each = each.substr(1, each.size() - 2);
  }
  return join(packages, ",");
}

std::string without_blanks(std::string_view written) { return std::string(trim(written)); }

std::string import_path(std::string_view written) {
  written = trim(written);
  const auto stage = stage_of(written);
  return stage ? with_stage(written, stage->name) : std::string(written);
}

// Kept to the letter (function entry, normalization), but for blank lines around it, which mesh makes itself.
bool same_body(std::string_view written, std::string_view shown) { return trim(written) == trim(shown); }

// ---- rows

constexpr PropertyRow arguments_row() {
  return {.name = "arguments",
          .clause = "arguments",
          .from = ReadFrom::Described,
          .column = "signature",
          .change = ChangeBy::Replace,
          .normal = shown_arguments,
          .same = same_arguments,
          .disruptive = true,
          .in_key = true,
          .fuller_in_memory = true,
          .doc = "Its arguments stand in the key: NAME(ARGUMENT TYPE, OTHER TYPE DEFAULT value)."};
}

constexpr PropertyRow optional_row() {
  return {.name = "optional_arguments",
          .type = ValueType::Integer,
          .clause = "arguments",
          .column = "arguments",
          .change = ChangeBy::Replace,
          .default_value = "0",
          .normal = optional_arguments,
          .in_key = true,
          .doc = "How many of its arguments have a default; they stand in the key."};
}

constexpr PropertyRow returns_row() {
  return {.name = "returns",
          .clause = "RETURNS",
          .from = ReadFrom::Described,
          .column = "returns",
          .change = ChangeBy::Replace,
          .absent = Absent::Leave,
          .normal = returns,
          .wrong = no_type,
          .bare = true,
          .same = same_returns,
          .disruptive = true,
          .write = write_returns,
          .doc = "The type it gives back: TYPE, TYPE NOT NULL, or TABLE (COLUMN TYPE, …)."};
}

constexpr PropertyRow language_row(ReadFrom from) {
  return {.name = "language",
          .type = ValueType::OneOf,
          .clause = "LANGUAGE",
          .from = from,
          .column = "language",
          .change = ChangeBy::Replace,
          .default_value = "SQL",
          .values = kLanguages,
          .bare = true,
          .doc = "What its body is written in."};
}

constexpr PropertyRow strict_row() {
  return {.name = "strict",
          .type = ValueType::Boolean,
          .clause = "STRICT",
          .from = ReadFrom::Described,
          .column = "null handling",
          .change = ChangeBy::Replace,
          .default_value = "false",
          .normal = null_handling,
          .spelt = Spelt::Word,
          .fuller_in_memory = true,
          .doc = "Gives NULL for NULL, without being called. Not to be read back of SQL ones."};
}

constexpr PropertyRow of_handler(PropertyRow row) {
  row.applies = has_handler;
  return row;
}

constexpr PropertyRow runtime_row() {
  return of_handler({.name = "runtime_version",
                     .clause = "RUNTIME_VERSION",
                     .from = ReadFrom::Described,
                     .column = "runtime_version",
                     .change = ChangeBy::Replace,
                     .absent = Absent::Leave,
                     .doc = "Version of Python, Java or Scala: '3.11'."});
}

constexpr PropertyRow handler_row() {
  return of_handler({.name = "handler",
                     .clause = "HANDLER",
                     .from = ReadFrom::Described,
                     .column = "handler",
                     .change = ChangeBy::Replace,
                     .absent = Absent::Leave,
                     .doc = "The function, or class and method, that is called."});
}

// Snowflake keeps nothing of it, so it would differ for ever.
std::string_view empty_entry(const Value& value) {
  const auto& list = std::get<ValueList>(value.data);
  const bool empty = std::any_of(list.begin(), list.end(), [](const Value& each) { return each.text()->empty(); });
  return empty ? "an entry is empty" : "";
}

constexpr PropertyRow target_path_row() {
  return of_handler({.name = "target_path",
                     .clause = "TARGET_PATH",
                     .from = ReadFrom::Described,
                     .column = "target_path",
                     .change = ChangeBy::Replace,
                     .absent = Absent::Leave,
                     .doc = "Where the compiled handler of Java or Scala is kept."});
}

constexpr PropertyRow packages_row() {
  return of_handler({.name = "packages",
                     .type = ValueType::Texts,
                     .clause = "PACKAGES",
                     .from = ReadFrom::Described,
                     .column = "packages",
                     .change = ChangeBy::Replace,
                     .normal = without_blanks,
                     .wrong = empty_entry,
                     .is_set = true,
                     .list_text = package_list,
                     .doc = "Packages it needs, with versions as they are written: numpy, pandas==1.5."});
}

constexpr PropertyRow imports_row() {
  return of_handler({.name = "imports",
                     .type = ValueType::Texts,
                     .clause = "IMPORTS",
                     .from = ReadFrom::Described,
                     .column = "imports",
                     .change = ChangeBy::Replace,
                     .normal = import_path,
                     .wrong = empty_entry,
                     .is_set = true,
                     .list_text = bare_list,
                     .has_stages = true,
                     .doc = "Files on stages that it loads: '@DB.SCHEMA.STAGE/path'."});
}

// ALTER sets it, but does not list it under UNSET (alter-function, alter-procedure).
constexpr PropertyRow access_row() {
  return of_handler({.name = "external_access_integrations",
                     .type = ValueType::Names,
                     .clause = "EXTERNAL_ACCESS_INTEGRATIONS",
                     .column = "external_access_integrations",
                     .is_set = true,
                     .list_text = bare_list,
                     .unset_by_replacing = true,
                     .doc = "What it may reach outside of Snowflake."});
}

constexpr PropertyRow own_comment_row() {
  auto row = comment_row();
  row.column = "description";
  row.normal = routine_comment;
  return row;
}

constexpr PropertyRow level(PropertyRow row, bool unset_by_replacing) {
  row.in_create = false;
  row.unset_by_replacing = unset_by_replacing;
  return row;
}

constexpr PropertyRow of_sql(PropertyRow row) {
  row.applies = is_sql_language;
  return row;
}

// In the order of CREATE FUNCTION.
constexpr std::array<PropertyRow, 19> kFunctionRows = {{
    secure_row(),
    {.name = "aggregate",
     .type = ValueType::Boolean,
     .clause = "AGGREGATE",
     .column = "is_aggregate",
     .change = ChangeBy::Replace,
     .default_value = "false",
     .applies = is_python,
     .spelt = Spelt::HeadWord,
     .doc = "Whether it makes one value of many rows; of Python alone."},
    arguments_row(),
    optional_row(),
    returns_row(),
    language_row(ReadFrom::Column),
    strict_row(),
    {.name = "immutable",
     .type = ValueType::Boolean,
     .clause = "IMMUTABLE",
     .from = ReadFrom::Described,
     .column = "volatility",
     .change = ChangeBy::Replace,
     .default_value = "false",
     .normal = volatility,
     .spelt = Spelt::Word,
     .fuller_in_memory = true,
     .doc = "Whether it gives the same for the same arguments. Not to be read back of SQL ones."},
    {.name = "memoizable",
     .type = ValueType::Boolean,
     .clause = "MEMOIZABLE",
     .column = "is_memoizable",
     .change = ChangeBy::Replace,
     .default_value = "false",
     .applies = is_sql_language,
     .spelt = Spelt::Word,
     .doc = "Whether what it gave is kept; of SQL alone."},
    runtime_row(),
    own_comment_row(),
    imports_row(),
    packages_row(),
    handler_row(),
    access_row(),
    target_path_row(),
    level(quoted_one_of("log_level", "LOG_LEVEL", kLogLevels, "Severity from which log messages are kept."), false),
    level(quoted_one_of("trace_level", "TRACE_LEVEL", kTraceLevels, "Which traces are kept."), false),
    level(quoted_one_of("metric_level", "METRIC_LEVEL", kMetricLevels, "Whether metrics are kept."), false),
}};
static_assert(sound(kFunctionRows));

// ALTER PROCEDURE has no SECURE form, and unsets COMMENT alone (procedure entry, alter).
constexpr std::array<PropertyRow, 18> kProcedureRows = {{
    {.name = "secure",
     .type = ValueType::Boolean,
     .clause = "SECURE",
     .column = "is_secure",
     .change = ChangeBy::Replace,
     .default_value = "false",
     .spelt = Spelt::HeadWord,
     .doc = "Hides the definition from all but its owner."},
    arguments_row(),
    optional_row(),
    returns_row(),
    language_row(ReadFrom::Described),
    runtime_row(),
    packages_row(),
    imports_row(),
    handler_row(),
    access_row(),
    target_path_row(),
    strict_row(),
    own_comment_row(),
    {.name = "execute_as",
     .type = ValueType::OneOf,
     .clause = "EXECUTE AS",
     .from = ReadFrom::Described,
     .column = "execute as",
     .change = ChangeBy::Phrase,
     .default_value = "OWNER",
     .values = kExecuteAs,
     .bare = true,
     .disruptive = true,
     .doc = "Whose rights it has."},
    level(quoted_one_of("log_level", "LOG_LEVEL", kLogLevels, "Severity from which log messages are kept."), true),
    level(quoted_one_of("trace_level", "TRACE_LEVEL", kTraceLevels, "Which traces are kept."), true),
    level(quoted_one_of("metric_level", "METRIC_LEVEL", kMetricLevels, "Whether metrics are kept."), true),
    of_sql(level(quoted_one_of("auto_event_logging", "AUTO_EVENT_LOGGING", kEventLogging,
                               "Messages and events of Snowflake Scripting that are kept without being written."),
                 true)),
}};
static_assert(sound(kProcedureRows));

constexpr std::array<TextRow, 1> kTexts = {{
    {.name = "body",
     .file_key = "body_file",
     .fragment = sql::FragmentKind::Statement,
     .before = "AS",
     .column = "body",
     .is_described = true,
     .same = same_body,
     .is_foreign = is_no_sql,
     .quoted = true,
     .may_lack = has_imports,
     .doc = "What it does; or body_file. Variables are replaced in SQL alone."},
}};

// ---- what does not go together

std::string missing(const Object& routine, std::string_view key, std::string_view example) {
  return routine.find(key) == nullptr ? std::string(key) + " is missing: " + std::string(example) : std::string();
}

// CREATE FUNCTION and CREATE PROCEDURE, Required parameters.
std::string contradiction(const Object& routine) {
  if (routine.structure_is_foreign()) return {};
  if (routine.id.arguments.find("TABLE(") != std::string::npos)
    return "only data metric functions have arguments that are tables";
  const bool is_procedure = routine.id.kind == KindId::Procedure;
  if (auto why = missing(routine, "returns", "write returns: NUMBER"); !why.empty()) return why;
  if (!has_handler(routine)) return {};
  if (auto why = missing(routine, "handler", "write handler: NAME"); !why.empty()) return why;
  if (is_python(routine) || is_procedure) {
    if (auto why = missing(routine, "runtime_version", "write runtime_version: '3.11'"); !why.empty()) return why;
  }
  if (is_procedure) return missing(routine, "packages", "write packages: [snowflake-snowpark-python]");
  return {};
}

}  // namespace

// "(A NUMBER, B VARCHAR)" of DESCRIBE; what mesh wrote stays.
std::string shown_arguments(std::string_view text) {
  const bool is_shown = !text.empty() && text.front() == '(';
  return is_shown ? arguments_text(read_arguments(text)) : std::string(text);
}

// DESCRIBE leaves out defaults, and may leave out lengths (function entry, describe).
bool same_arguments(const Value& wanted, const Value& live) {
  if (wanted.text() == nullptr || live.text() == nullptr) return wanted.is_null() && live.is_null();
  const auto a = read_arguments(*wanted.text()), b = read_arguments(*live.text());
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Argument& one, const Argument& other) {
    return one.name == other.name && counted_type(one.type) == counted_type(other.type);
  });
}

// What stands there where there is none (identifiers-and-literals.md section 4).
std::string routine_comment(std::string_view shown) {
  for (const std::string_view none : {"user-defined function", "user-defined procedure", "stored procedure"}) {
    if (shown == none) return {};
  }
  return std::string(shown);
}

constinit const Kind kFunction = {.id = KindId::Function,
                                  .words = "function",
                                  .collection = "functions",
                                  .sql = "FUNCTION",
                                  .sql_plural = "FUNCTIONS",
                                  .granted_on = "FUNCTION",
                                  .scope = Scope::Schema,
                                  .properties = kFunctionRows,
                                  .privileges = kPrivileges,
                                  .texts = kTexts,
                                  .may_have_future_grants = true,
                                  .renames_across_schemas = true,
                                  .listed_as = "USER FUNCTIONS",
                                  .database_column = "catalog_name",
                                  .listed_where = {"is_data_metric", "N"},
                                  .described_name = "property",
                                  .described_value = "value",
                                  .one_property_per_statement = true,  // alter-function: UNSET { .. | .. }
                                  .contradiction = contradiction,
                                  .doc =
                                      "A computation with a name, in SQL, JavaScript, Python, Java or Scala; keyed by "
                                      "its signature. Another body, result or language replaces it with COPY GRANTS; "
                                      "other types of arguments make another function. There is no UNDROP."};

constinit const Kind kProcedure = {.id = KindId::Procedure,
                                   .words = "procedure",
                                   .collection = "procedures",
                                   .sql = "PROCEDURE",
                                   .sql_plural = "PROCEDURES",
                                   .granted_on = "PROCEDURE",
                                   .scope = Scope::Schema,
                                   .properties = kProcedureRows,
                                   .privileges = kPrivileges,
                                   .texts = kTexts,
                                   .may_have_future_grants = true,
                                   .renames_across_schemas = true,
                                   .listed_as = "USER PROCEDURES",
                                   .database_column = "catalog_name",
                                   .listed_where = {"is_builtin", "N"},
                                   .described_name = "property",
                                   .described_value = "value",
                                   .one_property_per_statement = true,
                                   .contradiction = contradiction,
                                   .doc =
                                       "Statements with a name, in SQL, JavaScript, Python, Java or Scala; keyed by "
                                       "its signature. Another body, result or language replaces it with COPY GRANTS; "
                                       "other types of arguments make another procedure. There is no UNDROP."};

}  // namespace mesh::kinds
