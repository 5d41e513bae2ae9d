#include "mesh/base/temporary_folder.hpp"

#include "mesh/base/digest.hpp"

namespace mesh {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() : path_(fs::temp_directory_path() / ("mesh-" + random_uuid())) {
  fs::create_directory(path_);
  fs::permissions(path_, fs::perms::owner_all);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ec;
  fs::remove_all(path_, ec);
}

}  // namespace mesh
