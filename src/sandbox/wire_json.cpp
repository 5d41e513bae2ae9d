#include "wire_json.hpp"

#include <nlohmann/json.hpp>

#include "mesh/base/text.hpp"

namespace mesh::sandbox {
namespace {

using Json = nlohmann::json;

// null counts as absent.
const Json* member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

bool read(const Json& object, const char* name, std::optional<std::string>& to) {
  const Json* value = member(object, name);
  if (value == nullptr) return true;
  if (!value->is_string()) return false;
  to = value->get<std::string>();
  return true;
}

bool read(const Json& object, const char* name, std::optional<int64_t>& to) {
  const Json* value = member(object, name);
  if (value == nullptr) return true;
  if (!value->is_number()) return false;
  to = value->is_number_float() ? static_cast<int64_t>(value->get<double>()) : value->get<int64_t>();
  return true;
}

std::string scalar(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

bool read_bindings(const Json& body, std::map<std::string, Binding>& to) {
  const Json* all = member(body, "bindings");
  if (all == nullptr) return true;
  if (!all->is_object()) return false;
  for (const auto& [name, value] : all->items()) {
    Binding binding;
    std::optional<std::string> type;
    if (!value.is_object() || !read(value, "type", type) || !type) return false;
    binding.type = *type;
    const Json* given = member(value, "value");
    if (given != nullptr && given->is_object()) return false;
    if (given != nullptr && given->is_array()) {
      binding.batch = given->size();
    } else if (given != nullptr) {
      binding.text = scalar(*given);
    }
    to.emplace(name, std::move(binding));
  }
  return true;
}

bool read_parameters(const Json& body, std::map<std::string, std::string>& to) {
  const Json* all = member(body, "parameters");
  if (all == nullptr) return true;
  if (!all->is_object()) return false;
  for (const auto& [name, value] : all->items()) {
    if (value.is_structured()) return false;
    if (!value.is_null()) to[to_upper(name)] = scalar(value);
  }
  return true;
}

Json parse_object(const std::string& text) {
  Json json = Json::parse(text, nullptr, false);
  return json.is_object() ? json : Json();
}

}  // namespace

Result<SubmitBody> parse_submit(const std::string& body) {
  const Json json = parse_object(body);
  SubmitBody submit;
  std::optional<std::string> statement;
  const bool fits = json.is_object() && read(json, "statement", statement) && read(json, "timeout", submit.timeout) &&
                    read(json, "database", submit.database) && read(json, "schema", submit.schema) &&
                    read(json, "warehouse", submit.warehouse) && read(json, "role", submit.role) &&
                    read_bindings(json, submit.bindings) && read_parameters(json, submit.parameters);
  if (!fits || submit.timeout.value_or(0) < 0) return fail("no valid payload");
  submit.statement = statement.value_or("");
  return submit;
}

Result<TokenClaims> parse_token(const std::string& header, const std::string& payload) {
  const Json head = parse_object(header);
  const Json claims = parse_object(payload);
  std::optional<std::string> algorithm, issuer, subject;
  TokenClaims token;
  const bool fits = head.is_object() && claims.is_object() && read(head, "alg", algorithm) &&
                    read(claims, "iss", issuer) && read(claims, "sub", subject) &&
                    read(claims, "iat", token.issued_at) && read(claims, "exp", token.expires_at);
  if (!fits) return fail("no valid token");
  token.algorithm = algorithm.value_or("");
  token.issuer = issuer.value_or("");
  token.subject = subject.value_or("");
  return token;
}

}  // namespace mesh::sandbox
