#include "expanded.hpp"

#include <algorithm>

#include "mesh/base/text.hpp"
#include "reading.hpp"

namespace mesh::manifest {
namespace {

class ExpandedWriter {
 public:
  explicit ExpandedWriter(std::vector<ExpandedLine>& lines) : lines_(lines) {}

  void map(const Node& map, size_t indent, bool is_root) {
    for (size_t i = 0; i < map.pairs(); ++i) {
      if (is_root && map.key(i).text == "use") continue;
      value(std::string(indent, ' ') + scalar(map.key(i)) + ":", map.value(i), indent + 2, map.key(i).place);
    }
  }

 private:
  static bool is_plain(const Node& node) {
    const std::string& text = node.text;
    const auto safe = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
             c == '-' || c == '/' || c == '@' || c == ' ';
    };
    return !text.empty() && std::all_of(text.begin(), text.end(), safe) && trim(text) == text && text[0] != '-' &&
           text[0] != '@' && text.find(" -") == std::string::npos;
  }
  // What is quoted there stays quoted: "7" is a text. ${ comes back as $${, so that the result can be loaded.
  static std::string scalar(const Node& node) {
    if (node.style == Style::Plain && is_plain(node)) return node.text;
    std::string out = "\"";
    for (const char c : replace_all(node.text, "${", "$${")) {
      switch (c) {
        case '"':
        case '\\':
          out += '\\';
          out += c;
          break;
        case '\n':
          out += "\\n";
          break;
        case '\t':
          out += "\\t";
          break;
        case '\r':
          out += "\\r";
          break;
        default:
          out += c;
      }
    }
    return out + '"';
  }

  void line(std::string text, Place place) { lines_.push_back({std::move(text), place}); }

  void value(const std::string& head, const Node& node, size_t indent, Place place) {
    if (node.is_null()) return line(head, place);
    if (node.is_scalar()) {
      if (node.style == Style::Block && is_clean_block(node.text)) return block(head, node, indent, place);
      return line(head + " " + scalar(node), place);
    }
    if (node.items.empty()) return line(head + (node.is_map() ? " {}" : " []"), place);
    line(head, place);
    if (node.is_map()) return map(node, indent, false);
    for (const auto& item : node.items) entry(item, indent);
  }

  void entry(const Node& item, size_t indent) {
    const std::string dash = std::string(indent, ' ') + "-";
    if (!item.is_map() || item.items.empty()) return value(dash, item, indent + 2, item.place);
    const size_t first = lines_.size();
    map(item, indent + 2, false);
    lines_[first].text[indent] = '-';
  }

  static bool is_clean_block(const std::string& text) {
    const bool begins_blank = !text.empty() && (text[0] == ' ' || text[0] == '\n');
    return !begins_blank && text.find("${") == std::string::npos && !text.empty() && text.back() == '\n' &&
           text.find("\n\n", text.size() - std::min<size_t>(2, text.size())) == std::string::npos &&
           std::none_of(text.begin(), text.end(), [](char c) { return c != '\n' && static_cast<uint8_t>(c) < 0x20; });
  }
  void block(const std::string& head, const Node& node, size_t indent, Place place) {
    line(head + " |", place);
    Place at = node.place;
    for (const auto& each : split(std::string_view(node.text).substr(0, node.text.size() - 1), '\n')) {
      line(each.empty() ? "" : std::string(indent, ' ') + std::string(each), at);
      ++at.line;
    }
  }

  std::vector<ExpandedLine>& lines_;
};

}  // namespace

void write_expanded(const Node& root, std::vector<ExpandedLine>& lines) { ExpandedWriter(lines).map(root, 0, true); }

}  // namespace mesh::manifest
