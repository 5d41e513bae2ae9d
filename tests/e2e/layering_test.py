#!/usr/bin/env python3
"""The layers of CMakeLists.txt, read from the include lines.

With one shared include/ folder an upward include still compiles; this test is what fails. It also holds each
third-party header to the layers that may meet it. (The built binary is passed by CMake and not needed.)
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# What each layer may include beside itself: its neighbours to the left, and theirs.
BELOW = {
    "base": [],
    "diag": ["base"],
    "ident": ["diag"],
    "model": ["ident"],
    "yaml": ["model"],
    "sql": ["model"],
    "kinds": ["sql", "yaml"],
    "manifest": ["kinds"],
    "live": ["kinds"],
    "diff": ["kinds"],
    "check": ["diff"],
    "plan": ["check"],
    "render": ["plan"],
    "snowflake": ["kinds"],
    "apply": ["plan"],
    "sandbox": ["base"],
    "cli": ["manifest", "live", "render", "snowflake", "apply", "sandbox"],
}

# First part of a third-party include: the layers that may meet it.
THIRD_PARTY = {
    "fmt": set(BELOW),
    "yaml-cpp": {"yaml", "sandbox"},
    "curl": {"snowflake"},
    "toml++": {"snowflake"},
    "openssl": {"base", "snowflake", "sandbox"},
    "nlohmann": {"snowflake", "render", "sandbox"},
    "sqlite3.h": {"sandbox"},
    "httplib.h": {"sandbox"},
    "zlib.h": {"snowflake", "sandbox"},
    "CLI": {"cli"},
}

# Headers of POSIX; those of C++ have neither a dot nor a folder.
POSIX = re.compile(r"^(sys|netinet|arpa)/|^(unistd|fcntl|signal|poll|termios|spawn|pwd|netdb|strings|time|langinfo)\.h$")

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


def closure(layer):
    seen, todo = set(), [layer]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += BELOW[name]
    return seen


def wrong_include(layer, public, quoted, angled, folder):
    """Why this include breaks the layers, or None."""
    if quoted is not None:
        parts = quoted.split("/")
        if parts[0] != "mesh":
            found = folder is None or (folder / quoted).is_file()
            return None if found and not public else f'"{quoted}" is no header of its own layer'
        if len(parts) < 3 or parts[1] not in BELOW:
            return f'"{quoted}" names no layer'
        return None if parts[1] in closure(layer) else f"{layer} must not know {parts[1]}"
    first = angled.split("/")[0]
    if first in THIRD_PARTY:
        if layer not in THIRD_PARTY[first]:
            return f"<{angled}> belongs to {', '.join(sorted(THIRD_PARTY[first]))}"
        return f"<{angled}> in a public header" if public and first != "fmt" else None
    standard = "/" not in angled and "." not in angled
    return None if standard or POSIX.search(angled) else f"<{angled}> is unknown: list it in {pathlib.Path(__file__).name}"


def layer_of(path):
    parts = path.relative_to(ROOT).parts
    if parts[0] == "include":
        return parts[2], True
    return ("cli" if parts == ("src", "main.cpp") else parts[1]), False


def violations():
    count, wrong = 0, []
    files = [f for top in ("src", "include") for f in sorted((ROOT / top).rglob("*")) if f.suffix in (".cpp", ".hpp")]
    for path in files:
        layer, public = layer_of(path)
        if layer not in BELOW:
            wrong.append(f"{path.relative_to(ROOT)}: '{layer}' is no layer")
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            count += 1
            why = wrong_include(layer, public, match[1], match[2], path.parent)
            if why:
                wrong.append(f"{path.relative_to(ROOT)}:{number}: {why}")
    return count, wrong


def differs_from_cmake():
    """The picture above and the link lines must be the same thing."""
    text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    wrong, seen = [], set()
    for name, arguments in re.findall(r"mesh_layer\((\w+)([^)]*)\)", text):
        seen.add(name)
        linked = sorted(re.findall(r"\bmesh_(\w+)", arguments))
        if name not in BELOW or linked != sorted(BELOW[name]):
            wrong.append(f"CMakeLists.txt: {name} links {linked}, the picture says {sorted(BELOW.get(name, []))}")
    return wrong + [f"CMakeLists.txt: layer {name} is missing" for name in BELOW if name not in seen]


def check_that_it_can_fail():
    assert wrong_include("diff", False, "mesh/render/render.hpp", None, None), "upward"
    assert wrong_include("sandbox", False, "mesh/model/state.hpp", None, None), "sandbox knows base only"
    assert wrong_include("plan", False, None, "nlohmann/json.hpp", None), "third party"
    assert wrong_include("render", True, None, "nlohmann/json.hpp", None), "heavy header in public"
    assert wrong_include("base", False, None, "boost/any.hpp", None), "unknown library"
    assert wrong_include("cli", False, "mesh/sandbox/server.hpp", None, None) is None
    assert wrong_include("render", False, None, "nlohmann/json.hpp", None) is None
    assert wrong_include("base", False, None, "string_view", None) is None


def main():
    check_that_it_can_fail()
    count, wrong = violations()
    wrong += differs_from_cmake()
    for line in wrong:
        print(line)
    print(f"{count} include lines read, {len(wrong)} break the layers")
    return 1 if wrong or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
