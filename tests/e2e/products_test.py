#!/usr/bin/env python3
"""Data products between two domains: asked for, approved, read, changed, over; held against what the account really lets
the consumer's role see."""

import copy
import datetime
import json
import pathlib
import subprocess
import sys
import xml.etree.ElementTree

import json_schema
from mesh_runner import (CHANGES, FAILED, USAGE, VIOLATED, Checks, Mesh, binary_of_command_line, failures, statements,
                         temporary)

MESH_FILE = {
    "mesh": "acme",
    "api": "mesh/v1",
    "control": {"database": "MESH", "schema": "CONTROL", "warehouse": "MESH_WH"},
    "environments": {"dev": {"connection": "acme", "account": "ACME-DEV", "suffix": "_DEV"}},
    "default_environment": "dev",
    "domains": {"sales": {"path": "domains/sales"}, "finance": {"path": "domains/finance"}},
}
TEAM = {"name": "team", "email": "team@example.com"}
SALES = {
    "domain": "sales", "team": TEAM,
    "databases": {"SALES": {"database_roles": {"ORDERS_READER": {}}, "schemas": {"ORDERS": {
        "tables": {"ORDERS": {"columns": {"ORDER_ID": "NUMBER(38,0)", "AMOUNT": "NUMBER(12,2)", "EMAIL": "VARCHAR(320)"}},
                   "SECRETS": {"columns": {"A": "NUMBER(38,0)"}}},
        "views": {"OPEN_ORDERS": {"secure": True, "query": "SELECT ORDER_ID, AMOUNT FROM SALES.ORDERS.ORDERS"}},
    }}}},
}
FINANCE = {
    "domain": "finance", "team": TEAM,
    "roles": {"FINANCE_ANALYST": {"granted_to": ["SYSADMIN"]}},
    "warehouses": {"FINANCE_WH": {"grants": {"FINANCE_ANALYST": ["USAGE"]}}},
}
PRODUCT = {"version": "1.2.0", "status": "active",
           "ports": {"orders": {"objects": ["view SALES.ORDERS.OPEN_ORDERS"], "reader": "SALES.ORDERS_READER"}}}
ORDERS_YAML = "domains/sales/products/orders.yaml"
GRANT = 'GRANT DATABASE ROLE "SALES_DEV"."ORDERS_READER" TO ROLE "FINANCE_ANALYST_DEV"'
REVOKE = 'REVOKE DATABASE ROLE "SALES_DEV"."ORDERS_READER" FROM ROLE "FINANCE_ANALYST_DEV"'
WHO = {"domain": "finance", "port": "orders@1", "as": "role FINANCE_ANALYST"}
ASK = {"port": "sales/orders@1", "as": "role FINANCE_ANALYST", "purpose": "revenue reporting", "columns": ["ORDER_ID"]}


def day(days):
    return (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=days)).isoformat()


def make(binary, folder):
    mesh = Mesh(binary, f"{folder}/mesh", f"{folder}/account.db")
    mesh.write("mesh.yaml", MESH_FILE)
    mesh.write("domains/sales/domain.yaml", SALES)
    mesh.write("domains/finance/domain.yaml", FINANCE)
    mesh.bootstrap()
    return mesh


def publish(mesh, approvals=(), **changes):
    product = copy.deepcopy(PRODUCT) | {"approves": list(approvals)} | changes
    # A key on every line, so that findings can be told by their lines.
    mesh.write(ORDERS_YAML, {"products": {"orders": product}})


def consume(mesh, *requests):
    mesh.write("domains/finance/consumes.yaml", {"consumes": list(requests)})


def waiting(plan):
    return [(w["address"], w["needs"]) for w in plan["waiting"]]


def of_reader(plan):
    return [s for s in statements(plan) if "ORDERS_READER" in s and "ROLE \"FINANCE" in s]


def warned(plan, code):
    return [(f["message"], f["source"].get("file", "")) for f in plan["findings"] if f["rule"] == code]


def reads(mesh, statement):
    """What the consumer's role gets: its rows; else what the account says instead."""
    run = mesh.run("sql", "--format", "json", "--role", "FINANCE_ANALYST_DEV", statement, expect=None)
    return run.out.splitlines()[-1] if run.code == 0 else run.err


def refused(checks, mesh, column, of, what):
    """The account says that there is no such thing, or no such column."""
    said = reads(mesh, f"SELECT {column} FROM {of}")
    checks.that("does not exist or not authorized" in said or f"invalid identifier '{column}'" in said, what, said)


