#pragma once
// How long to wait before the next try or the next look; pure, so that the sequences can be tested.

#include <chrono>

namespace mesh::snowflake {

// Full jitter: anything between nothing and base x 2^failures, at most `cap`. `random` is in [0, 1).
std::chrono::milliseconds retry_delay(int failures, std::chrono::milliseconds base, std::chrono::milliseconds cap,
                                      double random);

// The pause after one of `previous`: doubled while short, so that fast statements are seen soon, then x1.5 up to `cap`.
std::chrono::milliseconds next_poll(std::chrono::milliseconds previous, std::chrono::milliseconds cap);

// `delay` give or take a fifth.
std::chrono::milliseconds jittered(std::chrono::milliseconds delay, double random);

}  // namespace mesh::snowflake
