#include "mesh/sql/quality_query.hpp"

#include <array>

namespace mesh::sql {
namespace {

struct Placeholder {
  std::string_view name;
  bool is_column;
};
constexpr auto kPlaceholders = std::to_array<Placeholder>(
    {{"object", false}, {"table", false}, {"model", false}, {"property", true}, {"column", true}});

// The placeholder that begins there, and how long it is; length 0: none does.
struct Found {
  size_t length = 0;
  bool is_column = false;
};
Found placeholder_at(std::string_view text, size_t at) {
  const size_t open = text[at] == '$' ? at + 1 : at;
  if (open >= text.size() || text[open] != '{') return {};
  for (const auto& each : kPlaceholders) {
    const size_t close = open + 1 + each.name.size();
    if (text.substr(open + 1, each.name.size()) == each.name && close < text.size() && text[close] == '}')
      return {close + 1 - at, each.is_column};
  }
  return {};
}

template <typename Replace>
std::string replaced(std::string_view text, Replace replacement) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const auto found = placeholder_at(text, at);
    if (found.length == 0) {
      out += text[at++];
    } else {
      out += replacement(found, text.substr(at, found.length));
      at += found.length;
    }
  }
  return out;
}

}  // namespace

std::string quality_query(std::string_view text, std::string_view object, std::string_view column) {
  return replaced(text, [&](const Found& found, std::string_view written) {
    if (!found.is_column) return std::string(object);
    return std::string(column.empty() ? written : column);
  });
}

std::vector<FragmentProblem> check_quality_query(std::string_view text) {
  // A name as long as the placeholder keeps every offset.
  const auto sound =
      replaced(text, [](const Found& found, std::string_view) { return std::string(found.length, 'X'); });
  return check_fragment(sound, FragmentKind::Query);
}

}  // namespace mesh::sql
