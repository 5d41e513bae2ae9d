// Tags and policies on objects and columns; contacts and metric functions have files of their own. Read where some are
// declared, or the ledger knows of some: SHOW tells none of them, and what does wants a running warehouse
// (governance-reading.md 1).
#include <algorithm>

#include "json.hpp"
#include "mesh/kinds/tagging.hpp"
#include "reading.hpp"
#include "statements.hpp"

namespace mesh::live {
namespace {

constexpr size_t kCallsEach = 50;  // calls in one UNION ALL; no limit is documented (governance-reading.md 2.2)

// POLICY_REFERENCES spells kinds as SHOW GRANTS does (governance-reading.md 3.1).
const kinds::PolicyForm* form_of(std::string_view policy_kind) {
  const auto* kind = kinds::by_granted_on(policy_kind);
  return kind == nullptr ? nullptr : kinds::policy_form(kind->id);
}

constexpr std::string_view kTagKey = "tag ";  // begins Attachment::ledger_key() of tags

// A stream's name is among those of relations, but its columns are its table's.
bool has_columns(const ObjectId& id) { return kinds::of(id.kind).is_relation && id.kind != KindId::Stream; }

}  // namespace

std::vector<ObjectId> Reading::bearers() const {
  if (looks_closer_) return {scope_.bearers.begin(), scope_.bearers.end()};
  std::set<ObjectId> declared;
  for (const auto& [key, attachment] : scope_.desired->state.attachments) declared.insert(key.bearer.object);
  std::vector<ObjectId> found;
  for (const auto& [id, object] : live_.state.objects) {
    const auto* wanted = interest_.declared_for(id);
    const auto* entry = interest_.known(id);
    const bool remembered = entry != nullptr && std::any_of(entry->attached.begin(), entry->attached.end(),
                                                            [](const auto& e) { return is_attachment_key(e.first); });
    const bool deep = scope_.deep && (wanted != nullptr || entry != nullptr) && !object.live.born;
    const bool every = scope_.every_bearer && interest_.is_owned(id) && !object.live.born;
    if (scope_.bearers.count(id) > 0 || remembered || deep || every ||
        (wanted != nullptr && declared.count(wanted->id) > 0))
      found.push_back(id);
  }
  return found;
}

// Whether some are declared, or the ledger knows of some. A bearer's ledger key begins with the kind's words.
bool Reading::is_in_use(KindId kind) const {
  for (const auto& [key, attachment] : scope_.desired->state.attachments) {
    if (key.kind == kind) return true;
  }
  if (scope_.ledger == nullptr) return false;
  return std::any_of(scope_.ledger->entries.begin(), scope_.ledger->entries.end(),
                     [&](const auto& entry) { return remembers(entry.second, kind); });
}

bool Reading::remembers(const LedgerEntry& entry, KindId kind) {
  const std::string_view words = kind_words(kind);
  const auto it = entry.attached.lower_bound(std::string(words));
  return it != entry.attached.end() && it->first.compare(0, words.size(), words) == 0;
}

// Policies are fewer than what they are on: each is asked for its places (governance-reading.md 3.2).
void Reading::ask_policies() {
  ask_contact_list();
  std::set<std::string> roles, roles_of_users;
  for (const auto& id : bearers()) {
    if (has_columns(id)) roles.insert(interest_.role_for(id));
    if (id.kind == KindId::User) roles_of_users.insert(interest_.role_for(id));
  }
  for (const auto& form : kinds::policy_forms()) {
    const auto kind = form.kind;
    // An account of a lower edition may not know kinds that nobody uses (governance-reading.md 9).
    const bool is_needed = form.always_read || is_in_use(kind);
    if (!is_needed && !scope_.deep && !scope_.every_bearer) continue;
    for (const auto& role : form.to == kinds::AttachesTo::User ? roles_of_users : roles) {
      const std::string what = "the " + kind_plural(kind) + " of the account";
      asks_.ask(
          {show_in_account(sql::Keyword::of_table(kinds::of(kind).sql_plural)),
           role,
           what,
           {"name", "database_name", "schema_name"},
           [this, role, what](Rows& rows) {
             if (rows.rows.size() == kRowLimit) return asks_.report_cut(what);
             const Field name(rows, "name"), schema(rows, "schema_name"), database(rows, "database_name");
             for (const auto& row : rows.rows) {
               if (database.in(row).empty()) continue;  // built in
               policies_[role].emplace_back(QualifiedName({database.name(row), schema.name(row), name.name(row)}));
             }
           },
           [is_needed](const StatementError& error) { return !is_needed && error.from_server; }});
    }
  }
}

void Reading::ask_attachments() {
  ask_defaults();
  ask_bearers();
}

void Reading::ask_bearers() {
  std::map<std::string, std::vector<ObjectId>> by_role;
  for (const auto& id : bearers()) {
    by_role[interest_.role_for(id)].push_back(id);
    (looks_closer_ ? live_.looked_at_closely : live_.attachments_read).insert(id);
  }
  for (const auto& [role, ids] : by_role) {
    ask_tags(role, ids);
    ask_places(role, ids);
    ask_contacts(role, ids);
    ask_metrics(role, ids);
  }
}

void Reading::ask_in_batches(const std::string& role, const std::string& what, const std::vector<std::string>& calls,
                             const std::vector<std::string>& columns,
                             const std::function<void(const Rows&, size_t first)>& read, bool is_needed,
                             const std::string& or_role) {
  const auto may_lack_warehouse = [this, is_needed](const StatementError& error) {
    if (!is_needed && error.from_server && !lacks_warehouse(error)) return true;
    if (scope_.bearers.empty() || !lacks_warehouse(error)) return false;
    without_warehouse_ = true;
    if (looks_closer_) return note_untold({scope_.bearers.begin(), scope_.bearers.end()}, error.describe());
    for (const auto& id : scope_.bearers) live_.attachments_read.erase(id);
    return true;
  };
  for (size_t first = 0; first < calls.size(); first += kCallsEach) {
    const size_t end = std::min(calls.size(), first + kCallsEach);
    Asks::Question question{.sql = select_from_calls({calls.begin() + static_cast<std::ptrdiff_t>(first),
                                                      calls.begin() + static_cast<std::ptrdiff_t>(end)},
                                                     columns),
                            .role = role,
                            .what = what,
                            .columns = columns,
                            .answered = [read, first](Rows& rows) { read(rows, first); },
                            .failed = may_lack_warehouse,
                            .warehouse = control_warehouse()};
    if (!or_role.empty() && or_role != role) {
      auto again = question;
      again.role = or_role;
      question.failed = [this, again, may_lack_warehouse](const StatementError& error) {
        if (!is_out_of_reach(error)) return may_lack_warehouse(error);
        asks_.ask(again);
        return true;
      };
    }
    asks_.ask(std::move(question));
  }
}

void Reading::ask_tags(const std::string& role, const std::vector<ObjectId>& ids) {
  std::vector<std::string> calls;
  std::vector<ObjectId> asked;
  const Name fallback =
      scope_.ledger != nullptr && scope_.ledger->available ? scope_.mesh->control.database : Name::exact("SNOWFLAKE");
  for (const auto& id : ids) {
    if (kinds::tag_domain(id.kind).empty()) {
      remember_tags(id);
      continue;
    }
    const Name& database =
        kinds::of(id.kind).scope == kinds::Scope::Account && id.kind != KindId::Database ? fallback : id.name.first();
    calls.push_back(tag_references(database, id, false));
    asked.push_back(id);
    if (!has_columns(id)) continue;
    calls.push_back(tag_references(database, id, true));
    asked.push_back(id);
  }
  ask_in_batches(role, "the tags of objects and columns", calls,
                 {"TAG_DATABASE", "TAG_SCHEMA", "TAG_NAME", "TAG_VALUE", "APPLY_METHOD", "LEVEL", "COLUMN_NAME"},
                 [this, asked](const Rows& rows, size_t first) { read_tags(rows, asked, first); });
}

// Only what was set by hand, and on this very thing: not inherited, propagated or classified (governance-reading.md
// 2.1).
void Reading::read_tags(const Rows& rows, const std::vector<ObjectId>& asked, size_t first) {
  const Field item(rows, kItemColumn), database(rows, "TAG_DATABASE"), schema(rows, "TAG_SCHEMA"),
      name(rows, "TAG_NAME"), value(rows, "TAG_VALUE"), method(rows, "APPLY_METHOD"), level(rows, "LEVEL"),
      column(rows, "COLUMN_NAME");
  std::map<AttachmentKey, std::set<std::string>> values;
  for (const auto& row : rows.rows) {
    const auto how = method.in(row);
    if (!how.empty() && !iequals(how, "MANUAL") && !iequals(how, "NONE")) continue;
    const auto at = whole_number(item.in(row));
    if (!at || first + static_cast<size_t>(*at) >= asked.size()) continue;
    const auto& id = asked[first + static_cast<size_t>(*at)];
    const bool of_column = !column.in(row).empty();
    if (!iequals(level.in(row), of_column ? std::string_view("COLUMN") : kinds::tag_domain(id.kind))) continue;
    Attachment found;
    found.name = QualifiedName({database.name(row), schema.name(row), name.name(row)});
    found.key = {{id, of_column ? std::optional(column.name(row)) : std::nullopt}, KindId::Tag, found.name};
    found.value = value.in(row);
    // A tag that takes several values has a row for each (governance-reading.md 2.1); SET TAG replaces them all.
    auto& all = values[found.key];
    all.insert(found.value);
    found.value = join(std::vector<std::string>(all.begin(), all.end()), kinds::kBetweenValues);
    live_.state.attachments.insert_or_assign(found.key, std::move(found));
  }
}

// What cannot be asked for is as mesh left it: unreadable is not different (design 5.7).
void Reading::remember_tags(const ObjectId& id) {
  const auto* entry = interest_.known(id);
  if (entry == nullptr) return;
  for (const auto& [key, value] : entry->attached) {
    if (!key.starts_with(kTagKey)) continue;
    auto name = QualifiedName::parse(std::string_view(key).substr(kTagKey.size()));
    if (!name) continue;
    Attachment kept;
    kept.key = {{id, std::nullopt}, KindId::Tag, *name};
    kept.name = std::move(*name);
    kept.value = value;
    live_.state.attachments.insert_or_assign(kept.key, std::move(kept));
  }
}

std::vector<std::string> Reading::place_columns() {
  return {"POLICY_DB",         "POLICY_SCHEMA",        "POLICY_NAME",     "POLICY_KIND",
          "REF_DATABASE_NAME", "REF_SCHEMA_NAME",      "REF_ENTITY_NAME", "REF_ENTITY_DOMAIN",
          "REF_COLUMN_NAME",   "REF_ARG_COLUMN_NAMES", "TAG_NAME"};
}

void Reading::ask_places(const std::string& role, const std::vector<ObjectId>& ids) {
  std::vector<std::string> calls;
  std::map<QualifiedName, ObjectId> bearers;  // a user's name is one, a relation's three
  for (const auto& id : ids) {
    if (has_columns(id) || id.kind == KindId::User) bearers.emplace(id.name, id);
    if (id.kind == KindId::Tag) calls.push_back(policy_references_of_tag(id.name));
  }
  if (looks_closer_) return ask_policies_on(role, bearers);
  if (!bearers.empty()) {
    for (const auto& policy : policies_[role]) calls.push_back(policy_references(policy));
  }
  ask_in_batches(role, "what policies are on", calls, place_columns(),
                 [this, bearers](const Rows& rows, size_t) { read_places(rows, bearers); });
}

void Reading::read_places(const Rows& rows, const std::map<QualifiedName, ObjectId>& bearers) {
  const Field database(rows, "POLICY_DB"), schema(rows, "POLICY_SCHEMA"), name(rows, "POLICY_NAME"),
      kind(rows, "POLICY_KIND"), of_database(rows, "REF_DATABASE_NAME"), of_schema(rows, "REF_SCHEMA_NAME"),
      of_name(rows, "REF_ENTITY_NAME"), domain(rows, "REF_ENTITY_DOMAIN"), column(rows, "REF_COLUMN_NAME"),
      arguments(rows, "REF_ARG_COLUMN_NAMES"), tag(rows, "TAG_NAME");
  for (const auto& row : rows.rows) {
    const auto* form = form_of(kind.in(row));
    // The account's are read without a warehouse (ask_account_policies).
    if (form == nullptr || iequals(domain.in(row), "ACCOUNT")) continue;
    const bool is_user = iequals(domain.in(row), "USER");
    const QualifiedName bearer = is_user
                                     ? QualifiedName({of_name.name(row)})
                                     : QualifiedName({of_database.name(row), of_schema.name(row), of_name.name(row)});
    Attachment found;
    found.name = QualifiedName({database.name(row), schema.name(row), name.name(row)});
    if (iequals(domain.in(row), "TAG")) {
      found.key = {{{KindId::Tag, bearer}, std::nullopt}, form->kind, found.name};
    } else {
      const auto place = bearers.find(bearer);
      if (place == bearers.end() || !tag.in(row).empty()) continue;  // a tag's: not on the column itself
      const bool on_column = !column.in(row).empty();
      found.key = {{place->second, on_column ? std::optional(column.name(row)) : std::nullopt}, form->kind, {}};
      read_columns_of(arguments.in(row), *form, found);
    }
    live_.state.attachments.insert_or_assign(found.key, std::move(found));
  }
}

// '[ "REGION" ]': a row access policy's ON, an ENTITY KEY, or a masking policy's USING without its first
// (governance-reading.md 3.1).
void Reading::read_columns_of(std::string_view cell, const kinds::PolicyForm& form, Attachment& found) {
  const auto json = cell.empty() ? std::nullopt : Json::parse(cell);
  const auto* list = json ? json->list() : nullptr;
  found.columns_known = list != nullptr || form.columns_told;
  if (list == nullptr) return;
  const bool begins_with_own = found.key.kind == KindId::MaskingPolicy && !list->empty();
  if (begins_with_own && found.key.bearer.column) found.columns.push_back(*found.key.bearer.column);
  for (const auto& each : *list) {
    if (each.text() != nullptr) found.columns.push_back(Name::exact(*each.text()));
  }
}

}  // namespace mesh::live
