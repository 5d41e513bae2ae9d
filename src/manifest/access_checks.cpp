// Grants: who may give them, to whom, whether they can be used; circles of roles.
#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/yaml/document.hpp"
#include "references.hpp"

namespace mesh::manifest {
namespace {

// Who can resolve names where: USAGE by grants, by ownership, through roles.
class Usage {
 public:
  explicit Usage(const Build& build) {
    for (const auto& [key, membership] : build.state.memberships) {
      const auto type = key.role.kind == KindId::DatabaseRole ? GranteeType::DatabaseRole : GranteeType::Role;
      const Grantee role{type, key.role.name};
      below_[key.member].insert(role);
      // Above SYSADMIN and its like everything meets: only declared roles count as a path upwards.
      if (build.state.find(object_of(key.member)) != nullptr) above_[role].insert(key.member);
    }
    for (const auto& [key, grant] : build.state.grants) {
      if (key.privilege != "USAGE") continue;
      if (key.target.form == TargetForm::Object) own_[key.grantee].insert(key.target.object);
      const bool all_schemas = key.target.form == TargetForm::FutureIn && key.target.of_kind == KindId::Schema;
      if (all_schemas) schemas_of_[key.grantee].insert(key.target.object.name);
    }
    for (const auto& [id, object] : build.state.objects) {
      const auto owner = object.owner ? object.owner->stored() : build.mesh.deploy_role(object.domain);
      if (owner.empty() || (id.kind != KindId::Database && id.kind != KindId::Schema)) continue;
      own_[{GranteeType::Role, QualifiedName({Name::exact(owner)})}].insert(id);
    }
  }

  // By any path: the grantee, or a declared role that holds it, has USAGE on all of the containers.
  bool reaches(const Grantee& grantee, const std::vector<ObjectId>& containers) {
    const auto upwards = closure(grantee, above_);
    return std::any_of(upwards.begin(), upwards.end(), [&](const Grantee& role) {
      return std::all_of(containers.begin(), containers.end(),
                         [&](const ObjectId& container) { return has(role, container); });
    });
  }

 private:
  using Edges = std::map<Grantee, std::set<Grantee>>;

  static std::set<Grantee> closure(const Grantee& start, const Edges& next) {
    std::set<Grantee> seen = {start};
    std::vector<Grantee> open = {start};
    while (!open.empty()) {
      const auto it = next.find(open.back());
      open.pop_back();
      if (it == next.end()) continue;
      for (const auto& other : it->second) {
        if (seen.insert(other).second) open.push_back(other);
      }
    }
    return seen;
  }

  // With everything of the roles that were granted to it; and every role has what PUBLIC has.
  bool has(const Grantee& role, const ObjectId& container) {
    auto [it, fresh] = downwards_.try_emplace(role);
    if (fresh && role.type == GranteeType::Share) {
      it->second = {role};  // what lies in a share stands beside the database roles in it, and PUBLIC is not there
    } else if (fresh) {
      it->second = closure(role, below_);
      it->second.insert({GranteeType::Role, QualifiedName({Name::exact("PUBLIC")})});
    }
    return std::any_of(it->second.begin(), it->second.end(),
                       [&](const Grantee& holder) { return has_itself(holder, container); });
  }

  bool has_itself(const Grantee& holder, const ObjectId& container) const {
    const auto it = own_.find(holder);
    if (it != own_.end() && it->second.count(container) > 0) return true;
    // A database role is born with USAGE on its database (grants.md 0.8).
    if (container.kind == KindId::Database)
      return holder.type == GranteeType::DatabaseRole && holder.name.first() == container.name.first();
    const auto all = schemas_of_.find(holder);
    return all != schemas_of_.end() && all->second.count(container.name.parent()) > 0;
  }

  Edges above_, below_;
  std::map<Grantee, std::set<ObjectId>> own_;
  std::map<Grantee, std::set<QualifiedName>> schemas_of_;
  std::map<Grantee, std::set<Grantee>> downwards_;
};

// The database and schema that a grant's target lies in.
std::vector<ObjectId> containers_of(const GrantTarget& target) {
  std::vector<ObjectId> containers;
  if (target.form == TargetForm::Account) return containers;
  const auto& name = target.object.name;
  const bool in_it = target.form == TargetForm::FutureIn;
  if (name.depth() >= 2 || (in_it && target.object.kind == KindId::Database))
    containers.push_back({KindId::Database, QualifiedName({name.first()})});
  if (name.depth() == 3) containers.push_back({KindId::Schema, name.parent()});
  if (in_it && target.object.kind == KindId::Schema) containers.push_back(target.object);
  return containers;
}

class AccessCheck {
 public:
  AccessCheck(Build& build, References& references)
      : build_(build), diagnostics_(build.diagnostics), references_(references), usage_(build) {}

