#pragma once
// A mesh as its manifests have it, for what is drawn, listed and published of it.

#include <map>
#include <optional>
#include <string>

#include "mesh/model/mesh.hpp"
#include "mesh/model/product.hpp"
#include "mesh/model/state.hpp"

namespace mesh::render {

// What an account says of an object in a port.
struct LiveObject {
  bool seen = false;  // not seen: not there, or hidden from the role that asked
  std::optional<int64_t> rows, bytes;
  std::string altered;  // empty: not known
};
struct LastRun {
  std::string at, commit, outcome;
};
struct LiveView {
  std::string account, date;  // date: of the asking
  std::map<ObjectId, LiveObject> objects;
  std::map<std::string, LastRun> runs;  // by domain
};

struct MeshView {
  const Mesh& mesh;
  const State& state;  // desired, names with the environment's suffix
  const Products& products;
  const Sources& sources;
  std::string date;                // YYYY-MM-DD in UTC: which agreements are in force
  const LiveView* live = nullptr;  // nullptr: no account was asked
};

}  // namespace mesh::render
