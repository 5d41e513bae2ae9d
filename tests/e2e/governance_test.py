#!/usr/bin/env python3
"""Governance over examples/shop: an overlay of one team tags, masks and filters the objects of every domain, and what each
of the six domains tries against it is refused or healed. What people read in between is asked of the sandbox, as each role."""

import json
import shutil
import sys

from mesh_runner import CHANGES, REFUSED, ROOT, VIOLATED, Checks, Mesh, Wrong, binary_of_command_line, failures, temporary

ENVIRONMENT = "prod"  # protected: what is dropped has a tombstone


class Domain:
    """A domain's table with a COUNTRY and with a column of persons, whose tag the masks follow. `keys`: its columns that
    may not be NULL, as SQL of a number."""

    def __init__(self, name, table, column, keys):
        self.name, self.table, self.column, self.keys = name, table, column, keys
        self.database, self.schema, self.last = table.split(".")
        self.path = f"domains/{name}/{self.schema.lower()}.yaml"
        self.main = f"domains/{name}/domain.yaml"
        self.analyst = f"{self.database}_ANALYST"
        self.deployer = f"{self.database}_DEPLOY"
        self.warehouse = f"{self.database}_WH"
        self.mask = f"masking policy GOVERNANCE.POLICIES.MASK_TEXT on column {table}.{column}"
        self.filter = f"row access policy GOVERNANCE.POLICIES.HOME_ONLY on table {table}"
        self.tag = f"tag GOVERNANCE.TAGS.PII on column {table}.{column}"
        self.contact = f"contact GOVERNANCE.TAGS.PRIVACY for SECURITY_COMPLIANCE on database {self.database}"
        self.metric = f"data metric function SNOWFLAKE.CORE.NULL_COUNT(COUNTRY) on table {table}"
        self.upkeep = f"tag GOVERNANCE.TAGS.LOOKED_AFTER_BY on warehouse {self.warehouse}"

    def insert(self):
        rows = [(1, "'Ada'", "'DE'"), (2, "'Bob'", "'FR'")]
        values = ", ".join(f"({', '.join(key.format(n) for key in self.keys.values())}, {who}, {land})" for n, who, land in rows)
        return f"INSERT INTO {self.table} ({', '.join(self.keys)}, {self.column}, COUNTRY) VALUES {values}"

    def block(self, mesh):
        """The lines of the manifest that declare the table."""
        text = mesh.read(self.path)
        start = text.index(f"          {self.last}:\n")
        rest = text[start + 1:].splitlines(keepends=True)
        length = next((i for i, line in enumerate(rest) if i > 0 and line[:11].strip() and not line.startswith(" " * 11)), len(rest))
        return " " + "".join(rest[:length])

    def line_of_column(self, mesh):
        block = self.block(mesh)
        return block[block.index(f"              {self.column}: "):].splitlines()[0]


DOMAINS = [
    Domain("catalog", "CATALOG.CORE.SUPPLIERS", "CONTACT_NAME", {"SUPPLIER_ID": "{}", "SUPPLIER_NO": "'{}'"}),
    Domain("checkout", "CHECKOUT.CORE.ORDER_ADDRESSES", "RECIPIENT", {"ORDER_ID": "{}", "KIND": "'{}'"}),
    Domain("controlling", "CONTROLLING.CORE.DEBTORS", "NAME", {"DEBTOR_ID": "{}", "DEBTOR_NO": "'{}'"}),
    Domain("customer", "CUSTOMER.CORE.ADDRESSES", "STREET", {"PERSON_ID": "{}", "ADDRESS_NO": "{}"}),
    Domain("fulfilment", "FULFILMENT.CORE.SHIPMENTS", "RECIPIENT", {"SHIPMENT_ID": "{}", "SHIPMENT_NO": "'{}'"}),
    Domain("marketing", "MARKETING.RAW.LEADS", "FULL_NAME", {"LEAD_ID": "'{}'", "LOADED_AT": "'2026-01-0{}'"}),
]
FILTERED = "".join(f"  - {{row_access_policy: GOVERNANCE.POLICIES.HOME_ONLY, on: [COUNTRY], to: {d.to}}}\n"
                   for d in DOMAINS for d.to in [f"tables in schema {d.database}.{d.schema} named {d.last}"])
