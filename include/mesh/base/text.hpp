#pragma once
// Plain text work. ASCII only: Snowflake folds unquoted identifiers, which hold no other letters.

#include <string>
#include <string_view>
#include <vector>

namespace mesh {

std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);
bool iequals(std::string_view a, std::string_view b);
std::string_view trim(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string replace_all(std::string text, std::string_view from, std::string_view to);

// Edit distance with transpositions, for "did you mean".
size_t edit_distance(std::string_view a, std::string_view b);
// The candidate nearest to `word`, or empty where none is near enough to be a slip of the pen.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

// `*` stands for any run, anchored at both ends; letters compare exactly.
bool glob_match(std::string_view pattern, std::string_view text);

// Cells on a terminal that the UTF-8 text takes, one a code point; tabs count as one.
size_t display_width(std::string_view utf8);
bool is_valid_utf8(std::string_view bytes);

// 1204331 -> "1,204,331"
std::string with_thousands(long long number);

}  // namespace mesh
