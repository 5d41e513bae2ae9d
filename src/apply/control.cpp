#include "mesh/apply/control.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "control_tables.hpp"
#include "flat_json.hpp"
#include "mesh/base/text.hpp"

namespace mesh::apply {
namespace {

using sql::Writer;

std::string create_database(const Mesh& mesh) {
  return Writer()
      .kw("CREATE DATABASE IF NOT EXISTS")
      .name(mesh.control.database)
      .kw("COMMENT")
      .equals()
      .text("mesh: ledger, leases and audit")
      .take();
}

// Managed access: whoever owns a table in it cannot give rights away.
std::string create_schema(const Mesh& mesh) {
  return Writer()
      .kw("CREATE SCHEMA IF NOT EXISTS")
      .name(control_schema(mesh))
      .kw("WITH MANAGED ACCESS COMMENT")
      .equals()
      .text("mesh: ledger, leases and audit")
      .take();
}

std::string create_warehouse(const Mesh& mesh) {
  return Writer()
      .kw("CREATE WAREHOUSE IF NOT EXISTS")
      .name(mesh.control.warehouse)
      .kw("WAREHOUSE_SIZE = XSMALL AUTO_SUSPEND = 60 AUTO_RESUME = TRUE INITIALLY_SUSPENDED = TRUE COMMENT")
      .equals()
      .text("mesh: reads and writes its ledger")
      .take();
}

std::string create_table(const Mesh& mesh, std::string_view name, const ControlTable& table) {
  Writer writer;
  writer.kw("CREATE TABLE IF NOT EXISTS").name(in_control(mesh, name)).open();
  for (const auto& column : table.columns) {
    if (&column != &table.columns.front()) writer.comma();
    writer.newline(2).name(column_name(column.name)).kw(column.type);
  }
  return writer.newline(0).close().kw("COMMENT").equals().text(table.comment).take();
}

std::set<std::string> own_ledger_tables(const Mesh& mesh) {
  std::set<std::string> names;
  for (const auto& domain : mesh.domains) names.insert(ledger_table_name(domain.name));
  return names;
}

Writer& ledger_columns(Writer& writer) {
  for (const auto& column : kLedgerTable.columns) {
    if (&column != &kLedgerTable.columns.front()) writer.comma();
    writer.name(column_name(column.name));
  }
  return writer;
}

std::string create_ledger_view(const Mesh& mesh, const std::set<std::string>& tables) {
  Writer writer;
  writer.kw("CREATE OR REPLACE VIEW").name(in_control(mesh, kLedgerView)).kw("COPY GRANTS COMMENT").equals();
  writer.text("mesh: the ledgers of all domains").kw("AS");
  for (const auto& table : tables) {
    if (table != *tables.begin()) writer.newline(2).kw("UNION ALL");
    ledger_columns(writer.newline(2).kw("SELECT")).kw("FROM").name(in_control(mesh, table));
  }
  return writer.take();
}

// The keys of MERGE's source, and of every other statement on LEASES.
constexpr std::string_view kLeaseKey[] = {"MESH", "ENVIRONMENT", "DOMAIN"};

void lease_source(Writer& writer, const Mesh& mesh) {
  bool first = true;
  for (const auto& environment : mesh.environments) {
    for (const auto& domain : mesh.domains) {
      if (!first) writer.newline(2).kw("UNION ALL");
      first = false;
      writer.newline(2).kw("SELECT").text(mesh.name).kw("AS").name(column_name("MESH")).comma();
      writer.text(environment).kw("AS").name(column_name("ENVIRONMENT")).comma();
      writer.text(domain.name).kw("AS").name(column_name("DOMAIN"));
    }
  }
}

bool lacks_leases(const Mesh& mesh, const ControlFacts& facts) {
  return std::any_of(mesh.domains.begin(), mesh.domains.end(), [&](const Domain& domain) {
    return std::any_of(mesh.environments.begin(), mesh.environments.end(), [&](const std::string& environment) {
      return facts.leases.count({environment, domain.name}) == 0;
    });
  });
}

QualifiedName of_alias(const char* alias, std::string_view column) {
  return QualifiedName({Name::exact(alias), column_name(column)});
}

std::string merge_leases(const Mesh& mesh) {
  Writer writer;
  writer.kw("MERGE INTO").name(in_control(mesh, kLeasesTable.name)).kw("AS").name(Name::exact("T")).kw("USING").open();
  lease_source(writer, mesh);
  writer.close().kw("AS").name(Name::exact("S")).newline(0).kw("ON");
  for (const auto key : kLeaseKey) {
    if (key != kLeaseKey[0]) writer.kw("AND");
    writer.name(of_alias("T", key)).equals().name(of_alias("S", key));
  }
  writer.newline(0).kw("WHEN NOT MATCHED THEN INSERT");
  writer.names({column_name(kLeaseKey[0]), column_name(kLeaseKey[1]), column_name(kLeaseKey[2])}).kw("VALUES").open();
  for (const auto key : kLeaseKey) {
    if (key != kLeaseKey[0]) writer.comma();
    writer.name(of_alias("S", key));
  }
  return writer.close().take();
}

std::string control_display(const Mesh& mesh) { return control_schema(mesh).display(); }

GrantKey grant_of(std::string_view privilege, KindId kind, QualifiedName object, const std::string& role) {
  return {{TargetForm::Object, {kind, std::move(object)}, KindId::Table},
          {GranteeType::Role, QualifiedName({Name::exact(role)})},
          std::string(privilege)};
}

void grant_reading(std::vector<GrantKey>& out, const Mesh& mesh, const std::string& role) {
  out.push_back(grant_of("USAGE", KindId::Database, QualifiedName({mesh.control.database}), role));
  out.push_back(grant_of("USAGE", KindId::Warehouse, QualifiedName({mesh.control.warehouse}), role));
  out.push_back(grant_of("USAGE", KindId::Schema, control_schema(mesh), role));
  out.push_back(grant_of("SELECT", KindId::View, in_control(mesh, kLedgerView), role));
  for (const auto* table : kSharedTables) {
    out.push_back(grant_of("SELECT", KindId::Table, in_control(mesh, table->name), role));
  }
}

// One row of the LEDGER view, as read.
struct LedgerRow {
  std::string event;
  LedgerEntry entry;
};

Result<LedgerRow> read_row(const Rows& rows, size_t i) {
  LedgerRow row;
  row.event = rows.at(i, "EVENT");
  row.entry.address = rows.at(i, "ADDRESS");
  row.entry.domain = rows.at(i, "DOMAIN");
  row.entry.made = rows.at(i, "ORIGIN") == "made";
  row.entry.prevent_destroy = iequals(rows.at(i, "PREVENT_DESTROY"), "true");
  auto echoes = decode_echoes(rows.at(i, "ECHOES"));
  auto attached = decode_texts(rows.at(i, "ATTACHED"));
  if (!echoes.ok() || !attached.ok()) {
    return fail(fmt::format("the ledger's row of {} cannot be read: {}", row.entry.address,
                            (echoes.ok() ? attached.error() : echoes.error()).message));
  }
  row.entry.echoes = std::move(*echoes);
  row.entry.attached = std::move(*attached);
  return row;
}

// The rows of an address come oldest first: what was settled last, then the intent after it, if there is one.
void fold(std::map<std::string, LedgerEntry>& entries, LedgerRow row) {
  const auto found = entries.find(row.entry.address);
  const bool known = found != entries.end();
  if (row.event == "removed") {
    if (known) entries.erase(found);
  } else if (row.event == "done") {
    entries[row.entry.address] = std::move(row.entry);
  } else if (row.event == "dropping") {
    if (known) found->second.unconfirmed = true;
  } else if (row.event == "making" && known) {
    // Moved or made anew. What was adopted stays so: it may be the old one that is still there.
    found->second.unconfirmed = true;
  } else if (row.event == "changing" && known) {
    found->second.attached.merge(row.entry.attached);
    found->second.prevent_destroy = found->second.prevent_destroy || row.entry.prevent_destroy;
  } else if (row.event == "making" || row.event == "changing") {
    row.entry.unconfirmed = true;
    const std::string address = row.entry.address;
    entries[address] = std::move(row.entry);
  }
  // 'cancelled', and what a later version may write beside a settled row, change nothing.
}

}  // namespace

std::vector<ControlStatement> bootstrap_sql(const Mesh& mesh, const ControlFacts& facts) {
  std::vector<ControlStatement> out;
  if (!facts.database) out.push_back({create_database(mesh), true});
  if (!facts.schema) out.push_back({create_schema(mesh)});
  if (!facts.warehouse) out.push_back({create_warehouse(mesh), true});
  auto ledgers = own_ledger_tables(mesh);
  const auto is_missing = [&](std::string_view table) { return facts.tables.count(std::string(table)) == 0; };
  for (const auto& table : ledgers) {
    if (is_missing(table)) out.push_back({create_table(mesh, table, kLedgerTable)});
  }
  for (const auto* table : kSharedTables) {
    if (is_missing(table->name)) out.push_back({create_table(mesh, table->name, *table)});
  }
  for (const auto& table : facts.tables) {
    if (table.rfind(kLedgerPrefix, 0) == 0) ledgers.insert(table);
  }
  const bool viewed = std::all_of(ledgers.begin(), ledgers.end(), [&](const std::string& table) {
    return facts.ledger_view.find(in_control(mesh, table).sql()) != std::string::npos;
  });
  if (!viewed) out.push_back({create_ledger_view(mesh, ledgers)});
  if (lacks_leases(mesh, facts)) out.push_back({merge_leases(mesh), false, true});
  return out;
}

Query control_tables_query(const Mesh& mesh) {
  return {Writer().kw("SHOW TABLES IN SCHEMA").name(control_schema(mesh)).take(), {}, {}, {}, true, false};
}

Query ledger_view_query(const Mesh& mesh) {
  return {Writer().kw("SHOW VIEWS LIKE 'LEDGER' IN SCHEMA").name(control_schema(mesh)).take(), {}, {}, {}, true, false};
}

Query leases_query(const Mesh& mesh) {
  Writer writer;
  writer.kw(R"(SELECT "ENVIRONMENT", "DOMAIN" FROM)").name(in_control(mesh, kLeasesTable.name));
  where(writer, {{"MESH", mesh.name}});
  return reading_query(mesh, writer.take());
}

std::vector<GrantKey> control_grants(const Mesh& mesh) {
  std::set<std::string> readers, deployers;
  std::set<std::pair<std::string, std::string>> writers;  // table, role
  for (const auto& domain : mesh.domains) {
    const auto deploy = mesh.deploy_role(domain.name);
    for (const auto& role : {mesh.plan_role(domain.name), deploy}) {
      if (!role.empty()) readers.insert(role);
    }
    if (deploy.empty()) continue;
    deployers.insert(deploy);
    writers.emplace(ledger_table_name(domain.name), deploy);
  }
  std::vector<GrantKey> out;
  for (const auto& role : readers) grant_reading(out, mesh, role);
  for (const auto& role : deployers) {
    for (const auto* table : {&kRunsTable, &kStatementsTable, &kAppliedTable}) {
      out.push_back(grant_of("INSERT", KindId::Table, in_control(mesh, table->name), role));
    }
    out.push_back(grant_of("UPDATE", KindId::Table, in_control(mesh, kLeasesTable.name), role));
  }
  for (const auto& [table, role] : writers) {
    out.push_back(grant_of("INSERT", KindId::Table, in_control(mesh, table), role));
  }
  return out;
}

Query ledger_query(const Mesh& mesh) {
  const auto numbered = [](Writer& writer, sql::Keyword partition, sql::Keyword alias) {
    writer.comma().kw("ROW_NUMBER() OVER").open().kw("PARTITION BY").kw(partition);
    writer.kw(R"(ORDER BY "WRITTEN_AT" DESC, "NUMBER" DESC)").close().kw("AS").kw(alias);
  };
  // The newest row of each address and, where that is an intent, the newest settled one before it.
  Writer writer;
  writer.kw(R"(SELECT "MESH", "ENVIRONMENT", "ADDRESS", "DOMAIN", "EVENT", "ORIGIN", "PREVENT_DESTROY", "ECHOES", )"
            R"("ATTACHED" FROM)");
  ledger_columns(writer.open().kw("SELECT"));
  numbered(writer, R"("MESH", "ENVIRONMENT", "ADDRESS")", R"("AGE")");
  numbered(writer, R"("MESH", "ENVIRONMENT", "ADDRESS", "SETTLED")", R"("AGE_OF_ITS_KIND")");
  writer.kw("FROM").name(in_control(mesh, kLedgerView)).close().kw("AS").name(Name::exact("L"));
  writer.kw(R"(WHERE "AGE" = 1 OR ("SETTLED" = TRUE AND "AGE_OF_ITS_KIND" = 1))");
  writer.kw(R"(ORDER BY "MESH", "ENVIRONMENT", "ADDRESS", "AGE" DESC)");
  return reading_query(mesh, writer.take());
}

Result<Ledger> parse_ledger(const Mesh& mesh, const Reply& reply) {
  Ledger ledger;
  if (!reply.ok()) {
    if (!reply.error().is_missing_or_hidden()) return fail("reading the ledger: " + reply.error().describe());
    ledger.why_not = fmt::format("there is no ledger in {}, or this role may not read it: run mesh bootstrap",
                                 control_display(mesh));
    return ledger;
  }
  ledger.available = true;
  std::map<std::pair<std::string, std::string>, std::map<std::string, LedgerEntry>> all;
  for (size_t i = 0; i < reply->rows.size(); ++i) {
    auto row = read_row(*reply, i);
    if (!row.ok()) return row.failure();
    fold(all[{std::string(reply->at(i, "MESH")), std::string(reply->at(i, "ENVIRONMENT"))}], std::move(*row));
  }
  for (auto& [home, entries] : all) {
    if (home.first == mesh.name && home.second == mesh.environment.name) {
      ledger.entries = std::move(entries);
      continue;
    }
    for (const auto& [address, entry] : entries) ledger.other_meshes[address] = home.first + "/" + home.second;
  }
  return ledger;
}

Query runs_query(const Mesh& mesh, int limit) {
  Writer writer;
  writer.kw(
      R"(SELECT "RUN", "EVENT", "COMMAND", "USER_NAME", "ROLE_NAME", "COMMIT_ID", "DOMAINS", "FINGERPRINT", "OUTCOME", )"
      R"("WRITTEN_AT" FROM)");
  where(writer.name(in_control(mesh, kRunsTable.name)), {{"MESH", mesh.name}, {"ENVIRONMENT", mesh.environment.name}});
  writer.kw(R"(ORDER BY "WRITTEN_AT" DESC LIMIT)").number(limit);
  return reading_query(mesh, writer.take());
}

Query statements_query(const Mesh& mesh, const std::string& run_id) {
  Writer writer;
  writer.kw(R"(SELECT "NUMBER", "DOMAIN", "ADDRESS", "SQL_TEXT", "ROLE_NAME", "QUERY_ID", "STATUS", "ERROR" FROM)");
  where(writer.name(in_control(mesh, kStatementsTable.name)),
        {{"MESH", mesh.name}, {"ENVIRONMENT", mesh.environment.name}, {"RUN", run_id}});
  writer.kw(R"(ORDER BY "NUMBER")");
  return reading_query(mesh, writer.take());
}

std::vector<std::string> unlock_sql(const Mesh& mesh, const std::vector<std::string>& domains) {
  if (domains.empty()) return {};
  const auto these = [&](Writer& writer) {
    where(writer, {{"MESH", mesh.name}, {"ENVIRONMENT", mesh.environment.name}});
    and_in(writer, "DOMAIN", domains);
  };
  Writer look, free;
  look.kw(R"(SELECT "DOMAIN", "HOLDER", "HOLDER_USER", "TAKEN_AT" FROM)").name(in_control(mesh, kLeasesTable.name));
  these(look);
  look.kw(R"(ORDER BY "DOMAIN")");
  free.kw("UPDATE").name(in_control(mesh, kLeasesTable.name));
  free.kw(R"(SET "HOLDER" = NULL, "HOLDER_USER" = NULL, "TAKEN_AT" = NULL, "EXPIRES_AT" = NULL)");
  these(free);
  return {look.take(), free.take()};
}

}  // namespace mesh::apply
