#include "mesh/check/privileges.hpp"

#include <catch2/catch.hpp>

#include "mesh/kinds/ddl.hpp"

using namespace mesh;

namespace {

ObjectId id(const char* address) { return *parse_address(address); }
Grantee grantee(const char* written) { return *parse_grantee(written); }

// An account in which role D owns database A and schema A.S, and X owns the rest.
struct World {
  Live live;
  Desired desired;
  std::vector<Change> changes;

  World() {
    there("database A", "D");
    there("schema A.S", "D");
    there("table A.S.T", "X");
    there("warehouse W", "X");
    there("role R", "X");
  }
  void there(const char* address, const char* owner) {
    Object object;
    object.id = id(address);
    object.live.owner = Name::exact(owner);
    live.state.objects[object.id] = object;
  }
  void grants(const char* privilege, const char* address, const char* to, bool option = false) {
    const GrantKey key{{TargetForm::Object, id(address), KindId::Table}, grantee(to), privilege};
    live.state.grants[key] = {key, option, {}, {}, {}};
  }
  void holds(const char* member, const char* role) {
    const MembershipKey key{id(role), grantee(member)};
    live.state.memberships[key] = {key, {}, {}};
  }
  Change& change(Act act, const char* address, const char* role = "D") {
    Change made;
    made.address = address;
    made.object = id(address);
    made.statements = {{"", role, act, {}}};
    changes.push_back(std::move(made));
    return changes.back();
  }
  Change& grant(Act act, GrantKey key, const char* role = "D") {
    Change made;
    made.address = key.address();
    made.grant = std::move(key);
    made.statements = {{"", role, act, {}}};
    changes.push_back(std::move(made));
    return changes.back();
  }
  // What is proposed where nothing more can be asked.
  std::vector<std::string> missing(const std::map<std::string, RoleGrants>& told = {}) const {
    check::Preflight preflight(changes, desired, live);
    for (auto asks = preflight.next(); !asks.empty(); asks = preflight.next()) {
      for (const auto& ask : asks) {
        const auto it = told.find(ask.role.display());
        preflight.feed(ask, it == told.end() ? RoleGrants{} : it->second);
      }
    }
    std::vector<std::string> remedies;
    for (const auto& one : preflight.missing()) remedies.push_back(one.remedy);
    return remedies;
  }
};

using Remedies = std::vector<std::string>;

}  // namespace

TEST_CASE("an owner lacks nothing, and nothing is asked") {
  World world;
  world.change(Act::Alter, "schema A.S");
  world.change(Act::Create, "table A.S.NEW");
  world.change(Act::Drop, "table A.S.NEW");
  check::Preflight preflight(world.changes, world.desired, world.live);
  CHECK(preflight.next().empty());
  CHECK(preflight.missing().empty());
}

TEST_CASE("a stranger's object: ownership is named, once for all changes that need it") {
  World world;
  world.change(Act::Alter, "table A.S.T");
  world.change(Act::Drop, "table A.S.T");
  check::Preflight preflight(world.changes, world.desired, world.live);
  const auto asks = preflight.next();
  REQUIRE(asks.size() == 2);  // D and PUBLIC, both as D
  CHECK((asks[0].as_role == "D" && asks[1].as_role == "D"));
  for (const auto& ask : asks) preflight.feed(ask, {});
  CHECK(preflight.next().empty());
  const auto missing = preflight.missing();
  REQUIRE(missing.size() == 1);
  CHECK(missing[0].role == "D");
  CHECK(missing[0].needs == "OWNERSHIP of table A.S.T");
  CHECK(missing[0].remedy == R"(GRANT OWNERSHIP ON TABLE "A"."S"."T" TO ROLE "D" COPY CURRENT GRANTS)");
  CHECK(missing[0].addresses == Remedies{"table A.S.T"});
}

TEST_CASE("nothing is said of a role that could not be asked") {
  World world;
  world.change(Act::Drop, "table A.S.T");
  check::Preflight preflight(world.changes, world.desired, world.live);
  const auto asks = preflight.next();
  REQUIRE_FALSE(asks.empty());
  for (const auto& ask : asks) preflight.give_up(ask);
  CHECK(preflight.next().empty());
  CHECK(preflight.missing().empty());
}

