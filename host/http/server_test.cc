// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The server as clients see it, over real sockets: requests that are served, and back-pressure, drain, disconnects.
#include "host/http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "host/http/server_for_test.h"

namespace condyle {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

TEST(ServerTest, AnswersManyRequestsOnOneConnection) {
  TestServer server;
  TestClient client = server.Connect();
  for (int i = 0; i < 100; ++i) {
    const auto reply = client.Ask(i % 2 == 0 ? Get("/static") : Post("/echo", std::to_string(i)));
    ASSERT_TRUE(reply.has_value()) << i;
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, i % 2 == 0 ? "static" : std::to_string(i));
    EXPECT_EQ(reply->Header("connection"), "");
    EXPECT_NE(reply->Header("date"), "");
  }
}

TEST(ServerTest, AnswersPipelinedRequestsInTheirOrder) {
  TestServer server;
  TestClient client = server.Connect();
  std::string requests;
  // More than a buffer, and light handlers behind slow ones.
  for (int i = 0; i < 300; ++i) requests += Post("/echo", "body " + std::to_string(i)) + Get("/static");
  std::thread sender([&] { EXPECT_TRUE(client.Send(requests)); });
  for (int i = 0; i < 300; ++i) {
    const auto echo = client.Receive();
    ASSERT_TRUE(echo.has_value()) << i;
    EXPECT_EQ(echo->body, "body " + std::to_string(i));
    const auto fixed = client.Receive();
    ASSERT_TRUE(fixed.has_value()) << i;
    EXPECT_EQ(fixed->body, "static");
  }
  sender.join();
}

TEST(ServerTest, ReadsARequestThatComesByteByByte) {
  TestServer server;
  TestClient client = server.Connect();
  const std::string chunked =
      "POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3;note=\"x\"\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: dropped\r\n\r\n";
  for (const std::string& request : {Post("/echo", "abc0123456789"), chunked}) {
    for (const char byte : request) ASSERT_TRUE(client.Send({&byte, 1}));
    const auto reply = client.Receive();
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, "abc0123456789");
  }
}

TEST(ServerTest, TakesLargeBodiesAndSendsLargeAnswers) {
  TestServer server;
  TestClient client = server.Connect();
  const std::string large(size_t{3} << 20, 'b');
  auto reply = client.Ask(Post("/echo", large));
  ASSERT_TRUE(reply.has_value());
  EXPECT_TRUE(reply->body == large);
  reply = client.Ask(Get("/large"));
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->body.size(), size_t{8} << 20);
  reply = client.Ask(Get("/large", "Accept-Encoding: br, gzip;q=0.5\r\n"));
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->Header("content-encoding"), "gzip");
  EXPECT_LT(reply->body.size(), size_t{1} << 20);
}

TEST(ServerTest, HeadHasTheHeadersOfGetAndNoBody) {
  TestServer server;
  TestClient client = server.Connect();
  for (const char* path : {"/static", "/pool"}) {
    ASSERT_TRUE(client.Send("HEAD " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n\r\n"));
    const auto reply = client.Receive(true);
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->Header("content-length"), std::string_view(path) == "/static" ? "6" : "32");
  }
  EXPECT_EQ(client.Ask(Get("/static"))->body, "static");
}

TEST(ServerTest, ConnectionsStayAsHttpVersionsHaveIt) {
  struct Case {
    const char* name;
    const char* request;
    const char* connection;
    bool stays;
  };
  for (const Case& c : {
           Case{"1.1", "GET /static HTTP/1.1\r\nHost: t\r\n\r\n", "", true},
           Case{"1.1 close", "GET /static HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n", "close", false},
           Case{"1.0", "GET /static HTTP/1.0\r\n\r\n", "close", false},
           Case{"1.0 keep-alive", "GET /static HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "keep-alive", true},
           Case{"blank lines before", "\r\n\r\nGET /static HTTP/1.1\r\nHost: t\r\n\r\n", "", true},
           Case{"absolute form", "GET http://t:80/static HTTP/1.1\r\nHost: t\r\n\r\n", "", true},
       }) {
    SCOPED_TRACE(c.name);
    TestServer server;
    TestClient client = server.Connect();
    const auto reply = client.Ask(c.request);
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->Header("connection"), c.connection);
    if (c.stays) {
      EXPECT_TRUE(client.Ask(Get("/static")).has_value());
    } else {
      EXPECT_TRUE(client.Ends());
    }
  }
}

TEST(ServerTest, TraceIdsAreTakenUpOrMade) {
  TestServer server;
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  auto reply = server.Ask(Get("/pool", "traceparent: 00-" + trace + "-00f067aa0ba902b7-01\r\n"));
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->body, trace);
  EXPECT_EQ(reply->Header("traceparent").substr(0, 36), "00-" + trace + "-");
  EXPECT_NE(reply->Header("traceparent").substr(36, 16), "00f067aa0ba902b7");
  reply = server.Ask(Get("/pool", "traceparent: 00-" + std::string(32, '0') + "-00f067aa0ba902b7-01\r\n"));
  ASSERT_TRUE(reply.has_value());
  EXPECT_NE(reply->body, std::string(32, '0'));
  EXPECT_EQ(reply->Header("traceparent").substr(3, 32), reply->body);
}

