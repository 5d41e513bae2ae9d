# One static library per layer: sources in src/<layer>/*.cpp, public headers in include/mesh/<layer>/.

add_library(mesh_warnings INTERFACE)
target_compile_options(mesh_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast
  -Wno-missing-field-initializers)
if(MESH_WERROR)
  target_compile_options(mesh_warnings INTERFACE -Werror)
endif()

if(MESH_SANITIZE)
  # What these three would find the address sanitizer finds too (null), or x86 forgives (alignment), or no class here
  # can do (vptr: no casts down); they cost a quarter of the compiler's time and half of the objects' size.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=null,alignment,vptr -fno-sanitize-recover=undefined
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
if(MESH_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

# Two thirds of the compiler's time went into reading the standard library, so that is read once. A source includes what it
# uses all the same: the presets `release` and `fuzz` do without this (CMAKE_DISABLE_PRECOMPILE_HEADERS).
function(mesh_precompile name)
  add_library(${name} OBJECT ${CMAKE_SOURCE_DIR}/cmake/precompiled.cpp)
  target_link_libraries(${name} PRIVATE fmt::fmt mesh_warnings)
  target_precompile_headers(${name} PRIVATE
    <algorithm> <array> <charconv> <chrono> <filesystem> <functional> <map> <memory> <optional> <set> <span> <string>
    <string_view> <tuple> <utility> <variant> <vector> <fmt/format.h> ${ARGN})
endfunction()
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  add_compile_options(-fpch-preprocess)  # for ccache
endif()
mesh_precompile(mesh_precompiled)

function(mesh_layer name)
  cmake_parse_arguments(ARG "" "" "DEPS;PRIVATE_DEPS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp ${CMAKE_SOURCE_DIR}/src/${name}/*/*.cpp)
  if(sources)
    add_library(mesh_${name} STATIC ${sources})
    target_include_directories(mesh_${name} PUBLIC ${CMAKE_SOURCE_DIR}/include PRIVATE ${CMAKE_SOURCE_DIR}/src/${name})
    target_link_libraries(mesh_${name} PUBLIC ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS} mesh_warnings)
    target_precompile_headers(mesh_${name} REUSE_FROM mesh_precompiled)
  else()
    add_library(mesh_${name} INTERFACE)
    target_include_directories(mesh_${name} INTERFACE ${CMAKE_SOURCE_DIR}/include)
    target_link_libraries(mesh_${name} INTERFACE ${ARG_DEPS})
  endif()
endfunction()
