#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {{.name = "promises",
                                          .type = ParameterType::Texts,
                                          .fallback = "rows, freshness, key",
                                          .doc = "what each port must promise, of rows, freshness and key"},
                                         {.name = "status",
                                          .type = ParameterType::Texts,
                                          .fallback = "active",
                                          .doc = "the states of a product that count"}};

// Whether one speaks of it: "library rowCount", "sql freshness of orders".
template <typename Promises>
bool speaks_of(const Promises& promises, std::initializer_list<std::string_view> words) {
  return std::any_of(promises.begin(), promises.end(), [&](const auto& each) {
    const auto name = to_lower(each.first);
    return std::any_of(words.begin(), words.end(), [&](auto word) { return name.find(word) != std::string::npos; });
  });
}

template <typename Of>
bool any_object(const Contract& contract, Of&& of) {
  return std::any_of(contract.objects.begin(), contract.objects.end(), of);
}

// ODCS 3.1: metric rowCount.
bool rows(const Contract& contract) {
  return any_object(contract, [](const auto& object) { return speaks_of(object.quality, {"rowcount", "volume"}); });
}
// ODCS 3.1: slaProperties latency, frequency, timeOfAvailability; a rule of one's own.
bool freshness(const Contract& contract) {
  return speaks_of(contract.service_levels, {"latency", "frequency", "timeofavailability", "freshness"}) ||
         any_object(contract, [](const auto& object) { return speaks_of(object.quality, {"freshness"}); });
}
// A key, or ODCS 3.1: metric duplicateValues.
bool key(const Contract& contract) {
  return any_object(contract, [](const auto& object) {
    return speaks_of(object.quality, {"duplicate", "unique"}) ||
           std::any_of(object.columns.begin(), object.columns.end(), [](const ContractColumn& column) {
             return column.key_position > 0 || column.unique || speaks_of(column.quality, {"duplicate", "unique"});
           });
  });
}

struct PromiseRow {
  std::string_view word;
  bool (*kept)(const Contract& contract);
  std::string_view words;
};
constexpr PromiseRow kPromises[] = {{"rows", rows, "how many rows there are (metric rowCount)"},
                                    {"freshness", freshness, "how fresh it is (slaProperties latency)"},
                                    {"key", key, "a key whose values are unique"}};

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto wanted = parameters.texts("promises"), states = parameters.texts("status");
  for (const auto& [id, product] : view.products().all) {
    if (!matches_any(states, to_string(product.status))) continue;
    for (const auto& [name, port] : product.ports) {
      std::vector<std::string> lacks;
      for (const auto& row : kPromises) {
        if (matches_any(wanted, row.word) && !row.kept(port.contract)) lacks.emplace_back(row.words);
      }
      auto subject = view.subject(product, port);
      if (!port.contract_file.empty()) subject.place = port.contract.place;
      findings.judge(subject,
                     lacks.empty() ? "" : fmt::format("{} does not promise {}", subject.shown, join(lacks, ", nor ")),
                     port.contract_file.empty() ? "give the port a contract (contract: FILE, ODCS) that says so"
                                                : "say so in its contract: quality and slaProperties");
    }
  }
}

}  // namespace

constinit const Rule kPortsPromiseQuality = {
    {.id = "ports-promise-quality",
     .code = "QLT-01",
     .level = RuleLevel::Warning,
     .points = kBeforeAccount,
     .parameters = kParameters,
     .title = "Each port promises a number of rows, how fresh it is, and a key.",
     .why = "Who builds on data that promise nothing finds out too late that they are late, twice there or gone.",
     .mend = "Write the promises into the port's contract."},
    check};

}  // namespace mesh::check
