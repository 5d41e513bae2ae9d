#!/usr/bin/env python3
"""Rows of tables that are declared: made with the table, compared, changed one by one, deleted with consent alone."""

import sys

from mesh_runner import DONE, FAILED, REFUSED, VIOLATED, Checks, Mesh, binary_of_command_line, temporary

MESH_FILE = {
    "mesh": "test", "api": "mesh/v1",
    "control": {"database": "MESH", "schema": "CONTROL", "warehouse": "MESH_WH"},
    "environments": {"dev": {"connection": "test"}, "prod": {"connection": "test", "protected": True}},
    "default_environment": "dev",
    "domains": {"gov": {"path": "gov", "governs": True}},
}
COLUMNS = {"ROLE_NAME": "VARCHAR(20)", "REGION": "VARCHAR(20)", "SINCE": "DATE", "SHARE": "NUMBER(5,2)", "ACTIVE": "BOOLEAN",
           "NOTE": "VARCHAR"}
POLICY = {"signature": {"REGION": "VARCHAR"},
          "body": "EXISTS (SELECT 1 FROM GOV.ACCESS.ENTITLED E WHERE E.ROLE_NAME = CURRENT_ROLE() AND E.REGION = REGION)"}
EU = {"ROLE_NAME": "GOV_EU", "REGION": "EU", "SINCE": "2026-01-31", "SHARE": "12.50", "ACTIVE": True}
US = {"ROLE_NAME": "GOV_US", "REGION": "U'S", "SINCE": None, "SHARE": 0.5, "ACTIVE": False}
TABLE = "table GOV.ACCESS.ENTITLED"


def fresh(binary, folder, environment=None):
    mesh = Mesh(binary, folder + "/mesh", folder + "/account.db", environment)
    mesh.write("mesh.yaml", MESH_FILE)
    return mesh


def declare(mesh, rows, columns=None, removed=None, policies=True, **table):
    body = {"columns": columns or COLUMNS, "primary_key": ["ROLE_NAME", "REGION"], "rows": rows,
            "grants": {"GOV_READER": ["SELECT"]}, **table}
    body = {k: v for k, v in body.items() if v is not None}
    mesh.write("gov/domain.yaml", {
        "domain": "gov", "team": {"name": "gov", "email": "gov@example.com"},
        "roles": {"GOV_READER": {"granted_to": ["SYSADMIN"]}},
        "databases": {"GOV": {"grants": {"GOV_READER": ["USAGE"]}, "schemas": {"ACCESS": {
            "grants": {"GOV_READER": ["USAGE"]}, "tables": {"ENTITLED": body},
            **({"row_access_policies": {"BY_REGION": POLICY}} if policies else {})}}}},
        **({"removed": removed} if removed else {})})


def of_table(plan):
    return [c for c in plan["changes"] if c["address"] == TABLE]


def lines(plan):
    return {d["property"]: (d["before"], d["after"]) for c in of_table(plan) for d in c["diff"] if d["property"].startswith("rows.")}


def there(mesh):
    return mesh.sql("SELECT ROLE_NAME, REGION, TO_VARCHAR(SINCE, 'YYYY-MM-DD') AS SINCE, SHARE, ACTIVE FROM GOV.ACCESS.ENTITLED "
                    "ORDER BY 1, 2")


