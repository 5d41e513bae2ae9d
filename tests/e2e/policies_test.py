#!/usr/bin/env python3
"""Policies of logging in on users and the account, and aggregation, projection and join policies on tables, views and
columns: set, exchanged without a gap, healed, taken off before they are dropped; by a domain's own keys and by apply."""

import json
import pathlib
import sys

from mesh_runner import (DONE, ONE_DOMAIN, REFUSED, VIOLATED, Checks, binary_of_command_line, domain, failures, one_domain, statements,
                         temporary)


def converge(mesh, checks, what, *arguments):
    """One apply, and the next plan is empty."""
    applied = mesh.apply(*arguments, expect=None)
    checks.that(applied.code == DONE, f"{what}: apply", failures(applied))
    checks.equal([(c["action"], c["address"]) for c in mesh.plan()["changes"]], [], f"{what}: the next plan is empty")


def environment(**more):
    return {**ONE_DOMAIN, "environments": {name: {**keys, **more} for name, keys in ONE_DOMAIN["environments"].items()}}


def changes(plan):
    return {(c["action"], c["address"]) for c in plan["changes"]}


def in_force(mesh, kind, where):
    return [row["name"] for row in mesh.sql(f"SHOW {kind} POLICIES ON {where}")]


POLICIES = {"password_policies": {"STRICT": {"password_min_length": 20}, "LAX": {}},
            "session_policies": {"SHORT": {"session_idle_timeout_mins": 5}},
            "authentication_policies": {"KEYS": {"authentication_methods": ["KEYPAIR"]}}}


def logging_in(users, account, policies=None, **more):
    return {"databases": {"T_GOV": {"schemas": {"S": POLICIES if policies is None else policies}}},
            "users": users, "account_parameters": account, **more}


def of_logging_in(checks, binary, folder):
    mesh = one_domain(binary, folder)
    ada = {"password_policy": "T_GOV.S.STRICT", "session_policy": "T_GOV.S.SHORT", "authentication_policy": "T_GOV.S.KEYS"}
    domain(mesh, logging_in({"T_ADA": {}, "T_BOB": {}}, {"LOCK_TIMEOUT": 10}))
    converge(mesh, checks, "without")
    domain(mesh, logging_in({"T_ADA": ada, "T_BOB": {}}, {"LOCK_TIMEOUT": 10, "password_policy": "t_gov.s.lax", "SESSION_POLICY": "T_GOV.S.SHORT"}))
    plan = mesh.plan()
    checks.equal(changes(plan), {("set", "password policy T_GOV.S.STRICT on user T_ADA"), ("set", "session policy T_GOV.S.SHORT on user T_ADA"),
                                 ("set", "authentication policy T_GOV.S.KEYS on user T_ADA"),
                                 ("create", "account parameter PASSWORD_POLICY"), ("create", "account parameter SESSION_POLICY")},
                 "each is a row of its own")
    checks.that('ALTER USER "T_ADA" SET PASSWORD POLICY "T_GOV"."S"."STRICT"' in statements(plan), "on a user", statements(plan))
    checks.that('ALTER ACCOUNT SET PASSWORD POLICY "T_GOV"."S"."LAX"' in statements(plan), "on the account", statements(plan))
    converge(mesh, checks, "set")
    checks.equal((in_force(mesh, "PASSWORD", "USER T_ADA"), in_force(mesh, "PASSWORD", "USER T_BOB")), (["STRICT"], ["LAX"]), "in force")

    # Another in its place: one statement, never without.
    domain(mesh, logging_in({"T_ADA": {**ada, "password_policy": "T_GOV.S.LAX"}, "T_BOB": {}},
                            {"LOCK_TIMEOUT": 10, "password_policy": "T_GOV.S.STRICT", "SESSION_POLICY": "T_GOV.S.SHORT"}))
    checks.equal(statements(mesh.plan()), ['ALTER USER "T_ADA" SET PASSWORD POLICY "T_GOV"."S"."LAX" FORCE',
                                           'ALTER ACCOUNT SET PASSWORD POLICY "T_GOV"."S"."STRICT" FORCE'], "swapped")
    converge(mesh, checks, "swapped")

    # By hand: one taken off, one exchanged; drift names both, and apply heals them.
    mesh.sql("ALTER USER T_ADA UNSET SESSION POLICY; ALTER ACCOUNT SET PASSWORD POLICY T_GOV.S.LAX FORCE")
    drift = mesh.run("drift").out
    for address in ("session policy T_GOV.S.SHORT on user T_ADA", "account parameter PASSWORD_POLICY"):
        checks.contains(drift, address, "drift names what was done by hand")
    converge(mesh, checks, "healed")
    checks.equal((in_force(mesh, "SESSION", "USER T_ADA"), in_force(mesh, "PASSWORD", "ACCOUNT")), (["SHORT"], ["STRICT"]), "healed")

    # What somebody else put on a user is left alone; what mesh had set goes with its line, before its policy is dropped.
    mesh.sql("ALTER USER T_BOB SET PASSWORD POLICY T_GOV.S.LAX")
    domain(mesh, logging_in({"T_ADA": {"session_policy": "T_GOV.S.SHORT"}, "T_BOB": {"session_policy": "T_GOV.S.SHORT"}}, {"LOCK_TIMEOUT": 10}, {
        "password_policies": {"LAX": {}}, "session_policies": POLICIES["session_policies"]},
        removed=[{"object": "password policy T_GOV.S.STRICT", "action": "drop"}, {"object": "authentication policy T_GOV.S.KEYS", "action": "drop"}]))
    plan = mesh.plan()
    checks.equal([u["address"] for u in plan["unmanaged"] if "policy" in u["address"]], ["password policy T_GOV.S.LAX on user T_BOB"], "unmanaged")
    sql = statements(plan)
    for unset, drop in (("ALTER ACCOUNT UNSET PASSWORD POLICY", 'DROP PASSWORD POLICY "T_GOV"."S"."STRICT"'),
                        ('ALTER USER "T_ADA" UNSET AUTHENTICATION POLICY', 'DROP AUTHENTICATION POLICY "T_GOV"."S"."KEYS"')):
        checks.that(unset in sql and drop in sql and sql.index(unset) < sql.index(drop), f"{unset} before {drop}", sql)
    converge(mesh, checks, "dropped")
    checks.equal(in_force(mesh, "PASSWORD", "USER T_BOB"), ["LAX"], "another's stays")


