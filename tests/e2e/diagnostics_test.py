#!/usr/bin/env python3
"""Golden diagnostics: tests/golden_diagnostics/<case>/.

    mesh.yaml, domains/…   laid over base/, which is sound by itself
    places.txt             the command, its exit code, and every error the case is made for: CODE file:line:column and the
                           text that the carets underline; written by hand before the output was seen
    expected.txt           the whole output, compared as it is

What no repository should hold (bytes that are no UTF-8, links, fifty megabytes) is made by the table PREPARED. Every case
runs with bounded memory and time. MESH_ACCEPT=1 rewrites expected.txt and fails; MESH_ONLY=grant runs the cases whose
name holds the text.
"""

import concurrent.futures
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import unicodedata

from mesh_runner import ROOT, VIOLATED, Checks, Mesh, Run, binary_of_command_line, temporary

GOLDEN = ROOT / "tests" / "golden_diagnostics"
ACCEPT = os.environ.get("MESH_ACCEPT") == "1"
ONLY = os.environ.get("MESH_ONLY", "")
SALES = "domains/sales/case.yaml"
OURS = ("places.txt", "expected.txt")
MEMORY = 4 << 30  # bytes of address space: a debug build of 200 MB, threads, and ten times the largest file
SECONDS = 60


# --- what the test makes itself


def content(text):
    return lambda folder: write_bytes(folder / SALES, text)


def write_bytes(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text)


def edit(change):
    """The case's file with its bytes changed."""
    return lambda folder: (folder / SALES).write_bytes(change((folder / SALES).read_bytes()))


