#include <random>

#include <catch2/catch.hpp>

#include "account.hpp"
#include "lexer.hpp"

using namespace mesh::sandbox;

namespace {

// Statements of every kind the catalogue runs; the test mangles them.
const std::vector<std::string> kCorpus = {
    "create or replace transient database d data_retention_time_in_days = 1 comment = 'c'",
    "create schema if not exists d.s with managed access log_level = info",
    "alter schema d.s rename to d.s2",
    "alter schema d.s2 enable managed access",
    "create table d.public.t (a number(10,2) not null default 5 comment 'x', b varchar(9) collate 'en', c int "
    "identity(1, 2), primary key (a), "
    "foreign key (b) references d.public.u (b)) cluster by (a) comment = 'y'",
    "create or replace table d.public.u (b varchar unique, z array(int)) copy grants",
    "create table d.public.c clone d.public.u",
    "create table d.public.q as select b from d.public.u",
    "alter table d.public.u add column k int default 3, l date",
    "alter table d.public.u alter column k set data type number(30,0), b comment 'z'",
    "alter table d.public.u drop column if exists k, l",
    "alter table d.public.u rename column b to \"b b\"",
    "alter table d.public.u add constraint uk unique (b)",
    "alter table d.public.u set comment = 'c' change_tracking = true",
    "create or replace secure view d.public.v (x comment 'k') comment = 'c' as select b from d.public.u",
    "alter view d.public.v unset secure",
    "create or replace stream d.public.s on table d.public.u append_only = true comment = 's'",
    "create or alter task d.public.k schedule = '5 minutes' after d.public.k0 when 1 = 1 as select 1",
    "alter task d.public.k add after d.public.k0, d.public.k1",
    "alter task d.public.k resume",
    "create alert d.public.al schedule = '1 minute' if (exists (select 1)) then select 2",
    "alter alert d.public.al modify condition exists (select 3)",
    "create pipe d.public.p auto_ingest = true as copy into d.public.u from @%u pattern = 'x'",
    "alter pipe d.public.p set pipe_execution_paused = true",
    "create dynamic table d.public.dt (b comment 'x') target_lag = '1 hour' warehouse = w cluster by (b) as select b "
    "from d.public.u",
    "alter dynamic table d.public.dt set target_lag = downstream, scheduler = enable",
    "alter dynamic table d.public.dt suspend",
    "create or replace secure materialized view d.public.mv (x) comment = 'c' cluster by (x) as select b from "
    "d.public.u",
    "alter materialized view d.public.mv suspend recluster",
    "create or replace tag d.public.tg allowed_values 'a', 'b' propagate = on_dependency on_conflict = 'a' comment = "
    "'c'",
    "alter tag d.public.tg add allowed_values 'c'",
    "alter tag d.public.tg set masking policy d.public.mp, masking policy d.public.mn force",
    "create or replace masking policy d.public.mp as (v varchar, w number) returns varchar -> case when "
    "is_role_in_session('R') "
    "then v else left(v, w) end comment = 'c' exempt_other_policies = true",
    "alter masking policy d.public.mp set body -> v",
    "create row access policy if not exists d.public.rp as (v varchar) returns boolean -> v in (select b from "
    "d.public.u)",
    "create table d.public.g (a varchar default 'x' masking policy d.public.mp using (a, b) with tag (d.public.tg = "
    "'a'), b number) "
    "with row access policy d.public.rp on (a) tag (d.public.tg = 'b')",
    "alter table d.public.u modify column b set masking policy d.public.mp force, column z set tag d.public.tg = 'a'",
    "alter table d.public.u drop row access policy d.public.rp, add row access policy d.public.rp on (b)",
    "alter view d.public.v drop all row access policies",
    "alter warehouse w unset tag d.public.tg, d.public.t2",
    "describe masking policy d.public.mp",
    "show row access policies in database d",
    "select * from table(d.information_schema.tag_references_all_columns('d.public.u', 'table')) union all select * "
    "from "
    "table(d.information_schema.tag_references('d.public.u', 'table'))",
    "select * from table(d.information_schema.policy_references(ref_entity_name => 'd.public.u', ref_entity_domain => "
    "'table'))",
    "select system$get_tag('d.public.tg', 'd.public.u.b', 'column')",
    "create warehouse w warehouse_size = 'X-LARGE' auto_suspend = null max_cluster_count = 2",
    "alter warehouse w set warehouse_size = small wait_for_completion = true",
    "create role r comment = 'x'",
    "create database role d.dr",
    "create user u type = service default_secondary_roles = ('ALL') login_name = 'l'",
    "alter user u set disabled = true, default_namespace = d.public",
    "grant select, insert on all tables in schema d.public to role r with grant option",
    "grant select on future tables in database d to database role d.dr",
    "grant ownership on view d.public.v to role r copy current grants",
    "grant role r to user u",
    "grant database role d.dr to role r",
    "revoke grant option for select on table d.public.u from role r cascade",
    "revoke select on future tables in database d from database role d.dr",
    "grant all privileges on schema d.public to role r",
    "show terse tables like 'u%' in database d starts with 'U' limit 5 from 'A'",
    "show columns like 'b%' in table d.public.u",
    "show imported keys in schema d.public",
    "show parameters like 'log%' in schema d.public",
    "show grants on table d.public.u limit 3",
    "show grants to role r",
    "show future grants in database d",
    "show schemas history in database d",
    "describe table d.public.u type = columns",
    "desc user u",
    "comment if exists on column d.public.u.b is 'text'",
    "use schema d.public",
    "use secondary roles all",
    "alter session set query_tag = 'x'",
    "alter account set log_level = warn",
    "drop table if exists d.public.u cascade",
    "undrop table d.public.u",
    "drop role if exists r",
    "show tables in account ->> select \"name\" from $1",
    "select system$behavior_change_bundle_status('2026_06')",
};

std::vector<std::string> words_of(const std::string& sql) {
  const std::vector<Token> tokens = *lex(sql);
  std::vector<std::string> words;
  for (const Token& token : tokens) {
    if (token.kind != TokenKind::End) words.push_back(sql.substr(token.begin, token.end - token.begin));
  }
  return words;
}

std::string mangle(const std::vector<std::vector<std::string>>& corpus, std::mt19937& random) {
  const auto pick = [&](size_t size) { return std::uniform_int_distribution<size_t>(0, size - 1)(random); };
  std::vector<std::string> words = corpus[pick(corpus.size())];
  for (size_t edits = pick(3); edits > 0; --edits) {
    const std::vector<std::string>& other = corpus[pick(corpus.size())];
    const size_t at = pick(words.size());
    switch (pick(4)) {
      case 0:
        words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      case 1:
        words.insert(words.begin() + static_cast<std::ptrdiff_t>(at), other[pick(other.size())]);
        break;
      case 2:
        words[at] = other[pick(other.size())];
        break;
      default:
        std::swap(words[at], words[pick(words.size())]);
    }
    if (words.empty()) words.emplace_back("show");
  }
  std::string sql;
  for (const std::string& word : words) sql += word + " ";
  return sql;
}

}  // namespace

TEST_CASE("mangled statements are answered, and the account stays whole", "[fuzz]") {
  std::mt19937 random(20261123);
  std::vector<std::vector<std::string>> corpus;
  for (const std::string& sql : kCorpus) corpus.push_back(words_of(sql));
  TestAccount a;
  for (int i = 0; i < 3000; ++i) {
    const std::string sql = mangle(corpus, random);
    INFO(sql);
    const Answer answer = a.answer(sql);
    const auto* error = std::get_if<SqlError>(&answer);
    // 000603 is an error of the sandbox itself.
    if (error != nullptr) REQUIRE(error->code != "000603");
    if (const auto* result = std::get_if<ResultSet>(&answer)) {
      for (const Row& row : result->rows) REQUIRE(row.size() == result->columns.size());
    }
    if (a.session.role != "ACCOUNTADMIN") a.session.role = "ACCOUNTADMIN";
  }
  CHECK(a.run("create database whole") == "Database WHOLE successfully created.");
}