  void run() {
    for (const auto& [key, membership] : build_.state.memberships) references_.grantee(key.member, membership.place);
    for (const auto& [key, grant] : build_.state.grants) {
      references_.grantee(key.grantee, grant.place);
      if (may_give(grant) && is_taken(grant) && may_hold(grant) && !build_.incomplete) usable(grant);
    }
    role_circles();
  }

 private:
  bool refuse(const char* code, const Grant& grant, std::string summary, std::string help) {
    diagnostics_.error(code, grant.place, std::move(summary), std::move(help));
    return false;
  }
  bool refuse_target(const Grant& grant, std::string summary, std::string help) {
    diagnostics_.error("MESH1406", place_of_target(grant), std::move(summary), std::move(help));
    return false;
  }
  Place place_of_target(const Grant& grant) const {
    const auto on = build_.granted_on.find(grant.key);
    return on == build_.granted_on.end() ? grant.place : on->second;
  }

  // A domain grants on what it owns, on the account only where mesh.yaml lets it.
  bool may_give(const Grant& grant) {
    const Domain* self = build_.mesh.find(grant.domain);
    if (grant.key.target.form == TargetForm::Account) {
      if (self->account) return true;
      return refuse_target(grant, fmt::format("domain {} may not grant on the account", grant.domain),
                           "only a domain with account: true in mesh.yaml may");
    }
    const auto& object = grant.key.target.object;
    const Domain* owner = build_.owner_of(object.name);
    if (owner == self) return references_.must_be_known(object, place_of_target(grant));
    // Declaring it was the breach, and has been reported.
    if (build_.misplaced.count(QualifiedName({object.name.first()})) > 0) return false;
    return refuse_target(grant, fmt::format("domain {} may not grant on {}", grant.domain, object.address()),
                         owner == nullptr
                             ? "nobody in this mesh owns it"
                             : fmt::format("it belongs to domain {}: the grant stands there", owner->name));
  }

  static bool in_database(const GrantTarget& target) {
    if (target.form == TargetForm::Account) return false;
    const auto kind = target.object.kind;
    return kind == KindId::Database || kinds::of(kind).scope != kinds::Scope::Account;
  }

  // An internal stage has no USAGE, say; and WRITE needs READ.
  bool is_taken(const Grant& grant) {
    const auto& [target, grantee, privilege] = grant.key;
    if (target.form == TargetForm::Account) return true;
    const auto& rests =
        kinds::of(target.form == TargetForm::Object ? target.object.kind : target.of_kind).privilege_rests_on;
    if (!rests.first.empty() && privilege == rests.first) {
      GrantKey below = grant.key;
      below.privilege = std::string(rests.second);
      if (build_.state.grants.count(below) == 0)
        return refuse("MESH1404", grant,
                      fmt::format("{} on {} needs {} as well", privilege, target.display(), rests.second),
                      fmt::format("write [{}, {}]", rests.second, rests.first));
    }
    if (target.form != TargetForm::Object) return true;
    const auto takes = kinds::of(target.object.kind).takes_privilege;
    const auto object = build_.state.objects.find(target.object);
    if (takes == nullptr || object == build_.state.objects.end() || takes(object->second, privilege)) return true;
    return refuse("MESH1404", grant, fmt::format("{} cannot have {} granted on it", target.object.address(), privilege),
                  "as it is declared it has no such privilege");
  }

  // grants.md 1.2 to 1.4: what database roles, users and shares cannot be given.
  bool may_hold(const Grant& grant) {
    const auto& [target, grantee, privilege] = grant.key;
    const auto who = grantee.display();
    const bool future = target.form == TargetForm::FutureIn;
    // grants.md 3: "can be granted to no kind of role".
    if (privilege == "REFERENCE_USAGE" && grantee.type != GranteeType::Share)
      return refuse("MESH1401", grant, fmt::format("{} cannot hold REFERENCE_USAGE", who),
                    "only shares hold it, on the databases that their secure views read; grant USAGE");
    switch (grantee.type) {
      case GranteeType::Role:
        return true;
      // Page grant-privilege-application-role: "only from within the application".
      case GranteeType::ApplicationRole:
        return refuse("MESH1401", grant, fmt::format("{} cannot be given anything from outside", who),
                      "only its application grants to it; what the application may use is granted to the application, "
                      "by hand for now");
      case GranteeType::DatabaseRole: {
        const bool inside = in_database(target) && target.object.name.first() == grantee.name.first();
        if (inside) return true;
        return refuse("MESH1401", grant, fmt::format("{} cannot hold privileges on {}", who, target.display()),
                      "a database role holds privileges only in its own database");
      }
      case GranteeType::User:
        if (!future && privilege.rfind("CREATE ", 0) != 0) return true;
        return refuse("MESH1401", grant, fmt::format("{} cannot hold {} on {}", who, privilege, target.display()),
                      "users get neither future grants nor CREATE privileges; grant it to a role");
      case GranteeType::Share:
        if (!future && !grant.grant_option) return is_secure_enough(grant);
        return refuse("MESH1401", grant, fmt::format("{} cannot hold this on {}", who, target.display()),
                      "shares get neither future grants nor the grant option");
    }
    broken_promise("every type of grantee is named", __FILE__, __LINE__);
  }

