// Collections of objects, each a map by name: who declares what, properties by the kind's table, common keys.
#include <algorithm>

#include <fmt/format.h>

#include "builder.hpp"
#include "fields.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/document.hpp"
#include "mesh/kinds/signature.hpp"
#include "mesh/sql/references.hpp"
#include "products.hpp"
#include "table_rows.hpp"

namespace mesh::manifest {
namespace {

using kinds::Kind;
using kinds::PropertyRow;
using kinds::Scope;

// A property that an object of this sort does not have.
void check_applicable(Diagnostics& diagnostics, const Object& object) {
  for (const auto& row : kinds::of(object.id.kind).properties) {
    const auto stated = object.properties.find(row.name);
    if (stated == object.properties.end() || row.applies == nullptr || row.applies(object)) continue;
    diagnostics.error("MESH1303", stated->second.place,
                      fmt::format("{} does not apply to {} as it is declared", row.name, object.id.address()),
                      fmt::format("take it out: {}", row.doc));
  }
}

void check_contradiction(Diagnostics& diagnostics, const Object& object) {
  const Kind& kind = kinds::of(object.id.kind);
  // What belongs to another tool need not be told here.
  const bool told = kind.contradiction != nullptr && !object.structure_is_foreign();
  const std::string why = told ? kind.contradiction(object) : std::string();
  if (!why.empty()) diagnostics.error("MESH1303", object.place, fmt::format("{}: {}", object.id.address(), why));
}

// A transient object has at most one day of Time Travel (data-time-travel).
void check_retention(Diagnostics& diagnostics, const Object& object) {
  const auto retention = object.properties.find("data_retention_time_in_days");
  if (retention == object.properties.end()) return;
  const Value *kind = object.find("kind"), *transient = object.find("transient");
  const bool is_transient =
      (kind != nullptr && *kind == Value("TRANSIENT")) || (transient != nullptr && *transient == Value(true));
  const auto* days = std::get_if<int64_t>(&retention->second.value.data);
  if (!is_transient || days == nullptr || *days <= 1) return;
  diagnostics.error(
      "MESH1303", retention->second.place,
      fmt::format("{} is transient and keeps at most one day of Time Travel, not {}", object.id.address(), *days),
      "write 0 or 1, or make it permanent");
}

class DomainReader {
 public:
  explicit DomainReader(const Site& site) : site_(site), build_(site.build), diagnostics_(site.build.diagnostics) {}

  // Of set: the kind's own properties, and nothing else.
  void properties(const Node& map, Object& object) {
    const Kind& kind = kinds::of(object.id.kind);
    std::vector<std::string_view> keys;
    for (const auto& row : kind.properties) {
      const auto group = kinds::group_of(row);
      if (!row.in_key && !row.is_sibling) keys.push_back(group.empty() ? row.name : group);
    }
    check_keys(map, keys, kind.words, diagnostics_);
    for (const auto& [key, value] : entries(map)) {
      const PropertyRow* row = kinds::find_property(kind, key.text);
      if (row != nullptr && !row->in_key && !row->is_sibling) property(*row, key, value, object);
      group(kind, key, value, object);
    }
  }

  void collections(const Node& map, Scope scope, const QualifiedName& container) {
    for (const auto& [key, value] : entries(map)) {
      const Kind* kind = kinds::by_collection(key.text);
      if (kind == nullptr || kind->scope != scope || !expect_map(value, key.text, diagnostics_)) continue;
      for (const auto& [name, body] : entries(value)) object(*kind, container, name, body);
    }
  }

 private:
  void object(const Kind& kind, const QualifiedName& container, const Node& key, const Node& body) {
    const auto signature = read_key(kind, key);
    if (!signature || !expect_map(body, fmt::format("{} {}", kind.words, key.text), diagnostics_)) return;
    ObjectId id{kind.id, container.child(signature->name)};
    if (is_overloaded(kind.id)) id.arguments = kinds::types_of(signature->arguments);
    check_keys(body, known_keys(kind), kind.words, diagnostics_);
    if (declare(kind, id, key, body)) {
      Object& declared = build_.state.objects.at(id);
      read_arguments(*signature, key.place, declared);
      fill(kind, body, declared);
    } else {
      access_of(kind, id, body);
    }
    if (is_left_out(site_, body)) build_.excluded.insert(id);
    const auto scope = kind.scope == Scope::Account ? Scope::Database : Scope::Schema;
    if (!kind.child_collections.empty()) collections(body, scope, id.name);
  }

