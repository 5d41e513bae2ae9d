// Objects of kinds that mesh does not know: created where their `read` answers with no row, dropped by `removed:`
// alone.
#include <algorithm>

#include <fmt/format.h>

#include "compare.hpp"
#include "mesh/sql/normalise.hpp"

namespace mesh::diff_parts {
namespace {

// What the ledger keeps, for when the lines are gone.
constexpr const char *kRead = "read", *kDrop = "drop", *kCreate = "create";

class Statements {
 public:
  Statements(const Sides& sides, DiffResult& result) : sides_(sides), result_(result) {}

  void run() {
    for (const auto& [id, desired] : sides_.desired().state.objects) {
      if (id.kind == KindId::Statement && sides_.in_scope(desired.domain)) declared(desired);
    }
    for (const auto& [address, entry] : sides_.ledger.entries) {
      const auto id = parse_address(address);
      if (!id || id->kind != KindId::Statement || !sides_.in_scope(entry.domain)) continue;
      if (sides_.desired().state.find(*id) == nullptr) gone(*id, entry);
    }
  }

 private:
  LedgerEntry remembered(const Object& desired, bool made) const {
    auto entry = entry_for(sides_, desired, made);
    entry.echoes.clear();
    entry.attached = {{kRead, desired.text(kRead)->text},
                      {kDrop, desired.text(kDrop)->text},
                      {kCreate, sql::text_hash(desired.text(kCreate)->text)}};
    return entry;
  }

  void declared(const Object& desired) {
    const auto* entry = sides_.entry(desired.id);
    if (held_by_another_mesh(sides_, desired, "give it another name", result_)) return;
    if (sides_.live_object(desired.id) == nullptr) return create(desired);
    const auto wanted = remembered(desired, entry != nullptr && entry->made);
    if (entry == nullptr || entry->domain != desired.domain) {
      auto change = change_of(desired.id, desired.domain, Action::Adopt, Reason::Existing, desired.place);
      change.ledger.record = wanted;
      add_makes(change, desired.id);
      result_.changes.push_back(std::move(change));
      return;
    }
    const auto kept = entry->attached.find(kCreate);
    if (kept != entry->attached.end() && kept->second != wanted.attached.at(kCreate)) another_text(desired);
  }

  // Nobody knows how such an object is altered.
  void another_text(const Object& desired) {
    result_.findings.push_back(
        {Severity::Warning,
         "MESH2024",
         fmt::format("{} is there, and was made by another text than its create has now", desired.id.address()),
         fmt::format(
             "mesh does not know how to alter it: do it by hand, or take its lines out with removed: [{{object: "
             "{}, action: drop}}], apply, and put them back",
             desired.id.address()),
         desired.id.address(),
         desired.place,
         {}});
  }

  // What this plan makes for the same domain.
  std::vector<std::string> made_beside(const std::string& domain) const {
    std::vector<std::string> all;
    for (const auto& change : result_.changes) {
      const bool is_raw = change.object && change.object->kind == KindId::Statement;
      if (change.action == Action::Create && change.domain == domain && !is_raw) all.push_back(change.address);
    }
    return all;
  }

  void create(const Object& desired) {
    auto change = change_of(desired.id, desired.domain, Action::Create, Reason::NotThere, desired.place);
    add_makes(change, desired.id);
    change.needs = made_beside(desired.domain);  // what it names is not known to be one or the other
    add_statement(change, Act::Create, desired.text(kCreate)->text, sides_.mesh().deploy_role(desired.domain));
    change.ledger.record = remembered(desired, true);
    result_.changes.push_back(std::move(change));
  }

  void gone(const ObjectId& id, const LedgerEntry& entry) {
    const auto& removed = sides_.desired().removed;
    const auto tombstone = std::find_if(removed.begin(), removed.end(), [&](const Tombstone& one) {
      return !one.column && one.object == id && one.domain == entry.domain;
    });
    const bool is_told = tombstone != removed.end();
    const bool is_there = sides_.live_object(id) != nullptr;
    const auto drop = entry.attached.find(kDrop);
    const bool drops =
        is_told && tombstone->action == Tombstone::Action::Drop && is_there && drop != entry.attached.end();
    auto change =
        change_of(id, entry.domain, drops ? Action::Drop : Action::Forget,
                  is_told ? Reason::Tombstone : Reason::NoLongerDeclared, is_told ? tombstone->place : Place{});
    change.ledger.remove.push_back(change.address);
    if (!is_there) change.reason_text = "it is not there any more";
    if (drops) {
      change.risk = Risk::Destructive;  // nobody knows what it holds
      change.removes.push_back(change.address);
      add_statement(change, Act::Drop, drop->second, sides_.mesh().deploy_role(entry.domain));
    }
    result_.changes.push_back(std::move(change));
  }

  const Sides& sides_;
  DiffResult& result_;
};

}  // namespace

void diff_statements(const Sides& sides, DiffResult& result) { Statements(sides, result).run(); }

}  // namespace mesh::diff_parts
