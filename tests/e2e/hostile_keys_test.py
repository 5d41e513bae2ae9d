#!/usr/bin/env python3
"""Hostile texts in every string key that a manifest can carry, as `mesh schema` lists them: names of columns, keys and
roles, types, defaults, clustering keys, queries, properties, grants. Each is refused with a diagnostic at its place, or
goes to the account as the one token, or the one fragment, that a harmless text in its place is: statement by statement
the tokens are the same. What was made reads back as it was written, and a plan after it is empty. Comments and the names
of objects are injection_test.py's.
"""

import random
import re
import sys

import injection_test
import mesh_runner
from injection_test import KINDS, NEEDED, SEED, WITH_A_MEANING, known_ones, sound_ones, within
from mesh_runner import Checks, binary_of_command_line, domain, one_domain, temporary

CANARY = "DROP TABLE T_CANARY.S.CANARY"
FRAGMENTS = [f"1; {CANARY}", f"1) ; {CANARY}; --", "1 --", "1 //", "1 /*", "1 */", "1 NOT NULL", "1 COMMENT 'x'", "1, B NUMBER", "1)", "(1", "$$1",
             "'", '"', "''", "'a' || 'b'", "1 -- to the end\n+ 1", "1 /* in between */ + 1", f"1 /* */ ; {CANARY}", "$$; $$", "(SELECT 1)",
             "CURRENT_TIMESTAMP()", "'it''s'", "'\\'; --'", "1;", "", " ", "ID", "ID) COMMENT = ('x'", "UPPER('x;y')"]
QUERIES = [f"SELECT 1 AS ID; {CANARY}", "SELECT 1 AS ID --", "SELECT 1 AS ID /*", "SELECT ';' AS ID", "SELECT $$; --$$ AS ID", "SELECT 1 AS ID;",
           'SELECT 1 AS ";"', "SELECT 1 AS ID -- ; DROP\n", f"{CANARY}", "SELECT (1 AS ID", "SELECT 1) AS ID", "/* ; */ SELECT 1 AS ID",
           "SELECT '\\'; --' AS ID", "SELECT 1 AS ID COMMENT = 'x'", "WITH A AS (SELECT 1 AS ID) SELECT ID FROM A", ""]
TABLE = {"ID": "NUMBER"}


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


class Place:
    """How one leaf of the schema is filled. make(text) is the object's body, or a pair of it and what stands beside it at
    the top of the file; as_name: the text is written as a quoted name, of a role of the mesh where of_role."""

    def __init__(self, make, harmless="T_X", texts=None, as_name=False, of_role=False):
        self.make, self.harmless, self.as_name, self.of_role = make, harmless, as_name or of_role, of_role
        self.texts = texts or injection_test.ATTACKS

    def tries(self, count):
        """(is it the harmless one, the text as written)"""
        for text in [self.harmless, *self.texts]:
            text = text.replace("$${", "")
            if self.of_role:
                text = f"T_{count}_{text}"
            yield quoted(text) if self.as_name else text
            if self.as_name and text != self.harmless:
                yield text


def name(make):
    return Place(make, as_name=True)


def role(make):
    """The role is declared beside the object, so that the name is one that the mesh knows."""
    return Place(lambda text: (make(text), {"roles": {text: {}}}), of_role=True)


def of_columns(make):
    return name(lambda text: {"columns": {text: "NUMBER"}, **make(text)})


