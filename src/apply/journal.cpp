#include "journal.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "control_tables.hpp"
#include "flat_json.hpp"
#include "mesh/base/text.hpp"

namespace mesh::apply {
namespace {

// A statement over 1 MB cannot be sent again (identifiers-and-literals.md 6); a larger plan is kept by its fingerprint.
constexpr size_t kPlanLimit = 800'000;

const std::vector<std::string_view>& ledger_columns() {
  static const std::vector<std::string_view> columns = {"MESH",   "ENVIRONMENT", "ADDRESS", "DOMAIN",
                                                        "EVENT",  "SETTLED",     "ORIGIN",  "PREVENT_DESTROY",
                                                        "ECHOES", "ATTACHED",    "RUN",     "NUMBER"};
  return columns;
}

const std::vector<std::string_view>& statement_columns() {
  static const std::vector<std::string_view> columns = {"RUN",     "NUMBER",    "MESH",      "ENVIRONMENT", "DOMAIN",
                                                        "ADDRESS", "SQL_TEXT",  "ROLE_NAME", "QUERY_ID",    "STATUS",
                                                        "ERROR",   "USER_NAME", "COMMIT_ID"};
  return columns;
}

const std::vector<std::string_view>& run_columns() {
  static const std::vector<std::string_view> columns = {"RUN",       "EVENT",       "MESH",      "ENVIRONMENT",
                                                        "DOMAINS",   "COMMAND",     "USER_NAME", "ROLE_NAME",
                                                        "COMMIT_ID", "FINGERPRINT", "PLAN",      "OUTCOME"};
  return columns;
}

bool is_settled(std::string_view event) { return event == "done" || event == "removed"; }

bool makes_anew(Action action) {
  return action == Action::Create || action == Action::Replace || action == Action::Rename;
}

std::string role_of(const Change& change, const std::string& sql) {
  for (const auto& statement : change.statements) {
    if (statement.sql == sql) return statement.role;
  }
  return {};
}

}  // namespace

void Journal::add(RowsByDomain& rows, const Change& change, std::string_view event, const LedgerEntry& entry) {
  rows[change.domain].push_back({mesh_.name, mesh_.environment.name, entry.address, change.domain, std::string(event),
                                 is_settled(event), entry.made ? "made" : "adopted", entry.prevent_destroy,
                                 encode(entry.echoes), encode(entry.attached), info_.run_id, ++ledger_number_});
}

void Journal::add(RowsByDomain& rows, const Change& change, std::string_view event, const std::string& address) {
  rows[change.domain].push_back({mesh_.name, mesh_.environment.name, address, change.domain, std::string(event),
                                 is_settled(event), Value(), Value(), Value(), Value(), info_.run_id,
                                 ++ledger_number_});
}

void Journal::add_intents(RowsByDomain& rows, const Change& change) {
  if (change.statements.empty()) return;  // the ledger alone: nothing can be left half done
  const std::string_view event = makes_anew(change.action) ? "making" : "changing";
  for (const auto& address : change.ledger.remove) add(rows, change, "dropping", address);
  if (change.ledger.record) add(rows, change, event, *change.ledger.record);
  for (const auto& entry : change.ledger.also_record) add(rows, change, event, entry);
}

void Journal::add_cancelled(RowsByDomain& rows, const Change& change) {
  if (change.statements.empty()) return;
  for (const auto& address : change.ledger.remove) add(rows, change, "cancelled", address);
  if (change.ledger.record) add(rows, change, "cancelled", change.ledger.record->address);
  for (const auto& entry : change.ledger.also_record) add(rows, change, "cancelled", entry.address);
}

void Journal::add_done(RowsByDomain& rows, const Change& change, const std::map<std::string, Echo>& echoes) {
  for (const auto& address : change.ledger.remove) add(rows, change, "removed", address);
  if (change.ledger.record) {
    LedgerEntry entry = *change.ledger.record;
    for (const auto& [key, echo] : echoes) entry.echoes[key] = echo;
    add(rows, change, "done", entry);
  }
  for (const auto& entry : change.ledger.also_record) add(rows, change, "done", entry);
}

Query Journal::tagged(const std::string& domain, std::string sql) const {
  auto query = control_query(mesh_, domain, std::move(sql));
  query.query_tag = query_tag(mesh_, info_.run_id, info_.commit, domain);
  return query;
}

std::vector<Query> Journal::ledger_inserts(const RowsByDomain& rows) const {
  std::vector<Query> queries;
  for (const auto& [domain, of_domain] : rows) {
    const auto table = in_control(mesh_, ledger_table_name(domain));
    for (auto& sql : insert_statements(table, ledger_columns(), of_domain)) {
      queries.push_back(tagged(domain, std::move(sql)));
    }
  }
  return queries;
}

// One INSERT for each role that writes.
std::vector<Query> Journal::audit_inserts(const std::vector<const Outcome*>& sent) {
  struct Group {
    std::string domain;
    std::vector<ValueList> rows;
  };
  std::map<std::string, Group> by_role;
  for (const Outcome* outcome : sent) {
    const auto& change = plan_.changes[outcome->change];
    auto& group = by_role[mesh_.deploy_role(change.domain)];
    group.domain = change.domain;
    group.rows.push_back({info_.run_id, ++statement_number_, mesh_.name, mesh_.environment.name, change.domain,
                          outcome->address, outcome->sql, role_of(change, outcome->sql), outcome->query_id,
                          to_string(outcome->status), outcome->error, info_.user, info_.commit});
  }
  std::vector<Query> queries;
  for (const auto& [role, group] : by_role) {
    for (auto& sql : insert_statements(in_control(mesh_, kStatementsTable.name), statement_columns(), group.rows)) {
      queries.push_back(tagged(group.domain, std::move(sql)));
    }
  }
  return queries;
}

Status Journal::send(const std::vector<Query>& queries) const {
  if (queries.empty()) return Done{};
  for (const auto& reply : connection_.run_all(queries)) {
    if (!reply.ok()) return fail(reply.error().describe());
  }
  return Done{};
}

Status Journal::intend(const std::vector<size_t>& stage) {
  RowsByDomain rows;
  for (const auto i : stage) add_intents(rows, plan_.changes[i]);
  auto written = send(ledger_inserts(rows));
  if (written.ok()) return written;
  RowsByDomain cancelled;
  for (const auto i : stage) add_cancelled(cancelled, plan_.changes[i]);
  // Of no avail where writing is impossible; the first failure is what counts.
  static_cast<void>(send(ledger_inserts(cancelled)));
  return fail("the ledger could not be written, so nothing was changed: " + written.error().message);
}

Status Journal::settle(const std::vector<Settled>& stage, const std::vector<const Outcome*>& sent) {
  RowsByDomain rows;
  for (const auto& settled : stage) {
    const auto& change = plan_.changes[settled.change];
    if (settled.ending == Ending::Done) add_done(rows, change, settled.echoes);
    if (settled.ending == Ending::Nothing) add_cancelled(rows, change);
  }
  auto queries = ledger_inserts(rows);
  for (auto& query : audit_inserts(sent)) queries.push_back(std::move(query));
  auto written = send(queries);
  if (written.ok()) return written;
  return fail("what was done could not be written to the ledger; the next run finds it by the intents: " +
              written.error().message);
}

Status Journal::write_run(std::string_view event, const std::string& outcome, Value plan_json) {
  // Of several accounts, each knows its own domains.
  std::vector<std::string> domains;
  for (const auto& domain : plan_.domains) {
    const auto is_it = [&](const Domain& other) { return other.name == domain; };
    if (std::none_of(mesh_.elsewhere.begin(), mesh_.elsewhere.end(), is_it)) domains.push_back(domain);
  }
  std::string domain = domains.empty() ? std::string() : domains.front();
  if (domain.empty() && !plan_.changes.empty()) domain = plan_.changes.front().domain;
  const ValueList row = {info_.run_id,        std::string(event), mesh_.name,           mesh_.environment.name,
                         join(domains, ", "), info_.command,      info_.user,           info_.role,
                         info_.commit,        info_.fingerprint,  std::move(plan_json), outcome};
  const auto sql = insert_statements(in_control(mesh_, kRunsTable.name), run_columns(), {row});
  return send({tagged(domain, sql.front())});
}

Status Journal::started() {
  auto written = write_run("started", "", info_.plan_json.size() <= kPlanLimit ? Value(info_.plan_json) : Value());
  if (written.ok()) return written;
  return fail("the run could not be recorded, so nothing was changed: " + written.error().message);
}

Status Journal::finished(const std::string& outcome) { return write_run("finished", outcome, Value()); }

}  // namespace mesh::apply
