// What can be asked of an access map: who can do a thing, and what one can do.
#include <algorithm>
#include <tuple>

#include "mesh/model/access.hpp"

namespace mesh {
namespace {

// Privileges on the account that stand for others on every object of a kind (page
// user-guide/security-access-control-privileges, Global privileges).
struct StandsFor {
  std::string_view on_account;
  KindId kind;
  std::string_view privilege;
};
constexpr StandsFor kStandsFor[] = {{"MANAGE WAREHOUSES", KindId::Warehouse, "MODIFY"},
                                    {"MANAGE WAREHOUSES", KindId::Warehouse, "MONITOR"},
                                    {"MANAGE WAREHOUSES", KindId::Warehouse, "OPERATE"}};

// Owning a container does not confer it (grants.md 1.10).
bool comes_with_ownership(std::string_view privilege) { return privilege != "MANAGE GRANTS"; }

AccessHow how_of(TargetForm form) {
  if (form == TargetForm::FutureIn) return AccessHow::ToCome;
  return form == TargetForm::PresentIn ? AccessHow::Inherited : AccessHow::Granted;
}

class Asking {
 public:
  explicit Asking(const AccessMap& map) : map_(map) {}

  // By the nearest way; nothing where it has it by none.
  std::optional<AccessAnswer> ask(const Grantee& who, const std::string& privilege, const GrantTarget& target) const {
    return who.type == GranteeType::User ? of_user(who, privilege, target) : of_role(who, privilege, target);
  }

  std::vector<ObjectId> missing(const Grantee& who, const GrantTarget& target) const {
    std::vector<ObjectId> all;
    for (const auto& container : containers_of(target)) {
      if (!map_.resolves(who, container)) all.push_back(container);
    }
    return all;
  }

 private:
  std::optional<AccessAnswer> of_role(const Grantee& who, const std::string& privilege,
                                      const GrantTarget& target) const {
    std::optional<AccessAnswer> best;
    for (const auto& holder : map_.walk(who)) {
      auto answer = by_itself(holder.who, privilege, target);
      if (!answer) continue;
      const auto rank = [](const AccessAnswer& a) {
        return std::tuple(a.how == AccessHow::ToCome, a.via.size(), a.how);
      };
      answer->via = holder.via;
      if (!best || rank(*answer) < rank(*best)) best = std::move(answer);
    }
    if (!best) return best;
    best->who = who;
    best->missing = missing(who, best->target);
    return best;
  }

  // A session has one primary role: what it can do through one of its roles, a user can. What is granted to the user
  // itself counts while all secondary roles are active (grants.md 1.3).
  std::optional<AccessAnswer> of_user(const Grantee& who, const std::string& privilege,
                                      const GrantTarget& target) const {
    auto best = by_itself(who, privilege, target);
    if (best) best->missing = missing(who, best->target);
    auto roles = map_.roles_of(who);
    roles.insert(everybody());
    for (const auto& role : roles) {
      auto answer = of_role(role, privilege, target);
      if (!answer) continue;
      if (answer->via.empty() || answer->via.front() != role) answer->via.insert(answer->via.begin(), role);
      const auto rank = [](const AccessAnswer& a) { return std::tuple(a.missing.size(), a.via.size()); };
      if (!best || rank(*answer) < rank(*best)) best = std::move(answer);
    }
    if (best) best->who = who;
    return best;
  }

