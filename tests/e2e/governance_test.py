#!/usr/bin/env python3
"""Governance over a small shop: one team's lines tag, mask and filter the objects of every domain, and what a
domain tries against it is refused or healed. What people read in between is asked of the sandbox, as each role."""

import json
import shutil
import sys

from mesh_runner import CHANGES, REFUSED, ROOT, VIOLATED, Checks, Mesh, binary_of_command_line, failures, temporary

# Policies with literals cannot bear an environment's suffix: the environment without one.
ENVIRONMENT = "prod"
OVERLAY = """
vars: {steward: GOVERNANCE_STEWARD}
databases:
  GOVERNANCE:
    schemas:
      TAGS:
        tag_definitions:
          PII: {allowed_values: [email, name], comment: What is personal, grants: {DEPLOY_SALES: [APPLY]}}
          LOOKED_AFTER_BY: {}
      POLICIES:
        masking_policies:
          MASK_TEXT:
            signature: {V: VARCHAR}
            returns: VARCHAR
            body: CASE WHEN IS_ROLE_IN_SESSION('${steward}') THEN V ELSE '***' END
          MASK_NOTHING: {signature: {V: VARCHAR}, returns: VARCHAR, body: V}
        row_access_policies:
          HOME_ONLY:
            signature: {LAND: VARCHAR}
            body: IS_ROLE_IN_SESSION('${steward}') OR LAND = 'DE'
apply:
  - {masking_policy: GOVERNANCE.POLICIES.MASK_TEXT, to: columns where tag GOVERNANCE.TAGS.PII = email}
  - {masking_policy: GOVERNANCE.POLICIES.MASK_TEXT, to: columns where tag GOVERNANCE.TAGS.PII = name}
  - {tags: {GOVERNANCE.TAGS.PII: email}, to: columns in domain sales named *EMAIL*}
  - {row_access_policy: GOVERNANCE.POLICIES.HOME_ONLY, on: [COUNTRY], to: tables in schema SALES.CUSTOMERS}
  - {tags: {GOVERNANCE.TAGS.LOOKED_AFTER_BY: platform}, to: warehouses}
  - {set: {data_retention_time_in_days: 7}, to: databases}
"""
SALES = "domains/sales/orders.yaml"
NAME = "NAME: {type: VARCHAR(200), tags: {GOVERNANCE.TAGS.PII: name}}"
EMAIL = "EMAIL: {type: VARCHAR(320), comment: Personal data}"
TABLE = "SALES.CUSTOMERS.CUSTOMERS"
MASKED = f"masking policy GOVERNANCE.POLICIES.MASK_TEXT on column {TABLE}.EMAIL"


def governed_shop(binary, folder):
    shutil.copytree(ROOT / "tests/e2e/small_shop", f"{folder}/shop")
    mesh = Mesh(binary, f"{folder}/shop", f"{folder}/account.db", ENVIRONMENT)
    mesh.write("governance/overlay.yaml", OVERLAY)
    mesh.replace(SALES, "NAME: VARCHAR(200)", NAME)
    mesh.bootstrap()
    return mesh


def sql(mesh, role, statement):
    """The rows of one statement under a role; an administrator's hand, where it is ACCOUNTADMIN's."""
    run = mesh.run("sql", "--role", role, "--format", "json", statement)
    return json.loads(run.out.splitlines()[0])


def read_as(mesh, role):
    """What a role reads of the two customers, by number."""
    rows = sql(mesh, role, f"SELECT CUSTOMER_ID, NAME, EMAIL FROM {TABLE} ORDER BY CUSTOMER_ID")
    return {r["CUSTOMER_ID"]: (r["NAME"], r["EMAIL"]) for r in rows}


CLEAR = {"1": ("Ada", "ada@example.com"), "2": ("Bob", "bob@example.com")}
SHOWN = {"1": ("***", "***")}


def lines(changes):
    return {(c["action"], c["address"]) for c in changes}


