#include "mesh/sql/names_in_strings.hpp"

#include <algorithm>

#include "code.hpp"
#include "mesh/sql/references.hpp"
#include "mesh/sql/token.hpp"
#include "mesh/sql/writer.hpp"
#include "naming.hpp"

namespace mesh::sql {
namespace {

struct Function {
  std::string_view name;
  KindId level;
  bool is_asked;  // the name is its argument; else what it answers is compared with one
  std::optional<KindId> kind;
};
constexpr Function kFunctions[] = {
    {"CURRENT_ROLE", KindId::Role, false, {}},
    {"INVOKER_ROLE", KindId::Role, false, {}},
    {"CURRENT_USER", KindId::User, false, {}},
    {"CURRENT_WAREHOUSE", KindId::Warehouse, false, {}},
    {"INVOKER_SHARE", KindId::Share, false, {}},
    {"CURRENT_DATABASE", KindId::Database, false, {}},
    {"IS_ROLE_IN_SESSION", KindId::Role, true, {}},
    {"IS_GRANTED_TO_INVOKER_ROLE", KindId::Role, true, {}},
    {"SYSTEM$STREAM_HAS_DATA", KindId::Database, true, KindId::Stream},
    {"SYSTEM$GET_TAG", KindId::Database, true, KindId::Tag},
    {"SYSTEM$GET_TAG_ON_CURRENT_COLUMN", KindId::Database, true, KindId::Tag},
    {"SYSTEM$GET_TAG_ON_CURRENT_TABLE", KindId::Database, true, KindId::Tag},
    {"IDENTIFIER", KindId::Database, true, {}},
};

// A name that a function is told together with a word for its kind, by places or by names =>.
struct Told {
  std::string_view function;
  size_t name, domain;
};
constexpr Told kTold[] = {
    {"GET_DDL", 1, 0},        {"SYSTEM$REFERENCE", 1, 0},           {"SYSTEM$GET_TAG", 1, 2},
    {"TAG_REFERENCES", 0, 1}, {"TAG_REFERENCES_ALL_COLUMNS", 0, 1},
};
struct ToldByName {
  std::string_view name, domain;
};
constexpr ToldByName kToldByName[] = {
    {"REF_ENTITY_NAME", "REF_ENTITY_DOMAIN"},
    {"POLICY_NAME", "POLICY_KIND"},
};
// What it is told is a value, whatever it looks like (page functions/system_set_return_value).
constexpr std::string_view kToldAValue = "SYSTEM$SET_RETURN_VALUE";

class Finder {
 public:
  explicit Finder(std::string_view text) : text_(text) {
    if (const auto tokens = tokenize(text)) tokens_ = without_comments(*tokens);
  }

  std::vector<NameInString> run() {
    for (size_t at = 0; at + 2 < tokens_.size(); ++at) {
      for (const auto& told : kToldByName) {
        if (word(at, told.name)) told_by_name(at, told);
      }
      if (!symbol(at + 1, "(")) continue;
      for (const auto& function : kFunctions) {
        if (!word(at, function.name)) continue;
        if (function.is_asked) {
          found(at + 2, function);
        } else if (symbol(at + 2, ")")) {
          compared(at, function);
        }
      }
      for (const auto& told : kTold) {
        if (word(at, told.function)) told_by_place(at + 2, told);
      }
      const auto upper = to_upper(tokens_[at].in(text_));
      if (upper.starts_with("SYSTEM$") && upper != kToldAValue) full_name_at(at + 2);
    }
    // A string between two functions is found by both.
    const auto begin = [](const NameInString& name) { return name.begin; };
    std::ranges::stable_sort(found_, {}, begin);
    const auto twice = std::ranges::unique(found_, {}, begin);
    found_.erase(twice.begin(), twice.end());
    return std::move(found_);
  }

 private:
  bool symbol(size_t i, std::string_view what) const {
    return i < tokens_.size() && is_symbol(tokens_[i], text_, what);
  }
  bool word(size_t i, std::string_view upper) const { return i < tokens_.size() && is_word(tokens_[i], text_, upper); }
  bool string(size_t i) const { return i < tokens_.size() && tokens_[i].type == TokenType::String; }