  std::optional<AccessAnswer> by_itself(const Grantee& one, const std::string& privilege,
                                        const GrantTarget& target) const {
    const auto found = [&](AccessHow how, GrantTarget on, bool option) {
      return AccessAnswer{one, privilege, std::move(on), how, {}, option, {}};
    };
    if (target.form == TargetForm::Object && map_.owns(one, target.object) && comes_with_ownership(privilege)) {
      return found(AccessHow::Owned, target, true);
    }
    if (privilege == "OWNERSHIP" && target.form != TargetForm::FutureIn) return std::nullopt;
    if (map_.holds(one, target, privilege, false)) {
      return found(how_of(target.form), target, map_.holds(one, target, privilege, true));
    }
    if (target.form == TargetForm::Account) {
      const bool is_admin = one == account_role(Name::exact("ACCOUNTADMIN"));
      return is_admin ? std::optional(found(AccessHow::OnAccount, target, true)) : std::nullopt;
    }
    if (target.form != TargetForm::Object) return std::nullopt;
    if (map_.holds_inherited(one, target.object, privilege)) return found(AccessHow::Inherited, target, false);
    for (const auto& row : kStandsFor) {
      if (row.kind == target.object.kind && row.privilege == privilege &&
          map_.holds(one, on_the_account(), row.on_account, false)) {
        return found(AccessHow::OnAccount, target, false);
      }
    }
    return to_come(one, privilege, target.object);
  }

  // A future grant of a container, for what is made there: those of the schema switch off those of its database for the
  // kind, whoever the grantee (grants.md 0.12).
  std::optional<AccessAnswer> to_come(const Grantee& one, const std::string& privilege, const ObjectId& id) const {
    for (auto container = id.name.parent(); !container.empty(); container = container.parent()) {
      const auto kind = container.depth() == 1 ? KindId::Database : KindId::Schema;
      const GrantTarget future{TargetForm::FutureIn, {kind, container}, id.kind};
      if (map_.holds(one, future, privilege, false)) {
        return AccessAnswer{one, privilege, future, AccessHow::ToCome, {}, map_.holds(one, future, privilege, true),
                            {}};
      }
      if (anyone_holds(future)) return std::nullopt;
    }
    return std::nullopt;
  }

  bool anyone_holds(const GrantTarget& target) const {
    const auto all = map_.grantees();
    return std::any_of(all.begin(), all.end(), [&](const Grantee& one) {
      const auto& held = map_.privileges_of(one);
      const auto found = held.find(target);
      return found != held.end() && !found->second.empty();
    });
  }

  const AccessMap& map_;
};

}  // namespace

const char* to_string(AccessHow how) {
  switch (how) {
    case AccessHow::Owned:
      return "owned";
    case AccessHow::Granted:
      return "granted";
    case AccessHow::Inherited:
      return "inherited";
    case AccessHow::OnAccount:
      return "on account";
    case AccessHow::ToCome:
      return "to come";
  }
  broken_promise("every way to a privilege has a word", __FILE__, __LINE__);
}

std::vector<AccessAnswer> who_can(const AccessMap& map, const std::string& privilege, const GrantTarget& target) {
  const Asking asking(map);
  std::vector<AccessAnswer> answers;
  for (const auto& who : map.grantees()) {
    if (auto answer = asking.ask(who, privilege, target)) answers.push_back(std::move(*answer));
  }
  return answers;
}

std::vector<AccessAnswer> what_can(const AccessMap& map, const Grantee& who) {
  std::set<std::pair<GrantTarget, std::string>> things;
  for (const auto& holder : map.closure(who)) {
    for (const auto& [target, privileges] : map.privileges_of(holder)) {
      const auto kind = target.object.kind;
      const bool is_role = target.form == TargetForm::Object && (kind == KindId::Role || kind == KindId::DatabaseRole);
      for (const auto& [privilege, option] : privileges) {
        if (!is_role) things.emplace(target, privilege);  // a membership, which is on the way
      }
    }
    for (const auto& id : map.owned_by(holder)) things.emplace(on_object(id), "OWNERSHIP");
  }
  const Asking asking(map);
  std::vector<AccessAnswer> answers;
  for (const auto& [target, privilege] : things) {
    auto answer = asking.ask(who, privilege, target);
    if (!answer) continue;
    const bool is_implied = answer->how == AccessHow::Owned && privilege != "OWNERSHIP";
    if (!is_implied) answers.push_back(std::move(*answer));
  }
  return answers;
}

}  // namespace mesh