OVERLAY = f"""
databases:
  GOVERNANCE:
    schemas:
      TAGS:
        tag_definitions: {{LOOKED_AFTER_BY: {{comment: Whom to ask about it}}}}
        contact_definitions: {{PRIVACY: {{email_distribution_list: privacy@example.com}}}}
      POLICIES:
        masking_policies:
          # Anybody may put it on, as they do where governance is an afterthought.
          MASK_NOTHING:
            signature: {{V: VARCHAR}}
            returns: VARCHAR
            body: V
            grants: {{{", ".join(f"{d.deployer}: [APPLY]" for d in DOMAINS)}}}
        row_access_policies:
          HOME_ONLY: {{signature: {{LAND: VARCHAR}}, body: IS_DATABASE_ROLE_IN_SESSION('PII_READ') OR LAND = 'DE'}}
apply:
  - {{tags: {{GOVERNANCE.TAGS.PII: email}}, to: columns named *EMAIL}}
  - {{tags: {{GOVERNANCE.TAGS.LOOKED_AFTER_BY: platform}}, to: warehouses named *_WH}}
  - {{set: {{data_retention_time_in_days: 7}}, to: databases}}
  - {{set: {{statement_timeout_in_seconds: 3600}}, to: warehouses named *_WH}}
  - {{contacts: {{SECURITY_COMPLIANCE: GOVERNANCE.TAGS.PRIVACY}}, to: databases}}
  - {{data_metrics: [{{function: SNOWFLAKE.CORE.NULL_COUNT, expectations: {{ALL: VALUE = 0}}}}], to: columns named COUNTRY}}
{FILTERED}"""
# The analysts of each domain read its table, as they would ask for it; and there is a view on it.
ASKED = """
databases: {{{0.database}: {{schemas: {{{0.schema}: {{views: {{PEOPLE: {{comment: Who there is, query: SELECT {0.column} AS WHO FROM {0.table},
  columns: {{WHO: {{tags: {{GOVERNANCE.TAGS.PII: name}}}}}}}}}}}}}}}}}}
grants:
  - {{to: role {0.analyst}, privileges: [USAGE], on: schema {0.database}.{0.schema}}}
  - {{to: role {0.analyst}, privileges: [SELECT], on: table {0.table}}}
"""
CLEAR = [("Ada", "DE"), ("Bob", "FR")]
SHOWN = [("***", "DE")]


def governed_shop(binary, folder):
    shutil.copytree(ROOT / "examples/shop", f"{folder}/shop")
    mesh = Mesh(binary, f"{folder}/shop", f"{folder}/account.db", ENVIRONMENT)
    mesh.write("governance/overlay.yaml", OVERLAY)
    for domain in DOMAINS:
        mesh.write(f"domains/{domain.name}/asked.yaml", ASKED.format(domain))
    mesh.bootstrap()
    return mesh


def sql(mesh, role, statement):
    """The rows of one statement under a role; an administrator's hand, where it is ACCOUNTADMIN's."""
    run = mesh.run("sql", "--role", role, "--format", "json", statement)
    return json.loads(run.out.splitlines()[0])


def read_as(mesh, role, domain):
    rows = sql(mesh, role, f"SELECT {domain.column} AS WHO, COUNTRY FROM {domain.table} ORDER BY 2")
    return [(r["WHO"], r["COUNTRY"]) for r in rows]


def lines(changes):
    return {(c["action"], c["address"]) for c in changes}


def all_protected(checks, mesh, why):
    for domain in DOMAINS:
        checks.equal(read_as(mesh, domain.analyst, domain), SHOWN, f"{domain.name}'s analysts see it masked and filtered: {why}")


