// Which product a change belongs to.
#include <map>

#include "mesh/kinds/kind.hpp"
#include "mesh/plan/agreements.hpp"

namespace mesh {
namespace {

class Belonging {
 public:
  Belonging(const Products& products, const State& declared) : products_(products) {
    for (const auto& [key, product] : products.all) {
      if (product.share) owners_.emplace(*product.share, &product);
      for (const auto& [name, port] : product.ports) {
        if (port.reader) owners_.emplace(*port.reader, &product);
        for (const auto& object : port.objects) owners_.emplace(object.id, &product);
      }
    }
    for (const auto& [id, object] : declared.objects) {
      if (kinds::of(id.kind).rests_on_share) add_listing(object);
    }
  }

  // nullptr: to none.
  const Product* of(const Change& change) const {
    if (change.membership) return of(change.membership->role);
    if (change.grant) {
      const auto* reader = of(object_of(change.grant->grantee));
      if (reader != nullptr) return reader;
      return change.grant->target.form == TargetForm::Object ? of(change.grant->target.object) : nullptr;
    }
    if (change.bearer) return of(change.bearer->object);
    return change.object ? of(*change.object) : nullptr;
  }

  // Where a comment is written that a contract says: of the object, of "columns.C", or of "columns.C.comment".
  void tell_origins(Change& change) const {
    if (!change.object || change.bearer) return;
    constexpr std::string_view kColumns = "columns.", kComment = ".comment";
    for (auto& line : change.diff) {
      if (line.property == "comment") tell_origin({*change.object, std::nullopt}, line);
      if (!line.property.starts_with(kColumns)) continue;
      auto column = line.property.substr(kColumns.size());
      tell_origin({*change.object, Name::exact(column)}, line);
      if (!column.ends_with(kComment)) continue;
      column.resize(column.size() - kComment.size());
      tell_origin({*change.object, Name::exact(column)}, line);
    }
  }

 private:
  // It belongs to whom the share belongs that it offers.
  void add_listing(const Object& listing) {
    for (const auto& row : kinds::of(listing.id.kind).properties) {
      const Value* value = row.refers_to == KindId::Share ? listing.find(row.name) : nullptr;
      if (value == nullptr) continue;
      for (const auto& share : kinds::named_in(row, *value)) {
        if (const auto* product = of(share)) owners_.emplace(listing.id, product);
      }
    }
  }
  void tell_origin(const Bearer& bearer, DiffLine& line) const {
    const auto found = products_.described.find(bearer);
    if (found != products_.described.end()) line.origin = found->second;
  }
  const Product* of(const ObjectId& id) const {
    const auto it = owners_.find(id);
    return it == owners_.end() ? nullptr : it->second;
  }

  const Products& products_;
  std::map<ObjectId, const Product*> owners_;
};

}  // namespace

void tell_products(Plan& plan, const Products& products, const State& declared) {
  const Belonging belonging(products, declared);
  std::map<std::string, const Product*> named;
  for (auto& change : plan.changes) {
    if (const Product* product = belonging.of(change)) {
      change.product = product->display();
      named.emplace(change.product, product);
    }
    belonging.tell_origins(change);
  }
  for (const auto& [name, product] : named)
    plan.products.push_back({name, product->version.display(), to_string(product->status), product->place});
}

}  // namespace mesh
