// Schemas of what people write: made from the kind tables, so that an editor knows what `mesh validate` knows.
#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "kind_words.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/contacts.hpp"
#include "mesh/kinds/tagging.hpp"
#include "mesh/render/schema.hpp"
#include "schema_parts.hpp"
#include "schema_rules.hpp"

namespace mesh::render {
namespace {

using namespace schema;  // NOLINT: the vocabulary of this file
using kinds::Kind;
using kinds::PropertyRow;
using kinds::ValueType;

// A scalar that is nothing but ${name} takes the type of the variable's value.
constexpr const char* kVariable = "^\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}$";

// NAME(ARGUMENT TYPE, …): how functions and procedures are keyed.
constexpr const char* kSignature = "^[^(]+\\([\\s\\S]*\\)\\s*$";

Value variable() { return reference("variable"); }
Value texts() { return list_of(text()); }

// A pattern that takes the word in any case, for values that Snowflake folds.
std::string in_any_case(std::string_view word) {
  std::string out;
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalpha(byte) != 0) {
      out += {'[', static_cast<char>(std::toupper(byte)), static_cast<char>(std::tolower(byte)), ']'};
    } else {
      out += c;
    }
  }
  return out;
}

Value whole_number(const PropertyRow& row) {
  ValueRecord number{{"type", "integer"}};
  if (row.min != 0 || row.max != 0) {
    number.emplace_back("minimum", row.min);
    number.emplace_back("maximum", row.max);
  }
  return number;
}