def roles_need(checks, binary, folder):
    """A deploy role that may not: told before anything runs, with the GRANT that is missing."""
    mesh = one_domain(binary, folder, environment(deploy_role="T_DEPLOY"))
    mesh.sql("GRANT ROLE T_DEPLOY TO USER MESH; CREATE USER T_ADA; GRANT OWNERSHIP ON USER T_ADA TO ROLE T_DEPLOY; "
             "CREATE DATABASE T_GOV; CREATE SCHEMA T_GOV.S WITH MANAGED ACCESS; CREATE PASSWORD POLICY T_GOV.S.P; "
             "GRANT OWNERSHIP ON DATABASE T_GOV TO ROLE T_DEPLOY; GRANT OWNERSHIP ON SCHEMA T_GOV.S TO ROLE T_DEPLOY; "
             "GRANT OWNERSHIP ON PASSWORD POLICY T_GOV.S.P TO ROLE T_DEPLOY; GRANT APPLY PASSWORD POLICY ON ACCOUNT TO ROLE T_DEPLOY; "
             "REVOKE APPLY PASSWORD POLICY ON ACCOUNT FROM ROLE T_DEPLOY")
    domain(mesh, logging_in({"T_ADA": {"password_policy": "T_GOV.S.P"}}, {"password_policy": "T_GOV.S.P"}, {"password_policies": {"P": {}}}))
    told = mesh.run("apply", "--yes", expect=None)
    checks.that(told.code != DONE, "it is not begun", told)
    checks.contains(told.out + told.err, "GRANT APPLY PASSWORD POLICY ON ACCOUNT TO ROLE", "what is missing is printed")


PERSONS, SERVICES = "AUTHENTICATION_POLICY_FOR_ALL_PERSON_USERS", "AUTHENTICATION_POLICY_FOR_ALL_SERVICE_USERS"
WAYS = {"authentication_policies": {"FREE": {}, "SSO": {"authentication_methods": ["SAML", "KEYPAIR"]}, "KEYS": {"authentication_methods": ["KEYPAIR"]}},
        "session_policies": {"SHORT": {"session_idle_timeout_mins": 5}, "LONG": {}}}
USERS = {"T_ADA": {}, "T_BOT": {"type": "SERVICE"}}


