// DESCRIBE TABLE, VIEW, DATABASE, SCHEMA, WAREHOUSE, USER.

#include <algorithm>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "attachments.hpp"
#include "ddl.hpp"
#include "flow.hpp"
#include "listings.hpp"
#include "login_policy.hpp"
#include "mesh/base/digest.hpp"
#include "metrics.hpp"
#include "search_optimization.hpp"
#include "shares.hpp"
#include "show.hpp"
#include "sql_error.hpp"
#include "statements.hpp"
#include "table_expressions.hpp"
#include "table_parts.hpp"
#include "types.hpp"

namespace mesh::sandbox {
namespace {

bool in_key(const Object& table, int column, ConstraintKind kind) {
  return std::any_of(table.constraints.begin(), table.constraints.end(), [&](const Constraint& c) {
    return c.kind == kind && std::find(c.columns.begin(), c.columns.end(), column) != c.columns.end();
  });
}

Cell text_or_null(const std::string& text) { return text.empty() ? Cell() : Cell(text); }

// The last CHECK that names this column alone (table entry, describe).
Cell check_of(const Object& table, int column) {
  Cell found;
  for (const Constraint& c : table.constraints) {
    if (c.kind == ConstraintKind::Check && c.columns == std::vector<int>{column}) found = c.expression;
  }
  return found;
}

// The masking policy set on the column itself; those of tags are not told (masking_policy entry, normalization).
Cell mask_of(const Running& run, const Object& relation, int column) {
  const Attachment* mask = find_attachment(run.catalog, relation, Kind::MaskingPolicy, column);
  return mask == nullptr ? Cell() : Cell(qualified_name(run.catalog, run.catalog.at(mask->what)));
}

// The 13 columns of the recorded answer (sql-api.md 4a).
ResultSet describe_columns(const Running& run, const Object& relation) {
  ResultSet result;
  result.columns =
      columns_of({"T:name", "T:type", "T:kind", "T:null?", "T:default", "T:primary key", "T:unique key", "T:check",
                  "T:expression", "T:comment", "T:policy name", "O:privacy domain", "T:write default"});
  for (const TableColumn& c : relation.columns) {
    result.rows.push_back({c.name, described_type(c), c.is_virtual() ? "VIRTUAL" : "COLUMN",
                           flag_cell(c.nullable, "Y", "N"),
                           c.identity ? Cell(identity_text(c)) : text_or_null(c.default_echo),
                           flag_cell(in_key(relation, c.id, ConstraintKind::Primary), "Y", "N"),
                           flag_cell(in_key(relation, c.id, ConstraintKind::Unique), "Y", "N"),
                           check_of(relation, c.id), c.is_virtual() ? Cell(printed_expression(c.expression)) : Cell(),
                           text_or_null(c.comment), mask_of(run, relation, c.id), std::nullopt, std::nullopt});
  }
  return result;
}

ResultSet describe_relation(Running& run, Kind kind) {
  Parser& p = run.parser;
  const NameParts name = p.qualified();
  if (p.accept("TYPE")) {
    p.expect_symbol("=");
    if (p.accept("STAGE")) refuse_unsupported("DESCRIBE TABLE TYPE = STAGE");
    p.expect("COLUMNS");
  }
  p.expect_end();
  // The keywords are interchangeable: the word only decides the kind that is named as missing.
  const Object* found = look_up(run, kind, name);
  if (found == nullptr) {
    need_container(run, kind, name);
    refuse_missing(run, kind, name);
  }
  return describe_columns(run, *found);
}

ResultSet contents(Running& run, const Object& container) {
  ResultSet result;
  result.columns = columns_of({"L:created_on", "T:name", "T:kind"});
  const Kind inside = container.kind == Kind::Database ? Kind::Schema : Kind::Table;
  for (const auto& [name, id] : run.catalog.children(container.id, inside)) {
    const Object& object = run.catalog.at(id);
    if (!run.access.sees(object)) continue;
    result.rows.push_back({timestamp_cell(object.created_ms), name, std::string(facts(object.kind).granted_on)});
  }
  return result;
}

ResultSet describe_container(Running& run, Kind kind) {
  const NameParts name = run.parser.qualified();
  run.parser.expect_end();
  const Object& container = need(run, kind, name);
  // MONITOR or ownership for a database (database entry); nothing is said of schemas.
  if (kind == Kind::Database) need_privilege(run, container, "MONITOR");
  return contents(run, container);
}

ResultSet describe_warehouse(Running& run) {
  const NameParts name = run.parser.qualified();
  run.parser.expect_end();
  const Object& warehouse = need(run, Kind::Warehouse, name);
  ResultSet result;
  result.columns = columns_of({"L:created_on", "T:name", "T:kind"});
  result.rows.push_back({timestamp_cell(warehouse.created_ms), warehouse.name, "WAREHOUSE"});
  return result;
}

std::string fingerprint(const std::string& base64_key) {
  if (base64_key.empty()) return "";
  std::string packed;
  for (const char c : base64_key) {
    if (c != '\n' && c != '\r' && c != ' ') packed += c;
  }
  std::string der(packed.size(), '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(der.data()),
                      reinterpret_cast<const unsigned char*>(packed.data()), static_cast<int>(packed.size()));
  if (size < 0) return "";
  const auto padding = static_cast<size_t>(
      std::count(packed.end() - std::min<std::ptrdiff_t>(2, std::ssize(packed)), packed.end(), '='));
  der.resize(static_cast<size_t>(size) - padding);
  return "SHA256:" + base64(sha256_bytes(der));
}

struct UserRow {
  std::string_view property;
  std::string_view otherwise;  // shown, and the default, when unset
  std::string_view description;
};
// In the order of the user entry.
constexpr UserRow kUserRows[] = {
    {"NAME", "null", "Name"},
    {"COMMENT", "null", "user comment associated to an object in the dictionary"},
    {"DISPLAY_NAME", "null", "Display name of the associated object"},
    {"TYPE", "PERSON", "Type of the user"},
    {"LOGIN_NAME", "null", "Login name of the user"},
    {"FIRST_NAME", "null", "First name of the user"},
    {"MIDDLE_NAME", "null", "Middle name of the user"},
    {"LAST_NAME", "null", "Last name of the user"},
    {"EMAIL", "null", "Email address of the user"},
    {"PASSWORD", "null", "Password of the user"},
    {"MUST_CHANGE_PASSWORD", "false", "User must change the password"},
    {"DISABLED", "false", "Whether the user is disabled"},
    {"SNOWFLAKE_LOCK", "false", "Whether the user or account is locked by Snowflake"},
    {"SNOWFLAKE_SUPPORT", "false", "Snowflake Support is allowed to use the user or account"},
    {"DAYS_TO_EXPIRY", "null", "User record will be treated as expired after specified number of days"},
    {"MINS_TO_UNLOCK", "null", "Temporary lock on the user will be removed after specified number of minutes"},
    {"DEFAULT_WAREHOUSE", "null", "Default warehouse for this user"},
    {"DEFAULT_NAMESPACE", "null", "Default database namespace prefix for this user"},
    {"DEFAULT_ROLE", "null", "Primary principal of user session will be set to this role"},
    {"DEFAULT_SECONDARY_ROLES", R"(["ALL"])", "The secondary roles will be set to all roles provided here"},
    {"EXT_AUTHN_DUO", "false", "Whether Duo Security is enabled as second factor authentication"},
    {"EXT_AUTHN_UID", "null", "External authentication ID of the user"},
    {"HAS_MFA", "false", "Whether the user is enrolled in multi-factor authentication"},
    {"MINS_TO_BYPASS_MFA", "null", "Temporary bypass MFA for the user for a specified number of minutes"},
    {"MINS_TO_BYPASS_NETWORK_POLICY", "null",
     "Temporary bypass network policy on the user for a specified number of minutes"},
    {"RSA_PUBLIC_KEY", "null", "RSA public key of the user"},
    {"RSA_PUBLIC_KEY_FP", "null", "Fingerprint of user's RSA public key"},
    {"RSA_PUBLIC_KEY_LAST_SET_TIME", "null", "The timestamp at which the user's RSA public key was last set"},
    {"RSA_PUBLIC_KEY_2", "null", "Second RSA public key of the user"},
    {"RSA_PUBLIC_KEY_2_FP", "null", "Fingerprint of user's second RSA public key"},
    {"RSA_PUBLIC_KEY_2_LAST_SET_TIME", "null", "The timestamp at which the user's second RSA public key was last set"},
    {"PASSWORD_LAST_SET_TIME", "null", "The timestamp on which the last non-null password was set for the user"},
    {"CUSTOM_LANDING_PAGE_URL", "null", "Snowflake Support is allowed to use the user or account"},
    {"CUSTOM_LANDING_PAGE_URL_FLUSH_NEXT_UI_LOAD", "false",
     "Whether or not to flush the custom landing page of the user"},
    {"HAS_WORKLOAD_IDENTITY", "false", "Whether the user has a workload identity"},
};

std::string user_value(const Object& user, std::string_view property) {
  if (property == "NAME") return user.name;
  if (property == "PASSWORD") return user.prop("PASSWORD").empty() ? "" : "********";
  if (property == "RSA_PUBLIC_KEY_FP") return fingerprint(user.prop("RSA_PUBLIC_KEY"));
  if (property == "RSA_PUBLIC_KEY_2_FP") return fingerprint(user.prop("RSA_PUBLIC_KEY_2"));
  if (property == "HAS_WORKLOAD_IDENTITY") return user.prop("WORKLOAD_IDENTITY").empty() ? "" : "true";
  return user.prop(property);
}

ResultSet describe_user(Running& run) {
  const NameParts name = run.parser.qualified();
  run.parser.expect_end();
  const Object& user = need(run, Kind::User, name);
  const bool allowed = user.id == run.user || run.access.owns(user) || run.access.manages_grants(user) ||
                       run.access.holds(user, "MONITOR") || run.access.account_privilege("MONITOR USER");
  if (!allowed) refuse_privilege(run, user);
  ResultSet result;
  result.columns = columns_of({"T:property", "T:value", "T:default", "T:description"});
  for (const UserRow& row : kUserRows) {
    std::string value = user_value(user, row.property);
    if (value.empty()) value = row.otherwise;
    result.rows.push_back(
        {std::string(row.property), std::move(value), std::string(row.otherwise), std::string(row.description)});
  }
  return result;
}

}  // namespace

ResultSet describe_statement(Running& run) {
  Parser& p = run.parser;
  if (p.accept("SEARCH OPTIMIZATION")) return describe_search_optimization(run);
  const auto kind = read_kind(p);
  if (!kind) {
    if (p.peek().kind != TokenKind::Word) p.unexpected();
    refuse_unsupported("DESCRIBE " + p.peek().folded());
  }
  run.operation = fmt::format("DESCRIBE {}", facts(*kind).words);
  switch (*kind) {
    case Kind::Table:
    case Kind::View:
    case Kind::MaterializedView:
    case Kind::DynamicTable:
    case Kind::ExternalTable:
      return describe_relation(run, *kind);
    case Kind::Database:
    case Kind::Schema:
      return describe_container(run, *kind);
    case Kind::Warehouse:
      return describe_warehouse(run);
    case Kind::User:
      return describe_user(run);
    case Kind::Sequence:
      return describe_sequence(run);
    case Kind::FileFormat:
      return describe_file_format(run);
    case Kind::NetworkRule:
      return describe_network_rule(run);
    case Kind::Share:
      return describe_share(run);
    case Kind::Listing:
      return describe_listing(run);
    case Kind::NetworkPolicy:
      return describe_network_policy(run);
    case Kind::Stream:
    case Kind::Task:
    case Kind::Alert:
    case Kind::Pipe:
      return describe_as_shown(run, *kind);
    case Kind::Integration:
      return describe_integration(run);
    case Kind::Stage:
      return describe_stage(run);
    case Kind::Function:
      return describe_function(run);
    case Kind::Procedure:
      return describe_procedure(run);
    case Kind::DataMetricFunction:
      return describe_metric(run);
    case Kind::MaskingPolicy:
    case Kind::RowAccessPolicy:
    case Kind::AggregationPolicy:
    case Kind::ProjectionPolicy:
    case Kind::JoinPolicy:
      return describe_policy(run, *kind);
    case Kind::PasswordPolicy:
    case Kind::SessionPolicy:
    case Kind::AuthenticationPolicy:
      return describe_login_policy(run, *kind);
    default:
      refuse_unsupported(run.operation);
  }
}

}  // namespace mesh::sandbox
