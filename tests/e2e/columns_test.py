#!/usr/bin/env python3
"""Tables: every spelling of a type, every change of a column by the alteration matrix, defaults, keys and clustering.

Expected types and statements are written from the table entry of Snowflake's fact sheet (normalization and
alter_column_matrix), not from what mesh prints. Exchanging one sequence for another waits for the kind sequence. One table per row, so that one round of plan and apply covers them all.
"""

import sys

import mesh_runner
from mesh_runner import Checks, binary_of_command_line, domain, one_domain, temporary

TEXT, BYTES = "VARCHAR(16777216)", "BINARY(8388608)"
TYPES = {
    "NUMBER(38,0)": ["NUMBER", "DECIMAL", "DEC", "NUMERIC", "INT", "INTEGER", "BIGINT", "SMALLINT", "TINYINT", "BYTEINT", "number"],
    "NUMBER(10,0)": ["NUMBER(10)", "DECIMAL(10, 0)", "numeric ( 10 )"],
    "NUMBER(12,2)": ["NUMBER(12,2)", "DEC(12, 2)"],
    "FLOAT": ["FLOAT", "FLOAT4", "FLOAT8", "DOUBLE", "DOUBLE PRECISION", "REAL"],
    "DECFLOAT(38)": ["DECFLOAT", "DECFLOAT(38)"],
    TEXT: ["VARCHAR", "STRING", "TEXT", "VARCHAR2", "NVARCHAR", "NVARCHAR2", "CHAR VARYING", "NCHAR VARYING"],
    "VARCHAR(1)": ["CHAR", "CHARACTER", "NCHAR"],
    "VARCHAR(7)": ["VARCHAR(7)", "CHAR(7)", "STRING(7)", "TEXT(7)", "NCHAR VARYING(7)"],
    BYTES: ["BINARY", "VARBINARY"],
    "BINARY(20)": ["BINARY(20)", "VARBINARY(20)"],
    "BOOLEAN": ["BOOLEAN"],
    "DATE": ["DATE"],
    "TIME(9)": ["TIME", "TIME(9)"],
    "TIME(3)": ["TIME(3)"],
    "TIMESTAMP_NTZ(9)": ["TIMESTAMP", "DATETIME", "TIMESTAMP_NTZ", "TIMESTAMPNTZ", "TIMESTAMP WITHOUT TIME ZONE"],
    "TIMESTAMP_LTZ(9)": ["TIMESTAMP_LTZ", "TIMESTAMPLTZ", "TIMESTAMP WITH LOCAL TIME ZONE"],
    "TIMESTAMP_TZ(9)": ["TIMESTAMP_TZ", "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"],
    "TIMESTAMP_NTZ(0)": ["TIMESTAMP_NTZ(0)"],
    "VARIANT": ["VARIANT"],
    "OBJECT": ["OBJECT"],
    "ARRAY": ["ARRAY"],
    "GEOGRAPHY": ["GEOGRAPHY"],
    "GEOMETRY": ["GEOMETRY"],
    "VECTOR(FLOAT, 256)": ["VECTOR(FLOAT, 256)", "VECTOR(FLOAT4,256)", "vector(float8, 256)"],
    "VECTOR(INT, 3)": ["VECTOR(INT, 3)", "VECTOR(INTEGER, 3)"],
}
STRUCTURED = {
    "ARRAY(NUMBER(38,0))": ["ARRAY(NUMBER)"],
    "ARRAY(VARCHAR(4))": ["ARRAY(VARCHAR(4))"],
    f"OBJECT(a {TEXT}, b NUMBER(38,0))": ["OBJECT(a VARCHAR, b NUMBER)"],
    f"OBJECT(str {TEXT} NOT NULL)": ["OBJECT(str VARCHAR NOT NULL)"],
    f"MAP({TEXT}, NUMBER(38,0))": ["MAP(VARCHAR, NUMBER)"],
}
NOT_TYPES = ["BOOL", "NUMBER(39)", "NUMBER(10,11)", "NUMBER()", "INT(36)", "VARCHAR(134217729)", "VARCHAR()", "TIME(10)",
             "DECFLOAT(35)", "VECTOR(DOUBLE, 3)", "VECTOR(INT)", "BOOLEAN(1)", "NUMBR"]

