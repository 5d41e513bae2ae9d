#include "mesh/sql/names_in_strings.hpp"

#include <algorithm>

#include "code.hpp"
#include "mesh/sql/references.hpp"
#include "mesh/sql/token.hpp"
#include "mesh/sql/writer.hpp"

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

class Finder {
 public:
  explicit Finder(std::string_view text) : text_(text) {
    if (const auto tokens = tokenize(text)) tokens_ = without_comments(*tokens);
  }

  std::vector<NameInString> run() {
    for (size_t at = 0; at + 2 < tokens_.size(); ++at) {
      if (!symbol(at + 1, "(")) continue;
      for (const auto& function : kFunctions) {
        if (!word(at, function.name)) continue;
        if (function.is_asked) {
          found(at + 2, function);
        } else if (symbol(at + 2, ")")) {
          compared(at, function);
        }
      }
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
    found_.push_back({tokens_[i].begin, tokens_[i].end, string_value(tokens_[i].in(text_)), function.level, is_stored,
                      function.kind});
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

// A full name with another database. The rest stays as it is written, and lower case lower: this is a string, and any
// other would be another text.
std::string in_database(const std::string& written, const Name& database) {
  const auto tokens = tokenize(written);
  const auto& first = tokens->front();
  const std::string shown = database.display();
  const bool is_lower = first.type == TokenType::Word && first.in(written) == to_lower(first.in(written));
  return (is_lower && shown == database.stored() ? to_lower(shown) : shown) + written.substr(first.end);
}

}  // namespace

std::vector<NameInString> names_in_strings(std::string_view text) { return Finder(text).run(); }

std::optional<ObjectId> object_in(const NameInString& found, const QualifiedName& home) {
  if (!found.kind) return std::nullopt;
  const auto name = QualifiedName::parse(found.text);
  return name ? std::optional<ObjectId>({*found.kind, full_name(*name, home)}) : std::nullopt;
}

std::string rename_in_strings(std::string_view text,
                              const std::function<std::optional<Name>(KindId, const Name&)>& rename) {
  std::string out;
  size_t copied = 0;
  for (const auto& found : names_in_strings(text)) {
    std::string said;
    if (found.is_stored) {
      const auto renamed = rename(found.level, Name::exact(found.text));
      if (!renamed) continue;
      said = renamed->stored();
    } else {
      const auto name = QualifiedName::parse(found.text);
      const auto renamed = name && name->depth() == 3 ? rename(found.level, name->first()) : std::nullopt;
      if (!renamed) continue;
      said = in_database(found.text, *renamed);
    }
    out += text.substr(copied, found.begin - copied);
    out += literal(said);
    copied = found.end;
  }
  return out + std::string(text.substr(copied));
}

}  // namespace mesh::sql
