#pragma once

#include <string>

#include "mesh/diag/place.hpp"

namespace mesh {

enum class OutcomeStatus : uint8_t { Done, Failed, Skipped, NotTried };
const char* to_string(OutcomeStatus status);  // "done", "failed", "skipped", "not tried"

// What became of one statement of a plan (or of a change without statements: sql is empty).
struct Outcome {
  size_t change = 0;  // index in Plan::changes
  std::string address, sql;
  OutcomeStatus status = OutcomeStatus::NotTried;
  std::string query_id;
  std::string error;  // Snowflake's words with code and query id, or what it was skipped because of
  Place place;
};

}  // namespace mesh
