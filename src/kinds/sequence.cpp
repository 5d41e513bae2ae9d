// Sequences. Reference: CREATE SEQUENCE, ALTER SEQUENCE, SHOW SEQUENCES.
#include "tables.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 1> kPrivileges = {"USAGE"};

std::string_view standing_still(const Value& increment) {
  return increment == Value(0) ? "a sequence must go up or down" : "";
}

constexpr std::array<PropertyRow, 4> kRows = {{
    // SHOW tells the next value, never the first (SHOW SEQUENCES, next_value).
    {.name = "start",
     .type = ValueType::Integer,
     .clause = "START",
     .from = ReadFrom::Nowhere,
     .change = ChangeBy::CreateOnly,
     .absent = Absent::Leave,
     .doc = "The first number; only at creation, for afterwards the sequence tells only the next one."},
    {.name = "increment",
     .type = ValueType::Integer,
     .clause = "INCREMENT",
     .column = "interval",
     .change = ChangeBy::Set,
     .default_value = "1",
     .wrong = standing_still,
     .doc = "From one number to the next; negative counts down."},
    {.name = "order",
     .type = ValueType::Boolean,
     .clause = "ORDER",
     .column = "ordered",
     .change = ChangeBy::Words,
     .absent = Absent::Leave,
     .clause_false = "NOORDER",
     .only_from_creation = "true",
     .doc = "Whether numbers grow in the order of time, which costs speed; it can be given up, but never gained."},
    comment_row(),
}};
static_assert(sound(kRows));

}  // namespace

constinit const Kind kSequence = {.id = KindId::Sequence,
                                  .words = "sequence",
                                  .collection = "sequences",
                                  .sql = "SEQUENCE",
                                  .sql_plural = "SEQUENCES",
                                  .granted_on = "SEQUENCE",
                                  .scope = Scope::Schema,
                                  .properties = kRows,
                                  .privileges = kPrivileges,
                                  .may_have_future_grants = true,
                                  .renames_across_schemas = true,
                                  .one_property_per_statement = true,
                                  .doc =
                                      "Numbers that are given out once. Never replaced, for that would begin anew and "
                                      "give numbers twice; there is no UNDROP. A column's default names it as "
                                      "DB.SCHEMA.SEQUENCE.NEXTVAL."};

}  // namespace mesh::kinds
