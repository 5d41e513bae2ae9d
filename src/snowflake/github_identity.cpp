#include "github_identity.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <nlohmann/json.hpp>

#include "mesh/base/text.hpp"

namespace mesh::snowflake {
namespace {

constexpr size_t kMostAnswer = 1 << 16;
constexpr long kMostMilliseconds = 10'000;
constexpr std::string_view kWay =
    "the job needs `permissions: id-token: write`; a pull request from a fork never gets it";

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct FreeText {
  void operator()(char* text) const { curl_free(text); }
};

size_t take_answer(char* data, size_t size, size_t count, void* to) {
  auto& answer = *static_cast<std::string*>(to);
  if (answer.size() + size * count > kMostAnswer) return 0;
  answer.append(data, size * count);
  return size * count;
}

// GitHub's address already has a query (?api-version=…).
std::string address_of(CURL* easy, const GithubIdentity& identity) {
  const auto& audience = identity.audience;
  const std::unique_ptr<char, FreeText> escaped(
      curl_easy_escape(easy, audience.c_str(), static_cast<int>(audience.size())));
  MESH_ASSERT(escaped != nullptr);
  const char joint = identity.url.find('?') == std::string::npos ? '?' : '&';
  return fmt::format("{}{}audience={}", identity.url, joint, escaped.get());
}

Result<std::string> value_of(const std::string& answer) {
  const auto json = nlohmann::json::parse(answer, nullptr, false);
  if (json.is_object() && json.contains("value") && json["value"].is_string()) return json["value"].get<std::string>();
  return fail("GitHub's answer to the request for an identity token holds no token");
}

}  // namespace

Result<Secret> fetch_github_token(const GithubIdentity& identity, const std::string& user_agent) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, FreeEasy> holder(curl_easy_init());
  CURL* easy = holder.get();
  if (ready != CURLE_OK || easy == nullptr) return fail("libcurl cannot start");

  const auto authorization = "Authorization: Bearer " + identity.request_token.reveal();
  const std::unique_ptr<curl_slist, FreeList> headers(
      curl_slist_append(curl_slist_append(nullptr, authorization.c_str()), "Accept: application/json"));
  std::string answer;
  curl_easy_setopt(easy, CURLOPT_URL, address_of(easy, identity).c_str());
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, identity.loopback ? "http,https" : "https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (identity.loopback) curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, kMostMilliseconds);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, user_agent.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_answer);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, static_cast<void*>(&answer));

  const auto code = curl_easy_perform(easy);
  if (code != CURLE_OK) {
    return fail(
        fmt::format("GitHub gave no identity token: {} (ACTIONS_ID_TOKEN_REQUEST_URL)", curl_easy_strerror(code)));
  }
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) return fail(fmt::format("GitHub gave no identity token: HTTP {}; {}", status, kWay));
  auto value = value_of(answer);
  if (!value) return value.failure();
  return Secret(*std::move(value));
}

std::optional<int64_t> expiry_of_jwt(std::string_view token) {
  const auto parts = split(token, '.');
  if (parts.size() != 3 || parts[1].empty()) return std::nullopt;
  std::string text = parts[1];
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  std::vector<unsigned char> bytes(text.size());
  const int length =
      EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  std::string claims(bytes.begin(), bytes.begin() + length);
  claims.erase(std::find(claims.begin(), claims.end(), '\0'), claims.end());  // what the padding decodes to
  const auto json = nlohmann::json::parse(claims, nullptr, false);
  if (!json.is_object() || !json.contains("exp") || !json["exp"].is_number_integer()) return std::nullopt;
  return json["exp"].get<int64_t>();
}

}  // namespace mesh::snowflake
