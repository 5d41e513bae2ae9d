#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

struct TableAccount : TestAccount {
  TableAccount() { REQUIRE(all({"create database d", "create schema d.s"}).empty()); }
  // One line per column: name, type, null?, default.
  std::string columns(const std::string& table) {
    return rows("DESCRIBE TABLE " + table, {"name", "type", "null?", "default"});
  }
};

const std::string kDone = "Statement executed successfully.";

}  // namespace

TEST_CASE("types read back in normal form", "[ddl][table]") {
  TableAccount a;
  const std::vector<std::pair<std::string, std::string>> types = {
      {"NUMBER", "NUMBER(38,0)"},
      {"decimal(10)", "NUMBER(10,0)"},
      {"numeric(10, 2)", "NUMBER(10,2)"},
      {"INT", "NUMBER(38,0)"},
      {"byteint", "NUMBER(38,0)"},
      {"FLOAT8", "FLOAT"},
      {"double precision", "FLOAT"},
      {"REAL", "FLOAT"},
      {"FLOAT(20)", "FLOAT"},
      {"DECFLOAT", "DECFLOAT(38)"},
      {"STRING", "VARCHAR(16777216)"},
      {"text(20)", "VARCHAR(20)"},
      {"char varying(7)", "VARCHAR(7)"},
      {"NVARCHAR2", "VARCHAR(16777216)"},
      {"CHAR", "VARCHAR(1)"},
      {"character(9)", "VARCHAR(9)"},
      {"VARCHAR(134217728)", "VARCHAR(134217728)"},
      {"BINARY", "BINARY(8388608)"},
      {"varbinary(10)", "BINARY(10)"},
      {"BOOLEAN", "BOOLEAN"},
      {"DATE", "DATE"},
      {"TIME", "TIME(9)"},
      {"TIME(3)", "TIME(3)"},
      {"TIMESTAMP", "TIMESTAMP_NTZ(9)"},
      {"DATETIME", "TIMESTAMP_NTZ(9)"},
      {"TIMESTAMP_LTZ(0)", "TIMESTAMP_LTZ(0)"},
      {"TIMESTAMPTZ", "TIMESTAMP_TZ(9)"},
      {"timestamp with local time zone", "TIMESTAMP_LTZ(9)"},
      {"TIMESTAMP(3) WITH TIME ZONE", "TIMESTAMP_TZ(3)"},
      {"VARIANT", "VARIANT"},
      {"OBJECT", "OBJECT"},
      {"ARRAY", "ARRAY"},
      {"GEOGRAPHY", "GEOGRAPHY"},
      {"VECTOR(FLOAT, 256)", "VECTOR(FLOAT, 256)"},
      {"ARRAY(NUMBER)", "ARRAY(NUMBER(38,0))"},
      {"OBJECT(a VARCHAR, b NUMBER NOT NULL)", "OBJECT(a VARCHAR(16777216), b NUMBER(38,0) NOT NULL)"},
      {"MAP(VARCHAR, NUMBER)", "MAP(VARCHAR(16777216), NUMBER(38,0))"},
  };
  for (const auto& [written, shown] : types) {
    INFO(written);
    REQUIRE(a.run("create or replace table d.s.t (c " + written + ")") == "Table T successfully created.");
    CHECK(a.columns("d.s.t") == "C|" + shown + "|Y|-");
  }
  for (const char* wrong : {"BOOL", "INT(36)", "NUMBER(39)", "VARCHAR()", "VARCHAR(0)", "DECFLOAT(35)", "BOOLEAN(1)",
                            "VECTOR(DOUBLE, 3)", "TIME(10)", "NOSUCH"}) {
    INFO(wrong);
    CHECK(a.run(std::string("create or replace table d.s.t (c ") + wrong + ")").substr(0, 2) == "00");
  }
  CHECK(a.run("create table d.s.u (c VECTOR(DOUBLE, 3))").find("Unsupported vector element type") != std::string::npos);
  REQUIRE(a.all({"alter user mesh set timestamp_type_mapping = timestamp_ltz", "create table d.s.l (c timestamp)"})
              .empty());
  CHECK(a.columns("d.s.l") == "C|TIMESTAMP_LTZ(9)|Y|-");
}

