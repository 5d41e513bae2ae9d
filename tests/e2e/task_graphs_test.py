#!/usr/bin/env python3
"""A law of task graphs: from any graph to any other, no statement of an apply is refused, every task ends in the state it is
wanted in, and the next plan is empty; a plan suspends and resumes a task at most once.

Also what happens when a change in the middle fails. MESH_SEED and MESH_ROUNDS set where chance begins and how long it goes on.
"""

import json
import os
import random
import sys

import mesh_runner
from mesh_runner import Checks, binary_of_command_line, domain, one_domain, temporary

SEED = int(os.environ.get("MESH_SEED", "7"))
ROUNDS = int(os.environ.get("MESH_ROUNDS", "12"))
NAMES = ["A", "B", "C", "D", "E", "F", "G"]
LAST = ["X", "Y", "Z"]    # those that finalize
SCHEMA = "T_DB.S"


def graph(chance):
    """Tasks in an order of their own; each comes after some of those before it, or after none."""
    order = chance.sample(NAMES, chance.randint(1, len(NAMES)))
    tasks, roots = {}, []
    for i, name in enumerate(order):
        task = {"sql": f"SELECT {chance.randint(1, 3)}"}
        parents = chance.sample(order[:i], chance.randint(0, min(i, 2)))
        if parents:
            task["after"] = sorted(parents)
        else:
            roots.append(name)
            task["schedule"] = chance.choice(["10 MINUTE", "1 HOUR"])
            if chance.random() < 0.3:
                task["overlap_policy"] = "ALLOW_CHILD_OVERLAP"
        if chance.random() < 0.3:
            task["when"] = "1 = 1"
        if chance.random() < 0.3:
            task["comment"] = chance.choice(["one", "two"])
        if chance.random() < 0.8:
            task["state"] = chance.choice(["started", "started", "suspended"])
        tasks[name] = task
    for root, name in zip(roots, chance.sample(LAST, len(LAST))):
        if chance.random() < 0.4:
            tasks[name] = {"finalize": root, "sql": "SELECT 9", "state": chance.choice(["started", "suspended"])}
    return tasks


def content(tasks, gone=()):
    manifest = {"databases": {"T_DB": {"schemas": {"S": {"tasks": tasks}}}}}
    if gone:
        manifest["removed"] = [{"object": f"task {SCHEMA}.{name}", "action": "drop"} for name in gone]
    return manifest


def live(mesh):
    rows = json.loads(mesh.run("sql", "--format", "json", f"SHOW TASKS IN SCHEMA {SCHEMA}").out.splitlines()[0])
    return {row["name"]: row for row in rows}


def wanted_states(before, tasks):
    """What is written; else what it was, and suspended where it is new."""
    return {name: task.get("state") or (before[name]["state"] if name in before else "suspended") for name, task in tasks.items()}


def check_switches(checks, plan, where):
    seen = {}
    for change in plan["changes"]:
        for statement in change["statements"]:
            for word in ("SUSPEND", "RESUME"):
                if statement["sql"].endswith(f" {word}"):
                    seen[statement["sql"]] = seen.get(statement["sql"], 0) + 1
    checks.equal({sql: n for sql, n in seen.items() if n > 1}, {}, f"{where}: suspended and resumed at most once")


def from_any_to_any(checks, binary, folder, owners=(), rounds=ROUNDS):
    """With owners all tasks are of one of them, now of this, now of that."""
    chance = random.Random(SEED)
    mesh = one_domain(binary, folder)
    before, tasks = {}, {}
    for number in range(rounds):
        where = f"seed {SEED}, round {number}"
        last, tasks = tasks, graph(chance)
        owner = chance.choice(owners) if owners else None
        manifest = content({name: {**task, **({"owner": owner} if owner else {})} for name, task in tasks.items()},
                           sorted(set(last) - set(tasks)))
        domain(mesh, with_owners(manifest, owners))
        plan = mesh.plan()
        check_switches(checks, plan, where)
        applied = mesh.apply(expect=None)
        shown = [last, tasks, mesh_runner.failures(applied)]
        if not checks.that(applied.code == 0, f"{where}: the apply", json.dumps(shown, indent=1)):
            return
        after = live(mesh)
        checks.equal({name: row["state"] for name, row in after.items()}, wanted_states(before, tasks), f"{where}: states")
        rest = [[c["address"], c["diff"]] for c in mesh.plan()["changes"]]
        if not checks.equal(rest, [], f"{where}: the next plan, from {last} to {tasks}"):
            return
        before = after


def a_chain():
    return {"ROOT": {"schedule": "10 MINUTE", "sql": "SELECT 1"}, "NEXT": {"after": ["ROOT"], "sql": "SELECT 1"}}


