#include "mesh/ident/name.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "mesh/base/text.hpp"

namespace mesh {
namespace {

constexpr size_t kMaxLength = 255;  // identifiers-syntax: both forms, blanks count
constexpr size_t kMaxDepth = 4;

// reserved-keywords, without those reserved only after SHOW ... IN. Sorted.
constexpr std::array kReserved = std::to_array<std::string_view>({
    "ALL",          "ALTER",        "AND",          "ANY",
    "AS",           "BETWEEN",      "BY",           "CASE",
    "CAST",         "CHECK",        "COLUMN",       "CONNECT",
    "CONSTRAINT",   "CREATE",       "CROSS",        "CURRENT",
    "CURRENT_DATE", "CURRENT_ROLE", "CURRENT_TIME", "CURRENT_TIMESTAMP",
    "CURRENT_USER", "DELETE",       "DISTINCT",     "DROP",
    "ELSE",         "EXISTS",       "FALSE",        "FOLLOWING",
    "FOR",          "FROM",         "FULL",         "GRANT",
    "GROUP",        "HAVING",       "ILIKE",        "IN",
    "INCREMENT",    "INNER",        "INSERT",       "INTERSECT",
    "INTO",         "IS",           "JOIN",         "LATERAL",
    "LEFT",         "LIKE",         "LOCALTIME",    "LOCALTIMESTAMP",
    "MINUS",        "NATURAL",      "NOT",          "NULL",
    "OF",           "ON",           "OR",           "ORDER",
    "QUALIFY",      "REGEXP",       "REVOKE",       "RIGHT",
    "RLIKE",        "ROW",          "ROWS",         "SAMPLE",
    "SELECT",       "SET",          "SOME",         "START",
    "TABLE",        "TABLESAMPLE",  "THEN",         "TO",
    "TRIGGER",      "TRUE",         "TRY_CAST",     "UNION",
    "UNIQUE",       "UPDATE",       "USING",        "VALUES",
    "WHEN",         "WHENEVER",     "WHERE",        "WINDOW",
    "WITH",
});

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool may_begin(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
bool may_follow(char c) { return may_begin(c) || is_digit(c) || c == '$'; }

std::string quote(std::string_view stored) { return "\"" + replace_all(std::string(stored), "\"", "\"\"") + "\""; }

bool needs_quotes(std::string_view stored) {
  if (stored.empty() || !may_begin(stored.front())) return true;
  const bool plain =
      std::all_of(stored.begin(), stored.end(), [](char c) { return may_follow(c) && !(c >= 'a' && c <= 'z'); });
  return !plain || is_reserved_word(stored);
}

// One part at the head of `rest`, taken off it. Bare parts run to the next dot and are handed to `bare`.
template <typename Bare>
Result<Name> take_part(std::string_view& rest, Bare bare) {
  if (rest.empty() || rest.front() != '"') {
    const auto length = std::min(rest.find('.'), rest.size());
    const auto part = rest.substr(0, length);
    rest.remove_prefix(length);
    return bare(part);
  }
  std::string stored;
  for (size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] != '"') {
      stored += rest[i];
    } else if (i + 1 < rest.size() && rest[i + 1] == '"') {
      stored += rest[i++];
    } else {
      rest.remove_prefix(i + 1);
      return Name::exact(std::move(stored));
    }
  }
  return fail("the quoted name " + std::string(rest) + " has no closing quote");
}

Result<Name> checked_length(Name name, std::string_view written) {
  if (name.empty()) return fail("a name cannot be empty");
  if (name.stored().size() > kMaxLength && display_width(name.stored()) > kMaxLength) {
    return fail("the name '" + std::string(written.substr(0, 40)) + "…' is longer than 255 characters");
  }
  return name;
}

Result<Name> parse_bare(std::string_view part) {
  const auto shown = "'" + std::string(part) + "'";
  if (part.empty()) return fail("a name cannot be empty");
  if (is_digit(part.front()) || part.front() == '$') {
    return fail("the name " + shown + " begins with '" + std::string(1, part.front()) +
                "': write it in double quotes, " + quote(part));
  }
  if (!std::all_of(part.begin(), part.end(), may_follow)) {
    return fail("the name " + shown +
                " holds other characters than letters, digits, _ and $: write it in double "
                "quotes, " +
                quote(part) + " (case is kept then)");
  }
  return Name::exact(to_upper(part));
}

template <typename Bare>
Result<QualifiedName> parse_parts(std::string_view written, Bare bare) {
  auto rest = trim(written);
  std::vector<Name> parts;
  for (;;) {
    auto part = take_part(rest, bare);
    if (!part) return part.failure();
    auto checked = checked_length(std::move(*part), written);
    if (!checked) return checked.failure();
    parts.push_back(std::move(*checked));
    if (rest.empty()) break;
    if (rest.front() != '.') {
      return fail("'" + std::string(written) + "': a dot must follow the quoted name, not '" + std::string(rest) + "'");
    }
    rest.remove_prefix(1);
  }
  if (parts.size() > kMaxDepth) {
    return fail("'" + std::string(written) + "' has " + std::to_string(parts.size()) +
                " parts; a full name has at most database, schema, object and column");
  }
  return QualifiedName(std::move(parts));
}

template <typename Spell>
std::string join_parts(const std::vector<Name>& parts, Spell spell) {
  std::string out;
  for (const auto& part : parts) {
    if (&part != &parts.front()) out += '.';
    out += spell(part);
  }
  return out;
}

}  // namespace

bool is_reserved_word(std::string_view upper) {
  static const bool sorted = std::is_sorted(kReserved.begin(), kReserved.end());
  MESH_ASSERT(sorted);
  return std::binary_search(kReserved.begin(), kReserved.end(), upper);
}

Result<Name> Name::parse(std::string_view written) {
  auto rest = trim(written);
  if (rest.empty() || rest.front() != '"') {
    auto name = parse_bare(rest);
    return name ? checked_length(std::move(*name), written) : name;
  }
  auto name = take_part(rest, parse_bare);
  if (!name) return name;
  if (!rest.empty()) return fail("'" + std::string(written) + "' is not one name: something follows the closing quote");
  return checked_length(std::move(*name), written);
}

std::string Name::sql() const { return quote(stored_); }
std::string Name::display() const { return needs_quotes(stored_) ? quote(stored_) : stored_; }

Result<QualifiedName> QualifiedName::parse(std::string_view written) { return parse_parts(written, parse_bare); }

Result<QualifiedName> QualifiedName::parse_output(std::string_view printed) {
  return parse_parts(printed, [](std::string_view part) -> Result<Name> { return Name::exact(std::string(part)); });
}

QualifiedName QualifiedName::parent() const {
  return parts_.empty() ? QualifiedName() : QualifiedName({parts_.begin(), parts_.end() - 1});
}

QualifiedName QualifiedName::child(Name name) const {
  auto parts = parts_;
  parts.push_back(std::move(name));
  return QualifiedName(std::move(parts));
}

bool QualifiedName::is_under(const QualifiedName& container) const {
  return depth() > container.depth() && std::equal(container.parts_.begin(), container.parts_.end(), parts_.begin());
}

std::string QualifiedName::sql() const {
  return join_parts(parts_, [](const Name& name) { return name.sql(); });
}
std::string QualifiedName::display() const {
  return join_parts(parts_, [](const Name& name) { return name.display(); });
}

}  // namespace mesh
