#pragma once
// The one place where SQL text is made. Takes keywords (literals of this program), names, literals and checked
// fragments; there is no way to append an arbitrary string.

#include <string>
#include <string_view>

#include "mesh/ident/name.hpp"
#include "mesh/model/data_type.hpp"
#include "mesh/model/object.hpp"

namespace mesh::sql {

// 'text' with backslashes doubled first, then quotes (identifiers-and-literals.md section 2).
std::string literal(std::string_view text);
// $$body$$, or a literal where the body holds $$ or ends in $.
std::string dollar_quoted(std::string_view body);
// LIKE pattern that matches just `text`, as a literal.
std::string like_literal(std::string_view text);

class Keyword {
 public:
  template <size_t N>
  consteval Keyword(const char (&text)[N]) : text_(text, N - 1) {}
  // Words out of a constant kind table.
  static constexpr Keyword of_table(std::string_view text) { return Keyword(text, 0); }
  constexpr std::string_view text() const { return text_; }

 private:
  constexpr Keyword(std::string_view text, int) : text_(text) {}
  std::string_view text_;
};

// Words are parted by one blank; brackets and commas are set as people write them.
class Writer {
 public:
  Writer& kw(Keyword keyword);
  Writer& name(const Name& name);
  Writer& name(const QualifiedName& name);
  Writer& name(const ObjectId& id);      // with its arguments' types, where it has some: every reference to an object
  Writer& body(std::string_view text);   // between dollars, on lines of its own
  Writer& text(std::string_view value);  // as a string literal
  Writer& number(int64_t value);
  Writer& boolean(bool value);  // TRUE / FALSE
  Writer& type(const DataType& type);
  Writer& fragment(const SqlText& fragment);      // as written; checked by check_fragment when it was loaded
  Writer& equals();                               // " = "
  Writer& open();                                 // " ("
  Writer& close();                                // ")"
  Writer& comma();                                // ", "
  Writer& newline(int indent);                    // line break and blanks
  Writer& names(const std::vector<Name>& names);  // ("A", "B")
  Writer& open_object();                          // " {"
  Writer& close_object();                         // "}"
  Writer& key(std::string_view text);             // of an object: "'text': "
  Writer& constant(const Value& value);           // TRUE, 3, 'text', [..], {'key': ..}; NULL for none
  // "D"."S"."N"!SET_METHOD(
  Writer& call(const QualifiedName& instance, Keyword verb, Keyword method);
  // A column or a field below it: "V":"a"."b".
  Writer& path(const Name& column, const std::vector<std::string>& fields);
  Writer& privilege(std::string_view privilege);  // asserts: letters, digits, blanks, _ and . only
  std::string take() { return std::move(out_); }

 private:
  void gap();
  std::string out_;
};

}  // namespace mesh::sql
