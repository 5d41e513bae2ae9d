#include "mesh/diff/diff.hpp"
#include "mesh/diff/handovers.hpp"

#include <catch2/catch.hpp>

#include "mesh/sql/normalise.hpp"

using namespace mesh;

namespace {

ObjectId id(const char* address) { return *parse_address(address); }

Object object(const char* address, std::map<std::string, Value> properties = {}) {
  Object made;
  made.id = id(address);
  made.domain = "sales";
  made.place = {0, 1, 1, 1};
  for (auto& [name, value] : properties) made.properties[name] = {value, {}};
  return made;
}

Column column(const char* name, const char* type, bool nullable = true) {
  Column made;
  made.name = *Name::parse(name);
  made.type = *DataType::parse(type);
  made.nullable = nullable;
  return made;
}

// What Snowflake answers for a plain table, so that nothing but the case differs.
Object table(const char* address, std::vector<Column> columns) {
  auto made = object(address);
  made.columns = std::move(columns);
  made.columns_stated = true;
  made.live.rows = 12;
  return made;
}

struct World {
  Mesh mesh;
  Desired desired;
  Live live;
  Ledger ledger;
  DiffOptions options;

  World() {
    mesh.name = "acme";
    mesh.environment.name = "dev";
    mesh.domains = {{.name = "sales", .path = "domains/sales", .owns = {"SALES", "SALES_*"}}};
    ledger.available = true;
    live.account_read = true;
  }
  void want(Object wanted) {
    desired.owner_domain[wanted.id] = wanted.domain;
    desired.state.objects[wanted.id] = std::move(wanted);
  }
  void there(Object found) {
    live.read_containers.insert({KindId::Database, QualifiedName({found.id.name.first()})});
    if (found.id.name.depth() == 3) live.read_containers.insert({KindId::Schema, found.id.name.parent()});
    live.state.objects[found.id] = std::move(found);
  }
  LedgerEntry& known(const char* address, bool made = true) {
    auto& entry = ledger.entries[address];
    entry.address = address;
    entry.domain = "sales";
    entry.made = made;
    return entry;
  }
  DiffResult run() { return diff({mesh, desired, live, ledger, {}}, options); }
};

const Change* find(const DiffResult& result, Action action, const std::string& address) {
  for (const auto& change : result.changes) {
    if (change.action == action && change.address == address) return &change;
  }
  return nullptr;
}

std::vector<std::string> statements(const Change& change) {
  std::vector<std::string> all;
  for (const auto& statement : change.statements) all.push_back(sql::normal_form(statement.sql));
  return all;
}
std::vector<std::string> normal(std::vector<std::string> all) {
  for (auto& text : all) text = sql::normal_form(text);
  return all;
}
bool refuses(const DiffResult& result, const std::string& code) {
  for (const auto& refusal : result.refused) {
    if (refusal.code == code) return true;
  }
  return false;
}

using Statements = std::vector<std::string>;

}  // namespace

TEST_CASE("what is equal gives no change") {
  World world;
  world.want(table("table SALES.ORDERS.ORDERS", {column("ID", "INT", false)}));
  world.there(table("table SALES.ORDERS.ORDERS", {column("ID", "NUMBER(38,0)", false)}));
  world.known("table SALES.ORDERS.ORDERS");
  const auto result = world.run();
  CHECK(result.changes.empty());
  CHECK(result.refused.empty());
}

TEST_CASE("what exists by name is adopted, and its differences are a change beside it") {
  World world;
  world.want(object("warehouse SALES_WH", {{"warehouse_size", "SMALL"}}));
  world.there(
      object("warehouse SALES_WH", {{"warehouse_size", "XSMALL"}, {"auto_suspend", 600}, {"auto_resume", true}}));
  const auto result = world.run();
  REQUIRE(result.changes.size() == 2);
  const auto* adopt = find(result, Action::Adopt, "warehouse SALES_WH");
  REQUIRE(adopt != nullptr);
  CHECK(adopt->statements.empty());
  CHECK_FALSE(adopt->ledger.record->made);
  const auto* update = find(result, Action::Update, "warehouse SALES_WH");
  REQUIRE(update != nullptr);
  CHECK(statements(*update) == normal({"ALTER WAREHOUSE \"SALES_WH\" SET WAREHOUSE_SIZE = 'SMALL'"}));
}

TEST_CASE("an absent property goes back as its table says") {
  World world;
  world.want(object("warehouse SALES_WH"));
  world.there(object("warehouse SALES_WH", {{"warehouse_size", "LARGE"},
                                            {"auto_suspend", 60},
                                            {"scaling_policy", "ECONOMY"},
                                            {"generation", "2"},
                                            {"comment", "old"}}));
  world.known("warehouse SALES_WH");
  const auto result = world.run();
  REQUIRE(result.changes.size() == 1);
  // UNSET AUTO_SUSPEND would give 0 and WAREHOUSE_SIZE has no UNSET: both are set; generation is always left alone.
  CHECK(statements(result.changes[0]) ==
        normal({"ALTER WAREHOUSE \"SALES_WH\" SET WAREHOUSE_SIZE = 'XSMALL' AUTO_SUSPEND = 600",
                "ALTER WAREHOUSE \"SALES_WH\" UNSET SCALING_POLICY, COMMENT"}));
}

TEST_CASE("a column that this edition's SHOW lacks is unknown, not different") {
  World world;
  world.want(object("warehouse SALES_WH", {{"max_cluster_count", 3}}));
  world.there(object("warehouse SALES_WH", {{"warehouse_size", "XSMALL"}}));
  world.known("warehouse SALES_WH");
  CHECK(world.run().changes.empty());
}

TEST_CASE("columns are added, altered and dropped in place") {
  World world;
  auto wanted = table("table SALES.ORDERS.ORDERS",
                      {column("ID", "INT", false), column("NAME", "VARCHAR(20)"), column("NEW", "DATE")});
  wanted.columns[1].comment = "who";
  world.want(wanted);
  world.there(table("table SALES.ORDERS.ORDERS",
                    {column("ID", "INT", false), column("NAME", "VARCHAR(10)"), column("FAX", "VARCHAR")}));
  world.known("table SALES.ORDERS.ORDERS");

  const auto result = world.run();
  REQUIRE(result.changes.size() == 1);
  const auto& change = result.changes[0];
  CHECK(change.risk == Risk::Destructive);
  CHECK(statements(change) ==
        normal({R"(ALTER TABLE "SALES"."ORDERS"."ORDERS" ADD COLUMN "NEW" DATE)",
                R"(ALTER TABLE "SALES"."ORDERS"."ORDERS" ALTER COLUMN "NAME" SET DATA TYPE VARCHAR(20))",
                R"(ALTER TABLE "SALES"."ORDERS"."ORDERS" ALTER COLUMN "NAME" COMMENT 'who')",
                R"(ALTER TABLE "SALES"."ORDERS"."ORDERS" DROP COLUMN "FAX")"}));
  CHECK(refuses(result, "MESH2001"));

  SECTION("a tombstone consents") {
    world.desired.removed.push_back(
        {id("table SALES.ORDERS.ORDERS"), *Name::parse("FAX"), Tombstone::Action::Drop, "sales", {}});
    CHECK(world.run().refused.empty());
  }
  SECTION("--allow-destroy consents by the column's address, not in protected environments") {
    world.options.allow_destroy = {"column SALES.ORDERS.ORDERS.FAX"};
    CHECK(world.run().refused.empty());
    world.mesh.environment.is_protected = true;
    CHECK(refuses(world.run(), "MESH2001"));
  }
}

