#include "mesh/diff/lineage.hpp"

#include "mesh/diff/diff.hpp"
#include "mesh/kinds/ddl.hpp"
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

// Views nest at most 20 levels deep (view entry, quirks); a circle ends there as well.
constexpr int kLevels = 20;

std::optional<std::vector<Name>> names_by_query(const State& state, const Object& view, int level) {
  const SqlText* query = view.text("query");
  if (query == nullptr || level > kLevels) return std::nullopt;
  std::map<ObjectId, std::vector<Name>> known;
  return sql::output_names(query->text, [&](const QualifiedName& written) -> const std::vector<Name>* {
    const Object* source = relation(state, written, view.id.name);
    if (source == nullptr) return nullptr;
    auto& names = known[source->id];
    names = kinds::listed_columns(*source);
    if (names.empty() && kinds::of(source->id.kind).columns_by_name) {
      names = names_by_query(state, *source, level + 1).value_or(std::vector<Name>());
    } else if (names.empty()) {
      for (const auto& column : source->columns) names.push_back(column.name);
    }
    return names.empty() ? nullptr : &names;
  });
}

}  // namespace

std::optional<std::vector<Name>> names_by_query(const State& state, const Object& view) {
  return names_by_query(state, view, 0);
}

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
  const auto listed = kinds::listed_columns(object);
  for (size_t i = 0; i < output->size(); ++i) {
    const auto& column = (*output)[i];
    const Name& name = listed.size() == output->size() ? listed[i] : column.name;
    if (!is_stated) own.push_back(name);
    for (const auto& source : column.sources) {
      if (const Object* from = relation(state, source.relation, home))
        links_[object.id].push_back({name, from->id, source.column});
    }
  }
}

const std::set<ObjectId>& Lineage::sources(const ObjectId& id) const { return found_or_none(sources_, id); }
const std::vector<ColumnLink>& Lineage::links(const ObjectId& id) const { return found_or_none(links_, id); }
const std::vector<Name>& Lineage::columns(const ObjectId& id) const { return found_or_none(columns_, id); }

}  // namespace mesh
