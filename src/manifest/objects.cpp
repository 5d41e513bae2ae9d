// Collections of objects, each a map by name.
#include <algorithm>

#include <fmt/format.h>

#include "builder.hpp"
#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"
#include "mesh/sql/token.hpp"

namespace mesh::manifest {
namespace {

using kinds::Kind;
using kinds::PropertyRow;

class DomainReader {
 public:
  DomainReader(Build& build, const Domain& domain, const Variables& variables)
      : build_(build), domain_(domain), variables_(variables), diagnostics_(build.diagnostics) {}

  void collections(const Node& map, kinds::Scope scope, const QualifiedName& container) {
    for (const auto& [key, value] : entries(map)) {
      const Kind* kind = kinds::by_collection(key.text);
      if (kind == nullptr || kind->scope != scope) continue;
      if (!expect_map(value, key.text, diagnostics_)) continue;
      for (const auto& [name, body] : entries(value)) object(*kind, container, name, body);
    }
  }

 private:
  void object(const Kind& kind, const QualifiedName& container, const Node& key, const Node& body) {
    const auto name = read_name(key.text, key.place, fmt::format("a {}", kind.words), diagnostics_);
    if (!name || !expect_map(body, fmt::format("{} {}", kind.words, key.text), diagnostics_)) return;
    const ObjectId id{kind.id, container.child(*name)};
    check_keys(body, known_keys(kind), kind.words, diagnostics_);
    if (is_left_out(id, body)) return;
    if (!declare(kind, id, key, body)) return;
    Object& made = build_.state.objects[id];
    if (has_own_keys(kind, body)) fill(kind, body, made);
    if (id.kind == KindId::Schema) made.properties.try_emplace("managed_access", Property{Value(true), {}});
    const auto scope = kind.scope == kinds::Scope::Account ? kinds::Scope::Database : kinds::Scope::Schema;
    if (!kind.child_collections.empty()) collections(body, scope, id.name);
  }

  static std::vector<std::string> known_keys(const Kind& kind) {
    std::vector<std::string> keys;
    for (const auto& row : kind.properties) keys.emplace_back(row.name);
    for (const auto key : kinds::structural_keys(kind.id)) keys.emplace_back(key);
    for (const auto key : kinds::common_keys()) keys.emplace_back(key);
    // Not yet: told apart by check_keys from what is misspelt.
    for (const auto* later : {"tags", "contacts", "row_access_policy"}) std::erase(keys, later);
    if (kind.privileges.empty()) std::erase(keys, "grants");
    return keys;
  }

  static bool has_own_keys(const Kind& kind, const Node& body) {
    const auto& children = kind.child_collections;
    for (size_t i = 0; i < body.pairs(); ++i) {
      if (std::find(children.begin(), children.end(), body.key(i).text) == children.end()) return true;
    }
    return false;
  }

  // Declared once in the whole mesh; a container may stand again to add children.
  bool declare(const Kind& kind, const ObjectId& id, const Node& key, const Node& body) {
    const bool own = has_own_keys(kind, body);
    const auto it = build_.state.objects.find(id);
    if (it == build_.state.objects.end()) {
      Object fresh;
      fresh.id = id;
      fresh.domain = domain_.name;
      fresh.place = key.place;
      build_.state.objects.emplace(id, std::move(fresh));
      build_.has_own_keys[id] = own;
      ++build_.objects_per_domain[domain_.name];
      return true;
    }
    bool& had_own = build_.has_own_keys[id];
    const bool is_container = !kind.child_collections.empty();
    if (it->second.domain == domain_.name && is_container && !(own && had_own)) {
      if (own) it->second.place = key.place;
      had_own |= own;
      return true;
    }
    auto& diagnostic = diagnostics_.error(
        "MESH1105", key.place, fmt::format("{} is declared twice", id.address()),
        is_container ? "keep its properties in one place; elsewhere name it only to add children" : "keep one of them");
    diagnostic.notes.push_back({fmt::format("first in domain {}", it->second.domain), it->second.place});
    return false;
  }

