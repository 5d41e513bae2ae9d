#include "mesh_folder.hpp"

#include <catch2/catch.hpp>

#include "mesh/base/digest.hpp"
#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"

namespace mesh::manifest {

MeshFolder::MeshFolder(const Files& files)
    : root_(std::filesystem::temp_directory_path() / ("mesh-test-" + random_uuid())) {
  for (const auto& [path, text] : files) REQUIRE(write_file(root_ / path, text));
}

MeshFolder::~MeshFolder() {
  std::error_code ec;
  std::filesystem::remove_all(root_, ec);
}

void MeshFolder::load(const std::string& environment) {
  diagnostics_ = {};
  loaded_ = manifest::load({root_, environment, 4}, diagnostics_, failed_);
}

const Object& MeshFolder::object(const std::string& address) const {
  INFO(address);
  const auto id = parse_address(address);
  REQUIRE(id);
  const Object* found = desired().state.find(*id);
  REQUIRE(found != nullptr);
  return *found;
}

std::string MeshFolder::errors() const {
  std::string all;
  for (const auto& diagnostic : diagnostics_.sorted(sources())) all += render_text(diagnostic, sources(), false);
  return all;
}

std::string MeshFolder::codes() const {
  std::vector<std::string> all;
  for (const auto& d : diagnostics_.sorted(sources())) all.push_back(d.code + " " + sources().describe(d.place, true));
  return join(all, ", ");
}

MeshFolder::Files small_mesh(const std::string& sales) {
  return {{"mesh.yaml",
           "mesh: acme\n"
           "control: {database: MESH, schema: CONTROL, warehouse: MESH_WH}\n"
           "vars: {region: eu}\n"
           "environments:\n"
           "  dev: {connection: d, suffix: _DEV, vars: {days: 1}}\n"
           "  prod: {connection: p, vars: {days: 7}}\n"
           "default_environment: prod\n"
           "domains:\n"
           "  sales: {path: domains/sales}\n"},
          {"domains/sales/domain.yaml", "domain: sales\nteam: {name: sales}\n" + sales}};
}

}  // namespace mesh::manifest
