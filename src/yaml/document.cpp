#include "mesh/yaml/document.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/yaml/parse.hpp"

namespace mesh::yaml {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// Characters beyond ASCII that a reader of YAML may take for a line break or a byte-order mark.
struct Special {
  std::string_view bytes, escaped;
};
constexpr Special kSpecial[] = {
    {"\xC2\x85", "\\u0085"}, {"\xE2\x80\xA8", "\\u2028"}, {"\xE2\x80\xA9", "\\u2029"}, {"\xEF\xBB\xBF", "\\ufeff"}};

std::string in_quotes(std::string_view text) {
  std::string out = double_quoted(text);
  for (const auto& special : kSpecial) out = replace_all(std::move(out), special.bytes, special.escaped);
  return out;
}

// Several lines that a literal block keeps to the letter.
bool stands_in_block(std::string_view text) {
  if (text.find('\n') == std::string_view::npos || text.front() == ' ' || text.front() == '\n') return false;
  if (text.back() == ' ' || text.ends_with("\n\n")) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\n' && is_control(text[i])) return false;
    if (text[i] == '\n' && text[i - 1] == ' ') return false;
  }
  return std::none_of(std::begin(kSpecial), std::end(kSpecial),
                      [&](const Special& special) { return text.find(special.bytes) != std::string_view::npos; });
}

class Printer {
 public:
  std::string run(const ValueRecord& record) {
    members(record, 0);
    return std::move(out_);
  }

 private:
  static bool is_plain_key(const std::string& key) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    constexpr std::string_view kWords[] = {"true", "false", "null", "y", "n", "yes", "no", "on", "off"};
    return !key.empty() && is_letter(key.front()) &&
           std::all_of(key.begin(), key.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); }) &&
           std::none_of(std::begin(kWords), std::end(kWords), [&](auto word) { return iequals(word, key); });
  }

  void members(const ValueRecord& record, size_t indent) {
    for (const auto& [key, value] : record)
      member(std::string(indent, ' ') + (is_plain_key(key) ? key : in_quotes(key)) + ":", value, indent);
  }

  // Behind "key:" or "-", which stand at `indent`.
  void member(const std::string& head, const Value& value, size_t indent) {
    if (const auto* record = std::get_if<ValueRecord>(&value.data)) {
      if (record->empty()) return line(head + " {}");
      line(head);
      members(*record, indent + 2);
    } else if (const auto* list = std::get_if<ValueList>(&value.data)) {
      if (list->empty()) return line(head + " []");
      line(head);
      for (const auto& item : *list) entry(item, indent + 2);
    } else if (value.text() != nullptr && stands_in_block(*value.text())) {
      block(head, *value.text(), indent + 2);
    } else {
      line(head + " " + scalar(value));
    }
  }

  void entry(const Value& item, size_t indent) {
    const auto* record = std::get_if<ValueRecord>(&item.data);
    const std::string head = std::string(indent, ' ') + "-";
    if (record == nullptr || record->empty()) return member(head, item, indent);
    const size_t begin = out_.size();  // the first member stands behind the dash
    members(*record, indent + 2);
    out_[begin + indent] = '-';
  }

  void block(const std::string& head, std::string_view text, size_t indent) {
    const bool ends = text.back() == '\n';
    line(head + (ends ? " |" : " |-"));
    if (ends) text.remove_suffix(1);
    for (const auto& each : split(text, '\n')) line(each.empty() ? std::string() : std::string(indent, ' ') + each);
  }

  static std::string scalar(const Value& value) {
    if (const auto* flag = std::get_if<bool>(&value.data)) return *flag ? "true" : "false";
    if (const auto* number = std::get_if<int64_t>(&value.data)) return std::to_string(*number);
    return value.text() == nullptr ? "null" : in_quotes(*value.text());
  }

  void line(const std::string& text) { out_ += text + "\n"; }

  std::string out_;
};

}  // namespace

std::string double_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (is_control(c)) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

Value value_of(const Node& node) {
  switch (node.type) {
    case NodeType::Null:
      return {};
    case NodeType::List: {
      ValueList list;
      for (const auto& item : node.items) list.push_back(value_of(item));
      return list;
    }
    case NodeType::Map: {
      ValueRecord record;
      for (size_t i = 0; i < node.pairs(); ++i) record.emplace_back(node.key(i).text, value_of(node.value(i)));
      return record;
    }
    case NodeType::Scalar:
      break;
  }
  if (node.is_boolean()) return iequals(node.text, "true");
  int64_t number = 0;
  const auto [end, error] = std::from_chars(node.text.data(), node.text.data() + node.text.size(), number);
  const bool whole = error == std::errc{} && end == node.text.data() + node.text.size();
  return node.is_integer() && whole ? Value(number) : Value(node.text);
}

Result<Value> read_document(std::string_view text) {
  Diagnostics diagnostics;
  const auto node = parse(text, 0, diagnostics);
  if (!node || diagnostics.has_errors()) {
    const bool told = !diagnostics.unsorted().empty();
    return fail(told ? diagnostics.unsorted().front().summary : std::string("it is no YAML that mesh reads"));
  }
  if (!node->is_map()) return fail("it is no map");
  return value_of(*node);
}

std::string write_document(const ValueRecord& record) { return Printer().run(record); }

}  // namespace mesh::yaml
