"""An account behind a connection of connections.toml, seen through the proxy, and what two accounts answered otherwise.

The proxy listens on loopback and forwards over TLS; the connection's host is overridden by variables, so its key and its
token stay where they are. A web proxy between here and Snowflake is not gone through.
"""

import pathlib
import re
import tomllib

from mesh_runner import Mesh, Wrong
from served import Client, Proxy


def entry_of(connection, environment):
    """The keys of one connection, from the file that mesh would read; a variable of the connection counts more."""
    home = pathlib.Path(environment.get("SNOWFLAKE_HOME") or "~/.snowflake").expanduser()
    if not home.is_dir():
        home = pathlib.Path(environment.get("XDG_CONFIG_HOME") or "~/.config").expanduser() / "snowflake"
    file = home / "connections.toml"
    if not file.is_file():
        raise Wrong(f"there is no {file}")
    entry = tomllib.loads(file.read_text(encoding="utf-8")).get(connection)
    if entry is None:
        raise Wrong(f"{file} has no connection '{connection}'")
    for key in ("account", "host", "port", "protocol", "region"):
        if variable := environment.get(f"SNOWFLAKE_CONNECTIONS_{connection.upper()}_{key.upper()}"):
            entry[key] = variable
    return entry


def host_of(entry):
    """As mesh has it: the account's name in lower case, - for _."""
    if entry.get("host"):
        return entry["host"]
    label = entry["account"].lower().replace("_", "-")
    if entry.get("region") and "." not in label and entry["region"] != "us-west-2":
        label += "." + entry["region"]
    return label + (".snowflakecomputing.cn" if ".cn-" in label else ".snowflakecomputing.com")


class Account:
    """What a connection of `environment` leads to, through a proxy that keeps every statement and its answer."""

    def __init__(self, connection, environment):
        entry = entry_of(connection, environment)
        secure = entry.get("protocol", "https") != "http"
        self.proxy = Proxy(int(entry.get("port", 443 if secure else 80)), host_of(entry), secure)
        self.connection = connection
        self.environment = {**environment, "NO_COLOR": "1"}
        for key, value in (("HOST", "127.0.0.1"), ("PORT", str(self.proxy.port)), ("PROTOCOL", "http")):
            self.override(key, value)

    def override(self, key, value):
        self.environment[f"SNOWFLAKE_CONNECTIONS_{self.connection.upper()}_{key}"] = value

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.proxy.close()


class ConnectedMesh(Mesh):
    """A mesh's folder and the account it is applied to."""

    def __init__(self, binary, folder, account):
        super().__init__(binary, folder, "")
        self.to = account

    def target(self):
        return ["--connection", self.to.connection]

    def surroundings(self):
        return self.to.environment

    def beside(self):
        """Runs the binary beside the test."""
        return Client(self.binary, self.folder, None, self.to.connection, self.to.environment)


# What differs from run to run: ids, digests, times.
CHANGING = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*")
CANCELLED = "000604"


def _key(statement):
    """What is changed by its whole text, what is read by its form, the ledger's own by its head."""
    if statement.is_control:
        return re.split(r"\bVALUES\b|'", statement.sql)[0].strip() + " …"
    if statement.is_reading:
        return re.sub(r"'(?:[^'\\]|\\.|'')*'", "'…'", re.sub(r'"(?:[^"]|"")+"(\."(?:[^"]|"")+")*', "…", statement.sql))
    return CHANGING.sub("(id)", statement.sql)


def _shown(statement):
    answer = statement.answer
    message = CHANGING.sub("(id)", answer.get("message", ""))
    columns = [column["name"] for column in answer.get("resultSetMetaData", {}).get("rowType", [])]
    rows = answer.get("data") or []
    if statement.done and not statement.is_reading and not statement.is_control and len(columns) == 1 and rows:
        message = rows[0][0]  # DDL tells in its one row what it did
    shown = f"{answer.get('code')} {message}"
    return f"{shown} [{', '.join(columns)}]" if statement.is_reading and columns else shown


def _answers(statements):
    found = {}
    for statement in statements:
        if statement.answer.get("code") != CANCELLED:
            found.setdefault(_key(statement), set()).add(_shown(statement))
    return found


def differences(account, sandbox):
    """[(statement, answers of the account alone, answers of the sandbox alone)] of what both were asked."""
    first, second = _answers(account), _answers(sandbox)
    return [(key, sorted(first[key] - second[key]), sorted(second[key] - first[key]))
            for key in first if key in second and first[key] != second[key]]
