#include "mesh/sql/references.hpp"

#include <algorithm>
#include <set>

#include "code.hpp"
#include "mesh/sql/token.hpp"
#include "naming.hpp"

namespace mesh::sql {
namespace {

// A dotted name as it stands in the text.
struct Chain {
  std::vector<Name> parts;
  size_t first = 0, end = 0;  // tokens
  bool star = false;          // A.B.* : one part more than the names tell
  bool call = false;          // followed by "("
  bool relation = false;      // stands where a table is expected
  bool stage = false;         // @A.B.C
};

// Words after which the comma list behind FROM is over.
bool ends_from(std::string_view upper) {
  static const std::set<std::string_view> words = {
      "WHERE", "GROUP",     "ORDER", "HAVING",  "QUALIFY", "LIMIT", "FETCH",  "OFFSET",    "UNION", "EXCEPT",
      "MINUS", "INTERSECT", "SET",   "CONNECT", "START",   "WHEN",  "WINDOW", "RETURNING", "VALUES"};
  return words.count(upper) > 0;
}

// One pair of brackets, or the whole text.
struct Level {
  bool query = false;  // SELECT, DELETE, ... stood here: FROM names tables
  bool expects_relation = false;
  bool in_from = false;            // a comma is followed by another relation
  bool using_is_relation = false;  // MERGE INTO t USING s, DELETE FROM t USING s
  bool head = true;                // nothing but WITH stood here yet
  std::set<Name> ctes;             // visible here and in what is inside
  std::optional<Name> own_cte;     // of a CTE's body: its name, visible behind UNION (recursion)
};

class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {
    const auto tokens = tokenize(text);
    if (tokens) tokens_ = without_comments(*tokens);
    levels_.emplace_back();
  }

  std::vector<Chain> run() {
    while (at_ < tokens_.size()) step();
    return std::move(chains_);
  }
  const std::vector<Token>& tokens() const { return tokens_; }

 private:
  Level& level() { return levels_.back(); }
  bool symbol(size_t i, std::string_view what) const {
    return i < tokens_.size() && is_symbol(tokens_[i], text_, what);
  }
  bool word(size_t i, std::string_view upper) const { return i < tokens_.size() && is_word(tokens_[i], text_, upper); }
  std::string upper_word(size_t i) const {
    return i < tokens_.size() && tokens_[i].type == TokenType::Word ? to_upper(tokens_[i].in(text_)) : std::string();
  }

  void step() {
    const auto& token = tokens_[at_];
    if (token.type == TokenType::Symbol) return step_symbol(token.in(text_));
    if (!is_name(token)) {
      // FROM 'stage file' and the like: whatever it is, it is the relation.
      level().expects_relation = false;
      ++at_;
      return;
    }
    if (token.type == TokenType::Word && step_keyword(upper_word(at_))) return;
    step_name();
  }

  void step_symbol(std::string_view what) {
    if (what == "(") return open();
    if (what == ")" && levels_.size() > 1) levels_.pop_back();
    if (what == "," && level().in_from) level().expects_relation = true;
    if (what == ";") levels_.assign(1, Level{});
    if (what == "@") return skip_stage();
    if (what == ":" || what == "::") return skip_path();
    ++at_;
  }

  void open() {
    Level inside;
    // FROM (a JOIN b) and FROM (SELECT ...): a relation is expected inside too.
    inside.expects_relation = inside.in_from = level().expects_relation;
    if (pending_cte_) inside.own_cte = std::move(pending_cte_);
    pending_cte_.reset();
    level().expects_relation = false;
    level().head = false;
    levels_.push_back(std::move(inside));
    ++at_;
  }

  // @db.schema.stage/path: the name's first part is a database as well.
  void skip_stage() {
    ++at_;
    level().expects_relation = false;
    if (at_ < tokens_.size() && is_name(tokens_[at_])) read_chain(false, true);
    while (at_ > 0 && at_ < tokens_.size() && tokens_[at_].begin == tokens_[at_ - 1].end && !symbol(at_, ")") &&
           !symbol(at_, "(") && !symbol(at_, ",") && !symbol(at_, ";")) {
      ++at_;
    }
  }

  // v:a.b and x::TYPE: what follows is no name of an object.
  void skip_path() {
    ++at_;
    if (at_ >= tokens_.size() || !is_name(tokens_[at_])) return;
    ++at_;
    while (symbol(at_, ".") && at_ + 1 < tokens_.size() && is_name(tokens_[at_ + 1])) at_ += 2;
  }

