#!/usr/bin/env python3
"""The account itself: its parameters, inherited grants, what another tool makes anew, what another role granted."""

import pathlib
import sys

from mesh_runner import (CHANGES, DONE, ONE_DOMAIN, REFUSED, VIOLATED, Checks, Wrong, binary_of_command_line, domain,
                         failures, one_domain, statements, temporary)


def converge(mesh, checks, what):
    """One apply, and the next plan is empty."""
    applied = mesh.apply(expect=None)
    checks.that(applied.code == DONE, f"{what}: apply", failures(applied))
    left = mesh.run("plan", "--detailed-exitcode", expect=None)
    checks.that(left.code == DONE, f"{what}: the next plan is empty", left)


def parameter(mesh, name):
    """Value and level."""
    row = mesh.sql(f"SHOW PARAMETERS LIKE '{name}' IN ACCOUNT")[0]
    return row["value"], row["level"]


def parameters(checks, binary, folder):
    """Set where declared, left alone where not, unset where mesh had set them."""
    mesh = one_domain(binary, folder)
    mesh.sql("ALTER ACCOUNT SET LOCK_TIMEOUT = 100, TIMEZONE = 'Europe/Berlin'")
    declared = {"STATEMENT_TIMEOUT_IN_SECONDS": 3600, "timezone": "Europe/Berlin", "PERIODIC_DATA_REKEYING": True,
                "LOG_LEVEL": "info", "NETWORK_POLICY": "t_office", "RESOURCE_MONITOR": "T_CREDITS",
                "CORTEX_ENABLED_CROSS_REGION": "AWS_EU", "STORAGE_SERIALIZATION_POLICY": "COMPATIBLE"}
    things = {"network_policies": {"T_OFFICE": {"allowed_ip_list": ["0.0.0.0/0"]}},
              "resource_monitors": {"T_CREDITS": {"credit_quota": 10}}}
    domain(mesh, {**things, "account_parameters": declared})
    plan = mesh.plan()
    by_address = {c["address"]: (c["action"], [s["sql"] for s in c.get("statements", [])]) for c in plan["changes"]}
    expected = {
        "STATEMENT_TIMEOUT_IN_SECONDS": ("create", ["ALTER ACCOUNT SET STATEMENT_TIMEOUT_IN_SECONDS = 3600"]),
        "TIMEZONE": ("adopt", []),
        "PERIODIC_DATA_REKEYING": ("create", ["ALTER ACCOUNT SET PERIODIC_DATA_REKEYING = TRUE"]),
        "LOG_LEVEL": ("create", ["ALTER ACCOUNT SET LOG_LEVEL = 'INFO'"]),
        "NETWORK_POLICY": ("create", ["ALTER ACCOUNT SET NETWORK_POLICY = \"T_OFFICE\""]),
        "RESOURCE_MONITOR": ("create", ["ALTER ACCOUNT SET RESOURCE_MONITOR = \"T_CREDITS\""]),
        "CORTEX_ENABLED_CROSS_REGION": ("create", ["ALTER ACCOUNT SET CORTEX_ENABLED_CROSS_REGION = 'AWS_EU'"]),
        "STORAGE_SERIALIZATION_POLICY": ("create", ["ALTER ACCOUNT SET STORAGE_SERIALIZATION_POLICY = COMPATIBLE"]),
    }
    for name, change in expected.items():
        checks.equal(by_address.get(f"account parameter {name}"), change, f"what the plan says of {name}")
    checks.that("account parameter LOCK_TIMEOUT" not in by_address, "what nobody declares is nobody's", list(by_address))
    converge(mesh, checks, "first")
    checks.equal(parameter(mesh, "STATEMENT_TIMEOUT_IN_SECONDS"), ("3600", "ACCOUNT"), "it is set on the account")
    checks.equal([r["name"] for r in mesh.sql("SHOW RESOURCE MONITORS") if r["level"] == "ACCOUNT"], ["T_CREDITS"], "the account's monitor")

    # Somebody changes one and unsets another; a new value for a third; one goes; so does the policy with its parameter.
    mesh.sql("ALTER ACCOUNT SET LOG_LEVEL = DEBUG; ALTER ACCOUNT UNSET PERIODIC_DATA_REKEYING")
    kept = {k: v for k, v in declared.items() if k not in ("CORTEX_ENABLED_CROSS_REGION", "NETWORK_POLICY", "RESOURCE_MONITOR", "timezone")}
    kept["STATEMENT_TIMEOUT_IN_SECONDS"] = 7200
    domain(mesh, {"account_parameters": kept,
                  "removed": [{"object": "network policy T_OFFICE", "action": "drop"}, {"object": "resource monitor T_CREDITS", "action": "drop"}]})
    plan = mesh.plan()
    checks.equal(plan["vanished"], [], "a parameter that somebody unset has not vanished")
    sql = statements(plan)
    for one in ("ALTER ACCOUNT SET LOG_LEVEL = 'INFO'", "ALTER ACCOUNT SET PERIODIC_DATA_REKEYING = TRUE",
                "ALTER ACCOUNT SET STATEMENT_TIMEOUT_IN_SECONDS = 7200", "ALTER ACCOUNT UNSET CORTEX_ENABLED_CROSS_REGION",
                "ALTER ACCOUNT UNSET NETWORK_POLICY", "ALTER ACCOUNT UNSET RESOURCE_MONITOR"):
        checks.that(one in sql, f"the plan has {one}", sql)
    checks.that("ALTER ACCOUNT UNSET TIMEZONE" not in sql, "what mesh took over is forgotten, not unset", sql)
    before = [sql.index(s) for s in sql if s in ("ALTER ACCOUNT UNSET NETWORK_POLICY", "ALTER ACCOUNT UNSET RESOURCE_MONITOR")]
    drops = [sql.index(s) for s in sql if s.startswith("DROP ")]
    checks.that(len(drops) == 2 and sql.index("ALTER ACCOUNT UNSET NETWORK_POLICY") < sql.index('DROP NETWORK POLICY "T_OFFICE"'),
                "unset before the policy is dropped", (sql, before))
    converge(mesh, checks, "second")
    checks.equal(parameter(mesh, "CORTEX_ENABLED_CROSS_REGION")[1], "", "it is unset")
    checks.equal(parameter(mesh, "TIMEZONE"), ("Europe/Berlin", "ACCOUNT"), "what was there before stays")

    # Less history needs consent; a tombstone that forgets leaves it.
    domain(mesh, {"account_parameters": {**kept, "DATA_RETENTION_TIME_IN_DAYS": 0}})
    run = mesh.run("apply", "--yes", expect=None)
    checks.equal(run.code, REFUSED, "lowered retention is refused")
    checks.contains(run.out, "would lose history of everything that does not say how many days it keeps: default → 0", "and says why")
    domain(mesh, {"removed": [{"object": "account parameter LOG_LEVEL", "action": "forget"}], "account_parameters": {"PERIODIC_DATA_REKEYING": True}})
    converge(mesh, checks, "third")
    checks.equal(parameter(mesh, "LOG_LEVEL"), ("INFO", "ACCOUNT"), "forgotten, and still set")
    checks.equal(parameter(mesh, "STATEMENT_TIMEOUT_IN_SECONDS")[1], "", "unset with its line")