REFERENCE = "T_BASE.S.TARGET(ID)"
COMMON = {
    "owner": role(lambda t: {"owner": t}), "grants.<key>": role(lambda t: {"grants": {t: ["ALL"]}}),
    "grants.<key>.[]": Place(lambda t: {"grants": {"T_READER": [t]}}), "renamed_from": name(lambda t: {"renamed_from": t}),
    "ignore_changes.[]": Place(lambda t: {"ignore_changes": [t]}), "only.[]": Place(lambda t: {"only": [t]}),
    "tags.<key>": Place(lambda t: {"tags": {t: t}}), "contacts.<key>": Place(lambda t: {"contacts": {"STEWARD": t}}),
    "data_metrics.[].expectations.<key>": Place(lambda t: {"data_metrics": [{"function": "SNOWFLAKE.CORE.ROW_COUNT",
                                                                            "expectations": {"E": t}}]}, "VALUE > 1", FRAGMENTS),
    "row_access_policy.policy": Place(lambda t: {"row_access_policy": {"policy": t, "on": ["ID"]}}),
    "row_access_policy.on.[]": Place(lambda t: {"row_access_policy": {"policy": "T_BASE.S.P", "on": [t]}}),
    **{f"{key}.policy": Place(lambda t, key=key: {key: {"policy": t}}) for key in ("aggregation_policy", "join_policy")},
    **{f"{key}.{columns}.[]": Place(lambda t, key=key, columns=columns: {key: {"policy": "T_BASE.S.P", columns: [t]}})
       for key, columns in (("aggregation_policy", "entity_key"), ("join_policy", "allowed_join_keys"))},
    **{key: Place(lambda t, key=key, of=of: ({key: t}, {of: {t: {}}}), of_role=True)
       for key, of in (("default_streamlit_notebook_warehouse", "warehouses"), ("resource_monitor", "resource_monitors"))},
    "granted_to.[]": role(lambda t: {"granted_to": [t]}), "users.[]": name(lambda t: {"users": [t]}),
}
# Of columns; refused as long as this version does not carry them out.
GOVERNANCE = {
    "columns.<key>.masking_policy": lambda t: {"masking_policy": t}, "columns.<key>.tags.<key>": lambda t: {"tags": {t: t}},
    "columns.<key>.masking_policy.policy": lambda t: {"masking_policy": {"policy": t}},
    "columns.<key>.projection_policy": lambda t: {"projection_policy": t},
    "columns.<key>.projection_policy.policy": lambda t: {"projection_policy": {"policy": t}},
    "columns.<key>.masking_policy.using.[]": lambda t: {"masking_policy": {"policy": "T_BASE.S.P", "using": [t]}},
}
PLACES = {
    "table": {
        "columns.<key>": name(lambda t: {"columns": {**TABLE, t: "NUMBER"}}),
        "columns.<key>.type": Place(lambda t: {"columns": {"ID": {"type": t}}}, "NUMBER(10,0)", ["NUMBER(10,0)" + a for a in FRAGMENTS] + FRAGMENTS),
        "columns.<key>.collate": Place(lambda t: {"columns": {"C": {"type": "VARCHAR", "collate": t}}}, "en-ci"),
        "columns.<key>.comment": Place(lambda t: {"columns": {"C": {"type": "VARCHAR", "comment": t}}}),
        "columns.<key>.default": Place(lambda t: {"columns": {"C": {"type": "VARCHAR", "default": t}, "D": "NUMBER"}}, "1", FRAGMENTS),
        "columns.<key>.renamed_from": name(lambda t: {"columns": {"C": {"type": "VARCHAR", "renamed_from": t}}}),
        **{leaf: Place(lambda t, part=part: {"columns": {"C": {"type": "VARCHAR", **part(t)}}}) for leaf, part in GOVERNANCE.items()},
        "primary_key.[]": of_columns(lambda t: {"primary_key": [t]}),
        "primary_key.columns.[]": of_columns(lambda t: {"primary_key": {"columns": [t]}}),
        "primary_key.name": name(lambda t: {"columns": TABLE, "primary_key": {"name": t, "columns": ["ID"]}}),
        "unique.[].[]": of_columns(lambda t: {"unique": [[t]]}),
        "unique.[].columns.[]": of_columns(lambda t: {"unique": [{"columns": [t]}]}),
        "unique.[].name": name(lambda t: {"columns": TABLE, "unique": [{"name": t, "columns": ["ID"]}]}),
        "foreign_keys.[].name": name(lambda t: {"columns": TABLE, "foreign_keys": [{"name": t, "columns": ["ID"], "references": REFERENCE}]}),
        "foreign_keys.[].columns.[]": of_columns(lambda t: {"foreign_keys": [{"columns": [t], "references": REFERENCE}]}),
        "foreign_keys.[].references": Place(lambda t: {"columns": TABLE, "foreign_keys": [{"columns": ["ID"], "references": t}]}, REFERENCE,
                                            [REFERENCE + a for a in FRAGMENTS] + FRAGMENTS),
        "cluster_by.[]": Place(lambda t: {"columns": {**TABLE, "B": "NUMBER"}, "cluster_by": [t]}, "ID", FRAGMENTS),
        "cluster_by": Place(lambda t: {"columns": {**TABLE, "B": "NUMBER"}, "cluster_by": t}, "ID", FRAGMENTS),
        "check.<key>": Place(lambda t: {"columns": {"N": "NUMBER"}, "check": {"C": t}}, "1 = 1", [f"{a} = 1" for a in FRAGMENTS] + FRAGMENTS),
        "columns.<key>.as": Place(lambda t: {"columns": {"N": "NUMBER", "V": {"type": "NUMBER", "as": t}}}, "1", FRAGMENTS),
        "search_optimization.[]": Place(lambda t: {"columns": TABLE, "search_optimization": [t]}, "EQUALITY(ID)",
                                        ["EQUALITY(ID)" + a for a in FRAGMENTS] + [f"EQUALITY({a})" for a in FRAGMENTS] + FRAGMENTS),
    },
    "view": {
        "query": Place(lambda t: {"query": t}, "SELECT 1 AS ID", QUERIES), "query_file": Place(lambda t: {"query": None, "query_file": t}),
        "columns.<key>": name(lambda t: {"query": f"SELECT 1 AS {t}", "columns": {t: {"comment": "Its one column"}}}),
        "columns.<key>.comment": Place(lambda t: {"columns": {"ID": {"comment": t}}}),
        **{leaf: Place(lambda t, part=part: {"columns": {"ID": part(t)}}) for leaf, part in GOVERNANCE.items()},
    },
}
def mapped(make):
    return Place(lambda t: {"tag_map": {"column_tag_map": [{"tag_name": "SNOWFLAKE.CORE.PRIVACY_CATEGORY", "tag_value": "x",
                                                            "semantic_categories": ["NAME"], **make(t)}]}})


