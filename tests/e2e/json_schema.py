"""As much of JSON Schema as schemas/*.json use. An unknown keyword and an unlisted member are errors: a schema that does
not say what the output holds is wrong too."""

import json
import re

from mesh_runner import ROOT

TYPES = {"object": dict, "array": list, "string": str, "null": type(None), "boolean": bool}
WORDS = {"$schema", "$defs", "title", "description"}


def load(name):
    return json.loads((ROOT / "schemas" / name).read_text(encoding="utf-8"))


def problems(value, schema, root=None, where="$"):
    """What is wrong with the value, each as `place: what`."""
    root = root or schema
    found = []
    for word, rule in schema.items():
        if word in CHECKS:
            found += CHECKS[word](value, rule, schema, root, where)
        elif word not in WORDS:
            found.append(f"{where}: json_schema.py does not know '{word}'")
    return found


def _ref(value, rule, _, root, where):
    target = root
    for part in rule.removeprefix("#/").split("/"):
        target = target[part]
    return problems(value, target, root, where)


def _type(value, rule, _, __, where):
    def is_a(name):
        if name == "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        return isinstance(value, TYPES[name])
    return [] if any(is_a(n) for n in ([rule] if isinstance(rule, str) else rule)) else [f"{where}: {value!r} is no {rule}"]


def _properties(value, rule, _, root, where):
    if not isinstance(value, dict):
        return []
    found = [f"{where}: '{key}' is not in the schema" for key in value if key not in rule]
    for key in value:
        if key in rule:
            found += problems(value[key], rule[key], root, f"{where}.{key}")
    return found


def _items(value, rule, _, root, where):
    if not isinstance(value, list):
        return []
    return [p for i, item in enumerate(value) for p in problems(item, rule, root, f"{where}[{i}]")]


CHECKS = {
    "$ref": _ref, "type": _type, "properties": _properties, "items": _items,
    "required": lambda v, rule, *rest: [f"{rest[-1]}: '{k}' is missing" for k in rule if isinstance(v, dict) and k not in v],
    "enum": lambda v, rule, *rest: [] if v in rule else [f"{rest[-1]}: {v!r} is none of {rule}"],
    "pattern": lambda v, rule, *rest: [] if isinstance(v, str) and re.search(rule, v) else [f"{rest[-1]}: {v!r} is not like {rule}"],
}
