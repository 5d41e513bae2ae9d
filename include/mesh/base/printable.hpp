#pragma once
// Text of others, made safe to print.

#include <string>
#include <string_view>

namespace mesh {

// Text of manifests or of the server, safe on a terminal and honest in a review: control characters and the marks that
// turn the direction of writing are shown as \x1b or \u202e, invalid UTF-8 as \xff. Line breaks and tabs stay.
std::string printable(std::string_view text);
// The same on one line: line breaks become ⏎, tabs blanks.
std::string printable_line(std::string_view text);

// Cells on a terminal: two for wide letters (Chinese, Japanese, Korean, pictures), none for marks that combine with the
// letter before them, one for all others, tabs too.
size_t terminal_cells(std::string_view utf8);

// At most `most` characters from the head, or the tail; what is cut off leaves an ellipsis.
std::string shortened(std::string_view utf8, size_t most);
std::string shortened_head(std::string_view utf8, size_t most);

}  // namespace mesh
