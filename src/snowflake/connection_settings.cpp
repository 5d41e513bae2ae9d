#include "mesh/snowflake/connection_settings.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "connection_files.hpp"
#include "mesh/base/text.hpp"

extern char** environ;

namespace mesh::snowflake {
namespace {

// Which source a value has, highest first.
enum Rank { kConnectionVariable, kFile, kGenericVariable };
struct Value {
  std::string text, origin, spelling;
  Rank rank = kFile;
};
using Values = std::map<std::string, Value>;

// A spelling, the key it stands for, and whether SNOWFLAKE_<KEY> fills it (Snowflake CLI's SUPPORTED_ENV_OVERRIDES).
// Where two spellings of one key stand in one source, the upper counts.
struct Spelling {
  std::string_view name, key;
  bool generic;
};
constexpr Spelling kSpellings[] = {
    {"account", "account", true},
    {"user", "user", true},
    {"username", "user", false},
    {"authenticator", "authenticator", true},
    {"private_key_file", "private_key_path", true},
    {"private_key_path", "private_key_path", true},
    {"private_key_raw", "private_key_raw", true},
    {"private_key_file_pwd", "private_key_passphrase", false},
    {"private_key_passphrase", "private_key_passphrase", false},
    {"token", "token", true},
    {"token_file_path", "token_file_path", true},
    {"workload_identity_provider", "workload_identity_provider", true},
    {"password", "password", true},
    {"host", "host", true},
    {"port", "port", true},
    {"protocol", "protocol", true},
    {"region", "region", false},
    {"role", "role", true},
    {"warehouse", "warehouse", true},
    {"database", "database", true},
    {"schema", "schema", true},
};

constexpr std::string_view kWays =
    "What works: authenticator = \"SNOWFLAKE_JWT\" with private_key_file; \"PROGRAMMATIC_ACCESS_TOKEN\" or \"OAUTH\" "
    "with token or token_file_path; \"WORKLOAD_IDENTITY\" with workload_identity_provider = \"OIDC\" in GitHub Actions";

struct AuthenticatorFact {
  std::string_view name;
  std::optional<Authenticator> usable;
  std::string_view why_not;
};
constexpr std::string_view kNoPassword = "logs in with a password, which the SQL API does not take";
constexpr std::string_view kNoBrowser = "needs a browser or a login of its own, which the SQL API does not have";
constexpr AuthenticatorFact kAuthenticators[] = {
    {"SNOWFLAKE_JWT", Authenticator::KeyPair, ""},
    {"OAUTH", Authenticator::OAuth, ""},
    {"PROGRAMMATIC_ACCESS_TOKEN", Authenticator::ProgrammaticAccessToken, ""},
    {"SNOWFLAKE", std::nullopt, kNoPassword},
    {"USERNAME_PASSWORD_MFA", std::nullopt, kNoPassword},
    {"EXTERNALBROWSER", std::nullopt, kNoBrowser},
    {"OAUTH_AUTHORIZATION_CODE", std::nullopt, kNoBrowser},
    {"OAUTH_CLIENT_CREDENTIALS", std::nullopt,
     "is not supported by mesh yet: fetch the access token and give it with OAUTH"},
    {"PAT_WITH_EXTERNAL_SESSION", std::nullopt, "is not supported by mesh"},
    {"WORKLOAD_IDENTITY", Authenticator::WorkloadIdentity, ""},
};

bool only(std::string_view text, std::string_view more) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           more.find(c) != std::string_view::npos;
  });
}

// Collects the values of one connection, then turns them into settings.
class Resolver {
 public:
  Resolver(std::string name, const Environment& environment) : environment_(environment) {
    settings_.name = std::move(name);
  }

  Status collect(const FileConnection* connection);
  Result<ConnectionSettings> resolve();

 private:
  void take(const Spelling& spelling, std::string text, std::string origin, Rank rank);
  void take_variables(const std::string& prefix, Rank rank);
  const Value* find(const std::string& key) const;
  std::string text(const std::string& key) const;
  void keep_higher(const std::string& key, const std::string& other);
  Failure<Error> wrong(const std::string& key, std::string_view what) const;

  Status set_account();
  Status set_address();
  Status set_port();
  Status set_authenticator();
  Status set_key();
  Status set_passphrase();
  Status set_token();
  Status set_workload_identity();
  Status set_github();
  Status set_login(Authenticator authenticator);
  Status set_names();
  Status existing_file(const std::string& key, std::filesystem::path& path) const;

