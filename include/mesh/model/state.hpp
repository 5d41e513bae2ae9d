#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mesh/model/attachments.hpp"
#include "mesh/model/grants.hpp"
#include "mesh/model/object.hpp"

namespace mesh {

// Everything declared, or everything read. Sorted by key, so whatever walks it has a stable order. Nobody keeps
// pointers into it.
struct State {
  std::map<ObjectId, Object> objects;
  std::map<GrantKey, Grant> grants;
  std::map<MembershipKey, Membership> memberships;
  std::map<AttachmentKey, Attachment> attachments;

  const Object* find(const ObjectId& id) const {
    const auto it = objects.find(id);
    return it == objects.end() ? nullptr : &it->second;
  }
};

// What a domain says beyond its objects.
struct Tombstone {
  enum class Action { Drop, Forget };
  ObjectId object;  // of the table, for a column
  std::optional<Name> column;
  Action action = Action::Drop;
  std::string domain;
  Place place;
};

// What governing domains say by `apply`, beyond attachments and properties, which are ordinary ones by then.
struct Governed {
  // A tag by which something is protected: whoever bears it with that value (none: any) may not just take it off.
  struct TagGuard {
    QualifiedName tag;
    std::optional<std::string> value;
    std::string domain;  // that governs
    Place place;
  };
  std::vector<TagGuard> guards;
  // What a line under `apply` puts on whatever it selects: an object or column that left its reach, by another name
  // say, keeps it while the line stands.
  struct Line {
    std::string domain;  // that governs
    std::string to;      // as written
    KindId kind = KindId::Tag;
    QualifiedName name;
    std::vector<QualifiedName> tags;  // it selects by
    std::string property{};           // of `set`, in place of kind and name
  };
  std::vector<Line> lines;
  std::set<std::pair<Bearer, QualifiedName>> released;  // tags and policies that may be taken off all the same
  struct Setter {
    std::string domain, to;  // that governs, and what its line goes to
  };
  std::map<ObjectId, std::map<std::string, Setter>> sets;  // by object and property
};

// The desired side as the manifests have it, names with the environment's suffix.
struct Desired {
  State state;
  std::vector<Tombstone> removed;
  std::set<ObjectId> elsewhere;         // declared, but `only:` for other environments; what is inside goes with it
  std::set<ObjectId> exact_user_roles;  // roles with `users:` (members that are users are managed)
  std::set<ObjectId> additive_roles;    // `privileges: additive`
  std::map<ObjectId, std::string> owner_domain;  // of every declared object
  // Names used but declared by nobody (SYSADMIN, a user): checked at plan. The place of one use each, in every account.
  std::multimap<ObjectId, Place> assumed;
  std::multimap<Grantee, Place> assumed_grantees;
  Governed governed;
};

// An expectation that the last measurement of its metric did not meet.
struct BrokenExpectation {
  QualifiedName relation, metric;
  std::vector<Name> columns;
  std::string name, condition, value;  // as stored; the value as text
  bool is_failed = false;              // it could not be evaluated
};

// The live side and how much of it was seen.
struct Live {
  State state;
  std::string account;  // ORG-ACCOUNT or name as the connection says
  std::string current_role, current_user;
  int statements = 0;
  bool secondary_roles_active = false;  // promise 9
  bool quoted_identifiers_ignore_case = false;
  // Containers whose contents were read, whole: absence inside them means absence. Anything else is unknown.
  std::set<ObjectId> read_containers;  // databases (their schemas and database roles) and schemas (their tables, views)
  bool account_read = false;           // databases, warehouses, roles
  std::set<Grantee> read_grantees;     // whose privileges were read completely
  std::map<QualifiedName, bool> database_roles_read;
  std::string server_time_ms;
  bool inherited_grants = false;  // FEATURE_RBAC_INHERITED_GRANTS
  // Objects whose attachments were read, of the kinds that manifests or ledger use: of others nothing is known.
  std::set<ObjectId> attachments_read;
  // Those that were asked for all that hangs on them (live::look_closer).
  std::set<ObjectId> looked_at_closely;
  std::map<ObjectId, std::string> not_told;  // of those that were asked in vain: what Snowflake said
  // Of masking policies that hang on them and lie where nothing else was read: how many arguments each has.
  std::map<QualifiedName, size_t> arguments_of_masks;
  std::optional<std::vector<BrokenExpectation>> broken_expectations;  // none: not asked, or not to be read
};

}  // namespace mesh
