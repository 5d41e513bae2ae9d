#!/usr/bin/env python3
"""What SECURITY.md promises and no unit test shows: the built binary before servers and manifests that mean no good."""

import hashlib
import http.server
import json
import pathlib
import subprocess
import sys
import threading

import mesh_runner
from account import Account, ConnectedMesh
from mesh_runner import DONE, FAILED, REFUSED, USAGE, Checks, Mesh, binary_of_command_line, clean_environment, domain, one_domain
from mesh_runner import run_command, temporary
from served import Served, self_signed, speak_tls

TOKEN = "this-is-a-t0ken-nobody-may-see"
READING = {"bootstrap": (), "plan": (), "apply": ("--yes",), "drift": (), "show": (), "log": (), "sql": ("SELECT 1",)}


class Elsewhere:
    """An HTTP or HTTPS server that answers every request alike and keeps what it was asked."""

    def __init__(self, status, headers=None, body=None, certificate=None):
        self.seen = []
        elsewhere = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                elsewhere.seen.append(f"{self.command} {self.path}\n{self.headers}")
                content = json.dumps(body or {}).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", "Content-Length": str(len(content)), **(headers or {})}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = answer

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # a handshake that the client breaks off
        if certificate:
            speak_tls(self.server, certificate)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def connection(folder, port, protocol="http", host="127.0.0.1"):
    """The variables that lead to a connection `test` with a programmatic access token, on a port of this machine."""
    home = pathlib.Path(folder) / "home"
    home.mkdir(exist_ok=True)
    file = home / "connections.toml"
    file.write_text(f'[test]\naccount = "ACME-DEV"\nauthenticator = "PROGRAMMATIC_ACCESS_TOKEN"\ntoken = "{TOKEN}"\n'
                    f'host = "{host}"\nport = {port}\nprotocol = "{protocol}"\n', encoding="utf-8")
    file.chmod(0o600)
    return clean_environment(SNOWFLAKE_HOME=str(home))


def asked(binary, environment, *arguments):
    return run_command([str(binary), "--connection", "test", *arguments], expect=None, environment=environment)


def redirects_are_not_followed(checks, binary, folder):
    with Elsewhere(200) as other:
        for status in (301, 302, 303, 307, 308):
            with Elsewhere(status, {"Location": f"http://localhost:{other.port}/api/v2/statements"}) as first:
                run = asked(binary, connection(folder, first.port), "sql", "SELECT 1")
                checks.equal(run.code, FAILED, f"{status}: exit code")
                checks.that(first.seen, f"{status}: the server was asked")
                checks.that(TOKEN not in run.out + run.err, f"{status}: the token is not told", run)
        checks.equal(other.seen, [], "what a redirect names was never asked")


def a_status_url_leads_nowhere_else(checks, binary, folder):
    """The URL in an answer is the server's word; mesh asks its own host by the handle."""
    with Elsewhere(200) as other:
        there = f"http://127.0.0.1:{other.port}/api/v2/statements/x"
        body = {"code": "333334", "message": "Asynchronous execution in progress.", "statementHandle": "01aa-h", "statementStatusUrl": there}
        with Elsewhere(202, {"Location": there, "Link": f"<{there}>; rel=\"next\""}, body) as first:
            process = subprocess.Popen([str(binary), "--connection", "test", "sql", "SELECT 1"], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, env=connection(folder, first.port))
            try:
                process.wait(timeout=4)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            checks.that(any(seen.startswith("GET /api/v2/statements/01aa-h") for seen in first.seen), "it polled the server it asked",
                        first.seen)
        checks.equal(other.seen, [], "what the answer names was never asked")


def certificates_are_checked(checks, binary, folder):
    with Elsewhere(200, certificate=self_signed(folder)) as server:
        environment = connection(folder, server.port, "https", "localhost")
        run = asked(binary, environment, "sql", "SELECT 1")
        checks.equal(run.code, FAILED, "a certificate that nobody vouches for: exit code")
        checks.contains(run.err, "certificate", "it is said")
        checks.equal(server.seen, [], "the token was not sent")