TEST_CASE("defaults are printed as Snowflake reprints them", "[ddl][table]") {
  TableAccount a;
  REQUIRE(a.run("create table d.s.t (a int default 5, b varchar default 'it''s', c timestamp_ltz default "
                "current_timestamp(), "
                "d timestamp_ltz default current_timestamp, e number(3,1) default -1.5, f boolean default true, g int "
                "default null, "
                "h int identity(1,10), i int autoincrement start 5 increment 2 order, j varchar default uuid_string(), "
                "k int default 1+2, l date default '2020-01-01'::date, m varchar default concat('a','b')||'c')") ==
          "Table T successfully created.");
  CHECK(a.rows("DESC TABLE d.s.t", {"name", "default"}) ==
        "A|5\nB|'it''s'\nC|CURRENT_TIMESTAMP()\nD|CURRENT_TIMESTAMP()\nE|-1.5\nF|TRUE\nG|-\nH|IDENTITY START 1 "
        "INCREMENT 10 NOORDER\n"
        "I|IDENTITY START 5 INCREMENT 2 ORDER\nJ|UUID_STRING()\nK|1 + 2\nL|CAST('2020-01-01' AS DATE)\nM|CONCAT('a', "
        "'b') || 'c'");
  CHECK(a.rows("SHOW COLUMNS LIKE 'h' IN TABLE d.s.t", {"default", "autoincrement"}) ==
        "|IDENTITY START 1 INCREMENT 10 NOORDER");
  CHECK(
      a.run("create table d.s.u (c binary default 'x')").find("Default values are not allowed on 'BINARY' columns.") !=
      std::string::npos);
  CHECK(a.run("create table d.s.u (c int default (select 1))").substr(0, 12) == "002263 22000");
}

TEST_CASE("SHOW TABLES has the columns of a live account", "[ddl][table][show]") {
  TableAccount a;
  REQUIRE(a.all({"create table d.s.t (id int, n varchar) cluster by (n, date_trunc('hour', n)) comment = 'c' "
                 "change_tracking = true "
                 "data_retention_time_in_days = 3 enable_schema_evolution = true",
                 "insert into d.s.t values (1, 'a'), (2, 'b')", "create transient table d.s.\"x y\" (a int)"})
              .empty());
  CHECK(a.header("SHOW TABLES IN SCHEMA d.s") ==
        "created_on name database_name schema_name kind comment cluster_by rows bytes owner retention_time "
        "automatic_clustering "
        "change_tracking search_optimization search_optimization_progress search_optimization_bytes is_external "
        "enable_schema_evolution "
        "owner_role_type is_event is_hybrid is_iceberg is_dynamic is_immutable is_interactive row_timestamp "
        "error_logging");
  CHECK(a.rows("SHOW TABLES IN DATABASE d",
               {"name", "kind", "comment", "cluster_by", "rows", "owner", "retention_time", "automatic_clustering",
                "change_tracking", "is_external", "enable_schema_evolution", "owner_role_type"}) ==
        "T|TABLE|c|LINEAR(n, date_trunc('hour', n))|2|ACCOUNTADMIN|3|ON|ON|N|Y|ROLE\n"
        "x y|TRANSIENT|||0|ACCOUNTADMIN|1|OFF|OFF|N|N|ROLE");
  CHECK(a.rows("SHOW TERSE TABLES LIKE 't' IN ACCOUNT", {"name", "kind", "database_name", "schema_name"}) ==
        "T|TABLE|D|S");
  REQUIRE(a.all({"delete from d.s.t where id = 1"}).empty());
  CHECK(a.rows("SHOW TABLES LIKE 't' IN d.s", {"rows"}) == "1");
}

