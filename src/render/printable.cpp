#include "printable.hpp"

#include <cstdint>

#include <fmt/format.h>

#include "mesh/base/text.hpp"

namespace mesh::render {
namespace {

struct CodePoint {
  uint32_t value = 0;
  size_t length = 1;
  bool valid = false;
};

CodePoint first_code_point(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  const size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (length == 0 || length > text.size() || !is_valid_utf8(text.substr(0, length))) return {lead, 1, false};
  static constexpr uint8_t kLeadBits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  uint32_t value = lead & kLeadBits[length];
  for (size_t i = 1; i < length; ++i) value = (value << 6) | (byte(i) & 0x3Fu);
  return {value, length, true};
}

// Controls (C0, DEL, C1), line and paragraph separators, and what reorders text (CVE-2021-42574).
bool is_hidden(uint32_t code) {
  if (code == '\n' || code == '\t') return false;
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x200B && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x2069) || code == 0xFEFF;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto point = first_code_point(text);
    if (!point.valid || (is_hidden(point.value) && point.value < 0x100)) {
      out += fmt::format("\\x{:02x}", point.value);
    } else if (is_hidden(point.value)) {
      out += fmt::format("\\u{:04x}", point.value);
    } else {
      out += text.substr(0, point.length);
    }
    text.remove_prefix(point.length);
  }
  return out;
}

std::string printable_line(std::string_view text) {
  auto line = replace_all(std::string(text), "\r\n", "\n");
  line = replace_all(printable(line), "\n", "⏎");
  return replace_all(std::move(line), "\t", " ");
}

}  // namespace mesh::render
