#!/usr/bin/env python3
"""Two domains in two accounts: a product of one, consumed in the other, made and taken away by one plan over both."""

import copy
import datetime
import json
import sys

from mesh_runner import FAILED, REFUSED, USAGE, VIOLATED, Checks, Mesh, binary_of_command_line, failures, statements, temporary
from served import Client, Proxy, Served

HOME, AWAY = "ACME-SALES", "ACME-FINANCE"
MESH_FILE = {
    "mesh": "acme",
    "api": "mesh/v1",
    "control": {"database": "MESH", "schema": "CONTROL", "warehouse": "MESH_WH"},
    "environments": {"dev": {"connection": "sandbox", "account": HOME, "suffix": "_DEV",
                             "domains": {"finance": {"connection": "sandbox_acme-finance", "account": AWAY}}}},
    "domains": {"sales": {"path": "domains/sales"}, "finance": {"path": "domains/finance"}},
}
TEAM = {"name": "team", "email": "team@example.com"}
SALES = {
    "domain": "sales", "team": TEAM,
    "databases": {"SALES": {"database_roles": {"ORDERS_READER": {}}, "schemas": {"ORDERS": {
        "tables": {"ORDERS": {"columns": {"ORDER_ID": "NUMBER(38,0)", "AMOUNT": "NUMBER(12,2)"}}},
        "views": {"OPEN_ORDERS": {"secure": True, "query": "SELECT ORDER_ID FROM SALES.ORDERS.ORDERS"}}}}}},
}
FINANCE = {"domain": "finance", "team": TEAM, "roles": {"FINANCE_ANALYST": {"granted_to": ["SYSADMIN"]}}}
SHARE, IMPORTED = "SALES_ORDERS_1_FINANCE_DEV", "FINANCE_SALES_ORDERS_1_DEV"
WHO = {"domain": "finance", "port": "orders@1", "as": "role FINANCE_ANALYST"}
ASK = {"port": "sales/orders@1", "as": "role FINANCE_ANALYST", "purpose": "revenue reporting"}
MADE = [
    f'CREATE SHARE "{SHARE}" COMMENT = \'finance consumes sales/orders@1\'',
    f'GRANT USAGE ON DATABASE "SALES_DEV" TO SHARE "{SHARE}"',
    f'GRANT DATABASE ROLE "SALES_DEV"."ORDERS_READER" TO SHARE "{SHARE}"',
    f'ALTER SHARE "{SHARE}" ADD ACCOUNTS = "ACME"."FINANCE"',
    f'CREATE DATABASE "{IMPORTED}" FROM SHARE "ACME"."SALES"."{SHARE}"',
    f'GRANT DATABASE ROLE "{IMPORTED}"."ORDERS_READER" TO ROLE "FINANCE_ANALYST_DEV"',
]


def day(offset):
    return (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=offset)).isoformat()


def publish(mesh, approves=(WHO,), objects=("view SALES.ORDERS.OPEN_ORDERS",), **more):
    mesh.write("domains/sales/products/orders.yaml", {"products": {"orders": {
        "version": "1.0.0", "ports": {"orders": {"objects": list(objects), "reader": "SALES.ORDERS_READER"}},
        "approves": list(approves), **more}}})


def consume(mesh, *asks):
    mesh.write("domains/finance/consumes.yaml", {"consumes": list(asks)} if asks else "")


def make(binary, folder, mesh_file=None):
    mesh = Mesh(binary, f"{folder}/mesh", f"{folder}/account.db")
    mesh.write("mesh.yaml", mesh_file or MESH_FILE)
    mesh.write("domains/sales/domain.yaml", SALES)
    mesh.write("domains/finance/domain.yaml", FINANCE)
    publish(mesh, [])
    consume(mesh)
    return mesh


def applied(binary, folder):
    """Both sides agree, and everything is made."""
    mesh = make(binary, folder)
    publish(mesh)
    consume(mesh, ASK)
    mesh.bootstrap()
    mesh.apply()
    return mesh


