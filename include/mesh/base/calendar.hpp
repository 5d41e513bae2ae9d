#pragma once
// Days as YYYY-MM-DD, in UTC. They compare as their texts do.

#include <string>
#include <string_view>

namespace mesh {

// Whether the calendar has this day.
bool is_calendar_date(std::string_view text);

// The day so many days later (or earlier); `date` as it is where the calendar does not have it.
std::string days_after(const std::string& date, int days);

}  // namespace mesh
