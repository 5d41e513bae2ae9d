// The part of Translator that turns expressions into SQLite's SQL.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "mesh/base/text.hpp"
#include "query_error.hpp"
#include "query_functions.hpp"
#include "query_time.hpp"
#include "query_translate.hpp"
#include "query_value.hpp"

namespace mesh::sandbox::query {
namespace {

Typed boolean(std::string sql, const std::vector<const Typed*>& parts) {
  return derive(std::move(sql), plain_type(Kind::Boolean), parts);
}

std::string negated(const Expr& expr, const std::string& sql) { return expr.negated ? "(NOT " + sql + ")" : sql; }

bool matches(const Source& source, const std::vector<std::string>& parts) {
  const size_t qualifiers = parts.size() - 1;
  if (qualifiers == 0) return true;
  if (qualifiers == 1) return source.alias == parts[0];
  if (source.path.size() < qualifiers) return false;
  return std::equal(parts.rbegin() + 1, parts.rend(), source.path.rbegin());
}

std::vector<const Typed*> pointers(const std::vector<Typed>& values) {
  std::vector<const Typed*> result;
  result.reserve(values.size());
  for (const Typed& value : values) result.push_back(&value);
  return result;
}

// OR and AND over many operands as a balanced tree: SQLite bounds the depth of an expression.
std::string balanced(const std::vector<Typed>& parts, size_t begin, size_t end, const std::string& op) {
  if (end - begin == 1) return parts[begin].sql;
  const size_t middle = begin + (end - begin) / 2;
  return fmt::format("({} {} {})", balanced(parts, begin, middle, op), op, balanced(parts, middle, end, op));
}

}  // namespace

Typed Translator::expression(const Expr& expr, Scope& scope) {
  Typed result = untracked(expr, scope);
  if (scope.keys.count(result.sql) != 0) result.bare.clear();
  return result;
}

Typed Translator::untracked(const Expr& expr, Scope& scope) {
  switch (expr.is) {
    case Expr::Is::Null:
      return {.sql = "NULL", .type = plain_type(Kind::Null)};
    case Expr::Is::Boolean:
      return {.sql = expr.text == "TRUE" ? "1" : "0", .type = plain_type(Kind::Boolean), .nullable = false};
    case Expr::Is::Number:
      return literal_number(expr);
    case Expr::Is::String:
      return text_literal(expr.text);
    case Expr::Is::Typed:
      return cast(text_literal(expr.text), expr.type);
    case Expr::Is::Interval:
      refuse_unsupported("INTERVAL outside of date arithmetic");
    case Expr::Is::Column:
      return column(expr, scope);
    case Expr::Is::Position:
      return position(expr, scope);
    case Expr::Is::Star:
    case Expr::Is::Default:
      syntax_error(expr.at, expr.at.text);
    case Expr::Is::Call:
      return call(expr, scope);
    case Expr::Is::Cast:
      return cast(expression(expr.args[0], scope), expr.type, expr.flag);
    case Expr::Is::Case:
      return case_expression(expr, scope);
    case Expr::Is::Unary: {
      Typed value = expression(expr.args[0], scope);
      if (value.type.kind != Kind::Number && value.type.kind != Kind::Float)
        value = cast(value, value.type.kind == Kind::Text ? number_type(18, 5) : plain_type(Kind::Float));
      if (expr.text == "+") return value;
      return derive(fmt::format("(- {})", value.sql), value.type, {&value});
    }
    case Expr::Is::Binary:
      return binary(expr, scope);
    case Expr::Is::And:
    case Expr::Is::Or:
      return logical(expr, scope);
    case Expr::Is::Concat:
      return concatenation(expr, scope);
    case Expr::Is::Not: {
      const Typed value = truth(expression(expr.args[0], scope));
      return boolean(fmt::format("(NOT {})", value.sql), {&value});
    }
    case Expr::Is::Between:
      return between(expr, scope);
    case Expr::Is::In:
      return in_list(expr, scope);
    case Expr::Is::InQuery:
      return in_query(expr, scope);
    case Expr::Is::Like:
      return like(expr, scope);
    case Expr::Is::IsNull: {
      const Typed value = expression(expr.args[0], scope);
      Typed result = boolean(fmt::format("({} IS {}NULL)", value.sql, expr.negated ? "NOT " : ""), {&value});
      result.nullable = false;
      return result;
    }
    case Expr::Is::IsBoolean: {
      const Typed value = truth(expression(expr.args[0], scope));
      Typed result =
          boolean(fmt::format("({} IS {}{})", value.sql, expr.negated ? "NOT " : "", expr.text == "TRUE" ? "1" : "0"),
                  {&value});
      result.nullable = false;
      return result;
    }
    case Expr::Is::IsDistinct: {
      Typed a = expression(expr.args[0], scope), b = expression(expr.args[1], scope);
      Typed result = compare(expr.negated ? "IS" : "IS NOT", std::move(a), std::move(b), expr.at);
      result.nullable = false;
      return result;
    }
    case Expr::Is::Exists: {
      const Relational rows = query(expr.query.front(), &scope);
      return {.sql = fmt::format("(EXISTS ({}))", rows.sql), .type = plain_type(Kind::Boolean), .nullable = false};
    }
    case Expr::Is::Subquery:
      return subquery(expr, scope);
    case Expr::Is::Tuple:
      refuse_unsupported("row of values outside of IN");
    case Expr::Is::Path: {
      const Typed value = cast(expression(expr.args[0], scope), plain_type(Kind::Variant));
      Typed result =
          derive(fmt::format("sf_get({}, {})", value.sql, quote_text(expr.text)), plain_type(Kind::Variant), {&value});
      result.nullable = true;
      return result;
    }
    case Expr::Is::Index: {
      const Typed value = cast(expression(expr.args[0], scope), plain_type(Kind::Variant));
      const Typed index = expression(expr.args[1], scope);
      Typed result =
          derive(fmt::format("sf_get({}, {})", value.sql, index.sql), plain_type(Kind::Variant), {&value, &index});
      result.nullable = true;
      return result;
    }
  }
  refuse_internal("an expression of no kind");
}

Typed Translator::literal_number(const Expr& expr) const {
  const std::string& text = expr.text;
  if (text.find_first_of("eE") != std::string::npos)
    return {.sql = text, .type = plain_type(Kind::Float), .nullable = false};
  const auto point = text.find('.');
  const int scale = point == std::string::npos ? 0 : static_cast<int>(text.size() - point - 1);
  const int64_t value = parse_decimal(text, scale);
  const int digits = static_cast<int>(fmt::format("{}", value).size());
  return {.sql = fmt::format("{}", value),
          .type = number_type(std::min(38, std::max(digits, scale)), scale),
          .nullable = false};
}

// Names.

std::optional<Typed> Translator::find_column(const Expr& expr, Scope& scope) {
  const std::string& name = expr.parts.back();
  for (const Scope* level = &scope; level != nullptr; level = level->outer) {
    std::vector<Typed> found;
    if (expr.parts.size() == 1)
      for (const auto& column : level->merged)
        if (column.name == name) found.push_back(column.value), found.back().bare = name;
    for (const Source& source : level->sources) {
      if (!matches(source, expr.parts)) continue;
      for (const ScopeColumn& column : source.columns) {
        if (column.name != name || (column.merged && expr.parts.size() == 1)) continue;
        found.push_back(column.value);
        found.back().bare = source.alias.empty() ? name : source.alias + "." + name;
      }
    }
    // Number unconfirmed; text and sqlState from the field.
    if (found.size() > 1) refuse_compilation("002028", "42601", fmt::format("ambiguous column name '{}'", name));
    if (found.empty()) continue;
    if (level != &scope) found[0].bare.clear(), found[0].origin = {};
    found[0].bare_at = expr.at;
    return found[0];
  }
  return std::nullopt;
}

// Snowflake lets an alias of the select list stand in for its expression, columns of FROM going first.
std::optional<Typed> Translator::find_alias(const Expr& expr, Scope& scope) {
  if (scope.items == nullptr || expr.parts.size() != 1) return std::nullopt;
  const std::string& name = expr.parts[0];
  if (std::find(scope.expanding.begin(), scope.expanding.end(), name) != scope.expanding.end()) return std::nullopt;
  for (const SelectItem& item : *scope.items) {
    if (item.star || item.alias != name) continue;
    scope.expanding.push_back(name);
    Typed value = expression(item.expr, scope);
    scope.expanding.pop_back();
    return value;
  }
  return std::nullopt;
}

Typed Translator::column(const Expr& expr, Scope& scope) {
  const bool unquoted_word = expr.parts.size() == 1 && expr.at.kind == TokenKind::Word;
  if (unquoted_word && is_word_function(expr.parts[0])) {
    Expr bare_call = expr;
    bare_call.is = Expr::Is::Call;
    return call(bare_call, scope);
  }
  if (auto found = find_column(expr, scope)) return *found;
  if (auto alias = find_alias(expr, scope)) return *alias;
  if (expr.parts.size() > 1 && (expr.parts.back() == "NEXTVAL" || expr.parts.back() == "CURRVAL"))
    refuse_unsupported(expr.parts.back());
  invalid_identifier(expr.at, join(expr.parts, "."));
}

Typed Translator::position(const Expr& expr, Scope& scope) const {
  const auto wanted = static_cast<size_t>(std::stoul(expr.text));
  const std::string name = "$" + expr.text;
  std::vector<std::string> qualified = expr.parts;
  qualified.push_back(name);
  std::vector<const Source*> sources;
  for (const Source& source : scope.sources)
    if (matches(source, qualified)) sources.push_back(&source);
  if (sources.size() > 1) refuse_compilation("002028", "42601", fmt::format("ambiguous column name '{}'", name));
  if (sources.empty() || wanted < 1 || wanted > sources[0]->columns.size())
    invalid_identifier(expr.at, join(qualified, "."));
  Typed value = sources[0]->columns[wanted - 1].value;
  value.bare = name;
  value.bare_at = expr.at;
  return value;
}

// Operators.

Typed Translator::binary(const Expr& expr, Scope& scope) {
  const bool additive = expr.text == "+" || expr.text == "-";
  if (additive && (expr.args[1].is == Expr::Is::Interval || expr.args[0].is == Expr::Is::Interval))
    return interval_arithmetic(expr, scope);
  Typed a = expression(expr.args[0], scope), b = expression(expr.args[1], scope);
  const bool arithmetic_operator = additive || expr.text == "*" || expr.text == "/" || expr.text == "%";
  if (!arithmetic_operator) return compare(expr.text, std::move(a), std::move(b), expr.at);
  if (a.type.is_temporal() || b.type.is_temporal()) return temporal_arithmetic(expr, a, b);
  return arithmetic(expr, a, b);
}

// Precision and scale by the arithmetic operators' page.
Typed Translator::arithmetic(const Expr& expr, const Typed& first, const Typed& second) const {
  const auto numeric = [&](const Typed& value) {
    switch (value.type.kind) {
      case Kind::Number:
      case Kind::Float:
        return value;
      case Kind::Null:
        return cast(value, number_type(1, 0));
      case Kind::Text:
        return cast(value, number_type(18, 5));
      case Kind::Variant:
        return cast(value, plain_type(Kind::Float));
      default:
        invalid_argument_types(expr.at, expr.text, fmt::format("{}, {}", spell(first.type), spell(second.type)));
    }
  };
  Typed a = numeric(first), b = numeric(second);
  const std::string& op = expr.text;
  if (a.type.kind == Kind::Float || b.type.kind == Kind::Float) {
    a = cast(a, plain_type(Kind::Float));
    b = cast(b, plain_type(Kind::Float));
    if (op == "/") return derive(fmt::format("sf_fdiv({}, {})", a.sql, b.sql), plain_type(Kind::Float), {&a, &b});
    if (op == "%") return derive(fmt::format("sf_fmod({}, {})", a.sql, b.sql), plain_type(Kind::Float), {&a, &b});
    return derive(fmt::format("({} {} {})", a.sql, op, b.sql), plain_type(Kind::Float), {&a, &b});
  }
  const int s1 = a.type.scale, s2 = b.type.scale, l1 = a.type.precision - s1, l2 = b.type.precision - s2;
  if (op == "*") {
    const int scale = std::min(s1 + s2, std::max({s1, s2, 12}));
    const Type type = number_type(std::min(38, l1 + l2 + scale), scale);
    return derive(fmt::format("sf_mul({}, {}, {})", a.sql, b.sql, s1 + s2 - scale), type, {&a, &b});
  }
  if (op == "/") {
    const int scale = std::max(s1, std::min(s1 + 6, 12));
    const Type type = number_type(std::min(38, l1 + s2 + scale), scale);
    return derive(fmt::format("sf_div({}, {}, {})", a.sql, b.sql, scale + s2 - s1), type, {&a, &b});
  }
  const int scale = std::max(s1, s2);
  const auto rescaled = [&](const Typed& value) { return cast(value, number_type(38, scale)); };
  a = rescaled(a);
  b = rescaled(b);
  if (op == "%")
    return derive(fmt::format("sf_mod({}, {})", a.sql, b.sql),
                  number_type(std::min(38, std::max(l1, l2) + scale), scale), {&a, &b});
  const Type type = number_type(std::min(38, std::max(l1, l2) + scale + 1), scale);
  return derive(fmt::format("({} {} {})", a.sql, op, b.sql), type, {&a, &b});
}

// DATE + n, DATE - n, DATE - DATE: all the page allows.
Typed Translator::temporal_arithmetic(const Expr& expr, const Typed& a, const Typed& b) const {
  const auto refused = [&]() {
    invalid_argument_types(expr.at, expr.text, fmt::format("{}, {}", spell(a.type), spell(b.type)));
  };
  if (expr.text != "+" && expr.text != "-") refused();
  if (a.type.kind == Kind::Date && b.type.kind == Kind::Date && expr.text == "-")
    return derive(fmt::format("({} - {})", a.sql, b.sql), number_type(9, 0), {&a, &b});
  const bool swapped = b.type.kind == Kind::Date && expr.text == "+";
  const Typed& date = swapped ? b : a;
  const Typed& count = swapped ? a : b;
  if (date.type.kind != Kind::Date || (count.type.kind != Kind::Number && count.type.kind != Kind::Text)) refused();
  const Typed days = cast(count, number_type(38, 0));
  return derive(fmt::format("({} {} {})", date.sql, expr.text, days.sql), plain_type(Kind::Date), {&date, &days});
}

// INTERVAL '1 day, 2 hours': each part is a DATEADD, in the order written.
Typed Translator::interval_arithmetic(const Expr& expr, Scope& scope) {
  const bool swapped = expr.args[0].is == Expr::Is::Interval;
  if (swapped && expr.text == "-") invalid_argument_types(expr.at, "-", "INTERVAL, value");
  Typed value = expression(expr.args[swapped ? 1 : 0], scope);
  for (const std::string& part : split(expr.args[swapped ? 0 : 1].text, ',')) {
    const std::string text(trim(part));
    const auto digits_end =
        std::find_if_not(text.begin(), text.end(), [](char c) { return c == '-' || (c >= '0' && c <= '9'); });
    const std::string digits(text.begin(), digits_end);
    std::string unit(trim(std::string(digits_end, text.end())));
    if (unit.empty()) unit = "second";
    int64_t count = 1;
    if (!digits.empty()) count = parse_decimal(digits, 0);
    if (expr.text == "-") count = -count;
    const Typed number{.sql = fmt::format("{}", count), .type = number_type(19, 0), .nullable = false};
    value = date_add(unit, number, value, expr.at);
  }
  return value;
}

Typed date_add(const std::string& unit_name, const Typed& count, Typed base, const Token& at) {
  const auto unit = unit_of(unit_name);
  if (!unit) refuse_compilation("001003", "42000", fmt::format("'{}' is not a valid date/time component", unit_name));
  if (base.type.kind == Kind::Text || base.type.kind == Kind::Null || base.type.kind == Kind::Variant)
    base = cast(base, scaled_type(Kind::Ntz));
  if (base.type.kind == Kind::Date && is_time_unit(*unit)) base = cast(base, scaled_type(Kind::Ntz));
  if (!base.type.is_temporal())
    invalid_argument_types(at, "DATEADD", fmt::format("{}, {}", spell(count.type), spell(base.type)));
  const Typed number = cast(count, number_type(38, 0));
  return derive(fmt::format("sf_dateadd({}, {}, {}, {})", quote_text(unit_name), number.sql, base.sql,
                            quote_text(spell(base.type))),
                base.type, {&number, &base});
}

Typed Translator::logical(const Expr& expr, Scope& scope) {
  std::vector<Typed> parts;
  for (const Expr& arg : expr.args) parts.push_back(truth(expression(arg, scope)));
  const std::string op = expr.is == Expr::Is::And ? "AND" : "OR";
  return boolean(balanced(parts, 0, parts.size(), op), pointers(parts));
}

Typed Translator::concatenation(const Expr& expr, Scope& scope) {
  std::vector<Typed> parts;
  std::string sql;
  for (const Expr& arg : expr.args) {
    parts.push_back(cast(expression(arg, scope), text_type()));
    sql += (sql.empty() ? "(" : " || ") + parts.back().sql;
  }
  return derive(sql + ")", text_type(), pointers(parts));
}

Typed Translator::between(const Expr& expr, Scope& scope) {
  const Typed value = expression(expr.args[0], scope);
  const Typed low = compare(">=", value, expression(expr.args[1], scope), expr.at);
  const Typed high = compare("<=", value, expression(expr.args[2], scope), expr.at);
  return boolean(negated(expr, fmt::format("({} AND {})", low.sql, high.sql)), {&low, &high});
}

Typed Translator::in_list(const Expr& expr, Scope& scope) {
  std::vector<Typed> tests;
  const Expr& left = expr.args[0];
  for (size_t i = 1; i < expr.args.size(); ++i) {
    const Expr& right = expr.args[i];
    if (left.is != Expr::Is::Tuple) {
      tests.push_back(compare("=", expression(left, scope), expression(right, scope), expr.at));
      continue;
    }
    if (right.is != Expr::Is::Tuple || right.args.size() != left.args.size()) syntax_error(right.at, right.at.text);
    std::vector<Typed> pairs;
    for (size_t k = 0; k < left.args.size(); ++k)
      pairs.push_back(compare("=", expression(left.args[k], scope), expression(right.args[k], scope), expr.at));
    tests.push_back(boolean(balanced(pairs, 0, pairs.size(), "AND"), pointers(pairs)));
  }
  return boolean(negated(expr, balanced(tests, 0, tests.size(), "OR")), pointers(tests));
}

Typed Translator::in_query(const Expr& expr, Scope& scope) {
  const Relational rows = query(expr.query.front(), &scope);
  const bool tuple = expr.args[0].is == Expr::Is::Tuple;
  std::vector<Typed> left;
  if (tuple)
    for (const Expr& part : expr.args[0].args) left.push_back(expression(part, scope));
  else
    left.push_back(expression(expr.args[0], scope));
  if (rows.columns.size() != left.size())
    refuse_compilation("002057", "42601",
                       fmt::format("subquery of IN gives {} column(s), expected {}", rows.columns.size(), left.size()));
  const std::string alias = next_alias();
  std::string list, values;
  for (size_t i = 0; i < left.size(); ++i) {
    Typed column{.sql = fmt::format("{}.c{}", alias, i + 1), .type = rows.columns[i].type};
    meet(left[i], column, expr.at);
    list += (i == 0 ? "" : ", ") + column.sql;
    values += (i == 0 ? "" : ", ") + left[i].sql;
  }
  if (tuple) values = "(" + values + ")";
  return boolean(negated(expr, fmt::format("({} IN (SELECT {} FROM ({}) AS {}))", values, list, rows.sql, alias)),
                 pointers(left));
}

Typed Translator::like(const Expr& expr, Scope& scope) {
  const Typed value = cast(expression(expr.args[0], scope), text_type());
  const Typed pattern = cast(expression(expr.args[1], scope), text_type());
  if (expr.text == "RLIKE")
    return boolean(negated(expr, fmt::format("sf_rlike({}, {}, 'c')", value.sql, pattern.sql)), {&value, &pattern});
  const Typed escape = expr.args.size() > 2 ? cast(expression(expr.args[2], scope), text_type())
                                            : Typed{.sql = "''", .type = text_type(), .nullable = false};
  return boolean(negated(expr, fmt::format("{}({}, {}, {})", expr.text == "ILIKE" ? "sf_ilike" : "sf_like", value.sql,
                                           pattern.sql, escape.sql)),
                 {&value, &pattern, &escape});
}

Typed Translator::case_expression(const Expr& expr, Scope& scope) {
  std::vector<Typed> conditions, results;
  const size_t first = expr.flag ? 1 : 0;
  const size_t end = expr.args.size() - (expr.flag2 ? 1 : 0);
  for (size_t i = first; i < end; i += 2) {
    Typed when = expression(expr.args[i], scope);
    conditions.push_back(expr.flag ? compare("=", expression(expr.args[0], scope), std::move(when), expr.args[i].at)
                                   : truth(when));
    results.push_back(expression(expr.args[i + 1], scope));
  }
  if (expr.flag2) results.push_back(expression(expr.args.back(), scope));
  const Type type = common_of(results, expr.at);
  std::string sql = "(CASE";
  for (size_t i = 0; i < conditions.size(); ++i)
    sql += fmt::format(" WHEN {} THEN {}", conditions[i].sql, cast(results[i], type).sql);
  if (expr.flag2) sql += " ELSE " + cast(results.back(), type).sql;
  std::vector<const Typed*> parts = pointers(conditions);
  for (const Typed& result : results) parts.push_back(&result);
  Typed whole = derive(sql + " END)", type, parts);
  whole.nullable = true;
  return whole;
}

Typed Translator::subquery(const Expr& expr, Scope& scope) {
  const Relational rows = query(expr.query.front(), &scope);
  if (rows.columns.size() != 1)
    refuse_compilation("002057", "42601", fmt::format("scalar subquery gives {} columns", rows.columns.size()));
  const std::string alias = next_alias();
  return {.sql = fmt::format("(SELECT sf_single({}.c1) FROM ({}) AS {})", alias, rows.sql, alias),
          .type = rows.columns[0].type};
}

Typed Translator::call(const Expr& expr, Scope& scope) {
  if (expr.parts.size() > 1) {
    const std::string name = join(expr.parts, ".");
    refuse_compilation("002141", "42601", fmt::format("Unknown user-defined function {}", name));
  }
  Call call{*this, expr, scope, expr.parts[0], {}};
  if (!is_known_function(call.name)) return call_function(call);
  for (size_t i = 0; i < expr.args.size(); ++i) {
    const Expr& arg = expr.args[i];
    if (i == 0 && takes_unit(call.name) && arg.is == Expr::Is::Column && arg.parts.size() == 1)
      call.args.push_back(text_literal(arg.parts[0]));
    else if (arg.is != Expr::Is::Star || call.name != "COUNT" || expr.args.size() > 1)
      call.args.push_back(expression(arg, scope));  // a * elsewhere is refused there
  }
  return call_function(call);
}

}  // namespace mesh::sandbox::query
