#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "attachments.hpp"
#include "contacts.hpp"
#include "ddl.hpp"
#include "mesh/base/text.hpp"
#include "show_cells.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

constexpr std::array<std::string_view, 4> kPurposes = {"STEWARD", "SUPPORT", "ACCESS_APPROVAL", "SECURITY_COMPLIANCE"};
// What one is reached by; no more than one of them (create-contact).
constexpr std::array<std::string_view, 3> kWays = {"USERS", "EMAIL_DISTRIBUTION_LIST", "URL"};

// 'ALICE' or '"joe@example.com"', each a name by SQL's rules. Whether the users must exist is not told.
std::string read_users(Parser& p) {
  nlohmann::json users = nlohmann::json::array();
  p.expect_symbol("(");
  do {
    const std::string text = p.string();
    const auto name = parse_name(text);
    if (!name || name->size() != 1)
      refuse_text(fmt::format("SQL compilation error:\nInvalid user name '{}' in USERS.", text));
    users.push_back(name->back());
  } while (p.accept_symbol(","));
  p.expect_symbol(")");
  return users.dump();
}

void read_properties(Parser& p, Properties& props) {
  std::set<std::string> seen;
  while (!p.at_end() && !p.at_symbol(";")) {
    const std::string key = p.name();
    const bool way = std::find(kWays.begin(), kWays.end(), key) != kWays.end();
    const bool second = seen.count(key) > 0 || (way && std::any_of(kWays.begin(), kWays.end(), [&](std::string_view w) {
                                                  return seen.count(std::string(w)) > 0;
                                                }));
    if ((!way && key != "COMMENT") || second) p.unexpected();
    seen.insert(key);
    p.expect_symbol("=");
    const std::string value = key == "USERS" ? read_users(p) : p.string();
    // One takes the place of another: the page has them as alternatives, and no UNSET.
    for (const std::string_view other : kWays) {
      if (way) props.erase(std::string(other));
    }
    if (value.empty()) props.erase(key);
    if (!value.empty()) props[key] = value;
    p.accept_symbol(",");
  }
}

// Contacts of the object itself and, by purpose, those it inherits (contacts-using).
struct Effective {
  const Object* contact;
  const Object* holder;
};
std::map<std::string, Effective> effective_contacts(const Catalog& catalog, const Object& object) {
  std::map<std::string, Effective> found;
  for (const Object* o = &object; o != nullptr; o = catalog.container(*o)) {
    for (const Attachment& a : o->attachments) {
      const Object* contact = catalog.find(a.what);
      if (contact != nullptr && contact->kind == Kind::Contact && catalog.live(*contact))
        found.try_emplace(a.value, Effective{contact, o});
    }
  }
  return found;
}

void need_to_attach(const Running& run, const Object& contact, const Object& object, bool made) {
  if (has_account_privilege(run, "APPLY CONTACT")) return;
  need_privilege(run, contact, "APPLY");
  if (!made) need_ownership(run, object);
}

void take(Running& run, const Object& object, const std::string& purpose) {
  std::vector<Attachment> all = object.attachments;
  std::erase_if(all, [&](const Attachment& a) {
    const Object* what = run.catalog.find(a.what);
    return what != nullptr && what->kind == Kind::Contact && a.value == purpose;
  });
  run.catalog.attach(object.id, std::move(all));
}

}  // namespace

ResultSet create_contact(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  if (head.or_alter) refuse_unsupported("CREATE OR ALTER CONTACT");
  const NameParts name = p.qualified();
  Object contact;
  read_properties(p, contact.props);
  p.expect_end();
  const Object& schema = need_container(run, head.kind, name);
  const Object* existing = check_create(run, head, schema, name.back());
  if (existing != nullptr && head.if_not_exists) return already_exists(name.back());
  if (existing != nullptr) put_away(run, *existing);
  make(run, head.kind, schema, name.back(), std::move(contact));
  return created(head.kind, name.back());
}

// Who has MODIFY may do what the page shows; dropping is the owner's.
ResultSet alter_contact(Running& run, const Object& contact) {
  Parser& p = run.parser;
  need_privilege(run, contact, "MODIFY");
  if (p.accept("RENAME TO")) {
    rename_to(run, contact);
    return executed();
  }
  p.expect("SET");
  if (p.at_end()) p.unexpected();
  Properties props = contact.props;
  read_properties(p, props);
  p.expect_end();
  run.catalog.edit(contact.id).props = std::move(props);
  touch(run, contact.id);
  return executed();
}

std::string read_purpose(Parser& p) {
  const auto purpose =
      std::find_if(kPurposes.begin(), kPurposes.end(), [&](std::string_view each) { return p.at(each); });
  if (purpose == kPurposes.end()) p.unexpected();
  p.next();
  return std::string(*purpose);
}

std::vector<ContactText> read_contact_list(Parser& p) {
  std::vector<ContactText> contacts;
  do {
    ContactText text;
    text.purpose = read_purpose(p);
    p.expect_symbol("=");
    text.name = p.qualified();
    contacts.push_back(std::move(text));
  } while (p.accept_symbol(","));
  return contacts;
}

