// A contract in the Open Data Contract Standard 3.0 and 3.1.
#include "odcs.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/sql/quality_query.hpp"

namespace mesh::manifest {
namespace {

constexpr const char* kCode = "MESH1522";

// --- the standard's own words (odcs-json-schema-v3.1.0.json)

constexpr auto kVersions = std::to_array<std::string_view>({"v3.1.0", "v3.0.2", "v3.0.1", "v3.0.0"});
constexpr auto kKinds = std::to_array<std::string_view>({"DataContract"});
constexpr auto kLogicalTypes = std::to_array<std::string_view>(
    {"string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean"});
constexpr auto kDimensions = std::to_array<std::string_view>(
    {"accuracy", "completeness", "conformity", "consistency", "coverage", "timeliness", "uniqueness"});
constexpr auto kChecks = std::to_array<std::string_view>({"text", "library", "sql", "custom"});
constexpr auto kMetrics =
    std::to_array<std::string_view>({"nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount"});
constexpr auto kOperators =
    std::to_array<std::string_view>({"mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo",
                                     "mustBeLessThan", "mustBeLessOrEqualTo", "mustBeBetween", "mustNotBeBetween"});

constexpr FieldRow kQuality[] = {{"id"},
                                 {"name"},
                                 {"description"},
                                 {"type", Takes::Text, false, nullptr, kChecks},
                                 {"metric", Takes::Text, false, nullptr, kMetrics},
                                 {"rule"},
                                 {"arguments", Takes::Map},
                                 {"query"},
                                 {"engine"},
                                 {"implementation", Takes::Anything},
                                 {"unit"},
                                 {"dimension", Takes::Text, false, nullptr, kDimensions},
                                 {"severity"},
                                 {"businessImpact"},
                                 {"method"},
                                 {"schedule"},
                                 {"scheduler"},
                                 {"mustBe", Takes::Anything},
                                 {"mustNotBe", Takes::Anything},
                                 {"mustBeGreaterThan", Takes::Number},
                                 {"mustBeGreaterOrEqualTo", Takes::Number},
                                 {"mustBeLessThan", Takes::Number},
                                 {"mustBeLessOrEqualTo", Takes::Number},
                                 {"mustBeBetween", Takes::Texts},
                                 {"mustNotBeBetween", Takes::Texts},
                                 {"tags", Takes::Texts},
                                 {"customProperties", Takes::Maps, false, &kCustomPropertyShape},
                                 {"authoritativeDefinitions", Takes::Maps, false, &kDefinitionShape}};
constexpr Shape kQualityShape = {"a quality rule", kQuality};

constexpr FieldRow kRelationship[] = {{"id"},
                                      {"type"},
                                      {"from", Takes::Anything},
                                      {"to", Takes::Anything},
                                      {"customProperties", Takes::Maps, false, &kCustomPropertyShape}};
constexpr Shape kRelationshipShape = {"a relationship", kRelationship};

extern const Shape kPropertyShape, kItemsShape;
constexpr FieldRow kProperty[] = {{"name", Takes::Text, true},
                                  {"id"},
                                  {"physicalName"},
                                  {"physicalType"},
                                  {"businessName"},
                                  {"description"},
                                  {"logicalType", Takes::Text, false, nullptr, kLogicalTypes},
                                  {"logicalTypeOptions", Takes::Map},
                                  {"required", Takes::Boolean},
                                  {"unique", Takes::Boolean},
                                  {"primaryKey", Takes::Boolean},
                                  {"primaryKeyPosition", Takes::Integer},
                                  {"partitioned", Takes::Boolean},
                                  {"partitionKeyPosition", Takes::Integer},
                                  {"classification"},
                                  {"encryptedName"},
                                  {"criticalDataElement", Takes::Boolean},
                                  {"transformSourceObjects", Takes::Texts},
                                  {"transformLogic"},
                                  {"transformDescription"},
                                  {"examples", Takes::Anything},
                                  {"items", Takes::Map, false, &kItemsShape},
                                  {"properties", Takes::Maps, false, &kPropertyShape},
                                  {"relationships", Takes::Maps, false, &kRelationshipShape},
                                  {"quality", Takes::Maps, false, &kQualityShape},
                                  {"tags", Takes::Texts},
                                  {"customProperties", Takes::Maps, false, &kCustomPropertyShape},
                                  {"authoritativeDefinitions", Takes::Maps, false, &kDefinitionShape}};
const Shape kPropertyShape = {"a property", kProperty};
// The elements of an array need no name: the first row.
const Shape kItemsShape = {"items", std::span(kProperty).subspan(1)};

constexpr FieldRow kObject[] = {{"name", Takes::Text, true},
                                {"id"},
                                {"physicalName"},
                                {"physicalType"},
                                {"businessName"},
                                {"description"},
                                {"logicalType"},
                                {"dataGranularityDescription"},
                                {"properties", Takes::Maps, false, &kPropertyShape},
                                {"relationships", Takes::Maps, false, &kRelationshipShape},
                                {"quality", Takes::Maps, false, &kQualityShape},
                                {"tags", Takes::Texts},
                                {"customProperties", Takes::Maps, false, &kCustomPropertyShape},
                                {"authoritativeDefinitions", Takes::Maps, false, &kDefinitionShape}};
const Shape kObjectShape = {"an object of schema", kObject};

constexpr FieldRow kRole[] = {{"id"},
                              {"role", Takes::Text, true},
                              {"description"},
                              {"access"},
                              {"firstLevelApprovers"},
                              {"secondLevelApprovers"},
                              {"customProperties", Takes::Maps, false, &kCustomPropertyShape}};
constexpr Shape kRoleShape = {"a role", kRole};
constexpr FieldRow kSla[] = {{"id"},
                             {"property", Takes::Text, true},
                             {"value", Takes::Anything, true},
                             {"valueExt", Takes::Anything},
                             {"unit"},
                             {"element"},
                             {"driver"},
                             {"description"},
                             {"scheduler"},
                             {"schedule"}};
constexpr Shape kSlaShape = {"a service level", kSla};
constexpr FieldRow kPrice[] = {{"id"}, {"priceAmount", Takes::Number}, {"priceCurrency"}, {"priceUnit"}};
constexpr Shape kPriceShape = {"price", kPrice};
constexpr FieldRow kSnowflakeServer[] = {{"server", Takes::Text, true},
                                         {"type", Takes::Text, true},
                                         {"id"},
                                         {"account", Takes::Text, true},
                                         {"database", Takes::Text, true},
                                         {"schema", Takes::Text, true},
                                         {"host"},
                                         {"port", Takes::Integer},
                                         {"warehouse"},
                                         {"description"},
                                         {"environment"},
                                         {"roles", Takes::Maps, false, &kRoleShape},
                                         {"customProperties", Takes::Maps, false, &kCustomPropertyShape}};
constexpr Shape kSnowflakeServerShape = {"a snowflake server", kSnowflakeServer};

constexpr FieldRow kContract[] = {{"apiVersion", Takes::Text, true, nullptr, kVersions},
                                  {"kind", Takes::Text, true, nullptr, kKinds},
                                  {"id", Takes::Text, true},
                                  {"version", Takes::Text, true},
                                  {"status", Takes::Text, true},
                                  {"name"},
                                  {"tenant"},
                                  {"domain"},
                                  {"dataProduct"},
                                  {"tags", Takes::Texts},
                                  {"description", Takes::Map, false, &kDescriptionShape},
                                  {"schema", Takes::Maps, false, &kObjectShape},
                                  {"support", Takes::Maps, false, &kSupportShape},
                                  {"price", Takes::Map, false, &kPriceShape},
                                  {"team", Takes::Anything},  // a list of members until 3.0
                                  {"roles", Takes::Maps, false, &kRoleShape},
                                  {"slaDefaultElement"},
                                  {"slaProperties", Takes::Maps, false, &kSlaShape},
                                  {"servers", Takes::Maps},
                                  {"customProperties", Takes::Maps, false, &kCustomPropertyShape},
                                  {"authoritativeDefinitions", Takes::Maps, false, &kDefinitionShape},
                                  {"contractCreatedTs"}};
constexpr Shape kContractShape = {"a contract", kContract};

constexpr auto kBounds =
    std::to_array<std::string_view>({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"});
struct OptionsRow {
  std::string_view type;
  std::array<std::string_view, 3> own;
  bool bounds;
};
constexpr auto kOptions = std::to_array<OptionsRow>({
    {"string", {"minLength", "maxLength", "pattern"}, false},
    {"date", {}, true},
    {"timestamp", {"timezone", "defaultTimezone"}, true},
    {"time", {"timezone", "defaultTimezone"}, true},
    {"integer", {"multipleOf"}, true},
    {"number", {"multipleOf"}, true},
    {"object", {"minProperties", "maxProperties", "required"}, false},
    {"array", {"minItems", "maxItems", "uniqueItems"}, false},
    {"boolean", {}, false},
});
bool takes_format(std::string_view type) { return type != "object" && type != "array" && type != "boolean"; }

// --- types (mesh.md 2.2): the physical one counts, the logical one stands in for it

struct FamilyRow {
  std::string_view logical;
  std::array<std::string_view, 5> families;
};
constexpr auto kFamilies = std::to_array<FamilyRow>({
    {"string", {"VARCHAR", "BINARY"}},
    {"date", {"DATE"}},
    {"timestamp", {"TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ"}},
    {"time", {"TIME"}},
    {"number", {"NUMBER", "FLOAT", "DECFLOAT"}},
    {"integer", {"NUMBER"}},
    {"boolean", {"BOOLEAN"}},
    {"object", {"OBJECT", "VARIANT", "MAP", "GEOGRAPHY", "GEOMETRY"}},
    {"array", {"ARRAY", "VARIANT", "VECTOR"}},
});

bool agree(std::string_view logical, const DataType& type) {
  const auto row =
      std::find_if(kFamilies.begin(), kFamilies.end(), [&](const FamilyRow& each) { return each.logical == logical; });
  if (row == kFamilies.end()) return true;
  if (logical == "integer" && type.family() == "NUMBER" && type.arguments().size() == 2)
    return type.arguments()[1] == 0;
  return std::find(row->families.begin(), row->families.end(), type.family()) != row->families.end();
}

std::string custom(const Node& property, std::string_view name) {
  const Node* list = property.find("customProperties");
  if (list == nullptr || !list->is_list()) return {};
  for (const auto& item : list->items) {
    if (scalar_of(item, "property") == name) return scalar_of(item, "value");
  }
  return {};
}

class OdcsReader {
 public:
  explicit OdcsReader(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  Contract read(const Node& root) {
    Contract contract;
    contract.derived = false;
    contract.place = root.place;
    contract.api_version = scalar_of(root, "apiVersion");
    contract.id = scalar_of(root, "id");
    contract.name = scalar_of(root, "name");
    contract.version = scalar_of(root, "version");
    contract.status = scalar_of(root, "status");
    contract.tenant = scalar_of(root, "tenant");
    contract.domain = scalar_of(root, "domain");
    contract.product = scalar_of(root, "dataProduct");
    contract.tags = texts(root, "tags");
    if (const Node* text = root.find("description")) contract.description = scalar_of(*text, "purpose");
    each(root, "schema", [&](const Node& item) { object(item, contract); });
    each(root, "slaProperties", [&](const Node& item) { service_level(item, contract); });
    each(root, "roles", [&](const Node& item) {
      contract.roles[scalar_of(item, "role")] = {scalar_of(item, "access"), item.place};
    });
    each(root, "servers", [&](const Node& item) { server(item, contract); });
    team(root);
    return contract;
  }

 private:
  template <typename Visit>
  static void each(const Node& map, std::string_view key, Visit visit) {
    const Node* list = map.find(key);
    if (list == nullptr || !list->is_list()) return;
    for (const auto& item : list->items) {
      if (item.is_map()) visit(item);
    }
  }
  static std::vector<std::string> texts(const Node& map, std::string_view key) {
    std::vector<std::string> all;
    const Node* list = map.find(key);
    if (list == nullptr || !list->is_list()) return all;
    for (const auto& item : list->items) {
      if (item.is_scalar()) all.push_back(item.text);
    }
    return all;
  }
  static bool truth(const Node& map, std::string_view key) {
    const Node* node = map.find(key);
    return node != nullptr && node->is_boolean() && iequals(node->text, "true");
  }
  void wrong(const Node& at, std::string summary, std::string help = {}) {
    diagnostics_.error(kCode, at.place, std::move(summary), std::move(help));
  }

  // The list of members that 3.0 had is read still.
  void team(const Node& root) {
    const Node* team = root.find("team");
    if (team == nullptr || team->is_null()) return;
    if (team->is_map()) {
      check_shape(*team, kTeamShape, diagnostics_);
    } else if (!team->is_list()) {
      wrong(*team, fmt::format("team must be a map with members, not {}", type_words(*team)));
    }
  }

  // Names are written as people write them, or as they are stored.
  static QualifiedName name_of(const Node& map) {
    const auto physical = scalar_of(map, "physicalName");
    const auto written = physical.empty() ? scalar_of(map, "name") : physical;
    if (const auto parsed = QualifiedName::parse(written)) return *parsed;
    return QualifiedName({Name::exact(written)});
  }

  void object(const Node& item, Contract& contract) {
    ContractObject object;
    object.id = scalar_of(item, "id");
    object.name = name_of(item);
    object.kind = to_lower(scalar_of(item, "physicalType"));
    object.description = scalar_of(item, "description");
    object.tags = texts(item, "tags");
    object.place = item.place;
    quality(item, object.quality);
    object.columns_known = item.find("properties") != nullptr;
    each(item, "properties", [&](const Node& property) { column(property, object); });
    contract.objects.push_back(std::move(object));
  }

  void column(const Node& property, ContractObject& object) {
    ContractColumn column;
    column.id = scalar_of(property, "id");
    column.name = name_of(property).last();
    column.logical_type = scalar_of(property, "logicalType");
    column.required = truth(property, "required");
    column.unique = truth(property, "unique");
    column.classification = scalar_of(property, "classification");
    column.description = scalar_of(property, "description");
    column.tags = texts(property, "tags");
    column.place = property.place;
    if (truth(property, "primaryKey")) {
      int position = 0;
      const auto text = scalar_of(property, "primaryKeyPosition");
      std::from_chars(text.data(), text.data() + text.size(), position);
      column.key_position = std::max(1, position);
    }
    each(property, "relationships", [&](const Node& relationship) {
      if (column.references.empty()) column.references = scalar_of(relationship, "to");
    });
    options(property, column);
    quality(property, column.quality);
    allowed_values(column);
    type(property, column);
    if (const auto* other = object.find(column.name)) {
      auto& error = diagnostics_.error(kCode, property.place,
                                       fmt::format("property {} stands twice", column.name.display()), "keep one");
      error.notes.push_back({"the other", other->place});
      return;
    }
    object.columns.push_back(std::move(column));
  }

  void options(const Node& property, ContractColumn& column) {
    const Node* options = property.find("logicalTypeOptions");
    if (options == nullptr || !options->is_map()) return;
    const auto row = std::find_if(kOptions.begin(), kOptions.end(),
                                  [&](const OptionsRow& each) { return each.type == column.logical_type; });
    if (row == kOptions.end()) {
      if (column.logical_type.empty())
        wrong(*options, "logicalTypeOptions without a logicalType", "say of which logicalType they are");
      return;
    }
    std::vector<std::string> known;
    for (const auto own : row->own) {
      if (!own.empty()) known.emplace_back(own);
    }
    if (row->bounds) known.insert(known.end(), kBounds.begin(), kBounds.end());
    if (takes_format(row->type)) known.emplace_back("format");
    for (const auto& [key, value] : entries(*options)) {
      if (std::find(known.begin(), known.end(), key.text) == known.end()) {
        wrong(key, fmt::format("{} is no option of a {}", key.text, column.logical_type),
              did_you_mean(key.text, known, fmt::format("it takes: {}", join(known, ", "))));
      } else if (value.is_scalar()) {
        column.options[key.text] = {value.text, {}, key.place};
      }
    }
  }

  static std::string written(const Node& node) {
    if (node.is_scalar()) return node.text;
    std::vector<std::string> parts;
    for (const auto& item : node.items) parts.push_back(written(item));
    return join(parts, ", ");
  }

  void quality(const Node& map, std::map<std::string, QualityRule>& out) {
    each(map, "quality", [&](const Node& node) {
      QualityRule rule;
      rule.place = node.place;
      rule.unit = scalar_of(node, "unit");
      rule.type = scalar_of(node, "type");
      if (rule.type.empty()) rule.type = "library";
      rule.metric = scalar_of(node, "metric");
      if (rule.metric.empty()) rule.metric = scalar_of(node, "rule");
      rule.query = scalar_of(node, "query");
      auto what = rule.metric;
      if (what.empty()) what = scalar_of(node, "name");
      if (what.empty()) what = rule.query;
      comparison(node, rule);
      if (rule.type == "sql") query(node, rule);
      if (rule.type == "library" && what.empty()) wrong(node, "a quality rule lacks metric");
      arguments(node, rule);
      out.insert_or_assign(fmt::format("{} {}", rule.type, what), std::move(rule));
    });
  }

  void comparison(const Node& node, QualityRule& rule) {
    for (const auto candidate : kOperators) {
      const Node* bound = node.find(candidate);
      if (bound == nullptr || bound->is_null()) continue;
      if (!rule.comparison.empty())
        wrong(*bound, fmt::format("a quality rule has both {} and {}", rule.comparison, candidate), "keep one");
      rule.comparison = candidate;
      rule.value = fmt::format("{} {}", candidate, written(*bound));
      rule.bounds = bound->is_list() ? texts(node, candidate) : std::vector{written(*bound)};
      if (candidate.ends_with("Between") && rule.bounds.size() != 2)
        wrong(*bound, fmt::format("{} takes two numbers", candidate), fmt::format("{}: [1, 10]", candidate));
    }
    if (rule.comparison.empty() && (rule.type == "library" || rule.type == "sql"))
      wrong(node, "a quality rule compares with nothing", "add one of: mustBe, mustBeLessThan, mustBeBetween, …");
  }

  // It runs in the account as it is written.
  void query(const Node& node, const QualityRule& rule) {
    const Node* text = node.find("query");
    if (text == nullptr || rule.query.empty()) return wrong(node, "a quality rule of type sql lacks query");
    for (const auto& problem : sql::check_quality_query(rule.query)) {
      diagnostics_.error(kCode, text->place_in(problem.offset, problem.length),
                         fmt::format("a quality rule asks by one SELECT: {}", problem.message), problem.help);
    }
  }

  static void arguments(const Node& node, QualityRule& rule) {
    const Node* all = node.find("arguments");
    if (all == nullptr || !all->is_map()) return;
    rule.valid_values = texts(*all, "validValues");
    rule.missing_values = texts(*all, "missingValues");
    rule.properties = texts(*all, "properties");
    rule.pattern = scalar_of(*all, "pattern");
  }

  // What the metric invalidValues takes for valid.
  static void allowed_values(ContractColumn& column) {
    for (const auto& [what, rule] : column.quality) {
      if (rule.metric == "invalidValues") column.allowed_values = rule.valid_values;
    }
  }

  void type(const Node& property, ContractColumn& column) {
    const Node* physical = property.find("physicalType");
    if (physical != nullptr && physical->is_scalar()) {
      auto parsed = DataType::parse(physical->text);
      if (!parsed) {
        wrong(*physical, fmt::format("physicalType '{}' is no type of Snowflake", physical->text),
              parsed.error().message);
        return;
      }
      if (!agree(column.logical_type, *parsed)) {
        diagnostics_.warning(kCode, physical->place,
                             fmt::format("physicalType {} and logicalType {} of {} contradict each other",
                                         parsed->to_string(), column.logical_type, column.name.display()),
                             "the physical one counts");
      }
      column.type = *parsed;
      column.has_physical_type = true;
      return;
    }
    const auto spelled = logical(property, column);
    if (spelled.empty()) return;
    if (const auto parsed = DataType::parse(spelled)) column.type = *parsed;
  }

  // The type where only the logical one is said; empty: it is not known.
  std::string logical(const Node& property, const ContractColumn& column) {
    const auto option = [&](const char* key) {
      const auto it = column.options.find(key);
      return it == column.options.end() ? std::string() : it->second.value;
    };
    const auto& type = column.logical_type;
    if (type == "string")
      return option("maxLength").empty() ? "VARCHAR" : fmt::format("VARCHAR({})", option("maxLength"));
    if (type == "integer") return "NUMBER(38,0)";
    if (type == "boolean" || type == "date" || type == "time" || type == "object" || type == "array")
      return to_upper(type);
    if (type == "timestamp") return option("timezone") == "true" ? "TIMESTAMP_TZ" : "TIMESTAMP_NTZ";
    if (type != "number") return {};
    if (!option("format").empty()) return "FLOAT";
    const auto precision = custom(property, "precision"), scale = custom(property, "scale");
    if (!precision.empty()) return fmt::format("NUMBER({},{})", precision, scale.empty() ? "0" : scale);
    wrong(property, fmt::format("{} is a number, and nothing says how many digits it has", column.name.display()),
          "add physicalType: NUMBER(12,2); a bare NUMBER would have no decimals");
    return {};
  }

  static void service_level(const Node& item, Contract& contract) {
    const Node* value = item.find("value");
    contract.service_levels[scalar_of(item, "property")] = {value == nullptr ? std::string() : written(*value),
                                                            scalar_of(item, "unit"), item.place,
                                                            scalar_of(item, "element")};
  }

  void server(const Node& item, Contract& contract) {
    const auto name = scalar_of(item, "server");
    const auto type = scalar_of(item, "type");
    if (name.empty()) return wrong(item, "a server lacks server", "that is its name");
    if (type.empty()) return wrong(item, fmt::format("server {} lacks type", name), "write type: snowflake");
    if (type != "snowflake") return;  // another platform's copy is not mesh's to check
    check_shape(item, kSnowflakeServerShape, diagnostics_);
    for (const auto* key : {"account", "database", "schema", "environment"})
      contract.servers[name][key] = scalar_of(item, key);
  }

  Diagnostics& diagnostics_;
};

}  // namespace

std::optional<Contract> read_odcs(const Node& root, Diagnostics& diagnostics) {
  const auto not_one = [&](Place place, std::string summary, std::string help) {
    diagnostics.error("MESH1521", place, std::move(summary), std::move(help));
    return std::nullopt;
  };
  if (!root.is_map()) return not_one(root.place, "this is no contract", "an ODCS file begins with apiVersion: v3.1.0");
  if (const auto other = near_miss(root, "DataContract"); !other.empty())
    return not_one(root.place, fmt::format("this is no ODCS contract but {}", other), "mesh reads ODCS 3.0 and 3.1");
  if (const Node* version = root.find("apiVersion");
      version != nullptr && scalar_of(root, "apiVersion").starts_with("v2"))
    return not_one(version->place, fmt::format("ODCS {} is not read", version->text), "mesh reads ODCS 3.0 and 3.1");
  check_shape(root, kContractShape, diagnostics);
  return OdcsReader(diagnostics).read(root);
}

}  // namespace mesh::manifest