def bad_parameters(checks, binary, folder):
    mesh = one_domain(binary, folder)
    domain(mesh, {"account_parameters": {
        "STATEMENT_TIMEOUT_IN_SECOND": 1, "STATEMENT_TIMEOUT_IN_SECONDS": "1 hour", "LOG_LEVEL": "INFOO", "JSON_INDENT": 99,
        "QUOTED_IDENTIFIERS_IGNORE_CASE": True, "ROWS_PER_RESULTSET": 10, "AUTOCOMMIT": False, "NETWORK_POLICY": "T_NOWHERE",
        "SSO_LOGIN_PAGE": "yes"}})
    run = mesh.run("validate", expect=VIOLATED)
    for part in ("unknown account parameter 'STATEMENT_TIMEOUT_IN_SECOND'", "did you mean 'STATEMENT_TIMEOUT_IN_SECONDS'?",
                 "STATEMENT_TIMEOUT_IN_SECONDS must be a whole number", "did you mean 'INFO'?", "99 is out of range: from 0 to 16",
                 "QUOTED_IDENTIFIERS_IGNORE_CASE must stay false", "ROWS_PER_RESULTSET must stay 0", "AUTOCOMMIT must stay true",
                 "network policy T_NOWHERE is declared nowhere", "SSO_LOGIN_PAGE must be true or false"):
        checks.contains(run.err + run.out, part, "a mistake is told")
    without = {**ONE_DOMAIN, "domains": {"test": {"path": "test", "owns": ["T_*"]}}}
    mesh.write("mesh.yaml", without)
    domain(mesh, {"account_parameters": {"JSON_INDENT": 2}})
    run = mesh.run("validate", expect=VIOLATED)
    checks.contains(run.err + run.out, "account: true", "only a domain with the account sets its parameters")


