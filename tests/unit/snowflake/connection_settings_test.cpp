#include "mesh/snowflake/connection_settings.hpp"

#include <sys/stat.h>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "keys.hpp"
#include "mesh/base/files.hpp"

using namespace mesh;
using namespace mesh::snowflake;
using namespace mesh::test;

namespace {

// A home folder with files of mode 0600 unless told otherwise.
class Home {
 public:
  Environment environment;
  Home() {
    environment.home = dir_.path;
    put(".ssh/key.p8", "not looked into");
  }
  std::filesystem::path put(const std::string& name, const std::string& text, mode_t mode = 0600) {
    const auto file = dir_.path / name;
    REQUIRE(write_file(file, text));
    REQUIRE(::chmod(file.c_str(), mode) == 0);
    return file;
  }
  void connections(const std::string& toml) { put(".snowflake/connections.toml", toml); }
  std::string path(const std::string& name) const { return (dir_.path / name).string(); }
  ConnectionSettings load(const std::string& name = "") const {
    auto loaded = load_connection(name, environment);
    INFO((loaded ? std::string() : loaded.error().message));
    REQUIRE(loaded);
    return *std::move(loaded);
  }
  std::string refusal(const std::string& name = "") const {
    auto loaded = load_connection(name, environment);
    REQUIRE_FALSE(loaded);
    return loaded.error().message;
  }

 private:
  TempDir dir_;
};

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

const std::string kDev = R"([dev]
account = "acme-dev"
user = "file_user"
authenticator = "SNOWFLAKE_JWT"
private_key_file = "~/.ssh/key.p8"
role = "file_role"
)";

}  // namespace

TEST_CASE("each value comes from the highest source that has it") {
  // The classic provider of Snowflake's CLI: the connection's variable, the file, the generic variable.
  struct Case {
    const char *own, *file, *generic, *expected, *origin;
  };
  const Case cases[] = {
      {"OWN", "FILE", "GENERIC", "OWN", "SNOWFLAKE_CONNECTIONS_DEV_ROLE"},
      {"OWN", nullptr, "GENERIC", "OWN", "SNOWFLAKE_CONNECTIONS_DEV_ROLE"},
      {nullptr, "FILE", "GENERIC", "FILE", "connections.toml:6"},
      {nullptr, "FILE", nullptr, "FILE", "connections.toml:6"},
      {nullptr, nullptr, "GENERIC", "GENERIC", "SNOWFLAKE_ROLE"},
      {"", "FILE", "", "FILE", "connections.toml:6"},
      {nullptr, "", "GENERIC", "GENERIC", "SNOWFLAKE_ROLE"},
      {nullptr, nullptr, nullptr, "", ""},
  };
  for (const auto& c : cases) {
    INFO(c.expected);
    Home home;
    home.connections(
        "[dev]\naccount = \"acme-dev\"\nuser = \"u\"\nauthenticator = \"snowflake_jwt\"\nprivate_key_path = "
        "\"~/.ssh/key.p8\"\n" +
        (c.file != nullptr ? fmt::format("role = \"{}\"\n", c.file) : ""));
    if (c.own != nullptr) home.environment.variables["SNOWFLAKE_CONNECTIONS_DEV_ROLE"] = c.own;
    if (c.generic != nullptr) home.environment.variables["SNOWFLAKE_ROLE"] = c.generic;
    const auto settings = home.load("dev");
    CHECK(settings.role == c.expected);
    const auto origin = settings.origin.find("role");
    CHECK((origin == settings.origin.end() ? std::string() : origin->second).ends_with(c.origin));
    CHECK(settings.origin.contains("role") == (*c.expected != '\0'));
  }
}

TEST_CASE("a connection of the file is read as it is written") {
  Home home;
  home.connections(kDev +
                   "warehouse = \"wh\"\nport = 8443\nclient_session_keep_alive = "
                   "true\n\n[dev.session_parameters]\nQUERY_TAG = \"x\"\n");
  const auto settings = home.load("dev");
  CHECK(settings.name == "dev");
  CHECK(settings.account == "acme-dev");
  CHECK(settings.user == "file_user");
  CHECK(settings.authenticator == Authenticator::KeyPair);
  CHECK(settings.private_key_path == home.path(".ssh/key.p8"));
  CHECK(settings.warehouse == "WH");
  CHECK(settings.effective_port() == 8443);
  CHECK(settings.effective_host() == "acme-dev.snowflakecomputing.com");
  CHECK(settings.origin.at("user") == home.path(".snowflake/connections.toml") + ":3");
  CHECK(settings.warnings.empty());
}

