// Users. Reference: CREATE USER, ALTER USER, SHOW USERS, DESCRIBE USER; passwords and tokens are never mesh's.
#include "mesh/base/digest.hpp"
#include "mesh/base/text.hpp"
#include "parameters.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 3> kPrivileges = {"IMPERSONATE", "MODIFY PROGRAMMATIC AUTHENTICATION METHODS",
                                                         "MONITOR"};
constexpr std::string_view kKeys[] = {"password_policy", "session_policy", "authentication_policy"};
constexpr std::array<std::string_view, 4> kTypes = {"PERSON", "SERVICE", "LEGACY_SERVICE", "SERVICE_AGENT"};
constexpr std::array<std::string_view, 1> kAll = {"ALL"};
constexpr std::array<std::string_view, 2> kKeySlots = {"RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2"};
constexpr std::string_view kFingerprint = "SHA256:";

// No type on users made long ago: a person.
std::string user_type(std::string_view written) { return written.empty() ? "PERSON" : to_upper(written); }
std::string upper(std::string_view written) { return to_upper(written); }

bool is_of(const Object& user, std::initializer_list<const char*> types) {
  const Value* type = user.find("type");
  const std::string text = type == nullptr || type->text() == nullptr ? "PERSON" : *type->text();
  return std::find(types.begin(), types.end(), text) != types.end();
}
// Names are refused for TYPE SERVICE and LEGACY_SERVICE, passwords for SERVICE alone.
bool is_person(const Object& user) { return is_of(user, {"PERSON"}); }
bool may_have_password(const Object& user) { return is_of(user, {"PERSON", "LEGACY_SERVICE"}); }

std::string_view own_name(const Object& user) { return user.id.name.last().stored(); }

// ["ALL"] and [] (SHOW USERS). Accounts from before bundle 2024_07 show nothing where nothing is set: not known.
std::string secondary_roles(std::string_view shown) {
  if (shown.empty()) return "?";
  std::string list(shown);
  std::erase_if(list, [](char c) { return c == '[' || c == ']' || c == '"'; });
  return list;
}
std::string_view wrong_secondary_roles(const Value& value) {
  const auto& list = std::get<ValueList>(value.data);
  const bool known = std::all_of(list.begin(), list.end(), [](const Value& role) { return *role.text() == "ALL"; });
  return known ? "" : "Snowflake takes [ALL], or [] for none";
}

// SHOW prints DB or DB.SCHEMA without quotes even for mixed case: which dot parts the two is told nowhere, so the raw
// text is what is compared.
std::string raw_namespace(std::string_view written) {
  const auto name = QualifiedName::parse(written);
  if (!name) return std::string(written);
  std::vector<std::string> parts;
  for (const auto& part : name->parts()) parts.push_back(part.stored());
  return join(parts, ".");
}
std::string shown_namespace(const std::function<std::string_view(std::string_view)>& cell) {
  const auto shown = cell("default_namespace");
  if (shown.empty()) return {};
  std::vector<Name> parts;
  for (const auto& part : split(shown, '.')) parts.push_back(Name::exact(part));
  return QualifiedName(std::move(parts)).display();
}
std::string_view wrong_namespace(const Value& value) {
  const auto* text = value.text();
  return text == nullptr || QualifiedName::parse(*text)->depth() <= 2 ? "" : "write DB or DB.SCHEMA";
}

// A key file's text, or the line between its markers.
std::string key_text(std::string_view written) {
  std::string text;
  for (const auto& line : split(written, '\n')) {
    if (trim(line).rfind("-----", 0) != 0) text += trim(line);
  }
  std::erase(text, ' ');
  return text;
}

std::string_view without_slot(std::string_view entry) {
  for (const auto slot : kKeySlots) {
    if (entry.size() > slot.size() && entry.substr(0, slot.size()) == slot && entry[slot.size()] == ':')
      return entry.substr(slot.size() + 1);
  }
  return entry;
}

// What only its fingerprint is told of cannot be written.
std::string key_as_written(std::string_view entry) {
  const auto key = without_slot(entry);
  return key.rfind(kFingerprint, 0) == 0 ? std::string() : std::string(key);
}

