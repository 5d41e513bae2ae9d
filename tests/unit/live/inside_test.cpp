#include "mesh/live/inside.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace mesh;
using live::Inside;

namespace {

const ObjectId kSchema = *parse_address("schema A.S");

Reply refused(const char* code, bool from_server = true) {
  StatementError error;
  error.code = code;
  error.message = "no";
  error.from_server = from_server;
  return Failure{std::move(error)};
}

Rows rows_of(std::vector<std::vector<std::optional<std::string>>> rows, const char* database = "database_name") {
  Rows all;
  all.columns = {"name", database, "schema_name"};
  all.rows = std::move(rows);
  return all;
}

struct World {
  Mesh mesh;
  Live live;
  ObjectId container = kSchema;
  World() { live.read_containers.insert(kSchema); }

  // What is said where one question gets that answer and all others an empty one.
  std::vector<std::string> said(const std::string& words, const Reply& answer) const {
    const Inside inside(mesh, live, container, "sales");
    std::vector<Reply> replies;
    size_t asked = 0;
    for (const auto& query : inside.queries()) {
      const bool is_it = query.sql.starts_with("SHOW " + words + " IN ");
      asked += is_it ? 1 : 0;
      replies.push_back(is_it ? answer : Reply(Rows{}));
    }
    REQUIRE(asked > 0);
    return inside.strangers(replies);
  }
};

}  // namespace

TEST_CASE("every kind that lies in schemas is looked at, and what mesh does not manage") {
  const World world;
  const Inside inside(world.mesh, world.live, kSchema, "sales");
  std::set<std::string> sent;
  for (const auto& query : inside.queries()) sent.insert(query.sql);
  for (const auto* kind : kinds::all()) {
    // Tables and views were read whole.
    if (kind->scope != kinds::Scope::Schema || kind->id == KindId::Table || kind->id == KindId::View) continue;
    INFO(kind->words);
    CHECK(sent.count("SHOW " + std::string(kinds::listed_as(*kind)) + R"( IN SCHEMA "A"."S")") == 1);
  }
  CHECK(sent.count(R"(SHOW GIT REPOSITORIES IN SCHEMA "A"."S")") == 1);
  CHECK(sent.count(R"(SHOW TABLES IN SCHEMA "A"."S")") == 0);

  Live unread;
  const Inside doubtful(world.mesh, unread, kSchema, "sales");
  CHECK(std::any_of(doubtful.queries().begin(), doubtful.queries().end(),
                    [](const Query& query) { return query.sql == R"(SHOW TABLES IN SCHEMA "A"."S")"; }));
}

TEST_CASE("what was read with the rest is no stranger, nor is what lies elsewhere") {
  World world;
  Object known;
  known.id = *parse_address("stage A.S.KNOWN");
  world.live.state.objects[known.id] = known;
  CHECK(world.said("STAGES", rows_of({{"KNOWN", "A", "S"}})).empty());
  CHECK(world.said("STAGES", rows_of({{"KNOWN", "A", "S"}, {"X", "A", "S"}})) ==
        std::vector<std::string>{"schema A.S holds stage A.S.X, which mesh did not make"});
  // What Snowflake ships has no database.
  CHECK(world.said("USER PROCEDURES", rows_of({{"P", "", ""}}, "catalog_name")).empty());
  CHECK(world.said("MODELS", rows_of({{"M", "B", "S"}, {"M", "A", "OTHER"}})).empty());
  CHECK(world.said("GIT REPOSITORIES", rows_of({{"R", "A", "S"}})) ==
        std::vector<std::string>{"schema A.S holds A.S.R (SHOW GIT REPOSITORIES), which mesh did not make"});

  world.container = *parse_address("database A");
  CHECK(world.said("SCHEMAS", rows_of({{"INFORMATION_SCHEMA", "A", std::nullopt}})).empty());
  CHECK(world.said("GIT REPOSITORIES", rows_of({{"R", "A", "S"}})) ==
        std::vector<std::string>{"database A holds A.S.R (SHOW GIT REPOSITORIES), which mesh did not make"});
  CHECK(world.said("DATABASE ROLES", rows_of({{"R", "A", ""}})).size() == 1);
}

TEST_CASE("only what an account does not have need not be looked at") {
  const World world;
  for (const char* code : {"000002", "001003", "002003"}) {
    INFO(code);
    CHECK(world.said("GIT REPOSITORIES", refused(code)).empty());
  }
  CHECK(world.said("GIT REPOSITORIES", refused("", false)).size() == 1);
  CHECK(world.said("GIT REPOSITORIES", refused("003001")).size() == 1);
  CHECK(world.said("MATERIALIZED VIEWS", refused("000002")).empty());  // of an edition without it
  CHECK(world.said("MASKING POLICIES", refused("001003")).size() == 1);
  CHECK(world.said("MASKING POLICIES", refused("002003")).size() == 1);
  CHECK(world.said("MASKING POLICIES", refused("", false)).size() == 1);
}

TEST_CASE("who reads for the domain must see it, and what another role sees counts too") {
  World world;
  world.mesh.environment.roles.plan = "SALES_PLAN";
  const Inside inside(world.mesh, world.live, kSchema, "sales");
  std::vector<Reply> hidden, seen;
  for (const auto& query : inside.queries()) {
    const bool is_it = query.sql.starts_with("SHOW STAGES IN ");
    hidden.push_back(is_it && query.role.empty() ? refused("002003") : Reply(Rows{}));
    seen.push_back(is_it && query.role.empty() ? Reply(rows_of({{"X", "A", "S"}})) : Reply(Rows{}));
  }
  CHECK(inside.strangers(hidden).empty());
  CHECK(inside.strangers(seen).size() == 1);
}

TEST_CASE("a list that may have been cut is doubted") {
  World world;
  std::vector<std::vector<std::optional<std::string>>> rows;
  for (int i = 0; i < 10000; ++i) {
    const std::string name = "Q" + std::to_string(i);
    rows.push_back({name, "A", "S"});
    Object known;
    known.id = {KindId::Sequence, QualifiedName({Name::exact("A"), Name::exact("S"), Name::exact(name)})};
    world.live.state.objects[known.id] = known;
  }
  CHECK(world.said("SEQUENCES", rows_of(rows)).size() == 1);
  rows.pop_back();
  CHECK(world.said("SEQUENCES", rows_of(rows)).empty());
}
