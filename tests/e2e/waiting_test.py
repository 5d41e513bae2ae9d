#!/usr/bin/env python3
"""What rests on things that are not there yet waits, with all that rests on it, and says for what: on tables of another tool,
and with -d on what other domains have declared and not made. A plan of all domains waits for no domain."""

import sys

from mesh_runner import DONE, Checks, Mesh, binary_of_command_line, failures, temporary

MESH = {
    "mesh": "test",
    "api": "mesh/v1",
    "control": {"database": "MESH", "schema": "CONTROL", "warehouse": "MESH_WH"},
    "environments": {"dev": {"connection": "test"}},
    "default_environment": "dev",
    "domains": {"platform": {"path": "platform", "account": True}, "governance": {"path": "governance", "governs": True},
                "sales": {"path": "sales"}, "finance": {"path": "finance"}},
}


def mesh_of(binary, folder, **domains):
    mesh = Mesh(binary, f"{folder}/mesh", f"{folder}/account.db")
    mesh.write("mesh.yaml", MESH)
    for name in MESH["domains"]:
        mesh.write(f"{name}/domain.yaml", {"domain": name, "team": {"name": name, "email": "t@example.com"}, **domains.get(name, {})})
    mesh.bootstrap()
    return mesh


def addresses(plan):
    return sorted(change["address"] for change in plan["changes"])


def waiting(plan):
    return {item["address"]: item["needs"] for item in plan["waiting"]}


def apply(mesh, checks, what, *arguments):
    applied = mesh.apply(*arguments, expect=None)
    checks.that(applied.code == DONE, f"{what}: apply", failures(applied))


SCHEMA = {
    "tables": {"T": {"manage": ["grants", "comment"], "columns": {"E": "VARCHAR"}, "grants": {"SALES_R": ["SELECT"]}}},
    "views": {"V": {"query": "SELECT E FROM SALES.O.T", "grants": {"SALES_R": ["SELECT"]}}, "W": {"query": "SELECT E FROM SALES.O.V"}},
    "streams": {"S": {"on": "table SALES.O.T"}},
    "dynamic_tables": {"D": {"query": "SELECT E FROM SALES.O.T", "target_lag": "1 hour", "warehouse": "SALES_WH"}},
    "functions": {"F()": {"returns": "VARCHAR", "language": "SQL", "body": "SELECT MAX(E) FROM SALES.O.T"}},
    "procedures": {"MAKE()": {"returns": "VARCHAR", "language": "SQL", "body": "BEGIN INSERT INTO SALES.O.T VALUES (1); RETURN ''; END"}},
    "row_access_policies": {"R": {"signature": {"X": "VARCHAR"}, "body": "EXISTS (SELECT 1 FROM SALES.O.T WHERE E = X)"}},
}
ROLE = {"roles": {"SALES_R": {"granted_to": ["SYSADMIN"]}}}


def another_tool(checks, binary, folder):
    sales = {**ROLE, "warehouses": {"SALES_WH": {}}, "databases": {"SALES": {"grants": {"SALES_R": ["USAGE"]}, "schemas": {
        "O": {"grants": {"SALES_R": ["USAGE"]}, **SCHEMA}}}}}
    mesh = mesh_of(binary, folder, sales=sales)
    plan = mesh.plan()
    checks.equal(addresses(plan), sorted(["database SALES", "grant USAGE on database SALES to role SALES_R", "grant USAGE on schema SALES.O to role SALES_R",
                                          "grant role SALES_R to role SYSADMIN", "procedure SALES.O.MAKE()", "role SALES_R", "schema SALES.O",
                                          "warehouse SALES_WH"]), "what rests on the table is not made; what runs later is")
    why = "table SALES.O.T is made by another tool and does not exist yet"
    checks.equal(waiting(plan), {"table SALES.O.T": "it is made by another tool and does not exist yet", "view SALES.O.V": why, "stream SALES.O.S": why,
                                 "dynamic table SALES.O.D": why, "function SALES.O.F()": why, "row access policy SALES.O.R": why,
                                 "view SALES.O.W": "view SALES.O.V waits as well"}, "and says for what")
    apply(mesh, checks, "without the table")
    checks.equal(addresses(mesh.plan()), [], "nothing to do until it is there")
    checks.equal(mesh.run("plan", "--detailed-exitcode").code, DONE, "waiting things do not count")
    mesh.sql("CREATE TABLE SALES.O.T (E VARCHAR)")
    apply(mesh, checks, "with the table")
    plan = mesh.plan()
    checks.equal((addresses(plan), waiting(plan)), ([], {}), "nothing waits any more")
    checks.equal(len(mesh.sql("SHOW VIEWS IN SCHEMA SALES.O")), 2, "both views are there")

    # What is there is altered although its table is not; what would read it again waits.
    mesh.sql("DROP TABLE SALES.O.T")
    sales["databases"]["SALES"]["schemas"]["O"]["views"]["V"] |= {"comment": "first"}
    mesh.write("sales/domain.yaml", {"domain": "sales", "team": {"name": "sales", "email": "t@example.com"}, **sales})
    checks.equal(addresses(mesh.plan()), ["view SALES.O.V"], "a comment rests on no table")
    sales["databases"]["SALES"]["schemas"]["O"]["views"]["V"] |= {"query": "SELECT E || '!' AS E FROM SALES.O.T"}
    mesh.write("sales/domain.yaml", {"domain": "sales", "team": {"name": "sales", "email": "t@example.com"}, **sales})
    plan = mesh.plan()
    checks.equal((addresses(plan), waiting(plan).get("view SALES.O.V")), ([], why), "a new query does")