def sql(mesh, domain, statement, *options, expect=0):
    run = mesh.run("sql", "-d", domain, "--format", "json", *options, statement, expect=expect)
    return [json.loads(line) for line in run.out.splitlines() if line.startswith("[")][-1] if run.code == 0 else run


def reads(mesh):
    """What the consumer's role reads through the imported database; None: nothing."""
    run = sql(mesh, "finance", f"SELECT ORDER_ID FROM {IMPORTED}.ORDERS.OPEN_ORDERS ORDER BY 1", "--role", "FINANCE_ANALYST_DEV", expect=None)
    return [row["ORDER_ID"] for row in run] if isinstance(run, list) else None


def of_agreement(plan):
    return [sql for sql in statements(plan) if SHARE in sql or IMPORTED in sql]


def places(plan):
    return [change.get("account", plan["account"]) for change in plan["changes"] if SHARE in change["address"] or IMPORTED in change["address"]]


def it_crosses(checks, binary, folder):
    mesh = make(binary, folder)
    worksheet = mesh.run("bootstrap", "--yes").out
    checks.equal([line for line in worksheet.splitlines() if line.startswith("-- account")], [f"-- account {HOME}", f"-- account {AWAY}"], "bootstrap sets up each account")
    mesh.apply()
    checks.equal([row["name"] for row in sql(mesh, "finance", "SHOW DATABASES LIKE 'SALES%'")], [], "what lives at home is not made elsewhere")
    sql(mesh, "sales", "INSERT INTO SALES_DEV.ORDERS.ORDERS (ORDER_ID, AMOUNT) VALUES (1, 9.5), (2, 8.25)")
    consume(mesh, ASK)
    waiting = [(each["address"], each["needs"]) for each in mesh.plan()["waiting"]]
    checks.equal(waiting, [("finance consumes sales/orders@1", "approve in domains/sales/products/orders.yaml")], "asked for, not approved")

    publish(mesh, [WHO | {"until": day(20)}])
    plan = mesh.plan()
    checks.equal(of_agreement(plan), MADE, "the provider's side, then the consumer's")
    checks.equal(places(plan), [HOME] * 4 + [AWAY] * 3, "each in its own account")
    checks.equal((plan["account"], plan["accounts"], plan["domains"]), (HOME, [HOME, AWAY], ["finance", "sales"]), "one plan over both")
    checks.contains([c for c in plan["changes"] if c["address"] == f"share {SHARE}"][0]["reason"], "finance consumes sales/orders@1 through", "why it is made")
    text = mesh.run("plan").out
    checks.contains(text, f"database {IMPORTED} in {AWAY}", "text says in which account")
    checks.contains(mesh.run("plan", "--format", "markdown").out, f"#### finance in {AWAY}", "and so does Markdown")
    checks.equal(failures(mesh.apply(expect=None)), "", "applied in one go")
    checks.equal(statements(mesh.plan()), [], "it converges")
    checks.equal(reads(mesh), ["1", "2"], "the consumer's role reads in its own account")
    checks.equal(statements(mesh.run("drift", "--format", "json").json()), [], "no drift in either account")

    checks.equal(statements(mesh.plan("--at", day(20))), [], "it holds through its last day")
    over = mesh.plan("--at", day(21))
    taken = of_agreement(over)
    checks.equal(sorted(sql for sql in taken if sql.startswith("DROP")), [f'DROP DATABASE "{IMPORTED}"', f'DROP SHARE "{SHARE}"'], "both sides are taken away")
    checks.that(taken.index(f'DROP DATABASE "{IMPORTED}"') < min(i for i, sql in enumerate(taken) if SHARE in sql and "DROP DATABASE" not in sql),
                "the consumer's side first", taken)
    checks.equal(over["refused"], [], "without further consent")
    checks.contains([c for c in over["changes"] if c["address"] == f"share {SHARE}"][0]["reason"], f"it ended on {day(20)}", "why it goes")
    checks.equal(failures(mesh.apply("--at", day(21), expect=None)), "", "taken away")
    checks.equal(statements(mesh.plan("--at", day(21))), [], "converged after its end")
    checks.equal(reads(mesh), None, "nothing is read any more")
    left = [row["name"] for row in sql(mesh, "sales", "SHOW SHARES") if row["kind"] == "OUTBOUND"], [row["name"] for row in sql(mesh, "finance", f"SHOW DATABASES LIKE '{IMPORTED}'")]
    checks.equal(left, ([], []), "nothing is left in either account")


