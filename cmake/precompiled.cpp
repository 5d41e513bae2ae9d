// CMake wants a source in the target that owns the precompiled headers.
