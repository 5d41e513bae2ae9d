// Warehouses. Reference: CREATE WAREHOUSE, ALTER WAREHOUSE, SHOW WAREHOUSES.
#include "mesh/base/text.hpp"
#include "parameters.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 4> kTypes = {"STANDARD", "SNOWPARK-OPTIMIZED", "ADAPTIVE", "INTERACTIVE"};
constexpr std::array<std::string_view, 2> kScaling = {"STANDARD", "ECONOMY"};
constexpr std::array<std::string_view, 2> kGenerations = {"1", "2"};
constexpr std::array<std::string_view, 8> kConstraints = {"STANDARD_GEN_1", "STANDARD_GEN_2", "MEMORY_1X",
                                                          "MEMORY_1X_X86",  "MEMORY_16X",     "MEMORY_16X_X86",
                                                          "MEMORY_64X",     "MEMORY_64X_X86"};
constexpr std::array<std::string_view, 5> kPrivileges = {"APPLYBUDGET", "MODIFY", "MONITOR", "OPERATE", "USAGE"};

// SHOW prints null for "never", which is the same as 0.
std::string seconds(std::string_view written) {
  return written.empty() || iequals(written, "null") ? "0" : std::string(written);
}

// SHOW WAREHOUSES prints the literal text 'null' where no monitor watches.
std::string monitor(std::string_view written) { return written == "null" ? std::string() : std::string(written); }

bool is_of_type(const Object& warehouse, std::string_view type) {
  const Value* stated = warehouse.find("warehouse_type");
  return stated != nullptr && stated->text() != nullptr && *stated->text() == type;
}

// An adaptive warehouse decides on size and clusters by itself: SHOW prints null for them (docs: warehouses-adaptive;
// account-objects.json, warehouse quirks).
bool is_sized(const Object& warehouse) { return !is_of_type(warehouse, "ADAPTIVE"); }
bool is_adaptive(const Object& warehouse) { return is_of_type(warehouse, "ADAPTIVE"); }

std::string_view size_default(const Object& warehouse) {
  if (is_of_type(warehouse, "SNOWPARK-OPTIMIZED")) return "MEDIUM";
  return is_of_type(warehouse, "INTERACTIVE") ? "" : "XSMALL";
}