  bool is_left_out(const ObjectId& id, const Node& body) {
    const Node* only = body.find("only");
    if (only == nullptr) return false;
    const auto names = read_texts(*only, "only", diagnostics_);
    for (const auto& name : names) {
      const auto& all = build_.mesh.environments;
      if (std::find(all.begin(), all.end(), name.text) != all.end()) continue;
      const std::string near = nearest(name.text, all);
      diagnostics_.error(
          "MESH1108", name.place, fmt::format("there is no environment '{}'", name.text),
          near.empty() ? fmt::format("there are: {}", join(all, ", ")) : fmt::format("did you mean '{}'?", near));
    }
    const bool here = std::any_of(names.begin(), names.end(),
                                  [&](const Text& name) { return name.text == build_.mesh.environment.name; });
    if (!here) build_.excluded.insert(id);
    return !here;
  }

  void fill(const Kind& kind, const Node& body, Object& object) {
    for (const auto& [key, value] : entries(body)) {
      if (const PropertyRow* row = kinds::find_property(kind, key.text)) {
        property(*row, key, value, object);
      } else {
        structural(key, value, object);
      }
    }
    imply_not_null(object);
    if (object.id.kind == KindId::Table && object.columns.empty() && object.manage.empty()) {
      diagnostics_.error("MESH1103", object.place, fmt::format("{} has no columns", object.id.address()),
                         "add columns: {NAME: TYPE}");
    }
    if (object.id.kind == KindId::View && !object.query && object.manage.empty()) {
      diagnostics_.error("MESH1103", object.place, fmt::format("{} has no query", object.id.address()),
                         "add query: | or query_file: sql/NAME.sql");
    }
  }

  void property(const PropertyRow& row, const Node& key, const Node& value, Object& object) {
    if (value.is_null()) return;
    std::optional<std::string> text;
    switch (row.type) {
      case kinds::ValueType::Boolean:
        if (const auto flag = read_bool(value, key.text, diagnostics_)) text = *flag ? "true" : "false";
        break;
      case kinds::ValueType::Integer:
        if (const auto number = read_int(value, key.text, diagnostics_)) text = std::to_string(*number);
        break;
      case kinds::ValueType::Identifier:
        if (const auto written = read_text(value, key.text, diagnostics_)) {
          if (const auto name = read_name(*written, value.place, key.text, diagnostics_)) text = name->stored();
        }
        break;
      case kinds::ValueType::Text:
      case kinds::ValueType::OneOf:
        text = read_text(value, key.text, diagnostics_);
        break;
    }
    if (!text) return;
    if (object.id.kind == KindId::Table && row.name == "kind" && iequals(*text, "hybrid")) {
      diagnostics_.error("MESH1104", value.place, "hybrid tables are not supported by this version of mesh");
      return;
    }
    auto canonical = kinds::canonical(row, *text);
    if (!canonical) {
      std::vector<std::string> values(row.values.begin(), row.values.end());
      const std::string near = nearest(*text, values);
      diagnostics_.error("MESH1301", value.place, fmt::format("{}: {}", key.text, canonical.error().message),
                         near.empty() ? "" : fmt::format("did you mean '{}'?", near));
      return;
    }
    object.properties[std::string(row.name)] = {std::move(*canonical), value.place};
  }

  // Keys that are no property of the table, each read by its own function.
  void structural(const Node& key, const Node& value, Object& object) {
    using Reading = void (DomainReader::*)(const Node&, Object&);
    static const std::map<std::string, Reading, std::less<>> readers = {
        {"columns", &DomainReader::columns},
        {"primary_key", &DomainReader::primary_key},
        {"unique", &DomainReader::unique},
        {"foreign_keys", &DomainReader::foreign_keys},
        {"cluster_by", &DomainReader::cluster_by},
        {"query", &DomainReader::query},
        {"query_file", &DomainReader::query_file},
        {"granted_to", &DomainReader::granted_to},
        {"users", &DomainReader::users},
        {"privileges", &DomainReader::privileges},
        {"grants", &DomainReader::grants},
        {"owner", &DomainReader::owner},
        {"renamed_from", &DomainReader::renamed_from},
        {"ignore_changes", &DomainReader::ignore_changes},
        {"prevent_destroy", &DomainReader::prevent_destroy},
        {"manage", &DomainReader::manage},
    };
    const auto it = readers.find(key.text);
    if (it != readers.end() && !value.is_null()) (this->*it->second)(value, object);
  }

