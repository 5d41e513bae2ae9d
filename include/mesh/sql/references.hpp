#pragma once
// Names used in SQL text, found by tokens: comments, strings, aliases, CTE names and column references are told apart.

#include <string>
#include <string_view>
#include <vector>

#include "mesh/ident/name.hpp"

namespace mesh::sql {

struct Reference {
  QualifiedName name;         // 1 to 3 parts, as SQL reads them
  size_t begin = 0, end = 0;  // offsets of the whole dotted name
  bool is_function = false;   // followed by "(": a UDF or table function
  bool is_stage = false;      // behind @
  bool is_sequence = false;   // followed by .NEXTVAL, which is not part of the name
};

// Relations after FROM, JOIN, USING (MERGE), INTO, UPDATE and in comma lists there, also in sub-queries; CTE names of
// the scope are left out; function calls that are qualified (A.B.F(...)) come with is_function. Everything with three
// parts in any position whose first part could be a database is also listed (A.B.T.COL references), so that a suffix
// reaches it. SEQUENCE.NEXTVAL comes with is_sequence, @STAGE with is_stage (but those of tables and users).
std::vector<Reference> find_references(std::string_view text);

// The reference's name in full: what it leaves out is taken from `home` (database and schema, maybe more).
QualifiedName full_name(const QualifiedName& written, const QualifiedName& home);

}  // namespace mesh::sql
