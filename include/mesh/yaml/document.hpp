#pragma once
// YAML that stands in SQL, and comes back from it: a document as a value, and the reverse.

#include <string>
#include <string_view>

#include "mesh/base/result.hpp"
#include "mesh/model/value.hpp"
#include "mesh/yaml/node.hpp"

namespace mesh::yaml {

// Plain scalars by YAML 1.2: null, true, a whole number; everything else is text, fractions too. Maps keep their order.
Value value_of(const Node& node);

// The record of a document. Fails where the text is no YAML that mesh reads, or no map.
Result<Value> read_document(std::string_view text);

// A text in double quotes: quotes, backslashes and control characters escaped.
std::string double_quoted(std::string_view text);

// The document of a record: the same bytes for the same value. Texts stand in double quotes, those of several lines as
// literal blocks where these say the same; empty maps and lists are {} and [].
std::string write_document(const ValueRecord& record);

}  // namespace mesh::yaml