TEST_CASE("the default connection is found") {
  struct Case {
    const char *variable, *config, *expected;
  };
  const Case cases[] = {{"a", "b", "a"}, {nullptr, "b", "b"}, {nullptr, nullptr, "default"}};
  for (const auto& c : cases) {
    INFO(c.expected);
    Home home;
    std::string toml;
    for (const auto* name : {"a", "b", "default"}) toml += fmt::format("[{}]\n{}", name, kDev.substr(6));
    home.connections(toml);
    if (c.variable != nullptr) home.environment.variables["SNOWFLAKE_DEFAULT_CONNECTION_NAME"] = c.variable;
    if (c.config != nullptr)
      home.put(".snowflake/config.toml", fmt::format("default_connection_name = \"{}\"\n", c.config));
    CHECK(home.load().name == c.expected);
  }
}

TEST_CASE("files are looked for where Snowflake's tools look") {
  Home home;
  home.put(".config/snowflake/connections.toml", kDev);
  CHECK(home.load("dev").account == "acme-dev");
  home.put("xdg/snowflake/connections.toml", "[x]\n" + kDev.substr(6));
  home.environment.variables["XDG_CONFIG_HOME"] = home.path("xdg");
  CHECK(home.load("x").account == "acme-dev");
  home.put(".snowflake/connections.toml", "[home]\n" + kDev.substr(6));
  CHECK(home.load("home").account == "acme-dev");
  home.put("own/connections.toml", "[own]\n" + kDev.substr(6));
  home.environment.variables["SNOWFLAKE_HOME"] = "~/own";
  CHECK(home.load("own").account == "acme-dev");
  // A folder that is not there is passed over.
  home.environment.variables["SNOWFLAKE_HOME"] = "~/gone";
  CHECK(home.load("x").account == "acme-dev");
}

TEST_CASE("connections.toml replaces the connections of config.toml") {
  Home home;
  home.put(
      ".snowflake/config.toml",
      "default_connection_name = \"dev\"\n[connections.old]\naccount = \"acme-old\"\n[cli.logs]\nlevel = \"info\"\n"
      "[connections.dev]\naccount = \"acme-config\"\nuser = \"u\"\nprivate_key_file = \"~/.ssh/key.p8\"\n");
  CHECK(home.load().account == "acme-config");
  home.connections(kDev);
  CHECK(home.load().account == "acme-dev");
  CHECK(contains(home.refusal("old"), "connections.toml has: dev"));
  home.environment.variables["SNOWFLAKE_CONNECTIONS"] =
      "[dev]\naccount = \"acme-variable\"\nuser = \"u\"\nprivate_key_file = \"~/.ssh/key.p8\"\n";
  CHECK(home.load().account == "acme-variable");
  CHECK(home.load().origin.at("account") == "SNOWFLAKE_CONNECTIONS:2");
}

TEST_CASE("variables alone make a connection") {
  Home home;
  home.environment.variables = {{"SNOWFLAKE_ACCOUNT", "xy12345.us-east-2.aws"},
                                {"SNOWFLAKE_USER", "ci"},
                                {"SNOWFLAKE_PRIVATE_KEY_RAW", "-----BEGIN PRIVATE KEY-----"},
                                {"SNOWFLAKE_ROLE", "\"my role\""}};
  for (const auto* name : {"", "prod"}) {  // mesh.yaml names a connection that a pipeline has no file for
    const auto settings = home.load(name);
    CHECK(settings.name == name);
    CHECK(settings.effective_host() == "xy12345.us-east-2.aws.snowflakecomputing.com");
    CHECK(settings.user == "ci");
    CHECK(settings.private_key_pem.reveal() == "-----BEGIN PRIVATE KEY-----");
    CHECK(settings.role == "my role");
    CHECK(settings.origin.at("account") == "SNOWFLAKE_ACCOUNT");
  }
  home.connections(kDev);
  CHECK(home.load().user == "ci");  // nobody asked for a name, and the file has no default
  CHECK(contains(home.refusal("prod"), "there is no connection 'prod'"));
}

TEST_CASE("a wrong name lists what there is") {
  Home home;
  CHECK(contains(home.refusal("dev"), home.path(".config/snowflake")));
  CHECK(contains(home.refusal("dev"), "SNOWFLAKE_ACCOUNT is not set\n  without an account: --sandbox FILE"));
  home.connections(kDev + "[prod]\naccount = \"a\"\n");
  CHECK(home.refusal("dve") ==
        "there is no connection 'dve' (asked for by --connection or mesh.yaml); did you mean 'dev'? " +
            home.path(".snowflake/connections.toml") + " has: dev, prod");
  home.put(".snowflake/config.toml", "# mine\ndefault_connection_name = \"gone\"\n");
  CHECK(contains(home.refusal(), home.path(".snowflake/config.toml") + ":2: default_connection_name"));
}