  // A name, or "NAME(ARGUMENT TYPE, …)"; a mistake in it is shown where it stands in the key.
  std::optional<kinds::Signature> read_key(const Kind& kind, const Node& key) {
    if (!is_overloaded(kind.id)) {
      const auto name = read_name(key.text, key.place, fmt::format("a {}", kind.words), diagnostics_);
      return name ? std::optional(kinds::Signature{*name, {}}) : std::nullopt;
    }
    auto signature = kinds::parse_signature(key.text);
    if (signature) return *signature;
    const auto& error = signature.error();
    diagnostics_.error("MESH1201", key.place_in(error.offset, error.length),
                       fmt::format("'{}' cannot be the signature of a {}: {}", key.text, kind.words, error.message),
                       error.help);
    return std::nullopt;
  }

  static void read_arguments(const kinds::Signature& signature, Place place, Object& object) {
    if (signature.arguments.empty()) return;
    object.properties["arguments"] = {Value(kinds::arguments_text(signature.arguments)), place};
    const auto optional = kinds::optional_of(signature.arguments);
    if (optional > 0) object.properties["optional_arguments"] = {Value(static_cast<int64_t>(optional)), place};
  }

  // What others may rest on is read of a second declaration too: its own mistake is enough.
  void access_of(const Kind& kind, const ObjectId& id, const Node& body) {
    const Node *grants = body.find("grants"), *granted_to = body.find("granted_to");
    if (grants != nullptr && !kind.privileges.empty()) read_object_grants(site_, id, *grants);
    if (granted_to != nullptr && (kind.id == KindId::Role || kind.id == KindId::DatabaseRole))
      read_memberships(site_, id, *granted_to);
  }

  static std::vector<std::string_view> known_keys(const Kind& kind) {
    std::vector<std::string_view> keys;
    for (const auto& row : kind.properties) {
      const auto group = kinds::group_of(row);
      if (!row.in_key) keys.push_back(group.empty() ? row.name : group);
    }
    for (const auto key : kinds::structural_keys(kind)) keys.push_back(key);
    for (const auto key : kinds::common_keys()) keys.push_back(key);
    if (kind.privileges.empty()) std::erase(keys, std::string_view("grants"));
    return keys;
  }

  // Whether the body says something of the object itself, not only of what it contains.
  static bool has_own_keys(const Kind& kind, const Node& body) {
    const auto& children = kind.child_collections;
    for (size_t i = 0; i < body.pairs(); ++i) {
      if (std::find(children.begin(), children.end(), body.key(i).text) == children.end()) return true;
    }
    return children.empty();
  }

  // Declared once in the whole mesh; a container may stand again to add children. True: the body is to be read.
  bool declare(const Kind& kind, const ObjectId& id, const Node& key, const Node& body) {
    if (kind.scope == Scope::Account) check_owner(id, key.place);
    const bool own = has_own_keys(kind, body);
    const auto [it, fresh] = build_.state.objects.try_emplace(id);
    Object& object = it->second;
    bool& had_own = build_.has_own_keys[id];
    if (fresh) {
      const Domain* owner = build_.owner_of(id.name);
      object.id = id;
      object.domain = owner != nullptr ? owner->name : site_.domain.name;
      object.place = key.place;
      had_own = own;
      check_namespace(id, key.place);
      return true;
    }
    const bool is_container = !kind.child_collections.empty();
    if (is_container && !(own && had_own)) {
      if (own) object.place = key.place;
      had_own |= own;
      return own;
    }
    auto& error = diagnostics_.error(
        "MESH1105", key.place, fmt::format("{} is declared twice", id.address()),
        is_container ? "keep its properties in one place; elsewhere name it only to add children" : "keep one of them");
    error.notes.push_back({"it is declared here first", object.place});
    return false;
  }

