#!/usr/bin/env python3
"""mesh bootstrap sets up roles and users with what the manifests need: who has just that plans and applies its domain."""

import copy
import sys

from logins import Logins
from mesh_runner import CHANGES, DONE, FAILED, REFUSED, VIOLATED, Checks, Mesh, binary_of_command_line, failures, temporary

MESH_FILE = {
    "mesh": "test",
    "api": "mesh/v1",
    "control": {"database": "MESH", "schema": "CONTROL", "warehouse": "MESH_WH"},
    "environments": {"dev": {"connection": "sandbox", "plan_role": "PLANS", "plan_user": "PLANNER"}},
    "default_environment": "dev",
    "domains": {
        "base": {"path": "base", "owns": ["BASE", "BASE_*"], "deploy_role": "DEPLOY_BASE", "deploy_user": "BASE_BOT"},
        # Here another role creates and hands over.
        "sales": {"path": "sales", "deploy_role": "DEPLOY_SALES", "creator_role": "CREATES",
                  "deploy_user": {"name": "SALES_BOT", "subject": "repo:acme/mesh:environment:sales-${environment}"}},
        "finance": {"path": "finance", "deploy_role": "DEPLOY_FINANCE", "deploy_user": "FINANCE_BOT"},
    },
}
DOMAINS = ("base", "sales", "finance")  # in the order they need each other


def team(domain, content):
    return {"domain": domain, "team": {"name": domain, "email": f"{domain}@example.com"}, **content}


def columns(**types):
    return {"columns": types}


MANIFESTS = {
    "base": {"roles": {"BASE_ENGINEER": {"granted_to": ["SYSADMIN"]}},
             "databases": {"BASE": {"schemas": {"S": {"tables": {"T": columns(A="NUMBER")}}}}}},
    "sales": {
        "warehouses": {"SALES_WH": {"grants": {"SALES_ENGINEER": ["USAGE"]}}},
        "roles": {"SALES_ENGINEER": {"granted_to": ["SYSADMIN"]}},
        "databases": {"SALES": {
            "grants": {"SALES_ENGINEER": ["USAGE"]},
            "database_roles": {"READER": {"granted_to": ["SALES_ENGINEER", "DEPLOY_FINANCE"]}},
            "schemas": {"ORDERS": {
                "grants": {"SALES_ENGINEER": ["USAGE"], "database role SALES.READER": ["USAGE"]},
                "tables": {"ORDERS": {**columns(ID="NUMBER", AMOUNT="NUMBER(12,2)"), "grants": {"database role SALES.READER": ["SELECT"]}},
                           "LINES": columns(ID="NUMBER")},
                "views": {"TOTAL": {"query": "SELECT SUM(AMOUNT) AS TOTAL FROM SALES.ORDERS.ORDERS", "secure": True}}}}}},
        "grants": [{"to": "role SALES_ENGINEER", "privileges": ["SELECT"], "on": "tables in schema SALES.ORDERS"}],
    },
    "finance": {"databases": {"FINANCE": {"schemas": {"S": {"views": {"ORDERED": {"query": "SELECT ID FROM SALES.ORDERS.ORDERS"}}}}}}},
}


def written(folder, mesh_file=None, manifests=None):
    """A folder with that mesh."""
    mesh = Mesh(None, folder, "")
    mesh.write("mesh.yaml", mesh_file or MESH_FILE)
    for domain, content in (manifests or MANIFESTS).items():
        mesh.write(f"{domain}/domain.yaml", team(domain, content))
    return mesh


class Bootstrapped:
    """That mesh in a fresh sandbox after one bootstrap, and a connection for each user that bootstrap made: `bots` by
    domain, and `planner`."""

    def __init__(self, binary, folder, mesh_file=None, manifests=None):
        self.mesh = written(f"{folder}/mesh", mesh_file, manifests)
        self.logins = Logins(binary, folder, self.mesh.folder)
        self.admin = self.logins.admin
        self.first = self.admin.run("bootstrap", "--yes")
        self.bots = {domain: self.logins.user(f"{domain.upper()}_BOT") for domain in DOMAINS}
        self.planner = self.logins.user("PLANNER")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.logins.close()