# name: (columns before, columns after, statements behind ALTER TABLE <name>), further keys of the table beside "columns".
ALTERED = {
    "WIDER_TEXT": ({"C": "VARCHAR(10)"}, {"C": "VARCHAR(20)"}, ['ALTER COLUMN "C" SET DATA TYPE VARCHAR(20)']),
    "WIDER_NUMBER": ({"C": "NUMBER(10,2)"}, {"C": "NUMBER(12,2)"}, ['ALTER COLUMN "C" SET DATA TYPE NUMBER(12,2)']),
    "NARROWER_NUMBER": ({"C": "NUMBER(12,2)"}, {"C": "NUMBER(10,2)"}, ['ALTER COLUMN "C" SET DATA TYPE NUMBER(10,2)']),
    "SYNONYM": ({"C": "VARCHAR"}, {"C": "STRING"}, []),
    "NOT_NULL": ({"C": "NUMBER"}, {"C": {"type": "NUMBER", "nullable": False}}, ['ALTER COLUMN "C" SET NOT NULL']),
    "NULL_AGAIN": ({"C": {"type": "NUMBER", "nullable": False}}, {"C": "NUMBER"}, ['ALTER COLUMN "C" DROP NOT NULL']),
    "NO_DEFAULT": ({"C": {"type": "NUMBER", "default": "5"}}, {"C": "NUMBER"}, ['ALTER COLUMN "C" DROP DEFAULT']),
    "COMMENTED": ({"C": "NUMBER"}, {"C": {"type": "NUMBER", "comment": "it's"}}, ['ALTER COLUMN "C" COMMENT \'it\'\'s\'']),
    "RECOMMENTED": ({"C": {"type": "NUMBER", "comment": "a"}}, {"C": {"type": "NUMBER", "comment": "b"}},
                    ["ALTER COLUMN \"C\" COMMENT 'b'"]),
    "UNCOMMENTED": ({"C": {"type": "NUMBER", "comment": "a"}}, {"C": "NUMBER"}, ['ALTER COLUMN "C" UNSET COMMENT']),
    "RENAMED": ({"OLD": "NUMBER"}, {"C": {"type": "NUMBER", "renamed_from": "OLD"}}, ['RENAME COLUMN "OLD" TO "C"']),
    "RENAMED_WIDER": ({"OLD": "VARCHAR(5)"}, {"C": {"type": "VARCHAR(6)", "renamed_from": "OLD"}},
                      ['RENAME COLUMN "OLD" TO "C"', 'ALTER COLUMN "C" SET DATA TYPE VARCHAR(6)']),
    "ADDED": ({"C": "NUMBER"}, {"C": "NUMBER", "D": "DATE"}, ['ADD COLUMN "D" DATE']),
    "ADDED_FIRST": ({"C": "NUMBER"}, {"B": "DATE", "C": "NUMBER"}, ['ADD COLUMN "B" DATE']),
    "ADDED_FULL": ({"C": "NUMBER"}, {"C": "NUMBER", "D": {"type": "VARCHAR(5)", "collate": "en-ci", "default": "'x'", "nullable": False,
                                                         "comment": "new"}},
                   ["ADD COLUMN \"D\" VARCHAR(5) COLLATE 'en-ci' DEFAULT 'x' NOT NULL COMMENT 'new'"]),
    "ADDED_NEGATIVE": ({"C": "NUMBER"}, {"C": "NUMBER", "D": {"type": "NUMBER", "default": "-1"}},
                       ['ADD COLUMN "D" NUMBER(38,0) DEFAULT -1']),
    "DROPPED": ({"C": "NUMBER", "D": "DATE"}, {"C": "NUMBER"}, ['DROP COLUMN "D"']),
    "REORDERED": ({"C": "NUMBER", "D": "DATE"}, {"D": "DATE", "C": "NUMBER"}, []),
    "QUOTED": ({'"lower case"': "NUMBER(5)"}, {'"lower case"': "NUMBER(6)"},
               ['ALTER COLUMN "lower case" SET DATA TYPE NUMBER(6,0)']),
    "VIRTUAL_ADDED": ({"C": "NUMBER"}, {"V": {"type": "NUMBER", "as": "D * 2", "comment": "twice"}, "C": "NUMBER", "D": "NUMBER"},
                      ['ADD COLUMN "D" NUMBER(38,0)', 'ADD COLUMN "V" NUMBER(38,0) AS (D * 2) COMMENT \'twice\'']),
    "VIRTUAL_DROPPED": ({"C": "NUMBER", "V": {"type": "NUMBER", "as": "C + 1"}, "W": {"type": "NUMBER", "as": "V + 1"}}, {"C": "NUMBER"},
                        ['DROP COLUMN "W"', 'DROP COLUMN "V"']),
    "VIRTUAL_COMMENTED": ({"C": "NUMBER", "V": {"type": "NUMBER", "as": "C"}}, {"C": "NUMBER", "V": {"type": "NUMBER", "as": "C", "comment": "c"}},
                          ["ALTER COLUMN \"V\" COMMENT 'c'"]),
    "VIRTUAL_SPELLING": ({"C": "NUMBER", "V": {"type": "NUMBER", "as": "c*c"}}, {"C": "NUMBER", "V": {"type": "INT", "as": "(C  * C)"}}, []),
    "VIRTUAL_OF_RENAMED": ({"B": "NUMBER", "V": {"type": "NUMBER", "as": "b + 1"}},
                           {"C": {"type": "NUMBER", "renamed_from": "B"}, "V": {"type": "NUMBER", "as": "c + 1"}}, ['RENAME COLUMN "B" TO "C"']),
    "EVERYTHING": ({"A": "VARCHAR(1)", "B": "NUMBER", "X": "DATE"},
                   {"A": {"type": "VARCHAR(2)", "comment": "a"}, "B": {"type": "NUMBER", "nullable": False}, "N": "TIME"},
                   ['ADD COLUMN "N" TIME(9)', 'ALTER COLUMN "A" SET DATA TYPE VARCHAR(2)', "ALTER COLUMN \"A\" COMMENT 'a'",
                    'ALTER COLUMN "B" SET NOT NULL', 'DROP COLUMN "X"']),
}

