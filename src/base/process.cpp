#include "mesh/base/process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace mesh {
namespace {

// Both ends of a pipe, closed with their owner, and on exec.
class Pipe {
 public:
  Pipe() { open_ = ::pipe2(ends_.data(), O_CLOEXEC) == 0; }
  ~Pipe() {
    close_one(0);
    close_one(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  bool is_open() const { return open_; }
  int reading() const { return ends_[0]; }
  int writing() const { return ends_[1]; }
  void close_writing() { close_one(1); }

 private:
  void close_one(size_t end) {
    if (ends_[end] >= 0) ::close(ends_[end]);
    ends_[end] = -1;
  }
  std::array<int, 2> ends_{-1, -1};
  bool open_ = false;
};

std::vector<std::string> environment_with(const std::vector<std::pair<std::string, std::string>>& variables) {
  std::vector<std::string> all;
  for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
    const std::string_view entry = *each;
    bool replaced = false;
    for (const auto& [name, value] : variables) replaced |= entry.starts_with(name + "=");
    if (!replaced) all.emplace_back(entry);
  }
  for (const auto& [name, value] : variables) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

int spawn(std::vector<std::string> argv, const std::filesystem::path& folder, std::vector<std::string> environment,
          const Pipe& out, const Pipe& err, pid_t& child) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.writing(), 1);
  posix_spawn_file_actions_adddup2(&actions, err.writing(), 2);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  const int failed = ::posix_spawnp(&child, argv.front().c_str(), &actions, nullptr, pointers(argv).data(),
                                    pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

// Takes what is there; false at the end.
bool take(int file, std::string& into) {
  std::array<char, 65536> buffer;
  for (;;) {
    const auto count = ::read(file, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    into.append(buffer.data(), static_cast<size_t>(count));
    return true;
  }
}

// Of both at once: a full pipe that nobody reads would stop the program.
bool take_all(const Pipe& out, const Pipe& err, Finished& finished, size_t limit) {
  std::array<pollfd, 2> files{{{out.reading(), POLLIN, 0}, {err.reading(), POLLIN, 0}}};
  const std::array<std::string*, 2> into{&finished.out, &finished.err};
  while (files[0].fd >= 0 || files[1].fd >= 0) {
    if (::poll(files.data(), files.size(), -1) < 0 && errno != EINTR) break;
    for (size_t i = 0; i < files.size(); ++i) {
      if (files[i].fd < 0 || files[i].revents == 0) continue;
      if (!take(files[i].fd, *into[i])) files[i].fd = -1;
      if (into[i]->size() > limit) return false;
    }
  }
  return true;
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Result<Finished> run_program(const std::vector<std::string>& argv, const std::filesystem::path& folder,
                             const std::vector<std::pair<std::string, std::string>>& variables, size_t limit) {
  Pipe out, err;
  if (!out.is_open() || !err.is_open()) return fail(std::string("no pipe can be made: ") + std::strerror(errno));
  pid_t child = 0;
  if (const int failed = spawn(argv, folder, environment_with(variables), out, err, child); failed != 0) {
    return fail("'" + argv.front() + "' cannot be run: " + std::strerror(failed));
  }
  out.close_writing();
  err.close_writing();
  Finished finished;
  const bool whole = take_all(out, err, finished, limit);
  if (!whole) ::kill(child, SIGKILL);
  finished.code = wait_for(child);
  if (!whole) return fail("'" + argv.front() + "' told more than " + std::to_string(limit) + " bytes");
  return finished;
}

}  // namespace mesh
