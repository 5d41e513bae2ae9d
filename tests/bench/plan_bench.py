#!/usr/bin/env python3
"""What a plan costs: statements sent, wall time, own CPU, peak memory.

    cmake --preset release && cmake --build --preset release
    python3 tests/bench/plan_bench.py build/release/mesh

Makes a mesh of 1,000 tables, 200 views, 20 schemas in 4 databases and 40 roles, applies it to a sandbox, serves that sandbox over
HTTP with 100 ms a statement, and plans against it with 8 statements in flight: nothing to do, one table changed, everything new.
Counts are facts; times are this machine's. Exits 1 when the plan is not what it must be or more statements were sent than the limit.
"""
import argparse, json, os, shutil, subprocess, sys, tempfile, time

LIMIT = 150  # statements, for the full size


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def domain_text(name, databases, schemas, tables, views, roles, columns):
    up = name.upper()
    out = [f"domain: {name}", "team: {name: %s, email: %s@example.com}" % (name, name), "roles:"]
    for r in range(roles):
        out.append(f"  {up}_R{r}: {{comment: role {r}, granted_to: [{'SYSADMIN' if r == 0 else up + '_R0'}]}}")
    out.append("databases:")
    for d in range(databases):
        grants = ", ".join(f"{up}_R{r}: [USAGE]" for r in range(roles))
        out += [f"  {up}_D{d}:", f"    comment: database {d}", f"    grants: {{{grants}}}", "    schemas:"]
        for s in range(schemas):
            out += [f"      S{s}:", f"        grants: {{{grants}}}", "        tables:"]
            for t in range(tables):
                reader = f"{up}_R{1 + t % max(1, roles - 1)}"
                out += [f"          T{t}:", f"            comment: table {t}", "            columns:", "              ID: {type: NUMBER, nullable: false}"]
                out += [f"              C{c}: {('VARCHAR(100)', 'NUMBER(12,2)', 'TIMESTAMP_NTZ', 'BOOLEAN')[c % 4]}" for c in range(1, columns)]
                out += ["            primary_key: [ID]", f"            grants: {{{reader}: [SELECT], {up}_R0: [SELECT, INSERT, UPDATE, DELETE]}}"]
            out.append("        views:")
            for v in range(views):
                out += [f"          V{v}:", f"            query: SELECT ID, C1 FROM {up}_D{d}.S{s}.T{v % tables} WHERE C3",
                        f"            grants: {{{up}_R1: [SELECT]}}"]
    return "\n".join(out) + "\n"


def make_mesh(root, size):
    domains = ["alpha", "beta", "gamma", "delta"]
    write(f"{root}/mesh.yaml", "mesh: bench\ncontrol: {database: MESH, schema: CONTROL, warehouse: MESH_WH}\n"
          "environments: {dev: {connection: sandbox}}\ndomains:\n" + "".join(f"  {d}: {{path: domains/{d}}}\n" for d in domains))
    for d in domains:
        write(f"{root}/domains/{d}/domain.yaml", domain_text(d, 1, size["schemas"] // 4, size["tables"] // size["schemas"],
                                                             size["views"] // size["schemas"], size["roles"] // 4, size["columns"]))


def run(command, env=None, expect=(0,)):
    """Runs to the end; (stdout, wall s, own user+system s, peak MB)."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    out, err = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - start
    code = os.waitstatus_to_exitcode(status)
    if code not in expect:
        sys.exit(f"{' '.join(command)}\nexit {code}\n{out.decode()[-2000:]}\n{err.decode()[-2000:]}")
    return out.decode(), wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def serve(mesh, file, latency, home):
    process = subprocess.Popen([mesh, "sandbox", "serve", "--file", file, "--latency", str(latency)], stdout=subprocess.PIPE, text=True)
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if line == "\n" and len(lines) > 1:
            break
    toml = "\n".join(lines[1:])
    write(f"{home}/connections.toml", toml + "\n")
    os.chmod(f"{home}/connections.toml", 0o600)
    return process


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mesh")
    parser.add_argument("--small", action="store_true", help="a tenth of the size, no latency: for CI")
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    mesh = os.path.abspath(args.mesh)
    size = dict(tables=1000, views=200, schemas=20, roles=40, columns=12)
    latency = 100
    if args.small:
        size, latency = dict(tables=100, views=20, schemas=4, roles=8, columns=6), 0
    work = tempfile.mkdtemp(prefix="mesh-bench-")
    server = None
    try:
        make_mesh(work, size)
        file, home = f"{work}/bench.sandbox.db", f"{work}/home"
        base = [mesh, "-C", work, "-q", "--color", "never"]
        print(f"mesh of {size['tables']} tables, {size['views']} views, {size['schemas']} schemas, {size['roles']} roles; "
              f"{latency} ms a statement, 8 in flight\n")
        print(f"{'what':34}{'statements':>11}{'wall s':>9}{'own CPU s':>11}{'peak MB':>9}")

        def line(what, statements, wall, cpu, peak):
            print(f"{what:34}{statements:>11}{wall:>9.2f}{cpu:>11.2f}{peak:>9.0f}", flush=True)

        out, wall, cpu, peak = run(base + ["validate"])
        line("validate", "-", wall, cpu, peak)
        run(base + ["--sandbox", file, "bootstrap", "--yes"])
        out, wall, cpu, peak = run(base + ["--sandbox", file, "apply", "--yes"])
        line("apply to an empty account*", "-", wall, cpu, peak)

        server = serve(mesh, file, latency, home)
        env = dict(os.environ, SNOWFLAKE_HOME=home)
        failed = False

        def plan(what, expected_changes):
            nonlocal failed
            for _ in range(args.runs):
                out, wall, cpu, peak = run(base + ["--connection", "sandbox", "plan", "--format", "json"], env)
                document = json.loads(out)
                statements = document["reads"]["statements"]
                line(what, statements, wall, cpu, peak)
                if len(document["changes"]) != expected_changes:
                    print(f"  expected {expected_changes} changes, got {len(document['changes'])}: {[c['address'] for c in document['changes']][:5]}")
                    failed = True
                if statements > LIMIT:
                    print(f"  more than {LIMIT} statements")
                    failed = True

        plan("plan, nothing to do", 0)
        path = f"{work}/domains/alpha/domain.yaml"
        text = open(path).read()
        write(path, text.replace("comment: table 0\n", "comment: changed\n", 1))
        plan("plan, one table changed", 1)
        print("\n* sandbox in the same process, no latency: its CPU is included")
        sys.exit(1 if failed else 0)
    finally:
        if server:
            server.terminate()
            server.wait()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
