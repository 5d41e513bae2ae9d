// Rows that are declared, held against those that are there. They belong to their table's change: behind it, and before
// what is granted on it.
#include <algorithm>

#include <fmt/format.h>

#include "compare.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/table_rows.hpp"

namespace mesh::diff_parts {
namespace {

using kinds::Cells;
using kinds::TableRows;

Value record_of(const TableRows& rows, const Cells& cells) {
  ValueRecord record;
  for (size_t i = 0; i < cells.size(); ++i)
    record.emplace_back(rows.columns[i].stored(), cells[i] ? Value(*cells[i]) : Value());
  return record;
}

std::string property_of(const TableRows& rows, const Cells& cells) { return "rows." + rows.key_of(cells); }

Cells keyed(const TableRows& rows, const Cells& cells) {
  Cells key;
  for (const size_t at : rows.key) key.push_back(cells[at]);
  return key;
}

class RowsDiff {
 public:
  RowsDiff(const Object& desired, const TableRows& wanted, Change& change, std::string role)
      : desired_(desired), wanted_(wanted), change_(change), role_(std::move(role)) {}

  void insert(const std::vector<const Cells*>& rows) {
    for (const auto* row : rows)
      change_.diff.push_back({property_of(wanted_, *row), Value(), record_of(wanted_, *row), {}});
    for (auto& sql : kinds::insert_rows(desired_, wanted_, rows))
      add_statement(change_, Act::Alter, std::move(sql), role_);
  }

  void run(const TableRows& live) {
    // Snowflake enforces no key, so one may be there more than once (constraints-overview).
    std::map<Cells, std::vector<const Cells*>> there;
    for (const auto& row : live.rows) there[keyed(wanted_, row)].push_back(&row);
    std::vector<const Cells*> missing;
    for (const auto& row : wanted_.rows) {
      const auto it = there.find(keyed(wanted_, row));
      if (it == there.end()) {
        missing.push_back(&row);
      } else {
        std::vector<const Cells*> found = std::move(it->second);
        there.erase(it);
        settle(row, found);
      }
    }
    for (const auto& [key, rows] : there) gone(*rows.front(), rows.size());
    insert(missing);
  }

  size_t deleted() const { return deleted_; }

 private:
  // The same key on both sides. Where all copies are as declared, or there is nothing but the key, one is as good as
  // another.
  void settle(const Cells& row, const std::vector<const Cells*>& found) {
    std::set<size_t> changed;
    for (const auto* there : found) {
      for (size_t i = 0; i < row.size(); ++i) {
        if (row[i] != (*there)[i]) changed.insert(i);
      }
    }
    if (changed.empty()) return;
    for (const size_t at : changed) {
      change_.diff.push_back({property_of(wanted_, row) + "." + wanted_.columns[at].stored(),
                              (*found.front())[at] ? Value(*(*found.front())[at]) : Value(),
                              row[at] ? Value(*row[at]) : Value(),
                              {}});
    }
    change_.risk = std::max(change_.risk, Risk::Disruptive);
    add_statement(change_, Act::Alter, kinds::update_row(desired_, wanted_, row, {changed.begin(), changed.end()}),
                  role_);
  }

  void gone(const Cells& row, size_t copies) {
    deleted_ += copies;
    change_.diff.push_back({property_of(wanted_, row), record_of(wanted_, row), Value(),
                            fmt::format("loses data ({} {})", copies, copies == 1 ? "row" : "rows")});
    change_.risk = std::max(change_.risk, Risk::Destructive);
    add_statement(change_, Act::Alter, kinds::delete_row(desired_, wanted_, row), role_);
  }

  const Object& desired_;
  const TableRows& wanted_;
  Change& change_;
  std::string role_;
  size_t deleted_ = 0;
};

Refusal refuse_rows(const Sides& sides, const Object& desired, size_t rows) {
  const Place place = desired.properties.find(kinds::kTableRows)->second.place;
  auto refusal =
      refuse_loss(sides, desired.id, nullptr,
                  fmt::format("would lose {} {} that rows: does not list", rows, rows == 1 ? "row" : "rows"), place);
  const auto written = sides.mesh().as_written(desired.id).display();
  refusal.ways_out =
      fmt::format("list them; or consent in the domain's manifest: removed: [{{object: {}, action: drop}}]",
                  written.find('"') == std::string::npos ? "rows " + written : "'rows " + written + "'");
  if (!sides.mesh().environment.is_protected)
    refusal.ways_out += fmt::format("; or, in this environment, apply with --allow-destroy '{}'", desired.id.address());
  return refusal;
}

}  // namespace

void create_rows(const Sides& sides, const Object& desired, Change& change) {
  const auto wanted = kinds::table_rows(desired);
  if (!wanted) return;
  std::vector<const Cells*> all;
  for (const auto& row : wanted->rows) all.push_back(&row);
  RowsDiff(desired, *wanted, change, sides.mesh().deploy_role(desired.domain)).insert(all);
}

void diff_rows(const Sides& sides, const Object& desired, const Object& live, Change& change, DiffResult& result) {
  const auto wanted = kinds::table_rows(desired), there = kinds::table_rows(live);
  if (!wanted || !there || desired.ignore_changes.count(kinds::kTableRows) > 0) return;
  RowsDiff rows(desired, *wanted, change, sides.mesh().deploy_role(desired.domain));
  rows.run(*there);
  if (rows.deleted() == 0 || wanted->may_go || consent_for(sides, desired.id) == Consent::Given) return;
  result.refused.push_back(refuse_rows(sides, desired, rows.deleted()));
}

}  // namespace mesh::diff_parts
