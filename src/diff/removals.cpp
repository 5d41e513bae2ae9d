// What the ledger knows and nobody declares any more.
#include <algorithm>

#include <fmt/format.h>

#include "compare.hpp"
#include "mesh/base/text.hpp"

namespace mesh::diff_parts {
namespace {

constexpr size_t kManyVanished = 10;  // design, promise 7
constexpr size_t kMassRemoval = 10;   // design, promise 1: more than a fifth, at least ten

const Tombstone* tombstone_of(const Sides& sides, const ObjectId& id) {
  for (const auto& tombstone : sides.desired().removed) {
    if (!tombstone.column && tombstone.object == id) return &tombstone;
  }
  return nullptr;
}

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
    if (id.name.is_under(container.name) && id.name.depth() > container.name.depth()) children.push_back(id);
  }
  return children;
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

void check_drop(const Sides& sides, const ObjectId& id, const LedgerEntry& entry, Place place, DiffResult& result) {
  if (entry.prevent_destroy) {
    result.refused.push_back(refusal_of(
        id, "MESH2004", fmt::format("{} is protected by prevent_destroy, which outlives its lines", id.address()),
        "declare it with prevent_destroy: false and apply that first", place));
  } else if (consent_for(sides, id) != Consent::Given) {
    result.refused.push_back(refuse_loss(sides, id, nullptr, "is no longer declared and would be dropped", place));
  }
  for (const auto& child : live_children(sides, id)) {
    const Object* object = sides.live_object(child);
    const auto* known = sides.entry(child);
    if (known != nullptr || (object != nullptr && object->live.born)) continue;
    result.refused.push_back(
        refusal_of(id, "MESH2005", fmt::format("{} holds {}, which mesh did not make", id.address(), child.address()),
                   "drop or move that by hand first; or keep the container", place));
  }
}

std::string drop_cost(const Object& live) {
  const auto& kind = kinds::of(live.id.kind);
  std::string cost(kind.drop_cost);
  if (live.id.kind == KindId::Table) cost = with_row_count("loses data", live.live.rows);
  const std::string undrop = kinds::undrop_statement(live.id);
  if (!undrop.empty() && kind.holds_data) {
    if (!cost.empty()) cost += "; ";
    cost += live.live.retention_days > 0 ? fmt::format("for {} {}: {}", live.live.retention_days,
                                                       live.live.retention_days == 1 ? "day" : "days", undrop)
                                         : "cannot be brought back: retention is 0 days";
  }
  return cost;
}

// DROP ROLE gives what the role owned to whoever drops it: hand it over in the open before.
void hand_over_owned(const Sides& sides, const ObjectId& role, Change& change) {
  if (role.kind != KindId::Role) return;
  const std::string heir = sides.mesh().deploy_role(change.domain);
  const std::string to = heir.empty() ? sides.input.live.current_role : heir;
  if (to.empty()) return;
  for (const auto& [id, object] : sides.live.objects) {
    if (object.live.owner != role.name.last() || object.live.owner_type != "ROLE" || id == role) continue;
    add_handover(change, id, Name::exact(to), heir);
  }
}

Change drop(const Sides& sides, const Object& live, const LedgerEntry& entry, const Tombstone* tombstone) {
  const auto& id = live.id;
  auto change =
      change_of(id, entry.domain, Action::Drop, tombstone != nullptr ? Reason::Tombstone : Reason::NoLongerDeclared,
                tombstone != nullptr ? tombstone->place : Place{});
  change.risk = kinds::holds_data(live) ? Risk::Destructive : Risk::Disruptive;
  change.cost = drop_cost(live);
  change.removes.push_back(change.address);
  // Its children go before it, each by itself.
  for (const auto& child : live_children(sides, id)) change.before_drop_of.push_back(child.address());
  hand_over_owned(sides, id, change);
  add_statement(change, Act::Drop, kinds::drop_statement(id), sides.mesh().deploy_role(entry.domain));
  change.ledger.remove.push_back(change.address);
  return change;
}

void remove_one(const Sides& sides, const ObjectId& id, const LedgerEntry& entry, DiffResult& result) {
  const Tombstone* tombstone = tombstone_of(sides, id);
  const Object* live = sides.live_object(id);
  const bool forget = live == nullptr || (tombstone != nullptr && tombstone->action == Tombstone::Action::Forget) ||
                      (tombstone == nullptr && !entry.made);
  const Place place = tombstone != nullptr ? tombstone->place : Place{};
  if (forget) {
    auto change = change_of(id, entry.domain, Action::Forget,
                            tombstone != nullptr ? Reason::Tombstone : Reason::NoLongerDeclared, place);
    change.ledger.remove.push_back(change.address);
    if (live == nullptr) change.reason_text = "it does not exist any more";
    result.changes.push_back(std::move(change));
    return;
  }
  check_drop(sides, id, entry, place, result);
  result.changes.push_back(drop(sides, *live, entry, tombstone));
}

// What reads something is dropped or altered before that goes away: a view, a table whose default counts.
void order_readers_first(const Sides& sides, DiffResult& result) {
  const auto is_drop = [](const Change& change) { return change.action == Action::Drop; };
  if (std::none_of(result.changes.begin(), result.changes.end(), is_drop)) return;
  std::map<ObjectId, std::vector<std::string>> readers;
  for (const auto& [id, object] : sides.live.objects) {
    for (const auto& read : read_by(object)) readers[read].push_back(id.address());
  }
  for (auto& change : result.changes) {
    if (!is_drop(change)) continue;
    const auto it = readers.find(*change.object);
    if (it != readers.end())
      change.before_drop_of.insert(change.before_drop_of.end(), it->second.begin(), it->second.end());
  }
}

void check_mass_removal(const Sides& sides, DiffResult& result) {
  std::map<std::string, std::pair<size_t, size_t>> counts;  // known, gone
  std::map<std::string, size_t> declared;
  for (const auto& [id, domain] : sides.desired().owner_domain) ++declared[domain];
  for (const auto& [address, entry] : sides.ledger.entries) {
    if (!sides.in_scope(entry.domain)) continue;
    const auto id = parse_address(address);
    if (!id) continue;
    auto& [known, gone] = counts[entry.domain];
    ++known;
    if (sides.desired().state.find(*id) == nullptr && tombstone_of(sides, *id) == nullptr) ++gone;
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

}  // namespace

void diff_removals(const Sides& sides, DiffResult& result) {
  if (!sides.ledger.available) return;  // without a memory nothing is dropped
  for (const auto& [address, entry] : sides.ledger.entries) {
    const auto id = parse_address(address);
    if (!id || !sides.in_scope(entry.domain)) continue;  // a kind this version does not know stays remembered
    const bool declared = sides.desired().state.find(*id) != nullptr;
    if (sides.live_object(*id) == nullptr && !entry.unconfirmed && was_read(sides, *id))
      result.vanished.push_back(address);
    if (!declared) remove_one(sides, *id, entry, result);
  }
  for (const auto& tombstone : sides.desired().removed) {
    if (tombstone.column || !sides.in_scope(tombstone.domain) || sides.entry(tombstone.object) != nullptr) continue;
    if (tombstone.action == Tombstone::Action::Forget || sides.live_object(tombstone.object) == nullptr) continue;
    result.refused.push_back(refusal_of(
        tombstone.object, "MESH2007",
        fmt::format("{} is listed under removed, but mesh neither made it nor took it over",
                    tombstone.object.address()),
        "declare it and apply, which takes it over, before it is removed; or drop it by hand", tombstone.place));
  }
  if (result.vanished.size() >= kManyVanished) {
    Refusal refusal;
    refusal.address = fmt::format("{} objects", result.vanished.size());
    refusal.code = "MESH2008";
    refusal.message = fmt::format("{} objects that mesh knows are not visible: {}, …", result.vanished.size(),
                                  result.vanished.front());
    refusal.ways_out =
        "not visible is not absent: check the role's privileges (mesh doctor) before anything is made anew";
    result.refused.push_back(std::move(refusal));
  }
  check_mass_removal(sides, result);
  order_readers_first(sides, result);
}

void list_unmanaged(const Sides& sides, DiffResult& result) {
  const auto& elsewhere = sides.ledger.other_meshes;  // another environment of this account, or another mesh
  for (const auto& [id, object] : sides.live.objects) {
    if (elsewhere.count(id.address()) > 0) continue;
    if (id.kind == KindId::User && sides.mesh().is_set_up_user(id.name.last())) continue;
    if (object.live.born || sides.mesh().is_control(id.name.first()) || sides.desired().state.find(id) != nullptr ||
        sides.entry(id) != nullptr)
      continue;
    const Domain* owner = sides.mesh().owner_of_live(id.name.first().stored());
    if (owner == nullptr || !sides.in_scope(owner->name)) continue;
    result.unmanaged.push_back({id.address(), "object", owner->name});
  }
  const auto grant_domain = [&](const GrantTarget& target) -> const Domain* {
    return target.form == TargetForm::Account ? nullptr
                                              : sides.mesh().owner_of_live(target.object.name.first().stored());
  };
  for (const auto& [key, grant] : sides.live.grants) {
    const bool declared_object =
        key.target.form == TargetForm::Account || sides.desired().state.find(key.target.object) != nullptr;
    const bool known = key.target.form != TargetForm::Account &&
                       (sides.entry(key.target.object) != nullptr || elsewhere.count(key.target.object.address()) > 0 ||
                        sides.mesh().is_control(key.target.object.name.first()));
    if (declared_object || known || sides.desired().state.grants.count(key) > 0) continue;
    const Domain* owner = grant_domain(key.target);
    if (owner != nullptr && !sides.in_scope(owner->name)) continue;
    result.unmanaged.push_back({key.address(), "grant", owner == nullptr ? std::string() : owner->name});
  }
}

}  // namespace mesh::diff_parts
