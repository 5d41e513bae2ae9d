#include "catalog.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "engine.hpp"
#include "parameters.hpp"

using namespace mesh;
using namespace mesh::sandbox;

namespace {

Object object(Kind kind, Id parent, const std::string& name, Id owner = kNobody) {
  Object o;
  o.kind = kind, o.parent = parent, o.name = name, o.owner = owner;
  return o;
}

struct TempFile {
  std::string path = (std::filesystem::temp_directory_path() / "mesh_catalog_test.sandbox").string();
  TempFile() { remove(); }
  ~TempFile() { remove(); }
  void remove() const {
    for (const char* tail : {"", "-wal", "-shm"}) std::filesystem::remove(path + tail);
  }
};

}  // namespace

TEST_CASE("every kind has facts in the order of the enum") {
  for (const KindFacts& f : all_kinds()) {
    INFO(f.words);
    CHECK(facts(f.kind).words == f.words);
    CHECK(kind_of_granted_on(f.granted_on) == f.kind);
  }
  CHECK(label(Kind::DynamicTable) == "Dynamic table");
  CHECK(grantable(Kind::Table, "SELECT"));
  CHECK_FALSE(grantable(Kind::Table, "USAGE"));
  CHECK_FALSE(grantable(Kind::Table, "SEL"));
  CHECK(grantable(Kind::MaskingPolicy, "APPLY"));
}

TEST_CASE("tables and views share one namespace, sequences have their own") {
  Catalog catalog;
  const Id schema = catalog.create(object(Kind::Schema, 0, "S"));
  const Id table = catalog.create(object(Kind::Table, schema, "X"));
  catalog.create(object(Kind::Sequence, schema, "X"));
  REQUIRE(catalog.child(schema, Kind::View, "X") != nullptr);
  CHECK(catalog.child(schema, Kind::View, "X")->id == table);
  CHECK(catalog.child(schema, Kind::Sequence, "X")->kind == Kind::Sequence);
  CHECK(catalog.child(schema, Kind::Table, "x") == nullptr);
}

TEST_CASE("rollback undoes creations, renames, drops and grants together") {
  Catalog catalog;
  const Id role = catalog.create(object(Kind::Role, 0, "R"));
  const Id a = catalog.create(object(Kind::Table, 7, "A", role));
  const Id b = catalog.create(object(Kind::Table, 7, "B", role));
  Grant grant;
  grant.privilege = "SELECT", grant.type = Kind::Table, grant.object = a, grant.grantee = role;
  const Id select = catalog.add_grant(grant);
  catalog.commit();

  catalog.move(a, 7, "C");
  catalog.move(b, 7, "A");
  catalog.give(b, kNobody, 5);
  catalog.remove_grant(select);
  catalog.drop(a, 9);
  catalog.create(object(Kind::View, 7, "B"));
  catalog.rollback();

  CHECK(catalog.child(7, Kind::Table, "A")->id == a);
  CHECK(catalog.child(7, Kind::Table, "B")->id == b);
  CHECK(catalog.child(7, Kind::Table, "C") == nullptr);
  CHECK(catalog.owned_by(role) == std::set<Id>{a, b});
  CHECK(catalog.grants_on(a) == std::set<Id>{select});
  CHECK(catalog.children(7, Kind::Table).size() == 2);
  CHECK(catalog.clean());
}

TEST_CASE("a dropped container hides what is in it and gives it back") {
  Catalog catalog;
  const Id schema = catalog.create(object(Kind::Schema, 0, "S"));
  const Id table = catalog.create(object(Kind::Table, schema, "T"));
  catalog.drop(schema, 3);
  CHECK_FALSE(catalog.live(catalog.at(table)));
  CHECK(catalog.dropped(0, Kind::Schema) == std::vector<Id>{schema});
  catalog.restore(schema);
  CHECK(catalog.live(catalog.at(table)));
}

TEST_CASE("an erased role takes the grants it got, gave and was given as") {
  Catalog catalog;
  const Id role = catalog.create(object(Kind::Role, 0, "R"));
  const Id other = catalog.create(object(Kind::Role, 0, "O"));
  const auto add = [&](Id on, Id grantee, Id grantor) {
    Grant g;
    g.privilege = "USAGE", g.type = Kind::Role, g.object = on, g.grantee = grantee, g.grantor = grantor;
    return catalog.add_grant(g);
  };
  add(role, other, kNobody);
  add(other, role, kNobody);
  add(other, other, role);
  const Id kept = add(other, other, kNobody);
  catalog.erase(role);
  CHECK(catalog.grants_on(other) == std::set<Id>{kept});
  CHECK(catalog.roles_of(other).size() == 1);
  catalog.rollback();
}

