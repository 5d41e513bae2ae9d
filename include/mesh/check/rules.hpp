#pragma once
// The rules of the catalogue: what each finds, and what `rules:` and `waivers:` make of it. None is in force until a
// governing domain names it (design 2).

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/diff/change.hpp"
#include "mesh/model/mesh.hpp"
#include "mesh/model/product.hpp"
#include "mesh/model/rules.hpp"

namespace mesh::check {

// When a rule is asked: of the manifests alone, of a plan, of the account (with what nobody manages).
enum class RunPoint : uint8_t { Validate = 1, Plan = 2, Drift = 4 };
constexpr unsigned bit(RunPoint point) { return static_cast<unsigned>(point); }
constexpr unsigned kEverywhere = 7;     // manifests, plan, account
constexpr unsigned kBeforeAccount = 3;  // manifests, plan

enum class ParameterType : uint8_t { Text, Number, Flag, Texts, Tag, Pattern, Kinds, Lists };
const char* to_string(ParameterType type);  // in words: "a text", "a tag (DB.SCHEMA.TAG)"

struct RuleParameter {
  std::string_view name;
  ParameterType type = ParameterType::Text;
  bool required = false;
  std::string_view fallback{};  // as a manifest would write it; lists with commas; empty: none
  std::string_view doc{};       // half a sentence
};

struct RuleInfo {
  std::string_view id;    // "pii-must-be-masked"
  std::string_view code;  // of the catalogue: "PII-01"; related rules may share one
  RuleLevel level = RuleLevel::Error;
  unsigned points = kEverywhere;  // bits of RunPoint
  std::span<const RuleParameter> parameters{};
  std::string_view title;  // one sentence: what must be so
  std::string_view why;
  std::string_view mend;
  bool needs_tags = false;          // in an account: the tags and policies of everything there
  bool needs_measurements = false;  // in an account: what metric functions measured last
};

// All of them, in the order of the catalogue.
const std::vector<const RuleInfo*>& all_rules();
const RuleInfo* find_rule(std::string_view id);                     // without case; nullptr: none
std::vector<const RuleInfo*> rules_of_code(std::string_view code);  // without case

// Reports settings, waivers and entries of the baseline that name no rule or give one what it does not take (MESH1602,
// MESH1603).
void check_rules(const Rules& rules, Diagnostics& diagnostics);

// Whether a rule is in force that looks, in an account, at tags and policies.
bool needs_tags(const Rules& rules);
bool needs_measurements(const Rules& rules);

// Who can do what after a plan that could not before, as the plan tells it.
struct AccessGain {
  std::string who, privilege, object;  // "role R", "SELECT", an address
};

// A change of a port's contract between a git revision and the manifests, as the rules CON-01 to CON-32 judge it.
struct ContractStep {
  std::string rule, step;  // "CON-03", "major"
  std::string product;     // "sales/orders@1"
  std::string domain;      // the product's
  std::string message;
  std::string acknowledgement;  // "CON-03 ORDERS.FAX"
  std::string version;          // that the product states now
  Place place;
};

struct RuleInput {
  RunPoint point = RunPoint::Validate;
  const Mesh& mesh;
  const Desired& desired;
  std::string date;                              // today, or the day that is asked for
  const Live* live = nullptr;                    // plan and drift
  const std::vector<Change>* changes = nullptr;  // plan and drift
  const std::vector<Unmanaged>* unmanaged = nullptr;
  std::vector<AccessGain> gains{};
  std::set<std::string> domains{};     // findings of these alone; empty: of all
  const Products* products = nullptr;  // what domains publish and consume; nullptr: nothing
  // Of plan --base: what there was to publish, and what changed in contracts since. nullptr: not asked.
  const Products* products_before = nullptr;
  const std::vector<ContractStep>* contract_steps = nullptr;
};

// A finding that does not count.
struct Excused {
  Diagnostic finding;
  const Waiver* waiver = nullptr;  // of the rules given; nullptr: it stands in the baseline
};

// What one rule in force looked at.
struct Coverage {
  const RuleInfo* rule = nullptr;
  RuleLevel level = RuleLevel::Error;  // as it is set
  bool in_grace = false;
  std::string grace;
  std::vector<std::string> covered;  // addresses, in their order
  std::vector<std::string> violated;
};

struct RuleReport {
  // By place. Diagnostic::code is the rule's id; of waivers and the baseline it is a MESH16xx.
  std::vector<Diagnostic> findings;
  std::vector<Excused> excused;
  std::vector<Coverage> coverage;  // of the rules in force at this point
  // What a baseline of today lists: every finding that no waiver lifts.
  std::vector<BaselineEntry> for_baseline;

  // What another run point says of rules that were not asked here.
  void add_missing(RuleReport other);
  // What the same rules say of another account.
  void add(RuleReport other);
};

// `rules` must have passed check_rules, and outlives the report.
RuleReport run_rules(const Rules& rules, const RuleInput& input, const Sources& sources);

}  // namespace mesh::check
