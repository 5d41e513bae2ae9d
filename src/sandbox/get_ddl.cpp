// GET_DDL of functions and procedures (docs: functions/get_ddl; function entry, quirks).

#include <fmt/format.h>

#include "get_ddl.hpp"
#include "kept_list.hpp"
#include "mesh/base/text.hpp"
#include "references.hpp"
#include "routine.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

std::string quoted_name(const std::string& name) { return "\"" + replace_all(name, "\"", "\"\"") + "\""; }
std::string quoted_text(const std::string& text) { return "'" + replace_all(text, "'", "''") + "'"; }

// "A" NUMBER, "B" VARCHAR DEFAULT 'x'
std::string arguments(const Object& routine) {
  std::vector<std::string> parts;
  for (const TableColumn& a : routine.columns) {
    const std::string mode = a.alias.empty() ? "" : a.alias + " ";
    const std::string otherwise = a.default_sql.empty() ? "" : " DEFAULT " + a.default_sql;
    parts.push_back(fmt::format("{} {}{}{}", quoted_name(a.name), mode, short_type(a.type), otherwise));
  }
  return join(parts, ", ");
}

std::string routine_ddl(const Running& run, const Object& routine) {
  const std::string bare = routine.name.substr(0, routine.name.find('('));
  std::string ddl =
      fmt::format("CREATE OR REPLACE {}{} {}({})\nRETURNS {}{}\nLANGUAGE {}\n", routine.flag("SECURE") ? "SECURE " : "",
                  facts(routine.kind).words, quoted_name(bare), arguments(routine), routine.prop("RETURNS"),
                  routine.flag("RETURNS_NOT_NULL") ? " NOT NULL" : "", routine.prop("LANGUAGE"));
  if (!routine.prop("NULL_HANDLING").empty()) ddl += routine.prop("NULL_HANDLING") + "\n";
  if (!routine.prop("COMMENT").empty()) ddl += "COMMENT=" + quoted_text(routine.prop("COMMENT")) + "\n";
  const std::string& as = routine.prop("EXECUTE_AS");
  if (routine.kind == Kind::Procedure) ddl += "EXECUTE AS " + (as.empty() ? "OWNER" : as) + "\n";
  const bool hidden = routine.flag("SECURE") && !run.access.owns(routine);
  if (!hidden && routine.props.count("BODY") > 0) ddl += "AS " + quoted_text(routine.prop("BODY"));
  return ddl + ";";
}

}  // namespace

Cell object_ddl(Running& run, const std::vector<std::string>& arguments) {
  const std::string type = to_upper(arguments.front());
  if (type != "FUNCTION" && type != "PROCEDURE") refuse_unsupported("GET_DDL of " + type);
  const Kind kind = type == "FUNCTION" ? Kind::Function : Kind::Procedure;
  return routine_ddl(run, routine_named(run, kind, arguments[1]));
}

}  // namespace mesh::sandbox
