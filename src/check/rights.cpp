#include "rights.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/diff/diff.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/kinds/kind.hpp"
#include "mesh/kinds/policies.hpp"
#include "mesh/kinds/settings.hpp"
#include "mesh/model/creation.hpp"

namespace mesh::check {
namespace {

using Form = Right::Form;

GrantTarget on(const ObjectId& id) { return {TargetForm::Object, id, KindId::Table}; }
constexpr GrantTarget on_account() { return {TargetForm::Account, {}, KindId::Table}; }

Right any_on(const ObjectId& id) { return {Form::HoldsAny, {}, on(id), {}}; }
Right may_grant(const std::string& privilege, GrantTarget target) {
  return {Form::MayGrant, privilege, std::move(target), {}};
}
Right is(Grantee role) { return {Form::Is, {}, {}, std::move(role)}; }
Right is_system_role(const char* name) { return is({GranteeType::Role, QualifiedName({Name::exact(name)})}); }

ObjectId parent_of(const ObjectId& id) {
  return {id.name.depth() == 2 ? KindId::Database : KindId::Schema, id.name.parent()};
}

// Privileges that let a role change a kind without owning it (grants.md 3.1; page sql/alter-warehouse,
// sql/alter-schema, sql/alter-database, sql/alter-resource-monitor). Everything else asks for OWNERSHIP.
struct AlterRule {
  std::string_view kind;      // words
  std::string_view property;  // the only ones that change, with blanks between them; empty: any
  std::string_view privilege;
  bool on_account = false;
};
constexpr AlterRule kAlterRules[] = {
    {"warehouse", "", "MODIFY"},
    {"warehouse", "", "MANAGE WAREHOUSES", true},
    {"resource monitor", "", "MODIFY"},
    {"user", "public_keys", "MODIFY PROGRAMMATIC AUTHENTICATION METHODS"},
    {"database", "comment", "MODIFY"},
    // Page user-guide/classify-auto, access control.
    {"database", "classification_profile", "EXECUTE AUTO CLASSIFICATION"},
    {"database", "classification_profile", "EXECUTE AUTO CLASSIFICATION", true},
    {"schema", "classification_profile", "EXECUTE AUTO CLASSIFICATION"},
    {"schema", "classification_profile", "EXECUTE AUTO CLASSIFICATION", true},
    {"listing", "", "MODIFY"},  // page sql/alter-listing
    // The privileges page lists it, and says OWNERSHIP in another place: who holds it is let through, not refused.
    {"schema", "", "MODIFY"},
    {"alert", "state", "OPERATE"},                 // page sql/alter-alert
    {"task", "state", "OPERATE"},                  // page sql/alter-task
    {"pipe", "pipe_execution_paused", "OPERATE"},  // page sql/alter-pipe
    // Page user-guide/dynamic-tables/privileges.
    {"dynamic table", "target_lag warehouse initialization_warehouse state", "OPERATE"},
};

// What one needs USAGE on to make an object that names it (pages sql/create-dynamic-table, sql/create-external-table;
// storage_integration entry, privileges).
struct Use {
  KindId by, what;
};
constexpr Use kUses[] = {{KindId::DynamicTable, KindId::Warehouse},
                         {KindId::ExternalTable, KindId::Stage},
                         {KindId::ExternalTable, KindId::FileFormat},
                         {KindId::Stage, KindId::StorageIntegration}};

bool changes_only(const Change& change, std::string_view property) {
  const auto names = split(property, ' ');
  return property.empty() || std::all_of(change.diff.begin(), change.diff.end(), [&](const DiffLine& line) {
           return std::find(names.begin(), names.end(), line.property) != names.end();
         });
}

const DiffLine* line_of(const Change& change, std::string_view property) {
  const auto it = std::find_if(change.diff.begin(), change.diff.end(),
                               [&](const DiffLine& line) { return line.property == property; });
  return it == change.diff.end() ? nullptr : &*it;
}

class Needs {
 public:
  Needs(const Change& change, const Statement& statement, const Desired& desired, const Account& account)
      : change_(change), statement_(statement), desired_(desired), account_(account) {}