def check_overlay(checks, mesh):
    plan = mesh.plan()
    checks.equal([f for f in plan["findings"] if f["level"] == "error"] + plan["refused"], [], "the overlay is found good")
    for domain in DOMAINS:
        table = next(c for c in plan["changes"] if c["address"] == f"table {domain.table}")
        checks.equal(len(table["statements"]), 1, f"what is applied stands in the CREATE of {domain.table}")
        for part in ('MASKING POLICY "GOVERNANCE"."POLICIES"."MASK_TEXT"', 'ROW ACCESS POLICY "GOVERNANCE"."POLICIES"."HOME_ONLY"'):
            checks.contains(table["statements"][0]["sql"], part, f"the CREATE of {domain.table}")
        checks.contains(table["reason"], "governance applies", "and the plan says whose it is")
    applied = mesh.apply(expect=None)
    checks.that(applied.code == 0, "it is applied", failures(applied))
    checks.equal(mesh.plan()["changes"], [], "and then there is nothing to do")
    for domain in DOMAINS:
        sql(mesh, domain.deployer, domain.insert())
        checks.equal(read_as(mesh, f"{domain.database}_PIPELINE" if domain.name != "marketing" else "MARKETING_DBT", domain),
                     CLEAR if domain.name != "marketing" else SHOWN, f"who holds PII_READ of {domain.name} sees it as it is")
        tagged = sql(mesh, "ACCOUNTADMIN", "SELECT SYSTEM$GET_TAG('GOVERNANCE.TAGS.LOOKED_AFTER_BY', "
                                           f"'{domain.warehouse}', 'WAREHOUSE') AS T")
        checks.equal(tagged, [{"T": "platform"}], f"{domain.name}'s warehouse is tagged as well")
        shown = mesh.run("show", f"table {domain.table}").out
        checks.contains(shown, f"{domain.mask}, applied by governance (governance/personal_data.yaml:", "mesh show tells where it is from")
        checks.contains(mesh.run("-d", domain.name, "expand").out, f"# applied by governance: {domain.mask}", "so does mesh expand")
    all_protected(checks, mesh, "as applied")


# What a domain writes to be rid of it. Each returns the files as the domain would have them.
def edited(mesh, path, old, new):
    text = mesh.read(path)
    if old not in text:
        raise Wrong(f"'{old}' does not stand in {path}")
    return {path: text.replace(old, new, 1)}


def column_becomes(line):
    """`{tags}` stands for the tags as they are."""
    def edit(mesh, domain):
        old = domain.line_of_column(mesh)
        tags = old[old.index("tags: "):old.index("}", old.index("tags: ")) + 1]
        return edited(mesh, domain.path, old, "              " + line.format(d=domain, tags=tags))
    return edit


def main_file(old, new):
    return lambda mesh, domain: edited(mesh, domain.main, old.format(d=domain), new.format(d=domain))


def adds(text):
    return lambda mesh, domain: {f"domains/{domain.name}/evade.yaml": text.format(d=domain)}


def a_filter_of_its_own(mesh, domain):
    policy = (f"        row_access_policies: {{ALL_ROWS: {{signature: {{LAND: VARCHAR}}, body: 'TRUE'}}}}\n        tables:\n")
    schema = mesh.read(domain.path).index(f"      {domain.schema}:\n")
    text = mesh.read(domain.path)
    text = text[:schema] + text[schema:].replace("        tables:\n", policy, 1)
    filtered = f"          {domain.last}:\n            row_access_policy: {{policy: {domain.database}.{domain.schema}.ALL_ROWS, on: [COUNTRY]}}\n"
    return {domain.path: text.replace(f"          {domain.last}:\n", filtered, 1)}


def another_name(mesh, domain):
    """Of the table, wherever the mesh speaks of it."""
    files = {}
    for path in sorted((mesh.folder / "domains").rglob("*.yaml")):
        name = str(path.relative_to(mesh.folder))
        text = mesh.read(name)
        if name == domain.path:
            text = text.replace(f"          {domain.last}:\n", f"          RENAMED:\n            renamed_from: {domain.last}\n", 1)
        text = text.replace(domain.table, f"{domain.database}.{domain.schema}.RENAMED")
        if text != mesh.read(name):
            files[name] = text
    return files


def another_schema(mesh, domain):
    files = another_name(mesh, domain)
    block = domain.block(mesh).replace(f"          {domain.last}:\n", f"          MOVED:\n            renamed_from: {domain.table}\n", 1)
    files[domain.path] = mesh.read(domain.path).replace(domain.block(mesh), "", 1)
    target = "RAW" if domain.schema == "CORE" else "CORE"
    for name in files:
        files[name] = files[name].replace(f"{domain.database}.{domain.schema}.RENAMED", f"{domain.database}.{target}.MOVED")
    head = f"databases:\n  {domain.database}:\n    schemas:\n      {target}:\n        tables:\n"
    files[f"domains/{domain.name}/evade.yaml"] = head + block
    return files


