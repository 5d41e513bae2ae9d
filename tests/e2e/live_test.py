#!/usr/bin/env python3
"""The end-to-end scenarios on an account that somebody has.

    MESH_TEST_CONNECTION=NAME live_test.py MESH_BINARY [--short] [--strict]
    live_test.py MESH_BINARY --on-sandbox

NAME is a connection of connections.toml whose role may create databases, warehouses and roles. Everything gets a random
prefix, the database of the ledger too, and is dropped at the end, also after a failure or Ctrl-C; nothing else is touched.
Warehouses are made suspended; the ledger's own, an X-Small, runs for some minutes.

The same scenarios run on a fresh sandbox, and every statement that the account answered otherwise is printed, with code and
message. --short leaves out the later rounds over the properties. --strict fails on any such difference: it is for
--on-sandbox, which starts `mesh sandbox serve`, puts TLS before it and runs this script on its entry of connections.toml,
in short; MESH_LONG=1: the whole.
Without the variable the test is skipped (exit 77).
"""

import json
import os
import pathlib
import re
import secrets
import signal
import subprocess
import sys
import threading
import time

import mesh_runner
import properties_test
import races_test
from account import Account, ConnectedMesh, differences, host_of
from mesh_runner import CHANGES, DONE, FAILED, REFUSED, Checks, Wrong, clean_environment, domain, temporary
from served import Client, Proxy, Served, Statement, self_signed

VARIABLE = "MESH_TEST_CONNECTION"
LONG = os.environ.get("MESH_LONG") == "1"
SKIPPED = 77
BESIDE = properties_test.BESIDE


def plural(kind):
    return (kind[:-1] + "IE" if kind.endswith("Y") else kind) + "S"


# Every kind that stands in the account itself, in the order of dropping, by its SHOW.
KINDS = [sql for kind, sql in properties_test.SQL.items() if properties_test.PREFIX[kind] == ""]
KINDS += sorted({statement.split(" {}")[0].removeprefix("CREATE ") for made in BESIDE.values() for statement in made.values()}
                - set(KINDS))
# Listings first: a share that one offers stays.
COLLECTIONS = {plural(kind): kind for kind in sorted(KINDS, key=lambda kind: kind != "LISTING")}
# The names that get the prefix.
OURS = re.compile(rf"\b(?=T_|t_base\b|t_st_|t_r_|(?:{'|'.join(name for made in BESIDE.values() for name in made)})\b)")

# Properties that name what an account has by other means only.
LEFT_OUT = {
    "external_volume": "an external volume",
    "catalog": "a catalog integration",
    "catalog_sync": "a catalog integration",
    "event_table": "an event table",
    "default_notebook_compute_pool_cpu": "a compute pool",
    "default_notebook_compute_pool_gpu": "a compute pool",
    "default_streamlit_notebook_warehouse": "a warehouse of that name",
    "oauth_authorization_server": "a security integration",
    "oauth_scopes_supported": "a security integration",
    "notify_users": "users with a verified e-mail address",
}


def merged(content, more):
    """Both manifests; of what stands in both, what is in more."""
    if not (isinstance(content, dict) and isinstance(more, dict)):
        return more
    return {**content, **{key: merged(content[key], value) if key in content else value for key, value in more.items()}}


def prefixed(content, prefix):
    """The same manifests with the prefix before every name of ours."""
    if isinstance(content, dict):
        return {prefixed(key, prefix): prefixed(value, prefix) for key, value in content.items()}
    if isinstance(content, list):
        return [prefixed(value, prefix) for value in content]
    return OURS.sub(f"{prefix}_", content) if isinstance(content, str) else content


