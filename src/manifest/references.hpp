#pragma once
// Whether a name that is used is declared; and circles among what refers to each other.

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "builder.hpp"

namespace mesh::manifest {

class References {
 public:
  References(Build& build, Desired& desired) : build_(build), desired_(desired) {}

  bool is_declared(const ObjectId& id) const { return build_.state.objects.count(id) > 0; }
  // The home of ledger, lease and audit, and what is in it: exists, or `mesh bootstrap` makes it.
  bool is_control(const ObjectId& id) const;
  bool is_set_up(const ObjectId& id) const;
  // In a database or schema that another tool fills (`manage:`), or that another account shares.
  bool is_foreign(const QualifiedName& name) const;
  // A name under some domain's `owns` must be declared, but for the roles of mesh.yaml; those, and what nobody owns,
  // are taken as existing and checked at plan. False: it was reported.
  // `domain`: who uses it; empty: the one whose file says so.
  bool must_be_known(const ObjectId& id, Place place, const std::string& domain = {});
  void grantee(const Grantee& grantee, Place place);
  // Whether it lives in the account of that domain: another account's things are reached by a share alone. False: it
  // was reported.
  bool must_be_near(const ObjectId& id, Place place, const std::string& domain = {});
  // "did you mean …" among the declared names of the kind.
  std::string near(const ObjectId& id);

 private:
  std::string says(Place place, const std::string& domain) const;
  // The first place where it is used in each account.
  template <typename Key>
  void assume(std::multimap<Key, Place>& assumed, const Key& key, Place place, const std::string& domain) const;

  Build& build_;
  Desired& desired_;
};

// Calls `report` with each path that leads back to its beginning: A, B, C where A leads to B, B to C, C to A.
template <typename Key, typename Report>
void find_circles(const std::map<Key, std::set<Key>>& next, Report report) {
  enum class Color { White, Grey, Black };
  struct Step {
    Key key;
    typename std::set<Key>::const_iterator at, end;
  };
  static const std::set<Key> none;
  std::map<Key, Color> colors;
  const auto enter = [&](std::vector<Step>& path, const Key& key) {
    colors[key] = Color::Grey;
    const auto it = next.find(key);
    const auto& others = it == next.end() ? none : it->second;
    path.push_back(Step{key, others.begin(), others.end()});
  };
  for (const auto& [start, unused] : next) {
    if (colors[start] != Color::White) continue;
    std::vector<Step> path;
    enter(path, start);
    while (!path.empty()) {
      auto& step = path.back();
      if (step.at == step.end) {
        colors[step.key] = Color::Black;
        path.pop_back();
        continue;
      }
      const Key other = *step.at++;
      if (colors[other] == Color::White) {
        enter(path, other);
      } else if (colors[other] == Color::Grey) {
        std::vector<Key> circle;
        auto from = std::find_if(path.begin(), path.end(), [&](const Step& each) { return each.key == other; });
        for (; from != path.end(); ++from) circle.push_back(from->key);
        report(circle);
      }
    }
  }
}

// Contacts that products, comments and tags that contracts say of their ports' objects and columns, where the manifests
// say none.
void take_words_of_products(Build& build);
// What apply lines select gets its tags, policies and properties; whoever declares something else is told.
void carry_out_apply(Build& build, Desired& desired, References& references);
// Grants: who may give them, whether they can be used, circles of roles.
void check_access(Build& build, References& references);
// Tags and policies: who may attach them, allowed values, columns and types.
void check_attachments(Build& build, References& references);

}  // namespace mesh::manifest
