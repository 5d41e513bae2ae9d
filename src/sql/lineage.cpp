#include "mesh/sql/lineage.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <span>

#include "mesh/base/text.hpp"
#include "mesh/sql/token.hpp"

namespace mesh::sql {
namespace {

template <size_t N>
bool among(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// What ends the list behind FROM, and what makes of two queries one (select, query-syntax).
constexpr auto kAfterFrom = std::to_array<std::string_view>(
    {"WHERE", "GROUP", "HAVING", "QUALIFY", "ORDER", "LIMIT", "FETCH", "OFFSET", "FOR", "CONNECT", "START"});
constexpr auto kTwoQueries = std::to_array<std::string_view>({"UNION", "EXCEPT", "MINUS", "INTERSECT"});
// What makes columns of its own, or rows of another shape.
constexpr auto kReshapes = std::to_array<std::string_view>(
    {"PIVOT", "UNPIVOT", "MATCH_RECOGNIZE", "LATERAL", "FLATTEN", "TABLE", "VALUES", "RESAMPLE", "CHANGES"});
constexpr auto kJoinWords = std::to_array<std::string_view>(
    {"INNER", "LEFT", "RIGHT", "FULL", "OUTER", "CROSS", "NATURAL", "JOIN", "ON", "USING", "ASOF", "DIRECTED",
     "MATCH_CONDITION", "SAMPLE", "TABLESAMPLE", "AT", "BEFORE"});

struct Piece {
  std::string_view text;
  std::string word;  // upper case, of bare words only
  TokenType type = TokenType::Symbol;
  int depth = 0;
  bool is_name() const { return type == TokenType::Word || type == TokenType::QuotedName; }
  bool is(std::string_view symbol) const { return type == TokenType::Symbol && text == symbol; }
};
using Pieces = std::span<const Piece>;

std::optional<std::vector<Piece>> pieces_of(std::string_view query) {
  const auto tokens = tokenize(query);
  if (!tokens) return std::nullopt;
  std::vector<Piece> pieces;
  int depth = 0;
  for (const auto& token : *tokens) {
    if (token.type == TokenType::Comment) continue;
    Piece piece{token.in(query), {}, token.type, depth};
    if (token.type == TokenType::Word) piece.word = to_upper(piece.text);
    if (piece.is("(") || piece.is("[")) ++depth;
    if (piece.is(")") || piece.is("]")) piece.depth = --depth;
    pieces.push_back(std::move(piece));
  }
  while (!pieces.empty() && pieces.back().is(";")) pieces.pop_back();
  return pieces;
}

size_t find_word(Pieces pieces, size_t from, std::string_view word) {
  while (from < pieces.size() && (pieces[from].depth > 0 || pieces[from].word != word)) ++from;
  return from;
}

// The dotted name that begins at `at`, which is set behind it; empty where none does.
std::vector<Name> dotted(Pieces pieces, size_t& at) {
  std::vector<Name> names;
  while (at < pieces.size() && pieces[at].is_name()) {
    const auto name = Name::parse(pieces[at].text);
    if (!name) return {};
    names.push_back(*name);
    if (at + 1 >= pieces.size() || !pieces[at + 1].is(".")) return ++at, names;
    at += 2;
  }
  return names;
}

struct Relation {
  QualifiedName name;
  Name alias;  // what its columns may be written behind
  const std::vector<Name>* columns = nullptr;
  bool has(const Name& column) const {
    return columns != nullptr && std::find(columns->begin(), columns->end(), column) != columns->end();
  }
};

class Query {
 public:
  explicit Query(const ColumnsOf& columns_of) : columns_of_(columns_of) {}

  std::optional<std::vector<OutputColumn>> read(Pieces pieces) {
    if (pieces.empty() || pieces[0].word != "SELECT") return std::nullopt;
    for (const auto& piece : pieces) {
      if (piece.depth == 0 && among(kTwoQueries, piece.word)) return std::nullopt;
    }
    const size_t begin = behind_select(pieces, 0);
    if (begin < pieces.size() && pieces[begin].word == "TOP") return std::nullopt;
    const size_t from = find_word(pieces, begin, "FROM");
    if (from < pieces.size() && !relations(pieces.subspan(from + 1))) return std::nullopt;
    if (!items(pieces.subspan(begin, from - begin), [&](Pieces one) { return item(one); })) return std::nullopt;
    return std::move(out_);
  }

  // The first SELECT outside brackets says them: behind a WITH, and of several that are one query.
  std::optional<std::vector<Name>> names(Pieces pieces) {
    size_t begin = behind_select(pieces, find_word(pieces, 0, "SELECT"));
    if (begin + 1 < pieces.size() && pieces[begin].word == "TOP") begin += 2;
    if (begin >= pieces.size()) return std::nullopt;
    size_t end = begin;
    while (end < pieces.size() && (pieces[end].depth > 0 || !among(kTwoQueries, pieces[end].word))) ++end;
    pieces = pieces.first(end);
    const size_t from = find_word(pieces, begin, "FROM");
    const bool has_star = std::any_of(pieces.begin() + static_cast<std::ptrdiff_t>(begin),
                                      pieces.begin() + static_cast<std::ptrdiff_t>(from),
                                      [](const Piece& piece) { return piece.depth == 0 && piece.is("*"); });
    if (has_star && from < pieces.size() && !relations(pieces.subspan(from + 1))) return std::nullopt;
    std::vector<Name> all;
    const auto name = [&](Pieces one) {
      if (is_star(one)) return item(one);
      OutputColumn column;
      const bool is_named = name_of(one, column.name);
      out_.push_back(std::move(column));
      return is_named;
    };
    if (!items(pieces.subspan(begin, from - begin), name)) return std::nullopt;
    for (auto& column : out_) all.push_back(std::move(column.name));
    return all;
  }

 private:
  static size_t behind_select(Pieces pieces, size_t select) {
    const size_t begin = select + 1;
    const bool is_word = begin < pieces.size() && (pieces[begin].word == "DISTINCT" || pieces[begin].word == "ALL");
    return is_word ? begin + 1 : begin;
  }

  // Each of a list with commas between them, as long as `read` is content.
  template <typename Read>
  static bool items(Pieces pieces, const Read& read) {
    size_t start = 0;
    for (size_t i = 0; i <= pieces.size(); ++i) {
      const bool ends = i == pieces.size() || (pieces[i].depth == 0 && pieces[i].is(","));
      if (!ends) continue;
      if (i == start || !read(pieces.subspan(start, i - start))) return false;
      start = i + 1;
    }
    return true;
  }

  static bool is_star(Pieces pieces) {
    return pieces.back().is("*") && (pieces.size() == 1 || (pieces.size() == 3 && pieces[1].is(".")));
  }

  bool relations(Pieces pieces) {
    bool expected = true;
    for (size_t i = 0; i < pieces.size();) {
      const auto& piece = pieces[i];
      if (piece.depth == 0 && among(kAfterFrom, piece.word)) break;
      if (among(kReshapes, piece.word)) return false;
      if (expected) {
        auto names = dotted(pieces, i);
        if (names.empty() || names.size() > 3 || (i < pieces.size() && pieces[i].is("("))) return false;
        Relation relation{QualifiedName(names), names.back(), nullptr};
        if (i < pieces.size() && pieces[i].word == "AS") ++i;
        if (i < pieces.size() && is_alias(pieces[i])) {
          const auto alias = Name::parse(pieces[i++].text);
          if (!alias) return false;
          relation.alias = *alias;
        }
        relation.columns = columns_of_(relation.name);
        relations_.push_back(std::move(relation));
        expected = false;
        continue;
      }
      expected = piece.depth == 0 && (piece.is(",") || piece.word == "JOIN");
      ++i;
    }
    return !expected;
  }

  static bool is_alias(const Piece& piece) {
    return piece.is_name() && piece.depth == 0 && !among(kJoinWords, piece.word) && !among(kAfterFrom, piece.word) &&
           !among(kReshapes, piece.word);
  }

  // `*` and `A.*`; what it leaves out or renames (EXCLUDE, ILIKE) is not looked into.
  bool star(const Name* alias) {
    bool found = false;
    for (const auto& relation : relations_) {
      if (alias != nullptr && relation.alias != *alias) continue;
      if (relation.columns == nullptr) return false;
      for (const auto& column : *relation.columns) out_.push_back({column, {{relation.name, column}}});
      found = true;
    }
    return found;
  }

  bool item(Pieces pieces) {
    if (pieces.back().is("*") && pieces.size() == 1) return star(nullptr);
    if (pieces.size() == 3 && pieces[0].is_name() && pieces[1].is(".") && pieces[2].is("*")) {
      const auto alias = Name::parse(pieces[0].text);
      return alias && star(&*alias);
    }
    OutputColumn column;
    if (!name_of(pieces, column.name)) return false;
    std::set<ColumnSource> sources;
    for (size_t i = 0; i < pieces.size();) {
      if (!mention(pieces, i, sources)) return false;
    }
    column.sources.assign(sources.begin(), sources.end());
    out_.push_back(std::move(column));
    return true;
  }

  // The alias, which is taken off the expression; else the column that the expression is.
  static bool name_of(Pieces& pieces, Name& name) {
    const auto& last = pieces.back();
    if (!last.is_name() || last.depth > 0) return false;
    const auto parsed = Name::parse(last.text);
    if (!parsed) return false;
    name = *parsed;
    const size_t size = pieces.size();
    if (size == 1 || pieces[size - 2].is(".")) return true;
    if (pieces[size - 2].word == "AS") {
      pieces = pieces.first(size - 2);
      return !pieces.empty();
    }
    // Without AS: what stands before it ends an expression. END of a CASE, the type behind :: are no aliases.
    const auto& before = pieces[size - 2];
    const bool ends = before.is(")") || before.is("]") || before.type == TokenType::Number ||
                      before.type == TokenType::String || before.word == "END" ||
                      (before.is_name() && !is_reserved_word(before.word));
    if (!ends || last.word == "END" || is_reserved_word(last.word)) return false;
    pieces = pieces.first(size - 1);
    return true;
  }

  // A name in an expression: a column, or a word of SQL, a function, a type.
  bool mention(Pieces pieces, size_t& i, std::set<ColumnSource>& sources) const {
    if (pieces[i].word == "SELECT" || among(kReshapes, pieces[i].word)) return false;
    // The type of a cast, an element of a path, a variable.
    const bool is_other = i > 0 && (pieces[i - 1].is("::") || pieces[i - 1].is(":") || pieces[i - 1].is("$"));
    if (!pieces[i].is_name()) return ++i, true;
    const auto names = dotted(pieces, i);
    const bool is_call = i < pieces.size() && pieces[i].is("(");
    if (names.empty() || is_other || is_call) return !names.empty();
    const auto& column = names.back();
    if (names.size() == 1) {
      std::vector<const Relation*> owners;
      bool unknown = false;
      for (const auto& relation : relations_) {
        if (relation.has(column)) owners.push_back(&relation);
        unknown |= relation.columns == nullptr;
      }
      if (owners.size() == 1) sources.insert({owners.front()->name, column});
      // With a relation whose columns nobody knows the word may be one of them, or of SQL.
      return owners.size() < 2 && !(owners.empty() && unknown && !is_reserved_word(column.stored()));
    }
    const QualifiedName prefix(std::vector<Name>(names.begin(), names.end() - 1));
    for (const auto& relation : relations_) {
      const bool is_it = prefix.depth() == 1 ? relation.alias == prefix.first() : relation.name == prefix;
      if (!is_it) continue;
      sources.insert({relation.name, column});
      return true;
    }
    return false;
  }

  const ColumnsOf& columns_of_;
  std::vector<Relation> relations_;
  std::vector<OutputColumn> out_;
};

}  // namespace

std::optional<std::vector<OutputColumn>> output_columns(std::string_view query, const ColumnsOf& columns_of) {
  const auto pieces = pieces_of(query);
  if (!pieces) return std::nullopt;
  return Query(columns_of).read(*pieces);
}

std::optional<std::vector<Name>> output_names(std::string_view query, const ColumnsOf& columns_of) {
  const auto pieces = pieces_of(query);
  if (!pieces) return std::nullopt;
  return Query(columns_of).names(*pieces);
}

std::vector<Name> column_list_of_create(std::string_view create_statement) {
  const auto all = pieces_of(create_statement);
  if (!all || all->empty() || all->front().word != "CREATE") return {};
  const Pieces pieces(*all);
  // CREATE OR REPLACE SECURE RECURSIVE VIEW IF NOT EXISTS name: the last word before the name may be VIEW or EXISTS.
  size_t at = find_word(pieces, 0, "VIEW") + 1;
  if (at < pieces.size() && pieces[at].word == "IF") at += 3;
  if (dotted(pieces, at).empty()) return {};
  if (at + 1 < pieces.size() && pieces[at].word == "COPY" && pieces[at + 1].word == "GRANTS") at += 2;
  if (at >= pieces.size() || !pieces[at].is("(")) return {};
  std::vector<Name> names;
  for (bool expected = true; ++at < pieces.size() && pieces[at].depth > 0;) {
    if (expected) {
      const auto name = Name::parse(pieces[at].text);
      if (!name) return {};
      names.push_back(*name);
    }
    expected = pieces[at].depth == 1 && pieces[at].is(",");
  }
  return names;
}

}  // namespace mesh::sql
