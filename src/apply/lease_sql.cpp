#include "lease_sql.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "control_tables.hpp"
#include "mesh/base/text.hpp"

namespace mesh::apply {
namespace {

using sql::Writer;

constexpr int64_t kHistoryLimit = 10'000;  // the most that QUERY_HISTORY gives; applied before WHERE

Writer& leases(Writer& writer, const Mesh& mesh) { return writer.name(in_control(mesh, kLeasesTable.name)); }

Writer& these_domains(Writer& writer, const Mesh& mesh, const std::vector<std::string>& domains) {
  where(writer, {{"MESH", mesh.name}, {"ENVIRONMENT", mesh.environment.name}});
  return and_in(writer, "DOMAIN", domains);
}

Writer& held_by(Writer& writer, const std::string& run_id) {
  return writer.kw(R"(AND "HOLDER")").equals().text(run_id);
}

int64_t number_in(const Rows& rows, std::string_view column) {
  int64_t value = 0;  // SUM over no rows is NULL
  const auto text = rows.at(0, column);
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// Seconds since the epoch with a fraction, as the SQL API sends TIMESTAMP_LTZ.
std::string point_in_time(std::string_view text) {
  int64_t seconds = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), seconds).ec != std::errc()) return {};
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

// USER_NAME takes a name with other than capitals, digits and _ only in double quotes (docs: functions/query_history).
std::string history_user(const std::string& user) {
  const bool plain = !user.empty() && std::all_of(user.begin(), user.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  return plain ? user : Name::exact(user).sql();
}

}  // namespace

std::string claim_sql(const Mesh& mesh, const std::string& domain, const RunInfo& run,
                      const std::string& lapsed_holder) {
  Writer writer;
  leases(writer.kw("UPDATE"), mesh).kw(R"(SET "HOLDER")").equals().text(run.run_id).comma();
  writer.kw(R"("HOLDER_USER")").equals().text(run.user).comma();
  writer.kw(R"("TAKEN_AT" = CURRENT_TIMESTAMP(), "EXPIRES_AT" = DATEADD(second, 60, CURRENT_TIMESTAMP()))");
  where(writer, {{"MESH", mesh.name}, {"ENVIRONMENT", mesh.environment.name}, {"DOMAIN", domain}});
  writer.kw("AND").open().kw(R"("HOLDER" IS NULL)");
  if (!lapsed_holder.empty()) {
    writer.kw("OR").open().kw(R"("HOLDER")").equals().text(lapsed_holder);
    writer.kw(R"(AND ("EXPIRES_AT" IS NULL OR "EXPIRES_AT" < CURRENT_TIMESTAMP())))");
  }
  return writer.close().take();
}

std::string holder_sql(const Mesh& mesh, const std::string& domain) {
  Writer writer;
  writer.kw(R"(SELECT "HOLDER", "HOLDER_USER", "TAKEN_AT",)");
  writer.kw(R"(CASE WHEN "EXPIRES_AT" IS NULL OR "EXPIRES_AT" < CURRENT_TIMESTAMP() THEN 'yes' ELSE 'no' END)");
  leases(writer.kw(R"(AS "EXPIRED" FROM)"), mesh);
  return where(writer, {{"MESH", mesh.name}, {"ENVIRONMENT", mesh.environment.name}, {"DOMAIN", domain}}).take();
}

std::vector<LeaseHolder> parse_holders(const Rows& rows) {
  std::vector<LeaseHolder> holders;
  for (size_t i = 0; i < rows.rows.size(); ++i) {
    LeaseHolder holder;
    holder.run = rows.at(i, "HOLDER");
    holder.user = rows.at(i, "HOLDER_USER");
    holder.since = point_in_time(rows.at(i, "TAKEN_AT"));
    holder.expired = rows.at(i, "EXPIRED") == "yes";
    holders.push_back(std::move(holder));
  }
  return holders;
}

std::string renew_sql(const Mesh& mesh, const std::vector<std::string>& domains, const std::string& run_id) {
  Writer writer;
  leases(writer.kw("UPDATE"), mesh).kw(R"(SET "EXPIRES_AT" = DATEADD(second, 60, CURRENT_TIMESTAMP()))");
  return held_by(these_domains(writer, mesh, domains), run_id).take();
}

std::string release_sql(const Mesh& mesh, const std::vector<std::string>& domains, const std::string& run_id) {
  Writer writer;
  leases(writer.kw("UPDATE"), mesh);
  writer.kw(R"(SET "HOLDER" = NULL, "HOLDER_USER" = NULL, "TAKEN_AT" = NULL, "EXPIRES_AT" = NULL)");
  return held_by(these_domains(writer, mesh, domains), run_id).take();
}

std::string held_domains_sql(const Mesh& mesh, const std::vector<std::string>& domains, const std::string& run_id) {
  Writer writer;
  leases(writer.kw(R"(SELECT DISTINCT "DOMAIN" FROM)"), mesh);
  return held_by(these_domains(writer, mesh, domains), run_id).take();
}

std::string still_running_sql(const Mesh& mesh, const LeaseHolder& holder, bool same_user) {
  const std::string tags = query_tag_prefix(holder.run) + "%";
  Writer writer;
  // Without END_TIME_RANGE_END the functions give statements that still execute too (docs: functions/query_history).
  writer.kw("SELECT COUNT(*) AS \"SEEN\", SUM(CASE WHEN QUERY_TAG LIKE").text(tags);
  writer.kw("THEN 1 ELSE 0 END) AS \"OF_THE_RUN\", SUM(CASE WHEN QUERY_TAG LIKE").text(tags);
  writer.kw("AND NOT UPPER(EXECUTION_STATUS) IN ('SUCCESS', 'FAILED_WITH_ERROR', 'FAILED_WITH_INCIDENT')");
  writer.kw("THEN 1 ELSE 0 END) AS \"EXECUTING\" FROM TABLE").open();
  // The name of a function that comes with Snowflake stands without quotes, as the documentation has it.
  writer.fragment(SqlText{mesh.control.database.sql() + ".INFORMATION_SCHEMA.QUERY_HISTORY_BY_USER", {}});
  writer.open();
  // The argument is a login name, which may differ from the user's name; left out, it is whoever asks.
  if (!same_user) writer.kw("USER_NAME =>").text(history_user(holder.user)).comma();
  writer.kw("RESULT_LIMIT =>").number(kHistoryLimit);
  return writer.close().close().take();
}

StillRunning parse_still_running(const Rows& rows, bool same_user) {
  if (rows.rows.size() != 1 || !rows.column("EXECUTING")) return StillRunning::CannotTell;
  if (number_in(rows, "EXECUTING") > 0) return StillRunning::Yes;
  if (number_in(rows, "SEEN") >= kHistoryLimit) return StillRunning::CannotTell;
  // One's own statements are always seen, another user's only with MONITOR or OPERATE on their warehouse
  // (governance-reading.md 10): having seen none then proves nothing.
  return same_user || number_in(rows, "OF_THE_RUN") > 0 ? StillRunning::No : StillRunning::CannotTell;
}

}  // namespace mesh::apply
