// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What pages of other origins are told, and ETags over real sockets.
#include "host/http/cors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "host/http/server_for_test.h"

namespace condyle {
namespace {

using ::testing::HasSubstr;

const std::string kPreflight =
    "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization\r\n";

std::string Options(const std::string& path, const std::string& more) {
  return "OPTIONS " + path + " HTTP/1.1\r\nHost: t\r\n" + more + "\r\n";
}

TEST(CorsTest, OnlyConfiguredOriginsMayCallOnlyRoutesForThem) {
  struct Case {
    const char* name;
    std::vector<std::string> origins;
    const char* path;
    const char* origin;
    const char* allowed;
    const char* vary;
  };
  for (const Case& c : {
           Case{"listed", {"https://a", "https://b"}, "/json", "https://b", "https://b", "Origin"},
           Case{"not listed", {"https://a"}, "/json", "https://c", "", "Origin"},
           Case{"port counts", {"https://a"}, "/json", "https://a:8443", "", "Origin"},
           Case{"no origin", {"https://a"}, "/json", nullptr, "", "Origin"},
           Case{"any", {"*"}, "/json", "https://c", "*", ""},
           Case{"null", {"https://a"}, "/json", "null", "", "Origin"},
           Case{"none configured", {}, "/json", "https://a", "", ""},
           Case{"route that is not for others", {"*"}, "/echo", "https://a", "", ""},
       }) {
    SCOPED_TRACE(c.name);
    HttpServerOptions options;
    options.cors_origins = c.origins;
    TestServer server(options);
    const std::string origin = c.origin == nullptr ? "" : "Origin: " + std::string(c.origin) + "\r\n";
    const auto preflight = server.Ask(Options(c.path, origin + kPreflight)).value_or(TestReply{});
    EXPECT_EQ(preflight.status, 204);
    EXPECT_EQ(preflight.Header("access-control-allow-origin"), c.allowed);
    EXPECT_EQ(preflight.Header("access-control-allow-methods"), *c.allowed == '\0' ? "" : "POST, OPTIONS");
    EXPECT_EQ(preflight.Header("vary"), c.vary);
    const auto reply =
        server.Ask(Post(c.path, "{}", origin + "Content-Type: application/json\r\n")).value_or(TestReply{});
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.Header("access-control-allow-origin"), c.allowed);
    EXPECT_EQ(reply.Header("access-control-allow-credentials"), "");
    EXPECT_EQ(reply.Header("vary"), c.vary);
    // A page must be able to read that its type was wrong.
    const auto refused = server.Ask(Post(c.path, "{}", origin + "Content-Type: text/plain\r\n")).value_or(TestReply{});
    EXPECT_EQ(refused.Header("access-control-allow-origin"), c.allowed);
  }
}

TEST(CorsTest, PreflightNamesTheHeadersThatAreTaken) {
  HttpServerOptions options;
  options.cors_origins = {"https://a"};
  TestServer server(options);
  const auto reply = server.Ask(Options("/json", "Origin: https://a\r\n" + kPreflight)).value_or(TestReply{});
  for (const char* header : {"Authorization", "Content-Type", "If-None-Match", "traceparent"}) {
    EXPECT_THAT(std::string(reply.Header("access-control-allow-headers")), HasSubstr(header));
  }
  const auto tagged = server.Ask(Get("/tagged", "Origin: https://a\r\n")).value_or(TestReply{});
  for (const char* header : {"ETag", "Location", "traceparent"}) {
    EXPECT_THAT(std::string(tagged.Header("access-control-expose-headers")), HasSubstr(header));
  }
}

TEST(CorsTest, WhatTheClientHasIsNotSentAgain) {
  HttpServerOptions options;
  options.cors_origins = {"https://a"};
  TestServer server(options);
  TestClient client = server.Connect();
  const auto whole = client.Ask(Get("/tagged", "If-None-Match: \"two\"\r\n")).value_or(TestReply{});
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.body, "tagged");
  const auto same = client.Ask(Get("/tagged", "If-None-Match: \"one\"\r\nOrigin: https://a\r\n")).value_or(TestReply{});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.Header("etag"), "\"one\"");
  EXPECT_EQ(same.Header("content-length"), "");
  EXPECT_EQ(same.Header("access-control-allow-origin"), "https://a");
  EXPECT_EQ(client.Ask(Get("/static")).value_or(TestReply{}).body, "static");
}

}  // namespace
}  // namespace condyle