TEST_CASE("roles below count, those read and those that are told when asked") {
  World world;
  world.change(Act::Drop, "table A.S.T");
  CHECK(world.missing().size() == 1);
  RoleGrants middle;
  middle.roles = {grantee("X")};
  CHECK(world.missing({{"role D", middle}}).empty());
  world.holds("D", "role X");
  CHECK(world.missing().empty());
}

TEST_CASE("what a role is told to own or hold counts") {
  World world;
  world.change(Act::Create, "warehouse W2");
  RoleGrants told;
  told.privileges = {{{TargetForm::Account, {}, KindId::Table}, "CREATE WAREHOUSE", false}};
  CHECK(world.missing() == Remedies{R"(GRANT CREATE WAREHOUSE ON ACCOUNT TO ROLE "D")"});
  CHECK(world.missing({{"role D", told}}).empty());
  CHECK(world.missing({{"role PUBLIC", told}}).empty());
}

TEST_CASE("system roles have what they are born with") {
  const std::pair<const char*, size_t> roles[] = {
      {"SYSADMIN", 0}, {"ACCOUNTADMIN", 0}, {"SECURITYADMIN", 1}, {"USERADMIN", 1}};
  for (const auto& [role, count] : roles) {
    World world;
    world.change(Act::Create, "database B", role);
    INFO(role);
    CHECK(world.missing().size() == count);
  }
}

TEST_CASE("what earlier changes make, hand over, grant and take counts for later ones") {
  World world;
  world.grant(Act::Grant, {{TargetForm::Account, {}, KindId::Table}, grantee("D"), "CREATE DATABASE"}, "ACCOUNTADMIN");
  world.change(Act::Create, "database B");
  world.change(Act::Create, "schema B.S");
  SECTION("made") { CHECK(world.missing().empty()); }
  SECTION("schema PUBLIC is born with it") {
    world.change(Act::Create, "table B.PUBLIC.T");
    CHECK(world.missing().empty());
  }
  SECTION("handed over to a role above: both lose it but that one") {
    auto& last = world.changes.back();
    last.statements.push_back({"", "D", Act::HandOver, Handover{id("schema B.S"), Name::exact("X")}});
    world.change(Act::Drop, "schema B.S");
    CHECK(world.missing() == Remedies{R"(GRANT ROLE "X" TO ROLE "D")",
                                      R"(GRANT OWNERSHIP ON SCHEMA "B"."S" TO ROLE "D" COPY CURRENT GRANTS)"});
  }
  SECTION("taken away") {
    world.grant(Act::Revoke, {{TargetForm::Account, {}, KindId::Table}, grantee("D"), "CREATE DATABASE"},
                "ACCOUNTADMIN");
    world.change(Act::Create, "database C");
    CHECK(world.missing() == Remedies{R"(GRANT CREATE DATABASE ON ACCOUNT TO ROLE "D")"});
  }
}

TEST_CASE("a renamed container keeps its owner, and so does what is in it") {
  World world;
  auto& rename = world.change(Act::Rename, "schema A.S2");
  rename.removes = {"schema A.S"};
  world.change(Act::Create, "table A.S2.NEW");
  world.change(Act::Drop, "table A.S2.T");
  CHECK(world.missing() == Remedies{R"(GRANT OWNERSHIP ON TABLE "A"."S2"."T" TO ROLE "D" COPY CURRENT GRANTS)"});
}

TEST_CASE("containers must be resolvable: one privilege on each is enough") {
  World world;
  world.there("database F", "X");
  world.there("schema F.S", "X");
  world.there("table F.S.T", "D");
  world.change(Act::Alter, "table F.S.T");
  CHECK(world.missing() ==
        Remedies{R"(GRANT USAGE ON DATABASE "F" TO ROLE "D")", R"(GRANT USAGE ON SCHEMA "F"."S" TO ROLE "D")"});
  world.grants("MONITOR", "database F", "D");
  world.grants("USAGE", "schema F.S", "PUBLIC");
  CHECK(world.missing().empty());
}

TEST_CASE("a database role brings USAGE on its database, read or made by the plan") {
  World world;
  world.there("database F", "X");
  world.there("schema F.S", "X");
  world.there("table F.S.T", "D");
  world.grants("USAGE", "schema F.S", "D");
  world.change(Act::Alter, "table F.S.T");
  CHECK(world.missing() == Remedies{R"(GRANT USAGE ON DATABASE "F" TO ROLE "D")"});
  world.there("database role F.R", "X");
  world.holds("D", "database role F.R");
  CHECK(world.missing().empty());
}