TEST(ServerTest, SaysContinueOnlyToWhatItWillRead) {
  TestServer server;
  TestClient client = server.Connect();
  const std::string head = "POST /echo HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: ";
  auto reply = client.Ask(head + "4\r\n\r\n");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 100);
  reply = client.Ask("body");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->body, "body");
  reply = client.Ask(head + "99999999\r\n\r\n");
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 413);
  EXPECT_TRUE(client.Ends());
}

TEST(ServerTest, WhatDoesNotFitInTheQueueIsRefusedWhileTheOthersFinish) {
  HttpServerOptions options;
  options.pool_threads = 2;
  options.limits.queue = 3;
  options.retry_after = 7;
  TestServer server(options);
  std::vector<TestClient> waiting;
  for (int i = 0; i < 5; ++i) {
    waiting.push_back(server.Connect());
    ASSERT_TRUE(waiting.back().Send(Get("/wait")));
    if (i < 2) {
      ASSERT_TRUE(server.gate.WaitInside(i + 1));
    }
  }
  while (!server.MetricIs("condyle_http_queue_depth 3")) std::this_thread::yield();
  TestClient client = server.Connect();
  const auto refused = client.Ask(Get("/pool"));
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->Header("retry-after"), "7");
  EXPECT_TRUE(server.MetricIs("condyle_http_refused_total{reason=\"queue\"} 1"));
  // What needs no thread is answered all the same, on the same connection.
  EXPECT_EQ(client.Ask(Get("/static"))->status, 200);
  server.gate.Open();
  for (TestClient& one : waiting) EXPECT_EQ(one.Receive().value_or(TestReply{}).body, "waited");
  EXPECT_EQ(client.Ask(Get("/pool"))->status, 200);
}

TEST(ServerTest, ConnectionsBeyondTheLimitAreToldSo) {
  HttpServerOptions options;
  options.limits.connections = 2;
  TestServer server(options);
  TestClient first = server.Connect();
  TestClient second = server.Connect();
  EXPECT_EQ(first.Ask(Get("/static"))->status, 200);
  EXPECT_EQ(second.Ask(Get("/static"))->status, 200);
  TestClient third = server.Connect();
  const auto refused = third.Ask(Get("/static"));
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->status, 503);
  EXPECT_NE(refused->Header("retry-after"), "");
  EXPECT_TRUE(third.Ends());
  first.Close();
  while (!server.MetricIs("condyle_http_connections 1")) std::this_thread::yield();
  EXPECT_EQ(server.Ask(Get("/static"))->status, 200);
}

TEST(ServerTest, AConnectionEndsAfterItsNumberOfRequests) {
  HttpServerOptions options;
  options.limits.requests_per_connection = 2;
  TestServer server(options);
  TestClient client = server.Connect();
  EXPECT_EQ(client.Ask(Get("/static"))->Header("connection"), "");
  EXPECT_EQ(client.Ask(Get("/static"))->Header("connection"), "close");
  EXPECT_TRUE(client.Ends());
}

TEST(ServerTest, AClientThatGoesAwayStopsItsHandler) {
  TestServer server;
  TestClient orderly = server.Connect();
  ASSERT_TRUE(orderly.Send(Get("/wait")));
  ASSERT_TRUE(server.gate.WaitInside(1));
  orderly.Close();
  EXPECT_TRUE(server.gate.WaitGaveUp(1));
  TestClient reset = server.Connect();
  ASSERT_TRUE(reset.Send(Get("/wait")));
  ASSERT_TRUE(server.gate.WaitInside(2));
  reset.Reset();
  EXPECT_TRUE(server.gate.WaitGaveUp(2));
  EXPECT_EQ(server.Ask(Get("/pool"))->status, 200);
}

TEST(ServerTest, AHandlerThatThrowsCostsOneAnswer) {
  TestServer server;
  TestClient client = server.Connect();
  EXPECT_EQ(client.Ask(Get("/throws")).value_or(TestReply{}).status, 500);
  EXPECT_EQ(client.Ask(Get("/pool")).value_or(TestReply{}).status, 200);
}

