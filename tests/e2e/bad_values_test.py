#!/usr/bin/env python3
"""Bad input for each kind: every property that takes certain words, true or false, or numbers within bounds gets another value,
and every kind a key that it does not have. One run tells all of it, each at its line with property, value and what is allowed.

    bad_values_test.py MESH_BINARY
"""

import json
import sys

from mesh_runner import ONE_DOMAIN, VIOLATED, Checks, Mesh, binary_of_command_line, temporary
from properties_test import BODY, KINDS, SHORT, placed, properties_of

NO_KEY = "commennt"


def forms(schema):
    return [form for one in schema.get("anyOf", [schema]) for form in ([one] if "anyOf" not in one else forms(one))]


def bad_value(name, schema):
    """A value that the property does not take, and what the message must then say is allowed; None: it takes any."""
    # Words, true and false stand beside free text where a name or something longer may be meant, too.
    is_free = any(f.get("type") == "array" or (f.get("type") == "string" and "pattern" not in f) for f in forms(schema))
    for form in forms(schema):
        if "enum" in form and not is_free:
            return f"NO_{name.upper()}", [str(word) for word in form["enum"]]
        if form.get("type") == "boolean" and not is_free:
            return f"perhaps_{name}", ["true", "false"]
        if "maximum" in form:
            return form["maximum"] + 1, [str(form["maximum"])]
        if "minimum" in form:
            return form["minimum"] - 1, [str(form["minimum"])]
    return None


def line_of(lines, object_name, key):
    """The line of an object's key, in a manifest that has one key a line."""
    at = next(i for i, line in enumerate(lines) if f'"{object_name}' in line)
    return next(i for i in range(at, len(lines)) if f'"{key}":' in lines[i]) + 1


def main():
    checks = Checks()
    with temporary() as folder:
        mesh = Mesh(binary_of_command_line(), f"{folder}/mesh", f"{folder}/account.db")
        mesh.write("mesh.yaml", ONE_DOMAIN)
        parts, expected = {kind: {} for kind in KINDS}, []
        for kind, about in KINDS.items():
            found = {name: bad_value(name, schema) for name, schema in properties_of(mesh, kind).items()}
            for number, (name, bad) in enumerate((n, b) for n, b in found.items() if b is not None):
                key = f"{SHORT[kind]}_BAD{number}_"
                parts[kind][key + about.key] = {**BODY[kind], name: bad[0]}
                expected.append((kind, key, name, str(bad[0]), bad[1]))
            key = f"{SHORT[kind]}_NO_KEY_"
            parts[kind][key + about.key] = {**BODY[kind], NO_KEY: "x"}
            expected.append((kind, key, NO_KEY, NO_KEY, ["comment"] if "comment" in found else []))
        parts["table"]["SOURCE"] = BODY["table"]
        manifest = {"domain": "test", "team": {"name": "test", "email": "test@example.com"}, **placed(parts)}
        text = json.dumps(manifest, indent=1)
        mesh.write("test/domain.yaml", text)
        findings = {}
        for finding in mesh.run("validate", "--format", "json", expect=VIOLATED).json()["findings"]:
            findings.setdefault(finding["source"]["line"], []).append(f"{finding['message']} {finding.get('help', '')}")
        lines = text.splitlines()
        for kind, key, name, value, allowed in expected:
            said = " ".join(findings.get(line_of(lines, key, name), []))
            missing = [part for part in [name, value, *allowed] if part.lower() not in said.lower()]
            checks.that(not missing, f"{kind}: {name}: {value} is not told with {missing}", said or "nothing is told there")
        print(f"{len(expected)} bad values of {len(KINDS)} kinds")
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
