#!/usr/bin/env python3
"""Rows of SHOW GRANTS that are not what they seem (grants.md 0 and 2.1): what everybody has, what nobody made, what the
account does not tell, and what Snowflake gave. None of them is an endless change.
"""

import sys

from mesh_runner import DONE, ONE_DOMAIN, VIOLATED, Checks, binary_of_command_line, domain, failures, one_domain, statements, temporary

SHARE = "share T_SHARE"


def settled(checks, mesh, what):
    checks.equal(mesh.plan()["changes"], [], f"{what}: the plan is empty")


def applied(checks, mesh, content, expected, what):
    """Writes the manifest, holds the plan's statements against what is expected, and applies."""
    domain(mesh, content)
    checks.equal([s for s in statements(mesh.plan()) if "GRANT" in s or "REVOKE" in s], expected, f"{what}: statements")
    run = mesh.apply("--allow-destroy", "all", expect=None)
    checks.that(run.code == DONE, f"{what}: applied", failures(run))
    settled(checks, mesh, what)


def two_databases(other, share=None):
    """A secure view of one database that reads another, in a share."""
    view = {"secure": True, "query": "SELECT ID AS ID FROM T_OTHER.S.T", "grants": {SHARE: ["SELECT"]} if share is not None else {}}
    used = {SHARE: ["USAGE"]} if share is not None else {}
    return {"shares": {} if share is None else {"T_SHARE": share},
            "databases": {"T_MAIN": {"grants": used, "schemas": {"S": {"grants": used, "views": {"V": view}}}},
                          "T_OTHER": {"grants": {SHARE: other} if other else {}, "schemas": {"S": {"tables": {"T": {"columns": {"ID": "NUMBER"}}}}}}}}


GIVEN = 'GRANT REFERENCE_USAGE ON DATABASE "T_OTHER" TO SHARE "T_SHARE"'
TAKEN = 'REVOKE REFERENCE_USAGE ON DATABASE "T_OTHER" FROM SHARE "T_SHARE"'


def untold(checks, binary, folder):
    """REFERENCE_USAGE to a share stands in no answer: the ledger remembers it."""
    mesh = one_domain(binary, folder)
    # Behind the database that the share is tied to, and before what reads the other (grants.md 1.4).
    first = ['GRANT USAGE ON DATABASE "T_MAIN" TO SHARE "T_SHARE"', GIVEN, 'GRANT USAGE ON SCHEMA "T_MAIN"."S" TO SHARE "T_SHARE"',
             'GRANT SELECT ON VIEW "T_MAIN"."S"."V" TO SHARE "T_SHARE"']
    applied(checks, mesh, two_databases(["REFERENCE_USAGE"], {}), first, "given")
    told = [(g["privilege"], g["name"]) for g in mesh.sql("SHOW GRANTS TO SHARE T_SHARE")]
    checks.that(("REFERENCE_USAGE", "T_OTHER") not in told and ("USAGE", "T_MAIN") in told, "the account does not tell", told)
    checks.contains(str(mesh.sql("DESCRIBE SHARE T_SHARE")), "T_OTHER", "but has it")
    drift = mesh.run("drift", "--format", "json").json()
    checks.equal(drift["changes"], [], "nor does drift take it for lost")
    applied(checks, mesh, two_databases([], {}), [TAKEN], "its line is gone")
    checks.that("T_OTHER" not in str(mesh.sql("DESCRIBE SHARE T_SHARE")), "and so is the privilege")
    applied(checks, mesh, two_databases(["REFERENCE_USAGE"], {}), [GIVEN], "given again")
    content = two_databases([], None)
    content["removed"] = [{"object": SHARE, "action": "drop"}]
    applied(checks, mesh, content, [], "with its share it goes")
    applied(checks, mesh, two_databases(["REFERENCE_USAGE"], {}), first, "and a new share of the name has nothing yet")
    for grantee in ("T_R", "database role T_OTHER.D"):
        domain(mesh, {"roles": {"T_R": {}}, "databases": {"T_OTHER": {"database_roles": {"D": {}}, "grants": {grantee: ["REFERENCE_USAGE"]}}}})
        checks.contains(mesh.run("validate", expect=VIOLATED).out, "cannot hold REFERENCE_USAGE", grantee)
    domain(mesh, {"roles": {"T_R": {}}, "databases": {"T_OTHER": {"grants": {"T_R": ["ALL"]}}}})
    plan = mesh.run("plan", "--format", "json", expect=None).out
    checks.that("REFERENCE_USAGE" not in plan and "CREATE SCHEMA" in plan, "ALL is what a role can have", plan[-500:])


