#!/usr/bin/env python3
"""The check before the first statement (promise 9): with exactly these grants a mesh's roles apply their domains, and
with any one of them less the run is refused beforehand, with that grant named.

That each is really needed is Snowflake's word, not the check's: the statements of the full plan are sent one by one to
the account that lacks the grant, and the sandbox must refuse one of them.
"""

import copy
import sys

from mesh_runner import DONE, REFUSED, Checks, Mesh, binary_of_command_line, failures, temporary
from setup_test import DOMAINS, Bootstrapped

CONTROL = {"database": "MESH", "schema": "CONTROL", "warehouse": "MESH_WH"}

MESH_FILE = {
    "mesh": "test",
    "api": "mesh/v1",
    "control": CONTROL,
    "environments": {"dev": {"connection": "test"}},
    "default_environment": "dev",
    "domains": {
        "sales": {"path": "sales", "deploy_role": "SALES_DEPLOY", "creator_role": "CREATES"},
        "finance": {"path": "finance", "deploy_role": "FINANCE_DEPLOY", "creator_role": "CREATES"},
    },
}

SALES = {
    "domain": "sales",
    "team": {"name": "sales", "email": "sales@example.com"},
    "warehouses": {"SALES_WH": {"warehouse_size": "XSMALL"}},
    "roles": {"SALES_READER": {}, "SALES_OWNER": {"granted_to": ["SALES_DEPLOY"]}},
    "databases": {
        "SALES": {
            "comment": "sales",
            "grants": {"FINANCE_DEPLOY": ["USAGE"]},
            "database_roles": {"ORDERS_READER": {"granted_to": ["SALES_READER"]}},
            "schemas": {
                "PUBLIC": {"comment": "nobody's", "managed_access": False},
                "ORDERS": {
                    "managed_access": True,
                    "log_level": "INFO",
                    "grants": {"database role SALES.ORDERS_READER": ["USAGE"], "FINANCE_DEPLOY": ["USAGE"]},
                    "tables": {
                        "ORDERS": {
                            "columns": {"ID": "NUMBER"},
                            "primary_key": ["ID"],
                            "grants": {"FINANCE_DEPLOY": ["SELECT", "REFERENCES"]},
                        },
                    },
                    "views": {"LATEST": {"query": "SELECT ID FROM ORDERS"}},
                },
                "OWNED": {"owner": "SALES_OWNER"},
            },
        },
    },
    "grants": [{"to": "database role SALES.ORDERS_READER", "privileges": ["SELECT"], "on": "future tables in schema SALES.ORDERS"}],
}

FINANCE = {
    "domain": "finance",
    "team": {"name": "finance", "email": "finance@example.com"},
    "databases": {
        "FINANCE": {
            "schemas": {
                "BOOKS": {
                    "managed_access": False,
                    "tables": {
                        "BOOKED": {
                            "columns": {"ORDER_ID": "NUMBER"},
                            "foreign_keys": [{"columns": ["ORDER_ID"], "references": "SALES.ORDERS.ORDERS(ID)"}],
                        },
                    },
                    "views": {"ORDERS": {"query": "SELECT ID FROM SALES.ORDERS.ORDERS"}},
                },
            },
        },
    },
}

ROLES = ["SALES_DEPLOY", "FINANCE_DEPLOY", "CREATES"]
# As the check prints them; what a plan's own grants give stands in the manifests.
GRANTS = [
    'GRANT CREATE DATABASE ON ACCOUNT TO ROLE "CREATES"',
    'GRANT CREATE WAREHOUSE ON ACCOUNT TO ROLE "CREATES"',
    'GRANT CREATE ROLE ON ACCOUNT TO ROLE "CREATES"',
    'GRANT MODIFY LOG LEVEL ON ACCOUNT TO ROLE "SALES_DEPLOY"',
    'GRANT ROLE "SALES_DEPLOY" TO ROLE "CREATES"',
    'GRANT ROLE "FINANCE_DEPLOY" TO ROLE "CREATES"',
]