# And what it is told: the code or rule, and where it must lead.
REFUSED_LINES = [
    ("another mask", column_becomes("{d.column}: {{type: VARCHAR(200), {tags}, masking_policy: GOVERNANCE.POLICIES.MASK_NOTHING}}"),
     "MESH1422", "domain governance applies masking policy GOVERNANCE.POLICIES.MASK_TEXT there"),
    ("a filter of its own", a_filter_of_its_own, "MESH1422", "domain governance applies row access policy GOVERNANCE.POLICIES.HOME_ONLY there"),
    ("another tag", main_file("    warehouse_size:", "    tags: {{GOVERNANCE.TAGS.LOOKED_AFTER_BY: nobody}}\n    warehouse_size:"),
     "MESH1422", "domain governance applies tag GOVERNANCE.TAGS.LOOKED_AFTER_BY = platform there"),
    ("another contact", main_file("    data_retention_time_in_days: ", "    contacts: {{SECURITY_COMPLIANCE: GOVERNANCE.TAGS.NOBODY}}\n"
                                          "    data_retention_time_in_days: "),
     "MESH1422", "domain governance applies contact GOVERNANCE.TAGS.PRIVACY there"),
    ("less history", main_file("data_retention_time_in_days: ${{days}}", "data_retention_time_in_days: 1"), "MESH1422", "domain governance sets it to 7"),
    ("none of its business", main_file("data_retention_time_in_days: ${{days}}", "ignore_changes: [data_retention_time_in_days]"),
     "MESH1422", "domain governance sets it to 7"),
    ("lines of its own", adds("apply: [{{release: [GOVERNANCE.TAGS.PII], to: columns in table {d.table}}}]\n"), "MESH1420", "ask domain governance"),
    ("rules of its own", adds("rules: {{pii-must-be-masked: 'off'}}\n"), "MESH1601", "does not govern"),
    ("a waiver for itself", adds("waivers: [{{rule: pii-must-be-masked, address: 'column {d.table}.{d.column}', reason: ours, approver: us, expires: 2099-12-31}}]\n"),
     "MESH1601", "does not govern"),
    ("the policy's body", adds("databases: {{GOVERNANCE: {{schemas: {{POLICIES: {{masking_policies: {{MASK_{d.database}: {{signature: {{V: VARCHAR}}, "
                               "returns: VARCHAR, body: V}}}}}}}}}}}}\n"), "MESH1405", "belongs to domain governance"),
    ("the end of the policy", adds("removed: [{{object: masking policy GOVERNANCE.POLICIES.MASK_TEXT, action: drop}}]\n"), "MESH1405", "to remove"),
    ("a view beside it", adds("databases: {{{d.database}: {{schemas: {{{d.schema}: {{views: {{BESIDE: {{query: 'SELECT {d.column} AS WHO FROM {d.table}'}}}}}}}}}}}}\n"),
     "derived-columns-keep-their-class", "bears no such tag"),
]
def another_warehouse(mesh, domain):
    """One that the line does not select, under a name of the domain's choice."""
    return edited(mesh, domain.main, f"  {domain.warehouse}:\n", f"  {domain.database}_AT_ALL_TIMES:\n    renamed_from: {domain.warehouse}\n")


REFUSED_PLANS = [
    ("no tag", column_becomes("{d.column}: VARCHAR(200)"), lambda d: d.tag),
    ("another value", column_becomes("{d.column}: {{type: VARCHAR(200), tags: {{GOVERNANCE.TAGS.PII: iban}}}}"), lambda d: d.tag),
    ("another name of the column", column_becomes("RENAMED: {{renamed_from: {d.column}, type: VARCHAR(200)}}"),
     lambda d: f"tag GOVERNANCE.TAGS.PII on column {d.table}.RENAMED"),
    ("another name of the table", another_name, lambda d: f"row access policy GOVERNANCE.POLICIES.HOME_ONLY on table {d.database}.{d.schema}.RENAMED"),
    ("another name of the warehouse", another_warehouse, lambda d: [f"tag GOVERNANCE.TAGS.LOOKED_AFTER_BY on warehouse {d.database}_AT_ALL_TIMES", f"warehouse {d.database}_AT_ALL_TIMES"]),
    ("another schema", another_schema,
     lambda d: f"row access policy GOVERNANCE.POLICIES.HOME_ONLY on table {d.database}.{'RAW' if d.schema == 'CORE' else 'CORE'}.MOVED"),
]


