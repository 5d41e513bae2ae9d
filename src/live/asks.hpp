#pragma once
// Statements on their way, and who waits for each answer.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "mesh/diag/diagnostic.hpp"
#include "mesh/live/reader.hpp"

namespace mesh::live {

// Where Snowflake cuts silently, or refuses.
constexpr size_t kRowLimit = 10000;

// Missing, hidden, or not allowed to this role (003001).
inline bool is_out_of_reach(const StatementError& error) {
  return error.is_missing_or_hidden() || error.code == "003001";
}

// No warehouse runs, and none may be started (governance-reading.md 1).
inline bool lacks_warehouse(const StatementError& error) { return error.code == "000606"; }

// The role is not this user's, or does not exist (sql-api.md 9).
inline bool is_not_taken(const StatementError& error) { return error.code == "390186" || error.code == "390189"; }

class Asks {
 public:
  struct Question {
    std::string sql;
    std::string role;                  // empty: the connection's
    std::string what;                  // "the tables of database SALES"
    std::vector<std::string> columns;  // that the answer must have
    std::function<void(Rows&)> answered;
    // True where the failure has been dealt with; else it is reported.
    std::function<bool(const StatementError&)> failed = {};
    std::string warehouse = {};  // INFORMATION_SCHEMA needs one; empty: the connection's
  };
  void ask(Question question);

  std::vector<Reader::Ask> take();  // what was asked since, in order
  void feed(int id, Reply reply);
  bool idle() const { return queue_.empty() && waiting_.empty(); }
  int count() const { return next_id_; }

  void report(const char* code, std::string summary, std::string help, Place place = {});
  void warn(const char* code, std::string summary, std::string help, Place place = {});
  void report_cut(const std::string& what);
  Diagnostics take_diagnostics() { return std::move(diagnostics_); }

 private:
  void report_failure(const Question& question, const StatementError& error);

  int next_id_ = 0;
  std::vector<Reader::Ask> queue_;
  std::map<int, Question> waiting_;
  Diagnostics diagnostics_;
  bool unreachable_ = false;  // said once, not for every statement
};

}  // namespace mesh::live
