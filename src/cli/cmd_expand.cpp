// mesh expand: what variables and blueprints make of the manifests; needs no account.
#include <algorithm>

#include <fmt/format.h>

#include "commands.hpp"
#include "mesh/base/text.hpp"
#include "mesh/render/rows.hpp"
#include "workflow.hpp"

namespace mesh::cli {
namespace {

constexpr size_t kWidest = 72;  // where origins stand, unless a line is longer

// "blueprints/team.yaml:12, for sales/domain.yaml:4"
std::string origin(const Sources& sources, Place place) {
  std::string text = sources.describe(place);
  while (place.known() && sources.file(place.file).used_at.known()) {
    place = sources.file(place.file).used_at;
    text += ", for " + sources.describe(place);
  }
  return text;
}

// The manifest, each line with its origin as a comment. A line of a block of text has none: it would be part of it.
std::string commented(const std::vector<manifest::ExpandedLine>& lines, const Sources& sources) {
  size_t width = 0;
  for (const auto& line : lines) width = std::max(width, std::min(kWidest, line.text.size()));
  std::string out, last;
  size_t block = std::string::npos;  // indentation of the key whose block this is
  for (const auto& line : lines) {
    const size_t indent = std::min(line.text.find_first_not_of(' '), line.text.size());
    const bool in_block = block != std::string::npos && (line.text.empty() || indent > block);
    if (!in_block) block = std::string::npos;
    const std::string from = in_block ? std::string() : origin(sources, line.place);
    out += from.empty() ? line.text + "\n" : fmt::format("{:<{}}  # {}\n", line.text, width, from);
    if (!in_block && line.text.ends_with(" |")) block = indent;
  }
  return out;
}

}  // namespace

ExitCode run_expand(const Global& global, const ExpandOptions&, const Console& console) {
  auto manifests = load_manifests(global, console, true);
  if (const auto* code = std::get_if<ExitCode>(&manifests)) return *code;
  const auto& loaded = std::get<LoadedMesh>(manifests).loaded;
  if (!check_domains(global, loaded.mesh, console)) return ExitCode::Usage;
  const auto domains = planned_domains(global, loaded.mesh);
  Rows rows;
  rows.columns = {"domain", "line", "from"};
  std::string text;
  for (const auto& [domain, lines] : loaded.expanded) {
    if (domains.count(domain) == 0) continue;
    text += fmt::format("# domain {}\n{}", domain, commented(lines, loaded.sources));
    for (const auto& line : lines) rows.rows.push_back({domain, line.text, origin(loaded.sources, line.place)});
  }
  if (global.format == Format::Json) {
    console.result(render::rows_json(rows));
  } else if (global.format == Format::Csv) {
    console.result(render::rows_csv(rows));
  } else {
    console.result(text);
  }
  return ExitCode::Done;
}

}  // namespace mesh::cli
