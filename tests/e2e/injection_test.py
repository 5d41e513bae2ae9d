#!/usr/bin/env python3
"""Hostile texts in every kind and every text property: each ends in a diagnostic, or in an object whose live value is the
text, and in nothing else. Kinds and properties come from `mesh schema`; the seed of the random texts is printed, and
MESH_SEED=N repeats it."""

import os
import random
import re
import sys

import mesh_runner
import properties_test
from mesh_runner import Checks, binary_of_command_line, domain, one_domain, temporary

LONG = os.environ.get("MESH_LONG") == "1"
SEED = int(os.environ.get("MESH_SEED", random.SystemRandom().randrange(1 << 32)))
# Every kind, with what SHOW lists it by.
PLURALS = {"tag": "TAGS", "contact": "CONTACTS", "network_policy": "NETWORK POLICIES",
           "classification_profile": "SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE", "function": "USER FUNCTIONS", "procedure": "USER PROCEDURES"}
PLACES = {"": "", "T_BASE.": " IN DATABASE T_BASE", properties_test.IN_SCHEMA: " IN SCHEMA T_BASE.S"}
KINDS = {kind: (about.collection or f"{kind}s",
                PLURALS.get(kind, (about.collection or f"{kind}s").upper().replace("_", " ")) + PLACES[about.prefix])
         for kind, about in properties_test.KINDS.items()}
NEEDED = {**{kind: about.body for kind, about in properties_test.KINDS.items()}, "resource_monitor": {"credit_quota": 1},
          # Those whose signature is tried have a body that names none of it.
          "row_access_policy": {"signature": {"V": "VARCHAR"}, "body": "TRUE"},
          # A body in another language is any text.
          "procedure": {"returns": "NUMBER", "language": "PYTHON", "runtime_version": "3.11", "handler": "f", "packages": ["p"],
                        "body": "def f(): pass"}}
# Behind the name in the key.
ARGUMENTS = {"function": "(A NUMBER)", "procedure": "()", "data_metric_function": "(ROWS TABLE(A NUMBER))"}
OF_LISTINGS = "T_OFFERED_"
ATTACKS = ["'; DROP TABLE T_CANARY.S.CANARY; --", '"; DROP TABLE T_CANARY.S.CANARY; --', "\\'; DROP TABLE T_CANARY.S.CANARY; --", "\\",
           "$$; DROP TABLE T_CANARY.S.CANARY; $$", "/* ", "*/ -- ", "a\nb\n; DROP TABLE T_CANARY.S.CANARY", "a\r\nb", "nul\0nul",
           "\u2019; DROP TABLE X; --", "\u02bc\uff07", "\u202e evil", "%s %n {0} :1 ?", "$${environment}", "''''", '""""', "tab\there",
           "' || CURRENT_USER() || '", "\x1b[2J", "\U0001F600", "it's"]
PIECES = ["'", '"', "\\", ";", "--", "/*", "*/", "$$", "\n", "DROP TABLE T_CANARY.S.CANARY", " ", "\0", "\u2019", "=", "(", ")", "A", ":1", "?"]


def texts():
    chance = random.Random(SEED)
    return ATTACKS + ["".join(chance.choices(PIECES, k=chance.randrange(1, 9))) for _ in range(10)]


def text_properties(mesh, kind):
    """Properties that take any text: strings without a list of values."""
    definition = mesh.run("schema", kind.replace("_", " ")).json()["$defs"][kind]
    form = [f for f in definition.get("anyOf", [definition]) if "properties" in f][0]

    def free(schema):
        ways = schema.get("anyOf", [schema])
        return any(way.get("type") == "string" and not {"enum", "const", "pattern"} & set(way) for way in ways)

    return sorted(name for name, schema in form["properties"].items() if free(schema) and name not in ("query_file", "renamed_from", "owner"))


def within(kind, name, body):
    """One object as a manifest's content."""
    objects = {KINDS[kind][0]: {name + ARGUMENTS.get(kind, ""): body}}
    if kind == "listing":  # over a share of its own
        share = OF_LISTINGS + re.match(r"\D*(\d+)", name)[1]
        return {"shares": {share: {}}, KINDS[kind][0]: {name: {**body, "share": share}}}
    prefix = properties_test.PREFIX[kind]
    if prefix == properties_test.IN_SCHEMA:
        return {"databases": {"T_BASE": {"schemas": {"S": objects}}}}
    return {"databases": {"T_BASE": objects}} if prefix else objects


def candidates(mesh):
    """(file, kind, the name shown or None, property, text, content)"""
    count = 0
    chance = random.Random(SEED)
    for kind in KINDS:
        properties = text_properties(mesh, kind)
        # Names and comments take every text, other properties some that the seed chooses: all of them with MESH_LONG.
        some = {prop: set(texts() if prop == "comment" or LONG else chance.sample(texts(), 10)) for prop in properties}
        for text in texts():
            for prop in properties:
                if text not in some[prop]:
                    continue
                count += 1
                name = f"T_{kind.upper()}_{count}"
                yield f"test/c{count:04}.yaml", kind, name, prop, text, within(kind, name, {**NEEDED.get(kind, {}), prop: text})
            count += 1
            name = f"T_{count}" + text.replace("$${", "${")
            quoted = '"' + f"T_{count}{text}".replace('"', '""') + '"'
            yield f"test/c{count:04}.yaml", kind, name, None, text, within(kind, quoted, NEEDED.get(kind, {}))