  const Environment& environment_;
  Values values_;
  ConnectionSettings settings_;
};

void Resolver::take(const Spelling& spelling, std::string text, std::string origin, Rank rank) {
  values_.try_emplace(std::string(spelling.key),
                      Value{std::move(text), std::move(origin), std::string(spelling.name), rank});
}

void Resolver::take_variables(const std::string& prefix, Rank rank) {
  for (const auto& spelling : kSpellings) {
    if (rank == kGenericVariable && !spelling.generic) continue;
    const auto name = prefix + to_upper(spelling.name);
    if (auto text = variable(environment_, name)) take(spelling, *std::move(text), name, rank);
  }
}

Status Resolver::collect(const FileConnection* connection) {
  take_variables(fmt::format("SNOWFLAKE_CONNECTIONS_{}_", to_upper(settings_.name)), kConnectionVariable);
  for (const auto& spelling : kSpellings) {
    if (connection == nullptr) break;
    const auto at = connection->find(std::string(spelling.name));
    if (at == connection->end()) continue;
    const auto& [text, place] = at->second;
    if (!text) return fail(fmt::format("{}: '{}' must be a text", place, spelling.name));
    if (!text->empty()) take(spelling, *text, place, kFile);
  }
  take_variables("SNOWFLAKE_", kGenericVariable);
  return Done{};
}

const Value* Resolver::find(const std::string& key) const {
  const auto at = values_.find(key);
  return at == values_.end() ? nullptr : &at->second;
}

std::string Resolver::text(const std::string& key) const {
  const auto* value = find(key);
  return value == nullptr ? std::string() : value->text;
}

// Two keys for one thing: the source that counts more decides; in one source `key` does.
void Resolver::keep_higher(const std::string& key, const std::string& other) {
  const auto* first = find(key);
  const auto* second = find(other);
  if (first == nullptr || second == nullptr) return;
  values_.erase(second->rank < first->rank ? key : other);
}

Failure<Error> Resolver::wrong(const std::string& key, std::string_view what) const {
  if (const auto* value = find(key)) return fail(fmt::format("{}: '{}' {}", value->origin, value->spelling, what));
  const auto place = settings_.name.empty() ? std::string("the SNOWFLAKE_* variables")
                                            : fmt::format("connection '{}'", settings_.name);
  return fail(fmt::format("{}: '{}' {}", place, key, what));
}

Status Resolver::set_account() {
  auto account = text("account");
  if (account.empty()) return wrong("account", "is missing (org-account, as in MYORG-MYACCOUNT)");
  if (account.find("snowflakecomputing.") != std::string::npos) {
    return wrong("account", "must be the identifier alone, without .snowflakecomputing.com");
  }
  for (const auto& label : split(account, '.')) {
    if (label.empty() || !only(label, "_-"))
      return wrong("account", "may hold letters, digits, '_', '-' and single dots");
  }
  const auto region = text("region");
  if (!only(region, "-._")) return wrong("region", "may hold letters, digits, '-' and dots");
  // The one region whose locators have no suffix.
  if (!region.empty() && region != "us-west-2" && account.find('.') == std::string::npos) account += "." + region;
  settings_.account = std::move(account);
  return Done{};
}

Status Resolver::set_address() {
  const auto host = text("host");
  const bool v6 = host.find(':') != std::string::npos;
  if (v6 ? !only(host, ":[].") : !only(host, ".-_"))
    return wrong("host", "must be a host name alone, without scheme, port or path");
  settings_.host = host;
  if (const auto protocol = to_lower(text("protocol")); !protocol.empty()) settings_.protocol = protocol;
  if (settings_.protocol != "https" && settings_.protocol != "http") return wrong("protocol", "must be \"https\"");
  if (settings_.protocol == "http" && !is_loopback(settings_.effective_host())) {
    return wrong(
        "protocol",
        fmt::format("\"http\" is taken for loopback hosts only, and {} is none: the token would travel in the clear",
                    settings_.effective_host()));
  }
  return set_port();
}

