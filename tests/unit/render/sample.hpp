#pragma once
// The plan of the design's example, made by hand.

#include <cstdlib>

#include "mesh/render/render.hpp"

namespace sample {

using namespace mesh;  // NOLINT: tests only

inline std::string lines(int count) {
  std::string text;
  for (int i = 1; i <= count; ++i) text += "  line " + std::to_string(i) + "\n";
  return text;
}

struct Files {
  Sources sources;
  uint32_t orders = sources.add("domains/sales/orders.yaml", lines(40));
  uint32_t domain = sources.add("domains/sales/domain.yaml", lines(40));
  uint32_t product = sources.add("domains/sales/products/orders.yaml", lines(20));
  Place at(uint32_t file, int line) const { return {file, line, 3, 4}; }
};

inline ObjectId id(const char* address) {
  auto parsed = parse_address(address);
  if (!parsed) std::abort();
  return *parsed;
}

inline Change change(const char* address, Action action, Reason reason, Place place = {}) {
  Change c;
  c.address = address;
  c.object = id(address);
  c.kind = kind_words(c.object->kind);
  c.name = c.object->name.display();
  c.domain = "sales";
  c.action = action;
  c.reason = reason;
  c.place = place;
  return c;
}

inline Change grant(const char* privilege, const char* on, const char* to, bool given = true, Place place = {}) {
  Change c;
  GrantKey key;
  key.target.object = id(on);
  key.grantee = *parse_grantee(to);
  key.privilege = privilege;
  c.address = key.address();
  c.kind = "grant";
  c.name = key.target.object.name.display();
  c.domain = "sales";
  c.action = given ? Action::Grant : Action::Revoke;
  c.reason = given ? Reason::NotGranted : Reason::NotDeclaredGrant;
  c.risk = given ? Risk::Safe : Risk::Disruptive;
  c.place = place;
  c.grant = key;
  c.statements.push_back({std::string(given ? "GRANT " : "REVOKE ") + privilege, "SALES_DEPLOY"});
  return c;
}

inline Plan plan(const Files& files) {
  Plan p;
  p.mesh = "acme", p.environment = "dev", p.account = "ACME-DEV", p.as_role = "SALES_DEPLOY", p.date = "2026-11-22";
  p.domains = {"sales"};
  p.statements_read = 23;
  p.fingerprint = "sha256:abc";

  auto returns = change("table SALES.ORDERS.RETURNS", Action::Create, Reason::NotThere, files.at(files.orders, 31));
  returns.statements = {{"CREATE TABLE \"SALES\".\"ORDERS\".\"RETURNS\" (\n  \"ID\" NUMBER(38,0)\n)", "SALES_DEPLOY"}};
  returns.diff = {{"columns.ID", {}, ValueRecord{{"type", "NUMBER(38,0)"}}, ""}};
  auto warehouse = change("warehouse SALES_WH", Action::Update, Reason::Differs, files.at(files.domain, 8));
  warehouse.diff = {{"warehouse_size", "XSMALL", "SMALL", ""}};
  warehouse.statements = {{"ALTER WAREHOUSE \"SALES_WH\" SET WAREHOUSE_SIZE = 'SMALL'", "SALES_DEPLOY"}};
  auto view = change("view SALES.ORDERS.OLD_DAILY", Action::Drop, Reason::NoLongerDeclared);
  view.statements = {{"DROP VIEW \"SALES\".\"ORDERS\".\"OLD_DAILY\"", "SALES_DEPLOY"}};
  auto orders = change("table SALES.ORDERS.ORDERS", Action::Update, Reason::Differs, files.at(files.orders, 12));
  orders.risk = Risk::Destructive;
  orders.diff = {{"columns.FAX", ValueRecord{{"type", "VARCHAR(16777216)"}}, {}, "loses data (1,204,331 rows)"}};
  orders.statements = {{"ALTER TABLE \"SALES\".\"ORDERS\".\"ORDERS\" DROP COLUMN \"FAX\"", "SALES_DEPLOY"}};
  p.changes = {returns, warehouse, view, orders};

  p.access = {
      {true, "role FINANCE_ANALYST", "SELECT", "table SALES.ORDERS.ORDERS", {"database role SALES.ORDERS_READER"}}};
  p.waiting = {
      {"finance consumes sales/orders@1", "approve in domains/sales/products/orders.yaml", files.at(files.product, 2)}};
  return p;
}

}  // namespace sample
