#!/usr/bin/env python3
"""Blueprints: one well-made domain for many teams. Typed parameters, bodies that use others, mistakes told in both files,
and `mesh expand`, whose output is a manifest of its own."""

import sys

from mesh_runner import VIOLATED, Checks, Mesh, binary_of_command_line, temporary

MESH_FILE = {
    "mesh": "acme",
    "api": "mesh/v1",
    "control": {"database": "MESH", "schema": "CONTROL", "warehouse": "MESH_WH"},
    "vars": {"region": "eu"},
    "environments": {"dev": {"connection": "acme"}},
    "domains": {"sales": {"path": "domains/sales"}, "finance": {"path": "domains/finance"}},
}
TEAM = """\
description: What every team starts from
parameters:
  name: {type: text, description: The team's name}
  days: {type: integer, default: 3}
  size: {type: text, values: [XSMALL, SMALL], default: XSMALL}
  resume: {type: boolean, default: true}
  readers: {type: list, default: []}
body:
  use:
    - {blueprint: roles, with: {prefix: "${name}"}}
  warehouses:
    ${name}_WH: {warehouse_size: "${size}", auto_resume: "${resume}", comment: "of ${domain} in ${region}"}
  databases:
    ${name}:
      data_retention_time_in_days: ${days}
      grants: {"${name}_READER": [USAGE]}
"""
ROLES = """\
parameters: {prefix: {type: text}, above: {type: list, default: [SYSADMIN]}}
body:
  roles:
    "${prefix}_READER": {granted_to: [USERADMIN, "${above}"]}
    "${prefix}_WRITER": {granted_to: "${above}"}
"""


def declare(mesh, domain, use, more=""):
    mesh.write(f"domains/{domain}/domain.yaml", f"domain: {domain}\nteam: {{name: {domain}, email: a@example.com}}\n{use}\n{more}")


def fresh(binary, folder):
    mesh = Mesh(binary, f"{folder}/mesh", f"{folder}/account.db")
    mesh.write("mesh.yaml", MESH_FILE)
    mesh.write("blueprints/team.yaml", TEAM)
    mesh.write("blueprints/roles.yaml", ROLES)
    declare(mesh, "sales", "use: [{blueprint: team, with: {name: SALES, days: 5, size: SMALL}}]")
    declare(mesh, "finance", "use:\n  - blueprint: team\n    with: {name: FINANCE, resume: false}")
    return mesh


def one_blueprint_many_domains(checks, binary, folder):
    mesh = fresh(binary, folder)
    mesh.bootstrap()
    plan = mesh.plan()
    made = sorted((change["domain"], change["address"]) for change in plan["changes"] if change["action"] == "create")
    checks.equal(made, [(domain, f"{kind} {domain.upper()}{suffix}") for domain in ("finance", "sales")
                        for kind, suffix in (("database", ""), ("role", "_READER"), ("role", "_WRITER"), ("warehouse", "_WH"))],
                 "what two uses make")
    by_address = {change["address"]: change for change in plan["changes"]}
    checks.equal(by_address["warehouse SALES_WH"]["statements"][0]["sql"],
                 "CREATE WAREHOUSE \"SALES_WH\" WAREHOUSE_SIZE = 'SMALL' AUTO_RESUME = TRUE COMMENT = 'of sales in eu'", "typed values")
    checks.equal(by_address["database FINANCE"]["diff"], [{"property": "data_retention_time_in_days", "before": None, "after": 3}],
                 "a default")
    checks.equal(by_address["database FINANCE"]["source"]["file"], "blueprints/team.yaml", "the origin of an object")
    parents = sorted(a for a in by_address if a.startswith("grant role SALES"))
    checks.equal(parents, ["grant role SALES_READER to role SYSADMIN", "grant role SALES_READER to role USERADMIN",
                           "grant role SALES_WRITER to role SYSADMIN"], "a list, by itself and within one")
    mesh.apply()
    checks.equal(mesh.plan()["changes"], [], "it converges")


