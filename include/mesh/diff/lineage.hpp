#pragma once
// Which objects read which, and of which columns theirs are made, as far as manifests tell.

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "mesh/model/state.hpp"

namespace mesh {

struct ColumnLink {
  Name column;  // of the reader
  ObjectId source;
  Name source_column;
};

class Lineage {
 public:
  explicit Lineage(const State& state);

  // What the object reads and is declared.
  const std::set<ObjectId>& sources(const ObjectId& id) const;
  // Of which columns its own are made; empty: it is not known, or of none.
  const std::vector<ColumnLink>& links(const ObjectId& id) const;
  // Its columns: those declared, else those its query gives; empty: not known.
  const std::vector<Name>& columns(const ObjectId& id) const;

 private:
  void read_query(const State& state, const Object& object);

  std::map<ObjectId, std::set<ObjectId>> sources_;
  std::map<ObjectId, std::vector<ColumnLink>> links_;
  std::map<ObjectId, std::vector<Name>> columns_;
  std::set<ObjectId> read_;
};

// The columns that the query of a view gives by itself, whatever names its CREATE has for them; nullopt where neither
// its text nor the columns of what it reads tell.
std::optional<std::vector<Name>> names_by_query(const State& state, const Object& view);

}  // namespace mesh