def two_sides(checks, binary, folder):
    mesh = make(binary, folder)
    publish(mesh)
    consume(mesh, ASK)
    text = mesh.run("plan").out
    checks.contains(text, f"Waiting  finance asks for sales/orders@1: approve in {ORDERS_YAML}\n", "what waits, in words")
    plan = mesh.plan()
    checks.equal(waiting(plan), [("finance consumes sales/orders@1", f"approve in {ORDERS_YAML}")], "what waits")
    checks.equal(plan["waiting"][0]["source"]["file"], ORDERS_YAML, "the file that must change")
    grants = [(c["address"], c["source"]["file"], c["reason"]) for c in plan["changes"] if c["action"] == "grant" and "READER" in c["address"]]
    checks.equal(sorted(grants), [
        ("grant SELECT on view SALES_DEV.ORDERS.OPEN_ORDERS to database role SALES_DEV.ORDERS_READER", ORDERS_YAML,
         grants and sorted(grants)[0][2]),
        ("grant USAGE on schema SALES_DEV.ORDERS to database role SALES_DEV.ORDERS_READER", ORDERS_YAML,
         grants and sorted(grants)[0][2])], "what the reader needs comes from the port")
    checks.contains(grants[0][2] if grants else "", "port sales/orders@1", "the reason names the port")
    mesh.apply()
    checks.equal(statements(mesh.plan()), [], "converged while it waits")
    mesh.sql("INSERT INTO SALES_DEV.ORDERS.ORDERS VALUES (1, 9.5, 'ann@example.com')")
    refused(checks, mesh, "ORDER_ID", "SALES_DEV.ORDERS.OPEN_ORDERS", "nothing before approval")

    publish(mesh, [WHO | {"until": day(200)}])
    consume(mesh, ASK | {"until": day(300)})
    consumer = mesh.plan("-d", "finance")
    checks.equal(statements(consumer), [], "the consumer grants itself nothing")
    checks.equal(waiting(consumer)[-1], ("finance consumes sales/orders@1", "approved; the next apply of sales lets it in"),
                 "the consumer waits for the provider")
    provider = mesh.plan("-d", "sales")
    checks.equal(statements(provider), [GRANT], "the provider lets it in")
    change = provider["changes"][0]
    checks.equal((change["domain"], change["action"], change["source"]["file"]), ("sales", "grant", ORDERS_YAML), "whose change it is")
    checks.contains(change["reason"], f"finance consumes sales/orders@1 through {day(200)} for revenue reporting", "why")
    checks.equal([a["who"] for a in provider["access"]], ["role FINANCE_ANALYST_DEV"], "who can read more")
    checks.equal(waiting(provider), [("finance consumes sales/orders@1",
                                      f"approved through {day(200)}, asked for through {day(300)}: a later until in {ORDERS_YAML}")],
                 "what goes beyond the approval")
    mesh.apply("-d", "sales")
    checks.equal(statements(mesh.plan()), [], "converged")
    checks.equal(reads(mesh, "SELECT ORDER_ID, AMOUNT FROM SALES_DEV.ORDERS.OPEN_ORDERS"), '[{"ORDER_ID":"1","AMOUNT":"9.50"}]', "the port's columns")
    refused(checks, mesh, "EMAIL", "SALES_DEV.ORDERS.OPEN_ORDERS", "no column beside them")
    refused(checks, mesh, "EMAIL", "SALES_DEV.ORDERS.ORDERS", "not the table behind it")
    refused(checks, mesh, "A", "SALES_DEV.ORDERS.SECRETS", "nothing else")

    checks.equal(statements(mesh.plan("--at", day(200))), [], "it holds through its last day")
    over = mesh.plan("--at", day(201), "--detailed-exitcode", expect=CHANGES)
    checks.equal(statements(over), [REVOKE], "and is revoked on the day after")
    checks.contains(over["changes"][0]["reason"], f"finance consumes sales/orders@1: it ended on {day(200)}", "why it is revoked")
    checks.equal(warned(over, "MESH1507"), [(f"the access of role FINANCE_ANALYST to sales/orders@1 ended on {day(200)}", "domains/finance/consumes.yaml")], "the consumer is told")
    checks.equal(len(warned(mesh.plan("--at", day(170)), "MESH1507")), 1, "and warned before")
    checks.equal(warned(mesh.plan("--at", day(169)), "MESH1507"), [], "not too early")
    mesh.apply("--at", day(201))
    checks.equal(statements(mesh.plan("--at", day(201))), [], "converged after its end")
    refused(checks, mesh, "ORDER_ID", "SALES_DEV.ORDERS.OPEN_ORDERS", "nothing after expiry")

# Behind the port: an address that a policy masks, orders of other countries that a policy hides, and a column the port leaves out.
GUARDED = {
    "domain": "sales", "team": TEAM,
    "databases": {"SALES": {"database_roles": {"ORDERS_READER": {}, "PII_READER": {}}, "schemas": {"ORDERS": {
        "masking_policies": {"MASK_EMAIL": {"signature": {"V": "VARCHAR"}, "returns": "VARCHAR",
                                            "body": "CASE WHEN IS_DATABASE_ROLE_IN_SESSION('PII_READER') THEN V ELSE '***' END"}},
        "row_access_policies": {"OWN_COUNTRY": {"signature": {"C": "VARCHAR"}, "body": "CURRENT_ROLE() = 'SYSADMIN' OR C = 'DE'"}},
        "tables": {"ORDERS": {"columns": {"ORDER_ID": "NUMBER(38,0)", "COUNTRY": "VARCHAR(2)", "MARGIN": "NUMBER(12,2)",
                                          "EMAIL": {"type": "VARCHAR(320)", "masking_policy": "SALES.ORDERS.MASK_EMAIL"}},
                              "row_access_policy": {"policy": "SALES.ORDERS.OWN_COUNTRY", "on": ["COUNTRY"]}}},
        "views": {"OPEN_ORDERS": {"secure": True, "query": "SELECT ORDER_ID, COUNTRY, EMAIL FROM SALES.ORDERS.ORDERS"}},
    }}}},
}
PORT, TABLE = "SALES.ORDERS.OPEN_ORDERS", "SALES.ORDERS.ORDERS"
LIVE_ROWS = [("1", "DE", "ann@example.com", "9.50"), ("2", "FR", "bob@example.com", "8.25"), ("3", "DE", None, None)]