def held_by(admin, grantee):
    """What somebody was granted, without what it owns."""
    rows = admin.sql(f"SHOW GRANTS TO {grantee}")
    return sorted(f"{r['privilege']} {r['granted_on']} {r['name']}".replace("SANDBOX", "") for r in rows if r["privilege"] != "OWNERSHIP")


def control(*privileges):
    return [f"{p.split()[0]} {p.split()[1]} {'MESH.CONTROL.' if p.split()[1] in ('TABLE', 'VIEW') else ''}{p.split()[2]}" for p in privileges]


READS = control("USAGE DATABASE MESH", "USAGE WAREHOUSE MESH_WH", "USAGE SCHEMA MESH.CONTROL", "SELECT VIEW LEDGER", "SELECT TABLE RUNS",
                "SELECT TABLE STATEMENTS", "SELECT TABLE APPLIED", "SELECT TABLE LEASES")
WRITES = control("INSERT TABLE RUNS", "INSERT TABLE STATEMENTS", "INSERT TABLE APPLIED", "UPDATE TABLE LEASES")


def on_account(*privileges):
    return [f"{p} ACCOUNT " for p in privileges]


def no_more_than_needed(checks, binary, folder):
    with Bootstrapped(binary, folder) as setup:
        admin = setup.admin
        checks.equal(held_by(admin, "ROLE PLANS"), sorted(READS + on_account("RESOLVE ALL")), "plan role")
        expected = {
            "base": on_account("CREATE DATABASE", "CREATE ROLE"),
            "sales": [],  # its creator role creates for it
            "finance": on_account("CREATE DATABASE"),
        }
        for domain, own in expected.items():
            ledger = control(f"INSERT TABLE LEDGER_{domain.upper()}")
            checks.equal(held_by(admin, f"ROLE DEPLOY_{domain.upper()}"), sorted(READS + WRITES + ledger + own), f"deploy role of {domain}")
        checks.equal(held_by(admin, "ROLE CREATES"), sorted(on_account("CREATE DATABASE", "CREATE ROLE", "CREATE WAREHOUSE") + ["USAGE ROLE DEPLOY_SALES"]),
                     "creator role")
        roles = {user: sorted(r["role"] for r in admin.sql(f"SHOW GRANTS TO USER {user}")) for user in ("PLANNER", "BASE_BOT", "SALES_BOT")}
        checks.equal(roles, {"PLANNER": ["PLANS"], "BASE_BOT": ["DEPLOY_BASE", "PLANS"], "SALES_BOT": ["CREATES", "DEPLOY_SALES", "PLANS"]}, "users")
        users = {r["name"]: r for r in admin.sql("SHOW USERS")}
        checks.equal([users["SALES_BOT"][c] for c in ("type", "default_role", "default_warehouse", "default_secondary_roles", "has_workload_identity")],
                     ["SERVICE", "DEPLOY_SALES", "MESH_WH", "[]", "true"], "a user that logs in with OIDC")
        checks.equal(users["BASE_BOT"]["has_workload_identity"], "false", "a user that logs in with a key")
        checks.contains(setup.first.out, "SUBJECT = 'repo:acme/mesh:environment:sales-dev'", "whose token it is")
        checks.contains(setup.first.out, 'ALTER USER "BASE_BOT" SET RSA_PUBLIC_KEY', "the key's statement is proposed")
        owners = {r["name"]: r["owner"] for r in admin.sql("SHOW ROLES") + admin.sql("SHOW DATABASES") + admin.sql("SHOW WAREHOUSES")}
        checks.equal([owners[name] for name in ("PLANS", "DEPLOY_SALES", "CREATES", "MESH", "MESH_WH")],
                     ["USERADMIN", "USERADMIN", "USERADMIN", "SYSADMIN", "SYSADMIN"], "each is made by the least role that may")


