// Users (docs: create-user, alter-user).

#include <map>
#include <memory>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "ddl.hpp"
#include "login_policy.hpp"
#include "mesh/base/text.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

constexpr ValueRule kBoolean = {ValueType::Boolean, ""};
constexpr ValueRule kName = {ValueType::Name, ""};
constexpr ValueRule kNumber = {ValueType::Number, "", INT64_MIN, INT64_MAX};

struct IdentityProvider {
  std::string_view type;
  std::vector<std::string_view> required, optional;
};
const IdentityProvider kProviders[] = {
    {"AWS", {"ARN"}, {}},
    {"AZURE", {"ISSUER", "SUBJECT"}, {}},
    {"GCP", {"SUBJECT"}, {}},
    {"OIDC", {"ISSUER", "SUBJECT"}, {"OIDC_AUDIENCE_LIST"}},
};

// `( TYPE = OIDC ISSUER = '..' SUBJECT = '..' )` as "OIDC <issuer> <subject>". Codes and texts of what is refused are
// unconfirmed.
std::string read_workload_identity(Parser& p) {
  std::map<std::string, std::string> given;
  p.expect_symbol("(");
  while (!p.accept_symbol(")")) {
    const std::string key = p.name();
    p.expect_symbol("=");
    const Value value = p.value();
    given[key] = value.form == Value::Form::List ? join(value.items, ",") : value.text;
    p.accept_symbol(",");
  }
  const auto type = to_upper(given["TYPE"]);
  given.erase("TYPE");
  std::string identity = type;
  for (const IdentityProvider& provider : kProviders) {
    if (provider.type != type) continue;
    for (const std::string_view key : provider.required) {
      const auto it = given.find(std::string(key));
      if (it == given.end()) refuse_property_value("", std::string(key));
      identity += " " + it->second;
      given.erase(it);
    }
    for (const std::string_view key : provider.optional) given.erase(std::string(key));
    if (!given.empty()) refuse_property(given.begin()->first, "WORKLOAD_IDENTITY");
    return identity;
  }
  refuse_property_value(type, "TYPE");
}

const PropertySpecs kSpecs = {
    {"PASSWORD", {}},
    {"LOGIN_NAME", {}},
    {"DISPLAY_NAME", {}},
    {"FIRST_NAME", {}},
    {"MIDDLE_NAME", {}},
    {"LAST_NAME", {}},
    {"EMAIL", {}},
    {"MUST_CHANGE_PASSWORD", kBoolean},
    {"DISABLED", kBoolean},
    {"DAYS_TO_EXPIRY", kNumber},
    {"MINS_TO_UNLOCK", kNumber},
    {"MINS_TO_BYPASS_MFA", kNumber},
    {"DEFAULT_WAREHOUSE", kName},
    {"DEFAULT_NAMESPACE", kName},
    {"DEFAULT_ROLE", kName},
    {"DEFAULT_SECONDARY_ROLES", {ValueType::List, "ALL"}},
    {"RSA_PUBLIC_KEY", {}},
    {"RSA_PUBLIC_KEY_2", {}},
    {"TYPE", {ValueType::Word, "PERSON,SERVICE,SERVICE_AGENT,LEGACY_SERVICE"}},
    {"WORKLOAD_IDENTITY", {}, read_workload_identity},
    {"COMMENT", {}},
};

bool is_rsa_key(const std::string& base64) {
  std::string packed;
  for (const char c : base64) {
    if (c != '\n' && c != '\r' && c != ' ') packed += c;
  }
  if (packed.empty() || packed.size() % 4 != 0) return false;
  std::vector<unsigned char> der(packed.size());
  const int size = EVP_DecodeBlock(der.data(), reinterpret_cast<const unsigned char*>(packed.data()),
                                   static_cast<int>(packed.size()));
  if (size <= 0) return false;
  const unsigned char* at = der.data();
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(d2i_PUBKEY(nullptr, &at, size), &EVP_PKEY_free);
  return key != nullptr && EVP_PKEY_base_id(key.get()) == EVP_PKEY_RSA && EVP_PKEY_bits(key.get()) >= 2048;
}