  // --- columns and keys

  void columns(const Node& map, Object& object) {
    object.columns_stated = true;
    if (!expect_map(map, "columns", diagnostics_)) return;
    for (const auto& [key, value] : entries(map)) {
      const auto name = read_name(key.text, key.place, "a column", diagnostics_);
      if (!name) continue;
      const auto same =
          std::find_if(object.columns.begin(), object.columns.end(), [&](const Column& c) { return c.name == *name; });
      if (same != object.columns.end()) {
        auto& diagnostic = diagnostics_.error(
            "MESH1105", key.place, fmt::format("column {} is declared twice", name->display()), "keep one of them");
        diagnostic.notes.push_back({"first here", same->place});
        continue;
      }
      Column column;
      column.name = *name;
      column.place = key.place;
      const bool good = object.id.kind == KindId::View ? view_column(value, column) : table_column(value, column);
      if (good) object.columns.push_back(std::move(column));
    }
  }

  bool view_column(const Node& value, Column& column) {
    if (value.is_null()) return true;
    if (value.is_scalar()) {
      column.comment = value.text;
      return true;
    }
    if (!expect_map(value, "a column of a view", diagnostics_)) return false;
    check_keys(value, {"comment"}, "a column of a view", diagnostics_);
    if (const Node* comment = value.find("comment"); comment != nullptr && !comment->is_null()) {
      column.comment = read_text(*comment, "comment", diagnostics_).value_or("");
    }
    return true;
  }

  bool type(const Node& value, Column& column) {
    const auto text = read_text(value, "a column's type", diagnostics_);
    if (!text) return false;
    auto type = DataType::parse(*text);
    if (!type) {
      diagnostics_.error("MESH1302", value.place, fmt::format("'{}' is no type of a column", *text),
                         type.error().message);
      return false;
    }
    column.type = std::move(*type);
    return true;
  }

  bool table_column(const Node& value, Column& column) {
    if (value.is_scalar()) return type(value, column);
    if (!expect_map(value, "a column", diagnostics_)) return false;
    check_keys(value, {"type", "nullable", "default", "identity", "collate", "comment", "renamed_from"}, "a column",
               diagnostics_);
    const Node* written = value.find("type");
    if (written == nullptr) {
      diagnostics_.error("MESH1103", column.place, fmt::format("column {} has no type", column.name.display()),
                         "add type: NUMBER");
      return false;
    }
    if (!type(*written, column)) return false;
    if (const Node* node = value.find("nullable"))
      column.nullable = read_bool(*node, "nullable", diagnostics_).value_or(true);
    if (const Node* node = stated(value, "comment"))
      column.comment = read_text(*node, "comment", diagnostics_).value_or("");
    if (const Node* node = stated(value, "collate"))
      column.collate = read_text(*node, "collate", diagnostics_).value_or("");
    if (const Node* node = stated(value, "default"))
      column.default_value = fragment(*node, sql::FragmentKind::Expression, "default");
    if (const Node* node = stated(value, "renamed_from")) {
      if (const auto text = read_text(*node, "renamed_from", diagnostics_))
        column.renamed_from = read_name(*text, node->place, "a column", diagnostics_);
    }
    if (const Node* node = value.find("identity")) identity(*node, column);
    if (column.identity && column.default_value) {
      diagnostics_.error("MESH1303", column.place,
                         fmt::format("column {} has both an identity and a default", column.name.display()),
                         "keep one of them");
    }
    return true;
  }

  static const Node* stated(const Node& map, std::string_view key) {
    const Node* node = map.find(key);
    return node == nullptr || node->is_null() ? nullptr : node;
  }

  void identity(const Node& node, Column& column) {
    column.identity = Identity{};
    if (node.is_scalar()) {
      if (read_bool(node, "identity", diagnostics_) == false) column.identity.reset();
      return;
    }
    if (!expect_map(node, "identity", diagnostics_)) return;
    check_keys(node, {"start", "increment", "order"}, "identity", diagnostics_);
    if (const Node* start = node.find("start"))
      column.identity->start = read_int(*start, "start", diagnostics_).value_or(1);
    if (const Node* step = node.find("increment"))
      column.identity->increment = read_int(*step, "increment", diagnostics_).value_or(1);
    if (const Node* order = node.find("order")) column.identity->order = read_bool(*order, "order", diagnostics_);
  }

