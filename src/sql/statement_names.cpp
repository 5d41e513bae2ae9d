// Names of the account's level in statements: USE ROLE R, GRANT ... TO ROLE R, DROP SCHEMA D.S.
#include <algorithm>

#include "code.hpp"
#include "mesh/sql/token.hpp"
#include "mesh/sql/writer.hpp"
#include "naming.hpp"

namespace mesh::sql {
namespace {

// Statements whose words tell what their names are. In any other, USER or ROLE may be a column, and what stands behind
// it that column's alias. Of COPY only the parameters are read.
constexpr std::string_view kHeads[] = {"USE",  "CREATE", "ALTER",    "DROP",    "UNDROP",  "GRANT", "REVOKE",
                                       "SHOW", "DESC",   "DESCRIBE", "COMMENT", "EXECUTE", "COPY"};
// Behind these a statement may begin: in Snowflake Scripting and alerts, and AS in a task's statement.
constexpr std::string_view kOpeners[] = {";", "(", "BEGIN", "THEN", "ELSE", "DO", "LOOP", "REPEAT"};

// Parameters whose value is such a name (the pages of the CREATE statements), beside the kinds' own words.
constexpr NamedBy kByParameter[] = {
    {"STORAGE_INTEGRATION", KindId::StorageIntegration},
    {"RESOURCE_MONITOR", KindId::ResourceMonitor},
    {"NETWORK_POLICY", KindId::NetworkPolicy},
    {"DEFAULT_WAREHOUSE", KindId::Warehouse},
    {"DEFAULT_ROLE", KindId::Role},
    {"DEFAULT_NAMESPACE", KindId::Database, 1, 2},
    {"NOTIFY_USERS", KindId::User, 1, 1, true},
    {"SECONDARY ROLES", KindId::Role, 1, 1, true},
};

// A name whose kind the statement's first word tells.
struct InStatement {
  std::string_view head, word;
  NamedBy by;
};
constexpr InStatement kInStatements[] = {
    {"USE", "USE", {"", KindId::Database, 1, 2}},  // USE D, USE D.S (pages sql/use-database, sql/use-schema)
    {"GRANT", "TO", {"", KindId::Role}},           // ROLE may be left out there (page sql/grant-privilege)
    {"REVOKE", "FROM", {"", KindId::Role}},
    {"SHOW", "IN", {"", KindId::Database, 2, 2}},  // SHOW TABLES IN D.S; one name alone is a schema
};
// Behind these stands one more of what the statement is about.
constexpr std::string_view kSameKind[] = {"RENAME TO", "SWAP WITH", "CLONE"};

class Statements {
 public:
  Statements(std::string_view text, const RenameName& rename, std::vector<Edit>& out)
      : text_(text), rename_(rename), out_(out) {
    if (const auto tokens = tokenize(text)) tokens_ = without_comments(*tokens);
  }

  void run() {
    for (size_t at = 0; at < tokens_.size(); ++at) step(at);
  }

 private:
  bool symbol(size_t i, std::string_view what) const {
    return i < tokens_.size() && is_symbol(tokens_[i], text_, what);
  }
  bool word(size_t i, std::string_view upper) const { return i < tokens_.size() && is_word(tokens_[i], text_, upper); }
  bool string(size_t i) const { return i < tokens_.size() && tokens_[i].type == TokenType::String; }
  bool is_head(size_t i) const {
    return std::ranges::any_of(kHeads, [&](std::string_view head) { return word(i, head); });
  }
  // The last of one or two words.
  bool words_end(size_t i, std::string_view words) const {
    const auto blank = words.find(' ');
    if (blank == std::string_view::npos) return word(i, words);
    return i > 0 && word(i - 1, words.substr(0, blank)) && word(i, words.substr(blank + 1));
  }

  void step(size_t at) {
    if (symbol(at, ";")) head_.clear();
    if (is_head(at) && opens(at)) return begin(at);
    // CREATE VIEW ... AS SELECT, SHOW ... ->> SELECT: what follows is a query. Of GRANT it is a privilege.
    if (word(at, "SELECT") && head_ != "GRANT" && head_ != "REVOKE" && head_ != "COPY") head_.clear();
    if (head_.empty()) return;
    if (word(at, "FUNCTION") || word(at, "PROCEDURE")) is_routine_ = true;
    if (word(at, "LANGUAGE")) is_sql_ = word(at + 1, "SQL");
    if (is_routine_ && is_sql_ && word(at, "AS")) body(at + 1);
    names_behind(at);
  }