def account_with(binary, folder, name, without=None):
    """A mesh on an account after bootstrap, but for one of the grants; its admin may take all roles."""
    mesh = Mesh(binary, f"{folder}/mesh", f"{folder}/{name}.db")
    mesh.write("mesh.yaml", MESH_FILE)
    mesh.write("sales/domain.yaml", SALES)
    mesh.write("finance/domain.yaml", FINANCE)
    mesh.bootstrap()
    mesh.sql(";".join(f"GRANT ROLE {role} TO USER MESH" for role in ROLES))
    if without:
        mesh.sql(without.replace("GRANT", "REVOKE", 1).replace(" TO ROLE ", " FROM ROLE "))
    return mesh


def refusals(plan):
    return {(r["code"], r["ways_out"]) for r in plan["refused"]}


def refuses(answer):
    return "nsufficient privileges" in answer or "not authorized" in answer


def sent_one_by_one(mesh, plan):
    """Whether the account refuses one of the plan's statements for want of a privilege."""
    for change in plan["changes"]:
        for statement in change["statements"]:
            run = mesh.run("sql", "--role", statement["role"], statement["sql"], expect=None)
            if run.code != DONE:
                return run.err
    return ""


def without_each(checks, binary, folder):
    full = account_with(binary, folder, "full")
    plan = full.plan()
    checks.equal(refusals(plan), set(), "with all grants nothing is refused")
    checks.equal(sent_one_by_one(account_with(binary, folder, "by_hand"), plan), "", "and the account takes every statement")
    full.apply()
    checks.equal(full.plan()["changes"], [], "nor anything left to do")

    for i, grant in enumerate(GRANTS):
        less = account_with(binary, folder, f"less{i}", grant)
        checks.equal(refusals(less.plan()), {("MESH2032", grant)}, f"without {grant}")
        run = less.apply(expect=REFUSED)
        checks.contains(run.err, grant, "apply says so too")
        checks.that("SALES" not in [r["name"] for r in less.sql("SHOW DATABASES")], f"nothing was run without {grant}")
        answer = sent_one_by_one(less, plan)
        checks.that(refuses(answer), f"the account refuses too without {grant}", answer)


def edited(mesh, domain, edit):
    """The domain's manifest with one edit; None takes it back."""
    content = copy.deepcopy({"sales": SALES, "finance": FINANCE}[domain])
    if edit is not None:
        edit(content)
    mesh.write(f"{domain}/domain.yaml", content)


def schema_of(content, name):
    return next(d["schemas"][name] for d in content["databases"].values() if name in d["schemas"])


def without_a_declared_one(checks, binary, folder):
    """What one domain gives another is checked in the order of the plan, and named where it is missing."""
    for privilege in ("SELECT", "REFERENCES"):
        mesh = account_with(binary, folder, f"declared_{privilege}")
        edited(mesh, "sales", lambda c, p=privilege: schema_of(c, "ORDERS")["tables"]["ORDERS"]["grants"]["FINANCE_DEPLOY"].remove(p))
        plan = mesh.plan()
        wanted = f'GRANT {privilege} ON TABLE "SALES"."ORDERS"."ORDERS" TO ROLE "FINANCE_DEPLOY"'
        checks.equal(refusals(plan), {("MESH2032", wanted)}, f"without {privilege} on the table of another domain")
        answer = sent_one_by_one(mesh, plan)
        checks.that(refuses(answer), f"the account refuses too without {privilege}", answer)
        edited(mesh, "sales", None)


