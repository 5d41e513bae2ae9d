#pragma once
// A connection whose replies are scripted: the newest rule whose text stands in the statement answers.

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "mesh/model/connection.hpp"
#include "mesh/model/mesh.hpp"

namespace mesh::test {

Rows rows_of(std::vector<std::string> columns, std::vector<std::vector<std::optional<std::string>>> rows);
Reply changed(int64_t rows);
Reply refused(std::string code, std::string message, bool may_have_run = false);

class FakeConnection : public Connection {
 public:
  using Answer = std::function<Reply(const Query&)>;

  // Without a rule: UPDATE and INSERT change one row, anything else gives no rows.
  void on(std::string text, Answer answer);
  void on(std::string text, Reply reply);

  Reply run(const Query& query) override;
  std::vector<Reply> run_all(const std::vector<Query>& queries) override;
  size_t statements_sent() const override;

  std::vector<Query> sent() const;
  std::vector<std::string> sent_sql() const;
  // Those that hold the text, in the order they were sent.
  std::vector<Query> sent_with(const std::string& text) const;
  // Position of the first that holds the text; fails the test where there is none.
  size_t position(const std::string& text) const;
  int most_at_once() const { return most_at_once_; }

 private:
  mutable std::mutex mutex_;
  std::list<std::pair<std::string, Answer>> rules_;  // newest first
  std::vector<Query> sent_;
  std::atomic<int> at_once_{0}, most_at_once_{0};
};

// mesh acme, environments dev and prod, domains finance and sales, control MESH.CONTROL with MESH_WH.
Mesh acme();

// Every rule that lets a lease be taken and kept.
void grant_leases(FakeConnection& connection, const std::vector<std::string>& domains);

// Blanks and line breaks as one blank, so that tests do not rest on the layout.
std::string flat(std::string_view sql);

}  // namespace mesh::test
