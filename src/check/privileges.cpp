#include "mesh/check/privileges.hpp"

#include <algorithm>
#include <iterator>

#include "holdings.hpp"
#include "lockout.hpp"
#include "mesh/base/text.hpp"

namespace mesh::check {
namespace {

Grantee account_role(const std::string& stored) { return {GranteeType::Role, QualifiedName({Name::exact(stored)})}; }

const std::vector<Change> kNoChanges;
const Desired kNothing;

}  // namespace

struct Preflight::Impl {
  std::vector<GrantKey> needed;
  const std::vector<Change>& changes;
  const Desired& desired;
  Holdings before;                                  // the first statement
  std::set<std::pair<Grantee, std::string>> asked;  // whose grants, as which role
  std::set<std::string> unknown;                    // roles of which nothing is said
  std::vector<Keep> keeps;

  std::vector<Missing> walk() const {
    Holdings holdings = before;
    std::vector<Missing> found;
    std::map<std::pair<std::string, std::string>, size_t> at;  // by role and remedy
    for (const auto& key : needed) {
      const Need need{{{Right::Form::Holds, key.privilege, key.target, {}}}};
      const std::string role = key.grantee.name.last().stored();
      if (is_met(holdings, role, need)) continue;
      found.push_back({role, in_words(need), remedy(need.any_of.front(), role), true, {key.target.display()}, {}});
    }
    for (const auto& change : changes) {
      for (const auto& statement : change.statements) {
        if (statement.role.empty()) continue;
        for (const auto& need : unmet(change, statement, holdings)) {
          const auto cure = remedy(need.any_of.front(), statement.role);
          const auto [entry, is_new] = at.emplace(std::pair(statement.role, cure), found.size());
          if (is_new) found.push_back({statement.role, in_words(need), cure, need.certain, {}, change.place});
          auto& addresses = found[entry->second].addresses;
          if (addresses.empty() || addresses.back() != change.address) addresses.push_back(change.address);
        }
        holdings.apply(change, statement, desired);
      }
    }
    return found;
  }

  std::vector<Need> unmet(const Change& change, const Statement& statement, const Holdings& holdings) const {
    auto needs = needs_of(change, statement, desired, holdings);
    std::erase_if(needs, [&](const Need& need) { return is_met(holdings, statement.role, need); });
    std::vector<Need> told;
    std::copy_if(needs.begin(), needs.end(), std::back_inserter(told),
                 [&](const Need& need) { return !comes_with_another(need, needs); });
    return told;
  }

  // Any other privilege on an object brings "any privilege" with it.
  static bool comes_with_another(const Need& need, const std::vector<Need>& needs) {
    const auto& right = need.any_of.front();
    if (right.form != Right::Form::HoldsAny) return false;
    return std::any_of(needs.begin(), needs.end(), [&](const Need& other) {
      const auto& its = other.any_of.front();
      return its.form != Right::Form::HoldsAny && its.target == right.target;
    });
  }

  static bool is_met(const Holdings& holdings, const std::string& role, const Need& need) {
    return std::any_of(need.any_of.begin(), need.any_of.end(),
                       [&](const Right& right) { return holdings.has(account_role(role), right); });
  }

  std::vector<Lockout> lockouts() const { return find_lockouts(keeps, changes, desired, before); }

  static std::string in_words(const Need& need) {
    std::vector<std::string> all;
    for (const auto& right : need.any_of) all.push_back(words(right));
    return join(all, ", or ");
  }
};

Preflight::Preflight(const std::vector<Change>& changes, const Desired& desired, const Live& live,
                     std::vector<Keep> keeps)
    : impl_(new Impl{{}, changes, desired, Holdings(live), {}, {}, std::move(keeps)}) {}
Preflight::Preflight(std::vector<GrantKey> needed)
    : impl_(new Impl{std::move(needed), kNoChanges, kNothing, Holdings(Live{}), {}, {}, {}}) {}
Preflight::~Preflight() = default;

std::vector<Preflight::Ask> Preflight::next() {
  std::set<std::string> roles;
  for (const auto& missing : impl_->walk()) roles.insert(missing.role);
  // What seems lost may be held in another way.
  for (const auto& lockout : impl_->lockouts()) roles.insert(lockout.role);
  std::vector<Ask> asks;
  for (const auto& as_role : roles) {
    if (impl_->unknown.count(as_role) > 0) continue;
    for (const auto& role : impl_->before.closure(account_role(as_role))) {
      if (impl_->asked.emplace(role, as_role).second) asks.push_back({role, as_role});
    }
  }
  return asks;
}

void Preflight::feed(const Ask& ask, const RoleGrants& grants) { impl_->before.learn(ask.role, grants); }

void Preflight::give_up(const Ask& ask) { impl_->unknown.insert(ask.as_role); }

std::vector<Missing> Preflight::missing() const {
  auto found = impl_->walk();
  std::erase_if(found, [&](const Missing& one) { return impl_->unknown.count(one.role) > 0; });
  return found;
}

std::vector<Lockout> Preflight::lockouts() const {
  auto found = impl_->lockouts();
  std::erase_if(found, [&](const Lockout& one) { return impl_->unknown.count(one.role) > 0; });
  return found;
}

}  // namespace mesh::check
