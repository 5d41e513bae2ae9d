#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mesh {
std::string sha256_bytes(std::string_view data);                   // 32 raw bytes
std::string sha256_hex(std::string_view data);                     // 64 lower-case hex digits
std::string base64(std::string_view data);                         // standard alphabet, padded
std::string base64url(std::string_view data);                      // URL alphabet, no padding (RFC 7515)
std::optional<std::string> base64_decoded(std::string_view text);  // standard alphabet, padded; nothing else in it
std::string random_uuid();                                         // version 4, lower case
}  // namespace mesh
