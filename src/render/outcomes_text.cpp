#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "mesh/base/printable.hpp"
#include "mesh/base/text.hpp"
#include "mesh/render/render.hpp"
#include "paint.hpp"
#include "words.hpp"

namespace mesh::render {
namespace {

struct Label {
  OutcomeStatus status;
  const char* word;
  const char* color;
};
constexpr Label kLabels[] = {{OutcomeStatus::Failed, "Failed", kBoldRed},
                             {OutcomeStatus::Skipped, "Skipped", kYellow},
                             {OutcomeStatus::NotTried, "Not tried", kYellow}};

std::string indented(const std::string& text, size_t indent) {
  std::string out;
  for (const auto& line : split(printable(trim(text)), '\n')) out += std::string(indent, ' ') + line + "\n";
  return out;
}

std::string without_indent(const std::string& text) {
  std::string out;
  for (const auto& line : split(text, '\n')) out += std::string(trim(line)) + "\n";
  return out;
}

// Snowflake's words, then what they do not already hold: the query id and our statement.
std::string trouble(const Outcome& outcome) {
  std::string out;
  if (!outcome.error.empty()) out += indented(outcome.error, 10);
  const auto has = [&](const std::string& text) {
    return text.empty() || outcome.error.find(text) != std::string::npos;
  };
  if (!has(outcome.query_id)) out += indented("query id " + outcome.query_id, 10);
  // The error may have the statement already, with each of its lines moved in.
  const bool has_statement = without_indent(outcome.error).find(without_indent(outcome.sql)) != std::string::npos;
  if (!outcome.sql.empty() && !has_statement) out += indented(outcome.sql, 10);
  return out;
}

std::string heading(const Outcome& outcome, const Label& label, const Sources& sources, const Paint& paint) {
  const auto where = sources.describe(outcome.place);
  return paint(label.color, fmt::format("{:<10}", label.word)) + printable_line(outcome.address) +
         (where.empty() ? "" : "  " + paint(kDim, where)) + "\n";
}

// A change is told once, however many statements of it were not run.
std::string told(const std::vector<Outcome>& outcomes, const Label& label, const Sources& sources, const Paint& paint) {
  std::string out;
  std::set<size_t> seen;
  for (const auto& outcome : outcomes) {
    if (outcome.status != label.status) continue;
    if (label.status != OutcomeStatus::Failed && !seen.insert(outcome.change).second) continue;
    out += heading(outcome, label, sources, paint);
    if (label.status == OutcomeStatus::Failed) {
      out += trouble(outcome);
    } else if (!outcome.error.empty()) {
      out += indented(outcome.error, 10);
    }
  }
  return out;
}

// A change has the worst status of its statements.
OutcomeStatus worse(OutcomeStatus a, OutcomeStatus b) {
  const auto rank = [](OutcomeStatus status) {
    switch (status) {
      case OutcomeStatus::Done:
        return 0;
      case OutcomeStatus::NotTried:
        return 1;
      case OutcomeStatus::Skipped:
        return 2;
      case OutcomeStatus::Failed:
        return 3;
    }
    broken_promise("every status has a rank", __FILE__, __LINE__);
  };
  return rank(a) >= rank(b) ? a : b;
}

std::string closing(const std::vector<Outcome>& outcomes, size_t changes_planned) {
  std::map<size_t, OutcomeStatus> by_change;
  for (const auto& outcome : outcomes) {
    const auto [slot, is_new] = by_change.try_emplace(outcome.change, outcome.status);
    if (!is_new) slot->second = worse(slot->second, outcome.status);
  }
  std::map<OutcomeStatus, size_t> count;
  for (const auto& [change, status] : by_change) ++count[status];
  // A change that left no outcome at all was not reached.
  if (changes_planned > by_change.size()) count[OutcomeStatus::NotTried] += changes_planned - by_change.size();
  std::vector<std::string> parts;
  for (const auto status :
       {OutcomeStatus::Done, OutcomeStatus::Failed, OutcomeStatus::Skipped, OutcomeStatus::NotTried}) {
    if (status == OutcomeStatus::Done || count[status] > 0)
      parts.push_back(fmt::format("{} {}", count[status], to_string(status)));
  }
  const auto statements = static_cast<size_t>(std::count_if(outcomes.begin(), outcomes.end(), [](const auto& outcome) {
    return outcome.status == OutcomeStatus::Done && !outcome.sql.empty();
  }));
  return fmt::format("{} of {}. {} run.", join(parts, ", "), counted(changes_planned, "change", "changes"),
                     counted(statements, "statement", "statements"));
}

}  // namespace

std::string outcomes_text(const Plan& plan, const std::vector<Outcome>& outcomes, const Sources& sources, bool color) {
  const Paint paint{color};
  std::string out;
  for (const auto& label : kLabels) out += told(outcomes, label, sources, paint);
  if (!out.empty()) out += '\n';
  return out + paint(kBold, "Applied   ") + closing(outcomes, plan.changes.size()) + "\n";
}

}  // namespace mesh::render
