#pragma once

#include <string>
#include <string_view>

namespace mesh::render {

// Text of manifests or of the server, safe on a terminal and honest in a review: control characters and the marks that
// turn the direction of writing are shown as \x1b or \u202e, invalid UTF-8 as \xff. Line breaks and tabs stay.
std::string printable(std::string_view text);
// The same on one line: line breaks become ⏎, tabs blanks.
std::string printable_line(std::string_view text);

}  // namespace mesh::render
