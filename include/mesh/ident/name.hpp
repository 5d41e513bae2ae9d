#pragma once
// Snowflake identifiers (identifiers-and-literals.md section 1): two entrances, one exit that quotes.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/base/result.hpp"

namespace mesh {

// One identifier as Snowflake stores it.
class Name {
 public:
  Name() = default;
  // What SHOW returns: taken as it is, whatever it holds.
  static Name exact(std::string stored) {
    Name name;
    name.stored_ = std::move(stored);
    return name;
  }
  // What people write: orders is ORDERS, "order lines" (with the quotes) keeps case and blank.
  // Fails on an empty name, one over 255 characters, an unquoted one with other characters than letters, digits, _ and
  // $, or one that begins with a digit or $.
  static Result<Name> parse(std::string_view written);

  const std::string& stored() const { return stored_; }
  bool empty() const { return stored_.empty(); }
  std::string sql() const;      // always quoted, inner quotes doubled
  std::string display() const;  // quoted only where SQL needs it: not ^[A-Z_][A-Z0-9_$]*$, or a reserved word
  friend auto operator<=>(const Name&, const Name&) = default;

 private:
  std::string stored_;
};

// One to four names joined by dots: DB, DB.SCHEMA, DB.SCHEMA.NAME, DB.SCHEMA.NAME.COLUMN.
class QualifiedName {
 public:
  QualifiedName() = default;
  explicit QualifiedName(std::vector<Name> parts) : parts_(std::move(parts)) {}
  static Result<QualifiedName> parse(std::string_view written);  // as people write it
  static Result<QualifiedName> parse_output(
      std::string_view printed);  // as SHOW prints qualified names: bare parts are exact

  const std::vector<Name>& parts() const { return parts_; }
  size_t depth() const { return parts_.size(); }
  bool empty() const { return parts_.empty(); }
  const Name& first() const { return parts_.front(); }
  const Name& last() const { return parts_.back(); }
  QualifiedName parent() const;  // without the last part; empty for depth 1
  QualifiedName child(Name name) const;
  bool is_under(const QualifiedName& container) const;  // strictly inside
  std::string sql() const;
  std::string display() const;
  friend auto operator<=>(const QualifiedName&, const QualifiedName&) = default;

 private:
  std::vector<Name> parts_;
};

bool is_reserved_word(std::string_view upper);

}  // namespace mesh
