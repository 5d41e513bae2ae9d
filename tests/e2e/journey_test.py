#!/usr/bin/env python3
"""A newcomer's way through mesh: `mesh init`, then what people do to a mesh, each step with its exit code and its words."""

import sys

from mesh_runner import CHANGES, DONE, FAILED, REFUSED, USAGE, VIOLATED, Checks, Mesh, binary_of_command_line, run_command, temporary

DOMAIN = "domains/sales/domain.yaml"
ORDERS = "SALES_DEV.ORDERS.ORDERS"


def started(binary, folder, environment=None):
    """A mesh as init makes it, bootstrapped and applied."""
    mesh = Mesh(binary, f"{folder}/shop", f"{folder}/account.db", environment)
    mesh.run("init", mesh.folder)
    mesh.bootstrap()
    mesh.apply()
    return mesh


def addresses(plan, action=None):
    return [c["address"] for c in plan["changes"] if action in (None, c["action"])]


def settled(checks, mesh, what):
    run = mesh.run("plan", "--detailed-exitcode", expect=None)
    checks.that(run.code == DONE and run.out.startswith("No changes."), f"{what}: the next plan is empty", run)


def first_steps(checks, binary, folder):
    mesh = Mesh(binary, f"{folder}/shop", f"{folder}/account.db")
    made = mesh.run("init", mesh.folder)
    checks.contains(made.out, "mesh.yaml", "init says what it made")
    checks.contains(made.err, "bootstrap --yes", "init says what to do next")
    again = mesh.run("init", mesh.folder, expect=None)
    checks.that(again.code not in (DONE, None), "init overwrites nothing", again)
    mesh.run("validate")
    checks.equal(mesh.run("validate", "--format", "json").json(), {"findings": []}, "validate of a fresh mesh")
    plan = mesh.run("plan")
    checks.contains(plan.out, "+ table SALES_DEV.ORDERS.ORDERS", "plan works without a ledger")
    checks.that("ledger" in plan.err + plan.out, "plan says that there is no ledger", plan)
    unready = mesh.run("apply", "--yes", expect=None)
    checks.that(unready.code not in (DONE, CHANGES) and "mesh bootstrap" in unready.err.replace("\n", " "),
                "apply asks for bootstrap", unready)
    shown = mesh.run("bootstrap", expect=None)
    checks.contains(shown.out + shown.err, "CREATE", "bootstrap shows its SQL")
    mesh.bootstrap()
    mesh.bootstrap()
    unconfirmed = mesh.run("apply", expect=None)
    checks.that(unconfirmed.code not in (DONE, CHANGES) and "--yes" in unconfirmed.err, "apply refuses without a terminal", unconfirmed)
    checks.equal(mesh.run("plan", "--detailed-exitcode", expect=None).code, CHANGES, "changes with --detailed-exitcode")
    outcome = mesh.apply().json()
    checks.equal({o["status"] for o in outcome["outcomes"]}, {"done"}, "everything is done")
    checks.that(all(o["query_id"] for o in outcome["outcomes"] if o.get("sql")), "each statement has its query id", outcome["outcomes"])
    settled(checks, mesh, "a fresh mesh")
    checks.contains(mesh.run("apply", "--yes").out, "No changes", "apply of nothing")
    checks.contains(mesh.run("show", f"table {ORDERS}").out, "ORDER_ID", "show ADDRESS")


def changes(checks, binary, folder):
    mesh = started(binary, folder)
    mesh.replace(DOMAIN, "        tables:\n", "        tables:\n          RETURNS: {columns: {ORDER_ID: NUMBER, CODE: VARCHAR(10)}}\n")
    checks.equal(addresses(mesh.plan()), ["table SALES_DEV.ORDERS.RETURNS"], "a table added")
    mesh.apply()
    settled(checks, mesh, "a table added")

    mesh.replace(DOMAIN, "VARCHAR(10)", "VARCHAR(20)")
    plan = mesh.plan()
    checks.equal(plan["changes"][0]["diff"], [{"property": "columns.CODE.type", "before": "VARCHAR(10)", "after": "VARCHAR(20)"}],
                 "a column widened")
    mesh.apply()
    settled(checks, mesh, "a column widened")

    mesh.replace(DOMAIN, "VARCHAR(20)", "VARCHAR(5)")
    narrowed = mesh.run("plan")
    for words in ("Refused", "reducing the byte-length", "add a column beside it", "removed:", f"{DOMAIN}:"):
        checks.contains(narrowed.out, words, "a column narrowed")
    refused = mesh.run("apply", "--yes", expect=REFUSED)
    checks.contains(refused.err + refused.out, "add a column beside it", "apply names the ways out")
    checks.contains(refused.err + refused.out, "nothing was run", "apply says that nothing was run")
    mesh.replace(DOMAIN, "VARCHAR(5)", "VARCHAR(20)")
    settled(checks, mesh, "the narrowing taken back")

    mesh.replace(DOMAIN, "          DAILY_ORDERS:\n", "          ORDERS_BY_DAY:\n            renamed_from: DAILY_ORDERS\n")
    plan = mesh.plan()
    checks.equal(addresses(plan, "rename"), ["view SALES_DEV.ORDERS.ORDERS_BY_DAY"], "a view renamed")
    checks.equal(len(plan["changes"]), 1, "a rename is one change and keeps its grants")
    mesh.apply()
    settled(checks, mesh, "a view renamed")
    checks.equal(len(mesh.sql("SHOW GRANTS TO DATABASE ROLE SALES_DEV.ORDERS_READER")) >= 3, True, "the view's grant survived")


