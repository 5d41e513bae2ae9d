// Classification profiles, instances of a class. Reference: sql-reference/classes/classification_profile, its commands
// and methods; user-guide/classify-auto.
#include <algorithm>

#include "mesh/base/text.hpp"
#include "tables.hpp"

namespace mesh::kinds {
namespace {

std::string_view negative(const Value& value) {
  const auto* days = std::get_if<int64_t>(&value.data);
  return days != nullptr && *days < 0 ? "it is 0 or more" : "";
}

std::string_view below_one(const Value& value) {
  const auto* days = std::get_if<int64_t>(&value.data);
  return days != nullptr && *days < 1 ? "it is 1 or more; without it nothing is classified again" : "";
}

// "If not specified, you must also omit" the other (create-classification-profile, tag map).
std::string_view half_a_mapping(const Value& mapping) {
  bool has_value = false, has_categories = false;
  for (const auto& [key, value] : std::get<ValueRecord>(mapping.data)) {
    has_value |= key == "tag_value";
    has_categories |= key == "semantic_categories" && value != Value(ValueList());
  }
  return has_value == has_categories ? "" : "tag_value and semantic_categories go together: write both, or neither";
}

// Classifiers stand there under their own names, with what LIST() told of them when they were set.
std::string own_name(const Value& name) {
  const auto parsed = QualifiedName::parse(*name.text());
  return parsed ? parsed->last().stored() : *name.text();
}

bool same_classifiers(const Value& wanted, const Value& live) {
  const auto names = [](const Value& value) {
    std::vector<std::string> all;
    if (const auto* list = std::get_if<ValueList>(&value.data)) {
      for (const auto& each : *list) all.push_back(own_name(each));
    }
    std::sort(all.begin(), all.end());
    return all;
  };
  return names(wanted) == names(live);
}

std::string_view one_name_twice(const Value& value) {
  std::vector<std::string> names;
  for (const auto& each : std::get<ValueList>(value.data)) names.push_back(own_name(each));
  std::sort(names.begin(), names.end());
  const bool twice = std::adjacent_find(names.begin(), names.end()) != names.end();
  return twice ? "a profile holds classifiers by their own names, without database and schema: two have the same" : "";
}

// {'MEDICAL_CODES': "D"."S"."MEDICAL_CODES"!LIST()}
void write_classifiers(sql::Writer& w, const Value& value) {
  w.open_object();
  const auto& list = std::get<ValueList>(value.data);
  for (const auto& each : list) {
    if (&each != &list.front()) w.comma();
    w.key(own_name(each)).call(QualifiedName::parse(*each.text()).value(), "", "LIST").close();
  }
  w.close_object();
}

// A key that is no full name cannot be written: which schema it is from nobody tells.
std::string full_name(std::string_view key) {
  const auto name = QualifiedName::parse(key);
  return name && name->depth() == 3 ? name->display() : std::string();
}

std::string contradiction(const Object& profile) {
  const bool has_age = profile.find("minimum_object_age_for_classification_days") != nullptr;
  return has_age ? "" : "minimum_object_age_for_classification_days must be there: 0 classifies objects at once";
}

constexpr PropertyRow described(std::string_view name, ValueType type, std::string_view clause,
                                std::string_view default_value, std::string_view doc) {
  return {.name = name,
          .type = type,
          .clause = clause,
          .from = ReadFrom::Described,
          .column = name,
          .default_value = default_value,
          .doc = doc};
}

constexpr PropertyRow flag(std::string_view name, std::string_view clause, std::string_view default_value,
                           std::string_view doc) {
  auto row = described(name, ValueType::Boolean, clause, default_value, doc);
  row.change = ChangeBy::Set;
  return row;
}

// The page of DESCRIBE shows no such key, and says that what was specified is told.
constexpr PropertyRow untold(PropertyRow row) {
  row.may_be_untold = true;
  return row;
}

constexpr PropertyRow minimum_age_row() {
  auto row = described("minimum_object_age_for_classification_days", ValueType::Integer,
                       "MINIMUM_OBJECT_AGE_FOR_CLASSIFICATION_DAYS", "",
                       "Days that an object must exist before it is classified; 0: at once. Required.");
  row.change = ChangeBy::Set;
  row.absent = Absent::Leave;
  row.wrong = negative;
  return row;
}

constexpr PropertyRow maximum_validity_row() {
  auto row =
      described("maximum_classification_validity_days", ValueType::Integer, "MAXIMUM_CLASSIFICATION_VALIDITY_DAYS", "",
                "Days after which an object is classified again, 1 or more; without it, it never is.");
  row.wrong = below_one;
  row.null_word = "NULL";
  return row;
}

// CREATE's page gives TRUE as its default, that of SET_AUTO_TAG gives FALSE: always said.
constexpr PropertyRow auto_tag_row() {
  auto row = flag("auto_tag", "AUTO_TAG", "true",
                  "Whether columns get the tags that classification finds; without it they are only suggested.");
  row.always_in_create = true;
  return row;
}

constexpr Field kMapping[] = {
    {.name = "tag_name",
     .type = FieldType::FullName,
     .refers_to = KindId::Tag,
     .is_required = true,
     .doc = "The tag that a column gets."},
    {.name = "tag_value", .doc = "Its value; without it, the category that was found."},
    {.name = "semantic_categories",
     .type = FieldType::Texts,
     .is_set = true,
     .doc = "The categories that it stands for; without them, every one."},
};
constexpr Field kTagMap = {.type = FieldType::List, .fields = kMapping, .wrong = half_a_mapping};

constexpr PropertyRow tag_map_row() {
  auto row = described("tag_map.column_tag_map", ValueType::Nested, "TAG_MAP", "",
                       "Tags of your own for what is found: {tag_name: DB.SCHEMA.TAG, tag_value, "
                       "semantic_categories: [NAME, EMAIL]}. Of two that meet, the first one counts.");
  row.form = &kTagMap;
  return row;
}

constexpr Field kCategory[] = {
    {.name = "category", .is_required = true, .doc = "NAME, EMAIL, …"},
    {.name = "country_codes",
     .type = FieldType::Texts,
     .is_set = true,
     .doc = "Codes of two letters; without them, every country."},
};
constexpr Field kCategories = {.type = FieldType::List, .fields = kCategory, .is_set = true};

constexpr PropertyRow categories_row() {
  auto row = untold(described("snowflake_semantic_categories", ValueType::Nested, "SNOWFLAKE_SEMANTIC_CATEGORIES", "",
                              "Look for these categories of Snowflake's alone: {category: PASSPORT, country_codes: "
                              "[US]}; without it, for all."));
  row.form = &kCategories;
  return row;
}

constexpr PropertyRow classifiers_row() {
  auto row = described("custom_classifiers", ValueType::ObjectNames, "CUSTOM_CLASSIFIERS", "",
                       "Classifiers of your own that are asked too, DB.SCHEMA.NAME; [] takes them away. The profile "
                       "keeps what each tells when it is set, and is compared by their names.");
  row.absent = Absent::Leave;  // import cannot tell where they are from
  row.wrong = one_name_twice;
  row.is_set = true;
  row.same = same_classifiers;
  row.as_written = full_name;
  row.write = write_classifiers;
  return row;
}

constexpr std::array<PropertyRow, 9> kRows = {{
    minimum_age_row(),
    maximum_validity_row(),
    auto_tag_row(),
    untold(flag("classify_views", "CLASSIFY_VIEWS", "false", "Whether views are classified as well as tables.")),
    untold(flag("ai_mode", "AI_MODE", "false", "Whether language models look for more categories, at a cost.")),
    untold(flag("enable_tag_based_sensitive_data_exclusion", "ENABLE_TAG_BASED_SENSITIVE_DATA_EXCLUSION", "false",
                "Whether objects with the tag SNOWFLAKE.CORE.SKIP_SENSITIVE_DATA_CLASSIFICATION are left out.")),
    categories_row(),
    tag_map_row(),
    classifiers_row(),
}};
static_assert(sound(kRows));

}  // namespace

constinit const Kind kClassificationProfile = {
    .id = KindId::ClassificationProfile,
    .words = "classification profile",
    .collection = "classification_profiles",
    .sql = "SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE",
    .sql_plural = "SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE",
    .granted_on = "SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE",
    .scope = Scope::Schema,
    .properties = kRows,
    .privileges = {},
    .can_be_renamed = false,
    .owner_is_fixed = true,
    .is_instance = true,
    .drop_cost = "ends automatic classification wherever it is set, and cannot be brought back",
    .contradiction = contradiction,
    .doc =
        "How Snowflake looks for sensitive data by itself, and how it tags what it finds. Databases and schemas name "
        "it: classification_profile: DB.SCHEMA.NAME, a schema's before its database's. Making it needs the database "
        "role SNOWFLAKE.CLASSIFICATION_ADMIN. It is never made anew, for that would take it off everywhere."};

QualifiedName classification_admin() {
  return QualifiedName({Name::exact("SNOWFLAKE"), Name::exact("CLASSIFICATION_ADMIN")});
}

}  // namespace mesh::kinds
