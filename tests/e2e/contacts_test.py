#!/usr/bin/env python3
"""Contacts and metric functions on objects: what is inherited or somebody else's is left alone, what cannot be told apart is
not changed for ever, the rest of an object may be another tool's, and what roles need is told before anything runs."""

import sys

from mesh_runner import DONE, ONE_DOMAIN, VIOLATED, Checks, binary_of_command_line, domain, failures, one_domain, statements, temporary

PEOPLE = {"STEWARDS": {"email_distribution_list": "stewards@example.com"}, "DESK": {"url": "https://desk.example.com"}}


def converge(mesh, checks, what, *arguments):
    """One apply, and the next plan is empty."""
    applied = mesh.apply(*arguments, expect=None)
    checks.that(applied.code == DONE, f"{what}: apply", failures(applied))
    checks.equal(changes(mesh.plan()), [], f"{what}: the next plan is empty")


def environment(**more):
    return {**ONE_DOMAIN, "environments": {name: {**keys, **more} for name, keys in ONE_DOMAIN["environments"].items()}}


def changes(plan):
    return [(c["action"], c["address"]) for c in plan["changes"]]


def governed(table=None, schema=None, database=None, people=None, metrics=None, **more):
    return {"databases": {
        "T_GOV": {"schemas": {"S": {"contact_definitions": PEOPLE if people is None else people, "data_metric_functions": metrics or {}}}},
        "T_DB": {**(database or {}), "schemas": {"S": {**(schema or {}), "tables": {
            "T": {"columns": {"ID": "NUMBER", "MAIL": "VARCHAR"}, **(table or {})}}}}}}, **more}


def contacts_of(mesh, name, kind="TABLE"):
    return {(r["PURPOSE"], r["LEVEL"], r["EMAIL_DISTRIBUTION_LIST"] or r["URL"] or r["USER"])
            for r in mesh.sql(f"SELECT PURPOSE, LEVEL, EMAIL_DISTRIBUTION_LIST, URL, USER FROM TABLE(SNOWFLAKE.CORE.GET_CONTACTS('{name}', '{kind}'))")}


def contacts(checks, binary, folder):
    mesh = one_domain(binary, folder)
    domain(mesh, governed())
    converge(mesh, checks, "without")
    read = mesh.plan()["reads"]["statements"]
    domain(mesh, governed({"contacts": {"support": "T_GOV.S.DESK"}}, database={"contacts": {"STEWARD": "t_gov.s.stewards"}}))
    plan = mesh.plan()
    checks.equal(changes(plan), [("set", "contact T_GOV.S.DESK for SUPPORT on table T_DB.S.T"),
                                 ("set", "contact T_GOV.S.STEWARDS for STEWARD on database T_DB")], "each is a row of its own")
    checks.equal(statements(plan), ['ALTER TABLE "T_DB"."S"."T" SET CONTACT SUPPORT = "T_GOV"."S"."DESK"',
                                    'ALTER DATABASE "T_DB" SET CONTACT STEWARD = "T_GOV"."S"."STEWARDS"'], "and a statement")
    checks.equal([(c["kind"], c["name"], c["risk"], c["diff"]) for c in plan["changes"]][0],
                 ("contact", "T_GOV.S.DESK", "safe", [{"property": "contact", "before": None, "after": "T_GOV.S.DESK"}]), "in JSON")
    checks.that(plan["reads"]["statements"] <= read + 5, "two objects are read in few statements", (read, plan["reads"]))
    converge(mesh, checks, "set")
    checks.equal(contacts_of(mesh, "T_DB.S.T"), {("SUPPORT", "TABLE", "https://desk.example.com"), ("STEWARD", "DATABASE", "stewards@example.com")}, "there")

    # What is inherited is not the table's; what another set is left alone and reported.
    mesh.sql("CREATE CONTACT T_DB.S.OTHER URL = 'https://other'; ALTER TABLE T_DB.S.T SET CONTACT ACCESS_APPROVAL = T_DB.S.OTHER")
    plan = mesh.plan()
    checks.equal(changes(plan), [], "nobody's to change")
    checks.equal([u["address"] for u in plan["unmanaged"] if "contact" in u["address"]],
                 ["contact T_DB.S.OTHER for ACCESS_APPROVAL on table T_DB.S.T"], "and reported, by the one that is reached so")
    # Two that are reached alike: which of them nothing tells.
    mesh.sql("CREATE CONTACT T_DB.S.SAME URL = 'https://other'")
    checks.equal([u["address"] for u in mesh.plan()["unmanaged"] if "contact" in u["address"]],
                 ["contact for ACCESS_APPROVAL on table T_DB.S.T"], "without a name where two are alike")
    # Likewise of what is declared: it is asked for by its name.
    domain(mesh, governed({"contacts": {"SUPPORT": "T_GOV.S.DESK", "ACCESS_APPROVAL": "T_DB.S.OTHER"}}, {"contact_definitions": {"OTHER": {"url": "https://other"}}},
                          {"contacts": {"STEWARD": "T_GOV.S.STEWARDS"}}))
    converge(mesh, checks, "declared")

    # Its way changes; what names it does not.
    people = {**PEOPLE, "DESK": {"users": ["MESH"]}}
    domain(mesh, governed({"contacts": {"SUPPORT": "T_GOV.S.DESK"}}, database={"contacts": {"STEWARD": "T_GOV.S.STEWARDS"}}, people=people))
    plan = mesh.plan()
    checks.equal([c for c in changes(plan) if c[0] != "forget"], [("update", "contact T_GOV.S.DESK")],
                 "another way; what mesh never set it does not take off")
    converge(mesh, checks, "another way")
    checks.equal(contacts_of(mesh, "T_DB.S.T"), {("SUPPORT", "TABLE", "MESH"), ("STEWARD", "DATABASE", "stewards@example.com"),
                                                 ("ACCESS_APPROVAL", "TABLE", "https://other")}, "through the same name")
    shown = mesh.run("show", "table T_DB.S.T").out
    checks.contains(shown, "contact SUPPORT", "show has it")

    # By hand: drift names it, apply heals it.
    mesh.sql("ALTER TABLE T_DB.S.T SET CONTACT SUPPORT = T_GOV.S.STEWARDS; ALTER DATABASE T_DB UNSET CONTACT STEWARD")
    drift = mesh.run("drift").out
    for address in ("contact T_GOV.S.DESK for SUPPORT on table T_DB.S.T", "contact T_GOV.S.STEWARDS for STEWARD on database T_DB"):
        checks.contains(drift, address, "drift names what was done by hand")
    converge(mesh, checks, "healed")


