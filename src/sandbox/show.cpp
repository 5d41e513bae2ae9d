#include "show.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "login_policy.hpp"
#include "mesh/base/text.hpp"
#include "routine.hpp"
#include "sql_error.hpp"
#include "statements.hpp"

namespace mesh::sandbox {
namespace {

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// The bare word behind IN that names the kind of scope.
std::optional<Kind> scope_word(Parser& p) {
  for (const Kind kind : {Kind::Account, Kind::Database, Kind::Schema, Kind::Table, Kind::View}) {
    if (p.accept(facts(kind).words)) return kind;
  }
  return std::nullopt;
}

bool name_follows(const Parser& p) {
  return p.peek().is_name() && !p.at("LIKE") && !p.at("STARTS") && !p.at("LIMIT") && !p.at("ROOT ONLY");
}

const Object& current(const Running& run, Kind kind) {
  NameParts parts;
  if (kind == Kind::Database) parts = full_parts(run, Kind::Schema, {"X"});
  if (kind == Kind::Schema) parts = full_parts(run, Kind::Table, {"X"});
  parts.pop_back();
  return need_scope(run, kind, parts);
}

const Object& read_scope(Running& run, Lives lives) {
  Parser& p = run.parser;
  const auto word = scope_word(p);
  if (word == Kind::Account) return run.home();
  if (word && !name_follows(p)) return current(run, *word);
  const NameParts name = p.qualified();
  if (word) return need_scope(run, *word, name);
  // Without a word: a database for what lives in databases, a schema for what lives in schemas.
  return need_scope(run, lives == Lives::InDatabase ? Kind::Database : Kind::Schema, name);
}

size_t read_limit(Parser& p) {
  const int64_t limit = p.integer();
  // LIMIT may not exceed 10000 (show-tables); the words of the refusal are unconfirmed.
  if (limit < 1 || limit > static_cast<int64_t>(kShowRows)) {
    refuse_compilation("001491", "22023", fmt::format("Invalid row count '{}' in limit clause", limit));
  }
  return static_cast<size_t>(limit);
}

}  // namespace

void read_clauses(Running& run, Lives lives, ShowClauses& clauses) {
  Parser& p = run.parser;
  while (!p.at_end() && !p.at_symbol(";")) {
    if (p.accept("LIKE")) {
      clauses.like = p.string();
    } else if (p.accept("STARTS WITH")) {
      clauses.starts_with = p.string();
    } else if (p.accept("LIMIT")) {
      clauses.limit = read_limit(p);
      if (p.accept("FROM")) clauses.from = p.string();
    } else if (clauses.takes_root_only && p.accept("ROOT ONLY")) {
      clauses.root_only = true;
    } else if (p.accept("IN")) {
      clauses.scope = &read_scope(run, lives);
    } else {
      p.unexpected();
    }
  }
  p.expect_end();
}

bool like(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    const bool fits = p < pattern.size() &&
                      ((!escaped && pattern[p] == '_') || upper(pattern[p + (escaped ? 1 : 0)]) == upper(text[t]));
    if (p < pattern.size() && !escaped && pattern[p] == '%') {
      star = p++, mark = t;
    } else if (fits) {
      p += escaped ? 2 : 1, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1, t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '%') ++p;
  return p == pattern.size();
}

bool name_matches(const ShowClauses& clauses, std::string_view name) {
  if (clauses.like && !like(*clauses.like, name)) return false;
  if (clauses.starts_with && name.substr(0, clauses.starts_with->size()) != *clauses.starts_with) return false;
  return !clauses.from || name > *clauses.from;
}

void limit_rows(const ShowClauses& clauses, Overflow overflow, std::vector<Row>& rows) {
  if (clauses.limit) {
    if (rows.size() > *clauses.limit) rows.resize(*clauses.limit);
    return;
  }
  if (rows.size() <= kShowRows) return;
  if (overflow == Overflow::Cut) return rows.resize(kShowRows);
  // Seen in public reports of connectors; not in the documentation.
  refuse("090153", "22000",
         fmt::format("The result set size exceeded the max number of rows({}) supported for SHOW statements. Use LIMIT "
                     "option to limit "
                     "result set to a smaller number.",
                     kShowRows));
}

std::vector<const Object*> databases_in_scope(const Running& run, const ShowClauses& clauses) {
  const Object* scope = clauses.scope;
  if (scope == nullptr && !run.session.database.empty()) scope = look_up(run, Kind::Database, {run.session.database});
  if (scope != nullptr && scope->kind == Kind::Database) return {scope};
  std::vector<const Object*> found;
  for (const auto& [name, id] : run.catalog.children(run.account, Kind::Database)) {
    if (const Object& database = run.catalog.at(id); run.access.sees(database)) found.push_back(&database);
  }
  return found;
}

std::vector<const Object*> schemas_in_scope(const Running& run, const ShowClauses& clauses) {
  if (clauses.scope != nullptr && clauses.scope->kind == Kind::Schema) return {clauses.scope};
  std::vector<const Object*> found;
  for (const Object* database : databases_in_scope(run, clauses)) {
    for (const auto& [name, id] : run.catalog.children(database->id, Kind::Schema)) {
      if (const Object& schema = run.catalog.at(id); run.access.sees(schema)) found.push_back(&schema);
    }
  }
  return found;
}

Cell timestamp_cell(int64_t ms) { return fmt::format("{}.{:03}", ms / 1000, ms % 1000); }
Cell flag_cell(bool value, const char* yes, const char* no) { return value ? yes : no; }

std::string owner_name(const Running& run, const Object& object) {
  const Object* owner = run.catalog.find(object.owner);
  return owner == nullptr ? "" : owner->name;
}

std::string owner_type(const Running& run, const Object& object) {
  const Object* owner = run.catalog.find(object.owner);
  return owner == nullptr ? "" : std::string(facts(owner->kind).granted_on);
}

std::string comment_of(const Object& object) { return object.prop("COMMENT"); }

std::vector<Column> columns_of(const std::vector<std::string_view>& names) {
  std::vector<Column> columns;
  for (const std::string_view text : names) {
    std::string name(text.substr(2));
    switch (text[0]) {
      case 'L':
        columns.push_back(timestamp_column(std::move(name)));
        break;
      case 'N':
        columns.push_back(number_column(std::move(name)));
        break;
      case 'V':
        columns.push_back(text_column(std::move(name)));
        columns.back().type = "variant";
        columns.back().length = columns.back().byte_length = std::nullopt;
        break;
      case 'A':
        columns.push_back(text_column(std::move(name)));
        columns.back().type = "array";
        columns.back().length = columns.back().byte_length = std::nullopt;
        break;
      case 'O':
        columns.push_back(text_column(std::move(name)));
        columns.back().type = "object";
        columns.back().length = columns.back().byte_length = std::nullopt;
        break;
      default:
        columns.push_back(text_column(std::move(name)));
    }
  }
  return columns;
}

namespace {

// Plurals that only SHOW has.
std::optional<Kind> read_plural(Parser& p) {
  if (p.accept("USER FUNCTIONS")) return Kind::Function;
  if (p.accept("USER PROCEDURES")) return Kind::Procedure;
  if (p.accept("STORAGE INTEGRATIONS")) return Kind::Integration;
  if (p.accept("LISTINGS")) return Kind::Listing;
  return p.kind_plural();
}

}  // namespace

ResultSet show_statement(Running& run) {
  Parser& p = run.parser;
  ShowClauses clauses;
  clauses.terse = p.accept("TERSE");
  if (p.accept("GRANTS")) return show_grants(run);
  if (p.accept("FUTURE GRANTS")) return show_future_grants(run);
  if (p.accept("INHERITED GRANTS")) return show_inherited_grants(run);
  if (p.accept("COLUMNS")) return show_columns(run);
  if (p.accept("PARAMETERS")) return show_parameters(run);
  if (p.accept("PRIMARY KEYS")) return show_keys(run, KeyListing::Primary);
  if (p.accept("UNIQUE KEYS")) return show_keys(run, KeyListing::Unique);
  if (p.accept("IMPORTED KEYS")) return show_keys(run, KeyListing::Imported);
  if (p.accept("EXPORTED KEYS")) return show_keys(run, KeyListing::Exported);
  if (auto other = show_other(run, clauses)) return std::move(*other);
  const bool with_builtins = p.at("FUNCTIONS");
  const auto kind = read_plural(p);
  if (!kind) {
    if (p.peek().kind != TokenKind::Word) p.unexpected();
    refuse_unsupported("SHOW " + p.peek().folded());
  }
  run.operation = fmt::format("{} {}", run.operation, facts(*kind).plural);
  if (is_login_policy(*kind) && p.accept("ON")) return show_policies_on(run, *kind);
  clauses.history = p.accept("HISTORY");
  clauses.takes_root_only = *kind == Kind::Task;
  read_clauses(run, facts(*kind).lives, clauses);
  ResultSet result = show_objects(run, *kind, clauses);
  // SHOW FUNCTIONS lists built-in functions besides, whatever the scope.
  if (with_builtins && name_matches(clauses, "SQUARE")) result.rows.insert(result.rows.begin(), builtin_row());
  return result;
}

}  // namespace mesh::sandbox
