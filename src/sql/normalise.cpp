#include "mesh/sql/normalise.hpp"

#include <algorithm>

#include "code.hpp"
#include "mesh/base/digest.hpp"
#include "mesh/model/data_type.hpp"
#include "mesh/sql/token.hpp"

namespace mesh::sql {
namespace {

bool one_of(std::string_view what, std::initializer_list<std::string_view> those) {
  return std::find(those.begin(), those.end(), what) != those.end();
}

// Which words keep their case: elements of a path behind a colon (v:Customer.name, querying-semistructured) and of a
// stage (@s/Dir/file), the only places where Snowflake tells unquoted letters apart.
class CaseKeeper {
 public:
  CaseKeeper(std::string_view text, const std::vector<Token>& tokens) : text_(text), tokens_(tokens) {}

  // To be asked for each token in turn.
  bool keeps(size_t i) {
    const bool path = path_element(i);
    return stage_element(i) || path;
  }
  // Whether the token asked for last belongs to a stage's path, which holds no blanks.
  bool in_stage() const { return in_stage_; }

 private:
  bool begins_path(size_t i) const {
    if (!is_symbol(tokens_[i], text_, ":") || i == 0 || i + 1 >= tokens_.size() || !is_name(tokens_[i + 1]))
      return false;
    const auto& before = tokens_[i - 1];
    const auto symbol = before.in(text_);
    if (before.type == TokenType::Symbol) return symbol == ")" || symbol == "]";
    return is_name(before) && !(before.type == TokenType::Word && is_reserved_word(to_upper(symbol)));
  }

  bool path_element(size_t i) {
    const auto token = tokens_[i].in(text_);
    if (begins_path(i)) {
      expects_ = in_path_ = true;
      open_ = 0;
      return false;
    }
    if (!in_path_ || is_symbol(tokens_[i], text_, ".") || token == "[" || token == "]") {
      open_ += token == "[" ? 1 : token == "]" && open_ > 0 ? -1 : 0;
      expects_ = in_path_ && token == "." && open_ == 0;
      return false;
    }
    if (open_ > 0) return false;
    in_path_ = expects_ && is_name(tokens_[i]);
    expects_ = false;
    return in_path_;
  }

  bool stage_element(size_t i) {
    const bool behind_at = i > 0 && is_symbol(tokens_[i - 1], text_, "@");
    if (behind_at) behind_slash_ = false;
    in_stage_ = (in_stage_ || behind_at) && tokens_[i].begin == tokens_[i - 1].end;
    if (in_stage_ && is_symbol(tokens_[i], text_, "/")) behind_slash_ = true;
    return in_stage_ && behind_slash_;
  }

