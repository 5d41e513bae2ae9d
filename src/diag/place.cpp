#include "mesh/diag/place.hpp"

#include <algorithm>
#include <utility>

#include "mesh/base/text.hpp"

namespace mesh {

namespace {

constexpr size_t kBlock = 4096;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

TextIndex::TextIndex(std::string_view text) {
  Mark mark;
  size_t line_begin = 0, measured = 0;  // the line at the block's beginning; up to where mark.cells counts
  for (size_t block = 0; block < text.size(); block += kBlock) {
    for (size_t at; (at = text.find('\n', line_begin)) < block;) {
      ++mark.newlines;
      line_begin = at + 1;
      measured = line_begin;
      mark.cells = 0;
    }
    mark.cells += static_cast<uint32_t>(display_width(text.substr(measured, block - measured)));
    measured = block;
    marks_.push_back(mark);
  }
}

// The byte after the newline before the line; npos: there is no such line.
size_t TextIndex::begin_of(std::string_view text, size_t number) const {
  if (number <= 1) return 0;
  const size_t newlines = number - 1;
  const auto beyond =
      std::partition_point(marks_.begin(), marks_.end(), [&](const Mark& mark) { return mark.newlines < newlines; });
  if (beyond == marks_.begin()) return std::string_view::npos;
  const auto block = std::prev(beyond);
  size_t at = static_cast<size_t>(block - marks_.begin()) * kBlock;
  for (size_t seen = block->newlines; seen < newlines; ++seen) {
    at = text.find('\n', at);
    if (at == std::string_view::npos) return at;
    ++at;
  }
  return at;
}

std::string_view TextIndex::line(std::string_view text, int number) const {
  const size_t begin = begin_of(text, static_cast<size_t>(number));
  if (begin == std::string_view::npos) return {};
  const size_t next = begin_of(text, static_cast<size_t>(number) + 1);
  return text.substr(begin, next == std::string_view::npos ? next : next - 1 - begin);
}

size_t TextIndex::cells_before(std::string_view text, std::string_view line, size_t bytes) const {
  bytes = std::min(bytes, line.size());
  const auto begin = static_cast<size_t>(line.data() - text.data());
  const size_t block = (begin + bytes) / kBlock;
  if (block * kBlock <= begin || block >= marks_.size()) return display_width(line.substr(0, bytes));
  const size_t known = block * kBlock - begin;
  return marks_[block].cells + display_width(line.substr(known, bytes - known));
}

uint32_t Sources::add(std::string path, std::string text, std::string domain, Place used_at) {
  indexes_.emplace_back(text);
  files_.push_back({std::move(path), std::move(text), std::move(domain), used_at});
  return static_cast<uint32_t>(files_.size() - 1);
}

std::string Sources::describe(const Place& place, bool with_column) const {
  if (!place.known() || place.file >= files_.size()) return {};
  std::string out = files_[place.file].path + ":" + std::to_string(place.line);
  if (with_column) out += ":" + std::to_string(column(place));
  return out;
}

size_t Sources::column(const Place& place) const {
  if (!place.known() || place.file >= files_.size()) return 1;
  const auto bytes_before = static_cast<size_t>(std::max(place.column, 1) - 1);
  return indexes_[place.file].cells_before(files_[place.file].text, line(place), bytes_before) + 1;
}

std::string_view Sources::line(const Place& place) const {
  if (!place.known() || place.file >= files_.size()) return {};
  std::string_view line = indexes_[place.file].line(files_[place.file].text, place.line);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  // A byte-order mark is no column: yaml-cpp does not count it either.
  if (place.line == 1 && line.substr(0, kByteOrderMark.size()) == kByteOrderMark)
    line.remove_prefix(kByteOrderMark.size());
  return line;
}

}  // namespace mesh