  std::vector<Need> run() {
    if (change_.object && change_.object->kind == KindId::AccountParameter) return alter_account();
    if (change_.object && change_.object->kind == KindId::Statement) return {};  // nobody knows what it needs
    switch (statement_.act) {
      case Act::Create:
        create(*change_.object);
        break;
      case Act::Replace:
        add({owns(*change_.object)});
        create(*change_.object);
        break;
      case Act::Alter:
        alter(*change_.object);
        break;
      case Act::Rename:
        rename(*change_.object);
        break;
      case Act::Drop:
        resolve(*change_.object);
        add({owns(*change_.object)});
        break;
      case Act::HandOver:
        hand_over(*statement_.handover);
        break;
      case Act::Grant:
      case Act::Revoke:
        if (change_.grant) grant(*change_.grant);
        if (change_.membership) membership(change_.membership->role);
        break;
      case Act::Attach:
        attach(*change_.bearer, change_);
        break;
    }
    return std::move(needs_);
  }

 private:
  void add(std::vector<Right> any_of) { needs_.push_back({std::move(any_of)}); }

  // Any one privilege on each container lets a role resolve names in it (grants.md 3, Implied).
  void resolve(const ObjectId& id, const std::vector<Right>& or_these = {}) {
    if (id.name.depth() < 2) return;
    if (id.name.depth() > 2) resolve(parent_of(id), or_these);
    std::vector<Right> any_of = {any_on(parent_of(id))};
    any_of.insert(any_of.end(), or_these.begin(), or_these.end());
    add(std::move(any_of));
  }

  // ACCOUNTADMIN; the network policy also SECURITYADMIN, and who has ATTACH POLICY (alter-account;
  // account-objects.json, account_parameter entry).
  std::vector<Need> alter_account() {
    std::vector<Right> any_of = {is_system_role("ACCOUNTADMIN")};
    if (change_.object->name.last().stored() == "NETWORK_POLICY") {
      any_of.push_back(is_system_role("SECURITYADMIN"));
      any_of.push_back(holds_on_account("ATTACH POLICY"));
    }
    const auto* setting = kinds::find_setting(change_.object->name.last().stored());
    if (setting != nullptr && setting->type == kinds::SettingType::Policy)
      any_of = {applying(kinds::policy_kind(*setting))};
    add(std::move(any_of));
    return std::move(needs_);
  }

  void may_create(const ObjectId& id) {
    const auto& kind = kinds::of(id.kind);
    // A resource monitor is made by ACCOUNTADMIN alone (page sql/create-resource-monitor).
    if (kind.words == "resource monitor") return add({is_system_role("ACCOUNTADMIN")});
    const std::string privilege = fmt::format("CREATE {}", kind.sql);
    // CREATE INTEGRATION covers the kinds of integration (page sql/create-storage-integration).
    if (id.kind == KindId::StorageIntegration)
      return add({holds_on_account(privilege), holds_on_account("CREATE INTEGRATION")});
    const Object* object = desired_.state.find(id);
    // Page sql/create-organization-listing: either will do there.
    const Value* distribution = object == nullptr ? nullptr : object->find("distribution");
    if (id.kind == KindId::Listing && (distribution == nullptr || *distribution != Value("EXTERNAL")))
      return add({holds_on_account("CREATE ORGANIZATION LISTING"), holds_on_account(privilege)});
    // Page sql/create-database.
    if (id.kind == KindId::Database && object != nullptr && object->find("from_share") != nullptr)
      add({holds_on_account("IMPORT SHARE")});
    if (id.name.depth() == 1) return add({holds_on_account(privilege)});
    if (id.name.depth() > 2) resolve(parent_of(id));
    add({holds(privilege, parent_of(id))});
    // Page create-classification-profile.
    if (id.kind == KindId::ClassificationProfile)
      add({is({GranteeType::DatabaseRole, kinds::classification_admin()}), is_system_role("ACCOUNTADMIN")});
  }

  void create(const ObjectId& id) {
    may_create(id);
    const Object* object = desired_.state.find(id);
    if (object != nullptr && kinds::of(id.kind).is_relation) read_sources(*object);
    if (object != nullptr) use_what_it_names(*object);
    if (object != nullptr) {
      for (const auto& [name, property] : object->properties) set_parameter(id.kind, name);
    }
    apply_what_is_stated(id);
  }

