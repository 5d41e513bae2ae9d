#include "query_dml.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <set>

#include "mesh/base/text.hpp"
#include "query_check.hpp"
#include "query_error.hpp"
#include "query_parser.hpp"
#include "query_sqlite.hpp"

namespace mesh::sandbox::query {
namespace {

using ValueRow = std::vector<Value>;

// Stands in a computed row where an identity column has its number to come; no NUMBER is kept as a BLOB.
const Blob kIdentity{"identity"};
constexpr std::string_view kIdentitySql = "x'6964656e74697479'";

std::string sqlite_quoted(const std::string& sqlite_name) {
  return "\"" + replace_all(sqlite_name, "\"", "\"\"") + "\"";
}

Column count_column(const std::string& what) {
  Column column = number_column("number of " + what);
  column.precision = 19;  // sql-api.md section 4a
  column.nullable = false;
  return column;
}

// One count column and the statistics of what changed.
ResultSet counted(const std::vector<std::pair<std::string, int64_t>>& counts, const DmlStats& stats) {
  ResultSet result;
  Row row;
  for (const auto& [what, count] : counts) {
    result.columns.push_back(count_column(what));
    row.emplace_back(fmt::format("{}", count));
  }
  result.rows.push_back(std::move(row));
  if (stats.inserted + stats.updated + stats.deleted > 0) result.stats = stats;
  return result;
}

size_t column_index(const StoredTable& table, const std::string& name, const Token& at) {
  // How Snowflake refuses it is not documented.
  for (const VirtualColumn& computed : table.computed)
    if (computed.column.name == name) refuse_unsupported(fmt::format("writing to virtual column {}", name));
  const auto found =
      std::find_if(table.columns.begin(), table.columns.end(), [&](const auto& c) { return c.name == name; });
  if (found == table.columns.end()) invalid_identifier(at, name);
  return static_cast<size_t>(found - table.columns.begin());
}

// The value as the column keeps it.
std::string assigned(const Typed& value, const StoredColumn& column) {
  const Type type = parse_type(column.type);
  if (!assignable(value.type, type))
    refuse_compilation(
        "002023", "22000",
        fmt::format("Expression type does not match column data type, expecting {} but got {} for column {}",
                    column.type, spell(value.type), column.name));
  return cast(value, type).sql;
}

Typed default_of(const StoredColumn& column, Translator& translator) {
  if (column.identity) return {.sql = std::string(kIdentitySql), .type = parse_type(column.type), .nullable = false};
  if (column.default_sql.empty()) return {.sql = "NULL", .type = plain_type(Kind::Null)};
  const auto tokens = tokens_of(column.default_sql);
  const Expr expr = parse_expression(column.default_sql, tokens);
  Scope nothing;
  return translator.expression(expr, nothing);
}

void check_value(const StoredColumn& column, const Value& value) {
  // A sum that left 64 bits comes back as a floating number; only FLOAT may keep one.
  if (std::holds_alternative<double>(value) && column.type.substr(0, 5) != "FLOAT")
    refuse_unsupported("NUMBER beyond 64 bits");
  if (!column.nullable && is_null(value)) refuse("100072", "22000", "NULL result in a non-nullable column");
}

// The numbers of an identity column, kept beside the data so that deleted ones never come back.
class Identity {
 public:
  Identity(sqlite3* db, const StoredTable& table) : db_(db), table_(table) {}
  void fill(ValueRow& row) {
    for (size_t i = 0; i < row.size(); ++i) {
      const auto* blob = std::get_if<Blob>(&row[i]);
      if (table_.columns[i].identity && blob != nullptr && *blob == kIdentity) row[i] = next(i);
    }
  }
  void keep() {
    for (const auto& [column, next] : next_) {
      Prepared store(db_, "INSERT OR REPLACE INTO query_identity VALUES (?, ?, ?)");
      store.bind(1, table_.sqlite_name);
      store.bind(2, int64_t{table_.column_ids[column]});
      store.bind(3, next);
      store.step();
    }
  }

