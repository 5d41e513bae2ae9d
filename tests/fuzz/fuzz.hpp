#pragma once
// What the fuzz targets share: a law that does not hold ends the run with the input that broke it.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace mesh::fuzz {

[[noreturn]] inline void law_broken(const char* law, int line, const std::string& shown) {
  std::fprintf(stderr, "law broken in line %d: %s\n%s\n", line, law, shown.c_str());
  std::abort();
}
// `shown` is evaluated only where the law is broken.
#define LAW(condition, shown) ((condition) ? void() : ::mesh::fuzz::law_broken(#condition, __LINE__, (shown)))

inline std::string text_of(const uint8_t* data, size_t size) {
  std::string text;
  for (size_t i = 0; i < size; ++i) text += static_cast<char>(data[i]);
  return text;
}

// The text cut at lines that begin with `mark`: what stands behind the mark, and the lines up to the next one. What
// stands before the first mark is left out.
inline std::vector<std::pair<std::string, std::string>> sections(const std::string& text, std::string_view mark) {
  std::vector<std::pair<std::string, std::string>> found;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    if (line.compare(0, mark.size(), mark) == 0)
      found.emplace_back(line.substr(mark.size()), "");
    else if (!found.empty())
      found.back().second += text.substr(at, std::min(end + 1, text.size()) - at);
    at = end + 1;
  }
  return found;
}

}  // namespace mesh::fuzz