def a_token_is_told_nowhere(checks, binary, folder):
    mesh = Mesh(binary, f"{folder}/mesh", "")
    mesh.write("mesh.yaml", {**mesh_runner.ONE_DOMAIN, "environments": {"dev": {"connection": "test"}}})
    domain(mesh, {"warehouses": {"T_WH": {"comment": "x"}}})
    refusals = {401: {"code": "390144", "message": "token is invalid"}, 422: {"code": "000606", "message": "no active warehouse"},
                403: {"code": "390201", "message": "not allowed"}}
    for status, body in refusals.items():
        with Elsewhere(status, body=body) as server:
            environment = connection(folder, server.port)
            for command, more in READING.items():
                run = run_command([str(binary), "-C", str(mesh.folder), "-v", command, *more], expect=None, environment=environment)
                checks.that(run.code != DONE and server.seen, f"{status} {command}: it was asked, and refused", run)
                checks.that(TOKEN not in run.out + run.err, f"{status} {command}: the token is not told", run)
            checks.that(all(TOKEN in seen for seen in server.seen), f"{status}: the server had it in every request")


def a_key_is_told_nowhere(checks, binary, folder):
    mesh = one_domain(binary, folder)
    domain(mesh, {"warehouses": {"T_WH": {"comment": "x"}}})
    shown = [mesh.run("-v", *arguments) for arguments in (("plan",), ("plan", "--format", "json"), ("plan", "--format", "markdown"),
             ("plan", "-o", f"{folder}/plan.json"), ("apply", "--yes"), ("drift",), ("log",), ("show", "--state", "-o", f"{folder}/state.json"))]
    key = [line for line in pathlib.Path(f"{folder}/account.db.key.p8").read_text(encoding="ascii").splitlines() if "-" not in line]
    checks.that(len(key) > 10, "the key has lines", key)
    kept = {name: (pathlib.Path(folder) / name).read_bytes() for name in ("plan.json", "state.json", "account.db")}
    kept["the output"] = "".join(run.out + run.err for run in shown).encode()
    for where, content in kept.items():
        checks.that(len(content) > 100, f"{where} holds something")
        found = [line for line in key if line.encode() in content]
        checks.equal(found, [], f"no line of the private key stands in {where}")
        checks.that(b"Bearer " not in content and b"eyJ" not in content, f"no token stands in {where}")


def served_mesh(binary, folder, served, mesh_file=None):
    account = Account("sandbox", clean_environment(SNOWFLAKE_HOME=str(served.home)))
    mesh = ConnectedMesh(binary, f"{folder}/mesh", account)
    mesh.write("mesh.yaml", mesh_file or mesh_runner.ONE_DOMAIN)
    domain(mesh, {})
    return mesh


HOSTILE = "x'; DROP DATABASE KEEP; --"
HOSTILE_NAME = 'T_"; DROP DATABASE KEEP; --'


def hostile(name):
    quoted = '"' + name.replace('"', '""') + '"'
    return {"databases": {quoted: {"comment": HOSTILE, "schemas": {'"S\'; DROP DATABASE KEEP; --"': {"tables": {
        '"T\\"': {"comment": "\\'; DROP DATABASE KEEP; --", "columns": {'"A"") ; DROP DATABASE KEEP; --"': {"type": "NUMBER", "comment": HOSTILE},
                  "B": {"type": "VARCHAR", "default": "'a''; DROP DATABASE KEEP; --'"}}}}}}}},
        "roles": {'"T_R\\"': {"comment": "*/ ; DROP DATABASE KEEP; /*", "granted_to": ["SYSADMIN"]}}}


