#include "mesh/sandbox/server.hpp"

#include <condition_variable>
#include <filesystem>
#include <mutex>

#include <fmt/format.h>

#include "engine.hpp"
#include "fault.hpp"
#include "mesh/base/text.hpp"
#include "wire_api.hpp"
#include "wire_http.hpp"

namespace mesh::sandbox {
namespace {

constexpr const char* kUser = "MESH";

class EngineBackend : public Backend {
 public:
  explicit EngineBackend(Engine& engine) : engine_(engine) {}
  std::optional<UserLogin> find_user(const std::string& account, const std::string& login_name) const override {
    return engine_.find_user(account, login_name);
  }
  bool role_exists(const std::string& account, const std::string& role) const override {
    return engine_.role_exists(account, role);
  }
  bool role_granted(const std::string& account, const std::string& user, const std::string& role) const override {
    return engine_.role_granted(account, user, role);
  }
  Answer execute(Session& session, const std::string& statement) override {
    return engine_.execute(session, statement);
  }
  void begins(const Session& session, const std::string& statement) override { engine_.begins(session, statement); }
  void ends(const Session& session) override { engine_.ends(session); }

 private:
  Engine& engine_;
};

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string table_name(const std::string& account) {
  const std::string name = "sandbox_" + to_lower(account);
  const bool bare = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos;
  return bare ? name : toml_text(name);
}

}  // namespace

Status check_faults(const std::string& spec) {
  const auto plan = parse_faults(spec);
  if (!plan) return plan.failure();
  return Done{};
}

struct Server::Impl {
  std::unique_ptr<Engine> engine;
  std::unique_ptr<EngineBackend> backend;
  std::unique_ptr<Api> api;
  std::unique_ptr<HttpServer> http;  // last: it goes first
  std::string host, key_file;
  std::mutex mutex;
  std::condition_variable ended;
  bool stopped = false;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() { stop(); }

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options) {
  auto faults = parse_faults(options.faults);
  if (!faults) return faults.failure();
  auto impl = std::make_unique<Impl>();
  auto engine = Engine::open(options.file, options.account);
  if (!engine) return engine.failure();
  impl->engine = *std::move(engine);
  for (const auto& account : options.further_accounts) {
    if (auto added = impl->engine->add_account(account); !added.ok()) return added.failure();
  }
  impl->host = options.host;
  impl->key_file = std::filesystem::absolute(options.file + ".key.p8").string();
  const auto key = key_beside(impl->key_file);
  if (!key) return key.failure();
  for (const std::string& account : impl->engine->accounts()) impl->engine->set_public_key(account, kUser, *key);

  impl->backend = std::make_unique<EngineBackend>(*impl->engine);
  ApiOptions api_options;
  api_options.latency = options.latency;
  api_options.sync_limit = options.sync_limit;
  api_options.faults = *std::move(faults);
  api_options.say = options.say;
  impl->api = std::make_unique<Api>(*impl->backend, std::move(api_options));
  auto http = HttpServer::start(options.host, options.port,
                                [api = impl->api.get()](const HttpRequest& request) { return api->handle(request); });
  if (!http) return http.failure();
  impl->http = *std::move(http);
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

int Server::port() const { return impl_->http->port(); }

std::vector<Endpoint> Server::endpoints() const {
  std::vector<Endpoint> endpoints;
  for (const std::string& account : impl_->engine->accounts()) {
    const auto login = impl_->engine->find_user(account, kUser);
    Endpoint endpoint;
    endpoint.account = account;
    endpoint.user = kUser;
    endpoint.private_key_file = impl_->key_file;
    endpoint.host = impl_->host;
    endpoint.port = port();
    endpoint.role = login ? login->default_role : "";
    endpoint.warehouse = login ? login->default_warehouse : "";
    endpoints.push_back(std::move(endpoint));
  }
  return endpoints;
}

void Server::wait() {
  std::unique_lock lock(impl_->mutex);
  impl_->ended.wait(lock, [&] { return impl_->stopped; });
}

void Server::stop() {
  // Statements that have not reached the engine end first, or requests would wait for them.
  impl_->api->stop();
  impl_->http->stop();
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopped = true;
  }
  impl_->ended.notify_all();
}

std::string serve_banner(const std::vector<Endpoint>& endpoints) {
  if (endpoints.empty()) return "\n";
  std::string out = fmt::format("listening on http://{}:{}\n", endpoints.front().host, endpoints.front().port);
  for (const Endpoint& endpoint : endpoints) {
    out += fmt::format("[{}]\n", &endpoint == &endpoints.front() ? "sandbox" : table_name(endpoint.account));
    const std::vector<std::pair<std::string_view, std::string>> keys = {
        {"account", toml_text(endpoint.account)},
        {"user", toml_text(endpoint.user)},
        {"authenticator", "\"SNOWFLAKE_JWT\""},
        {"private_key_file", toml_text(endpoint.private_key_file)},
        {"host", toml_text(endpoint.host)},
        {"port", std::to_string(endpoint.port)},
        {"protocol", "\"http\""},
        {"role", toml_text(endpoint.role)},
        {"warehouse", toml_text(endpoint.warehouse)}};
    for (const auto& [key, value] : keys) out += fmt::format("{} = {}\n", key, value);
  }
  return out + "\n";
}

}  // namespace mesh::sandbox
