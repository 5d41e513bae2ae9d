#include "query_sqlite.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <exception>
#include <memory>

#include "mesh/base/text.hpp"
#include "query_builtins.hpp"
#include "query_error.hpp"
#include "query_json.hpp"

namespace mesh::sandbox::query {
namespace {

Value value_of(sqlite3_value* value) {
  const auto bytes = [&](const void* data) {
    return data == nullptr
               ? std::string()
               : std::string(static_cast<const char*>(data), static_cast<size_t>(sqlite3_value_bytes(value)));
  };
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      return int64_t{sqlite3_value_int64(value)};
    case SQLITE_FLOAT:
      return sqlite3_value_double(value);
    case SQLITE_TEXT:
      return bytes(sqlite3_value_text(value));
    case SQLITE_BLOB:
      return Blob{bytes(sqlite3_value_blob(value))};
    default:
      return {};
  }
}

void give(sqlite3_context* context, const Value& value) {
  if (const auto* integer = std::get_if<int64_t>(&value)) return sqlite3_result_int64(context, *integer);
  if (const auto* real = std::get_if<double>(&value)) return sqlite3_result_double(context, *real);
  const auto size = [](const std::string& text) { return static_cast<int>(text.size()); };
  if (const auto* text = std::get_if<std::string>(&value))
    return sqlite3_result_text(context, text->data(), size(*text), SQLITE_TRANSIENT);
  if (const auto* blob = std::get_if<Blob>(&value))
    return sqlite3_result_blob(context, blob->bytes.data(), size(blob->bytes), SQLITE_TRANSIENT);
  sqlite3_result_null(context);
}

void fail_with(sqlite3_context* context, const std::string& message) {
  sqlite3_result_error(context, message.data(), static_cast<int>(message.size()));
}

// Nothing may be thrown through SQLite: a refusal becomes the text of an error, and so does a bug of ours.
template <typename Work>
void guarded(sqlite3_context* context, Work work) {
  try {
    work();
  } catch (const SqlError& error) {
    fail_with(context, pack(error));
  } catch (const std::exception& error) {
    fail_with(context, error.what());
  }
}

void call_scalar(sqlite3_context* context, int count, sqlite3_value** values) {
  const auto& function = *static_cast<const Builtin*>(sqlite3_user_data(context));
  guarded(context, [&] {
    Args args;
    for (int i = 0; i < count; ++i) {
      if (function.null_in_null_out && sqlite3_value_type(values[i]) == SQLITE_NULL)
        return sqlite3_result_null(context);
      args.push_back(value_of(values[i]));
    }
    give(context, function.call(args));
  });
}

// sf_single: the one value of a scalar subquery.
struct Single {
  bool seen;
  sqlite3_value* value;
};
void single_step(sqlite3_context* context, int, sqlite3_value** values) {
  auto* state = static_cast<Single*>(sqlite3_aggregate_context(context, sizeof(Single)));
  if (state == nullptr) return sqlite3_result_error_nomem(context);
  if (state->seen)  // number unconfirmed
    return fail_with(context, pack({"090150", "22000", "Single-row subquery returns more than one row.", 422}));
  state->seen = true;
  state->value = sqlite3_value_dup(values[0]);
}
void single_final(sqlite3_context* context) {
  auto* state = static_cast<Single*>(sqlite3_aggregate_context(context, 0));
  if (state == nullptr || state->value == nullptr) return sqlite3_result_null(context);
  sqlite3_result_value(context, state->value);
  sqlite3_value_free(state->value);
}

// sf_collect(mode, distinct, separator, value [, key, flags]...): flags 1 descending, 2 NULLs first.
struct Collected {
  struct Entry {
    std::string value;
    std::vector<Value> keys;
  };
  char mode = 'L';
  bool distinct = false;
  std::string separator;
  std::vector<int64_t> flags;
  std::vector<Entry> entries;
};
int order_of(const Value& a, const Value& b, int64_t flags) {
  if (is_null(a) || is_null(b)) {
    if (is_null(a) && is_null(b)) return 0;
    return is_null(a) == ((flags & 2) != 0) ? -1 : 1;
  }
  int order = 0;
  if (a.index() == 3 && b.index() == 3)
    order = text(a).compare(text(b));
  else if (a.index() == 4 && b.index() == 4)
    order = std::get<Blob>(a).bytes.compare(std::get<Blob>(b).bytes);
  else
    order = real(a) < real(b) ? -1 : real(a) > real(b) ? 1 : 0;
  return (flags & 1) != 0 ? -order : order;
}
void collect_step(sqlite3_context* context, int count, sqlite3_value** values) {
  auto** slot = static_cast<Collected**>(sqlite3_aggregate_context(context, sizeof(void*)));
  if (slot == nullptr) return sqlite3_result_error_nomem(context);
  guarded(context, [&] {
    if (*slot == nullptr) {
      auto state = std::make_unique<Collected>();
      state->mode = text(value_of(values[0])).front();
      state->distinct = sqlite3_value_int(values[1]) != 0;
      state->separator = text(value_of(values[2]));
      for (int i = 5; i < count; i += 2) state->flags.push_back(sqlite3_value_int64(values[i]));
      *slot = state.release();
    }
    if (sqlite3_value_type(values[3]) == SQLITE_NULL) return;
    Collected::Entry entry{text(value_of(values[3])), {}};
    for (int i = 4; i < count; i += 2) entry.keys.push_back(value_of(values[i]));
    (*slot)->entries.push_back(std::move(entry));
  });
}
void collect_final(sqlite3_context* context) {
  auto** slot = static_cast<Collected**>(sqlite3_aggregate_context(context, 0));
  const std::unique_ptr<Collected> state(slot == nullptr ? nullptr : *slot);
  guarded(context, [&] {
    if (state == nullptr) {
      // No rows at all; the arguments were never seen, so LISTAGG and ARRAY_AGG are told apart by registration.
      const auto* empty = static_cast<const char*>(sqlite3_user_data(context));
      return give(context, std::string(empty));
    }
    auto& entries = state->entries;
    std::stable_sort(entries.begin(), entries.end(), [&](const auto& a, const auto& b) {
      for (size_t i = 0; i < a.keys.size(); ++i)
        if (const int order = order_of(a.keys[i], b.keys[i], state->flags[i]); order != 0) return order < 0;
      return false;
    });
    std::vector<std::string> kept;
    for (const auto& entry : entries)
      if (!state->distinct || std::find(kept.begin(), kept.end(), entry.value) == kept.end())
        kept.push_back(entry.value);
    if (state->mode == 'L') return give(context, join(kept, state->separator));
    give(context, json_array({kept.begin(), kept.end()}));
  });
}

void check(sqlite3* db, int code) {
  if (code != SQLITE_OK) refuse_internal(sqlite3_errmsg(db));
}

}  // namespace