  void check_owner(const ObjectId& id, Place place) {
    if (id.kind == KindId::User && build_.mesh.is_set_up_user(id.name.last())) {
      diagnostics_.error("MESH1405", place,
                         fmt::format("{} is a user that mesh.yaml names, and mesh bootstrap makes", id.address()),
                         "take it out: it logs in for mesh itself, and is nobody's to manage");
      return;
    }
    const auto owners = owners_of(id.name.first().stored());
    const auto& own = site_.domain;
    if (owners.size() == 1 && owners[0]->name == own.name) return;
    build_.misplaced.insert(id.name);
    if (owners.size() > 1) {
      diagnostics_.error("MESH1402", place,
                         fmt::format("{} falls under patterns of the same length of domains {} and {}", id.address(),
                                     owners[0]->name, owners[1]->name),
                         "make one of their patterns in mesh.yaml longer");
    } else if (owners.empty()) {
      diagnostics_.error("MESH1405", place, fmt::format("{} is outside what domain {} owns", id.address(), own.name),
                         fmt::format("{} owns {} (see mesh.yaml)", own.name, join(own.owns, ", ")));
    } else {
      diagnostics_.error("MESH1405", place,
                         fmt::format("{} belongs to domain {}, not to {}", id.address(), owners[0]->name, own.name),
                         fmt::format("declare it in domain {}, or change `owns` in mesh.yaml", owners[0]->name));
    }
  }

  // The domains with the longest pattern that takes the name in; more than one: nothing decides.
  std::vector<const Domain*> owners_of(const std::string& name) const {
    std::vector<const Domain*> owners;
    size_t longest = 0;
    for (const auto& domain : build_.mesh.domains) {
      for (const auto& pattern : domain.owns) {
        if (pattern.size() < longest || !glob_match(pattern, name)) continue;
        if (pattern.size() > longest) owners.clear();
        longest = pattern.size();
        if (owners.empty() || owners.back() != &domain) owners.push_back(&domain);
      }
    }
    return owners;
  }

  // Tables and views of a schema share one name space (schema-objects.json, table entry).
  void check_namespace(const ObjectId& id, Place place) {
    if (!kinds::of(id.kind).is_relation) return;
    for (const auto kind : kinds::relations()) {
      const auto other = build_.state.objects.find({kind, id.name});
      if (kind == id.kind || other == build_.state.objects.end()) continue;
      auto& error =
          diagnostics_.error("MESH1105", place, fmt::format("{} has the name of a {}", id.address(), kind_words(kind)),
                             "tables and views of a schema share their names");
      error.notes.push_back({"it is declared here first", other->second.place});
    }
  }

  void fill(const Kind& kind, const Node& body, Object& object) {
    const size_t told = diagnostics_.unsorted().size();
    for (const auto& [key, value] : entries(body)) {
      if (const PropertyRow* row = kinds::find_property(kind, key.text); row != nullptr && !row->in_key)
        property(*row, key, value, object);
      group(kind, key, value, object);
    }
    read_common(site_, body, object);
    read_object_texts(site_, body, object);
    const bool is_user = kind.id == KindId::User;
    if (is_user || kind.is_relation)
      read_policies(site_, body, {object.id, std::nullopt},
                    is_user ? kinds::AttachesTo::User : kinds::AttachesTo::Relation);
    if (const Node* metrics = body.find("data_metrics"); metrics != nullptr && kinds::has_key(kind, "data_metrics"))
      read_metrics(site_, *metrics, object.id);
    read_no_arguments(site_, body, object);
    if (const Node* policies = body.find("masking_policies"); policies != nullptr && kind.id == KindId::Tag)
      read_tag_policies(site_, *policies, object.id);
    if (kind.columns_by_name) read_columns_by_name(site_, body, object);
    if (kind.has_columns && !kind.columns_by_name) read_table(site_, body, object);
    if (kind.id == KindId::Table) read_table_rows(site_, body, object);
    switch (kind.id) {
      case KindId::Role:
      case KindId::DatabaseRole:
        read_role(site_, body, object);
        break;
      case KindId::Schema:
        object.properties.try_emplace("managed_access", Property{Value(true), {}});
        break;
      case KindId::Function:
      case KindId::Procedure:
        object.properties.try_emplace("language", Property{Value("SQL"), {}});  // CREATE always says it
        break;
      default:  // all in the tables
        break;
    }
    check_retention(diagnostics_, object);
    check_applicable(diagnostics_, object);
    // Of parts that are wrong by themselves nothing follows.
    if (diagnostics_.unsorted().size() == told) check_contradiction(diagnostics_, object);
    if (!object.manage.empty()) warn_unmanaged(kind, body, object);
  }

