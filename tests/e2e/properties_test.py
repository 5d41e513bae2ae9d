#!/usr/bin/env python3
"""Every property of every first kind: stated at creation, changed, taken away, stated again.

All objects of all kinds live in one mesh, one object per property, so that five rounds of plan, apply and plan cover
everything. The statements stand in the table below, written from Snowflake's ALTER pages; the properties come from
`mesh schema KIND`, and one that the table does not know fails the test. Each round ends with an empty plan.
"""

import re
import sys

import fact_properties
import mesh_runner
from mesh_runner import Checks, binary_of_command_line, domain, one_domain, temporary


class Row:
    """One property, two values, and what the change forms are to say.

    create: what CREATE must hold. change, unset, again: the statements behind ALTER <kind> <name>, from the first value to
    the second, from the second to none, and from none to the last, which is the first where nothing else is said. None stands
    for: no statement. base: what is stated beside it always; together: only where the property is. stays: it cannot be taken
    away, so the second value stays where others go.
    """

    def __init__(self, name, first, second, create, change, unset, again, base=None, tag="", last=None, together=None, stays=False):
        self.name, self.first, self.second, self.base, self.tag = name, first, second, base or {}, tag
        self.last = first if last is None else last
        self.together, self.absent = together or {}, second if stays else None
        self.create = create
        self.forms = {"change": change, "unset": unset, "again": again}


def parameter(name, first, second, first_sql, second_sql, base=None):
    """SET and UNSET under the property's own name."""
    clause = name.upper()
    return Row(name, first, second, f"{clause} = {first_sql}", f"SET {clause} = {second_sql}", f"UNSET {clause}",
               f"SET {clause} = {first_sql}", base)


def left_alone(name, first, second, first_sql, second_sql, base=None):
    """SET; where the line is missing the value stays (design 2: always leave)."""
    clause = name.upper()
    return Row(name, first, second, f"{clause} = {first_sql}", f"SET {clause} = {second_sql}", None,
               f"SET {clause} = {first_sql}", base)


def with_default(name, default, other, default_sql, other_sql, unset=None, base=None):
    """Two rows: a default that is stated is no difference from one that is not."""
    clause = name.upper()
    to_default, to_other = f"SET {clause} = {default_sql}", f"SET {clause} = {other_sql}"
    return [
        Row(name, other, default, f"{clause} = {other_sql}", to_default, None, to_other, base),
        Row(name, default, other, f"{clause} = {default_sql}", to_other, unset or f"UNSET {clause}", None, base, "_B"),
    ]


def option(name, default, other, default_sql, other_sql, base=None):
    """As with_default; there is no UNSET."""
    return with_default(name, default, other, default_sql, other_sql, unset=f"SET {name.upper()} = {default_sql}", base=base)


def method(name, first, second, first_sql, second_sql, unset, stays=False):
    """A method of its own for each; what has none to unset it is set to its default, which `second` is."""
    call = f"SET_{name.upper()}"
    return Row(name, first, second, f"'{name}': {first_sql}", f"{call}({second_sql})", unset, f"{call}({first_sql})", stays=stays)


def in_list(name, first, second, first_sql, second_sql):
    """SET and UNSET of a list."""
    return parameter(name, first, second, f"({first_sql})", f"({second_sql})")


class Anew(str):
    """A change that only making the object anew carries out: what CREATE OR REPLACE .. COPY GRANTS then holds."""


def anew(name, first, second, first_sql, second_sql, base=None, absent="", tag=""):
    """A property of functions and procedures that stands in CREATE alone."""
    return Row(name, first, second, first_sql, Anew(second_sql), None if absent is None else Anew(absent),
               None if absent is None and first_sql is None else Anew(first_sql or ""), base, tag, stays=absent is None)


PYTHON = {"language": "PYTHON", "runtime_version": "3.11", "handler": "f", "packages": ["snowflake-snowpark-python"],
          "body": "def f(): pass"}
JAVA = {"language": "JAVA", "runtime_version": "11", "handler": "C.f", "packages": ["com.snowflake:snowpark:latest"], "body": "class C {}"}


def level(name, first, second, unset=None):
    clause = name.upper()
    return Row(name, first, second, f"{clause} = '{first}'", f"SET {clause} = '{second}'", unset or f"UNSET {clause}",
               f"SET {clause} = '{first}'")


def of_routines(handler):
    """What functions and procedures have in common; `handler` is what CREATE has behind COMMENT."""
    return [
        anew("returns", "VARCHAR", "number(10,2) not null", "RETURNS VARCHAR ", "RETURNS NUMBER(10,2) NOT NULL ", absent=None),
        anew("language", "JAVASCRIPT", "SQL", "LANGUAGE JAVASCRIPT", "LANGUAGE SQL", absent=None),
        anew("strict", True, False, "STRICT", "LANGUAGE JAVASCRIPT", {"language": "JAVASCRIPT"}, absent=None),
        anew("runtime_version", "3.10", "3.11", "RUNTIME_VERSION = '3.10'", "RUNTIME_VERSION = '3.11'", PYTHON, absent=None),
        anew("handler", "g", "h", "HANDLER = 'g'", "HANDLER = 'h'", PYTHON, absent=None),
        anew("packages", ["pandas==1.5", "numpy"], ["numpy"], "PACKAGES = ('numpy', 'pandas==1.5')", "PACKAGES = ('numpy')", PYTHON,
             absent=None),
        anew("imports", ["@T_BASE.S.T_ST_COMMENT/a.py"], ["@t_base.s.t_st_comment/b.py", "@T_BASE.S.T_ST_COMMENT/a.py"],
             "IMPORTS = ('@T_BASE.S.T_ST_COMMENT/a.py')",
             "IMPORTS = ('@T_BASE.S.T_ST_COMMENT/a.py', '@T_BASE.S.T_ST_COMMENT/b.py')", PYTHON, absent=handler),
        anew("target_path", "@~/a.jar", "@~/b.jar", "TARGET_PATH = '@~/a.jar'", "TARGET_PATH = '@~/b.jar'", JAVA, absent=None),
        Row("external_access_integrations", ["NET_A"], ["NET_B", "NET_A"], 'EXTERNAL_ACCESS_INTEGRATIONS = ("NET_A")',
            'SET EXTERNAL_ACCESS_INTEGRATIONS = ("NET_A", "NET_B")', Anew("HANDLER = 'f'"),
            'SET EXTERNAL_ACCESS_INTEGRATIONS = ("NET_A")', PYTHON),
    ]


COMMENT = parameter("comment", "It's \\ first", "second\nline", "'It''s \\\\ first'", "'second\nline'")
METRIC_SCHEDULE = parameter("data_metric_schedule", "60 minutes", "using cron 0 6 * * * UTC", "'60 MINUTE'", "'USING CRON 0 6 * * * UTC'")
RETENTION = parameter("data_retention_time_in_days", 2, 3, "2", "3")

SHARED = [
    COMMENT,
    RETENTION,
    parameter("max_data_extension_time_in_days", 20, 21, "20", "21"),
    parameter("external_volume", "VOLUME_A", "VOLUME_B", '"VOLUME_A"', '"VOLUME_B"'),
    parameter("catalog", "CATALOG_A", "CATALOG_B", '"CATALOG_A"', '"CATALOG_B"'),
    parameter("replace_invalid_characters", True, False, "TRUE", "FALSE"),
    parameter("default_ddl_collation", "en-ci", "de", "'en-ci'", "'de'"),
    parameter("storage_serialization_policy", "COMPATIBLE", "OPTIMIZED", "COMPATIBLE", "OPTIMIZED"),
    parameter("log_level", "INFO", "WARN", "INFO", "WARN"),
    parameter("log_event_level", "INFO", "ERROR", "INFO", "ERROR"),
    parameter("metric_level", "ALL", "NONE", "ALL", "NONE"),
    parameter("trace_level", "ALWAYS", "ON_EVENT", "ALWAYS", "ON_EVENT"),
    parameter("suspend_task_after_num_failures", 5, 0, "5", "0"),
    parameter("task_auto_retry_attempts", 1, 2, "1", "2"),
    parameter("user_task_managed_initial_warehouse_size", "SMALL", "XXLARGE", "SMALL", "XXLARGE"),
    parameter("user_task_timeout_ms", 60000, 70000, "60000", "70000"),
    parameter("user_task_minimum_trigger_interval_in_seconds", 60, 15, "60", "15"),
    parameter("quoted_identifiers_ignore_case", False, True, "FALSE", "TRUE"),
    parameter("enable_console_output", True, False, "TRUE", "FALSE"),
    parameter("default_notebook_compute_pool_cpu", "POOL_A", "POOL_B", "'POOL_A'", "'POOL_B'"),
    parameter("default_notebook_compute_pool_gpu", "POOL_A", "POOL_B", "'POOL_A'", "'POOL_B'"),
    parameter("default_streamlit_notebook_warehouse", "WH_A", "WH_B", '"WH_A"', '"WH_B"'),
    parameter("base_location_prefix", "a/b", "c", "'a/b'", "'c'"),
    parameter("catalog_sync", "SYNC_A", "SYNC_B", "'SYNC_A'", "'SYNC_B'"),
    parameter("enable_data_compaction", False, True, "FALSE", "TRUE"),
    parameter("iceberg_default_ddl_collation", "en-ci", "de", "'en-ci'", "'de'"),
    parameter("iceberg_merge_on_read_behavior", "ENABLED", "disabled", "'ENABLED'", "'DISABLED'"),
    parameter("iceberg_version_default", 3, 2, "3", "2"),
    parameter("oauth_authorization_server", "SERVER_A", "SERVER_B", '"SERVER_A"', '"SERVER_B"'),
    parameter("oauth_scopes_supported", "a,b", "a", "'a,b'", "'a'"),
    parameter("object_visibility", "organization_targets:\n- account: B", "PRIVILEGED",
              "'organization_targets:\n- account: B'", "PRIVILEGED"),
    parameter("replicable_with_failover_groups", "NO", "YES", "'NO'", "'YES'"),
]

# CREATE does not list them: of databases and schemas, or of the kind that is named.
SET_LATER = {"listing.comment", "data_metric_schedule", "default_notebook_compute_pool_cpu", "default_notebook_compute_pool_gpu", "default_streamlit_notebook_warehouse",
             "function.log_level", "function.trace_level", "function.metric_level", "procedure.log_level", "procedure.trace_level",
             "procedure.metric_level", "procedure.auto_event_logging", "base_location_prefix", "event_table", "object_visibility", "replicable_with_failover_groups", "pipe.pipe_execution_paused",
             "dynamic_table.log_level", "dynamic_table.default_ddl_collation"}

