// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The client's thread: who may be asked, who waits, deadlines, and kept connections.
#include "host/http_client/client.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <exception>
#include <future>
#include <map>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "host/http_client/connection.h"
#include "host/http_client/url.h"

namespace condyle {
namespace {

namespace asio = boost::asio;
using Outcome = HttpResult::Outcome;
using SteadyClock = std::chrono::steady_clock;

// Whether it can stand in a header without ending it.
bool IsHeaderText(const std::string& text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); });
}

bool IsHeaderName(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-';
  });
}

bool AreSound(const HttpHeaders& headers) {
  return std::all_of(headers.begin(), headers.end(),
                     [](const auto& header) { return IsHeaderName(header.first) && IsHeaderText(header.second); });
}

HttpResult NotAllowed(std::string why) {
  HttpResult result;
  result.outcome = Outcome::kNotAllowed;
  result.error = std::move(why);
  return result;
}

using StopCallback = std::stop_callback<std::function<void()>>;

}  // namespace

absl::StatusOr<HttpPeer> ParseHttpPeer(std::string_view origin) {
  absl::StatusOr<HttpUrl> url = ParseHttpUrl(origin);
  if (!url.ok()) return absl::InvalidArgumentError(absl::StrCat("it ", url.status().message()));
  if (url->path != "/" || !url->query.empty()) {
    return absl::InvalidArgumentError("it must end after host and port, like https://ehr.example:8443");
  }
  const bool loopback = IsLoopbackName(url->host);
  if (!url->https && !loopback) {
    return absl::InvalidArgumentError("it must be https://; http:// is for localhost, 127.0.0.1 and [::1] alone");
  }
  return HttpPeer{url->https, url->host, url->port, loopback};
}

class HttpClient::Impl {
 public:
  explicit Impl(HttpClientOptions options) : options_(std::move(options)), tls_(asio::ssl::context::tls_client) {
    for (const HttpPeer& peer : options_.peers) servers_.try_emplace(NameOf(peer), peer);
  }

