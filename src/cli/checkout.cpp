#include "checkout.hpp"

#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"

namespace mesh::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kSha1Digits = 40, kSha256Digits = 64;

bool is_commit(std::string_view text) {
  return (text.size() == kSha1Digits || text.size() == kSha256Digits) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string first_line(const fs::path& path) {
  std::error_code ec;
  if (!fs::is_regular_file(path, ec)) return {};
  const auto text = read_file(path);
  return text ? std::string(trim(split(*text, '\n').front())) : std::string();
}

// `.git` is a folder, or in a linked worktree or a submodule a file that names it (gitrepository-layout).
fs::path git_folder(const fs::path& start) {
  std::error_code ec;
  auto at = fs::weakly_canonical(fs::absolute(start, ec), ec);
  for (;; at = at.parent_path()) {
    const auto git = at / ".git";
    if (fs::is_directory(git, ec)) return git;
    const auto line = first_line(git);
    constexpr std::string_view kKey = "gitdir:";
    if (line.starts_with(kKey)) return at / fs::path(trim(std::string_view(line).substr(kKey.size())));
    if (!at.has_parent_path() || at.parent_path() == at) return {};
  }
}

// A ref stands in a file of its own, or among the packed ones, of the worktree's folder or the one that all share.
std::string commit_of(const fs::path& folder, const std::string& ref) {
  if (ref.find("..") != std::string::npos) return {};
  if (const auto line = first_line(folder / ref); is_commit(line)) return line;
  std::error_code ec;
  if (!fs::is_regular_file(folder / "packed-refs", ec)) return {};
  const auto packed = read_file(folder / "packed-refs");
  if (!packed) return {};
  for (const auto& line : split(*packed, '\n')) {
    const auto blank = line.find(' ');
    if (blank == std::string::npos || trim(std::string_view(line).substr(blank + 1)) != ref) continue;
    if (auto commit = line.substr(0, blank); is_commit(commit)) return commit;
  }
  return {};
}

}  // namespace

std::string checked_out_commit(const fs::path& start) {
  const auto folder = git_folder(start);
  if (folder.empty()) return {};
  const auto head = first_line(folder / "HEAD");
  if (is_commit(head)) return head;
  constexpr std::string_view kKey = "ref:";
  if (!head.starts_with(kKey)) return {};
  const std::string ref(trim(std::string_view(head).substr(kKey.size())));
  if (auto commit = commit_of(folder, ref); !commit.empty()) return commit;
  const auto common = first_line(folder / "commondir");
  return common.empty() ? std::string() : commit_of(folder / common, ref);
}

}  // namespace mesh::cli
