#include "asks.hpp"

#include <algorithm>

#include "mesh/base/text.hpp"
#include "objects.hpp"

namespace mesh::live {

void Asks::ask(Question question) {
  Reader::Ask ask;
  ask.id = next_id_++;
  ask.query.sql = question.sql;
  ask.query.role = question.role;
  ask.query.warehouse = question.warehouse;
  ask.query.read_only = true;
  waiting_.emplace(ask.id, std::move(question));
  queue_.push_back(std::move(ask));
}

std::vector<Reader::Ask> Asks::take() { return std::exchange(queue_, {}); }

void Asks::feed(int id, Reply reply) {
  const auto it = waiting_.find(id);
  MESH_ASSERT(it != waiting_.end());
  const Question question = std::move(it->second);
  waiting_.erase(it);
  if (!reply) {
    const auto& error = reply.error();
    if (!question.failed || !question.failed(error)) report_failure(question, error);
    return;
  }
  const auto missing = missing_columns(*reply, question.columns);
  if (missing.empty()) return question.answered(*reply);
  report("MESH3003", "the answer on " + question.what + " has no column '" + join(missing, "', '") + "'",
         question.sql + " answered with the columns " + join(reply->columns, ", "));
}

void Asks::report(const char* code, std::string summary, std::string help, Place place) {
  diagnostics_.error(code, place, std::move(summary), std::move(help));
}

void Asks::warn(const char* code, std::string summary, std::string help, Place place) {
  diagnostics_.warning(code, place, std::move(summary), std::move(help));
}

void Asks::report_cut(const std::string& what) {
  report("MESH3002", "the answer on " + what + " has exactly 10,000 rows, where Snowflake cuts without a word",
         "part of it may be missing, so nothing is planned from it; spread the contents over more schemas, or ask for "
         "fewer objects at once");
}

void Asks::report_failure(const Question& question, const StatementError& error) {
  const bool server = error.from_server;
  if (!server && std::exchange(unreachable_, true)) return;
  const auto first_line = error.message.substr(0, error.message.find('\n'));
  auto told = error;
  if (told.statement.empty()) told.statement = question.sql;
  if (told.hint.empty() && !question.role.empty()) told.hint = "sent with role " + question.role;
  if (server) return report("MESH3001", "reading " + question.what + " failed", told.describe());
  // The first line stands in the summary.
  const auto described = told.describe();
  report("MESH3001", "Snowflake could not be asked: " + first_line,
         described.substr(std::min(first_line.size() + 1, described.size())));
}

}  // namespace mesh::live
