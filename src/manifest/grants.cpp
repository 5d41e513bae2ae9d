// Grants and memberships as they are written.
#include <algorithm>

#include <fmt/format.h>

#include "builder.hpp"
#include "mesh/base/text.hpp"
#include "mesh/model/access.hpp"

namespace mesh::manifest {
namespace {

constexpr std::string_view kGrantExample = "{to: role R, privileges: [SELECT], on: tables in schema A.B}";
constexpr std::string_view kTargets =
    "write tables in schema A.B, future views in schema A.B, schemas in database A, table A.B.C, or account";

std::string one_blank(std::string_view text) {
  std::string out;
  for (const auto& word : split(replace_all(std::string(trim(text)), "\t", " "), ' ')) {
    if (!word.empty()) out += (out.empty() ? "" : " ") + word;
  }
  return out;
}

std::span<const std::string_view> privileges_of(const GrantTarget& target) {
  if (target.form == TargetForm::Account) return kinds::account_privileges();
  return kinds::of(target.form == TargetForm::Object ? target.object.kind : target.of_kind).privileges;
}

std::string target_words(const GrantTarget& target) {
  if (target.form == TargetForm::Account) return "the account";
  return "a " + std::string(kind_words(target.form == TargetForm::Object ? target.object.kind : target.of_kind));
}

class GrantReader {
 public:
  explicit GrantReader(const Site& site) : site_(site), build_(site.build), diagnostics_(site.build.diagnostics) {}

  // `on` where the grant says itself what it is on.
  void add(const GrantTarget& target, const Grantee& grantee, const Node& privileges, bool option, Place on = {}) {
    for (const auto& text : read_texts(privileges, "privileges", diagnostics_)) {
      for (const auto& privilege : expand(target, text)) add_one(target, grantee, privilege, option, text.place, on);
    }
  }

  std::optional<Grantee> grantee(const std::string& text, Place place) {
    auto parsed = parse_grantee(text);
    if (parsed) return *parsed;
    diagnostics_.error("MESH1401", place, fmt::format("'{}' cannot receive a grant", text),
                       text.find(' ') != std::string::npos && text.find('"') == std::string::npos
                           ? "write ROLE, role R, database role D.R, share S or user U"
                           : parsed.error().message);
    return std::nullopt;
  }

  // on: table A.B.C | tables in schema A.B | future views in database A | account
  std::optional<GrantTarget> target(const Node& on) {
    const auto text = read_text(on, "on", diagnostics_);
    if (!text) return std::nullopt;
    auto target = parse_grant_target(*text);
    if (!target) return nothing(*text, on.place, target.error().message);
    const bool contents = target->form == TargetForm::PresentIn || target->form == TargetForm::FutureIn;
    if (contents && !may_stand_for(*target)) {
      return nothing(*text, on.place, std::string(kTargets));
    }
    return *target;
  }

 private:
  std::optional<GrantTarget> nothing(const std::string& text, Place place, std::string help) {
    const std::string words = one_blank(text);
    if (is_later(kind_part(words))) {
      diagnostics_.error("MESH1104", place,
                         fmt::format("grants on '{}' are not supported by this version of mesh", words),
                         "take it out for now");
      return std::nullopt;
    }
    constexpr std::string_view kAll = "all ";
    if (to_lower(words).starts_with(kAll) && parse_grant_target(words.substr(kAll.size())))
      help =
          fmt::format("take the \"all\" away: '{}' means those there are and those to come", words.substr(kAll.size()));
    diagnostics_.error("MESH1403", place, fmt::format("'{}' is nothing that can be granted on", words),
                       std::move(help));
    return std::nullopt;
  }

  // "secret" of "secret A.B.C", "secrets" of "future secrets in schema A.B".
  static std::string kind_part(const std::string& words) {
    const auto in = to_lower(words).find(" in ");
    if (in == std::string::npos) return words.substr(0, words.rfind(' '));
    const size_t head = to_lower(words).rfind("future ", 0) == 0 ? 7 : 0;
    return words.substr(head, in - head);
  }

  static bool may_stand_for(const GrantTarget& target) {
    const auto& kind = kinds::of(target.of_kind);
    if (target.object.name.empty() || !kind.may_have_future_grants) return false;
    return target.object.kind == KindId::Database || kind.scope == kinds::Scope::Schema;
  }

  // Without those that this very object does not take.
  std::vector<std::string> all_of(const GrantTarget& target, std::span<const std::string_view> known) const {
    std::vector<std::string> all(known.begin(), known.end());
    std::erase(all, "REFERENCE_USAGE");  // for shares alone, and not what anybody means by all
    const auto object = build_.state.objects.find(target.object);
    if (target.form != TargetForm::Object || object == build_.state.objects.end()) return all;
    const auto takes = kinds::of(target.object.kind).takes_privilege;
    if (takes != nullptr) std::erase_if(all, [&](const auto& each) { return !takes(object->second, each); });
    return all;
  }

