#pragma once
// Answers written the way a terminal client draws them, and what was read as text to compare with.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/base/text.hpp"
#include "mesh/live/reader.hpp"

namespace mesh::live_test {

// | name | kind |
// |------+------|
// | A    | NULL |      -> Rows; the line of dashes may be left out. \p stands for |.
inline Rows table(std::string_view drawn) {
  Rows rows;
  for (const auto& line : split(drawn, '\n')) {
    const auto inside = trim(line);
    if (inside.size() < 2 || inside.front() != '|' || inside[1] == '-') continue;
    const auto cells = split(inside.substr(1, inside.size() - 2), '|');
    if (rows.columns.empty()) {
      for (const auto& cell : cells) rows.columns.emplace_back(trim(cell));
      continue;
    }
    auto& row = rows.rows.emplace_back();
    for (const auto& cell : cells) {
      const auto text = replace_all(std::string(trim(cell)), "\\p", "|");
      row.push_back(text == "NULL" ? std::nullopt : std::optional<std::string>(text));
    }
  }
  return rows;
}

inline Failure<StatementError> refused(std::string code, std::string message, bool from_server = true) {
  StatementError error;
  error.code = std::move(code);
  error.message = std::move(message);
  error.from_server = from_server;
  return {error};
}

// Headers of empty answers, by the beginning of the statement.
inline const std::vector<std::pair<std::string, std::string>>& headers() {
  static const std::string grants =
      "| created_on | privilege | granted_on | name | granted_to | grantee_name | "
      "grant_option | granted_by |";
  static const std::string keys =
      "| created_on | database_name | schema_name | table_name | column_name | "
      "key_sequence | constraint_name | rely | comment |";
  static const std::vector<std::pair<std::string, std::string>> all = {
      {"SELECT CURRENT_ROLE()",
       "| ROLE_NAME | USER_NAME | ACCOUNT_NAME | ORGANIZATION_NAME | LOCATOR | SECONDARY_ROLES |"},
      {"SELECT T.TABLE_SCHEMA", "| TABLE_SCHEMA | TABLE_NAME | CONSTRAINT_NAME | CHECK_CLAUSE |"},
      {"SHOW PARAMETERS", "| key | value | default | level | description | type |"},
      {"SHOW ROLES", "| created_on | name | assigned_to_users | granted_to_roles | granted_roles | owner | comment |"},
      {"SHOW DATABASES", "| created_on | name | owner | comment | options | retention_time | kind | owner_role_type |"},
      {"SHOW WAREHOUSES", "| name | type | size | auto_suspend | auto_resume | owner | comment |"},
      {"SHOW SCHEMAS",
       "| created_on | name | database_name | owner | comment | options | retention_time | owner_role_type |"},
      {"SHOW DATABASE ROLES",
       "| created_on | name | granted_to_roles | granted_to_database_roles | owner | comment | owner_role_type |"},
      {"SHOW TABLES",
       "| created_on | name | database_name | schema_name | kind | comment | cluster_by | rows | owner |"},
      {"SHOW VIEWS", "| created_on | name | database_name | schema_name | owner | comment | text | is_secure |"},
      {"SHOW SEQUENCES", "| name | database_name | schema_name | next_value | interval | owner | comment | ordered |"},
      {"SHOW FILE FORMATS",
       "| created_on | name | database_name | schema_name | type | owner | comment | format_options | owner_role_type "
       "|"},
      {"SHOW STAGES",
       "| created_on | name | database_name | schema_name | url | owner | comment | type | storage_integration | "
       "owner_role_type | directory_enabled |"},
      {"SHOW NETWORK RULES", "| created_on | name | database_name | schema_name | owner | comment | type | mode |"},
      {"SHOW NETWORK POLICIES", "| created_on | name | comment |"},
      {"SHOW SHARES", "| created_on | kind | owner_account | name | database_name | to | owner | comment |"},
      {"SHOW LISTINGS", "| name | state | review_state | comment | owner | owner_role_type | distribution |"},
      {"SHOW USERS", "| name | created_on | owner | comment |"},
      {"SHOW TAGS",
       "| created_on | name | database_name | schema_name | owner | comment | allowed_values | propagate |"},
      {"SHOW MASKING POLICIES",
       "| created_on | name | database_name | schema_name | kind | owner | comment | options |"},
      {"SHOW ROW ACCESS POLICIES",
       "| created_on | name | database_name | schema_name | kind | owner | comment | options |"},
      {"SELECT 0 AS MESH_ITEM, TAG_DATABASE",
       "| MESH_ITEM | TAG_DATABASE | TAG_SCHEMA | TAG_NAME | TAG_VALUE | APPLY_METHOD | LEVEL | COLUMN_NAME |"},
      {"SHOW DYNAMIC TABLES",
       "| created_on | name | database_name | schema_name | cluster_by | owner | target_lag | warehouse | comment | "
       "text "
       "| scheduling_state |"},
      {"SHOW MATERIALIZED VIEWS",
       "| created_on | name | database_name | schema_name | cluster_by | owner | invalid | invalid_reason | comment | "
       "text "
       "| is_secure |"},
      {"SHOW EXTERNAL TABLES",
       "| created_on | name | database_name | schema_name | owner | comment | location | file_format_name | "
       "table_format |"},
      {"SHOW STORAGE INTEGRATIONS", "| name | type | category | enabled | comment | created_on |"},
      {"SHOW RESOURCE MONITORS", "| name | credit_quota | frequency | end_time | notify_at | owner | notify_users |"},
      {"SHOW PRIMARY KEYS", keys},
      {"SHOW UNIQUE KEYS", keys},
      {"SHOW IMPORTED KEYS",
       "| pk_database_name | pk_schema_name | pk_table_name | pk_column_name | fk_database_name | fk_schema_name | "
       "fk_table_name | fk_column_name | key_sequence | fk_name |"},
      {"SHOW COLUMNS",
       "| table_name | schema_name | column_name | data_type | null? | default | comment | autoincrement |"},
      {"SHOW GRANTS OF", "| created_on | role | granted_to | grantee_name | granted_by |"},
      {"SHOW GRANTS", grants},
      {"SHOW FUTURE GRANTS", "| created_on | privilege | grant_on | name | grant_to | grantee_name | grant_option |"},
  };
  return all;
}

// An account that answers what it was told, and nothing to everything else; remembers what it was asked.
class Account : public Connection {
 public:
  Account& says(std::string sql, std::string_view drawn) { return answers(std::move(sql), table(drawn)); }
  Account& answers(std::string sql, Reply reply) {
    replies_.insert_or_assign(std::move(sql), std::move(reply));
    return *this;
  }

