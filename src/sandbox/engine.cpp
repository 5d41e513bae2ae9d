#include "engine.hpp"

#include <algorithm>
#include <chrono>
#include <set>

#include "catalog.hpp"
#include "fresh.hpp"
#include "instances.hpp"
#include "lexer.hpp"
#include "mesh/base/text.hpp"
#include "parameters.hpp"
#include "relations.hpp"
#include "running.hpp"
#include "sql_error.hpp"
#include "statements.hpp"
#include "store.hpp"
#include "system_functions.hpp"

namespace mesh::sandbox {
namespace {

int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

// The parts of `a ->> b ->> c`, as token ranges.
std::vector<std::pair<size_t, size_t>> pipe_parts(const std::vector<Token>& tokens) {
  std::vector<std::pair<size_t, size_t>> parts;
  size_t begin = 0;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const bool end = tokens[i].kind == TokenKind::End;
    if (!end && !tokens[i].symbol("->>")) continue;
    parts.emplace_back(begin, i);
    begin = i + 1;
  }
  return parts;
}

constexpr int64_t kShowText =
    16777216;  // length and byteLength of text in SHOW, DESCRIBE and DDL answers (sql-api.md 4a)

}  // namespace

Column text_column(std::string name) {
  Column column;
  column.name = std::move(name);
  column.length = column.byte_length = kShowText;
  return column;
}

Column number_column(std::string name) {
  Column column;
  column.name = std::move(name);
  column.type = "fixed";
  column.precision = 38;
  column.scale = 0;
  return column;
}

Column timestamp_column(std::string name) {
  Column column;
  column.name = std::move(name);
  column.type = "timestamp_ltz";
  column.precision = 0;
  column.scale = 3;
  return column;
}

ResultSet status_result(std::string text) {
  ResultSet result;
  result.columns.push_back(text_column("status"));
  result.rows.push_back({std::move(text)});
  return result;
}

std::optional<SqlError> refused_warehouse(const Session& session) {
  if (session.warehouse.empty()) {
    return SqlError{"000606", "57P03",
                    "No active warehouse selected in the current session.  Select an active warehouse with the 'use "
                    "warehouse' command."};
  }
  if (!session.warehouse_cannot_start) return std::nullopt;
  // Code and words as field reports have them; a used-up resource monitor is the usual cause.
  return SqlError{"090073", "22000",
                  "Warehouse '" + session.warehouse +
                      "' cannot be resumed because resource monitor 'SANDBOX_FAULT' has exceeded its quota."};
}

struct Engine::Impl {
  mutable std::mutex mutex;
  std::unique_ptr<Store> store;
  Catalog catalog;
  std::map<Id, int64_t> row_counts;

  Answer execute(Session& session, const std::string& statement);
  Answer run_guarded(Session& session, const std::string& statement, int64_t now);

  const Object* account(const std::string& name) const { return catalog.child(0, Kind::Account, name); }
  const Object* in_account(const std::string& account_name, Kind kind, const std::string& name) const {
    const Object* found = account(account_name);
    return found == nullptr ? nullptr : catalog.child(found->id, kind, name);
  }

  // Runs `work` as one transaction over catalogue and file.
  template <typename Work>
  void transact(Work work) {
    store->begin();
    try {
      work();
      store->save(catalog);
      store->commit();
      catalog.commit();
    } catch (...) {
      catalog.rollback();
      store->rollback();
      throw;
    }
  }
};

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::open(const std::string& file, const std::string& account) {
  auto impl = std::make_unique<Impl>();
  try {
    auto store = Store::open(file);
    if (!store) return store.failure();
    impl->store = *std::move(store);
    impl->store->load(impl->catalog);
  } catch (const SqlError& error) {
    return fail(error.message);
  }
  std::unique_ptr<Engine> engine(new Engine(std::move(impl)));
  if (auto added = engine->add_account(account); !added.ok()) return added.failure();
  return engine;
}

Status Engine::add_account(const std::string& account) {
  const std::lock_guard lock(impl_->mutex);
  const std::string name = to_upper(account);
  try {
    if (impl_->account(name) == nullptr) {
      impl_->transact([&] { create_account(impl_->catalog, name, now_ms()); });
    }
  } catch (const SqlError& error) {
    return fail(error.message);
  }
  return Done{};
}

std::vector<std::string> Engine::accounts() const {
  const std::lock_guard lock(impl_->mutex);
  std::vector<std::string> names;
  for (const Id id : impl_->catalog.accounts()) names.push_back(impl_->catalog.at(id).name);
  return names;
}

