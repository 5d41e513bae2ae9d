#!/usr/bin/env python3
"""What hangs on a view that CREATE OR REPLACE makes anew: what is declared stands in the statement itself, what others set
is set again, and where nobody can tell what hangs there, or the view would stand open for a moment, nothing is run."""

import sys

from mesh_runner import DONE, ONE_DOMAIN, REFUSED, Checks, Mesh, binary_of_command_line, domain, failures, one_domain, statements, temporary

GOVERNANCE = {"masking_policies": {"STARS": {"signature": {"V": "VARCHAR"}, "returns": "VARCHAR", "body": "'***'"}},
              "row_access_policies": {"BY_A": {"signature": {"A": "NUMBER"}, "body": "A < 10"}},
              "aggregation_policies": {"FIVE": {"body": "AGGREGATION_CONSTRAINT(MIN_GROUP_SIZE => 5)"}},
              "tag_definitions": {"CLASS": {}, "TIER": {}},
              "contact_definitions": {"DESK": {"url": "https://example.com"}}}


def declared(query, view=None, relations=None, **more):
    return {"roles": {"T_READER": {"granted_to": ["SYSADMIN"]}},
            "databases": {"T_DB": {"grants": {"T_READER": ["USAGE"]}, "schemas": {"S": {
                **GOVERNANCE, "grants": {"T_READER": ["USAGE"]},
                "tables": {"T": {"columns": {"A": "NUMBER", "B": "VARCHAR", "C": "NUMBER"}}},
                "views": {"V": {"query": query, "grants": {"T_READER": ["SELECT"]}, **(view or {})}}, **(relations or {})}}}}, **more}


def settle(mesh, checks, what, content=None):
    if content is not None:
        domain(mesh, content)
    applied = mesh.apply(expect=None)
    checks.that(applied.code == DONE, f"{what}: apply", failures(applied))
    checks.equal([(c["action"], c["address"]) for c in mesh.plan()["changes"]], [], f"{what}: the next plan is empty")


def hanging(mesh, view="T_DB.S.V"):
    """What the account tells of it, in words."""
    found = set()
    for row in mesh.sql(f"SELECT * FROM TABLE(T_DB.INFORMATION_SCHEMA.POLICY_REFERENCES(REF_ENTITY_NAME => '{view}', REF_ENTITY_DOMAIN => 'VIEW'))"):
        found.add((row["POLICY_NAME"], row["REF_COLUMN_NAME"] or ""))
    for call in (f"TAG_REFERENCES('{view}', 'TABLE')", f"TAG_REFERENCES_ALL_COLUMNS('{view}', 'TABLE')"):
        for row in mesh.sql(f"SELECT * FROM TABLE(T_DB.INFORMATION_SCHEMA.{call})"):
            if row["APPLY_METHOD"] == "MANUAL":
                found.add((row["TAG_NAME"], row["TAG_VALUE"], row["COLUMN_NAME"] or ""))
    for row in mesh.sql(f"SELECT * FROM TABLE(SNOWFLAKE.CORE.GET_CONTACTS('{view}', 'TABLE'))"):
        found.add((row["PURPOSE"], row["URL"]))
    for row in mesh.sql("SELECT METRIC_NAME FROM TABLE(T_DB.INFORMATION_SCHEMA.DATA_METRIC_FUNCTION_REFERENCES("
                        f"REF_ENTITY_NAME => '{view}', REF_ENTITY_DOMAIN => 'VIEW'))"):
        found.add((row["METRIC_NAME"],))
    return found


BY_HAND = ("ALTER VIEW T_DB.S.V MODIFY COLUMN B SET MASKING POLICY T_DB.S.STARS; "
           "ALTER VIEW T_DB.S.V MODIFY COLUMN B SET TAG T_DB.S.CLASS = 'mail'; "
           "ALTER VIEW T_DB.S.V ADD ROW ACCESS POLICY T_DB.S.BY_A ON (A); "
           "ALTER VIEW T_DB.S.V SET AGGREGATION POLICY T_DB.S.FIVE; "
           "ALTER VIEW T_DB.S.V SET CONTACT STEWARD = T_DB.S.DESK; "
           "ALTER VIEW T_DB.S.V SET DATA_METRIC_SCHEDULE = '60 MINUTE'; "
           "ALTER VIEW T_DB.S.V ADD DATA METRIC FUNCTION SNOWFLAKE.CORE.NULL_COUNT ON (A); "
           "COMMENT ON COLUMN T_DB.S.V.A IS 'said by hand'")
