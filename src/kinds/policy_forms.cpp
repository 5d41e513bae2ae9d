#include <algorithm>

#include "mesh/base/text.hpp"
#include "mesh/kinds/policies.hpp"

namespace mesh::kinds {
namespace {

// ALLOWED JOIN KEYS: create-table and user-guide/join-policies.
constexpr PolicyForm kForms[] = {
    {.kind = KindId::MaskingPolicy,
     .to = AttachesTo::Column,
     .columns_key = "using",
     .columns_sql = "USING",
     .by_signature = true,
     .columns_told = false,
     .always_read = true},
    {.kind = KindId::RowAccessPolicy,
     .to = AttachesTo::Relation,
     .columns_key = "on",
     .columns_sql = "ON",
     .needs_columns = true,
     .by_signature = true,
     .columns_told = false,
     .always_read = true},
    {.kind = KindId::AggregationPolicy,
     .to = AttachesTo::Relation,
     .columns_key = "entity_key",
     .columns_sql = "ENTITY KEY"},
    {.kind = KindId::ProjectionPolicy, .to = AttachesTo::Column},
    {.kind = KindId::JoinPolicy,
     .to = AttachesTo::Relation,
     .columns_key = "allowed_join_keys",
     .columns_sql = "ALLOWED JOIN KEYS"},
    {.kind = KindId::PasswordPolicy, .to = AttachesTo::User},
    {.kind = KindId::SessionPolicy, .to = AttachesTo::User},
    {.kind = KindId::AuthenticationPolicy, .to = AttachesTo::User},
};

}  // namespace

std::span<const PolicyForm> policy_forms() { return kForms; }

const PolicyForm* policy_form(KindId kind) {
  const auto* it =
      std::find_if(std::begin(kForms), std::end(kForms), [&](const PolicyForm& form) { return form.kind == kind; });
  return it == std::end(kForms) ? nullptr : it;
}

std::string policy_key(KindId kind) { return replace_all(kind_words(kind), " ", "_"); }

}  // namespace mesh::kinds
