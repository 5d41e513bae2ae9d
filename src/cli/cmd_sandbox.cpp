// mesh sandbox serve.
#include <charconv>

#include <fmt/format.h>

#include "commands.hpp"
#include "mesh/snowflake/connection_settings.hpp"
#include "session.hpp"

namespace mesh::cli {

ExitCode run_serve(const Global&, const ServeOptions& options, const Console& console) {
  sandbox::ServerOptions server;
  server.file = options.file;
  server.account = options.account;
  server.latency = std::chrono::milliseconds(options.latency_ms);
  server.faults = options.faults;
  server.say = [&](const std::string& line) { console.say(line); };
  if (const auto checked = sandbox::check_faults(options.faults); !checked) {
    console.error("--" + checked.error().message);
    return ExitCode::Usage;
  }
  const auto colon = options.listen.rfind(':');
  const auto* end = options.listen.data() + options.listen.size();
  if (colon == std::string::npos || std::from_chars(options.listen.data() + colon + 1, end, server.port).ptr != end) {
    console.error(fmt::format("--listen takes HOST:PORT, not '{}'", options.listen));
    return ExitCode::Usage;
  }
  server.host = options.listen.substr(0, colon);
  if (!snowflake::is_loopback(server.host)) {
    console.error(fmt::format(
        "--listen takes an address of this machine's loopback, as 127.0.0.1:{}, and '{}' is none: the sandbox speaks "
        "plain http, and whoever reached it would see every token",
        server.port, server.host));
    return ExitCode::Usage;
  }
  auto started = sandbox::Server::start(server);
  if (!started) return console.error(started.error().message), ExitCode::Failed;
  console.result(sandbox::serve_banner((*started)->endpoints()));
  const Interrupts interrupts([&] { (*started)->stop(); });
  (*started)->wait();
  return ExitCode::Done;
}

}  // namespace mesh::cli
