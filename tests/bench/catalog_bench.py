#!/usr/bin/env python3
"""How long a large catalogue takes, and how large it is: catalog_bench.py MESH_BINARY [PORTS] [COLUMNS]."""

import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from mesh_runner import Mesh


def large(binary, folder, ports, columns):
    """A mesh with so many ports, of so many columns each."""
    mesh = Mesh(binary, f"{folder}/large", f"{folder}/large.db")
    mesh.write("mesh.yaml", {"mesh": "large", "api": "mesh/v1", "environments": {"dev": {"connection": "x"}},
                             "domains": {f"d{n}": {"path": f"d{n}"} for n in range(20)}})
    for n in range(20):
        tables, products, roles = {}, {}, {}
        for k in range(n, ports, 20):
            words = ["AMOUNT", "CUSTOMER", "REGION", "CREATED", "STATUS"]
            names = [f"{words[c % 5]}_{c}" for c in range(columns)]
            tables[f"T{k}"] = {"columns": {name: {"type": "VARCHAR", "comment": f"What {name} says"} for name in names}}
            roles[f"R{k}"] = {}
            products[f"product{k}"] = {"version": "1.0.0", "description": f"Product number {k}",
                                       "ports": {f"product{k}": {"objects": [f"table D{n}.S.T{k}"], "reader": f"D{n}.R{k}"}}}
        mesh.write(f"d{n}/domain.yaml", {"domain": f"d{n}", "team": {"name": f"team{n}", "email": f"t{n}@acme.example"},
                                         "databases": {f"D{n}": {"database_roles": roles, "schemas": {"S": {"tables": tables}}}},
                                         "products": products})
    return mesh


def main():
    ports, columns = (int(sys.argv[i]) if len(sys.argv) > i else default for i, default in ((2, 2000), (3, 20)))
    with tempfile.TemporaryDirectory() as folder:
        mesh = large(pathlib.Path(sys.argv[1]).resolve(), folder, ports, columns)
        site = pathlib.Path(folder) / "site"
        for command in (["validate"], ["graph"], ["catalog", "-o", str(site)]):
            begin = time.monotonic()
            mesh.run(*command)
            print(f"{command[0]:10} {time.monotonic() - begin:6.2f} s")
        files = [path for path in site.rglob("*") if path.is_file()]
        print(f"{len(files)} files; index.js {(site / 'index.js').stat().st_size} bytes, "
              f"index.html {(site / 'index.html').stat().st_size}, the largest page "
              f"{max(path.stat().st_size for path in files if path.suffix == '.html')}")


if __name__ == "__main__":
    main()
