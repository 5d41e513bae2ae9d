// Statements against an account of the sandbox. Each input has an account of its own, with a few objects in it.

#include "fuzz.hpp"
#include "unit/sandbox/account.hpp"

using namespace mesh::sandbox;

namespace {

const std::vector<std::string> kSetUp = {
    "create database d",
    "create table d.public.t (a number(10,2) not null default 5, b varchar, c date, v variant)",
    "insert into d.public.t (a, b, c) values (1, 'x', '2026-01-01'), (2, null, null)",
    "create view d.public.v as select a, b from d.public.t",
    "create role r",
};
constexpr size_t kMostStatements = 6;

void check(const Answer& answer, const std::string& sql) {
  if (const auto* error = std::get_if<SqlError>(&answer)) {
    LAW(error->code != "000603", sql + "\n" + error->message);  // an error of the sandbox itself
    LAW(!error->message.empty(), sql);
    return;
  }
  const auto& result = std::get<ResultSet>(answer);
  for (const Row& row : result.rows) LAW(row.size() == result.columns.size(), sql);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  TestAccount account;
  account.session.database = "D", account.session.schema = "PUBLIC";
  LAW(account.all(kSetUp).empty(), account.all(kSetUp));
  const auto statements = Engine::split_statements(mesh::fuzz::text_of(data, size));
  for (size_t i = 0; i < statements.size() && i < kMostStatements; ++i)
    check(account.answer(statements[i]), statements[i]);
  account.session.role = "ACCOUNTADMIN";
  check(account.answer("show grants to role accountadmin"), "whole");
  return 0;
}
