#pragma once
// Reading the text encodings of values (sql-api.md 4). Lenient: the documentation and the wire differ in places.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mesh/snowflake/statement.hpp"

namespace mesh::snowflake {

// Seconds since the epoch with a fraction of any length, or 19-digit nanoseconds, and an optional blank and offset of a
// TIMESTAMP_TZ (which changes nothing: the seconds are UTC). None when it is no timestamp.
std::optional<int64_t> epoch_ms(std::string_view text);

// true/false, 1/0, Y/N, yes/no, ON/OFF, in any case. None for anything else.
std::optional<bool> boolean(std::string_view text);

// As people read it: dates, times and timestamps by the column's type ("2026-11-22 10:11:12.000 +0000"), others as they
// are.
std::string readable(const Column& column, std::string_view text);

}  // namespace mesh::snowflake