def sound_ones(checks, mesh, all_of_them):
    """What is left after every candidate with a diagnostic is taken away."""
    for file, *_, content in all_of_them:
        mesh.write(file, content)
    refused = set()
    # One run tells of so many at most, and of the rest by MESH1015.
    while found := mesh.run("validate", "--format", "json", expect=None).json()["findings"]:
        told = {f["source"].get("file") for f in found if f["rule"] != "MESH1015"}
        if not checks.that(told and told <= {c[0] for c in all_of_them} - refused, "a diagnostic points at its candidate", sorted(map(str, told))[:5]):
            break
        for file in told:
            (mesh.folder / file).unlink()
        refused |= told
    mesh.run("validate")
    return [c for c in all_of_them if c[0] not in refused]


def known_ones(mesh, kept):
    """Without those that name what the account does not have: a default role, say."""
    while missing := set(re.findall(r"--> (test/c\d+\.yaml)", (run := mesh.run("plan", expect=None)).err)) & {c[0] for c in kept}:
        if "error[MESH3007]" not in run.err:
            break
        for file in missing:
            (mesh.folder / file).unlink()
        kept = [c for c in kept if c[0] not in missing]
    return kept


# What their texts mean is the account's to say: blanks in addresses, times, delimiters. A hostile one may read back another.
WITH_A_MEANING = {"storage_integration", "network_policy", "network_rule", "resource_monitor", "file_format"}


def check_live(checks, mesh, kept, gone):
    """Names and comments as SHOW has them; SHOW knows nothing of the client."""
    for kind, (_, shown) in KINDS.items():
        # SHOW TABLES and SHOW VIEWS list relations of other kinds too.
        flags = ("is_materialized", "is_dynamic", "is_external")
        rows = {row["name"]: row for row in mesh.sql(f"SHOW {shown}")
                if kind not in ("table", "view") or not any(row.get(flag) in ("true", "Y") for flag in flags)}
        ours = [c for c in kept if c[1] == kind]
        for _, _, name, prop, text, _ in ours:
            row = rows.get(name)
            if checks.that(row is not None, f"{kind} {name!r} is not live") and prop == "comment":
                checks.equal(row.get("comment", row.get("description")), text.replace("$${", "${"), f"{kind}: the live comment")
        made = {name for name in rows if name.startswith("T_") and name not in ("T_BASE", "T_CANARY") and not name.startswith(OF_LISTINGS)}
        # Some were made before a later statement of theirs was refused.
        checks.equal(sorted(made - {c[2] for c in gone}), sorted(c[2] for c in ours), f"{kind}: nothing else was made")


def hostile(checks, mesh):
    mesh.sql("CREATE DATABASE T_CANARY; CREATE SCHEMA T_CANARY.S; CREATE TABLE T_CANARY.S.CANARY (ID NUMBER); "
             "INSERT INTO T_CANARY.S.CANARY VALUES (1), (2), (3)")
    domain(mesh, {"databases": {"T_BASE": {"schemas": {"S": {"tables": {"SOURCE": {"columns": {"A": "NUMBER"}}}}}}}})
    every = list(candidates(mesh))
    checks.that({c[3] for c in every} >= {None, "comment", "default_ddl_collation", "query"}, "text properties of the kinds")
    kept = known_ones(mesh, sound_ones(checks, mesh, every))
    print(f"seed {SEED}: {len(every)} hostile manifests, {len(kept)} of them sound")
    checks.that(len(kept) > len(every) / 3, "most names and comments are sound")
    applied = mesh.apply(expect=None)
    checks.that(applied.code in (mesh_runner.DONE, mesh_runner.FAILED), "apply", applied)
    failed = {o["address"]: o for o in applied.json()["outcomes"] if o["status"] != "done"}
    gone = [c for c in kept if any(re.search(re.escape(c[2]) + r"(?!\d)", address) for address in failed)]
    checks.equal(sorted(failed) if len(gone) < len(failed) else [], [], "what Snowflake refused")
    # A text property with values of its own may be refused by the server: that is its diagnostic.
    checks.equal(sorted({c[3] or "name" for c in gone} & {"name", "comment"}), [], "names and comments are never refused by the server")
    check_live(checks, mesh, [c for c in kept if c not in gone], gone)
    checks.equal(mesh.sql("SELECT COUNT(*) AS N FROM T_CANARY.S.CANARY"), [{"N": "3"}], "the canary lives")
    for file, *_ in gone:
        (mesh.folder / file).unlink()
    free = {c[0] for c in kept if c[1] not in WITH_A_MEANING or c[3] in (None, "comment")}
    left = [c for c in mesh.plan()["changes"] if c["source"].get("file") in free]
    checks.equal(left, [], "without what the server refused the next plan is empty")


def main():
    checks = Checks()
    with temporary() as folder:
        mesh = one_domain(binary_of_command_line(), folder)
        checks.scenario(f"seed {SEED}", hostile, checks, mesh)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
