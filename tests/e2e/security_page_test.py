#!/usr/bin/env python3
"""Every threat of SECURITY.md names a test, and every test it names exists and is run."""

import re
import sys

from mesh_runner import ROOT, Checks

NAMED = re.compile(r'`(tests/[^`]+)`|"([^"]+)"|`([a-z_0-9]+)`')


def threats(text):
    """[(threat, cell of tests)] of the table under `## Threats`."""
    section = text.split("\n## Threats\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return [(row[0].strip(), row[-1].strip()) for row in rows[2:]]


def tests_in(cell):
    """[(file, name)]; the name is empty where the file or folder stands alone."""
    found, file = [], None
    for path, case, function in NAMED.findall(cell):
        if path:
            file = path
            found.append((file, ""))
        elif file:
            found.append((file, case or function))
    named = {file for file, name in found if name}
    return [(file, name) for file, name in found if name or file not in named]


def problem(file, name):
    """Why this is no test that runs; empty where it is one."""
    path = ROOT / file
    if not path.exists():
        return "there is no such file"
    if path.is_dir():
        return "" if name == "" and (path / "plan.txt").exists() else "this folder is no golden case"
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".cpp":
        return "" if f'TEST_CASE("{name}"' in text else "there is no such TEST_CASE"
    if not path.name.endswith("_test.py"):
        return "this is no script that ctest runs"
    used = len(re.findall(rf"\b{name}\b", text.replace(f"def {name}(", ""))) if name else 0
    return "" if f"def {name}(" in text and used else "no such function, or nobody calls it"


def main():
    checks = Checks()
    rows = threats((ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    checks.that(len(rows) >= 20, "the table is read", len(rows))
    for threat, cell in rows:
        tests = tests_in(cell)
        checks.that(tests, f"{threat}: no test is named")
        for file, name in tests:
            checks.equal(problem(file, name), "", f"{threat}: {file} {name}")
    # The script itself sees what is not there.
    for file, name in (("tests/e2e/no_such_test.py", "x"), ("tests/e2e/security_test.py", "no_such_function"),
                       ("tests/unit/sql/writer_test.cpp", "no such case"), ("tests/golden/role", ""), ("tests/e2e/served.py", "saw")):
        checks.that(problem(file, name), f"{file} {name} is taken for a test")
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