# name: (keys before, keys after, statements); the columns are A NUMBER, B NUMBER, C DATE.
KEYS = {
    "PK_ADDED": ({}, {"primary_key": ["A", "B"]},
                 ['ALTER COLUMN "A" SET NOT NULL', 'ALTER COLUMN "B" SET NOT NULL', 'ADD PRIMARY KEY ("A", "B")']),
    "PK_DROPPED": ({"primary_key": ["A"]}, {}, ["DROP PRIMARY KEY", 'ALTER COLUMN "A" DROP NOT NULL']),
    "PK_CHANGED": ({"primary_key": ["A"]}, {"primary_key": ["B"]},
                   ["DROP PRIMARY KEY", 'ALTER COLUMN "A" DROP NOT NULL', 'ALTER COLUMN "B" SET NOT NULL', 'ADD PRIMARY KEY ("B")']),
    "UNIQUE_ADDED": ({}, {"unique": [["A"], ["B", "C"]]}, ['ADD UNIQUE ("A")', 'ADD UNIQUE ("B", "C")']),
    "UNIQUE_DROPPED": ({"unique": [["A"], ["B", "C"]]}, {"unique": [["A"]]}, ['DROP UNIQUE ("B", "C")']),
    "FK_ADDED": ({}, {"foreign_keys": [{"columns": ["A"], "references": "T_BASE.S.PARENT(ID)"}]},
                 ['ADD FOREIGN KEY ("A") REFERENCES "T_BASE"."S"."PARENT" ("ID")']),
    "FK_DROPPED": ({"foreign_keys": [{"columns": ["A"], "references": "T_BASE.S.PARENT(ID)"}]}, {}, ['DROP FOREIGN KEY ("A")']),
    "NAMED_ADDED": ({}, {"unique": [{"columns": ["A"], "name": "U_A", "rely": True}]}, ['ADD CONSTRAINT "U_A" UNIQUE ("A") RELY']),
    "NAMED_FK": ({}, {"foreign_keys": [{"columns": ["A"], "references": "T_BASE.S.PARENT(ID)", "name": "F_A", "rely": True}]},
                 ['ADD CONSTRAINT "F_A" FOREIGN KEY ("A") REFERENCES "T_BASE"."S"."PARENT" ("ID") RELY']),
    "RENAMED_KEY": ({"primary_key": {"columns": ["A"], "name": "OLD"}}, {"primary_key": {"columns": ["A"], "name": "NEW"}},
                    ['RENAME CONSTRAINT "OLD" TO "NEW"']),
    "NAME_LEFT_ALONE": ({"primary_key": {"columns": ["A"], "name": "OLD"}}, {"primary_key": ["A"]}, []),
    "RELIED_ON": ({"primary_key": {"columns": ["A"], "name": "PK"}}, {"primary_key": {"columns": ["A"], "name": "PK", "rely": True}},
                  ['ALTER CONSTRAINT "PK" RELY']),
    "NO_RELIANCE": ({"primary_key": {"columns": ["A"], "name": "PK", "rely": True}}, {"primary_key": ["A"]}, ['ALTER CONSTRAINT "PK" NORELY']),
    "NAME_AND_RELY": ({"unique": [{"columns": ["A", "B"], "name": "U"}]}, {"unique": [{"columns": ["A", "B"], "name": "V", "rely": True}]},
                      ['RENAME CONSTRAINT "U" TO "V"', 'ALTER CONSTRAINT "V" RELY']),
    "CHECK_ADDED": ({}, {"check": {"POSITIVE": "a > 0", "ORDERED": "A < B"}},
                    ['ADD CONSTRAINT "ORDERED" CHECK (A < B) ENABLE NOVALIDATE', 'ADD CONSTRAINT "POSITIVE" CHECK (a > 0) ENABLE NOVALIDATE']),
    "CHECK_DROPPED": ({"check": {"POSITIVE": "A > 0"}}, {}, ['DROP CONSTRAINT "POSITIVE"']),
    "CHECK_CHANGED": ({"check": {"C": "A > 0", "D": "B > 0"}}, {"check": {"C": "A >= 0", "D": "B > 0"}},
                      ['DROP CONSTRAINT "C"', 'ADD CONSTRAINT "C" CHECK (A >= 0) ENABLE NOVALIDATE']),
    "CHECK_RENAMED": ({"check": {"OLD": "A > 0"}}, {"check": {"NEW": "A > 0"}}, ['RENAME CONSTRAINT "OLD" TO "NEW"']),
    "CHECKS_SWAPPED": ({"check": {"X": "A > 0", "Y": "B > 0"}}, {"check": {"X": "B > 0", "Y": "A > 0"}},
                       ['DROP CONSTRAINT "X"', 'DROP CONSTRAINT "Y"', 'ADD CONSTRAINT "X" CHECK (B > 0) ENABLE NOVALIDATE',
                        'ADD CONSTRAINT "Y" CHECK (A > 0) ENABLE NOVALIDATE']),
    "CHECK_SPELLING": ({"check": {"C": "a>0 and  b in (1,2)"}}, {"check": {"C": "(A > 0 AND B IN (1, 2))"}}, []),
    "SEARCHED": ({}, {"search_optimization": ["EQUALITY(A, B)", "EQUALITY(C)"]}, ['ADD SEARCH OPTIMIZATION ON EQUALITY ("A", "B", "C")']),
    "SEARCH_CHANGED": ({"search_optimization": ["EQUALITY(A, B)"]}, {"search_optimization": ["EQUALITY(b, c)"]},
                       ['DROP SEARCH OPTIMIZATION ON EQUALITY ("A")', 'ADD SEARCH OPTIMIZATION ON EQUALITY ("C")']),
    "SEARCH_DROPPED": ({"search_optimization": True}, {}, ["DROP SEARCH OPTIMIZATION"]),
    "SEARCH_OFF": ({"search_optimization": ["EQUALITY(*)"]}, {"search_optimization": False}, ["DROP SEARCH OPTIMIZATION"]),
    "SEARCH_WHOLE": ({"search_optimization": ["EQUALITY(A)"]}, {"search_optimization": True}, ["ADD SEARCH OPTIMIZATION"]),
    "SEARCH_SPELLING": ({"search_optimization": True}, {"search_optimization": ["EQUALITY(*)"]}, []),
    "CLUSTERED": ({}, {"cluster_by": ["C", "A"]}, ["CLUSTER BY (C, A)"]),
    "RECLUSTERED": ({"cluster_by": ["C"]}, {"cluster_by": ["TO_DATE(C)", "B"]}, ["CLUSTER BY (TO_DATE(C), B)"]),
    "UNCLUSTERED": ({"cluster_by": ["C"]}, {}, ["DROP CLUSTERING KEY"]),
    "CLUSTER_SPELLING": ({"cluster_by": ["c", "to_date( C )"]}, {"cluster_by": ["C", "TO_DATE(C)"]}, []),
}