TEST_CASE("a collation that is not stated is left alone") {
  // A DEFAULT_DDL_COLLATION gave it to the column when it was made.
  World world;
  world.want(table("table SALES.ORDERS.T", {column("C", "VARCHAR(10)")}));
  auto collated = column("C", "VARCHAR(10)");
  collated.collate = "en-ci";
  world.there(table("table SALES.ORDERS.T", {collated}));
  world.known("table SALES.ORDERS.T");
  const auto result = world.run();
  CHECK(result.refused.empty());
  CHECK(result.changes.empty());
}

TEST_CASE("what ALTER TABLE cannot do is refused") {
  const auto from_to = [](Column from, Column to) {
    World world;
    world.want(table("table SALES.ORDERS.T", {std::move(to)}));
    world.there(table("table SALES.ORDERS.T", {std::move(from)}));
    world.known("table SALES.ORDERS.T");
    return world.run();
  };
  const auto with_default = [](Column base, const char* text) {
    base.default_value = SqlText{text, {}};
    return base;
  };
  auto collated = column("C", "VARCHAR(10)");
  collated.collate = "en-ci";
  auto identity = column("C", "NUMBER(38,0)");
  identity.identity = Identity{};

  CHECK(refuses(from_to(column("C", "VARCHAR(20)"), column("C", "VARCHAR(10)")), "MESH2002"));
  CHECK(refuses(from_to(column("C", "NUMBER(38,0)"), column("C", "NUMBER(38,2)")), "MESH2002"));
  CHECK(refuses(from_to(column("C", "VARCHAR(20)"), column("C", "NUMBER(38,0)")), "MESH2002"));
  CHECK(refuses(from_to(column("C", "VARCHAR(10)"), collated), "MESH2002"));
  CHECK(refuses(from_to(column("C", "NUMBER(38,0)"), identity), "MESH2002"));
  CHECK(refuses(from_to(column("C", "NUMBER(38,0)"), with_default(column("C", "NUMBER(38,0)"), "1")), "MESH2002"));
  CHECK(refuses(from_to(with_default(column("C", "NUMBER(38,0)"), "1"), with_default(column("C", "NUMBER(38,0)"), "2")),
                "MESH2002"));

  const auto dropped = from_to(with_default(column("C", "NUMBER(38,0)"), "1"), column("C", "NUMBER(38,0)"));
  CHECK(dropped.refused.empty());
  CHECK(statements(dropped.changes.at(0)) ==
        normal({R"(ALTER TABLE "SALES"."ORDERS"."T" ALTER COLUMN "C" DROP DEFAULT)"}));
  const auto sequence = from_to(with_default(column("C", "NUMBER(38,0)"), "A.B.S1.NEXTVAL"),
                                with_default(column("C", "NUMBER(38,0)"), "A.B.S2.NEXTVAL"));
  CHECK(sequence.refused.empty());
  const auto narrower_number = from_to(column("C", "NUMBER(38,0)"), column("C", "NUMBER(10,0)"));
  CHECK(narrower_number.refused.empty());
  CHECK(narrower_number.changes.at(0).statements.size() == 1);
}

TEST_CASE("keys and clustering are let go before and taken again after the columns") {
  World world;
  auto wanted = table("table SALES.ORDERS.T", {column("A", "INT", false), column("B", "INT", false)});
  wanted.constraints = {{.type = ConstraintType::PrimaryKey, .columns = {*Name::parse("A"), *Name::parse("B")}}};
  wanted.cluster_by = std::vector<SqlText>{{"A", {}}};
  world.want(wanted);
  auto found = table("table SALES.ORDERS.T", {column("A", "INT", false)});
  found.constraints = {{.type = ConstraintType::PrimaryKey, .columns = {*Name::parse("A")}}};
  world.there(found);
  world.known("table SALES.ORDERS.T");
  const auto result = world.run();
  // NOT NULL without a default on a table with rows is refused; the order of the statements shows all the same.
  CHECK(refuses(result, "MESH2002"));
  CHECK(statements(result.changes.at(0)) == normal({R"(ALTER TABLE "SALES"."ORDERS"."T" DROP PRIMARY KEY)",
                                                    R"(ALTER TABLE "SALES"."ORDERS"."T" ADD PRIMARY KEY ("A", "B"))",
                                                    R"(ALTER TABLE "SALES"."ORDERS"."T" CLUSTER BY (A))"}));
  CHECK(result.changes.at(0).risk == Risk::Expensive);
}

TEST_CASE("a view is replaced for its query and altered for the rest") {
  World world;
  auto wanted = object("view SALES.ORDERS.V", {{"secure", true}, {"comment", "c"}});
  wanted.texts["query"] = SqlText{"SELECT 1 AS A", {}};
  world.want(wanted);
  auto found = object("view SALES.ORDERS.V", {{"secure", false}, {"comment", Value()}, {"change_tracking", false}});
  found.texts["query"] = SqlText{"select 1  as a -- one", {}};
  world.there(found);
  world.known("view SALES.ORDERS.V");
  auto result = world.run();
  REQUIRE(result.changes.size() == 1);
  CHECK(result.changes[0].action == Action::Update);
  CHECK(statements(result.changes[0]) == normal({R"(ALTER VIEW "SALES"."ORDERS"."V" SET SECURE)",
                                                 R"(ALTER VIEW "SALES"."ORDERS"."V" SET COMMENT = 'c')"}));

  world.desired.state.objects[wanted.id].texts["query"].text = "SELECT 2 AS A";
  result = world.run();
  REQUIRE(result.changes.size() == 1);
  CHECK(result.changes[0].action == Action::Replace);
  CHECK(statements(result.changes[0]) ==
        normal({R"(CREATE OR REPLACE SECURE VIEW "SALES"."ORDERS"."V" COPY GRANTS COMMENT = 'c' AS SELECT 2 AS A)"}));

  SECTION("a secure view's text that this role may not read is no difference") {
    world.live.state.objects[wanted.id].texts.clear();
    world.live.state.objects[wanted.id].live.unknown = {"query"};
    CHECK(world.run().changes.at(0).action == Action::Update);

    // But mesh knows what it wrote last.
    world.known("view SALES.ORDERS.V").echoes["query"] = {sql::text_hash("SELECT 1 AS A"), "SELECT 1 AS A"};
    result = world.run();
    CHECK(result.changes.at(0).action == Action::Replace);
    CHECK(result.changes.at(0).diff.at(0).before == Value("SELECT 1 AS A"));
    world.desired.state.objects[wanted.id].texts["query"].text = "SELECT 1 AS A";
    CHECK(world.run().changes.at(0).action == Action::Update);
  }
}

