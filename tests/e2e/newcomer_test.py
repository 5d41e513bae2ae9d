#!/usr/bin/env python3
"""What somebody new to mesh runs into: names without the suffix, options that name nothing, what is hidden or really gone."""

import copy
import sys

from mesh_runner import DONE, FAILED, REFUSED, USAGE, VIOLATED, Checks, Mesh, binary_of_command_line, run_command, temporary

MESH_FILE = {
    "mesh": "acme",
    "api": "mesh/v1",
    "control": {"database": "MESH", "schema": "CONTROL", "warehouse": "MESH_WH"},
    "environments": {"dev": {"connection": "acme", "suffix": "_DEV"}, "prod": {"connection": "acme"}},
    "default_environment": "dev",
    "domains": {"sales": {"path": "domains/sales"}},
}
ORDERS = {"columns": {"ID": "NUMBER(38,0)", "AMOUNT": "NUMBER(20,2)", "NOTE": "VARCHAR"}}
RETURNS = {"columns": {"ID": "NUMBER"}}


def sales(tables, **more):
    return {
        "domain": "sales",
        "team": {"name": "sales", "email": "sales@example.com"},
        "roles": {"SALES_READER": {}},
        "databases": {"SALES": {"grants": {"SALES_READER": ["USAGE"]},
                                "schemas": {"S": {"grants": {"SALES_READER": ["USAGE"]}, "tables": tables}}}},
        **more,
    }


def declare(mesh, tables, **more):
    mesh.write("domains/sales/domain.yaml", sales(tables, **more))


def fresh(binary, folder, tables=None, **more):
    mesh = Mesh(binary, f"{folder}/mesh", f"{folder}/account.db", "dev")
    mesh.write("mesh.yaml", MESH_FILE)
    declare(mesh, tables if tables is not None else {"ORDERS": ORDERS, "RETURNS": RETURNS}, **more)
    mesh.bootstrap()
    mesh.apply()
    return mesh


def addresses(plan):
    return [(change["action"], change["address"]) for change in plan["changes"]]


def sql_goes_where_it_was_meant(checks, binary, folder):
    mesh = fresh(binary, folder)
    wrong = Mesh(binary, mesh.folder, mesh.account, "TYPO")
    for command in (("sql", "CREATE DATABASE ASTRAY"), ("log",), ("unlock",), ("doctor",)):
        checks.contains(wrong.run(*command, expect=USAGE).err, "MESH1108", f"{command[0]} -e TYPO")
    nowhere = Mesh(binary, folder, mesh.account, "dev")
    checks.contains(nowhere.run("sql", "SELECT 1", expect=USAGE).err, "-e dev names nothing", "-e without a mesh")
    mesh.write("mesh.yaml", MESH_FILE | {"environments": 7})
    plain = Mesh(binary, mesh.folder, mesh.account)
    checks.contains(plain.run("sql", "CREATE DATABASE ASTRAY", expect=VIOLATED).err, "nothing was run", "a broken mesh.yaml")
    mesh.write("mesh.yaml", MESH_FILE)
    checks.equal([row["name"] for row in mesh.sql("SHOW DATABASES LIKE 'ASTRAY'")], [], "nothing went astray")


