#include "mesh/cli/cli.hpp"

int main(int argc, char** argv) { return mesh::cli::run(argc, argv); }
