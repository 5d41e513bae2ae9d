#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/diff/diff.hpp"
#include "mesh/kinds/kind.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "except", .type = ParameterType::Texts, .doc = "patterns over what may be read by everybody"}};

// What each domain asks for, object by object.
std::set<std::pair<std::string, ObjectId>> asked_for(const Products& products) {
  std::set<std::pair<std::string, ObjectId>> all;
  for (const auto& request : products.requests) {
    const Port* port = products.find_port(request.port);
    if (port == nullptr) continue;
    for (const auto& object : port->objects) all.emplace(request.domain, object.id);
  }
  return all;
}

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto except = parameters.texts("except");
  const auto asked = asked_for(view.products());
  view.each_object([&](const Object& object) {
    const auto* reader = view.domain_of(object.id);
    if (reader == nullptr) return;
    const auto subject = view.subject(object);
    bool reads = false;
    for (const auto& source : read_by(object)) {
      const auto* owner = view.domain_of(source);
      const bool across = owner != nullptr && owner != reader && !owner->governs && kinds::of(source.kind).is_relation;
      // A name stands for a table and for a view; what is declared is meant.
      if (!across || view.state().find(source) == nullptr) continue;
      reads = true;
      const auto shown = view.shown(source);
      if (matches_any(except, view.mesh().as_written(source).display()) || asked.count({reader->name, source}) > 0)
        continue;
      findings.add(subject,
                   fmt::format("{} reads {} of domain {}, and {} consumes no port that holds it", subject.shown,
                               shown.address(), owner->name, reader->name),
                   fmt::format("ask for a port under consumes of domain {}", reader->name));
    }
    if (reads) findings.covers(subject);
  });
}

}  // namespace

constinit const Rule kReadsAreConsumed = {
    {.id = "what-is-read-is-consumed",
     .code = "XDA-04",
     .level = RuleLevel::Warning,
     .points = kBeforeAccount,
     .parameters = kParameters,
     .title = "What a domain reads of another in its views, tables and tasks stands in a port that it consumes.",
     .why = "An owner who does not know of a reader breaks it without knowing.",
     .mend = "Ask for the port under consumes, with the columns that are used."},
    check};

}  // namespace mesh::check
