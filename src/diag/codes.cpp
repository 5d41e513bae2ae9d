#include "mesh/diag/codes.hpp"

#include <algorithm>
#include <array>

#include "mesh/base/text.hpp"

namespace mesh {
namespace {

// One row a code, sorted by code. Whoever uses a new code in src/ adds its row here; a unit test checks both.
// Columns: code, title (a few words), why it is an error and the ways out.
constexpr auto kCodes = std::to_array<CodeInfo>({
    {"MESH1001", "a file is not UTF-8",
     "Manifests and SQL files are read as UTF-8 without guessing; UTF-16 and invalid bytes are refused. Save the file "
     "as UTF-8; an editor shows the encoding in its status line."},
    {"MESH1002", "bytes that cannot stand in a manifest",
     "The file holds control characters, which YAML does not allow and some of which end it silently. Take them out, "
     "or write them as escapes in double quotes."},
    {"MESH1003", "this is no YAML",
     "The line does not fit YAML 1.2: an indentation that belongs to nothing, a bracket that is not closed, text "
     "behind a closing quote. The caret shows where reading stopped; the mistake is there or in the line above."},
    {"MESH1004", "a key stands twice",
     "The same key occurs twice in one map. YAML libraries silently take one of them, which would drop the other's"
     " content, so mesh refuses both. Keep one, or merge them."},
    {"MESH1005", "a quote is never closed",
     "A quoted text runs to the end of the file or into a document marker and would swallow everything behind it: "
     "objects would look as if they were no longer declared. Close the quote."},
    {"MESH1006", "a tab indents a line",
     "YAML indents with blanks only. Let the editor turn tabs into blanks in .yaml files."},
    {"MESH1007", "more than one document",
     "Text stands behind the end of the document (--- or ... or a closing bracket). A manifest is one document; "
     "put the rest into a file of its own."},
    {"MESH1008", "a part of YAML that mesh does not use",
     "Tags (!!str) and the merge key (<<) are refused, because what they do differs between readers. Write the "
     "values out; an alias can stand for a whole value."},
    {"MESH1009", "values are nested too deep",
     "No manifest needs this many levels. Usually an indentation has run away, or a bracket is missing."},
    {"MESH1010", "an alias expands to too much, or to itself",
     "Aliases repeat what stands at their anchor. What they expand to is bounded, an alias inside its own anchor "
     "has no end, and an anchor must stand above its alias in the same file."},
    {"MESH1011", "a key that is no text",
     "Keys of a manifest are words or quoted texts; a list or a map cannot be one."},
    {"MESH1012", "a file cannot be read",
     "A file that a manifest names (query_file, contract) or that mesh needs is missing, is too large, or lies "
     "outside the mesh's folder. Paths are relative to the manifest and stay inside the mesh."},
    {"MESH1013", "a domain without manifests",
     "The folder that mesh.yaml names for the domain holds no manifests, or is not there. A domain that declares "
     "nothing is left alone until its folder is back; whether it may really go is decided at the plan."},
    {"MESH1014", "texts that grow too large",
     "What ${name} and query_file put into the manifests is bounded: a long variable that is used very often, or a "
     "large file that many views name, would take all memory. Use a shorter variable, or fewer repetitions."},
    {"MESH1015", "more mistakes than are shown",
     "One run reports every mistake, but of so many only the first ones are told in full, and the rest is counted. "
     "Often "
     "they have one cause: a file in the wrong folder, a collection indented too far, a container that is misspelt."},
    {"MESH1016", "a blueprint that cannot be used",
     "`use: [{blueprint: NAME, with: {…}}]` takes blueprints/NAME.yaml of the mesh's folder. The file is not there, is "
     "no file, or the blueprint uses itself."},
    {"MESH1101", "an unknown property",
     "The kind has no property of this name. Properties are spelt as Snowflake's DDL spells them, in lower case; "
     "mesh explain KIND lists them. A misspelt property that was ignored would be reset in the account."},
    {"MESH1102", "a value of the wrong type",
     "A list stands where a text is expected, a text where a number is, and so on. YAML 1.2 is read strictly: yes "
     "and on are texts, true and false are the only booleans."},
    {"MESH1103", "something required is missing",
     "The object cannot be made from what is written: a table without columns, a view without query, a domain "
     "without path."},
    {"MESH1104", "not supported by this version",
     "The key or kind belongs to the design of manifests, but this version of mesh does not carry it out. It is "
     "refused rather than left out of the plan without a word."},
    {"MESH1105", "declared twice",
     "Every object is declared once in the whole mesh; only a container may be repeated to add children. Both "
     "places are shown: keep one."},
    {"MESH1106", "both declared and removed",
     "The manifests declare an object or column and list it under removed: as well. Keep one of the two: removed: "
     "takes things away whose lines are gone."},
    {"MESH1107", "an unknown variable",
     "${name} is replaced from the vars of environment, mesh and domain and from environment, mesh and domain "
     "themselves. This name stands in none of them. A literal ${ is written $${."},
    {"MESH1108", "there is no such environment",
     "mesh.yaml lists the environments. The name given with -e, or under only:, is not among them."},
    {"MESH1109", "a file belongs to another domain",
     "The file lies in one domain's folder and names another in domain:. Move it, or correct the name."},
    {"MESH1110", "not for a manifest",
     "Snowflake's DDL has the clause, but an object that is declared cannot carry it: a temporary one is gone with the "
     "session that made it, and whether a view is RECURSIVE is listed nowhere, so that it could not be compared. A "
     "query that begins with WITH RECURSIVE does the same as a RECURSIVE view."},
    {"MESH1111", "there is no such domain",
     "domains of an environment says which domains of this mesh live in another account there. The name is not among "
     "the mesh's domains."},
    {"MESH1112", "an account with two ways to it",
     "In one environment an account is reached by one connection, and a connection leads to one account: mesh reads "
     "each account once, and what is refused in one must not go through by the other. Who may do what, the roles say."},
    {"MESH1113", "two environments in one place",
     "A domain lives in the same account in two environments, and no suffix keeps its names apart: each would take the "
     "other's objects for its own. Give one of them a suffix, or another account."},
    {"MESH1201", "this is no name",
     "Names are read as SQL reads them: letters, digits, _ and $, or anything in double quotes. A full name has as"
     " many parts as its kind: DB.SCHEMA.TABLE."},
    {"MESH1202", "renamed_from leads nowhere",
     "renamed_from is the name that the object or column had until now. It must be another one than its own, not "
     "declared any more, named once, and in a place from which it can be moved."},
    {"MESH1203", "a name that is declared nowhere",
     "A name under some domain's owns must be declared somewhere in the mesh, in this environment too; otherwise "
     "the plan could not make what stands on it. Declare it, correct the name, or, where another tool makes it, "
     "declare it with manage:."},
    {"MESH1204", "things that stand on themselves",
     "Roles that are granted to each other, or views that read each other, in a circle: Snowflake refuses the last"
     " step. Take one of them out."},
    {"MESH1205", "no column of that name",
     "A key, a policy or a view's column list names a column that the table does not declare."},
    {"MESH1301", "a value the property does not take",
     "The value is out of range or not one of the allowed ones; the message lists them. Snowflake would refuse the"
     " statement."},
    {"MESH1302", "this is no type of a column",
     "Types are those of Snowflake's CREATE TABLE, synonyms included. NOT NULL, DEFAULT and COLLATE do not belong "
     "to the type: they have keys of their own."},
    {"MESH1303", "parts that contradict each other",
     "Two things that are stated cannot be true together: a default and an identity, a nullable column in the primary "
     "key, a foreign key with more columns on one side, a transient object with long Time Travel, a virtual column "
     "with "
     "a default or in a check."},
    {"MESH1304", "a piece of SQL cannot stand here",
     "Queries and expressions are read by tokens: brackets and quotes must close, and there is one statement or "
     "one expression. Nothing else can be said of SQL before Snowflake has seen it."},
    {"MESH1401", "this cannot receive a grant",
     "A grantee is a role by its name alone, or role R, database role D.R, share S, user U. An account role can "
     "never be granted to a database role."},
    {"MESH1402", "two domains own the same names",
     "Each account-level name belongs to one domain. Where patterns of two domains meet, the longer one wins; "
     "equal ones leave it open. Make one of them longer, or give the name to one domain."},
    {"MESH1403", "this is nothing to grant on",
     "A grant is on an object (table A.B.C), on what a container holds (tables in schema A.B), on what it will "
     "hold (future tables in schema A.B), or on the account."},
    {"MESH1404", "not a privilege of this kind",
     "Snowflake has no such privilege on this kind of object. unknown_privileges: allow in mesh.yaml lets newer "
     "ones through. Ownership is stated with owner:, not granted."},
    {"MESH1405", "not this domain's name",
     "A domain may declare and remove only what its owns in mesh.yaml covers. Move the lines to the owner's "
     "domain, or change owns."},
    {"MESH1406", "not this domain's to grant",
     "A grant belongs to the domain that owns what is granted on; on the account only a domain with account: true "
     "may grant. Ask the owner, who writes it in the object's grants."},
    {"MESH1407", "a grant that cannot be used",
     "A privilege on an object is of no use without USAGE on its schema and database, by any path through the "
     "roles the grantee holds. Grant USAGE there as well."},
    {"MESH1408", "not this domain's to attach",
     "A domain attaches the tags and policies that it owns, and those that their owner lets it have: APPLY in the "
     "grants of the tag or policy. A domain with governs: true may attach all of them."},
    {"MESH1420", "not this domain's to apply",
     "Lines under apply reach the objects of every domain, so only a domain with governs: true in mesh.yaml may write "
     "them. What a domain wants for its own objects stands at the objects."},
    {"MESH1421", "a selector that cannot be read",
     "A line under apply says what it goes to: columns or a kind in the plural; in domain, database or schema; where "
     "tag D.S.NAME = value, and more of these; named PATTERN. Each part may be left out but the first."},
    {"MESH1422", "declared against what is applied",
     "A governing domain applies tags, policies and properties to the objects it selects, and no domain can undo or "
     "weaken that. Declaring the same is fine; anything else must go, or the governing domain narrows its selector."},
    {"MESH1430", "something of another account",
     "What is named lives in another account than what names it. Snowflake resolves names, grants roles and attaches "
     "tags and policies inside one account; data alone cross, by a share. Consume a port of the other domain, import "
     "its share with from_share, or declare what is needed in a domain that lives in the same account."},
    {"MESH1431", "an account that a share cannot name",
     "Provider and consumer of a port live in two accounts, and a share names accounts as ORGANIZATION.ACCOUNT. Write "
     "account: ORG-ACCOUNT in mesh.yaml, for the environment and for the domain that lives elsewhere."},
    {"MESH1501", "this is no version",
     "A product's version is a semantic one, MAJOR.MINOR.PATCH (semver.org). Consumers name its major: two majors of a "
     "product stand side by side as NAME@1 and NAME@2."},
    {"MESH1502", "no such product or port",
     "A port is domain/product@major, or domain/product/port@major where the product has several and none is called "
     "as it is. It must be published by that domain, in that major version."},
    {"MESH1503", "this cannot stand in a port",
     "A port holds declared objects of its own domain that can be read. Its reader is a database role of the domain "
     "in the database of the objects, and no other port's: mesh grants it what it needs."},
    {"MESH1504", "this is no date",
     "Dates are YYYY-MM-DD and stand in their order: announced, end_of_support, end_of_life. They are days in UTC; "
     "an agreement holds through its last one."},
    {"MESH1505", "an agreement with oneself",
     "An agreement has two sides, a provider and a consumer. What a domain lets its own roles read is no agreement: "
     "granted_to of the reader says it."},
    {"MESH1506", "this role cannot consume",
     "A port is consumed by an account role of the domain that asks, declared in its manifests. A domain can neither "
     "ask nor be approved for another one's role."},
    {"MESH1507", "an agreement that is over",
     "The last day of the agreement lies in the past, or near. Once it is over the next apply takes the access away; "
     "to "
     "go on, both sides write a later until."},
    {"MESH1508", "more approved than asked for",
     "An approval that nobody asks for makes nothing, and of two last days the earlier one counts. Take the approval "
     "out, or wait for the consumer's line."},
    {"MESH1509", "a product that is not open",
     "A product that is a draft or retired lets no other domain in; one that is deprecated will go at its end of life. "
     "Consumers move to its successor."},
    {"MESH1521", "not a contract of the standard",
     "A port's contract is a file in the Open Data Contract Standard (Bitol ODCS 3.0 or 3.1). Formats that are near it "
     "are named as what they are; the standard's own tools turn them into it."},
    {"MESH1522", "a contract that is not as the standard says",
     "The standard lists what each part of a contract may hold; an explicit null is as if it were absent. What is your "
     "own goes under customProperties. Types are Snowflake's under physicalType, which counts before logicalType."},
    {"MESH1523", "contract and objects differ",
     "What a contract promises must be what the manifests declare of the port's objects: every object and column, of "
     "the same type, and never null where the contract says required. Correct one of the two."},
    {"MESH1530", "a change breaks a consumer",
     "Against the revision named by --base the contract of a port changed so that queries of a consumer in force "
     "break or mean something else. Publish the change as a new major version beside the old one, take it back, or "
     "have each consumer write acknowledge: [RULE COLUMN] in its own consumes."},
    {"MESH1531", "the version does not tell of the change",
     "The change of a port's contract asks for a larger step of the product's version (semver.org): a breaking one "
     "for a new major, an addition for a new minor version."},
    {"MESH1532", "a change that breaks nobody",
     "The contract of a port changed so that queries may break, and no consumer in force uses what changed."},
    {"MESH1533", "a change breaks what no manifest knows",
     "The account tells of views that are built on what a contract no longer promises, or of roles that read it, and "
     "no "
     "manifest does: asked with --live of SNOWFLAKE.ACCOUNT_USAGE, up to three hours late. What it does not tell of "
     "may "
     "be used all the same."},
    {"MESH1534", "uses that could not be asked for",
     "--live asks SNOWFLAKE.ACCOUNT_USAGE who uses what a change breaks. A view of it that the role may not read, or "
     "that this account does not have, tells nothing; the impact is what the manifests say."},
    {"MESH1535", "a consumer uses a column that the port has not",
     "columns: of a request names a column that the port's contract does not promise: a misspelt name, or one that its "
     "provider takes away. plan --base and impact go on and tell the change, with whom it breaks; nothing is applied "
     "until the column is back, or its consumer has written that it does without."},
    {"MESH1601", "rules in a domain that does not govern",
     "`rules` and `waivers` hold for the whole mesh, so they stand in the manifests of a domain with `governs: true` "
     "in "
     "mesh.yaml. Move them there, or let the domain govern."},
    {"MESH1602", "a rule that there is not",
     "Rules are those of the catalogue, each by its word id (pii-must-be-masked); mesh explain lists them, mesh "
     "explain "
     "RULE tells one. Correct the name."},
    {"MESH1603", "a parameter that a rule does not take",
     "Beside `level` and `grace` each rule takes the parameters that mesh explain RULE lists, each of its type, and "
     "some it cannot do without."},
    {"MESH1604", "a waiver that is not whole",
     "A waiver says which rule it lifts for what, why, who approved it and until when: rule, address, reason, "
     "approver, "
     "expires. Without an end it would be a hole that nobody looks at again."},
    {"MESH1605", "a waiver has expired",
     "Its last day is over, so it lifts nothing any more, and the finding counts again. Mend what the rule finds and "
     "take the waiver out, or have it approved anew with a later day."},
    {"MESH1606", "a waiver that lifts nothing",
     "Nothing is found that it would lift: what it stood for is mended, is spelt otherwise, or its rule is not in "
     "force. Take it out."},
    {"MESH1607", "a baseline that does not fit",
     "A baseline lists what a rule found when it came into force; only what is new counts. Its file is not there, is "
     "no "
     "baseline, or lists findings that are gone: mesh validate --write-baseline FILE writes it anew."},
    {"MESH2001", "a loss without consent",
     "The change would drop an object or lose data, and nobody consented. Put the lines back, or say so in the "
     "domain's manifest (removed:), or, outside protected environments, apply with --allow-destroy."},
    {"MESH2002", "Snowflake cannot change this in place",
     "ALTER has no form for this difference, and mesh never replaces what holds data. The message names the ways "
     "out: keep the live definition, or build the new one beside it and move over."},
    {"MESH2003", "both the old and the new name exist",
     "renamed_from says that the object is to be renamed, but an object of the new name is there too. Drop or "
     "rename one of them, or take renamed_from out."},
    {"MESH2004", "protected by prevent_destroy",
     "The ledger remembers the protection, so it outlives its line. Declare the object with prevent_destroy: "
     "false, apply that, and drop it, forget it or have it made anew afterwards."},
    {"MESH2005", "the container holds something that stays",
     "Dropping a database or schema takes everything inside along, so everything inside must be dropped by the same "
     "plan, with consent. Something in it is not: it is not in the ledger and so somebody's, it was taken over and is "
     "only forgotten, or it belongs to a domain that is no part of the run. Move or drop it by hand, consent to its "
     "drop by a line of its own, or keep the container."},
    {"MESH2006", "too much would be removed",
     "More than a fifth of a domain's objects, and at least ten, are gone from the manifests: more often a lost "
     "folder than an intention. Put them back, or remove in smaller steps with removed:."},
    {"MESH2007", "a tombstone for what mesh does not know",
     "removed: names an object that mesh neither made nor took over, so it may not drop it. Declare it and apply, "
     "which takes it over, before it is removed; or drop it by hand."},
    {"MESH2008", "many objects are not visible",
     "Objects that the ledger knows are hidden or gone, ten or more at once. Not visible is not absent: the "
     "reading role has most likely lost a privilege. mesh doctor tells which. Look with a role that sees everything "
     "(ACCOUNTADMIN); what is really gone is taken off the ledger by lines that are reviewed: take its own lines out, "
     "list it, or the schema or database that held it, under removed: with action: forget, and apply. Put back after "
     "that, its lines make it anew."},
    {"MESH2009", "a tombstone that carries the suffix",
     "removed: names things as all manifests do, without the environment's suffix; with it the line means another "
     "object, which is not there. Take the suffix out of the line."},
    {"MESH2010", "changes wait for each other",
     "The declared objects depend on each other in a circle, so none can be made first. The message shows the path"
     " with its files; break it at one place."},
    {"MESH2011", "the name belongs to another kind of object",
     "Tables, views, dynamic tables, materialized views, external tables and streams of a schema share their names, "
     "and "
     "Snowflake turns none into another. Give one of them another name, or consent to the drop of the one that is "
     "there "
     "with a tombstone under removed: it then goes before the other is made."},
    {"MESH2012", "a task graph of two owners",
     "Snowflake ties a task only to tasks of the same owner, and giving a task to another role takes it out of its "
     "graph. Write the same owner: at every task of the graph, and mesh hands over what differs and ties it again; or "
     "run the GRANT OWNERSHIP that the message shows."},
    {"MESH2020", "no such column",
     "columns: of a view names a column that its query does not produce. Correct the name, give the expression that "
     "alias, or name all columns in column_list. Of an object with manage: it is the other tool that makes no such "
     "column, or whose CREATE alone holds its comment."},
    {"MESH2021", "a privilege given by Snowflake itself",
     "The grantor is the system, so no role can revoke it. It is told once and left alone."},
    {"MESH2022", "data that stood open after a re-creation",
     "An object with `manage:` belongs to another tool, which made it anew: the policies and protecting tags that mesh "
     "had set on the old one were lost with it. This plan sets them again; until it is applied, and since the moment "
     "that is named, whoever may read the object sees what they hid."},
    {"MESH2023", "a privilege that another role granted",
     "REVOKE takes back only what the active role or one below it had granted, unless it has MANAGE GRANTS, and never "
     "says that there was nothing to take. The plan leaves such a privilege alone: let the role that granted it revoke "
     "it, or give the deploy role MANAGE GRANTS; or declare the privilege."},
    {"MESH2024", "a raw object that was made by another text",
     "Of an object under `statements:` mesh knows how to make it, to drop it and to see that it is there, not how to "
     "alter it. Its create says something else now than when it was made. Alter it by hand, or drop it by a tombstone "
     "and declare it again."},
    {"MESH2030", "secondary roles are active",
     "With secondary roles a statement may succeed through a role other than the one it names, so checks of roles "
     "mean nothing. ALTER USER ... SET DEFAULT_SECONDARY_ROLES = () for the user that deploys."},
    {"MESH2031", "quoted names fold to upper case",
     "QUOTED_IDENTIFIERS_IGNORE_CASE is TRUE for this user or account: names with small letters cannot be reached."
     " ALTER USER ... SET QUOTED_IDENTIFIERS_IGNORE_CASE = FALSE for the user that deploys."},
    {"MESH2032", "a role lacks a privilege",
     "Before the first statement, every statement's role is held against owners and privileges, in the order in which "
     "the changes come. The GRANT that is printed is what is missing; who owns the object, or holds MANAGE GRANTS, can "
     "run it. Roles below a role, and PUBLIC, count as its own."},
    {"MESH2033", "a role that this user may not take",
     "Statements are sent with plan_role, deploy_role or creator_role of mesh.yaml, and Snowflake takes them only from "
     "a user to whom that role is granted. A plan goes on without checking what the role may do; apply refuses."},
    {"MESH2034", "what a role may do could not be asked",
     "SHOW GRANTS TO ROLE failed, so the check before the first statement says nothing of that role. Its statements "
     "are tried, and Snowflake's own answer counts. Or this user may not see which authentication policies are in "
     "force, and so not whether the plan keeps it from logging in: grant the role APPLY AUTHENTICATION POLICY."},
    {"MESH2035", "a plan that locks its own role or user out",
     "After these changes the role that deploys a domain could no longer manage it: what it owns goes to a role it "
     "does not hold, a role it works through or a privilege above its objects is taken from it, or it is dropped "
     "itself. Declare what it holds by, hand over to a role that is granted to it, or name another deploy_role first. "
     "Or the user that runs the plan could no longer log in, be it for a moment: an authentication policy would be in "
     "force for it, by itself, by its TYPE or by the account, that does not have its way to log in. Give that user a "
     "policy of its own first."},
    {"MESH2040", "protection would be lost",
     "A governing domain selects by this tag what it masks or filters, or applied this tag or policy by a line that "
     "stands still. So a domain cannot take it off, or put another in its place, by itself, nor by another name of the "
     "object or column. Put back what it was selected by; or the governing domain writes a line with release: under "
     "apply."},
    {"MESH2041", "what others hung on an object would be lost",
     "Only making the object anew carries the change out, and CREATE OR REPLACE takes off every tag, policy, contact "
     "and metric function that it does not name. mesh sets again what nobody declares, as it is; here it could not be "
     "read, or cannot be set again. The message says which; declare it, or take it off by hand."},
    {"MESH2042", "masked columns would stand open for a moment",
     "What protects a column stands in the CREATE of a view only where that names all columns; else it comes in a "
     "statement behind, and in between whoever may read the view sees what it hides. Name the columns under "
     "column_list, or write them out in the query in place of *."},
    {"MESH2043", "another tool's to drop or rename",
     "An object with manage: belongs in its structure to another tool, dbt say: mesh never creates, alters, renames or "
     "drops it. The ledger remembers that beyond its lines. Let that tool do it and forget the object here (removed: "
     "with action: forget); or declare it without manage: and apply that first."},
    {"MESH2044", "a dropped role owns what mesh cannot hand over",
     "DROP ROLE gives all that the role owns to whoever drops it. mesh hands it over before, in the open; here is "
     "something of a kind that it does not know, or that Snowflake transfers to nobody, or it cannot be told what "
     "there "
     "is. Hand it over or drop it by hand first, or keep the role."},
    {"MESH3001", "a statement that reads failed",
     "mesh plans only from a complete picture. A statement that reads Snowflake was refused or did not arrive, so "
     "the plan would be smaller than the truth. The message shows Snowflake's words and the statement; grant the "
     "role what is missing (mesh doctor tells), or send it again when the network is back."},
    {"MESH3002", "a result may have been cut",
     "Snowflake silently leaves out everything past 10,000 rows of some SHOW commands. mesh narrows the scope "
     "where it can; here the narrowest one still reached the limit, so something may be missing and nothing is "
     "planned from it."},
    {"MESH3003", "a column is missing in Snowflake's answer",
     "A SHOW command answered without a column that mesh needs. An old account, an old behaviour bundle or a proxy"
     " in between can be the reason. mesh does not guess what the column would have said."},
    {"MESH3004", "a value could not be understood",
     "Snowflake printed a value in a form that mesh does not know (a type, a name, a number). It is reported "
     "instead of being read as something else. Please report it together with the value shown."},
    {"MESH3005", "a managed container or instance cannot be seen",
     "The ledger or a manifest speaks of objects inside a database or schema that the role could list but not look"
     " into. What is not visible is not absent, so nothing in it is planned. Grant the role USAGE on it. Instances of "
     "classes, classification profiles say, are told to who has a role in them: grant it PRIVACY_USER."},
    {"MESH3006", "a declared name belongs to something else",
     "Tables, views, dynamic tables, external tables and streams of a schema share one set of names, and a "
     "database may be imported from a share. The declared object cannot be made while that name is taken, and OR "
     "REPLACE would not help. Rename one of the two, or take the lines out of the manifest."},
    {"MESH3007", "a name that nobody declares does not exist",
     "A manifest uses a role, user, share or database that no domain owns, so it is taken as existing; the account"
     " does not show it. Declare it in its domain, correct the name, or make it before the plan."},
    {"MESH3008", "a property that the reading role may not see",
     "The role that reads sees the object, but not what this property is; it is left as it is, and changes of it are "
     "not "
     "planned. CHECK constraints are told by INFORMATION_SCHEMA alone, which lists a table to roles that hold a "
     "privilege on it: grant REFERENCES, say. Or leave the property out of the manifest."},
    {"MESH3009", "rows that a policy hides or masks from the reading role",
     "A table is declared with its rows, and the role that reads it sees fewer of them than SHOW TABLES counts, or one "
     "of the columns they name has a masking policy: what it reads is not what is there. A plan made of that would "
     "insert rows that are there already, or never stop changing values, so none is made. Let the row access policy "
     "show "
     "all rows to the domain's plan_role; leave masked columns out of the rows, or take the policy off them. Where "
     "somebody wrote to the table between the two reads, run again."},
    {"MESH3010", "what metric functions measured could not be read",
     "A rule asks whether expectations are met, and the view that tells it is not for the role that reads. Until it "
     "is, "
     "nothing is said of them: grant the role the application role SNOWFLAKE.DATA_QUALITY_MONITORING_VIEWER."},
    {"MESH4001", "there is no ledger",
     "Without the control schema mesh does not know what it made: it can plan, but neither drop nor apply. mesh "
     "bootstrap makes it."},
    {"MESH4002", "the revision to compare with is not valid",
     "With --base mesh loads the manifests of that revision too, to tell what was pending there and whom a change "
     "breaks. "
     "Where they hold errors, neither can be told."},
    {"MESH4003", "an object of another mesh",
     "The ledger of another mesh or environment holds this object. Two meshes that declare one object would undo "
     "each other. Take it out of one, or forget it there first."},
});

}  // namespace

std::span<const CodeInfo> all_codes() { return kCodes; }

const CodeInfo* find_code(std::string_view code) {
  const auto* found =
      std::find_if(kCodes.begin(), kCodes.end(), [&](const CodeInfo& row) { return iequals(row.code, code); });
  return found == kCodes.end() ? nullptr : &*found;
}

}  // namespace mesh
