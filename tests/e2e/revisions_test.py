#!/usr/bin/env python3
"""plan beside another revision: --changed-since plans only what has changed files, --base tells what was pending already."""

import os
import pathlib
import subprocess
import sys

from mesh_runner import CHANGES, DONE, ONE_DOMAIN, USAGE, Checks, Mesh, binary_of_command_line, domain, temporary

PERSON = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
          "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}


def git(folder, *arguments):
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False, env={**os.environ, **PERSON})
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def commit(folder, text):
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", text)
    return git(folder, "rev-parse", "HEAD")


def two_domains(binary, folder):
    """The mesh of one domain, and beside it domain `other`."""
    domains = {**ONE_DOMAIN["domains"], "other": {"path": "other", "owns": ["O_*"]}}
    mesh = Mesh(binary, folder / "mesh", folder / "account.db")
    mesh.write("mesh.yaml", {**ONE_DOMAIN, "domains": domains})
    other(mesh, 60)
    domain(mesh, {})
    mesh.bootstrap()
    return mesh


def other(mesh, seconds):
    mesh.write("other/domain.yaml", {"domain": "other", "team": {"name": "other", "email": "other@example.com"},
                                     "warehouses": {"O_WH": {"auto_suspend": seconds}}})


def planned(mesh, *arguments):
    return mesh.run("plan", "--format", "json", *arguments).json()


def addresses(plan, **fields):
    return sorted(c["address"] for c in plan["changes"] if all(c.get(k) == v for k, v in fields.items()))


def changed_since(checks, binary, folder):
    mesh = two_domains(binary, folder)
    domain(mesh, {"warehouses": {"T_A": {}}})
    git(mesh.folder, "init", "-q", "-b", "main")
    first = commit(mesh.folder, "first")
    run = mesh.run("plan", "--changed-since", first, "--detailed-exitcode")
    checks.contains(run.out, "No changes.", "no file changed: nothing is planned, though all is missing in the account")
    checks.contains(run.err, f"no domain has a file that changed since {first}", "and it is said why")
    checks.equal(run.code, DONE, "and that is no change")
    checks.equal(planned(mesh, "--changed-since", first)["domains"], [], "in JSON no domain is planned")
    other(mesh, 120)
    checks.equal(addresses(planned(mesh, "--changed-since", first)), ["warehouse O_WH"], "an edit that is not committed counts")
    commit(mesh.folder, "second")
    checks.equal(planned(mesh, "--changed-since", first)["domains"], ["other"], "a commit counts")
    checks.equal(planned(mesh, "--changed-since", "HEAD")["domains"], [], "since the newest commit nothing changed")
    checks.equal(planned(mesh, "--changed-since", first, "-d", "test")["domains"], [], "-d narrows further")
    mesh.write("other/more.yaml", {"warehouses": {"O_TWO": {}}})
    checks.equal(addresses(planned(mesh, "--changed-since", "HEAD")), ["warehouse O_TWO", "warehouse O_WH"], "a file that git does not know yet counts")
    (mesh.folder / "other/more.yaml").unlink()
    with open(mesh.folder / "mesh.yaml", "a", encoding="utf-8") as file:
        file.write("# looked at\n")
    checks.equal(planned(mesh, "--changed-since", "HEAD")["domains"], ["other", "test"], "mesh.yaml concerns every domain")
    git(mesh.folder, "checkout", "-q", "mesh.yaml")
    (mesh.folder / "README.md").write_text("words\n", encoding="utf-8")
    checks.equal(planned(mesh, "--changed-since", "HEAD")["domains"], [], "a file of no domain concerns none")


def branches(checks, binary, folder):
    mesh = two_domains(binary, folder)
    domain(mesh, {"warehouses": {"T_A": {}}})
    git(mesh.folder, "init", "-q", "-b", "main")
    commit(mesh.folder, "first")
    git(mesh.folder, "checkout", "-q", "-b", "mine")
    domain(mesh, {"warehouses": {"T_A": {"comment": "mine"}}})
    commit(mesh.folder, "mine")
    git(mesh.folder, "checkout", "-q", "main")
    other(mesh, 300)
    commit(mesh.folder, "theirs")
    git(mesh.folder, "checkout", "-q", "mine")
    checks.equal(planned(mesh, "--changed-since", "main")["domains"], ["test"], "what others did on that branch since then does not count")