def enough_to_apply(checks, binary, folder):
    with Bootstrapped(binary, folder) as setup:
        for domain in DOMAINS:
            bot = setup.bots[domain]
            seen, own = setup.planner.plan("-d", domain), bot.plan("-d", domain)
            checks.that(own["changes"], f"{domain}: there is something to do")
            checks.equal((seen["changes"], seen["fingerprint"]), (own["changes"], own["fingerprint"]), f"{domain}: the planner sees what the deployer sees")
            applied = bot.apply("-d", domain, expect=None)
            checks.that(applied.code == DONE, f"{domain}: apply", failures(applied))
            checks.equal(bot.run("plan", "--detailed-exitcode", "-d", domain, expect=None).code, DONE, f"{domain}: nothing is left")
            checks.equal(bot.run("doctor", "-d", domain, expect=None).code, DONE, f"{domain}: doctor finds all well")
        whole = setup.planner.run("plan", "--detailed-exitcode", expect=None)
        checks.that(whole.code == DONE and whole.out.startswith("No changes."), "nor for the planner, of all domains", whole)
        owners = {r["name"]: r["owner"] for r in setup.admin.sql("SHOW DATABASES") + setup.admin.sql("SHOW WAREHOUSES") + setup.admin.sql("SHOW ROLES")}
        checks.equal([owners[name] for name in ("SALES", "SALES_WH", "SALES_ENGINEER", "BASE")], ["DEPLOY_SALES"] * 3 + ["DEPLOY_BASE"],
                     "what was created was handed over")
        again = setup.admin.run("bootstrap", "--yes")
        checks.that(again.out == "" and "Nothing to do" in again.err, "a second bootstrap has nothing to do", again)
        for statement in ("SELECT * FROM SALES.ORDERS.ORDERS", "CREATE DATABASE X", "GRANT ROLE DEPLOY_SALES TO USER PLANNER"):
            checks.equal(setup.planner.run("sql", statement, expect=None).code, FAILED, f"the planner may not: {statement}")

        # A table that comes later is seen by the planner too, although its schema has future grants of its own.
        manifest = copy.deepcopy(MANIFESTS["sales"])
        manifest["databases"]["SALES"]["schemas"]["ORDERS"]["tables"]["RETURNS"] = columns(ID="NUMBER")
        setup.mesh.write("sales/domain.yaml", team("sales", manifest))
        checks.equal(setup.planner.run("plan", "--detailed-exitcode", expect=None).code, CHANGES, "a new table")
        setup.bots["sales"].apply("-d", "sales")
        checks.equal(setup.planner.run("plan", "--detailed-exitcode", expect=None).code, DONE, "and it is seen")


def without_the_roles_for_it(checks, binary, folder):
    with Bootstrapped(binary, folder) as setup:
        for statement in ("REVOKE INSERT ON TABLE MESH.CONTROL.LEDGER_BASE FROM ROLE DEPLOY_BASE", "REVOKE CREATE ROLE ON ACCOUNT FROM ROLE DEPLOY_BASE",
                          "REVOKE ROLE PLANS FROM USER PLANNER"):
            setup.admin.sql(statement)
        missing = ('GRANT INSERT ON TABLE "MESH"."CONTROL"."LEDGER_BASE" TO ROLE "DEPLOY_BASE";', 'GRANT CREATE ROLE ON ACCOUNT TO ROLE "DEPLOY_BASE";',
                   'GRANT ROLE "PLANS" TO USER "PLANNER";')
        shown = setup.admin.run("bootstrap", expect=None)
        statements = [line for line in shown.out.splitlines() if line and not line.startswith(("USE ROLE", "--"))]
        checks.equal(sorted(statements), sorted(missing), "just what is missing")
        doctor = {r["check"]: r for r in setup.bots["base"].run("doctor", "-d", "base", "--format", "json", expect=FAILED).json()}
        checks.contains(doctor["role DEPLOY_BASE"]["fix"], missing[0].rstrip(";"), "doctor names the grant")
        bot = setup.bots["base"].run("bootstrap", "--yes", expect=None)
        checks.equal(bot.code, FAILED, "somebody who may not do it")
        for words in ("cannot take role SYSADMIN", "cannot take role USERADMIN", "were not run"):
            checks.contains(bot.err, words, "somebody who may not do it")
        checks.contains(bot.out, missing[1], "and has it printed")
        again = setup.admin.run("bootstrap", "--yes")
        checks.that("Nothing to do" in setup.admin.run("bootstrap", "--yes").err, "an administrator mends it", again)


