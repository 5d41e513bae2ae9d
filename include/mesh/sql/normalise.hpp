#pragma once
// Comparing texts that Snowflake keeps or reprints.

#include <string>
#include <string_view>
#include <vector>

#include "mesh/base/result.hpp"

namespace mesh::sql {

// One blank between tokens, none around dots and inside brackets, words upper-cased, quoted names bare where they need
// no quotes, comments and a closing `;` dropped. Two texts with one normal form mean the same to Snowflake's parser.
// Falls back to the trimmed text where it cannot be tokenised.
std::string normal_form(std::string_view text);
bool same_sql(std::string_view a, std::string_view b);
std::string text_hash(std::string_view text);  // sha256 of the normal form

// Top-level comma list: "(A, F(B, C))" or "LINEAR(A, F(B, C))" or "A, F(B, C)" -> {"A", "F(B, C)"}.
std::vector<std::string> split_list(std::string_view text);

// Same clustering key element: by normal form, and knowing the rewrites of tables-clustering-keys (TO_DATE(x) = CAST(x
// AS DATE), ...).
bool same_cluster_key(std::string_view written, std::string_view echoed);
// Same expression of a virtual column or a CHECK: as for clustering keys; brackets around the whole do not count.
bool same_computed(std::string_view written, std::string_view echoed);
// Same default: by normal form, literals by value ('a' = 'a', 1 = 1.0 no), functions with or without (), casts of
// literals that Snowflake adds, sequences by their parts, NULL = none.
bool same_default(std::string_view written, std::string_view echoed);

// The text of SHOW VIEWS / SHOW MATERIALIZED VIEWS: the query behind the head's AS (view entry, normalization). Fails
// where it is not a CREATE ... AS statement.
Result<std::string> query_of_create(std::string_view create_statement);

}  // namespace mesh::sql
