#!/usr/bin/env python3
"""Data that crosses accounts: one account fills a share and opens it, the other imports it; each by its own manifests."""

import pathlib
import sys

from mesh_runner import REFUSED, VIOLATED, Checks, Mesh, binary_of_command_line, failures, statements, temporary

MESH_FILE = {
    "mesh": "acme",
    "api": "mesh/v1",
    "control": {"database": "MESH", "schema": "CONTROL", "warehouse": "MESH_WH"},
    "environments": {"provider": {"connection": "provider", "account": "ACME-PROVIDER", "suffix": "_X"},
                     "consumer": {"connection": "consumer", "account": "ACME-CONSUMER", "suffix": "_X"}},
    "default_environment": "provider",
    "domains": {"sales": {"path": "sales"}, "finance": {"path": "finance"}},
}
TEAM = {"name": "team", "email": "team@example.com"}
SHARE = "share SALES_SHARE"
SALES = {
    "domain": "sales", "team": TEAM,
    "shares": {"SALES_SHARE": {"accounts": ["ACME.CONSUMER"], "only": ["provider"]}},
    "databases": {"SALES": {"only": ["provider"], "grants": {SHARE: ["USAGE"]}, "schemas": {"S": {
        "grants": {SHARE: ["USAGE"]}, "tables": {"ORDERS": {"columns": {"ID": "NUMBER"}, "grants": {SHARE: ["SELECT"]}}}}}}},
}
# The suffix is the provider's: names in another account bear none of ours.
IMPORTED = {"from_share": "ACME.PROVIDER.SALES_SHARE_X", "comment": "Orders of sales", "only": ["consumer"],
            "grants": {"FINANCE_READER": ["IMPORTED PRIVILEGES"]}}


def finance(database):
    return {"domain": "finance", "team": TEAM, "roles": {"FINANCE_READER": {"only": ["consumer"]}},
            "databases": {"FINANCE_SALES": database} if database else {}}


def two_accounts(binary, folder):
    provider = Mesh(binary, f"{folder}/mesh", f"{folder}/account.db", "provider")
    consumer = Mesh(binary, f"{folder}/mesh", f"{folder}/account.db", "consumer")
    provider.write("mesh.yaml", MESH_FILE)
    provider.write("sales/domain.yaml", SALES)
    provider.write("finance/domain.yaml", finance(IMPORTED))
    for mesh in (provider, consumer):
        mesh.bootstrap()
    return provider, consumer


def it_crosses(checks, binary, folder):
    provider, consumer = two_accounts(binary, folder)
    provider.apply()
    checks.equal(statements(provider.plan()), [], "the provider converges")
    consumer.apply()
    checks.equal(statements(consumer.plan()), [], "the consumer converges")
    row = consumer.sql("SHOW DATABASES LIKE 'FINANCE_SALES_X'")[0]
    checks.equal((row["kind"], row["origin"], row["comment"]),
                 ("IMPORTED DATABASE", "ACME.PROVIDER.SALES_SHARE_X", "Orders of sales"), "the imported database")
    grants = [(g["privilege"], g["granted_on"], g["name"]) for g in consumer.sql("SHOW GRANTS TO ROLE FINANCE_READER_X")]
    checks.equal(grants, [("USAGE", "DATABASE", "FINANCE_SALES_X")], "IMPORTED PRIVILEGES read back as USAGE")
    # What is not declared any more is taken back.
    consumer.write("finance/domain.yaml", finance(IMPORTED | {"grants": {}, "comment": ""}))
    checks.equal(statements(consumer.plan()),
                 ['ALTER DATABASE "FINANCE_SALES_X" UNSET COMMENT',
                  'REVOKE IMPORTED PRIVILEGES ON DATABASE "FINANCE_SALES_X" FROM ROLE "FINANCE_READER_X"'], "grant taken away")
    consumer.apply()
    checks.equal(statements(consumer.plan()), [], "the consumer converges again")


