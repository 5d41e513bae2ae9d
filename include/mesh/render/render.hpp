#pragma once
// One plan, three forms. Same input, same bytes: no clock, no durations.

#include <string>
#include <vector>

#include "mesh/plan/outcome.hpp"
#include "mesh/plan/plan.hpp"

namespace mesh::render {

struct TextOptions {
  bool color = false;
  int width = 100;       // columns; places are aligned within
  bool drift = false;    // words of `mesh drift`
  bool verbose = false;  // statements below each change
};
std::string plan_text(const Plan& plan, const Sources& sources, const TextOptions& options);
// The document of schemas/plan.schema.json, indented by two, ending in a newline.
std::string plan_json(const Plan& plan, const Sources& sources);
// For a pull request: at most `limit` characters, cut honestly.
std::string plan_markdown(const Plan& plan, const Sources& sources, size_t limit = 65000);

// {"findings": [...]} of validate.
std::string findings_json(const std::vector<Diagnostic>& findings, const Sources& sources);
std::string findings_text(const std::vector<Diagnostic>& findings, const Sources& sources, bool color);
// For a pull request, as plan_markdown() has them, where there is no plan.
std::string findings_markdown(const std::vector<Diagnostic>& findings, const Sources& sources, size_t limit = 65000);

std::string apply_json(const Plan& plan, const std::vector<Outcome>& outcomes, const Sources& sources);
// The closing report: done, failed (message, code, query id, statement, place), skipped because of what, not tried.
std::string outcomes_text(const Plan& plan, const std::vector<Outcome>& outcomes, const Sources& sources, bool color);

}  // namespace mesh::render
