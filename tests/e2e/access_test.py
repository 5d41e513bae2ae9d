#!/usr/bin/env python3
"""mesh access: its answers, and the law that they are what the account really permits.

    access_test.py MESH                a few answers, and the law on one small random account
    access_test.py MESH --seeds 50     that many larger accounts, every answer of who-can too
    access_test.py MESH --seed 17      one of those again

The law: for every role, object and privilege of a random account, mesh says yes exactly where a statement that needs the
privilege, sent under that role, is let through.
"""

import argparse
import copy
import json
import pathlib
import random
import sys

import json_schema
from mesh_runner import ONE_DOMAIN, REFUSED, USAGE, Checks, Wrong, domain, one_domain, temporary
from served import Client, Served
from statements_api import StatementsApi

SUCCESS = "090001"
# Snowflake's ways to say no (grants.md 7; sql-api.md): insufficient privileges, not there or hidden, no warehouse.
REFUSALS = {"003001", "002003", "002043", "000606", "003540"}
ON_EVERY_TABLE = {"SELECT": "SELECT * FROM {o} LIMIT 1", "INSERT": "INSERT INTO {o} VALUES (1)", "DELETE": "DELETE FROM {o}",
                  "TRUNCATE": "TRUNCATE TABLE {o}", "OWNERSHIP": "ALTER TABLE {o} SET COMMENT = 'x'"}
# By kind: privilege, a statement that needs it and nothing else on the object, and what takes its trace away.
PROBES = {
    "table": [(privilege, sql, None) for privilege, sql in ON_EVERY_TABLE.items()],
    "view": [("SELECT", "SELECT * FROM {o}", None), ("OWNERSHIP", "ALTER VIEW {o} SET COMMENT = 'x'", None)],
    "sequence": [("OWNERSHIP", "ALTER SEQUENCE {o} SET COMMENT = 'x'", None)],
    "dynamic table": [("SELECT", "SELECT * FROM {o} LIMIT 1", None), ("OPERATE", "ALTER DYNAMIC TABLE {o} SUSPEND", None),
                      ("OWNERSHIP", "ALTER DYNAMIC TABLE {o} SET COMMENT = 'x'", None)],
    "stream": [("OWNERSHIP", "ALTER STREAM {o} SET COMMENT = 'x'", None)],
    "task": [("OPERATE", "ALTER TASK {o} SUSPEND", None), ("OWNERSHIP", "ALTER TASK {o} SET COMMENT = 'x'", None)],
    "alert": [("OPERATE", "ALTER ALERT {o} SUSPEND", None), ("OWNERSHIP", "ALTER ALERT {o} SET COMMENT = 'x'", None)],
    "stage": [("OWNERSHIP", "ALTER STAGE {o} SET COMMENT = 'x'", None)],
    "file format": [("OWNERSHIP", "ALTER FILE FORMAT {o} SET COMMENT = 'x'", None)],
    "tag": [("OWNERSHIP", "ALTER TAG {o} SET COMMENT = 'x'", None)],
    "schema": [("CREATE TABLE", "CREATE TABLE {o}.MADE (A NUMBER)", "DROP TABLE {o}.MADE"),
               ("CREATE VIEW", "CREATE VIEW {o}.MADE AS SELECT 1 AS A", "DROP VIEW {o}.MADE"),
               ("CREATE SEQUENCE", "CREATE SEQUENCE {o}.MADE", "DROP SEQUENCE {o}.MADE")],
    "database": [("CREATE SCHEMA", "CREATE SCHEMA {o}.MADE", "DROP SCHEMA {o}.MADE"),
                 ("CREATE DATABASE ROLE", "CREATE DATABASE ROLE {o}.MADE", "DROP DATABASE ROLE {o}.MADE")],
    "warehouse": [("OPERATE", "ALTER WAREHOUSE {o} RESUME IF SUSPENDED", None), ("MODIFY", "ALTER WAREHOUSE {o} SET COMMENT = 'x'", None)],
    "account": [("CREATE DATABASE", "CREATE DATABASE MADE", "DROP DATABASE MADE"), ("CREATE ROLE", "CREATE ROLE MADE", "DROP ROLE MADE"),
                ("CREATE WAREHOUSE", "CREATE WAREHOUSE MADE INITIALLY_SUSPENDED = TRUE", "DROP WAREHOUSE MADE")],
}
# Besides those that are probed: whether one of them lets through more than it should.
OTHERS = {"table": ["REFERENCES", "UPDATE"], "view": ["REFERENCES"], "sequence": ["USAGE"], "schema": ["USAGE", "USAGE", "MONITOR", "MODIFY"],
          "dynamic table": ["MONITOR"], "stream": ["SELECT"], "task": ["MONITOR"], "alert": ["MONITOR"], "stage": ["READ"],
          "file format": ["USAGE"], "tag": ["APPLY"],
          "database": ["USAGE", "USAGE", "MONITOR"], "warehouse": ["USAGE", "MONITOR"],
          "account": ["MANAGE WAREHOUSES", "MONITOR USAGE", "MANAGE GRANTS"]}
