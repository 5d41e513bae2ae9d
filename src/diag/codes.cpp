#include "mesh/diag/codes.hpp"

#include <algorithm>
#include <array>

#include "mesh/base/text.hpp"

namespace mesh {
namespace {

// One row a code, sorted by code. Whoever uses a new code in src/ adds its row here; a unit test checks both.
// Columns: code, title (a few words), why it is an error and the ways out.
constexpr auto kCodes = std::to_array<CodeInfo>({
    {"MESH3001", "a statement that reads failed",
     "mesh plans only from a complete picture. A statement that reads Snowflake was refused or did not arrive, so the "
     "plan would be smaller than the truth. The message shows Snowflake's words and the statement; grant the role what "
     "is missing (mesh doctor tells), or send it again when the network is back."},
    {"MESH3002", "a result may have been cut",
     "Snowflake silently leaves out everything past 10,000 rows of some SHOW commands. mesh narrows the scope where it "
     "can; here the narrowest one still reached the limit, so something may be missing and nothing is planned from "
     "it."},
    {"MESH3003", "a column is missing in Snowflake's answer",
     "A SHOW command answered without a column that mesh needs. An old account, an old behaviour bundle or a proxy in "
     "between can be the reason. mesh does not guess what the column would have said."},
    {"MESH3004", "a value could not be understood",
     "Snowflake printed a value in a form that mesh does not know (a type, a name, a number). It is reported instead "
     "of "
     "being read as something else. Please report it together with the value shown."},
    {"MESH3005", "a managed container cannot be seen",
     "The ledger or a manifest speaks of objects inside a database or schema that the role could list but not look "
     "into. What is not visible is not absent, so nothing in it is planned. Grant the role USAGE on it."},
    {"MESH3006", "a declared name belongs to something else",
     "Tables, views, dynamic tables, external tables and streams of a schema share one set of names, and a database "
     "may "
     "be imported from a share. The declared object cannot be made while that name is taken, and OR REPLACE would not "
     "help. Rename one of the two, or take the lines out of the manifest."},
    {"MESH3007", "a name that nobody declares does not exist",
     "A manifest uses a role, user, share or database that no domain owns, so it is taken as existing; the account "
     "does "
     "not show it. Declare it in its domain, correct the name, or make it before the plan."},
});

}  // namespace

std::span<const CodeInfo> all_codes() { return kCodes; }

const CodeInfo* find_code(std::string_view code) {
  const auto* found =
      std::find_if(kCodes.begin(), kCodes.end(), [&](const CodeInfo& row) { return iequals(row.code, code); });
  return found == kCodes.end() ? nullptr : &*found;
}

}  // namespace mesh
