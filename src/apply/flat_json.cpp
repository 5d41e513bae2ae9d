#include "flat_json.hpp"

#include <cstdint>
#include <functional>
#include <optional>

#include <fmt/format.h>

namespace mesh::apply {
namespace {

constexpr char32_t kNone = 0xFFFFFFFF;

void append_utf8(std::string& out, char32_t c) {
  const auto byte = [&](char32_t bits) { out += static_cast<char>(static_cast<unsigned char>(bits)); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xC0 | (c >> 6));
    byte(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    byte(0xE0 | (c >> 12));
    byte(0x80 | ((c >> 6) & 0x3F));
    byte(0x80 | (c & 0x3F));
  } else {
    byte(0xF0 | (c >> 18));
    byte(0x80 | ((c >> 12) & 0x3F));
    byte(0x80 | ((c >> 6) & 0x3F));
    byte(0x80 | (c & 0x3F));
  }
}

bool is_high_surrogate(char32_t c) { return c >= 0xD800 && c < 0xDC00; }
bool is_low_surrogate(char32_t c) { return c >= 0xDC00 && c < 0xE000; }

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  // { "key": <value>, … }: `value` reads what stands behind each colon.
  bool object(const std::function<bool(const std::string& key)>& value) {
    if (!take('{')) return false;
    if (take('}')) return true;
    do {
      const auto key = string();
      if (!key || !take(':') || !value(*key)) return false;
    } while (take(','));
    return take('}');
  }

  std::optional<std::string> string() {
    if (!take('"')) return std::nullopt;
    std::string out;
    while (!rest_.empty()) {
      const char c = next();
      if (c == '"') return out;
      if (static_cast<unsigned char>(c) < 0x20) return std::nullopt;
      if (c != '\\') {
        out += c;
      } else if (!escape(out)) {
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  bool at_end() {
    skip_blanks();
    return rest_.empty();
  }

 private:
  char next() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }

  bool take(char wanted) {
    skip_blanks();
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool escape(std::string& out) {
    constexpr std::string_view kLetters = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
    if (rest_.empty()) return false;
    const char letter = next();
    if (const auto at = kLetters.find(letter); at != std::string_view::npos) {
      out += kMeanings[at];
      return true;
    }
    if (letter != 'u') return false;
    char32_t c = hex4();
    if (is_high_surrogate(c)) {
      if (rest_.substr(0, 2) != "\\u") return false;
      rest_.remove_prefix(2);
      const char32_t low = hex4();
      if (!is_low_surrogate(low)) return false;
      c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    } else if (c == kNone || is_low_surrogate(c)) {
      return false;
    }
    append_utf8(out, c);
    return true;
  }

  char32_t hex4() {
    constexpr std::string_view kDigits = "0123456789abcdef0123456789ABCDEF";
    if (rest_.size() < 4) return kNone;
    char32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const auto digit = kDigits.find(next());
      if (digit == std::string_view::npos) return kNone;
      value = value * 16 + static_cast<char32_t>(digit % 16);
    }
    return value;
  }

  std::string_view rest_;
};

template <typename Map, typename WriteValue>
std::string encode_object(const Map& map, WriteValue write_value) {
  std::string out = "{";
  for (const auto& [key, value] : map) {
    if (out.size() > 1) out += ',';
    out += json_string(key) + ':' + write_value(value);
  }
  return out + '}';
}

Failure<Error> unreadable(std::string_view json) {
  return fail(fmt::format("this is not the JSON that mesh writes: {}", json.substr(0, 200)));
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string encode(const std::map<std::string, std::string>& texts) {
  return encode_object(texts, [](const std::string& text) { return json_string(text); });
}

std::string encode(const std::map<std::string, Echo>& echoes) {
  return encode_object(echoes, [](const Echo& echo) {
    return fmt::format(R"({{"written":{},"echo":{}}})", json_string(echo.written_hash), json_string(echo.echo));
  });
}

Result<std::map<std::string, std::string>> decode_texts(std::string_view json) {
  std::map<std::string, std::string> out;
  Reader reader(json);
  if (reader.at_end()) return out;
  const bool read = reader.object([&](const std::string& key) {
    auto text = reader.string();
    if (text) out[key] = std::move(*text);
    return text.has_value();
  });
  if (!read || !reader.at_end()) return unreadable(json);
  return out;
}

Result<std::map<std::string, Echo>> decode_echoes(std::string_view json) {
  std::map<std::string, Echo> out;
  Reader reader(json);
  if (reader.at_end()) return out;
  const bool read = reader.object([&](const std::string& key) {
    Echo& echo = out[key];
    return reader.object([&](const std::string& member) {
      auto text = reader.string();
      if (text && member == "written") echo.written_hash = std::move(*text);
      if (text && member == "echo") echo.echo = std::move(*text);
      return text.has_value();
    });
  });
  if (!read || !reader.at_end()) return unreadable(json);
  return out;
}

}  // namespace mesh::apply