# Created, echoed in Snowflake's own spelling, and no change afterwards.
ECHOES = {
    "DEFAULTS": {"N": {"type": "NUMBER", "default": "1+2"}, "T": {"type": "VARCHAR", "default": "'it''s'"},
                 "NOW": {"type": "TIMESTAMP_LTZ", "default": "current_timestamp()"}, "F": {"type": "BOOLEAN", "default": "true"},
                 "NEG": {"type": "NUMBER", "default": "-1"}, "NIL": {"type": "NUMBER", "default": "NULL"},
                 "D": {"type": "DATE", "default": "current_date"}},
    "IDENTITIES": {"I": {"type": "NUMBER", "identity": {"start": 1, "increment": 10}}, "C": "NUMBER"},
    "COLLATED": {"C": {"type": "VARCHAR(100)", "collate": "en-ci", "nullable": False, "comment": "c"}},
    "VIRTUAL": {"N": "NUMBER(10,2)", "V": {"type": "NUMBER(38,2)", "as": "n*2"}, "W": {"type": "VARCHAR", "as": "'it''s ' || to_varchar(v)"},
                "D": {"type": "DATE", "as": "'2020-01-01'::date"}},
    "ODD_NAMES": {'"a ""b"""': "NUMBER", '"ORDER"': "NUMBER", '"Ärger"': "NUMBER"},
}

