#!/usr/bin/env python3
"""Apply under faults drawn from a seed: lost and cut answers, throttling, expired tokens, a warehouse that cannot start, a
privilege lost in mid-run, others who change things meanwhile. Afterwards the report, the audit and the ledger are true, and
an undisturbed apply finishes the work. A plan under faults is the whole plan or an error.

    faults_test.py MESH_BINARY [--seeds N] [--from N] [--jobs N] [--verbose]
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import time

from mesh_runner import DONE, FAILED, REFUSED, Checks, Mesh, Run, Wrong, folded_ledger, temporary

TIME_SCALE = "0.01"
LONGEST_RUN_S = 300
MESH_FILE = {
    "mesh": "shop",
    "api": "mesh/v1",
    "control": {"database": "MESH", "schema": "CONTROL", "warehouse": "MESH_WH"},
    "environments": {"dev": {"connection": "sandbox"}},
    "default_environment": "dev",
    "domains": {"sales": {"path": "sales", "deploy_role": "DEPLOY_SALES"}, "finance": {"path": "finance"}},
}
SET_UP = """CREATE ROLE DEPLOY_SALES; GRANT ROLE DEPLOY_SALES TO ROLE SYSADMIN; GRANT ROLE DEPLOY_SALES TO USER MESH;
GRANT CREATE DATABASE ON ACCOUNT TO ROLE DEPLOY_SALES; GRANT CREATE ROLE ON ACCOUNT TO ROLE DEPLOY_SALES;
GRANT CREATE WAREHOUSE ON ACCOUNT TO ROLE DEPLOY_SALES"""
TEAM = {"name": "team", "email": "team@example.com"}
SALES_1 = {
    "domain": "sales",
    "team": TEAM,
    "warehouses": {"SALES_WH": {"warehouse_size": "XSMALL", "grants": {"SALES_READER": ["USAGE"]}}},
    "roles": {"SALES_READER": {"granted_to": ["SYSADMIN"]}, "SALES_WRITER": {"granted_to": ["SYSADMIN"]}},
    "databases": {
        "SALES": {
            "comment": "first",
            "grants": {"SALES_READER": ["USAGE"], "FINANCE_ANALYST": ["USAGE"]},
            "schemas": {
                "CORE": {
                    "grants": {"SALES_READER": ["USAGE"], "FINANCE_ANALYST": ["USAGE"]},
                    "tables": {
                        "ORDERS": {"columns": {"ID": "NUMBER", "TOTAL": "NUMBER(10,2)"},
                                   "grants": {"SALES_READER": ["SELECT"], "FINANCE_ANALYST": ["SELECT"]}},
                        "ITEMS": {"columns": {"ID": "NUMBER", "NAME": "VARCHAR(20)"}},
                        "OLD_NAME": {"columns": {"ID": "NUMBER"}},
                        "GOES": {"columns": {"ID": "NUMBER"}},
                    },
                    "views": {"BIG_ORDERS": {"query": "SELECT ID FROM SALES.CORE.ORDERS WHERE TOTAL > 100",
                                             "grants": {"SALES_READER": ["SELECT"]}}},
                }
            },
        }
    },
}
SALES_2 = {
    "domain": "sales",
    "team": TEAM,
    "warehouses": {"SALES_WH": {"warehouse_size": "SMALL", "comment": "larger"}},
    "roles": {"SALES_READER": {"granted_to": ["SYSADMIN"], "comment": "reads"}, "SALES_WRITER": {},
              "SALES_LEAD": {"granted_to": ["SYSADMIN"]}},
    "databases": {
        "SALES": {
            "comment": "second",
            "grants": {"SALES_READER": ["USAGE"], "SALES_WRITER": ["USAGE"], "FINANCE_ANALYST": ["USAGE"]},
            "schemas": {
                "CORE": {
                    "grants": {"SALES_READER": ["USAGE"], "SALES_WRITER": ["USAGE"], "FINANCE_ANALYST": ["USAGE"]},
                    "tables": {
                        "ORDERS": {"columns": {"ID": "NUMBER", "TOTAL": "NUMBER(12,2)", "PLACED": "DATE"}, "comment": "orders",
                                   "grants": {"SALES_WRITER": ["SELECT", "INSERT"], "FINANCE_ANALYST": ["SELECT"]}},
                        "ITEMS": {"columns": {"ID": "NUMBER", "NAME": "VARCHAR(40)"}},
                        "NEW_NAME": {"renamed_from": "OLD_NAME", "columns": {"ID": "NUMBER", "MORE": "DATE"}},
                        "RETURNS": {"columns": {"ID": "NUMBER"}},
                    },
                    "views": {
                        "BIG_ORDERS": {"query": "SELECT ID, TOTAL FROM SALES.CORE.ORDERS WHERE TOTAL > 200",
                                       "grants": {"SALES_READER": ["SELECT"]}},
                        "ALL_RETURNS": {"query": "SELECT ID FROM SALES.CORE.RETURNS"},
                    },
                },
                "ARCHIVE": {"tables": {"ORDERS": {"columns": {"ID": "NUMBER"}}}},
            },
        }
    },
    "removed": [{"object": "table SALES.CORE.GOES", "action": "drop"}],
}
FINANCE_1 = {
    "domain": "finance",
    "team": TEAM,
    "roles": {"FINANCE_ANALYST": {"granted_to": ["SYSADMIN"]}},
    "databases": {"FINANCE": {"schemas": {"CORE": {"tables": {"LINES": {"columns": {"ID": "NUMBER"}}}}}}},
}
FINANCE_2 = {
    "domain": "finance",
    "team": TEAM,
    "roles": {"FINANCE_ANALYST": {"granted_to": ["SYSADMIN"]}},
    "databases": {
        "FINANCE": {
            "comment": "money",
            "grants": {"FINANCE_ANALYST": ["USAGE"]},
            "schemas": {
                "CORE": {
                    "grants": {"FINANCE_ANALYST": ["USAGE"]},
                    "tables": {"LINES": {"columns": {"ID": "NUMBER", "AMOUNT": "NUMBER(10,2)"}, "grants": {"FINANCE_ANALYST": ["SELECT"]}}},
                    "views": {"SUMS": {"query": "SELECT ID FROM FINANCE.CORE.LINES"}},
                }
            },
        }
    },
}

# What a request may meet, and how likely it is at most.
OFTEN = {"reset-before": 0.15, "reset-after": 0.15, "429": 0.05, "503": 0.1, "504": 0.1, "slow": 0.02, "cut": 0.1,
         "garbage": 0.05, "expired": 0.1, "long-202": 0.02, "warehouse": 0.05}
LOST = {  # a privilege of the deploy role, and what gives it back
    "REVOKE CREATE ROLE ON ACCOUNT FROM ROLE DEPLOY_SALES": "GRANT CREATE ROLE ON ACCOUNT TO ROLE DEPLOY_SALES",
    "REVOKE CREATE DATABASE ON ACCOUNT FROM ROLE DEPLOY_SALES": "GRANT CREATE DATABASE ON ACCOUNT TO ROLE DEPLOY_SALES",
    "REVOKE ROLE DEPLOY_SALES FROM USER MESH; REVOKE ROLE DEPLOY_SALES FROM ROLE SYSADMIN":
        "GRANT ROLE DEPLOY_SALES TO USER MESH; GRANT ROLE DEPLOY_SALES TO ROLE SYSADMIN",
    "REVOKE INSERT ON TABLE MESH.CONTROL.LEDGER_SALES FROM ROLE DEPLOY_SALES":
        "GRANT INSERT ON TABLE MESH.CONTROL.LEDGER_SALES TO ROLE DEPLOY_SALES",
    "REVOKE INSERT ON TABLE MESH.CONTROL.STATEMENTS FROM ROLE DEPLOY_SALES":
        "GRANT INSERT ON TABLE MESH.CONTROL.STATEMENTS TO ROLE DEPLOY_SALES",
    "REVOKE USAGE ON WAREHOUSE MESH_WH FROM ROLE DEPLOY_SALES": "GRANT USAGE ON WAREHOUSE MESH_WH TO ROLE DEPLOY_SALES",
    "REVOKE USAGE ON DATABASE MESH FROM ROLE DEPLOY_SALES": "GRANT USAGE ON DATABASE MESH TO ROLE DEPLOY_SALES",
}
ACTORS = {  # another user's change, and what it touches
    "COMMENT ON TABLE SALES.CORE.ORDERS IS 'another hand'": "SALES.CORE.ORDERS",
    "CREATE TABLE SALES.CORE.STRAY (A NUMBER)": "STRAY",
    "CREATE ROLE SALES_READER; GRANT OWNERSHIP ON ROLE SALES_READER TO ROLE DEPLOY_SALES": "SALES_READER",
    "CREATE ROLE SALES_LEAD; GRANT OWNERSHIP ON ROLE SALES_LEAD TO ROLE DEPLOY_SALES": "SALES_LEAD",
    "CREATE TABLE SALES.CORE.RETURNS (ID NUMBER); GRANT OWNERSHIP ON TABLE SALES.CORE.RETURNS TO ROLE DEPLOY_SALES": "SALES.CORE.RETURNS",
    "DROP TABLE SALES.CORE.ITEMS": "SALES.CORE.ITEMS",
    "DROP TABLE SALES.CORE.GOES": "SALES.CORE.GOES",
    "GRANT SELECT ON TABLE SALES.CORE.ITEMS TO ROLE SALES_WRITER": "SALES.CORE.ITEMS",
    "ALTER TABLE SALES.CORE.OLD_NAME RENAME TO SALES.CORE.NEW_NAME": "_NAME",
    "DROP VIEW SALES.CORE.BIG_ORDERS": "BIG_ORDERS",
}
LET_LAPSE = "UPDATE MESH.CONTROL.LEASES SET EXPIRES_AT = DATEADD(second, -1, CURRENT_TIMESTAMP()) WHERE HOLDER IS NOT NULL"
HISTORY = """SELECT QUERY_ID, QUERY_TEXT, QUERY_TAG, EXECUTION_STATUS FROM TABLE(MESH.INFORMATION_SCHEMA.QUERY_HISTORY(
RESULT_LIMIT => 10000)) WHERE QUERY_TAG <> ''"""
AUDIT = "SELECT RUN, NUMBER, ADDRESS, SQL_TEXT, QUERY_ID, STATUS FROM MESH.CONTROL.STATEMENTS"
RUNS = "SELECT RUN, EVENT FROM MESH.CONTROL.RUNS"
LEDGER = "SELECT ADDRESS, EVENT, ORIGIN, RUN, NUMBER FROM MESH.CONTROL.LEDGER ORDER BY WRITTEN_AT, NUMBER"
READING = ("SELECT", "SHOW", "DESC", "WITH")
NEVER_SAID = ("internal error", "bug in mesh", "terminate called", "Traceback", "AddressSanitizer", "runtime error")


def in_doubt(outcome):
    """Its answer did not arrive, or the question whether it took effect was not answered; both are said."""
    error = outcome["error"] or ""
    return "may have run" in error or "whether it took effect could not be seen" in error


class Schedule:
    """What a seed does to a run."""

    def __init__(self, seed):
        draw = random.Random(seed)
        items = [f"seed={seed}", f"scale={TIME_SCALE}"]
        for fault in draw.sample(sorted(OFTEN), draw.randint(1, 4)):
            value = f"{OFTEN[fault] * draw.choice((0.2, 0.5, 1)):.4f}"
            items.append(f"{fault}={value}x{draw.randint(2, 6)}" if fault in ("429", "503") and draw.random() < 0.5 else f"{fault}={value}")
        # Where statements that change something are likely, so that some end in doubt.
        for fault in draw.sample(("reset-before", "reset-after", "cut", "garbage", "garbage", "504"), draw.randint(0, 3)):
            items.append(f"{fault}=@{draw.randint(30, 110)}")
        if draw.random() < 0.5:
            at = draw.randint(35, 90)
            items.append(f"garbage=@{at}-{at + draw.randint(0, 4)}")
        self.lost = draw.choice(sorted(LOST)) if draw.random() < 0.25 else None
        self.actor = draw.choice(sorted(ACTORS)) if draw.random() < 0.3 else None
        after_sql = []
        if self.lost:
            at = draw.randint(20, 70)
            after_sql += [f"privilege-lost=@{at}:{sql.strip()}" for sql in self.lost.split(";")]
        if self.actor:
            at = draw.randint(20, 70)
            after_sql += [f"actor=@{at}:{sql.strip()}" for sql in self.actor.split(";")]
        self.of_the_wire = ",".join(items)
        self.spec = ",".join(items + after_sql[:1]) + "".join(";" + item for item in after_sql[1:])
        self.touched = ACTORS[self.actor] if self.actor else None

    def touches(self, text):
        return self.touched is not None and self.touched in text


class Ground:
    """An account in which one revision is to be applied; each seed gets a copy."""

    def __init__(self, binary, folder, revision):
        self.binary = binary
        self.folder = pathlib.Path(folder) / f"revision-{revision}"
        self.mesh = Mesh(binary, self.folder / "mesh", self.folder / "account" / "account.db")
        self.mesh.account.parent.mkdir(parents=True)
        self.mesh.write("mesh.yaml", MESH_FILE)
        self.write(SALES_1, FINANCE_1)
        self.mesh.sql(SET_UP)
        self.mesh.bootstrap()
        if revision == 2:
            self.mesh.apply()
            self.write(SALES_2, FINANCE_2)
        history, _, _, _ = self.tables(self.mesh)
        self.runs = {run_of(row) for row in history}
        self.plan = planned(self.mesh.plan())
        undisturbed = self.copy("undisturbed")
        undisturbed.apply()
        _, _, _, ledger = self.tables(undisturbed)
        self.ledger = folded_ledger(ledger)

    def write(self, sales, finance):
        self.mesh.write("sales/domain.yaml", sales)
        self.mesh.write("finance/domain.yaml", finance)

    def copy(self, name):
        target = self.folder / name
        shutil.copytree(self.mesh.account.parent, target)
        return Mesh(self.binary, self.mesh.folder, target / "account.db")

    @staticmethod
    def tables(mesh, *more):
        """What happened according to the account and to mesh; then `more` is run, and the lease lapses."""
        run = mesh.run("sql", "--format", "json", ";".join((HISTORY, AUDIT, RUNS, LEDGER, *more)))
        return [json.loads(line) for line in run.out.splitlines()][:4]


def run_of(row):
    return json.loads(row["QUERY_TAG"])["run"]


def planned(plan):
    """What a plan is about; not how it was read."""
    return {key: plan[key] for key in ("changes", "access", "waiting", "findings", "refused", "unmanaged", "vanished", "fingerprint")}


def disturbed_run(mesh, spec, *arguments):
    command = [str(mesh.binary), "-C", str(mesh.folder), "--sandbox", str(mesh.account), *arguments]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SNOWFLAKE_")}
    environment |= {"NO_COLOR": "1", "MESH_TIME_SCALE": TIME_SCALE, "MESH_SANDBOX_FAULTS": spec}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_RUN_S, check=False,
                              stdin=subprocess.DEVNULL, env=environment)
    except subprocess.TimeoutExpired as hangs:
        raise Wrong(f"it hangs: {' '.join(command)} with MESH_SANDBOX_FAULTS='{spec}'") from hangs
    return Run(command, done)


def told(run):
    """A run without what went well."""
    if not run.out.startswith("{"):
        return str(run)
    bad = [f"{o['status']} {o['address']}: {o['sql']}\n    {o['error']}" for o in run.json()["outcomes"] if o["status"] != "done"]
    return "\n".join([f"exit {run.code}", *bad, run.err])


class Trial:
    """One seed: a disturbed run, the truth about it, and what the next runs make of it."""

    def __init__(self, checks, seed, ground):
        self.checks, self.seed, self.ground = checks, seed, ground
        self.schedule = Schedule(seed)
        self.planned = None
        self.what = f"seed {seed} ({self.schedule.spec})"

    def that(self, is_so, what, shown=""):
        self.checks.that(is_so, f"{self.what}: {what}", shown)

    def nothing(self, found, what):
        """`found` lists what should not be."""
        self.that(not found, what, "\n".join(map(str, found)) + f"\n{told(self.run)}" if found else "")

    def go(self):
        mesh = self.ground.copy(f"seed-{self.seed}")
        if self.seed % 3 == 0:
            self.plan_is_whole(mesh)
        self.run = disturbed_run(mesh, self.schedule.spec, "apply", "--yes", "--format", "json")
        restored = LOST[self.schedule.lost].split(";") if self.schedule.lost else []
        history, audit, runs, ledger = self.ground.tables(mesh, *restored, LET_LAPSE)
        self.of_run = [row for row in history if run_of(row) not in self.ground.runs]
        self.that(len({run_of(row) for row in self.of_run}) <= 1, "one run has one id")
        self.outcomes = self.run.json()["outcomes"] if self.run.out.startswith("{") else []
        self.sent = [o for o in self.outcomes if o["sql"]]
        self.exit_is_true()
        self.report_is_true()
        self.audit_is_true(audit, runs, ledger)
        self.next_runs_finish(mesh)
        shutil.rmtree(mesh.account.parent)
        return self.run

    def plan_is_whole(self, mesh):
        """A plan that could not read everything is an error, never a smaller plan."""
        draw = random.Random(f"plan {self.seed}")
        lost_answer = f",garbage=@{draw.randint(1, 20)}" if draw.random() < 0.6 else ""
        run = disturbed_run(mesh, self.schedule.of_the_wire + lost_answer, "plan", "--format", "json")
        self.planned = run.code
        if run.code == DONE:
            self.that(planned(run.json()) == self.ground.plan, "a disturbed plan is the undisturbed one", run)
        else:
            self.that(run.code == FAILED and run.out == "" and re.search(r"^error", run.err, re.MULTILINE),
                      "a disturbed plan is whole or an error", run)

    def exit_is_true(self):
        self.that(self.run.code in (DONE, FAILED, REFUSED), "exit code", self.run)
        self.nothing([words for words in NEVER_SAID if words in self.run.err], "mesh does not break")
        bad = [o for o in self.outcomes if o["status"] != "done"]
        if self.run.code == DONE:
            self.nothing(bad, "exit 0 means that everything is done")
            self.that(self.run.out.startswith("{"), "exit 0 has a result", self.run)
        else:
            self.that(bad or re.search(r"^error(\[MESH\d+\])?: ", self.run.err, re.MULTILINE), "exit 1 says why", told(self.run))

    def succeeded(self):
        return [row for row in self.of_run if row["EXECUTION_STATUS"] == "SUCCESS"
                and not row["QUERY_TEXT"].lstrip().upper().startswith(READING) and '"MESH"."CONTROL".' not in row["QUERY_TEXT"]]

    def report_is_true(self):
        took_effect = collections.Counter(row["QUERY_TEXT"] for row in self.succeeded())
        if self.run.code == REFUSED:
            self.nothing(list(took_effect), "exit 4 means that nothing was run")
        done = collections.Counter(o["sql"] for o in self.sent if o["status"] == "done")
        unsure = collections.Counter(o["sql"] for o in self.sent if o["status"] == "failed" and in_doubt(o))
        self.nothing([sql for sql in done if took_effect[sql] < done[sql]], "what is reported done took effect")
        self.nothing([sql for sql in took_effect if took_effect[sql] > done[sql] + unsure[sql]],
                     "nothing took effect that is not reported done or in doubt, and nothing twice")
        by_id = {row["QUERY_ID"]: row for row in self.of_run}
        self.nothing([o for o in self.sent if o["status"] == "done"
                      and by_id.get(o["query_id"], {}).get("QUERY_TEXT") != o["sql"]], "what is done names its query")
        self.nothing([o for o in self.sent if o["status"] == "failed" and not o["error"]], "what failed says why")
        self.nothing([o for o in self.sent if o["status"] == "skipped" and "because of" not in (o["error"] or "")], "what was skipped says why")

    def audit_is_true(self, audit, runs, ledger):
        for rows, key, name in ((audit, ("RUN", "NUMBER"), "STATEMENTS"), (runs, ("RUN", "EVENT"), "RUNS"), (ledger, ("RUN", "NUMBER"), "LEDGER")):
            keys = collections.Counter(tuple(row[column] for column in key) for row in rows)
            self.nothing([k for k, n in keys.items() if n > 1], f"{name} holds each row once")
        mine = [row for row in audit if row["RUN"] not in self.ground.runs]
        reported = {(o["address"], o["sql"], o["status"], o["query_id"] or "") for o in self.sent}
        self.nothing([row for row in mine if (row["ADDRESS"], row["SQL_TEXT"], row["STATUS"], row["QUERY_ID"] or "") not in reported],
                     "the audit tells what the report tells")
        told = {(row["ADDRESS"], row["SQL_TEXT"]) for row in mine}
        lacking = [o for o in self.sent if o["status"] in ("done", "failed") and (o["address"], o["sql"]) not in told]
        if "could not be written" not in self.run.err:
            self.nothing(lacking, "the audit lacks nothing")

    def next_runs_finish(self, mesh):
        """Undisturbed, the first finishes; a second only where others meddled."""
        for number in range(3 if self.schedule.actor else 1):
            applied = mesh.apply(expect=None)
            if number == 0 and applied.out.startswith("{"):
                again = {c["address"] for c in applied.json()["plan"]["changes"] if c["statements"]}
                whole = {o["address"] for o in self.outcomes} - {o["address"] for o in self.outcomes if o["status"] != "done"}
                self.nothing([a for a in sorted(again & whole) if not self.schedule.touches(a)], "what was done stays done")
            if applied.code == DONE:
                break
        self.that(applied.code == DONE, "the next apply finishes", f"{told(applied)}\nafter\n{told(self.run)}")
        plan = mesh.plan(expect=None)
        found = plan["changes"] + plan["refused"] + plan["vanished"]
        self.that(not found, "then the plan is empty", json.dumps(found, indent=1))
        _, _, _, ledger = self.ground.tables(mesh)
        held = {a: o for a, o in folded_ledger(ledger).items() if not self.schedule.touches(a)}
        expected = {a: o for a, o in self.ground.ledger.items() if not self.schedule.touches(a)}
        self.that(held == expected, "the ledger tells what an undisturbed run would",
                  f"{sorted(set(held.items()) ^ set(expected.items()))}\n{told(self.run)}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--from", type=int, default=1, dest="first")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


def main():
    options = arguments()
    checks = Checks()
    begin = time.monotonic()
    played, codes, endings, plans = (collections.Counter() for _ in range(4))
    with temporary() as folder:
        grounds = [Ground(options.binary.resolve(), folder, revision) for revision in (1, 2)]
        seeds = range(options.first, options.first + options.seeds)
        print(f"seeds {seeds[0]} to {seeds[-1]}", flush=True)

        def tried(seed):
            trial = Trial(checks, seed, grounds[seed % 2])
            checks.scenario(trial.what, trial.go)
            return trial

        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for trial in pool.map(tried, seeds):
                run = getattr(trial, "run", None)
                if run is None:
                    continue
                codes[run.code] += 1
                plans[trial.planned] += trial.planned is not None
                endings.update(o["status"] + (" in doubt" if in_doubt(o) else "") for o in trial.sent)
                played.update(re.findall(r"^fault (\S+)", run.err, re.MULTILINE))
                if options.verbose:
                    print(f"seed {trial.seed}: exit {run.code}", flush=True)
    print(f"exit codes of the disturbed runs: {dict(sorted(codes.items()))}; faults played: {dict(sorted(played.items()))}")
    print(f"exit codes of the disturbed plans: {dict(sorted((+plans).items()))}")
    print(f"statements that change something: {dict(sorted(endings.items()))}")
    print(f"{time.monotonic() - begin:.0f} s")
    if options.seeds >= 30:
        every = set(OFTEN) | {"privilege-lost", "actor"}
        checks.equal(sorted(every - set(played)), [], "every fault is played")
        checks.that(codes[DONE] > 0 and codes[FAILED] > 0, "some runs come through and some do not", str(codes))
        checks.that(plans[DONE] > 0 and plans[FAILED] > 0, "some plans come through and some do not", str(plans))
        for ending in ("done", "failed", "failed in doubt", "not tried", *(["skipped"] if options.seeds >= 100 else [])):
            checks.that(endings[ending] > 0, f"some statements end as '{ending}'", str(endings))
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
