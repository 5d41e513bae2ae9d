// A second look at what is to be made anew: everything that hangs on it, whoever set it, for OR REPLACE would take it
// along. Policies are asked by what bears them, since those of others are not among the policies that a role sees.
#include <algorithm>

#include "mesh/base/text.hpp"
#include "mesh/sql/token.hpp"
#include "reading.hpp"
#include "statements.hpp"

namespace mesh::live {
namespace {

bool can_bear_policies(const ObjectId& id) { return kinds::of(id.kind).is_relation && id.kind != KindId::Stream; }

// Whether the head of a CREATE names a policy, in full or as #UNKNOWN_POLICY (page functions/get_ddl, notes on tags and
// policies).
bool names_policy(std::string_view ddl) {
  const auto tokens = sql::tokenize(ddl);
  if (!tokens) return true;
  int depth = 0;
  for (const auto& token : *tokens) {
    const auto word = token.in(ddl);
    if (word == "(") ++depth;
    if (word == ")") --depth;
    if (token.type != sql::TokenType::Word) continue;
    if (depth == 0 && iequals(word, "AS")) return false;  // the query begins
    if (iequals(word, "POLICY") || iequals(word, "UNKNOWN_POLICY")) return true;
  }
  return false;
}

}  // namespace

Reading::Reading(ReadScope scope, Live read)
    : scope_(std::move(scope)), interest_(scope_), live_(std::move(read)), looks_closer_(true) {}

void Reading::ask_policies_on(const std::string& role, const std::map<QualifiedName, ObjectId>& bearers) {
  std::map<std::string, std::vector<ObjectId>> by_owner;
  for (const auto& [name, id] : bearers) {
    if (!can_bear_policies(id)) continue;
    const auto* domain = scope_.mesh->owner_of_live(id.name.first().stored());
    by_owner[domain == nullptr ? role : scope_.mesh->deploy_role(domain->name)].push_back(id);
  }
  for (const auto& [owner, ids] : by_owner) ask_policies_of(role, owner, ids);
}

// The owner is told of the policies that it may apply, and refused where it may apply none of those that are there, or
// none at all: pages do not tell which (functions/policy_references, Usage notes). One that is refused fails the
// others in the statement, so then each is asked by itself.
void Reading::ask_policies_of(const std::string& role, const std::string& owner, const std::vector<ObjectId>& ids) {
  std::vector<std::string> calls;
  std::map<QualifiedName, ObjectId> bearers;
  for (const auto& id : ids) {
    calls.push_back(policy_references_on(id));
    bearers.emplace(id.name, id);
  }
  Asks::Question question{.sql = select_from_calls(calls, place_columns()),
                          .role = owner,
                          .what = "the policies on what is made anew",
                          .columns = place_columns(),
                          .answered = [this, bearers](Rows& rows) { read_places(rows, bearers); },
                          .warehouse = control_warehouse()};
  question.failed = [this, role, owner, ids, question](const StatementError& error) {
    if (!error.from_server) return false;
    if (lacks_warehouse(error)) return note_untold(ids, error);
    if (ids.size() > 1) {
      for (const auto& id : ids) ask_policies_of(role, owner, {id});
      return true;
    }
    if (owner == role) {
      ask_ddl_of(owner, ids.front(), error);
      return true;
    }
    auto again = question;
    again.role = role;
    again.failed = [this, owner, id = ids.front()](const StatementError& other) {
      if (other.from_server) ask_ddl_of(owner, id, other);
      return other.from_server;
    };
    asks_.ask(std::move(again));
    return true;
  };
  asks_.ask(std::move(question));
}

// The second witness: who may not know a policy is told that there is one.
void Reading::ask_ddl_of(const std::string& owner, const ObjectId& id, const StatementError& why_not) {
  note_untold({id}, why_not);
  asks_.ask({.sql = select_ddl(id),
             .role = owner,
             .what = "the text of " + id.address(),
             .columns = {},
             .answered =
                 [this, id](Rows& rows) {
                   const bool is_told = !rows.rows.empty() && !rows.rows.front().empty();
                   if (!is_told || names_policy(rows.rows.front().front().value_or(""))) return;
                   live_.not_told.erase(id);
                   live_.looked_at_closely.insert(id);
                 },
             .failed = [](const StatementError& error) { return error.from_server; },
             .warehouse = control_warehouse()});
}

bool Reading::note_untold(const std::vector<ObjectId>& ids, const StatementError& why) {
  for (const auto& id : ids) {
    live_.looked_at_closely.erase(id);
    live_.not_told[id] = why.describe();
  }
  return true;
}

bool Reading::bears_metrics(const ObjectId& id) const {
  const auto& all = live_.state.attachments;
  return scope_.bearers.count(id) > 0 && std::any_of(all.begin(), all.end(), [&](const auto& entry) {
           return entry.first.kind == KindId::DataMetricFunction && entry.first.bearer.object == id;
         });
}

// Metrics are measured by a schedule of what bears them, which goes with it.
void Reading::ask_schedules() {
  for (const auto* kind : kinds::all()) {
    if (kinds::has_key(*kind, "data_metrics")) ask_parameters(kind->id);
  }
}

}  // namespace mesh::live