TEST_CASE("constraints are listed by the SHOW KEYS commands", "[ddl][table][show]") {
  TableAccount a;
  REQUIRE(a.all({"create table d.s.p (a int, b int, c int unique, constraint pk primary key (a, b) rely, unique (b, c) "
                 "comment 'u')",
                 "create table d.s.f (x int, y int references d.s.p (c), constraint fk foreign key (x, y) references "
                 "d.s.p on delete cascade)"})
              .empty());
  CHECK(a.rows("SHOW PRIMARY KEYS IN SCHEMA d.s", {"database_name", "schema_name", "table_name", "column_name",
                                                   "key_sequence", "constraint_name", "rely", "comment"}) ==
        "D|S|P|A|1|PK|true|-\nD|S|P|B|2|PK|true|-");
  CHECK(a.header("SHOW PRIMARY KEYS IN TABLE d.s.p") ==
        "created_on database_name schema_name table_name column_name key_sequence constraint_name rely comment");
  CHECK(a.rows("SHOW UNIQUE KEYS IN TABLE d.s.p", {"column_name", "key_sequence", "comment"}) == "C|1|-\nB|1|u\nC|2|u");
  CHECK(a.header("SHOW IMPORTED KEYS IN DATABASE d") ==
        "created_on pk_database_name pk_schema_name pk_table_name pk_column_name fk_database_name fk_schema_name "
        "fk_table_name "
        "fk_column_name key_sequence update_rule delete_rule fk_name pk_name deferrability rely comment");
  CHECK(a.rows("SHOW IMPORTED KEYS IN TABLE d.s.f",
               {"pk_column_name", "fk_column_name", "key_sequence", "delete_rule"}) ==
        "C|Y|1|NO ACTION\nA|X|1|CASCADE\nB|Y|2|CASCADE");
  CHECK(a.rows("SHOW EXPORTED KEYS IN TABLE d.s.p", {"fk_column_name"}) == "Y\nX\nY");
  CHECK(a.rows("SHOW UNIQUE KEYS IN TABLE d.s.p", {"constraint_name"}).substr(0, 15) == "SYS_CONSTRAINT_");
  CHECK(a.rows("DESC TABLE d.s.p", {"name", "null?", "primary key", "unique key"}) == "A|N|Y|N\nB|N|Y|Y\nC|Y|N|Y");
  CHECK(a.run("alter table d.s.p add primary key (c)").find("primary key already exists for table 'P'") !=
        std::string::npos);
  CHECK(a.run("alter table d.s.p drop primary key") == kDone);
  CHECK(a.run("alter table d.s.p add constraint k2 primary key (c)") == kDone);
  // ALTER TABLE ADD PRIMARY KEY does not make columns NOT NULL.
  CHECK(a.rows("DESC TABLE d.s.p", {"name", "null?"}) == "A|N\nB|N\nC|Y");
  CHECK(a.run("alter table d.s.p rename constraint k2 to k3") == kDone);
  CHECK(a.run("alter table d.s.p drop constraint k3") == kDone);
  CHECK(a.run("alter table d.s.f drop foreign key (x, y)") == kDone);
  CHECK(a.rows("SHOW IMPORTED KEYS IN TABLE d.s.f", {"fk_column_name"}) == "Y");
  CHECK(a.run("create table d.s.g (x int primary key enable)") == "Table G successfully created.");
  CHECK(a.rows("SHOW PRIMARY KEYS IN TABLE d.s.g", {"column_name"}).empty());
  CHECK(a.run("create table d.s.h (x int, primary key (nosuch))").substr(0, 12) == "000904 42000");
}

