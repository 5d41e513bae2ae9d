// Warehouses (docs: create-warehouse, alter-warehouse). Stored properties are those a statement set; what SHOW prints
// for unset ones is in show_objects.cpp.

#include <map>

#include <fmt/format.h>

#include "ddl.hpp"
#include "mesh/base/text.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

constexpr ValueRule kBoolean = {ValueType::Boolean, ""};
constexpr ValueRule kWord = {ValueType::Word, ""};

const PropertySpecs kSpecs = {
    {"WAREHOUSE_TYPE", {ValueType::Word, "STANDARD,SNOWPARK-OPTIMIZED,ADAPTIVE"}},
    {"WAREHOUSE_SIZE", kWord},
    {"GENERATION", {ValueType::Word, "1,2"}},
    {"RESOURCE_CONSTRAINT",
     {ValueType::Word,
      "STANDARD_GEN_1,STANDARD_GEN_2,MEMORY_1X,MEMORY_1X_X86,MEMORY_16X,MEMORY_16X_X86,MEMORY_64X,MEMORY_64X_X86"}},
    {"MAX_CLUSTER_COUNT", {ValueType::Number, "", 1, 300}},
    {"MIN_CLUSTER_COUNT", {ValueType::Number, "", 1, 300}},
    {"SCALING_POLICY", {ValueType::Word, "STANDARD,ECONOMY"}},
    {"AUTO_SUSPEND", kWord},
    {"AUTO_RESUME", kBoolean},
    {"INITIALLY_SUSPENDED", kBoolean},
    {"RESOURCE_MONITOR", {ValueType::Name, ""}},
    {"COMMENT", {}},
    {"ENABLE_QUERY_ACCELERATION", kBoolean},
    {"QUERY_ACCELERATION_MAX_SCALE_FACTOR", {ValueType::Number, "", 0, 100}},
    {"WAIT_FOR_COMPLETION", kBoolean},
    {"MAX_QUERY_PERFORMANCE_LEVEL", kWord},
    {"QUERY_THROUGHPUT_MULTIPLIER", {ValueType::Number, "", 0, INT64_MAX}},
};

// What an adaptive warehouse decides by itself, and what only it has (docs: warehouses-adaptive).
constexpr std::string_view kNotAdaptive[] = {"WAREHOUSE_SIZE",
                                             "GENERATION",
                                             "RESOURCE_CONSTRAINT",
                                             "MAX_CLUSTER_COUNT",
                                             "MIN_CLUSTER_COUNT",
                                             "SCALING_POLICY",
                                             "AUTO_SUSPEND",
                                             "ENABLE_QUERY_ACCELERATION",
                                             "QUERY_ACCELERATION_MAX_SCALE_FACTOR"};
constexpr std::string_view kOnlyAdaptive[] = {"MAX_QUERY_PERFORMANCE_LEVEL", "QUERY_THROUGHPUT_MULTIPLIER"};

bool is_adaptive(const Properties& props) {
  const auto type = props.find("WAREHOUSE_TYPE");
  return type != props.end() && type->second == "ADAPTIVE";
}

// A property of the other sort in this very statement is refused; code and text unconfirmed, as for other combinations.
void check_sort(const Properties& given, bool adaptive) {
  const auto refuse_given = [&](std::string_view key) {
    if (given.count(key) == 0) return;
    refuse_compilation("001425", "22023",
                       fmt::format("invalid property combination 'WAREHOUSE_TYPE'='{}' and '{}'='{}'",
                                   adaptive ? "ADAPTIVE" : "STANDARD", key, given.find(key)->second));
  };
  if (adaptive) {
    for (const auto key : kNotAdaptive) refuse_given(key);
  } else {
    for (const auto key : kOnlyAdaptive) refuse_given(key);
  }
}

// After a conversion the properties of the other sort no longer apply.
void forget_other_sort(Properties& props) {
  if (is_adaptive(props)) {
    for (const auto key : kNotAdaptive) props.erase(std::string(key));
  } else {
    for (const auto key : kOnlyAdaptive) props.erase(std::string(key));
  }
}

// Every spelling the page accepts, by its letters alone.
const std::map<std::string, std::string, std::less<>> kSizes = {
    {"XSMALL", "X-Small"},    {"SMALL", "Small"},      {"MEDIUM", "Medium"},    {"LARGE", "Large"},
    {"XLARGE", "X-Large"},    {"XXLARGE", "2X-Large"}, {"X2LARGE", "2X-Large"}, {"2XLARGE", "2X-Large"},
    {"XXXLARGE", "3X-Large"}, {"X3LARGE", "3X-Large"}, {"3XLARGE", "3X-Large"}, {"X4LARGE", "4X-Large"},
    {"4XLARGE", "4X-Large"},  {"X5LARGE", "5X-Large"}, {"5XLARGE", "5X-Large"}, {"X6LARGE", "6X-Large"},
    {"6XLARGE", "6X-Large"}};

