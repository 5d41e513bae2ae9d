// One graph over all changes, whatever their kind.
#include <algorithm>
#include <map>
#include <queue>
#include <tuple>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/kinds/kind.hpp"
#include "mesh/kinds/policies.hpp"
#include "mesh/kinds/settings.hpp"
#include "mesh/model/access.hpp"
#include "mesh/plan/plan.hpp"
#include "order.hpp"

namespace mesh {
namespace {

// Between changes that do not depend on each other: what is there is taken over first, access follows objects, revoking
// and dropping come last.
int rank(Action action) {
  switch (action) {
    case Action::Adopt:
      return 0;
    case Action::Rename:
      return 1;
    case Action::Create:
      return 2;
    case Action::Update:
    case Action::Replace:
      return 3;
    case Action::Set:
      return 4;
    case Action::Grant:
      return 5;
    case Action::Revoke:
      return 6;
    case Action::Unset:
      return 7;
    case Action::Drop:
      return 8;
    case Action::Forget:
      return 9;
  }
  broken_promise("every action has a rank", __FILE__, __LINE__);
}

auto sort_key(const Change& change) {
  const auto depth = change.object ? static_cast<int>(change.object->name.depth()) : 0;
  return std::make_tuple(rank(change.action), change.action == Action::Drop ? -depth : depth, change.address);
}

bool is_ownership(const Change& change) { return change.grant && change.grant->privilege == "OWNERSHIP"; }

class Graph {
 public:
  explicit Graph(const std::vector<Change>& changes) : changes_(changes), before_(changes.size()) {
    for (size_t i = 0; i < changes_.size(); ++i) {
      for (const auto& address : changes_[i].makes) makers_[address].push_back(i);
      for (const auto& address : changes_[i].removes) removers_[address].push_back(i);
      if (changes_[i].behind_access) behind_[changes_[i].address].push_back(i);
    }
    for (size_t i = 0; i < changes_.size(); ++i) link(i);
    link_same_names();
    link_ownership();
    link_roles();
    link_handovers();
    link_readers();
    link_appliers();
    link_protection();
    link_privileges();
    link_shares();
    link_narrowing();
    link_taken_roles();  // the last: it gives way to all others
    for (auto& list : before_) {
      std::sort(list.begin(), list.end());
      list.erase(std::unique(list.begin(), list.end()), list.end());
    }
  }

  Befores take() { return std::move(before_); }

 private:
  void edge(size_t first, size_t then) {
    if (first != then) before_[then].push_back(first);
  }
  void after_all(const std::map<std::string, std::vector<size_t>>& index, const std::string& address, size_t then) {
    const auto it = index.find(address);
    if (it == index.end()) return;
    for (const size_t first : it->second) edge(first, then);
  }

  void link(size_t i) {
    const auto& change = changes_[i];
    for (const auto& need : change.needs) {
      const auto it = makers_.find(need);
      if (it == makers_.end()) continue;
      for (const size_t first : it->second) {
        if (!may_come_before(change, changes_[first])) edge(first, i);
      }
    }
    // Several changes of one object: taken over, renamed, then altered.
    for (const auto& address : change.makes) {
      for (const size_t other : makers_[address]) {
        if (rank(changes_[other].action) < rank(change.action)) edge(other, i);
      }
    }
    for (const auto& address : change.before_drop_of) {
      after_all(removers_, address, i);
      after_all(makers_, address, i);
      after_all(behind_, address, i);
    }
  }

  // What is taken away can be before the object, or who has it, is altered or made anew. Where a policy's body changes
  // it must be, and the object may wait for the policy.
  static bool may_come_before(const Change& change, const Change& first) {
    return change.action == Action::Revoke && (first.action == Action::Update || first.action == Action::Replace);
  }

  // Tables and views share one namespace: what takes a name waits until it is free.
  void link_same_names() {
    std::map<QualifiedName, std::vector<size_t>> freed;
    for (size_t i = 0; i < changes_.size(); ++i) {
      for (const auto& address : changes_[i].removes) {
        if (const auto id = parse_address(address)) freed[id->name].push_back(i);
      }
    }
    if (freed.empty()) return;
    for (size_t i = 0; i < changes_.size(); ++i) {
      if (changes_[i].action != Action::Create && changes_[i].action != Action::Rename) continue;
      const auto it = freed.find(changes_[i].object->name);
      if (it == freed.end()) continue;
      for (const size_t first : it->second) edge(first, i);
    }
  }

