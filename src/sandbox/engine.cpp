#include "engine.hpp"

#include <chrono>
#include <set>

#include "catalog.hpp"
#include "fresh.hpp"
#include "lexer.hpp"
#include "mesh/base/text.hpp"
#include "sql_error.hpp"
#include "store.hpp"

namespace mesh::sandbox {
namespace {

int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
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

struct Engine::Impl {
  mutable std::mutex mutex;
  std::unique_ptr<Store> store;
  Catalog catalog;

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
    const std::string name = to_upper(account);
    if (impl->account(name) == nullptr) {
      impl->transact([&] { create_account(impl->catalog, name, now_ms()); });
    }
  } catch (const SqlError& error) {
    return fail(error.message);
  }
  return std::unique_ptr<Engine>(new Engine(std::move(impl)));
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

Answer Engine::execute(Session& session, const std::string& statement) {
  const std::lock_guard lock(impl_->mutex);
  static_cast<void>(session);
  const auto tokens = lex(statement);
  if (!tokens) return SqlError{"001003", "42000", "SQL compilation error:\n" + tokens.error().message};
  return SqlError{"000002", "0A000", "Unsupported feature '" + tokens->front().folded() + "'."};
}

std::vector<std::string> Engine::split_statements(const std::string& text) { return split_at_semicolons(text); }

}  // namespace mesh::sandbox
