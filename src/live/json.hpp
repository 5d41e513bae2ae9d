#pragma once
// A small JSON reader for single cells of SHOW output (the type of a column, the secondary roles).

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mesh::live {

class Json {
 public:
  // None where the text is not one JSON value, or is nested deeper than any cell.
  static std::optional<Json> parse(std::string_view text);

  const Json* find(std::string_view key) const;  // of an object; nullptr: none
  const std::string* text() const;
  std::optional<int64_t> integer() const;
  std::optional<bool> boolean() const;
  bool is_object() const;
  bool is_null() const;
  std::vector<std::string> keys() const;  // of an object
  const std::vector<Json>* list() const;

  // What find() looks for, as text or number; empty where it is missing or something else.
  std::string text_of(std::string_view key) const;
  std::optional<int64_t> integer_of(std::string_view key) const;

 private:
  friend class JsonParser;
  struct Number {
    std::string digits;
  };
  using Object = std::vector<std::pair<std::string, Json>>;
  std::variant<std::monostate, bool, Number, std::string, std::vector<Json>, Object> data_;
};

}  // namespace mesh::live
