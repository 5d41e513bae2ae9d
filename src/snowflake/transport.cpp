#include "transport.hpp"

#include <csignal>

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include <curl/curl.h>

namespace mesh::snowflake {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kIdle{10'000};

// Signals are for the threads of whoever handles them; and a write to a closed connection must not end the program.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// One exchange under way. Stays where it is: curl holds its address.
struct Exchange {
  uint64_t id = 0;
  Urgency urgency = Urgency::New;
  HttpRequest request;
  Transport::Done done;
  HttpReply reply;
  size_t sent = 0;
  size_t most_body = 0;
  Clock::time_point begun, last_sign;  // of life
  uint64_t watch = 0;                  // timer that looks at it
  bool too_large = false;
  char problem[CURL_ERROR_SIZE] = "";
  std::unique_ptr<curl_slist, FreeList> headers;
  std::unique_ptr<CURL, FreeEasy> easy;
};

size_t give_body(char* buffer, size_t size, size_t count, void* to) {
  auto& exchange = *static_cast<Exchange*>(to);
  const size_t length = std::min(size * count, exchange.request.body.size() - exchange.sent);
  std::copy_n(exchange.request.body.data() + exchange.sent, length, buffer);
  exchange.sent += length;
  exchange.last_sign = Clock::now();
  return length;
}

// libcurl sends a POST again by itself when a reused connection dies, and would run the statement twice. It asks for
// the body's start first; refusing makes this an error that our own retry handles, with retry=true.
int refuse_to_rewind(void*, curl_off_t, int) { return CURL_SEEKFUNC_FAIL; }

size_t take_body(char* data, size_t size, size_t count, void* to) {
  auto& exchange = *static_cast<Exchange*>(to);
  if (exchange.reply.body.size() + size * count > exchange.most_body) return exchange.too_large = true, 0;
  exchange.reply.body.append(data, size * count);
  exchange.last_sign = Clock::now();
  return size * count;
}

// Counts the body as it was sent: much that is compressed may decode to little or nothing.
int see_progress(void* of, curl_off_t, curl_off_t received, curl_off_t, curl_off_t) {
  auto& exchange = *static_cast<Exchange*>(of);
  if (static_cast<size_t>(received) > exchange.most_body) exchange.too_large = true;
  return exchange.too_large ? 1 : 0;
}

struct FaultOf {
  CURLcode code;
  Fault fault;
};
constexpr FaultOf kFaults[] = {
    {CURLE_OK, Fault::None},
    {CURLE_COULDNT_RESOLVE_PROXY, Fault::Connect},
    {CURLE_COULDNT_RESOLVE_HOST, Fault::Connect},
    {CURLE_COULDNT_CONNECT, Fault::Connect},
    {CURLE_SSL_CONNECT_ERROR, Fault::Connect},
    {CURLE_PEER_FAILED_VERIFICATION, Fault::Certificate},
    {CURLE_SSL_CACERT_BADFILE, Fault::Certificate},
    {CURLE_SSL_ISSUER_ERROR, Fault::Certificate},
    {CURLE_SSL_INVALIDCERTSTATUS, Fault::Certificate},
    {CURLE_OPERATION_TIMEDOUT, Fault::Silent},
};

Fault fault_of(const Exchange& exchange, CURLcode code) {
  if (exchange.too_large) return Fault::TooLarge;
  for (const auto& entry : kFaults) {
    if (entry.code != code) continue;
    return entry.fault == Fault::Silent && !exchange.reply.was_sent ? Fault::Connect : entry.fault;
  }
  return Fault::Broken;
}

void describe(Exchange& exchange, CURLcode code) {
  CURL* easy = exchange.easy.get();
  auto& reply = exchange.reply;
  long status = 0, request_size = 0, tunnel = 0;
  curl_off_t retry_after = 0;
  const char* type = nullptr;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request_size);
  curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &tunnel);
  curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after);
  curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
  reply.was_sent = request_size > 0;
  reply.fault = fault_of(exchange, code);
  // A proxy that refused the tunnel: libcurl tells it as a connection that broke, but the server never saw a thing.
  if (code != CURLE_OK && tunnel >= 300) {
    reply.fault = Fault::Connect;
    reply.was_sent = false;
  }
  if (code != CURLE_OK) reply.fault_text = *exchange.problem != 0 ? exchange.problem : curl_easy_strerror(code);
  reply.status = reply.fault == Fault::None ? static_cast<int>(status) : 0;
  reply.retry_after = std::chrono::seconds(retry_after);
  if (type != nullptr) reply.content_type = type;
}

}  // namespace