  // [ALL] means what the kind's table lists.
  std::vector<std::string> expand(const GrantTarget& target, const Text& text) {
    const std::string privilege = to_upper(one_blank(text.text));
    const auto known = privileges_of(target);
    if (privilege == "ALL" || privilege == "ALL PRIVILEGES") return all_of(target, known);
    if (privilege == "OWNERSHIP") return ownership(target, text.place);
    if (std::find(known.begin(), known.end(), privilege) != known.end()) return {privilege};
    // What the SQL writer lets through.
    const bool well_formed = !privilege.empty() && privilege.find_first_not_of(
                                                       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_. ") == std::string::npos;
    if (build_.mesh.allow_unknown_privileges && well_formed) return {privilege};
    diagnostics_.error("MESH1404", text.place,
                       fmt::format("'{}' is no privilege on {}", text.text, target_words(target)),
                       did_you_mean(privilege, {known.begin(), known.end()},
                                    "unknown_privileges: allow in mesh.yaml lets newer ones through"));
    return {};
  }

  std::vector<std::string> ownership(const GrantTarget& target, Place place) {
    if (target.form == TargetForm::FutureIn) return {"OWNERSHIP"};
    diagnostics_.error("MESH1404", place, "OWNERSHIP is not granted but stated",
                       target.form == TargetForm::PresentIn ? "write on: future …, or owner: ROLE at each object"
                                                            : "write owner: ROLE at the object");
    return {};
  }

  void add_one(const GrantTarget& target, const Grantee& grantee, const std::string& privilege, bool option,
               Place place, Place on) {
    Grant grant;
    grant.key = {target, grantee, privilege};
    grant.grant_option = option;
    grant.domain = site_.domain.name;
    grant.place = place;
    if (target.form == TargetForm::PresentIn) {
      build_.present_grants.push_back(grant);
      grant.key.target.form = TargetForm::FutureIn;
    }
    const auto [it, fresh] = build_.state.grants.emplace(grant.key, grant);
    if (fresh && on.known()) build_.granted_on.emplace(grant.key, on);
    if (!fresh) it->second.grant_option |= option;
  }

  const Site& site_;
  Build& build_;
  Diagnostics& diagnostics_;
};

void read_grant(const Site& site, GrantReader& reader, const Node& item) {
  auto& diagnostics = site.diagnostics();
  if (!expect_map(item, "a grant", diagnostics)) return;
  check_keys(item, {"to", "privileges", "on", "grant_option"}, "a grant", diagnostics);
  const Node *to = item.find("to"), *on = item.find("on"), *privileges = item.find("privileges");
  if (to == nullptr || on == nullptr || privileges == nullptr) {
    diagnostics.error("MESH1103", item.place, "a grant needs to, privileges and on",
                      fmt::format("write {}", kGrantExample));
    return;
  }
  const auto text = read_text(*to, "to", diagnostics);
  const auto grantee = text ? reader.grantee(*text, to->place) : std::nullopt;
  const auto target = reader.target(*on);
  bool option = false;
  if (const Node* node = item.find("grant_option"))
    option = read_bool(*node, "grant_option", diagnostics).value_or(false);
  if (grantee && target) reader.add(*target, *grantee, *privileges, option, on->place);
}

}  // namespace

void read_object_grants(const Site& site, const ObjectId& id, const Node& grants) {
  if (!expect_map(grants, "grants", site.diagnostics())) return;
  GrantReader reader(site);
  for (const auto& [key, value] : entries(grants)) {
    const auto grantee = reader.grantee(key.text, key.place);
    if (grantee) reader.add({TargetForm::Object, id, KindId::Table}, *grantee, value, false);
  }
}

void read_grants(const Site& site, const Node& grants) {
  if (!expect_list(grants, "grants at the top", fmt::format("- {}", kGrantExample), site.diagnostics())) return;
  GrantReader reader(site);
  for (const auto& item : grants.items) read_grant(site, reader, item);
}

void read_memberships(const Site& site, const ObjectId& role, const Node& granted_to) {
  GrantReader reader(site);
  const auto refuse = [&](Place place, const char* why, const char* help) {
    site.diagnostics().error("MESH1401", place, why, help);
  };
  for (const auto& [text, place] : read_texts(granted_to, "granted_to", site.diagnostics())) {
    const auto member = reader.grantee(text, place);
    if (!member) continue;
    // GRANT ROLE PUBLIC has no effect, and nothing lists it (grants.md 0.11).
    if (role == object_of(everybody())) {
      refuse(place, "role PUBLIC is everybody's already, and can be granted to nobody", "take granted_to out");
      continue;
    }
    const bool to_database_role = member->type == GranteeType::DatabaseRole;
    if (member->type == GranteeType::User) {
      refuse(place, "granted_to names roles", "members that are users stand under users:");
    } else if (member->type == GranteeType::Share && role.kind == KindId::Role) {
      refuse(place, "an account role can never be granted to a share", "put a database role into the share");
    } else if (to_database_role && role.kind == KindId::Role) {
      refuse(place, "an account role can never be granted to a database role",
             "make it a database role too; or grant the other way round");
    } else if (to_database_role && member->name.first() != role.name.first()) {
      refuse(place, "a database role can only be granted to a database role of its own database",
             "grant it to an account role");
    } else {
      const MembershipKey key{role, *member};
      site.build.state.memberships.emplace(key, Membership{key, site.domain.name, place});
    }
  }
}

}  // namespace mesh::manifest
