#pragma once
// Documents that objects are made by as a whole, in YAML: which property is which part (ChangeBy::Document).

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "mesh/kinds/kind.hpp"

namespace mesh::kinds {

// The property for what a document has and no other row of its kind is for: written back as it is.
inline constexpr std::string_view kOtherFields = "other_fields";

bool is_in_document(const Kind& kind);  // whether any property of the kind is a part of one

// A value in the form of the field: names and words spelt as the document has them, keys in the table's order, those it
// does not know behind them. `written`: in a manifest, where names are read as SQL reads them. Fails where it is of
// another sort.
Result<Value> field_value(const Field& field, const Value& value, bool written);
// The value as it is compared: what is a set in one order.
Value compared_field(const Field& field, const Value& value);
// Calls `visit` for each text of a field that is a Name or a Query; what it answers takes its place.
void rename_in_field(const Field& field, Value& value,
                     const std::function<std::string(const Field&, const std::string&)>& visit);

// The parts of a document by property, null or the default for those it does not have; one whose spelling is not known
// is left out. Fails where the text is no such document.
Result<std::map<std::string, Value>> parts_of_document(const Kind& kind, std::string_view text);
// The document of these parts, without its last line break; null: it has none.
std::string document_text(const Kind& kind, const std::function<const Value*(const PropertyRow&)>& part);

}  // namespace mesh::kinds
