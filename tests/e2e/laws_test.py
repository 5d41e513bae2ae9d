#!/usr/bin/env python3
"""Laws over random meshes, stepped from one to the next on one sandbox file.

    laws_test.py MESH                      the short form, part of every test run
    laws_test.py MESH --seeds 200          that many meshes
    laws_test.py MESH --seed 17            one of them again; --keep FOLDER leaves its files

- apply(plan(a -> b)), then plan, is empty; drift too.
- The same manifests in other files and in another order give the same plan: its fingerprint is accepted.
- The same input and date give the same bytes: text, JSON and Markdown, one statement at a time or eight.
- The account's rows in another order give the same bytes.
- Applied one statement at a time in the plan's order, nothing is refused for want of what it needs.
- Every JSON output is as its schema says.
"""

import argparse
import concurrent.futures
import difflib
import json
import pathlib
import random
import sys

import json_schema
import mesh_runner
from mesh_runner import Checks, Wrong, one_domain, temporary
from properties_test import KINDS
from random_mesh import RandomMesh

DATE = ("--at", "2026-01-01")
SHORT_SEEDS, STEPS = 4, 3
HEAD = {"domain": "test", "team": {"name": "test", "email": "test@example.com"}}
# Design 4 of the output of apply, which has no schema file.
OUTCOMES = {
    "type": "object", "required": ["plan", "outcomes"],
    "properties": {
        "plan": {"type": "object"},
        "outcomes": {"type": "array", "items": {
            "type": "object", "required": ["address", "sql", "status", "query_id", "error"],
            "properties": {"address": {"type": "string"}, "sql": {"type": ["string", "null"]},
                           "status": {"enum": ["done", "failed", "skipped", "not tried"]},
                           "query_id": {"type": ["string", "null"]}, "error": {"type": ["string", "null"]},
                           "source": {"type": "object"}}}}},
}


def write_whole(mesh, content):
    for file in (mesh.folder / "test").glob("*.yaml"):
        file.unlink()
    mesh.write("test/domain.yaml", {**HEAD, **content})


def write_split(mesh, content, rng):
    """The same in several files, with the keys in another order."""
    files = [dict(HEAD), {}, {}]

    def shuffled(value, key=None):
        # The order of a table's columns means something.
        if not isinstance(value, dict) or key == "columns":
            return value
        keys = list(value)
        rng.shuffle(keys)
        return {k: shuffled(value[k], k) for k in keys}

    for key, value in shuffled(content).items():
        if isinstance(value, list):
            items = list(value)
            rng.shuffle(items)
            for item in items:
                rng.choice(files).setdefault(key, []).append(item)
            continue
        for name, body in value.items():
            # A container is declared once and may be repeated to add children.
            children = {k: body[k] for k in ("schemas", "database_roles") if k in body}
            rest = {k: v for k, v in body.items() if k not in children}
            rng.choice(files).setdefault(key, {}).setdefault(name, {}).update(rest)
            for collection, objects in children.items():
                for child, child_body in objects.items():
                    place = rng.choice(files).setdefault(key, {}).setdefault(name, {})
                    place.setdefault(collection, {})[child] = child_body
    for file in (mesh.folder / "test").glob("*.yaml"):
        file.unlink()
    for name, part in zip(["z", "a", "m"], files):
        mesh.write(f"test/{name}.yaml", part)


def without_places(value):
    if isinstance(value, dict):
        return {k: without_places(v) for k, v in value.items() if k != "source"}
    return [without_places(v) for v in value] if isinstance(value, list) else value


def valid(value, schema, what):
    wrong = json_schema.problems(value, schema)
    if wrong:
        raise Wrong(f"{what} is not as its schema says:\n" + "\n".join(wrong[:10]))


def same(one, other, law):
    if one != other:
        texts = [v.splitlines() if isinstance(v, str) else json.dumps(v, indent=1, ensure_ascii=False).splitlines() for v in (one, other)]
        raise Wrong(f"{law}\n" + "\n".join(list(difflib.unified_diff(*texts, "one", "other", lineterm="", n=8))[:60]))


def check_bytes(mesh):
    for form in ("text", "json", "markdown"):
        runs = [mesh.run("plan", "--format", form, "--parallelism", n, *DATE).out for n in (1, 8)]
        same(*runs, f"the same input and date give other bytes ({form})")


# The order of rows means something in DESCRIBE, and in a SELECT that sorts by itself (the ledger).
def in_another_order(reply, rng):
    head = reply["sql"].lstrip().upper()
    rows = reply.get("rows", [])
    if not head.startswith("SHOW"):
        return reply
    if not head.startswith("SHOW COLUMNS"):
        return {**reply, "rows": rng.sample(rows, len(rows))}
    # The columns of one table stand in their order; that of the tables is free.
    table = [reply["columns"].index(name) for name in ("schema_name", "table_name")]
    queues, order = {}, []
    for row in rows:
        queues.setdefault(tuple(row[i] for i in table), []).append(row)
        order.append(tuple(row[i] for i in table))
    rng.shuffle(order)
    return {**reply, "rows": [queues[name].pop(0) for name in order]}


