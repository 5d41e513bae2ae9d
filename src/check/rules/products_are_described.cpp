#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "ports", .type = ParameterType::Flag, .fallback = "true", .doc = "whether each port must be, too"}};

void check(const View& view, const Parameters& parameters, Findings& findings) {
  for (const auto& [key, product] : view.products().all) {
    const auto subject = view.subject(product);
    findings.judge(subject,
                   trim(product.description).empty() ? fmt::format("{} has no description", subject.shown) : "",
                   "write description: what it holds, and for whom");
    if (!parameters.flag("ports")) continue;
    for (const auto& [name, port] : product.ports) {
      const auto at = view.subject(product, port);
      const bool bare = trim(port.description).empty() && trim(port.contract.description).empty();
      findings.judge(at, bare ? fmt::format("{} has no description", at.shown) : "",
                     "write description: on the port, or in its contract");
    }
  }
}

}  // namespace

constinit const Rule kProductsAreDescribed = {
    {.id = "products-are-described",
     .code = "DOC-01",
     .level = RuleLevel::Warning,
     .points = kBeforeAccount,
     .parameters = kParameters,
     .title = "Products, and their ports, have a description.",
     .why = "A catalogue of names alone is searched by those who know the answer.",
     .mend = "Write description: on the product and on each of its ports."},
    check};

}  // namespace mesh::check