def parts(checks, binary, folder):
    """The table is another tool's: mesh sees to its contacts, or to its metrics, alone."""
    mesh = one_domain(binary, folder)
    domain(mesh, governed())
    converge(mesh, checks, "without")
    mesh.sql("CREATE TABLE T_DB.S.DBT (ID NUMBER)")
    body = {"contacts": {"STEWARD": "T_GOV.S.STEWARDS"}, "data_metrics": [{"function": "SNOWFLAKE.CORE.ROW_COUNT"}]}
    for manage, address in (("contacts", "contact T_GOV.S.STEWARDS for STEWARD on table T_DB.S.DBT"),
                            ("data_metrics", "data metric function SNOWFLAKE.CORE.ROW_COUNT() on table T_DB.S.DBT")):
        content = governed()
        content["databases"]["T_DB"]["schemas"]["S"]["tables"]["DBT"] = {**body, "manage": [manage]}
        domain(mesh, content)
        checks.that(("set", address) in changes(mesh.plan()), f"manage: [{manage}]", changes(mesh.plan()))
        converge(mesh, checks, manage)
    # The other tool makes it anew: both are set again.
    mesh.sql("CREATE OR REPLACE TABLE T_DB.S.DBT (ID NUMBER, N NUMBER)")
    checks.equal(changes(mesh.plan())[-1:], [("set", "data metric function SNOWFLAKE.CORE.ROW_COUNT() on table T_DB.S.DBT")], "lost with the old one")
    converge(mesh, checks, "made anew")


def roles_need(checks, binary, folder):
    """A deploy role that may not: told before anything runs, with the GRANTs that are missing."""
    mesh = one_domain(binary, folder, environment(deploy_role="T_DEPLOY"))
    mesh.sql("GRANT ROLE T_DEPLOY TO USER MESH; CREATE DATABASE T_GOV; CREATE SCHEMA T_GOV.S WITH MANAGED ACCESS; CREATE CONTACT T_GOV.S.STEWARDS URL = 'x'; "
             "CREATE DATABASE T_DB; CREATE SCHEMA T_DB.S WITH MANAGED ACCESS; CREATE TABLE T_DB.S.T (ID NUMBER, MAIL VARCHAR); "
             "GRANT OWNERSHIP ON DATABASE T_DB TO ROLE T_DEPLOY; GRANT OWNERSHIP ON SCHEMA T_DB.S TO ROLE T_DEPLOY; GRANT OWNERSHIP ON TABLE T_DB.S.T TO ROLE T_DEPLOY; "
             "GRANT USAGE ON DATABASE T_GOV TO ROLE T_DEPLOY; GRANT USAGE ON SCHEMA T_GOV.S TO ROLE T_DEPLOY")
    content = {"databases": {"T_DB": {"schemas": {"S": {"tables": {"T": {
        "columns": {"ID": "NUMBER", "MAIL": "VARCHAR"}, "contacts": {"STEWARD": "T_GOV.S.STEWARDS"},
        "data_metrics": [{"function": "SNOWFLAKE.CORE.ROW_COUNT"}]}}}}},
        "T_GOV": {"manage": ["grants"], "schemas": {"S": {"manage": ["grants"]}}}}}
    domain(mesh, content)
    told = mesh.run("apply", "--yes", expect=None)
    checks.that(told.code != DONE, "it is not begun", told)
    for grant in ('GRANT APPLY ON CONTACT "T_GOV"."S"."STEWARDS" TO ROLE "T_DEPLOY"', 'GRANT EXECUTE DATA METRIC FUNCTION ON ACCOUNT TO ROLE "T_DEPLOY"'):
        checks.contains(told.out + told.err, grant, "what is missing is printed")
    mesh.sql("GRANT APPLY ON CONTACT T_GOV.S.STEWARDS TO ROLE T_DEPLOY; GRANT EXECUTE DATA METRIC FUNCTION ON ACCOUNT TO ROLE T_DEPLOY")
    converge(mesh, checks, "with them")


