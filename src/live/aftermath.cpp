#include "mesh/live/aftermath.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "grants.hpp"
#include "mesh/base/overloaded.hpp"
#include "mesh/kinds/kind.hpp"
#include "objects.hpp"
#include "statements.hpp"

namespace mesh::live {
namespace {

std::optional<ObjectId> container_of(const ObjectId& id) {
  const auto parent = id.name.parent();
  if (parent.empty()) return std::nullopt;
  return ObjectId{parent.depth() == 1 ? KindId::Database : KindId::Schema, parent};
}

std::optional<std::string> query_for(const Gone& gone) {
  return std::visit(Overloaded{[](const GrantKey& key) -> std::optional<std::string> {
                                 const bool future = key.target.form == TargetForm::FutureIn;
                                 return future ? show_future_grants_to(key.grantee) : show_grants_to(key.grantee);
                               },
                               [](const MembershipKey& key) -> std::optional<std::string> {
                                 const auto type = key.member.type;
                                 const bool by_member = type == GranteeType::Role || type == GranteeType::DatabaseRole;
                                 return by_member ? show_grants_to(key.member) : show_grants_of(key.role);
                               },
                               [](const ObjectId& id) -> std::optional<std::string> {
                                 // UNSET tells; what a DROP of a manifest's own is about is not known.
                                 if (id.kind == KindId::AccountParameter || id.kind == KindId::Statement)
                                   return std::nullopt;
                                 const auto& kind = kinds::of(id.kind);
                                 const auto words = sql::Keyword::of_table(kinds::listed_as(kind));
                                 const auto container = container_of(id);
                                 return container ? show_in(words, *container) : show(words);
                               }},
                    gone.what);
}

// Before BCR-2371 a view may come as TABLE; relations share their names, whatever word the answer has for them.
bool same_target(const GrantTarget& wanted, const GrantTarget& found) {
  if (wanted == found) return true;
  return wanted.form == found.form && wanted.object.name == found.object.name &&
         kinds::of(wanted.object.kind).is_relation && kinds::of(found.object.kind).is_relation;
}

std::string why(const std::vector<std::string>& granted_by) {
  if (granted_by.empty()) return "nobody is told as its grantor";
  std::string names;
  for (const auto& by : granted_by) {
    if (by.empty()) return "Snowflake itself gave it, and no role can take it back";
    names += (names.empty() ? "" : ", ") + QualifiedName({Name::exact(by)}).display();
  }
  return fmt::format("it is granted by {0}, whose grants a role that is not above {0} revokes only with MANAGE GRANTS",
                     names);
}

std::string still_granted(const GrantKey& key, const std::vector<Grant>& grants) {
  const bool imported = key.privilege == "IMPORTED PRIVILEGES";  // reads back as USAGE (grants.md 0.6)
  std::vector<std::string> granted_by;
  bool found = false;
  for (const auto& grant : grants) {
    if (!same_target(key.target, grant.key.target)) continue;
    if (grant.key.privilege != (imported ? "USAGE" : key.privilege)) continue;
    found = true;
    granted_by.insert(granted_by.end(), grant.granted_by.begin(), grant.granted_by.end());
  }
  if (!found) return {};
  return fmt::format("{} still holds {} on {}: {}", key.grantee.display(), key.privilege, key.target.display(),
                     why(granted_by));
}

std::string still_member(const MembershipKey& key, const std::vector<Membership>& memberships) {
  const bool found =
      std::any_of(memberships.begin(), memberships.end(), [&](const Membership& one) { return one.key == key; });
  if (!found) return {};
  return fmt::format("{} still has {}: another role granted it, whose grants only MANAGE GRANTS revokes",
                     key.member.display(), key.role.address());
}

std::string still_exists(const ObjectId& id, const Rows& rows) {
  const Field name(rows, "name");
  const ObjectRows reader(id.kind, rows);  // tells overloads apart
  const bool found = std::any_of(rows.rows.begin(), rows.rows.end(), [&](const Row& row) {
    return name.name(row) == id.name.last() && reader.arguments(row) == id.arguments && reader.is_of_kind(row);
  });
  return found ? fmt::format("{} is still there, or was made again by somebody", id.address()) : std::string();
}

}  // namespace

Aftermath::Aftermath(std::vector<Gone> gone) : gone_(std::move(gone)) {
  for (const auto& one : gone_) {
    auto sql = query_for(one);
    asked_.push_back(sql ? std::optional(ask(std::move(*sql), one.role)) : std::nullopt);
  }
}

size_t Aftermath::ask(std::string sql, const std::string& role) {
  for (size_t i = 0; i < queries_.size(); ++i) {
    if (queries_[i].sql == sql && queries_[i].role == role) return i;
  }
  Query query;
  query.sql = std::move(sql);
  query.role = role;
  query.read_only = true;
  queries_.push_back(std::move(query));
  return queries_.size() - 1;
}

std::string Aftermath::still_there(const Gone& gone, const Rows& rows) const {
  const auto never = [](const GrantKey&) { return false; };  // a born USAGE stays (grants.md 0.8)
  const DatabaseKinds any_database{[](const Name&) { return std::string(); }};
  return std::visit(Overloaded{[&](const GrantKey& key) {
                                 const auto read = key.target.form == TargetForm::FutureIn
                                                       ? read_future_grants(key.grantee, rows)
                                                       : read_grants_to(key.grantee, rows, any_database, never);
                                 return still_granted(key, read.grants);
                               },
                               [&](const MembershipKey& key) {
                                 const auto type = key.member.type;
                                 const bool by_member = type == GranteeType::Role || type == GranteeType::DatabaseRole;
                                 const auto read = by_member ? read_grants_to(key.member, rows, any_database, never)
                                                             : read_grants_of(key.role, rows, {});
                                 return still_member(key, read.memberships);
                               },
                               [&](const ObjectId& id) { return still_exists(id, rows); }},
                    gone.what);
}

std::vector<std::string> Aftermath::findings(const std::vector<Reply>& replies) const {
  MESH_ASSERT(replies.size() == queries_.size());
  std::vector<std::string> all;
  for (size_t i = 0; i < gone_.size(); ++i) {
    const Reply* reply = asked_[i] ? &replies[*asked_[i]] : nullptr;
    if (reply == nullptr) {
      all.emplace_back();
    } else if (reply->ok()) {
      all.push_back(still_there(gone_[i], **reply));
    } else {
      const auto& error = reply->error();
      const bool is_hidden = error.is_missing_or_hidden() || error.code == "003001";
      all.push_back(is_hidden ? std::string() : "whether it took effect could not be seen: " + error.describe());
    }
  }
  return all;
}

}  // namespace mesh::live