Status Resolver::set_port() {
  const auto port = text("port");
  if (port.empty()) return Done{};
  const auto end = port.data() + port.size();
  const auto [at, error] = std::from_chars(port.data(), end, settings_.port);
  if (error != std::errc() || at != end || settings_.port < 1 || settings_.port > 65535) {
    return wrong("port", "must be a number from 1 to 65535");
  }
  return Done{};
}

Status Resolver::set_authenticator() {
  auto name = to_upper(text("authenticator"));
  const bool has_key = find("private_key_path") != nullptr || find("private_key_raw") != nullptr;
  const bool has_token = find("token") != nullptr || find("token_file_path") != nullptr;
  // As in the Python driver, the presence of a key is enough.
  if (has_key && (name.empty() || name == "SNOWFLAKE")) name = "SNOWFLAKE_JWT";
  if (name.empty() && has_token) {
    return wrong("authenticator",
                 "is missing: write \"PROGRAMMATIC_ACCESS_TOKEN\" or \"OAUTH\", whichever the token is");
  }
  if (name.empty()) {
    return wrong("authenticator", fmt::format("is missing, and there is no private_key_file. {}", kWays));
  }
  for (const auto& fact : kAuthenticators) {
    if (fact.name != name) continue;
    if (!fact.usable) return wrong("authenticator", fmt::format("{} {}. {}", name, fact.why_not, kWays));
    settings_.authenticator = *fact.usable;
    return set_login(*fact.usable);
  }
  if (name.starts_with("HTTPS://")) return wrong("authenticator", fmt::format("(Okta) {}. {}", kNoBrowser, kWays));
  return wrong("authenticator", fmt::format("is none that mesh knows. {}", kWays));
}

Status Resolver::set_login(Authenticator authenticator) {
  switch (authenticator) {
    case Authenticator::KeyPair:
      return set_key();
    case Authenticator::OAuth:
    case Authenticator::ProgrammaticAccessToken:
      return set_token();
    case Authenticator::WorkloadIdentity:
      return set_workload_identity();
  }
  MESH_ASSERT(false);
}

Status Resolver::existing_file(const std::string& key, std::filesystem::path& path) const {
  path = expand_tilde(text(key), environment_);
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) {
    return wrong(key, fmt::format("names no file: '{}'", path.string()));
  }
  return Done{};
}

Status Resolver::set_key() {
  settings_.user = text("user");
  if (settings_.user.empty()) return wrong("user", "is missing (the user's LOGIN_NAME)");
  keep_higher("private_key_path", "private_key_raw");
  settings_.private_key_pem = Secret(text("private_key_raw"));
  if (find("private_key_path") != nullptr) {
    auto& path = settings_.private_key_path;
    if (const auto found = existing_file("private_key_path", path); !found) return found.failure();
    // A warning at most: mounted secrets are often 0644, and no tool refuses them.
    if (auto safe = check_permissions(path, environment_, settings_.warnings); !safe) {
      settings_.warnings.push_back("the private key " + safe.error().message);
    }
  } else if (settings_.private_key_pem.empty()) {
    return wrong("private_key_file", "is missing, which SNOWFLAKE_JWT needs");
  }
  return set_passphrase();
}

// PRIVATE_KEY_PASSPHRASE wins over the connection's own; set but empty is an error, as in Snowflake's CLI.
Status Resolver::set_passphrase() {
  const auto given = environment_.variables.find("PRIVATE_KEY_PASSPHRASE");
  if (given == environment_.variables.end()) {
    settings_.private_key_passphrase = Secret(text("private_key_passphrase"));
    return Done{};
  }
  if (given->second.empty()) return fail("PRIVATE_KEY_PASSPHRASE is set but empty: unset it, or give the passphrase");
  settings_.private_key_passphrase = Secret(given->second);
  settings_.origin["private_key_passphrase"] = given->first;
  return Done{};
}

Status Resolver::set_token() {
  settings_.user = text("user");
  keep_higher("token_file_path", "token");
  if (find("token_file_path") != nullptr) {
    if (const auto found = existing_file("token_file_path", settings_.token_file_path); !found) return found.failure();
    return check_permissions(settings_.token_file_path, environment_, settings_.warnings);
  }
  // A programmatic access token may stand in for a password.
  const bool in_password =
      settings_.authenticator == Authenticator::ProgrammaticAccessToken && find("token") == nullptr;
  settings_.token = Secret(text(in_password ? "password" : "token"));
  if (settings_.token.empty()) return wrong("token", "is missing (or token_file_path)");
  return Done{};
}

