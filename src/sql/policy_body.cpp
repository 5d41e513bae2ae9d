#include "mesh/sql/policy_body.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "mesh/base/text.hpp"
#include "mesh/ident/name.hpp"
#include "mesh/sql/token.hpp"

namespace mesh::sql {
namespace {

// What is known of an expression's value.
struct Known {
  enum class What : uint8_t {
    Null,
    Boolean,
    Text,
    Number,
    Argument,  // just what stands in it
    Disguise,  // something else in its place, whatever the row
    Row,       // it depends on the row
    Nothing,   // it cannot be told
  };
  What what = What::Nothing;
  bool truth = false;
  std::string text;

  static Known boolean(bool truth) { return {What::Boolean, truth, {}}; }
  static Known of(What what, std::string text = {}) { return {what, false, std::move(text)}; }
  bool is(What other) const { return what == other; }
  bool is_row() const { return what == What::Argument || what == What::Row; }
  bool is_literal() const { return what == What::Text || what == What::Number; }
  // Never what stands in the column.
  bool hides() const { return what == What::Null || what == What::Boolean || is_literal() || what == What::Disguise; }
};
using What = Known::What;

// Of two values of which either may come.
Known either(const Known& a, const Known& b) {
  if (a.what == b.what && a.text == b.text && a.truth == b.truth) return a;
  if (a.hides() && b.hides() && !a.is(What::Boolean) && !b.is(What::Boolean)) return Known::of(What::Disguise);
  return Known::of(a.is(What::Nothing) || b.is(What::Nothing) ? What::Nothing : What::Row);
}

// Of what depends on both.
Known mixed(const Known& a, const Known& b) {
  const bool row = (a.is_row() || a.hides()) && (b.is_row() || b.hides());
  return Known::of(row ? What::Row : What::Nothing);
}

Known negated(const Known& a) {
  return a.is(What::Boolean) ? Known::boolean(!a.truth) : a.is(What::Argument) ? Known::of(What::Row) : a;
}

// Three-valued, and a value that is not known beside it: AND is false where one side is, OR true.
Known combined(const Known& a, const Known& b, bool is_or) {
  for (const auto* each : {&a, &b}) {
    if (each->is(What::Boolean) && each->truth == is_or) return *each;
  }
  if (a.is(What::Boolean)) return b;
  if (b.is(What::Boolean)) return a;
  if (a.is(What::Null) && b.is(What::Null)) return a;
  return Known::of(a.is(What::Nothing) || b.is(What::Nothing) ? What::Nothing : What::Row);
}

Known equal(const Known& a, const Known& b) {
  if (a.is(What::Null) || b.is(What::Null)) return Known::of(What::Null);
  if (a.is(What::Text) && b.is(What::Text)) return Known::boolean(a.text == b.text);
  if (a.is(What::Number) && b.is(What::Number) && a.text == b.text) return Known::boolean(true);
  if (a.is(What::Boolean) && b.is(What::Boolean)) return Known::boolean(a.truth == b.truth);
  return mixed(a, b);
}

// Functions whose result tells nobody what went in (pages functions/sha2, functions/md5, functions/sha1).
constexpr std::array<std::string_view, 7> kHashes = {"SHA2", "SHA2_HEX", "SHA1", "SHA1_HEX", "MD5", "MD5_HEX", "HASH"};

class BodyReader {
 public:
  BodyReader(std::string_view text, const std::vector<std::string>& arguments, const PolicySession& session)
      : text_(text), arguments_(arguments), session_(session) {
    const auto tokens = tokenize(text);
    if (!tokens) return;
    for (const auto& token : *tokens) {
      if (token.type != TokenType::Comment) tokens_.push_back(token);
    }
  }

  Known run() {
    if (tokens_.empty()) return {};
    const Known value = disjunction();
    return at_ == tokens_.size() ? value : Known();
  }

 private:
  // --- tokens

  bool done() const { return at_ >= tokens_.size(); }
  std::string_view seen(size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() ? tokens_[at_ + ahead].in(text_) : std::string_view();
  }
  bool is_word(std::string_view word, size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() && tokens_[at_ + ahead].type == TokenType::Word && iequals(seen(ahead), word);
  }
  bool is_symbol(std::string_view symbol) const {
    return !done() && tokens_[at_].type == TokenType::Symbol && seen() == symbol;
  }
  bool take_word(std::string_view word) {
    if (!is_word(word)) return false;
    ++at_;
    return true;
  }
  bool take_symbol(std::string_view symbol) {
    if (!is_symbol(symbol)) return false;
    ++at_;
    return true;
  }
  // <>, !=, ||, ::, which the tokenizer may have as two.
  bool take_pair(std::string_view pair) {
    if (take_symbol(pair)) return true;
    if (!is_symbol(pair.substr(0, 1)) || seen(1) != pair.substr(1, 1) || tokens_[at_].end != tokens_[at_ + 1].begin)
      return false;
    at_ += 2;
    return true;
  }
  Known give_up() {
    at_ = tokens_.size() + 1;
    return {};
  }
  // Behind the bracket that closes the one just taken.
  void skip_brackets() {
    for (int depth = 1; depth > 0 && !done(); ++at_) depth += is_symbol("(") ? 1 : is_symbol(")") ? -1 : 0;
  }

