// What the account tells of uses: the questions, and what becomes of the answers.
#include <algorithm>

#include <catch2/catch.hpp>

#include "mesh/plan/usage.hpp"

using namespace mesh;

namespace {

Domain domain(const char* name) {
  Domain made;
  made.name = name;
  made.owns = {std::string(name), std::string(name) + "_*"};
  for (auto& pattern : made.owns) std::transform(pattern.begin(), pattern.end(), pattern.begin(), ::toupper);
  return made;
}

// Domains sales and finance, in an environment that adds _DEV.
Mesh mesh_of_two() {
  Mesh mesh;
  mesh.environment.suffix = "_DEV";
  mesh.domains = {domain("finance"), domain("sales")};
  return mesh;
}

// sales/orders@1 loses EMAIL of ORDERS, and finance reads that as FINANCE_ANALYST.
std::vector<ProductImpact> email_goes() {
  ContractChange change;
  change.rule = "CON-03";
  change.step = Step::Major;
  change.object = "ORDERS";
  change.columns = {Name::exact("EMAIL")};
  change.message = "column EMAIL of ORDERS is removed";
  PortImpact impact{
      change, PortId{"sales", "orders", "orders", 1}, {QualifiedName::parse("SALES.ORDERS.ORDERS").value()}, {}, {}};
  AffectedConsumer analyst;
  analyst.domain = "finance";
  analyst.through = "role FINANCE_ANALYST";
  impact.consumers.push_back(analyst);
  return {ProductImpact{"sales", "sales/orders@1", {1, 0, 0, {}}, {1, 1, 0, {}}, Step::Major, {}, {impact}}};
}

Rows dependencies() {
  Rows rows;
  rows.columns = {"REFERENCED_DATABASE", "REFERENCED_SCHEMA",       "REFERENCED_OBJECT_NAME",   "REFERENCING_DATABASE",
                  "REFERENCING_SCHEMA",  "REFERENCING_OBJECT_NAME", "REFERENCING_OBJECT_DOMAIN"};
  rows.rows = {{"SALES_DEV", "ORDERS", "ORDERS", "MARTS", "PUBLIC", "MAILS", "VIEW"},
               {"SALES_DEV", "ORDERS", "ORDERS", "FINANCE_DEV", "REVENUE", "MONTHLY", "VIEW"}};
  return rows;
}

Rows reads() {
  Rows rows;
  rows.columns = {"ROLE_NAME", "OBJECT_NAME", "COLUMN_NAME", "QUERIES", "LAST_READ"};
  rows.rows = {{"FINANCE_ANALYST_DEV", "SALES_DEV.ORDERS.ORDERS", "EMAIL", "3", "2026-09-01"},  // is hit anyway
               {"FINANCE_AUDIT_DEV", "SALES_DEV.ORDERS.ORDERS", "EMAIL", "12", "2026-09-02"},
               {"FINANCE_AUDIT_DEV", "SALES_DEV.ORDERS.ORDERS", "AMOUNT", "4", "2026-09-02"},  // does not go
               {"SALES_ENGINEER_DEV", "SALES_DEV.ORDERS.ORDERS", "EMAIL", "9", "2026-09-03"},  // the owner's
               {"TABLEAU", "SALES_DEV.ORDERS.ORDERS", "EMAIL", "700", "2026-09-04"},
               {"TABLEAU", "SALES_DEV.ORDERS.OTHERS", "EMAIL", "7", "2026-09-04"}};
  return rows;
}

std::vector<std::string> words(const std::vector<Usage>& all) {
  std::vector<std::string> out;
  for (const auto& usage : all) out.push_back(usage.who + " " + usage.how);
  return out;
}

}  // namespace

TEST_CASE("the account is asked for what breaks, by the names that it has there") {
  const auto mesh = mesh_of_two();
  auto impacts = email_goes();
  const auto inquiries = usage_inquiries(mesh, impacts);
  REQUIRE(inquiries.size() == 2);
  CHECK(inquiries[0].sql.find(R"("REFERENCED_DATABASE" = 'SALES_DEV' AND "REFERENCED_SCHEMA" = 'ORDERS' AND )"
                              R"("REFERENCED_OBJECT_NAME" = 'ORDERS')") != std::string::npos);
  CHECK(inquiries[1].sql.find("IN ('SALES_DEV.ORDERS.ORDERS')") != std::string::npos);
  impacts[0].changes[0].change.step = Step::Minor;
  CHECK(usage_inquiries(mesh, impacts).empty());
}

TEST_CASE("uses that no manifest tells of are told, and others are not") {
  const auto mesh = mesh_of_two();
  auto impacts = email_goes();
  State desired;
  const ObjectId monthly{KindId::View, QualifiedName::parse("FINANCE_DEV.REVENUE.MONTHLY").value()};
  desired.objects[monthly].id = monthly;
  const auto inquiries = usage_inquiries(mesh, impacts);
  const auto unanswered = add_usage(mesh, desired, inquiries, {Reply(dependencies()), Reply(reads())}, impacts);
  CHECK(unanswered.empty());
  CHECK(words(impacts[0].changes[0].usage) ==
        std::vector<std::string>{"view MARTS.PUBLIC.MAILS is built on ORDERS",
                                 "role FINANCE_AUDIT read EMAIL in 12 queries, last on 2026-09-02",
                                 "role TABLEAU read EMAIL in 700 queries, last on 2026-09-04"});
  const auto findings = impact_findings(impacts);
  const auto warned = std::count_if(findings.begin(), findings.end(), [](const Diagnostic& finding) {
    return finding.code == "MESH1533" && finding.severity == Severity::Warning;
  });
  CHECK(warned == 1);
}

TEST_CASE("what does not answer is a note, and takes nothing away") {
  const auto mesh = mesh_of_two();
  auto impacts = email_goes();
  StatementError error;
  error.code = "002003";
  error.message = "SQL compilation error:\nObject does not exist or not authorized.";
  const auto unanswered =
      add_usage(mesh, {}, usage_inquiries(mesh, impacts), {Failure{error}, Reply(reads())}, impacts);
  REQUIRE(unanswered.size() == 1);
  CHECK(unanswered[0].severity == Severity::Info);
  CHECK(unanswered[0].summary.find("OBJECT_DEPENDENCIES does not answer") != std::string::npos);
  CHECK(unanswered[0].help.find("OBJECT_VIEWER") != std::string::npos);
  CHECK(impacts[0].changes[0].usage.size() == 2);
}