def made_and_compared(checks, binary, folder):
    mesh = fresh(binary, folder)
    declare(mesh, [EU, US])
    mesh.bootstrap()
    plan = mesh.plan()
    (create,) = of_table(plan)
    statements = [s["sql"] for s in create["statements"]]
    checks.equal(statements[1], "INSERT INTO \"GOV\".\"ACCESS\".\"ENTITLED\" (\"ROLE_NAME\", \"REGION\", \"SINCE\", \"SHARE\", \"ACTIVE\")"
                 " VALUES ('GOV_EU', 'EU', TO_DATE ('2026-01-31', 'YYYY-MM-DD'), '12.5', TRUE),"
                 " ('GOV_US', 'U''S', NULL, '0.5', FALSE)", "the rows come with the table")
    order = [c["address"] for c in plan["changes"]]
    checks.that(order.index(TABLE) < order.index("grant SELECT on table GOV.ACCESS.ENTITLED to role GOV_READER"),
                "and before what is granted on it", order)
    checks.equal(lines(plan)["rows.GOV_EU,EU"],
                 (None, {"ROLE_NAME": "GOV_EU", "REGION": "EU", "SINCE": "2026-01-31", "SHARE": "12.5", "ACTIVE": "true"}), "each is shown")
    mesh.apply()
    checks.equal([(r["ROLE_NAME"], r["REGION"], r["SINCE"], float(r["SHARE"]), r["ACTIVE"]) for r in there(mesh)],
                 [("GOV_EU", "EU", "2026-01-31", 12.5, "true"), ("GOV_US", "U'S", None, 0.5, "false")], "they are there")
    checks.equal(mesh.plan()["changes"], [], "and nothing is left to do")

    # Another value, another key, and one by hand.
    declare(mesh, [{**EU, "SHARE": 20, "SINCE": None}, US, {"ROLE_NAME": "GOV_EU", "REGION": "UK", "ACTIVE": True}])
    plan = mesh.plan()
    (change,) = of_table(plan)
    checks.equal((change["action"], change["risk"]), ("update", "disruptive"), "a changed value is an update")
    checks.equal([s["sql"] for s in change["statements"]],
                 ["UPDATE \"GOV\".\"ACCESS\".\"ENTITLED\" SET \"SINCE\" = NULL, \"SHARE\" = '20'"
                  " WHERE \"ROLE_NAME\" = 'GOV_EU' AND \"REGION\" = 'EU'",
                  "INSERT INTO \"GOV\".\"ACCESS\".\"ENTITLED\" (\"ROLE_NAME\", \"REGION\", \"SINCE\", \"SHARE\", \"ACTIVE\")"
                  " VALUES ('GOV_EU', 'UK', NULL, NULL, TRUE)"], "one statement a changed row")
    checks.equal(lines(plan), {"rows.GOV_EU,EU.SINCE": ("2026-01-31", None), "rows.GOV_EU,EU.SHARE": ("12.5", "20"),
                               "rows.GOV_EU,UK": (None, {"ROLE_NAME": "GOV_EU", "REGION": "UK", "SINCE": None, "SHARE": None,
                                                         "ACTIVE": "true"})}, "row by row")
    mesh.apply()
    checks.equal((len(there(mesh)), mesh.plan()["changes"]), (3, []), "and it converges")
    mesh.sql("UPDATE GOV.ACCESS.ENTITLED SET NOTE = 'by hand' WHERE REGION = 'EU'")
    checks.equal(mesh.plan()["changes"], [], "a column that no row names is not mesh's")


def deleted_with_consent(checks, binary, folder):
    for environment in (None, "prod"):
        mesh = fresh(binary, f"{folder}/{environment}", environment)
        declare(mesh, [EU, US])
        mesh.bootstrap()
        mesh.apply()
        mesh.sql("INSERT INTO GOV.ACCESS.ENTITLED (ROLE_NAME, REGION) VALUES ('INTRUDER', 'EU'), ('INTRUDER', 'EU')")
        plan = mesh.plan()
        (change,) = of_table(plan)
        checks.equal(change["risk"], "destructive", "a row that is not listed is a loss")
        checks.equal([(d["property"], d["after"], d["cost"]) for d in change["diff"]],
                     [("rows.INTRUDER,EU", None, "loses data (2 rows)")], "which is shown")
        checks.equal([(r["rule"] if "rule" in r else r.get("code"), r["address"]) for r in plan["refused"]],
                     [("MESH2001", TABLE)], "and refused")
        checks.contains(str(plan["refused"]), "removed: [{object: rows GOV.ACCESS.ENTITLED, action: drop}]", "with the way out")
        mesh.apply(expect=REFUSED)
        checks.equal(len(there(mesh)), 4, "nothing ran")
        allowed = mesh.run("apply", "--yes", "--allow-destroy", TABLE, expect=None)
        checks.equal(allowed.code, DONE if environment is None else REFUSED, "the option consents where it may")
        if environment == "prod":
            declare(mesh, [EU, US], removed=[{"object": "rows GOV.ACCESS.ENTITLED", "action": "drop"}])
            checks.equal(mesh.plan()["refused"], [], "a line in the manifest consents everywhere")
            mesh.apply()
        checks.equal(([r["ROLE_NAME"] for r in there(mesh)], mesh.plan()["changes"]), (["GOV_EU", "GOV_US"], []), "both copies went")
        if environment is None:
            declare(mesh, None)
            checks.equal(mesh.plan()["changes"], [], "without rows: the table's rows are its own")
            declare(mesh, [], removed=[{"object": "rows GOV.ACCESS.ENTITLED", "action": "drop"}])
            mesh.apply()
            checks.equal((there(mesh), mesh.plan()["changes"]), ([], []), "rows: [] empties it")


