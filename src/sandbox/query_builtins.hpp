#pragma once
// The scalar functions that translated queries call, by name.

#include <span>
#include <vector>

#include "query_value.hpp"

namespace mesh::sandbox::query {

using Args = std::vector<Value>;

struct Builtin {
  const char* name;
  int args;  // -1: any number
  Value (*call)(const Args&);
  bool null_in_null_out = true;
  bool deterministic = true;
};
std::span<const Builtin> text_builtins();
std::span<const Builtin> number_builtins();  // numbers, dates, casts
std::span<const Builtin> json_builtins();

int64_t integer(const Value& value);
double real(const Value& value);              // of a whole number too
const std::string& text(const Value& value);  // empty where it is none

}  // namespace mesh::sandbox::query
