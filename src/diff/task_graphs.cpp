// Tasks come after one another, and the first of a graph must be suspended while any of them changes (docs: alter-task,
// usage notes): suspended once before all that, resumed once behind it.
#include <algorithm>

#include <fmt/format.h>

#include "compare.hpp"

namespace mesh::diff_parts {
namespace {

using Links = std::map<ObjectId, std::set<ObjectId>>;

// Those it comes after, and the one whose graph it finalizes.
std::set<ObjectId> above(const Object& task) {
  std::set<ObjectId> ids;
  for (const auto& row : kinds::of(task.id.kind).properties) {
    const Value* value = row.is_sibling ? task.find(row.name) : nullptr;
    if (value == nullptr) continue;
    const auto* list = std::get_if<ValueList>(&value->data);
    for (const auto& each : list != nullptr ? *list : ValueList{*value}) {
      if (const auto* text = each.text()) ids.insert(kinds::named_by(row, *text));
    }
  }
  return ids;
}

std::set<ObjectId> finalized(const Object& task) {
  const Value* value = task.find("finalize");
  const auto* text = value == nullptr ? nullptr : value->text();
  if (text == nullptr) return {};
  return {kinds::named_by(*kinds::find_property(kinds::of(task.id.kind), "finalize"), *text)};
}

bool is_started(const Object* task) {
  const Value* state = task == nullptr ? nullptr : task->find(kState);
  return state != nullptr && *state == Value(kStarted);
}

// What can be reached, without where it began.
std::set<ObjectId> reached(const Links& links, const ObjectId& from) {
  std::set<ObjectId> seen;
  std::vector<ObjectId> open{from};
  while (!open.empty()) {
    const ObjectId at = open.back();
    open.pop_back();
    const auto it = links.find(at);
    if (it == links.end()) continue;
    for (const auto& next : it->second) {
      if (next != from && seen.insert(next).second) open.push_back(next);
    }
  }
  return seen;
}

bool is_switch(const Change& change) {
  return change.action == Action::Update && change.diff.size() == 1 && change.diff[0].property == kState;
}

std::string suspension(const ObjectId& task) { return "suspended: " + task.address(); }
std::string resumption(const ObjectId& task) { return "resumed: " + task.address(); }
std::string succession(const ObjectId& task) { return "handed over: " + task.address(); }

class TaskGraphs {
 public:
  TaskGraphs(const Sides& sides, DiffResult& result) : sides_(sides), result_(result) {}

  void run() {
    take_switches();
    find_members();
    if (members_.empty() && switches_.empty()) return;
    link();
    find_untied();
    refuse_two_owners();
    find_ways();
    find_suspended();
    find_resumed();
    order_members();
    tie_again();
    for (const auto& id : suspended_) suspend(id);
    for (const auto& id : resumed_) resume(id);
  }

 private:
  const Object* live(const ObjectId& id) const { return sides_.live_object(id); }
  const Object* desired(const ObjectId& id) const { return sides_.desired().state.find(id); }

  // What is to be started or suspended, and nothing else.
  void take_switches() {
    std::erase_if(result_.changes, [&](Change& change) {
      if (!change.object || !kinds::of(change.object->kind).forms_graphs || !is_switch(change)) return false;
      switches_.emplace(*change.object, std::move(change));
      return true;
    });
  }

  // The task that a change alters, makes, drops, tags or hands over.
  static const ObjectId* task_of(const Change& change) {
    const ObjectId* id = nullptr;
    if (change.statements.empty()) return nullptr;
    if (change.object) {
      id = &*change.object;
    } else if (change.bearer) {
      id = &change.bearer->object;
    } else if (change.grant && change.grant->privilege == "OWNERSHIP" &&
               change.grant->target.form == TargetForm::Object) {
      id = &change.grant->target.object;
    }
    return id != nullptr && kinds::of(id->kind).forms_graphs ? id : nullptr;
  }

  void find_members() {
    for (size_t i = 0; i < result_.changes.size(); ++i) {
      auto& change = result_.changes[i];
      const ObjectId* id = task_of(change);
      if (id == nullptr) continue;
      members_[*id].push_back(i);
      change.makes.push_back(step(i));
      if (change.action == Action::Create) created_.insert(*id);
      if (change.action == Action::Drop) dropped_.insert(*id);
      if (change.action == Action::Grant) {
        handed_over_.insert(*id);
        change.makes.push_back(succession(*id));
      }
    }
  }
  static std::string step(size_t member) { return fmt::format("step {}", member); }