  // --- grammar

  Known disjunction() {
    Known left = conjunction();
    while (take_word("OR")) left = combined(left, conjunction(), true);
    return left;
  }
  Known conjunction() {
    Known left = negation();
    while (take_word("AND")) left = combined(left, negation(), false);
    return left;
  }
  Known negation() { return take_word("NOT") ? negated(negation()) : comparison(); }

  Known comparison() {
    Known left = concatenation();
    for (;;) {
      if (take_pair("<>") || take_pair("!=")) {
        left = negated(equal(left, concatenation()));
      } else if (take_pair("<=") || take_pair(">=") || take_symbol("<") || take_symbol(">")) {
        left = mixed(left, concatenation());
      } else if (take_symbol("=")) {
        left = equal(left, concatenation());
      } else if (take_word("IS")) {
        left = is(left);
      } else if (const bool no = is_word("NOT") && (is_word("IN", 1) || is_word("LIKE", 1) || is_word("ILIKE", 1));
                 no || is_word("IN") || is_word("LIKE") || is_word("ILIKE")) {
        if (no) ++at_;
        const Known found = take_word("IN") ? in(left) : like(left);
        left = no ? negated(found) : found;
      } else {
        return left;
      }
    }
  }

  Known is(const Known& left) {
    const bool no = take_word("NOT");
    if (!take_word("NULL")) return give_up();
    if (left.is(What::Null) || left.is_literal() || left.is(What::Boolean))
      return Known::boolean(left.is(What::Null) != no);
    return Known::of(left.is_row() ? What::Row : What::Nothing);
  }
  Known like(const Known& left) {
    ++at_;
    return mixed(left, concatenation());
  }
  Known in(const Known& left) {
    if (!take_symbol("(")) return give_up();
    if (is_word("SELECT") || is_word("WITH")) {
      skip_brackets();
      return {};
    }
    Known found = Known::boolean(false);
    do {
      found = combined(found, equal(left, disjunction()), true);
    } while (take_symbol(","));
    return take_symbol(")") ? found : give_up();
  }

  Known concatenation() {
    Known left = term();
    for (;;) {
      if (take_pair("||")) {
        left = joined(left, term());
      } else if (take_symbol("+") || take_symbol("-") || take_symbol("*") || take_symbol("/") || take_symbol("%")) {
        left = mixed(left, term());
      } else {
        return left;
      }
    }
  }
  static Known joined(const Known& a, const Known& b) {
    if (a.is(What::Null) || b.is(What::Null)) return Known::of(What::Null);
    if (a.is(What::Text) && b.is(What::Text)) return Known::of(What::Text, a.text + b.text);
    // Some more text beside what stands there: no longer that. An empty one changes nothing.
    const auto adds = [](const Known& each) { return each.is(What::Text) && !each.text.empty(); };
    const bool one = (adds(a) && b.is(What::Argument)) || (adds(b) && a.is(What::Argument));
    return one || (a.hides() && b.hides()) ? Known::of(What::Disguise) : mixed(a, b);
  }

  // A cast keeps what is known.
  Known term() {
    Known value = primary();
    while (take_pair("::")) {
      ++at_;
      if (take_symbol("(")) skip_brackets();
    }
    return value;
  }

  Known primary() {
    if (done()) return give_up();
    if (take_symbol("(")) {
      if (is_word("SELECT") || is_word("WITH")) {
        skip_brackets();
        return {};
      }
      const Known inside = disjunction();
      return take_symbol(")") ? inside : give_up();
    }
    const auto& token = tokens_[at_];
    switch (token.type) {
      case TokenType::String:
        ++at_;
        return Known::of(What::Text, string_value(token.in(text_)));
      case TokenType::Number:
        ++at_;
        return Known::of(What::Number, std::string(token.in(text_)));
      case TokenType::Word:
      case TokenType::QuotedName:
        return word();
      case TokenType::Symbol:
      case TokenType::Comment:
        break;
    }
    return give_up();
  }