BODY = {"body": Place(lambda t: {"body": t}, "1", FRAGMENTS), "body_file": Place(lambda t: {"body": None, "body_file": t})}
PLACES |= {
    "tag": {"allowed_values.[]": Place(lambda t: {"allowed_values": ["x", t]}), "allowed_values": Place(lambda t: {"allowed_values": t}),
            "masking_policies.[]": Place(lambda t: {"masking_policies": [t]}), "masking_policies": Place(lambda t: {"masking_policies": t})},
    "masking_policy": {**BODY, "signature.<key>": name(lambda t: {"signature": {t: "VARCHAR"}, "body": "'x'"})},
    **{kind: BODY for kind in ("aggregation_policy", "projection_policy", "join_policy")},
    # An entry that lacks what goes with it is the account's to refuse.
    "listing": {**{f"organization_targets.access.[].roles{end}": Place(lambda t: {"organization_targets": {"access": [{"account": "A", "roles": [t]}]}})
                   for end in ("", ".[]")},
                **{f"organization_targets.discovery.[].roles{end}": Place(lambda t: {"support_contact": "a@b.c", "approver_contact": "a@b.c",
                       "organization_targets": {"discovery": [{"account": "A", "roles": t}]}}) for end in ("", ".[]")},
                **{f"usage_examples.[].{key}": Place(lambda t, key=key: {"usage_examples": [{"title": "a", "query": "SELECT 1", key: t}]})
                   for key in ("title", "description", "query")}},
    "contact": {"users.[]": name(lambda t: {"url": None, "users": [t]}),
                "email_distribution_list": Place(lambda t: {"url": None, "email_distribution_list": t})},
    "classification_profile": {
        "tag_map.column_tag_map.[].tag_value": mapped(lambda t: {"tag_value": t}),
        "tag_map.column_tag_map.[].semantic_categories": mapped(lambda t: {"semantic_categories": t}),
        "tag_map.column_tag_map.[].semantic_categories.[]": mapped(lambda t: {"semantic_categories": ["NAME", t]}),
        "snowflake_semantic_categories.[].category": Place(lambda t: {"snowflake_semantic_categories": [{"category": t}]}),
        "snowflake_semantic_categories.[].country_codes": Place(lambda t: {"snowflake_semantic_categories": [{"category": "X", "country_codes": t}]}),
        "snowflake_semantic_categories.[].country_codes.[]": Place(
            lambda t: {"snowflake_semantic_categories": [{"category": "X", "country_codes": ["DE", t]}]})},
    "data_metric_function": {"body": Place(lambda t: {"body": t}, "SELECT 1", QUERIES), "body_file": BODY["body_file"]},
    "session_policy": {f"{key}.[]": role(lambda t, key=key: {key: [t]}) for key in ("allowed_secondary_roles", "blocked_secondary_roles")},
    "row_access_policy": {**BODY, "signature.<key>": name(lambda t: {"signature": {t: "VARCHAR"}})},
}
# A function's body in SQL, a procedure's in Python: injection_test.py gives procedures all they need.
IN_PYTHON = NEEDED["procedure"]
PLACES |= {kind: {"body_file": BODY["body_file"], **{f"{key}.[]": Place(lambda t, key=key: {**IN_PYTHON, key: [t]}) for key in ("imports", "packages")}}
           for kind in ("function", "procedure")}