def inherited_mesh():
    return {
        "roles": {"T_READER": {}},
        "databases": {"T_DB": {
            "grants": {"T_READER": ["USAGE"]},
            "database_roles": {"R": {}},
            "schemas": {"S": {"grants": {"T_READER": ["USAGE"], "database role T_DB.R": ["USAGE"]},
                              "tables": {"A": {"columns": {"X": "NUMBER"}}, "B": {"columns": {"X": "NUMBER"}}}}}}},
        "grants": [{"to": "role T_READER", "privileges": ["SELECT"], "on": "tables in schema T_DB.S"},
                   {"to": "database role T_DB.R", "privileges": ["SELECT", "INSERT"], "on": "tables in schema T_DB.S"}],
    }


def inherited_of(mesh, role="T_READER"):
    return sorted((r["privilege"], r["granted_on"]) for r in mesh.sql(f"SHOW GRANTS TO ROLE {role}") if r.get("is_inherited") == "true")


def futures_of(mesh):
    return sorted((r["privilege"], r["grantee_name"]) for r in mesh.sql("SHOW FUTURE GRANTS IN SCHEMA T_DB.S"))


def inherited(checks, binary, folder):
    """First choice where the account has them; switched later, it converges either way; in both dialects."""
    mesh = one_domain(binary, folder)
    domain(mesh, inherited_mesh())
    converge(mesh, checks, "without inherited grants")
    checks.equal(len(futures_of(mesh)), 3, "future grants where the account has no inherited ones")

    mesh.sql("ALTER ACCOUNT SET FEATURE_RBAC_INHERITED_GRANTS = 'ENABLED'")
    sql = statements(mesh.plan())
    checks.that('GRANT INHERITED SELECT ON ALL TABLES IN SCHEMA "T_DB"."S" TO ROLE "T_READER"' in sql, "the plan grants an inherited one", sql)
    checks.that('REVOKE SELECT ON FUTURE TABLES IN SCHEMA "T_DB"."S" FROM ROLE "T_READER"' in sql, "and revokes the future one", sql)
    converge(mesh, checks, "switched on")
    checks.equal(inherited_of(mesh), [("SELECT", "TABLE")], "one record")
    checks.equal(futures_of(mesh), [], "no future grants are left")
    answer = mesh.run("access", "who-can", "select", "table", "T_DB.S.A", "--format", "json").json()
    checks.that(any(a["who"] == "role T_READER" for a in answer["answers"]), "mesh access knows it", answer)

    # What nobody declares goes, by the same word.
    mesh.sql("GRANT INHERITED DELETE ON ALL TABLES IN SCHEMA T_DB.S TO ROLE T_READER")
    sql = statements(mesh.plan())
    checks.equal(sql, ['REVOKE INHERITED DELETE ON ALL TABLES IN SCHEMA "T_DB"."S" FROM ROLE "T_READER"'], "an undeclared one is revoked")
    converge(mesh, checks, "an undeclared one")

    for bundle in ("SYSTEM$DISABLE_BEHAVIOR_CHANGE_BUNDLE", "SYSTEM$ENABLE_BEHAVIOR_CHANGE_BUNDLE"):
        mesh.sql(f"SELECT {bundle}('2026_06')")
        left = mesh.run("plan", "--detailed-exitcode", expect=None)
        checks.that(left.code == DONE, f"nothing to do after {bundle}", left)

    mesh.sql("ALTER ACCOUNT UNSET FEATURE_RBAC_INHERITED_GRANTS")
    converge(mesh, checks, "switched off")
    checks.equal(len(futures_of(mesh)), 3, "future grants again")

    # The manifest switches it: one apply does both, and the next plan is empty.
    domain(mesh, {**inherited_mesh(), "account_parameters": {"FEATURE_RBAC_INHERITED_GRANTS": "ENABLED"}})
    converge(mesh, checks, "switched on by the manifest")
    checks.equal(inherited_of(mesh), [("SELECT", "TABLE")], "one record again")


