#!/usr/bin/env python3
"""The story of examples/shop: its commits, tests/story/*.patch, one after the other in a repository of their own.

Each step is committed, planned against the commits before it, compared as a whole with tests/story/<step>.txt (the text) and
<step>.json (findings, refusals and statements), and, where the plan may be carried out, applied on the sandbox, after which the
plan is empty. MESH_ACCEPT=1 rewrites the expected files and fails: read them like code.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from mesh_runner import DONE, ROOT, VIOLATED, Checks, Mesh, Wrong, binary_of_command_line, failures, temporary

STORY = ROOT / "tests" / "story"
ACCEPT = os.environ.get("MESH_ACCEPT") == "1"
PERSON = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
          "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}

# What dbt does by itself, as its own role.
DBT = """
CREATE TABLE MARKETING.CAMPAIGNS_V1.CAMPAIGNS (CAMPAIGN_CODE VARCHAR(50) NOT NULL, NAME VARCHAR(100) NOT NULL,
  CHANNEL VARCHAR(50) NOT NULL, STARTS_ON DATE NOT NULL, ENDS_ON DATE, PLANNED_COST NUMBER(12,2), OWNER VARCHAR(50));
CREATE TABLE MARKETING.CAMPAIGNS_V1.CAMPAIGN_RESULTS (CAMPAIGN_CODE VARCHAR(50) NOT NULL, DAY DATE NOT NULL, IMPRESSIONS NUMBER(10,0),
  CLICKS NUMBER(10,0), COST NUMBER(12,2) NOT NULL, ORDERS NUMBER(10,0) NOT NULL, REVENUE NUMBER(12,2) NOT NULL);
CREATE TABLE MARKETING.CAMPAIGNS_V1.ATTRIBUTION (ORDER_ID NUMBER(38,0) NOT NULL, CAMPAIGN_CODE VARCHAR(50) NOT NULL, SHARE NUMBER(9,6));
CREATE TABLE MARKETING.SEGMENTS_V1.SEGMENTS (SEGMENT_CODE VARCHAR(30) NOT NULL, NAME VARCHAR(100) NOT NULL, RULE VARCHAR(2000),
  CUSTOMERS NUMBER(10,0) NOT NULL, BUILT_AT TIMESTAMP_NTZ NOT NULL);
CREATE TABLE MARKETING.SEGMENTS_V1.SEGMENT_MEMBERS (SEGMENT_CODE VARCHAR(30) NOT NULL, CUSTOMER_ID NUMBER(38,0) NOT NULL,
  SCORE NUMBER(9,6), SINCE DATE NOT NULL);
