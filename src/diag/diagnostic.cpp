#include "mesh/diag/diagnostic.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "mesh/base/printable.hpp"
#include "mesh/base/result.hpp"
#include "mesh/base/text.hpp"

namespace mesh {
namespace {

struct Paint {
  bool on = false;
  std::string operator()(const char* code, const std::string& text) const {
    return on ? "\x1b[" + std::string(code) + "m" + text + "\x1b[0m" : text;
  }
};

const char* color_of(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return "1;31";
    case Severity::Warning:
      return "1;33";
    case Severity::Info:
      return "1;36";
  }
  broken_promise("severity", __FILE__, __LINE__);
}

// Characters of a source line that are shown: all of it where it is short, else what stands around the caret. What a
// message quotes is cut likewise, so that no manifest makes a message without end.
constexpr size_t kLongLine = 200;
constexpr size_t kBefore = 60, kUnder = 80, kAfter = 40;
constexpr size_t kHead = 240, kTail = 100;

std::string one_line(std::string_view text) {
  if (display_width(text) <= kHead + kTail) return printable_line(text);
  return printable_line(shortened(text, kHead)) + printable_line(shortened_head(text, kTail)).substr(std::strlen("…"));
}

// The blanks under the text before the caret: tabs stay tabs, so that both lines are indented alike.
std::string indent_like(std::string_view before) {
  std::string out;
  for (size_t at = 0; at <= before.size();) {
    const auto tab = std::min(before.find('\t', at), before.size());
    out += std::string(terminal_cells(before.substr(at, tab - at)), ' ');
    if (tab < before.size()) out += '\t';
    at = tab + 1;
  }
  return out;
}

// A source line in three parts, fit to be printed.
struct Excerpt {
  std::string before, under, after;
};
Excerpt excerpt_of(std::string_view line, const Place& place) {
  const auto from = std::min(static_cast<size_t>(std::max(place.column, 1) - 1), line.size());
  const auto before = line.substr(0, from);
  const auto under = line.substr(from, static_cast<size_t>(std::max(place.length, 1)));
  const auto after = line.substr(from + under.size());
  const bool is_short = line.size() <= 8 * kLongLine && display_width(line) <= kLongLine;
  if (is_short) return {printable(before), printable(under), printable(after)};
  return {printable(shortened_head(before, kBefore)), printable(shortened(under, kUnder)),
          printable(shortened(after, kAfter))};
}

// The frame with the source line; nothing for an unknown place.
std::string frame_of(const Place& place, const Sources& sources, const std::string& beside, const char* color,
                     const Paint& paint) {
  const auto where = printable_line(sources.describe(place, true));
  if (where.empty()) return {};
  const auto number = std::to_string(place.line);
  const std::string gutter(number.size(), ' ');
  std::string out = "  " + paint("34", "-->") + " " + where + "\n";
  const auto line = sources.line(place);
  if (line.empty()) return beside.empty() ? out : out + "  " + gutter + " | " + beside + "\n";
  const auto [before, under, after] = excerpt_of(line, place);
  const std::string carets(std::max<size_t>(1, terminal_cells(under)), '^');
  out += "  " + paint("34", number + " |") + " " + before + under + after + "\n";
  out += "  " + paint("34", gutter + " |") + " " + indent_like(before) + paint(color, carets);
  if (!beside.empty()) out += " " + beside;
  return out + "\n";
}

auto sort_key(const Diagnostic& d, const Sources& sources) {
  // What has no place comes last: first what can be clicked on.
  const bool placed = d.place.known() && d.place.file < sources.size();
  const std::string_view path = placed ? std::string_view(sources.file(d.place.file).path) : std::string_view();
  return std::make_tuple(!placed, path, d.place.line, d.place.column, std::string_view(d.code),
                         std::string_view(d.address), std::string_view(d.summary));
}

Diagnostic and_more(Severity severity, size_t count) {
  Diagnostic diagnostic;
  diagnostic.severity = severity;
  diagnostic.code = std::string(kNotShownCode);
  diagnostic.summary = fmt::format("… and {} more", with_thousands(static_cast<long long>(count)));
  diagnostic.help = "they are shown when those above are mended";
  return diagnostic;
}

bool same(const Diagnostic& a, const Diagnostic& b) {
  return a.severity == b.severity && a.code == b.code && a.summary == b.summary && a.help == b.help &&
         a.address == b.address && a.place == b.place;
}

}  // namespace