// 'SHA256:' and the hash of the key, as DESCRIBE USER prints it.
std::string fingerprint(std::string_view entry) {
  const auto key = without_slot(entry);
  if (key.rfind(kFingerprint, 0) == 0) return std::string(key);
  const auto der = base64_decoded(key);
  return std::string(kFingerprint) + base64(sha256_bytes(der ? *der : std::string(key)));
}

// The key where DESCRIBE gives it, else its fingerprint, behind its slot; 'null' stands for none.
std::string shown_keys(const std::function<std::string_view(std::string_view)>& cell) {
  std::vector<std::string> entries;
  for (const auto slot : kKeySlots) {
    const auto key = cell(slot), print = cell(std::string(slot) + "_FP");
    const auto told = print.empty() || !key.empty() ? key : print;
    if (!told.empty()) entries.push_back(std::string(slot) + ":" + key_text(told));
  }
  return join(entries, ",");
}

// A SubjectPublicKeyInfo names the algorithm in front: rsaEncryption, 1.2.840.113549.1.1.1 (RFC 8017). A private key
// begins with a version.
std::string_view wrong_keys(const Value& value) {
  constexpr std::string_view kRsa = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
  constexpr size_t kHead = 24;
  const auto& list = std::get<ValueList>(value.data);
  if (list.size() > kKeySlots.size()) return "a user has at most two public keys";
  for (const auto& each : list) {
    const auto key = without_slot(*each.text());
    if (key.rfind(kFingerprint, 0) == 0 && key != *each.text()) continue;
    const auto der = base64_decoded(key);
    const bool is_public = der && der->size() > kHead && der->front() == '\x30' &&
                           der->substr(0, kHead).find(kRsa) != std::string::npos &&
                           der->substr(0, kHead).find(std::string("\x02\x01\x00", 3)) == std::string::npos;
    if (!is_public)
      return "each must be an RSA public key: the base64 text that 'openssl rsa -pubout' prints, with or without its "
             "BEGIN and END lines. A private key never belongs into a manifest";
  }
  return "";
}

constexpr PropertyRow of_user(std::string_view name, std::string_view clause, std::string_view column,
                              std::string_view doc) {
  return {.name = name, .clause = clause, .column = column, .doc = doc};
}
// What service users cannot have.
constexpr PropertyRow of_people(PropertyRow row, bool (*applies)(const Object&) = is_person) {
  row.applies = applies;
  row.goes_first = true;
  return row;
}
constexpr PropertyRow middle_name() {
  auto row = of_user("middle_name", "MIDDLE_NAME", "MIDDLE_NAME", "Middle name; people only.");
  row.from = ReadFrom::Described;
  return of_people(row);
}
constexpr PropertyRow network_policy() {
  auto row = naming("network_policy", "NETWORK_POLICY", KindId::NetworkPolicy,
                    "Network policy in force for the user, instead of the account's. A wrong one locks it out.");
  row.disruptive = true;
  return row;
}

