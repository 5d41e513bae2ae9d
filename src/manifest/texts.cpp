// Pieces of SQL: those of a column, and the texts of an object, in place or in a file of their own.
#include <algorithm>

#include <fmt/format.h>

#include "builder.hpp"
#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"

namespace mesh::manifest {
namespace {

// What all files with SQL of a mesh may come to, each counted as often as it is named.
constexpr size_t kMaxTextFileBytes = size_t{256} << 20;

// Blanks and line breaks at the head of a text.
size_t leading(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? text.size() : first;
}

}  // namespace

std::optional<Node> read_text_file(const Site& site, std::string_view key, const Node& node, bool is_sql) {
  namespace fs = std::filesystem;
  const auto path = read_text(node, key, site.diagnostics());
  if (!path) return std::nullopt;
  std::error_code ec;
  const auto root = fs::weakly_canonical(site.build.root, ec);
  const auto full = fs::weakly_canonical(root / site.domain.path / *path, ec);
  const auto relative = full.lexically_relative(root);
  if (ec || relative.empty() || *relative.begin() == "..") {
    site.diagnostics().error("MESH1012", node.place, fmt::format("{} '{}' leads out of the mesh", key, *path),
                             "it must be inside the mesh's folder, symbolic links included");
    return std::nullopt;
  }
  if (fs::exists(full, ec) && !fs::is_regular_file(full, ec)) {  // a pipe would be waited for
    site.diagnostics().error("MESH1012", node.place, fmt::format("{} '{}' is no regular file", key, *path),
                             is_sql ? "name a file that holds the SQL" : "name a file that holds the text");
    return std::nullopt;
  }
  auto text = read_file(full, kMaxFileBytes);
  if (!text) {
    site.diagnostics().error("MESH1012", node.place, fmt::format("{} '{}' cannot be read", key, *path),
                             fmt::format("paths are relative to {}", site.domain.path));
    return std::nullopt;
  }
  const auto fits = [&] {
    if (site.build.text_file_bytes <= kMaxTextFileBytes) return true;
    site.diagnostics().error(
        "MESH1014", node.place, fmt::format("the files that {} names come to too much", key),
        fmt::format("at most {} MB for all files of a mesh that are named so", kMaxTextFileBytes >> 20));
    return false;
  };
  site.build.text_file_bytes += text->size();
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
  if (is_sql) substitute(content, site.variables, site.diagnostics());
  site.build.text_file_bytes += std::max(content.text.size(), written) - written;
  return fits() ? std::optional(std::move(content)) : std::nullopt;
}

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

namespace {

// Another language's: blank lines before it and blanks behind it are all that does not count.
std::optional<SqlText> read_code(const Site& site, const Node& node, std::string_view what) {
  const auto text = read_scalar(node, what, site.diagnostics());
  if (!text) return std::nullopt;
  const auto head = std::min(text->find_first_not_of(" \t\r\n"), text->size());
  const auto line = text->rfind('\n', head);
  const auto begin = head == text->size() ? head : line == std::string::npos ? 0 : line + 1;
  const auto end = text->find_last_not_of(" \t\r\n");
  if (end == std::string::npos) {
    site.diagnostics().error("MESH1304", node.place, fmt::format("{}: there is no code here", what));
    return std::nullopt;
  }
  return SqlText{text->substr(begin, end + 1 - begin), begin == 0 ? node.place : node.place_in(begin)};
}

void read_one_text(const Site& site, const kinds::TextRow& row, const Node& body, Object& object) {
  const bool is_sql = kinds::is_sql(row, object);
  const Node* given = body.find(row.name);
  const Node* file = row.file_key.empty() ? nullptr : body.find(row.file_key);
  if (given != nullptr && file != nullptr) {
    site.diagnostics().error("MESH1105", body.find_key(row.file_key)->place,
                             fmt::format("{} has both {} and {}", object.id.address(), row.name, row.file_key),
                             "keep one of them");
    return;
  }
  std::optional<Node> content;
  if (given != nullptr && !given->is_null()) {
    content = *given;
  } else if (file != nullptr && !file->is_null()) {
    content = read_text_file(site, row.file_key, *file, is_sql);
    if (!content) return;
  }
  if (!content) {
    const bool may_lack = row.may_lack != nullptr && row.may_lack(object);
    if (!row.required || may_lack || !object.manage.empty()) return;
    site.diagnostics().error("MESH1103", object.place, fmt::format("{} has no {}", object.id.address(), row.name),
                             row.file_key.empty()
                                 ? fmt::format("add {}: …", row.name)
                                 : fmt::format("add {}: | or {}: sql/NAME.sql", row.name, row.file_key));
    return;
  }
  auto text = is_sql ? read_fragment(site, *content, row.fragment, row.name) : read_code(site, *content, row.name);
  if (!text) return;
  object.texts.emplace(row.name, std::move(*text));
  const size_t trimmed = leading(content->text);
  site.build.texts.insert_or_assign({object.id, std::string(row.name)}, WrittenText{std::move(*content), trimmed});
}

}  // namespace

void read_object_texts(const Site& site, const Node& body, Object& object) {
  for (const auto& row : kinds::of(object.id.kind).texts) read_one_text(site, row, body, object);
}

}  // namespace mesh::manifest
