#!/usr/bin/env python3
"""Laws of reading, over random meshes with masking, row access and tag-based policies:

1. For every role and column what mesh says (denied, masked, clear; rows all, none, filtered) is what the sandbox answers
   to a query under that role. The sandbox evaluates policies by its own code, on its own rows.
2. At no point between two statements of an apply can a role read a value that it could read neither before nor can
   afterwards (promise 6): every prefix of the plan is carried out, and everything read by everybody after each statement.
   For plans that attach, detach, grant, revoke and change memberships, with policies that give more to who holds more,
   and roles that hold database roles alone: of two changes that both open and close, no order of the two is safe, and
   what roles above others have by each of them the order does not look at.

Seeds are printed; MESH_SEED=N runs one alone, MESH_LONG=1 many.
"""

import collections
import json
import os
import random
import sys

from mesh_runner import Checks, Mesh, ONE_DOMAIN, binary_of_command_line, failures, temporary
from served import Served
from statements_api import StatementsApi

COLUMNS = {"ID": "NUMBER(38,0)", "A": "VARCHAR", "B": "VARCHAR", "N": "NUMBER(38,0)", "REGION": "VARCHAR"}
ROWS = [("1", "ada", "x1", "11", "EU"), ("2", "bob", "x2", "22", "US")]
MESH_FILE = {**ONE_DOMAIN, "domains": {"test": {**ONE_DOMAIN["domains"]["test"], "governs": True}}}


class RandomMesh:
    """A mesh of one database that another of the same generator can follow: names are few, so the two share most."""

    def __init__(self, seed, follows=None):
        """`follows` another: its policies stay, all else is made anew."""
        self.random = random.Random(seed)
        self.plain = follows is not None or seed < 0
        self.policies = follows.policies if follows else None
        self.roles = [f"T_R{i}" for i in range(4)]
        self.database_roles = [f"DR{i}" for i in range(2)]
        self.tables = [(f"S{i}", f"T{j}") for i in range(2) for j in range(2)]

    def some(self, items, most):
        return self.random.sample(items, self.random.randint(0, min(most, len(items))))

    def condition(self, database_roles=True):
        pick = self.random.choice
        role = pick(self.roles)
        forms = [
            f"IS_ROLE_IN_SESSION('{role}')",
            f"CURRENT_ROLE() = '{role}'",
            f"CURRENT_ROLE() IN ('{role}', '{pick(self.roles)}')",
            f"NOT IS_ROLE_IN_SESSION('{role}')",
            f"IS_ROLE_IN_SESSION('{role.lower()}')",
            f"IS_ROLE_IN_SESSION('{role}') AND CURRENT_ROLE() <> '{pick(self.roles)}'",
        ]
        if self.plain:
            forms = forms[:3]
        if database_roles:
            forms += [f"IS_DATABASE_ROLE_IN_SESSION('{pick(self.database_roles)}')",
                      f"IS_DATABASE_ROLE_IN_SESSION('T_D.{pick(self.database_roles)}')"]
        return pick(forms)

    def mask(self, kind):
        hidden = "'***'" if kind == "VARCHAR" else "-1"
        forms = [
            f"CASE WHEN {self.condition()} THEN V ELSE {hidden} END",
            f"IFF({self.condition()}, V, {hidden})",
            f"CASE WHEN {self.condition()} THEN {hidden} WHEN {self.condition()} THEN V ELSE NULL END",
            f"CASE CURRENT_ROLE() WHEN '{self.random.choice(self.roles)}' THEN V ELSE {hidden} END",
        ]
        if self.plain:
            del forms[2:]
        if kind == "VARCHAR":
            forms.append(f"CASE WHEN {self.condition()} THEN V ELSE 'x' || V END")
        return {"signature": {"V": kind}, "returns": kind, "body": self.random.choice(forms)}

    def filter(self):
        forms = [self.condition(), *[f"{self.condition()} OR R = 'EU'"] * 3, f"{self.condition()} OR {self.condition()}",
                 f"CASE WHEN {self.condition()} THEN TRUE WHEN R = 'US' THEN FALSE ELSE FALSE END"]
        return {"signature": {"R": "VARCHAR"}, "body": self.random.choice(forms)}

    def grants(self, who, privileges, chance):
        return {w: privileges for w in who if self.random.random() < chance}

    def table(self):
        columns = {}
        for name, kind in COLUMNS.items():
            column = {"type": kind}
            if name in ("A", "B", "N") and self.random.random() < 0.3:
                number = 0 if self.plain else self.random.randint(0, 1)
                column["masking_policy"] = f"T_D.P.{'NUMBERS' if name == 'N' else 'TEXTS'}{number}"
            if name in ("A", "B", "N") and self.random.random() < 0.35:
                column["tags"] = {"T_D.P.SECRET": "yes"}
            columns[name] = column
        made = {"columns": columns, "grants": self.grants(self.holders(), ["SELECT"], 0.4)}
        if self.random.random() < 0.6:
            made["row_access_policy"] = {"policy": f"T_D.P.ROWS{0 if self.plain else self.random.randint(0, 1)}", "on": ["REGION"]}
        return made

    def holders(self):
        return self.roles + [f"database role T_D.{r}" for r in self.database_roles]

    def content(self):
        use = {who: ["USAGE"] for who in self.holders()}
        schemas = {s: {"grants": use, "tables": {t: self.table() for schema, t in self.tables if schema == s}} for s in ("S0", "S1")}
        if self.random.random() < 0.3:
            schemas["S1"]["tags"] = {"T_D.P.SECRET": "all"}
        self.policies = self.policies or {
            "tag_definitions": {"SECRET": {"masking_policies": self.some(["T_D.P.TEXTS0", "T_D.P.NUMBERS0"], 2)}},
            "masking_policies": {f"{n}{i}": self.mask(kind) for n, kind in (("TEXTS", "VARCHAR"), ("NUMBERS", "NUMBER(38,0)")) for i in range(2)},
            "row_access_policies": {f"ROWS{i}": self.filter() for i in range(2)},
        }
        schemas["P"] = self.policies
        above = 0 if self.plain else 2
        roles = {role: {"granted_to": ["SYSADMIN"] + self.some(self.roles[:i], above)} for i, role in enumerate(self.roles)}
        database_roles = {role: {"granted_to": self.some(self.roles, 2)} for role in self.database_roles}
        return {"domain": "test", "team": {"name": "test", "email": "test@example.com"}, "roles": roles,
                "databases": {"T_D": {"grants": {role: ["USAGE"] for role in self.roles}, "database_roles": database_roles, "schemas": schemas}}}


