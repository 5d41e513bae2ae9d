#pragma once
// What the tables of functions share.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query_functions.hpp"

namespace mesh::sandbox::query {

constexpr int kMany = 1000;

// A function with a rule of its own, which gets its arguments translated and counted.
struct Special {
  std::string_view name;
  int least, most;
  Typed (*make)(Call&);
};
std::span<const Special> value_functions();  // conditions, numbers, conversions, JSON
std::span<const Special> time_functions();
std::span<const Special> context_functions();  // the session and the clock
std::span<const Special> aggregate_functions();
std::span<const Special> window_functions();

Type count_type();  // NUMBER(18,0), as COUNT and LENGTH give
std::vector<const Typed*> pointers(const std::vector<Typed>& values);
std::string sql_list(const std::vector<Typed>& values);
Typed invoke(std::string_view sqlite, const Type& type, const std::vector<Typed>& args);  // sqlite(args)
[[noreturn]] void wrong_types(const Call& call);
// As a number: text as NUMBER(18,5), a VARIANT as FLOAT.
Typed numeric(const Call& call, const Typed& value);
std::optional<std::string> constant_text(const Expr& expr);
int64_t constant_number(const Call& call, size_t index, int64_t otherwise);

}  // namespace mesh::sandbox::query