std::optional<UserLogin> Engine::find_user(const std::string& account, const std::string& login_name) const {
  const std::lock_guard lock(impl_->mutex);
  const Object* home = impl_->account(account);
  if (home == nullptr) return std::nullopt;
  for (const auto& [name, id] : impl_->catalog.children(home->id, Kind::User)) {
    const Object& user = impl_->catalog.at(id);
    if (user.prop("LOGIN_NAME") != login_name) continue;
    UserLogin login;
    login.name = name;
    for (const char* key : {"RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2"}) {
      if (!user.prop(key).empty()) login.public_keys.push_back(user.prop(key));
    }
    login.default_role = user.prop("DEFAULT_ROLE");
    login.default_warehouse = user.prop("DEFAULT_WAREHOUSE");
    login.default_database = user.prop("DEFAULT_DATABASE");
    login.default_schema = user.prop("DEFAULT_SCHEMA");
    // Unset means ('ALL') since bundle 2024_07.
    login.default_secondary_roles_all = user.prop("DEFAULT_SECONDARY_ROLES") != "[]";
    login.disabled = user.flag("DISABLED");
    return login;
  }
  return std::nullopt;
}

bool Engine::role_exists(const std::string& account, const std::string& role) const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->in_account(account, Kind::Role, role) != nullptr;
}

bool Engine::role_granted(const std::string& account, const std::string& user, const std::string& role) const {
  const std::lock_guard lock(impl_->mutex);
  const Object* wanted = impl_->in_account(account, Kind::Role, role);
  const Object* person = impl_->in_account(account, Kind::User, user);
  if (wanted == nullptr || person == nullptr) return false;
  if (role == "PUBLIC") return true;
  std::set<Id> seen{person->id};
  std::vector<Id> open{person->id};
  while (!open.empty()) {
    const Id holder = open.back();
    open.pop_back();
    for (const Id below : impl_->catalog.roles_of(holder)) {
      if (below == wanted->id) return true;
      if (seen.insert(below).second) open.push_back(below);
    }
  }
  return false;
}

void Engine::set_public_key(const std::string& account, const std::string& user, const std::string& base64_der) {
  const std::lock_guard lock(impl_->mutex);
  const Object* found = impl_->in_account(account, Kind::User, user);
  if (found == nullptr || found->prop("RSA_PUBLIC_KEY") == base64_der) return;
  impl_->transact([&] { impl_->catalog.edit(found->id).props["RSA_PUBLIC_KEY"] = base64_der; });
}

namespace {

// What a statement is run with: everything that must outlive `Running`'s references.
struct Scope {
  Id account = 0, user = 0, role = 0;
  std::unique_ptr<Access> access;
};

Scope scope_of(const Catalog& catalog, const Session& session) {
  Scope scope;
  const Object* account = catalog.child(0, Kind::Account, session.account);
  if (account == nullptr) refuse("390201", "08001", "The requested account does not exist or not authorized.");
  scope.account = account->id;
  if (const Object* user = catalog.child(account->id, Kind::User, session.user)) scope.user = user->id;
  // A session without a role runs as PUBLIC.
  const Object* role = catalog.child(account->id, Kind::Role, session.role.empty() ? "PUBLIC" : session.role);
  if (role == nullptr)
    refuse("390189", "42501",
           "Role '" + session.role + "' specified in the connect string does not exist or not authorized.");
  scope.role = role->id;
  scope.access = std::make_unique<Access>(catalog, scope.account, scope.role, scope.user, session.secondary_roles_all);
  return scope;
}

Answer run_one(Running& run, const std::string& text, const std::vector<ResultSet>& piped) {
  if (auto result = system_function(run)) return std::move(*result);
  if (auto result = selected_method(run)) return std::move(*result);
  if (!is_query(run.parser.tokens())) return run_statement(run);
  CatalogRelations relations(run, piped);
  return execute_query(run.store.db(), relations, query_session(run), text, run.parser.tokens());
}

// `SHOW ... ->> SELECT ... FROM $1`: each part sees the results of those before it, the nearest as $1.
Answer run_piped(Running& outer, const std::vector<Token>& tokens) {
  std::vector<ResultSet> results;
  for (const auto& [begin, end] : pipe_parts(tokens)) {
    if (begin == end) outer.parser.back_to(begin), outer.parser.unexpected();
    const std::string text = outer.parser.source(begin, end);
    auto part_tokens = lex(text);
    if (!part_tokens) refuse_compilation("001003", "42000", part_tokens.error().message);
    Parser parser(text, *part_tokens);
    Running run{outer.catalog, outer.store, outer.session, outer.access, parser, outer.row_counts,
                outer.account, outer.role,  outer.user,    outer.now,    ""};
    Answer answer = run_one(run, text, results);
    if (std::holds_alternative<SqlError>(answer)) return answer;
    results.insert(results.begin(), std::get<ResultSet>(std::move(answer)));
  }
  return std::move(results.front());
}

Answer run_text(Running& run, const std::string& statement, const std::vector<Token>& tokens) {
  const bool piped = std::any_of(tokens.begin(), tokens.end(), [](const Token& t) { return t.symbol("->>"); });
  return piped ? run_piped(run, tokens) : run_one(run, statement, {});
}

}  // namespace

