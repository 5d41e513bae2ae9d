#pragma once
// Rows of SHOW <kind plural> as objects: facts and the properties of the kind's table.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "json.hpp"
#include "mesh/kinds/kind.hpp"
#include "mesh/model/object.hpp"
#include "rows.hpp"

namespace mesh::live {

class ObjectRows {
 public:
  ObjectRows(KindId kind, const Rows& rows);

  // The row's own name: of its database and schema too, where the kind lives in them. `container` is taken where the
  // answer does not say them (SHOW DATABASE ROLES, SHOW SCHEMAS).
  QualifiedName name(const Row& row, const QualifiedName& container) const;
  // The types of its arguments; empty for kinds whose names tell one from another.
  std::string arguments(const Row& row) const;
  bool has_output_arguments(const Row& row) const;
  // Whether the row is of this kind at all.
  bool is_of_kind(const Row& row) const;
  Object read(const Row& row, QualifiedName name) const;
  // A text from its cell; none: the answer has no such column.
  // What SHOW TABLES tells of an object of this kind: properties that stand there alone, and its retention.
  void read_as_table(const Row& row, Object& object) const;
  static void read_text(const kinds::TextRow& text, std::optional<std::string_view> found, Object& object);

 private:
  std::string_view account_level_name(const Row& row) const;
  bool is_name_alone(const Row& row) const;
  void hide_with_text(const Row& row, Object& object) const;
  void read_column_list(const Row& row, Object& object) const;
  void read_facts(const Row& row, Object& object) const;
  void read_json(const Row& row, Object& object) const;
  void read_property(const kinds::PropertyRow& property, const Field& field, const Row& row, Object& object) const;

  const kinds::Kind& kind_;
  Field name_, database_, schema_, owner_, owner_type_, created_, rows_, bytes_, retention_, options_;
  std::vector<std::pair<const kinds::PropertyRow*, Field>> properties_;
  std::map<std::string_view, std::vector<const kinds::PropertyRow*>> json_properties_;  // by column
  std::map<std::string_view, Field> json_fields_;
  std::map<std::string, Field, std::less<>> fields_;  // all of the answer
};

// A table's clustering key, from rows of its own SHOW.
void read_cluster_key(std::string_view cell, Object& table);
// DESCRIBE SEARCH OPTIMIZATION ON <table>.
void read_search_targets(const Rows& rows, Object& table);

// What a row of SHOW TABLES or SHOW VIEWS is, where it is no plain table or view ("dynamic table"); empty: it is one.
class PlainTableTest {
 public:
  explicit PlainTableTest(const Rows& rows);
  std::string other_kind(const Row& row) const;

 private:
  std::vector<std::pair<const char*, Field>> flags_;
};

// The columns of `needed` that the answer does not have.
std::vector<std::string> missing_columns(const Rows& rows, const std::vector<std::string>& needed);

// SHOW PARAMETERS IN <object>: sets the properties whose level is the object's own kind.
void read_parameters(const Rows& rows, Object& object);
// DESCRIBE <object>: sets the properties that only it tells.
void read_described(const Rows& rows, Object& object);
// SELECT <instance>!DESCRIBE(): likewise of an instance of a class, from JSON.
void read_instance(const Rows& rows, Object& instance);
// The value of a cell of JSON.
Result<Value> value_of(const kinds::PropertyRow& property, const Json& cell);
// The answer of a property's `told_whole_by`: all of a list that SHOW cut.
void read_whole_list(const Rows& rows, const kinds::PropertyRow& property, Object& object);
// The role may not read them: unknown, where nothing else told their value.
void unknown_from(kinds::ReadFrom from, Object& object);

}  // namespace mesh::live