  // Grants.md 3.1, Set/unset a tag, a masking or row access policy: APPLY of it and ownership of what bears it, or the
  // privilege on the account for both.
  static Right applying(KindId kind) { return holds_on_account(fmt::format("APPLY {}", kinds::of(kind).sql)); }

  void attach(const Bearer& bearer, const Change& change) {
    const auto kind = kind_from_words(change.kind);
    const auto name = QualifiedName::parse(change.name);
    if (!kind || !name) return;
    resolve(bearer.object);
    if (*kind == KindId::DataMetricFunction) return measure(bearer.object, *name);
    if (bearer.object.kind != KindId::User) add({owns(bearer.object), applying(*kind)});
    may_apply({*kind, *name});
  }

  // Page user-guide/data-quality-access-control: the table's owner, with the privilege to run metric functions on the
  // account and USAGE of this one. It is named without the types of its arguments.
  void measure(const ObjectId& relation, const QualifiedName& metric) {
    add({owns(relation)});
    add({holds_on_account("EXECUTE DATA METRIC FUNCTION")});
    const auto it = desired_.state.objects.lower_bound({KindId::DataMetricFunction, metric});
    if (it == desired_.state.objects.end() || it->first.name != metric) return;
    resolve(it->first);
    add({holds("USAGE", it->first), owns(it->first)});
  }

  // What is on users needs the privilege on the account (pages password-authentication and session-policies-managing;
  // that on one user does as well, but mesh does not grant it).
  void may_apply(const ObjectId& id) {
    resolve(id);
    const auto* form = kinds::policy_form(id.kind);
    if (form != nullptr && form->to == kinds::AttachesTo::User) return add({applying(id.kind)});
    add({holds("APPLY", id), owns(id), applying(id.kind)});
  }

  void apply_what_is_stated(const ObjectId& id) {
    const auto& all = desired_.state.attachments;
    for (auto it = all.lower_bound(AttachmentKey{{id, std::nullopt}, KindId{}, {}});
         it != all.end() && it->first.bearer.object == id; ++it) {
      if (!comes_after_creation(desired_.state, it->second)) may_apply({it->first.kind, it->second.name});
    }
    for (const auto& each : change_.kept) {
      each.key.kind == KindId::DataMetricFunction ? measure(id, each.name) : may_apply({each.key.kind, each.name});
    }
  }

  // The role that will own a view or stream must be able to read what it queries (pages sql/create-view,
  // sql/create-stream).
  void read_sources(const Object& view) {
    for (const auto& id : read_by(view)) {
      const bool is_relation = kinds::of(id.kind).is_relation;
      if (!is_relation || !account_.exists(id)) continue;
      resolve(id);
      add({holds("SELECT", id)});
    }
  }

  void use_what_it_names(const Object& object) {
    for (const auto& id : read_by(object)) {
      const bool used = std::any_of(std::begin(kUses), std::end(kUses),
                                    [&](const Use& use) { return use.by == object.id.kind && use.what == id.kind; });
      if (!used || !account_.exists(id)) continue;
      resolve(id);
      add({holds("USAGE", id)});
    }
  }

  // Rows are written with the privilege for that, or by the table's owner (pages sql/insert, sql/update, sql/delete).
  bool write_rows(const ObjectId& table) {
    constexpr std::pair<std::string_view, const char*> kVerbs[] = {
        {"INSERT INTO ", "INSERT"}, {"UPDATE ", "UPDATE"}, {"DELETE FROM ", "DELETE"}};
    for (const auto& [words, privilege] : kVerbs) {
      if (!statement_.sql.starts_with(words)) continue;
      add({holds(privilege, table), owns(table)});
      return true;
    }
    return false;
  }

