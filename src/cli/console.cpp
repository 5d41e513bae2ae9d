#include "console.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <iostream>

#include <fmt/format.h>

#include "mesh/base/text.hpp"

namespace mesh::cli {
namespace {

constexpr int kInterruptionIsSeenMs = 100;

bool wants_color(const std::string& choice, int fd) {
  if (choice == "always") return true;
  if (choice == "never") return false;
  const char* no_color = std::getenv("NO_COLOR");
  return isatty(fd) != 0 && (no_color == nullptr || *no_color == '\0');
}

bool write_all(std::FILE* to, const std::string& text) {
  const bool whole = std::fwrite(text.data(), 1, text.size(), to) == text.size();
  return std::fflush(to) == 0 && whole;
}

}  // namespace

void write_stderr(const std::string& text) { write_all(stderr, text); }

Console::Console(const Global& global)
    : quiet_(global.quiet),
      color_out_(wants_color(global.color, STDOUT_FILENO)),
      color_err_(wants_color(global.color, STDERR_FILENO)),
      terminal_(isatty(STDERR_FILENO) != 0) {}

void Console::result(const std::string& text) const {
  errno = 0;
  if (!write_all(stdout, text) && result_errno_ == 0) result_errno_ = errno == 0 ? EIO : errno;
}

std::string Console::result_failure() const {
  return result_errno_ == 0 || result_errno_ == EPIPE ? "" : std::strerror(result_errno_);
}

void Console::say(const std::string& line) const {
  if (quiet_) return;
  end_progress();
  write_stderr(fmt::format("{}\n", line));
}

void Console::error(const std::string& text) const {
  end_progress();
  write_stderr(fmt::format("{}error:{} {}\n", color_err_ ? "\x1b[31m" : "", color_err_ ? "\x1b[0m" : "", text));
}

void Console::diagnostics(const Diagnostics& all, const Sources& sources) const {
  end_progress();
  for (const auto& diagnostic : all.sorted(sources))
    write_stderr(fmt::format("{}\n", render_text(diagnostic, sources, color_err_)));
}

void Console::progress(const std::string& text) const {
  if (quiet_ || !terminal_) return;
  write_stderr(fmt::format("\r\x1b[K{}", text));
}

void Console::end_progress() const {
  if (quiet_ || !terminal_) return;
  write_stderr("\r\x1b[K");
}

int Console::width() const {
  winsize size{};
  if (isatty(STDOUT_FILENO) != 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 60) {
    return size.ws_col > 140 ? 140 : size.ws_col;
  }
  return 100;
}

bool Console::can_ask() const { return isatty(STDIN_FILENO) != 0 && terminal_; }

bool Console::confirm(const std::string& question, const std::function<bool()>& given_up,
                      const std::string& answer) const {
  write_stderr(fmt::format("{} Only '{}' is taken: ", question, answer));
  pollfd input{STDIN_FILENO, POLLIN, 0};
  while (poll(&input, 1, kInterruptionIsSeenMs) <= 0) {
    if (given_up()) return false;
  }
  std::string typed;
  return static_cast<bool>(std::getline(std::cin, typed)) && trim(typed) == answer;
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  return fmt::format("{:04}-{:02}-{:02}", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday);
}

}  // namespace mesh::cli