def for_some_users(checks, binary, folder):
    """One policy for all, one for persons, one for services: each is a row of its own, and no other's is touched."""
    mesh = one_domain(binary, folder)
    domain(mesh, logging_in(USERS, {}, WAYS))
    converge(mesh, checks, "without")
    # Of another's making: for services, and a user's own. Both are left alone, whatever happens to those declared.
    mesh.sql("ALTER ACCOUNT SET SESSION POLICY T_GOV.S.LONG FOR ALL SERVICE USERS; CREATE USER T_OWN; "
             "ALTER USER T_OWN SET AUTHENTICATION POLICY T_GOV.S.FREE; ALTER USER T_OWN SET SESSION POLICY T_GOV.S.LONG")

    def others(what):
        checks.equal((in_force(mesh, "AUTHENTICATION", "USER T_OWN"), in_force(mesh, "SESSION", "USER T_OWN"), in_force(mesh, "SESSION", "USER T_BOT")),
                     (["FREE"], ["LONG"], ["LONG"]), f"{what}: what others set stays")

    declared = {"AUTHENTICATION_POLICY": "T_GOV.S.FREE", PERSONS.lower(): "t_gov.s.sso", SERVICES: "T_GOV.S.KEYS",
                "SESSION_POLICY": "T_GOV.S.LONG", "SESSION_POLICY_FOR_ALL_PERSON_USERS": "T_GOV.S.SHORT"}
    domain(mesh, logging_in(USERS, declared, WAYS))
    plan = mesh.plan()
    checks.equal(changes(plan), {("create", f"account parameter {name.upper()}") for name in declared}, "each is a row of its own")
    sql = statements(plan)
    checks.equal(set(sql), {'ALTER ACCOUNT SET AUTHENTICATION POLICY "T_GOV"."S"."FREE"',
                            'ALTER ACCOUNT SET AUTHENTICATION POLICY "T_GOV"."S"."SSO" FOR ALL PERSON USERS',
                            'ALTER ACCOUNT SET AUTHENTICATION POLICY "T_GOV"."S"."KEYS" FOR ALL SERVICE USERS',
                            'ALTER ACCOUNT SET SESSION POLICY "T_GOV"."S"."LONG"',
                            'ALTER ACCOUNT SET SESSION POLICY "T_GOV"."S"."SHORT" FOR ALL PERSON USERS'}, "set for whom they are, without FORCE")
    checks.that(max(sql.index(s) for s in sql if "AUTHENTICATION" in s and "FOR ALL" in s) <
                sql.index('ALTER ACCOUNT SET AUTHENTICATION POLICY "T_GOV"."S"."FREE"'), "who is to have another has it first", sql)
    converge(mesh, checks, "set")
    checks.equal((in_force(mesh, "AUTHENTICATION", "USER T_ADA"), in_force(mesh, "AUTHENTICATION", "USER T_BOT"), in_force(mesh, "SESSION", "USER T_ADA")),
                 (["SSO"], ["KEYS"], ["SHORT"]), "in force")
    others("set")

    # Another in its place: UNSET and SET, for FORCE would take off what users have of their own; the plan says what is in between.
    swapped = {**declared, SERVICES: "T_GOV.S.SSO", "AUTHENTICATION_POLICY": "T_GOV.S.SSO", "SESSION_POLICY": "T_GOV.S.SHORT"}
    domain(mesh, logging_in(USERS, swapped, WAYS))
    text = mesh.run("plan").out
    checks.contains(text, "for a moment the one for all users is in force, or Snowflake's built-in one", "the cost of a swap for some users")
    checks.contains(text, "for a moment Snowflake's built-in one is in force", "the cost of a swap for all")
    checks.equal(statements(mesh.plan()), [
        'ALTER ACCOUNT UNSET AUTHENTICATION POLICY FOR ALL SERVICE USERS', 'ALTER ACCOUNT SET AUTHENTICATION POLICY "T_GOV"."S"."SSO" FOR ALL SERVICE USERS',
        'ALTER ACCOUNT UNSET AUTHENTICATION POLICY', 'ALTER ACCOUNT SET AUTHENTICATION POLICY "T_GOV"."S"."SSO"',
        'ALTER ACCOUNT UNSET SESSION POLICY', 'ALTER ACCOUNT SET SESSION POLICY "T_GOV"."S"."SHORT"'], "swapped")
    converge(mesh, checks, "swapped")
    others("swapped")

    # By hand: one taken off, one exchanged; drift names both and what nobody declares; apply heals.
    mesh.sql("ALTER ACCOUNT UNSET AUTHENTICATION POLICY FOR ALL PERSON USERS; ALTER ACCOUNT SET AUTHENTICATION POLICY T_GOV.S.KEYS FOR ALL SERVICE USERS FORCE; "
             "ALTER USER T_OWN SET AUTHENTICATION POLICY T_GOV.S.FREE")
    drift = mesh.run("drift").out
    for name in (PERSONS, SERVICES, "SESSION_POLICY_FOR_ALL_SERVICE_USERS"):
        checks.contains(drift, f"account parameter {name}", "drift names what was done by hand")
    converge(mesh, checks, "healed")
    others("healed")

    # What was there before mesh is taken over, and left when its line goes; what mesh set goes, before its policy is dropped.
    taken = {"SESSION_POLICY_FOR_ALL_SERVICE_USERS": "T_GOV.S.LONG", "AUTHENTICATION_POLICY": "T_GOV.S.SSO"}
    left = {**WAYS, "authentication_policies": {"FREE": {}, "SSO": WAYS["authentication_policies"]["SSO"]}}
    domain(mesh, logging_in(USERS, {**swapped, SERVICES: "T_GOV.S.KEYS", **taken}, WAYS))
    converge(mesh, checks, "taken over")
    domain(mesh, logging_in(USERS, {"AUTHENTICATION_POLICY": "T_GOV.S.SSO"}, left,
                            removed=[{"object": "authentication policy T_GOV.S.KEYS", "action": "drop"}]))
    plan = mesh.plan()
    sql = statements(plan)
    checks.equal({s for s in sql if "UNSET" in s}, {
        "ALTER ACCOUNT UNSET AUTHENTICATION POLICY FOR ALL PERSON USERS", "ALTER ACCOUNT UNSET AUTHENTICATION POLICY FOR ALL SERVICE USERS",
        "ALTER ACCOUNT UNSET SESSION POLICY", "ALTER ACCOUNT UNSET SESSION POLICY FOR ALL PERSON USERS"}, "unset is what mesh had set")
    checks.that(sql.index("ALTER ACCOUNT UNSET AUTHENTICATION POLICY FOR ALL SERVICE USERS") < sql.index('DROP AUTHENTICATION POLICY "T_GOV"."S"."KEYS"'),
                "before the policy is dropped", sql)
    checks.that(("forget", "account parameter SESSION_POLICY_FOR_ALL_SERVICE_USERS") in changes(plan), "taken over is forgotten", changes(plan))
    converge(mesh, checks, "dropped")
    others("dropped")
    checks.equal(in_force(mesh, "AUTHENTICATION", "USER T_BOT"), ["SSO"], "services have the account's")

    # What is set in the account becomes lines of a manifest.
    mesh.run("import", "*_POLICY*", "-o", folder + "/imported")
    checks.contains("".join(f.read_text() for f in pathlib.Path(folder, "imported").rglob("*.yaml")),
                    "SESSION_POLICY_FOR_ALL_SERVICE_USERS: T_GOV.S.LONG", "imported")