HANGING = {("STARS", "B"), ("CLASS", "mail", "B"), ("BY_A", ""), ("FIVE", ""), ("STEWARD", "https://example.com"), ("NULL_COUNT",)}


def others(checks, binary, folder):
    """Set by hand, with a declared tag beside it or without any."""
    for view, more in (({}, set()), ({"tags": {"T_DB.S.TIER": "gold"}}, {("TIER", "gold", "")})):
        mesh = one_domain(binary, f"{folder}/{len(more)}")
        settle(mesh, checks, "made", declared("SELECT A, B FROM T_DB.S.T", view))
        mesh.sql(BY_HAND)
        checks.equal(hanging(mesh), HANGING | more, "by hand")
        domain(mesh, declared("SELECT A, B, C FROM T_DB.S.T", view))
        plan = mesh.plan()
        checks.equal([(c["action"], c["address"]) for c in plan["changes"]], [("replace", "view T_DB.S.V")], "made anew")
        checks.equal([line["property"] for line in plan["changes"][0]["diff"]], ["query"], "and nothing else of it changes")
        checks.contains(plan["changes"][0]["reason"], "masking policy T_DB.S.STARS on column T_DB.S.V.B", "it says what it keeps")
        checks.contains(statements(plan)[0], '"B" WITH MASKING POLICY "T_DB"."S"."STARS"', "the mask stands in the CREATE")
        checks.that("masking policy T_DB.S.STARS on column T_DB.S.V.B" in [u["address"] for u in plan["unmanaged"]], "still unmanaged",
                    plan["unmanaged"])
        settle(mesh, checks, "made anew")
        checks.equal(hanging(mesh), HANGING | more, "all of it hangs there still")
        comments = {row["column_name"]: row["comment"] for row in mesh.sql("SHOW COLUMNS IN VIEW T_DB.S.V")}
        checks.equal(comments, {"A": "said by hand", "B": "", "C": ""}, "comments of columns as well")
        # A column that is gone needs no mask; what filters rows by one that is gone does not go silently.
        domain(mesh, declared("SELECT A, C FROM T_DB.S.T", view))
        settle(mesh, checks, "without B")
        checks.equal(hanging(mesh), HANGING - {("STARS", "B"), ("CLASS", "mail", "B")} | more, "what was on B went with it")
        domain(mesh, declared("SELECT C FROM T_DB.S.T", view))
        refused = mesh.apply(expect=REFUSED)
        checks.contains(str(refused), "row access policy T_DB.S.BY_A on view T_DB.S.V would be lost, for the new query has no column A", "refused")
        checks.contains(str(refused), "MESH2041", "with its code")


def unknown(checks, binary, folder):
    """Nobody can tell: no warehouse, no right to know, or a query whose columns nothing tells."""
    mesh = one_domain(binary, folder, {**ONE_DOMAIN, "environments": {"dev": {"connection": "test", "deploy_role": "T_DEPLOY", "plan_role": "T_PLAN"}}})
    mesh.sql("GRANT ROLE T_DEPLOY TO USER MESH; GRANT ROLE T_PLAN TO USER MESH; GRANT CREATE DATABASE ON ACCOUNT TO ROLE T_DEPLOY; "
             "CREATE DATABASE T_GOV; CREATE MASKING POLICY T_GOV.PUBLIC.HIDDEN AS (V VARCHAR) RETURNS VARCHAR -> '*'")
    plain = {"databases": {"T_DB": {"schemas": {"S": {"tables": {"T": {"columns": {"A": "NUMBER", "B": "VARCHAR"}}},
                                                      "views": {"V": {"query": "SELECT B FROM T_DB.S.T"}}}}}}}
    domain(mesh, plain)
    mesh.apply()
    plain["databases"]["T_DB"]["schemas"]["S"]["views"]["V"]["query"] = "SELECT A, B FROM T_DB.S.T"
    domain(mesh, plain)
    checks.equal(mesh.plan()["refused"], [], "where nothing hangs, a role without rights on policies may")
    mesh.sql("ALTER VIEW T_DB.S.V MODIFY COLUMN B SET MASKING POLICY T_GOV.PUBLIC.HIDDEN")
    refused = mesh.apply(expect=REFUSED)
    checks.contains(str(refused), "it bears a policy or tag that T_DEPLOY may not know", "a policy of others that the role may not know")
    checks.equal(mesh.sql("SELECT * FROM TABLE(T_DB.INFORMATION_SCHEMA.POLICY_REFERENCES(REF_ENTITY_NAME => 'T_DB.S.V', "
                          "REF_ENTITY_DOMAIN => 'VIEW'))")[0]["POLICY_NAME"], "HIDDEN", "it is there still")
    mesh.sql("GRANT APPLY MASKING POLICY ON ACCOUNT TO ROLE T_DEPLOY; GRANT USAGE ON DATABASE T_GOV TO ROLE T_DEPLOY; "
             "GRANT USAGE ON SCHEMA T_GOV.PUBLIC TO ROLE T_DEPLOY")
    settle(mesh, checks, "with the right to set it")
    checks.equal(len(mesh.sql("SELECT * FROM TABLE(T_DB.INFORMATION_SCHEMA.POLICY_REFERENCES(REF_ENTITY_NAME => 'T_DB.S.V', "
                              "REF_ENTITY_DOMAIN => 'VIEW'))")), 1, "and it stays")


