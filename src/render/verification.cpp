#include "mesh/render/verification.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "documents.hpp"
#include "json.hpp"
#include "mesh/base/printable.hpp"
#include "mesh/base/text.hpp"
#include "words.hpp"
#include "xml.hpp"

namespace mesh::render {
namespace {

constexpr Verdict kVerdicts[] = {Verdict::Holds, Verdict::Broken, Verdict::Unanswered, Verdict::NotVerified};

size_t count(const std::vector<Verification>& verified, Verdict verdict) {
  return static_cast<size_t>(std::count_if(verified.begin(), verified.end(),
                                           [&](const Verification& each) { return each.verdict == verdict; }));
}

std::string of_what(const Verification& one) {
  return one.object.empty() ? fmt::format("{}, port {}", one.product, one.port)
                            : fmt::format("{}, port {}: {}", one.product, one.port, one.object);
}

std::string case_text(const Verification& one, const Sources& sources) {
  const auto head = fmt::format("    <testcase classname=\"mesh.verify\" name=\"{}\"",
                                xml_escaped((one.object.empty() ? one.port : one.object) + ": " + one.promise));
  const auto why = xml_escaped(fmt::format("{}: {}", sources.describe(one.place), one.found));
  switch (one.verdict) {
    case Verdict::Holds:
      return head + "/>\n";
    case Verdict::Broken:
      return fmt::format("{}>\n      <failure message=\"{}\"/>\n    </testcase>\n", head, why);
    case Verdict::Unanswered:
      return fmt::format("{}>\n      <error message=\"{}\"/>\n    </testcase>\n", head, why);
    case Verdict::NotVerified:
      return fmt::format("{}>\n      <skipped message=\"{}\"/>\n    </testcase>\n", head, why);
  }
  return {};
}

}  // namespace

std::string verification_text(const std::vector<Verification>& verified, const Sources& sources, bool all) {
  std::string out, section;
  for (const auto& one : verified) {
    if (one.verdict == Verdict::Holds && !all) continue;
    if (const auto head = of_what(one); head != section) {
      out += fmt::format("{}{}\n", out.empty() ? "" : "\n", head);
      section = head;
    }
    out += fmt::format("  {:<13} {}{}  {}\n", to_string(one.verdict), printable_line(one.promise),
                       one.found.empty() ? "" : ": " + printable_line(one.found), sources.describe(one.place));
  }
  std::vector<std::string> words;
  for (const auto verdict : kVerdicts)
    words.push_back(fmt::format("{} {}", count(verified, verdict), to_string(verdict)));
  return fmt::format("{}{}Verified {}: {}.\n", out, out.empty() ? "" : "\n",
                     counted(verified.size(), "promise", "promises"), join(words, ", "));
}

std::string verification_json(const std::vector<Verification>& verified, const Sources& sources) {
  ValueList list;
  for (const auto& one : verified) {
    list.push_back(ValueRecord{{"product", one.product},
                               {"port", one.port},
                               {"object", one.object},
                               {"promise", one.promise},
                               {"verdict", to_string(one.verdict)},
                               {"found", one.found},
                               {"source", place_record(one.place, sources)}});
  }
  ValueRecord summary;
  for (const auto verdict : kVerdicts) {
    auto name = std::string(to_string(verdict));
    std::replace(name.begin(), name.end(), ' ', '_');
    summary.emplace_back(std::move(name), static_cast<int64_t>(count(verified, verdict)));
  }
  return to_json(ValueRecord{{"verified", std::move(list)}, {"summary", std::move(summary)}});
}

std::string verification_junit(const std::vector<Verification>& verified, const Sources& sources) {
  std::map<std::string, std::vector<Verification>> suites;
  for (const auto& one : verified) suites[one.product].push_back(one);
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const auto& [product, all] : suites) {
    out += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n",
                       xml_escaped(product), all.size(), count(all, Verdict::Broken), count(all, Verdict::Unanswered),
                       count(all, Verdict::NotVerified));
    for (const auto& one : all) out += case_text(one, sources);
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

}  // namespace mesh::render
