#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

void check(const View& view, const Parameters&, Findings& findings) {
  view.each_grant([&](const Grant& grant) {
    const auto& key = grant.key;
    if (key.grantee.type != GranteeType::Share || key.target.form != TargetForm::Object) return;
    const auto* object = view.state().find(key.target.object);
    if (object == nullptr || kinds::find_property(kinds::of(object->id.kind), "secure") == nullptr) return;
    const auto subject = view.subject(*object);
    findings.judge(subject,
                   view.value_of(*object, "secure") == Value(true)
                       ? ""
                       : fmt::format("{} is in {} and not secure", subject.shown, view.shown(key.grantee).display()),
                   view.mend(object->id, alter(object->id, "SET SECURE"), "write secure: true"));
  });
}

}  // namespace

constinit const Rule kSharedIsSecure = {
    {.id = "shared-views-are-secure",
     .code = "PUB-01",
     .level = RuleLevel::Error,
     .title = "Views and functions in a share are secure.",
     .why = "What is not secure shows its definition to the other account, and lets the optimizer leak rows.",
     .mend = "Write secure: true."},
    check};

}  // namespace mesh::check