def check_overlay(checks, mesh):
    plan = mesh.plan()
    checks.equal(plan["findings"] + plan["refused"], [], "the overlay is found good")
    table = next(c for c in plan["changes"] if c["address"] == f"table {TABLE}")
    checks.equal(len(table["statements"]), 1, "what is applied stands in the CREATE itself")
    for part in ('MASKING POLICY "GOVERNANCE"."POLICIES"."MASK_TEXT"', 'ROW ACCESS POLICY "GOVERNANCE"."POLICIES"."HOME_ONLY"'):
        checks.contains(table["statements"][0]["sql"], part, "the CREATE of customers")
    checks.contains(table["reason"], "governance applies", "and the plan says whose it is")
    applied = mesh.apply(expect=None)
    checks.that(applied.code == 0, "it is applied", failures(applied))
    checks.equal(mesh.plan()["changes"], [], "and then there is nothing to do")
    sql(mesh, "SALES_ENGINEER", f"INSERT INTO {TABLE} VALUES "
             "(1, 'Ada', 'ada@example.com', 'DE'), (2, 'Bob', 'bob@example.com', 'FR')")
    checks.equal(read_as(mesh, "SALES_ENGINEER"), SHOWN, "who builds the product sees it masked and filtered")
    checks.equal(read_as(mesh, "GOVERNANCE_STEWARD"), CLEAR, "the steward sees it as it is")
    tagged = sql(mesh, "ACCOUNTADMIN", "SELECT SYSTEM$GET_TAG('GOVERNANCE.TAGS.LOOKED_AFTER_BY', 'FINANCE_WH', 'WAREHOUSE') AS T")
    checks.equal(tagged, [{"T": "platform"}], "finance's warehouse is tagged as well")
    shown = mesh.run("show", f"table {TABLE}").out
    checks.contains(shown, f"{MASKED}, applied by governance (governance/overlay.yaml:", "mesh show tells where it is from")
    expanded = mesh.run("-d", "sales", "expand").out
    checks.contains(expanded, f"# applied by governance: {MASKED}", "so does mesh expand")


# What a domain writes against it, and what it is told.
REFUSED_LINES = [
    ("another policy", EMAIL, "EMAIL: {type: VARCHAR(320), masking_policy: GOVERNANCE.POLICIES.MASK_NOTHING}", "MESH1422"),
    ("another value of the tag", EMAIL, "EMAIL: {type: VARCHAR(320), tags: {GOVERNANCE.TAGS.PII: name}}", "MESH1422"),
    ("a row access policy of its own", "comment: One row per customer",
     "row_access_policy: {policy: SALES.CUSTOMERS.MINE, on: [COUNTRY]}", "MESH1422"),
]


def check_refused_lines(checks, mesh):
    good = mesh.read(SALES)
    for what, old, new, code in REFUSED_LINES:
        text = good.replace(old, new)
        if "MINE" in new:
            text = text.replace("      CUSTOMERS:\n", "      CUSTOMERS:\n        row_access_policies: "
                                "{MINE: {signature: {LAND: VARCHAR}, body: 'TRUE'}}\n", 1)
        checks.that(text != good, f"{what}: the line is there to change")
        mesh.write(SALES, text)
        run = mesh.run("validate", expect=None)
        checks.equal(run.code, VIOLATED, f"{what}: refused")
        for part in (code, SALES, "governance/overlay.yaml:"):
            checks.contains(run.out + run.err, part, what)
    mesh.write(SALES, good)
    domain = mesh.read("domains/sales/domain.yaml")
    for what, new in (("less history", "data_retention_time_in_days: 3"), ("none of its business", "ignore_changes: [data_retention_time_in_days]")):
        mesh.write("domains/sales/domain.yaml", domain.replace("data_retention_time_in_days: ${days}", new))
        run = mesh.run("validate", expect=VIOLATED)
        checks.contains(run.out + run.err, "domain governance sets it to 7", what)
    mesh.write("domains/sales/domain.yaml", domain + "\napply: [{tags: {GOVERNANCE.TAGS.PII: name}, to: columns}]\n")
    checks.contains(str(mesh.run("validate", expect=VIOLATED)), "MESH1420", "a domain that does not govern applies nothing")
    mesh.write("domains/sales/domain.yaml", domain)
    mesh.replace(SALES, EMAIL, "EMAIL: {type: VARCHAR(320), comment: Personal data, tags: {GOVERNANCE.TAGS.PII: email}, "
                               "masking_policy: GOVERNANCE.POLICIES.MASK_TEXT}")
    mesh.run("validate")
    checks.equal(mesh.plan()["changes"], [], "declaring the same is fine")
    mesh.write(SALES, good)