// Page contacts-using, supported objects and the note on ALTER TABLE. The account is not in that list but in the
// examples.
bool has_contacts(Kind kind) {
  return kind == Kind::Account || kind == Kind::Database || kind == Kind::Schema || kind == Kind::Task ||
         (facts(kind).space == Space::TableLike && kind != Kind::Stream && kind != Kind::InteractiveTable);
}
bool alters_contacts(Kind kind) {
  return has_contacts(kind) && kind != Kind::DynamicTable && kind != Kind::ExternalTable && kind != Kind::IcebergTable;
}

void set_contact(Running& run, const Object& object, const ContactText& text, bool made) {
  const Object& contact = need(run, Kind::Contact, text.name);
  need_to_attach(run, contact, object, made);
  take(run, object, text.purpose);
  std::vector<Attachment> all = run.catalog.at(object.id).attachments;
  all.push_back({contact.id, 0, text.purpose, {}});
  run.catalog.attach(object.id, std::move(all));
}

// What UNSET says of a purpose without contact is not told: nothing is done.
void unset_contact(Running& run, const Object& object, const std::string& purpose) {
  for (const Attachment& a : object.attachments) {
    const Object* contact = run.catalog.find(a.what);
    if (contact == nullptr || contact->kind != Kind::Contact || a.value != purpose) continue;
    need_to_attach(run, *contact, object, false);
    return take(run, object, purpose);
  }
}

void forget_contact(Running& run, const Object& contact) {
  const std::set<Id> carriers = run.catalog.carriers(contact.id);
  for (const Id id : carriers) {
    std::vector<Attachment> all = run.catalog.at(id).attachments;
    std::erase_if(all, [&](const Attachment& a) { return a.what == contact.id; });
    run.catalog.attach(id, std::move(all));
  }
}

ResultSet get_contacts(Running& run, const FunctionArguments& arguments) {
  ResultSet result;
  result.columns = columns_of({"T:PURPOSE", "T:EMAIL_DISTRIBUTION_LIST", "T:URL", "T:USER", "T:LEVEL"});
  const auto text = [&](size_t index) { return arguments[index].second.value_or(""); };
  // Texts unconfirmed.
  if (arguments.size() < 2 || arguments.size() > 3)
    refuse_text("SQL compilation error:\nGET_CONTACTS takes an object, its type, and perhaps a contact.");
  const std::string type = to_upper(text(1));
  if (type != "DATABASE" && type != "SCHEMA" && type != "TABLE")
    refuse_text(fmt::format("SQL compilation error:\nInvalid value {} for argument OBJECT_TYPE.", type));
  const auto named = [&](Kind kind, const std::string& name) -> const Object& {
    const auto parts = parse_name(name);
    if (!parts) refuse_text(fmt::format("SQL compilation error:\nInvalid name '{}'.", name));
    const Object* found = look_up(run, kind, *parts);
    if (found == nullptr) refuse_missing(run, kind, *parts);
    return *found;
  };
  const Object& object = named(type == "DATABASE" ? Kind::Database
                               : type == "SCHEMA" ? Kind::Schema
                                                  : Kind::Table,
                               text(0));
  const Object* only = arguments.size() == 3 ? &named(Kind::Contact, text(2)) : nullptr;
  for (const auto& [purpose, effective] : effective_contacts(run.catalog, object)) {
    const auto& [contact, holder] = effective;
    if (only != nullptr && contact != only) continue;
    const std::string level = is_table_like(*holder) ? "TABLE" : std::string(facts(holder->kind).words);
    const auto cell = [contact = contact](const char* way) {
      const std::string& value = contact->prop(way);
      return value.empty() ? Cell() : Cell(value);
    };
    const auto users = nlohmann::json::parse(contact->prop("USERS").empty() ? "[null]" : contact->prop("USERS"));
    for (const auto& user : users) {
      result.rows.push_back({purpose, cell("EMAIL_DISTRIBUTION_LIST"), cell("URL"),
                             user.is_null() ? Cell() : Cell(user.get<std::string>()), level});
    }
  }
  return result;
}

using namespace cells;  // NOLINT: the vocabulary of the table

const ShowColumns& contact_columns() {
  static const ShowColumns kContacts = {
      {"L:created_on", created_on},
      {"T:name", name},
      {"T:database_name", database_name},
      {"T:schema_name", schema_name},
      {"T:owner", owner},
      {"T:comment", comment},
      {"T:owner_role_type", owner_role_type},
      {"T:email_distribution_list", [](const Shown& s) { return prop_or_null(s, "EMAIL_DISTRIBUTION_LIST"); }},
      {"T:url", [](const Shown& s) { return prop_or_null(s, "URL"); }},
      {"N:entries_in_users",
       [](const Shown& s) -> Cell {
         const std::string& users = s.object.prop("USERS");
         return std::to_string(users.empty() ? 0 : nlohmann::json::parse(users).size());
       }},
      {"V:users", [](const Shown& s) { return prop_or_null(s, "USERS"); }},
  };
  return kContacts;
}

}  // namespace mesh::sandbox
