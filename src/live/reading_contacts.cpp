// Contacts of objects. GET_CONTACTS tells for what an object has one and how it is reached, and withholds its name
// (page functions/get_contacts): each that is likely is asked for by its name, and compared by how it is reached.
#include <algorithm>

#include "json.hpp"
#include "mesh/kinds/contacts.hpp"
#include "reading.hpp"
#include "statements.hpp"

namespace mesh::live {
namespace {

constexpr std::string_view kContactKey = "contact ";  // begins Attachment::ledger_key() of contacts

void add_way(std::set<std::string>& ways, std::string_view how, std::string_view cell) {
  if (!cell.empty()) ways.insert(std::string(how) + " " + std::string(cell));
}

}  // namespace

// Where no manifest and no ledger has any, nobody asks: it would be a statement for nothing.
bool Reading::reads_contacts() const {
  return is_in_use(KindId::Contact) || scope_.deep || scope_.every_bearer || !scope_.bearers.empty();
}

void Reading::ask_contact_list() {
  if (!reads_contacts()) return;
  const bool is_needed = is_in_use(KindId::Contact);
  std::set<std::string> roles;
  for (const auto& id : bearers()) {
    if (!kinds::contact_type(id.kind).empty()) roles.insert(interest_.role_for(id));
  }
  for (const auto& role : roles) {
    const std::string what = "the contacts of the account";
    asks_.ask({.sql = show_in_account(sql::Keyword::of_table(kinds::of(KindId::Contact).sql_plural)),
               .role = role,
               .what = what,
               .columns = {"name", "database_name", "schema_name", "email_distribution_list", "url", "users"},
               .answered =
                   [this, role, what](Rows& rows) {
                     if (rows.rows.size() == kRowLimit) return asks_.report_cut(what);
                     read_contact_list(role, rows);
                   },
               // What nobody uses an account may not know.
               .failed = [is_needed](const StatementError& error) { return !is_needed && error.from_server; }});
  }
}

void Reading::read_contact_list(const std::string& role, const Rows& rows) {
  const Field name(rows, "name"), schema(rows, "schema_name"), database(rows, "database_name"),
      email(rows, "email_distribution_list"), url(rows, "url"), users(rows, "users");
  for (const auto& row : rows.rows) {
    Ways ways;
    add_way(ways, "email", email.in(row));
    add_way(ways, "url", url.in(row));
    const auto list = users.in(row).empty() ? std::nullopt : Json::parse(users.in(row));
    if (list && list->list() != nullptr) {
      for (const auto& each : *list->list()) {
        if (each.text() != nullptr) add_way(ways, "user", *each.text());
      }
    }
    contacts_[role].emplace(QualifiedName({database.name(row), schema.name(row), name.name(row)}), std::move(ways));
  }
}

// Declared for it, under old names too, and remembered; of one purpose or of all.
std::set<QualifiedName> Reading::likely_contacts(const ObjectId& id, const std::string& purpose) const {
  std::set<QualifiedName> likely;
  const auto& desired = scope_.desired->state;
  if (const auto* wanted = interest_.declared_for(id)) {
    for (auto it = desired.attachments.lower_bound({{wanted->id, std::nullopt}, KindId::Contact, {}});
         it != desired.attachments.end() && it->first.bearer.object == wanted->id; ++it) {
      const bool counts = it->first.kind == KindId::Contact && (purpose.empty() || it->first.slot == purpose);
      if (!counts) continue;
      likely.insert(it->second.name);
      const auto* contact = desired.find({KindId::Contact, it->second.name});
      if (contact != nullptr && contact->renamed_from) likely.insert(*contact->renamed_from);
    }
  }
  const auto* entry = interest_.known(id);
  if (entry == nullptr) return likely;
  for (const auto& [key, value] : entry->attached) {
    if (!key.starts_with(kContactKey) || (!purpose.empty() && key.substr(kContactKey.size()) != purpose)) continue;
    if (auto name = QualifiedName::parse(value)) likely.insert(std::move(*name));
  }
  return likely;
}

void Reading::ask_contacts(const std::string& role, const std::vector<ObjectId>& ids) {
  if (!reads_contacts()) return;
  std::vector<std::string> calls;
  std::vector<std::pair<ObjectId, QualifiedName>> asked;
  const auto& there = contacts_[role];
  for (const auto& id : ids) {
    if (!kinds::can_have_contacts(id.kind)) continue;
    if (kinds::contact_type(id.kind).empty()) {
      remember_contacts(id);
      continue;
    }
    calls.push_back(contacts_of(id));
    asked.emplace_back(id, QualifiedName());
    for (const auto& contact : likely_contacts(id)) {
      if (there.count(contact) == 0) continue;  // a name that is not there may fail the whole statement
      calls.push_back(contacts_of(id, contact));
      asked.emplace_back(id, contact);
    }
  }
  ask_in_batches(
      role, "the contacts of objects", calls, {"PURPOSE", "EMAIL_DISTRIBUTION_LIST", "URL", "USER", "LEVEL"},
      [this, asked](const Rows& rows, size_t first) {
        const Field item(rows, kItemColumn), purpose(rows, "PURPOSE"), email(rows, "EMAIL_DISTRIBUTION_LIST"),
            url(rows, "URL"), user(rows, "USER"), level(rows, "LEVEL");
        for (const auto& row : rows.rows) {
          const auto at = whole_number(item.in(row));
          if (!at || first + static_cast<size_t>(*at) >= asked.size()) continue;
          const auto& [id, contact] = asked[first + static_cast<size_t>(*at)];
          // What it inherits has the level of what it inherits from.
          if (!iequals(level.in(row), kinds::contact_type(id.kind))) continue;
          const AttachmentKey key{{id, std::nullopt}, KindId::Contact, {}, to_upper(purpose.in(row))};
          if (!contact.empty()) {
            contact_names_[key] = contact;
            continue;
          }
          auto& ways = contact_ways_[key];
          add_way(ways, "email", email.in(row));
          add_way(ways, "url", url.in(row));
          add_way(ways, "user", user.in(row));
        }
      },
      is_in_use(KindId::Contact));
}

// What cannot be asked for is as mesh left it: unreadable is not different (design 5.7).
void Reading::remember_contacts(const ObjectId& id) {
  const auto* entry = interest_.known(id);
  if (entry == nullptr) return;
  for (const auto& [key, value] : entry->attached) {
    if (!key.starts_with(kContactKey)) continue;
    if (auto name = QualifiedName::parse(value))
      contact_names_[{{id, std::nullopt}, KindId::Contact, {}, key.substr(kContactKey.size())}] = std::move(*name);
  }
}

// The likely one that is reached so, else the only one of all. Where this role does not see the contact that mesh set,
// it is taken for that.
QualifiedName Reading::contact_behind(const AttachmentKey& key, const Ways& ways) const {
  const auto& id = key.bearer.object;
  const auto seen = contacts_.find(interest_.role_for(id));
  const auto likely = likely_contacts(id, key.slot);
  std::vector<QualifiedName> same;
  bool sees_likely = false;
  if (seen != contacts_.end()) {
    for (const auto& [name, by] : seen->second) {
      sees_likely |= likely.count(name) > 0;
      if (by != ways) continue;
      if (likely.count(name) > 0) return name;
      same.push_back(name);
    }
  }
  if (same.size() == 1) return same.front();
  return !sees_likely && likely.size() == 1 ? *likely.begin() : QualifiedName();
}

void Reading::settle_contacts() {
  for (const auto& [key, ways] : contact_ways_) {
    if (contact_names_.count(key) == 0) contact_names_[key] = contact_behind(key, ways);
  }
  for (const auto& [key, name] : contact_names_) {
    Attachment found;
    found.key = key;
    found.name = name;
    live_.state.attachments.insert_or_assign(key, std::move(found));
  }
}

}  // namespace mesh::live
