#!/usr/bin/env python3
"""Kill and race: SIGKILL and interruptions after every statement of an apply, two runs at once, a lease left behind, a ledger
that goes away. Whatever happens, the next run finishes, nothing takes effect twice, and the report is true.

    races_test.py MESH_BINARY [--all]      without --all every sixth place of a kill is tried
"""

import collections
import concurrent.futures
import os
import pathlib
import pty
import shutil
import signal
import sys
import threading
import time

from mesh_runner import DONE, FAILED, REFUSED, Checks, Mesh, Wrong, folded_ledger, temporary
from served import READING, Client, Proxy, Served

MESH_FILE = {
    "mesh": "test",
    "api": "mesh/v1",
    "control": {"database": "MESH", "schema": "CONTROL", "warehouse": "MESH_WH"},
    "environments": {"dev": {"connection": "sandbox"}},
    "default_environment": "dev",
    "domains": {"test": {"path": "test", "owns": ["T_*"], "account": True}, "other": {"path": "other", "owns": ["O_*"]}},
}
TEAM = {"name": "test", "email": "test@example.com"}
AFTER = {
    "domain": "test",
    "team": TEAM,
    "warehouses": {"T_WH": {"warehouse_size": "SMALL", "comment": "new"}, "T_WH2": {"grants": {"T_READER": ["USAGE"]}}},
    "roles": {f"T_{name}": {"granted_to": ["SYSADMIN"]} for name in ("READER", "WRITER", "ENGINEER")},
    "databases": {
        "T_DB": {
            "comment": "changed",
            "grants": {"T_READER": ["USAGE"], "T_WRITER": ["USAGE"]},
            "database_roles": {"ALL_READER": {"granted_to": ["T_READER"]}},
            "schemas": {
                "S": {
                    "grants": {"T_READER": ["USAGE"], "T_WRITER": ["USAGE"], "database role T_DB.ALL_READER": ["USAGE"]},
                    "tables": {
                        "OLD_NAME_NEW": {"renamed_from": "OLD_NAME", "columns": {"ID": "NUMBER"}},
                        "WIDER": {"columns": {"ID": "NUMBER", "TEXT": "VARCHAR(200)", "ADDED": "DATE"}, "comment": "wider"},
                        **{f"NEW_{i}": {"columns": {"ID": "NUMBER"}, "grants": {"T_READER": ["SELECT"]}} for i in range(5)},
                    },
                    "views": {
                        "V": {"query": "SELECT ID FROM T_DB.S.NEW_0", "grants": {"database role T_DB.ALL_READER": ["SELECT"]}},
                        "V2": {"query": "SELECT ID FROM T_DB.S.V"},
                    },
                },
                "S2": {"tables": {"FAR": {"columns": {"ID": "NUMBER"}}}},
            },
        },
        "T_DB2": {"schemas": {"S": {"tables": {"A": {"columns": {"ID": "NUMBER"}}}}}},
    },
    "grants": [{"to": "role T_WRITER", "privileges": ["INSERT"], "on": "tables in schema T_DB.S"}],
    "removed": [{"object": "table T_DB.S.GOES", "action": "drop"}],
}
BEFORE = {
    "domain": "test",
    "team": TEAM,
    "warehouses": {"T_WH": {"warehouse_size": "XSMALL"}},
    "databases": {
        "T_DB": {
            "schemas": {
                "S": {
                    "tables": {
                        "OLD_NAME": {"columns": {"ID": "NUMBER"}},
                        "WIDER": {"columns": {"ID": "NUMBER", "TEXT": "VARCHAR(100)"}},
                        "GOES": {"columns": {"ID": "NUMBER"}},
                    }
                }
            }
        }
    },
}
OTHER = {"domain": "other", "team": TEAM,
         "databases": {"O_DB": {"schemas": {"S": {"tables": {"T": {"columns": {"ID": "NUMBER"}}}}}}}}
LET_LAPSE = "UPDATE MESH.CONTROL.LEASES SET EXPIRES_AT = DATEADD(second, -1, CURRENT_TIMESTAMP()) WHERE HOLDER IS NOT NULL"