TEST_CASE("an echo that the ledger remembers is no difference") {
  World world;
  auto wanted = table("table SALES.ORDERS.T", {column("C", "DATE")});
  wanted.columns[0].default_value = SqlText{"my_udf(1)", {}};
  world.want(wanted);
  auto found = table("table SALES.ORDERS.T", {column("C", "DATE")});
  found.columns[0].default_value = SqlText{"(1 + 41)", {}};  // a UDF is replaced by its body
  world.there(found);
  auto& entry = world.known("table SALES.ORDERS.T");
  CHECK(refuses(world.run(), "MESH2002"));
  entry.echoes["columns.C.default"] = {sql::text_hash("my_udf(1)"), "(1 + 41)"};
  CHECK(world.run().changes.empty());
  CHECK(world.run().refused.empty());
}

TEST_CASE("only what mesh made is dropped, only with consent") {
  World world;
  world.want(object("warehouse SALES_WH"));
  world.known("warehouse SALES_WH");
  world.there(object("warehouse SALES_WH"));
  world.there(table("table SALES.ORDERS.MINE", {column("A", "INT")}));
  world.there(table("table SALES.ORDERS.TAKEN", {column("A", "INT")}));
  world.there(table("table SALES.ORDERS.OTHERS", {column("A", "INT")}));
  world.known("table SALES.ORDERS.MINE");
  world.known("table SALES.ORDERS.TAKEN", false);
  auto result = world.run();
  REQUIRE(find(result, Action::Drop, "table SALES.ORDERS.MINE") != nullptr);
  CHECK(find(result, Action::Drop, "table SALES.ORDERS.MINE")->cost.find("12 rows") != std::string::npos);
  CHECK(find(result, Action::Forget, "table SALES.ORDERS.TAKEN") != nullptr);
  CHECK(result.changes.size() == 2);
  CHECK(refuses(result, "MESH2001"));

  world.desired.removed.push_back({id("table SALES.ORDERS.MINE"), {}, Tombstone::Action::Drop, "sales", {}});
  world.desired.removed.push_back({id("table SALES.ORDERS.OTHERS"), {}, Tombstone::Action::Drop, "sales", {}});
  result = world.run();
  CHECK_FALSE(refuses(result, "MESH2001"));
  CHECK(refuses(result, "MESH2007"));  // never mesh's

  world.known("table SALES.ORDERS.MINE").prevent_destroy = true;
  CHECK(refuses(world.run(), "MESH2004"));

  world.ledger.available = false;
  CHECK(find(world.run(), Action::Drop, "table SALES.ORDERS.MINE") == nullptr);
}

TEST_CASE("a container with a stranger inside is not dropped") {
  World world;
  world.want(object("warehouse SALES_WH"));
  world.there(object("database SALES"));
  world.there(object("schema SALES.ORDERS"));
  world.there(table("table SALES.ORDERS.OTHERS", {column("A", "INT")}));
  world.known("schema SALES.ORDERS");
  world.desired.removed.push_back({id("schema SALES.ORDERS"), {}, Tombstone::Action::Drop, "sales", {}});
  CHECK(refuses(world.run(), "MESH2005"));
  world.known("table SALES.ORDERS.OTHERS");
  const auto result = world.run();
  CHECK(result.refused.empty());  // the container's tombstone covers what mesh knows inside it
  CHECK(find(result, Action::Drop, "table SALES.ORDERS.OTHERS") != nullptr);
}

TEST_CASE("a container goes only with everything inside it") {
  World world;
  world.want(object("warehouse SALES_WH"));
  world.there(object("database SALES"));
  world.there(object("schema SALES.ORDERS"));
  world.there(table("table SALES.ORDERS.MINE", {column("A", "INT")}));
  world.known("schema SALES.ORDERS");
  world.known("table SALES.ORDERS.MINE");
  const auto remove = [&](const char* address, Tombstone::Action action) {
    world.desired.removed.push_back({id(address), {}, action, "sales", {}});
  };
  remove("schema SALES.ORDERS", Tombstone::Action::Drop);
  REQUIRE(world.run().refused.empty());

  SECTION("what a line of its own forgets stays") {
    remove("table SALES.ORDERS.MINE", Tombstone::Action::Forget);
    CHECK(refuses(world.run(), "MESH2005"));
  }
  SECTION("what was taken over is dropped only by a line of its own") {
    world.known("table SALES.ORDERS.MINE", false);
    CHECK(refuses(world.run(), "MESH2005"));
    remove("table SALES.ORDERS.MINE", Tombstone::Action::Drop);
    const auto result = world.run();
    CHECK(result.refused.empty());
    CHECK(find(result, Action::Drop, "table SALES.ORDERS.MINE") != nullptr);
  }
  SECTION("what belongs to a domain that the run leaves out stays") {
    world.known("table SALES.ORDERS.MINE").domain = "finance";
    world.options.domains = {"sales"};
    CHECK(refuses(world.run(), "MESH2005"));
    world.options.domains = {"finance", "sales"};
    CHECK_FALSE(refuses(world.run(), "MESH2005"));
  }
  SECTION("what another mesh holds stays") {
    world.ledger.entries.erase("table SALES.ORDERS.MINE");
    world.ledger.other_meshes["table SALES.ORDERS.MINE"] = "other/dev";
    const auto result = world.run();
    REQUIRE(refuses(result, "MESH2005"));
    CHECK(result.refused.at(0).message.find("other/dev") != std::string::npos);
  }
  SECTION("PUBLIC is born with the database and goes with it") {
    auto born = object("schema SALES.PUBLIC");
    born.live.born = true;
    world.there(born);
    world.known("database SALES");
    remove("database SALES", Tombstone::Action::Drop);
    CHECK(world.run().refused.empty());
  }
  SECTION("what is renamed out of it leaves before") {
    auto moved = table("table SALES.KEPT.MINE", {column("A", "INT")});
    moved.renamed_from = *QualifiedName::parse("SALES.ORDERS.MINE");
    world.want(moved);
    auto result = world.run();
    CHECK(result.refused.empty());
    const auto* drop = find(result, Action::Drop, "schema SALES.ORDERS");
    REQUIRE(drop != nullptr);
    CHECK(drop->before_drop_of == std::vector<std::string>{"table SALES.KEPT.MINE"});
    CHECK(find(result, Action::Rename, "table SALES.KEPT.MINE")->makes == drop->before_drop_of);

    world.desired.state.objects.at(moved.id).domain = "finance";
    world.options.domains = {"sales"};
    CHECK(refuses(world.run(), "MESH2005"));
  }
}

