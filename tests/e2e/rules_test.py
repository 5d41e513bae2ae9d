#!/usr/bin/env python3
"""Rules of the catalogue: each with a case that fires, one that does not, waived, expired and in grace; what a plan and an
account say of them; and the forms for other programs."""

import datetime
import re
import subprocess
import sys
import xml.etree.ElementTree

import json_schema
from mesh_runner import DONE, VIOLATED, Checks, Mesh, binary_of_command_line, temporary

LATER, BEFORE = "2999-12-31", "2001-01-01"
PII, CLASS, COST, HELD = "GOV.TAGS.PII", "GOV.TAGS.CLASS", "GOV.TAGS.COST", "GOV.TAGS.HELD"

MESH_FILE = {
    "mesh": "test",
    "api": "mesh/v1",
    "control": {"database": "MESH", "schema": "CONTROL", "warehouse": "MESH_WH"},
    "environments": {"dev": {"connection": "test", "suffix": "_DEV"}},
    "default_environment": "dev",
    "domains": {
        "governance": {"path": "governance", "owns": ["GOV", "GOV_*"], "governs": True},
        "platform": {"path": "platform", "account": True},
        "sales": {"path": "domains/sales", "deploy_role": "SALES_DEPLOY"},
        "finance": {"path": "domains/finance"},
    },
}
FOLDERS = {"governance": "governance", "platform": "platform", "sales": "domains/sales", "finance": "domains/finance"}

LET = {"grants": {"SALES_DEPLOY": ["APPLY"]}}
USABLE = {"comment": "c", "grants": {"SALES_DEPLOY": ["USAGE"]}}
GOVERNANCE = {
    "databases": {"GOV": {**USABLE, "schemas": {
        "TAGS": {**USABLE, "tag_definitions": {"PII": LET, "CLASS": LET, "COST": LET,
                                               "HELD": {**LET, "masking_policies": ["GOV.POLICIES.HOLD"]}}},
        "POLICIES": {**USABLE,
                     "masking_policies": {"MASK": {"signature": {"VAL": "VARCHAR"}, "returns": "VARCHAR", "body": "'***'", **LET},
                                          "HOLD": {"signature": {"VAL": "VARCHAR"}, "returns": "VARCHAR", "body": "'held'", **LET}},
                     "contact_definitions": {"PEOPLE": {"url": "https://example.com", **LET}},
                     "row_access_policies": {"BY_REGION": {"signature": {"REGION": "VARCHAR"}, "body": "TRUE", **LET}}}}}},
}


def tables(**named):
    return {"databases": {"SALES": {"comment": "c", "schemas": {"S": {"comment": "c", "tables": named}}}}}


def in_schema(collection, name, body, **more):
    return {"databases": {"SALES": {"comment": "c", "schemas": {"S": {"comment": "c", collection: {name: body}, **more}}}}}


def columns(**named):
    return {"comment": "c", "columns": named}


def warehouse(**more):
    return {"warehouses": {"SALES_WH": {"auto_suspend": 60, **more}}}


def shared(kind, body, **share):
    """A share that holds one object."""
    body = {**body, "grants": {"share SALES_SHARE": ["SELECT"]}}
    return {"shares": {"SALES_SHARE": share},
            "databases": {"SALES": {"comment": "c", "grants": {"share SALES_SHARE": ["USAGE"]},
                                    "schemas": {"S": {"comment": "c", "grants": {"share SALES_SHARE": ["USAGE"]},
                                                      kind: {"X" if kind == "tables" else "V": body}}}}}}


def listing(name, **more):
    """A listing over a share of its own."""
    return {"shares": {f"{name}_SHARE": {}},
            "listings": {name: {"share": f"{name}_SHARE", "title": "Orders",
                                "organization_targets": {"access": [{"account": "FIN"}]}, **more}}}


def in_role(share):
    return {"databases": {"SALES": {"database_roles": {"SHARED": {"granted_to": [f"share {share}"]}}}}}


FEATURED = {"featured": {"database": "SALES", "objects": [{"name": "T", "schema": "S", "domain": "TABLE"}]}}


def policy(body):
    return in_schema("masking_policies", "P", {"signature": {"VAL": "VARCHAR"}, "returns": "VARCHAR", "body": body})


PII_COLUMN = {"type": "VARCHAR", "tags": {PII: "email"}}
MASKED = {**PII_COLUMN, "masking_policy": "GOV.POLICIES.MASK"}
VIEW = {"query": "SELECT 1 AS ONE"}
ROLE = {"granted_to": ["SYSADMIN"]}

def merged(a, b):
    """Both, maps in each other, lists behind each other."""
    if isinstance(a, dict) and isinstance(b, dict):
        return {k: merged(a[k], b[k]) if k in a and k in b else a.get(k, b.get(k)) for k in {**a, **b}}
    return a + b if isinstance(a, list) and isinstance(b, list) else b


WHO = {"domain": "finance", "as": "role FINANCE_R", "until": LATER}


def product(name, *, approves=(), asks=(), port=None, table=None, reader=None, schema="S", **more):
    """Product sales/NAME@1 with table SALES.<schema>.NAME, read by SALES.NAME_READER; and what finance asks of it."""
    upper = name.upper()
    port = {"objects": [f"table SALES.{schema}.{upper}"], "reader": f"SALES.{upper}_READER", "description": "d", **(port or {})}
    body = {"version": "1.0.0", "description": "d", "ports": {name: port}, **more}
    if approves:
        body["approves"] = [{"port": f"{name}@1", **WHO, **each} for each in approves]
    sales = {"products": {name: body},
             "databases": {"SALES": {"comment": "c", "database_roles": {f"{upper}_READER": {"comment": "r", **(reader or {})}},
                                     "schemas": {schema: {"comment": "c", "tables": {upper: table or columns(ID="NUMBER")}}}}}}
    finance = {"roles": {"FINANCE_R": ROLE}, "databases": {"FINANCE": {"comment": "c", "schemas": {"S": {"comment": "c"}}}}}
    if asks:
        finance["consumes"] = [{"port": f"sales/{name}@1", "as": "role FINANCE_R", "until": LATER, **each} for each in asks]
    return {"sales": sales, "finance": finance}


def with_contacts(made, contacts):
    """The steward on the database, for all that lies in it; the others on the table."""
    database = made["sales"]["databases"]["SALES"]
    for table in database["schemas"]["S"]["tables"].values():
        table["contacts"] = {purpose: name for purpose, name in contacts.items() if purpose != "STEWARD"}
    database["contacts"] = {purpose: name for purpose, name in contacts.items() if purpose == "STEWARD"}
    return made


def view_of_finance(query):
    return {"finance": {"databases": {"FINANCE": {"comment": "c", "schemas": {"S": {"comment": "c", "views": {
        "USES": {"comment": "v", "query": query}}}}}}}}


def with_dynamic_table(name, lag):
    made = product(name, port={"contract": f"contracts/{name}.odcs.yaml", "objects": [f"dynamic table SALES.S.{name.upper()}"]})
    schema = made["sales"]["databases"]["SALES"]["schemas"]["S"]
    schema["tables"] = {"DT_SOURCE": columns(ID="NUMBER")}
    schema["dynamic_tables"] = {name.upper(): {"comment": "c", "target_lag": lag, "warehouse": "SALES_WH",
                                               "query": "SELECT ID FROM SALES.S.DT_SOURCE"}}
    return merged(made, {"sales": warehouse()})


def imported(**view):
    return {"databases": {"SALES_IN": {"comment": "c", "from_share": "ORG.ACC.SH"},
                          "SALES": {"comment": "c", "schemas": {"S": {"comment": "c", "views": {
                              "IMP": {"comment": "c", "query": "SELECT MAIL FROM SALES_IN.X.PEOPLE", **view}}}}}}}


def contract(name, kind, physical, **more):
    return {"apiVersion": "v3.1.0", "kind": "DataContract", "id": name, "version": "1.0.0", "status": "active",
            "schema": [{"name": name.upper(), "physicalName": f"SALES.S.{name.upper()}", "physicalType": kind,
                        "properties": [{"name": "ID", "logicalType": "number", "physicalType": physical}], **more}],
            "slaProperties": [{"property": "latency", "value": 4, "unit": "h"}]}


