// GET_DDL of functions, procedures, views and dynamic tables (docs: functions/get_ddl; function entry, quirks).

#include <fmt/format.h>

#include "attachments.hpp"
#include "get_ddl.hpp"
#include "kept_list.hpp"
#include "mesh/base/text.hpp"
#include "references.hpp"
#include "routine.hpp"
#include "sql_error.hpp"
#include "table_parts.hpp"

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

// Policies and tags of a view's head. Without the account's APPLY of the kind, #UNKNOWN_POLICY and
// #UNKNOWN_TAG='#UNKNOWN_VALUE' stand for them (docs: get_ddl, notes on tags and policies).
class Governed {
 public:
  Governed(const Running& run, const Object& object) : run_(run), object_(object) {}

  // " WITH MASKING POLICY D.S.P WITH TAG (D.S.T='v')" of a column, or of the object with 0; tags sorted by name.
  std::string of(int column) const {
    std::string policies;
    std::map<std::string, std::string> tags;
    for (const Attachment& a : object_.attachments) {
      const Object* what = run_.catalog.find(a.what);
      if (what == nullptr || a.column != column) continue;
      const std::string words(facts(what->kind).words);
      const bool known = has_account_privilege(run_, "APPLY " + words);
      if (what->kind == Kind::Tag) {
        tags.emplace(what->name, known ? qualified_name(run_.catalog, *what) + "=" + quoted_text(a.value)
                                       : "#UNKNOWN_TAG='#UNKNOWN_VALUE'");
      } else if (is_policy(what->kind)) {
        policies += fmt::format(" WITH {} {}{}", words, known ? qualified_name(run_.catalog, *what) : "#UNKNOWN_POLICY",
                                columns(*what, a));
      }
    }
    std::vector<std::string> listed;
    for (const auto& [name, text] : tags) listed.push_back(text);
    return policies + (listed.empty() ? "" : " WITH TAG (" + join(listed, ", ") + ")");
  }

 private:
  std::string columns(const Object& policy, const Attachment& attachment) const {
    if (policy.kind != Kind::RowAccessPolicy) return {};
    std::vector<std::string> names;
    for (const int id : attachment.args) {
      const TableColumn* column = find_column(object_, id);
      if (column != nullptr) names.push_back(quoted_name(column->name));
    }
    return " ON (" + join(names, ", ") + ")";
  }
  const Running& run_;
  const Object& object_;
};

// In lower case, with a list of columns (docs: get_ddl, notes on views). How a dynamic table's looks no page tells.
std::string query_ddl(const Running& run, const Object& view) {
  if (view.flag("SECURE") && !run.access.owns(view)) refuse_privilege(run, view);
  const Governed governed(run, view);
  std::vector<std::string> columns;
  for (const TableColumn& column : view.columns)
    columns.push_back("\n\t" + quoted_name(column.name) + governed.of(column.id));
  return fmt::format("create or replace {}{} {}({}\n){} as {};", view.flag("SECURE") ? "secure " : "",
                     to_lower(std::string(facts(view.kind).words)), quoted_name(view.name), join(columns, ","),
                     governed.of(0), view.prop("QUERY"));
}

// TABLE and VIEW do for each other (docs: get_ddl).
Cell relation_ddl(const Running& run, const std::string& type, const std::string& name) {
  const Object& found = relation_named(run, name);
  const bool is_query =
      found.kind == Kind::View || found.kind == Kind::MaterializedView || found.kind == Kind::DynamicTable;
  if (!is_query) refuse_unsupported("GET_DDL of " + type);
  return query_ddl(run, found);
}

}  // namespace

Cell object_ddl(Running& run, const std::vector<std::string>& arguments) {
  const std::string type = to_upper(arguments.front());
  if (type == "VIEW" || type == "TABLE" || type == "DYNAMIC_TABLE") return relation_ddl(run, type, arguments[1]);
  if (type != "FUNCTION" && type != "PROCEDURE") refuse_unsupported("GET_DDL of " + type);
  const Kind kind = type == "FUNCTION" ? Kind::Function : Kind::Procedure;
  return routine_ddl(run, routine_named(run, kind, arguments[1]));
}

}  // namespace mesh::sandbox