TEST_CASE("names are folded as SQL folds them") {
  const std::pair<const char*, const char*> cases[] = {{"sysadmin", "SYSADMIN"},   {"My_Role$1", "MY_ROLE$1"},
                                                       {R"(\"lower\")", "lower"},  {R"(\"a\"\"b\")", "a\"b"},
                                                       {"with-dash", "with-dash"}, {"1st", "1st"}};
  for (const auto& [written, stored] : cases) {
    INFO(written);
    Home home;
    home.connections(fmt::format(
        "[dev]\naccount = \"a\"\nuser = \"u\"\nprivate_key_file = \"~/.ssh/key.p8\"\nschema = \"{}\"\n", written));
    CHECK(home.load("dev").schema == stored);
  }
}

TEST_CASE("hosts follow the account") {
  struct Case {
    const char *account, *region, *host;
  };
  const Case cases[] = {
      {"MyOrg-My_Account", "", "myorg-my-account.snowflakecomputing.com"},
      {"xy12345.us-east-2.aws", "", "xy12345.us-east-2.aws.snowflakecomputing.com"},
      {"xy12345", "eu-central-1", "xy12345.eu-central-1.snowflakecomputing.com"},
      {"xy12345", "us-west-2", "xy12345.snowflakecomputing.com"},
      {"xy12345.cn-northwest-1.aws", "", "xy12345.cn-northwest-1.aws.snowflakecomputing.cn"},
      {"xy12345.privatelink", "", "xy12345.privatelink.snowflakecomputing.com"},
  };
  for (const auto& c : cases) {
    INFO(c.account);
    Home home;
    home.connections(
        fmt::format("[dev]\naccount = \"{}\"\nuser = \"u\"\nprivate_key_file = \"~/.ssh/key.p8\"\nregion = \"{}\"\n",
                    c.account, c.region));
    CHECK(home.load("dev").effective_host() == c.host);
  }
}

TEST_CASE("plain http is for this machine only") {
  struct Case {
    const char* host;
    bool taken;
  };
  const Case cases[] = {{"127.0.0.1", true}, {"localhost", true},           {"127.8.9.10", true},
                        {"[::1]", true},     {"127.0.0.1.evil.com", false}, {"10.0.0.1", false},
                        {"", false},         {"localhost.com", false},      {"127.0.0.256", false}};
  for (const auto& c : cases) {
    INFO(c.host);
    Home home;
    home.connections(kDev + fmt::format("protocol = \"http\"\nhost = \"{}\"\nport = \"8080\"\n", c.host));
    if (c.taken) {
      CHECK(home.load("dev").effective_port() == 8080);
    } else {
      CHECK(contains(home.refusal("dev"), "connections.toml:7: 'protocol' \"http\" is taken for loopback hosts only"));
    }
  }
}

TEST_CASE("tokens are taken where their kind is said") {
  Home home;
  home.put("token", "secret");
  home.connections(
      "[pat]\naccount = \"a\"\nauthenticator = \"programmatic_access_token\"\ntoken = \"t1\"\n"
      "[file]\naccount = \"a\"\nauthenticator = \"OAUTH\"\ntoken = \"t1\"\ntoken_file_path = \"~/token\"\n"
      "[password]\naccount = \"a\"\nauthenticator = \"PROGRAMMATIC_ACCESS_TOKEN\"\npassword = \"t2\"\n"
      "[unsaid]\naccount = \"a\"\ntoken = \"t3\"\n");
  CHECK(home.load("pat").authenticator == Authenticator::ProgrammaticAccessToken);
  CHECK(home.load("pat").token.reveal() == "t1");
  CHECK(home.load("file").authenticator == Authenticator::OAuth);
  CHECK(home.load("file").token_file_path == home.path("token"));
  CHECK(home.load("password").token.reveal() == "t2");
  const auto message = home.refusal("unsaid");
  CHECK(contains(message, "connection 'unsaid': 'authenticator' is missing"));
  CHECK_FALSE(contains(message, "t3"));
  // A variable of the connection counts more than the file's other key for the same thing.
  home.environment.variables["SNOWFLAKE_CONNECTIONS_FILE_TOKEN"] = "t4";
  CHECK(home.load("file").token_file_path.empty());
  CHECK(home.load("file").token.reveal() == "t4");
}

