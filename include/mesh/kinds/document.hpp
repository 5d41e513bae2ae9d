#pragma once
// Values with parts (PropertyRow::form). Documents that objects are made by as a whole, in YAML: which property is
// which part (ChangeBy::Document).

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "mesh/kinds/kind.hpp"

namespace mesh::kinds {

// The property for what a document has and no other row of its kind is for: written back as it is.
inline constexpr std::string_view kOtherFields = "other_fields";

bool is_in_document(const Kind& kind);  // whether any property of the kind is a part of one

// A value in the form of the field: words and names in one spelling, keys in the table's order, what is a set in one
// order; an empty text or list of maps is none. `in_document`: read out of one, where names are as stored, and keys
// that the form does not know stay, behind the others. Fails where it is of another sort.
Result<Value> field_value(const Field& field, const Value& value, bool in_document);
Field entry_of(const Field& list);  // the map that each entry of a List is
// Calls `visit` for each text of a field that is a name or a Query; what it answers takes its place.
void rename_in_field(const Field& field, Value& value,
                     const std::function<std::string(const Field&, const std::string&)>& visit);
// The object that a name of a field names, which refers to a kind; all that the value names.
ObjectId named_by(const Field& field, std::string_view text);
std::vector<ObjectId> named_in_field(const Field& field, const Value& value);

// The parts of a document by property, null or the default for those it does not have; one whose spelling is not known
// is left out. Fails where the text is no such document.
Result<std::map<std::string, Value>> parts_of_document(const Kind& kind, std::string_view text);
// The document of these parts, without its last line break; null: it has none.
std::string document_text(const Kind& kind, const std::function<const Value*(const PropertyRow&)>& part);

}  // namespace mesh::kinds
