// Reading nodes: what a value must be, in words.
#include "reading.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/kinds/kind.hpp"

namespace mesh::manifest {
namespace {

// Words of the design (section 2) whose time has not come: told apart from slips of the pen.
constexpr auto kLater = std::to_array<std::string_view>({
    // at the top
    "api_integrations",
    "notification_integrations",
    "external_volumes",
    "organization_profiles",
    // in a schema
    "iceberg_tables",
    "event_tables",
    "secrets",
    "semantic_views",
});

// Of ${name} alone the text is the variable's, unless there is none.
bool is_unknown_variable(const Node& node) { return node.from_variable && !node.shifts.empty(); }

bool wrong_type(const Node& node, std::string_view what, std::string_view wanted, Diagnostics& diagnostics,
                std::string help = {}) {
  if (is_unknown_variable(node)) return false;  // which has been reported
  const std::string seen = node.is_scalar() ? fmt::format("'{}'", node.text) : type_words(node);
  diagnostics.error("MESH1102", node.place, fmt::format("{} must be {}, not {}", what, wanted, seen), std::move(help));
  return false;
}

}  // namespace

bool is_later(std::string_view word) {
  const std::string key = replace_all(to_lower(word), " ", "_");
  return std::any_of(kLater.begin(), kLater.end(), [&](std::string_view each) {
    const bool ies = each.size() > 3 && each.substr(each.size() - 3) == "ies";
    const std::string singular =
        ies ? std::string(each.substr(0, each.size() - 3)) + "y" : std::string(each.substr(0, each.size() - 1));
    return key == each || key == singular;
  });
}

const char* type_words(const Node& node) {
  switch (node.type) {
    case NodeType::Map:
      return "a map";
    case NodeType::List:
      return "a list";
    case NodeType::Scalar:
      return node.is_integer() ? "a number" : node.is_boolean() ? "true or false" : "a text";
    case NodeType::Null:
      return "nothing";
  }
  return "something";
}

std::vector<Entry> entries(const Node& map) {
  std::vector<Entry> all;
  if (!map.is_map()) return all;
  all.reserve(map.pairs());
  for (size_t i = 0; i < map.pairs(); ++i) all.push_back({map.key(i), map.value(i)});
  return all;
}

bool expect_map(const Node& node, std::string_view what, Diagnostics& diagnostics) {
  if (node.is_map() || node.is_null()) return true;
  return wrong_type(node, what, "a map (key: value)", diagnostics);
}

bool expect_list(const Node& node, std::string_view what, std::string_view example, Diagnostics& diagnostics) {
  if (node.is_list() || node.is_null()) return true;
  return wrong_type(node, what, "a list", diagnostics, fmt::format("write {}", example));
}

std::optional<std::string> read_scalar(const Node& node, std::string_view what, Diagnostics& diagnostics) {
  if (node.is_scalar()) return node.text;
  wrong_type(node, what, "a text", diagnostics);
  return std::nullopt;
}

std::optional<std::string> read_text(const Node& node, std::string_view what, Diagnostics& diagnostics) {
  if (!node.from_variable && (node.is_integer() || node.is_boolean())) {
    diagnostics.error("MESH1102", node.place, fmt::format("{} must be a text, not {}", what, type_words(node)),
                      fmt::format("write it in quotes: \"{}\"", node.text));
    return std::nullopt;
  }
  return read_scalar(node, what, diagnostics);
}

namespace {

// What people mean who write yes or off, which YAML 1.2 reads as texts.
std::string boolean_help(const Node& node) {
  if (!node.is_scalar()) return {};
  if (node.style != Style::Plain && (iequals(node.text, "true") || iequals(node.text, "false")))
    return "write it without quotes";
  for (const auto* yes : {"yes", "y", "on"}) {
    if (iequals(node.text, yes)) return "in YAML 1.2 that is a text; write true";
  }
  for (const auto* no : {"no", "n", "off"}) {
    if (iequals(node.text, no)) return "in YAML 1.2 that is a text; write false";
  }
  return {};
}

}  // namespace

std::optional<bool> read_bool(const Node& node, std::string_view what, Diagnostics& diagnostics) {
  if (node.is_boolean()) return iequals(node.text, "true");
  wrong_type(node, what, "true or false", diagnostics, boolean_help(node));
  return std::nullopt;
}

std::optional<int64_t> read_int(const Node& node, std::string_view what, Diagnostics& diagnostics) {
  if (node.is_integer()) {
    const auto digits = std::string_view(node.text).substr(node.text[0] == '+' ? 1 : 0);
    int64_t number = 0;
    const auto [at, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc{} && at == digits.data() + digits.size()) return number;
    wrong_type(node, what, "a whole number of at most 64 bits", diagnostics);
    return std::nullopt;
  }
  const bool in_quotes = node.is_scalar() && node.style == Style::Quoted && !node.text.empty() &&
                         node.text.find_first_not_of("0123456789") == std::string::npos;
  wrong_type(node, what, "a whole number", diagnostics, in_quotes ? "write it without quotes" : "");
  return std::nullopt;
}

std::optional<std::string> read_word(const Node& node, std::string_view what, const std::vector<std::string>& words,
                                     Diagnostics& diagnostics) {
  auto text = read_scalar(node, what, diagnostics);
  if (!text || std::find(words.begin(), words.end(), *text) != words.end()) return text;
  diagnostics.error("MESH1301", node.place, fmt::format("{} cannot be '{}'", what, *text),
                    did_you_mean(*text, words, fmt::format("it takes: {}", join(words, ", "))));
  return std::nullopt;
}

std::vector<Text> read_texts(const Node& node, std::string_view what, Diagnostics& diagnostics) {
  std::vector<Text> texts;
  if (node.is_null()) return texts;
  if (node.is_map()) {
    wrong_type(node, what, "a list", diagnostics, "write [A, B]");
    return texts;
  }
  if (node.is_scalar()) {
    if (auto text = read_text(node, what, diagnostics)) texts.push_back({*text, node.place});
    return texts;
  }
  for (const auto& item : node.items) {
    if (auto text = read_text(item, fmt::format("each entry of {}", what), diagnostics))
      texts.push_back({*text, item.place});
  }
  return texts;
}

namespace {

// The nearest of those that begin alike, further away than a slip of the pen: 'comit' for 'comment'.
std::string nearest_alike(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  size_t best_distance = std::string::npos;
  for (const auto& candidate : candidates) {
    if (word.size() < 3 || candidate.size() > 64 || !iequals(word.substr(0, 3), candidate.substr(0, 3))) continue;
    const auto distance = edit_distance(to_lower(word), to_lower(candidate));
    if (distance > std::max(word.size(), candidate.size()) / 2 || distance >= best_distance) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

}  // namespace

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates, std::string otherwise) {
  if (word.size() > 64) return otherwise;
  std::string near = nearest(word, candidates);
  if (near.empty()) near = nearest_alike(word, candidates);
  return near.empty() ? std::move(otherwise) : fmt::format("did you mean '{}'?", near);
}

namespace {

void wrong_name(const std::string& text, Place place, std::string_view what, const std::string& why,
                Diagnostics& diagnostics) {
  const bool could_be_quoted = !text.empty() && text.size() <= 255 && text.find('"') == std::string::npos;
  diagnostics.error(
      "MESH1201", place, fmt::format("'{}' cannot be the name of {}", text, what),
      could_be_quoted ? fmt::format("letters, digits, _ and $; any other name is written '\"{}\"'", text) : why);
}

}  // namespace

std::optional<Name> read_name(const std::string& text, Place place, std::string_view what, Diagnostics& diagnostics) {
  auto name = Name::parse(text);
  if (name) return *name;
  wrong_name(text, place, what, name.error().message, diagnostics);
  return std::nullopt;
}

std::optional<QualifiedName> read_qualified(const std::string& text, Place place, std::string_view what,
                                            size_t min_depth, size_t max_depth, Diagnostics& diagnostics) {
  auto name = QualifiedName::parse(text);
  if (!name) {
    diagnostics.error("MESH1201", place, fmt::format("'{}' cannot be the name of {}", text, what),
                      name.error().message);
    return std::nullopt;
  }
  if (name->depth() >= min_depth && name->depth() <= max_depth) return *name;
  static constexpr std::array<std::string_view, 5> kForms = {"", "NAME", "DATABASE.NAME", "DATABASE.SCHEMA.NAME",
                                                             "DATABASE.SCHEMA.TABLE.COLUMN"};
  diagnostics.error("MESH1201", place, fmt::format("'{}' is not the full name of {}", text, what),
                    fmt::format("write {}", kForms[min_depth]));
  return std::nullopt;
}

namespace {

// For a key that is no slip of the pen.
std::string where_it_belongs(std::string_view key, std::string_view what, std::span<const std::string_view> known) {
  if (const auto* kind = kinds::by_collection(key)) {
    const bool in_database = kind->scope == kinds::Scope::Database, in_schema = kind->scope == kinds::Scope::Schema;
    return fmt::format("{} stand {}", key, in_schema ? "in a schema" : in_database ? "in a database" : "at the top");
  }
  const auto has_these_words = [&](const auto* kind) { return kind->words == what; };
  const auto& kinds = kinds::all();
  if (std::any_of(kinds.begin(), kinds.end(), has_these_words))
    return fmt::format("mesh explain {} lists what there is", what);
  std::vector<std::string> names(known.begin(), known.end());
  return fmt::format("it takes: {}", join(names, ", "));
}

}  // namespace

namespace {

// Clauses of a kind's CREATE that no manifest can state, with the reason and what to do instead.
struct RefusedKey {
  std::string_view kind, key, why, instead;
};
constexpr std::string_view kOfOneSession = "it would live in the session of one apply and be gone with it";
constexpr RefusedKey kRefused[] = {
    // create-view: a view is "recursive only by using a CTE" without the word, which no column of SHOW VIEWS tells.
    {"view", "recursive", "the account does not list which views are RECURSIVE",
     "write the recursion in its query: WITH RECURSIVE name (columns) AS (…) SELECT … FROM name"},
    {"view", "temporary", kOfOneSession, "take it out: the view is a permanent one"},
    {"table", "temporary", kOfOneSession, "take it out, or write kind: transient"},
    {"stage", "temporary", kOfOneSession, "take it out: the stage is a permanent one"},
};

bool refuse_key(const Node& key, std::string_view what, Diagnostics& diagnostics) {
  const auto refused = std::find_if(std::begin(kRefused), std::end(kRefused),
                                    [&](const RefusedKey& r) { return r.kind == what && r.key == key.text; });
  if (refused == std::end(kRefused)) return false;
  diagnostics.error("MESH1110", key.place, fmt::format("a {} cannot be {}: {}", what, key.text, refused->why),
                    std::string(refused->instead));
  return true;
}

}  // namespace

void check_keys(const Node& map, std::span<const std::string_view> known, std::string_view what,
                Diagnostics& diagnostics) {
  for (const auto& [key, value] : entries(map)) {
    if (std::find(known.begin(), known.end(), key.text) != known.end()) continue;
    if (refuse_key(key, what, diagnostics)) continue;
    if (std::find(kLater.begin(), kLater.end(), key.text) != kLater.end()) {
      diagnostics.error("MESH1104", key.place, fmt::format("'{}' is not supported by this version of mesh", key.text),
                        "take it out for now");
      continue;
    }
    diagnostics.error("MESH1101", key.place, fmt::format("unknown property '{}' for {}", key.text, what),
                      did_you_mean(key.text, {known.begin(), known.end()}, where_it_belongs(key.text, what, known)));
  }
}

namespace {

bool is_name_char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

// The name in "${name}" at the head of `text`; empty: it is not closed, or no name stands in it.
std::string_view variable_at(std::string_view text) {
  size_t end = 2;
  while (end < text.size() && is_name_char(text[end])) ++end;
  return end < text.size() && text[end] == '}' ? text.substr(2, end - 2) : std::string_view();
}

// Names that a message lists.
constexpr size_t kMaxListed = 50;
// What ${name} may add to one file.
constexpr size_t kMaxVariableBytes = size_t{32} << 20;

void report_unknown(Place place, std::string_view name, const Variables& variables, Diagnostics& diagnostics) {
  std::vector<std::string> names;
  for (const auto& [known, value] : variables) {
    if (names.size() < kMaxListed) names.push_back(known);
  }
  diagnostics.error(
      "MESH1107", place, fmt::format("unknown variable '{}'", name),
      did_you_mean(name, names, fmt::format("known are: {}; a literal ${{ is written $${{", join(names, ", "))));
}

// Whether so many bytes may still come from variables; the first that may not are reported. The budget is one more than
// may be spent: 0 says that it was reported.
bool spend(size_t& budget, size_t bytes, const Node& node, Diagnostics& diagnostics) {
  if (bytes < budget) {
    budget -= bytes;
    return true;
  }
  if (budget > 0) {
    diagnostics.error("MESH1014", node.place, "the variables of this file expand to too much",
                      fmt::format("at most {} MB", kMaxVariableBytes >> 20));
  }
  budget = 0;
  return false;
}

void replace_all_in(Node& node, const Variables& variables, size_t& budget, Diagnostics& diagnostics) {
  const std::string& text = node.text;
  std::string out;
  std::vector<Shift> shifts;
  PlaceCursor places(node);
  const auto put = [&](std::string_view replacement, size_t from, size_t to) {
    shifts.push_back({out.size(), out.size() + replacement.size(), from, to});
    out += replacement;
    if (replacement.find('\n') != std::string_view::npos) node.layout = Layout::Other;
  };
  size_t at = 0;
  for (size_t dollar; (dollar = text.find('$', at)) != std::string::npos;) {
    const auto rest = std::string_view(text).substr(dollar);
    out += std::string_view(text).substr(at, dollar - at);
    at = dollar + 1;
    if (rest.substr(0, 3) == "$${") {
      at = dollar + 3;
      put("${", dollar, at);
    } else if (rest.substr(0, 2) != "${") {
      out += '$';
    } else if (const auto name = variable_at(rest); name.empty()) {
      diagnostics.error("MESH1107", places.at(dollar, 2), "'${' begins a variable, but no name and '}' follow",
                        "a literal ${ is written $${");
    } else {
      at = dollar + name.size() + 3;
      const auto known = variables.find(name);
      if (known == variables.end()) {
        report_unknown(places.at(dollar, name.size() + 3), name, variables, diagnostics);
        put({}, dollar, at);
      } else {
        const bool fits = spend(budget, known->second.text.size(), node, diagnostics);
        put(fits ? std::string_view(known->second.text) : std::string_view(), dollar, at);
      }
    }
  }
  out += text.substr(at);
  node.text = std::move(out);
  node.shifts = std::move(shifts);
}

// Where a node stands: the body of a function or procedure that is not SQL is left as it is (design, section 2).
enum class Within : uint8_t { Anything, Routines, Routine };

Within within_of(const Node& map, size_t value, Within around) {
  if (!map.is_map() || !map.items[value].is_map()) return Within::Anything;
  if (around == Within::Routines) return Within::Routine;
  const auto* kind = kinds::by_collection(map.items[value - 1].text);
  return kind != nullptr && is_overloaded(kind->id) ? Within::Routines : Within::Anything;
}

bool is_foreign_body(const Node& routine, size_t value, const Variables& variables) {
  if (routine.items[value - 1].text != "body") return false;
  const Node* language = routine.find("language");
  if (language == nullptr || !language->is_scalar()) return false;
  Node replaced = *language;  // it may be a variable itself, and stand behind the body
  Diagnostics reported_elsewhere;
  substitute(replaced, variables, reported_elsewhere);
  return !iequals(trim(replaced.text), "SQL");
}

void substitute(Node& node, const Variables& variables, size_t& budget, Diagnostics& diagnostics,
                Within within = Within::Anything) {
  bool keys_changed = false;
  for (size_t i = 0; i < node.items.size(); ++i) {
    const bool is_value = !node.is_map() || i % 2 == 1;
    keys_changed |= !is_value && node.items[i].text.find("${") != std::string::npos;
    if (is_value && within == Within::Routine && is_foreign_body(node, i, variables)) continue;
    substitute(node.items[i], variables, budget, diagnostics, is_value ? within_of(node, i, within) : Within::Anything);
  }
  if (keys_changed) drop_duplicate_keys(node, diagnostics);
  if (!node.is_scalar() || node.text.find("${") == std::string::npos) return;
  const auto name = node.text.rfind("${", 0) == 0 ? variable_at(node.text) : std::string_view();
  const bool is_alone = !name.empty() && name.size() + 3 == node.text.size();
  if (is_alone) {
    if (const auto known = variables.find(name); known != variables.end()) {
      if (!spend(budget, known->second.text.size(), node, diagnostics)) return;
      node.style = known->second.style;
      node.text = known->second.text;
      node.from_variable = true;
      node.layout = Layout::Other;
      return;
    }
  }
  replace_all_in(node, variables, budget, diagnostics);
  node.from_variable = is_alone;
}

}  // namespace

void substitute(Node& node, const Variables& variables, Diagnostics& diagnostics) {
  size_t budget = kMaxVariableBytes + 1;
  substitute(node, variables, budget, diagnostics);
}

Variables read_variables(const Node& map, const Variables& built_in, Diagnostics& diagnostics) {
  Variables variables;
  if (!expect_map(map, "vars", diagnostics)) return variables;
  for (const auto& [key, value] : entries(map)) {
    const bool is_name = std::all_of(key.text.begin(), key.text.end(), is_name_char) && !key.text.empty();
    if (key.text == "environment" || key.text == "mesh" || key.text == "domain") {
      diagnostics.error("MESH1107", key.place, fmt::format("'{}' is a variable of mesh's own", key.text),
                        "give yours another name");
    } else if (!is_name) {
      diagnostics.error("MESH1107", key.place, fmt::format("'{}' cannot be the name of a variable", key.text),
                        "letters, digits and _");
    } else if (!value.is_scalar()) {
      wrong_type(value, fmt::format("variable '{}'", key.text), "a text, a number or true/false", diagnostics);
    } else {
      Node replaced = value;
      substitute(replaced, built_in, diagnostics);
      variables[key.text] = {replaced.text, replaced.style, key.place};
    }
  }
  return variables;
}

}  // namespace mesh::manifest
