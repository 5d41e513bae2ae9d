#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

void check(const View& view, const Parameters&, Findings& findings) {
  view.each_object(KindId::User, [&](const Object& user) {
    const auto type = view.value_of(user, "type");
    const auto subject = view.subject(user);
    findings.judge(subject,
                   type == Value("LEGACY_SERVICE")
                       ? fmt::format("{} is a LEGACY_SERVICE user, which logs in by password", subject.shown)
                       : "",
                   view.mend(user.id, alter(user.id, "SET TYPE = SERVICE"),
                             "write type: SERVICE, with public_keys or a workload identity"));
  });
}

}  // namespace

constinit const Rule kUsersType = {{.id = "no-legacy-service-users",
                                    .code = "SEC-01",
                                    .level = RuleLevel::Error,
                                    .title = "Programs log in as SERVICE users, by key or workload identity.",
                                    .why = "A LEGACY_SERVICE user logs in with a password and no second factor.",
                                    .mend = "Write type: SERVICE."},
                                   check};

}  // namespace mesh::check