 private:
  int64_t next(size_t column) {
    const auto known = next_.find(column);
    int64_t& number = known != next_.end() ? known->second : next_.emplace(column, stored(column)).first->second;
    const int64_t taken = number;
    number += table_.columns[column].identity_increment;
    return taken;
  }
  int64_t stored(size_t column) {
    run(db_,
        "CREATE TABLE IF NOT EXISTS query_identity (table_name TEXT, column_id INTEGER, next INTEGER, "
        "PRIMARY KEY (table_name, column_id))");
    Prepared read(db_, "SELECT next FROM query_identity WHERE table_name = ? AND column_id = ?");
    read.bind(1, table_.sqlite_name);
    read.bind(2, int64_t{table_.column_ids[column]});
    return read.step() ? std::get<int64_t>(read.value(0)) : table_.columns[column].identity_start;
  }

  sqlite3* db_;
  const StoredTable& table_;
  std::map<size_t, int64_t> next_;
};

void insert_rows(sqlite3* db, Translator& translator, const StoredTable& table, std::vector<ValueRow> rows) {
  if (rows.empty()) return;
  Identity identity(db, table);
  for (ValueRow& row : rows) {
    identity.fill(row);
    for (size_t i = 0; i < row.size(); ++i) check_value(table.columns[i], row[i]);
  }
  identity.keep();
  std::string names, places;
  for (const int id : table.column_ids) {
    names += fmt::format("{}c{}", names.empty() ? "" : ", ", id);
    places += places.empty() ? "?" : ", ?";
  }
  Prepared insert(db, fmt::format("INSERT INTO {} ({}) VALUES ({})", sqlite_quoted(table.sqlite_name), names, places));
  std::vector<int64_t> written;
  for (const ValueRow& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) insert.bind(static_cast<int>(i) + 1, row[i]);
    insert.step();
    insert.reset();
    if (!table.checks.empty()) written.push_back(sqlite3_last_insert_rowid(db));
  }
  enforce_checks(db, translator, table, written);
}

void delete_rows(sqlite3* db, const StoredTable& table, const std::set<int64_t>& rowids) {
  Prepared remove(db, fmt::format("DELETE FROM {} WHERE rowid = ?", sqlite_quoted(table.sqlite_name)));
  for (const int64_t rowid : rowids) {
    remove.bind(1, rowid);
    remove.step();
    remove.reset();
  }
}

void update_row(sqlite3* db, const StoredTable& table, const std::vector<size_t>& columns, const ValueRow& values,
                int64_t rowid) {
  std::string set;
  for (const size_t column : columns)
    set += fmt::format("{}c{} = ?", set.empty() ? "" : ", ", table.column_ids[column]);
  Prepared update(db, fmt::format("UPDATE {} SET {} WHERE rowid = ?", sqlite_quoted(table.sqlite_name), set));
  for (size_t i = 0; i < values.size(); ++i) update.bind(static_cast<int>(i) + 1, values[i]);
  update.bind(static_cast<int>(values.size()) + 1, rowid);
  update.step();
}

// INSERT.

std::vector<size_t> inserted_columns(const StoredTable& table, const Insert& insert) {
  std::vector<size_t> columns;
  for (size_t i = 0; i < insert.columns.size(); ++i) {
    const size_t index = column_index(table, insert.columns[i], insert.column_tokens[i]);
    if (std::find(columns.begin(), columns.end(), index) != columns.end())
      refuse_compilation("002025", "42721", fmt::format("duplicate column name '{}'", insert.columns[i]));
    columns.push_back(index);
  }
  if (insert.columns.empty())
    for (size_t i = 0; i < table.columns.size(); ++i) columns.push_back(i);
  return columns;
}

void check_width(size_t expected, size_t given) {
  if (expected != given)
    refuse_compilation(
        "002020", "21S01",
        fmt::format("Insert value list does not match column list expecting {} but got {}", expected, given));
}

// A value for every column of the table, in its order: what is given, else the default.
std::string whole_row(const StoredTable& table, const std::vector<size_t>& columns, const std::vector<Typed>& given,
                      Translator& translator) {
  std::string list;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const auto found = std::find(columns.begin(), columns.end(), i);
    const Typed value = found != columns.end() ? given[static_cast<size_t>(found - columns.begin())]
                                               : default_of(table.columns[i], translator);
    list += (list.empty() ? "" : ", ") + assigned(value, table.columns[i]);
  }
  return list;
}

