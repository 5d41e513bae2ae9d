#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

void check(const View& view, const Parameters&, Findings& findings) {
  view.each_object(KindId::Schema, [&](const Object& schema) {
    const auto managed = view.value_of(schema, "managed_access");
    if (managed.is_null()) return;
    const auto subject = view.subject(schema);
    findings.judge(subject, managed == Value(true) ? "" : fmt::format("{} is no managed access schema", subject.shown),
                   view.mend(schema.id, alter(schema.id, "ENABLE MANAGED ACCESS"), "write managed_access: true"));
  });
}

}  // namespace

constinit const Rule kManagedAccess = {
    {.id = "schemas-are-managed",
     .code = "RBAC-03",
     .level = RuleLevel::Error,
     .title = "Schemas have managed access.",
     .why = "Without it whoever makes an object in the schema grants it to anybody, past the domain's manifests.",
     .mend = "Write managed_access: true, which is what mesh takes where nothing is written."},
    check};

}  // namespace mesh::check
