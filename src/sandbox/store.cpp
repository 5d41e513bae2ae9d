#include "store.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include "pack.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

constexpr int kFormat = 1;                // user_version of the file
constexpr int kApplication = 0x6d736278;  // application_id: "msbx"
constexpr int kHistoryKept = 10000;

constexpr const char* kTables = R"(
  CREATE TABLE IF NOT EXISTS object (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, parent INTEGER NOT NULL, name TEXT NOT NULL,
                                     owner INTEGER NOT NULL, created INTEGER NOT NULL, altered INTEGER NOT NULL,
                                     owned INTEGER NOT NULL, dropped INTEGER NOT NULL, body BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS privilege (id INTEGER PRIMARY KEY, form INTEGER NOT NULL, privilege TEXT NOT NULL,
                                        type TEXT NOT NULL, object INTEGER NOT NULL, grantee INTEGER NOT NULL,
                                        option INTEGER NOT NULL, grantor INTEGER NOT NULL, created INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS counter (next INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS history (number INTEGER PRIMARY KEY, account TEXT NOT NULL, query_id TEXT NOT NULL, text TEXT NOT NULL,
                                      tag TEXT NOT NULL, user TEXT NOT NULL, role TEXT NOT NULL, warehouse TEXT NOT NULL,
                                      status TEXT NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL,
                                      started INTEGER NOT NULL, ended INTEGER NOT NULL);
)";

void pack(Packer& out, const Properties& properties) {
  out.number(static_cast<int64_t>(properties.size()));
  for (const auto& [key, value] : properties) out.text(key), out.text(value);
}

Properties unpack_properties(Unpacker& in) {
  Properties properties;
  for (int64_t n = in.number(); n > 0; --n) {
    std::string key = in.text();
    properties.emplace(std::move(key), in.text());
  }
  return properties;
}

void pack(Packer& out, const std::vector<int>& numbers) {
  out.number(static_cast<int64_t>(numbers.size()));
  for (const int number : numbers) out.number(number);
}

std::vector<int> unpack_numbers(Unpacker& in) {
  std::vector<int> numbers;
  for (int64_t n = in.number(); n > 0; --n) numbers.push_back(static_cast<int>(in.number()));
  return numbers;
}

void pack(Packer& out, const TableColumn& c) {
  out.number(c.id), out.text(c.name), out.text(c.type), out.text(c.collation), out.flag(c.nullable);
  out.text(c.default_sql), out.text(c.default_echo), out.flag(c.added_with_default), out.flag(c.identity);
  out.number(c.start), out.number(c.step), out.flag(c.ordered), out.text(c.comment), out.text(c.alias);
}

TableColumn unpack_column(Unpacker& in) {
  TableColumn c;
  c.id = static_cast<int>(in.number()), c.name = in.text(), c.type = in.text(), c.collation = in.text();
  c.nullable = in.flag(), c.default_sql = in.text(), c.default_echo = in.text(), c.added_with_default = in.flag();
  c.identity = in.flag(), c.start = in.number(), c.step = in.number(), c.ordered = in.flag();
  c.comment = in.text(), c.alias = in.text();
  return c;
}

void pack(Packer& out, const Constraint& c) {
  out.number(static_cast<int64_t>(c.kind)), out.text(c.name), pack(out, c.columns), out.number(c.target);
  pack(out, c.target_columns), out.text(c.on_update), out.text(c.on_delete), out.flag(c.rely), out.text(c.comment);
}

Constraint unpack_constraint(Unpacker& in) {
  Constraint c;
  c.kind = static_cast<ConstraintKind>(in.number()), c.name = in.text(), c.columns = unpack_numbers(in);
  c.target = in.number(), c.target_columns = unpack_numbers(in), c.on_update = in.text(), c.on_delete = in.text();
  c.rely = in.flag(), c.comment = in.text();
  return c;
}

// What tables have had since later than the first files; stands at the end, where those have nothing.
void pack_expressions(Packer& out, const Object& object) {
  for (const TableColumn& column : object.columns) out.text(column.expression);
  for (const Constraint& constraint : object.constraints) out.text(constraint.expression);
  out.flag(object.search_all), out.number(object.next_search);
  out.number(static_cast<int64_t>(object.search.size()));
  for (const SearchExpression& e : object.search)
    out.number(e.id), out.text(e.method), out.number(e.column), out.text(e.path);
}

void unpack_expressions(Unpacker& in, Object& object) {
  if (in.done()) return;
  for (TableColumn& column : object.columns) column.expression = in.text();
  for (Constraint& constraint : object.constraints) constraint.expression = in.text();
  object.search_all = in.flag(), object.next_search = static_cast<int>(in.number());
  for (int64_t n = in.number(); n > 0; --n) {
    SearchExpression e;
    e.id = static_cast<int>(in.number()), e.method = in.text();
    e.column = static_cast<int>(in.number()), e.path = in.text();
    object.search.push_back(std::move(e));
  }
}

// Later still than the expressions, and so behind them.
void pack_attachments(Packer& out, const Object& object) {
  out.number(static_cast<int64_t>(object.attachments.size()));
  for (const Attachment& a : object.attachments)
    out.number(a.what), out.number(a.column), out.text(a.value), pack(out, a.args);
}

void unpack_attachments(Unpacker& in, Object& object) {
  if (in.done()) return;
  for (int64_t n = in.number(); n > 0; --n) {
    Attachment a;
    a.what = in.number(), a.column = static_cast<int>(in.number()), a.value = in.text(), a.args = unpack_numbers(in);
    object.attachments.push_back(std::move(a));
  }
}

std::string pack_body(const Object& object) {
  Packer out;
  pack(out, object.props);
  pack(out, object.params);
  out.number(object.next_column);
  out.number(static_cast<int64_t>(object.columns.size()));
  for (const TableColumn& column : object.columns) pack(out, column);
  out.number(static_cast<int64_t>(object.constraints.size()));
  for (const Constraint& constraint : object.constraints) pack(out, constraint);
  pack_expressions(out, object);
  pack_attachments(out, object);
  return out.take();
}

void unpack_body(Object& object, const std::string& bytes) {
  Unpacker in(bytes);
  object.props = unpack_properties(in);
  object.params = unpack_properties(in);
  object.next_column = static_cast<int>(in.number());
  for (int64_t n = in.number(); n > 0; --n) object.columns.push_back(unpack_column(in));
  for (int64_t n = in.number(); n > 0; --n) object.constraints.push_back(unpack_constraint(in));
  unpack_expressions(in, object);
  unpack_attachments(in, object);
}

Kind stored_kind(const std::string& granted_on) {
  const auto kind = kind_of_granted_on(granted_on);
  MESH_ASSERT(kind.has_value());
  return *kind;
}

Result<Done> try_sql(sqlite3* db, const std::string& sql) {
  char* message = nullptr;
  if (sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &message) == SQLITE_OK) return Done{};
  std::string text = message != nullptr ? message : "unknown";
  sqlite3_free(message);
  return fail(std::move(text));
}

// In exclusive mode the first lock is kept until the process ends, also by kill -9, so a second process is refused at
// once.
Status take(sqlite3* db, const std::string& file) {
  sqlite3_busy_timeout(db, 0);
  for (const char* pragma :
       {"PRAGMA locking_mode = EXCLUSIVE", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL"}) {
    if (Status set = try_sql(db, pragma); !set) {
      if (sqlite3_errcode(db) == SQLITE_BUSY) return fail(fmt::format("{} is in use by another process", file));
      return fail(fmt::format("{} is not a sandbox file: {}", file, set.error().message));
    }
  }
  if (Status locked = try_sql(db, "BEGIN EXCLUSIVE; COMMIT"); !locked) {
    return fail(fmt::format("{} is in use by another process", file));
  }
  return Done{};
}

Status prepare_format(sqlite3* db, const std::string& file) {
  const auto pragma = [db](const char* sql) {
    Prepared statement(db, sql);
    return statement.step() ? statement.number(0) : 0;
  };
  const int64_t application = pragma("PRAGMA application_id");
  const int64_t version = pragma("PRAGMA user_version");
  Prepared tables(db, "SELECT count(*) FROM sqlite_master");
  tables.step();
  if (tables.number(0) == 0 && application == 0) {
    return try_sql(
        db, fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}; {}", kApplication, kFormat, kTables));
  }
  if (application != kApplication) return fail(fmt::format("{} is a SQLite file but not a sandbox", file));
  if (version != kFormat)
    return fail(fmt::format("{} was written by another version of mesh (format {})", file, version));
  return Done{};
}

}  // namespace

Prepared::Prepared(sqlite3* db, std::string_view sql) : db_(db) {
  if (sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &statement_, nullptr) != SQLITE_OK) {
    refuse_internal(sqlite3_errmsg(db));
  }
}

