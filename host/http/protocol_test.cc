// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Requests that are wrong, too long, too slow or hostile: each gets its status, and the server goes on.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "host/http/server_for_test.h"

namespace condyle {
namespace {

using std::chrono::milliseconds;
using namespace std::string_literals;  // NUL in the middle

struct Malformed {
  const char* name;
  std::string request;
  int status;
  // Whether the connection can be used again.
  bool stays = false;
};

std::vector<Malformed> MalformedRequests() {
  const std::string post = "POST /echo HTTP/1.1\r\nHost: t\r\n";
  const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
  return {
      {"no request line", "nonsense\r\n\r\n", 400},
      {"TLS on a plain port", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, 400},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"HTTP/0.9", "GET /static\r\n\r\n", 400},
      {"HTTP/3.0", "GET /static HTTP/3.0\r\nHost: t\r\n\r\n", 505},
      {"two blanks in the request line", "GET  /static HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"no Host", "GET /static HTTP/1.1\r\n\r\n", 400},
      {"two Hosts", "GET /static HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"Host with a path", "GET /static HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"Host with a blank", "GET /static HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      {"header without colon", "GET /static HTTP/1.1\r\nHost: t\r\nnonsense\r\n\r\n", 400},
      {"blank before colon", "GET /static HTTP/1.1\r\nHost : t\r\n\r\n", 400},
      {"header without name", "GET /static HTTP/1.1\r\nHost: t\r\n: x\r\n\r\n", 400},
      {"NUL in a header", "GET /static HTTP/1.1\r\nHost: t\r\nA: b\0c\r\n\r\n"s, 400},
      {"line feed alone", "GET /static HTTP/1.1\nHost: t\n\n", 400},
      {"carriage return alone", "GET /static HTTP/1.1\r\nHost: t\r\nA: b\rc\r\n\r\n", 400},
      {"control character in the target", "GET /\x01 HTTP/1.1\r\nHost: t\r\n\r\n", 400},
      {"NUL in the path", Get("/%00"), 400},
      {"escape cut short", Get("/static%4"), 400},
      {"escape that is none", Get("/static%zz"), 400},
      {"encoded slash", Get("/items/a%2Fb/parts/1"), 400},
      {"path that is no UTF-8", Get("/%ff"), 400},
      {"fragment", Get("/static#part"), 400},
      {"target that is no path", Get("static"), 400},
      {"absolute form without host", Get("http:///static"), 400},
      {"star without OPTIONS", Get("*"), 400},
      {"CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"unknown method", "BREW /static HTTP/1.1\r\nHost: t\r\n\r\n", 501, true},
      {"method of another path", "DELETE /static HTTP/1.1\r\nHost: t\r\n\r\n", 405, true},
      {"TRACE", "TRACE /static HTTP/1.1\r\nHost: t\r\n\r\n", 405, true},
      {"unknown path", Get("/nowhere"), 404, true},
      {"unknown path with a body", Post("/nowhere", "body"), 404, true},
      {"unknown path with a long body", Post("/nowhere", std::string(70'000, 'x')), 404},
      {"no Content-Type", Post("/json", "{}"), 415, true},
      {"wrong Content-Type", Post("/json", "{}", "Content-Type: text/plain\r\n"), 415, true},
      {"Content-Length that is no number", post + "Content-Length: x\r\n\r\n", 400},
      {"negative Content-Length", post + "Content-Length: -1\r\n\r\n", 400},
      {"Content-Length with a sign", post + "Content-Length: +4\r\n\r\nbody", 400},
      {"Content-Length beyond 64 bits", post + "Content-Length: 18446744073709551616\r\n\r\n", 400},
      {"two different Content-Lengths", post + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nbody", 400},
      {"Content-Length and chunks", post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"chunks and Content-Length", post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400},
      {"chunked twice", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"transfer coding identity", post + "Transfer-Encoding: identity\r\nContent-Length: 4\r\n\r\nbody", 501},
      {"transfer coding gzip, chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {"transfer coding xchunked", post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
      {"chunks in HTTP/1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"chunk size that is no number", chunked + "x\r\n\r\n", 400},
      {"chunk without its line end", chunked + "3\r\nabcd\r\n0\r\n\r\n", 400},
      {"chunk size beyond 64 bits", chunked + "10000000000000000\r\n", 400},
      {"chunk larger than all that is allowed", chunked + "ffffffffffffffff\r\n", 413},
      {"Content-Length in the trailer", chunked + "0\r\nContent-Length: 4\r\n\r\n", 400},
      {"expectation that nobody knows", post + "Expect: tea\r\nContent-Length: 4\r\n\r\nbody", 417},
  };
}

TEST(ProtocolTest, EachFaultHasItsStatus) {
  TestServer server;
  for (const Malformed& c : MalformedRequests()) {
    SCOPED_TRACE(c.name);
    TestClient client = server.Connect();
    const auto reply = client.Ask(c.request);
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, c.status);
    EXPECT_EQ(reply->Header("connection"), c.stays ? "" : "close");
    EXPECT_NE(reply->Header("traceparent"), "");
    if (c.stays) {
      EXPECT_EQ(client.Ask(Get("/static")).value_or(TestReply{}).body, "static");
    } else {
      EXPECT_TRUE(client.Ends());
    }
  }
  EXPECT_EQ(server.Ask(Get("/static"))->status, 200);
}

TEST(ProtocolTest, WhatIsCutShortIsAnsweredOrClosed) {
  TestServer server;
  const std::string whole = Post("/echo", "a body of some bytes");
  for (size_t size = 0; size < whole.size(); ++size) {
    SCOPED_TRACE(size);
    TestClient client = server.Connect();
    ASSERT_TRUE(client.Send(whole.substr(0, size)));
    client.EndSending();
    if (size > 0) {
      EXPECT_EQ(client.Receive().value_or(TestReply{}).status, 400);
    }
    EXPECT_TRUE(client.Ends());
  }
}

TEST(ProtocolTest, AllowNamesWhatAPathHas) {
  TestServer server;
  EXPECT_EQ(server.Ask("DELETE /static HTTP/1.1\r\nHost: t\r\n\r\n")->Header("allow"), "GET, HEAD, OPTIONS");
  const auto options = server.Ask("OPTIONS /echo HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_EQ(options->status, 204);
  EXPECT_EQ(options->Header("allow"), "POST, OPTIONS");
  EXPECT_EQ(server.Ask("OPTIONS * HTTP/1.1\r\nHost: t\r\n\r\n")->status, 204);
}

TEST(ProtocolTest, LimitsHoldToTheByte) {
  HttpServerOptions options;
  options.limits.header_bytes = 512;
  options.limits.body_bytes = 100;
  TestServer server(options);
  const auto with_head_of = [](size_t size) {
    const std::string start = "GET /static HTTP/1.1\r\nHost: t\r\nPad: ";
    return start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n";
  };
  const auto with_target_of = [](size_t size) {
    return "GET /" + std::string(size, 'x') + " HTTP/1.1\r\nHost: t\r\n\r\n";
  };
  const auto chunks = [](std::string_view path, size_t size) {
    std::string request = "POST " + std::string(path) + " HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (size_t i = 0; i < size; ++i) request += "1\r\nx\r\n";
    return request + "0\r\n\r\n";
  };
  const auto extension_of = [](size_t size) {
    return "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(size, 'x') +
           "\r\nx\r\n0\r\n\r\n";
  };
  struct Case {
    const char* name;
    std::string request;
    int status;
  };
  for (const Case& c : {
           Case{"longest head", with_head_of(512), 200},
           Case{"head too long", with_head_of(513), 431},
           Case{"head much too long", with_head_of(100'000), 431},
           Case{"long target", with_target_of(400), 404},
           Case{"target too long", with_target_of(600), 414},
           Case{"longest body", Post("/echo", std::string(100, 'x')), 200},
           Case{"body too long", Post("/echo", std::string(101, 'x')), 413},
           Case{"longest body in chunks", chunks("/echo", 100), 200},
           Case{"body in chunks too long", chunks("/echo", 101), 413},
           Case{"longest body of a route", Post("/small", std::string(16, 'x')), 200},
           Case{"body of a route too long", Post("/small", std::string(17, 'x')), 413},
           Case{"longest body of a route in chunks", chunks("/small", 16), 200},
           Case{"body of a route in chunks too long", chunks("/small", 17), 413},
           Case{"long extension of a chunk", extension_of(400), 200},
           Case{"extension of a chunk too long", extension_of(100'000), 431},
       }) {
    SCOPED_TRACE(c.name);
    TestClient client = server.Connect();
    client.Send(c.request);  // The end may find nobody any more.
    EXPECT_EQ(client.Receive().value_or(TestReply{}).status, c.status);
  }
}

TEST(ProtocolTest, TimesHold) {
  const std::string head = "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 9\r\n";
  struct Case {
    const char* name;
    void (*change)(HttpLimits*);
    std::string sent;
    // 0: closed without a word.
    int status;
  };
  for (const Case& c : {
           Case{"head", [](HttpLimits* l) { l->header = milliseconds(40); }, head, 408},
           Case{"body", [](HttpLimits* l) { l->body = milliseconds(40); }, head + "\r\nbody", 408},
           Case{"nothing sent at all", [](HttpLimits* l) { l->header = milliseconds(40); }, "", 0},
           Case{"handler",
                [](HttpLimits* l) {
                  l->handler = milliseconds(20);
                  l->handler_grace = milliseconds(20);
                },
                Get("/wait"), 504},
       }) {
    SCOPED_TRACE(c.name);
    HttpServerOptions options;
    c.change(&options.limits);
    TestServer server(options);
    TestClient client = server.Connect();
    ASSERT_TRUE(client.Send(c.sent));
    if (c.status != 0) {
      EXPECT_EQ(client.Receive().value_or(TestReply{}).status, c.status);
    }
    EXPECT_TRUE(client.Ends());
    if (c.status == 504) {
      EXPECT_TRUE(server.gate.WaitGaveUp(1));
    }
    EXPECT_EQ(server.Ask(Get("/static"))->status, 200);
  }
}

TEST(ProtocolTest, AConnectionThatIdlesIsClosedAfterItsAnswer) {
  HttpServerOptions options;
  options.limits.idle = milliseconds(40);
  TestServer server(options);
  TestClient client = server.Connect();
  EXPECT_EQ(client.Ask(Get("/static"))->Header("connection"), "");
  EXPECT_TRUE(client.Ends());
}

TEST(ProtocolTest, OneByteNowAndThenGainsNoTime) {
  HttpServerOptions options;
  options.limits.header = milliseconds(200);
  TestServer server(options);
  TestClient client = server.Connect();
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(client.Send("GET /static HTTP/1.1\r\nHost: t\r\nPad: "));
  // Bytes go on for as long as the server listens; the answer to too slow a head ends it.
  pollfd answered{client.fd(), POLLIN, 0};
  while (poll(&answered, 1, 10) == 0) {
    ASSERT_TRUE(client.Send("x"));
    ASSERT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  }
  EXPECT_EQ(client.Receive().value_or(TestReply{}).status, 408);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(200));
}

TEST(ProtocolTest, AReaderThatSleepsIsCutOff) {
  HttpServerOptions options;
  options.limits.write = milliseconds(60);
  TestServer server(options);
  TestClient client = server.Connect();
  EXPECT_EQ(client.Ask(Get("/static"))->status, 200);
  ASSERT_TRUE(client.Send(Get("/large")));  // far more than sockets hold
  while (!server.MetricIs("condyle_http_connections 0")) std::this_thread::yield();
  EXPECT_FALSE(client.Receive().has_value());
}

TEST(ProtocolTest, ARequestThatWaitedBeyondItsDeadlineReachesNoHandler) {
  HttpServerOptions options;
  options.pool_threads = 1;
  options.limits.handler = milliseconds(50);
  options.limits.handler_grace = std::chrono::seconds(30);
  TestServer server(options);
  TestClient first = server.Connect();
  ASSERT_TRUE(first.Send(Get("/wait")));
  ASSERT_TRUE(server.gate.WaitInside(1));
  const auto sent = std::chrono::steady_clock::now();
  TestClient second = server.Connect();
  ASSERT_TRUE(second.Send(Post("/echo", "late")));
  while (!server.MetricIs("condyle_http_queue_depth 1")) std::this_thread::yield();
  while (std::chrono::steady_clock::now() - sent < milliseconds(150)) std::this_thread::yield();
  server.gate.Open();
  EXPECT_EQ(first.Receive().value_or(TestReply{}).body, "waited");
  const auto late = second.Receive();
  ASSERT_TRUE(late.has_value());
  EXPECT_EQ(late->status, 503);
  EXPECT_NE(late->Header("retry-after"), "");
  EXPECT_TRUE(server.MetricIs("condyle_http_refused_total{reason=\"expired\"} 1"));
}

TEST(ProtocolTest, ErrorsAreRenderedAsTheApplicationLikes) {
  HttpServerOptions options;
  options.render_error = [](int status, std::string_view message) {
    HttpResponse response;
    response.content_type = "application/json";
    response.body = "{\"status\":" + std::to_string(status) + ",\"message\":\"" + std::string(message) + "\"}";
    return response;
  };
  TestServer server(options);
  const auto reply = server.Ask(Get("/nowhere"));
  EXPECT_EQ(reply->status, 404);
  EXPECT_EQ(reply->Header("content-type"), "application/json");
  EXPECT_EQ(reply->body, "{\"status\":404,\"message\":\"There is nothing at this path.\"}");
}

std::string Mutated(const std::string& valid, std::mt19937* random) {
  const auto below = [&](size_t bound) { return static_cast<size_t>((*random)() % bound); };
  static constexpr std::array<std::string_view, 12> kPieces = {"\r\n",
                                                               "\r\n\r\n",
                                                               "\n",
                                                               ":",
                                                               " ",
                                                               "0\r\n\r\n",
                                                               "Transfer-Encoding: chunked\r\n",
                                                               "Content-Length: 3\r\n",
                                                               "Host: x\r\n",
                                                               "%",
                                                               "ffffffff\r\n",
                                                               "HTTP/1.1"};
  std::string request = valid;
  for (size_t edits = 1 + below(4); edits > 0 && !request.empty(); --edits) {
    const size_t at = below(request.size());
    switch (below(5)) {
      case 0:
        request[at] = static_cast<char>(below(256));
        break;
      case 1:
        request.erase(at, 1 + below(8));
        break;
      case 2:
        request.insert(at, kPieces.at(below(kPieces.size())));
        break;
      case 3:
        request.insert(at, request.substr(below(request.size()), below(40)));
        break;
      default:
        request.resize(at);
    }
  }
  return request;
}

TEST(ProtocolTest, TenThousandMutationsGetWellFormedAnswersOrAreClosed) {
  HttpServerOptions options;
  options.limits.connections = 16;
  TestServer server(options);
  const std::vector<std::string> valid = {
      Get("/static", "Accept: */*\r\nUser-Agent: test\r\n"),
      Get("/items/one/parts/%C3%A4?_format=json"),
      Get("/pool", "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n") + Get("/tagged"),
      Post("/json", "{\"hook\":\"patient-view\"}",
           "Content-Type: application/json; charset=utf-8\r\nOrigin: https://a\r\n"),
      Post("/echo", "a body", "Expect: 100-continue\r\nConnection: keep-alive\r\n"),
      "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n4;a=b\r\nbody\r\nA\r\n0123456789\r\n0\r\nT: "
      "x\r\n\r\n",
      "OPTIONS /json HTTP/1.1\r\nHost: t\r\nOrigin: https://a\r\nAccess-Control-Request-Method: POST\r\n\r\n",
  };
  std::mt19937 random(20260131);
  size_t answered = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::string request = Mutated(valid.at(random() % valid.size()), &random);
    TestClient client = server.Connect();
    client.Send(request);
    client.EndSending();
    while (client.Receive().has_value()) ++answered;
    // Whatever is left was no answer, and the connection has ended.
    ASSERT_EQ(client.pending(), "") << "mutation " << i << ": " << request;
    ASSERT_TRUE(client.Ends()) << "mutation " << i << ": " << request;
    if (i % 100 == 0) {
      ASSERT_EQ(server.Ask(Get("/static")).value_or(TestReply{}).body, "static") << i;
    }
  }
  EXPECT_GT(answered, 9'000u);
  EXPECT_EQ(server.Ask(Post("/echo", "after all"))->body, "after all");
}

}  // namespace
}  // namespace condyle
