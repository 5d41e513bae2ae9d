#!/usr/bin/env python3
"""Classification profiles: made once and altered by their methods, set on databases and schemas by whoever governs them,
read back from what tells, and never taken for absent where nobody tells."""

import copy
import json
import sys

from mesh_runner import DONE, ONE_DOMAIN, REFUSED, VIOLATED, Checks, binary_of_command_line, domain, failures, one_domain, statements, temporary

AGE = "minimum_object_age_for_classification_days"
PROFILE = "T_GOV.P.PII"
FULL = {
    AGE: 0, "maximum_classification_validity_days": 30, "auto_tag": True, "classify_views": True, "ai_mode": True,
    "enable_tag_based_sensitive_data_exclusion": True,
    "snowflake_semantic_categories": [{"category": "NAME"}, {"category": "PASSPORT", "country_codes": ["US", "DE"]}],
    "tag_map": {"column_tag_map": [
        {"tag_name": "T_GOV.P.PRIVACY", "tag_value": "it's \\ high", "semantic_categories": ["NAME", "EMAIL"]},
        {"tag_name": "T_GOV.P.PRIVACY"}]},
    "custom_classifiers": ["T_OLD.S.CODES"],
}
CALL = 'CALL "T_GOV"."P"."PII"!'


def changes(plan):
    return [(c["action"], c["address"]) for c in plan["changes"]]


def converge(mesh, checks, what):
    applied = mesh.apply(expect=None)
    checks.that(applied.code == DONE, f"{what}: apply", failures(applied))
    checks.equal(changes(mesh.plan()), [], f"{what}: the next plan is empty")


def governed(profile, database=None, schema=None, gov=None, **more):
    profiles = {} if profile is None else {"classification_profiles": {"PII": profile}}
    return {"databases": {
        "T_GOV": {**(gov or {}), "schemas": {"P": {"tag_definitions": {"PRIVACY": {}}, **profiles}}},
        "T_DB": {**(database or {}), "schemas": {"S": schema or {}}}}, **more}


def described(mesh):
    return json.loads(next(iter(mesh.sql(f"SELECT {PROFILE}!DESCRIBE()")[0].values())))


def monitored(mesh):
    rows = mesh.sql("SELECT SYSTEM$SHOW_SENSITIVE_DATA_MONITORED_ENTITIES()")
    return {(e["type"], e["name"], e["profile_name"]) for e in json.loads(next(iter(rows[0].values())))}


