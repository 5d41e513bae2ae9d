// Policies with a body. Reference: CREATE, ALTER, SHOW and DESCRIBE of MASKING, ROW ACCESS, AGGREGATION, PROJECTION and
// JOIN POLICY.
#include "mesh/base/text.hpp"
#include "mesh/model/data_type.hpp"
#include "tables.hpp"

namespace mesh::kinds {
namespace {

std::string_view family_of(const std::string& type) { return std::string_view(type).substr(0, type.find('(')); }

// DESCRIBE leaves lengths and precisions out of signatures (masking_policy entry, normalization).
bool same_signature(const Value& wanted, const Value& live) {
  const auto *a = std::get_if<ValueRecord>(&wanted.data), *b = std::get_if<ValueRecord>(&live.data);
  if (a == nullptr || b == nullptr || a->size() != b->size()) return false;
  for (size_t i = 0; i < a->size(); ++i) {
    const auto& [name, type] = (*a)[i];
    const auto& [live_name, live_type] = (*b)[i];
    if (name != live_name || family_of(*type.text()) != family_of(*live_type.text())) return false;
  }
  return true;
}

// A VARCHAR without length reads back as either of two lengths (masking_policy entry, describe).
bool same_type(const Value& wanted, const Value& live) {
  if (wanted == live) return true;
  if (wanted.text() == nullptr || live.text() == nullptr) return false;
  const auto a = DataType::parse(*wanted.text()), b = DataType::parse(*live.text());
  const bool texts = a && b && a->family() == b->family() && (a->family() == "VARCHAR" || a->family() == "BINARY");
  return texts && (a->arguments() == DataType::parse(a->family())->arguments() || a->default_sized());
}

std::string needs(const Object& policy, std::string_view key, std::string_view example) {
  return policy.find(key) == nullptr ? std::string(key) + " is missing: " + std::string(example) : std::string();
}

std::string masking_contradiction(const Object& policy) {
  if (auto missing = needs(policy, "signature", "write signature: {VALUE: VARCHAR}"); !missing.empty()) return missing;
  if (auto missing = needs(policy, "returns", "write returns: VARCHAR"); !missing.empty()) return missing;
  const auto& arguments = std::get<ValueRecord>(policy.find("signature")->data);
  if (arguments.empty()) return "a masking policy needs an argument: the masked column";
  const auto& first = *arguments.front().second.text();
  const auto& returned = *policy.find("returns")->text();
  return family_of(first) == family_of(returned)
             ? std::string()
             : "it must return the type of its first argument, " + first + ", not " + returned;
}

std::string row_access_contradiction(const Object& policy) {
  return needs(policy, "signature", "write signature: {REGION: VARCHAR}");
}

constexpr PropertyRow signature_row() {
  return {.name = "signature",
          .type = ValueType::Arguments,
          .clause = "AS",
          .from = ReadFrom::Described,
          .column = "signature",
          .change = ChangeBy::Immutable,
          .absent = Absent::Leave,
          .same = same_signature,
          .doc = "Arguments with their types, in order; fixed at creation. Lengths are not read back."};
}

constexpr TextRow body_row(std::string_view doc) {
  return {.name = "body",
          .file_key = "body_file",
          .fragment = sql::FragmentKind::Body,
          .before = "->",
          .column = "body",
          .is_described = true,
          .change = TextChange::Alter,
          .alter = "SET BODY ->",
          .doc = doc};
}

// '{"EXEMPT_OTHER_POLICIES": true}', also with the word in quotes; empty where it is off (masking_policy entry, show).
std::string exempts(std::string_view shown) {
  const std::string upper = to_upper(shown);
  if (upper == "TRUE" || upper == "FALSE") return upper;
  const bool is_on =
      upper.find("EXEMPT_OTHER_POLICIES") != std::string::npos && upper.find("TRUE") != std::string::npos;
  return is_on ? "TRUE" : "FALSE";
}

constexpr std::array<PropertyRow, 4> kMaskingRows = {{
    signature_row(),
    {.name = "returns",
     .type = ValueType::DataType,
     .clause = "RETURNS",
     .from = ReadFrom::Described,
     .column = "return_type",
     .change = ChangeBy::Immutable,
     .absent = Absent::Leave,
     .same = same_type,
     .doc = "The type it returns, that of the first argument; fixed at creation."},
    {.name = "exempt_other_policies",
     .type = ValueType::Boolean,
     .clause = "EXEMPT_OTHER_POLICIES",
     .column = "options",
     .change = ChangeBy::Immutable,
     .default_value = "false",
     .normal = exempts,
     .doc = "Whether other policies may look at the masked column; fixed while it is attached."},
    comment_row(),
}};
static_assert(sound(kMaskingRows));
constexpr std::array<TextRow, 1> kMaskingTexts = {{body_row("An SQL expression over the arguments; or body_file.")}};

constexpr std::array<PropertyRow, 2> kRowAccessRows = {{signature_row(), comment_row()}};
static_assert(sound(kRowAccessRows));
constexpr std::array<TextRow, 1> kRowAccessTexts = {
    {body_row("An SQL expression over the arguments, true for the rows that are seen; or body_file.")}};

// Those without arguments: SIGNATURE may be written, empty.
constexpr std::array<PropertyRow, 1> kConstraintRows = {{comment_row()}};
constexpr std::string_view kConstraintKeys[] = {"signature"};
constexpr std::array<TextRow, 1> kAggregationTexts = {{body_row(
    "An SQL expression that gives AGGREGATION_CONSTRAINT(MIN_GROUP_SIZE => N) or NO_AGGREGATION_CONSTRAINT(); or "
    "body_file.")}};
constexpr std::array<TextRow, 1> kProjectionTexts = {
    {body_row("An SQL expression that gives PROJECTION_CONSTRAINT(ALLOW => TRUE or FALSE); or body_file.")}};
constexpr std::array<TextRow, 1> kJoinTexts = {
    {body_row("An SQL expression that gives JOIN_CONSTRAINT(JOIN_REQUIRED => TRUE or FALSE); or body_file.")}};

constexpr Kind constraint_policy(Kind kind, std::string_view returns, std::span<const TextRow> texts,
                                 std::string_view doc) {
  kind.properties = kConstraintRows;
  kind.keys = kConstraintKeys;
  kind.texts_first = true;
  kind.one_property_per_statement = true;
  kind.returns = returns;
  kind.texts = texts;
  kind.doc = doc;
  return kind;
}

}  // namespace

constinit const Kind kMaskingPolicy = {.id = KindId::MaskingPolicy,
                                       .words = "masking policy",
                                       .collection = "masking_policies",
                                       .sql = "MASKING POLICY",
                                       .sql_plural = "MASKING POLICIES",
                                       .granted_on = "MASKING_POLICY",
                                       .scope = Scope::Schema,
                                       .properties = kMaskingRows,
                                       .privileges = kPolicyPrivileges,
                                       .texts = kMaskingTexts,
                                       .texts_first = true,
                                       .renames_across_schemas = true,
                                       .one_property_per_statement = true,
                                       .contradiction = masking_contradiction,
                                       .doc =
                                           "What a column shows to whom. A new body takes effect in place with the "
                                           "next query; the signature is fixed. Columns name it as masking_policy, "
                                           "tags as masking_policies. There is no UNDROP."};

constinit const Kind kRowAccessPolicy = {.id = KindId::RowAccessPolicy,
                                         .words = "row access policy",
                                         .collection = "row_access_policies",
                                         .sql = "ROW ACCESS POLICY",
                                         .sql_plural = "ROW ACCESS POLICIES",
                                         .granted_on = "ROW_ACCESS_POLICY",
                                         .scope = Scope::Schema,
                                         .properties = kRowAccessRows,
                                         .privileges = kPolicyPrivileges,
                                         .texts = kRowAccessTexts,
                                         .returns = "BOOLEAN",
                                         .texts_first = true,
                                         .renames_across_schemas = true,
                                         .one_property_per_statement = true,
                                         .contradiction = row_access_contradiction,
                                         .doc =
                                             "Which rows are seen by whom. A new body takes effect in place with the "
                                             "next query; the signature is fixed. Tables and views name it as "
                                             "row_access_policy. There is no UNDROP."};

constinit const Kind kAggregationPolicy = constraint_policy(
    schema_policy(KindId::AggregationPolicy, "aggregation policy", "aggregation_policies", "AGGREGATION POLICY",
                  "AGGREGATION POLICIES", "AGGREGATION_POLICY"),
    "AGGREGATION_CONSTRAINT", kAggregationTexts,
    "How many rows a group must have for its aggregates to be shown. A new body takes effect in place. Tables and "
    "views name it as aggregation_policy: NAME, or {policy: NAME, entity_key: [COLUMN]}. There is no UNDROP.");

constinit const Kind kProjectionPolicy = constraint_policy(
    schema_policy(KindId::ProjectionPolicy, "projection policy", "projection_policies", "PROJECTION POLICY",
                  "PROJECTION POLICIES", "PROJECTION_POLICY"),
    "PROJECTION_CONSTRAINT", kProjectionTexts,
    "Whether a column may be selected. A new body takes effect in place. Columns name it as projection_policy. "
    "There is no UNDROP.");

constinit const Kind kJoinPolicy = constraint_policy(
    schema_policy(KindId::JoinPolicy, "join policy", "join_policies", "JOIN POLICY", "JOIN POLICIES", "JOIN_POLICY"),
    "JOIN_CONSTRAINT", kJoinTexts,
    "Whether a table is to be joined before it can be queried. A new body takes effect in place. Tables and views "
    "name it as join_policy: NAME, or {policy: NAME, allowed_join_keys: [COLUMN]}. There is no UNDROP.");

}  // namespace mesh::kinds
