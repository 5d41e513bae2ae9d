#!/usr/bin/env python3
"""Listings: their names in an environment with a suffix, what a deploy role needs, there and back by import, what somebody changes
by hand, and mistakes.

    listings_test.py MESH_BINARY
"""

import sys

from mesh_runner import VIOLATED, Checks, Mesh, binary_of_command_line, one_domain, domain, statements, temporary

MESH_FILE = {
    "mesh": "test", "api": "mesh/v1", "control": {"database": "MESH", "schema": "CONTROL", "warehouse": "MESH_WH"},
    "environments": {"dev": {"connection": "test", "suffix": "_DEV", "deploy_role": "T_DEPLOY", "creator_role": "T_CREATE"}},
    "default_environment": "dev",
    "domains": {"test": {"path": "test", "owns": ["T_*"], "account": True}},
}
LISTING = {
    "share": "T_SHARE", "title": "Orders", "description": "Costs ${amount} and $${amount}\n\n| a |\n",
    "organization_targets": {"access": [{"account": "FINANCE", "roles": ["B", "A"]}]},
    "data_dictionary": {"featured": {"database": "T_DB", "objects": [{"name": "T", "schema": "S", "domain": "TABLE"}]}},
    "usage_examples": [{"title": "All", "query": "SELECT ID FROM T_DB.S.T -- of T_DB\n"},
                       {"title": "By locator", "query": 'SELECT ID FROM "ORGDATACLOUD$INTERNAL$T_LISTING".S.T'}],
    "auto_fulfillment": {"refresh_type": "SUB_DATABASE", "warehouse": "T_WH"},
}


def content(**listing):
    grants = {"share T_SHARE": ["USAGE"]}
    return {"vars": {"amount": 3}, "warehouses": {"T_WH": {}}, "shares": {"T_SHARE": {}}, "listings": {"T_LISTING": {**LISTING, **listing}},
            "databases": {"T_DB": {"grants": grants, "schemas": {"S": {"managed_access": False, "grants": grants, "tables": {
                "T": {"columns": {"ID": "NUMBER"}, "grants": {"share T_SHARE": ["SELECT"]}}}}}}}}


def in_an_environment(checks, binary, folder):
    mesh = Mesh(binary, f"{folder}/mesh", f"{folder}/account.db")
    mesh.write("mesh.yaml", MESH_FILE)
    domain(mesh, content())
    bootstrap = mesh.run("bootstrap", "--yes").out
    checks.contains(bootstrap, 'GRANT CREATE ORGANIZATION LISTING ON ACCOUNT TO ROLE "T_DEPLOY"', "the deploy role may make it")
    checks.contains(bootstrap, 'GRANT CREATE SHARE ON ACCOUNT TO ROLE "T_DEPLOY"', "and the share, which it owns")
    mesh.run("doctor")
    plan = mesh.plan()
    created = [s for change in plan["changes"] if change["kind"] == "listing" for s in change["statements"]]
    checks.equal([s["role"] for s in created], ["T_DEPLOY"], "whoever owns the share makes its listing")
    for words in ('LISTING "T_LISTING_DEV" SHARE "T_SHARE_DEV" AS', 'database: "T_DB_DEV"', "FROM T_DB_DEV.S.T -- of T_DB",
                  'warehouse: "T_WH_DEV"', "Costs 3 and ${amount}"):
        checks.contains(created[0]["sql"], words, "names bear the suffix")
    mesh.apply()
    checks.equal(mesh.plan()["changes"], [], "nothing is left")
    checks.equal([(row["name"], row["state"]) for row in mesh.sql("SHOW LISTINGS")], [("T_LISTING_DEV", "PUBLISHED")], "and it is live")

    checks.contains(mesh.run("show", "listing T_LISTING_DEV").out, "Orders", "show tells of it")
    other = Mesh(binary, f"{folder}/other", f"{folder}/account.db")
    other.write("mesh.yaml", MESH_FILE)
    domain(other, {})
    other.run("import")
    text = "\n".join(file.read_text(encoding="utf-8") for file in sorted(other.folder.rglob("*.yaml")))
    for words in ("T_LISTING:", "share: T_SHARE", "database: T_DB", "SELECT ID FROM T_DB.S.T", "$${amount}", "warehouse: T_WH"):
        checks.contains(text, words, "import writes names without it")
    for words in ("T_DB_DEV", "T_SHARE_DEV", "distribution:", "other_fields"):
        checks.that(words not in text, f"and not {words}", text)


