#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {{.name = "types",
                                          .type = ParameterType::Texts,
                                          .fallback = "PERSON, SERVICE, LEGACY_SERVICE",
                                          .doc = "the types of users it holds for"}};

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto types = parameters.texts("types");
  view.each_object(KindId::User, [&](const Object& user) {
    const auto type = view.value_of(user, "type");
    if (!matches_any(types, type.text() == nullptr || type.text()->empty() ? "PERSON" : *type.text())) return;
    const auto policy = view.value_of(user, "network_policy");
    const auto subject = view.subject(user);
    const bool set = policy.text() != nullptr && !policy.text()->empty();
    findings.judge(subject, set ? "" : fmt::format("{} has no network policy", subject.shown),
                   "write network_policy: POLICY");
  });
}

}  // namespace

constinit const Rule kUsersNetworkPolicy = {{.id = "users-have-network-policy",
                                             .code = "SEC-01",
                                             .level = RuleLevel::Warning,
                                             .points = kBeforeAccount,
                                             .parameters = kParameters,
                                             .title = "Users come from where a network policy lets them.",
                                             .why = "A key that has leaked opens the account from anywhere.",
                                             .mend = "Write network_policy: on the user."},
                                            check};

}  // namespace mesh::check