def targets_name_something(checks, binary, folder):
    mesh = fresh(binary, folder)
    declare(mesh, {"ORDERS": ORDERS | {"comment": "new"}, "RETURNS": RETURNS | {"comment": "new"}})
    wanted = [("update", "table SALES_DEV.S.ORDERS")]
    for typed in ("table SALES_DEV.S.ORDERS", "table SALES.S.ORDERS", "table sales.s.orders", 'Table sales_dev."S".orders'):
        checks.equal(addresses(mesh.plan("--target", typed)), wanted, f"--target {typed}")
    for typed, near in (("table SALES.S.ORDES", "did you mean 'table SALES.S.ORDERS'"), ("tabel SALES.S.ORDERS", "did you mean"),
                        ("NIX", "names nothing")):
        run = mesh.run("plan", "--target", typed, expect=USAGE)
        checks.contains(run.err, near, f"--target {typed}")
        checks.equal(run.out, "", f"--target {typed} plans nothing")
    checks.contains(mesh.run("apply", "--yes", "--allow-destroy", "tabel NIX", expect=USAGE).err, "--allow-destroy 'tabel NIX'",
                    "a consent to nothing")
    mesh.apply()
    checks.equal(mesh.plan("--target", "table SALES.S.ORDERS")["changes"], [], "a target without changes is no mistake")

    less = {"columns": {"ID": "NUMBER(38,0)", "AMOUNT": "NUMBER(20,2)"}, "comment": "new"}
    declare(mesh, {"ORDERS": less, "RETURNS": RETURNS | {"comment": "new"}})
    refused = mesh.apply("--target", "table SALES.S.ORDERS", expect=REFUSED).json()["plan"]["refused"]
    checks.equal([r["address"] for r in refused], ["column SALES_DEV.S.ORDERS.NOTE"], "a target does not drop a column unasked")
    mesh.apply("--target", "table SALES.S.ORDERS", "--allow-destroy", "column sales.s.orders.note")
    checks.equal(mesh.plan()["changes"], [], "it does with consent, named as the manifests do")


def tombstones_carry_no_suffix(checks, binary, folder):
    mesh = fresh(binary, folder)
    declare(mesh, {"ORDERS": {"columns": {"ID": "NUMBER(38,0)", "AMOUNT": "NUMBER(20,2)"}}})
    ways = {r["address"]: r["ways_out"] for r in mesh.plan()["refused"]}
    checks.contains(ways["table SALES_DEV.S.RETURNS"], "{object: table SALES.S.RETURNS, action: drop}", "the advice for a table")
    checks.contains(ways["column SALES_DEV.S.ORDERS.NOTE"], "{object: column SALES.S.ORDERS.NOTE, action: drop}", "for a column")
    declare(mesh, {"ORDERS": ORDERS}, removed=[{"object": "table SALES_DEV.S.RETURNS", "action": "drop"}])
    found = [f for f in mesh.plan()["findings"] if f["rule"] == "MESH2009"]
    checks.equal([(f["level"], f["source"]["file"]) for f in found], [("warning", "domains/sales/domain.yaml")],
                 "a tombstone with the suffix is told")
    checks.contains(found[0]["help"] if found else "", "write table SALES.S.RETURNS", "and how to write it")
    declare(mesh, {"ORDERS": ORDERS}, removed=[{"object": "table SALES.S.RETURNS", "action": "drop"}])
    checks.equal(addresses(mesh.plan()), [("drop", "table SALES_DEV.S.RETURNS")], "written as advised it consents")

    both = [{"object": "table SALES.S.RETURNS", "action": word} for word in ("forget", "drop")]
    declare(mesh, {"ORDERS": ORDERS}, removed=both)
    run = mesh.run("validate", "--format", "json", expect=VIOLATED)
    errors = [(f["rule"], len(f["notes"])) for f in run.json()["findings"] if f["level"] == "error"]
    checks.equal(errors, [("MESH1106", 1)], "two tombstones that contradict each other, both places told")


