#include "mesh/kinds/kind.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/kinds/document.hpp"
#include "mesh/kinds/settings.hpp"
#include "tables.hpp"

namespace mesh::kinds {
namespace {

// A new kind is one file and one line here. Containers stand before what they contain.
constexpr const Kind* kAll[] = {&kWarehouse,
                                &kResourceMonitor,
                                &kNetworkPolicy,
                                &kRole,
                                &kUser,
                                &kShare,
                                &kListing,
                                &kDatabase,
                                &kDatabaseRole,
                                &kSchema,
                                &kTable,
                                &kView,
                                &kSequence,
                                &kFileFormat,
                                &kStage,
                                &kNetworkRule,
                                &kTag,
                                &kMaskingPolicy,
                                &kRowAccessPolicy,
                                &kAggregationPolicy,
                                &kProjectionPolicy,
                                &kJoinPolicy,
                                &kPasswordPolicy,
                                &kSessionPolicy,
                                &kAuthenticationPolicy,
                                &kContact,
                                &kDataMetricFunction,
                                &kClassificationProfile,
                                &kStream,
                                &kAlert,
                                &kFunction,
                                &kProcedure,
                                &kTask,
                                &kPipe,
                                &kDynamicTable,
                                &kMaterializedView,
                                &kStorageIntegration,
                                &kExternalTable};

// grants.md section 3, row ACCOUNT.
constexpr std::string_view kAccountPrivileges[] = {"CREATE ACCOUNT",
                                                   "CREATE APPLICATION",
                                                   "CREATE APPLICATION PACKAGE",
                                                   "CREATE COMPUTE POOL",
                                                   "CREATE DATABASE",
                                                   "CREATE EXTERNAL VOLUME",
                                                   "CREATE FAILOVER GROUP",
                                                   "CREATE INTEGRATION",
                                                   "CREATE LISTING",
                                                   "CREATE NETWORK POLICY",
                                                   "CREATE ORGANIZATION LISTING",
                                                   "CREATE ORGANIZATION PROFILE",
                                                   "CREATE REPLICATION GROUP",
                                                   "CREATE ROLE",
                                                   "CREATE SHARE",
                                                   "CREATE STORAGE INTEGRATION",
                                                   "CREATE USER",
                                                   "CREATE WAREHOUSE",
                                                   "APPLY AGGREGATION POLICY",
                                                   "APPLY AUTHENTICATION POLICY",
                                                   "APPLY JOIN POLICY",
                                                   "APPLY MASKING POLICY",
                                                   "APPLY PACKAGES POLICY",
                                                   "APPLY PASSWORD POLICY",
                                                   "APPLY PRIVACY POLICY",
                                                   "APPLY PROJECTION POLICY",
                                                   "APPLY ROW ACCESS POLICY",
                                                   "APPLY SESSION POLICY",
                                                   "APPLY STORAGE LIFECYCLE POLICY",
                                                   "APPLY TAG",
                                                   "APPLY CONTACT",
                                                   "ATTACH POLICY",
                                                   "AUDIT",
                                                   "BIND SERVICE ENDPOINT",
                                                   "CANCEL QUERY",
                                                   "EXECUTE ALERT",
                                                   "EXECUTE MANAGED ALERT",
                                                   "EXECUTE TASK",
                                                   "EXECUTE MANAGED TASK",
                                                   "EXECUTE DATA METRIC FUNCTION",
                                                   "EXECUTE AUTO CLASSIFICATION",
                                                   "IMPORT SHARE",
                                                   "IMPORT ORGANIZATION LISTING",
                                                   "MANAGE GRANTS",
                                                   "MANAGE WAREHOUSES",
                                                   "MANAGE SHARE TARGET",
                                                   "MANAGE LISTING AUTO FULFILLMENT",
                                                   "MANAGE EVENT SHARING",
                                                   "MANAGE CALLER GRANTS",
                                                   "MANAGE VISIBILITY",
                                                   "MODIFY LOG LEVEL",
                                                   "MODIFY TRACE LEVEL",
                                                   "MODIFY METRIC LEVEL",
                                                   "MODIFY LOG EVENT LEVEL",
                                                   "MODIFY SESSION LOG LEVEL",
                                                   "MODIFY SESSION TRACE LEVEL",
                                                   "MONITOR",
                                                   "MONITOR USAGE",
                                                   "MONITOR EXECUTION",
                                                   "MONITOR SECURITY",
                                                   "MONITOR ROLE",
                                                   "MONITOR USER",
                                                   "OVERRIDE SHARE RESTRICTIONS",
                                                   "PURCHASE DATA EXCHANGE LISTING",
                                                   "READ SESSION",
                                                   "REPLICATE",
                                                   "RESOLVE ALL",
                                                   "VIEW LINEAGE"};

constexpr std::string_view kCommonKeys[] = {
    "owner", "tags", "grants", "contacts", "renamed_from", "ignore_changes", "prevent_destroy", "only", "manage"};

Result<Value> integer(const PropertyRow& row, std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size())
    return fail(fmt::format("'{}' is not a whole number", text));
  if ((row.min != 0 || row.max != 0) && (number < row.min || number > row.max)) {
    return fail(fmt::format("{} is out of range: from {} to {}", number, row.min, row.max));
  }
  return Value(number);
}

// Snowflake prints booleans as true/false, Y/N, ON/OFF and YES/NO, by command.
Result<Value> boolean(std::string_view text) {
  const std::string lower = to_lower(text);
  if (lower == "true" || lower == "y" || lower == "on" || lower == "yes" || lower == "1") return Value(true);
  if (lower == "false" || lower == "n" || lower == "off" || lower == "no" || lower == "0") return Value(false);
  return fail(fmt::format("'{}' is neither true nor false", text));
}

std::string words_of(std::span<const std::string_view> values) {
  std::string all;
  for (const auto value : values) all += (all.empty() ? "" : ", ") + std::string(value);
  return all;
}

Result<Value> one_of(const PropertyRow& row, std::string_view text) {
  const std::string upper = to_upper(text);
  if (std::find(row.values.begin(), row.values.end(), upper) != row.values.end()) return Value(upper);
  return fail(fmt::format("'{}' is not one of {}", text, words_of(row.values)));
}

std::vector<KindId> where(bool (*holds)(const Kind&)) {
  std::vector<KindId> found;
  for (const Kind* kind : kAll) {
    if (holds(*kind)) found.push_back(kind->id);
  }
  return found;
}

// Where the name of the stage ends in "@DB.SCHEMA.STAGE/path": a quoted one may hold slashes.
size_t end_of_stage(std::string_view text) {
  bool quoted = false;
  size_t end = 1;
  for (; end < text.size() && (quoted || text[end] != '/'); ++end) quoted ^= text[end] == '"';
  return std::min(end, text.size());
}

}  // namespace