def check_tag_taken_off(checks, mesh):
    good = mesh.read(SALES)
    mesh.replace(SALES, NAME, "NAME: VARCHAR(200)")
    plan = mesh.plan()
    checks.equal([(r["code"], r["address"]) for r in plan["refused"]],
                 [("MESH2040", f"tag GOVERNANCE.TAGS.PII on column {TABLE}.NAME")], "the tag that the mask hangs on stays")
    mesh.apply(expect=REFUSED)
    checks.equal(read_as(mesh, "SALES_ENGINEER"), SHOWN, "and the names are masked still")
    mesh.write("governance/release.yaml", "apply:\n  - {release: [GOVERNANCE.TAGS.PII], to: columns in table "
                                          f"{TABLE} named NAME}}\n")
    checks.equal(mesh.plan()["refused"], [], "unless governance lets it go")
    (mesh.folder / "governance/release.yaml").unlink()
    mesh.write(SALES, good)


def check_left_to_another_tool(checks, mesh):
    """manage: [grants] leaves a table's structure to dbt, say; what governance applies stays."""
    good = mesh.read(SALES)
    mesh.replace(SALES, "comment: One row per customer", "manage: [grants]")
    sql(mesh, "ACCOUNTADMIN", f"ALTER TABLE {TABLE} MODIFY COLUMN EMAIL UNSET MASKING POLICY")
    checks.contains([c["address"] for c in mesh.plan()["changes"] if c["action"] == "set"], MASKED, "set again all the same")
    applied = mesh.apply("-d", "sales", expect=None)
    checks.that(applied.code == 0, "by the domain's own pipeline", failures(applied))
    checks.equal(read_as(mesh, "SALES_ENGINEER"), SHOWN, "so it is masked again")
    mesh.write(SALES, good)
    mesh.apply()


def check_healing(checks, mesh):
    """What is taken off by hand is found by drift, named, and put back."""
    for by_hand, address, action in (
            (f"ALTER TABLE {TABLE} MODIFY COLUMN EMAIL UNSET MASKING POLICY", MASKED, "set"),
            (f"ALTER TABLE {TABLE} DROP ROW ACCESS POLICY GOVERNANCE.POLICIES.HOME_ONLY",
             f"row access policy GOVERNANCE.POLICIES.HOME_ONLY on table {TABLE}", "set"),
            (f"ALTER TABLE {TABLE} MODIFY COLUMN EMAIL SET MASKING POLICY GOVERNANCE.POLICIES.MASK_NOTHING FORCE", MASKED, "set"),
            (f"ALTER TABLE {TABLE} MODIFY COLUMN NAME UNSET TAG GOVERNANCE.TAGS.PII",
             f"tag GOVERNANCE.TAGS.PII on column {TABLE}.NAME", "set")):
        sql(mesh, "ACCOUNTADMIN", by_hand)
        drift = mesh.run("drift", "--format", "json", "--detailed-exitcode", expect=CHANGES).json()
        checks.equal(lines(drift["changes"]), {(action, address)}, f"drift names what was done: {by_hand}")
        if address != f"tag GOVERNANCE.TAGS.PII on column {TABLE}.NAME":
            checks.contains(drift["changes"][0]["reason"], "applied by governance", "and whose it is")
        checks.equal(drift["changes"][0]["domain"], "sales", "the change is the owner's")
        applied = mesh.apply("-d", "sales", expect=None)
        checks.that(applied.code == 0, "healed", failures(applied))
        checks.equal(read_as(mesh, "SALES_ENGINEER"), SHOWN, f"masked and filtered again: {by_hand}")
    checks.equal(mesh.plan()["changes"], [], "nothing is left")


