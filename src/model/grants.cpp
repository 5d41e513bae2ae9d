#include "mesh/model/grants.hpp"

#include <array>

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

}  // namespace mesh
