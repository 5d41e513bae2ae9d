#!/usr/bin/env python3
"""drift compares live with what was last applied, not with what the manifests say by now."""

import sys

from mesh_runner import CHANGES, DONE, Checks, Mesh, binary_of_command_line, temporary

MESH_FILE = {
    "mesh": "test",
    "api": "mesh/v1",
    "control": {"database": "MESH", "schema": "CONTROL", "warehouse": "MESH_WH"},
    "environments": {"dev": {"connection": "test"}},
    "default_environment": "dev",
    "domains": {name: {"path": f"domains/{name}"} for name in ("sales", "finance", "later")},
}


def domain(mesh, name, content):
    mesh.write(f"domains/{name}/domain.yaml",
               {"domain": name, "team": {"name": name, "email": f"{name}@example.com"}, **content})


def warehouse(name, comment):
    return {"warehouses": {name: {"warehouse_size": "XSMALL", "comment": comment}}}


def drifted(mesh, *arguments, expect):
    run = mesh.run("drift", "--format", "json", "--detailed-exitcode", *arguments, expect=expect)
    return [(c["action"], c["address"]) for c in run.json()["changes"]], run.err


def fresh(binary, folder):
    mesh = Mesh(binary, folder, folder + "/account.db")
    mesh.write("mesh.yaml", MESH_FILE)
    mesh.write("sql/shared.sql", "SELECT 1 AS ONE")
    domain(mesh, "sales", {**warehouse("SALES_WH", "first"),
                           "databases": {"SALES": {"schemas": {"S": {"views": {"V": {"query_file": "../../sql/shared.sql"}}}}}}})
    domain(mesh, "finance", warehouse("FINANCE_WH", "first"))
    domain(mesh, "later", warehouse("LATER_WH", "first"))
    mesh.bootstrap()
    return mesh


def follows_what_was_applied(checks, binary, folder):
    mesh = fresh(binary, folder)
    changes, said = drifted(mesh, expect=CHANGES)
    checks.contains(said, "no record of what was last applied", "before any apply the checkout counts, and it is said")
    checks.that(changes != [], "before any apply the checkout counts")

    mesh.apply("-d", "sales")
    mesh.apply("-d", "finance")
    checks.equal(drifted(mesh, expect=DONE), ([], ""), "after an apply nothing has drifted; a domain never applied is not missed")

    domain(mesh, "finance", warehouse("FINANCE_WH", "second"))
    mesh.write("sql/shared.sql", "SELECT 2 AS TWO")
    checks.equal(drifted(mesh, expect=DONE), ([], ""), "manifests that were edited and not applied are no drift")
    checks.that(mesh.plan("-d", "finance")["changes"] != [], "the plan knows them")

    mesh.sql("ALTER WAREHOUSE FINANCE_WH SET COMMENT = 'by hand'")
    changes, said = drifted(mesh, expect=CHANGES)
    checks.equal((changes, said), ([("update", "warehouse FINANCE_WH")], ""), "a change by hand is drift")
    diff = mesh.run("drift", "--format", "json").json()["changes"][0]["diff"]
    checks.equal(diff, [{"property": "comment", "before": "by hand", "after": "first"}], "from what was applied to what is live")

    mesh.apply("-d", "finance")
    checks.equal(drifted(mesh, expect=DONE), ([], ""), "the next apply heals it, and is what counts from then on")

    mesh.sql("ALTER WAREHOUSE SALES_WH SET COMMENT = 'new'")
    mesh.replace("domains/sales/domain.yaml", '"first"', '"new"')
    mesh.write("sql/shared.sql", "SELECT 1 AS ONE")
    mesh.apply("-d", "sales")
    checks.equal(drifted(mesh, expect=DONE), ([], ""), "an apply with nothing to do is remembered too")


def a_targeted_run_is_not_the_whole(checks, binary, folder):
    mesh = fresh(binary, folder)
    mesh.apply()
    mesh.replace("domains/sales/domain.yaml", '"first"', '"targeted"')
    domain(mesh, "later", warehouse("LATER_WH", "waits"))
    mesh.apply("--target", "warehouse SALES_WH")
    changes, _ = drifted(mesh, expect=CHANGES)
    checks.equal(changes, [("update", "warehouse SALES_WH")], "what a targeted run did differs from the last whole one")
    mesh.apply()
    checks.equal(drifted(mesh, expect=DONE), ([], ""), "and the next whole run settles it")


def altered_records_are_not_trusted(checks, binary, folder):
    mesh = fresh(binary, folder)
    mesh.apply()
    mesh.sql("UPDATE MESH.CONTROL.APPLIED SET TEXT = 'x' WHERE PATH = 'domains/sales/domain.yaml'")
    changes, said = drifted(mesh, expect=DONE)
    checks.contains(said, "is not whole", "an altered record is noticed")
    checks.equal(changes, [], "and the checkout counts instead")


def main():
    binary = binary_of_command_line()
    checks = Checks()
    for scenario in (follows_what_was_applied, a_targeted_run_is_not_the_whole, altered_records_are_not_trusted):
        with temporary() as folder:
            checks.scenario(scenario.__name__, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
