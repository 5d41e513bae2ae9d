#!/usr/bin/env python3
"""mesh import: an account made by hand, in many spellings, becomes manifests whose plan is nothing but taking over; applied
to a fresh account and imported there, they are the same again."""

import json
import sys

from mesh_runner import VIOLATED, Checks, Mesh, binary_of_command_line, temporary

MESH_FILE = {
    "mesh": "acme",
    "api": "mesh/v1",
    "control": {"database": "MESH", "schema": "CONTROL", "warehouse": "MESH_WH"},
    "environments": {"dev": {"connection": "acme"}},
    "domains": {"sales": {"path": "domains/sales", "account": True}, "hr": {"path": "domains/hr"}},
}

BY_HAND = r"""
create database sales comment = 'it''s ${sales}' data_retention_time_in_days = 3;
create schema sales.orders with managed access;
create schema sales."Mixed case" comment = ' blank before, "quotes" and \\ backslash';
Create Role sales_reader; create role sales_lead comment = 'yes';
grant role sales_reader to role sales_lead; grant role sales_lead to role sysadmin;
create warehouse sales_wh warehouse_size = small auto_suspend = 120 /* seconds */;
grant usage, operate on warehouse sales_wh to role sales_lead;
grant create database on account to role sales_lead;
create table sales.orders.orders (
  id int not null, -- the key
  "mixed" string(20) comment 'a "b" \\ c', n dec(12, 2) default 1.5, t text default 'it''s: # ${x}',
  ts datetime default current_timestamp(), seq bigint identity(5, 2), f double precision, b binary,
  constraint pk primary key (id)
) cluster by (ts, upper(t)) comment = 'one
two

four';
create or replace table sales.orders.lines (order_id integer not null, line byteint, name varchar collate 'en-ci',
  unique (order_id, line), foreign key (order_id) references sales.orders.orders (id))
;
create table sales.orders.checked (a int, b int as (a + 1), v variant, constraint positive check (a > 0));
alter table sales.orders.checked add search optimization on equality(a, v:x);
create view sales.orders.latest comment = 'v' as select id, n /* c */ from sales.orders.orders where ts > '2020-01-01'
;
alter view sales.orders.latest alter column id comment 'the key';
create secure view sales."Mixed case"."V 2" as
  with o as (select * from sales.orders.latest)

  select id,
	n
  from o;
create function sales.orders.add_tax(amount number(10, 2), "Rate" float) returns number(12, 2) comment = 'tax' as 'amount * ${x}';
create secure function sales.orders.add_tax(amount string) returns table (a int, "b c" text) as $$ select 1, 'it''s'
  from sales.orders.orders $$;
create function sales.orders.js() returns string not null language javascript strict immutable as '// ${y} $$
  return `${z}`;';
create function sales.orders.py(n int) returns int language python runtime_version = '3.11' packages = ('pandas==1.5', 'numpy')
  handler = 'f' as $$
def f(n):
  return n
$$;
create procedure sales.orders.clean(days int) returns varchar execute as caller as $$ begin return 'x'; end $$;
grant usage on function sales.orders.add_tax(string) to role sales_reader;
grant usage on all procedures in schema sales.orders to role sales_reader;
create dynamic table sales.orders.recent (id comment 'the key', "mixed") target_lag = '90 minutes' warehouse = sales_wh refresh_mode = full
  data_retention_time_in_days = 2 comment = 'it''s' cluster by (id) frozen where (id < 10) as select id, "mixed" /* c */ from sales.orders.orders;
create transient dynamic table sales.orders.by_hand scheduler = disable warehouse = sales_wh as
  select id from sales.orders.recent;
alter dynamic table sales.orders.by_hand suspend;
grant select, monitor on dynamic table sales.orders.recent to role sales_reader;
create task sales.orders.load schedule = '5 m' timezone = 'UTC' when 1=1 as insert into sales.orders.lines select 1, 2, 'it''s';
create task sales.orders."next one" warehouse = sales_wh after sales.orders.load as delete from sales.orders.lines;
alter task sales.orders."next one" resume; alter task sales.orders.load resume;
create stage sales.orders.files; create pipe sales.orders.fill auto_ingest = true as copy into sales.orders.lines from @sales.orders.files/in/;
create contact sales.orders.desk url = 'https://desk.example.com' comment = 'it''s'; create contact sales.orders.people users = ('mesh', '"a b"');
alter database sales set contact steward = sales.orders.people;
alter table sales.orders.orders set contact support = sales.orders.desk, STEWARD = sales.orders.desk;
create secure data metric function sales.orders.many(t table(a number, b varchar(10))) returns number comment = 'm' as 'select count(*) from t';
alter table sales.orders.orders set data_metric_schedule = '5 MINUTE';
alter table sales.orders.orders add data metric function sales.orders.many on (id, t) expectation few (value < 5), "a b" (value > 1);
alter view sales.orders.latest add data metric function snowflake.core.row_count on ();
create database role sales.reader; grant database role sales.reader to role sales_reader;
grant usage on database sales to role sales_reader; grant usage on schema sales.orders to role sales_reader;
grant usage on schema sales.orders to database role sales.reader;
grant usage on schema sales.orders to role sales_lead;
grant select on all tables in schema sales.orders to role sales_reader;
grant select on future tables in schema sales.orders to role sales_reader;
grant select on future views in schema sales.orders to role sales_lead;
grant select on view sales.orders.latest to role sales_lead;
grant insert on table sales.orders.orders to role sales_reader with grant option;
create database hr_x; create transient table hr_x.public.t (a variant, b array, c object) change_tracking = true;
create database unowned; create schema unowned.s; create database hr_empty
"""


