#include "statements.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "contacts.hpp"
#include "ddl.hpp"
#include "governance_clauses.hpp"
#include "instances.hpp"
#include "listings.hpp"
#include "login_policy.hpp"
#include "metrics.hpp"
#include "routine.hpp"
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
    {Kind::Sequence, {create_sequence, alter_sequence}},
    {Kind::FileFormat, {create_file_format, alter_file_format}},
    {Kind::NetworkRule, {create_network_rule, alter_network_rule}},
    {Kind::NetworkPolicy, {create_network_policy, alter_network_policy}},
    {Kind::Stream, {create_stream, alter_stream}},
    {Kind::Task, {create_task, alter_task}},
    {Kind::Alert, {create_alert, alter_alert}},
    {Kind::Pipe, {create_pipe, alter_pipe}},
    {Kind::MaterializedView, {create_materialized_view, alter_materialized_view}},
    {Kind::DynamicTable, {create_dynamic_table, alter_dynamic_table}},
    {Kind::Integration, {create_integration, alter_integration}},
    {Kind::Stage, {create_stage, alter_stage}},
    {Kind::ExternalTable, {create_external_table, alter_external_table}},
    {Kind::Function, {create_function, alter_function}},
    {Kind::Procedure, {create_procedure, alter_procedure}},
    {Kind::Tag, {create_tag, alter_tag}},
    {Kind::MaskingPolicy, {create_policy, alter_policy}},
    {Kind::RowAccessPolicy, {create_policy, alter_policy}},
    {Kind::AggregationPolicy, {create_policy, alter_policy}},
    {Kind::ProjectionPolicy, {create_policy, alter_policy}},
    {Kind::JoinPolicy, {create_policy, alter_policy}},
    {Kind::PasswordPolicy, {create_login_policy, alter_login_policy}},
    {Kind::SessionPolicy, {create_login_policy, alter_login_policy}},
    {Kind::AuthenticationPolicy, {create_login_policy, alter_login_policy}},
    {Kind::Contact, {create_contact, alter_contact}},
    {Kind::DataMetricFunction, {create_metric, alter_metric}},
    {Kind::ClassificationProfile, {create_instance, nullptr}},
    {Kind::CustomClassifier, {create_instance, nullptr}},
    {Kind::Share, {create_share, alter_share}},
    {Kind::Listing, {create_listing, alter_listing}},
};

// The words an unsupported statement is named by: its verb and what follows as far as it is words.
[[noreturn]] void refuse_words(Parser& p, std::string_view verb, const std::optional<Kind>& kind) {
  if (kind) refuse_unsupported(fmt::format("{} {}", verb, facts(*kind).words));
  if (p.peek().kind != TokenKind::Word) p.unexpected();
  refuse_unsupported(fmt::format("{} {}", verb, p.peek().folded()));
}

// A word between CREATE and the kind, and the kinds of kHandlers whose CREATE page has it.
struct Modifier {
  std::string_view words;
  std::set<Kind> kinds;
  bool CreateHead::*flag = nullptr;  // null: the sandbox does not do it
  std::string_view refused_as{};     // the word it is refused by
};
// Stages and routines have the short words alone (create-stage, create-function).
const std::set<Kind> kTemporary = {Kind::Table, Kind::View, Kind::Stage, Kind::Function, Kind::Procedure};
const std::vector<Modifier> kModifiers = {
    {"TRANSIENT", {Kind::Database, Kind::Schema, Kind::Table, Kind::DynamicTable}, &CreateHead::transient},
    {"SECURE",
     {Kind::View, Kind::MaterializedView, Kind::Function, Kind::Procedure, Kind::DataMetricFunction},
     &CreateHead::secure},
    {"AGGREGATE", {Kind::Function}, &CreateHead::aggregate},
    {"RECURSIVE", {Kind::View}, nullptr, "RECURSIVE"},
    // docs: create-table, create-view; LOCAL and GLOBAL say nothing.
    {"LOCAL TEMPORARY", {Kind::Table, Kind::View}, nullptr, "TEMPORARY"},
    {"GLOBAL TEMPORARY", {Kind::Table, Kind::View}, nullptr, "TEMPORARY"},
    {"LOCAL TEMP", {Kind::Table, Kind::View}, nullptr, "TEMPORARY"},
    {"GLOBAL TEMP", {Kind::Table, Kind::View}, nullptr, "TEMPORARY"},
    {"TEMPORARY", kTemporary, nullptr, "TEMPORARY"},
    {"TEMP", kTemporary, nullptr, "TEMPORARY"},
    {"VOLATILE", {Kind::Table, Kind::View}, nullptr, "TEMPORARY"},
};

