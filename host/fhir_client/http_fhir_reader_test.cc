// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The reader against a real server over TLS: what it finds, and how it fails.
#include "host/fhir_client/http_fhir_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "host/http_client/tls_server_for_test.h"

namespace condyle {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Exchange = TestServer::Exchange;
using State = FhirAnswer::State;

constexpr char kFhir[] = "application/fhir+json; charset=UTF-8";

std::string Observation(int id) { return absl::StrCat(R"({"resourceType":"Observation","id":")", id, "\"}"); }

std::string Page(const std::vector<std::string>& resources, const std::string& next = "") {
  std::string entries;
  for (const std::string& resource : resources) {
    absl::StrAppend(&entries, entries.empty() ? "" : ",", R"({"resource":)", resource, "}");
  }
  const std::string link = next.empty() ? "" : absl::StrCat(R"("link":[{"relation":"next","url":")", next, R"("}],)");
  return absl::StrCat(R"({"resourceType":"Bundle","type":"searchset",)", link, R"("entry":[)", entries, "]}");
}

class FhirReaderTest : public testing::Test {
 protected:
  void Serve(TestServer::Handler handler, HttpClientOptions options = {}, FhirReadLimits limits = {}) {
    server_ = std::make_unique<TestServer>(&certificate_, std::move(handler));
    options.ca_file = authority_.file();
    options.peers = {*ParseHttpPeer(server_->Origin())};
    absl::StatusOr<std::unique_ptr<HttpClient>> client = HttpClient::Create(options);
    ASSERT_TRUE(client.ok()) << client.status();
    client_ = *std::move(client);
    reader_ = std::make_unique<HttpFhirReader>(*client_, limits);
  }
  std::vector<FhirAnswer> Read(const std::vector<std::string>& queries, milliseconds time = seconds(60)) {
    return reader_->Read({server_->Origin() + "/fhir", "the-token"}, queries, steady_clock::now() + time, {});
  }
  FhirAnswer ReadOne(const std::string& query) { return Read({query})[0]; }

  TestAuthority authority_;
  TestAuthority::Issued certificate_ = authority_.Issue("DNS:localhost");
  std::unique_ptr<TestServer> server_;
  std::unique_ptr<HttpClient> client_;
  std::unique_ptr<HttpFhirReader> reader_;
};

TEST_F(FhirReaderTest, ReadsAResourceWithTheToken) {
  Serve([](Exchange& exchange) {
    const bool allowed = exchange.header("authorization") == "Bearer the-token";
    return exchange.Reply(
        absl::StrCat(R"({"resourceType":"Patient","id":")", exchange.target(), exchange.header("accept"), "\"}"), kFhir,
        allowed ? 200 : 401);
  });
  const FhirAnswer answer = ReadOne("Patient/12");
  EXPECT_EQ(answer.state, State::kRead) << answer.error;
  EXPECT_THAT(answer.resources,
              ElementsAre(R"({"resourceType":"Patient","id":"/fhir/Patient/12application/fhir+json"})"));
}

TEST_F(FhirReaderTest, AnswersStandInTheOrderOfTheQueries) {
  Serve([](Exchange& exchange) {
    const std::string target = exchange.target();
    if (target == "/fhir/Patient/1") return exchange.Reply("", kFhir, 404);
    if (target == "/fhir/Patient/2") return exchange.Reply("", kFhir, 410);
    if (target == "/fhir/Patient/3") return exchange.Reply("", kFhir, 500);
    if (target == "/fhir/Observation?a=1") return exchange.Reply(Page({Observation(1), Observation(2)}), kFhir);
    return exchange.Reply(Page({}), "application/json");
  });
  const std::vector<FhirAnswer> answers =
      Read({"Patient/1", "Observation?a=1", "Patient/2", "../up", "Observation?a=2", "Patient/3"});
  ASSERT_EQ(answers.size(), 6u);
  EXPECT_EQ(answers[0].state, State::kAbsent);
  EXPECT_THAT(answers[1].resources, ElementsAre(Observation(1), Observation(2)));
  EXPECT_EQ(answers[2].state, State::kAbsent);
  EXPECT_EQ(answers[3].state, State::kFailed);
  EXPECT_EQ(answers[4].state, State::kRead);
  EXPECT_THAT(answers[4].resources, IsEmpty());
  EXPECT_EQ(answers[5].state, State::kFailed);
  EXPECT_THAT(Read({}), IsEmpty());
}

