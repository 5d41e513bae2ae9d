#!/usr/bin/env python3
"""mesh destroy empties an environment of what mesh made, and nothing else, as a tombstone empties a container; mesh find
looks through the manifests."""

import sys

import evolution_test
import properties_test
from mesh_runner import DONE, REFUSED, USAGE, Checks, Mesh, binary_of_command_line, domain, one_domain, temporary

MESH_FILE = {
    "mesh": "acme",
    "api": "mesh/v1",
    "control": {"database": "MESH", "schema": "CONTROL", "warehouse": "MESH_WH"},
    "environments": {"dev": {"connection": "acme", "suffix": "_DEV"}, "prod": {"connection": "acme", "protected": True}},
    "default_environment": "dev",
    "domains": {"sales": {"path": "domains/sales"}},
}
SALES = {
    "domain": "sales",
    "team": {"name": "sales", "email": "sales@example.com"},
    "roles": {"SALES_READER": {"comment": "reads ORDERS"}},
    "warehouses": {"SALES_WH": {}},
    "databases": {
        "SALES": {
            "grants": {"SALES_READER": ["USAGE"]},
            "schemas": {
                "S": {
                    "tables": {"ORDERS": {"columns": {"ID": "NUMBER", "EMAIL": {"type": "VARCHAR", "comment": "where to write"}}}},
                    "views": {"V": {"query": "SELECT ID FROM SALES.S.ORDERS"}},
                },
            },
        },
    },
}


def names(mesh, statement):
    return {row["name"] for row in mesh.sql(statement)}


def destroys(checks, binary, folder):
    mesh = Mesh(binary, f"{folder}/mesh", f"{folder}/account.db", "dev")
    mesh.write("mesh.yaml", MESH_FILE)
    mesh.write("domains/sales/domain.yaml", SALES)
    mesh.sql("CREATE WAREHOUSE SALES_WH_DEV; CREATE DATABASE OTHER")
    mesh.bootstrap()
    mesh.apply()
    prod = Mesh(binary, mesh.folder, mesh.account, "prod")
    prod.apply()

    nameless = Mesh(binary, mesh.folder, mesh.account)
    checks.contains(nameless.run("destroy", "--yes", expect=USAGE).err, "mesh destroy -e ENV", "the environment is named")
    checks.contains(prod.run("destroy", "--yes", expect=REFUSED).err, "protected", "a protected one is refused")
    checks.contains(mesh.run("destroy", expect=REFUSED).err, "--yes destroys without asking", "nobody to ask")
    checks.that("SALES_DEV" in names(mesh, "SHOW DATABASES"), "nothing was dropped by these")

    mesh.sql("CREATE TABLE SALES_DEV.S.BY_HAND (C INT)")
    run = mesh.run("destroy", "--yes", expect=REFUSED)
    checks.contains(run.out + run.err, "BY_HAND, which mesh did not make", "what mesh did not make holds its container")
    mesh.sql("DROP TABLE SALES_DEV.S.BY_HAND")
    run = mesh.run("destroy", "--yes", "--format", "json")
    done = {(o["address"], o["status"]) for o in run.json()["outcomes"]}
    checks.that(("database SALES_DEV", "done") in done and ("role SALES_READER_DEV", "done") in done, "what mesh made is dropped", sorted(done))
    checks.equal(names(mesh, "SHOW DATABASES") & {"SALES_DEV", "SALES", "OTHER", "MESH"}, {"SALES", "OTHER", "MESH"}, "and nothing else")
    checks.that("SALES_WH_DEV" in names(mesh, "SHOW WAREHOUSES"), "what it took over stays")
    checks.that("SALES_READER_DEV" not in names(mesh, "SHOW ROLES"), "the role is gone")
    checks.equal(mesh.run("destroy", "--yes", "--format", "json").json()["outcomes"], [], "a second time there is nothing")
    checks.equal({c["action"] for c in mesh.plan()["changes"]}, {"create", "grant", "adopt"}, "and the next plan makes it anew")
    checks.equal(prod.plan()["changes"], [], "the other environment was left alone")