PLACES["function"]["body"] = BODY["body"]
FRAGMENT_KEYS = {"sql", "columns.<key>.default", "cluster_by.[]", "cluster_by", "query", "body", "check.<key>", "columns.<key>.as",
                 "search_optimization.[]", "data_metrics.[].expectations.<key>"}


def leaves(schema, root, path=(), seen=frozenset()):
    """Paths to everything that takes any text: keys of maps and strings."""
    if "$ref" in schema:
        target = schema["$ref"].split("/")[-1]
        return set() if target in seen else leaves(root["$defs"][target], root, path, seen | {target})
    found = set()
    for way in schema.get("anyOf", []):
        found |= leaves(way, root, path, seen)
    if schema.get("type") == "string" and not {"enum", "const", "pattern"} & set(schema):
        found.add(".".join(path))
    for key, value in schema.get("properties", {}).items():
        found |= leaves(value, root, (*path, key), seen)
    if isinstance(schema.get("additionalProperties"), dict):
        found |= {".".join((*path, "<key>"))} | leaves(schema["additionalProperties"], root, (*path, "<key>"), seen)
    if isinstance(schema.get("items"), dict):
        found |= leaves(schema["items"], root, (*path, "[]"), seen)
    return found


# Integrations for external access must be there, and the sandbox makes none.
# A user's warehouse and network policy must be there, or be declared.
NOT_TRIED = {"default_warehouse", "network_policy", "external_access_integrations.[]"}
# What the account takes here hangs on types and on what it has, so it may refuse a sound one.
ITS_OWN_TO_REFUSE = {"columns.<key>.collate", "users.[]", "check.<key>", "columns.<key>.as", "search_optimization.[]"}
# How SHOW PARAMETERS prints a quoted name in lower case is not confirmed, and a plan after one is not empty on the sandbox.
READS_BACK_OTHERWISE = {"event_table"}


# Kinds whose keys are tried with MESH_LONG=1 alone: minutes more.
LONG_ALONE = {"user", "network_policy", "resource_monitor", "share", "file_format", "stage", "network_rule", "stream", "alert",
              "task", "pipe", "dynamic_table", "materialized_view", "external_table", "storage_integration",
              "projection_policy", "join_policy", "password_policy", "authentication_policy"}
# Accounts are added to a share that holds something.
REFUSED_THERE = WITH_A_MEANING | {"share"}


def by_its_path(leaf):
    """A place for a key that the tables above do not name: what its path says, and no more."""
    def build(parts, text):
        if not parts:
            return text
        head, *rest = parts
        inner = build(rest, text)
        return [inner] if head == "[]" else {head: inner} if head != "<key>" else {"A": inner} if rest else {text: "T_X"}

    some = random.Random(f"{SEED}{leaf}").sample(injection_test.ATTACKS, 4)
    return Place(lambda text: build(leaf.split("."), text), texts=some, as_name=True)


def places_of(checks, mesh, kind):
    # What a container holds is a kind of its own.
    collections = {collection for collection, _ in KINDS.values()}
    document = mesh.run("schema", kind.replace("_", " ")).json()
    found = {leaf for leaf in leaves(document["$defs"][kind], document) if leaf.split(".")[0] not in collections}
    checks.that(len(found) > 3, f"mesh schema {kind} has leaves", found)
    for leaf in sorted(found - {"comment"} - NOT_TRIED):
        place = PLACES.get(kind, {}).get(leaf) or COMMON.get(leaf)
        yield leaf, place or by_its_path(leaf)


