#pragma once
// Another program, run without a shell.

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "mesh/base/result.hpp"

namespace mesh {

struct Finished {
  int code = 0;  // its exit code; 128 and more: ended by a signal
  std::string out, err;
};

// Runs `argv` in `folder`, with nothing to read and with these variables besides our own, and waits for its end. Fails
// where it cannot be started (there is no such program), or tells more than `limit` bytes.
Result<Finished> run_program(const std::vector<std::string>& argv, const std::filesystem::path& folder,
                             const std::vector<std::pair<std::string, std::string>>& variables = {},
                             size_t limit = size_t{1} << 28);

}  // namespace mesh