  void alter(const ObjectId& id) {
    resolve(id);
    if (write_rows(id)) return;
    const auto& kind = kinds::of(id.kind);
    std::vector<Right> any_of = {owns(id)};
    for (const auto& rule : kAlterRules) {
      if (rule.kind != kind.words || !changes_only(change_, rule.property)) continue;
      const std::string privilege(rule.privilege);
      any_of.push_back(rule.on_account ? holds_on_account(privilege) : holds(privilege, id));
    }
    add(std::move(any_of));
    for (const auto& line : change_.diff) set_parameter(id.kind, line.property);
    // A warehouse's monitor is ACCOUNTADMIN's to assign (page sql/alter-warehouse).
    if (kind.words == "warehouse" && line_of(change_, "resource_monitor") != nullptr)
      add({is_system_role("ACCOUNTADMIN")});
    // A network policy is attached to a user by who owns both (network_policy entry).
    if (const auto* policy = line_of(change_, "network_policy"); policy != nullptr && policy->after.text() != nullptr)
      add({owns({KindId::NetworkPolicy, QualifiedName({Name::exact(*policy->after.text())})})});
    // Page sql/alter-schema.
    const auto* managed = line_of(change_, "managed_access");
    if (managed != nullptr && managed->after == Value(true)) add({holds_on_account(kManageGrants)});
    // Page sql/alter-share; grants.md 3.1.
    if (id.kind == KindId::Share && line_of(change_, "accounts") != nullptr)
      add({holds_on_account("MANAGE SHARE TARGET")});
    search(id);
    const Object* object = desired_.state.find(id);
    if (object != nullptr) refer_to_tables(*object);
    if (object != nullptr) run_by_itself(*object);
  }

  void set_parameter(KindId kind, std::string_view property) {
    const auto privilege = kinds::account_privilege_for(kind, property);
    if (!privilege.empty()) add({holds_on_account(std::string(privilege))});
  }

  // Page user-guide/search-optimization/enabling: besides the table's ownership, to add it and to take it off.
  void search(const ObjectId& table) {
    const auto does = [&](const char* what) {
      return statement_.sql.starts_with(fmt::format("ALTER TABLE {} {} SEARCH OPTIMIZATION", table.name.sql(), what));
    };
    if (does("ADD") || does("DROP")) add({holds("ADD SEARCH OPTIMIZATION", parent_of(table))});
  }

  // Whose owner it is must be allowed to run it (pages sql/alter-task and sql/create-task). Of another owner than the
  // role that resumes it, nothing is asked.
  void run_by_itself(const Object& object) {
    const bool resumes = object.id.kind == KindId::Task && statement_.sql.ends_with(" RESUME");
    if (!resumes || (object.owner && object.owner->stored() != statement_.role)) return;
    add({holds_on_account("EXECUTE TASK")});
    const Value* warehouse = object.find("warehouse");
    if (warehouse == nullptr || warehouse->is_null()) add({holds_on_account("EXECUTE MANAGED TASK")});
  }

  // Page sql/create-table-constraint: REFERENCES on the table that a foreign key names.
  void refer_to_tables(const Object& table) {
    for (const auto& constraint : table.constraints) {
      if (constraint.type != ConstraintType::ForeignKey ||
          kinds::add_constraint(table.id, constraint) != statement_.sql)
        continue;
      const ObjectId other{KindId::Table, constraint.references};
      resolve(other);
      add({holds("REFERENCES", other)});
    }
  }

  void rename(const ObjectId& id) {
    const auto from = parse_address(change_.removes.front());
    if (!from) return;
    resolve(*from);
    add({owns(*from)});
    // For a database, a schema, a role and a dynamic table the pages want what creating one wants. For another schema
    // none says it; in the same one, and for warehouses and database roles, ownership is all.
    const bool asks = id.kind == KindId::Database || id.kind == KindId::Schema || id.kind == KindId::Role ||
                      id.kind == KindId::DynamicTable;
    const bool moves = id.name.depth() > 2 && id.name.parent() != from->name.parent();
    if (!asks && !moves) return;
    may_create(id);
    needs_.back().certain = asks;
  }

  // Page sql/grant-ownership: ownership or MANAGE GRANTS; COPY CURRENT GRANTS wants MANAGE GRANTS, or to be the new
  // owner or above it.
  void hand_over(const Handover& handover) {
    const Right manage = holds_on_account(kManageGrants);
    resolve(handover.object, {manage});
    add({owns(handover.object), manage});
    add({is({GranteeType::Role, QualifiedName({handover.to})}), manage});
  }

