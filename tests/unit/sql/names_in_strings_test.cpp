#include "mesh/sql/names_in_strings.hpp"

#include <catch2/catch.hpp>

namespace mesh::sql {
namespace {

// Every name that begins with OUR gets the suffix, but a database named OURS only as a database.
std::string renamed(std::string_view text) {
  return rename_in_strings(text, [](KindId level, const Name& name) -> std::optional<Name> {
    const bool ours = name.stored().rfind("OUR", 0) == 0 && (name.stored() != "OURS" || level == KindId::Database);
    return ours ? std::optional<Name>(Name::exact(name.stored() + "_DEV")) : std::nullopt;
  });
}

}  // namespace

TEST_CASE("names that stand in strings are found where Snowflake takes a string for a name") {
  struct Row {
    const char *text, *expected;
  };
  for (const auto& row : {
           Row{"IS_ROLE_IN_SESSION('OUR_R')", "IS_ROLE_IN_SESSION('OUR_R_DEV')"},
           Row{"is_role_in_session ( 'OUR_R' )", "is_role_in_session ( 'OUR_R_DEV' )"},
           Row{"IS_GRANTED_TO_INVOKER_ROLE('OUR_R')", "IS_GRANTED_TO_INVOKER_ROLE('OUR_R_DEV')"},
           Row{"current_role() = 'OUR_R'", "current_role() = 'OUR_R_DEV'"},
           Row{"CURRENT_ROLE() <> 'OUR_R' AND 'OUR_S' = INVOKER_ROLE()",
               "CURRENT_ROLE() <> 'OUR_R_DEV' AND 'OUR_S_DEV' = INVOKER_ROLE()"},
           Row{"'OUR_R' != CURRENT_ROLE()", "'OUR_R_DEV' != CURRENT_ROLE()"},
           Row{"CURRENT_ROLE() IN ('OUR_R', 'OTHER', 'OUR_S')",
               "CURRENT_ROLE() IN ('OUR_R_DEV', 'OTHER', 'OUR_S_DEV')"},
           Row{"CURRENT_ROLE() NOT IN ('OUR_R')", "CURRENT_ROLE() NOT IN ('OUR_R_DEV')"},
           Row{"CASE CURRENT_ROLE() WHEN 'OUR_R' THEN 'OUR_R' WHEN 'OUR_S' THEN CASE v WHEN 'OUR_T' THEN 1 END ELSE v "
               "END",
               "CASE CURRENT_ROLE() WHEN 'OUR_R_DEV' THEN 'OUR_R' WHEN 'OUR_S_DEV' THEN CASE v WHEN 'OUR_T' THEN 1 END "
               "ELSE v END"},
           Row{"CURRENT_WAREHOUSE() = 'OUR_W'", "CURRENT_WAREHOUSE() = 'OUR_W_DEV'"},
           Row{"CURRENT_USER() = 'OUR_U'", "CURRENT_USER() = 'OUR_U_DEV'"},
           Row{"INVOKER_SHARE() = 'OUR_S'", "INVOKER_SHARE() = 'OUR_S_DEV'"},
           Row{"CURRENT_DATABASE() = 'OURS' AND CURRENT_ROLE() = 'OURS'",
               "CURRENT_DATABASE() = 'OURS_DEV' AND CURRENT_ROLE() = 'OURS'"},
           Row{"SYSTEM$STREAM_HAS_DATA('our_db.s.\"a stream\"')",
               "SYSTEM$STREAM_HAS_DATA('our_db_dev.s.\"a stream\"')"},
           Row{"SYSTEM$GET_TAG_ON_CURRENT_COLUMN('OURS.TAGS.PII') = 'OUR_R'",
               "SYSTEM$GET_TAG_ON_CURRENT_COLUMN('OURS_DEV.TAGS.PII') = 'OUR_R'"},
           Row{"SELECT * FROM IDENTIFIER('OUR_DB.S.T')", "SELECT * FROM IDENTIFIER('OUR_DB_DEV.S.T')"},
           // What looks alike and is no such name.
           Row{"v = 'OUR_R'", "v = 'OUR_R'"},
           Row{"IS_ROLE_IN_SESSION(v) OR v = 'OUR_R'", "IS_ROLE_IN_SESSION(v) OR v = 'OUR_R'"},
           Row{"CURRENT_ROLE() = 'our_r'", "CURRENT_ROLE() = 'our_r'"},  // stored names are compared as they are
           Row{"CURRENT_ROLE() = v -- 'OUR_R'", "CURRENT_ROLE() = v -- 'OUR_R'"},
           Row{"'CURRENT_ROLE() = ''OUR_R'''", "'CURRENT_ROLE() = ''OUR_R'''"},
           Row{"SYSTEM$STREAM_HAS_DATA('OUR_S.T')", "SYSTEM$STREAM_HAS_DATA('OUR_S.T')"},
           Row{"CURRENT_ROLE(", "CURRENT_ROLE("},
           Row{"", ""},
       }) {
    CAPTURE(row.text);
    CHECK(renamed(row.text) == row.expected);
  }
}

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

TEST_CASE("a renamed string keeps its quotes and backslashes") {
  const auto quoted = rename_in_strings(R"(CURRENT_ROLE() = 'it\\''s')", [](KindId, const Name& name) {
    return std::optional<Name>(Name::exact(name.stored() + "'_DEV"));
  });
  CHECK(quoted == R"(CURRENT_ROLE() = 'it\\''s''_DEV')");
}

}  // namespace mesh::sql
