#include "fake_connection.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

namespace mesh::test {

Rows rows_of(std::vector<std::string> columns, std::vector<std::vector<std::optional<std::string>>> rows) {
  Rows out;
  out.columns = std::move(columns);
  out.rows = std::move(rows);
  return out;
}

Reply changed(int64_t rows) {
  Rows out;
  out.rows_changed = rows;
  return out;
}

Reply refused(std::string code, std::string message, bool may_have_run) {
  StatementError error;
  error.code = std::move(code);
  error.message = std::move(message);
  error.may_have_run = may_have_run;
  error.from_server = !may_have_run;
  return Failure<StatementError>{std::move(error)};
}

void FakeConnection::on(std::string text, Answer answer) {
  const std::lock_guard lock(mutex_);
  rules_.emplace_front(std::move(text), std::move(answer));
}

void FakeConnection::on(std::string text, Reply reply) {
  on(std::move(text), [reply](const Query&) { return reply; });
}

Reply FakeConnection::run(const Query& query) {
  const int now = ++at_once_;
  int most = most_at_once_;
  while (now > most && !most_at_once_.compare_exchange_weak(most, now)) {
  }
  Answer answer;
  size_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    sent_.push_back(query);
    number = sent_.size();
    const auto rule = std::find_if(rules_.begin(), rules_.end(), [&](const auto& each) {
      return flat(query.sql).find(each.first) != std::string::npos;
    });
    if (rule != rules_.end()) answer = rule->second;
  }
  const bool is_dml = query.sql.rfind("UPDATE", 0) == 0 || query.sql.rfind("INSERT", 0) == 0;
  auto reply = answer ? answer(query) : changed(is_dml ? 1 : 0);
  if (reply.ok() && reply->query_id.empty()) reply->query_id = "q" + std::to_string(number);
  --at_once_;
  return reply;
}

std::vector<Reply> FakeConnection::run_all(const std::vector<Query>& queries) {
  std::vector<Reply> replies;
  for (const auto& query : queries) replies.push_back(run(query));
  return replies;
}

size_t FakeConnection::statements_sent() const { return sent().size(); }

std::vector<Query> FakeConnection::sent() const {
  const std::lock_guard lock(mutex_);
  return sent_;
}

std::vector<std::string> FakeConnection::sent_sql() const {
  std::vector<std::string> out;
  for (const auto& query : sent()) out.push_back(flat(query.sql));
  return out;
}

std::vector<Query> FakeConnection::sent_with(const std::string& text) const {
  std::vector<Query> out;
  for (auto& query : sent()) {
    if (flat(query.sql).find(text) != std::string::npos) out.push_back(std::move(query));
  }
  return out;
}

size_t FakeConnection::position(const std::string& text) const {
  const auto all = sent_sql();
  const auto it =
      std::find_if(all.begin(), all.end(), [&](const std::string& sql) { return sql.find(text) != std::string::npos; });
  INFO(text);
  REQUIRE(it != all.end());
  return static_cast<size_t>(it - all.begin());
}

Mesh acme() {
  Mesh mesh;
  mesh.name = "acme";
  mesh.control = {Name::exact("MESH"), Name::exact("CONTROL"), Name::exact("MESH_WH")};
  mesh.has_control = true;
  mesh.environment.name = "dev";
  mesh.environments = {"dev", "prod"};
  Domain finance, sales;
  finance.name = "finance";
  sales.name = "sales";
  sales.roles.deploy = "SALES_DEPLOY";
  sales.roles.plan = "SALES_PLAN";
  mesh.domains = {finance, sales};
  return mesh;
}

void grant_leases(FakeConnection& connection, const std::vector<std::string>& domains) {
  std::vector<std::vector<std::optional<std::string>>> held;
  for (const auto& domain : domains) held.push_back({domain});
  connection.on("SELECT DISTINCT \"DOMAIN\"", rows_of({"DOMAIN"}, held));
  connection.on("SET \"EXPIRES_AT\"", changed(static_cast<int64_t>(domains.size())));
}

std::string flat(std::string_view sql) {
  std::string out;
  for (const char c : sql) {
    const bool blank = c == ' ' || c == '\n';
    if (blank && (out.empty() || out.back() == ' ' || out.back() == '(')) continue;
    out += blank ? ' ' : c;
  }
  return out;
}

}  // namespace mesh::test
