#include "wire_run.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "lexer.hpp"
#include "mesh/base/text.hpp"

namespace mesh::sandbox {
namespace {

using std::chrono::milliseconds;

// The first 30 characters, counted in code points, and an ellipsis (submitting-multiple-statements shows one cut so).
std::string beginning(const std::string& statement) {
  constexpr size_t kShown = 30;
  size_t shown = 0;
  for (size_t at = 0; at < statement.size(); ++at) {
    if ((static_cast<unsigned char>(statement[at]) & 0xC0) == 0x80) continue;
    if (shown++ == kShown) return statement.substr(0, at) + "...";
  }
  return statement;
}

SqlError batch_failure(const BatchStatement& statement, const SqlError& error) {
  return {"100132", "P0000",
          fmt::format("JavaScript execution error: Uncaught Execution of multiple statements failed on statement "
                      "\"{}\" (at line {}, position {}).\n{} in SYSTEM$MULTISTMT at '    throw `Execution of multiple "
                      "statements failed on statement {{0}} (at line {{1}}, position {{2}}).`.replace('{{1}}', "
                      "LINES[i])' position 4\nstackstrace: \nSYSTEM$MULTISTMT line: 10",
                      beginning(statement.text), statement.line, statement.position, error.message)};
}

Outcome outcome_of(Answer answer, const RunOptions& options) {
  Outcome outcome;
  if (auto* error = std::get_if<SqlError>(&answer)) {
    outcome.error = std::move(*error);
    return outcome;
  }
  auto& result = std::get<ResultSet>(answer);
  if (options.row_limit && result.rows.size() > *options.row_limit) result.rows.resize(*options.row_limit);
  outcome.result = encode(result, options.nullable);
  return outcome;
}

// The one row a request of several statements answers with (sql-api.md section 4a).
Outcome batch_done(std::vector<std::string> children) {
  ResultSet result;
  Column column = text_column("multiple statement execution");
  column.length = column.byte_length = 134217728;
  column.nullable = false;
  result.columns.push_back(std::move(column));
  result.rows.push_back({"Multiple statements executed successfully."});
  Outcome outcome;
  outcome.result = encode(result, true);
  outcome.children = std::move(children);
  return outcome;
}

milliseconds unit_length(std::string_view unit) {
  struct Unit {
    std::string_view name;
    int64_t length;
  };
  constexpr std::array<Unit, 4> kUnits = {
      {{"MILLISECONDS", 1}, {"MINUTES", 60'000}, {"HOURS", 3'600'000}, {"DAYS", 86'400'000}}};
  for (const Unit& candidate : kUnits) {
    if (iequals(candidate.name, unit)) return milliseconds(candidate.length);
  }
  return milliseconds(1000);
}

enum class Transaction { Begin, End, Neither };

bool begins_transaction(const std::vector<Token>& tokens) {
  if (tokens[0].is("START")) return tokens[1].is("TRANSACTION");
  if (!tokens[0].is("BEGIN")) return false;
  // Another word begins a scripting block.
  const Token& next = tokens[1];
  return next.kind == TokenKind::End || next.symbol(";") || next.is("TRANSACTION") || next.is("WORK") ||
         next.is("NAME");
}

Transaction transaction_step(const std::string& statement) {
  const auto tokens = lex(statement);
  if (!tokens || tokens->size() < 2) return Transaction::Neither;
  if (begins_transaction(*tokens)) return Transaction::Begin;
  return tokens->front().is("COMMIT") || tokens->front().is("ROLLBACK") ? Transaction::End : Transaction::Neither;
}

// Latency and waits, while which others see the statement execute; false where the job ended meanwhile.
bool pass_time(Job& job, Backend& backend, Session session, const std::string& statement, const RunOptions& options) {
  const auto waits = std::chrono::duration<double>(waiting_time(statement)) * options.time_scale;
  const auto time = options.latency + std::chrono::duration_cast<Clock::duration>(waits);
  if (time.count() == 0) return true;
  session.query_id = job.facts().handle;
  backend.begins(session, statement);
  const bool goes_on = job.rest(time);
  backend.ends(session);
  return goes_on;
}

}  // namespace

std::vector<BatchStatement> split_batch(const std::string& text) {
  const auto tokens = lex(text);
  if (!tokens) return {{text, 1, 0, text.size()}};
  std::vector<BatchStatement> statements;
  const Token* first = nullptr;
  size_t end = 0;
  for (const Token& token : *tokens) {
    if (token.symbol(";") || token.kind == TokenKind::End) {
      if (first != nullptr) {
        statements.push_back({text.substr(first->begin, end - first->begin), first->line, first->position, end});
      }
      first = nullptr;
      continue;
    }
    if (first == nullptr) first = &token;
    end = token.end;
  }
  return statements;
}

std::optional<std::string> refused_command(const std::string& statement) {
  const auto tokens = lex(statement);
  if (!tokens || tokens->size() < 2) return std::nullopt;
  const Token& first = tokens->front();
  if (begins_transaction(*tokens)) return "TRANSACTION_BEGIN";
  if (first.is("COMMIT")) return "TRANSACTION_COMMIT";
  if (first.is("ROLLBACK")) return "TRANSACTION_ROLLBACK";
  for (const char* command : {"USE", "PUT", "GET"}) {
    if (first.is(command)) return command;
  }
  return std::nullopt;
}

milliseconds waiting_time(const std::string& statement) {
  constexpr double kLongest = 7 * 24 * 3'600'000.0;  // no statement runs longer than seven days
  milliseconds sum{0};
  if (to_upper(statement).find("SYSTEM$WAIT") == std::string::npos) return sum;
  const auto tokens = lex(statement);
  if (!tokens) return sum;
  for (size_t i = 0; i + 3 < tokens->size(); ++i) {
    const auto& at = *tokens;
    if (!at[i].is("SYSTEM$WAIT") || !at[i + 1].symbol("(") || at[i + 2].kind != TokenKind::Number) continue;
    double amount = 0;
    std::from_chars(at[i + 2].text.data(), at[i + 2].text.data() + at[i + 2].text.size(), amount);
    const bool has_unit = at[i + 3].symbol(",") && i + 4 < at.size();
    const milliseconds unit = unit_length(has_unit ? std::string_view(at[i + 4].text) : "SECONDS");
    sum += milliseconds(static_cast<int64_t>(std::min(amount * static_cast<double>(unit.count()), kLongest)));
  }
  return sum;
}

void run_single(Job& job, Backend& backend, Session session, const std::string& statement, const RunOptions& options) {
  session.query_id = job.facts().handle;
  if (!pass_time(job, backend, session, statement, options) || !job.begin_statement()) return;
  job.finish(outcome_of(backend.execute(session, statement), options));
}

void run_batch(Job& job, Backend& backend, Session session, const std::vector<BatchStatement>& statements,
               const RunOptions& options, const std::function<JobPointer()>& add_child) {
  std::vector<std::string> children;
  std::optional<SqlError> failure;
  bool open_transaction = false;
  for (const BatchStatement& statement : statements) {
    if (!pass_time(job, backend, session, statement.text, options) || !job.begin_statement()) break;
    const JobPointer child = add_child();
    children.push_back(child->facts().handle);
    session.query_id = children.back();
    Answer answer = backend.execute(session, statement.text);
    if (const auto* error = std::get_if<SqlError>(&answer)) failure = batch_failure(statement, *error);
    child->finish(outcome_of(std::move(answer), options));
    job.end_statement();
    if (failure) break;
    if (const Transaction step = transaction_step(statement.text); step != Transaction::Neither) {
      open_transaction = step == Transaction::Begin;
    }
  }
  // The end of the session rolls back what is open, as transactions.html says of sessions that end.
  if (open_transaction) backend.execute(session, "ROLLBACK");
  Outcome outcome;
  if (failure) {
    outcome.error = std::move(*failure);
  } else {
    outcome = batch_done(std::move(children));
  }
  job.finish(std::move(outcome));
}

}  // namespace mesh::sandbox
