// Views and what else a query gives the columns of: comments, tags and policies of columns, clustering keys.
#include <algorithm>

#include <fmt/format.h>

#include "builder.hpp"
#include "mesh/kinds/ddl.hpp"

namespace mesh::manifest {

namespace {

void read_columns(const Site& site, const Node& map, Object& view) {
  view.columns_stated = true;
  if (!expect_map(map, "columns", site.diagnostics())) return;
  std::map<Name, Place> seen;
  for (const auto& [key, value] : entries(map)) {
    const auto name = read_name(key.text, key.place, "a column", site.diagnostics());
    if (!name) continue;
    const auto [it, fresh] = seen.emplace(*name, key.place);
    if (!fresh) {
      auto& error = site.diagnostics().error(
          "MESH1105", key.place, fmt::format("column {} is declared twice", name->display()), "keep one of them");
      error.notes.push_back({"it is declared here first", it->second});
      continue;
    }
    Column column;
    column.name = *name;
    column.place = key.place;
    const Node* comment = &value;
    if (!value.is_scalar() && expect_map(value, "a column of a view", site.diagnostics())) {
      check_keys(value, {"comment", "tags", "masking_policy", "projection_policy"}, "a column of a view",
                 site.diagnostics());
      const Bearer bearer{view.id, *name};
      if (const Node* tags = value.find("tags"); tags != nullptr && !tags->is_null()) read_tags(site, *tags, bearer);
      read_policies(site, value, bearer, kinds::AttachesTo::Column);
      comment = value.find("comment");
    }
    if (comment != nullptr && comment->is_scalar())
      column.comment = read_text(*comment, "comment", site.diagnostics()).value_or("");
    view.columns.push_back(std::move(column));
  }
}

// With a list of names it is known which columns there are, and what `columns` says nothing of has nothing.
void order_by_list(const Site& site, Object& view) {
  const auto property = view.properties.find("column_list");
  if (property == view.properties.end() || property->second.value.is_null()) return;
  const Place place = property->second.place;
  view.columns_stated = true;
  std::vector<Column> ordered;
  const auto find = [](std::vector<Column>& columns, const Name& name) {
    return std::find_if(columns.begin(), columns.end(), [&](const Column& column) { return column.name == name; });
  };
  for (const auto& name : kinds::listed_columns(view)) {
    if (find(ordered, name) != ordered.end()) {
      site.diagnostics().error("MESH1105", place, fmt::format("column_list names {} twice", name.display()),
                               "every column needs a name of its own");
      continue;
    }
    const auto stated = find(view.columns, name);
    Column column;
    column.name = name;
    column.place = place;
    if (stated != view.columns.end()) column = *stated;
    ordered.push_back(std::move(column));
  }
  for (const auto& column : view.columns) {
    if (find(ordered, column.name) != ordered.end() || ordered.empty()) continue;
    site.diagnostics().error(
        "MESH1205", column.place,
        fmt::format("column_list of {} has no column '{}'", view.id.address(), column.name.display()),
        "speak of it by its name there, or take it out");
  }
  if (!ordered.empty()) view.columns = std::move(ordered);
}

// Which columns there are only the query tells: keys are checked by their tokens alone.
void read_cluster_by(const Site& site, const Node& node, Object& view) {
  view.cluster_by.emplace();
  const auto add = [&](const Node& item) {
    if (auto key = read_fragment(site, item, sql::FragmentKind::ClusterKey, "cluster_by"))
      view.cluster_by->push_back(std::move(*key));
  };
  if (!node.is_list()) return add(node);
  for (const auto& item : node.items) add(item);
}

}  // namespace

void read_columns_by_name(const Site& site, const Node& body, Object& view) {
  const auto stated = [&](std::string_view key) {
    const Node* node = body.find(key);
    return node == nullptr || node->is_null() || !kinds::has_key(kinds::of(view.id.kind), key) ? nullptr : node;
  };
  if (const Node* columns = stated("columns")) read_columns(site, *columns, view);
  order_by_list(site, view);
  if (const Node* keys = stated("cluster_by")) read_cluster_by(site, *keys, view);
}

}  // namespace mesh::manifest