def properties(checks, binary, folder):
    mesh = one_domain(binary, folder)
    mesh.sql("CREATE DATABASE T_OLD; CREATE SCHEMA T_OLD.S; CREATE SNOWFLAKE.DATA_PRIVACY.CUSTOM_CLASSIFIER T_OLD.S.CODES(); "
             "CREATE SNOWFLAKE.DATA_PRIVACY.CUSTOM_CLASSIFIER T_OLD.S.MORE()")
    domain(mesh, governed({AGE: 1}))
    plan = mesh.plan()
    made = [s for s in statements(plan) if "CLASSIFICATION_PROFILE" in s]
    checks.equal(made, ['CREATE SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE "T_GOV"."P"."PII" '
                        "({'minimum_object_age_for_classification_days': 1, 'auto_tag': TRUE})"], "what must be there, and what the pages disagree on")
    converge(mesh, checks, "the least")

    # Each property by its own method, there and back.
    calls = {
        AGE: (5, [CALL + "SET_MINIMUM_OBJECT_AGE_FOR_CLASSIFICATION_DAYS(5)"], None),
        "maximum_classification_validity_days": (30, [CALL + "SET_MAXIMUM_CLASSIFICATION_VALIDITY_DAYS(30)"],
                                                 [CALL + "UNSET_MAXIMUM_CLASSIFICATION_VALIDITY_DAYS()"]),
        "auto_tag": (False, [CALL + "SET_AUTO_TAG(FALSE)"], [CALL + "SET_AUTO_TAG(TRUE)"]),
        "classify_views": (True, [CALL + "SET_CLASSIFY_VIEWS(TRUE)"], [CALL + "SET_CLASSIFY_VIEWS(FALSE)"]),
        "ai_mode": (True, [CALL + "SET_AI_MODE(TRUE)"], [CALL + "SET_AI_MODE(FALSE)"]),
        "enable_tag_based_sensitive_data_exclusion": (True, [CALL + "SET_ENABLE_TAG_BASED_SENSITIVE_DATA_EXCLUSION(TRUE)"],
                                                      [CALL + "SET_ENABLE_TAG_BASED_SENSITIVE_DATA_EXCLUSION(FALSE)"]),
        "snowflake_semantic_categories": (FULL["snowflake_semantic_categories"], [
            CALL + "SET_SNOWFLAKE_SEMANTIC_CATEGORIES([{'category': 'NAME'}, {'category': 'PASSPORT', 'country_codes': ['DE', 'US']}])"],
            [CALL + "UNSET_SNOWFLAKE_SEMANTIC_CATEGORIES()"]),
        "tag_map": (FULL["tag_map"], [
            CALL + "SET_TAG_MAP({'column_tag_map': [{'tag_name': 'T_GOV.P.PRIVACY', 'tag_value': 'it''s \\\\ high', "
            "'semantic_categories': ['EMAIL', 'NAME']}, {'tag_name': 'T_GOV.P.PRIVACY'}]})"], [CALL + "UNSET_TAG_MAP()"]),
        "custom_classifiers": (FULL["custom_classifiers"], [CALL + """SET_CUSTOM_CLASSIFIERS({'CODES': "T_OLD"."S"."CODES"!LIST()})"""], None),
    }
    for key, (value, there, back) in calls.items():
        domain(mesh, governed({AGE: 1, key: value}))
        plan = mesh.plan()
        checks.equal((changes(plan), statements(plan)), ([("update", f"classification profile {PROFILE}")], there), f"{key} set")
        converge(mesh, checks, f"{key} set")
        domain(mesh, governed({AGE: 1}))
        plan = mesh.plan()
        if back is None and key != AGE:
            checks.equal(changes(plan), [], f"{key} is left alone where it is not stated")
            domain(mesh, governed({AGE: 1, key: []}))
            checks.equal(statements(mesh.plan()), [CALL + "UNSET_CUSTOM_CLASSIFIERS()"], f"{key} emptied")
        elif back is not None:
            checks.equal(statements(plan), back, f"{key} no longer stated")
        converge(mesh, checks, f"{key} back")

    # All at once, as CREATE has it; then by hand: drift tells, apply heals.
    domain(mesh, governed(None, removed=[{"object": f"classification profile {PROFILE}", "action": "drop"}]))
    converge(mesh, checks, "dropped")
    domain(mesh, governed(FULL))
    converge(mesh, checks, "all of them")
    checks.equal(described(mesh), {
        AGE: 0, "maximum_classification_validity_days": 30, "auto_tag": True, "classify_views": True, "ai_mode": True,
        "enable_tag_based_sensitive_data_exclusion": True, "custom_classifiers": {"CODES": {}},
        "snowflake_semantic_categories": [{"category": "NAME"}, {"category": "PASSPORT", "country_codes": ["DE", "US"]}],
        "column_tag_map": [{"tag_name": "T_GOV.P.PRIVACY", "tag_value": "it's \\ high", "semantic_categories": ["EMAIL", "NAME"]},
                           {"tag_name": "T_GOV.P.PRIVACY"}]}, "as it was written")
    mesh.sql(f"CALL {PROFILE}!SET_AUTO_TAG(FALSE)")
    mesh.sql(f"CALL {PROFILE}!SET_TAG_MAP({{'column_tag_map': [{{'tag_name': 't_gov.p.privacy'}}, "
             "{'tag_name': 'T_GOV.P.PRIVACY', 'tag_value': 'it''s \\\\ high', 'semantic_categories': ['NAME', 'EMAIL']}]})")
    drift = mesh.run("drift").out
    for line in ("auto_tag", "tag_map.column_tag_map"):
        checks.contains(drift, line, "drift tells what was done by hand, the order of the map too")
    converge(mesh, checks, "healed")
    # Written otherwise, the same.
    same = copy.deepcopy(FULL)
    same["snowflake_semantic_categories"].reverse()
    same["tag_map"]["column_tag_map"][0] = {"semantic_categories": ["EMAIL", "NAME"], "tag_value": "it's \\ high", "tag_name": "t_gov.p.privacy"}
    domain(mesh, governed(same))
    checks.equal(changes(mesh.plan()), [], "order and case that mean nothing")
    domain(mesh, governed({**FULL, "custom_classifiers": ["T_OLD.S.CODES", "T_OLD.S.MORE"]}))
    converge(mesh, checks, "another classifier")

    # Read into manifests from nothing: what is written plans nothing. The classifiers' schema is not told, so they are left alone.
    domain(mesh, governed(same))
    converge(mesh, checks, "before import")
    mesh.write("test/domain.yaml", {"domain": "test", "team": {"name": "t", "email": "t@example.com"}})
    mesh.run("import")
    written = "".join(path.read_text() for path in (mesh.folder / "test").rglob("*.yaml"))
    for part in ("classification_profiles:", "column_tag_map:", "tag_name: T_GOV.P.PRIVACY", "category: PASSPORT", "ai_mode: true"):
        checks.contains(written, part, "import writes it")
    checks.equal([c for c in changes(mesh.plan()) if "classification" in c[1]], [], "what import wrote is what is there")


