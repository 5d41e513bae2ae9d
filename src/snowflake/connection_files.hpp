#pragma once
// connections.toml and config.toml as people have them (sql-api.md 9): where they lie, what they hold, who may read
// them.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mesh/base/result.hpp"
#include "mesh/snowflake/connection_settings.hpp"

namespace mesh::snowflake {

// One scalar and its place ("/home/a/.snowflake/connections.toml:4"). Other shapes have no text.
struct FileValue {
  std::optional<std::string> text;
  std::string place;
};
using FileConnection = std::map<std::string, FileValue>;

struct ConnectionFiles {
  std::map<std::string, FileConnection> connections;
  std::string source;  // where they came from; empty when there is no such file
  std::optional<FileValue> default_name;
  std::filesystem::path directory;  // where was looked
  std::vector<std::string> warnings;
};

Result<ConnectionFiles> read_connection_files(const Environment& environment);

std::filesystem::path expand_tilde(const std::string& path, const Environment& environment);

// Others may read it: a warning (unless switched off by SF_SKIP_TOKEN_FILE_PERMISSIONS_VERIFICATION and its like).
// Others may write it: an error. A file that is not there passes.
Status check_permissions(const std::filesystem::path& file, const Environment& environment,
                         std::vector<std::string>& warnings);

// The variable's value; none where it is unset or empty.
std::optional<std::string> variable(const Environment& environment, const std::string& name);

}  // namespace mesh::snowflake