ResultSet insert(sqlite3* db, Translator& translator, const Statement& statement) {
  const StoredTable table = translator.target(statement.target, "INSERT");
  const auto columns = inserted_columns(table, statement.insert);
  Relational source;
  if (!statement.insert.query.empty()) {
    source = translator.query(statement.insert.query.front(), nullptr);
  } else {
    std::vector<Typed> defaults;
    defaults.reserve(columns.size());
    for (const size_t column : columns) defaults.push_back(default_of(table.columns[column], translator));
    for (const auto& row : statement.insert.rows) check_width(columns.size(), row.size());
    source = translator.values(statement.insert.rows, defaults);
  }
  check_width(columns.size(), source.columns.size());
  const std::string alias = translator.next_alias();
  std::vector<Typed> given;
  for (size_t i = 0; i < columns.size(); ++i)
    given.push_back({.sql = fmt::format("{}.c{}", alias, i + 1), .type = source.columns[i].type});
  const std::string sql =
      fmt::format("SELECT {} FROM ({}) AS {}", whole_row(table, columns, given, translator), source.sql, alias);
  need_warehouse(translator.caller());
  auto rows = rows_of(db, sql, table.columns.size());
  const auto count = static_cast<int64_t>(rows.size());
  insert_rows(db, translator, table, std::move(rows));
  return counted({{"rows inserted", count}}, {.inserted = count});
}

// UPDATE and DELETE.

// The target, and what is joined to it, as FROM reads it.
struct Joined {
  StoredTable table;
  std::string alias;
  Scope scope;
  std::string from, where;
};

Joined join_target(Translator& translator, const Statement& statement, const std::string& privilege) {
  Joined joined;
  joined.table = translator.target(statement.target, privilege);
  joined.alias = translator.next_alias();
  Source source = translator.table_source(joined.table, joined.alias);
  if (!statement.target_alias.empty()) source.alias = statement.target_alias, source.path.clear();
  joined.scope.sources.push_back(std::move(source));
  joined.from = fmt::format("{} AS {}", sqlite_quoted(joined.table.sqlite_name), joined.alias);
  for (const FromItem& item : statement.from) {
    const std::string sql = translator.from_item(item, joined.scope);
    joined.from += item.is == FromItem::Is::Joined ? ", (" + sql + ")" : ", " + sql;
  }
  if (!statement.where.empty())
    joined.where = " WHERE " + truth(translator.expression(statement.where.front(), joined.scope)).sql;
  return joined;
}

struct Set {
  std::vector<size_t> columns;
  std::vector<std::string> values;
};

Set assignments(Translator& translator, const StoredTable& table, const std::vector<Assignment>& assigned_to,
                Scope& scope) {
  Set set;
  for (const Assignment& assignment : assigned_to) {
    const size_t index = column_index(table, assignment.column, assignment.at);
    if (std::find(set.columns.begin(), set.columns.end(), index) != set.columns.end())
      refuse_compilation("002025", "42721", fmt::format("duplicate column name '{}'", assignment.column));
    const bool by_default = assignment.value.is == Expr::Is::Default;
    const Typed value =
        by_default ? default_of(table.columns[index], translator) : translator.expression(assignment.value, scope);
    if (by_default && table.columns[index].identity) refuse_unsupported("UPDATE of an identity column to DEFAULT");
    set.columns.push_back(index);
    set.values.push_back(assigned(value, table.columns[index]));
  }
  return set;
}