TEST_CASE("what another tool makes is neither dropped nor renamed") {
  World world;
  world.want(object("warehouse SALES_WH"));
  world.there(object("warehouse SALES_WH"));
  world.known("warehouse SALES_WH");
  world.there(object("schema SALES.S"));
  const auto model = table("table SALES.S.MODEL", {column("A", "INT")});
  world.there(model);
  world.known("table SALES.S.MODEL").attached["created_on"] = "1";  // even where mesh had made it

  auto result = world.run();
  CHECK(result.refused.empty());
  CHECK(result.changes.size() == 1);
  CHECK(find(result, Action::Forget, "table SALES.S.MODEL") != nullptr);

  SECTION("not by a line of its own") {
    world.desired.removed.push_back({model.id, {}, Tombstone::Action::Drop, "sales", {}});
    CHECK(refuses(world.run(), "MESH2043"));
    world.desired.removed.back().action = Tombstone::Action::Forget;
    CHECK(world.run().refused.empty());
  }
  SECTION("not with what holds it") {
    world.known("schema SALES.S");
    world.desired.removed.push_back({id("schema SALES.S"), {}, Tombstone::Action::Drop, "sales", {}});
    result = world.run();
    REQUIRE(refuses(result, "MESH2005"));
    CHECK(result.refused.at(0).message.find("another tool") != std::string::npos);
  }
  SECTION("not to another name") {
    auto renamed = table("table SALES.S.OTHER", {column("A", "INT")});
    renamed.renamed_from = model.id.name;
    world.want(renamed);
    CHECK(refuses(world.run(), "MESH2043"));
  }
  SECTION("it passes to mesh and back by an apply") {
    world.want(model);
    result = world.run();
    REQUIRE(result.changes.size() == 1);
    CHECK(result.changes[0].action == Action::Update);
    CHECK(result.changes[0].statements.empty());
    CHECK(result.changes[0].ledger.record->attached.count("created_on") == 0);
    world.known("table SALES.S.MODEL") = *result.changes[0].ledger.record;
    CHECK(world.run().changes.empty());
    world.desired.state.objects.at(model.id).manage = {"grants"};
    result = world.run();
    REQUIRE(result.changes.size() == 1);
    CHECK(result.changes[0].ledger.record->attached.count("created_on") == 1);
    world.known("table SALES.S.MODEL") = *result.changes[0].ledger.record;
    CHECK(world.run().changes.empty());
  }
}

TEST_CASE("only an applied false lifts prevent_destroy") {
  World world;
  world.want(object("warehouse SALES_WH"));
  world.there(object("warehouse SALES_WH"));
  world.known("warehouse SALES_WH");
  const auto kept = table("table SALES.S.KEPT", {column("A", "INT")});
  world.there(kept);
  world.known("table SALES.S.KEPT").prevent_destroy = true;

  SECTION("no line that forgets it") {
    world.desired.removed.push_back({kept.id, {}, Tombstone::Action::Forget, "sales", {}});
    CHECK(refuses(world.run(), "MESH2004"));
    world.live.state.objects.erase(kept.id);  // but what is gone, a line says so
    CHECK(world.run().refused.empty());
    CHECK(find(world.run(), Action::Forget, "table SALES.S.KEPT") != nullptr);
  }
  SECTION("no container that is forgotten") {
    world.known("schema SALES.S");
    world.there(object("schema SALES.S"));
    world.desired.removed.push_back({id("schema SALES.S"), {}, Tombstone::Action::Forget, "sales", {}});
    const auto result = world.run();
    REQUIRE(refuses(result, "MESH2004"));
    CHECK(result.refused.at(0).address == "table SALES.S.KEPT");
  }
  SECTION("not that what was taken over loses its lines") {
    world.known("table SALES.S.KEPT", false).prevent_destroy = true;
    CHECK(refuses(world.run(), "MESH2004"));
    world.live.state.objects.erase(kept.id);  // not visible is not absent
    CHECK(refuses(world.run(), "MESH2004"));
  }
  SECTION("false does") {
    auto lifted = kept;
    lifted.prevent_destroy = false;
    world.want(lifted);
    const auto result = world.run();
    CHECK(result.refused.empty());
    REQUIRE(result.changes.size() == 1);
    CHECK_FALSE(result.changes[0].ledger.record->prevent_destroy);
  }
}

TEST_CASE("what is protected is not made anew with its rows") {
  World world;
  auto wanted = object("dynamic table SALES.S.D", {{"target_lag", "1 hour"}, {"warehouse", "SALES_WH"}});
  wanted.texts["query"] = SqlText{"SELECT 2 AS A", {}};
  auto found = wanted;
  found.texts["query"] = SqlText{"SELECT 1 AS A", {}};
  world.want(wanted);
  world.there(found);
  world.live.looked_at_closely.insert(wanted.id);
  world.known("dynamic table SALES.S.D");
  auto result = world.run();
  REQUIRE(find(result, Action::Replace, "dynamic table SALES.S.D") != nullptr);
  CHECK_FALSE(refuses(result, "MESH2004"));
  world.known("dynamic table SALES.S.D").prevent_destroy = true;
  CHECK(refuses(world.run(), "MESH2004"));
  world.known("dynamic table SALES.S.D").prevent_destroy = false;
  world.desired.state.objects.at(wanted.id).prevent_destroy = true;  // as soon as it is written
  CHECK(refuses(world.run(), "MESH2004"));

  // A view holds no rows.
  auto view = object("view SALES.S.V");
  view.texts["query"] = SqlText{"SELECT 2 AS A", {}};
  view.prevent_destroy = true;
  world.want(view);
  view.texts["query"] = SqlText{"SELECT 1 AS A", {}};
  world.there(view);
  world.live.looked_at_closely.insert(view.id);
  world.known("view SALES.S.V").prevent_destroy = true;
  world.desired.state.objects.erase(wanted.id);
  world.live.state.objects.erase(wanted.id);
  world.ledger.entries.erase("dynamic table SALES.S.D");
  result = world.run();
  CHECK(result.refused.empty());
  CHECK(find(result, Action::Replace, "view SALES.S.V") != nullptr);
}

TEST_CASE("a dropped role hands over all that it owns, each once and to its owner") {
  World world;
  world.live.current_role = "HEIR";
  world.there(object("role SALES_OWN"));
  world.known("role SALES_OWN");
  world.desired.removed.push_back({id("role SALES_OWN"), {}, Tombstone::Action::Drop, "sales", {}});
  const auto owned = [](const char* address) {
    auto made = table(address, {column("A", "INT")});
    made.live.owner = Name::exact("SALES_OWN");
    made.live.owner_type = "ROLE";
    return made;
  };
  for (const char* address : {"table SALES.S.READ", "table SALES.S.GIVEN", "table SALES.S.GONE"})
    world.there(owned(address));
  auto given = table("table SALES.S.GIVEN", {column("A", "INT")});
  given.owner = Name::exact("OTHER");
  world.want(given);
  world.known("table SALES.S.GIVEN");
  world.known("table SALES.S.GONE");
  world.desired.removed.push_back({id("table SALES.S.GONE"), {}, Tombstone::Action::Drop, "sales", {}});

  auto result = world.run();
  const auto drop = [&]() -> Change& {
    for (auto& change : result.changes) {
      if (change.action == Action::Drop && change.address == "role SALES_OWN") return change;
    }
    throw std::logic_error("the role is not dropped");
  };
  // What the manifests give to another goes there by a change of its own, for which the role waits.
  const auto* ownership = find(result, Action::Grant, "grant OWNERSHIP on table SALES.S.GIVEN to role OTHER");
  REQUIRE(ownership != nullptr);
  CHECK(ownership->makes == std::vector<std::string>{ownership->address});
  const auto& waits = drop().before_drop_of;
  CHECK(std::find(waits.begin(), waits.end(), ownership->address) != waits.end());
  CHECK(std::find(waits.begin(), waits.end(), "table SALES.S.GONE") != waits.end());
  CHECK(statements(drop()) ==
        normal({R"(GRANT OWNERSHIP ON TABLE "SALES"."S"."READ" TO ROLE "HEIR" COPY CURRENT GRANTS)",
                R"(DROP ROLE "SALES_OWN")"}));

  RoleGrants held;
  for (const char* address : {"table SALES.S.READ", "table SALES.S.GIVEN", "table SALES.S.GONE", "stage B.S.STG"})
    held.owned.push_back(id(address));
  held.others = {{"OWNERSHIP", R"(image repository B.S."My repo")"}, {"USAGE", "notebook B.S.N"}};
  hand_over_the_rest({world.mesh, world.desired, world.live, world.ledger, {}}, held, drop(), result);
  CHECK(statements(drop()) ==
        normal({R"(GRANT OWNERSHIP ON STAGE "B"."S"."STG" TO ROLE "HEIR" COPY CURRENT GRANTS)",
                R"(GRANT OWNERSHIP ON TABLE "SALES"."S"."READ" TO ROLE "HEIR" COPY CURRENT GRANTS)",
                R"(DROP ROLE "SALES_OWN")"}));
  REQUIRE(result.refused.size() == 1);
  CHECK(result.refused[0].code == "MESH2044");
  CHECK(result.refused[0].ways_out.find(
            R"(GRANT OWNERSHIP ON IMAGE REPOSITORY B.S."My repo" TO ROLE HEIR COPY CURRENT GRANTS)") !=
        std::string::npos);

  held = {};
  held.owned = {id("share S1")};
  hand_over_the_rest({world.mesh, world.desired, world.live, world.ledger, {}}, held, drop(), result);
  CHECK(result.refused.size() == 2);
}