  // As it is, as it shall be, and both at once: in between the graph is made of either.
  void link() {
    const auto add = [](Links& up, Links& down, const ObjectId& id, const std::set<ObjectId>& parents) {
      up[id].insert(parents.begin(), parents.end());
      for (const auto& parent : parents) down[parent].insert(id);
    };
    for (const auto& [id, task] : sides_.live.objects) {
      if (!kinds::of(id.kind).forms_graphs) continue;
      const auto parents = above(task);
      add(live_up_, live_down_, id, parents);
      add(up_, down_, id, parents);
      if (members_.count(id) == 0) add(final_up_, final_down_, id, parents);
      for (const auto& root : finalized(task)) finalizer_.emplace(root, id);
    }
    for (const auto& [id, task] : sides_.desired().state.objects) {
      if (!kinds::of(id.kind).forms_graphs || members_.count(id) == 0) continue;
      add(up_, down_, id, above(task));
      add(final_up_, final_down_, id, above(task));
    }
  }

  // Those that keep their owner, while one that they come after gets another.
  void find_untied() {
    for (const auto& id : handed_over_) {
      const auto it = live_down_.find(id);
      if (it == live_down_.end()) continue;
      for (const auto& below : it->second) {
        if (handed_over_.count(below) == 0 && dropped_.count(below) == 0) untied_.emplace(below, id);
      }
    }
  }

  // As it shall be; as it is where that is not mesh's to say.
  const Object* tied(const ObjectId& id) const {
    const Object* wanted = desired(id);
    const bool told =
        wanted != nullptr && wanted->ignore_changes.count("after") == 0 && !wanted->structure_is_foreign();
    return told ? wanted : live(id);
  }

  // All tasks of a graph have one owner (docs: tasks-graphs, Manage task graph ownership): Snowflake refuses to tie a
  // task to one of another.
  void refuse_two_owners() {
    for (const auto& [id, changes] : members_) {
      const Object *wanted = desired(id), *now = live(id);
      if (wanted == nullptr || tied(id) != wanted) continue;
      const auto before = now == nullptr || handed_over_.count(id) > 0 ? std::set<ObjectId>() : above(*now);
      for (const auto& parent : above(*wanted)) {
        const bool stays = before.count(parent) > 0 && handed_over_.count(parent) == 0;
        const auto own = owner_at_last(id), other = owner_at_last(parent);
        if (!stays && own && other && *own != *other) refuse_two_owners(*wanted, *own, parent, *other);
      }
    }
  }

  // nullopt where it is not told.
  std::optional<Name> owner_at_last(const ObjectId& id) const {
    const Object *wanted = desired(id), *now = live(id);
    const bool is_said = wanted != nullptr && wanted->owner && wanted->ignore_changes.count("owner") == 0;
    if (is_said) return wanted->owner;
    if (now != nullptr)
      return now->live.unknown.count("owner") > 0 ? std::nullopt : std::optional<Name>(now->live.owner);
    if (wanted == nullptr) return std::nullopt;
    const auto role = sides_.mesh().deploy_role(wanted->domain);
    return Name::exact(role.empty() ? sides_.input.live.current_role : role);
  }

  void refuse_two_owners(const Object& task, const Name& own, const ObjectId& parent, const Name& other) {
    Refusal refusal;
    refusal.address = task.id.address();
    refusal.code = "MESH2012";
    refusal.message = fmt::format(
        "{} is of role {} and would come behind {}, which is of role {}: all tasks of a graph "
        "must have one owner",
        task.id.address(), own.display(), parent.address(), other.display());
    refusal.ways_out = fmt::format(
        "write the same `owner:` at every task of the graph, and mesh hands over what "
        "differs; or give it back by hand, suspended: {}",
        kinds::transfer_ownership(task.id, other));
    refusal.place = task.place;
    result_.refused.push_back(std::move(refusal));
  }

