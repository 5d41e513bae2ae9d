// GitHub's workflow commands (docs.github.com, workflow commands: error, warning and notice messages).
#include <array>

#include <fmt/format.h>

#include "findings_parts.hpp"
#include "mesh/base/text.hpp"

namespace mesh::render {
namespace {

constexpr size_t kShownOfEach = 10;

std::string as_message(std::string text) {
  return replace_all(replace_all(replace_all(std::move(text), "%", "%25"), "\r", "%0D"), "\n", "%0A");
}
std::string as_property(std::string text) {
  return replace_all(replace_all(as_message(std::move(text)), ":", "%3A"), ",", "%2C");
}

constexpr std::array<const char*, 3> kWords = {"error", "warning", "notice"};

std::string annotation(const Diagnostic& finding, const FindingsInput& input) {
  std::string where = "file=" + as_property(path_of(finding, input));
  if (const int column = column_of(finding.place, input.sources); column > 0)
    where += fmt::format(",line={},col={}", finding.place.line, column);
  const auto text = finding.help.empty() ? finding.summary : finding.summary + "\n" + finding.help;
  return fmt::format("::{} {},title={}::{}\n", kWords[static_cast<size_t>(finding.severity)], where,
                     as_property(finding.code), as_message(text));
}

}  // namespace

std::string findings_github(const FindingsInput& input) {
  std::string out;
  std::array<size_t, kWords.size()> shown{};
  size_t more = 0;
  for (const auto* finding : worst_first(input.findings)) {
    if (shown[static_cast<size_t>(finding->severity)]++ < kShownOfEach) {
      out += annotation(*finding, input);
    } else {
      ++more;
    }
  }
  if (more > 0) out += fmt::format("+ {} more, which GitHub would not show; --format text prints all\n", more);
  return out;
}

}  // namespace mesh::render