Value listed_words(const PropertyRow& row) {
  ValueList words;
  std::string pattern;
  for (const auto value : row.values) {
    words.emplace_back(std::string(value));
    pattern += (pattern.empty() ? "" : "|") + in_any_case(value);
  }
  const bool numbers = std::all_of(row.values.begin(), row.values.end(), [](std::string_view value) {
    return std::all_of(value.begin(), value.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  });
  // Rows with a spelling function take more than can be listed (X-Small, 2X-Large): the list is for completion.
  const Value spelt =
      row.normal != nullptr ? text() : Value(ValueRecord{{"type", "string"}, {"pattern", "^(" + pattern + ")$"}});
  std::vector<Value> choices{ValueRecord{{"enum", std::move(words)}}, spelt};
  if (numbers) choices.push_back(of_type("integer"));
  choices.push_back(variable());
  return any_of(std::move(choices));
}

Value entry(const PropertyRow& row) {
  Fields fields;
  for (const auto key : row.entry_keys) fields.emplace_back(key, any_of({text(), of_type("integer")}));
  return object(std::move(fields), row.entry_keys.size(), Others::Refused);
}

Value fields(const kinds::Field& map);

// A part of a nested value.
Value field(const kinds::Field& of) {
  using kinds::FieldType;
  switch (of.type) {
    case FieldType::Text:
    case FieldType::Name:
    case FieldType::FullName:
    case FieldType::Query:
      return text();
    case FieldType::Integer:
      return any_of({of_type("integer"), variable()});
    case FieldType::Boolean:
      return any_of({of_type("boolean"), variable()});
    case FieldType::OneOf: {
      std::vector<std::string> words(of.values.begin(), of.values.end());
      return any_of({one_of(words), text()});
    }
    case FieldType::Texts:
      return any_of({texts(), text()});
    case FieldType::Map:
      return fields(of);
    case FieldType::List:
      return list_of(fields(of));
    case FieldType::Anything:
      return Value(ValueRecord{});
  }
  broken_promise("every type of field has a schema", __FILE__, __LINE__);
}

Value fields(const kinds::Field& map) {
  if (map.fields.empty()) return of_type("object");
  Fields all, optional;
  for (const auto& part : map.fields)
    (part.is_required ? all : optional)
        .emplace_back(part.name, part.doc.empty() ? field(part) : described(field(part), part.doc));
  const size_t required = all.size();
  all.insert(all.end(), optional.begin(), optional.end());
  return object(std::move(all), required, Others::Refused);
}

Value value_of(const PropertyRow& row) {
  switch (row.type) {
    case ValueType::Text:
    case ValueType::Identifier:
    case ValueType::ObjectName:
    case ValueType::DataType:
    case ValueType::Address:
    case ValueType::ForeignName:
    case ValueType::StagePath:
      return text();
    case ValueType::Integer:
      return any_of({whole_number(row), variable()});
    case ValueType::Boolean:
      return any_of({of_type("boolean"), variable()});
    case ValueType::OneOf:
      return listed_words(row);
    case ValueType::Nested:
      return field(*row.form);
    case ValueType::Arguments:
      return map_of(text());
    case ValueType::Texts:
    case ValueType::Names:
    case ValueType::ObjectNames:
    case ValueType::ForeignNames:
      return row.entry_keys.empty() ? any_of({texts(), text()}) : list_of(entry(row));
  }
  broken_promise("every value type has a schema", __FILE__, __LINE__);
}

Value privileges_of(std::span<const std::string_view> privileges) {
  std::vector<std::string> words{"ALL"};
  for (const auto privilege : privileges) words.emplace_back(privilege);
  // Any text: case does not count, and `unknown_privileges: allow` lets newer ones through.
  return list_of(any_of({one_of(words), text()}));
}

Value column_of_table() {
  const Value record = object(
      {{"type", described(text(), "Required, unless `manage` leaves the columns to another tool.")},
       {"nullable", of_type("boolean")},
       {"default", described(text(), "An SQL expression.")},
       {"as", described(text(), "An SQL expression: the column is virtual, computed when it is read.")},
       {"identity", object({{"start", of_type("integer")}, {"increment", of_type("integer")}}, 0, Others::Refused)},
       {"collate", text()},
       {"comment", text()},
       {"tags", reference("tags")},
       {"masking_policy", reference("policy_of_column")},
       {"projection_policy", reference("policy_alone")},
       {"renamed_from", text()}},
      0, Others::Refused);
  return any_of({described(text(), "The type alone."), record});
}

Value computed_column() {
  return object({{"type", text()},
                 {"as", described(text(), "An SQL expression over VALUE or METADATA$FILENAME.")},
                 {"renamed_from", text()}},
                2, Others::Refused);
}

Value column_of_view() {
  return any_of({of_type("null"), object({{"comment", text()},
                                          {"tags", reference("tags")},
                                          {"masking_policy", reference("policy_of_column")},
                                          {"projection_policy", reference("policy_alone")}},
                                         0, Others::Refused)});
}

Value foreign_key() {
  return object({{"columns", texts()},
                 {"references", described(text(), "DB.SCHEMA.TABLE(COLUMN, …)")},
                 {"name", text()},
                 {"rely", of_type("boolean")}},
                2, Others::Refused);
}

// The columns alone, or with a name and RELY.
Value key() {
  return any_of(
      {texts(), object({{"columns", texts()}, {"name", text()}, {"rely", of_type("boolean")}}, 1, Others::Refused)});
}

Value row_access_policy() { return object({{"policy", text()}, {"on", texts()}}, 2, Others::Refused); }

// The name alone, or with columns that may be left out.
Value metrics() {
  return list_of(object(
      {{"function", text()}, {"on", texts()}, {"expectations", described(map_of(text()), "Name: condition on VALUE.")}},
      1, Others::Refused));
}

Value policy_with(const char* columns) {
  return any_of({text(), object({{"policy", text()}, {columns, texts()}}, 1, Others::Refused)});
}

// Keys that are no rows of a kind's table. The test over the registry knows that none is missing.
struct Structural {
  std::string_view key;
  Value (*schema)(const Kind&);
};
const Structural kStructural[] = {
    {"columns",
     [](const Kind& kind) {
       return map_of(kind.columns_by_name    ? column_of_view()
                     : kind.columns_computed ? computed_column()
                                             : column_of_table());
     }},
    {"primary_key", [](const Kind&) { return key(); }},
    {"unique", [](const Kind&) { return list_of(key()); }},
    {"foreign_keys", [](const Kind&) { return list_of(foreign_key()); }},
    {"check", [](const Kind&) { return described(map_of(text()), "Constraint name: condition, an SQL expression."); }},
    {"cluster_by", [](const Kind&) { return texts(); }},
    {"search_optimization",
     [](const Kind&) {
       return described(any_of({of_type("boolean"), texts()}),
                        "true: the whole table; else methods with their targets, EQUALITY(A, B).");
     }},
    {"row_access_policy", [](const Kind&) { return row_access_policy(); }},
    {"aggregation_policy", [](const Kind&) { return policy_with("entity_key"); }},
    {"join_policy", [](const Kind&) { return policy_with("allowed_join_keys"); }},
    {"password_policy", [](const Kind&) { return reference("policy_alone"); }},
    {"session_policy", [](const Kind&) { return reference("policy_alone"); }},
    {"authentication_policy", [](const Kind&) { return reference("policy_alone"); }},
    {"signature",
     [](const Kind&) { return described(object({}, 0, Others::Refused), "Empty: there are no arguments."); }},
    {"data_metrics",
     [](const Kind&) {
       return described(metrics(), "Metric functions on its columns, of SNOWFLAKE.CORE or of your own.");
     }},
    {"rows",
     [](const Kind&) {
       return described(list_of(map_of(any_of({text(), of_type("number"), of_type("boolean"), of_type("null")}))),
                        "All rows that it holds, each a map of column: value; others are deleted.");
     }},
    {"masking_policies", [](const Kind&) { return described(texts(), "Policies that protect what bears the tag."); }},
    {"granted_to", [](const Kind&) { return described(texts(), "Roles that receive this one; exact."); }},
    {"users", [](const Kind&) { return described(texts(), "Members that are users; exact where written."); }},
    {"privileges", [](const Kind&) { return described(one_of({"additive"}), "Leave undeclared grants alone."); }},
};

const Structural kCommon[] = {
    {"owner", [](const Kind&) { return described(text(), "The owning role; left alone where it is not written."); }},
    {"tags", [](const Kind&) { return reference("tags"); }},
    {"grants",
     [](const Kind& kind) { return described(map_of(privileges_of(kind.privileges)), "Grantee: privileges."); }},
    {"contacts", [](const Kind&) { return reference("contacts"); }},
    {"renamed_from", [](const Kind&) { return described(text(), "The old name."); }},
    {"ignore_changes", [](const Kind&) { return described(texts(), "Properties that are left as they are."); }},
    {"prevent_destroy", [](const Kind&) { return of_type("boolean"); }},
    {"only", [](const Kind&) { return described(texts(), "Environments in which it is declared."); }},
    {"manage",
     [](const Kind&) {
       return described(list_of(one_of({"grants", "tags", "policies", "comment", "contacts", "data_metrics"})),
                        "Its structure belongs to another tool: mesh sees to these alone.");
     }},
};

const Kind* contained(std::string_view collection) { return kinds::by_collection(collection); }

Value structural(const Kind& kind, std::string_view key) {
  for (const auto& row : kind.texts) {
    if (row.name == key) return described(text(), std::string(row.doc));
    if (row.file_key == key) return described(text(), fmt::format("A file below the domain that holds {}.", row.name));
  }
  const auto& collections = kind.child_collections;
  if (std::find(collections.begin(), collections.end(), key) != collections.end()) {
    const Kind& child = *contained(key);
    const Value body = reference(definition_name(child));
    return is_overloaded(child.id) ? map_by(kSignature, body) : map_of(body);
  }
  for (const auto& row : kStructural) {
    if (row.key == key) return row.schema(kind);
  }
  broken_promise("every structural key has a schema", __FILE__, __LINE__);
}

Value common(const Kind& kind, std::string_view key) {
  for (const auto& row : kCommon) {
    if (row.key == key) return row.schema(kind);
  }
  broken_promise("every common key has a schema", __FILE__, __LINE__);
}

Value property(const PropertyRow& row) {
  return described(value_of(row), trim(fmt::format("{} {}", row.doc, absent_words(row))));
}

// directory: {enable: true}
Value group_of_properties(const Kind& kind, std::string_view group) {
  Fields fields;
  for (const auto& row : kind.properties) {
    if (kinds::group_of(row) == group) fields.emplace_back(kinds::key_in_group(row), property(row));
  }
  return object(std::move(fields), 0, Others::Refused);
}

Value definition(const Kind& kind) {
  Fields fields;
  for (const auto& row : kind.properties) {
    if (row.in_key) continue;
    const auto group = kinds::group_of(row);
    const auto is_group = [&](const auto& field) { return field.first == group; };
    if (group.empty()) {
      fields.emplace_back(row.name, property(row));
    } else if (std::none_of(fields.begin(), fields.end(), is_group)) {
      fields.emplace_back(group, group_of_properties(kind, group));
    }
  }
  for (const auto key : kinds::structural_keys(kind)) fields.emplace_back(key, structural(kind, key));
  for (const auto key : kinds::common_keys()) {
    if (key == "grants" && kind.privileges.empty()) continue;  // roles: nothing can be granted on them
    if (key == "tags" && !kinds::can_bear_tags(kind.id)) continue;
    if (key == "contacts" && !kinds::can_have_contacts(kind.id)) continue;
    fields.emplace_back(key, common(kind, key));
  }
  const auto described_object = described(object(std::move(fields), 0, Others::Refused), kind.doc);
  return any_of({of_type("null"), described_object});
}

Fields shared_definitions() {
  const auto purposes = kinds::contact_purposes();
  return {{"variable", described(ValueRecord{{"type", "string"}, {"pattern", kVariable}}, "A value from `vars`.")},
          {"tags", described(map_of(text()), "Tag (DB.SCHEMA.TAG): value.")},
          {"contacts", described(map_of(text()), fmt::format("Purpose ({}): contact (DB.SCHEMA.CONTACT).",
                                                             join({purposes.begin(), purposes.end()}, ", ")))},
          {"policy_alone", any_of({text(), object({{"policy", text()}}, 1, Others::Refused)})},
          {"policy_of_column", any_of({text(), object({{"policy", text()}, {"using", texts()}}, 1, Others::Refused)})}};
}

// A kind and everything it can contain.
void add_definitions(const Kind& kind, Fields& out) {
  const auto name = definition_name(kind);
  if (std::any_of(out.begin(), out.end(), [&](const auto& field) { return field.first == name; })) return;
  out.emplace_back(name, definition(kind));
  for (const auto collection : kind.child_collections) {
    if (const Kind* child = contained(collection); child != nullptr) add_definitions(*child, out);
  }
}

Value variables() {
  return described(map_of(ValueRecord{{"type", ValueList{Value("string"), Value("number"), Value("boolean")}}}),
                   "Values for ${name}.");
}

Value grant_item() {
  return object({{"to", described(text(), "role R, database role D.R, share S or user U")},
                 {"privileges", texts()},
                 {"on", described(text(), "table A.B.C, account, tables in schema A.B, future views in schema A.B")},
                 {"grant_option", of_type("boolean")}},
                3, Others::Refused);
}

Value removed_item() {
  return object({{"object", described(text(), "table A.B.C, column A.B.C.D, …")},
                 {"action", one_of({"drop", "forget"})},
                 {"only", described(texts(), "Environments the line is for; all of them where absent.")}},
                2, Others::Refused);
}

Value date_field(const char* what) { return described(text(), what); }

Value approval_item() {
  return object({{"domain", described(text(), "The domain that is let in.")},
                 {"port", described(text(), "PRODUCT@MAJOR or PRODUCT/PORT@MAJOR")},
                 {"as", described(text(), "role R: an account role of that domain")},
                 {"until", date_field("The last day, YYYY-MM-DD in UTC; without an end where absent.")}},
                3, Others::Refused);
}

Value port_entry() {
  return object({{"objects", described(texts(), "table A.B.C, view A.B.D, …")},
                 {"reader", described(text(), "DATABASE.ROLE: mesh grants it what it needs to read the objects.")},
                 {"contract", described(text(), "An .odcs.yaml; without one the manifest's columns are the contract.")},
                 {"description", text()}},
                2, Others::Refused);
}

Value product_entry() {
  const Value deprecation = object({{"announced", date_field("YYYY-MM-DD")},
                                    {"end_of_support", date_field("YYYY-MM-DD")},
                                    {"end_of_life", date_field("YYYY-MM-DD")},
                                    {"successor", described(text(), "DOMAIN/PRODUCT@MAJOR")}},
                                   0, Others::Refused);
  const Value share =
      described(object({{"name", described(text(), "Of the share, which mesh fills with the ports' objects.")},
                        {"accounts", described(texts(), "ORGANIZATION.ACCOUNT, those that may import it.")}},
                       1, Others::Allowed),
                "By which other accounts read the product: name and the keys of a share.");
  return object(
      {{"version", described(text(), "MAJOR.MINOR.PATCH")},
       {"ports", described(map_of(port_entry()), "What is read, by name.")},
       {"status", one_of({"draft", "active", "deprecated", "retired"})},
       {"description", text()},
       {"tags", texts()},
       {"approval", described(one_of({"required", "automatic"}), "Whether requests need the provider's line.")},
       {"approves", described(list_of(approval_item()), "The provider's side of agreements.")},
       {"deprecation", deprecation},
       {"share", share},
       {"contacts", described(reference("contacts"), "Of every object of its ports that has none for the purpose.")},
       {"odps", described(text(), "An .odps.yaml: counts where the manifest says nothing.")}},
      0, Others::Refused);
}

Value request_item() {
  return object({{"port", described(text(), "DOMAIN/PRODUCT@MAJOR or DOMAIN/PRODUCT/PORT@MAJOR")},
                 {"as", described(text(), "role R: an account role of this domain")},
                 {"purpose", text()},
                 {"columns", described(texts(), "Declared use: whom a change breaks. All of them where absent.")},
                 {"until", date_field("The last day, YYYY-MM-DD in UTC; without an end where absent.")},
                 {"acknowledge", described(texts(), "Breaking changes that this domain has agreed to.")}},
                2, Others::Refused);
}

Value apply_item() {
  return object(
      {{"to", described(text(), "columns where tag D.S.TAG = value, warehouses, tables in domain sales named X_*, …")},
       {"tags", reference("tags")},
       {"masking_policy", described(text(), "Of columns.")},
       {"using", described(texts(), "Columns that a masking policy looks at besides the masked one.")},
       {"row_access_policy", described(text(), "Of tables, views and their like; with on.")},
       {"on", described(texts(), "The columns that a row access policy looks at, in order.")},
       {"aggregation_policy", described(text(), "Of tables and views.")},
       {"entity_key", described(texts(), "The columns that make an entity of an aggregation policy.")},
       {"projection_policy", described(text(), "Of columns.")},
       {"join_policy", described(text(), "Of tables and views.")},
       {"allowed_join_keys", described(texts(), "The columns that a join policy lets be joined by.")},
       {"password_policy", described(text(), "Of users.")},
       {"session_policy", described(text(), "Of users.")},
       {"authentication_policy", described(text(), "Of users.")},
       {"contacts", reference("contacts")},
       {"data_metrics", described(metrics(), "Of columns, each measured by itself, or of tables and views.")},
       {"set", described(map_of(ValueRecord{}), "Properties, as the kind has them.")},
       {"release", described(texts(), "Tags and policies that may be taken off though governance applies them.")}},
      1, Others::Refused);
}

Value role_field(const char* what) { return described(text(), what); }

Value user_field(const char* what) {
  return described(
      any_of({text(), object({{"name", text()},
                              {"subject", described(text(), "Of the OIDC tokens that are this user's.")},
                              {"issuer", described(text(), "Who signs them; GitHub Actions where absent.")}},
                             1, Others::Refused)}),
      what);
}

Fields with_roles(Fields fields) {
  fields.emplace_back("plan_role", role_field("The role that reads."));
  fields.emplace_back("deploy_role", role_field("The role that changes and owns."));
  fields.emplace_back("creator_role", role_field("The role that creates account-level objects and hands them over."));
  fields.emplace_back("plan_user", user_field("The user that plans; mesh bootstrap makes it."));
  fields.emplace_back("deploy_user", user_field("The user that applies; mesh bootstrap makes it."));
  return fields;
}

Value placement() {
  return object({{"connection", described(text(), "An entry of connections.toml.")},
                 {"account", described(text(), "ORG-ACCOUNT; another account is refused.")},
                 {"plan_role", role_field("The role that reads.")},
                 {"deploy_role", role_field("The role that changes and owns.")},
                 {"creator_role", role_field("The role that creates account-level objects and hands them over.")}},
                2, Others::Refused);
}

Value environment() {
  return any_of(
      {of_type("null"),
       object(with_roles({{"connection", described(text(), "An entry of connections.toml.")},
                          {"account", described(text(), "ORG-ACCOUNT; another account is refused.")},
                          {"suffix", described(text(), "Added to every account-level name the mesh declares.")},
                          {"protected", described(of_type("boolean"), "Only `removed:` consents to a loss.")},
                          {"domains", described(map_of(placement()), "Domains that live in another account.")},
                          {"vars", variables()}}),
              0, Others::Refused)});
}

Value domain_entry() {
  return object(
      with_roles({{"path", described(text(), "Folder below the mesh root.")},
                  {"owns", described(texts(), "Patterns over account-level names.")},
                  {"account", described(of_type("boolean"), "May grant on the account.")},
                  {"governs", described(of_type("boolean"), "May attach tags, policies and rules everywhere.")},
                  {"vars", variables()}}),
      1, Others::Refused);
}

}  // namespace

