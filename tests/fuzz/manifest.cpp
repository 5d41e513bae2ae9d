// A folder of manifests. An input is its files:
//     %% a
//     domain: sales
// for domains/sales/a.yaml; `b` is a second file, `q` sql/q.sql, `o` a file of the other domain, `m` mesh.yaml itself.
// What no error is found in has to give statements that are one statement each.

#include <unistd.h>
#include <filesystem>
#include <map>

#include "fuzz.hpp"
#include "mesh/base/files.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/manifest/load.hpp"
#include "mesh/sql/token.hpp"

using namespace mesh;

namespace {

constexpr const char* kMesh =
    "mesh: acme\n"
    "control: {database: MESH, schema: CONTROL, warehouse: MESH_WH}\n"
    "vars: {region: eu}\n"
    "environments: {dev: {connection: d, suffix: _DEV, vars: {days: 1}}}\n"
    "domains: {sales: {path: domains/sales, account: true}, other: {path: domains/other}}\n";
constexpr const char* kOther = "domain: other\nteam: {name: o}\nroles: {OTHER_R: {}}\n";

const std::map<std::string, std::string> kPaths = {{"m", "mesh.yaml"},
                                                   {"a", "domains/sales/a.yaml"},
                                                   {"b", "domains/sales/b.yaml"},
                                                   {"q", "domains/sales/sql/q.sql"},
                                                   {"o", "domains/other/o.yaml"}};

// One folder for the whole run, in memory where there is such a place.
class Folder {
 public:
  Folder() {
    const std::filesystem::path memory = "/dev/shm";
    std::error_code ec;
    const auto base = std::filesystem::is_directory(memory, ec) ? memory : std::filesystem::temp_directory_path();
    root_ = base / ("mesh-fuzz-" + std::to_string(getpid()));
  }
  ~Folder() {
    std::error_code ec;
    std::filesystem::remove_all(root_, ec);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& root() const { return root_; }
  void put(const std::string& path, const std::string& text) const { LAW(write_file(root_ / path, text), path); }
  void fill(const std::string& input) const {
    std::map<std::string, std::string> files = {{"mesh.yaml", kMesh}, {kPaths.at("o"), kOther}};
    for (const auto& [name, text] : fuzz::sections(input, "%% ")) {
      if (const auto known = kPaths.find(name); known != kPaths.end()) files[known->second] = text;
    }
    for (const auto& [name, path] : kPaths) {
      std::error_code ec;
      if (const auto file = files.find(path); file != files.end())
        put(path, file->second);
      else
        std::filesystem::remove(root_ / path, ec);
    }
  }

 private:
  std::filesystem::path root_;
};

void one_statement(const std::string& sql) {
  const auto tokens = sql::tokenize(sql);
  LAW(tokens, sql);
  int depth = 0;
  for (const auto& token : *tokens) {
    const auto text = token.in(sql);
    LAW(token.type != sql::TokenType::Symbol || text != ";", sql);
    if (token.type == sql::TokenType::Symbol && text == "(") ++depth;
    if (token.type == sql::TokenType::Symbol && text == ")") LAW(--depth >= 0, sql);
  }
  LAW(depth == 0, sql);
}

void statements_are_whole(const Desired& desired) {
  for (const auto& [id, object] : desired.state.objects) {
    for (const auto& sql : kinds::create_statements(object)) one_statement(sql);
    one_statement(kinds::drop_statement(id));
    for (const auto& column : object.columns) {
      if (id.kind == KindId::Table) one_statement(kinds::add_column(id, column));
    }
    for (const auto& constraint : object.constraints) one_statement(kinds::add_constraint(id, constraint));
  }
  for (const auto& [key, grant] : desired.state.grants) one_statement(kinds::grant_statement(key, grant.grant_option));
  for (const auto& [key, membership] : desired.state.memberships) one_statement(kinds::grant_role(key));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Folder folder;
  folder.fill(fuzz::text_of(data, size));
  Diagnostics diagnostics;
  Sources on_failure;
  const auto loaded = manifest::load({folder.root(), "", 1}, diagnostics, on_failure);
  const Sources& sources = loaded ? loaded->sources : on_failure;
  for (const auto& diagnostic : diagnostics.sorted(sources))
    LAW(!render_text(diagnostic, sources, false).empty(), diagnostic.code);
  LAW(loaded || diagnostics.has_errors(), "nothing loaded and nothing said");
  if (loaded && !diagnostics.has_errors()) statements_are_whole(loaded->desired);
  return 0;
}
