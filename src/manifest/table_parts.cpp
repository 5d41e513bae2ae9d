// Columns, keys and clustering of tables.
#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "builder.hpp"
#include "mesh/base/text.hpp"
#include "table_expressions.hpp"

namespace mesh::manifest {
namespace {

const Node* stated(const Node& map, std::string_view key) {
  const Node* node = map.find(key);
  return node == nullptr || node->is_null() ? nullptr : node;
}

class TableReader {
 public:
  TableReader(const Site& site, Object& table) : site_(site), diagnostics_(site.diagnostics()), table_(table) {}

  void read(const Node& body) {
    columns(body.find("columns"));
    if (const Node* node = stated(body, "primary_key")) constraint(ConstraintType::PrimaryKey, *node, "primary_key");
    if (const Node* node = stated(body, "unique")) unique(*node);
    if (const Node* node = stated(body, "foreign_keys")) foreign_keys(*node);
    if (const Node* node = stated(body, "check")) checks(*node);
    if (const Node* node = stated(body, "cluster_by")) cluster_by(*node);
    if (const Node* node = stated(body, "search_optimization")) read_search_optimization(site_, *node, table_, uses_);
    check_columns();
    imply_not_null();
    check_expressions(table_, expressions_, diagnostics_);
    check_search_targets(table_, diagnostics_);
  }

 private:
  void columns(const Node* map) {
    const bool is_missing = map == nullptr || map->is_null() || (map->is_map() && map->pairs() == 0);
    const bool may_lack = kinds::of(table_.id.kind).columns_computed;  // VALUE is always there
    if (may_lack && (map == nullptr || map->is_null())) return;
    if (is_missing && !may_lack && table_.manage.empty()) {
      diagnostics_.error("MESH1103", map == nullptr ? table_.place : map->place,
                         fmt::format("{} has no columns", table_.id.address()), "add columns: {NAME: TYPE}");
    }
    table_.columns_stated = table_.manage.empty() || !is_missing;
    if (map == nullptr || !expect_map(*map, "columns", diagnostics_)) {
      unknown_columns_ = true;
      return;
    }
    for (const auto& [key, value] : entries(*map)) column(key, value);
  }

  void column(const Node& key, const Node& value) {
    const auto name = read_name(key.text, key.place, "a column", diagnostics_);
    if (!name) return;
    Column column;
    column.name = *name;
    column.place = key.place;
    const auto [it, fresh] = places_.emplace(*name, key.place);
    if (!fresh) {
      auto& error = diagnostics_.error("MESH1105", key.place,
                                       fmt::format("column {} is declared twice", name->display()), "keep one of them");
      error.notes.push_back({"it is declared here first", it->second});
      return;
    }
    // Kept even where something in it is wrong, so that keys on it find it.
    if (value.is_scalar()) {
      type(value, column);
    } else if (expect_map(value, fmt::format("column {}", name->display()), diagnostics_)) {
      column_map(value, column);
    }
    table_.columns.push_back(std::move(column));
  }

  void type(const Node& value, Column& column) {
    const auto text = read_text(value, "a column's type", diagnostics_);
    if (!text) return;
    auto parsed = DataType::parse(*text);
    if (parsed) {
      column.type = std::move(*parsed);
    } else {
      // In { } a comma ends a plain word: {type: NUMBER(10,2)} is cut at it.
      const auto family = to_upper(text->substr(0, text->find('(')));
      const bool takes_two = family == "NUMBER" || family == "DECIMAL" || family == "NUMERIC";
      const bool is_cut = takes_two && text->find('(') != std::string::npos && text->find(')') == std::string::npos;
      diagnostics_.error("MESH1302", value.place, fmt::format("'{}' is no type of a column", *text),
                         is_cut ? "between { and } a comma ends a plain word: put the type in quotes, \"NUMBER(10,2)\""
                                : parsed.error().message);
    }
  }

  // A locale and options, joined by '-' (collation: 'en-ci', 'de_AT-ci-ai', 'utf8').
  std::string collation(const Node& node) {
    const auto text = read_text(node, "collate", diagnostics_);
    if (!text) return {};
    const bool is_sound = std::all_of(text->begin(), text->end(), [](unsigned char c) {
      return c < 0x80 && (std::isalnum(c) != 0 || c == '-' || c == '_' || c == '@');
    });
    if (is_sound) return *text;
    diagnostics_.error("MESH1301", node.place, fmt::format("collate: '{}' is no collation", *text),
                       "write a locale and its options, as in en-ci");
    return {};
  }