# The kinds that the account above has none of.
OTHER_KINDS = r"""
create database sales; create schema sales.s with managed access; create role sales_r;
create warehouse sales_wh warehouse_size = 'X-Small' warehouse_type = standard initially_suspended = true;
create table sales.s.t (id int, "Mixed" string, at timestamp_tz);
create sequence sales.s."seq one" start = 5 increment by 2 comment = 'c';
create sequence sales.s.plain;
create file format sales.s.csv type = csv field_delimiter = '|' skip_header = 1 null_if = ('', 'NULL') /* both */ compression = gzip;
create file format sales.s."js on" type = 'JSON' strip_outer_array = true comment = 'it''s';
create file format sales.s.parquet type = parquet;
create storage integration sales_s3 type = external_stage storage_provider = 's3' enabled = true
  storage_aws_role_arn = 'arn:aws:iam::001234567890:role/r' storage_allowed_locations = ('s3://bucket/in/', 's3://bucket/out/');
create stage sales.s.inner_files directory = (enable = true) comment = 'mine';
create stage sales.s.outer_files url = 's3://bucket/in/' storage_integration = sales_s3 file_format = (format_name = 'sales.s.csv');
create network rule sales.s.office type = ipv4 mode = ingress value_list = ('10.0.0.0/8', '192.168.0.0/16') comment = 'here';
create network policy sales_net allowed_network_rule_list = ('SALES.S.OFFICE') blocked_ip_list = ('10.1.1.1');
create tag sales.s.pii allowed_values 'email', 'phone' comment = 'what it is';
create tag sales.s."any";
create masking policy sales.s.hide as (v string, "Who" varchar) returns string -> case when "Who" = 'X' then v /* c */ else '***' end comment = 'm';
create row access policy sales.s.by_r as (r text) returns boolean -> current_role() = 'X'
  or r is null;
create stream sales.s.changes on table sales.s.t append_only = true comment = 's';
create alert sales.s."Watch it" warehouse = sales_wh schedule = '10 minute' if (exists (select 1 from sales.s.t)) then insert into sales.s.t (id) select 1;
create materialized view sales.s.mv (key comment 'first') cluster by (key) as select id from sales.s.t;
create external table sales.s.et (a int as (value:c1::int), b varchar as (value:c2::varchar)) location = @sales.s.outer_files/a/ file_format = (format_name = sales.s.parquet) auto_refresh = false;
create resource monitor sales_credits with credit_quota = 100 frequency = weekly start_timestamp = '2030-01-01 00:00'
  triggers on 80 percent do notify on 100 percent do suspend_immediate;
create user sales_bot type = service default_role = sales_r default_warehouse = "SALES_WH" comment = 'bot';
create share sales_share comment = 'out'; grant usage on database sales to share sales_share; grant usage on schema sales.s to share sales_share;
grant select on table sales.s.t to share sales_share;
create organization listing sales_orders share sales_share as $$
title: "Orders: all"
description: |
  Every order.

  Ask.
organization_targets: {access: [{account: FINANCE, roles: [B, A]}]}
usage_examples:
- title: Count
  query: |
    select count(*)
    from sales.s.t
draft_access_type: FREE
resharing: {enabled: false, later: {a: [1, [2, "x\ny"]]}}
$$
"""


