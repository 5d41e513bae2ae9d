// drift: what is there and nobody's.
#include <algorithm>

#include "compare.hpp"
#include "mesh/kinds/settings.hpp"
#include "mesh/model/creation.hpp"

namespace mesh::diff_parts {
namespace {

class Unlisted {
 public:
  Unlisted(const Sides& sides, DiffResult& result) : sides_(sides), result_(result) {}

  void run() {
    for (const auto& [id, object] : sides_.live.objects) look_at(id, object);
    for (const auto& [key, grant] : sides_.live.grants) look_at(key);
    for (const auto& [key, membership] : sides_.live.memberships) look_at(key);
  }

 private:
  const Mesh& mesh() const { return sides_.mesh(); }
  bool is_declared(const ObjectId& id) const { return sides_.desired().state.find(id) != nullptr; }
  // Remembered here, or by another environment of this account or another mesh.
  bool is_remembered(const ObjectId& id) const {
    return sides_.entry(id) != nullptr || sides_.ledger.other_meshes.count(id.address()) > 0;
  }
  static bool is_role(const Grantee& grantee) { return grantee.type != GranteeType::User; }
  bool is_managed(const Grantee& grantee) const { return is_role(grantee) && is_declared(object_of(grantee)); }
  // A role that mesh.yaml names is mesh's own tool: bootstrap makes it and gives it what it needs.
  bool is_tool(const ObjectId& id) const {
    return id.kind == KindId::Role && mesh().is_deployment_role(id.name.first().stored());
  }

  void add(std::string address, const char* what, const Domain* owner) {
    if (owner != nullptr && !sides_.in_scope(owner->name)) return;
    result_.unmanaged.push_back({std::move(address), what, owner == nullptr ? std::string() : owner->name});
  }

  void look_at(const ObjectId& id, const Object& object) {
    if (id.kind == KindId::User && mesh().is_set_up_user(id.name.last())) return;
    if (lies_in_imported(sides_.live, id)) return;  // the provider's
    if (object.live.born || mesh().is_control(id.name.first()) || is_tool(id) || is_declared(id) || is_remembered(id))
      return;
    const Domain* owner = kinds::owner_of_live(mesh(), id);
    if (owner != nullptr) add(id.address(), "object", owner);
  }

  // By itself, or as one of the "tables in schema".
  bool is_stated(const GrantKey& key) const {
    auto future = key;
    if (key.target.form == TargetForm::PresentIn) future.target.form = TargetForm::FutureIn;
    if (sides_.desired().state.grants.count(future) > 0) return true;
    const auto& present = sides_.input.present_grants;
    return std::any_of(present.begin(), present.end(), [&](const Grant& grant) {
      return key.target.form == TargetForm::Object && grant.key.privilege == key.privilege &&
             grant.key.grantee == key.grantee && grant.key.target.of_kind == key.target.object.kind &&
             key.target.object.name.is_under(grant.key.target.object.name);
    });
  }

  // What our roles hold on what nobody declares, and what others hold on what is declared: promise 5 leaves both alone.
  void look_at(const GrantKey& key) {
    if (is_stated(key)) return;
    if (key.target.form == TargetForm::Account) return look_at_account(key);
    const auto& target = key.target.object;
    if (mesh().is_control(target.name.first())) return;
    if (is_role(key.grantee) && is_tool(object_of(key.grantee))) return;
    if (is_declared(target)) {
      const bool goes = is_role(key.grantee) && sides_.entry(object_of(key.grantee)) != nullptr;
      if (is_managed(key.grantee) || goes || is_born_with(key)) return;
    } else if (is_remembered(target) || !(is_managed(key.grantee) || is_owned(key.grantee))) {
      return;
    }
    add(key.address(), "grant", mesh().owner_of_live(target.name.first().stored()));
  }
  // The account is nobody's object, but where a domain has it.
  void look_at_account(const GrantKey& key) {
    if (!is_managed(key.grantee) || is_tool(object_of(key.grantee))) return;
    const auto& domains = sides_.desired().owner_domain;
    const auto it = domains.find(object_of(key.grantee));
    add(key.address(), "grant", it == domains.end() ? nullptr : mesh().find(it->second));
  }
  bool is_owned(const Grantee& grantee) const {
    return is_role(grantee) && mesh().owner_of_live(grantee.name.first().stored()) != nullptr;
  }
  // Every database role has USAGE on its database.
  static bool is_born_with(const GrantKey& key) {
    return key.privilege == "USAGE" && key.grantee.type == GranteeType::DatabaseRole &&
           key.target.form == TargetForm::Object && key.target.object.kind == KindId::Database &&
           key.grantee.name.parent() == key.target.object.name;
  }

  // What flows into a managed role from one that nobody manages.
  void look_at(const MembershipKey& key) {
    if (!is_managed(key.member) || is_declared(key.role) || is_remembered(key.role) || is_tool(key.role)) return;
    if (sides_.desired().state.memberships.count(key) > 0) return;
    const auto& domains = sides_.desired().owner_domain;
    const auto it = domains.find(object_of(key.member));
    add(key.address(), "membership", it == domains.end() ? nullptr : mesh().find(it->second));
  }

  const Sides& sides_;
  DiffResult& result_;
};

}  // namespace

void list_unmanaged(const Sides& sides, DiffResult& result) { Unlisted(sides, result).run(); }

}  // namespace mesh::diff_parts