class Candidate:
    def __init__(self, number, kind, leaf, place, text, is_harmless):
        self.file, self.kind, self.leaf, self.text, self.is_harmless = f"test/c{number:04}.yaml", kind, leaf, text, is_harmless
        made = place.make(text)
        body, beside = made if isinstance(made, tuple) else (made, {})
        self.name = f"T_{kind.upper()}_{number}"
        body = {k: v for k, v in {**NEEDED.get(kind, {}), **body}.items() if v is not None}
        self.content = {**within(kind, self.name, body)}
        for key, value in beside.items():
            self.content[key] = {**self.content.get(key, {}), **value}

    def row(self):
        return self.file, self.kind, self.name, self.leaf, self.text, self.content


def candidates(checks, mesh):
    found = []
    for kind in KINDS:
        if kind in LONG_ALONE and not injection_test.LONG:
            continue
        for leaf, place in places_of(checks, mesh, kind):
            for i, text in enumerate(place.tries(len(found))):
                found.append(Candidate(len(found), kind, leaf, place, text, i == 0))
    return found


# --- statements by their tokens


TOKEN = re.compile(r"""(?P<none>\s+|--[^\n]*|//[^\n]*|/\*.*?\*/)|(?P<name>"(?:[^"]|"")*")|(?P<text>'(?:[^'\\]|''|\\.)*'|\$\$.*?\$\$)
                       |(?P<number>\d+(?:\.\d+)?)|(?P<word>[A-Za-z_][\w$]*)|(?P<symbol>.)""", re.S | re.X)


def tokens(sql):
    """Words and symbols as they are, of names, texts and numbers only that they are one."""
    return [m[0].upper() if m.lastgroup in ("word", "symbol") else m.lastgroup for m in TOKEN.finditer(sql) if m.lastgroup != "none"]


def is_one_statement(sql):
    found, depth = tokens(sql), 0
    for token in found:
        depth += (token == "(") - (token == ")")
        if depth < 0 or token in (";", "'", '"'):
            return False
    return depth == 0


def statements_by_file(plan):
    found = {}
    for change in plan["changes"]:
        found.setdefault(change["source"].get("file"), []).extend(s["sql"] for s in change["statements"])
    return found


def check_statements(checks, plan, kept):
    planned = statements_by_file(plan)
    model = {(c.kind, c.leaf): c for c in kept if c.is_harmless}
    compared = 0
    for one in kept:
        ours = planned.get(one.file, [])
        for sql in ours:
            checks.that(is_one_statement(sql), f"{one.kind} {one.leaf} with {one.text!r}: not one statement", sql)
        like = model.get((one.kind, one.leaf))
        if not checks.that(like is not None, f"{one.kind} {one.leaf}: the harmless text is refused, and {one.text!r} is not"):
            continue
        if one.leaf in FRAGMENT_KEYS:
            ours = [sql.replace(one.text.strip(), like.text, 1) for sql in ours]
        compared += len(ours)
        checks.equal([tokens(sql) for sql in ours], [tokens(sql) for sql in planned.get(like.file, [])],
                     f"{one.kind} {one.leaf} with {one.text!r}: the tokens of its statements")
    return compared


# --- what is there afterwards


def stored(text):
    """A name as the account keeps it."""
    return text[1:-1].replace('""', '"') if text.startswith('"') else text.upper()


def rows_of(mesh, statements):
    """The rows of each of many statements, sent by one command."""
    (mesh.folder / "read.sql").write_text(";\n".join(statements), encoding="utf-8")
    run = mesh.run("sql", "--format", "json", "-f", str(mesh.folder / "read.sql"))
    (mesh.folder / "read.sql").unlink()
    return [mesh_runner.json.loads(line) for line in run.out.splitlines() if line.startswith("[")]


# Of tables and their leaves: what to ask, which cells hold the text, and the text as it is kept.
READERS = {
    "columns.<key>": ("DESC TABLE {}", "name", stored), "primary_key.[]": ("SHOW PRIMARY KEYS IN TABLE {}", "column_name", stored),
    "primary_key.columns.[]": ("SHOW PRIMARY KEYS IN TABLE {}", "column_name", stored),
    "primary_key.name": ("SHOW PRIMARY KEYS IN TABLE {}", "constraint_name", stored),
    "unique.[].[]": ("SHOW UNIQUE KEYS IN TABLE {}", "column_name", stored), "unique.[].name": ("SHOW UNIQUE KEYS IN TABLE {}", "constraint_name", stored),
    "foreign_keys.[].name": ("SHOW IMPORTED KEYS IN TABLE {}", "fk_name", stored), "columns.<key>.comment": ("DESC TABLE {}", "comment", str),
    "grants.<key>": ("SHOW GRANTS ON TABLE {}", "grantee_name", stored), "owner": ("SHOW GRANTS ON TABLE {}", "granted_by", lambda text: None),
}


