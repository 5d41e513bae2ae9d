#pragma once
// The catalogue's own files, as they stand in src/render/site/: CMake makes the source of these.

#include <string_view>

namespace mesh::render::site_file {

extern const std::string_view kStyle;
extern const std::string_view kScript;

}  // namespace mesh::render::site_file
