#include "mesh/model/access.hpp"

#include <catch2/catch.hpp>

using namespace mesh;

namespace {

ObjectId id(const char* address) { return *parse_address(address); }
Grantee who(const char* written) { return *parse_grantee(written); }
GrantTarget future(const char* container, KindId kind) { return {TargetForm::FutureIn, id(container), kind}; }

// "role R: SELECT, granted, through role A, role B, lacks schema A.B"
std::string told(const AccessAnswer& answer) {
  std::string text =
      answer.who.display() + ": " + answer.privilege + " on " + answer.target.display() + ", " + to_string(answer.how);
  for (const auto& role : answer.via) text += ", through " + role.display();
  for (const auto& container : answer.missing) text += ", lacks " + container.address();
  return text;
}

std::vector<std::string> told(const std::vector<AccessAnswer>& answers) {
  std::vector<std::string> all;
  for (const auto& answer : answers) all.push_back(told(answer));
  return all;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("the nearest way to a privilege is told, and what is missing to use it") {
  AccessMap map;
  map.give({on_object(id("table A.B.T")), who("database role A.READ"), "SELECT"}, false);
  map.give({on_object(id("schema A.B")), who("database role A.READ"), "USAGE"}, false);
  map.give_birthright(id("database role A.READ"));
  map.join(who("MIDDLE"), who("database role A.READ"));
  map.join(who("TOP"), who("MIDDLE"));
  map.join(who("TOP"), who("database role A.READ"));
  map.give({on_object(id("table A.B.T")), who("LOST"), "SELECT"}, false);
  map.join(who("user U"), who("TOP"));
  map.join(who("share S"), who("database role A.READ"));
  const auto answers = told(who_can(map, "SELECT", on_object(id("table A.B.T"))));
  CHECK(answers == Texts{"role LOST: SELECT on table A.B.T, granted, lacks database A, lacks schema A.B",
                         "role MIDDLE: SELECT on table A.B.T, granted, through database role A.READ",
                         "role TOP: SELECT on table A.B.T, granted, through database role A.READ",
                         "database role A.READ: SELECT on table A.B.T, granted",
                         "user U: SELECT on table A.B.T, granted, through role TOP, through database role A.READ",
                         "share S: SELECT on table A.B.T, granted, through database role A.READ"});
}

TEST_CASE("future grants of a schema switch off those of its database for the kind, whoever the grantee") {
  AccessMap map;
  map.give({future("database A", KindId::Table), who("WIDE"), "SELECT"}, false);
  map.give({future("schema A.B", KindId::Table), who("NARROW"), "INSERT"}, false);
  CHECK(who_can(map, "SELECT", on_object(id("table A.B.T"))).empty());
  CHECK(told(who_can(map, "SELECT", on_object(id("table A.C.T")))) ==
        Texts{"role WIDE: SELECT on future tables in database A, to come, lacks database A"});
  CHECK(who_can(map, "SELECT", on_object(id("view A.C.V"))).empty());

  map.grant_future(id("table A.B.T"));
  CHECK_FALSE(map.holds(who("WIDE"), on_object(id("table A.B.T")), "SELECT", false));
  CHECK(map.holds(who("NARROW"), on_object(id("table A.B.T")), "INSERT", false));
  map.grant_future(id("table A.C.T"));
  CHECK(map.holds(who("WIDE"), on_object(id("table A.C.T")), "SELECT", false));
}

TEST_CASE("ownership implies every privilege but MANAGE GRANTS, and PUBLIC is everybody's") {
  AccessMap map;
  map.own(id("database A"), who("OWNER"));
  map.give({on_object(id("warehouse W")), who("PUBLIC"), "USAGE"}, false);
  CHECK(told(who_can(map, "CREATE SCHEMA", on_object(id("database A")))) ==
        Texts{"role OWNER: CREATE SCHEMA on database A, owned"});
  CHECK(who_can(map, "MANAGE GRANTS", on_object(id("database A"))).empty());
  CHECK(told(what_can(map, who("OWNER"))) == Texts{"role OWNER: USAGE on warehouse W, granted, through role PUBLIC",
                                                   "role OWNER: OWNERSHIP on database A, owned"});
}
