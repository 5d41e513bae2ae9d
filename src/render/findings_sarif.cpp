// SARIF 2.1.0 (OASIS, sarif-v2.1.0), as far as code scanning reads it.
#include <map>

#include <fmt/format.h>

#include "findings_parts.hpp"
#include "json.hpp"
#include "mesh/base/digest.hpp"
#include "mesh/diag/codes.hpp"

namespace mesh::render {
namespace {

constexpr size_t kMostResults = 5000;

const char* level_word(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return "error";
    case Severity::Warning:
      return "warning";
    case Severity::Info:
      return "note";
  }
  broken_promise("every severity has a level", __FILE__, __LINE__);
}

const char* level_word(RuleLevel level) { return level == RuleLevel::Off ? "none" : to_string(level); }

Value message(const std::string& text) { return ValueRecord{{"text", text}}; }

// The rules that the results speak of, each once, by the index it gets.
class Rules {
 public:
  size_t index_of(const std::string& id) {
    const auto [it, is_new] = indexes_.emplace(id, list_.size());
    if (is_new) list_.push_back(descriptor(id));
    return it->second;
  }
  ValueList take() { return std::move(list_); }

 private:
  static Value descriptor(const std::string& id) {
    if (const auto* rule = check::find_rule(id)) {
      return ValueRecord{
          {"id", id},
          {"name", id},
          {"shortDescription", message(std::string(rule->title))},
          {"fullDescription", message(std::string(rule->why))},
          {"help", message(std::string(rule->mend))},
          {"defaultConfiguration", ValueRecord{{"level", level_word(rule->level)}}},
          {"properties", ValueRecord{{"tags", ValueList{Value("governance"), Value(std::string(rule->code))}}}}};
    }
    const auto* code = find_code(id);
    return ValueRecord{{"id", id},
                       {"shortDescription", message(code == nullptr ? id : std::string(code->title))},
                       {"fullDescription", message(code == nullptr ? id : std::string(code->explanation))},
                       {"properties", ValueRecord{{"tags", ValueList{Value("mesh")}}}}};
  }

  std::map<std::string, size_t> indexes_;
  ValueList list_;
};

Value location(const Diagnostic& finding, const FindingsInput& input) {
  ValueRecord physical{{"artifactLocation", ValueRecord{{"uri", path_of(finding, input)}}}};
  if (const int column = column_of(finding.place, input.sources); column > 0) {
    physical.emplace_back("region", ValueRecord{{"startLine", finding.place.line}, {"startColumn", column}});
  }
  ValueRecord record{{"physicalLocation", std::move(physical)}};
  if (!finding.address.empty()) {
    record.emplace_back("logicalLocations", ValueList{ValueRecord{{"fullyQualifiedName", finding.address}}});
  }
  return record;
}

ValueRecord result(const Diagnostic& finding, const FindingsInput& input, Rules& rules) {
  const auto text = finding.help.empty() ? finding.summary : finding.summary + "\n" + finding.help;
  const auto index = static_cast<int64_t>(rules.index_of(finding.code));
  // A finding stays the same when lines above it come and go.
  const auto print = sha256_hex(finding.code + "\n" + (finding.address.empty() ? finding.summary : finding.address));
  return {{"ruleId", finding.code},
          {"ruleIndex", index},
          {"level", level_word(finding.severity)},
          {"message", message(text)},
          {"locations", ValueList{location(finding, input)}},
          {"partialFingerprints", ValueRecord{{"meshFinding/v1", print}}}};
}

Value suppression(const check::Excused& excused) {
  const auto* waiver = excused.waiver;
  return ValueRecord{{"kind", "external"},
                     {"status", "accepted"},
                     {"justification", waiver == nullptr ? std::string("it stands in the baseline")
                                                         : fmt::format("{} (approved by {}, until {})", waiver->reason,
                                                                       waiver->approver, waiver->expires)}};
}

Value invocation(size_t left_out) {
  ValueRecord record{{"executionSuccessful", true}};
  if (left_out > 0) {
    const auto text = fmt::format("{} more results are left out: {} at most, the worst first", left_out, kMostResults);
    record.emplace_back("toolExecutionNotifications",
                        ValueList{ValueRecord{{"level", "note"}, {"message", message(text)}}});
  }
  return record;
}

}  // namespace

std::string findings_sarif(const FindingsInput& input) {
  Rules rules;
  ValueList results;
  size_t left_out = 0;
  for (const auto* finding : worst_first(input.findings)) {
    if (results.size() < kMostResults) {
      results.emplace_back(result(*finding, input, rules));
    } else {
      ++left_out;
    }
  }
  for (const auto& excused : input.rules.excused) {
    if (results.size() >= kMostResults) {
      ++left_out;
      continue;
    }
    auto record = result(excused.finding, input, rules);
    record.emplace_back("suppressions", ValueList{suppression(excused)});
    results.emplace_back(std::move(record));
  }
  const Value driver = ValueRecord{{"name", "mesh"}, {"version", input.version}, {"rules", rules.take()}};
  return to_json(ValueRecord{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                             {"version", "2.1.0"},
                             {"runs", ValueList{ValueRecord{{"tool", ValueRecord{{"driver", driver}}},
                                                            {"columnKind", "unicodeCodePoints"},
                                                            {"invocations", ValueList{invocation(left_out)}},
                                                            {"results", std::move(results)}}}}});
}

}  // namespace mesh::render
