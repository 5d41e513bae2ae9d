"""Random meshes of all kinds, and random steps from one to the next.

A mesh is a list of objects that refer to each other, so that a rename or a drop reaches whatever names them. Properties
and their values are those of properties_test.py, which checks that none is missing.
"""

import copy

import properties_test

# What is left out of random objects: values that exclude each other, which would be refused for a reason of their own,
# and names of things that do not exist here.
LEFT_OUT = {"warehouse": {"warehouse_type", "generation", "resource_constraint", "min_cluster_count", "max_cluster_count",
                          "scaling_policy", "resource_monitor"},
            "database": {"event_table"}, "sequence": {"order"}, "file_format": {"parse_header"},
            "stage": {"url", "storage_integration", "file_format"}, "view": {"column_list", "change_tracking"}, "table": {"change_tracking"}, "materialized_view": {"column_list"},
            "dynamic_table": {"column_list", "warehouse", "initialization_warehouse", "execute_as_user", "target_lag"},
            "alert": {"warehouse"}, "pipe": {"error_integration"}, "tag": {"allowed_values"}, "user": {"network_policy", "login_name"},
            # Of those that are replaced, which loses what hangs on them, only what CREATE OR REPLACE keeps.
            "function": {"external_access_integrations", "imports", "target_path", "packages", "handler", "runtime_version", "returns",
                         "language", "strict", "aggregate", "immutable"},
            "procedure": {"external_access_integrations", "imports", "target_path", "packages", "handler", "runtime_version", "returns",
                          "language", "strict"},
            "task": {"warehouse", "user_task_managed_initial_warehouse_size", "error_integration", "success_integration",
                     "execute_as_user", "after", "finalize", "serverless_task_min_statement_size",
                     "serverless_task_max_statement_size"},
            "external_table": {"aws_sns_topic", "integration"}, "storage_integration": {"azure_tenant_id", "storage_allowed_locations"},
            "network_policy": {"allowed_network_rule_list", "blocked_network_rule_list"}, "resource_monitor": {"notify_users", "triggers"},
            "network_rule": {"value_list"}, "session_policy": {"allowed_secondary_roles", "blocked_secondary_roles"},
            "authentication_policy": {"security_integrations"}, "classification_profile": {"tag_map"},
            "listing": {"auto_fulfillment", "data_dictionary", "data_preview"}}
# What an object of the kind reads or runs on, each a name for it with the kinds that it may be of.
NEEDS = {"stream": {"source": ["table"]}, "materialized_view": {"source": ["table"]}, "alert": {"source": ["table"]},
         "dynamic_table": {"source": ["table", "view"], "warehouse": ["warehouse"]}, "task": {"source": ["table"]},
         "pipe": {"source": ["table"], "stage": ["stage"]}, "external_table": {"stage": ["stage"], "format": ["file_format"]}}
ACCOUNT_LEVEL = [kind for kind, prefix in properties_test.PREFIX.items() if prefix == ""]
# Made by none but ACCOUNTADMIN.
NO_DEPLOY_ROLE_MAKES = {"resource_monitor"}
# Snowflake renames no others, or what reads them is bound to their name.
RENAMED = {"role", "warehouse", "database", "database_role", "schema", "table", "view", "sequence", "file_format", "stage", "tag",
           "masking_policy", "row_access_policy", "dynamic_table", "materialized_view"}
PRIVILEGES = {"database": ["USAGE", "CREATE SCHEMA", "MONITOR"], "schema": ["USAGE", "CREATE TABLE", "CREATE VIEW"],
              "table": ["SELECT", "INSERT", "UPDATE", "DELETE"], "view": ["SELECT", "REFERENCES"],
              "warehouse": ["USAGE", "OPERATE", "MONITOR"], "sequence": ["USAGE"], "file_format": ["USAGE"], "stage": ["READ"],
              "stream": ["SELECT"], "task": ["MONITOR", "OPERATE"], "pipe": ["MONITOR", "OPERATE"], "function": ["USAGE"], "procedure": ["USAGE"],
              "dynamic_table": ["SELECT", "MONITOR", "OPERATE"], "materialized_view": ["SELECT", "REFERENCES"], "alert": ["OPERATE", "MONITOR"],
              "external_table": ["SELECT"], "masking_policy": ["APPLY"], "row_access_policy": ["APPLY"], "tag": ["APPLY"]}
