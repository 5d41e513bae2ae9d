#include "mesh/diag/diagnostic.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

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

// The blanks under the text before the caret: tabs stay tabs, so that both lines are indented alike.
std::string indent_like(std::string_view before) {
  std::string out;
  for (const char c : before) {
    if (c == '\t') {
      out += '\t';
    } else if ((c & 0xC0) != 0x80) {
      out += ' ';
    }
  }
  return out;
}

// The frame with the source line; nothing for an unknown place.
std::string excerpt(const Place& place, const Sources& sources, const std::string& beside, const char* color,
                    const Paint& paint) {
  const auto where = sources.describe(place, true);
  if (where.empty()) return {};
  const auto number = std::to_string(place.line);
  const std::string gutter(number.size(), ' ');
  std::string out = "  " + paint("34", "-->") + " " + where + "\n";
  const auto line = sources.line(place);
  if (line.empty()) return beside.empty() ? out : out + "  " + gutter + " | " + beside + "\n";
  const auto from = std::min(static_cast<size_t>(std::max(place.column, 1) - 1), line.size());
  const auto under = line.substr(from, static_cast<size_t>(std::max(place.length, 1)));
  const std::string carets(std::max<size_t>(1, display_width(under)), '^');
  out += "  " + paint("34", number + " |") + " " + std::string(line) + "\n";
  out += "  " + paint("34", gutter + " |") + " " + indent_like(line.substr(0, from)) + paint(color, carets);
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
  all_.push_back(std::move(diagnostic));
  return all_.back();
}

Diagnostic& Diagnostics::warning(std::string code, Place place, std::string summary, std::string help) {
  auto& diagnostic = error(std::move(code), place, std::move(summary), std::move(help));
  diagnostic.severity = Severity::Warning;
  return diagnostic;
}

bool Diagnostics::has_errors() const {
  return std::any_of(all_.begin(), all_.end(), [](const auto& d) { return d.severity == Severity::Error; });
}

std::vector<Diagnostic> Diagnostics::sorted(const Sources& sources) const {
  auto out = all_;
  std::stable_sort(out.begin(), out.end(),
                   [&](const auto& a, const auto& b) { return sort_key(a, sources) < sort_key(b, sources); });
  out.erase(std::unique(out.begin(), out.end(), same), out.end());
  return out;
}

void Diagnostics::merge(Diagnostics other) {
  all_.insert(all_.end(), std::make_move_iterator(other.all_.begin()), std::make_move_iterator(other.all_.end()));
}

std::string render_text(const Diagnostic& diagnostic, const Sources& sources, bool color) {
  const Paint paint{color};
  const auto* shade = color_of(diagnostic.severity);
  std::string head = to_string(diagnostic.severity);
  if (!diagnostic.code.empty()) head += "[" + diagnostic.code + "]";
  std::string out = paint(shade, head) + ": " + diagnostic.summary;
  if (!diagnostic.address.empty() && diagnostic.summary.find(diagnostic.address) == std::string::npos) {
    out += " (" + diagnostic.address + ")";
  }
  out += "\n";
  const auto frame = excerpt(diagnostic.place, sources, diagnostic.help, shade, paint);
  out += frame;
  if (frame.empty() && !diagnostic.help.empty()) out += "  " + paint("1", "help") + ": " + diagnostic.help + "\n";
  for (const auto& note : diagnostic.notes) {
    out += "  " + paint("1", "note") + ": " + note.text + "\n" + excerpt(note.place, sources, {}, "36", paint);
  }
  return out;
}

}  // namespace mesh
