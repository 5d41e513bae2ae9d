#pragma once
// What is wrong, where, and what to do: as values, rendered in one place.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/diag/place.hpp"

namespace mesh {

enum class Severity { Error, Warning, Info };
const char* to_string(Severity severity);  // "error", "warning", "info"

struct DiagnosticNote {
  std::string text;
  Place place;
};

struct Diagnostic {
  Severity severity = Severity::Error;
  std::string code;     // "MESH1203" (see codes.hpp), or a rule's name for findings of `rules:`
  std::string summary;  // one line: what is wrong, values in quotes
  std::string help;     // what to do; may be empty; stands beside the caret ("did you mean 'comment'?")
  std::string address;  // of the object concerned, may be empty
  Place place;
  std::vector<DiagnosticNote> notes;
};

// Of the diagnostic that stands for those that are only counted.
constexpr std::string_view kNotShownCode = "MESH1015";

// Collects; functions that read user input go on after an error, so that one run reports every mistake. Of each
// severity the first kMost are kept and the rest is counted: no input makes a report, or the memory for it, without
// end.
class Diagnostics {
 public:
  static constexpr size_t kMost = 500;
  static constexpr size_t kLongest = 2000;  // characters of a summary or a help

  Diagnostic& error(std::string code, Place place, std::string summary, std::string help = {});
  Diagnostic& warning(std::string code, Place place, std::string summary, std::string help = {});
  // Where it is one too many the reference leads to a value that nobody sees.
  Diagnostic& add(Diagnostic diagnostic);
  bool has_errors() const { return count_[index_of(Severity::Error)] > 0; }
  // Whether a further error would only be counted: what is dear to find out for it need not be.
  bool is_full() const { return count_[index_of(Severity::Error)] >= kMost; }
  bool empty() const { return all_.empty(); }
  // Sorted by file path, line, column, code; exact repetitions are dropped. What was only counted is told by MESH1015
  // at the end, once for each severity.
  std::vector<Diagnostic> sorted(const Sources& sources) const;
  const std::vector<Diagnostic>& unsorted() const { return all_; }
  void merge(Diagnostics other);

 private:
  static constexpr size_t index_of(Severity severity) { return static_cast<size_t>(severity); }

  std::vector<Diagnostic> all_;
  std::array<size_t, 3> count_{};  // by severity, those not kept included
  Diagnostic not_kept_;
};

// error[MESH1203]: unknown property 'comit' for role
//   --> domains/sales/roles.yml:14:5
//   14 |     comit: Analysts of the sales domain
//      |     ^^^^^ did you mean 'comment'?
std::string render_text(const Diagnostic& diagnostic, const Sources& sources, bool color);

}  // namespace mesh