  void found(size_t i, const Function& function) {
    if (!string(i)) return;
    const bool is_stored = !function.is_asked || function.level != KindId::Database;
    add(i, function.level, is_stored, 3, function.kind);
  }
  void add(size_t i, KindId level, bool is_stored, size_t parts, std::optional<KindId> kind = {}) {
    found_.push_back(
        {tokens_[i].begin, tokens_[i].end, string_value(tokens_[i].in(text_)), level, is_stored, parts, kind});
  }
  void full_name_at(size_t i) {
    if (is_whole(i)) add(i, KindId::Database, false, 3);
  }
  // A string that is all of an argument.
  bool is_whole(size_t i) const { return string(i) && (symbol(i + 1, ",") || symbol(i + 1, ")")); }

  void told(size_t name, std::optional<size_t> domain) {
    if (!is_whole(name)) return;
    const bool is_known = domain && is_whole(*domain);
    const auto by = named_by_domain(is_known ? string_value(tokens_[*domain].in(text_)) : std::string());
    add(name, by.level, false, by.most);
  }

  // The first token of that argument of the brackets that open in front of `at`.
  std::optional<size_t> argument(size_t at, size_t place) const {
    int depth = 0;
    for (; at < tokens_.size() && depth >= 0; ++at) {
      if (depth == 0 && place == 0) return at;
      if (symbol(at, "(")) ++depth;
      if (symbol(at, ")")) --depth;
      if (depth == 0 && symbol(at, ",")) --place;
    }
    return std::nullopt;
  }
  void told_by_place(size_t at, const Told& told) {
    if (const auto name = argument(at, told.name)) this->told(*name, argument(at, told.domain));
  }

  // `at` is the argument's name; the other stands on either side of it, in the same brackets.
  void told_by_name(size_t at, const ToldByName& told) {
    const auto value = behind_arrow(at);
    if (!value) return;
    std::optional<size_t> domain;
    if (const auto behind = *value + 2; word(behind, told.domain)) domain = behind_arrow(behind);
    for (size_t i = at; i > 0 && !symbol(i, "("); --i) {
      if (word(i, told.domain)) domain = behind_arrow(i);
    }
    this->told(*value, domain);
  }
  std::optional<size_t> behind_arrow(size_t at) const {
    return symbol(at + 1, "=>") ? std::optional(at + 2) : std::nullopt;
  }

  // How many tokens = , <> or != takes there; 0 where none stands.
  size_t comparison(size_t i) const {
    if (symbol(i, "=") || symbol(i, "<>") || symbol(i, "!=")) return 1;
    return (symbol(i, "<") && symbol(i + 1, ">")) || (symbol(i, "!") && symbol(i + 1, "=")) ? 2 : 0;
  }

  // `at` is the function's name, its two brackets follow.
  void compared(size_t at, const Function& function) {
    const size_t behind = at + 3;
    if (const size_t width = comparison(behind); width > 0) found(behind + width, function);
    if (at >= 2 && comparison(at - 1) == 1) found(at - 2, function);
    if (at >= 3 && comparison(at - 2) == 2) found(at - 3, function);
    size_t in = behind;
    if (word(in, "NOT")) ++in;
    if (word(in, "IN") && symbol(in + 1, "(")) {
      for (in += 2; string(in); in += 2) {
        found(in, function);
        if (!symbol(in + 1, ",")) break;
      }
    }
    if (at >= 1 && word(at - 1, "CASE")) branches(behind, function);
  }

  // WHEN 'NAME' THEN ... of the CASE whose operand ends in front of `at`.
  void branches(size_t at, const Function& function) {
    for (int depth = 1; at < tokens_.size() && depth > 0; ++at) {
      if (word(at, "CASE")) ++depth;
      if (word(at, "END")) --depth;
      if (depth == 1 && word(at, "WHEN")) found(at + 1, function);
    }
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::vector<NameInString> found_;
};

}  // namespace

std::vector<NameInString> names_in_strings(std::string_view text) { return Finder(text).run(); }

std::optional<ObjectId> object_in(const NameInString& found, const QualifiedName& home) {
  if (!found.kind) return std::nullopt;
  const auto name = QualifiedName::parse(found.text);
  return name ? std::optional<ObjectId>({*found.kind, full_name(*name, home)}) : std::nullopt;
}

void find_string_edits(std::string_view text, const RenameName& rename, std::vector<Edit>& out) {
  for (const auto& found : names_in_strings(text)) {
    std::optional<std::string> said;
    if (found.is_stored) {
      if (const auto renamed = rename(found.level, Name::exact(found.text))) said = renamed->stored();
    } else {
      said = renamed_object(found.text, {"", found.level, found.parts, found.parts}, rename);
    }
    if (said) out.push_back({found.begin, found.end, literal(*said)});
  }
}

}  // namespace mesh::sql