constexpr auto kRows = [] {
  std::array<PropertyRow, 19> rows = {{{.name = "warehouse_type",
                                        .type = ValueType::OneOf,
                                        .clause = "WAREHOUSE_TYPE",
                                        .column = "type",
                                        .default_value = "STANDARD",
                                        .values = kTypes,
                                        .quoted = true,
                                        .doc = "STANDARD, or a special kind of machine."},
                                       {.name = "warehouse_size",
                                        .type = ValueType::OneOf,
                                        .clause = "WAREHOUSE_SIZE",
                                        .column = "size",
                                        .change = ChangeBy::Set,
                                        .default_value = "XSMALL",
                                        .values = kWarehouseSizes,
                                        .normal = warehouse_size,
                                        .quoted = true,
                                        .default_for = size_default,
                                        .applies = is_sized,
                                        .doc = "How large one cluster is; each step doubles the cost."},
                                       {.name = "generation",
                                        .type = ValueType::OneOf,
                                        .clause = "GENERATION",
                                        .column = "generation",
                                        .absent = Absent::Leave,
                                        .values = kGenerations,
                                        .quoted = true,
                                        .applies = is_sized,
                                        .doc = "Hardware generation of a STANDARD warehouse."},
                                       {.name = "resource_constraint",
                                        .type = ValueType::OneOf,
                                        .clause = "RESOURCE_CONSTRAINT",
                                        .column = "resource_constraint",
                                        .absent = Absent::Leave,
                                        .values = kConstraints,
                                        .quoted = true,
                                        .applies = is_sized,
                                        .doc = "Memory and processor of a Snowpark-optimized warehouse."},
                                       {.name = "max_cluster_count",
                                        .type = ValueType::Integer,
                                        .clause = "MAX_CLUSTER_COUNT",
                                        .column = "max_cluster_count",
                                        .default_value = "1",
                                        .min = 1,
                                        .max = 300,
                                        .applies = is_sized,
                                        .doc = "Most clusters of a multi-cluster warehouse (Enterprise Edition)."},
                                       {.name = "min_cluster_count",
                                        .type = ValueType::Integer,
                                        .clause = "MIN_CLUSTER_COUNT",
                                        .column = "min_cluster_count",
                                        .default_value = "1",
                                        .min = 1,
                                        .max = 300,
                                        .applies = is_sized,
                                        .doc = "Fewest clusters of a multi-cluster warehouse."},
                                       {.name = "scaling_policy",
                                        .type = ValueType::OneOf,
                                        .clause = "SCALING_POLICY",
                                        .column = "scaling_policy",
                                        .default_value = "STANDARD",
                                        .values = kScaling,
                                        .applies = is_sized,
                                        .doc = "When further clusters start and stop."},
                                       // UNSET AUTO_SUSPEND gives 0, not the documented 600: going back is SET 600.
                                       {.name = "auto_suspend",
                                        .type = ValueType::Integer,
                                        .clause = "AUTO_SUSPEND",
                                        .column = "auto_suspend",
                                        .change = ChangeBy::Set,
                                        .default_value = "600",
                                        .normal = seconds,
                                        .min = 0,
                                        .max = 2147483647,
                                        .applies = is_sized,
                                        .doc = "Seconds without work after which it suspends; 0: never."},
                                       {.name = "auto_resume",
                                        .type = ValueType::Boolean,
                                        .clause = "AUTO_RESUME",
                                        .column = "auto_resume",
                                        .default_value = "true",
                                        .doc = "Whether a statement wakes it."},
                                       {.name = "initially_suspended",
                                        .type = ValueType::Boolean,
                                        .clause = "INITIALLY_SUSPENDED",
                                        .from = ReadFrom::Nowhere,
                                        .change = ChangeBy::CreateOnly,
                                        .absent = Absent::Leave,
                                        .doc = "Created without being started; only at creation."},
                                       {.name = "resource_monitor",
                                        .type = ValueType::Identifier,
                                        .clause = "RESOURCE_MONITOR",
                                        .column = "resource_monitor",
                                        .normal = monitor,
                                        .refers_to = KindId::ResourceMonitor,
                                        .doc = "The resource monitor that watches its credits (needs ACCOUNTADMIN)."},
                                       {.name = "enable_query_acceleration",
                                        .type = ValueType::Boolean,
                                        .clause = "ENABLE_QUERY_ACCELERATION",
                                        .column = "enable_query_acceleration",
                                        .absent = Absent::Leave,
                                        .applies = is_sized,
                                        .doc = "Whether the query acceleration service may help."},
                                       {.name = "query_acceleration_max_scale_factor",
                                        .type = ValueType::Integer,
                                        .clause = "QUERY_ACCELERATION_MAX_SCALE_FACTOR",
                                        .column = "query_acceleration_max_scale_factor",
                                        .absent = Absent::Leave,
                                        .min = 0,
                                        .max = 100,
                                        .applies = is_sized,
                                        .doc = "How much compute query acceleration may lease; 0: no limit."},
                                       {.name = "max_query_performance_level",
                                        .type = ValueType::OneOf,
                                        .clause = "MAX_QUERY_PERFORMANCE_LEVEL",
                                        .column = "max_query_performance_level",
                                        .absent = Absent::Leave,
                                        .values = kWarehouseSizes,
                                        .normal = warehouse_size,
                                        .applies = is_adaptive,
                                        .doc = "Adaptive warehouses: the most compute one query may use."},
                                       {.name = "query_throughput_multiplier",
                                        .type = ValueType::Integer,
                                        .clause = "QUERY_THROUGHPUT_MULTIPLIER",
                                        .column = "query_throughput_multiplier",
                                        .absent = Absent::Leave,
                                        .applies = is_adaptive,
                                        .doc = "Adaptive warehouses: how much may run at once."},
                                       {},
                                       {},
                                       {},
                                       {}}};
  rows[15] = parameter("max_concurrency_level", ValueType::Integer, "MAX_CONCURRENCY_LEVEL",
                       "Statements that run side by side on one cluster.");
  rows[16] = parameter("statement_queued_timeout_in_seconds", ValueType::Integer, "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS",
                       "Seconds a statement may wait in the queue; 0: without limit.");
  rows[17] = parameter("statement_timeout_in_seconds", ValueType::Integer, "STATEMENT_TIMEOUT_IN_SECONDS",
                       "Seconds after which a running statement is cancelled.");
  rows[18] = comment_row();
  return rows;
}();
static_assert(sound(kRows));

}  // namespace

// 'X-Small' in SHOW, XSMALL in DDL; 2X-Large = X2LARGE = XXLARGE, 3X-Large = X3LARGE = XXXLARGE, 4X-Large = X4LARGE.
std::string warehouse_size(std::string_view written) {
  std::string size = to_upper(written);
  std::erase(size, '-');
  if (size == "X2LARGE" || size == "2XLARGE") return "XXLARGE";
  if (size == "X3LARGE" || size == "3XLARGE") return "XXXLARGE";
  if (size.size() == 7 && size[1] == 'X' && size[0] >= '4' && size[0] <= '6')
    return std::string("X") + size[0] + "LARGE";
  return size;
}

constinit const Kind kWarehouse = {
    .id = KindId::Warehouse,
    .words = "warehouse",
    .collection = "warehouses",
    .sql = "WAREHOUSE",
    .sql_plural = "WAREHOUSES",
    .granted_on = "WAREHOUSE",
    .scope = Scope::Account,
    .properties = kRows,
    .privileges = kPrivileges,
    .doc =
        "Compute that runs statements. It holds no data; dropping it cancels what runs on it, and there is no UNDROP."};

}  // namespace mesh::kinds