bool is_word_of(const PropertyRow& row, std::string_view text) {
  return std::find(row.values.begin(), row.values.end(), text) != row.values.end();
}

std::pair<std::string, std::string> parts_of_stage_path(std::string_view text) {
  const size_t end = end_of_stage(text);
  std::string path(text.substr(end));
  if (!path.ends_with('/')) path += '/';  // the stage alone and with a / are the same place
  return {text.empty() ? std::string() : std::string(text.substr(1, end - 1)), std::move(path)};
}

std::span<const Kind* const> all() { return kAll; }

const Kind& of(KindId id) {
  for (const Kind* kind : kAll) {
    if (kind->id == id) return *kind;
  }
  for (const Kind* kind : settings()) {
    if (kind->id == id) return *kind;
  }
  broken_promise("every kind has a table", __FILE__, __LINE__);
}

const Kind* by_collection(std::string_view collection) {
  for (const Kind* kind : kAll) {
    if (kind->collection == collection) return kind;
  }
  return nullptr;
}

const Kind* by_granted_on(std::string_view granted_on) {
  const std::string spelt = replace_all(to_upper(granted_on), " ", "_");
  for (const Kind* kind : kAll) {
    if (kind->granted_on == spelt) return kind;
  }
  return nullptr;
}

const Kind* by_plural(std::string_view plural) {
  for (const Kind* kind : kAll) {
    if (iequals(kind->sql_plural, plural) || iequals(listed_as(*kind), plural)) return kind;
  }
  return nullptr;
}

