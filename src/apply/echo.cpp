#include "echo.hpp"

#include <optional>
#include <set>
#include <tuple>

#include "control_tables.hpp"
#include "mesh/base/text.hpp"
#include "mesh/sql/normalise.hpp"
#include "mesh/sql/writer.hpp"

namespace mesh::apply {
namespace {

using sql::Writer;

enum class Listing : uint8_t { Views, Tables, Columns };

// One text to read back.
struct Wanted {
  size_t change = 0;
  std::string key;  // "columns.C.default"
  Listing listing = Listing::Views;
  std::string role, domain;
  QualifiedName object;
  std::string column;  // Columns: its stored name
};

constexpr std::string_view kColumnPrefix = "columns.", kDefaultSuffix = ".default";

std::optional<Wanted> wanted_of(const std::string& key) {
  Wanted wanted;
  wanted.key = key;
  if (key == "query") return wanted;
  wanted.listing = Listing::Tables;
  if (key == "cluster_by") return wanted;
  wanted.listing = Listing::Columns;
  const size_t around = kColumnPrefix.size() + kDefaultSuffix.size();
  if (key.size() <= around || key.rfind(kColumnPrefix, 0) != 0) return std::nullopt;
  if (key.substr(key.size() - kDefaultSuffix.size()) != kDefaultSuffix) return std::nullopt;
  wanted.column = key.substr(kColumnPrefix.size(), key.size() - around);
  return wanted;
}

std::vector<Wanted> all_wanted(const Plan& plan, const std::vector<size_t>& changes, const Mesh& mesh) {
  std::vector<Wanted> out;
  for (const auto i : changes) {
    const auto& change = plan.changes[i];
    if (!change.ledger.record) continue;
    const auto id = parse_address(change.ledger.record->address);
    if (!id.ok() || id->name.depth() != 3) continue;
    for (const auto& key : change.ledger.echoes) {
      auto wanted = wanted_of(key);
      if (!wanted) continue;
      wanted->change = i;
      wanted->role = mesh.deploy_role(change.domain);
      wanted->domain = change.domain;
      wanted->object = id->name;
      out.push_back(std::move(*wanted));
    }
  }
  return out;
}

// What one statement answers: all wanted of one listing in one schema that one role reads. Columns go table by table:
// SHOW COLUMNS silently stops at 10,000 rows, which a schema soon has.
using Place = std::tuple<Listing, std::string /*role*/, QualifiedName>;
Place place_of(const Wanted& wanted) {
  return {wanted.listing, wanted.role, wanted.listing == Listing::Columns ? wanted.object : wanted.object.parent()};
}

std::string show_sql(const Place& place, const std::vector<const Wanted*>& wanted) {
  const auto& [listing, role, where] = place;
  Writer writer;
  if (listing == Listing::Columns) return writer.kw("SHOW COLUMNS IN TABLE").name(where).take();
  writer.kw(listing == Listing::Views ? sql::Keyword("SHOW VIEWS") : sql::Keyword("SHOW TABLES"));
  std::set<QualifiedName> objects;
  for (const auto* one : wanted) objects.insert(one->object);
  // The one exit for LIKE patterns doubles what a literal needs; the Writer takes it as a checked fragment.
  if (objects.size() == 1) {
    writer.kw("LIKE").fragment(SqlText{sql::like_literal(objects.begin()->last().stored()), {}});
  }
  return writer.kw("IN SCHEMA").name(where).take();
}

// The cell that tells which of the wanted a row is about, and what it must be.
const char* key_column(Listing listing) { return listing == Listing::Columns ? "column_name" : "name"; }
const std::string& key_text(const Wanted& wanted) {
  return wanted.listing == Listing::Columns ? wanted.column : wanted.object.last().stored();
}

// LIKE ignores case, and a table's columns come with those of no other: the schema is checked all the same.
bool is_in_place(const Wanted& wanted, const Rows& rows, size_t i) {
  const auto& parts = wanted.object.parts();
  return rows.at(i, "schema_name") == parts[1].stored() &&
         (wanted.listing != Listing::Columns || rows.at(i, "table_name") == parts[2].stored());
}

std::optional<std::string> echoed_text(const Wanted& wanted, const Rows& rows, size_t i) {
  if (wanted.listing == Listing::Columns) return std::string(rows.at(i, "default"));
  if (wanted.listing == Listing::Tables) return join(sql::split_list(rows.at(i, "cluster_by")), ", ");
  auto query = sql::query_of_create(rows.at(i, "text"));  // empty for a secure view of another role
  if (!query.ok()) return std::nullopt;
  return std::move(*query);
}

void take_echoes(const Plan& plan, const std::vector<const Wanted*>& wanted, const Rows& rows, Echoes& out) {
  std::multimap<std::string_view, const Wanted*> by_key;
  for (const auto* one : wanted) by_key.emplace(key_text(*one), one);
  for (size_t i = 0; i < rows.rows.size(); ++i) {
    const auto [begin, end] = by_key.equal_range(rows.at(i, key_column(wanted.front()->listing)));
    for (auto it = begin; it != end; ++it) {
      const Wanted& one = *it->second;
      const auto& texts = plan.changes[one.change].ledger.written;
      const auto written = texts.find(one.key);
      if (written == texts.end() || !is_in_place(one, rows, i)) continue;
      if (auto echo = echoed_text(one, rows, i)) {
        out[one.change][one.key] = Echo{sql::text_hash(written->second), std::move(*echo)};
      }
    }
  }
}

}  // namespace

Echoes read_echoes(const Plan& plan, const std::vector<size_t>& changes, const Mesh& mesh, const RunInfo& info,
                   Connection& connection) {
  const auto wanted = all_wanted(plan, changes, mesh);
  std::map<Place, std::vector<const Wanted*>> by_place;
  for (const auto& one : wanted) by_place[place_of(one)].push_back(&one);
  std::vector<Query> queries;
  for (const auto& [place, there] : by_place) {
    Query query;
    query.sql = show_sql(place, there);
    query.role = std::get<1>(place);
    query.query_tag = query_tag(mesh, info.run_id, info.commit, there.front()->domain);
    query.read_only = true;
    queries.push_back(std::move(query));
  }
  Echoes out;
  if (queries.empty()) return out;
  const auto replies = connection.run_all(queries);
  size_t next = 0;
  for (const auto& [place, there] : by_place) {
    const auto& reply = replies[next++];
    if (reply.ok()) take_echoes(plan, there, *reply, out);
  }
  return out;
}

}  // namespace mesh::apply
