#pragma once
// Targets of search optimization, as ALTER TABLE writes them and as DESCRIBE SEARCH OPTIMIZATION prints them
// (alter-table, searchOptimizationAction; search-optimization/enabling).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/base/result.hpp"
#include "mesh/model/object.hpp"
#include "mesh/sql/token.hpp"

namespace mesh::sql {

struct SearchMethod {
  struct Span {
    size_t offset = 0, length = 0;
  };
  std::vector<SearchTarget> targets;
  std::vector<Span> spans;  // where in the text each target stands
};
// "EQUALITY(A, V:user.uuid)", "SUBSTRING(*)", "FULL_TEXT(A, ANALYZER => 'UNICODE_ANALYZER')". Fails with where and why
// it cannot be read.
Result<SearchMethod, FragmentProblem> parse_search_method(std::string_view text);

// A row of DESCRIBE SEARCH OPTIMIZATION: method ("FULL_TEXT DEFAULT_ANALYZER") and target (`V1:"key1"`). None where it
// cannot be read.
std::optional<SearchTarget> parse_described_target(std::string_view method, std::string_view target);

// As a manifest writes it: EQUALITY(A), FULL_TEXT(V:x.y, ANALYZER => 'NO_OP_ANALYZER').
std::string to_display(const SearchTarget& target);

}  // namespace mesh::sql
