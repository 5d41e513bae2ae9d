#include "governance.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "attachments.hpp"
#include "ddl.hpp"
#include "sql_error.hpp"
#include "table_parts.hpp"
#include "types.hpp"

namespace mesh::sandbox {
namespace {

std::string level_of(const Object& object, int column) {
  if (column != 0) return "COLUMN";
  return is_table_like(object) ? "TABLE" : std::string(facts(object.kind).words);
}

void add_tags(const Catalog& catalog, const Object& object, int column, bool direct, std::vector<EffectiveTag>& found) {
  for (const Attachment& a : object.attachments) {
    const Object* tag = catalog.find(a.what);
    if (a.column != column || tag == nullptr || tag->kind != Kind::Tag || !catalog.live(*tag)) continue;
    const bool nearer = std::any_of(found.begin(), found.end(), [tag](const EffectiveTag& t) { return t.tag == tag; });
    if (!nearer) found.push_back({tag, a.value, level_of(object, column), direct});
  }
}

// The columns of a conditional policy that a tag brings: those named like its arguments.
void settle_by_name(const Object& relation, const TableColumn& column, MaskInForce& mask) {
  mask.columns = {column.id};
  for (size_t i = 1; i < mask.policy->columns.size(); ++i) {
    const TableColumn& argument = mask.policy->columns[i];
    const TableColumn* found = find_column(relation, argument.name);
    if (found == nullptr) {
      mask.status = "COLUMN_IS_MISSING_FOR_SECONDARY_ARG";
    } else if (type_family(found->type) != type_family(argument.type)) {
      mask.status = "COLUMN_DATATYPE_MISMATCH_FOR_SECONDARY_ARG";
    } else {
      mask.columns.push_back(found->id);
    }
  }
  if (mask.status != "ACTIVE") mask.columns.clear();
}

std::vector<MaskInForce> masks_of_tags(const Catalog& catalog, const Object& relation, const TableColumn& column) {
  std::vector<MaskInForce> masks;
  for (const EffectiveTag& tag : effective_tags(catalog, relation, column.id)) {
    for (const Attachment& a : tag.tag->attachments) {
      const Object* policy = catalog.find(a.what);
      if (policy == nullptr || policy->kind != Kind::MaskingPolicy) continue;
      if (type_family(policy->columns.front().type) != type_family(column.type)) continue;
      MaskInForce mask{.policy = policy, .tag = tag.tag};
      settle_by_name(relation, column, mask);
      masks.push_back(std::move(mask));
    }
  }
  const bool several =
      std::any_of(masks.begin(), masks.end(), [&](const MaskInForce& m) { return m.policy != masks.front().policy; });
  for (MaskInForce& mask : masks) {
    if (several) mask.status = "MULTIPLE_MASKING_POLICY_ASSIGNED_TO_THE_COLUMN", mask.columns.clear();
  }
  return masks;
}

// Texts: tag entry, errors; security-column-ddm-use (troubleshooting). Codes unconfirmed.
std::string broken(const MaskInForce& mask, const std::string& column) {
  if (mask.policy == nullptr) {
    return fmt::format(
        "Column {} already attached to a masking policy that does not exist. Please contact the policy administrator.",
        column);
  }
  if (mask.status == "ACTIVE") return "";
  std::string text = fmt::format("Column {} is mapped to ", column);
  if (mask.status == "COLUMN_IS_MISSING_FOR_SECONDARY_ARG") {
    text += "a masking policy where the table doesn't have a column for a secondary argument name of the policy.";
  } else if (mask.status == "COLUMN_DATATYPE_MISMATCH_FOR_SECONDARY_ARG") {
    text += "a masking policy where the table has a column with different data-type for a secondary argument name.";
  } else {
    text += "multiple masking policies by tags.";
  }
  return text;
}

StoredPolicy stored_policy(const Catalog& catalog, const Object& relation, const Object& policy,
                           const std::vector<int>& columns) {
  const Object& schema = catalog.at(policy.parent);
  StoredPolicy stored;
  stored.name = policy.name, stored.schema = schema.name, stored.database = catalog.at(schema.parent).name;
  stored.owner = policy.owner;
  stored.body = policy_expression(policy.prop("BODY"));
  for (size_t i = 0; i < columns.size() && i < policy.columns.size(); ++i) {
    const TableColumn* column = find_column(relation, columns[i]);
    if (column == nullptr) continue;
    stored.arguments.push_back(policy.columns[i].name);
    stored.columns.push_back(column->name);
  }
  return stored;
}

}  // namespace

std::vector<EffectiveTag> effective_tags(const Catalog& catalog, const Object& object, int column) {
  std::vector<EffectiveTag> found;
  if (column != 0) add_tags(catalog, object, column, true, found);
  for (const Object* o = &object; o != nullptr; o = catalog.container(*o))
    add_tags(catalog, *o, 0, o == &object && column == 0, found);
  std::sort(found.begin(), found.end(), [&](const EffectiveTag& a, const EffectiveTag& b) {
    return qualified_name(catalog, *a.tag) < qualified_name(catalog, *b.tag);
  });
  return found;
}

std::vector<MaskInForce> masks_in_force(const Catalog& catalog, const Object& relation, const TableColumn& column) {
  for (const Attachment& a : relation.attachments) {
    if (a.column != column.id) continue;
    const Object* policy = catalog.find(a.what);
    if (policy != nullptr && policy->kind != Kind::MaskingPolicy) continue;
    MaskInForce mask;
    // Only policies leave for good while something that was dropped meanwhile still names them.
    if (policy == nullptr || !catalog.live(*policy)) return {mask};
    mask.policy = policy;
    mask.with_using = !a.args.empty();
    mask.columns = a.args.empty() ? std::vector<int>{column.id} : a.args;
    return {mask};
  }
  return masks_of_tags(catalog, relation, column);
}

Protection protection_of(const Catalog& catalog, const Object& relation) {
  Protection protection;
  for (const TableColumn& column : relation.columns) {
    for (const MaskInForce& mask : masks_in_force(catalog, relation, column)) {
      if (const std::string why = broken(mask, column.name); !why.empty())
        protection.broken = "SQL execution error: " + why;
      else
        protection.masks.insert_or_assign(column.name, stored_policy(catalog, relation, *mask.policy, mask.columns));
    }
  }
  for (const Attachment& a : relation.attachments) {
    const Object* policy = catalog.find(a.what);
    // Text unconfirmed: the documented one speaks of columns.
    if (policy == nullptr && a.column == 0)
      protection.broken = fmt::format(
          "SQL execution error: Object {} already attached to a policy that does not exist. Please contact "
          "the policy administrator.",
          relation.name);
    if (policy == nullptr || !is_policy(policy->kind) || policy->kind == Kind::MaskingPolicy) continue;
    if (policy->kind == Kind::RowAccessPolicy) {
      protection.rows.push_back(stored_policy(catalog, relation, *policy, a.args));
    } else {
      protection.refused = fmt::format("SELECT under {} policies",
                                       facts(policy->kind).words.substr(0, facts(policy->kind).words.find(' ')));
    }
  }
  return protection;
}

}  // namespace mesh::sandbox