def lines_that_go(checks, binary, folder):
    mesh = applied(binary, folder)
    publish(mesh, [])
    consume(mesh)
    plan = mesh.plan()
    checks.equal((len([s for s in statements(plan) if s.startswith("DROP")]), plan["refused"]), (2, []), "both lines gone: both sides go")
    checks.equal(failures(mesh.apply(expect=None)), "", "taken away")
    checks.equal(statements(mesh.plan()), [], "converged")
    # Back again, and then everything goes.
    publish(mesh)
    consume(mesh, ASK)
    mesh.apply()
    mesh.run("destroy", "-e", "dev", "--yes")
    databases = [row["name"] for domain in ("sales", "finance") for row in sql(mesh, domain, "SHOW DATABASES LIKE '%_DEV'")]
    checks.equal(databases, [], "destroy empties both accounts")


def one_side_alone(checks, binary, folder):
    mesh = make(binary, folder)
    publish(mesh)
    consume(mesh, ASK)
    mesh.bootstrap()
    plan = mesh.plan("-d", "finance")
    checks.equal((plan["domains"], of_agreement(plan)), (["finance"], []), "what nobody shares yet is not imported")
    checks.equal([each["needs"] for each in plan["waiting"]], ["approved; the next apply of sales shares it with this account"], "it waits")
    mesh.apply("-d", "finance")
    mesh.apply("-d", "sales")
    checks.equal(of_agreement(mesh.plan("-d", "finance")), MADE[4:], "shared by then")
    mesh.apply("-d", "finance")
    checks.equal(statements(mesh.plan()), [], "both sides are there")
    checks.contains(mesh.run("show", "-d", "finance", f"database {IMPORTED}").out, "ACME.SALES", "show looks into the domain's account")
    checks.contains(mesh.run("show", "-d", "finance", "-d", "sales", "role FINANCE_ANALYST", expect=USAGE).err, "lives in account", "one account at a time")
    checks.contains(mesh.run("log").err, f"this is {HOME}", "log says whose runs these are")
    checks.that("finance" in mesh.run("log", "-d", "finance").out, "each account keeps its own runs")
    mesh.write("mesh.yaml", json.dumps(MESH_FILE).replace(AWAY, "ACME-OTHER"))
    checks.equal(mesh.run("unlock", "-d", "finance", expect=None).code != 0, True, "an account that was never set up has no leases")