def attached(checks, binary, folder):
    mesh = one_domain(binary, folder)
    domain(mesh, governed({AGE: 0}, {"classification_profile": PROFILE}, {"classification_profile": "t_gov.p.pii"}, {"classification_profile": PROFILE}))
    plan = mesh.plan()
    sets = [s for s in statements(plan) if "SET CLASSIFICATION_PROFILE" in s]
    checks.equal(sorted(sets), ['ALTER DATABASE "T_DB" SET CLASSIFICATION_PROFILE = \'T_GOV.P.PII\'',
                                'ALTER DATABASE "T_GOV" SET CLASSIFICATION_PROFILE = \'T_GOV.P.PII\'',
                                'ALTER SCHEMA "T_DB"."S" SET CLASSIFICATION_PROFILE = \'T_GOV.P.PII\''], "each behind the profile, its own database too")
    converge(mesh, checks, "set")
    checks.equal(monitored(mesh), {("DATABASE", "T_DB", PROFILE), ("DATABASE", "T_GOV", PROFILE), ("SCHEMA", "T_DB.S", PROFILE)}, "there")

    # What a schema inherits is not its own.
    domain(mesh, governed({AGE: 0}, {"classification_profile": PROFILE}, {}, {"classification_profile": PROFILE}))
    checks.equal(statements(mesh.plan()), ['ALTER SCHEMA "T_DB"."S" UNSET CLASSIFICATION_PROFILE'], "no longer stated")
    converge(mesh, checks, "inherited")

    # By hand: taken off, and set to another.
    mesh.sql(f"ALTER DATABASE T_DB UNSET CLASSIFICATION_PROFILE; CREATE SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE T_GOV.P.OTHER({{'{AGE}': 7}}); "
             "ALTER DATABASE T_GOV SET CLASSIFICATION_PROFILE = 'T_GOV.P.OTHER'")
    drift = mesh.run("drift").out
    for name in ("T_DB", "T_GOV"):
        checks.contains(drift, f"database {name}", "drift names what was done by hand")
    converge(mesh, checks, "healed")
    checks.equal(monitored(mesh), {("DATABASE", "T_DB", PROFILE), ("DATABASE", "T_GOV", PROFILE)}, "set again")
    checks.contains(mesh.run("show", "database T_DB").out, PROFILE, "show has it")

    # It goes: first off everything, then itself.
    mesh.sql("DROP SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE T_GOV.P.OTHER")
    domain(mesh, governed(None, removed=[{"object": f"classification profile {PROFILE}", "action": "drop"}]))
    said = statements(mesh.plan())
    checks.equal((sorted(said[:2]), said[2:]), (['ALTER DATABASE "T_DB" UNSET CLASSIFICATION_PROFILE', 'ALTER DATABASE "T_GOV" UNSET CLASSIFICATION_PROFILE'],
                                                ['DROP SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE "T_GOV"."P"."PII"']), "off before it is dropped")
    converge(mesh, checks, "dropped")
    checks.equal(monitored(mesh), set(), "nowhere")