TEST_CASE("workload identity asks GitHub, or takes a token that is given") {
  const std::string wif = "[dev]\naccount = \"a\"\nauthenticator = \"workload_identity\"\n";
  Home home;
  home.put("token", "jwt");
  home.connections(wif);
  CHECK(contains(home.refusal("dev"), "'workload_identity_provider' is missing"));
  home.connections(wif + "workload_identity_provider = \"OKTA\"\n");
  CHECK(contains(home.refusal("dev"),
                 "connections.toml:4: 'workload_identity_provider' must be OIDC, AWS, AZURE or GCP"));
  home.connections(wif + "workload_identity_provider = \"aws\"\n");
  CHECK(contains(home.refusal("dev"), "AWS: mesh does not fetch this provider's token"));
  CHECK(contains(home.refusal("dev"), "token_file_path"));
  home.connections(wif + "workload_identity_provider = \"aws\"\ntoken_file_path = \"~/token\"\n");
  CHECK(home.load("dev").workload_provider == "AWS");
  CHECK(home.load("dev").token_file_path == home.path("token"));

  home.connections(wif + "workload_identity_provider = \"oidc\"\n");
  CHECK(contains(home.refusal("dev"), "GITHUB_ACTIONS"));
  auto& variables = home.environment.variables;
  variables["GITHUB_ACTIONS"] = "true";
  CHECK(contains(home.refusal("dev"), "id-token: write"));
  variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = "http://pipelines.example.com/token?api-version=2.0";
  variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "hunter2";
  CHECK(contains(home.refusal("dev"), "no https address"));
  CHECK_FALSE(contains(home.refusal("dev"), "hunter2"));
  variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = "https://pipelines.example.com/token?api-version=2.0";
  CHECK(home.load("dev").authenticator == Authenticator::WorkloadIdentity);
  CHECK(home.load("dev").github.request_token.reveal() == "hunter2");
  CHECK(home.load("dev").github.audience == "snowflakecomputing.com");
  CHECK_FALSE(home.load("dev").github.loopback);
  variables["SNOWFLAKE_AUDIENCE"] = "mine";
  CHECK(home.load("dev").github.audience == "mine");
}

// The four lines that a job of the example's workflows sets, and no file.
TEST_CASE("a job's variables alone log in with workload identity") {
  Home home;
  home.environment.variables = {{"SNOWFLAKE_CONNECTIONS_SHOP_PROD_ACCOUNT", "SHOP-PROD"},
                                {"SNOWFLAKE_CONNECTIONS_SHOP_PROD_USER", "MESH_PLAN"},
                                {"SNOWFLAKE_CONNECTIONS_SHOP_PROD_AUTHENTICATOR", "WORKLOAD_IDENTITY"},
                                {"SNOWFLAKE_CONNECTIONS_SHOP_PROD_WORKLOAD_IDENTITY_PROVIDER", "OIDC"},
                                {"GITHUB_ACTIONS", "true"},
                                {"ACTIONS_ID_TOKEN_REQUEST_URL", "https://pipelines.example.com/t"},
                                {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "t"}};
  const auto settings = home.load("shop_prod");
  CHECK(settings.workload_provider == "OIDC");
  CHECK(settings.user == "MESH_PLAN");
}

TEST_CASE("authenticators that the SQL API does not take are explained") {
  const std::pair<const char*, const char*> cases[] = {
      {"snowflake", "password"},
      {"externalbrowser", "browser"},
      {"username_password_mfa", "password"},
      {"https://acme.okta.com", "Okta"},
      {"pat_with_external_session", "PAT_WITH_EXTERNAL_SESSION is not supported"},
      {"oauth_client_credentials", "OAUTH"},
      {"magic", "none that mesh knows"},
  };
  for (const auto& [name, words] : cases) {
    INFO(name);
    Home home;
    home.connections(
        fmt::format("[dev]\naccount = \"a\"\nuser = \"u\"\npassword = \"hunter2\"\nauthenticator = \"{}\"\n", name));
    const auto message = home.refusal("dev");
    CHECK(contains(message, home.path(".snowflake/connections.toml") + ":5: 'authenticator'"));
    CHECK(contains(message, words));
    CHECK(contains(message, "SNOWFLAKE_JWT"));
    CHECK_FALSE(contains(message, "hunter2"));
  }
}

