// Contacts. Reference: CREATE, ALTER and SHOW CONTACTS; user-guide/contacts-using.
#include "mesh/kinds/contacts.hpp"

#include <algorithm>

#include "mesh/base/text.hpp"
#include "tables.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 2> kPrivileges = {"APPLY", "MODIFY"};
constexpr std::string_view kPurposes[] = {"STEWARD", "SUPPORT", "ACCESS_APPROVAL", "SECURITY_COMPLIANCE"};
constexpr std::string_view kWays[] = {"users", "email_distribution_list", "url"};

// One way, or none by the syntax: but nobody is reached by none, and ALTER has no UNSET to come back to it.
std::string contradiction(const Object& contact) {
  const auto ways =
      std::count_if(std::begin(kWays), std::end(kWays), [&](std::string_view way) { return contact.find(way); });
  const Value* users = contact.find("users");
  if (users != nullptr && std::get<ValueList>(users->data).empty()) return "a contact by users needs one";
  if (ways == 1) return {};
  return ways == 0 ? "a contact needs one of users, email_distribution_list, url"
                   : "a contact has one of users, email_distribution_list, url, not several";
}

// ('"ALICE"', '"joe@example.com"'): a name as it is stored stands in double quotes (create-contact).
void write_users(sql::Writer& w, const Value& value) {
  w.equals().open();
  const auto& list = std::get<ValueList>(value.data);
  for (const auto& each : list) {
    if (&each != &list.front()) w.comma();
    w.text(Name::exact(*each.text()).sql());
  }
  w.close();
}

// Whether SHOW keeps the quotes of CREATE is not told; a name that has them itself is not written.
std::string without_quotes(std::string_view name) {
  const bool quoted = name.size() > 2 && name.front() == '"' && name.back() == '"';
  return quoted ? replace_all(std::string(name.substr(1, name.size() - 2)), "\"\"", "\"") : std::string(name);
}

constexpr PropertyRow way(std::string_view name, std::string_view clause, std::string_view column,
                          std::string_view doc) {
  return {
      .name = name, .clause = clause, .column = column, .change = ChangeBy::Set, .absent = Absent::Leave, .doc = doc};
}

constexpr PropertyRow users_row() {
  auto row = way("users", "USERS", "users", "Users who are reached, of this account.");
  row.type = ValueType::Names;
  row.normal = without_quotes;
  row.refers_to = KindId::User;
  row.is_set = true;
  row.json_list = true;
  row.write = write_users;
  return row;
}

// ALTER has SET alone (alter-contact).
constexpr PropertyRow set_comment_row() {
  auto row = comment_row();
  row.change = ChangeBy::Set;
  return row;
}

constexpr std::array<PropertyRow, 4> kRows = {{
    users_row(),
    way("email_distribution_list", "EMAIL_DISTRIBUTION_LIST", "email_distribution_list",
        "An email address, which may be a list's."),
    way("url", "URL", "url", "A page by which people are reached."),
    set_comment_row(),
}};
static_assert(sound(kRows));

}  // namespace

constinit const Kind kContact = {.id = KindId::Contact,
                                 .words = "contact",
                                 .collection = "contact_definitions",
                                 .sql = "CONTACT",
                                 .sql_plural = "CONTACTS",
                                 .granted_on = "CONTACT",
                                 .scope = Scope::Schema,
                                 .properties = kRows,
                                 .privileges = kPrivileges,
                                 .renames_across_schemas = true,
                                 .show_has_pages = true,
                                 .contradiction = contradiction,
                                 .doc =
                                     "Who is asked about an object, by one of three ways: users, an email address or "
                                     "a page. Databases, schemas, tables, views and tasks name it for a purpose: "
                                     "contacts: {STEWARD: DB.SCHEMA.NAME}. What lies inside inherits it."};

std::span<const std::string_view> contact_purposes() { return kPurposes; }

std::string_view contact_purpose(std::string_view text) {
  const auto* it = std::find_if(std::begin(kPurposes), std::end(kPurposes),
                                [&](std::string_view purpose) { return iequals(purpose, text); });
  return it == std::end(kPurposes) ? std::string_view() : *it;
}

std::string_view contact_type(KindId kind) {
  if (kind == KindId::Database || kind == KindId::Schema) return of(kind).sql;
  return of(kind).is_relation && kind != KindId::Stream ? std::string_view("TABLE") : std::string_view();
}

bool can_have_contacts(KindId kind) { return kind == KindId::Task || !contact_type(kind).empty(); }

}  // namespace mesh::kinds
