// Shares. Reference: CREATE SHARE, ALTER SHARE, SHOW SHARES, GRANT .. TO SHARE.
#include <algorithm>

#include "tables.hpp"

namespace mesh::kinds {
namespace {

// SHOW SHARES names three accounts at most, and one by its locator alone may be one that the manifest names in full.
bool is_cut(const ValueList& accounts) {
  return accounts.size() >= 3 || std::any_of(accounts.begin(), accounts.end(), [](const Value& account) {
           return account.text()->find('.') == std::string::npos;
         });
}

std::string_view no_account(const Value& accounts) {
  const auto& list = std::get<ValueList>(accounts.data);
  const bool named = std::all_of(list.begin(), list.end(), [](const Value& account) {
    const auto name = QualifiedName::parse(*account.text());
    return name && name->depth() <= 2;
  });
  return named ? "" : "accounts are named ORGANIZATION.ACCOUNT";
}

constexpr std::array<PropertyRow, 4> kRows = {{
    {.name = "secure_objects_only",
     .type = ValueType::Boolean,
     .clause = "SECURE_OBJECTS_ONLY",
     .from = ReadFrom::Nowhere,
     .change = ChangeBy::CreateOnly,
     .absent = Absent::Leave,
     .doc = "False lets views in that are not secure; only at creation, and Snowflake does not show it."},
    comment_row(),
    // Accounts cannot be added before USAGE on a database is granted to the share (share entry, quirks).
    {.name = "accounts",
     .type = ValueType::ForeignNames,
     .clause = "ACCOUNTS",
     .column = "to",
     .change = ChangeBy::AddRemove,
     .in_create = false,
     .wrong = no_account,
     .is_set = true,
     .altered_with = "share_restrictions",
     .disruptive = true,
     .behind_access = true,
     .is_cut = is_cut,
     .told_whole_by = "SYSTEM$LIST_OUTBOUND_SHARES_DETAILS",
     .doc = "The accounts that may import it, ORGANIZATION.ACCOUNT; one that is taken away loses its database at once. "
            "They are added when everything it holds has been granted to it."},
    {.name = "share_restrictions",
     .type = ValueType::Boolean,
     .clause = "SHARE_RESTRICTIONS",
     .from = ReadFrom::Nowhere,
     .change = ChangeBy::CreateOnly,
     .absent = Absent::Leave,
     .default_value = "true",
     .in_create = false,
     .doc = "False lets accounts of a lower edition in: said with each account that is added. Needs OVERRIDE SHARE "
            "RESTRICTIONS on the account."},
}};
static_assert(sound(kRows));

}  // namespace

constinit const Kind kShare = {
    .id = KindId::Share,
    .words = "share",
    .collection = "shares",
    .sql = "SHARE",
    .sql_plural = "SHARES",
    .granted_on = "SHARE",
    .scope = Scope::Account,
    .properties = kRows,
    .privileges = {},
    .can_be_renamed = false,
    .owner_is_fixed = true,
    .listed_where = {"kind", "OUTBOUND"},
    .drop_cost = "cuts off every account that imported it, for good",
    .serves_others = true,
    .doc =
        "What other accounts get to read. What it holds is granted on the objects, `grants: "
        "{\"share S\": [SELECT]}`: USAGE on one database first, then on schemas, then what is "
        "in them; database roles are put in by their granted_to. Its owner is whoever makes "
        "it, so the domain's deploy_role does, and needs CREATE SHARE and MANAGE SHARE "
        "TARGET on the account."};

}  // namespace mesh::kinds