def changes_of_what_exists(checks, binary, folder):
    """Ownership lost by hand, one kind after the other."""
    mesh = account_with(binary, folder, "exists")
    mesh.apply()
    mesh.sql("CREATE ROLE STRANGER")

    def owned_by(role, what, name):
        mesh.sql(f"GRANT OWNERSHIP ON {what} {name} TO ROLE {role} COPY CURRENT GRANTS")

    def lacks(domain, edit, what, quoted, to="GRANT OWNERSHIP ON {} {} TO ROLE \"{}_DEPLOY\" COPY CURRENT GRANTS"):
        """With the edit, the domain's role needs what a stranger has."""
        edited(mesh, domain, edit)
        plan = mesh.plan()
        wanted = to.format(what, quoted, domain.upper())
        # A view that is replaced is given back to its owner, which the role must be above.
        back = {("MESH2032", 'GRANT ROLE "STRANGER" TO ROLE "FINANCE_DEPLOY"')} if what == "VIEW" else set()
        checks.equal(refusals(plan), {("MESH2032", wanted)} | back, f"{what} {quoted}")
        checks.contains(mesh.apply(expect=REFUSED).err, wanted, "apply is refused")
        answer = sent_one_by_one(mesh, plan)
        checks.that(refuses(answer), f"the account refuses too: {what}", answer)
        edited(mesh, domain, None)

    def grow(content):
        content["warehouses"]["SALES_WH"]["warehouse_size"] = "SMALL"

    owned_by("STRANGER", "WAREHOUSE", "SALES_WH")
    lacks("sales", grow, "WAREHOUSE", '"SALES_WH"')
    mesh.sql("GRANT MODIFY ON WAREHOUSE SALES_WH TO ROLE SALES_DEPLOY")
    edited(mesh, "sales", grow)
    checks.equal(mesh.plan()["refused"], [], "MODIFY is enough for a warehouse")
    mesh.apply()
    edited(mesh, "sales", None)
    mesh.apply()
    owned_by("SALES_DEPLOY", "WAREHOUSE", "SALES_WH")

    def readers(content):
        content["databases"]["SALES"]["database_roles"]["ORDERS_READER"]["granted_to"] = ["SALES_READERS"]

    def booked(content):
        return schema_of(content, "BOOKS")["tables"]["BOOKED"]

    owned_by("STRANGER", "TABLE", "FINANCE.BOOKS.BOOKED")
    table = '"FINANCE"."BOOKS"."BOOKED"'
    lacks("finance", lambda c: booked(c)["columns"].update(NAME="VARCHAR"), "TABLE", table)
    lacks("finance", lambda c: booked(c).update(grants={"SALES_DEPLOY": ["SELECT"]}), "TABLE", table)
    lacks("finance", lambda c: (schema_of(c, "BOOKS").pop("tables"), c.update(removed=[{"object": "table FINANCE.BOOKS.BOOKED", "action": "drop"}])), "TABLE", table)
    owned_by("FINANCE_DEPLOY", "TABLE", "FINANCE.BOOKS.BOOKED")

    # Owning a table is not enough to search it faster (page user-guide/search-optimization/enabling).
    owned_by("STRANGER", "SCHEMA", "FINANCE.BOOKS")
    mesh.sql("GRANT USAGE ON SCHEMA FINANCE.BOOKS TO ROLE FINANCE_DEPLOY")
    lacks("finance", lambda c: booked(c).update(search_optimization=True), "", "",
          'GRANT ADD SEARCH OPTIMIZATION ON SCHEMA "FINANCE"."BOOKS" TO ROLE "FINANCE_DEPLOY"')
    owned_by("FINANCE_DEPLOY", "SCHEMA", "FINANCE.BOOKS")

    owned_by("STRANGER", "VIEW", "FINANCE.BOOKS.ORDERS")
    lacks("finance", lambda c: schema_of(c, "BOOKS")["views"]["ORDERS"].update(query="SELECT ID + 1 AS ID FROM SALES.ORDERS.ORDERS"), "VIEW", '"FINANCE"."BOOKS"."ORDERS"')
    owned_by("FINANCE_DEPLOY", "VIEW", "FINANCE.BOOKS.ORDERS")

    owned_by("STRANGER", "SCHEMA", "SALES.ORDERS")
    # In a managed access schema its owner grants, not the table's.
    lacks("sales", lambda c: schema_of(c, "ORDERS")["tables"]["ORDERS"]["grants"]["FINANCE_DEPLOY"].append("INSERT"), "SCHEMA", '"SALES"."ORDERS"')
    owned_by("SALES_DEPLOY", "SCHEMA", "SALES.ORDERS")

    owned_by("STRANGER", "ROLE", "SALES_READER")
    lacks("sales", lambda c: c["roles"]["SALES_READER"].update(granted_to=["SYSADMIN"]), "ROLE", '"SALES_READER"')
    owned_by("SALES_DEPLOY", "ROLE", "SALES_READER")

    lacks("sales", lambda c: c["roles"].update(SALES_READERS={"renamed_from": "SALES_READER", **c["roles"].pop("SALES_READER")}) or readers(c), "", "", 'GRANT CREATE ROLE ON ACCOUNT TO ROLE "SALES_DEPLOY"')
    lacks("sales", lambda c: schema_of(c, "PUBLIC").pop("managed_access"), "", "", 'GRANT MANAGE GRANTS ON ACCOUNT TO ROLE "SALES_DEPLOY"')
    checks.equal((mesh.plan()["changes"], mesh.plan()["refused"]), ([], []), "given back, all is well")


