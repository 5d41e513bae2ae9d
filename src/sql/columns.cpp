#include "mesh/sql/columns.hpp"

#include "code.hpp"

namespace mesh::sql {

std::vector<Mention> mentioned_columns(std::string_view text) {
  const auto all = tokenize(text);
  if (!all) return {};
  const auto tokens = without_comments(*all);
  std::vector<Mention> mentions;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!is_name(tokens[i])) continue;
    const auto behind = i + 1 < tokens.size() ? tokens[i + 1].in(text) : std::string_view();
    const auto before = i > 0 ? tokens[i - 1].in(text) : std::string_view();
    if (behind == "(" || behind == "." || before == "." || before == ":" || before == "::") continue;
    mentions.push_back({name_of(tokens[i], text), tokens[i].begin, tokens[i].end});
  }
  return mentions;
}

std::string rename_columns(std::string_view text, const std::map<Name, Name>& renamed) {
  std::string out;
  size_t done = 0;
  for (const auto& mention : mentioned_columns(text)) {
    const auto to = renamed.find(mention.name);
    if (to == renamed.end()) continue;
    out += text.substr(done, mention.begin - done);
    out += to->second.display();
    done = mention.end;
  }
  return out + std::string(text.substr(done));
}

}  // namespace mesh::sql
