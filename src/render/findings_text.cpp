#include <algorithm>

#include "mesh/render/render.hpp"
#include "words.hpp"

namespace mesh::render {
namespace {

// "500 errors and 4,321 more, 2 warnings"; "" where there are none of either.
std::string closing(const std::vector<Diagnostic>& findings) {
  struct Label {
    Severity severity;
    const char *one, *many;
  };
  std::string out;
  for (const auto& [severity, one, many] :
       {Label{Severity::Error, "error", "errors"}, Label{Severity::Warning, "warning", "warnings"}}) {
    size_t told = 0;
    std::string rest;
    for (const auto& finding : findings) {
      if (finding.severity != severity) continue;
      if (finding.code == kNotShownCode) {
        rest = " " + finding.summary.substr(std::string_view("… ").size());
      } else {
        ++told;
      }
    }
    if (told == 0) continue;
    out += (out.empty() ? "" : ", ") + counted(told, one, many) + rest;
  }
  return out;
}

}  // namespace

std::string findings_text(const std::vector<Diagnostic>& findings, const Sources& sources, bool color) {
  std::string out;
  for (const auto& finding : findings) out += render_text(finding, sources, color) + "\n";
  const auto last = closing(findings);
  return last.empty() ? out : out + last + "\n";
}

}  // namespace mesh::render