def check_rows(mesh, rng):
    """Returns how many answers had rows to be put in another order."""
    state = mesh.folder / "state.json"
    mesh.run("show", "--state", "-o", state)
    recorded = json.loads(state.read_text(encoding="utf-8"))
    plans, moved = [], 0
    for shuffled in (False, True):
        if shuffled:
            other = [in_another_order(reply, rng) for reply in recorded["statements"]]
            moved = sum(one != two for one, two in zip(other, recorded["statements"]))
            state.write_text(json.dumps({**recorded, "statements": other}), encoding="utf-8")
        plans.append({form: mesh.run("plan", "--state", state, "--format", form, *DATE).out for form in ("text", "json", "markdown")})
    state.unlink()
    for form in plans[0]:
        same(plans[0][form], plans[1][form], f"the same rows in another order give other bytes ({form})")
    return moved


def step(mesh, content, rng, thorough):
    """Plans and applies. False: refused, and nothing was changed."""
    write_whole(mesh, content)
    valid(mesh.run("validate", "--format", "json").json(), json_schema.load("findings.schema.json"), "validate")
    run = mesh.run("plan", "--format", "json", *DATE)
    plan = run.json()
    valid(plan, json_schema.load("plan.schema.json"), "plan")
    if thorough:
        check_bytes(mesh)
        if check_rows(mesh, rng) < 3:
            raise Wrong("hardly an answer has rows to be put in another order")
    write_split(mesh, content, rng)
    other = mesh.plan(*DATE)
    same(without_places(plan), without_places(other), "the plan depends on files or order")

    arguments = ["--allow-destroy", "all", "--parallelism", rng.choice([1, 8]), *DATE]
    if not plan["refused"]:
        arguments += ["--expect", plan["fingerprint"]]
    applied = mesh.apply(*arguments, expect=None)
    if applied.code == mesh_runner.REFUSED and plan["refused"]:
        write_whole(mesh, content)
        same(run.out, mesh.run("plan", "--format", "json", *DATE).out, "a refused apply changed something")
        return False
    if applied.code != 0:
        raise Wrong(f"apply ended with {applied.code}\n{mesh_runner.failures(applied)}")
    outcome = applied.json()
    valid(outcome, OUTCOMES, "apply")
    valid(outcome["plan"], json_schema.load("plan.schema.json"), "the plan of apply")

    after = mesh.plan("--detailed-exitcode", *DATE, expect=None)
    same(without_places(after["changes"]) + after["refused"], [], "the plan after apply is not empty")
    drift = mesh.run("drift", "--format", "json", *DATE, expect=None)
    valid(drift.json(), json_schema.load("plan.schema.json"), "drift")
    same(without_places(drift.json()["changes"]), [], "drift after apply is not empty")
    return True


def with_deploy_role(binary, folder, role):
    """A mesh whose statements run under a role of the domain that holds no more than it needs to make objects."""
    domains = {"test": {**mesh_runner.ONE_DOMAIN["domains"]["test"], "deploy_role": role}}
    mesh = one_domain(binary, folder, {**mesh_runner.ONE_DOMAIN, "domains": domains})
    mesh.sql(f"CREATE ROLE IF NOT EXISTS {role}; GRANT ROLE {role} TO USER MESH; GRANT ROLE {role} TO ROLE SYSADMIN; "
             f"GRANT CREATE DATABASE, CREATE WAREHOUSE, CREATE ROLE, CREATE USER, CREATE SHARE, IMPORT SHARE, CREATE ORGANIZATION LISTING, CREATE INTEGRATION, CREATE NETWORK POLICY, "
             f"EXECUTE TASK, EXECUTE MANAGED TASK, EXECUTE ALERT, EXECUTE MANAGED ALERT, APPLY MASKING POLICY, APPLY TAG, MANAGE GRANTS, MANAGE VISIBILITY, REPLICATE, MODIFY LOG LEVEL, MODIFY LOG EVENT LEVEL, "
             f"MODIFY TRACE LEVEL, MODIFY METRIC LEVEL ON ACCOUNT TO ROLE {role}")
    mesh.bootstrap()
    return mesh


def run_seed(checks, binary, seed, folder, kinds):
    """To `kinds` are added those of the objects that were there."""
    rng = random.Random(seed)
    deploy_role = "O_DEPLOY" if seed % 2 == 0 else None
    mesh = with_deploy_role(binary, folder, deploy_role) if deploy_role else one_domain(binary, folder)
    state, refused = RandomMesh(rng, deploy_role, seed % 2), 0
    for number in range(STEPS):
        wanted = state if number == 0 else state.step()
        try:
            done = step(mesh, wanted.manifest(), rng, thorough=number == 1)
        except Wrong as wrong:
            checks.that(False, f"seed {seed}, step {number} (again: laws_test.py MESH --seed {seed}): {wrong}")
            return
        state = wanted if done else state
        kinds |= {thing.kind for thing in wanted.objects} if done else set()
        refused += not done
    checks.that(refused < STEPS, f"seed {seed}: every step was refused")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mesh", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, default=SHORT_SEEDS)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--keep", type=pathlib.Path)
    given = parser.parse_args()
    seeds = [given.seed] if given.seed is not None else range(given.first, given.first + given.seeds)
    checks, kinds = Checks(), set()

    def one(seed):
        if given.keep:
            return run_seed(checks, given.mesh.resolve(), seed, given.keep, kinds)
        with temporary() as folder:
            return run_seed(checks, given.mesh.resolve(), seed, folder, kinds)

    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(one, seeds))
    if len(list(seeds)) > 1:
        checks.equal(sorted(set(KINDS) - kinds), [], "kinds that no mesh had")
    print(f"seeds {list(seeds)[0]} to {list(seeds)[-1]}, {len(kinds)} kinds")
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