TEST_F(FhirReaderTest, GoesThroughAllPages) {
  Serve([this](Exchange& exchange) {
    const std::string target = exchange.target();
    if (target == "/fhir/Observation?patient=12") {
      return exchange.Reply(Page({Observation(1)}, server_->Origin() + "/fhir?page=2"), kFhir);
    }
    if (target == "/fhir?page=2") return exchange.Reply(Page({Observation(2)}, "?page=3"), kFhir);
    return exchange.Reply(Page({Observation(3)}), kFhir);
  });
  const FhirAnswer answer = ReadOne("Observation?patient=12");
  EXPECT_EQ(answer.state, State::kRead) << answer.error;
  EXPECT_THAT(answer.resources, ElementsAre(Observation(1), Observation(2), Observation(3)));
}

TEST_F(FhirReaderTest, EachFailureIsNamedWithoutPatientOrToken) {
  std::string content_type;
  std::string body;
  int status = 200;
  Serve([&](Exchange& exchange) { return exchange.Reply(body, content_type, status); });
  const struct {
    const char* name;
    int status;
    const char* content_type;
    std::string body;
    const char* error;
  } rows[] = {
      {"401", 401, kFhir, "", "does not accept the access token (401)"},
      {"403", 403, kFhir, "", "does not allow this"},
      {"429", 429, kFhir, "", "asked too often (429)"},
      {"404 to a search", 404, kFhir, "", "status 404"},
      {"410 to a search", 410, kFhir, "", "status 410"},
      {"400 with reasons", 400, kFhir,
       R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid","diagnostics":"patient-12"}]})",
       "status 400, error invalid"},
      {"503", 503, "text/html", "patient-12", "status 503"},
      {"201", 201, kFhir, Page({}), "status 201"},
      {"an outcome instead of a Bundle", 200, kFhir,
       R"({"resourceType":"OperationOutcome","issue":[{"severity":"fatal","code":"exception"}]})", "fatal exception"},
      {"a page to log in", 200, "text/html", "<html>patient-12</html>", "something else than application/fhir+json"},
      {"XML", 200, "application/fhir+xml", "<Bundle/>", "something else than application/fhir+json"},
      {"no type", 200, "", Page({}), "something else than application/fhir+json"},
      {"no JSON", 200, kFhir, "patient-12", "no JSON"},
      {"another type", 200, kFhir, R"({"resourceType":"Patient","id":"patient-12"})", "another type"},
      {"a page elsewhere", 200, kFhir, Page({Observation(1)}, "https://evil.example/patient-12"),
       "another scheme, host or port"},
      {"a page without TLS", 200, kFhir, Page({Observation(1)}, "http://localhost/patient-12"),
       "another scheme, host or port"},
      {"a page that is none", 200, kFhir, Page({Observation(1)}, "patient-12://"), "cannot be read on"},
  };
  for (const auto& row : rows) {
    status = row.status;
    content_type = row.content_type;
    body = row.body;
    const FhirAnswer answer = ReadOne("Observation?patient=patient-12");
    EXPECT_EQ(answer.state, State::kFailed) << row.name;
    EXPECT_THAT(answer.resources, IsEmpty()) << row.name;
    EXPECT_THAT(answer.error, HasSubstr(row.error)) << row.name;
    EXPECT_THAT(answer.error, HasSubstr(absl::StrCat("Observation: ", server_->Origin()))) << row.name;
    EXPECT_THAT(answer.error, Not(HasSubstr("patient-12"))) << row.name;
    EXPECT_THAT(answer.error, Not(HasSubstr("the-token"))) << row.name;
  }
}

TEST_F(FhirReaderTest, PagesThatLinkInACircleEnd) {
  Serve([](Exchange& exchange) {
    return exchange.Reply(
        Page({Observation(1)}, exchange.target() == "/fhir/Observation?page=2" ? "?page=3" : "?page=2"), kFhir);
  });
  const FhirAnswer answer = ReadOne("Observation?page=1");
  EXPECT_EQ(answer.state, State::kFailed);
  EXPECT_THAT(answer.error, HasSubstr("in a circle"));
  EXPECT_EQ(server_->requests(), 3);
  EXPECT_THAT(ReadOne("Observation?page=2").error, HasSubstr("in a circle"));
}

TEST_F(FhirReaderTest, LimitsHoldOnBothSides) {
  // Five pages of two resources each.
  const auto serve = [](Exchange& exchange) {
    const int page = exchange.target().back() - '0';
    return exchange.Reply(Page({Observation(1), Observation(2)}, page == 5 ? "" : absl::StrCat("?page=", page + 1)),
                          kFhir);
  };
  const size_t last = Page({Observation(1), Observation(2)}).size();
  const size_t others = Page({Observation(1), Observation(2)}, "?page=2").size();
  const size_t all = 4 * others + last;
  const struct {
    const char* name;
    FhirReadLimits limits;
    const char* error;  // null: read
  } rows[] = {
      {"all just suffice", {5, 10, all}, nullptr},
      {"a page too many", {4, 10, all}, "more than 4 pages"},
      {"a resource too many", {5, 9, all}, "more than 9 resources"},
      {"a byte too many", {5, 10, all - 1}, "bytes"},
  };
  for (const auto& row : rows) {
    Serve(serve, {}, row.limits);
    const FhirAnswer answer = ReadOne("Observation?page=1");
    EXPECT_EQ(answer.state, row.error == nullptr ? State::kRead : State::kFailed) << row.name << answer.error;
    EXPECT_EQ(answer.resources.size(), row.error == nullptr ? 10u : 0u) << row.name;
    EXPECT_THAT(answer.error, HasSubstr(row.error == nullptr ? "" : row.error)) << row.name;
  }
}