def without_a_key(checks, binary, folder):
    mesh = fresh(binary, folder)
    columns = {"CODE": "VARCHAR", "N": "NUMBER(38,0)"}
    declare(mesh, [{"CODE": "a", "N": "007"}, {"CODE": "b"}], columns, policies=False, primary_key=None)
    mesh.bootstrap()
    mesh.apply()
    checks.equal(mesh.plan()["changes"], [], "it converges")
    declare(mesh, [{"CODE": "a", "N": 7}, {"CODE": "b", "N": 1}], columns, policies=False, primary_key=None)
    (change,) = of_table(mesh.plan())
    checks.equal([s["sql"] for s in change["statements"]],
                 ['DELETE FROM "GOV"."ACCESS"."ENTITLED" WHERE "CODE" = \'b\' AND "N" IS NULL',
                  'INSERT INTO "GOV"."ACCESS"."ENTITLED" ("CODE", "N") VALUES (\'b\', \'1\')'], "without a key a changed row is another row")
    # A column that comes with the rows that fill it.
    declare(mesh, [{"CODE": "a", "N": 7, "WHY": "x"}, {"CODE": "b"}], {**columns, "WHY": "VARCHAR"}, policies=False, primary_key=["CODE"])
    mesh.apply()
    checks.equal((mesh.sql("SELECT CODE, WHY FROM GOV.ACCESS.ENTITLED ORDER BY CODE"), mesh.plan()["changes"]),
                 ([{"CODE": "a", "WHY": "x"}, {"CODE": "b", "WHY": None}], []), "a new column is filled in the same change")
    values = ", ".join(f"('c{i}')" for i in range(999))
    mesh.sql(f"INSERT INTO GOV.ACCESS.ENTITLED (CODE) VALUES {values}")
    checks.contains(mesh.run("plan", expect=FAILED).err, "more than 1000 rows", "a large table is no declaration")
    checks.equal(mesh.sql("SELECT COUNT(*) AS N FROM GOV.ACCESS.ENTITLED"), [{"N": "1001"}], "which has one more than there may be")


def not_read_is_not_none(checks, binary, folder):
    """A SELECT wants a warehouse; before bootstrap it is the connection's."""
    mesh = fresh(binary, folder)
    declare(mesh, [{"CODE": "a"}], {"CODE": "VARCHAR"}, policies=False, primary_key=None)
    for statement in ("CREATE DATABASE GOV", "CREATE SCHEMA GOV.ACCESS", "CREATE TABLE GOV.ACCESS.ENTITLED (CODE VARCHAR)",
                      "INSERT INTO GOV.ACCESS.ENTITLED VALUES ('a'), ('b')"):
        mesh.sql(statement)
    (adopt, update) = of_table(mesh.plan())
    checks.equal((adopt["action"], [s["sql"] for s in update["statements"]]),
                 ("adopt", ['DELETE FROM "GOV"."ACCESS"."ENTITLED" WHERE "CODE" = \'b\'']), "what is there already is compared")
    mesh.sql("DROP WAREHOUSE COMPUTE_WH")
    checks.contains(mesh.run("plan", expect=FAILED).err, "reading the rows of table GOV.ACCESS.ENTITLED failed", "no plan from half a look")


def veiled_by_policies(checks, binary, folder):
    """What a policy keeps from who reads is no ground for a plan."""
    mesh = fresh(binary, folder)
    declare(mesh, [EU, US], policies=False)
    mesh.bootstrap()
    mesh.apply()
    mesh.sql("CREATE ROW ACCESS POLICY GOV.ACCESS.EU_ALONE AS (R VARCHAR) RETURNS BOOLEAN -> R = 'EU'")
    mesh.sql("ALTER TABLE GOV.ACCESS.ENTITLED ADD ROW ACCESS POLICY GOV.ACCESS.EU_ALONE ON (REGION)")
    told = mesh.run("plan", expect=FAILED).err
    checks.contains(told, "MESH3009", "rows that are hidden")
    checks.contains(told, "of the 2 rows of table GOV.ACCESS.ENTITLED this role sees 1", "and how many")
    checks.contains(told, "gov/domain.yaml", "and where they are declared")
    mesh.apply(expect=FAILED)
    mesh.sql("ALTER TABLE GOV.ACCESS.ENTITLED DROP ROW ACCESS POLICY GOV.ACCESS.EU_ALONE")
    checks.equal(([r["REGION"] for r in there(mesh)], mesh.plan()["changes"]), (["EU", "U'S"], []), "nothing was done to them")
    # A policy that shows all is none.
    mesh.sql("CREATE ROW ACCESS POLICY GOV.ACCESS.ALL_OF_THEM AS (R VARCHAR) RETURNS BOOLEAN -> TRUE")
    mesh.sql("ALTER TABLE GOV.ACCESS.ENTITLED ADD ROW ACCESS POLICY GOV.ACCESS.ALL_OF_THEM ON (REGION)")
    checks.equal(mesh.plan()["changes"], [], "all are seen")

    mesh.sql("CREATE MASKING POLICY GOV.ACCESS.STARS AS (V VARCHAR) RETURNS VARCHAR -> '***'")
    mesh.sql("ALTER TABLE GOV.ACCESS.ENTITLED MODIFY COLUMN NOTE SET MASKING POLICY GOV.ACCESS.STARS")
    checks.equal(mesh.plan()["changes"], [], "a masked column that no row names is nothing to them")
    mesh.sql("ALTER TABLE GOV.ACCESS.ENTITLED DROP ROW ACCESS POLICY GOV.ACCESS.ALL_OF_THEM")
    mesh.sql("ALTER TABLE GOV.ACCESS.ENTITLED MODIFY COLUMN REGION SET MASKING POLICY GOV.ACCESS.STARS")
    told = mesh.run("plan", expect=FAILED).err
    checks.contains(told, "MESH3009", "values that are masked")
    checks.contains(told, "column GOV.ACCESS.ENTITLED.REGION is masked by GOV.ACCESS.STARS", "by what")
    mesh.sql("ALTER TABLE GOV.ACCESS.ENTITLED MODIFY COLUMN REGION UNSET MASKING POLICY")

    # By a tag, which DESCRIBE does not tell.
    mesh.write("gov/tags.yaml", {"databases": {"GOV": {"schemas": {"ACCESS": {
        "masking_policies": {"HIDE": {"signature": {"V": "VARCHAR"}, "returns": "VARCHAR", "body": "'***'"}},
        "tag_definitions": {"SECRET": {"masking_policies": ["GOV.ACCESS.HIDE"]}}}}}}})
    declare(mesh, [EU, US], {**COLUMNS, "REGION": {"type": "VARCHAR(20)", "tags": {"GOV.ACCESS.SECRET": "x"}}}, policies=False)
    mesh.apply()
    checks.contains(mesh.run("plan", expect=FAILED).err,
                    "column GOV.ACCESS.ENTITLED.REGION is masked by GOV.ACCESS.HIDE, that of tag GOV.ACCESS.SECRET", "by a tag")


