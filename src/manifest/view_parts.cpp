// Views: comments of columns.
#include <fmt/format.h>

#include "builder.hpp"

namespace mesh::manifest {

void read_view_columns(const Site& site, const Node& map, Object& view) {
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
      check_keys(value, {"comment", "tags", "masking_policy"}, "a column of a view", site.diagnostics());
      const Bearer bearer{view.id, *name};
      if (const Node* tags = value.find("tags"); tags != nullptr && !tags->is_null()) read_tags(site, *tags, bearer);
      if (const Node* policy = value.find("masking_policy"); policy != nullptr && !policy->is_null())
        read_masking_policy(site, *policy, bearer);
      comment = value.find("comment");
    }
    if (comment != nullptr && comment->is_scalar())
      column.comment = read_text(*comment, "comment", site.diagnostics()).value_or("");
    view.columns.push_back(std::move(column));
  }
}

}  // namespace mesh::manifest
