#include "fault.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "mesh/base/text.hpp"

namespace mesh::sandbox {
namespace {

struct FaultWord {
  std::string_view name;
  FaultKind kind;
  bool takes_sql;
  std::string_view what;
};
// In the order of FaultKind.
constexpr std::array<FaultWord, 14> kWords = {{
    {"reset-before", FaultKind::ResetBefore, false, "the connection is reset before the request has an effect"},
    {"reset-after", FaultKind::ResetAfter, false, "the connection is reset after it had its effect"},
    {"429", FaultKind::Busy, false, "too many requests"},
    {"503", FaultKind::Unavailable, false, "not available, without effect"},
    {"504", FaultKind::GatewayTimeout, false, "gateway timeout, after the effect"},
    {"slow", FaultKind::Slow, false, "the answer trickles"},
    {"cut", FaultKind::Cut, false, "the answer ends in its middle"},
    {"garbage", FaultKind::Garbage, false, "the answer is no answer"},
    {"expired", FaultKind::Expired, false, "401, the token is refused"},
    {"long-202", FaultKind::Long, false, "the statement takes longer than 45 s"},
    {"warehouse", FaultKind::Warehouse, false, "the warehouse cannot start"},
    {"privilege-lost", FaultKind::PrivilegeLost, true, "a REVOKE runs before the statement"},
    {"actor", FaultKind::Actor, true, "another user's statement runs before the statement"},
    {"lacks", FaultKind::Lacks, true, "a statement that holds the word is an unsupported feature"},
}};

constexpr double kSmallestScale = 0.0001, kLargestScale = 1000;
constexpr uint64_t kLongestBurst = 1000;

bool of_statements(FaultKind kind) { return kind >= FaultKind::Long; }

// The request is not looked at.
bool forestalls(FaultKind kind) {
  return kind == FaultKind::ResetBefore || kind == FaultKind::Busy || kind == FaultKind::Unavailable ||
         kind == FaultKind::Expired;
}

std::string_view argument_of(const FaultWord& word) {
  return word.kind == FaultKind::Lacks ? "WHEN:WORD" : word.takes_sql ? "WHEN:SQL" : "WHEN";
}

std::string words_there_are() {
  std::string out = "\n  there are seed=N, scale=FACTOR and";
  for (const FaultWord& word : kWords) {
    out += fmt::format("\n    {:<46}{}", fmt::format("{}={}", word.name, argument_of(word)), word.what);
  }
  return out +
         "\n  WHEN is a probability (0.05), one with the length of a burst (0.05x4), or a statement's number (@12), "
         "a range (@12-20) or all from one on (@12-)"
         "\n  items are parted by commas; SQL ends with the SPEC or at a semicolon";
}

template <typename Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct Item {
  std::string_view name, value;
};

const FaultWord* find_word(std::string_view name) {
  const auto found = std::find_if(kWords.begin(), kWords.end(), [&](const FaultWord& w) { return w.name == name; });
  return found == kWords.end() ? nullptr : &*found;
}

// Where SQL ends: at the first semicolon outside of quotes.
size_t end_of_sql(std::string_view text, size_t from) {
  char quote = 0;
  for (size_t i = from; i < text.size(); ++i) {
    if (quote != 0) {
      if (text[i] == quote) quote = 0;
    } else if (text[i] == '\'' || text[i] == '"') {
      quote = text[i];
    } else if (text[i] == ';') {
      return i;
    }
  }
  return text.size();
}

std::vector<std::string_view> split_items(std::string_view spec) {
  std::vector<std::string_view> items;
  for (size_t at = 0; at < spec.size();) {
    const std::string_view rest = spec.substr(at);
    const FaultWord* word = find_word(trim(rest.substr(0, rest.find('='))));
    const size_t end =
        word != nullptr && word->takes_sql ? end_of_sql(spec, at) : std::min(spec.find_first_of(",;", at), spec.size());
    items.push_back(trim(spec.substr(at, end - at)));
    at = end + 1;
  }
  return items;
}

Failure<Error> bad(std::string_view item, std::string_view why) {
  return fail(fmt::format("faults: '{}': {}{}", item, why, words_there_are()));
}

// @N, @N-M, @N-
bool read_numbers(std::string_view text, FaultRule& rule) {
  const size_t dash = text.find('-');
  const auto first = number<uint64_t>(text.substr(0, dash));
  if (!first || *first == 0) return false;
  rule.first = rule.last = *first;
  if (dash == std::string_view::npos) return true;
  const std::string_view end = text.substr(dash + 1);
  const auto last = end.empty() ? std::optional(UINT64_MAX) : number<uint64_t>(end);
  if (!last || *last < *first) return false;
  rule.last = *last;
  return true;
}

// 0.05, 0.05x4
bool read_probability(std::string_view text, FaultRule& rule) {
  const size_t times = text.find('x');
  const auto probability = number<double>(text.substr(0, times));
  if (!probability || !(*probability >= 0 && *probability <= 1)) return false;
  rule.probability = *probability;
  if (times == std::string_view::npos) return true;
  const auto burst = number<uint64_t>(text.substr(times + 1));
  if (!burst || *burst == 0 || *burst > kLongestBurst) return false;
  rule.burst = *burst;
  return true;
}

Result<FaultRule> read_rule(std::string_view item, const FaultWord& word, std::string_view value) {
  FaultRule rule;
  rule.kind = word.kind;
  if (word.takes_sql) {
    const size_t colon = value.find(':');
    if (colon != std::string_view::npos) rule.sql = trim(value.substr(colon + 1));
    if (rule.sql.empty())
      return bad(item, word.kind == FaultKind::Lacks ? "it takes a word after a colon, as in 1:ADAPTIVE"
                                                     : "it takes a statement after a colon, as in @20:REVOKE …");
    if (word.kind == FaultKind::PrivilegeLost && !iequals(std::string_view(rule.sql).substr(0, 6), "REVOKE")) {
      return bad(item, "a privilege is lost by a REVOKE; 'actor' runs any statement");
    }
    value = trim(value.substr(0, colon));
  }
  const bool by_number = !value.empty() && value.front() == '@';
  if (by_number ? read_numbers(value.substr(1), rule) : read_probability(value, rule)) return rule;
  return bad(item, fmt::format("'{}' is neither a probability between 0 and 1 nor a statement's number", value));
}

Status read_item(std::string_view item, FaultPlan& plan) {
  const size_t equals = item.find('=');
  const std::string_view name = trim(item.substr(0, equals));
  if (equals == std::string_view::npos) return bad(item, "it has no value");
  const std::string_view value = trim(item.substr(equals + 1));
  if (name == "seed") {
    const auto seed = number<uint64_t>(value);
    if (!seed) return bad(item, "a seed is a whole number");
    plan.seed = *seed;
    return Done{};
  }
  if (name == "scale") {
    const auto scale = number<double>(value);
    if (!scale || !(*scale >= kSmallestScale && *scale <= kLargestScale)) {
      return bad(item, fmt::format("a scale is a number between {} and {}", kSmallestScale, kLargestScale));
    }
    plan.scale = *scale;
    return Done{};
  }
  const FaultWord* word = find_word(name);
  if (word == nullptr) return bad(item, fmt::format("there is no fault '{}'", name));
  auto rule = read_rule(item, *word, value);
  if (!rule) return rule.failure();
  plan.rules.push_back(*std::move(rule));
  return Done{};
}

// splitmix64 (public domain, Sebastiano Vigna): every bit of the input reaches every bit of the output.
uint64_t mixed(uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

double fraction(uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }

constexpr uint64_t kOthers = uint64_t{1} << 63;  // places of the second sequence

}  // namespace

Result<FaultPlan> parse_faults(std::string_view spec) {
  FaultPlan plan;
  for (const std::string_view item : split_items(spec)) {
    if (item.empty()) continue;
    if (auto read = read_item(item, plan); !read) return read.failure();
  }
  return plan;
}

std::string_view name_of(FaultKind kind) { return kWords[static_cast<size_t>(kind)].name; }

bool FaultSchedule::hits(size_t index, uint64_t place, uint64_t statement) {
  const FaultRule& rule = plan_.rules[index];
  if (rule.first > 0) return statement >= rule.first && statement <= rule.last;
  if (of_statements(rule.kind) && statement == 0) return false;
  if (hits_left_[index] > 0) return --hits_left_[index], true;
  if (fraction(mixed(mixed(mixed(plan_.seed) + index) + place)) >= rule.probability) return false;
  hits_left_[index] = rule.burst - 1;
  return true;
}

Faulted FaultSchedule::next(bool is_first_submit) {
  Faulted faulted;
  if (plan_.rules.empty()) return faulted;
  const std::lock_guard lock(mutex_);
  if (is_first_submit) faulted.statement = ++statements_;
  const uint64_t place = is_first_submit ? statements_ : kOthers + ++others_;
  faulted.random = mixed(mixed(plan_.seed + 1) ^ place);
  for (size_t i = 0; i < plan_.rules.size(); ++i) {
    const FaultRule& rule = plan_.rules[i];
    if (!of_statements(rule.kind) && faulted.transport) continue;
    if (!hits(i, place, faulted.statement)) continue;
    if (!of_statements(rule.kind)) {
      faulted.transport = rule.kind;
    } else if (rule.kind == FaultKind::Long) {
      faulted.takes_longer_s = 46 + 254 * fraction(mixed(faulted.random));
    } else if (rule.kind == FaultKind::Warehouse) {
      faulted.warehouse_fails = true;
    } else if (rule.kind == FaultKind::Lacks) {
      faulted.lacks.push_back(rule.sql);
    } else {
      faulted.runs_before.emplace_back(rule.kind, rule.sql);
    }
  }
  // What is to befall a statement must find it: its repetition would have no number.
  const bool befalls = faulted.takes_longer_s > 0 || faulted.warehouse_fails || !faulted.runs_before.empty();
  if (befalls && faulted.transport && forestalls(*faulted.transport)) faulted.transport.reset();
  return faulted;
}

}  // namespace mesh::sandbox