def by_hand(checks, binary, folder):
    mesh = started(binary, folder)
    mesh.sql("REVOKE SELECT ON TABLE SALES_DEV.ORDERS.ORDERS FROM DATABASE ROLE SALES_DEV.ORDERS_READER")
    drifted = mesh.run("drift", "--detailed-exitcode", expect=CHANGES)
    checks.contains(drifted.out, "SELECT", "drift shows the privilege")
    grant = f"grant SELECT on table {ORDERS} to database role SALES_DEV.ORDERS_READER"
    checks.equal(addresses(mesh.plan(), "grant"), [grant], "a privilege taken away comes back")
    mesh.apply()
    settled(checks, mesh, "a privilege taken away")

    mesh.sql("CREATE TABLE SALES_DEV.ORDERS.BY_HAND (A NUMBER)")
    mesh.sql("GRANT INSERT ON TABLE SALES_DEV.ORDERS.ORDERS TO DATABASE ROLE SALES_DEV.ORDERS_READER")
    mesh.sql("GRANT SELECT ON TABLE SALES_DEV.ORDERS.BY_HAND TO DATABASE ROLE SALES_DEV.ORDERS_READER")
    plan = mesh.plan()
    checks.that("BY_HAND" not in str(plan["changes"]), "an object made by hand is in no plan", plan["changes"])
    checks.equal(addresses(plan, "revoke"), [grant.replace("SELECT", "INSERT")], "a surplus privilege goes")
    drift = mesh.run("drift", "--format", "json").json()
    checks.that("table SALES_DEV.ORDERS.BY_HAND" in str(drift["unmanaged"]), "drift lists the object made by hand", drift["unmanaged"])
    mesh.apply()
    settled(checks, mesh, "objects and privileges by hand")
    checks.equal(len(mesh.sql("SHOW TABLES LIKE 'BY_HAND' IN SCHEMA SALES_DEV.ORDERS")), 1, "it still stands")

    mesh.sql("ALTER TABLE SALES_DEV.ORDERS.ORDERS SET COMMENT = 'by hand'")
    checks.equal(addresses(mesh.plan(), "update"), [f"table {ORDERS}"], "a comment changed by hand is put back")
    mesh.sql("DROP VIEW SALES_DEV.ORDERS.DAILY_ORDERS")
    checks.that("view SALES_DEV.ORDERS.DAILY_ORDERS" in addresses(mesh.plan(), "create"), "a view dropped by hand is made again")
    mesh.apply()
    settled(checks, mesh, "a view dropped by hand")