def a_failure_in_between(checks, binary, folder):
    """The change of a child is refused: the root, which nobody writes a state of, runs again."""
    mesh = one_domain(binary, folder)
    tasks = a_chain()
    domain(mesh, content(tasks))
    mesh.apply()
    mesh.sql(f"ALTER TASK {SCHEMA}.NEXT RESUME")
    mesh.sql(f"ALTER TASK {SCHEMA}.ROOT RESUME")
    tasks["NEXT"]["error_integration"] = "NOT_THERE"
    domain(mesh, content(tasks))
    mesh.run("apply", "--yes", expect=mesh_runner.FAILED)
    checks.equal({name: row["state"] for name, row in live(mesh).items()}, {"ROOT": "started", "NEXT": "started"},
                 "the root is resumed though a child could not be changed")


def half_a_change(checks, binary, folder):
    """The second statement of a child's change is refused: the root stays suspended, and the report says so; the next
    apply starts it again, though its state is not written."""
    mesh = one_domain(binary, folder)
    tasks = a_chain()
    domain(mesh, content(tasks))
    mesh.apply()
    mesh.sql(f"ALTER TASK {SCHEMA}.NEXT RESUME")
    mesh.sql(f"ALTER TASK {SCHEMA}.ROOT RESUME")
    tasks["OTHER"] = {"schedule": "1 HOUR", "sql": "SELECT 1"}
    tasks["NEXT"].update(after=["ROOT", "OTHER"], error_integration="NOT_THERE")
    domain(mesh, content(tasks))
    applied = mesh.run("apply", "--yes", expect=mesh_runner.FAILED)
    checks.equal(live(mesh)["ROOT"]["state"], "suspended", "the root of a graph that is half changed")
    told = " ".join((applied.out + applied.err).split())
    checks.contains(told, f"task {SCHEMA}.ROOT was suspended and is not running", "the report")
    del tasks["NEXT"]["error_integration"]
    domain(mesh, content(tasks))
    mesh.apply()
    checks.equal(live(mesh)["ROOT"]["state"], "started", "the next apply resumes it")
    checks.equal(mesh.plan()["changes"], [], "and leaves nothing")
    mesh.sql(f"ALTER TASK {SCHEMA}.ROOT SUSPEND")
    checks.equal(mesh.plan()["changes"], [], "what somebody suspends by hand later is left alone")


