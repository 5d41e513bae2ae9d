"""`mesh sandbox serve` in a process of its own, and a proxy before it that sees every statement and can act between two.

The proxy is what a test stands on to say "after the third statement": it forwards a statement, notes how it ended, calls
the test, and only then lets the client have the answer.
"""

import http.client
import http.server
import json
import pathlib
import signal
import ssl
import subprocess
import threading
import zlib

from mesh_runner import Run, Wrong, clean_environment

READING = ("SELECT", "SHOW", "DESC", "WITH")


class Served:
    """The sandbox on a free port, and a folder with the connections.toml that leads to it."""

    def __init__(self, binary, account, home, *options):
        self.binary, self.home = binary, pathlib.Path(home)
        self.process = subprocess.Popen([str(binary), "sandbox", "serve", "--file", str(account), "--listen", "127.0.0.1:0", *options],
                                        stdout=subprocess.PIPE, text=True)
        first = self.process.stdout.readline()
        if not first.startswith("listening on http://"):
            raise Wrong(f"sandbox serve said {first!r}")
        self.port = int(first.rsplit(":", 1)[1])
        self.entry = "".join(iter(self.process.stdout.readline, "\n"))
        self.home.mkdir(parents=True, exist_ok=True)
        self.connect_through(self.port)

    def connect_through(self, port, host="127.0.0.1", protocol="http"):
        other = {"port": str(port), "host": f'"{host}"', "protocol": f'"{protocol}"'}
        keys = [(line, line.split(" = ")[0]) for line in self.entry.splitlines()]
        lines = [f"{key} = {other[key]}" if key in other else line for line, key in keys]
        file = self.home / "connections.toml"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        file.chmod(0o600)

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Statement:
    """One statement as it went through the proxy."""

    def __init__(self, sql, answer, role=None):
        self.sql, self.role = sql, role
        self.is_reading = sql.lstrip().upper().startswith(READING)
        self.is_control = '."CONTROL".' in sql
        self.done = answer.get("code") == "090001"
        self.answer = answer


STATEMENTS = "/api/v2/statements"


def self_signed(folder):
    """A file with a key and a certificate for localhost, which nobody vouches for."""
    file = f"{folder}/server.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost", "-keyout", file, "-out", file], check=True, capture_output=True)
    return file


def speak_tls(server, certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)


class Proxy:
    """Forwards to the sandbox, or with `secure` over TLS to an account. `after(statement)` runs once for each statement that
    changes something, before its answer goes back; `before(sql)` likewise before it is forwarded. With a `certificate` it
    is spoken to over TLS."""

    def __init__(self, port, host="127.0.0.1", secure=False, certificate=None):
        self.statements = []
        self.running = {}  # by its handle, what was answered with no more than one
        self.after = self.before = None
        self.lock = threading.Lock()
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            upstream = None

            def log_message(self, *_):
                pass

            def forward(self):
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length)
                if len(body) < length:
                    raise ConnectionError("killed while it sent")
                sql = role = None
                if self.command == "POST" and self.path.split("?")[0] == STATEMENTS:
                    sql, role = json.loads(body)["statement"], json.loads(body).get("role")
                    if proxy.before:
                        proxy.before(sql)
                if self.upstream is None:
                    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
                    self.upstream = kind(host, port, timeout=120)
                headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                self.upstream.request(self.command, self.path, body, headers)
                answer = self.upstream.getresponse()
                content = answer.read()
                if sql is None and self.command == "GET":
                    sql, role = proxy.running.get(self.path.removeprefix(STATEMENTS + "/"), (None, None))
                if sql is not None:
                    proxy.saw(sql, role, answer, content)
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def handle_one_request(self):
                try:
                    super().handle_one_request()
                except (ConnectionError, BrokenPipeError):
                    self.close_connection = True

            do_GET = do_POST = forward

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if certificate:
            speak_tls(self.server, certificate)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def saw(self, sql, role, answer, content):
        if answer.getheader("Content-Encoding") == "gzip":
            content = zlib.decompress(content, 31)
        try:
            parsed = json.loads(content)
        except ValueError:
            return  # a gateway's page, which the client repeats
        handle = parsed.get("statementHandle", "")
        if answer.status == 202:
            self.running[handle] = (sql, role)
            return
        self.running.pop(handle, None)
        statement = Statement(sql, parsed, role)
        with self.lock:
            self.statements.append(statement)
        if self.after and not statement.is_reading:
            self.after(statement)

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Client:
    """Runs the binary over a connection, in the foreground or beside the test. `environment` are the variables that lead to
    the connection; a Served's home alone is enough."""

    def __init__(self, binary, mesh_folder, home, connection="sandbox", environment=None):
        self.binary, self.mesh_folder, self.connection = binary, mesh_folder, connection
        self.environment = environment or clean_environment(SNOWFLAKE_HOME=str(home))

    def start(self, *arguments, **options):
        command = [str(self.binary), "-C", str(self.mesh_folder), "--connection", self.connection, *map(str, arguments)]
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        return subprocess.Popen(command, text=True, env=self.environment, **options)

    def run(self, *arguments, expect=0):
        return self.end(self.start(*arguments), expect)

    @staticmethod
    def end(process, expect=0):
        """Waits for what start() began. expect=None takes any exit code, -9 is a SIGKILL."""
        out, err = process.communicate(timeout=300)
        run = Run(process.args, subprocess.CompletedProcess(process.args, process.returncode, out, err))
        if expect is not None and run.code != expect:
            raise Wrong(f"exit {run.code}, expected {expect}\n{run}")
        return run

    def sql(self, statement):
        run = self.run("sql", "--format", "json", statement)
        return [json.loads(line) for line in run.out.splitlines() if line.startswith("[")][-1]
