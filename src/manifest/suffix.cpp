// An environment's suffix on every account-level name the mesh declares, and on every reference to it.
#include <algorithm>

#include "builder.hpp"
#include "mesh/kinds/document.hpp"
#include "mesh/sql/account_names.hpp"

namespace mesh::manifest {
namespace {

class Suffix {
 public:
  Suffix(const Mesh& mesh, const Desired& desired) : mesh_(mesh) {
    for (const auto& [id, object] : desired.state.objects) declared_.insert({id.kind, id.name.first()});
  }

  // What a name of the account's level becomes, or of what lies in a database. Tombstones name what is declared no
  // longer: there `owns` decides.
  Name renamed(KindId kind, const Name& name, bool gone = false) const {
    if (kind == KindId::AccountParameter || kind == KindId::Statement)
      return name;  // named by Snowflake, or here alone
    const auto level = kinds::of(kind).scope == kinds::Scope::Account ? kind : KindId::Database;
    const bool ours = known(level, name) || (gone && mesh_.owner_of(name.stored()) != nullptr);
    return ours ? Name::exact(name.stored() + mesh_.environment.suffix) : name;
  }
  QualifiedName renamed(KindId kind, const QualifiedName& name, bool gone = false) const {
    auto parts = name.parts();
    parts[0] = renamed(kind, parts[0], gone);
    return QualifiedName(std::move(parts));
  }
  ObjectId renamed(ObjectId id, bool gone = false) const {
    if (!id.name.empty()) id.name = renamed(id.kind, id.name, gone);
    return id;
  }
  Grantee renamed(Grantee grantee) const {
    grantee.name = renamed(object_of(grantee).kind, grantee.name);
    return grantee;
  }
  GrantKey renamed(GrantKey key) const {
    key.target.object = renamed(key.target.object);
    key.grantee = renamed(key.grantee);
    return key;
  }
  void rename(SqlText& text) const {
    const auto rename = [&](KindId level, const Name& name) -> std::optional<Name> {
      if (!known(level, name)) return std::nullopt;
      return renamed(level, name);
    };
    text.text = sql::rename_account_names(text.text, rename);
  }
  Object renamed(Object object) const {
    object.id = renamed(object.id);
    if (object.owner) object.owner = renamed(KindId::Role, *object.owner);
    if (object.renamed_from) object.renamed_from = renamed(object.id.kind, *object.renamed_from, true);
    for (const auto& row : kinds::of(object.id.kind).properties) {
      const auto property = object.properties.find(row.name);
      if (property != object.properties.end()) rename(row, property->second.value);
    }
    for (auto& constraint : object.constraints) {
      if (constraint.type == ConstraintType::ForeignKey)
        constraint.references = renamed(KindId::Table, constraint.references);
    }
    for (auto& column : object.columns) {
      if (column.default_value) rename(*column.default_value);
    }
    for (const auto& row : kinds::of(object.id.kind).texts) {
      const auto text = object.texts.find(row.name);
      if (text != object.texts.end() && kinds::is_sql(row, object)) rename(text->second);
    }
    if (object.cluster_by) {
      for (auto& key : *object.cluster_by) rename(key);
    }
    return object;
  }
  void rename(const kinds::PropertyRow& row, Value& value) const {
    if (row.form != nullptr) {
      return kinds::rename_in_field(*row.form, value, [&](const kinds::Field& field, const std::string& text) {
        if (field.type == kinds::FieldType::Query) {
          SqlText query{text, {}};
          rename(query);
          return query.text;
        }
        if (!field.refers_to) return text;
        const auto name = renamed(kinds::named_by(field, text)).name;
        return field.type == kinds::FieldType::Name ? name.last().stored() : name.display();
      });
    }
    if (auto* list = std::get_if<ValueList>(&value.data)) {
      for (auto& each : *list) rename(row, each);
      // A is before A1, but A_DEV behind A1_DEV.
      if (row.is_set)
        std::sort(list->begin(), list->end(), [](const Value& a, const Value& b) { return *a.text() < *b.text(); });
    }
    if (value.text() == nullptr || kinds::is_word_of(row, *value.text())) return;
    const bool is_name = row.type == kinds::ValueType::Identifier || row.type == kinds::ValueType::Names;
    if (row.refers_to && is_name) value = Value(renamed(*row.refers_to, Name::exact(*value.text())).stored());
    if (row.type == kinds::ValueType::Address)
      value = Value(renamed(parse_address(*value.text()).value()).address());  // canonical() has parsed it
    if (const auto stage =
            row.has_stages || row.type == kinds::ValueType::StagePath ? kinds::stage_of(*value.text()) : std::nullopt)
      value = Value(kinds::with_stage(*value.text(), renamed(KindId::Stage, stage->name)));
    if (row.type != kinds::ValueType::ObjectName && row.type != kinds::ValueType::ObjectNames) return;
    if (const auto name = QualifiedName::parse(*value.text()))
      value = Value(renamed(KindId::Database, *name).display());
  }
  std::string renamed_role(const std::string& stored) const {
    return stored.empty() ? stored : renamed(KindId::Role, Name::exact(stored)).stored();
  }
  void rename(Products& products) const {
    for (auto& [key, product] : products.all) {
      for (auto& [name, port] : product.ports) {
        for (auto& object : port.objects) object.id = renamed(object.id);
        if (port.reader) port.reader = renamed(*port.reader);
      }
      for (auto& approval : product.approvals) approval.as = renamed(approval.as);
      if (product.share) product.share = renamed(*product.share);
    }
    for (auto& request : products.requests) request.as = renamed(request.as);
    decltype(products.described) described;
    for (const auto& [bearer, place] : products.described)
      described.emplace(Bearer{renamed(bearer.object), bearer.column}, place);
    products.described = std::move(described);
  }
  void rename(DeployRoles& roles) const {
    roles.plan = renamed_role(roles.plan);
    roles.deploy = renamed_role(roles.deploy);
    roles.creator = renamed_role(roles.creator);
  }

