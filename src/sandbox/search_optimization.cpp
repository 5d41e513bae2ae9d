#include "search_optimization.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "show.hpp"
#include "sql_error.hpp"
#include "table_parts.hpp"
#include "types.hpp"

namespace mesh::sandbox {
namespace {

bool is_semi_structured(const std::string& base) { return base == "VARIANT" || base == "OBJECT" || base == "ARRAY"; }

// Which columns a method takes (docs: alter-table, queries-that-benefit). Nothing is said of BOOLEAN: not taken.
bool takes(std::string_view method, const TableColumn& column) {
  const std::string base = type_parts(column.type).base;
  const bool is_time = base == "DATE" || base == "TIME" || base.starts_with("TIMESTAMP");
  const bool is_text = base == "VARCHAR", is_loose = is_semi_structured(base) || base == "MAP";
  if (column.is_virtual()) return false;
  if (method == "GEO") return base == "GEOGRAPHY";
  if (method == "EQUALITY") return base == "NUMBER" || is_text || base == "BINARY" || is_time || is_loose;
  return is_text || is_loose;  // SUBSTRING, FULL_TEXT
}

// ADD without ON: all but semi-structured columns (docs: search-optimization/enabling).
bool joins_whole_table(const TableColumn& column) {
  return takes("EQUALITY", column) && !is_semi_structured(type_parts(column.type).base);
}

void add(Object& table, SearchExpression e) {
  const bool known = std::any_of(table.search.begin(), table.search.end(), [&](const SearchExpression& have) {
    return have.method == e.method && have.column == e.column && have.path == e.path;
  });
  if (known) return;
  e.id = table.next_search++;
  table.search.push_back(std::move(e));
}

// A column, a field of one, or * (column 0).
struct Target {
  Token at;
  std::string column;
  std::string path;  // "a"."b"
  bool all = false;
};
struct Method {
  std::string name;      // EQUALITY
  std::string analyzer;  // FULL_TEXT
  std::vector<Target> targets;
  std::string shown() const { return analyzer.empty() ? name : name + " " + analyzer; }
};

constexpr std::string_view kMethods[] = {"FULL_TEXT", "EQUALITY", "SUBSTRING", "GEO"};
const std::set<std::string, std::less<>> kAnalyzers = {"DEFAULT_ANALYZER", "UNICODE_ANALYZER", "NO_OP_ANALYZER",
                                                       "ENTITY_ANALYZER"};

bool at_method(const Parser& p) {
  return p.at_symbol("(", 1) &&
         std::any_of(std::begin(kMethods), std::end(kMethods), [&](std::string_view name) { return p.at(name); });
}

std::string quoted(const std::string& name) { return "\"" + replace_all(name, "\"", "\"\"") + "\""; }

// :a.b, :a:b and ['a']['b'] name the same field. How a path of several fields is printed is unconfirmed.
std::string read_path(Parser& p) {
  std::string path;
  while (p.at_symbol(":") || p.at_symbol(".") || p.at_symbol("[")) {
    const bool bracket = p.next().symbol("[");
    // Elements of a path keep their case, quoted or not (docs: querying-semistructured).
    const std::string field = bracket ? p.string() : p.peek().is_name() ? p.next().text : (p.unexpected(), "");
    if (bracket) p.expect_symbol("]");
    path += (path.empty() ? "" : ".") + quoted(field);
  }
  return path;
}

Method read_method(Parser& p) {
  Method method;
  method.name = p.next().folded();
  if (method.name == "FULL_TEXT") method.analyzer = "DEFAULT_ANALYZER";
  p.expect_symbol("(");
  do {
    if (p.at("ANALYZER") && p.at_symbol("=>", 1)) {
      p.next(), p.next();
      method.analyzer = to_upper(p.string());
      // Text unconfirmed.
      if (method.name != "FULL_TEXT" || kAnalyzers.count(method.analyzer) == 0)
        refuse_text(fmt::format("SQL compilation error:\nInvalid analyzer '{}'.", method.analyzer));
      break;
    }
    Target target;
    target.at = p.peek();
    target.all = p.accept_symbol("*");
    if (!target.all) target.column = p.name(), target.path = read_path(p);
    method.targets.push_back(std::move(target));
  } while (p.accept_symbol(","));
  p.expect_symbol(")");
  if (method.targets.empty()) p.unexpected();
  return method;
}

std::string position(const Token& at) {
  return fmt::format("SQL compilation error: error line {} at position {}\n", at.line, at.position);
}

const TableColumn& target_column(const Object& table, const Target& target) {
  const TableColumn* column = find_column(table, target.column);
  if (column == nullptr) {
    refuse(
        "000904", "42000",
        fmt::format("{}invalid identifier 'IDX_SRC_TABLE.{}'", position(target.at), quoted_if_needed(target.column)));
  }
  return *column;
}

// For one method either * or columns (docs: alter-table); its text is not given.
void refuse_mixed(const std::vector<Method>& methods) {
  std::map<std::string, std::set<bool>> seen;
  for (const Method& method : methods) {
    for (const Target& target : method.targets) {
      if (seen[method.name].insert(target.all).second && seen[method.name].size() > 1)
        refuse_text(fmt::format("SQL compilation error:\n{} takes either * or columns.", method.name));
    }
  }
}

void add_method(Object& table, const Method& method) {
  for (const Target& target : method.targets) {
    if (target.all) {
      for (const TableColumn& column : table.columns) {
        if (takes(method.name, column)) add(table, {0, method.shown(), column.id, ""});
      }
      continue;
    }
    const TableColumn& column = target_column(table, target);
    const bool has_fields = is_semi_structured(type_parts(column.type).base);
    if (!takes(method.name, column) || (!target.path.empty() && !has_fields)) {
      refuse("002100", "42601",
             fmt::format("{}Expression {}(IDX_SRC_TABLE.{}) cannot be used in search optimization.",
                         position(target.at), method.name, quoted_if_needed(target.column)));
    }
    add(table, {0, method.shown(), column.id, target.path});
  }
}

void need_search_privilege(Running& run, const Object& table) {
  need_privilege(run, run.catalog.at(table.parent), "ADD SEARCH OPTIMIZATION");
}

[[noreturn]] void refuse_not_indexed(const Object& table, const Token& at, const std::string& method,
                                     const std::string& column) {
  const std::string name = fmt::format("{}.{}", quoted_if_needed(table.name), quoted_if_needed(column));
  refuse("002100", "42601",
         fmt::format("{}Expression {} is not indexed by search optimization.", position(at),
                     method.empty() ? name : fmt::format("{}({})", method, name)));
}

void drop_method(Object& table, const Method& method) {
  for (const Target& target : method.targets) {
    const int column = target.all ? 0 : target_column(table, target).id;
    const auto gone = std::erase_if(table.search, [&](const SearchExpression& e) {
      const bool same_method =
          e.method == method.shown() || (method.name == "FULL_TEXT" && e.method.starts_with("FULL_TEXT"));
      return same_method && (target.all || (e.column == column && e.path == target.path));
    });
    if (gone == 0 && !target.all) refuse_not_indexed(table, target.at, method.name, target.column);
  }
}

// METHOD(..), the name of a column, or the number that DESCRIBE tells.
void drop_item(Parser& p, Object& table) {
  if (at_method(p)) return drop_method(table, read_method(p));
  const Token at = p.peek();
  if (at.kind == TokenKind::Number) {
    const int64_t id = p.integer();
    const auto gone = std::erase_if(table.search, [&](const SearchExpression& e) { return e.id == id; });
    if (gone == 0) refuse_not_indexed(table, at, "", std::to_string(id));
    return;
  }
  const std::string name = p.name();
  const int column = target_column(table, {at, name, "", false}).id;
  if (std::erase_if(table.search, [&](const SearchExpression& e) { return e.column == column; }) == 0)
    refuse_not_indexed(table, at, "", name);
}

}  // namespace

void search_added_column(Object& table, const TableColumn& column) {
  if (table.search_all && joins_whole_table(column)) add(table, {0, "EQUALITY", column.id, ""});
}

ResultSet add_search_optimization(Running& run, const Object& table) {
  Parser& p = run.parser;
  need_search_privilege(run, table);
  Object& edited = run.catalog.edit(table.id);
  if (p.accept("ON")) {
    std::vector<Method> methods;
    do {
      if (!at_method(p)) p.unexpected();
      methods.push_back(read_method(p));
    } while (p.accept_symbol(","));
    refuse_mixed(methods);
    for (const Method& method : methods) add_method(edited, method);
    edited.search_all = false;  // docs: search-optimization/enabling, effect on subsequently added columns
  } else {
    for (const TableColumn& column : edited.columns) {
      if (joins_whole_table(column)) add(edited, {0, "EQUALITY", column.id, ""});
    }
    edited.search_all = true;
  }
  p.expect_end();
  return executed();
}

ResultSet drop_search_optimization(Running& run, const Object& table) {
  Parser& p = run.parser;
  need_search_privilege(run, table);
  Object& edited = run.catalog.edit(table.id);
  const bool none = edited.search.empty();
  if (!p.accept("ON")) {
    p.expect_end();
    edited.search.clear(), edited.search_all = false;
    return executed();
  }
  // Where nothing is configured there is nothing to be missing (frostlake, live-measured).
  if (none) return p.rest(), executed();
  do {
    drop_item(p, edited);
  } while (p.accept_symbol(","));
  p.expect_end();
  edited.search_all = false;
  return executed();
}

ResultSet describe_search_optimization(Running& run) {
  Parser& p = run.parser;
  p.expect("ON");
  const NameParts name = p.qualified();
  p.expect_end();
  const Object& table = need(run, Kind::Table, name);
  ResultSet result;
  result.columns = columns_of({"N:expression_id", "T:method", "T:target", "T:target_data_type", "T:active"});
  for (const SearchExpression& e : table.search) {
    const TableColumn& column = *find_column(table, e.column);
    const std::string target = quoted_if_needed(column.name) + (e.path.empty() ? "" : ":" + e.path);
    result.rows.push_back({std::to_string(e.id), e.method, target, e.path.empty() ? column.type : "VARIANT", "true"});
  }
  return result;
}

}  // namespace mesh::sandbox
