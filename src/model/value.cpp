#include "mesh/model/value.hpp"

#include "mesh/base/overloaded.hpp"
#include "mesh/base/text.hpp"

namespace mesh {
namespace {

// At most `limit` code points; the last one is … where something was left out.
std::string cut(std::string text, size_t limit) {
  if (limit == 0 || display_width(text) <= limit) return text;
  size_t bytes = 0;
  for (size_t cells = 0; bytes < text.size(); ++bytes) {
    if ((text[bytes] & 0xC0) != 0x80 && ++cells > limit - 1) break;
  }
  return text.substr(0, bytes) + "…";
}

std::string one_line(const std::string& text) {
  return replace_all(replace_all(replace_all(text, "\r\n", "\n"), "\r", "\n"), "\n", "⏎");
}

std::string display(const Value& value) {
  return std::visit(Overloaded{
                        [](std::monostate) { return std::string("-"); },
                        [](bool b) { return std::string(b ? "true" : "false"); },
                        [](int64_t i) { return std::to_string(i); },
                        [](const std::string& s) { return one_line(s); },
                        [](const ValueList& list) {
                          std::vector<std::string> parts;
                          for (const auto& element : list) {
                            const bool is_record = std::holds_alternative<ValueRecord>(element.data);
                            parts.push_back(is_record ? "{" + display(element) + "}" : display(element));
                          }
                          return join(parts, ", ");
                        },
                        [](const ValueRecord& record) {
                          std::vector<std::string> parts;
                          for (const auto& [key, element] : record) {
                            const bool is_list = std::holds_alternative<ValueList>(element.data);
                            parts.push_back(key + ": " + (is_list ? "[" + display(element) + "]" : display(element)));
                          }
                          return join(parts, ", ");
                        },
                    },
                    value.data);
}

}  // namespace

std::string to_display(const Value& value, size_t limit) { return cut(display(value), limit); }

}  // namespace mesh
