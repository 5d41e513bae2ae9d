// For an auditor: each rule in force, what it looked at, what it found, and who answers for each exception.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "findings_parts.hpp"
#include "json.hpp"
#include "markdown.hpp"

namespace mesh::render {
namespace {

// What is excused and what is open, by rule.
struct ByRule {
  std::map<std::string, std::vector<const check::Excused*>> excused;
  std::map<std::string, std::vector<const Diagnostic*>> open;
};

ByRule by_rule(const FindingsInput& input) {
  ByRule all;
  for (const auto& each : input.rules.excused) all.excused[each.finding.code].push_back(&each);
  for (const auto& each : input.rules.findings) all.open[each.code].push_back(&each);
  return all;
}

std::map<std::string, size_t> covered_by_class(const check::Coverage& coverage) {
  std::map<std::string, size_t> counts;
  for (const auto& address : coverage.covered) ++counts[class_of(address)];
  return counts;
}

std::string covered_words(const check::Coverage& coverage) {
  std::string words;
  for (const auto& [name, count] : covered_by_class(coverage))
    words += fmt::format("{}{} {}{}", words.empty() ? "" : ", ", count, name, count == 1 ? "" : "s");
  return words.empty() ? "nothing" : words;
}

const char* verdict(size_t open, const check::Coverage& coverage) {
  if (open == 0) return "kept";
  return coverage.level == RuleLevel::Error && !coverage.in_grace ? "broken" : "open";
}

std::string exception_row(const check::Excused& each) {
  const auto* waiver = each.waiver;
  const auto cell = [](const std::string& text) { return markdown::prose(text); };
  return fmt::format("| {} | {} | {} | {} | {} |\n", markdown::code(each.finding.code),
                     markdown::code(each.finding.address), waiver == nullptr ? "baseline" : cell(waiver->reason),
                     waiver == nullptr ? "" : cell(waiver->approver), waiver == nullptr ? "" : cell(waiver->expires));
}

Value exception_record(const check::Excused& each, const Sources& sources) {
  const auto* waiver = each.waiver;
  ValueRecord record{{"address", each.finding.address}, {"message", each.finding.summary}};
  if (waiver == nullptr) {
    record.emplace_back("baseline", true);
  } else {
    record.emplace_back("waiver", ValueRecord{{"reason", waiver->reason},
                                              {"approver", waiver->approver},
                                              {"expires", waiver->expires},
                                              {"place", sources.describe(waiver->place)}});
  }
  return record;
}

Value open_record(const Diagnostic& finding, const Sources& sources) {
  return ValueRecord{{"address", finding.address},
                     {"level", to_string(finding.severity)},
                     {"message", finding.summary},
                     {"place", sources.describe(finding.place)}};
}

}  // namespace

std::string evidence_markdown(const EvidenceHeader& header, const FindingsInput& input) {
  const auto all = by_rule(input);
  std::string out = fmt::format("# Evidence: {} · {} · {}\n\n", markdown::prose(header.mesh),
                                markdown::prose(header.environment), header.date);
  out += header.account.empty()
             ? std::string("Of the manifests, without an account.\n\n")
             : fmt::format("Of the account {}, what nobody manages included.\n\n", markdown::prose(header.account));
  out += "| rule | catalogue | level | looked at | found | excused | verdict |\n|---|---|---|---|---|---|---|\n";
  for (const auto& coverage : input.rules.coverage) {
    const std::string id(coverage.rule->id);
    const auto open = all.open.count(id) > 0 ? all.open.at(id).size() : 0;
    const auto excused = all.excused.count(id) > 0 ? all.excused.at(id).size() : 0;
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", markdown::code(id), coverage.rule->code,
                       to_string(coverage.level), covered_words(coverage), open, excused, verdict(open, coverage));
  }
  if (input.rules.coverage.empty()) out += "\nNo rule is in force: a governing domain names them under `rules:`.\n";
  if (!input.rules.excused.empty()) {
    out += "\n## Exceptions\n\n| rule | object | reason | approver | until |\n|---|---|---|---|---|\n";
    for (const auto& each : input.rules.excused) out += exception_row(each);
  }
  if (!input.rules.findings.empty()) {
    out += "\n## Open\n\n";
    for (const auto& each : input.rules.findings) {
      const auto where = input.sources.describe(each.place);
      out +=
          fmt::format("- {} {}: {}{}\n", to_string(each.severity), markdown::code(each.code),
                      markdown::prose(each.summary), where.empty() ? "" : fmt::format(" ({})", markdown::code(where)));
    }
  }
  return out;
}

std::string evidence_json(const EvidenceHeader& header, const FindingsInput& input) {
  const auto all = by_rule(input);
  ValueList rules;
  for (const auto& coverage : input.rules.coverage) {
    const std::string id(coverage.rule->id);
    ValueList exceptions, open, covered;
    if (const auto it = all.excused.find(id); it != all.excused.end()) {
      for (const auto* each : it->second) exceptions.push_back(exception_record(*each, input.sources));
    }
    if (const auto it = all.open.find(id); it != all.open.end()) {
      for (const auto* each : it->second) open.push_back(open_record(*each, input.sources));
    }
    for (const auto& address : coverage.covered) covered.emplace_back(address);
    rules.emplace_back(ValueRecord{{"rule", id},
                                   {"code", std::string(coverage.rule->code)},
                                   {"level", to_string(coverage.level)},
                                   {"grace", coverage.grace.empty() ? Value() : Value(coverage.grace)},
                                   {"title", std::string(coverage.rule->title)},
                                   {"verdict", verdict(open.size(), coverage)},
                                   {"covered", std::move(covered)},
                                   {"open", std::move(open)},
                                   {"exceptions", std::move(exceptions)}});
  }
  return to_json(ValueRecord{{"format_version", "1.0"},
                             {"mesh", header.mesh},
                             {"environment", header.environment},
                             {"account", header.account.empty() ? Value() : Value(header.account)},
                             {"date", header.date},
                             {"rules", std::move(rules)}});
}

}  // namespace mesh::render
