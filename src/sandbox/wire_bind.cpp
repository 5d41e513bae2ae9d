#include "wire_bind.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "lexer.hpp"
#include "mesh/base/text.hpp"

namespace mesh::sandbox {
namespace {

constexpr int64_t kNanoseconds = 1'000'000'000;
constexpr int64_t kSecondsOfDay = 86'400;
constexpr int64_t kMillisecondsOfDay = 86'400'000;

SqlError compilation(std::string code, std::string sqlstate, std::string_view message) {
  return {std::move(code), std::move(sqlstate), fmt::format("SQL compilation error:\n{}", message)};
}

template <typename Number>
std::optional<Number> parse(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// The calendar date `days` after 1970-01-01 (proleptic Gregorian).
std::string date_text(int64_t days) {
  const int64_t shifted = days + 719'468;  // since 0000-03-01
  const int64_t era = floor_div(shifted, 146'097);
  const int64_t day_of_era = shifted - era * 146'097;
  const int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int64_t day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  const int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  return fmt::format("{:04}-{:02}-{:02}", year, month, day);
}

std::string time_text(int64_t nanoseconds) {
  const int64_t seconds = nanoseconds / kNanoseconds;
  return fmt::format("{:02}:{:02}:{:02}.{:09}", seconds / 3600, seconds / 60 % 60, seconds % 60,
                     nanoseconds % kNanoseconds);
}

std::string timestamp_text(int64_t nanoseconds) {
  const int64_t day_length = kSecondsOfDay * kNanoseconds;
  const int64_t days = floor_div(nanoseconds, day_length);
  return date_text(days) + " " + time_text(nanoseconds - days * day_length);
}

using Literal = std::optional<std::string>;  // nullopt: the value does not fit the type

Literal fixed(const std::string& value) {
  const std::string_view digits = std::string_view(value).substr(value[0] == '-' || value[0] == '+' ? 1 : 0);
  const bool fits = !digits.empty() && digits.find_first_not_of("0123456789.") == std::string_view::npos &&
                    std::count(digits.begin(), digits.end(), '.') < 2 && digits != ".";
  if (!fits) return std::nullopt;
  // In parentheses: `1-?` with -5 must not become the comment `1--5`.
  return value[0] == '-' ? "(" + value + ")" : std::string(digits);
}

Literal real(const std::string& value) {
  for (const std::string_view special : {"NaN", "Infinity", "-Infinity"}) {
    if (iequals(value, special))
      return fmt::format("'{}'::FLOAT",
                         special == "NaN" ? special : replace_all(std::string(special), "Infinity", "inf"));
  }
  if (value.empty() || std::isalpha(static_cast<unsigned char>(value.back())) != 0) return std::nullopt;
  if (!parse<double>(value)) return std::nullopt;
  return fmt::format("'{}'::FLOAT", value);
}

std::string in_quotes(std::string_view value) {
  std::string out = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') out += c == '\'' ? '\'' : '\\';
    out += c;
  }
  return out + "'";
}

Literal varchar(const std::string& value) { return in_quotes(value); }

Literal boolean(const std::string& value) {
  if (iequals(value, "true")) return "TRUE";
  if (iequals(value, "false")) return "FALSE";
  return std::nullopt;
}

Literal date(const std::string& value) {
  const auto milliseconds = parse<int64_t>(value);
  if (!milliseconds) return std::nullopt;
  return fmt::format("'{}'::DATE", date_text(floor_div(*milliseconds, kMillisecondsOfDay)));
}

Literal time(const std::string& value) {
  const auto nanoseconds = parse<int64_t>(value);
  if (!nanoseconds || *nanoseconds < 0 || *nanoseconds >= kSecondsOfDay * kNanoseconds) return std::nullopt;
  return fmt::format("'{}'::TIME", time_text(*nanoseconds));
}

Literal timestamp_ntz(const std::string& value) {
  const auto nanoseconds = parse<int64_t>(value);
  if (!nanoseconds) return std::nullopt;
  return fmt::format("'{}'::TIMESTAMP_NTZ", timestamp_text(*nanoseconds));
}

Literal timestamp_ltz(const std::string& value) {
  const auto nanoseconds = parse<int64_t>(value);
  if (!nanoseconds) return std::nullopt;
  return fmt::format("'{} +00:00'::TIMESTAMP_LTZ", timestamp_text(*nanoseconds));
}

// `<nanoseconds in UTC> <offset minutes + 1440>`, the offset as a column of the type writes it.
Literal timestamp_tz(const std::string& value) {
  const size_t blank = value.find(' ');
  if (blank == std::string::npos) return std::nullopt;
  const auto nanoseconds = parse<int64_t>(std::string_view(value).substr(0, blank));
  const auto shifted = parse<int64_t>(std::string_view(value).substr(blank + 1));
  if (!nanoseconds || !shifted || *shifted < 0 || *shifted > 2880) return std::nullopt;
  const int64_t offset = *shifted - 1440;
  return fmt::format("'{} {}{:02}:{:02}'::TIMESTAMP_TZ", timestamp_text(*nanoseconds + offset * 60 * kNanoseconds),
                     offset < 0 ? '-' : '+', std::abs(offset) / 60, std::abs(offset) % 60);
}

Literal binary(const std::string& value) {
  const bool fits = value.size() % 2 == 0 && value.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  return fits ? Literal(fmt::format("TO_BINARY('{}')", value)) : std::nullopt;
}

struct BindType {
  std::string_view name;
  Literal (*literal)(const std::string& value);
};
constexpr std::array<BindType, 10> kTypes = {{{"FIXED", fixed},
                                              {"REAL", real},
                                              {"TEXT", varchar},
                                              {"BOOLEAN", boolean},
                                              {"DATE", date},
                                              {"TIME", time},
                                              {"TIMESTAMP_NTZ", timestamp_ntz},
                                              {"TIMESTAMP_LTZ", timestamp_ltz},
                                              {"TIMESTAMP_TZ", timestamp_tz},
                                              {"BINARY", binary}}};

using Bound = std::variant<std::string, SqlError>;

Bound literal_of(const Binding& binding) {
  // The service takes it (sql-api.md section 1); the sandbox does not.
  if (iequals(binding.type, "DECFLOAT")) return SqlError{"000002", "0A000", "Unsupported feature 'DECFLOAT'."};
  const auto type = std::find_if(kTypes.begin(), kTypes.end(),
                                 [&](const BindType& candidate) { return iequals(candidate.name, binding.type); });
  if (type == kTypes.end()) {
    return compilation("002040", "42601", fmt::format("Unsupported data type '{}'.", binding.type));
  }
  if (!binding.text) return "NULL";
  const Literal literal =
      binding.text->empty() && type->literal != varchar ? std::nullopt : type->literal(*binding.text);
  if (literal) return *literal;
  return compilation("002086", "22000",
                     fmt::format("Invalid bind value ({}) for type ({}).", *binding.text, type->name));
}

// Arrays run the statement once for each element; here they are refused by name, after the recorded check of lengths.
std::optional<SqlError> refuse_batches(const std::map<std::string, Binding>& bindings) {
  std::optional<size_t> first;
  for (const auto& [name, binding] : bindings) {
    if (!binding.batch) continue;
    if (first && *first != *binding.batch) {
      return SqlError{"002099", "42601",
                      fmt::format("SQL compilation error: Batch size of {} for bind variable {} not the same as "
                                  "previous size of {}.",
                                  *binding.batch, name, *first)};
    }
    first = binding.batch;
  }
  if (first) return SqlError{"000002", "0A000", "Unsupported feature 'ARRAY BINDING'."};
  return std::nullopt;
}

SqlError unset(const Token& token) {
  return {"002049", "42601",
          fmt::format("SQL compilation error: error line {} at position {}\nBind variable {} not set.", token.line,
                      token.position, token.text)};
}

bool numbered(const Token& token) {
  return token.text == "?" || std::isdigit(static_cast<unsigned char>(token.text[1])) != 0;
}

}  // namespace

Bound bind_literals(const std::string& statement, const std::map<std::string, Binding>& bindings) {
  if (auto refusal = refuse_batches(bindings)) return *refusal;
  const auto tokens = lex(statement);
  if (!tokens) return statement;  // the engine words the error
  std::string out;
  size_t copied = 0, positional = 0;
  for (const Token& token : *tokens) {
    if (token.kind != TokenKind::Bind) continue;
    // Without bindings `:name` belongs to a script's own variables; the engine judges it.
    if (bindings.empty() && !numbered(token)) continue;
    const std::string key = token.text == "?" ? std::to_string(++positional) : token.text.substr(1);
    const auto binding = bindings.find(key);
    if (binding == bindings.end()) return unset(token);
    Bound literal = literal_of(binding->second);
    if (std::holds_alternative<SqlError>(literal)) return literal;
    out += statement.substr(copied, token.begin - copied) + std::get<std::string>(literal);
    copied = token.end;
  }
  return out + statement.substr(copied);
}

}  // namespace mesh::sandbox