def locked_out(checks, binary, folder):
    """Whoever applies logs in with each statement: what would keep it from that is refused before anything runs."""
    mesh = one_domain(binary, folder)
    sso = {"authentication_policies": {"SSO": {"authentication_methods": ["SAML"]}, "KEYS": {"authentication_methods": ["KEYPAIR"]},
                                       "BOTH": {"authentication_methods": ["KEYPAIR", "SAML"]}}}

    def refused(account, why, users=None, policies=sso):
        domain(mesh, logging_in(users or USERS, account, policies))
        run = mesh.run("apply", "--yes", expect=REFUSED)
        checks.contains(run.out, "MESH2035", f"{why}: the code")
        checks.contains(run.out, "user MESH, which runs this by KEYPAIR, could", f"{why}: who")
        return run.out

    domain(mesh, logging_in(USERS, {}, sso))
    converge(mesh, checks, "without")
    told = refused({"AUTHENTICATION_POLICY": "T_GOV.S.SSO"}, "for all")
    checks.contains(told, "authentication policy T_GOV.S.SSO would be in force for it, which has SAML", "what keeps it out")
    checks.contains(told, "ALTER USER MESH SET AUTHENTICATION POLICY", "and the way out")
    refused({SERVICES: "T_GOV.S.SSO"}, "for services, one of which it is")

    # Those for persons are not for it; nor is the account's where services have another, first.
    domain(mesh, logging_in(USERS, {PERSONS: "T_GOV.S.SSO"}, sso))
    converge(mesh, checks, "for persons")
    domain(mesh, logging_in(USERS, {PERSONS: "T_GOV.S.SSO", SERVICES: "T_GOV.S.KEYS", "AUTHENTICATION_POLICY": "T_GOV.S.SSO"}, sso))
    converge(mesh, checks, "behind one for services")
    # That can neither go nor be exchanged, for behind it stands the account's; nor can its policy be altered.
    refused({PERSONS: "T_GOV.S.SSO", "AUTHENTICATION_POLICY": "T_GOV.S.SSO"}, "taken off")
    told = refused({PERSONS: "T_GOV.S.SSO", SERVICES: "T_GOV.S.BOTH", "AUTHENTICATION_POLICY": "T_GOV.S.SSO"}, "exchanged")
    checks.contains(told, "could for a moment not log in", "for a moment")
    refused({PERSONS: "T_GOV.S.SSO", SERVICES: "T_GOV.S.KEYS", "AUTHENTICATION_POLICY": "T_GOV.S.SSO"}, "altered",
            policies={"authentication_policies": {**sso["authentication_policies"], "KEYS": {"authentication_methods": ["SAML"]}}})
    # All at once they may go, the account's first.
    domain(mesh, logging_in(USERS, {}, sso))
    plan = mesh.plan()
    checks.equal(plan.get("refused", []), [], "all at once")
    checks.equal([s for s in statements(plan) if s.endswith(("POLICY", "SERVICE USERS"))],
                 ["ALTER ACCOUNT UNSET AUTHENTICATION POLICY", "ALTER ACCOUNT UNSET AUTHENTICATION POLICY FOR ALL SERVICE USERS"], "the account's first")
    # With a policy of its own all of that may be.
    mesh.sql("ALTER USER MESH SET AUTHENTICATION POLICY T_GOV.S.BOTH")
    domain(mesh, logging_in(USERS, {"AUTHENTICATION_POLICY": "T_GOV.S.SSO"}, sso))
    converge(mesh, checks, "with its own")


CONSTRAINTS = {
    "aggregation_policies": {"FIVE": {"body": "AGGREGATION_CONSTRAINT(MIN_GROUP_SIZE => 5)"}},
    "projection_policies": {"HIDDEN": {"body": "PROJECTION_CONSTRAINT(ALLOW => FALSE)"}},
    "join_policies": {"JOINED": {"body": "JOIN_CONSTRAINT(JOIN_REQUIRED => TRUE)"}},
}


def selected(apply, users=None, **table):
    return {"databases": {
        "T_GOV": {"schemas": {"S": {**CONSTRAINTS, "tag_definitions": {"PII": {}}, "password_policies": {"STRICT": {}}}}},
        "T_DB": {"schemas": {"S": {"tables": {"PEOPLE": {"columns": {"ID": "NUMBER", "EMAIL": {"type": "VARCHAR", "tags": {"T_GOV.S.PII": "email"}}}, **table}},
                                   "views": {"NAMES": {"query": "SELECT ID FROM T_DB.S.PEOPLE"}}}}}},
        "users": users or {"T_ADA": {}}, "apply": apply}


APPLY = [{"projection_policy": "T_GOV.S.HIDDEN", "to": "columns where tag T_GOV.S.PII = email"},
         {"aggregation_policy": "T_GOV.S.FIVE", "entity_key": ["ID"], "to": "tables in schema T_DB.S"},
         {"join_policy": "T_GOV.S.JOINED", "allowed_join_keys": ["ID"], "to": "views in schema T_DB.S"},
         {"password_policy": "T_GOV.S.STRICT", "to": "users named T_*"}]
