#include "mesh/sql/names_in_strings.hpp"

#include <vector>

#include "code.hpp"
#include "mesh/sql/token.hpp"
#include "mesh/sql/writer.hpp"

namespace mesh::sql {
namespace {

struct Function {
  std::string_view name;
  KindId level;
  bool is_asked;  // the name is its argument; else what it answers is compared with one
};
constexpr Function kFunctions[] = {
    {"CURRENT_ROLE", KindId::Role, false},
    {"INVOKER_ROLE", KindId::Role, false},
    {"CURRENT_USER", KindId::User, false},
    {"CURRENT_WAREHOUSE", KindId::Warehouse, false},
    {"INVOKER_SHARE", KindId::Share, false},
    {"CURRENT_DATABASE", KindId::Database, false},
    {"IS_ROLE_IN_SESSION", KindId::Role, true},
    {"IS_GRANTED_TO_INVOKER_ROLE", KindId::Role, true},
    {"SYSTEM$STREAM_HAS_DATA", KindId::Database, true},
    {"SYSTEM$GET_TAG", KindId::Database, true},
    {"SYSTEM$GET_TAG_ON_CURRENT_COLUMN", KindId::Database, true},
    {"SYSTEM$GET_TAG_ON_CURRENT_TABLE", KindId::Database, true},
    {"IDENTIFIER", KindId::Database, true},
};

class Strings {
 public:
  Strings(std::string_view text, const std::function<std::optional<Name>(KindId, const Name&)>& rename)
      : text_(text), rename_(rename) {
    if (const auto tokens = tokenize(text)) tokens_ = without_comments(*tokens);
    replaced_.resize(tokens_.size());
  }

  std::string run() {
    for (size_t at = 0; at + 2 < tokens_.size(); ++at) {
      for (const auto& function : kFunctions) {
        if (!word(at, function.name) || !symbol(at + 1, "(")) continue;
        if (function.is_asked) {
          asked(at + 2, function.level);
        } else if (symbol(at + 2, ")")) {
          compared(at, function.level);
        }
      }
    }
    std::string out;
    size_t copied = 0;
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (!replaced_[i]) continue;
      out += text_.substr(copied, tokens_[i].begin - copied);
      out += literal(*replaced_[i]);
      copied = tokens_[i].end;
    }
    return out + std::string(text_.substr(copied));
  }

 private:
  bool symbol(size_t i, std::string_view what) const {
    return i < tokens_.size() && is_symbol(tokens_[i], text_, what);
  }
  bool word(size_t i, std::string_view upper) const { return i < tokens_.size() && is_word(tokens_[i], text_, upper); }
  bool string(size_t i) const { return i < tokens_.size() && tokens_[i].type == TokenType::String; }
  std::string said(size_t i) const { return string_value(tokens_[i].in(text_)); }

  void stored_name(size_t i, KindId level) {
    if (!string(i)) return;
    if (const auto renamed = rename_(level, Name::exact(said(i)))) replaced_[i] = renamed->stored();
  }

  void asked(size_t i, KindId level) {
    if (!string(i)) return;
    if (level != KindId::Database) return stored_name(i, level);
    const std::string written = said(i);
    const auto name = QualifiedName::parse(written);
    if (!name || name->depth() != 3) return;
    const auto renamed = rename_(level, name->first());
    if (!renamed) return;
    // The rest stays as it is written, and lower case lower: this is a string, and any other would be another text.
    const auto tokens = tokenize(written);
    const auto first = tokens->front().in(written);
    const bool is_lower = first == to_lower(first) && tokens->front().type == TokenType::Word;
    const std::string database = renamed->display();
    replaced_[i] = (is_lower && database == renamed->stored() ? to_lower(database) : database) +
                   written.substr(tokens->front().end);
  }

  // How many tokens = , <> or != takes there; 0 where none stands.
  size_t comparison(size_t i) const {
    if (symbol(i, "=") || symbol(i, "<>") || symbol(i, "!=")) return 1;
    return (symbol(i, "<") && symbol(i + 1, ">")) || (symbol(i, "!") && symbol(i + 1, "=")) ? 2 : 0;
  }

  // `at` is the function's name, its two brackets follow.
  void compared(size_t at, KindId level) {
    const size_t behind = at + 3;
    if (const size_t width = comparison(behind); width > 0) stored_name(behind + width, level);
    if (at >= 2 && comparison(at - 1) == 1) stored_name(at - 2, level);
    if (at >= 3 && comparison(at - 2) == 2) stored_name(at - 3, level);
    size_t in = behind;
    if (word(in, "NOT")) ++in;
    if (word(in, "IN") && symbol(in + 1, "(")) {
      for (in += 2; string(in); in += 2) {
        stored_name(in, level);
        if (!symbol(in + 1, ",")) break;
      }
    }
    if (at >= 1 && word(at - 1, "CASE")) branches(behind, level);
  }

  // WHEN 'NAME' THEN ... of the CASE whose operand ends in front of `at`.
  void branches(size_t at, KindId level) {
    for (int depth = 1; at < tokens_.size() && depth > 0; ++at) {
      if (word(at, "CASE")) ++depth;
      if (word(at, "END")) --depth;
      if (depth == 1 && word(at, "WHEN")) stored_name(at + 1, level);
    }
  }

  std::string_view text_;
  const std::function<std::optional<Name>(KindId, const Name&)>& rename_;
  std::vector<Token> tokens_;
  std::vector<std::optional<std::string>> replaced_;
};

}  // namespace

std::string rename_in_strings(std::string_view text,
                              const std::function<std::optional<Name>(KindId, const Name&)>& rename) {
  return Strings(text, rename).run();
}

}  // namespace mesh::sql