# Public keys of 2048 bits, made for this test alone.
KEY_A = ("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApzyoHkKuk1pmBC8y51POFkqfS+9jIzLWR2SAH2jrF7wuqoBUUqNS/Xfo"
         "LRju9UHFJRylkew3DSWvUVVYSHPwNRXIx6CYf1TTvmDLNbGx5/GobjidcdluXkBuViYt9oF/UNVMOn+18p+t0yCOyt23689JDIUy"
         "HepYUWFHzHLnMm578dGXnjFW7onjGN+d8q/DTtgvLkquCcbaS8GJzgcsyttB1fsnoKbyXWp8YZjRUTWcIohdEtPMpGQIW4Xxdddd"
         "7Ye4osKQ+59A+ljMZwSOTYWGgHm5YkrLDHaBYYseoNWo7+hkYLcOuksdKn9CoZo2/5V7Biq1/a1nK4eU7+l7YwIDAQAB")
KEY_B = ("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAlOsobAID+8ttdV40T46PvZNccB10VN9ckCDRE2v7MbqvqFgdYW7uSCZM"
         "qi1o39DTYlQNZpz2I21bOx+wgVdAi0YxghUCmM/ZO3BN6lG812mkzl/riLoQv02gOeMEGsrv3YyJ96eyQaehvMABFmn51zQrHnH+"
         "1LOuHMu9GIyGlbojRdpl7SdRreKI70oB3ZCUnw4mAj/k1aEI8hlg+V9UO2jQql7d2qXViKwTDthq5eypvpNvjC7qUiy3fZ7ZVqx9"
         "V9Zs8g0EE2YAqa6fsUnrtrRxoeZGCmH2sSwMYUjW8qQkLwMbNDOBimC8lnf6wl+e0JtzQyGS107cG8wXfo/6qwIDAQAB")

def text_parameters(names, first, second, base=None):
    return [parameter(name, first, second, f"'{first}'", f"'{second}'", base) for name in names]


# Session parameters that a task may carry.
SESSION = [
    *(parameter(name, True, False, "TRUE", "FALSE") for name in (
        "abort_detached_query", "autocommit", "error_on_nondeterministic_merge", "error_on_nondeterministic_update",
        "noorder_sequence_as_default", "quoted_identifiers_ignore_case", "strict_json_output", "transaction_abort_on_error",
        "use_cached_result")),
    *(parameter(name, 1, 0, "1", "0") for name in (
        "json_indent", "lock_timeout", "multi_statement_count", "rows_per_resultset", "statement_queued_timeout_in_seconds",
        "statement_timeout_in_seconds", "week_of_year_policy", "week_start")),
    parameter("two_digit_century_start", 1970, 1990, "1970", "1990"),
    *text_parameters(["date_input_format", "date_output_format", "time_input_format", "time_output_format",
                      "timestamp_input_format", "timestamp_ltz_output_format", "timestamp_ntz_output_format",
                      "timestamp_output_format", "timestamp_tz_output_format"], "YYYY-MM-DD", "DD.MM.YYYY"),
    *text_parameters(["binary_input_format", "binary_output_format"], "BASE64", "HEX"),
    *text_parameters(["geography_output_format", "geometry_output_format"], "WKT", "EWKB"),
    parameter("query_tag", "It's", "b", "'It''s'", "'b'"),
    parameter("search_path", "$current", "$public", "'$current'", "'$public'"),
    parameter("timestamp_type_mapping", "TIMESTAMP_LTZ", "timestamp_tz", "'TIMESTAMP_LTZ'", "'TIMESTAMP_TZ'"),
    parameter("timezone", "Europe/Paris", "UTC", "'Europe/Paris'", "'UTC'"),
]

# The manifest of a listing, its fields in the order that mesh writes them.
FIELDS = """title subtitle description organization_profile organization_targets support_contact approver_contact request_approval_type
    targets external_targets locations auto_fulfillment resharing data_dictionary usage_examples data_attributes resources listing_terms
    custom_attributes data_preview profile business_needs categories other""".split()
ACCESS = {"organization_targets": 'organization_targets:\n  access:\n    - account: "A"'}
ACCOUNTS = {"targets": 'targets:\n  accounts:\n    - "O.A"'}
OUTSIDE = {"distribution": "external", "targets": {"accounts": ["O.A"]}, "organization_targets": None}


def field(name, first, second, first_yaml, second_yaml, outside=False, base=None, without=None, key=None):
    """A field: what it is in the manifest, and in YAML; ALTER says all of it anew. `without`: what stands where it does not."""
    rest = ACCOUNTS if outside else ACCESS

    def text(yaml):
        parts = {"title": 'title: "T"', **rest, **({key or name: yaml} if yaml else {})}
        return "AS $$\n" + "\n".join(parts[part] for part in FIELDS if part in parts) + "\n$$ PUBLISH = FALSE"

    later = [f"{text(yaml)} REVIEW = FALSE" for yaml in (second_yaml, without, first_yaml)]
    return Row(name, first, second, text(first_yaml), *later, {**(OUTSIDE if outside else {}), **(base or {})})


LISTING = [
    Row("comment", "It's", "b", "COMMENT = 'It''s'", "SET COMMENT = 'b'", "SET COMMENT = ''", "SET COMMENT = 'It''s'"),
    field("title", "It's \"$\"", "b\tc", 'title: "It\'s \\"$\\""', 'title: "b\\tc"', without='title: "T"'),
    field("subtitle", "a", "b", 'subtitle: "a"', 'subtitle: "b"', outside=True),
    field("description", "a\n\nb: c", "b\n- c\n", "description: |-\n  a\n\n  b: c", "description: |\n  b\n  - c"),
    field("organization_profile", "RETAIL", "SALES", 'organization_profile: "RETAIL"', 'organization_profile: "SALES"'),
    field("support_contact", "a@b.c", "d@e.f", 'support_contact: "a@b.c"', 'support_contact: "d@e.f"'),
    field("approver_contact", "a@b.c", "d@e.f", 'approver_contact: "a@b.c"', 'approver_contact: "d@e.f"'),
    field("request_approval_type", "request_and_approve_in_snowflake", "REQUEST_AND_APPROVE_OUTSIDE_SNOWFLAKE",
          'request_approval_type: "REQUEST_AND_APPROVE_IN_SNOWFLAKE"', 'request_approval_type: "REQUEST_AND_APPROVE_OUTSIDE_SNOWFLAKE"'),
    field("organization_targets", {"access": [{"account": "B", "roles": "R"}, {"organization_user_group": "G"}]},
          {"access": [{"all_internal_accounts": True}]},
          'organization_targets:\n  access:\n    - account: "B"\n      roles:\n        - "R"\n    - organization_user_group: "G"',
          "organization_targets:\n  access:\n    - all_internal_accounts: true", without=ACCESS["organization_targets"]),
    field("targets", {"accounts": ["O.B", "O.A"]}, {"accounts": "O.C"}, 'targets:\n  accounts:\n    - "O.A"\n    - "O.B"',
          'targets:\n  accounts:\n    - "O.C"', outside=True, without=ACCOUNTS["targets"]),
    field("external_targets", {"access": [{"organization": "O", "accounts": ["B"]}]}, {"access": [{"account": "O.B"}]},
          'external_targets:\n  access:\n    - organization: "O"\n      accounts:\n        - "B"',
          'external_targets:\n  access:\n    - account: "O.B"', outside=True),
    field("locations", {"access_regions": [{"name": "ALL"}]}, {"access_regions": [{"names": ["A", "B"]}]},
          'locations:\n  access_regions:\n    - name: "ALL"', 'locations:\n  access_regions:\n    - names:\n        - "A"\n        - "B"'),
    field("auto_fulfillment", {"refresh_type": "sub_database", "refresh_schedule": "10 minutes", "refresh_schedule_override": True},
          {"refresh_type": "SUB_DATABASE", "warehouse": "t_w_comment"},
          'auto_fulfillment:\n  refresh_type: "SUB_DATABASE"\n  refresh_schedule: "10 MINUTE"\n  refresh_schedule_override: true',
          'auto_fulfillment:\n  refresh_type: "SUB_DATABASE"\n  warehouse: "T_W_COMMENT"'),
    field("resharing", {"enabled": False}, {"enabled": False, "only_within_organization": True}, "resharing:\n  enabled: false",
          "resharing:\n  enabled: false\n  only_within_organization: true"),
    field("data_dictionary", {"featured": {"database": "t_base", "objects": [{"name": "SOURCE", "schema": "s", "domain": "table"}]}},
          {"featured": {"database": "T_BASE", "objects": [{"name": "T", "schema": "S", "domain": "VIEW"}]}},
          'data_dictionary:\n  featured:\n    database: "T_BASE"\n    objects:\n      - name: "SOURCE"\n        schema: "S"\n        domain: "TABLE"',
          'data_dictionary:\n  featured:\n    database: "T_BASE"\n    objects:\n      - name: "T"\n        schema: "S"\n        domain: "VIEW"'),
    field("usage_examples", [{"title": "a", "query": "SELECT 1\n-- one"}], [{"title": "b", "description": "d", "query": "SELECT 2"}],
          'usage_examples:\n  - title: "a"\n    query: |-\n      SELECT 1\n      -- one',
          'usage_examples:\n  - title: "b"\n    description: "d"\n    query: "SELECT 2"'),
    field("data_attributes", {"refresh_rate": "daily", "geography": {"granularity": "CITY", "geo_option": "global"}},
          {"time": {"granularity": "daily", "time_range": {"time_frame": "last", "unit": "days", "value": 6}}},
          'data_attributes:\n  refresh_rate: "DAILY"\n  geography:\n    granularity:\n      - "CITY"\n    geo_option: "GLOBAL"',
          'data_attributes:\n  time:\n    granularity: "DAILY"\n    time_range:\n      time_frame: "LAST"\n      unit: "DAYS"\n      value: 6'),
    field("resources", {"documentation": "https://a"}, {"documentation": "https://b", "media": "https://c"},
          'resources:\n  documentation: "https://a"', 'resources:\n  documentation: "https://b"\n  media: "https://c"'),
    field("listing_terms", {"type": "custom", "link": "https://a"}, {"type": "STANDARD"},
          'listing_terms:\n  type: "CUSTOM"\n  link: "https://a"', 'listing_terms:\n  type: "STANDARD"'),
    field("custom_attributes", [{"name": "A", "values": "x"}], [{"name": "A", "values": ["y", "z"]}],
          'custom_attributes:\n  - name: "A"\n    values:\n      - "x"', 'custom_attributes:\n  - name: "A"\n    values:\n      - "y"\n      - "z"'),
    field("data_preview", {"has_pii": False}, {"has_pii": True, "metadata_overrides": {"database": "T_BASE", "objects": [
              {"schema": "S", "domain": "TABLE", "name": "T", "pii_columns": ["B", "A"]}]}},
          "data_preview:\n  has_pii: false", 'data_preview:\n  has_pii: true\n  metadata_overrides:\n    database: "T_BASE"\n    objects:\n'
          '      - schema: "S"\n        domain: "TABLE"\n        name: "T"\n        pii_columns:\n          - "A"\n          - "B"'),
    field("profile", "a", "b", 'profile: "a"', 'profile: "b"', outside=True),
    field("business_needs", [{"name": "a", "description": "b"}], [{"name": "a", "description": "b", "type": "custom"}],
          'business_needs:\n  - name: "a"\n    description: "b"',
          'business_needs:\n  - name: "a"\n    description: "b"\n    type: "CUSTOM"', outside=True),
    field("categories", "ECONOMY", ["MEDIA"], 'categories:\n  - "ECONOMY"', 'categories:\n  - "MEDIA"', outside=True),
]
others = field("other_fields", {"draft_access_type": "FREE", "offers": [{"name": "A"}]}, {"draft_access_type": "PAID"},
               'draft_access_type: "FREE"\noffers:\n  - name: "A"', 'draft_access_type: "PAID"', key="other")