def view_without_its_tag(mesh, domain):
    """Another query makes the view anew, and CREATE OR REPLACE leaves off what it does not name."""
    files = edited(mesh, f"domains/{domain.name}/asked.yaml", "query: SELECT ", "query: SELECT DISTINCT ")
    return {path: text.replace(",\n  columns: {WHO: {tags: {GOVERNANCE.TAGS.PII: name}}}", "") for path, text in files.items()}


class Tried:
    """The manifests while every domain has its files so; then as they were."""

    def __init__(self, mesh, edit):
        self.mesh = mesh
        self.files = {}
        for domain in DOMAINS:
            self.files.update(edit(mesh, domain))

    def __enter__(self):
        self.before = {path: self.mesh.read(path) if (self.mesh.folder / path).exists() else None for path in self.files}
        for path, text in self.files.items():
            self.mesh.write(path, text)

    def __exit__(self, *_):
        for path, text in self.before.items():
            if text is None:
                (self.mesh.folder / path).unlink()
            else:
                self.mesh.write(path, text)


def check_refused_lines(checks, mesh):
    for what, edit, code, words in REFUSED_LINES:
        with Tried(mesh, edit):
            run = mesh.run("validate", "--format", "json", expect=None)
        checks.equal(run.code, VIOLATED, f"{what}: refused")
        for domain in DOMAINS:
            told = [f for f in run.json()["findings"] if f["rule"] == code and f["source"]["file"].startswith(f"domains/{domain.name}/")]
            if checks.equal(len(told), 1, f"{domain.name}, {what}: told once\n{run.out}"):
                checks.contains(told[0]["message"] + told[0].get("help", ""), words, f"{domain.name}, {what}")
    mesh.run("validate")


def check_refused_plans(checks, mesh):
    for what, edit, refused in REFUSED_PLANS:
        with Tried(mesh, edit):
            plan = mesh.plan()
            expected = [a for d in DOMAINS for a in ([refused(d)] if isinstance(refused(d), str) else refused(d))]
            checks.equal(sorted((r["code"], r["address"]) for r in plan["refused"]), sorted(("MESH2040", a) for a in expected),
                         f"{what}: what governance relies on or applies stays")
            mesh.apply(expect=REFUSED)
        all_protected(checks, mesh, what)
    checks.equal(mesh.plan()["changes"], [], "nothing came of it")


def apply_each(checks, mesh, why):
    """Each domain's own pipeline."""
    for domain in DOMAINS:
        applied = mesh.apply("-d", domain.name, expect=None)
        checks.that(applied.code == 0, f"{domain.name} applies: {why}", failures(applied))


def check_view_made_anew(checks, mesh):
    with Tried(mesh, view_without_its_tag):
        plan = mesh.plan(expect=VIOLATED)
        checks.equal(sorted((r["code"], r["address"]) for r in plan["refused"]),
                     sorted(("MESH2040", f"tag GOVERNANCE.TAGS.PII on column {d.database}.{d.schema}.PEOPLE.WHO") for d in DOMAINS),
                     "a view that is made anew keeps its tag")
    checks.equal(mesh.plan()["changes"], [], "as it was")


def check_left_to_another_tool(checks, mesh):
    """manage: [grants] leaves a table's structure to dbt, say; what governance applies stays."""
    def left(mesh, domain):
        return edited(mesh, domain.path, f"          {domain.last}:\n", f"          {domain.last}:\n            manage: [grants]\n")

    with Tried(mesh, left):
        for domain in DOMAINS:
            sql(mesh, "ACCOUNTADMIN", f"ALTER TABLE {domain.table} MODIFY COLUMN {domain.column} UNSET MASKING POLICY")
        checks.equal(lines(mesh.plan()["changes"]), {("set", d.mask) for d in DOMAINS} | {("update", f"table {d.table}") for d in DOMAINS},
                     "set again all the same, beside the note that the table is another tool's now")
        apply_each(checks, mesh, "left to another tool")
        all_protected(checks, mesh, "left to another tool")
    mesh.apply()