def of_changing_owners(checks, binary, folder):
    from_any_to_any(checks, binary, folder, ("T_ONE", "T_TWO"), ROUNDS // 2)


def with_owners(manifest, roles):
    """With roles that may own tasks."""
    if roles:
        manifest["roles"] = {role: {"granted_to": ["ACCOUNTADMIN"]} for role in roles}
        manifest["grants"] = [{"to": f"role {role}", "privileges": ["EXECUTE TASK", "EXECUTE MANAGED TASK"], "on": "account"}
                              for role in roles]
        manifest["databases"]["T_DB"]["grants"] = {role: ["USAGE"] for role in roles}
        manifest["databases"]["T_DB"]["schemas"]["S"]["grants"] = {role: ["USAGE"] for role in roles}
    return manifest


def owned_graph(owner, tasks=("ROOT", "A", "B", "LAST")):
    every = {"ROOT": {"schedule": "10 MINUTE"}, "A": {"after": ["ROOT"]}, "B": {"after": ["ROOT", "A"]}, "LAST": {"finalize": "ROOT"}}
    owned = {"owner": owner} if owner else {}
    manifest = content({name: {**every[name], "sql": "SELECT 1", "state": "started", **owned} for name in tasks})
    return with_owners(manifest, ["T_OWNER"])


TIES = {"ROOT": ([], None), "A": (["ROOT"], None), "B": (["A", "ROOT"], None), "LAST": ([], "ROOT")}


def of_one_owner(checks, mesh, manifest, where):
    """One apply gives every task to T_OWNER, tied as before and running."""
    domain(mesh, manifest)
    plan = mesh.plan()
    check_switches(checks, plan, where)
    applied = mesh.apply(expect=None)
    if not checks.that(applied.code == 0, f"{where}: the apply", [mesh_runner.statements(plan), mesh_runner.failures(applied)]):
        return
    rows = live(mesh)
    checks.equal({name: (row["owner"], row["state"]) for name, row in rows.items()}, {name: ("T_OWNER", "started") for name in TIES}, where)
    last = lambda name: name.rsplit(".", 1)[-1].strip('"')
    found = {name: (sorted(last(p) for p in json.loads(row["predecessors"] or "[]")),
                    last(json.loads(row["task_relations"]).get("FinalizedRootTask") or "") or None) for name, row in rows.items()}
    checks.equal(found, TIES, f"{where}: each comes after those it came after")
    checks.equal(mesh.plan()["changes"], [], f"{where}: the next plan")


def another_owner(checks, binary, folder):
    """GRANT OWNERSHIP severs a task's links, and all tasks of a graph have one owner (docs: tasks-graphs)."""
    mesh = one_domain(binary, folder)
    domain(mesh, owned_graph(None))
    mesh.apply()
    of_one_owner(checks, mesh, owned_graph("T_OWNER"), "handed over")


def owned_from_the_start(checks, binary, folder):
    of_one_owner(checks, one_domain(binary, folder), owned_graph("T_OWNER"), "made for another owner")


def grown_and_handed_over(checks, binary, folder):
    mesh = one_domain(binary, folder)
    domain(mesh, owned_graph(None, ("ROOT", "A")))
    mesh.apply()
    of_one_owner(checks, mesh, owned_graph("T_OWNER"), "new tasks in a graph that is handed over")


def give(mesh, task, role):
    for statement in (f"ALTER TASK {SCHEMA}.ROOT SUSPEND", f"ALTER TASK {SCHEMA}.{task} SUSPEND",
                      f"GRANT OWNERSHIP ON TASK {SCHEMA}.{task} TO ROLE {role} COPY CURRENT GRANTS"):
        mesh.sql(statement)


def given_away(checks, binary, folder):
    """A task that somebody gives to another role is out of its graph (docs: tasks-graphs, Unlink parent and child tasks)."""
    mesh = one_domain(binary, folder)
    domain(mesh, owned_graph("T_OWNER"))
    mesh.apply()
    mesh.sql("CREATE ROLE T_OTHER; GRANT ROLE T_OTHER TO ROLE ACCOUNTADMIN")
    for task in TIES:
        give(mesh, task, "T_OTHER")
        of_one_owner(checks, mesh, owned_graph("T_OWNER"), f"{task} given away by hand")


def half_handed_over(checks, binary, folder):
    """The first task has its new owner and is not tied yet, or none is: as after a kill in between."""
    for word in ("AFTER", "FINALIZE", "RESUME"):
        mesh = one_domain(binary, f"{folder}/{word}")
        domain(mesh, owned_graph(None))
        mesh.apply()
        domain(mesh, owned_graph("T_OWNER"))
        mesh.faults = f"lacks=1:{word}"
        mesh.run("apply", "--yes", expect=mesh_runner.FAILED)
        mesh.faults = None
        checks.that("T_OWNER" in {row["owner"] for row in live(mesh).values()}, f"{word} refused: some are handed over", live(mesh))
        of_one_owner(checks, mesh, owned_graph("T_OWNER"), f"{word} refused at first")


def of_two_owners(checks, binary, folder):
    """Where no owner is written, none is changed: what would be refused is said before the first statement."""
    mesh = one_domain(binary, folder)
    domain(mesh, owned_graph(None))
    mesh.apply()
    mesh.sql("CREATE ROLE T_OTHER; GRANT ROLE T_OTHER TO ROLE ACCOUNTADMIN")
    give(mesh, "A", "T_OTHER")
    plan = mesh.plan()
    checks.equal(sorted((r["address"], r["code"]) for r in plan["refused"]),
                 [(f"task {SCHEMA}.A", "MESH2012"), (f"task {SCHEMA}.B", "MESH2012")], "both sides of the gap are told")
    statement = 'GRANT OWNERSHIP ON TASK "T_DB"."S"."A" TO ROLE "ACCOUNTADMIN" COPY CURRENT GRANTS'
    checks.contains(plan["refused"][0]["ways_out"], statement, "with what to do")
    mesh.run("apply", "--yes", expect=mesh_runner.REFUSED)
    mesh.sql(statement)
    mesh.apply()
    rows = live(mesh)
    checks.equal({name: row["state"] for name, row in rows.items()}, {name: "started" for name in TIES}, "then it is whole again")
    checks.equal(mesh.plan()["changes"], [], "and nothing is left")


def finalizers_change_places(checks, binary, folder):
    """Each root has one finalizer at most (docs: create-task, FINALIZE): one is taken off its graph first."""
    for many in (2, 3):
        mesh = one_domain(binary, f"{folder}/{many}")
        roots = {f"ROOT{i}": {"schedule": "10 MINUTE", "sql": "SELECT 1", "state": "started"} for i in range(many)}
        ends = lambda shift: {f"END{i}": {"finalize": f"ROOT{(i + shift) % many}", "sql": "SELECT 1", "state": "started"} for i in range(many)}
        for shift in range(many):
            domain(mesh, content({**roots, **ends(shift)}))
            plan = mesh.plan()
            check_switches(checks, plan, f"{many} finalizers moved by {shift}")
            applied = mesh.apply(expect=None)
            checks.that(applied.code == 0, f"{many} finalizers moved by {shift}", mesh_runner.failures(applied))
            checks.equal({row["state"] for row in live(mesh).values()}, {"started"}, f"all of {many} run")
            checks.equal(mesh.plan()["changes"], [], f"{many} finalizers moved by {shift}: the next plan")


def main():
    checks = Checks()
    for name, scenario in (("from any to any", from_any_to_any), ("a failure in between", a_failure_in_between),
                           ("half a change", half_a_change), ("another owner", another_owner),
                           ("owned from the start", owned_from_the_start), ("grown and handed over", grown_and_handed_over),
                           ("given away", given_away), ("half handed over", half_handed_over), ("of two owners", of_two_owners),
                           ("finalizers change places", finalizers_change_places),
                           ("of changing owners", of_changing_owners)):
        with temporary() as folder:
            checks.scenario(name, scenario, checks, binary_of_command_line(), folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
