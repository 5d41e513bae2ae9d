#pragma once
// The declarations of all domains as they are read, before checks and suffix. Names stand as the manifests have them.

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "mesh/kinds/kind.hpp"
#include "mesh/kinds/policies.hpp"
#include "mesh/manifest/load.hpp"
#include "mesh/model/product.hpp"
#include "mesh/sql/token.hpp"
#include "reading.hpp"
#include "selector.hpp"

namespace mesh::manifest {

struct ColumnUse {
  Name name;
  Place place;
};

// A foreign key, for the checks that need the other table.
struct ForeignKeyUse {
  ObjectId from, to;
  size_t columns = 0;             // on this side
  std::vector<ColumnUse> others;  // on the other; none: its primary key
  Place place;
};

// A text of SQL as it stands in its file. SqlText::text begins `trimmed` bytes into the node's text.
struct WrittenText {
  Node node;
  size_t trimmed = 0;
};

// A line under apply, as it was read.
struct ApplyLine {
  std::string domain;
  Place place;     // of what `to` says
  std::string to;  // as written
  Selector selector;
  std::vector<Place> tag_places;                            // of the selector's conditions
  Place container_place;                                    // of the name behind `in`
  std::vector<Attachment> attachments;                      // on nothing yet
  std::map<std::string, Property, std::less<>> properties;  // of `set`
  std::vector<std::pair<QualifiedName, Place>> released;    // tags, policies
};

struct Build {
  const Mesh& mesh;
  const std::filesystem::path& root;
  Sources& sources;
  Diagnostics& diagnostics;

  State state;
  std::vector<Grant> present_grants;
  std::map<GrantKey, Place> granted_on;  // `on:` of grants at the top; a grant's place is its privilege
  std::vector<Tombstone> removed;
  // removed: [{object: rows A.B.C, action: drop}]
  struct RowsRemoved {
    QualifiedName table;
    std::string domain;
    Place place;
  };
  std::vector<RowsRemoved> rows_removed;
  std::set<ObjectId> exact_user_roles, additive_roles;
  std::set<ObjectId> excluded;        // `only:` leaves them out of this environment; what hangs on them goes too
  std::set<QualifiedName> misplaced;  // account-level names that a domain declares without owning them: reported
  std::map<ObjectId, bool> has_own_keys;
  std::map<ObjectId, Place> owner_places, renamed_places;
  std::vector<ForeignKeyUse> foreign_keys;
  std::vector<ApplyLine> applied;
  std::map<std::pair<ObjectId, std::string>, WrittenText> texts;  // by object and key
  Rules rules;
  std::set<std::string> statements_allowed;  // domains that a governing one lets have `statements:`
  size_t text_file_bytes = 0;
  Products products;
  std::string date;         // today in UTC: which agreements are in force
  bool incomplete = false;  // a file could not be read: what it declares is not known
  int suggestions = 0;

  // Whether the nearest of many names is to be looked for once more: it takes long, and who made so many mistakes made
  // one.
  bool may_suggest() { return ++suggestions <= kMaxSuggestions; }
  static constexpr int kMaxSuggestions = 100;

