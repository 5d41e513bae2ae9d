#include "findings_parts.hpp"

#include <algorithm>

#include "json.hpp"

namespace mesh::render {

std::vector<const Diagnostic*> worst_first(const std::vector<Diagnostic>& findings) {
  std::vector<const Diagnostic*> all;
  all.reserve(findings.size());
  for (const auto& finding : findings) all.push_back(&finding);
  std::stable_sort(all.begin(), all.end(),
                   [](const Diagnostic* a, const Diagnostic* b) { return a->severity < b->severity; });
  return all;
}

std::string path_of(const Diagnostic& finding, const FindingsInput& input) {
  const auto& place = finding.place;
  const bool known = place.known() && place.file < input.sources.size();
  return input.prefix + (known ? input.sources.file(place.file).path : std::string("mesh.yaml"));
}

int column_of(const Place& place, const Sources& sources) {
  if (!place.known() || place.file >= sources.size()) return 0;
  const auto line = sources.line(place);
  const auto bytes = std::min(line.size(), static_cast<size_t>(std::max(place.column - 1, 0)));
  const auto before = line.substr(0, bytes);
  return 1 + static_cast<int>(std::count_if(before.begin(), before.end(),
                                            [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string class_of(std::string_view address) {
  if (address.starts_with("grant ")) return "grant";
  const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || c == ' '; };
  const auto end = std::find_if_not(address.begin(), address.end(), is_word);
  std::string words(address.begin(), end);
  while (!words.empty() && words.back() == ' ') words.pop_back();
  if (end == address.end() && words.find(' ') != std::string::npos) words.resize(words.find(' '));  // "domain sales"
  return words;
}

std::string baseline_json(const std::vector<BaselineEntry>& entries) {
  ValueList findings;
  const BaselineEntry* last = nullptr;
  for (const auto& entry : entries) {
    const bool again = last != nullptr && last->rule == entry.rule && last->address == entry.address;
    if (!again) findings.emplace_back(ValueRecord{{"rule", entry.rule}, {"address", entry.address}});
    last = &entry;
  }
  return to_json(ValueRecord{{"findings", std::move(findings)}});
}

std::vector<Diagnostic> all_findings(const Plan& plan) {
  std::vector<Diagnostic> all = plan.findings;
  for (const auto& refusal : plan.refused) {
    all.push_back(
        {Severity::Error, refusal.code, refusal.message, refusal.ways_out, refusal.address, refusal.place, {}});
  }
  return all;
}

}  // namespace mesh::render