  // True where the word was one of SQL's own and has been dealt with.
  bool step_keyword(const std::string& upper) {
    if (symbol(at_ + 1, ".")) return false;  // a qualified name that begins with a word like that
    if (upper == "WITH") return step_with();
    if (upper == "SELECT") return begin_query();
    if (upper == "FROM") return step_from();
    if (upper == "JOIN") return expect(true);
    if (upper == "USING" && level().using_is_relation) return expect(true);
    if (upper == "INTO") return expect(false);
    if (upper == "UPDATE" && level().head) return level().query = true, expect(false);
    if (upper == "DELETE" && level().head) return level().query = level().using_is_relation = true, pass();
    if (upper == "MERGE" && level().head) return level().query = level().using_is_relation = true, pass();
    if (upper == "INSERT" || upper == "COPY") return level().query = true, pass();
    if (level().expects_relation && !symbol(at_ + 1, "(") && (upper == "LATERAL" || upper == "ONLY")) return pass(true);
    if (level().expects_relation && (upper == "LATERAL" || upper == "TABLE" || upper == "VALUES"))
      return step_builtin(upper);
    if (ends_from(upper)) return end_from(upper);
    if (is_reserved_word(upper) && !symbol(at_ + 1, "(")) return pass(level().expects_relation);
    return false;
  }

  bool pass(bool keep_expecting = false) {
    level().head = level().head && keep_expecting;
    level().expects_relation = level().expects_relation && keep_expecting;
    ++at_;
    return true;
  }
  bool expect(bool in_from) {
    level().head = false;
    level().expects_relation = true;
    level().in_from = level().in_from || in_from;
    ++at_;
    return true;
  }
  bool begin_query() {
    level().query = true;
    level().in_from = false;
    level().head = false;
    level().expects_relation = false;
    ++at_;
    return true;
  }

  // EXTRACT(YEAR FROM x), TRIM(.. FROM x), IS DISTINCT FROM x name no tables.
  bool step_from() {
    const bool distinct = at_ >= 2 && word(at_ - 1, "DISTINCT") && (word(at_ - 2, "IS") || word(at_ - 2, "NOT"));
    const bool in_call = levels_.size() > 1 && !level().query && !level().expects_relation;
    return distinct || in_call ? pass() : expect(true);
  }

  bool end_from(const std::string& upper) {
    auto& here = level();
    if (upper == "UNION" && here.own_cte) here.ctes.insert(*here.own_cte);
    here.in_from = here.expects_relation = here.head = false;
    // MERGE: USING is over once WHEN begins.
    if (upper == "WHEN") here.using_is_relation = false;
    ++at_;
    return true;
  }

  // LATERAL (SELECT ...), TABLE(F(...)), VALUES (1): brackets that hold no list of relations.
  bool step_builtin(const std::string& upper) {
    const bool lateral = upper == "LATERAL";
    ++at_;
    level().expects_relation = lateral;
    return true;
  }

  // WITH a AS (...), b (x, y) AS (...): START WITH, WITH TAG and so on are something else.
  bool step_with() {
    auto i = at_ + 1;
    const bool recursive = word(i, "RECURSIVE");
    if (recursive) ++i;
    if (!cte_begins(i)) return pass(level().expects_relation);
    at_ = i;
    recursive_ = recursive;
    begin_cte();
    return true;
  }

  // name [(columns)] AS (
  bool cte_begins(size_t i) const {
    if (i >= tokens_.size() || !is_name(tokens_[i])) return false;
    ++i;
    if (symbol(i, "(")) {
      for (int depth = 0; i < tokens_.size(); ++i) {
        if (symbol(i, "(")) ++depth;
        if (symbol(i, ")") && --depth == 0) break;
      }
      ++i;
    }
    return word(i, "AS") && symbol(i + 1, "(");
  }

  // At a CTE's name: goes into its body; when that is closed, the name becomes visible and a comma brings the next.
  void begin_cte() {
    const auto name = name_of(tokens_[at_], text_);
    while (!(word(at_, "AS") && symbol(at_ + 1, "("))) ++at_;
    ++at_;
    if (recursive_) level().ctes.insert(name);
    pending_cte_ = name;
    const auto depth = levels_.size();
    step();  // the bracket
    while (at_ < tokens_.size() && levels_.size() > depth) step();
    level().ctes.insert(name);
    level().expects_relation = false;
    if (symbol(at_, ",") && cte_begins(at_ + 1)) {
      ++at_;
      begin_cte();
    }
  }

  void step_name() {
    const bool expected = level().expects_relation;
    level().expects_relation = false;
    level().head = false;
    read_chain(expected);
  }