HIDDEN = "projection policy T_GOV.S.HIDDEN on column T_DB.S.PEOPLE.EMAIL"
FIVE = "aggregation policy T_GOV.S.FIVE on table T_DB.S.PEOPLE"
JOINED = "join policy T_GOV.S.JOINED on view T_DB.S.NAMES"
STRICT = "password policy T_GOV.S.STRICT on user T_ADA"


def applied(checks, binary, folder):
    """A governing domain's lines reach columns, tables, views and users."""
    mesh = one_domain(binary, folder, {**ONE_DOMAIN, "domains": {"test": {"path": "test", "owns": ["T_*"], "account": True, "governs": True}}})
    domain(mesh, selected([]))
    converge(mesh, checks, "without")
    mesh.sql("INSERT INTO T_DB.S.PEOPLE VALUES (1, 'a')")
    domain(mesh, selected(APPLY))
    plan = mesh.plan()
    checks.equal(changes(plan), {("set", HIDDEN), ("set", FIVE), ("set", JOINED), ("set", STRICT)}, "what the lines set")
    sql = statements(plan)
    for one in ('ALTER TABLE "T_DB"."S"."PEOPLE" MODIFY COLUMN "EMAIL" SET PROJECTION POLICY "T_GOV"."S"."HIDDEN"',
                'ALTER TABLE "T_DB"."S"."PEOPLE" SET AGGREGATION POLICY "T_GOV"."S"."FIVE" ENTITY KEY ("ID")',
                'ALTER VIEW "T_DB"."S"."NAMES" SET JOIN POLICY "T_GOV"."S"."JOINED" ALLOWED JOIN KEYS ("ID")',
                'ALTER USER "T_ADA" SET PASSWORD POLICY "T_GOV"."S"."STRICT"'):
        checks.that(one in sql, f"the plan has {one}", sql)
    converge(mesh, checks, "applied")

    # What the sandbox cannot carry out it refuses by name.
    refused = mesh.run("sql", "SELECT * FROM T_DB.S.PEOPLE", expect=None)
    checks.that("Unsupported feature 'SELECT under" in refused.err + refused.out, "a query under them", refused)

    # Taken off by hand: named, and put on again.
    mesh.sql("ALTER TABLE T_DB.S.PEOPLE MODIFY COLUMN EMAIL UNSET PROJECTION POLICY; ALTER TABLE T_DB.S.PEOPLE UNSET AGGREGATION POLICY; "
             "ALTER VIEW T_DB.S.NAMES UNSET JOIN POLICY; ALTER USER T_ADA UNSET PASSWORD POLICY")
    drift = mesh.run("drift").out
    for address in (HIDDEN, FIVE, JOINED, STRICT):
        checks.contains(drift, address, "drift names what was taken off")
    converge(mesh, checks, "healed")

    # The lines go, and what they set goes with them, before the policies are dropped.
    content = selected([], users={"T_ADA": {}})
    for collection in CONSTRAINTS:
        del content["databases"]["T_GOV"]["schemas"]["S"][collection]
    content["removed"] = [{"object": f"{kind} policy T_GOV.S.{name}", "action": "drop"}
                          for kind, name in (("aggregation", "FIVE"), ("projection", "HIDDEN"), ("join", "JOINED"))]
    domain(mesh, content)
    converge(mesh, checks, "gone")
    checks.equal(mesh.sql("SELECT EMAIL FROM T_DB.S.PEOPLE"), [{"EMAIL": "a"}], "and the table can be read again")