  void column_map(const Node& value, Column& column) {
    if (kinds::of(table_.id.kind).columns_computed) {
      check_keys(value, {"type", "as", "renamed_from"}, "a column of an external table", diagnostics_);
    } else {
      check_keys(value,
                 {"type", "nullable", "default", "as", "identity", "collate", "comment", "renamed_from", "tags",
                  "masking_policy", "projection_policy"},
                 "a column", diagnostics_);
    }
    if (const Node* node = stated(value, "type")) {
      type(*node, column);
    } else if (table_.manage.empty()) {  // else another tool tells it
      diagnostics_.error("MESH1103", column.place, fmt::format("column {} has no type", column.name.display()),
                         "add type: NUMBER");
    }
    if (const Node* node = stated(value, "nullable")) {
      column.nullable = read_bool(*node, "nullable", diagnostics_).value_or(true);
      if (column.nullable) nullable_[column.name] = node->place;
    }
    if (const Node* node = stated(value, "comment"))
      column.comment = read_text(*node, "comment", diagnostics_).value_or("");
    if (const Node* node = stated(value, "collate")) column.collate = collation(*node);
    if (const Node* node = stated(value, "default"))
      column.default_value = read_fragment(site_, *node, sql::FragmentKind::Expression, "default");
    if (const Node* node = stated(value, "renamed_from")) renamed_from(*node, column);
    if (const Node* node = stated(value, "identity")) identity(*node, column);
    if (column.identity && stated(value, "default") != nullptr) {
      diagnostics_.error("MESH1303", value.find_key("default")->place,
                         fmt::format("column {} has both an identity and a default", column.name.display()),
                         "keep one of them");
    }
    if (const Node* node = stated(value, "as")) virtual_as(value, *node, column);
    const Bearer bearer{table_.id, column.name};
    if (const Node* node = stated(value, "tags")) read_tags(site_, *node, bearer);
    read_policies(site_, value, bearer, kinds::AttachesTo::Column);
  }

  // A virtual column has neither default nor identity, and NOT NULL cannot be set on it (virtual-columns).
  void virtual_as(const Node& map, const Node& node, Column& column) {
    for (const char* key : {"default", "identity"}) {
      if (stated(map, key) == nullptr) continue;
      diagnostics_.error("MESH1303", map.find_key(key)->place,
                         fmt::format("column {} is virtual and has a {}", column.name.display(), key),
                         "keep `as`, or make it an ordinary column");
    }
    if (!column.nullable) {
      diagnostics_.error("MESH1303", map.find_key("nullable")->place,
                         fmt::format("column {} is virtual and cannot be NOT NULL", column.name.display()),
                         "take nullable: false out");
    }
    column.virtual_as = read_fragment(site_, node, sql::FragmentKind::Expression, "as");
    if (column.virtual_as) expressions_.push_back({ExpressionUse::In::Virtual, column.name, node});
  }

  void renamed_from(const Node& node, Column& column) {
    const auto text = read_text(node, "renamed_from", diagnostics_);
    if (!text) return;
    const auto old = read_name(*text, node.place, "a column", diagnostics_);
    if (!old) return;
    column.renamed_from = old;
    renamed_.push_back({*old, node.place});
  }

  // identity: {start, increment}; true means (1, 1).
  void identity(const Node& node, Column& column) {
    if (node.is_scalar()) {
      if (read_bool(node, "identity", diagnostics_) == true) column.identity = Identity{};
      return;
    }
    if (!expect_map(node, "identity", diagnostics_)) return;
    column.identity = Identity{};
    check_keys(node, {"start", "increment", "order"}, "identity", diagnostics_);
    if (const Node* start = stated(node, "start"))
      column.identity->start = read_int(*start, "start", diagnostics_).value_or(1);
    if (const Node* step = stated(node, "increment")) {
      column.identity->increment = read_int(*step, "increment", diagnostics_).value_or(1);
      if (column.identity->increment == 0)
        diagnostics_.error("MESH1301", step->place, "increment cannot be 0", "write 1, or another step");
    }
    if (const Node* order = stated(node, "order")) column.identity->order = read_bool(*order, "order", diagnostics_);
  }