INHERITABLE = {"table": ["SELECT", "INSERT"], "view": ["SELECT"], "schema": ["USAGE", "CREATE TABLE"], "sequence": ["USAGE"]}
# One of each, in one schema.
RARER = {"dynamic table": "TARGET_LAG = '1 hour' WAREHOUSE = W0 AS SELECT A FROM {s}.T0", "stream": "ON TABLE {s}.T0",
         "task": "AS SELECT 1", "alert": "SCHEDULE = '1 MINUTE' IF (EXISTS (SELECT 1)) THEN SELECT 1", "stage": "", "file format": "TYPE = CSV",
         "tag": ""}
INSIDE = ("table", "view", "sequence", *RARER)


class Account:
    """A random account and everything in it, as (kind, name)."""

    def __init__(self, api, rng, size):
        self.api, self.rng = api, rng
        self.roles = [f"R{i}" for i in range(3 + size)]
        self.database_roles, self.objects = [], [("account", "")]
        self.make(size)
        for _ in range(24 * size):
            rng.choice([self.usage, self.usage, self.grant, self.grant, self.grant, self.member, self.future, self.inherited,
                        self.hand_over])()
        self.make_later()

    def do(self, statement):
        code, message = self.api.run(statement)
        if code != SUCCESS:
            raise Wrong(f"{statement}\n{code} {message}")

    def create(self, kind, name, rest=""):
        self.do(f"CREATE {kind.upper()} {name} {rest}")
        self.objects.append((kind, name))

    def make(self, size):
        self.do("ALTER ACCOUNT SET FEATURE_RBAC_INHERITED_GRANTS = 'ENABLED'")
        for role in self.roles:
            self.do(f"CREATE ROLE {role}")
            self.do(f"GRANT ROLE {role} TO USER MESH")
        for role in ("SYSADMIN", "SECURITYADMIN", "USERADMIN"):
            self.do(f"GRANT ROLE {role} TO USER MESH")
        for d in range(2):
            self.create("database", f"D{d}")
            self.database_roles += [f"D{d}.X", f"D{d}.Y"]
            for role in ("X", "Y"):
                self.do(f"CREATE DATABASE ROLE D{d}.{role}")
            for s in range(size):
                schema = f"D{d}.S{s}"
                self.create("schema", schema, self.rng.choice(["", "WITH MANAGED ACCESS"]))
                self.create("table", f"{schema}.T0", "(A NUMBER)")
                self.create("view", f"{schema}.V0", "AS SELECT 1 AS A")
                self.create("sequence", f"{schema}.Q0")
        for w in range(2):
            self.create("warehouse", f"W{w}", "INITIALLY_SUSPENDED = TRUE")
        schema = self.rng.choice([name for kind, name in self.objects if kind == "schema"])
        for kind, rest in RARER.items():
            self.create(kind, f"{schema}.{kind.upper().replace(' ', '_')}", rest.format(s=schema))

    def make_later(self):
        for kind, name in list(self.objects):
            if kind == "schema":
                self.do(f"GRANT CREATE TABLE ON SCHEMA {name} TO ROLE ACCOUNTADMIN")
                self.create("table", f"{name}.T1", "(A NUMBER)")

    def grantee(self, name):
        """A role, or a database role of the object's database."""
        own = [f"DATABASE ROLE {role}" for role in self.database_roles if role.split(".")[0] == name.split(".")[0]]
        return self.rng.choice([f"ROLE {role}" for role in [*self.roles, *self.roles, "PUBLIC"]] + own)

    def grant(self):
        kind, name = self.rng.choice(self.objects)
        privilege = self.rng.choice([p for p, *_ in PROBES[kind] if p != "OWNERSHIP"] + OTHERS[kind])
        option = self.rng.choice(["", "", " WITH GRANT OPTION"])
        self.do(f"GRANT {privilege} ON {kind.upper()} {name} TO {self.grantee(name)}{option}")

    def usage(self):
        """What most of the rest is of no use without."""
        schema = self.rng.choice([name for kind, name in self.objects if kind == "schema"])
        grantee = self.grantee(schema)
        self.do(f"GRANT USAGE ON DATABASE {schema.split('.')[0]} TO {grantee}")
        self.do(f"GRANT USAGE ON SCHEMA {schema} TO {grantee}")

    def member(self):
        """Later in the list is above, so there are no circles."""
        everyone = [f"DATABASE ROLE {role}" for role in self.database_roles] + [f"ROLE {role}" for role in self.roles]
        below, above = sorted(self.rng.sample(range(len(everyone)), 2))
        below, above = everyone[below], everyone[above]
        if above.startswith("DATABASE") and below.split()[-1].split(".")[0] != above.split()[-1].split(".")[0]:
            return
        self.do(f"GRANT {below} TO {above}")

    def container(self, kind):
        containers = [(k, n) for k, n in self.objects if k == "database" or (k == "schema" and kind in INSIDE)]
        return self.rng.choice(containers)

    def future(self):
        kind = self.rng.choice(["table", "table", "schema"])
        where, name = self.container(kind)
        privilege = self.rng.choice([p for p, *_ in PROBES[kind] if p != "OWNERSHIP"] + OTHERS[kind])
        self.do(f"GRANT {privilege} ON FUTURE {kind.upper()}S IN {where.upper()} {name} TO {self.grantee(name)}")

    def inherited(self):
        kind = self.rng.choice(list(INHERITABLE))
        where, name = self.container(kind)
        privilege = self.rng.choice(INHERITABLE[kind])
        if self.rng.random() < 0.1:
            self.do(f"GRANT INHERITED {privilege} ON ALL {kind.upper()}S IN ACCOUNT TO ROLE {self.rng.choice(self.roles)}")
        else:
            self.do(f"GRANT INHERITED {privilege} ON ALL {kind.upper()}S IN {where.upper()} {name} TO {self.grantee(name)}")

    def hand_over(self):
        kind, name = self.rng.choice([(k, n) for k, n in self.objects if k != "account"])
        to = f"ROLE {self.rng.choice(self.roles)}"
        code, message = self.api.run(f"GRANT OWNERSHIP ON {kind.upper()} {name} TO {to} COPY CURRENT GRANTS")
        # In a managed access schema only to a role below the schema's owner (grants.md 4).
        if code not in (SUCCESS, "003001") and "managed access" not in message:
            raise Wrong(f"{kind} {name} to {to}\n{code} {message}")

    def permits(self, role, probe, name):
        _, statement, undo = probe
        code, message = self.api.run(statement.format(o=name), role=role)
        if code == SUCCESS:
            if undo:
                again, why = self.api.run(undo.format(o=name), role=role)
                if again != SUCCESS:
                    raise Wrong(f"{undo.format(o=name)} as {role}: {again} {why}")
            return True
        if code not in REFUSALS and "nsufficient privileges" not in message:
            raise Wrong(f"{statement.format(o=name)} as {role}\n{code} {message}")
        return False


