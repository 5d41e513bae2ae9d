#include "columns.hpp"

#include <algorithm>
#include <charconv>

#include "mesh/kinds/kind.hpp"

namespace mesh::live {
namespace {

// The table or view that a row belongs to; the last one is remembered, since its rows come together.
class Owner {
 public:
  explicit Owner(State& state) : state_(state) {}
  Object* of(const Name& database, const Name& schema, const Name& table) {
    if (known_ && schema == schema_ && table == table_) return object_;
    schema_ = schema, table_ = table, known_ = true;
    object_ = find(QualifiedName({database, schema, table}));
    return object_;
  }

 private:
  Object* find(const QualifiedName& name) {
    for (const auto kind : kinds::relations()) {
      const auto it = state_.objects.find(ObjectId{kind, name});
      if (it != state_.objects.end()) return &it->second;
    }
    return nullptr;
  }

  State& state_;
  bool known_ = false;
  Name schema_, table_;
  Object* object_ = nullptr;
};

// 'true' for a nullable column, 'NOT_NULL' for the other; else the type's own word on it.
bool is_nullable(std::string_view cell, bool of_type) {
  if (iequals(cell, "true") || iequals(cell, "y")) return true;
  if (iequals(cell, "not_null") || iequals(cell, "false") || iequals(cell, "n")) return false;
  return of_type;
}

}  // namespace

const Result<ColumnType>& ColumnReader::type_of(std::string_view cell) {
  const auto known = types_.find(std::string(cell));
  if (known != types_.end()) return known->second;
  return types_.emplace(std::string(cell), parse_column_type(cell)).first->second;
}

void ColumnReader::read(const Rows& rows, const Name& database, State& state) {
  const Field table(rows, "table_name"), schema(rows, "schema_name"), name(rows, "column_name"),
      type(rows, "data_type"), nullable(rows, "null?"), default_value(rows, "default"), comment(rows, "comment"),
      autoincrement(rows, "autoincrement"), expression(rows, "expression");
  Owner owner(state);
  for (const auto& row : rows.rows) {
    auto* object = owner.of(database, schema.name(row), table.name(row));
    if (object == nullptr) continue;
    Column column;
    column.name = name.name(row);
    column.comment = comment.in(row);
    if (kinds::of(object->id.kind).columns_by_name) {
      object->columns_stated |= !column.comment.empty();
      object->columns.push_back(std::move(column));
      continue;
    }
    const auto& known = type_of(type.in(row));
    if (known) {
      column.type = known->type;
      column.collate = known->collation;
    } else {
      problems_.push_back({object->id, column.name, std::string(type.in(row)), known.error().message});
    }
    column.nullable = is_nullable(nullable.in(row), !known || known->nullable);
    column.identity = parse_identity(autoincrement.in(row));
    const auto text = trim(default_value.in(row));
    // DESCRIBE prints an identity among the defaults; where SHOW does so too, it is none.
    if (!column.identity) column.identity = parse_identity(text);
    if (!text.empty() && !parse_identity(text)) column.default_value = SqlText{std::string(text), {}};
    // Empty unless the column is virtual (table entry, related_reads).
    if (const auto computed = trim(expression.in(row)); !computed.empty())
      column.virtual_as = SqlText{std::string(computed), {}};
    // Born with every external table (external_table entry, quirks; alter-external-table, usage notes).
    const auto& stored = column.name.stored();
    const bool born = stored == "VALUE" || stored.starts_with("METADATA$");
    if (kinds::of(object->id.kind).columns_computed && born && !column.virtual_as) continue;
    object->columns_stated = true;
    object->columns.push_back(std::move(column));
  }
}

std::optional<Identity> parse_identity(std::string_view cell) {
  const auto words = split(trim(cell), ' ');
  if (words.size() < 5 || words[0] != "IDENTITY" || words[1] != "START" || words[3] != "INCREMENT") return std::nullopt;
  const auto start = whole_number(words[2]), increment = whole_number(words[4]);
  if (!start || !increment) return std::nullopt;
  Identity identity;
  identity.start = *start;
  identity.increment = *increment;
  if (words.size() > 5) identity.order = words[5] == "ORDER";
  return identity;
}

void read_described_types(const Rows& rows, Object& table) {
  const Field name(rows, "name"), type(rows, "type");
  for (const auto& row : rows.rows) {
    const auto stored = name.name(row);
    const auto column =
        std::find_if(table.columns.begin(), table.columns.end(), [&](const Column& c) { return c.name == stored; });
    auto described = parse_described_type(type.in(row));
    if (column != table.columns.end() && described) column->type = std::move(described->type);
  }
}

void read_keys(ConstraintType type, const Rows& rows, State& state) {
  const bool foreign = type == ConstraintType::ForeignKey;
  const std::string of = foreign ? "fk_" : "";
  const Field database(rows, of + "database_name"), schema(rows, of + "schema_name"), table(rows, of + "table_name"),
      column(rows, of + "column_name"), sequence(rows, "key_sequence"),
      name(rows, foreign ? "fk_name" : "constraint_name"), to_database(rows, "pk_database_name"),
      to_schema(rows, "pk_schema_name"), to_table(rows, "pk_table_name"), to_column(rows, "pk_column_name"),
      rely(rows, "rely");
  // Rows of one key share table and name and are numbered by key_sequence.
  struct Part {
    int64_t sequence;
    const Row* row;
  };
  std::map<std::pair<QualifiedName, std::string>, std::vector<Part>> keys;
  for (const auto& row : rows.rows) {
    const QualifiedName owner({database.name(row), schema.name(row), table.name(row)});
    keys[{owner, std::string(name.in(row))}].push_back({whole_number(sequence.in(row)).value_or(0), &row});
  }
  for (auto& [key, parts] : keys) {
    const auto object = state.objects.find(ObjectId{KindId::Table, key.first});
    if (object == state.objects.end()) continue;
    std::stable_sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.sequence < b.sequence; });
    Constraint constraint;
    constraint.type = type;
    constraint.stored_name = key.second;
    for (const auto& part : parts) {
      constraint.columns.push_back(column.name(*part.row));
      if (foreign) constraint.references_columns.push_back(to_column.name(*part.row));
    }
    const auto& first = *parts.front().row;
    // The column is not in the documentation's list, but in every recording (table entry, related_reads).
    if (rows.column("rely")) constraint.rely = rely.is_true(first);
    if (foreign)
      constraint.references = QualifiedName({to_database.name(first), to_schema.name(first), to_table.name(first)});
    object->second.constraints.push_back(std::move(constraint));
  }
}

void read_checks(const Rows& rows, const Name& database, State& state) {
  const Field schema(rows, "TABLE_SCHEMA"), table(rows, "TABLE_NAME"), name(rows, "CONSTRAINT_NAME"),
      clause(rows, "CHECK_CLAUSE");
  for (const auto& row : rows.rows) {
    const auto object =
        state.objects.find(ObjectId{KindId::Table, QualifiedName({database, schema.name(row), table.name(row)})});
    if (object == state.objects.end()) continue;
    auto& checks = object->second.checks;
    if (!checks) checks.emplace();
    if (!name.is_null(row)) checks->push_back({name.name(row), SqlText{std::string(clause.in(row)), {}}, {}});
  }
  // In the order of the names, whatever the answer's: the plan shall be the same.
  for (auto& [id, object] : state.objects) {
    if (object.checks && id.name.first() == database) {
      std::sort(object.checks->begin(), object.checks->end(),
                [](const Check& a, const Check& b) { return a.name < b.name; });
    }
  }
}

}  // namespace mesh::live