def phantom(checks, binary, folder):
    """Search optimization keeps a view that nobody made: a row for the table's owner."""
    mesh = one_domain(binary, folder)
    table = {"columns": {"ID": "NUMBER"}, "search_optimization": True, "owner": "T_OWNER"}
    content = {"roles": {"T_OWNER": {"granted_to": ["ACCOUNTADMIN"]}},
               "databases": {"T_DB": {"grants": {"T_OWNER": ["USAGE"]}, "schemas": {"S": {"grants": {"T_OWNER": ["USAGE", "ADD SEARCH OPTIMIZATION"]},
                                                                                        "tables": {"T": table}}}}}}
    domain(mesh, content)
    mesh.apply()
    checks.contains(str(mesh.sql("SHOW GRANTS TO ROLE T_OWNER")), "IDX_MV_", "the account shows it")
    settled(checks, mesh, "with a hidden view")
    for command in (("drift", "--format", "json"), ("drift",), ("plan",), ("access", "what-can", "role T_OWNER")):
        checks.that("IDX_MV_" not in mesh.run(*command).out, f"{' '.join(command)} does not speak of it")


def everybody(checks, binary, folder):
    """PUBLIC is nobody's to manage: what manifests give it is given, what they do not is left alone and told."""
    mesh = one_domain(binary, folder)
    content = {"warehouses": {"T_WH": {"grants": {"PUBLIC": ["USAGE"]}}}}
    applied(checks, mesh, content, ['GRANT USAGE ON WAREHOUSE "T_WH" TO ROLE "PUBLIC"'], "given to everybody")
    applied(checks, mesh, {"warehouses": {"T_WH": {}}}, [], "its line is gone")
    checks.contains(mesh.run("drift").out, "PUBLIC", "drift tells that everybody has it still")


def managed_everybody(checks, binary, folder):
    """A mesh that owns PUBLIC and declares it holds it to what it says."""
    file = {**ONE_DOMAIN, "domains": {"test": {**ONE_DOMAIN["domains"]["test"], "owns": ["T_*", "PUBLIC"]}}}
    mesh = one_domain(binary, folder, file)
    public = {"roles": {"PUBLIC": {"ignore_changes": ["comment"]}}}
    applied(checks, mesh, {**public, "warehouses": {"T_WH": {"grants": {"PUBLIC": ["USAGE"]}}}},
            ['GRANT USAGE ON WAREHOUSE "T_WH" TO ROLE "PUBLIC"'], "declared, and given")
    applied(checks, mesh, {**public, "warehouses": {"T_WH": {}}}, ['REVOKE USAGE ON WAREHOUSE "T_WH" FROM ROLE "PUBLIC"'],
            "declared, and its line is gone")


def given_for_good(checks, binary, folder):
    """What Snowflake gave nobody takes back: the memberships of its own roles, and PUBLIC, which all have already."""
    file = {**ONE_DOMAIN, "domains": {"test": {**ONE_DOMAIN["domains"]["test"], "owns": ["T_*", "PUBLIC", "USERADMIN"]}}}
    mesh = one_domain(binary, folder, file)
    system = {"roles": {"USERADMIN": {"ignore_changes": ["comment"], "granted_to": ["T_R"]}, "T_R": {}}}
    applied(checks, mesh, system, ['GRANT ROLE "USERADMIN" TO ROLE "T_R"'], "a role of Snowflake's is given on")
    told = [(f["rule"], f["address"], f["level"]) for f in mesh.plan()["findings"]]
    checks.equal(told, [("MESH2021", "grant role USERADMIN to role SECURITYADMIN", "warning")], "what stays is told")
    del system["roles"]["USERADMIN"]["granted_to"]
    applied(checks, mesh, system, ['REVOKE ROLE "USERADMIN" FROM ROLE "T_R"'], "and taken back")
    roles = {row["grantee_name"] for row in mesh.sql("SHOW GRANTS OF ROLE USERADMIN")}
    checks.that("SECURITYADMIN" in roles, "SECURITYADMIN has it still", roles)
    domain(mesh, {"roles": {"PUBLIC": {"ignore_changes": ["comment"], "granted_to": ["T_R"]}, "T_R": {}}})
    run = mesh.run("validate", expect=VIOLATED)
    checks.contains(run.out + run.err, "role PUBLIC is everybody's already", "PUBLIC is granted to nobody")
    # A role of a database may be everybody's.
    mesh = one_domain(binary, f"{folder}/another")
    applied(checks, mesh, {"roles": {"T_R": {}}, "databases": {"T_DB": {"database_roles": {"D": {"granted_to": ["PUBLIC"]}}}}},
            ['GRANT DATABASE ROLE "T_DB"."D" TO ROLE "PUBLIC"'], "a database role for everybody")


def main():
    checks = Checks()
    for scenario in (untold, phantom, everybody, managed_everybody, given_for_good):
        with temporary() as folder:
            checks.scenario(scenario.__name__, scenario, checks, binary_of_command_line(), folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