  // Ownership moves last: whoever loses it could not finish the rest, nor what is made of it or in it.
  void link_ownership() {
    if (std::none_of(changes_.begin(), changes_.end(), is_ownership)) return;
    std::map<std::string, std::vector<size_t>> by_object;
    for (size_t i = 0; i < changes_.size(); ++i) {
      if (is_ownership(changes_[i]) || !changes_[i].restores.empty()) continue;  // resumed behind it
      if (changes_[i].grant && changes_[i].grant->target.form == TargetForm::Object) {
        by_object[changes_[i].grant->target.object.address()].push_back(i);
      } else if (changes_[i].object) {
        by_object[changes_[i].address].push_back(i);
      }
      for (const auto& need : changes_[i].needs) by_object[need].push_back(i);
    }
    for (size_t i = 0; i < changes_.size(); ++i) {
      if (!is_ownership(changes_[i])) continue;
      for (const size_t first : by_object[changes_[i].grant->target.object.address()]) {
        if (!waits_for(changes_[first], changes_[i])) edge(first, i);
      }
    }
  }

  // By its own word: a task is tied to another of the new owner.
  static bool waits_for(const Change& change, const Change& other) {
    return std::any_of(change.needs.begin(), change.needs.end(), [&](const std::string& need) {
      return std::find(other.makes.begin(), other.makes.end(), need) != other.makes.end();
    });
  }

  // Who gives something away must be above the one who gets it, and stays above what it must still change: the
  // memberships of the new owner, and of those above it, come first. Roles themselves are left out: memberships wait
  // for them.
  void link_handovers() {
    const auto memberships = granted_memberships();
    for (size_t i = 0; i < changes_.size(); ++i) {
      for (const auto& statement : changes_[i].statements) {
        const bool is_role = statement.handover && statement.handover->object.kind == KindId::Role;
        if (!statement.handover || is_role) continue;
        for (const size_t first : above(memberships, statement.handover->to.stored())) edge(first, i);
      }
    }
  }

  // A role that runs statements must be one that the user can take: what it and those above it are granted to comes
  // first. Where that waits for the role itself (a creator that makes who gets it), the user has the role by another
  // way or by none, and the order does not help.
  void link_taken_roles() {
    const auto memberships = granted_memberships();
    std::map<std::string, std::vector<size_t>> runs;  // changes by the role of their statements
    for (size_t i = 0; i < changes_.size(); ++i) {
      std::set<std::string> roles;
      for (const auto& statement : changes_[i].statements) roles.insert(statement.role);
      for (const auto& role : roles) runs[role].push_back(i);
    }
    for (const auto& [role, changes] : runs) {
      for (const size_t first : above(memberships, role)) edges_unless_circles(first, changes);
    }
  }

  using Memberships = std::map<std::string, std::vector<size_t>>;
  // Those that are granted, by the account role that gets a member.
  Memberships granted_memberships() const {
    Memberships of_role;
    for (size_t i = 0; i < changes_.size(); ++i) {
      const auto& change = changes_[i];
      if (change.action != Action::Grant || !change.membership || change.membership->role.kind != KindId::Role)
        continue;
      of_role[change.membership->role.name.last().stored()].push_back(i);
    }
    return of_role;
  }

  // The memberships of a role and of those above it.
  std::vector<size_t> above(const Memberships& of_role, const std::string& role) const {
    std::vector<size_t> all;
    std::set<std::string> seen;
    std::vector<std::string> open = {role};
    while (!open.empty()) {
      const std::string next = open.back();
      open.pop_back();
      const auto it = of_role.find(next);
      if (!seen.insert(next).second || it == of_role.end()) continue;
      for (const size_t each : it->second) {
        all.push_back(each);
        open.push_back(changes_[each].membership->member.name.last().stored());
      }
    }
    return all;
  }

  static bool sets_attachment(const Change& change) { return change.bearer && change.action == Action::Set; }

