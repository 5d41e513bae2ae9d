// mesh catalog: the catalogue of products as a static site; needs no account but with --live.
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "commands.hpp"
#include "live_view.hpp"
#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"
#include "mesh/render/catalog.hpp"
#include "workflow.hpp"

namespace mesh::cli {
namespace {

namespace fs = std::filesystem;

// Names every file of the site, so that the next one takes away what it no longer has.
constexpr const char* kContents = "contents.txt";

// A page of an earlier site: nothing else is taken away, whatever stands in that file.
bool is_page(const std::string& path) {
  return path.ends_with(".html") && path[0] != '/' && path.find("..") == std::string::npos;
}

void take_away(const fs::path& folder, const std::string& before, const std::set<std::string>& now) {
  for (const auto& path : split(before, '\n')) {
    std::error_code ec;
    if (!path.empty() && is_page(path) && now.count(path) == 0) fs::remove(folder / path, ec);
  }
}

}  // namespace

ExitCode run_catalog(const Global& global, const CatalogOptions& options, const Console& console) {
  if (options.output.empty()) return console.error("mesh catalog takes -o DIR"), ExitCode::Usage;
  const auto loaded = load_as_of(global, options.at, console);
  if (const auto* code = std::get_if<ExitCode>(&loaded)) return *code;
  const fs::path folder(options.output);
  std::error_code ec;
  const bool is_site = fs::is_regular_file(folder / kContents, ec);
  if (!is_site && fs::exists(folder, ec) && !fs::is_empty(folder, ec)) {
    console.error(fmt::format("'{}' holds other files already; take an empty folder, or one that mesh catalog wrote",
                              options.output));
    return ExitCode::Refused;
  }
  const auto before = is_site ? read_file(folder / kContents) : Result<std::string>(std::string());
  if (!before) return console.error(before.error().message), ExitCode::Failed;
  const auto& dated = std::get<DatedMesh>(loaded);
  auto view = dated.view();
  render::LiveView live;
  if (options.live) {
    auto asked = live_view(global, dated.loaded, console);
    if (const auto* code = std::get_if<ExitCode>(&asked)) return *code;
    live = std::move(std::get<render::LiveView>(asked));
    view.live = &live;
  }
  std::set<std::string> now;
  for (const auto& file : render::catalog_site(view)) {
    const auto written = write_file(folder / file.path, file.text);
    if (!written) return console.error(written.error().message), ExitCode::Failed;
    now.insert(file.path);
  }
  take_away(folder, *before, now);
  const auto written = write_file(folder / kContents, join({now.begin(), now.end()}, "\n") + "\n");
  if (!written) return console.error(written.error().message), ExitCode::Failed;
  console.say(fmt::format("{} files written; open {}", now.size(), (folder / "index.html").string()));
  return ExitCode::Done;
}

}  // namespace mesh::cli