class Ground:
    """One account, and a mesh whose every name begins with the prefix."""

    def __init__(self, binary, folder, account, prefix, checks, label):
        self.mesh = ConnectedMesh(binary, folder, account)
        self.account, self.prefix, self.checks, self.label = account, prefix, checks, label
        self.mesh_file = {
            **mesh_runner.ONE_DOMAIN,
            "mesh": prefix.lower(),
            "control": {"database": f"{prefix}_CONTROL", "schema": "CONTROL", "warehouse": f"{prefix}_CONTROL_WH"},
            "environments": {"dev": {"connection": account.connection}},
            "domains": {"test": {"path": "test", "owns": [f"{prefix}_T_*"], "account": True}},
        }
        self.mesh.write("mesh.yaml", self.mesh_file)
        self.declare({})

    def declare(self, content):
        """The domain's manifest instead of the one before."""
        self.content = content
        self.write(prefixed(content, self.prefix))

    def declare_more(self, content):
        self.declare(merged(self.content, content))

    def write(self, content):
        domain(self.mesh, {key: value for key, value in content.items() if key not in ("domain", "team")})

    def name(self, text):
        return prefixed(text, self.prefix)

    def sql(self, statement):
        return self.mesh.sql(self.name(statement))

    def that(self, is_so, what, shown=""):
        return self.checks.that(is_so, f"{self.label}: {what}", shown)

    def equal(self, found, expected, what):
        return self.checks.equal(found, expected, f"{self.label}: {what}")

    def settled(self, what):
        self.equal(properties_test.remaining(self.mesh.plan()), [], f"{what}: the next plan is empty")

    def names(self, collection):
        return {row["name"] for row in self.mesh.sql(f"SHOW {collection}")}

    def own(self, collection):
        rows = self.mesh.sql(f"SHOW {collection} LIKE '{self.prefix}%'")
        return sorted(row["name"] for row in rows if row["name"].startswith(self.prefix + "_"))

    def took_effect(self):
        return [s.sql for s in self.account.proxy.statements if s.done and not s.is_reading and not s.is_control]


def bootstrap(ground):
    ground.mesh.bootstrap()
    # From here on there is a warehouse, whatever the connection has.
    ground.account.override("WAREHOUSE", f"{ground.prefix}_CONTROL_WH")
    ground.mesh.bootstrap()
    ground.equal(ground.mesh.plan()["changes"], [], "an empty mesh has an empty plan")


def first_apply(ground):
    ground.declare(races_test.BEFORE)
    plan = ground.mesh.plan()
    ground.equal({c["action"] for c in plan["changes"]}, {"create"}, "a first plan creates")
    ground.mesh.apply("--expect", plan["fingerprint"])
    ground.settled("first apply")


def change(ground):
    """New objects, altered ones, renamed ones, grants of every sort, a drop with consent; all in one apply."""
    ground.declare(races_test.AFTER)
    plan = ground.mesh.plan()
    missing = {"create", "update", "rename", "drop", "grant"} - {c["action"] for c in plan["changes"]}
    ground.equal(missing, set(), "the plan has every action")
    ground.mesh.apply("--expect", plan["fingerprint"])
    ground.settled("changes")
    ground.equal(ground.sql("SHOW TABLES LIKE 'GOES' IN SCHEMA T_DB.S"), [], "what `removed:` names is gone")
    ground.equal(len(ground.sql("SHOW TABLES LIKE 'OLD_NAME_NEW' IN SCHEMA T_DB.S")), 1, "what is renamed has its new name")
    stale = ground.mesh.run("apply", "--yes", "--expect", "sha256:" + "0" * 64, expect=None)
    ground.equal(stale.code, REFUSED, "another plan than the expected one is refused")


def drift(ground):
    ground.equal(ground.mesh.run("drift", "--detailed-exitcode", expect=None).code, DONE, "nothing has drifted after an apply")
    ground.sql("ALTER WAREHOUSE T_WH SET COMMENT = 'by hand'")
    ground.sql("CREATE TABLE T_DB.S.BY_HAND (A NUMBER)")
    ground.sql("GRANT UPDATE ON TABLE T_DB.S.WIDER TO ROLE T_READER")
    ground.sql("REVOKE SELECT ON TABLE T_DB.S.NEW_1 FROM ROLE T_READER")
    ground.sql("DROP VIEW T_DB.S.V2")
    run = ground.mesh.run("drift", "--detailed-exitcode", "--format", "json", expect=CHANGES)
    found = sorted((c["action"], c["address"]) for c in run.json()["changes"])
    expected = [("create", "view T_DB.S.V2"), ("grant", "grant SELECT on table T_DB.S.NEW_1 to role T_READER"),
                ("revoke", "grant UPDATE on table T_DB.S.WIDER to role T_READER"), ("update", "warehouse T_WH")]
    ground.equal(found, [(action, ground.name(address)) for action, address in expected], "drift shows what was done by hand")
    ground.that(ground.name("table T_DB.S.BY_HAND") in str(run.json()["unmanaged"]), "drift lists what mesh did not make", run)
    ground.mesh.apply()
    ground.settled("drift")
    ground.equal(len(ground.sql("SHOW TABLES LIKE 'BY_HAND' IN SCHEMA T_DB.S")), 1, "what was made by hand stays")