TEST_CASE("who may grant: owner, grant option, MANAGE GRANTS; in managed access the schema's owner") {
  const GrantKey select{{TargetForm::Object, id("table A.S.T"), KindId::Table}, grantee("R"), "SELECT"};
  World world;
  world.grant(Act::Grant, select);
  const std::string ownership = R"(GRANT OWNERSHIP ON TABLE "A"."S"."T" TO ROLE "D" COPY CURRENT GRANTS)";
  CHECK(world.missing() == Remedies{ownership});
  SECTION("the privilege alone is not enough") {
    world.grants("SELECT", "table A.S.T", "D");
    CHECK(world.missing() == Remedies{ownership});
  }
  SECTION("with grant option it is") {
    world.grants("SELECT", "table A.S.T", "D", true);
    CHECK(world.missing().empty());
  }
  SECTION("MANAGE GRANTS of a container") {
    world.grants("MANAGE GRANTS", "database A", "D");
    CHECK(world.missing().empty());
  }
  SECTION("managed access") {
    world.live.state.objects[id("schema A.S")].properties["managed_access"] = {Value(true), {}};
    CHECK(world.missing().empty());
    world.live.state.objects[id("schema A.S")].live.owner = Name::exact("X");
    CHECK(world.missing() == Remedies{R"(GRANT OWNERSHIP ON SCHEMA "A"."S" TO ROLE "D" COPY CURRENT GRANTS)"});
  }
}

TEST_CASE("future grants want MANAGE GRANTS; owning the schema is enough only with managed access") {
  World world;
  world.grant(Act::Grant, {{TargetForm::FutureIn, id("schema A.S"), KindId::Table}, grantee("R"), "SELECT"});
  CHECK(world.missing() == Remedies{R"(GRANT MANAGE GRANTS ON ACCOUNT TO ROLE "D")"});
  world.live.state.objects[id("schema A.S")].properties["managed_access"] = {Value(true), {}};
  CHECK(world.missing().empty());
}

TEST_CASE("a view reads its sources as its owner; a future grant brings SELECT on one that is made before") {
  World world;
  Object view;
  view.id = id("view A.S.V");
  view.texts["query"] = SqlText{"SELECT * FROM T", {}};
  world.desired.state.objects[view.id] = view;
  world.change(Act::Create, "view A.S.V");
  CHECK(world.missing() == Remedies{R"(GRANT SELECT ON TABLE "A"."S"."T" TO ROLE "D")"});
  SECTION("an inherited grant") {
    RoleGrants told;
    told.privileges = {{{TargetForm::PresentIn, id("database A"), KindId::Table}, "SELECT", false}};
    CHECK(world.missing({{"role D", told}}).empty());
    told.privileges[0].target.of_kind = KindId::View;
    CHECK(world.missing({{"role D", told}}).size() == 1);
  }
  SECTION("a future grant") {
    world.live.state.objects.erase(id("table A.S.T"));
    const GrantKey future{{TargetForm::FutureIn, id("database A"), KindId::Table}, grantee("D"), "SELECT"};
    world.live.state.grants[future] = {future, false, {}, {}, {}};
    world.changes.clear();
    world.grants("CREATE TABLE", "schema A.S", "X");
    world.grants("USAGE", "database A", "X");
    world.change(Act::Create, "table A.S.T", "X");
    world.change(Act::Create, "view A.S.V");
    CHECK(world.missing().empty());
  }
}

TEST_CASE("a foreign key wants REFERENCES on the table it names") {
  World world;
  Object table;
  table.id = id("table A.S.CHILD");
  Constraint key;
  key.type = ConstraintType::ForeignKey;
  key.columns = {Name::exact("C")};
  key.references = id("table A.S.T").name;
  table.constraints = {key};
  world.desired.state.objects[table.id] = table;
  auto& change = world.change(Act::Create, "table A.S.CHILD");
  change.statements.push_back({kinds::add_constraint(table.id, key), "D", Act::Alter, {}});
  CHECK(world.missing() == Remedies{R"(GRANT REFERENCES ON TABLE "A"."S"."T" TO ROLE "D")"});
}