def column_comments(checks, binary, folder):
    columns = {"E": {"comment": "where it goes"}, "F": {"tags": {"SALES.O.PII": "yes"}}, "GONE": {"comment": "nowhere"}}
    objects = {"tag_definitions": {"PII": {}}, "tables": {"T": {"manage": ["comment", "tags"], "columns": columns},
                                                          "U": {"manage": ["grants"], "columns": {"E": {"comment": "not mesh's"}}}},
               "views": {"V": {"manage": ["comment"], "columns": {"E": {"comment": "as above"}}}}}
    mesh = mesh_of(binary, folder, sales={"databases": {"SALES": {"schemas": {"O": objects}}}})
    apply(mesh, checks, "without the tables")
    mesh.sql("CREATE TABLE SALES.O.T (E VARCHAR, F VARCHAR COMMENT 'theirs'); CREATE TABLE SALES.O.U (E VARCHAR); "
             "CREATE VIEW SALES.O.V (E COMMENT 'old', F COMMENT 'theirs') AS SELECT E, F FROM SALES.O.T")
    plan = mesh.plan()
    checks.equal(sorted(s["sql"] for c in plan["changes"] for s in c.get("statements", [])),
                 ['ALTER TABLE "SALES"."O"."T" ALTER COLUMN "E" COMMENT \'where it goes\'',
                  'ALTER TABLE "SALES"."O"."T" MODIFY COLUMN "F" SET TAG "SALES"."O"."PII" = \'yes\'',
                  'ALTER VIEW "SALES"."O"."V" ALTER COLUMN "E" COMMENT \'as above\''], "what manage names, and nothing else")
    checks.equal([f["message"] for f in plan["findings"] if f["rule"] == "MESH2020"], ["table SALES.O.T has no column 'GONE'"], "a column that is not there")
    apply(mesh, checks, "comments")
    checks.equal(addresses(mesh.plan()), [], "the next plan is empty")
    comments = {f"{r['table_name']}.{r['column_name']}": r["comment"] for r in mesh.sql("SHOW COLUMNS IN SCHEMA SALES.O")}
    checks.equal(comments, {"T.E": "where it goes", "T.F": "theirs", "U.E": "", "V.E": "as above", "V.F": "theirs"},
                 "what the other tool says stays")


GOVERNANCE = {"databases": {"GOVERNANCE": {"grants": {"SALES_R": ["USAGE"]}, "schemas": {"G": {
    "grants": {"SALES_R": ["USAGE"]}, "tag_definitions": {"PII": {"grants": {"SALES_R": ["APPLY"]}}},
    "masking_policies": {"M": {"signature": {"V": "VARCHAR"}, "returns": "VARCHAR", "body": "'x'", "grants": {"SALES_R": ["APPLY"]}}}}}}}}