TYPES = [["NUMBER", "number(38, 0)", "INT"], ["VARCHAR(20)", "VARCHAR(30)", "VARCHAR(40)"], ["DATE"], ["FLOAT", "DOUBLE PRECISION"],
         ["BOOLEAN"], ["TIMESTAMP_NTZ", "DATETIME"], ["VARIANT"], ["NUMBER(10,2)", "DECIMAL(12,2)"], ["STRING", "TEXT"], ["BINARY(8)"]]
NOT_SEARCHED = (3, 4, 6)         # rows of TYPES that EQUALITY is not told to take for sure
CHECKS = [None, {}, {"KNOWN": "ID > 0"}, {"KNOWN": "id>=0", "BOUNDED": "ID < 1000000"}, {"BOUNDED": "(ID < 1000000)"}, {"ANOTHER": "ID > 0"}]
SEARCHES = [None, False, True, ["EQUALITY(*)"], "columns"]
COMMENTS = ["plain", "it's", "a \\ b", "zwei\nZeilen", "\"quoted\" $$ -- no comment", "üñï ☃"]
COLLECTIONS = properties_test.COLLECTION
# What lives in a schema.
INSIDE = [kind for kind, prefix in properties_test.PREFIX.items() if prefix.count(".") == 2]


class Object:
    def __init__(self, kind, name, parent=None):
        self.kind, self.name, self.parent = kind, name, parent
        self.renamed_from = None
        self.properties = {}
        self.columns = []            # tables: [name, type row, type column, nullable, comment, renamed_from]
        self.primary_key = self.clustered = self.computed = False
        self.checks = self.search = None
        self.refers_to = None        # a view's source, a foreign key's other table
        self.counted_by = None       # tables: the sequence of the first column's default
        self.uses = {}               # by what NEEDS calls it
        self.masked_by = self.tagged_with = None
        self.granted_to = []         # of roles: objects, or None for SYSADMIN
        self.owner = None            # a role of this mesh, or the name of one outside it

    def path(self):
        return (self.parent.path() if self.parent else []) + [self.name]

    def full(self):
        return ".".join(p if p.replace("_", "").isalnum() and p.isupper() else f'"{p}"' for p in self.path())

    def key(self):
        return self.full().rsplit(".", 1)[-1] if '"' not in self.name else self.name

    def address(self):
        return f"{self.kind.replace('_', ' ')} {self.full()}{properties_test.KINDS[self.kind].types}"

    def inside(self, other):
        return self.parent is not None and (self.parent is other or self.parent.inside(other))