def another_share_is_refused(checks, binary, folder):
    provider, consumer = two_accounts(binary, folder)
    provider.apply()
    consumer.apply()
    consumer.write("finance/domain.yaml", finance(IMPORTED | {"from_share": "ACME.PROVIDER.OTHER"}))
    checks.contains(consumer.run("apply", "--yes", expect=REFUSED).err + consumer.run("plan").out, "MESH2002", "another share")
    consumer.write("finance/domain.yaml", finance(None) | {"removed": [{"object": "database FINANCE_SALES", "action": "drop"}]})
    checks.equal(statements(consumer.plan()), ['DROP DATABASE "FINANCE_SALES_X"'], "dropped as one thing")
    consumer.apply()
    checks.equal(consumer.sql("SHOW DATABASES LIKE 'FINANCE_SALES_X'"), [], "it is gone")


def it_is_imported_from_live(checks, binary, folder):
    provider, consumer = two_accounts(binary, folder)
    provider.apply()
    consumer.apply()
    consumer.write("finance/domain.yaml", finance(None))
    consumer.run("import", "-d", "finance", "-o", f"{folder}/out")
    texts = "".join(path.read_text(encoding="utf-8") for path in sorted(pathlib.Path(folder, "out").rglob("*.yaml")))
    checks.contains(texts, "from_share: ACME.PROVIDER.SALES_SHARE_X", "the share an imported database comes from")
    checks.contains(texts, "IMPORTED PRIVILEGES", "and who may use it")
    provider.write("sales/domain.yaml", {"domain": "sales", "team": TEAM})
    provider.run("import", "-d", "sales", "-o", f"{folder}/sales")
    texts = "".join(path.read_text(encoding="utf-8") for path in sorted(pathlib.Path(folder, "sales").rglob("*.yaml")))
    checks.contains(texts, "accounts: [ACME.CONSUMER]", "whom a share is opened to")
    checks.contains(texts, "share SALES_SHARE: [SELECT]", "and what it holds")


def its_roles_are_given(checks, binary, folder):
    provider, consumer = two_accounts(binary, folder)
    sales = {**SALES, "databases": {"SALES": {**SALES["databases"]["SALES"],
                                              "database_roles": {"SEES": {"granted_to": [SHARE]}, "KNOWS": {"granted_to": [SHARE]}}}}}
    provider.write("sales/domain.yaml", sales)
    checks.equal(failures(provider.apply(expect=None)), "", "the provider puts database roles into the share")
    roles = {"SEES": {"granted_to": ["FINANCE_READER"]}}
    consumer.write("finance/domain.yaml", finance({**IMPORTED, "database_roles": roles}))
    checks.equal(failures(consumer.apply(expect=None)), "", "the consumer makes the database and gives its role in one go")
    checks.equal([row["name"] for row in consumer.sql("SHOW DATABASE ROLES IN DATABASE FINANCE_SALES_X")], ["KNOWS", "SEES"], "the roles it brings")
    held = [(g["privilege"], g["granted_on"], g["name"]) for g in consumer.sql("SHOW GRANTS TO ROLE FINANCE_READER_X")]
    checks.that(("USAGE", "DATABASE_ROLE", "FINANCE_SALES_X.SEES") in held, "the role is given", held)
    plan = consumer.plan()
    checks.equal((plan["changes"], plan["waiting"], plan["refused"]), ([], [], []), "the consumer converges")
    # By another hand, by nobody any more, and one that the share does not bring.
    consumer.sql("GRANT DATABASE ROLE FINANCE_SALES_X.SEES TO ROLE SYSADMIN")
    checks.equal(statements(consumer.plan()), ['REVOKE DATABASE ROLE "FINANCE_SALES_X"."SEES" FROM ROLE "SYSADMIN"'], "who has a declared role is exact")
    consumer.apply()
    consumer.write("finance/domain.yaml", finance(None))
    consumer.run("import", "-d", "finance", "-o", f"{folder}/out")
    texts = "".join(path.read_text(encoding="utf-8") for path in sorted(pathlib.Path(folder, "out").rglob("*.yaml")))
    checks.contains(texts, "granted_to: [FINANCE_READER]", "a role in use is imported")
    checks.that("KNOWS" not in texts, "one that nobody has is not", texts)
    consumer.write("finance/domain.yaml", finance({**IMPORTED, "database_roles": {"SEES": {"granted_to": []}, "GONE": {"granted_to": ["FINANCE_READER"]}}}))
    plan = consumer.plan()
    checks.equal(statements(plan), ['REVOKE DATABASE ROLE "FINANCE_SALES_X"."SEES" FROM ROLE "FINANCE_READER_X"'], "it is taken back")
    checks.equal([each["address"] for each in plan["waiting"]], ["database role FINANCE_SALES_X.GONE"], "one that the share does not bring is waited for")
    checks.equal([each["address"] for each in consumer.run("drift", "--format", "json").json()["unmanaged"]], [], "drift does not count the provider's")
    consumer.write("finance/domain.yaml", finance(None) | {"removed": [{"object": "database FINANCE_SALES", "action": "drop"}]})
    checks.equal((statements(consumer.plan()), consumer.plan()["refused"]), (['DROP DATABASE "FINANCE_SALES_X"'], []), "it is dropped as one thing, with its roles")
    provider.sql("REVOKE DATABASE ROLE SALES_X.SEES FROM SHARE SALES_SHARE_X")
    checks.equal([row["name"] for row in consumer.sql("SHOW DATABASE ROLES IN DATABASE FINANCE_SALES_X")], ["KNOWS"], "the provider takes it out")
    for statement in ("CREATE DATABASE ROLE FINANCE_SALES_X.MINE", "DROP DATABASE ROLE FINANCE_SALES_X.KNOWS",
                      "ALTER DATABASE ROLE FINANCE_SALES_X.KNOWS SET COMMENT = 'c'"):
        checks.contains(consumer.sql(statement, expect=None).err, "003001", f"refused: {statement}")
    consumer.write("finance/domain.yaml", finance({**IMPORTED, "database_roles": {"SEES": {"comment": "mine"}}}))
    checks.contains(consumer.run("validate", expect=VIOLATED).out, "comes with the share", "and nothing but granted_to is said of it")


