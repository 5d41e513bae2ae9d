#include <fmt/format.h>

#include "attachments.hpp"
#include "ddl.hpp"
#include "flow.hpp"
#include "instances.hpp"
#include "listings.hpp"
#include "mesh/base/text.hpp"
#include "routine.hpp"
#include "shares.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

constexpr const char* kProfile = "CLASSIFICATION_PROFILE";

// database entry, privileges: these parameters need a privilege on the account besides ownership.
constexpr std::pair<std::string_view, std::string_view> kGuarded[] = {
    {"LOG_LEVEL", "MODIFY LOG LEVEL"},
    {"LOG_EVENT_LEVEL", "MODIFY LOG EVENT LEVEL"},
    {"METRIC_LEVEL", "MODIFY METRIC LEVEL"},
    {"TRACE_LEVEL", "MODIFY TRACE LEVEL"},
    {"EVENT_TABLE", "MODIFY EVENT TABLE"},
    {"OBJECT_VISIBILITY", "MANAGE VISIBILITY"},
    {"REPLICABLE_WITH_FAILOVER_GROUPS", "REPLICATE"},
};

// What the dropped role owned goes to the role that drops it (docs: drop-role).
void hand_over(Running& run, Id role) {
  const std::vector<Id> owned(run.catalog.owned_by(role).begin(), run.catalog.owned_by(role).end());
  for (const Id id : owned) {
    if (id != role) run.catalog.give(id, run.role, run.now);
  }
}

bool made_future_grant(const Running& run, const Object& role) {
  for (const Id id : run.catalog.grants_to(role.id)) {
    if (run.catalog.grant(id).form == GrantForm::Future) return true;
  }
  return false;
}

// The users and the account that have it in force keep a network policy (network_policy entry, errors).
void check_attached(const Running& run, const Object& policy) {
  const auto refuse_attached = [&](const Object& holder) {
    const auto it = holder.params.find("NETWORK_POLICY");
    if (it == holder.params.end() || it->second != policy.name) return;
    refuse_compilation(
        "001492", "42601",
        fmt::format("Cannot perform Drop operation on network policy {}. The policy is attached to {} "
                    "with name {}. Unset the network policy from {} and try the Drop operation again.",
                    policy.name, facts(holder.kind).granted_on, holder.name, facts(holder.kind).granted_on));
  };
  refuse_attached(run.home());
  for (const auto& [name, id] : run.catalog.children(run.account, Kind::User)) refuse_attached(run.catalog.at(id));
}

void check_drop(const Running& run, const Object& object) {
  if (object.kind == Kind::NetworkPolicy) check_attached(run, object);
  if (object.kind == Kind::Listing) check_listing_drop(object);
  if (object.kind == Kind::Share) check_share_drop(run, object);
  if (object.kind == Kind::Role && object.id == run.role) {
    // Text documented (drop-role), code unconfirmed.
    refuse("001003", "42000",
           fmt::format("SQL execution error:\nCannot drop role {} as it is the current primary role.", object.name));
  }
  if (object.kind == Kind::DatabaseRole && made_future_grant(run, object) && !run.access.manages_grants(object)) {
    refuse_privilege(run, object);
  }
  if (object.kind == Kind::DatabaseRole) refuse_in_imported(run, *run.catalog.container(object));
  if (object.kind == Kind::Task) check_task_drop(run, object);
}

// DROP TABLE ... RESTRICT while foreign keys of other tables point here (table entry, drop).
void check_references(const Running& run, const Object& table) {
  for (const auto& [database, database_id] : run.catalog.children(run.account, Kind::Database)) {
    for (const auto& [schema, schema_id] : run.catalog.children(database_id, Kind::Schema)) {
      for (const auto& [name, id] : run.catalog.children(schema_id, Kind::Table)) {
        for (const Constraint& c : run.catalog.at(id).constraints) {
          if (c.target == table.id && id != table.id) refuse_text("Cannot drop the table because of dependencies");
        }
      }
    }
  }
}

