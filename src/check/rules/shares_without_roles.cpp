#include <fmt/format.h>

#include "list.hpp"
#include "listing_parts.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {{.name = "shares",
                                          .type = ParameterType::Texts,
                                          .fallback = "*",
                                          .doc = "the shares that a listing publishes by its locator (ULL), patterns; "
                                                 "where a listing is declared over one, it tells"}};

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto shares = parameters.texts("shares");
  for (const auto& [key, membership] : view.state().memberships) {
    const bool of_share = key.member.type == GranteeType::Share;
    if (!of_share || !matches_any(shares, view.mesh().as_written(key.member).name.display())) continue;
    // A listing for other organizations is mounted before it is queried.
    const auto* listing = listing_over(view.state(), key.member.name);
    if (listing != nullptr && !is_for_organization(*listing)) continue;
    const auto subject = view.subject(membership);
    if (subject.domain.empty()) continue;
    findings.judge(subject,
                   fmt::format("{} is in {}: whoever queries {} by its locator has that role, and what it unmasks",
                               view.shown(key.role).address(), view.shown(key.member).display(),
                               listing == nullptr ? "it" : view.shown(listing->id).address()),
                   view.mend(key.role, mesh::kinds::revoke_role(key) + ";",
                             "grant the objects to the share itself; or have consumers mount it, and leave the share "
                             "out of the rule"));
  }
}

}  // namespace

constinit const Rule kSharesWithoutRoles = {
    {.id = "shares-hold-no-database-roles",
     .code = "PUB-03",
     .level = RuleLevel::Error,
     .parameters = kParameters,
     .title = "A share that is queried by its locator (ULL) holds no database role.",
     .why =
         "Every database role of the share is active in such a query, so that masks by role are lifted for everybody.",
     .mend = "Grant the objects to the share itself, without a database role."},
    check};

}  // namespace mesh::check
