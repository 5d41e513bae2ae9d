#pragma once
// What Snowflake prints of a property that is a list of properties: {MAX_EXPIRY_IN_DAYS=30, ALLOWED_METHODS=[TOTP,
// DUO]}, {GO_DRIVER={MINIMUM_VERSION=3.14.1}} (desc-authentication-policy, example; more in what Terraform's provider
// tests for).

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace mesh::kinds {

// Its entries by key: values as printed, lists and maps inside with their brackets. None where it is no such text.
std::optional<std::map<std::string, std::string>> printed_map(std::string_view text);

// The entry of that key; none also where it is not there.
std::optional<std::string> entry_of_printed_map(std::string_view text, std::string_view key);

}  // namespace mesh::kinds
