#include "mesh/model/signature.hpp"

#include "mesh/base/text.hpp"

namespace mesh {
namespace {

// Behind the quoted text that begins at `at`: quotes inside are doubled. The end of the text where it is not closed.
size_t behind_quote(std::string_view text, size_t at) {
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    if (quote == '\'' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      if (at + 1 >= text.size() || text[at + 1] != quote) return at + 1;
      ++at;
    }
  }
  return text.size();
}

bool is_quote(char c) { return c == '"' || c == '\''; }

ListPart trimmed(std::string_view text, size_t begin, size_t end) {
  const auto part = text.substr(begin, end - begin);
  const auto inside = trim(part);
  return {inside, begin + (inside.empty() ? 0 : static_cast<size_t>(inside.data() - part.data()))};
}

}  // namespace

std::string signature_type(const DataType& type) { return type.arguments().empty() ? type.to_string() : type.family(); }

std::string_view table_columns(std::string_view type) {
  constexpr std::string_view kTable = "TABLE";
  const auto text = trim(type);
  if (!iequals(text.substr(0, kTable.size()), kTable)) return {};
  const auto columns = trim(text.substr(kTable.size()));
  const bool is_list = !columns.empty() && columns.front() == '(' && bracket_end(columns) == columns.size();
  return is_list ? columns : std::string_view();
}

size_t find_bracket(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '(') return at;
    at = text[at] == '"' ? behind_quote(text, at) : at + 1;
  }
  return std::string_view::npos;
}

size_t bracket_end(std::string_view text) {
  int depth = 0;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '(') ++depth;
    if (text[at] == ')' && --depth == 0) return at + 1;
    at = is_quote(text[at]) ? behind_quote(text, at) : at + 1;
  }
  return std::string_view::npos;
}

std::vector<ListPart> list_parts(std::string_view text) {
  std::vector<ListPart> parts;
  if (trim(text).empty()) return parts;
  int depth = 0;
  size_t begin = 0;
  for (size_t at = 0; at < text.size();) {
    if (text[at] == '(') ++depth;
    if (text[at] == ')') --depth;
    if (text[at] == ',' && depth == 0) {
      parts.push_back(trimmed(text, begin, at));
      begin = at + 1;
    }
    at = is_quote(text[at]) ? behind_quote(text, at) : at + 1;
  }
  parts.push_back(trimmed(text, begin, text.size()));
  return parts;
}

std::string in_brackets(const std::vector<std::string>& types) { return "(" + join(types, ", ") + ")"; }

Result<std::string> argument_types(std::string_view written) {
  const auto text = trim(written);
  if (text.empty() || text.front() != '(' || bracket_end(text) != text.size())
    return fail("the types of its arguments stand in brackets, (NUMBER, VARCHAR)");
  std::vector<std::string> types;
  for (const auto& part : list_parts(text.substr(1, text.size() - 2))) {
    if (const auto columns = table_columns(part.text); !columns.empty()) {
      auto inside = argument_types(columns);
      if (!inside) return inside;
      types.push_back("TABLE" + *inside);
      continue;
    }
    const auto type = DataType::parse(part.text);
    if (!type) return type.failure();
    types.push_back(signature_type(*type));
  }
  return in_brackets(types);
}

}  // namespace mesh