TEST_CASE("columns change as far as the matrix allows", "[ddl][table]") {
  TableAccount a;
  REQUIRE(a.all({"create table d.s.t (n number(10,0), v varchar(20), b varchar(20), x number(38,0), bin binary(10), f "
                 "float, ts timestamp_ntz)",
                 "insert into d.s.t (n, v) values (12345, 'abc')"})
              .empty());
  CHECK(a.run("alter table d.s.t alter column v set data type varchar(50)") == kDone);
  CHECK(a.run("alter table d.s.t modify v type string") == kDone);
  CHECK(a.run("alter table d.s.t alter v varchar(10)")
            .find("cannot change column V from type VARCHAR(16777216) to VARCHAR(10) because reducing the byte-length "
                  "of a varchar is not supported.") != std::string::npos);
  CHECK(a.run("alter table d.s.t alter n set data type number(12,0)") == kDone);
  CHECK(a.run("alter table d.s.t alter n set data type number(5,0)") == kDone);
  CHECK(a.run("alter table d.s.t alter n set data type number(4,0)").substr(0, 12) == "040052 22000");
  CHECK(a.run("alter table d.s.t alter x set data type number(11,2)") ==
        "040052 22000 SQL compilation error: cannot change column X from type NUMBER(38,0) to NUMBER(11,2) because "
        "changing the scale of a "
        "number is not supported.");
  CHECK(a.run("alter table d.s.t alter b set data type number(38,0)") ==
        "040052 22000 SQL compilation error: cannot change column B from type VARCHAR(20) to NUMBER(38,0)");
  CHECK(a.run("alter table d.s.t alter bin set data type binary(20)").substr(0, 6) == "040052");
  CHECK(a.run("alter table d.s.t alter ts set data type timestamp_ltz").substr(0, 6) == "040052");
  CHECK(a.run("alter table d.s.t alter f set data type double") == kDone);
  CHECK(a.run("alter table d.s.t alter column b set not null").find("null values") != std::string::npos);
  CHECK(a.run("alter table d.s.t alter (column n set not null, column v not null)") == kDone);
  CHECK(a.run("alter table d.s.t alter n drop not null") == kDone);
  CHECK(a.run("alter table d.s.t alter n set default 5") ==
        "000002 0A000 Unsupported feature 'Alter Column Set Default'.");
  CHECK(a.run("alter table d.s.t alter n drop default") == kDone);
  CHECK(a.run("alter table d.s.t alter n comment 'x', alter v comment 'y'").substr(0, 6) == "001003");
  CHECK(a.run("alter table d.s.t alter n comment 'x', v comment 'y'") == kDone);
  CHECK(a.run("comment on column d.s.t.b is 'z'") == kDone);
  CHECK(a.rows("DESC TABLE d.s.t", {"name", "type", "null?", "comment"}).substr(0, 67) ==
        "N|NUMBER(5,0)|Y|x\nV|VARCHAR(16777216)|N|y\nB|VARCHAR(20)|Y|z\nX|NUMBE");
  CHECK(a.run("alter table d.s.t alter nosuch comment 'x'").find("column 'NOSUCH' does not exist") !=
        std::string::npos);
}

TEST_CASE("columns are added, renamed and dropped", "[ddl][table]") {
  TableAccount a;
  REQUIRE(a.all({"create table d.s.t (a int, k int) cluster by (k)", "insert into d.s.t values (1, 1)"}).empty());
  CHECK(a.run("alter table d.s.t add column b varchar default 'x', c int") == kDone);
  CHECK(a.run("select a, b, c from d.s.t") == "1|x|-");
  CHECK(a.run("alter table d.s.t add a int") == "001430 42601 SQL compilation error:\ncolumn 'A' already exists");
  CHECK(a.run("alter table d.s.t add column if not exists a int") == kDone);
  CHECK(a.run("alter table d.s.t add column if not exists z int default 1").substr(0, 12) == "000002 0A000");
  CHECK(a.run("alter table d.s.t add n int not null")
            .find("Non-nullable column 'N' cannot be added to non-empty table 'T' unless it has a non-null default "
                  "value.") != std::string::npos);
  CHECK(a.run("alter table d.s.t add n int not null default 7") == kDone);
  CHECK(a.run("alter table d.s.t add ts timestamp default current_timestamp()") ==
        "002263 22000 SQL compilation error:\nInvalid column default expression [current_timestamp()]");
  CHECK(a.run("alter table d.s.t add c6 date default '20200101'") ==
        "002023 22000 SQL compilation error:\nExpression type does not match column data type, expecting DATE but got "
        "VARCHAR(8) for column C6");
  CHECK(a.run("alter table d.s.t alter b drop default")
            .find("Dropping default value is not allowed for column 'B' because the column was added after table was "
                  "created.") != std::string::npos);
  CHECK(a.run("alter table d.s.t add id int identity").substr(0, 6) == "002100");
  CHECK(
      a.run("alter table d.s.t rename column nosuch to x").find("Object 'NOSUCH' does not exist or not authorized.") !=
      std::string::npos);
  CHECK(a.run("alter table d.s.t rename column b to a") ==
        "002002 42710 SQL compilation error:\nObject 'T.A' already exists.");
  CHECK(a.run("alter table d.s.t rename column k to kk").substr(0, 6) == "002100");
  CHECK(a.run("alter table d.s.t rename column b to \"b b\"") == kDone);
  CHECK(a.run("alter table d.s.t drop column c, n") == kDone);
  CHECK(a.run("alter table d.s.t drop column nosuch").find("column 'NOSUCH' does not exist") != std::string::npos);
  CHECK(a.run("alter table d.s.t drop column if exists nosuch") == kDone);
  CHECK(a.run("alter table d.s.t add column c varchar") == kDone);
  CHECK(a.run("select * from d.s.t") == "1|1|x|-");
  CHECK(a.columns("d.s.t") ==
        "A|NUMBER(38,0)|Y|-\nK|NUMBER(38,0)|Y|-\nb b|VARCHAR(16777216)|Y|'x'\nC|VARCHAR(16777216)|Y|-");
}

