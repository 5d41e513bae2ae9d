#include "token_source.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "github_identity.hpp"
#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"

namespace mesh::snowflake {
namespace {

constexpr size_t kMostTokenBytes = 1 << 20;
constexpr int64_t kRenewSeconds = kJwtLifeSeconds - 300;
constexpr int64_t kIdentityMargin = 60;  // GitHub's tokens live a few minutes: a newer one is fetched before the end
constexpr int64_t kFetchPause = 15;
constexpr int64_t kClockBack = 60;  // a clock set back makes an old token one from the future

// A line break in a token would become a header of its own.
bool fits_a_header(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

}  // namespace

Result<TokenSource> TokenSource::create(const ConnectionSettings& settings, const std::string& user_agent) {
  TokenSource source(settings, user_agent);
  if (const auto loaded = source.load(); !loaded) return loaded.failure();
  return source;
}

Status TokenSource::load() {
  if (settings_.authenticator != Authenticator::KeyPair) {
    auto token = asks_github() ? fetch_identity() : read_token();
    if (!token) return token.failure();
    token_ = *std::move(token);
    if (asks_github()) expires_ = expiry_of_jwt(token_.reveal()).value_or(0);
    return Done{};
  }
  Secret pem = settings_.private_key_pem;
  std::string where = "(private_key_raw)";
  if (!settings_.private_key_path.empty()) {
    where = fmt::format("'{}'", settings_.private_key_path.string());
    auto text = read_file(settings_.private_key_path, kMostTokenBytes);
    if (!text) return fail("the private key: " + text.error().message);
    pem = Secret(*std::move(text));
  }
  auto key = PrivateKey::from_pem(pem, settings_.private_key_passphrase, where);
  if (!key) return key.failure();
  key_ = *std::move(key);
  return Done{};
}

// The Python driver takes a token file's content with its line break; nobody means that.
Result<Secret> TokenSource::read_token() const {
  std::string token = settings_.token.reveal();
  std::string where = "the token";
  if (!settings_.token_file_path.empty()) {
    where = fmt::format("the token in '{}'", settings_.token_file_path.string());
    auto text = read_file(settings_.token_file_path, kMostTokenBytes);
    if (!text) return fail("the token file: " + text.error().message);
    token = *std::move(text);
  }
  token = std::string(trim(token));
  if (token.empty()) return fail(where + " is empty");
  if (!fits_a_header(token)) return fail(where + " holds blanks or control characters; it must be one word");
  return Secret(std::move(token));
}

bool TokenSource::asks_github() const { return !settings_.github.url.empty(); }

Result<Secret> TokenSource::fetch_identity() const {
  auto token = fetch_github_token(settings_.github, user_agent_);
  if (token && !fits_a_header(token->reveal())) return fail("GitHub's identity token is not one word");
  return token;
}

// False where GitHub gives none; the old one is kept, for it may still do.
bool TokenSource::take_identity() {
  auto token = fetch_identity();
  problem_ = token ? "" : token.error().message;
  if (!token) return false;
  token_ = *std::move(token);
  expires_ = expiry_of_jwt(token_.reveal()).value_or(0);
  ++generation_;
  return true;
}

void TokenSource::sign(int64_t now) {
  token_ = Secret(make_jwt(*key_, settings_.account, settings_.user, now));
  issued_ = now;
  ++generation_;
}

const Secret& TokenSource::current(int64_t now) {
  const bool stale = token_.empty() || now >= issued_ + kRenewSeconds || now < issued_ - kClockBack;
  if (key_ && stale) sign(now);
  if (asks_github() && expires_ != 0 && now >= expires_ - kIdentityMargin && now >= next_fetch_) {
    next_fetch_ = now + kFetchPause;
    take_identity();
  }
  return token_;
}

bool TokenSource::renew(int64_t now) {
  if (key_) return sign(now), true;
  if (asks_github()) return take_identity();
  if (settings_.token_file_path.empty()) return false;
  auto token = read_token();
  if (!token || token->reveal() == token_.reveal()) return false;
  token_ = *std::move(token);
  ++generation_;
  return true;
}

std::string TokenSource::type() const {
  switch (settings_.authenticator) {
    case Authenticator::KeyPair:
      return "KEYPAIR_JWT";
    case Authenticator::OAuth:
      return "OAUTH";
    case Authenticator::ProgrammaticAccessToken:
      return "PROGRAMMATIC_ACCESS_TOKEN";
    case Authenticator::WorkloadIdentity:
      return "WORKLOAD_IDENTITY_FEDERATION";
  }
  MESH_ASSERT(false);
}

std::string TokenSource::bearer(int64_t now) {
  const auto& token = current(now).reveal();
  if (settings_.authenticator != Authenticator::WorkloadIdentity) return token;
  return fmt::format("WIF.{}.{}", settings_.workload_provider, token);
}

std::string TokenSource::advice() const {
  if (!problem_.empty()) return problem_;
  if (settings_.authenticator == Authenticator::WorkloadIdentity) {
    return fmt::format(
        "the account must have a service user with WORKLOAD_IDENTITY = (TYPE = {} …) whose ISSUER and SUBJECT are this "
        "job's (in GitHub Actions: repository and environment or branch) and whose OIDC_AUDIENCE_LIST, where it has "
        "one, names the token's audience",
        settings_.workload_provider);
  }
  if (!key_) return "the token is invalid, expired or not for this account: make a new one";
  return fmt::format(
      "look at: the account ('{}'); the user, which must be its LOGIN_NAME ('{}'); the key, whose fingerprint {} must "
      "be the user's RSA_PUBLIC_KEY_FP (DESC USER); this machine's clock",
      settings_.account, settings_.user, key_->fingerprint());
}

}  // namespace mesh::snowflake
