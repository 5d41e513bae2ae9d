#include "mesh/sql/lineage.hpp"

#include <map>
#include <string>

#include <catch2/catch.hpp>

using namespace mesh;

namespace {

std::vector<Name> names(std::initializer_list<const char*> stored) {
  std::vector<Name> all;
  for (const char* name : stored) all.push_back(Name::exact(name));
  return all;
}

// "A<T.X,T.Y B<" for each column with what it is made of; "?" where it cannot be told.
std::string lineage(std::string_view query) {
  static const std::map<std::string, std::vector<Name>> known = {
      {"S.O.ORDERS", names({"ID", "CUSTOMER", "AMOUNT", "DAY"})},
      {"CUSTOMERS", names({"ID", "NAME", "Full Name"})},
  };
  const auto columns = sql::output_columns(query, [&](const QualifiedName& relation) -> const std::vector<Name>* {
    const auto it = known.find(relation.display());
    return it == known.end() ? nullptr : &it->second;
  });
  if (!columns) return "?";
  std::string out;
  for (const auto& column : *columns) {
    out += (out.empty() ? "" : " ") + column.name.display() + "<";
    for (size_t i = 0; i < column.sources.size(); ++i) {
      out += (i > 0 ? "," : "") + column.sources[i].relation.child(column.sources[i].column).display();
    }
  }
  return out;
}

}  // namespace

TEST_CASE("a query's columns are told with what they are made of") {
  struct Case {
    const char *query, *expected;
  };
  const Case cases[] = {
      {"SELECT id, amount AS paid FROM s.o.orders", "ID<S.O.ORDERS.ID PAID<S.O.ORDERS.AMOUNT"},
      {"select distinct o.id from S.O.ORDERS as o", "ID<S.O.ORDERS.ID"},
      {"SELECT orders.id x FROM s.o.orders", "X<S.O.ORDERS.ID"},
      {"SELECT s.o.orders.id FROM s.o.orders", "ID<S.O.ORDERS.ID"},
      {"SELECT DATE_TRUNC('day', DAY) AS D, COUNT(*) AS N, SUM(AMOUNT) T FROM S.O.ORDERS GROUP BY 1",
       "D<S.O.ORDERS.DAY N< T<S.O.ORDERS.AMOUNT"},
      {"SELECT CASE WHEN amount > 0 THEN customer ELSE 'none' END who FROM s.o.orders WHERE id > 1",
       "WHO<S.O.ORDERS.AMOUNT,S.O.ORDERS.CUSTOMER"},
      {"SELECT o.id, c.\"Full Name\" AS n FROM s.o.orders o LEFT JOIN customers c ON c.id = o.customer",
       "ID<S.O.ORDERS.ID N<CUSTOMERS.\"Full Name\""},
      {"SELECT name, amount FROM s.o.orders, customers", "NAME<CUSTOMERS.NAME AMOUNT<S.O.ORDERS.AMOUNT"},
      {"SELECT c.*, amount FROM s.o.orders o JOIN customers c USING (id)",
       "ID<CUSTOMERS.ID NAME<CUSTOMERS.NAME \"Full Name\"<CUSTOMERS.\"Full Name\" AMOUNT<S.O.ORDERS.AMOUNT"},
      {"SELECT * FROM customers", "ID<CUSTOMERS.ID NAME<CUSTOMERS.NAME \"Full Name\"<CUSTOMERS.\"Full Name\""},
      {"SELECT amount::number(10, 2) AS a, 1 AS one -- amount\n FROM s.o.orders;", "A<S.O.ORDERS.AMOUNT ONE<"},
      {"SELECT 1 AS one", "ONE<"},
  };
  for (const auto& each : cases) {
    INFO(each.query);
    CHECK(lineage(each.query) == each.expected);
  }
}

