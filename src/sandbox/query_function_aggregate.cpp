// Aggregates and window functions.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "mesh/base/text.hpp"
#include "query_error.hpp"
#include "query_function_tables.hpp"

namespace mesh::sandbox::query {
namespace {

// Emits sqlite(args), as a window function where OVER is written, and keeps the books on what stood inside.
class Aggregation {
 public:
  explicit Aggregation(Call& call, const std::string& default_frame = "") : call_(call) {
    for (const Typed& arg : call.args) inside_ = derive("", {}, {&inside_, &arg});
    if (!call.expr.over.empty())
      over_ = " " + call.translator.window_sql(call.expr.over.front(), call.scope, inside_, default_frame);
    if (call.expr.distinct && !over_.empty()) refuse_unsupported(call.name + "(DISTINCT ..) OVER");
  }
  std::string emit(std::string_view sqlite, const std::string& args) const {
    return fmt::format("{}({}{}){}", sqlite, call_.expr.distinct ? "DISTINCT " : "", args, over_);
  }
  Typed finish(std::string sql, const Type& type, bool nullable) const {
    Typed result{.sql = std::move(sql), .type = type, .nullable = nullable};
    result.aggregate = over_.empty() || inside_.aggregate;
    result.window = !over_.empty();
    if (!over_.empty()) result.bare = inside_.bare, result.bare_at = inside_.bare_at;
    return result;
  }
  bool windowed() const { return !over_.empty(); }