def expanded_is_a_manifest(checks, binary, folder):
    mesh = fresh(binary, folder)
    declare(mesh, "sales", "use: [{blueprint: team, with: {name: SALES}}]",
            "roles: {SALES_ODD: {comment: \"7\"}, SALES_TEXT: {comment: \"a # b: 'c' ${region}\"}}\n"
            "databases:\n  SALES_MORE:\n    schemas:\n      S:\n        views:\n          V:\n            query: |\n"
            "              SELECT 1 AS A -- one\n              UNION ALL SELECT 2\n")
    text = mesh.run("expand").out
    checks.contains(text, "# blueprints/team.yaml:12, for domains/sales/domain.yaml:3", "an origin")
    checks.contains(text, "# blueprints/roles.yaml:5, for blueprints/team.yaml:10, for domains/finance/domain.yaml:4", "an inner one")
    only = mesh.run("expand", "-d", "sales").out
    checks.that("FINANCE" not in only and "SALES_WH" in only, "one domain alone", only)
    # What it prints is another way to write the same mesh.
    plain = Mesh(binary, f"{folder}/plain", f"{folder}/account.db")
    plain.write("mesh.yaml", MESH_FILE)
    bodies = {}
    for row in mesh.run("expand", "--format", "json").json():
        bodies.setdefault(row["domain"], []).append(row["line"])
    for name, lines in bodies.items():
        # A blueprint's body begins with its own collections, which a file may state once: a file for each.
        files, seen = [[]], set()
        for line in lines:
            key = line.split(":")[0]
            if line and line[0] not in " #" and key in seen:
                files.append([])
                seen = set()
            if line and line[0] not in " #":
                seen.add(key)
            files[-1].append(line)
        for number, part in enumerate(files):
            plain.write(f"domains/{name}/part{number}.yaml", "\n".join(part) + "\n")
    mesh.bootstrap()

    def made(some):
        return sorted((c["address"], c["action"], [s["sql"] for s in c["statements"]]) for c in some.plan()["changes"])

    checks.equal(made(plain), made(mesh), "the expanded mesh is the same mesh")


def mistakes_are_told_in_both_files(checks, binary, folder):
    mesh = fresh(binary, folder)

    def told(use, *words, **files):
        for name, content in {"team": TEAM, "roles": ROLES, **files}.items():
            mesh.write(f"blueprints/{name}.yaml", content)
        declare(mesh, "sales", use)
        out = mesh.run("validate", expect=VIOLATED).out
        for word in words:
            checks.contains(out, word, f"{use}: {word}")
        return out

    told("use: [{blueprint: teem, with: {name: SALES}}]", "MESH1016", "there is no blueprint 'teem'", "did you mean 'team'")
    told("use: [{blueprint: ../team}]", "MESH1016")
    told("use: [{blueprint: team}]", "MESH1103", "the blueprint wants parameter 'name'")
    told("use: [{blueprint: team, with: {name: SALES, dais: 3}}]", "MESH1101", "did you mean 'days'")
    told("use: [{blueprint: team, with: {name: SALES, days: many}}]", "parameter 'days' is an integer, not a text",
         "domains/sales/domain.yaml:3:")
    told("use: [{blueprint: team, with: {name: SALES, size: HUGE}}]", "'HUGE' is not what parameter 'size' takes", "XSMALL, SMALL")
    told("use: [{blueprint: team, with: {name: SALES, readers: R}}]", "parameter 'readers' is a list")
    told("use: {blueprint: team}", "use must be a list")
    # Wrong only with what this use gives: the place in the blueprint, and the use.
    out = told("use: [{blueprint: team, with: {name: FINANCE_X}}]", "blueprints/team.yaml", "the blueprint is used here",
               "domains/sales/domain.yaml:3:")
    checks.contains(out, "belongs to domain finance", "a name outside owns")
    told("use: [{blueprint: team, with: {name: SALES}}]", "MESH1016", "uses itself: team → roles → team",
         roles="body:\n  use: [{blueprint: team, with: {name: A}}]\n")
    told("use: [{blueprint: team, with: {name: SALES}}]", "unknown variable", "blueprints/roles.yaml:2",
         roles="parameters: {prefix: }\nbody: {roles: {\"${nothing}\": {}}}\n")
    told("use: [{blueprint: team, with: {name: SALES}}]", "team has no place in a blueprint",
         roles="parameters: {prefix: }\nbody: {team: {name: x}}\n")
    told("use: [{blueprint: team, with: {name: SALES}}]", "cannot be the name of a parameter",
         roles="parameters: {domain: , prefix: }\nbody: {}\n")
    # Doubling at each step ends at a bound.
    doubling = {f"b{i}": f"body:\n  use: [{{blueprint: b{i + 1}}}, {{blueprint: b{i + 1}}}]\n" for i in range(30)}
    told("use: [{blueprint: b0}]", "MESH1014", b30="body: {}\n", **doubling)


def main():
    binary = binary_of_command_line()
    checks = Checks()
    for scenario in (one_blueprint_many_domains, expanded_is_a_manifest, mistakes_are_told_in_both_files):
        with temporary() as folder:
            checks.scenario(scenario.__name__, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