TEST_CASE("what a query's text does not tell is not guessed") {
  for (const char* query : {
           "SELECT id FROM s.o.orders, customers",             // of which of the two?
           "SELECT size FROM nowhere.known.t",                 // perhaps its column
           "SELECT * FROM nowhere.known.t",                    //
           "SELECT id FROM customers UNION SELECT id FROM b",  // two queries
           "WITH a AS (SELECT 1 AS x) SELECT x FROM a",        //
           "SELECT COUNT(*) FROM customers",                   // Snowflake names it
           "SELECT amount::number FROM s.o.orders",            //
           "SELECT (SELECT MAX(id) FROM customers) AS m FROM s.o.orders",
           "SELECT x.id FROM (SELECT id FROM customers) x",  //
           "SELECT f.value AS v FROM customers, LATERAL FLATTEN(input => name) f", "SELECT 'unclosed", "SELECT", "",
           "VALUES (1)", "SELECT FROM customers", "SELECT , id FROM customers",
           "SELECT z.id FROM customers c",  // no such relation
       }) {
    INFO(query);
    CHECK(lineage(query) == "?");
  }
}

TEST_CASE("a query's names are told by its text where that names them") {
  const auto names_of = [](std::string_view query) -> std::string {
    static const std::vector<Name> known = names({"ID", "Full Name"});
    const auto found = sql::output_names(query, [&](const QualifiedName& relation) -> const std::vector<Name>* {
      return relation.display() == "KNOWN" ? &known : nullptr;
    });
    if (!found) return "?";
    std::string out;
    for (const auto& name : *found) out += (out.empty() ? "" : " ") + name.display();
    return out;
  };
  const std::pair<const char*, const char*> cases[] = {
      {"SELECT id, t.amount, SUM(x) total, 1 AS \"One\" FROM t", "ID AMOUNT TOTAL \"One\""},
      {"WITH o AS (SELECT a, b FROM t) SELECT a FROM o", "A"},
      {"SELECT DISTINCT a FROM t UNION ALL SELECT b FROM t", "A"},
      {"SELECT TOP 3 a FROM t", "A"},
      {"SELECT * FROM known", "ID \"Full Name\""},
      {"SELECT k.*, 1 x FROM known k JOIN u ON u.id = k.id", "ID \"Full Name\" X"},
      {"SELECT a FROM TABLE(f()) LATERAL", "A"},
      {"SELECT * FROM u", "?"},
      {"SELECT COUNT(*) FROM known", "?"},
      {"SELECT a + 1 FROM t", "?"},
      {"SELECT a::INT FROM t", "?"},
      {"VALUES (1)", "?"},
  };
  for (const auto& [query, expected] : cases) {
    INFO(query);
    CHECK(names_of(query) == expected);
  }
}

TEST_CASE("the names that CREATE gives a view's columns") {
  const auto list_of = [](std::string_view text) {
    std::string out;
    for (const auto& name : sql::column_list_of_create(text)) out += (out.empty() ? "" : " ") + name.display();
    return out;
  };
  const std::pair<const char*, const char*> cases[] = {
      {"CREATE VIEW v (a, \"b )\") AS SELECT 1, 2", "A \"b )\""},
      {"create or replace secure view if not exists \"d b\".s.v(A COMMENT 'x, (y)', B) as select 1, 2", "A B"},
      {"CREATE MATERIALIZED VIEW s.v COPY GRANTS (k WITH MASKING POLICY p USING (k, l) WITH TAG (t = 'a', u = 'b'), m) "
       "AS "
       "SELECT 1, 2",
       "K M"},
      {"CREATE /* (x) */ VIEW v -- (y)\n (z) COMMENT = 'c' AS SELECT 1", "Z"},
      {"CREATE VIEW v COMMENT = '(a)' AS SELECT (1) AS x", ""},
      {"CREATE VIEW v AS (SELECT 1 AS x)", ""},
      {"CREATE VIEW v WITH ROW ACCESS POLICY p ON (a) AS SELECT a FROM t", ""},
      {"CREATE TABLE t (a INT)", ""},
      {"", ""},
  };
  for (const auto& [text, expected] : cases) {
    INFO(text);
    CHECK(list_of(text) == expected);
  }
}
