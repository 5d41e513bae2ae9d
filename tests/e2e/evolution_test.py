#!/usr/bin/env python3
"""One mesh of every kind in three steps: everything is made; everything is altered; a third is dropped. Each step is one
apply, behind which the plan is empty.

The mesh has three parts of the same make. An object of a kind carries as many properties of properties_test.py's rows as go
together, so that a new kind and a new property are tried by existing; LINKS adds what holds the objects together: what a
view reads, who has a privilege, which policy is set where. Each part reads what the one before it holds. The part in the
middle goes in the last step, while the third turns to the first.
"""

import sys
import time

import mesh_runner
import properties_test
from mesh_runner import Checks, binary_of_command_line, domain, one_domain, temporary
from properties_test import COLLECTION, IN_SCHEMA, KINDS, ROWS

PARTS = (1, 2, 3)
MIDDLE = 2
# Properties that may not stand beside others, in words of the manifest: each stands on an object of its own.
ALONE = {"warehouse": {"warehouse_type", "warehouse_size", "generation", "resource_constraint", "scaling_policy", "min_cluster_count"},
         "file_format": {"field_optionally_enclosed_by", "parse_header", "skip_header", "multi_line", "escape", "compression"},
         "stage": {"directory", "file_format"}, "sequence": {"start"}, "table": {"change_tracking"},
         "task": {"warehouse", "after", "finalize", "execute_as_user", "user_task_managed_initial_warehouse_size"},
         "user": {"type"}, "function": {"language"}, "procedure": {"language"},
         "external_table": {"integration", "aws_sns_topic", "auto_refresh"},
         "view": {"column_list"}, "materialized_view": {"column_list"}, "dynamic_table": {"column_list"}}
# What another test says of it holds here too: without a second value that an ALTER could reach.
LOSS = "MESH2001"
BORN = {"initially_suspended", "start", "start_timestamp", "show_initial_rows", "initialize", "refresh_on_create", "aws_sns_topic",
        "integration", "secure_objects_only"}


def bundles(kind):
    """The rows of a kind on as few objects as can carry them: those that need the same beside them, each property once."""
    made = []
    for row in ROWS[kind]:
        alone = row.name in ALONE.get(kind, ())
        said = {**row.base, **row.together}
        bundle = next((b for b in made if not (alone or b["alone"]) and b["base"] == row.base and b["named"].isdisjoint({row.name, *said})
                       and row.name not in b["beside"]), None)
        if bundle is None:
            bundle = {"rows": [], "named": set(), "beside": {}, "base": row.base, "alone": alone}
            made.append(bundle)
        bundle["rows"].append(row)
        bundle["named"].add(row.name)
        bundle["beside"].update(said)
    return made


# What names a task of the same schema: by the number of its bundle, first and second.
SIBLINGS = {"after": (lambda part: [here("task", part, 1)], lambda part: [here("task", part, 2)]),
            "finalize": (lambda part: here("task", part, 1), lambda part: here("task", part, 2))}


def value_of(row, part, altered):
    second = altered and row.name not in BORN
    if row.name in SIBLINGS:
        return SIBLINGS[row.name][second](part)
    value = row.second if second else row.first
    return f"{value}_{part}" if row.name == "login_name" else value


def name_of(kind, number, part):
    return f"{KINDS[kind].short}_E{number}_{part}"


def here(kind, part, number=0):
    """The full name of a part's object, as manifests write it."""
    prefix = {"": "", "T_BASE.": f"T_PART{part}.", IN_SCHEMA: f"T_PART{part}.S."}[KINDS[kind].prefix]
    return prefix + name_of(kind, number, part) + KINDS[kind].types


# ---- what holds the objects of a part together: by kind, for the first object of it. `last` is the part that is read.


def columns(part, last, altered):
    masked = {"type": "VARCHAR(20)", "masking_policy": here("masking_policy", part), "tags": {here("tag", part): "email"}}
    if not altered:
        return {"ID": {"type": "NUMBER", "nullable": False}, "MAIL": masked, "OLD": "DATE", "GONE": "FLOAT", "REGION": "VARCHAR",
                "TWICE": {"type": "NUMBER", "as": "ID * 2"}}
    return {"ID": {"type": "NUMBER", "nullable": False, "comment": "which"},
            "MAIL": {**masked, "type": "VARCHAR(40)", "tags": {here("tag", part): "phone"}},
            "NEW": {"type": "DATE", "renamed_from": "OLD"}, "REGION": "VARCHAR", "PHONE": masked,
            "TWICE": {"type": "NUMBER", "as": "ID * 2", "comment": "twice"}}


