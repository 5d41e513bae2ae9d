#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/kind.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "required",
     .type = ParameterType::Flag,
     .fallback = "false",
     .doc = "whether the name must end in _V<major>; else only where it ends in a number after _V"}};

// Of ORDERS_V2 "2"; empty: it ends otherwise.
std::string major_of(const std::string& schema) {
  const auto at = to_upper(schema).rfind("_V");
  const auto digits = at == std::string::npos ? std::string() : schema.substr(at + 2);
  const bool number = !digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos;
  return number ? digits : std::string();
}

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const bool required = parameters.flag("required");
  for (const auto& [key, product] : view.products().all) {
    const auto major = std::to_string(product.version.major);
    for (const auto& [name, port] : product.ports) {
      for (const auto& object : port.objects) {
        auto subject = view.subject(object.id);
        if (object.id.name.depth() != 3) continue;
        subject.place = object.place;
        const auto schema = object.id.name.parent().last().stored();
        const auto found = major_of(schema);
        const bool wrong = found.empty() ? required : found != major;
        findings.judge(
            subject,
            wrong ? fmt::format("{} is of {}, in a schema called {}", subject.shown, product.display(), schema) : "",
            fmt::format("put it into a schema whose name ends in _V{}", major));
      }
    }
  }
}

}  // namespace

constinit const Rule kMajorInSchema = {
    {.id = "schemas-carry-the-major",
     .code = "NAM-05",
     .level = RuleLevel::Warning,
     .points = kBeforeAccount,
     .parameters = kParameters,
     .title = "A schema that bears a major version in its name holds the objects of that one.",
     .why = "Two majors stand side by side for a while, and readers tell them apart by their names.",
     .mend = "Publish the object from a schema called after the major version."},
    check};

}  // namespace mesh::check