  // What is stated of an object whose structure is another tool's, but that `manage` does not leave to mesh.
  void warn_unmanaged(const Kind& kind, const Node& body, const Object& object) {
    for (const auto& [key, value] : entries(body)) {
      const bool is_part = key.text == "grants" || is_property(kind, key.text);
      if (!is_part || object.manage.count(key.text) > 0) continue;
      diagnostics_.warning(
          "MESH1303", key.place,
          fmt::format("{} of {} is left to the other tool: manage does not name it", key.text, object.id.address()),
          key.text == "grants" || key.text == "comment" ? "add it to manage, or take it out" : "take it out");
    }
  }

  static bool is_property(const Kind& kind, std::string_view key) {
    return std::any_of(kind.properties.begin(), kind.properties.end(),
                       [&](const PropertyRow& row) { return row.name == key || kinds::group_of(row) == key; });
  }

  std::optional<std::string> value_text(const PropertyRow& row, const Node& key, const Node& value,
                                        const Object& object) {
    switch (row.type) {
      case kinds::ValueType::Boolean:
        if (const auto flag = read_bool(value, key.text, diagnostics_)) return *flag ? "true" : "false";
        return std::nullopt;
      case kinds::ValueType::Integer:
        if (const auto number = read_int(value, key.text, diagnostics_)) return std::to_string(*number);
        return std::nullopt;
      case kinds::ValueType::Identifier:
        if (const auto written = read_text(value, key.text, diagnostics_)) {
          if (const auto name = read_name(*written, value.place, key.text, diagnostics_)) return name->stored();
        }
        return std::nullopt;
      case kinds::ValueType::ObjectName:
        if (!row.refers_to) return read_text(value, key.text, diagnostics_);
        if (const auto written = read_text(value, key.text, diagnostics_)) {
          if (const auto name = qualified(row, *written, value.place, key, object)) return name->display();
        }
        return std::nullopt;
      case kinds::ValueType::Text:
      case kinds::ValueType::DataType:
      case kinds::ValueType::Address:
      case kinds::ValueType::ForeignName:
      case kinds::ValueType::StagePath:
        return read_text(value, key.text, diagnostics_);
      case kinds::ValueType::OneOf:
        return read_scalar(value, key.text, diagnostics_);
      case kinds::ValueType::Texts:
      case kinds::ValueType::Names:
      case kinds::ValueType::ObjectNames:
      case kinds::ValueType::ForeignNames:
      case kinds::ValueType::Arguments:
      case kinds::ValueType::Nested:
        break;  // see property()
    }
    broken_promise("every value type is named", __FILE__, __LINE__);
  }

  bool refuse_table_kind(const std::string& text, Place place) {
    if (iequals(text, "hybrid")) {
      diagnostics_.error("MESH1104", place, "hybrid tables are not supported by this version of mesh",
                         "take it out for now");
    } else if (iequals(text, "temporary")) {
      diagnostics_.error("MESH1110", place,
                         "a table cannot be temporary: it would live in the session of one apply and be gone with it",
                         "write permanent or transient");
    } else {
      return false;
    }
    return true;
  }

  // A name in full; of the same schema, one name will do.
  std::optional<QualifiedName> qualified(const PropertyRow& row, const std::string& text, Place place, const Node& key,
                                         const Object& object) {
    const auto name = read_qualified(text, place, key.text, row.is_sibling ? 1 : 3, 3, diagnostics_);
    return name && row.is_sibling ? std::optional(sql::full_name(*name, object.id.name)) : name;
  }

  std::vector<std::string> list_texts(const PropertyRow& row, const Node& key, const Node& value,
                                      const Object& object) {
    std::vector<std::string> texts;
    if (!row.entry_keys.empty()) {
      if (!expect_list(value, key.text, entry_example(row), diagnostics_)) return texts;
      for (const auto& item : value.items) {
        if (auto text = entry_text(row, key, item)) texts.push_back(std::move(*text));
      }
      return texts;
    }
    for (const auto& [text, place] : read_texts(value, key.text, diagnostics_)) {
      if (row.type == kinds::ValueType::Texts || row.type == kinds::ValueType::ForeignNames) {
        texts.push_back(text);
      } else if (row.type == kinds::ValueType::Names) {
        if (const auto name = read_name(text, place, key.text, diagnostics_)) texts.push_back(name->stored());
      } else if (const auto name = qualified(row, text, place, key, object)) {
        texts.push_back(name->display());
      }
    }
    return texts;
  }

