#pragma once
// What a governing domain says under `rules:` and `waivers:` (design 2), as it is written. Which rules there are, and
// what each takes, the check layer knows.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/base/calendar.hpp"
#include "mesh/model/object.hpp"

namespace mesh {

enum class RuleLevel : uint8_t { Off, Note, Warning, Error };
const char* to_string(RuleLevel level);                           // "off", "note", "warning", "error"
std::optional<RuleLevel> rule_level_from(std::string_view word);  // "info" is a note

struct RuleSetting {
  std::string rule;                // its word id, as written
  std::optional<RuleLevel> level;  // absent: the rule's own
  std::string grace;               // a date: through that day an error is a warning; empty: none
  // By name, each as written: a text, a whole number, true or false, a list of texts, or a record of such lists.
  std::map<std::string, Property, std::less<>> parameters;
  std::map<std::string, Place, std::less<>> parameter_keys;
  std::string domain;
  Place place;
};

// A finding that somebody answers for until a day.
struct Waiver {
  std::string rule;
  std::string address;  // of the object, with or without its kind; * stands for any run
  std::string reason, approver;
  std::string expires;  // the last day
  std::string domain;
  Place place, rule_place;
};

// A finding that was there when the rules came.
struct BaselineEntry {
  std::string rule, address;
  Place place;
};

struct Rules {
  std::vector<RuleSetting> settings;
  std::vector<Waiver> waivers;
  std::vector<BaselineEntry> baseline;
};

}  // namespace mesh
