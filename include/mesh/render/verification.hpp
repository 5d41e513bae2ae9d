#pragma once
// What `mesh verify` found, as text, JSON and JUnit's XML.

#include <string>
#include <vector>

#include "mesh/diag/place.hpp"
#include "mesh/plan/verify.hpp"

namespace mesh::render {

// By port and object, what is broken with what was found; the last line counts. `all`: what holds too.
std::string verification_text(const std::vector<Verification>& verified, const Sources& sources, bool all);
// {"verified": [{"product", "port", "object", "promise", "verdict", "found", "source"}], "summary": {"holds", ...}}
std::string verification_json(const std::vector<Verification>& verified, const Sources& sources);
// A suite per product, a case per promise: broken is a failure, unanswered an error, not verified skipped.
std::string verification_junit(const std::vector<Verification>& verified, const Sources& sources);

}  // namespace mesh::render
