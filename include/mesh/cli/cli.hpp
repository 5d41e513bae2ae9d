#pragma once

namespace mesh::cli {

enum class ExitCode { Done = 0, Failed = 1, Changes = 2, Violated = 3, Refused = 4, Usage = 64 };

// The whole program: parses, runs one command, answers its exit code.
int run(int argc, const char* const* argv);

}  // namespace mesh::cli
