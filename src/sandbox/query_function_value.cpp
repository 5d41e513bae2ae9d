// Functions of conditions, numbers, conversions and JSON.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "mesh/base/text.hpp"
#include "query_error.hpp"
#include "query_function_tables.hpp"
#include "query_value.hpp"

namespace mesh::sandbox::query {
namespace {

std::vector<Typed> in_common(const Call& call, size_t from = 0) {
  const std::vector<Typed> rest(call.args.begin() + static_cast<std::ptrdiff_t>(from), call.args.end());
  const Type type = common_of(rest, call.expr.at);
  std::vector<Typed> result;
  result.reserve(rest.size());
  for (const Typed& arg : rest) result.push_back(cast(arg, type));
  return result;
}

Typed coalesce(Call& call) {
  const auto args = in_common(call);
  Typed result = invoke("COALESCE", args.front().type, args);
  result.nullable = std::all_of(args.begin(), args.end(), [](const Typed& a) { return a.nullable; });
  return result;
}

Typed case_when(const Typed& condition, const Typed& yes, const Typed& no, const Token& at) {
  const Type type = common_of({yes, no}, at);
  return derive(
      fmt::format("(CASE WHEN {} THEN {} ELSE {} END)", condition.sql, cast(yes, type).sql, cast(no, type).sql), type,
      {&condition, &yes, &no});
}

Typed iff(Call& call) { return case_when(truth(call.args[0]), call.args[1], call.args[2], call.expr.at); }

Typed nvl2(Call& call) {
  const Typed present =
      derive(fmt::format("({} IS NOT NULL)", call.args[0].sql), plain_type(Kind::Boolean), {&call.args[0]});
  return case_when(present, call.args[1], call.args[2], call.expr.at);
}

Typed null_if(Call& call) {
  const Typed same = compare("=", call.args[0], call.args[1], call.expr.at);
  Typed result = derive(fmt::format("(CASE WHEN {} THEN NULL ELSE {} END)", same.sql, call.args[0].sql),
                        call.args[0].type, {&same, &call.args[0]});
  result.nullable = true;
  return result;
}

Typed equal_null(Call& call) {
  Typed result = compare("IS", call.args[0], call.args[1], call.expr.at);
  result.nullable = false;
  return result;
}

// DECODE(x, s1, r1, .. [, default]): NULL equals NULL.
Typed decode(Call& call) {
  std::vector<Typed> results, parts;
  std::vector<Typed> tests;
  size_t i = 1;
  for (; i + 1 < call.args.size(); i += 2) {
    tests.push_back(compare("IS", call.args[0], call.args[i], call.expr.at));
    results.push_back(call.args[i + 1]);
  }
  if (i < call.args.size()) results.push_back(call.args[i]);
  const Type type = common_of(results, call.expr.at);
  std::string sql = "(CASE";
  for (size_t k = 0; k < tests.size(); ++k)
    sql += fmt::format(" WHEN {} THEN {}", tests[k].sql, cast(results[k], type).sql);
  if (results.size() > tests.size()) sql += " ELSE " + cast(results.back(), type).sql;
  Typed result = derive(sql + " END)", type, pointers(call.args));
  result.nullable = true;
  return result;
}

Typed zero_if_null(Call& call) {
  if (call.args[0].type.kind != Kind::Number && call.args[0].type.kind != Kind::Float) wrong_types(call);
  Typed result = derive(fmt::format("COALESCE({}, 0)", call.args[0].sql), call.args[0].type, {&call.args[0]});
  result.nullable = false;
  return result;
}

Typed null_if_zero(Call& call) {
  if (call.args[0].type.kind != Kind::Number && call.args[0].type.kind != Kind::Float) wrong_types(call);
  Typed result = derive(fmt::format("NULLIF({}, 0)", call.args[0].sql), call.args[0].type, {&call.args[0]});
  result.nullable = true;
  return result;
}

Typed greatest(Call& call) {
  const auto args = in_common(call);
  return args.size() == 1 ? args[0] : invoke("max", args.front().type, args);
}
Typed least(Call& call) {
  const auto args = in_common(call);
  return args.size() == 1 ? args[0] : invoke("min", args.front().type, args);
}

Typed absolute(Call& call) {
  const Typed value = numeric(call, call.args[0]);
  return invoke("abs", value.type, {value});
}

Typed sign(Call& call) { return invoke("sign", number_type(1, 0), {numeric(call, call.args[0])}); }

// ROUND, CEIL, FLOOR, TRUNC: to `scale` decimals, which must be a constant.
Typed rounding(Call& call) {
  const Typed value = numeric(call, call.args[0]);
  int64_t scale = 0;
  if (call.args.size() > 1) {
    const bool minus = call.expr.args[1].is == Expr::Is::Unary;
    const Expr& number = minus ? call.expr.args[1].args[0] : call.expr.args[1];
    if (number.is != Expr::Is::Number) refuse_unsupported(call.name + " to a computed scale");
    scale = parse_decimal(number.text, 0) * (minus ? -1 : 1);
  }
  const std::string mode(1, call.name == "ROUND"       ? 'r'
                            : call.name.front() == 'C' ? 'c'
                            : call.name == "FLOOR"     ? 'f'
                                                       : 't');
  if (value.type.kind == Kind::Float)
    return derive(fmt::format("sf_fround({}, {}, '{}')", value.sql, scale, mode), value.type, {&value});
  const int kept = static_cast<int>(std::clamp<int64_t>(scale, 0, value.type.scale));
  const int precision = std::min(38, value.type.precision - value.type.scale + kept + 1);
  return derive(fmt::format("sf_round({}, {}, {}, {}, '{}')", value.sql, value.type.scale, scale, kept, mode),
                number_type(precision, kept), {&value});
}

Expr operator_expr(const Call& call, const char* text) {
  Expr expr = call.expr;
  expr.is = Expr::Is::Binary;
  expr.text = text;
  return expr;
}

Typed modulo(Call& call) { return call.translator.expression(operator_expr(call, "%"), call.scope); }

// DIV0 gives 0 for a zero divisor, DIV0NULL for a NULL one too.
Typed div0(Call& call) {
  const Typed& divisor = call.args[1];
  const std::string test =
      call.name == "DIV0NULL" ? fmt::format("COALESCE({}, 0) = 0", divisor.sql) : fmt::format("{} = 0", divisor.sql);
  const Typed quotient = call.translator.expression(operator_expr(call, "/"), call.scope);
  return derive(fmt::format("(CASE WHEN {} THEN 0 ELSE {} END)", test, quotient.sql), quotient.type, {&quotient});
}

bool tries(const Call& call) { return call.name.substr(0, 4) == "TRY_"; }

Typed to_varchar(Call& call) {
  if (call.args.size() == 1) return cast(call.args[0], text_type());
  const auto format = constant_text(call.expr.args[1]);
  if (!format || !call.args[0].type.is_temporal()) refuse_unsupported(call.name + " with a format of numbers");
  return derive(
      fmt::format("sf_format({}, {}, {})", call.args[0].sql, quote_text(spell(call.args[0].type)), quote_text(*format)),
      text_type(), {&call.args[0]});
}

Typed to_number(Call& call) {
  if (call.args.size() > 1 && call.expr.args[1].is == Expr::Is::String)
    refuse_unsupported(call.name + " with a format");
  const auto precision = constant_number(call, 1, 38), scale = constant_number(call, 2, 0);
  const auto type = make_type("NUMBER", {precision, scale});
  if (!type) wrong_types(call);
  return cast(call.args[0], *type, tries(call));
}

Typed to_double(Call& call) { return cast(call.args[0], plain_type(Kind::Float), tries(call)); }
Typed to_boolean(Call& call) { return cast(call.args[0], plain_type(Kind::Boolean), tries(call)); }
Typed to_binary(Call& call) { return cast(call.args[0], {.kind = Kind::Binary, .length = 8388608}, tries(call)); }

// With a format, or for a number with the scale of its unit (0 seconds, 3 milliseconds...).
Typed to_temporal(Call& call, const Type& type) {
  const Typed& value = call.args[0];
  if (call.args.size() == 1) {
    const bool digits = type.kind == Kind::Date && value.type.kind == Kind::Number;
    if (digits) wrong_types(call);
    return cast(value, type, tries(call));
  }
  if (value.type.kind == Kind::Number) {
    const auto scale = static_cast<int>(constant_number(call, 1, 0));
    if (scale < 0 || scale > 9) wrong_types(call);
    return cast(derive(value.sql, number_type(38, value.type.scale + scale), {&value}), type, tries(call));
  }
  const auto format = constant_text(call.expr.args[1]);
  if (!format) refuse_unsupported(call.name + " with a computed format");
  const Typed text = cast(value, text_type());
  return derive(fmt::format("sf_parse({}, {}, {}, {})", text.sql, quote_text(*format), quote_text(spell(type)),
                            tries(call) ? 1 : 0),
                type, {&text});
}
Typed to_date(Call& call) { return to_temporal(call, plain_type(Kind::Date)); }
Typed to_time(Call& call) { return to_temporal(call, scaled_type(Kind::Time)); }
Typed to_timestamp(Call& call) {
  const bool ltz = call.name.find("LTZ") != std::string::npos;
  const bool tz = !ltz && call.name.find("_TZ") != std::string::npos;
  return to_temporal(call, scaled_type(ltz  ? Kind::Ltz
                                       : tz ? Kind::Tz
                                            : Kind::Ntz));  // TIMESTAMP_TYPE_MAPPING's default
}

Typed to_variant(Call& call) { return cast(call.args[0], plain_type(Kind::Variant)); }
Typed to_json_text(Call& call) {
  const Typed value = cast(call.args[0], plain_type(Kind::Variant));
  return derive(value.sql, text_type(), {&value});
}
Typed to_object(Call& call) { return cast(cast(call.args[0], plain_type(Kind::Variant)), plain_type(Kind::Object)); }
Typed to_array(Call& call) { return cast(cast(call.args[0], plain_type(Kind::Variant)), plain_type(Kind::Array)); }

Typed object_construct(Call& call) {
  if (call.args.size() % 2 != 0) wrong_types(call);
  std::vector<Typed> args;
  for (size_t i = 0; i < call.args.size(); ++i)
    args.push_back(cast(call.args[i], i % 2 == 0 ? text_type() : plain_type(Kind::Variant)));
  Typed result =
      invoke(call.name == "OBJECT_CONSTRUCT" ? "sf_object" : "sf_object_keep", plain_type(Kind::Object), args);
  result.nullable = false;
  return result;
}

Typed array_construct(Call& call) {
  std::vector<Typed> args;
  for (const Typed& arg : call.args) args.push_back(cast(arg, plain_type(Kind::Variant)));
  Typed result = invoke("sf_array", plain_type(Kind::Array), args);
  result.nullable = false;
  return result;
}

Typed get(Call& call) {
  const Typed value = cast(call.args[0], plain_type(Kind::Variant));
  Typed result = invoke("sf_get", plain_type(Kind::Variant), {value, call.args[1]});
  result.nullable = true;
  return result;
}

constexpr std::array kFunctions = {
    Special{"COALESCE", 2, kMany, coalesce},
    Special{"NVL", 2, 2, coalesce},
    Special{"IFNULL", 2, 2, coalesce},
    Special{"NVL2", 3, 3, nvl2},
    Special{"IFF", 3, 3, iff},
    Special{"NULLIF", 2, 2, null_if},
    Special{"EQUAL_NULL", 2, 2, equal_null},
    Special{"DECODE", 3, kMany, decode},
    Special{"ZEROIFNULL", 1, 1, zero_if_null},
    Special{"NULLIFZERO", 1, 1, null_if_zero},
    Special{"GREATEST", 1, kMany, greatest},
    Special{"LEAST", 1, kMany, least},
    Special{"ABS", 1, 1, absolute},
    Special{"SIGN", 1, 1, sign},
    Special{"ROUND", 1, 2, rounding},
    Special{"CEIL", 1, 2, rounding},
    Special{"CEILING", 1, 2, rounding},
    Special{"FLOOR", 1, 2, rounding},
    Special{"TRUNC", 1, 2, rounding},
    Special{"TRUNCATE", 1, 2, rounding},
    Special{"MOD", 2, 2, modulo},
    Special{"DIV0", 2, 2, div0},
    Special{"DIV0NULL", 2, 2, div0},
    Special{"TO_VARCHAR", 1, 2, to_varchar},
    Special{"TO_CHAR", 1, 2, to_varchar},
    Special{"TO_NUMBER", 1, 3, to_number},
    Special{"TO_NUMERIC", 1, 3, to_number},
    Special{"TO_DECIMAL", 1, 3, to_number},
    Special{"TRY_TO_NUMBER", 1, 3, to_number},
    Special{"TRY_TO_NUMERIC", 1, 3, to_number},
    Special{"TRY_TO_DECIMAL", 1, 3, to_number},
    Special{"TO_DOUBLE", 1, 1, to_double},
    Special{"TRY_TO_DOUBLE", 1, 1, to_double},
    Special{"TO_BOOLEAN", 1, 1, to_boolean},
    Special{"TRY_TO_BOOLEAN", 1, 1, to_boolean},
    Special{"TO_BINARY", 1, 1, to_binary},
    Special{"TRY_TO_BINARY", 1, 1, to_binary},
    Special{"TO_DATE", 1, 2, to_date},
    Special{"DATE", 1, 2, to_date},
    Special{"TRY_TO_DATE", 1, 2, to_date},
    Special{"TO_TIME", 1, 2, to_time},
    Special{"TIME", 1, 2, to_time},
    Special{"TRY_TO_TIME", 1, 2, to_time},
    Special{"TO_TIMESTAMP", 1, 2, to_timestamp},
    Special{"TO_TIMESTAMP_NTZ", 1, 2, to_timestamp},
    Special{"TO_TIMESTAMP_LTZ", 1, 2, to_timestamp},
    Special{"TO_TIMESTAMP_TZ", 1, 2, to_timestamp},
    Special{"TRY_TO_TIMESTAMP", 1, 2, to_timestamp},
    Special{"TRY_TO_TIMESTAMP_NTZ", 1, 2, to_timestamp},
    Special{"TRY_TO_TIMESTAMP_LTZ", 1, 2, to_timestamp},
    Special{"TRY_TO_TIMESTAMP_TZ", 1, 2, to_timestamp},
    Special{"TO_VARIANT", 1, 1, to_variant},
    Special{"TO_JSON", 1, 1, to_json_text},
    Special{"TO_OBJECT", 1, 1, to_object},
    Special{"TO_ARRAY", 1, 1, to_array},
    Special{"OBJECT_CONSTRUCT", 0, kMany, object_construct},
    Special{"OBJECT_CONSTRUCT_KEEP_NULL", 0, kMany, object_construct},
    Special{"ARRAY_CONSTRUCT", 0, kMany, array_construct},
    Special{"GET", 2, 2, get},
};

}  // namespace

std::span<const Special> value_functions() { return kFunctions; }

}  // namespace mesh::sandbox::query
