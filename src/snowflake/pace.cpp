#include "pace.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "mesh/snowflake/client.hpp"

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

Result<ClientOptions> scaled(ClientOptions options, const std::string& factor) {
  double value = 0;
  const auto [end, error] = std::from_chars(factor.data(), factor.data() + factor.size(), value);
  if (error != std::errc() || end != factor.data() + factor.size() || !(value >= 0.001 && value <= 1)) {
    return fail(fmt::format("'{}' is no number from 0.001 to 1", factor));
  }
  for (milliseconds* time : {&options.retry_base, &options.retry_cap, &options.retry_budget,
                             &options.first_contact_budget, &options.poll_first, &options.poll_cap}) {
    *time = std::max(scaled(*time, value), milliseconds{1});
  }
  return options;
}

milliseconds jittered(milliseconds delay, double random) { return scaled(delay, 0.8 + 0.4 * random); }

}  // namespace mesh::snowflake
