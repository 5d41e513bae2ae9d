#!/usr/bin/env python3
"""An account that exists already: what hangs on its objects (tags, policies), what is set on it, its functions with
defaults and its imported databases become manifests whose plan is nothing but taking over."""

import re
import sys

from mesh_runner import VIOLATED, Checks, Mesh, binary_of_command_line, statements, temporary

MESH_FILE = {
    "mesh": "acme",
    "api": "mesh/v1",
    "control": {"database": "MESH", "schema": "CONTROL", "warehouse": "MESH_WH"},
    "environments": {"dev": {"connection": "acme"}},
    "domains": {"sales": {"path": "domains/sales", "account": True}, "hr": {"path": "domains/hr"}},
}

# Tags and policies by hand, in many spellings, and everything they can be on.
GOVERNED = r"""
create database sales; create schema sales.s with managed access; create role sales_r; create warehouse sales_wh;
create tag sales.s.cost allowed_values 'a' , 'b ${c}' /* two */; create tag sales.s."p i i" comment = 'it''s';
create or replace masking policy sales.s.mask as (val varchar) returns varchar -> case when true /* stars */ then '***' end;
create masking policy sales.s."by region" as (v string, region text) returns string(16777216)
  -> case when region = 'E''U' -- only there
     then v end;
create masking policy sales.s.tagged as (val varchar) returns varchar -> sha2(val);
alter tag sales.s."p i i" set masking policy sales.s.tagged;
create row access policy sales.s.own as (r varchar, "N" int) returns boolean -> r = current_role() and "N" > 0;
create row access policy sales.s.one as (r varchar) returns boolean -> true comment = 'all';
create table sales.s.people (
  name varchar with masking policy sales.s.mask, mail text, "Region" string(10), n int,
  phone varchar with tag (sales.s."p i i" = 'x''y ${z}', sales.s.cost = 'a')
) with row access policy sales.s.own on ("Region", n) with tag (sales.s.cost = 'a');
alter table sales.s.people modify column mail set masking policy sales.s."by region" using (mail, "Region");
create view sales.s.shown comment = 'v' as select name, mail as "the mail", "Region" as region from sales.s.people;
alter view sales.s.shown modify column name set masking policy sales.s.mask;
alter view sales.s.shown alter column "the mail" set tag sales.s."p i i" = 'mail', sales.s.cost = 'a';
alter view sales.s.shown alter column "the mail" comment 'where it goes';
alter view sales.s.shown add row access policy sales.s.one on (region); alter view sales.s.shown set tag sales.s.cost = 'b ${c}';
create table sales.s.plain (id int, note varchar);
create dynamic table sales.s.fresh target_lag = '1 hour' warehouse = sales_wh as select id, note from sales.s.plain;
alter table sales.s.fresh modify column note set masking policy sales.s.mask;
create stage sales.s.files; create stream sales.s.changes on table sales.s.plain;
create task sales.s.t1 warehouse = sales_wh as select 1;
create alert sales.s.a1 warehouse = sales_wh schedule = '10 minute' if (exists (select 1)) then select 1;
create function sales.s.f(a number(10, 2)) returns number as 'a';
create procedure sales.s.f(a string) returns varchar as $$ begin return 'x'; end $$;
create database role sales.dr; create user sales_bot type = service; create share sales_share;
create network policy sales_net allowed_ip_list = ('10.0.0.0/8');
create storage integration sales_s3 type = external_stage storage_provider = 's3' enabled = true
  storage_aws_role_arn = 'arn:aws:iam::001234567890:role/r' storage_allowed_locations = ('s3://bucket/in/');
"""
TAGGED = ["database sales", "schema sales.s", "role sales_r", "warehouse sales_wh", "table sales.s.fresh", "stage sales.s.files",
          "stream sales.s.changes", "task sales.s.t1", "alert sales.s.a1", "function sales.s.f(number)",
          "procedure sales.s.f(varchar)", "database role sales.dr", "user sales_bot", "share sales_share",
          "network policy sales_net", "integration sales_s3"]
GOVERNED += ";".join(f"alter {what} set tag sales.s.cost = 'a'" for what in TAGGED)


def mesh_on(binary, folder, name, account, mesh_file=None):
    mesh = Mesh(binary, f"{folder}/{name}", f"{folder}/{account}.db")
    mesh.write("mesh.yaml", mesh_file or MESH_FILE)
    return mesh


def written(mesh):
    return {str(path.relative_to(mesh.folder)): path.read_text(encoding="utf-8") for path in sorted(mesh.folder.rglob("*.yaml"))}


def actions(plan):
    return sorted({change["action"] for change in plan["changes"]})


