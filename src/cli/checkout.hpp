#pragma once
// What git says of the folder a command runs in, read from its files.

#include <filesystem>
#include <string>

namespace mesh::cli {

// The commit that is checked out in the nearest git checkout at or above `start`, in hexadecimal digits; empty where
// there is none, or none yet, or git keeps it in a way that is not known here.
std::string checked_out_commit(const std::filesystem::path& start);

}  // namespace mesh::cli
