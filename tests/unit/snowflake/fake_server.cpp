#include "fake_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/result.hpp"
#include "mesh/base/text.hpp"

namespace mesh::test {
namespace {

std::string gzipped(const std::string& text) {
  z_stream stream{};
  MESH_ASSERT(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  std::string copy = text;
  stream.next_in = reinterpret_cast<Bytef*>(copy.data());
  stream.avail_in = static_cast<uInt>(copy.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  MESH_ASSERT(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// False where nobody listens any more.
bool send_all(int socket, std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

// Reads one request; false at the connection's end.
bool read_request(int socket, std::string& pending, Seen& seen) {
  const auto more = [&] {
    char buffer[1 << 14];
    const auto count = ::recv(socket, buffer, sizeof buffer, 0);
    if (count <= 0) return false;
    pending.append(buffer, static_cast<size_t>(count));
    return true;
  };
  size_t end = 0;
  while ((end = pending.find("\r\n\r\n")) == std::string::npos) {
    if (!more()) return false;
  }
  const auto lines = split(pending.substr(0, end), '\n');
  const auto first = split(trim(lines[0]), ' ');
  seen.method = first.at(0);
  const auto target = split(first.at(1), '?');
  seen.path = target.at(0);
  for (const auto& pair : split(target.size() > 1 ? target[1] : "", '&')) {
    const auto parts = split(pair, '=');
    if (!pair.empty()) seen.query[parts[0]] = parts.size() > 1 ? parts[1] : "";
  }
  for (size_t i = 1; i < lines.size(); ++i) {
    const auto colon = lines[i].find(':');
    seen.headers[to_lower(lines[i].substr(0, colon))] = std::string(trim(std::string_view(lines[i]).substr(colon + 1)));
  }
  pending.erase(0, end + 4);
  const size_t length = seen.headers.contains("content-length") ? std::stoul(seen.headers["content-length"]) : 0;
  while (pending.size() < length) {
    if (!more()) return false;
  }
  seen.body = pending.substr(0, length);
  pending.erase(0, length);
  return true;
}

}  // namespace

FakeServer::FakeServer(Script script) : script_(std::move(script)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  MESH_ASSERT(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 && ::listen(listener_, 128) == 0);
  MESH_ASSERT(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

FakeServer::~FakeServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  for (auto& thread : threads_) thread.join();
  for (const int socket : sockets_) ::close(socket);
  ::close(listener_);
}

void FakeServer::accept_all() {
  for (int number = 0;; ++number) {
    const int socket = ::accept(listener_, nullptr, nullptr);
    if (socket < 0) return;
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::lock_guard lock(mutex_);
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket, number] { serve(socket, number); });
  }
}

void FakeServer::serve(int socket, int number) {
  std::string pending;
  for (;;) {
    Seen seen;
    seen.connection = number;
    if (!read_request(socket, pending, seen)) break;
    {
      const std::lock_guard lock(mutex_);
      seen_.push_back(seen);
      most_at_once_ = std::max<int>(most_at_once_, ++at_once_);
    }
    const auto played = script_(seen);
    if (played.delay.count() > 0) std::this_thread::sleep_for(played.delay);
    {
      const std::lock_guard lock(mutex_);
      --at_once_;
    }
    if (played.drop) break;
    const auto body = played.gzip ? gzipped(played.body) : played.body;
    auto head = fmt::format("HTTP/1.1 {} X\r\nContent-Type: {}\r\nContent-Length: {}\r\n", played.status,
                            played.content_type, body.size());
    if (played.gzip) head += "Content-Encoding: gzip\r\n";
    for (const auto& header : played.headers) head += header + "\r\n";
    if (played.drip.count() > 0) {
      send_all(socket, head + "\r\n");
      for (const char byte : body) {
        std::this_thread::sleep_for(played.drip);
        if (!send_all(socket, std::string(1, byte))) break;
      }
      continue;
    }
    send_all(socket, head + "\r\n" + (played.truncate ? body.substr(0, body.size() / 2) : body));
    if (played.truncate || played.hang_up) break;
  }
  ::shutdown(socket, SHUT_RDWR);
}

std::vector<Seen> FakeServer::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

}  // namespace mesh::test