BAD = [
    # body, what must be said
    ({}, f"{AGE} must be there"),
    ({AGE: -1}, "'-1' is no good: it is 0 or more"),
    ({AGE: 0, "maximum_classification_validity_days": 0}, "it is 1 or more"),
    ({AGE: 0, "auto_tag": "perhaps"}, "auto_tag must be true or false"),
    ({AGE: 0, "autotag": True}, "did you mean 'auto_tag'?"),
    ({AGE: 0, "tag_map": {"column_tags": []}}, "did you mean 'column_tag_map'?"),
    ({AGE: 0, "tag_map": {"column_tag_map": [{"tag_value": "x", "semantic_categories": ["NAME"]}]}}, "each entry of column_tag_map needs tag_name"),
    ({AGE: 0, "tag_map": {"column_tag_map": [{"tag_name": "T_GOV.P.PRIVACY", "tag_value": "x"}]}}, "tag_value and semantic_categories go together"),
    ({AGE: 0, "tag_map": {"column_tag_map": [{"tag_name": "T_GOV.P.PRIVACY", "semantic_categories": ["NAME"]}]}}, "tag_value and semantic_categories go together"),
    ({AGE: 0, "tag_map": {"column_tag_map": [{"tag_name": "T_GOV.P.PRIVACI"}]}}, "tag T_GOV.P.PRIVACI is declared nowhere"),
    ({AGE: 0, "tag_map": {"column_tag_map": [{"tag_name": "PRIVACY"}]}}, "tag_name"),
    ({AGE: 0, "tag_map": {"column_tag_map": {"tag_name": "T_GOV.P.PRIVACY"}}}, "column_tag_map must be a list"),
    ({AGE: 0, "snowflake_semantic_categories": [{"country_codes": ["US"]}]}, "each entry of snowflake_semantic_categories needs category"),
    ({AGE: 0, "snowflake_semantic_categories": ["NAME"]}, "each entry of snowflake_semantic_categories must be a map"),
    ({AGE: 0, "snowflake_semantic_categories": [{"category": "NAME", "countries": ["US"]}]}, "'countries'"),
    ({AGE: 0, "custom_classifiers": ["T_OLD.S.CODES", "T_OLD.X.CODES"]}, "two have the same"),
    ({AGE: 0, "custom_classifiers": ["CODES"]}, "CODES"),
    ({AGE: 0, "owner": "T_R"}, "a classification profile cannot be handed over"),
    ({AGE: 0, "renamed_from": "OLD"}, "a classification profile cannot be renamed"),
    ({AGE: 0, "grants": {"T_R": ["USAGE"]}}, "unknown property 'grants'"),
    ({AGE: 0, "comment": "x"}, "unknown property 'comment'"),
]


def refused(checks, binary, folder):
    """What cannot be is told with its place, before anything is read."""
    mesh = one_domain(binary, folder)
    for body, said in BAD:
        domain(mesh, governed(body))
        told = mesh.run("validate", "--format", "json", expect=VIOLATED).json()["findings"]
        checks.contains(" ".join(f"{f['message']} {f.get('help', '')}" for f in told), said, f"{body}")
        checks.that(all(f["source"].get("line") for f in told), f"{body}: with its line", told)
    domain(mesh, governed({AGE: 0}, {"classification_profile": "T_GOV.P.PI"}))
    told = mesh.run("validate", "--format", "json", expect=VIOLATED).json()["findings"]
    checks.contains(" ".join(f"{f['message']} {f.get('help', '')}" for f in told), "classification profile T_GOV.P.PI is declared nowhere", "a slip of the pen")


TWO = {**ONE_DOMAIN, "domains": {"gov": {"path": "gov", "owns": ["T_GOV", "T_OTHER"], "governs": True}, "sales": {"path": "sales", "owns": ["T_DB"]}}}


def applied(checks, binary, folder):
    """A governing domain sets it on everybody's databases, and nobody takes it off or sets another."""
    mesh = one_domain(binary, folder, TWO)
    profiles = {"PII": {AGE: 0}, "OWN": {AGE: 9}}
    gov = {"domain": "gov", "team": {"name": "gov"}, "databases": {"T_GOV": {"schemas": {"P": {"classification_profiles": profiles}}}},
           "apply": [{"set": {"classification_profile": PROFILE}, "to": "databases"}]}
    sales = {"domain": "sales", "team": {"name": "sales"}, "databases": {"T_DB": {"schemas": {"S": {}}}}}
    mesh.write("gov/domain.yaml", gov)
    mesh.write("sales/domain.yaml", sales)
    converge(mesh, checks, "applied")
    checks.equal(monitored(mesh), {("DATABASE", "T_DB", PROFILE), ("DATABASE", "T_GOV", PROFILE)}, "on every database")
    mesh.write("sales/domain.yaml", {**sales, "databases": {"T_DB": {"classification_profile": "T_GOV.P.OWN", "schemas": {"S": {}}}}})
    refused = mesh.run("plan", expect=None)
    checks.contains(refused.err + refused.out, "MESH1422", "a domain sets another")
    mesh.write("sales/domain.yaml", {**sales, "databases": {"T_DB": {"ignore_changes": ["classification_profile"], "schemas": {"S": {}}}}})
    refused = mesh.run("plan", expect=None)
    checks.contains(refused.err + refused.out, "MESH1422", "a domain ignores it")
    mesh.write("sales/domain.yaml", sales)
    mesh.sql("ALTER DATABASE T_DB UNSET CLASSIFICATION_PROFILE")
    checks.equal(changes(mesh.plan()), [("update", "database T_DB")], "taken off by hand")
    converge(mesh, checks, "set again")
    mesh.write("gov/domain.yaml", {key: value for key, value in gov.items() if key != "apply"})
    converge(mesh, checks, "no longer applied")
    checks.equal(monitored(mesh), set(), "off everywhere")


