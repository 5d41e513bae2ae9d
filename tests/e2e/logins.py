"""A served sandbox and the users that log in to it, each with a key of its own and with what it was granted, no more.

A mesh that `mesh bootstrap` sets up is tried with the users it made: they log in as a pipeline would, only with a key
pair instead of an OIDC token, since nobody signs one here.
"""

import subprocess

from mesh_runner import Mesh, clean_environment
from served import Served


class UserMesh(Mesh):
    """A mesh's folder, seen through one user's connection."""

    def __init__(self, binary, folder, home, connection):
        super().__init__(binary, folder, "")
        self.home, self.connection = home, connection

    def target(self):
        return ["--connection", self.connection]

    def surroundings(self):
        return clean_environment(SNOWFLAKE_HOME=str(self.home))


class Logins:
    """The sandbox of a folder. `admin` is its user MESH, with ACCOUNTADMIN."""

    def __init__(self, binary, folder, mesh_folder):
        self.binary, self.mesh_folder = binary, mesh_folder
        self.served = Served(binary, f"{folder}/account.db", f"{folder}/home")
        self.home = self.served.home
        self.admin = UserMesh(binary, mesh_folder, self.home, "sandbox")

    def user(self, name, role=None):
        """A connection of that user, who must be there: its key is made and given to it; `role` is the connection's."""
        key = self.home / f"{name}.p8"
        made = ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", str(key)]
        subprocess.run(made, check=True, capture_output=True)
        key.chmod(0o600)
        told = subprocess.run(["openssl", "pkey", "-in", str(key), "-pubout"], check=True, capture_output=True, text=True).stdout
        public = "".join(line for line in told.splitlines() if not line.startswith("-----"))
        self.admin.sql(f"ALTER USER {name} SET RSA_PUBLIC_KEY = '{public}'")
        lines = [f"[{name}]"]
        for line in self.served.entry.splitlines()[1:]:
            setting = line.split(" = ")[0]
            if setting in ("account", "authenticator", "host", "port", "protocol"):
                lines.append(line)
        lines += [f'user = "{name}"', f'private_key_file = "{key}"'] + ([f'role = "{role}"'] if role else [])
        file = self.home / "connections.toml"
        file.write_text(file.read_text(encoding="utf-8") + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
        return UserMesh(self.binary, self.mesh_folder, self.home, name)

    def close(self):
        self.served.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