TEST_F(FhirReaderTest, QueriesRunAtTheSameTimeUpToTheLimit) {
  // Answers come only when four are there.
  std::latch four(4);
  std::atomic<int> asked{0};
  HttpClientOptions options;
  options.connections_per_peer = 4;
  options.total_timeout = seconds(60);
  Serve(
      [&](Exchange& exchange) {
        if (++asked <= 4) four.arrive_and_wait();
        return exchange.Reply(Page({}), kFhir);
      },
      options);
  const std::vector<FhirAnswer> answers = Read({"A?a=1", "B?a=1", "C?a=1", "D?a=1"});
  for (const FhirAnswer& answer : answers) EXPECT_EQ(answer.state, State::kRead) << answer.error;
  Read(std::vector<std::string>(20, "A?a=1"));
  EXPECT_LE(server_->most_at_once(), 4);
}

TEST_F(FhirReaderTest, ASlowQueryDoesNotSpoilTheOthers) {
  Serve([](Exchange& exchange) {
    if (exchange.target() != "/fhir/Slow?a=1") return exchange.Reply(Page({Observation(1)}), kFhir);
    exchange.Hang();
    return false;
  });
  const steady_clock::time_point begin = steady_clock::now();
  const std::vector<FhirAnswer> answers = Read({"Slow?a=1", "Observation?a=1"}, milliseconds(300));
  EXPECT_LT(steady_clock::now() - begin, seconds(10));
  EXPECT_EQ(answers[0].state, State::kFailed);
  EXPECT_THAT(answers[0].error, HasSubstr("in time"));
  EXPECT_EQ(answers[1].state, State::kRead) << answers[1].error;
}

TEST_F(FhirReaderTest, WhenTheCallerHasGoneItEnds) {
  std::latch asked(1);
  HttpClientOptions options;
  options.total_timeout = seconds(60);
  Serve(
      [&](Exchange& exchange) {
        asked.count_down();
        exchange.Hang();
        return false;
      },
      options);
  std::stop_source stop;
  std::jthread canceller([&] {
    asked.wait();
    stop.request_stop();
  });
  const std::vector<FhirAnswer> answers =
      reader_->Read({server_->Origin(), ""}, {"Patient/1"}, steady_clock::now() + seconds(60), stop.get_token());
  EXPECT_EQ(answers[0].state, State::kFailed);
  EXPECT_THAT(answers[0].error, HasSubstr("not waited for"));
}

TEST_F(FhirReaderTest, ServersAndTokensThatMayNotBeAreRefusedBeforeAnythingIsSent) {
  Serve([](Exchange& exchange) { return exchange.Reply(Page({}), kFhir); });
  const struct {
    const char* name;
    FhirAccess access;
    const char* error;
  } rows[] = {
      {"another server", {"https://evil.example/fhir", "t"}, "none of the servers"},
      {"the address of clouds", {"http://169.254.169.254/latest", "t"}, "none of the servers"},
      {"no URL", {"fhir", "t"}, "no absolute URL"},
      {"a query", {server_->Origin() + "/fhir?x=1", "t"}, "has a query"},
      {"a token with a line break", {server_->Origin(), "t\r\nx: y"}, "token has characters"},
      {"a token with a blank", {server_->Origin(), "t u"}, "token has characters"},
  };
  for (const auto& row : rows) {
    const std::vector<FhirAnswer> answers =
        reader_->Read(row.access, {"Patient/1"}, steady_clock::now() + seconds(60), {});
    EXPECT_EQ(answers[0].state, State::kFailed) << row.name;
    EXPECT_THAT(answers[0].error, HasSubstr(row.error)) << row.name;
  }
  EXPECT_EQ(server_->requests(), 0);
}

TEST_F(FhirReaderTest, WithoutATokenNoneIsSent) {
  Serve([](Exchange& exchange) {
    return exchange.Reply(Page({}), kFhir, exchange.header("authorization").empty() ? 200 : 400);
  });
  EXPECT_EQ(reader_->Read({server_->Origin(), ""}, {"Observation?a=1"}, steady_clock::now() + seconds(60), {})[0].state,
            State::kRead);
}

}  // namespace
}  // namespace condyle