  ~Impl() {
    asio::post(io_, [this] {
      const std::set<std::shared_ptr<Call>> live = live_;
      for (const std::shared_ptr<Call>& call : live) {
        End(call, HttpFailure(Outcome::kCancelled, call->server->peer, "was not waited for: the client ends"));
      }
      io_.stop();
    });
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Begin() {
    boost::system::error_code error;
    tls_.set_default_verify_paths(error);
    if (!error && !options_.ca_file.empty()) tls_.load_verify_file(options_.ca_file, error);
    if (error) {
      return absl::InvalidArgumentError(absl::StrCat(
          options_.ca_file.empty() ? "the system's certificates" : options_.ca_file,
          ": cannot be used as certificate authorities: ", error.message(), "; a PEM file of certificates is wanted"));
    }
    tls_.set_verify_mode(asio::ssl::verify_peer);
    if (SSL_CTX_set_min_proto_version(tls_.native_handle(), TLS1_2_VERSION) != 1) {
      return absl::InternalError("OpenSSL does not offer TLS 1.2");
    }
    thread_ = std::thread([this] { io_.run(); });
    return absl::OkStatus();
  }

  void Start(HttpGet get, std::function<void(HttpResult)> done) {
    absl::StatusOr<HttpUrl> url = ParseHttpUrl(get.url);
    if (!url.ok()) return Refuse(absl::StrCat("the URL ", url.status().message()), std::move(done));
    const auto server = servers_.find(url->Origin());
    if (server == servers_.end()) {
      return Refuse(
          absl::StrCat(url->Origin(), " is none of the servers that may be asked; allow it in the configuration"),
          std::move(done));
    }
    if (!AreSound(get.headers)) return Refuse("a header has characters that none may have", std::move(done));
    auto call = std::make_shared<Call>(io_);
    call->server = &server->second;
    call->target = url->Target();
    call->headers = std::move(get.headers);
    call->deadline = std::min(get.deadline, SteadyClock::now() + options_.total_timeout);
    call->done = std::move(done);
    call->cancel = std::move(get.cancel);
    asio::post(io_, [this, call] { Admit(call); });
  }

 private:
  struct Server;

  // Used on the client's thread only.
  struct Call {
    explicit Call(asio::io_context& io) : timer(io) {}

    Server* server = nullptr;
    std::string target;
    HttpHeaders headers;
    SteadyClock::time_point deadline;
    std::stop_token cancel;
    // Empty once it was called.
    std::function<void(HttpResult)> done;
    asio::steady_timer timer;
    std::optional<StopCallback> on_stop;
    HttpConnection* connection = nullptr;
  };

  struct Server {
    explicit Server(const HttpPeer& its_peer) : peer(its_peer) {}
    const HttpPeer peer;
    size_t running = 0;
    std::deque<std::shared_ptr<Call>> waiting;
    std::vector<std::unique_ptr<HttpConnection>> idle;
  };

  void Refuse(std::string why, std::function<void(HttpResult)> done) {
    asio::post(io_, [why = std::move(why), done = std::move(done)] { done(NotAllowed(why)); });
  }

  void Admit(const std::shared_ptr<Call>& call) {
    live_.insert(call);
    SetTimer(call, call->deadline);
    call->on_stop.emplace(call->cancel, [this, weak = std::weak_ptr<Call>(call)] {
      asio::post(io_, [this, weak] {
        if (const std::shared_ptr<Call> same = weak.lock()) {
          End(same, HttpFailure(Outcome::kCancelled, same->server->peer, "was not waited for"));
        }
      });
    });
    call->server->waiting.push_back(call);
    RunNext(*call->server);
  }

  void SetTimer(const std::shared_ptr<Call>& call, SteadyClock::time_point when) {
    call->timer.expires_at(when);
    call->timer.async_wait([this, weak = std::weak_ptr<Call>(call)](boost::system::error_code error) {
      const std::shared_ptr<Call> same = weak.lock();
      if (error || !same || same->timer.expiry() > SteadyClock::now()) return;
      End(same, HttpFailure(Outcome::kTooSlow, same->server->peer, "did not answer in time"));
    });
  }

  // Gives the result, once; whatever is still under way for the call is of no use any more.
  void End(const std::shared_ptr<Call>& call, HttpResult result) {
    if (!call->done) return;
    const std::function<void(HttpResult)> done = std::exchange(call->done, nullptr);
    call->timer.cancel();
    call->on_stop.reset();
    if (call->connection != nullptr) call->connection->Close();
    live_.erase(call);
    done(std::move(result));
  }

  void RunNext(Server& server) {
    while (server.running < options_.connections_per_peer && !server.waiting.empty()) {
      const std::shared_ptr<Call> call = server.waiting.front();
      server.waiting.pop_front();
      if (!call->done) continue;
      ++server.running;
      asio::co_spawn(io_, Run(call), [this, call](const std::exception_ptr& failed, HttpResult result) {
        --call->server->running;
        if (failed)
          result = HttpFailure(Outcome::kUnreachable, call->server->peer, "could not be asked: out of memory");
        End(call, std::move(result));
        RunNext(*call->server);
      });
    }
  }

  asio::awaitable<HttpResult> Run(std::shared_ptr<Call> call) {
    while (std::unique_ptr<HttpConnection> kept = TakeIdle(*call->server)) {
      bool untouched = false;
      HttpResult result = co_await Ask(call, std::move(kept), &untouched);
      // The server may have closed it meanwhile; that says nothing about a new one.
      if (result.outcome != Outcome::kUnreachable || !untouched || !call->done) co_return result;
    }
    auto fresh = std::make_unique<HttpConnection>(io_, tls_, call->server->peer.https);
    SetTimer(call, std::min(call->deadline, SteadyClock::now() + options_.connect_timeout));
    call->connection = fresh.get();
    HttpResult opened = co_await fresh->Open(call->server->peer);
    call->connection = nullptr;
    if (opened.outcome != Outcome::kReplied || !call->done) co_return opened;
    SetTimer(call, call->deadline);
    bool untouched = false;
    co_return co_await Ask(call, std::move(fresh), &untouched);
  }

  asio::awaitable<HttpResult> Ask(const std::shared_ptr<Call>& call, std::unique_ptr<HttpConnection> connection,
                                  bool* untouched) {
    call->connection = connection.get();
    HttpResult result =
        co_await connection->Exchange(call->server->peer, call->target, call->headers, options_, untouched);
    call->connection = nullptr;
    std::vector<std::unique_ptr<HttpConnection>>& idle = call->server->idle;
    if (connection->reusable() && call->done && idle.size() < options_.connections_per_peer) {
      connection->idle_since = SteadyClock::now();
      idle.push_back(std::move(connection));
    }
    co_return result;
  }

  // The one used last; null if there is none that is young enough.
  std::unique_ptr<HttpConnection> TakeIdle(Server& server) {
    if (server.idle.empty()) return nullptr;
    std::unique_ptr<HttpConnection> connection = std::move(server.idle.back());
    server.idle.pop_back();
    if (SteadyClock::now() - connection->idle_since < options_.idle_timeout) return connection;
    server.idle.clear();  // the others are older still
    return nullptr;
  }

  const HttpClientOptions options_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  asio::ssl::context tls_;
  std::map<std::string, Server> servers_;  // by origin; never changes in number
  std::set<std::shared_ptr<Call>> live_;
  std::thread thread_;
};

absl::StatusOr<std::unique_ptr<HttpClient>> HttpClient::Create(HttpClientOptions options) {
  if (options.connections_per_peer == 0 || options.max_header_bytes == 0 || options.max_body_bytes == 0) {
    return absl::InvalidArgumentError("the HTTP client's limits on connections, header and body must be at least 1");
  }
  auto impl = std::make_unique<Impl>(std::move(options));
  if (absl::Status status = impl->Begin(); !status.ok()) return status;
  return std::unique_ptr<HttpClient>(new HttpClient(std::move(impl)));
}

HttpClient::HttpClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpClient::~HttpClient() = default;

void HttpClient::Start(HttpGet get, std::function<void(HttpResult)> done) {
  impl_->Start(std::move(get), std::move(done));
}

HttpResult HttpClient::Get(HttpGet get) {
  std::promise<HttpResult> promise;
  std::future<HttpResult> result = promise.get_future();
  Start(std::move(get), [&promise](HttpResult answer) { promise.set_value(std::move(answer)); });
  return result.get();
}

}  // namespace condyle
