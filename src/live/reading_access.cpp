// Who holds what: by grantee, since SHOW GRANTS has no paging and no other cheap form (grants.md section 5).
#include <algorithm>

#include "reading.hpp"
#include "statements.hpp"

namespace mesh::live {
namespace {

std::optional<ObjectId> role_of(const Grantee& grantee) {
  if (grantee.type == GranteeType::Role) return ObjectId{KindId::Role, grantee.name};
  if (grantee.type == GranteeType::DatabaseRole) return ObjectId{KindId::DatabaseRole, grantee.name};
  return std::nullopt;
}

}  // namespace

bool Reading::exists(const Grantee& grantee) const {
  const auto role = role_of(grantee);
  if (!role) return true;  // users and shares are asked for blindly
  if (live_.state.find(*role) != nullptr) return true;
  if (role->kind == KindId::Role) return !account_read_;
  const auto read = live_.database_roles_read.find(grantee.name.parent());
  const bool seen = read != live_.database_roles_read.end() && read->second;
  // A role in a database that is nobody's here.
  return !seen && database_kinds_.count(grantee.name.first()) > 0;
}

// What such a role may do is the provider's, and asking for its future grants may fail (grants.md 5).
bool Reading::is_imported_role(const ObjectId& id) const {
  const auto database = database_kinds_.find(id.name.first());
  return id.kind == KindId::DatabaseRole && database != database_kinds_.end() && database->second == kImportedDatabase;
}

void Reading::ask_grants(GranteeType type) {
  auto wanted = interest_.grantees();
  for (const auto& [id, object] : live_.state.objects) {
    const bool role = id.kind == KindId::Role || id.kind == KindId::DatabaseRole;
    if (!role || is_imported_role(id)) continue;
    const Grantee grantee{id.kind == KindId::Role ? GranteeType::Role : GranteeType::DatabaseRole, id.name};
    if (interest_.is_owned(id)) {
      wanted[grantee] = {true, true, true};
    } else if (scope_.every_role) {
      wanted.insert({grantee, {true, true, false}});
    }
  }
  for (const auto& [grantee, access] : wanted) {
    if (grantee.type != type) continue;
    if (is_imported_role(object_of(grantee))) continue;
    if (exists(grantee)) {
      ask_grants_to(grantee, access);
    } else {
      missing_grantees_.insert(grantee);
    }
  }
}

void Reading::ask_grants_to(const Grantee& grantee, const Interest::Access& access) {
  const auto id = role_of(grantee);
  const bool is_share = grantee.type == GranteeType::Share;
  const auto role = id         ? interest_.role_for(*id)
                    : is_share ? interest_.role_for(object_of(grantee))
                               : scope_.mesh->plan_role({});
  const auto what = "what " + grantee.display() + " may do";
  const auto missing = [this, is_share, grantee = grantee](const StatementError& error) {
    const bool not_taken = is_share && is_not_taken(error);
    if (error.is_missing_or_hidden() || not_taken) missing_grantees_.insert(grantee);
    return error.is_missing_or_hidden() || not_taken;
  };
  const auto kind_of = [this](const Name& name) {
    const auto it = database_kinds_.find(name);
    return it == database_kinds_.end() ? std::string() : it->second;
  };
  const auto is_declared = [this](const GrantKey& key) { return scope_.desired->state.grants.count(key) > 0; };
  const bool exactly = access.exactly;
  // Whether SHOW GRANTS still cuts at 10,000 rows is not known (grants.md section 2): for a managed role it counts as
  // cut, for another one as not read whole.
  const auto whole = [this, exactly, what](const Rows& rows) {
    if (rows.rows.size() < kRowLimit) return true;
    if (exactly) asks_.report_cut(what);
    return false;
  };
  reads_left_[grantee] = (access.privileges ? 1 : 0) + (access.future ? 1 : 0);
  if (access.privileges) {
    // SHOW GRANTS TO USER had fewer columns before BCR-1803.
    const bool old_form = grantee.type == GranteeType::User;
    asks_.ask({show_grants_to(grantee), role, what,
               old_form ? std::vector<std::string>{} : std::vector<std::string>{"privilege", "granted_on", "name"},
               [this, grantee = grantee, kind_of, is_declared, whole](Rows& rows) {
                 take_access(read_grants_to(grantee, rows, {kind_of}, is_declared));
                 one_more_read(grantee, whole(rows));
               },
               missing});
  }
  if (!access.future) return;
  asks_.ask({show_future_grants_to(grantee),
             role,
             what + " on what is still to come",
             {"privilege", "name"},
             [this, grantee = grantee, whole](Rows& rows) {
               take_access(read_future_grants(grantee, rows));
               one_more_read(grantee, whole(rows));
             },
             missing});
}

void Reading::one_more_read(const Grantee& grantee, bool whole) {
  if (!whole) return;
  if (--reads_left_[grantee] == 0) live_.read_grantees.insert(grantee);
}

void Reading::take_access(AccessRows rows) {
  grants_.insert(grants_.end(), std::make_move_iterator(rows.grants.begin()),
                 std::make_move_iterator(rows.grants.end()));
  for (auto& [object, owner] : rows.owned) owners_.emplace(std::move(object), std::move(owner));
  for (auto& membership : rows.memberships) memberships_.emplace(membership.key, std::move(membership));
}

// ---- members: parents of managed roles are exact, users where they are stated

void Reading::ask_members() {
  ask_wide_types();
  for (const auto& [id, counts] : member_counts_) {
    const auto* declared = interest_.declared_for(id);
    const bool ours = declared != nullptr && (!declared->structure_is_foreign() || is_imported_role(id));
    const bool managed = declared != nullptr ? ours : interest_.is_owned(id);
    if (managed && members_unknown(id, declared != nullptr ? declared->id : id)) ask_grants_of(id);
  }
}

// Most parents are known from what the parents hold; SHOW ROLES tells how many there are.
bool Reading::members_unknown(const ObjectId& role, const ObjectId& declared) const {
  const auto& counts = member_counts_.at(role);
  int64_t roles = 0, database_roles = 0;
  for (auto it = memberships_.lower_bound({role, {}}); it != memberships_.end() && it->first.role == role; ++it) {
    roles += it->first.member.type == GranteeType::Role ? 1 : 0;
    database_roles += it->first.member.type == GranteeType::DatabaseRole ? 1 : 0;
  }
  if (counts.roles != roles || counts.database_roles != database_roles) return true;
  if (scope_.desired->exact_user_roles.count(declared) > 0 && counts.users != 0) return true;
  const auto& wanted = scope_.desired->state.memberships;
  return std::any_of(wanted.begin(), wanted.end(), [&](const auto& pair) {
    const auto type = pair.first.member.type;
    return pair.first.role == declared && role.kind == KindId::DatabaseRole &&
           (type == GranteeType::Share || type == GranteeType::User);
  });
}

void Reading::ask_grants_of(const ObjectId& role) {
  const auto what = "who has " + role.address();
  asks_.ask({show_grants_of(role),
             interest_.role_for(role),
             what,
             {"granted_to", "grantee_name"},
             [this, role, what](Rows& rows) {
               if (rows.rows.size() == kRowLimit) asks_.report_cut(what);
               take_access(read_grants_of(role, rows, locator_));
             },
             must_be_visible(role)});
}

// ---- the end

// Before BCR-2371 a view may come as TABLE; so may other kinds of table (grants.md, pitfalls).
void Reading::settle(GrantKey& key) const {
  auto& object = key.target.object;
  const bool table_or_view = object.kind == KindId::Table || object.kind == KindId::View;
  const bool doubtful = key.target.form == TargetForm::Object && table_or_view && live_.state.find(object) == nullptr;
  if (!doubtful) return;
  for (const auto kind : kinds::relations()) {
    if (live_.state.find({kind, object.name}) != nullptr) object.kind = kind;
  }
}

void Reading::merge_owners() {
  for (const auto& [id, owner] : owners_) {
    const auto object = live_.state.objects.find(id);
    if (object == live_.state.objects.end()) continue;
    object->second.live.owner = owner.name.last();
    object->second.live.owner_type = owner.type == GranteeType::Role ? "ROLE" : "DATABASE_ROLE";
    object->second.live.unknown.erase("owner");
  }
}

void Reading::merge_access() {
  merge_owners();
  for (auto& grant : grants_) {
    settle(grant.key);
    const auto& [form, object, of_kind] = grant.key.target;
    const bool relation = object.kind == KindId::Table || object.kind == KindId::View;
    const bool foreign = form == TargetForm::Object && relation && other_relations_.count(object.name) > 0;
    if (foreign) continue;
    const auto [it, added] = live_.state.grants.emplace(grant.key, grant);
    if (added) continue;
    // The same privilege from several grantors (grants.md section 0, 4).
    it->second.grant_option |= grant.grant_option;
    it->second.granted_by.insert(it->second.granted_by.end(), grant.granted_by.begin(), grant.granted_by.end());
  }
  for (auto& [key, grant] : live_.state.grants) {
    auto& by = grant.granted_by;
    std::sort(by.begin(), by.end());
    by.erase(std::unique(by.begin(), by.end()), by.end());
  }
  live_.state.memberships = std::move(memberships_);
}

void Reading::check_assumed() {
  if (!account_read_) return;
  const auto report = [&](const std::string& address, Place place) {
    asks_.report("MESH3007", address + " is used, but does not exist in the account, or is hidden from this role",
                 "declare it in its domain, correct the name, or make it first", place);
  };
  for (const auto& [id, place] : scope_.desired->assumed) {
    const bool missing = (id.kind == KindId::Role && live_.state.find(id) == nullptr) ||
                         (id.kind == KindId::Database && database_kinds_.count(id.name.first()) == 0);
    if (missing) report(id.address(), place);
  }
  for (const auto& [grantee, place] : scope_.desired->assumed_grantees) {
    if (missing_grantees_.count(grantee) > 0) report(grantee.display(), place);
  }
}

}  // namespace mesh::live
