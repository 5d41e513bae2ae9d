#pragma once
// The words and signs that the text and Markdown forms share.

#include <string>
#include <string_view>
#include <vector>

#include "mesh/plan/plan.hpp"

namespace mesh::render {

// + create, ~ update or replace, ! the same where data is lost, - drop, > rename, = take over, o forget;
// + and - for grants, revokes, set and unset.
const char* sign(const Change& change);
const char* sign_color(const Change& change);

std::string reason_words(const Change& change);
// What a change costs: its own words, or those of its risk; empty for a safe one.
std::string cost_words(const Change& change);

// "domains/sales/orders.yaml:31", or why where no line stands for it.
std::string where_or_why(const Change& change, const Sources& sources);

// One line below a change.
struct Detail {
  char sign = ' ';   // '+', '-', '~' or none
  std::string name;  // "warehouse_size", "column FAX VARCHAR(16777216)"
  std::string text;  // "XSMALL → SMALL"; may be empty
  std::string cost;
  Place origin{};  // of a value that a contract says
};
// The differences of a change. Long or many-lined texts become the lines that differ.
std::vector<Detail> details(const Change& change);

// "1 to create, 2 to change, 1 to drop; 3 grants, 1 revoke"; for drift "1 gone, 2 changed, ...".
std::string summary_words(const Plan& plan, bool drift);
std::string statements_read(const Plan& plan);
// "sales · dev · ACME-DEV as SALES_DEPLOY · 2026-11-22"
std::string header_words(const Plan& plan);

// "FINANCE_ANALYST can SELECT table A.B.C (through A.READER)", privileges with the same path on one line.
struct AccessWords {
  bool added = true;
  std::string text;
};
std::vector<AccessWords> access_words(const Plan& plan);
// " in ACME-OTHER" where it is not the plan's account; else empty.
std::string in_account(const Change& change);
// "readers of A.B.C.D unmasked: 3 → 17"
std::string readers_words(const ReadersChange& readers);
std::string waiting_words(const WaitingItem& item, const Sources& sources);

// "table A.B.C: would be dropped with its data [MESH2001]"
std::string refusal_words(const Refusal& refusal);
std::string finding_words(const Diagnostic& finding);

// "3 grants", "1 grant"
std::string counted(size_t number, std::string_view one, std::string_view many);

}  // namespace mesh::render