def what_is_really_gone_can_be_said(checks, binary, folder):
    tables = {f"T{i}": RETURNS for i in range(12)}
    mesh = fresh(binary, folder, tables)
    mesh.sql("DROP SCHEMA SALES_DEV.S")
    for arguments in ((), ("--allow-destroy", "all")):
        run = mesh.run("apply", "--yes", *arguments, expect=REFUSED)
        checks.contains(run.out, "MESH2008", "many that are not visible stop the run")
        checks.contains(run.out, "action: forget", "and the way out is told")
        checks.contains(run.out, "Here: schema SALES.S", "with what held them")
    lines = sales(tables)
    without = copy.deepcopy(lines)
    del without["databases"]["SALES"]["schemas"]
    mesh.write("domains/sales/domain.yaml", without)
    checks.that("MESH2008" in [r["code"] for r in mesh.plan()["refused"]], "lines that are merely gone are no word on it")
    mesh.write("domains/sales/domain.yaml", without | {"removed": [{"object": "schema SALES.S", "action": "forget"}]})
    plan = mesh.plan()
    checks.equal((plan["refused"], plan["vanished"]), ([], []), "a tombstone for the schema counts for what it held")
    checks.equal({c["action"] for c in plan["changes"]}, {"forget"}, "only the ledger is mended")
    shown = mesh.run("apply", "--yes").out
    checks.that("stays in Snowflake" not in shown, "what is not there does not stay there", shown)
    mesh.write("domains/sales/domain.yaml", lines)
    mesh.apply()
    checks.equal(len(mesh.sql("SHOW TABLES IN SCHEMA SALES_DEV.S")), 12, "put back, they are made anew")
    checks.equal(mesh.plan()["changes"], [], "and all is well")


def drift_tells_what_is_not_managed(checks, binary, folder):
    mesh = fresh(binary, folder)
    mesh.sql("CREATE ROLE BI; CREATE ROLE OUTSIDE; CREATE DATABASE ELSEWHERE; GRANT USAGE ON DATABASE ELSEWHERE TO ROLE BI;"
             "GRANT USAGE ON DATABASE SALES_DEV TO ROLE BI; GRANT SELECT ON TABLE SALES_DEV.S.ORDERS TO ROLE BI;"
             "GRANT ROLE OUTSIDE TO ROLE SALES_READER_DEV")
    drift = mesh.run("drift", "--format", "json").json()
    checks.equal(drift["changes"], [], "none of it is a change")
    checks.equal([(u["what"], u["address"], u["domain"]) for u in drift["unmanaged"]],
                 [("grant", "grant SELECT on table SALES_DEV.S.ORDERS to role BI", "sales"),
                  ("grant", "grant USAGE on database SALES_DEV to role BI", "sales"),
                  ("membership", "grant role OUTSIDE to role SALES_READER_DEV", "sales")], "but it is told")
    checks.equal(mesh.plan()["unmanaged"], [], "plan is quiet about it")

    state = f"{folder}/state.json"
    mesh.run("show", "--state", "-o", state)
    checks.equal(mesh.run("drift", "--state", state, "--format", "json").json()["unmanaged"], drift["unmanaged"],
                 "and a recorded account knows it as well")
    for command in ("plan", "drift"):
        shown = mesh.run(command, "--state", state).out
        checks.contains(shown.splitlines()[0], "No changes.", f"{command} of the recorded account")
        checks.contains(shown.splitlines()[0], "recorded at 2", f"{command} tells when it was recorded")


def only_narrowed(checks, binary, folder):
    mesh = fresh(binary, folder)
    declare(mesh, {"ORDERS": ORDERS, "RETURNS": RETURNS | {"only": ["prod"]}})
    plan = mesh.plan()
    checks.equal([c["reason"] for c in plan["changes"]], ["not declared for this environment (only:)"], "why it would go")
    checks.contains(plan["refused"][0]["ways_out"], "{object: table SALES.S.RETURNS, action: drop, only: [dev]}", "the way out")
    declare(mesh, {"ORDERS": ORDERS, "RETURNS": RETURNS | {"only": ["prod"]}},
            removed=[{"object": "table SALES.S.RETURNS", "action": "drop", "only": ["dev"]}])
    checks.equal(Mesh(binary, mesh.folder, mesh.account, "prod").run("validate").code, DONE, "the other environment keeps it")
    checks.equal((addresses(mesh.plan()), mesh.plan()["refused"]), ([("drop", "table SALES_DEV.S.RETURNS")], []), "it consents")
    declare(mesh, {"ORDERS": ORDERS, "RETURNS": RETURNS}, removed=[{"object": "table SALES.S.OLD", "action": "drop", "only": ["x"]}])
    checks.contains(mesh.run("validate", expect=VIOLATED).out, "there is no environment 'x'", "an unknown environment there")