def roles_that_cannot_be_taken(checks, binary, folder):
    mesh = account_with(binary, folder, "taken")
    mesh.sql("REVOKE ROLE CREATES FROM USER MESH; REVOKE ROLE CREATES FROM ROLE SYSADMIN")
    plan = mesh.plan()
    warned = [f for f in plan["findings"] if f["rule"] == "MESH2033"]
    checks.equal((len(warned), plan["refused"]), (1, []), "a plan says that it could not look")
    checks.contains(warned[0]["help"], "GRANT ROLE CREATES TO USER MESH", "and what to do")
    run = mesh.apply(expect=REFUSED)
    checks.contains(run.err, "GRANT ROLE CREATES TO USER MESH", "apply is refused")


def roles_that_own_all(checks, binary, folder):
    """What a role owns asks for no privilege that could be missing, so it is the role itself that is tried."""
    mesh = account_with(binary, folder, "owning")
    mesh.apply()
    changed = copy.deepcopy(SALES)
    changed["databases"]["SALES"]["comment"] = "sold"
    mesh.write("sales/domain.yaml", changed)
    mesh.sql(";".join(f"REVOKE ROLE {role} FROM {whom}" for role in ("CREATES", "SALES_DEPLOY") for whom in ("USER MESH", "ROLE SYSADMIN")))
    plan = mesh.plan()
    checks.equal(([c["address"] for c in plan["changes"]], plan["refused"]), (["database SALES"], []), "a change of what the role owns")
    run = mesh.apply(expect=REFUSED)
    checks.contains(run.err, "GRANT ROLE SALES_DEPLOY TO USER", "apply is refused")


def statements_of(row, role):
    """GRANT and REVOKE of a row of SHOW GRANTS TO ROLE, the GRANT as mesh prints it."""
    name = ".".join(f'"{part}"' for part in row["name"].split("."))
    if row["granted_on"] == "ROLE":
        return f'GRANT ROLE {name} TO ROLE "{role}"', f'REVOKE ROLE {name} FROM ROLE "{role}"'
    on = "ACCOUNT" if row["granted_on"] == "ACCOUNT" else f'{row["granted_on"]} {name}'
    return f'GRANT {row["privilege"]} ON {on} TO ROLE "{role}"', f'REVOKE {row["privilege"]} ON {on} FROM ROLE "{role}"'


def what_bootstrap_gave(checks, binary, folder):
    """With what bootstrap gives, a service user applies its domain; with any one of it less it is refused, the grant named."""
    with Bootstrapped(binary, folder) as setup:
        tried = 0
        for domain in DOMAINS:
            roles = {"sales": ["DEPLOY_SALES", "CREATES"]}.get(domain, [f"DEPLOY_{domain.upper()}"])
            for role in roles:
                for row in setup.admin.sql(f"SHOW GRANTS TO ROLE {role}"):
                    # On the ledger all deploy roles hold the same: one domain's are enough.
                    if row["privilege"] == "OWNERSHIP" or (domain != "sales" and row["granted_on"] != "ACCOUNT"):
                        continue
                    grant, revoke = statements_of(row, role)
                    setup.admin.sql(revoke)
                    run = setup.bots[domain].apply("-d", domain, expect=None)
                    checks.that(run.code == REFUSED and grant in run.err, f"{domain} without: {grant}", run)
                    setup.admin.sql(grant)
                    tried += 1
            applied = setup.bots[domain].apply("-d", domain, expect=None)
            checks.that(applied.code == DONE, f"{domain} with all of it", failures(applied))
        checks.that(tried > 15, f"bootstrap gave {tried} privileges")


def main():
    binary = binary_of_command_line()
    checks = Checks()
    with temporary() as folder:
        for scenario in (without_each, without_a_declared_one, changes_of_what_exists, roles_that_cannot_be_taken, roles_that_own_all, what_bootstrap_gave):
            checks.scenario(scenario.__name__, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
