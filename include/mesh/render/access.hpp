#pragma once
// The answers of mesh access.

#include <string>
#include <vector>

#include "mesh/model/access.hpp"

namespace mesh::render {

// Held on a kind that mesh does not know.
struct OtherAccess {
  std::string holder, privilege, object;
};

struct AccessReport {
  bool by_object = true;  // who-can; false: what-can
  std::string privilege;  // who-can
  std::string about;      // "table A.B.C", "role R"
  std::string source;     // "manifests", or the account
  std::vector<AccessAnswer> answers;
  std::vector<OtherAccess> others;  // what-can
  std::vector<std::string> unseen;  // what could not be read, in words
};

// What roles read of columns: one role's of all columns, or everybody's of one.
struct ColumnsReport {
  bool by_column = false;  // who-can; false: what-can
  std::string about;       // "column A.B.C.D", "role R"
  std::string source;      // "manifests", or the account
  struct Line {
    std::string who, column;    // "role R", "column A.B.C.D"
    std::string reading, rows;  // in words: see check/column_readings.hpp
    std::vector<std::string> via;
  };
  std::vector<Line> lines;
};
std::string columns_text(const ColumnsReport& report);
std::string columns_json(const ColumnsReport& report);

// A line for each answer; what cannot be used, and what is to come, behind a heading of their own.
std::string access_text(const AccessReport& report);
// The document of schemas/access.schema.json.
std::string access_json(const AccessReport& report);

}  // namespace mesh::render
