#include "many_columns.hpp"

#include <catch2/catch.hpp>

#include "columns.hpp"
#include "terminal.hpp"

using namespace mesh;
using namespace mesh::live_test;

namespace {

constexpr const char* kShown = R"(
  | table_name | schema_name | column_name | data_type                                                      | null? | default | comment | autoincrement |
  |------------+-------------+-------------+----------------------------------------------------------------+-------+---------+---------+---------------|
  | WHOLE      | S           | AT          | {"type":"TIMESTAMP_NTZ","precision":0,"scale":3}               | true  |         |         |               |
  | WHOLE      | S           | NAME        | {"type":"TEXT","length":20,"collation":"de"}                   | true  |         |         |               |
  | CUT        | S           | ID          | {"type":"FIXED","precision":38,"scale":0}                      | true  |         |         |               |
)";

constexpr const char* kTold = R"(
  | TABLE_NAME | TABLE_SCHEMA | COLUMN_NAME | DATA_TYPE     | CHARACTER_MAXIMUM_LENGTH | NUMERIC_PRECISION | NUMERIC_SCALE | IS_NULLABLE | COLUMN_DEFAULT | IS_IDENTITY | IDENTITY_START | IDENTITY_INCREMENT | IDENTITY_ORDERED | EXPRESSION | COMMENT |
  |------------+--------------+-------------+---------------+--------------------------+-------------------+---------------+-------------+----------------+-------------+----------------+--------------------+------------------+------------+---------|
  | WHOLE      | S            | AT          | TIMESTAMP_NTZ | NULL                     | NULL              | NULL          | YES         | NULL           | NO          | NULL           | NULL               | NULL             | NULL       | NULL    |
  | WHOLE      | S            | NAME        | TEXT          | 20                       | NULL              | NULL          | YES         | NULL           | NO          | NULL           | NULL               | NULL             | NULL       | NULL    |
  | CUT        | S            | ID          | NUMBER        | NULL                     | 38                | 0             | NO          | NULL           | YES         | 5              | 2                  | NO               | NULL       | the key |
  | CUT        | S            | TWICE       | NUMBER        | NULL                     | 10                | 2             | YES         | NULL           | NO          | NULL           | NULL               | NULL             | ID * 2     | NULL    |
  | CUT        | S            | NAME        | TEXT          | 30                       | NULL              | NULL          | YES         | 'x'            | NO          | NULL           | NULL               | NULL             | NULL       | NULL    |
  | CUT        | S            | DAY         | DATE          | NULL                     | NULL              | NULL          | YES         | NULL           | NO          | NULL           | NULL               | NULL             | NULL       | NULL    |
  | CUT        | S            | AT          | TIMESTAMP_LTZ | NULL                     | NULL              | NULL          | YES         | NULL           | NO          | NULL           | NULL               | NULL             | NULL       | NULL    |
  | ARRAYS     | S            | A           | ARRAY         | NULL                     | NULL              | NULL          | YES         | NULL           | NO          | NULL           | NULL               | NULL             | NULL       | NULL    |
  | FINE       | S            | AT          | TIME          | NULL                     | NULL              | NULL          | YES         | NULL           | NO          | NULL           | NULL               | NULL             | NULL       | NULL    |
  | STRANGE    | S            | NAME        | TEXT          | 20                       | NULL              | NULL          | YES         | NULL           | NO          | NULL           | NULL               | NULL             | NULL       | NULL    |
  | COLLATED   | S            | NAME        | TEXT          | 20                       | NULL              | NULL          | YES         | NULL           | NO          | NULL           | NULL               | NULL             | NULL       | NULL    |
  | V          | S            | A           | ARRAY         | NULL                     | NULL              | NULL          | YES         | NULL           | NO          | NULL           | NULL               | NULL             | NULL       | of all  |
)";

Column column(const char* name, const char* type, const char* collate = "") {
  Column made;
  made.name = Name::exact(name);
  made.type = *DataType::parse(type);
  made.collate = collate;
  return made;
}

}  // namespace

TEST_CASE("beyond what SHOW COLUMNS lists, what is not told whole is to be asked for by itself") {
  Manifests manifests;
  State state;
  std::map<ObjectId, const Object*> declared;
  const auto relation = [&](const char* address, std::vector<Column> columns) {
    auto& object = manifests.declare(address);
    object.columns = std::move(columns);
    state.objects[object.id].id = object.id;
    declared[object.id] = &object;
  };
  relation("table D.S.WHOLE", {});
  relation("table D.S.CUT", {column("ID", "NUMBER"), column("NAME", "VARCHAR(30)"), column("AT", "TIMESTAMP_LTZ")});
  relation("table D.S.ARRAYS", {column("A", "ARRAY")});
  relation("table D.S.FINE", {column("AT", "TIME(3)")});
  relation("table D.S.STRANGE", {});
  relation("table D.S.COLLATED", {column("NAME", "VARCHAR(20)", "de")});
  relation("table D.S.HIDDEN", {});
  relation("view D.S.V", {});
  const auto many = live::many_columns(table(kShown), table(kTold), declared);
  std::string incomplete;
  for (const auto& [id, is_complete] : many.is_complete) incomplete += is_complete ? "" : id.address() + "\n";
  CHECK(incomplete == "table D.S.ARRAYS\ntable D.S.COLLATED\ntable D.S.FINE\ntable D.S.HIDDEN\ntable D.S.STRANGE\n");
  live::ColumnReader reader;
  reader.read(many.rows, Name::exact("D"), state);
  CHECK(reader.problems().empty());
  std::string found;
  for (const auto& [id, object] : state.objects) found += text_of(object);
  CHECK(found ==
        "table D.S.ARRAYS\ntable D.S.COLLATED\n"
        "table D.S.CUT\n"
        "  ID NUMBER(38,0) NOT NULL IDENTITY(5,2) NOORDER COMMENT the key\n"
        "  TWICE NUMBER(10,2)\n"
        "  NAME VARCHAR(30) DEFAULT 'x'\n"
        "  DAY DATE\n"
        "  AT TIMESTAMP_LTZ(9)\n"
        "table D.S.FINE\ntable D.S.HIDDEN\ntable D.S.STRANGE\n"
        "table D.S.WHOLE\n"
        "  AT TIMESTAMP_NTZ(3)\n"
        "  NAME VARCHAR(20) COLLATE de\n"
        "view D.S.V\n"
        "  A  COMMENT of all\n");
}