void check_values(const StoredTable& table, const std::vector<size_t>& columns, const ValueRow& values) {
  for (size_t i = 0; i < columns.size(); ++i) check_value(table.columns[columns[i]], values[i]);
}

ResultSet update(sqlite3* db, Translator& translator, const Statement& statement) {
  Joined joined = join_target(translator, statement, "UPDATE");
  const Set set = assignments(translator, joined.table, statement.set, joined.scope);
  need_warehouse(translator.caller());
  const auto rows = rows_of(
      db, fmt::format("SELECT {}.rowid, {} FROM {}{}", joined.alias, join(set.values, ", "), joined.from, joined.where),
      set.columns.size() + 1);
  std::map<int64_t, ValueRow> changes;
  std::set<int64_t> multiple;
  for (const ValueRow& row : rows) {
    const int64_t rowid = std::get<int64_t>(row[0]);
    ValueRow values(row.begin() + 1, row.end());
    check_values(joined.table, set.columns, values);
    if (!changes.emplace(rowid, std::move(values)).second) multiple.insert(rowid);
  }
  std::vector<int64_t> written;
  for (const auto& [rowid, values] : changes) {
    update_row(db, joined.table, set.columns, values, rowid);
    written.push_back(rowid);
  }
  enforce_checks(db, translator, joined.table, written);
  const auto count = static_cast<int64_t>(changes.size());
  return counted({{"rows updated", count}, {"multi-joined rows updated", static_cast<int64_t>(multiple.size())}},
                 {.updated = count});
}

ResultSet remove(sqlite3* db, Translator& translator, const Statement& statement) {
  const Joined joined = join_target(translator, statement, "DELETE");
  need_warehouse(translator.caller());
  std::set<int64_t> rowids;
  for (const ValueRow& row :
       rows_of(db, fmt::format("SELECT {}.rowid FROM {}{}", joined.alias, joined.from, joined.where), 1))
    rowids.insert(std::get<int64_t>(row[0]));
  delete_rows(db, joined.table, rowids);
  const auto count = static_cast<int64_t>(rowids.size());
  return counted({{"rows deleted", count}}, {.deleted = count});
}

// MERGE.

struct Clause {
  MergeClause::Does does = MergeClause::Does::Update;
  Set set;                      // Update
  std::string condition;        // when the clause applies
  size_t first = 0, count = 0;  // its values among the columns of the query
};

constexpr const char* privilege_of(MergeClause::Does does) {
  switch (does) {
    case MergeClause::Does::Update:
      return "UPDATE";
    case MergeClause::Does::Delete:
      return "DELETE";
    case MergeClause::Does::Insert:
      return "INSERT";
  }
  return "";
}

std::string show(const Value& value, const Type& type) {
  if (is_null(value)) return "NULL";
  return type.kind == Kind::Number || type.kind == Kind::Float ? to_text(value, type)
                                                               : fmt::format("\"{}\"", to_text(value, type));
}

[[noreturn]] void duplicate_row(sqlite3* db, const StoredTable& table, int64_t rowid) {
  std::string names, shown;
  for (const int id : table.column_ids) names += fmt::format("{}c{}", names.empty() ? "" : ", ", id);
  const auto rows =
      rows_of(db, fmt::format("SELECT {} FROM {} WHERE rowid = {}", names, sqlite_quoted(table.sqlite_name), rowid),
              table.columns.size());
  for (size_t i = 0; i < table.columns.size(); ++i)
    shown += (i == 0 ? "" : ", ") + show(rows.front()[i], parse_type(table.columns[i].type));
  refuse("100090", "42P18", fmt::format("Duplicate row detected during DML action\nRow Values: [{}]", shown));
}

// What a MERGE is to do, found out before anything is done. ERROR_ON_NONDETERMINISTIC_MERGE is at its default, TRUE: a
// target row that two source rows update, or update and delete, is an error.
struct Work {
  std::map<int64_t, std::pair<const Clause*, ValueRow>> updates;
  std::set<int64_t> deletes;
  std::vector<ValueRow> inserts;
};