def keeps_what_it_did_not_make(checks, binary, folder):
    mesh = Mesh(binary, f"{folder}/kept", f"{folder}/kept.db", "dev")
    mesh.write("mesh.yaml", MESH_FILE)
    only = {**SALES, "roles": {}, "warehouses": {}, "databases": {"SALES": {"schemas": {"S": {}}}}}
    mesh.write("domains/sales/domain.yaml", only)
    mesh.bootstrap()
    mesh.apply()
    mesh.sql("CREATE TABLE SALES_DEV.S.TAKEN (C INT); CREATE TABLE SALES_DEV.S.OF_DBT (C INT)")
    mesh.sql("INSERT INTO SALES_DEV.S.TAKEN VALUES (42); INSERT INTO SALES_DEV.S.OF_DBT VALUES (42)")

    def with_tables(tables, removed=()):
        mesh.write("domains/sales/more.yaml", {"databases": {"SALES": {"schemas": {"S": {"tables": tables}}}}, "removed": list(removed)})

    def stays(what, *arguments):
        run = mesh.run(*arguments, "--yes", expect=REFUSED)
        for name, why in (("TAKEN", "which mesh took over and did not make"), ("OF_DBT", "whose structure is another tool's")):
            checks.contains(run.out, f"holds table SALES_DEV.S.{name}, {why}", f"{what}: {name} is named")
            checks.equal(mesh.sql(f"SELECT C FROM SALES_DEV.S.{name}"), [{"C": "42"}], f"{what}: {name} keeps its rows")

    with_tables({"TAKEN": {"columns": {"C": "INT"}}, "OF_DBT": {"columns": {"C": "INT"}, "manage": ["grants"]}})
    mesh.apply()
    stays("destroy", "destroy")
    mesh.write("domains/sales/domain.yaml", {**only, "databases": {"SALES": {}}})
    forget = {"object": "table SALES.S.TAKEN", "action": "forget"}
    mesh.write("domains/sales/more.yaml", {"removed": [{"object": "schema SALES.S", "action": "drop"}, forget]})
    stays("a tombstone for the schema", "apply")

    mesh.sql("DROP TABLE SALES_DEV.S.OF_DBT")
    mesh.write("domains/sales/more.yaml", {"removed": [{"object": "schema SALES.S", "action": "drop"}, {**forget, "action": "drop"}]})
    mesh.apply()
    checks.that("S" not in names(mesh, "SHOW SCHEMAS IN DATABASE SALES_DEV"), "with a line of its own it goes, and the schema with it")


def every_kind_is_seen(checks, binary, folder):
    """What stands in a schema and in a database and is in no ledger holds them, of every kind."""
    mesh = one_domain(binary, f"{folder}/kinds")
    for beside in properties_test.BESIDE.values():
        for name, statement in beside.items():
            mesh.sql(statement.format(name))
    ground = evolution_test.ground()
    inside = {"T_BASE.": {}, properties_test.IN_SCHEMA: {}}
    made = {}
    for kind, about in properties_test.KINDS.items():
        if kind != "schema" and about.prefix in inside:
            name = f"{about.short}_LOOK"
            inside[about.prefix].setdefault(properties_test.COLLECTION[kind], {})[name + about.key] = about.body
            made[kind] = f"{kind.replace('_', ' ')} {about.prefix.replace('T_BASE', 'T_LOOK')}{name}{about.types}"
    in_database = {**inside["T_BASE."], "schemas": {"S": inside[properties_test.IN_SCHEMA]}}
    domain(mesh, {**ground, "databases": {**ground["databases"], "T_LOOK": in_database}})
    mesh.apply()
    ledger = [row["name"] for row in mesh.sql("SHOW TABLES LIKE 'LEDGER%' IN SCHEMA MESH.CONTROL")]
    for table in ledger:
        mesh.sql(f"DELETE FROM MESH.CONTROL.{table} WHERE ADDRESS LIKE '% T_LOOK.%' AND ADDRESS <> 'schema T_LOOK.S'")

    def held_by(container, removed):
        domain(mesh, {**ground, **removed})
        refused = mesh.plan()["refused"]
        return {r["message"].split(" holds ")[1].split(", which")[0] for r in refused if r["code"] == "MESH2005" and r["address"] == container}

    drop = {"removed": [{"object": "schema T_LOOK.S", "action": "drop"}]}
    found = held_by("schema T_LOOK.S", {"databases": {**ground["databases"], "T_LOOK": {}}, **drop})
    in_schema = {address for kind, address in made.items() if properties_test.KINDS[kind].prefix == properties_test.IN_SCHEMA}
    checks.that(len(in_schema) > 20, "there are many kinds", sorted(in_schema))
    checks.equal(sorted(in_schema - found), [], "of every kind, what stands in the schema is named")
    drop["removed"].append({"object": "database T_LOOK", "action": "drop"})
    checks.equal(sorted(set(made.values()) - held_by("database T_LOOK", drop)), [], "and what stands in the database")


