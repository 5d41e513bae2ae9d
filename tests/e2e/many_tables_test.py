#!/usr/bin/env python3
"""More in one schema than Snowflake lists at once, on the sandbox with its real limits (identifiers-and-literals.md 2):
SHOW TABLES fails beyond 10,000 rows, SHOW COLUMNS and SHOW SEQUENCES leave the rest out without a word.

Here: more columns than that in few tables, and a mesh four times as large, which may take eight times the processor time
and not a statement more. MESH_LONG=1: 10,050 tables, and 10,050 sequences, of which a plan says that it cannot know them.
"""

import os
import resource
import sys

import mesh_runner
from mesh_runner import FAILED, Checks, binary_of_command_line, domain, failures, one_domain, statements, temporary

LONG = os.environ.get("MESH_LONG") == "1"
LIMIT = 10_000
SMALL, TIMES, AT_MOST = 100, 4, 8


def schema(collections):
    return {"roles": {"T_READER": {}},
            "databases": {"T_DB": {"grants": {"T_READER": ["USAGE"]}, "schemas": {"S": {"grants": {"T_READER": ["USAGE"]}, **collections}}}}}


def tables(count, width=2):
    """Every tenth is granted."""
    made = {}
    for i in range(count):
        made[f"T{i:05}"] = {"columns": {f"C{c:03}": "NUMBER" for c in range(width)}, "comment": f"table {i}",
                            **({"grants": {"T_READER": ["SELECT"]}} if i % 10 == 0 else {})}
    return made


def processor_time(work):
    def spent():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    before = spent()
    value = work()
    return spent() - before, value


def converge(checks, mesh, made, what):
    """Applies it; gives the processor time of apply and of the plan behind it, and that plan."""
    domain(mesh, schema({"tables": made}))
    apply_time, run = processor_time(lambda: mesh.apply("--allow-destroy", "all", expect=None))
    if not checks.that(run.code == 0, f"{what}: applied", failures(run)):
        raise mesh_runner.Wrong(f"{what}: not applied")
    plan_time, plan = processor_time(mesh.plan)
    checks.equal(plan["changes"], [], f"{what}: the plan behind it is empty")
    print(f"{what}: apply {apply_time:.1f} s, plan {plan_time:.1f} s of processor time, {plan['reads']['statements']} statements read")
    return apply_time, plan_time, plan


def last_one_changes(checks, mesh, made, what):
    """What lies behind the limit is compared too."""
    name = list(made)[-1]
    made[name]["comment"] = "changed"
    made[name]["columns"]["ADDED"] = "DATE"
    domain(mesh, schema({"tables": made}))
    plan = mesh.plan()
    checks.equal(statements(plan), [f'ALTER TABLE "T_DB"."S"."{name}" ADD COLUMN "ADDED" DATE', f'ALTER TABLE "T_DB"."S"."{name}" SET COMMENT = \'changed\''],
                 f"{what}: a change of the last table")
    mesh.apply()
    checks.equal(mesh.plan()["changes"], [], f"{what}: and carried out")


def linear(checks, binary, folder):
    mesh = one_domain(binary, folder)
    small = converge(checks, mesh, tables(SMALL), f"{SMALL} tables")
    # Those that are there already count for little: they are compared, and nothing is sent.
    large = converge(checks, mesh, tables(SMALL * (1 + TIMES)), f"{SMALL * TIMES} more tables")
    for about, one, other in (("apply", small[0], large[0]), ("plan", small[1], large[1])):
        checks.that(other <= AT_MOST * max(one, 0.3), f"{about}: {one:.1f} s, but {other:.1f} s for {TIMES} times as many")
    checks.equal(large[2]["reads"], small[2]["reads"], "statements to plan do not grow with tables")


def many_columns(checks, binary, folder):
    width = 900
    count = LIMIT // width + 2
    mesh = one_domain(binary, folder)
    made = tables(count, width)
    # Of these nothing but a look at them alone tells all.
    made.update(Z_TIME={"columns": {"AT": "TIMESTAMP_NTZ(3)"}}, Z_TEXT={"columns": {"NAME": {"type": "VARCHAR", "collate": "de"}}})
    _, _, plan = converge(checks, mesh, made, f"{count} tables of {width} columns")
    _, _, other = converge(checks, one_domain(binary, f"{folder}/few"), tables(3), "three tables")
    # One for all columns beyond the limit, and one for each of the two.
    checks.equal(plan["reads"]["statements"] - other["reads"]["statements"], 3, "statements to plan hardly grow with columns")
    checks.equal(len(mesh.sql("SHOW COLUMNS IN SCHEMA T_DB.S")), LIMIT, "the sandbox cuts what it lists")
    last_one_changes(checks, mesh, made, "many columns")


def many_tables(checks, binary, folder):
    mesh = one_domain(binary, folder)
    made = tables(LIMIT + 50)
    converge(checks, mesh, made, f"{LIMIT + 50} tables")
    mesh.sql("SHOW TABLES IN SCHEMA T_DB.S", expect=FAILED)
    last_one_changes(checks, mesh, made, "many tables")


def many_sequences(checks, binary, folder):
    mesh = one_domain(binary, folder)
    domain(mesh, schema({"sequences": {"S00000": {}}}))
    mesh.apply()
    mesh.write("made.sql", ";\n".join(f"CREATE SEQUENCE T_DB.S.H{i:05}" for i in range(LIMIT + 50)))
    mesh.run("sql", "-f", mesh.folder / "made.sql")
    run = mesh.run("plan", expect=FAILED)
    checks.contains(run.out + run.err, "MESH3002", "a cut answer is an error")
    checks.contains(" ".join((run.out + run.err).split()), "the sequences of schema T_DB.S has exactly 10,000 rows", "which says what")


def main():
    checks = Checks()
    scenarios = [linear, many_columns]
    if LONG:
        mesh_runner.LONGEST = 3600
        scenarios += [many_tables, many_sequences]
    for scenario in scenarios:
        with temporary() as folder:
            checks.scenario(scenario.__name__, scenario, checks, binary_of_command_line(), folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
