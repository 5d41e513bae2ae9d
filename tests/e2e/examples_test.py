#!/usr/bin/env python3
"""Every mesh under examples/ is valid, plans cleanly, applies, and then has nothing left to do."""

import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(mesh, folder, account, *arguments, expect=0):
    command = [mesh, "-C", str(folder), "--sandbox", str(account), "-e", "dev", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != expect:
        print(f"$ {' '.join(command)}\nexit {done.returncode}, expected {expect}\n{done.stdout}\n{done.stderr}")
        sys.exit(1)
    return done.stdout


def check(what, is_so, shown):
    if not is_so:
        print(f"{what}\n{shown}")
        sys.exit(1)


def plan(mesh, folder, account):
    return json.loads(run(mesh, folder, account, "plan", "--format", "json"))


def check_example(mesh, folder):
    with tempfile.TemporaryDirectory() as temporary:
        account = pathlib.Path(temporary) / "account.db"
        run(mesh, folder, account, "validate")
        run(mesh, folder, account, "bootstrap", "--yes")
        first = plan(mesh, folder, account)
        check("nothing is created", first["summary"]["create"] > 0, first)
        check("a first plan only creates and grants", {c["action"] for c in first["changes"]} <= {"create", "grant"}, first)
        check("findings in an example", not first["findings"] and not first["refused"], first)
        outcome = json.loads(run(mesh, folder, account, "apply", "--yes", "--format", "json"))
        check("not everything was done", {o["status"] for o in outcome["outcomes"]} == {"done"}, outcome)
        second = plan(mesh, folder, account)
        check("the second plan is not empty", not second["changes"] and not second["refused"], second)
        text = run(mesh, folder, account, "plan")
        check("the second plan does not say so", text.startswith("No changes."), text)
    print(f"{folder.name}: {first['summary']['create']} created, {first['summary']['grant']} granted, then nothing to do")


def main():
    mesh = sys.argv[1]
    examples = sorted(p.parent for p in (ROOT / "examples").glob("*/mesh.yaml"))
    check("there are no examples", examples, ROOT / "examples")
    for folder in examples:
        check_example(mesh, folder)


if __name__ == "__main__":
    main()