others.forms["unset"], others.absent = None, None  # what is there stays
LISTING.append(others)

SNOWPARK = {"warehouse_type": "SNOWPARK-OPTIMIZED", "warehouse_size": "MEDIUM"}
ADAPTIVE = {"warehouse_type": "ADAPTIVE"}

ROWS = {
    "database": SHARED + [
        parameter("event_table", "T_BASE.S.EVENTS", "t_base.s.\"more events\"", '"T_BASE"."S"."EVENTS"', '"T_BASE"."S"."more events"'),
    ],
    "schema": SHARED + [
        # Managed access is mesh's default, so its absence is a value of its own.
        Row("managed_access", True, False, "WITH MANAGED ACCESS", "DISABLE MANAGED ACCESS", "ENABLE MANAGED ACCESS", None),
        Row("managed_access", False, True, None, "ENABLE MANAGED ACCESS", None, "DISABLE MANAGED ACCESS", tag="_B"),
        parameter("pipe_execution_paused", True, False, "TRUE", "FALSE"),
    ],
    "warehouse": [
        COMMENT,
        *with_default("warehouse_type", "STANDARD", "SNOWPARK-OPTIMIZED", "'STANDARD'", "'SNOWPARK-OPTIMIZED'",
                      base={"warehouse_size": "MEDIUM"}),
        # UNSET does not take WAREHOUSE_SIZE.
        *with_default("warehouse_size", "XSMALL", "2X-Large", "'XSMALL'", "'XXLARGE'", unset="SET WAREHOUSE_SIZE = 'XSMALL'"),
        left_alone("generation", "1", "2", "'1'", "'2'"),
        left_alone("resource_constraint", "MEMORY_1X", "MEMORY_16X_x86", "'MEMORY_1X'", "'MEMORY_16X_X86'", SNOWPARK),
        parameter("max_cluster_count", 3, 2, "3", "2"),
        parameter("min_cluster_count", 2, 3, "2", "3", {"max_cluster_count": 4}),
        *with_default("scaling_policy", "STANDARD", "ECONOMY", "STANDARD", "ECONOMY", base={"max_cluster_count": 2}),
        # UNSET AUTO_SUSPEND gives 0 and not 600.
        *with_default("auto_suspend", 600, 0, "600", "0", unset="SET AUTO_SUSPEND = 600"),
        *with_default("auto_resume", True, False, "TRUE", "FALSE"),
        Row("initially_suspended", True, False, "INITIALLY_SUSPENDED = TRUE", None, None, None),
        left_alone("enable_query_acceleration", True, False, "TRUE", "FALSE"),
        left_alone("query_acceleration_max_scale_factor", 4, 0, "4", "0"),
        parameter("max_concurrency_level", 4, 16, "4", "16"),
        parameter("statement_queued_timeout_in_seconds", 30, 0, "30", "0"),
        parameter("statement_timeout_in_seconds", 3600, 7200, "3600", "7200"),
        parameter("resource_monitor", "MONITOR_A", "MONITOR_B", '"MONITOR_A"', '"MONITOR_B"'),
        left_alone("max_query_performance_level", "LARGE", "2X-Large", "LARGE", "XXLARGE", ADAPTIVE),
        left_alone("query_throughput_multiplier", 2, 3, "2", "3", ADAPTIVE),
    ],
    "role": [COMMENT],
    "database_role": [COMMENT],
    "user": [
        COMMENT,
        *with_default("type", "PERSON", "SERVICE", "PERSON", "SERVICE"),
        Row("login_name", "ann@example.com", "Bo", "LOGIN_NAME = 'ANN@EXAMPLE.COM'", "SET LOGIN_NAME = 'BO'",
            "SET LOGIN_NAME = 'T_U_LOGIN_NAME'", "SET LOGIN_NAME = 'ANN@EXAMPLE.COM'"),
        left_alone("display_name", "Ann's", "Bo", "'Ann''s'", "'Bo'"),
        parameter("first_name", "Ann", "Bo", "'Ann'", "'Bo'"),
        parameter("middle_name", "M.", "null and void", "'M.'", "'null and void'"),
        parameter("last_name", "O'Hara", "Lee", "'O''Hara'", "'Lee'"),
        parameter("email", "a@example.com", "b@example.com", "'a@example.com'", "'b@example.com'"),
        *with_default("disabled", False, True, "FALSE", "TRUE"),
        parameter("must_change_password", True, False, "TRUE", "FALSE"),
        parameter("days_to_expiry", 30, 60, "30", "60"),
        parameter("mins_to_unlock", 5, 10, "5", "10"),
        parameter("mins_to_bypass_mfa", 5, 10, "5", "10"),
        parameter("default_warehouse", "WH_A", "WH_B", '"WH_A"', '"WH_B"'),
        parameter("default_namespace", "t_base.\"more s\"", "T_BASE", '"T_BASE"."more s"', '"T_BASE"'),
        parameter("default_role", "PUBLIC", "SYSADMIN", '"PUBLIC"', '"SYSADMIN"'),
        *with_default("default_secondary_roles", ["ALL"], [], "('ALL')", "()"),
        # The key that stays keeps its slot.
        Row("public_keys", [KEY_A], [KEY_B, KEY_A], f"RSA_PUBLIC_KEY = '{KEY_A}'", f"SET RSA_PUBLIC_KEY_2 = '{KEY_B}'",
            "UNSET RSA_PUBLIC_KEY, RSA_PUBLIC_KEY_2", f"SET RSA_PUBLIC_KEY = '{KEY_A}'"),
        Row("public_keys", f"-----BEGIN PUBLIC KEY-----\n{KEY_A[:64]}\n{KEY_A[64:]}\n-----END PUBLIC KEY-----\n", [KEY_B],
            f"RSA_PUBLIC_KEY = '{KEY_A}'", f"SET RSA_PUBLIC_KEY = '{KEY_B}'", "UNSET RSA_PUBLIC_KEY",
            f"SET RSA_PUBLIC_KEY = '{KEY_A}'", tag="_B"),
        parameter("network_policy", "T_NP_COMMENT", "T_NP_BLOCKED_IP_LIST", '"T_NP_COMMENT"', '"T_NP_BLOCKED_IP_LIST"'),
    ],
    "table": [
        COMMENT,
        RETENTION,
        parameter("max_data_extension_time_in_days", 20, 21, "20", "21"),
        parameter("default_ddl_collation", "en-ci", "de", "'en-ci'", "'de'"),
        left_alone("change_tracking", True, False, "TRUE", "FALSE"),
        *with_default("enable_schema_evolution", False, True, "FALSE", "TRUE", unset="SET ENABLE_SCHEMA_EVOLUTION = FALSE"),
        *with_default("error_logging", False, True, "FALSE", "TRUE", unset="SET ERROR_LOGGING = FALSE"),
        left_alone("row_timestamp", True, False, "TRUE", "FALSE"),
        METRIC_SCHEDULE,
    ],
    "view": [
        COMMENT,
        Row("secure", True, False, "CREATE SECURE VIEW", "UNSET SECURE", None, "SET SECURE"),
        Row("secure", False, True, None, "SET SECURE", "UNSET SECURE", None, tag="_B"),
        left_alone("change_tracking", True, False, "TRUE", "FALSE"),
        anew("column_list", ["B"], ['"c d"'], '"T_V_COLUMN_LIST" ("B")', 'COLUMN_LIST" ("c d")', absent='COLUMN_LIST" COPY'),
        METRIC_SCHEDULE,
    ],
    "sequence": [
        COMMENT,
        Row("start", 5, 7, "START = 5", None, None, None),
        *with_default("increment", 1, -10, "1", "-10", unset="SET INCREMENT = 1"),
        # Order can be given up, and never be gained.
        Row("order", True, False, " ORDER", "SET NOORDER", None, None, tag="_B", last=False),
    ],
    "file_format": [
        Row("comment", "It's \\ first", "second\nline", "COMMENT = 'It''s \\\\ first'", "SET COMMENT = 'second\nline'",
            "SET COMMENT = ''", "SET COMMENT = 'It''s \\\\ first'"),
        *option("compression", "AUTO", "gzip", "AUTO", "GZIP"),
        *option("record_delimiter", "\n", "\\r", "'\n'", "'\r'"),
        *option("field_delimiter", ",", "\t", "','", "'\t'"),
        *option("multi_line", True, False, "TRUE", "FALSE"),
        Row("file_extension", ".dat", "NONE", "FILE_EXTENSION = '.dat'", "SET FILE_EXTENSION = NONE", None,
            "SET FILE_EXTENSION = '.dat'"),
        *option("parse_header", False, True, "FALSE", "TRUE"),
        *option("skip_header", 0, 2, "0", "2"),
        *option("skip_blank_lines", False, True, "FALSE", "TRUE"),
        *option("date_format", "auto", "YYYY-MM-DD", "AUTO", "'YYYY-MM-DD'"),
        *option("time_format", "auto", "HH24:MI", "AUTO", "'HH24:MI'"),
        *option("timestamp_format", "auto", "YYYY", "AUTO", "'YYYY'"),
        *option("binary_format", "HEX", "base64", "HEX", "BASE64"),
        *option("escape", "none", "\\", "NONE", "'\\\\'"),
        *option("escape_unenclosed_field", "\\\\", "NONE", "'\\\\'", "NONE"),
        *option("trim_space", False, True, "FALSE", "TRUE"),
        *option("field_optionally_enclosed_by", "NONE", "0x27", "NONE", "''''"),
        *option("null_if", ["\\N"], ["", "it's", "\\N"], "('\\\\N')", "('', 'it''s', '\\\\N')"),
        *option("error_on_column_count_mismatch", True, False, "TRUE", "FALSE"),
        *option("replace_invalid_characters", False, True, "FALSE", "TRUE"),
        *option("empty_field_as_null", True, False, "TRUE", "FALSE"),
        *option("skip_byte_order_mark", True, False, "TRUE", "FALSE"),
        *option("encoding", "utf-8", "ISO-8859-1", "'UTF8'", "'ISO88591'"),
        *option("enable_octal", False, True, "FALSE", "TRUE", {"type": "JSON"}),
        *option("allow_duplicate", False, True, "FALSE", "TRUE", {"type": "JSON"}),
        *option("strip_outer_array", False, True, "FALSE", "TRUE", {"type": "JSON"}),
        *option("strip_null_values", False, True, "FALSE", "TRUE", {"type": "JSON"}),
        *option("ignore_utf8_errors", False, True, "FALSE", "TRUE", {"type": "XML"}),
        *option("snappy_compression", True, False, "TRUE", "FALSE", {"type": "PARQUET"}),
        *option("binary_as_text", True, False, "TRUE", "FALSE", {"type": "PARQUET"}),
        *option("use_logical_type", False, True, "FALSE", "TRUE", {"type": "PARQUET"}),
        left_alone("use_vectorized_scanner", True, False, "TRUE", "FALSE", {"type": "PARQUET"}),
        *option("preserve_space", False, True, "FALSE", "TRUE", {"type": "XML"}),
        *option("strip_outer_element", False, True, "FALSE", "TRUE", {"type": "XML"}),
        *option("disable_auto_convert", False, True, "FALSE", "TRUE", {"type": "XML"}),
    ],
    "stage": [
        # ALTER STAGE has no UNSET.
        Row("comment", "It's \\ first", "second\nline", "COMMENT = 'It''s \\\\ first'", "SET COMMENT = 'second\nline'",
            "SET COMMENT = ''", "SET COMMENT = 'It''s \\\\ first'"),
        Row("url", "s3://bucket/a/", "s3://bucket/b/", "URL = 's3://bucket/a/'", "SET URL = 's3://bucket/b/'", None,
            "SET URL = 's3://bucket/a/'", stays=True),
        Row("storage_integration", "STORAGE_A", "STORAGE_B", 'STORAGE_INTEGRATION = "STORAGE_A"', 'SET STORAGE_INTEGRATION = "STORAGE_B"',
            None, 'SET STORAGE_INTEGRATION = "STORAGE_A"', {"url": "s3://bucket/c/"}, stays=True),
        Row("directory", {"enable": True}, {"enable": False}, "DIRECTORY = (ENABLE = TRUE)", "SET DIRECTORY = (ENABLE = FALSE)", None,
            "SET DIRECTORY = (ENABLE = TRUE)"),
        Row("directory", {"enable": False}, {"enable": True}, "DIRECTORY = (ENABLE = FALSE)", "SET DIRECTORY = (ENABLE = TRUE)",
            "SET DIRECTORY = (ENABLE = FALSE)", None, tag="_B"),
        Row("file_format", "T_BASE.S.T_FF_COMMENT", "T_BASE.S.T_FF_ESCAPE", "FILE_FORMAT = (FORMAT_NAME = 'T_BASE.S.T_FF_COMMENT')",
            "SET FILE_FORMAT = (FORMAT_NAME = 'T_BASE.S.T_FF_ESCAPE')", "SET FILE_FORMAT = (TYPE = CSV)",
            "SET FILE_FORMAT = (FORMAT_NAME = 'T_BASE.S.T_FF_COMMENT')"),
    ],
    "resource_monitor": [
        Row("credit_quota", 100, 200, "CREDIT_QUOTA = 100", "SET CREDIT_QUOTA = 200", "SET CREDIT_QUOTA = NULL",
            "SET CREDIT_QUOTA = 100"),
        # ALTER takes a frequency only together with a start.
        Row("frequency", "WEEKLY", "daily", "FREQUENCY = WEEKLY START_TIMESTAMP = IMMEDIATELY",
            "SET FREQUENCY = DAILY START_TIMESTAMP = IMMEDIATELY", "SET FREQUENCY = MONTHLY START_TIMESTAMP = IMMEDIATELY",
            "SET FREQUENCY = WEEKLY START_TIMESTAMP = IMMEDIATELY", together={"start_timestamp": "immediately"}),
        Row("start_timestamp", "2030-01-01 00:00", "2031-01-01 00:00", "START_TIMESTAMP = '2030-01-01 00:00'", None, None, None,
            together={"frequency": "MONTHLY"}),
        Row("end_timestamp", "2030-01-01T08:30:00Z", "2031-06-30", "END_TIMESTAMP = '2030-01-01 08:30'",
            "SET END_TIMESTAMP = '2031-06-30 00:00'", "SET END_TIMESTAMP = NULL", "SET END_TIMESTAMP = '2030-01-01 08:30'"),
        Row("notify_users", ["ALICE"], ["BOB", "ALICE"], 'NOTIFY_USERS = ("ALICE")', 'SET NOTIFY_USERS = ("ALICE", "BOB")',
            "SET NOTIFY_USERS = ()", 'SET NOTIFY_USERS = ("ALICE")'),
        # Where there were triggers, one must stay: taking all away is refused (golden/resource_monitor/triggers_refused).
        Row("triggers", [{"at": 90, "do": "notify"}, {"at": 95, "do": "suspend"}], [{"at": 110, "do": "suspend_immediate"}],
            "TRIGGERS ON 90 PERCENT DO NOTIFY ON 95 PERCENT DO SUSPEND", "TRIGGERS ON 110 PERCENT DO SUSPEND_IMMEDIATE", None,
            "TRIGGERS ON 90 PERCENT DO NOTIFY ON 95 PERCENT DO SUSPEND", {"credit_quota": 10}, stays=True),
    ],
    "network_rule": [
        COMMENT,
        Row("value_list", ["10.0.0.2", "10.0.0.1"], ["10.0.0.0/8"], "VALUE_LIST = ('10.0.0.1', '10.0.0.2')",
            "SET VALUE_LIST = ('10.0.0.0/8')", None, "SET VALUE_LIST = ('10.0.0.1', '10.0.0.2')", stays=True),
    ],
    "stream": [
        COMMENT,
        Row("show_initial_rows", True, False, "SHOW_INITIAL_ROWS = TRUE", None, None, None),
    ],
    "alert": [
        COMMENT,
        parameter("warehouse", "T_W_COMMENT", "T_W_GENERATION", '"T_W_COMMENT"', '"T_W_GENERATION"'),
        # Neither between a schedule and none (golden/alert/schedule_refused).
        Row("schedule", "10 minutes", "using cron 0 9 * * * UTC", "SCHEDULE = '10 MINUTE'",
            "SET SCHEDULE = 'USING CRON 0 9 * * * UTC'", None, "SET SCHEDULE = '10 MINUTE'", stays=True),
    ],
    "function": [
        COMMENT,
        *of_routines("HANDLER = 'f'"),
        Row("secure", True, False, "CREATE SECURE FUNCTION", "UNSET SECURE", None, "SET SECURE"),
        Row("secure", False, True, None, "SET SECURE", "UNSET SECURE", None, tag="_B"),
        anew("aggregate", True, False, "CREATE AGGREGATE FUNCTION", "CREATE OR REPLACE FUNCTION", PYTHON, absent=None),
        anew("immutable", True, False, "IMMUTABLE", "LANGUAGE JAVASCRIPT", {"language": "JAVASCRIPT"}, absent=None),
        anew("memoizable", True, False, "MEMOIZABLE", "LANGUAGE SQL AS", absent=None),
        level("log_level", "INFO", "WARN"),
        level("trace_level", "ALWAYS", "ON_EVENT"),
        level("metric_level", "ALL", "NONE"),
    ],
    "procedure": [
        COMMENT,
        *of_routines("HANDLER = 'f'"),
        anew("secure", True, False, "CREATE SECURE PROCEDURE", "CREATE OR REPLACE PROCEDURE", absent=None),
        *[Row(name, first, second, f"EXECUTE AS {first}", f"EXECUTE AS {second}", unset, f"EXECUTE AS {first}", tag=tag)
          for name, first, second, unset, tag in (("execute_as", "CALLER", "RESTRICTED CALLER", "EXECUTE AS OWNER", ""),)],
        level("log_level", "INFO", "WARN", Anew("LANGUAGE SQL AS")),
        level("trace_level", "ALWAYS", "ON_EVENT", Anew("LANGUAGE SQL AS")),
        level("metric_level", "ALL", "NONE", Anew("LANGUAGE SQL AS")),
        level("auto_event_logging", "LOGGING", "ALL", Anew("LANGUAGE SQL AS")),
    ],
    "task": [
        COMMENT,
        *SESSION,
        parameter("warehouse", "T_W_COMMENT", "T_W_GENERATION", '"T_W_COMMENT"', '"T_W_GENERATION"'),
        parameter("user_task_managed_initial_warehouse_size", "small", "LARGE", "'SMALL'", "'LARGE'"),
        parameter("schedule", "10 m", "using cron 0 9 * * * UTC", "'10 MINUTE'", "'USING CRON 0 9 * * * UTC'"),
        parameter("config", '{"a": "it\'s"}', '{"a": 1}', "'{\"a\": \"it''s\"}'", "'{\"a\": 1}'"),
        *with_default("overlap_policy", "NO_OVERLAP", "allow_all_overlap", "NO_OVERLAP", "ALLOW_ALL_OVERLAP"),
        parameter("user_task_timeout_ms", 60000, 70000, "60000", "70000"),
        parameter("suspend_task_after_num_failures", 5, 0, "5", "0"),
        parameter("task_auto_retry_attempts", 1, 2, "1", "2"),
        parameter("user_task_minimum_trigger_interval_in_seconds", 60, 15, "60", "15"),
        parameter("error_integration", "NOTIFY_A", "NOTIFY_B", '"NOTIFY_A"', '"NOTIFY_B"'),
        parameter("success_integration", "NOTIFY_A", "NOTIFY_B", '"NOTIFY_A"', '"NOTIFY_B"'),
        parameter("log_level", "INFO", "WARN", "'INFO'", "'WARN'"),
        parameter("target_completion_interval", "10 minutes", "1 h", "'10 MINUTE'", "'1 HOUR'"),
        parameter("serverless_task_min_statement_size", "SMALL", "MEDIUM", "'SMALL'", "'MEDIUM'"),
        parameter("serverless_task_max_statement_size", "LARGE", "XLARGE", "'LARGE'", "'XLARGE'"),
        Row("execute_as_user", "CAROL", "DAVE", 'EXECUTE AS USER "CAROL"', 'SET EXECUTE AS USER "DAVE"', "UNSET EXECUTE AS USER",
            'SET EXECUTE AS USER "CAROL"'),
        Row("after", ["T_TK_COMMENT"], ["T_BASE.S.T_TK_CONFIG"], 'AFTER "T_BASE"."S"."T_TK_COMMENT"',
            ['ADD AFTER "T_BASE"."S"."T_TK_CONFIG"', 'REMOVE AFTER "T_BASE"."S"."T_TK_COMMENT"'],
            'REMOVE AFTER "T_BASE"."S"."T_TK_CONFIG"', 'ADD AFTER "T_BASE"."S"."T_TK_COMMENT"'),
        Row("finalize", "T_TK_COMMENT", "T_TK_CONFIG", 'FINALIZE = "T_BASE"."S"."T_TK_COMMENT"',
            'SET FINALIZE = "T_BASE"."S"."T_TK_CONFIG"', "UNSET FINALIZE", 'SET FINALIZE = "T_BASE"."S"."T_TK_COMMENT"'),
    ],
    "pipe": [
        COMMENT,
        parameter("error_integration", "NOTIFY_A", "NOTIFY_B", '"NOTIFY_A"', '"NOTIFY_B"'),
        parameter("pipe_execution_paused", True, False, "TRUE", "FALSE"),
    ],
    "dynamic_table": [
        COMMENT,
        RETENTION,
        parameter("max_data_extension_time_in_days", 20, 21, "20", "21"),
        parameter("default_ddl_collation", "en-ci", "de", "'en-ci'", "'de'"),
        parameter("log_level", "INFO", "WARN", "INFO", "WARN"),
        # Required, or taken away with the scheduler (golden/dynamic_table/scheduler).
        Row("target_lag", "5 minutes", "downstream", "TARGET_LAG = '5 minutes'", "SET TARGET_LAG = DOWNSTREAM", None,
            "SET TARGET_LAG = '5 minutes'", stays=True),
        Row("warehouse", "T_W_COMMENT", "T_W_GENERATION", 'WAREHOUSE = "T_W_COMMENT"', 'SET WAREHOUSE = "T_W_GENERATION"', None,
            'SET WAREHOUSE = "T_W_COMMENT"', stays=True),
        parameter("initialization_warehouse", "T_W_COMMENT", "T_W_GENERATION", '"T_W_COMMENT"', '"T_W_GENERATION"'),
        Row("initialize", "ON_SCHEDULE", "ON_CREATE", "INITIALIZE = ON_SCHEDULE", None, None, None),
        Row("execute_as_user", "CAROL", "DAVE", 'EXECUTE AS USER "CAROL"', 'SET EXECUTE AS USER "DAVE"', "UNSET EXECUTE AS USER",
            'SET EXECUTE AS USER "CAROL"'),
        left_alone("row_timestamp", True, False, "TRUE", "FALSE"),
        anew("column_list", ["B"], ['"c d"'], '"T_DT_COLUMN_LIST" ("B") TARGET_LAG', 'COLUMN_LIST" ("c d")', absent='COLUMN_LIST" TARGET_LAG'),
    ],
    "materialized_view": [
        COMMENT,
        Row("secure", True, False, "CREATE SECURE MATERIALIZED VIEW", "UNSET SECURE", None, "SET SECURE"),
        Row("secure", False, True, None, "SET SECURE", "UNSET SECURE", None, tag="_B"),
        anew("column_list", ["B"], ['"c d"'], '("B") AS', '("c d") AS', absent="COPY GRANTS AS"),
    ],
    "external_table": [
        Row("auto_refresh", True, False, "AUTO_REFRESH = TRUE", "SET AUTO_REFRESH = FALSE", None, "SET AUTO_REFRESH = TRUE"),
        Row("refresh_on_create", False, True, "REFRESH_ON_CREATE = FALSE", None, None, None),
        Row("aws_sns_topic", "arn:a", "arn:b", "AWS_SNS_TOPIC = 'arn:a'", None, None, None),
        Row("integration", "NOTE_A", "NOTE_B", "INTEGRATION = 'NOTE_A'", None, None, None),
    ],
    "storage_integration": [
        COMMENT,
        *with_default("enabled", True, False, "TRUE", "FALSE", unset="SET ENABLED = TRUE"),
        Row("storage_aws_role_arn", "arn:a", "arn:b", "STORAGE_AWS_ROLE_ARN = 'arn:a'", "SET STORAGE_AWS_ROLE_ARN = 'arn:b'", None,
            "SET STORAGE_AWS_ROLE_ARN = 'arn:a'", stays=True),
        left_alone("storage_aws_external_id", "mine", "it's", "'mine'", "'it''s'"),
        *with_default("use_privatelink_endpoint", False, True, "FALSE", "TRUE"),
        Row("storage_aws_object_acl", "bucket-owner-full-control", "BUCKET-OWNER-FULL-CONTROL",
            "STORAGE_AWS_OBJECT_ACL = 'bucket-owner-full-control'", None, "UNSET STORAGE_AWS_OBJECT_ACL",
            "SET STORAGE_AWS_OBJECT_ACL = 'bucket-owner-full-control'"),
        Row("azure_tenant_id", "a1", "b2", "AZURE_TENANT_ID = 'a1'", "SET AZURE_TENANT_ID = 'b2'", None, "SET AZURE_TENANT_ID = 'a1'",
            {"storage_provider": "AZURE", "storage_aws_role_arn": None, "storage_allowed_locations": ["azure://x/"]}, stays=True),
        Row("storage_allowed_locations", ["s3://b/", "s3://a/"], ["*"], "STORAGE_ALLOWED_LOCATIONS = ('s3://a/', 's3://b/')",
            "SET STORAGE_ALLOWED_LOCATIONS = ('*')", None, "SET STORAGE_ALLOWED_LOCATIONS = ('s3://a/', 's3://b/')", stays=True),
        in_list("storage_blocked_locations", ["s3://b/x/"], ["s3://b/y/", "s3://b/x/"], "'s3://b/x/'", "'s3://b/x/', 's3://b/y/'"),
    ],
    "network_policy": [
        COMMENT,
        in_list("allowed_ip_list", ["10.0.0.2", "10.0.0.1"], ["192.168.0.0/16"], "'10.0.0.1', '10.0.0.2'", "'192.168.0.0/16'"),
        in_list("blocked_ip_list", ["10.0.0.2"], ["10.0.0.2", "10.0.0.3"], "'10.0.0.2'", "'10.0.0.2', '10.0.0.3'"),
        in_list("allowed_network_rule_list", ["T_BASE.S.T_NR_COMMENT"], ["T_BASE.S.T_NR_MODE", "T_BASE.S.T_NR_COMMENT"],
                "'T_BASE.S.T_NR_COMMENT'", "'T_BASE.S.T_NR_COMMENT', 'T_BASE.S.T_NR_MODE'"),
        in_list("blocked_network_rule_list", ["T_BASE.S.T_NR_MODE"], ["T_BASE.S.T_NR_COMMENT"], "'T_BASE.S.T_NR_MODE'",
                "'T_BASE.S.T_NR_COMMENT'"),
    ],
    "tag": [
        COMMENT,
        Row("allowed_values", ["email", "it's"], ["phone"], "ALLOWED_VALUES 'email', 'it''s'", "SET ALLOWED_VALUES 'phone'",
            "UNSET ALLOWED_VALUES", "SET ALLOWED_VALUES 'email', 'it''s'"),
        parameter("propagate", "ON_DEPENDENCY", "ON_DATA_MOVEMENT", "ON_DEPENDENCY", "ON_DATA_MOVEMENT"),
    ],
    "listing": LISTING,
    "share": [COMMENT, Row("secure_objects_only", False, True, "SECURE_OBJECTS_ONLY = FALSE", None, None, None)],
    "masking_policy": [COMMENT],
    "row_access_policy": [COMMENT],
    "aggregation_policy": [COMMENT],
    "projection_policy": [COMMENT],
    "join_policy": [COMMENT],
    "password_policy": [
        COMMENT,
        *[parameter(f"password_{name}", first, second, str(first), str(second)) for name, first, second in (
            ("min_length", 16, 20), ("max_length", 128, 64), ("min_upper_case_chars", 2, 0), ("min_lower_case_chars", 0, 2),
            ("min_numeric_chars", 2, 3), ("min_special_chars", 1, 2), ("min_age_days", 1, 2), ("max_age_days", 0, 30),
            ("max_retries", 3, 10), ("lockout_time_mins", 30, 999), ("history", 24, 0))],
        # A default that is written is no difference from one that is not.
        *with_default("password_min_length", 14, 8, "14", "8")[1:],
    ],
    # ALTER has SET alone. One way is always stated; another takes its place.
    "contact": [
        Row("comment", "It's \\ first", "second\nline", "COMMENT = 'It''s \\\\ first'", "SET COMMENT = 'second\nline'", "SET COMMENT = ''",
            "SET COMMENT = 'It''s \\\\ first'"),
        Row("url", "https://a'b", "https://c", "URL = 'https://a''b'", "SET URL = 'https://c'", "SET URL = 'https://example.com'",
            "SET URL = 'https://a''b'"),
        Row("email_distribution_list", "a@b.com", "c@d.com", "EMAIL_DISTRIBUTION_LIST = 'a@b.com'", "SET EMAIL_DISTRIBUTION_LIST = 'c@d.com'",
            None, "SET EMAIL_DISTRIBUTION_LIST = 'a@b.com'", {"url": None}, stays=True),
    ],
    # Methods of an instance; CREATE has an object.
    "classification_profile": [
        method("maximum_classification_validity_days", 30, 7, "30", "7", "UNSET_MAXIMUM_CLASSIFICATION_VALIDITY_DAYS()"),
        method("minimum_object_age_for_classification_days", 3, 0, "3", "0", None, stays=True),
        *[method(name, not default, default, *(("FALSE", "TRUE") if default else ("TRUE", "FALSE")), None)
          for name, default in (("auto_tag", True), ("classify_views", False), ("ai_mode", False),
                                ("enable_tag_based_sensitive_data_exclusion", False))],
        method("snowflake_semantic_categories", [{"category": "NAME"}], [{"category": "PASSPORT", "country_codes": ["US", "DE"]}],
               "[{'category': 'NAME'}]", "[{'category': 'PASSPORT', 'country_codes': ['DE', 'US']}]", "UNSET_SNOWFLAKE_SEMANTIC_CATEGORIES()"),
        method("tag_map", {"column_tag_map": [{"tag_name": "T_BASE.S.T_TAG_COMMENT"}]},
               {"column_tag_map": [{"tag_name": "t_base.s.t_tag_comment", "tag_value": "it's", "semantic_categories": ["NAME"]},
                                   {"tag_name": "T_BASE.S.T_TAG_COMMENT"}]},
               "{'column_tag_map': [{'tag_name': 'T_BASE.S.T_TAG_COMMENT'}]}",
               "{'column_tag_map': [{'tag_name': 'T_BASE.S.T_TAG_COMMENT', 'tag_value': 'it''s', 'semantic_categories': ['NAME']}, "
               "{'tag_name': 'T_BASE.S.T_TAG_COMMENT'}]}", "UNSET_TAG_MAP()"),
    ],
    "data_metric_function": [
        COMMENT,
        Row("secure", True, False, "CREATE SECURE DATA METRIC FUNCTION", "UNSET SECURE", None, "SET SECURE"),
        Row("secure", False, True, None, "SET SECURE", "UNSET SECURE", None, tag="_B"),
    ],
    "session_policy": [
        COMMENT,
        *[parameter(f"session_{name}", first, second, str(first), str(second)) for name, first, second in (
            ("idle_timeout_mins", 5, 1440), ("ui_idle_timeout_mins", 30, 60), ("max_lifespan_mins", 43200, 1),
            ("ui_max_lifespan_mins", 480, 60))],
        in_list("allowed_secondary_roles", ["t_r_comment"], [], '"T_R_COMMENT"', ""),
        in_list("blocked_secondary_roles", ["ALL"], ["T_R_COMMENT", "ACCOUNTADMIN"], "'ALL'", '"ACCOUNTADMIN", "T_R_COMMENT"'),
    ],
    "authentication_policy": [
        COMMENT,
        in_list("authentication_methods", ["keypair", "SAML"], ["KEYPAIR"], "'KEYPAIR', 'SAML'", "'KEYPAIR'"),
        in_list("client_types", ["DRIVERS"], ["snowflake_ui", "DRIVERS"], "'DRIVERS'", "'DRIVERS', 'SNOWFLAKE_UI'"),
        in_list("security_integrations", ["SSO_A"], ["SSO_A", "SSO_B"], "'SSO_A'", "'SSO_A', 'SSO_B'"),
        left_alone("mfa_enrollment", "required", "OPTIONAL", "'REQUIRED'", "'OPTIONAL'"),
        # Each list of properties is set as a whole, with what goes back to its default, and unset where all of it does.
        Row("mfa_policy", {"allowed_methods": ["totp", "DUO"]}, {"enforce_mfa_on_external_authentication": "all"},
            "MFA_POLICY = (ALLOWED_METHODS = ('DUO', 'TOTP'))",
            "SET MFA_POLICY = (ALLOWED_METHODS = ('ALL') ENFORCE_MFA_ON_EXTERNAL_AUTHENTICATION = 'ALL')", "UNSET MFA_POLICY",
            "SET MFA_POLICY = (ALLOWED_METHODS = ('DUO', 'TOTP'))"),
        Row("pat_policy", {"default_expiry_in_days": 7, "max_expiry_in_days": 30},
            {"max_expiry_in_days": 30, "network_policy_evaluation": "not_enforced", "require_role_restriction_for_service_users": False},
            "PAT_POLICY = (DEFAULT_EXPIRY_IN_DAYS = 7 MAX_EXPIRY_IN_DAYS = 30)",
            "SET PAT_POLICY = (DEFAULT_EXPIRY_IN_DAYS = 15 MAX_EXPIRY_IN_DAYS = 30 NETWORK_POLICY_EVALUATION = NOT_ENFORCED "
            "REQUIRE_ROLE_RESTRICTION_FOR_SERVICE_USERS = FALSE)", "UNSET PAT_POLICY",
            "SET PAT_POLICY = (DEFAULT_EXPIRY_IN_DAYS = 7 MAX_EXPIRY_IN_DAYS = 30)"),
        Row("workload_identity_policy", {"allowed_providers": ["aws", "OIDC"], "allowed_aws_accounts": ["012345678901"]},
            {"allowed_providers": ["OIDC"], "allowed_oidc_issuers": ["https://a.example/B"], "allowed_aws_accounts": ["012345678901"],
             "allowed_azure_issuers": ["https://login.microsoftonline.com/t/v2.0"]},
            "WORKLOAD_IDENTITY_POLICY = (ALLOWED_PROVIDERS = (AWS, OIDC) ALLOWED_AWS_ACCOUNTS = ('012345678901'))",
            "SET WORKLOAD_IDENTITY_POLICY = (ALLOWED_PROVIDERS = (OIDC) ALLOWED_AWS_ACCOUNTS = ('012345678901') ALLOWED_AZURE_ISSUERS = "
            "('https://login.microsoftonline.com/t/v2.0') ALLOWED_OIDC_ISSUERS = ('https://a.example/B'))", "UNSET WORKLOAD_IDENTITY_POLICY",
            "SET WORKLOAD_IDENTITY_POLICY = (ALLOWED_PROVIDERS = (AWS, OIDC) ALLOWED_AWS_ACCOUNTS = ('012345678901'))"),
        parameter("client_policy", [{"client_type": "go_driver", "minimum_version": "3.14.1"}],
                  [{"client_type": "GO_DRIVER", "minimum_version": "3.15.0"}, {"client_type": "SQL_API", "minimum_version": "1.0.0"}],
                  "(GO_DRIVER = (MINIMUM_VERSION = '3.14.1'))",
                  "(GO_DRIVER = (MINIMUM_VERSION = '3.15.0'), SQL_API = (MINIMUM_VERSION = '1.0.0'))"),
    ],
}

