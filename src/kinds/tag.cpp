// Tags. Reference: CREATE TAG, ALTER TAG, SHOW TAGS.
#include "mesh/base/text.hpp"
#include "tables.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 2> kPrivileges = {"APPLY", "READ"};
constexpr std::array<std::string_view, 3> kPropagation = {"ON_DEPENDENCY", "ON_DATA_MOVEMENT",
                                                          "ON_DEPENDENCY_AND_DATA_MOVEMENT"};

// NONE is what SHOW prints where it is off; DDL has no such word (tag entry).
std::string without_none(std::string_view shown) { return iequals(shown, "NONE") ? std::string() : std::string(shown); }

constexpr std::array<PropertyRow, 3> kRows = {{
    // First in CREATE (tag entry, properties).
    {.name = "allowed_values",
     .type = ValueType::Texts,
     .clause = "ALLOWED_VALUES",
     .column = "allowed_values",
     .json_list = true,
     .bare = true,
     .doc = "The values it may have, in the order that decides conflicts; absent: any."},
    {.name = "propagate",
     .type = ValueType::OneOf,
     .clause = "PROPAGATE",
     .column = "propagate",
     .values = kPropagation,
     .normal = without_none,
     .doc = "Whether it spreads to what depends on, or is filled from, a tagged object."},
    comment_row(),
}};
static_assert(sound(kRows));

constexpr std::string_view kKeys[] = {"masking_policies"};

}  // namespace

constinit const Kind kTag = {.id = KindId::Tag,
                             .words = "tag",
                             .collection = "tag_definitions",
                             .sql = "TAG",
                             .sql_plural = "TAGS",
                             .granted_on = "TAG",
                             .scope = Scope::Schema,
                             .properties = kRows,
                             .privileges = kPrivileges,
                             .keys = kKeys,
                             .can_undrop = true,
                             .renames_across_schemas = true,
                             .one_property_per_statement = true,
                             .doc =
                                 "A label with a value for objects and columns. masking_policies protect, by type, "
                                 "every column that bears it. Dropping it takes it off everything; UNDROP within a day "
                                 "brings it back with all its places."};

}  // namespace mesh::kinds
