#include "mesh/live/access_reader.hpp"

#include "grants.hpp"
#include "mesh/kinds/kind.hpp"
#include "mesh/live/role_grants.hpp"
#include "statements.hpp"

namespace mesh::live {
namespace {

bool is_role(const Grantee& grantee) {
  return grantee.type == GranteeType::Role || grantee.type == GranteeType::DatabaseRole;
}

}  // namespace

AccessReader::AccessReader(const GrantTarget& target) : upwards_(true) {
  round_.push_back(
      {context_statement(), "the account", [this](const Rows& rows) { locator_ = rows.at(0, "LOCATOR"); }, true});
  ask_on(target, true);
  for (const auto& container : containers_of(target)) {
    ask_on(on_object(container), false);
    const auto& kind = kinds::of(target.object.kind);
    if (!kind.may_have_future_grants) continue;
    round_.push_back(
        {show_future_grants_in(container), "future grants in " + container.address(),
         [this, container](const Rows& rows) { give(read_future_grants_in(container, rows, locator_).grants); }});
  }
  if (target.form != TargetForm::Account) ask_on(on_the_account(), false);
}

AccessReader::AccessReader(const Grantee& who) : upwards_(false) {
  met_.insert(who);
  ask_to(who, true);
  if (who.type != GranteeType::Share) met(everybody());
}

void AccessReader::ask_on(const GrantTarget& target, bool must_be_seen) {
  round_.push_back({show_grants_on(target), "grants on " + target.display(),
                    [this, target](const Rows& rows) { take_on(target, rows); }, must_be_seen});
}

void AccessReader::ask_to(const Grantee& grantee, bool must_be_seen) {
  const auto what = "what " + grantee.display() + " holds";
  if (grantee.type == GranteeType::User) {
    round_.push_back({show_grants_to(grantee), what,
                      [this, grantee](const Rows& rows) {
                        const auto read = read_grants_to(grantee, rows, {[](const Name&) { return std::string(); }},
                                                         [](const GrantKey&) { return true; });
                        give(read.grants);
                        for (const auto& membership : read.memberships) {
                          map_.join(grantee, grantee_of(membership.key.role));
                          met(grantee_of(membership.key.role));
                        }
                      },
                      must_be_seen});
    return;
  }
  round_.push_back({show_grants_to(grantee), what,
                    [this, grantee](const Rows& rows) {
                      const auto held = parse_role_grants(rows);
                      map_.learn(grantee, held);
                      for (const auto& role : held.roles) met(role);
                      for (const auto& other : held.others) others_.push_back({grantee, other});
                    },
                    must_be_seen});
  if (!is_role(grantee)) return;
  round_.push_back({show_future_grants_to(grantee), what + " on what is to come",
                    [this, grantee](const Rows& rows) { give(read_future_grants(grantee, rows).grants); }});
}

void AccessReader::give(const std::vector<Grant>& grants) {
  for (const auto& grant : grants) {
    map_.give(grant.key, grant.grant_option);
    if (upwards_) met(grant.key.grantee);
  }
}

void AccessReader::take_on(const GrantTarget& target, const Rows& rows) {
  const Field privilege(rows, "privilege"), granted_to(rows, "granted_to"), name(rows, "grantee_name"),
      option(rows, "grant_option");
  const InheritedFields inherited(rows);
  const QualifiedName database =
      target.form == TargetForm::Account ? QualifiedName() : QualifiedName({target.object.name.first()});
  for (const auto& row : rows.rows) {
    const auto grantee = named_grantee(granted_to.in(row), std::string(name.in(row)), database, locator_);
    if (!grantee) continue;
    const auto on = inherited.is_inherited(row) ? inherited.target(row) : std::optional(target);
    if (!on) continue;
    met(*grantee);
    const std::string what = to_upper(privilege.in(row));
    if (what == "OWNERSHIP" && on->form == TargetForm::Object) {
      map_.own(on->object, *grantee);
    } else {
      map_.give({*on, *grantee, what}, option.is_true(row));
    }
  }
}

// Upwards: who has it; downwards: what it holds.
void AccessReader::met(const Grantee& grantee) {
  if (!met_.insert(grantee).second || !is_role(grantee)) return;
  if (!upwards_) return ask_to(grantee, false);
  if (grantee == everybody()) return;  // everybody does
  round_.push_back(
      {show_grants_of(object_of(grantee)), "who has " + grantee.display(), [this, grantee](const Rows& rows) {
         for (const auto& [key, domain, place] : read_grants_of(object_of(grantee), rows, locator_).memberships) {
           map_.join(key.member, grantee);
           met(key.member);
         }
       }});
}

std::vector<Query> AccessReader::next() {
  asked_ = std::move(round_);
  round_.clear();
  std::vector<Query> queries;
  for (const auto& ask : asked_) {
    Query query;
    query.sql = ask.sql;
    query.read_only = true;
    queries.push_back(std::move(query));
  }
  return queries;
}

Status AccessReader::feed(const std::vector<Reply>& replies) {
  MESH_ASSERT(replies.size() == asked_.size());
  const auto asked = std::move(asked_);
  for (size_t i = 0; i < asked.size(); ++i) {
    if (replies[i].ok()) {
      asked[i].take(*replies[i]);
      continue;
    }
    const auto& error = replies[i].error();
    const bool is_hidden = error.is_missing_or_hidden() || error.code == "003001";
    if (asked[i].must_be_seen || !is_hidden) return fail(asked[i].what + ": " + error.describe());
    unseen_.push_back(asked[i].what);
  }
  return Done{};
}

}  // namespace mesh::live
