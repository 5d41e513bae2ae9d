// A second look at what is to be made anew: everything that hangs on it, whoever set it, for OR REPLACE would take it
// along. Policies are asked by what bears them, since those of others are not among the policies that a role sees.
#include <algorithm>
#include <set>

#include "mesh/base/text.hpp"
#include "mesh/sql/token.hpp"
#include "reading.hpp"
#include "statements.hpp"

namespace mesh::live {
namespace {

bool can_bear_policies(const ObjectId& id) { return kinds::of(id.kind).is_relation && id.kind != KindId::Stream; }

// How many policies and hidden tags the head of a CREATE has (page functions/get_ddl, notes on tags and policies). Who
// has no APPLY on the account is told of the others as of #UNKNOWN_POLICY and #UNKNOWN_TAG.
struct HeadOfDdl {
  int policies = 0, hidden_tags = 0;
};
std::optional<HeadOfDdl> head_of(std::string_view ddl) {
  HeadOfDdl head;
  const auto tokens = sql::tokenize(ddl);
  if (!tokens) return std::nullopt;
  int depth = 0;
  for (const auto& token : *tokens) {
    const auto word = token.in(ddl);
    if (word == "(") ++depth;
    if (word == ")") --depth;
    if (token.type != sql::TokenType::Word) continue;
    if (depth == 0 && iequals(word, "AS")) break;  // the query begins
    if (iequals(word, "POLICY")) ++head.policies;
    if (iequals(word, "UNKNOWN_TAG")) ++head.hidden_tags;
  }
  return head;
}

// Of "(VAL VARCHAR, ROLE NUMBER(38,0))".
size_t arguments_in(std::string_view signature) {
  size_t count = 1;
  int depth = 0;
  for (const char c : signature) {
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == ',' && depth == 1) ++count;
  }
  return count;
}

}  // namespace

Reading::Reading(ReadScope scope, Live read)
    : scope_(std::move(scope)), interest_(scope_), live_(std::move(read)), looks_closer_(true) {}

std::string Reading::owner_of(const ObjectId& id) const {
  const auto* domain = scope_.mesh->owner_of_live(id.name.first().stored());
  return domain == nullptr ? interest_.role_for(id) : scope_.mesh->deploy_role(domain->name);
}

void Reading::ask_policies_on(const std::string& role, const std::map<QualifiedName, ObjectId>& bearers) {
  std::map<std::string, std::vector<ObjectId>> by_owner;
  for (const auto& [name, id] : bearers) {
    if (can_bear_policies(id)) by_owner[owner_of(id)].push_back(id);
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
    without_warehouse_ |= lacks_warehouse(error);
    if (without_warehouse_ || (ids.size() == 1 && owner == role)) return note_untold(ids, error.describe());
    if (ids.size() > 1) {
      for (const auto& id : ids) ask_policies_of(role, owner, {id});
      return true;
    }
    auto again = question;
    again.role = role;
    again.failed = [this, ids](const StatementError& other) {
      return other.from_server && note_untold(ids, other.describe());
    };
    asks_.ask(std::move(again));
    return true;
  };
  asks_.ask(std::move(question));
}

// The second witness: who may not know a policy is told that there is one, and of several may have been told but some.
void Reading::ask_second_witness() {
  std::map<std::string, std::vector<ObjectId>> by_owner;
  for (const auto& id : scope_.bearers) {
    if (can_bear_policies(id)) by_owner[owner_of(id)].push_back(id);
  }
  for (const auto& [owner, ids] : by_owner) ask_ddl_of(owner, ids);
  ask_masks();
  ask_schedules();
}

// POLICY_REFERENCES does not tell the columns of a masking policy (governance-reading.md 3.1): that it looks at its own
// alone, the number of its arguments does.
void Reading::ask_masks() {
  std::set<QualifiedName> asked;
  for (const auto& [key, mask] : live_.state.attachments) {
    const auto& bearer = key.bearer.object;
    const bool is_told = mask.columns_known || live_.state.find({key.kind, mask.name}) != nullptr;
    if (key.kind != KindId::MaskingPolicy || is_told || scope_.bearers.count(bearer) == 0) continue;
    if (!asked.insert(mask.name).second) continue;
    asks_.ask({.sql = describe({key.kind, mask.name}),
               .role = owner_of(bearer),
               .what = "masking policy " + mask.name.display(),
               .columns = {"signature"},
               .answered =
                   [this, name = mask.name](Rows& rows) {
                     if (rows.rows.empty()) return;
                     live_.arguments_of_masks[name] = arguments_in(rows.at(0, "signature"));
                   },
               .failed = [](const StatementError& error) { return error.from_server; }});
  }
}

void Reading::ask_ddl_of(const std::string& owner, const std::vector<ObjectId>& ids) {
  asks_.ask({.sql = select_ddl(ids),
             .role = owner,
             .what = "the text of what is made anew",
             .columns = {},
             .answered =
                 [this, ids](Rows& rows) {
                   for (size_t i = 0; !rows.rows.empty() && i < ids.size() && i < rows.rows.front().size(); ++i)
                     hear_second_witness(ids[i], rows.rows.front()[i].value_or(""));
                 },
             .failed =
                 [this, owner, ids](const StatementError& error) {
                   if (error.from_server && ids.size() > 1) {
                     for (const auto& id : ids) ask_ddl_of(owner, {id});
                   }
                   return error.from_server;
                 },
             .warehouse = control_warehouse()});
}

void Reading::hear_second_witness(const ObjectId& id, std::string_view ddl) {
  if (without_warehouse_) return;  // tags were not read either
  const auto head = head_of(ddl);
  int policies = 0, tags = 0;
  visit_attachments(live_.state, id, [&](const Attachment& each) {
    if (kinds::policy_form(each.key.kind) != nullptr) ++policies;
    if (each.key.kind == KindId::Tag) ++tags;
  });
  if (!head || head->policies > policies || head->hidden_tags > tags) {
    note_untold({id}, "it bears a policy or tag that " + owner_of(id) + " may not know");
  } else if (head->policies == 0 && live_.not_told.erase(id) > 0) {
    live_.looked_at_closely.insert(id);
  }
}

bool Reading::note_untold(const std::vector<ObjectId>& ids, const std::string& why) {
  for (const auto& id : ids) {
    live_.looked_at_closely.erase(id);
    live_.not_told[id] = why;
  }
  return true;
}

bool Reading::bears_metrics(const ObjectId& id) const {
  return scope_.bearers.count(id) > 0 && has_metric(live_.state, id);
}

// Metrics are measured by a schedule of what bears them, which goes with it.
void Reading::ask_schedules() {
  for (const auto* kind : kinds::all()) {
    if (kinds::has_key(*kind, "data_metrics")) ask_parameters(kind->id);
  }
}

}  // namespace mesh::live