# What some values name and no domain declares: property, then name and statement that makes it.
MONITOR = "CREATE RESOURCE MONITOR {} WITH CREDIT_QUOTA = 100"
STORAGE = ("CREATE STORAGE INTEGRATION {} TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = S3 ENABLED = TRUE STORAGE_AWS_ROLE_ARN = "
           "'arn:aws:iam::001234567890:role/x' STORAGE_ALLOWED_LOCATIONS = ('s3://bucket/')")
# The sandbox makes none for external access, and looks for the name among integrations of every type.
NET = STORAGE
BESIDE = {"resource_monitor": {"MONITOR_A": MONITOR, "MONITOR_B": MONITOR},
          "execute_as_user": {"CAROL": "CREATE USER {}", "DAVE": "CREATE USER {}"},
          "notify_users": {"ALICE": "CREATE USER {}", "BOB": "CREATE USER {}"},
          # The sandbox makes no integrations for notifications, and asks here for one of any sort.
          "error_integration": {"NOTIFY_A": STORAGE, "NOTIFY_B": STORAGE},
          "storage_integration": {"STORAGE_A": STORAGE, "STORAGE_B": STORAGE},
          "external_access_integrations": {"NET_A": NET, "NET_B": NET}}

# Stated at creation, and never to be altered: a difference is refused.
IMMUTABLE = {"database": {"transient": (True, False)}, "schema": {"transient": (True, False)},
             "table": {"kind": ("transient", "permanent")}, "sequence": {"order": (False, True)},
             "file_format": {"type": ("JSON", "CSV")},
             "stage": {"encryption": ({"type": "SNOWFLAKE_SSE"}, {"type": "SNOWFLAKE_FULL"})},
             "network_rule": {"type": ("IPV4", "HOST_PORT"), "mode": ("INGRESS", "INTERNAL_STAGE")},
             "masking_policy": {"signature": ({"V": "VARCHAR"}, {"W": "VARCHAR"}),
                                "returns": ("VARCHAR(10)", "VARCHAR(20)"), "exempt_other_policies": (False, True)},
             "row_access_policy": {"signature": ({"V": "VARCHAR"}, {"V": "NUMBER"})},
             "pipe": {"auto_ingest": (True, False), "integration": ("NOTIFY_A", "NOTIFY_B"),
                      "aws_sns_topic": ("arn:aws:sns:eu-central-1:001234567890:x", "arn:aws:sns:eu-central-1:001234567890:y")},
             "external_table": {"location": ("@T_BASE.S.T_ST_STORAGE_INTEGRATION/x/", "@T_BASE.S.T_ST_STORAGE_INTEGRATION/y"),
                                "file_format": ("T_BASE.S.T_FF_COMMENT", "T_BASE.S.T_FF_ESCAPE"), "pattern": ("a.*", "b.*")},
             "storage_integration": {"storage_provider": ("S3", "S3GOV")},
             "listing": {"share": ("T_SH_COMMENT", "T_SH_SECURE_OBJECTS_ONLY")},
             "stream": {"on": ("table T_BASE.S.SOURCE", "view T_BASE.S.T_V_COMMENT"), "append_only": (True, False)}}