TEST_CASE("a container that is a target takes along what goes with it") {
  World world;
  world.there(object("database SALES"));
  for (const char* address : {"schema SALES.ORDERS", "schema SALES.KEPT"}) {
    world.there(object(address));
    world.known(address);
  }
  for (const char* address : {"table SALES.ORDERS.T", "table SALES.ORDERS.MOVED", "table SALES.KEPT.GONE"}) {
    world.there(table(address, {column("A", "INT")}));
    world.known(address);
  }
  world.want(object("schema SALES.KEPT"));
  auto moved = table("table SALES.KEPT.MOVED", {column("A", "INT")});
  moved.renamed_from = *QualifiedName::parse("SALES.ORDERS.MOVED");
  world.want(moved);
  world.options.targets = {"schema SALES.ORDERS"};
  world.options.allow_destroy = {"schema SALES.ORDERS"};
  const auto result = world.run();
  CHECK(find(result, Action::Drop, "schema SALES.ORDERS") != nullptr);
  CHECK(find(result, Action::Drop, "table SALES.ORDERS.T") != nullptr);
  CHECK(find(result, Action::Rename, "table SALES.KEPT.MOVED") != nullptr);
  CHECK(result.changes.size() == 3);
  REQUIRE(result.refused.size() == 1);  // each is held to consent of its own, and no other one is asked for
  CHECK(result.refused[0].address == "table SALES.ORDERS.T");

  SECTION("what stays inside holds it, and no other target") {
    world.ledger.entries.erase("table SALES.ORDERS.T");
    CHECK(refuses(world.run(), "MESH2005"));
    world.options.targets = {"table SALES.KEPT.GONE"};
    CHECK_FALSE(refuses(world.run(), "MESH2005"));
  }
}

TEST_CASE("what a container holds is forgotten with it") {
  World world;
  world.want(object("warehouse SALES_WH"));
  world.there(object("warehouse SALES_WH"));
  world.known("warehouse SALES_WH");
  for (const char* address : {"database SALES", "schema SALES.ORDERS"}) {
    world.there(object(address));
    world.known(address);
  }
  for (const char* address : {"table SALES.ORDERS.T", "table SALES.ORDERS.OLD"}) {
    world.there(table(address, {column("A", "INT")}));
    world.known(address);
  }
  const auto remove = [&](const char* address, Tombstone::Action action) {
    world.desired.removed.push_back({id(address), {}, action, "sales", {}});
  };
  remove("database SALES", Tombstone::Action::Forget);
  auto result = world.run();
  CHECK(result.refused.empty());
  CHECK(result.changes.size() == 4);
  CHECK(find(result, Action::Forget, "table SALES.ORDERS.T") != nullptr);
  CHECK(find(result, Action::Forget, "table SALES.ORDERS.T")->reason == Reason::Tombstone);

  // A line of its own, or of a container further in, counts for more.
  remove("table SALES.ORDERS.OLD", Tombstone::Action::Drop);
  result = world.run();
  CHECK(result.refused.empty());
  CHECK(find(result, Action::Drop, "table SALES.ORDERS.OLD") != nullptr);
  CHECK(find(result, Action::Forget, "table SALES.ORDERS.T") != nullptr);
  remove("schema SALES.ORDERS", Tombstone::Action::Drop);
  result = world.run();
  CHECK(result.refused.empty());
  CHECK(find(result, Action::Drop, "table SALES.ORDERS.T") != nullptr);
  CHECK(find(result, Action::Forget, "database SALES") != nullptr);
}

TEST_CASE("mass removal and an emptied domain are refused") {
  World world;
  std::vector<std::string> names;
  for (int i = 0; i < 40; ++i) names.push_back("table SALES.ORDERS.T" + std::to_string(i));
  for (const auto& name : names) {
    world.known(name.c_str());
    world.there(table(name.c_str(), {column("A", "INT")}));
  }
  for (int i = 0; i < 31; ++i) world.want(table(names[static_cast<size_t>(i)].c_str(), {column("A", "INT")}));
  CHECK_FALSE(refuses(world.run(), "MESH2006"));  // nine gone
  world.desired.state.objects.erase(id(names[0].c_str()));
  world.desired.owner_domain.erase(id(names[0].c_str()));
  CHECK(refuses(world.run(), "MESH2006"));  // ten of forty
  world.desired = {};
  CHECK(refuses(world.run(), "MESH2006"));
}

TEST_CASE("what the ledger knows and SHOW hides has vanished; ten stop the run") {
  World world;
  for (int i = 0; i < 10; ++i) {
    const std::string name = "warehouse SALES_W" + std::to_string(i);
    world.known(name.c_str());
    world.want(object(name.c_str()));
  }
  auto result = world.run();
  CHECK(result.vanished.size() == 10);
  CHECK(refuses(result, "MESH2008"));
  world.ledger.entries.begin()->second.unconfirmed = true;
  result = world.run();
  CHECK(result.vanished.size() == 9);
  CHECK_FALSE(refuses(result, "MESH2008"));
}