void check_keys(const Properties& props) {
  for (const char* key : {"RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2"}) {
    const auto it = props.find(key);
    if (it != props.end() && !it->second.empty() && !is_rsa_key(it->second)) {
      // Also for text with PEM markers; the rest of the sentence is unconfirmed (user entry).
      refuse("003002", "28P01",
             "SQL execution error:\nNew public key rejected by current policy. Reason: 'Invalid public key'");
    }
  }
}

// user entry, errors: what service users cannot have.
void check_type(const Object& user) {
  const std::string& type = user.prop("TYPE");
  // workload-identity-federation: for service users alone. The text is unconfirmed.
  if (type != "SERVICE" && type != "SERVICE_AGENT" && !user.prop("WORKLOAD_IDENTITY").empty()) {
    refuse_compilation(
        "001422", "22023",
        fmt::format("Cannot set WORKLOAD_IDENTITY on users with TYPE={}.", type.empty() ? "PERSON" : type));
  }
  if (type.empty() || type == "PERSON") return;
  std::vector<std::string_view> forbidden = {"FIRST_NAME", "MIDDLE_NAME", "LAST_NAME", "MINS_TO_BYPASS_MFA"};
  if (type != "LEGACY_SERVICE") forbidden.insert(forbidden.end(), {"PASSWORD", "MUST_CHANGE_PASSWORD"});
  for (const std::string_view name : forbidden) {
    if (!user.prop(name).empty()) {
      refuse_compilation("001422", "22023", fmt::format("Cannot set {} on users with TYPE={}.", name, type));
    }
  }
}

// The namespace's parts are kept apart for logging in; the text is what SHOW prints: raw and dotted.
void settle_namespace(Properties& props) {
  const auto it = props.find("DEFAULT_NAMESPACE");
  if (it == props.end()) return;
  props.erase("DEFAULT_DATABASE"), props.erase("DEFAULT_SCHEMA");
  const auto parts = parse_name(it->second);
  if (!parts || parts->size() > 2) {
    props["DEFAULT_DATABASE"] = it->second;
    return;
  }
  props["DEFAULT_DATABASE"] = parts->front();
  if (parts->size() == 2) props["DEFAULT_SCHEMA"] = parts->back();
  it->second = join(*parts, ".");
}

void normalise_user(Properties& props) {
  if (const auto it = props.find("LOGIN_NAME"); it != props.end()) it->second = to_upper(it->second);
  for (const char* key : {"DEFAULT_WAREHOUSE", "DEFAULT_ROLE"}) {
    // In single quotes too a name is folded as SQL does it.
    if (const auto it = props.find(key); it != props.end()) {
      if (const auto parts = parse_name(it->second); parts && parts->size() == 1 && it->second != parts->front()) {
        it->second = parts->front();
      }
    }
  }
  settle_namespace(props);
}

// Ways to log in that are no properties are refused by name.
void refuse_user_features(const Parser& p) {
  for (const char* words : {"ADD", "REMOVE", "MODIFY", "ROTATE", "RESET", "ABORT"}) {
    if (p.at(words)) refuse_unsupported(fmt::format("USER {}", words));
  }
}

Settings read(Parser& p) {
  for (const Token& token : p.tokens()) {
    if (token.is("ALLOWED_INTERFACES")) refuse_unsupported("USER " + token.folded());
  }
  Settings settings;
  read_settings(p, Kind::User, kSpecs, settings);
  refuse_user_features(p);
  return settings;
}

void check_log_in(const Running& run, const Object& user) {
  for (const auto& [name, id] : run.catalog.children(run.account, Kind::User)) {
    const Object& other = run.catalog.at(id);
    if (other.id != user.id && other.prop("LOGIN_NAME") == user.prop("LOGIN_NAME"))
      refuse_exists(user.prop("LOGIN_NAME"));
    // The combination of issuer and subject must be unique in the account (workload-identity-federation).
    const std::string& identity = user.prop("WORKLOAD_IDENTITY");
    if (other.id != user.id && !identity.empty() && other.prop("WORKLOAD_IDENTITY") == identity)
      refuse_exists(other.name);
  }
}