// A policy may also go by whoever owns its schema (docs: drop-row-access-policy, drop-masking-policy).
void need_for_drop(const Running& run, const Object& object) {
  if (is_policy(object.kind) && run.access.owns(run.catalog.at(object.parent))) return;
  need_ownership(run, object);
}

ResultSet dropped_before(Kind kind, const NameParts& name) {
  return status_result(
      fmt::format("Drop statement executed successfully ({} already dropped).", plain_name(kind, name.back())));
}

// With IF EXISTS a missing container is no error either.
const Object* find_to_drop(const Running& run, Kind kind, const NameParts& name, bool if_exists) {
  if (if_exists && look_up(run, kind, name) == nullptr) return nullptr;
  return &need(run, kind, name);
}

}  // namespace

void need_for_parameters(const Running& run, const Properties& params) {
  for (const auto& [parameter, privilege] : kGuarded) {
    if (params.count(parameter) > 0 && !has_account_privilege(run, privilege)) refuse_privilege(run, run.home());
  }
}

void drop_object(Running& run, const Object& object) {
  if (object.kind == Kind::Role || object.kind == Kind::DatabaseRole) hand_over(run, object.id);
  if (object.kind == Kind::Task) leave_graph(run, object);
  put_away(run, object);
}

ResultSet drop_statement(Running& run) {
  Parser& p = run.parser;
  const auto kind = read_kind(p);
  if (!kind || facts(*kind).lives == Lives::Nowhere) p.unexpected();
  run.operation = fmt::format("{} {}", run.operation, facts(*kind).words);
  const bool if_exists = p.accept("IF EXISTS");
  const NameParts name = read_object_name(run, *kind);
  bool restricted = false;
  if (*kind == Kind::Table || *kind == Kind::ExternalTable || *kind == Kind::Schema || *kind == Kind::Database ||
      *kind == Kind::Sequence) {
    restricted = !p.accept("CASCADE") && p.accept("RESTRICT");
  }
  p.expect_end();
  const Object* object = find_to_drop(run, *kind, name, if_exists);
  if (object == nullptr) return dropped_before(*kind, name);
  need_for_drop(run, *object);
  check_drop(run, *object);
  if (restricted && *kind == Kind::Table) check_references(run, *object);
  const std::string shown = plain_name(*object);
  drop_object(run, *object);
  return status_result(fmt::format("{} successfully dropped.", shown));
}

ResultSet undrop_statement(Running& run) {
  Parser& p = run.parser;
  const auto kind = p.kind();
  if (!kind) p.unexpected();
  run.operation = fmt::format("{} {}", run.operation, facts(*kind).words);
  if (is_policy(*kind)) {
    refuse_unsupported(fmt::format("UNDROP not supported for objects of type {}", facts(*kind).granted_on));
  }
  if (!can_be_undropped(*kind)) refuse_unsupported(run.operation);
  const NameParts name = p.qualified();
  p.expect_end();
  const Object& container = need_container(run, *kind, name);
  const Object* last = nullptr;
  for (const Id id : run.catalog.dropped(container.id, *kind)) {
    if (run.catalog.at(id).name == name.back()) last = &run.catalog.at(id);
  }
  if (last == nullptr || !run.access.sees(*last)) {
    refuse_compilation("002003", "02000", fmt::format("{} {} did not exist or was purged.", label(*kind), name.back()));
  }
  need_ownership(run, *last);
  need_create(run, container, create_privilege(*kind));
  if (run.catalog.child(container.id, *kind, name.back()) != nullptr) refuse_exists(name.back());
  run.catalog.restore(last->id);
  touch(run, last->id);
  return status_result(fmt::format("{} {} successfully restored.", label(*kind), name.back()));
}

