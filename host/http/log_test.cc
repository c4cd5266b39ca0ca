// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Log lines, a reader that sleeps, and what the server logs and counts of a request.
#include "host/http/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "host/http/server_for_test.h"

namespace condyle {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe(ends_.data()), 0); }
  ~Pipe() {
    close(ends_[0]);
    CloseWriter();
  }
  int writer() const { return ends_[1]; }
  void CloseWriter() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }
  std::string ReadAll() {
    CloseWriter();
    return ReadToEnd();
  }
  std::string ReadToEnd() const {
    std::string text;
    std::array<char, 4096> bytes{};
    for (ssize_t size = 0; (size = read(ends_[0], bytes.data(), bytes.size())) > 0;) text.append(bytes.data(), size);
    return text;
  }
  void CloseReader() { close(std::exchange(ends_[0], open("/dev/null", O_RDONLY))); }

 private:
  std::array<int, 2> ends_{};
};

TEST(LogTest, WritesOneObjectALine) {
  Pipe pipe;
  {
    Logger logger({.fd = pipe.writer()});
    logger.Log(LogLevel::kDebug, "not wanted");
    logger.Log(LogLevel::kWarning, "a \"message\"\n",
               {{"text", std::string_view("tab\t\\ \x1b[31m \xff")},
                {"whole", int64_t{-3}},
                {"number", 0.25},
                {"none", std::numeric_limits<double>::infinity()},
                {"yes", true}});
  }
  EXPECT_THAT(
      pipe.ReadAll(),
      MatchesRegex(
          R"re(\{"ts":"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z",)re"
          R"re("level":"warning","msg":"a \\"message\\"\\\\x0a","text":"tab\\\\x09\\\\ \\\\x1b\[31m \\\\xff",)re"
          R"re("whole":-3,"number":0.25,"none":null,"yes":true\})re"
          "\n"));
}

TEST(LogTest, WritesTextForPeople) {
  Pipe pipe;
  {
    Logger logger({.level = LogLevel::kDebug, .format = LogFormat::kText, .fd = pipe.writer()});
    logger.Log(LogLevel::kDebug, "started", {{"port", int64_t{80}}, {"host", std::string_view("a b")}});
  }
  EXPECT_THAT(pipe.ReadAll(), MatchesRegex("[^ ]+Z debug started port=80 host=\"a b\"\n"));
}

TEST(LogTest, AReaderThatSleepsHoldsUpNobody) {
  Pipe pipe;
  const std::string text(400, 'x');
  {
    Logger logger({.fd = pipe.writer(), .max_waiting = 100'000, .last_words = milliseconds(20)});
    // Far more than pipe and queue hold, and nobody reads.
    for (int i = 0; i < 5000; ++i) logger.Log(LogLevel::kInfo, text);
    EXPECT_GT(logger.dropped(), 1000u);
    EXPECT_FALSE(logger.Flush(milliseconds(10)));
  }
  EXPECT_THAT(pipe.ReadAll(), HasSubstr(text));
}

TEST(LogTest, SaysHowManyLinesWereDropped) {
  Pipe pipe;
  auto logger = std::make_unique<Logger>(LogOptions{.fd = pipe.writer(), .max_waiting = 100'000});
  const std::string text(500, 'x');
  while (logger->dropped() == 0) logger->Log(LogLevel::kInfo, text);
  std::string written;
  std::thread reader([&] { written = pipe.ReadToEnd(); });
  logger.reset();
  pipe.CloseWriter();
  reader.join();
  EXPECT_THAT(written, HasSubstr("\"level\":\"warning\",\"msg\":\"log lines were dropped\",\"lines\":1}"));
}

TEST(LogTest, AReaderThatHasGoneIsNoReasonToEnd) {
  Pipe pipe;
  pipe.CloseReader();
  Logger logger({.fd = pipe.writer()});
  logger.Log(LogLevel::kError, "to nobody");
  EXPECT_TRUE(logger.Flush(std::chrono::seconds(20)));
}

TEST(LogTest, RequestsAreLoggedByRouteAndNotByPath) {
  Pipe pipe;
  {
    Logger logger({.fd = pipe.writer()});
    TestServer server({}, &logger);
    EXPECT_EQ(server.Ask(Get("/items/SECRET/parts/SECRET?name=SECRET", "X: SECRET\r\n")).value_or(TestReply{}).status,
              200);
    EXPECT_EQ(server.Ask(Get("/SECRET")).value_or(TestReply{}).status, 404);
    EXPECT_EQ(server.Ask("SECRET /pool HTTP/1.1\r\nHost: SECRET\r\n\r\n").value_or(TestReply{}).status, 501);
    EXPECT_EQ(server.Ask("GET SECRET\r\n\r\n").value_or(TestReply{}).status, 400);
    EXPECT_EQ(server.Ask(Post("/echo", "SECRET")).value_or(TestReply{}).status, 200);
    // Light answers are for probes, and would fill the log.
    EXPECT_EQ(server.Ask(Get("/static")).value_or(TestReply{}).status, 200);
    server.http->Drain(std::chrono::seconds(20));
  }
  const std::string log = pipe.ReadAll();
  EXPECT_THAT(log, Not(HasSubstr("SECRET")));
  EXPECT_THAT(log, Not(HasSubstr("/static")));
  EXPECT_THAT(log,
              HasSubstr("\"method\":\"GET\",\"route\":\"/items/{id}/parts/{part}\",\"status\":200,\"duration_ms\":"));
  EXPECT_THAT(log, HasSubstr("\"method\":\"other\",\"route\":\"none\",\"status\":501,"));
  EXPECT_THAT(log, HasSubstr("\"bytes_in\":6,"));
  EXPECT_THAT(log, HasSubstr("\"peer\":\"127.0.0.1\",\"user\":\"\"}"));
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 5);
}

TEST(MetricsTest, CountsWhatTheServerDoes) {
  TestServer server;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(server.Ask(Get("/pool")).value_or(TestReply{}).status, 200);
  EXPECT_EQ(server.Ask(Get("/items/SECRET/parts/1")).value_or(TestReply{}).status, 200);
  EXPECT_EQ(server.Ask(Get("/SECRET")).value_or(TestReply{}).status, 404);
  EXPECT_EQ(server.Ask("nonsense\r\n\r\n").value_or(TestReply{}).status, 400);
  EXPECT_EQ(server.Ask(Post("/small", std::string(17, 'x'))).value_or(TestReply{}).status, 413);
  server.http->Drain(std::chrono::seconds(20));
  for (const char* line : {
           "condyle_http_requests_total{method=\"GET\",route=\"/pool\",status=\"200\"} 3",
           "condyle_http_requests_total{method=\"GET\",route=\"/items/{id}/parts/{part}\",status=\"200\"} 1",
           "condyle_http_requests_total{method=\"other\",route=\"none\",status=\"404\"} 1",
           "condyle_http_requests_total{method=\"POST\",route=\"/small\",status=\"413\"} 1",
           "condyle_http_request_duration_seconds_count{method=\"GET\",route=\"/pool\"} 3",
           "condyle_http_request_duration_seconds_bucket{method=\"GET\",route=\"/pool\",le=\"+Inf\"} 3",
           "condyle_http_refused_total{reason=\"malformed\"} 1",
           "condyle_http_refused_total{reason=\"too_large\"} 1",
           "condyle_http_refused_total{reason=\"queue\"} 0",
           "condyle_http_requests_in_flight 0",
           "condyle_http_connections 0",
           "# TYPE condyle_http_request_duration_seconds histogram",
       }) {
    EXPECT_TRUE(server.MetricIs(line)) << line << "\n" << PrometheusText(server.registry);
  }
  EXPECT_EQ(PrometheusText(server.registry).find("SECRET"), std::string::npos);
}

}  // namespace
}  // namespace condyle
