// SHOW and DESCRIBE of functions and procedures (function and procedure entries, show and describe).

#include <algorithm>

#include <fmt/format.h>

#include "kept_list.hpp"
#include "mesh/base/text.hpp"
#include "routine.hpp"
#include "show_cells.hpp"

namespace mesh::sandbox {
namespace {

using namespace cells;  // NOLINT: the vocabulary of this file

Cell no(const Shown&) { return "N"; }
Cell flag(const Shown& s, std::string_view property) { return flag_cell(s.object.flag(property), "Y", "N"); }

Cell min_arguments(const Shown& s) {
  return std::to_string(std::count_if(s.object.columns.begin(), s.object.columns.end(),
                                      [](const TableColumn& a) { return a.default_sql.empty(); }));
}
Cell max_arguments(const Shown& s) { return std::to_string(s.object.columns.size()); }

// NAME(VARCHAR, DEFAULT NUMBER) RETURN NUMBER: types without length and precision.
Cell arguments(const Shown& s) {
  std::vector<std::string> types;
  for (const TableColumn& a : s.object.columns) {
    const std::string mode = a.alias.empty() ? "" : a.alias + " ";
    types.push_back((a.default_sql.empty() ? "" : "DEFAULT ") + mode + short_type(a.type));
  }
  return fmt::format("{}({}) RETURN {}", plain_name(s.object), join(types, ", "), s.object.prop("RETURNS_SHORT"));
}

Cell is_table_function(const Shown& s) { return flag_cell(s.object.prop("RETURNS").starts_with("TABLE ("), "Y", "N"); }

std::string bracketed(const Object& object, std::string_view property) {
  const auto items = list_of(object, property);
  return items.empty() ? "" : "[" + join(items, ",") + "]";
}

// {"variable":"DB.SCHEMA.SECRET"}
std::string secret_map(const Object& object) {
  std::vector<std::string> members;
  for (const auto& pair : list_of(object, "SECRETS")) {
    const size_t end = pair.find("'=");
    members.push_back(fmt::format("\"{}\":\"{}\"", pair.substr(1, end - 1), pair.substr(end + 2)));
  }
  return members.empty() ? "" : "{" + join(members, ",") + "}";
}

Cell secrets(const Shown& s) { return secret_map(s.object); }
Cell integrations(const Shown& s) { return bracketed(s.object, "EXTERNAL_ACCESS_INTEGRATIONS"); }
Cell or_null(const Cell& cell) { return cell && cell->empty() ? Cell() : cell; }

// --- DESCRIBE --------------------------------------------------------------------------------------------------------

std::string signature(const Object& routine) {
  std::vector<std::string> parts;
  for (const TableColumn& a : routine.columns)
    parts.push_back(fmt::format("{} {}{}", a.name, a.alias.empty() ? "" : a.alias + " ", short_type(a.type)));
  return "(" + join(parts, ", ") + ")";
}

std::string returns(const Object& routine) {
  return routine.prop("RETURNS") + (routine.flag("RETURNS_NOT_NULL") ? " NOT NULL" : "");
}

// Python's are quoted: ['numpy','pandas==1.5'], those of Java and Scala bare.
std::string packages(const Object& routine) {
  std::vector<std::string> items = list_of(routine, "PACKAGES");
  if (routine.prop("LANGUAGE") == "PYTHON") {
    for (auto& item : items) item = "'" + item + "'";
  }
  return "[" + join(items, ",") + "]";
}

// A secure body is its owner's alone to see; a handler on a stage has none.
Cell body(const Running& run, const Object& routine) {
  const bool hidden = routine.flag("SECURE") && !run.access.owns(routine);
  return hidden || routine.props.count("BODY") == 0 ? Cell() : Cell(routine.prop("BODY"));
}

using Rows = std::vector<Row>;

void add_null_handling(const Object& routine, Rows& rows) {
  const auto or_initial = [&](std::string_view property, const char* initial) {
    const std::string& value = routine.prop(property);
    return value.empty() ? std::string(initial) : value;
  };
  rows.push_back({"null handling", or_initial("NULL_HANDLING", "CALLED ON NULL INPUT")});
  rows.push_back({"volatility", or_initial("VOLATILITY", "VOLATILE")});
}

void add_handler(const Object& routine, Rows& rows) {
  const std::string& language = routine.prop("LANGUAGE");
  if (language == "SQL" || language == "JAVASCRIPT") return;
  rows.push_back({"external_access_integrations", or_null(bracketed(routine, "EXTERNAL_ACCESS_INTEGRATIONS"))});
  rows.push_back({"secrets", or_null(secret_map(routine))});
  rows.push_back({"imports", "[" + join(list_of(routine, "IMPORTS"), ", ") + "]"});
  rows.push_back({"handler", routine.prop("HANDLER")});
  rows.push_back({"runtime_version", or_null(routine.prop("RUNTIME_VERSION"))});
  rows.push_back({"packages", packages(routine)});
  if (language == "PYTHON") {
    // What the environment resolves to is the service's own; the packages asked for stand for it.
    rows.push_back({"installed_packages", packages(routine)});
    if (routine.kind == Kind::Function) rows.push_back({"is_aggregate", routine.flag("AGGREGATE") ? "true" : "false"});
  } else {
    rows.push_back({"target_path", or_null(routine.prop("TARGET_PATH"))});
  }
}

ResultSet describe_routine(Running& run, Kind kind) {
  const NameParts name = read_object_name(run, kind);
  run.parser.expect_end();
  const Object& routine = need(run, kind, name);
  ResultSet result;
  result.columns = columns_of({"T:property", "T:value"});
  result.rows = {
      {"signature", signature(routine)}, {"returns", returns(routine)}, {"language", routine.prop("LANGUAGE")}};
  if (routine.prop("LANGUAGE") != "SQL") add_null_handling(routine, result.rows);
  const std::string& as = routine.prop("EXECUTE_AS");
  if (kind == Kind::Procedure) result.rows.push_back({"execute as", as.empty() ? "OWNER" : as});
  result.rows.push_back({"body", body(run, routine)});
  add_handler(routine, result.rows);
  return result;
}

}  // namespace

const ShowColumns& function_columns() {
  static const ShowColumns kFunctions = {
      {"L:created_on", created_on},
      {"T:name", name},
      {"T:schema_name", schema_name},
      {"T:is_builtin", no},
      {"T:is_aggregate", [](const Shown& s) { return flag(s, "AGGREGATE"); }},
      {"T:is_ansi", no},
      {"N:min_num_arguments", min_arguments},
      {"N:max_num_arguments", max_arguments},
      {"T:arguments", arguments},
      {"T:description", [](const Shown& s) { return prop_or(s, "COMMENT", "user-defined function"); }},
      {"T:catalog_name", database_name},
      {"T:is_table_function", is_table_function},
      {"T:valid_for_clustering", no},
      {"T:is_secure", [](const Shown& s) { return flag(s, "SECURE"); }},
      {"T:secrets", secrets},
      {"T:external_access_integrations", integrations},
      {"T:is_external_function", no},
      {"T:language", [](const Shown& s) { return prop_or(s, "LANGUAGE", "SQL"); }},
      {"T:is_memoizable", [](const Shown& s) { return flag(s, "MEMOIZABLE"); }},
      {"T:is_data_metric", no},
      {"T:is_ai_function", no},
  };
  return kFunctions;
}

const ShowColumns& procedure_columns() {
  static const ShowColumns kProcedures = {
      {"L:created_on", created_on},
      {"T:name", name},
      {"T:schema_name", schema_name},
      {"T:is_builtin", no},
      {"T:is_aggregate", no},
      {"T:is_ansi", no},
      {"N:min_num_arguments", min_arguments},
      {"N:max_num_arguments", max_arguments},
      {"T:arguments", arguments},
      {"T:description", [](const Shown& s) { return prop_or(s, "COMMENT", "user-defined procedure"); }},
      {"T:catalog_name", database_name},
      {"T:is_table_function", is_table_function},
      {"T:valid_for_clustering", no},
      {"T:is_secure", [](const Shown& s) { return flag(s, "SECURE"); }},
      {"T:secrets", [](const Shown& s) { return or_null(secrets(s)); }},
      {"T:external_access_integrations", [](const Shown& s) { return or_null(integrations(s)); }},
  };
  return kProcedures;
}

Row builtin_row() {
  return {Cell(),
          "SQUARE",
          Cell(),
          "Y",
          "N",
          "Y",
          "1",
          "1",
          "SQUARE(NUMBER(38,0)) RETURN NUMBER(38,0), SQUARE(FLOAT) RETURN FLOAT",
          "Compute the square of the input expression.",
          Cell(),
          "N",
          "N",
          "N",
          Cell(),
          Cell(),
          "N",
          "SQL",
          "N",
          "N",
          "N"};
}

ResultSet describe_function(Running& run) { return describe_routine(run, Kind::Function); }
ResultSet describe_procedure(Running& run) { return describe_routine(run, Kind::Procedure); }

}  // namespace mesh::sandbox
