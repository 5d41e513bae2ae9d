#!/usr/bin/env python3
"""mesh doctor: every check has a case in which it is well and one in which it is not, with the way out named."""

import sys
import time

from connection_test import Server, connection, run
from mesh_runner import DONE, FAILED, REFUSED, Checks, Mesh, binary_of_command_line, run_command, temporary
from served import Client, Served

MESH_FILE = {
    "mesh": "test",
    "api": "mesh/v1",
    "control": {"database": "MESH", "schema": "CONTROL", "warehouse": "MESH_WH"},
    "environments": {"dev": {"connection": "test", "plan_role": "PLANS", "deploy_role": "DEPLOYS"}},
    "default_environment": "dev",
    "domains": {"test": {"path": "test", "owns": ["T_*"]}},
}
ALWAYS = {"connection", "clock", "account", "role", "secondary roles", "quoted names", "inherited grants", "bundle 2026_06", "edition", "warehouse"}
WITH_MESH = ALWAYS | {"ledger", "lease", "audit", "role PLANS", "role DEPLOYS"}


def examined(mesh, expect):
    return {row["check"]: row for row in mesh.run("doctor", "--format", "json", expect=expect).json()}


def not_well(rows):
    return {name: row["status"] for name, row in rows.items() if row["status"] != "ok"}


def without_a_mesh(checks, binary, folder):
    run = run_command([str(binary), "-C", str(folder), "--sandbox", f"{folder}/account.db", "doctor", "--format", "json"])
    rows = {row["check"]: row for row in run.json()}
    checks.equal(set(rows), ALWAYS, "without a mesh the account alone is looked at")
    checks.equal(not_well(rows), {}, "a fresh account is well")
    checks.equal(rows["edition"]["detail"], "Enterprise or higher", "the sandbox is Enterprise Edition")


def with_a_mesh(checks, binary, folder):
    mesh = Mesh(binary, folder, folder + "/account.db")
    mesh.write("mesh.yaml", MESH_FILE)
    rows = examined(mesh, FAILED)
    checks.equal(not_well(rows), {"warehouse": "failed", "ledger": "failed", "role PLANS": "failed", "role DEPLOYS": "failed"}, "before bootstrap")
    checks.contains(rows["ledger"]["fix"], "mesh bootstrap", "the ledger's way out")
    checks.equal((rows["role PLANS"]["detail"], rows["role PLANS"]["fix"]), ("does not exist (plan of test)", "mesh bootstrap"), "a missing role's way out")

    mesh.sql("CREATE ROLE PLANS")
    rows = examined(mesh, FAILED)
    checks.equal(rows["role PLANS"]["fix"], "GRANT ROLE PLANS TO USER MESH", "the way out for a role that this user cannot take")
    mesh.sql("GRANT ROLE PLANS TO USER MESH")
    rows = examined(mesh, FAILED)
    checks.equal((rows["ledger"]["status"], rows["ledger"]["fix"]), ("failed", "mesh bootstrap"), "the role can be taken, and there is no ledger")
    mesh.run("bootstrap", "--yes")
    rows = examined(mesh, DONE)
    checks.equal((set(rows), not_well(rows)), (WITH_MESH, {}), "after bootstrap all is well")
    text = mesh.run("doctor").out
    checks.contains(text, "ok       ledger            0 objects in dev", "as text")

    mesh.sql("REVOKE INSERT ON TABLE MESH.CONTROL.LEDGER_TEST FROM ROLE DEPLOYS")
    rows = examined(mesh, FAILED)
    checks.equal(not_well(rows), {"role DEPLOYS": "failed"}, "a deploy role that may not write its ledger")
    checks.contains(rows["role DEPLOYS"]["fix"], 'GRANT INSERT ON TABLE "MESH"."CONTROL"."LEDGER_TEST" TO ROLE "DEPLOYS"', "its way out")
    for statement in ("CREATE ROLE WRITERS", "GRANT INSERT ON TABLE MESH.CONTROL.LEDGER_TEST TO ROLE WRITERS", "GRANT ROLE WRITERS TO ROLE DEPLOYS"):
        mesh.sql(statement)
    examined(mesh, DONE)
    mesh.run("bootstrap", "--yes")

    mesh.sql("ALTER WAREHOUSE MESH_WH SET AUTO_RESUME = FALSE")
    mesh.sql("ALTER WAREHOUSE MESH_WH SUSPEND") if "SUSPENDED" not in str(mesh.sql("SHOW WAREHOUSES LIKE 'MESH_WH'")) else None
    rows = examined(mesh, FAILED)
    checks.equal(rows["warehouse"]["fix"], "ALTER WAREHOUSE MESH_WH SET AUTO_RESUME = TRUE", "a warehouse that stays suspended")
    mesh.sql("ALTER WAREHOUSE MESH_WH SET AUTO_RESUME = TRUE")

    mesh.sql("UPDATE MESH.CONTROL.LEASES SET HOLDER = 'x'")
    checks.equal(not_well(examined(mesh, DONE)), {"lease": "warning"}, "a lease that is held")
    mesh.sql("DELETE FROM MESH.CONTROL.LEASES")
    checks.equal(not_well(examined(mesh, FAILED)), {"lease": "failed"}, "a domain without a lease")
    mesh.run("bootstrap", "--yes")

    mesh.sql("ALTER USER MESH SET DEFAULT_SECONDARY_ROLES = ('ALL')")
    rows = examined(mesh, DONE)
    checks.equal(not_well(rows), {"secondary roles": "warning"}, "active secondary roles")
    checks.contains(rows["secondary roles"]["fix"], "SET DEFAULT_SECONDARY_ROLES = ()", "their way out")
    mesh.sql("ALTER USER MESH SET DEFAULT_SECONDARY_ROLES = ()")
    mesh.sql("ALTER USER MESH SET QUOTED_IDENTIFIERS_IGNORE_CASE = TRUE")
    checks.equal(not_well(examined(mesh, DONE)).get("quoted names"), "warning", "quoted names that do not mean what they say")


