#include "ddl_parts.hpp"

namespace mesh::kinds {
namespace {

std::string_view words_in_grants(KindId kind) { return sql_or(of(kind).sql_in_grants, of(kind)); }

void write_target(Writer& w, const GrantTarget& target) {
  switch (target.form) {
    case TargetForm::Account:
      w.kw("ACCOUNT");
      return;
    case TargetForm::Object:
      w.kw(Keyword::of_table(words_in_grants(target.object.kind))).name(target.object);
      return;
    case TargetForm::FutureIn:
      w.kw("FUTURE").kw(Keyword::of_table(of(target.of_kind).sql_plural)).kw("IN");
      w.kw(Keyword::of_table(of(target.object.kind).sql)).name(target.object.name);
      return;
    case TargetForm::PresentIn:  // an inherited grant
      w.kw("ALL").kw(Keyword::of_table(of(target.of_kind).sql_plural)).kw("IN");
      w.kw(Keyword::of_table(of(target.object.kind).sql)).name(target.object.name);
      return;
  }
  broken_promise("form of a grant's target", __FILE__, __LINE__);
}

void write_grantee(Writer& w, const Grantee& grantee) {
  switch (grantee.type) {
    case GranteeType::Role:
      w.kw("ROLE");
      break;
    case GranteeType::DatabaseRole:
      w.kw("DATABASE ROLE");
      break;
    case GranteeType::User:
      w.kw("USER");
      break;
    case GranteeType::Share:
      w.kw("SHARE");
      break;
    case GranteeType::ApplicationRole:
      w.kw("APPLICATION ROLE");
      break;
  }
  w.name(grantee.name);
}

// <verb> SELECT ON TABLE .. <to or from> ROLE ..
Writer privilege_statement(Keyword verb, const GrantKey& key, Keyword direction) {
  Writer w;
  w.kw(verb);
  if (key.target.form == TargetForm::PresentIn) w.kw("INHERITED");
  w.privilege(key.privilege).kw("ON");
  write_target(w, key.target);
  w.kw(direction);
  write_grantee(w, key.grantee);
  return w;
}

// <verb> ROLE .. <to or from> ROLE ..
std::string membership_statement(Keyword verb, const MembershipKey& key, Keyword direction) {
  Writer w;
  w.kw(verb).kw(Keyword::of_table(of(key.role.kind).sql)).name(key.role.name).kw(direction);
  write_grantee(w, key.member);
  return w.take();
}

}  // namespace

std::string grant_statement(const GrantKey& key, bool grant_option) {
  Writer w = privilege_statement("GRANT", key, "TO");
  if (grant_option) w.kw("WITH GRANT OPTION");
  return w.take();
}

std::string revoke_statement(const GrantKey& key) { return privilege_statement("REVOKE", key, "FROM").take(); }

std::string revoke_grant_option(const GrantKey& key) {
  return privilege_statement("REVOKE GRANT OPTION FOR", key, "FROM").take();
}

std::string grant_role(const MembershipKey& key) { return membership_statement("GRANT", key, "TO"); }

std::string revoke_role(const MembershipKey& key) { return membership_statement("REVOKE", key, "FROM"); }

std::string transfer_ownership(const ObjectId& id, const Name& role) {
  Writer w;
  w.kw("GRANT OWNERSHIP ON").kw(Keyword::of_table(words_in_grants(id.kind))).name(id).kw("TO ROLE").name(role);
  w.kw("COPY CURRENT GRANTS");
  return w.take();
}

}  // namespace mesh::kinds