# name: (columns before, columns after, part of the reason); the table holds one row.
REFUSED = {
    "NARROW_TEXT": ({"C": "VARCHAR(20)"}, {"C": "VARCHAR(10)"}, "reducing the byte-length of a varchar is not supported"),
    "WIDER_BINARY": ({"C": "BINARY(10)"}, {"C": "BINARY(20)"}, "cannot change from type BINARY(10) to BINARY(20)"),
    "OTHER_SCALE": ({"C": "NUMBER(10,2)"}, {"C": "NUMBER(12,3)"}, "changing the scale of a number is not supported"),
    "OTHER_FAMILY": ({"C": "VARCHAR(20)"}, {"C": "NUMBER"}, "cannot change from type VARCHAR(20) to NUMBER(38,0)"),
    "OTHER_ZONE": ({"C": "TIMESTAMP_NTZ"}, {"C": "TIMESTAMP_LTZ"}, "cannot change from type TIMESTAMP_NTZ(9) to TIMESTAMP_LTZ(9)"),
    "FLOAT_TO_NUMBER": ({"C": "FLOAT"}, {"C": "NUMBER"}, "cannot change from type FLOAT to NUMBER(38,0)"),
    "OTHER_FRACTION": ({"C": "TIME(3)"}, {"C": "TIME(6)"}, "cannot change from type TIME(3) to TIME(6)"),
    "OTHER_DEFAULT": ({"C": {"type": "NUMBER", "default": "1"}}, {"C": {"type": "NUMBER", "default": "2"}}, "default"),
    "NEW_DEFAULT": ({"C": "NUMBER"}, {"C": {"type": "NUMBER", "default": "2"}}, "default"),
    "OTHER_COLLATION": ({"C": {"type": "VARCHAR", "collate": "en-ci"}}, {"C": {"type": "VARCHAR", "collate": "de"}}, "collation"),
    "OTHER_IDENTITY": ({"C": {"type": "NUMBER", "identity": {"start": 1, "increment": 1}}},
                       {"C": {"type": "NUMBER", "identity": {"start": 1, "increment": 2}}}, "identity"),
    "NEW_IDENTITY": ({"A": "NUMBER"}, {"A": "NUMBER", "C": {"type": "NUMBER", "identity": {"start": 1, "increment": 1}}}, "identity"),
    "NEW_NOT_NULL": ({"A": "NUMBER"}, {"A": "NUMBER", "C": {"type": "NUMBER", "nullable": False}}, "NOT NULL"),
    "NEW_COMPUTED_DEFAULT": ({"A": "NUMBER"}, {"A": "NUMBER", "C": {"type": "TIMESTAMP_LTZ", "default": "CURRENT_TIMESTAMP()"}},
                             "literal"),
    "OTHER_EXPRESSION": ({"A": "NUMBER", "C": {"type": "NUMBER", "as": "A"}}, {"A": "NUMBER", "C": {"type": "NUMBER", "as": "A + 1"}},
                         "the expression of a virtual column cannot be altered (A to A + 1)"),
    "OTHER_VIRTUAL_TYPE": ({"A": "NUMBER", "C": {"type": "NUMBER(38,0)", "as": "A"}}, {"A": "NUMBER", "C": {"type": "NUMBER(20,0)", "as": "A"}},
                           "the type of a virtual column cannot be altered (NUMBER(38,0) to NUMBER(20,0))"),
    "NO_MORE_VIRTUAL": ({"A": "NUMBER", "C": {"type": "NUMBER", "as": "A"}}, {"A": "NUMBER", "C": "NUMBER"}, "cannot become an ordinary one"),
    "NOW_VIRTUAL": ({"A": "NUMBER", "C": "NUMBER"}, {"A": "NUMBER", "C": {"type": "NUMBER", "as": "A"}}, "cannot become a virtual one"),
    "UNCONSENTED_VIRTUAL": ({"A": "NUMBER", "C": {"type": "NUMBER", "as": "A"}}, {"A": "NUMBER"}, "would be dropped, and nothing"),
    "UNCONSENTED_DROP": ({"A": "NUMBER", "C": "NUMBER"}, {"A": "NUMBER"}, "dropped"),
}