  bool is_excluded(const ObjectId& id) const;  // itself, or a container of it
  const Domain* owner_of(const QualifiedName& name) const { return mesh.owner_of(name.first().stored()); }
};

// What a domain's reader hands to the readers of the parts.
struct Site {
  Build& build;
  const Domain& domain;
  const Variables& variables;
  Diagnostics& diagnostics() const { return build.diagnostics; }
};

// One file of a domain: its collections, grants and tombstones.
void read_domain_file(const Site& site, const Node& root);

// An object of an account-level kind that stands elsewhere than in the kind's collection: its name, and its keys.
void read_object(const Site& site, KindId kind, const Node& name, const Node& body);

// The keys of one kind that are no rows of its table.
void read_table(const Site& site, const Node& body, Object& table);
// Of what has its columns from a query: columns and cluster_by.
void read_columns_by_name(const Site& site, const Node& body, Object& view);
void read_role(const Site& site, const Node& body, Object& role);
// The SQL texts of the kind's rows.
void read_object_texts(const Site& site, const Node& body, Object& object);
// What every object may carry.
void read_common(const Site& site, const Node& body, Object& object);

// The text of a file that a manifest names, relative to its domain's folder, as a node; nothing after it reported why
// not. In SQL variables are replaced.
std::optional<Node> read_text_file(const Site& site, std::string_view key, const Node& node, bool is_sql);

// A piece of SQL, checked as far as its tokens tell.
std::optional<SqlText> read_fragment(const Site& site, const Node& node, sql::FragmentKind kind, std::string_view what);

// Tags and policies of an object or a column.
void read_tags(const Site& site, const Node& map, const Bearer& bearer);
// {PURPOSE: CONTACT}
void read_contacts(const Site& site, const Node& map, const ObjectId& bearer);
// [{function: NAME, on: [COLUMN, …], expectations: {NAME: condition}}, …]
void read_metrics(const Site& site, const Node& list, const ObjectId& bearer);
// The policies that the keys of an object, or of a column, name.
void read_policies(const Site& site, const Node& body, const Bearer& bearer, kinds::AttachesTo to);
// Of a policy without arguments: `signature`, which may stand there empty.
void read_no_arguments(const Site& site, const Node& body, const Object& policy);
void read_tag_policies(const Site& site, const Node& node, const ObjectId& tag);
// Whether `only:` of an object or a tombstone leaves it out of this environment.
bool is_left_out(const Site& site, const Node& body);

// NAME, or {policy: NAME, <columns_key>: [COL, …]}, on nothing yet; nothing: it was reported.
std::optional<Attachment> read_policy(const Site& site, const Node& node, const kinds::PolicyForm& form);
// {PURPOSE: CONTACT}, on nothing yet.
std::vector<Attachment> read_contact_map(const Site& site, const Node& map);
// data_metrics: those of no relation yet. What one measures, and where, is its key.
std::vector<Attachment> read_metric_list(const Site& site, const Node& list);
void measure(Attachment& metric, const ObjectId& relation);
// The first of that name, which attachments say without the types of its arguments; nullptr: none is declared.
const Object* declared_metric(const State& state, const QualifiedName& name);
// {TAG: value}, on nothing yet.
std::vector<Attachment> read_tag_map(const Site& site, const Node& map);
std::vector<Name> read_columns(const Site& site, const Node& list, std::string_view what);

void read_removed(const Site& site, const Node& list);
// `rules` and `waivers`: of a governing domain, else a mistake.
void read_rules(const Site& site, const Node& root);
// apply: what a governing domain says of everybody's objects.
void read_apply(const Site& site, const Node& list);
// Properties alone, of an object of that kind that a selector will find.
void read_properties(const Site& site, const Node& map, Object& object);
// Whether its properties go with each other, once all are there.
void check_properties(Build& build, const Object& object);
// grants: on one object, and the list of grants that do not sit on one.
void read_object_grants(const Site& site, const ObjectId& id, const Node& grants);
void read_grants(const Site& site, const Node& grants);
void read_memberships(const Site& site, const ObjectId& role, const Node& granted_to);

// account_parameters: of the key and its map.
void read_account_parameters(const Site& site, const Node& key, const Node& map);

// statements: objects by their SQL, and which domains may have some.
void read_statements(const Site& site, const Node& map);
void check_statements(Build& build);

// Everything that needs all domains: references, usable grants, circles. Fills what is assumed.
void check_all(Build& build, Desired& desired);

// The environment's suffix on every account-level name the mesh declares and on every reference to it.
void add_suffix(Mesh& mesh, Desired& desired, std::vector<Grant>& present_grants, Products& products);

}  // namespace mesh::manifest
