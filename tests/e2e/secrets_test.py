#!/usr/bin/env python3
"""No secret in any output: plants keys, passphrases, tokens and passwords, makes mesh succeed and fail with them, and
searches stdout, stderr, plan files, the ledger and the audit for each of them, plain and in the usual encodings."""

import base64
import http.server
import os
import pathlib
import subprocess
import sys
import threading
import urllib.parse

from mesh_runner import ONE_DOMAIN, Checks, Mesh, Run, Wrong, binary_of_command_line, domain, temporary
from served import Served

PLANTED = {
    "token": "tok-SecretOfTheToken-0123456789abcdef",
    "password": "pa55-SecretOfThePassword",
    "passphrase": "pp-SecretOfThePassphrase",
    "proxy": "px-SecretOfTheProxy",
    "garbage": "SecretThatIsNoKeyAtAll0123456789",
}


def forms(secret):
    """How a secret may be told: as it is, in base64 (at any of three offsets, so without its ends), quoted for a URL."""
    raw = secret.encode()
    found = {secret, urllib.parse.quote(secret, safe="")}
    for shift in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            found.add(encode(b"x" * shift + raw).decode().rstrip("=")[4:-2])
    return {form for form in found if len(form) >= 10}


class Search:
    """What must not be told, and what was told."""

    def __init__(self, checks):
        self.checks, self.secrets, self.searched = checks, {}, 0
        for name, secret in PLANTED.items():
            self.add(name, secret)

    def add(self, name, secret):
        self.secrets.setdefault(name, set()).update(forms(secret))

    def add_key(self, file):
        for line in file.read_text(encoding="utf-8").splitlines():
            if len(line) >= 20 and not line.startswith("-----"):
                self.secrets.setdefault("private key", set()).add(line[:20])

    def text(self, where, text):
        self.searched += 1
        for name, known in self.secrets.items():
            told = sorted(form for form in known if form in text)
            self.checks.equal(told, [], f"{where} tells the {name}")

    def run(self, where, run):
        self.text(f"{where}: stdout", run.out)
        self.text(f"{where}: stderr", run.err)


class Unauthorized:
    """A server that lets nobody in, and keeps what came as Authorization."""

    def __init__(self):
        self.seen = []
        seen = self.seen

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def answer(self):
                seen.append(self.headers.get("Authorization", ""))
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                body = b'{"code": "390303", "message": "Invalid OAuth access token."}'
                self.send_response(401)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = answer

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


def run_with(binary, mesh, home, entry, *arguments, **variables):
    """One run over the connection whose lines are `entry`."""
    home.mkdir(parents=True, exist_ok=True)
    file = home / "connections.toml"
    file.write_text("[test]\n" + entry, encoding="utf-8")
    file.chmod(0o600)
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "SNOWFLAKE_HOME": str(home), "NO_COLOR": "1", **variables}
    command = [str(binary), "-C", str(mesh.folder), "--connection", "test", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, errors="backslashreplace", check=False, timeout=120,
                          stdin=subprocess.DEVNULL, env=environment)
    return Run(command, done)


def main_job(search, binary, mesh, folder):
    """A whole life over a served sandbox, told as loudly as mesh can."""
    home = folder / "home"
    with Served(binary, folder / "served.db", home) as served:
        entry = served.entry.split("\n", 1)[1]
        key = pathlib.Path(next(line.split('"')[1] for line in served.entry.splitlines() if "private_key_file" in line))
        search.add_key(key if key.is_absolute() else folder / key)
        entry += f'password = "{PLANTED["password"]}"\n'
        domain(mesh, {"databases": {"T_A": {"comment": "kept", "schemas": {"S": {"tables": {"T": {"columns": {"ID": "NUMBER"}}}}}}}})
        plan = folder / "saved.plan"
        for arguments in (("bootstrap", "--yes", "-v"), ("plan", "-v"), ("plan", "--format", "json", "-v"), ("plan", "--format", "markdown"),
                          ("plan", "-o", str(plan)), ("apply", str(plan), "--yes", "-v"), ("apply", "--yes", "--format", "json"),
                          ("log", "--format", "json"), ("drift", "-v"), ("sql", "-v", "SELECT * FROM NO.SUCH.TABLE")):
            run = run_with(binary, mesh, home / "job", entry, *arguments, SNOWFLAKE_PASSWORD=PLANTED["password"])
            if arguments[0] in ("bootstrap", "apply"):
                search.checks.that(run.code == 0, "the main job is done", run)
            search.run(f"main job, {' '.join(arguments[:2])}", run)
        search.text("the saved plan", plan.read_bytes().decode("utf-8", "replace"))
        tables = run_with(binary, mesh, home / "job", entry, "sql", "--format", "json", "SHOW TABLES IN SCHEMA MESH.CONTROL")
        names = [row["name"] for row in tables.json()]
        search.checks.that(len(names) >= 3, "the tables of control", tables)
        for name in names:
            rows = run_with(binary, mesh, home / "job", entry, "sql", "--format", "json", f'SELECT * FROM MESH.CONTROL."{name}"')
            search.checks.that(rows.code == 0, f"{name} can be read", rows)
            search.run(f"table {name}", rows)
        return key if key.is_absolute() else folder / key