def another_account(checks, binary, folder):
    mesh = Mesh(binary, folder, folder + "/account.db")
    mesh.write("mesh.yaml", MESH_FILE)
    mesh.run("doctor", expect=FAILED)  # makes the account SANDBOX
    mesh.write("mesh.yaml", {**MESH_FILE, "environments": {"dev": {"connection": "test", "account": "OTHER"}}})
    run = mesh.run("doctor", expect=None)
    # The sandbox bears the environment's name in a fresh file only.
    checks.that(run.code in (REFUSED, FAILED), "another account is no well account", run)
    checks.contains(run.out + run.err, "OTHER", "and it is named")


def the_wrong_account(checks, binary, folder):
    with Served(binary, f"{folder}/account.db", f"{folder}/home") as served:
        mesh = Mesh(binary, f"{folder}/mesh", "")
        mesh.write("mesh.yaml", {**MESH_FILE, "environments": {"dev": {"connection": "sandbox", "account": "ACME-PROD"}}})
        answer = Client(binary, mesh.folder, served.home).run("doctor", "--format", "json", expect=REFUSED)
        rows = {row["check"]: row for row in answer.json()}
        checks.equal(rows["account"]["status"], "failed", "an account that the environment is not meant for")
        checks.contains(rows["account"]["detail"], "ACME-PROD", "both are named")


def features_of_the_account(checks, binary, folder):
    mesh = Mesh(binary, folder, folder + "/account.db")
    expected = {"inherited grants": "disabled", "bundle 2026_06": "enabled"}
    for feature, other, statement in (("inherited grants", "enabled", "ALTER ACCOUNT SET FEATURE_RBAC_INHERITED_GRANTS = 'ENABLED'"),
                                      ("bundle 2026_06", "disabled", "SELECT SYSTEM$DISABLE_BEHAVIOR_CHANGE_BUNDLE('2026_06')")):
        for detail, then in ((expected[feature], statement), (other, "")):
            checks.equal(examined(mesh, DONE)[feature]["detail"], detail, f"the account's {feature}")
            mesh.sql(then) if then else None


def another_clock(checks, binary, folder):
    """Against a server whose clock is ahead: a JWT is good within a minute of its time (page key-pair-auth-troubleshooting)."""
    for ahead, status in ((0, "ok"), (100, "warning"), (-100, "warning"), (1000, "failed")):
        columns = ("ROLE_NAME", "USER_NAME", "SECONDARY_ROLES", "SERVER_TIME")
        row = ["R", "U", '{"roles":"","value":""}', str(int((time.time() + ahead) * 1000))]
        answer = {"resultSetMetaData": {"numRows": 1, "format": "jsonv2", "partitionInfo": [{"rowCount": 1}],
                                        "rowType": [{"name": name, "type": "text", "nullable": True} for name in columns]},
                  "data": [row], "code": "090001", "sqlState": "00000", "statementHandle": "01aa-1", "message": "Statement executed successfully."}
        with Server(lambda _, answer=answer: (200, answer)) as server:
            home = connection(f"{folder}/{ahead}", server.port, authenticator="OAUTH", token="t")
            rows = {r["check"]: r for r in run(binary, home, "doctor", "--format", "json", expect=None).json()}
        checks.equal(rows["clock"]["status"], status, f"a server {ahead} s ahead")
        if status != "ok":
            checks.contains(rows["clock"]["detail"], "behind" if ahead > 0 else "ahead", "which way is told")
            checks.contains(rows["clock"]["fix"], "set the clock", "and the way out")


def main():
    binary = binary_of_command_line()
    checks = Checks()
    for scenario in (without_a_mesh, with_a_mesh, another_account, the_wrong_account, features_of_the_account, another_clock):
        with temporary() as folder:
            checks.scenario(scenario.__name__, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