def without_warehouse(checks, binary, folder):
    """Without a ledger mesh plans without a warehouse as well; but what hangs on a view cannot be asked for then."""
    mesh = Mesh(binary, f"{folder}/mesh", f"{folder}/account.db")
    mesh.write("mesh.yaml", {key: value for key, value in ONE_DOMAIN.items() if key != "control"})
    plain = {"databases": {"T_DB": {"schemas": {"S": {"managed_access": False, "tables": {"T": {"columns": {"A": "NUMBER", "B": "NUMBER"}}},
                                                      "views": {"V": {"query": "SELECT A, B FROM T_DB.S.T"}}}}}}}
    domain(mesh, plain)
    mesh.sql("CREATE DATABASE T_DB; CREATE SCHEMA T_DB.S; CREATE TABLE T_DB.S.T (A NUMBER, B NUMBER); CREATE VIEW T_DB.S.V AS SELECT A FROM T_DB.S.T")
    checks.equal([r["code"] for r in mesh.plan()["refused"]], [], "with a warehouse")
    mesh.sql("ALTER USER MESH UNSET DEFAULT_WAREHOUSE")
    checks.equal([(r["code"], r["address"]) for r in mesh.plan()["refused"]], [("MESH2041", "view T_DB.S.V")], "without one")


def unknown_columns(checks, binary, folder):
    mesh = one_domain(binary, folder)
    mesh.sql("CREATE DATABASE OTHERS; CREATE TABLE OTHERS.PUBLIC.T (A NUMBER, B VARCHAR, C NUMBER)")
    masked = {"columns": {"B": {"masking_policy": "T_DB.S.STARS"}}}
    settle(mesh, checks, "nobody can read it yet", declared("SELECT * FROM OTHERS.PUBLIC.T", masked))
    domain(mesh, declared("SELECT * FROM OTHERS.PUBLIC.T WHERE A > 0", masked))
    refused = mesh.apply(expect=REFUSED)
    checks.contains(str(refused), "MESH2042", "now somebody can: it would stand open for a moment")
    checks.contains(str(refused), "column_list", "and what helps")
    settle(mesh, checks, "named", declared("SELECT * FROM OTHERS.PUBLIC.T WHERE A > 0", {**masked, "column_list": ["A", "B", "C"]}))
    # A grant on what is still to come reads it from its first moment on.
    future = {"grants": [{"to": "role T_READER", "privileges": ["SELECT"], "on": "future views in schema T_DB.S"}]}
    settle(mesh, checks, "future", declared("SELECT * FROM OTHERS.PUBLIC.T WHERE A > 0", {**masked, "column_list": ["A", "B", "C"]}, **future))
    more = {"views": {"V": {"query": "SELECT A FROM T_DB.S.T"}, "W": {"query": "SELECT * FROM OTHERS.PUBLIC.T", **masked}}}
    domain(mesh, declared("", relations=more, **future))
    checks.equal([r["code"] for r in mesh.plan()["refused"] if r["address"] == "view T_DB.S.W"], ["MESH2042"], "a new view, too")