  std::string_view text_;
  const std::vector<Token>& tokens_;
  bool in_path_ = false, expects_ = false;
  int open_ = 0;
  bool in_stage_ = false, behind_slash_ = false;
};

std::string normal_token(const Token& token, std::string_view text, bool keep_case) {
  if (token.type == TokenType::Word) return keep_case ? std::string(token.in(text)) : to_upper(token.in(text));
  if (token.type == TokenType::QuotedName) return name_of(token, text).display();
  return std::string(token.in(text));
}

bool needs_blank(const Token& before, const Token& after, std::string_view text) {
  const auto left = before.in(text), right = after.in(text);
  // A dot beside a number would become its point.
  if ((left == "." && after.type == TokenType::Number) || (before.type == TokenType::Number && right == "."))
    return true;
  // Two signs must not become one operator: `: :` is not `::`.
  const bool bracket = one_of(right, {"(", ")", "[", "]", ","});
  if ((left == ":" || left == "::") && after.type == TokenType::Symbol && !bracket) return true;
  if (before.type == TokenType::Symbol && one_of(left, {"(", "[", ".", "::", ":", "@"})) return false;
  if (after.type != TokenType::Symbol) return true;
  if (one_of(right, {")", "]", "[", ",", ".", "::", ":", ";"})) return false;
  if (right != "(") return true;
  const bool call = is_name(before) && !(before.type == TokenType::Word && is_reserved_word(to_upper(left)));
  return !call;
}

// ---- expressions in a form in which Snowflake's known rewrites look alike

// A dotted name is kept in parts, so that defaults can be compared whatever their qualification.
struct Element {
  std::string text;
  std::vector<std::string> chain;
  bool is_literal = false;
};
using Elements = std::vector<Element>;

struct FormOptions {
  bool drop_literal_casts = false;  // 'x'::DATE is 'x'
};

struct CastFunction {
  std::string_view name, type;
};
// Functions with one argument that are casts (tables-clustering-keys prints TO_DATE(c1) as CAST(C1 AS DATE)).
constexpr CastFunction kCastFunctions[] = {
    {"TO_DATE", "DATE"},
    {"DATE", "DATE"},
    {"TO_TIME", "TIME"},
    {"TIME", "TIME"},
    {"TO_TIMESTAMP_NTZ", "TIMESTAMP_NTZ"},
    {"TO_TIMESTAMP_LTZ", "TIMESTAMP_LTZ"},
    {"TO_TIMESTAMP_TZ", "TIMESTAMP_TZ"},
    {"TO_NUMBER", "NUMBER"},
    {"TO_DECIMAL", "NUMBER"},
    {"TO_NUMERIC", "NUMBER"},
    {"TO_DOUBLE", "FLOAT"},
    {"TO_BOOLEAN", "BOOLEAN"},
    {"TO_VARCHAR", "VARCHAR"},
    {"TO_CHAR", "VARCHAR"},
    {"TO_BINARY", "BINARY"},
};

// A type in one spelling; either default length of a text prints as none (casts read VARCHAR(134217728)).
std::string normal_type(std::string_view written) {
  const auto type = DataType::parse(written);
  if (!type) return normal_form(written);
  for (const auto* unsized : {"VARCHAR", "BINARY"}) {
    if (*type == *DataType::parse(unsized)) return unsized;
  }
  return type->to_string();
}

class Expression {
  static constexpr int kMaxDepth = 200;

 public:
  Expression(std::string_view text, std::vector<Token> tokens, FormOptions options)
      : text_(text), tokens_(std::move(tokens)), options_(options) {}

  Elements run() {
    Elements out;
    const auto count = sequence(out);
    if (count == 1 && at_ == tokens_.size()) drop_brackets(out);
    while (at_ < tokens_.size()) {
      if (is_closing(tokens_[at_])) {
        out.push_back({std::string(tokens_[at_++].in(text_)), {}, false});
      } else {
        sequence(out);
      }
    }
    return out;
  }

 private:
  bool here(std::string_view symbol, size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() && is_symbol(tokens_[at_ + ahead], text_, symbol);
  }
  bool is_closing(const Token& token) const {
    return token.type == TokenType::Symbol && one_of(token.in(text_), {")", "]", "}"});
  }

  // Everything up to the closing bracket or the end; returns how many operands and operators there were.
  size_t sequence(Elements& out) {
    size_t count = 0;
    for (; at_ < tokens_.size() && !is_closing(tokens_[at_]); ++count) {
      const auto begin = out.size();
      if (operand(out)) {
        while (postfix(out, begin)) {
        }
      } else {
        out.push_back({std::string(tokens_[at_++].in(text_)), {}, false});
      }
    }
    return count;
  }

  bool operand(Elements& out) {
    const auto& token = tokens_[at_];
    if (is_name(token)) return dotted_name(out);
    if (token.type == TokenType::String) {
      out.push_back({"'" + string_value(tokens_[at_++].in(text_)), {}, true});
      return true;
    }
    if (token.type == TokenType::Number) {
      out.push_back({std::string(tokens_[at_++].in(text_)), {}, true});
      return true;
    }
    if (here("(") && depth_ < kMaxDepth) return group(out);
    return false;
  }

  // The one operand is a group: (x + y) alone is x + y.
  static void drop_brackets(Elements& out) {
    if (out.size() < 2 || out.front().text != "(" || out.back().text != ")") return;
    out.erase(out.begin());
    out.pop_back();
  }