def covers(answer, kind, name):
    """Whether an inherited grant is one on that object: on each of its kind below (grants.md 1.9)."""
    if answer["how"] != "inherited" or not answer["object"].startswith(f"{kind}s in "):
        return False
    where = answer["object"].split()[-1]
    return where == "account" or name.startswith(where + ".")


def resolves(answers, kind, name):
    """Any one privilege on a container will do (grants.md 3, Implied); MANAGE GRANTS sees everything."""
    for answer in answers:
        if answer["object"] == f"{kind} {name}" and answer["how"] != "to come" or covers(answer, kind, name):
            return True
        if answer["object"] == "account" and answer["privilege"] == "MANAGE GRANTS":
            return True
    return False


def says(answers, privilege, kind, name):
    """What the answers of what-can mean for one object. OWNERSHIP implies every privilege on it; MANAGE WAREHOUSES stands for
    MODIFY and OPERATE (grants.md 3.1). An inherited grant is told with its container, so the ones between are looked for."""
    mine = "account" if kind == "account" else f"{kind} {name}"
    parts = name.split(".")
    between = [(("database", "schema")[i - 1], ".".join(parts[:i])) for i in range(1, len(parts))]
    for answer in answers:
        if answer["missing"] or answer["how"] == "to come":
            continue
        if answer["object"] == mine and answer["privilege"] in (privilege, "OWNERSHIP"):
            return True
        if kind == "warehouse" and answer["object"] == "account" and answer["privilege"] == "MANAGE WAREHOUSES":
            return True
        if covers(answer, kind, name) and answer["privilege"] == privilege and all(resolves(answers, *each) for each in between):
            return True
    return False