def check_new_columns(checks, mesh):
    mesh.replace(SALES, EMAIL, EMAIL + "\n              BACKUP_EMAIL: VARCHAR(320)")
    plan = mesh.plan()
    checks.equal({c["address"] for c in plan["changes"]}, {f"table {TABLE}"}, "a new column is the table's change alone")
    added = next((s["sql"] for c in plan["changes"] for s in c["statements"] if "BACKUP_EMAIL" in s["sql"]), "")
    checks.contains(added, 'MASKING POLICY "GOVERNANCE"."POLICIES"."MASK_TEXT"', "and is born masked")
    checks.contains(added, '"GOVERNANCE"."TAGS"."PII" = \'email\'', "and tagged")
    mesh.apply()
    checks.equal(mesh.plan()["changes"], [], "nothing is left behind a new column")


def check_readers(checks, mesh):
    """Who reads a classified column unmasked, before and after: by the role that its policy asks for."""
    told = mesh.run("access", "who-can", "SELECT", f"column {TABLE}.EMAIL", "--format", "json").json()["columns"]
    by_role = {c["who"]: (c["reading"], c["rows"]) for c in told}
    for who, expected in (("SALES_ENGINEER", ("masked", "filtered")), ("GOVERNANCE_STEWARD", ("clear", "all")),
                          ("FINANCE_ANALYST", ("denied", "none"))):
        checks.equal(by_role.get(f"role {who}"), expected, f"mesh access tells how {who} reads it")
    good = mesh.read("governance/domain.yaml")
    mesh.write("governance/domain.yaml", good.replace("granted_to: [SYSADMIN]", "granted_to: [SYSADMIN, SALES_ENGINEER]", 1))
    found = [r for r in mesh.plan()["readers"] if r["column"] == f"column {TABLE}.EMAIL"]
    checks.equal(found, [{"column": f"column {TABLE}.EMAIL", "before": 1, "after": 2, "gained": ["role SALES_ENGINEER"], "lost": []}],
                 "the plan counts who reads it unmasked")
    words = f"readers of {TABLE}.EMAIL unmasked: 1 → 2"
    checks.contains(mesh.run("plan").out, words, "so does its text")
    markdown = mesh.run("plan", "--format", "markdown").out
    checks.contains(markdown, f"<summary>⚠️ {words}</summary>", "and its Markdown")
    checks.contains(markdown, "- ➕ `role SALES_ENGINEER`", "with the list behind a fold")
    mesh.write("governance/domain.yaml", good)


def check_withdrawn(checks, mesh):
    """What governance takes out of its own lines goes, and the plan says what that opens."""
    mesh.replace("governance/overlay.yaml", "  - {row_access_policy: GOVERNANCE.POLICIES.HOME_ONLY, on: [COUNTRY], to: tables in schema SALES.CUSTOMERS}\n", "")
    plan = mesh.plan()
    gone = [c for c in plan["changes"] if c["action"] == "unset"]
    checks.equal([c["address"] for c in gone], [f"row access policy GOVERNANCE.POLICIES.HOME_ONLY on table {TABLE}"], "with its line it goes")
    checks.equal([c["risk"] for c in gone], ["disruptive"], "which is not safe")
    applied = mesh.apply(expect=None)
    checks.that(applied.code == 0, "taken off", failures(applied))
    checks.equal(read_as(mesh, "SALES_ENGINEER"), {"1": ("***", "***"), "2": ("***", "***")}, "all rows, masked still")


def main():
    checks = Checks()
    binary = binary_of_command_line()
    with temporary() as folder:
        mesh = governed_shop(binary, folder)
        for scenario in (check_overlay, check_refused_lines, check_tag_taken_off, check_healing, check_left_to_another_tool,
                         check_new_columns, check_readers, check_withdrawn):
            checks.scenario(scenario.__name__, scenario, checks, mesh)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
