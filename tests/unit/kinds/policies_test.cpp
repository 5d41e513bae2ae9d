// Policies as they are made, attached and exchanged (governance-reading.md 8; alter-table, alter-view, alter-user,
// alter-account).
#include <catch2/catch.hpp>

#include "mesh/kinds/ddl.hpp"
#include "mesh/kinds/policies.hpp"
#include "mesh/kinds/settings.hpp"

using namespace mesh;

namespace {

QualifiedName name(const char* text) { return QualifiedName::parse(text).value(); }
ObjectId id(const char* address) { return parse_address(address).value(); }

Attachment on(const char* bearer, KindId kind, const char* policy, std::vector<const char*> columns = {}) {
  Attachment made;
  made.key.bearer.object = id(bearer);
  made.key.kind = kind;
  made.name = name(policy);
  for (const auto* column : columns) made.columns.push_back(Name::exact(column));
  return made;
}
Attachment on_column(const char* bearer, const char* column, KindId kind, const char* policy) {
  auto made = on(bearer, kind, policy);
  made.key.bearer.column = Name::exact(column);
  return made;
}

}  // namespace

TEST_CASE("every policy has a form, and a key where it stands") {
  for (const auto& form : kinds::policy_forms()) {
    INFO(kind_words(form.kind));
    CHECK(kinds::policy_form(form.kind) == &form);
    CHECK(kinds::of(form.kind).sql.ends_with(" POLICY"));
    CHECK(form.columns_key.empty() == form.columns_sql.empty());
    const auto key = kinds::policy_key(form.kind);
    if (form.to == kinds::AttachesTo::User) CHECK(kinds::has_key(kinds::of(KindId::User), key));
    if (form.to == kinds::AttachesTo::Relation) CHECK(kinds::has_key(kinds::of(KindId::Table), key));
  }
  CHECK(kinds::policy_form(KindId::Tag) == nullptr);
  CHECK(kinds::policy_form(KindId::NetworkPolicy) == nullptr);
}

TEST_CASE("a policy is set, exchanged in one statement, and taken off") {
  const auto table = on("table D.S.T", KindId::AggregationPolicy, "G.S.A", {"ID", "e mail"});
  CHECK(kinds::attach_statements(table).front() ==
        R"(ALTER TABLE "D"."S"."T" SET AGGREGATION POLICY "G"."S"."A" ENTITY KEY ("ID", "e mail"))");
  CHECK(kinds::attach_statements(on("view D.S.V", KindId::JoinPolicy, "G.S.J", {"ID"}), &table).front() ==
        R"(ALTER VIEW "D"."S"."V" SET JOIN POLICY "G"."S"."J" ALLOWED JOIN KEYS ("ID") FORCE)");
  CHECK(kinds::detach_statement(table) == R"(ALTER TABLE "D"."S"."T" UNSET AGGREGATION POLICY)");
  const auto column = on_column("table D.S.T", "C", KindId::ProjectionPolicy, "G.S.P");
  CHECK(kinds::attach_statements(column, &column).front() ==
        R"(ALTER TABLE "D"."S"."T" MODIFY COLUMN "C" SET PROJECTION POLICY "G"."S"."P" FORCE)");
  CHECK(kinds::detach_statement(column) == R"(ALTER TABLE "D"."S"."T" MODIFY COLUMN "C" UNSET PROJECTION POLICY)");
  const auto user = on("user ADA", KindId::AuthenticationPolicy, "G.S.K");
  CHECK(kinds::attach_statements(user).front() == R"(ALTER USER "ADA" SET AUTHENTICATION POLICY "G"."S"."K")");
  CHECK(kinds::detach_statement(user) == R"(ALTER USER "ADA" UNSET AUTHENTICATION POLICY)");
  // Row access policies have no FORCE, a tag has several masking policies.
  const auto rows = on("table D.S.T", KindId::RowAccessPolicy, "G.S.R", {"ID"});
  CHECK(kinds::attach_statements(rows, &rows).front() ==
        R"(ALTER TABLE "D"."S"."T" DROP ROW ACCESS POLICY "G"."S"."R", ADD ROW ACCESS POLICY "G"."S"."R" ON ("ID"))");
  CHECK(kinds::detach_statement(on("tag G.S.PII", KindId::MaskingPolicy, "G.S.M")) ==
        R"(ALTER TAG "G"."S"."PII" UNSET MASKING POLICY "G"."S"."M")");
}