def mistakes_are_named(checks, binary, folder):
    provider, consumer = two_accounts(binary, folder)
    wrong = {
        "lies in an imported database": {**IMPORTED, "schemas": {"S": {}}},
        "log_level does not apply": {**IMPORTED, "log_level": "INFO"},
        "cannot have USAGE granted on it": {**IMPORTED, "grants": {"FINANCE_READER": ["USAGE"]}},
        "ORGANIZATION.ACCOUNT.SHARE": {**IMPORTED, "from_share": "SALES_SHARE"},
    }
    for words, database in wrong.items():
        consumer.write("finance/domain.yaml", finance(database))
        checks.contains(consumer.run("validate", expect=VIOLATED).out, words, words)
    consumer.write("finance/domain.yaml", finance(IMPORTED))
    view = {"V": {"query": "SELECT ID FROM SALES.S.ORDERS", "grants": {SHARE: ["SELECT"]}}}
    sales = {**SALES, "databases": {"SALES": {**SALES["databases"]["SALES"], "schemas": {"S": {
        **SALES["databases"]["SALES"]["schemas"]["S"], "views": view}}}}}
    provider.write("sales/domain.yaml", sales)
    checks.contains(provider.run("validate", expect=VIOLATED).out, "takes only secure objects", "a view that is not secure")
    for words, share in {"cannot be handed over": {"owner": "SYSADMIN"}, "ORGANIZATION.ACCOUNT": {"accounts": ["A.B.C"]},
                         "cannot be renamed": {"renamed_from": "OTHER"}}.items():
        provider.write("sales/domain.yaml", {**SALES, "shares": {"SALES_SHARE": share}})
        checks.contains(provider.run("validate", expect=VIOLATED).out, words, words)


def main():
    binary = binary_of_command_line()
    checks = Checks()
    for scenario in (it_crosses, another_share_is_refused, it_is_imported_from_live, its_roles_are_given, mistakes_are_named):
        with temporary() as folder:
            checks.scenario(scenario.__name__, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