  Reply run(const Query& query) override {
    asked.push_back(query);
    const auto known = replies_.find(query.sql);
    if (known != replies_.end()) return known->second;
    for (const auto& [beginning, header] : headers()) {
      if (query.sql.compare(0, beginning.size(), beginning) == 0) return table(header);
    }
    return refused("001003", "syntax error: " + query.sql);
  }
  std::vector<Reply> run_all(const std::vector<Query>& queries) override {
    rounds.push_back(queries.size());
    std::vector<Reply> replies;
    for (const auto& query : queries) replies.push_back(run(query));
    return replies;
  }
  size_t statements_sent() const override { return asked.size(); }

  // The statements that begin so, one a line.
  std::string sent(std::string_view beginning = "") const {
    std::string out;
    for (const auto& query : asked) {
      if (query.sql.compare(0, beginning.size(), beginning) == 0) out += query.sql + "\n";
    }
    return out;
  }

  std::vector<Query> asked;
  std::vector<size_t> rounds;

 private:
  std::map<std::string, Reply> replies_;
};

// ---- what was read, as text

inline std::string line_of(const Column& column) {
  std::string out = "  " + column.name.display() + " " + column.type.to_string();
  if (!column.nullable) out += " NOT NULL";
  if (column.default_value) out += " DEFAULT " + column.default_value->text;
  if (column.identity) {
    out +=
        " IDENTITY(" + std::to_string(column.identity->start) + "," + std::to_string(column.identity->increment) + ")";
    if (column.identity->order) out += *column.identity->order ? " ORDER" : " NOORDER";
  }
  if (!column.collate.empty()) out += " COLLATE " + column.collate;
  if (!column.comment.empty()) out += " COMMENT " + column.comment;
  return out + "\n";
}

inline std::string names_of(const std::vector<Name>& names) {
  std::vector<std::string> out;
  for (const auto& name : names) out.push_back(name.display());
  return "(" + join(out, ", ") + ")";
}

inline std::string line_of(const Constraint& constraint) {
  constexpr const char* words[] = {"PRIMARY KEY", "UNIQUE", "FOREIGN KEY"};
  std::string out = "  " + constraint.stored_name + " " + words[static_cast<size_t>(constraint.type)] + " " +
                    names_of(constraint.columns);
  if (!constraint.references.empty()) {
    out += " -> " + constraint.references.display() + names_of(constraint.references_columns);
  }
  return out + "\n";
}

inline std::string text_of(const Object& object) {
  std::string out = object.id.address();
  if (!object.live.owner.empty()) out += " owner=" + object.live.owner.stored();
  if (object.live.owner_type != "ROLE" && !object.live.owner_type.empty()) out += "/" + object.live.owner_type;
  if (object.live.rows) out += " rows=" + std::to_string(*object.live.rows);
  if (object.live.born) out += " born";
  for (const auto& [name, property] : object.properties) {
    if (!property.value.is_null()) out += " " + name + "=" + to_display(property.value);
  }
  for (const auto& name : object.live.unknown) out += " " + name + "=?";
  if (object.cluster_by && !object.cluster_by->empty()) {
    std::vector<std::string> keys;
    for (const auto& key : *object.cluster_by) keys.push_back(key.text);
    out += " cluster_by=[" + join(keys, "; ") + "]";
  }
  for (const auto& [key, text] : object.texts) out += " " + key + "=" + text.text;
  out += "\n";
  for (const auto& column : object.columns) out += line_of(column);
  for (const auto& constraint : object.constraints) out += line_of(constraint);
  return out;
}

inline std::string objects_of(const Live& live, std::string_view kind = "") {
  std::string out;
  for (const auto& [id, object] : live.state.objects) {
    if (kind.empty() || kind == kind_words(id.kind)) out += text_of(object);
  }
  return out;
}

inline std::string access_of(const Live& live) {
  std::string out;
  for (const auto& [key, grant] : live.state.grants) {
    out += key.address();
    if (grant.grant_option) out += " with grant option";
    if (!grant.granted_by.empty()) out += " by [" + join(grant.granted_by, ", ") + "]";
    out += "\n";
  }
  for (const auto& [key, membership] : live.state.memberships) out += key.address() + "\n";
  return out;
}

inline std::string told(const Diagnostics& diagnostics) {
  std::string out;
  for (const auto& diagnostic : diagnostics.unsorted()) out += diagnostic.code + " " + diagnostic.summary + "\n";
  return out;
}

// ---- what is declared

// A mesh with one domain `sales` that owns SALES*, and manifests that declare what the addresses say.
struct Manifests {
  Mesh mesh;
  Desired desired;
  Ledger ledger;

