#include "wire_fixture.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <stdexcept>
#include <thread>

#include <fmt/format.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include "mesh/base/digest.hpp"
#include "mesh/base/text.hpp"

namespace mesh::sandbox::test {
namespace {

using Json = nlohmann::ordered_json;

TestKey describe(EVP_PKEY* key, std::string pem) {
  std::string der(static_cast<size_t>(i2d_PUBKEY(key, nullptr)), '\0');
  auto* at = reinterpret_cast<unsigned char*>(der.data());
  i2d_PUBKEY(key, &at);
  EVP_PKEY_free(key);
  return {std::move(pem), base64(der), "SHA256:" + base64(sha256_bytes(der))};
}

TestKey make_key() {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t{2048});
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PKCS8PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string pem(data, static_cast<size_t>(size));
  BIO_free(bio);
  return describe(key, std::move(pem));
}

std::string sign(const std::string& pem, const std::string& text) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key);
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  size_t size = 0;
  EVP_DigestSign(context, nullptr, &size, data, text.size());
  std::string out(size, '\0');
  EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &size, data, text.size());
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  BIO_free(bio);
  return out;
}

Column fixed_column(std::string name, int64_t precision, bool nullable) {
  Column column = number_column(std::move(name));
  column.precision = precision;
  column.nullable = nullable;
  return column;
}

ResultSet rows(int count) {
  ResultSet result;
  result.columns = {number_column("ID"), text_column("TEXT")};
  for (int i = 0; i < count; ++i) result.rows.push_back({std::to_string(i), fmt::format("{:040}", i)});
  return result;
}

ResultSet one_row(std::vector<std::string> names, Row values) {
  ResultSet result;
  for (auto& name : names) result.columns.push_back(text_column(std::move(name)));
  result.rows.push_back(std::move(values));
  return result;
}

ResultSet inserted() {
  ResultSet result;
  result.columns = {fixed_column("number of rows inserted", 19, false)};
  result.rows.push_back({"2"});
  result.stats = DmlStats{2, 0, 0, 0};
  return result;
}

}  // namespace

const TestKey& first_key() {
  static const TestKey key = make_key();
  return key;
}
const TestKey& second_key() {
  static const TestKey key = make_key();
  return key;
}

TestKey read_key(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  return describe(key, pem);
}

