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

// A line for each answer; what cannot be used, and what is to come, behind a heading of their own.
std::string access_text(const AccessReport& report);
// The document of schemas/access.schema.json.
std::string access_json(const AccessReport& report);

}  // namespace mesh::render
