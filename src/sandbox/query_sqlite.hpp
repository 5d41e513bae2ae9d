#pragma once
// SQLite from C++: statements with values in and out, and the sf_* functions that translated queries call.

#include <string>
#include <vector>

#include "query_value.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace mesh::sandbox::query {

// Once a connection; later calls do nothing.
void register_functions(sqlite3* db);

// A prepared statement. Throws the SqlError that an sf_* function packed, or 000603.
class Prepared {
 public:
  Prepared(sqlite3* db, const std::string& sql);
  ~Prepared();
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

  void bind(int index, const Value& value);  // from 1
  bool step();                               // true: a row
  void reset();
  Value value(int column) const;  // from 0

 private:
  [[noreturn]] void failed() const;
  sqlite3* db_;
  sqlite3_stmt* statement_ = nullptr;
};

void run(sqlite3* db, const std::string& sql);
std::vector<std::vector<Value>> rows_of(sqlite3* db, const std::string& sql, size_t columns);

}  // namespace mesh::sandbox::query
