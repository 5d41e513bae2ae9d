#include "mesh/sql/search_target.hpp"

#include <algorithm>

#include "code.hpp"

namespace mesh::sql {
namespace {

constexpr std::string_view kMethods[] = {"EQUALITY", "SUBSTRING", "GEO", "FULL_TEXT"};
constexpr std::string_view kAnalyzers[] = {"DEFAULT_ANALYZER", "UNICODE_ANALYZER", "NO_OP_ANALYZER", "ENTITY_ANALYZER"};
constexpr const char* kExample = "write METHOD(COLUMN, …) with EQUALITY, SUBSTRING, GEO or FULL_TEXT";

template <size_t N>
bool is_one_of(std::string_view word, const std::string_view (&those)[N]) {
  return std::find(std::begin(those), std::end(those), word) != std::end(those);
}

std::string default_analyzer(std::string_view method) { return method == "FULL_TEXT" ? "DEFAULT_ANALYZER" : ""; }

// A cursor over METHOD(..) or over a target alone.
class Targets {
 public:
  Targets(std::string_view text, std::vector<Token> tokens) : text_(text), tokens_(std::move(tokens)) {}

  Result<SearchMethod, FragmentProblem> method() {
    if (tokens_.empty() || tokens_[0].type != TokenType::Word) return problem("no search method stands here");
    const auto name = to_upper(tokens_[0].in(text_));
    if (!is_one_of(name, kMethods)) return problem("'" + name + "' is no search method");
    ++at_;
    if (!accept("(")) return problem("the targets of " + name + " are missing");
    SearchMethod out;
    auto analyzer = default_analyzer(name);
    do {
      if (is_analyzer()) {
        if (name != "FULL_TEXT") return problem("only FULL_TEXT has an analyzer");
        at_ += 2;
        if (at_ >= tokens_.size() || tokens_[at_].type != TokenType::String) return problem("an analyzer is a string");
        analyzer = to_upper(string_value(tokens_[at_].in(text_)));
        if (!is_one_of(analyzer, kAnalyzers)) {
          return problem("'" + analyzer + "' is no analyzer",
                         "one of DEFAULT_ANALYZER, UNICODE_ANALYZER, NO_OP_ANALYZER, ENTITY_ANALYZER");
        }
        ++at_;
        break;
      }
      const size_t begin = at_ < tokens_.size() ? tokens_[at_].begin : text_.size();
      SearchTarget target;
      target.method = name;
      if (!accept("*") && !column(target)) return problem("a column, a path or * stands here");
      out.spans.push_back({begin, tokens_[at_ - 1].end - begin});
      out.targets.push_back(std::move(target));
    } while (accept(","));
    if (!accept(")")) return problem("',' or ')' is missing");
    if (at_ < tokens_.size()) return problem("one method for each entry", "make it an entry of its own");
    if (out.targets.empty()) return problem("the targets of " + name + " are missing");
    for (auto& target : out.targets) target.analyzer = analyzer;
    return out;
  }

  std::optional<SearchTarget> alone() {
    SearchTarget target;
    if (!column(target) || at_ != tokens_.size()) return std::nullopt;
    return target;
  }

 private:
  Failure<FragmentProblem> problem(std::string message, std::string help = kExample) const {
    const size_t offset = at_ < tokens_.size() ? tokens_[at_].begin : text_.size();
    const size_t length = at_ < tokens_.size() ? tokens_[at_].end - offset : 1;
    return {FragmentProblem{offset, length, std::move(message), std::move(help)}};
  }
  bool here(std::string_view symbol) const { return at_ < tokens_.size() && is_symbol(tokens_[at_], text_, symbol); }
  bool accept(std::string_view symbol) {
    if (!here(symbol)) return false;
    ++at_;
    return true;
  }
  bool is_analyzer() const {
    return at_ + 1 < tokens_.size() && is_word(tokens_[at_], text_, "ANALYZER") &&
           is_symbol(tokens_[at_ + 1], text_, "=>");
  }

  // C, C:a.b, C:a:b and C['a']['b']; elements of a path keep their case (querying-semistructured).
  bool column(SearchTarget& target) {
    if (at_ >= tokens_.size() || !is_name(tokens_[at_])) return false;
    target.column = name_of(tokens_[at_++], text_);
    while (here(":") || here(".") || here("[")) {
      const bool bracket = here("[");
      if (++at_ >= tokens_.size()) return false;
      const auto& field = tokens_[at_];
      if (bracket ? field.type != TokenType::String : !is_name(field)) return false;
      target.path.push_back(bracket                               ? string_value(field.in(text_))
                            : field.type == TokenType::QuotedName ? name_of(field, text_).stored()
                                                                  : std::string(field.in(text_)));
      ++at_;
      if (bracket && !accept("]")) return false;
    }
    return true;
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
};

}  // namespace

Result<SearchMethod, FragmentProblem> parse_search_method(std::string_view text) {
  const auto tokens = tokenize(text);
  if (!tokens) return Failure<FragmentProblem>{{tokens.error().offset, 1, tokens.error().message, ""}};
  return Targets(text, without_comments(*tokens)).method();
}

std::optional<SearchTarget> parse_described_target(std::string_view method, std::string_view target) {
  const auto tokens = tokenize(target);
  if (!tokens) return std::nullopt;
  auto read = Targets(target, without_comments(*tokens)).alone();
  if (!read) return std::nullopt;
  const auto blank = method.find(' ');
  read->method = to_upper(method.substr(0, blank));
  read->analyzer =
      blank == std::string_view::npos ? default_analyzer(read->method) : to_upper(trim(method.substr(blank + 1)));
  return read;
}

std::string to_display(const SearchTarget& target) {
  std::string out = target.method + "(" + (target.column ? target.column->display() : "*");
  for (size_t i = 0; i < target.path.size(); ++i) {
    const auto field = Name::exact(target.path[i]);
    const bool plain = Name::parse(target.path[i]).ok() && target.path[i].front() != '"';
    out += (i == 0 ? ":" : ".") + (plain ? target.path[i] : field.sql());
  }
  if (!target.analyzer.empty() && target.analyzer != "DEFAULT_ANALYZER")
    out += ", ANALYZER => '" + target.analyzer + "'";
  return out + ")";
}

}  // namespace mesh::sql