def declared_roles(checks, binary, folder):
    """Roles of mesh.yaml may be declared as well: then they belong to who declares them, who says who has them."""
    domains = {**MESH_FILE["domains"], "base": {**MESH_FILE["domains"]["base"], "owns": ["BASE", "BASE_*", "DEPLOY_*"]}}
    roles = {"BASE_ENGINEER": {}, "DEPLOY_FINANCE": {"comment": "Applies finance", "granted_to": ["SYSADMIN"]},
             "DEPLOY_SALES": {"comment": "Applies sales", "granted_to": ["SYSADMIN"]}}
    manifests = {**MANIFESTS, "base": {**MANIFESTS["base"], "roles": roles}}
    with Bootstrapped(binary, folder, {**MESH_FILE, "domains": domains}, manifests) as setup:
        checks.contains(setup.first.out, 'GRANT OWNERSHIP ON ROLE "DEPLOY_SALES" TO ROLE "DEPLOY_BASE" COPY CURRENT GRANTS', "the role is handed over")
        checks.contains(setup.first.out, "role DEPLOY_SALES is declared by domain base, which says who has it: write role CREATES under its granted_to",
                        "what the manifest must say")
        roles["DEPLOY_SALES"]["granted_to"].append("CREATES")
        setup.mesh.write("base/domain.yaml", team("base", manifests["base"]))
        for domain in DOMAINS:
            applied = setup.bots[domain].apply("-d", domain, expect=None)
            checks.that(applied.code == DONE, f"{domain}: apply", failures(applied))
        whole = setup.planner.run("plan", "--detailed-exitcode", expect=None)
        checks.that(whole.code == DONE, "and then nothing is left", whole)
        again = setup.admin.run("bootstrap", "--yes")
        checks.that("Nothing to do" in again.err, "nor for bootstrap", again)


def a_creator_that_is_declared(checks, binary, folder):
    """Who applies can take the creator role only by what the manifests grant: that comes first, and where they grant
    nothing, it is said before anything runs."""
    domains = {"base": {"path": "base", "owns": ["BASE", "BASE_*"], "account": True},
               "sales": {"path": "sales", "owns": ["SALES", "SALES_*"], "creator_role": "BASE_CREATES"}}
    mesh_file = {**MESH_FILE, "environments": {"dev": {"connection": "sandbox", "suffix": "_DEV"}}, "domains": domains}
    for granted_to in (["SYSADMIN"], []):
        manifests = {"base": {"roles": {"BASE_CREATES": {"granted_to": granted_to}}},
                     "sales": {"databases": {"SALES": {}}, "roles": {"SALES_R": {"granted_to": ["SYSADMIN"]}}}}
        mesh = written(f"{folder}/{len(granted_to)}", mesh_file, manifests)
        mesh.binary, mesh.account = binary, f"{folder}/{len(granted_to)}.db"
        mesh.run("bootstrap", "--yes")
        what = f"granted to {granted_to or 'nobody'}"
        checks.contains(mesh.run("doctor", expect=FAILED).out, "role BASE_CREATES_DEV", f"{what}: doctor looks for the name with its suffix")
        applied = mesh.run("apply", "--yes", expect=None)
        if granted_to:
            checks.that(applied.code == DONE, f"{what}: apply", applied)
            checks.equal(mesh.run("plan", "--detailed-exitcode", expect=None).code, DONE, f"{what}: nothing is left")
            checks.equal(mesh.run("doctor", expect=None).code, DONE, f"{what}: nor for doctor")
        else:
            checks.equal(applied.code, REFUSED, f"{what}: apply")
            checks.contains(applied.out + applied.err, "GRANT ROLE BASE_CREATES_DEV TO USER MESH", f"{what}: the way out")
            checks.equal(mesh.sql("SHOW DATABASES LIKE 'SALES%'"), [], f"{what}: nothing was run")


