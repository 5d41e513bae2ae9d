// mesh export odcs|odps
#include <algorithm>

#include <fmt/format.h>

#include "commands.hpp"
#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"
#include "mesh/render/standards.hpp"
#include "workflow.hpp"

namespace mesh::cli {
namespace {

// A document, and the name of the file that it goes into.
struct Document {
  std::string name, file;
  render::Exported exported;
};

bool is_named(const Product& product, const std::string& name) {
  return name == product.display() || name == product.domain + "/" + product.name;
}

// A contract that was read from a file is that file: it may hold what mesh does not look at.
render::Exported contract_of(const manifest::Loaded& loaded, const Product& product, const Port& port) {
  for (uint32_t i = 0; !port.contract_file.empty() && i < loaded.sources.size(); ++i) {
    if (loaded.sources.file(i).path == port.contract_file) return {loaded.sources.file(i).text, {}};
  }
  return render::odcs_yaml(loaded.mesh, product, port);
}

std::vector<Document> documents_of(const manifest::Loaded& loaded, const Product& product, bool contracts) {
  const auto stem = fmt::format("{}-{}-{}", product.domain, product.name, product.version.major);
  if (!contracts) return {{product.display(), stem + ".odps.yaml", render::odps_yaml(loaded.mesh, product)}};
  std::vector<Document> all;
  for (const auto& [name, port] : product.ports) {
    const PortId id{product.domain, product.name, name, product.version.major};
    all.push_back({id.display(), fmt::format("{}-{}.odcs.yaml", stem, name), contract_of(loaded, product, port)});
  }
  return all;
}

}  // namespace

ExitCode run_export(const Global& global, const ExportOptions& options, const Console& console) {
  auto manifests = load_manifests(global, console);
  if (const auto* code = std::get_if<ExitCode>(&manifests)) return *code;
  const auto& loaded = std::get<LoadedMesh>(manifests).loaded;
  if (!check_domains(global, loaded.mesh, console)) return ExitCode::Usage;
  const auto meant = planned_domains(global, loaded.mesh);
  std::vector<std::string> known;
  for (const auto& [key, product] : loaded.products.all) known.push_back(product.domain + "/" + product.name);
  for (const auto& name : options.names) {
    const auto& all = loaded.products.all;
    if (std::any_of(all.begin(), all.end(), [&](const auto& each) { return is_named(each.second, name); })) continue;
    const auto near = nearest(name, known);
    console.error(
        fmt::format("there is no product '{}'{}", name, near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
    return ExitCode::Usage;
  }
  size_t written = 0;
  for (const auto& [key, product] : loaded.products.all) {
    const auto wanted = [&, &one = product](const std::string& name) { return is_named(one, name); };
    if (meant.count(product.domain) == 0) continue;
    if (!options.names.empty() && std::none_of(options.names.begin(), options.names.end(), wanted)) continue;
    for (const auto& document : documents_of(loaded, product, options.standard == "odcs")) {
      for (const auto& loss : document.exported.losses)
        console.say(fmt::format("{}: the standard has no place for {}", document.name, loss));
      if (options.output.empty()) {
        console.result((written > 0 ? "---\n" : "") + document.exported.text);
      } else if (const auto done =
                     write_file(std::filesystem::path(options.output) / document.file, document.exported.text);
                 !done) {
        return console.error(done.error().message), ExitCode::Failed;
      }
      ++written;
    }
  }
  if (written == 0) console.say("No product is declared here.");
  return ExitCode::Done;
}

}  // namespace mesh::cli
