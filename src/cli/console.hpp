#pragma once
// Results go to stdout, everything else to stderr; colour only where a person looks.

#include <atomic>
#include <functional>
#include <string>

#include "mesh/diag/diagnostic.hpp"
#include "options.hpp"

namespace mesh::cli {

// Writes to stderr. Where nobody reads it any more the text is lost, and the run goes on.
void write_stderr(const std::string& text);

class Console {
 public:
  explicit Console(const Global& global);

  // stdout, as it is. Never throws: an apply whose reader has left is brought to its end like any other.
  void result(const std::string& text) const;
  // Why a part of the result is lost ("No space left on device"); empty when all was written, and when its reader left
  // of its own accord, as `head` does.
  std::string result_failure() const;
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
  mutable std::atomic<int> result_errno_{0};
};

// Today's date in UTC, YYYY-MM-DD.
std::string today();

}  // namespace mesh::cli