// A user's keys and workload identity may be set by others than its owner; what of its own a user may change is left to
// owners here.
bool only_keys(const Settings& settings) {
  for (const auto& [key, value] : settings.props) {
    if (key != "RSA_PUBLIC_KEY" && key != "RSA_PUBLIC_KEY_2" && key != "WORKLOAD_IDENTITY") return false;
  }
  return settings.params.empty() && !settings.props.empty();
}

void need_for(const Running& run, const Object& user, bool keys) {
  if (keys && run.access.holds(user, "MODIFY PROGRAMMATIC AUTHENTICATION METHODS")) return;
  need_ownership(run, user);
}

// A network policy is attached by who owns both it and the user (network_policy entry).
void check_network_policy(const Running& run, const Properties& params) {
  const auto it = params.find("NETWORK_POLICY");
  if (it == params.end() || it->second.empty()) return;
  need_ownership(run, need(run, Kind::NetworkPolicy, {it->second}));
}

ResultSet set(Running& run, const Object& user) {
  Settings settings = read(run.parser);
  if (settings.empty()) run.parser.unexpected();
  run.parser.expect_end();
  need_for(run, user, only_keys(settings));
  check_keys(settings.props);
  check_network_policy(run, settings.params);
  Object& edited = run.catalog.edit(user.id);
  apply(settings, edited);
  normalise_user(edited.props);
  check_type(edited);
  check_log_in(run, edited);
  touch(run, user.id);
  return executed();
}

ResultSet unset_properties(Running& run, const Object& user) {
  const std::vector<std::string> names = read_unset(run.parser, Kind::User, kSpecs);
  run.parser.expect_end();
  Settings named;
  for (const std::string& name : names) named.props.emplace(name, "");
  need_for(run, user, only_keys(named));
  Object& edited = run.catalog.edit(user.id);
  unset(names, edited);
  for (const std::string& name : names) {
    if (name == "DEFAULT_NAMESPACE") edited.props.erase("DEFAULT_DATABASE"), edited.props.erase("DEFAULT_SCHEMA");
    if (name == "LOGIN_NAME") edited.props["LOGIN_NAME"] = edited.name;
  }
  touch(run, user.id);
  return executed();
}

}  // namespace

ResultSet create_user(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  const std::string name = p.name();
  if (head.or_alter) refuse_unsupported("CREATE OR ALTER USER");
  Settings settings = read(p);
  p.expect_end();
  check_keys(settings.props);
  check_network_policy(run, settings.params);
  const Object* existing = check_create(run, head, run.home(), name);
  if (existing != nullptr && head.if_not_exists) return already_exists(name);
  if (existing != nullptr) put_away(run, *existing);
  Object object;
  object.name = name;
  object.props = settings.props;
  object.params = settings.params;
  object.props.try_emplace("LOGIN_NAME", name);
  // A user made without a display name reads its name; after UNSET it reads empty (live test in the user entry).
  object.props.try_emplace("DISPLAY_NAME", name);
  normalise_user(object.props);
  check_type(object);
  check_log_in(run, object);
  make(run, head.kind, run.home(), name, std::move(object));
  return created(head.kind, name);
}

ResultSet alter_user(Running& run, const Object& user) {
  Parser& p = run.parser;
  if (auto done = alter_login_policy_of(run, user)) return std::move(*done);
  refuse_user_features(p);
  if (p.accept("RENAME TO")) {
    const NameParts name{p.name()};
    p.expect_end();
    need_ownership(run, user);
    rename_object(run, user, name, false);
    return executed();
  }
  if (p.accept("SET")) return set(run, user);
  if (p.accept("UNSET")) return unset_properties(run, user);
  p.unexpected();
}

}  // namespace mesh::sandbox