TEST_CASE("tables are altered, moved, dropped and brought back", "[ddl][table]") {
  TableAccount a;
  REQUIRE(a.all({"create schema d.s2", "create table d.s.t (a int)", "insert into d.s.t values (7)"}).empty());
  CHECK(a.run("alter table d.s.t set data_retention_time_in_days = 2 comment = 'c' change_tracking = true") == kDone);
  CHECK(a.rows("SHOW PARAMETERS IN TABLE d.s.t", {"key", "value", "level"}) ==
        "DATA_METRIC_SCHEDULE||\nDATA_RETENTION_TIME_IN_DAYS|2|TABLE\nDEFAULT_DDL_COLLATION||\nMAX_DATA_EXTENSION_TIME_"
        "IN_DAYS|14|");
  CHECK(a.run("alter table d.s.t unset data_retention_time_in_days, comment") == kDone);
  CHECK(a.run("alter table d.s.t set no_such_prop = 1") ==
        "001420 22023 SQL compilation error:\ninvalid property 'NO_SUCH_PROP' for 'TABLE'");
  CHECK(a.run("alter table d.s.t suspend recluster").find("Table 'T' is not clustered\n") != std::string::npos);
  CHECK(a.run("alter table d.s.t cluster by (A)") == kDone);
  CHECK(a.run("alter table d.s.t suspend recluster") == kDone);
  CHECK(a.rows("SHOW TABLES IN d.s", {"cluster_by", "automatic_clustering"}) == "LINEAR(A)|OFF");
  CHECK(a.run("alter table d.s.t drop clustering key") == kDone);
  CHECK(a.run("alter table d.s.t cluster by (nosuch)").substr(0, 6) == "000904");
  CHECK(a.run("alter table d.s.t rename to d.s2.u") == kDone);
  CHECK(a.run("select a from d.s2.u") == "7");
  CHECK(a.run("drop table d.s2.u") == "U successfully dropped.");
  CHECK(a.run("select a from d.s2.u") ==
        "002003 42S02 SQL compilation error:\nObject 'D.S2.U' does not exist or not authorized. Your primary role "
        "ACCOUNTADMIN must have at "
        "least one privilege granted on TABLE D.S2.U.");
  CHECK(a.run("undrop table d.s2.u") == "Table U successfully restored.");
  CHECK(a.run("select a from d.s2.u") == "7");
  CHECK(a.run("drop table if exists d.s2.nosuch") == "Drop statement executed successfully (NOSUCH already dropped).");
  CHECK(a.run("undrop table d.s2.nosuch").substr(0, 6) == "002003");
}

TEST_CASE("a table is made from a query, a table or a clone", "[ddl][table]") {
  TableAccount a;
  REQUIRE(a.all({"create table d.s.t (a int not null, b varchar(5) default 'x')",
                 "insert into d.s.t values (1, 'p'), (2, 'q')"})
              .empty());
  CHECK(a.run("create table d.s.c as select a, b || '!' as bb from d.s.t") == "Table C successfully created.");
  CHECK(a.run("select a, bb from d.s.c order by a") == "1|p!\n2|q!");
  CHECK(a.run("create or replace table d.s.c (n, s varchar(9)) as select a, b from d.s.t") ==
        "Table C successfully created.");
  CHECK(a.rows("DESC TABLE d.s.c", {"name", "type"}) == "N|NUMBER(38,0)\nS|VARCHAR(9)");
  CHECK(a.run("create or replace table d.s.c as select n from d.s.c") == "Table C successfully created.");
  CHECK(a.run("select n from d.s.c order by 1") == "1\n2");
  CHECK(a.run("create table d.s.l like d.s.t") == "Table L successfully created.");
  CHECK(a.run("select count(*) from d.s.l") == "0");
  CHECK(a.columns("d.s.l") == "A|NUMBER(38,0)|N|-\nB|VARCHAR(5)|Y|'x'");
  CHECK(a.run("create table d.s.k clone d.s.t") == "Table K successfully created.");
  CHECK(a.run("select count(*) from d.s.k") == "2");
  CHECK(a.run("create table d.s.z (a int, a int)").find("duplicate column name 'A'") != std::string::npos);
}

