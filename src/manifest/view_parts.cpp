// Views: the query, in place or in a file of its own, and comments of columns; pieces of SQL in general.
#include <algorithm>

#include <fmt/format.h>

#include "builder.hpp"
#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"

namespace mesh::manifest {
namespace {

// What all query files of a mesh may come to, each counted as often as it is named.
constexpr size_t kMaxQueryFileBytes = size_t{256} << 20;

// Blanks and line breaks at the head of a text.
size_t leading(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? text.size() : first;
}

void read_query(const Site& site, const Node& node, Object& view) {
  view.query = read_fragment(site, node, sql::FragmentKind::Query, "query");
  if (view.query) site.build.queries[view.id] = {node, leading(node.text)};
}

// The file's text as a node; nothing after it reported why not.
std::optional<Node> open_query_file(const Site& site, const Node& node) {
  namespace fs = std::filesystem;
  const auto path = read_text(node, "query_file", site.diagnostics());
  if (!path) return std::nullopt;
  std::error_code ec;
  const auto root = fs::weakly_canonical(site.build.root, ec);
  const auto full = fs::weakly_canonical(root / site.domain.path / *path, ec);
  const auto relative = full.lexically_relative(root);
  if (ec || relative.empty() || *relative.begin() == "..") {
    site.diagnostics().error("MESH1012", node.place, fmt::format("query_file '{}' leads out of the mesh", *path),
                             "it must be inside the mesh's folder, symbolic links included");
    return std::nullopt;
  }
  if (fs::exists(full, ec) && !fs::is_regular_file(full, ec)) {  // a pipe would be waited for
    site.diagnostics().error("MESH1012", node.place, fmt::format("query_file '{}' is no regular file", *path),
                             "name a file that holds the query");
    return std::nullopt;
  }
  auto text = read_file(full, kMaxFileBytes);
  if (!text) {
    site.diagnostics().error("MESH1012", node.place, fmt::format("query_file '{}' cannot be read", *path),
                             fmt::format("paths are relative to {}", site.domain.path));
    return std::nullopt;
  }
  const auto fits = [&] {
    if (site.build.query_file_bytes <= kMaxQueryFileBytes) return true;
    site.diagnostics().error("MESH1014", node.place, "the files that query_file names come to too much",
                             fmt::format("at most {} MB for all views of a mesh", kMaxQueryFileBytes >> 20));
    return false;
  };
  site.build.query_file_bytes += text->size();
  if (!fits()) return std::nullopt;
  Node content;
  content.type = NodeType::Scalar;
  content.style = Style::Block;
  content.layout = Layout::File;
  content.text = text->substr(0, 3) == "\xEF\xBB\xBF" ? text->substr(3) : *text;
  content.place = {site.build.sources.add(relative.generic_string(), std::move(*text), site.domain.name), 1, 1, 1};
  if (!is_valid_utf8(content.text)) {
    site.diagnostics().error("MESH1001", content.place, "the file is not UTF-8", "save it as UTF-8");
    return std::nullopt;
  }
  const size_t written = content.text.size();
  substitute(content, site.variables, site.diagnostics());
  site.build.query_file_bytes += std::max(content.text.size(), written) - written;
  return fits() ? std::optional(std::move(content)) : std::nullopt;
}

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
      check_keys(value, {"comment"}, "a column of a view", site.diagnostics());
      comment = value.find("comment");
    }
    if (comment != nullptr && comment->is_scalar())
      column.comment = read_text(*comment, "comment", site.diagnostics()).value_or("");
    view.columns.push_back(std::move(column));
  }
}

}  // namespace

std::optional<SqlText> read_fragment(const Site& site, const Node& node, sql::FragmentKind kind,
                                     std::string_view what) {
  const auto text = read_scalar(node, what, site.diagnostics());
  if (!text) return std::nullopt;
  const auto problems = sql::check_fragment(*text, kind);
  PlaceCursor places(node);
  for (const auto& problem : problems) {
    site.diagnostics().error("MESH1304", places.at(problem.offset, problem.length),
                             fmt::format("{}: {}", what, problem.message), problem.help);
  }
  if (!problems.empty()) return std::nullopt;
  const auto head = leading(*text);
  return SqlText{std::string(trim(*text)), head == 0 ? node.place : node.place_in(head)};
}

void read_view(const Site& site, const Node& body, Object& view) {
  const Node *query = body.find("query"), *file = body.find("query_file");
  if (query != nullptr && file != nullptr) {
    site.diagnostics().error("MESH1105", body.find_key("query_file")->place,
                             fmt::format("{} has both query and query_file", view.id.address()), "keep one of them");
  } else if (query != nullptr && !query->is_null()) {
    read_query(site, *query, view);
  } else if (file != nullptr && !file->is_null()) {
    if (const auto content = open_query_file(site, *file)) read_query(site, *content, view);
  } else if (view.manage.empty()) {
    site.diagnostics().error("MESH1103", view.place, fmt::format("{} has no query", view.id.address()),
                             "add query: | or query_file: sql/NAME.sql");
  }
  if (const Node* columns = body.find("columns"); columns != nullptr && !columns->is_null())
    read_columns(site, *columns, view);
}

}  // namespace mesh::manifest