Work sort_out(sqlite3* db, const StoredTable& table, const std::vector<Clause>& clauses,
              const std::vector<ValueRow>& rows) {
  Work work;
  for (const ValueRow& row : rows) {
    if (is_null(row[1])) continue;
    const Clause& clause = clauses[static_cast<size_t>(std::get<int64_t>(row[1]))];
    const auto begin = row.begin() + static_cast<std::ptrdiff_t>(clause.first);
    ValueRow values(begin, begin + static_cast<std::ptrdiff_t>(clause.count));
    if (clause.does == MergeClause::Does::Insert) {
      work.inserts.push_back(std::move(values));
      continue;
    }
    const int64_t rowid = std::get<int64_t>(row[0]);
    const bool updated = work.updates.count(rowid) != 0;
    if (clause.does == MergeClause::Does::Delete) {
      if (updated) duplicate_row(db, table, rowid);
      work.deletes.insert(rowid);
      continue;
    }
    if (updated || work.deletes.count(rowid) != 0) duplicate_row(db, table, rowid);
    check_values(table, clause.set.columns, values);
    work.updates.emplace(rowid, std::pair(&clause, std::move(values)));
  }
  return work;
}

ResultSet merge_counts(const std::vector<Clause>& clauses, const Work& work) {
  const auto has = [&](MergeClause::Does does) {
    return std::any_of(clauses.begin(), clauses.end(), [&](const Clause& c) { return c.does == does; });
  };
  const auto size = [](const auto& container) { return static_cast<int64_t>(container.size()); };
  std::vector<std::pair<std::string, int64_t>> counts;
  if (has(MergeClause::Does::Insert)) counts.emplace_back("rows inserted", size(work.inserts));
  if (has(MergeClause::Does::Update)) counts.emplace_back("rows updated", size(work.updates));
  if (has(MergeClause::Does::Delete)) counts.emplace_back("rows deleted", size(work.deletes));
  return counted(counts,
                 {.inserted = size(work.inserts), .deleted = size(work.deletes), .updated = size(work.updates)});
}

class Merge {
 public:
  Merge(sqlite3* db, Translator& translator, const Statement& statement)
      : db_(db), translator_(translator), statement_(statement) {}

  ResultSet run_it() {
    for (const MergeClause& clause : statement_.clauses)
      table_ = translator_.target(statement_.target, privilege_of(clause.does));
    // Even where it only inserts, its condition reads the table.
    if (!table_.protection.empty()) refuse_unsupported("MERGE into a table under policies");
    source_sql_ = translator_.from_item(statement_.from.front(), source_scope_);
    if (statement_.from.front().is == FromItem::Is::Joined) source_sql_ = "(" + source_sql_ + ")";
    alias_ = translator_.next_alias();
    both_ = source_scope_;
    Source target = translator_.table_source(table_, alias_);
    if (!statement_.target_alias.empty()) target.alias = statement_.target_alias, target.path.clear();
    both_.sources.insert(both_.sources.begin(), std::move(target));
    const std::string on = truth(translator_.expression(statement_.where.front(), both_)).sql;
    for (const MergeClause& clause : statement_.clauses) add(clause);
    need_warehouse(translator_.caller());
    const std::string sql = fmt::format("SELECT {}.rowid, {}{} FROM {} LEFT JOIN {} AS {} ON {}", alias_, pick(), list_,
                                        source_sql_, sqlite_quoted(table_.sqlite_name), alias_, on);
    const auto rows = rows_of(db_, sql, columns_);
    const Work work = sort_out(db_, table_, clauses_, rows);
    std::vector<int64_t> written;
    for (const auto& [rowid, change] : work.updates) {
      update_row(db_, table_, change.first->set.columns, change.second, rowid);
      written.push_back(rowid);
    }
    enforce_checks(db_, translator_, table_, written);
    delete_rows(db_, table_, work.deletes);
    insert_rows(db_, translator_, table_, work.inserts);
    return merge_counts(clauses_, work);
  }