def exactly_what_was_granted(checks, binary, folder):
    """Every column of both relations, read as the consumer's role on each day of the agreement."""
    mesh = make(binary, folder)
    # Policies name roles by text, which no environment's suffix reaches.
    mesh.write("mesh.yaml", MESH_FILE | {"environments": {"dev": {"connection": "acme", "account": "ACME-DEV"}}})
    mesh.write("domains/sales/domain.yaml", GUARDED)
    mesh.bootstrap()

    def read(relation, column):
        run = mesh.run("sql", "--format", "json", "--role", "FINANCE_ANALYST", f"SELECT {column} FROM {relation} ORDER BY 1", expect=None)
        return [row[column] for row in json.loads(run.out.splitlines()[-1])] if run.code == 0 else None

    def readable():
        columns = [(PORT, c) for c in ("ORDER_ID", "COUNTRY", "EMAIL", "MARGIN")] + [(TABLE, c) for c in ("ORDER_ID", "COUNTRY", "EMAIL", "MARGIN")]
        return {f"{of}.{column}": rows for of, column in columns if (rows := read(of, column)) is not None}

    publish(mesh)
    consume(mesh, ASK | {"columns": ["ORDER_ID", "EMAIL"]})
    mesh.apply()
    values = ", ".join("({}, {}, {}, {})".format(*("NULL" if v is None else f"'{v}'" for v in (i, c, m, e))) for i, c, e, m in LIVE_ROWS)
    mesh.sql(f"INSERT INTO {TABLE} (ORDER_ID, COUNTRY, MARGIN, EMAIL) VALUES {values}")
    checks.equal(readable(), {}, "before approval not one column")

    publish(mesh, [WHO | {"until": day(20)}])
    mesh.apply()
    # The orders of the one country that the policy lets through, addresses masked, of the port's three columns.
    masked = {f"{PORT}.ORDER_ID": ["1", "3"], f"{PORT}.COUNTRY": ["DE", "DE"], f"{PORT}.EMAIL": ["***", "***"]}
    checks.equal(readable(), masked, "in force: the port's columns, the policies' rows and values")

    # What the provider adds behind the port does not reach the consumer.
    wider = copy.deepcopy(GUARDED)
    wider["databases"]["SALES"]["schemas"]["ORDERS"]["tables"]["ORDERS"]["columns"]["IBAN"] = "VARCHAR(34)"
    mesh.write("domains/sales/domain.yaml", wider)
    mesh.apply()
    checks.equal((readable(), read(PORT, "IBAN"), read(TABLE, "IBAN")), (masked, None, None), "a new column behind the port")

    # The role that the masking policy asks for shows the addresses, and only that.
    wider["databases"]["SALES"]["database_roles"]["PII_READER"] = {"granted_to": ["FINANCE_ANALYST"]}
    mesh.write("domains/sales/domain.yaml", wider)
    mesh.apply()
    clear = masked | {f"{PORT}.EMAIL": ["ann@example.com", None]}
    checks.equal(readable(), clear, "with the marker role: the addresses, the same rows")

    mesh.apply("--at", day(21))
    checks.equal(readable(), {}, "after its last day not one column")


def what_the_files_say(checks, binary, folder):
    mesh = make(binary, folder)
    publish(mesh, [WHO])
    consume(mesh, ASK)
    mesh.apply()
    checks.equal(statements(mesh.plan()), [], "granted without an end")
    # The request goes, the approval stays.
    consume(mesh)
    plan = mesh.plan()
    checks.equal(of_reader(plan), [REVOKE], "nobody asks any more")
    checks.equal([file for _, file in warned(plan, "MESH1508")], [ORDERS_YAML], "an approval without a request")
    # The approval goes, the request stays.
    publish(mesh)
    consume(mesh, ASK)
    plan = mesh.plan()
    checks.equal((of_reader(plan), waiting(plan)), ([REVOKE], [("finance consumes sales/orders@1", f"approve in {ORDERS_YAML}")]), "approved no more")
    # approval: automatic stands for the provider's side.
    publish(mesh, approval="automatic")
    checks.equal((statements(mesh.plan()), waiting(mesh.plan())), ([], []), "automatic")
    consume(mesh, ASK | {"until": day(10)})
    checks.equal(of_reader(mesh.plan("--at", day(11))), [REVOKE], "the request's own end")
    consume(mesh, ASK | {"until": day(-1)})
    checks.equal(of_reader(mesh.plan()), [REVOKE], "an end in the past")
    found = mesh.run("validate", "--format", "json").json()["findings"]
    checks.equal([(f["rule"], f["level"]) for f in found], [("MESH1507", "warning")], "and validate says so")
    consume(mesh, ASK)
    # A later day than the consumer asks for gives nothing more.
    publish(mesh, [WHO | {"until": day(90)}])
    consume(mesh, ASK | {"until": day(60)})
    checks.equal(len(warned(mesh.plan(), "MESH1508")), 1, "wider than asked")
    checks.equal(of_reader(mesh.plan("--at", day(61))), [REVOKE], "the earlier day counts")
    consume(mesh, ASK)
    publish(mesh, [WHO], status="draft")
    plan = mesh.plan()
    checks.equal((of_reader(plan), waiting(plan)), ([REVOKE], [("finance consumes sales/orders@1", f"it is a draft: make it active in {ORDERS_YAML}")]), "a draft")
    publish(mesh, [WHO], status="retired")
    plan = mesh.plan()
    checks.equal((of_reader(plan), len(warned(plan, "MESH1509"))), ([REVOKE], 1), "retired")
    window = {"announced": day(0), "end_of_support": day(50), "end_of_life": day(100)}
    publish(mesh, [WHO], status="deprecated", deprecation=window)
    plan = mesh.plan()
    checks.equal(statements(plan), [], "deprecated goes on")
    checks.equal(warned(plan, "MESH1509"), [(f"sales/orders@1 is deprecated, supported through {day(50)}, gone after {day(100)}", "domains/finance/consumes.yaml")], "and says so")
    checks.equal(len(warned(mesh.plan("--at", day(101)), "MESH1509")), 2, "its end of life is over")


