#pragma once
// A scripted HTTP server on a loopback port, down to the socket, so that it can also break off an answer.

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace mesh::test {

struct Seen {
  std::string method, path, body;
  std::map<std::string, std::string> query, headers;  // header names in lower case
  int connection = 0;                                 // number of the TCP connection, from 0
};

struct Played {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
  std::vector<std::string> headers;
  std::chrono::milliseconds delay{0};
  bool gzip = false;
  std::chrono::milliseconds drip{0};  // between one byte of the body and the next
  bool drop = false;                  // read the request, answer nothing, close
  bool truncate = false;              // announce all, send half, close
  bool hang_up = false;               // answer in full, keep silent about it, then close
};

class FakeServer {
 public:
  using Script = std::function<Played(const Seen&)>;
  explicit FakeServer(Script script);
  ~FakeServer();

  int port() const { return port_; }
  std::vector<Seen> seen() const;
  int most_at_once() const { return most_at_once_; }

 private:
  void accept_all();
  void serve(int socket, int number);

  Script script_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<Seen> seen_;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  int at_once_ = 0;
  std::atomic<int> most_at_once_{0};
  std::thread acceptor_;
};

}  // namespace mesh::test
