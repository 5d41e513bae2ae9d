// The rules in force, one after the other, and what waivers, baseline and grace make of their findings.
#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "settings.hpp"

namespace mesh::check {
namespace {

Severity severity_of(RuleLevel level) {
  return level == RuleLevel::Error ? Severity::Error : level == RuleLevel::Warning ? Severity::Warning : Severity::Info;
}

bool is_in_force(const RuleSetting& setting, const RuleInfo& rule) {
  return setting.level.value_or(rule.level) != RuleLevel::Off;
}

class Run {
 public:
  Run(const Rules& rules, const RuleInput& input) : rules_(rules), input_(input), view_(input) {
    for (const auto& waiver : rules.waivers) waivers_[to_lower(waiver.rule)].push_back(&waiver);
    for (const auto& entry : rules.baseline) baseline_.emplace(std::pair(to_lower(entry.rule), entry.address), &entry);
  }

  RuleReport all() {
    for (const auto& setting : rules_.settings) {
      const auto* info = find_rule(setting.rule);
      if (info == nullptr || !is_in_force(setting, *info)) continue;
      in_force_[std::string(info->id)] = info;
      if ((info->points & bit(input_.point)) != 0) one(setting, *info);
    }
    tell_of_waivers();
    tell_of_baseline();
    return std::move(report_);
  }

 private:
  bool concerns(const std::string& domain) const {
    return input_.domains.empty() || domain.empty() || input_.domains.count(domain) > 0;
  }

  void one(const RuleSetting& setting, const RuleInfo& info) {
    const auto rule =
        std::find_if(catalogue().begin(), catalogue().end(), [&](const Rule* each) { return &each->info == &info; });
    Diagnostics reported_before;
    const auto parameters = read_parameters(info, setting, reported_before);
    if (!parameters) return;
    Coverage coverage{&info, setting.level.value_or(info.level), false, setting.grace, {}, {}};
    coverage.in_grace = coverage.level == RuleLevel::Error && !setting.grace.empty() && input_.date <= setting.grace;
    Findings findings;
    (*rule)->check(view_, *parameters, findings);
    for (const auto& subject : findings.covered()) {
      if (concerns(subject.domain)) coverage.covered.push_back(subject.shown);
    }
    for (const auto& finding : findings.found()) take(finding, coverage);
    report_.coverage.push_back(std::move(coverage));
  }

  void take(const Finding& finding, Coverage& coverage) {
    const auto& subject = finding.subject;
    const auto severity = severity_of(coverage.in_grace ? RuleLevel::Warning : coverage.level);
    Diagnostic diagnostic{
        severity, std::string(coverage.rule->id), finding.message, finding.help, subject.shown, subject.place, {}};
    if (coverage.in_grace) diagnostic.summary += fmt::format(" (an error after {})", coverage.grace);
    const auto* waiver = waiver_for(coverage.rule->id, subject);
    if (waiver == nullptr) report_.for_baseline.push_back({std::string(coverage.rule->id), subject.written, {}});
    const bool excused = waiver != nullptr || is_in_baseline(coverage.rule->id, subject);
    if (!concerns(subject.domain)) return;
    coverage.violated.push_back(subject.shown);
    if (excused) {
      report_.excused.push_back({std::move(diagnostic), waiver});
    } else {
      report_.findings.push_back(std::move(diagnostic));
    }
  }

  // As a manifest writes it, or as plans show it, with the environment's suffix.
  bool names(const Waiver& waiver, const Subject& subject) const {
    static constexpr std::string Subject::*kForms[] = {&Subject::written, &Subject::name, &Subject::shown};
    const auto live = parse_address(waiver.address);
    const auto written = live ? input_.mesh.as_written(*live).address() : waiver.address;
    return std::any_of(std::begin(kForms), std::end(kForms), [&](auto form) {
      return glob_match(waiver.address, subject.*form) || subject.*form == written;
    });
  }

  const Waiver* waiver_for(std::string_view rule, const Subject& subject) {
    const auto it = waivers_.find(std::string(rule));
    if (it == waivers_.end()) return nullptr;
    for (const auto* waiver : it->second) {
      if (!names(*waiver, subject)) continue;
      used_.insert(waiver);
      if (!is_over(*waiver)) return waiver;
    }
    return nullptr;
  }
  bool is_over(const Waiver& waiver) const { return waiver.expires < input_.date; }

  bool is_in_baseline(std::string_view rule, const Subject& subject) {
    bool found = false;
    for (const auto& address : {subject.written, subject.shown}) {
      const auto it = baseline_.find({std::string(rule), address});
      if (it == baseline_.end()) continue;
      found_.insert(it->second);
      found = true;
    }
    return found;
  }

  // Whether a rule that finds nothing here finds nothing at all: in manifests what is only live is not seen, and in a
  // plan what other changes would do.
  bool is_told_here(const RuleInfo& rule) const {
    const bool of_manifests = (rule.points & bit(RunPoint::Validate)) != 0;
    return input_.point == RunPoint::Drift ? rule.points == bit(RunPoint::Drift) : of_manifests;
  }

