#pragma once
// A property's value, the same type for what is declared and what is live. Also what JSON prints under before and
// after.

#include <compare>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace mesh {

struct Value;
using ValueList = std::vector<Value>;
using ValueRecord = std::vector<std::pair<std::string, Value>>;  // keeps the order it was built in

struct Value {
  std::variant<std::monostate, bool, int64_t, std::string, ValueList, ValueRecord> data;

  Value() = default;
  Value(bool b) : data(b) {}
  Value(int64_t i) : data(i) {}
  Value(int i) : data(int64_t{i}) {}
  Value(std::string s) : data(std::move(s)) {}
  Value(const char* s) : data(std::string(s)) {}
  Value(ValueList list) : data(std::move(list)) {}
  Value(ValueRecord record) : data(std::move(record)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(data); }
  const std::string* text() const { return std::get_if<std::string>(&data); }
  friend bool operator==(const Value& a, const Value& b);
};
inline bool operator==(const Value& a, const Value& b) { return a.data == b.data; }

// For people: null is "-", text as it is (line breaks as ⏎, cut at `limit` characters with …), lists with commas; a
// record in a list has braces, a list in a record brackets.
std::string to_display(const Value& value, size_t limit = 60);

}  // namespace mesh
