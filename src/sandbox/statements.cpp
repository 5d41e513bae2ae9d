#include "statements.hpp"

#include <map>

#include <fmt/format.h>

#include "ddl.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

using Create = ResultSet (*)(Running&, const CreateHead&);
using Alter = ResultSet (*)(Running&, const Object&);

struct Handlers {
  Create create;
  Alter alter;
};

const std::map<Kind, Handlers> kHandlers = {
    {Kind::Database, {create_database, alter_database}},
    {Kind::Schema, {create_schema, alter_schema}},
    {Kind::Warehouse, {create_warehouse, alter_warehouse}},
    {Kind::ResourceMonitor, {create_resource_monitor, alter_resource_monitor}},
    {Kind::Role, {create_role, alter_role}},
    {Kind::DatabaseRole, {create_role, alter_role}},
    {Kind::User, {create_user, alter_user}},
    {Kind::Table, {create_table, alter_table}},
    {Kind::View, {create_view, alter_view}},
};

// The words an unsupported statement is named by: its verb and what follows as far as it is words.
[[noreturn]] void refuse_words(Parser& p, std::string_view verb, const std::optional<Kind>& kind) {
  if (kind) refuse_unsupported(fmt::format("{} {}", verb, facts(*kind).words));
  if (p.peek().kind != TokenKind::Word) p.unexpected();
  refuse_unsupported(fmt::format("{} {}", verb, p.peek().folded()));
}

ResultSet create(Running& run) {
  Parser& p = run.parser;
  CreateHead head;
  if (p.accept("OR REPLACE")) head.or_replace = true;
  if (p.accept("OR ALTER")) head.or_alter = true;
  bool temporary = false;
  while (true) {
    if (p.accept("TRANSIENT")) {
      head.transient = true;
    } else if (p.accept("SECURE")) {
      head.secure = true;
    } else if (p.accept("RECURSIVE")) {
      head.recursive = true;
    } else if (p.accept("TEMPORARY") || p.accept("TEMP") || p.accept("VOLATILE")) {
      temporary = true;
    } else if (!p.accept("LOCAL") && !p.accept("GLOBAL")) {
      break;
    }
  }
  const auto kind = p.kind();
  const auto handler = kind ? kHandlers.find(*kind) : kHandlers.end();
  if (handler == kHandlers.end()) refuse_words(p, "CREATE", kind);
  if (temporary) refuse_unsupported(fmt::format("CREATE TEMPORARY {}", facts(*kind).words));
  head.kind = *kind;
  head.if_not_exists = p.accept("IF NOT EXISTS");
  run.operation = create_privilege(*kind);
  return handler->second.create(run, head);
}

ResultSet alter(Running& run) {
  Parser& p = run.parser;
  if (p.accept("SESSION")) return alter_session(run);
  if (p.accept("ACCOUNT")) return alter_account(run);
  const auto kind = p.kind();
  const auto handler = kind ? kHandlers.find(*kind) : kHandlers.end();
  if (handler == kHandlers.end()) refuse_words(p, "ALTER", kind);
  run.operation = fmt::format("ALTER {}", facts(*kind).words);
  const bool if_exists = p.accept("IF EXISTS");
  const NameParts name = p.qualified();
  if (if_exists && look_up(run, *kind, name) == nullptr) return executed();
  return handler->second.alter(run, need(run, *kind, name));
}

struct Verb {
  std::string_view word;
  ResultSet (*run)(Running&);
};
constexpr Verb kVerbs[] = {
    {"CREATE", create},           {"ALTER", alter},
    {"DROP", drop_statement},     {"UNDROP", undrop_statement},
    {"SHOW", show_statement},     {"DESCRIBE", describe_statement},
    {"DESC", describe_statement}, {"COMMENT", comment_statement},
    {"GRANT", grant_statement},   {"REVOKE", revoke_statement},
    {"USE", use_statement},
};

// Verbs of Snowflake that the sandbox does not run; anything else at the start is a syntax error.
constexpr std::string_view kKnownVerbs[] = {"ANALYZE", "BEGIN",   "CALL",     "COMMIT", "COPY",  "DECLARE",
                                            "EXECUTE", "EXPLAIN", "GET",      "LIST",   "LS",    "PUT",
                                            "REMOVE",  "RM",      "ROLLBACK", "SET",    "START", "UNSET"};

}  // namespace

ResultSet run_statement(Running& run) {
  Parser& p = run.parser;
  for (const Verb& verb : kVerbs) {
    if (!p.accept(verb.word)) continue;
    run.operation = verb.word;
    return verb.run(run);
  }
  for (const std::string_view word : kKnownVerbs) {
    if (p.at(word)) refuse_unsupported(word);
  }
  if (p.at_end()) {
    throw SqlError{"000900", "42601", "SQL compilation error:\nEmpty SQL statement.", 400};
  }
  p.unexpected();
}

}  // namespace mesh::sandbox