def refusals(ground):
    ground.sql("INSERT INTO T_DB.S.NEW_4 VALUES (1), (2)")
    before = len(ground.took_effect())
    narrowed = json.loads(json.dumps(ground.content).replace("VARCHAR(200)", "VARCHAR(5)"))
    undeclared = json.loads(json.dumps(ground.content))
    del undeclared["databases"]["T_DB"]["schemas"]["S"]["tables"]["NEW_4"]
    for content in (narrowed, undeclared):
        ground.write(prefixed(content, ground.prefix))
        ground.mesh.apply(expect=REFUSED)
    elsewhere = {"dev": {"connection": ground.account.connection, "account": "NO-SUCH_ACCOUNT_OF_MINE"}}
    ground.declare_more({})
    ground.mesh.write("mesh.yaml", {**ground.mesh_file, "environments": elsewhere})
    ground.mesh.apply(expect=REFUSED)
    ground.mesh.write("mesh.yaml", ground.mesh_file)
    ground.equal(ground.took_effect()[before:], [], "a refused apply runs nothing")
    ground.equal(len(ground.sql("SELECT * FROM T_DB.S.NEW_4")), 2, "no row is lost")
    ground.settled("refusals")


class Stop:
    """Sends a signal to an apply once so many statements of its own took effect."""

    def __init__(self, at, number):
        self.left, self.number = at, number
        self.process, self.ready, self.lock = None, threading.Event(), threading.Lock()

    def __call__(self, statement):
        if statement.is_control:
            return
        with self.lock:
            self.left -= 1
            if self.left != 0:
                return
        self.ready.wait(30)
        os.kill(self.process.pid, self.number)
        time.sleep(0.2)


def stopped(ground, database, at, number):
    """Applies one more database of five tables, stops in the middle, and lets the next apply finish."""
    what = f"{signal.Signals(number).name} after statement {at}"
    tables = {f"N_{i}": {"columns": {"A": "NUMBER"}, "grants": {"T_READER": ["SELECT"]}} for i in range(5)}
    schema = {"tables": tables, "grants": {"T_READER": ["USAGE"]}}
    ground.declare_more({"databases": {database: {"schemas": {"S": schema}, "grants": {"T_READER": ["USAGE"]}}}})
    begin = len(ground.took_effect())
    stop = ground.account.proxy.after = Stop(at, number)
    stop.process = ground.mesh.beside().start("apply", "--yes", "-d", "test")
    stop.ready.set()
    run = Client.end(stop.process, None)
    ground.account.proxy.after = None
    ground.equal(run.code, FAILED if number == signal.SIGINT else -number, f"{what}: how it ends")
    ground.that(0 < len(ground.took_effect()) - begin < 14, f"{what}: in the middle", run)
    if number == signal.SIGKILL:
        ground.mesh.run("unlock", "--yes")
    ground.mesh.apply()
    ground.settled(what)
    own = ground.took_effect()[begin:]
    ground.equal(sorted({sql for sql in own if own.count(sql) > 1}), [], f"{what}: nothing took effect twice")


def interrupted(ground):
    stopped(ground, "T_STOPPED", 5, signal.SIGINT)
    stopped(ground, "T_KILLED", 7, signal.SIGKILL)


def drop(ground):
    """A whole database, with everything mesh made in it."""
    content = json.loads(json.dumps(ground.content))
    del content["databases"]["T_STOPPED"]
    ground.declare(content)
    ground.mesh.apply("--allow-destroy", "all")
    ground.settled("drop")
    ground.that(ground.name("T_STOPPED") not in ground.own("DATABASES"), "the database is gone")


def made_beside(ground):
    """The properties whose values name something this role could not make."""
    missing = set()
    for name, made in BESIDE.items():
        if name in LEFT_OUT:
            continue
        for target, statement in made.items():
            run = ground.mesh.run("sql", ground.name(statement.format(target)), expect=None)
            if run.code != DONE:
                missing.add(name)
                print(f"{ground.label}: {name} is left out, for {target} could not be made\n{run}")
    return missing