  // The names of a key's columns, each once.
  std::vector<Name> names(const Node& node, std::string_view what) {
    std::vector<Name> all;
    for (const auto& [text, place] : read_texts(node, what, diagnostics_)) {
      const auto name = read_name(text, place, "a column", diagnostics_);
      if (!name) continue;
      if (std::find(all.begin(), all.end(), *name) != all.end()) {
        diagnostics_.error("MESH1105", place, fmt::format("{} names column {} twice", what, name->display()),
                           "keep one of them");
        continue;
      }
      all.push_back(*name);
      uses_.push_back({*name, place});
    }
    if (all.empty() && node.is_list() && node.items.empty())
      diagnostics_.error("MESH1102", node.place, fmt::format("{} names no column", what), "take it out");
    return all;
  }

  // [A, B], or {columns: [A, B], name: N, rely: true}.
  void constraint(ConstraintType type, const Node& node, std::string_view what) {
    Constraint made;
    made.type = type;
    made.place = node.place;
    const Node* columns = &node;
    if (node.is_map()) {
      check_keys(node, {"columns", "name", "rely"}, what, diagnostics_);
      columns = stated(node, "columns");
      if (columns == nullptr) {
        diagnostics_.error("MESH1103", node.place, fmt::format("{} names no columns", what), "add columns: [A]");
        return;
      }
      name_and_rely(node, made);
    }
    made.columns = names(*columns, what);
    if (!made.columns.empty()) table_.constraints.push_back(std::move(made));
  }

  void name_and_rely(const Node& node, Constraint& made) {
    if (const Node* rely = stated(node, "rely")) made.rely = read_bool(*rely, "rely", diagnostics_);
    const Node* name = stated(node, "name");
    if (name == nullptr) return;
    const auto text = read_text(*name, "name", diagnostics_);
    if (text) made.name = read_name(*text, name->place, "a constraint", diagnostics_);
    if (made.name) take_name(*made.name, name->place);
  }

  void take_name(const Name& name, Place place) {
    const auto [it, fresh] = constraint_names_.emplace(name, place);
    if (fresh) return;
    auto& error = diagnostics_.error("MESH1105", place, fmt::format("two constraints bear the name {}", name.display()),
                                     "names of constraints are unique in a table");
    error.notes.push_back({"it stands here first", it->second});
  }

  void checks(const Node& node) {
    std::vector<ColumnUse> names;
    read_checks(site_, node, table_, expressions_, names);
    for (const auto& [name, place] : names) take_name(name, place);
  }

  void unique(const Node& node) {
    const std::string_view example = "[[A, B]] for one key of two columns, [[A], [B]] for two keys";
    if (!expect_list(node, "unique", example, diagnostics_)) return;
    for (const auto& item : node.items) {
      if (item.is_list() || item.is_map()) {
        constraint(ConstraintType::Unique, item, "unique");
      } else {
        expect_list(item.is_null() ? node : item, "each entry of unique", example, diagnostics_);
      }
    }
  }

  void foreign_keys(const Node& node) {
    if (!expect_list(node, "foreign_keys", "- {columns: [A], references: DB.SCHEMA.TABLE(A)}", diagnostics_)) return;
    for (const auto& item : node.items) foreign_key(item);
  }

  void foreign_key(const Node& item) {
    if (!expect_map(item, "a foreign key", diagnostics_)) return;
    check_keys(item, {"columns", "references", "name", "rely"}, "a foreign key", diagnostics_);
    const Node *columns = stated(item, "columns"), *references = stated(item, "references");
    if (columns == nullptr || references == nullptr) {
      diagnostics_.error("MESH1103", item.place, "a foreign key needs columns and references",
                         "write {columns: [A], references: DB.SCHEMA.TABLE(A)}");
      return;
    }
    Constraint key;
    key.type = ConstraintType::ForeignKey;
    key.place = item.place;
    key.columns = names(*columns, "columns");
    name_and_rely(item, key);
    ForeignKeyUse use;
    use.from = table_.id;
    use.columns = key.columns.size();
    use.place = references->place;
    if (!referenced(*references, key, use)) return;
    table_.constraints.push_back(std::move(key));
    site_.build.foreign_keys.push_back(std::move(use));
  }