def domain_by_domain(checks, binary, folder):
    """The provider goes first, and the consumer's role does not exist yet."""
    mesh = make(binary, folder)
    publish(mesh, [WHO])
    consume(mesh, ASK)
    first = mesh.plan("-d", "sales")
    checks.equal((of_reader(first), waiting(first)), ([], [("finance consumes sales/orders@1",
                 "approved; the next apply of finance makes role FINANCE_ANALYST, and then sales lets it in")]), "it waits for the role")
    mesh.apply("-d", "sales")
    mesh.apply("-d", "finance")
    checks.equal(statements(mesh.plan()), [GRANT], "then the provider lets it in")
    mesh.apply("-d", "sales")
    checks.equal(statements(mesh.plan()), [], "converged")


def by_hand(checks, binary, folder):
    """Who lets somebody in beside the files is found, and put out again."""
    mesh = make(binary, folder)
    publish(mesh)
    mesh.apply()
    mesh.sql(GRANT)
    checks.equal(of_reader(mesh.plan()), [REVOKE], "an access without an agreement")
    mesh.apply()
    checks.equal(statements(mesh.plan()), [], "converged")
    # A second major stands beside the first, with a reader of its own.
    second = copy.deepcopy(PRODUCT) | {"version": "2.0.0"}
    second["ports"]["orders"]["reader"] = "SALES.ORDERS_READER_2"
    sales = copy.deepcopy(SALES)
    sales["databases"]["SALES"]["database_roles"]["ORDERS_READER_2"] = {}
    mesh.write("domains/sales/domain.yaml", sales)
    mesh.write(ORDERS_YAML, {"products": {"orders@1": PRODUCT, "orders@2": second | {"approves": [WHO | {"port": "orders@2"}]}}})
    consume(mesh, ASK | {"port": "sales/orders@2"})
    checks.equal([s for s in statements(mesh.plan()) if "TO ROLE" in s and "READER" in s],
                 [GRANT.replace("ORDERS_READER", "ORDERS_READER_2")], "the major that was asked for")
    mesh.apply()
    checks.equal(statements(mesh.plan()), [], "converged with two majors")


def wrong_files(checks, binary, folder):
    mesh = make(binary, folder)
    publish(mesh)
    consume(mesh, ASK | {"port": "sales/order@1"})
    run = mesh.run("validate", expect=VIOLATED)
    checks.contains(run.out, "did you mean 'orders'?", "the nearest product")
    checks.contains(run.out, "domains/finance/consumes.yaml:4:12", "its place")
    checks.equal(mesh.run("plan", "--at", "2027-02-30", expect=USAGE).code, USAGE, "a day that there is not")
    checks.equal(mesh.run("apply", "--yes", "--at", "tomorrow", expect=USAGE).code, USAGE, "no day")