TEST(ServerTest, DrainAnswersWhatWasAcceptedAndThenEnds) {
  TestServer server;
  TestClient idle = server.Connect();
  EXPECT_EQ(idle.Ask(Get("/static"))->status, 200);
  std::vector<TestClient> waiting;
  for (int i = 0; i < 20; ++i) {
    waiting.push_back(server.Connect());
    ASSERT_TRUE(waiting.back().Send(Get("/wait")));
  }
  ASSERT_TRUE(server.gate.WaitInside(2));
  // Connected, but its request is not there yet.
  TestClient late = server.Connect();
  ASSERT_TRUE(late.Send("GET /pool HTTP/1.1\r\n"));
  std::optional<size_t> cut;
  std::thread drain([&] { cut = server.http->Drain(std::chrono::seconds(30)); });
  EXPECT_TRUE(idle.Ends());
  EXPECT_TRUE(server.http->draining());
  ASSERT_TRUE(late.Send("Host: test\r\n\r\n"));
  server.gate.Open();
  EXPECT_EQ(late.Receive().value_or(TestReply{}).status, 200);
  EXPECT_TRUE(late.Ends());
  for (TestClient& client : waiting) {
    const auto reply = client.Receive();
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->body, "waited");
    EXPECT_EQ(reply->Header("connection"), "close");
    client.Close();
  }
  idle.Close();
  late.Close();
  drain.join();
  EXPECT_EQ(cut, 0u);
  EXPECT_FALSE(server.Connect().connected());
}

TEST(ServerTest, DrainCutsOffWhatDoesNotEndInTime) {
  TestServer server;
  // Two have a thread, two wait for one.
  std::vector<TestClient> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(server.Connect());
    ASSERT_TRUE(clients.back().Send(Get("/wait")));
  }
  ASSERT_TRUE(server.gate.WaitInside(2));
  while (!server.MetricIs("condyle_http_queue_depth 2")) std::this_thread::yield();
  EXPECT_EQ(server.http->Drain(milliseconds(20)), 4u);
  EXPECT_TRUE(server.gate.WaitGaveUp(2));
  EXPECT_FALSE(server.gate.WasInside(3));
  for (TestClient& client : clients) EXPECT_FALSE(client.Receive().has_value());
  EXPECT_EQ(server.http->Drain(milliseconds(20)), 0u);
}

TEST(ServerTest, ServesFromSeveralThreadsAndAddresses) {
  HttpServerOptions options;
  options.io_threads = 3;
  options.listen = {{"127.0.0.1", 0}, {"::", 0}};
  TestServer server(options);
  EXPECT_NE(server.http->port(0), server.http->port(1));
  std::vector<std::thread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&, i] {
      TestClient client(server.http->port(i % 2));
      for (int k = 0; k < 50; ++k) {
        const auto reply = client.Ask(Post("/echo", std::to_string(i * k)));
        ASSERT_TRUE(reply.has_value());
        EXPECT_EQ(reply->body, std::to_string(i * k));
      }
    });
  }
  for (std::thread& client : clients) client.join();
  // An answer is counted when it is written, and a client may have it before.
  server.http->Drain(std::chrono::seconds(20));
  EXPECT_TRUE(server.MetricIs("condyle_http_requests_total{method=\"POST\",route=\"/echo\",status=\"200\"} 400"));
}

TEST(ServerTest, SaysWhatIsWrongWithItsOptions) {
  struct Case {
    const char* name;
    void (*change)(HttpServerOptions*);
    const char* says;
  };
  TestServer other;
  for (const Case& c : {
           Case{"no address", [](HttpServerOptions* o) { o->listen.clear(); }, "listen"},
           Case{"no IP",
                [](HttpServerOptions* o) {
                  o->listen = {{"localhost", 0}};
                },
                "\"localhost\" is no IP address"},
           Case{"no certificate",
                [](HttpServerOptions* o) {
                  o->listen = {{"127.0.0.1", 0, true}};
                },
                "no certificate"},
           Case{"no threads", [](HttpServerOptions* o) { o->pool_threads = 0; }, "pool_threads"},
           Case{"no sockets", [](HttpServerOptions* o) { o->io_threads = 0; }, "io_threads"},
           Case{"no head", [](HttpServerOptions* o) { o->limits.header_bytes = 10; }, "header_bytes"},
           Case{"origin", [](HttpServerOptions* o) { o->cors_origins = {"https://a/"}; }, "origin \"https://a/\""},
           Case{"star beside others",
                [](HttpServerOptions* o) {
                  o->cors_origins = {"*", "https://a"};
                },
                "origin \"*\""},
       }) {
    SCOPED_TRACE(c.name);
    HttpServerOptions options;
    c.change(&options);
    const auto server = HttpServer::Start(options, Router(), nullptr, nullptr);
    ASSERT_FALSE(server.ok());
    EXPECT_THAT(std::string(server.status().message()), HasSubstr(c.says));
  }
  HttpServerOptions taken;
  taken.listen = {{"127.0.0.1", other.http->port()}};
  const auto server = HttpServer::Start(taken, Router(), nullptr, nullptr);
  ASSERT_FALSE(server.ok());
  EXPECT_THAT(std::string(server.status().message()), HasSubstr(std::to_string(other.http->port())));
}

}  // namespace
}  // namespace condyle
