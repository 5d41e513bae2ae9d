#include "scaffold.hpp"

#include <fmt/format.h>

#include "mesh/base/text.hpp"

namespace mesh::cli::scaffold {
namespace {

size_t indent_of(const std::string& line) {
  const auto at = line.find_first_not_of(' ');
  return at == std::string::npos ? line.size() : at;
}

// Blank, or nothing but a comment.
bool is_empty(const std::string& line) {
  const auto text = trim(line);
  return text.empty() || text[0] == '#';
}

// Whether the line is `key:` with nothing but a comment behind it: a block follows.
bool opens_block(const std::string& line, std::string_view key) {
  const auto text = trim(line);
  if (!text.starts_with(key) || text.size() <= key.size() || text[key.size()] != ':') return false;
  const auto rest = trim(text.substr(key.size() + 1));
  return rest.empty() || rest[0] == '#';
}

// The lines below `at` that are indented deeper than `indent`: [at + 1, end), without empty ones at the end.
size_t end_of_block(const std::vector<std::string>& lines, size_t at, size_t indent) {
  size_t end = at + 1;
  for (size_t i = at + 1; i < lines.size(); ++i) {
    if (is_empty(lines[i])) continue;
    if (indent_of(lines[i]) <= indent) break;
    end = i + 1;
  }
  return end;
}

std::string in_quotes(const std::string& address) {
  const bool plain = address.find_first_of(":#\"'{}[],&*") == std::string::npos;
  return plain ? address : "'" + replace_all(address, "'", "''") + "'";
}

std::string list_of(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  for (const auto& text : texts) quoted.push_back(in_quotes(text));
  return "[" + join(quoted, ", ") + "]";
}

std::string of_database(const Port& port) {
  if (!port.declares_database && !port.declares_reader && port.table.empty()) return {};
  std::string out = fmt::format("databases:\n  {}:\n", in_quotes(port.database));
  if (port.declares_database) out += fmt::format("    comment: What {} keeps\n", port.domain);
  if (port.declares_reader) {
    const auto role = port.reader.substr(port.reader.rfind('.') + 1);
    out += fmt::format("    database_roles:\n      {}: {{comment: Reads {} of {}/{}}}\n", in_quotes(role), port.name,
                       port.domain, port.product);
  }
  if (!port.table.empty()) {
    out += fmt::format(R"yaml(    schemas:
      {}:                                # a schema for each major version: the next one stands beside it
        tables:
          {}:
            comment: Say here what one row is
            columns:
              ID: {{type: "NUMBER(38,0)", nullable: false, comment: Say here what it identifies}}
            primary_key: [ID]
)yaml",
                       port.schema, port.table);
  }
  return out;
}

}  // namespace

std::string domain_file(const std::string& name) {
  return fmt::format(R"(domain: {0}
description: Say here what {0} offers to others
team: {{name: {0}, email: {0}@example.com}}

warehouses:
  {1}_WH:
    warehouse_size: XSMALL
    auto_suspend: 60
    comment: What {0} computes
    grants: {{{1}_ENGINEER: [USAGE, OPERATE]}}

roles:
  {1}_ENGINEER: {{comment: Builds what {0} offers, granted_to: [SYSADMIN]}}

databases:
  {1}:
    comment: What {0} keeps
    grants: {{{1}_ENGINEER: [USAGE]}}
)",
                     name, to_upper(name));
}

std::string domain_line(const std::string& name) {
  return fmt::format("{0}: {{path: domains/{0}}}   # owns {1} and {1}_*", name, to_upper(name));
}

std::optional<std::string> with_domain(const std::string& mesh_file, const std::string& name) {
  auto lines = split(mesh_file, '\n');
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].starts_with("domains") || !opens_block(lines[i], "domains")) continue;
    const size_t end = end_of_block(lines, i, 0);
    if (end == i + 1) return std::nullopt;
    size_t first = i + 1;
    while (is_empty(lines[first])) ++first;
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(end),
                 std::string(indent_of(lines[first]), ' ') + domain_line(name));
    return join(lines, "\n");
  }
  return std::nullopt;
}

std::string port_lines(const Port& port, size_t indent) {
  const std::string blanks(indent, ' ');
  return fmt::format("{0}{1}:\n{0}  objects: {2}\n{0}  reader: {3}       # carries the read access\n", blanks,
                     port.name, list_of(port.objects), in_quotes(port.reader));
}

std::string product_file(const Port& port) {
  return of_database(port) + fmt::format(R"(products:
  {}:
    version: 1.0.0
    status: draft                # active lets others in; then deprecated, retired
    description: Say here what one row is, and what it is good for
    ports:
{}    approval: required           # automatic: whoever asks is let in
    # approves: [{{domain: finance, port: {}@1, as: role FINANCE_ANALYST, until: 2027-06-30}}]
)",
                                         port.product, port_lines(port, 6), port.product);
}

std::string needs_file(const Port& port) { return of_database(port); }

std::optional<std::string> with_port(const std::string& manifest, int line, const Port& port) {
  auto lines = split(manifest, '\n');
  const auto key = static_cast<size_t>(line) - 1;
  if (key >= lines.size()) return std::nullopt;
  const size_t end = end_of_block(lines, key, indent_of(lines[key]));
  for (size_t i = key + 1; i < end; ++i) {
    if (is_empty(lines[i]) || !opens_block(lines[i], "ports")) continue;
    if (end_of_block(lines, i, indent_of(lines[i])) == i + 1) return std::nullopt;
    size_t first = i + 1;
    while (is_empty(lines[first])) ++first;
    auto text = port_lines(port, indent_of(lines[first]));
    text.pop_back();
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(i) + 1, std::move(text));
    return join(lines, "\n");
  }
  return std::nullopt;
}

std::string access_file(const Access& access) {
  return fmt::format(R"(consumes:
  - port: {}
    as: role {}
    purpose: Say here what for
    until: {}
    # Who provides it then knows whom a change breaks; leave those that you do not use out:
    # columns: {}
)",
                     access.port, access.role, access.until, list_of(access.columns));
}

}  // namespace mesh::cli::scaffold
