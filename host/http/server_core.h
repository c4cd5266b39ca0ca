// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the connections of a server share: its settings, and the thread that each of them belongs to.
#ifndef CONDYLE_HOST_HTTP_SERVER_CORE_H_
#define CONDYLE_HOST_HTTP_SERVER_CORE_H_

#include <array>
#include <atomic>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <unordered_set>
#include <vector>

#include "host/http/cors.h"
#include "host/http/handler_pool.h"
#include "host/http/log.h"
#include "host/http/message.h"
#include "host/http/metrics.h"
#include "host/http/response_head.h"
#include "host/http/router.h"
#include "host/http/server.h"
#include "host/http/tls.h"

namespace condyle {

class Connection;

// Without the type-erased executor, which costs an allocation per wait.
using IoExecutor = boost::asio::io_context::executor_type;
using TcpSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, IoExecutor>;
using SteadyClock = std::chrono::steady_clock;
using IoTimer = boost::asio::basic_waitable_timer<SteadyClock, boost::asio::wait_traits<SteadyClock>, IoExecutor>;

// One request on its way through a handler. Whoever holds it alone may change it; while a thread of the pool has it,
// the connection reads the request only.
struct Exchange {
  HttpRequest request;
  HttpResponse response;
  const HttpRoute* route = nullptr;
  std::stop_source stop{std::nostopstate};
  // While a thread of the pool has it.
  std::shared_ptr<Connection> connection;
};

// One thread that serves sockets, and the connections that belong to it: all that happens to them happens on it.
struct IoThread {
  IoThread();

  // Looks at the time of every connection, as long as there are any.
  void Sweep(SteadyClock::duration interval);

  // The reactor's locks are left out: only this thread uses its sockets. Others post.
  boost::asio::io_context context;
  boost::asio::executor_work_guard<IoExecutor> work;
  IoTimer timer;
  bool sweeping = false;
  std::unordered_set<std::shared_ptr<Connection>> connections;
  HttpDate date;
  // For bytes that nobody wants.
  std::array<char, 16384> discard{};
  std::thread thread;
};

struct ServerCore {
  ServerCore(HttpServerOptions server_options, Router server_router, Logger* server_logger,
             prometheus::Registry* registry);

  const HttpServerOptions options;
  const Router router;
  const Cors cors;
  Logger* const logger;
  std::unique_ptr<HttpMetrics> metrics;
  // How exactly timeouts are kept.
  const SteadyClock::duration sweep_interval;
  std::unique_ptr<HandlerPool<std::shared_ptr<Exchange>>> pool;

  std::atomic<bool> draining{false};
  // Those that are served; and those beyond the limit, which are only told so.
  std::atomic<size_t> connections{0};
  std::atomic<size_t> turned_away{0};
  std::mutex mutex;
  std::condition_variable all_closed;

  HttpResponse Error(int status, std::string_view message) const;
  // What the request's handler says; 500 if it throws.
  HttpResponse Ask(const Exchange& exchange) const;
  void Refused(HttpRefusal reason) const {
    if (metrics != nullptr) metrics->Refused(reason);
  }
  // A connection has closed.
  void Left(bool was_turned_away);
};

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_SERVER_CORE_H_