// The modifiers that stand here, each with the place of its first word.
std::vector<std::pair<const Modifier*, size_t>> read_modifiers(Parser& p) {
  std::vector<std::pair<const Modifier*, size_t>> found;
  for (bool more = true; more;) {
    const size_t at = p.mark();
    const auto modifier =
        std::find_if(kModifiers.begin(), kModifiers.end(), [&](const Modifier& m) { return p.accept(m.words); });
    more = modifier != kModifiers.end();
    if (more) found.emplace_back(&*modifier, at);
  }
  return found;
}

ResultSet create(Running& run) {
  Parser& p = run.parser;
  CreateHead head;
  if (p.accept("OR REPLACE")) head.or_replace = true;
  if (p.accept("OR ALTER")) head.or_alter = true;
  const auto modifiers = read_modifiers(p);
  if (p.at("INTEGRATION")) p.unexpected();  // its type stands in front
  // Which sort of listing stands in front of it, always.
  if (p.at("LISTING")) p.unexpected();
  head.external = p.at("EXTERNAL LISTING");
  if (head.external || p.at("ORGANIZATION LISTING")) p.next();
  const auto kind = read_kind(p);
  const auto handler = kind ? kHandlers.find(*kind) : kHandlers.end();
  if (handler == kHandlers.end()) refuse_words(p, "CREATE", kind);
  for (const auto& [modifier, at] : modifiers) {
    if (modifier->kinds.count(*kind) > 0) continue;
    p.back_to(at);
    p.unexpected();
  }
  for (const auto& [modifier, at] : modifiers) {
    if (modifier->flag == nullptr)
      refuse_unsupported(fmt::format("CREATE {} {}", modifier->refused_as, facts(*kind).words));
    head.*(modifier->flag) = true;
  }
  head.kind = *kind;
  head.if_not_exists = p.accept("IF NOT EXISTS");
  run.operation = create_privilege(*kind);
  const CreateGovernance governance = take_governance(run, *kind);
  if (head.or_alter && (!governance.tags.empty() || !governance.policies.empty() || !governance.contacts.empty()))
    refuse_unsupported(fmt::format("CREATE OR ALTER {} with tags, policies or contacts", facts(*kind).words));
  ResultSet result = handler->second.create(run, head);
  hang(run, governance);
  return result;
}

ResultSet alter(Running& run) {
  Parser& p = run.parser;
  if (!p.at("SESSION POLICY") && p.accept("SESSION")) return alter_session(run);
  if (p.accept("ACCOUNT")) return alter_account(run);
  const auto kind = read_kind(p);
  const auto handler = kind ? kHandlers.find(*kind) : kHandlers.end();
  if (handler == kHandlers.end() || handler->second.alter == nullptr) refuse_words(p, "ALTER", kind);
  run.operation = fmt::format("ALTER {}", facts(*kind).words);
  const bool if_exists = p.accept("IF EXISTS");
  bool named = false;
  const NameParts name = read_object_name(run, *kind, &named);
  // Only RENAME TO takes the arguments as CREATE writes them (function entry, alter).
  if (named && !p.at("RENAME TO")) p.unexpected();
  if (at_governance(p, *kind)) return alter_governance(run, *kind, name, if_exists);
  const Object* found = look_up(run, *kind, name);
  if (if_exists && found == nullptr) return executed();
  // ALTER TABLE serves external tables too (docs: alter-external-table, usage notes).
  if (*kind == Kind::Table && found != nullptr && found->kind == Kind::ExternalTable)
    return alter_external_as_table(run, *found);
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
    {"USE", use_statement},       {"CALL", call_statement},
};

// Verbs of Snowflake that the sandbox does not run; anything else at the start is a syntax error.
constexpr std::string_view kKnownVerbs[] = {"ANALYZE", "BEGIN",    "COMMIT", "COPY",  "DECLARE", "EXECUTE",
                                            "EXPLAIN", "GET",      "LIST",   "LS",    "PUT",     "REMOVE",
                                            "RM",      "ROLLBACK", "SET",    "START", "UNSET"};

}  // namespace

std::optional<Kind> read_kind(Parser& parser) {
  if (parser.accept("STORAGE INTEGRATION")) return Kind::Integration;
  if (parser.accept("LISTING")) return Kind::Listing;
  if (at_metric_as_function(parser)) return parser.expect("FUNCTION"), Kind::DataMetricFunction;
  return parser.kind();
}

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