def properties(ground, stages):
    before = ground.content
    left_out = set(LEFT_OUT) | made_beside(ground)
    for stage in stages:
        content = properties_test.manifest(stage, lambda row: row.name not in left_out)
        if "resource_monitor" in left_out:
            del content["resource_monitors"]
        for name, warehouse in content["warehouses"].items():
            if "INITIALLY_SUSPENDED" not in name:
                warehouse["initially_suspended"] = True
        ground.declare(merged(before, content))
        applied = ground.mesh.apply("--allow-destroy", "all", expect=None)
        ground.that(applied.code == DONE, f"properties, {stage}: apply", mesh_runner.failures(applied))
        ground.settled(f"properties, {stage}")


def clean(ground):
    """Drops what has the prefix, and tells what could not be dropped. Not to be interrupted."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    ground.account.override("WAREHOUSE", "")
    for _ in range(2):  # what a killed run had submitted may take effect meanwhile
        for collection, kind in COLLECTIONS.items():
            for name in ground.own(collection):
                run = ground.mesh.run("sql", f'DROP {kind} IF EXISTS "{name}"', expect=None)
                ground.that(run.code == DONE, f"cleaning up: drop {kind.lower()} {name} by hand", run)
    left = {collection: ground.own(collection) for collection in COLLECTIONS}
    ground.that(not any(left.values()), "cleaning up: nothing is left", left)
    ends_on_signals()


def ends_on_signals():
    """Ctrl-C and a plain kill end the test as an exception does, with the cleaning."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(1))


def nothing_else_was_touched(ground):
    foreign = [s.sql for s in ground.account.proxy.statements if not s.is_reading and ground.prefix not in s.sql]
    ground.equal(foreign, [], "every statement that changes something names the prefix")


def run_all(ground, stages):
    """Every scenario on one account. One that fails ends neither the others nor the cleaning."""
    there = {collection: ground.names(collection) for collection in COLLECTIONS}
    for collection in COLLECTIONS:
        if ground.own(collection):
            raise Wrong(f"there are {collection.lower()} that begin with {ground.prefix}_")
    begun = time.monotonic()
    try:
        for scenario in (bootstrap, first_apply, change, drift, refusals, interrupted, drop):
            ground.checks.scenario(f"{ground.label}: {scenario.__name__}", scenario, ground)
        ground.checks.scenario(f"{ground.label}: properties", properties, ground, stages)
    finally:
        clean(ground)
    nothing_else_was_touched(ground)
    for collection, names in there.items():
        ground.equal(sorted(names - ground.names(collection)), [], f"{collection.lower()} of others are still there")
    print(f"{ground.label}: {len(ground.account.proxy.statements)} statements in {time.monotonic() - begun:.0f} s", flush=True)


def compare(checks, account, sandbox, strict):
    found = differences(account, sandbox)
    print(f"{len(found)} statements were answered otherwise than by the sandbox")
    for statement, there, here in found:
        print(f"  {statement}")
        for who, answers in (("account", there), ("sandbox", here)):
            for answer in answers:
                print(f"      {who}  {answer}")
    if strict:
        checks.equal(found, [], "the account and the sandbox answer alike")
        # And a difference would be seen.
        at = next(i for i, s in enumerate(account) if s.done and s.sql.startswith("CREATE TABLE") and not s.is_control)
        other = Statement(account[at].sql, {"code": "002043", "message": "SQL compilation error"})
        seen = differences([*account[:at], other, *account[at + 1:]], sandbox)
        checks.that(len(seen) == 1 and seen[0][1] == ["002043 SQL compilation error"], "one other answer is one difference", seen)


# As "hosts follow the account" of connection_settings_test.cpp has them.
HOSTS = {
    ("MyOrg-My_Account", ""): "myorg-my-account.snowflakecomputing.com",
    ("xy12345", "eu-central-1"): "xy12345.eu-central-1.snowflakecomputing.com",
    ("xy12345", "us-west-2"): "xy12345.snowflakecomputing.com",
    ("xy12345.cn-northwest-1.aws", ""): "xy12345.cn-northwest-1.aws.snowflakecomputing.cn",
}


