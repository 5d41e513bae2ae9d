#include "session.hpp"

#include <csignal>
#include <cstdlib>
#include <thread>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/snowflake/seam.hpp"

namespace mesh::cli {
namespace {

// For tests (docs/sandbox.md): what the sandbox of --sandbox plays, and how much shorter the client's waits are.
constexpr const char* kFaultsVariable = "MESH_SANDBOX_FAULTS";
constexpr const char* kTimeScaleVariable = "MESH_TIME_SCALE";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

Result<snowflake::ConnectionSettings> sandbox_settings(const sandbox::Server& server, const std::string& account) {
  for (const auto& endpoint : server.endpoints()) {
    if (!iequals(endpoint.account, account)) continue;
    snowflake::ConnectionSettings settings;
    settings.name = "sandbox";
    settings.account = endpoint.account;
    settings.user = endpoint.user;
    settings.private_key_path = endpoint.private_key_file;
    settings.host = endpoint.host;
    settings.port = endpoint.port;
    settings.protocol = "http";
    settings.role = endpoint.role;
    settings.warehouse = endpoint.warehouse;
    return settings;
  }
  return fail(fmt::format("the sandbox holds no account '{}'", account));
}

}  // namespace

// The client behind the model's seam; says on a terminal how far a bulk read is.
class Session::Adapter : public Connection {
 public:
  Adapter(snowflake::Client& client, std::string_view login_method, const Console& console)
      : client_(client), login_method_(login_method), console_(console) {}

  Reply run(const Query& query) override { return snowflake::reply_of(client_.run(snowflake::request_of(query))); }

  std::vector<Reply> run_all(const std::vector<Query>& queries) override {
    std::vector<snowflake::Request> requests;
    for (const auto& query : queries) requests.push_back(snowflake::request_of(query));
    console_.progress(fmt::format("asking Snowflake: {} statements …", client_.statements_sent() + requests.size()));
    std::vector<Reply> replies;
    for (auto& answer : client_.run_all(std::move(requests))) replies.push_back(snowflake::reply_of(std::move(answer)));
    console_.end_progress();
    return replies;
  }

  size_t statements_sent() const override { return client_.statements_sent(); }
  std::string login_method() const override { return login_method_; }

 private:
  snowflake::Client& client_;
  std::string login_method_;
  const Console& console_;
};

class Session::UntilInterrupted : public Connection {
 public:
  explicit UntilInterrupted(Connection& inner) : inner_(inner) {}
  Reply run(const Query& query) override { return Interrupts::flag() ? not_sent(query) : inner_.run(query); }
  std::vector<Reply> run_all(const std::vector<Query>& queries) override {
    if (!Interrupts::flag()) return inner_.run_all(queries);
    std::vector<Reply> replies;
    for (const auto& query : queries) replies.push_back(not_sent(query));
    return replies;
  }
  size_t statements_sent() const override { return inner_.statements_sent(); }
  std::string login_method() const override { return inner_.login_method(); }