int64_t now_seconds() {
  using namespace std::chrono;
  return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

std::string make_token(const TestKey& key, const Claims& claims) {
  const std::string name = claims.account + "." + claims.user;
  const int64_t issued = claims.issued_at != 0 ? claims.issued_at : now_seconds();
  Json payload;
  payload["iss"] = name + "." + (claims.fingerprint.empty() ? key.fingerprint : claims.fingerprint);
  payload["sub"] = claims.subject.empty() ? name : claims.subject;
  payload["iat"] = issued;
  if (claims.with_expiry) payload["exp"] = issued + claims.life;
  const Json header = {{"alg", claims.algorithm}, {"typ", "JWT"}};
  const std::string text = base64url(header.dump()) + "." + base64url(payload.dump());
  return text + "." + base64url(sign(key.pem, text));
}

std::optional<UserLogin> StandIn::find_user(const std::string& account, const std::string& login_name) const {
  if ((account != "ACME" && account != "OTHER") || login_name != "ALICE@ACME.COM") return std::nullopt;
  return alice;
}

bool StandIn::role_exists(const std::string&, const std::string& role) const {
  return role == "ANALYST" || role == "PUBLIC" || role == "ACCOUNTADMIN";
}
bool StandIn::role_granted(const std::string&, const std::string& user, const std::string& role) const {
  return user == "ALICE" && (role == "ANALYST" || role == "PUBLIC");
}

Answer StandIn::execute(Session& session, const std::string& statement) {
  {
    const std::lock_guard lock(mutex_);
    executed_.push_back(statement);
  }
  const auto begins = [&](std::string_view words) { return statement.substr(0, words.size()) == words; };
  if (begins("ROWS ")) return rows(std::stoi(statement.substr(5)));
  if (begins("INSERT")) return inserted();
  if (begins("USE ROLE ")) {
    session.role = statement.substr(9);
    return status_result("Statement executed successfully.");
  }
  if (begins("FAIL")) {
    return SqlError{"002003", "42S02", "SQL compilation error:\nObject 'T' does not exist or not authorized."};
  }
  if (statement == "DIVIDE") return SqlError{"100051", "22012", "Division by zero"};
  if (statement == "EMPTY") return rows(0);
  if (statement == "NULLS") return one_row({"A", "B"}, {std::nullopt, "x"});
  if (statement == "SESSION") {
    return one_row({"ACCOUNT", "USER", "ROLE", "WAREHOUSE", "DATABASE", "SCHEMA", "QUERY_TAG", "QUERY_ID"},
                   {session.account, session.user, session.role, session.warehouse, session.database, session.schema,
                    session.query_tag, session.query_id});
  }
  if (statement == "SELECT 1") {
    ResultSet result;
    result.columns = {fixed_column("1", 1, false)};
    result.rows.push_back({"1"});
    return result;
  }
  return one_row({"TEXT"}, {statement});
}

std::vector<std::string> StandIn::executed() const {
  const std::lock_guard lock(mutex_);
  return executed_;
}

std::string Reply::header(const std::string& lower_name) const {
  const auto found = headers.find(lower_name);
  return found == headers.end() ? "" : found->second;
}

bool Reply::is_json() const { return Json::accept(body); }

namespace {
Json at_pointer(const std::string& body, const std::string& pointer) {
  const Json json = Json::parse(body, nullptr, false);
  const Json::json_pointer path(pointer);
  return !json.is_discarded() && json.contains(path) ? json.at(path) : Json(Json::value_t::discarded);
}
}  // namespace

std::string Reply::at(const std::string& pointer) const {
  const Json value = at_pointer(body, pointer);
  if (value.is_discarded()) return "absent";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

size_t Reply::size(const std::string& pointer) const { return at_pointer(body, pointer).size(); }

std::vector<std::string> Reply::keys(const std::string& pointer) const {
  std::vector<std::string> names;
  const Json value = at_pointer(body, pointer);
  if (!value.is_object()) return names;
  for (const auto& [name, ignored] : value.items()) names.push_back(name);
  return names;
}

struct HttpClient::Impl {
  httplib::Client client;
};

HttpClient::HttpClient(std::string host, int port) : impl_(new Impl{httplib::Client(host, port)}) {
  impl_->client.set_keep_alive(true);
  impl_->client.set_tcp_nodelay(true);
  impl_->client.set_read_timeout(60);
}
HttpClient::~HttpClient() = default;

Reply HttpClient::send(const std::string& method, const std::string& target, const Headers& headers,
                       const std::string& body) {
  httplib::Request request;
  request.method = method;
  request.path = target;
  request.body = body;
  for (const auto& [name, value] : headers) request.headers.emplace(name, value);
  const auto result = impl_->client.send(request);
  if (!result) throw std::runtime_error("no answer: " + httplib::to_string(result.error()));
  Reply reply;
  reply.status = result->status;
  for (const auto& [name, value] : result->headers) reply.headers.emplace(to_lower(name), value);
  reply.body = result->body;
  return reply;
}

Wire::Wire(ApiOptions options) : api_(std::make_unique<Api>(backend, std::move(options))) {
  backend.alice.name = "ALICE";
  backend.alice.public_keys = {first_key().public_base64};
  backend.alice.default_role = "ANALYST";
  backend.alice.default_warehouse = "WH";
  backend.alice.default_database = "DB";
  backend.alice.default_schema = "SC";
  auto http = HttpServer::start("127.0.0.1", 0, [this](const HttpRequest& request) { return api_->handle(request); });
  if (!http) throw std::runtime_error(http.error().message);
  http_ = *std::move(http);
}

Wire::~Wire() { stop(); }

void Wire::stop() {
  api_->stop();
  http_->stop();
}

Reply Wire::send(const std::string& method, const std::string& target, const std::string& body,
                 const std::map<std::string, std::string>& change) {
  std::map<std::string, std::string> headers = {{"Authorization", "Bearer " + make_token(first_key())},
                                                {"X-Snowflake-Authorization-Token-Type", "KEYPAIR_JWT"},
                                                {"User-Agent", "wire_test/1.0"},
                                                {"Accept", "application/json"}};
  if (method == "POST" && !body.empty()) headers["Content-Type"] = "application/json";
  Headers sent;
  for (const auto& [name, value] : change) headers[name] = value;
  for (const auto& [name, value] : headers) {
    // httplib puts in a User-Agent of its own where there is none.
    if (!value.empty() || name == "User-Agent") sent.emplace(name, value);
  }
  return HttpClient("127.0.0.1", port()).send(method, target, sent, body);
}

Reply Wire::submit(const std::string& statement, const std::string& more_members, const std::string& query) {
  return send("POST", kRoot + query, fmt::format("{{\"statement\":{}{}}}", json_text(statement), more_members));
}

Reply Wire::get(const std::string& handle, const std::string& query) {
  return send("GET", fmt::format("{}/{}{}", kRoot, handle, query));
}

Reply Wire::cancel(const std::string& handle) { return send("POST", fmt::format("{}/{}/cancel", kRoot, handle)); }

Reply Wire::wait_for(const std::string& handle) {
  for (int tries = 0; tries < 500; ++tries) {
    Reply reply = get(handle);
    if (reply.status != 202) return reply;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  throw std::runtime_error("the statement does not end");
}

std::string json_text(const std::string& text) { return Json(text).dump(); }

}  // namespace mesh::sandbox::test