def check_forgotten(checks, mesh):
    """A domain may stop to manage a table; what protects it stays on it, and is there when it is declared again."""
    customer = next(d for d in DOMAINS if d.name == "customer")
    gone = edited(mesh, customer.path, customer.block(mesh), "")
    gone["domains/customer/asked.yaml"] = (f"removed: [{{object: table {customer.table}, action: forget}}, "
                                           "{object: view CUSTOMER.CORE.PEOPLE, action: forget}]\n")
    before = {path: mesh.read(path) for path in gone}
    for path, text in gone.items():
        mesh.write(path, text)
    applied = mesh.apply(expect=None)
    checks.that(applied.code == 0, "a table is forgotten", failures(applied))
    all_protected(checks, mesh, "forgotten")
    for path, text in before.items():
        mesh.write(path, text)
    applied = mesh.apply(expect=None)
    checks.that(applied.code == 0, "and found again", failures(applied))
    checks.equal(mesh.plan()["changes"], [], "with nothing missing")
    all_protected(checks, mesh, "found again")


# What an administrator, or a domain's own role, does in the account; what drift says of it; whether governance applies it there.
BY_HAND = [
    ("ALTER TABLE {d.table} MODIFY COLUMN {d.column} UNSET MASKING POLICY", lambda d: d.mask, "set", True),
    ("ALTER TABLE {d.table} DROP ROW ACCESS POLICY GOVERNANCE.POLICIES.HOME_ONLY", lambda d: d.filter, "set", True),
    ("ALTER TABLE {d.table} MODIFY COLUMN {d.column} SET MASKING POLICY GOVERNANCE.POLICIES.MASK_NOTHING FORCE", lambda d: d.mask, "set", True),
    ("ALTER TABLE {d.table} MODIFY COLUMN {d.column} UNSET TAG GOVERNANCE.TAGS.PII", lambda d: d.tag, "set", False),
    ("ALTER TABLE {d.table} MODIFY COLUMN {d.column} SET TAG GOVERNANCE.TAGS.PII = 'iban'", lambda d: d.tag, "set", False),
    ("ALTER WAREHOUSE {d.warehouse} UNSET TAG GOVERNANCE.TAGS.LOOKED_AFTER_BY", lambda d: d.upkeep, "set", True),
    ("ALTER DATABASE {d.database} UNSET CONTACT SECURITY_COMPLIANCE", lambda d: d.contact, "set", True),
    ("ALTER TABLE {d.table} DROP DATA METRIC FUNCTION SNOWFLAKE.CORE.NULL_COUNT ON (COUNTRY)", lambda d: d.metric, "set", True),
    ("ALTER DATABASE {d.database} SET DATA_RETENTION_TIME_IN_DAYS = 0", lambda d: f"database {d.database}", "update", True),
]


def drifted(checks, mesh, why):
    """What drift finds; 3 where a rule of the shop is broken in the account, too."""
    run = mesh.run("drift", "--format", "json", "--detailed-exitcode", expect=None)
    told = run.json()
    is_error = any(f["level"] == "error" for f in told["findings"])
    checks.equal(run.code, VIOLATED if is_error else CHANGES, f"drift is not silent: {why}")
    return told


def check_healing(checks, mesh):
    """What is taken off by hand is found by drift, named, and put back."""
    for by_hand, address, action, applied_there in BY_HAND:
        for domain in DOMAINS:
            sql(mesh, "ACCOUNTADMIN", by_hand.format(d=domain))
        drift = drifted(checks, mesh, by_hand)
        checks.equal(lines(drift["changes"]), {(action, address(d)) for d in DOMAINS}, f"drift names what was done: {by_hand}")
        for change in drift["changes"]:
            if applied_there:
                checks.contains(change["reason"], "applied by governance", f"and whose it is: {by_hand}")
        checks.equal(sorted(c["domain"] for c in drift["changes"]), [d.name for d in DOMAINS], "each change is the owner's")
        if "UNSET MASKING" in by_hand:
            apply_each(checks, mesh, by_hand)
        else:
            applied = mesh.apply(expect=None)
            checks.that(applied.code == 0, f"healed: {by_hand}", failures(applied))
        all_protected(checks, mesh, by_hand)
    checks.equal(mesh.plan()["changes"], [], "nothing is left")