def every_other_kind(checks, binary, folder):
    """There and back with the kinds that the first account lacks."""
    mesh = mesh_on(binary, folder, "kinds", "kinds_by_hand")
    mesh.sql(OTHER_KINDS)
    mesh.run("import")
    files = written(mesh)
    mesh.run("validate")
    mesh.bootstrap()
    plan = mesh.plan()
    checks.equal((actions(plan), plan["refused"], plan["findings"]), (["adopt"], [], []), "the plan is nothing but taking over")
    kinds = {change["kind"] for change in plan["changes"]}
    wanted = {"warehouse", "resource monitor", "network policy", "role", "user", "share", "database", "schema", "table", "sequence",
              "file format", "stage", "network rule", "tag", "masking policy", "row access policy", "stream", "alert",
              "materialized view", "storage integration", "external table", "listing"}
    checks.equal(sorted(wanted - kinds), [], "every kind is among it")
    mesh.apply()
    checks.equal(mesh.plan()["changes"], [], "then nothing is left")

    mesh.account = mesh.account.with_name("kinds_fresh.db")
    mesh.bootstrap()
    mesh.apply()
    checks.equal(mesh.plan()["changes"], [], "a fresh account becomes what the manifests say")
    again = mesh_on(binary, folder, "kinds_again", "kinds_fresh")
    again.run("import")
    checks.equal(written(again), files, "and is imported as the same")


# Names that CREATE gave the columns; of SAME and DT_SAME those that the query has by itself.
OTHER_NAMES = r"""
create database sales; create schema sales.s; create warehouse sales_wh;
create table sales.s.t (x int, y string, "z z" int); create tag sales.s.tag;
create view sales.s.other (a, "b b" /* ) */ comment 'second, (not first)') as select x, y from sales.s.t;
create or replace secure view sales.s.star (one, two, three) copy grants as select * from sales.s.t;
create view sales.s.counted (n, total) comment = 'of (all)' as select count(*), sum(x) from sales.s.t;
create view sales.s.above as select a, n from sales.s.other, sales.s.counted;
create view sales.s.with_cte (q) as with o as (select x as p from sales.s.t) select p from o;
create view sales.s.united (q) as select x from sales.s.t union all select 1;
create view sales.s.same (x comment 'the first', y) as select x, y from sales.s.t;
create materialized view sales.s.mv (k) as select x from sales.s.t;
create materialized view sales.s.mv_said (k comment 'key', v) as select x, y from sales.s.t;
create materialized view sales.s.mv_clustered (k, v) cluster by (k) as select x, y from sales.s.t;
create dynamic table sales.s.dt (k, v) target_lag = '1 hour' warehouse = sales_wh as select x, y from sales.s.t;
create dynamic table sales.s.dt_star (k, v, w) target_lag = '1 hour' warehouse = sales_wh as select * from sales.s.t;
create dynamic table sales.s.dt_same target_lag = '1 hour' warehouse = sales_wh as select x, y from sales.s.t;
alter view sales.s.other modify column a set tag sales.s.tag = 'v'
"""
NAMED_ANEW = ["OTHER", "STAR", "COUNTED", "WITH_CTE", "UNITED", "MV", "DT", "DT_STAR"]


