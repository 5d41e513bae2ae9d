#include "connection_files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"

namespace mesh::snowflake {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostConfigBytes = 1 << 20;

#if defined(__APPLE__)
fs::path platform_directory(const Environment& environment) {
  return environment.home / "Library" / "Application Support" / "snowflake";
}
#else
fs::path platform_directory(const Environment& environment) {
  const auto xdg = variable(environment, "XDG_CONFIG_HOME");
  return (xdg ? fs::path(*xdg) : environment.home / ".config") / "snowflake";
}
#endif

// $SNOWFLAKE_HOME or ~/.snowflake where that directory exists, else the platform's own.
fs::path config_directory(const Environment& environment) {
  const auto chosen = expand_tilde(variable(environment, "SNOWFLAKE_HOME").value_or("~/.snowflake"), environment);
  std::error_code ignored;
  return fs::is_directory(chosen, ignored) ? chosen : platform_directory(environment);
}

Result<toml::table> parse(const std::string& text, const std::string& source) {
  try {
    return toml::parse(text, source);
  } catch (const toml::parse_error& error) {
    // Only the description: the line itself may hold a secret.
    return fail(fmt::format("{}:{}:{}: this is not TOML: {}", source, error.source().begin.line,
                            error.source().begin.column, error.description()));
  }
}

// None where there is no such file.
Result<std::optional<toml::table>> parse_file(const fs::path& file, const Environment& environment,
                                              std::vector<std::string>& warnings) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return std::optional<toml::table>();
  if (const auto safe = check_permissions(file, environment, warnings); !safe) return safe.failure();
  const auto text = read_file(file, kMostConfigBytes);
  if (!text) return text.failure();
  auto table = parse(*text, file.string());
  if (!table) return table.failure();
  return std::optional(*std::move(table));
}

FileValue value_of(const toml::node& node, const std::string& source) {
  FileValue value;
  value.place = fmt::format("{}:{}", source, node.source().begin.line);
  if (const auto* text = node.as_string()) value.text = text->get();
  if (const auto* number = node.as_integer()) value.text = std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) value.text = flag->get() ? "true" : "false";
  return value;
}

std::map<std::string, FileConnection> connections_of(const toml::table& table, const std::string& source) {
  std::map<std::string, FileConnection> connections;
  for (const auto& [name, node] : table) {
    const auto* entries = node.as_table();
    if (entries == nullptr) continue;
    auto& connection = connections[std::string(name.str())];
    for (const auto& [key, value] : *entries) connection.emplace(key.str(), value_of(value, source));
  }
  return connections;
}

bool skips_read_warning(const Environment& environment) {
  for (const auto* name : {"SF_SKIP_TOKEN_FILE_PERMISSIONS_VERIFICATION", "SKIP_TOKEN_FILE_PERMISSIONS_VERIFICATION",
                           "SF_SKIP_WARNING_FOR_READ_PERMISSIONS_ON_CONFIG_FILE"}) {
    if (iequals(variable(environment, name).value_or(""), "true")) return true;
  }
  return false;
}

Status read_config(const Environment& environment, ConnectionFiles& files) {
  const auto file = files.directory / "config.toml";
  const auto config = parse_file(file, environment, files.warnings);
  if (!config) return config.failure();
  if (!*config) return Done{};
  const auto& table = **config;
  if (const auto* name = table.get("default_connection_name")) files.default_name = value_of(*name, file.string());
  if (const auto* connections = table["connections"].as_table()) {
    files.connections = connections_of(*connections, file.string());
    files.source = file.string();
  }
  return Done{};
}

// Replaces what config.toml has, as a whole.
Status read_connections(const Environment& environment, ConnectionFiles& files) {
  const auto file = files.directory / "connections.toml";
  const auto table = parse_file(file, environment, files.warnings);
  if (!table) return table.failure();
  if (!*table) return Done{};
  files.connections = connections_of(**table, file.string());
  files.source = file.string();
  return Done{};
}

// The connector's variable with a whole TOML text; replaces the files' connections.
Status read_variable(const Environment& environment, ConnectionFiles& files) {
  const std::string name = "SNOWFLAKE_CONNECTIONS";
  const auto text = variable(environment, name);
  if (!text) return Done{};
  const auto table = parse(*text, name);
  if (!table) return table.failure();
  files.connections = connections_of(*table, name);
  files.source = name;
  return Done{};
}

}  // namespace

std::optional<std::string> variable(const Environment& environment, const std::string& name) {
  const auto at = environment.variables.find(name);
  if (at == environment.variables.end() || at->second.empty()) return std::nullopt;
  return at->second;
}

fs::path expand_tilde(const std::string& path, const Environment& environment) {
  if (path == "~") return environment.home;
  if (path.starts_with("~/")) return environment.home / path.substr(2);
  return path;
}

Status check_permissions(const fs::path& file, const Environment& environment, std::vector<std::string>& warnings) {
  struct stat facts {};
  if (::stat(file.c_str(), &facts) != 0) return Done{};
  const auto advice = fmt::format("run: chmod 600 '{}'", file.string());
  if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return fail(fmt::format("'{}' can be written by others; {}", file.string(), advice));
  }
  if (skips_read_warning(environment)) return Done{};
  if ((facts.st_mode & (S_IRGRP | S_IROTH)) != 0) {
    warnings.push_back(fmt::format("'{}' can be read by others; {}", file.string(), advice));
  }
  if (facts.st_uid != ::geteuid() && facts.st_uid != 0) {
    warnings.push_back(fmt::format("'{}' belongs to another user", file.string()));
  }
  return Done{};
}

Result<ConnectionFiles> read_connection_files(const Environment& environment) {
  ConnectionFiles files;
  files.directory = config_directory(environment);
  for (const auto read : {read_config, read_connections, read_variable}) {
    if (const auto done = read(environment, files); !done) return done.failure();
  }
  return files;
}

}  // namespace mesh::snowflake
