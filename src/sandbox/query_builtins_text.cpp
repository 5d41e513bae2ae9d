// Text, patterns and digests. Lengths and positions count code points.

#include "query_builtins.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <regex>

#include "mesh/base/text.hpp"
#include "query_error.hpp"
#include "query_json.hpp"

namespace mesh::sandbox::query {
namespace {

std::vector<size_t> starts(const std::string& utf8) {  // of each code point, and the end
  std::vector<size_t> result;
  for (size_t i = 0; i < utf8.size(); ++i)
    if ((static_cast<unsigned char>(utf8[i]) & 0xC0) != 0x80) result.push_back(i);
  result.push_back(utf8.size());
  return result;
}

std::string slice(const std::string& utf8, int64_t from, int64_t count) {  // from 0
  const auto at = starts(utf8);
  const auto size = static_cast<int64_t>(at.size()) - 1;
  from = std::clamp<int64_t>(from, 0, size);
  const int64_t to = std::clamp<int64_t>(count > size ? size : from + count, from, size);
  return utf8.substr(at[static_cast<size_t>(from)], at[static_cast<size_t>(to)] - at[static_cast<size_t>(from)]);
}
int64_t size_of(const std::string& utf8) { return static_cast<int64_t>(starts(utf8).size()) - 1; }

// SUBSTR counts from 1, 0 is taken for 1, a negative start counts from the end.
Value substr(const Args& a) {
  int64_t from = integer(a[1]);
  const int64_t size = size_of(text(a[0]));
  if (from < 0) from = size + from + 1;
  if (from < 0) return std::string();
  const int64_t count = a.size() > 2 ? std::max<int64_t>(integer(a[2]), 0) : size;
  return slice(text(a[0]), std::max<int64_t>(from - 1, 0), count);
}
Value left(const Args& a) { return slice(text(a[0]), 0, std::max<int64_t>(integer(a[1]), 0)); }
Value right(const Args& a) {
  const int64_t size = size_of(text(a[0])), count = std::clamp<int64_t>(integer(a[1]), 0, size);
  return slice(text(a[0]), size - count, count);
}
Value replace(const Args& a) {
  if (text(a[1]).empty()) return a[0];
  return replace_all(text(a[0]), text(a[1]), a.size() > 2 ? text(a[2]) : "");
}

std::vector<std::string> parts_of(const std::string& whole, const std::string& separator) {
  std::vector<std::string> parts;
  size_t begin = 0;
  for (size_t at = 0; !separator.empty() && (at = whole.find(separator, begin)) != std::string::npos;) {
    parts.push_back(whole.substr(begin, at - begin));
    begin = at + separator.size();
  }
  parts.push_back(whole.substr(begin));
  return parts;
}
Value split_part(const Args& a) {
  const auto parts = parts_of(text(a[0]), text(a[1]));
  int64_t wanted = integer(a[2]);
  if (wanted == 0) wanted = 1;
  if (wanted < 0) wanted = static_cast<int64_t>(parts.size()) + wanted + 1;
  if (wanted < 1 || wanted > static_cast<int64_t>(parts.size())) return std::string();
  return parts[static_cast<size_t>(wanted) - 1];
}
Value split_text(const Args& a) {
  std::vector<std::optional<std::string>> elements;
  for (const auto& part : parts_of(text(a[0]), text(a[1]))) elements.emplace_back(json_quote(part));
  return json_array(elements);
}
Value starts_with(const Args& a) { return int64_t{text(a[0]).compare(0, text(a[1]).size(), text(a[1])) == 0}; }
Value ends_with(const Args& a) {
  const auto &whole = text(a[0]), &end = text(a[1]);
  return int64_t{whole.size() >= end.size() && whole.compare(whole.size() - end.size(), end.size(), end) == 0};
}
Value contains(const Args& a) { return int64_t{text(a[0]).find(text(a[1])) != std::string::npos}; }
Value position(const Args& a) {  // CHARINDEX(needle, hay [, from])
  const auto at = starts(text(a[1]));
  const int64_t from = a.size() > 2 ? std::max<int64_t>(integer(a[2]), 1) - 1 : 0;
  if (from >= static_cast<int64_t>(at.size())) return int64_t{0};
  const size_t found = text(a[1]).find(text(a[0]), at[static_cast<size_t>(from)]);
  if (found == std::string::npos) return int64_t{0};
  return static_cast<int64_t>(std::lower_bound(at.begin(), at.end(), found) - at.begin()) + 1;
}
Value concat(const Args& a) {
  std::string whole;
  for (const Value& part : a) whole += text(part);
  return whole;
}
Value concat_ws(const Args& a) {
  std::string whole;
  for (size_t i = 1; i < a.size(); ++i) whole += (i == 1 ? "" : text(a[0])) + text(a[i]);
  return whole;
}
Value repeat(const Args& a) {
  std::string whole;
  if (integer(a[1]) > 0 && static_cast<int64_t>(text(a[0]).size()) * integer(a[1]) > kColumnLength)
    refuse_unsupported("REPEAT beyond 16 MB");
  for (int64_t i = 0; i < integer(a[1]); ++i) whole += text(a[0]);
  return whole;
}
Value reverse(const Args& a) {
  const auto at = starts(text(a[0]));
  std::string whole;
  for (size_t i = at.size() - 1; i > 0; --i) whole += text(a[0]).substr(at[i - 1], at[i] - at[i - 1]);
  return whole;
}
std::string padding(const Args& a) {
  const std::string fill = a.size() > 2 ? text(a[2]) : " ";
  const int64_t missing = integer(a[1]) - size_of(text(a[0]));
  std::string pad;
  while (!fill.empty() && size_of(pad) < missing) pad += fill;
  return slice(pad, 0, std::max<int64_t>(missing, 0));
}
Value lpad(const Args& a) { return slice(padding(a) + text(a[0]), 0, std::max<int64_t>(integer(a[1]), 0)); }
Value rpad(const Args& a) { return slice(text(a[0]) + padding(a), 0, std::max<int64_t>(integer(a[1]), 0)); }
Value initcap(const Args& a) {
  std::string whole = to_lower(text(a[0]));
  bool start = true;
  for (char& c : whole) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (start && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    start = !letter;
  }
  return whole;
}

bool like_match(std::string_view value, std::string_view pattern, std::string_view escape) {
  while (!pattern.empty()) {
    if (!escape.empty() && pattern.substr(0, escape.size()) == escape && pattern.size() > escape.size()) {
      pattern.remove_prefix(escape.size());
    } else if (pattern.front() == '%') {
      pattern.remove_prefix(1);
      for (size_t i = 0; i <= value.size(); ++i)
        if (like_match(value.substr(i), pattern, escape)) return true;
      return false;
    } else if (pattern.front() == '_') {
      if (value.empty()) return false;
      size_t size = 1;
      while (size < value.size() && (static_cast<unsigned char>(value[size]) & 0xC0) == 0x80) ++size;
      value.remove_prefix(size);
      pattern.remove_prefix(1);
      continue;
    }
    if (value.empty() || value.front() != pattern.front()) return false;
    value.remove_prefix(1);
    pattern.remove_prefix(1);
  }
  return value.empty();
}
Value like(const Args& a) { return int64_t{like_match(text(a[0]), text(a[1]), text(a[2]))}; }
Value ilike(const Args& a) {
  return int64_t{like_match(to_lower(text(a[0])), to_lower(text(a[1])), to_lower(text(a[2])))};
}

std::regex regex_of(const std::string& pattern, const std::string& parameters) {
  auto flags = std::regex::ECMAScript;
  if (parameters.find('i') != std::string::npos) flags |= std::regex::icase;
  try {
    return std::regex(pattern, flags);
  } catch (const std::regex_error&) {
    refuse("100048", "2201B", fmt::format("Invalid regular expression: '{}'", pattern));
  }
}
Value rlike(const Args& a) {  // anchored at both ends
  return int64_t{std::regex_match(text(a[0]), regex_of(text(a[1]), a.size() > 2 ? text(a[2]) : ""))};
}
Value regexp_replace(const Args& a) {
  return std::regex_replace(text(a[0]), regex_of(text(a[1]), ""), a.size() > 2 ? text(a[2]) : "");
}
Value regexp_substr(const Args& a) {
  std::smatch match;
  if (!std::regex_search(text(a[0]), match, regex_of(text(a[1]), ""))) return {};
  return match.str();
}

std::string digest(const std::string& data, const EVP_MD* method) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  if (EVP_Digest(data.data(), data.size(), bytes.data(), &size, method, nullptr) != 1) refuse_internal("digest failed");
  std::string hex;
  for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", bytes[i]);
  return hex;
}
Value sha2(const Args& a) {
  switch (a.size() > 1 ? integer(a[1]) : 256) {
    case 224:
      return digest(text(a[0]), EVP_sha224());
    case 0:
    case 256:
      return digest(text(a[0]), EVP_sha256());
    case 384:
      return digest(text(a[0]), EVP_sha384());
    case 512:
      return digest(text(a[0]), EVP_sha512());
    default:
      refuse("001008", "22023", fmt::format("Invalid digest size '{}'", integer(a[1])));
  }
}
Value sha1(const Args& a) { return digest(text(a[0]), EVP_sha1()); }
Value md5(const Args& a) { return digest(text(a[0]), EVP_md5()); }

constexpr std::array kBuiltins = {
    Builtin{"sf_substr", -1, substr},
    Builtin{"sf_left", 2, left},
    Builtin{"sf_right", 2, right},
    Builtin{"sf_replace", -1, replace},
    Builtin{"sf_split_part", 3, split_part},
    Builtin{"sf_split", 2, split_text},
    Builtin{"sf_startswith", 2, starts_with},
    Builtin{"sf_endswith", 2, ends_with},
    Builtin{"sf_contains", 2, contains},
    Builtin{"sf_position", -1, position},
    Builtin{"sf_concat", -1, concat},
    Builtin{"sf_concat_ws", -1, concat_ws},
    Builtin{"sf_repeat", 2, repeat},
    Builtin{"sf_reverse", 1, reverse},
    Builtin{"sf_lpad", -1, lpad},
    Builtin{"sf_rpad", -1, rpad},
    Builtin{"sf_initcap", 1, initcap},
    Builtin{"sf_like", 3, like},
    Builtin{"sf_ilike", 3, ilike},
    Builtin{"sf_rlike", -1, rlike},
    Builtin{"sf_regexp_replace", -1, regexp_replace},
    Builtin{"sf_regexp_substr", 2, regexp_substr},
    Builtin{"sf_sha2", -1, sha2},
    Builtin{"sf_sha1", 1, sha1},
    Builtin{"sf_md5", 1, md5},
};

}  // namespace

std::span<const Builtin> text_builtins() { return kBuiltins; }

}  // namespace mesh::sandbox::query