def what_belongs_to_others(checks, binary, folder):
    mesh = written(f"{folder}/mesh")
    with Logins(binary, folder, mesh.folder) as logins:
        logins.admin.sql("CREATE DATABASE FINANCE")
        shown = logins.admin.run("bootstrap", "--yes")
        checks.contains(shown.out, "-- Not run: database FINANCE exists and belongs to ACCOUNTADMIN, but domain finance is applied by DEPLOY_FINANCE",
                        "a database of another role is named")
        checks.contains(shown.out, '--   as SECURITYADMIN: GRANT OWNERSHIP ON DATABASE "FINANCE" TO ROLE "DEPLOY_FINANCE" COPY CURRENT GRANTS;',
                        "with the statement that hands it over")
        checks.equal({r["name"]: r["owner"] for r in logins.admin.sql("SHOW DATABASES")}["FINANCE"], "ACCOUNTADMIN", "which is not run")


def mighty_privileges(checks, binary, folder):
    """What cannot be done with less is given with the reason; what the manifests grant on is held WITH GRANT OPTION."""
    domains = {"base": {**MESH_FILE["domains"]["base"], "account": True}}
    manifests = {"base": {
        "roles": {"BASE_ENGINEER": {}},
        "databases": {"BASE": {"grants": {"BASE_ENGINEER": ["USAGE"]}, "schemas": {
            "PUBLIC": {"managed_access": True},
            "OPEN": {"managed_access": False, "grants": {"BASE_ENGINEER": ["USAGE"]}}}}},
        "grants": [{"to": "role BASE_ENGINEER", "privileges": ["SELECT"], "on": "future tables in schema BASE.OPEN"},
                   {"to": "role BASE_ENGINEER", "privileges": ["CREATE DATABASE", "MONITOR USER"], "on": "account"}]}}
    mesh = written(f"{folder}/mesh", {**MESH_FILE, "domains": domains}, manifests)
    with Logins(binary, folder, mesh.folder) as logins:
        first = logins.admin.run("bootstrap", "--yes")
        checks.contains(first.out, "MANAGE GRANTS, which is mighty, because", "its reason")
        rows = {r["privilege"]: r["grant_option"] for r in logins.admin.sql("SHOW GRANTS TO ROLE DEPLOY_BASE") if r["granted_on"] == "ACCOUNT"}
        checks.equal(rows, {"CREATE DATABASE": "true", "CREATE ROLE": "false", "MANAGE GRANTS": "false", "MONITOR USER": "true"}, "on the account")
        applied = logins.user("BASE_BOT").apply("-d", "base", expect=None)
        checks.that(applied.code == DONE, "apply", failures(applied))
        checks.that("Nothing to do" in logins.admin.run("bootstrap", "--yes").err, "nothing to do")


def mistakes(checks, binary, folder):
    for key, value, words in (("deploy_user", {"subject": "x"}, "deploy_user does not say the user's name"),
                              ("deploy_user", {"name": "A", "issuer": "https://x"}, "has an issuer and no subject"),
                              ("deploy_user", {"name": "A", "password": "x"}, "unknown property 'password'"),
                              ("plan_user", "1A", "1A")):
        domains = {"base": {**MESH_FILE["domains"]["base"], key: value}}
        mesh = written(f"{folder}/mesh", {**MESH_FILE, "domains": domains}, {"base": {}})
        mesh.binary, mesh.account = binary, f"{folder}/account.db"
        run = mesh.run("validate", expect=None)
        checks.equal(run.code, VIOLATED, f"{key}: {value}")
        checks.contains(run.out + run.err, words, f"{key}: {value}")


SCENARIOS = (no_more_than_needed, enough_to_apply, without_the_roles_for_it, declared_roles, a_creator_that_is_declared,
             what_belongs_to_others, mighty_privileges, mistakes)


def main():
    checks = Checks()
    binary = binary_of_command_line()
    for scenario in SCENARIOS:
        with temporary() as folder:
            checks.scenario(scenario.__name__, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
