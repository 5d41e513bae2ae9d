#include "live_view.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "accounts.hpp"
#include "mesh/apply/control.hpp"
#include "mesh/base/text.hpp"
#include "mesh/snowflake/seam.hpp"
#include "mesh/sql/writer.hpp"

namespace mesh::cli {
namespace {

// The newest runs that are looked through for each domain's last one.
constexpr int kMostRuns = 1000;
constexpr size_t kShortCommit = 12;

// Databases with the schemas that ports have objects in, and the domain that publishes them.
using Asked = std::map<Name, std::pair<std::string, std::set<Name>>>;

// LAST_ALTERED stands in no SHOW (governance-reading.md 10).
std::string altered_sql(const Name& database, const std::set<Name>& schemas) {
  sql::Writer writer;
  writer.kw(R"(SELECT "TABLE_SCHEMA", "TABLE_NAME", "LAST_ALTERED" FROM)");
  writer.name(QualifiedName({database, Name::exact("INFORMATION_SCHEMA"), Name::exact("TABLES")}));
  writer.kw(R"(WHERE "TABLE_SCHEMA" IN)").open();
  for (const auto& schema : schemas) {
    if (schema != *schemas.begin()) writer.comma();
    writer.text(schema.stored());
  }
  return writer.close().take();
}

// Without fractions of a second: "2026-11-29 06:41:02 +0000".
std::string to_seconds(std::string_view time) {
  const auto dot = time.find('.');
  if (dot == std::string_view::npos) return std::string(time);
  const auto zone = time.find(' ', dot);
  return std::string(time.substr(0, dot)) + std::string(zone == std::string_view::npos ? "" : time.substr(zone));
}

class LiveReader {
 public:
  LiveReader(const manifest::Loaded& loaded, Connection& connection, const Console& console)
      : loaded_(loaded), connection_(connection), console_(console) {}

  render::LiveView read(const Live& live) {
    view_.account = live.account;
    view_.date = today();
    Asked asked;
    for (const auto& [key, product] : loaded_.products.all) {
      if (!same_account(loaded_.mesh.account_of(key.domain), loaded_.mesh.environment.account)) continue;
      for (const auto& [name, port] : product.ports) {
        for (const auto& object : port.objects) {
          const auto* there = live.state.find(object.id);
          auto& facts = view_.objects[object.id];
          facts.seen = there != nullptr;
          if (there == nullptr) continue;
          facts.rows = there->live.rows;
          facts.bytes = there->live.bytes;
          auto& [domain, schemas] = asked[object.id.name.first()];
          domain = key.domain;
          schemas.insert(object.id.name.parts()[1]);
        }
      }
    }
    altered(asked);
    if (loaded_.mesh.has_control) runs();
    return std::move(view_);
  }

 private:
  void altered(const Asked& asked) {
    std::vector<Query> queries;
    for (const auto& [database, what] : asked)
      queries.push_back(asking_query(loaded_.mesh, what.first, altered_sql(database, what.second)));
    const auto replies = connection_.run_all(queries);
    std::map<QualifiedName, std::string> when;
    size_t i = 0;
    for (const auto& [database, what] : asked) {
      const auto& reply = replies[i++];
      if (!reply) {
        console_.say(fmt::format("note: when objects of {} last changed is not known: {}", database.display(),
                                 reply.error().describe()));
        continue;
      }
      const auto rows = snowflake::readable(*reply);
      for (size_t row = 0; row < rows.rows.size(); ++row) {
        const QualifiedName name({database, Name::exact(std::string(rows.at(row, "TABLE_SCHEMA"))),
                                  Name::exact(std::string(rows.at(row, "TABLE_NAME")))});
        when[name] = to_seconds(rows.at(row, "LAST_ALTERED"));
      }
    }
    for (auto& [id, facts] : view_.objects) {
      if (const auto it = when.find(id.name); it != when.end()) facts.altered = it->second;
    }
  }

  // Newest first; a run that was killed has no row 'finished'.
  void runs() {
    const auto reply = connection_.run(apply::runs_query(loaded_.mesh, kMostRuns));
    if (!reply) return console_.say("note: what was last applied is not known: " + reply.error().describe());
    const auto rows = snowflake::readable(*reply);
    for (size_t row = 0; row < rows.rows.size(); ++row) {
      if (rows.at(row, "EVENT") != "finished") continue;
      const render::LastRun run{to_seconds(rows.at(row, "WRITTEN_AT")),
                                std::string(rows.at(row, "COMMIT_ID").substr(0, kShortCommit)),
                                std::string(rows.at(row, "OUTCOME"))};
      for (const auto& domain : split(std::string(rows.at(row, "DOMAINS")), ','))
        view_.runs.emplace(std::string(trim(domain)), run);
    }
  }

  const manifest::Loaded& loaded_;
  Connection& connection_;
  const Console& console_;
  render::LiveView view_;
};

}  // namespace

std::variant<render::LiveView, ExitCode> live_view(const Global& global, const manifest::Loaded& loaded,
                                                   const Console& console) {
  std::optional<manifest::Loaded> part;
  if (!loaded.mesh.environment.domains.empty()) {
    part = loaded;
    if (const auto wrong = keep_one_account(global, *part, console)) return *wrong;
  }
  const auto& here = part ? *part : loaded;
  auto session = Session::open(global, &here.mesh, console);
  if (!session) return console.error(session.error().message), ExitCode::Failed;
  auto& connection = (*session)->connection();
  PlanRequest request;
  request.account = (*session)->account();
  auto account = read_account(here, connection, request, console);
  if (const auto* code = std::get_if<ExitCode>(&account)) return *code;
  return LiveReader(here, connection, console).read(std::get<Account>(account).live);
}

}  // namespace mesh::cli