const PropertyRow* find_property(const Kind& kind, std::string_view name) {
  for (const auto& row : kind.properties) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

bool has_key(const Kind& kind, std::string_view key) {
  return std::find(kind.keys.begin(), kind.keys.end(), key) != kind.keys.end();
}

bool holds_data(const Object& object) {
  const Kind& kind = of(object.id.kind);
  return kind.holds_data && (kind.holds_data_if == nullptr || kind.holds_data_if(object));
}

const TextRow* find_text(const Kind& kind, std::string_view name) {
  for (const auto& row : kind.texts) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

std::span<const KindId> relations() {
  static const auto kinds = where([](const Kind& kind) { return kind.is_relation; });
  return kinds;
}

std::span<const KindId> sources() {
  static const auto kinds = where([](const Kind& kind) { return kind.is_relation || kind.can_be_queried; });
  return kinds;
}

std::span<const std::string_view> account_privileges() { return kAccountPrivileges; }
std::span<const std::string_view> common_keys() { return kCommonKeys; }

std::vector<std::string_view> structural_keys(const Kind& kind) {
  std::vector<std::string_view> keys;
  for (const auto& text : kind.texts) {
    keys.push_back(text.name);
    if (!text.file_key.empty()) keys.push_back(text.file_key);
  }
  keys.insert(keys.end(), kind.keys.begin(), kind.keys.end());
  keys.insert(keys.end(), kind.child_collections.begin(), kind.child_collections.end());
  return keys;
}

namespace {

// A text that is one of the row's words, in the spelling of the table.
std::string word_or_text(const PropertyRow& row, const std::string& text) {
  const std::string upper = to_upper(text);
  return std::find(row.values.begin(), row.values.end(), upper) == row.values.end() ? text : upper;
}

// "(VAL VARCHAR, N NUMBER)", as DESCRIBE prints a signature: names as stored, never quoted, types without blanks.
Result<Value> arguments(const std::string& shown) {
  ValueRecord record;
  for (const auto& argument : sql::split_list(shown)) {
    const size_t blank = argument.rfind(' ');
    if (blank == std::string::npos) return fail(fmt::format("'{}' is no argument with a type", argument));
    auto added = add_argument(record, argument.substr(0, blank), argument.substr(blank + 1));
    if (!added) return added.failure();
  }
  return Value(std::move(record));
}

Result<Value> address(const PropertyRow& row, const std::string& text) {
  if (text.empty()) return Value();
  const auto id = parse_address(text);
  if (!id) return id.failure();
  if (std::find(row.may_name.begin(), row.may_name.end(), id->kind) != row.may_name.end()) return Value(id->address());
  std::string kinds;
  for (const auto kind : row.may_name) kinds += (kinds.empty() ? "" : " or ") + std::string(kind_words(kind));
  return fail(fmt::format("'{}' is a {}, and must be a {}", text, kind_words(id->kind), kinds));
}

// "@DB.SCHEMA.STAGE/path/". A path with other characters would be no part of the name in SQL.
Result<Value> stage_path(const std::string& text) {
  if (text.empty()) return Value();
  const auto [name, path] = parts_of_stage_path(text);
  const auto parsed = QualifiedName::parse(name);
  const bool plain = path.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/.=-") ==
                         std::string::npos &&
                     path.find("--") == std::string::npos && path.find("//") == std::string::npos;
  if (text.front() != '@' || !parsed || parsed->depth() != 3 || !plain)
    return fail(fmt::format("'{}' is no place in a stage: write '@DB.SCHEMA.STAGE/path/'", text));
  return Value("@" + parsed->display() + path);
}

Result<Value> typed(const PropertyRow& row, const std::string& normal) {
  switch (row.type) {
    case ValueType::Text:
    case ValueType::Identifier:
      return normal.empty() ? Value() : Value(word_or_text(row, normal));
    case ValueType::Address:
      return address(row, normal);
    case ValueType::StagePath:
      return stage_path(normal);
    case ValueType::Texts:
    case ValueType::Names:
    case ValueType::ObjectNames:
    case ValueType::ForeignNames:
      break;  // lists: see canonical()
    case ValueType::Nested:
      return fail("it is a map or a list");
    case ValueType::Arguments:
      return arguments(normal);
    case ValueType::DataType: {
      if (normal.empty()) return Value();
      const auto type = DataType::parse(normal);
      if (!type) return type.failure();
      return Value(type->to_string());
    }
    case ValueType::ObjectName:
    case ValueType::ForeignName: {
      if (normal.empty()) return Value();
      const auto name = QualifiedName::parse(normal);
      if (!name) return name.failure();
      return Value(name->display());
    }
    case ValueType::Integer:
      return normal.empty() && !row.null_word.empty() ? Result<Value>(Value()) : integer(row, normal);
    case ValueType::Boolean:
      return boolean(normal);
    case ValueType::OneOf:
      return normal.empty() ? Result<Value>(Value()) : one_of(row, normal);
  }
  broken_promise("every value type is named", __FILE__, __LINE__);
}

}  // namespace

namespace {

Result<Value> without_wrong(const PropertyRow& row, std::string_view text, Result<Value> value) {
  if (!value || row.wrong == nullptr) return value;
  const auto why = row.wrong(*value);
  if (why.empty()) return value;
  return row.unspoken ? fail(std::string(why)) : fail(fmt::format("'{}' is no good: {}", text, why));
}

}  // namespace

Result<bool> add_argument(ValueRecord& arguments, const std::string& stored_name, std::string_view type) {
  const auto parsed = DataType::parse(type);
  if (!parsed) return parsed.failure();
  for (const auto& [name, other] : arguments) {
    if (name == stored_name) return fail(fmt::format("argument {} stands there twice", stored_name));
  }
  arguments.emplace_back(stored_name, Value(parsed->to_string()));
  return true;
}

Result<Value> canonical(const PropertyRow& row, std::string_view text) {
  if (is_list(row.type)) {
    std::vector<std::string> list;
    const std::string shown = row.list_text != nullptr ? row.list_text(text) : std::string(text);
    for (const auto& part : split(shown, ',')) {
      if (!trim(part).empty()) list.emplace_back(trim(part));
    }
    return canonical(row, list);
  }
  return without_wrong(row, text, typed(row, row.normal != nullptr ? row.normal(text) : std::string(text)));
}

Result<Value> canonical(const PropertyRow& row, const std::vector<std::string>& list) {
  std::vector<std::string> texts;
  for (const auto& text : list) {
    texts.push_back(row.normal != nullptr ? row.normal(text) : text);
    if (row.type != ValueType::ObjectNames && row.type != ValueType::ForeignNames) continue;
    const auto name = QualifiedName::parse(texts.back());
    if (!name) return name.failure();
    texts.back() = name->display();
  }
  if (row.is_set) {
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  }
  ValueList values;
  for (auto& text : texts) values.emplace_back(std::move(text));
  return without_wrong(row, join(list, ", "), Value(std::move(values)));
}

Value default_of(const PropertyRow& row) {
  if (is_list(row.type)) {
    const auto value = canonical(row, std::vector<std::string>(row.default_list.begin(), row.default_list.end()));
    MESH_ASSERT(value.ok());
    return *value;
  }
  if (row.default_value.empty()) return Value();
  auto value = canonical(row, row.default_value);
  MESH_ASSERT(value.ok());
  return *value;
}

Value compared(const PropertyRow& row, const Value& value) {
  if (row.compared_by == nullptr) return value;
  if (const auto* text = value.text()) return Value(row.compared_by(*text));
  const auto* list = std::get_if<ValueList>(&value.data);
  if (list == nullptr) return value;
  std::vector<std::string> texts;
  for (const auto& each : *list) texts.push_back(row.compared_by(*each.text()));
  if (row.is_set) {
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  }
  return Value(ValueList(texts.begin(), texts.end()));
}

std::optional<ObjectId> stage_of(std::string_view path) {
  if (path.size() < 2 || path[0] != '@' || path[1] == '~' || path[1] == '%') return std::nullopt;
  auto name = QualifiedName::parse(path.substr(1, end_of_stage(path) - 1));
  if (!name || name->depth() != 3) return std::nullopt;
  return ObjectId{KindId::Stage, std::move(*name)};
}

std::string with_stage(std::string_view path, const QualifiedName& stage) {
  return "@" + stage.display() + std::string(path.substr(end_of_stage(path)));
}

ObjectId named_by(const PropertyRow& row, std::string_view text) {
  if (row.type == ValueType::Address) return parse_address(text).value();  // canonical() has parsed it
  if (row.type == ValueType::StagePath)
    return {KindId::Stage, QualifiedName::parse(parts_of_stage_path(text).first).value()};
  MESH_ASSERT(row.refers_to.has_value());
  const bool is_one_name = row.type == ValueType::Identifier || row.type == ValueType::Names;
  return {*row.refers_to,
          is_one_name ? QualifiedName({Name::exact(std::string(text))}) : QualifiedName::parse(text).value()};
}

std::vector<ObjectId> named_in(const PropertyRow& row, const Value& value) {
  if (row.form != nullptr) return named_in_field(*row.form, value);
  std::vector<ObjectId> named;
  if (const auto* list = std::get_if<ValueList>(&value.data)) {
    for (const auto& each : *list) {
      for (auto& id : named_in(row, each)) named.push_back(std::move(id));
    }
  } else if (const auto* text = value.text(); text != nullptr && !is_word_of(row, *text)) {
    if (row.has_stages) {
      if (auto stage = stage_of(*text)) named.push_back(std::move(*stage));
    } else if (row.refers_to || row.type == ValueType::Address) {
      named.push_back(named_by(row, *text));
    }
  }
  return named;
}

}  // namespace mesh::kinds
