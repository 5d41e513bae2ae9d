#pragma once
// The types by which functions and procedures of one name are told apart (identifiers-and-literals.md section 3).

#include <string>
#include <string_view>
#include <vector>

#include "mesh/base/result.hpp"
#include "mesh/model/data_type.hpp"

namespace mesh {

// A type as it counts in a signature: without length, precision and scale. VECTOR and structured types keep theirs.
std::string signature_type(const DataType& type);
// Of a type "TABLE(A NUMBER)", which data metric functions alone take, what stands behind the word; empty: it is none.
std::string_view table_columns(std::string_view type);
// The first bracket outside of double quotes; npos: there is none.
size_t find_bracket(std::string_view text);
// "(INT, varchar(10))" -> "(NUMBER, VARCHAR)". Fails where it is no list in brackets, or with what is wrong with a
// type.
Result<std::string> argument_types(std::string_view written);
// "{"NUMBER", "VARCHAR"}" -> "(NUMBER, VARCHAR)".
std::string in_brackets(const std::vector<std::string>& types);
// The parts between commas that stand in no bracket, quote or string, each with the offset at which it begins; blanks
// around them are left out. None where there is nothing but blanks.
struct ListPart {
  std::string_view text;
  size_t offset = 0;
};
std::vector<ListPart> list_parts(std::string_view text);
// The end of the bracket that opens at `text[0]`, behind it; npos: it is not closed.
size_t bracket_end(std::string_view text);

}  // namespace mesh
