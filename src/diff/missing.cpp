// Changes that rest on what is declared, not there, and not made by this plan: they wait, with all that rests on them.
#include <algorithm>
#include <queue>

#include <fmt/format.h>

#include "compare.hpp"
#include "mesh/base/text.hpp"

namespace mesh::diff_parts {
namespace {

// Whose texts are looked at when they run: what they name may even be made by them. Whether CREATE looks for it is not
// documented (pages sql/create-procedure, sql/create-task); where it does, it says so.
constexpr KindId kNotLookedInto[] = {KindId::Procedure, KindId::Task};
// What CREATE USER does not verify (page sql/create-user).
constexpr std::string_view kNotVerified[] = {"default_warehouse", "default_role", "default_namespace"};

// The object with what must be there for the change: of an update that which it changes, of a creation all that
// Snowflake looks for.
Object with_what_counts(const Object& desired, const Change& change) {
  Object counts = desired;
  const auto makes = [](const Statement& statement) {
    return statement.act == Act::Create || statement.act == Act::Replace;
  };
  if (std::ranges::none_of(change.statements, makes)) {
    const auto is_changed = [&](std::string_view name) {
      return std::ranges::any_of(change.diff, [&](const DiffLine& line) { return line.property == name; });
    };
    std::erase_if(counts.texts, [&](const auto& text) { return !is_changed(text.first); });
    std::erase_if(counts.properties, [&](const auto& property) { return !is_changed(property.first); });
    std::erase_if(counts.columns, [&](const Column& column) { return !is_changed("columns." + column.name.stored()); });
  }
  if (std::ranges::find(kNotLookedInto, desired.id.kind) != std::end(kNotLookedInto)) counts.texts.clear();
  if (desired.id.kind == KindId::User) {
    for (const auto name : kNotVerified) counts.properties.erase(std::string(name));
  }
  return counts;
}

class Missing {
 public:
  Missing(const Sides& sides, DiffResult& result) : sides_(sides), result_(result) {}

  void hold_back() {
    find_missing();
    if (why_.empty()) return;
    for (size_t i = 0; i < result_.changes.size(); ++i) {
      for (auto& need : needs_of(result_.changes[i])) by_need_[std::move(need)].push_back(i);
    }
    std::vector<std::string> addresses;
    for (const auto& [address, why] : why_) addresses.push_back(address);
    for (const auto& address : addresses) open_.push(address);
    while (!open_.empty()) {
      const std::string address = open_.front();
      open_.pop();
      const auto found = by_need_.find(address);
      if (found == by_need_.end()) continue;
      for (const size_t i : found->second) hold(i, address);
    }
    size_t at = 0;
    std::erase_if(result_.changes, [&](const Change&) { return held_.count(at++) > 0; });
  }

 private:
  // What is seen under its place is there, and so is what the ledger knows: not visible is not absent.
  bool is_absent(const ObjectId& id) const {
    if (sides_.live_object(id) != nullptr) return is_renamed_elsewhere(id);
    const auto sources = kinds::sources();
    const bool is_source = std::ranges::find(sources, id.kind) != sources.end();
    const auto is_there = [&](KindId kind) { return sides_.live_object({kind, id.name}) != nullptr; };
    if (is_source && std::ranges::any_of(sources, is_there)) return false;
    const auto& live = sides_.input.live;
    if (id.name.depth() == 1) return live.account_read;
    const ObjectId container{id.name.depth() == 2 ? KindId::Database : KindId::Schema, id.name.parent()};
    if (sides_.live_object(container) == nullptr) return is_absent(container);
    return live.read_containers.count(sides_.id_in_account(container)) > 0;
  }

  // It has its new name only when that domain is applied.
  bool is_renamed_elsewhere(const ObjectId& id) const {
    if (sides_.input.live.state.find(id) != nullptr) return false;
    return std::ranges::any_of(sides_.renamed, [&](const auto& renamed) {
      const auto& [from, to] = renamed;
      const auto* object = sides_.desired().state.find({from.kind, to, from.arguments});
      return object != nullptr && !sides_.in_scope(object->domain) && (id.name == to || id.name.is_under(to));
    });
  }