  // (x) is x; (x + y) stays.
  bool group(Elements& out) {
    ++at_;
    ++depth_;
    Elements inside;
    const auto count = sequence(inside);
    if (here(")")) ++at_;
    --depth_;
    const bool alone = count == 1;
    if (!alone) out.push_back({"(", {}, false});
    out.insert(out.end(), inside.begin(), inside.end());
    if (!alone) out.push_back({")", {}, false});
    return true;
  }

  bool dotted_name(Elements& out) {
    Element name;
    name.chain.push_back(name_of(tokens_[at_++], text_).stored());
    while (here(".") && at_ + 1 < tokens_.size() && is_name(tokens_[at_ + 1])) {
      name.chain.push_back(name_of(tokens_[at_ + 1], text_).stored());
      at_ += 2;
    }
    if (here("(") && depth_ < kMaxDepth) return call(out, std::move(name));
    name.is_literal = name.chain.size() == 1 && one_of(name.chain[0], {"NULL", "TRUE", "FALSE"});
    out.push_back(std::move(name));
    return true;
  }

  bool call(Elements& out, Element name) {
    const bool plain = name.chain.size() == 1;
    if (plain && (name.chain[0] == "CAST" || name.chain[0] == "TRY_CAST")) return cast_call(out, std::move(name));
    ++at_;
    ++depth_;
    const auto begin = out.size();
    Elements inside;
    const auto count = sequence(inside);
    if (here(")")) ++at_;
    --depth_;
    if (const auto type = plain && count == 1 ? cast_type(name.chain[0]) : std::string_view(); !type.empty()) {
      out.insert(out.end(), inside.begin(), inside.end());
      wrap_cast(out, begin, std::string(type));
      return true;
    }
    out.push_back(std::move(name));
    if (inside.empty()) return true;  // F() is F
    out.push_back({"(", {}, false});
    out.insert(out.end(), inside.begin(), inside.end());
    out.push_back({")", {}, false});
    return true;
  }

  static std::string_view cast_type(std::string_view function) {
    for (const auto& row : kCastFunctions) {
      if (row.name == function) return row.type;
    }
    return {};
  }

  // CAST(x AS T): the AS at this depth ends x.
  bool cast_call(Elements& out, Element name) {
    ++at_;
    ++depth_;
    const auto begin = out.size();
    while (at_ < tokens_.size() && !is_closing(tokens_[at_]) && !is_word(tokens_[at_], text_, "AS")) {
      const auto operand_begin = out.size();
      if (operand(out)) {
        while (postfix(out, operand_begin)) {
        }
      } else {
        out.push_back({std::string(tokens_[at_++].in(text_)), {}, false});
      }
    }
    if (at_ < tokens_.size() && is_word(tokens_[at_], text_, "AS")) ++at_;
    const auto type = raw_until_close();
    if (here(")")) ++at_;
    --depth_;
    wrap_cast(out, begin, type, name.chain[0]);
    return true;
  }

  std::string raw_until_close() {
    const auto begin = at_;
    for (int depth = 0; at_ < tokens_.size(); ++at_) {
      if (here("(")) ++depth;
      if (here(")") && depth-- == 0) break;
    }
    if (begin == at_) return {};
    return std::string(text_.substr(tokens_[begin].begin, tokens_[at_ - 1].end - tokens_[begin].begin));
  }

  void wrap_cast(Elements& out, size_t begin, const std::string& type, const std::string& function = "CAST") {
    const auto minus_number = out.size() == begin + 2 && out[begin].text == "-" && out[begin + 1].is_literal;
    const auto literal = (out.size() == begin + 1 && out[begin].is_literal) || minus_number;
    if (literal && options_.drop_literal_casts) return;
    out.insert(out.begin() + static_cast<std::ptrdiff_t>(begin), {function + "(", {}, false});
    out.push_back({"AS " + normal_type(type) + ")", {}, false});
  }