def there_and_back(checks, binary, folder, account, sql, what):
    """Imports what the SQL makes, takes it over, makes it again in a fresh account; the files and the mesh on the first."""
    mesh = mesh_on(binary, folder, account, account)
    mesh.sql(sql)
    mesh.run("import")
    files = written(mesh)
    mesh.run("validate")
    mesh.bootstrap()
    plan = mesh.plan()
    checks.equal((actions(plan), plan["refused"], plan["findings"]), (["adopt"], [], []), f"{what}: the plan is nothing but taking over")
    mesh.apply()
    plan = mesh.plan()
    checks.equal((plan["changes"], plan["unmanaged"]), ([], []), f"{what}: then nothing is left, nor anything that is not declared")
    fresh = mesh_on(binary, folder, account, account + "_fresh")
    fresh.bootstrap()
    fresh.apply()
    checks.equal(fresh.plan()["changes"], [], f"{what}: a fresh account becomes what the manifests say")
    again = mesh_on(binary, folder, account + "_again", account + "_fresh")
    again.run("import")
    checks.equal(written(again), files, f"{what}: and is imported as the same")
    return mesh, files


def shown_row(mesh, address, row):
    """What `mesh show` says of a row: declared, live."""
    lines = [re.split(" {2,}", line.strip()) for line in mesh.run("show", address).out.splitlines()]
    return next((line[1:] for line in lines if line[0] == row), None)


def tags_and_policies(checks, binary, folder):
    mesh, files = there_and_back(checks, binary, folder, "governed", GOVERNED, "tags and policies")
    everything = "".join(files.values())
    checks.that("not imported" not in everything, "nothing is left out", everything)
    text = files["domains/sales/sales/s.yaml"]
    for line in ("NAME: {type: VARCHAR(16777216), masking_policy: SALES.S.MASK}",
                 """policy: 'SALES.S."by region"'""", 'using: [MAIL, \'"Region"\']', 'policy: SALES.S.OWN',
                 "tags: {SALES.S.COST: a}", "masking_policies: [SALES.S.TAGGED]", "/* stars */", "$${z}"):
        checks.contains(text, line, "what the manifest says")
    checks.equal(everything.count("SALES.S.COST: a"), len(TAGGED) + 3, "everything that is tagged says so")

    for row, value in (("columns.NAME.masking policy", "SALES.S.MASK"), ("row access policy", 'SALES.S.OWN ("Region", N)'),
                       ("tag SALES.S.COST", "a"), ("columns.MAIL.masking policy", 'SALES.S."by region" (MAIL, "Region")')):
        checks.equal(shown_row(mesh, "table SALES.S.PEOPLE", row), [value, value], f"show tells {row} on both sides")
    mesh.sql("alter table sales.s.people unset tag sales.s.cost")
    checks.equal(shown_row(mesh, "table SALES.S.PEOPLE", "tag SALES.S.COST"), ["a", "-"], "and what is declared but gone")
    checks.equal(mesh.plan()["changes"][0]["action"], "set", "which the plan sets again")

    found = mesh.run("find", "by region", "--format", "json").json()
    checks.equal(sorted(row["address"] for row in found),
                 ["column SALES.S.PEOPLE.MAIL", 'masking policy SALES.S."by region"'], "find tells a policy and where it is on")
    found = mesh.run("find", "x'y", "--format", "json").json()
    checks.equal([(row["address"], row["found"]) for row in found],
                 [("column SALES.S.PEOPLE.PHONE", "tag SALES.S.\"p i i\" = x'y ${z}")], "and a tag by its value")


def what_cannot_be_attached(checks, binary, folder):
    mesh = mesh_on(binary, folder, "odd", "odd")
    mesh.sql("""create database sales; create schema sales.a; create database hr; create schema hr.p; create tag hr.p.kind;
      create table sales.a.t (c varchar with tag (hr.p.kind = 'x'), d int); create sequence sales.a.q; create stage sales.a.st;
      create masking policy hr.p.hide as (v varchar) returns varchar -> '*';
      alter table sales.a.t modify column c set masking policy hr.p.hide;
      create pipe sales.a.p as copy into sales.a.t from @sales.a.st; alter pipe sales.a.p set tag hr.p.kind = 'x'""")
    mesh.run("import")
    text = written(mesh)["domains/sales/domain.yaml"]
    checks.contains(text, "# not imported: tag HR.P.KIND on column SALES.A.T.C: domain sales may not attach tag HR.P.KIND",
                    "a tag that its owner does not let this domain have is a comment")
    checks.contains(text, "# not imported: masking policy HR.P.HIDE on column SALES.A.T.C: domain sales may not attach", "and so is such a policy")
    mesh.bootstrap()
    checks.equal(actions(mesh.plan()), ["adopt"], "what is left out stays as it is")
    mesh.write("domains/sales/more.yaml", {"databases": {"SALES": {"schemas": {"A": {"sequences": {"N": {"tags": {"HR.P.KIND": "x"}}}}}}}})
    refused = mesh.run("validate", expect=VIOLATED)
    checks.contains(refused.out, "a sequence cannot bear tags", "what Snowflake does not tag is refused")
    # A pipe's tags are told by no function: they count as mesh left them.
    mesh.write("domains/sales/more.yaml", {"databases": {"SALES": {"schemas": {"A": {
        "tag_definitions": {"OWN": {}}, "pipes": {"P2": {"copy": "COPY INTO SALES.A.T FROM @SALES.A.ST", "tags": {"SALES.A.OWN": "x"}}}}}}}})
    mesh.apply()
    checks.equal(mesh.plan()["changes"], [], "a tag of a pipe converges")
    mesh.replace("domains/sales/more.yaml", '"x"', '"y"')
    checks.equal(statements(mesh.plan()), ["ALTER PIPE \"SALES\".\"A\".\"P2\" SET TAG \"SALES\".\"A\".\"OWN\" = 'y'"], "and can be changed")
    sent = mesh.run("sql", "--format", "json", "select query_text from table(information_schema.query_history()) where query_text like '%TAG_REFERENCES(%PIPE%'", expect=None)
    checks.that("TAG_REFERENCES" not in sent.out.replace("TAG_REFERENCES(%PIPE%", ""), "no domain is asked that the function does not know", sent)


