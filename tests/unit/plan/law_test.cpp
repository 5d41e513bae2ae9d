// Laws of diff and order over random states of all kinds. MESH_SEED=N runs one
// seed alone.

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>

#include <catch2/catch.hpp>

#include "mesh/diff/diff.hpp"
#include "mesh/kinds/kind.hpp"
#include "mesh/plan/plan.hpp"

using namespace mesh;

namespace {

constexpr unsigned kSeeds = 150;

std::pair<unsigned, unsigned> seeds() {
  const char* one = std::getenv("MESH_SEED");
  if (one == nullptr) return {1, kSeeds};
  const auto seed = static_cast<unsigned>(std::stoul(one));
  return {seed, seed};
}

class RandomState {
 public:
  explicit RandomState(std::mt19937& random) : random_(random) {}

  State make() {
    for (const auto* kind : kinds::all()) {
      for (size_t i = 0, n = 1 + below(4); i < n; ++i) add(*kind);
    }
    for (size_t i = below(12); i > 0; --i) grant();
    for (size_t i = below(4); i > 0; --i) membership();
    return std::move(state_);
  }

 private:
  size_t below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random_); }
  bool chance(unsigned percent) { return below(100) < percent; }

  const Object* any(KindId kind) {
    std::vector<const Object*> found;
    for (const auto& [id, object] : state_.objects) {
      if (id.kind == kind) found.push_back(&object);
    }
    return found.empty() ? nullptr : found[below(found.size())];
  }

  void add(const kinds::Kind& kind) {
    // Few names, so that two states share some; tables and views share none, as
    // in Snowflake.
    const std::string prefix = kind.scope == kinds::Scope::Account ? "SALES_" : std::string(kind.words) + " ";
    const Name name = Name::exact(prefix + std::to_string(below(6)));
    QualifiedName full({name});
    if (kind.scope != kinds::Scope::Account) {
      const Object* container = any(kind.scope == kinds::Scope::Database ? KindId::Database : KindId::Schema);
      if (container == nullptr) return;
      full = container->id.name.child(name);
    }
    Object made;
    made.id = {kind.id, full};
    if (is_overloaded(kind.id)) made.id.arguments = "()";
    made.domain = "sales";
    made.place = {0, 1, 1, 1};
    for (const auto& row : kind.properties) {
      if (chance(30)) property(row, made);
    }
    // What this sort of object does not have is a mistake in a manifest, and not there in Snowflake.
    for (const auto& row : kind.properties) {
      if (row.applies != nullptr && !row.applies(made)) made.properties.erase(std::string(row.name));
    }
    if (kind.id == KindId::Table) columns(made);
    if (kind.id == KindId::View) query(made);
    state_.objects.emplace(made.id, std::move(made));
  }

  void property(const kinds::PropertyRow& row, Object& object) {
    if (row.type == kinds::ValueType::ObjectName || row.refers_to || row.change == kinds::ChangeBy::CreateOnly) return;
    if (row.in_key) return;
    std::string text = chance(50) ? "it's" : "x\n\\y";
    if (row.type == kinds::ValueType::Integer)
      text = std::to_string(row.min + static_cast<int64_t>(below(row.max > row.min ? 2 : 9)));
    if (row.type == kinds::ValueType::Boolean) text = chance(50) ? "true" : "false";
    if (row.type == kinds::ValueType::OneOf) text = row.values[below(row.values.size())];
    if (row.type == kinds::ValueType::Identifier) text = "SOME_NAME";
    const auto value = kinds::canonical(row, text);
    if (value) object.properties[std::string(row.name)] = {*value, {}};
  }

  void columns(Object& table) {
    table.columns_stated = true;
    for (size_t i = 0, n = 1 + below(4); i < n; ++i) {
      Column column;
      column.name = Name::exact("C " + std::to_string(i));
      column.type = *DataType::parse(chance(50) ? "VARCHAR(10)" : "NUMBER(10,2)");
      column.nullable = chance(70);
      column.comment = chance(30) ? "it's" : "";
      table.columns.push_back(std::move(column));
    }
    if (chance(40)) {
      Constraint key;
      key.columns = {table.columns[0].name};
      table.constraints.push_back(std::move(key));
    }
    if (chance(30)) table.cluster_by = std::vector<SqlText>{{"\"C 0\"", {}}};
  }

  void query(Object& view) {
    const Object* table = any(KindId::Table);
    const Object* other = chance(50) ? any(KindId::View) : nullptr;
    const Object* source = other != nullptr ? other : table;
    view.texts["query"] = SqlText{source == nullptr ? "SELECT 1 AS A" : "SELECT * FROM " + source->id.name.sql(), {}};
  }

  void grant() {
    const auto& kind = *kinds::all()[below(kinds::all().size())];
    const Object* object = any(kind.id);
    const Object* role = any(KindId::Role);
    if (object == nullptr || role == nullptr || kind.privileges.empty()) return;
    Grant made;
    made.key = {{TargetForm::Object, object->id, KindId::Table},
                {GranteeType::Role, role->id.name},
                std::string(kind.privileges[below(kind.privileges.size())])};
    made.domain = "sales";
    made.granted_by = {"SYSADMIN"};
    state_.grants.emplace(made.key, made);
  }

  void membership() {
    const Object* role = any(chance(50) ? KindId::Role : KindId::DatabaseRole);
    const Object* member = any(KindId::Role);
    if (role == nullptr || member == nullptr || !(role->id < member->id)) return;
    Membership made;
    made.key = {role->id, {GranteeType::Role, member->id.name}};
    made.domain = "sales";
    state_.memberships.emplace(made.key, made);
  }

  std::mt19937& random_;
  State state_;
};

