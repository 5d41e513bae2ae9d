#pragma once
// The SQLite file behind the catalogue: objects and grants as rows, each table's rows in a table of its own.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "catalog.hpp"
#include "engine.hpp"
#include "mesh/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace mesh::sandbox {

// A prepared statement, finalised at the end of its scope. Failures throw SqlError 000603.
class Prepared {
 public:
  Prepared(sqlite3* db, std::string_view sql);
  ~Prepared();
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

  Prepared& bind(int64_t value);  // the next parameter
  Prepared& bind(std::string_view value);
  bool step();  // true while there is a row
  void run() {
    while (step()) {
    }
  }
  void reset();
  int64_t number(int column) const;
  std::string text(int column) const;

 private:
  sqlite3* db_;
  sqlite3_stmt* statement_ = nullptr;
  int next_ = 1;
};

class Store {
 public:
  // Opens or creates the file and holds it for this process alone. Fails when it is no sandbox file or another process
  // has it.
  static Result<std::unique_ptr<Store>> open(const std::string& file);
  ~Store();

  sqlite3* db() const { return db_; }
  void load(Catalog& catalog);
  void begin();
  void save(const Catalog& catalog);  // what the running statement touched
  void commit();
  void rollback();
  void run(const std::string& sql);
  int64_t count_rows(Id table);

  void record(const std::string& account, const StatementRecord& record, const Session& session);
  // What runs just now, in this process alone.
  void begins(const std::string& account, StatementRecord record);
  void ends(const std::string& account, const std::string& query_id);
  std::vector<StatementRecord> history(const std::string& account);  // newest first, what runs before all others

  static std::string table_name(Id table);

 private:
  explicit Store(sqlite3* db) : db_(db) {}
  sqlite3* db_;
  std::map<std::pair<std::string, std::string>, StatementRecord> running_;  // by account and query id
};

}  // namespace mesh::sandbox
