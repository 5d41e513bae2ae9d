#pragma once

namespace mesh {
// The usual visitor made of lambdas. The guide is written out for clang 14.
template <typename... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <typename... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;
}  // namespace mesh