TEST_CASE("renamed_from renames, keeps what is inside, and is refused where both exist") {
  World world;
  auto wanted = object("schema SALES.NEW", {{"managed_access", true}});
  wanted.renamed_from = *QualifiedName::parse("SALES.OLD");
  world.want(wanted);
  world.want(table("table SALES.NEW.T", {column("A", "INT")}));
  world.there(object("schema SALES.OLD", {{"managed_access", true}}));
  world.there(table("table SALES.OLD.T", {column("A", "INT")}));
  world.known("schema SALES.OLD");
  world.known("table SALES.OLD.T");
  auto result = world.run();
  REQUIRE(result.changes.size() == 1);
  CHECK(result.changes[0].action == Action::Rename);
  CHECK(statements(result.changes[0]) == normal({R"(ALTER SCHEMA "SALES"."OLD" RENAME TO "SALES"."NEW")"}));
  CHECK(result.changes[0].ledger.record->address == "schema SALES.NEW");
  CHECK(result.changes[0].ledger.also_record.at(0).address == "table SALES.NEW.T");
  CHECK(result.changes[0].ledger.remove.size() == 2);

  world.there(object("schema SALES.NEW", {{"managed_access", true}}));
  CHECK(refuses(world.run(), "MESH2003"));
}

TEST_CASE("a managed role holds exactly what is declared on declared objects") {
  World world;
  const auto grant = [](const char* privilege, const char* on, const char* to) {
    Grant made;
    made.key = {{TargetForm::Object, id(on), KindId::Table}, *parse_grantee(to), privilege};
    made.domain = "sales";
    made.granted_by = {"SYSADMIN"};
    return made;
  };
  world.want(object("role SALES_R"));
  world.there(object("role SALES_R"));
  world.known("role SALES_R");
  world.want(table("table SALES.ORDERS.T", {column("A", "INT")}));
  world.there(table("table SALES.ORDERS.T", {column("A", "INT")}));
  world.known("table SALES.ORDERS.T");
  const auto wanted = grant("SELECT", "table SALES.ORDERS.T", "SALES_R");
  world.desired.state.grants[wanted.key] = wanted;
  const auto surplus = grant("DELETE", "table SALES.ORDERS.T", "SALES_R");
  const auto elsewhere = grant("SELECT", "table SALES.ORDERS.UNDECLARED", "SALES_R");
  const auto unmanaged = grant("DELETE", "table SALES.ORDERS.T", "SOMEONE");
  for (const auto& one : {surplus, elsewhere, unmanaged}) world.live.state.grants[one.key] = one;

  auto result = world.run();
  REQUIRE(result.changes.size() == 2);
  const auto* given = find(result, Action::Grant, "grant SELECT on table SALES.ORDERS.T to role SALES_R");
  REQUIRE(given != nullptr);
  CHECK(statements(*given) == normal({R"(GRANT SELECT ON TABLE "SALES"."ORDERS"."T" TO ROLE "SALES_R")"}));
  const auto* taken = find(result, Action::Revoke, "grant DELETE on table SALES.ORDERS.T to role SALES_R");
  REQUIRE(taken != nullptr);
  CHECK(taken->risk == Risk::Disruptive);
  CHECK(statements(*taken) == normal({R"(REVOKE DELETE ON TABLE "SALES"."ORDERS"."T" FROM ROLE "SALES_R")"}));

  SECTION("privileges: additive leaves the surplus") {
    world.desired.additive_roles.insert(id("role SALES_R"));
    CHECK(world.run().changes.size() == 1);
  }
  SECTION("a declared future grant explains it") {
    Grant future = surplus;
    future.key.target = {TargetForm::FutureIn, id("schema SALES.ORDERS"), KindId::Table};
    world.desired.state.grants[future.key] = future;
    world.live.state.grants[future.key] = future;
    CHECK(world.run().changes.size() == 1);
  }
  SECTION("what only the system granted is a finding") {
    world.live.state.grants[surplus.key].granted_by = {""};
    result = world.run();
    CHECK(result.changes.size() == 1);
    CHECK(result.findings.size() == 1);
  }
}

TEST_CASE("parents of a managed role are exact, users only where users is written") {
  World world;
  world.want(object("role SALES_R"));
  world.there(object("role SALES_R"));
  world.known("role SALES_R");
  const auto member = [](const char* to) { return Membership{{id("role SALES_R"), *parse_grantee(to)}, "sales", {}}; };
  for (const char* to : {"role OTHER", "user ALICE"}) {
    const auto one = member(to);
    world.live.state.memberships[one.key] = one;
  }
  auto result = world.run();
  REQUIRE(result.changes.size() == 1);
  CHECK(result.changes[0].address == "grant role SALES_R to role OTHER");
  CHECK(statements(result.changes[0]) == normal({R"(REVOKE ROLE "SALES_R" FROM ROLE "OTHER")"}));
  world.desired.exact_user_roles.insert(id("role SALES_R"));
  CHECK(world.run().changes.size() == 2);
}

TEST_CASE("tables that refer to each other are made first and tied together afterwards") {
  World world;
  const auto with_key = [](const char* address, const char* other) {
    auto made = table(address, {column("A", "INT")});
    Constraint key;
    key.type = ConstraintType::ForeignKey;
    key.columns = {*Name::parse("A")};
    key.references = *QualifiedName::parse(other);
    key.references_columns = {*Name::parse("A")};
    made.constraints = {key};
    return made;
  };
  world.want(with_key("table SALES.S.A", "SALES.S.B"));
  world.want(with_key("table SALES.S.B", "SALES.S.A"));
  world.want(with_key("table SALES.S.C", "SALES.S.A"));
  const auto result = world.run();
  CHECK(find(result, Action::Create, "table SALES.S.A")->statements.size() == 1);
  CHECK(find(result, Action::Update, "table SALES.S.A")->statements.size() == 1);
  CHECK(find(result, Action::Create, "table SALES.S.C")->statements.size() == 2);
}

TEST_CASE("a sequence gives up its order, but never gains one; its start is no difference") {
  World world;
  world.known("sequence SALES.ORDERS.Q");
  const auto sequence = [](bool order, int64_t increment) {
    return object("sequence SALES.ORDERS.Q", {{"order", Value(order)}, {"increment", Value(increment)}});
  };
  auto wanted = sequence(false, 1);
  wanted.properties["start"] = {Value(100), {}};
  world.want(wanted);
  world.there(sequence(true, 5));
  const auto given_up = world.run();
  CHECK(given_up.refused.empty());
  REQUIRE(given_up.changes.size() == 1);
  CHECK(statements(given_up.changes[0]) == normal({R"(ALTER SEQUENCE "SALES"."ORDERS"."Q" SET NOORDER)",
                                                   R"(ALTER SEQUENCE "SALES"."ORDERS"."Q" SET INCREMENT = 1)"}));
  world.want(sequence(true, 5));
  world.there(sequence(false, 5));
  const auto gained = world.run();
  REQUIRE(gained.refused.size() == 1);
  CHECK(gained.refused[0].code == "MESH2002");
  CHECK(statements(gained.changes.at(0)).empty());
  world.want(object("sequence SALES.ORDERS.Q", {{"increment", Value(5)}}));  // not written: left alone
  CHECK(world.run().changes.empty());
}