def base(checks, binary, folder):
    mesh = two_domains(binary, folder)
    domain(mesh, {"warehouses": {"T_A": {}}})
    mesh.apply()
    git(mesh.folder, "init", "-q", "-b", "main")
    domain(mesh, {"warehouses": {"T_A": {}, "T_PENDING": {}}})
    commit(mesh.folder, "merged, not applied")
    git(mesh.folder, "checkout", "-q", "-b", "mine")
    domain(mesh, {"warehouses": {"T_A": {"comment": "mine"}, "T_PENDING": {}}})
    plan = planned(mesh, "--base", "main")
    checks.equal(addresses(plan, pending=False), ["warehouse T_A"], "this revision changes one")
    checks.equal(addresses(plan, pending=True), ["warehouse T_PENDING"], "the other was due without it")
    checks.equal(plan["fingerprint"], planned(mesh)["fingerprint"], "what would run is the same")
    checks.that(all("pending" not in change for change in planned(mesh)["changes"]), "without --base nothing is told apart")
    text = mesh.run("plan", "--base", "main").out
    checks.that(text.index("~ warehouse T_A") < text.index("Pending"), "this revision's changes come first", text)
    checks.contains(text, "Pending  + warehouse T_PENDING", "the others are one line each")
    checks.contains(text, "pending at main already", "and it is said at which revision")
    markdown = mesh.run("plan", "--base", "main", "--format", "markdown").out
    checks.contains(markdown, "<details><summary>1 change was pending at main already</summary>", "folded in Markdown")
    domain(mesh, {"warehouses": {"T_A": {}, "T_PENDING": {}}})
    checks.contains(mesh.run("plan", "--base", "main").out, "Nothing that was not pending at main already.", "a revision that changes nothing says so")
    domain(mesh, {"warehouses": {"T_A": {}, "T_PENDING": {"comment": "more"}}})
    checks.equal(addresses(planned(mesh, "--base", "main"), pending=False), ["warehouse T_PENDING"], "a pending change that this revision alters is its own")
    mesh.apply()
    run = mesh.run("plan", "--base", "main", "--detailed-exitcode")
    checks.equal((run.code, "No changes." in run.out), (DONE, True), "after apply there is nothing")


def wrong(checks, binary, folder):
    mesh = two_domains(binary, folder)
    domain(mesh, {"warehouses": {"T_A": {}}})
    run = mesh.run("plan", "--base", "main", expect=USAGE)
    checks.contains(run.err, "is in no git checkout that can be asked", "outside a checkout it is said")
    git(mesh.folder, "init", "-q", "-b", "main")
    mesh.write("test/broken.yaml", {"warehouses": {"T_B": {"auto_suspent": 1}}})
    commit(mesh.folder, "broken")
    (mesh.folder / "test/broken.yaml").unlink()
    for option in ("--base", "--changed-since"):
        run = mesh.run("plan", option, "nothing", expect=USAGE)
        checks.contains(run.err, "git knows no revision 'nothing'", f"{option}: an unknown revision is said")
        run = mesh.run("plan", f"{option}=--output=/dev/null", expect=USAGE)
        checks.contains(run.err, "git knows no revision '--output=/dev/null'", f"{option}: an option of git's is none here")
    run = mesh.run("plan", "--base", "main", "--detailed-exitcode", expect=CHANGES)
    checks.contains(run.out, "the manifests at main are not valid (", "a base that is not valid is said, and the plan is whole")
    checks.contains(run.out, "+ warehouse T_A", "all changes are shown")


def main():
    binary = binary_of_command_line()
    checks = Checks()
    for scenario in (changed_since, branches, base, wrong):
        with temporary() as folder:
            checks.scenario(scenario.__name__, scenario, checks, binary, pathlib.Path(folder))
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