TEST_CASE("passphrases come from the variable before the file") {
  Home home;
  home.connections(kDev + "private_key_file_pwd = \"from file\"\n");
  CHECK(home.load("dev").private_key_passphrase.reveal() == "from file");
  home.environment.variables["PRIVATE_KEY_PASSPHRASE"] = "from variable";
  CHECK(home.load("dev").private_key_passphrase.reveal() == "from variable");
  CHECK(home.load("dev").origin.at("private_key_passphrase") == "PRIVATE_KEY_PASSPHRASE");
  home.environment.variables["PRIVATE_KEY_PASSPHRASE"] = "";
  CHECK(contains(home.refusal("dev"), "set but empty"));
}

TEST_CASE("errors name the file, the line and the key") {
  struct Case {
    const char *toml, *words;
  };
  const Case cases[] = {
      {"[dev]\nuser = \"u\"\n", "connection 'dev': 'account' is missing"},
      {"[dev]\naccount = \"a.snowflakecomputing.com\"\n", "connections.toml:2: 'account' must be the identifier alone"},
      {"[dev]\naccount = \"a/b\"\n", "connections.toml:2: 'account' may hold"},
      {"[dev]\naccount = \"a..b\"\n", "connections.toml:2: 'account' may hold"},
      {"[dev]\naccount = [\"a\"]\n", "connections.toml:2: 'account' must be a text"},
      {"[dev]\naccount = \"a\"\nhost = \"https://x\"\n", "connections.toml:3: 'host' must be a host name alone"},
      {"[dev]\naccount = \"a\"\nhost = \"x@evil.com\"\n", "connections.toml:3: 'host' must be a host name alone"},
      {"[dev]\naccount = \"a\"\nport = 70000\n", "connections.toml:3: 'port' must be a number from 1 to 65535"},
      {"[dev]\naccount = \"a\"\nprotocol = \"ftp\"\n", "connections.toml:3: 'protocol'"},
      {"[dev]\naccount = \"a\"\nprivate_key_file = \"/nowhere\"\n", "connection 'dev': 'user' is missing"},
      {"[dev]\naccount = \"a\"\nusername = \"u\"\nprivate_key_file = \"/nowhere\"\n",
       "connections.toml:4: 'private_key_file' names no file: '/nowhere'"},
      {"[dev]\naccount = \"a\"\nuser = \"u\"\nauthenticator = \"SNOWFLAKE_JWT\"\n",
       "connection 'dev': 'private_key_file' is missing"},
      {"[dev]\naccount = \"a\"\nuser = \"u\"\n",
       "connection 'dev': 'authenticator' is missing, and there is no private_key_file"},
      {"[dev]\naccount = \"a\ntoken = \"hunter2\"\n", "connections.toml:2:"},
  };
  for (const auto& c : cases) {
    INFO(c.toml);
    Home home;
    home.connections(c.toml);
    const auto message = home.refusal("dev");
    INFO(message);
    CHECK(contains(message, c.words));
    CHECK_FALSE(contains(message, "hunter2"));
  }
}

TEST_CASE("files that others may read or write are told") {
  Home home;
  const auto file = home.put(".snowflake/connections.toml", kDev, 0644);
  auto settings = home.load("dev");
  REQUIRE(settings.warnings.size() == 1);
  CHECK(settings.warnings[0] ==
        "'" + file.string() + "' can be read by others; run: chmod 600 '" + file.string() + "'");
  for (const auto* skip : {"SF_SKIP_TOKEN_FILE_PERMISSIONS_VERIFICATION", "SKIP_TOKEN_FILE_PERMISSIONS_VERIFICATION",
                           "SF_SKIP_WARNING_FOR_READ_PERMISSIONS_ON_CONFIG_FILE"}) {
    Home quiet;
    quiet.put(".snowflake/connections.toml", kDev, 0644);
    quiet.environment.variables[skip] = "true";
    CHECK(quiet.load("dev").warnings.empty());
    quiet.put(".snowflake/connections.toml", kDev, 0620);
    CHECK(contains(quiet.refusal("dev"), "can be written by others"));
  }
  home.put(".snowflake/connections.toml", kDev);
  home.put(".ssh/key.p8", "x", 0644);
  settings = home.load("dev");
  REQUIRE(settings.warnings.size() == 1);
  CHECK(contains(settings.warnings[0], "key.p8"));

  home.put("token", "t", 0666);
  home.connections("[dev]\naccount = \"a\"\nauthenticator = \"OAUTH\"\ntoken_file_path = \"~/token\"\n");
  CHECK(contains(home.refusal("dev"), "token' can be written by others"));
}