def suffixed(checks, binary, folder):
    """An environment's suffix is on the database of a contact and of a metric function, and not on Snowflake's."""
    mesh = one_domain(binary, folder, environment(suffix="_DEV"))
    content = governed({"contacts": {"STEWARD": "T_GOV.S.STEWARDS"},
                        "data_metrics": [{"function": "T_GOV.S.F", "on": ["ID"]}, {"function": "SNOWFLAKE.CORE.ROW_COUNT"}]},
                       metrics={"F(ROWS TABLE(A NUMBER))": {"body": "SELECT COUNT(*) FROM ROWS"}}, users={"T_ADA": {}})
    content["databases"]["T_GOV"]["schemas"]["S"]["contact_definitions"]["ADA"] = {"users": ["T_ADA"]}
    domain(mesh, content)
    sql = "\n".join(statements(mesh.plan()))
    for part in ("""USERS = ('"T_ADA_DEV"')""", 'SET CONTACT STEWARD = "T_GOV_DEV"."S"."STEWARDS"',
                 'ADD DATA METRIC FUNCTION "T_GOV_DEV"."S"."F" ON ("ID")', 'ADD DATA METRIC FUNCTION "SNOWFLAKE"."CORE"."ROW_COUNT" ON ()'):
        checks.contains(sql, part, "with a suffix")
    converge(mesh, checks, "suffixed")


def of_others(checks, binary, folder):
    """A domain names another's contact and metric function only where it was let."""
    mesh = one_domain(binary, folder, {**ONE_DOMAIN, "domains": {"test": {"path": "test", "owns": ["T_*"]}, "other": {"path": "other", "owns": ["O_*"], "deploy_role": "O_DEPLOY"}}})
    head = {"domain": "other", "team": {"name": "o", "email": "o@example.com"}}
    mesh.write("other/domain.yaml", {**head, "databases": {"O_DB": {"schemas": {"S": {"tables": {"T": {
        "columns": {"ID": "NUMBER"}, "contacts": {"STEWARD": "T_GOV.S.STEWARDS"}, "data_metrics": [{"function": "T_GOV.S.F", "on": ["ID"]}]}}}}}}})
    for let, code in (({}, VIOLATED), ({"grants": {"O_DEPLOY": ["APPLY"]}}, VIOLATED), (None, DONE)):
        people = {"STEWARDS": {**PEOPLE["STEWARDS"], **({"grants": {"O_DEPLOY": ["APPLY"]}} if let is None else let)}}
        metric = {"body": "SELECT 1", **({"grants": {"O_DEPLOY": ["USAGE"]}} if let is None else {})}
        content = governed(people=people, metrics={"F(ROWS TABLE(A NUMBER))": metric})
        content["databases"]["T_GOV"]["grants"] = content["databases"]["T_GOV"]["schemas"]["S"]["grants"] = {"O_DEPLOY": ["USAGE"]}
        domain(mesh, content)
        run = mesh.run("validate", "--format", "json", expect=None)
        told = [f["message"] for f in run.json()["findings"] if f["rule"] == "MESH1408"]
        checks.equal((run.code, len(told)), (code, {0: 0, 3: 2 if let == {} else 1}[run.code]), "who may attach what")


def main():
    checks = Checks()
    binary = binary_of_command_line()
    for name, scenario in (("contacts", contacts), ("parts of an object", parts), ("what roles need", roles_need), ("suffixed", suffixed),
                           ("of others", of_others)):
        with temporary() as folder:
            checks.scenario(name, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
