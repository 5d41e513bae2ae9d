#include "raw_text.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "mesh/base/text.hpp"

namespace mesh::yaml {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_space(char c) { return is_blank(c) || c == '\n' || c == '\r'; }

}  // namespace

RawText::RawText(std::string_view text, uint32_t file) : text_(text), file_(file), lines_{0} {
  for (auto at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) lines_.push_back(at + 1);
}

size_t RawText::offset(int line, int column) const {
  if (line < 0 || static_cast<size_t>(line) >= lines_.size()) return text_.size();
  return std::min(lines_[static_cast<size_t>(line)] + static_cast<size_t>(std::max(column, 0)), text_.size());
}

size_t RawText::line_of(size_t offset) const {
  return static_cast<size_t>(std::upper_bound(lines_.begin(), lines_.end(), offset) - lines_.begin()) - 1;
}

Place RawText::place(size_t offset, size_t length) const {
  const auto line = line_of(offset);
  Place place;
  place.file = file_;
  place.line = static_cast<int>(line) + 1;
  place.column = static_cast<int>(offset - lines_[line]) + 1;
  place.length = static_cast<int>(std::max<size_t>(1, std::min(length, rest_of_line(offset).size())));
  return place;
}

std::string_view RawText::rest_of_line(size_t offset) const {
  auto rest = text_.substr(std::min(offset, text_.size()));
  rest = rest.substr(0, rest.find('\n'));
  if (!rest.empty() && rest.back() == '\r') rest.remove_suffix(1);
  return rest;
}

std::string_view RawText::word(size_t offset) const {
  const auto rest = rest_of_line(offset);
  return rest.substr(0, rest.find_first_of(" \t,[]{}"));
}

size_t RawText::skip_blank(size_t offset) const {
  while (offset < text_.size()) {
    if (text_[offset] == '#') {
      offset = std::min(text_.find('\n', offset), text_.size());
    } else if (is_space(text_[offset])) {
      ++offset;
    } else {
      break;
    }
  }
  return offset;
}

size_t RawText::skip_properties(size_t offset) const {
  while (offset < text_.size() && (text_[offset] == '&' || text_[offset] == '!')) {
    while (offset < text_.size() && !is_space(text_[offset])) ++offset;
    offset = skip_blank(offset);
  }
  return offset;
}

std::optional<size_t> RawText::quote_end(size_t offset) const {
  const char quote = text_[offset];
  for (size_t i = offset + 1; i < text_.size(); ++i) {
    if (quote == '"' && text_[i] == '\\') {
      ++i;
    } else if (text_[i] == quote) {
      const bool doubled = quote == '\'' && i + 1 < text_.size() && text_[i + 1] == quote;
      if (!doubled) return i + 1;
      ++i;
    }
  }
  return std::nullopt;
}

RawText::Block RawText::block(size_t offset, int parent) const {
  Block block;
  block.literal = text_[offset] == '|';
  const auto header = rest_of_line(offset);
  const size_t base = static_cast<size_t>(std::max(parent, 0));
  const size_t least = parent < 0 ? 0 : base + 1;
  size_t explicit_indent = 0;
  for (size_t i = 1; i < header.size() && !is_blank(header[i]); ++i) {
    if (header[i] >= '1' && header[i] <= '9') explicit_indent = base + static_cast<size_t>(header[i] - '0');
  }
  auto line = line_of(offset) + 1;
  block.line = static_cast<int>(line);
  block.begin = block.end = line < lines_.size() ? lines_[line] : text_.size();
  block.indent = explicit_indent;
  for (; line < lines_.size(); ++line) {
    const auto content = rest_of_line(lines_[line]);
    const auto indent = content.find_first_not_of(' ');
    if (indent != std::string_view::npos) {
      if (block.indent == 0) block.indent = std::max(indent, least);
      if (indent < block.indent) break;
    }
    block.end = line + 1 < lines_.size() ? lines_[line + 1] : text_.size();
  }
  return block;
}

bool check_bytes(std::string_view text, const RawText& raw, Diagnostics& diagnostics) {
  const auto begins = [&](std::string_view bytes) { return text.substr(0, bytes.size()) == bytes; };
  const bool two_zeroes = text.size() >= 2 && (text[0] == '\0' || text[1] == '\0');
  if (begins("\xFF\xFE") || begins("\xFE\xFF") || two_zeroes) {
    diagnostics.error("MESH1001", raw.place(0), "the file is UTF-16 or UTF-32, not UTF-8", "save it as UTF-8");
    return false;
  }
  for (size_t line = 0; line < text.size() && !is_valid_utf8(text);) {
    const auto bytes = text.substr(line, text.find('\n', line) - line);
    if (is_valid_utf8(bytes)) {
      line += bytes.size() + 1;
      continue;
    }
    size_t good = 0;  // the longest head that is sound
    for (size_t i = 1; i <= bytes.size(); ++i) {
      if (is_valid_utf8(bytes.substr(0, i))) good = i;
    }
    diagnostics.error("MESH1001", raw.place(line + good),
                      fmt::format("byte 0x{:02X} is no UTF-8", static_cast<unsigned char>(bytes[good])),
                      "save the file as UTF-8");
    return false;
  }
  // The library takes 0x04 for the end of the file, and a lone carriage return for text.
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 ? byte != 0x7F : byte == '\n' || byte == '\t') continue;
    if (byte == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    diagnostics.error("MESH1002", raw.place(i), fmt::format("control character 0x{:02X} in the file", byte),
                      "take it out; in double quotes it can be written as an escape");
    return false;
  }
  return true;
}

namespace {

// Whether a comment begins before `offset` on its line, outside quoted texts.
bool in_comment(std::string_view text, const Ranges& texts, size_t offset) {
  const auto newline = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  for (size_t i = newline == std::string_view::npos ? 0 : newline + 1; i < offset; ++i) {
    const auto after =
        std::upper_bound(texts.begin(), texts.end(), i, [](size_t at, const auto& r) { return at < r.first; });
    if (after != texts.begin() && i < std::prev(after)->second) {
      i = std::prev(after)->second - 1;
    } else if (text[i] == '#' && (i == 0 || is_space(text[i - 1]))) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool check_tabs(const RawText& raw, const Ranges& texts, size_t limit, Diagnostics& diagnostics) {
  const auto text = raw.text();
  auto range = texts.begin();
  for (auto tab = text.find('\t'); tab < limit; tab = text.find('\t', tab + 1)) {
    while (range != texts.end() && range->second <= tab) ++range;
    if (range != texts.end() && range->first <= tab) continue;
    const auto rest = trim(raw.rest_of_line(tab));
    const bool trailing = rest.empty() || rest.front() == '#';
    if (trailing || in_comment(text, texts, tab)) continue;
    const bool indents = trim(raw.rest_of_line(raw.offset(raw.place(tab).line - 1, 0))) == rest;
    diagnostics.error("MESH1006", raw.place(tab),
                      indents ? "a tab indents this line; YAML indents with blanks" : "a tab stands between values",
                      "write blanks instead");
    return false;
  }
  return true;
}

}  // namespace mesh::yaml
