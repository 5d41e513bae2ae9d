#include "transport.hpp"

#include <future>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "fake_server.hpp"

using namespace mesh::snowflake;
using namespace mesh::test;

namespace {

HttpReply ask(const FakeServer& server, size_t most_body) {
  TransportOptions options;
  options.base = fmt::format("http://127.0.0.1:{}", server.port());
  options.loopback = true;
  options.most_body = most_body;
  auto transport = Transport::create(options);
  REQUIRE(transport);
  std::promise<HttpReply> promise;
  (*transport)->post([&] {
    (*transport)->start({.target = "/"}, Urgency::New, [&](HttpReply reply) { promise.set_value(std::move(reply)); });
  });
  return promise.get_future().get();
}

}  // namespace

TEST_CASE("an answer larger than the limit is cut off, however small it was sent") {
  const std::string body(1'000'000, 'x');
  for (const bool gzip : {false, true}) {
    INFO(gzip);
    FakeServer server([&](const Seen&) { return Played{.body = body, .gzip = gzip}; });
    const auto whole = ask(server, body.size());
    CHECK(whole.fault == Fault::None);
    CHECK(whole.body.size() == body.size());
    const auto cut = ask(server, body.size() - 1);
    CHECK(cut.fault == Fault::TooLarge);
    CHECK(cut.body.size() < body.size());
  }
}