KEY_COLUMNS = {"A": "NUMBER", "B": "NUMBER", "C": "DATE"}


def spellings(of_types):
    return [(spelling, normal) for normal, all_spellings in of_types.items() for spelling in all_spellings]


def tables_in(tables):
    return {"databases": {"T_BASE": {"schemas": {"S": {"tables": tables}}}}}


def before_and_after(position):
    tables = {"PARENT": {"columns": {"ID": "NUMBER"}, "unique": [["ID"]]}}
    for name, row in ALTERED.items():
        tables[name] = {"columns": row[position]}
    for name, row in KEYS.items():
        tables[name] = {"columns": KEY_COLUMNS, **row[position]}
    return tables


def settle(checks, mesh, what):
    """Applies, and expects nothing left to do."""
    applied = mesh.apply(expect=None)
    checks.that(applied.code == 0, f"apply of {what}", mesh_runner.failures(applied))
    after = mesh.plan()
    left = [[c["action"], c["address"], c.get("diff")] for c in after["changes"]]
    checks.equal(left + after["refused"], [], f"the plan after {what} is not empty")


def base(mesh):
    domain(mesh, tables_in({}))
    mesh.apply()


def type_table(checks, mesh, name, of_types):
    columns = {f"C{i:03}": spelling for i, (spelling, _) in enumerate(spellings(of_types))}
    domain(mesh, tables_in({name: {"columns": columns}}))
    settle(checks, mesh, f"table {name}")
    described = {row["name"]: row["type"] for row in mesh.sql(f"DESCRIBE TABLE T_BASE.S.{name}")}
    for i, (spelling, normal) in enumerate(spellings(of_types)):
        checks.equal(described.get(f"C{i:03}"), normal, f"type {spelling}")


def structured_types(checks, mesh):
    type_table(checks, mesh, "STRUCTURED", STRUCTURED)


def types(checks, mesh):
    type_table(checks, mesh, "PLAIN", TYPES)
    domain(mesh, tables_in({"NO_TYPES": {"columns": {f"C{i}": t for i, t in enumerate(NOT_TYPES)}}}))
    found = mesh.run("validate", "--format", "json", expect=mesh_runner.VIOLATED).json()["findings"]
    checks.equal(len(found), len(NOT_TYPES), "one finding for each type that is none")