def names_of_columns(checks, binary, folder):
    """A list of names that renames what the query gives is imported, kept, and taken away with its line."""
    mesh = mesh_on(binary, folder, "names", "names_by_hand")
    mesh.sql(OTHER_NAMES)
    mesh.run("import")
    files = written(mesh)
    text = files["domains/sales/sales/s.yaml"]
    checks.equal(text.count("column_list:"), len(NAMED_ANEW), "a list for each that has other names, and for no other")
    by_hand = columns_of(mesh)
    checks.equal(by_hand["OTHER"], [("A", ""), ("b b", "second, (not first)")], "the names by hand")
    mesh.bootstrap()
    plan = mesh.plan()
    checks.equal((actions(plan), plan["refused"], plan["findings"]), (["adopt"], [], []), "the plan is nothing but taking over")
    mesh.apply()
    checks.equal(mesh.plan()["changes"], [], "then nothing is left")

    mesh.account = mesh.account.with_name("names_fresh.db")
    mesh.bootstrap()
    mesh.apply()
    checks.equal(mesh.plan()["changes"], [], "a fresh account becomes what the manifests say")
    checks.equal(columns_of(mesh), by_hand, "with the same columns")
    again = mesh_on(binary, folder, "names_again", "names_fresh")
    again.run("import")
    checks.equal(written(again), files, "and is imported as the same")

    mesh.write("domains/sales/sales/s.yaml", text.replace("column_list: [A, '\"b b\"']", "column_list: [A, C]").replace("'\"b b\"':", "C:"))
    replaced = {c["address"]: c["action"] for c in mesh.plan()["changes"]}
    checks.equal(replaced, {"view SALES.S.OTHER": "replace"}, "another name makes the view anew")
    mesh.apply()
    checks.equal(columns_of(mesh)["OTHER"], [("A", ""), ("C", "second, (not first)")], "with it")
    mesh.write("domains/sales/sales/s.yaml", text.replace("column_list: [Q]", "").replace("column_list: [K, V]", "").replace("column_list: [K]", ""))
    mesh.apply()
    after = columns_of(mesh)
    checks.equal([[name for name, _ in after[view]] for view in ("WITH_CTE", "UNITED", "MV", "DT")], [["P"], ["X"], ["X"], ["X", "Y"]],
                 "without its line the query names the columns")
    checks.equal(mesh.plan()["changes"], [], "and nothing is left")

    mesh.sql("create or replace view sales.s.same (p, q) as select x, y from sales.s.t")
    checks.equal([(c["action"], c["address"]) for c in mesh.plan()["changes"]], [("replace", "view SALES.S.SAME")],
                 "a list by hand that the manifest does not have is a difference")


def columns_of(mesh):
    found = {}
    for row in json.loads(mesh.run("sql", "--format", "json", "SHOW COLUMNS IN SCHEMA SALES.S").out.splitlines()[0]):
        found.setdefault(row["table_name"], []).append((row["column_name"], row["comment"] or ""))
    return found


def mesh_on(binary, folder, name, account, mesh_file=None):
    mesh = Mesh(binary, f"{folder}/{name}", f"{folder}/{account}.db")
    mesh.write("mesh.yaml", mesh_file or MESH_FILE)
    return mesh


def written(mesh):
    return {str(path.relative_to(mesh.folder)): path.read_text(encoding="utf-8") for path in sorted(mesh.folder.rglob("*.yaml"))}


def actions(plan):
    return sorted({change["action"] for change in plan["changes"]})


def there_and_back(checks, binary, folder):
    mesh = mesh_on(binary, folder, "first", "by_hand")
    mesh.sql(BY_HAND)
    run = mesh.run("import")
    files = written(mesh)
    checks.that("domains/sales/sales/orders.yaml" in files and "domains/hr/domain.yaml" in files, "a file for each schema", run)
    checks.that("UNOWNED" not in str(files), "what nobody owns stays out")
    checks.that("public" not in str(list(files)).replace("hr_x/public", ""), "an untouched PUBLIC is left out", list(files))
    mesh.run("validate")
    mesh.bootstrap()
    plan = mesh.plan()
    checks.equal((actions(plan), plan["refused"], plan["findings"]), (["adopt"], [], []), "the plan is nothing but taking over")
    checks.equal(len(plan["changes"]), 30, "and takes over all of it")
    mesh.apply()
    checks.equal(mesh.plan()["changes"], [], "then nothing is left")
    checks.contains(mesh.run("import").err, "Nothing to import", "nor is anything to import")
    checks.equal(written(mesh), files, "and no file was touched")

    mesh.account = mesh.account.with_name("fresh.db")
    mesh.bootstrap()
    mesh.apply()
    checks.equal(mesh.plan()["changes"], [], "a fresh account becomes what the manifests say")
    again = mesh_on(binary, folder, "second", "fresh")
    again.run("import")
    checks.equal(written(again), files, "and is imported as the same")