def fill(api, tables):
    for schema, table in tables:
        values = ", ".join("(" + ", ".join(f"'{v}'" if not v.isdigit() else v for v in row) + ")" for row in ROWS)
        code, message = api.run(f"INSERT INTO T_D.{schema}.{table} (ID, A, B, N, REGION) VALUES {values}")
        assert code == "090001", message


def read(api, role, schema, table):
    """What comes back under a role, as lists by row; None where it is denied."""
    code, message, rows = api.rows(f"SELECT ID, A, B, N, REGION FROM T_D.{schema}.{table} ORDER BY REGION", role)
    if code == "090001":
        return rows
    if code in ("002003", "003001"):
        return None
    raise AssertionError(f"{role} on {schema}.{table}: {code} {message}")


# By column; no two columns share a value, and no mask gives one of them.
STORED = {column: {row[i] for row in ROWS} for i, column in enumerate(COLUMNS)}


def agrees(said, column, rows):
    """Whether what mesh says of a column is what the rows show."""
    reading, which = said["reading"], said["rows"]
    if rows is None or reading == "denied":
        return rows is None and reading == "denied"
    if (which == "all" and len(rows) != len(ROWS)) or (which == "none" and rows):
        return False
    index = list(COLUMNS).index(column)
    as_it_is = [row[index] in STORED[column] for row in rows]
    return {"clear": all(as_it_is), "masked": not any(as_it_is)}.get(reading, True)


def what_mesh_says(checks, mesh, made, seed):
    """By role and column; the account must answer as the manifests do."""
    said = {}
    strip = lambda lines: {(c["column"], c["reading"], c["rows"]) for c in lines}
    for role in made.roles:
        columns = ("access", "what-can", "role", role, "--columns", "--format", "json")
        lines = mesh.run(*columns, "--manifests").json()["columns"]
        said.update({(role, c["column"]): c for c in lines})
        if role == made.roles[0]:
            checks.equal(strip(mesh.run(*columns).json()["columns"]), strip(lines), f"seed {seed}, {role}: the account answers as the manifests")
    return said