 private:
  Call& call_;
  Typed inside_;
  std::string over_;
};

Typed count(Call& call) {
  const Aggregation aggregation(call);
  if (call.args.empty()) {
    if (call.expr.distinct) refuse_unsupported("COUNT(DISTINCT *)");
    if (call.expr.args.empty())
      compile_error_at("000938", "22023", call.expr.at,
                       "not enough arguments for function [COUNT()], expected 1, got 0");
    return aggregation.finish(aggregation.emit("count", "*"), count_type(), false);
  }
  const std::string arg = call.args.size() == 1 ? call.args[0].sql : fmt::format("sf_tuple({})", sql_list(call.args));
  return aggregation.finish(aggregation.emit("count", arg), count_type(), false);
}

Typed count_if(Call& call) {
  const Aggregation aggregation(call);
  const std::string arg = fmt::format("CASE WHEN {} THEN 1 END", truth(call.args[0]).sql);
  return aggregation.finish(aggregation.emit("count", arg), count_type(), false);
}

Typed summed(const Call& call) {
  if (call.args[0].type.kind == Kind::Text) return cast(call.args[0], plain_type(Kind::Float));
  return numeric(call, call.args[0]);
}

Typed sum(Call& call) {
  const Aggregation aggregation(call);
  const Typed value = summed(call);
  const Type type = value.type.kind == Kind::Number ? number_type(38, value.type.scale) : value.type;
  return aggregation.finish(aggregation.emit("sum", value.sql), type, true);
}

// The mean of numbers is their sum divided by their count, with the scale of a division.
Typed average(Call& call) {
  const Aggregation aggregation(call);
  const Typed value = summed(call);
  if (value.type.kind == Kind::Float) return aggregation.finish(aggregation.emit("avg", value.sql), value.type, true);
  const int scale = std::max(value.type.scale, std::min(value.type.scale + 6, 12));
  const std::string sql = fmt::format("sf_mean({}, {}, {})", aggregation.emit("sum", value.sql),
                                      aggregation.emit("count", value.sql), scale - value.type.scale);
  return aggregation.finish(sql, number_type(38, scale), true);
}

Typed extreme(Call& call) {
  const Aggregation aggregation(call);
  const std::string_view sqlite = call.name == "MIN" || call.name == "BOOLAND_AGG" ? "min" : "max";
  const bool logical = call.name.substr(0, 4) == "BOOL";
  const Typed value = logical ? truth(call.args[0]) : call.args[0];
  return aggregation.finish(aggregation.emit(sqlite, value.sql), value.type, true);
}

// LISTAGG and ARRAY_AGG: collected in C++, because SQLite 3.40 cannot order inside an aggregate.
Typed collect(Call& call) {
  const Aggregation aggregation(call);
  if (aggregation.windowed()) refuse_unsupported(call.name + " OVER");
  const bool list = call.name == "LISTAGG";
  const Typed value = cast(call.args[0], list ? text_type() : plain_type(Kind::Variant));
  const std::string separator = call.args.size() > 1 ? cast(call.args[1], text_type()).sql : "''";
  std::string keys;
  for (const OrderItem& item : call.expr.within) {
    const Typed key = call.translator.expression(item.expr.front(), call.scope);
    const bool nulls_first = item.nulls_first.value_or(item.descending);
    keys += fmt::format(", {}, {}", key.sql, (item.descending ? 1 : 0) + (nulls_first ? 2 : 0));
  }
  const std::string sql = fmt::format("{}('{}', {}, {}, {}{})", list ? "sf_collect" : "sf_collect_array",
                                      list ? 'L' : 'A', call.expr.distinct ? 1 : 0, separator, value.sql, keys);
  return aggregation.finish(sql, list ? text_type() : plain_type(Kind::Array), false);
}

void need_over(const Call& call) {
  if (!call.expr.over.empty()) return;
  // Code unconfirmed.
  refuse_compilation("002303", "42601", fmt::format("Window function type [{}] requires OVER clause", call.name));
}

Typed ranking(Call& call) {
  need_over(call);
  const Aggregation aggregation(call);
  const bool share = call.name == "PERCENT_RANK" || call.name == "CUME_DIST";
  const std::string args = call.args.empty() ? "" : cast(call.args[0], number_type(38, 0)).sql;
  return aggregation.finish(aggregation.emit(to_lower(call.name), args), share ? plain_type(Kind::Float) : count_type(),
                            false);
}

Typed offset_value(Call& call) {
  need_over(call);
  const Aggregation aggregation(call);
  std::string args = call.args[0].sql;
  if (call.args.size() > 1) args += ", " + call.args[1].sql;
  if (call.args.size() > 2) args += ", " + cast(call.args[2], call.args[0].type).sql;
  return aggregation.finish(aggregation.emit(to_lower(call.name), args), call.args[0].type, true);
}

// The page of window frames gives these three the whole partition when no frame is written.
Typed positional_value(Call& call) {
  need_over(call);
  const Aggregation aggregation(call, "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING");
  return aggregation.finish(aggregation.emit(to_lower(call.name), sql_list(call.args)), call.args[0].type, true);
}

constexpr std::array kAggregates = {
    Special{"COUNT", 0, kMany, count},
    Special{"APPROX_COUNT_DISTINCT", 1, 1,
            [](Call& call) {
              const Aggregation aggregation(call);
              return aggregation.finish(fmt::format("count(DISTINCT {})", call.args[0].sql), count_type(), false);
            }},
    Special{"COUNT_IF", 1, 1, count_if},
    Special{"SUM", 1, 1, sum},
    Special{"AVG", 1, 1, average},
    Special{"MIN", 1, 1, extreme},
    Special{"MAX", 1, 1, extreme},
    Special{"ANY_VALUE", 1, 1, extreme},
    Special{"BOOLAND_AGG", 1, 1, extreme},
    Special{"BOOLOR_AGG", 1, 1, extreme},
    Special{"LISTAGG", 1, 2, collect},
    Special{"ARRAY_AGG", 1, 1, collect},
};
constexpr std::array kWindowFunctions = {
    Special{"ROW_NUMBER", 0, 0, ranking},
    Special{"RANK", 0, 0, ranking},
    Special{"DENSE_RANK", 0, 0, ranking},
    Special{"PERCENT_RANK", 0, 0, ranking},
    Special{"CUME_DIST", 0, 0, ranking},
    Special{"NTILE", 1, 1, ranking},
    Special{"LAG", 1, 3, offset_value},
    Special{"LEAD", 1, 3, offset_value},
    Special{"FIRST_VALUE", 1, 1, positional_value},
    Special{"LAST_VALUE", 1, 1, positional_value},
    Special{"NTH_VALUE", 2, 2, positional_value},
};

}  // namespace

std::span<const Special> aggregate_functions() { return kAggregates; }
std::span<const Special> window_functions() { return kWindowFunctions; }

}  // namespace mesh::sandbox::query