def narrowing_is_not_safe(checks, binary, folder):
    mesh = fresh(binary, folder)
    mesh.replace("domains/sales/domain.yaml", "NUMBER(20,2)", "NUMBER(10,2)")
    change = mesh.plan()["changes"][0]
    checks.equal(change["risk"], "disruptive", "a narrower number")
    checks.that("Safe" not in mesh.run("plan", "--format", "markdown").out, "and its comment does not call it safe")


def json_always_answers(checks, binary, folder):
    mesh = fresh(binary, folder)
    declare(mesh, {"ORDERS": ORDERS})
    refused = mesh.apply(expect=REFUSED).json()
    checks.equal((refused["outcomes"], [r["code"] for r in refused["plan"]["refused"]]), ([], ["MESH2001"]), "a refused apply")
    declare(mesh, {"ORDERS": ORDERS, "RETURNS": RETURNS | {"comment": "x"}})
    unasked = mesh.run("apply", "--format", "json", expect=REFUSED).json()
    checks.equal((unasked["outcomes"], len(unasked["plan"]["changes"])), ([], 1), "an apply with nobody to ask")
    declare(mesh, {"ORDERS": ORDERS | {"coment": "x"}})
    for command in (("plan",), ("drift",), ("apply", "--yes")):
        run = mesh.run(*command, "--format", "json", expect=VIOLATED)
        checks.equal([f["rule"] for f in run.json()["findings"]], ["MESH1101"], f"{command[0]} of invalid manifests")
    for command in ("plan", "drift"):
        checks.contains(mesh.run(command, "--format", "markdown", expect=VIOLATED).out, "MESH1101", f"{command} of invalid manifests, as Markdown")


def after_destroy(checks, binary, folder):
    mesh = fresh(binary, folder)
    tables = {"ORDERS": ORDERS | {"grants": {"SALES_READER": ["SELECT"]}}, "RETURNS": RETURNS | {"grants": {"SALES_READER": ["SELECT"]}}}
    declare(mesh, tables)
    mesh.apply()

    def lost(plan):
        return [(a["change"], a["who"], a["privilege"], a["object"]) for a in plan["access"]]

    declare(mesh, {"ORDERS": tables["ORDERS"]}, removed=[{"object": "table SALES.S.RETURNS", "action": "drop"}])
    checks.equal(lost(mesh.plan()), [("-", "role SALES_READER_DEV", "SELECT", "table SALES_DEV.S.RETURNS")], "a drop takes access")
    declare(mesh, tables)
    run = mesh.run("destroy", "--yes", "--format", "json").json()
    checks.equal({c["reason"] for c in run["plan"]["changes"] if c["action"] == "drop"}, {"the environment is destroyed"}, "why")
    checks.equal(len(lost(run["plan"])), 2, "and who loses what by it")
    drift = mesh.run("drift", "--format", "json")
    checks.equal((drift.json()["changes"], drift.err), ([], ""), "what mesh itself destroyed has not drifted")
    mesh.apply()
    mesh.sql("DROP TABLE SALES_DEV.S.ORDERS")
    checks.equal(addresses(mesh.run("drift", "--format", "json").json())[:1], [("create", "table SALES_DEV.S.ORDERS")],
                 "after the next apply drift counts again")


def names_without_suffix_are_found(checks, binary, folder):
    mesh = fresh(binary, folder)
    checks.contains(mesh.run("show", "table sales.s.orders").out, "table SALES_DEV.S.ORDERS\n", "show")
    found = mesh.run("find", "SALES.S.ORD", "--format", "json").json()
    checks.equal([row["address"] for row in found], ["table SALES_DEV.S.ORDERS"], "find")
    mesh.sql("CREATE TABLE SALES_DEV.S.EXTRA (C INT); CREATE TABLE SALES_DEV.S.OTHER (C INT)")
    mesh.run("import", "SALES.S.EXTRA", "-o", f"{folder}/imported")
    text = "".join(p.read_text() for p in (mesh.folder.parent / "imported").rglob("*.yaml"))
    checks.that("EXTRA" in text and "OTHER" not in text, "import", text)


