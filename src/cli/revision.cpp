#include "revision.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "temporary_folder.hpp"

namespace mesh::cli {
namespace {

namespace fs = std::filesystem;

// In the child: nothing but what is safe between fork and exec.
[[noreturn]] void become_git(std::vector<char*> words, int out, const std::string& index) {
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  if (!index.empty()) setenv("GIT_INDEX_FILE", index.c_str(), 1);
  execvp("git", words.data());
  _exit(127);
}

// What git says. An index of its own leaves the checkout's alone. Fails with git's words.
Result<std::string> git(const std::vector<std::string>& arguments, const std::string& index = {}) {
  std::vector<std::string> kept = {"git"};
  kept.insert(kept.end(), arguments.begin(), arguments.end());
  std::vector<char*> words;
  for (auto& word : kept) words.push_back(word.data());
  words.push_back(nullptr);
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return fail("git cannot be run: no pipe");
  const pid_t child = fork();
  if (child < 0) return fail("git cannot be run: no process");
  if (child == 0) become_git(words, ends[1], index);
  close(ends[1]);
  std::string said;
  std::array<char, 4096> buffer{};
  for (ssize_t got; (got = read(ends[0], buffer.data(), buffer.size())) > 0;)
    said.append(buffer.data(), static_cast<size_t>(got));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return fail("git is not installed");
  said = std::string(trim(said));
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return said;
  return fail(said.empty() ? "git failed" : said);
}

// Writes the mesh's folder as it was into `target`.
Status extract(const fs::path& root, const std::string& revision, const fs::path& target) {
  if (revision.empty() || revision[0] == '-') return fail(fmt::format("'{}' is no revision", revision));
  const auto top = git({"-C", root.string(), "rev-parse", "--show-toplevel"});
  if (!top) return top.failure();
  const auto inside = git({"-C", root.string(), "rev-parse", "--show-prefix"});
  if (!inside) return inside.failure();
  const auto commit = git({"-C", root.string(), "rev-parse", "--verify", "--quiet", revision + "^{commit}"});
  if (!commit)
    return fail(fmt::format("git knows no revision '{}'; a shallow checkout holds but the newest", revision));
  std::string folder = *inside;
  if (!folder.empty() && folder.back() == '/') folder.pop_back();
  const auto tree = folder.empty() ? *commit + "^{tree}" : *commit + ":" + folder;
  const auto index = (target / ".index").string();
  if (const auto read = git({"-C", *top, "read-tree", tree}, index); !read) return read.failure();
  const auto written =
      git({"-C", *top, "checkout-index", "--all", "--prefix=" + (target / "mesh").string() + "/"}, index);
  if (!written) return written.failure();
  return Done{};
}

}  // namespace

std::variant<manifest::Loaded, ExitCode> load_revision(const fs::path& root, const std::string& revision,
                                                       const Global& global, const std::string& date,
                                                       const Console& console) {
  const TemporaryFolder folder;
  if (const auto done = extract(root, revision, folder.path()); !done.ok()) {
    console.error(fmt::format("the manifests at '{}' cannot be read: {}", revision, done.error().message));
    return ExitCode::Failed;
  }
  Diagnostics diagnostics;
  Sources sources;
  auto loaded = manifest::load({folder.path() / "mesh", global.environment, global.parallelism, false, date},
                               diagnostics, sources);
  if (loaded && !diagnostics.has_errors()) return std::move(*loaded);
  const auto all = diagnostics.sorted(loaded ? loaded->sources : sources);
  const auto first = std::find_if(all.begin(), all.end(), [](const auto& d) { return d.severity == Severity::Error; });
  console.error(fmt::format("the manifests at '{}' are not valid, so nothing can be held against them: {}", revision,
                            first == all.end() ? std::string("there is no mesh.yaml") : first->summary));
  return ExitCode::Failed;
}

}  // namespace mesh::cli