def by_hand(checks, binary, folder):
    """A share and an imported database that the manifests declare themselves, in one plan."""
    mesh = make(binary, folder)
    sales = copy.deepcopy(SALES)
    sales["shares"] = {"SALES_OPEN": {"accounts": ["ACME.FINANCE"]}}
    sales["databases"]["SALES"]["grants"] = {"share SALES_OPEN": ["USAGE"]}
    sales["databases"]["SALES"]["schemas"]["ORDERS"]["grants"] = {"share SALES_OPEN": ["USAGE"]}
    sales["databases"]["SALES"]["schemas"]["ORDERS"]["views"]["OPEN_ORDERS"]["grants"] = {"share SALES_OPEN": ["SELECT"]}
    mesh.write("domains/sales/domain.yaml", sales)
    mesh.write("domains/finance/domain.yaml", FINANCE | {"databases": {"FINANCE_OPEN": {
        "from_share": "ACME.SALES.SALES_OPEN_DEV", "grants": {"FINANCE_ANALYST": ["IMPORTED PRIVILEGES"]}}}})
    mesh.bootstrap()
    order = statements(mesh.plan())
    opened = [i for i, sql in enumerate(order) if sql.startswith("ALTER SHARE")]
    imported = [i for i, sql in enumerate(order) if "FINANCE_OPEN_DEV" in sql]
    checks.that(opened and imported and opened[0] < imported[0], "the share is opened before it is imported", order)
    checks.equal(failures(mesh.apply(expect=None)), "", "applied in one go")
    checks.equal(statements(mesh.plan()), [], "it converges")


def unreachable(checks, binary, folder):
    mesh = applied(binary, folder)
    mesh.replace("domains/sales/domain.yaml", '"AMOUNT"', '"TOTAL": "NUMBER(12,2)", "AMOUNT"')
    with Served(binary, mesh.account, f"{folder}/home") as served:
        client = Client(binary, mesh.folder, served.home)
        checks.equal(len(json.loads(client.run("plan", "--format", "json").out)["changes"]), 1, "both can be reached")
        file = served.home / "connections.toml"
        text = file.read_text(encoding="utf-8")
        head, rest = text.split("[sandbox_acme-finance]")
        file.write_text(head, encoding="utf-8")
        run = client.run("plan", "--format", "json", expect=FAILED)
        plan = json.loads(run.out)
        checks.equal((plan["domains"], [c["address"] for c in plan["changes"]]), (["sales"], ["table SALES_DEV.ORDERS.ORDERS"]), "the others are planned")
        checks.equal([(each["account"], each["domains"]) for each in plan["not_planned"]], [(AWAY, ["finance"])], "and it is marked")
        checks.contains(client.run("plan", expect=FAILED).out, f"finance in account {AWAY}: not planned", "in text too")
        checks.contains(client.run("apply", "--yes", expect=FAILED).err, "nothing was run in any account", "apply leaves both alone")
        checks.equal(len(json.loads(client.run("plan", "--format", "json", "-d", "sales").out)["changes"]), 1, "nothing was changed")
        doctor = client.run("doctor", "--format", "json", expect=FAILED).out
        failed = [(row["account"], row["check"]) for row in json.loads(doctor) if row["status"] == "failed"]
        checks.equal(failed, [(AWAY, "connection")], "doctor says so, and looks into the other")
        client.run("apply", "--yes", "-d", "sales")
        file.write_text(f"{head}[sandbox_acme-finance]{rest}", encoding="utf-8")
        checks.equal(json.loads(client.run("plan", "--format", "json").out)["changes"], [], "one account was applied alone")
        # The connection of the one leads to the other.
        file.write_text(f"{head}[sandbox_acme-finance]{rest}".replace(f'account = "{AWAY}"', f'account = "{HOME}"'), encoding="utf-8")
        for command in (("plan",), ("apply", "--yes")):
            checks.contains(client.run(*command, expect=REFUSED).err, f"this is account {HOME}, but environment dev is meant for {AWAY}", f"the wrong account: {command[0]}")


def killed_between(checks, binary, folder):
    mesh = make(binary, folder)
    mesh.bootstrap()
    mesh.apply()
    publish(mesh)
    consume(mesh, ASK)
    with Served(binary, mesh.account, f"{folder}/home") as served, Proxy(served.port) as proxy:
        served.connect_through(proxy.port)
        client = Client(binary, mesh.folder, served.home)
        run = client.start("apply", "--yes")
        proxy.after = lambda statement: run.kill() if statement.sql.startswith("ALTER SHARE") else None
        client.end(run, expect=-9)
        proxy.after = None
        seen = [statement.sql for statement in proxy.statements]
        checks.that(MADE[3] in seen and MADE[4] not in seen, "killed when the provider's side was there", seen)
        client.run("unlock", "-d", "sales", "--yes")
        Client(binary, mesh.folder, served.home, "sandbox_acme-finance").run("unlock", "-d", "finance", "--yes")
        checks.equal(of_agreement(json.loads(client.run("plan", "--format", "json").out)), MADE[4:], "the consumer's side is left")
        client.run("apply", "--yes")
        checks.equal(json.loads(client.run("plan", "--format", "json").out)["changes"], [], "the next run finishes it")