void normalise_size(Properties& props, std::string_view key) {
  const auto it = props.find(key);
  if (it == props.end()) return;
  const auto size = kSizes.find(replace_all(it->second, "-", ""));
  if (size == kSizes.end()) refuse_property_value(it->second, it->first);
  it->second = size->second;
}

void normalise_suspend(Properties& props) {
  const auto it = props.find("AUTO_SUSPEND");
  if (it == props.end()) return;
  if (iequals(it->second, "NULL")) {
    it->second = "null";
  } else if (it->second.empty() || it->second.find_first_not_of("0123456789") != std::string::npos ||
             it->second.size() > 9) {
    refuse_property_value(it->second, it->first);
  }
}

int64_t number_or(const Properties& props, const char* key, int64_t otherwise) {
  const auto it = props.find(key);
  return it == props.end() ? otherwise : std::stoll(it->second);
}

// STANDARD_GEN_n is the older way to say GENERATION and is read back there only (bundle 2025_07).
void settle_generation(Properties& props) {
  const auto it = props.find("RESOURCE_CONSTRAINT");
  if (it == props.end() || it->second.rfind("STANDARD_GEN_", 0) != 0) return;
  const std::string generation = it->second.substr(13);
  const auto said = props.find("GENERATION");
  if (said != props.end() && said->second != generation) {
    refuse_compilation("001425", "22023",
                       fmt::format("invalid property combination 'GENERATION'='{}' and 'RESOURCE_CONSTRAINT'='{}'",
                                   said->second, it->second));
  }
  props["GENERATION"] = generation;
  props.erase("RESOURCE_CONSTRAINT");
}

void check_whole(const Properties& props) {
  const int64_t least = number_or(props, "MIN_CLUSTER_COUNT", 1);
  const int64_t most = number_or(props, "MAX_CLUSTER_COUNT", 1);
  if (least > most) {
    refuse_compilation(
        "001425", "22023",
        fmt::format("invalid property combination 'MAX_CLUSTER_COUNT'='{}' and 'MIN_CLUSTER_COUNT'='{}'", most, least));
  }
  const auto type = props.find("WAREHOUSE_TYPE");
  const bool snowpark = type != props.end() && type->second == "SNOWPARK-OPTIMIZED";
  if (snowpark && props.count("GENERATION") > 0) {
    refuse_compilation("001425", "22023",
                       fmt::format("invalid property combination 'WAREHOUSE_TYPE'='{}' and 'GENERATION'='{}'",
                                   type->second, props.at("GENERATION")));
  }
  if (snowpark && props.count("ENABLE_QUERY_ACCELERATION") > 0 && props.at("ENABLE_QUERY_ACCELERATION") == "true") {
    refuse_compilation("001425", "22023",
                       "invalid property combination 'WAREHOUSE_TYPE'='SNOWPARK-OPTIMIZED' and "
                       "'ENABLE_QUERY_ACCELERATION'='true'");
  }
}

Settings read(Running& run) {
  Settings settings;
  run.parser.accept("WITH");
  read_settings(run.parser, Kind::Warehouse, kSpecs, settings);
  normalise_size(settings.props, "WAREHOUSE_SIZE");
  normalise_size(settings.props, "MAX_QUERY_PERFORMANCE_LEVEL");
  normalise_suspend(settings.props);
  settle_generation(settings.props);
  if (const auto it = settings.props.find("RESOURCE_MONITOR"); it != settings.props.end()) {
    // ACCOUNTADMIN only (warehouse entry).
    const Object* admin = run.catalog.child(run.account, Kind::Role, "ACCOUNTADMIN");
    if (!run.access.active(admin->id)) refuse_privilege(run, run.home());
    need(run, Kind::ResourceMonitor, {it->second});
  }
  return settings;
}

ResultSet suspend(Running& run, const Object& warehouse) {
  run.parser.expect_end();
  need_privilege(run, warehouse, "OPERATE");
  if (warehouse.prop("STATE") == "SUSPENDED") {
    refuse("090064", "22000", fmt::format("Invalid state. Warehouse '{}' cannot be suspended.", warehouse.name));
  }
  run.catalog.edit(warehouse.id).props["STATE"] = "SUSPENDED";
  return executed();
}

ResultSet resume(Running& run, const Object& warehouse) {
  const bool if_suspended = run.parser.accept("IF SUSPENDED");
  run.parser.expect_end();
  need_privilege(run, warehouse, "OPERATE");
  if (warehouse.prop("STATE") != "SUSPENDED") {
    if (if_suspended) return executed();
    refuse("090063", "22000", fmt::format("Invalid state. Warehouse '{}' cannot be resumed.", warehouse.name));
  }
  Object& edited = run.catalog.edit(warehouse.id);
  edited.props["STATE"] = "STARTED";
  edited.props["RESUMED_ON"] = std::to_string(run.now);
  return executed();
}

