#pragma once
// A value or an error, for functions in which one thing can go wrong. (std::expected is C++23.)

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <variant>

namespace mesh {

// Breaks the program with a message; for promises inside mesh, never for what a user or server does.
[[noreturn]] inline void broken_promise(const char* what, const char* file, int line) {
  std::fprintf(stderr, "mesh: internal error: %s (%s:%d). This is a bug in mesh; please report it.\n", what, file,
               line);
  std::abort();
}
#define MESH_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::mesh::broken_promise(#condition, __FILE__, __LINE__))

// What went wrong, in words for the person at the terminal.
struct Error {
  std::string message;
};

template <typename E>
struct Failure {
  E error;
};
template <typename E>
Failure(E) -> Failure<E>;

inline Failure<Error> fail(std::string message) { return {Error{std::move(message)}}; }

template <typename T, typename E = Error>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Failure<E> failure) : state_(std::in_place_index<1>, std::move(failure.error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  bool ok() const { return state_.index() == 0; }
  T& value() & { return check(), std::get<0>(state_); }
  const T& value() const& { return check(), std::get<0>(state_); }
  T&& value() && { return check(), std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  E& error() & { return MESH_ASSERT(!ok()), std::get<1>(state_); }
  const E& error() const& { return MESH_ASSERT(!ok()), std::get<1>(state_); }
  // The failure alone, to hand on from a function that returns another value type.
  Failure<E> failure() const { return {error()}; }

 private:
  void check() const { MESH_ASSERT(state_.index() == 0); }
  std::variant<T, E> state_;
};

struct Done {};
using Status = Result<Done>;

}  // namespace mesh