def hostile_texts_stay_texts(checks, binary, folder):
    with Served(binary, f"{folder}/account.db", f"{folder}/home") as served:
        mesh = served_mesh(binary, folder, served)
        mesh.bootstrap()
        mesh.sql("CREATE DATABASE KEEP")
        domain(mesh, hostile(HOSTILE_NAME))
        plan = mesh.plan()
        before = len(mesh.to.proxy.statements)
        mesh.apply()
        sent = [s.sql for s in mesh.to.proxy.statements[before:] if not s.is_reading and not s.is_control]
        checks.equal(sorted(sent), sorted(mesh_runner.statements(plan)), "what runs is what was shown, statement by statement")
        checks.equal(mesh.plan()["changes"], [], "and it reads back as it was written")
        checks.that(HOSTILE_NAME in {row["name"] for row in mesh.sql("SHOW DATABASES")}, "the name is a name")
        checks.equal(len(mesh.sql("SHOW DATABASES LIKE 'KEEP'")), 1, "the other database stands")
        for fragment in ("1; DROP DATABASE KEEP", "1) ; DROP DATABASE KEEP; --", "1 -- x"):
            domain(mesh, {"databases": {"T_D": {"schemas": {"S": {"tables": {"T": {"columns": {"A": {"type": "NUMBER", "default": fragment}}}}}}}}})
            run = mesh.run("plan", expect=None)
            checks.equal(run.code, mesh_runner.VIOLATED if ";" in fragment else DONE, f"default: {fragment}")
        mesh.to.proxy.close()


def plan_only_reads(checks, binary, folder):
    """What a pull request's pipeline runs on manifests that nobody has reviewed, under a connection that may do all."""
    mesh_file = {**mesh_runner.ONE_DOMAIN, "environments": {"dev": {"connection": "sandbox", "plan_role": "PLANNER", "deploy_role": "SYSADMIN"}}}
    with Served(binary, f"{folder}/account.db", f"{folder}/home") as served:
        mesh = served_mesh(binary, folder, served, mesh_file)
        mesh.sql("CREATE ROLE PLANNER; GRANT ROLE PLANNER TO USER MESH; GRANT MANAGE GRANTS ON ACCOUNT TO ROLE PLANNER")
        mesh.bootstrap()
        content = hostile(HOSTILE_NAME)
        content["databases"]["T_VIEWS"] = {"schemas": {"S": {"views": {"V": {"query": "SELECT SYSTEM$CANCEL_ALL_QUERIES(1) AS A"}}}}}
        domain(mesh, content)
        begin = len(mesh.to.proxy.statements)
        for arguments in (("validate",), ("plan",), ("plan", "-v", "--format", "json"), ("plan", "--format", "markdown"), ("drift",),
                          ("show", "--state", "-o", f"{folder}/state.json"), ("log",)):
            mesh.run(*arguments)
        sent = mesh.to.proxy.statements[begin:]
        checks.that(len(sent) > 20, "plan, drift and show read", len(sent))
        checks.equal([s.sql for s in sent if not s.sql.startswith(("SHOW ", "DESCRIBE ", "DESC ", "SELECT "))], [], "they do nothing but read")
        checks.equal([s.sql for s in sent if "CANCEL_ALL_QUERIES" in s.sql], [], "no query of a manifest is run")
        # What is asked about the connection itself, and the names of roles, which every role sees.
        own = ("SELECT CURRENT_ROLE()", "SHOW PARAMETERS LIKE 'QUOTED_IDENTIFIERS_IGNORE_CASE'", "SHOW ROLES")
        # And what a role that would deploy holds: it alone is told all of it.
        asked_as_deployer = [s for s in sent if s.role == "SYSADMIN" and s.sql.startswith("SHOW GRANTS TO ROLE ")]
        others = {s.sql for s in sent if s.role != "PLANNER" and not s.sql.startswith(own) and s not in asked_as_deployer}
        checks.equal(sorted(others), [], "under the plan role")
        run = mesh.run("sql", "--role", "PLANNER", "CREATE DATABASE T_X", expect=None)
        checks.equal(run.code, FAILED, "which may not create anything")
        mesh.to.proxy.close()


def a_wrong_account_is_left_alone(checks, binary, folder):
    mesh_file = {**mesh_runner.ONE_DOMAIN, "environments": {"dev": {"connection": "sandbox", "account": "ACME-PROD"}}}
    with Served(binary, f"{folder}/account.db", f"{folder}/home") as served:
        mesh = served_mesh(binary, folder, served, mesh_file)
        domain(mesh, {"warehouses": {"T_WH": {"comment": "x"}}})
        for arguments in (("bootstrap", "--yes"), ("plan",), ("apply", "--yes"), ("drift",), ("unlock", "--yes")):
            begin = len(mesh.to.proxy.statements)
            run = mesh.run(*arguments, expect=None)
            checks.equal([s.sql for s in mesh.to.proxy.statements[begin:] if not s.is_reading], [], f"{arguments[0]}: nothing is run")
            checks.equal(run.code, REFUSED, f"{arguments[0]}: exit code")
        checks.contains(run.err, "ACME-PROD", "it says which account is meant")
        mesh.to.proxy.close()


