#pragma once
// Hostile text made harmless on a page of GitHub's Markdown, readable in its source as far as it can be.

#include <string>
#include <string_view>

namespace mesh::render::markdown {

// One line of prose: what Markdown or HTML would read becomes a character reference, @names reach nobody.
std::string prose(std::string_view text);
// One line of code, in a table or outside: neither Markdown, mentions, nor references to issues are read inside.
std::string code(std::string_view text);
// A fenced block, its fence longer than any run of backticks in it.
std::string sql_block(std::string_view text);

}  // namespace mesh::render::markdown
