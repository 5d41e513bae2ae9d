#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/contacts.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "purposes",
     .type = ParameterType::Texts,
     .fallback = "STEWARD, SUPPORT",
     .doc = "what there must be a contact for: STEWARD, SUPPORT, ACCESS_APPROVAL, SECURITY_COMPLIANCE"},
    {.name = "status",
     .type = ParameterType::Texts,
     .fallback = "active, deprecated",
     .doc = "the states of a product that count"}};

bool is_set(const View& view, const ObjectId& id, std::string_view purpose) {
  return view.state().attachments.count({{id, std::nullopt}, KindId::Contact, {}, std::string(purpose)}) > 0;
}

// What contains an object hands its contacts on (user-guide/contacts-using).
bool resolves(const View& view, const ObjectId& id, std::string_view purpose) {
  if (is_set(view, id, purpose)) return true;
  for (auto above = id.name.parent(); !above.empty(); above = above.parent()) {
    if (is_set(view, {above.depth() == 1 ? KindId::Database : KindId::Schema, above}, purpose)) return true;
  }
  return false;
}

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto purposes = parameters.texts("purposes"), states = parameters.texts("status");
  for (const auto& [key, product] : view.products().all) {
    if (!matches_any(states, to_string(product.status))) continue;
    for (const auto& [name, port] : product.ports) {
      std::vector<std::string> lacks;
      for (const auto& object : port.objects) {
        const auto* there = view.state().find(object.id);
        if (!kinds::can_have_contacts(object.id.kind) || there == nullptr || !view.knows_tags_of(*there)) continue;
        for (const auto& purpose : purposes) {
          if (!resolves(view, object.id, to_upper(purpose)))
            lacks.push_back(fmt::format("{} of {}", to_upper(purpose), view.shown(object.id).address()));
        }
      }
      const auto subject = view.subject(product, port);
      findings.judge(subject,
                     lacks.empty() ? "" : fmt::format("{} names no contact for {}", subject.shown, join(lacks, ", ")),
                     "write contacts: {STEWARD: DB.SCHEMA.CONTACT} on the object, or once on its schema or database");
    }
  }
}

}  // namespace

constinit const Rule kPortsHaveContacts = {{.id = "ports-have-contacts",
                                            .code = "OWN-03",
                                            .level = RuleLevel::Warning,
                                            .parameters = kParameters,
                                            .title = "What a port offers has contacts, its own or of what contains it.",
                                            .why = "Who reads data and finds something odd asks nobody, or everybody.",
                                            .mend = "Write contacts: on the database, the schema or the object.",
                                            .needs_tags = true},
                                           check};

}  // namespace mesh::check