// A token that something else fetched is taken for each provider; mesh itself asks GitHub only.
Status Resolver::set_workload_identity() {
  constexpr std::string_view kProviders[] = {"AWS", "AZURE", "GCP", "OIDC"};
  const auto provider = to_upper(text("workload_identity_provider"));
  if (provider.empty()) {
    return wrong("workload_identity_provider", "is missing, which WORKLOAD_IDENTITY needs: OIDC, AWS, AZURE or GCP");
  }
  if (std::find(std::begin(kProviders), std::end(kProviders), provider) == std::end(kProviders)) {
    return wrong("workload_identity_provider", "must be OIDC, AWS, AZURE or GCP");
  }
  settings_.workload_provider = provider;
  if (find("token") != nullptr || find("token_file_path") != nullptr) return set_token();
  if (provider != "OIDC") {
    return wrong("workload_identity_provider",
                 fmt::format("{}: mesh does not fetch this provider's token. Fetch it beforehand and give it as "
                             "token_file_path, or log in otherwise. {}",
                             provider, kWays));
  }
  return set_github();
}

// As Snowflake's CLI finds it (oidc_providers.py).
Status Resolver::set_github() {
  settings_.user = text("user");
  const bool is_job = iequals(variable(environment_, "GITHUB_ACTIONS").value_or(""), "true");
  auto& github = settings_.github;
  github.url = variable(environment_, "ACTIONS_ID_TOKEN_REQUEST_URL").value_or("");
  github.request_token = Secret(variable(environment_, "ACTIONS_ID_TOKEN_REQUEST_TOKEN").value_or(""));
  github.audience = variable(environment_, "SNOWFLAKE_AUDIENCE").value_or("snowflakecomputing.com");
  if (!is_job) {
    return wrong(
        "workload_identity_provider",
        "OIDC needs the provider's token in token or token_file_path; only in GitHub Actions (GITHUB_ACTIONS = "
        "true) does mesh fetch it itself");
  }
  if (github.url.empty() || github.request_token.empty()) {
    return wrong("workload_identity_provider",
                 "OIDC: this job of GitHub Actions may not ask for an identity token (ACTIONS_ID_TOKEN_REQUEST_URL and "
                 "_TOKEN are not set). Write into the workflow: permissions: id-token: write. A pull request from a "
                 "fork never gets it");
  }
  const auto scheme = github.url.find("://");
  const auto host = scheme == std::string::npos ? "" : github.url.substr(scheme + 3);
  github.loopback = is_loopback(host.substr(0, host.find_first_of(":/?#")));
  if (github.url.starts_with("https://") || (github.url.starts_with("http://") && github.loopback)) return Done{};
  return fail("ACTIONS_ID_TOKEN_REQUEST_URL is no https address: the request's token would travel in the clear");
}

// A bare identifier is folded as SQL folds it; anything else can only be meant as it stands.
std::string stored_name(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    return replace_all(std::string(text.substr(1, text.size() - 2)), "\"\"", "\"");
  }
  const bool bare = !text.empty() && !(text[0] >= '0' && text[0] <= '9') && text[0] != '$' && only(text, "_$");
  return bare ? to_upper(text) : std::string(text);
}

Status Resolver::set_names() {
  settings_.role = stored_name(text("role"));
  settings_.warehouse = stored_name(text("warehouse"));
  settings_.database = stored_name(text("database"));
  settings_.schema = stored_name(text("schema"));
  return Done{};
}

Result<ConnectionSettings> Resolver::resolve() {
  for (const auto step :
       {&Resolver::set_account, &Resolver::set_address, &Resolver::set_authenticator, &Resolver::set_names}) {
    if (const auto done = (this->*step)(); !done) return done.failure();
  }
  for (const auto& [key, value] : values_) settings_.origin.try_emplace(key, value.origin);
  return std::move(settings_);
}

// The name asked for and who asked: nobody for the last resort, "default".
struct Wanted {
  std::string name, asked_by;
};

Wanted wanted_connection(std::string_view name, const ConnectionFiles& files, const Environment& environment) {
  constexpr auto kVariable = "SNOWFLAKE_DEFAULT_CONNECTION_NAME";
  if (!name.empty()) return {std::string(name), "--connection or mesh.yaml"};
  if (auto chosen = variable(environment, kVariable)) return {*std::move(chosen), kVariable};
  if (files.default_name && files.default_name->text) {
    return {*files.default_name->text, files.default_name->place + ": default_connection_name"};
  }
  return {"default", ""};
}

