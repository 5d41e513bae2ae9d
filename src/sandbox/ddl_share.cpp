// Shares (docs: create-share, alter-share, desc-share, show-shares, grant-privilege-share). Accounts of the same file
// see what is shared with them as INBOUND; that an account exists is not checked, for others are not known here.

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "ddl.hpp"
#include "mesh/base/text.hpp"
#include "query_json.hpp"
#include "shares.hpp"
#include "show.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

constexpr size_t kShownAccounts = 3;  // SHOW SHARES cuts the list there
constexpr std::string_view kAccounts = "ACCOUNTS";

const PropertySpecs kSpecs = {{"SECURE_OBJECTS_ONLY", {ValueType::Boolean, ""}}, {"COMMENT", {}}};

bool lists(std::string_view list, std::string_view word) {
  const auto words = split(list, ',');
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_accounts_word(const Parser& p) { return p.at("ACCOUNTS") || p.at("ACCOUNT"); }

// = org.account [, ..]; a name alone is a locator.
std::vector<std::string> read_accounts(Parser& p) {
  p.next();
  p.expect_symbol("=");
  std::vector<std::string> accounts;
  do {
    const NameParts parts = p.qualified();
    if (parts.size() > 2) p.unexpected();
    accounts.push_back(join(parts, "."));
  } while (p.accept_symbol(","));
  return accounts;
}

void keep_accounts(Object& share, const std::vector<std::string>& accounts) {
  std::vector<std::optional<std::string>> quoted;
  for (const auto& account : accounts) quoted.emplace_back(query::json_quote(account));
  if (quoted.empty()) {
    share.props.erase(std::string(kAccounts));
  } else {
    share.props[std::string(kAccounts)] = query::json_array(quoted);
  }
}

// Share targets: ownership, MANAGE SHARE TARGET on the account, and a database to share. The text of the last is
// unconfirmed.
void need_targets(const Running& run, const Object& share, bool adds) {
  need_ownership(run, share);
  if (!has_account_privilege(run, "MANAGE SHARE TARGET")) refuse_privilege(run, run.home());
  if (adds && shared_database(run, share) == nullptr) {
    refuse(
        "003516", "42601",
        fmt::format("SQL execution error:\nCannot add accounts to share '{}': grant USAGE on a database to it first.",
                    share.name));
  }
}

ResultSet add_or_remove(Running& run, const Object& share, bool adds) {
  Parser& p = run.parser;
  if (!is_accounts_word(p)) p.unexpected();
  const auto named = read_accounts(p);
  if (p.accept("SHARE_RESTRICTIONS")) {
    p.expect_symbol("=");
    const Value value = p.value();
    std::string restricted;
    if (!normalise({ValueType::Boolean, ""}, value, restricted))
      refuse_property_value(value.text, "SHARE_RESTRICTIONS");
    if (restricted == "false" && !has_account_privilege(run, "OVERRIDE SHARE RESTRICTIONS"))
      refuse_privilege(run, run.home());
  }
  p.expect_end();
  need_targets(run, share, adds);
  auto accounts = share_accounts(share);
  for (const auto& account : named) {
    const auto it = std::find(accounts.begin(), accounts.end(), account);
    if (adds && it == accounts.end()) accounts.push_back(account);
    if (!adds && it != accounts.end()) accounts.erase(it);
  }
  keep_accounts(run.catalog.edit(share.id), accounts);
  touch(run, share.id);
  return executed();
}

ResultSet set_share(Running& run, const Object& share) {
  Parser& p = run.parser;
  std::optional<std::vector<std::string>> accounts;
  std::optional<std::string> comment;
  while (!p.at_end() && !p.at_symbol(";")) {
    if (is_accounts_word(p)) {
      accounts = read_accounts(p);
    } else if (p.accept("COMMENT")) {
      p.expect_symbol("=");
      comment = p.string();
    } else {
      // SECURE_OBJECTS_ONLY and SHARE_RESTRICTIONS among them (share entry, errors).
      refuse_property(p.name(), "SHARE");
    }
  }
  p.expect_end();
  if (!accounts && !comment) p.unexpected();
  need_ownership(run, share);
  if (accounts) need_targets(run, share, !accounts->empty());
  Object& edited = run.catalog.edit(share.id);
  if (accounts) keep_accounts(edited, *accounts);
  if (comment) edited.props["COMMENT"] = *comment;
  touch(run, share.id);
  return executed();
}

ResultSet unset_share(Running& run, const Object& share) {
  Parser& p = run.parser;
  const std::string name = p.name();
  p.expect_end();
  if (name != "COMMENT") refuse_property(name, "SHARE");
  need_ownership(run, share);
  run.catalog.edit(share.id).props.erase(name);
  touch(run, share.id);
  return executed();
}

const Object* database_of(const Running& run, const Object& object) {
  const Object* at = &object;
  while (at != nullptr && at->kind != Kind::Database) at = run.catalog.container(*at);
  return at;
}

[[noreturn]] void refuse_other_database(const Object& database) {
  refuse("003033", "0A000",
         fmt::format("SQL execution error:\nDatabase '{}' does not belong to the database that is being shared.",
                     database.name));
}

// grants.md 1.4: what a share can hold, by kind.
struct Shareable {
  Kind kind;
  std::string_view privileges;
};
constexpr Shareable kShareable[] = {
    {Kind::Database, "USAGE,REFERENCE_USAGE"},
    {Kind::Schema, "USAGE"},
    {Kind::Function, "USAGE"},
    {Kind::Table, "SELECT,EVOLVE SCHEMA"},
    {Kind::ExternalTable, "SELECT"},
    {Kind::IcebergTable, "SELECT"},
    {Kind::DynamicTable, "SELECT"},
    {Kind::View, "SELECT"},
    {Kind::MaterializedView, "SELECT"},
    {Kind::SemanticView, "SELECT,REFERENCES"},
    {Kind::Tag, "READ"},
};

bool can_be_shared(Kind kind, std::string_view privilege) {
  return std::any_of(std::begin(kShareable), std::end(kShareable),
                     [&](const Shareable& row) { return row.kind == kind && lists(row.privileges, privilege); });
}

void check_shared_database(const Running& run, const std::string& privilege, const Object& database,
                           const Object& share) {
  const Object* shared = shared_database(run, share);
  if (privilege == "REFERENCE_USAGE" && shared == nullptr) {
    refuse(
        "500130", "22000",
        fmt::format("Cannot grant REFERENCE_USAGE on database {} to share {}. Grant USAGE on a database to share prior "
                    "to granting REFERENCE_USAGE.",
                    database.name, share.name));
  }
  if (privilege == "USAGE" && shared != nullptr && shared->id != database.id) refuse_other_database(database);
}

// A view that is not secure goes only into shares that were made for such. The text is unconfirmed.
void check_secure(const Object& object, const Object& share) {
  const bool is_view = object.kind == Kind::View || object.kind == Kind::MaterializedView;
  const bool any = share.prop("SECURE_OBJECTS_ONLY") == "false";
  if (is_view && !any && !object.flag("SECURE")) {
    refuse_text(
        "SQL compilation error:\nNon-secure object can only be granted to shares with \"secure_objects_only\" property "
        "set to false.");
  }
}

// The kind's name in DESCRIBE SHARE and the full name of each thing in the share, sorted.
std::vector<std::tuple<std::string, std::string, int64_t>> contents(const Running& run, const Object& share) {
  std::vector<std::tuple<std::string, std::string, int64_t>> rows;
  for (const Id id : run.catalog.grants_to(share.id)) {
    const Grant& grant = run.catalog.grant(id);
    const Object& object = run.catalog.at(grant.object);
    if (grant.form != GrantForm::Direct || !run.catalog.live(object)) continue;
    rows.emplace_back(facts(object.kind).granted_on, qualified_name(run.catalog, object), grant.created_ms);
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

bool is_admin(const Running& run) {
  const Object* admin = run.catalog.child(run.account, Kind::Role, "ACCOUNTADMIN");
  return admin != nullptr && run.access.active(admin->id);
}

Row outbound_row(const Running& run, const Object& share) {
  auto accounts = share_accounts(share);
  if (accounts.size() > kShownAccounts) accounts.resize(kShownAccounts);
  const Object* database = shared_database(run, share);
  return {timestamp_cell(share.created_ms),
          "OUTBOUND",
          account_identifier(run.home()),
          share.name,
          database == nullptr ? "" : database->name,
          join(accounts, ", "),
          owner_name(run, share),
          comment_of(share),
          ""};
}

std::string origin_of(const Object& account, const Object& share) {
  return account_identifier(account) + "." + share.name;
}

// The database here that was made from that share; nullptr: none.
const Object* imported_from(const Running& run, const std::string& origin) {
  for (const auto& [name, id] : run.catalog.children(run.account, Kind::Database)) {
    const Object& database = run.catalog.at(id);
    if (database.kind == Kind::Database && database.prop("ORIGIN") == origin) return &database;
  }
  return nullptr;
}

bool is_opened_to(const Object& share, const std::string& account) {
  const auto targets = share_accounts(share);
  return std::find(targets.begin(), targets.end(), account) != targets.end();
}

// ORG.ACCOUNT.SHARE
const Object* offered(const Running& run, const NameParts& name) {
  for (const Id account : run.catalog.accounts()) {
    const Object& provider = run.catalog.at(account);
    const Object* share = run.catalog.child(account, Kind::Share, name.back());
    if (account == run.account || share == nullptr || origin_of(provider, *share) != join(name, ".")) continue;
    if (is_opened_to(*share, account_identifier(run.home()))) return share;
  }
  return nullptr;
}

Row inbound_row(const Running& run, const Object& account, const Object& share) {
  const Object* database = imported_from(run, origin_of(account, share));
  return {timestamp_cell(share.created_ms),
          "INBOUND",
          account_identifier(account),
          share.name,
          database == nullptr ? "" : database->name,
          "",
          "",
          comment_of(share),
          ""};
}

}  // namespace

std::string account_identifier(const Object& account) {
  std::string name = account.name;
  const auto hyphen = name.find('-');
  if (hyphen == std::string::npos) return name + "." + name;
  name[hyphen] = '.';
  return name;
}

std::vector<std::string> share_accounts(const Object& share) {
  const std::string& json = share.prop(kAccounts);
  std::vector<std::string> accounts;
  for (int64_t i = 0, n = json.empty() ? 0 : query::json_array_size(json).value_or(0); i < n; ++i)
    accounts.push_back(query::json_scalar(*query::json_element(json, i)).text);
  return accounts;
}

const Object* shared_database(const Running& run, const Object& share) {
  for (const Id id : run.catalog.grants_to(share.id)) {
    const Grant& grant = run.catalog.grant(id);
    const Object& object = run.catalog.at(grant.object);
    if (object.kind == Kind::Database && grant.privilege == "USAGE" && run.catalog.live(object)) return &object;
  }
  return nullptr;
}

void need_share(const Running& run, const Object& share) {
  if (run.access.owns(share) || has_account_privilege(run, "MANAGE GRANTS")) return;
  refuse_privilege(run, share);
}

void check_for_share(const Running& run, const std::string& privilege, const GrantTarget& target, const Object& share,
                     bool option) {
  need_share(run, share);
  const bool once = target.form == TargetForm::Object || target.form == TargetForm::All;
  if (option || !once) refuse_unsupported(option ? "GRANT TO SHARE WITH GRANT OPTION" : "GRANT FUTURE TO SHARE");
  if (!can_be_shared(target.kind, privilege)) {
    refuse_compilation(
        "003008", "42601",
        fmt::format("Invalid object type '{}' for privilege '{}'", facts(target.kind).granted_on, privilege));
  }
  const Object* database = database_of(run, *target.object);
  if (target.kind == Kind::Database) {
    check_shared_database(run, privilege, *target.object, share);
  } else if (database != shared_database(run, share)) {
    refuse_other_database(*database);
  }
  if (target.form == TargetForm::Object) check_secure(*target.object, share);
}

void check_role_for_share(const Running& run, const Object& role, const Object& share) {
  need_share(run, share);
  const Object* database = database_of(run, role);
  if (database == nullptr) refuse_unsupported("GRANT ROLE TO SHARE");
  if (database != shared_database(run, share)) refuse_other_database(*database);
}

std::string outbound_details(const Running& run, const std::string& name) {
  const Object* share = run.catalog.child(run.account, Kind::Share, name);
  if (share == nullptr || !(is_admin(run) || run.access.owns(*share))) refuse_missing(run, Kind::Share, {name});
  std::vector<std::optional<std::string>> accounts;
  for (const auto& account : share_accounts(*share))
    accounts.emplace_back(query::json_object({{"account_name", query::json_quote(account)}}, false));
  return query::json_array(accounts);
}

ResultSet create_share(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  const std::string name = p.name();
  if (head.or_alter) refuse_unsupported("CREATE OR ALTER SHARE");
  Settings settings;
  read_settings(p, Kind::Share, kSpecs, settings);
  p.expect_end();
  const Object* existing = check_create(run, head, run.home(), name);
  if (existing != nullptr && head.if_not_exists) return already_exists(name);
  if (existing != nullptr) put_away(run, *existing);
  Object share;
  share.name = name;
  share.props = settings.props;
  make(run, Kind::Share, run.home(), name, std::move(share));
  return created(Kind::Share, name);
}

bool is_imported(const Object& object) { return object.kind == Kind::Database && !object.prop("KIND").empty(); }

// CREATE DATABASE and IMPORT SHARE; a share can be consumed once in an account; there is no PUBLIC in it unless it is
// shared (imported_database entry). What the share holds is read in it, and not shown. Texts of the refusals are
// unconfirmed.
ResultSet import_share(Running& run, const CreateHead& head, const std::string& name) {
  const NameParts share_name = run.parser.qualified();
  run.parser.expect_end();
  if (head.or_replace || head.or_alter || head.transient) refuse_unsupported("CREATE OR REPLACE DATABASE FROM SHARE");
  const Object* existing = check_create(run, head, run.home(), name);
  if (existing != nullptr) return already_exists(name);
  if (!has_account_privilege(run, "IMPORT SHARE")) refuse_privilege(run, run.home());
  const Object* share = offered(run, share_name);
  if (share == nullptr) refuse_missing(run, Kind::Share, share_name);
  const std::string origin = join(share_name, ".");
  if (const Object* other = imported_from(run, origin)) {
    refuse_text(
        fmt::format("SQL compilation error:\nShare '{}' is already imported as database '{}'.", origin, other->name));
  }
  Object database;
  database.props = {{"KIND", "IMPORTED DATABASE"}, {"ORIGIN", origin}};
  make(run, Kind::Database, run.home(), name, std::move(database));
  follow_share(run, *share);
  return created(Kind::Database, name);
}

namespace {

std::set<std::string> roles_in(const Running& run, const Object& share) {
  std::set<std::string> names;
  for (const Id id : run.catalog.grants_to(share.id)) {
    const Grant& grant = run.catalog.grant(id);
    const Object& object = run.catalog.at(grant.object);
    if (grant.type == Kind::DatabaseRole && run.catalog.live(object)) names.insert(object.name);
  }
  return names;
}

void follow(Running& run, const Object& database, std::set<std::string> wanted) {
  std::vector<Id> gone;
  for (const auto& [name, id] : run.catalog.children(database.id, Kind::DatabaseRole)) {
    if (wanted.erase(name) == 0) gone.push_back(id);
  }
  for (const Id id : gone) run.catalog.erase(id);
  for (const std::string& name : wanted) {
    Object role;
    role.kind = Kind::DatabaseRole, role.parent = database.id, role.name = name, role.owner = database.owner;
    role.created_ms = role.altered_ms = role.owned_ms = run.now;
    run.catalog.create(std::move(role));
  }
}

}  // namespace

void follow_share(Running& run, const Object& share) {
  const std::string origin = origin_of(run.catalog.at(run.catalog.account_of(share)), share);
  const auto wanted = roles_in(run, share);
  std::vector<Id> databases;
  for (const Id account : run.catalog.accounts()) {
    for (const auto& [name, id] : run.catalog.children(account, Kind::Database)) {
      if (run.catalog.at(id).prop("ORIGIN") == origin) databases.push_back(id);
    }
  }
  for (const Id id : databases) follow(run, run.catalog.at(id), wanted);
}

namespace {

// Opened to this account, as long as it is.
const Object* share_behind(const Running& run, const Object& database) {
  for (const Id account : run.catalog.accounts()) {
    const Object& provider = run.catalog.at(account);
    for (const auto& [name, id] : run.catalog.children(account, Kind::Share)) {
      const Object& share = run.catalog.at(id);
      if (share.kind == Kind::Share && origin_of(provider, share) == database.prop("ORIGIN"))
        return is_opened_to(share, account_identifier(run.home())) ? &share : nullptr;
    }
  }
  return nullptr;
}

bool is_in_share(const Running& run, const Object& role, const Object& share) {
  const auto& held = run.catalog.grants_to(share.id);
  return std::any_of(held.begin(), held.end(), [&](Id id) { return run.catalog.grant(id).object == role.id; });
}

bool may_read(const Running& run, const Object& database, const Object& share, const Object& object) {
  const auto& grants = run.catalog.grants_on(object.id);
  return std::any_of(grants.begin(), grants.end(), [&](Id id) {
    const Grant& grant = run.catalog.grant(id);
    if (grant.form != GrantForm::Direct || grant.privilege != "SELECT") return false;
    if (grant.grantee == share.id) return run.access.owns(database) || run.access.holds(database, "USAGE");
    const Object& holder = run.catalog.at(grant.grantee);
    if (holder.kind != Kind::DatabaseRole || !is_in_share(run, holder, share)) return false;
    const Object* here = run.catalog.child(database.id, Kind::DatabaseRole, holder.name);
    return here != nullptr && run.access.active(here->id);
  });
}

}  // namespace

const Object* imported_relation(const Running& run, const Object& database, const std::string& schema_name,
                                const std::string& name) {
  const Object* share = share_behind(run, database);
  const Object* shared = share == nullptr ? nullptr : shared_database(run, *share);
  const Object* schema = shared == nullptr ? nullptr : run.catalog.child(shared->id, Kind::Schema, schema_name);
  const Object* object = schema == nullptr ? nullptr : run.catalog.child(schema->id, Kind::Table, name);
  return object != nullptr && may_read(run, database, *share, *object) ? object : nullptr;
}

void refuse_in_imported(const Running& run, const Object& container) {
  if (is_imported(container)) refuse_privilege(run, container);
}

ResultSet alter_share(Running& run, const Object& share) {
  Parser& p = run.parser;
  for (const char* words : {"SET TAG", "UNSET TAG"}) {
    if (p.at(words)) refuse_unsupported(fmt::format("ALTER SHARE {}", words));
  }
  if (p.accept("ADD")) return add_or_remove(run, share, true);
  if (p.accept("REMOVE")) return add_or_remove(run, share, false);
  if (p.accept("SET")) return set_share(run, share);
  if (p.accept("UNSET")) return unset_share(run, share);
  p.unexpected();
}

// Roles other than ACCOUNTADMIN see only outbound shares that they own; inbound ones by IMPORT SHARE, and without it
// the list is empty (share entry, bulk_read).
ResultSet show_shares(Running& run, const ShowClauses& clauses) {
  ResultSet result;
  result.columns = columns_of({"L:created_on", "T:kind", "T:owner_account", "T:name", "T:database_name", "T:to",
                               "T:owner", "T:comment", "T:listing_global_name"});
  const bool admin = is_admin(run);
  for (const auto& [name, id] : run.catalog.children(run.account, Kind::Share)) {
    const Object& share = run.catalog.at(id);
    if (share.kind == Kind::Share && name_matches(clauses, name) && (admin || run.access.owns(share)))
      result.rows.push_back(outbound_row(run, share));
  }
  const std::string own = account_identifier(run.home());
  for (const Id account : run.catalog.accounts()) {
    if (account == run.account || !(admin || has_account_privilege(run, "IMPORT SHARE"))) continue;
    for (const auto& [name, id] : run.catalog.children(account, Kind::Share)) {
      const Object& share = run.catalog.at(id);
      if (share.kind == Kind::Share && is_opened_to(share, own) && name_matches(clauses, name))
        result.rows.push_back(inbound_row(run, run.catalog.at(account), share));
    }
  }
  limit_rows(clauses, Overflow::Cut, result.rows);
  return result;
}

// ACCOUNTADMIN alone; privileges are not told (share entry, describe).
ResultSet describe_share(Running& run) {
  const NameParts name = run.parser.qualified();
  run.parser.expect_end();
  if (name.size() > 1) refuse_unsupported("DESCRIBE SHARE of another account");
  const Object& share = need(run, Kind::Share, name);
  if (!is_admin(run)) refuse_privilege(run, share);
  ResultSet result;
  result.columns = columns_of({"T:kind", "T:name", "L:shared_on"});
  for (const auto& [kind, full, since] : contents(run, share)) {
    const Row row = {kind, full, timestamp_cell(since)};
    const auto same = [&](const Row& other) { return other[0] == row[0] && other[1] == row[1]; };
    if (std::none_of(result.rows.begin(), result.rows.end(), same)) result.rows.push_back(row);
  }
  return result;
}

}  // namespace mesh::sandbox
