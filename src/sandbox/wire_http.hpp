#pragma once
// HTTP as the wire needs it; cpp-httplib stays in wire_http.cpp.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mesh/base/result.hpp"

namespace mesh::sandbox {

struct HttpRequest {
  std::string method, path;  // the path without its query
  std::map<std::string, std::string> query;
  std::multimap<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::optional<std::string> header(const std::string& lower_name) const;  // the first of its name
  std::string parameter(const std::string& name) const;                    // empty when absent
};

// How an answer goes out: whole, or as faults have it.
struct Delivery {
  enum class As : uint8_t {
    Whole,
    Reset,  // nothing of it; the connection is reset
    Cut,    // the head, `body_bytes` of the body, then the end of the connection
    Slow    // the body in eight pieces with `pause` before each
  } as = As::Whole;
  size_t body_bytes = 0;
  std::chrono::milliseconds pause{0};
};

struct HttpReply {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  // Content-Type among them
  std::string body;                                          // sent as it is
  Delivery delivery = {};
};

using HttpHandler = std::function<HttpReply(const HttpRequest&)>;

class HttpServer {
 public:
  // Binds and serves from background threads; the handler is called from 64 of them. Port 0: any free port.
  static Result<std::unique_ptr<HttpServer>> start(const std::string& host, int port, HttpHandler handler);
  ~HttpServer();

  int port() const;
  void stop();  // accepts no more, lets running requests end, closes idle connections

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mesh::sandbox