  // DB.SCHEMA.TABLE, or DB.SCHEMA.TABLE(COL, …)
  bool referenced(const Node& node, Constraint& key, ForeignKeyUse& use) {
    const auto text = read_text(node, "references", diagnostics_);
    if (!text) return false;
    const auto wrong = [&] {
      diagnostics_.error("MESH1201", node.place, fmt::format("'{}' names no columns of a table", *text),
                         "write DB.SCHEMA.TABLE(COL, …)");
      return false;
    };
    const auto tokens = sql::tokenize(*text);
    if (!tokens) return wrong();
    const auto open = std::find_if(tokens->begin(), tokens->end(), [&](const auto& t) { return t.in(*text) == "("; });
    const auto table_end = open == tokens->end() ? text->size() : open->begin;
    const auto table =
        read_qualified(std::string(trim(text->substr(0, table_end))), node.place, "a table", 3, 3, diagnostics_);
    if (!table) return false;
    key.references = *table;
    use.to = {KindId::Table, *table};
    if (open == tokens->end()) return true;
    PlaceCursor places(node);
    for (auto token = open + 1;; token += 2) {
      if (token == tokens->end() || token + 1 == tokens->end()) return wrong();
      const auto name = Name::parse(token->in(*text));
      if (!name) return wrong();
      key.references_columns.push_back(*name);
      use.others.push_back({*name, places.at(token->begin, token->end - token->begin)});
      const auto behind = (token + 1)->in(*text);
      if (behind == ")" && token + 2 == tokens->end()) return true;
      if (behind != ",") return wrong();
    }
  }

  void cluster_by(const Node& node) {
    table_.cluster_by.emplace();
    const auto add = [&](const Node& item) {
      auto key = read_fragment(site_, item, sql::FragmentKind::ClusterKey, "cluster_by");
      if (!key) return;
      expressions_.push_back({ExpressionUse::In::ClusterKey, {}, item});
      if (auto name = Name::parse(trim(key->text))) uses_.push_back({std::move(*name), item.place});
      table_.cluster_by->push_back(std::move(*key));
    };
    if (node.is_list()) {
      for (const auto& item : node.items) add(item);
    } else {
      add(node);
    }
  }

  void check_columns() {
    if (unknown_columns_) return;  // they are another tool's, or were refused
    for (const auto& use : uses_) {
      if (places_.count(use.name) > 0) continue;
      std::vector<std::string> known;
      if (site_.build.may_suggest()) {
        for (const auto& [name, place] : places_) known.push_back(name.display());
      }
      diagnostics_.error("MESH1205", use.place,
                         fmt::format("{} has no column '{}'", table_.id.address(), use.name.display()),
                         did_you_mean(use.name.display(), known));
    }
    for (const auto& old : renamed_) {
      const auto still = places_.find(old.name);
      if (still == places_.end()) continue;
      auto& error =
          diagnostics_.error("MESH1202", old.place, fmt::format("column {} is declared too", old.name.display()),
                             "a column is renamed from a name that is gone");
      error.notes.push_back({"it is declared here", still->second});
    }
  }

  // A primary key implies NOT NULL (constraints-create).
  void imply_not_null() {
    for (const auto& constraint : table_.constraints) {
      if (constraint.type != ConstraintType::PrimaryKey) continue;
      const std::set<Name> keys(constraint.columns.begin(), constraint.columns.end());
      for (auto& column : table_.columns) {
        if (keys.count(column.name) == 0) continue;
        column.nullable = false;
        if (column.virtual_as) {
          diagnostics_.error(
              "MESH1303", constraint.place,
              fmt::format("column {} is virtual and cannot be in the primary key", column.name.display()),
              "take it out of the key");
        }
        if (const auto it = nullable_.find(column.name); it != nullable_.end()) {
          diagnostics_.error(
              "MESH1303", it->second,
              fmt::format("column {} is in the primary key and cannot be nullable", column.name.display()),
              "take nullable: true out");
        }
      }
    }
  }

  const Site& site_;
  Diagnostics& diagnostics_;
  Object& table_;
  std::map<Name, Place> places_, nullable_, constraint_names_;
  std::vector<ColumnUse> uses_, renamed_;
  std::vector<ExpressionUse> expressions_;
  bool unknown_columns_ = false;
};

}  // namespace

void read_table(const Site& site, const Node& body, Object& table) { TableReader(site, table).read(body); }

}  // namespace mesh::manifest