TEST_CASE("one namespace holds tables and views", "[ddl][table][view]") {
  TableAccount a;
  REQUIRE(a.all({"create table d.s.kt (a int)", "create view d.s.kv as select 1 as x"}).empty());
  CHECK(a.run("create view d.s.kt as select 1 as x") ==
        "001998 42710 SQL compilation error:\nObject 'KT' already exists as TABLE");
  CHECK(a.run("create or replace view d.s.kt as select 1 as x").substr(0, 6) == "001998");
  CHECK(a.run("create table if not exists d.s.kv (a int)") ==
        "001998 42710 SQL compilation error:\nObject 'KV' already exists as VIEW");
  CHECK(a.run("create table d.s.kt (a int)") == "002002 42710 SQL compilation error:\nObject 'KT' already exists.");
  CHECK(a.run("alter table d.s.kt rename to kv").substr(0, 6) == "002002");
  CHECK(a.run("drop table d.s.kv")
            .find("SQL compilation error: Object found is of type 'VIEW', not specified type 'TABLE'.") !=
        std::string::npos);
  CHECK(a.run("drop table if exists d.s.kv").find("Object found is of type 'VIEW'") != std::string::npos);
}

TEST_CASE("views keep their statement verbatim", "[ddl][view]") {
  TableAccount a;
  REQUIRE(a.all({"create table d.s.t (a int not null, b varchar(5))", "insert into d.s.t values (1, 'x')"}).empty());
  const std::string text =
      "create or replace  view D.s.v (one COMMENT 'first', \"two\")\n  comment = 'c' -- why\nas select a, b from t "
      "where a > 0";
  CHECK(a.run(text + ";") == "View V successfully created.");
  CHECK(a.rows("SHOW VIEWS IN SCHEMA d.s",
               {"name", "comment", "text", "is_secure", "is_materialized", "owner_role_type", "change_tracking"}) ==
        "V|c|" + text + "|false|false|ROLE|OFF");
  CHECK(a.header("SHOW VIEWS IN SCHEMA d.s") ==
        "created_on name reserved database_name schema_name owner comment text is_secure is_materialized "
        "owner_role_type change_tracking");
  CHECK(a.rows("DESC VIEW d.s.v", {"name", "type", "null?", "comment"}) ==
        "ONE|NUMBER(38,0)|N|first\ntwo|VARCHAR(5)|Y|-");
  CHECK(a.run("select * from d.s.v") == "1|x");
  CHECK(a.run("alter view d.s.v set secure") == kDone);
  CHECK(a.run("alter view d.s.v set comment = 'n'") == kDone);
  CHECK(a.run("alter view d.s.v alter column one comment 'neu'") == kDone);
  CHECK(a.run("alter view d.s.v rename to d.s.w") == kDone);
  CHECK(a.rows("SHOW VIEWS IN d.s", {"name", "comment", "is_secure", "text"}) == "W|n|true|" + text);
  CHECK(a.run("create or alter view d.s.w as select 2 as y") == "View W successfully created.");
  CHECK(a.rows("SHOW VIEWS IN d.s", {"name", "comment", "is_secure"}) == "W||false");
  CHECK(a.run("select * from d.s.w") == "2");
  CHECK(a.run("create view d.s.n (a, b) as select 1").substr(0, 6) == "002020");
  CHECK(a.run("create view d.s.n as select nosuch from d.s.t").substr(0, 6) == "000904");
  CHECK(a.run("create view d.s.n as select * from d.s.nosuch").substr(0, 12) == "002003 42S02");
  CHECK(a.run("create or replace view if not exists d.s.n as select 1 x").substr(0, 6) == "001003");
  CHECK(a.run("drop view d.s.w") == "W successfully dropped.");
}