TEST_CASE("whoever counts with a sequence comes after it, and lets go of it before it is dropped") {
  World world;
  auto counted = column("ID", "NUMBER");
  counted.default_value = SqlText{"SALES.ORDERS.Q.NEXTVAL", {}};
  auto view = object("view SALES.ORDERS.V");
  view.texts["query"] = SqlText{"SELECT SALES.ORDERS.Q.NEXTVAL AS N", {}};
  world.want(table("table SALES.ORDERS.T", {counted}));
  world.want(view);
  world.want(object("sequence SALES.ORDERS.Q"));
  const auto needs = [](const Change* change, const std::string& address) {
    return change != nullptr && std::count(change->needs.begin(), change->needs.end(), address) > 0;
  };
  const auto made = world.run();
  CHECK(needs(find(made, Action::Create, "table SALES.ORDERS.T"), "sequence SALES.ORDERS.Q"));
  CHECK(needs(find(made, Action::Create, "view SALES.ORDERS.V"), "sequence SALES.ORDERS.Q"));
  World after;
  after.known("table SALES.ORDERS.T");
  after.known("sequence SALES.ORDERS.Q");
  after.want(table("table SALES.ORDERS.T", {column("ID", "NUMBER")}));
  after.there(table("table SALES.ORDERS.T", {counted}));
  after.there(object("sequence SALES.ORDERS.Q"));
  const auto gone = after.run();
  const auto* drop = find(gone, Action::Drop, "sequence SALES.ORDERS.Q");
  REQUIRE(drop != nullptr);
  CHECK(drop->before_drop_of == std::vector<std::string>{"table SALES.ORDERS.T"});
  CHECK(drop->risk == Risk::Disruptive);
  REQUIRE(gone.refused.size() == 1);  // nobody consented
  CHECK(gone.refused[0].code == "MESH2001");
}

TEST_CASE("a monitor's frequency is altered together with its start, and its last trigger stays") {
  World world;
  world.known("resource monitor SALES_RM");
  const auto monitor = [](const char* frequency, ValueList triggers) {
    return object("resource monitor SALES_RM",
                  {{"frequency", Value(frequency)}, {"triggers", Value(std::move(triggers))}});
  };
  world.there(monitor("MONTHLY", {"90 NOTIFY"}));
  auto wanted = monitor("DAILY", {"90 NOTIFY"});
  wanted.properties["start_timestamp"] = {Value("2030-01-01 00:00"), {}};
  world.want(wanted);
  const auto altered = world.run();
  REQUIRE(altered.changes.size() == 1);
  CHECK(statements(altered.changes[0]) ==
        normal({"ALTER RESOURCE MONITOR \"SALES_RM\" SET FREQUENCY = DAILY START_TIMESTAMP = '2030-01-01 00:00'"}));
  world.want(object("resource monitor SALES_RM"));
  const auto emptied = world.run();
  REQUIRE(emptied.refused.size() == 1);
  CHECK(emptied.refused[0].message.find("triggers") != std::string::npos);
}

TEST_CASE("a monitor is made before the warehouse it watches, and let go of before it is dropped") {
  World world;
  world.want(object("warehouse SALES_WH", {{"resource_monitor", Value("SALES_RM")}}));
  world.want(object("resource monitor SALES_RM"));
  const auto made = world.run();
  const auto* warehouse = find(made, Action::Create, "warehouse SALES_WH");
  REQUIRE(warehouse != nullptr);
  CHECK(std::count(warehouse->needs.begin(), warehouse->needs.end(), "resource monitor SALES_RM") == 1);
  World after;
  after.known("warehouse SALES_WH");
  after.known("resource monitor SALES_RM");
  after.want(object("warehouse SALES_WH"));
  after.there(object("warehouse SALES_WH", {{"resource_monitor", Value("SALES_RM")}}));
  after.there(object("resource monitor SALES_RM"));
  const auto gone = after.run();
  const auto* drop = find(gone, Action::Drop, "resource monitor SALES_RM");
  REQUIRE(drop != nullptr);
  CHECK(drop->before_drop_of == std::vector<std::string>{"warehouse SALES_WH"});
}

TEST_CASE("what calls a function comes after every overload of it, and goes before it") {
  World world;
  auto view = object("view SALES.S.V");
  view.texts["query"] = {"SELECT SALES.S.F(1) AS X", {}};
  auto function = object("function SALES.S.F(NUMBER)", {{"returns", Value("NUMBER(38,0)")}});
  function.texts["body"] = {"SELECT MAX(A) FROM SALES.S.T", {}};
  world.want(view);
  world.want(function);
  auto result = world.run();
  const auto has = [](const std::vector<std::string>& all, const char* address) {
    return std::find(all.begin(), all.end(), address) != all.end();
  };
  const auto* made = find(result, Action::Create, "function SALES.S.F(NUMBER)");
  REQUIRE(made != nullptr);
  CHECK(has(made->makes, "function SALES.S.F"));
  CHECK(has(made->needs, "table SALES.S.T"));
  CHECK(has(find(result, Action::Create, "view SALES.S.V")->needs, "function SALES.S.F"));

  World gone;
  gone.there(view);
  gone.there(function);
  gone.known("view SALES.S.V");
  gone.known("function SALES.S.F(NUMBER)");
  result = gone.run();
  CHECK(has(find(result, Action::Drop, "function SALES.S.F(NUMBER)")->before_drop_of, "view SALES.S.V"));

  // What another language does is not looked into.
  function.properties["language"] = {Value("JAVASCRIPT"), {}};
  world.want(function);
  result = world.run();
  CHECK_FALSE(has(find(result, Action::Create, "function SALES.S.F(NUMBER)")->needs, "table SALES.S.T"));
}

TEST_CASE("a task comes after the stream that its condition asks about") {
  World world;
  auto task = object("task SALES.S.K");
  task.texts["sql"] = {"SELECT 1", {}};
  task.texts["when"] = {"SYSTEM$STREAM_HAS_DATA('CHANGES')", {}};
  world.want(task);
  const auto result = world.run();
  const auto& needs = find(result, Action::Create, "task SALES.S.K")->needs;
  CHECK(std::find(needs.begin(), needs.end(), "stream SALES.S.CHANGES") != needs.end());
}

TEST_CASE("lengths and defaults of arguments are those that mesh remembers, and unknown where it made nothing") {
  const auto function = [](const char* arguments, int optional) {
    auto made =
        object("function SALES.S.F(NUMBER)",
               {{"arguments", Value(arguments)}, {"returns", Value("NUMBER(38,0)")}, {"language", Value("SQL")}});
    if (optional >= 0) made.properties["optional_arguments"] = {Value(optional), {}};
    made.texts["body"] = {"A", {}};
    return made;
  };
  const auto wanted = [&](World& world, const char* arguments, int optional) {
    world.want(function(arguments, optional));
    auto there = function("A NUMBER(38,0)", 1);  // as DESCRIBE prints it: without length and default
    there.live.unknown = {"strict", "immutable", "owner"};
    world.there(there);
    return world.run();
  };
  const char* address = "function SALES.S.F(NUMBER)";
  World made;
  made.known(address).attached["arguments"] = "A NUMBER(10,2) DEFAULT 1";
  CHECK(wanted(made, "A NUMBER(10,2) DEFAULT 1", 1).changes.empty());
  CHECK(find(wanted(made, "A NUMBER(10,2) DEFAULT 2", 1), Action::Replace, address) != nullptr);
  CHECK(find(wanted(made, "A NUMBER(12,2) DEFAULT 1", 1), Action::Replace, address) != nullptr);
  CHECK(find(wanted(made, "B NUMBER(10,2) DEFAULT 1", 1), Action::Replace, address) != nullptr);
  // Somebody made it anew with another name: what is remembered counts no more.
  made.known(address).attached["arguments"] = "B NUMBER(10,2) DEFAULT 1";
  CHECK(wanted(made, "A NUMBER(12,2) DEFAULT 2", 1).changes.empty());

  World adopted;
  auto result = wanted(adopted, "A NUMBER(10,2) DEFAULT 5", 1);
  REQUIRE(result.changes.size() == 1);
  CHECK(result.changes[0].action == Action::Adopt);
  CHECK(result.changes[0].ledger.record->attached.count("arguments") == 0);
  // That there is no default is told.
  CHECK(find(wanted(adopted, "A NUMBER(10,2)", -1), Action::Replace, address) != nullptr);
}

