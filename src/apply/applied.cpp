#include "mesh/apply/applied.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "control_tables.hpp"
#include "mesh/base/digest.hpp"
#include "mesh/base/text.hpp"

namespace mesh::apply {
namespace {

using sql::Writer;

constexpr size_t kPartBytes = 300'000;  // of a text in one row; see insert_statements()

// Of every path and text, length-prefixed.
std::string hash_of(const Texts& files) {
  std::string all;
  for (const auto& [path, text] : files) all += fmt::format("{}:{};{}:{};", path.size(), path, text.size(), text);
  return sha256_hex(all);
}

struct Version {
  std::string run, hash, commit, written_at;
};

// The newest of each domain.
Result<std::map<std::string, Version>> read_versions(const Mesh& mesh, Connection& connection) {
  Writer writer;
  writer.kw(R"(SELECT "DOMAIN", "RUN", "HASH", "COMMIT_ID", TO_VARCHAR(MAX("WRITTEN_AT")) AS "AT" FROM)");
  where(writer.name(in_control(mesh, kAppliedTable.name)),
        {{"MESH", mesh.name}, {"ENVIRONMENT", mesh.environment.name}});
  writer.kw(R"(GROUP BY "DOMAIN", "RUN", "HASH", "COMMIT_ID" ORDER BY MAX("WRITTEN_AT"))");
  const auto reply = connection.run(reading_query(mesh, writer.take()));
  std::map<std::string, Version> newest;
  if (!reply.ok()) {
    if (reply.error().is_missing_or_hidden()) return newest;
    return fail("reading what was last applied: " + reply.error().describe());
  }
  for (size_t i = 0; i < reply->rows.size(); ++i) {
    newest[std::string(reply->at(i, "DOMAIN"))] = {std::string(reply->at(i, "RUN")), std::string(reply->at(i, "HASH")),
                                                   std::string(reply->at(i, "COMMIT_ID")),
                                                   std::string(reply->at(i, "AT"))};
  }
  return newest;
}

const std::vector<std::string_view>& applied_columns() {
  static const std::vector<std::string_view> columns = {"RUN",  "MESH", "ENVIRONMENT", "DOMAIN",   "HASH",
                                                        "PATH", "PART", "TEXT",        "COMMIT_ID"};
  return columns;
}

std::vector<ValueList> rows_of(const Mesh& mesh, const std::string& domain, const Texts& files, const RunInfo& run) {
  const std::string hash = hash_of(files);
  std::vector<ValueList> rows;
  for (const auto& [path, text] : files) {
    std::string_view rest = text;
    int64_t part = 0;
    do {
      const std::string piece = cut(rest, kPartBytes);
      rest.remove_prefix(piece.size());
      rows.push_back({run.run_id, mesh.name, mesh.environment.name, domain, hash, path, part++, piece, run.commit});
    } while (!rest.empty());
  }
  return rows;
}

}  // namespace

Texts manifests_of(const std::string& domain, const Sources& sources) {
  Texts files;
  for (uint32_t i = 0; i < sources.size(); ++i) {
    const auto& file = sources.file(i);
    if (file.domain.empty() || file.domain == domain) files[file.path] = file.text;
  }
  return files;
}

Status record_applied(const Mesh& mesh, const std::vector<std::string>& domains, const Sources& sources,
                      const RunInfo& run, Connection& connection, bool destroyed) {
  const auto versions = read_versions(mesh, connection);
  if (!versions.ok()) return versions.failure();
  std::vector<Query> queries;
  for (const auto& domain : domains) {
    const auto files = manifests_of(destroyed ? std::string() : domain, sources);
    const auto known = versions->find(domain);
    if (known != versions->end() && known->second.hash == hash_of(files)) continue;
    for (auto& sql : insert_statements(in_control(mesh, kAppliedTable.name), applied_columns(),
                                       rows_of(mesh, domain, files, run))) {
      queries.push_back(control_query(mesh, domain, std::move(sql)));
      queries.back().query_tag = query_tag(mesh, run.run_id, run.commit, domain);
    }
  }
  if (queries.empty()) return Done{};
  for (const auto& reply : connection.run_all(queries)) {
    if (!reply.ok()) return fail("the manifests could not be kept for mesh drift: " + reply.error().describe());
  }
  return Done{};
}

Result<std::map<std::string, Applied>> read_applied(const Mesh& mesh, Connection& connection) {
  std::map<std::string, Applied> all;
  const auto versions = read_versions(mesh, connection);
  if (!versions.ok()) return versions.failure();
  if (versions->empty()) return all;
  std::vector<std::string> runs;
  for (const auto& [domain, version] : *versions) {
    runs.push_back(version.run);
    all[domain] = {domain, version.run, version.commit, version.written_at, {}};
  }
  std::sort(runs.begin(), runs.end());
  runs.erase(std::unique(runs.begin(), runs.end()), runs.end());
  Writer writer;
  writer.kw(R"(SELECT "DOMAIN", "RUN", "PATH", "TEXT" FROM)");
  where(writer.name(in_control(mesh, kAppliedTable.name)),
        {{"MESH", mesh.name}, {"ENVIRONMENT", mesh.environment.name}});
  and_in(writer, "RUN", runs).kw(R"(ORDER BY "DOMAIN", "RUN", "PATH", "PART")");
  const auto reply = connection.run(reading_query(mesh, writer.take()));
  if (!reply.ok()) return fail("reading what was last applied: " + reply.error().describe());
  for (size_t i = 0; i < reply->rows.size(); ++i) {
    const auto found = all.find(std::string(reply->at(i, "DOMAIN")));
    if (found == all.end() || found->second.run != reply->at(i, "RUN")) continue;
    found->second.files[std::string(reply->at(i, "PATH"))] += reply->at(i, "TEXT");
  }
  for (const auto& [domain, applied] : all) {
    if (hash_of(applied.files) == versions->at(domain).hash) continue;
    return fail(fmt::format("what run {} wrote down of domain {} is not whole: mesh apply writes it anew", applied.run,
                            domain));
  }
  return all;
}

}  // namespace mesh::apply