def suffixed(checks, binary, folder):
    """An environment's suffix is on the profile, its tags and its classifiers, inside the texts too."""
    dev = {name: {**keys, "suffix": "_DEV"} for name, keys in ONE_DOMAIN["environments"].items()}
    mesh = one_domain(binary, folder, {**ONE_DOMAIN, "environments": dev})
    profile = {AGE: 0, "tag_map": {"column_tag_map": [{"tag_name": "T_GOV.P.PRIVACY"}]}}
    domain(mesh, governed(profile, {"classification_profile": PROFILE}))
    said = statements(mesh.plan())
    checks.contains("\n".join(said), "'tag_name': 'T_GOV_DEV.P.PRIVACY'", "in the map")
    checks.contains("\n".join(said), """ALTER DATABASE "T_DB_DEV" SET CLASSIFICATION_PROFILE = 'T_GOV_DEV.P.PII'""", "where it is set")
    converge(mesh, checks, "suffixed")


def roles_need(checks, binary, folder):
    """A deploy role that may not make or set it: told before anything runs, with the GRANTs that are missing."""
    envs = {name: {**keys, "deploy_role": "T_DEPLOY"} for name, keys in ONE_DOMAIN["environments"].items()}
    mesh = one_domain(binary, folder, {**ONE_DOMAIN, "environments": envs})
    mesh.sql("GRANT ROLE T_DEPLOY TO USER MESH; CREATE DATABASE T_GOV; CREATE DATABASE T_DB; CREATE SCHEMA T_GOV.P WITH MANAGED ACCESS; "
             "CREATE SCHEMA T_DB.S WITH MANAGED ACCESS; CREATE TAG T_GOV.P.PRIVACY; GRANT OWNERSHIP ON TAG T_GOV.P.PRIVACY TO ROLE T_DEPLOY; "
             "GRANT OWNERSHIP ON SCHEMA T_GOV.P TO ROLE T_DEPLOY; GRANT OWNERSHIP ON SCHEMA T_DB.S TO ROLE T_DEPLOY; "
             "GRANT OWNERSHIP ON DATABASE T_GOV TO ROLE T_DEPLOY; GRANT OWNERSHIP ON DATABASE T_DB TO ROLE T_DEPLOY")
    domain(mesh, governed({AGE: 0}, {"classification_profile": PROFILE}))
    refused = mesh.apply(expect=REFUSED)
    for missing in ('GRANT DATABASE ROLE "SNOWFLAKE"."CLASSIFICATION_ADMIN" TO ROLE "T_DEPLOY"', 'GRANT APPLY TAG ON ACCOUNT TO ROLE "T_DEPLOY"'):
        checks.contains(refused.out + refused.err, missing, "what is missing")
    sheet = mesh.run("bootstrap", expect=None)
    for step in ('GRANT DATABASE ROLE "SNOWFLAKE"."CLASSIFICATION_ADMIN" TO ROLE "T_DEPLOY"', 'GRANT APPLY TAG ON ACCOUNT TO ROLE "T_DEPLOY"'):
        checks.contains(sheet.out, step, "bootstrap gives it")
    mesh.sql('GRANT DATABASE ROLE SNOWFLAKE.CLASSIFICATION_ADMIN TO ROLE T_DEPLOY; GRANT APPLY TAG ON ACCOUNT TO ROLE T_DEPLOY; '
             'GRANT USAGE ON WAREHOUSE COMPUTE_WH TO ROLE T_DEPLOY')
    converge(mesh, checks, "allowed")
    sheet = mesh.run("bootstrap", expect=None)
    checks.that("CLASSIFICATION_ADMIN" not in sheet.out, "bootstrap sees that it is there", sheet.out)


def main():
    checks = Checks()
    binary = binary_of_command_line()
    for name, scenario in (("properties", properties), ("attached", attached), ("applied", applied), ("suffixed", suffixed),
                           ("refused", refused), ("what roles need", roles_need)):
        with temporary() as folder:
            checks.scenario(name, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
