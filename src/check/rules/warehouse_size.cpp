#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "max",
     .type = ParameterType::Text,
     .required = true,
     .doc = "the largest size that is allowed: XSMALL, SMALL, MEDIUM, LARGE …"},
    {.name = "except", .type = ParameterType::Texts, .doc = "patterns over warehouses"}};

// The sizes in order are the values of the property; nullopt: not known.
std::optional<size_t> rank(const std::string& size) {
  const auto* row = kinds::find_property(kinds::of(KindId::Warehouse), "warehouse_size");
  const auto wanted = kinds::canonical(*row, size);
  for (size_t i = 0; wanted && i < row->values.size(); ++i) {
    if (*wanted == Value(std::string(row->values[i]))) return i;
  }
  return std::nullopt;
}

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto most = rank(parameters.text("max"));
  const auto except = parameters.texts("except");
  view.each_object(KindId::Warehouse, [&](const Object& warehouse) {
    const auto value = view.value_of(warehouse, "warehouse_size");
    const auto size = value.text() == nullptr ? std::nullopt : rank(*value.text());
    const auto subject = view.subject(warehouse);
    if (!size || !most || matches_any(except, subject.name)) return;
    findings.judge(
        subject,
        *size > *most ? fmt::format("{} is {}; {} is the largest that is allowed", subject.shown, *value.text(),
                                    parameters.text("max"))
                      : "",
        view.mend(warehouse.id, alter(warehouse.id, fmt::format("SET WAREHOUSE_SIZE = '{}'", parameters.text("max"))),
                  fmt::format("write warehouse_size: {}", parameters.text("max"))));
  });
}

}  // namespace

constinit const Rule kWarehouseSize = {{.id = "warehouse-size",
                                        .code = "COST-01",
                                        .level = RuleLevel::Error,
                                        .parameters = kParameters,
                                        .title = "No warehouse is larger than allowed.",
                                        .why = "Each step doubles what a warehouse costs by the hour.",
                                        .mend = "Write a smaller warehouse_size, or list the warehouse under except."},
                                       check};

}  // namespace mesh::check
