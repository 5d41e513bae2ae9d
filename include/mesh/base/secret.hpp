#pragma once

#include <string>
#include <utility>

#include <fmt/format.h>

namespace mesh {
// Text that must never reach an output: it prints as ***; only reveal() tells it.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};
}  // namespace mesh

template <>
struct fmt::formatter<mesh::Secret> : fmt::formatter<const char*> {
  template <typename Context>
  auto format(const mesh::Secret&, Context& context) const {
    return fmt::formatter<const char*>::format("***", context);
  }
};
