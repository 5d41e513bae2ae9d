#pragma once
// What stages and external tables share: FILE_FORMAT, and the places their files lie at.

#include <string>
#include <string_view>
#include <vector>

#include "ddl.hpp"
#include "format_options.hpp"

namespace mesh::sandbox {

// Behind FILE_FORMAT =: (FORMAT_NAME = '..'), (TYPE = .. options) or a bare name. Kept in properties whose names begin
// with FORMAT., in the place of any there; a named format needs USAGE.
void read_file_format(Running& run, Properties& props);
const Object* named_format(const Running& run, const Object& object);  // nullptr: none, or gone
std::string format_type(const Running& run, const Object& object);     // CSV, JSON, ...; of the named one where named
std::vector<FormatRow> file_format_rows(const Running& run, const Object& object);

// AWS, GCP or AZURE by the protocol of a URL; empty for an internal stage.
std::string cloud_of(const Object& stage);

// Throws where external tables rest on the stage or file format: it can be neither dropped nor replaced, and a stage's
// location not changed (docs: bcr-1989).
void refuse_dependent_tables(const Running& run, const Object& object);

}  // namespace mesh::sandbox