  // MANAGE GRANTS of the account, or of a container of the object (grants.md 1.10).
  std::vector<Right> managing(const ObjectId& id) const {
    std::vector<Right> rights = {holds_on_account(kManageGrants)};
    for (auto name = id.name; !name.empty(); name = name.parent()) {
      const auto kind = name.depth() == 1 ? KindId::Database : KindId::Schema;
      if (name.depth() < 3 && (name != id.name || id.kind == kind)) {
        rights.push_back({Form::Holds, kManageGrants, on({kind, name}), {}});
      }
    }
    return rights;
  }

  // Grants.md 3.1, GRANT/REVOKE p ON o and ON FUTURE; 4, Managed access schema.
  void grant(const GrantKey& key) {
    if (key.target.form == TargetForm::Account) {
      return add({may_grant(key.privilege, on_account()), holds_on_account(kManageGrants)});
    }
    const auto& id = key.target.object;
    const auto manage = managing(id);
    resolve(id, manage);
    std::vector<Right> any_of;
    if (key.target.form == TargetForm::PresentIn) {
      // An inherited grant: "owning the container is not enough" (grants.md 1.9).
    } else if (key.target.form == TargetForm::FutureIn) {
      if (id.kind == KindId::Schema && account_.is_managed_access(id.name)) any_of.push_back(owns(id));
    } else if (id.name.depth() > 2 && account_.is_managed_access(id.name.parent())) {
      any_of.push_back(owns(parent_of(id)));
    } else {
      any_of.push_back(owns(id));
      any_of.push_back(may_grant(key.privilege, on(id)));
    }
    any_of.insert(any_of.end(), manage.begin(), manage.end());
    add(std::move(any_of));
  }

  void membership(const ObjectId& role) {
    const auto manage = managing(role);
    resolve(role, manage);
    std::vector<Right> any_of = {owns(role), may_grant("USAGE", on(role))};
    any_of.insert(any_of.end(), manage.begin(), manage.end());
    // Who made a database from a share grants the roles in it (data-share-consumers, option 2).
    if (lies_in_imported(desired_.state, role))
      any_of.push_back(owns({KindId::Database, QualifiedName({role.name.first()})}));
    add(std::move(any_of));
  }

  const Change& change_;
  const Statement& statement_;
  const Desired& desired_;
  const Account& account_;
  std::vector<Need> needs_;
};

}  // namespace

Right owns(const ObjectId& id) { return {Form::Owns, {}, on(id), {}}; }
Right holds(std::string privilege, const ObjectId& id) { return {Form::Holds, std::move(privilege), on(id), {}}; }
Right holds_on_account(std::string privilege) { return {Form::Holds, std::move(privilege), on_account(), {}}; }

std::vector<Need> needs_of(const Change& change, const Statement& statement, const Desired& desired,
                           const Account& account) {
  return Needs(change, statement, desired, account).run();
}

std::string words(const Right& right) {
  switch (right.form) {
    case Form::Owns:
      return "OWNERSHIP of " + right.target.display();
    case Form::Holds:
      return fmt::format("{} on {}", right.privilege, right.target.display());
    case Form::HoldsAny:
      return "any privilege on " + right.target.display();
    case Form::MayGrant:
      return fmt::format("{} on {} with grant option", right.privilege, right.target.display());
    case Form::Is:
      return "membership in " + right.role.display();
  }
  broken_promise("every form of right is named", __FILE__, __LINE__);
}

std::string remedy(const Right& right, const std::string& role) {
  const Grantee grantee{GranteeType::Role, QualifiedName({Name::exact(role)})};
  switch (right.form) {
    case Form::Owns:
      return kinds::transfer_ownership(right.target.object, Name::exact(role));
    case Form::Holds:
      return kinds::grant_statement({right.target, grantee, right.privilege}, false);
    case Form::HoldsAny:
      return kinds::grant_statement({right.target, grantee, "USAGE"}, false);
    case Form::MayGrant: {
      const auto kind = right.target.object.kind;
      if (right.target.form == TargetForm::Object && (kind == KindId::Role || kind == KindId::DatabaseRole)) {
        return kinds::grant_role({right.target.object, grantee}) + " WITH GRANT OPTION";
      }
      return kinds::grant_statement({right.target, grantee, right.privilege}, true);
    }
    case Form::Is:
      return kinds::grant_role({object_of(right.role), grantee});
  }
  broken_promise("every form of right has a remedy", __FILE__, __LINE__);
}

}  // namespace mesh::check