 private:
  // The clause that takes a row: the first whose condition holds.
  std::string pick() const {
    std::string sql = "(CASE";
    for (size_t i = 0; i < clauses_.size(); ++i) sql += fmt::format(" WHEN {} THEN {}", clauses_[i].condition, i);
    return sql + " END)";
  }

  void add(const MergeClause& from) {
    const bool inserts = from.does == MergeClause::Does::Insert;
    Scope& scope = inserts ? source_scope_ : both_;
    Clause clause;
    clause.does = from.does;
    clause.condition = fmt::format("({}.rowid IS {}NULL)", alias_, inserts ? "" : "NOT ");
    if (!from.condition.empty())
      clause.condition = fmt::format("({} AND {})", clause.condition,
                                     truth(translator_.expression(from.condition.front(), scope)).sql);
    std::vector<std::string> values;
    if (from.does == MergeClause::Does::Update) {
      clause.set = assignments(translator_, table_, from.set, scope);
      values = clause.set.values;
    } else if (inserts) {
      values = inserted(from.insert);
    }
    clauses_.push_back(clause);
    // Only the taken clause may be computed, as another's values might not convert.
    const std::string test = fmt::format("{} = {}", pick(), clauses_.size() - 1);
    clauses_.back().first = columns_;
    clauses_.back().count = values.size();
    for (const std::string& value : values) list_ += fmt::format(", CASE WHEN {} THEN {} END", test, value);
    columns_ += values.size();
  }

  std::vector<std::string> inserted(const Insert& insert) {
    const auto columns = inserted_columns(table_, insert);
    check_width(columns.size(), insert.rows.front().size());
    std::vector<std::string> values;
    for (size_t i = 0; i < table_.columns.size(); ++i) {
      const auto found = std::find(columns.begin(), columns.end(), i);
      const Expr* expr =
          found == columns.end() ? nullptr : &insert.rows.front()[static_cast<size_t>(found - columns.begin())];
      const bool given = expr != nullptr && expr->is != Expr::Is::Default;
      const Typed value =
          given ? translator_.expression(*expr, source_scope_) : default_of(table_.columns[i], translator_);
      values.push_back(assigned(value, table_.columns[i]));
    }
    return values;
  }

  sqlite3* db_;
  Translator& translator_;
  const Statement& statement_;
  StoredTable table_;
  Scope source_scope_, both_;
  std::string source_sql_, alias_, list_;
  std::vector<Clause> clauses_;
  size_t columns_ = 2;
};

// TRUNCATE.

ResultSet truncate(sqlite3* db, Translator& translator, const Statement& statement) {
  StoredTable table;
  try {
    table = translator.target(statement.target, "TRUNCATE");
  } catch (const SqlError& error) {
    if (!statement.if_exists || error.code != "002003") throw;
    return status_result("Statement executed successfully.");
  }
  const auto rows = rows_of(db, fmt::format("SELECT count(*) FROM {}", sqlite_quoted(table.sqlite_name)), 1);
  run(db, fmt::format("DELETE FROM {}", sqlite_quoted(table.sqlite_name)));
  ResultSet result = status_result("Statement executed successfully.");
  const int64_t count = std::get<int64_t>(rows.front().front());
  if (count > 0) result.stats = DmlStats{.deleted = count};
  return result;
}

}  // namespace

void need_warehouse(const Session& session) {
  if (auto refused = refused_warehouse(session)) throw *std::move(refused);
}

ResultSet execute_dml(sqlite3* db, Translator& translator, const Statement& statement) {
  switch (statement.is) {
    case Statement::Is::Insert:
      return insert(db, translator, statement);
    case Statement::Is::Update:
      return update(db, translator, statement);
    case Statement::Is::Delete:
      return remove(db, translator, statement);
    case Statement::Is::Merge:
      return Merge(db, translator, statement).run_it();
    case Statement::Is::Truncate:
      return truncate(db, translator, statement);
    case Statement::Is::Query:
      break;
  }
  refuse_internal("a query is no DML");
}

}  // namespace mesh::sandbox::query
