#pragma once
// Who reviews what, as GitHub and GitLab read it.

#include <string>

#include "mesh/model/mesh.hpp"

namespace mesh::render {

struct CodeownersInput {
  const Mesh& mesh;
  std::string organization;  // teams are @organization/team
  std::string prefix;        // the mesh's folder below the repository's, with a slash at its end; empty: the same
};

// A CODEOWNERS file: each domain's folder is its team's, and so are both sides of an agreement, which stand in one
// folder each; everything else (mesh.yaml, blueprints, the pipeline) is the team's that may change the account. The
// last pattern that fits counts there, so what is deeper stands further down.
std::string codeowners(const CodeownersInput& input);

// The lines of `now` that `wanted` has not with -, the reverse with +, in the order of the files.
std::string line_differences(const std::string& now, const std::string& wanted);

}  // namespace mesh::render
