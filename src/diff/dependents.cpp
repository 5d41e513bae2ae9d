// What stands on what is made anew, and names that another kind of object holds.
#include <algorithm>

#include <fmt/format.h>

#include "compare.hpp"
#include "mesh/base/text.hpp"

namespace mesh::diff_parts {
namespace {

// Who reads what, of what is there and of what shall be.
class Readers {
 public:
  explicit Readers(const Sides& sides) {
    add(sides.live);
    add(sides.desired().state);
  }

  // Dynamic tables and streams on `id`, on it itself or on views of it. A dynamic table ends the way: those above it
  // are refreshed from its rows.
  std::set<ObjectId> above(const ObjectId& id) const {
    std::set<ObjectId> found, seen{id};
    std::vector<ObjectId> open{id};
    while (!open.empty()) {
      const auto readers = readers_.find(open.back());
      open.pop_back();
      if (readers == readers_.end()) continue;
      for (const auto& reader : readers->second) {
        if (!seen.insert(reader).second) continue;
        const bool ends = reader.kind == KindId::DynamicTable || reader.kind == KindId::Stream;
        ends ? void(found.insert(reader)) : open.push_back(reader);
      }
    }
    return found;
  }

 private:
  void add(const State& state) {
    for (const auto& [id, object] : state.objects) {
      if (!kinds::of(id.kind).is_relation) continue;
      for (const auto& source : read_by(object)) readers_[source].insert(id);
    }
  }
  std::map<ObjectId, std::set<ObjectId>> readers_;
};

// identifiers-and-literals.md section 8.
std::string fate(const ObjectId& id) {
  return id.kind == KindId::Stream ? fmt::format("{} on it goes stale and must be made again", id.address())
                                   : fmt::format("{} on it is computed anew", id.address());
}

bool is_made_anew(const Change& change) { return change.action == Action::Replace && change.object.has_value(); }

}  // namespace

void mark_dependents(const Sides& sides, std::vector<Change>& changes) {
  if (std::none_of(changes.begin(), changes.end(), is_made_anew)) return;
  const Readers readers(sides);
  for (auto& change : changes) {
    if (!is_made_anew(change)) continue;
    std::vector<std::string> fates;
    for (const auto& id : readers.above(*change.object)) {
      if (sides.live_object(id) != nullptr) fates.push_back(fate(id));
    }
    if (fates.empty()) continue;
    change.risk = std::max(change.risk, Risk::Expensive);
    change.cost = fmt::format("{}{}", change.cost.empty() ? "expensive: " : change.cost + "; ", join(fates, "; "));
  }
}

void refuse_taken_names(const Sides& sides, DiffResult& result) {
  std::set<std::string> freed;
  for (const auto& change : result.changes) freed.insert(change.removes.begin(), change.removes.end());
  for (const auto& change : result.changes) {
    const bool takes = change.action == Action::Create || change.action == Action::Rename;
    if (!takes || !change.object || !kinds::of(change.object->kind).is_relation) continue;
    for (const auto kind : kinds::relations()) {
      const ObjectId other{kind, change.object->name};
      if (kind == change.object->kind || sides.live_object(other) == nullptr || freed.count(other.address()) > 0)
        continue;
      Refusal refusal;
      refusal.address = change.address;
      refusal.code = "MESH2011";
      refusal.message = fmt::format("{} cannot be made: the name belongs to {}", change.address, other.address());
      refusal.ways_out = fmt::format("give one of them another name; or let go of the one that is there: {}",
                                     sides.entry(other) != nullptr ? tombstone_text(sides.mesh(), other)
                                                                   : "drop it by hand, for mesh did not make it");
      refusal.place = change.place;
      result.refused.push_back(std::move(refusal));
    }
  }
}

}  // namespace mesh::diff_parts
