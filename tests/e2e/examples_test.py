#!/usr/bin/env python3
"""Every mesh under examples/, in each of its environments: valid, planned without findings, applied, and then nothing to do.

The environments of one mesh share a sandbox file, so that the later ones also show that they leave the earlier ones alone.
"""

import shutil
import sys

from mesh_runner import ROOT, Checks, Mesh, binary_of_command_line, failures, temporary

ENVIRONMENTS = ("dev", "prod")


def check_example(checks, mesh):
    where = f"{mesh.folder.name} in {mesh.environment}"
    mesh.run("validate")
    mesh.bootstrap()
    first = mesh.plan()
    checks.equal(first["environment"], mesh.environment, where)
    checks.that(first["summary"]["create"] > 0, f"{where}: something is created", first["summary"])
    checks.equal({c["action"] for c in first["changes"]}, {"create", "grant"}, f"{where}: a first plan only creates and grants")
    checks.equal(first["refused"], [], f"{where}: nothing is refused")
    # Agreements that are over or not approved are part of the picture; nothing else is.
    told = [(f["level"], f["rule"], f["address"]) for f in first["findings"] if f["rule"] != "MESH1507"]
    checks.equal(told, [], f"{where}: nothing is found but agreements that are over")
    strange = [w for w in first["waiting"] if " consumes " not in w["address"] and "made by another tool" not in w["needs"]]
    checks.equal(strange, [], f"{where}: nothing waits but agreements, and what another tool makes")
    applied = mesh.apply(expect=None)
    checks.that(applied.code == 0, f"{where}: apply", failures(applied))
    checks.equal({o["status"] for o in applied.json()["outcomes"]}, {"done"}, f"{where}: everything is done")
    second = mesh.plan()
    checks.equal(second["changes"] + second["refused"] + second["vanished"], [], f"{where}: the second plan is empty")
    checks.that(mesh.run("plan").out.startswith("No changes."), f"{where}: and says so")


def main():
    checks = Checks()
    binary = binary_of_command_line()
    examples = sorted(p.parent for p in (ROOT / "examples").glob("*/mesh.yaml"))
    checks.that(examples, "there are examples")
    for example in examples:
        with temporary() as folder:
            copy = f"{folder}/{example.name}"
            shutil.copytree(example, copy)
            for environment in ENVIRONMENTS:
                mesh = Mesh(binary, copy, f"{folder}/account.db", environment)
                checks.scenario(f"{example.name} in {environment}", check_example, checks, mesh)
            for environment in ENVIRONMENTS:
                after = Mesh(binary, copy, f"{folder}/account.db", environment).plan()
                checks.equal(after["changes"], [], f"{example.name} in {environment}: nothing is left in the end")
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
