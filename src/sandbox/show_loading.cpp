// SHOW of what loading and numbering rests on: sequences, file formats (schema-objects.json, show parts).

#include "format_options.hpp"
#include "show_cells.hpp"

namespace mesh::sandbox {

using namespace cells;  // NOLINT: the vocabulary of this file

const ShowColumns& sequence_columns() {
  static const ShowColumns kSequences = {
      {"T:name", name},
      {"T:database_name", database_name},
      {"T:schema_name", schema_name},
      {"N:next_value", [](const Shown& s) { return prop_or(s, "NEXT_VALUE", "1"); }},
      {"N:interval", [](const Shown& s) { return prop_or(s, "INCREMENT", "1"); }},
      {"L:created_on", created_on},
      {"T:owner", owner},
      {"T:comment", comment},
      {"T:owner_role_type", owner_role_type},
      {"T:ordered", [](const Shown& s) { return flag_cell(s.object.flag("ORDERED"), "Y", "N"); }},
  };
  return kSequences;
}

const ShowColumns& file_format_columns() {
  static const ShowColumns kFileFormats = {
      {"L:created_on", created_on},
      {"T:name", name},
      {"T:database_name", database_name},
      {"T:schema_name", schema_name},
      {"T:type", [](const Shown& s) { return prop_or(s, "TYPE", "CSV"); }},
      {"T:owner", owner},
      {"T:comment", comment},
      {"T:format_options", [](const Shown& s) -> Cell { return format_json(s.object.prop("TYPE"), s.object.props); }},
      {"T:owner_role_type", owner_role_type},
  };
  return kFileFormats;
}

}  // namespace mesh::sandbox
