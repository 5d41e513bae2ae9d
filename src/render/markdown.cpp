#include "markdown.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "mesh/base/printable.hpp"

namespace mesh::render::markdown {
namespace {

bool is_alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// Character references are never read as structure (CommonMark, "Entity and numeric character references").
std::string reference(char c) { return fmt::format("&#{};", static_cast<int>(c)); }

bool is_word_underscore(std::string_view text, size_t at) {
  return text[at] == '_' && at > 0 && at + 1 < text.size() && is_alnum(text[at - 1]) && is_alnum(text[at + 1]);
}

bool begins_link(std::string_view text, size_t at) {
  return text.substr(at, 3) == "://" || (text[at] == '.' && at >= 3 && text.substr(at - 3, 3) == "www");
}

bool is_active(std::string_view text, size_t at) {
  constexpr std::string_view kAlways = "\\`*<>|~&@#$";
  constexpr std::string_view kAtStart = "-+=[0123456789";
  const char c = text[at];
  if (c == '_') return !is_word_underscore(text, at);
  if (c == ']') return at + 1 < text.size() && std::string_view("([:").find(text[at + 1]) != std::string_view::npos;
  return kAlways.find(c) != std::string_view::npos || begins_link(text, at) ||
         (at == 0 && kAtStart.find(c) != std::string_view::npos);
}

size_t longest_run(std::string_view text, char of) {
  size_t longest = 0, run = 0;
  for (const char c : text) {
    run = c == of ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace

std::string prose(std::string_view text) {
  const auto line = printable_line(text);
  std::string out;
  for (size_t at = 0; at < line.size(); ++at) {
    out += is_active(line, at) ? reference(line[at]) : std::string(1, line[at]);
    // Mentions are looked for once references are decoded: a zero-width space parts the sign from the name.
    if (line[at] == '@') out += "&#8203;";
  }
  return out;
}

std::string code(std::string_view text) {
  const auto line = printable_line(text);
  // A code span takes everything literally but backticks; a bar would end the cell of a table.
  const bool plain = !line.empty() && line.find_first_of("`|") == std::string::npos &&
                     line.find_first_not_of(' ') != std::string::npos;
  if (plain) return "`" + line + "`";
  std::string out = "<code>";
  for (const char c : line) out += is_alnum(c) || c == ' ' || (c & 0x80) != 0 ? std::string(1, c) : reference(c);
  return out + "</code>";
}

std::string sql_block(std::string_view text) {
  const auto body = printable(text);
  const std::string fence(std::max<size_t>(3, longest_run(body, '`') + 1), '`');
  return fence + "sql\n" + body + (body.ends_with('\n') ? "" : "\n") + fence + "\n";
}

}  // namespace mesh::render::markdown