def times_are_readable(checks, binary, folder):
    mesh = fresh(binary, folder)
    query = "SELECT '2026-01-02'::DATE AS D, '2026-01-02 03:04:05'::TIMESTAMP_NTZ(0) AS T, 20000 AS N"
    checks.equal(mesh.run("sql", "--format", "csv", query).out.splitlines(), ["D,T,N", "2026-01-02,2026-01-02 03:04:05,20000"], "CSV")
    checks.contains(mesh.run("sql", query).out, "| 2026-01-02 | 2026-01-02 03:04:05 | 20000 |", "a table")
    twice = mesh.run("sql", "--format", "json", 'SELECT 1 AS A, 2 AS A, 3 AS "A 2"').json()
    checks.equal(sorted(twice[0].values()), ["1", "2", "3"], "two columns of one name are two values")
    started = mesh.run("log", "--format", "json").json()[0]["STARTED_AT"]
    checks.that(started[:2] == "20" and started[4] == "-" and ":" in started, "when a run started", started)


def commits_are_kept(checks, binary, folder):
    mesh = fresh(binary, folder)
    commit = "0123456789abcdef0123456789abcdef01234567"
    desk = {name: "" for name in ("MESH_COMMIT", "GITHUB_SHA", "CI_COMMIT_SHA", "BUILD_SOURCEVERSION")}
    ours = mesh.surroundings()

    def kept():
        # Only a run that does something is kept.
        declare(mesh, {"ORDERS": ORDERS | {"comment": mesh.read(".git/HEAD") + str(len(mesh.run("log").out))}, "RETURNS": RETURNS})
        command = [str(binary), "-C", str(mesh.folder), *mesh.target(), "-e", "dev", "apply", "--yes"]
        run_command(command, DONE, ours | desk)
        return mesh.run("log", "--format", "json").json()[0]["COMMIT_ID"]

    mesh.write(".git/HEAD", "ref: refs/heads/main\n")
    checks.equal(kept() or "", "", "a repository without a commit")
    mesh.write(".git/packed-refs", f"# pack-refs with: peeled\n{commit[::-1]} refs/heads/other\n{commit} refs/heads/main\n")
    checks.equal(kept(), commit, "a packed ref")
    mesh.write(".git/refs/heads/main", commit[::-1] + "\n")
    checks.equal(kept(), commit[::-1], "a ref of its own counts before a packed one")
    mesh.write(".git/HEAD", commit + "\n")
    checks.equal(kept(), commit, "a commit that is checked out itself")


def formats_have_a_meaning(checks, binary, folder):
    mesh = fresh(binary, folder)
    for command, wrong in ((("apply", "--yes"), "markdown"), (("plan",), "csv"), (("log",), "markdown"), (("plan",), "sarf"),
                           (("explain", "table"), "json"), (("show", "table SALES.S.ORDERS"), "json"), (("validate",), "csv")):
        run = mesh.run(*command, "--format", wrong, expect=USAGE)
        checks.contains(run.err, f"this command cannot write '{wrong}'", f"{command[0]} --format {wrong}")
        checks.contains(run.err, "--format takes here: text", f"{command[0]} names what it takes")


def bootstrap_roles_are_tools(checks, binary, folder):
    mesh = Mesh(binary, f"{folder}/mesh", f"{folder}/account.db", "dev")
    tools = {"plan_role": "SALES_PLAN", "deploy_role": "SALES_DEPLOY", "creator_role": "SALES_CREATE"}
    mesh.write("mesh.yaml", MESH_FILE | {"domains": {"sales": {"path": "domains/sales", **tools}}})
    declare(mesh, {"ORDERS": ORDERS})
    mesh.bootstrap()
    mesh.apply()
    drift = mesh.run("drift", "--format", "json").json()
    checks.equal((drift["changes"], drift["unmanaged"]), ([], []), "what bootstrap made is not unmanaged")
    mesh.run("import", "-o", f"{folder}/imported")
    written = list((mesh.folder.parent / "imported").rglob("*.yaml"))
    checks.equal(written, [], "nor to be imported")