  // What another role grants on the source of a view or on the table of a foreign key, on what is attached, or on where
  // that lies, comes before what is made of it.
  void link_readers() {
    std::map<std::string, std::vector<size_t>> on;  // by address of what is granted on
    for (size_t i = 0; i < changes_.size(); ++i) {
      const auto& change = changes_[i];
      const bool is_other = change.action == Action::Grant && change.grant && !is_ownership(change);
      if (is_other && change.grant->target.form == TargetForm::Object) {
        on[change.grant->target.object.address()].push_back(i);
      }
    }
    if (on.empty()) return;
    for (size_t i = 0; i < changes_.size(); ++i) {
      if (!changes_[i].object && !sets_attachment(changes_[i])) continue;
      for (const auto& need : changes_[i].needs) {
        const auto source = parse_address(need);
        if (!source || source->name.depth() < 3) continue;
        link_grants(on, need, i);
        link_grants(on, ObjectId{KindId::Schema, source->name.parent()}.address(), i);
        link_grants(on, ObjectId{KindId::Database, QualifiedName({source->name.first()})}.address(), i);
      }
    }
  }

  // APPLY SESSION POLICY on the account and its like come before what their role sets by them: on objects, and on the
  // account itself.
  void link_appliers() {
    std::map<std::pair<std::string, std::string>, std::vector<size_t>> by_role;  // role, and what it may apply
    for (size_t i = 0; i < changes_.size(); ++i) {
      const auto& change = changes_[i];
      const bool gives = change.action == Action::Grant && change.grant &&
                         change.grant->target.form == TargetForm::Account &&
                         change.grant->grantee.type == GranteeType::Role;
      constexpr std::string_view kApply = "APPLY ";
      if (!gives || !change.grant->privilege.starts_with(kApply)) continue;
      by_role[{change.grant->grantee.name.last().stored(), change.grant->privilege.substr(kApply.size())}].push_back(i);
    }
    if (by_role.empty()) return;
    for (size_t i = 0; i < changes_.size(); ++i) {
      const std::string applied = what_it_applies(changes_[i]);
      if (applied.empty()) continue;
      for (const auto& statement : changes_[i].statements) {
        const auto it = by_role.find({statement.role, applied});
        if (it == by_role.end()) continue;
        for (const size_t first : it->second) edge(first, i);
      }
    }
  }
  static std::string what_it_applies(const Change& change) {
    if (sets_attachment(change)) return to_upper(change.kind);
    const auto* setting = change.object && change.object->kind == KindId::AccountParameter
                              ? kinds::find_setting(change.object->name.last().stored())
                              : nullptr;
    if (setting == nullptr || setting->type != kinds::SettingType::Policy) return {};
    return std::string(kinds::of(kinds::policy_kind(*setting)).sql);
  }

  // Never readable unmasked in between (promise 6): what protects is set, and a policy's body changed, before access to
  // what bears it is given, on itself or on what it lies in; what may open it goes only after access was taken. Access
  // that whoever sets it needs is left out, as is APPLY.
  void link_protection() {
    std::vector<size_t> protections;
    std::set<std::string> setters;
    for (size_t i = 0; i < changes_.size(); ++i) {
      if (!protects(changes_[i]) && !unprotects(changes_[i])) continue;
      protections.push_back(i);
      if (changes_[i].action != Action::Set && changes_[i].action != Action::Replace) continue;
      for (const auto& statement : changes_[i].statements) setters.insert(statement.role);
    }
    if (protections.empty()) return;
    std::map<QualifiedName, std::vector<size_t>> on;  // privileges by what they are on
    std::vector<size_t> everywhere;                   // memberships
    for (size_t i = 0; i < changes_.size(); ++i) {
      if (!gives_access(changes_[i])) continue;
      if (changes_[i].membership) {
        everywhere.push_back(i);
      } else if (changes_[i].grant->target.form != TargetForm::Account) {
        on[changes_[i].grant->target.object.name].push_back(i);
      }
    }
    for (const size_t protection : protections) {
      const auto link = [&](const std::vector<size_t>& accesses) {
        for (const size_t access : accesses) link_access(protection, access, setters);
      };
      link(everywhere);
      const ObjectId* bearer = bearer_of(changes_[protection]);
      // A policy and a tag may be on anything.
      if (bearer == nullptr || bearer->kind == KindId::Tag) {
        for (const auto& [name, accesses] : on) link(accesses);
        continue;
      }
      const auto& name = bearer->name;
      for (auto container = name.parent(); !container.empty(); container = container.parent()) {
        if (const auto found = on.find(container); found != on.end()) link(found->second);
      }
      for (auto it = on.lower_bound(name); it != on.end() && (it->first == name || it->first.is_under(name)); ++it)
        link(it->second);
    }
  }