def made_anew(checks, binary, folder):
    """dbt makes its table anew: grants, tags and policies come back, with the reason."""
    mesh = one_domain(binary, folder)
    things = {
        "roles": {"T_READER": {}},
        "databases": {"T_DB": {
            "grants": {"T_READER": ["USAGE"]},
            "schemas": {"S": {
                "managed_access": False,
                "grants": {"T_READER": ["USAGE"]},
                "tag_definitions": {"KIND": {}},
                "masking_policies": {"HIDE": {"signature": {"V": "VARCHAR"}, "returns": "VARCHAR", "body": "'***'"}},
                "tables": {"DBT": {"manage": ["grants", "tags", "policies"], "tags": {"T_DB.S.KIND": "model"},
                                   "columns": {"MAIL": {"type": "VARCHAR", "masking_policy": "T_DB.S.HIDE"}},
                                   "grants": {"T_READER": ["SELECT"]}}}}}}},
    }
    domain(mesh, things)
    mesh.apply()
    mesh.sql("CREATE TABLE T_DB.S.DBT (MAIL VARCHAR)")
    converge(mesh, checks, "the first time")
    plan = mesh.plan()
    checks.equal(plan["findings"], [], "nothing to say")

    mesh.sql("CREATE OR REPLACE TABLE T_DB.S.DBT (MAIL VARCHAR, ID NUMBER)")
    plan = mesh.plan()
    reasons = {c["address"]: c["reason"] for c in plan["changes"]}
    for address in ("grant SELECT on table T_DB.S.DBT to role T_READER", "tag T_DB.S.KIND on table T_DB.S.DBT",
                    "masking policy T_DB.S.HIDE on column T_DB.S.DBT.MAIL"):
        checks.that("lost by a re-creation at 20" in reasons.get(address, ""), f"the reason of {address}", reasons)
    checks.equal([f["rule"] for f in plan["findings"]], ["MESH2022"], "data stands unmasked in between: a warning")
    order = [c["address"] for c in plan["changes"]]
    checks.that(order.index("masking policy T_DB.S.HIDE on column T_DB.S.DBT.MAIL") < order.index("grant SELECT on table T_DB.S.DBT to role T_READER"),
                "masked before it may be read", order)
    converge(mesh, checks, "restored")

    # Taken by hand, not by a re-creation.
    mesh.sql("REVOKE SELECT ON TABLE T_DB.S.DBT FROM ROLE T_READER")
    reasons = [c["reason"] for c in mesh.plan()["changes"]]
    checks.that(len(reasons) == 1 and "re-creation" not in reasons[0], "a revoke by hand is no re-creation", reasons)
    mesh.apply()

    # A new grant beside a re-creation was never lost.
    things["roles"]["T_OTHER"] = {}
    schema = things["databases"]["T_DB"]["schemas"]["S"]
    schema["grants"]["T_OTHER"] = ["USAGE"]
    things["databases"]["T_DB"]["grants"]["T_OTHER"] = ["USAGE"]
    schema["tables"]["DBT"]["grants"]["T_OTHER"] = ["SELECT"]
    domain(mesh, things)
    mesh.sql("CREATE OR REPLACE TABLE T_DB.S.DBT (MAIL VARCHAR)")
    reasons = {c["address"]: c["reason"] for c in mesh.plan()["changes"]}
    checks.that("re-creation" not in reasons["grant SELECT on table T_DB.S.DBT to role T_OTHER"], "what is new was not lost", reasons)
    converge(mesh, checks, "restored with more")