  bool postfix(Elements& out, size_t begin) {
    if (here("::")) {
      ++at_;
      wrap_cast(out, begin, raw_type());
      return true;
    }
    if (here(":") && at_ + 1 < tokens_.size() && is_name(tokens_[at_ + 1])) {
      path(out, begin);
      return true;
    }
    if (here("[")) {
      out.push_back({"[", {}, false});
      ++at_;
      sequence(out);
      if (here("]")) ++at_;
      out.push_back({"]", {}, false});
      return true;
    }
    return false;
  }

  // One word (DOUBLE PRECISION: two) and its brackets.
  std::string raw_type() {
    if (at_ >= tokens_.size()) return {};
    const auto begin = tokens_[at_].begin;
    const bool is_double = is_word(tokens_[at_], text_, "DOUBLE");
    ++at_;
    if (is_double && at_ < tokens_.size() && is_word(tokens_[at_], text_, "PRECISION")) ++at_;
    if (here("(")) {
      ++at_;
      raw_until_close();
      if (here(")")) ++at_;
    }
    return std::string(text_.substr(begin, tokens_[at_ - 1].end - begin));
  }

  // v:"Data":id[0].x -> GET_PATH(v, 'Data.id[0].x')
  void path(Elements& out, size_t begin) {
    std::string path;
    while ((here(":") || here(".")) && at_ + 1 < tokens_.size() && is_name(tokens_[at_ + 1])) {
      const auto& element = tokens_[at_ + 1];
      const auto word =
          element.type == TokenType::Word ? std::string(element.in(text_)) : name_of(element, text_).stored();
      path += (path.empty() ? "" : ".") + word;
      at_ += 2;
      while (here("[")) {
        const auto open = at_;
        while (at_ < tokens_.size() && !here("]")) ++at_;
        if (at_ == tokens_.size()) return;
        path += std::string(text_.substr(tokens_[open].begin, tokens_[at_].end - tokens_[open].begin));
        ++at_;
      }
    }
    Element function;
    function.chain = {"GET_PATH"};
    out.insert(out.begin() + static_cast<std::ptrdiff_t>(begin), {function, Element{"(", {}, false}});
    out.push_back({",", {}, false});
    out.push_back({"'" + path, {}, true});
    out.push_back({")", {}, false});
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  FormOptions options_;
  size_t at_ = 0;
  int depth_ = 0;  // brackets entered: what is nested deeper is compared flat
};

bool same_chain(const std::vector<std::string>& a, const std::vector<std::string>& b) { return a == b; }

// SEQ.NEXTVAL is DB.S.SEQ.NEXTVAL; the sequence's own name is printed without the quotes it may need.
bool same_or_less_qualified(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const auto shared = std::min(a.size(), b.size());
  const bool sequence = a.back() == "NEXTVAL" && shared > 1;
  for (size_t i = 0; i < shared; ++i) {
    const auto& x = a[a.size() - 1 - i];
    const auto& y = b[b.size() - 1 - i];
    const bool same = sequence && i == 1 ? iequals(x, y) : x == y;
    if (!same) return false;
  }
  return true;
}

template <typename SameChain>
bool same_elements(const Elements& a, const Elements& b, SameChain same_names) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const Element& x, const Element& y) {
    if (x.chain.empty() || y.chain.empty()) return x.chain.empty() && y.chain.empty() && x.text == y.text;
    return same_names(x.chain, y.chain);
  });
}

template <typename SameChain>
bool same_expression(std::string_view a, std::string_view b, FormOptions options, SameChain same_names) {
  if (same_sql(a, b)) return true;
  const auto left = tokenize(a), right = tokenize(b);
  if (!left || !right) return false;
  return same_elements(Expression(a, without_comments(*left), options).run(),
                       Expression(b, without_comments(*right), options).run(), same_names);
}