def a_role_hands_over_what_it_owns(checks, binary, folder):
    """Also what no manifest and no kind in use made the plan read, in whatever database."""
    mesh = one_domain(binary, f"{folder}/owner")
    domain(mesh, {"roles": {"T_OWN": {"granted_to": ["SYSADMIN"]}}})
    mesh.apply()
    mesh.sql("CREATE DATABASE BY_HAND; CREATE STAGE BY_HAND.PUBLIC.STG; CREATE TABLE BY_HAND.PUBLIC.T (C INT)")
    for what in ("STAGE BY_HAND.PUBLIC.STG", "TABLE BY_HAND.PUBLIC.T"):
        mesh.sql(f"GRANT OWNERSHIP ON {what} TO ROLE T_OWN")
    domain(mesh, {"removed": [{"object": "role T_OWN", "action": "drop"}]})
    plan = mesh.plan()
    checks.equal((plan["refused"], [s["sql"].split(" TO ")[0] for c in plan["changes"] for s in c["statements"]]),
                 ([], ['GRANT OWNERSHIP ON STAGE "BY_HAND"."PUBLIC"."STG"', 'GRANT OWNERSHIP ON TABLE "BY_HAND"."PUBLIC"."T"', 'DROP ROLE "T_OWN"']),
                 "all of it is handed over before the role goes")
    mesh.apply()
    owners = {row["owner"] for look in ("STAGES", "TABLES") for row in mesh.sql(f"SHOW {look} IN SCHEMA BY_HAND.PUBLIC")}
    checks.equal(owners, {"ACCOUNTADMIN"}, "to who drops it")


def finds(checks, binary, folder):
    mesh = Mesh(binary, f"{folder}/find", f"{folder}/none.db", "dev")
    mesh.write("mesh.yaml", MESH_FILE)
    mesh.write("domains/sales/domain.yaml", SALES)

    def found(text):
        return [(row["address"], row["found"]) for row in mesh.run("find", text, "--format", "json").json()]

    checks.equal(found("orders"), [("role SALES_READER_DEV", "comment: reads ORDERS"), ("table SALES_DEV.S.ORDERS", "name"),
                                   ("view SALES_DEV.S.V", "query")], "names, comments and queries, without case")
    checks.equal(found("email"), [("column SALES_DEV.S.ORDERS.EMAIL", "VARCHAR(16777216)")], "a column")
    checks.equal(found("where to"), [("column SALES_DEV.S.ORDERS.EMAIL", "comment: where to write")], "a column's comment")
    run = mesh.run("find", "nowhere", expect=DONE)
    checks.contains(run.err, "Nothing in the manifests", "nothing found")
    checks.contains(mesh.run("find", "email").out, "domains/sales/domain.yaml:", "the place is told")


def history_is_kept_as_stated(checks, binary, folder):
    """A schema's retention that equals its database's may be inherited: where that gets another, the schema's is set first."""
    mesh = one_domain(binary, f"{folder}/retention")

    def declared(database, schema):
        days = {} if schema is None else {"data_retention_time_in_days": schema}
        return {"databases": {"T_DB": {"data_retention_time_in_days": database,
                                       "schemas": {"S": {**days, "tables": {"T": {"columns": {"A": "NUMBER"}}}}}}}}

    def kept():
        return [row["retention_time"] for row in mesh.sql("SHOW SCHEMAS LIKE 'S' IN DATABASE T_DB")]

    domain(mesh, declared(7, None))
    mesh.apply()
    for database, schema in ((3, 7), (9, 7), (7, None), (9, 7), (7, 7), (9, 7)):
        domain(mesh, declared(database, schema))
        mesh.apply("--allow-destroy", "all")
        checks.equal(kept(), [str(schema or database)], f"{database}, {schema}: as stated")
        checks.equal(mesh.plan()["changes"], [], f"{database}, {schema}: the next plan is empty")
    # What says the same as the database loses nothing by being taken out.
    domain(mesh, declared(7, 7))
    mesh.apply("--allow-destroy", "all")
    domain(mesh, declared(7, None))
    checks.equal(mesh.plan()["refused"], [], "a value that was said twice")
    domain(mesh, declared(2, 7))
    mesh.apply("--allow-destroy", "all")
    domain(mesh, declared(2, None))
    checks.equal([r["code"] for r in mesh.plan()["refused"]], ["MESH2001"], "one that keeps more than the database does")


def main():
    binary = binary_of_command_line()
    checks = Checks()
    with temporary() as folder:
        for scenario in (destroys, keeps_what_it_did_not_make, every_kind_is_seen, a_role_hands_over_what_it_owns, history_is_kept_as_stated, finds):
            checks.scenario(scenario.__name__, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
