#pragma once
// Options of file formats, by type (docs: create-file-format), of FILE FORMAT objects and of FILE_FORMAT = (...) of
// stages.

#include <string>
#include <string_view>
#include <vector>

#include "catalog.hpp"
#include "parser.hpp"

namespace mesh::sandbox {

enum class FormatValue { Text, Word, Number, Flag, List };

struct FormatOption {
  std::string_view name;
  std::string_view types;  // the types that have it, comma-separated
  FormatValue value;
  std::string_view initial;  // as it is kept: a list as JSON
  std::string_view allowed;  // Word: comma-separated; Text: words it may be instead
};
std::vector<const FormatOption*> format_options_of(std::string_view type);  // in the order in which they are shown

// Reads `OPTION = value` as long as such stand there, TYPE among them, into properties; `type` is what the format has
// so far, and is changed by TYPE. Refuses what the type does not have.
void read_format_options(Parser& parser, std::string& type, Properties& options);

// As SHOW FILE FORMATS has them: a JSON object with every option of the type.
std::string format_json(std::string_view type, const Properties& options);

struct FormatRow {
  std::string property, type, value, initial;
};
// As DESCRIBE FILE FORMAT and DESCRIBE STAGE have them, TYPE first.
std::vector<FormatRow> format_rows(std::string_view type, const Properties& options);

}  // namespace mesh::sandbox