  void read_chain(bool relation, bool stage = false) {
    Chain chain;
    chain.stage = stage;
    chain.first = at_;
    chain.relation = relation;
    chain.parts.push_back(name_of(tokens_[at_++], text_));
    while (symbol(at_, ".")) {
      if (at_ + 1 < tokens_.size() && is_name(tokens_[at_ + 1])) {
        chain.parts.push_back(name_of(tokens_[at_ + 1], text_));
        at_ += 2;
      } else if (symbol(at_ + 1, ".") && at_ + 2 < tokens_.size() && is_name(tokens_[at_ + 2])) {
        // db..object means schema PUBLIC (identifiers-and-literals.md section 1).
        chain.parts.push_back(Name::exact("PUBLIC"));
        chain.parts.push_back(name_of(tokens_[at_ + 2], text_));
        at_ += 3;
      } else {
        chain.star = symbol(at_ + 1, "*");
        break;
      }
    }
    chain.end = at_;
    // INSERT INTO t (columns) is no call.
    chain.call = symbol(at_, "(") && !(chain.first > 0 && word(chain.first - 1, "INTO"));
    if (chain.star) at_ += 2;
    if (relation && !chain.call && chain.parts.size() == 1 && is_cte(chain.parts[0])) return;
    chains_.push_back(std::move(chain));
  }

  bool is_cte(const Name& name) const {
    return std::any_of(levels_.begin(), levels_.end(), [&](const Level& l) { return l.ctes.count(name) > 0; });
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  std::vector<Level> levels_;
  std::vector<Chain> chains_;
  std::optional<Name> pending_cte_;
  bool recursive_ = false;
};

// The last two names of every relation: S.T of D.S.T, so that S.T.COL is known as a column.
std::set<std::pair<Name, Name>> schemas_and_tables(const std::vector<Chain>& chains) {
  std::set<std::pair<Name, Name>> out;
  for (const auto& chain : chains) {
    const auto n = chain.parts.size();
    if (chain.relation && !chain.call && n >= 2) out.insert({chain.parts[n - 2], chain.parts[n - 1]});
  }
  return out;
}

// Whether the first part of the dotted name is a database.
bool begins_with_database(const Chain& chain, const std::set<std::pair<Name, Name>>& tables) {
  const auto n = chain.parts.size();
  if (n + (chain.star ? 1 : 0) >= 4) return true;
  if (n < 3) return false;
  if (chain.relation || chain.call) return true;
  if (chain.parts[2].stored() == "NEXTVAL") return false;  // SCHEMA.SEQUENCE.NEXTVAL
  return tables.count({chain.parts[0], chain.parts[1]}) == 0;
}

bool is_next_value(const Chain& chain) {
  const auto n = chain.parts.size();
  return !chain.relation && !chain.call && n >= 2 && n <= 4 && chain.parts.back().stored() == "NEXTVAL";
}

}  // namespace

std::vector<Reference> find_references(std::string_view text) {
  Walker walker(text);
  const auto chains = walker.run();
  const auto& tokens = walker.tokens();
  const auto tables = schemas_and_tables(chains);
  std::vector<Reference> out;
  for (const auto& chain : chains) {
    if (is_next_value(chain)) {
      out.push_back({.name = QualifiedName({chain.parts.begin(), chain.parts.end() - 1}),
                     .begin = tokens[chain.first].begin,
                     .end = tokens[chain.end - 1].end,
                     .is_sequence = true});
      continue;
    }
    if (chain.stage) {
      const auto parts = static_cast<std::ptrdiff_t>(std::min<size_t>(chain.parts.size(), 3));
      out.push_back({.name = QualifiedName({chain.parts.begin(), chain.parts.begin() + parts}),
                     .begin = tokens[chain.first].begin,
                     .end = tokens[chain.end - 1].end,
                     .is_stage = true});
      continue;
    }
    const bool qualified_call = chain.call && chain.parts.size() > 1;
    const bool relation = chain.relation && (!chain.call || qualified_call);
    if (!relation && !qualified_call && !begins_with_database(chain, tables)) continue;
    auto parts = chain.parts;
    if (parts.size() > 3) parts.resize(3);
    out.push_back({.name = QualifiedName(std::move(parts)),
                   .begin = tokens[chain.first].begin,
                   .end = tokens[chain.end - 1].end,
                   .is_function = chain.call});
  }
  return out;
}

QualifiedName full_name(const QualifiedName& written, const QualifiedName& home) {
  auto parts = written.parts();
  if (parts.size() > 3) parts.resize(3);
  if (parts.size() == 1) parts.insert(parts.begin(), home.parts()[1]);
  if (parts.size() == 2) parts.insert(parts.begin(), home.parts()[0]);
  return QualifiedName(std::move(parts));
}

void find_database_edits(std::string_view text, const RenameName& rename, std::vector<Edit>& out) {
  Walker walker(text);
  const auto chains = walker.run();
  const auto tables = schemas_and_tables(chains);
  for (const auto& chain : chains) {
    if (!begins_with_database(chain, tables)) continue;
    const auto renamed = rename(KindId::Database, chain.parts[0]);
    if (!renamed) continue;
    const auto& token = walker.tokens()[chain.first];
    out.push_back({token.begin, token.end, token.type == TokenType::QuotedName ? renamed->sql() : renamed->display()});
  }
}

}  // namespace mesh::sql
