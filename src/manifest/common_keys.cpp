// Keys that every object may carry, and those of roles.
#include <algorithm>

#include <fmt/format.h>

#include "builder.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/contacts.hpp"
#include "mesh/kinds/tagging.hpp"

namespace mesh::manifest {
namespace {

void read_owner(const Site& site, const Node& node, Object& object) {
  const auto text = read_text(node, "owner", site.diagnostics());
  if (!text) return;
  const auto& kind = kinds::of(object.id.kind);
  if (kind.owner_is_fixed) {
    site.diagnostics().error("MESH1202", node.place, fmt::format("a {} cannot be handed over", kind.words),
                             "whoever makes it owns it: the domain's deploy_role; leave owner out");
    return;
  }
  auto role = parse_grantee(*text);
  if (!role || role->type != GranteeType::Role) {
    site.diagnostics().error("MESH1201", node.place, fmt::format("'{}' cannot own anything here", *text),
                             role ? "an owner is an account role" : role.error().message);
    return;
  }
  object.owner = role->name.first();
  site.build.owner_places[object.id] = node.place;
}

// OLD means: in the same container. Tables and views may come from another schema, if the kind can be moved.
void read_renamed_from(const Site& site, const Node& node, Object& object) {
  const auto text = read_text(node, "renamed_from", site.diagnostics());
  if (!text) return;
  const size_t depth = object.id.name.depth();
  auto name =
      read_qualified(*text, node.place, fmt::format("a {}", kind_words(object.id.kind)), 1, depth, site.diagnostics());
  if (!name) return;
  if (name->depth() < depth) {
    auto parts = object.id.name.parts();
    std::copy(name->parts().begin(), name->parts().end(), parts.end() - static_cast<std::ptrdiff_t>(name->depth()));
    name = QualifiedName(std::move(parts));
  }
  if (!kinds::of(object.id.kind).can_be_renamed) {
    site.diagnostics().error("MESH1202", node.place,
                             fmt::format("a {} cannot be renamed in Snowflake", kind_words(object.id.kind)),
                             "declare it under the old name; or make a new one and remove the old");
  } else if (*name == object.id.name) {
    site.diagnostics().error("MESH1202", node.place, "renamed_from names the object itself", "take it out");
  } else if (name->parent() != object.id.name.parent() && !kinds::of(object.id.kind).renames_across_schemas) {
    site.diagnostics().error("MESH1202", node.place,
                             fmt::format("a {} cannot be moved by renaming it", kind_words(object.id.kind)),
                             "write the old name alone");
  } else {
    object.renamed_from = *name;
    site.build.renamed_places[object.id] = node.place;
  }
}

std::vector<std::string> what_can_be_ignored(KindId kind) {
  std::vector<std::string> names = {"owner"};
  for (const auto& row : kinds::of(kind).properties) names.emplace_back(row.name);
  if (kind == KindId::Table) names.insert(names.end(), {"columns", "constraints", "cluster_by", "search_optimization"});
  if (kind != KindId::Table && kinds::has_key(kinds::of(kind), "cluster_by")) names.emplace_back("cluster_by");
  for (const auto& row : kinds::of(kind).texts) names.emplace_back(row.name);
  return names;
}

void read_ignore_changes(const Site& site, const Node& node, Object& object) {
  const auto known = what_can_be_ignored(object.id.kind);
  for (const auto& [text, place] : read_texts(node, "ignore_changes", site.diagnostics())) {
    if (object.id.kind == KindId::Table && text.rfind("columns.", 0) == 0) {
      if (const auto name = read_name(text.substr(8), place, "a column", site.diagnostics()))
        object.ignore_changes.insert("columns." + name->stored());
    } else if (std::find(known.begin(), known.end(), text) != known.end()) {
      object.ignore_changes.insert(text);
    } else {
      const bool is_key = text == "primary_key" || text == "unique" || text == "foreign_keys" || text == "check";
      site.diagnostics().error(
          "MESH1101", place, fmt::format("changes of '{}' cannot be ignored for {}", text, kind_words(object.id.kind)),
          is_key && object.id.kind == KindId::Table ? "'constraints' means all keys and checks of the table"
                                                    : did_you_mean(text, known));
    }
  }
}

void read_prevent_destroy(const Site& site, const Node& node, Object& object) {
  object.prevent_destroy = read_bool(node, "prevent_destroy", site.diagnostics());
}

void read_manage(const Site& site, const Node& node, Object& object) {
  static const std::vector<std::string> parts = {"grants", "tags", "policies", "comment", "contacts", "data_metrics"};
  for (const auto& [text, place] : read_texts(node, "manage", site.diagnostics())) {
    object.manage.insert(text);
    if (std::find(parts.begin(), parts.end(), text) != parts.end()) continue;
    site.diagnostics().error("MESH1301", place, fmt::format("manage cannot be '{}'", text),
                             did_you_mean(text, parts, fmt::format("it takes: {}", join(parts, ", "))));
  }
  if (object.manage.empty()) {
    site.diagnostics().error("MESH1102", node.place, "manage names nothing that mesh should see to",
                             "write manage: [grants]");
  }
}

void read_own_grants(const Site& site, const Node& node, Object& object) {
  if (!kinds::of(object.id.kind).privileges.empty()) read_object_grants(site, object.id, node);
}

void read_own_tags(const Site& site, const Node& node, Object& object) {
  if (!kinds::can_bear_tags(object.id.kind)) {
    site.diagnostics().error("MESH1303", node.place,
                             fmt::format("a {} cannot bear tags in Snowflake", kind_words(object.id.kind)),
                             "tag the schema or database it lies in, or what it is for, and take the key out here");
    return;
  }
  read_tags(site, node, {object.id, std::nullopt});
}

void read_own_contacts(const Site& site, const Node& node, Object& object) {
  if (!kinds::can_have_contacts(object.id.kind)) {
    site.diagnostics().error("MESH1303", node.place,
                             fmt::format("a {} cannot have contacts in Snowflake", kind_words(object.id.kind)),
                             "databases, schemas, tables, views and tasks have them; take the key out here");
    return;
  }
  read_contacts(site, node, object.id);
}

struct CommonRow {
  std::string_view key;
  void (*read)(const Site&, const Node&, Object&);
};
constexpr CommonRow kCommon[] = {
    {"owner", read_owner},
    {"grants", read_own_grants},
    {"tags", read_own_tags},
    {"contacts", read_own_contacts},
    {"renamed_from", read_renamed_from},
    {"ignore_changes", read_ignore_changes},
    {"prevent_destroy", read_prevent_destroy},
    {"manage", read_manage},
};

}  // namespace

void read_common(const Site& site, const Node& body, Object& object) {
  for (const auto& row : kCommon) {
    if (const Node* node = body.find(row.key); node != nullptr && !node->is_null()) row.read(site, *node, object);
  }
}

void read_role(const Site& site, const Node& body, Object& role) {
  if (const Node* node = body.find("granted_to")) read_memberships(site, role.id, *node);
  if (const Node* node = body.find("users"); node != nullptr && role.id.kind == KindId::Role) {
    site.build.exact_user_roles.insert(role.id);
    for (const auto& [text, place] : read_texts(*node, "users", site.diagnostics())) {
      const auto name = read_name(text, place, "a user", site.diagnostics());
      if (!name) continue;
      const MembershipKey key{role.id, {GranteeType::User, QualifiedName({*name})}};
      site.build.state.memberships.emplace(key, Membership{key, role.domain, place});
    }
  }
  const Node* node = body.find("privileges");
  if (node == nullptr || node->is_null()) return;
  if (!node->is_scalar()) {
    site.diagnostics().error("MESH1102", node->place, "privileges of a role must be 'additive'",
                             "what a role may do stands as grants on the objects");
  } else if (read_word(*node, "privileges", {"additive", "exact"}, site.diagnostics()) == "additive") {
    site.build.additive_roles.insert(role.id);
  }
}

}  // namespace mesh::manifest