  void link_access(size_t protection, size_t access, const std::set<std::string>& setters) {
    const auto& change = changes_[access];
    const bool opens = change.action == Action::Grant;
    if (opens && protects(changes_[protection]) && !is_for(change, setters)) edge(protection, access);
    if (!opens && unprotects(changes_[protection])) edge(access, protection);
  }

  static const ObjectId* bearer_of(const Change& change) {
    if (change.bearer) return &change.bearer->object;
    return change.changes_protection ? &*change.object : nullptr;
  }

  static bool changes_body(const Change& change) {
    return change.object && kinds::policy_form(change.object->kind) != nullptr && change.action == Action::Update &&
           std::any_of(change.diff.begin(), change.diff.end(),
                       [](const DiffLine& line) { return line.property == "body"; });
  }
  static bool is_of_protection(const Change& change) {
    const auto kind = kind_from_words(change.kind);
    return !kind || mesh::protects(*kind);
  }
  static bool protects(const Change& change) {
    return (change.action == Action::Set && is_of_protection(change)) || changes_body(change) ||
           change.changes_protection;
  }
  // Another policy or value in place of one may show more.
  static bool unprotects(const Change& change) {
    const bool swaps = change.action == Action::Set && change.reason == Reason::Differs;
    const bool may_open = swaps || change.action == Action::Unset;
    return (may_open && is_of_protection(change)) || changes_body(change) || change.changes_protection;
  }

  // What is wished but not at the price of a circle: each of `then` waits for `first`, unless that waits for it.
  void edges_unless_circles(size_t first, const std::vector<size_t>& then) {
    std::vector<bool> seen(changes_.size());
    std::vector<size_t> open = {first};
    seen[first] = true;
    while (!open.empty()) {
      const size_t next = open.back();
      open.pop_back();
      for (const size_t earlier : before_[next]) {
        if (!seen[earlier]) open.push_back(earlier);
        seen[earlier] = true;
      }
    }
    for (const size_t later : then) {
      if (!seen[later]) edge(first, later);
    }
  }

  // Who loses one thing and gets another never has both: what a policy asks for, and what it protects, say; nor who
  // leaves a role that gets more, or comes to one that loses something. What roles further above have by each of two is
  // not looked at. Roles that run statements are left out, for they may need what they get. And what protects an object
  // is set before other protection is taken off it.
  void link_narrowing() {
    std::map<Grantee, std::vector<size_t>> gets, joined;  // by who gets more, and by the role that is joined
    std::map<ObjectId, std::vector<size_t>> opened;
    std::set<std::string> runs;
    for (const auto& change : changes_) {
      for (const auto& statement : change.statements) runs.insert(statement.role);
    }
    for (size_t i = 0; i < changes_.size(); ++i) {
      const auto& change = changes_[i];
      if (change.action == Action::Grant && gives_access(change) && !is_for(change, runs)) {
        gets[receiver(change)].push_back(i);
        if (change.membership) joined[grantee_of(change.membership->role)].push_back(i);
      }
      if (change.action == Action::Unset && change.bearer) opened[change.bearer->object].push_back(i);
    }
    for (size_t i = 0; i < changes_.size(); ++i) {
      const auto& change = changes_[i];
      const auto link = [&](const std::map<Grantee, std::vector<size_t>>& grants, const Grantee& who) {
        if (const auto found = grants.find(who); found != grants.end()) edges_unless_circles(i, found->second);
      };
      if (change.action == Action::Revoke && gives_access(change) && !is_for(change, runs)) {
        link(gets, receiver(change));
        link(joined, receiver(change));
        if (change.membership) link(gets, grantee_of(change.membership->role));
      } else if (change.action == Action::Set && change.bearer) {
        const auto found = opened.find(change.bearer->object);
        if (found != opened.end()) edges_unless_circles(i, found->second);
      }
    }
  }

  static const Grantee& receiver(const Change& change) {
    return change.membership ? change.membership->member : change.grant->grantee;
  }

  static bool gives_access(const Change& change) {
    return change.membership || (change.grant && change.grant->privilege != "APPLY" && !is_ownership(change));
  }

