#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "mesh/base/result.hpp"

namespace mesh {
// The whole file as bytes. Fails where it cannot be opened or is larger than `limit` bytes.
Result<std::string> read_file(const std::filesystem::path& path, size_t limit = size_t{1} << 30);
// Writes beside the path and renames, so that a reader sees the old or the new content.
Status write_file(const std::filesystem::path& path, std::string_view content);
}  // namespace mesh