def patterns_and_suffix(checks, binary, folder):
    mesh = mesh_on(binary, folder, "some", "some")
    mesh.sql("create database sales; create schema sales.a; create schema sales.b; create table sales.a.t (c int); "
             "create table sales.b.t (c int); create role sales_r")
    mesh.run("import", "sales.a")
    checks.equal(sorted(written(mesh)), ["domains/sales/domain.yaml", "domains/sales/sales/a.yaml", "domains/sales/sales/database.yaml", "mesh.yaml"], "one schema and what it lies in")
    mesh.run("import", "SALES.*", "-o", f"{folder}/elsewhere")
    checks.that((mesh.folder.parent / "elsewhere/domains/sales/sales/b.yaml").is_file(), "-o writes there")
    mesh.run("import")
    files = written(mesh)
    checks.that("domains/sales/roles.yaml" in files and "domains/sales/sales/b.yaml" in files, "the rest", list(files))
    mesh.sql("create table sales.a.u (c int)")
    mesh.run("import")
    checks.that("domains/sales/sales/a_2.yaml" in written(mesh), "a file that is there is never written over", list(written(mesh)))
    mesh.bootstrap()
    checks.equal(actions(mesh.plan()), ["adopt"], "all is taken over")

    suffixed = mesh_on(binary, folder, "suffixed", "suffixed", {**MESH_FILE, "environments": {"dev": {"connection": "x", "suffix": "_DEV"}}})
    suffixed.sql("create database sales_dev; create database sales_old; create schema sales_dev.a; create role sales_r_dev; "
                 "create table sales_dev.a.t (c int); grant usage on database sales_dev to role sales_r_dev; "
                 "create view sales_dev.a.v as select c from sales_dev.a.t; create stream sales_dev.a.s on table sales_dev.a.t; "
                 "create task sales_dev.a.k user_task_managed_initial_warehouse_size = 'XSMALL' schedule = '10 minutes' "
                 "when system$stream_has_data('sales_dev.a.s') as select 1; "
                 "create masking policy sales_dev.a.m as (v varchar) returns varchar -> "
                 "case when current_role() = 'SALES_R_DEV' then v else null end")
    suffixed.run("import")
    text = str(written(suffixed))
    checks.that("SALES_DEV" not in text and "sales_dev" not in text.lower() and "SALES_R:" in text, "the suffix is taken off, in SQL too", text)
    checks.that("SALES_R_DEV" not in text and r"current_role() = \'SALES_R\'" in text, "and in what a policy asks the session for", text)
    checks.contains(text, "database SALES_OLD: its name lacks this environment's suffix _DEV", "what lacks it is told")
    suffixed.bootstrap()
    checks.equal(actions(suffixed.plan()), ["adopt"], "and put on again")


def what_cannot_be_written(checks, binary, folder):
    mesh = mesh_on(binary, folder, "odd", "odd")
    mesh.sql("create database sales; create schema sales.a; create role sales_r; create table sales.a.t (c int); "
             "grant select on table sales.a.t to role sales_r; create view sales.a.v as select * from sales.a.t; "
             "create role other; create database hr_1; create schema hr_1.s; create table hr_1.s.t (c int)")
    mesh.sql("create view sales.a.over_t as select * from hr_1.s.t")
    mesh.sql("create procedure sales.a.p(n int, x out int) returns varchar as $$ begin return 'x'; end $$")
    mesh.run("import", "SALES", "SALES_*")
    files = written(mesh)
    checks.contains(files["domains/sales/domain.yaml"], "# not imported: grant SELECT on table SALES.A.T to role SALES_R: ", "an unusable grant is a comment with the reason")
    checks.contains(files["domains/sales/domain.yaml"], "# not imported: view SALES.A.OVER_T: ", "and so is a view on what nobody declares")
    checks.contains(files["domains/sales/domain.yaml"], "# not imported: procedure SALES.A.P(NUMBER, NUMBER): it has output arguments",
                    "and a procedure with output arguments, which no manifest can say")
    mesh.run("validate")
    mesh.bootstrap()
    plan = mesh.plan()
    checks.equal((actions(plan), len(plan["changes"])), (["adopt"], 5), "what is left out stays as it is")

    mesh.write("mesh.yaml", "mesh: [")
    checks.equal(mesh.run("import", expect=None).code, VIOLATED, "a mesh.yaml that cannot be read")


def what_mesh_made(checks, binary, folder):
    mesh = mesh_on(binary, folder, "made", "made")
    mesh.sql(BY_HAND)
    mesh.run("import")
    mesh.bootstrap()
    mesh.apply()
    other = mesh_on(binary, folder, "other", "made", {**MESH_FILE, "mesh": "other"})
    other.run("import")
    checks.contains(str(written(other)), "mesh acme/dev manages it", "another mesh's objects are left to it")
    mesh.sql("drop database mesh")
    anew = mesh_on(binary, folder, "anew", "made")
    anew.run("import")
    anew.bootstrap()
    checks.equal(actions(anew.plan()), ["adopt"], "what mesh made is taken over when its ledger is lost")


def main():
    binary = binary_of_command_line()
    checks = Checks()
    with temporary() as folder:
        for scenario in (there_and_back, every_other_kind, names_of_columns, patterns_and_suffix, what_cannot_be_written, what_mesh_made):
            checks.scenario(scenario.__name__, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