class RandomMesh:
    """Holds the first kinds; of the others those of one half (0 or 1), and what chance adds."""

    def __init__(self, random, deploy_role=None, half=0):
        self.random, self.deploy_role = random, deploy_role
        self.objects, self.grants, self.future = [], [], []
        self.removed = []
        self.number = 0
        for kind in ["role", "role", "role", "warehouse", "database", "database_role", "schema", "schema", "table", "table", "view",
                     "table", "view", "view", "sequence", "file_format", "stage"]:
            self.create(kind)
        others = sorted(set(properties_test.KINDS) - {o.kind for o in self.objects} - NO_DEPLOY_ROLE_MAKES)
        forbidden = sorted(NO_DEPLOY_ROLE_MAKES) if deploy_role is None else []
        for kind in [*others[half::2], *forbidden]:
            self.create(kind)
        self.others = [*others, *forbidden]
        for _ in range(8):
            self.grant()
        for _ in range(3):
            self.own()

    def step(self):
        """The next mesh: a copy with some edits."""
        after = copy.deepcopy(self)
        after.random = self.random
        after.removed = []
        for thing in after.objects:
            thing.renamed_from = None
            thing.columns = [column[:5] + [None] for column in thing.columns]
        edits = [after.any_create, after.drop, after.rename, after.touch, after.touch, after.alter_table, after.alter_table, after.retarget,
                 after.grant, after.revoke, after.grant_future, after.own]
        for _ in range(self.random.randint(1, 9)):
            self.random.choice(edits)()
        return after

    # ---- edits

    def of(self, *kinds):
        return [o for o in self.objects if o.kind in kinds]

    def some(self, *kinds):
        found = self.of(*kinds)
        return self.random.choice(found) if found else None

    def fresh(self, kind):
        self.number += 1
        name = f"T_{kind.upper()}_{self.number}"
        is_plain = kind in ACCOUNT_LEVEL or properties_test.KINDS[kind].key
        return f"t {kind} {self.number}" if not is_plain and self.random.random() < 0.15 else name

    def create(self, kind):
        parent = None
        if kind in ("schema", "database_role"):
            parent = self.some("database")
        elif kind in INSIDE:
            parent = self.some("schema")
        uses = {name: self.some(*kinds) for name, kinds in NEEDS.get(kind, {}).items()}
        if (kind not in ACCOUNT_LEVEL and parent is None) or None in uses.values():
            return
        if kind == "materialized_view" and uses["source"].masked_by is not None:
            return
        thing = Object(kind, self.fresh(kind), parent)
        thing.uses = uses
        if kind == "external_table":
            # Of files in a cloud.
            thing.uses["stage"] = Object("stage", self.fresh("stage"), self.some("schema"))
            thing.uses["stage"].properties = {"url": "s3://bucket/a/"}
            self.objects.append(thing.uses["stage"])
        if kind == "listing":
            # A share is for one alone.
            thing.uses["share"] = Object("share", self.fresh("share"))
            self.objects.append(thing.uses["share"])
        self.set_properties(thing)
        if kind == "table":
            thing.columns = [["ID", 0, 0, False, "", None]]
            for _ in range(self.random.randint(0, 4)):
                self.add_column(thing)
            thing.primary_key = self.random.random() < 0.6
            thing.clustered = self.random.random() < 0.3
            thing.computed = self.random.random() < 0.3
            thing.checks, thing.search = self.random.choice(CHECKS), self.random.choice(SEARCHES)
            thing.refers_to = self.some("table") if self.random.random() < 0.4 else None
            # A virtual column cannot use one that has a default.
            thing.counted_by = self.some("sequence") if self.random.random() < 0.3 and not thing.computed else None
            thing.masked_by = self.some("masking_policy") if self.random.random() < 0.4 else None
            thing.tagged_with = self.some("tag") if self.random.random() < 0.4 else None
        if kind == "view":
            thing.refers_to = self.some("table", "view")
        if kind in ("role", "database_role"):
            # Only to roles that were there before: no circle.
            thing.granted_to = [self.some("role") if self.random.random() < 0.5 else None]
        self.objects.append(thing)

    def any_create(self):
        self.create(self.random.choice(["role", "warehouse", "database", "database_role", "schema", "table", "table", "view", "view",
                                        "sequence", "file_format", "stage", *self.others]))

    def set_properties(self, thing):
        # A row with a base needs a type of warehouse that others exclude.
        rows = [row for row in properties_test.ROWS[thing.kind] if not row.base and row.name not in LEFT_OUT.get(thing.kind, ())]
        thing.properties = {}
        for row in self.random.sample(rows, min(len(rows), self.random.randint(0, 3))):
            thing.properties[row.name] = self.random.choice([row.first, row.second])
            thing.properties.update(row.together)
        if self.random.random() < 0.5 and any(row.name == "comment" for row in rows):
            thing.properties["comment"] = self.random.choice(COMMENTS)

    def touch(self):
        thing = self.random.choice(self.objects)
        if not any(other.kind == "external_table" and other.uses["stage"] is thing for other in self.objects):
            self.set_properties(thing)

    def add_column(self, table):
        self.number += 1
        row = self.random.randrange(len(TYPES))
        name = f"C_{self.number}" if self.random.random() < 0.8 else f"c {self.number}"
        comment = self.random.choice(COMMENTS) if self.random.random() < 0.3 else ""
        table.columns.append([name, row, self.random.randrange(len(TYPES[row])), True, comment, None])

    def alter_table(self):
        table = self.some("table")
        if table is None:
            return
        what = self.random.randrange(10)
        column = self.random.choice(table.columns)
        if what == 0:
            self.add_column(table)
        elif what == 1 and column[0] != "ID":
            table.columns.remove(column)
            if not any(o is table and o.renamed_from for o in self.objects):
                self.removed.append(("column", table, column[0]))
        elif what == 2:
            column[4] = self.random.choice(COMMENTS + [""])
        elif what == 3 and column[0] != "ID" and column[5] is None:
            self.number += 1
            column[5], column[0] = column[0], f"C_{self.number}"
        elif what == 4:
            column[2] = max(column[2], self.random.randrange(len(TYPES[column[1]])))   # never narrower
        elif what == 5:
            table.primary_key = not table.primary_key
        elif what == 6:
            table.clustered = not table.clustered
        elif what == 7:
            table.computed |= table.counted_by is None    # to drop it would ask for consent
        elif what == 8:
            table.checks = self.random.choice(CHECKS)
        else:
            table.search = self.random.choice(SEARCHES)

    def retarget(self):
        view = self.some("view")
        if view is not None and view.owner is None:
            before = self.objects[:self.objects.index(view)]
            view.refers_to = self.random.choice([None] + [o for o in before if o.kind in ("table", "view")])

    def drop(self):
        thing = self.random.choice(self.objects)
        gone = [o for o in self.objects if o is thing or o.inside(thing)]
        while True:
            # What cannot do without it goes with it.
            more = [o for o in self.objects if o not in gone and any(g in gone for g in o.uses.values())]
            if not more:
                break
            gone += more
        if len(gone) > 6 or any(o.renamed_from for o in self.objects) or any(name is thing for _, name, _ in self.removed):
            return
        self.objects = [o for o in self.objects if o not in gone]
        self.removed = [r for r in self.removed if r[1] not in gone] + [("object", o, None) for o in gone]
        for other in self.objects:
            if other.refers_to in gone:
                other.refers_to = None
            if other.counted_by in gone:
                other.counted_by = None
            other.granted_to = [g for g in other.granted_to if g not in gone]
            other.masked_by = None if other.masked_by in gone else other.masked_by
            other.tagged_with = None if other.tagged_with in gone else other.tagged_with
            other.owner = None if other.owner in gone else other.owner
        self.grants = [g for g in self.grants if g[1] not in gone and g[2] not in gone]
        self.future = [f for f in self.future if f[0] not in gone and f[1] not in gone]

    def rename(self):
        thing = self.random.choice([o for o in self.objects if o.kind in RENAMED])
        related = [o for o in self.objects if o is thing or o.inside(thing) or thing.inside(o)]
        # One at a time along a path, and nothing of it created or dropped in the same step.
        if any(o.renamed_from for o in related) or self.removed or thing.name.endswith(f"_{self.number}"):
            return
        thing.renamed_from, thing.name = thing.key(), self.fresh(thing.kind)

    def grantee_for(self, thing):
        database = thing.path()[0]
        inside = [r for r in self.of("database_role") if r.path()[0] == database] if thing.parent is not None else []
        candidates = self.of("role") + inside
        return self.random.choice(candidates) if candidates else None

    def grant(self):
        thing = self.some(*PRIVILEGES)
        grantee = thing and self.grantee_for(thing)
        if grantee is not None and "url" not in thing.properties:   # READ is for internal stages
            self.grants.append((self.random.choice(PRIVILEGES[thing.kind]), thing, grantee))

    def revoke(self):
        if self.grants:
            self.grants.remove(self.random.choice(self.grants))

    def own(self):
        """Gives an object to a role that whoever applies can act for: a role below SYSADMIN, or with a deploy role that one."""
        # A view's owner needs what it reads: only those that read nothing are given away.
        # In a schema with managed access its owner's role must be above that of what is inside: schemas are not given away.
        thing = self.random.choice([o for o in self.of("database", "table", "view", "warehouse") if o.kind != "view" or not o.refers_to])
        below = [r for r in self.of("role") if None in r.granted_to]
        thing.owner = self.deploy_role or (self.random.choice(below) if below else None)

    def grant_future(self):
        schema, role = self.some("schema"), self.some("role")
        if schema is not None and role is not None:
            form = self.random.choice(["future tables", "tables", "future views"])
            self.future.append((schema, role, form))
        if len(self.future) > 2:
            self.future.pop(0)

    # ---- as manifests

    def manifest(self):
        """The whole mesh as one domain's manifest."""
        body_of = {id(o): self.body(o) for o in self.objects}
        top = {}
        for thing in self.objects:
            holder = top if thing.parent is None else body_of[id(thing.parent)]
            holder.setdefault(COLLECTIONS[thing.kind], {})[thing.key() + properties_test.KINDS[thing.kind].key] = body_of[id(thing)]
        for privilege, thing, grantee in self.usable_grants():
            granted = body_of[id(thing)].setdefault("grants", {}).setdefault(grantee.address(), [])
            if privilege not in granted:
                granted.append(privilege)
        if self.future:
            top["grants"] = [{"to": role.address(), "privileges": ["SELECT"], "on": f"{form} in {schema.address()}"}
                             for schema, role, form in dict.fromkeys(self.future)]
        if self.removed:
            top["removed"] = [{"object": self.removed_address(*r), "action": "drop"} for r in self.removed]
        return top

    def removed_address(self, what, thing, column):
        if what == "object":
            return thing.address()
        part = column if column.replace("_", "").isalnum() else f'"{column}"'
        return f"column {thing.full()}.{part}"

    def usable_grants(self):
        """With the USAGE above them that makes them usable."""
        yield from self.grants
        for thing, grantee in [(t, g) for _, t, g in self.grants] + [(s, r) for s, r, _ in self.future]:
            schema = thing if thing.kind == "schema" else thing.parent
            if thing.kind == "schema" or thing.kind in INSIDE:
                yield ("USAGE", schema, grantee)
                if grantee.kind == "role":
                    yield ("USAGE", schema.parent, grantee)

    def body(self, thing):
        body = {**properties_test.BODY[thing.kind], **thing.properties, **self.texts(thing)}
        if thing.kind == "table":
            del body["columns"]
        if thing.tagged_with:
            body["tags"] = {thing.tagged_with.full(): "v"}
        if thing.renamed_from:
            body["renamed_from"] = thing.renamed_from
        if thing.owner:
            body["owner"] = thing.owner if isinstance(thing.owner, str) else thing.owner.full()
        if thing.granted_to:
            body["granted_to"] = sorted({g.address() if g else "role SYSADMIN" for g in thing.granted_to})
        if thing.kind == "table":
            self.table_body(thing, body)
        if thing.kind == "view":
            source = thing.refers_to
            body["query"] = f"SELECT ID AS ID, 1 AS ONE FROM {source.full()}" if source else "SELECT 1 AS ID, 'it''s' AS S"
        return body

    def texts(self, thing):
        """What the object says of those that it uses."""
        source = thing.uses["source"].full() if "source" in thing.uses else None
        if thing.kind == "stream":
            return {"on": f"table {source}"}
        if thing.kind == "materialized_view":
            return {"query": f"SELECT ID AS ID FROM {source}"}
        if thing.kind == "dynamic_table":
            return {"query": f"SELECT ID AS ID FROM {source}", "warehouse": thing.uses["warehouse"].full()}
        if thing.kind == "alert":
            return {"condition": f"SELECT ID FROM {source}", "action": f"DELETE FROM {source}"}
        if thing.kind == "task":
            return {"sql": f"DELETE FROM {source}"}
        if thing.kind == "pipe":
            return {"copy": f"COPY INTO {source} FROM @{thing.uses['stage'].full()}"}
        if thing.kind == "listing":
            return {"share": thing.uses["share"].key()}
        if thing.kind == "external_table":
            return {"location": f"@{thing.uses['stage'].full()}/x/", "file_format": thing.uses["format"].full()}
        return {}

    def table_body(self, table, body):
        body["columns"] = {}
        for name, row, column, nullable, comment, renamed_from in table.columns:
            key = name if name.replace("_", "").isalnum() else f'"{name}"'
            facts = {"type": TYPES[row][column], "nullable": nullable}
            if comment:
                facts["comment"] = comment
            if name == "ID" and table.counted_by is not None:
                facts["default"] = f"{table.counted_by.full()}.NEXTVAL"
            if table.masked_by is not None and row == 1:
                facts["masking_policy"] = table.masked_by.full()
            if renamed_from:
                facts["renamed_from"] = renamed_from if renamed_from.replace("_", "").isalnum() else f'"{renamed_from}"'
            body["columns"][key] = facts
        if table.computed:
            body["columns"]["TWICE"] = {"type": "NUMBER", "as": "id*2"}
        if table.checks is not None:
            body["check"] = table.checks
        if table.search == "columns":
            keys = [list(body["columns"])[i] for i, column in enumerate(table.columns) if column[1] not in NOT_SEARCHED]
            body["search_optimization"] = [f"EQUALITY({', '.join(keys)})"]
        elif table.search is not None:
            body["search_optimization"] = table.search
        if table.primary_key:
            body["primary_key"] = ["ID"]
        if table.clustered:
            body["cluster_by"] = ["ID"]
        other = table.refers_to
        if other is not None and other.primary_key and other is not table:
            body["foreign_keys"] = [{"columns": ["ID"], "references": f"{other.full()}(ID)"}]