def git(mesh, *arguments):
    subprocess.run(["git", "-C", str(mesh.folder), "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments], check=True,
                   capture_output=True)


def kept(mesh, name):
    git(mesh, "add", "-A")
    git(mesh, "commit", "-q", "-m", name)


def sales_with(**columns):
    sales = copy.deepcopy(SALES)
    table = sales["databases"]["SALES"]["schemas"]["ORDERS"]["tables"]["ORDERS"]["columns"]
    table.update(columns)
    for name, type_ in columns.items():
        if type_ is None:
            del table[name]
    sales["databases"]["SALES"]["schemas"]["ORDERS"]["views"] = {}
    return sales


TABLE_PORT = {"orders": {"objects": ["table SALES.ORDERS.ORDERS"], "reader": "SALES.ORDERS_READER"}}


def changes_against_a_revision(checks, binary, folder):
    """The mesh lies below the top of its repository, as it may."""
    mesh = make(binary, folder)
    mesh.write("domains/sales/domain.yaml", sales_with())
    publish(mesh, [WHO], ports=TABLE_PORT)
    consume(mesh, ASK | {"columns": ["ORDER_ID", "EMAIL"]})
    subprocess.run(["git", "init", "-q", folder], check=True, capture_output=True)
    kept(mesh, "first")
    mesh.apply()
    checks.equal(mesh.run("impact").out, "No changes.\n", "nothing changed")
    # An addition asks for a minor version.
    mesh.write("domains/sales/domain.yaml", sales_with(PAID_AT="DATE"))
    impact = mesh.run("impact", "--format", "json", expect=VIOLATED).json()
    checks.equal([(f["rule"], f["level"]) for f in impact["findings"]], [("MESH1531", "error")], "the version does not tell")
    publish(mesh, [WHO], ports=TABLE_PORT, version="1.3.0")
    impact = mesh.run("impact", "--format", "json").json()
    checks.equal([(p["product"], p["before"], p["after"], p["required"], [c["rule"] for c in p["changes"]]) for p in impact["products"]],
                 [("sales/orders@1", "1.2.0", "1.3.0", "minor", ["CON-05"])], "an addition")
    kept(mesh, "second")
    # A column that is used goes: the consumer is named, at its line.
    mesh.write("domains/sales/domain.yaml", sales_with(EMAIL=None) | {"removed": [{"object": "column SALES.ORDERS.ORDERS.EMAIL", "action": "drop"}]})
    publish(mesh, [WHO], ports=TABLE_PORT, version="1.4.0")
    wrong = mesh.run("validate", expect=VIOLATED).out
    checks.contains(wrong, "sales/orders@1 has no column 'EMAIL'", "who declares a use is told at once")
    for command in (("impact", "--base", "HEAD~1"), ("plan", "--base", "HEAD~1")):
        told = mesh.run(*command, expect=VIOLATED).out
        for part in ("EMAIL", "finance (team@example.com)", "domains/finance/consumes.yaml:", "[MESH1535]"):
            checks.contains(told, part, f"{command[0]} says whom it breaks, who still declares the use")
    consume(mesh, ASK | {"columns": []})
    run = mesh.run("impact", "--base", "HEAD~1", expect=VIOLATED)
    checks.contains(run.out, "CON-03 major  column EMAIL of ORDERS is removed", "the rule")
    checks.contains(run.out, "breaks finance (team@example.com) through role FINANCE_ANALYST: domains/finance/consumes.yaml:", "whom it breaks")
    plan = mesh.plan("--base", "HEAD~1", expect=VIOLATED)
    found = [f for f in plan["findings"] if f["rule"] == "MESH1530"]
    checks.equal([(f["level"], f["address"], f["notes"][0]["source"]["file"]) for f in found],
                 [("error", "sales/orders@1", "domains/finance/consumes.yaml")], "the plan blocks it")
    checks.contains(found[0]["message"] if found else "", "this breaks finance (team@example.com)", "with the contact")
    consume(mesh, ASK | {"columns": [], "acknowledge": ["CON-03 ORDERS.EMAIL"]})
    mesh.plan("--base", "HEAD~1")
    checks.equal([c["consumers"][0]["acknowledged"] for p in mesh.run("impact", "--base", "HEAD~1", "--format", "json").json()["products"]
                  for c in p["changes"] if c["rule"] == "CON-03"], [True], "the consumer agreed")
    checks.contains(mesh.run("impact", "--base", "no-such-branch", expect=USAGE).err, "git knows no revision 'no-such-branch'", "no revision")
    status = subprocess.run(["git", "-C", folder, "diff", "--cached", "--name-only"], capture_output=True, text=True, check=True).stdout
    checks.equal(status, "", "the checkout's index is left alone")


def standards(checks, binary, folder):
    """What is exported is read back as the same product."""
    mesh = make(binary, folder)
    publish(mesh, [WHO], ports=TABLE_PORT, description="Every order", tags=["core"])
    consume(mesh, ASK)
    mesh.apply()
    run = mesh.run("export", "odcs", "-o", f"{folder}/mesh/domains/sales/contracts")
    mesh.run("export", "odps", "sales/orders", "-o", f"{folder}/mesh/domains/sales/contracts")
    contract = mesh.read("domains/sales/contracts/sales-orders-1-orders.odcs.yaml")
    checks.contains(contract, "apiVersion: v3.1.0\nkind: DataContract\n", "an ODCS contract")
    checks.contains(contract, 'physicalType: "NUMBER(12,2)"', "exact types")
    mesh.write(ORDERS_YAML, {"products": {"orders": {
        "odps": "contracts/sales-orders-1.odps.yaml", "approves": [WHO],
        "ports": {"orders": TABLE_PORT["orders"] | {"contract": "contracts/sales-orders-1-orders.odcs.yaml"}}}}})
    checks.equal(mesh.run("validate").out.splitlines()[0][:6], "Valid:", "it is read back")
    checks.equal(statements(mesh.plan()), [], "as the same product")
    again = mesh.run("export", "odcs").out
    checks.equal(again, contract, "the contract is the file")
    mesh.write(ORDERS_YAML, {"products": {"orders": {"odps": "contracts/sales-orders-1.odps.yaml", "approves": [WHO]}}})
    checks.equal(statements(mesh.plan()), [], "the ODPS file alone is the same product")
    checks.contains(mesh.run("export", "odps", "sales/order", expect=USAGE).err, "did you mean 'sales/orders'?", "the nearest product")


CONTRACT_YAML = "domains/sales/contracts/orders.odcs.yaml"
CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: sales/orders/orders
version: 1.2.0
status: active
schema:
  - name: ORDERS
    physicalType: table
    quality:
      - {metric: rowCount, mustBeGreaterThan: 1}
      - {type: sql, name: no refunds, query: "SELECT COUNT(*) FROM {object} WHERE AMOUNT < 0", mustBe: 0}
      - {type: text, name: looks right, description: for people}
    properties:
      - {name: ORDER_ID, logicalType: integer, required: true, primaryKey: true}
      - name: AMOUNT
        logicalType: number
        physicalType: NUMBER(12,2)
        quality:
          - {metric: nullValues, unit: percent, mustBeLessThan: 50}
          - {type: sql, name: highest, query: "SELECT MAX(${column}) FROM ${table}", mustBeBetween: [1, 100]}
      - name: EMAIL
        logicalType: string
        physicalType: VARCHAR(320)
        quality:
          - {metric: missingValues, mustBe: 0, arguments: {missingValues: ["", n/a]}}
          - {metric: invalidValues, mustBe: 0, arguments: {pattern: ".+@example[.]com"}}
      - {name: CHANGED_AT, logicalType: timestamp, physicalType: TIMESTAMP_LTZ(9)}
slaProperties:
  - {property: latency, value: 2, unit: h, element: ORDERS.CHANGED_AT}
  - {property: availability, value: 99.9, unit: percent}
"""


def promises(run):
    return {row["promise"]: (row["verdict"], row["found"]) for row in run.json()["verified"]}


def verified(checks, binary, folder):
    """What a contract promises, asked of the account: it holds, it is broken by hand, nobody may look."""
    mesh = make(binary, folder)
    sales = sales_with(CHANGED_AT="TIMESTAMP_LTZ(9)", ORDER_ID={"type": "NUMBER(38,0)", "nullable": False})
    table = sales["databases"]["SALES"]["schemas"]["ORDERS"]["tables"]["ORDERS"]
    table["primary_key"] = ["ORDER_ID"]
    mesh.write("domains/sales/domain.yaml", sales)
    mesh.write(CONTRACT_YAML, CONTRACT)
    publish(mesh, ports={"orders": TABLE_PORT["orders"] | {"contract": "contracts/orders.odcs.yaml"}})
    mesh.apply()
    into = "INSERT INTO SALES_DEV.ORDERS.ORDERS (ORDER_ID, AMOUNT, EMAIL, CHANGED_AT) VALUES"
    mesh.sql(f"{into} (1, 9.5, 'ann@example.com', CURRENT_TIMESTAMP()), (2, 20, 'bob@example.com', CURRENT_TIMESTAMP()), (3, NULL, 'eve@example.com', NULL)")
    run = mesh.run("verify", "--format", "json")
    told = promises(run)
    checks.equal({promise for promise, (verdict, _) in told.items() if verdict == "holds"}, {
        "it is there", "column ORDER_ID is NUMBER(38,0)", "column ORDER_ID is NOT NULL", "the key ORDER_ID is unique",
        "column AMOUNT is NUMBER(12,2)", "column EMAIL is VARCHAR(320)", "column CHANGED_AT is TIMESTAMP_LTZ(9)", "rowCount is above 1",
        "sql no refunds is 0", "column AMOUNT: nullValues is below 50 %", "column AMOUNT: sql highest is between 1 and 100",
        "column EMAIL: missingValues is 0", "column EMAIL: invalidValues is 0", "latency is 2 h"}, "what holds")
    checks.equal({promise: verdict for promise, (verdict, _) in told.items() if verdict != "holds"},
                 {"text looks right ": "not verified", "availability is 99.9 percent": "not verified"}, "what no statement tells")
    checks.equal(json_schema.problems(run.json(), json_schema.load("verify.schema.json")), [], "as its schema says")
    checks.equal(run.json()["summary"], {"holds": 14, "broken": 0, "unanswered": 0, "not_verified": 2}, "the count")

    mesh.sql("ALTER TABLE SALES_DEV.ORDERS.ORDERS ALTER COLUMN EMAIL SET DATA TYPE VARCHAR(400); "
             "ALTER TABLE SALES_DEV.ORDERS.ORDERS DROP COLUMN CHANGED_AT; "
             "INSERT INTO SALES_DEV.ORDERS.ORDERS (ORDER_ID, AMOUNT, EMAIL) VALUES (3, -1, 'n/a'), (4, 200, 'x@example.org'), (5, NULL, '')")
    run = mesh.run("verify", "--format", "json", expect=VIOLATED)
    checks.equal({promise: found for promise, (verdict, found) in promises(run).items() if verdict == "broken"}, {
        "column EMAIL is VARCHAR(320)": "it is VARCHAR(400)", "column CHANGED_AT is there": "there is no such column",
        "the key ORDER_ID is unique": "it is 1", "sql no refunds is 0": "it is 1", "column AMOUNT: sql highest is between 1 and 100": "it is 200.00",
        "column EMAIL: missingValues is 0": "it is 2", "column EMAIL: invalidValues is 0": "it is 3"}, "what is broken, and what is there")
    checks.equal({promise for promise, (verdict, _) in promises(run).items() if verdict == "unanswered"}, {"latency is 2 h"},
                 "a question that the account refuses is no success")
    suite = xml.etree.ElementTree.fromstring(mesh.run("verify", "--format", "junit", expect=VIOLATED).out).find("testsuite")
    checks.equal({key: suite.get(key) for key in ("name", "failures", "errors", "skipped")},
                 {"name": "sales/orders@1", "failures": "7", "errors": "1", "skipped": "2"}, "as JUnit")
    text = mesh.run("verify", expect=VIOLATED).out
    checks.contains(text, "broken        column EMAIL is VARCHAR(320): it is VARCHAR(400)  domains/sales/contracts/orders.odcs.yaml:", "as text, with its place")
    checks.contains(text, "Verified 16 promises: 6 holds, 7 broken, 1 unanswered, 2 not verified.", "and the count")

    domains = MESH_FILE["domains"] | {"sales": MESH_FILE["domains"]["sales"] | {"plan_role": "FINANCE_ANALYST_DEV"}}
    mesh.write("mesh.yaml", MESH_FILE | {"domains": domains})
    mesh.sql("GRANT ROLE FINANCE_ANALYST_DEV TO USER MESH")
    run = mesh.run("verify", "--format", "json", expect=FAILED)
    checks.equal({verdict for verdict, _ in promises(run).values()}, {"unanswered", "not verified"}, "a role that may not look")
    checks.contains(str(promises(run)), "does not exist, or is hidden from this role", "and why")

    mesh.write(CONTRACT_YAML, CONTRACT.replace("SELECT COUNT(*) FROM {object}", "DELETE FROM {object}"))
    run = mesh.run("validate", expect=VIOLATED)
    checks.contains(run.out, "a quality rule asks by one SELECT", "anything else is refused")
    checks.contains(run.out, f"{CONTRACT_YAML}:11:", "at its line")


def uses_that_no_manifest_tells_of(checks, binary, folder):
    mesh = make(binary, folder)
    mesh.write("domains/sales/domain.yaml", sales_with())
    publish(mesh, [WHO], ports=TABLE_PORT)
    consume(mesh, ASK)
    subprocess.run(["git", "init", "-q", folder], check=True, capture_output=True)
    kept(mesh, "first")
    mesh.apply()
    mesh.sql("CREATE DATABASE MARTS; CREATE VIEW MARTS.PUBLIC.MAILS AS SELECT EMAIL FROM SALES_DEV.ORDERS.ORDERS; "
             "CREATE VIEW MARTS.PUBLIC.COUNTS AS SELECT COUNT(*) AS N FROM MARTS.PUBLIC.MAILS")
    mesh.write("domains/sales/domain.yaml", sales_with(EMAIL=None) | {"removed": [{"object": "column SALES.ORDERS.ORDERS.EMAIL", "action": "drop"}]})
    publish(mesh, [WHO], ports=TABLE_PORT, version="1.3.0")

    def found(run):
        return {f["rule"]: (f["level"], f["message"]) for f in run.json()["findings"] if f["rule"].startswith("MESH153")}

    checks.equal(list(found(mesh.run("impact", "--format", "json"))), ["MESH1532"], "the manifests know of nobody who reads it")
    run = mesh.run("impact", "--live", "--format", "json")
    told = found(run)
    checks.equal(told.get("MESH1533"), ("warning", "column EMAIL of ORDERS is removed [CON-03]: the account tells of a use that is declared "
                                        "nowhere: view MARTS.PUBLIC.MAILS is built on ORDERS"), "the account does")
    checks.that("MESH1532" not in told, "so it is not said that nobody uses it", told)
    checks.contains(told.get("MESH1534", ("", ""))[1], "ACCESS_HISTORY does not answer", "what the account has not is said")
    change = next(c for c in run.json()["products"][0]["changes"] if c["rule"] == "CON-03")
    checks.equal(change["usage"], [{"who": "view MARTS.PUBLIC.MAILS", "how": "is built on ORDERS"}], "what is built on that again is not asked for")
    checks.equal(json_schema.problems(run.json(), json_schema.load("impact.schema.json")), [], "as its schema says")
    checks.contains(mesh.run("impact", "--live").out, "the account: view MARTS.PUBLIC.MAILS is built on ORDERS", "in words")
    plan = mesh.plan("--base", "HEAD", "--live")
    checks.equal([f["level"] for f in plan["findings"] if f["rule"] == "MESH1533"], ["warning"], "and in the plan")
    checks.that("MESH1533" not in str(mesh.plan("--base", "HEAD")), "where it is asked for")
    # A view that mesh knows is told of by its own query.
    rows = mesh.sql("SELECT REFERENCING_OBJECT_NAME AS A, REFERENCED_OBJECT_NAME AS B, DEPENDENCY_TYPE AS T FROM "
                    "SNOWFLAKE.ACCOUNT_USAGE.OBJECT_DEPENDENCIES WHERE REFERENCING_DATABASE = 'MARTS' ORDER BY 1")
    checks.equal([(r["A"], r["B"], r["T"]) for r in rows], [("COUNTS", "MAILS", "BY_NAME"), ("MAILS", "ORDERS", "BY_NAME")], "one row for each reference")


WORDS = """apiVersion: v3.1.0
kind: DataContract
id: sales/orders/orders
version: 1.2.0
status: active
schema:
  - name: orders
    description: Every order
    tags: [criticality=high, core]
    properties:
      - {name: order_id, physicalType: "NUMBER(38,0)", description: Counts up}
      - {name: amount, physicalType: "NUMBER(12,2)", description: In euros, classification: internal}
      - {name: email, physicalType: VARCHAR(320), classification: restricted, tags: ["pii:email"]}
"""
TAGGED = {"contracts": {"classification": {"tag": "SALES.ORDERS.CLASS", "values": {"internal": "C2", "restricted": "C3"}},
                        "tags": {"pii": "SALES.ORDERS.PII", "criticality": "SALES.ORDERS.CRITICALITY"}}}
PARTNER = {"partner": {"connection": "acme", "account": "ACME-PARTNER", "suffix": "_P"}}


def one_unit(checks, binary, folder):
    """Comments, tags and a share that follow from contract and product: each with its line, and all below the product's name."""
    mesh = make(binary, folder)
    mesh.write("mesh.yaml", MESH_FILE | TAGGED | {"environments": MESH_FILE["environments"] | PARTNER})
    sales = sales_with(ORDER_ID={"type": "NUMBER(38,0)", "comment": "By hand"})
    sales["databases"]["SALES"]["schemas"]["ORDERS"]["tag_definitions"] = {
        "CLASS": {"allowed_values": ["C2", "C3"]}, "PII": {}, "CRITICALITY": {}}
    mesh.write("domains/sales/domain.yaml", sales)
    mesh.write(CONTRACT_YAML, WORDS)
    port = {"orders": TABLE_PORT["orders"] | {"contract": "contracts/orders.odcs.yaml"}}
    publish(mesh, [WHO], ports=port, description="Orders of the shop", share={"name": "SALES_ORDERS", "accounts": ["ACME.PARTNER"]})
    consume(mesh, ASK)
    Mesh(binary, mesh.folder, mesh.account, "partner").bootstrap()

    plan = mesh.plan()
    ours = {c["address"] for c in plan["changes"] if c.get("product") == "sales/orders@1"}
    table, reader, share = "table SALES_DEV.ORDERS.ORDERS", "database role SALES_DEV.ORDERS_READER", "share SALES_ORDERS_DEV"
    checks.equal(ours, {table, reader, share, f"grant USAGE on database SALES_DEV to {share}", f"grant {reader} to role FINANCE_ANALYST_DEV"} | {
        f"grant {privilege} to {who}" for who in (reader, share) for privilege in ("USAGE on schema SALES_DEV.ORDERS", f"SELECT on {table}")},
        "what belongs to the product")
    checks.equal([(p["product"], p["version"], p["status"], p["source"]["file"]) for p in plan["products"]],
                 [("sales/orders@1", "1.2.0", "active", ORDERS_YAML)], "and the product itself")
    made = next(c for c in plan["changes"] if c["address"] == table)
    checks.equal({line["property"]: (line["source"]["file"], line["source"]["line"]) for line in made["diff"] if "source" in line},
                 {"comment": (CONTRACT_YAML, 7), "columns.AMOUNT": (CONTRACT_YAML, 12)}, "what the contract says, with its line")
    checks.equal({c["source"]["file"] for c in plan["changes"] if share in c["address"]}, {ORDERS_YAML}, "the share is the product's")
    text = mesh.run("plan").out
    unit = text.split("sales/orders@1 1.2.0 active")[-1].split("\n\n")[0]
    for line in (f"+ {table}", f"+ {reader}", f"+ {share}", "+ granted to role FINANCE_ANALYST_DEV", f"+ SELECT to {share}"):
        checks.contains(unit, line, "one unit in the text")
    checks.that("SECRETS" not in unit and "warehouse" not in unit, "and nothing else in it", text)
    checks.contains(mesh.run("plan", "--format", "markdown").out,
                    f"| | **product** `sales/orders@1` | `1.2.0 active` | `{ORDERS_YAML}:3` |\n| + | `share", "and in Markdown")

    checks.equal(failures(mesh.apply(expect=None)), "", "it is carried out")
    checks.equal(statements(mesh.plan()), [], "and converges")
    found = {row["name"]: row["comment"] for row in mesh.sql("DESCRIBE TABLE SALES_DEV.ORDERS.ORDERS")}
    checks.equal(found, {"ORDER_ID": "By hand", "AMOUNT": "In euros", "EMAIL": None}, "the manifest's words count before the contract's")
    checks.equal([row["comment"] for row in mesh.sql("SHOW TABLES IN SCHEMA SALES_DEV.ORDERS") if row["name"] == "ORDERS"], ["Every order"], "the table's")

    def tag(name, of, domain):
        return mesh.sql(f"SELECT SYSTEM$GET_TAG('SALES_DEV.ORDERS.{name}', 'SALES_DEV.ORDERS.ORDERS{of}', '{domain}') AS T")[0]["T"]

    checks.equal([tag("CLASS", ".EMAIL", "COLUMN"), tag("CLASS", ".AMOUNT", "COLUMN"), tag("PII", ".EMAIL", "COLUMN"), tag("CRITICALITY", "", "TABLE")],
                 ["C3", "C2", "email", "high"], "tags as mesh.yaml maps them")
    held = mesh.sql("SHOW SHARES LIKE 'SALES_ORDERS_DEV'")[0]
    checks.equal((held["to"], held["comment"]), ("ACME.PARTNER", "Orders of the shop"), "the share is open")

    checks.contains(mesh.run("export", "odps").err, "share SALES_ORDERS", "the standard has no place for a share, and it is said")
    mesh.run("catalog", "-o", f"{folder}/site")
    page = pathlib.Path(folder, "site/ports/sales/orders-1/orders.html").read_text(encoding="utf-8")
    for line in ("columns: [ORDER_ID, AMOUNT, EMAIL]    # keep those you use", "from_share: ACME.DEV.SALES_ORDERS_DEV"):
        checks.contains(page, line, "the catalogue says how to read it, from here and from elsewhere")

    # A word that changes is a change of the contract's line; one that mesh.yaml does not know is told.
    mesh.write(CONTRACT_YAML, WORDS.replace("In euros", "In euros with tax").replace("restricted", "internal"))
    plan = mesh.plan()
    checks.equal([(c["action"], c["address"], [(line["property"], line.get("source", c["source"])["line"]) for line in c["diff"]])
                  for c in plan["changes"]],
                 [("update", table, [("columns.AMOUNT.comment", 12)]),
                  ("set", "tag SALES_DEV.ORDERS.CLASS on column SALES_DEV.ORDERS.ORDERS.EMAIL", [("value", 13)])], "only what differs")
    checks.equal(plan["changes"][1]["source"]["file"], CONTRACT_YAML, "a tag's line is the contract's")
    mesh.write(CONTRACT_YAML, WORDS.replace("restricted", "restrictive"))
    run = mesh.run("validate", expect=VIOLATED)
    checks.contains(run.out, f"{CONTRACT_YAML}:13:", "an unknown class, at its line")
    checks.contains(run.out, "did you mean 'restricted'?", "and the nearest")
    mesh.write(CONTRACT_YAML, WORDS)

    # What is retired is open to nobody.
    publish(mesh, [WHO], ports=port, status="retired", description="Orders of the shop", share={"name": "SALES_ORDERS", "accounts": ["ACME.PARTNER"]})
    checks.equal([s for s in statements(mesh.plan()) if "SHARE" in s], ['ALTER SHARE "SALES_ORDERS_DEV" REMOVE ACCOUNTS = "ACME"."PARTNER"'], "retired")
    publish(mesh, [WHO], ports=port, share={"name": "FINANCE_ORDERS"})
    checks.contains(mesh.run("validate", expect=VIOLATED).out, "share FINANCE_ORDERS belongs to domain finance", "another domain's name")
    publish(mesh, [WHO], ports=port, share={"accounts": ["ACME.PARTNER"]})
    checks.contains(mesh.run("validate", expect=VIOLATED).out, "does not say its name", "a share has a name")


def main():
    binary = binary_of_command_line()
    checks = Checks()
    for scenario in (two_sides, exactly_what_was_granted, what_the_files_say, domain_by_domain, by_hand, wrong_files, changes_against_a_revision, standards, verified, one_unit,
                     uses_that_no_manifest_tells_of):
        with temporary() as folder:
            checks.scenario(scenario.__name__, scenario, checks, binary, folder)
    sys.exit(checks.report())


if __name__ == "__main__":
    main()
