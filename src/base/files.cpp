#include "mesh/base/files.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>

#include <fmt/format.h>

namespace mesh {

Result<std::string> read_file(const std::filesystem::path& path, size_t limit) {
  std::error_code ec;
  if (std::filesystem::is_directory(path, ec))
    return fail(fmt::format("'{}' is a directory, not a file", path.string()));
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(fmt::format("cannot read '{}': {}", path.string(), std::strerror(errno)));
  std::string content;
  char buffer[1 << 16];
  while (in.read(buffer, sizeof buffer) || in.gcount() > 0) {
    content.append(buffer, static_cast<size_t>(in.gcount()));
    if (content.size() > limit) {
      return fail(fmt::format("'{}' is larger than {} bytes, the most that is read", path.string(), limit));
    }
  }
  return content;
}

Status write_file(const std::filesystem::path& path, std::string_view content) {
  std::error_code ec;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ec);
  auto temporary = path;
  temporary += ".tmp";
  {
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    out.flush();
    if (!out) return fail(fmt::format("cannot write '{}': {}", path.string(), std::strerror(errno)));
  }
  std::filesystem::rename(temporary, path, ec);
  if (ec) return fail(fmt::format("cannot write '{}': {}", path.string(), ec.message()));
  return Done{};
}

}  // namespace mesh
