// What the ledger knows and nobody declares any more.
#include <algorithm>

#include <fmt/format.h>

#include "compare.hpp"
#include "mesh/base/text.hpp"
#include "mesh/model/creation.hpp"

namespace mesh::diff_parts {
namespace {

constexpr size_t kManyVanished = 10;  // design, promise 7
constexpr size_t kNamed = 3;          // of those in a message
constexpr size_t kMassRemoval = 10;   // design, promise 1: more than a fifth, at least ten

// A container's tombstone speaks for what mesh knows inside it, too: it was looked at and written down.
bool is_covered(const Sides& sides, const ObjectId& id) {
  const auto& removed = sides.desired().removed;
  return std::any_of(removed.begin(), removed.end(), [&](const Tombstone& tombstone) {
    return !tombstone.column && (tombstone.object == id || id.name.is_under(tombstone.object.name));
  });
}

bool is_beside(KindId kind) { return kind == KindId::AccountParameter || kind == KindId::Statement; }

// Absence means something only inside what was read whole.
bool was_read(const Sides& sides, const ObjectId& id) {
  const auto& live = sides.input.live;
  if (id.name.depth() == 1) return live.account_read;
  const ObjectId parent{id.name.depth() == 2 ? KindId::Database : KindId::Schema, id.name.parent()};
  return live.read_containers.count(parent) > 0 || sides.live_object(parent) == nullptr;
}

std::vector<ObjectId> live_children(const Sides& sides, const ObjectId& container) {
  std::vector<ObjectId> children;
  if (container.kind != KindId::Database && container.kind != KindId::Schema) return children;
  for (const auto& [id, object] : sides.live.objects) {
    const bool inside = id.name.is_under(container.name) && id.name.depth() > container.name.depth();
    if (inside && !lies_in_imported(sides.live, id)) children.push_back(id);
  }
  return children;
}

// What renamed_from takes out of the container: from, to.
std::vector<std::pair<ObjectId, QualifiedName>> renamed_out_of(const Sides& sides, const ObjectId& container) {
  std::vector<std::pair<ObjectId, QualifiedName>> out;
  if (container.kind != KindId::Database && container.kind != KindId::Schema) return out;
  for (const auto& [from, to] : sides.renamed) {
    if (from.name.is_under(container.name) && !to.is_under(container.name)) out.emplace_back(from, to);
  }
  return out;
}

Refusal refusal_of(const ObjectId& id, const char* code, std::string message, std::string ways_out, Place place) {
  Refusal refusal;
  refusal.address = id.address();
  refusal.code = code;
  refusal.message = std::move(message);
  refusal.ways_out = std::move(ways_out);
  refusal.place = place;
  return refusal;
}

// Left out of this environment by `only:`, by itself or with its container.
bool is_for_others(const Sides& sides, const ObjectId& id) {
  const auto& elsewhere = sides.desired().elsewhere;
  return std::any_of(elsewhere.begin(), elsewhere.end(), [&](const ObjectId& out) {
    const bool holds = out.kind == KindId::Database || out.kind == KindId::Schema;
    return out == id || (holds && id.name.is_under(out.name));
  });
}

// Its lines are there, for other environments: the ways out are for this one alone.
void name_environment(const Sides& sides, Refusal& refusal) {
  const auto& here = sides.mesh().environment.name;
  refusal.ways_out = replace_all(refusal.ways_out, "put its lines back", fmt::format("add {} to its only:", here));
  refusal.ways_out = replace_all(refusal.ways_out, "action: drop}", fmt::format("action: drop, only: [{}]}}", here));
}

// What an agreement made goes with it, as a grant would: both sides and the date have said so, and no data are lost.
bool carries_agreement(const LedgerEntry& entry) { return entry.made && entry.attached.count(kAgreement) > 0; }

void check_drop(const Sides& sides, const ObjectId& id, const LedgerEntry& entry, Place place, DiffResult& result) {
  if (is_another_tools(entry)) {
    result.refused.push_back(refusal_of(
        id, "MESH2043", fmt::format("{} was declared with manage:, so its structure is another tool's", id.address()),
        "let the tool that makes it drop it, and write action: forget here; or declare it without manage: and apply "
        "that first, which makes it mesh's",
        place));
  } else if (entry.prevent_destroy) {
    result.refused.push_back(refusal_of(
        id, "MESH2004", fmt::format("{} is protected by prevent_destroy, which outlives its lines", id.address()),
        "declare it with prevent_destroy: false and apply that first", place));
  } else if (!carries_agreement(entry) && consent_for(sides, id) != Consent::Given) {
    const bool elsewhere = is_for_others(sides, id);
    result.refused.push_back(refuse_loss(
        sides, id, nullptr,
        elsewhere ? fmt::format("is not declared for {} and would be dropped", sides.mesh().environment.name)
                  : "is no longer declared and would be dropped",
        place));
    if (elsewhere) name_environment(sides, result.refused.back());
  }
}

// Forgetting would lift the protection as well. Of what is gone a line says so; what is only hidden is still protected.
void check_forget(const Sides& sides, const ObjectId& id, const LedgerEntry& entry, const Tombstone* tombstone,
                  DiffResult& result) {
  const bool is_there = sides.live_object(id) != nullptr;
  if (!entry.prevent_destroy || (!is_there && (tombstone != nullptr || entry.unconfirmed))) return;
  const std::string lift = "declare it with prevent_destroy: false and apply that first";
  result.refused.push_back(
      is_there
          ? refusal_of(id, "MESH2004",
                       fmt::format("{} is protected by prevent_destroy, which forgetting it would lift", id.address()),
                       lift, tombstone != nullptr ? tombstone->place : Place{})
          : refusal_of(id, "MESH2004", fmt::format("{} is protected by prevent_destroy and not visible", id.address()),
                       "look with a role that sees everything; where it is really gone, list it under removed: with "
                       "action: forget; else " +
                           lift,
                       Place{}));
}

std::string drop_cost(const Object& live) {
  const auto& kind = kinds::of(live.id.kind);
  std::string cost(kind.drop_cost);
  if (live.id.kind == KindId::Table) cost = with_row_count("loses data", live.live.rows);
  const std::string undrop = kinds::undrop_statement(live.id);
  if (!undrop.empty() && kinds::holds_data(live)) {
    if (!cost.empty()) cost += "; ";
    cost += live.live.retention_days > 0 ? fmt::format("for {} {}: {}", live.live.retention_days,
                                                       live.live.retention_days == 1 ? "day" : "days", undrop)
                                         : "cannot be brought back: retention is 0 days";
  }
  return cost;
}

// What goes with the same plan is not handed over, but goes before the role.
void leave_out_what_goes(DiffResult& result) {
  std::set<ObjectId> dropped;
  for (const auto& change : result.changes) {
    if (change.action == Action::Drop && change.object) dropped.insert(*change.object);
  }
  for (auto& change : result.changes) {
    if (change.action != Action::Drop) continue;
    std::erase_if(change.statements, [&](const Statement& statement) {
      const bool goes = statement.handover && dropped.count(statement.handover->object) > 0;
      if (goes) change.before_drop_of.push_back(statement.handover->object.address());
      return goes;
    });
  }
}

// DROP ROLE gives what the role owned to whoever drops it: hand it over in the open before.
void hand_over_owned(const Sides& sides, const ObjectId& role, Change& change) {
  if (role.kind != KindId::Role) return;
  const std::string heir = sides.mesh().deploy_role(change.domain);
  const std::string to = heir.empty() ? sides.input.live.current_role : heir;
  if (to.empty()) return;
  for (const auto& [id, object] : sides.live.objects) {
    // What is handed over alone loses its place in its graph; with DROP ROLE it keeps it (docs: tasks-graphs).
    if (kinds::of(id.kind).forms_graphs) continue;
    if (object.live.owner != role.name.last() || object.live.owner_type != "ROLE" || id == role) continue;
    // To another owner it goes by a change of its own.
    const Object* desired = sides.desired().state.find(id);
    if (desired != nullptr && sides.in_scope(desired->domain) && gets_another_owner(*desired, object)) {
      change.before_drop_of.push_back(ownership_of(id, *desired->owner).address());
      continue;
    }
    add_handover(change, id, Name::exact(to), heir);
  }
}

Reason why(const Sides& sides, const ObjectId& id, const Tombstone* tombstone) {
  if (sides.options.destroys) return Reason::Destroyed;
  if (tombstone != nullptr) return Reason::Tombstone;
  return is_for_others(sides, id) ? Reason::NotHere : Reason::NoLongerDeclared;
}

Change drop(const Sides& sides, const Object& live, const LedgerEntry& entry, const Tombstone* tombstone) {
  const auto& id = live.id;
  auto change = change_of(id, entry.domain, Action::Drop, why(sides, id, tombstone),
                          tombstone != nullptr ? tombstone->place : Place{});
  change.risk = kinds::holds_data(live) ? Risk::Destructive : Risk::Disruptive;
  change.cost = drop_cost(live);
  change.removes.push_back(change.address);
  // Its children go before it, each by itself, or leave it under another name.
  for (const auto& child : live_children(sides, id)) change.before_drop_of.push_back(child.address());
  for (const auto& [old, name] : renamed_out_of(sides, id))
    change.before_drop_of.push_back(ObjectId{old.kind, name, old.arguments}.address());
  hand_over_owned(sides, id, change);
  auto statements = kinds::drop_statements(live);
  for (auto& sql : statements) {
    const Act act = &sql == &statements.back() ? Act::Drop : Act::Alter;
    add_statement(change, act, std::move(sql), sides.mesh().deploy_role(entry.domain));
  }
  change.ledger.remove.push_back(change.address);
  return change;
}

// What a line says of the object: its own, or that of the container that holds it and is forgotten, with all that mesh
// knows inside. The innermost counts.
const Tombstone* tombstone_for(const Sides& sides, const ObjectId& id) {
  if (const auto* own = tombstone_of(sides, id)) return own;
  for (auto name = id.name.parent(); !name.empty(); name = name.parent()) {
    const auto* outer = tombstone_of(sides, {name.depth() == 1 ? KindId::Database : KindId::Schema, name});
    if (outer != nullptr) return outer->action == Tombstone::Action::Forget ? outer : nullptr;
  }
  return nullptr;
}

void remove_one(const Sides& sides, const ObjectId& id, const LedgerEntry& entry, DiffResult& result) {
  const Tombstone* tombstone = tombstone_for(sides, id);
  const Object* live = sides.live_object(id);
  const bool forget = live == nullptr || (tombstone != nullptr && tombstone->action == Tombstone::Action::Forget) ||
                      (tombstone == nullptr && (!entry.made || is_another_tools(entry)));
  const Place place = tombstone != nullptr ? tombstone->place : Place{};
  if (forget) {
    check_forget(sides, id, entry, tombstone, result);
    auto change = change_of(id, entry.domain, Action::Forget, why(sides, id, tombstone), place);
    change.ledger.remove.push_back(change.address);
    if (live == nullptr) change.reason_text = "it is not there any more";
    result.changes.push_back(std::move(change));
    return;
  }
  check_drop(sides, id, entry, place, result);
  result.changes.push_back(drop(sides, *live, entry, tombstone));
}

// Why something stays where its container is to go, and what to do.
struct Stay {
  std::string why, ways_out;
};

Stay why_it_stays(const Sides& sides, const ObjectId& id, bool is_forgotten) {
  const std::string by_hand = "drop or move that by hand first; or keep the container";
  const auto* entry = sides.entry(id);
  if (const auto other = sides.ledger.other_meshes.find(id.address()); other != sides.ledger.other_meshes.end())
    return {"which belongs to " + other->second, by_hand};
  if (entry == nullptr) return {"which mesh did not make", by_hand};
  if (!is_forgotten)
    return {fmt::format("which belongs to domain {} and is not dropped by this run", entry->domain),
            "plan both domains in one run; or keep the container"};
  if (is_another_tools(*entry))
    return {"whose structure is another tool's (manage:): it is forgotten, and stays in Snowflake",
            "let that tool drop it first; or keep the container"};
  const std::string consent = "; or consent to its drop by a line of its own, and apply: ";
  if (!entry->made)
    return {"which mesh took over and did not make: it is forgotten, and stays in Snowflake",
            by_hand + consent + tombstone_text(sides.mesh(), id)};
  return {"which is forgotten, and stays in Snowflake", by_hand + consent + tombstone_text(sides.mesh(), id)};
}

// DROP takes everything inside along: each must be dropped by a change of its own, which asks for consent, or have left
// before.
void refuse_containers_of_what_stays(const Sides& sides, DiffResult& result) {
  std::map<ObjectId, Action> goes;
  std::set<ObjectId> moves;
  for (const auto& change : result.changes) {
    if (!change.object) continue;
    if (change.action == Action::Drop || change.action == Action::Forget) goes[*change.object] = change.action;
    if (change.action == Action::Rename) moves.insert(*change.object);
  }
  std::vector<Refusal> refused;
  const auto refuse = [&](const Change& drop, const ObjectId& child, Stay stay) {
    refused.push_back(refusal_of(*drop.object, "MESH2005",
                                 fmt::format("{} holds {}, {}", drop.address, child.address(), stay.why),
                                 std::move(stay.ways_out), drop.place));
  };
  for (const auto& change : result.changes) {
    if (change.action != Action::Drop || !change.object) continue;
    for (const auto& child : live_children(sides, *change.object)) {
      const auto found = goes.find(child);
      const bool is_dropped = found != goes.end() && found->second == Action::Drop;
      if (is_dropped || sides.live_object(child)->live.born) continue;
      refuse(change, child, why_it_stays(sides, child, found != goes.end()));
    }
    for (const auto& [from, to] : renamed_out_of(sides, *change.object)) {
      if (moves.count(ObjectId{from.kind, to, from.arguments}) > 0) continue;
      refuse(change, from,
             {fmt::format("which is to be renamed to {}, but not by this run", to.display()),
              "plan both domains in one run; or keep the container"});
    }
  }
  result.refused.insert(result.refused.end(), refused.begin(), refused.end());
}

// What reads something is dropped or altered before that goes away: a view, a table whose default counts.
void order_readers_first(const Sides& sides, DiffResult& result) {
  const auto is_drop = [](const Change& change) { return change.action == Action::Drop; };
  if (std::none_of(result.changes.begin(), result.changes.end(), is_drop)) return;
  std::map<ObjectId, std::vector<std::string>> readers;
  for (const auto& [id, object] : sides.live.objects) {
    for (const auto& read : read_by(object)) {
      // What names something inside it goes behind that: a database and its classification profile.
      if (!read.name.is_under(id.name)) readers[read].push_back(id.address());
    }
  }
  for (auto& change : result.changes) {
    if (!is_drop(change)) continue;
    std::set<ObjectId> names = {*change.object};
    names.insert(ObjectId{change.object->kind, change.object->name});  // a call names no overload
    for (const auto& name : names) {
      const auto it = readers.find(name);
      if (it != readers.end())
        change.before_drop_of.insert(change.before_drop_of.end(), it->second.begin(), it->second.end());
    }
  }
}

// What a database or schema names that lies in it goes before, for that goes behind it: it is let go of first (a
// classification profile, which cannot be dropped while it is set).
void let_go_of_contents(const Sides& sides, DiffResult& result) {
  std::map<ObjectId, Change*> drops;
  for (auto& change : result.changes) {
    if (change.action == Action::Drop && change.object) drops.emplace(*change.object, &change);
  }
  for (const auto& [id, container] : drops) {
    const Object* live = sides.live_object(id);
    if (live == nullptr || (id.kind != KindId::Database && id.kind != KindId::Schema)) continue;
    for (const auto& row : kinds::of(id.kind).properties) {
      const Value* value = live->find(row.name);
      for (const auto& named : value == nullptr ? std::vector<ObjectId>() : kinds::named_in(row, *value)) {
        const auto drop = drops.find(named);
        if (drop == drops.end() || !named.name.is_under(id.name)) continue;
        auto& statements = drop->second->statements;
        for (auto& sql : kinds::property_statements(id, {{&row, Value(), true}}))
          statements.insert(statements.begin(), {std::move(sql), statements.back().role, Act::Alter, std::nullopt});
      }
    }
  }
}

void check_mass_removal(const Sides& sides, DiffResult& result) {
  std::map<std::string, std::pair<size_t, size_t>> counts;  // known, gone
  std::map<std::string, size_t> declared;
  for (const auto& [id, domain] : sides.desired().owner_domain) ++declared[domain];
  for (const auto& [address, entry] : sides.ledger.entries) {
    if (!sides.in_scope(entry.domain)) continue;
    const auto id = parse_address(address);
    if (!id || entry.attached.count(kAgreement) > 0) continue;
    auto& [known, gone] = counts[entry.domain];
    ++known;
    if (sides.desired().state.find(*id) == nullptr && !is_covered(sides, *id)) ++gone;
  }
  for (const auto& [domain, count] : counts) {
    const auto [known, gone] = count;
    const bool emptied = declared[domain] == 0 && gone > 0;
    if (!emptied && (gone < kMassRemoval || gone * 5 <= known)) continue;
    Refusal refusal;
    refusal.address = "domain " + domain;
    refusal.code = "MESH2006";
    refusal.message =
        emptied ? fmt::format("domain {} declares nothing any more, but mesh knows {} {} of it", domain, known,
                              known == 1 ? "object" : "objects")
                : fmt::format("{} of the {} objects of domain {} are gone from the manifests", gone, known, domain);
    refusal.ways_out =
        "was a folder moved, or a file left out of the checkout? Put it back; or list under removed: what shall really "
        "go";
    result.refused.push_back(std::move(refusal));
  }
}

// Many at once are more likely hidden than gone. The reviewed way past it is a tombstone for each, or for what held
// them.
void check_vanished(const Sides& sides, DiffResult& result) {
  if (result.vanished.size() < kManyVanished) return;
  const std::set<std::string> all(result.vanished.begin(), result.vanished.end());
  std::vector<std::string> outermost;
  for (const auto& address : result.vanished) {
    const auto id = parse_address(address);
    bool inside = false;
    for (auto name = id->name.parent(); !name.empty(); name = name.parent()) {
      inside |= all.count(ObjectId{name.depth() == 1 ? KindId::Database : KindId::Schema, name}.address()) > 0;
    }
    if (!inside) outermost.push_back(sides.mesh().as_written(*id).address());
  }
  Refusal refusal;
  refusal.address = fmt::format("{} objects", result.vanished.size());
  refusal.code = "MESH2008";
  refusal.message =
      fmt::format("{} objects that mesh knows are not visible: {}, …", result.vanished.size(), result.vanished.front());
  refusal.ways_out = fmt::format(
      "not visible is not absent: look with a role that sees everything (ACCOUNTADMIN), and give this one what it "
      "lacks "
      "(mesh doctor). What is really gone is taken off the ledger by a reviewed line: take its own lines out, put it "
      "under removed: with action: forget (a schema or database speaks for what it held) and apply; lines put back "
      "after "
      "that make it anew. Here: {}{}",
      join({outermost.begin(), outermost.begin() + std::min<ptrdiff_t>(kNamed, std::ssize(outermost))}, ", "),
      outermost.size() > kNamed ? ", …" : "");
  result.refused.push_back(std::move(refusal));
}

// SALES_DEV under removed: means SALES_DEV_DEV where the environment's suffix is _DEV.
void warn_of_suffix(const Sides& sides, const Tombstone& tombstone, DiffResult& result) {
  const auto& mesh = sides.mesh();
  const auto written = mesh.as_written(tombstone.object);
  const auto meant = mesh.as_written(written);
  if (meant == written) return;
  result.findings.push_back(
      {Severity::Warning,
       "MESH2009",
       fmt::format("{} is listed under removed, but there is no {}", written.address(), tombstone.object.address()),
       fmt::format("manifests name things without the environment's suffix {}: write {}", mesh.environment.suffix,
                   meant.address()),
       tombstone.object.address(),
       tombstone.place,
       {}});
}

}  // namespace

const Tombstone* tombstone_of(const Sides& sides, const ObjectId& id) {
  for (const auto& tombstone : sides.desired().removed) {
    if (!tombstone.column && tombstone.object == id) return &tombstone;
  }
  return nullptr;
}

void diff_removals(const Sides& sides, DiffResult& result) {
  if (!sides.ledger.available) return;  // without a memory nothing is dropped
  for (const auto& [address, entry] : sides.ledger.entries) {
    const auto id = parse_address(address);
    if (id && is_beside(id->kind)) continue;             // see diff_account_parameters, diff_statements
    if (!id || !sides.in_scope(entry.domain)) continue;  // a kind this version does not know stays remembered
    const bool declared = sides.desired().state.find(*id) != nullptr;
    const bool hidden = sides.live_object(*id) == nullptr && !entry.unconfirmed && was_read(sides, *id);
    if (hidden && !is_covered(sides, *id)) result.vanished.push_back(address);
    // What a run made that did not end is not among what was last applied, and no drift.
    if (!declared && !sides.options.drift) remove_one(sides, *id, entry, result);
  }
  for (const auto& tombstone : sides.desired().removed) {
    if (tombstone.column || !sides.in_scope(tombstone.domain) || sides.entry(tombstone.object) != nullptr) continue;
    if (sides.live_object(tombstone.object) == nullptr) warn_of_suffix(sides, tombstone, result);
    if (is_beside(tombstone.object.kind)) continue;
    if (tombstone.action == Tombstone::Action::Forget || sides.live_object(tombstone.object) == nullptr) continue;
    result.refused.push_back(refusal_of(
        tombstone.object, "MESH2007",
        fmt::format("{} is listed under removed, but mesh neither made it nor took it over",
                    tombstone.object.address()),
        "declare it and apply, which takes it over, before it is removed; or drop it by hand", tombstone.place));
  }
  refuse_containers_of_what_stays(sides, result);
  leave_out_what_goes(result);
  check_vanished(sides, result);
  check_mass_removal(sides, result);
  order_readers_first(sides, result);
  let_go_of_contents(sides, result);
}

}  // namespace mesh::diff_parts
