#include <catch2/catch.hpp>

#include "mesh/model/mesh.hpp"
#include "mesh/model/product.hpp"

using namespace mesh;

TEST_CASE("versions are read and ordered as semver.org says") {
  const auto version = [](const char* text) { return parse_version(text).value(); };
  CHECK(version("1.2.0").display() == "1.2.0");
  CHECK(version("1.2.0-rc.1+build7").display() == "1.2.0-rc.1");
  CHECK(version("1.2.0-rc.1") < version("1.2.0"));
  CHECK(version("1.9.0") < version("1.10.0"));
  CHECK(version("2.0.0") > version("1.99.99"));
  for (const char* wrong : {"1.2", "1", "", "v1.2.0", "1.2.x", "01.2.0", "1.2.0.4", "1.2.-3", "1.2.0-"}) {
    INFO(wrong);
    CHECK_FALSE(parse_version(wrong).ok());
  }
}

TEST_CASE("a port is domain/product[/port]@major") {
  CHECK(parse_port("sales/orders@1").value() == PortId{"sales", "orders", "", 1});
  CHECK(parse_port("sales/orders/lines@12").value() == PortId{"sales", "orders", "lines", 12});
  CHECK(parse_port("orders@1", "sales").value() == PortId{"sales", "orders", "", 1});
  CHECK(parse_port("orders/lines@1", "sales").value() == PortId{"sales", "orders", "lines", 1});
  CHECK(parse_port("sales/orders@1", "sales").value() == PortId{"sales", "orders", "", 1});
  for (const char* wrong : {"sales/orders", "orders@1", "sales/orders@1.2", "sales/orders@v1", "a/b/c/d@1", "/orders@1",
                            "sales/or ders@1", "@1", "sales/orders@"}) {
    INFO(wrong);
    CHECK_FALSE(parse_port(wrong).ok());
  }
  CHECK(PortId{"sales", "orders", "orders", 1}.display() == "sales/orders@1");
  CHECK(PortId{"sales", "orders", "lines", 1}.display() == "sales/orders/lines@1");
}

TEST_CASE("dates are those of the calendar") {
  for (const char* right : {"2027-06-30", "2028-02-29"}) CHECK(is_calendar_date(right));
  for (const char* wrong : {"2027-06-31", "2027-02-29", "2027-13-01", "2027-6-30", "30.06.2027", "", "2027-06-30 "})
    CHECK_FALSE(is_calendar_date(wrong));
  CHECK(days_after("2026-12-25", 10) == "2027-01-04");
  CHECK(days_after("2028-03-01", -1) == "2028-02-29");
}

namespace {

Grantee role(const char* name) { return {GranteeType::Role, QualifiedName({Name::exact(name)})}; }

struct Case {
  const char* name;
  const char* asked;     // until; nullptr: no request
  const char* approved;  // until; nullptr: no approval
  bool automatic;
  ProductStatus status;
  const char* date;
  const char* state;  // nullptr: no agreement at all
  const char* until;
};

}  // namespace

TEST_CASE("an agreement follows from both sides and the date") {
  using enum ProductStatus;
  const Case cases[] = {
      {"asked only", "", nullptr, false, Active, "2027-01-01", "requested", ""},
      {"both, no end", "", "", false, Active, "2027-01-01", "granted", ""},
      {"through its last day", "2027-06-30", "2027-06-30", false, Active, "2027-06-30", "granted", "2027-06-30"},
      {"the day after", "2027-06-30", "2027-06-30", false, Active, "2027-07-01", "expired", "2027-06-30"},
      {"the earlier counts: the request's", "2027-03-31", "2027-06-30", false, Active, "2027-04-01", "expired",
       "2027-03-31"},
      {"the earlier counts: the approval's", "2027-06-30", "2027-03-31", false, Active, "2027-03-31", "stale",
       "2027-03-31"},
      {"asked without an end", "", "2027-03-31", false, Active, "2027-01-01", "stale", "2027-03-31"},
      {"approved only", nullptr, "2027-06-30", false, Active, "2027-01-01", "orphan", "2027-06-30"},
      {"automatic", "2027-06-30", nullptr, true, Active, "2027-06-30", "granted", "2027-06-30"},
      {"automatic, over", "2027-06-30", nullptr, true, Active, "2027-07-01", "expired", "2027-06-30"},
      {"automatic, no request", nullptr, nullptr, true, Active, "2027-07-01", nullptr, ""},
      {"automatic stands for what is approved", "2027-06-30", "2027-01-31", true, Active, "2027-06-30", "granted",
       "2027-06-30"},
      {"deprecated still holds", "", "", false, Deprecated, "2027-01-01", "granted", ""},
      {"a draft", "", "", false, Draft, "2027-01-01", "closed", ""},
      {"retired", "", "", false, Retired, "2027-01-01", "closed", ""},
  };
  for (const auto& each : cases) {
    INFO(each.name);
    Products products;
    Product product;
    product.domain = "sales", product.name = "orders", product.version = {1, 2, 0, {}};
    product.status = each.status, product.approves_all = each.automatic;
    const PortId port{"sales", "orders", "orders", 1};
    Port made;
    made.name = "orders";
    made.reader = ObjectId{KindId::DatabaseRole, QualifiedName({Name::exact("SALES"), Name::exact("R")})};
    product.ports.emplace("orders", made);
    if (each.approved != nullptr) product.approvals.push_back({"finance", port, role("A"), {each.approved, {}}, {}});
    products.all.emplace(ProductKey{"sales", "orders", 1}, product);
    if (each.asked != nullptr)
      products.requests.push_back({"finance", port, role("A"), "", {}, {each.asked, {}}, {}, {}});
    const auto all = agreements(products, each.date);
    REQUIRE(all.size() == (each.state == nullptr ? 0 : 1));
    if (all.empty()) continue;
    CHECK(std::string(to_string(all[0].state)) == each.state);
    CHECK(all[0].until == each.until);
    CHECK(all[0].address() == "finance consumes sales/orders@1");
    CHECK(membership_of(products, all[0])->address() == "grant database role SALES.R to role A");
  }
}