def check_live(checks, mesh, kept):
    asked = [c for c in kept if c.kind == "table" and READERS.get(c.leaf, ("", "", lambda t: None))[2](c.text) is not None]
    checks.that(len({c.leaf for c in asked}) >= 8 and len(asked) > 80, "tables to be read back", len(asked))
    answers = rows_of(mesh, [READERS[c.leaf][0].format(f"T_BASE.S.{c.name}") for c in asked])
    if not checks.equal(len(answers), len(asked), "answers"):
        return
    for one, rows in zip(asked, answers):
        _, cell, kept_as = READERS[one.leaf]
        checks.that(kept_as(one.text) in [row[cell] for row in rows], f"table {one.leaf}: {one.text!r} does not read back", [row[cell] for row in rows])


def without_refused(mesh, kept):
    """Takes away what a plan refuses because of the account; the rest, and its plan."""
    while True:
        plan = mesh.plan(expect=None)
        told = [*plan["refused"], *(f for f in plan["findings"] if f["level"] == "error")]
        files = {item["source"].get("file") for item in told} & {c.file for c in kept}
        if not files:
            return kept, plan
        for file in files:
            (mesh.folder / file).unlink()
        kept = [c for c in kept if c.file not in files]


def hostile(checks, mesh):
    mesh.sql(f"CREATE DATABASE T_CANARY; CREATE SCHEMA T_CANARY.S; CREATE TABLE T_CANARY.S.CANARY (ID NUMBER); "
             "INSERT INTO T_CANARY.S.CANARY VALUES (1), (2), (3)")
    domain(mesh, {"roles": {"T_READER": {}}, "databases": {"T_BASE": {"schemas": {"S": {"tables": {
        "TARGET": {"columns": TABLE, "primary_key": ["ID"]}}}}}}})
    mesh.apply()
    every = candidates(checks, mesh)
    sound = {row[0] for row in known_ones(mesh, sound_ones(checks, mesh, [c.row() for c in every]))}
    kept, plan = without_refused(mesh, [c for c in every if c.file in sound])
    compared = check_statements(checks, plan, kept)
    applied = mesh.apply(expect=None)
    checks.that(applied.code in (mesh_runner.DONE, mesh_runner.FAILED), "apply", str(applied)[-3000:])
    failed = {o["source"].get("file"): o["error"] for o in applied.json()["outcomes"] if o["status"] != "done"}
    for one in kept:
        # What no client can know: the account's users, and collations, volumes and other values of properties.
        if one.file in failed and one.kind not in REFUSED_THERE and "." in one.leaf and one.leaf not in ITS_OWN_TO_REFUSE:
            checks.that(False, f"{one.kind} {one.leaf} with {one.text!r}: the account refuses it", failed[one.file])
    live = [c for c in kept if c.file not in failed]
    print(f"{len({(c.kind, c.leaf) for c in every})} keys, {len(every)} texts: {len(kept)} are sound, {compared} statements compared, {len(live)} made")
    check_live(checks, mesh, live)
    checks.equal(mesh.sql("SELECT COUNT(*) AS N FROM T_CANARY.S.CANARY"), [{"N": "3"}], "the canary lives")
    for file in failed:
        if file and file != "test/domain.yaml":
            (mesh.folder / file).unlink(missing_ok=True)
    otherwise = {c.file for c in kept if c.leaf in READS_BACK_OTHERWISE}
    left = [[c["address"], c["diff"], [s["sql"] for s in c["statements"]]] for c in mesh.plan(expect=None)["changes"]
            if c["source"].get("file") not in {*failed, *otherwise} and c["action"] != "drop" and c["kind"].replace(" ", "_") not in WITH_A_MEANING]
    checks.equal(left, [], "the next plan is empty")


def main():
    checks = Checks()
    with temporary() as folder:
        mesh = one_domain(binary_of_command_line(), folder)
        checks.scenario("every string key", hostile, checks, mesh)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
