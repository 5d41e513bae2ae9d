#include <algorithm>

#include "mesh/render/render.hpp"
#include "words.hpp"

namespace mesh::render {
namespace {

size_t count_of(const std::vector<Diagnostic>& findings, Severity severity) {
  return static_cast<size_t>(std::count_if(findings.begin(), findings.end(),
                                           [&](const Diagnostic& finding) { return finding.severity == severity; }));
}

}  // namespace

std::string findings_text(const std::vector<Diagnostic>& findings, const Sources& sources, bool color) {
  std::string out;
  for (const auto& finding : findings) out += render_text(finding, sources, color) + "\n";
  if (findings.empty()) return out;
  const auto errors = count_of(findings, Severity::Error), warnings = count_of(findings, Severity::Warning);
  std::string closing;
  if (errors > 0) closing = counted(errors, "error", "errors");
  if (warnings > 0) closing += (closing.empty() ? "" : ", ") + counted(warnings, "warning", "warnings");
  return closing.empty() ? out : out + closing + "\n";
}

}  // namespace mesh::render