def mistakes(checks, binary, folder):
    mesh = fresh(binary, folder)
    many = [{"ROLE_NAME": f"R{i}", "REGION": "EU"} for i in range(1001)]
    for what, rows, table, code, words in (
            ("an unknown column", [{**EU, "REGIO": "EU"}], {}, "MESH1205", "did you mean 'REGION'?"),
            ("a number that does not fit", [{**EU, "SHARE": "1234.5"}], {}, "MESH1301", "NUMBER(5,2)"),
            ("too many decimals", [{**EU, "SHARE": "1.234"}], {}, "MESH1301", "NUMBER(5,2)"),
            ("no number", [{**EU, "SHARE": "much"}], {}, "MESH1301", "is no number"),
            ("no day", [{**EU, "SINCE": "2026-02-30"}], {}, "MESH1301", "is no day"),
            ("neither true nor false", [{**EU, "ACTIVE": "yes"}], {}, "MESH1301", "neither true nor false"),
            ("a text that is too long", [{**EU, "REGION": "x" * 21}], {}, "MESH1301", "is longer than VARCHAR(20)"),
            ("a row twice", [EU, US, {**EU, "SHARE": 1}], {}, "MESH1105", "row GOV_EU,EU stands twice"),
            ("a key without a value", [{**EU, "REGION": None}], {}, "MESH1303", "REGION of this row is NULL"),
            ("a key that nobody names", [{"ROLE_NAME": "GOV_EU"}], {}, "MESH1303", "no row says its REGION"),
            ("too many", many, {}, "MESH1301", "1000 are the most"),
            ("a type that rows have not", [{**EU, "AT": "x"}], {"columns": {**COLUMNS, "AT": "TIMESTAMP_NTZ"}}, "MESH1301",
             "rows hold text, numbers, booleans and dates"),
            ("another tool's table", [EU], {"manage": ["grants"]}, "MESH1303", "belongs to another tool")):
        declare(mesh, rows, **table)
        run = mesh.run("validate", "--format", "json", expect=VIOLATED)
        hit = [f for f in run.json()["findings"] if f["rule"] == code and words in f["message"] + f.get("help", "")]
        checks.that(len(hit) == 1 and hit[0]["source"].get("line"), what, run)
    declare(mesh, None, removed=[{"object": "rows GOV.ACCESS.ENTITLED", "action": "drop"}])
    checks.contains(mesh.run("validate", expect=VIOLATED).out, "declares no rows of table GOV.ACCESS.ENTITLED", "consent for nothing")
    declare(mesh, [EU], removed=[{"object": "rows GOV.ACCESS.ENTITLED", "action": "forget"}])
    checks.contains(mesh.run("validate", expect=VIOLATED).out, "rows can only be dropped", "rows are not forgotten")


def main():
    binary = binary_of_command_line()
    checks = Checks()
    for scenario in (made_and_compared, deleted_with_consent, without_a_key, not_read_is_not_none, veiled_by_policies, mistakes):
        with temporary() as folder:
            checks.scenario(scenario.__name__, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