def mistakes(checks, binary, folder):
    mesh = one_domain(binary, folder)
    domain(mesh, {
        "databases": {"T_GOV": {"schemas": {"S": {
            "password_policies": {"P": {"password_min_length": 7, "password_histroy": 3}, "SUM": {"password_min_length": 20, "password_max_length": 21}},
            "session_policies": {"P": {"session_idle_timeout_mins": 1441, "allowed_secondary_roles": ["T_NOBODY"]}},
            "authentication_policies": {
                "P": {"authentication_methods": ["FAX"], "mfa_enrollment": "SOMETIMES"},
                "Q": {"client_types": ["SNOWFLAKE_UI"], "client_policy": [{"client_type": "GO_DRIVER", "minimum_version": "3.14.1"}]},
                "R": {"pat_policy": {"default_expiry_in_days": 40, "max_expiry_in_days": 30}, "mfa_policy": {"allowed_methods": ["FAX"]},
                      "client_policy": [{"client_type": "GO_DRIVER", "minimum_version": "3.14"}],
                      "workload_identity_policy": {"allowed_aws_accounts": ["123"], "allowed_oidc_issuers": ["http://a"]}},
                "S": {"pat_policy": {"default_expiry_in_days": 40, "max_expiry_in_days": 30}}},
            "aggregation_policies": {"P": {"signature": {"V": "NUMBER"}, "body": "TRUE"}, "BARE": {}}, "join_policies": {"J": {"body": "TRUE"}},
            "tables": {"T": {"columns": {"ID": "NUMBER"}, "aggregation_policy": {"policy": "T_GOV.S.NONE", "on": ["ID"]},
                             "join_policy": {"policy": "T_GOV.S.J", "allowed_join_keys": ["NO"]}}}}}}},
        "users": {"T_ADA": {"password_policy": "T_GOV.S.NONE", "session_policy": "SHORT"}},
        "account_parameters": {"PASSWORD_POLICY": "P", "SESSION_POLICY": "T_GOV.S.NONE", "PASSWORD_POLICY_FOR_ALL_PERSON_USERS": "T_GOV.S.P",
                               "SESSION_POLICY_FOR_ALL_PERSONS_USERS": "T_GOV.S.P", PERSONS: "T_GOV.S.NOBODY", SERVICES: "Q"}})
    run = mesh.run("validate", expect=VIOLATED)
    told = run.err + run.out
    for part in ("7 is out of range: from 8 to 256", "did you mean 'password_history'?",
                 "client_policy is for drivers, so client_types must have DRIVERS or ALL", "there are ALL, PASSKEY, TOTP, OTP, DUO",
                 "a version is three numbers, as in 3.14.1", "an AWS account is a text of 12 digits", "an issuer is a URL, https://HOST/PATH",
                 "pat_policy.default_expiry_in_days, 40, is more than pat_policy.max_expiry_in_days, 30",
                 "password_max_length, 21, is less than password_min_length", "1441 is out of range: from 5 to 1440",
                 "role T_NOBODY is declared nowhere", "there are ALL, SAML, OIDC, PASSWORD", "'SOMETIMES' is not one of REQUIRED",
                 "such a policy has no arguments", "unknown property 'on'", "aggregation policy T_GOV.S.NONE is declared nowhere",
                 "has no column 'NO'", "password policy T_GOV.S.NONE is declared nowhere", "session policy T_GOV.S.NONE is declared nowhere",
                 "'P' is no full name", "body", "unknown account parameter 'PASSWORD_POLICY_FOR_ALL_PERSON_USERS'",
                 "did you mean 'SESSION_POLICY_FOR_ALL_PERSON_USERS'?", "authentication policy T_GOV.S.NOBODY is declared nowhere",
                 "'Q' is no full name"):
        checks.contains(told, part, "a mistake is told")


def suffixed(checks, binary, folder):
    """An environment's suffix is on the roles that a session policy names, and on no word of Snowflake's."""
    mesh = one_domain(binary, folder, environment(suffix="_DEV"))
    domain(mesh, {"roles": {"T_ANALYST": {}},
                  "databases": {"T_GOV": {"schemas": {"S": {"session_policies": {"P": {
                      "allowed_secondary_roles": ["T_ANALYST", "PUBLIC"], "blocked_secondary_roles": ["ALL"]}}}}}},
                  "users": {"T_ADA": {"session_policy": "T_GOV.S.P"}}, "account_parameters": {"session_policy": "T_GOV.S.P"}})
    sql = "\n".join(statements(mesh.plan()))
    for part in ('ALLOWED_SECONDARY_ROLES = ("PUBLIC", "T_ANALYST_DEV")', "BLOCKED_SECONDARY_ROLES = ('ALL')",
                 'ALTER USER "T_ADA_DEV" SET SESSION POLICY "T_GOV_DEV"."S"."P"', 'ALTER ACCOUNT SET SESSION POLICY "T_GOV_DEV"."S"."P"'):
        checks.contains(sql, part, "with a suffix")
    converge(mesh, checks, "suffixed")


def more_than_create_takes(checks, binary, folder):
    """One CREATE sets 100 tags; the others come behind it. What is made anew loses what only ALTER sets, and gets it again."""
    mesh = one_domain(binary, folder)
    tags = {"T_DB.S.CLASS": "x", "T_DB.S.OWNER": "y"}
    table = {"tags": tags, "columns": {f"C{i}": {"type": "NUMBER", "tags": tags} for i in range(60)}}
    contacts = {"contact_definitions": {"DESK": {"url": "https://example.com"}}}
    view = {"query": "SELECT C0 FROM T_DB.S.WIDE", "contacts": {"STEWARD": "T_DB.S.DESK"},
            "data_metrics": [{"function": "SNOWFLAKE.CORE.NULL_COUNT", "on": ["C0"]}]}

    def declared(view):
        return {"databases": {"T_DB": {"schemas": {"S": {"tag_definitions": {"CLASS": {}, "OWNER": {}}, "tables": {"WIDE": table},
                                                         "views": {"V": view}, **contacts}}}}}

    domain(mesh, declared(view))
    plan = mesh.plan()
    create = next(s["sql"] for c in plan["changes"] if c["address"] == "table T_DB.S.WIDE" for s in c["statements"])
    checks.equal(create.count(" = '"), 100, "tags in CREATE")
    checks.equal(sum(1 for c in plan["changes"] if c["action"] == "set" and c["kind"] == "tag"), 22, "tags behind it")
    converge(mesh, checks, "a table of 122 tags")
    domain(mesh, declared({**view, "query": "SELECT C0, C1 FROM T_DB.S.WIDE"}))
    plan = mesh.plan()
    checks.equal((changes(plan), len(statements(plan))), ({("replace", "view T_DB.S.V")}, 3), "a view made anew, and what only ALTER sets")
    converge(mesh, checks, "made anew")
    wide = {"column_list": list(table["columns"]), "query": "SELECT " + ", ".join(table["columns"]) + " FROM T_DB.S.WIDE", "columns": {c: {"tags": tags} for c in table["columns"]}}
    domain(mesh, declared(wide))
    plan = mesh.plan()
    checks.equal((changes(plan), [sql.count("= '") for sql in statements(plan)]), ({("replace", "view T_DB.S.V")}, [100] + [1] * 20),
                 "a view made anew with 120 tags")
    converge(mesh, checks, "a view of 120 tags")