  Known word() {
    if (take_word("CASE")) return choice();
    if (take_word("NULL")) return Known::of(What::Null);
    if (take_word("TRUE")) return Known::boolean(true);
    if (take_word("FALSE")) return Known::boolean(false);
    const auto written = std::string(seen());
    ++at_;
    if (take_symbol("(")) return call(to_upper(written));
    if (is_symbol(".")) {  // a path into the row, or a name of another place
      while (take_symbol(".")) ++at_;
      return take_symbol("(") ? (skip_brackets(), Known()) : Known();
    }
    const auto name = Name::parse(written);
    const bool is_argument =
        name && std::find(arguments_.begin(), arguments_.end(), name->stored()) != arguments_.end();
    return is_argument ? Known::of(What::Argument, name->stored()) : Known();
  }

  Known choice() {
    std::optional<Known> subject;
    if (!is_word("WHEN")) subject = disjunction();
    std::optional<Known> may_be;
    const auto add = [&](const Known& value) { may_be = may_be ? either(*may_be, value) : value; };
    bool decided = false;
    while (take_word("WHEN")) {
      const Known tested = disjunction();
      const Known condition = subject ? equal(*subject, tested) : tested;
      if (!take_word("THEN")) return give_up();
      const Known value = disjunction();
      const bool never = condition.is(What::Null) || (condition.is(What::Boolean) && !condition.truth);
      if (decided || never) continue;
      if (condition.is(What::Boolean)) {
        add(value);
        decided = true;
      } else {
        add(on_condition(condition, value));
      }
    }
    const Known otherwise = take_word("ELSE") ? disjunction() : Known::of(What::Null);
    if (!take_word("END")) return give_up();
    if (!decided) add(otherwise);
    return *may_be;
  }
  // Whether a boolean comes depends on the condition as well.
  static Known on_condition(const Known& condition, const Known& value) {
    return value.is(What::Boolean) && condition.is(What::Nothing) ? Known() : value;
  }

  std::vector<Known> call_arguments() {
    std::vector<Known> values;
    if (take_symbol(")")) return values;
    do {
      values.push_back(disjunction());
    } while (take_symbol(","));
    if (!take_symbol(")")) give_up();
    return values;
  }

  Known call(const std::string& name) {
    const bool known = name == "CURRENT_ROLE" || name == "IS_ROLE_IN_SESSION" ||
                       name == "IS_DATABASE_ROLE_IN_SESSION" || name == "IFF" || name == "UPPER" || name == "LOWER" ||
                       std::find(kHashes.begin(), kHashes.end(), name) != kHashes.end();
    if (!known) {
      skip_brackets();
      return {};
    }
    const auto values = call_arguments();
    if (name == "CURRENT_ROLE") return values.empty() ? Known::of(What::Text, session_.current_role) : give_up();
    if (values.empty()) return give_up();
    const Known& first = values.front();
    if (name == "IFF") return values.size() == 3 ? iff(values) : give_up();
    if (name == "UPPER" || name == "LOWER") {
      if (!first.is(What::Text)) return first.is(What::Argument) ? Known::of(What::Row) : first;
      return Known::of(What::Text, name == "UPPER" ? to_upper(first.text) : to_lower(first.text));
    }
    if (name.starts_with("IS_")) {
      if (!first.is(What::Text)) return Known::of(first.is_row() ? What::Row : What::Nothing);
      const auto& has = name == "IS_ROLE_IN_SESSION" ? session_.has_role : session_.has_database_role;
      return Known::boolean(has(first.text));
    }
    return first.is(What::Argument) ? Known::of(What::Disguise)
           : first.is_literal()     ? Known::of(What::Disguise)
                                    : first;
  }
  static Known iff(const std::vector<Known>& values) {
    const auto& condition = values[0];
    if (condition.is(What::Boolean)) return condition.truth ? values[1] : values[2];
    if (condition.is(What::Null)) return values[2];
    return either(on_condition(condition, values[1]), on_condition(condition, values[2]));
  }

  std::string_view text_;
  const std::vector<std::string>& arguments_;
  const PolicySession& session_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
};

}  // namespace

Masked masking_of(std::string_view body, const std::vector<std::string>& arguments, const PolicySession& session) {
  const Known value = BodyReader(body, arguments, session).run();
  if (value.is(What::Argument))
    return !arguments.empty() && value.text == arguments.front() ? Masked::Never : Masked::Unknown;
  return value.hides() ? Masked::Always : Masked::Unknown;
}

Rows rows_of(std::string_view body, const std::vector<std::string>& arguments, const PolicySession& session) {
  const Known value = BodyReader(body, arguments, session).run();
  if (value.is(What::Boolean)) return value.truth ? Rows::All : Rows::None;
  if (value.is(What::Null)) return Rows::None;
  return value.is_row() ? Rows::Some : Rows::Unknown;
}

}  // namespace mesh::sql
