#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

void check(const View& view, const Parameters&, Findings& findings) {
  view.each_object(KindId::Stage, [&](const Object& stage) {
    const auto url = view.value_of(stage, "url");
    if (url.text() == nullptr || url.text()->empty()) return;
    const auto integration = view.value_of(stage, "storage_integration");
    const auto subject = view.subject(stage);
    const bool set = integration.text() != nullptr && !integration.text()->empty();
    findings.judge(subject,
                   set ? "" : fmt::format("{} reaches {} without a storage integration", subject.shown, *url.text()),
                   view.mend(stage.id, alter(stage.id, "SET STORAGE_INTEGRATION = INTEGRATION"),
                             "write storage_integration: INTEGRATION"));
  });
}

}  // namespace

constinit const Rule kStagesUseIntegrations = {
    {.id = "stages-use-integrations",
     .code = "SEC-01",
     .level = RuleLevel::Error,
     .title = "External stages reach their cloud by a storage integration.",
     .why = "Without one a secret of the cloud lies in the stage, or anybody may read the place.",
     .mend = "Write storage_integration: on the stage."},
    check};

}  // namespace mesh::check
