// Functions of dates and times.

#include <fmt/format.h>

#include <array>

#include "mesh/base/text.hpp"
#include "query_error.hpp"
#include "query_function_tables.hpp"
#include "query_time.hpp"

namespace mesh::sandbox::query {
namespace {

std::string unit_argument(const Call& call, size_t index) {
  const Expr& arg = call.expr.args[index];
  std::string unit = arg.is == Expr::Is::Column ? arg.parts[0] : arg.text;
  if (!unit_of(unit))
    refuse_compilation("001003", "42000", fmt::format("'{}' is not a valid date/time component", unit));
  return unit;
}

Typed temporal(const Call& call, const Typed& value) {
  if (value.type.is_temporal()) return value;
  if (value.type.kind == Kind::Text || value.type.kind == Kind::Null || value.type.kind == Kind::Variant)
    return cast(value, scaled_type(Kind::Ntz));
  wrong_types(call);
}

Typed date_add_call(Call& call) { return date_add(unit_argument(call, 0), call.args[1], call.args[2], call.expr.at); }

Typed add_months(Call& call) { return date_add("month", call.args[1], call.args[0], call.expr.at); }

Typed date_diff(Call& call) {
  const std::string unit = unit_argument(call, 0);
  const Typed from = temporal(call, call.args[1]), to = temporal(call, call.args[2]);
  return derive(fmt::format("sf_datediff({}, {}, {}, {}, {})", quote_text(unit), from.sql, quote_text(spell(from.type)),
                            to.sql, quote_text(spell(to.type))),
                number_type(9, 0), {&from, &to});
}

Typed date_trunc(Call& call) {
  const std::string unit = unit_argument(call, 0);
  const Typed value = temporal(call, call.args[1]);
  return derive(fmt::format("sf_datetrunc({}, {}, {})", quote_text(unit), value.sql, quote_text(spell(value.type))),
                value.type, {&value});
}

Typed part(const Call& call, const std::string& name, const Typed& argument) {
  if (!part_of(name, 0))
    refuse_compilation("001003", "42000", fmt::format("'{}' is not a valid date/time component", name));
  const Typed value = temporal(call, argument);
  const bool epoch = to_upper(name).substr(0, 5) == "EPOCH";
  return derive(fmt::format("sf_part({}, {}, {})", quote_text(name), value.sql, quote_text(spell(value.type))),
                epoch ? number_type(38, 0) : number_type(4, 0), {&value});
}
Typed date_part(Call& call) {
  const Expr& first = call.expr.args[0];
  return part(call, first.is == Expr::Is::Column ? first.parts[0] : first.text, call.args[1]);
}
Typed named_part(Call& call) { return part(call, call.name, call.args[0]); }

Typed last_day(Call& call) {
  if (call.args.size() > 1) refuse_unsupported("LAST_DAY of another part than the month");
  const Typed value = cast(temporal(call, call.args[0]), plain_type(Kind::Date));
  return derive(fmt::format("sf_last_day({})", value.sql), plain_type(Kind::Date), {&value});
}

constexpr std::array kFunctions = {
    Special{"DATEADD", 3, 3, date_add_call},
    Special{"TIMEADD", 3, 3, date_add_call},
    Special{"TIMESTAMPADD", 3, 3, date_add_call},
    Special{"ADD_MONTHS", 2, 2, add_months},
    Special{"DATEDIFF", 3, 3, date_diff},
    Special{"TIMEDIFF", 3, 3, date_diff},
    Special{"TIMESTAMPDIFF", 3, 3, date_diff},
    Special{"DATE_TRUNC", 2, 2, date_trunc},
    Special{"DATE_PART", 2, 2, date_part},
    Special{"LAST_DAY", 1, 2, last_day},
    Special{"YEAR", 1, 1, named_part},
    Special{"QUARTER", 1, 1, named_part},
    Special{"MONTH", 1, 1, named_part},
    Special{"WEEK", 1, 1, named_part},
    Special{"WEEKOFYEAR", 1, 1, named_part},
    Special{"DAY", 1, 1, named_part},
    Special{"DAYOFMONTH", 1, 1, named_part},
    Special{"DAYOFWEEK", 1, 1, named_part},
    Special{"DAYOFYEAR", 1, 1, named_part},
    Special{"HOUR", 1, 1, named_part},
    Special{"MINUTE", 1, 1, named_part},
    Special{"SECOND", 1, 1, named_part},
};

}  // namespace

std::span<const Special> time_functions() { return kFunctions; }

}  // namespace mesh::sandbox::query
