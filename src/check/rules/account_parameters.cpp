#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/settings.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "parameters",
     .type = ParameterType::Texts,
     .fallback = "REQUIRE_STORAGE_INTEGRATION_FOR_STAGE_CREATION true, "
                 "REQUIRE_STORAGE_INTEGRATION_FOR_STAGE_OPERATION true, PREVENT_UNLOAD_TO_INLINE_URL true",
     .doc = "what must be declared, each as NAME VALUE"}};

// Who may set it; nullptr: no domain has the account.
const Domain* holder(const Mesh& mesh) {
  const auto it =
      std::find_if(mesh.domains.begin(), mesh.domains.end(), [](const Domain& each) { return each.account; });
  return it == mesh.domains.end() ? nullptr : &*it;
}

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto* domain = holder(view.mesh());
  for (const auto& text : parameters.texts("parameters")) {
    const auto blank = text.find(' ');
    const auto name = to_upper(text.substr(0, blank));
    const auto value = blank == std::string::npos ? std::string() : std::string(trim(text.substr(blank)));
    const ObjectId id = kinds::parameter_id(name);
    auto subject = view.subject(id);
    if (domain != nullptr && subject.domain.empty()) subject.domain = domain->name;
    if (domain != nullptr && !subject.place.known()) subject.place = domain->place;
    const auto* object = view.state().find(id);
    const bool set = object != nullptr && !object->properties.empty();
    const auto found = set ? to_display(object->properties.begin()->second.value) : std::string();
    findings.judge(subject,
                   iequals(found, value) ? ""
                   : set                 ? fmt::format("{} is {}, and must be {}", name, found, value)
                                         : fmt::format("{} is not set; it must be {}", name, value),
                   fmt::format("account_parameters: {{{}: {}}}, in a domain with account: true", name, value));
  }
}

}  // namespace

constinit const Rule kAccountParameters = {
    {.id = "account-parameters-are-set",
     .code = "SEC-01",
     .level = RuleLevel::Warning,
     .points = kBeforeAccount,
     .parameters = kParameters,
     .title = "The account parameters that keep data inside are declared.",
     .why = "Without them whoever may make a stage may send data to any bucket, with keys of their own.",
     .mend = "Write them under account_parameters, in a domain with account: true."},
    check};

}  // namespace mesh::check
