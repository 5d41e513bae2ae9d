#pragma once
// Shares: what may go into one, and who they are for (share entry; grants.md 1.4, 1.6;
// user-guide/data-sharing-provider).

#include <string>
#include <vector>

#include "grants.hpp"

namespace mesh::sandbox {

// ORG.ACCOUNT of an account here.
std::string account_identifier(const Object& account);
// The accounts a share was opened to, as they were named, in order.
std::vector<std::string> share_accounts(const Object& share);
// The one database whose USAGE the share holds; nullptr: none yet.
const Object* shared_database(const Running& run, const Object& share);

// What a share cannot be given, or not yet; refuses.
void check_for_share(const Running& run, const std::string& privilege, const GrantTarget& target, const Object& share,
                     bool option);
// A database role in a share: of the shared database alone.
void check_role_for_share(const Running& run, const Object& role, const Object& share);
// Granting to a share and revoking from it need the share's ownership or MANAGE GRANTS besides (grants.md 3.1).
void need_share(const Running& run, const Object& share);

// CREATE DATABASE name FROM SHARE: a share of another account of the file that was opened to this one.
ResultSet import_share(Running& run, const CreateHead& head, const std::string& name);
// A database of another account's share (imported_database entry), or SNOWFLAKE.
bool is_imported(const Object& object);

// The database roles of a share stand in every database that was made from it, and belong to its owner (what SHOW says
// of their owner no page tells). Called when a share gains or loses one.
void follow_share(Running& run, const Object& share);
// The provider's table or view that database.schema.name of an imported database stands for, where the session may
// read it: what the share holds itself by IMPORTED PRIVILEGES (which is USAGE on the database), what its database roles
// hold by having that role (data-share-consumers, options 1 and 2). nullptr: nothing that it can see.
const Object* imported_relation(const Running& run, const Object& database, const std::string& schema,
                                const std::string& name);
// What lies in an imported database, the provider's: refused to be made, altered or dropped.
void refuse_in_imported(const Running& run, const Object& container);

// SYSTEM$LIST_OUTBOUND_SHARES_DETAILS('<share>'): every account, where SHOW SHARES names three at most.
std::string outbound_details(const Running& run, const std::string& share);
ResultSet describe_share(Running& run);  // behind DESCRIBE SHARE

}  // namespace mesh::sandbox
