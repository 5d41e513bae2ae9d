#pragma once
// Results go to stdout, everything else to stderr; colour only where a person looks.

#include <functional>
#include <string>

#include "mesh/diag/diagnostic.hpp"
#include "options.hpp"

namespace mesh::cli {

class Console {
 public:
  explicit Console(const Global& global);

  void result(const std::string& text) const;                              // stdout, as it is
  void say(const std::string& line) const;                                 // stderr, unless -q
  void error(const std::string& text) const;                               // stderr: "error: ..."
  void diagnostics(const Diagnostics& all, const Sources& sources) const;  // stderr
  // A line that is overwritten on a terminal; nothing elsewhere.
  void progress(const std::string& text) const;
  void end_progress() const;

  bool color_out() const { return color_out_; }
  bool color_err() const { return color_err_; }
  int width() const;
  bool can_ask() const;  // stdin and stderr are terminals
  // Only `answer` is a yes; `given_up` ends the waiting with no.
  bool confirm(const std::string& question, const std::function<bool()>& given_up,
               const std::string& answer = "yes") const;

 private:
  bool quiet_, color_out_, color_err_, terminal_;
};

// Today's date in UTC, YYYY-MM-DD.
std::string today();

}  // namespace mesh::cli
