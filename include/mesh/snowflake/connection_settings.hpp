#pragma once
// The connection a person already has: connections.toml, config.toml and SNOWFLAKE_* variables (sql-api.md 9).

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/base/result.hpp"
#include "mesh/base/secret.hpp"

namespace mesh::snowflake {

// What loading looks at beside files; a value, so that tests need no globals.
struct Environment {
  std::map<std::string, std::string> variables;
  std::filesystem::path home;

  static Environment of_process();
};

enum class Authenticator { KeyPair, OAuth, ProgrammaticAccessToken, WorkloadIdentity };
// As AUTHENTICATION_METHODS of an authentication policy has it (page create-authentication-policy).
std::string_view authentication_method(Authenticator authenticator);

// Where GitHub's runner says that a job gets its identity token; nothing here unless the job may ask for one.
struct GithubIdentity {
  std::string url;       // ACTIONS_ID_TOKEN_REQUEST_URL: https, or this machine
  Secret request_token;  // ACTIONS_ID_TOKEN_REQUEST_TOKEN
  std::string audience;  // SNOWFLAKE_AUDIENCE, else snowflakecomputing.com
  bool loopback = false;
};

struct ConnectionSettings {
  std::string name;     // of the connection; empty when it came from variables alone
  std::string account;  // as written: org-account or locator[.region[.cloud]]
  std::string user;     // LOGIN_NAME; may be empty with a token
  Authenticator authenticator = Authenticator::KeyPair;
  std::filesystem::path private_key_path;
  Secret private_key_pem;  // the PEM text itself (private_key_raw); counts where there is no path
  Secret private_key_passphrase;
  Secret token;
  std::filesystem::path token_file_path;          // counts before token, and is read again when the token is refused
  std::string workload_provider;                  // with WorkloadIdentity: AWS, AZURE, GCP or OIDC
  GithubIdentity github;                          // with WorkloadIdentity: asked where there is no token
  std::string host;                               // empty: made from the account
  int port = 0;                                   // 0: the protocol's
  std::string protocol = "https";                 // "http" for loopback hosts only
  std::string role, warehouse, database, schema;  // as stored: bare names in upper case, quoted ones as they are

  std::map<std::string, std::string> origin;  // key -> "/home/a/.snowflake/connections.toml:4" or "SNOWFLAKE_ROLE"
  std::vector<std::string> warnings;          // for stderr: a file that others can read

  std::string effective_host() const;  // xy_1.us-east-2.aws -> xy-1.us-east-2.aws.snowflakecomputing.com
  int effective_port() const;
};

// The connection of that name, or the default one when `name` is empty. Order, highest first (the classic provider of
// Snowflake's CLI): SNOWFLAKE_CONNECTIONS_<NAME>_<KEY>, the file, SNOWFLAKE_<KEY>. With no connections file at all the
// variables alone make a connection. Errors name file, line and key, and never show a secret.
Result<ConnectionSettings> load_connection(std::string_view name, const Environment& environment);

// localhost, 127.0.0.0/8 and ::1.
bool is_loopback(std::string_view host);

}  // namespace mesh::snowflake