# Dropped and made anew where somebody consents (design 5.2).
ANEW_WITH_CONSENT = {"pipe"}

# Keys that are no property of the kind's table, and what tests each: a script, or a folder of golden cases.
ELSEWHERE = {
    "schemas": "golden/schema/create", "database_roles": "golden/database_role/create",
    "tables": "golden/table/create", "views": "golden/view/create",
    "sequences": "golden/sequence/create", "streams": "golden/stream/create", "alerts": "golden/alert/create",
    "accounts": "golden/share/accounts", "share_restrictions": "golden/share/not_restricted",
    "from_share": "e2e/shares_test.py", "distribution": "golden/listing/external",
    "tasks": "golden/task/create", "sql": "golden/task/child_changed", "when": "golden/task/child_changed", "sql_file": "golden/task/create",
    "pipes": "golden/pipe/create", "copy": "golden/pipe/copy_refused",
    "dynamic_tables": "golden/dynamic_table/create", "scheduler": "golden/dynamic_table/scheduler",
    "refresh_mode": "golden/dynamic_table/refresh_mode", "transient": "golden/dynamic_table/transient",
    "frozen_where": "golden/dynamic_table/frozen",
    # Of an external table by COMMENT ON; of a storage integration there is but one type.
    "comment": "golden/external_table/set", "type": "golden/storage_integration/create",
    "materialized_views": "golden/materialized_view/create", "external_tables": "golden/external_table/create",
    "partition_by": "golden/external_table/create", "table_format": "golden/external_table/refused",
    "partition_type": "golden/external_table/by_hand",
    "condition": "golden/alert/texts", "action": "golden/alert/texts", "state": "golden/alert/state",
    "network_rules": "golden/network_policy/create",
    "file_formats": "golden/file_format/create",
    "stages": "golden/stage/create",
    "columns": "e2e/columns_test.py", "primary_key": "e2e/columns_test.py", "unique": "e2e/columns_test.py",
    "foreign_keys": "e2e/columns_test.py", "cluster_by": "e2e/columns_test.py", "check": "e2e/columns_test.py",
    "search_optimization": "e2e/columns_test.py", "rows": "e2e/rows_test.py",
    "query": "golden/view/replace", "query_file": "golden/view/query_file",
    "grants": "golden/table/grant", "owner": "golden/table/owner",
    "granted_to": "golden/role/member_added", "users": "golden/role/users", "privileges": "golden/role/additive",
    "renamed_from": "golden/table/rename", "ignore_changes": "golden/table/ignore_changes",
    "prevent_destroy": "golden/table/prevent_destroy", "only": "golden/warehouse/only", "manage": "golden/table/manage",
    "contacts": "golden/contact/attached", "contact_definitions": "golden/contact/create",
    "classification_profiles": "golden/classification_profile/create", "custom_classifiers": "e2e/classification_test.py",
    "classification_profile": "e2e/classification_test.py",
    "data_metrics": "golden/data_metric_function/attached", "data_metric_functions": "golden/data_metric_function/create",
    "tags": "golden/tag/attached", "row_access_policy": "golden/row_access_policy/attached",
    "masking_policies": "golden/tag/policies", "body": "golden/masking_policy/body",
    "body_file": "golden/row_access_policy/body_file", "tag_definitions": "golden/tag/create",
    "row_access_policies": "golden/row_access_policy/create",
    "aggregation_policies": "golden/aggregation_policy/create", "projection_policies": "golden/projection_policy/create",
    "join_policies": "golden/join_policy/create", "password_policies": "golden/password_policy/create",
    "session_policies": "golden/session_policy/create", "authentication_policies": "golden/authentication_policy/create",
    "aggregation_policy": "golden/aggregation_policy/attached", "join_policy": "golden/join_policy/attached",
    "signature": "golden/aggregation_policy/create",
    "password_policy": "golden/password_policy/attached", "session_policy": "golden/session_policy/create",
    "authentication_policy": "golden/authentication_policy/create",
    "functions": "golden/function/create", "procedures": "golden/procedure/create",
}