def there_and_back(checks, binary, folder):
    """A listing made by hand becomes a manifest, and the manifest takes over nothing but what is there."""
    mesh = one_domain(binary, folder)
    mesh.sql("CREATE DATABASE T_DB; CREATE SHARE T_SHARE; GRANT USAGE ON DATABASE T_DB TO SHARE T_SHARE; "
             "CREATE ORGANIZATION LISTING T_LISTING SHARE T_SHARE AS 'title: \"It''s # one\"\n"
             "organization_targets: {discovery: [{all_internal_accounts: true}]}\nsupport_contact: a@b.c\napprover_contact: d@e.f\n"
             "offers: [{name: A, later: {x: 1}}]\nresharing: {enabled: FALSE, later: [1, two]}\n' PUBLISH = FALSE")
    mesh.run("import", "-o", f"{folder}/mesh/test/made", "T_*")
    plan = mesh.plan()
    checks.equal({c["action"] for c in plan["changes"]}, {"adopt"}, "what import writes is what there is")
    mesh.apply()
    checks.equal(mesh.plan()["changes"], [], "then nothing is left")
    drift = mesh.run("drift", "--format", "json").json()
    checks.equal(drift["changes"], [], "nor for drift")
    mesh.sql("ALTER LISTING T_LISTING AS 'title: Other\norganization_targets: {access: [{account: A}]}\n' PUBLISH = FALSE")
    lines = {line["property"]: line["after"] for c in mesh.plan()["changes"] for line in c["diff"]}
    checks.equal(lines.get("title"), "It's # one", "a change by hand shows, of a draft too")
    mesh.apply()
    checks.equal(mesh.plan()["changes"], [], "and is undone")


def by_little(checks, binary, folder):
    """Layout is no difference; what is unknown is not lost; what cannot be read stops nothing and changes nothing."""
    mesh = one_domain(binary, folder)
    domain(mesh, content())
    mesh.apply()
    manifest = mesh.sql("DESCRIBE LISTING T_LISTING")[0]["manifest_yaml"]
    checks.contains(manifest, 'title: "Orders"', "the manifest comes back")
    mesh.sql("ALTER LISTING T_LISTING AS $$\n# by hand\n" + manifest.replace('"A"', "A").replace('title: "Orders"', "title:   Orders")
             + "\ntrial_details: {trial_type: TIME}\n$$")
    checks.equal(mesh.plan()["changes"], [], "neither layout nor a field without a key is a difference")
    domain(mesh, content(title="Orders, all"))
    plan = mesh.plan()
    checks.contains(statements(plan)[0], 'trial_details:\n  trial_type: "TIME"', "such a field stands in what is written")
    mesh.apply()
    checks.contains(mesh.sql("DESCRIBE LISTING T_LISTING")[0]["manifest_yaml"], "trial_details", "and stays")
    domain(mesh, content(title="Orders, all", other_fields={"draft_access_type": "FREE"}))
    lines = {line["property"]: (line["before"], line["after"]) for c in mesh.plan()["changes"] for line in c["diff"]}
    checks.equal(lines, {"other_fields": ({"trial_details": {"trial_type": "TIME"}}, {"draft_access_type": "FREE"})},
                 "other fields that are written are all there are")