def deletions(checks, binary, folder):
    mesh = started(binary, folder)
    mesh.replace(DOMAIN, "        tables:\n", "        tables:\n          RETURNS: {columns: {ORDER_ID: NUMBER}}\n")
    mesh.apply()
    mesh.sql("INSERT INTO SALES_DEV.ORDERS.RETURNS VALUES (1), (2), (3)")
    mesh.replace(DOMAIN, "          RETURNS: {columns: {ORDER_ID: NUMBER}}\n", "")
    deleted = mesh.run("plan")
    for words in ("- table SALES_DEV.ORDERS.RETURNS", "no longer declared", "3 rows", "UNDROP TABLE", "Refused", "removed:", "--allow-destroy"):
        checks.contains(deleted.out, words, "a table's lines deleted")
    mesh.run("apply", "--yes", expect=REFUSED)
    checks.equal(len(mesh.sql("SELECT * FROM SALES_DEV.ORDERS.RETURNS")), 3, "nothing was lost")
    mesh.write(DOMAIN, mesh.read(DOMAIN) + "\nremoved: [{object: table SALES.ORDERS.RETURNS, action: drop}]\n")
    checks.equal(mesh.plan()["refused"], [], "a tombstone consents")
    mesh.apply()
    settled(checks, mesh, "a table removed")

    scratch = "          SCRATCH: {columns: {A: NUMBER}, prevent_destroy: true}\n"
    mesh.replace(DOMAIN, "        tables:\n", f"        tables:\n{scratch}")
    mesh.apply()
    mesh.replace(DOMAIN, scratch, "")
    mesh.replace(DOMAIN, "table SALES.ORDERS.RETURNS", "table SALES.ORDERS.SCRATCH")
    protected = mesh.run("apply", "--yes", "--allow-destroy", "all", expect=REFUSED)
    checks.contains(protected.err + protected.out, "prevent_destroy: false", "protection outlives its lines")
    tombstone = mesh.read(DOMAIN)
    mesh.write(DOMAIN, tombstone[:tombstone.index("\nremoved:")])
    mesh.replace(DOMAIN, "        tables:\n", "        tables:\n" + scratch.replace("true", "false"))
    mesh.apply()
    mesh.write(DOMAIN, tombstone)
    mesh.apply()
    settled(checks, mesh, "a protected table removed")


def environments(checks, binary, folder):
    dev = started(binary, folder)
    prod = Mesh(binary, dev.folder, dev.account, "prod")
    plan = prod.plan()
    checks.equal(plan["environment"], "prod", "the other environment")
    checks.that("table SALES.ORDERS.ORDERS" in addresses(plan, "create"), "prod has no suffix", addresses(plan))
    checks.equal(addresses(plan, "drop"), [], "dev's objects are not prod's")
    prod.apply()
    settled(checks, prod, "prod")
    settled(checks, dev, "dev beside prod")
    names = sorted(row["name"] for row in dev.sql("SHOW DATABASES"))
    checks.that({"SALES", "SALES_DEV"} <= set(names), "both stand in one account", names)

    text = dev.read(DOMAIN)
    dev.write(DOMAIN, text[:text.index("        views:\n")])
    refused = prod.run("apply", "--yes", "--allow-destroy", "all", expect=None)
    checks.that(refused.code == REFUSED, "a protected environment takes no --allow-destroy", refused)
    checks.contains(refused.err + refused.out, "protected", "and says why")
    dev.apply("--allow-destroy", "all")
    settled(checks, dev, "dev drops with --allow-destroy")
    dev.write(DOMAIN, dev.read(DOMAIN) + "removed: [{object: view SALES.ORDERS.DAILY_ORDERS, action: drop}]\n")
    prod.apply()
    settled(checks, prod, "prod drops with removed:")


def plans_on_file(checks, binary, folder):
    mesh = started(binary, folder)
    saved, state = f"{folder}/plan.json", f"{folder}/state.json"
    mesh.run("show", "--state", "-o", state)
    mesh.replace(DOMAIN, "comment: Sales domain", "comment: All of sales")
    mesh.run("plan", "-o", saved)
    live, recorded = mesh.plan(), mesh.run("plan", "--format", "json", "--state", state)
    checks.equal(recorded.json()["changes"], live["changes"], "a recorded account gives the same plan")
    aged = mesh.run("plan", "--state", state)
    checks.that("recorded" in aged.out + aged.err or "state" in aged.out + aged.err, "the age of a recorded account is said", aged)
    mesh.apply("--expect", "sha256:" + "0" * 64, expect=REFUSED)
    mesh.sql("ALTER DATABASE SALES_DEV SET COMMENT = 'meanwhile'")
    stale = mesh.run("apply", saved, "--yes", expect=None)
    checks.equal(stale.code, REFUSED, "a stale plan is refused")
    checks.contains(stale.err + stale.out, "not the one that was shown", "and says why")
    mesh.run("plan", "-o", saved)
    mesh.run("apply", saved, "--yes")
    settled(checks, mesh, "a plan from a file")
    mesh.replace(DOMAIN, "comment: All of sales", "comment: Sales again")
    mesh.apply("--expect", mesh.plan()["fingerprint"])
    settled(checks, mesh, "an expected fingerprint")