  bool is_known(const ObjectId& id) const {
    const auto* entry = sides_.entry(id);
    return (entry != nullptr && !entry->unconfirmed) || sides_.ledger.other_meshes.count(id.address()) > 0;
  }

  void find_missing() {
    std::set<std::string> made;
    for (const auto& change : result_.changes) {
      made.insert(change.makes.begin(), change.makes.end());
      if (change.object) made.insert(change.address);  // what comes with an imported database is taken over
    }
    for (const auto& [id, object] : sides_.desired().state.objects) {
      if (id.kind == KindId::AccountParameter || id.kind == KindId::Statement) continue;
      const bool is_foreign = object.structure_is_foreign();
      const bool is_elsewhere = !sides_.in_scope(object.domain);
      if ((!is_foreign && !is_elsewhere) || made.count(id.address()) > 0) continue;
      if ((!is_foreign && is_known(id)) || !is_absent(id)) continue;
      why_[id.address()] = why_missing(object);
      if (is_overloaded(id.kind) && !has_another(id)) why_[ObjectId{id.kind, id.name}.address()] = why_missing(object);
    }
  }

  // Who calls a function names no overload.
  bool has_another(const ObjectId& id) const {
    const ObjectId alone{id.kind, id.name};
    const auto it = sides_.live.objects.lower_bound(alone);
    return it != sides_.live.objects.end() && it->first.kind == id.kind && it->first.name == id.name;
  }

  std::vector<std::string> needs_of(const Change& change) const {
    if (change.action == Action::Drop || change.action == Action::Forget || change.action == Action::Revoke ||
        change.action == Action::Unset)
      return {};
    if (!change.object) return change.needs;
    // What a statement names is not known.
    if (change.object->kind == KindId::Statement) return {};
    std::vector<std::string> needs = {change.address};  // behind its creation
    const Object* desired = sides_.desired().state.find(*change.object);
    if (desired == nullptr || change.object->kind == KindId::AccountParameter) return change.needs;
    const auto read = read_by(*desired);
    const auto counts = read_by(with_what_counts(*desired, change));
    for (const auto& need : change.needs) {
      const auto is_it = [&](const ObjectId& id) { return id.address() == need; };
      if (std::ranges::none_of(read, is_it) || std::ranges::any_of(counts, is_it)) needs.push_back(need);
    }
    return needs;
  }

  void hold(size_t i, const std::string& address) {
    const auto& change = result_.changes[i];
    if (!held_.insert(i).second) return;
    const bool is_its_own = change.grant && change.grant->target.form != TargetForm::Account &&
                            change.grant->target.object.address() == address;
    // Its line stands for the grants on it.
    if (!is_its_own) result_.waiting.push_back({change.address, why_.at(address), change.place});
    if (!change.object || sides_.live_object(*change.object) != nullptr) return;
    const auto is_missing = [&](const std::string& made) {
      if (why_.emplace(made, fmt::format("{} waits as well", change.address)).second) open_.push(made);
    };
    is_missing(change.address);
    for (const auto& made : change.makes) {
      if (!has_another(*change.object)) is_missing(made);
    }
  }

  const Sides& sides_;
  DiffResult& result_;
  std::map<std::string, std::string> why_;  // of what is missing, by its address
  std::map<std::string, std::vector<size_t>> by_need_;
  std::queue<std::string> open_;
  std::set<size_t> held_;
};

}  // namespace

std::string why_missing(const Object& object) {
  if (object.structure_is_foreign())
    return fmt::format("{} is made by another tool and does not exist yet", object.id.address());
  return fmt::format("{} is declared by {} and not there yet: the next apply of {} makes it", object.id.address(),
                     object.domain, object.domain);
}

void hold_back_missing(const Sides& sides, DiffResult& result) { Missing(sides, result).hold_back(); }

}  // namespace mesh::diff_parts