  std::optional<SqlText> fragment(const Node& node, sql::FragmentKind kind, std::string_view what) {
    const auto text = read_text(node, what, diagnostics_);
    if (!text) return std::nullopt;
    const auto problems = sql::check_fragment(*text, kind);
    for (const auto& problem : problems) {
      diagnostics_.error("MESH1304", node.place_in(problem.offset, problem.length),
                         fmt::format("{}: {}", what, problem.message), problem.help);
    }
    if (!problems.empty()) return std::nullopt;
    return SqlText{std::string(trim(*text)), node.place};
  }

  std::vector<Name> names(const Node& node, std::string_view what) {
    std::vector<Name> all;
    for (const auto& text : read_texts(node, what, diagnostics_)) {
      if (const auto name = read_name(text.text, text.place, "a column", diagnostics_)) all.push_back(*name);
    }
    return all;
  }

  void constraint(ConstraintType type, const Node& node, std::string_view what, Object& object) {
    Constraint made;
    made.type = type;
    made.place = node.place;
    made.columns = names(node, what);
    if (!made.columns.empty()) object.constraints.push_back(std::move(made));
  }
  void primary_key(const Node& node, Object& object) {
    constraint(ConstraintType::PrimaryKey, node, "primary_key", object);
  }
  void unique(const Node& node, Object& object) {
    if (!node.is_list()) {
      diagnostics_.error("MESH1102", node.place,
                         fmt::format("unique must be a list of lists of columns, not {}", type_words(node)),
                         "write unique: [[A, B]]");
      return;
    }
    const bool flat =
        std::all_of(node.items.begin(), node.items.end(), [](const Node& item) { return item.is_scalar(); });
    if (flat) {
      constraint(ConstraintType::Unique, node, "unique", object);
      return;
    }
    for (const auto& item : node.items) constraint(ConstraintType::Unique, item, "unique", object);
  }

  void foreign_keys(const Node& node, Object& object) {
    if (!node.is_list()) {
      diagnostics_.error("MESH1102", node.place, fmt::format("foreign_keys must be a list, not {}", type_words(node)),
                         "write - {columns: [A], references: DB.SCHEMA.TABLE(A)}");
      return;
    }
    for (const auto& item : node.items) foreign_key(item, object);
  }

  void foreign_key(const Node& item, Object& object) {
    if (!expect_map(item, "a foreign key", diagnostics_)) return;
    check_keys(item, {"columns", "references"}, "a foreign key", diagnostics_);
    const Node* columns = item.find("columns");
    const Node* references = item.find("references");
    if (columns == nullptr || references == nullptr) {
      diagnostics_.error("MESH1103", item.place, "a foreign key needs columns and references",
                         "write {columns: [A], references: DB.SCHEMA.TABLE(A)}");
      return;
    }
    Constraint key;
    key.type = ConstraintType::ForeignKey;
    key.place = item.place;
    key.columns = names(*columns, "columns");
    const auto text = read_text(*references, "references", diagnostics_);
    if (!text) return;
    const auto open = text->find('(');
    const auto table =
        read_qualified(std::string(trim(text->substr(0, open))), references->place, "a table", 3, 3, diagnostics_);
    if (!table) return;
    key.references = *table;
    if (open != std::string::npos && text->back() == ')') {
      for (const auto& part : split(std::string_view(*text).substr(open + 1, text->size() - open - 2), ',')) {
        if (const auto name = read_name(std::string(trim(part)), references->place, "a column", diagnostics_))
          key.references_columns.push_back(*name);
      }
    }
    object.constraints.push_back(std::move(key));
  }

  void cluster_by(const Node& node, Object& object) {
    object.cluster_by.emplace();
    const auto add = [&](const Node& item) {
      if (auto key = fragment(item, sql::FragmentKind::ClusterKey, "cluster_by"))
        object.cluster_by->push_back(std::move(*key));
    };
    if (node.is_list()) {
      for (const auto& item : node.items) add(item);
    } else {
      add(node);
    }
  }