class Ground:
    """An account with BEFORE applied, and manifests that say AFTER; copied for every scenario."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, pathlib.Path(folder)
        (self.folder / "ground").mkdir()
        mesh = Mesh(binary, self.folder / "mesh", self.folder / "ground" / "account.db")
        mesh.write("mesh.yaml", MESH_FILE)
        mesh.write("test/domain.yaml", BEFORE)
        mesh.write("other/domain.yaml", {"domain": "other", "team": TEAM})
        mesh.bootstrap()
        mesh.apply()
        mesh.write("test/domain.yaml", AFTER)
        mesh.write("other/domain.yaml", OTHER)
        self.mesh = mesh.folder

    def copy(self, name, *options):
        """The options are those of `sandbox serve`."""
        target = self.folder / name
        shutil.copytree(self.folder / "ground", target)
        return Scene(self.binary, self.mesh, target, *options)


class Scene:
    """One copy of the account, served; `client` goes through the proxy, `aside` past it."""

    def __init__(self, binary, mesh, folder, *options):
        self.served = Served(binary, folder / "account.db", folder / "aside", *options)
        self.proxy = Proxy(self.served.port)
        self.client = Client(binary, mesh, folder / "through")
        self.aside = Client(binary, mesh, folder / "aside")
        (folder / "through").mkdir()
        for name in ("connections.toml",):
            shutil.copy(folder / "aside" / name, folder / "through" / name)
        self.served.home = folder / "through"
        self.served.connect_through(self.proxy.port)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.proxy.close()
        self.served.close()

    def changes(self):
        return [s for s in self.proxy.statements if not s.is_reading]

    def took_effect(self):
        """How often each statement of the plan took effect. What writes ledger, leases and audit is not counted."""
        return collections.Counter(s.sql for s in self.changes() if s.done and not s.is_control)

    def ledger(self):
        """Each address the ledger holds, made or adopted. An intent that was never confirmed counts as carried out."""
        return folded_ledger(self.aside.sql("SELECT ADDRESS, EVENT, ORIGIN FROM MESH.CONTROL.LEDGER ORDER BY WRITTEN_AT, NUMBER"))


def converged(checks, scene, expected_ledger, what):
    plan = scene.aside.run("plan", "--format", "json").json()
    checks.equal([c["address"] for c in plan["changes"]], [], f"{what}: the plan afterwards is empty")
    checks.equal(scene.ledger(), expected_ledger, f"{what}: the ledger tells what an undisturbed run would")
    twice = {sql: n for sql, n in scene.took_effect().items() if n > 1}
    checks.equal(twice, {}, f"{what}: nothing took effect twice")


class Trigger:
    """Sends a signal to the process once the given number of changing statements went through."""

    def __init__(self, at, number):
        self.at, self.number, self.count = at, number, 0
        self.process, self.ready, self.lock = None, threading.Event(), threading.Lock()

    def __call__(self, _):
        with self.lock:
            self.count += 1
            if self.count != self.at:
                return
        self.ready.wait(30)
        os.kill(self.process.pid, self.number)
        if self.number == signal.SIGKILL:
            self.process.wait()
        else:
            time.sleep(0.1)


def stopped_at(scene, at, number):
    trigger = Trigger(at, number)
    scene.proxy.after = trigger
    trigger.process = scene.client.start("apply", "--yes", "--format", "json")
    trigger.ready.set()
    run = Client.end(trigger.process, None)
    scene.proxy.after = None
    return run


def killed(checks, ground, at, expected_ledger):
    what = f"SIGKILL after statement {at}"
    with ground.copy(f"kill-{at}") as scene:
        run = stopped_at(scene, at, signal.SIGKILL)
        checks.equal(run.code, -signal.SIGKILL, f"{what}: it was killed")
        held = scene.client.run("apply", "--yes", expect=None)
        if at < 3 or held.code != DONE:
            checks.equal(held.code, REFUSED, f"{what}: the lease that was left still holds")
        scene.aside.sql(LET_LAPSE)
        scene.client.run("apply", "--yes")
        converged(checks, scene, expected_ledger, what)


INTERRUPTING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interrupted(checks, ground, at, expected_ledger):
    number = INTERRUPTING[at // 6 % len(INTERRUPTING)]
    what = f"{number.name} after statement {at}"
    with ground.copy(f"int-{at}") as scene:
        run = stopped_at(scene, at, number)
        checks.equal(run.code, FAILED, f"{what}: exit code")
        checks.contains(run.err, "interrupted", f"{what}: it is said")
        done = scene.took_effect()
        if run.out.startswith("{"):
            outcomes = [o for o in run.json()["outcomes"] if o["sql"]]
            lies = [o for o in outcomes if (o["status"] == "done" and o["sql"] not in done)
                    or (o["status"] in ("not tried", "skipped") and o["sql"] in done)]
            checks.equal(lies, [], f"{what}: the report is true")
        else:
            checks.equal(dict(done), {}, f"{what}: no report, so nothing was done")
        # No waiting: the lease was given back.
        scene.client.run("apply", "--yes")
        converged(checks, scene, expected_ledger, what)


class Gate:
    """Holds the n-th changing statement of the plan until it is opened."""

    def __init__(self, at):
        self.at, self.count = at, 0
        self.reached, self.open, self.lock = threading.Event(), threading.Event(), threading.Lock()

    def __call__(self, statement):
        if statement.is_control:
            return
        with self.lock:
            self.count += 1
            holds = self.count == self.at
        if holds:
            self.reached.set()
            self.open.wait(60)


def reader_has_left(checks, ground, expected_ledger):
    """Nobody reads stdout and stderr any more, as after `mesh apply | head`: the apply is brought to its end even so."""
    what = "the reader has left"
    with ground.copy("reader") as scene:
        gate = scene.proxy.after = Gate(5)
        running = scene.client.start("apply", "--yes", "-v")
        checks.that(gate.reached.wait(60), f"{what}: the apply is under way")
        running.stdout.close()
        running.stderr.close()
        gate.open.set()
        checks.equal(running.wait(300), DONE, f"{what}: exit code")
        converged(checks, scene, expected_ledger, what)


def result_has_no_room(checks, ground, expected_ledger):
    """A disk that is full: the apply is brought to its end, and its exit code says that the report is lost."""
    what = "the report has no room"
    with ground.copy("full") as scene, open("/dev/full", "w", encoding="utf-8") as full:
        run = Client.end(scene.client.start("apply", "--yes", "--format", "json", stdout=full), None)
        checks.equal(run.code, FAILED, f"{what}: exit code")
        checks.contains(run.err, "error: the result could not be written: No space left on device", f"{what}: it is said")
        converged(checks, scene, expected_ledger, what)
        plan = Client.end(scene.client.start("plan", "--detailed-exitcode", stdout=full), None)
        checks.equal(plan.code, FAILED, f"{what}: exit code of a plan")


def at_once(checks, ground, expected_ledger):
    with ground.copy("at-once") as scene:
        gate = scene.proxy.after = Gate(3)
        first = scene.client.start("apply", "--yes", "-d", "test")
        checks.that(gate.reached.wait(60), "two runs: the first is under way")
        refused = scene.aside.run("apply", "--yes", "-d", "test", expect=None)
        checks.equal(refused.code, REFUSED, "two runs on one domain: the second is refused")
        checks.contains(refused.err, "held by", "two runs on one domain: it says by whom")
        plan = scene.aside.run("plan", "--format", "json", "-d", "test", expect=None)
        checks.equal(plan.code, DONE, "a plan beside an apply works")
        other = scene.aside.run("apply", "--yes", "-d", "other", expect=None)
        checks.equal(other.code, DONE, "two runs on two domains: the second is done while the first runs")
        waiting = scene.aside.start("apply", "--yes", "-d", "test", "--lock-timeout", "60")
        time.sleep(0.5)
        checks.equal(waiting.poll(), None, "two runs on one domain: --lock-timeout waits")
        gate.open.set()
        Client.end(first)
        waited = Client.end(waiting)
        checks.contains(waited.out, "No changes", "two runs on one domain: what waited finds nothing left")
        converged(checks, scene, expected_ledger, "two runs")


def interrupted_waits(checks, ground):
    with ground.copy("waits") as scene:
        gate = scene.proxy.after = Gate(1)
        first = scene.client.start("apply", "--yes", "-d", "test")
        gate.reached.wait(60)
        waiting = scene.aside.start("apply", "--yes", "-d", "test", "--lock-timeout", "60")
        time.sleep(0.5)
        begin = time.monotonic()
        waiting.send_signal(signal.SIGINT)
        ended = Client.end(waiting, None)
        checks.equal(ended.code, FAILED, "SIGINT while waiting for a lease: exit code")
        checks.that(time.monotonic() - begin < 5, "SIGINT while waiting for a lease: it ends at once")
        gate.open.set()
        Client.end(first)


def interrupted_at_the_prompt(checks, ground):
    with ground.copy("prompt") as scene:
        master, slave = pty.openpty()
        asking = scene.client.start("apply", "-d", "test", stdin=slave, stderr=slave)
        os.close(slave)
        said = b""
        while b"Only 'yes'" not in said:
            said += os.read(master, 4096)
        asking.send_signal(signal.SIGINT)
        out, _ = asking.communicate(timeout=30)
        checks.equal(asking.returncode, FAILED, "SIGINT at the prompt: exit code")
        checks.equal(dict(scene.took_effect()), {}, "SIGINT at the prompt: nothing was run")
        checks.contains(out, "Plan ", "SIGINT at the prompt: the plan was shown")
        os.close(master)
        scene.client.run("apply", "--yes", "-d", "test")


# --- leases that lapse by the server's clock, which nothing shortens: these two take a minute and more of waiting

LEASE = 60  # seconds
TIME_SCALE = {"MESH_TIME_SCALE": "0.01"}  # of the clients' pauses


def sql_is_cancelled(checks, ground):
    """Ctrl-C cancels what runs in Snowflake, and does not wait for its end."""
    with ground.copy("cancelled") as scene:
        submitted = threading.Event()
        scene.proxy.before = lambda _: submitted.set()
        waiting = scene.client.start("sql", "SELECT SYSTEM$WAIT(100)")
        checks.that(submitted.wait(60), "SIGINT while a statement runs: it is on its way")
        time.sleep(0.5)
        begin = time.monotonic()
        waiting.send_signal(signal.SIGINT)
        ended = Client.end(waiting, None)
        checks.equal(ended.code, FAILED, "SIGINT while a statement runs: exit code")
        checks.that(time.monotonic() - begin < 20, "SIGINT while a statement runs: it ends at once")
        checks.contains(ended.err, "000604", "SIGINT while a statement runs: the account cancelled it")


def mixed(x):
    """splitmix64, of which the sandbox draws its faults (src/sandbox/fault.cpp)."""
    mask = (1 << 64) - 1
    x = (x + 0x9E3779B97F4A7C15) & mask
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & mask
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & mask
    return x ^ (x >> 31)


def long_statement(number, shortest, longest):
    """The fault that lets the statement of this number take so many seconds, with a seed that makes it so."""
    for seed in range(1, 10_000):
        takes = 46 + 254 * (mixed(mixed(mixed(seed + 1) ^ number)) >> 11) * 2.0 ** -53
        if shortest <= takes <= longest:
            return f"seed={seed},long-202=@{number}"
    raise Wrong(f"no seed makes statement {number} take {shortest} to {longest} s")


def in_order(checks, text, pieces, what):
    at = -1
    for piece in pieces:
        found = text.find(piece, at + 1)
        checks.that(found > at, f"{what}: '{piece}' does not stand in its place", text)
        at = max(found, at)


def is_of_the_plan(sql):
    return not sql.lstrip().upper().startswith(READING) and '."CONTROL".' not in sql


def first_change_is_sent(scene):
    """An event: the first statement of the plan is on its way."""
    submitted = threading.Event()

    def before(sql):
        if is_of_the_plan(sql):
            submitted.set()

    scene.proxy.before = before
    return submitted


def apply_is_cancelled(checks, ground, expected_ledger, first_change):
    """Ctrl-C while a statement of the plan executes for minutes: it is cancelled, so that nothing is in doubt."""
    what = "SIGINT while a change executes"
    with ground.copy("cancelled-apply", "--faults", long_statement(first_change, 100, 300)) as scene:
        submitted = first_change_is_sent(scene)
        first = scene.client.start("apply", "--yes", "--format", "json")
        checks.that(submitted.wait(60), f"{what}: it is on its way")
        time.sleep(1)
        begin = time.monotonic()
        first.send_signal(signal.SIGINT)
        run = Client.end(first, None)
        checks.that(time.monotonic() - begin < 40, f"{what}: it ends at once")
        checks.equal(run.code, FAILED, f"{what}: exit code")
        failed = [o["error"] for o in run.json()["outcomes"] if o["status"] == "failed"]
        checks.that(len(failed) == 1 and "000604" in failed[0] and "may have run" not in failed[0], f"{what}: it was cancelled, and is not in doubt", failed)
        scene.client.run("apply", "--yes")
        converged(checks, scene, expected_ledger, what)


def taken_over_when_it_has_ended(checks, ground, expected_ledger, first_change):
    """The run is killed while its first statement executes in the account. Its lease lapses before that has ended: then
    too nobody takes it over, and the one who waits does so as soon as it has."""
    what = "a lapsed lease while a statement executes"
    with ground.copy("lapsed", "--faults", long_statement(first_change, LEASE + 20, LEASE + 26)) as scene:
        scene.aside.environment |= TIME_SCALE
        submitted = first_change_is_sent(scene)
        first = scene.client.start("apply", "--yes")
        checks.that(submitted.wait(60), f"{what}: the first statement is on its way")
        begin = time.monotonic()
        time.sleep(1)
        first.kill()
        first.communicate()
        refused = scene.aside.run("apply", "--yes", expect=None)
        checks.equal(refused.code, REFUSED, f"{what}: refused while the lease runs")
        checks.contains(refused.err, "is held by run", f"{what}: it says by whom")
        waited = scene.aside.run("apply", "--yes", "--lock-timeout", "150")
        took = time.monotonic() - begin
        checks.that(took > LEASE + 15, f"{what}: taken over after {took:.0f} s, when the statement still executed")
        in_order(checks, waited.err, ["waiting: the lease of domain other is held by run",
                                      "waiting: the lease of domain other was left by run", "Snowflake still executes a statement of it",
                                      "nothing of it executes any more: taken over"], what)
        converged(checks, scene, expected_ledger, what)


def a_run_that_slept(checks, ground, expected_ledger):
    """A run that is stopped for longer than its lease finds it gone: whoever came meanwhile has finished the work, and it
    submits nothing more of its own."""
    what = "a run that slept"
    with ground.copy("slept") as scene:
        scene.aside.environment |= TIME_SCALE
        gate = scene.proxy.after = Gate(3)
        first = scene.client.start("apply", "--yes")
        checks.that(gate.reached.wait(60), f"{what}: the first is under way")
        first.send_signal(signal.SIGSTOP)
        # What the client had sent by then is answered into its sleep.
        gate.open.set()
        sent = -1
        while sent != len(scene.changes()):  # however slowly it arrives
            sent = len(scene.changes())
            time.sleep(3)
        waited = scene.aside.run("apply", "--yes", "--lock-timeout", "120")
        in_order(checks, waited.err, ["is held by run", "nothing of it executes any more: taken over"], what)
        woken = []
        scene.proxy.before = woken.append
        first.send_signal(signal.SIGCONT)
        ended = Client.end(first, None)
        checks.equal(ended.code, FAILED, f"{what}: exit code")
        late = [sql for sql in woken if is_of_the_plan(sql)]
        checks.equal(late, [], f"{what}: statements of its own after it woke")
        checks.contains(ended.out + ended.err, "lease", f"{what}: it says why")
        converged(checks, scene, expected_ledger, what)


def ledger_goes_away(checks, ground, expected_ledger, at):
    what = f"the ledger goes away after statement {at}"
    with ground.copy(f"ledger-{at}") as scene:
        once = threading.Lock()
        count = 0

        def hide(statement):
            nonlocal count
            with once:
                count += not statement.is_control
                if count == at and not statement.is_control:
                    scene.aside.sql("ALTER TABLE MESH.CONTROL.LEDGER_TEST RENAME TO MESH.CONTROL.AWAY")

        scene.proxy.after = hide
        run = scene.client.run("apply", "--yes", "--format", "json", expect=None)
        scene.proxy.after = None
        checks.equal(run.code, FAILED, f"{what}: exit code")
        checks.contains(run.err, "ledger", f"{what}: it says so")
        done = scene.took_effect()
        outcomes = [o for o in run.json()["outcomes"] if o["sql"]]
        lies = [o for o in outcomes if (o["status"] == "done") != (o["sql"] in done)]
        checks.equal(lies, [], f"{what}: the report is true")
        checks.that(any(o["status"] == "not tried" for o in outcomes), f"{what}: the rest was not tried")
        refused = scene.client.run("apply", "--yes", expect=None)
        checks.equal(refused.code, REFUSED, f"{what}: without it nothing is applied")
        scene.aside.sql("ALTER TABLE MESH.CONTROL.AWAY RENAME TO MESH.CONTROL.LEDGER_TEST")
        scene.client.run("apply", "--yes")
        converged(checks, scene, expected_ledger, what)


def undisturbed(checks, ground):
    """The ledger an apply leaves when nobody disturbs it, how many changing statements it sends, and which of all its
    statements is the first of the plan."""
    with ground.copy("undisturbed") as scene:
        scene.client.run("apply", "--yes")
        own = [s for s in scene.changes() if not s.is_control]
        checks.that(len(own) >= 40, f"the apply has at least forty statements of its own: {len(own)}")
        ledger = scene.ledger()
        checks.that(len(ledger) >= 20, "the ledger knows what was made", ledger)
        every = scene.proxy.statements
        first_change = next(i for i, s in enumerate(every, 1) if not s.is_reading and not s.is_control)
        return ledger, len(scene.changes()), first_change


def main():
    arguments = [a for a in sys.argv[1:] if a != "--all"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    step = 1 if "--all" in sys.argv else 6
    checks = Checks()
    with temporary() as folder:
        ground = Ground(pathlib.Path(arguments[0]).resolve(), folder)
        ledger, count, first_change = undisturbed(checks, ground)
        scenarios = [(killed, at) for at in range(1, count + 1, step)] + [(interrupted, at) for at in range(2, count + 1, step)]
        print(f"{count} statements; {len(scenarios)} kills and interruptions")
        with concurrent.futures.ThreadPoolExecutor(2) as pool, concurrent.futures.ThreadPoolExecutor(2) as waiting:
            # They do little but wait.
            slow = [waiting.submit(checks.scenario, "lapsed", taken_over_when_it_has_ended, checks, ground, ledger, first_change),
                    waiting.submit(checks.scenario, "slept", a_run_that_slept, checks, ground, ledger)]
            runs = [pool.submit(checks.scenario, "apply is cancelled", apply_is_cancelled, checks, ground, ledger, first_change)]
            runs += [pool.submit(checks.scenario, f"{function.__name__} {at}", function, checks, ground, at, ledger)
                     for function, at in scenarios]
            runs.append(pool.submit(checks.scenario, "reader", reader_has_left, checks, ground, ledger))
            runs.append(pool.submit(checks.scenario, "no room", result_has_no_room, checks, ground, ledger))
            runs.append(pool.submit(checks.scenario, "at once", at_once, checks, ground, ledger))
            runs.append(pool.submit(checks.scenario, "waits", interrupted_waits, checks, ground))
            runs.append(pool.submit(checks.scenario, "sql is cancelled", sql_is_cancelled, checks, ground))
            runs.append(pool.submit(checks.scenario, "prompt", interrupted_at_the_prompt, checks, ground))
            runs += [pool.submit(checks.scenario, f"ledger {at}", ledger_goes_away, checks, ground, ledger, at) for at in (1, 7)]
            for run in runs + slow:
                run.result()
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
