#pragma once
// Rows of `mesh sql`, and a recorded account for `plan --state`.

#include <map>
#include <string>
#include <vector>

#include "mesh/model/connection.hpp"

namespace mesh::render {

std::string rows_table(const Rows& rows);  // as a terminal client draws them, with a count
std::string rows_csv(const Rows& rows);    // RFC 4180, a header row; NULL is an empty field, an empty text is ""
// One array on one line: objects by column name, values as text or null; of two columns A the second is "A 2".
std::string rows_json(const Rows& rows);

// What an account answered, by statement: an account on paper.
struct Recording {
  std::string account, role, user;
  std::string recorded_at;  // UTC, YYYY-MM-DDThh:mm:ssZ
  std::map<std::string, Reply> replies;
};
std::string recording_json(const Recording& recording);
Result<Recording> parse_recording(const std::string& text);

// What a plan written by plan -o is for and what it must still be. Fails where the text is no plan.
struct SavedPlan {
  std::string environment, fingerprint;
};
Result<SavedPlan> parse_saved_plan(const std::string& text);
// A saved plan for people: its header, changes with differences and statements, and what is refused.
Result<std::string> plan_text_of_json(const std::string& text);

}  // namespace mesh::render
