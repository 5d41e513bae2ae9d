// Grants and memberships.
#include <algorithm>

#include <fmt/format.h>

#include "builder.hpp"
#include "mesh/base/text.hpp"

namespace mesh::manifest {
namespace {

std::string one_blank(std::string_view text) {
  std::string out;
  for (const auto& word : split(replace_all(to_upper(trim(text)), "\t", " "), ' ')) {
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
  GrantReader(Build& build, const Domain& domain) : build_(build), domain_(domain), diagnostics_(build.diagnostics) {}

  void add(const GrantTarget& target, const Grantee& grantee, const Node& privileges, bool option, Place place) {
    for (const auto& text : read_texts(privileges, "privileges", diagnostics_)) {
      for (const auto& privilege : expand(target, text))
        add_one(target, grantee, privilege, option, text.place.known() ? text.place : place);
    }
  }

  std::optional<Grantee> grantee(const std::string& text, Place place) {
    auto parsed = parse_grantee(text);
    if (parsed) return *parsed;
    diagnostics_.error("MESH1401", place, fmt::format("'{}' cannot receive a grant", text), parsed.error().message);
    return std::nullopt;
  }

  // on: table A.B.C | tables in schema A.B | future views in database A | account
  std::optional<GrantTarget> target(const Node& on) {
    const auto text = read_text(on, "on", diagnostics_);
    if (!text) return std::nullopt;
    const std::string words = std::string(trim(*text));
    if (iequals(words, "account")) return GrantTarget{TargetForm::Account, {}, KindId::Table};
    const std::string lower = to_lower(words);
    const auto in = lower.find(" in ");
    if (in == std::string::npos) return one_object(words, on.place);
    const bool future = lower.rfind("future ", 0) == 0;
    const std::string plural = std::string(trim(words.substr(future ? 7 : 0, in - (future ? 7 : 0))));
    const auto container = one_object(std::string(trim(words.substr(in + 4))), on.place);
    if (!container) return std::nullopt;
    const auto* kind = kinds::by_plural(replace_all(plural, "_", " "));
    const bool holds = container->object.kind == KindId::Database || container->object.kind == KindId::Schema;
    if (kind == nullptr || !holds) {
      diagnostics_.error(
          "MESH1403", on.place, fmt::format("'{}' is nothing that can be granted on", words),
          "write tables in schema A.B, future views in schema A.B, schemas in database A, table A.B.C, or account");
      return std::nullopt;
    }
    return GrantTarget{future ? TargetForm::FutureIn : TargetForm::PresentIn, container->object, kind->id};
  }

 private:
  std::optional<GrantTarget> one_object(const std::string& words, Place place) {
    const auto id = parse_address(words);
    if (id) return GrantTarget{TargetForm::Object, *id, KindId::Table};
    diagnostics_.error("MESH1403", place, fmt::format("'{}' is nothing that can be granted on", words),
                       id.error().message);
    return std::nullopt;
  }

  // [ALL] means what the kind's table lists.
  std::vector<std::string> expand(const GrantTarget& target, const Text& text) {
    const std::string privilege = one_blank(text.text);
    const auto known = privileges_of(target);
    if (privilege == "ALL" || privilege == "ALL PRIVILEGES") return {known.begin(), known.end()};
    if (privilege == "OWNERSHIP" && target.form != TargetForm::FutureIn) {
      diagnostics_.error("MESH1404", text.place, "OWNERSHIP is not granted but stated",
                         "write owner: ROLE at the object");
      return {};
    }
    const bool is_known = std::find(known.begin(), known.end(), privilege) != known.end() || privilege == "OWNERSHIP";
    if (is_known) return {privilege};
    const bool well_formed =
        !privilege.empty() && privilege.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_. ") == std::string::npos;
    if (build_.mesh.allow_unknown_privileges && well_formed) return {privilege};
    const std::string near = nearest(privilege, {known.begin(), known.end()});
    diagnostics_.error("MESH1404", text.place,
                       fmt::format("'{}' is no privilege on {}", text.text, target_words(target)),
                       near.empty() ? "unknown_privileges: allow in mesh.yaml lets newer ones through"
                                    : fmt::format("did you mean '{}'?", near));
    return {};
  }

  void add_one(GrantTarget target, const Grantee& grantee, const std::string& privilege, bool option, Place place) {
    Grant grant;
    grant.key = {target, grantee, privilege};
    grant.grant_option = option;
    grant.domain = domain_.name;
    grant.place = place;
    if (target.form == TargetForm::PresentIn) {
      build_.present_grants.push_back(grant);
      grant.key.target.form = TargetForm::FutureIn;
    }
    const auto [it, fresh] = build_.state.grants.emplace(grant.key, grant);
    if (!fresh) it->second.grant_option |= option;
  }

  Build& build_;
  const Domain& domain_;
  Diagnostics& diagnostics_;
};

}  // namespace

void read_object_grants(Build& build, const Domain& domain, const ObjectId& id, const Node& grants) {
  if (!expect_map(grants, "grants", build.diagnostics)) return;
  GrantReader reader(build, domain);
  for (const auto& [key, value] : entries(grants)) {
    const auto grantee = reader.grantee(key.text, key.place);
    if (grantee) reader.add({TargetForm::Object, id, KindId::Table}, *grantee, value, false, key.place);
  }
}

void read_grants(Build& build, const Domain& domain, const Node& grants) {
  if (!grants.is_list()) {
    build.diagnostics.error("MESH1102", grants.place,
                            fmt::format("grants at the top must be a list, not {}", type_words(grants)),
                            "write - {to: role R, privileges: [SELECT], on: tables in schema A.B}");
    return;
  }
  GrantReader reader(build, domain);
  for (const auto& item : grants.items) {
    if (!expect_map(item, "a grant", build.diagnostics)) continue;
    check_keys(item, {"to", "privileges", "on", "grant_option"}, "a grant", build.diagnostics);
    const Node *to = item.find("to"), *on = item.find("on"), *privileges = item.find("privileges");
    if (to == nullptr || on == nullptr || privileges == nullptr) {
      build.diagnostics.error("MESH1103", item.place, "a grant needs to, privileges and on",
                              "write {to: role R, privileges: [SELECT], on: tables in schema A.B}");
      continue;
    }
    const auto text = read_text(*to, "to", build.diagnostics);
    const auto grantee = text ? reader.grantee(*text, to->place) : std::nullopt;
    const auto target = reader.target(*on);
    bool option = false;
    if (const Node* node = item.find("grant_option"))
      option = read_bool(*node, "grant_option", build.diagnostics).value_or(false);
    if (grantee && target) reader.add(*target, *grantee, *privileges, option, item.place);
  }
}

void read_memberships(Build& build, const Domain& domain, const ObjectId& role, const Node& granted_to) {
  GrantReader reader(build, domain);
  for (const auto& text : read_texts(granted_to, "granted_to", build.diagnostics)) {
    const auto member = reader.grantee(text.text, text.place);
    if (!member) continue;
    const bool database_member = member->type == GranteeType::DatabaseRole;
    if (member->type == GranteeType::User) {
      build.diagnostics.error("MESH1401", text.place, "granted_to names roles",
                              "members that are users stand under users:");
    } else if (database_member && role.kind == KindId::Role) {
      build.diagnostics.error("MESH1401", text.place, "an account role can never be granted to a database role",
                              "make it a database role too; or grant the other way round");
    } else if (database_member && member->name.first() != role.name.first()) {
      build.diagnostics.error("MESH1401", text.place,
                              "a database role can only be granted to a database role of its own database",
                              "grant it to an account role");
    } else {
      const MembershipKey key{role, *member};
      build.state.memberships.emplace(key, Membership{key, domain.name, text.place});
    }
  }
}

}  // namespace mesh::manifest
