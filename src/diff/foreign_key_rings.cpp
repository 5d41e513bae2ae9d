#include "objects.hpp"

namespace mesh::diff_parts {
namespace {

// Tables that refer to each other are made first and tied together afterwards: the foreign keys inside a ring become a
// change of their own behind both tables.
class ForeignKeyRings {
 public:
  explicit ForeignKeyRings(const Sides& sides) : sides_(sides) {}

  void open(std::vector<Change>& changes) {
    std::vector<Change> ties;
    for (auto& change : changes) {
      if (change.action != Action::Create || !change.object || change.object->kind != KindId::Table) continue;
      const Object& table = *sides_.desired().state.find(*change.object);
      for (const auto& constraint : table.constraints) {
        if (constraint.type != ConstraintType::ForeignKey || constraint.references == table.id.name) continue;
        if (!leads_to(constraint.references, table.id.name)) continue;
        ties.push_back(tie(table, constraint, change));
      }
    }
    std::move(ties.begin(), ties.end(), std::back_inserter(changes));
  }

 private:
  const Object* made(const QualifiedName& name) const {
    const ObjectId id{KindId::Table, name};
    return sides_.live_object(id) == nullptr ? sides_.desired().state.find(id) : nullptr;
  }
  bool leads_to(const QualifiedName& from, const QualifiedName& to) const {
    std::set<QualifiedName> seen;
    std::vector<QualifiedName> open = {from};
    while (!open.empty()) {
      const auto at = open.back();
      open.pop_back();
      if (at == to) return true;
      const Object* table = made(at);
      if (table == nullptr || !seen.insert(at).second) continue;
      for (const auto& constraint : table->constraints) {
        if (constraint.type == ConstraintType::ForeignKey) open.push_back(constraint.references);
      }
    }
    return false;
  }
  Change tie(const Object& table, const Constraint& constraint, Change& create) const {
    const std::string sql = kinds::add_constraint(table.id, constraint);
    std::erase_if(create.statements, [&](const Statement& statement) { return statement.sql == sql; });
    const std::string other = ObjectId{KindId::Table, constraint.references}.address();
    std::erase(create.needs, other);
    auto change = change_of(table.id, table.domain, Action::Update, Reason::NotThere,
                            constraint.place.known() ? constraint.place : table.place);
    change.needs = {table.id.address(), other};
    change.diff.push_back({"foreign_keys", Value(), Value(constraint.references.display()), {}});
    add_statement(change, Act::Alter, sql, sides_.mesh().deploy_role(table.domain));
    return change;
  }
  const Sides& sides_;
};

}  // namespace

void open_foreign_key_rings(const Sides& sides, std::vector<Change>& changes) { ForeignKeyRings(sides).open(changes); }

}  // namespace mesh::diff_parts
