// What the Bitol standards have in common: shapes as tables, and the formats they are mistaken for.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "odcs.hpp"

namespace mesh::manifest {
namespace {

constexpr const char* kCode = "MESH1522";

bool is_number(const Node& node) {
  static constexpr std::string_view kDigits = "0123456789.eE+-";
  return node.is_scalar() && node.style == Style::Plain && !node.text.empty() &&
         node.text.find_first_not_of(kDigits) == std::string::npos &&
         node.text.find_first_of("0123456789") != std::string::npos;
}

const char* words_of(Takes takes) {
  switch (takes) {
    case Takes::Text:
      return "a text";
    case Takes::Number:
      return "a number";
    case Takes::Integer:
      return "a whole number";
    case Takes::Boolean:
      return "true or false";
    case Takes::Texts:
      return "a list of texts";
    case Takes::Map:
      return "a map (key: value)";
    case Takes::Maps:
      return "a list of maps";
    case Takes::Anything:
      break;
  }
  return "anything";
}

bool fits(const Node& node, Takes takes) {
  switch (takes) {
    case Takes::Text:
      return node.is_scalar();
    case Takes::Number:
      return is_number(node);
    case Takes::Integer:
      return node.is_integer();
    case Takes::Boolean:
      return node.is_boolean();
    case Takes::Texts:
      return node.is_list() &&
             std::all_of(node.items.begin(), node.items.end(), [](const Node& item) { return item.is_scalar(); });
    case Takes::Map:
      return node.is_map();
    case Takes::Maps:
      return node.is_list();
    case Takes::Anything:
      break;
  }
  return true;
}

void check_value(const Node& node, const FieldRow& row, const Shape& shape, Diagnostics& diagnostics) {
  if (!fits(node, row.takes)) {
    diagnostics.error(kCode, node.place,
                      fmt::format("{} of {} must be {}, not {}", row.key, shape.what, words_of(row.takes),
                                  node.is_scalar() ? fmt::format("'{}'", node.text) : type_words(node)));
    return;
  }
  if (!row.words.empty() && std::find(row.words.begin(), row.words.end(), node.text) == row.words.end()) {
    const std::vector<std::string> words(row.words.begin(), row.words.end());
    diagnostics.error(kCode, node.place, fmt::format("{} of {} cannot be '{}'", row.key, shape.what, node.text),
                      did_you_mean(node.text, words, fmt::format("it takes: {}", join(words, ", "))));
  }
  if (row.of == nullptr) return;
  if (row.takes == Takes::Map) check_shape(node, *row.of, diagnostics);
  if (row.takes != Takes::Maps) return;
  for (const auto& item : node.items) {
    if (item.is_map()) {
      check_shape(item, *row.of, diagnostics);
    } else {
      diagnostics.error(kCode, item.place, fmt::format("{} must be a map, not {}", row.of->what, type_words(item)));
    }
  }
}

constexpr FieldRow kCustomProperty[] = {{"id"}, {"property"}, {"value", Takes::Anything}, {"description"}};
constexpr FieldRow kDefinition[] = {{"id"}, {"type", Takes::Text, true}, {"url", Takes::Text, true}, {"description"}};
constexpr FieldRow kSupport[] = {{"id"},
                                 {"channel", Takes::Text, true},
                                 {"url"},
                                 {"description"},
                                 {"tool"},
                                 {"scope"},
                                 {"invitationUrl"},
                                 {"tags", Takes::Texts},
                                 {"customProperties", Takes::Maps, false, &kCustomPropertyShape},
                                 {"authoritativeDefinitions", Takes::Maps, false, &kDefinitionShape}};
constexpr FieldRow kMember[] = {{"id"},
                                {"username", Takes::Text, true},
                                {"name"},
                                {"description"},
                                {"role"},
                                {"dateIn"},
                                {"dateOut"},
                                {"replacedByUsername"},
                                {"tags", Takes::Texts},
                                {"customProperties", Takes::Maps, false, &kCustomPropertyShape},
                                {"authoritativeDefinitions", Takes::Maps, false, &kDefinitionShape}};
constexpr Shape kMemberShape = {"a member of the team", kMember};
constexpr FieldRow kTeam[] = {{"id"},
                              {"name"},
                              {"description"},
                              {"members", Takes::Maps, false, &kMemberShape},
                              {"tags", Takes::Texts},
                              {"customProperties", Takes::Maps, false, &kCustomPropertyShape},
                              {"authoritativeDefinitions", Takes::Maps, false, &kDefinitionShape}};

constexpr FieldRow kDescription[] = {{"purpose"},
                                     {"limitations"},
                                     {"usage"},
                                     {"customProperties", Takes::Maps, false, &kCustomPropertyShape},
                                     {"authoritativeDefinitions", Takes::Maps, false, &kDefinitionShape}};

// Files that are taken for these, told by a key that only they have.
struct FormatRow {
  std::string_view key, name;
};
constexpr auto kFormats = std::to_array<FormatRow>({
    {"dataContractSpecification",
     "the Data Contract Specification, which is deprecated: datacontract-cli export --format odcs turns it into ODCS"},
    {"dataProductSpecification", "the Data Product Specification, which ODPS superseded"},
    {"dataProductDescriptor", "a Data Product Descriptor (DPDS)"},
    {"interfaceComponents", "a Data Product Descriptor (DPDS)"},
    {"datasetName", "ODCS 2: datacontract-cli and the standard's guide lead to version 3"},
    {"models", "a dbt file, or the deprecated Data Contract Specification"},
    {"openapi", "an OpenAPI description"},
    {"asyncapi", "an AsyncAPI description"},
    {"$schema", "a JSON Schema"},
    {"product", "the Open Data Product Specification of opendataproducts.org, which shares but its initials with ODPS"},
    {"databases", "a manifest of mesh"},
});

}  // namespace

const Shape kCustomPropertyShape = {"a custom property", kCustomProperty};
const Shape kDefinitionShape = {"an authoritative definition", kDefinition};
const Shape kSupportShape = {"a support channel", kSupport};
const Shape kTeamShape = {"team", kTeam};
const Shape kDescriptionShape = {"description", kDescription};

void check_shape(const Node& map, const Shape& shape, Diagnostics& diagnostics) {
  std::vector<std::string> names;
  for (const auto& row : shape.fields) names.emplace_back(row.key);
  for (const auto& [key, value] : entries(map)) {
    const auto row = std::find_if(shape.fields.begin(), shape.fields.end(),
                                  [&](const FieldRow& each) { return each.key == key.text; });
    if (row == shape.fields.end()) {
      diagnostics.error(kCode, key.place, fmt::format("the standard knows no '{}' in {}", key.text, shape.what),
                        did_you_mean(key.text, names, "what is your own goes under customProperties"));
    } else if (!value.is_null()) {
      check_value(value, *row, shape, diagnostics);
    }
  }
  for (const auto& row : shape.fields) {
    const Node* value = map.find(row.key);
    if (row.required && (value == nullptr || value->is_null()))
      diagnostics.error(kCode, map.place, fmt::format("{} lacks {}", shape.what, row.key), "the standard requires it");
  }
}

std::string scalar_of(const Node& map, std::string_view key) {
  const Node* node = map.find(key);
  return node != nullptr && node->is_scalar() ? node->text : std::string();
}

std::string near_miss(const Node& root, std::string_view wanted_kind) {
  const auto kind = scalar_of(root, "kind");
  if (kind == wanted_kind) return {};
  if (kind == "DataContract") return "a contract (ODCS); it goes under contract: of a port";
  if (kind == "DataProduct") return "a product (ODPS); it goes under odps: of a product";
  for (const auto& row : kFormats) {
    if (root.find(row.key) != nullptr) return std::string(row.name);
  }
  return {};
}

}  // namespace mesh::manifest
