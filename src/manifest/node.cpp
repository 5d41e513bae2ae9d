#include "node.hpp"

#include <algorithm>

namespace mesh::manifest {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Where an offset of the text stood before variables were replaced.
size_t source_offset(const std::vector<Shift>& shifts, size_t offset) {
  const Shift* last = nullptr;
  for (const auto& shift : shifts) {
    if (shift.begin > offset) break;
    last = &shift;
  }
  if (last == nullptr) return offset;
  return offset < last->end ? last->source_begin : offset - last->end + last->source_end;
}

size_t find_index(const Node& map, std::string_view name) {
  for (size_t i = 0; map.is_map() && i < map.pairs(); ++i) {
    if (map.key(i).text == name) return i;
  }
  return std::string_view::npos;
}

}  // namespace

const Node* Node::find(std::string_view name) const {
  const auto i = find_index(*this, name);
  return i == std::string_view::npos ? nullptr : &value(i);
}

const Node* Node::find_key(std::string_view name) const {
  const auto i = find_index(*this, name);
  return i == std::string_view::npos ? nullptr : &key(i);
}

bool Node::is_boolean() const {
  if (!is_scalar() || style != Style::Plain) return false;
  return text == "true" || text == "false" || text == "True" || text == "False" || text == "TRUE" || text == "FALSE";
}

bool Node::is_integer() const {
  if (!is_scalar() || style != Style::Plain || text.empty()) return false;
  const size_t sign = text[0] == '-' || text[0] == '+' ? 1 : 0;
  return text.size() > sign && std::all_of(text.begin() + static_cast<std::ptrdiff_t>(sign), text.end(), is_digit);
}

Place Node::place_in(size_t offset, size_t length) const {
  if (layout == Layout::Other || !place.known()) return place;
  offset = std::min(offset, text.size());
  const auto newline = offset == 0 ? std::string::npos : text.rfind('\n', offset - 1);
  const size_t line_begin = newline == std::string::npos ? 0 : newline + 1;
  const auto lines = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n');
  const size_t in_line = source_offset(shifts, offset) - source_offset(shifts, line_begin);
  const size_t quote = style == Style::Quoted ? 1 : 0;
  const auto line_end = std::min(text.find('\n', offset), text.size());
  Place found = place;
  found.line += static_cast<int>(lines);
  found.column += static_cast<int>(in_line + quote);
  found.length = static_cast<int>(std::max<size_t>(1, std::min(length, line_end - offset)));
  return found;
}

}  // namespace mesh::manifest