 private:
  static Reply not_sent(const Query& query) {
    StatementError error;
    error.message = "interrupted before it was sent";
    error.statement = query.sql;
    error.from_server = false;
    error.cancelled = true;
    return Failure{std::move(error)};
  }
  Connection& inner_;
};

namespace {

constexpr const char* kInterrupted =
    "interrupted: what runs is cancelled, nothing new is started; once more ends mesh at once";

// The accounts are added to the file where they are missing.
Result<std::unique_ptr<sandbox::Server>> start_sandbox(const Global& global, std::vector<std::string> accounts,
                                                       const Console& console) {
  sandbox::ServerOptions options;
  options.file = global.sandbox;
  options.faults = variable(kFaultsVariable);
  options.say = [&console](const std::string& line) { console.say(line); };
  if (const auto checked = sandbox::check_faults(options.faults); !checked) {
    return fail(fmt::format("{}: {}", kFaultsVariable, checked.error().message));
  }
  options.account = accounts.front();
  options.further_accounts.assign(accounts.begin() + 1, accounts.end());
  return sandbox::Server::start(options);
}

std::string in_sandbox(const std::string& account) {
  return account.empty() ? sandbox::ServerOptions().account : account;
}

}  // namespace

Result<std::unique_ptr<Session>> Session::connect(const Global& global, const std::string& name,
                                                  const std::string& account, const sandbox::Server* server,
                                                  const Console& console) {
  std::unique_ptr<Session> session(new Session);
  auto settings = server != nullptr ? sandbox_settings(*server, in_sandbox(account))
                                    : snowflake::load_connection(name, snowflake::Environment::of_process());
  if (!settings) return settings.failure();
  for (const auto& warning : settings->warnings) console.say("warning: " + warning);
  snowflake::ClientOptions options;
  options.parallelism = global.parallelism;
  if (const std::string text = variable(kTimeScaleVariable); !text.empty()) {
    auto scaled = snowflake::scaled(options, text);
    if (!scaled) return fail(fmt::format("{}: {}", kTimeScaleVariable, scaled.error().message));
    options = *std::move(scaled);
  }
  auto client = snowflake::Client::create(*settings, options);
  if (!client) return client.failure();
  session->client_ = std::move(*client);
  session->orderly_ =
      std::make_unique<Adapter>(*session->client_, snowflake::authentication_method(settings->authenticator), console);
  session->connection_ = std::make_unique<UntilInterrupted>(*session->orderly_);
  session->account_ = to_upper(settings->account);
  session->role_ = settings->role;
  session->user_ = settings->user;
  return session;
}

Result<std::unique_ptr<Session>> Session::open(const Global& global, const Mesh* mesh, const Console& console) {
  const std::string account = mesh == nullptr ? std::string() : mesh->environment.account;
  std::unique_ptr<sandbox::Server> server;
  if (!global.sandbox.empty()) {
    auto started = start_sandbox(global, {in_sandbox(account)}, console);
    if (!started) return started.failure();
    server = std::move(*started);
  }
  std::string name = global.connection;
  if (name.empty() && mesh != nullptr) name = mesh->environment.connection;
  auto session = connect(global, name, account, server.get(), console);
  if (!session) return session;
  (*session)->server_ = std::move(server);
  (*session)->interrupts_ = std::make_unique<Interrupts>([&console, client = (*session)->client_.get()] {
    console.say(kInterrupted);
    client->cancel_all();
  });
  return session;
}

Result<std::unique_ptr<Sessions>> Sessions::open(const Global& global, const std::vector<Way>& ways,
                                                 const Console& console) {
  std::unique_ptr<Sessions> all(new Sessions);
  if (!global.sandbox.empty()) {
    std::vector<std::string> accounts;
    for (const auto& way : ways) accounts.push_back(in_sandbox(way.account));
    auto started = start_sandbox(global, std::move(accounts), console);
    if (!started) return started.failure();
    all->server_ = std::move(*started);
  }
  for (const auto& way : ways)
    all->sessions_.push_back(Session::connect(global, way.connection, way.account, all->server_.get(), console));
  all->interrupts_ = std::make_unique<Interrupts>([&console, sessions = all.get()] {
    console.say(kInterrupted);
    for (auto& session : sessions->sessions_) {
      if (session) (*session)->cancel_all();
    }
  });
  return all;
}

Session::~Session() = default;
Connection& Session::connection() { return *connection_; }
Connection& Session::orderly_connection() { return *orderly_; }

namespace {
constexpr int kInterrupting[] = {SIGINT, SIGTERM, SIGHUP};
std::atomic<bool> interrupted{false};
std::atomic<bool> watching{false};
extern "C" void on_signal(int number) {
  if (interrupted.exchange(true)) {
    std::signal(number, SIG_DFL);
    std::raise(number);
  }
}
std::thread watcher;

// nohup lets a run outlive its terminal: a hang-up that is ignored stays so.
void answer_with(void (*handler)(int)) {
  for (const int number : kInterrupting) {
    const auto before = std::signal(number, handler);
    if (number == SIGHUP && before == SIG_IGN) std::signal(number, SIG_IGN);
  }
}
}  // namespace

Interrupts::Interrupts(std::function<void()> on_first) {
  interrupted = false;
  watching = true;
  answer_with(on_signal);
  watcher = std::thread([on_first = std::move(on_first)] {
    while (watching) {
      if (interrupted) return on_first();
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  });
}

Interrupts::~Interrupts() {
  watching = false;
  watcher.join();
  answer_with(SIG_DFL);
}

const std::atomic<bool>& Interrupts::flag() { return interrupted; }

}  // namespace mesh::cli