  // "- {at: 90, do: suspend}": the texts with blanks between them.
  std::optional<std::string> entry_text(const PropertyRow& row, const Node& key, const Node& item) {
    const std::string what = fmt::format("each entry of {}", key.text);
    if (!expect_map(item, what, diagnostics_)) return std::nullopt;
    check_keys(item, row.entry_keys, what, diagnostics_);
    std::vector<std::string> parts;
    for (const auto name : row.entry_keys) {
      const Node* part = item.find(name);
      const auto text = part == nullptr ? std::nullopt : read_scalar(*part, name, diagnostics_);
      if (part == nullptr) {
        diagnostics_.error("MESH1103", item.place, fmt::format("{} needs {}", what, name),
                           fmt::format("write {}", entry_example(row)));
      }
      if (!text) return std::nullopt;
      parts.push_back(*text);
    }
    return join(parts, " ");
  }

  static std::string entry_example(const PropertyRow& row) {
    std::vector<std::string> parts;
    for (const auto name : row.entry_keys) parts.push_back(std::string(name) + ": …");
    return "- {" + join(parts, ", ") + "}";
  }

  void list(const PropertyRow& row, const Node& key, const Node& value, Object& object) {
    const auto texts = list_texts(row, key, value, object);
    auto canonical = kinds::canonical(row, texts);
    if (canonical) {
      object.properties[std::string(row.name)] = {std::move(*canonical), value.place};
    } else {
      diagnostics_.error("MESH1301", row.unspoken ? object.place : value.place,
                         fmt::format("{}: {}", key.text, canonical.error().message));
    }
  }

  // signature: {VALUE: VARCHAR, REGION: VARCHAR}
  void arguments(const PropertyRow& row, const Node& key, const Node& value, Object& object) {
    if (!expect_map(value, key.text, diagnostics_)) return;
    ValueRecord record;
    bool sound = true;
    for (const auto& [argument, type] : entries(value)) {
      const auto name = read_name(argument.text, argument.place, "an argument", diagnostics_);
      const auto text = read_text(type, argument.text, diagnostics_);
      if (!name || !text) {
        sound = false;
        continue;
      }
      const auto added = kinds::add_argument(record, name->stored(), *text);
      sound &= added.ok();
      if (!added)
        diagnostics_.error("MESH1301", type.place, fmt::format("{}: {}", argument.text, added.error().message));
    }
    if (sound) object.properties[std::string(row.name)] = {Value(std::move(record)), value.place};
  }

  // - {tag_name: D.S.T, tag_value: high, semantic_categories: [NAME]}
  void nested(const PropertyRow& row, const Node& key, const Node& value, Object& object) {
    if (auto read = read_field(*row.form, value, key.text, diagnostics_))
      object.properties[std::string(row.name)] = {std::move(*read), value.place};
  }

  // directory: {enable: true}
  void group(const Kind& kind, const Node& key, const Node& map, Object& object) {
    std::map<std::string_view, const PropertyRow*> rows;
    for (const auto& row : kind.properties) {
      if (kinds::group_of(row) == key.text) rows.emplace(kinds::key_in_group(row), &row);
    }
    if (rows.empty() || map.is_null() || !expect_map(map, key.text, diagnostics_)) return;
    std::vector<std::string_view> keys;
    for (const auto& [name, row] : rows) keys.push_back(name);
    check_keys(map, keys, key.text, diagnostics_);
    for (const auto& [name, value] : entries(map)) {
      if (const auto row = rows.find(name.text); row != rows.end()) property(*row->second, name, value, object);
    }
  }

