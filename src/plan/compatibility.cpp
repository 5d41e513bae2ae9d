// The rule table of compatible contracts, for ports that are read (mesh.md 4.3).
#include "mesh/plan/compatibility.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "mesh/base/duration.hpp"
#include "mesh/base/text.hpp"

namespace mesh {
namespace {

// What one rule says of one thing that it looked at; None: nothing.
struct Verdict {
  Step step = Step::None;
  std::string words;
};

// --- columns that are in both

std::optional<double> number_of(const std::string& text) {
  double value = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || at != text.data() + text.size()) return std::nullopt;
  return value;
}

bool same_family(const ContractColumn& a, const ContractColumn& b, std::string_view family) {
  return a.type && b.type && a.type->family() == family && b.type->family() == family;
}
int64_t argument(const DataType& type, size_t index) {
  return index < type.arguments().size() ? type.arguments()[index] : 0;
}
std::string from_to(const ContractColumn& a, const ContractColumn& b) {
  return fmt::format("{} → {}", a.type->to_string(), b.type->to_string());
}

Verdict length(const ContractColumn& a, const ContractColumn& b, std::string_view family, bool longer) {
  if (!same_family(a, b, family) || *a.type == *b.type) return {};
  const bool grew = argument(*b.type, 0) > argument(*a.type, 0);
  if (grew != longer) return {};
  return longer ? Verdict{Step::Patch, "is longer: " + from_to(a, b)}
                : Verdict{Step::Major, "is shorter: " + from_to(a, b)};
}
Verdict varchar_longer(const ContractColumn& a, const ContractColumn& b) { return length(a, b, "VARCHAR", true); }
Verdict varchar_shorter(const ContractColumn& a, const ContractColumn& b) { return length(a, b, "VARCHAR", false); }
Verdict binary(const ContractColumn& a, const ContractColumn& b) {
  const auto longer = length(a, b, "BINARY", true);
  return longer.step == Step::None ? length(a, b, "BINARY", false) : longer;
}

Verdict precision(const ContractColumn& a, const ContractColumn& b, bool up) {
  if (!same_family(a, b, "NUMBER")) return {};
  const auto before = argument(*a.type, 0), after = argument(*b.type, 0);
  if (before == after || (after > before) != up) return {};
  return up ? Verdict{Step::Minor, "has more digits: " + from_to(a, b)}
            : Verdict{Step::Patch, "has fewer digits: " + from_to(a, b)};
}
Verdict precision_up(const ContractColumn& a, const ContractColumn& b) { return precision(a, b, true); }
Verdict precision_down(const ContractColumn& a, const ContractColumn& b) { return precision(a, b, false); }
Verdict scale(const ContractColumn& a, const ContractColumn& b) {
  if (!same_family(a, b, "NUMBER") || argument(*a.type, 1) == argument(*b.type, 1)) return {};
  return {Step::Major, "has other decimals: " + from_to(a, b)};
}

// Synonyms are one type already (CON-15). Names that come back with another meaning are CON-30's.
bool is_another(const ContractColumn& a, const ContractColumn& b) {
  return !a.id.empty() && !b.id.empty() && a.id != b.id;
}
bool has_sized_rule(const ContractColumn& a, const ContractColumn& b) {
  return same_family(a, b, "VARCHAR") || same_family(a, b, "BINARY") || same_family(a, b, "NUMBER");
}
Verdict type(const ContractColumn& a, const ContractColumn& b) {
  if (!a.type || !b.type || *a.type == *b.type || has_sized_rule(a, b) || is_another(a, b)) return {};
  return {Step::Major, "has another type: " + from_to(a, b)};
}
Verdict reused(const ContractColumn& a, const ContractColumn& b) {
  if (!is_another(a, b) || !a.type || !b.type || *a.type == *b.type || has_sized_rule(a, b)) return {};
  return {Step::Major, "bears the name of a removed one, with another type: " + from_to(a, b)};
}

Verdict tightened(const ContractColumn& a, const ContractColumn& b) {
  return !a.required && b.required ? Verdict{Step::Patch, "is never null any more"} : Verdict{};
}
Verdict loosened(const ContractColumn& a, const ContractColumn& b) {
  return a.required && !b.required ? Verdict{Step::Major, "may be null now"} : Verdict{};
}

Verdict keys(const ContractColumn& a, const ContractColumn& b) {
  if (a.unique && !b.unique && b.key_position == 0) return {Step::Major, "is not unique any more"};
  if (!a.references.empty() && a.references != b.references)
    return {Step::Major, b.references.empty() ? "refers to nothing any more" : "refers to " + b.references + " now"};
  return {};
}

Verdict allowed(const ContractColumn& a, const ContractColumn& b) {
  if (a.allowed_values == b.allowed_values) return {};
  if (a.allowed_values.empty()) return {Step::Patch, "takes listed values only"};
  if (b.allowed_values.empty()) return {Step::Minor, "takes any value now"};
  const std::set<std::string> before(a.allowed_values.begin(), a.allowed_values.end());
  std::vector<std::string> fresh;
  for (const auto& value : b.allowed_values) {
    if (before.count(value) == 0) fresh.push_back(value);
  }
  if (!fresh.empty()) return {Step::Minor, "takes new values: " + join(fresh, ", ")};
  return b.allowed_values.size() < a.allowed_values.size() ? Verdict{Step::Patch, "takes fewer values"} : Verdict{};
}

// Which way a promise on values loosens: a larger maximum, a smaller minimum.
struct BoundRow {
  std::string_view option;
  int loosens;  // 1: when it grows; -1: when it falls; 0: by any change
};
constexpr auto kBounds = std::to_array<BoundRow>({{"maximum", 1},
                                                  {"exclusiveMaximum", 1},
                                                  {"maxLength", 1},
                                                  {"maxItems", 1},
                                                  {"maxProperties", 1},
                                                  {"minimum", -1},
                                                  {"exclusiveMinimum", -1},
                                                  {"minLength", -1},
                                                  {"minItems", -1},
                                                  {"minProperties", -1},
                                                  {"multipleOf", 0},
                                                  {"pattern", 0},
                                                  {"uniqueItems", 0},
                                                  {"format", 0}});

Verdict bounds(const ContractColumn& a, const ContractColumn& b) {
  Verdict verdict;
  const auto say = [&](Step step, std::string words) {
    if (step > verdict.step) verdict = {step, std::move(words)};
  };
  for (const auto& row : kBounds) {
    const auto old = a.options.find(std::string(row.option)), now = b.options.find(std::string(row.option));
    const bool had = old != a.options.end(), has = now != b.options.end();
    if (had && !has) say(Step::Minor, fmt::format("has no {} any more", row.option));
    if (!had && has) say(Step::Patch, fmt::format("has a {} now", row.option));
    if (!had || !has || old->second.value == now->second.value) continue;
    const auto before = number_of(old->second.value), after = number_of(now->second.value);
    // Dates are ordered as texts.
    const bool grew = before && after ? *after > *before : now->second.value > old->second.value;
    const bool looser = row.loosens == 0 || grew == (row.loosens > 0);
    say(looser ? Step::Minor : Step::Patch,
        fmt::format("promises another {}: {} → {}", row.option, old->second.value, now->second.value));
  }
  return verdict;
}

// From open to secret. What is not known counts as most secret, and so does a class that is not said (mesh.md CLS-01).
constexpr std::array<std::string_view, 6> kClasses = {"public",     "internal",  "confidential",
                                                      "restricted", "sensitive", "secret"};
int secrecy(const std::string& word) {
  const auto lower = to_lower(word);
  const auto it = std::find(kClasses.begin(), kClasses.end(), lower);
  return static_cast<int>(it - kClasses.begin());
}

Verdict hidden(const ContractColumn& a, const ContractColumn& b) {
  if (!b.masking.empty() && a.masking != b.masking)
    return {Step::Major,
            a.masking.empty() ? "is masked now, by " + b.masking : "is masked by another policy: " + b.masking};
  if (!b.classification.empty() && !a.classification.empty() && secrecy(b.classification) > secrecy(a.classification))
    return {Step::Major, fmt::format("is more secret: {} → {}", a.classification, b.classification)};
  return {};
}
Verdict opened(const ContractColumn& a, const ContractColumn& b) {
  if (!a.masking.empty() && b.masking.empty()) return {Step::Patch, "is not masked any more"};
  if (!b.classification.empty() && !a.classification.empty() && secrecy(b.classification) < secrecy(a.classification))
    return {Step::Patch, fmt::format("is less secret: {} → {}", a.classification, b.classification)};
  return {};
}

Verdict column_quality(const ContractColumn& a, const ContractColumn& b);

Verdict words(const ContractColumn& a, const ContractColumn& b) {
  const bool same = a.description == b.description && a.tags == b.tags;
  return same ? Verdict{} : Verdict{Step::Patch, "is described otherwise"};
}
Verdict default_value(const ContractColumn& a, const ContractColumn& b) {
  return a.default_value == b.default_value ? Verdict{} : Verdict{Step::Patch, "has another default"};
}

// A rule of quality that is gone or another one; one more is welcome.
Verdict quality(const std::map<std::string, QualityRule>& a, const std::map<std::string, QualityRule>& b) {
  Verdict verdict;
  for (const auto& [name, promise] : a) {
    const auto now = b.find(name);
    if (now == b.end()) return {Step::Minor, fmt::format("is not checked any more by '{}'", name)};
    if (now->second.value != promise.value)
      verdict = {Step::Minor,
                 fmt::format("is checked otherwise by '{}': {} → {}", name, promise.value, now->second.value)};
  }
  if (verdict.step == Step::None && b.size() > a.size()) return {Step::Patch, "is checked by more rules"};
  return verdict;
}
Verdict column_quality(const ContractColumn& a, const ContractColumn& b) { return quality(a.quality, b.quality); }

struct ColumnRule {
  const char* id;
  Verdict (*judge)(const ContractColumn& before, const ContractColumn& after);
};
constexpr auto kColumnRules = std::to_array<ColumnRule>({
    {"CON-08", varchar_longer},
    {"CON-09", varchar_shorter},
    {"CON-10", precision_up},
    {"CON-11", precision_down},
    {"CON-12", scale},
    {"CON-13", binary},
    {"CON-14", type},
    {"CON-16", tightened},
    {"CON-17", loosened},
    {"CON-18", keys},
    {"CON-19", allowed},
    {"CON-20", bounds},
    {"CON-21", hidden},
    {"CON-22", opened},
    {"CON-25", column_quality},
    {"CON-26", words},
    {"CON-27", default_value},
    {"CON-30", reused},
});

// --- objects that are in both

Verdict kind(const ContractObject& a, const ContractObject& b) {
  if (a.kind.empty() || b.kind.empty() || a.kind == b.kind) return {};
  return {Step::Minor, fmt::format("is a {} now, no {}: streams, clones and Time Travel are lost", b.kind, a.kind)};
}

std::vector<Name> primary_key(const ContractObject& object) {
  std::map<int, Name> columns;
  for (const auto& column : object.columns) {
    if (column.key_position > 0) columns.emplace(column.key_position, column.name);
  }
  std::vector<Name> names;
  for (const auto& [position, name] : columns) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

// Joins over a key fan out where it is gone or wider; over a narrower one they do not.
Verdict primary(const ContractObject& a, const ContractObject& b) {
  if (!a.columns_known || !b.columns_known) return {};
  const auto before = primary_key(a), after = primary_key(b);
  if (before.empty() || before == after) return {};
  if (!after.empty() && std::includes(before.begin(), before.end(), after.begin(), after.end())) return {};
  return {Step::Major, after.empty() ? "has no primary key any more" : "has another primary key"};
}

Verdict order(const ContractObject& a, const ContractObject& b) {
  const auto common = [](const ContractObject& of, const ContractObject& with) {
    std::vector<Name> names;
    for (const auto& column : of.columns) {
      if (with.find(column.name) != nullptr) names.push_back(column.name);
    }
    return names;
  };
  if (common(a, b) == common(b, a)) return {};
  return {Step::Patch, "has its columns in another order: SELECT * and UNION see it"};
}

Verdict rows(const ContractObject& a, const ContractObject& b) {
  if (b.row_access.empty() || a.row_access == b.row_access) return {};
  return {Step::Major, a.row_access.empty() ? "has its rows filtered now, by " + b.row_access
                                            : "has its rows filtered by another policy: " + b.row_access};
}
Verdict object_quality(const ContractObject& a, const ContractObject& b) { return quality(a.quality, b.quality); }
Verdict object_words(const ContractObject& a, const ContractObject& b) {
  return a.description == b.description ? Verdict{} : Verdict{Step::Patch, "is described otherwise"};
}
Verdict body(const ContractObject& a, const ContractObject& b) {
  if (a.body.empty() || b.body.empty() || a.body == b.body) return {};
  return {Step::Patch, "is computed otherwise: say so where its meaning changed"};
}

Verdict lag(const ContractObject& a, const ContractObject& b) {
  if (!a.target_lag.empty() && !b.target_lag.empty() && a.target_lag != b.target_lag) {
    const auto before = seconds_of(a.target_lag), after = seconds_of(b.target_lag);
    const bool later = !before || !after || *after > *before;
    return {later ? Step::Major : Step::Patch, fmt::format("lags otherwise: {} → {}", a.target_lag, b.target_lag)};
  }
  if (!iequals(a.refresh_mode, b.refresh_mode) && !a.refresh_mode.empty() && !b.refresh_mode.empty())
    return {Step::Patch, "is refreshed otherwise"};
  return {};
}

Verdict moved(const ContractObject& a, const ContractObject& b) {
  if (a.name == b.name || a.name.depth() != b.name.depth() || a.name.parent() == b.name.parent()) return {};
  return {Step::Major, fmt::format("lies elsewhere: {} → {}", a.name.display(), b.name.display())};
}

struct ObjectRule {
  const char* id;
  Verdict (*judge)(const ContractObject& before, const ContractObject& after);
};
constexpr auto kObjectRules = std::to_array<ObjectRule>({
    {"CON-02", kind},
    {"CON-07", order},
    {"CON-18", primary},
    {"CON-23", rows},
    {"CON-25", object_quality},
    {"CON-26", object_words},
    {"CON-28", body},
    {"CON-29", lag},
    {"CON-32", moved},
});

// --- the contract as a whole

// Whether more is better; of the others less is (Data QoS).
constexpr std::array<std::string_view, 5> kMoreIsBetter = {"availability", "throughput", "retention", "endOfSupport",
                                                           "endOfLife"};

Verdict service_level(const std::string& name, const Promise* a, const Promise* b) {
  if (a == nullptr) return {Step::Patch, fmt::format("service level {} is promised now", name)};
  if (b == nullptr) return {Step::Major, fmt::format("service level {} is promised no more", name)};
  if (a->value == b->value && a->unit == b->unit) return {};
  const bool more = std::find(kMoreIsBetter.begin(), kMoreIsBetter.end(), name) != kMoreIsBetter.end();
  const auto text =
      fmt::format("service level {} is another: {} {} → {} {}", name, a->value, a->unit, b->value, b->unit);
  const bool dates = is_calendar_date(a->value.substr(0, 10)) && is_calendar_date(b->value.substr(0, 10));
  // Percents and the like compare as they are where both are of one unit.
  const bool one_unit = a->unit == b->unit;
  const auto before = one_unit && number_of(a->value) ? number_of(a->value) : seconds_of(a->value, a->unit);
  const auto after = one_unit && number_of(b->value) ? number_of(b->value) : seconds_of(b->value, b->unit);
  bool better = false;
  if (dates) {
    better = more == (b->value > a->value);
  } else if (before && after) {
    better = more == (*after > *before);
  }
  return {better ? Step::Patch : Step::Major, text};
}

class Comparison {
 public:
  Comparison(const Contract& before, const Contract& after) : before_(before), after_(after) {}

  std::vector<ContractChange> run() {
    objects();
    service_levels();
    for (const auto& [name, role] : before_.roles) {
      if (after_.roles.count(name) == 0)
        add("CON-31", Step::Major, {}, {}, fmt::format("role {} is offered no more", name), after_.place);
    }
    servers();
    if (before_.description != after_.description || before_.tags != after_.tags)
      add("CON-26", Step::Patch, {}, {}, "the port is described otherwise", after_.place);
    std::stable_sort(found_.begin(), found_.end(), [](const auto& a, const auto& b) {
      return std::tie(a.object, a.rule, a.columns) < std::tie(b.object, b.rule, b.columns);
    });
    return std::move(found_);
  }

 private:
  void add(const char* rule, Step step, const std::string& object, std::vector<Name> columns, std::string message,
           Place place) {
    found_.push_back({rule, step, object, std::move(columns), std::move(message), place});
  }

  static const ContractObject* counterpart(const ContractObject& object, const Contract& other) {
    for (const auto& each : other.objects) {
      if (!object.id.empty() && each.id == object.id) return &each;
    }
    for (const auto& each : other.objects) {
      if (each.name == object.name) return &each;
    }
    for (const auto& each : other.objects) {
      if (each.name.last() == object.name.last()) return &each;
    }
    return nullptr;
  }

  void objects() {
    for (const auto& object : before_.objects) {
      const auto name = object.name.last().display();
      const auto* now = counterpart(object, after_);
      if (now == nullptr) {
        add("CON-01", Step::Major, name, {}, fmt::format("{} {} is removed", object.kind, name), after_.place);
      } else {
        if (now->name.last() != object.name.last()) {
          add("CON-01", Step::Major, name, {}, fmt::format("{} is called {} now", name, now->name.last().display()),
              now->place);
        }
        compare(object, *now);
      }
    }
    for (const auto& object : after_.objects) {
      const auto name = object.name.last().display();
      if (counterpart(object, before_) == nullptr)
        add("CON-05", Step::Minor, name, {}, fmt::format("{} {} is added", object.kind, name), object.place);
    }
  }

  void compare(const ContractObject& a, const ContractObject& b) {
    const auto name = a.name.last().display();
    for (const auto& rule : kObjectRules) {
      auto verdict = rule.judge(a, b);
      if (verdict.step != Step::None) add(rule.id, verdict.step, name, {}, name + " " + verdict.words, b.place);
    }
    // Where one of the two does not know its columns nothing can be said of them.
    if (a.columns_known && b.columns_known) columns(a, b, name);
  }

  static const ContractColumn* renamed(const ContractColumn& column, const ContractObject& other) {
    const auto it = std::find_if(other.columns.begin(), other.columns.end(), [&](const ContractColumn& each) {
      return !column.id.empty() && each.id == column.id;
    });
    return it == other.columns.end() ? nullptr : &*it;
  }

  void columns(const ContractObject& a, const ContractObject& b, const std::string& object) {
    std::set<Name> taken;  // new names that are renames
    for (const auto& column : a.columns) {
      const auto* now = b.find(column.name);
      const auto* other = renamed(column, b);
      const auto words = fmt::format("column {} of {}", column.name.display(), object);
      if (now == nullptr && other == nullptr) {
        add("CON-03", Step::Major, object, {column.name}, words + " is removed", b.place);
        continue;
      }
      if (now == nullptr) {
        taken.insert(other->name);
        add("CON-04", Step::Major, object, {column.name},
            fmt::format("{} is called {} now", words, other->name.display()), other->place);
        now = other;
      }
      for (const auto& rule : kColumnRules) {
        auto verdict = rule.judge(column, *now);
        if (verdict.step != Step::None)
          add(rule.id, verdict.step, object, {column.name}, words + " " + verdict.words, now->place);
      }
    }
    for (const auto& column : b.columns) {
      if (a.find(column.name) != nullptr || taken.count(column.name) > 0) continue;
      const bool strict = column.required && column.default_value.empty();
      add(strict ? "CON-06" : "CON-05", Step::Minor, object, {column.name},
          fmt::format("column {} of {} is added{}", column.name.display(), object, strict ? ", never null" : ""),
          column.place);
    }
  }

  void service_levels() {
    std::set<std::string> names;
    for (const auto* side : {&before_, &after_}) {
      for (const auto& [name, promise] : side->service_levels) names.insert(name);
    }
    const auto find = [](const Contract& contract, const std::string& name) {
      const auto it = contract.service_levels.find(name);
      return it == contract.service_levels.end() ? nullptr : &it->second;
    };
    for (const auto& name : names) {
      const auto* now = find(after_, name);
      auto verdict = service_level(name, find(before_, name), now);
      if (verdict.step != Step::None)
        add("CON-24", verdict.step, {}, {}, std::move(verdict.words), now == nullptr ? after_.place : now->place);
    }
  }

  void servers() {
    for (const auto& [name, server] : before_.servers) {
      const auto now = after_.servers.find(name);
      if (now != after_.servers.end() && now->second == server) continue;
      add("CON-32", Step::Major, {}, {},
          now == after_.servers.end() ? fmt::format("server {} is gone", name)
                                      : fmt::format("server {} lies elsewhere", name),
          after_.place);
    }
  }

  const Contract &before_, &after_;
  std::vector<ContractChange> found_;
};

}  // namespace

const char* to_string(Step step) {
  switch (step) {
    case Step::None:
      return "none";
    case Step::Patch:
      return "patch";
    case Step::Minor:
      return "minor";
    case Step::Major:
      return "major";
  }
  return "";
}

std::string ContractChange::acknowledgement() const {
  if (object.empty()) return rule;
  return columns.empty() ? rule + " " + object : fmt::format("{} {}.{}", rule, object, columns.front().display());
}

std::vector<ContractChange> compare(const Contract& before, const Contract& after) {
  return Comparison(before, after).run();
}

}  // namespace mesh
