#pragma once
// The statements on LEASES, and the question whether anything of an old run still executes.

#include <string>
#include <vector>

#include "mesh/apply/control.hpp"

namespace mesh::apply {

struct LeaseHolder {
  std::string run, user;
  std::string since;     // for people; may be empty
  bool expired = false;  // by the server's clock
};

// Takes a free lease, or the one that `lapsed_holder` let lapse. Rows changed: 1 where it is ours now.
std::string claim_sql(const Mesh& mesh, const std::string& domain, const RunInfo& run,
                      const std::string& lapsed_holder);
std::string holder_sql(const Mesh& mesh, const std::string& domain);
std::vector<LeaseHolder> parse_holders(const Rows& rows);  // one a row: none where the lease row is missing

std::string renew_sql(const Mesh& mesh, const std::vector<std::string>& domains, const std::string& run_id);
std::string release_sql(const Mesh& mesh, const std::vector<std::string>& domains, const std::string& run_id);
std::string held_domains_sql(const Mesh& mesh, const std::vector<std::string>& domains, const std::string& run_id);

// Whether Snowflake still executes something of the run.
enum class StillRunning { No, Yes, CannotTell };
std::string still_running_sql(const Mesh& mesh, const LeaseHolder& holder, bool same_user);
StillRunning parse_still_running(const Rows& rows, bool same_user);

}  // namespace mesh::apply