ResultSet set(Running& run, const Object& warehouse) {
  Settings settings = read(run);
  if (settings.empty()) run.parser.unexpected();
  run.parser.expect_end();
  need_privilege(run, warehouse, "MODIFY");
  if (settings.props.count("WAIT_FOR_COMPLETION") > 0 && settings.props.count("WAREHOUSE_SIZE") == 0) {
    refuse_property("WAIT_FOR_COMPLETION", "WAREHOUSE");
  }
  if (settings.props.count("INITIALLY_SUSPENDED") > 0) refuse_property("INITIALLY_SUSPENDED", "WAREHOUSE");
  settings.props.erase("WAIT_FOR_COMPLETION");
  Object& edited = run.catalog.edit(warehouse.id);
  Properties after = edited.props;
  for (const auto& [key, value] : settings.props) after[key] = value;
  check_sort(settings.props, is_adaptive(after));
  apply(settings, edited);
  forget_other_sort(edited.props);
  check_whole(edited.props);
  touch(run, warehouse.id);
  return executed();
}

ResultSet unset_properties(Running& run, const Object& warehouse) {
  const std::vector<std::string> names = read_unset(run.parser, Kind::Warehouse, kSpecs);
  run.parser.expect_end();
  need_privilege(run, warehouse, "MODIFY");
  Object& edited = run.catalog.edit(warehouse.id);
  for (const std::string& name : names) {
    if (name == "WAREHOUSE_SIZE") refuse_unsupported("UNSET WAREHOUSE_SIZE");
    if (name == "WAREHOUSE_TYPE") edited.props.erase("RESOURCE_CONSTRAINT");
  }
  unset(names, edited);
  forget_other_sort(edited.props);
  // UNSET gives 0, not the 600 a new warehouse has (live finding in the warehouse entry).
  for (const std::string& name : names) {
    if (name == "AUTO_SUSPEND") edited.props["AUTO_SUSPEND"] = "0";
  }
  check_whole(edited.props);
  touch(run, warehouse.id);
  return executed();
}

}  // namespace

ResultSet create_warehouse(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  const std::string name = p.name();
  Settings settings = read(run);
  p.expect_end();
  check_sort(settings.props, is_adaptive(settings.props));
  check_whole(settings.props);
  if (settings.props.count("WAIT_FOR_COMPLETION") > 0) refuse_property("WAIT_FOR_COMPLETION", "WAREHOUSE");
  const Object* existing = check_create(run, head, run.home(), name);
  if (existing != nullptr && head.if_not_exists) return already_exists(name);
  const bool suspended =
      settings.props.count("INITIALLY_SUSPENDED") > 0 && settings.props.at("INITIALLY_SUSPENDED") == "true";
  settings.props.erase("INITIALLY_SUSPENDED");
  if (!is_adaptive(settings.props)) settings.props.emplace("AUTO_SUSPEND", "600");
  if (existing != nullptr && head.or_alter) {
    Object& edited = run.catalog.edit(existing->id);
    const std::string state = edited.prop("STATE");
    edited.props = settings.props;
    edited.props["STATE"] = state;
    edited.params = settings.params;
    touch(run, existing->id);
    return created(head.kind, name);
  }
  if (existing != nullptr) put_away(run, *existing);
  Object object;
  object.props = settings.props;
  object.props["STATE"] = suspended ? "SUSPENDED" : "STARTED";
  if (!suspended) object.props["RESUMED_ON"] = std::to_string(run.now);
  object.params = settings.params;
  make(run, head.kind, run.home(), name, std::move(object));
  run.session.warehouse = name;
  return created(head.kind, name);
}

ResultSet alter_warehouse(Running& run, const Object& warehouse) {
  Parser& p = run.parser;
  if (p.accept("SUSPEND")) return suspend(run, warehouse);
  if (p.accept("RESUME")) return resume(run, warehouse);
  if (p.accept("ABORT ALL QUERIES")) {
    p.expect_end();
    need_privilege(run, warehouse, "OPERATE");
    return executed();
  }
  if (p.accept("RENAME TO")) {
    const NameParts name{p.name()};
    p.expect_end();
    need_ownership(run, warehouse);
    rename_object(run, warehouse, name, false);
    return executed();
  }
  if (p.accept("SET")) return set(run, warehouse);
  if (p.accept("UNSET")) return unset_properties(run, warehouse);
  p.unexpected();
}

}  // namespace mesh::sandbox