TEST_CASE("what is not to be read of a function that mesh made stands as it was made") {
  World world;
  auto function = object("function SALES.S.F()", {{"returns", Value("NUMBER(38,0)")}, {"strict", Value(true)}});
  function.texts["body"] = {"1", {}};
  world.want(function);
  function.properties.erase("strict");
  function.live.unknown = {"strict", "immutable", "owner"};
  world.there(function);
  world.known("function SALES.S.F()").attached["strict"] = "true";
  CHECK(world.run().changes.empty());
  world.known("function SALES.S.F()").attached.clear();
  CHECK(find(world.run(), Action::Replace, "function SALES.S.F()") != nullptr);
  world.known("function SALES.S.F()", false);
  CHECK(world.run().changes.empty());
}

TEST_CASE("what another domain has declared and not made is waited for, unless it may only be hidden") {
  World world;
  world.mesh.domains.push_back({.name = "finance", .path = "domains/finance", .owns = {"FINANCE"}});
  world.options.domains = {"sales"};
  world.there(object("database SALES"));
  world.there(object("database FINANCE"));
  world.there(object("schema SALES.O"));
  world.there(object("schema FINANCE.F"));
  world.live.read_containers.insert(id("schema FINANCE.F"));
  for (const char* address : {"database SALES", "schema SALES.O"}) {
    world.want(object(address));
    world.known(address);
  }
  for (const char* address : {"database FINANCE", "schema FINANCE.F", "table FINANCE.F.T"}) {
    auto other = object(address);
    other.domain = "finance";
    world.want(std::move(other));
  }
  auto view = object("view SALES.O.V");
  view.texts["query"] = {"SELECT A FROM FINANCE.F.T", {}};
  world.want(std::move(view));
  const auto is_made = [&] { return find(world.run(), Action::Create, "view SALES.O.V") != nullptr; };

  CHECK_FALSE(is_made());
  const auto waiting = world.run().waiting;
  REQUIRE(waiting.size() == 1);
  CHECK(waiting[0].address == "view SALES.O.V");
  CHECK(waiting[0].needs ==
        "table FINANCE.F.T is declared by finance and not there yet: the next apply of finance makes it");

  SECTION("all domains") {
    world.options.domains.clear();
    CHECK(is_made());
    CHECK(world.run().waiting.empty());
  }
  SECTION("the schema was not read") {
    world.live.read_containers.erase(id("schema FINANCE.F"));
    CHECK(is_made());
  }
  SECTION("the ledger knows it") {
    world.known("table FINANCE.F.T").domain = "finance";
    CHECK(is_made());
    world.known("table FINANCE.F.T").unconfirmed = true;
    CHECK_FALSE(is_made());
  }
  SECTION("another mesh has it") {
    world.ledger.other_meshes["table FINANCE.F.T"] = "other";
    CHECK(is_made());
  }
  SECTION("it is there as another kind") {
    world.there(object("dynamic table FINANCE.F.T"));
    CHECK(is_made());
  }
}

// Pages alter-account and session-policies-using: see kinds::set_setting().
TEST_CASE("a policy of the account for some of its users is set, exchanged and unset by itself") {
  const char* all = "account parameter AUTHENTICATION_POLICY";
  const char* services = "account parameter AUTHENTICATION_POLICY_FOR_ALL_SERVICE_USERS";
  const auto with = [](const char* parameter, const char* policy) {
    return object(parameter, {{"authentication_policy", Value(policy)}});
  };
  World world;
  SECTION("set, behind those that its users have, and those before that of all") {
    world.want(with(all, "SALES.S.SSO"));
    world.want(with(services, "SALES.S.KEYS"));
    world.want(object("user SALES_BOT"));
    world.there(object("user SALES_BOT"));
    world.known("user SALES_BOT");
    Attachment own;
    own.key = {{id("user SALES_BOT"), std::nullopt}, KindId::AuthenticationPolicy, {}, {}};
    own.name = *QualifiedName::parse("SALES.S.BOTS");
    own.domain = "sales";
    world.desired.state.attachments[own.key] = own;
    const auto result = world.run();
    const auto* set = find(result, Action::Create, services);
    const auto* wide = find(result, Action::Create, all);
    REQUIRE(set != nullptr);
    REQUIRE(wide != nullptr);
    CHECK(statements(*set) ==
          normal({R"(ALTER ACCOUNT SET AUTHENTICATION POLICY "SALES"."S"."KEYS" FOR ALL SERVICE USERS)"}));
    CHECK(set->diff.front().cost == "");
    CHECK(set->risk == Risk::Disruptive);
    const auto waits = [](const Change& change, const std::string& address) {
      return std::find(change.needs.begin(), change.needs.end(), address) != change.needs.end();
    };
    CHECK(waits(*set, own.address()));
    CHECK(waits(*wide, own.address()));
    CHECK(waits(*wide, services));
    CHECK_FALSE(waits(*set, all));
    CHECK(waits(*set, "authentication policy SALES.S.KEYS"));
  }
  SECTION("exchanged, with what is in force in between") {
    world.want(with(services, "SALES.S.NEW"));
    world.there(with(services, "SALES.S.KEYS"));
    world.there(with(all, "SALES.S.SSO"));
    world.known(services);
    const auto result = world.run();
    REQUIRE(result.changes.size() == 1);
    CHECK(statements(result.changes.front()) ==
          normal({"ALTER ACCOUNT UNSET AUTHENTICATION POLICY FOR ALL SERVICE USERS",
                  R"(ALTER ACCOUNT SET AUTHENTICATION POLICY "SALES"."S"."NEW" FOR ALL SERVICE USERS)"}));
    CHECK(result.changes.front().diff.front().cost ==
          "for a moment the one for all users is in force, or Snowflake's built-in one");
  }
  SECTION("unset behind that of all, where mesh had set it") {
    for (const bool made : {true, false}) {
      INFO(made);
      world.there(with(services, "SALES.S.KEYS"));
      world.known(services, made);
      const auto result = world.run();
      REQUIRE(result.changes.size() == 1);
      const auto& change = result.changes.front();
      CHECK(change.action == (made ? Action::Drop : Action::Forget));
      CHECK(
          statements(change) ==
          normal(made ? Statements{"ALTER ACCOUNT UNSET AUTHENTICATION POLICY FOR ALL SERVICE USERS"} : Statements{}));
      CHECK(change.before_drop_of == (made ? Statements{all} : Statements{}));
    }
  }
}