"""


class Step:
    """A patch, the day it is planned on, the commits it is held against, and how the plan ends."""

    def __init__(self, name, at, base="HEAD~1", ends=DONE):
        self.name, self.at, self.base, self.ends = name, at, base, ends


# Where a plan is refused, the next commit mends it and is held against what was before both, as a pull request is.
STEPS = [
    Step("01-orders-tell-their-channel", "2026-09-15"),
    Step("02-fax-goes", "2026-09-20", ends=VIOLATED),
    Step("03-fulfilment-agrees", "2026-09-21", base="HEAD~2"),
    Step("04-orders-v2-beside-v1", "2026-09-28"),
    Step("05-v1-is-deprecated", "2026-10-01"),
    Step("06-a-leak", "2026-10-12", ends=VIOLATED),
    Step("07-the-leak-is-mended", "2026-10-12", base="HEAD~2"),
    Step("08-a-warehouse-that-never-sleeps", "2026-11-02", ends=VIOLATED),
    Step("09-it-sleeps", "2026-11-02", base="HEAD~2"),
    Step("10-the-agreement-is-cleared-away", "2027-01-04"),
    Step("11-everybody-moves", "2027-01-11"),
    Step("12-v1-retires", "2027-02-01"),
    Step("13-v1-is-gone", "2027-02-08"),
    Step("14-articles-are-listed", "2027-02-15"),
]


def git(folder, *arguments):
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False, env={**os.environ, **PERSON})
    if done.returncode != 0:
        raise Wrong(f"git {' '.join(arguments)}\n{done.stderr}")


def normalised(text):
    text = re.sub(r"sha256:[0-9a-f]{64}", "sha256:(fingerprint)", text)
    return re.sub(r"\d+ statements? read\.", "(n) statements read.", text)


def parts(plan):
    """What the text does not show in full."""
    return {"findings": plan["findings"], "refused": plan["refused"],
            "statements": [f"{s['role'] or ''}: {s['sql']}" for change in plan["changes"] for s in change["statements"]]}


def compare(checks, file, found):
    expected = file.read_text(encoding="utf-8") if file.exists() else None
    if expected == found:
        checks.that(True, file.name)
    elif ACCEPT:
        file.write_text(found, encoding="utf-8")
        checks.that(False, f"{file.relative_to(ROOT)}: rewritten: review")
    else:
        checks.equal(found, expected or "(no such file)", f"{file.relative_to(ROOT)} differs")


def planned(checks, mesh, name, *options, ends=DONE):
    saved = mesh.folder.parent / "plan.json"
    run = mesh.run("plan", "-o", saved, *options, expect=ends)
    compare(checks, STORY / f"{name}.txt", normalised(run.out))
    plan = json.loads(saved.read_text(encoding="utf-8"))
    return plan, json.dumps(parts(plan), indent=1, ensure_ascii=False) + "\n"


def applied(checks, mesh, name, at):
    run = mesh.apply("--at", at, expect=None)
    checks.that(run.code == DONE, f"{name}: applied", failures(run))
    after = mesh.run("plan", "--at", at).out
    checks.that(after.startswith("No changes."), f"{name}: and then there is nothing to do", after)


def beginning(checks, mesh):
    mesh.bootstrap()
    git(mesh.folder, "init", "-q", "-b", "main")
    git(mesh.folder, "add", "-A")
    git(mesh.folder, "commit", "-q", "-m", "The shop")
    plan, _ = planned(checks, mesh, "00-the-shop", "--at", "2026-09-01")
    objects = {}
    for change in plan["changes"]:
        if change["action"] == "create":
            objects[change["kind"]] = objects.get(change["kind"], 0) + 1
    # What dbt builds, five tables, is not there yet.
    checks.equal({kind: objects.get(kind) for kind in ("database", "warehouse", "database role", "table", "view")},
                 {"database": 8, "warehouse": 9, "database role": 45, "table": 100, "view": 13}, "its size")
    checks.equal(len(plan["products"]), 14, "and its products")
    applied(checks, mesh, "00-the-shop", "2026-09-01")
    found = {(row["address"], row["found"]) for row in mesh.run("find", "orders@1", "--format", "json").json()}
    checks.that({("product checkout/orders@1", "name"), ("product checkout/orders@1", "port checkout/orders@1"),
                 ("marketing consumes checkout/orders@1", "as role MARKETING_DBT")} <= found, "find knows products and who asks for them", sorted(found))

    mesh.run("sql", "--role", "MARKETING_DBT", DBT)
    _, said = planned(checks, mesh, "00-dbt-has-run", "--at", "2026-09-08")
    compare(checks, STORY / "00-dbt-has-run.json", said)
    applied(checks, mesh, "00-dbt-has-run", "2026-09-08")


def step(checks, mesh, this):
    patch = STORY / f"{this.name}.patch"
    git(mesh.folder, "apply", "--whitespace=error", str(patch))
    git(mesh.folder, "add", "-A")
    git(mesh.folder, "commit", "-q", "-m", patch.read_text(encoding="utf-8").splitlines()[0])
    if this.name.startswith("10"):
        the_agreement_ends(checks, mesh)
    if this.name.startswith("14"):
        mesh.bootstrap()  # the first share and the first listing: their domain's role gets what that takes
    _, said = planned(checks, mesh, this.name, "--base", this.base, "--at", this.at, ends=this.ends)
    compare(checks, STORY / f"{this.name}.json", said)
    if this.ends == DONE:
        applied(checks, mesh, this.name, this.at)


def the_agreement_ends(checks, mesh):
    """On the day after its last one the nightly run takes it away; that its lines go too comes later."""
    git(mesh.folder, "checkout", "-q", "HEAD~1")
    quiet = mesh.run("plan", "--at", "2026-12-31").out
    checks.that(quiet.startswith("No changes."), "it holds through its last day", quiet)
    _, said = planned(checks, mesh, "10-the-agreement-is-over", "--at", "2027-01-01")
    compare(checks, STORY / "10-the-agreement-is-over.json", said)
    applied(checks, mesh, "10-the-agreement-is-over", "2027-01-01")
    git(mesh.folder, "checkout", "-q", "main")


def main():
    checks = Checks()
    binary = binary_of_command_line()
    checks.equal([p.stem for p in sorted(STORY.glob("*.patch"))], [this.name for this in STEPS], "every patch is a step")
    with temporary() as folder:
        mesh = Mesh(binary, pathlib.Path(folder) / "shop", f"{folder}/account.db", "prod")
        shutil.copytree(ROOT / "examples" / "shop", mesh.folder)
        checks.scenario("beginning", beginning, checks, mesh)
        for this in STEPS:
            checks.scenario(this.name, step, checks, mesh, this)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
