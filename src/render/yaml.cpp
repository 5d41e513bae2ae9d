#include "yaml.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/kinds/kind.hpp"
#include "mesh/yaml/document.hpp"

namespace mesh::render {
namespace {

constexpr size_t kWidth = 110;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// Safe without quotes wherever it stands: begins with a letter, reads as nothing but text.
bool is_plain(std::string_view text, bool in_flow) {
  if (text.empty() || !is_letter(text.front()) || text.back() == ' ') return false;
  // What YAML 1.2 reads as something else; on, yes and y are text there.
  constexpr std::array<std::string_view, 3> kWords = {"true", "false", "null"};
  if (std::any_of(kWords.begin(), kWords.end(), [&](auto w) { return iequals(text, w); })) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    if (is_letter(c) || (c >= '0' && c <= '9') || c == ' ' || c == '.' || c == '-' || c == '(' || c == ')' ||
        c == '/' || c == '$' || c == '@' || c == '+' || c == ';' || c == '=') {
      return true;
    }
    return !in_flow && c == ',';
  });
}

std::string in_quotes(std::string_view text) {
  const bool is_printable = std::none_of(text.begin(), text.end(), is_control);
  if (is_printable && text.find_first_of("\"\\") != std::string_view::npos) {
    return "'" + replace_all(std::string(text), "'", "''") + "'";
  }
  return yaml::double_quoted(text);
}

std::string scalar(const Value& value, bool in_flow) {
  if (value.is_null()) return "null";
  if (const auto* flag = std::get_if<bool>(&value.data)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<int64_t>(&value.data)) return std::to_string(*number);
  const std::string& text = *value.text();
  return is_plain(text, in_flow) ? text : in_quotes(text);
}

const ValueRecord* record_of(const Value& value) { return std::get_if<ValueRecord>(&value.data); }
const ValueList* list_of(const Value& value) { return std::get_if<ValueList>(&value.data); }

// Reads the same as a literal block.
bool may_be_literal(const Value& value) {
  const std::string* text = value.text();
  if (text == nullptr || text->empty()) return false;
  if (text->front() == ' ' || text->front() == '\n') return false;
  for (size_t i = 0; i < text->size(); ++i) {
    const char c = (*text)[i];
    if (c != '\n' && is_control(c)) return false;
    if (c == '\n' && i > 0 && (*text)[i - 1] == ' ') return false;
  }
  return text->back() != ' ';
}

bool is_literal(const Value& value) { return may_be_literal(value) && value.text()->find('\n') != std::string::npos; }

// Queries and statements stand in blocks of their own, however short.
bool is_sql_key(std::string_view key) {
  const auto kinds = kinds::all();
  return std::any_of(kinds.begin(), kinds.end(), [&](const auto* kind) {
    const auto* row = kinds::find_text(*kind, key);
    return row != nullptr && row->fragment != sql::FragmentKind::Expression;
  });
}

bool holds_records(const ValueList& list) {
  return std::any_of(list.begin(), list.end(), [](const Value& item) { return record_of(item) != nullptr; });
}

// On one line; empty where the value cannot stand so.
std::string flow(const Value& value) {
  if (const auto* record = record_of(value)) {
    std::vector<std::string> parts;
    for (const auto& [key, member] : *record) {
      const std::string text = flow(member);
      if (text.empty()) return {};
      parts.push_back(scalar(Value(key), true) + ": " + text);
    }
    return "{" + join(parts, ", ") + "}";
  }
  if (const auto* list = list_of(value)) {
    std::vector<std::string> parts;
    for (const auto& member : *list) {
      const std::string text = flow(member);
      if (text.empty()) return {};
      parts.push_back(text);
    }
    return "[" + join(parts, ", ") + "]";
  }
  return is_literal(value) ? std::string() : scalar(value, true);
}

class Printer {
 public:
  explicit Printer(bool (*is_collection)(std::string_view)) : is_collection_(is_collection) {}

  Yaml run(const ValueRecord& record) {
    members(record, 0, false);
    return std::move(out_);
  }

 private:
  void line(std::string text) {
    out_.text += std::move(text) + "\n";
    ++next_line_;
  }

  // `in_collection`: each member is an object, with a block of its own.
  void members(const ValueRecord& record, size_t indent, bool in_collection) {
    for (const auto& [key, value] : record) {
      path_.push_back(key);
      out_.lines.emplace_back(next_line_, path_);
      const std::string head = std::string(indent, ' ') + scalar(Value(key), false) + ":";
      if (is_sql_key(key) && may_be_literal(value)) {
        literal(head, *value.text(), indent + 2);
        path_.pop_back();
        continue;
      }
      member(head, value, indent, in_collection || is_collection_(key), is_collection_(key) && key != "columns");
      path_.pop_back();
    }
  }

  void member(const std::string& head, const Value& value, size_t indent, bool in_block, bool holds_objects) {
    const auto* record = record_of(value);
    const auto* list = list_of(value);
    if (is_literal(value)) return literal(head, *value.text(), indent + 2);
    if (record == nullptr && list == nullptr) return line(head + " " + scalar(value, false));
    const bool is_empty = record != nullptr ? record->empty() : list->empty();
    const bool in_rows = (in_block && record != nullptr && !is_empty) || (list != nullptr && holds_records(*list));
    const std::string one_line = in_rows ? std::string() : flow(value);
    if (!one_line.empty() && head.size() + 1 + one_line.size() <= kWidth) return line(head + " " + one_line);
    line(head);
    if (record != nullptr) return members(*record, indent + 2, holds_objects);
    for (const auto& item : *list) list_item(item, indent + 2);
  }

  void list_item(const Value& item, size_t indent) {
    const std::string head = std::string(indent, ' ') + "-";
    const std::string one_line = flow(item);
    const auto* record = record_of(item);
    if (!one_line.empty() && (record == nullptr || head.size() + 1 + one_line.size() <= kWidth))
      return line(head + " " + one_line);
    if (is_literal(item)) return literal(head, *item.text(), indent + 2);
    if (const auto* list = list_of(item)) {
      line(head);
      for (const auto& each : *list) list_item(each, indent + 2);
      return;
    }
    // The first member stands behind the dash.
    const size_t begin = out_.text.size();
    members(*record, indent + 2, false);
    out_.text[begin + indent] = '-';
  }

  void literal(const std::string& head, std::string_view text, size_t indent) {
    const bool ends = text.back() == '\n';
    const bool more = ends && text.size() > 1 && text[text.size() - 2] == '\n';
    line(head + (more ? " |+" : ends ? " |" : " |-"));
    if (ends) text.remove_suffix(1);
    for (const auto& each : split(std::string(text), '\n')) {
      line(each.empty() ? std::string() : std::string(indent, ' ') + each);
    }
  }

  bool (*is_collection_)(std::string_view);
  Yaml out_;
  std::vector<std::string> path_;
  int next_line_ = 1;
};

}  // namespace

Yaml to_yaml(const Value& value, bool (*is_collection)(std::string_view key)) {
  return Printer(is_collection).run(*record_of(value));
}

}  // namespace mesh::render
