#include "pace.hpp"

#include <algorithm>

namespace mesh::snowflake {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShort{200};

milliseconds scaled(milliseconds delay, double factor) {
  return milliseconds{static_cast<milliseconds::rep>(static_cast<double>(delay.count()) * factor)};
}

}  // namespace

milliseconds retry_delay(int failures, milliseconds base, milliseconds cap, double random) {
  auto most = base;
  for (int i = 0; i < failures && most < cap; ++i) most *= 2;
  return scaled(std::min(most, cap), random);
}

milliseconds next_poll(milliseconds previous, milliseconds cap) {
  const auto next = previous < kShort ? std::min(previous * 2, kShort) : scaled(previous, 1.5);
  return std::min(next, cap);
}

milliseconds jittered(milliseconds delay, double random) { return scaled(delay, 0.8 + 0.4 * random); }

}  // namespace mesh::snowflake