TEST_CASE("the account takes policies of logging in by words of their own") {
  using Statements = std::vector<std::string>;
  const auto set = [](const std::string& name, bool swaps) {
    return kinds::set_setting(kinds::parameter_id(name), Value("G.S.T"), swaps);
  };
  CHECK(set("SESSION_POLICY", false) == Statements{R"(ALTER ACCOUNT SET SESSION POLICY "G"."S"."T")"});
  CHECK(kinds::unset_setting(kinds::parameter_id("SESSION_POLICY")) == "ALTER ACCOUNT UNSET SESSION POLICY");
  // Pages alter-account and session-policies-using: FORCE overrides what others have of their own, UNSET does not.
  CHECK(set("SESSION_POLICY", true) ==
        Statements{"ALTER ACCOUNT UNSET SESSION POLICY", R"(ALTER ACCOUNT SET SESSION POLICY "G"."S"."T")"});
  CHECK(set("PASSWORD_POLICY", true) == Statements{R"(ALTER ACCOUNT SET PASSWORD POLICY "G"."S"."T" FORCE)"});
  for (const auto& [type, words] : {std::pair<std::string, std::string>{"PERSON", "FOR ALL PERSON USERS"},
                                    std::pair<std::string, std::string>{"SERVICE", "FOR ALL SERVICE USERS"}}) {
    INFO(type);
    const std::string name = "AUTHENTICATION_POLICY_FOR_ALL_" + type + "_USERS";
    const std::string unset = "ALTER ACCOUNT UNSET AUTHENTICATION POLICY " + words;
    const std::string sets = R"(ALTER ACCOUNT SET AUTHENTICATION POLICY "G"."S"."T" )" + words;
    CHECK(set(name, false) == Statements{sets});
    CHECK(set(name, true) == Statements{unset, sets});
    CHECK(kinds::unset_setting(kinds::parameter_id(name)) == unset);
  }
  for (const auto& setting : kinds::all_settings()) {
    if (setting.type != kinds::SettingType::Policy) continue;
    INFO(setting.name);
    CHECK(setting.name.starts_with(kinds::of(kinds::policy_kind(setting)).granted_on));
    CHECK_FALSE(kinds::is_parameter(setting));
    CHECK_FALSE(kinds::setting_value(setting, "P").ok());
    // What leaves a moment without one says so.
    const auto swap = kinds::set_setting(kinds::parameter_id(setting.name), Value("G.S.T"), true);
    CHECK((swap.size() == 2) != kinds::swap_cost(setting).empty());
  }
  const auto scopes = [](KindId kind) {
    std::string all;
    for (const auto* setting : kinds::policy_settings(kind)) all += std::string(kinds::target_scope(*setting)) + " ";
    return all;
  };
  CHECK(scopes(KindId::PasswordPolicy) == "ACCOUNT ");
  CHECK(scopes(KindId::SessionPolicy) == "ACCOUNT PERSON_USERS SERVICE_USERS ");
  CHECK(scopes(KindId::AuthenticationPolicy) == "ACCOUNT PERSON_USERS SERVICE_USERS ");
}

TEST_CASE("policies without arguments say so in CREATE, and what they return") {
  Object policy;
  policy.id = id("projection policy G.S.P");
  policy.texts["body"] = {"PROJECTION_CONSTRAINT(ALLOW => FALSE)", {}};
  CHECK(
      kinds::create_statements(policy).front() ==
      R"(CREATE PROJECTION POLICY "G"."S"."P" AS () RETURNS PROJECTION_CONSTRAINT -> PROJECTION_CONSTRAINT(ALLOW => FALSE))");
}

TEST_CASE("lengths of passwords must be able to be kept") {
  Object policy;
  policy.id = id("password policy G.S.P");
  const auto& kind = kinds::of(KindId::PasswordPolicy);
  CHECK(kind.contradiction(policy).empty());
  // 254 and the one upper-case and one lower-case letter that are the default (create-password-policy).
  policy.properties["password_min_length"].value = Value(int64_t{254});
  CHECK(kind.contradiction(policy).empty());
  policy.properties["password_min_length"].value = Value(int64_t{255});
  CHECK(kind.contradiction(policy).find("password_max_length, 256, is less than") == 0);
}

TEST_CASE("what DESCRIBE shows of a session policy is read by roles and the word ALL") {
  const auto& row = *kinds::find_property(kinds::of(KindId::SessionPolicy), "allowed_secondary_roles");
  CHECK(to_display(kinds::canonical(row, "[SYSADMIN, ANALYST]").value()) == "ANALYST, SYSADMIN");
  CHECK(kinds::canonical(row, "[ALL]").value() == kinds::default_of(row));
  CHECK(kinds::canonical(row, "[]").value() == Value(ValueList{}));
  const auto& mfa = *kinds::find_property(kinds::of(KindId::AuthenticationPolicy), "mfa_enrollment");
  CHECK(kinds::canonical(mfa, "REQUIRED_SNOWFLAKE_UI_PASSWORD_ONLY").value() == Value("OPTIONAL"));
}