class Kind:
    """What a kind is called, where it stands, and the least that an object of it needs."""

    def __init__(self, short, prefix="", body=None, collection=None, key="", types=""):
        self.short, self.prefix, self.body, self.collection = short, prefix, body or {}, collection
        self.key, self.types = key, types  # what a name has behind it in manifests, and in addresses and SQL


IN_SCHEMA = "T_BASE.S."
KINDS = {
    "user": Kind("T_U"), "network_policy": Kind("T_NP", collection="network_policies"), "database": Kind("T_D"),
    "schema": Kind("T_S", "T_BASE."), "warehouse": Kind("T_W"), "role": Kind("T_R"), "database_role": Kind("T_DR", "T_BASE."),
    "table": Kind("T_T", IN_SCHEMA, {"columns": {"A": "NUMBER"}}),
    "view": Kind("T_V", IN_SCHEMA, {"query": "SELECT A FROM T_BASE.S.SOURCE"}),
    "sequence": Kind("T_Q", IN_SCHEMA), "file_format": Kind("T_FF", IN_SCHEMA), "stage": Kind("T_ST", IN_SCHEMA),
    "resource_monitor": Kind("T_RM"), "network_rule": Kind("T_NR", IN_SCHEMA, {"type": "IPV4", "value_list": ["10.0.0.0/8"]}),
    "tag": Kind("T_TAG", IN_SCHEMA, collection="tag_definitions"),
    "masking_policy": Kind("T_MP", IN_SCHEMA, {"signature": {"V": "VARCHAR"}, "returns": "VARCHAR", "body": "'***'"}, "masking_policies"),
    "row_access_policy": Kind("T_RP", IN_SCHEMA, {"signature": {"V": "VARCHAR"}, "body": "V = 'x'"}, "row_access_policies"),
    "aggregation_policy": Kind("T_AP", IN_SCHEMA, {"body": "AGGREGATION_CONSTRAINT(MIN_GROUP_SIZE => 5)"}, "aggregation_policies"),
    "projection_policy": Kind("T_JP", IN_SCHEMA, {"body": "PROJECTION_CONSTRAINT(ALLOW => FALSE)"}, "projection_policies"),
    "join_policy": Kind("T_JO", IN_SCHEMA, {"body": "JOIN_CONSTRAINT(JOIN_REQUIRED => TRUE)"}, "join_policies"),
    "password_policy": Kind("T_PP", IN_SCHEMA, collection="password_policies"),
    "session_policy": Kind("T_SP", IN_SCHEMA, collection="session_policies"),
    "authentication_policy": Kind("T_UP", IN_SCHEMA, collection="authentication_policies"),
    "contact": Kind("T_CO", IN_SCHEMA, {"url": "https://example.com"}, "contact_definitions"),
    "classification_profile": Kind("T_CP", IN_SCHEMA, {"minimum_object_age_for_classification_days": 1}),
    "data_metric_function": Kind("T_DM", IN_SCHEMA, {"body": "SELECT COUNT(*) FROM ROWS"}, key="(ROWS TABLE(A INT, B VARCHAR(10)))",
                                 types="(TABLE(NUMBER, VARCHAR))"),
    "stream": Kind("T_SM", IN_SCHEMA, {"on": "table T_BASE.S.SOURCE"}),
    "share": Kind("T_SH"),
    "listing": Kind("T_LI", body={"share": "T_SH_COMMENT", "title": "T", "state": "draft",
                                  "organization_targets": {"access": [{"account": "A"}]}}),
    "materialized_view": Kind("T_MV", IN_SCHEMA, {"query": "SELECT A FROM T_BASE.S.SOURCE"}),
    "external_table": Kind("T_ET", IN_SCHEMA, {"location": "@T_BASE.S.T_ST_STORAGE_INTEGRATION", "file_format": "T_BASE.S.T_FF_COMMENT"}),
    "storage_integration": Kind("T_SI", body={"storage_provider": "S3", "storage_aws_role_arn": "arn:x",
                                              "storage_allowed_locations": ["s3://b/"]}),
    "dynamic_table": Kind("T_DT", IN_SCHEMA, {"target_lag": "1 hour", "warehouse": "T_W_COMMENT", "query": "SELECT A FROM T_BASE.S.SOURCE"}),
    "alert": Kind("T_AL", IN_SCHEMA, {"schedule": "5 MINUTE", "condition": "SELECT A FROM T_BASE.S.SOURCE",
                                      "action": "DELETE FROM T_BASE.S.SOURCE"}),
    "function": Kind("T_FN", IN_SCHEMA, {"returns": "NUMBER", "body": "1"}, key="(A INT, B VARCHAR(10))", types="(NUMBER, VARCHAR)"),
    "procedure": Kind("T_PR", IN_SCHEMA, {"returns": "NUMBER", "body": "1"}, key="()", types="()"),
    "task": Kind("T_TK", IN_SCHEMA, {"sql": "DELETE FROM T_BASE.S.SOURCE"}),
    "pipe": Kind("T_PI", IN_SCHEMA, {"copy": "COPY INTO T_BASE.S.SOURCE FROM @T_BASE.S.T_ST_COMMENT"}),
}
COLLECTION = {kind: about.collection or f"{kind}s" for kind, about in KINDS.items()}
PREFIX = {kind: about.prefix for kind, about in KINDS.items()}
SHORT = {kind: about.short for kind, about in KINDS.items()}
BODY = {kind: about.body for kind, about in KINDS.items()}
SQL = {kind: kind.upper().replace("_", " ") for kind in KINDS} | {"data_metric_function": "FUNCTION"}