def on_sandbox(binary):
    """This script once more, as somebody would run it who has an account; the account is a sandbox's, behind TLS."""
    checks = Checks()
    checks.scenario("skipped", skipped, checks, binary)
    if "MESH_SCENARIO" in os.environ:
        return checks.report()
    for (account, region), host in HOSTS.items():
        checks.equal(host_of({"account": account, "region": region}), host, f"the host of {account}")
    with temporary() as folder, Served(binary, f"{folder}/account.db", f"{folder}/aside") as served:
        there = Client(binary, folder, served.home)
        certificate = self_signed(folder)
        with Proxy(served.port, certificate=certificate) as front:
            served.home = pathlib.Path(f"{folder}/home")
            served.home.mkdir()
            served.connect_through(front.port, "localhost", "https")
            environment = clean_environment(SNOWFLAKE_HOME=str(served.home), SSL_CERT_FILE=certificate, **{VARIABLE: "sandbox"})
            command = [sys.executable, __file__, str(binary), "--strict", *([] if LONG else ["--short"])]
            checks.scenario("stopped", cleans_up_when_stopped, checks, command, environment, there)
            checks.equal(subprocess.run(command, env=environment, check=False).returncode, 0, "all of it")
            checks.that(len(front.statements) > 500, "all of it went over TLS", len(front.statements))
        databases = {row["name"] for row in there.sql("SHOW DATABASES")}
        checks.equal(databases, {"SNOWFLAKE"}, "the account is as it was")
    return checks.report()


def skipped(checks, binary):
    """Who has no account is told so, and nothing is taken for run."""
    run = subprocess.run([sys.executable, __file__, str(binary)], capture_output=True, text=True, check=False, env=clean_environment(**{VARIABLE: ""}))
    checks.equal(run.returncode, SKIPPED, "without an account it is skipped")
    checks.contains(run.stdout, VARIABLE, "and says what is missing")


def cleans_up_when_stopped(checks, command, environment, there):
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    made, deadline = [], time.monotonic() + 120
    while len(made) < 2 and process.poll() is None and time.monotonic() < deadline:
        made = there.sql("SHOW DATABASES LIKE 'MESH_LIVE_%'")
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=120)
    checks.that(len(made) >= 2 and process.returncode != 0, "it was stopped after an apply began", [made, process.returncode])
    for collection in COLLECTIONS:
        checks.equal(there.sql(f"SHOW {collection} LIKE 'MESH_LIVE_%'"), [], f"stopped in the middle, no {collection.lower()} are left")


def main():
    options = [a for a in sys.argv[1:] if a.startswith("--")]
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    if len(arguments) != 1 or set(options) - {"--short", "--strict", "--on-sandbox"}:
        sys.exit(__doc__)
    binary = pathlib.Path(arguments[0]).resolve()
    if "--on-sandbox" in options:
        return on_sandbox(binary)
    connection = os.environ.get(VARIABLE)
    if not connection:
        print(f"skipped: {VARIABLE} is not set. It names a connection of connections.toml whose account these scenarios run on.")
        return SKIPPED
    ends_on_signals()
    prefix = f"MESH_LIVE_{secrets.token_hex(4).upper()}"
    stages = ("create",) if "--short" in options else ("create", "change", "unset", "again")
    print(f"connection {connection}, names begin with {prefix}_")
    print(f"left out: {', '.join(f'{name} (needs {why})' for name, why in LEFT_OUT.items())}", flush=True)
    checks = Checks()
    checks.scenario(connection, both, checks, binary, connection, prefix, stages, "--strict" in options)
    return checks.report()


def both(checks, binary, connection, prefix, stages, strict):
    """The account first, then the sandbox, then what they answered."""
    with temporary() as folder:
        with Account(connection, dict(os.environ)) as account:
            run_all(Ground(binary, f"{folder}/live", account, prefix, checks, "account"), stages)
        with Served(binary, f"{folder}/mirror.db", f"{folder}/home") as served:
            with Account("sandbox", clean_environment(SNOWFLAKE_HOME=str(served.home))) as mirror:
                run_all(Ground(binary, f"{folder}/mirror", mirror, prefix, checks, "sandbox"), stages)
        compare(checks, account.proxy.statements, mirror.proxy.statements, strict)


if __name__ == "__main__":
    sys.exit(main())