def foreign_grants(checks, binary, folder):
    """Another grantor's privilege is a finding, and no endless revoke."""
    mesh_file = {**ONE_DOMAIN, "domains": {"test": {"path": "test", "owns": ["T_*"], "deploy_role": "T_DEPLOY"}}}
    mesh = one_domain(binary, folder, mesh_file)
    things = {"roles": {"T_READER": {}},
              "databases": {"T_DB": {"grants": {"T_READER": ["USAGE"]},
                                     "schemas": {"S": {"managed_access": False, "grants": {"T_READER": ["USAGE"]},
                                                       "tables": {"T": {"columns": {"A": "NUMBER"}}}}}}}}
    domain(mesh, things)
    mesh.bootstrap()
    mesh.apply()
    mesh.sql("""CREATE ROLE OTHER; GRANT ROLE OTHER TO USER MESH; GRANT USAGE ON DATABASE T_DB TO ROLE OTHER; GRANT USAGE ON SCHEMA T_DB.S TO ROLE OTHER;
                GRANT SELECT ON TABLE T_DB.S.T TO ROLE OTHER WITH GRANT OPTION""")
    mesh.run("sql", "--role", "OTHER", "GRANT SELECT ON TABLE T_DB.S.T TO ROLE T_READER")
    plan = mesh.plan()
    checks.equal(plan["changes"], [], "nothing to do about it")
    checks.equal([f["rule"] for f in plan["findings"]], ["MESH2023"], "but a finding")
    checks.contains(plan["findings"][0]["message"], "by a grant of OTHER, which T_DEPLOY cannot revoke", "with the grantor's name")
    # Its own it takes back; ACCOUNTADMIN takes back both.
    mesh.run("sql", "--role", "T_DEPLOY", "GRANT INSERT ON TABLE T_DB.S.T TO ROLE T_READER")
    checks.equal(statements(mesh.plan()), ['REVOKE INSERT ON TABLE "T_DB"."S"."T" FROM ROLE "T_READER"'], "its own grant is revoked")
    mesh.apply()
    mesh.sql("GRANT MANAGE GRANTS ON ACCOUNT TO ROLE T_DEPLOY")
    checks.equal(statements(mesh.plan()), ['REVOKE SELECT ON TABLE "T_DB"."S"."T" FROM ROLE "T_READER"'], "with MANAGE GRANTS it is")
    converge(mesh, checks, "with MANAGE GRANTS")


def pipes(checks, binary, folder):
    """What no ALTER changes of a pipe is a drop and a creation, with consent; what was granted on it comes back."""
    mesh = one_domain(binary, folder)
    def declared(copy, **more):
        return {"roles": {"T_OPS": {}},
                "databases": {"T_DB": {"grants": {"T_OPS": ["USAGE"]}, "schemas": {"S": {
                    "grants": {"T_OPS": ["USAGE"]},
                    "tables": {"A": {"columns": {"X": "NUMBER"}}, "B": {"columns": {"X": "NUMBER"}}}, "stages": {"F": {}},
                    "pipes": {"P": {"copy": f"COPY INTO T_DB.S.{copy} FROM @T_DB.S.F", "comment": "fills", "grants": {"T_OPS": ["MONITOR"]}, **more}}}}}}}
    domain(mesh, declared("A"))
    converge(mesh, checks, "made")
    domain(mesh, declared("B"))
    refused = mesh.plan()["refused"]
    checks.equal([(r["address"], r["code"]) for r in refused], [("pipe T_DB.S.P", "MESH2001")], "refused without consent")
    run = mesh.run("apply", "--yes", expect=None)
    checks.equal(run.code, REFUSED, "apply refuses")
    plan = mesh.plan()
    change = [c for c in plan["changes"] if c["address"] == "pipe T_DB.S.P"]
    checks.equal([(c["action"], c["risk"]) for c in change], [("replace", "destructive")], "a replace that loses something")
    sql = [s["sql"] for s in change[0]["statements"]]
    checks.that(sql[0] == 'DROP PIPE "T_DB"."S"."P"' and sql[1].startswith('CREATE PIPE "T_DB"."S"."P"'), "drop, then create", sql)
    applied = mesh.apply("--allow-destroy", "pipe T_DB.S.P", expect=None)
    checks.equal(applied.code, DONE, "applied with consent")
    left = mesh.run("plan", "--detailed-exitcode", expect=None)
    checks.that(left.code == DONE, "the next plan is empty", left)
    grants = sorted((r["privilege"], r["grantee_name"]) for r in mesh.sql("SHOW GRANTS ON PIPE T_DB.S.P") if r["privilege"] != "OWNERSHIP")
    checks.equal(grants, [("MONITOR", "T_OPS")], "what was granted on it is granted again")
    domain(mesh, declared("B", prevent_destroy=True))
    mesh.apply()
    domain(mesh, declared("A"))
    codes = [r["code"] for r in mesh.plan()["refused"]]
    checks.equal(codes, ["MESH2004"], "prevent_destroy outlives its line")


