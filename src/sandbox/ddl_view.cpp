// Views (docs: create-view, alter-view). The statement is kept verbatim in TEXT, the query alone in QUERY; column names
// and types are those of the moment of creation.

#include <fmt/format.h>

#include "ddl.hpp"
#include "mesh/base/text.hpp"
#include "relations.hpp"
#include "sql_error.hpp"
#include "table_parts.hpp"

namespace mesh::sandbox {
namespace {

constexpr ValueRule kBoolean = {ValueType::Boolean, ""};
const PropertySpecs kSpecs = {{"COMMENT", {}}, {"CHANGE_TRACKING", kBoolean}};

struct ViewText {
  std::vector<std::pair<std::string, std::string>> columns;  // name and comment
  bool has_columns = false;
  bool copy_grants = false;
  Settings settings;
  std::string query;
};

void refuse_view_features(const Parser& p) {
  for (const char* words : {"ROW ACCESS POLICY", "AGGREGATION POLICY", "JOIN POLICY", "MASKING POLICY",
                            "PROJECTION POLICY", "TAG", "CONTACT", "DATA METRIC FUNCTION"}) {
    if (p.at(words) || p.at(std::string("WITH ") + words)) refuse_unsupported(words);
  }
}

void read_columns(Parser& p, ViewText& view) {
  view.has_columns = true;
  p.expect_symbol("(");
  do {
    const std::string name = p.name();
    refuse_view_features(p);
    std::string comment;
    if (p.accept("COMMENT")) {
      p.accept_symbol("=");
      comment = p.string();
    }
    view.columns.emplace_back(name, comment);
  } while (p.accept_symbol(","));
  p.expect_symbol(")");
}

ViewText read_view(Parser& p) {
  ViewText view;
  if (p.at_symbol("(")) read_columns(p, view);
  while (!p.accept("AS")) {
    refuse_view_features(p);
    if (p.accept("COPY GRANTS")) {
      view.copy_grants = true;
    } else if (p.peek().is_name() && p.at_symbol("=", 1)) {
      read_settings(p, Kind::View, kSpecs, view.settings);
    } else if (!p.accept("COPY TAGS") && !p.accept("FORCE")) {
      p.unexpected();
    }
  }
  view.query = p.rest();
  if (view.query.empty()) p.unexpected();
  return view;
}

// As submitted, without blanks around and the semicolon behind.
std::string whole_text(std::string_view statement) {
  std::string_view text = trim(statement);
  while (!text.empty() && text.back() == ';') text = trim(text.substr(0, text.size() - 1));
  return std::string(text);
}

std::vector<TableColumn> describe_columns(Running& run, const Object& schema, const std::string& name,
                                          const ViewText& view) {
  StoredView stored;
  stored.database = run.catalog.at(schema.parent).name, stored.schema = schema.name, stored.name = name,
  stored.query = view.query;
  const std::vector<StoredColumn> found = describe(run, view.query, &stored);
  if (view.has_columns && view.columns.size() != found.size()) {
    refuse_compilation("002020", "21S01", "Invalid column definition list");
  }
  std::vector<TableColumn> columns;
  for (size_t i = 0; i < found.size(); ++i) {
    TableColumn column;
    column.id = static_cast<int>(i) + 1;
    column.name = view.has_columns ? view.columns[i].first : found[i].name;
    column.type = found[i].type;
    column.nullable = found[i].nullable;
    if (view.has_columns) column.comment = view.columns[i].second;
    if (find_column(Object{.columns = columns}, column.name) != nullptr) {
      refuse_compilation("002025", "42S21", fmt::format("duplicate column name '{}'", column.name));
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

void fill(Object& object, const CreateHead& head, const ViewText& view, std::vector<TableColumn> columns,
          std::string text) {
  for (const char* key : {"COMMENT", "SECURE"}) object.props.erase(key);
  for (const auto& [key, value] : view.settings.props) object.props[key] = value;
  if (head.secure) object.props["SECURE"] = "true";
  object.props["QUERY"] = view.query;
  object.props["TEXT"] = std::move(text);
  object.props["EXPLICIT_COLUMNS"] = view.has_columns ? "true" : "false";
  object.columns = std::move(columns);
}

void alter_comment_of_column(Running& run, const Object& view) {
  Parser& p = run.parser;
  p.accept("COLUMN");
  const std::string name = p.name();
  const bool unset = p.accept("UNSET COMMENT");
  if (!unset) p.expect("COMMENT");
  const std::string comment = unset ? "" : p.string();
  need_column(view, name);
  for (TableColumn& column : run.catalog.edit(view.id).columns) {
    if (column.name == name) column.comment = comment;
  }
}

// One property in each statement (docs: alter-view).
ResultSet set_property(Running& run, const Object& view) {
  Parser& p = run.parser;
  Object& edited = run.catalog.edit(view.id);
  if (p.accept("SET SECURE")) {
    edited.props["SECURE"] = "true";
  } else if (p.accept("UNSET SECURE")) {
    edited.props.erase("SECURE");
  } else if (p.accept("UNSET COMMENT")) {
    edited.props.erase("COMMENT");
  } else {
    p.expect("SET");
    Settings settings;
    read_settings(p, Kind::View, kSpecs, settings);
    if (settings.props.size() != 1 || !settings.params.empty()) p.unexpected();
    apply(settings, edited);
  }
  p.expect_end();
  return executed();
}

}  // namespace

ResultSet create_view(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  if (head.or_replace && head.if_not_exists) p.unexpected();
  const NameParts name = p.qualified();
  const ViewText view = read_view(p);
  const Object& schema = need_container(run, head.kind, name);
  const Object* existing = check_create(run, head, schema, name.back());
  if (existing != nullptr && head.if_not_exists) return already_exists(name.back());
  std::vector<TableColumn> columns = describe_columns(run, schema, name.back(), view);
  const std::string text = whole_text(p.text());
  if (existing != nullptr && head.or_alter) {
    // Keeps grants; what is omitted is unset, but for change tracking.
    fill(run.catalog.edit(existing->id), head, view, std::move(columns), text);
    touch(run, existing->id);
    return created(head.kind, name.back());
  }
  std::vector<Grant> grants;
  const bool copy = view.copy_grants && existing != nullptr;
  if (existing != nullptr) grants = direct_grants(run, *existing), put_away(run, *existing);
  Object object;
  fill(object, head, view, std::move(columns), text);
  make(run, head.kind, schema, name.back(), std::move(object), copy ? &grants : nullptr);
  return created(head.kind, name.back());
}

ResultSet alter_view(Running& run, const Object& view) {
  Parser& p = run.parser;
  need_ownership(run, view);
  for (const char* words :
       {"SET TAG", "UNSET TAG", "ADD ROW ACCESS POLICY", "DROP ROW ACCESS POLICY", "DROP ALL ROW ACCESS POLICIES",
        "SET AGGREGATION POLICY", "UNSET AGGREGATION POLICY", "SET JOIN POLICY", "UNSET JOIN POLICY", "SET CONTACT",
        "UNSET CONTACT", "SET DATA_METRIC_SCHEDULE", "UNSET DATA_METRIC_SCHEDULE", "ADD DATA METRIC FUNCTION"}) {
    if (p.at(words)) refuse_unsupported(fmt::format("ALTER VIEW {}", words));
  }
  ResultSet result = executed();
  if (p.accept("RENAME TO")) {
    const NameParts name = p.qualified();
    p.expect_end();
    rename_object(run, view, name, true);
  } else if (p.accept("ALTER") || p.accept("MODIFY")) {
    do {
      alter_comment_of_column(run, view);
    } while (p.accept_symbol(","));
    p.expect_end();
  } else {
    result = set_property(run, view);
  }
  touch(run, view.id);
  return result;
}

}  // namespace mesh::sandbox
