#include "json.hpp"

#include <algorithm>
#include <charconv>

namespace mesh::live {
namespace {

constexpr int kMaxDepth = 64;

void append_utf8(std::string& out, uint32_t point) {
  const auto byte = [&](uint32_t value) { out += static_cast<char>(value); };
  if (point < 0x80) {
    byte(point);
  } else if (point < 0x800) {
    byte(0xC0 | (point >> 6));
    byte(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    byte(0xE0 | (point >> 12));
    byte(0x80 | ((point >> 6) & 0x3F));
    byte(0x80 | (point & 0x3F));
  } else {
    byte(0xF0 | (point >> 18));
    byte(0x80 | ((point >> 12) & 0x3F));
    byte(0x80 | ((point >> 6) & 0x3F));
    byte(0x80 | (point & 0x3F));
  }
}

}  // namespace

class JsonParser {
 public:
  explicit JsonParser(std::string_view text) : text_(text) {}

  std::optional<Json> whole() {
    Json value;
    if (!read(value, 0)) return std::nullopt;
    skip_blanks();
    if (at_ != text_.size()) return std::nullopt;
    return value;
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }
  bool take(std::string_view what) {
    skip_blanks();
    if (text_.substr(at_, what.size()) != what) return false;
    at_ += what.size();
    return true;
  }

  bool read(Json& value, int depth) {
    if (depth > kMaxDepth) return false;
    skip_blanks();
    if (at_ >= text_.size()) return false;
    switch (text_[at_]) {
      case '{':
        return read_object(value, depth);
      case '[':
        return read_list(value, depth);
      case '"':
        return read_string(value.data_.emplace<std::string>());
      default:
        return read_word(value);
    }
  }

  bool read_word(Json& value) {
    if (take("true")) return value.data_.emplace<bool>(true), true;
    if (take("false")) return value.data_.emplace<bool>(false), true;
    if (take("null")) return true;
    const auto length = std::min(text_.find_first_not_of("+-.0123456789eE", at_), text_.size()) - at_;
    if (length == 0) return false;
    value.data_.emplace<Json::Number>().digits = text_.substr(at_, length);
    at_ += length;
    return true;
  }

  bool read_object(Json& value, int depth) {
    auto& members = value.data_.emplace<Json::Object>();
    ++at_;
    if (take("}")) return true;
    do {
      skip_blanks();
      std::string key;
      if (at_ >= text_.size() || text_[at_] != '"' || !read_string(key) || !take(":")) return false;
      members.emplace_back(std::move(key), Json());
      if (!read(members.back().second, depth + 1)) return false;
    } while (take(","));
    return take("}");
  }

  bool read_list(Json& value, int depth) {
    auto& elements = value.data_.emplace<std::vector<Json>>();
    ++at_;
    if (take("]")) return true;
    do {
      elements.emplace_back();
      if (!read(elements.back(), depth + 1)) return false;
    } while (take(","));
    return take("]");
  }

  bool read_string(std::string& out) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') return ++at_, true;
      if (text_[at_] != '\\') {
        out += text_[at_];
      } else if (!read_escape(out)) {
        return false;
      }
    }
    return false;
  }

  // At the backslash; ends at the escape's last character.
  bool read_escape(std::string& out) {
    if (++at_ >= text_.size()) return false;
    constexpr std::string_view letters = "bfnrt\"\\/", meant = "\b\f\n\r\t\"\\/";
    if (const auto known = letters.find(text_[at_]); known != std::string_view::npos) return out += meant[known], true;
    if (text_[at_] != 'u') return false;
    auto point = read_hex();
    if (!point) return false;
    const bool high = *point >= 0xD800 && *point < 0xDC00;
    if (high && text_.substr(at_ + 1, 2) == "\\u") {
      at_ += 2;
      const auto low = read_hex();
      if (!low) return false;
      point = 0x10000 + ((*point - 0xD800) << 10) + (*low - 0xDC00);
    }
    append_utf8(out, *point);
    return true;
  }

  std::optional<uint32_t> read_hex() {
    uint32_t point = 0;
    const auto digits = text_.substr(std::min(at_ + 1, text_.size()), 4);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), point, 16);
    if (digits.size() != 4 || error != std::errc() || end != digits.data() + 4) return std::nullopt;
    at_ += 4;
    return point;
  }

  std::string_view text_;
  size_t at_ = 0;
};

std::optional<Json> Json::parse(std::string_view text) { return JsonParser(text).whole(); }

const Json* Json::find(std::string_view key) const {
  const auto* members = std::get_if<Object>(&data_);
  if (members == nullptr) return nullptr;
  const auto it =
      std::find_if(members->begin(), members->end(), [&](const auto& member) { return member.first == key; });
  return it == members->end() ? nullptr : &it->second;
}

const std::string* Json::text() const { return std::get_if<std::string>(&data_); }

std::optional<int64_t> Json::integer() const {
  const auto* number = std::get_if<Number>(&data_);
  if (number == nullptr) return std::nullopt;
  int64_t value = 0;
  const auto* end = number->digits.data() + number->digits.size();
  const auto [stop, error] = std::from_chars(number->digits.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<bool> Json::boolean() const {
  const auto* value = std::get_if<bool>(&data_);
  if (value == nullptr) return std::nullopt;
  return *value;
}

bool Json::is_null() const { return std::holds_alternative<std::monostate>(data_); }
std::vector<std::string> Json::keys() const {
  std::vector<std::string> keys;
  const auto* members = std::get_if<Object>(&data_);
  for (const auto& member : members == nullptr ? Object() : *members) keys.push_back(member.first);
  return keys;
}
bool Json::is_object() const { return std::holds_alternative<Object>(data_); }
const std::vector<Json>* Json::list() const { return std::get_if<std::vector<Json>>(&data_); }

std::string Json::text_of(std::string_view key) const {
  const auto* member = find(key);
  const auto* value = member == nullptr ? nullptr : member->text();
  return value == nullptr ? std::string() : *value;
}

std::optional<int64_t> Json::integer_of(std::string_view key) const {
  const auto* member = find(key);
  if (member == nullptr) return std::nullopt;
  return member->integer();
}

}  // namespace mesh::live
