"""Statements sent straight to a served sandbox, under any role, thousands of them: no process for each.

The token is a key pair's (snowflake/sql-api.md 9), signed by openssl.
"""

import base64
import hashlib
import http.client
import json
import subprocess
import time


def _base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class StatementsApi:
    """`entry` are the lines of a connections.toml entry as `mesh sandbox serve` prints them."""

    def __init__(self, entry):
        keys = dict(line.split(" = ", 1) for line in entry.splitlines() if " = " in line)
        keys = {key: value.strip('"') for key, value in keys.items()}
        self.connection = http.client.HTTPConnection(keys["host"], int(keys["port"]), timeout=60)
        self.token = self._token(keys)

    @staticmethod
    def _token(keys):
        def openssl(*words, data=None):
            return subprocess.run(["openssl", *words], input=data, check=True, capture_output=True).stdout

        public = openssl("pkey", "-in", keys["private_key_file"], "-pubout", "-outform", "DER")
        who = f"{keys['account'].upper()}.{keys['user'].upper()}"
        print_of_key = base64.b64encode(hashlib.sha256(public).digest()).decode()
        now = int(time.time())
        claims = {"iss": f"{who}.SHA256:{print_of_key}", "sub": who, "iat": now, "exp": now + 3500}
        text = ".".join(_base64url(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT"}, claims))
        signature = openssl("dgst", "-sha256", "-sign", keys["private_key_file"], data=text.encode())
        return f"{text}.{_base64url(signature)}"

    def run(self, statement, role="ACCOUNTADMIN", warehouse="COMPUTE_WH"):
        """The answer's code and message; 090001 is success."""
        answer = self._answer(statement, role, warehouse)
        return answer.get("code"), answer.get("message", "")

    def rows(self, statement, role="ACCOUNTADMIN", warehouse="COMPUTE_WH"):
        """And the rows, as lists of texts and nulls."""
        answer = self._answer(statement, role, warehouse)
        return answer.get("code"), answer.get("message", ""), answer.get("data", [])

    def _answer(self, statement, role, warehouse):
        body = json.dumps({"statement": statement, "role": role, "warehouse": warehouse})
        self.connection.request("POST", "/api/v2/statements", body, {
            "Authorization": f"Bearer {self.token}", "X-Snowflake-Authorization-Token-Type": "KEYPAIR_JWT",
            "Content-Type": "application/json", "User-Agent": "mesh-tests/1", "Accept": "application/json"})
        return json.loads(self.connection.getresponse().read())