def table(part, last, altered):
    body = {"columns": columns(part, last, altered), "grants": grants(part, altered, ["SELECT"], ["SELECT", "INSERT"]),
            "row_access_policy": {"policy": here("row_access_policy", part), "on": ["REGION"]}}
    if last:
        body["foreign_keys"] = [{"columns": ["ID"], "references": f"{here('table', last)}(ID)"}]
    body.update({"unique": [["REGION"]]} if altered else {"cluster_by": ["REGION"]})
    return {**body, "primary_key": ["ID"], "tags": {here("tag", part): "phone" if altered else "email"}}


def grants(part, altered, first, second):
    """Another privilege and another grantee."""
    to = {f"role {here('role', part)}": second if altered else first}
    return to if altered else {**to, f"database role {here('database_role', part)}": first}


def query(part, last, altered):
    other = f" JOIN {here('table', last)} L ON L.ID = T.ID" if last else ""
    return f"SELECT T.ID AS ID{', T.NEW AS WHEN_IT_WAS' if altered else ''} FROM {here('table', part)} T{other}"


def on_table(part, altered):
    return f"SELECT ID AS ID{', REGION AS REGION' if altered else ''} FROM {here('table', part)}"


LINKS = {
    "role": lambda part, last, altered: {"granted_to": ["SYSADMIN", *([here("role", last)] if last and altered else [])]},
    "database_role": lambda part, last, altered: {"granted_to": [here("role", part), *(["SYSADMIN"] if altered else [])]},
    "warehouse": lambda part, last, altered: {"grants": {here("role", part): ["USAGE", "MONITOR"] if altered else ["USAGE", "OPERATE"]}},
    "user": lambda part, last, altered: {"default_role": here("role", last if last and altered else part)},
    "table": table,
    "view": lambda part, last, altered: {"query": query(part, last, altered), "grants": grants(part, altered, ["SELECT"], ["SELECT", "REFERENCES"])},
    "materialized_view": lambda part, last, altered: {"query": f"SELECT A AS A{', A + 1 AS B' if altered else ''} FROM {here('table', part, 1)}"},
    "dynamic_table": lambda part, last, altered: {"query": query(part, last, altered), "warehouse": here("warehouse", part)},
    "stream": lambda part, last, altered: {"on": f"table {here('table', part)}"},  # fixed at creation
    "task": lambda part, last, altered: {"sql": f"DELETE FROM {here('table', part)} WHERE ID = {2 if altered else 1}", "state": "started"},
    "alert": lambda part, last, altered: {"condition": on_table(part, altered), "action": f"DELETE FROM {here('table', last or part)}"},
    "function": lambda part, last, altered: {"body": "2" if altered else "1"},
    "procedure": lambda part, last, altered: {"body": "2" if altered else "1"},
    "masking_policy": lambda part, last, altered: {"body": f"CASE WHEN IS_ROLE_IN_SESSION('{here('role', part)}') THEN V ELSE '{'-' if altered else '*'}' END"},
    "row_access_policy": lambda part, last, altered: {"body": "V = 'y'" if altered else "V = 'x'"},
    "tag": lambda part, last, altered: {"allowed_values": ["email", "phone", *(["other"] if altered else [])]},
    "pipe": lambda part, last, altered: {"copy": f"COPY INTO {here('table', part)} FROM @{here('stage', part)}"},
    "sequence": lambda part, last, altered: {"grants": {here("role", part): ["USAGE"]} if altered else {}},
}


def share_of_listing(part, number):
    """A share is for one listing alone."""
    return f"T_SL_E{number}_{part}"


def part_of(part, last, altered):
    """Everything of one part: what stands at the top, and in its schema."""
    account, in_database, in_schema = {}, {}, {}
    place = {"": account, "T_BASE.": in_database, IN_SCHEMA: in_schema}
    for kind, about in KINDS.items():
        for number, bundle in enumerate(bundles(kind)):
            body = {**about.body}
            for row in bundle["rows"]:
                body.update({**row.base, **row.together, row.name: value_of(row, part, altered)})
            if kind == "listing":
                body["share"] = share_of_listing(part, number)
            if number == 0 and kind in LINKS:
                body.update(LINKS[kind](part, last, altered))
            place[about.prefix].setdefault(COLLECTION[kind], {})[name_of(kind, number, part) + about.key] = body
    usable = {here("role", part): ["USAGE"]}
    schemas = in_database.pop(COLLECTION["schema"])
    schemas["S"] = {**in_schema, "grants": {**usable, f"database role {here('database_role', part)}": ["USAGE"]}}
    account[COLLECTION["database"]][f"T_PART{part}"] = {**in_database, COLLECTION["schema"]: schemas, "grants": usable}
    return account