def in_schema(**content):
    return {"databases": {"T_GOV": {"schemas": {"S": content}}}}


def mask(body="'x'", **signature):
    return {"signature": signature or {"V": "VARCHAR"}, "returns": "VARCHAR", "body": body}


def on_tags(checks, binary, folder):
    """A tag's policy: one that asks for the value of that tag, another of its type in its place, and gone with the tag."""
    mesh = one_domain(binary, folder)
    asking = mask("IFF(SYSTEM$GET_TAG_ON_CURRENT_COLUMN('T_GOV.S.PII') = 'open', V, '*')")
    domain(mesh, in_schema(masking_policies={"M": asking, "N": mask(V="NUMBER") | {"returns": "NUMBER", "body": "0"}},
                           tag_definitions={"PII": {"masking_policies": ["T_GOV.S.M", "T_GOV.S.N"]}}))
    converge(mesh, checks, "a policy that asks for its own tag")
    domain(mesh, in_schema(masking_policies={"M": asking, "M2": mask(), "N": mask(V="NUMBER") | {"returns": "NUMBER", "body": "0"}},
                           tag_definitions={"PII": {"masking_policies": ["T_GOV.S.M2", "T_GOV.S.N"]}}))
    checks.equal([s for s in statements(mesh.plan()) if s.startswith("ALTER TAG")],
                 ['ALTER TAG "T_GOV"."S"."PII" SET MASKING POLICY "T_GOV"."S"."M2" FORCE'], "another of its type takes its place")
    converge(mesh, checks, "swapped")
    domain(mesh, {"databases": {"T_GOV": {"schemas": {"S": {}}}}})
    sql = statements(mesh.plan())
    unset, drop = 'ALTER TAG "T_GOV"."S"."PII" UNSET MASKING POLICY "T_GOV"."S"."M2"', 'DROP TAG "T_GOV"."S"."PII"'
    checks.that(unset in sql and sql.index(unset) < sql.index(drop), "taken off before the tag is dropped", sql)
    converge(mesh, checks, "dropped", "--allow-destroy", "all")


def in_place_of_one_that_goes(checks, binary, folder):
    """Set in place of another that is dropped in the same plan: before that, for every kind that can be on a table."""
    kinds = {"masking_policies": ("masking policy", mask()), "projection_policies": ("projection policy", {"body": "PROJECTION_CONSTRAINT(ALLOW => false)"}),
             "aggregation_policies": ("aggregation policy", {"body": "AGGREGATION_CONSTRAINT(MIN_GROUP_SIZE => 5)"}),
             "join_policies": ("join policy", {"body": "JOIN_CONSTRAINT(JOIN_REQUIRED => true)"}),
             "row_access_policies": ("row access policy", {"signature": {"V": "VARCHAR"}, "body": "TRUE"})}
    mesh = one_domain(binary, folder)

    def declared(which, policies):
        tables = {}
        for collection, (words, _) in kinds.items():
            key, name = words.replace(" ", "_"), f"T_GOV.S.{words.split()[0].upper()}_{which}"
            if collection in ("masking_policies", "projection_policies"):
                tables[key] = {"columns": {"A": {"type": "VARCHAR", key: name}}}
            else:
                tables[key] = {"columns": {"A": "VARCHAR"}, key: {"policy": name, "on": ["A"]} if "row" in key else name}
        made = {c: {f"{words.split()[0].upper()}_{p}": body for p in policies} for c, (words, body) in kinds.items()}
        return in_schema(tables=tables, **made)

    domain(mesh, declared("OLD", ["OLD"]))
    converge(mesh, checks, "made")
    domain(mesh, declared("NEW", ["NEW"]))
    plan = mesh.plan()
    swaps = [c for c in plan["changes"] if c["action"] == "set"]
    checks.equal(len(swaps), len(kinds), "each is swapped")
    sql = statements(plan)
    for collection, (words, _) in kinds.items():
        name = words.split()[0].upper()
        last = next(i for i, s in enumerate(sql) if s.startswith("ALTER TABLE") and f'"{name}_NEW"' in s)
        drop = next(i for i, s in enumerate(sql) if s.startswith("DROP") and f'"{name}_OLD"' in s)
        checks.that(last < drop, f"{words}: swapped before the old one is dropped", sql)
    converge(mesh, checks, "swapped and dropped", "--allow-destroy", "all")