struct World {
  Mesh mesh;
  Desired desired;
  Live live;
  Ledger ledger;
  DiffOptions options;

  // Wanted is `to`, there is `from`, and mesh made all that is there.
  World(const State& from, const State& to) {
    mesh.name = "acme";
    mesh.environment.name = "dev";
    mesh.domains = {{.name = "sales", .path = "domains/sales", .owns = {"SALES_*"}}};
    options.allow_destroy = {"all"};
    desired.state = to;
    for (const auto& [id, object] : to.objects) desired.owner_domain[id] = object.domain;
    ledger.available = live.account_read = true;
    live.state = from;
    for (auto& [id, object] : live.state.objects) {
      with_defaults(object);
      if (id.kind == KindId::Database || id.kind == KindId::Schema) live.read_containers.insert(id);
      if (id.kind == KindId::Database) live.database_roles_read[id.name] = true;
      if (id.kind == KindId::Role) live.read_grantees.insert({GranteeType::Role, id.name});
      if (id.kind == KindId::DatabaseRole) live.read_grantees.insert({GranteeType::DatabaseRole, id.name});
      auto& entry = ledger.entries[id.address()];
      entry = {.address = id.address(), .domain = "sales", .made = true};
      for (const auto& row : kinds::of(id.kind).properties) {
        const Value* value = row.from == kinds::ReadFrom::Remembered ? object.find(row.name) : nullptr;
        if (value != nullptr) entry.attached[std::string(row.name)] = remembered_text(*value);
      }
    }
  }

  DiffResult run() const { return diff({mesh, desired, live, ledger, {}}, options); }

 private:
  // What Snowflake shows where nothing was stated.
  static void with_defaults(Object& object) {
    for (const auto& row : kinds::of(object.id.kind).properties) {
      if (row.from == kinds::ReadFrom::Parameter || object.find(row.name) != nullptr) continue;
      if (row.applies != nullptr && !row.applies(object)) continue;
      auto value = kinds::default_of(row);
      if (row.default_for != nullptr) {
        const auto own = kinds::canonical(row, row.default_for(object));
        if (own) value = *own;
      }
      if (!value.is_null()) object.properties[std::string(row.name)].value = value;
    }
  }
};

