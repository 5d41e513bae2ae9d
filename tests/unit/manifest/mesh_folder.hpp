#pragma once
// A mesh in a folder of its own, loaded: files in, diagnostics and the desired state out.

#include <filesystem>
#include <map>
#include <string>

#include "mesh/manifest/load.hpp"

namespace mesh::manifest {

class MeshFolder {
 public:
  using Files = std::map<std::string, std::string>;
  explicit MeshFolder(const Files& files);  // path -> text
  MeshFolder(const MeshFolder&) = delete;
  MeshFolder& operator=(const MeshFolder&) = delete;
  ~MeshFolder();

  const std::filesystem::path& root() const { return root_; }
  void load(const std::string& environment = {});

  bool loaded() const { return loaded_.has_value(); }
  const Loaded& result() const { return *loaded_; }
  const Desired& desired() const { return loaded_->desired; }
  const Object& object(const std::string& address) const;  // REQUIREs that it is there
  // All diagnostics as they are printed.
  std::string errors() const;
  // "CODE file:line:column" of each, by commas.
  std::string codes() const;

 private:
  std::filesystem::path root_;
  std::optional<Loaded> loaded_;
  Diagnostics diagnostics_;
  Sources failed_;
  const Sources& sources() const { return loaded_ ? loaded_->sources : failed_; }
};

// A mesh with environments dev (suffix _DEV) and prod and the domain sales, whose one file is `sales` behind its head.
MeshFolder::Files small_mesh(const std::string& sales);

}  // namespace mesh::manifest
