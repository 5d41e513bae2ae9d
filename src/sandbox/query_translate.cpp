#include "query_translate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "mesh/base/overloaded.hpp"
#include "mesh/base/text.hpp"
#include "query_error.hpp"
#include "query_functions.hpp"
#include "query_parser.hpp"
#include "query_sqlite.hpp"
#include "query_time.hpp"
#include "query_translate_nested.hpp"

namespace mesh::sandbox::query {
namespace {

constexpr size_t kMostTerms = 400;
constexpr size_t kLongestComputed = 100000;  // a virtual column's expression stands wherever the column is used
constexpr int kDeepest = 60;                 // queries within queries; a view that reads itself ends here

std::string dotted(const std::vector<std::string>& parts) { return join(parts, "."); }

bool all_of_them(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

// SQLite takes a bare integer, signed or not, in GROUP BY and ORDER BY for a position.
std::string key_sql(const std::string& sql) {
  return all_of_them(sql, "0123456789()+- ") ? fmt::format("CAST({} AS INTEGER)", sql) : sql;
}

std::string column_list(size_t count, const std::string& alias = "") {
  std::string list;
  for (size_t i = 1; i <= count; ++i)
    list += fmt::format("{}{}c{} AS c{}", i == 1 ? "" : ", ", alias.empty() ? "" : alias + ".", i, i);
  return list;
}

std::string limits(const Query& query) {
  if (query.offset) return fmt::format(" LIMIT {} OFFSET {}", query.limit.value_or(-1), *query.offset);
  return query.limit ? fmt::format(" LIMIT {}", *query.limit) : "";
}

std::optional<size_t> position_of(const Expr& expr) {
  if (expr.is != Expr::Is::Number || !all_of_them(expr.text, "0123456789") || expr.text.size() > 9) return std::nullopt;
  return static_cast<size_t>(std::stoul(expr.text));
}

// Whether such a column is built on the value or on the mask is not told.
void refuse_computed_over_masked(const StoredTable& table) {
  for (const VirtualColumn& computed : table.computed) {
    for (const Token& token : tokens_of(computed.column.expression)) {
      if (token.is_name() && table.protection.masks.count(token.folded()) > 0)
        refuse_unsupported("virtual columns over masked ones");
    }
  }
}

bool path_matches(const Source& source, const std::vector<std::string>& qualifiers) {
  if (qualifiers.size() == 1) return source.alias == qualifiers[0];
  if (source.path.size() < qualifiers.size()) return false;
  return std::equal(qualifiers.rbegin(), qualifiers.rend(), source.path.rbegin());
}

std::string bare_name(const Source& source, const std::string& column) {
  return source.alias.empty() ? column : source.alias + "." + column;
}

}  // namespace

Typed derive(std::string sql, Type type, const std::vector<const Typed*>& parts) {
  Typed result{.sql = std::move(sql), .type = std::move(type), .nullable = false};
  for (const Typed* part : parts) {
    result.nullable = result.nullable || part->nullable;
    result.aggregate = result.aggregate || part->aggregate;
    result.window = result.window || part->window;
    if (result.bare.empty()) result.bare = part->bare, result.bare_at = part->bare_at;
  }
  return result;
}

std::string quote_text(std::string_view text) {
  if (text.find('\0') == std::string_view::npos) return "'" + replace_all(std::string(text), "'", "''") + "'";
  return fmt::format("CAST(x'{}' AS TEXT)", to_hex(text));
}

Typed text_literal(std::string_view text) {
  return {.sql = quote_text(text), .type = text_type(static_cast<int64_t>(display_width(text))), .nullable = false};
}

Typed cast(const Typed& value, const Type& to, bool trying) {
  if (stored_alike(value.type, to)) {
    Typed same = value;
    same.type = to;
    return same;
  }
  return derive(fmt::format("{}({}, {}, {})", trying ? "sf_try_cast" : "sf_cast", value.sql,
                            quote_text(spell(value.type)), quote_text(spell(to))),
                to, {&value});
}

Typed truth(const Typed& value) { return cast(value, plain_type(Kind::Boolean)); }

namespace {
[[noreturn]] void cannot_meet(const Typed& a, const Type& expected) {
  refuse_compilation("001038", "22023",
                     fmt::format("Can not convert parameter '{}' of type [{}] into expected type [{}]",
                                 a.bare.empty() ? "value" : a.bare, spell(a.type), spell(expected)));
}
}  // namespace

Type common_of(const std::vector<Typed>& values, const Token&) {
  Type common;
  for (const Typed& value : values) {
    const auto met = common_type(common, value.type);
    if (!met) cannot_meet(value, common);
    common = *met;
  }
  return common;
}

void meet(Typed& a, Typed& b, const Token& at) {
  // A VARIANT takes on the type of what it is compared with; a number in it may have decimals that the other side
  // lacks.
  const auto number_as_float = [](const Type& type) {
    return type.kind == Kind::Number ? plain_type(Kind::Float) : type;
  };
  const bool json_a = a.type.kind == Kind::Variant, json_b = b.type.kind == Kind::Variant;
  if (json_a != json_b && a.type.kind != Kind::Null && b.type.kind != Kind::Null) {
    const Type other = number_as_float(json_a ? b.type : a.type);
    const Type widest = other.kind == Kind::Text ? text_type() : other;
    a = cast(a, widest);
    b = cast(b, widest);
  }
  Type common = common_of({a, b}, at);
  if (common.kind == Kind::Text) common = text_type();
  a = cast(a, common);
  b = cast(b, common);
  if (common.kind != Kind::Tz) return;
  for (Typed* side : {&a, &b}) *side = derive(fmt::format("sf_tz_utc({})", side->sql), scaled_type(Kind::Ltz), {side});
}

Typed compare(const std::string& op, Typed a, Typed b, const Token& at) {
  meet(a, b, at);
  return derive(fmt::format("({} {} {})", a.sql, op, b.sql), plain_type(Kind::Boolean), {&a, &b});
}

Translator::Translator(sqlite3* db, Relations& relations, const Session& session, std::string_view source,
                       const StoredView* inside, bool describing)
    : db_(db),
      relations_(relations),
      caller_(session),
      session_(&session),
      source_(source),
      inside_(inside),
      describing_(describing),
      now_(now_nanoseconds()) {}

Translator::~Translator() {
  for (const auto& table : temporary_) try {
      run(db_, "DROP TABLE IF EXISTS temp." + table);
    } catch (const SqlError&) {
      // The caller's transaction was given up under us; the table goes with the connection.
    }
}

std::string Translator::next_alias() { return fmt::format("t{}", ++aliases_); }

std::string Translator::source_text(const Expr& expr) const {
  std::string text(source_.substr(expr.begin, expr.end - expr.begin));
  bool quoted = false;
  for (char& c : text) {
    if (c == '"') quoted = !quoted;
    if (!quoted && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

// Queries.

Relational Translator::query(const Query& query, const Scope* outer) {
  if (++depth_ > kDeepest) refuse_unsupported("queries nested deeper than 60 levels");
  const size_t visible = ctes_.size();
  const std::string with = with_clause(query);
  Relational result = body(query, outer);
  result.sql = with + result.sql;
  ctes_.resize(visible);
  --depth_;
  return result;
}

std::string Translator::with_clause(const Query& query) {
  std::string clause;
  for (const Cte& cte : query.with) {
    BoundCte bound{cte.name, fmt::format("w{}", ++aliases_), {}};
    Relational rows = this->query(cte.query.front(), nullptr);
    if (!cte.columns.empty() && cte.columns.size() != rows.columns.size())
      refuse_compilation("002017", "42601",
                         fmt::format("number of columns of CTE {} does not match its query", cte.name));
    for (size_t i = 0; i < cte.columns.size(); ++i) rows.columns[i].name = cte.columns[i];
    bound.columns = std::move(rows.columns);
    clause += fmt::format("{}{} AS ({})", clause.empty() ? "WITH " : ", ", bound.sql_name, rows.sql);
    ctes_.push_back(std::move(bound));
  }
  return clause.empty() ? clause : clause + " ";
}

Relational Translator::body(const Query& query, const Scope* outer) {
  if (query.is == Query::Is::Select) return select(query, outer);
  Relational rows;
  if (query.is == Query::Is::Values) rows = values(query.rows, {});
  if (query.is == Query::Is::Set) rows = set_operation(query, outer);
  if (query.is == Query::Is::Nested) rows = this->query(query.branches.front(), outer);
  if (query.order.empty() && !query.limit && !query.offset) return rows;
  rows.sql = order_of_columns(query, rows);
  return rows;
}

// ORDER BY and LIMIT around rows that know nothing but their own columns.
std::string Translator::order_of_columns(const Query& query, const Relational& rows) {
  const std::string alias = next_alias();
  Scope scope;
  Source source;
  for (size_t i = 0; i < rows.columns.size(); ++i) {
    const OutColumn& column = rows.columns[i];
    source.columns.push_back({column.name, {.sql = fmt::format("{}.c{}", alias, i + 1), .type = column.type}});
  }
  scope.sources.push_back(std::move(source));
  std::string order;
  for (const OrderItem& item : query.order) {
    const auto position = position_of(item.expr.front());
    std::string key = position ? fmt::format("{}", *position) : key_sql(expression(item.expr.front(), scope).sql);
    order += (order.empty() ? " ORDER BY " : ", ") + key + direction(item);
  }
  return fmt::format("SELECT {} FROM ({}) AS {}{}{}", column_list(rows.columns.size(), alias), rows.sql, alias, order,
                     limits(query));
}

namespace {
// a UNION ALL b UNION ALL c is read as nested pairs; SQLite gets it flat, as its parser is bounded in depth.
void flatten(const Query& query, const std::string& set, std::vector<const Query*>& branches) {
  if (query.is == Query::Is::Set && query.set == set && query.with.empty() && query.order.empty() && !query.limit) {
    flatten(query.branches[0], set, branches);
    branches.push_back(&query.branches[1]);
  } else {
    branches.push_back(&query);
  }
}
}  // namespace

Relational Translator::set_operation(const Query& query, const Scope* outer) {
  std::vector<const Query*> branches;
  flatten(query.branches[0], query.set, branches);
  branches.push_back(&query.branches[1]);
  std::vector<Relational> parts;
  parts.reserve(branches.size());
  for (const Query* branch : branches) parts.push_back(this->query(*branch, outer));
  Relational result{"", parts.front().columns};
  for (size_t b = 1; b < parts.size(); ++b) {
    if (parts[b].columns.size() != result.columns.size())
      refuse_compilation("001789", "42601",
                         fmt::format("invalid number of result columns for set operator input branches, expected {}, "
                                     "got {} in branch {}",
                                     result.columns.size(), parts[b].columns.size(), b + 1));
    for (size_t i = 0; i < result.columns.size(); ++i) {
      const auto met = common_type(result.columns[i].type, parts[b].columns[i].type);
      if (!met)
        refuse_compilation("001790", "42601",
                           fmt::format("inconsistent data type for result columns for set operator input branches, "
                                       "expected [{}], got [{}] for expression [{}] branch {}",
                                       spell(result.columns[i].type), spell(parts[b].columns[i].type),
                                       parts[b].columns[i].name, b + 1));
      result.columns[i].type = *met;
      result.columns[i].nullable = result.columns[i].nullable || parts[b].columns[i].nullable;
      result.columns[i].origin = {};
    }
  }
  std::vector<std::string> selects;
  for (const Relational& part : parts) {
    const std::string alias = next_alias();
    std::string list;
    for (size_t i = 0; i < result.columns.size(); ++i) {
      const Typed column{.sql = fmt::format("{}.c{}", alias, i + 1), .type = part.columns[i].type};
      list += fmt::format("{}{} AS c{}", i == 0 ? "" : ", ", cast(column, result.columns[i].type).sql, i + 1);
    }
    selects.push_back(fmt::format("SELECT {} FROM ({}) AS {}", list, part.sql, alias));
  }
  // SQLite takes 500 terms at once.
  while (query.set == "UNION ALL" && selects.size() > kMostTerms) {
    std::vector<std::string> grouped;
    for (size_t b = 0; b < selects.size(); b += kMostTerms) {
      const auto begin = selects.begin() + static_cast<std::ptrdiff_t>(b);
      const auto end = selects.begin() + static_cast<std::ptrdiff_t>(std::min(b + kMostTerms, selects.size()));
      grouped.push_back("SELECT * FROM (" + join({begin, end}, " UNION ALL ") + ")");
    }
    selects = std::move(grouped);
  }
  result.sql = join(selects, " " + query.set + " ");
  return result;
}

namespace {
// The first call in an expression that VALUES does not take.
bool folds(const Expr& expr) {
  if (expr.is == Expr::Is::Subquery || expr.is == Expr::Is::Exists || expr.is == Expr::Is::InQuery) return false;
  if (expr.is == Expr::Is::Binary && expr.text == "/") return false;
  if (expr.is == Expr::Is::Call && (refused_in_values(expr.parts.back()) || is_aggregate(expr.parts.back())))
    return false;
  return std::all_of(expr.args.begin(), expr.args.end(), folds);
}
}  // namespace

Relational Translator::values(const std::vector<std::vector<Expr>>& rows, const std::vector<Typed>& defaults) {
  const size_t width = rows.front().size();
  std::vector<std::vector<Typed>> columns(width);
  std::vector<std::vector<std::string>> cells;
  Scope scope;
  for (const auto& row : rows) {
    if (row.size() != width)
      syntax_error(row.front().at, source_.substr(row.front().begin, row.front().end - row.front().begin));
    for (size_t i = 0; i < width; ++i) {
      const Expr& cell = row[i];
      if (cell.is == Expr::Is::Default && i < defaults.size()) {
        columns[i].push_back(defaults[i]);
        continue;
      }
      columns[i].push_back(expression(cell, scope));
      if (!folds(cell) || columns[i].back().type.is_json())
        refuse_compilation("002014", "22000",
                           fmt::format("Invalid expression [{}] in VALUES clause", source_text(cell)));
    }
  }
  Relational result;
  for (size_t i = 0; i < width; ++i) {
    OutColumn column{fmt::format("COLUMN{}", i + 1), common_of(columns[i], rows.front()[i].at), false, {}};
    for (Typed& cell : columns[i]) column.nullable = column.nullable || cell.nullable, cell = cast(cell, column.type);
    result.columns.push_back(std::move(column));
  }
  std::string list, names;
  for (size_t r = 0; r < rows.size(); ++r) {
    for (size_t i = 0; i < width; ++i) list += (i == 0 ? (r == 0 ? "(" : "), (") : ", ") + columns[i][r].sql;
  }
  for (size_t i = 1; i <= width; ++i) names += fmt::format("{}column{} AS c{}", i == 1 ? "" : ", ", i, i);
  result.sql = fmt::format("SELECT {} FROM (VALUES {}))", names, list);
  return result;
}

std::string Translator::direction(const OrderItem& item) {
  const bool nulls_first = item.nulls_first.value_or(item.descending);
  return fmt::format("{} NULLS {}", item.descending ? " DESC" : " ASC", nulls_first ? "FIRST" : "LAST");
}

std::string Translator::order_keys(const std::vector<OrderItem>& items, Scope& scope, Typed& whole) {
  std::string keys;
  for (const OrderItem& item : items) {
    const Typed key = expression(item.expr.front(), scope);
    whole = derive(whole.sql, whole.type, {&whole, &key});
    keys += (keys.empty() ? "" : ", ") + key_sql(key.sql) + direction(item);
  }
  return keys;
}

std::string Translator::window_sql(const Window& window, Scope& scope, Typed& whole, const std::string& default_frame) {
  std::string sql;
  for (const Expr& part : window.partition) {
    const Typed key = expression(part, scope);
    whole = derive(whole.sql, whole.type, {&whole, &key});
    sql += (sql.empty() ? "PARTITION BY " : ", ") + key_sql(key.sql);
  }
  const std::string order = order_keys(window.order, scope, whole);
  if (!order.empty()) sql += (sql.empty() ? "ORDER BY " : " ORDER BY ") + order;
  const std::string& frame = window.frame.empty() ? default_frame : window.frame;
  if (!frame.empty()) sql += (sql.empty() ? "" : " ") + frame;
  return "OVER (" + sql + ")";
}

// SELECT.

void Translator::star(const SelectItem& item, const Scope& scope, std::vector<Item>& out) const {
  const auto add = [&](const Source* source, const ScopeColumn& column) {
    if (std::find(item.exclude.begin(), item.exclude.end(), column.name) != item.exclude.end()) return;
    std::string name = column.name;
    for (const auto& [from, to] : item.rename)
      if (from == name) name = to;
    Typed value = column.value;
    value.bare = source == nullptr ? column.name : bare_name(*source, column.name);
    value.bare_at = item.at;
    if (scope.keys.count(value.sql) != 0) value.bare.clear();
    out.push_back({std::move(name), std::move(value), nullptr});
  };
  if (item.star_of.empty()) {
    for (const auto& column : scope.merged) add(nullptr, column);
    for (const auto& source : scope.sources)
      for (const auto& column : source.columns)
        if (!column.merged) add(&source, column);
    return;
  }
  const auto source = std::find_if(scope.sources.begin(), scope.sources.end(),
                                   [&](const Source& s) { return path_matches(s, item.star_of); });
  if (source == scope.sources.end()) invalid_identifier(item.at, dotted(item.star_of));
  for (const auto& column : source->columns) add(&*source, column);
}

std::vector<Translator::Item> Translator::items(const Select& select, Scope& scope) {
  std::vector<Item> result;
  for (const SelectItem& item : select.items) {
    if (item.star) {
      star(item, scope, result);
      continue;
    }
    std::string name = item.alias;
    if (name.empty()) name = item.expr.is == Expr::Is::Column ? item.expr.parts.back() : source_text(item.expr);
    result.push_back({std::move(name), expression(item.expr, scope), &item.expr});
  }
  return result;
}

std::vector<std::string> Translator::group_keys(const Select& select, Scope& scope) {
  std::vector<Item> selected;
  if (select.group_all || std::any_of(select.group_by.begin(), select.group_by.end(), position_of))
    selected = items(select, scope);
  std::vector<std::string> keys;
  if (select.group_all) {
    for (const Item& item : selected)
      if (!item.value.aggregate && !item.value.window) keys.push_back(item.value.sql);
    return keys;
  }
  for (const Expr& expr : select.group_by) {
    const auto position = position_of(expr);
    if (position && (*position < 1 || *position > selected.size()))
      refuse_compilation("000979", "42601", fmt::format("[{}] is not a valid group by expression", *position));
    const Typed key = position ? selected[*position - 1].value : expression(expr, scope);
    if (key.aggregate)
      refuse_compilation("000979", "42601", fmt::format("[{}] is not a valid group by expression", source_text(expr)));
    keys.push_back(key.sql);
  }
  return keys;
}

std::string Translator::order_by(const Query& query, Scope& scope, const std::vector<Item>& items, bool wrapped,
                                 std::vector<std::string>& extra) {
  std::string order;
  for (const OrderItem& item : query.order) {
    const Expr& expr = item.expr.front();
    auto position = position_of(expr);
    if (position && (*position < 1 || *position > items.size()))
      refuse_compilation("000979", "42601", fmt::format("[{}] is not a valid order by expression", *position));
    if (expr.is == Expr::Is::Column && expr.parts.size() == 1) {
      const auto named =
          std::find_if(items.begin(), items.end(), [&](const Item& i) { return i.name == expr.parts[0]; });
      if (named != items.end()) position = static_cast<size_t>(named - items.begin()) + 1;
    }
    std::string key;
    if (position) {
      key = wrapped ? fmt::format("c{}", *position) : fmt::format("{}", *position);
    } else {
      key = key_sql(expression(expr, scope).sql);
      if (wrapped) {
        extra.push_back(key);
        key = fmt::format("o{}", extra.size());
      }
    }
    order += (order.empty() ? " ORDER BY " : ", ") + key + direction(item);
  }
  return order;
}

namespace {
void check_grouping(const Typed& value, bool explicit_keys) {
  if (value.bare.empty()) return;
  if (explicit_keys)
    compile_error_at(
        "001104", "42601", value.bare_at,
        fmt::format("'{}' in select clause is neither an aggregate nor in the group by clause.", value.bare));
  refuse_compilation("000979", "42601", fmt::format("[{}] is not a valid group by expression", value.bare));
}
}  // namespace

Relational Translator::select(const Query& query, const Scope* outer) {
  const Select& select = query.select;
  Scope scope;
  scope.outer = outer;
  std::string from;
  for (const FromItem& item : select.from) {
    const std::string sql = from_item(item, scope);
    const bool group = item.is == FromItem::Is::Joined && select.from.size() > 1;
    from += (from.empty() ? " FROM " : ", ") + (group ? "(" + sql + ")" : sql);
  }
  scope.items = &select.items;

  std::string where;
  if (!select.where.empty()) {
    const Typed condition = truth(expression(select.where.front(), scope));
    // Codes of the two refusals unconfirmed.
    if (condition.aggregate)
      refuse_compilation(
          "002035", "42601",
          fmt::format("Invalid aggregate function in where clause [{}]", source_text(select.where.front())));
    if (condition.window)
      refuse_compilation("002303", "42601",
                         fmt::format("Window function [{}] appears outside of SELECT, QUALIFY, and ORDER BY clauses.",
                                     source_text(select.where.front())));
    where = " WHERE " + condition.sql;
  }

  std::string group;
  const bool explicit_keys = select.group_all || !select.group_by.empty();
  if (explicit_keys) {
    const auto keys = group_keys(select, scope);
    for (const auto& key : keys) group += (group.empty() ? " GROUP BY " : ", ") + key_sql(key);
    scope.keys.insert(keys.begin(), keys.end());
  }

  const std::vector<Item> selected = items(select, scope);
  if (selected.empty()) syntax_error(query.at, "SELECT");
  bool aggregated =
      explicit_keys || std::any_of(selected.begin(), selected.end(), [](const Item& i) { return i.value.aggregate; });
  std::string having, qualify;
  if (!select.having.empty()) {
    const Typed condition = truth(expression(select.having.front(), scope));
    aggregated = aggregated || condition.aggregate;
    if (aggregated) check_grouping(condition, false);
    having = " HAVING " + condition.sql;
  }
  if (!select.qualify.empty()) qualify = truth(expression(select.qualify.front(), scope)).sql;
  if (aggregated)
    for (const Item& item : selected) check_grouping(item.value, explicit_keys);

  Relational result;
  std::string list;
  for (const Item& item : selected) {
    result.columns.push_back({item.name, item.value.type, item.value.nullable, item.value.origin});
    list += fmt::format("{}{} AS c{}", list.empty() ? "" : ", ", item.value.sql, result.columns.size());
  }
  std::vector<std::string> extra;
  const std::string order = order_by(query, scope, selected, !qualify.empty(), extra);
  const std::string distinct = select.distinct ? "DISTINCT " : "";
  const std::string rest = from + where + group + having;
  if (qualify.empty()) {
    result.sql = fmt::format("SELECT {}{}{}{}{}", distinct, list, rest, order, limits(query));
    return result;
  }
  list += fmt::format(", {} AS q", qualify);
  for (size_t i = 0; i < extra.size(); ++i) list += fmt::format(", {} AS o{}", extra[i], i + 1);
  result.sql = fmt::format("SELECT {}{} FROM (SELECT {}{}) WHERE q{}{}", distinct, column_list(selected.size()), list,
                           rest, order, limits(query));
  return result;
}

// FROM.

std::string Translator::from_item(const FromItem& item, Scope& scope) {
  switch (item.is) {
    case FromItem::Is::Named:
      return named(item, scope);
    case FromItem::Is::Derived:
      return derived(query(item.query.front(), scope.outer), item, scope);
    case FromItem::Is::Values:
      return derived(values(item.rows, {}), item, scope);
    case FromItem::Is::Function:
      return table_function(item, scope);
    case FromItem::Is::Joined:
      return joined(item, scope);
    case FromItem::Is::Piped:
      break;
  }
  const auto piped = relations_.piped();
  if (item.piped < 1 || static_cast<size_t>(item.piped) > piped.size())
    refuse_compilation("002003", "42S02", fmt::format("Object '${}' does not exist or not authorized.", item.piped));
  return result_set(piped[static_cast<size_t>(item.piped) - 1], item, scope);
}

void Translator::add_source(Source source, const FromItem& item, Scope& scope) const {
  if (!item.alias.empty()) source.alias = item.alias, source.path.clear();
  if (item.column_aliases.size() > source.columns.size())
    refuse_compilation("002017", "42601", fmt::format("number of column aliases of {} does not match", source.alias));
  for (size_t i = 0; i < item.column_aliases.size(); ++i) source.columns[i].name = item.column_aliases[i];
  scope.sources.push_back(std::move(source));
}

std::string Translator::derived(const Relational& rows, const FromItem& item, Scope& scope,
                                std::vector<std::string> path) {
  const std::string alias = next_alias();
  Source source;
  if (!path.empty()) source.alias = path.back();
  source.path = std::move(path);
  for (size_t i = 0; i < rows.columns.size(); ++i) {
    const OutColumn& column = rows.columns[i];
    source.columns.push_back({column.name,
                              {.sql = fmt::format("{}.c{}", alias, i + 1),
                               .type = column.type,
                               .nullable = column.nullable,
                               .origin = column.origin}});
  }
  add_source(std::move(source), item, scope);
  return fmt::format("({}) AS {}", rows.sql, alias);
}

std::string Translator::named(const FromItem& item, Scope& scope) {
  if (item.parts.size() == 1) {
    const std::string& name = item.parts[0];
    const auto cte = std::find_if(ctes_.rbegin(), ctes_.rend(), [&](const BoundCte& c) { return c.name == name; });
    if (cte != ctes_.rend()) {
      const Relational rows{"SELECT * FROM " + cte->sql_name, cte->columns};
      return derived(rows, item, scope, {name});
    }
    if (name == "DUAL") return derived({"SELECT 1", {}}, item, scope, {name});
  }
  return relation(resolve(item.parts, "SELECT"), item, scope);
}

Relation Translator::resolve(const std::vector<std::string>& parts, const std::string& privilege) {
  if (parts.size() > 3) refuse_compilation("001003", "42000", fmt::format("'{}' names no table", dotted(parts)));
  return relations_.resolve(*session_, parts, privilege, inside_);
}

std::string Translator::relation(const Relation& relation, const FromItem& item, Scope& scope) {
  return std::visit(Overloaded{
                        [&](const StoredTable& table) {
                          needs_warehouse_ = true;
                          const std::string alias = next_alias();
                          Source source = table_source(table, alias);
                          const std::string from =
                              fmt::format("\"{}\" AS {}", replace_all(table.sqlite_name, "\"", "\"\""), alias);
                          if (describing_ || table.protection.empty())
                            return add_source(std::move(source), item, scope), from;
                          refuse_computed_over_masked(table);
                          return protected_rows(table.protection, source, from, item, scope);
                        },
                        [&](const StoredView& stored) {
                          needs_warehouse_ = true;
                          return view(stored, item, scope);
                        },
                        [&](const ResultSet& rows) {
                          needs_warehouse_ = true;
                          return result_set(rows, item, scope);
                        },
                        [&](const SqlError& error) -> std::string { throw error; },
                    },
                    relation);
}

Typed Translator::foreign_expression(const std::string& source, Scope& scope) {
  const auto tokens = tokens_of(source);
  const Expr expr = parse_expression(source, tokens);
  const std::string_view before = std::exchange(source_, source);
  Typed value = expression(expr, scope);
  source_ = before;
  if (value.sql.size() > kLongestComputed) refuse_unsupported("virtual columns built on so many others");
  return value;
}

Source Translator::table_source(const StoredTable& table, const std::string& sql_alias) {
  Source source;
  source.alias = table.name;
  source.path = {table.database, table.schema, table.name};
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const StoredColumn& column = table.columns[i];
    source.columns.push_back({column.name,
                              {.sql = fmt::format("{}.c{}", sql_alias, table.column_ids[i]),
                               .type = parse_type(column.type),
                               .nullable = column.nullable,
                               .origin = {table.database, table.schema, table.name}}});
  }
  // A virtual column sees the stored ones and the virtual ones before it (docs: virtual-columns).
  for (const VirtualColumn& computed : table.computed) {
    Scope scope;
    scope.sources.push_back(source);
    Typed value = cast(foreign_expression(computed.column.expression, scope), parse_type(computed.column.type));
    value.nullable = true, value.bare.clear(), value.origin = {table.database, table.schema, table.name};
    const size_t at = std::min(computed.position, source.columns.size());
    source.columns.insert(source.columns.begin() + static_cast<std::ptrdiff_t>(at),
                          {computed.column.name, std::move(value)});
  }
  return source;
}

std::string Translator::view(const StoredView& view, const FromItem& item, Scope& scope) {
  Relational rows;
  {
    const auto tokens = tokens_of(view.query);
    const Query parsed = parse_query(view.query, tokens);
    const Nested nested(*this, view);
    rows = query(parsed, nullptr);
  }
  if (!view.columns.empty() && view.columns.size() != rows.columns.size())
    refuse_compilation("002057", "42601",
                       fmt::format("View definition for '{}.{}.{}' declared {} column(s), but view query produces {} "
                                   "column(s).",
                                   view.database, view.schema, view.name, view.columns.size(), rows.columns.size()));
  for (size_t i = 0; i < rows.columns.size(); ++i) {
    if (!view.columns.empty()) rows.columns[i].name = view.columns[i];
    rows.columns[i].origin = {view.database, view.schema, view.name};
  }
  const std::vector<std::string> path{view.database, view.schema, view.name};
  if (describing_ || view.protection.empty()) return derived(rows, item, scope, path);
  const std::string alias = next_alias();
  Source source;
  source.alias = view.name, source.path = path;
  for (size_t i = 0; i < rows.columns.size(); ++i) {
    const OutColumn& column = rows.columns[i];
    source.columns.push_back({column.name,
                              {.sql = fmt::format("{}.c{}", alias, i + 1),
                               .type = column.type,
                               .nullable = column.nullable,
                               .origin = column.origin}});
  }
  return protected_rows(view.protection, source, fmt::format("({}) AS {}", rows.sql, alias), item, scope);
}

std::string Translator::result_set(const ResultSet& rows, const FromItem& item, Scope& scope) {
  const std::string alias = next_alias();
  const std::string table = fmt::format("query_rows_{}", alias);
  Source source;
  if (!item.parts.empty()) source.alias = item.parts.back(), source.path = item.parts;
  std::string names, places;
  for (size_t i = 0; i < rows.columns.size(); ++i) {
    source.columns.push_back({rows.columns[i].name,
                              {.sql = fmt::format("{}.c{}", alias, i + 1),
                               .type = type_of(rows.columns[i]),
                               .nullable = rows.columns[i].nullable}});
    names += fmt::format("{}c{}", i == 0 ? "" : ", ", i + 1);
    places += i == 0 ? "?" : ", ?";
  }
  add_source(source, item, scope);
  if (describing_) return "(SELECT 1) AS " + alias;
  run(db_, fmt::format("DROP TABLE IF EXISTS temp.{}", table));
  run(db_, fmt::format("CREATE TEMP TABLE {} ({})", table, names));
  temporary_.push_back(table);
  Prepared insert(db_, fmt::format("INSERT INTO temp.{} VALUES ({})", table, places));
  for (const Row& row : rows.rows) {
    for (size_t i = 0; i < row.size(); ++i)
      insert.bind(static_cast<int>(i) + 1, from_wire(row[i], source.columns[i].value.type));
    insert.step();
    insert.reset();
  }
  return fmt::format("temp.{} AS {}", table, alias);
}

std::string Translator::table_function(const FromItem& item, Scope& scope) {
  std::vector<std::pair<std::string, Cell>> arguments;
  Scope nothing;
  for (size_t i = 0; i < item.args.size(); ++i) {
    const Typed value = expression(item.args[i], nothing);
    const auto rows = rows_of(db_, "SELECT " + value.sql, 1);
    arguments.emplace_back(i < item.arg_names.size() ? item.arg_names[i] : "",
                           to_wire(rows.front().front(), value.type));
  }
  needs_warehouse_ = true;
  return relation(relations_.table_function(*session_, item.parts, arguments), item, scope);
}

std::string Translator::joined(const FromItem& item, Scope& scope) {
  const size_t left = scope.sources.size();
  const std::string left_sql = from_item(item.sides[0], scope);
  const size_t middle = scope.sources.size();
  std::string right_sql = from_item(item.sides[1], scope);
  if (item.sides[1].is == FromItem::Is::Joined) right_sql = "(" + right_sql + ")";
  const auto make_nullable = [&](size_t from, size_t to) {
    for (size_t i = from; i < to; ++i)
      for (auto& column : scope.sources[i].columns) column.value.nullable = true;
  };
  if (item.join == "LEFT JOIN" || item.join == "FULL JOIN") make_nullable(middle, scope.sources.size());
  if (item.join == "RIGHT JOIN" || item.join == "FULL JOIN") make_nullable(left, middle);
  std::string on;
  if (!item.on.empty()) on = " ON " + truth(expression(item.on.front(), scope)).sql;
  if (!item.using_columns.empty() || item.natural) on = using_condition(item, scope, left, middle);
  return fmt::format("{} {} {}{}", left_sql, item.join, right_sql, on);
}

std::string Translator::using_condition(const FromItem& item, Scope& scope, size_t left, size_t middle) {
  const auto find = [&](const std::string& name, size_t from, size_t to) -> ScopeColumn* {
    for (size_t i = from; i < to; ++i)
      for (auto& column : scope.sources[i].columns)
        if (column.name == name && !column.merged) return &column;
    return nullptr;
  };
  const auto merged = [&](const std::string& name) {
    return std::find_if(scope.merged.begin(), scope.merged.end(), [&](const auto& c) { return c.name == name; });
  };
  std::vector<std::string> names = item.using_columns;
  if (item.natural)
    for (size_t i = middle; i < scope.sources.size(); ++i)
      for (const auto& column : scope.sources[i].columns)
        if (find(column.name, left, middle) != nullptr) names.push_back(column.name);
  std::string condition;
  for (const std::string& name : names) {
    ScopeColumn* right = find(name, middle, scope.sources.size());
    ScopeColumn* first = find(name, left, middle);
    const auto before = merged(name);
    if (right == nullptr || (first == nullptr && before == scope.merged.end())) invalid_identifier(item.at, name);
    const Typed left_value = first != nullptr ? first->value : before->value;
    condition += (condition.empty() ? " ON " : " AND ") + compare("=", left_value, right->value, item.at).sql;
    Typed value = item.join == "RIGHT JOIN" ? right->value : left_value;
    if (item.join == "FULL JOIN")
      value = derive(fmt::format("COALESCE({}, {})", left_value.sql, right->value.sql), left_value.type, {&left_value});
    right->merged = true;
    if (first != nullptr) first->merged = true;
    if (before != scope.merged.end())
      before->value = value;
    else
      scope.merged.push_back({name, value});
  }
  return condition;
}

StoredTable Translator::target(const std::vector<std::string>& parts, const std::string& privilege) {
  needs_warehouse_ = true;
  const Relation relation = resolve(parts, privilege);
  if (const auto* error = std::get_if<SqlError>(&relation)) throw *error;
  if (const auto* table = std::get_if<StoredTable>(&relation)) {
    if (!table->protection.empty() && (privilege == "UPDATE" || privilege == "DELETE"))
      refuse_unsupported(privilege + " of a table under policies");
    return *table;
  }
  refuse_unsupported("DML on a view");
}

}  // namespace mesh::sandbox::query
