#pragma once
// What is wrong, where, and what to do: as values, rendered in one place.

#include <string>
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

// Collects; functions that read user input go on after an error, so that one run reports every mistake.
class Diagnostics {
 public:
  Diagnostic& error(std::string code, Place place, std::string summary, std::string help = {});
  Diagnostic& warning(std::string code, Place place, std::string summary, std::string help = {});
  void add(Diagnostic diagnostic) { all_.push_back(std::move(diagnostic)); }
  bool has_errors() const;
  bool empty() const { return all_.empty(); }
  // Sorted by file path, line, column, code; exact repetitions are dropped.
  std::vector<Diagnostic> sorted(const Sources& sources) const;
  const std::vector<Diagnostic>& unsorted() const { return all_; }
  void merge(Diagnostics other);

 private:
  std::vector<Diagnostic> all_;
};

// error[MESH1203]: unknown property 'comit' for role
//   --> domains/sales/roles.yml:14:5
//   14 |     comit: Analysts of the sales domain
//      |     ^^^^^ did you mean 'comment'?
std::string render_text(const Diagnostic& diagnostic, const Sources& sources, bool color);

}  // namespace mesh