TEST_CASE("SHOW COLUMNS describes types as JSON", "[ddl][show]") {
  TableAccount a;
  REQUIRE(a.all({"create table d.s.t (id int not null comment 'key', s varchar(9), f float, bin binary, ts "
                 "timestamp_ltz(3), v variant, c "
                 "varchar(10) collate 'en-ci')",
                 "create view d.s.a as select 1 as x"})
              .empty());
  CHECK(a.rows("SHOW COLUMNS IN TABLE d.s.t", {"table_name", "column_name", "data_type", "null?", "comment"}) ==
        "T|ID|{\"type\":\"FIXED\",\"precision\":38,\"scale\":0,\"nullable\":false}|NOT_NULL|key\n"
        "T|S|{\"type\":\"TEXT\",\"length\":9,\"byteLength\":36,\"nullable\":true,\"fixed\":false}|true|\n"
        "T|F|{\"type\":\"REAL\",\"nullable\":true}|true|\n"
        "T|BIN|{\"type\":\"BINARY\",\"length\":8388608,\"byteLength\":8388608,\"nullable\":true,\"fixed\":true}|true|\n"
        "T|TS|{\"type\":\"TIMESTAMP_LTZ\",\"precision\":0,\"scale\":3,\"nullable\":true}|true|\n"
        "T|V|{\"type\":\"VARIANT\",\"nullable\":true}|true|\n"
        "T|C|{\"type\":\"TEXT\",\"length\":10,\"byteLength\":40,\"nullable\":true,\"fixed\":false,\"collation\":\"en-"
        "ci\"}|true|");
  CHECK(a.rows("DESC TABLE d.s.t", {"type"}).find("VARCHAR(10) COLLATE 'en-ci'") != std::string::npos);
  CHECK(a.rows("SHOW COLUMNS IN SCHEMA d.s", {"table_name"}).substr(0, 5) == "A\nT\nT");
  CHECK(a.rows("SHOW COLUMNS LIKE 'i%' IN DATABASE d", {"column_name"}) == "ID");
  CHECK(a.run("SHOW COLUMNS IN SCHEMA s").find("Must specify the full search path starting from database for S") !=
        std::string::npos);
  CHECK(
      a.header("SHOW COLUMNS IN VIEW d.s.a") ==
      "table_name schema_name column_name data_type null? default kind expression comment database_name autoincrement "
      "schema_evolution_record write_default");
}

TEST_CASE("SHOW COLUMNS tells the inner types of structured columns", "[ddl][show]") {
  TableAccount a;
  REQUIRE(a.all({"create table d.s.t (a array(number not null), m map(varchar(3), array(int)), o object(x int not "
                 "null, \"y z\" "
                 "object(q date)), v vector(int, 3), p array)"})
              .empty());
  const std::string fixed = "{\"type\":\"FIXED\",\"precision\":38,\"scale\":0,\"nullable\":";
  CHECK(a.rows("SHOW COLUMNS IN TABLE d.s.t", {"data_type"}) ==
        "{\"type\":\"ARRAY\",\"nullable\":true,\"elementType\":" + fixed + "false}}\n" +
            "{\"type\":\"MAP\",\"nullable\":true,\"keyType\":{\"type\":\"TEXT\",\"length\":3,\"byteLength\":12,"
            "\"nullable\":true,\"fixed\":false},"
            "\"valueType\":{\"type\":\"ARRAY\",\"nullable\":true,\"elementType\":" +
            fixed + "true}}}\n" +
            "{\"type\":\"OBJECT\",\"nullable\":true,\"fields\":[{\"fieldName\":\"x\",\"fieldType\":" + fixed +
            "false}},{\"fieldName\":\"y "
            "z\",\"fieldType\":{\"type\":\"OBJECT\",\"nullable\":true,\"fields\":[{\"fieldName\":\"q\",\"fieldType\":"
            "{\"type\":\"DATE\",\"nullable\":true}}]}}]}\n" +
            "{\"type\":\"VECTOR\",\"nullable\":true,\"vectorElementType\":\"INT\",\"dimension\":3}\n" +
            "{\"type\":\"ARRAY\",\"nullable\":true}");
}