def bomb():
    """Nine levels of nine aliases each: a billion values in a few hundred bytes."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]
    return ("\n".join(lines) + "\n").encode()


def link(target, at):
    def make(folder):
        (folder / at).parent.mkdir(parents=True, exist_ok=True)
        (folder / at).symlink_to(target)

    return make


def outside(folder):
    (folder.parent / "outside.sql").write_text("SELECT 1 AS OUTSIDE\n", encoding="utf-8")
    (folder.parent / "outside.yaml").write_text("roles: {SALES_OUTSIDE: }\n", encoding="utf-8")


def both(*steps):
    return lambda folder: [step(folder) for step in steps]


def pipe(at):
    def make(folder):
        (folder / at).parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(folder / at)

    return make


def folder_elsewhere(folder):
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere/roles.yaml").write_text("roles: {SALES_A: }\n", encoding="utf-8")
    (folder / "domains/sales/more").symlink_to("../../elsewhere")


PREPARED = {
    "alias_bomb": content(bomb()),
    "carriage_returns": edit(lambda text: text.replace(b"\n", b"\r\n")),
    "control_character": edit(lambda text: text.replace(b"(ESC)", b"\x1b")),
    "deep_nesting": content(b"roles: " + b"[" * 100_000 + b"]" * 100_000 + b"\n"),
    "deep_nesting_by_lines": content(b"".join(b" " * i + b"a:\n" for i in range(1000))),
    "file_of_50_mb": content(b"# a comment\n" * ((50 << 20) // 12)),
    "hidden_marks": edit(lambda text: text.replace(b"(RLO)", "\u202e".encode())),
    "invalid_utf8": content(b"roles:\n  SALES_A: {comment: caf\xe9}\n"),
    "link_out_of_mesh": both(outside, link("../../../outside.yaml", "domains/sales/link.yaml")),
    "link_to_folder": folder_elsewhere,
    "pipe_as_manifest": pipe("domains/sales/pipe.yaml"),
    "query_file_link": both(outside, link("../../../../outside.sql", "domains/sales/sql/link.sql")),
    "query_file_out_of_mesh": outside,
    "query_file_pipe": pipe("domains/sales/sql/pipe.sql"),
    "utf16": content("roles:\n  SALES_A:\n".encode("utf-16")),
}


# --- running


@functools.cache
def is_sanitized(binary):
    """AddressSanitizer reserves terabytes of address space: there only the time is bounded."""
    return b"__asan_init" in binary.read_bytes()


def run_bounded(binary, folder, arguments):
    """The finished run and its seconds. Its address space and processor time are bounded."""
    memory = "" if is_sanitized(binary) else f"ulimit -v {MEMORY >> 10}; "
    bounds = f'{memory}ulimit -t {SECONDS}; exec "$@"'
    command = ["sh", "-c", bounds, "sh", str(binary), "-C", str(folder), *arguments]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder.parent), "NO_COLOR": "1"}
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, errors="backslashreplace", check=False,
                          stdin=subprocess.DEVNULL, timeout=300, env=environment)
    return Run(command, done), time.monotonic() - started


def place(case, folder):
    shutil.copytree(GOLDEN / "base", folder)
    for file in sorted(case.rglob("*")):
        if file.is_file() and file.name not in OURS:
            write_bytes(folder / file.relative_to(case), file.read_bytes())
    if case.name in PREPARED:
        PREPARED[case.name](folder)


# --- what an output says


def cells(text):
    """The cells of a terminal that a text takes."""
    return sum(0 if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me", "Cf") else
               2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def underlined(source, carets):
    """The part of a source line that stands above the carets; tabs stand in both lines alike."""
    begin = carets.index("^")
    found, at, tabs = "", 0, 0
    lead = carets[:begin]
    end = begin + len(re.match(r"\^+", carets[begin:]).group())
    for c in source:
        if begin <= at < end:
            found += c
        if c == "\t" and at < begin and lead[at] != "\t":
            return "(a tab stands above a blank)"
        at += cells(c) if c != "\t" else 1
        tabs += c == "\t"
    return found


class Finding:
    """One diagnostic as it is printed."""

    HEAD = re.compile(r"^(error|warning)\[(MESH\d{4})\]: (.+)$")
    WHERE = re.compile(r"^  --> (.+):(\d+):(\d+)$")

    def __init__(self, block):
        lines = block.splitlines()
        self.block = block
        head = self.HEAD.match(lines[0])
        self.severity, self.code, self.summary = head.groups()
        where = self.WHERE.match(lines[1]) if len(lines) > 1 else None
        self.file, self.line, self.column = (where[1], int(where[2]), int(where[3])) if where else (None, 0, 0)
        self.under = None
        if where and len(lines) > 3 and "^" in lines[3]:
            gutter = lines[2].index("|") + 2
            self.under = underlined(lines[2][gutter:], lines[3][gutter:])

    def place(self):
        return f"{self.code} {self.file}:{self.line}:{self.column}"


def findings_of(output):
    blocks = re.split(r"\n(?=(?:error|warning)\[MESH)", "\n" + output)
    return [Finding(block) for block in blocks[1:]]


def written(line):
    """A line of places.txt: what it says of the place, and of the text under the carets (None: nothing)."""
    code, where, *under = line.split(" ", 2)
    return f"{code} {where}", under[0].replace("(TAB)", "\t") if under else None


# --- the checks of one case


def check_finding(checks, name, finding, codes):
    about = f"{name}: {finding.place()}"
    checks.that(finding.file is not None, f"{about}: has no place", finding.block)
    checks.that(finding.code in codes, f"{about}: `mesh explain` does not know the code")
    checks.that(len(finding.summary) <= 400, f"{about}: a summary of {len(finding.summary)} characters")
    bad = [c for c in finding.block if unicodedata.category(c) in ("Cc", "Cf") and c not in "\n\t"]
    checks.equal(bad, [], f"{about}: characters that act on a terminal")
    longest = max(len(line) for line in finding.block.splitlines())
    checks.that(longest <= 400, f"{about}: a line of {longest} characters")


def check_places(checks, case, findings, lines):
    expected = [written(line) for line in lines]
    checks.equal([f.place() for f in findings], [p for p, _ in expected], f"{case.name}: errors and their places, in order")
    if len(findings) != len(expected):
        return
    for finding, (where, under) in zip(findings, expected):
        if under is not None and finding.under is not None:
            # A long text is cut in the middle of the line, with an ellipsis.
            shown = finding.under.removesuffix("…")
            ok = finding.under == under or (under.startswith(shown) and len(shown) >= 40)
            checks.that(ok, f"{case.name}: {where}: the carets stand under '{finding.under}', not '{under}'", finding.block)
        elif under is not None:
            checks.that(False, f"{case.name}: {where}: no carets", finding.block)


def run_case(checks, binary, folder, case, codes):
    lines = (case / "places.txt").read_text(encoding="utf-8").splitlines()
    arguments, code = lines[0].removeprefix("$ mesh ").split(), int(lines[1].removeprefix("exit "))
    mesh = folder / case.name / "mesh"
    place(case, mesh)
    run, seconds = run_bounded(binary, mesh, arguments)
    checks.that(run.code == code, f"{case.name}: ends with {run.code}, not {code}", run)
    checks.that(seconds < 2 * SECONDS, f"{case.name}: took {seconds:.0f} s")
    findings = findings_of(run.out)
    check_places(checks, case, findings, lines[2:])
    for finding in findings:
        check_finding(checks, case.name, finding, codes)
    if code == VIOLATED:
        again, _ = run_bounded(binary, mesh, [*arguments, "--format", "json"])
        found = [f"{f['rule']} {f['source'].get('file')}:{f['source'].get('line')}" for f in again.json()["findings"]]
        checks.equal(found, [f"{f.code} {f.file}:{f.line}" for f in findings], f"{case.name}: JSON says the same")
    compare(checks, case, f"$ mesh {' '.join(arguments)}\n{run.out}{run.err}exit {run.code}\n".replace(str(folder / case.name), "(folder)"))


def compare(checks, case, found):
    file = case / "expected.txt"
    expected = file.read_text(encoding="utf-8") if file.exists() else None
    if ACCEPT and expected != found:
        file.write_text(found, encoding="utf-8")
        checks.that(False, f"{file.relative_to(ROOT)}: rewritten: review")
    else:
        checks.equal(found, expected or "(no such file)", f"{file.relative_to(ROOT)} differs")


def known_codes(binary, cases):
    """The codes of the cases, as far as `mesh explain` has words for them."""
    named = {code for case in cases for code in re.findall(r"MESH\d{4}", (case / "places.txt").read_text(encoding="utf-8"))}

    def explained(code):
        done = subprocess.run([str(binary), "explain", code], capture_output=True, text=True, check=False)
        return done.returncode == 0 and code in done.stdout and len(done.stdout) > 100

    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        return {code for code, known in zip(sorted(named), pool.map(explained, sorted(named))) if known}


def base_is_sound(checks, binary, folder):
    shutil.copytree(GOLDEN / "base", folder / "sound")
    run, _ = run_bounded(binary, folder / "sound", ["validate"])
    checks.that(run.code == 0, "base/ is sound", run)


def main():
    checks = Checks()
    binary = binary_of_command_line()
    cases = sorted(p.parent for p in GOLDEN.glob("*/places.txt") if ONLY in p.parent.name)
    codes = known_codes(binary, cases)
    with temporary() as root:
        folder = pathlib.Path(root)
        base_is_sound(checks, binary, folder)
        checks.that(ONLY or len(cases) >= 100, f"only {len(cases)} cases were found")
        with concurrent.futures.ThreadPoolExecutor(max_workers=3) as pool:
            list(pool.map(lambda case: checks.scenario(case.name, run_case, checks, binary, folder, case, codes), cases))
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
