#pragma once
// The identity token that GitHub signs for a job of its Actions (sql-api.md 8, workload identity federation).

#include <cstdint>
#include <optional>
#include <string_view>

#include "mesh/base/result.hpp"
#include "mesh/base/secret.hpp"
#include "mesh/snowflake/connection_settings.hpp"

namespace mesh::snowflake {

// Asks GitHub for a token; waits for the answer, ten seconds at most. Redirects are not followed and the answer is
// bounded, so that the request's own token stays with the host that GitHub named. No secret is in the error.
Result<Secret> fetch_github_token(const GithubIdentity& identity, const std::string& user_agent);

// When a JWT says that it expires, in seconds since the epoch; none for what is no JWT or does not say.
std::optional<int64_t> expiry_of_jwt(std::string_view token);

}  // namespace mesh::snowflake
