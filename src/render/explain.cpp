#include "mesh/render/explain.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "explain_settings.hpp"
#include "kind_words.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/contacts.hpp"
#include "mesh/kinds/tagging.hpp"

namespace mesh::render {
namespace {

constexpr size_t kWidth = 96;

// Words wrapped at kWidth, every line indented.
std::string wrapped(std::string_view text, size_t indent) {
  std::string out, line;
  const auto flush = [&] {
    if (!line.empty()) out += std::string(indent, ' ') + line + "\n";
    line.clear();
  };
  for (const auto& word : split(text, ' ')) {
    if (word.empty()) continue;
    if (!line.empty() && indent + display_width(line) + 1 + display_width(word) > kWidth) flush();
    line += (line.empty() ? "" : " ") + word;
  }
  flush();
  return out;
}

std::string words(std::span<const std::string_view> all) {
  return join(std::vector<std::string>(all.begin(), all.end()), ", ");
}

const char* scope_words(kinds::Scope scope) {
  switch (scope) {
    case kinds::Scope::Account:
      return "at the top of a manifest";
    case kinds::Scope::Database:
      return "in a database";
    case kinds::Scope::Schema:
      return "in a schema";
  }
  broken_promise("every scope has words", __FILE__, __LINE__);
}

std::string capitalised(std::string text) {
  if (!text.empty()) text.replace(0, 1, to_upper(text.substr(0, 1)));
  return text;
}

std::string property_text(const kinds::PropertyRow& row) {
  return fmt::format("  {}\n", row.name) + wrapped(fmt::format("{} {}; {}. {}", row.doc, capitalised(type_words(row)),
                                                               change_words(row), absent_words(row)),
                                                   6);
}

std::string section(const char* title, const std::string& body) {
  return body.empty() ? std::string() : fmt::format("\n{}\n{}", title, body);
}

std::string_view first_sentence(std::string_view text) {
  const auto end = text.find(". ");
  return end == std::string_view::npos ? text : text.substr(0, end + 1);
}

// What a newcomer asks of a kind first: is anything lost, and can it be brought back?
std::string dropping(const kinds::Kind& kind) {
  if (!kind.holds_data) return kind.can_undrop ? "no data, UNDROP" : "no data";
  return kind.can_undrop ? "needs consent; UNDROP" : "needs consent";
}

}  // namespace

std::string explain_kind(const kinds::Kind& kind) {
  std::string out = fmt::format("{}: `{}` {}\n\n", kind.words, kind.collection, scope_words(kind.scope));
  out += wrapped(kind.doc, 2);
  std::string properties;
  for (const auto& row : kind.properties) properties += property_text(row);
  out += section("Properties", properties);
  const auto structural = kinds::structural_keys(kind);
  out += section("Further keys", structural.empty() ? "" : wrapped(words(structural), 2));
  if (!kind.extra_keys_doc.empty()) out += wrapped(kind.extra_keys_doc, 2);
  const auto has_key = [&](std::string_view key) {
    if (key == "contacts") return kinds::can_have_contacts(kind.id);
    return key != "tags" || kinds::can_bear_tags(kind.id);
  };
  std::vector<std::string_view> common;
  for (const auto key : kinds::common_keys()) {
    if (has_key(key)) common.push_back(key);
  }
  out += section("Keys of every object", wrapped(words(common), 2));
  out += section("Privileges", kind.privileges.empty() ? "" : wrapped(words(kind.privileges), 2));
  return out;
}

std::string explain_code(const CodeInfo& code) {
  return fmt::format("{}: {}\n\n{}", code.code, code.title, wrapped(code.explanation, 2));
}

namespace {

constexpr std::pair<check::RunPoint, const char*> kPoints[] = {
    {check::RunPoint::Validate, "validate"}, {check::RunPoint::Plan, "plan"}, {check::RunPoint::Drift, "drift"}};

std::string points_words(const check::RuleInfo& rule) {
  std::vector<std::string> points;
  for (const auto& [point, word] : kPoints) {
    if ((rule.points & check::bit(point)) != 0) points.emplace_back(word);
  }
  return join(points, ", ");
}

std::string parameter_text(const check::RuleParameter& parameter) {
  const std::string fallback = parameter.required ? "It must be written."
                               : parameter.fallback.empty()
                                   ? "It may be left out."
                                   : fmt::format("Where it is not written: {}.", parameter.fallback);
  return fmt::format("  {}\n", parameter.name) +
         wrapped(fmt::format("{}: {}. {}", capitalised(to_string(parameter.type)), parameter.doc, fallback), 6);
}

}  // namespace

std::string explain_rule(const check::RuleInfo& rule) {
  std::string out = fmt::format("{} ({}): {} where nothing else is written; asked by {}\n\n", rule.id, rule.code,
                                to_string(rule.level), points_words(rule));
  out += wrapped(rule.title, 2) + wrapped(rule.why, 2) + wrapped(rule.mend, 2);
  std::string parameters;
  for (const auto& parameter : rule.parameters) parameters += parameter_text(parameter);
  out += section("Parameters, beside level (error, warning, note, off) and grace (a date)", parameters);
  return out;
}

std::string explain_rules() {
  std::string out = "Rules, in force where `rules:` of a governing domain names them; mesh explain RULE tells one.\n\n";
  size_t width = 0;
  for (const auto* rule : check::all_rules()) width = std::max(width, rule->id.size());
  for (const auto* rule : check::all_rules()) {
    out += fmt::format("  {:<{}}  {:<8} {:<8} {}\n", rule->id, width, rule->code, to_string(rule->level), rule->title);
  }
  return out;
}

std::string rules_table() {
  std::string out = "| rule | catalogue | level | asked by | what must be so |\n|---|---|---|---|---|\n";
  for (const auto* rule : check::all_rules()) {
    out += fmt::format("| `{}` | {} | {} | {} | {} |\n", rule->id, rule->code, to_string(rule->level),
                       points_words(*rule), rule->title);
  }
  return out;
}

std::optional<std::string> explain(std::string_view what) {
  if (const auto* rule = check::find_rule(trim(what)); rule != nullptr) return explain_rule(*rule);
  std::string of_code;
  for (const auto* rule : check::rules_of_code(trim(what)))
    of_code += (of_code.empty() ? "" : "\n") + explain_rule(*rule);
  if (!of_code.empty()) return of_code;
  // A kind comes before the parameter of its name: NETWORK_POLICY is both.
  if (const auto* kind = kind_named(what); kind != nullptr) return explain_kind(*kind);
  if (auto text = explain_setting(trim(what))) return text;
  if (const auto* code = find_code(trim(what)); code != nullptr) return explain_code(*code);
  return std::nullopt;
}

std::string kinds_table() {
  std::string out = "| kind | manifest key | where | in short | dropping it |\n|---|---|---|---|---|\n";
  for (const auto* kind : kinds::all()) {
    out += fmt::format("| {} | `{}` | {} | {} | {} |\n", kind->words, kind->collection, scope_words(kind->scope),
                       first_sentence(kind->doc), dropping(*kind));
  }
  return out;
}

}  // namespace mesh::render