def doctor_is_well(checks, binary, folder):
    mesh = applied(binary, folder)
    rows = mesh.run("doctor", "--format", "json").json()
    checks.equal(sorted({row["account"] for row in rows}), [AWAY, HOME], "both accounts")
    checks.equal([row for row in rows if row["status"] == "failed"], [], "are well")
    mesh.run("bootstrap", "--yes")
    sql(mesh, "finance", "CREATE ROLE FINANCE_STRAY")
    sql(mesh, "finance", f"GRANT DATABASE ROLE {IMPORTED}.ORDERS_READER TO ROLE FINANCE_STRAY")
    drift = mesh.run("drift", "--format", "json").json()
    checks.equal(statements(drift), [f'REVOKE DATABASE ROLE "{IMPORTED}"."ORDERS_READER" FROM ROLE "FINANCE_STRAY"'], "drift in the other account")
    checks.equal([change["account"] for change in drift["changes"]], [AWAY], "says where")


def mistakes(checks, binary, folder):
    mesh = make(binary, folder)

    def found(what, code, words, place):
        errors = [f for f in mesh.run("validate", "--format", "json", expect=VIOLATED).json()["findings"] if f["level"] == "error"]
        shown = [(f["rule"], f["source"].get("file"), f["message"]) for f in errors]
        checks.that([f for f in errors if f["rule"] == code and words in f["message"] and f["source"].get("file") == place], what, shown)

    def environment(**domains):
        mesh.write("mesh.yaml", MESH_FILE | {"environments": {"dev": MESH_FILE["environments"]["dev"] | {"domains": domains}}})

    away = MESH_FILE["environments"]["dev"]["domains"]["finance"]
    environment(finanec=away)
    found("no such domain", "MESH1111", "there is no domain 'finanec'", "mesh.yaml")
    environment(finance={"connection": "x"})
    found("no account", "MESH1103", "does not say its account", "mesh.yaml")
    environment(finance=away, sales=away | {"connection": "another"})
    found("two connections", "MESH1112", f"account {AWAY} is reached by connection another here", "mesh.yaml")
    environment(finance=away | {"connection": "sandbox"})
    found("two accounts of a connection", "MESH1112", "connection sandbox leads to account", "mesh.yaml")
    mesh.write("mesh.yaml", MESH_FILE | {"environments": MESH_FILE["environments"] | {
        "test": {"connection": "c", "account": AWAY, "suffix": "_DEV"}}, "default_environment": "dev"})
    found("two environments in one place", "MESH1113", "domain finance lives in ACME-FINANCE in environment", "mesh.yaml")
    mesh.write("mesh.yaml", MESH_FILE | {"environments": {"dev": {k: v for k, v in MESH_FILE["environments"]["dev"].items() if k != "account"}}})
    found("no account of its own", "MESH1103", "names no account, and some of its domains", "mesh.yaml")
    publish(mesh)
    consume(mesh, ASK)
    mesh.write("mesh.yaml", json.dumps(MESH_FILE).replace(AWAY, "FINANCE"))
    found("no organization", "MESH1431", "calls that of finance 'FINANCE'", "domains/finance/consumes.yaml")

    mesh.write("mesh.yaml", MESH_FILE)
    sales, orders = copy.deepcopy(SALES), "domains/sales/domain.yaml"
    sales["databases"]["SALES"]["schemas"]["ORDERS"]["views"]["OPEN_ORDERS"].pop("secure")
    mesh.write(orders, sales)
    found("a view that is not secure", "MESH1503", "a share takes only secure objects", "domains/sales/products/orders.yaml")
    sales = copy.deepcopy(SALES)
    sales["databases"]["SALES"]["schemas"]["ORDERS"]["sequences"] = {"NUMBERS": {}}
    mesh.write(orders, sales)
    publish(mesh, objects=("view SALES.ORDERS.OPEN_ORDERS", "sequence SALES.ORDERS.NUMBERS"))
    found("what no share takes", "MESH1503", "a share takes no sequence", "domains/sales/products/orders.yaml")
    publish(mesh)
    mesh.write(orders, SALES | {"shares": {"SALES_ORDERS_1_FINANCE": {}}})
    found("the name is taken", "MESH1105", "makes one of that name", orders)
    mesh.write(orders, SALES)
    mesh.write("mesh.yaml", MESH_FILE | {"domains": MESH_FILE["domains"] | {"finance": {"path": "domains/finance", "owns": ["FINANCE_ANALYST"]}}})
    found("a name that is not the consumer's", "MESH1405", "carries out finance consumes sales/orders@1", "domains/finance/consumes.yaml")

    mesh.write("mesh.yaml", MESH_FILE)
    publish(mesh, [])
    consume(mesh)
    elsewhere = {
        "a role of the other account": {"databases": {"SALES": SALES["databases"]["SALES"] | {"grants": {"FINANCE_ANALYST": ["USAGE"]}}}},
        "a member of the other account": {"roles": {"SALES_MEMBER": {"granted_to": ["FINANCE_ANALYST"]}}},
        "an owner of the other account": {"roles": {"SALES_OWNED": {"owner": "FINANCE_ANALYST"}}},
    }
    for what, more in elsewhere.items():
        mesh.write(orders, SALES | more)
        found(what, "MESH1430", "role FINANCE_ANALYST lives in account ACME-FINANCE", orders)
    mesh.write(orders, SALES | {"warehouses": {"SALES_WH": {}}, "databases": {"SALES": SALES["databases"]["SALES"] | {"schemas": {"ORDERS": {
        **SALES["databases"]["SALES"]["schemas"]["ORDERS"], "tag_definitions": {"PII": {"grants": {"PUBLIC": ["APPLY"]}}}}}}}})
    for what, schema in {
        "a view of the other account's table": {"views": {"V": {"query": "SELECT ORDER_ID FROM SALES.ORDERS.ORDERS"}}},
        "the other account's tag": {"tables": {"T": {"columns": {"ID": "NUMBER"}, "tags": {"SALES.ORDERS.PII": "x"}}}},
        "the other account's warehouse": {"tasks": {"T": {"warehouse": "SALES_WH", "sql": "SELECT 1"}}},
        "a key into the other account": {"tables": {"T": {"columns": {"ID": "NUMBER"}, "foreign_keys": [{"columns": ["ID"], "references": "SALES.ORDERS.ORDERS(ORDER_ID)"}]}}},
    }.items():
        mesh.write("domains/finance/domain.yaml", FINANCE | {"databases": {"FINANCE": {"schemas": {"S": schema}}}})
        found(what, "MESH1430", "lives in account ACME-SALES with domain sales", "domains/finance/domain.yaml")
    for code in ("MESH1111", "MESH1112", "MESH1113", "MESH1430", "MESH1431"):
        checks.contains(mesh.run("explain", code).out, code, "every code is explained")


def main():
    binary = binary_of_command_line()
    checks = Checks()
    for scenario in (it_crosses, lines_that_go, one_side_alone, by_hand, unreachable, killed_between, doctor_is_well, mistakes):
        with temporary() as folder:
            checks.scenario(scenario.__name__, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
