// Addresses of grants and memberships, read back as they are printed.
#include <algorithm>

#include "mesh/base/text.hpp"
#include "mesh/model/grants.hpp"

namespace mesh {
namespace {

constexpr std::string_view kShapes =
    "a grant is written 'grant SELECT on table A.B.C to role R', a membership 'grant role A to role B'";

// Where `word` stands between blanks in any case, outside quotes; npos: nowhere.
size_t find_word(std::string_view text, std::string_view word) {
  bool quoted = false;
  for (size_t i = 0; i + word.size() < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    const size_t end = i + 1 + word.size();
    if (quoted || text[i] != ' ' || end >= text.size() || text[end] != ' ') continue;
    if (iequals(text.substr(i + 1, word.size()), word)) return i;
  }
  return std::string_view::npos;
}

// Parts the text at the word; nullopt: it is not there, or one side would be empty.
std::optional<std::pair<std::string_view, std::string_view>> parted(std::string_view text, std::string_view word) {
  const auto at = find_word(text, word);
  if (at == std::string_view::npos) return std::nullopt;
  const auto left = trim(text.substr(0, at)), right = trim(text.substr(at + word.size() + 2));
  if (left.empty() || right.empty()) return std::nullopt;
  return std::pair{left, right};
}

bool take_word(std::string_view& text, std::string_view word) {
  if (text.size() <= word.size() || !iequals(text.substr(0, word.size()), word) || text[word.size()] != ' ') {
    return false;
  }
  text = trim(text.substr(word.size()));
  return true;
}

std::string privilege_of(std::string_view written) {
  std::string out;
  for (const auto& word : split(written, ' ')) {
    if (!word.empty()) out += (out.empty() ? "" : " ") + to_upper(word);
  }
  return out;
}

Result<GrantTarget> contents(std::string_view plural, std::string_view in, TargetForm form) {
  const auto kind = kind_from_plural(plural);
  if (!kind) return kind.failure();
  if (form == TargetForm::PresentIn && iequals(in, "account")) return GrantTarget{form, {}, *kind};
  auto container = parse_address(in);
  if (!container) return container.failure();
  if (container->kind != KindId::Schema && container->kind != KindId::Database) {
    return fail("objects lie in a schema or a database, not in '" + std::string(in) + "'");
  }
  return GrantTarget{form, std::move(*container), *kind};
}

}  // namespace

Result<GrantTarget> parse_grant_target(std::string_view written) {
  auto text = trim(written);
  if (iequals(text, "account")) return GrantTarget{TargetForm::Account, {}, KindId::Table};
  const auto parts = parted(text, "in");
  if (!parts) {
    auto object = parse_address(text);
    if (!object) return object.failure();
    return GrantTarget{TargetForm::Object, std::move(*object), KindId::Table};
  }
  auto plural = parts->first;
  const auto form = take_word(plural, "future") ? TargetForm::FutureIn : TargetForm::PresentIn;
  return contents(plural, parts->second, form);
}

Result<GrantAddress> parse_grant(std::string_view address) {
  auto text = trim(address);
  const auto refuse = [&](const std::string& why) {
    return fail("'" + std::string(trim(address)) + "': " + (why.empty() ? std::string(kShapes) : why));
  };
  if (!take_word(text, "grant")) return refuse({});
  const auto sides = parted(text, "to");
  if (!sides) return refuse({});
  auto grantee = parse_grantee(sides->second);
  if (!grantee) return refuse(grantee.error().message);
  if (const auto what = parted(sides->first, "on")) {
    auto target = parse_grant_target(what->second);
    if (!target) return refuse(target.error().message);
    return GrantAddress{GrantKey{std::move(*target), std::move(*grantee), privilege_of(what->first)}};
  }
  auto role = parse_address(sides->first);
  if (!role) return refuse(role.error().message);
  if (role->kind != KindId::Role && role->kind != KindId::DatabaseRole) return refuse({});
  return GrantAddress{MembershipKey{std::move(*role), std::move(*grantee)}};
}

}  // namespace mesh