def merged(parts):
    whole = {}
    for part in parts:
        for collection, objects in part.items():
            whole.setdefault(collection, {}).update(objects)
    return whole


def ground():
    """What the values of the rows name: the objects of properties_test.py that its rows make for each other."""
    said = str([[(row.base, row.together, row.first, row.second) for row in rows] for rows in ROWS.values()])
    said += str([about.body for about in KINDS.values()])
    made = properties_test.manifest("create", lambda row: any(
        properties_test.object_name(kind, row) in said for kind, rows in ROWS.items() if row in rows))
    made["shares"].update({share_of_listing(part, number): {} for part in PARTS for number in range(len(bundles("listing")))})
    return made


def manifest(step):
    parts = [p for p in PARTS if step != "drop" or p != MIDDLE]
    last = {p: parts[i - 1] if i else None for i, p in enumerate(parts)}
    made = merged([ground(), *(part_of(p, last[p], step != "create") for p in parts)])
    if step != "create":
        made["removed"] = [{"object": f"column {here('table', p)}.GONE", "action": "drop"} for p in parts]
    return made


def objects_of(part, altered=False):
    """Addresses of a part's objects: all, or those that an ALTER reaches."""
    return [f"{kind.replace('_', ' ')} {here(kind, part, number)}" for kind in KINDS for number, bundle in enumerate(bundles(kind))
            if not altered or number == 0 or any(row.name not in BORN for row in bundle["rows"])]


def applied(checks, mesh, step, *arguments):
    """One apply, and nothing behind it; gives the plan."""
    began = time.monotonic()
    plan = mesh.plan()
    refused = [r for r in plan["refused"] if not (arguments and r["code"] == LOSS)]
    checks.equal([[r["address"], r["message"]] for r in refused], [], f"{step}: nothing is refused")
    checks.equal([f for f in plan["findings"] if f["level"] == "error"], [], f"{step}: nothing is found wrong")
    run = mesh.apply(*arguments, expect=None)
    if not checks.that(run.code == 0, f"{step}: one apply", mesh_runner.failures(run)):
        raise mesh_runner.Wrong(f"{step} was not carried out")
    after = mesh.plan()
    checks.equal(properties_test.remaining(after), [], f"{step}: the plan behind it is empty")
    print(f"{step}: {len(plan['changes'])} changes, {len(mesh_runner.statements(plan))} statements, {time.monotonic() - began:.0f} s")
    return plan


def by_action(plan, *actions):
    return {c["address"] for c in plan["changes"] if c["action"] in actions}


def evolution(checks, mesh):
    domain(mesh, manifest("create"))
    made = by_action(applied(checks, mesh, "create"), "create")
    checks.equal(sorted({a for p in PARTS for a in objects_of(p)} - made), [], "everything is made")
    domain(mesh, manifest("alter"))
    altered = by_action(applied(checks, mesh, "alter", "--allow-destroy", "all"), "update", "replace", "create")
    checks.equal(sorted({a for p in PARTS for a in objects_of(p, altered=True)} - altered), [], "everything is altered")
    content = manifest("drop")
    gone = [*objects_of(MIDDLE), f"schema T_PART{MIDDLE}.S", f"database T_PART{MIDDLE}"]
    # A container's line would speak for what is in it; each for itself is what somebody reviews.
    content["removed"] = [{"object": address, "action": "drop"} for address in gone]
    domain(mesh, content)
    dropped = by_action(applied(checks, mesh, "drop"), "drop")
    checks.equal(sorted(dropped), sorted(gone), "a third is dropped, and no more")
    print(f"{len(KINDS)} kinds, {sum(len(rows) for rows in ROWS.values())} rows of properties, "
          f"{sum(len(objects_of(p)) for p in PARTS)} objects, {sum(len(objects_of(p, altered=True)) for p in PARTS)} of them altered, "
          f"{len(gone)} dropped")


def main():
    checks = Checks()
    with temporary() as folder:
        mesh = one_domain(binary_of_command_line(), folder)
        for beside in properties_test.BESIDE.values():
            for name, statement in beside.items():
                mesh.sql(statement.format(name))
        checks.scenario("evolution", evolution, checks, mesh)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