def applied_hash(files):
    """As src/apply/applied.cpp writes it: of every path and text, length-prefixed."""
    whole = "".join(f"{len(path.encode())}:{path};{len(text.encode())}:{text};" for path, text in sorted(files.items()))
    return hashlib.sha256(whole.encode()).hexdigest()


def applied_texts_stay_in_their_folder(checks, binary, folder):
    """Whoever may write the APPLIED table may write any path there, with a digest that fits."""
    mesh = one_domain(binary, folder)
    domain(mesh, {"warehouses": {"T_WH": {"comment": "first"}}})
    mesh.apply()
    manifest = {"domain": "test", "team": {"name": "test", "email": "test@example.com"}, "warehouses": {"T_WH": {"comment": "forged"}}}
    texts = {"mesh.yaml": mesh.read("mesh.yaml"), "test/domain.yaml": json.dumps(manifest)}
    outside = pathlib.Path(folder) / "tmp"
    outside.mkdir()

    def forged(number, files):
        rows = ", ".join("(" + ", ".join("'" + str(value).replace("\\", "\\\\").replace("'", "''") + "'" for value in (
            f"run-{number}", "test", "dev", "test", applied_hash(files), path, 0, text)) + ")" for path, text in files.items())
        mesh.sql(f'INSERT INTO MESH.CONTROL.APPLIED ("RUN", "MESH", "ENVIRONMENT", "DOMAIN", "HASH", "PATH", "PART", "TEXT") VALUES {rows}')
        command = [str(binary), "-C", str(mesh.folder), *mesh.target(), "drift", "--format", "json"]
        return run_command(command, DONE, clean_environment(TMPDIR=str(outside)))

    run = forged(1, texts)
    checks.equal([c["diff"][0]["after"] for c in run.json()["changes"]], ["forged"], "a record that is whole is believed")
    for number, path in enumerate(("../escaped.yaml", "test/../../escaped.yaml", str(outside / "escaped.yaml")), 2):
        run = forged(number, texts | {path: "x"})
        checks.contains(run.err, "leads out of the mesh", f"{path}: it is said")
        checks.equal(list(pathlib.Path(folder).rglob("escaped*")), [], f"{path}: nothing was written")
    checks.equal(list(outside.iterdir()), [], "no folder is left behind")


def the_sandbox_listens_on_loopback_only(checks, binary, folder):
    for host in ("0.0.0.0", "[::]", "192.0.2.1", "example.com", ""):
        command = ["timeout", "5", str(binary), "sandbox", "serve", "--file", f"{folder}/a.db", "--listen", f"{host}:0"]
        run = run_command(command, expect=None)
        checks.equal(run.code, USAGE, f"--listen {host}:0")
        checks.contains(run.err, "loopback", f"--listen {host}:0")
    checks.that(not pathlib.Path(f"{folder}/a.db").exists(), "and makes no file")
    with Served(binary, f"{folder}/a.db", f"{folder}/home"):
        checks.equal((pathlib.Path(folder) / "a.db.key.p8").stat().st_mode & 0o777, 0o600, "its key is its owner's alone")


SCENARIOS = (redirects_are_not_followed, a_status_url_leads_nowhere_else, certificates_are_checked, a_token_is_told_nowhere,
             a_key_is_told_nowhere, hostile_texts_stay_texts, plan_only_reads, a_wrong_account_is_left_alone,
             applied_texts_stay_in_their_folder, the_sandbox_listens_on_loopback_only)


def main():
    checks = Checks()
    binary = binary_of_command_line()
    for scenario in SCENARIOS:
        with temporary() as folder:
            checks.scenario(scenario.__name__, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
