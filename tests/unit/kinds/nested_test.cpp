// Values with parts: one spelling of what means the same, and the names in them.
#include <catch2/catch.hpp>

#include "mesh/kinds/document.hpp"

using namespace mesh;
using namespace mesh::kinds;

namespace {

const Field& form_of(KindId kind, const char* property) { return *find_property(of(kind), property)->form; }

std::string read(const Field& form, const ValueList& list, bool in_document = false) {
  const auto value = field_value(form, Value(list), in_document);
  return value ? to_display(*value, 0) : "refused: " + value.error().message;
}

}  // namespace

TEST_CASE("nested values that mean the same are the same") {
  const Field& categories = form_of(KindId::ClassificationProfile, "snowflake_semantic_categories");
  const ValueRecord name{{"category", "NAME"}};
  const ValueRecord passport{{"country_codes", ValueList{"US", "DE", "US"}}, {"category", "PASSPORT"}};
  const char* const both = "{category: NAME}, {category: PASSPORT, country_codes: [DE, US]}";
  CHECK(read(categories, {name, passport}) == both);
  CHECK(read(categories, {passport, name, passport}) == both);
  CHECK(read(categories, {ValueRecord{{"category", "NAME"}, {"country_codes", Value()}}}) == "{category: NAME}");
  CHECK(read(categories, {ValueRecord{{"category", "P"}, {"country_codes", "US"}}}) ==
        "{category: P, country_codes: [US]}");
  CHECK(field_value(categories, Value(ValueList{}), false)->is_null());
  CHECK(read(categories, {"NAME"}) == "refused: it is no map");

  const Field& map = form_of(KindId::ClassificationProfile, "tag_map.column_tag_map");
  const ValueRecord one{{"tag_name", "a.b.\"C\""}}, other{{"tag_name", "A.B.\"d\""}, {"tag_value", ""}};
  CHECK(read(map, {other, one, other}) == "{tag_name: A.B.\"d\"}, {tag_name: A.B.C}, {tag_name: A.B.\"d\"}");
  CHECK(read(map, {ValueRecord{{"tag_name", "a.b.c"}, {"tag_value", "x"}}}).find("go together") != std::string::npos);
}

TEST_CASE("a document keeps what its form does not know, and has names as they are stored") {
  const Field& featured = form_of(KindId::Listing, "data_dictionary.featured");
  const Value value(
      ValueRecord{{"later", ValueRecord{{"b", 1}, {"a", 2}}},
                  {"objects", ValueList{ValueRecord{{"domain", "table"}, {"schema", "s"}, {"name", "t"}}}},
                  {"database", "db"}});
  CHECK(to_display(*field_value(featured, value, true), 0) ==
        "database: db, objects: [{name: t, schema: s, domain: TABLE}], later: a: 2, b: 1");
  CHECK(to_display(*field_value(featured, value, false), 0) ==
        "database: DB, objects: [{name: t, schema: S, domain: TABLE}]");
}

TEST_CASE("names in nested values are references, and a set stays in order when they change") {
  const auto& map = *find_property(of(KindId::ClassificationProfile), "tag_map.column_tag_map");
  const Value tags(
      ValueList{ValueRecord{{"tag_name", "A.B.C"}, {"tag_value", "X.Y.Z"}}, ValueRecord{{"tag_name", "D.E.\"f.g\""}}});
  std::string named;
  for (const auto& id : named_in(map, tags)) named += id.address() + "; ";
  CHECK(named == "tag A.B.C; tag D.E.\"f.g\"; ");
  const auto& featured = *find_property(of(KindId::Listing), "data_dictionary.featured");
  const auto ids = named_in(featured, Value(ValueRecord{{"database", "d b"}}));
  REQUIRE(ids.size() == 1);
  CHECK(ids.front().address() == "database \"d b\"");

  static constexpr Field names[] = {{.name = "database", .type = FieldType::Name, .refers_to = KindId::Database}};
  constexpr Field set = {.type = FieldType::List, .fields = names, .is_set = true};
  Value value(ValueList{ValueRecord{{"database", "A"}}, ValueRecord{{"database", "A_B"}}});
  rename_in_field(set, value, [](const Field&, const std::string& text) { return text + "_DEV"; });
  CHECK(to_display(value) == "{database: A_B_DEV}, {database: A_DEV}");
}