RAW = {"T_LOOK": {"create": "CREATE TAG T_DB.S.RAW COMMENT = 'by hand' -- raw", "drop": "DROP TAG T_DB.S.RAW",
                  "read": "SHOW TAGS LIKE 'RAW' IN SCHEMA T_DB.S"}}


def raw_statements(checks, binary, folder):
    """Created when its read finds no row, dropped by a tombstone alone."""
    mesh_file = {**ONE_DOMAIN, "domains": {"test": {"path": "test", "owns": ["T_*"]}, "law": {"path": "law", "governs": True}}}
    mesh = one_domain(binary, folder, mesh_file)
    allowance = {"domain": "law", "team": {"name": "law", "email": "law@example.com"}}
    mesh.write("law/domain.yaml", allowance)
    things = {"databases": {"T_DB": {"schemas": {"S": {}}}}}
    domain(mesh, {**things, "statements": RAW})
    run = mesh.run("validate", expect=VIOLATED)
    checks.contains(run.err + run.out, "statements: {allowed_in: [test]}", "only where a governing domain allows it")
    mesh.write("law/domain.yaml", {**allowance, "statements": {"allowed_in": ["test"]}})
    converge(mesh, checks, "created")
    checks.equal([t["comment"] for t in mesh.sql("SHOW TAGS LIKE 'RAW' IN SCHEMA T_DB.S")], ["by hand"], "it is there")
    mesh.sql("DROP TAG T_DB.S.RAW")
    checks.equal([(c["address"], c["action"]) for c in mesh.plan()["changes"]], [("statement T_LOOK", "create")], "gone by hand, made again")
    mesh.apply()
    changed = {"T_LOOK": {**RAW["T_LOOK"], "create": "CREATE TAG T_DB.S.RAW COMMENT = 'new'"}}
    domain(mesh, {**things, "statements": changed})
    plan = mesh.plan()
    checks.equal((plan["changes"], [f["rule"] for f in plan["findings"]]), ([], ["MESH2024"]), "another text is told, not carried out")
    domain(mesh, {**things, "removed": [{"object": "statement T_LOOK", "action": "drop"}]})
    checks.equal(statements(mesh.plan()), ["DROP TAG T_DB.S.RAW"], "dropped by a tombstone")
    converge(mesh, checks, "dropped")
    checks.equal(mesh.sql("SHOW TAGS LIKE 'RAW' IN SCHEMA T_DB.S"), [], "it is gone")
    domain(mesh, {**things, "statements": RAW})
    mesh.apply()
    domain(mesh, things)
    checks.equal([(c["address"], c["action"], c.get("statements", [])) for c in mesh.plan()["changes"]], [("statement T_LOOK", "forget", [])],
                 "without one it is forgotten")
    for key, text, part in (("read", "SELECT 1", "it may only be SHOW or DESCRIBE"), ("create", "CREATE TAG X; DROP TAG Y", "create:"),
                            ("read", "SHOW TAGS ->> SELECT 1 FROM $1", "it may only be SHOW or DESCRIBE"),
                            ("create", "CREATE SECRET T_DB.S.X TYPE = GENERIC_STRING SECRET_STRING = 'hunter2'", "SECRET_STRING would stand in plans")):
        domain(mesh, {**things, "statements": {"T_LOOK": {**RAW["T_LOOK"], key: text}}})
        run = mesh.run("validate", expect=VIOLATED)
        checks.contains(run.err + run.out, part, f"{key}: {text}")


SCENARIOS = (pipes, raw_statements, parameters, bad_parameters, inherited, made_anew, foreign_grants)


def main():
    checks = Checks()
    binary = binary_of_command_line()
    for scenario in SCENARIOS:
        with temporary() as folder:
            checks.scenario(scenario.__name__, scenario, checks, binary, pathlib.Path(folder))
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