def law_of_readings(checks, api, made, said, seed, counts):
    for role in made.roles:
        for schema, table in made.tables:
            rows = read(api, role, schema, table)
            for column in COLUMNS:
                one = said[role, f"column T_D.{schema}.{table}.{column}"]
                counts[one["reading"]] += 1
                counts["rows " + one["rows"]] += 1
                checks.that(agrees(one, column, rows), f"seed {seed}: {role} on {schema}.{table}.{column}", {"mesh": one, "sandbox": rows})


def readable(api, made):
    """Each value that somebody reads as it is: role, table, column and value."""
    found = set()
    for role in made.roles:
        for schema, table in made.tables:
            for row in read(api, role, schema, table) or []:
                found.update((role, f"{schema}.{table}", column, value) for column, value in zip(COLUMNS, row) if value in STORED[column])
    return found


def law_of_order(checks, api, made, plan, seed):
    """A plan, carried out a statement at a time."""
    before = readable(api, made)
    seen = []
    for change in plan["changes"]:
        for statement in change["statements"]:
            code, message = api.run(statement["sql"], statement["role"] or "ACCOUNTADMIN")
            checks.equal(code, "090001", f"seed {seed}: {statement['sql']}: {message}")
            seen.append((change["address"], readable(api, made)))
    after = seen[-1][1] if seen else before
    for address, now in seen:
        checks.equal(sorted(now - before - after), [], f"seed {seed}: opened for a moment behind {address}")
    return len(seen)


def applied_mesh(checks, binary, folder, made, seed):
    mesh = Mesh(binary, f"{folder}/mesh", f"{folder}/account.db")
    mesh.write("mesh.yaml", MESH_FILE)
    mesh.write("test/domain.yaml", made.content())
    mesh.bootstrap()
    applied = mesh.apply(expect=None)
    checks.that(applied.code == 0, f"seed {seed}: applied", failures(applied))
    return mesh


def readings(checks, binary, seed, counts):
    with temporary() as folder:
        made = RandomMesh(seed)
        mesh = applied_mesh(checks, binary, folder, made, seed)
        said = what_mesh_says(checks, mesh, made, seed)
        with Served(binary, mesh.account, f"{folder}/home") as served:
            api = StatementsApi(served.entry)
            fill(api, made.tables)
            law_of_readings(checks, api, made, said, seed, counts)


def orders(checks, binary, seed, counts):
    with temporary() as folder:
        made = RandomMesh(-seed)
        mesh = applied_mesh(checks, binary, folder, made, seed)
        next_one = RandomMesh(seed + 100_000, made)
        mesh.write("test/domain.yaml", next_one.content())
        plan = mesh.plan()
        if not checks.equal(plan["refused"] + plan["findings"], [], f"seed {seed}: nothing is refused"):
            return
        counts.update(f"{c['action']} in order" for c in plan["changes"])
        with Served(binary, mesh.account, f"{folder}/home") as served:
            api = StatementsApi(served.entry)
            fill(api, made.tables)
            counts["statements"] += law_of_order(checks, api, next_one, plan, seed)


def seeds():
    if "MESH_SEED" in os.environ:
        return [int(os.environ["MESH_SEED"])]
    return range(1, 61) if os.environ.get("MESH_LONG") else range(1, 4)


def main():
    checks = Checks()
    binary = binary_of_command_line()
    counts = collections.Counter()
    for seed in seeds():
        checks.scenario(f"seed {seed}, readings", readings, checks, binary, seed, counts)
        checks.scenario(f"seed {seed}, order", orders, checks, binary, seed, counts)
    print(f"seeds {list(seeds())}: {json.dumps(counts, sort_keys=True)}")
    if len(seeds()) > 1:
        # A law that nothing is held to says nothing.
        for word in ("denied", "masked", "clear", "rows none", "rows filtered", "set in order", "unset in order", "grant in order", "revoke in order"):
            checks.that(counts[word] > 0, f"some are {word}", counts)
        told = counts["denied"] + counts["masked"] + counts["clear"]
        checks.that(counts["by condition"] * 20 < told, "hardly anything the generator writes is beyond mesh", counts)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
