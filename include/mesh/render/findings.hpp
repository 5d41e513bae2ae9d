#pragma once
// Findings for other programs: code scanning (SARIF 2.1.0), GitHub's annotations, JUnit; and what governance shows to
// an auditor.

#include <string>
#include <vector>

#include "mesh/check/rules.hpp"
#include "mesh/plan/plan.hpp"

namespace mesh::render {

struct FindingsInput {
  const std::vector<Diagnostic>& findings;
  const check::RuleReport& rules;  // what is excused, and what was looked at; its findings are among those above
  const Sources& sources;
  std::string prefix;  // of the mesh's folder in its repository: "examples/shop/"
  std::string version;
};

// At most 5,000 results, the worst first: more, code scanning does not show; what is left out is said.
std::string findings_sarif(const FindingsInput& input);
// ::error file=…,line=…,col=…,title=…::… The ten worst of each level: more, GitHub does not show.
std::string findings_github(const FindingsInput& input);
// A suite for each rule, a case for each kind of object it looked at; only errors fail.
std::string findings_junit(const FindingsInput& input);

// {"findings": [{"rule": …, "address": …}]}: the file that `rules: {baseline: FILE}` names.
std::string baseline_json(const std::vector<BaselineEntry>& entries);

// A plan's findings, and what it refuses as errors beside them.
std::vector<Diagnostic> all_findings(const Plan& plan);

struct EvidenceHeader {
  std::string mesh, environment, account, date;  // account empty: of the manifests alone
};
// Rule, what it covered, what it found, and who answers for the exceptions.
std::string evidence_markdown(const EvidenceHeader& header, const FindingsInput& input);
std::string evidence_json(const EvidenceHeader& header, const FindingsInput& input);

}  // namespace mesh::render
