#include "mesh/yaml/node.hpp"

#include <algorithm>
#include <iterator>

namespace mesh::yaml {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Where an offset of the text stood before variables were replaced.
size_t source_offset(const std::vector<Shift>& shifts, size_t offset) {
  const auto after =
      std::partition_point(shifts.begin(), shifts.end(), [&](const Shift& shift) { return shift.begin <= offset; });
  if (after == shifts.begin()) return offset;
  const Shift& last = *std::prev(after);
  return offset < last.end ? last.source_begin : offset - last.end + last.source_end;
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

Place Node::place_in(size_t offset, size_t length) const { return PlaceCursor(*this).at(offset, length); }

PlaceCursor::PlaceCursor(const Node& node) : node_(node) { rewind(); }

void PlaceCursor::rewind() {
  line_begin_ = 0;
  lines_ = 0;
  line_end_ = std::min(node_.text.find('\n'), node_.text.size());
}

Place PlaceCursor::at(size_t offset, size_t length) {
  const std::string& text = node_.text;
  const Place& place = node_.place;
  if (node_.layout == Layout::Other || !place.known()) return place;
  offset = std::min(offset, text.size());
  if (offset < line_begin_) rewind();
  while (line_end_ < offset) {
    line_begin_ = line_end_ + 1;
    line_end_ = std::min(text.find('\n', line_begin_), text.size());
    ++lines_;
  }
  const size_t in_line = source_offset(node_.shifts, offset) - source_offset(node_.shifts, line_begin_);
  const size_t quote = node_.style == Style::Quoted ? 1 : 0;
  Place found = place;
  found.line += lines_;
  found.column += static_cast<int>(in_line + quote);
  found.length = static_cast<int>(std::max<size_t>(1, std::min(length, line_end_ - offset)));
  return found;
}

}  // namespace mesh::yaml
