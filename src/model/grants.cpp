#include "mesh/model/grants.hpp"

#include <array>
#include <utility>

#include "mesh/base/text.hpp"

namespace mesh {
namespace {

struct GranteeRow {
  GranteeType type;
  std::string_view words;
  size_t depth;
};
// In the order of the enum.
constexpr auto kGrantees = std::to_array<GranteeRow>({
    {GranteeType::Role, "role", 1},
    {GranteeType::DatabaseRole, "database role", 2},
    {GranteeType::User, "user", 1},
    {GranteeType::Share, "share", 1},
    {GranteeType::ApplicationRole, "application role", 2},
});

const GranteeRow& row_of(GranteeType type) {
  const auto& row = kGrantees[static_cast<size_t>(type)];
  MESH_ASSERT(row.type == type);
  return row;
}

// Takes `words` (one blank between them, any case) and the blanks behind off the head of `text`.
bool take_words(std::string_view& text, std::string_view words) {
  auto rest = text;
  for (const auto& word : split(words, ' ')) {
    rest = trim(rest);
    if (rest.size() < word.size() || !iequals(rest.substr(0, word.size()), word)) return false;
    rest.remove_prefix(word.size());
    if (rest.empty() || (rest.front() != ' ' && rest.front() != '\t')) return false;
  }
  text = trim(rest);
  return true;
}

Result<Grantee> with_depth(GranteeType type, std::string_view name) {
  auto parsed = QualifiedName::parse(name);
  if (!parsed) return parsed.failure();
  if (parsed->depth() != row_of(type).depth) {
    const bool has_dots = row_of(type).depth > 1;
    const std::string words(row_of(type).words);
    return fail("'" + std::string(name) + "' is no name of a " + words + ": " +
                (has_dots ? type == GranteeType::DatabaseRole ? "it needs its database, 'database role DATABASE.ROLE'"
                                                              : "it needs its application, 'application role APP.ROLE'"
                          : "it has no dots (a role of a database is written 'database role DATABASE.ROLE')"));
  }
  return Grantee{type, std::move(*parsed)};
}

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

ObjectId object_of(const Grantee& grantee) {
  switch (grantee.type) {
    case GranteeType::Role:
      return ObjectId{KindId::Role, grantee.name};
    case GranteeType::DatabaseRole:
      return ObjectId{KindId::DatabaseRole, grantee.name};
    case GranteeType::User:
      return ObjectId{KindId::User, grantee.name};
    case GranteeType::Share:
      return ObjectId{KindId::Share, grantee.name};
    case GranteeType::ApplicationRole:
      return ObjectId{KindId::ApplicationRole, grantee.name};
  }
  broken_promise("type of a grantee", __FILE__, __LINE__);
}

std::string Grantee::display() const { return std::string(row_of(type).words) + " " + name.display(); }

Result<Grantee> parse_grantee(std::string_view written) {
  auto rest = trim(written);
  for (const auto& row : kGrantees) {
    if (take_words(rest, row.words)) return with_depth(row.type, rest);
  }
  return with_depth(GranteeType::Role, rest);
}

std::string GrantTarget::display() const {
  switch (form) {
    case TargetForm::Account:
      return "account";
    case TargetForm::Object:
      return object.address();
    case TargetForm::FutureIn:
      return "future " + kind_plural(of_kind) + " in " + object.address();
    case TargetForm::PresentIn:
      // Inherited grants may be on the whole account (grants.md 1.9).
      return kind_plural(of_kind) + " in " + (object.name.empty() ? "account" : object.address());
  }
  broken_promise("form of a grant's target", __FILE__, __LINE__);
}

std::string GrantKey::address() const {
  return "grant " + privilege + " on " + target.display() + " to " + grantee.display();
}

std::string MembershipKey::address() const { return "grant " + role.address() + " to " + member.display(); }

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
  const auto form = take_words(plural, "future") ? TargetForm::FutureIn : TargetForm::PresentIn;
  return contents(plural, parts->second, form);
}

Result<GrantAddress> parse_grant(std::string_view address) {
  auto text = trim(address);
  const auto refuse = [&](const std::string& why) {
    return fail("'" + std::string(trim(address)) + "': " + (why.empty() ? std::string(kShapes) : why));
  };
  if (!take_words(text, "grant")) return refuse({});
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
