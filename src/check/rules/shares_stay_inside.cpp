#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "accounts",
     .type = ParameterType::Texts,
     .required = true,
     .doc = "patterns over the accounts that may receive a share: ORGANIZATION.ACCOUNT, ORGANIZATION.*"}};

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto allowed = parameters.texts("accounts");
  view.each_object(KindId::Share, [&](const Object& share) {
    const auto* accounts = share.find("accounts");
    const auto* list = accounts == nullptr ? nullptr : std::get_if<ValueList>(&accounts->data);
    const auto subject = view.subject(share);
    findings.covers(subject);
    for (size_t i = 0; list != nullptr && i < list->size(); ++i) {
      const auto& account = *(*list)[i].text();
      if (matches_any(allowed, account)) continue;
      findings.add(subject,
                   fmt::format("{} goes to {}, which is not among the accounts allowed", subject.shown, account),
                   view.mend(share.id, alter(share.id, fmt::format("REMOVE ACCOUNTS = {}", account)),
                             fmt::format("take {} out of accounts", account)));
    }
  });
}

}  // namespace

constinit const Rule kSharesStayInside = {{.id = "shares-stay-inside",
                                           .code = "PUB-02",
                                           .level = RuleLevel::Error,
                                           .parameters = kParameters,
                                           .title = "Shares go to the accounts that governance has allowed.",
                                           .why = "What has left for another organization is not called back.",
                                           .mend = "Take the account out of the share, or allow it in the rule."},
                                          check};

}  // namespace mesh::check