TEST_CASE("DESCRIBE has the recorded columns", "[ddl][show]") {
  TableAccount a;
  REQUIRE(a.all({"create table d.s.t (i int)"}).empty());
  CHECK(a.header("DESCRIBE TABLE d.s.t") ==
        "name type kind null? default primary key unique key check expression comment policy name privacy domain write "
        "default");
  CHECK(a.run("DESCRIBE TABLE d.s.t") == "I|NUMBER(38,0)|COLUMN|Y|-|N|N|-|-|-|-|-|-");
  CHECK(a.run("DESCRIBE VIEW d.s.t") == "I|NUMBER(38,0)|COLUMN|Y|-|N|N|-|-|-|-|-|-");
  CHECK(a.run("DESCRIBE VIEW d.s.x").substr(0, 53) == "002003 42S02 SQL compilation error:\nView 'D.S.X' does");
  CHECK(a.rows("DESC SCHEMA d.s", {"name", "kind"}) == "T|TABLE");
  CHECK(a.rows("DESC DATABASE d", {"name", "kind"}) == "INFORMATION_SCHEMA|SCHEMA\nPUBLIC|SCHEMA\nS|SCHEMA");
  CHECK(a.rows("DESC WAREHOUSE compute_wh", {"name", "kind"}) == "COMPUTE_WH|WAREHOUSE");
}

TEST_CASE("a failing statement leaves nothing behind", "[ddl][table]") {
  TableAccount a;
  REQUIRE(a.all({"create table d.s.t (a int)", "insert into d.s.t values (1)"}).empty());
  CHECK(a.run("create or replace table d.s.t (b int) as select nosuch from d.s.t").substr(0, 1) == "0");
  CHECK(a.run("select a from d.s.t") == "1");
  CHECK(a.run("alter table d.s.t add b int, a int").substr(0, 6) == "001430");
  CHECK(a.columns("d.s.t") == "A|NUMBER(38,0)|Y|-");
  CHECK(a.run("alter table d.s.t add b int") == kDone);
  CHECK(a.run("select * from d.s.t") == "1|-");
}

TEST_CASE("columns of a table without clustering key are renamed and dropped", "[ddl][table]") {
  TableAccount a;
  REQUIRE(a.all({"create table d.s.t (a int, b int)"}).empty());
  CHECK(a.run("alter table d.s.t rename column a to c") == kDone);
  CHECK(a.run("alter table d.s.t drop column b") == kDone);
  CHECK(a.rows("DESC TABLE d.s.t", {"name"}) == "C");
}

TEST_CASE("a default collation is taken by new text columns", "[ddl][table]") {
  TableAccount a;
  REQUIRE(
      a.all({"create table d.s.before (v varchar)", "alter schema d.s set default_ddl_collation = 'en-ci'",
             "create table d.s.t (v varchar, w varchar collate 'de', n int)", "alter table d.s.before add x varchar(5)",
             "create table d.s.own (v varchar) default_ddl_collation = 'fr'"})
          .empty());
  CHECK(a.rows("DESC TABLE d.s.t", {"type"}) ==
        "VARCHAR(16777216) COLLATE 'en-ci'\nVARCHAR(16777216) COLLATE 'de'\nNUMBER(38,0)");
  CHECK(a.rows("DESC TABLE d.s.before", {"type"}) == "VARCHAR(16777216)\nVARCHAR(5) COLLATE 'en-ci'");
  CHECK(a.rows("DESC TABLE d.s.own", {"type"}) == "VARCHAR(16777216) COLLATE 'fr'");
}

TEST_CASE("a referenced table is dropped unless RESTRICT is said", "[ddl][table]") {
  TableAccount a;
  REQUIRE(a.all({"create table d.s.p (a int primary key)", "create table d.s.f (x int references d.s.p)"}).empty());
  CHECK(a.run("drop table d.s.p restrict").find("Cannot drop the table because of dependencies") != std::string::npos);
  CHECK(a.run("drop table d.s.p") == "P successfully dropped.");
  CHECK(a.rows("SHOW IMPORTED KEYS IN TABLE d.s.f", {"fk_name"}).empty());
}
