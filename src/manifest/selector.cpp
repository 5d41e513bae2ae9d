#include "selector.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/kinds/kind.hpp"
#include "reading.hpp"

namespace mesh::manifest {
namespace {

constexpr std::string_view kColumns = "columns";

struct Word {
  std::string text;  // as written
  size_t offset = 0, length = 0;
  bool is(std::string_view word) const { return iequals(text, word); }
  bool none() const { return length == 0; }
};

std::vector<std::string> plurals() {
  std::vector<std::string> words = {std::string(kColumns)};
  for (const auto* kind : kinds::all()) words.push_back(to_lower(kind->sql_plural));
  return words;
}

class SelectorParser {
 public:
  explicit SelectorParser(std::string_view text) : text_(text) { next(); }

  Result<Selector, SelectorMistake> run() {
    const bool sound = kinds() && place() && conditions() && name() && end();
    if (!sound) return Failure<SelectorMistake>{mistake_};
    return std::move(selector_);
  }

 private:
  // Parted by blanks; = stands for itself. What is in quotes belongs to its word, blanks and = too.
  void next() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    word_ = {{}, at_, 0};
    char quote = 0;
    const size_t begin = at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (quote == 0 && (c == ' ' || (c == '=' && at_ > begin))) break;
      ++at_;
      if (quote == 0 && c == '=') break;
      if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      }
    }
    word_.text = std::string(text_.substr(begin, at_ - begin));
    word_.length = at_ - begin;
    open_quote_ = quote != 0;
  }

  bool wrong(const Word& word, std::string message, std::string help) {
    mistake_ = {word.none() && word.offset > 0 ? text_.size() - 1 : word.offset, std::max<size_t>(word.length, 1),
                std::move(message), std::move(help)};
    return false;
  }
  bool expected(const std::string& what) {
    const std::string seen = word_.none() ? std::string("nothing") : "'" + word_.text + "'";
    return wrong(word_, fmt::format("{} must stand here, not {}", what, seen), {});
  }

  bool begins_a_part() const { return word_.is("in") || word_.is("where") || word_.is("named"); }

  // The longest run of words that is a kind, so that what is wrong behind it is shown there.
  bool kinds() {
    struct Kind {
      size_t end;
      std::optional<KindId> kind;
    };
    Word all = word_;
    std::optional<Kind> found;
    for (all.text.clear(); !word_.none() && !begins_a_part(); next()) {
      all.text += (all.text.empty() ? "" : " ") + word_.text;
      all.length = word_.offset + word_.length - all.offset;
      if (iequals(all.text, kColumns)) found = Kind{at_, std::nullopt};
      if (const auto* kind = kinds::by_plural(replace_all(all.text, "_", " "))) found = Kind{at_, kind->id};
    }
    if (all.text.empty()) return expected("columns, or a kind in the plural, as in 'tables' or 'warehouses',");
    if (found) {
      selector_.kind = found->kind;
      at_ = found->end;
      next();
      return true;
    }
    const auto known = plurals();
    return wrong(all, fmt::format("'{}' is nothing that can be selected", all.text),
                 did_you_mean(to_lower(all.text), known, fmt::format("it may be: {}", join(known, ", "))));
  }

  bool place() {
    if (!word_.is("in")) return true;
    next();
    struct Place {
      std::string_view word;
      Selector::In in;
      size_t depth;
    };
    static constexpr Place kPlaces[] = {{"domain", Selector::In::Domain, 0},
                                        {"database", Selector::In::Database, 1},
                                        {"schema", Selector::In::Schema, 2},
                                        {"table", Selector::In::Table, 3}};
    const auto* found =
        std::find_if(std::begin(kPlaces), std::end(kPlaces), [&](const Place& each) { return word_.is(each.word); });
    if (found == std::end(kPlaces)) return expected("domain, database or schema");
    if (!may_be_in(found->in)) return false;
    selector_.in = found->in;
    next();
    selector_.place_offset = word_.offset, selector_.place_length = word_.length;
    if (found->depth == 0) {
      if (word_.none()) return expected("the name of a domain");
      selector_.domain = word_.text;
    } else if (!full_name(found->depth, fmt::format("the name of a {}", found->word), selector_.container)) {
      return false;
    }
    next();
    return true;
  }

  bool may_be_in(Selector::In in) {
    if (in == Selector::In::Table && selector_.kind) return wrong(word_, "only columns are in a table", {});
    if (!selector_.kind || in == Selector::In::Domain) return true;
    const auto& kind = kinds::of(*selector_.kind);
    const bool fits =
        kind.scope == kinds::Scope::Schema || (kind.scope == kinds::Scope::Database && in == Selector::In::Database);
    return fits || wrong(word_, fmt::format("{} are not in a {}", to_lower(kind.sql_plural), to_lower(word_.text)),
                         kind.scope == kinds::Scope::Account ? "write in domain NAME, or nothing"
                                                             : "write in database D, or in domain NAME");
  }

  bool full_name(size_t depth, const std::string& what, QualifiedName& name) {
    if (word_.none()) return expected(what);
    if (open_quote_) return wrong(word_, "the quote is never closed", {});
    static constexpr std::string_view kForms[] = {"", "D", "D.S", "D.S.NAME"};
    auto parsed = QualifiedName::parse(word_.text);
    if (!parsed) return wrong(word_, fmt::format("'{}' is not {}: {}", word_.text, what, parsed.error().message), {});
    if (parsed->depth() != depth)
      return wrong(word_, fmt::format("'{}' is not {} in full", word_.text, what),
                   fmt::format("write {}", kForms[depth]));
    name = std::move(*parsed);
    return true;
  }

  bool conditions() {
    if (!word_.is("where")) return true;
    do {
      next();
      if (!word_.is("tag")) return expected("tag, as in where tag D.S.NAME = value,");
      next();
      TagCondition condition;
      condition.offset = word_.offset, condition.length = word_.length;
      if (!full_name(3, "the name of a tag", condition.tag)) return false;
      next();
      if (word_.is("=")) {
        next();
        if (!value(condition)) return false;
      }
      selector_.where.push_back(std::move(condition));
    } while (word_.is("and"));
    return true;
  }

  bool value(TagCondition& condition) {
    if (word_.none() || begins_a_part() || word_.is("and")) return expected("a value, or one in single quotes,");
    if (open_quote_) return wrong(word_, "the quote is never closed", {});
    const bool quoted = word_.text.front() == '\'' && word_.length >= 2;
    condition.value = quoted ? replace_all(word_.text.substr(1, word_.length - 2), "''", "'") : std::string(word_.text);
    next();
    return true;
  }

  bool name() {
    if (!word_.is("named")) return true;
    next();
    if (word_.none()) return expected("a pattern, as in named *EMAIL*,");
    if (open_quote_) return wrong(word_, "the quote is never closed", {});
    const bool quoted = word_.text.front() == '"' && word_.length >= 2;
    selector_.pattern = quoted ? word_.text.substr(1, word_.length - 2) : to_upper(word_.text);
    next();
    return true;
  }

  bool end() {
    if (word_.none()) return true;
    std::vector<std::string> may;
    if (selector_.pattern.empty()) {
      if (selector_.where.empty() && selector_.in == Selector::In::Mesh)
        may.emplace_back("in domain, database or schema");
      may.emplace_back(selector_.where.empty() ? "where tag" : "and tag");
      may.emplace_back("named PATTERN");
    }
    return wrong(word_, fmt::format("'{}' cannot stand here", word_.text),
                 may.empty() ? "nothing may follow the pattern" : fmt::format("what may follow: {}", join(may, "; ")));
  }

  std::string_view text_;
  size_t at_ = 0;
  Word word_;
  bool open_quote_ = false;
  Selector selector_;
  SelectorMistake mistake_;
};

}  // namespace

Result<Selector, SelectorMistake> parse_selector(std::string_view written) { return SelectorParser(written).run(); }

}  // namespace mesh::manifest