TEST_CASE("another role, domain or major is another agreement") {
  Products products;
  Product product;
  product.domain = "sales", product.name = "orders", product.version = {1, 0, 0, {}};
  const PortId port{"sales", "orders", "orders", 1}, next{"sales", "orders", "orders", 2};
  product.approvals.push_back({"finance", port, role("A"), {}, {}});
  products.all.emplace(ProductKey{"sales", "orders", 1}, product);
  product.version.major = 2, product.approvals.clear();
  products.all.emplace(ProductKey{"sales", "orders", 2}, product);
  products.requests.push_back({"finance", port, role("B"), "", {}, {}, {}, {}});
  products.requests.push_back({"finance", next, role("A"), "", {}, {}, {}, {}});
  products.requests.push_back({"marketing", port, role("A"), "", {}, {}, {}, {}});
  std::vector<std::string> states;
  for (const auto& each : agreements(products, "2027-01-01"))
    states.push_back(each.address() + " as " + each.as.display() + ": " + to_string(each.state));
  CHECK(states == std::vector<std::string>{"finance consumes sales/orders@1 as role A: orphan",
                                           "finance consumes sales/orders@1 as role B: requested",
                                           "marketing consumes sales/orders@1 as role A: requested",
                                           "finance consumes sales/orders@2 as role A: requested"});
}

TEST_CASE("between two accounts a share and an imported database carry out an agreement") {
  Mesh mesh;
  mesh.environment.account = "ACME-HOME", mesh.environment.suffix = "_DEV";
  Products products;
  Product product;
  product.domain = "sales-eu", product.name = "orders", product.version = {2, 0, 0, {}}, product.approves_all = true;
  Port port;
  port.name = "lines";
  port.reader = ObjectId{KindId::DatabaseRole, QualifiedName::parse("SALES_EU.READER").value()};
  product.ports.emplace("lines", port);
  products.all.emplace(ProductKey{"sales-eu", "orders", 2}, product);
  products.requests.push_back({"finance", {"sales-eu", "orders", "lines", 2}, role("A"), "", {}, {}, {}, {}});
  const auto all = agreements(products, "2027-01-01");
  REQUIRE(all.size() == 1);
  CHECK_FALSE(crossing_of(mesh, products, all[0], {}));
  CHECK(memberships_of(mesh, products, all[0]).front().address() == "grant database role SALES_EU.READER to role A");

  mesh.environment.domains["finance"] = {"away", "ACME-AWAY", {}};
  const auto crossing = crossing_of(mesh, products, all[0], {});
  REQUIRE(crossing);
  CHECK(crossing->share.address() == "share SALES_EU_ORDERS_LINES_2_FINANCE");
  CHECK(crossing->opened_to == "ACME.AWAY");
  CHECK(crossing->database.address() == "database FINANCE_SALES_EU_ORDERS_LINES_2");
  // The name in the provider's account bears the suffix, whatever the names here have by now.
  CHECK(crossing->from_share == "ACME.HOME.SALES_EU_ORDERS_LINES_2_FINANCE_DEV");
  CHECK(crossing_of(mesh, products, all[0], "_DEV")->from_share == crossing->from_share);
  CHECK(crossing->shared.address() == "grant database role SALES_EU.READER to share SALES_EU_ORDERS_LINES_2_FINANCE");
  CHECK(crossing->given.address() == "grant database role FINANCE_SALES_EU_ORDERS_LINES_2.READER to role A");
}
