// Policies with a body: masking, row access, aggregation, projection, join (docs: create-masking-policy,
// create-row-access-policy and so on). Their arguments are kept as the object's columns.

#include <algorithm>

#include <fmt/format.h>

#include "ddl.hpp"
#include "mesh/base/text.hpp"
#include "query.hpp"
#include "relations.hpp"
#include "show_cells.hpp"
#include "sql_error.hpp"
#include "table_parts.hpp"
#include "types.hpp"

namespace mesh::sandbox {
namespace {

struct PolicyDefinition {
  std::vector<TableColumn> arguments;
  std::string returns, body;
  Properties options;
};

// What each kind returns; empty: the type of its first argument.
std::string_view returned_by(Kind kind) {
  switch (kind) {
    case Kind::RowAccessPolicy:
      return "BOOLEAN";
    case Kind::AggregationPolicy:
      return "AGGREGATION_CONSTRAINT";
    case Kind::ProjectionPolicy:
      return "PROJECTION_CONSTRAINT";
    case Kind::JoinPolicy:
      return "JOIN_CONSTRAINT";
    default:
      return "";
  }
}
bool is_constraint(Kind kind) { return returned_by(kind).ends_with("_CONSTRAINT"); }

std::vector<TableColumn> read_signature(Running& run) {
  Parser& p = run.parser;
  std::vector<TableColumn> arguments;
  p.expect_symbol("(");
  while (!p.at_symbol(")")) {
    if (!arguments.empty()) p.expect_symbol(",");
    TableColumn argument;
    argument.id = static_cast<int>(arguments.size()) + 1;
    argument.name = p.name();
    argument.type = read_type(p, session_value(run, "TIMESTAMP_TYPE_MAPPING")).text;
    arguments.push_back(std::move(argument));
  }
  p.expect_symbol(")");
  return arguments;
}

bool joins_operands(const Token& token) {
  if (token.kind == TokenKind::Symbol) return token.text != ")" && token.text != "]";
  return token.is("AND") || token.is("OR") || token.is("NOT") || token.is("WHEN") || token.is("THEN") ||
         token.is("ELSE");
}

// COMMENT = '..' or EXEMPT_OTHER_POLICIES = .. behind a whole expression. A column may be called COMMENT: it then
// stands behind an operator or in front of the body.
bool at_option(const Parser& p, size_t begin) {
  const bool option = (p.at("COMMENT") && p.at_symbol("=", 1) && p.peek(2).kind == TokenKind::String) ||
                      (p.at("EXEMPT_OTHER_POLICIES") && p.at_symbol("=", 1));
  return option && p.mark() > begin && !joins_operands(p.tokens()[p.mark() - 1]);
}

// Up to the options or the end; verbatim, without blanks around (DESCRIBE prints it so).
std::string read_body(Parser& p) {
  const size_t begin = p.mark();
  int depth = 0;
  while (!p.at_end() && !p.at_symbol(";")) {
    if (depth == 0 && at_option(p, begin)) break;
    if (p.at_symbol("(") || p.at("CASE")) ++depth;
    if (p.at_symbol(")") || p.at("END")) --depth;
    p.next();
  }
  if (p.mark() == begin) p.unexpected();
  return p.source(begin, p.mark());
}

void read_options(Parser& p, Kind kind, Properties& options) {
  while (!p.at_end() && !p.at_symbol(";")) {
    if (p.accept("COMMENT")) {
      p.expect_symbol("=");
      options["COMMENT"] = p.string();
    } else if (kind == Kind::MaskingPolicy && p.accept("EXEMPT_OTHER_POLICIES")) {
      p.expect_symbol("=");
      if (p.boolean()) options["EXEMPT_OTHER_POLICIES"] = "true";
    } else {
      p.unexpected();
    }
  }
  p.expect_end();
}

void read_returns(Running& run, Kind kind, PolicyDefinition& text) {
  Parser& p = run.parser;
  const std::string_view wanted = returned_by(kind);
  if (is_constraint(kind)) {
    text.returns = wanted;
    if (p.accept(wanted)) return;
    refuse_text(fmt::format("SQL compilation error:\n{} return type '{}' is not {}.", label(kind),
                            read_type(p, "TIMESTAMP_NTZ").text, wanted));
  }
  text.returns = read_type(p, session_value(run, "TIMESTAMP_TYPE_MAPPING")).text;
  if (!wanted.empty() && text.returns != wanted) {
    refuse("003551", "42601",
           fmt::format("SQL compilation error: Row access policy return type ''{}'' is not BOOLEAN.", text.returns));
  }
}

PolicyDefinition read_policy(Running& run, Kind kind) {
  Parser& p = run.parser;
  PolicyDefinition text;
  p.expect("AS");
  text.arguments = read_signature(run);
  if (is_constraint(kind) != text.arguments.empty()) {
    if (text.arguments.empty()) p.unexpected();
    refuse_text(fmt::format("SQL compilation error:\n{} must have exactly zero arguments, got {} arguments.",
                            label(kind), text.arguments.size()));
  }
  p.expect("RETURNS");
  read_returns(run, kind, text);
  p.expect_symbol("->");
  text.body = read_body(p);
  read_options(p, kind, text.options);
  if (kind == Kind::MaskingPolicy && type_family(text.returns) != type_family(text.arguments.front().type))
    refuse_text("SQL compilation error: Masking policy function argument and return type mismatch.");
  return text;
}

// The body as the policy's arguments let it be read. What only the sandbox lacks is refused when a query needs it.
void check_body(Running& run, const Object& schema, const std::vector<TableColumn>& arguments,
                const std::string& returns, const std::string& body) {
  Object table;
  table.columns = arguments;
  Session session = run.session;
  session.database = run.catalog.at(schema.parent).name, session.schema = schema.name;
  CatalogRelations relations(run, {});
  const auto found =
      describe_expression(run.store.db(), relations, session, table_layout(table), policy_expression(body));
  if (const auto* error = std::get_if<SqlError>(&found)) {
    if (error->code == "000002") return;
    throw *error;
  }
  const std::string& type = std::get<std::string>(found);
  const bool null = iequals(trim(body), "NULL");
  const bool strange = type_family(type) == "VARCHAR" && type_family(returns) != "VARCHAR" && !null;
  if (!strange) return;
  refuse("090207", "42601",
         fmt::format("SQL compilation error:\nDeclared return type '{}' is incompatible with actual return type '{}'",
                     returns, type));
}

std::string signature(const Object& policy) {
  std::string text;
  for (const TableColumn& c : policy.columns)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", c.name, type_parts(c.type).base);
  return "(" + text + ")";
}

void set_body(Running& run, const Object& policy) {
  Parser& p = run.parser;
  p.expect_symbol("->");
  const std::string body = p.rest();
  if (body.empty()) p.unexpected();
  if (!is_constraint(policy.kind))
    check_body(run, run.catalog.at(policy.parent), policy.columns, policy.prop("RETURNS"), body);
  run.catalog.edit(policy.id).props["BODY"] = body;
}

// One SET clause in each statement; a wrong or repeated property is told before anything else (masking_policy entry).
void set_comment(Running& run, const Object& policy) {
  Parser& p = run.parser;
  bool seen = false;
  do {
    const std::string key = p.name();
    if (key != "COMMENT")
      refuse_compilation("001420", "22023",
                         fmt::format("invalid property '{}' for '{}'", key, facts(policy.kind).granted_on));
    if (seen) refuse_compilation("001408", "42601", "duplicate property 'COMMENT';");
    seen = true;
    p.expect_symbol("=");
    const std::string text = p.accept("NULL") ? "" : p.string();
    run.catalog.edit(policy.id).props["COMMENT"] = text;
  } while (p.peek().is_name());
  p.expect_end();
}

void create_or_alter(Running& run, const Object& policy, const PolicyDefinition& text) {
  const auto same = [](const TableColumn& a, const TableColumn& b) { return a.name == b.name && a.type == b.type; };
  const bool signature =
      std::equal(policy.columns.begin(), policy.columns.end(), text.arguments.begin(), text.arguments.end(), same) &&
      policy.prop("RETURNS") == text.returns;
  if (!signature)
    refuse_unsupported(fmt::format("CREATE OR ALTER {} with another signature", facts(policy.kind).words));
  Object& edited = run.catalog.edit(policy.id);
  edited.props = text.options;
  edited.props["RETURNS"] = text.returns, edited.props["BODY"] = text.body;
  touch(run, policy.id);
}

}  // namespace

std::string policy_expression(const std::string& body) {
  const std::string_view text = trim(body);
  const bool dollars = text.size() >= 4 && text.substr(0, 2) == "$$" && text.substr(text.size() - 2) == "$$";
  return std::string(dollars ? text.substr(2, text.size() - 4) : text);
}

ResultSet create_policy(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  if (head.or_alter && is_constraint(head.kind)) p.unexpected();
  const NameParts name = p.qualified();
  const PolicyDefinition text = read_policy(run, head.kind);
  const Object& schema = need_container(run, head.kind, name);
  const Object* existing = check_create(run, head, schema, name.back());
  if (existing != nullptr && head.if_not_exists) return already_exists(name.back());
  if (!is_constraint(head.kind)) check_body(run, schema, text.arguments, text.returns, text.body);
  if (existing != nullptr && head.or_alter) {
    create_or_alter(run, *existing, text);
    return created(head.kind, name.back());
  }
  if (existing != nullptr) put_away(run, *existing);
  Object object;
  object.columns = text.arguments;
  object.props = text.options;
  object.props["RETURNS"] = text.returns, object.props["BODY"] = text.body;
  make(run, head.kind, schema, name.back(), std::move(object));
  return created(head.kind, name.back());
}

ResultSet alter_policy(Running& run, const Object& policy) {
  Parser& p = run.parser;
  need_ownership(run, policy);
  if (p.accept("RENAME TO")) {
    rename_to(run, policy);
  } else if (p.accept("SET BODY")) {
    set_body(run, policy);
  } else if (p.accept("SET")) {
    set_comment(run, policy);
  } else {
    p.expect("UNSET COMMENT");
    p.expect_end();
    run.catalog.edit(policy.id).props.erase("COMMENT");
  }
  touch(run, policy.id);
  return executed();
}

ResultSet describe_policy(Running& run, Kind kind) {
  const NameParts name = run.parser.qualified();
  run.parser.expect_end();
  const Object& policy = need(run, kind, name);
  const bool may =
      run.access.holds(policy, "APPLY") || has_account_privilege(run, fmt::format("APPLY {}", facts(kind).words));
  if (!may) refuse_privilege(run, policy);
  ResultSet result;
  result.columns = columns_of({"T:name", "T:signature", "T:return_type", "T:body"});
  result.rows.push_back({policy.name, signature(policy), policy.prop("RETURNS"), policy.prop("BODY")});
  return result;
}

using namespace cells;  // NOLINT: the vocabulary of the table

const ShowColumns& policy_columns() {
  static const ShowColumns kPolicies = {
      {"L:created_on", created_on},
      {"T:name", name},
      {"T:database_name", database_name},
      {"T:schema_name", schema_name},
      {"T:kind", [](const Shown& s) -> Cell { return std::string(facts(s.object.kind).granted_on); }},
      {"T:owner", owner},
      {"T:comment", comment},
      // As the documentation prints the value: a text.
      {"T:options",
       [](const Shown& s) -> Cell {
         return s.object.flag("EXEMPT_OTHER_POLICIES") ? R"({"EXEMPT_OTHER_POLICIES":"TRUE"})" : "";
       }},
      {"T:owner_role_type", owner_role_type},
  };
  return kPolicies;
}

}  // namespace mesh::sandbox