TEST_CASE("names are quoted only where needed") {
  CHECK(quoted_if_needed("G6TM2_$") == "G6TM2_$");
  CHECK(quoted_if_needed("abc") == "\"abc\"");
  CHECK(quoted_if_needed("AB.C") == "\"AB.C\"");
  CHECK(quoted_if_needed("A\"BC") == "\"A\"\"BC\"");
  CHECK(quoted_if_needed("1A") == "\"1A\"");
}

TEST_CASE("a fresh file holds the account of design 7") {
  auto engine = *Engine::open(":memory:", "acme-dev");
  CHECK(engine->accounts() == std::vector<std::string>{"ACME-DEV"});
  const auto user = engine->find_user("ACME-DEV", "MESH");
  REQUIRE(user);
  CHECK(user->name == "MESH");
  CHECK(user->default_role == "ACCOUNTADMIN");
  CHECK(user->default_warehouse == "COMPUTE_WH");
  CHECK_FALSE(user->default_secondary_roles_all);
  CHECK_FALSE(user->disabled);
  CHECK(user->public_keys.empty());
  CHECK_FALSE(engine->find_user("ACME-DEV", "NOBODY"));
  CHECK_FALSE(engine->find_user("OTHER", "MESH"));
  for (const char* role : {"ACCOUNTADMIN", "SECURITYADMIN", "USERADMIN", "SYSADMIN", "PUBLIC"}) {
    INFO(role);
    CHECK(engine->role_exists("ACME-DEV", role));
    CHECK(engine->role_granted("ACME-DEV", "MESH", role));
  }
  CHECK_FALSE(engine->role_granted("ACME-DEV", "MESH", "ORGADMIN"));
  CHECK_FALSE(engine->role_exists("ACME-DEV", "NOSUCH"));
}

TEST_CASE("the file keeps accounts and keys, and belongs to one engine at a time") {
  const TempFile file;
  {
    auto engine = *Engine::open(file.path, "ONE");
    engine->set_public_key("ONE", "MESH", "QUJD");
    const auto second = Engine::open(file.path, "ONE");
    REQUIRE_FALSE(second);
    CHECK(second.error().message == file.path + " is in use by another process");
  }
  auto engine = *Engine::open(file.path, "TWO");
  CHECK(engine->accounts() == std::vector<std::string>{"ONE", "TWO"});
  CHECK(engine->find_user("ONE", "MESH")->public_keys == std::vector<std::string>{"QUJD"});
  CHECK(engine->find_user("TWO", "MESH")->public_keys.empty());
}

TEST_CASE("what was answered survives kill -9", "[store]") {
  const TempFile file;
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  const pid_t child = fork();
  if (child == 0) {
    auto engine = *Engine::open(file.path, "ONE");
    Session session;
    session.account = "ONE", session.user = "MESH", session.role = "ACCOUNTADMIN", session.warehouse = "COMPUTE_WH";
    bool good = true;
    for (const char* sql :
         {"create database d", "create table d.public.t (a int)", "insert into d.public.t values (7)"}) {
      good = good && std::holds_alternative<ResultSet>(engine->execute(session, sql));
    }
    const char answer = good ? 'y' : 'n';
    if (write(ready[1], &answer, 1) == 1) pause();
    _exit(1);
  }
  char answer = '?';
  REQUIRE(read(ready[0], &answer, 1) == 1);
  CHECK(answer == 'y');
  CHECK_FALSE(Engine::open(file.path, "ONE"));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ready[0]), close(ready[1]);
  auto engine = *Engine::open(file.path, "ONE");
  Session session;
  session.account = "ONE", session.user = "MESH", session.role = "ACCOUNTADMIN", session.warehouse = "COMPUTE_WH";
  const Answer rows = engine->execute(session, "select a from d.public.t");
  REQUIRE(std::holds_alternative<ResultSet>(rows));
  CHECK(std::get<ResultSet>(rows).rows == std::vector<Row>{{"7"}});
}

TEST_CASE("another file is not taken for a sandbox", "[store]") {
  const TempFile file;
  std::ofstream(file.path) << "this is no database, but a text that is long enough to be looked at as one";
  const auto opened = Engine::open(file.path, "ONE");
  REQUIRE_FALSE(opened);
  CHECK(opened.error().message.find("is not a sandbox file") != std::string::npos);
}

TEST_CASE("parameters stand in the order they are searched in", "[parameters]") {
  for (size_t i = 1; i < all_parameters().size(); ++i) {
    INFO(all_parameters()[i].name);
    CHECK(all_parameters()[i - 1].name < all_parameters()[i].name);
  }
  CHECK(find_parameter("USE_CACHED_RESULT") != nullptr);
  CHECK(find_parameter("NOSUCH") == nullptr);
}
