#include "mesh/sql/writer.hpp"

#include <algorithm>

#include "code.hpp"
#include "mesh/base/text.hpp"
#include "mesh/sql/token.hpp"

namespace mesh::sql {
namespace {

// A fragment as it may stand in the middle of a statement: without a closing `;`, and with a line break behind a
// closing -- comment, which would swallow what follows.
std::string embedded(std::string_view text) {
  auto rest = trim(text);
  const auto tokens = tokenize(rest);
  if (!tokens) return std::string(rest);
  const auto end = end_without_semicolon(*tokens, rest);
  if (end == 0) return {};
  const auto& last = (*tokens)[end - 1];
  std::string out(rest.substr(0, last.end));
  if (last.type == TokenType::Comment && last.in(rest).substr(0, 2) != "/*") out += "\n";
  return out;
}

}  // namespace

std::string literal(std::string_view text) {
  return "'" + replace_all(replace_all(std::string(text), "\\", "\\\\"), "'", "''") + "'";
}

std::string dollar_quoted(std::string_view body) {
  const bool closes_itself = body.find("$$") != std::string_view::npos || (!body.empty() && body.back() == '$');
  return closes_itself ? literal(body) : "$$" + std::string(body) + "$$";
}

std::string like_literal(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return literal(pattern);
}

void Writer::gap() {
  if (out_.empty()) return;
  const char last = out_.back();
  if (last != ' ' && last != '(' && last != '{' && last != '[' && last != '\n') out_ += ' ';
}

Writer& Writer::kw(Keyword keyword) {
  gap();
  out_ += keyword.text();
  return *this;
}
Writer& Writer::name(const Name& name) {
  gap();
  out_ += name.sql();
  return *this;
}
Writer& Writer::name(const QualifiedName& name) {
  gap();
  out_ += name.sql();
  return *this;
}
Writer& Writer::name(const ObjectId& id) {
  name(id.name);
  out_ += id.arguments;
  return *this;
}
Writer& Writer::body(std::string_view text) {
  gap();
  out_ += dollar_quoted("\n" + std::string(text) + "\n");
  return *this;
}
Writer& Writer::text(std::string_view value) {
  gap();
  out_ += literal(value);
  return *this;
}
Writer& Writer::number(int64_t value) {
  gap();
  out_ += std::to_string(value);
  return *this;
}
Writer& Writer::boolean(bool value) {
  gap();
  out_ += value ? "TRUE" : "FALSE";
  return *this;
}
Writer& Writer::type(const DataType& type) {
  gap();
  out_ += type.to_string();
  return *this;
}
Writer& Writer::fragment(const SqlText& fragment) {
  gap();
  out_ += embedded(fragment.text);
  return *this;
}
Writer& Writer::equals() {
  out_ += " = ";
  return *this;
}
Writer& Writer::open() {
  gap();
  out_ += '(';
  return *this;
}
Writer& Writer::close() {
  out_ += ')';
  return *this;
}
Writer& Writer::comma() {
  out_ += ", ";
  return *this;
}
Writer& Writer::newline(int indent) {
  // No blanks at the end of a line.
  while (!out_.empty() && out_.back() == ' ') out_.pop_back();
  out_ += '\n';
  out_.append(static_cast<size_t>(std::max(indent, 0)), ' ');
  return *this;
}
Writer& Writer::names(const std::vector<Name>& names) {
  open();
  for (const auto& each : names) {
    if (&each != &names.front()) comma();
    name(each);
  }
  return close();
}
Writer& Writer::open_object() {
  gap();
  out_ += '{';
  return *this;
}
Writer& Writer::close_object() {
  out_ += '}';
  return *this;
}
Writer& Writer::key(std::string_view key) {
  text(key);
  out_ += ": ";
  return *this;
}
Writer& Writer::constant(const Value& value) {
  if (const auto* list = std::get_if<ValueList>(&value.data)) {
    gap();
    out_ += '[';
    for (const auto& each : *list) {
      if (&each != &list->front()) comma();
      constant(each);
    }
    out_ += ']';
  } else if (const auto* record = std::get_if<ValueRecord>(&value.data)) {
    open_object();
    for (const auto& each : *record) {
      if (&each != &record->front()) comma();
      key(each.first).constant(each.second);
    }
    close_object();
  } else if (const auto* flag = std::get_if<bool>(&value.data)) {
    boolean(*flag);
  } else if (const auto* integer = std::get_if<int64_t>(&value.data)) {
    number(*integer);
  } else if (value.text() != nullptr) {
    text(*value.text());
  } else {
    kw("NULL");
  }
  return *this;
}
Writer& Writer::call(const QualifiedName& instance, Keyword verb, Keyword method) {
  name(instance);
  out_ += '!';
  out_ += verb.text();
  out_ += method.text();
  out_ += '(';
  return *this;
}
Writer& Writer::path(const Name& column, const std::vector<std::string>& fields) {
  name(column);
  for (const auto& field : fields) {
    out_ += &field == &fields.front() ? ":" : ".";
    out_ += Name::exact(field).sql();
  }
  return *this;
}
Writer& Writer::privilege(std::string_view privilege) {
  MESH_ASSERT(!privilege.empty());
  for (const char c : privilege) {
    MESH_ASSERT((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' ' || c == '_' ||
                c == '.');  // CREATE SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE
  }
  gap();
  out_ += privilege;
  return *this;
}

}  // namespace mesh::sql
