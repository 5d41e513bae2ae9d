#!/usr/bin/env python3
"""Large inputs: files just under and just over the bound, very many files, and mistakes without end. What is printed is
bounded, and the work grows with the input and not with its square: the same mesh four times as large may take at most
eight times the processor time (a square would be sixteen), whatever else the machine does. MESH_LONG=1 takes five times
as much of it, and the largest texts that are allowed.
"""

import os
import pathlib
import re
import resource
import subprocess
import sys

from mesh_runner import VIOLATED, Checks, Mesh, Run, binary_of_command_line, clean_environment, domain, temporary
from mesh_runner import ONE_DOMAIN

MOST = 500  # mistakes that are told in full
LIMIT = 16 << 20
TIMES, AT_MOST = 4, 8
LONG = os.environ.get("MESH_LONG") == "1"
SHARE = 1 if LONG else 5  # of the counts below
OUTPUT = 2 << 20  # bytes: 500 mistakes of some hundred characters, in JSON


class Bounded(Mesh):
    """A mesh without account, whose runs tell their processor time."""

    def __init__(self, binary, folder):
        super().__init__(binary, folder, pathlib.Path(folder) / "account.db")
        self.write("mesh.yaml", ONE_DOMAIN)
        domain(self, {})
        self.seconds = 0.0

    def validate(self, *arguments):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [str(self.binary), "-C", str(self.folder), "validate", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600, env=clean_environment())
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Run(command, done)


def linear(checks, about, run_with, count):
    """run_with(count) gives the processor time of an input of this size."""
    small, large = run_with(count), run_with(TIMES * count)
    print(f"{about}: {small:.2f} s for {count}, {large:.2f} s for {TIMES * count}")
    # A start of the program and what else does not grow is part of the small one too, which only helps it.
    checks.that(large <= AT_MOST * max(small, 0.2), f"{about}: {small:.2f} s for {count}, but {large:.2f} s for {TIMES * count}")


# --- mistakes without end

ROLE = "T_R{i}: {{comit: x{i}}}"


def in_lines(count):
    return "roles:\n" + "".join(f"  {ROLE.format(i=i)}\n" for i in range(count))


def on_one_line(count):
    return "roles: {" + ", ".join(ROLE.format(i=i) for i in range(count)) + "}\n"


def references(count):
    reads = ", ".join(f"T_GONE_{i}" for i in range(count))
    return f"databases: {{T_DB: {{schemas: {{S: {{views: {{V: {{query: 'SELECT 1 AS A FROM {reads}'}}}}}}}}}}}}\n"


def references_in_lines(count):
    reads = ",\n".join(f"                T_GONE_{i}" for i in range(count))
    return ("databases:\n  T_DB:\n    schemas:\n      S:\n        views:\n          V:\n            query: |\n"
            f"              SELECT 1 AS A FROM\n{reads}\n")


def variables(count):
    return "roles: {T_R: {comment: \"" + "${gone} " * count + "\"}}\n"


MISTAKES = {"in lines": (in_lines, 10_000), "on one line": (on_one_line, 10_000), "references on one line": (references, 10_000),
            "references in lines": (references_in_lines, 10_000), "variables in one text": (variables, 20_000)}