def object_name(kind, row):
    return f"{SHORT[kind]}_{row.name.upper()}{row.tag}"


def address(kind, name):
    return f"{kind.replace('_', ' ')} {PREFIX[kind]}{name}{KINDS[kind].types}"


def quoted(kind, name):
    return ".".join(f'"{part}"' for part in (PREFIX[kind] + name).split(".")) + KINDS[kind].types


def manifest(stage, chosen=lambda row: True):
    """All objects with their property as the stage has it; of the rows those that are chosen."""
    value = {"create": lambda r: r.first, "change": lambda r: r.second, "unset": lambda r: r.absent, "again": lambda r: r.last}
    parts = {kind: {} for kind in ROWS}
    for kind, rows in ROWS.items():
        for row in filter(chosen, rows):
            body = {**BODY[kind], **row.base}
            if value[stage](row) is not None:
                body.update({row.name: value[stage](row), **row.together})
            if kind == "listing":  # a share is for one alone
                body["share"] = f"T_SL_{row.name.upper()}"
                parts["share"][body["share"]] = {}
            parts[kind][object_name(kind, row) + KINDS[kind].key] = body
    for kind, properties in IMMUTABLE.items():
        for name, (first, _) in properties.items():
            parts[kind][f"{SHORT[kind]}_{name.upper()}"] = {**BODY[kind], name: first}
    parts["table"]["SOURCE"] = BODY["table"]
    return placed(parts)