const char* to_string(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return "error";
    case Severity::Warning:
      return "warning";
    case Severity::Info:
      return "info";
  }
  broken_promise("severity", __FILE__, __LINE__);
}

Diagnostic& Diagnostics::error(std::string code, Place place, std::string summary, std::string help) {
  Diagnostic diagnostic;
  diagnostic.code = std::move(code);
  diagnostic.summary = std::move(summary);
  diagnostic.help = std::move(help);
  diagnostic.place = place;
  return add(std::move(diagnostic));
}

Diagnostic& Diagnostics::warning(std::string code, Place place, std::string summary, std::string help) {
  Diagnostic diagnostic;
  diagnostic.severity = Severity::Warning;
  diagnostic.code = std::move(code);
  diagnostic.summary = std::move(summary);
  diagnostic.help = std::move(help);
  diagnostic.place = place;
  return add(std::move(diagnostic));
}

Diagnostic& Diagnostics::add(Diagnostic diagnostic) {
  if (count_[index_of(diagnostic.severity)]++ >= kMost) {
    not_kept_ = Diagnostic();
    return not_kept_;
  }
  // They quote what was written, which may be megabytes.
  for (auto* text : {&diagnostic.summary, &diagnostic.help}) {
    if (text->size() > kLongest) *text = shortened(*text, kLongest);
  }
  all_.push_back(std::move(diagnostic));
  return all_.back();
}

// A mistake in a blueprint may be one of what a use gives it.
static void tell_uses(Diagnostic& diagnostic, const Sources& sources) {
  Place at = diagnostic.place;
  while (at.known() && at.file < sources.size()) {
    at = sources.file(at.file).used_at;
    if (at.known()) diagnostic.notes.push_back({"the blueprint is used here", at});
  }
}

std::vector<Diagnostic> Diagnostics::sorted(const Sources& sources) const {
  auto out = all_;
  std::stable_sort(out.begin(), out.end(),
                   [&](const auto& a, const auto& b) { return sort_key(a, sources) < sort_key(b, sources); });
  out.erase(std::unique(out.begin(), out.end(), same), out.end());
  for (auto& diagnostic : out) tell_uses(diagnostic, sources);
  for (const auto severity : {Severity::Error, Severity::Warning, Severity::Info}) {
    const size_t count = count_[index_of(severity)];
    if (count > kMost) out.push_back(and_more(severity, count - kMost));
  }
  return out;
}

void Diagnostics::merge(Diagnostics other) {
  std::array<size_t, 3> kept{};
  for (auto& diagnostic : other.all_) {
    ++kept[index_of(diagnostic.severity)];
    add(std::move(diagnostic));
  }
  for (size_t i = 0; i < kept.size(); ++i) count_[i] += other.count_[i] - kept[i];
}

std::string render_text(const Diagnostic& diagnostic, const Sources& sources, bool color) {
  const Paint paint{color};
  const auto* shade = color_of(diagnostic.severity);
  std::string head = to_string(diagnostic.severity);
  if (!diagnostic.code.empty()) head += "[" + diagnostic.code + "]";
  std::string out = paint(shade, head) + ": " + one_line(diagnostic.summary);
  if (!diagnostic.address.empty() && diagnostic.summary.find(diagnostic.address) == std::string::npos) {
    out += " (" + one_line(diagnostic.address) + ")";
  }
  out += "\n";
  const auto help = printable(diagnostic.help);
  const auto frame = frame_of(diagnostic.place, sources, help, shade, paint);
  out += frame;
  if (frame.empty() && !help.empty()) out += "  " + paint("1", "help") + ": " + help + "\n";
  for (const auto& note : diagnostic.notes) {
    out +=
        "  " + paint("1", "note") + ": " + one_line(note.text) + "\n" + frame_of(note.place, sources, {}, "36", paint);
  }
  return out;
}

}  // namespace mesh