  void property(const PropertyRow& row, const Node& key, const Node& value, Object& object) {
    if (value.is_null()) return;
    if (kinds::is_list(row.type)) return list(row, key, value, object);
    if (row.type == kinds::ValueType::Arguments) return arguments(row, key, value, object);
    if (row.form != nullptr) return nested(row, key, value, object);
    const auto text = value_text(row, key, value, object);
    if (!text) return;
    if (object.id.kind == KindId::Table && row.name == "kind" && refuse_table_kind(*text, value.place)) return;
    auto canonical = kinds::canonical(row, *text);
    if (!canonical) {
      diagnostics_.error("MESH1301", value.place, fmt::format("{}: {}", key.text, canonical.error().message),
                         did_you_mean(*text, {row.values.begin(), row.values.end()}));
      return;
    }
    object.properties[std::string(row.name)] = {std::move(*canonical), value.place};
  }

  const Site& site_;
  Build& build_;
  Diagnostics& diagnostics_;
};

std::vector<std::string_view> top_keys() {
  std::vector<std::string_view> keys = {"domain", "team", "description", "vars", "use", "grants", "removed", "apply"};
  keys.insert(keys.end(), {"products", "consumes"});
  for (const auto* governing : {"rules", "waivers"}) keys.emplace_back(governing);
  for (const auto* kind : kinds::all()) {
    if (kind->scope == Scope::Account) keys.push_back(kind->collection);
  }
  keys.insert(keys.end(), {"account_parameters", "statements"});
  return keys;
}

}  // namespace

bool is_left_out(const Site& site, const Node& body) {
  const Node* only = body.find("only");
  if (only == nullptr) return false;
  const auto& all = site.build.mesh.environments;
  const auto names = read_texts(*only, "only", site.diagnostics());
  bool here = false;
  for (const auto& name : names) {
    here |= name.text == site.build.mesh.environment.name;
    if (std::find(all.begin(), all.end(), name.text) != all.end()) continue;
    site.diagnostics().error("MESH1108", name.place, fmt::format("there is no environment '{}'", name.text),
                             did_you_mean(name.text, all, fmt::format("there are: {}", join(all, ", "))));
  }
  if (only->is_null() || (only->is_list() && only->items.empty())) {
    site.diagnostics().error("MESH1102", only->place, "only names no environment", "write only: [dev]");
  }
  return !here;
}

bool Build::is_excluded(const ObjectId& id) const {
  if (excluded.empty()) return false;
  if (excluded.count(id) > 0) return true;
  for (auto container = id.name.parent(); !container.empty(); container = container.parent()) {
    const auto kind = container.depth() == 1 ? KindId::Database : KindId::Schema;
    if (container.depth() <= 2 && excluded.count({kind, container}) > 0) return true;
  }
  return false;
}

void read_domain_file(const Site& site, const Node& root) {
  if (!expect_map(root, "a manifest", site.diagnostics())) return;
  check_keys(root, top_keys(), "a manifest", site.diagnostics());
  DomainReader(site).collections(root, Scope::Account, {});
  if (const Node* grants = root.find("grants")) read_grants(site, *grants);
  if (const Node* removed = root.find("removed")) read_removed(site, *removed);
  if (const Node* products = root.find("products")) read_products(site, *products);
  if (const Node* consumes = root.find("consumes")) read_consumes(site, *consumes);
  read_rules(site, root);
  if (const Node* apply = root.find("apply")) read_apply(site, *apply);
  if (const Node* statements = root.find("statements")) read_statements(site, *statements);
  if (const Node* parameters = root.find("account_parameters"))
    read_account_parameters(site, *root.find_key("account_parameters"), *parameters);
}

void read_object(const Site& site, KindId kind, const Node& name, const Node& body) {
  Node key, collection, root;
  key.type = NodeType::Scalar;
  key.text = kinds::of(kind).collection;
  collection.type = root.type = NodeType::Map;
  collection.place = key.place = name.place;
  collection.items = {name, body};
  root.items = {key, collection};
  DomainReader(site).collections(root, Scope::Account, {});
}

void read_properties(const Site& site, const Node& map, Object& object) {
  if (expect_map(map, "set", site.diagnostics())) DomainReader(site).properties(map, object);
}

void check_properties(Build& build, const Object& object) {
  check_retention(build.diagnostics, object);
  check_applicable(build.diagnostics, object);
  check_contradiction(build.diagnostics, object);
}

}  // namespace mesh::manifest
