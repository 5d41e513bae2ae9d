#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "tag", .type = ParameterType::Tag, .required = true, .doc = "the tag that sensitive columns bear"},
    {.name = "values", .type = ParameterType::Texts, .fallback = "*", .doc = "patterns over its values that count"}};

// The tables and views with a classified column, as a plan names them.
std::map<std::string, ObjectId> classified(const View& view, const Parameters& parameters) {
  const auto tag = view.tag(parameters.text("tag"));
  const auto values = parameters.texts("values");
  std::map<std::string, ObjectId> found;
  view.each_object([&](const Object& object) {
    const bool any = std::any_of(object.columns.begin(), object.columns.end(), [&](const Column& column) {
      const auto* set = view.tag_over({object.id, column.name}, tag);
      return set != nullptr && matches_any(values, set->value);
    });
    if (any) found.emplace(object.id.address(), object.id);
  });
  return found;
}

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto sensitive = classified(view, parameters);
  std::map<ObjectId, std::set<std::string>> readers;
  for (const auto& gain : view.input().gains) {
    const auto it = sensitive.find(gain.object);
    if (it != sensitive.end() && gain.privilege == "SELECT") readers[it->second].insert(gain.who);
  }
  for (const auto& [address, id] : sensitive) {
    const auto subject = view.subject(id);
    const auto it = readers.find(id);
    findings.judge(subject,
                   it == readers.end()
                       ? ""
                       : fmt::format("{} more can read {}, which holds classified columns: {}", it->second.size(),
                                     subject.shown, join({it->second.begin(), it->second.end()}, ", ")),
                   "governance looks at it before it is applied");
  }
}

}  // namespace

constinit const Rule kNoWidenedAccess = {
    {.id = "classified-access-widens",
     .code = "PLN-02",
     .level = RuleLevel::Warning,
     .points = bit(RunPoint::Plan),
     .parameters = kParameters,
     .title = "A plan says when more roles can read a table with classified columns than before.",
     .why = "Access grows by steps that each look small.",
     .mend = "Look at who is named; take the grant away where it is too much."},
    check};

}  // namespace mesh::check