std::vector<std::string> names_of(const ConnectionFiles& files) {
  std::vector<std::string> names;
  for (const auto& [name, connection] : files.connections) names.push_back(name);
  return names;
}

Failure<Error> no_such_connection(const Wanted& wanted, const ConnectionFiles& files) {
  const auto names = names_of(files);
  std::string message = fmt::format("there is no connection '{}'", wanted.name);
  if (!wanted.asked_by.empty()) message += fmt::format(" (asked for by {})", wanted.asked_by);
  if (names.empty()) {
    return fail(
        message +
        fmt::format(": no connections.toml or config.toml with connections in '{}', and SNOWFLAKE_ACCOUNT is not set\n"
                    "  without an account: --sandbox FILE is an imitated one",
                    files.directory.string()));
  }
  const auto near = nearest(wanted.name, names);
  if (!near.empty()) message += fmt::format("; did you mean '{}'?", near);
  return fail(message + fmt::format(" {} has: {}", files.source, join(names, ", ")));
}

bool has_account_variable(const std::string& name, const Environment& environment) {
  return variable(environment, "SNOWFLAKE_ACCOUNT") ||
         variable(environment, fmt::format("SNOWFLAKE_CONNECTIONS_{}_ACCOUNT", to_upper(name)));
}

}  // namespace

Environment Environment::of_process() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    environment.variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  if (const auto home = variable(environment, "HOME")) {
    environment.home = *home;
  } else if (const auto* person = ::getpwuid(::geteuid()); person != nullptr) {
    environment.home = person->pw_dir;
  }
  return environment;
}

std::string_view authentication_method(Authenticator authenticator) {
  switch (authenticator) {
    case Authenticator::KeyPair:
      return "KEYPAIR";
    case Authenticator::OAuth:
      return "OAUTH";
    case Authenticator::ProgrammaticAccessToken:
      return "PROGRAMMATIC_ACCESS_TOKEN";
    case Authenticator::WorkloadIdentity:
      return "WORKLOAD_IDENTITY";
  }
  MESH_ASSERT(false);
}

bool is_loopback(std::string_view host) {
  if (iequals(host, "localhost") || host == "::1" || host == "[::1]") return true;
  const auto parts = split(host, '.');
  const auto is_octet = [](const std::string& part) {
    return !part.empty() && part.size() <= 3 && part.find_first_not_of("0123456789") == std::string::npos &&
           std::stoi(part) <= 255;
  };
  return parts.size() == 4 && parts[0] == "127" && std::all_of(parts.begin(), parts.end(), is_octet);
}

// Some TLS libraries refuse '_' in host names; Snowflake resolves '-' for it. The token keeps the account as written.
std::string ConnectionSettings::effective_host() const {
  if (!host.empty()) return host;
  const auto label = to_lower(replace_all(account, "_", "-"));
  const bool china = label.find(".cn-") != std::string::npos;
  return label + (china ? ".snowflakecomputing.cn" : ".snowflakecomputing.com");
}

int ConnectionSettings::effective_port() const { return port != 0 ? port : protocol == "http" ? 80 : 443; }

Result<ConnectionSettings> load_connection(std::string_view name, const Environment& environment) {
  const auto files = read_connection_files(environment);
  if (!files) return files.failure();
  const auto wanted = wanted_connection(name, *files, environment);
  const auto at = files->connections.find(wanted.name);
  const bool in_file = at != files->connections.end();
  // Variables alone make a connection where no file defines any, as in a pipeline, or where nobody asked for a name.
  const bool from_variables =
      has_account_variable(wanted.name, environment) && (files->connections.empty() || wanted.asked_by.empty());
  if (!in_file && !from_variables) return no_such_connection(wanted, *files);

  Resolver resolver(in_file || !wanted.asked_by.empty() ? wanted.name : std::string(), environment);
  if (const auto collected = resolver.collect(in_file ? &at->second : nullptr); !collected) return collected.failure();
  auto settings = resolver.resolve();
  if (settings) settings->warnings.insert(settings->warnings.begin(), files->warnings.begin(), files->warnings.end());
  return settings;
}

}  // namespace mesh::snowflake
