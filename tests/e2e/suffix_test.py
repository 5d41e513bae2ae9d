#!/usr/bin/env python3
"""An environment's suffix reaches every reference to what the mesh declares, and nothing else: what is applied is there under
its long names, and the next plan is empty."""

import sys

from mesh_runner import DONE, ONE_DOMAIN, Checks, binary_of_command_line, domain, failures, one_domain, statements, temporary

DEV = {**ONE_DOMAIN, "environments": {"dev": {"connection": "test", "suffix": "_DEV"}}}


def converge(mesh, checks, what):
    applied = mesh.apply(expect=None)
    checks.that(applied.code == DONE, f"{what}: apply", failures(applied))
    checks.equal(mesh.plan()["changes"], [], f"{what}: the next plan is empty")


def notified_users(checks, binary, folder):
    mesh = one_domain(binary, folder, DEV)
    mesh.sql("CREATE USER T_ELSE")
    # T_A comes before T_A1 without the suffix, and behind it with one.
    domain(mesh, {"users": {"T_A": {"type": "SERVICE"}, "T_A1": {"type": "SERVICE"}},
                  "resource_monitors": {"T_M": {"credit_quota": 10, "notify_users": ["T_A", "T_A1", "MESH"]}}})
    made = statements(mesh.plan())
    monitor = 'CREATE RESOURCE MONITOR "T_M_DEV" CREDIT_QUOTA = 10 NOTIFY_USERS = ("MESH", "T_A1_DEV", "T_A_DEV")'
    checks.that(monitor in made and made.index(monitor) == len(made) - 1, "made after its users, under their names here", made)
    converge(mesh, checks, "a monitor")
    checks.equal([r["notify_users"] for r in mesh.sql("SHOW RESOURCE MONITORS LIKE 'T_M_DEV'")], ["MESH,T_A1_DEV,T_A_DEV"], "who is told")


BODY = """BEGIN
  USE WAREHOUSE T_WH;
  GRANT SELECT ON TABLE T_DB.O.T TO ROLE T_R;
  EXECUTE IMMEDIATE 'DROP SCHEMA T_DB.OLD';
  EXECUTE IMMEDIATE 'DROP SCHEMA T_DB.' || NAME;
  RETURN GET_DDL('SCHEMA', 'T_DB.O');
END"""
HERE = """BEGIN
  USE WAREHOUSE T_WH_DEV;
  GRANT SELECT ON TABLE T_DB_DEV.O.T TO ROLE T_R_DEV;
  EXECUTE IMMEDIATE 'DROP SCHEMA T_DB_DEV.OLD';
  EXECUTE IMMEDIATE 'DROP SCHEMA T_DB.' || NAME;
  RETURN GET_DDL('SCHEMA', 'T_DB_DEV.O');
END"""


def bodies(checks, binary, folder):
    mesh = one_domain(binary, folder, DEV)
    domain(mesh, {"warehouses": {"T_WH": {}}, "roles": {"T_R": {"granted_to": ["SYSADMIN"]}}, "databases": {"T_DB": {"schemas": {"O": {
        "tables": {"T": {"columns": {"A": "NUMBER"}}},
        "procedures": {"P(NAME VARCHAR)": {"returns": "VARCHAR", "language": "SQL", "body": BODY}},
        "tasks": {"K": {"warehouse": "T_WH", "schedule": "60 MINUTE", "sql": "ALTER WAREHOUSE T_WH SUSPEND"}}}}}}})
    made = "\n".join(statements(mesh.plan()))
    checks.contains(made, HERE, "a procedure's body")
    checks.contains(made, "AS\nALTER WAREHOUSE T_WH_DEV SUSPEND", "a task's statement")
    converge(mesh, checks, "bodies")


def main():
    binary = binary_of_command_line()
    checks = Checks()
    for scenario in (notified_users, bodies):
        with temporary() as folder:
            checks.scenario(scenario.__name__, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