  // From the top down: each is tied to those before it, which have the new owner by then.
  void tie_again() {
    if (sides_.options.drift) return;
    for (const auto& id : handed_over_) {
      for (const size_t i : members_.at(id)) {
        auto& change = result_.changes[i];
        if (change.action != Action::Grant) continue;
        add_updates(id, change.needs);
        // What goes is taken off as long as it is there: a new owner of either severs it.
        if (const auto below = live_down_.find(id); below != live_down_.end()) {
          for (const auto& other : below->second) {
            if (handed_over_.count(other) > 0) add_updates(other, change.needs);
          }
        }
        for (const auto& parent : above(*tied(id))) {
          change.needs.push_back(succession(parent));
          change.needs.push_back(parent.address());
        }
        add_ties(id, change);
        for (const auto& [below, last] : untied_) {
          if (last != id) continue;
          for (const auto& parent : above(*tied(below))) {
            if (parent != id) change.needs.push_back(succession(parent));
          }
          add_ties(below, change);
        }
      }
    }
    for (const auto& id : created_) {
      auto& needs = result_.changes[members_.at(id).front()].needs;
      for (const auto& parent : above(*desired(id))) needs.push_back(succession(parent));
    }
  }
  void add_updates(const ObjectId& id, std::vector<std::string>& needs) const {
    for (const size_t i : members_.at(id)) {
      if (result_.changes[i].action == Action::Update) needs.push_back(step(i));
    }
  }
  void add_ties(const ObjectId& id, Change& change) const {
    const auto first = change.statements.front();  // GRANT OWNERSHIP
    for (auto& sql : tie_statements(*tied(id)))
      change.statements.push_back({std::move(sql), first.role, Act::HandOver, first.handover});
  }

  bool is_root(const ObjectId& id) const {
    const auto it = live_up_.find(id);
    return it != live_up_.end() && it->second.empty();
  }

  // The started tasks at the head of the graphs that it is in, or comes to.
  std::set<ObjectId> heads(const ObjectId& task) const {
    auto candidates = reached(up_, task);
    candidates.insert(task);
    std::erase_if(candidates, [&](const ObjectId& id) { return !is_root(id) || !is_started(live(id)); });
    return candidates;
  }

  void find_suspended() {
    for (const auto& [id, changes] : members_) {
      // On its own it may go while it is started (docs: drop-task).
      const auto below = live_down_.find(id);
      const bool goes_alone = dropped_.count(id) > 0 && is_root(id) && (below == live_down_.end());
      if (!goes_alone) suspended_.merge(heads(id));
      // GRANT OWNERSHIP asks for it (grants.md section 2).
      if (handed_over_.count(id) > 0 && is_started(live(id))) suspended_.insert(id);
    }
    for (const auto& [id, change] : switches_) {
      const bool stops = change.diff[0].after != Value(kStarted);
      if (stops) suspended_.insert(id);
      if (!is_root(id)) suspended_.merge(heads(id));
    }
    if (sides_.options.drift)  // it tells what differs, not how that is done
      std::erase_if(suspended_, [&](const ObjectId& id) { return switches_.count(id) == 0; });
  }

  bool is_wanted_started(const ObjectId& id) const {
    if (const auto it = switches_.find(id); it != switches_.end()) return it->second.diff[0].after == Value(kStarted);
    return is_started(created_.count(id) > 0 ? desired(id) : live(id));
  }

  // One that comes after none any more is suspended by Snowflake (docs: alter-task, REMOVE AFTER and UNSET FINALIZE).
  bool becomes_root(const ObjectId& id) const {
    const auto it = final_up_.find(id);
    return members_.count(id) > 0 && live(id) != nullptr && !is_root(id) && it != final_up_.end() && it->second.empty();
  }

  void find_resumed() {
    const auto look_at = [&](const ObjectId& id) {
      const bool stops = suspended_.count(id) > 0 || created_.count(id) > 0 || handed_over_.count(id) > 0 ||
                         untied_.count(id) > 0 || unset_by_.count(id) > 0 || becomes_root(id) ||
                         switches_.count(id) > 0;
      if (stops && dropped_.count(id) == 0 && is_wanted_started(id)) resumed_.insert(id);
    };
    if (sides_.options.drift) {
      for (const auto& [id, change] : switches_) look_at(id);
      return;
    }
    for (const auto& [id, changes] : members_) look_at(id);
    for (const auto& [id, change] : switches_) look_at(id);
    for (const auto& id : suspended_) look_at(id);
    for (const auto& [id, last] : untied_) look_at(id);
  }

  void order_members() {
    for (const auto& [id, changes] : members_) {
      for (const size_t i : changes) {
        auto& needs = result_.changes[i].needs;
        // Tied behind its handover, it does not wait for those it is to come after.
        if (handed_over_.count(id) > 0 && result_.changes[i].action == Action::Update)
          std::erase_if(needs, [&](const std::string& need) { return is_new_above(id, need); });
        for (const auto& head : heads(id)) needs.push_back(suspension(head));
        needs.push_back(suspension(id));
        for (const auto& other : makes_way(id)) {
          handed_over_.count(other) > 0 ? add_updates(other, needs) : add_steps(other, needs);
        }
        if (handed_over_.count(id) > 0) continue;
        for (const auto& parent : new_above(id)) needs.push_back(succession(parent));
      }
    }
  }

