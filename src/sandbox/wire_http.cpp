#include "wire_http.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <httplib.h>

#include "mesh/base/text.hpp"

namespace mesh::sandbox {
namespace {

constexpr size_t kThreads = 64;
constexpr int kIdleSeconds = 300;  // a client may think this long between two requests
constexpr int kReadMilliseconds = 30'000;
constexpr int kBacklog = 256;

bool wait_for(int socket, short events, int milliseconds) {
  pollfd waiting{socket, events, 0};
  int ready = 0;
  do {
    ready = ::poll(&waiting, 1, milliseconds);
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

class SocketStream : public httplib::Stream {
 public:
  explicit SocketStream(int socket) : socket_(socket) {}

  bool has_more(int milliseconds) const { return at_ < filled_ || wait_for(socket_, POLLIN, milliseconds); }

  bool is_readable() const override { return has_more(kReadMilliseconds); }
  bool is_writable() const override { return wait_for(socket_, POLLOUT, kReadMilliseconds); }

  ssize_t read(char* to, size_t size) override {
    if (at_ == filled_) {
      if (!is_readable()) return -1;
      ssize_t got = 0;
      do {
        got = ::recv(socket_, buffer_.data(), buffer_.size(), 0);
      } while (got < 0 && errno == EINTR);
      if (got <= 0) return got;
      at_ = 0;
      filled_ = static_cast<size_t>(got);
    }
    const size_t count = std::min(size, filled_ - at_);
    std::memcpy(to, buffer_.data() + at_, count);
    at_ += count;
    return static_cast<ssize_t>(count);
  }

  // How the next answer is written: httplib gives its head in one piece, then the body.
  void deliver(const Delivery& delivery, size_t body_size) {
    delivery_ = delivery;
    piece_ = std::max<size_t>(1, (body_size + kPieces - 1) / kPieces);
    head_is_sent_ = false;
  }
  bool is_broken() const { return delivery_.as == Delivery::As::Cut || is_reset(); }
  bool is_reset() const { return delivery_.as == Delivery::As::Reset; }

  ssize_t write(const char* from, size_t size) override {
    const bool is_head = !std::exchange(head_is_sent_, true);
    switch (delivery_.as) {
      case Delivery::As::Whole:
        break;
      case Delivery::As::Reset:
        return static_cast<ssize_t>(size);
      case Delivery::As::Cut:
        if (is_head) break;
        if (delivery_.body_bytes == 0) return static_cast<ssize_t>(size);
        size = std::min(size, delivery_.body_bytes);
        delivery_.body_bytes -= size;
        break;
      case Delivery::As::Slow:
        if (is_head) break;
        // Not a sleep: a client that goes, or the end of the server, cuts it short.
        wait_for(socket_, POLLIN, static_cast<int>(delivery_.pause.count()));
        size = std::min(size, piece_);
        break;
    }
    return send(from, size);
  }

  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return socket_; }

 private:
  ssize_t send(const char* from, size_t size) {
    if (!is_writable()) return -1;
    ssize_t sent = 0;
    do {
      sent = ::send(socket_, from, size, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent;
  }

  static constexpr size_t kPieces = 8;
  int socket_;
  std::array<char, 16384> buffer_{};
  size_t at_ = 0, filled_ = 0;
  Delivery delivery_;
  size_t piece_ = 1;
  bool head_is_sent_ = false;
};

// RFC 9112 section 6.3; httplib would wait for the connection to close. `curl -X POST .../cancel` sends such a request.
void no_length_no_body(httplib::Request& request) {
  if (!request.has_header("Content-Length") && !request.has_header("Transfer-Encoding")) {
    request.set_header("Content-Length", "0");
  }
}

// httplib's own loop looks at each idle connection every 10 ms and outlives stop() by the keep-alive time. This one
// sleeps in poll() and can be woken.
class Listener : public httplib::Server {
 public:
  bool is_taken(const std::string& host, int wanted) {
    port = wanted == 0 ? bind_to_any_port(host) : bind_to_port(host, wanted) ? wanted : -1;
    if (port < 0) return true;
    ::listen(svr_sock_, kBacklog);  // httplib asks for 5
    return false;
  }

  // Ends idle connections and waits for those that are being answered; to be called before stop(), after which httplib
  // cuts answers short.
  void drain() {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RD);
    left_.wait(lock, [&] { return sockets_.empty(); });
  }

  // Of the request that the calling thread answers: httplib calls the handler where it read the request.
  void deliver(const Delivery& delivery, size_t body_size) {
    const std::lock_guard lock(mutex_);
    streams_.at(std::this_thread::get_id())->deliver(delivery, body_size);
  }

  int port = 0;

 private:
  bool process_and_close_socket(socket_t socket) override {
    SocketStream stream(socket);
    if (enter(stream)) serve(stream);
    if (stream.is_reset()) {
      const linger at_once{1, 0};  // close() then sends RST instead of FIN
      ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    } else {
      ::shutdown(socket, SHUT_RDWR);
    }
    leave(socket);
    ::close(socket);
    return true;
  }

  void serve(SocketStream& stream) {
    bool closed = false;
    while (!closed && stream.has_more(kIdleSeconds * 1000)) {
      if (!process_request(stream, false, closed, no_length_no_body) || stream.is_broken()) return;
    }
  }

  bool enter(SocketStream& stream) {
    const std::lock_guard lock(mutex_);
    streams_[std::this_thread::get_id()] = &stream;
    return sockets_.insert(stream.socket()), !stopping_;
  }
  void leave(int socket) {
    const std::lock_guard lock(mutex_);
    streams_.erase(std::this_thread::get_id());
    sockets_.erase(socket);
    left_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable left_;
  std::set<int> sockets_;
  std::map<std::thread::id, SocketStream*> streams_;
  bool stopping_ = false;
};

HttpRequest from_httplib(const httplib::Request& from) {
  HttpRequest request;
  request.method = from.method;
  request.path = from.path;
  for (const auto& [name, value] : from.params) request.query.emplace(name, value);
  for (const auto& [name, value] : from.headers) request.headers.emplace(to_lower(name), value);
  request.body = from.body;
  return request;
}

void to_httplib(HttpReply reply, httplib::Response& to) {
  to.status = reply.status;
  std::string type;
  for (auto& [name, value] : reply.headers) {
    if (name == "Content-Type") {
      type = value;
    } else {
      to.set_header(name, value);
    }
  }
  if (reply.body.empty()) return;
  // A sized provider, because httplib compresses what set_content() is given, compressed or not.
  const size_t size = reply.body.size();
  to.set_content_provider(size, type, [body = std::move(reply.body)](size_t at, size_t count, httplib::DataSink& sink) {
    return sink.write(body.data() + at, count);
  });
}

// Unlike httplib's default without SO_REUSEPORT, with which two servers share one port unnoticed.
void reuse_address(int socket) {
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

}  // namespace

std::optional<std::string> HttpRequest::header(const std::string& lower_name) const {
  const auto found = headers.find(lower_name);
  return found == headers.end() ? std::nullopt : std::optional(found->second);
}

std::string HttpRequest::parameter(const std::string& name) const {
  const auto found = query.find(name);
  return found == query.end() ? "" : found->second;
}

struct HttpServer::Impl {
  Listener listener;
  std::thread thread;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() { stop(); }

Result<std::unique_ptr<HttpServer>> HttpServer::start(const std::string& host, int port, HttpHandler handler) {
  auto impl = std::make_unique<Impl>();
  Listener& listener = impl->listener;
  const auto serve = [handler = std::move(handler), &listener](const httplib::Request& request,
                                                               httplib::Response& response) {
    HttpReply reply = handler(from_httplib(request));
    listener.deliver(reply.delivery, reply.body.size());
    to_httplib(std::move(reply), response);
  };
  listener.Get(".*", serve).Post(".*", serve).Put(".*", serve).Patch(".*", serve).Delete(".*", serve);
  listener.Options(".*", serve);
  listener.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  listener.set_tcp_nodelay(true);
  // Only told to the client: the loop above counts for itself.
  listener.set_keep_alive_timeout(kIdleSeconds);
  listener.set_keep_alive_max_count(1'000'000);
  listener.set_socket_options(reuse_address);
  if (listener.is_taken(host, port)) {
    return fail(fmt::format("cannot listen on {}:{}: the address is taken or not this machine's", host, port));
  }
  impl->thread = std::thread([&listener] { listener.listen_after_bind(); });
  // stop() does nothing to a listener that has not begun.
  while (!listener.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

int HttpServer::port() const { return impl_->listener.port; }

void HttpServer::stop() {
  impl_->listener.drain();
  impl_->listener.stop();
  if (impl_->thread.joinable()) impl_->thread.join();
}

}  // namespace mesh::sandbox
