#include "mesh/sql/names_in_strings.hpp"

#include <catch2/catch.hpp>

namespace mesh::sql {
TEST_CASE("an object that a system function is told is found in full") {
  const auto objects = [](std::string_view text) {
    std::string all;
    for (const auto& found : names_in_strings(text)) {
      if (const auto object = object_in(found, *QualifiedName::parse("D.S.HOME"))) all += object->address() + "\n";
    }
    return all;
  };
  CHECK(objects("SYSTEM$STREAM_HAS_DATA('a.b.c') AND SYSTEM$STREAM_HAS_DATA('\"one\"')") ==
        "stream A.B.C\nstream D.S.\"one\"\n");
  CHECK(objects("SYSTEM$GET_TAG('T.PII', v, 'table') = 'x'") == "tag D.T.PII\n");
  CHECK(objects("IDENTIFIER('A.B.C') || CURRENT_ROLE() = 'R' || SYSTEM$STREAM_HAS_DATA('no name')").empty());
}

}  // namespace mesh::sql
