// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The client against real servers, honest and otherwise.
#include "host/http_client/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <barrier>
#include <chrono>
#include <future>
#include <latch>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/http_client/tls_server_for_test.h"

namespace condyle {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::HasSubstr;
using testing::Not;
using Outcome = HttpResult::Outcome;
using Exchange = TestServer::Exchange;

constexpr char kNames[] = "DNS:localhost,IP:127.0.0.1";

const TestAuthority& Authority() {
  static const TestAuthority authority;
  return authority;
}
const TestAuthority::Issued& Certificate() {
  static const TestAuthority::Issued issued = Authority().Issue(kNames);
  return issued;
}

bool SayHello(Exchange& exchange) { return exchange.Reply("hello"); }

// A client that may ask these, and trusts the test's authority.
std::unique_ptr<HttpClient> ClientFor(const std::vector<std::string>& origins, HttpClientOptions options = {}) {
  for (const std::string& origin : origins) options.peers.push_back(*ParseHttpPeer(origin));
  if (options.ca_file.empty()) options.ca_file = Authority().file();
  absl::StatusOr<std::unique_ptr<HttpClient>> client = HttpClient::Create(std::move(options));
  EXPECT_TRUE(client.ok()) << client.status();
  return *std::move(client);
}

HttpGet Ask(const std::string& url, HttpHeaders headers = {}) {
  HttpGet get;
  get.url = url;
  get.headers = std::move(headers);
  return get;
}

TEST(HttpClient, ReadsOverTlsAndKeepsTheConnection) {
  TestServer server(&Certificate(), [](Exchange& exchange) {
    return exchange.Reply(absl::StrCat(exchange.target(), " ", exchange.header("host"), " ", exchange.header("x-one"),
                                       " ", exchange.header("accept-encoding")));
  });
  const auto client = ClientFor({server.Origin()});
  for (int i = 0; i < 3; ++i) {
    const HttpResult result = client->Get(Ask(server.Origin() + "/a%20b?c=d", {{"x-one", "1"}}));
    ASSERT_EQ(result.outcome, Outcome::kReplied) << result.error;
    EXPECT_EQ(result.status, 200);
    EXPECT_EQ(result.body, absl::StrCat("/a%20b?c=d localhost:", server.port(), " 1 identity"));
    EXPECT_THAT(result.headers, testing::Contains(testing::Pair("content-type", "text/plain")));
  }
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(server.requests(), 3);
}

TEST(HttpClient, AStatusThatIsNoSuccessIsAReplyToo) {
  TestServer server(&Certificate(), [](Exchange& exchange) { return exchange.Reply("gone", "text/plain", 410); });
  const HttpResult result = ClientFor({server.Origin()})->Get(Ask(server.Origin()));
  EXPECT_EQ(result.outcome, Outcome::kReplied);
  EXPECT_EQ(result.status, 410);
  EXPECT_EQ(result.body, "gone");
}

TEST(HttpClient, AKeptConnectionThatWasClosedIsMadeAnew) {
  TestServer server(&Certificate(), [](Exchange& exchange) {
    exchange.Reply("hello");
    return false;  // although it said nothing of closing
  });
  const auto client = ClientFor({server.Origin()});
  for (int i = 0; i < 3; ++i) {
    const HttpResult result = client->Get(Ask(server.Origin()));
    EXPECT_EQ(result.outcome, Outcome::kReplied) << result.error;
  }
  EXPECT_EQ(server.connections(), 3);
}

TEST(HttpClient, CertificatesThatAreNotToBeTrustedEndIt) {
  const TestAuthority other;
  const TestAuthority::Issued of_other = other.Issue(kNames);
  const TestAuthority::Issued wrong_name = Authority().Issue("DNS:ehr.example,DNS:*.localhost");
  const TestAuthority::Issued expired = Authority().Issue(kNames, -1);
  const TestAuthority::Issued address_only = Authority().Issue("IP:127.0.0.1");
  const struct {
    const char* name;
    const TestAuthority::Issued* certificate;
    const char* host;
    int newest_tls;
    const char* error;  // null: it is trusted
  } rows[] = {
      {"good, by name", &Certificate(), "localhost", 0, nullptr},
      {"good, by address", &Certificate(), "127.0.0.1", 0, nullptr},
      {"good, TLS 1.2", &Certificate(), "localhost", TLS1_2_VERSION, nullptr},
      {"of an authority that nobody knows", &of_other, "localhost", 0, "has no certificate to trust"},
      {"of another name", &wrong_name, "localhost", 0, "mismatch"},
      {"of another address", &wrong_name, "127.0.0.1", 0, "mismatch"},
      {"an address instead of the name", &address_only, "localhost", 0, "mismatch"},
      {"expired", &expired, "localhost", 0, "expired"},
      {"TLS 1.1", &Certificate(), "localhost", TLS1_1_VERSION, "does not agree on TLS"},
  };
  for (const auto& row : rows) {
    TestServer server(row.certificate, SayHello, row.newest_tls);
    const HttpResult result = ClientFor({server.Origin(row.host)})->Get(Ask(server.Origin(row.host)));
    EXPECT_EQ(result.outcome, row.error == nullptr ? Outcome::kReplied : Outcome::kUntrusted)
        << row.name << result.error;
    if (row.error == nullptr) continue;
    EXPECT_THAT(result.error, HasSubstr(row.error)) << row.name;
    EXPECT_EQ(server.requests(), 0) << row.name;
  }
}

TEST(HttpClient, ThatWhichIsNotTlsIsNotTrusted) {
  TestServer server(nullptr, SayHello);
  const std::string origin = absl::StrCat("https://localhost:", server.port());
  const HttpResult result = ClientFor({origin})->Get(Ask(origin));
  EXPECT_NE(result.outcome, Outcome::kReplied);
}

TEST(HttpClient, AsksOnlyWhomItMay) {
  TestServer server(&Certificate(), SayHello);
  const std::string port = std::to_string(server.port());
  const auto client = ClientFor({server.Origin()});
  const struct {
    const char* name;
    std::string url;
  } rows[] = {
      {"another port", "https://localhost:1/"},
      {"the usual port", "https://localhost/"},
      {"without TLS", "http://localhost:" + port},
      {"the address of the name", "https://127.0.0.1:" + port},
      {"a longer name", "https://localhost.example:" + port},
      {"a name below", "https://a.localhost:" + port},
      {"a user before the host", "https://localhost:" + port + "@evil.example/"},
      {"a user", "https://u@localhost:" + port + "/"},
      {"a path that goes up", server.Origin() + "/a/../b"},
      {"a path that goes up, encoded", server.Origin() + "/a/%2e%2E/b"},
      {"a slash, encoded", server.Origin() + "/a%2fb"},
      {"a fragment", server.Origin() + "/#a"},
      {"a line break", server.Origin() + "/a\r\nx: y"},
      {"a blank", server.Origin() + "/a b"},
      {"another scheme", "file:///etc/passwd"},
      {"no URL", "localhost"},
      {"nothing", ""},
  };
  for (const auto& row : rows) {
    const HttpResult result = client->Get(Ask(row.url));
    EXPECT_EQ(result.outcome, Outcome::kNotAllowed) << row.name;
    EXPECT_FALSE(result.error.empty()) << row.name;
  }
  EXPECT_EQ(server.connections(), 0);
  EXPECT_EQ(client->Get(Ask("https://LOCALHOST:" + port)).outcome, Outcome::kReplied);
}

TEST(HttpClient, HeadersCannotBringOthersAlong) {
  TestServer server(&Certificate(), SayHello);
  const auto client = ClientFor({server.Origin()});
  for (const auto& header :
       HttpHeaders{{"authorization", "Bearer a\r\nx: y"}, {"a", "b\nc"}, {"a:b", "c"}, {"", "c"}}) {
    const HttpResult result = client->Get(Ask(server.Origin(), {header}));
    EXPECT_EQ(result.outcome, Outcome::kNotAllowed);
    EXPECT_THAT(result.error, Not(HasSubstr("Bearer")));
  }
  EXPECT_EQ(server.requests(), 0);
}

TEST(HttpClient, APrivateAddressIsRefusedWhereverTheNameIsAllowed) {
  TestServer server(&Certificate(), SayHello);
  HttpClientOptions options;
  HttpPeer peer = *ParseHttpPeer(server.Origin());
  peer.private_addresses = false;
  options.peers = {peer};
  const HttpResult result = ClientFor({}, options)->Get(Ask(server.Origin()));
  EXPECT_EQ(result.outcome, Outcome::kNotAllowed);
  EXPECT_THAT(result.error, HasSubstr("private network"));
  EXPECT_EQ(server.connections(), 0);
}

TEST(HttpClient, RedirectionsAreNotFollowed) {
  TestServer target(&Certificate(), SayHello);
  for (const int status : {300, 301, 302, 303, 304, 307, 308}) {
    TestServer server(&Certificate(), [&](Exchange& exchange) {
      return exchange.Write(
          absl::StrCat("HTTP/1.1 ", status, " Go\r\nLocation: ", target.Origin(), "/\r\nContent-Length: 0\r\n\r\n"));
    });
    const HttpResult result = ClientFor({server.Origin(), target.Origin()})->Get(Ask(server.Origin()));
    EXPECT_EQ(result.outcome, Outcome::kRedirected) << status;
    EXPECT_THAT(result.error, HasSubstr(std::to_string(status)));
  }
  EXPECT_EQ(target.connections(), 0);
}

TEST(HttpClient, WhoIsTooSlowIsNotWaitedFor) {
  using Handler = TestServer::Handler;
  const struct {
    const char* name;
    Handler handler;
  } rows[] = {
      {"says nothing",
       [](Exchange& exchange) {
         exchange.Hang();
         return false;
       }},
      {"begins a header",
       [](Exchange& exchange) {
         exchange.Write("HTTP/1.1 200 OK\r\nContent-");
         exchange.Hang();
         return false;
       }},
      {"begins a body",
       [](Exchange& exchange) {
         exchange.Write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
         exchange.Hang();
         return false;
       }},
  };
  for (const auto& row : rows) {
    TestServer server(&Certificate(), row.handler);
    const auto client = ClientFor({server.Origin()});
    HttpGet get = Ask(server.Origin());
    const steady_clock::time_point begin = steady_clock::now();
    get.deadline = begin + milliseconds(200);
    const HttpResult result = client->Get(get);
    EXPECT_EQ(result.outcome, Outcome::kTooSlow) << row.name << result.error;
    EXPECT_GE(steady_clock::now() - begin, milliseconds(200)) << row.name;
    EXPECT_LT(steady_clock::now() - begin, seconds(5)) << row.name;
  }
}

TEST(HttpClient, WhoDoesNotShakeHandsIsNotWaitedFor) {
  // Plain HTTP waits for a request, and TLS for an answer.
  TestServer server(nullptr, SayHello);
  HttpClientOptions options;
  options.connect_timeout = milliseconds(200);
  options.total_timeout = seconds(60);
  const std::string origin = absl::StrCat("https://localhost:", server.port());
  EXPECT_EQ(ClientFor({origin}, options)->Get(Ask(origin)).outcome, Outcome::kTooSlow);
}

TEST(HttpClient, WhoSendsTooMuchIsCutOff) {
  const struct {
    const char* name;
    std::string begin;
    std::string again;  // for ever
  } rows[] = {
      {"a length beyond the limit", "HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n", "x"},
      {"a body without an end", "HTTP/1.1 200 OK\r\n\r\n", std::string(1000, 'x')},
      {"chunks without an end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "4\r\nabcd\r\n"},
      {"a header without an end", "HTTP/1.1 200 OK\r\n", "X-More: and more\r\n"},
      {"one header without an end", "HTTP/1.1 200 OK\r\nX-More: ", std::string(1000, 'x')},
  };
  for (const auto& row : rows) {
    TestServer server(&Certificate(), [&](Exchange& exchange) {
      if (exchange.Write(row.begin)) {
        while (exchange.Write(row.again)) {
        }
      }
      return false;
    });
    HttpClientOptions options;
    options.max_body_bytes = 100'000;
    options.total_timeout = seconds(60);
    const HttpResult result = ClientFor({server.Origin()}, options)->Get(Ask(server.Origin()));
    EXPECT_EQ(result.outcome, Outcome::kTooLarge) << row.name << result.error;
    EXPECT_EQ(result.body, "") << row.name;
  }
}

TEST(HttpClient, ABodyAsLargeAsTheLimitIsRead) {
  const std::string body(100'000, 'x');
  TestServer server(&Certificate(), [&](Exchange& exchange) { return exchange.Reply(body); });
  HttpClientOptions options;
  options.max_body_bytes = body.size();
  EXPECT_EQ(ClientFor({server.Origin()}, options)->Get(Ask(server.Origin())).body, body);
  options.max_body_bytes = body.size() - 1;
  EXPECT_EQ(ClientFor({server.Origin()}, options)->Get(Ask(server.Origin())).outcome, Outcome::kTooLarge);
}

TEST(HttpClient, WhatIsNoWholeAnswerIsAnError) {
  const struct {
    const char* name;
    const char* bytes;
    Outcome outcome;
  } rows[] = {
      {"nothing", "", Outcome::kUnreachable},
      {"half a header", "HTTP/1.1 200 OK\r\nConte", Outcome::kUnreachable},
      {"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", Outcome::kUnreachable},
      {"half a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nabc", Outcome::kUnreachable},
      {"another protocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n", Outcome::kMalformed},
      {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", Outcome::kMalformed},
      {"a length below zero", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nab", Outcome::kMalformed},
      {"only a preliminary status", "HTTP/1.1 103 Early\r\n\r\n", Outcome::kMalformed},
      {"compressed", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\na", Outcome::kMalformed},
  };
  for (const auto& row : rows) {
    TestServer server(&Certificate(), [&](Exchange& exchange) {
      exchange.Write(row.bytes);
      return false;
    });
    const HttpResult result = ClientFor({server.Origin()})->Get(Ask(server.Origin() + "/secret?patient=1"));
    EXPECT_EQ(result.outcome, row.outcome) << row.name << ": " << result.error;
    EXPECT_THAT(result.error, HasSubstr(server.Origin())) << row.name;
    EXPECT_THAT(result.error, Not(HasSubstr("secret"))) << row.name;
  }
}

TEST(HttpClient, WhatFollowsAnAnswerIsNotTheNextOne) {
  TestServer server(&Certificate(), [](Exchange& exchange) {
    return exchange.Write(absl::StrCat("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n", exchange.number(),
                                       "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nforeign"));
  });
  const auto client = ClientFor({server.Origin()});
  EXPECT_EQ(client->Get(Ask(server.Origin())).body, "1");
  EXPECT_EQ(client->Get(Ask(server.Origin())).body, "2");
}

TEST(HttpClient, ManyAtOnceShareAFewConnections) {
  constexpr int kMany = 100;
  TestServer server(&Certificate(), [](Exchange& exchange) { return exchange.Reply(exchange.target()); });
  HttpClientOptions options;
  options.connections_per_peer = 4;
  options.total_timeout = seconds(60);
  const auto client = ClientFor({server.Origin()}, options);
  std::vector<std::promise<HttpResult>> promises(kMany);
  for (int i = 0; i < kMany; ++i) {
    client->Start(Ask(absl::StrCat(server.Origin(), "/", i)),
                  [&, i](HttpResult result) { promises[static_cast<size_t>(i)].set_value(std::move(result)); });
  }
  for (int i = 0; i < kMany; ++i) {
    const HttpResult result = promises[static_cast<size_t>(i)].get_future().get();
    EXPECT_EQ(result.body, absl::StrCat("/", i)) << result.error;
  }
  EXPECT_EQ(server.requests(), kMany);
  EXPECT_LE(server.most_at_once(), 4);
  EXPECT_LE(server.connections(), 4);
}

TEST(HttpClient, OnePeersSlownessIsNotAnothers) {
  TestServer slow(&Certificate(), [](Exchange& exchange) {
    exchange.Hang();
    return false;
  });
  TestServer quick(&Certificate(), SayHello);
  HttpClientOptions options;
  options.connections_per_peer = 1;
  options.total_timeout = seconds(60);
  std::promise<HttpResult> waiting;  // outlives the client, whose end fulfils it
  const std::future<HttpResult> first = waiting.get_future();
  const auto client = ClientFor({slow.Origin(), quick.Origin()}, options);
  client->Start(Ask(slow.Origin()), [&](HttpResult result) { waiting.set_value(std::move(result)); });
  EXPECT_EQ(client->Get(Ask(quick.Origin())).body, "hello");
  HttpGet behind = Ask(slow.Origin());
  behind.deadline = steady_clock::now() + milliseconds(100);
  EXPECT_EQ(client->Get(behind).outcome, Outcome::kTooSlow);  // waits for a connection, and no longer than it may
  EXPECT_EQ(first.wait_for(seconds(0)), std::future_status::timeout);
}

TEST(HttpClient, WhoIsNotWaitedForAnyMoreEndsAtOnce) {
  std::latch asked(1);
  TestServer server(&Certificate(), [&](Exchange& exchange) {
    asked.count_down();
    exchange.Hang();
    return false;
  });
  HttpClientOptions options;
  options.total_timeout = seconds(60);
  const auto client = ClientFor({server.Origin()}, options);
  std::stop_source stop;
  HttpGet get = Ask(server.Origin());
  get.cancel = stop.get_token();
  std::promise<HttpResult> promise;
  client->Start(get, [&](HttpResult result) { promise.set_value(std::move(result)); });
  asked.wait();
  stop.request_stop();
  EXPECT_EQ(promise.get_future().get().outcome, Outcome::kCancelled);
  EXPECT_EQ(client->Get(get).outcome, Outcome::kCancelled);  // nor does it begin
}

TEST(HttpClient, WhenItEndsWhatIsUnderWayEndsToo) {
  std::latch asked(1);
  TestServer server(&Certificate(), [&](Exchange& exchange) {
    asked.count_down();
    exchange.Hang();
    return false;
  });
  HttpClientOptions options;
  options.total_timeout = seconds(60);
  std::promise<HttpResult> promise;
  auto client = ClientFor({server.Origin()}, options);
  client->Start(Ask(server.Origin()), [&](HttpResult result) { promise.set_value(std::move(result)); });
  asked.wait();
  client.reset();
  EXPECT_EQ(promise.get_future().get().outcome, Outcome::kCancelled);
}

TEST(HttpClient, WhereNobodyListensItSaysSo) {
  std::string origin;
  {
    TestServer server(&Certificate(), SayHello);
    origin = server.Origin();
  }
  const HttpResult result = ClientFor({origin})->Get(Ask(origin));
  EXPECT_EQ(result.outcome, Outcome::kUnreachable);
  EXPECT_THAT(result.error, HasSubstr("does not accept connections"));
}

TEST(HttpClient, PeersAreNamedByOrigin) {
  const struct {
    const char* origin;
    const char* error;  // null: good
    bool is_private;
  } rows[] = {
      {"https://ehr.example", nullptr, false},
      {"https://EHR.example:8443/", nullptr, false},
      {"https://localhost:1", nullptr, true},
      {"http://127.0.0.1:1", nullptr, true},
      {"http://[::1]:1", nullptr, true},
      {"http://ehr.example", "must be https://", false},
      {"http://127.0.0.2", "must be https://", false},
      {"https://ehr.example/fhir", "after host and port", false},
      {"https://ehr.example?x", "after host and port", false},
      {"ehr.example", "no absolute URL", false},
      {"https://*.example", nullptr, false},  // a name as any other; none is that of this peer
      {"https://ehr.example:0", "port", false},
      {"https://ehr.example:65536", "port", false},
      {"ftp://ehr.example", "neither https://", false},
  };
  for (const auto& row : rows) {
    const absl::StatusOr<HttpPeer> peer = ParseHttpPeer(row.origin);
    ASSERT_EQ(peer.ok(), row.error == nullptr) << row.origin << peer.status();
    if (row.error != nullptr) {
      EXPECT_THAT(std::string(peer.status().message()), HasSubstr(row.error)) << row.origin;
    } else {
      EXPECT_EQ(peer->private_addresses, row.is_private) << row.origin;
    }
  }
}

TEST(HttpClient, AnAuthorityFileThatIsNoneIsAnError) {
  HttpClientOptions options;
  options.ca_file = "/nowhere/ca.pem";
  const absl::StatusOr<std::unique_ptr<HttpClient>> client = HttpClient::Create(options);
  EXPECT_EQ(client.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(client.status().message()), HasSubstr("/nowhere/ca.pem"));
}

}  // namespace
}  // namespace condyle