std::string kind_schema(const Kind& kind) {
  Fields definitions = shared_definitions();
  add_definitions(kind, definitions);
  return document(kind.words, kind.doc, reference(definition_name(kind)), std::move(definitions));
}

std::string manifest_schema() {
  Fields definitions = shared_definitions();
  Fields fields{{"domain", described(text(), "The domain this file belongs to; required once per domain.")},
                {"team", object({{"name", text()}, {"email", text()}}, 0, Others::Refused)},
                {"description", text()},
                {"vars", variables()}};
  for (const Kind* kind : kinds::all()) {
    if (kind->scope != kinds::Scope::Account) continue;
    add_definitions(*kind, definitions);
    fields.emplace_back(kind->collection, map_of(reference(definition_name(*kind))));
  }
  fields.emplace_back(
      "account_parameters",
      described(map_of(any_of({text(), of_type("integer"), of_type("boolean")})),
                "Parameters of the account, its resource monitor, network policy and policies of logging "
                "in: PARAMETER: value. Of a domain with account: true."));
  const Value raw =
      object({{"create", described(text(), "One statement, run where `read` answers with no row.")},
              {"drop", described(text(), "One statement, run by removed: alone.")},
              {"read", described(text(), "SHOW or DESCRIBE: answers with a row where the object is there.")}},
             3, Others::Refused);
  fields.emplace_back("statements",
                      described(map_of(any_of({raw, texts()})),
                                "Objects of kinds that mesh does not know, where a governing domain lets this one have "
                                "some by statements: {allowed_in: [DOMAIN]}."));
  fields.emplace_back("grants", list_of(grant_item()));
  fields.emplace_back("removed", described(list_of(removed_item()), "Tombstones: consent to drop or to forget."));
  fields.emplace_back("products", described(map_of(product_entry()), "What the domain publishes, by name."));
  fields.emplace_back("consumes", described(list_of(request_item()), "What it asks other domains for."));
  fields.emplace_back("rules", rules());
  fields.emplace_back("waivers", waivers());
  fields.emplace_back("apply", described(list_of(apply_item()), "In governing domains: for everybody's objects."));
  const Value use =
      object({{"blueprint", described(text(), "blueprints/NAME.yaml of the mesh's folder.")},
              {"with", described(map_of(any_of({text(), of_type("integer"), of_type("boolean"), texts()})),
                                 "Values of its parameters.")}},
             1, Others::Refused);
  fields.emplace_back("use", described(list_of(use), "Blueprints whose bodies belong to this domain."));
  return document("A domain's manifest", "Any split into files; all files of a domain merge.",
                  object(std::move(fields), 0, Others::Refused), std::move(definitions));
}

Value contract_words() {
  const Value mapped = object({{"tag", described(text(), "D.S.TAG")},
                               {"values", described(map_of(text()), "What contracts write: the tag's value.")}},
                              1, Others::Refused);
  return described(object({{"classification", any_of({text(), mapped})},
                           {"tags", described(map_of(text()), "KEY: D.S.TAG, which `KEY:value` in a contract sets.")}},
                          0, Others::Refused),
                   "The tags that words of contracts become.");
}

std::string mesh_file_schema() {
  const Value control = object({{"database", text()}, {"schema", text()}, {"warehouse", text()}}, 3, Others::Refused);
  return document(
      "mesh.yaml", "Environments, domains, and who owns what.",
      object({{"mesh", described(text(), "The mesh's name.")},
              {"domains", map_of(domain_entry())},
              {"environments", map_of(environment())},
              {"api", one_of({"mesh/v1"})},
              {"control", described(control, "Home of ledger, lease and audit.")},
              {"vars", variables()},
              {"contracts", contract_words()},
              {"default_environment", text()},
              {"unknown_privileges", described(one_of({"allow", "refuse"}), "Privileges the tables do not list.")}},
             2, Others::Refused));
}

}  // namespace mesh::render
