// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Handlers on the pool, and clocks on the threads of the sockets.
#include "host/http/server_core.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "host/http/connection.h"
#include "host/http/gzip.h"

namespace condyle {
namespace {

using std::chrono::milliseconds;

// Often enough that a timeout is kept within a quarter of itself, and seldom enough to cost nothing.
SteadyClock::duration SweepInterval(const HttpLimits& limits) {
  constexpr milliseconds kShortest{5};
  constexpr milliseconds kLongest{250};
  const milliseconds least =
      std::min({limits.header, limits.body, limits.idle, limits.write, limits.handler + limits.handler_grace});
  return std::clamp(least / 4, kShortest, kLongest);
}

// On a thread of the pool.
void Handle(const ServerCore& core, std::shared_ptr<Exchange> exchange) {
  if (core.metrics != nullptr) core.metrics->queued().Set(static_cast<double>(core.pool->waiting()));
  HttpRequest& request = exchange->request;
  if (exchange->stop.stop_requested()) {
    // Nobody waits for the answer.
  } else if (SteadyClock::now() > request.deadline) {
    core.Refused(HttpRefusal::kExpired);
    exchange->response = core.Error(503, "The server is busy; ask again later.");
  } else {
    exchange->response = core.Ask(*exchange);
  }
  std::shared_ptr<Connection> connection = std::move(exchange->connection);
  IoThread* const io = connection->io();
  boost::asio::post(io->context, [connection = std::move(connection), exchange = std::move(exchange)]() mutable {
    connection->OnHandled(std::move(exchange));
  });
}

}  // namespace

IoThread::IoThread()
    : context(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO), work(context.get_executor()), timer(context.get_executor()) {}

void IoThread::Sweep(SteadyClock::duration interval) {
  if (sweeping || connections.empty()) return;
  sweeping = true;
  timer.expires_after(interval);
  timer.async_wait([this, interval](boost::system::error_code) {
    sweeping = false;
    const auto now = SteadyClock::now();
    // A copy: those whose time is over leave the list.
    const std::vector<std::shared_ptr<Connection>> present(connections.begin(), connections.end());
    for (const auto& connection : present) connection->CheckTime(now);
    Sweep(interval);
  });
}

ServerCore::ServerCore(HttpServerOptions server_options, Router server_router, Logger* server_logger,
                       prometheus::Registry* registry)
    : options(std::move(server_options)),
      router(std::move(server_router)),
      cors(options.cors_origins),
      logger(server_logger),
      sweep_interval(SweepInterval(options.limits)) {
  if (registry != nullptr) metrics = std::make_unique<HttpMetrics>(registry, router);
  pool = std::make_unique<HandlerPool<std::shared_ptr<Exchange>>>(
      options.pool_threads, options.limits.queue,
      [this](std::shared_ptr<Exchange> exchange) { Handle(*this, std::move(exchange)); });
}

HttpResponse ServerCore::Error(int status, std::string_view message) const {
  HttpResponse response;
  if (options.render_error != nullptr) {
    response = options.render_error(status, message);
  } else {
    response.content_type = "text/plain; charset=utf-8";
    response.body.assign(message).append("\n");
  }
  response.status = status;
  if (status == 503) response.headers.emplace_back("Retry-After", std::to_string(options.retry_after));
  return response;
}

HttpResponse ServerCore::Ask(const Exchange& exchange) const {
  // Handlers must not throw. But memory may run out, and one request must not end all others.
  try {
    HttpResponse response = exchange.route->handler(exchange.request);
    if (exchange.route->options.compress) CompressFor(exchange.request, &response);
    return response;
  } catch (...) {
    // Without what(), which may quote the request.
    if (logger != nullptr) {
      logger->Log(LogLevel::kError, "a handler threw an exception",
                  {{"trace_id", std::string_view(exchange.request.trace_id)}, {"route", exchange.request.route}});
    }
    return Error(500, "The server failed.");
  }
}

void ServerCore::Left(bool was_turned_away) {
  if (was_turned_away) {
    --turned_away;
    return;
  }
  if (metrics != nullptr) metrics->connections().Decrement();
  if (--connections > 0) return;
  std::lock_guard lock(mutex);
  all_closed.notify_all();
}

}  // namespace condyle