void rename_object(Running& run, const Object& object, const NameParts& name, bool may_move) {
  const Kind kind = object.kind;
  // An unqualified new name stays where the object is.
  const Object& container = name.size() == 1 ? run.catalog.at(object.parent) : need_container(run, kind, name);
  if (container.id != object.parent) {
    if (!may_move) refuse_unsupported(fmt::format("RENAME of {} to another container", lower_words(kind)));
    need_create(run, container, create_privilege(kind));
    // Into a managed access schema only when the object's owner owns that schema too (docs: alter-view).
    if (container.flag("MANAGED_ACCESS") && container.owner != object.owner) refuse_privilege(run, container);
  }
  // The own name too is "already exists" (live-verified, identifiers-and-literals.md section 1).
  if (run.catalog.child(container.id, kind, name.back()) != nullptr) refuse_exists(plain_name(kind, name.back()));
  run.catalog.move(object.id, container.id, name.back());
  touch(run, object.id);
}

void rename_to(Running& run, const Object& object) {
  const NameParts name = run.parser.qualified();
  run.parser.expect_end();
  rename_object(run, object, name, true);
}

ResultSet set_or_unset(Running& run, const Object& object, const PropertySpecs& specs) {
  Parser& p = run.parser;
  if (p.accept("SET")) {
    Settings settings;
    read_settings(p, object.kind, specs, settings);
    if (settings.empty()) p.unexpected();
    p.expect_end();
    need_for_parameters(run, settings.params);
    need_for_parameters(run, settings.props);
    if (const auto profile = settings.params.find(kProfile); profile != settings.params.end()) {
      need_for_profile(run, object);
      profile->second = profile_to_set(run, profile->second);
    }
    apply(settings, run.catalog.edit(object.id));
  } else {
    p.expect("UNSET");
    const std::vector<std::string> names = read_unset(p, object.kind, specs);
    p.expect_end();
    Properties params;
    for (const std::string& name : names) params.emplace(name, "");
    need_for_parameters(run, params);
    if (params.count(kProfile) > 0) need_for_profile(run, object);
    unset(names, run.catalog.edit(object.id));
  }
  touch(run, object.id);
  return executed();
}

namespace {

ResultSet comment_on_column(Running& run, bool if_exists) {
  Parser& p = run.parser;
  NameParts name;
  do {
    name.push_back(p.name());
  } while (p.accept_symbol("."));
  if (name.size() < 2) p.unexpected();
  const std::string column = name.back();
  name.pop_back();
  p.expect("IS");
  const std::string text = p.string();
  p.expect_end();
  const Object* table = look_up(run, Kind::Table, name);
  if (table == nullptr && if_exists) return executed();
  if (table == nullptr) refuse_missing(run, Kind::Table, name);
  need_ownership(run, *table);
  for (TableColumn& c : run.catalog.edit(table->id).columns) {
    if (c.name != column) continue;
    c.comment = text;
    return executed();
  }
  refuse("000904", "42000",
         fmt::format("SQL compilation error: error line 1 at position 0\ninvalid identifier '{}'", column));
}

}  // namespace

ResultSet comment_statement(Running& run) {
  Parser& p = run.parser;
  const bool if_exists = p.accept("IF EXISTS");
  p.expect("ON");
  if (p.accept("COLUMN")) return comment_on_column(run, if_exists);
  const auto kind = p.kind();
  if (!kind) p.unexpected();
  const NameParts name = read_object_name(run, *kind);
  p.expect("IS");
  const std::string text = p.string();
  p.expect_end();
  if (if_exists && look_up(run, *kind, name) == nullptr) return executed();
  const Object& object = need(run, *kind, name);
  // For a database MODIFY is enough (database entry), as for a warehouse's properties.
  if (*kind == Kind::Database || *kind == Kind::Warehouse || *kind == Kind::Schema) {
    need_privilege(run, object, "MODIFY");
  } else {
    need_ownership(run, object);
  }
  Object& edited = run.catalog.edit(object.id);
  if (text.empty()) edited.props.erase("COMMENT");
  if (!text.empty()) edited.props["COMMENT"] = text;
  touch(run, object.id);
  return executed();
}

}  // namespace mesh::sandbox
