#include "echo.hpp"

#include <optional>
#include <set>
#include <tuple>

#include "control_tables.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/kind.hpp"
#include "mesh/sql/normalise.hpp"
#include "mesh/sql/writer.hpp"

namespace mesh::apply {
namespace {

using sql::Writer;

enum class Listing : uint8_t { Objects, Columns, Checks };

// One text to read back.
struct Wanted {
  size_t change = 0;
  std::string key;  // "columns.C.default"
  Listing listing = Listing::Objects;
  std::string role, domain;
  ObjectId object;
  const kinds::TextRow* text = nullptr;  // Objects: none: the clustering key
  std::string column;                    // Columns: its stored name; Checks: the constraint's
  std::string_view cell = "default";     // Columns: which column of the answer tells it
};

constexpr std::string_view kColumnPrefix = "columns.", kCheckPrefix = "check.";
// Texts of a column, by the end of their key: where SHOW COLUMNS tells them.
constexpr std::pair<std::string_view, std::string_view> kColumnTexts[] = {{".default", "default"},
                                                                          {".as", "expression"}};

std::optional<Wanted> wanted_of(const ObjectId& object, const std::string& key) {
  Wanted wanted;
  wanted.key = key;
  wanted.object = object;
  wanted.text = kinds::find_text(kinds::of(object.kind), key);
  // No list tells it, and it is kept as it is written: policies, functions.
  if (wanted.text != nullptr && wanted.text->is_described) return std::nullopt;
  if (wanted.text != nullptr || key == "cluster_by") return wanted;
  if (key.starts_with(kCheckPrefix)) {
    wanted.listing = Listing::Checks;
    wanted.column = key.substr(kCheckPrefix.size());
    return wanted;
  }
  wanted.listing = Listing::Columns;
  for (const auto& [suffix, cell] : kColumnTexts) {
    const size_t around = kColumnPrefix.size() + suffix.size();
    if (key.size() <= around || !key.starts_with(kColumnPrefix) || !key.ends_with(suffix)) continue;
    wanted.column = key.substr(kColumnPrefix.size(), key.size() - around);
    wanted.cell = cell;
    return wanted;
  }
  return std::nullopt;
}

std::vector<Wanted> all_wanted(const Plan& plan, const std::vector<size_t>& changes, const Mesh& mesh) {
  std::vector<Wanted> out;
  for (const auto i : changes) {
    const auto& change = plan.changes[i];
    if (!change.ledger.record) continue;
    const auto id = parse_address(change.ledger.record->address);
    if (!id.ok() || id->name.depth() != 3) continue;
    for (const auto& key : change.ledger.echoes) {
      auto wanted = wanted_of(*id, key);
      if (!wanted) continue;
      wanted->change = i;
      wanted->role = mesh.deploy_role(change.domain);
      wanted->domain = change.domain;
      out.push_back(std::move(*wanted));
    }
  }
  return out;
}

// What one statement answers: all wanted of one listing, by one role, in one schema or (columns only) one table.
using Place = std::tuple<Listing, KindId, std::string /*role*/, QualifiedName>;
using ByPlace = std::map<Place, std::vector<const Wanted*>>;

constexpr size_t kTablesEach = 4;       // up to so many tables of a schema are asked for one by one
constexpr size_t kColumnsCut = 10'000;  // SHOW COLUMNS silently leaves out what lies beyond

ByPlace by_schema(const std::vector<const Wanted*>& wanted) {
  ByPlace out;
  for (const auto* one : wanted)
    out[{one->listing, one->object.kind, one->role, one->object.name.parent()}].push_back(one);
  return out;
}

ByPlace by_object(const std::vector<const Wanted*>& wanted) {
  ByPlace out;
  for (const auto* one : wanted) out[{one->listing, one->object.kind, one->role, one->object.name}].push_back(one);
  return out;
}

std::set<QualifiedName> objects_of(const std::vector<const Wanted*>& wanted) {
  std::set<QualifiedName> objects;
  for (const auto* one : wanted) objects.insert(one->object.name);
  return objects;
}

// Objects by schema, columns by table where these are few.
ByPlace first_round(const std::vector<const Wanted*>& wanted) {
  ByPlace out;
  for (auto& [place, there] : by_schema(wanted)) {
    if (std::get<Listing>(place) == Listing::Columns && objects_of(there).size() <= kTablesEach) {
      out.merge(by_object(there));
    } else {
      out.emplace(place, there);
    }
  }
  return out;
}

// SHOW tells no CHECK constraints (table entry, related_reads).
std::string select_checks(const QualifiedName& schema) {
  Writer writer;
  writer.kw("SELECT CONSTRAINT_SCHEMA, CONSTRAINT_TABLE, CONSTRAINT_NAME, CHECK_CLAUSE FROM");
  writer.name(QualifiedName({schema.first(), Name::exact("INFORMATION_SCHEMA"), Name::exact("CHECK_CONSTRAINTS")}));
  return writer.kw("WHERE CONSTRAINT_SCHEMA").equals().text(schema.last().stored()).take();
}

std::string show_sql(const Place& place, const std::vector<const Wanted*>& wanted) {
  const auto& [listing, kind, role, where] = place;
  if (listing == Listing::Checks) return select_checks(where);
  const bool in_table = where.depth() == 3;
  Writer writer;
  writer.kw("SHOW").kw(listing == Listing::Columns ? sql::Keyword("COLUMNS")
                                                   : sql::Keyword::of_table(kinds::listed_as(kinds::of(kind))));
  const auto objects = objects_of(wanted);
  if (listing != Listing::Columns && objects.size() == 1) {
    // like_literal is already a literal: the Writer takes it as a fragment.
    writer.kw("LIKE").fragment(SqlText{sql::like_literal(objects.begin()->last().stored()), {}});
  }
  return writer.kw(in_table ? sql::Keyword("IN TABLE") : sql::Keyword("IN SCHEMA")).name(where).take();
}

// Schema, object and column: compared exactly, since LIKE ignores case.
using RowKey = std::tuple<std::string_view, std::string_view, std::string_view>;

RowKey key_of(const Wanted& wanted) {
  const auto& parts = wanted.object.name.parts();
  return {parts[1].stored(), parts[2].stored(), wanted.column};
}

RowKey key_of(Listing listing, const Rows& rows, size_t i) {
  if (listing == Listing::Checks)
    return {rows.at(i, "CONSTRAINT_SCHEMA"), rows.at(i, "CONSTRAINT_TABLE"), rows.at(i, "CONSTRAINT_NAME")};
  const auto schema = rows.at(i, "schema_name");
  if (listing == Listing::Columns) return {schema, rows.at(i, "table_name"), rows.at(i, "column_name")};
  return {schema, rows.at(i, "name"), {}};
}

std::optional<std::string> echoed_text(const Wanted& wanted, const Rows& rows, size_t i) {
  if (wanted.listing == Listing::Columns) return std::string(rows.at(i, wanted.cell));
  if (wanted.listing == Listing::Checks) return std::string(rows.at(i, "CHECK_CLAUSE"));
  if (wanted.text == nullptr) return join(sql::split_list(rows.at(i, "cluster_by")), ", ");
  const auto cell = rows.at(i, wanted.text->column);
  if (wanted.text->shown == nullptr) return std::string(cell);
  auto text = wanted.text->shown(cell);  // empty for a secure view of another role
  if (!text.ok()) return std::nullopt;
  return std::move(*text);
}

void take_echoes(const Plan& plan, const std::vector<const Wanted*>& wanted, const Rows& rows, Echoes& out) {
  std::multimap<RowKey, const Wanted*> by_key;
  for (const auto* one : wanted) by_key.emplace(key_of(*one), one);
  for (size_t i = 0; i < rows.rows.size(); ++i) {
    const auto [begin, end] = by_key.equal_range(key_of(wanted.front()->listing, rows, i));
    for (auto it = begin; it != end; ++it) {
      const Wanted& one = *it->second;
      const auto& texts = plan.changes[one.change].ledger.written;
      const auto written = texts.find(one.key);
      if (written == texts.end()) continue;
      if (auto echo = echoed_text(one, rows, i)) {
        out[one.change][one.key] = Echo{sql::text_hash(written->second), std::move(*echo)};
      }
    }
  }
}

std::vector<Query> queries_for(const ByPlace& by_place, const Mesh& mesh, const RunInfo& info) {
  std::vector<Query> queries;
  for (const auto& [place, wanted] : by_place) {
    Query query;
    query.sql = show_sql(place, wanted);
    query.role = std::get<std::string>(place);
    if (std::get<Listing>(place) == Listing::Checks) query.warehouse = mesh.control.warehouse.stored();
    query.query_tag = query_tag(mesh, info.run_id, info.commit, wanted.front()->domain);
    query.read_only = true;
    queries.push_back(std::move(query));
  }
  return queries;
}

}  // namespace

Echoes read_echoes(const Plan& plan, const std::vector<size_t>& changes, const Mesh& mesh, const RunInfo& info,
                   Connection& connection) {
  const auto all = all_wanted(plan, changes, mesh);
  std::vector<const Wanted*> wanted;
  wanted.reserve(all.size());
  for (const auto& one : all) wanted.push_back(&one);
  Echoes out;
  // The second round is for columns of schemas that were cut.
  for (auto round = first_round(wanted); !round.empty(); round = by_object(wanted)) {
    const auto replies = connection.run_all(queries_for(round, mesh, info));
    wanted.clear();
    size_t next = 0;
    for (const auto& [place, there] : round) {
      const auto& reply = replies[next++];
      if (!reply.ok()) continue;
      const auto& [listing, kind, role, where] = place;
      const bool cut = listing == Listing::Columns && where.depth() == 2 && reply->rows.size() >= kColumnsCut;
      if (cut) {
        wanted.insert(wanted.end(), there.begin(), there.end());
      } else {
        take_echoes(plan, there, *reply, out);
      }
    }
  }
  return out;
}

}  // namespace mesh::apply
