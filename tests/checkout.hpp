#pragma once

#include <filesystem>

// The folder of the sources that the tests were built from.
std::filesystem::path checkout();