def law(checks, binary, folder, seed, size, share):
    rng = random.Random(seed)
    folder = pathlib.Path(folder) / f"seed{seed}"
    folder.mkdir()
    with Served(binary, folder / "account.db", folder / "home") as served:
        account = Account(StatementsApi(served.entry), rng, size)
        client = Client(binary, folder, served.home)
        yes = 0
        roles = [*account.roles, "PUBLIC", "SYSADMIN", "SECURITYADMIN", "ACCOUNTADMIN"]
        said = {role: client.run("access", "what-can", role, "--format", "json").out for role in roles}
        said = {role: json.loads(out)["answers"] for role, out in said.items()}
        for kind, name in account.objects:
            for probe in PROBES[kind]:
                permitted = {role for role in roles if account.permits(role, probe, name)}
                yes += len(permitted - {"ACCOUNTADMIN"})
                where = f"seed {seed}: {probe[0]} on {kind} {name}"
                believed = {role for role in roles if says(said[role], probe[0], kind, name)}
                if kind == "account":
                    believed.add("ACCOUNTADMIN")   # may do there whatever can be granted
                checks.equal(sorted(believed), sorted(permitted), f"{where}: what-can")
                if rng.random() < share:
                    words = [kind, name] if name else [kind]
                    answer = json.loads(client.run("access", "who-can", probe[0], *words, "--format", "json").out)
                    able = {a["who"] for a in answer["answers"] if not a["missing"] and a["how"] != "to come"}
                    able = {who.removeprefix("role ") for who in able if who.startswith("role ")}
                    # What everybody has through PUBLIC is said of PUBLIC and of roles on the way.
                    able |= set(roles) if "PUBLIC" in able else set()
                    checks.equal(sorted(able & set(roles)), sorted(permitted), f"{where}: who-can")
        print(f"  {yes} times yes, besides ACCOUNTADMIN's")


MANIFEST = {
    "roles": {"T_READER": {}, "T_ANALYST": {"users": ["ALICE"]}, "T_STRANGER": {}},
    "databases": {"T_DB": {
        "grants": {"T_ANALYST": ["USAGE"]},
        "database_roles": {"READER": {"granted_to": ["T_READER"]}},
        "schemas": {"S": {
            "managed_access": False,
            "grants": {"database role T_DB.READER": ["USAGE"], "T_ANALYST": ["USAGE"]},
            "tables": {"T": {"columns": {"A": "NUMBER"}, "grants": {"database role T_DB.READER": ["SELECT"]}},
                       "OWNED": {"columns": {"A": "NUMBER"}, "owner": "T_ANALYST"}}}}}},
    "grants": [{"to": "role T_ANALYST", "privileges": ["SELECT"], "on": "tables in schema T_DB.S"}],
}


def answers_of(run):
    document = run.json()
    problems = json_schema.problems(document, json_schema.load("access.schema.json"))
    if problems:
        raise Wrong("\n".join(problems))
    return {(a["who"], a["privilege"], a["object"], a["how"], tuple(a["via"]), tuple(a["missing"])) for a in document["answers"]}