  static void imply_not_null(Object& object) {
    for (const auto& constraint : object.constraints) {
      if (constraint.type != ConstraintType::PrimaryKey) continue;
      for (auto& column : object.columns) {
        if (std::find(constraint.columns.begin(), constraint.columns.end(), column.name) != constraint.columns.end())
          column.nullable = false;
      }
    }
  }

  // --- views

  void query(const Node& node, Object& object) {
    if (object.query) {
      diagnostics_.error("MESH1105", node.place, "both query and query_file stand here", "keep one of them");
      return;
    }
    object.query = fragment(node, sql::FragmentKind::Query, "query");
  }

  void query_file(const Node& node, Object& object) {
    const auto path = read_text(node, "query_file", diagnostics_);
    if (!path) return;
    if (object.query) {
      diagnostics_.error("MESH1105", node.place, "both query and query_file stand here", "keep one of them");
      return;
    }
    std::error_code ec;
    const auto root = std::filesystem::weakly_canonical(build_.root, ec);
    const auto full = std::filesystem::weakly_canonical(build_.root / domain_.path / *path, ec);
    const auto relative = full.lexically_relative(root);
    if (relative.empty() || *relative.begin() == "..") {
      diagnostics_.error("MESH1012", node.place, fmt::format("query_file '{}' leads out of the mesh", *path),
                         "it must be inside the mesh's folder, symbolic links included");
      return;
    }
    auto text = read_file(full, size_t{16} << 20);
    if (!text) {
      diagnostics_.error("MESH1012", node.place, text.error().message,
                         fmt::format("the path is relative to {}", domain_.path));
      return;
    }
    Node content;
    content.type = NodeType::Scalar;
    content.style = Style::Block;
    content.layout = Layout::File;
    content.text = *text;
    content.place = {build_.sources.add(relative.generic_string(), *text), 1, 1, 1};
    if (!is_valid_utf8(*text)) {
      diagnostics_.error("MESH1001", content.place, "the file is not valid UTF-8", "save it as UTF-8");
      return;
    }
    substitute(content, variables_, diagnostics_);
    query(content, object);
  }

  // --- roles

  void granted_to(const Node& node, Object& object) { read_memberships(build_, domain_, object.id, node); }
  void users(const Node& node, Object& object) {
    build_.exact_user_roles.insert(object.id);
    for (const auto& text : read_texts(node, "users", diagnostics_)) {
      const auto name = read_name(text.text, text.place, "a user", diagnostics_);
      if (!name) continue;
      const MembershipKey key{object.id, {GranteeType::User, QualifiedName({*name})}};
      build_.state.memberships.emplace(key, Membership{key, domain_.name, text.place});
    }
  }
  void privileges(const Node& node, Object& object) {
    if (node.is_scalar() && node.text == "additive") {
      build_.additive_roles.insert(object.id);
    } else if (!(node.is_scalar() && node.text == "exact")) {
      diagnostics_.error("MESH1102", node.place, "privileges must be additive or exact",
                         "what a role may do stands as grants on the objects");
    }
  }

  // --- what every object may carry