CONTRACTS = {
    "whole": contract("whole", "table", "NUMBER(38,0)", quality=[
        {"type": "library", "metric": "rowCount", "mustBeGreaterThan": 0},
        {"type": "library", "metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["ID"]}}]),
    "late": contract("late", "dynamic table", "NUMBER(38,0)"), "eager": contract("eager", "dynamic table", "NUMBER(38,0)"),
    "punctual": contract("punctual", "dynamic table", "NUMBER(38,0)"),
}
SOON = str(datetime.date.today() + datetime.timedelta(days=100))
GOING = {"announced": "2026-01-01", "end_of_support": "2026-01-31", "successor": "sales/leaving@2"}


# rule: (its parameters, what breaks it, the addresses that it finds, what does not). A manifest is of domain sales, or
# a map of domains.
CASES = {
    "domain-has-owner": ({}, {"team": {"name": "sales"}}, ["domain sales"], {}),
    "has-comment": ({"columns": True}, tables(BARE={"columns": {"A": "NUMBER"}}), ["table SALES.S.BARE", "column SALES.S.BARE.A"],
                    tables(T=columns(A={"type": "NUMBER", "comment": "a"}))),
    "names-need-no-quotes": ({}, tables(**{'"lower"': columns(A="NUMBER", **{'"b c"': "NUMBER"})}),
                             ['table SALES.S."lower"', 'column SALES.S."lower"."b c"'], tables(T=columns(A="NUMBER"))),
    "columns-are-classified": ({"tag": CLASS, "in": ["SALES.S.*"]},
                               tables(T=columns(A={"type": "NUMBER", "tags": {CLASS: "internal"}}, B="NUMBER")),
                               ["column SALES.S.T.B"], tables(T={**columns(A="NUMBER"), "tags": {CLASS: "internal"}})),
    "row-access-required": ({"in": ["SALES.S.T*"]}, tables(T=columns(REGION="VARCHAR")), ["table SALES.S.T"],
                            tables(T={**columns(REGION="VARCHAR"),
                                      "row_access_policy": {"policy": "GOV.POLICIES.BY_REGION", "on": ["REGION"]}})),
    "pii-must-be-masked": ({"tag": PII}, tables(T=columns(EMAIL=PII_COLUMN, N="NUMBER")), ["column SALES.S.T.EMAIL"],
                           tables(T=columns(EMAIL=MASKED))),
    "tag-masks-hold": ({"tag": HELD}, tables(T=columns(MAIL={"type": "VARCHAR", "tags": {HELD: "x"}, "masking_policy": "GOV.POLICIES.MASK"})),
                       ["column SALES.S.T.MAIL"],
                       tables(T=columns(MAIL={"type": "VARCHAR", "tags": {HELD: "x"}, "masking_policy": "GOV.POLICIES.HOLD"},
                                        OTHER={"type": "VARCHAR", "tags": {HELD: "x"}}, NUMBER={"type": "NUMBER", "tags": {HELD: "x"}}))),
    "ports-have-contacts": ({}, with_contacts(product("asked"), {"STEWARD": "GOV.POLICIES.PEOPLE"}), ["port sales/asked@1"],
                            with_contacts(product("answered"), {"STEWARD": "GOV.POLICIES.PEOPLE", "SUPPORT": "GOV.POLICIES.PEOPLE"})),
    "metrics-have-a-schedule": ({}, tables(T={**columns(A="NUMBER"), "data_metrics": [{"function": "SNOWFLAKE.CORE.ROW_COUNT"}]}),
                                ["table SALES.S.T"],
                                tables(T={**columns(A="NUMBER"), "data_metric_schedule": "60 MINUTE",
                                          "data_metrics": [{"function": "SNOWFLAKE.CORE.ROW_COUNT"}]}, U=columns(A="NUMBER"))),
    "sensitive-names-are-classified": ({"tag": PII}, tables(T=columns(E_MAIL="VARCHAR", A="NUMBER")),
                                       ["column SALES.S.T.E_MAIL"], tables(T=columns(E_MAIL=PII_COLUMN))),
    "policy-role-tests": ({}, policy("CASE WHEN CURRENT_ROLE() = 'X' THEN VAL ELSE '*' END"), ["masking policy SALES.S.P"],
                          policy("CASE WHEN IS_ROLE_IN_SESSION('X') THEN VAL ELSE '*' END -- not CURRENT_ROLE() = 'X'")),
    "no-grants-to-public": ({}, warehouse(grants={"PUBLIC": ["USAGE"]}), ["grant USAGE on warehouse SALES_WH to role PUBLIC"],
                            {"roles": {"SALES_R": ROLE}, **warehouse(grants={"SALES_R": ["USAGE"]})}),
    "no-grants-to-system-roles": ({}, warehouse(grants={"SYSADMIN": ["USAGE"]}),
                                  ["grant USAGE on warehouse SALES_WH to role SYSADMIN"],
                                  {"roles": {"SALES_R": ROLE}, **warehouse(grants={"SALES_R": ["USAGE"]})}),
    "no-accountadmin-owner": ({}, {"warehouses": {"SALES_ADMIN": {"owner": "ACCOUNTADMIN"}}}, ["warehouse SALES_ADMIN"],
                              warehouse(owner="SYSADMIN")),
    "domain-owns-its-objects": ({}, {"sales": warehouse(owner="FINANCE_R"), "finance": {"roles": {"FINANCE_R": ROLE}}},
                                ["warehouse SALES_WH"], warehouse(owner="SALES_DEPLOY")),
    "no-grants-to-users": ({}, warehouse(grants={"user ALICE": ["USAGE"]}), ["grant USAGE on warehouse SALES_WH to user ALICE"],
                           {"roles": {"SALES_R": ROLE}, **warehouse(grants={"SALES_R": ["USAGE"]})}),
    "schemas-are-managed": ({}, {"databases": {"SALES": {"schemas": {"S": {"managed_access": False}}}}}, ["schema SALES.S"],
                            {"databases": {"SALES": {"schemas": {"S": {}}}}}),
    "roles-reach-sysadmin": ({}, {"roles": {"SALES_LOW": {"granted_to": ["SALES_TOP"]}, "SALES_TOP": {}}},
                             ["role SALES_LOW", "role SALES_TOP"],
                             {"roles": {"SALES_R": {"granted_to": ["SALES_TOP"]}, "SALES_TOP": ROLE}}),
    "separation-of-duties": ({"roles": ["SALES_ASKS", "SALES_APPROVES"]},
                             {"roles": {"SALES_ASKS": {"granted_to": ["SALES_BOTH"]}, "SALES_BOTH": {},
                                        "SALES_APPROVES": {"granted_to": ["SALES_BETWEEN"]},
                                        "SALES_BETWEEN": {"granted_to": ["SALES_BOTH"]}}},
                             ["role SALES_BOTH"],
                             {"roles": {"SALES_ASKS": {"granted_to": ["SALES_ONE"]}, "SALES_ONE": {}, "SALES_APPROVES": {}}}),
    "no-grant-options": ({}, {"roles": {"SALES_R": ROLE}, **warehouse(),
                              "grants": [{"to": "role SALES_R", "privileges": ["USAGE"], "on": "warehouse SALES_WH",
                                          "grant_option": True}]},
                         ["grant USAGE on warehouse SALES_WH to role SALES_R"],
                         {"roles": {"SALES_R": ROLE}, **warehouse(grants={"SALES_R": ["USAGE"]})}),
    "no-manage-grants": ({}, {"platform": {"roles": {"PLATFORM_R": ROLE},
                                           "grants": [{"to": "role PLATFORM_R", "privileges": ["MANAGE GRANTS"],
                                                       "on": "account"}]}},
                         ["grant MANAGE GRANTS on account to role PLATFORM_R"],
                         {"platform": {"roles": {"PLATFORM_R": ROLE},
                                       "grants": [{"to": "role PLATFORM_R", "privileges": ["MONITOR USAGE"],
                                                   "on": "account"}]}}),
    "no-cross-domain-grants": ({}, {"finance": {"roles": {"FINANCE_R": ROLE}},
                                    "sales": {"databases": {"SALES": {"grants": {"FINANCE_R": ["USAGE"]}}}}},
                               ["grant USAGE on database SALES to role FINANCE_R"],
                               {"finance": {"roles": {"FINANCE_R": ROLE}},
                                "sales": {"databases": {"SALES": {"database_roles": {"READER": {"granted_to": ["FINANCE_R"]}}}}}}),
    "warehouse-auto-suspend": ({"max_seconds": 300}, {"warehouses": {"SALES_A": {"auto_suspend": 0}, "SALES_B": {},
                                                                     "SALES_C": {"auto_suspend": 300}}},
                               ["warehouse SALES_A", "warehouse SALES_B"], warehouse()),
    "warehouse-auto-resume": ({}, warehouse(auto_resume=False), ["warehouse SALES_WH"], warehouse()),
    "warehouse-size": ({"max": "SMALL"}, warehouse(warehouse_size="MEDIUM"), ["warehouse SALES_WH"],
                       warehouse(warehouse_size="SMALL")),
    "warehouse-statement-timeout": ({"max_seconds": 3600}, warehouse(), ["warehouse SALES_WH"],
                                    warehouse(statement_timeout_in_seconds=3600)),
    "warehouse-has-resource-monitor": (
        {}, {**warehouse(resource_monitor="SALES_RM"),
             "resource_monitors": {"SALES_RM": {"credit_quota": 9, "triggers": [{"at": 90, "do": "notify"}]}}},
        ["warehouse SALES_WH"],
        {**warehouse(resource_monitor="SALES_RM"),
         "resource_monitors": {"SALES_RM": {"credit_quota": 9, "triggers": [{"at": 100, "do": "suspend"}]}}}),
    "required-tags": ({"tags": [COST], "kinds": ["warehouse"]}, warehouse(), ["warehouse SALES_WH"],
                      warehouse(tags={COST: "sales"})),
    "retention-within": ({"min_days": 1, "max_days": 7}, tables(T={**columns(A="NUMBER"), "data_retention_time_in_days": 30}),
                         ["table SALES.S.T"], tables(T={**columns(A="NUMBER"), "data_retention_time_in_days": 7})),
    "shared-views-are-secure": ({}, shared("views", VIEW, secure_objects_only=False), ["view SALES.S.V"],
                                shared("views", {**VIEW, "secure": True})),
    "shared-columns-are-masked": ({"tag": PII}, shared("tables", columns(EMAIL=PII_COLUMN)), ["column SALES.S.X.EMAIL"],
                                  shared("tables", columns(EMAIL=MASKED))),
    "shares-stay-inside": ({"accounts": ["ACME.*"]},
                           shared("tables", columns(A="NUMBER"), accounts=["ACME.A", "OTHER.B"]), ["share SALES_SHARE"],
                           shared("tables", columns(A="NUMBER"), accounts=["ACME.A"])),
    "users-have-network-policy": ({}, {"users": {"SALES_U": {"type": "SERVICE"}}}, ["user SALES_U"],
                                  {"users": {"SALES_U": {"type": "SERVICE", "network_policy": "OFFICE"}}}),
    "no-legacy-service-users": ({}, {"users": {"SALES_U": {"type": "LEGACY_SERVICE"}}}, ["user SALES_U"],
                                {"users": {"SALES_U": {"type": "SERVICE"}}}),
    "stages-use-integrations": ({}, in_schema("stages", "ST", {"comment": "c", "url": "s3://bucket/path/"}),
                                ["stage SALES.S.ST"],
                                in_schema("stages", "ST", {"comment": "c", "url": "s3://bucket/path/",
                                                           "storage_integration": "S3_INT"})),
}

CASES.update({
    "account-parameters-are-set": (
        {"parameters": ["PREVENT_UNLOAD_TO_INLINE_URL true", "STATEMENT_TIMEOUT_IN_SECONDS 3600"]},
        {"platform": {"account_parameters": {"STATEMENT_TIMEOUT_IN_SECONDS": 7200}}},
        ["account parameter PREVENT_UNLOAD_TO_INLINE_URL", "account parameter STATEMENT_TIMEOUT_IN_SECONDS"],
        {"platform": {"account_parameters": {"PREVENT_UNLOAD_TO_INLINE_URL": True, "STATEMENT_TIMEOUT_IN_SECONDS": 3600}}}),
    "approver-is-another": (
        {}, merged(product("same", approves=[{}], asks=[{}]), {"finance": {"team": {"name": "sales", "email": "sales@example.com"}}}),
        ["finance consumes sales/same@1"], product("same", approves=[{}], asks=[{}])),
    "products-are-described": ({}, product("plain", description="", port={"description": ""}),
                               ["product sales/plain@1", "port sales/plain@1"], product("plain")),
    "schemas-carry-the-major": ({}, product("major", schema="S_V2"), ["table SALES.S_V2.MAJOR"], product("major", schema="S_V1")),
    "cross-domain-access-is-agreed": ({}, product("agreed", reader={"granted_to": ["FINANCE_R"]}),
                                      ["grant database role SALES.AGREED_READER to role FINANCE_R"],
                                      product("agreed", approves=[{}], asks=[{}])),
    "agreements-are-not-over": ({}, product("past", approves=[{"until": BEFORE}], asks=[{}]), ["finance consumes sales/past@1"],
                                product("past", approves=[{}], asks=[{}])),
    "agreements-have-an-end": (
        {}, merged(product("far", approves=[{}], asks=[{}]), product("endless", approves=[{"until": None}], asks=[{"until": None}])),
        ["finance consumes sales/far@1", "finance consumes sales/endless@1"], product("far", approves=[{"until": SOON}], asks=[{}])),
    "what-is-read-is-consumed": ({}, merged(product("read"), view_of_finance("SELECT ID FROM SALES.S.READ")), ["view FINANCE.S.USES"],
                                 merged(product("read", asks=[{}]), view_of_finance("SELECT ID FROM SALES.S.READ"))),
    "imported-columns-are-classified": ({"tag": CLASS}, imported(columns={"MAIL": {"comment": "m"}}), ["column SALES.S.IMP.MAIL"],
                                        imported(tags={CLASS: "restricted"})),
    "derived-columns-keep-their-class": (
        {"tag": PII}, in_schema("views", "DERIVED", {"query": "SELECT EMAIL AS MAIL, N FROM SALES.S.PERSON"},
                                tables={"PERSON": columns(EMAIL=PII_COLUMN, N="NUMBER")}), ["column SALES.S.DERIVED.MAIL"],
        in_schema("views", "DERIVED", {"query": "SELECT EMAIL AS MAIL, N FROM SALES.S.PERSON",
                                       "columns": {"MAIL": {"tags": {PII: "email"}}}},
                  tables={"PERSON": columns(EMAIL=PII_COLUMN, N="NUMBER")})),
    "masked-columns-are-no-inputs": (
        {}, tables(FILTERED={**columns(REGION={"type": "VARCHAR", "masking_policy": "GOV.POLICIES.MASK"}),
                             "row_access_policy": {"policy": "GOV.POLICIES.BY_REGION", "on": ["REGION"]}}),
        ["column SALES.S.FILTERED.REGION"],
        tables(FILTERED={**columns(REGION="VARCHAR", EMAIL=MASKED),
                         "row_access_policy": {"policy": "GOV.POLICIES.BY_REGION", "on": ["REGION"]}})),
    "removal-after-deprecation": ({}, product("leaving", status="deprecated", deprecation=GOING), ["product sales/leaving@1"],
                                  product("leaving", status="deprecated", deprecation={**GOING, "end_of_support": "2026-04-01"})),
    "deprecated-names-successor": ({}, product("lost", status="deprecated"), ["product sales/lost@1"],
                                   product("leaving", status="deprecated", deprecation=GOING)),
    "retired-products-are-closed": ({}, product("gone", status="retired", reader={"granted_to": ["FINANCE_R"]}),
                                    ["grant database role SALES.GONE_READER to role FINANCE_R"],
                                    product("gone", status="retired", approves=[{}], asks=[{}])),
    "ports-promise-quality": ({}, product("silent"), ["port sales/silent@1"],
                              product("whole", port={"contract": "contracts/whole.odcs.yaml"})),
    "refresh-as-promised": ({}, merged(with_dynamic_table("late", "5 hours"), with_dynamic_table("eager", "59 minutes")),
                            ["dynamic table SALES.S.LATE", "dynamic table SALES.S.EAGER"], with_dynamic_table("punctual", "1 hours")),
    # 31 days of 3 credits, and a month of 10: 103.
    "credit-quotas-within-budget": (
        {"max_credits": 10, "budgets": ["sales 102"]},
        {"resource_monitors": {"SALES_DAILY": {"credit_quota": 3, "frequency": "DAILY", "start_timestamp": "IMMEDIATELY"},
                               "SALES_MONTHLY": {"credit_quota": 10}}}, ["domain sales"],
        {"resource_monitors": {"SALES_DAILY": {"credit_quota": 3, "frequency": "DAILY", "start_timestamp": "IMMEDIATELY"},
                               "SALES_MONTHLY": {"credit_quota": 9}}}),
    "shares-hold-no-database-roles": (
        {}, merged(shared("tables", columns(A="NUMBER")),
                   {"databases": {"SALES": {"database_roles": {"SHARED": {"granted_to": ["share SALES_SHARE"]}}}}}),
        ["grant database role SALES.SHARED to share SALES_SHARE"],
        merged(merged(shared("tables", columns(A="NUMBER")), in_role("SALES_OUT_SHARE")),
               {"shares": {"SALES_OUT_SHARE": {}},
                "listings": {"SALES_OUT": {"distribution": "EXTERNAL", "share": "SALES_OUT_SHARE", "title": "Out",
                                           "targets": {"accounts": ["ORG.ACC"]}}}})),
    "listings-are-documented": (
        {}, merged(tables(T=columns(A="NUMBER")), listing("SALES_BARE", usage_examples=[
            {"title": "t", "query": "SELECT A FROM SALES.S.NO_SUCH"}])), ["listing SALES_BARE"],
        merged(tables(T=columns(A="NUMBER")), listing("SALES_TOLD", data_dictionary=FEATURED, usage_examples=[
            {"title": "no SQL", "query": "SELECT ("}, {"title": "t", "query": "SELECT A FROM SALES.S.T"}]))),
    "listings-keep-limits": (
        {"profiles": ["INTERNAL", "RETAIL"]}, listing("SALES_LONG", title="é" * 111), ["listing SALES_LONG"],
        merged(listing("SALES_SHORT", title="é" * 110, organization_profile="RETAIL"), listing("SALES_PLAIN"))),
    "listings-have-custom-attributes": (
        {"attributes": {"CATEGORY": ["Finance", "Marketing"], "NOTE": []}},
        listing("SALES_OLD", custom_attributes=[{"name": "CATEGORY", "values": ["Old"]}]), ["listing SALES_OLD"],
        listing("SALES_NEW", custom_attributes=[{"name": "CATEGORY", "values": ["Finance"]}, {"name": "NOTE", "values": ["n"]}])),
})

# What each of these says.
LISTINGS = (
    ("listings-are-documented", {}, {}, "it has no data dictionary; it has no usage example"),
    ("listings-are-documented", {}, {"data_dictionary": {"featured": {"database": "SALES", "objects": [
        {"name": "NO_SUCH", "schema": "S", "domain": "VIEW"}]}}, "usage_examples": [{"title": "t", "query": "SELECT A FROM SALES.S.T"}]},
     "its data dictionary features SALES_DEV.S.NO_SUCH, which there is not"),
    ("listings-are-documented", {}, {"data_dictionary": FEATURED, "usage_examples": [{"title": "t", "query": "SELECT ("}]},
     "none of its usage examples runs: "),
    ("listings-are-documented", {}, {"data_dictionary": FEATURED, "usage_examples": [
        {"title": "t", "query": 'SELECT A FROM "ORGDATACLOUD$INTERNAL$SALES_L".S.NO_SUCH'}]}, "there is no "),
    ("listings-keep-limits", {}, {"organization_profile": "RETAIL"}, "there is no organization profile RETAIL"),
    ("listings-keep-limits", {}, {"description": "d" * 7501}, "description has 7501 characters of 7500"),
    ("listings-keep-limits", {}, {"usage_examples": [{"title": "t", "query": "q"}, {"title": "t" * 111, "description": "d" * 301,
                                                                                    "query": "q" * 30001}]},
     "title of usage example 2 has 111 characters of 110; description of usage example 2 has 301 characters of 300; "
     "query of usage example 2 has 30001 characters of 30000"),
    ("listings-keep-limits", {}, {"data_dictionary": {"featured": {"database": "SALES", "objects": [
        {"name": f"T{i}", "schema": "S", "domain": "TABLE"} for i in range(6)]}}},
     "its data dictionary features 6 objects of 5"),
    ("listings-have-custom-attributes", {"attributes": {"CATEGORY": "Finance"}}, {}, "CATEGORY is missing"),
    ("listings-have-custom-attributes", {"attributes": {"CATEGORY": "Finance"}},
     {"custom_attributes": [{"name": "CATEGORY", "values": ["Finance", "Old"]}]}, "CATEGORY has Old, which is no active value"),
    ("listings-have-custom-attributes", {"attributes": {"CATEGORY": []}}, {"custom_attributes": [{"name": "CATEGORY", "values": []}]},
     "CATEGORY has no value"),
    ("shares-hold-no-database-roles", {}, in_role("SALES_L_SHARE"), "whoever queries listing SALES_L by its locator"),
)
# What none of them says anything of.
QUIET_LISTINGS = (
    {"usage_examples": [{"title": "t", "query": 'SELECT A FROM "ORGDATACLOUD$INTERNAL$SALES_L".S.T'}]},
    {"usage_examples": [{"title": "t", "query": "SELECT A FROM MOUNTED.S.T JOIN OTHERS.X.Y USING (A)"},
                        {"title": "t", "query": "SELECT A FROM T"}]},
)


def listings_tell_why(checks, binary, folder):
    mesh = fresh(binary, folder)
    offered = {"databases": {"SALES": {"grants": {"share SALES_L_SHARE": ["USAGE"]}}}}
    base = merged(tables(T=columns(A="NUMBER")), offered)
    for rule, parameters, more, message in LISTINGS:
        own = more if "databases" in more else {}
        write(mesh, merged(base, merged(listing("SALES_L", **({} if own else more)), own)), {rule: {"level": "error", **parameters}})
        findings = validate(mesh, VIOLATED)[1]
        checks.equal(len(findings), 1, f"{rule} says one thing")
        checks.contains(findings[0]["message"], message, f"{rule} says what")
    for more in QUIET_LISTINGS:
        write(mesh, merged(base, listing("SALES_L", data_dictionary=FEATURED, **more)), {"listings-are-documented": {"level": "error"}})
        checks.equal(validate(mesh, DONE)[1], [], "an example that a consumer can run is one")
    write(mesh, base, {"listings-have-custom-attributes": {"attributes": ["CATEGORY"]}})
    checks.contains(mesh.run("validate", expect=VIOLATED).out + mesh.run("validate", expect=VIOLATED).err,
                    "must be a map of lists of texts", "attributes are a map")


# naming-KIND: the collection, and the body of one.
NAMED = {
    "warehouse": ("warehouses", {}), "role": ("roles", ROLE), "user": ("users", {}), "share": ("shares", {}),
    "database": ("databases", {}),
}
NAMED_INSIDE = {
    "table": ("tables", columns(A="NUMBER"), "table SALES.S.{}"), "view": ("views", VIEW, "view SALES.S.{}"),
    "stage": ("stages", {}, "stage SALES.S.{}"), "tag": ("tag_definitions", {}, "tag SALES.S.{}"),
    "masking-policy": ("masking_policies", {"signature": {"V": "VARCHAR"}, "returns": "VARCHAR", "body": "V"},
                       "masking policy SALES.S.{}"),
    "row-access-policy": ("row_access_policies", {"signature": {"V": "VARCHAR"}, "body": "TRUE"},
                          "row access policy SALES.S.{}"),
    "dynamic-table": ("dynamic_tables", {"target_lag": "1 hour", "warehouse": "WH", "query": "SELECT 1 AS ONE"},
                      "dynamic table SALES.S.{}"),
    "task": ("tasks", {"sql": "SELECT 1", "schedule": "60 MINUTE"}, "task SALES.S.{}"),
}
PATTERN = {"pattern": "^(?!.*BAD)"}
for kind, (collection, body) in NAMED.items():
    CASES[f"naming-{kind}"] = (PATTERN, {collection: {"SALES_BAD": body, "SALES_OK": body}}, [f"{kind} SALES_BAD"],
                               {collection: {"SALES_OK": body}})
for kind, (collection, body, address) in NAMED_INSIDE.items():
    CASES[f"naming-{kind}"] = (PATTERN, in_schema(collection, "BAD", body), [address.format("BAD")],
                               in_schema(collection, "OK", body))
for kind, collection in (("function", "functions"), ("procedure", "procedures")):
    body = {"returns": "NUMBER", "language": "SQL", "body": "1" if kind == "function" else "BEGIN RETURN 1; END"}
    CASES[f"naming-{kind}"] = (PATTERN, in_schema(collection, "BAD()", body), [f"{kind} SALES.S.BAD()"],
                               in_schema(collection, "OK()", body))
CASES["naming-schema"] = (PATTERN, {"databases": {"SALES": {"schemas": {"BAD": {}}}}}, ["schema SALES.BAD"], tables())
CASES["naming-database-role"] = (PATTERN, {"databases": {"SALES": {"database_roles": {"BAD": {}}}}},
                                 ["database role SALES.BAD"], tables())
CASES["naming-column"] = (PATTERN, tables(T=columns(BAD="NUMBER")), ["column SALES.S.T.BAD"], tables(T=columns(A="NUMBER")))
CASES["naming-materialized-view"] = (PATTERN, in_schema("materialized_views", "BAD", {"query": "SELECT A FROM SALES.S.T"},
                                                        tables={"T": columns(A="NUMBER")}),
                                     ["materialized view SALES.S.BAD"], tables(T=columns(A="NUMBER")))
EXTERNAL = {"location": "@SALES.S.ST/path/", "file_format": {"type": "PARQUET"}}
CASES["naming-external-table"] = (PATTERN, None, ["external table SALES.S.BAD"], tables())

# Asked of a plan or an account alone.
ELSEWHERE = {"no-destructive-changes", "classified-access-widens", "no-unmanaged-objects", "no-unmanaged-grants",
             "changed-outside", "policies-stay-attached", "no-breaking-contract-changes", "expectations-are-met"}


def by_domain(manifest):
    return manifest if manifest and set(manifest) <= set(FOLDERS) else {"sales": manifest}


def write(mesh, manifest, rules, waivers=()):
    content = merged(by_domain(manifest), {"governance": {**GOVERNANCE, "rules": rules, "waivers": list(waivers)}})
    for name, folder in FOLDERS.items():
        head = {"domain": name, "team": {"name": name, "email": f"{name}@example.com"}}
        mesh.write(f"{folder}/domain.yaml", {**head, **content.get(name, {})})


def validate(mesh, expect=None):
    run = mesh.run("validate", "--format", "json", expect=expect)
    # What is warned of on agreements and products is so without any rule.
    return run, [f for f in run.json()["findings"] if not f["rule"].startswith("MESH15")]


def found(findings):
    return sorted((f["rule"], f["address"]) for f in findings)


def fresh(binary, folder):
    mesh = Mesh(binary, folder + "/mesh", folder + "/account.db")
    mesh.write("mesh.yaml", MESH_FILE)
    for name, body in CONTRACTS.items():
        mesh.write(f"domains/sales/contracts/{name}.odcs.yaml", body)
    return mesh


def each_rule_fires_and_does_not(checks, binary, folder):
    mesh = fresh(binary, folder)
    listed = set(re.findall(r"^  (\S+) +[A-Z]+-\d\d ", mesh.run("explain").out, re.M))
    checks.equal(listed, set(CASES) | ELSEWHERE, "every rule of the catalogue has its case")
    for rule, (parameters, bad, addresses, good) in CASES.items():
        if bad is not None:
            write(mesh, bad, {rule: {"level": "error", **parameters}})
            run, findings = validate(mesh)
            checks.equal((run.code, found(findings)), (VIOLATED, sorted((rule, a) for a in addresses)), f"{rule} fires")
            for finding in findings:
                checks.that(finding["level"] == "error" and finding["source"].get("line", 0) > 0 and finding.get("help"),
                            f"{rule} tells where and what mends it", finding)
        write(mesh, good, {rule: {"level": "error", **parameters}})
        run, findings = validate(mesh)
        checks.equal((run.code, found(findings)), (DONE, []), f"{rule} does not fire")
        write(mesh, bad or good, {rule: {"level": "off", **parameters}})
        checks.equal(validate(mesh)[1], [], f"{rule} is off")


def everything_bad():
    manifest, rules = {}, {}
    for rule, (parameters, bad, _, _) in CASES.items():
        if rule.startswith("naming-") or bad is None:
            continue
        manifest = merged(manifest, by_domain(bad))
        rules[rule] = parameters
    return manifest, rules


def waivers_baseline_and_grace(checks, binary, folder):
    mesh = fresh(binary, folder)
    manifest, rules = everything_bad()
    write(mesh, manifest, rules)
    run, findings = validate(mesh, VIOLATED)
    expected = {(rule, a) for rule, case in CASES.items() if rule in rules for a in case[2]}
    checks.that(expected <= set(found(findings)), "all of them at once", sorted(expected - set(found(findings))))
    levels = {rule: {f["level"] for f in findings if f["rule"] == rule} for rule in rules}
    checks.that(all(len(level) == 1 for level in levels.values()), "each at its own level", str(levels))

    def waiver(rule, address, expires):
        return {"rule": rule, "address": address, "reason": "GOV-1", "approver": "privacy office", "expires": expires}

    write(mesh, manifest, rules, [waiver(r, a, LATER) for r, a in found(findings)])
    checks.equal(validate(mesh, DONE)[1], [], "each is waived")
    write(mesh, manifest, rules, [waiver(r, "*", LATER) for r in rules])
    checks.equal(validate(mesh, DONE)[1], [], "each is waived by a pattern")
    write(mesh, manifest, rules, [waiver(r, a, BEFORE) for r, a in found(findings)])
    again = validate(mesh, VIOLATED)[1]
    checks.equal(found(f for f in again if f["rule"] != "MESH1605"), found(findings), "an expired waiver lifts nothing")
    over = [f for f in again if f["rule"] == "MESH1605"]
    checks.equal({(f["address"], f["level"]) for f in over}, {(a, "error") for _, a in found(findings)},
                 "and is an error itself")

    def with_grace(day):
        return {rule: {**parameters, "level": "error", "grace": day} for rule, parameters in rules.items()}

    write(mesh, manifest, with_grace(LATER))
    in_grace = validate(mesh, DONE)[1]
    checks.equal(({f["level"] for f in in_grace}, found(in_grace)), ({"warning"}, found(findings)), "in grace each warns")
    write(mesh, manifest, with_grace(BEFORE))
    checks.equal({f["level"] for f in validate(mesh, VIOLATED)[1]}, {"error"}, "after it each is an error")

    write(mesh, manifest, rules)
    mesh.run("validate", "--write-baseline", mesh.folder / "governance/baseline.json")
    write(mesh, manifest, {**rules, "baseline": "baseline.json"})
    checks.equal(validate(mesh, DONE)[1], [], "what the baseline lists is silent")
    write(mesh, merged(manifest, {"sales": tables(NEW=columns(PHONE="VARCHAR"))}), {**rules, "baseline": "baseline.json"})
    new = [f for f in validate(mesh)[1] if f["rule"] == "sensitive-names-are-classified"]
    checks.equal([f["address"] for f in new], ["column SALES.S.NEW.PHONE"], "what is new counts")
    manifest["sales"]["warehouses"]["SALES_A"]["auto_suspend"] = 60
    write(mesh, manifest, {**rules, "baseline": "baseline.json"})
    gone = validate(mesh, DONE)[1]
    checks.that(len(gone) == 1 and gone[0]["rule"] == "MESH1607" and "warehouse-auto-suspend warehouse SALES_A" in
                gone[0]["message"], "what is gone is told", gone)


def mistakes_in_settings(checks, binary, folder):
    mesh = fresh(binary, folder)
    waiver = {"rule": "has-comment", "address": "table SALES.S.T", "reason": "r", "approver": "a", "expires": LATER}
    unused = [{**waiver, "rule": "warehouse-auto-suspend", "address": "warehouse SALES_WH"}]
    for what, rules, waivers, code, words in (
            ("an unknown rule", {"pii-must-be-maskd": "error"}, [], "MESH1602", "did you mean 'pii-must-be-masked'?"),
            ("an unknown parameter", {"warehouse-auto-suspend": {"max_second": 3}}, [], "MESH1603", "did you mean 'max_seconds'?"),
            ("a value of another type", {"warehouse-auto-suspend": {"max_seconds": "soon"}}, [], "MESH1603", "a whole number"),
            ("a parameter that is missing", {"pii-must-be-masked": "error"}, [], "MESH1603", "needs tag"),
            ("a tag that is none", {"pii-must-be-masked": {"tag": "PII"}}, [], "MESH1603", "DB.SCHEMA.TAG"),
            ("a pattern that is none", {"naming-table": {"pattern": "("}}, [], "MESH1603", "a regular expression"),
            ("a kind that is none", {"has-comment": {"kinds": ["tabel"]}}, [], "MESH1603", "did you mean 'table'?"),
            ("a level that is none", {"has-comment": "fatal"}, [], "MESH1301", "error, warning"),
            ("a day that is none", {"has-comment": {"grace": "2026-02-30"}}, [], "MESH1603", "YYYY-MM-DD"),
            ("a waiver without an end", {"has-comment": "error"}, [{k: v for k, v in waiver.items() if k != "expires"}],
             "MESH1604", "expires"),
            ("a waiver of no rule", {}, [{**waiver, "rule": "has-coment"}], "MESH1602", "did you mean 'has-comment'?"),
            ("a waiver that lifts nothing", {"warehouse-auto-suspend": "error"}, unused, "MESH1606", "lifts nothing"),
            ("a waiver of a rule that is off", {}, unused, "MESH1606", "not in force")):
        write(mesh, warehouse(), rules, waivers)
        run, findings = validate(mesh)
        level = "warning" if code == "MESH1606" else "error"
        hit = [f for f in findings if f["rule"] == code and words in f["message"] + f.get("help", "")]
        checks.that(len(hit) == 1 and hit[0]["level"] == level and hit[0]["source"].get("line"), what, run)
        checks.equal(run.code, DONE if level == "warning" else VIOLATED, f"{what}: the exit code")
    write(mesh, {"sales": {**warehouse(), "rules": {"has-comment": "error"}, "waivers": [waiver]}}, {})
    run, findings = validate(mesh, VIOLATED)
    checks.equal([(f["rule"], f["source"]["file"]) for f in findings], [("MESH1601", "domains/sales/domain.yaml")] * 2,
                 "a domain that does not govern sets no rules")
    checks.contains(findings[0]["help"], "governance", "and is told who does")


# What of sarif-schema-2.1.0.json (OASIS) concerns the document: names, types, words and what must be there.
_TEXT = {"type": "string"}
_MESSAGE = {"type": "object", "required": ["text"], "properties": {"text": _TEXT}}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}


def _record(required, **properties):
    return {"type": "object", "required": required, "properties": properties}


def _list(items):
    return {"type": "array", "items": items}


SARIF = _record(
    ["version", "runs"], **{"$schema": _TEXT}, version={"enum": ["2.1.0"]},
    runs=_list(_record(
        ["tool"],
        tool=_record(["driver"], driver=_record(["name"], name=_TEXT, version=_TEXT, rules=_list(_record(
            ["id"], id=_TEXT, name=_TEXT, shortDescription=_MESSAGE, fullDescription=_MESSAGE, help=_MESSAGE,
            defaultConfiguration=_record([], level=_LEVEL), properties=_record([], tags=_list(_TEXT)))))),
        columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        invocations=_list(_record(["executionSuccessful"], executionSuccessful={"type": "boolean"},
                                  toolExecutionNotifications=_list(_record(["message"], level=_LEVEL, message=_MESSAGE)))),
        results=_list(_record(
            ["message"], ruleId=_TEXT, ruleIndex={"type": "integer"}, level=_LEVEL, message=_MESSAGE,
            locations=_list(_record([], physicalLocation=_record(
                [], artifactLocation=_record([], uri=_TEXT),
                region=_record([], startLine={"type": "integer"}, startColumn={"type": "integer"})),
                logicalLocations=_list(_record([], fullyQualifiedName=_TEXT)))),
            partialFingerprints=_record([], **{"meshFinding/v1": _TEXT}),
            suppressions=_list(_record(["kind"], kind={"enum": ["inSource", "external"]},
                                       status={"enum": ["accepted", "underReview", "rejected"]}, justification=_TEXT)))))))


def for_other_programs(checks, binary, folder):
    mesh = fresh(binary, folder)
    (mesh.folder.parent / ".git").mkdir()
    manifest = {**warehouse(auto_suspend=0, comment="ä: 100%, ü"), "roles": {"SALES_R": {}}}
    waiver = {"rule": "roles-reach-sysadmin", "address": "role SALES_R", "reason": "GOV-7", "approver": "ann", "expires": LATER}
    write(mesh, manifest, {"warehouse-auto-suspend": "error", "roles-reach-sysadmin": "error", "has-comment":
                           {"level": "warning", "kinds": ["role"]}}, [waiver])
    # One line, so that the column counts characters, not bytes.
    mesh.write("domains/sales/domain.yaml", "domain: sales\nteam: {name: ä, email: a@b.c}\n"
               "roles: {SALES_R: {}}\nwarehouses: {'SALES_Ä': {}, SALES_WH: {auto_suspend: 0}}\n".replace("'SALES_Ä'", "'\"SALES_Ä\"'"))
    run = mesh.run("validate", "--format", "sarif", expect=VIOLATED)
    log = run.json()
    checks.equal(json_schema.problems(log, SARIF), [], "SARIF is as its schema says")
    results = log["runs"][0]["results"]
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    checks.that(all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in results), "each result points at its rule", run)
    checks.equal([(r["ruleId"], r["level"], "suppressions" in r) for r in results],
                 [("warehouse-auto-suspend", "error", False), ("has-comment", "warning", False),
                  ("roles-reach-sysadmin", "error", True)], "the worst first, the waived one suppressed")
    checks.contains(results[2]["suppressions"][0]["justification"], "GOV-7", "with its reason")
    where = results[0]["locations"][0]
    checks.equal((where["physicalLocation"]["artifactLocation"]["uri"], where["physicalLocation"]["region"]),
                 ("mesh/domains/sales/domain.yaml", {"startLine": 4, "startColumn": 31}), "path, line and column in the repository")
    checks.equal(where["logicalLocations"], [{"fullyQualifiedName": "warehouse SALES_WH"}], "and what it is")

    lines = mesh.run("validate", "--format", "github", expect=VIOLATED).out.splitlines()
    checks.equal(lines[0], "::error file=mesh/domains/sales/domain.yaml,line=4,col=31,title=warehouse-auto-suspend::"
                           "warehouse SALES_WH never suspends%0Awrite auto_suspend: 600", "an annotation")
    checks.that(lines[1].startswith("::warning file=") and len(lines) == 2, "the waived one is not annotated", lines)
    write(mesh, tables(**{f"T{i}": {"columns": {"A": "NUMBER"}} for i in range(14)}), {"has-comment": {"kinds": ["table"]}})
    lines = mesh.run("validate", "--format", "github").out.splitlines()
    checks.equal((len(lines), lines[-1][:8]), (11, "+ 4 more"), "ten of a level, and how many more there are")

    write(mesh, warehouse(auto_suspend=0, comment="x"), {"warehouse-auto-suspend": "error", "has-comment": {"kinds": ["warehouse"]}})
    suites = xml.etree.ElementTree.fromstring(mesh.run("validate", "--format", "junit", expect=VIOLATED).out)
    cases = [(s.get("name"), c.get("name"), [child.tag for child in c]) for s in suites for c in s]
    checks.equal(cases, [("has-comment", "warehouse", []), ("manifests", "manifests", []),
                         ("warehouse-auto-suspend", "warehouse", ["failure"])], "JUnit: a case for each rule and kind")
    checks.equal((suites.get("tests"), suites.get("failures")), ("3", "1"), "and its counts")
    mesh.write("domains/sales/domain.yaml", "domain: sales\nteam: {name: a, email: b}\nnonsense: 1\n")
    for form in ("sarif", "github", "junit"):
        checks.contains(mesh.run("validate", "--format", form, expect=VIOLATED).out, "MESH1101", f"{form} has mistakes too")


BAD_ACCOUNT = """
CREATE WAREHOUSE SALES_WH AUTO_SUSPEND = 0;
GRANT USAGE, OPERATE ON WAREHOUSE SALES_WH TO ROLE PUBLIC;
CREATE DATABASE SALES;
CREATE SCHEMA SALES.CRM;
CREATE TABLE SALES.CRM.LEADS (ID NUMBER, EMAIL VARCHAR);
CREATE ROLE FINANCE_R;
GRANT USAGE ON DATABASE SALES TO ROLE FINANCE_R;
GRANT USAGE ON SCHEMA SALES.CRM TO ROLE FINANCE_R;
GRANT SELECT ON TABLE SALES.CRM.LEADS TO ROLE FINANCE_R WITH GRANT OPTION;
"""
ACCOUNT_RULES = {"no-grants-to-public": {}, "no-accountadmin-owner": {}, "no-grant-options": {}, "schemas-are-managed": {},
                 "no-cross-domain-grants": {}, "warehouse-auto-suspend": {}, "sensitive-names-are-classified": {"tag": CLASS}}
BROKEN = {
    ("no-grants-to-public", "grant USAGE on warehouse SALES_WH to role PUBLIC"),
    ("no-grants-to-public", "grant OPERATE on warehouse SALES_WH to role PUBLIC"),
    ("no-accountadmin-owner", "warehouse SALES_WH"), ("no-accountadmin-owner", "database SALES"),
    ("no-accountadmin-owner", "schema SALES.CRM"), ("no-accountadmin-owner", "table SALES.CRM.LEADS"),
    ("no-grant-options", "grant SELECT on table SALES.CRM.LEADS to role FINANCE_R"),
    ("no-cross-domain-grants", "grant USAGE on database SALES to role FINANCE_R"),
    ("no-cross-domain-grants", "grant USAGE on schema SALES.CRM to role FINANCE_R"),
    ("no-cross-domain-grants", "grant SELECT on table SALES.CRM.LEADS to role FINANCE_R"),
    ("schemas-are-managed", "schema SALES.CRM"),
    ("warehouse-auto-suspend", "warehouse SALES_WH"),
    ("sensitive-names-are-classified", "column SALES.CRM.LEADS.EMAIL"),
}


def of_rules(findings):
    return [f for f in findings if f["rule"] in ACCOUNT_RULES]


def an_account_that_breaks_them(checks, binary, folder):
    mesh = Mesh(binary, folder + "/mesh", folder + "/account.db")
    mesh.write("mesh.yaml", {**MESH_FILE, "environments": {"dev": {"connection": "test"}}})
    write(mesh, {}, ACCOUNT_RULES)
    mesh.bootstrap()
    mesh.apply()
    mesh.write("bad.sql", BAD_ACCOUNT)
    mesh.run("sql", "-f", mesh.folder / "bad.sql")
    drift = mesh.run("drift", "--format", "json", expect=VIOLATED)
    findings = of_rules(drift.json()["findings"])
    checks.equal(BROKEN - set(found(findings)), set(), "drift finds what is broken")
    checks.equal({r for r, _ in found(findings)}, set(ACCOUNT_RULES), "by each rule")
    sarif = mesh.run("drift", "--format", "sarif", expect=VIOLATED).json()
    checks.equal(json_schema.problems(sarif, SARIF), [], "drift as SARIF")
    checks.that({r["ruleId"] for r in sarif["runs"][0]["results"]} >= set(ACCOUNT_RULES), "SARIF tells of each rule")

    evidence = mesh.run("log", "--evidence").out
    checks.contains(evidence, "| `no-grants-to-public` | RBAC-01 | error |", "evidence names the rule")
    checks.contains(evidence, "| `warehouse-auto-suspend` | COST-01 | error | 1 warehouse | 1 | 0 | broken |", "and counts")
    report = mesh.run("log", "--evidence", "--format", "json").json()
    by_rule = {r["rule"]: r for r in report["rules"]}
    checks.equal((set(by_rule), by_rule["warehouse-auto-suspend"]["verdict"]), (set(ACCOUNT_RULES), "broken"), "evidence as JSON")
    checks.that("warehouse SALES_WH" in by_rule["warehouse-auto-suspend"]["covered"], "and what was looked at", report)

    mesh.run("import")
    planned = of_rules(mesh.run("plan", "--format", "json", expect=VIOLATED).json()["findings"])
    checks.that(all(f["source"].get("file", "").startswith("domains/") for f in planned if "GOV" not in f["address"]),
                "once imported, each has its line", planned)
    checks.equal({"no-cross-domain-grants", "no-accountadmin-owner", "warehouse-auto-suspend", "no-grant-options", "schemas-are-managed"} -
                 {r for r, _ in found(planned)}, set(), "and a plan stops at them")
    refused = mesh.run("apply", "--yes", "--format", "json", expect=VIOLATED)
    checks.equal(refused.json()["outcomes"], [], "apply runs nothing")

    for finding in findings:
        statement = finding["help"].split(";")[0].replace("…", "personal")
        run = mesh.run("sql", statement, expect=None)
        checks.equal(run.code, DONE, f"the statement that mends it runs: {statement}\n{run}")
    left = mesh.run("drift", "--format", "json", expect=None).json()["findings"]
    checks.equal(set(found(of_rules(left))) & BROKEN, set(), "and then nothing of it is left")


def what_a_plan_does(checks, binary, folder):
    mesh = Mesh(binary, folder + "/mesh", folder + "/account.db")
    mesh.write("mesh.yaml", {**MESH_FILE, "environments": {"dev": {"connection": "test"}}})
    rules = {"no-destructive-changes": {}, "classified-access-widens": {"tag": PII}, "no-unmanaged-objects": {},
             "no-unmanaged-grants": {}, "changed-outside": {}, "policies-stay-attached": {}}
    first = {**tables(T=columns(A="NUMBER", EMAIL=MASKED)), "roles": {"SALES_R": ROLE}, **warehouse()}
    write(mesh, first, rules)
    mesh.bootstrap()
    mesh.apply()
    granted = merged(first, {"databases": {"SALES": {"grants": {"SALES_R": ["USAGE"]}, "schemas": {"S": {
        "grants": {"SALES_R": ["USAGE"]}, "tables": {"T": {"grants": {"SALES_R": ["SELECT"]}}}}}}}})
    write(mesh, granted, rules)
    widened = mesh.plan()["findings"]
    checks.equal([(f["rule"], f["level"], f["address"]) for f in widened],
                 [("classified-access-widens", "warning", "table SALES.S.T")], "a plan tells who else may read")
    checks.contains(widened[0]["message"], "role SALES_R", "and names them")
    mesh.apply()
    del granted["databases"]["SALES"]["schemas"]["S"]["tables"]["T"]["columns"]["A"]
    write(mesh, {**granted, "removed": [{"object": "column SALES.S.T.A", "action": "drop"}]}, rules)
    lost = mesh.run("plan", "--format", "json", expect=VIOLATED).json()["findings"]
    checks.equal(found(lost), [("no-destructive-changes", "table SALES.S.T")], "a loss that has consent is found too")
    waiver = {"rule": "no-destructive-changes", "address": "table SALES.S.T", "reason": "r", "approver": "a", "expires": LATER}
    write(mesh, {**granted, "removed": [{"object": "column SALES.S.T.A", "action": "drop"}]}, rules, [waiver])
    checks.equal(mesh.plan()["findings"], [], "and can be waived")
    mesh.apply()
    other = mesh.plan("-d", "finance")
    checks.equal(other["findings"], [], "another domain's plan is not told")

    mesh.sql("ALTER TABLE SALES.S.T MODIFY COLUMN EMAIL UNSET MASKING POLICY")
    mesh.sql("ALTER WAREHOUSE SALES_WH SET AUTO_SUSPEND = 700")
    mesh.sql("CREATE TABLE SALES.S.BY_HAND (A NUMBER)")
    drift = mesh.run("drift", "--format", "json", expect=VIOLATED).json()["findings"]
    seen = {(f["rule"], f["address"]) for f in drift}
    checks.that(("policies-stay-attached", "masking policy GOV.POLICIES.MASK on column SALES.S.T.EMAIL") in seen,
                "drift names the policy that was taken off", drift)
    checks.that({("changed-outside", "warehouse SALES_WH"), ("no-unmanaged-objects", "table SALES.S.BY_HAND")} <= seen,
                "what was changed, and what nobody manages", drift)
    placed = [f for f in drift if f["rule"] == "changed-outside"]
    checks.that(placed and placed[0]["source"].get("file") == "domains/sales/domain.yaml", "at its line", placed)


def excused(checks, mesh, manifest, rules, find):
    """What rules find, one waived, one expired, one in grace. `find` gives the findings of all of these rules, each at least one."""
    def told(settings, waivers=()):
        write(mesh, manifest, settings, waivers)
        return [f for f in find() if f["rule"] in rules or f["rule"] == "MESH1605"]

    def waiver(finding, expires):
        return {"rule": finding["rule"], "address": finding["address"], "reason": "GOV-1", "approver": "privacy office", "expires": expires}

    errors = {rule: {**parameters, "level": "error"} for rule, parameters in rules.items()}
    fired = told(errors)
    checks.equal(({f["rule"] for f in fired}, {f["level"] for f in fired}), (set(rules), {"error"}), "each rule fires")
    checks.equal(told(errors, [waiver(f, LATER) for f in fired]), [], "each is waived")
    over = told(errors, [waiver(f, BEFORE) for f in fired])
    checks.equal(found(f for f in over if f["rule"] != "MESH1605"), found(fired), "an expired waiver lifts nothing")
    checks.equal(sorted(f["address"] for f in over if f["rule"] == "MESH1605"), sorted(f["address"] for f in fired), "and is an error itself")
    in_grace = told({rule: {**setting, "grace": LATER} for rule, setting in errors.items()})
    checks.equal((found(in_grace), {f["level"] for f in in_grace}), (found(fired), {"warning"}), "in grace each warns")
    return fired


def rules_that_ask_the_account_or_the_changes(checks, binary, folder):
    mesh = Mesh(binary, folder + "/mesh", folder + "/account.db")
    mesh.write("mesh.yaml", {**MESH_FILE, "environments": {"dev": {"connection": "test"}}})
    metrics = [{"function": "SNOWFLAKE.CORE.NULL_COUNT", "on": ["A"], "expectations": {"NONE_LACKS": "VALUE = 0", "FEW": "VALUE < 9"}},
               {"function": "SNOWFLAKE.CORE.ROW_COUNT", "expectations": {"SOME": "VALUE >= 0"}},
               {"function": "SALES.S.BELOW", "on": ["A"], "expectations": {"NONE_BELOW": "VALUE = 0"}}]
    below = {"BELOW(ROWS TABLE(N NUMBER))": {"body": "SELECT COUNT(*) FROM ROWS WHERE N < 0"}}
    first = merged(tables(T={**columns(A="NUMBER", EMAIL=MASKED), "data_metric_schedule": "60 MINUTE", "data_metrics": metrics}),
                   {"databases": {"SALES": {"schemas": {"S": {"data_metric_functions": below}}}}, "roles": {"SALES_R": ROLE}, **warehouse()})
    drift_rules = {"no-unmanaged-objects": {}, "no-unmanaged-grants": {}, "changed-outside": {}, "policies-stay-attached": {},
                   "expectations-are-met": {}}
    write(mesh, first, drift_rules)
    mesh.bootstrap()
    mesh.apply()
    checks.equal(mesh.run("drift", "--format", "json").json()["findings"], [], "as it was applied, no rule fires")
    for by_hand in ("ALTER TABLE SALES.S.T MODIFY COLUMN EMAIL UNSET MASKING POLICY", "ALTER WAREHOUSE SALES_WH SET AUTO_SUSPEND = 700",
                    "CREATE TABLE SALES.S.BY_HAND (A NUMBER)", "CREATE ROLE STRANGER", "GRANT SELECT ON TABLE SALES.S.T TO ROLE STRANGER",
                    "INSERT INTO SALES.S.T (A) VALUES (NULL), (1), (-1)"):
        mesh.sql(by_hand)
    fired = excused(checks, mesh, first, drift_rules, lambda: mesh.run("drift", "--format", "json", expect=None).json()["findings"])
    broken = sorted(f["message"] for f in fired if f["rule"] == "expectations-are-met")
    checks.equal(broken, ["table SALES.S.T: of SALES.S.BELOW(A), NONE_BELOW (VALUE = 0) is not so: it is 1",
                          "table SALES.S.T: of SNOWFLAKE.CORE.NULL_COUNT(A), NONE_LACKS (VALUE = 0) is not so: it is 1"],
                 "only what is not met, with what was measured")
    place = next(f["source"] for f in fired if f["rule"] == "expectations-are-met")
    checks.that(place.get("file") == "domains/sales/domain.yaml" and place.get("line"), "at the table's line", place)
    mesh.sql("DELETE FROM SALES.S.T")
    write(mesh, first, drift_rules)
    left = mesh.run("drift", "--format", "json", expect=None).json()["findings"]
    checks.equal([f for f in left if f["rule"] == "expectations-are-met"], [], "what is mended is not told")

    mesh.apply(expect=None)
    opened = merged(first, {"databases": {"SALES": {"grants": {"SALES_R": ["USAGE"]}, "schemas": {"S": {
        "grants": {"SALES_R": ["USAGE"]}, "tables": {"T": {"grants": {"SALES_R": ["SELECT"]}}}}}}},
        "removed": [{"object": "column SALES.S.T.B", "action": "drop"}]})
    with_another = merged(first, tables(T=columns(B="NUMBER")))
    write(mesh, with_another, {})
    mesh.apply()
    checks.equal(mesh.plan()["findings"], [], "no change, no finding")
    excused(checks, mesh, opened, {"no-destructive-changes": {}, "classified-access-widens": {"tag": PII}},
            lambda: mesh.run("plan", "--format", "json", expect=None).json()["findings"])


def ways_that_one_case_does_not_show(checks, binary, folder):
    """Rules that look at several things: each of the others, and what they leave alone."""
    mesh = fresh(binary, folder)

    def told(manifest, rule, **parameters):
        write(mesh, manifest, {rule: {"level": "error", **parameters}})
        return sorted(f["address"] + ": " + f["message"] for f in validate(mesh)[1])

    rule = "masked-columns-are-no-inputs"
    masked = {"type": "VARCHAR", "masking_policy": "GOV.POLICIES.MASK"}
    conditional = in_schema("masking_policies", "COND", {"signature": {"VAL": "VARCHAR", "WHO": "VARCHAR"}, "returns": "VARCHAR",
                                                         "body": "CASE WHEN WHO = 'me' THEN VAL ELSE '*' END"},
                            tables={"T": columns(MAIL={"type": "VARCHAR", "masking_policy": {"policy": "SALES.S.COND", "using": ["MAIL", "WHO"]}},
                                                 WHO=masked)})
    checks.equal(told(conditional, rule),
                 ["column SALES.S.T.WHO: column SALES.S.T.WHO is masked, and masking policy SALES.S.COND depends on it (using)"],
                 "a masked column that another's policy depends on")
    lookup = {"signature": {"REGION": "VARCHAR"}, "body": "EXISTS (SELECT 1 FROM SALES.S.MAP M WHERE M.WHO = CURRENT_ROLE())"}
    for column, expected in (("WHO", ["column SALES.S.MAP.WHO: column SALES.S.MAP.WHO is masked, and row access policy SALES.S.RAP "
                                      "looks rows up by it"]), ("WHO_ELSE", [])):
        mapping = in_schema("row_access_policies", "RAP", lookup, tables={"MAP": columns(**{"WHO": "VARCHAR", column: masked})})
        checks.equal(told(mapping, rule), expected, f"a mapping table whose {column} is masked")
    for listed, expected in (("MAIL", 1), ("A", 0)):
        made = in_schema("materialized_views", "MV", {"query": f"SELECT {listed} FROM SALES.S.T"},
                         tables={"T": columns(MAIL=masked, A="NUMBER")})
        checks.equal(len(told(made, rule)), expected, f"a materialized view of {listed}")

    rule, people = "derived-columns-keep-their-class", {"tables": {"T": columns(EMAIL=PII_COLUMN, N="NUMBER")}}
    union = in_schema("views", "V", {"query": "SELECT EMAIL FROM SALES.S.T UNION SELECT 'x'"}, **people)
    checks.equal((told(union, rule, tag=PII), len(told(union, rule, tag=PII, unknown=True))), ([], 1), "a query that does not tell")
    twice = in_schema("views", "V", {"query": "SELECT EMAIL FROM SALES.S.T"}, **people)
    twice["databases"]["SALES"]["schemas"]["S"]["views"]["W"] = {"query": "SELECT LOWER(EMAIL) AS L, N FROM SALES.S.V"}
    twice["databases"]["SALES"]["schemas"]["S"]["views"]["V"]["columns"] = {"EMAIL": {"tags": {PII: "email"}}}
    checks.equal(told(twice, rule, tag=PII), ["column SALES.S.W.L: column SALES.S.W.L is made of column SALES.S.V.EMAIL, which is "
                                              "GOV.TAGS.PII 'email', and bears no such tag"], "through views on views")
    checks.equal(told(twice, rule, tag=PII, values=["phone"]), [], "another class")

    shared_gone = merged(product("gone", status="retired", table={**columns(ID="NUMBER"), "grants": {"share SALES_SHARE": ["SELECT"]}}),
                         {"sales": {"shares": {"SALES_SHARE": {}}, "databases": {"SALES": {
                             "grants": {"share SALES_SHARE": ["USAGE"]}, "schemas": {"S": {"grants": {"share SALES_SHARE": ["USAGE"]}}}}}}})
    checks.equal(told(shared_gone, "retired-products-are-closed"),
                 ["grant SELECT on table SALES.S.GONE to share SALES_SHARE: sales/gone@1 is retired, and share SALES_SHARE still reads it"],
                 "a share that still holds it")
    again = merged(shared_gone, product("next"))
    again["sales"]["products"]["next"]["ports"]["next"]["objects"].append("table SALES.S.GONE")
    checks.equal(told(again, "retired-products-are-closed"), [], "not what another product publishes")
    early = product("early", status="retired", deprecation={"announced": "2026-01-01", "end_of_support": LATER})
    checks.contains(str(told(early, "removal-after-deprecation")), f"is retired, and was to be supported through {LATER}",
                    "retired before its time")
    both = merged(product("part"), view_of_finance("SELECT ID FROM SALES.S.PART"))
    checks.equal(told(both, "what-is-read-is-consumed", **{"except": ["SALES.S.P*"]}), [], "what everybody may read")


def git(mesh, *arguments):
    subprocess.run(["git", "-C", str(mesh.folder), "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments], check=True,
                   capture_output=True)


def what_changes_in_contracts(checks, binary, folder):
    """Against another revision: a contract that breaks, a product that is taken out."""
    mesh = fresh(binary, folder)
    rules = {"no-breaking-contract-changes": {"rules": ["CON-0*"]}, "removal-after-deprecation": {}}
    before = product("orders", table=columns(ID="NUMBER", FAX="VARCHAR"))
    write(mesh, before, rules)
    git(mesh, "init", "-q")
    git(mesh, "add", "-A")
    git(mesh, "commit", "-q", "-m", "first")
    mesh.bootstrap()

    def findings(manifest, rules, waivers=(), base=("--base", "HEAD")):
        write(mesh, manifest, rules, waivers)
        run = mesh.run("plan", "--format", "json", *base, expect=None)
        return [(f["rule"], f["level"], f["address"]) for f in run.json()["findings"]
                if f["rule"] in rules or f["rule"] == "MESH1605"]

    broken = product("orders", table=columns(ID="NUMBER"), version="1.1.0")
    rule, address = "no-breaking-contract-changes", "product sales/orders@1"
    checks.equal(findings(broken, rules), [(rule, "error", address)], "a column that goes is found, though nobody reads it")
    checks.equal(findings(broken, rules, base=()), [], "not without a revision to hold it against")
    checks.equal(findings(product("orders", table=columns(ID="NUMBER", FAX="VARCHAR", MORE="NUMBER"), version="1.1.0"), rules), [],
                 "an addition is none")
    checks.equal(findings(broken, {**rules, rule: {"rules": ["CON-1*"]}}), [], "nor one that the rule is not set for")
    waiver = {"rule": rule, "address": address, "reason": "r", "approver": "a", "expires": LATER}
    checks.equal(findings(broken, rules, [waiver]), [], "waived")
    checks.equal(findings(broken, rules, [{**waiver, "expires": BEFORE}]),
                 [(rule, "error", address), ("MESH1605", "error", address)], "the waiver is over")
    checks.equal(findings(broken, {**rules, rule: {"grace": LATER}}), [(rule, "warning", address)], "in grace")
    gone = merged(before, {})
    del gone["sales"]["products"]["orders"]
    checks.equal(findings(gone, rules), [("removal-after-deprecation", "error", address)], "a product that is taken out")
    write(mesh, product("orders", table=columns(ID="NUMBER"), status="deprecated",
                        deprecation={"announced": "2025-01-01", "end_of_support": "2025-12-31"}), rules)
    git(mesh, "commit", "-q", "-a", "-m", "second")
    checks.equal(findings(gone, rules), [], "not once its days are over")


def what_an_account_keeps(checks, binary, folder):
    """Rules on products, asked of what is there."""
    mesh = Mesh(binary, folder + "/mesh", folder + "/account.db")
    mesh.write("mesh.yaml", {**MESH_FILE, "environments": {"dev": {"connection": "test"}}})
    rules = {"cross-domain-access-is-agreed": {}, "retired-products-are-closed": {"level": "error"}}
    write(mesh, product("gone", status="retired"), rules)
    mesh.bootstrap()
    mesh.apply()
    checks.equal(of_products(mesh, rules, DONE), [], "as it was applied")
    mesh.sql("GRANT DATABASE ROLE SALES.GONE_READER TO ROLE FINANCE_R")
    grant = "grant database role SALES.GONE_READER to role FINANCE_R"
    found_there = of_products(mesh, rules, VIOLATED)
    checks.equal(sorted((f["rule"], f["address"]) for f in found_there),
                 [("cross-domain-access-is-agreed", grant), ("retired-products-are-closed", grant)], "what was let in by hand")
    for finding in found_there[:1]:
        mesh.sql(finding["help"].split(";")[0])
    checks.equal(of_products(mesh, rules, DONE), [], "the statement that mends it does")


def of_products(mesh, rules, expect):
    return [f for f in mesh.run("drift", "--format", "json", expect=expect).json()["findings"] if f["rule"] in rules]


def main():
    binary = binary_of_command_line()
    checks = Checks()
    for scenario in (each_rule_fires_and_does_not, listings_tell_why, waivers_baseline_and_grace, mistakes_in_settings, for_other_programs,
                     an_account_that_breaks_them, what_a_plan_does, rules_that_ask_the_account_or_the_changes, what_changes_in_contracts, what_an_account_keeps,
                     ways_that_one_case_does_not_show):
        with temporary() as folder:
            checks.scenario(scenario.__name__, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
