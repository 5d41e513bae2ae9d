#!/usr/bin/env python3
"""What goes wrong with a connection gives one message that names cause and way out, exit 1, and never a secret: against
`mesh sandbox serve`, and against small servers that answer as Snowflake does where the sandbox has no such login."""

import contextlib
import http.server
import json
import os
import pathlib
import socket
import subprocess
import sys
import threading

from mesh_runner import DONE, FAILED, Checks, binary_of_command_line, clean_environment, temporary
from served import Client, Served

ONE_ROW = {
    "resultSetMetaData": {"numRows": 1, "format": "jsonv2", "partitionInfo": [{"rowCount": 1}],
                          "rowType": [{"name": "V", "type": "text", "nullable": True}]},
    "data": [["1"]], "code": "090001", "sqlState": "00000", "statementHandle": "01aa-1", "message": "Statement executed successfully.",
}
SECRET = "s3cr3t-t0ken"


class Server:
    """Answers every request with what `answer(handler)` returns: a status and a JSON value or a text."""

    def __init__(self, answer):
        seen = self.seen = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def reply(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                seen.append(self)
                status, body = answer(self)
                content = (body if isinstance(body, str) else json.dumps(body)).encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/html" if isinstance(body, str) else "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = reply

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def connection(home, port, **keys):
    """A home whose connection `c` leads to that port of this machine."""
    keys = {"account": "ACME-DEV", "host": "127.0.0.1", "port": port, "protocol": "http"} | keys
    home = pathlib.Path(home)
    home.mkdir(parents=True, exist_ok=True)
    file = home / "connections.toml"
    file.write_text("[c]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items()), encoding="utf-8")
    file.chmod(0o600)
    return home


def run(binary, home, *arguments, name="c", expect=FAILED, **variables):
    environment = clean_environment(SNOWFLAKE_HOME=str(home), **variables)
    return Client(binary, home, home, name, environment).run(*arguments, expect=expect)


def one_message(checks, what, failed, *words, secrets=(SECRET,)):
    """One error, on stderr, with these words, and none of the secrets."""
    checks.equal(failed.out, "", f"{what}: nothing on stdout")
    checks.equal(failed.err.count("error: "), 1, f"{what}: one error\n{failed.err}")
    for word in words:
        checks.contains(failed.err, word, what)
    checks.equal([s for s in secrets if s in failed.out + failed.err], [], f"{what}: no secret is told")


def on_sandbox(checks, binary, folder):
    folder = pathlib.Path(folder)
    with Served(binary, folder / "account.db", folder / "home") as served:
        key = pathlib.Path(folder / "account.db.key.p8").read_text(encoding="utf-8").split("\n")[1]

        def wrong(what, statement, *words, **keys):
            variables = {f"SNOWFLAKE_CONNECTIONS_SANDBOX_{k.upper()}": v for k, v in keys.items()}
            failed = run(binary, served.home, "sql", statement, name="sandbox", **variables)
            one_message(checks, what, failed, *words, secrets=(key, "eyJ"))

        def sql(statement, **variables):
            return run(binary, served.home, "sql", statement, name="sandbox", expect=DONE, **variables)

        sql("CREATE ROLE POOR; GRANT ROLE POOR TO USER MESH")
        wrong("wrong user", "SELECT 1", "390144", "JWT token is invalid", "LOGIN_NAME ('NOBODY')", "RSA_PUBLIC_KEY_FP", user="NOBODY")
        wrong("wrong account", "SELECT 1", "390144", "the account ('OTHER')", account="OTHER")
        wrong("a role that is not there", "SELECT 1", "390189", "'NOPE'", "name another role in the connection", role="NOPE")
        wrong("a role without privileges", "CREATE DATABASE D", "003001", "POOR must have CREATE DATABASE granted on ACCOUNT",
              "have the privilege granted", role="POOR")
        wrong("somebody's key", "SELECT 1", "390144", "RSA_PUBLIC_KEY_FP", private_key_file=str(other_key(folder)))
        wrong("a locked key", "SELECT 1", "is encrypted", "PRIVATE_KEY_PASSPHRASE", private_key_file=str(locked_key(folder)))
        failed = run(binary, served.home, "sql", "SELECT 1", name="sandbox", PRIVATE_KEY_PASSPHRASE="wr0ng-words",
                     SNOWFLAKE_CONNECTIONS_SANDBOX_PRIVATE_KEY_FILE=str(locked_key(folder)))
        one_message(checks, "a wrong passphrase", failed, "cannot be decrypted with the passphrase given", secrets=("wr0ng-words", key))

        public = openssl("rsa", "-in", folder / "locked.p8", "-passin", "pass:c0rrect", "-pubout").split("-----")[2].replace("\n", "")
        sql(f"CREATE USER LOCKED RSA_PUBLIC_KEY = '{public}'")
        answer = sql("SELECT CURRENT_USER()", PRIVATE_KEY_PASSPHRASE="c0rrect", SNOWFLAKE_CONNECTIONS_SANDBOX_USER="LOCKED",
                     SNOWFLAKE_CONNECTIONS_SANDBOX_ROLE="PUBLIC", SNOWFLAKE_CONNECTIONS_SANDBOX_PRIVATE_KEY_FILE=str(folder / "locked.p8"))
        checks.contains(answer.out, "LOCKED", "with its passphrase the locked key logs in")


def openssl(*arguments):
    return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=True).stdout


def other_key(folder):
    file = folder / "other.p8"
    openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", file)
    file.chmod(0o600)
    return file


def locked_key(folder):
    file = folder / "locked.p8"
    if not file.exists():
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-aes-256-cbc", "-pass", "pass:c0rrect", "-out", file)
        file.chmod(0o600)
    return file


def refused(checks, binary, folder):
    """What Snowflake answers in codes and texts of sql-api.md 8 and 10, one message each."""
    token = {"token": SECRET}
    oauth, pat = {"authenticator": "OAUTH", **token}, {"authenticator": "PROGRAMMATIC_ACCESS_TOKEN", **token}
    no_warehouse = ("No active warehouse selected in the current session.  Select an active warehouse with the "
                    "'use warehouse' command.")
    ungranted = "Role 'R' specified in the connect string is not granted to this user, or is not permitted for the credentials being used."
    cases = [
        ("an expired OAuth token", oauth, 401, {"code": "390318", "message": "OAuth access token expired."}, ("390318", "expired", "make a new one")),
        ("an invalid OAuth token", oauth, 401, {"code": "390303", "message": "Invalid OAuth access token."}, ("390303", "make a new one")),
        ("an expired access token", pat, 401, {"code": "394400", "message": "Programmatic access token is invalid."}, ("394400", "make a new one")),
        ("a role that is not granted", pat, 400, {"code": "390186", "message": ungranted}, ("390186", "'R'", "grant the role to the user, or name another role")),
        ("a network policy", pat, 401, {"code": "390422", "message": "Incoming request with IP/Token 192.0.2.1 is not allowed to access Snowflake."},
         ("192.0.2.1", "a network policy keeps this address out")),
        ("no warehouse", pat, 422, {"code": "000606", "sqlState": "57P03", "message": no_warehouse, "statementHandle": "01aa-1"},
         ("No active warehouse", "set a warehouse in the connection")),
        ("no such account", pat, 404, "<html>not found</html>", ("HTTP 404", "no such account", "'account' and 'host'")),
        ("a redirect", pat, 302, "<html>moved</html>", ("HTTP 302", "redirects are refused", "name the right host")),
    ]
    for number, (what, keys, status, body, words) in enumerate(cases):
        with Server(lambda _, status=status, body=body: (status, body)) as server:
            home = connection(pathlib.Path(folder) / str(number), server.port, **keys)
            one_message(checks, what, run(binary, home, "sql", "SELECT 1"), *words)
            checks.equal(len(server.seen), 1, f"{what}: asked once")
            checks.equal(server.seen[0].headers["Authorization"], f"Bearer {SECRET}", f"{what}: the token went along")


def unreachable(checks, binary, folder):
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as held:
        port = held.getsockname()[1]
    home = connection(folder, port, authenticator="OAUTH", token=SECRET)
    failed = run(binary, home, "sql", "SELECT 1", MESH_TIME_SCALE="0.01")
    one_message(checks, "nobody listens", failed, "no connection to the server", "'account' and 'host'", "network and proxy")
    failed = run(binary, home, "sql", "SELECT 1", MESH_TIME_SCALE="0.01", SNOWFLAKE_CONNECTIONS_C_HOST="acme.invalid",
                 SNOWFLAKE_CONNECTIONS_C_PROTOCOL="https")
    one_message(checks, "no such host", failed, "no connection to the server", "acme.invalid", "'account' and 'host'")


def not_made(checks, binary, folder):
    """What is refused before anything is sent."""
    with Server(lambda _: (200, ONE_ROW)) as server:
        cases = [
            ("a password", {"user": "U", "password": SECRET, "authenticator": "snowflake"}, ("password", "the SQL API does not take", "SNOWFLAKE_JWT")),
            ("a browser", {"user": "U", "authenticator": "externalbrowser"}, ("browser", "PROGRAMMATIC_ACCESS_TOKEN")),
            ("no login", {"user": "U"}, ("'authenticator' is missing", "private_key_file")),
            ("plain http elsewhere", {"host": "example.com", "authenticator": "OAUTH", "token": SECRET}, ("loopback hosts only", "in the clear")),
            ("another cloud's identity", {"authenticator": "WORKLOAD_IDENTITY", "workload_identity_provider": "AZURE"}, ("AZURE", "token_file_path")),
        ]
        for number, (what, keys, words) in enumerate(cases):
            home = connection(pathlib.Path(folder) / str(number), server.port, **keys)
            one_message(checks, what, run(binary, home, "sql", "SELECT 1"), *words)
        home = connection(pathlib.Path(folder) / "open", server.port, authenticator="OAUTH", token=SECRET)
        (home / "connections.toml").chmod(0o666)
        one_message(checks, "a file that others may write", run(binary, home, "sql", "SELECT 1"), "can be written by others", "chmod 600")
        (home / "connections.toml").chmod(0o600)
        one_message(checks, "another name", run(binary, home, "sql", "SELECT 1", name="b"), "there is no connection 'b'", "has: c")
        checks.equal(len(server.seen), 0, "none of them sent anything")


def workload_identity(checks, binary, folder):
    """A job of GitHub Actions, by variables alone."""
    home = pathlib.Path(folder)
    with Server(lambda _: (200, ONE_ROW)) as snowflake, Server(lambda _: (200, {"value": "a.b.c"})) as github:
        job = {f"SNOWFLAKE_CONNECTIONS_SHOP_PROD_{k}": v for k, v in {
            "ACCOUNT": "SHOP-PROD", "USER": "MESH_PLAN", "AUTHENTICATOR": "WORKLOAD_IDENTITY", "WORKLOAD_IDENTITY_PROVIDER": "OIDC",
            "HOST": "127.0.0.1", "PORT": str(snowflake.port), "PROTOCOL": "http"}.items()} | {"GITHUB_ACTIONS": "true"}
        failed = run(binary, home, "sql", "SELECT 1", name="shop_prod", ACTIONS_ID_TOKEN_REQUEST_URL="", **job)
        one_message(checks, "a job without id-token", failed, "may not ask for an identity token", "id-token: write")
        job |= {"ACTIONS_ID_TOKEN_REQUEST_URL": f"http://127.0.0.1:{github.port}/t?api-version=2.0", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": SECRET}
        done = run(binary, home, "sql", "--format", "json", "SELECT 1", name="shop_prod", expect=DONE, **job)
        checks.equal(done.out.strip(), '[{"V":"1"}]', "the statement runs")
        checks.equal(github.seen[0].path, "/t?api-version=2.0&audience=snowflakecomputing.com", "GitHub is asked for Snowflake's audience")
        checks.equal(github.seen[0].headers["Authorization"], f"Bearer {SECRET}", "with the runner's own token")
        sent = snowflake.seen[0].headers
        checks.equal(sent["Authorization"], "Bearer WIF.OIDC.a.b.c", "Snowflake gets the identity token")
        checks.equal(sent["X-Snowflake-Authorization-Token-Type"], "WORKLOAD_IDENTITY_FEDERATION", "and its kind")
        checks.that(SECRET not in done.out + done.err, "no secret is told")


def main():
    binary = binary_of_command_line()
    checks = Checks()
    os.environ.pop("GITHUB_ACTIONS", None)
    for scenario in (on_sandbox, refused, unreachable, not_made, workload_identity):
        with temporary() as folder:
            checks.scenario(scenario.__name__, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