// The inside of "(...)" or "LINEAR(...)" where the brackets hold the whole.
std::pair<size_t, size_t> inside_brackets(std::string_view text, const std::vector<Token>& tokens) {
  size_t first = 0, end = tokens.size();
  const size_t open = end > 1 && is_word(tokens[0], text, "LINEAR") ? 1 : 0;
  if (end < open + 2 || !is_symbol(tokens[open], text, "(")) return {first, end};
  int depth = 0;
  for (size_t i = open; i < end; ++i) {
    if (is_symbol(tokens[i], text, "(")) ++depth;
    if (is_symbol(tokens[i], text, ")") && --depth == 0)
      return i + 1 == end ? std::pair{open + 1, end - 1} : std::pair{first, end};
  }
  return {first, end};
}

}  // namespace

std::string normal_form(std::string_view text) {
  const auto all = tokenize(text);
  if (!all) return std::string(trim(text));
  auto tokens = without_comments(*all);
  tokens.resize(end_without_semicolon(tokens, text));
  CaseKeeper keeper(text, tokens);
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < tokens.size(); ++i) {
    const bool keeps = keeper.keeps(i);
    if (i > 0 && !keeper.in_stage() && needs_blank(tokens[i - 1], tokens[i], text)) out += ' ';
    out += normal_token(tokens[i], text, keeps);
  }
  return out;
}

bool same_sql(std::string_view a, std::string_view b) { return a == b || normal_form(a) == normal_form(b); }

std::string text_hash(std::string_view text) { return sha256_hex(normal_form(text)); }

std::vector<std::string> split_list(std::string_view text) {
  const auto all = tokenize(text);
  if (!all) return {std::string(trim(text))};
  const auto tokens = without_comments(*all);
  const auto [first, end] = inside_brackets(text, tokens);
  std::vector<std::string> parts;
  int depth = 0;
  auto begin = first;
  const auto finish = [&](size_t upto) {
    if (upto > begin) {
      parts.emplace_back(text.substr(tokens[begin].begin, tokens[upto - 1].end - tokens[begin].begin));
    }
    begin = upto + 1;
  };
  for (auto i = first; i < end; ++i) {
    const auto symbol = tokens[i].type == TokenType::Symbol ? tokens[i].in(text) : std::string_view();
    if (one_of(symbol, {"(", "[", "{"})) ++depth;
    if (one_of(symbol, {")", "]", "}"})) --depth;
    if (symbol == "," && depth == 0) finish(i);
  }
  finish(end);
  return parts;
}

bool same_cluster_key(std::string_view written, std::string_view echoed) {
  return same_expression(written, echoed, {}, same_chain);
}

bool same_computed(std::string_view written, std::string_view echoed) { return same_cluster_key(written, echoed); }

bool same_default(std::string_view written, std::string_view echoed) {
  const auto given = [](std::string_view text) {
    const auto form = normal_form(text);
    return form == "NULL" ? std::string() : form;
  };
  const auto a = given(written), b = given(echoed);
  if (a.empty() || b.empty()) return a == b;
  FormOptions options;
  options.drop_literal_casts = true;
  return same_expression(written, echoed, options, same_or_less_qualified);
}

Result<std::string> query_of_create(std::string_view create_statement) {
  const auto tokens = tokenize(create_statement);
  if (!tokens) return fail("the statement cannot be read: " + tokens.error().message);
  const auto end = end_without_semicolon(*tokens, create_statement);
  int depth = 0;
  bool created = false;
  for (size_t i = 0; i < end; ++i) {
    const auto& token = (*tokens)[i];
    if (token.type == TokenType::Comment) continue;
    if (!created && !is_word(token, create_statement, "CREATE")) break;
    created = true;
    if (is_symbol(token, create_statement, "(")) ++depth;
    if (is_symbol(token, create_statement, ")")) --depth;
    // A name AS would have to be quoted, so the first bare AS outside brackets ends the head.
    if (depth == 0 && i + 1 < end && is_word(token, create_statement, "AS")) {
      return std::string(trim(create_statement.substr(token.end, (*tokens)[end - 1].end - token.end)));
    }
  }
  return fail("it is no CREATE ... AS statement");
}

}  // namespace mesh::sql
