// Views (docs: create-view, alter-view). The statement is kept verbatim in TEXT, the query alone in QUERY; column names
// and types are those of the moment of creation.

#include <fmt/format.h>

#include "ddl.hpp"
#include "derived.hpp"
#include "metrics.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

constexpr ValueRule kBoolean = {ValueType::Boolean, ""};
const PropertySpecs kSpecs = {{"COMMENT", {}}, {"CHANGE_TRACKING", kBoolean}};

struct ViewText {
  DerivedList list;
  bool copy_grants = false;
  Settings settings;
  std::string query;
};

ViewText read_view(Running& run) {
  Parser& p = run.parser;
  ViewText view;
  if (p.at_symbol("(")) view.list = read_derived_list(run, false);
  while (!p.accept("AS")) {
    refuse_governance(p);
    if (p.accept("COPY GRANTS")) {
      view.copy_grants = true;
    } else if (p.peek().is_name() && p.at_symbol("=", 1)) {
      read_settings(p, Kind::View, kSpecs, view.settings);
    } else if (!p.accept("FORCE")) {
      p.unexpected();
    }
  }
  view.query = p.rest();
  if (view.query.empty()) p.unexpected();
  return view;
}

void fill(Object& object, const CreateHead& head, const ViewText& view, std::vector<TableColumn> columns,
          std::string text) {
  for (const char* key : {"COMMENT", "SECURE"}) object.props.erase(key);
  for (const auto& [key, value] : view.settings.props) object.props[key] = value;
  if (head.secure) object.props["SECURE"] = "true";
  object.props["QUERY"] = view.query;
  object.props["TEXT"] = std::move(text);
  object.props["EXPLICIT_COLUMNS"] = view.list.given ? "true" : "false";
  object.columns = std::move(columns);
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
  const ViewText view = read_view(run);
  const Object& schema = need_container(run, head.kind, name);
  const Object* existing = check_create(run, head, schema, name.back());
  if (existing != nullptr && head.if_not_exists) return already_exists(name.back());
  std::vector<TableColumn> columns = derive(run, schema, name.back(), view.query, view.list).columns;
  const std::string text = whole_text(p.text());
  if (existing != nullptr && head.or_alter) {
    // Keeps grants, tags and policies; what else is omitted is unset, but for change tracking.
    if (has_governance(view.list)) refuse_unsupported("CREATE OR ALTER VIEW with tags or policies");
    keep_attachments(run, *existing, columns);
    fill(run.catalog.edit(existing->id), head, view, std::move(columns), text);
    touch(run, existing->id);
    return created(head.kind, name.back());
  }
  std::vector<Grant> grants;
  const bool copy = view.copy_grants && existing != nullptr;
  if (existing != nullptr) grants = direct_grants(run, *existing), put_away(run, *existing);
  Object object;
  fill(object, head, view, std::move(columns), text);
  const Id id = make(run, head.kind, schema, name.back(), std::move(object), copy ? &grants : nullptr);
  hang(run, id, view.list);
  return created(head.kind, name.back());
}

ResultSet alter_view(Running& run, const Object& view) {
  Parser& p = run.parser;
  need_ownership(run, view);
  ResultSet result = executed();
  if (p.at("SET DATA_METRIC_SCHEDULE") || p.at("UNSET DATA_METRIC_SCHEDULE")) {
    result = set_or_unset(run, view, {});
  } else if (alter_metrics_of(run, view)) {
    return executed();
  } else if (p.accept("RENAME TO")) {
    rename_to(run, view);
  } else if (p.accept("ALTER") || p.accept("MODIFY")) {
    alter_column_comments(run, view);
  } else {
    result = set_property(run, view);
  }
  touch(run, view.id);
  return result;
}

}  // namespace mesh::sandbox