def over_an_opened_share(checks, binary, folder):
    """The accounts of a share are its listing's, unless they are written."""
    mesh = one_domain(binary, folder)
    domain(mesh, content())
    mesh.apply()
    mesh.sql("ALTER SHARE T_SHARE ADD ACCOUNTS = ORG.TARGET")
    checks.equal(mesh.plan()["changes"], [], "what a listing lets in is not taken away")
    domain(mesh, {**content(), "shares": {"T_SHARE": {"accounts": []}}})
    checks.equal([c["address"] for c in mesh.plan()["changes"]], ["share T_SHARE"], "where it is written, it counts")


MISTAKES = (
    ({"titel": "x"}, "did you mean 'title'?"),
    ({"organization_targets": {"acces": []}}, "did you mean 'access'?"),
    ({"organization_targets": {"access": [{"acount": "A"}]}}, "did you mean 'account'?"),
    ({"organization_targets": {"access": {"account": "A"}}}, "must be a list"),
    ({"usage_examples": [{"title": 3, "query": "q"}]}, 'write it in quotes: "3"'),
    ({"data_dictionary": {"featured": {"objects": [{"name": "T", "schema": "S", "domain": "TABEL"}]}}}, "did you mean 'TABLE'?"),
    ({"data_dictionary": {"featured": {"database": "T_DB"}}}, "featured needs objects"),
    ({"data_dictionary": {"featured": {"database": "T_DBS", "objects": []}}}, "database T_DBS is declared nowhere"),
    ({"data_dictionary": {"featured": {"database": "T_DB", "objects": [{"name": "T", "domain": "TABLE"}]}}}, "each entry of objects needs schema"),
    ({"usage_examples": [{"title": "All"}]}, "each entry of usage_examples needs query"),
    ({"custom_attributes": [{"values": ["x"]}]}, "each entry of custom_attributes needs name"),
    ({"data_attributes": {"geography": {"geo_option": "GLOBAL"}}}, "geography needs granularity"),
    ({"data_attributes": {"time": {"time_range": {"value": "x"}}}}, "value must be a whole number"),
    ({"request_approval_type": "never"}, "'never' is not one of"),
    ({"other_fields": {"title": "x"}}, "mesh has a key of its own for one of them"),
    ({"subtitle": "x"}, "subtitle does not apply to listing T_LISTING as it is declared"),
    ({"share": "T_NOBODYS"}, "share T_NOBODYS is declared nowhere"),
    ({"share": None}, "a listing needs share"),
    ({"title": None}, "a listing needs title"),
    ({"organization_targets": None}, "it needs organization_targets"),
    ({"organization_targets": {"discovery": [{"all_internal_accounts": True}]}}, "with discovery it needs support_contact"),
    ({"auto_fulfillment": {"refresh_schedule": "10 MINUTE"}}, "auto_fulfillment needs its refresh_type"),
    ({"listing_terms": {"type": "custom"}}, "terms of type CUSTOM need a link"),
    ({"state": "hidden"}, "state: 'hidden' is not one of"),
)


def mistakes(checks, binary, folder):
    mesh = one_domain(binary, folder)
    for more, words in MISTAKES:
        domain(mesh, content(**more))
        found = mesh.run("validate", "--format", "json", expect=VIOLATED).json()["findings"]
        said = " ".join(f"{f['message']} {f.get('help', '')}" for f in found)
        checks.contains(said, words, f"{more} is told")
        checks.that(all(f["source"].get("line", 0) > 0 for f in found), "with its place", found)
    domain(mesh, {**content(), "listings": {"T_A": LISTING, "T_B": LISTING}})
    checks.contains(mesh.run("validate", expect=VIOLATED).out, "share T_SHARE is offered by listing T_A already", "a share is for one")
    domain(mesh, {**content(), "listings": {'"T_$"': LISTING}})
    checks.contains(mesh.run("validate", expect=VIOLATED).out, "the name of a listing has no $", "nor has it a dollar in its name")


def main():
    binary = binary_of_command_line()
    checks = Checks()
    for scenario in (in_an_environment, there_and_back, by_little, over_an_opened_share, mistakes):
        with temporary() as folder:
            checks.scenario(scenario.__name__, scenario, checks, binary, folder)
    return checks.report()


if __name__ == "__main__":
    sys.exit(main())
