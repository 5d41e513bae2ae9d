// `rules:` and `waivers:` of a governing domain, and the baseline that they name.
#include <algorithm>

#include <fmt/format.h>

#include "builder.hpp"
#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"

namespace mesh::manifest {
namespace {

constexpr const char* kBaseline = "baseline";
constexpr const char* kRuleExample = "write RULE: error, or RULE: {level: error}; mesh explain lists the rules";
constexpr const char* kWaiverExample =
    "write {rule: RULE, address: table A.B.C, reason: …, approver: …, expires: YYYY-MM-DD}";

bool may_govern(const Site& site, const Node& node, std::string_view key) {
  if (site.domain.governs) return true;
  std::vector<std::string> governing;
  for (const auto& domain : site.build.mesh.domains) {
    if (domain.governs) governing.push_back(domain.name);
  }
  site.diagnostics().error(
      "MESH1601", node.place, fmt::format("domain {} does not govern, and so has no {}", site.domain.name, key),
      governing.empty()
          ? fmt::format("write governs: true for {} in mesh.yaml, or make a domain that governs", site.domain.name)
          : fmt::format("move it to domain {}, which governs", join(governing, " or ")));
  return false;
}

// A text, a number, true or false, a list of texts, or a map of such lists.
std::optional<Value> parameter_value(const Site& site, const Node& key, const Node& value) {
  if (value.is_map()) {
    ValueRecord lists;
    for (const auto& [name, each] : entries(value)) {
      ValueList list;
      for (const auto& [text, place] : read_texts(each, name.text, site.diagnostics())) list.emplace_back(text);
      lists.emplace_back(name.text, std::move(list));
    }
    return Value(std::move(lists));
  }
  if (value.is_list()) {
    ValueList list;
    for (const auto& [text, place] : read_texts(value, key.text, site.diagnostics())) list.emplace_back(text);
    return Value(std::move(list));
  }
  if (value.is_integer()) {
    const auto number = read_int(value, key.text, site.diagnostics());
    return number ? std::optional<Value>(*number) : std::nullopt;
  }
  if (value.is_boolean()) return Value(*read_bool(value, key.text, site.diagnostics()));
  const auto text = read_scalar(value, key.text, site.diagnostics());
  return text ? std::optional<Value>(*text) : std::nullopt;
}

std::optional<RuleLevel> read_level(const Site& site, const Node& node) {
  const auto word = read_word(node, "level", {"error", "warning", "note", "info", "off"}, site.diagnostics());
  return word ? rule_level_from(*word) : std::nullopt;
}

std::string read_date(const Site& site, const Node& node, std::string_view key, const char* code) {
  const auto text = read_scalar(node, key, site.diagnostics());
  if (!text || is_calendar_date(*text)) return text.value_or("");
  site.diagnostics().error(code, node.place, fmt::format("{}: '{}' is no date", key, *text), "write YYYY-MM-DD");
  return {};
}

void read_setting(const Site& site, const Node& key, const Node& value) {
  RuleSetting setting;
  setting.rule = key.text;
  setting.domain = site.domain.name;
  setting.place = key.place;
  auto& settings = site.build.rules.settings;
  const auto first =
      std::find_if(settings.begin(), settings.end(), [&](const auto& each) { return each.rule == key.text; });
  if (first != settings.end()) {
    auto& error = site.diagnostics().error("MESH1105", key.place, fmt::format("rule '{}' is set twice", key.text),
                                           "keep one: rules are for the whole mesh");
    error.notes.push_back({"it stands here first", first->place});
    return;
  }
  if (value.is_scalar()) {
    setting.level = read_level(site, value);
  } else if (!value.is_null() && !value.is_map()) {
    site.diagnostics().error("MESH1102", value.place,
                             fmt::format("rule {} must be a level or a map, not {}", key.text, type_words(value)),
                             kRuleExample);
  }
  for (const auto& [name, parameter] : entries(value)) {
    if (name.text == "level") {
      setting.level = read_level(site, parameter);
    } else if (name.text == "grace") {
      setting.grace = read_date(site, parameter, "grace", "MESH1603");
    } else if (auto read = parameter_value(site, name, parameter)) {
      setting.parameters[name.text] = {std::move(*read), parameter.place};
      setting.parameter_keys[name.text] = name.place;
    }
  }
  settings.push_back(std::move(setting));
}

void read_baseline_entries(const Site& site, const Node& root) {
  const Node* list = root.find("findings");
  if (list == nullptr || !list->is_list()) {
    site.diagnostics().error("MESH1607", root.place, "this is no baseline: it has no list `findings`",
                             "mesh validate --write-baseline FILE writes one");
    return;
  }
  for (const auto& item : list->items) {
    const Node *rule = item.find("rule"), *address = item.find("address");
    if (rule == nullptr || address == nullptr || !rule->is_scalar() || !address->is_scalar()) {
      site.diagnostics().error("MESH1607", item.place, "an entry of a baseline has a rule and an address",
                               "mesh validate --write-baseline FILE writes it anew");
      continue;
    }
    site.build.rules.baseline.push_back({rule->text, address->text, item.place});
  }
}

void read_baseline(const Site& site, const Node& node) {
  namespace fs = std::filesystem;
  const auto path = read_text(node, kBaseline, site.diagnostics());
  if (!path) return;
  std::error_code ec;
  const auto root = fs::weakly_canonical(site.build.root, ec);
  const auto full = fs::weakly_canonical(root / site.domain.path / *path, ec);
  const auto relative = full.lexically_relative(root);
  if (ec || relative.empty() || *relative.begin() == "..") {
    site.diagnostics().error("MESH1012", node.place, fmt::format("baseline '{}' leads out of the mesh", *path),
                             "it must be inside the mesh's folder, symbolic links included");
    return;
  }
  if (!fs::exists(full, ec)) {
    site.diagnostics().warning("MESH1607", node.place, fmt::format("there is no baseline '{}'", *path),
                               fmt::format("mesh validate --write-baseline {} writes what is found today",
                                           (fs::path(site.domain.path) / *path).lexically_normal().generic_string()));
    return;
  }
  auto text = fs::is_regular_file(full, ec) ? read_file(full, kMaxFileBytes) : Result<std::string>(fail("no file"));
  if (!text) {
    site.diagnostics().error("MESH1012", node.place, fmt::format("baseline '{}' cannot be read", *path),
                             fmt::format("paths are relative to {}", site.domain.path));
    return;
  }
  const auto file = site.build.sources.add(relative.generic_string(), *text, site.domain.name);
  if (const auto parsed = yaml::parse(*text, file, site.diagnostics())) read_baseline_entries(site, *parsed);
}

// A key that may be spelt in two ways; `object` and `approved_by` are said as often as the other.
const Node* either(const Node& map, std::string_view key, std::string_view also) {
  const Node* node = map.find(key);
  return node != nullptr || also.empty() ? node : map.find(also);
}

void read_waiver(const Site& site, const Node& item) {
  struct Row {
    std::string_view key, also;
    std::string Waiver::*field;
  };
  static constexpr Row kRows[] = {{"rule", "", &Waiver::rule},
                                  {"address", "object", &Waiver::address},
                                  {"reason", "", &Waiver::reason},
                                  {"approver", "approved_by", &Waiver::approver},
                                  {"expires", "", &Waiver::expires}};
  if (!item.is_map()) {
    site.diagnostics().error("MESH1102", item.place,
                             fmt::format("each waiver must be a map (key: value), not {}", type_words(item)),
                             kWaiverExample);
    return;
  }
  check_keys(item, {"rule", "address", "object", "reason", "approver", "approved_by", "expires"}, "a waiver",
             site.diagnostics());
  Waiver waiver;
  waiver.domain = site.domain.name;
  waiver.place = waiver.rule_place = item.place;
  bool whole = true;
  for (const auto& row : kRows) {
    const Node* node = either(item, row.key, row.also);
    if (node == nullptr || node->is_null() || (node->is_scalar() && trim(node->text).empty())) {
      site.diagnostics().error("MESH1604", item.place, fmt::format("a waiver needs {}", row.key), kWaiverExample);
      whole = false;
      continue;
    }
    if (row.key == "expires") {
      waiver.expires = read_date(site, *node, "expires", "MESH1604");
      whole &= !waiver.expires.empty();
      continue;
    }
    const auto text = read_scalar(*node, row.key, site.diagnostics());
    whole &= text.has_value();
    waiver.*row.field = text.value_or("");
    if (row.key == "rule") waiver.rule_place = node->place;
    if (row.key == "address") waiver.place = node->place;
  }
  if (whole) site.build.rules.waivers.push_back(std::move(waiver));
}

}  // namespace

void read_rules(const Site& site, const Node& root) {
  if (const Node* rules = root.find("rules"); rules != nullptr && may_govern(site, *root.find_key("rules"), "rules") &&
                                              expect_map(*rules, "rules", site.diagnostics())) {
    for (const auto& [key, value] : entries(*rules)) {
      key.text == kBaseline ? read_baseline(site, value) : read_setting(site, key, value);
    }
  }
  if (const Node* waivers = root.find("waivers");
      waivers != nullptr && may_govern(site, *root.find_key("waivers"), "waivers") &&
      expect_list(*waivers, "waivers", "a list of waivers", site.diagnostics())) {
    for (const auto& item : waivers->items) read_waiver(site, item);
  }
}

}  // namespace mesh::manifest