def stands_in_create(checks, binary, folder):
    """Masks of columns are there from the first moment, also when the statement fails; what comes and goes is shown."""
    mesh = one_domain(binary, folder)
    masked = {"columns": {"B": {"masking_policy": "T_DB.S.STARS", "tags": {"T_DB.S.CLASS": "mail"}}},
              "row_access_policy": {"policy": "T_DB.S.BY_A", "on": ["A"]}}
    domain(mesh, declared("SELECT A, B FROM T_DB.S.T", masked))
    create = next(s for s in statements(mesh.plan()) if s.startswith("CREATE VIEW"))
    checks.contains(create, '("A", "B" WITH MASKING POLICY "T_DB"."S"."STARS" WITH TAG ("T_DB"."S"."CLASS" = \'mail\'))', "in CREATE VIEW")
    settle(mesh, checks, "made")
    domain(mesh, declared("SELECT A, A AS B FROM T_DB.S.T", masked))  # a number, which the policy does not take
    failed = mesh.apply(expect=None)
    checks.equal((failed.code, hanging(mesh) >= {("STARS", "B"), ("BY_A", "")}), (1, True), "a statement that fails opens nothing")

    # Without them: shown, with the risk, and who may no longer read loses that first.
    bare = declared("SELECT B, A FROM T_DB.S.T")
    bare["databases"]["T_DB"]["schemas"]["S"]["views"]["V"].pop("grants")
    domain(mesh, bare)
    plan = mesh.plan()
    change = next(c for c in plan["changes"] if c["action"] == "replace")
    checks.equal({(line["property"], line["after"]) for line in change["diff"]} - {("query", "SELECT B, A FROM T_DB.S.T")},
                 {("masking policy on B", None), ("row access policy", None), ("tag T_DB.S.CLASS on B", None)}, "what goes is shown")
    checks.equal(change["risk"], "disruptive", "its risk")
    sql = [s.split(" ")[0] for s in statements(plan)]
    checks.that(sql.index("REVOKE") < sql.index("CREATE"), "access is taken before it is opened", statements(plan))
    settle(mesh, checks, "bare")
    domain(mesh, declared("SELECT A, B FROM T_DB.S.T", masked))
    plan = mesh.plan()
    sql = [s.split(" ")[0] for s in statements(plan)]
    checks.that(sql.index("CREATE") < sql.index("GRANT"), "and given behind what protects", statements(plan))
    settle(mesh, checks, "masked again")


def renamed(checks, binary, folder):
    """Under another name and made anew in one plan: what hangs on it is asked under the old one."""
    mesh = one_domain(binary, folder)
    settle(mesh, checks, "made", declared("SELECT A, B FROM T_DB.S.T"))
    mesh.sql("ALTER VIEW T_DB.S.V MODIFY COLUMN B SET MASKING POLICY T_DB.S.STARS")
    content = declared("SELECT A, B, C FROM T_DB.S.T", {"renamed_from": "V"})
    views = content["databases"]["T_DB"]["schemas"]["S"]["views"]
    views["W"] = views.pop("V")
    settle(mesh, checks, "renamed", content)
    checks.equal(hanging(mesh, "T_DB.S.W"), {("STARS", "B")}, "kept under the new name")


def beside(checks, binary, folder):
    """What another query gives, what future grants give to a new view, and protection in one change with the rest."""
    mesh = one_domain(binary, folder)
    future = {"grants": [{"to": "role T_READER", "privileges": ["SELECT"], "on": "future views in schema T_DB.S"}]}
    settle(mesh, checks, "made", declared("SELECT A, B FROM T_DB.S.T", {"columns": {"B": {"comment": "b"}}}, **future))
    more = {"views": {"V": {"query": "SELECT A, B AS B2 FROM T_DB.S.T", "columns": {"B2": {"comment": "b"}}, "prevent_destroy": True,
                            "grants": {"T_READER": ["SELECT"]}},
                      "W": {"query": "SELECT A FROM T_DB.S.T"}}}
    domain(mesh, declared("", relations=more, **future))
    plan = mesh.plan()
    checks.equal(plan["findings"], [], "B2 is among the new columns")
    changes = [c for c in plan["changes"] if c["address"] == "view T_DB.S.V"]
    checks.equal(([c["action"] for c in changes], {line["property"] for c in changes for line in c["diff"]}),
                 (["replace"], {"prevent_destroy", "query", "columns.B2.comment"}), "one change of the view")
    checks.that(("+", "role T_READER", "SELECT", "view T_DB.S.W") in [(a["change"], a["who"], a["privilege"], a["object"]) for a in plan["access"]],
                "who reads the new view by the future grant", plan["access"])
    settle(mesh, checks, "another query", declared("", relations=more, **future))
    mesh.sql("GRANT CREATE DATABASE ON ACCOUNT TO ROLE T_READER")
    checks.that("grant CREATE DATABASE on account to role T_READER" in mesh.run("drift").out, "drift tells of privileges on the account")


def main():
    checks = Checks()
    binary = binary_of_command_line()
    for name, scenario in (("others", others), ("unknown", unknown), ("without warehouse", without_warehouse), ("unknown columns", unknown_columns),
                           ("stands in create", stands_in_create), ("renamed", renamed), ("beside", beside)):
        with temporary() as folder:
            checks.scenario(name, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
