#include "mesh/render/codeowners.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "mesh/base/printable.hpp"
#include "mesh/base/text.hpp"

namespace mesh::render {
namespace {

// A team's name as the host writes it behind the organization: lower case, everything else than letters, digits, _ and
// . a hyphen (docs.github.com, about teams: the slug). What begins with @ is a handle already.
std::string handle(const Domain& domain, const std::string& organization) {
  if (domain.team.starts_with('@')) return printable_line(domain.team);
  std::string slug;
  for (const char c : to_lower(domain.team)) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    if (kept) {
      slug += c;
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return fmt::format("@{}/{}", organization, slug);
}

// Patterns have no escape for [ and ], and # or ! at the beginning mean something else (docs.github.com, about code
// owners); ? fits any one letter. They begin with a slash here, so that only blanks are left to be escaped.
std::string pattern(const std::string& folder) {
  std::string out = "/";
  for (const char c : folder) {
    if (c == ' ' || c == '\\') out += '\\';
    const bool special = c == '[' || c == ']' || c == '*' || static_cast<unsigned char>(c) < ' ';
    out += special ? '?' : c;
  }
  return out + "/";
}

// Who keeps what no domain's folder holds: the domain called platform, else the one that may grant on the account.
const Domain* keeper(const Mesh& mesh) {
  if (const Domain* platform = mesh.find("platform")) return platform;
  const auto found =
      std::find_if(mesh.domains.begin(), mesh.domains.end(), [](const Domain& domain) { return domain.account; });
  return found == mesh.domains.end() ? nullptr : &*found;
}

std::vector<std::string> lines_of(const std::string& text) {
  auto lines = split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

}  // namespace

std::string codeowners(const CodeownersInput& input) {
  struct Row {
    std::string path, owner;
  };
  std::vector<Row> rows;
  if (const Domain* domain = keeper(input.mesh))
    rows.push_back({input.prefix.empty() ? "*" : pattern(input.prefix.substr(0, input.prefix.size() - 1)),
                    handle(*domain, input.organization)});
  std::vector<const Domain*> domains;
  for (const auto& domain : input.mesh.domains) domains.push_back(&domain);
  std::sort(domains.begin(), domains.end(), [](const Domain* a, const Domain* b) { return a->path < b->path; });
  for (const Domain* domain : domains) {
    if (!domain->team.empty())
      rows.push_back({pattern(input.prefix + domain->path), handle(*domain, input.organization)});
  }
  size_t width = 0;
  for (const auto& row : rows) width = std::max(width, row.path.size());
  std::string out =
      "# Made by mesh codeowners from mesh.yaml and the domains' teams: change those. Whoever owns a domain reviews "
      "it;\n"
      "# an agreement has its request in the consumer's folder and its approval in the provider's.\n";
  for (const auto& row : rows) out += fmt::format("{:<{}}  {}\n", row.path, width, row.owner);
  return out;
}

std::string line_differences(const std::string& now, const std::string& wanted) {
  const auto a = lines_of(now), b = lines_of(wanted);
  // The longest common subsequence, from the ends; a mesh has hundreds of domains, not many thousands.
  std::vector<std::vector<uint32_t>> common(a.size() + 1, std::vector<uint32_t>(b.size() + 1));
  for (size_t i = a.size(); i-- > 0;) {
    for (size_t j = b.size(); j-- > 0;) {
      common[i][j] = a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  std::string out;
  size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      ++i, ++j;
    } else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1])) {
      out += fmt::format("- {}\n", printable_line(a[i++]));
    } else {
      out += fmt::format("+ {}\n", printable_line(b[j++]));
    }
  }
  return out;
}

}  // namespace mesh::render