def of_manifests(checks, binary, folder):
    """From the manifests alone, and, once they are applied, of the account: the same."""
    mesh = one_domain(binary, folder)
    mesh.sql("CREATE USER ALICE")
    domain(mesh, MANIFEST)
    ask = ("access", "who-can", "select", "table", "T_DB.S.T", "--format", "json")
    table = "table T_DB.S.T"
    expected = {
        ("role T_ANALYST", "SELECT", table, "granted", (), ()),
        ("user ALICE", "SELECT", table, "granted", ("role T_ANALYST",), ()),
        ("database role T_DB.READER", "SELECT", table, "granted", (), ()),
        ("role T_READER", "SELECT", table, "granted", ("database role T_DB.READER",), ()),
    }
    checks.equal(sorted(answers_of(mesh.run(*ask, "--manifests"))), sorted(expected), "who-can, of the manifests")
    mesh.apply()
    live = answers_of(mesh.run(*ask))
    made = {("role ACCOUNTADMIN", "SELECT", table, "owned", (), ()), ("user MESH", "SELECT", table, "owned", ("role ACCOUNTADMIN",), ())}
    checks.equal(sorted(live), sorted(expected | made), "who-can, of the account")

    mesh.sql("GRANT INSERT ON TABLE T_DB.S.T TO ROLE T_STRANGER")
    found = answers_of(mesh.run("access", "who-can", "INSERT", table, "--format", "json"))
    lost = ("role T_STRANGER", "INSERT", table, "granted", (), ("USAGE on database T_DB", "USAGE on schema T_DB.S"))
    checks.that(lost in found, "what is missing for use is said", found)
    text = mesh.run("access", "who-can", "INSERT", table).out
    checks.contains(text, "role T_STRANGER  lacks USAGE on database T_DB, USAGE on schema T_DB.S", "in words too")

    can = answers_of(mesh.run("access", "what-can", "T_ANALYST", "--format", "json"))
    for privilege, target, how in (("OWNERSHIP", "table T_DB.S.OWNED", "owned"), ("SELECT", table, "granted"),
                                   ("SELECT", "future tables in schema T_DB.S", "to come"), ("USAGE", "schema T_DB.S", "granted")):
        checks.that(("role T_ANALYST", privilege, target, how, (), ()) in can, f"what-can says {privilege} on {target}", can)
    through = ("user ALICE", "SELECT", table, "granted", ("role T_ANALYST",), ())
    checks.that(through in answers_of(mesh.run("access", "what-can", "user ALICE", "--format", "json")), "what-can of a user")

    mesh.sql("CREATE STREAM T_DB.S.CHANGES ON TABLE T_DB.S.T; GRANT SELECT ON STREAM T_DB.S.CHANGES TO DATABASE ROLE T_DB.READER")
    run = mesh.run("access", "what-can", "T_READER", "--format", "json")
    answers_of(run)
    everything = {(a["privilege"], a["object"]) for a in run.json()["answers"] + run.json()["others"]}
    checks.that(("SELECT", "stream T_DB.S.CHANGES") in everything, "a privilege on a kind that mesh may not manage is not left out", everything)

    checks.contains(mesh.run("access", "who-can", "SELECT", "table T_DB.S", expect=USAGE).err, "three names", "a name of too few parts")
    checks.contains(mesh.run("access", "who-can", "SELEC", table).err, "did you mean SELECT?", "a privilege that mesh does not know")
    checks.contains(mesh.run("access", "who-can", "SELECT", "table T_DB.S.NONE", expect=1).err, "does not exist", "a table that is not there")
    checks.contains(mesh.run("access", "what-can", "NONE", expect=1).err, "does not exist", "a role that is not there")
    suffixed = copy.deepcopy(ONE_DOMAIN)
    suffixed["environments"]["dev"]["suffix"] = "_DEV"
    mesh.write("mesh.yaml", suffixed)
    checks.contains(mesh.run("access", "who-can", "SELECT", "table T_DB.S.NONE", expect=1).err,
                    "in environment dev the name would be table T_DB_DEV.S.NONE", "a name of the manifests, in an environment with a suffix")


def deployed(binary, folder):
    """A mesh whose statements are sent with a role that may not do everything, and what it needs for that."""
    file = copy.deepcopy(ONE_DOMAIN)
    file["environments"]["dev"]["deploy_role"] = "DEPLOY"
    mesh = one_domain(binary, folder, file)
    mesh.sql("GRANT ROLE DEPLOY TO USER MESH; CREATE ROLE OTHER; GRANT ROLE OTHER TO USER MESH")
    mesh.sql("GRANT CREATE DATABASE, CREATE ROLE, CREATE WAREHOUSE ON ACCOUNT TO ROLE DEPLOY")
    return mesh


def failed(applied):
    return [(o["address"], o["error"]) for o in applied.json()["outcomes"] if o["status"] == "failed"]