def two_meshes_on_one_object(checks, binary, folder):
    mesh = fresh(binary, folder)
    other = Mesh(binary, f"{folder}/other", mesh.account, "dev")
    other.write("mesh.yaml", MESH_FILE | {"mesh": "second"})
    other.write("domains/sales/domain.yaml", mesh.read("domains/sales/domain.yaml"))
    other.bootstrap()
    run = other.run("plan", expect=VIOLATED)
    checks.contains(run.out, "MESH4003", "what another mesh has")
    checks.that("No changes." not in run.out, "is not a plan without changes", run)


def saved_plans_are_for_an_environment(checks, binary, folder):
    mesh = fresh(binary, folder, {"ORDERS": ORDERS})
    mesh.replace("domains/sales/domain.yaml", '"NOTE": "VARCHAR"', '"NOTE": "VARCHAR", "\\"lower case\\"": "NUMBER"')
    mesh.replace("domains/sales/domain.yaml", '"SALES_READER": {}', '"SALES_READER": {"granted_to": ["SYSADMIN"]}')
    file = f"{folder}/plan.json"
    shown = mesh.run("plan", "-o", file).out
    checks.contains(shown, '+ column "lower case" NUMBER(38,0)', "a name that needs quotes has them")
    checks.contains(mesh.run("show", file).out, "\n  grant role SALES_READER_DEV to role SYSADMIN\n", "one word grant, not two")
    prod = Mesh(binary, mesh.folder, mesh.account, "prod")
    checks.contains(prod.run("apply", "--yes", file, expect=REFUSED).err, "is a plan for dev, and this is prod", "the other's plan")
    wrong = mesh.run("apply", "--yes", mesh.folder / "mesh.yaml", expect=FAILED)
    checks.that("json.exception" not in wrong.err and "is not a plan" in wrong.err, "a file that is no plan", wrong)
    mesh.run("apply", "--yes", file)
    checks.equal(mesh.plan()["changes"], [], "the plan itself")


def types_cut_at_a_comma(checks, binary, folder):
    mesh = fresh(binary, folder, {"ORDERS": ORDERS})
    mesh.write("domains/sales/more.yaml", "databases:\n  SALES:\n    schemas:\n      S:\n        tables:\n          T:\n"
               "            columns:\n              C: {type: decimal(10,2)}\n")
    checks.contains(mesh.run("validate", expect=VIOLATED).out, "put the type in quotes", "a type that a comma cuts")


def names_that_are_not_there(checks, binary, folder):
    mesh = fresh(binary, folder, {"ORDERS": ORDERS})
    mesh.write("domains/sales/more.yaml", "roles:\n  SALES_R: {granted_to: [SYSADM]}\n")
    checks.contains(mesh.run("plan", expect=VIOLATED).err, "role SYSADM is used, but does not exist", "the manifests are wrong, nothing failed")


SCENARIOS = (sql_goes_where_it_was_meant, targets_name_something, tombstones_carry_no_suffix, what_is_really_gone_can_be_said,
             drift_tells_what_is_not_managed, only_narrowed, narrowing_is_not_safe, json_always_answers, after_destroy,
             names_without_suffix_are_found, times_are_readable, commits_are_kept, formats_have_a_meaning,
             bootstrap_roles_are_tools, two_meshes_on_one_object, saved_plans_are_for_an_environment,
             types_cut_at_a_comma, names_that_are_not_there)


def main():
    binary = binary_of_command_line()
    checks = Checks()
    for scenario in SCENARIOS:
        with temporary() as folder:
            checks.scenario(scenario.__name__, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
