#pragma once
// The keys and arguments of functions and procedures. Arguments are kept as one text, in order: names quoted only where
// SQL needs it, types in their normal form (an un-sized VARCHAR stays one: its length is Snowflake's to choose),
// "AMOUNT NUMBER(38,0), RATE NUMBER(38,0) DEFAULT 0.2".

#include <string>
#include <string_view>
#include <vector>

#include "mesh/kinds/kind.hpp"

namespace mesh::kinds {

struct Argument {
  Name name;
  std::string type;
  std::string default_sql;  // empty: it must be given
};

struct Signature {
  Name name;
  std::vector<Argument> arguments;
};

struct SignatureError {
  size_t offset = 0, length = 1;  // in the text as written
  std::string message, help;
};

// "ADD_TAX(AMOUNT NUMBER, RATE NUMBER DEFAULT 0.2)", as a manifest has it. Fails at the place of the mistake.
Result<Signature, SignatureError> parse_signature(std::string_view written);
// The reverse, from an object as it was read.
std::string signature_key(const Object& routine);

std::string arguments_text(const std::vector<Argument>& arguments);
// The reverse, of such a text, and of what DESCRIBE prints: "(AMOUNT NUMBER, RATE NUMBER)", names as stored.
std::vector<Argument> read_arguments(std::string_view text);
std::string types_of(const std::vector<Argument>& arguments);  // "(NUMBER, NUMBER)"
size_t optional_of(const std::vector<Argument>& arguments);    // how many may be left out

// Of LiveFacts::unknown: SHOW says OUT of some argument, which no manifest can.
inline constexpr std::string_view kOutputArguments = "output arguments";
// Whether SHOW's cell "NAME(NUMBER, OUT VARCHAR) RETURN VARCHAR" tells of one (procedure entry: the word's exact place
// is not confirmed).
bool has_output_arguments(std::string_view cell);

// The arguments of GET_DDL's CREATE OR REPLACE FUNCTION "F"("A" NUMBER, "B" NUMBER DEFAULT 1) ..; one page shows it
// without the word FUNCTION. None: it is nothing of the sort.
std::optional<std::vector<Argument>> arguments_of_ddl(std::string_view ddl);

// "(NUMBER, VARCHAR)" of SHOW's cell "NAME(NUMBER, DEFAULT VARCHAR) RETURN VARCHAR". A type that mesh does not know
// stays as it is printed.
std::string shown_types(std::string_view name, std::string_view cell);
// Of a name in SHOW GRANTS, DB.SCHEMA."F(A NUMBER):FLOAT" in any of its spellings. None: it cannot be read.
std::optional<ObjectId> granted_routine(KindId kind, std::string_view printed);

// A type as it counts where overloads are told apart: of a table, those of its columns.
std::string counted_type(std::string_view type);
// A type in its normal form, an un-sized one without length. Fails with what is wrong.
Result<std::string> routine_type(std::string_view written);
void write_type(sql::Writer& w, std::string_view type);

}  // namespace mesh::kinds
