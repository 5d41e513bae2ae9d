#pragma once
// Blueprints: a body of manifest with typed parameters, blueprints/NAME.yaml, which domains use.
//
//     parameters:
//       name: {type: text}
//       days: {type: integer, default: 7}
//       readers: {type: list, default: []}
//     body:
//       databases: {"${name}": {data_retention_time_in_days: "${days}"}}
//
//     use: [{blueprint: team, with: {name: SALES}}]
//
// Its text is put in by ${name} alone, as variables are; the domain's variables are there too, below the parameters.

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "reading.hpp"

namespace mesh::manifest {

class Blueprints {
 public:
  Blueprints(const std::filesystem::path& root, Sources& sources, Diagnostics& diagnostics)
      : root_(root), sources_(sources), diagnostics_(diagnostics) {}

  // The bodies of everything that a manifest's `use` names, and of what those use themselves, in order. Each has a file
  // of its own among the sources, which tells where it is used. Mistakes are reported; what is whole is there.
  std::vector<Node> expand(const Node& manifest, const Variables& variables, const std::string& domain);

 private:
  struct Parameter {
    std::string type;
    std::vector<std::string> values;  // empty: any
    const Node* fallback = nullptr;
  };
  using Parameters = std::map<std::string, Parameter, std::less<>>;
  struct Arguments {
    Variables scalars;
    std::map<std::string, Node, std::less<>> lists;
  };
  // What the expansion of one manifest hands down.
  struct Walk {
    const Variables& variables;
    const std::string& domain;
    std::vector<std::string> path;  // the blueprints it is in: none may come again
    std::vector<Node> bodies;
  };

  void use(const Node& list, Walk& walk);
  void one(const Node& entry, Walk& walk);
  std::optional<Node> open(const std::string& name, const Node& place, const Walk& walk);
  Parameters parameters(const Node& root);
  std::optional<Parameter> parameter(const Node& key, const Node& body);
  Arguments arguments(const Parameters& parameters, const Node& entry, const Node* with);
  bool fits(const std::string& name, const Parameter& parameter, const Node& value);
  static void put_lists(Node& node, const Arguments& arguments);
  std::vector<std::string> names() const;

  const std::filesystem::path& root_;
  Sources& sources_;
  Diagnostics& diagnostics_;
  size_t uses_ = 0, bytes_ = 0;
};

}  // namespace mesh::manifest
