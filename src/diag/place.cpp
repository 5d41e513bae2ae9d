#include "mesh/diag/place.hpp"

#include <algorithm>
#include <utility>

#include "mesh/base/text.hpp"

namespace mesh {

uint32_t Sources::add(std::string path, std::string text, std::string domain) {
  files_.push_back({std::move(path), std::move(text), std::move(domain)});
  return static_cast<uint32_t>(files_.size() - 1);
}

std::string Sources::describe(const Place& place, bool with_column) const {
  if (!place.known() || place.file >= files_.size()) return {};
  std::string out = files_[place.file].path + ":" + std::to_string(place.line);
  if (with_column) {
    const auto bytes_before = static_cast<size_t>(std::max(place.column, 1) - 1);
    out += ":" + std::to_string(display_width(line(place).substr(0, bytes_before)) + 1);
  }
  return out;
}

std::string_view Sources::line(const Place& place) const {
  if (!place.known() || place.file >= files_.size()) return {};
  std::string_view rest = files_[place.file].text;
  for (int skipped = 1; skipped < place.line; ++skipped) {
    const auto newline = rest.find('\n');
    if (newline == std::string_view::npos) return {};
    rest.remove_prefix(newline + 1);
  }
  rest = rest.substr(0, rest.find('\n'));
  if (!rest.empty() && rest.back() == '\r') rest.remove_suffix(1);
  // A byte-order mark is no column: yaml-cpp does not count it either.
  if (place.line == 1 && rest.substr(0, 3) == "\xEF\xBB\xBF") rest.remove_prefix(3);
  return rest;
}

}  // namespace mesh