TEST_CASE("warehouses: MODIFY alters, a monitor is ACCOUNTADMIN's") {
  World world;
  world.change(Act::Alter, "warehouse W").diff = {{"auto_suspend", {}, Value(60), {}}};
  CHECK(world.missing().size() == 1);
  world.grants("MODIFY", "warehouse W", "D");
  CHECK(world.missing().empty());
  world.changes[0].diff[0].property = "resource_monitor";
  CHECK(world.missing() == Remedies{R"(GRANT ROLE "ACCOUNTADMIN" TO ROLE "D")"});
}

TEST_CASE("rows are written with the privilege for that, or by the owner") {
  World world;
  for (const char* sql : {"INSERT INTO \"A\".\"S\".\"T\" (\"C\") VALUES (1)", "UPDATE \"A\".\"S\".\"T\" SET \"C\" = 1",
                          "DELETE FROM \"A\".\"S\".\"T\" WHERE \"C\" = 1"})
    world.change(Act::Alter, "table A.S.T").statements[0].sql = sql;
  CHECK(world.missing() == Remedies{R"(GRANT INSERT ON TABLE "A"."S"."T" TO ROLE "D")",
                                    R"(GRANT UPDATE ON TABLE "A"."S"."T" TO ROLE "D")",
                                    R"(GRANT DELETE ON TABLE "A"."S"."T" TO ROLE "D")"});
  for (const char* privilege : {"INSERT", "UPDATE", "DELETE"}) world.grants(privilege, "table A.S.T", "D");
  CHECK(world.missing().empty());
  world.change(Act::Alter, "table A.S.T").statements[0].sql = "ALTER TABLE \"A\".\"S\".\"T\" SET COMMENT = 'c'";
  CHECK(world.missing() == Remedies{R"(GRANT OWNERSHIP ON TABLE "A"."S"."T" TO ROLE "D" COPY CURRENT GRANTS)"});
}

TEST_CASE("contacts and metric functions: what setting them on an object asks for") {
  World world;
  const auto attach = [&](const char* kind, const char* name, const char* bearer) {
    Change made;
    made.address = std::string(kind) + " on " + bearer;
    made.kind = kind;
    made.name = name;
    made.bearer = Bearer{id(bearer), std::nullopt};
    made.statements = {{"", "D", Act::Attach, {}}};
    world.changes.push_back(std::move(made));
  };
  world.there("contact A.S.C", "X");
  attach("contact", "A.S.C", "schema A.S");  // D owns the schema, not the contact
  CHECK(world.missing() == Remedies{R"(GRANT APPLY ON CONTACT "A"."S"."C" TO ROLE "D")"});
  world.grants("APPLY", "contact A.S.C", "D");
  CHECK(world.missing().empty());

  const ObjectId metric = id("data metric function A.S.F(TABLE(NUMBER))");
  world.there("data metric function A.S.F(TABLE(NUMBER))", "X");
  world.desired.state.objects[metric].id = metric;
  world.there("table A.S.MINE", "D");
  attach("data metric function", "A.S.F", "table A.S.MINE");
  CHECK(world.missing() == Remedies{R"(GRANT EXECUTE DATA METRIC FUNCTION ON ACCOUNT TO ROLE "D")",
                                    R"(GRANT USAGE ON FUNCTION "A"."S"."F"(TABLE(NUMBER)) TO ROLE "D")"});
}

TEST_CASE("classification profiles: the database role that makes them, and what setting one takes") {
  World world;
  world.change(Act::Create, "classification profile A.S.P");  // D owns the schema
  CHECK(world.missing() == Remedies{R"(GRANT DATABASE ROLE "SNOWFLAKE"."CLASSIFICATION_ADMIN" TO ROLE "D")"});
  RoleGrants told;
  told.roles = {{GranteeType::DatabaseRole, id("database role SNOWFLAKE.CLASSIFICATION_ADMIN").name}};
  CHECK(world.missing({{"role D", told}}).empty());

  world.changes.clear();
  world.there("database B", "X");
  world.change(Act::Alter, "database B").diff = {{"classification_profile", {}, Value("A.S.P"), {}}};
  CHECK(world.missing() == Remedies{R"(GRANT OWNERSHIP ON DATABASE "B" TO ROLE "D" COPY CURRENT GRANTS)",
                                    R"(GRANT APPLY TAG ON ACCOUNT TO ROLE "D")"});
  world.grants("EXECUTE AUTO CLASSIFICATION", "database B", "D");
  CHECK(world.missing() == Remedies{R"(GRANT APPLY TAG ON ACCOUNT TO ROLE "D")"});
}