def looked_at_again(checks, binary, folder):
    """A REVOKE that succeeds and takes nothing away is told as failed, with the grantor whose copy stays (grants.md 0.3)."""
    folder = pathlib.Path(folder) / "again"
    folder.mkdir()
    mesh = deployed(binary, folder)
    usage = {"T_READER": ["USAGE"], "OTHER": ["USAGE"]}
    content = {
        "roles": {"T_READER": {}, "T_CHILD": {"granted_to": ["T_READER"]}},
        "databases": {"T_DB": {"grants": usage, "schemas": {"S": {
            "managed_access": False, "grants": usage,
            "tables": {"T": {"columns": {"A": "NUMBER"}, "grants": {"T_READER": ["SELECT", "INSERT"]}}}}}}},
        "grants": [{"to": "role OTHER", "privileges": ["SELECT"], "on": "table T_DB.S.T", "grant_option": True}],
    }
    domain(mesh, content)
    mesh.apply()
    mesh.run("sql", "--role", "OTHER", "GRANT SELECT ON TABLE T_DB.S.T TO ROLE T_READER")
    table = content["databases"]["T_DB"]["schemas"]["S"]["tables"]["T"]
    table["grants"] = {}
    content["roles"]["T_CHILD"] = {}
    domain(mesh, content)
    applied = mesh.apply(expect=1)
    found = failed(applied)
    address = "grant SELECT on table T_DB.S.T to role T_READER"
    checks.equal([each[0] for each in found], [address], "only what is still there has failed")
    checks.that(found and "granted by OTHER" in found[0][1], "and the grantor is named", found)
    rows = {(r["privilege"], r["granted_by"]) for r in mesh.sql("SHOW GRANTS TO ROLE T_READER") if r["granted_on"] in ("TABLE", "ROLE")}
    checks.equal(rows, {("SELECT", "OTHER")}, "which is what the account holds")
    mesh.run("sql", "--role", "OTHER", "REVOKE SELECT ON TABLE T_DB.S.T FROM ROLE T_READER")
    checks.equal(mesh.plan()["changes"], [], "once OTHER takes it back, nothing is left to do")


def locked_out(checks, binary, folder):
    """What the deploy role itself needs is not taken away; where it has another way, nothing is said."""
    folder = pathlib.Path(folder) / "lockout"
    folder.mkdir()
    mesh = deployed(binary, folder)
    content = {"roles": {"T_OWNER": {"granted_to": ["DEPLOY"]}}, "warehouses": {"T_WH": {}}, "databases": {"T_DB": {"owner": "T_OWNER"}}}
    domain(mesh, content)
    mesh.apply()

    def refusals():
        return {(r["code"], r["address"], r["message"]) for r in mesh.plan()["refused"]}

    content["warehouses"]["T_WH"] = {"owner": "OTHER"}
    domain(mesh, content)
    mine = {(code, address) for code, address, _ in refusals()}
    checks.that(("MESH2035", "grant OWNERSHIP on warehouse T_WH to role OTHER") in mine, "a hand-over to a role that is not held", refusals())
    mesh.apply(expect=REFUSED)
    checks.equal(mesh.sql("SHOW WAREHOUSES LIKE 'T_WH'")[0]["owner"], "DEPLOY", "is not run")
    mesh.sql("GRANT ROLE OTHER TO ROLE DEPLOY")
    checks.that("MESH2035" not in {r[0] for r in refusals()}, "one that is held is", refusals())
    mesh.sql("REVOKE ROLE OTHER FROM ROLE DEPLOY; GRANT MANAGE GRANTS ON ACCOUNT TO ROLE DEPLOY")
    checks.that("MESH2035" not in {r[0] for r in refusals()}, "MANAGE GRANTS takes ownership back", refusals())
    mesh.sql("REVOKE MANAGE GRANTS ON ACCOUNT FROM ROLE DEPLOY")

    content["warehouses"]["T_WH"] = {}
    content["roles"]["T_OWNER"] = {}
    domain(mesh, content)
    told = refusals()
    checks.equal({r[1] for r in told if r[0] == "MESH2035"}, {"grant role T_OWNER to role DEPLOY"}, "nor is a role taken that it works through")
    checks.that(any("OWNERSHIP of database T_DB" in r[2] for r in told), "and what would be lost is named", told)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    binary, checks = options.binary.resolve(), Checks()
    with temporary() as folder:
        if options.seeds is None and options.seed is None:
            checks.scenario("of manifests", of_manifests, checks, binary, folder)
            checks.scenario("looked at again", looked_at_again, checks, binary, folder)
            checks.scenario("locked out", locked_out, checks, binary, folder)
            seed = random.randrange(1_000_000)
            print(f"seed {seed}")
            checks.scenario(f"law, seed {seed}", law, checks, binary, folder, seed, 1, 0.2)
        else:
            first = options.seed if options.seed is not None else 1
            for seed in range(first, first + (options.seeds or 1)):
                print(f"seed {seed}", flush=True)
                checks.scenario(f"law, seed {seed}", law, checks, binary, folder, seed, 2, 1.0)
    sys.exit(checks.report())


if __name__ == "__main__":
    main()