Prepared::~Prepared() { sqlite3_finalize(statement_); }

Prepared& Prepared::bind(int64_t value) {
  sqlite3_bind_int64(statement_, next_++, value);
  return *this;
}

Prepared& Prepared::bind(std::string_view value) {
  sqlite3_bind_text(statement_, next_++, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT);
  return *this;
}

bool Prepared::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) refuse_internal(sqlite3_errmsg(db_));
  return false;
}

void Prepared::reset() {
  sqlite3_reset(statement_);
  next_ = 1;
}

int64_t Prepared::number(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Prepared::text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const auto size = static_cast<size_t>(sqlite3_column_bytes(statement_, column));
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

Result<std::unique_ptr<Store>> Store::open(const std::string& file) {
  sqlite3* db = nullptr;
  const int code =
      sqlite3_open_v2(file.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, nullptr);
  std::unique_ptr<Store> store(new Store(db));
  if (code != SQLITE_OK) return fail(fmt::format("cannot open {}: {}", file, sqlite3_errmsg(db)));
  if (Status taken = take(db, file); !taken) return taken.failure();
  if (Status ready = prepare_format(db, file); !ready) return ready.failure();
  return store;
}

Store::~Store() { sqlite3_close_v2(db_); }

void Store::load(Catalog& catalog) {
  Prepared objects(
      db_, "SELECT id, kind, parent, name, owner, created, altered, owned, dropped, body FROM object ORDER BY id");
  while (objects.step()) {
    Object o;
    o.id = objects.number(0), o.kind = stored_kind(objects.text(1)), o.parent = objects.number(2),
    o.name = objects.text(3);
    o.owner = objects.number(4), o.created_ms = objects.number(5), o.altered_ms = objects.number(6);
    o.owned_ms = objects.number(7), o.dropped_ms = objects.number(8);
    unpack_body(o, objects.text(9));
    catalog.load(std::move(o));
  }
  Prepared grants(
      db_, "SELECT id, form, privilege, type, object, grantee, option, grantor, created FROM privilege ORDER BY id");
  while (grants.step()) {
    Grant g;
    g.id = grants.number(0), g.form = static_cast<GrantForm>(grants.number(1)), g.privilege = grants.text(2);
    g.type = stored_kind(grants.text(3)), g.object = grants.number(4), g.grantee = grants.number(5);
    g.option = grants.number(6) != 0, g.grantor = grants.number(7), g.created_ms = grants.number(8);
    catalog.load(std::move(g));
  }
  Prepared counter(db_, "SELECT next FROM counter");
  if (counter.step()) catalog.load_next_id(counter.number(0));
  catalog.commit();
}

std::string Store::table_name(Id table) { return fmt::format("t{}", table); }

void Store::run(const std::string& sql) {
  if (Status done = try_sql(db_, sql); !done) refuse_internal(done.error().message);
}

void Store::begin() { run("BEGIN IMMEDIATE"); }
void Store::commit() { run("COMMIT"); }

void Store::rollback() {
  // SQLite may have rolled back by itself after an error.
  if (sqlite3_get_autocommit(db_) == 0) run("ROLLBACK");
}

void Store::save(const Catalog& catalog) {
  const Catalog::Touched touched = catalog.touched();
  if (touched.objects.empty() && touched.grants.empty()) return;
  Prepared put(db_, "INSERT OR REPLACE INTO object VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  Prepared remove(db_, "DELETE FROM object WHERE id = ?");
  for (const Id id : touched.objects) {
    if (const Object* o = catalog.find(id)) {
      put.reset();
      put.bind(o->id).bind(facts(o->kind).granted_on).bind(o->parent).bind(o->name).bind(o->owner).bind(o->created_ms);
      put.bind(o->altered_ms).bind(o->owned_ms).bind(o->dropped_ms).bind(pack_body(*o)).run();
    } else {
      remove.reset();
      remove.bind(id).run();
    }
  }
  Prepared put_grant(db_, "INSERT OR REPLACE INTO privilege VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  Prepared remove_grant(db_, "DELETE FROM privilege WHERE id = ?");
  for (const Id id : touched.grants) {
    if (const Grant* g = catalog.find_grant(id)) {
      put_grant.reset();
      put_grant.bind(g->id).bind(static_cast<int64_t>(g->form)).bind(g->privilege).bind(facts(g->type).granted_on);
      put_grant.bind(g->object).bind(g->grantee).bind(int64_t{g->option}).bind(g->grantor).bind(g->created_ms).run();
    } else {
      remove_grant.reset();
      remove_grant.bind(id).run();
    }
  }
  Prepared counter(db_, "INSERT OR REPLACE INTO counter (rowid, next) VALUES (1, ?)");
  counter.bind(catalog.peek_next_id()).run();
}

int64_t Store::count_rows(Id table) {
  Prepared count(db_, "SELECT count(*) FROM " + table_name(table));
  count.step();
  return count.number(0);
}

void Store::record(const std::string& account, const StatementRecord& r, const Session& session) {
  Prepared put(
      db_,
      "INSERT INTO history (account, query_id, text, tag, user, role, warehouse, status, code, message, started, ended)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  put.bind(account).bind(r.query_id).bind(r.text).bind(r.query_tag).bind(session.user).bind(session.role);
  put.bind(session.warehouse)
      .bind(r.status)
      .bind(r.error_code)
      .bind(r.error_message)
      .bind(r.start_ms)
      .bind(r.end_ms)
      .run();
  const int64_t last = sqlite3_last_insert_rowid(db_);
  if (last % 1000 == 0) run(fmt::format("DELETE FROM history WHERE number <= {}", last - kHistoryKept));
}

void Store::begins(const std::string& account, StatementRecord record) {
  running_.insert_or_assign({account, record.query_id}, std::move(record));
}

void Store::ends(const std::string& account, const std::string& query_id) { running_.erase({account, query_id}); }

std::vector<StatementRecord> Store::history(const std::string& account) {
  Prepared rows(db_,
                "SELECT query_id, text, tag, user, role, warehouse, status, code, message, started, ended FROM history"
                " WHERE account = ? ORDER BY number DESC");
  rows.bind(account);
  std::vector<StatementRecord> records;
  for (const auto& [key, record] : running_) {
    if (key.first == account) records.push_back(record);
  }
  while (rows.step()) {
    StatementRecord r;
    r.query_id = rows.text(0), r.text = rows.text(1), r.query_tag = rows.text(2), r.user = rows.text(3),
    r.role = rows.text(4);
    r.warehouse = rows.text(5), r.status = rows.text(6), r.error_code = rows.text(7), r.error_message = rows.text(8);
    r.start_ms = rows.number(9), r.end_ms = rows.number(10);
    records.push_back(std::move(r));
  }
  return records;
}

}  // namespace mesh::sandbox