def failures(search, binary, mesh, folder, key):
    """Every way in that does not lead in."""
    server = Unauthorized()
    garbage, encrypted = folder / "garbage.p8", folder / "encrypted.p8"
    garbage.write_text(f"-----BEGIN PRIVATE KEY-----\n{PLANTED['garbage']}\n-----END PRIVATE KEY-----\n", encoding="utf-8")
    subprocess.run(["openssl", "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-in", str(key), "-out", str(encrypted), "-passout",
                    f"pass:{PLANTED['passphrase']}"], check=True, capture_output=True)
    for file in (garbage, encrypted):
        file.chmod(0o600)
    common = f'account = "ACME-DEV"\nuser = "MESH"\nhost = "127.0.0.1"\nprotocol = "http"\npassword = "{PLANTED["password"]}"\n'
    token = f'token = "{PLANTED["token"]}"\n'
    ways = {
        "OAuth": 'authenticator = "OAUTH"\n' + token,
        "access token": 'authenticator = "PROGRAMMATIC_ACCESS_TOKEN"\n' + token,
        "key": f'authenticator = "SNOWFLAKE_JWT"\nprivate_key_file = "{key}"\n',
        "encrypted key": f'authenticator = "SNOWFLAKE_JWT"\nprivate_key_file = "{encrypted}"\n',
        "garbage key": f'authenticator = "SNOWFLAKE_JWT"\nprivate_key_file = "{garbage}"\n',
        "password": 'authenticator = "SNOWFLAKE"\n',
        "broken file": f'token = "{PLANTED["token"]}\npassword = {PLANTED["password"]}"\n',
        "wrong types": f'authenticator = "OAUTH"\ntoken = ["{PLANTED["token"]}"]\n',
    }
    ports = {"401": server.port, "nobody there": 1}
    for way, lines in ways.items():
        for place, port in ports.items():
            for passphrase in (PLANTED["passphrase"], PLANTED["passphrase"] + "-wrong"):
                if way != "encrypted key" and passphrase.endswith("-wrong"):
                    continue
                run = run_with(binary, mesh, folder / "home2", f"{common}port = {port}\n{lines}", "sql", "-v", "SELECT 1",
                               PRIVATE_KEY_PASSPHRASE=passphrase, SNOWFLAKE_PASSWORD=PLANTED["password"], MESH_RETRY_SECONDS="1")
                search.checks.that(run.code in (1, 64), f"{way}, {place}: fails", run)
                search.checks.that(len(run.err) > 20, f"{way}, {place}: says why", run)
                for seen in set(server.seen):
                    for piece in seen.removeprefix("Bearer ").split("."):
                        if len(piece) > 40:
                            search.secrets.setdefault("login token sent", set()).add(piece[10:34])
                search.run(f"{way}, {place}", run)
    search.checks.that(any(s.count(".") == 2 for s in server.seen), "a signed token reached the server", server.seen)
    search.checks.that(any(PLANTED["token"] in s for s in server.seen), "the planted token reached the server", server.seen)
    proxied = run_with(binary, mesh, folder / "home3", common.replace("127.0.0.1", "acme-dev.snowflakecomputing.com").replace("http", "https") + ways["OAuth"],
                       "sql", "-v", "SELECT 1", HTTPS_PROXY=f"http://user:{PLANTED['proxy']}@127.0.0.1:1", https_proxy=f"http://user:{PLANTED['proxy']}@127.0.0.1:1")
    search.checks.that(proxied.code == 1, "a proxy that is not there", proxied)
    search.run("proxy", proxied)


def search_finds(checks):
    """The search itself: what it is to find, it finds."""
    probe = Checks()
    for text in (PLANTED["token"], base64.b64encode(b"user:" + PLANTED["token"].encode()).decode()):
        before = len(probe.failed)
        Search(probe).text("probe", f"… {text} …")
        checks.that(len(probe.failed) > before, f"the search finds {text}")


def main():
    checks = Checks()
    binary = binary_of_command_line()
    search_finds(checks)
    with temporary() as root:
        folder = pathlib.Path(root)
        mesh = Mesh(binary, folder / "mesh", folder / "account.db")
        mesh.write("mesh.yaml", ONE_DOMAIN)
        domain(mesh, {})
        search = Search(checks)
        try:
            key = main_job(search, binary, mesh, folder)
            failures(search, binary, mesh, folder, key)
        except Wrong as wrong:
            checks.that(False, str(wrong))
        print(f"{search.searched} texts searched for {sum(map(len, search.secrets.values()))} forms of secrets")
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