struct Transport::Impl {
  TransportOptions options;
  std::unique_ptr<CURLM, FreeMulti> multi;

  std::mutex mutex;  // guards `posted` and `stopping`
  std::vector<Action> posted;
  bool stopping = false;

  // The rest belongs to the loop's thread.
  uint64_t last_id = 0;
  size_t counted = 0;  // under way and within the limit
  std::deque<std::unique_ptr<Exchange>> waiting;
  std::map<uint64_t, std::unique_ptr<Exchange>> running;
  std::map<std::pair<Clock::time_point, uint64_t>, Action> timers;
  std::thread thread;

  void set_up(Exchange& exchange);
  void begin(std::unique_ptr<Exchange> exchange);
  void begin_waiting();
  // libcurl's own speed limit counts what was uploaded and is seconds late: silence is watched here.
  void watch(Exchange& exchange, milliseconds delay);
  void finish(CURL* easy, CURLcode code);
  uint64_t after(milliseconds delay, Action action);
  void forget(uint64_t timer);
  void collect();
  bool run_posted();
  void run_timers();
  int patience() const;
  void loop();
};

void Transport::Impl::set_up(Exchange& exchange) {
  exchange.easy.reset(curl_easy_init());
  exchange.most_body = options.most_body;
  CURL* easy = exchange.easy.get();
  MESH_ASSERT(easy != nullptr);
  for (const auto& header : exchange.request.headers) {
    auto* longer = curl_slist_append(exchange.headers.get(), header.c_str());
    MESH_ASSERT(longer != nullptr);
    static_cast<void>(exchange.headers.release());
    exchange.headers.reset(longer);
  }
  const auto url = options.base + exchange.request.target;
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PRIVATE, static_cast<void*>(&exchange));
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange.problem);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (options.loopback) curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange.headers.get());
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, static_cast<void*>(&exchange));
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, see_progress);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, static_cast<void*>(&exchange));
  if (!exchange.request.post) return;
  curl_easy_setopt(easy, CURLOPT_POST, 1L);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(exchange.request.body.size()));
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_body);
  curl_easy_setopt(easy, CURLOPT_READDATA, static_cast<void*>(&exchange));
  curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, refuse_to_rewind);
}

void Transport::Impl::begin(std::unique_ptr<Exchange> exchange) {
  set_up(*exchange);
  if (exchange->urgency != Urgency::AtOnce) ++counted;
  MESH_ASSERT(curl_multi_add_handle(multi.get(), exchange->easy.get()) == CURLM_OK);
  exchange->begun = exchange->last_sign = Clock::now();
  watch(*exchange, std::min(options.read_timeout, options.answer_timeout));
  const auto id = exchange->id;
  running.emplace(id, std::move(exchange));
}

void Transport::Impl::watch(Exchange& exchange, milliseconds delay) {
  exchange.watch = after(delay, [this, id = exchange.id] {
    Exchange& watched = *running.at(id);
    const auto now = Clock::now();
    const auto end = std::min(watched.last_sign + options.read_timeout, watched.begun + options.answer_timeout);
    if (now >= end) return finish(watched.easy.get(), CURLE_OPERATION_TIMEDOUT);
    watch(watched, std::chrono::ceil<milliseconds>(end - now));
  });
}

void Transport::Impl::begin_waiting() {
  while (!waiting.empty() && counted < static_cast<size_t>(options.limit)) {
    auto next = std::move(waiting.front());
    waiting.pop_front();
    begin(std::move(next));
  }
}

void Transport::Impl::finish(CURL* easy, CURLcode code) {
  void* address = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &address);
  const auto node = running.extract(static_cast<Exchange*>(address)->id);
  auto& exchange = *node.mapped();
  describe(exchange, code);
  forget(exchange.watch);
  curl_multi_remove_handle(multi.get(), easy);
  if (exchange.urgency != Urgency::AtOnce) --counted;
  exchange.done(std::move(exchange.reply));
}

void Transport::Impl::collect() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
    if (message->msg == CURLMSG_DONE) finish(message->easy_handle, message->data.result);
  }
}