  // Given to a role that sets something: it may need it for that.
  static bool is_for(const Change& change, const std::set<std::string>& setters) {
    const auto& to = receiver(change);
    return to.type == GranteeType::Role && setters.count(to.name.last().stored()) > 0;
  }

  // WRITE on a stage is granted behind READ, and revoked before it.
  void link_privileges() {
    std::map<std::pair<Action, GrantKey>, size_t> at;
    for (size_t i = 0; i < changes_.size(); ++i) {
      if (changes_[i].grant) at.emplace(std::pair(changes_[i].action, *changes_[i].grant), i);
    }
    for (const auto& [change, i] : at) {
      const auto& [action, key] = change;
      if (key.target.form == TargetForm::Account) continue;
      const bool object = key.target.form == TargetForm::Object;
      const auto& [privilege, below] =
          kinds::of(object ? key.target.object.kind : key.target.of_kind).privilege_rests_on;
      if (privilege.empty() || key.privilege != privilege) continue;
      GrantKey other = key;
      other.privilege = std::string(below);
      const auto it = at.find({action, other});
      if (it == at.end()) continue;
      action == Action::Grant ? edge(it->second, i) : edge(i, it->second);
    }
  }

  // Into a share: the database first, for it ties the two, then schemas, then what is in them; out of it the other way
  // round, and out of one database before into another (grants.md 1.4, 5). Accounts come behind everything it is given.
  void link_shares() {
    std::map<QualifiedName, std::vector<size_t>> by_share;
    for (size_t i = 0; i < changes_.size(); ++i) {
      if (const auto share = share_of(changes_[i])) by_share[*share].push_back(i);
    }
    for (size_t i = 0; i < changes_.size(); ++i) {
      if (!changes_[i].behind_access) continue;
      const auto given = by_share.find(changes_[i].object->name);
      if (given == by_share.end()) continue;
      for (const size_t first : given->second) edge(first, i);
    }
    // What offers the share comes behind all of that too: it may be published at once (grants.md 5).
    for (size_t i = 0; i < changes_.size(); ++i) {
      const auto& change = changes_[i];
      if (!change.object || !kinds::of(change.object->kind).rests_on_share) continue;
      for (const auto& need : change.needs) {
        const auto share = parse_address(need);
        const auto given = share && share->kind == KindId::Share ? by_share.find(share->name) : by_share.end();
        for (const size_t first : given == by_share.end() ? std::vector<size_t>() : given->second) {
          if (changes_[first].action == Action::Grant) edge(first, i);
        }
      }
    }
    for (const auto& [share, all] : by_share) {
      for (const size_t a : all) {
        for (const size_t b : all) {
          const auto one = place_in_share(changes_[a]), other = place_in_share(changes_[b]);
          if (one < other) edge(a, b);
        }
      }
    }
  }

  static std::optional<QualifiedName> share_of(const Change& change) {
    const Grantee* to = change.grant        ? &change.grant->grantee
                        : change.membership ? &change.membership->member
                                            : nullptr;
    if (to == nullptr || to->type != GranteeType::Share) return std::nullopt;
    return to->name;
  }
  // Revoked from the inside out, then granted from the outside in; database roles as what lies in a schema. A further
  // database follows the one that the share is tied to, and comes before the views that read it.
  static int place_in_share(const Change& change) {
    int depth = 3;
    if (change.grant && change.grant->privilege == "USAGE")
      depth = static_cast<int>(change.grant->target.object.name.depth());
    if (change.grant && change.grant->privilege == "REFERENCE_USAGE") depth = 2;
    return change.action == Action::Revoke ? -depth : depth;
  }

  void link_grants(const std::map<std::string, std::vector<size_t>>& on, const std::string& address, size_t reader) {
    const auto it = on.find(address);
    if (it == on.end()) return;
    for (const size_t grant : it->second) {
      const auto& statements = changes_[grant].statements;
      const bool is_own = std::any_of(statements.begin(), statements.end(),
                                      [&](const Statement& s) { return runs_as(reader, s.role); });
      if (!is_own) edge(grant, reader);
    }
  }

  bool runs_as(size_t i, const std::string& role) const {
    const auto& statements = changes_[i].statements;
    return std::any_of(statements.begin(), statements.end(), [&](const Statement& s) { return s.role == role; });
  }