// A warehouse in the request that is missing or may not be used is no error of itself
// (recorded): the user's default one serves, and without that there is none.
Session query_session(const Running& run) {
  Session session = run.session;
  const auto usable = [&](const std::string& name) {
    const Object* warehouse = run.catalog.child(run.account, Kind::Warehouse, name);
    return warehouse != nullptr && run.access.holds(*warehouse, "USAGE");
  };
  if (usable(session.warehouse)) return session;
  const Object* user = run.catalog.find(run.user);
  const std::string fallback = user == nullptr || session.warehouse.empty() ? "" : user->prop("DEFAULT_WAREHOUSE");
  session.warehouse = usable(fallback) ? fallback : "";
  return session;
}

ResultSet run_query(Running& run, const std::string& text, bool needs_warehouse) {
  const auto tokens = lex(text);
  if (!tokens) refuse_compilation("001003", "42000", tokens.error().message);
  CatalogRelations relations(run, {}, needs_warehouse);
  Session session = query_session(run);
  if (!needs_warehouse) session.warehouse = "COMPUTE_WH", session.warehouse_cannot_start = false;
  Answer answer = execute_query(run.store.db(), relations, session, text, *tokens);
  if (const auto* error = std::get_if<SqlError>(&answer)) throw *error;
  return std::get<ResultSet>(std::move(answer));
}

namespace {

// QUOTED_IDENTIFIERS_IGNORE_CASE of the user or the account: quoted names fold like others (identifiers-syntax).
void fold_quoted_names(const Catalog& catalog, const Scope& scope, std::vector<Token>& tokens) {
  const Object* user = catalog.find(scope.user);
  if (effective_value(catalog, user != nullptr ? *user : catalog.at(scope.account), "QUOTED_IDENTIFIERS_IGNORE_CASE") !=
      "true")
    return;
  for (Token& token : tokens) {
    if (token.kind == TokenKind::QuotedWord) token.text = to_upper(token.text);
  }
}

// A word of the statement, or a text in it, that names a feature the account is played not to have.
void refuse_lacking(const Session& session, const std::vector<Token>& tokens) {
  for (const auto& feature : session.lacks) {
    const auto names_it = [&](const Token& token) {
      return (token.kind == TokenKind::Word || token.kind == TokenKind::String) && iequals(token.text, feature);
    };
    if (std::any_of(tokens.begin(), tokens.end(), names_it)) refuse_unsupported(feature);
  }
}

}  // namespace

Answer Engine::Impl::run_guarded(Session& session, const std::string& statement, int64_t now) {
  try {
    auto tokens = lex(statement);
    if (!tokens) refuse_compilation("001003", "42000", tokens.error().message);
    refuse_lacking(session, *tokens);
    const Scope scope = scope_of(catalog, session);
    fold_quoted_names(catalog, scope, *tokens);
    Parser parser(statement, *tokens);
    Running run{catalog,       *store,     session,    *scope.access, parser, row_counts,
                scope.account, scope.role, scope.user, now,           ""};
    return run_text(run, statement, *tokens);
  } catch (const SqlError& error) {
    return error;
  } catch (const std::exception& error) {
    return SqlError{"000603", "XX000", std::string("SQL execution internal error:\n") + error.what()};
  }
}

Answer Engine::Impl::execute(Session& session, const std::string& statement) {
  const Session before = session;
  StatementRecord record;
  record.query_id = session.query_id, record.text = statement, record.query_tag = session.query_tag;
  record.start_ms = now_ms();
  store->begin();
  bool keep = false;
  Answer answer = [&]() -> Answer {
    try {
      return run_guarded(session, statement, record.start_ms);
    } catch (const KeptError& kept) {
      keep = true;
      return kept.error;
    }
  }();
  const auto* error = std::get_if<SqlError>(&answer);
  record.status = error == nullptr ? "SUCCESS" : "FAILED_WITH_ERROR";
  if (error != nullptr) record.error_code = error->code, record.error_message = error->message;
  if (error != nullptr && !keep) {
    catalog.rollback();
    store->rollback();
    row_counts.clear();
    session = before;
    store->begin();
  } else {
    store->save(catalog);
  }
  record.end_ms = now_ms();
  store->record(before.account, record, before);
  store->commit();
  catalog.commit();
  return answer;
}

void Engine::begins(const Session& session, const std::string& statement) {
  const std::lock_guard lock(impl_->mutex);
  StatementRecord record;
  record.query_id = session.query_id, record.text = statement, record.query_tag = session.query_tag;
  record.user = session.user, record.role = session.role, record.warehouse = session.warehouse;
  record.status = "RUNNING", record.start_ms = now_ms();
  impl_->store->begins(session.account, std::move(record));
}

void Engine::ends(const Session& session) {
  const std::lock_guard lock(impl_->mutex);
  impl_->store->ends(session.account, session.query_id);
}

Answer Engine::execute(Session& session, const std::string& statement) {
  const std::lock_guard lock(impl_->mutex);
  try {
    return impl_->execute(session, statement);
  } catch (const SqlError& error) {
    // The file itself failed (disk full, say): nothing of the statement stays.
    impl_->catalog.rollback();
    impl_->store->rollback();
    impl_->row_counts.clear();
    return error;
  }
}

std::vector<std::string> Engine::split_statements(const std::string& text) { return split_at_semicolons(text); }

}  // namespace mesh::sandbox