std::string list(const std::vector<Change>& changes) {
  std::string text;
  for (const auto& change : changes) {
    text += std::string(to_string(change.action)) + " " + change.address;
    for (const size_t first : change.after) text += " " + std::to_string(first);
    for (const auto& line : change.diff)
      text += "\n    " + line.property + ": " + to_display(line.before) + " -> " + to_display(line.after);
    text += "\n";
  }
  return text;
}

// Where each address is made and removed in the order.
std::map<std::string, size_t> positions(const std::vector<Change>& changes,
                                        std::vector<std::string> Change::*addresses) {
  std::map<std::string, size_t> found;
  for (size_t i = 0; i < changes.size(); ++i) {
    for (const auto& address : changes[i].*addresses) found.emplace(address, i);
  }
  return found;
}

void each_after_what_it_needs(const std::vector<Change>& ordered) {
  const auto made = positions(ordered, &Change::makes);
  for (size_t i = 0; i < ordered.size(); ++i) {
    for (const auto& need : ordered[i].needs) {
      const auto maker = made.find(need);
      INFO(ordered[i].address << " needs " << need);
      // A change may make and need the same address (an update of what an
      // adoption took over).
      if (maker != made.end() && maker->second != i) REQUIRE(maker->second < i);
    }
    for (const size_t first : ordered[i].after) REQUIRE(first < i);
  }
}

// A container is dropped after what it holds, and waits for it: what does not wait may run at the same time.
void drops_inside_out(const std::vector<Change>& ordered) {
  std::vector<QualifiedName> dropped;
  std::map<QualifiedName, std::vector<size_t>> held;
  for (size_t i = 0; i < ordered.size(); ++i) {
    const auto& change = ordered[i];
    if (change.action != Action::Drop || !change.object) continue;
    if (change.object->name.depth() > 1) held[change.object->name.parent()].push_back(i);
    const bool holds = change.object->kind == KindId::Database || change.object->kind == KindId::Schema;
    for (const size_t inner : holds ? held[change.object->name] : std::vector<size_t>()) {
      if (std::find(change.after.begin(), change.after.end(), inner) == change.after.end())
        FAIL(change.address << " does not wait for " << ordered[inner].address);
    }
    for (const auto& earlier : dropped) {
      INFO(change.address << " after " << earlier.display());
      REQUIRE_FALSE(change.object->name.is_under(earlier));
    }
    if (holds) dropped.push_back(change.object->name);
  }
}

}  // namespace

TEST_CASE("diff(a, a) is empty") {
  const auto [first, last] = seeds();
  for (unsigned seed = first; seed <= last; ++seed) {
    INFO("MESH_SEED=" << seed);
    std::mt19937 random(seed);
    const auto state = RandomState(random).make();
    const auto result = World(state, state).run();
    CHECK(list(result.changes) == "");
    CHECK(result.refused.empty());
    CHECK(result.vanished.empty());
    CHECK(result.waiting.empty());
  }
}

TEST_CASE("an order is valid, and the same however its changes are shuffled") {
  const auto [first, last] = seeds();
  size_t total = 0;
  for (unsigned seed = first; seed <= last; ++seed) {
    INFO("MESH_SEED=" << seed);
    std::mt19937 random(seed);
    const auto from = RandomState(random).make();
    const auto to = RandomState(random).make();
    auto changes = World(from, to).run().changes;
    total += changes.size();
    Diagnostics diagnostics;
    const auto ordered = order(changes, diagnostics);
    for (const auto& told : diagnostics.unsorted()) FAIL(told.summary << told.help);
    REQUIRE(ordered.size() == changes.size());
    each_after_what_it_needs(ordered);
    drops_inside_out(ordered);
    for (int i = 0; i < 3; ++i) {
      std::shuffle(changes.begin(), changes.end(), random);
      REQUIRE(list(order(changes, diagnostics)) == list(ordered));
    }
  }
  CHECK(total > 10 * (last - first + 1));  // else the law was not tried
}
