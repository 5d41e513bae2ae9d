#include "checkout.hpp"

// The one file that is compiled anew in another folder.
std::filesystem::path checkout() { return MESH_SOURCE_DIR; }