  // A column may be named COMMENT or SHOW: its statement goes on with a word.
  bool opens(size_t at) const {
    if (at + 1 >= tokens_.size() || !is_name(tokens_[at + 1])) return false;
    if (word(at, "COMMENT") && !word(at + 1, "ON") && !word(at + 1, "IF")) return false;
    if (at == 0 || (word(at - 1, "AS") && !head_.empty())) return true;
    return std::ranges::any_of(kOpeners,
                               [&](std::string_view opener) { return word(at - 1, opener) || symbol(at - 1, opener); });
  }

  void begin(size_t at) {
    head_ = to_upper(tokens_[at].in(text_));
    subject_ = nullptr;
    is_routine_ = false;
    is_sql_ = true;  // the default of both CREATE statements
    if (head_ == "EXECUTE" && word(at + 1, "IMMEDIATE")) body(at + 2);
    names_behind(at);
  }

  // A literal that is SQL itself, and not a part of what is put together.
  void body(size_t at) {
    if (!string(at) || symbol(at + 1, "||")) return;
    const auto written = tokens_[at].in(text_);
    const auto inside = string_value(written);
    const auto renamed = rename_account_names(inside, rename_);
    if (renamed == inside) return;
    const bool dollars = written.substr(0, 2) == "$$";
    out_.push_back({tokens_[at].begin, tokens_[at].end, dollars ? dollar_quoted(renamed) : literal(renamed)});
  }

  void names_behind(size_t at) {
    for (const auto& by : kByParameter) {
      if (words_end(at, by.words)) return names(at + 1, by);
    }
    if (head_ == "COPY" || words_end(at, "APPLICATION ROLE")) return;
    for (const auto& by : named_by_kind()) {
      if (!words_end(at, by.words)) continue;
      if (subject_ == nullptr) subject_ = &by;
      return names(at + 1, by);
    }
    for (const auto& each : kInStatements) {
      if (head_ == each.head && word(at, each.word)) return names(at + 1, each.by);
    }
    for (const auto words : kSameKind) {
      if (subject_ != nullptr && words_end(at, words)) return names(at + 1, *subject_);
    }
  }

  // [IF [NOT] EXISTS] [=] name, 'name', IDENTIFIER('name'), or a list of these.
  void names(size_t at, const NamedBy& by) {
    if (word(at, "IF")) at += word(at + 1, "NOT") ? 3 : 2;
    const bool is_parameter = symbol(at, "=");
    if (is_parameter) ++at;
    if (by.is_list && symbol(at, "(")) ++at;
    at = name(at, by, is_parameter);
    while (by.is_list && symbol(at, ",")) at = name(at + 1, by, is_parameter);
  }

  // Where the name ends that begins there.
  size_t name(size_t at, const NamedBy& by, bool is_parameter) {
    if (word(at, "IDENTIFIER") && symbol(at + 1, "(") && string(at + 2)) {
      in_string(at + 2, by);
      return at + 4;
    }
    if (is_parameter && string(at)) {
      in_string(at, by);
      return at + 1;
    }
    if (at >= tokens_.size() || !is_name(tokens_[at])) return at;
    const auto& first = tokens_[at];
    size_t parts = 1;
    for (++at; symbol(at, ".") && at + 1 < tokens_.size() && is_name(tokens_[at + 1]); at += 2) ++parts;
    if (parts < by.fewest || parts > by.most) return at;
    if (const auto renamed = rename_(by.level, name_of(first, text_)))
      out_.push_back(
          {first.begin, first.end, first.type == TokenType::QuotedName ? renamed->sql() : renamed->display()});
    return at;
  }

  void in_string(size_t at, const NamedBy& by) {
    if (const auto renamed = renamed_object(string_value(tokens_[at].in(text_)), by, rename_))
      out_.push_back({tokens_[at].begin, tokens_[at].end, literal(*renamed)});
  }

  std::string_view text_;
  const RenameName& rename_;
  std::vector<Edit>& out_;
  std::vector<Token> tokens_;
  std::string head_;                  // of the statement that is read; empty where its words tell nothing
  const NamedBy* subject_ = nullptr;  // the first kind it names
  bool is_routine_ = false, is_sql_ = true;
};

}  // namespace

void find_statement_edits(std::string_view text, const RenameName& rename, std::vector<Edit>& out) {
  Statements(text, rename, out).run();
}

}  // namespace mesh::sql