constexpr std::array<PropertyRow, 19> kRows = {{
    {.name = "type",
     .type = ValueType::OneOf,
     .clause = "TYPE",
     .column = "type",
     .default_value = "PERSON",
     .values = kTypes,
     .normal = user_type,
     .disruptive = true,
     .doc = "Who it is: a person, or a program, which has neither names nor (service) a password."},
    {.name = "login_name",
     .clause = "LOGIN_NAME",
     .column = "login_name",
     .change = ChangeBy::Set,
     .normal = upper,
     .default_for = own_name,
     .disruptive = true,
     .doc = "What the user logs in with, without regard to case; its own name where it is not written."},
    // A user made without it reads its name, after UNSET nothing (user entry): neither is put back.
    {.name = "display_name",
     .clause = "DISPLAY_NAME",
     .column = "display_name",
     .absent = Absent::Leave,
     .default_for = own_name,
     .doc = "What is shown for it; at first its own name."},
    of_people(of_user("first_name", "FIRST_NAME", "first_name", "First name; people only.")),
    middle_name(),
    of_people(of_user("last_name", "LAST_NAME", "last_name", "Last name; people only.")),
    of_user("email", "EMAIL", "email", "Where messages for it go."),
    {.name = "disabled",
     .type = ValueType::Boolean,
     .clause = "DISABLED",
     .column = "disabled",
     .default_value = "false",
     .disruptive = true,
     .doc = "Whether it is kept from logging in; what runs for it is cancelled."},
    of_people(remembered("must_change_password", ValueType::Boolean, "MUST_CHANGE_PASSWORD",
                         "Asks once for a new password at the next login."),
              may_have_password),
    remembered("days_to_expiry", ValueType::Integer, "DAYS_TO_EXPIRY",
               "Days after which it expires, counted from when mesh sets it; it is not renewed by itself."),
    remembered("mins_to_unlock", ValueType::Integer, "MINS_TO_UNLOCK",
               "Minutes until a temporary lock ends, counted from when mesh sets it."),
    of_people(remembered("mins_to_bypass_mfa", ValueType::Integer, "MINS_TO_BYPASS_MFA",
                         "Minutes without a second factor, counted from when mesh sets it; people only.")),
    {.name = "default_warehouse",
     .type = ValueType::Identifier,
     .clause = "DEFAULT_WAREHOUSE",
     .column = "default_warehouse",
     .refers_to = KindId::Warehouse,
     .doc = "Warehouse that its sessions begin with."},
    {.name = "default_namespace",
     .type = ValueType::ObjectName,
     .clause = "DEFAULT_NAMESPACE",
     .column = "default_namespace",
     .wrong = wrong_namespace,
     .combine = shown_namespace,
     .compared_by = raw_namespace,
     .doc = "Database, or database and schema, that its sessions begin in: DB or DB.SCHEMA."},
    {.name = "default_role",
     .type = ValueType::Identifier,
     .clause = "DEFAULT_ROLE",
     .column = "default_role",
     .refers_to = KindId::Role,
     .doc = "Role that its sessions begin with. It must be granted besides: `users` of the role."},
    {.name = "default_secondary_roles",
     .type = ValueType::Texts,
     .clause = "DEFAULT_SECONDARY_ROLES",
     .column = "default_secondary_roles",
     .normal = upper,
     .wrong = wrong_secondary_roles,
     .default_list = kAll,
     .is_set = true,
     .list_text = secondary_roles,
     .doc = "Whether its sessions use all its roles beside the primary one: [ALL], or [] for none."},
    {.name = "public_keys",
     .type = ValueType::Texts,
     .clause = "RSA_PUBLIC_KEY",
     .from = ReadFrom::Described,
     .column = "RSA_PUBLIC_KEY",
     .change = ChangeBy::Slots,
     .normal = key_text,
     .wrong = wrong_keys,
     .is_set = true,
     .combine = shown_keys,
     .slots = kKeySlots,
     .as_written = key_as_written,
     .compared_by = fingerprint,
     .unspoken = true,
     .disruptive = true,
     .doc =
         "One or two RSA public keys that it logs in with, compared by fingerprint. The one that stays is not touched "
         "when the other is exchanged."},
    network_policy(),
    comment_row(),
}};
static_assert(sound(kRows));

}  // namespace

constinit const Kind kUser = {
    .id = KindId::User,
    .words = "user",
    .collection = "users",
    .sql = "USER",
    .sql_plural = "USERS",
    .granted_on = "USER",
    .scope = Scope::Account,
    .properties = kRows,
    .privileges = kPrivileges,
    .keys = kKeys,
    .described_name = "property",
    .described_value = "value",
    .described_null = "null",
    .told_by = "disabled",
    .drop_cost = "nobody can log in as it any more, and there is no UNDROP; what it made belongs to roles and stays",
    .doc =
        "A person or a program that logs in. Which roles it has stands at the roles (`users`). Passwords and tokens "
        "are "
        "never in a manifest. Without MANAGE GRANTS, MONITOR USER or its ownership, a role sees nothing but its name."};

}  // namespace mesh::kinds
