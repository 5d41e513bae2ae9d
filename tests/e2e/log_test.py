#!/usr/bin/env python3
"""mesh log tells who ran what; mesh completion knows every command."""

import subprocess
import sys

from mesh_runner import FAILED, Checks, binary_of_command_line, domain, one_domain, temporary


def runs(mesh, *arguments):
    return mesh.run("log", "--format", "json", *arguments).json()


def log(checks, binary, folder):
    mesh = one_domain(binary, folder)
    checks.equal(runs(mesh), [], "before any apply there is no run")
    domain(mesh, {"warehouses": {"T_A": {}, "T_B": {}}})
    mesh.apply()
    domain(mesh, {"warehouses": {"T_A": {"comment": "changed"}, "T_B": {}}})
    mesh.apply()
    both = runs(mesh)
    checks.equal([r["OUTCOME"] for r in both], ["1 done, 0 failed, 0 skipped, 0 not tried", "2 done, 0 failed, 0 skipped, 0 not tried"],
                 "the newest run comes first, with its outcome")
    checks.equal({r["USER_NAME"] for r in both}, {"MESH"}, "it names the user")
    checks.equal(len(runs(mesh, "-n", "1")), 1, "-n bounds it")
    newest, oldest = both[0]["RUN"], both[1]["RUN"]
    sent = runs(mesh, newest[:12])
    checks.equal([(s["ADDRESS"], s["SQL_TEXT"], s["STATUS"]) for s in sent],
                 [("warehouse T_A", 'ALTER WAREHOUSE "T_A" SET COMMENT = \'changed\'', "done")], "the statements of a run by the beginning of its id")
    checks.equal(sorted(s["ADDRESS"] for s in runs(mesh, oldest)), ["warehouse T_A", "warehouse T_B"], "each run has its own")
    checks.contains(mesh.run("log").out, newest, "as a table too")
    checks.contains(mesh.run("log", "nothing", expect=FAILED).err, "there is no run 'nothing'", "an unknown run is said")
    mesh.sql("INSERT INTO MESH.CONTROL.RUNS (RUN, EVENT, MESH, ENVIRONMENT) VALUES ('killed-1', 'started', 'test', 'dev'), ('killed-2', 'started', 'test', 'dev')")
    checks.equal(runs(mesh, "-n", "2")[0]["OUTCOME"], "not finished: running, or killed", "a run without an end is told as such")
    checks.contains(mesh.run("log", "killed", expect=FAILED).err, "2 runs begin with 'killed'", "an ambiguous beginning is said")


def completed(binary, *words):
    """What bash would offer for the last word."""
    script = subprocess.run([binary, "completion", "bash"], capture_output=True, text=True, check=True).stdout
    quoted = " ".join(f"'{w}'" for w in words)
    done = subprocess.run(["bash", "-c", f'{script}\nCOMP_WORDS=({quoted})\nCOMP_CWORD={len(words) - 1}\n_mesh\nprintf "%s\\n" "${{COMPREPLY[@]}}"'],
                          capture_output=True, text=True, check=True)
    return done.stdout.split()


def completion(checks, binary):
    checks.equal(completed(binary, "mesh", "val"), ["validate"], "a command is completed")
    checks.equal(completed(binary, "mesh", "-C", "folder", "plan", "--det"), ["--detailed-exitcode"], "an option of the command")
    checks.equal(completed(binary, "mesh", "plan", "--sand"), ["--sandbox"], "an option of every command")
    checks.equal(completed(binary, "mesh", "sandbox", "se"), ["serve"], "a command below a command")
    offered = set(completed(binary, "mesh", ""))
    helped = subprocess.run([binary, "--help"], capture_output=True, text=True, check=True).stdout
    listed = {line.split()[0] for line in helped.split("Subcommands:")[1].splitlines() if line.strip() and line.startswith("  ") and not line.startswith("   ")}
    checks.that(listed, "help lists commands", helped)
    checks.equal(offered, listed, "all commands of mesh --help are offered")
    for shell in ("zsh", "fish"):
        script = subprocess.run([binary, "completion", shell], capture_output=True, text=True, check=True).stdout
        checks.equal([c for c in listed if c not in script], [], f"{shell}: every command stands in the script")


def main():
    binary = binary_of_command_line()
    checks = Checks()
    with temporary() as folder:
        checks.scenario("log", log, checks, binary, folder)
    checks.scenario("completion", completion, checks, binary)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