  void tell_of_waivers() {
    for (const auto& waiver : rules_.waivers) {
      if (!concerns(waiver.domain)) continue;
      if (is_over(waiver)) {
        say(Severity::Error, "MESH1605",
            fmt::format("the waiver of {} for {} expired on {}", waiver.rule, waiver.address, waiver.expires),
            "mend what the rule finds and take the waiver out, or have it approved anew", waiver.address, waiver.place);
        continue;
      }
      const auto rule = in_force_.find(to_lower(waiver.rule));
      const bool off = rule == in_force_.end() && input_.point != RunPoint::Drift;
      const bool idle = rule != in_force_.end() && used_.count(&waiver) == 0 && is_told_here(*rule->second);
      if (!off && !idle) continue;
      say(Severity::Warning, "MESH1606",
          off ? fmt::format("a waiver of {}, which is not in force", waiver.rule)
              : fmt::format("the waiver of {} for {} lifts nothing", waiver.rule, waiver.address),
          "take it out", waiver.address, waiver.place);
    }
  }

  void tell_of_baseline() {
    if (input_.point == RunPoint::Drift || !input_.domains.empty()) return;
    std::vector<std::string> gone;
    Place place;
    for (const auto& entry : rules_.baseline) {
      const auto rule = in_force_.find(to_lower(entry.rule));
      const bool is_asked = rule != in_force_.end() && (rule->second->points & bit(RunPoint::Validate)) != 0;
      if (!is_asked || found_.count(&entry) > 0) continue;
      if (gone.empty()) place = entry.place;
      gone.push_back(fmt::format("{} {}", entry.rule, entry.address));
    }
    if (gone.empty()) return;
    constexpr size_t kListed = 10;
    const auto count = gone.size();
    if (count > kListed) {
      gone.resize(kListed);
      gone.push_back(fmt::format("and {} more", count - kListed));
    }
    say(Severity::Info, "MESH1607",
        fmt::format("{} of the baseline {} gone: {}", count == 1 ? "a finding" : fmt::format("{} findings", count),
                    count == 1 ? "is" : "are", join(gone, "; ")),
        "mesh validate --write-baseline FILE writes it anew", {}, place);
  }

  void say(Severity severity, const char* code, std::string summary, std::string help, std::string address,
           Place place) {
    report_.findings.push_back({severity, code, std::move(summary), std::move(help), std::move(address), place, {}});
  }

  const Rules& rules_;
  const RuleInput& input_;
  View view_;
  RuleReport report_;
  std::map<std::string, std::vector<const Waiver*>> waivers_;  // by rule, in lower case
  std::map<std::pair<std::string, std::string>, const BaselineEntry*> baseline_;
  std::map<std::string, const RuleInfo*> in_force_;
  std::set<const Waiver*> used_;
  std::set<const BaselineEntry*> found_;
};

}  // namespace

RuleReport run_rules(const Rules& rules, const RuleInput& input, const Sources& sources) {
  auto report = Run(rules, input).all();
  const auto key = [&](const Diagnostic& d) {
    const bool known = d.place.known();
    return std::tuple(!known, known ? std::string_view(sources.file(d.place.file).path) : std::string_view(),
                      d.place.line, d.place.column, std::string_view(d.code), std::string_view(d.address),
                      std::string_view(d.summary));
  };
  std::sort(report.findings.begin(), report.findings.end(),
            [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
  std::sort(report.for_baseline.begin(), report.for_baseline.end(),
            [](const auto& a, const auto& b) { return std::tie(a.rule, a.address) < std::tie(b.rule, b.address); });
  return report;
}

void RuleReport::add(RuleReport other) {
  const auto append = [](auto& all, auto& more) { std::move(more.begin(), more.end(), std::back_inserter(all)); };
  append(findings, other.findings);
  append(excused, other.excused);
  append(for_baseline, other.for_baseline);
  for (auto& each : other.coverage) {
    const auto same =
        std::find_if(coverage.begin(), coverage.end(), [&](const Coverage& c) { return c.rule == each.rule; });
    if (same == coverage.end()) {
      coverage.push_back(std::move(each));
      continue;
    }
    append(same->covered, each.covered);
    append(same->violated, each.violated);
    std::sort(same->covered.begin(), same->covered.end());
    std::sort(same->violated.begin(), same->violated.end());
  }
}

void RuleReport::add_missing(RuleReport other) {
  std::set<std::string_view> asked;
  for (const auto& each : coverage) asked.insert(each.rule->id);
  const auto is_new = [&](std::string_view rule) { return asked.count(rule) == 0; };
  for (auto& each : other.findings) {
    if (is_new(each.code)) findings.push_back(std::move(each));
  }
  for (auto& each : other.excused) {
    if (is_new(each.finding.code)) excused.push_back(std::move(each));
  }
  for (auto& each : other.coverage) {
    if (is_new(each.rule->id)) coverage.push_back(std::move(each));
  }
}

namespace {

bool any_in_force(const Rules& rules, bool RuleInfo::*needs) {
  return std::any_of(rules.settings.begin(), rules.settings.end(), [needs](const RuleSetting& setting) {
    const auto* rule = find_rule(setting.rule);
    return rule != nullptr && rule->*needs && is_in_force(setting, *rule);
  });
}

}  // namespace

bool needs_tags(const Rules& rules) { return any_in_force(rules, &RuleInfo::needs_tags); }
bool needs_measurements(const Rules& rules) { return any_in_force(rules, &RuleInfo::needs_measurements); }

}  // namespace mesh::check
