"""What the scripts beside it share: a mesh in a temporary folder, one sandbox file, and the binary run against both.

MESH_SCENARIO names the scenarios that a script runs alone, with * for any words.
"""

import fnmatch
import json
import os
import pathlib
import subprocess
import sys
import tempfile

LONGEST = 300  # seconds that one run may take
ROOT = pathlib.Path(__file__).resolve().parents[2]

# Exit codes of design 3.
DONE, FAILED, CHANGES, VIOLATED, REFUSED, USAGE = 0, 1, 2, 3, 4, 64


class Wrong(Exception):
    """A run that ended otherwise than expected: what follows it has no meaning."""


class Checks:
    """Counts what was checked and keeps what failed; a script ends with `sys.exit(checks.report())`."""

    def __init__(self):
        self.count = 0
        self.failed = []

    def that(self, is_so, what, shown=""):
        self.count += 1
        if not is_so:
            self.failed.append(f"{what}\n{_indented(shown)}" if shown != "" else what)
        return bool(is_so)

    def equal(self, found, expected, what):
        return self.that(found == expected, what, f"expected {_shown(expected)}\nfound    {_shown(found)}")

    def contains(self, text, part, what):
        return self.that(part in text, f"{what}: '{part}' is missing", text)

    def scenario(self, name, function, *arguments):
        """Runs one scenario; a run that ends unexpectedly fails it and no other."""
        if not fnmatch.fnmatchcase(name, os.environ.get("MESH_SCENARIO", "*")):
            return
        try:
            function(*arguments)
        except Wrong as wrong:
            self.count += 1
            self.failed.append(f"{name}: {wrong}")

    def report(self):
        for failure in self.failed:
            print(f"FAILED {failure}\n")
        print(f"{self.count} checks, {len(self.failed)} failed")
        return 1 if self.failed or self.count == 0 else 0


def _shown(value):
    return str(value) if isinstance(value, (str, Run)) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=sorted)


def _indented(shown):
    return "\n".join("    " + line for line in _shown(shown).splitlines())


class Run:
    """One finished run of the binary."""

    def __init__(self, command, done):
        self.command = command
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    def json(self):
        try:
            return json.loads(self.out)
        except json.JSONDecodeError as error:
            raise Wrong(f"no JSON on stdout ({error})\n{self}") from error

    def __str__(self):
        return _indented(f"$ {' '.join(self.command)}\nexit {self.code}\n{self.out}{self.err}")


class Mesh:
    """A mesh's folder and the sandbox file it is applied to."""

    def __init__(self, binary, folder, account, environment=None, faults=None):
        self.binary = binary
        self.faults = faults  # what the sandbox plays, as docs/sandbox.md spells it
        self.folder = pathlib.Path(folder)
        self.account = pathlib.Path(account)
        self.environment = environment

    def write(self, path, content):
        """A text as it is, anything else as JSON, which YAML reads too."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content, indent=1, ensure_ascii=False)
        target.write_text(text, encoding="utf-8")

    def read(self, path):
        return (self.folder / path).read_text(encoding="utf-8")

    def replace(self, path, old, new):
        text = self.read(path)
        if old not in text:
            raise Wrong(f"'{old}' does not stand in {path}\n{text}")
        self.write(path, text.replace(old, new))

    def run(self, *arguments, expect=DONE):
        """Runs `mesh` with these arguments; expect=None takes any exit code."""
        command = [str(self.binary), "-C", str(self.folder), *self.target()]
        if self.environment is not None:
            command += ["-e", self.environment]
        command += [str(a) for a in arguments]
        return run_command(command, expect, self.surroundings())

    def target(self):
        """The options that say which account is meant."""
        return ["--sandbox", str(self.account)]

    def surroundings(self):
        """The variables the binary sees."""
        return clean_environment(**({"MESH_SANDBOX_FAULTS": self.faults} if self.faults else {}))

    def plan(self, *arguments, expect=DONE):
        return self.run("plan", "--format", "json", *arguments, expect=expect).json()

    def apply(self, *arguments, expect=DONE):
        return self.run("apply", "--yes", "--format", "json", *arguments, expect=expect)

    def sql(self, statement, expect=DONE):
        """The rows of one statement, or of the last of several."""
        run = self.run("sql", "--format", "json", statement, expect=expect)
        return [json.loads(line) for line in run.out.splitlines() if line.startswith("[")][-1] if run.code == 0 else run

    def bootstrap(self):
        self.run("bootstrap", "--yes")


def clean_environment(**more):
    """The variables of this process without those that lead to somebody's account."""
    return {k: v for k, v in os.environ.items() if not k.startswith("SNOWFLAKE_")} | {"NO_COLOR": "1"} | more


def run_command(command, expect=DONE, environment=None):
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False, stdin=subprocess.DEVNULL,
                          env=environment or clean_environment())
    run = Run(command, done)
    if expect is not None and run.code != expect:
        raise Wrong(f"exit {run.code}, expected {expect}\n{run}")
    return run


# One domain that owns what starts with T_, in an environment without a suffix.
ONE_DOMAIN = {
    "mesh": "test",
    "api": "mesh/v1",
    "control": {"database": "MESH", "schema": "CONTROL", "warehouse": "MESH_WH"},
    "environments": {"dev": {"connection": "test"}},
    "default_environment": "dev",
    "domains": {"test": {"path": "test", "owns": ["T_*"], "account": True}},
}


def one_domain(binary, folder, mesh_file=None):
    """A bootstrapped mesh of one domain in folder, whose manifest is test/domain.yaml."""
    mesh = Mesh(binary, pathlib.Path(folder) / "mesh", pathlib.Path(folder) / "account.db")
    mesh.write("mesh.yaml", mesh_file or ONE_DOMAIN)
    domain(mesh, {})
    mesh.bootstrap()
    return mesh


def domain(mesh, content):
    """Rewrites the one domain's manifest."""
    mesh.write("test/domain.yaml", {"domain": "test", "team": {"name": "test", "email": "test@example.com"}, **content})


def statements(plan):
    """Every statement of a plan, in the order it runs."""
    return [s["sql"] for change in plan["changes"] for s in change.get("statements", [])]


def failures(applied):
    """What an apply with --format json did not do, and why."""
    if not applied.out.startswith("{"):
        return str(applied)
    bad = [o for o in applied.json().get("outcomes", []) if o["status"] != "done"]
    return "\n".join(f"{o['status']} {o['address']}: {o.get('sql')}\n    {o.get('error')}" for o in bad) + applied.err[-2000:]


def folded_ledger(rows):
    """From ADDRESS, EVENT and ORIGIN of the ledger's rows, oldest first: each address it holds, made or adopted. An intent
    that was never confirmed counts as carried out."""
    held = {}
    for row in rows:
        if row["EVENT"] == "removed":
            held.pop(row["ADDRESS"], None)
        elif row["EVENT"] == "done":
            held[row["ADDRESS"]] = row["ORIGIN"]
        elif row["EVENT"] == "making":
            held.setdefault(row["ADDRESS"], row["ORIGIN"])
    return held


def temporary():
    return tempfile.TemporaryDirectory(prefix="mesh-e2e-")


def binary_of_command_line():
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} MESH_BINARY")
    return pathlib.Path(sys.argv[1]).resolve()