SALES = {
    "roles": {"SALES_R": {"granted_to": ["FINANCE_R"]}},
    "warehouses": {"SALES_WH": {"resource_monitor": "PLATFORM_RM", "grants": {"FINANCE_R": ["USAGE"]}}},
    "users": {"SALES_U": {"type": "SERVICE", "default_warehouse": "PLATFORM_WH"}},
    "databases": {"SALES": {"grants": {"FINANCE_R": ["USAGE"]}, "schemas": {"O": {"grants": {"FINANCE_R": ["USAGE"]}, "tables": {
        "T": {"columns": {"A": "NUMBER"}, "grants": {"FINANCE_R": ["SELECT"]}},
        "P": {"columns": {"A": {"type": "VARCHAR", "masking_policy": "GOVERNANCE.G.M"}}},
        "Q": {"columns": {"A": "VARCHAR"}, "tags": {"GOVERNANCE.G.PII": "yes"}}},
        "views": {"V": {"query": "SELECT A FROM FINANCE.F.T"}, "X": {"query": "SELECT A FROM SALES.O.P"}},
        "tasks": {"K": {"schedule": "60 MINUTE", "sql": "SELECT 1", "warehouse": "PLATFORM_WH"}}}}}},
}
FINANCE = {"roles": {"FINANCE_R": {"granted_to": ["SYSADMIN"]}},
           "databases": {"FINANCE": {"schemas": {"F": {"tables": {"T": {"columns": {"A": "NUMBER"}}}}}}}}
PLATFORM = {"warehouses": {"PLATFORM_WH": {}}, "resource_monitors": {"PLATFORM_RM": {"credit_quota": 5}}}


def declared_by(domain, address):
    return f"{address} is declared by {domain} and not there yet: the next apply of {domain} makes it"


def another_domain(checks, binary, folder):
    mesh = mesh_of(binary, folder, governance=GOVERNANCE, sales=SALES, finance=FINANCE, platform=PLATFORM)
    checks.equal(waiting(mesh.plan()), {}, "a plan of all domains waits for none")
    plan = mesh.plan("-d", "sales")
    checks.equal(addresses(plan), ["database SALES", "role SALES_R", "schema SALES.O", "table SALES.O.T", "user SALES_U"], "what rests on nobody else")
    role = declared_by("finance", "role FINANCE_R")
    grants = [f"grant {p} on {o} to role FINANCE_R" for p, o in (("USAGE", "warehouse SALES_WH"), ("USAGE", "database SALES"), ("USAGE", "schema SALES.O"), ("SELECT", "table SALES.O.T"))]
    checks.equal(waiting(plan), {
        **{grant: role for grant in grants}, "grant role SALES_R to role FINANCE_R": role,
        "warehouse SALES_WH": declared_by("platform", "resource monitor PLATFORM_RM"), "task SALES.O.K": declared_by("platform", "warehouse PLATFORM_WH"),
        "table SALES.O.P": declared_by("governance", "masking policy GOVERNANCE.G.M"), "table SALES.O.Q": declared_by("governance", "tag GOVERNANCE.G.PII"),
        "view SALES.O.V": declared_by("finance", "table FINANCE.F.T"), "view SALES.O.X": "table SALES.O.P waits as well"}, "what waits, and for whom")
    checks.equal(plan["refused"], [], "nobody is told to grant on what is not there")
    for domain in ("sales", "governance", "finance", "platform", "sales"):
        apply(mesh, checks, domain, "-d", domain)
    checks.equal(waiting(mesh.plan("-d", "sales")), {}, "what is there is not waited for")
    apply(mesh, checks, "all")
    checks.equal(addresses(mesh.plan()), [], "the next plan is empty")


PROVIDER = {"databases": {"SALES": {"database_roles": {"READER": {}}, "schemas": {"O": {"tables": {"T": {"columns": {"A": "NUMBER"}}}}}}},
            "products": {"orders": {"version": "1.0.0", "status": "active", "description": "Orders", "approval": "automatic",
                                    "ports": {"orders": {"objects": ["table SALES.O.T"], "reader": "SALES.READER"}}}}}
CONSUMER = {"roles": {"FINANCE_R": {"granted_to": ["SYSADMIN"]}},
            "consumes": [{"port": "sales/orders@1", "as": "role FINANCE_R", "purpose": "reports"}]}


def agreement(checks, binary, folder):
    mesh = mesh_of(binary, folder, sales=PROVIDER, finance=CONSUMER)
    plan = mesh.plan("-d", "sales")
    checks.equal(waiting(plan), {"finance consumes sales/orders@1": "approved; the next apply of finance makes role FINANCE_R, and then sales lets it in"},
                 "an agreement is one line, the agreement's own")


def main():
    binary = binary_of_command_line()
    checks = Checks()
    for scenario in (another_tool, column_comments, another_domain, agreement):
        with temporary() as folder:
            checks.scenario(scenario.__name__, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