  // Those it is to come after, and does not yet.
  std::set<ObjectId> new_above(const ObjectId& id) const {
    const Object *wanted = desired(id), *now = live(id);
    if (wanted == nullptr || now == nullptr) return {};
    auto added = above(*wanted);
    for (const auto& parent : above(*now)) added.erase(parent);
    return added;
  }

  bool is_new_above(const ObjectId& id, const std::string& address) const {
    const auto added = new_above(id);
    return std::any_of(added.begin(), added.end(), [&](const ObjectId& one) { return one.address() == address; });
  }

  // The one that still finalizes the graph which this one is to finalize.
  std::optional<ObjectId> in_its_way(const ObjectId& id) const {
    const Object* wanted = desired(id);
    const auto root = wanted == nullptr ? std::set<ObjectId>() : finalized(*wanted);
    const auto other = root.empty() ? finalizer_.end() : finalizer_.find(*root.begin());
    return other == finalizer_.end() || other->second == id ? std::nullopt : std::optional<ObjectId>(other->second);
  }

  // Finalizers that change places wait for each other in a circle: the first of it takes the next one off its graph.
  void find_ways() {
    if (sides_.options.drift) return;
    for (const auto& [id, changes] : members_) {
      std::set<ObjectId> circle;
      for (auto at = in_its_way(id); at && circle.insert(*at).second;) at = in_its_way(*at);
      if (circle.count(id) == 0 || *circle.begin() != id) continue;
      const auto next = *in_its_way(id);
      unset_by_.emplace(next, id);
      const auto* row = kinds::find_property(kinds::of(id.kind), "finalize");
      for (const size_t i : changes) {
        auto& change = result_.changes[i];
        if (change.action != Action::Update || !change.object) continue;
        const std::string role = sides_.mesh().deploy_role(change.domain);
        for (auto& sql : kinds::property_statements(next, {{row, Value(), true}}))
          change.statements.insert(change.statements.begin(), {std::move(sql), role, Act::Alter, {}});
      }
    }
  }

  // Those whose change must come before: a task that finalizes has none behind it, a graph one that finalizes it, and
  // one that is no graph's first none (docs: create-task, FINALIZE).
  std::set<ObjectId> makes_way(const ObjectId& id) const {
    std::set<ObjectId> first;
    const Object *wanted = desired(id), *now = live(id);
    if (wanted == nullptr) return first;
    const auto root = finalized(*wanted);
    if (!root.empty() && (now == nullptr || finalized(*now) != root)) {
      if (const auto below = live_down_.find(id); below != live_down_.end()) first = below->second;
      const auto other = in_its_way(id);
      const auto by = other ? unset_by_.find(*other) : unset_by_.end();
      if (other && (by == unset_by_.end() || by->second != id)) first.insert(*other);
    }
    const auto own = finalizer_.find(id);
    if (own != finalizer_.end() && !above(*wanted).empty()) first.insert(own->second);
    first.erase(id);
    return first;
  }

  void add_steps(const ObjectId& id, std::vector<std::string>& needs) const {
    const auto it = members_.find(id);
    if (it == members_.end()) return;
    for (const size_t i : it->second) needs.push_back(step(i));
  }

  Change switched(const ObjectId& id, const char* from, const char* to) const {
    const Object* object = desired(id) != nullptr ? desired(id) : live(id);
    const auto* row = kinds::find_property(kinds::of(id.kind), kState);
    const auto* entry = sides_.entry(id);
    Object head = *object;
    if (head.domain.empty()) head.domain = entry != nullptr ? entry->domain : domain_of_members(id);
    return state_change(sides_, head, *row, Value(from), Value(to));
  }
  std::string domain_of_members(const ObjectId& id) const {
    for (const auto& below : reached(down_, id)) {
      const auto it = members_.find(below);
      if (it != members_.end()) return result_.changes[it->second.front()].domain;
    }
    return {};
  }

  // Where nothing is written of its state, the ledger keeps that it is to be started again.
  bool must_be_remembered(const ObjectId& id) const {
    const Object* wanted = desired(id);
    return wanted != nullptr && resumed_.count(id) > 0 && suspended_.count(id) > 0 &&
           (wanted->find(kState) == nullptr || wanted->ignore_changes.count(kState) > 0);
  }
  LedgerEntry recorded(const ObjectId& id) const {
    const auto* entry = sides_.entry(id);
    return entry_for(sides_, *desired(id), entry != nullptr && entry->made);
  }

