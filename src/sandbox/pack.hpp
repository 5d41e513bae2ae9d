#pragma once
// Structs as bytes for one SQLite column: each value as its decimal length, a colon and its text, one after the other.

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "mesh/base/result.hpp"

namespace mesh::sandbox {

class Packer {
 public:
  void text(std::string_view value) {
    out_ += std::to_string(value.size());
    out_ += ':';
    out_ += value;
  }
  void number(int64_t value) { text(std::to_string(value)); }
  void flag(bool value) { text(value ? "1" : "0"); }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// Reads back in the same order. Bytes that were not written by Packer break the program.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : bytes_(bytes) {}

  std::string text() {
    const size_t colon = bytes_.find(':', at_);
    MESH_ASSERT(colon != std::string_view::npos);
    size_t size = 0;
    std::from_chars(bytes_.data() + at_, bytes_.data() + colon, size);
    MESH_ASSERT(colon + 1 + size <= bytes_.size());
    at_ = colon + 1 + size;
    return std::string(bytes_.substr(colon + 1, size));
  }
  int64_t number() {
    const std::string value = text();
    int64_t result = 0;
    std::from_chars(value.data(), value.data() + value.size(), result);
    return result;
  }
  bool flag() { return text() == "1"; }
  bool done() const { return at_ == bytes_.size(); }

 private:
  std::string_view bytes_;
  size_t at_ = 0;
};

}  // namespace mesh::sandbox
