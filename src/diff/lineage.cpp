#include "mesh/diff/lineage.hpp"

#include "mesh/diff/diff.hpp"
#include "mesh/kinds/kind.hpp"
#include "mesh/sql/lineage.hpp"
#include "mesh/sql/references.hpp"

namespace mesh {
namespace {

template <typename Map>
const typename Map::mapped_type& found_or_none(const Map& map, const ObjectId& id) {
  static const typename Map::mapped_type none{};
  const auto it = map.find(id);
  return it == map.end() ? none : it->second;
}

// The relation that a query of `home` means.
const Object* relation(const State& state, const QualifiedName& written, const QualifiedName& home) {
  const auto full = sql::full_name(written, home);
  for (const auto kind : kinds::sources()) {
    if (const Object* object = state.find({kind, full})) return object;
  }
  return nullptr;
}

}  // namespace

Lineage::Lineage(const State& state) {
  for (const auto& [id, object] : state.objects) {
    for (const auto& source : read_by(object)) {
      if (source != id && state.find(source) != nullptr) sources_[id].insert(source);
    }
    if (kinds::of(id.kind).is_relation) read_query(state, object);
  }
}

// Views stand on views: what is read is read first. Circles were refused when the manifests were checked, and end here
// all the same.
void Lineage::read_query(const State& state, const Object& object) {
  if (!read_.insert(object.id).second) return;
  auto& own = columns_[object.id];
  for (const auto& column : object.columns) own.push_back(column.name);
  const SqlText* query = object.text("query");
  if (query == nullptr) return;
  const auto& home = object.id.name;
  const auto output = sql::output_columns(query->text, [&](const QualifiedName& written) -> const std::vector<Name>* {
    const Object* source = relation(state, written, home);
    if (source == nullptr) return nullptr;
    read_query(state, *source);
    const auto& columns = found_or_none(columns_, source->id);
    return columns.empty() ? nullptr : &columns;
  });
  if (!output) return;
  const bool is_stated = !own.empty();
  for (const auto& column : *output) {
    if (!is_stated) own.push_back(column.name);
    for (const auto& source : column.sources) {
      if (const Object* from = relation(state, source.relation, home))
        links_[object.id].push_back({column.name, from->id, source.column});
    }
  }
}

const std::set<ObjectId>& Lineage::sources(const ObjectId& id) const { return found_or_none(sources_, id); }
const std::vector<ColumnLink>& Lineage::links(const ObjectId& id) const { return found_or_none(links_, id); }
const std::vector<Name>& Lineage::columns(const ObjectId& id) const { return found_or_none(columns_, id); }

}  // namespace mesh