def check_policy_by_hand(checks, mesh):
    sql(mesh, "ACCOUNTADMIN", "ALTER MASKING POLICY GOVERNANCE.POLICIES.MASK_TEXT SET BODY -> V")
    checks.equal(read_as(mesh, DOMAINS[0].analyst, DOMAINS[0]), [("Ada", "DE")], "a policy's body by hand opens all that it masks")
    drift = drifted(checks, mesh, "a body by hand")
    checks.equal([(c["address"], c["domain"]) for c in drift["changes"]], [("masking policy GOVERNANCE.POLICIES.MASK_TEXT", "governance")],
                 "drift names it")
    applied = mesh.apply("-d", "governance", expect=None)
    checks.that(applied.code == 0, "governance heals it", failures(applied))
    all_protected(checks, mesh, "the body is as declared")


def check_new_columns(checks, mesh):
    """A column that the lines select by its name is born tagged and masked."""
    def with_another(mesh, domain):
        line = domain.line_of_column(mesh)
        return edited(mesh, domain.path, line, line + "\n              BACKUP_EMAIL: VARCHAR(320)")

    kept = Tried(mesh, with_another)
    kept.__enter__()
    plan = mesh.plan()
    checks.equal({c["address"] for c in plan["changes"]}, {f"table {d.table}" for d in DOMAINS}, "a new column is the table's change alone")
    for domain in DOMAINS:
        change = next(c for c in plan["changes"] if c["address"] == f"table {domain.table}")
        added = next((s["sql"] for s in change["statements"] if "BACKUP_EMAIL" in s["sql"]), "")
        checks.contains(added, 'MASKING POLICY "GOVERNANCE"."POLICIES"."MASK_EMAIL"', f"{domain.name}'s is born masked")
        checks.contains(added, '"GOVERNANCE"."TAGS"."PII" = \'email\'', "and tagged")
    mesh.apply()
    checks.equal(mesh.plan()["changes"], [], "nothing is left behind a new column")


def check_other_name_with_its_tag(checks, mesh):
    """Nobody is kept from calling a column otherwise: what is on it goes with it."""
    domain = DOMAINS[0]
    good = mesh.read(domain.path)
    line = domain.line_of_column(mesh)
    mesh.replace(domain.path, line, line.replace(f"{domain.column}: {{", f"CALLED_NOW: {{renamed_from: {domain.column}, "))
    plan = mesh.plan()
    checks.equal([(c["action"], c["address"]) for c in plan["changes"]], [("update", f"table {domain.table}")], "one change: the name")
    checks.equal(plan["refused"], [], "which is no loss of protection")
    applied = mesh.apply(expect=None)
    checks.that(applied.code == 0, "it is called otherwise", failures(applied))
    rows = sql(mesh, domain.analyst, f"SELECT CALLED_NOW AS WHO, COUNTRY FROM {domain.table}")
    checks.equal([(r["WHO"], r["COUNTRY"]) for r in rows], SHOWN, "and masked as before")
    checks.equal(mesh.plan()["changes"], [], "with nothing left to do")
    mesh.write(domain.path, mesh.read(domain.path).replace(f"renamed_from: {domain.column}, ", ""))
    mesh.replace(domain.path, "tags: {GOVERNANCE.TAGS.PII: name}}", "comment: Nobody's business}")
    refused = [(r["code"], r["address"]) for r in mesh.plan()["refused"]]
    checks.equal(refused, [("MESH2040", f"tag GOVERNANCE.TAGS.PII on column {domain.table}.CALLED_NOW")], "the ledger knows it by its new name")
    mesh.write(domain.path, good.replace(f"{domain.column}: {{", f"{domain.column}: {{renamed_from: CALLED_NOW, "))
    mesh.apply()
    mesh.write(domain.path, good)
    checks.equal(mesh.plan()["changes"], [], "and back")