// False when it is time to stop.
bool Transport::Impl::run_posted() {
  std::vector<Action> actions;
  bool stop = false;
  {
    const std::lock_guard lock(mutex);
    actions.swap(posted);
    stop = stopping;
  }
  for (auto& action : actions) action();
  return !stop;
}

void Transport::Impl::run_timers() {
  const auto now = Clock::now();
  while (!timers.empty() && timers.begin()->first.first <= now) {
    const auto node = timers.extract(timers.begin());
    node.mapped()();
  }
}

int Transport::Impl::patience() const {
  if (timers.empty()) return static_cast<int>(kIdle.count());
  const auto left = std::chrono::ceil<milliseconds>(timers.begin()->first.first - Clock::now());
  return static_cast<int>(std::clamp(left, milliseconds{0}, kIdle).count());
}

uint64_t Transport::Impl::after(milliseconds delay, Action action) {
  const auto id = ++last_id;
  timers.emplace(std::pair{Clock::now() + delay, id}, std::move(action));
  return id;
}

void Transport::Impl::forget(uint64_t timer) {
  const auto at =
      std::find_if(timers.begin(), timers.end(), [&](const auto& entry) { return entry.first.second == timer; });
  if (at != timers.end()) timers.erase(at);
}

void Transport::Impl::loop() {
  block_signals();
  while (run_posted()) {
    run_timers();
    begin_waiting();
    int still_running = 0;
    curl_multi_perform(multi.get(), &still_running);
    collect();
    begin_waiting();
    curl_multi_poll(multi.get(), nullptr, 0, patience(), nullptr);
  }
}

Transport::Transport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Transport>> Transport::create(TransportOptions options) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) return fail("libcurl cannot start");
  auto impl = std::make_unique<Impl>();
  impl->options = std::move(options);
  impl->multi.reset(curl_multi_init());
  if (!impl->multi) return fail("libcurl cannot start");
  curl_multi_setopt(impl->multi.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(impl->options.limit) + 4);
  std::unique_ptr<Transport> transport(new Transport(std::move(impl)));
  transport->impl_->thread = std::thread([raw = transport->impl_.get()] { raw->loop(); });
  return transport;
}

Transport::~Transport() {
  stop();
  for (const auto& [id, exchange] : impl_->running) curl_multi_remove_handle(impl_->multi.get(), exchange->easy.get());
  impl_->running.clear();
}

void Transport::stop() {
  if (!impl_->thread.joinable()) return;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  curl_multi_wakeup(impl_->multi.get());
  impl_->thread.join();
}

void Transport::post(Action action) {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->posted.push_back(std::move(action));
  }
  curl_multi_wakeup(impl_->multi.get());
}

bool Transport::on_loop_thread() const { return std::this_thread::get_id() == impl_->thread.get_id(); }

uint64_t Transport::start(HttpRequest request, Urgency urgency, Done done) {
  auto exchange = std::make_unique<Exchange>();
  exchange->id = ++impl_->last_id;
  exchange->urgency = urgency;
  exchange->request = std::move(request);
  exchange->done = std::move(done);
  const auto id = exchange->id;
  auto& waiting = impl_->waiting;
  if (urgency == Urgency::AtOnce) {
    impl_->begin(std::move(exchange));
  } else {
    const auto at =
        urgency == Urgency::New ? waiting.end() : std::find_if(waiting.begin(), waiting.end(), [](const auto& other) {
          return other->urgency == Urgency::New;
        });
    waiting.insert(at, std::move(exchange));
  }
  return id;
}

void Transport::abort(uint64_t exchange) {
  auto& waiting = impl_->waiting;
  waiting.erase(
      std::remove_if(waiting.begin(), waiting.end(), [&](const auto& other) { return other->id == exchange; }),
      waiting.end());
  const auto node = impl_->running.extract(exchange);
  if (node.empty()) return;
  impl_->forget(node.mapped()->watch);
  if (node.mapped()->urgency != Urgency::AtOnce) --impl_->counted;
  curl_multi_remove_handle(impl_->multi.get(), node.mapped()->easy.get());
}

uint64_t Transport::after(milliseconds delay, Action action) { return impl_->after(delay, std::move(action)); }

void Transport::forget(uint64_t timer) { impl_->forget(timer); }

}  // namespace mesh::snowflake