  void grants(const Node& node, Object& object) { read_object_grants(build_, domain_, object.id, node); }
  void owner(const Node& node, Object& object) {
    if (const auto text = read_text(node, "owner", diagnostics_))
      object.owner = read_name(*text, node.place, "a role", diagnostics_);
  }
  void renamed_from(const Node& node, Object& object) {
    const auto text = read_text(node, "renamed_from", diagnostics_);
    if (!text) return;
    const size_t depth = object.id.name.depth();
    auto name =
        read_qualified(*text, node.place, fmt::format("a {}", kind_words(object.id.kind)), 1, depth, diagnostics_);
    if (!name) return;
    // The last part alone means: in the same container.
    if (name->depth() < depth) {
      auto parts = object.id.name.parts();
      std::copy(name->parts().begin(), name->parts().end(), parts.end() - static_cast<std::ptrdiff_t>(name->depth()));
      name = QualifiedName(std::move(parts));
    }
    if (*name == object.id.name) {
      diagnostics_.error("MESH1202", node.place, "renamed_from names the object itself", "take it out");
      return;
    }
    object.renamed_from = *name;
  }
  void ignore_changes(const Node& node, Object& object) {
    for (const auto& text : read_texts(node, "ignore_changes", diagnostics_)) object.ignore_changes.insert(text.text);
  }
  void prevent_destroy(const Node& node, Object& object) {
    object.prevent_destroy = read_bool(node, "prevent_destroy", diagnostics_);
  }
  void manage(const Node& node, Object& object) {
    static const std::vector<std::string> parts = {"grants", "tags", "policies", "comment", "contacts"};
    for (const auto& text : read_texts(node, "manage", diagnostics_)) {
      if (std::find(parts.begin(), parts.end(), text.text) == parts.end()) {
        diagnostics_.error("MESH1102", text.place, fmt::format("manage knows no '{}'", text.text),
                           fmt::format("it takes {}", join(parts, ", ")));
      }
      object.manage.insert(text.text);
    }
  }

  Build& build_;
  const Domain& domain_;
  const Variables& variables_;
  Diagnostics& diagnostics_;
};

std::vector<std::string> top_keys() {
  std::vector<std::string> keys = {"domain", "team", "description", "vars", "grants", "removed"};
  for (const auto* kind : kinds::all()) {
    if (kind->scope == kinds::Scope::Account) keys.emplace_back(kind->collection);
  }
  return keys;
}

void read_removed(Build& build, const Domain& domain, const Node& list) {
  if (!list.is_list()) {
    build.diagnostics.error("MESH1102", list.place, fmt::format("removed must be a list, not {}", type_words(list)),
                            "write - {object: table A.B.C, action: drop}");
    return;
  }
  for (const auto& item : list.items) {
    if (!expect_map(item, "an entry of removed", build.diagnostics)) continue;
    check_keys(item, {"object", "action"}, "an entry of removed", build.diagnostics);
    const Node* object = item.find("object");
    const Node* action = item.find("action");
    if (object == nullptr || action == nullptr || (action->text != "drop" && action->text != "forget")) {
      build.diagnostics.error("MESH1103", action == nullptr ? item.place : action->place,
                              "an entry of removed needs object, and action: drop or forget",
                              "write {object: table A.B.C, action: drop}");
      continue;
    }
    Tombstone tombstone;
    tombstone.domain = domain.name;
    tombstone.place = object->place;
    tombstone.action = action->text == "drop" ? Tombstone::Action::Drop : Tombstone::Action::Forget;
    if (object->text.rfind("column ", 0) == 0) {
      const auto name = read_qualified(object->text.substr(7), object->place, "a column", 4, 4, build.diagnostics);
      if (!name) continue;
      tombstone.column = name->last();
      tombstone.object = {KindId::Table, name->parent()};
    } else {
      const auto id = parse_address(object->text);
      if (!id) {
        build.diagnostics.error("MESH1201", object->place, fmt::format("'{}' is no object", object->text),
                                id.error().message);
        continue;
      }
      tombstone.object = *id;
    }
    build.removed.push_back(std::move(tombstone));
  }
}

}  // namespace

bool Build::is_excluded(const ObjectId& id) const {
  return std::any_of(excluded.begin(), excluded.end(), [&](const ObjectId& out) {
    return out == id || (out.kind != id.kind && id.name.is_under(out.name) &&
                         (out.kind == KindId::Database || out.kind == KindId::Schema));
  });
}

void read_domain_file(Build& build, const Domain& domain, const Node& root, const Variables& variables) {
  if (!expect_map(root, "a manifest", build.diagnostics)) return;
  check_keys(root, top_keys(), "a manifest", build.diagnostics);
  DomainReader(build, domain, variables).collections(root, kinds::Scope::Account, {});
  if (const Node* grants = root.find("grants"); grants != nullptr && !grants->is_null())
    read_grants(build, domain, *grants);
  if (const Node* removed = root.find("removed"); removed != nullptr && !removed->is_null())
    read_removed(build, domain, *removed);
}

}  // namespace mesh::manifest