def placed(parts):
    """A manifest of objects by kind and name, each where its kind stands."""
    parts["schema"]["S"] = {COLLECTION[kind]: parts[kind] for kind in KINDS if PREFIX[kind] == IN_SCHEMA}
    parts["database"]["T_BASE"] = {"schemas": parts["schema"], "database_roles": parts["database_role"]}
    return {COLLECTION[kind]: parts[kind] for kind in KINDS if PREFIX[kind] == ""}


def properties_of(mesh, kind):
    """The schema of each property, by name."""
    document = mesh.run("schema", kind).json()
    definition = document["$defs"][kind]
    return [f for f in definition.get("anyOf", [definition]) if "properties" in f][0]["properties"]


def is_tested_elsewhere(key):
    """Whether the test that ELSEWHERE names is there, and writes the key in a manifest of its own."""
    test = mesh_runner.ROOT / "tests" / ELSEWHERE[key]
    files = [test] if test.is_file() else [f for f in test.rglob("*.yaml") if f.is_file()]
    written = re.compile(rf"(?<![\w]){key}\"?\s*:")
    return any(written.search(file.read_text(encoding="utf-8")) for file in files)


def every_property_has_a_row(checks, mesh):
    covered, elsewhere = 0, set()
    for kind, rows in ROWS.items():
        known = {row.name for row in rows} | set(IMMUTABLE.get(kind, {}))
        found = properties_of(mesh, kind)
        checks.that(len(found) > 5, f"mesh schema {kind} lists no properties", found)
        for name in found:
            checks.that(name in known or name in ELSEWHERE, f"{kind}: property '{name}' has no row in {__file__}")
            if name not in known and name in ELSEWHERE:
                elsewhere.add((kind, name))
        checks.equal(sorted(known - set(found)), [], f"{kind}: rows for properties that the kind does not have")
        covered += len(known)
    for key, test in ELSEWHERE.items():
        checks.that(is_tested_elsewhere(key), f"'{key}' is said to be tested by tests/{test}, which is not there or does not write it")
        checks.that(any(key == name for _, name in elsewhere), f"ELSEWHERE names '{key}', which no kind has")
    print(f"{covered} properties of {len(ROWS)} kinds covered here, and {len(elsewhere)} keys of theirs by the {len(set(ELSEWHERE.values()))} "
          "tests of ELSEWHERE")


def keys_inside(document, schema, path):
    """Whether a key, and with a dot what it holds, stands in the schema."""
    first, _, rest = path.partition(".")
    for form in mesh_forms(document, schema):
        inside = form.get("properties", {}).get(first)
        if inside is None and isinstance(form.get("additionalProperties"), dict):
            if keys_inside(document, form["additionalProperties"], path):
                return True
        elif inside is not None and (not rest or keys_inside(document, inside, rest)):
            return True
    return False


def mesh_forms(document, schema):
    """The schemas that one stands for: what it refers to, and each of its alternatives."""
    if "$ref" in schema:
        schema = document["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
    return [form for one in schema["anyOf"] for form in mesh_forms(document, one)] if "anyOf" in schema else [schema]


def every_fact_is_written(checks, mesh):
    """What Snowflake's pages give a kind is in its manifests, or left out for a reason."""
    written, left, used = 0, 0, set()
    checks.equal(sorted(fact_properties.FACTS), sorted(KINDS), "facts of every kind")
    for kind, names in fact_properties.FACTS.items():
        document = mesh.run("schema", kind).json()
        for name in names.split():
            reason = fact_properties.reason_of(kind, name)
            found = keys_inside(document, document["$defs"][kind], fact_properties.key_of(kind, name))
            checks.that(found != bool(reason), f"{kind} {name}: {'left out, but there' if reason else 'neither written nor left out for a reason'}")
            used |= {name, f"{kind}.{name}"}
            left += bool(reason)
            written += found
    for table in (fact_properties.WRITTEN, fact_properties.LEFT_OUT):
        checks.equal(sorted(set(table) - used), [], "names that no kind has")
    print(f"{written + left} properties in Snowflake's pages of {len(KINDS)} kinds: {written} are written in manifests, {left} left out for a reason")


def by_address(plan):
    found = {}
    for change in plan["changes"]:
        if change["action"] in ("create", "update", "replace"):
            found.setdefault(change["address"], []).extend(s["sql"] for s in change["statements"])
    return found


def check_creation(checks, plan):
    found = by_address(plan)
    for kind, rows in ROWS.items():
        for row in rows:
            where = f"{kind} {row.name}{row.tag} at creation"
            created = found.get(address(kind, object_name(kind, row)))
            in_alter = row.name in SET_LATER or f"{kind}.{row.name}" in SET_LATER
            if not checks.that(created and len(created) == 1 + in_alter, f"{where}: one CREATE, and an ALTER where that must be", created):
                continue
            if in_alter:
                checks.equal(created[1], f"ALTER {SQL[kind]} {quoted(kind, object_name(kind, row))} SET {row.create}", where)
            elif row.create is not None:
                checks.contains(created[0], row.create, where)
            else:
                checks.that(" MANAGED" not in created[0] and " SECURE" not in created[0], where, created[0])


def check_alteration(checks, stage, plan):
    found = by_address(plan)
    for kind, rows in ROWS.items():
        for row in rows:
            name = object_name(kind, row)
            form = row.forms[stage]
            sent = found.pop(address(kind, name), [])
            if isinstance(form, Anew):
                made = sent[0] if len(sent) == 1 else ""
                checks.that(made.startswith("CREATE OR REPLACE") and " COPY GRANTS " in made and form.replace("CREATE ", "", 1) in made,
                            f"{kind} {row.name}{row.tag}: {stage}", sent)
                continue
            forms = [] if form is None else [form] if isinstance(form, str) else form
            verb = f"CALL {quoted(kind, name)}!" if kind == "classification_profile" else f"ALTER {SQL[kind]} {quoted(kind, name)} "
            expected = [verb + each for each in forms]
            checks.equal(sent, expected, f"{kind} {row.name}{row.tag}: {stage}")
    checks.equal(found, {}, f"{stage}: changes of objects that nobody touched")


def rounds(checks, mesh):
    for stage in ("create", "change", "unset", "again"):
        domain(mesh, manifest(stage))
        plan = mesh.plan()
        if stage == "create":
            check_creation(checks, plan)
        else:
            check_alteration(checks, stage, plan)
        # Shortening Time Travel loses history and asks for consent; that is golden_test.py's matter.
        applied = mesh.apply("--allow-destroy", "all", expect=None)
        checks.that(applied.code == 0, f"apply after {stage}", mesh_runner.failures(applied))
        after = mesh.plan()
        checks.equal(remaining(after), [], f"the plan after {stage} is not empty")
        checks.equal(after["refused"], [], f"refused after {stage}")


def remaining(plan):
    return [[c["action"], c["address"], c.get("diff"), [s["sql"] for s in c.get("statements", [])]] for c in plan["changes"]]


def immutables_are_refused(checks, mesh):
    content = manifest("again")
    inner = content["databases"]["T_BASE"]["schemas"]
    places = {"schema": inner, **{kind: content[COLLECTION[kind]] for kind in ROWS if PREFIX[kind] == ""},
              **{kind: inner["S"][COLLECTION[kind]] for kind in ROWS if PREFIX[kind] == IN_SCHEMA}}
    expected = []
    for kind, properties in IMMUTABLE.items():
        for name, (_, second) in properties.items():
            places[kind][f"{SHORT[kind]}_{name.upper()}"][name] = second
            expected.append(address(kind, f"{SHORT[kind]}_{name.upper()}"))
    domain(mesh, content)
    plan = mesh.plan()
    checks.equal(sorted(r["address"] for r in plan["refused"]), sorted(expected), "what cannot be altered is refused")
    for refusal in plan["refused"]:
        checks.that(refusal.get("ways_out"), "a refusal names ways out", refusal)
    with_statements = {c["address"] for c in plan["changes"] if c.get("statements")}
    anew = {address(kind, f"{SHORT[kind]}_{name.upper()}") for kind in ANEW_WITH_CONSENT for name in IMMUTABLE[kind]}
    checks.equal(sorted(with_statements), sorted(anew), "of what is refused, that alone has statements which consent would let through")
    mesh.apply("--allow-destroy", "all", expect=mesh_runner.REFUSED)


def what_an_account_lacks(checks, binary, folder):
    """An account without adaptive warehouses refuses one by name; what does not need it is done."""
    mesh = one_domain(binary, folder)
    domain(mesh, {"warehouses": {"T_WH": ADAPTIVE}, "roles": {"T_ROLE": {}}})
    mesh.faults = "lacks=1:ADAPTIVE"
    applied = mesh.run("apply", "--yes", expect=mesh_runner.FAILED)
    told = " ".join((applied.out + applied.err).split())
    for words in ("Failed warehouse T_WH", "test/domain.yaml:", "Unsupported feature 'ADAPTIVE'", "code 000002",
                  'CREATE WAREHOUSE "T_WH"', "this account cannot do it (its edition, its region, or a sandbox): take it out"):
        checks.contains(told, words, "the message for a feature that the account lacks")
    checks.equal([c["address"] for c in mesh.plan()["changes"]], ["warehouse T_WH"], "the rest was done")
    mesh.faults = None
    mesh.apply()
    checks.equal(mesh.plan()["changes"], [], "an account that has it")


def main():
    checks = Checks()
    with temporary() as other:
        checks.scenario("what an account lacks", what_an_account_lacks, checks, binary_of_command_line(), other)
    with temporary() as folder:
        mesh = one_domain(binary_of_command_line(), folder)
        every_property_has_a_row(checks, mesh)
        every_fact_is_written(checks, mesh)
        for made in BESIDE.values():
            for name, statement in made.items():
                mesh.sql(statement.format(name))
        checks.scenario("rounds", rounds, checks, mesh)
        checks.scenario("immutable properties", immutables_are_refused, checks, mesh)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
