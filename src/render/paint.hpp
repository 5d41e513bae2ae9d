#pragma once

#include <string>

namespace mesh::render {

// Colour is added here and nowhere else; off, the text passes through.
struct Paint {
  bool on = false;
  std::string operator()(const char* code, const std::string& text) const {
    return on && code[0] != '\0' && !text.empty() ? "\x1b[" + std::string(code) + "m" + text + "\x1b[0m" : text;
  }
};

inline constexpr const char* kRed = "31";
inline constexpr const char* kBoldRed = "1;31";
inline constexpr const char* kGreen = "32";
inline constexpr const char* kYellow = "33";
inline constexpr const char* kCyan = "36";
inline constexpr const char* kDim = "2";
inline constexpr const char* kBold = "1";
inline constexpr const char* kPlain = "";

}  // namespace mesh::render
