#include "control_tables.hpp"

#include <algorithm>
#include <array>
#include <variant>

#include <fmt/format.h>

#include "flat_json.hpp"
#include "mesh/base/overloaded.hpp"
#include "mesh/base/text.hpp"

namespace mesh::apply {
namespace {

using sql::Keyword;

constexpr ControlColumn kLedgerColumns[] = {
    {"MESH", Keyword("VARCHAR NOT NULL")},
    {"ENVIRONMENT", Keyword("VARCHAR NOT NULL")},
    {"ADDRESS", Keyword("VARCHAR NOT NULL")},
    {"DOMAIN", Keyword("VARCHAR NOT NULL")},
    {"EVENT", Keyword("VARCHAR NOT NULL")},
    {"SETTLED", Keyword("BOOLEAN NOT NULL")},
    {"ORIGIN", Keyword("VARCHAR")},
    {"PREVENT_DESTROY", Keyword("BOOLEAN")},
    {"ECHOES", Keyword("VARCHAR")},
    {"ATTACHED", Keyword("VARCHAR")},
    {"RUN", Keyword("VARCHAR NOT NULL")},
    {"NUMBER", Keyword("NUMBER(38,0) NOT NULL")},
    {"WRITTEN_AT", Keyword("TIMESTAMP_LTZ(9) DEFAULT CURRENT_TIMESTAMP()")},
};
constexpr ControlColumn kRunsColumns[] = {
    {"RUN", Keyword("VARCHAR NOT NULL")},
    {"EVENT", Keyword("VARCHAR NOT NULL")},
    {"MESH", Keyword("VARCHAR NOT NULL")},
    {"ENVIRONMENT", Keyword("VARCHAR NOT NULL")},
    {"DOMAINS", Keyword("VARCHAR")},
    {"COMMAND", Keyword("VARCHAR")},
    {"USER_NAME", Keyword("VARCHAR")},
    {"ROLE_NAME", Keyword("VARCHAR")},
    {"COMMIT_ID", Keyword("VARCHAR")},
    {"FINGERPRINT", Keyword("VARCHAR")},
    {"PLAN", Keyword("VARCHAR")},
    {"OUTCOME", Keyword("VARCHAR")},
    {"WRITTEN_AT", Keyword("TIMESTAMP_LTZ(9) DEFAULT CURRENT_TIMESTAMP()")},
};
constexpr ControlColumn kStatementsColumns[] = {
    {"RUN", Keyword("VARCHAR NOT NULL")},  {"NUMBER", Keyword("NUMBER(38,0) NOT NULL")},
    {"MESH", Keyword("VARCHAR NOT NULL")}, {"ENVIRONMENT", Keyword("VARCHAR NOT NULL")},
    {"DOMAIN", Keyword("VARCHAR")},        {"ADDRESS", Keyword("VARCHAR")},
    {"SQL_TEXT", Keyword("VARCHAR")},      {"ROLE_NAME", Keyword("VARCHAR")},
    {"QUERY_ID", Keyword("VARCHAR")},      {"STATUS", Keyword("VARCHAR")},
    {"ERROR", Keyword("VARCHAR")},         {"USER_NAME", Keyword("VARCHAR")},
    {"COMMIT_ID", Keyword("VARCHAR")},     {"WRITTEN_AT", Keyword("TIMESTAMP_LTZ(9) DEFAULT CURRENT_TIMESTAMP()")},
};
constexpr ControlColumn kAppliedColumns[] = {
    {"RUN", Keyword("VARCHAR NOT NULL")},
    {"MESH", Keyword("VARCHAR NOT NULL")},
    {"ENVIRONMENT", Keyword("VARCHAR NOT NULL")},
    {"DOMAIN", Keyword("VARCHAR NOT NULL")},
    {"HASH", Keyword("VARCHAR NOT NULL")},
    {"PATH", Keyword("VARCHAR NOT NULL")},
    {"PART", Keyword("NUMBER(38,0) NOT NULL")},
    {"TEXT", Keyword("VARCHAR NOT NULL")},
    {"COMMIT_ID", Keyword("VARCHAR")},
    {"WRITTEN_AT", Keyword("TIMESTAMP_LTZ(9) DEFAULT CURRENT_TIMESTAMP()")},
};
constexpr ControlColumn kLeasesColumns[] = {
    {"MESH", Keyword("VARCHAR NOT NULL")},       {"ENVIRONMENT", Keyword("VARCHAR NOT NULL")},
    {"DOMAIN", Keyword("VARCHAR NOT NULL")},     {"HOLDER", Keyword("VARCHAR")},
    {"HOLDER_USER", Keyword("VARCHAR")},         {"TAKEN_AT", Keyword("TIMESTAMP_LTZ(9)")},
    {"EXPIRES_AT", Keyword("TIMESTAMP_LTZ(9)")},
};

constexpr size_t kRowsPerInsert = 2'000;
constexpr size_t kBytesPerInsert = 500'000;
constexpr size_t kTagLimit = 2'000;  // QUERY_TAG's documented limit

std::string insert_head(const QualifiedName& table, const std::vector<std::string_view>& columns) {
  std::vector<Name> names;
  names.reserve(columns.size());
  for (const auto column : columns) names.push_back(column_name(column));
  return sql::Writer().kw("INSERT INTO").name(table).names(names).kw("VALUES").take();
}

std::string insert_row(const ValueList& row) {
  sql::Writer writer;
  writer.open();
  for (size_t i = 0; i < row.size(); ++i) {
    if (i > 0) writer.comma();
    write_value(writer, row[i]);
  }
  return writer.close().take();
}

}  // namespace

const ControlTable kLedgerTable = {kLedgerPrefix, "mesh: what it made and took over in this domain", kLedgerColumns};
const ControlTable kRunsTable = {"RUNS", "mesh: runs, who and from which commit", kRunsColumns};
const ControlTable kStatementsTable = {"STATEMENTS", "mesh: statements of runs and their outcome", kStatementsColumns};
const ControlTable kAppliedTable = {"APPLIED", "mesh: manifests as they were last applied", kAppliedColumns};
const ControlTable kLeasesTable = {"LEASES", "mesh: one run at a time in each domain", kLeasesColumns};

namespace {
constexpr const ControlTable* kAllShared[] = {&kRunsTable, &kStatementsTable, &kAppliedTable, &kLeasesTable};
}
const std::span<const ControlTable* const> kSharedTables = kAllShared;

std::string ledger_table_name(std::string_view domain) { return std::string(kLedgerPrefix) + to_upper(domain); }

QualifiedName control_schema(const Mesh& mesh) { return QualifiedName({mesh.control.database, mesh.control.schema}); }

QualifiedName in_control(const Mesh& mesh, std::string_view name) {
  return control_schema(mesh).child(Name::exact(std::string(name)));
}

Query control_query(const Mesh& mesh, const std::string& domain, std::string sql) {
  Query query;
  query.sql = std::move(sql);
  query.role = mesh.deploy_role(domain);
  query.warehouse = mesh.control.warehouse.stored();
  return query;
}

Query reading_query(const Mesh& mesh, std::string sql) {
  Query query;
  query.sql = std::move(sql);
  query.role = mesh.environment.roles.plan;
  query.warehouse = mesh.control.warehouse.stored();
  query.read_only = true;
  return query;
}

std::vector<std::string> insert_statements(const QualifiedName& table, const std::vector<std::string_view>& columns,
                                           const std::vector<ValueList>& rows) {
  std::vector<std::string> statements;
  const std::string head = insert_head(table, columns);
  size_t in_this = 0;
  for (const auto& row : rows) {
    MESH_ASSERT(row.size() == columns.size());
    const std::string text = insert_row(row);
    const bool fits =
        !statements.empty() && in_this < kRowsPerInsert && statements.back().size() + text.size() < kBytesPerInsert;
    if (!fits) {
      statements.push_back(head);
      in_this = 0;
    }
    statements.back() += (in_this == 0 ? "\n  " : ",\n  ") + std::string(trim(text));
    ++in_this;
  }
  return statements;
}

Name column_name(std::string_view name) { return Name::exact(std::string(name)); }

sql::Writer& write_value(sql::Writer& writer, const Value& value) {
  std::visit(Overloaded{
                 [&](std::monostate) { writer.kw("NULL"); },
                 [&](bool b) { writer.boolean(b); },
                 [&](int64_t i) { writer.number(i); },
                 [&](const std::string& s) { writer.text(s); },
                 [&](const ValueList&) { MESH_ASSERT(false); },
                 [&](const ValueRecord&) { MESH_ASSERT(false); },
             },
             value.data);
  return writer;
}

sql::Writer& where(sql::Writer& writer, std::initializer_list<Equals> conditions) {
  bool first = true;
  for (const auto& condition : conditions) {
    writer.kw(first ? Keyword("WHERE") : Keyword("AND"))
        .name(column_name(condition.column))
        .equals()
        .text(condition.text);
    first = false;
  }
  return writer;
}

sql::Writer& and_in(sql::Writer& writer, std::string_view column, const std::vector<std::string>& texts) {
  writer.kw("AND").name(column_name(column)).kw("IN").open();
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) writer.comma();
    writer.text(texts[i]);
  }
  return writer.close();
}

std::string cut(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return std::string(text.substr(0, bytes));
}

std::string query_tag_prefix(const std::string& run_id) { return fmt::format("{{\"run\":{},", json_string(run_id)); }

std::string query_tag(const Mesh& mesh, const std::string& run_id, const std::string& commit,
                      const std::string& domain) {
  std::array<std::pair<const char*, std::string>, 4> members = {
      {{"mesh", mesh.name}, {"environment", mesh.environment.name}, {"domain", domain}, {"commit", commit}}};
  for (;;) {
    std::string tag = query_tag_prefix(run_id);
    for (const auto& [key, text] : members) tag += fmt::format("\"{}\":{},", key, json_string(text));
    tag.back() = '}';
    if (tag.size() <= kTagLimit) return tag;
    auto longest = std::max_element(members.begin(), members.end(),
                                    [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
    if (longest->second.empty()) return cut(tag, kTagLimit);
    longest->second = cut(longest->second, longest->second.size() / 2);
  }
}

}  // namespace mesh::apply
