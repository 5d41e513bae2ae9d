#pragma once
// Text for XML 1.0.

#include <string>
#include <string_view>

namespace mesh::render {

// For a text or an attribute between ". Line breaks are kept; what XML 1.0 does not take at all becomes ?.
std::string xml_escaped(std::string_view text);

}  // namespace mesh::render
