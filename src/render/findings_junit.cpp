// JUnit's XML, as test reports read it: suites, cases, failures, skipped.
#include <map>
#include <set>

#include <fmt/format.h>

#include "findings_parts.hpp"
#include "mesh/base/text.hpp"
#include "xml.hpp"

namespace mesh::render {
namespace {

struct Case {
  std::vector<std::string> failures, remarks, excuses;
};
struct Suite {
  std::map<std::string, Case> cases;
};

std::string line_of(const Diagnostic& finding, const FindingsInput& input) {
  const auto column = column_of(finding.place, input.sources);
  const auto where = column > 0 ? fmt::format("{}:{}:{}", path_of(finding, input), finding.place.line, column) : "";
  return fmt::format("{}{}{}{}", where.empty() ? "" : where + ": ", finding.summary, finding.help.empty() ? "" : " — ",
                     finding.help);
}

std::string case_text(const std::string& suite, const std::string& name, const Case& one) {
  std::string inside;
  if (!one.failures.empty()) {
    inside += fmt::format(
        "      <failure message=\"{}\">{}</failure>\n",
        xml_escaped(one.failures.size() == 1 ? one.failures.front() : fmt::format("{} findings", one.failures.size())),
        xml_escaped(join(one.failures, "\n")));
  } else if (!one.excuses.empty() && one.remarks.empty()) {
    inside += fmt::format("      <skipped message=\"{}\"/>\n", xml_escaped(join(one.excuses, "; ")));
  }
  if (!one.remarks.empty())
    inside += fmt::format("      <system-out>{}</system-out>\n", xml_escaped(join(one.remarks, "\n")));
  const auto head =
      fmt::format("    <testcase classname=\"mesh.{}\" name=\"{}\"", xml_escaped(suite), xml_escaped(name));
  return inside.empty() ? head + "/>\n" : head + ">\n" + inside + "    </testcase>\n";
}

std::string name_of(const Diagnostic& finding) {
  const auto name = class_of(finding.address);
  return name.empty() ? finding.code : name;
}

std::map<std::string, Suite> suites_of(const FindingsInput& input) {
  std::map<std::string, Suite> suites;
  for (const auto& coverage : input.rules.coverage) {
    auto& suite = suites[std::string(coverage.rule->id)];
    for (const auto& address : coverage.covered) suite.cases[class_of(address)];
  }
  suites["manifests"].cases["manifests"];
  for (const auto& finding : input.findings) {
    const bool of_rule = check::find_rule(finding.code) != nullptr;
    auto& one = suites[of_rule ? finding.code : "manifests"].cases[of_rule ? name_of(finding) : finding.code];
    (finding.severity == Severity::Error ? one.failures : one.remarks).push_back(line_of(finding, input));
  }
  for (const auto& excused : input.rules.excused) {
    auto& one = suites[excused.finding.code].cases[name_of(excused.finding)];
    one.excuses.push_back(excused.waiver == nullptr ? excused.finding.address + ": in the baseline"
                                                    : fmt::format("{}: waived until {} by {}", excused.finding.address,
                                                                  excused.waiver->expires, excused.waiver->approver));
  }
  return suites;
}

}  // namespace

std::string findings_junit(const FindingsInput& input) {
  std::string body;
  size_t tests = 0, failures = 0;
  for (const auto& [name, suite] : suites_of(input)) {
    std::string cases;
    size_t failed = 0, skipped = 0;
    for (const auto& [of, one] : suite.cases) {
      cases += case_text(name, of, one);
      failed += one.failures.empty() ? 0 : 1;
      skipped += one.failures.empty() && one.remarks.empty() && !one.excuses.empty() ? 1 : 0;
    }
    body += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n{}  </testsuite>\n",
                        xml_escaped(name), suite.cases.size(), failed, skipped, cases);
    tests += suite.cases.size();
    failures += failed;
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"mesh\" tests=\"{}\" failures=\"{}\">\n"
      "{}</testsuites>\n",
      tests, failures, body);
}

}  // namespace mesh::render