void register_functions(sqlite3* db) {
  // Registering anew would expire every prepared statement of the connection.
  sqlite3_stmt* probe = nullptr;
  const int known = sqlite3_prepare_v2(db, "SELECT sf_uuid()", -1, &probe, nullptr);
  sqlite3_finalize(probe);
  if (known == SQLITE_OK) return;
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_DIRECTONLY;
  for (const auto builtins : {text_builtins(), number_builtins(), json_builtins()}) {
    for (const Builtin& function : builtins) {
      const int flags = kFlags | (function.deterministic ? SQLITE_DETERMINISTIC : 0);
      // SQLite hands the pointer back to call_scalar, which only reads.
      check(db, sqlite3_create_function_v2(db, function.name, function.args, flags, const_cast<Builtin*>(&function),
                                           call_scalar, nullptr, nullptr, nullptr));
    }
  }
  check(db,
        sqlite3_create_function_v2(db, "sf_single", 1, kFlags, nullptr, nullptr, single_step, single_final, nullptr));
  static const char kEmptyList[] = "", kEmptyArray[] = "[]";
  check(db, sqlite3_create_function_v2(db, "sf_collect", -1, kFlags, const_cast<char*>(kEmptyList), nullptr,
                                       collect_step, collect_final, nullptr));
  check(db, sqlite3_create_function_v2(db, "sf_collect_array", -1, kFlags, const_cast<char*>(kEmptyArray), nullptr,
                                       collect_step, collect_final, nullptr));
}

Prepared::Prepared(sqlite3* db, const std::string& sql) : db_(db) {
  if (sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &statement_, nullptr) != SQLITE_OK) failed();
}
Prepared::~Prepared() { sqlite3_finalize(statement_); }

void Prepared::failed() const { throw unpack(sqlite3_errmsg(db_)); }

void Prepared::bind(int index, const Value& value) {
  int code = SQLITE_OK;
  if (const auto* integer_value = std::get_if<int64_t>(&value))
    code = sqlite3_bind_int64(statement_, index, *integer_value);
  if (const auto* real_value = std::get_if<double>(&value)) code = sqlite3_bind_double(statement_, index, *real_value);
  if (const auto* text_value = std::get_if<std::string>(&value))
    code = sqlite3_bind_text(statement_, index, text_value->data(), static_cast<int>(text_value->size()),
                             SQLITE_TRANSIENT);
  if (const auto* blob = std::get_if<Blob>(&value))
    code = sqlite3_bind_blob(statement_, index, blob->bytes.data(), static_cast<int>(blob->bytes.size()),
                             SQLITE_TRANSIENT);
  if (is_null(value)) code = sqlite3_bind_null(statement_, index);
  if (code != SQLITE_OK) failed();
}

bool Prepared::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) failed();
  return false;
}

void Prepared::reset() { sqlite3_reset(statement_); }

Value Prepared::value(int column) const {
  const auto bytes = [&](const void* data) {
    const auto size = static_cast<size_t>(sqlite3_column_bytes(statement_, column));
    return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
  };
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_INTEGER:
      return int64_t{sqlite3_column_int64(statement_, column)};
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement_, column);
    case SQLITE_TEXT:
      return bytes(sqlite3_column_text(statement_, column));
    case SQLITE_BLOB:
      return Blob{bytes(sqlite3_column_blob(statement_, column))};
    default:
      return {};
  }
}

void run(sqlite3* db, const std::string& sql) { Prepared(db, sql).step(); }

std::vector<std::vector<Value>> rows_of(sqlite3* db, const std::string& sql, size_t columns) {
  Prepared statement(db, sql);
  std::vector<std::vector<Value>> rows;
  while (statement.step()) {
    std::vector<Value> row;
    for (size_t i = 0; i < columns; ++i) row.push_back(statement.value(static_cast<int>(i)));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace mesh::sandbox::query