PARAMETERS = """alter account set timezone = 'Europe/Berlin', statement_timeout_in_seconds = 3600;
  alter account set data_retention_time_in_days = 3; create resource monitor sales_credits with credit_quota = 10;
  alter account set resource_monitor = sales_credits; alter account set client_encryption_key_size = 256;
  create database sales"""
NO_ACCOUNT = {**MESH_FILE, "domains": {name: {"path": f"domains/{name}"} for name in ("sales", "hr")}}


def account_parameters(checks, binary, folder):
    mesh, files = there_and_back(checks, binary, folder, "parameters", PARAMETERS, "account parameters")
    checks.equal(files["domains/sales/account_parameters.yaml"].splitlines(),
                 ["account_parameters:", "  CLIENT_ENCRYPTION_KEY_SIZE: 256", "  DATA_RETENTION_TIME_IN_DAYS: 3",
                  "  RESOURCE_MONITOR: SALES_CREDITS", "  STATEMENT_TIMEOUT_IN_SECONDS: 3600", "  TIMEZONE: Europe/Berlin"],
                 "what is set on the account, and nothing else")
    checks.equal(mesh.run("drift", "--format", "json").json()["unmanaged"], [], "drift has nothing to tell")
    mesh.sql("alter account set week_start = 1; alter account set timezone = 'UTC'")
    drift = mesh.run("drift", "--format", "json").json()
    checks.equal([each["address"] for each in drift["unmanaged"]], ["account parameter WEEK_START"], "what is set by hand is listed")
    checks.equal([(each["address"], each["diff"][0]["before"]) for each in drift["changes"]], [("account parameter TIMEZONE", "UTC")],
                 "and what is changed by hand")
    nobody = mesh_on(binary, folder, "nobody", "parameters", NO_ACCOUNT)
    nobody.run("import")
    checks.that("account_parameters" not in str(written(nobody)), "without a domain that has the account they are nobody's", written(nobody))

    odd = mesh_on(binary, folder, "odd_parameters", "odd_parameters")
    odd.sql("create database sales; alter account set quoted_identifiers_ignore_case = true")
    odd.run("import")
    checks.contains(str(written(odd)), "not imported: account parameter QUOTED_IDENTIFIERS_IGNORE_CASE: QUOTED_IDENTIFIERS_IGNORE_CASE must stay",
                    "what no manifest may say is a comment")

    for words, part in (("network policy", "network policy: `network_policies`"), ("account parameter", "STATEMENT_TIMEOUT_IN_SECONDS"), ("account_parameters", "TIMEZONE"),
                        ("account parameter TIMEZONE", "account_parameters: {TIMEZONE: value}"), ("week_start", "integer, 0 to 7")):
        checks.contains(mesh.run("explain", words).out, part, f"mesh explain {words}")


ROUTINES = r"""
create database sales; create schema sales.s;
create function sales.s.f(a int, "b c" varchar default 'it''s, (x)', d number(10,2) default 1.5 /* rate */) returns number as 'a';
create secure function sales.s.js(n float default 7) returns string language javascript as 'return N;';
create procedure sales.s.p(a string default current_role(), n int default null) returns varchar comment = 'c' execute as caller
  as $$ begin return 'x'; end $$;
"""


def routines(checks, binary, folder):
    mesh, files = there_and_back(checks, binary, folder, "routines", ROUTINES, "defaults of arguments")
    text = files["domains/sales/sales/s.yaml"].replace("NUMBER(38,0)", "NUMBER")
    for key in ("""'F(A NUMBER, "b c" VARCHAR DEFAULT ''it''''s, (x)'', D NUMBER DEFAULT 1.5""", "JS(N FLOAT DEFAULT 7)",
                "P(A VARCHAR DEFAULT current_role(), N NUMBER DEFAULT null)"):
        checks.contains(text, key, "a signature with its defaults")
    mesh.sql("create procedure sales.s.o(a int, x out int) returns varchar as $$ begin return 'x'; end $$; create table sales.s.t (c int)")
    mesh.run("import")
    more = "".join(text for path, text in written(mesh).items() if path not in files)
    checks.contains(more, "# not imported: procedure SALES.S.O(NUMBER, NUMBER): it has output arguments (OUT)", "what has output arguments stays as it is")


def main():
    binary = binary_of_command_line()
    checks = Checks()
    with temporary() as folder:
        for scenario in (tags_and_policies, what_cannot_be_attached, account_parameters, routines):
            checks.scenario(scenario.__name__, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
