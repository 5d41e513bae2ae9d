#include "mesh/kinds/printed_map.hpp"

#include "mesh/base/text.hpp"

namespace mesh::kinds {

std::optional<std::map<std::string, std::string>> printed_map(std::string_view text) {
  text = trim(text);
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::map<std::string, std::string> entries;
  while (!trim(text).empty()) {
    size_t end = 0;
    for (int depth = 0; end < text.size() && (depth > 0 || text[end] != ','); ++end) {
      if (text[end] == '[' || text[end] == '{') ++depth;
      if (text[end] == ']' || text[end] == '}') --depth;
    }
    const auto entry = text.substr(0, end);
    const auto equals = entry.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    entries.emplace(trim(entry.substr(0, equals)), trim(entry.substr(equals + 1)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return entries;
}

std::optional<std::string> entry_of_printed_map(std::string_view text, std::string_view key) {
  const auto map = printed_map(text);
  if (!map) return std::nullopt;
  const auto entry = map->find(std::string(key));
  return entry == map->end() ? std::nullopt : std::optional(entry->second);
}

}  // namespace mesh::kinds