  // A role that runs statements must exist and hold what it is given; what it does to itself excepted.
  void link_roles() {
    std::map<std::string, std::vector<size_t>> gives;
    for (size_t i = 0; i < changes_.size(); ++i) {
      const auto& change = changes_[i];
      if (change.action == Action::Create && change.object && change.object->kind == KindId::Role) {
        gives[change.object->name.last().stored()].push_back(i);
      } else if (change.action == Action::Grant && change.membership &&
                 change.membership->member.type == GranteeType::Role) {
        gives[change.membership->member.name.last().stored()].push_back(i);
      }
    }
    if (gives.empty()) return;
    for (size_t i = 0; i < changes_.size(); ++i) {
      std::set<std::string> roles;
      for (const auto& statement : changes_[i].statements) roles.insert(statement.role);
      for (const auto& role : roles) {
        const auto it = gives.find(role);
        if (it == gives.end()) continue;
        for (const size_t first : it->second) {
          if (!runs_as(first, role)) edge(first, i);
        }
      }
    }
  }

  const std::vector<Change>& changes_;
  Befores before_;
  std::map<std::string, std::vector<size_t>> makers_, removers_, behind_;
};

// A cycle among the changes that could not be placed: walk backwards until one comes again.
std::vector<size_t> find_cycle(const Befores& before, const std::vector<bool>& placed) {
  size_t at = static_cast<size_t>(std::find(placed.begin(), placed.end(), false) - placed.begin());
  std::vector<size_t> path;
  while (std::find(path.begin(), path.end(), at) == path.end()) {
    path.push_back(at);
    for (const size_t first : before[at]) {
      if (!placed[first]) {
        at = first;
        break;
      }
    }
  }
  path.erase(path.begin(), std::find(path.begin(), path.end(), at));
  std::reverse(path.begin(), path.end());
  return path;
}

void report_cycle(const std::vector<Change>& changes, const std::vector<size_t>& cycle, Diagnostics& diagnostics) {
  std::string path;
  for (const size_t i : cycle) path += changes[i].address + " → ";
  path += changes[cycle.front()].address;
  auto& diagnostic =
      diagnostics.error("MESH2010", changes[cycle.front()].place, fmt::format("changes wait for each other: {}", path),
                        "break the circle: one of them must do without another, or be applied first with --target");
  diagnostic.address = changes[cycle.front()].address;
  for (const size_t i : cycle) diagnostic.notes.push_back({changes[i].address, changes[i].place});
}

}  // namespace

std::vector<Change> order(std::vector<Change> changes, Diagnostics& diagnostics) {
  std::stable_sort(changes.begin(), changes.end(),
                   [](const Change& a, const Change& b) { return sort_key(a) < sort_key(b); });
  auto before = Graph(changes).take();
  return arranged(std::move(changes), before, diagnostics);
}

std::vector<Change> arranged(std::vector<Change> changes, const Befores& before, Diagnostics& diagnostics) {
  std::vector<size_t> missing(changes.size());
  std::vector<std::vector<size_t>> then(changes.size());
  for (size_t i = 0; i < changes.size(); ++i) {
    missing[i] = before[i].size();
    for (const size_t first : before[i]) then[first].push_back(i);
  }
  std::priority_queue<size_t, std::vector<size_t>, std::greater<>> ready;
  for (size_t i = 0; i < changes.size(); ++i) {
    if (missing[i] == 0) ready.push(i);
  }
  std::vector<size_t> sequence, position(changes.size());
  std::vector<bool> placed(changes.size());
  while (!ready.empty()) {
    const size_t i = ready.top();
    ready.pop();
    placed[i] = true;
    position[i] = sequence.size();
    sequence.push_back(i);
    for (const size_t next : then[i]) {
      if (--missing[next] == 0) ready.push(next);
    }
  }
  if (sequence.size() < changes.size()) report_cycle(changes, find_cycle(before, placed), diagnostics);

  std::vector<Change> ordered;
  ordered.reserve(sequence.size());
  for (const size_t i : sequence) {
    changes[i].after.clear();
    for (const size_t first : before[i]) changes[i].after.push_back(position[first]);
    std::sort(changes[i].after.begin(), changes[i].after.end());
    ordered.push_back(std::move(changes[i]));
  }
  return ordered;
}

}  // namespace mesh
