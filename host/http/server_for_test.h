// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A small application for the server's tests: it echoes, and has a handler that waits until it is let go.
#ifndef CONDYLE_HOST_HTTP_SERVER_FOR_TEST_H_
#define CONDYLE_HOST_HTTP_SERVER_FOR_TEST_H_

#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "host/http/client_for_test.h"
#include "host/http/metrics.h"
#include "host/http/server.h"

namespace condyle {

// Holds handlers until it is opened.
class Gate {
 public:
  // In a handler: returns when the gate is open or the request is given up.
  void Pass(const std::stop_token& cancel) {
    std::unique_lock lock(mutex_);
    ++inside_;
    changed_.notify_all();
    changed_.wait(lock, cancel, [&] { return open_; });
    gave_up_ += cancel.stop_requested() ? 1 : 0;
    changed_.notify_all();
  }
  void Open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  // False: not in half a minute.
  bool WaitInside(int requests) {
    return Wait([&] { return inside_ >= requests; });
  }
  bool WasInside(int requests) {
    std::lock_guard lock(mutex_);
    return inside_ >= requests;
  }
  bool WaitGaveUp(int requests) {
    return Wait([&] { return gave_up_ >= requests; });
  }

 private:
  bool Wait(const std::function<bool()>& condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), condition);
  }
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool open_ = false;
  int inside_ = 0;
  int gave_up_ = 0;
};

class TestServer {
 public:
  explicit TestServer(HttpServerOptions options = {}, Logger* logger = nullptr) {
    auto server = HttpServer::Start(std::move(options), Routes(), logger, &registry);
    if (!server.ok()) {
      ADD_FAILURE() << server.status();
      std::abort();
    }
    http = *std::move(server);
  }
  ~TestServer() { gate.Open(); }

  TestClient Connect() const { return TestClient(http->port()); }
  // One request on a connection of its own.
  std::optional<TestReply> Ask(std::string_view request) const { return Connect().Ask(request); }
  bool MetricIs(const std::string& line) const {
    return PrometheusText(registry).find(line + "\n") != std::string::npos;
  }

  prometheus::Registry registry;
  Gate gate;
  std::unique_ptr<HttpServer> http;

 private:
  Router Routes() {
    Router router;
    const auto add = [&](const char* method, const char* pattern, HttpHandler handler, RouteOptions options = {}) {
      EXPECT_TRUE(router.Add(method, pattern, std::move(handler), std::move(options)).ok());
    };
    add("GET", "/static", [](const HttpRequest&) { return Text("static"); }, {.light = true});
    add("GET", "/pool", [](const HttpRequest& request) { return Text(request.trace_id); });
    add("POST", "/echo", [](const HttpRequest& request) { return Text(request.body); });
    add("POST", "/small", [](const HttpRequest& request) { return Text(request.body); }, {.max_body = 16});
    add("POST", "/json", [](const HttpRequest&) { return Text("json"); },
        {.content_types = {"application/json", "application/fhir+json"}, .cors = true});
    add("GET", "/items/{id}/parts/{part}",
        [](const HttpRequest& request) { return Text(request.parameters.at(0) + "|" + request.parameters.at(1)); });
    add("GET", "/tagged",
        [](const HttpRequest&) {
          HttpResponse response = Text("tagged");
          response.headers.emplace_back("ETag", "\"one\"");
          return response;
        },
        {.cors = true});
    add("GET", "/large", [](const HttpRequest&) { return Text(std::string(size_t{8} << 20, 'x')); },
        {.compress = true});
    add("GET", "/throws", [](const HttpRequest&) -> HttpResponse { throw std::bad_alloc(); });
    add("GET", "/wait", [this](const HttpRequest& request) {
      gate.Pass(request.cancel);
      return Text("waited");
    });
    return router;
  }
  static HttpResponse Text(std::string body) {
    HttpResponse response;
    response.content_type = "text/plain";
    response.body = std::move(body);
    return response;
  }
};

inline std::string Get(std::string_view path, std::string_view more = {}) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(more) + "\r\n";
}
inline std::string Post(std::string_view path, std::string_view body, std::string_view more = {}) {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + std::string(more) + "\r\n" + std::string(body);
}

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_SERVER_FOR_TEST_H_
