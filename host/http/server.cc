// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Starts and ends threads, and gives connections to them.
#include "host/http/server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <csignal>
#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "host/http/connection.h"
#include "host/http/listener.h"
#include "host/http/server_core.h"
#include "host/http/tls.h"

namespace condyle {
namespace {

using boost::asio::ip::tcp;

// Connections that are told that there are too many; beyond, they are closed without a word.
constexpr size_t kMostTurnedAway = 64;

absl::Status CheckOptions(const HttpServerOptions& options) {
  if (options.listen.empty()) return absl::InvalidArgumentError("listen: no address");
  if (options.io_threads == 0) return absl::InvalidArgumentError("io_threads: at least 1");
  if (options.pool_threads == 0) return absl::InvalidArgumentError("pool_threads: at least 1");
  constexpr size_t kLeastHead = 256;
  if (options.limits.header_bytes < kLeastHead) {
    return absl::InvalidArgumentError(absl::StrCat("limits.header_bytes: at least ", kLeastHead));
  }
  for (const HttpEndpoint& endpoint : options.listen) {
    if (endpoint.tls && !options.tls.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat("listen: ", endpoint.address, " port ", endpoint.port, " has TLS, but there is no certificate"));
    }
  }
  return Cors(options.cors_origins).Check();
}

// Threads that are started meanwhile get no signals that administrators send: those are for whoever waits for them.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t sent;
    sigemptyset(&sent);
    for (const int signal : {SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2}) sigaddset(&sent, signal);
    pthread_sigmask(SIG_BLOCK, &sent, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

std::string AddressOf(const tcp::endpoint& peer) {
  const auto address = peer.address();
  // What came by IPv4 to a socket of both is known by its IPv4 address.
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(HttpServerOptions options, Router router, Logger* logger, prometheus::Registry* registry)
      : core_(std::move(options), std::move(router), logger, registry) {
    for (size_t i = 0; i < core_.options.io_threads; ++i) io_.push_back(std::make_unique<IoThread>());
  }

  absl::Status Listen();
  absl::Status ReloadCertificates();
  void Run();
  size_t Drain(std::chrono::milliseconds at_most);
  bool draining() const { return core_.draining; }
  uint16_t port(size_t endpoint) const { return listeners_.at(endpoint)->port(); }

 private:
  // On the first thread.
  void Take(int fd, const tcp::endpoint& peer, bool tls);
  // On the connection's thread.
  void Adopt(IoThread* io, int fd, const tcp::endpoint& peer, bool tls, bool turned_away);
  // Runs it on every thread of sockets and waits for all.
  template <typename Function>
  void OnEach(const Function& function);
  void StopThreads();

  ServerCore core_;
  std::vector<std::unique_ptr<IoThread>> io_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  size_t next_io_ = 0;
  std::mutex tls_mutex_;
  std::shared_ptr<TlsContext> tls_;
  std::mutex drain_mutex_;
  bool stopped_ = false;
};

absl::Status HttpServer::Impl::Listen() {
  if (core_.options.tls.has_value()) {
    if (absl::Status status = ReloadCertificates(); !status.ok()) return status;
  }
  for (const HttpEndpoint& endpoint : core_.options.listen) {
    auto listener =
        Listener::Open(endpoint, io_.front().get(),
                       [this, tls = endpoint.tls](int fd, const tcp::endpoint& peer) { Take(fd, peer, tls); });
    if (!listener.ok()) return listener.status();
    listeners_.push_back(*std::move(listener));
  }
  return absl::OkStatus();
}

absl::Status HttpServer::Impl::ReloadCertificates() {
  if (!core_.options.tls.has_value()) return absl::FailedPreconditionError("TLS: no certificate is configured");
  auto context = LoadTls(*core_.options.tls);
  if (!context.ok()) return context.status();
  std::lock_guard lock(tls_mutex_);
  tls_ = *std::move(context);
  return absl::OkStatus();
}

void HttpServer::Impl::Run() {
  for (const auto& listener : listeners_) listener->Accept();
  for (const auto& io : io_) {
    io->thread = std::thread([context = &io->context] { context->run(); });
  }
}

void HttpServer::Impl::Take(int fd, const tcp::endpoint& peer, bool tls) {
  const bool full = core_.connections >= core_.options.limits.connections;
  if (full && core_.turned_away >= kMostTurnedAway) {
    core_.Refused(HttpRefusal::kConnections);
    close(fd);
    return;
  }
  ++(full ? core_.turned_away : core_.connections);
  if (!full && core_.metrics != nullptr) core_.metrics->connections().Increment();
  IoThread* const io = io_[next_io_++ % io_.size()].get();
  if (io == io_.front().get()) return Adopt(io, fd, peer, tls, full);
  boost::asio::post(io->context, [this, io, fd, peer, tls, full] { Adopt(io, fd, peer, tls, full); });
}

void HttpServer::Impl::Adopt(IoThread* io, int fd, const tcp::endpoint& peer, bool tls, bool turned_away) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  TcpSocket socket(io->context.get_executor());
  boost::system::error_code error;
  socket.assign(peer.protocol(), fd, error);
  if (!error) socket.non_blocking(true, error);
  if (error) {
    close(fd);
    core_.Left(turned_away);
    return;
  }
  std::shared_ptr<TlsContext> context;
  if (tls) {
    std::lock_guard lock(tls_mutex_);
    context = tls_;
  }
  auto connection = std::make_shared<Connection>(&core_, io, std::move(socket), AddressOf(peer), std::move(context));
  io->connections.insert(connection);
  io->Sweep(core_.sweep_interval);
  if (turned_away) {
    connection->TurnAway();
  } else {
    connection->Start();
  }
}

template <typename Function>
void HttpServer::Impl::OnEach(const Function& function) {
  for (const auto& io : io_) {
    std::promise<void> done;
    boost::asio::post(io->context, [&] {
      const std::vector<std::shared_ptr<Connection>> present(io->connections.begin(), io->connections.end());
      function(io.get(), present);
      done.set_value();
    });
    done.get_future().wait();
  }
}

size_t HttpServer::Impl::Drain(std::chrono::milliseconds at_most) {
  std::lock_guard draining(drain_mutex_);
  if (stopped_) return 0;
  const auto deadline = SteadyClock::now() + at_most;
  core_.draining = true;
  OnEach([&](IoThread* io, const auto&) {
    if (io != io_.front().get()) return;
    for (const auto& listener : listeners_) listener->Close();
  });
  OnEach([](IoThread*, const auto& connections) {
    for (const auto& connection : connections) connection->Drain();
  });
  {
    std::unique_lock lock(core_.mutex);
    core_.all_closed.wait_until(lock, deadline, [&] { return core_.connections == 0; });
  }
  size_t cut = 0;
  OnEach([&](IoThread*, const auto& connections) {
    for (const auto& connection : connections) cut += connection->CutOff() ? 1 : 0;
  });
  StopThreads();
  stopped_ = true;
  return cut;
}

void HttpServer::Impl::StopThreads() {
  // First the handlers, which post to the threads of the sockets.
  core_.pool->Stop();
  for (const auto& io : io_) {
    io->work.reset();
    io->context.stop();
    io->thread.join();
    // What was posted last holds connections, which must go before their sockets' context does.
    io->context.restart();
    io->context.poll();
  }
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() { impl_->Drain(std::chrono::milliseconds(0)); }

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(HttpServerOptions options, Router router, Logger* logger,
                                                              prometheus::Registry* registry) {
  if (absl::Status status = CheckOptions(options); !status.ok()) return status;
  const SignalsBlocked blocked;
  auto impl = std::make_unique<Impl>(std::move(options), std::move(router), logger, registry);
  if (absl::Status status = impl->Listen(); !status.ok()) return status;
  impl->Run();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

uint16_t HttpServer::port(size_t endpoint) const { return impl_->port(endpoint); }
absl::Status HttpServer::ReloadCertificates() { return impl_->ReloadCertificates(); }
size_t HttpServer::Drain(std::chrono::milliseconds at_most) { return impl_->Drain(at_most); }
bool HttpServer::draining() const { return impl_->draining(); }

}  // namespace condyle
