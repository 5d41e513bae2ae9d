#include "readers.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/check/column_readings.hpp"
#include "mesh/diff/lineage.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/kinds/kind.hpp"

namespace mesh {
namespace {

// Whether anything is classified at all: else nobody need be asked.
bool classifies(const State& state) {
  return std::any_of(state.attachments.begin(), state.attachments.end(), [](const auto& entry) {
    const auto& bearer = entry.first.bearer;
    return bearer.column || bearer.object.kind == KindId::Tag;
  });
}

bool touches_reading(const Change& change) {
  return change.grant || change.membership || change.bearer ||
         (change.object && change.action != Action::Adopt && change.action != Action::Forget);
}

// OR REPLACE takes off what its statement does not name; what is declared is put back below.
void replace_attachments(State& state, const ObjectId& id, const std::vector<Attachment>& kept) {
  std::erase_if(state.attachments, [&](const auto& entry) { return entry.first.bearer.object == id; });
  for (const auto& each : kept) state.attachments.emplace(each.key, each);
}

// With the columns that its query gives, as far as manifests tell or the account did.
Object with_all_columns(const Desired& desired, const State& live, Object object) {
  if (!kinds::of(object.id.kind).columns_by_name) return object;
  auto names = kinds::listed_columns(object);
  if (names.empty()) names = names_by_query(desired.state, object).value_or(std::vector<Name>());
  if (names.empty()) {
    const Object* now = live.find(object.id);
    for (const auto& column : now == nullptr ? std::vector<Column>() : now->columns) names.push_back(column.name);
  }
  for (const auto& name : names) {
    const bool is_stated = std::any_of(object.columns.begin(), object.columns.end(),
                                       [&](const Column& column) { return column.name == name; });
    if (is_stated) continue;
    Column given;
    given.name = name;
    object.columns.push_back(std::move(given));
  }
  return object;
}

// The state that the changes lead to, as far as reading rests on it.
State state_after(const Desired& desired, const State& live, const std::vector<Change>& changes,
                  const std::set<std::string>& domains) {
  State after;
  after.objects = live.objects;
  after.attachments = live.attachments;
  std::set<std::string> gone;
  for (const auto& change : changes) {
    if (change.action == Action::Unset) gone.insert(change.address);
    if (change.action == Action::Drop && change.object) after.objects.erase(*change.object);
    if (change.action == Action::Replace && change.object) replace_attachments(after, *change.object, change.kept);
    for (const auto& address : change.removes) {
      const auto id = parse_address(address);
      if (id && change.action == Action::Rename) after.objects.erase(*id);
    }
  }
  std::erase_if(after.attachments, [&](const auto& entry) {
    return gone.count(entry.second.address()) > 0 || after.objects.count(entry.first.bearer.object) == 0;
  });
  for (const auto& [id, object] : desired.state.objects) {
    if (domains.count(object.domain) == 0) continue;
    if (!object.structure_is_foreign()) after.objects.insert_or_assign(id, with_all_columns(desired, live, object));
  }
  for (const auto& [key, attachment] : desired.state.attachments) {
    const auto bearer = desired.state.objects.find(key.bearer.object);
    if (bearer != desired.state.objects.end() && domains.count(bearer->second.domain) > 0)
      after.attachments.insert_or_assign(key, attachment);
  }
  return after;
}

class Comparing {
 public:
  Comparing(const State& before, const AccessMap& had, const State& after, const AccessMap& has)
      : before_(before), after_(after), was_(before, had), is_(after, has) {
    for (const auto* map : {&had, &has}) {
      for (const auto& who : map->grantees()) {
        const bool asks = who.type == GranteeType::Role || who.type == GranteeType::User;
        // System roles hold what all others hold, and would be in every list.
        if (asks && !is_system_role(who)) everybody_.insert(who);
      }
    }
  }

  std::vector<ReadersChange> run() {
    std::set<ObjectId> ids;
    for (const auto* state : {&before_, &after_}) {
      for (const auto& [id, object] : state->objects) {
        if (kinds::of(id.kind).is_relation) ids.insert(id);
      }
    }
    for (const auto& id : ids) {
      const Object *old = before_.find(id), *now = after_.find(id);
      std::set<Name> names;
      if (old != nullptr) classified(*old, was_, names);
      if (now != nullptr) classified(*now, is_, names);
      for (const auto& name : names) column(id, old, now, name);
    }
    return std::move(all_);
  }

 private:
  static void classified(const Object& relation, const check::ColumnReadings& readings, std::set<Name>& names) {
    for (const auto& column : relation.columns) {
      if (readings.is_tagged(relation, column) || readings.is_masked(relation, column)) names.insert(column.name);
    }
  }

  // In words how it is read; empty: not, or masked. What a policy's text does not tell is never taken for safe.
  static std::string unmasked(const Grantee& who, const Object* relation, const Name& name,
                              const check::ColumnReadings& readings) {
    if (relation == nullptr) return {};
    const auto reading = readings.of(who, *relation, name);
    const bool open = reading.reading == check::Reading::Clear || reading.reading == check::Reading::ByCondition;
    if (!open || reading.rows == sql::Rows::None) return {};
    std::vector<std::string> via;
    for (const auto& role : reading.via) via.push_back(role.display());
    std::string words = who.display();
    if (!via.empty()) words += fmt::format(" (through {})", join(via, ", "));
    return reading.reading == check::Reading::ByCondition ? words + ", by condition" : words;
  }

  void column(const ObjectId& id, const Object* old, const Object* now, const Name& name) {
    ReadersChange change;
    change.column = "column " + id.name.child(name).display();
    for (const auto& who : everybody_) {
      const auto had = unmasked(who, old, name, was_), has = unmasked(who, now, name, is_);
      change.before += had.empty() ? 0 : 1;
      change.after += has.empty() ? 0 : 1;
      if (had.empty() && !has.empty()) change.gained.push_back(has);
      if (!had.empty() && has.empty()) change.lost.push_back(had);
    }
    if (!change.gained.empty() || !change.lost.empty()) all_.push_back(std::move(change));
  }

  const State &before_, &after_;
  check::ColumnReadings was_, is_;
  std::set<Grantee> everybody_;
  std::vector<ReadersChange> all_;
};

}  // namespace

std::vector<ReadersChange> readers_changes(const Mesh& mesh, const Desired& desired, const State& live,
                                           const std::vector<Change>& changes, const std::set<std::string>& domains) {
  if (!classifies(live) && !classifies(desired.state)) return {};
  if (std::none_of(changes.begin(), changes.end(), touches_reading)) return {};
  const State after = state_after(desired, live, changes, domains);
  const AccessMap had(live);
  AccessMap has = access_after(had, changes);
  for (const auto& change : changes) {
    const auto made = change.action == Action::Create && change.object ? desired.state.objects.find(*change.object)
                                                                       : desired.state.objects.end();
    if (made == desired.state.objects.end()) continue;
    const auto role = made->second.owner ? made->second.owner->stored() : mesh.deploy_role(made->second.domain);
    if (!role.empty()) has.own(made->first, account_role(Name::exact(role)));
    if (made->first.kind == KindId::DatabaseRole) has.give_birthright(made->first);
    has.grant_future(made->first);
  }
  return Comparing(live, had, after, has).run();
}

}  // namespace mesh
