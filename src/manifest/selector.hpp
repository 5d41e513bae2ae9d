#pragma once
// What a line under `apply` goes to:
//
//   selector  = kinds [place] [conditions] [name]
//   kinds     = "columns" | a kind in the plural: "tables", "dynamic tables", "warehouses", "databases", …
//   place     = "in domain" NAME | "in database" D | "in schema" D.S | "in table" D.S.T      (the last: columns only)
//   conditions= "where tag" D.S.TAG ["=" value] {"and" "tag" D.S.TAG ["=" value]}
//   name      = "named" PATTERN                        * stands for anything; of columns, the column's name
//
// Words are read without case. Names are read as SQL reads them. A value is a word, or a text in single quotes ('' for
// a quote). A pattern is upper-cased unless it stands in double quotes. A tag counts where Snowflake counts it: on the
// thing itself, or inherited from its table, schema or database (page user-guide/object-tagging/inheritance), the
// nearest first.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/model/object.hpp"

namespace mesh::manifest {

struct TagCondition {
  QualifiedName tag;
  std::optional<std::string> value;  // none: any
  size_t offset = 0, length = 1;     // of the tag's name in the text
};

struct Selector {
  enum class In : uint8_t { Mesh, Domain, Database, Schema, Table };
  std::optional<KindId> kind;  // none: columns
  In in = In::Mesh;
  std::string domain;
  QualifiedName container;
  size_t place_offset = 0, place_length = 1;  // of the domain's or container's name
  std::vector<TagCondition> where;
  std::string pattern;  // over stored names; empty: any
};

struct SelectorMistake {
  size_t offset = 0, length = 1;  // in the text as written
  std::string message, help;
};

// Fails at the character where what stands there is not allowed, with what is.
Result<Selector, SelectorMistake> parse_selector(std::string_view written);

}  // namespace mesh::manifest