 private:
  // The names under `control` carry none, even where a domain declares them too.
  bool known(KindId level, const Name& name) const {
    if (mesh_.has_control && level == KindId::Database && name == mesh_.control.database) return false;
    if (mesh_.has_control && level == KindId::Warehouse && name == mesh_.control.warehouse) return false;
    return declared_.count({level, name}) > 0;
  }
  const Mesh& mesh_;
  std::set<std::pair<KindId, Name>> declared_;
};

}  // namespace

void add_suffix(Mesh& mesh, Desired& desired, std::vector<Grant>& present_grants, Products& products) {
  if (mesh.environment.suffix.empty()) return;
  const Suffix suffix(mesh, desired);
  suffix.rename(products);
  State state;
  for (auto& [id, object] : desired.state.objects) {
    Object made = suffix.renamed(std::move(object));
    state.objects.emplace(made.id, std::move(made));
  }
  for (auto& [key, grant] : desired.state.grants) {
    grant.key = suffix.renamed(key);
    state.grants.emplace(grant.key, grant);
  }
  for (auto& [key, attachment] : desired.state.attachments) {
    attachment.key.bearer.object = suffix.renamed(key.bearer.object);
    if (!key.name.empty()) attachment.key.name = suffix.renamed(key.kind, key.name);
    attachment.name = suffix.renamed(key.kind, attachment.name);
    state.attachments.emplace(attachment.key, attachment);
  }
  for (auto& [key, membership] : desired.state.memberships) {
    membership.key = {suffix.renamed(key.role), suffix.renamed(key.member)};
    state.memberships.emplace(membership.key, membership);
  }
  const auto renamed_ids = [&](const std::set<ObjectId>& ids) {
    std::set<ObjectId> out;
    for (const auto& id : ids) out.insert(suffix.renamed(id));
    return out;
  };
  auto& governed = desired.governed;
  for (auto& guard : governed.guards) guard.tag = suffix.renamed(KindId::Tag, guard.tag);
  for (auto& line : governed.lines) {
    if (line.property.empty()) line.name = suffix.renamed(line.kind, line.name);
    for (auto& tag : line.tags) tag = suffix.renamed(KindId::Tag, tag);
  }
  decltype(governed.released) released;
  for (const auto& [bearer, name] : governed.released)  // of policies, too: all lie in a schema
    released.insert({{suffix.renamed(bearer.object), bearer.column}, suffix.renamed(KindId::Tag, name)});
  governed.released = std::move(released);
  decltype(governed.sets) sets;
  for (auto& [id, properties] : governed.sets) sets.emplace(suffix.renamed(id), std::move(properties));
  governed.sets = std::move(sets);
  std::map<ObjectId, std::string> owners;
  for (const auto& [id, domain] : desired.owner_domain) owners.emplace(suffix.renamed(id), domain);
  for (auto& tombstone : desired.removed) tombstone.object = suffix.renamed(tombstone.object, true);
  std::set<ObjectId> elsewhere;
  for (const auto& id : desired.elsewhere) elsewhere.insert(suffix.renamed(id, true));
  desired.elsewhere = std::move(elsewhere);
  for (auto& grant : present_grants) grant.key = suffix.renamed(grant.key);
  desired.exact_user_roles = renamed_ids(desired.exact_user_roles);
  desired.additive_roles = renamed_ids(desired.additive_roles);
  for (auto& domain : mesh.domains) suffix.rename(domain.roles);
  suffix.rename(mesh.environment.roles);
  desired.owner_domain = std::move(owners);
  desired.state = std::move(state);
}

}  // namespace mesh::manifest