def mistakes(checks, binary, folder, name):
    make, count = MISTAKES[name]
    mesh = Bounded(binary, folder)

    def run_with(size):
        mesh.write("test/case.yaml", make(size))
        run = mesh.validate()
        checks.that(run.code == VIOLATED, f"{name}: exit {run.code}", run.err[-1000:])
        heads = re.findall(r"^error\[(MESH\d+)\]: (.*)", run.out, re.M)
        checks.equal(len(heads), MOST + 1, f"{name}: mistakes that are told")
        checks.equal(list(heads[-1]), ["MESH1015", f"… and {size - MOST:,} more"], f"{name}: the last line counts the rest")
        checks.that(run.out.rstrip().endswith(f"{MOST} errors and {size - MOST:,} more"), f"{name}: the closing line", run.out[-200:])
        checks.that(len(run.out) < OUTPUT, f"{name}: {len(run.out)} bytes are printed")
        return mesh.seconds

    linear(checks, f"mistakes {name}", run_with, count // SHARE)
    told = mesh.validate("--format", "json")
    findings = told.json()["findings"]
    checks.equal(len(findings), MOST + 1, f"{name}: findings in JSON")
    checks.that(len(told.out) < OUTPUT, f"{name}: {len(told.out)} bytes of JSON")
    columns = [f["source"].get("column") for f in findings[:2]]
    checks.that(None not in columns and findings[0]["source"] != findings[1]["source"], f"{name}: places in JSON", findings[:2])


def long_texts(checks, binary, folder):
    """Many mistakes that each quote a megabyte."""
    mesh = Bounded(binary, folder)
    text = "x" * (1 << 20)
    mesh.write("test/case.yaml", f"a: &a '{text} '\nroles:\n" + "".join(f"  T_R{i}: {{users: [*a]}}\n" for i in range(12)))
    for arguments in ((), ("--format", "json")):
        run = mesh.validate(*arguments)
        checks.that(run.code == VIOLATED and len(run.out) < 200_000, f"long texts: {len(run.out)} bytes {arguments}", run.out[:500])


# --- sizes


def sound_file(size):
    """A manifest of exactly so many bytes, most of them objects."""
    head, line = "roles:\n", "  T_ROLE_{:07}: {{comment: the comment of a role that is as long as those of people are}}\n"
    count = (size - len(head)) // len(line.format(0)) - 1
    text = head + "".join(line.format(i) for i in range(count))
    return text + "#" * (size - len(text) - 1) + "\n", count


def sizes(checks, binary, folder):
    mesh = Bounded(binary, folder)
    mark = b"\xef\xbb\xbf"
    text, count = sound_file(LIMIT)
    file = mesh.folder / "test/case.yaml"
    cases = [("at the bound behind a mark", mark + text.encode(), True), ("one over the bound", text.encode() + b"\n", False)]
    if LONG:
        cases.append(("at the bound", text.encode(), True))
    for about, content, valid in cases:
        file.write_bytes(content)
        run = mesh.validate()
        if valid:
            checks.that(run.code == 0 and f"Valid: {count} objects" in run.out, f"a file {about}", str(run)[-2000:])
        else:
            checks.that(run.code == VIOLATED and "error[MESH1012]" in run.out and "at most 16 MB" in " ".join(run.out.split()),
                        f"a file {about}", str(run)[-2000:])


def many_files(checks, binary, folder):
    mesh = Bounded(binary, folder)
    made = 0

    def run_with(count):
        nonlocal made
        for i in range(made, count):
            target = mesh.folder / f"test/part{i % 97}/sub{i % 7}"
            target.mkdir(parents=True, exist_ok=True)
            (target / f"role{i}.yaml").write_text(f"roles: {{T_ROLE_{i}: {{comment: one of very many}}}}\n", encoding="utf-8")
        made = count
        run = mesh.validate()
        checks.that(run.code == 0 and f"Valid: {count} objects" in run.out, f"{count} files", str(run)[-2000:])
        return mesh.seconds

    linear(checks, "files", run_with, 5_000 // SHARE)


def grown_texts(checks, binary, folder):
    """MESH1014: what variables and query files put into the manifests. As much as is allowed, and one more."""
    mesh = Bounded(binary, folder)
    vars_file = {**ONE_DOMAIN, "vars": {"long": "x" * (1 << 20)}}
    mesh.write("mesh.yaml", vars_file)
    for count, code in (((32, 0),) if LONG else ()) + ((33, VIOLATED),):
        # Half of them are nothing but the variable, half stand in a text.
        mesh.write("test/case.yaml", {"roles": {f"T_R{i}": {"comment": "${long}" if i % 2 else "a ${long}"} for i in range(count)}})
        run = mesh.validate()
        codes = re.findall(r"error\[(MESH\d+)\]", run.out)
        checks.that(run.code == code and codes == ["MESH1014"] * (code != 0), f"{count} MB of variables", str(run)[-2000:])
    mesh.write("mesh.yaml", ONE_DOMAIN)
    head = "SELECT 1 AS A -- "
    mesh.write("test/sql/long.sql", head + "x" * (LIMIT - len(head)))
    for count, code in ((16, 0), (17, VIOLATED)) if LONG else ():
        views = {f"V{i:02}": {"query_file": "sql/long.sql"} for i in range(count)}
        mesh.write("test/case.yaml", {"databases": {"T_DB": {"schemas": {"S": {"views": views}}}}})
        run = mesh.validate()
        codes = re.findall(r"error\[(MESH\d+)\]", run.out)
        checks.that(run.code == code and codes == ["MESH1014"] * (code != 0), f"{count} query files of 16 MB", str(run)[-2000:])
    # A small file that a variable makes large counts as what it becomes.
    views = {f"V{i:02}": {"query_file": "sql/long.sql"} for i in range(17)}
    mesh.write("test/case.yaml", {"databases": {"T_DB": {"schemas": {"S": {"views": views}}}}})
    mesh.write("mesh.yaml", vars_file)
    mesh.write("test/sql/long.sql", "SELECT 1 AS A -- " + "${long}" * 30)
    run = mesh.validate()
    checks.that(run.code == VIOLATED and "come to too much" in run.out, "query files that variables make large", str(run)[-2000:])


def main():
    checks = Checks()
    binary = binary_of_command_line()
    scenarios = [(f"mistakes {name}", mistakes, (name,)) for name in MISTAKES]
    scenarios += [("long texts", long_texts, ()), ("sizes", sizes, ()), ("texts that grow", grown_texts, ()), ("many files", many_files, ())]
    for name, scenario, arguments in scenarios:
        with temporary() as folder:
            checks.scenario(name, scenario, checks, binary, folder, *arguments)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