  void suspend(const ObjectId& id) {
    auto change = switched(id, kStarted, kSuspended);
    change.makes.push_back(suspension(id));
    // The first of a graph asks for nothing, whatever it is to come after.
    if (!is_root(id)) {
      for (const auto& head : heads(id)) change.needs.push_back(suspension(head));
    }
    if (resumed_.count(id) > 0) change.reason_text = "until its graph is changed; resumed behind that";
    if (must_be_remembered(id)) {
      for (auto& other : result_.changes) {
        if (other.ledger.record && other.ledger.record->address == change.address)
          other.ledger.record->attached[kState] = kStarted;
      }
      change.ledger.record = recorded(id);
      change.ledger.record->attached[kState] = kStarted;
    }
    result_.changes.push_back(std::move(change));
  }

  void resume(const ObjectId& id) {
    // Nothing comes after it: it is born under heads that are suspended.
    if (created_.count(id) > 0 && down_.count(id) == 0) {
      auto& create = result_.changes[members_.at(id).front()];
      add_statement(create, Act::Alter, switched(id, kSuspended, kStarted).statements.front().sql,
                    sides_.mesh().deploy_role(create.domain));
      return;
    }
    auto change = switched(id, kSuspended, kStarted);
    if (const auto it = switches_.find(id); it != switches_.end()) change.place = it->second.place;
    change.makes.push_back(resumption(id));
    change.needs.push_back(suspension(id));
    for (const auto& head : heads(id)) change.needs.push_back(suspension(head));
    add_steps(id, change.needs);
    for (const auto& below : reached(down_, id)) {
      add_steps(below, change.needs);
      change.needs.push_back(suspension(below));
    }
    for (const auto& below : reached(final_down_, id)) change.needs.push_back(resumption(below));
    if (suspended_.count(id) > 0) {
      change.reason_text = "as it was before its graph was changed";
      change.restores = suspension(id);
    }
    const auto* entry = sides_.entry(id);
    const bool is_due = entry != nullptr && entry->attached.count(kState) > 0;
    if (must_be_remembered(id) || (is_due && desired(id) != nullptr)) change.ledger.record = recorded(id);
    result_.changes.push_back(std::move(change));
  }

  const Sides& sides_;
  DiffResult& result_;
  std::map<ObjectId, Change> switches_;
  std::map<ObjectId, std::vector<size_t>> members_;  // indices of changes, by task
  std::set<ObjectId> created_, dropped_, handed_over_;
  std::map<ObjectId, ObjectId> untied_;    // and one that it comes after and that is handed over
  std::map<ObjectId, ObjectId> unset_by_;  // finalizers, and the one whose change takes them off their graph
  std::set<ObjectId> suspended_, resumed_;
  Links live_up_, live_down_, final_up_, final_down_, up_, down_;
  std::map<ObjectId, ObjectId> finalizer_;  // by the root, as it is
};

}  // namespace

Change state_change(const Sides& sides, const Object& task, const kinds::PropertyRow& row, const Value& before,
                    const Value& after) {
  auto change = change_of(task.id, task.domain, Action::Update, Reason::Differs, task.place);
  change.diff.push_back({std::string(row.name), before, after, {}});
  for (auto& sql : kinds::property_statements(task.id, {{&row, after, false}}))
    add_statement(change, Act::Alter, std::move(sql), sides.mesh().deploy_role(task.domain));
  return change;
}

std::vector<std::string> tie_statements(const Object& task) {
  std::vector<kinds::PropertyChange> ties;
  for (const auto& row : kinds::of(task.id.kind).properties) {
    const Value* value = row.is_sibling ? task.find(row.name) : nullptr;
    if (value != nullptr && !value->is_null()) ties.push_back({&row, *value, false});
  }
  return ties.empty() ? std::vector<std::string>() : kinds::property_statements(task.id, ties);
}

Object without_ties(const Object& task) {
  Object alone = task;
  for (const auto& row : kinds::of(task.id.kind).properties) {
    if (row.is_sibling) alone.properties.erase(std::string(row.name));
  }
  return alone;
}

void pause_task_graphs(const Sides& sides, DiffResult& result) { TaskGraphs(sides, result).run(); }

}  // namespace mesh::diff_parts