  // grants.md 1.4: views in a share are secure, unless it was made with SECURE_OBJECTS_ONLY = FALSE.
  bool is_secure_enough(const Grant& grant) {
    const Object* object = build_.state.find(grant.key.target.object);
    const Object* share = build_.state.find(object_of(grant.key.grantee));
    const bool open = grant.key.target.form == TargetForm::Object && (object == nullptr || share == nullptr);
    const auto* secure = object == nullptr ? nullptr : kinds::find_property(kinds::of(object->id.kind), "secure");
    if (open || secure == nullptr || share == nullptr) return true;
    const Value *stated = object->find("secure"), *only = share->find("secure_objects_only");
    if ((stated != nullptr && *stated == Value(true)) || (only != nullptr && *only == Value(false))) return true;
    return refuse(
        "MESH1401", grant,
        fmt::format("{} takes only secure objects, and {} is not", grant.key.grantee.display(), object->id.address()),
        fmt::format("write secure: true in {}; or secure_objects_only: false in the share, before it is made",
                    object->id.address()));
  }

  void usable(const Grant& grant) {
    const auto& grantee = grant.key.grantee;
    const bool is_user = grantee.type == GranteeType::User;
    const auto containers = containers_of(grant.key.target);
    if (is_user || containers.empty() || !references_.is_declared(object_of(grantee))) return;
    const auto [it, fresh] = reach_.try_emplace({grantee, containers}, true);
    if (fresh) it->second = usage_.reaches(grantee, containers);
    if (it->second) return;
    const auto missing = std::find_if(containers.begin(), containers.end(),
                                      [&](const ObjectId& container) { return !usage_.reaches(grantee, {container}); });
    const auto& container = missing == containers.end() ? containers.back() : *missing;
    auto name = grantee.type == GranteeType::Role ? grantee.name.display() : grantee.display();
    if (name.find('"') != std::string::npos) name = yaml::double_quoted(name);
    diagnostics_.error("MESH1407", grant.place,
                       fmt::format("{} could not use this: it has no USAGE on {}, by any path", grantee.display(),
                                   container.address()),
                       fmt::format("add grants: {{{}: [USAGE]}} to {}", name, container.address()));
  }

  void role_circles() {
    std::map<ObjectId, std::set<ObjectId>> next;
    for (const auto& [key, membership] : build_.state.memberships) {
      if (key.member.type != GranteeType::User) next[key.role].insert(object_of(key.member));
    }
    find_circles(next, [&](const std::vector<ObjectId>& path) {
      std::string words;
      for (const auto& role : path) words += role.address() + " → ";
      const auto place_of = [&](size_t i) {
        const auto& member = path[(i + 1) % path.size()];
        const auto type = member.kind == KindId::DatabaseRole ? GranteeType::DatabaseRole : GranteeType::Role;
        return build_.state.memberships.at({path[i], {type, member.name}}).place;
      };
      auto& error = diagnostics_.error(
          "MESH1204", place_of(0),
          fmt::format("roles are granted to each other in a circle: {}{}", words, path.front().address()),
          "take one of these out");
      for (size_t i = 1; i < path.size(); ++i) {
        error.notes.push_back(
            {fmt::format("{} is granted to {}", path[i].address(), path[(i + 1) % path.size()].address()),
             place_of(i)});
      }
    });
  }

  Build& build_;
  Diagnostics& diagnostics_;
  References& references_;
  Usage usage_;
  std::map<std::pair<Grantee, std::vector<ObjectId>>, bool> reach_;
};

}  // namespace

void check_access(Build& build, References& references) { AccessCheck(build, references).run(); }

}  // namespace mesh::manifest
