#!/usr/bin/env python3
"""Golden plans: tests/golden/<kind>/<case>/.

    manifest/        the manifests to plan; or before/, applied first, and after/
    setup.sql        what stands in the account before anything else
    between.sql      what somebody does by hand after before/ is applied
    case.json        {"apply": [arguments], "exit": code, "stays": true} where apply needs consent, is refused, or leaves something;
                     {"environment": "prod"} where it is for the protected one
    plan.txt plan.json statements.sql     the expected output, compared as a whole

After the plan is compared it is applied, and the next plan is empty. MESH_ACCEPT=1 rewrites the expected files and fails:
a golden diff is reviewed like code. MESH_ONLY=table/ runs the cases whose path holds the text.
"""

import concurrent.futures
import json
import os
import re
import shutil
import sys

import mesh_runner
from mesh_runner import ROOT, Checks, Mesh, Wrong, binary_of_command_line, temporary

GOLDEN = ROOT / "tests" / "golden"
ACCEPT = os.environ.get("MESH_ACCEPT") == "1"
ONLY = os.environ.get("MESH_ONLY", "")
DATE = ("--at", "2026-01-01")
EXPECTED = ("plan.txt", "plan.json", "statements.sql")


def cases():
    found = {p.parent for name in ("manifest", "after") for p in GOLDEN.glob(f"*/*/{name}")}
    return sorted(case for case in found if ONLY in str(case.relative_to(GOLDEN)))


def place(mesh, source):
    """The manifests of a case's folder instead of those before it."""
    shutil.rmtree(mesh.folder, ignore_errors=True)
    shutil.copytree(GOLDEN / "base", mesh.folder)
    for file in sorted(source.rglob("*")):
        if file.is_file():
            mesh.write(f"test/{file.relative_to(source)}", file.read_text(encoding="utf-8"))


def normalised(text):
    """Without the fingerprint, and without the number of statements read, which plan_bench.py watches."""
    text = re.sub(r"sha256:[0-9a-f]{64}", "sha256:(fingerprint)", text)
    text = re.sub(r"\d+ statements? read\.", "(n) statements read.", text)
    return re.sub(r'("reads": \{\s*"statements": )\d+', r"\g<1>0", text)


def outputs(mesh):
    plan = mesh.run("plan", "--format", "json", *DATE)
    parsed = plan.json()
    lines = [f"{s['sql']};\n" for change in parsed["changes"] for s in change.get("statements", [])]
    return {"plan.txt": normalised(mesh.run("plan", *DATE).out), "plan.json": normalised(plan.out), "statements.sql": "".join(lines)}


def compare(checks, case, found):
    for name in EXPECTED:
        file = case / name
        expected = file.read_text(encoding="utf-8") if file.exists() else None
        if expected == found[name]:
            checks.that(True, name)
        elif ACCEPT:
            file.write_text(found[name], encoding="utf-8")
            checks.that(False, f"{file.relative_to(ROOT)}: rewritten: review")
        else:
            checks.equal(found[name], expected or "(no such file)", f"{file.relative_to(ROOT)} differs")


def settings_of(case):
    file = case / "case.json"
    known = {"apply": [], "exit": mesh_runner.DONE, "stays": False, "why": "", "environment": None}
    given = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    if set(given) - set(known):
        raise Wrong(f"{file}: unknown keys {sorted(set(given) - set(known))}")
    return {**known, **given}


def run_case(checks, case, mesh):
    settings = settings_of(case)
    if settings["environment"] is not None:
        mesh.environment = settings["environment"]
        shutil.copytree(GOLDEN / "base", mesh.folder)
        mesh.bootstrap()
    for name, folder in (("setup.sql", None), ("between.sql", "before")):
        if folder and (case / folder).exists():
            place(mesh, case / folder)
            mesh.apply(*([] if mesh.environment else ["--allow-destroy", "all"]))
        if (case / name).exists():
            mesh.run("sql", "-f", str(case / name))
    place(mesh, case / ("after" if (case / "after").exists() else "manifest"))
    compare(checks, case, outputs(mesh))
    name = case.relative_to(GOLDEN)
    applied = mesh.apply(*settings["apply"], expect=None)
    checks.that(applied.code == settings["exit"], f"{name}: apply ends with {applied.code}, not {settings['exit']}",
                mesh_runner.failures(applied))
    left = [[c["action"], c["address"]] for c in mesh.plan(*DATE)["changes"]]
    checks.that(bool(left) == settings["stays"], f"{name}: the plan after apply", left)


def main():
    checks = Checks()
    binary = binary_of_command_line()
    with temporary() as folder:
        first = Mesh(binary, f"{folder}/mesh", f"{folder}/first/account.db")
        first.account.parent.mkdir()
        shutil.copytree(GOLDEN / "base", first.folder)
        first.bootstrap()

        def one(case):
            own = f"{folder}/{case.relative_to(GOLDEN)}"
            shutil.copytree(first.account.parent, own)
            mesh = Mesh(binary, f"{own}/mesh", f"{own}/account.db")
            checks.scenario(str(case.relative_to(GOLDEN)), run_case, checks, case, mesh)

        with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
            list(pool.map(one, cases()))
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
