#pragma once
// What git tells of other revisions, asked by running it.

#include <filesystem>
#include <string>
#include <vector>

#include "mesh/base/result.hpp"

namespace mesh::cli {

class Git {
 public:
  // The checkout around the mesh. Fails where there is none, or no git on this machine.
  static Result<Git> around(const std::filesystem::path& mesh_root);

  // The commit that `revision` (a branch, tag or commit) and what is checked out have in common, so that what others
  // did on that branch since then does not count. Fails where there is no such revision, or nothing in common.
  Result<std::string> common_commit(const std::string& revision) const;

  // Files of the mesh, relative to its folder, that are not now as they were in that commit: changed, added (those that
  // git does not know yet, too, unless it ignores them) or gone.
  Result<std::vector<std::string>> changed_since(const std::string& commit) const;

  // Puts the mesh's files as they were in that commit into `folder`. Fails where the mesh was not there then.
  Status put_files_of(const std::string& commit, const std::filesystem::path& folder) const;

 private:
  Result<std::string> ask(std::vector<std::string> arguments,
                          const std::vector<std::pair<std::string, std::string>>& variables = {}) const;

  std::filesystem::path mesh_;  // the mesh's folder
  std::string prefix_;          // where it lies in the checkout: "", "data/mesh/"
};

}  // namespace mesh::cli