def on_what_it_lies_in(checks, binary, folder):
    """A tag, contact or classification profile on the very database that it lies in: made behind it, and gone before it."""
    whole = {"databases": {"T_GOV": {"tags": {"T_GOV.S.CLASS": "x"}, "contacts": {"STEWARD": "T_GOV.S.DESK"},
                                     "classification_profile": "T_GOV.S.LOOKS",
                                     "schemas": {"S": {"tags": {"T_GOV.S.CLASS": "y"}, "tag_definitions": {"CLASS": {}},
                                                       "contact_definitions": {"DESK": {"url": "https://example.com"}},
                                                       "classification_profiles": {"LOOKS": {"minimum_object_age_for_classification_days": 0}}}}}}}
    for how in ("destroy", "removed"):
        mesh = one_domain(binary, f"{folder}/{how}")
        domain(mesh, whole)
        converge(mesh, checks, f"{how}: made")
        if how == "destroy":
            gone = mesh.run("destroy", "-e", "dev", "--yes", expect=None)
        else:
            domain(mesh, {"removed": [{"object": "database T_GOV", "action": "drop"}]})
            gone = mesh.apply("--allow-destroy", "all", expect=None)
        checks.equal(gone.code, DONE, f"{how}: {gone}")
        checks.equal(mesh.sql("SHOW DATABASES LIKE 'T_GOV'"), [], f"{how}: it is gone")


def with_columns_that_go(checks, binary, folder):
    """Policies that look at a column which goes, and the key that a table is clustered by."""
    mesh = one_domain(binary, folder)
    policies = {"row_access_policies": {"R": {"signature": {"V": "NUMBER"}, "body": "TRUE"}},
                "masking_policies": {"BY": mask(V="VARCHAR", K="NUMBER"), "M": mask()}}

    def filtered(*on):
        return {"columns": {name: "NUMBER" for name in ("B", *on)}, **({"row_access_policy": {"policy": "T_GOV.S.R", "on": list(on)}} if on else {})}

    def masked(columns, policy):
        return {"columns": {**{c: "NUMBER" for c in columns}, "V": {"type": "VARCHAR", "masking_policy": policy}}}

    def clustered(columns, by):
        return {"columns": columns, "cluster_by": by}

    before = {"TAKEN_OFF": filtered("A"), "MOVED": filtered("A"), "USING": masked(["A"], {"policy": "T_GOV.S.BY", "using": ["V", "A"]}),
              "CLUSTERED": clustered({"A": "NUMBER", "B": "NUMBER"}, ["B", "A"]), "RENAMED": clustered({"B": "NUMBER"}, ["B"])}
    domain(mesh, in_schema(tables=before, **policies))
    converge(mesh, checks, "made")
    moved = {**filtered("B"), "columns": {"B": "NUMBER"}}
    after = {"TAKEN_OFF": filtered(), "MOVED": moved, "USING": masked([], "T_GOV.S.M"), "CLUSTERED": clustered({"A": "NUMBER"}, ["A"]),
             "RENAMED": clustered({"B2": {"type": "NUMBER", "renamed_from": "B"}}, ["B2"])}
    domain(mesh, in_schema(tables=after, **policies))
    sql = statements(mesh.plan())
    own = [s for s in sql if '"RENAMED"' in s]
    checks.equal(own, ['ALTER TABLE "T_GOV"."S"."RENAMED" DROP CLUSTERING KEY', 'ALTER TABLE "T_GOV"."S"."RENAMED" RENAME COLUMN "B" TO "B2"',
                       'ALTER TABLE "T_GOV"."S"."RENAMED" CLUSTER BY (B2)'], "a column of the key gets another name")
    converge(mesh, checks, "columns gone", "--allow-destroy", "all")
    # From a column that goes to one that comes: no order of two statements does that.
    domain(mesh, in_schema(tables={**after, "MOVED": {"columns": {"C": "NUMBER"}, "row_access_policy": {"policy": "T_GOV.S.R", "on": ["C"]}}}, **policies))
    refused = mesh.plan()["refused"]
    checks.that(any("cannot move from column B to C" in r["message"] for r in refused), "refused, with the way out", refused)


def consent_and_fingerprint(checks, binary, folder):
    """The plan that was shown is applied by its file or its fingerprint, though it asks for consent."""
    for by in ("file", "fingerprint"):
        mesh = one_domain(binary, f"{folder}/{by}")
        domain(mesh, in_schema(tables={"T": {"columns": {"A": "NUMBER"}}}))
        converge(mesh, checks, f"{by}: made")
        domain(mesh, {"databases": {"T_GOV": {"schemas": {"S": {}}}}})
        saved = mesh.folder / "plan.json"
        mesh.run("plan", "-o", saved)
        shown = ("--expect", json.loads(saved.read_text(encoding="utf-8"))["fingerprint"]) if by == "fingerprint" else (saved,)
        refused = mesh.apply(*shown, expect=None)
        checks.equal((refused.code, "MESH2001" in str(refused)), (REFUSED, True), f"{by}: without consent it is refused for that")
        applied = mesh.apply("--allow-destroy", "table T_GOV.S.T", *shown, expect=None)
        checks.equal(applied.code, DONE, f"{by}: {applied}")


def main():
    checks = Checks()
    binary = binary_of_command_line()
    for name, scenario in (("policies of logging in", of_logging_in), ("for some users", for_some_users), ("locked out", locked_out),
                           ("what roles need", roles_need), ("applied", applied),
                           ("mistakes", mistakes), ("suffixed", suffixed), ("more than CREATE takes", more_than_create_takes),
                           ("on tags", on_tags), ("in place of one that goes", in_place_of_one_that_goes),
                           ("on what it lies in", on_what_it_lies_in), ("with columns that go", with_columns_that_go),
                           ("consent and fingerprint", consent_and_fingerprint)):
        with temporary() as folder:
            checks.scenario(name, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
