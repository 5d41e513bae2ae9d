#pragma once
// The ledger's small maps as JSON text: objects whose values are strings, or objects of strings.

#include <map>
#include <string>
#include <string_view>

#include "mesh/base/result.hpp"
#include "mesh/model/ledger.hpp"

namespace mesh::apply {

std::string json_string(std::string_view text);  // quoted and escaped

std::string encode(const std::map<std::string, std::string>& texts);
std::string encode(const std::map<std::string, Echo>& echoes);  // {"query":{"written":"…","echo":"…"}}

// Empty text is an empty map. Fails on anything that encode() does not write, blanks and unknown keys of an echo
// excepted.
Result<std::map<std::string, std::string>> decode_texts(std::string_view json);
Result<std::map<std::string, Echo>> decode_echoes(std::string_view json);

}  // namespace mesh::apply