def scope(checks, binary, folder):
    mesh = Mesh(binary, f"{folder}/shop", f"{folder}/account.db")
    mesh.run("init", mesh.folder)
    mesh.bootstrap()
    platform = mesh.plan("-d", "platform")
    checks.equal(platform["domains"], ["platform"], "one domain")
    checks.equal({c["domain"] for c in platform["changes"]}, {"platform"}, "only its changes")
    target = mesh.plan("--target", "warehouse SALES_WH_DEV")
    checks.that("warehouse SALES_WH_DEV" in addresses(target), "the target itself", addresses(target))
    checks.that("table SALES_DEV.ORDERS.ORDERS" not in addresses(target), "and nothing it does not need", addresses(target))
    mesh.apply("-d", "platform")
    mesh.apply("-d", "sales")
    settled(checks, mesh, "domain by domain")
    mesh.run("plan", "-d", "salse", expect=USAGE)


def lease(checks, binary, folder):
    mesh = started(binary, folder)
    mesh.replace(DOMAIN, "comment: Sales domain", "comment: All of sales")
    columns = [row["name"] for row in mesh.sql("DESCRIBE TABLE MESH.CONTROL.LEASES")]
    checks.that("HOLDER" in columns, "the lease's columns", columns)
    expiry = next((c for c in columns if "EXPIRE" in c), "EXPIRES")
    mesh.sql(f"UPDATE MESH.CONTROL.LEASES SET HOLDER = 'someone', {expiry} = '2099-01-01 00:00:00' "
             "WHERE ENVIRONMENT = 'dev' AND DOMAIN = 'sales'")
    held = mesh.run("apply", "--yes", expect=None)
    checks.equal(held.code, REFUSED, f"a lease held by another stops apply\n{held}")
    checks.contains(held.err + held.out, "someone", "and says who holds it")
    checks.contains(held.err + held.out, "unlock", "and how to free it")
    mesh.run("plan")
    unlocked = mesh.run("unlock", "--yes", expect=None)
    checks.equal(unlocked.code, DONE, f"unlock\n{unlocked}")
    mesh.apply()
    settled(checks, mesh, "after unlock")


def exit_codes(checks, binary, folder):
    mesh = started(binary, folder)
    for arguments in (["plan", "--no-such-option"], ["no-such-command"], ["plan", "--format", "xml"], ["plan", "-e", "nowhere"]):
        run = mesh.run(*arguments, expect=None)
        checks.that(run.code == USAGE, f"{' '.join(arguments)}: 64", run)
    elsewhere = run_command([str(binary), "-C", folder, "validate"], expect=None)
    checks.that(elsewhere.code not in (DONE, CHANGES), "no mesh here", elsewhere)
    mesh.replace(DOMAIN, "warehouse_size: XSMALL", "warehouse_sise: XSMALL")
    for command in (["validate"], ["plan"], ["apply", "--yes"]):
        run = mesh.run(*command, expect=None)
        checks.that(run.code == VIOLATED, f"{command[0]} with a mistake: 3", run)
        checks.contains(run.err + run.out, "did you mean 'warehouse_size'", f"{command[0]}: the nearest right name")
        checks.contains(run.err + run.out, f"{DOMAIN}:", f"{command[0]}: the place")
    mesh.replace(DOMAIN, "warehouse_sise: XSMALL", "warehouse_size: XSMALL")
    failed = mesh.run("sql", "SELECT * FROM NO.SUCH.TABLE_OF_MINE", expect=None)
    checks.equal(failed.code, FAILED, "a refused statement: 1")
    checks.contains(failed.err, "query id", "a refused statement shows its query id")
    mesh.sql("INSERT INTO SALES_DEV.ORDERS.ORDERS (ORDER_ID) VALUES (1)")
    mesh.replace(DOMAIN, "CUSTOMER_ID: NUMBER", "CUSTOMER_ID: {type: NUMBER, nullable: false}")
    mesh.replace(DOMAIN, "comment: Sales domain", "comment: All of sales")
    broken = mesh.apply(expect=None)
    checks.equal(broken.code, FAILED, "a statement that Snowflake refuses: 1")
    outcomes = broken.json()["outcomes"]
    checks.that("failed" in {o["status"] for o in outcomes} and "done" in {o["status"] for o in outcomes},
                "the independent rest went on", outcomes)
    checks.that(all(o["error"] and o["query_id"] for o in outcomes if o["status"] == "failed"), "with message and query id", outcomes)


SCENARIOS = (first_steps, changes, by_hand, deletions, environments, plans_on_file, scope, lease, exit_codes)


def main():
    checks = Checks()
    binary = binary_of_command_line()
    for scenario in SCENARIOS:
        with temporary() as folder:
            checks.scenario(scenario.__name__, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