def check_readers(checks, mesh):
    """Who reads a classified column unmasked, before and after: by the role that its policy asks for."""
    domain = next(d for d in DOMAINS if d.name == "customer")
    column = f"column {domain.table}.{domain.column}"
    told = mesh.run("access", "who-can", "SELECT", column, "--format", "json").json()["columns"]
    by_role = {c["who"]: (c["reading"], c["rows"]) for c in told}
    for who, expected in (("CUSTOMER_ANALYST", ("masked", "filtered")), ("CUSTOMER_PIPELINE", ("clear", "all")),
                          ("CONTROLLING_ANALYST", ("denied", "none"))):
        checks.equal(by_role.get(f"role {who}"), expected, f"mesh access tells how {who} reads it")
    before = sum(1 for who, (reading, _) in by_role.items() if reading == "clear" and who.startswith("role CUSTOMER_"))
    good = mesh.read(domain.main)
    mesh.replace(domain.main, "unmasked, granted_to: [CUSTOMER_PIPELINE]", "unmasked, granted_to: [CUSTOMER_PIPELINE, CUSTOMER_ANALYST]")
    found = [r for r in mesh.plan()["readers"] if r["column"] == column]
    checks.equal(found, [{"column": column, "before": before, "after": before + 1, "gained": ["role CUSTOMER_ANALYST"], "lost": []}],
                 "the plan counts who reads it unmasked")
    words = f"readers of {domain.table}.{domain.column} unmasked: {before} → {before + 1}"
    checks.contains(mesh.run("plan").out, words, "so does its text")
    markdown = mesh.run("plan", "--format", "markdown").out
    checks.contains(markdown, f"<summary>⚠️ {words}</summary>", "and its Markdown")
    checks.contains(markdown, "- ➕ `role CUSTOMER_ANALYST`", "with the list behind a fold")
    mesh.write(domain.main, good)


def check_released(checks, mesh):
    """What governance lets go, a domain may take off."""
    domain = next(d for d in DOMAINS if d.name == "marketing")
    good = mesh.read(domain.path)
    for what, edit, release in (
            ("a tag", column_becomes("{d.column}: VARCHAR(200)"), f"{{release: [GOVERNANCE.TAGS.PII], to: columns in table {domain.table} named {domain.column}}}"),
            ("a filter", another_name, f"{{release: [GOVERNANCE.POLICIES.HOME_ONLY], to: tables in schema {domain.database}.{domain.schema} named RENAMED}}")):
        files = edit(mesh, domain)
        before = {path: mesh.read(path) for path in files}
        for path, text in files.items():
            mesh.write(path, text)
        checks.equal([r["code"] for r in mesh.plan()["refused"]], ["MESH2040"], f"{what}: not by itself")
        mesh.write("governance/release.yaml", f"apply:\n  - {release}\n")
        checks.equal(mesh.plan()["refused"], [], f"{what}: unless governance lets it go")
        (mesh.folder / "governance/release.yaml").unlink()
        for path, text in before.items():
            mesh.write(path, text)
    checks.equal(mesh.read(domain.path), good, "as it was")


def check_withdrawn(checks, mesh):
    """What governance takes out of its own lines goes, and the plan says what that opens."""
    mesh.write("governance/overlay.yaml", OVERLAY.replace(FILTERED, ""))
    gone = [c for c in mesh.plan()["changes"] if c["action"] == "unset"]
    checks.equal({c["address"] for c in gone}, {d.filter for d in DOMAINS}, "with its lines it goes")
    checks.equal({c["risk"] for c in gone}, {"disruptive"}, "which is not safe")
    applied = mesh.apply(expect=None)
    checks.that(applied.code == 0, "taken off", failures(applied))
    for domain in DOMAINS:
        checks.equal(read_as(mesh, domain.analyst, domain), [("***", "DE"), ("***", "FR")], f"{domain.name}: all rows, masked still")


def main():
    checks = Checks()
    binary = binary_of_command_line()
    with temporary() as folder:
        mesh = governed_shop(binary, folder)
        for scenario in (check_overlay, check_refused_lines, check_refused_plans, check_view_made_anew, check_left_to_another_tool, check_forgotten, check_healing,
                         check_policy_by_hand, check_new_columns, check_other_name_with_its_tag, check_readers, check_released,
                         check_withdrawn):
            checks.scenario(scenario.__name__, scenario, checks, mesh)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