  Manifests() {
    Domain sales;
    sales.name = "sales";
    sales.owns = {"SALES", "SALES_*"};
    mesh.domains.push_back(sales);
    mesh.environment.account = "ACME-DEV";
    ledger.available = true;
  }
  Object& declare(const std::string& address) {
    const auto id = *parse_address(address);
    auto& object = desired.state.objects[id];
    object.id = id;
    object.domain = "sales";
    object.columns_stated = id.kind == KindId::Table;
    desired.owner_domain[id] = "sales";
    return object;
  }
  void grant(const std::string& privilege, const std::string& on, const std::string& to) {
    const GrantKey key{{TargetForm::Object, *parse_address(on), KindId::Table}, *parse_grantee(to), privilege};
    desired.state.grants[key].key = key;
  }
  void member(const std::string& role, const std::string& of) {
    const MembershipKey key{*parse_address(role), *parse_grantee(of)};
    desired.state.memberships[key].key = key;
  }
  LedgerEntry& remember(const std::string& address) {
    auto& entry = ledger.entries[address];
    entry.address = address;
    entry.domain = "sales";
    entry.made = true;
    return entry;
  }
  live::ReadScope scope() const {
    live::ReadScope scope;
    scope.mesh = &mesh;
    scope.desired = &desired;
    scope.ledger = &ledger;
    return scope;
  }
  Live read(Account& account, Diagnostics& diagnostics) const { return live::read(scope(), account, diagnostics); }
};

}  // namespace mesh::live_test
