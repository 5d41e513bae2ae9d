// What days, domains and run points make of a rule's findings; the rules themselves are in tests/e2e/rules_test.py.
#include "mesh/check/rules.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace mesh;

namespace {

// Warehouses of two domains that never suspend.
struct World {
  Mesh mesh;
  Desired desired;
  Live live;
  std::vector<Change> changes;
  std::vector<Unmanaged> unmanaged;
  Sources sources;
  Rules rules;

  World() {
    mesh.environment.suffix = "_DEV";
    for (const auto* name : {"FINANCE", "SALES"}) {
      Domain domain;
      domain.name = name;
      domain.owns = {std::string(name) + "_*"};
      mesh.domains.push_back(domain);
      Object warehouse;
      warehouse.id = *parse_address(std::string("warehouse ") + name + "_WH_DEV");
      warehouse.properties["auto_suspend"] = {Value(0), {}};
      desired.owner_domain[warehouse.id] = name;
      desired.state.objects[warehouse.id] = warehouse;
      live.state.objects[warehouse.id] = warehouse;
    }
    rules.settings.push_back({.rule = "warehouse-auto-suspend"});
  }
  check::RuleReport report(const std::string& date, check::RunPoint point = check::RunPoint::Validate,
                           std::set<std::string> domains = {}) const {
    return check::run_rules(rules,
                            {.point = point,
                             .mesh = mesh,
                             .desired = desired,
                             .date = date,
                             .live = &live,
                             .changes = &changes,
                             .unmanaged = &unmanaged,
                             .gains = {},
                             .domains = std::move(domains)},
                            sources);
  }
  // "error warehouse-auto-suspend warehouse SALES_WH; …"
  std::string found(const std::string& date, check::RunPoint point = check::RunPoint::Validate,
                    std::set<std::string> domains = {}) const {
    std::string all;
    for (const auto& each : report(date, point, std::move(domains)).findings) {
      all += (all.empty() ? "" : "; ") + std::string(to_string(each.severity)) + " " + each.code + " " + each.address;
    }
    return all;
  }
  void waive(const char* address, const char* until) {
    rules.waivers.push_back({"warehouse-auto-suspend", address, "r", "a", until, {}, {}, {}});
  }
};

constexpr const char* kFinance = "error warehouse-auto-suspend warehouse FINANCE_WH";
constexpr const char* kSales = "error warehouse-auto-suspend warehouse SALES_WH";

}  // namespace

TEST_CASE("manifests are told of without the suffix, plans and accounts with it") {
  const World world;
  CHECK(world.found("2026-01-01") == std::string(kFinance) + "; " + kSales);
  for (const auto point : {check::RunPoint::Plan, check::RunPoint::Drift})
    CHECK(world.found("2026-01-01", point) == std::string(kFinance) + "_DEV; " + kSales + "_DEV");
}

TEST_CASE("a finding is the domain's that owns the object") {
  const World world;
  CHECK(world.found("2026-01-01", check::RunPoint::Plan, {"SALES"}) == std::string(kSales) + "_DEV");
}

TEST_CASE("a waiver lifts through its last day") {
  for (const auto* form : {"warehouse FINANCE_WH", "FINANCE_WH", "FINANCE_*", "warehouse FINANCE_WH_DEV"}) {
    World world;
    world.waive(form, "2026-03-31");
    INFO(form);
    CHECK(world.found("2026-03-31") == kSales);
    CHECK(world.report("2026-03-31").excused.size() == 1);
    CHECK(world.found("2026-04-01").find("error MESH1605") != std::string::npos);
    CHECK(world.report("2026-04-01").findings.size() == 3);
  }
}

TEST_CASE("of two waivers the one that is not over counts") {
  World world;
  world.waive("FINANCE_WH", "2025-12-31");
  world.waive("*", "2026-12-31");
  CHECK(world.found("2026-01-01") == "error MESH1605 FINANCE_WH");
}

TEST_CASE("an unused waiver is told where manifests are asked, not of an account that may hold more") {
  World world;
  world.waive("warehouse SALES_GONE", "2026-12-31");
  CHECK(world.found("2026-01-01").find("warning MESH1606 warehouse SALES_GONE") != std::string::npos);
  CHECK(world.found("2026-01-01", check::RunPoint::Drift).find("MESH1606") == std::string::npos);
}

TEST_CASE("grace lasts through its day, and makes a warning of an error alone") {
  World world;
  world.rules.settings.front().grace = "2026-03-31";
  CHECK(world.found("2026-03-31").find("error") == std::string::npos);
  CHECK(world.found("2026-04-01") == std::string(kFinance) + "; " + kSales);
  world.rules.settings.front().level = RuleLevel::Note;
  CHECK(world.found("2026-03-31").find("info warehouse-auto-suspend") == 0);
}

TEST_CASE("the baseline silences what it lists, and lists what no waiver lifts") {
  World world;
  world.waive("FINANCE_WH", "2026-12-31");
  const auto listed = world.report("2026-01-01").for_baseline;
  REQUIRE(listed.size() == 1);
  CHECK(listed.front().address == "warehouse SALES_WH");
  world.rules.baseline = listed;
  CHECK(world.found("2026-01-01") == "");
  world.rules.baseline.push_back({"warehouse-auto-suspend", "warehouse SALES_GONE", {}});
  CHECK(world.found("2026-01-01") == "info MESH1607 ");
}

TEST_CASE("rules have ids of their own, a code, and words") {
  std::set<std::string_view> ids;
  for (const auto* rule : check::all_rules()) {
    INFO(rule->id);
    CHECK(ids.insert(rule->id).second);
    CHECK(check::find_rule(rule->id) == rule);
    CHECK_FALSE(check::rules_of_code(rule->code).empty());
    CHECK(rule->points != 0);
    for (const auto text : {rule->title, rule->why, rule->mend}) CHECK(text.size() > 10);
    for (const auto& parameter : rule->parameters) {
      CHECK_FALSE(parameter.doc.empty());
      CHECK((!parameter.required || parameter.fallback.empty()));
    }
  }
}

TEST_CASE("days there are, and days there are not") {
  for (const auto* day : {"2026-01-31", "2024-02-29", "2000-02-29", "9999-12-31"}) CHECK(is_calendar_date(day));
  for (const auto* day : {"2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-1-01", "26-01-01",
                          "2026-01-0x", "2026/01/01", ""})
    CHECK_FALSE(is_calendar_date(day));
}
