#pragma once
// The codes of mesh's own diagnostics: one row each, unique, explained by `mesh explain CODE`.
// 10xx files and YAML, 11xx structure of manifests, 12xx names and references, 13xx values and types, 14xx grants and
// ownership, 15xx products, contracts and agreements, 16xx rules and waivers, 20xx plan and safety, 30xx connection and
// server, 40xx ledger and lease.

#include <span>
#include <string_view>

namespace mesh {

struct CodeInfo {
  std::string_view code;
  std::string_view title;        // a few words
  std::string_view explanation;  // why it is an error and the ways out; one paragraph
};
std::span<const CodeInfo> all_codes();
const CodeInfo* find_code(std::string_view code);  // without case; nullptr: no such code

}  // namespace mesh
