#include "git.hpp"

#include <fmt/format.h>

#include "mesh/base/process.hpp"
#include "mesh/base/temporary_folder.hpp"
#include "mesh/base/text.hpp"

namespace mesh::cli {
namespace {

namespace fs = std::filesystem;

// Paths that end with a zero byte each.
std::vector<std::string> paths(const std::string& list) {
  std::vector<std::string> all;
  for (auto& path : split(list, '\0')) {
    if (!path.empty()) all.push_back(std::move(path));
  }
  return all;
}

std::string one_line(const std::string& text) {
  return std::string(trim(split(std::string(trim(text)), '\n').front()));
}

}  // namespace

Result<std::string> Git::ask(std::vector<std::string> arguments,
                             const std::vector<std::pair<std::string, std::string>>& variables) const {
  arguments.insert(arguments.begin(), "git");
  auto all = variables;
  // Its words are told as they are, it takes no locks that a person's own git would wait for, and it asks nothing.
  all.insert(all.end(), {{"LC_ALL", "C"}, {"GIT_OPTIONAL_LOCKS", "0"}, {"GIT_TERMINAL_PROMPT", "0"}});
  auto finished = run_program(arguments, mesh_, all);
  if (!finished) return finished.failure();
  if (finished->code != 0) return fail("git says: " + one_line(finished->err));
  return std::move(finished->out);
}

Result<Git> Git::around(const fs::path& mesh_root) {
  Git git;
  git.mesh_ = mesh_root;
  auto prefix = git.ask({"rev-parse", "--show-prefix"});
  if (!prefix) {
    return fail(
        fmt::format("'{}' is in no git checkout that can be asked: {}", mesh_root.string(), prefix.error().message));
  }
  git.prefix_ = std::string(trim(*prefix));
  return git;
}

Result<std::string> Git::common_commit(const std::string& revision) const {
  // What begins with a hyphen is no option of git's.
  const auto commit = ask({"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"});
  if (!commit) {
    return fail(
        fmt::format("git knows no revision '{}'\n  a branch, a tag or a commit; in a shallow checkout it has "
                    "to be fetched first (actions/checkout: fetch-depth: 0)",
                    revision));
  }
  const auto common = ask({"merge-base", "HEAD", std::string(trim(*commit))});
  if (!common) {
    return fail(
        fmt::format("'{}' and what is checked out have no commit in common\n  a shallow checkout does not hold "
                    "it: fetch more of the history",
                    revision));
  }
  return std::string(trim(*common));
}

Result<std::vector<std::string>> Git::changed_since(const std::string& commit) const {
  const auto known =
      ask({"diff", "--name-only", "--no-renames", "--no-ext-diff", "-z", "--relative", commit, "--", "."});
  if (!known) return known.failure();
  const auto fresh = ask({"ls-files", "--others", "--exclude-standard", "-z", "--", "."});
  if (!fresh) return fresh.failure();
  return paths(*known + *fresh);
}

Status Git::put_files_of(const std::string& commit, const fs::path& folder) const {
  // An index of its own: the checkout's stays as it is.
  const TemporaryFolder beside;
  const std::vector<std::pair<std::string, std::string>> index{{"GIT_INDEX_FILE", (beside.path() / "index").string()}};
  if (const auto read = ask({"read-tree", commit + ":" + prefix_}, index); !read) {
    return fail(fmt::format("the mesh cannot be read as it was in {}: {}", commit.substr(0, 12), read.error().message));
  }
  const auto git_folder = ask({"rev-parse", "--absolute-git-dir"});
  if (!git_folder) return git_folder.failure();
  auto elsewhere = index;
  elsewhere.insert(elsewhere.end(), {{"GIT_DIR", std::string(trim(*git_folder))}, {"GIT_WORK_TREE", folder.string()}});
  Git there = *this;
  there.mesh_ = folder;
  const auto put = there.ask({"checkout-index", "--all", "--force"}, elsewhere);
  if (!put) return put.failure();
  return Done{};
}

}  // namespace mesh::cli
