#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"

namespace mesh::check {
namespace {

void check_over(const View& view, const Parameters&, Findings& findings) {
  for (const auto& agreement : view.agreements()) {
    const bool over = agreement.state == AgreementState::Expired;
    if (!over && !agreement.in_force()) continue;
    findings.judge(view.subject(agreement),
                   over ? fmt::format("the access of {} to {} ended on {}", view.shown(agreement.as).display(),
                                      agreement.port.display(), agreement.until)
                        : "",
                   "both sides write a later until, or take their lines out");
  }
}

constexpr RuleParameter kParameters[] = {{.name = "max_days",
                                          .type = ParameterType::Number,
                                          .fallback = "366",
                                          .doc = "how long from today one may still last; 0: however long"}};

void check_end(const View& view, const Parameters& parameters, Findings& findings) {
  const auto most = static_cast<int>(std::min<int64_t>(parameters.number("max_days"), 100'000));
  const auto latest = days_after(view.input().date, most);
  for (const auto& agreement : view.agreements()) {
    if (!agreement.in_force()) continue;
    const bool endless = agreement.until.empty(), far = most > 0 && !endless && agreement.until > latest;
    findings.judge(
        view.subject(agreement),
        endless ? fmt::format("the access of {} to {} has no end", view.shown(agreement.as).display(),
                              agreement.port.display())
        : far   ? fmt::format("the access of {} to {} lasts through {}, which is more than {} days from now",
                              view.shown(agreement.as).display(), agreement.port.display(), agreement.until, most)
                : "",
        most > 0 ? fmt::format("write until: {} or sooner", latest) : "write until: with a day");
  }
}

}  // namespace

constinit const Rule kAgreementsAreCurrent = {{.id = "agreements-are-not-over",
                                               .code = "XDA-02",
                                               .level = RuleLevel::Error,
                                               .points = kBeforeAccount,
                                               .title = "No agreement stands in the manifests whose last day is over.",
                                               .why = "A line that gives nothing any more is read as if it did.",
                                               .mend = "Write a later until on both sides, or take the lines out."},
                                              check_over};

constinit const Rule kAgreementsEnd = {
    {.id = "agreements-have-an-end",
     .code = "XDA-02",
     .level = RuleLevel::Warning,
     .points = kBeforeAccount,
     .parameters = kParameters,
     .title = "An agreement has a last day, soon enough that both sides look at it again.",
     .why = "Access that nobody has to renew outlives its purpose.",
     .mend = "Write until: on one of the two sides, or on both."},
    check_end};

}  // namespace mesh::check