def alterations(checks, mesh):
    tables = before_and_after(0)
    for name, columns in ECHOES.items():
        tables[name] = {"columns": columns}
    domain(mesh, tables_in(tables))
    settle(checks, mesh, "tables with columns, keys and defaults")

    after = {**before_and_after(1), **{name: {"columns": columns} for name, columns in ECHOES.items()}}
    manifest = tables_in(after)
    manifest["removed"] = [{"object": f"column T_BASE.S.{t}.{c}", "action": "drop"} for t, c in (("DROPPED", "D"), ("VIRTUAL_DROPPED", "V"), ("VIRTUAL_DROPPED", "W"), ("EVERYTHING", "X"))]
    domain(mesh, manifest)
    plan = mesh.plan()
    found = {c["name"].rsplit(".", 1)[1]: [s["sql"] for s in c["statements"]] for c in plan["changes"]}
    for name, (_, _, expected) in {**ALTERED, **KEYS}.items():
        full = [f'ALTER TABLE "T_BASE"."S"."{name}" {sql}' for sql in expected]
        checks.equal(found.pop(name, []), full, f"table {name}")
    checks.equal(found, {}, "changes of tables that nobody touched")
    settle(checks, mesh, "the alterations")


def refusals(checks, mesh):
    domain(mesh, tables_in({name: {"columns": row[0]} for name, row in REFUSED.items()}))
    settle(checks, mesh, "tables to be refused")
    for name, (before, _, _) in REFUSED.items():
        column = next(iter(before))
        value = "DEFAULT" if isinstance(before[column], dict) and "identity" in before[column] else "NULL"
        mesh.sql(f"INSERT INTO T_BASE.S.{name} ({column}) VALUES ({value})")
    domain(mesh, tables_in({name: {"columns": row[1]} for name, row in REFUSED.items()}))
    plan = mesh.plan()
    for name, (_, _, reason) in REFUSED.items():
        own = [r for r in plan["refused"] if f".{name}." in r["address"]]
        if checks.that(len(own) == 1, f"{name}: refused once", own):
            checks.contains(own[0]["message"], reason, name)
            checks.that(own[0].get("ways_out"), f"{name}: ways out", own[0])
            checks.that(own[0].get("source", {}).get("line"), f"{name}: a place", own[0])
    refused = mesh.run("apply", "--yes", expect=mesh_runner.REFUSED)
    checks.that("ALTER TABLE" not in refused.err, "nothing was run", refused)
    domain(mesh, tables_in({name: {"columns": row[0]} for name, row in REFUSED.items()}))
    checks.equal(mesh.plan()["changes"], [], "after going back nothing is left")


def view_comments_go(checks, mesh):
    """A view's column comments go with the `columns` key, also where nothing else reads the schema's columns."""
    def view(**parts):
        domain(mesh, {"databases": {"T_V": {"schemas": {"S": {"views": {"V": {"query": "SELECT 1 AS A, 2 AS B", **parts}}}}}}})

    def comments():
        return [row["comment"] for row in mesh.sql("SHOW COLUMNS IN VIEW T_V.S.V")]

    view(columns={"A": {"comment": "one"}})
    mesh.apply()
    checks.equal(comments(), ["one", ""], "a view's column is commented")
    view()
    checks.equal(mesh_runner.statements(mesh.plan()), ['ALTER VIEW "T_V"."S"."V" ALTER COLUMN "A" COMMENT \'\''], "without `columns` the comment goes")
    mesh.apply()
    checks.equal(comments(), ["", ""], "the comment is gone")
    checks.equal(mesh.plan()["changes"], [], "and the plan is empty")
    mesh.sql("COMMENT ON COLUMN T_V.S.V.B IS 'by another'")
    checks.equal(mesh.plan()["changes"], [], "what was never mesh's is left alone")


def main():
    checks = Checks()
    for scenario in (types, structured_types, alterations, refusals):
        with temporary() as folder:
            mesh = one_domain(binary_of_command_line(), folder)
            base(mesh)
            checks.scenario(scenario.__name__, scenario, checks, mesh)
    with temporary() as folder:
        checks.scenario("view comments", view_comments_go, checks, one_domain(binary_of_command_line(), folder))
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
