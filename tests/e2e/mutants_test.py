#!/usr/bin/env python3
"""The table of scripts/mutate is in step with the sources: each edit's old text stands once in its file, and the tests it
names are there."""

import functools
import re
import sys

from mesh_runner import ROOT, Checks

sys.path.insert(0, str(ROOT / "tests" / "mutants"))
sys.dont_write_bytecode = True

from mutants import MUTANTS, Mutant, Suite, Unit, unit  # noqa: E402

LEAST = 60
POINTS = ("1", "2", "3", "4", "5", "6", "7")


@functools.cache
def cases_of(layer):
    files = (ROOT / "tests" / "unit" / layer).glob("*.cpp")
    return {name for file in files for name in re.findall(r'TEST_CASE\("([^"]*)"', file.read_text(encoding="utf-8"))}


def missing(test):
    """What of a test is not there; empty where all is."""
    if isinstance(test, Unit):
        return ", ".join(name for name in test.names if name not in cases_of(test.layer))
    if not test.script.is_file():
        return str(test.script)
    if test.only and not (ROOT / "tests" / "golden_diagnostics" / test.only / "expected.txt").is_file():
        return test.only
    # A scenario is called by its function, or by words of its own: the fixed ones, before a number or a *.
    words = re.split(r" ?[0-9*]", test.scenario)[0]
    return "" if re.search(rf"\b{re.escape(words)}\b", test.script.read_text(encoding="utf-8")) else test.scenario


def problems(mutant):
    file = ROOT / mutant.file
    found = [f"its file is not there: {mutant.file}"] if not file.is_file() else []
    count = 0 if found else file.read_text(encoding="utf-8").count(mutant.old)
    if count != 1:
        found.append(f"its old text stands {count} times in {mutant.file}:\n{mutant.old}")
    if mutant.old == mutant.new:
        found.append("it changes nothing")
    found += [f"no such test: {test}: {missing(test)}" for test in mutant.tests if missing(test)]
    return found if mutant.tests else [*found, "no test is named"]


def main():
    checks = Checks()
    for mutant in MUTANTS:
        checks.equal(problems(mutant), [], f"{mutant.name} ({mutant.promise})")
    names = [mutant.name for mutant in MUTANTS]
    checks.equal(sorted({name for name in names if names.count(name) > 1}), [], "names are told apart")
    checks.that(len(names) >= LEAST, f"{len(names)} edits")
    covered = {point for mutant in MUTANTS for point in re.split(", ", mutant.promise.split(":")[0])}
    checks.equal([point for point in POINTS if point not in covered], [], "every point has its edits")
    # What is wrong is found.
    good = MUTANTS[0]
    for wrong in (Mutant("a", "", good.file, "no such text", "", good.tests), Mutant("a", "", "no/such.cpp", good.old, "", good.tests),
                  Mutant("a", "", good.file, good.old, good.old, good.tests), Mutant("a", "", good.file, good.old, "", ()),
                  Mutant("a", "", good.file, good.old, "", (unit("sql", "no such case"),)),
                  Mutant("a", "", good.file, good.old, "", (Suite("no_such_test"),)),
                  Mutant("a", "", good.file, good.old, "", (Suite("races_test", "no such scenario"),)),
                  Mutant("a", "", good.file, good.old, "", (Suite("diagnostics_test", only="no_such_case"),))):
        checks.that(problems(wrong), f"{wrong} is taken for sound")
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
