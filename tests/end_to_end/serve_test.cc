// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle serve as an EHR meets it: the real program, its plugins in workers, over a socket.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <boost/json.hpp>
#include <chrono>
#include <ctime>
#include <fstream>
#include <map>
#include <mutex>
#include <random>
#include <regex>
#include <set>
#include <thread>

#include "host/jwt/signer_for_test.h"
#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/service.h"

namespace condyle::tests {
namespace {

namespace json = boost::json;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string Day(int ago) {
  const std::time_t then = std::time(nullptr) - 86400 * ago;
  char text[11];
  std::strftime(text, sizeof text, "%Y-%m-%d", std::gmtime(&then));
  return text;
}

// The example runner, recorded yesterday.
std::string RunnerBundle() {
  std::string bundle = ReadFile(std::string(kSourceFolder) + "/docs/examples/runner.bundle.json");
  bundle = std::regex_replace(bundle, std::regex("2026-05-01"), Day(1));
  json::value record = json::parse(bundle);
  for (json::value& entry : record.at("entry").as_array()) {
    json::object& resource = entry.at("resource").as_object();
    if (resource.at("resourceType").as_string() == "Patient") resource["id"] = "runner";
    if (resource.contains("subject")) resource["subject"] = json::object{{"reference", "Patient/runner"}};
  }
  return json::serialize(record);
}

std::string Feedback(const std::string& card) {
  return json::serialize(json::object{
      {"feedback", json::array{json::object{{"card", card},
                                            {"outcome", "overridden"},
                                            {"overrideReason", json::object{{"userComment", "has a scan already"}}},
                                            {"outcomeTimestamp", Day(0) + "T00:00:00Z"}}}}});
}

std::string FirstCard(const TestReply& reply) {
  return std::string(json::parse(reply.body).at("cards").at(0).at("uuid").as_string());
}

TEST(Serve, GivesCardsAndTakesFeedbackThatTheAuditTrailShows) {
  TempFolder folder;
  const std::string store = "sqlite:" + folder.Path("store.db");
  RunningService service({"--store", store});
  const HookRequest request = MakeHookRequest(service.Get("/cds-services").body, "patient-view", RunnerBundle());
  const TestReply reply = service.Post("/cds-services/" + request.service, request.body);
  ASSERT_EQ(reply.status, 200) << reply.body;
  const json::value cards = json::parse(reply.body).at("cards");
  ASSERT_GT(cards.as_array().size(), 0u);
  for (const json::value& card : cards.as_array()) EXPECT_LT(card.at("summary").as_string().size(), 140u);
  const std::string card = FirstCard(reply);
  EXPECT_EQ(service.Post("/cds-services/" + request.service + "/feedback", Feedback(card)).status, 200);
  EXPECT_EQ(
      service.Post("/cds-services/" + request.service + "/feedback", Feedback("00000000-0000-4000-8000-000000000000"))
          .status,
      404);
  EXPECT_EQ(service.End(SIGTERM), 0) << service.Log();

  EXPECT_EQ(Condyle({"audit", "verify", "--store", store}).exit_code, 0);
  const RunResult report = Condyle({"audit", "feedback", "--store", store, "--format", "json"});
  EXPECT_EQ(report.exit_code, 0) << report.err;
  EXPECT_THAT(report.out, AllOf(HasSubstr(card), HasSubstr("Practitioner/7"), HasSubstr("has a scan already")));
}

TEST(Serve, DiscoveryHasAnETagThatSavesTheAnswer) {
  RunningService service;
  const TestReply reply = service.Get("/cds-services");
  ASSERT_EQ(reply.status, 200);
  const std::string etag(reply.Header("etag"));
  ASSERT_FALSE(etag.empty());
  const TestReply again = service.Get("/cds-services", {{"If-None-Match", etag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_THAT(again.body, IsEmpty());
}

struct Page {
  const char* path;
  int status;
  const char* type;
  const char* part;
};
class ServePages : public ::testing::TestWithParam<Page> {
 protected:
  static void SetUpTestSuite() { service_ = new RunningService({"--store", "none"}); }
  static void TearDownTestSuite() {
    delete service_;
    service_ = nullptr;
  }
  static RunningService* service_;
};
RunningService* ServePages::service_ = nullptr;

TEST_P(ServePages, AreThere) {
  const TestReply reply = service_->Get(GetParam().path);
  EXPECT_EQ(reply.status, GetParam().status) << reply.body;
  EXPECT_THAT(std::string(reply.Header("content-type")), HasSubstr(GetParam().type));
  EXPECT_THAT(reply.body, HasSubstr(GetParam().part));
}

INSTANTIATE_TEST_SUITE_P(Paths, ServePages,
                         ::testing::Values(Page{"/healthz", 200, "text/plain", "ok"},
                                           Page{"/readyz", 200, "json", "\"status\":\"ready\""},
                                           Page{"/metrics", 200, "text/plain", "condyle_worker_starts_total"},
                                           Page{"/openapi.json", 200, "json", "/cds-services/{id}/feedback"},
                                           Page{"/plugins", 200, "text/html", "red_flag_screen"},
                                           Page{"/plugins/red_flag_screen", 200, "text/html", "red_flag_screen"},
                                           Page{"/plugins/none", 404, "fhir+json", "OperationOutcome"},
                                           Page{"/fhir/metadata", 200, "fhir+json", "CapabilityStatement"},
                                           Page{"/fhir/Questionnaire", 200, "fhir+json", "\"searchset\""},
                                           Page{"/fhir/Questionnaire?url=none", 200, "fhir+json", "\"total\":0"},
                                           Page{"/fhir/PlanDefinition", 200, "fhir+json", "PlanDefinition"},
                                           Page{"/fhir/PlanDefinition/none", 404, "fhir+json", "OperationOutcome"},
                                           Page{"/nothing", 404, "fhir+json", "OperationOutcome"}));

TEST(Serve, EvaluatesFhir) {
  RunningService service;
  const TestReply reply = service.Post("/fhir/$evaluate", RunnerBundle(), {{"Content-Type", "application/fhir+json"}});
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(json::parse(reply.body).at("entry").at(0).at("resource").at("resourceType").as_string(),
            "GuidanceResponse");
  const std::string figures = service.Get("/metrics").body;
  EXPECT_THAT(figures, HasSubstr("condyle_plugin_seconds_count{plugin=\"red_flag_screen\"} 1"));
  EXPECT_THAT(figures, HasSubstr("condyle_holds_total{by=\"red_flag_screen\"} "));
}

struct Bad {
  const char* name;
  const char* path;
  const char* body;
  const char* type;
  int status;
};
class ServeBadRequests : public ::testing::TestWithParam<Bad> {
 protected:
  static void SetUpTestSuite() { service_ = new RunningService({"--store", "none", "--max-body", "2000"}); }
  static void TearDownTestSuite() {
    delete service_;
    service_ = nullptr;
  }
  static RunningService* service_;
};
RunningService* ServeBadRequests::service_ = nullptr;

TEST_P(ServeBadRequests, AreRefusedWithAnOperationOutcome) {
  const TestReply reply = service_->Post(GetParam().path, GetParam().body, {{"Content-Type", GetParam().type}});
  EXPECT_EQ(reply.status, GetParam().status) << reply.body;
  EXPECT_THAT(reply.body, HasSubstr("\"OperationOutcome\""));
  EXPECT_EQ(service_->Get("/healthz").status, 200);
}

const std::string kLong(3000, ' ');
INSTANTIATE_TEST_SUITE_P(
    Requests, ServeBadRequests,
    ::testing::Values(Bad{"no_service", "/cds-services/none", "{}", "application/json", 404},
                      Bad{"no_json", "/cds-services/runner-sij-patient-view", "{", "application/json", 400},
                      Bad{"no_hook", "/cds-services/runner-sij-patient-view", "{}", "application/json", 400},
                      Bad{"other_type", "/cds-services/runner-sij-patient-view", "{}", "text/plain", 415},
                      Bad{"too_long", "/cds-services/runner-sij-patient-view", kLong.c_str(), "application/json", 413},
                      Bad{"feedback_of_nothing", "/cds-services/runner-sij-patient-view/feedback", "{}",
                          "application/json", 400},
                      Bad{"no_fhir", "/fhir/$evaluate", "[]", "application/fhir+json", 400},
                      Bad{"no_plan", "/fhir/PlanDefinition/none/$apply", "{}", "application/fhir+json", 404}),
    [](const auto& row) { return std::string(row.param.name); });

// One to three changes anywhere in the bytes of a request, as a broken client or a stranger makes them.
std::string Mutated(std::string request, std::mt19937& random) {
  const auto any = [&](size_t below) { return std::uniform_int_distribution<size_t>(0, below - 1)(random); };
  for (size_t changes = 1 + any(3); changes > 0; --changes) {
    const size_t at = any(request.size());
    switch (any(6)) {
      case 0:
        request[at] = static_cast<char>(any(256));
        break;
      case 1:
        request[at] = static_cast<char>(request[at] ^ (1 << any(8)));
        break;
      case 2:
        request.erase(at, 1 + any(20));
        break;
      case 3:
        request.insert(at, 1 + any(20), static_cast<char>(any(256)));
        break;
      case 4:
        request.insert(at, request.substr(any(request.size()), any(200)));
        break;
      default:
        if (any(4) == 0) request.resize(at + 1);
    }
    if (request.empty()) request = "x";
  }
  return request;
}

TEST(Serve, WithstandsTenThousandMutatedRequests) {
  constexpr int kThreads = 16, kEach = 625;
  RunningService service({"--store", "none", "--header-timeout", "300", "--body-timeout", "300"});
  const std::string discovery = service.Get("/cds-services").body;
  std::vector<std::string> valid;
  for (const char* hook : {"patient-view", "encounter-start"}) {
    const HookRequest request = MakeHookRequest(discovery, hook, RunnerBundle());
    valid.push_back("POST /cds-services/" + request.service +
                    " HTTP/1.1\r\nHost: cds.example\r\nContent-Type: application/json\r\nConnection: close\r\n"
                    "Content-Length: " +
                    std::to_string(request.body.size()) + "\r\n\r\n" + request.body);
  }
  const std::set<int> proper = {200, 204, 400, 404, 405, 408, 412, 413, 414, 415, 417, 422, 431, 501, 503, 505};
  std::mutex mutex;
  std::map<int, int> seen;  // 0: closed without an answer
  std::vector<std::string> improper;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      std::mt19937 random(static_cast<unsigned>(thread));
      for (int i = 0; i < kEach; ++i) {
        TestClient client(service.port());
        const std::optional<TestReply> reply =
            client.Ask(Mutated(valid[static_cast<size_t>(i) % valid.size()], random));
        const int status = reply ? reply->status : 0;
        const bool told = status < 400 || reply->body.find("\"OperationOutcome\"") != std::string::npos;
        const std::lock_guard lock(mutex);
        ++seen[status];
        if (status != 0 && (proper.count(status) == 0 || !told))
          improper.push_back(std::to_string(status) + reply->body);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(improper, IsEmpty());
  EXPECT_GT(seen[200], 100) << "most changes hit text that nobody reads";
  EXPECT_GT(seen[400], 100);
  TestClient client(service.port());
  const std::optional<TestReply> reply = client.Ask(valid[0]);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(service.End(SIGTERM), 0) << service.Log().substr(0, 2000);
}

// ---- whom it answers

struct Trust {
  TempFolder folder;
  TestSigner signer = TestSigner::Ec("key-1");
  std::string file = folder.Write(
      "clients.json", R"({"issuers": [{"iss": "https://ehr.example", "jwks": )" + TestJwks(signer.Jwk()) + "}]}");
  int tokens = 0;

  std::string Token(const std::string& url) {
    const int64_t now = std::time(nullptr);
    const json::object claims{{"iss", "https://ehr.example"},
                              {"aud", url},
                              {"iat", now},
                              {"exp", now + 120},
                              {"jti", "t" + std::to_string(++tokens)}};
    return "Bearer " + signer.Sign(R"({"alg":"ES384","typ":"JWT","kid":"key-1"})", json::serialize(claims), "ES384");
  }
};

TEST(ServeAccess, AnswersTrustedClientsAndEachTokenOnce) {
  Trust trust;
  RunningService service({"--clients", trust.file, "--public-url", "https://cds.example"});
  const HookRequest request = MakeHookRequest(service.Get("/cds-services").body, "patient-view", RunnerBundle());
  const std::string path = "/cds-services/" + request.service;
  const TestReply without = service.Post(path, request.body);
  EXPECT_EQ(without.status, 401);
  EXPECT_THAT(std::string(without.Header("www-authenticate")), HasSubstr("Bearer"));
  const std::string token = trust.Token("https://cds.example" + path);
  EXPECT_EQ(service.Post(path, request.body, {{"Authorization", token}}).status, 200);
  EXPECT_EQ(service.Post(path, request.body, {{"Authorization", token}}).status, 401) << "used before";
  EXPECT_EQ(service.Post(path, request.body, {{"Authorization", trust.Token("https://other.example" + path)}}).status,
            401);
  EXPECT_EQ(service.Post("/fhir/$evaluate", RunnerBundle(), {{"Content-Type", "application/fhir+json"}}).status, 401);
  EXPECT_THAT(service.Get("/metrics").body, HasSubstr("condyle_token_refusals_total{reason=\"replayed\"} 1"));
}

TEST(ServeAccess, AUsedTokenIsUsedAfterARestartToo) {
  Trust trust;
  TempFolder folder;
  const std::vector<std::string> arguments = {"--clients",           trust.file, "--public-url",
                                              "https://cds.example", "--store",  "sqlite:" + folder.Path("store.db")};
  std::string token, path, body;
  {
    RunningService service(arguments);
    const HookRequest request = MakeHookRequest(service.Get("/cds-services").body, "patient-view", RunnerBundle());
    path = "/cds-services/" + request.service;
    body = request.body;
    token = trust.Token("https://cds.example" + path);
    EXPECT_EQ(service.Post(path, body, {{"Authorization", token}}).status, 200);
    EXPECT_EQ(service.End(SIGTERM), 0);
  }
  RunningService service(arguments);
  EXPECT_EQ(service.Post(path, body, {{"Authorization", token}}).status, 401);
}

TEST(ServeAccess, ReadsTheFileOfClientsAgainOnSighup) {
  Trust trust;
  RunningService service({"--clients", trust.file, "--public-url", "https://cds.example"});
  const HookRequest request = MakeHookRequest(service.Get("/cds-services").body, "patient-view", RunnerBundle());
  const std::string path = "/cds-services/" + request.service;
  const auto wait_for = [&](const char* text, int times) {
    for (int i = 0; i < 2000; ++i) {
      const std::string log = service.Log();
      int found = 0;
      for (size_t at = log.find(text); at != std::string::npos; at = log.find(text, at + 1)) ++found;
      if (found >= times) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  };
  std::ofstream(trust.file) << "{";
  service.Signal(SIGHUP);
  ASSERT_TRUE(wait_for("reloading failed", 1)) << service.Log();
  const std::string good = trust.Token("https://cds.example" + path);
  EXPECT_EQ(service.Post(path, request.body, {{"Authorization", good}}).status, 200) << "the old ones stay";
  std::ofstream(trust.file) << R"({"issuers": [{"iss": "https://other.example", "jwks": )"
                            << TestJwks(trust.signer.Jwk()) << "}]}";
  service.Signal(SIGHUP);
  ASSERT_TRUE(wait_for("were read again", 1)) << service.Log();
  const std::string old = trust.Token("https://cds.example" + path);
  EXPECT_EQ(service.Post(path, request.body, {{"Authorization", old}}).status, 401);
}

// ---- how it ends, and what it does not start with

TEST(Serve, AnswersWhatIsUnderWayBeforeItEnds) {
  RunningService service;
  const HookRequest request = MakeHookRequest(service.Get("/cds-services").body, "patient-view", RunnerBundle());
  TestClient client(service.port());
  const std::string head = "POST /cds-services/" + request.service +
                           " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: " +
                           std::to_string(request.body.size()) + "\r\n\r\n";
  ASSERT_TRUE(client.Send(head + request.body.substr(0, 100)));
  // The service has begun with the request once another connection is answered.
  ASSERT_EQ(service.Get("/healthz").status, 200);
  service.Signal(SIGTERM);
  for (int i = 0; i < 1000 && service.Log().find("\"ending") == std::string::npos; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ASSERT_TRUE(client.Send(request.body.substr(100)));
  const std::optional<TestReply> reply = client.Receive();
  ASSERT_TRUE(reply) << service.Log();
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(service.End(0), 0) << service.Log();
}

TEST(Serve, ThePluginsWorkersEndWithIt) {
  RunningService service({"--store", "none"});
  const HookRequest request = MakeHookRequest(service.Get("/cds-services").body, "patient-view", RunnerBundle());
  ASSERT_EQ(service.Post("/cds-services/" + request.service, request.body).status, 200);
  const std::string children =
      "/proc/" + std::to_string(service.pid()) + "/task/" + std::to_string(service.pid()) + "/children";
  EXPECT_EQ(service.End(SIGINT), 0);
  EXPECT_FALSE(std::ifstream(children).good());
}

TEST(Serve, TheLogNamesNoPatient) {
  RunningService service;
  const HookRequest request = MakeHookRequest(service.Get("/cds-services").body, "patient-view", RunnerBundle());
  service.Post("/cds-services/" + request.service + "?patient=runner", request.body);
  service.Post("/cds-services/" + request.service, R"({"hook": "patient-view", "context": {"patientId": "runner"}})");
  service.Post("/cds-services/runner", "{}");
  EXPECT_EQ(service.End(SIGTERM), 0);
  EXPECT_THAT(service.Log(),
              AllOf(HasSubstr("/cds-services/{id}"), HasSubstr("trace_id"), Not(HasSubstr("patient=runner")),
                    Not(HasSubstr("services/runner\"")), Not(HasSubstr("1999-02-14"))));
}

struct Start {
  const char* name;
  std::vector<std::string> arguments;
  int exit_code;
  const char* words;
};
class ServeDoesNotStart : public ::testing::TestWithParam<Start> {};

TEST_P(ServeDoesNotStart, AndSaysWhy) {
  std::vector<std::string> arguments = {"serve", "--plugins", kPluginFolder, "--signatures", "off"};
  arguments.insert(arguments.end(), GetParam().arguments.begin(), GetParam().arguments.end());
  const RunResult result = Condyle(arguments);
  EXPECT_EQ(result.exit_code, GetParam().exit_code) << result.err;
  EXPECT_THAT(result.err, HasSubstr(GetParam().words));
}

INSTANTIATE_TEST_SUITE_P(
    Reasons, ServeDoesNotStart,
    ::testing::Values(
        Start{"open_and_plain", {"--listen", "0.0.0.0:0"}, 64, "clear text"},
        Start{"no_address", {"--listen", "localhost:80"}, 64, "numeric address"},
        Start{"no_config", {"--config", "/nonexistent/serve.toml"}, 64, "/nonexistent/serve.toml"},
        Start{"no_clients",
              {"--store", "none", "--clients", "/nonexistent/clients.json"},
              1,
              "/nonexistent/clients.json"},
        Start{"no_certificate",
              {"--store", "none", "--listen", "127.0.0.1:0", "--tls-certificate", "/nonexistent/c.pem", "--tls-key",
               "/nonexistent/k.pem"},
              1,
              "/nonexistent/c.pem"},
        Start{"no_store", {"--store", "mysql:x"}, 1, "mysql"},
        Start{"no_order_codes", {"--store", "none", "--order-codes", "/nonexistent/orders"}, 1, "/nonexistent/orders"},
        Start{"no_hook", {"--store", "none", "--hook", "none"}, 1, "patient-view"},
        Start{"no_fhir_server", {"--store", "none", "--fhir-server", "ftp://x"}, 1, "--fhir-server"},
        Start{"time_of_nothing", {"--header-timeout", "0"}, 64, "--header-timeout"},
        Start{"sandbox_in_process", {"--in-process", "--require-sandbox", "strict"}, 64, "exclude"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Serve, UnsignedPluginsAreLeftOutUnlessOneSaysSo) {
  const RunResult result = Condyle({"serve", "--store", "none", "--plugins", kPluginFolder, "--listen", "127.0.0.1:0"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("it is not signed"));
}

// ---- its file

TEST(ServeConfig, PrintsEveryOptionInAFormThatItReadsBack) {
  TempFolder folder;
  const RunResult printed =
      Condyle({"serve", "--listen", "127.0.0.1:4711", "--no-phi", "--print-config", "--queue", "7"});
  ASSERT_EQ(printed.exit_code, 0) << printed.err;
  EXPECT_THAT(printed.out, AllOf(HasSubstr("\nlisten = [\"127.0.0.1:4711\"]"), HasSubstr("\nno-phi = true"),
                                 HasSubstr("\nqueue = 7"), HasSubstr("\nidle-timeout = 60000")));
  const RunResult again = Condyle({"serve", "--config", folder.Write("serve.toml", printed.out), "--print-config"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(again.out, printed.out);
}

TEST(ServeConfig, TheCommandLineGoesBeforeTheFile) {
  TempFolder folder;
  const std::string file = folder.Write("serve.toml", "queue = 7\nconnections = 9\n");
  const RunResult result = Condyle({"serve", "--config", file, "--queue", "8", "--print-config"});
  EXPECT_THAT(result.out, AllOf(HasSubstr("\nqueue = 8"), HasSubstr("\nconnections = 9")));
}

TEST(ServeConfig, TheGuideShowsEveryOptionWithItsDefault) {
  const std::string guide = ReadFile(std::string(kSourceFolder) + "/docs/ehr/integrating.md");
  EXPECT_THAT(guide, HasSubstr("```toml\n" + Condyle({"serve", "--print-config"}).out + "```\n"))
      << "./dev docs writes it";
}

TEST(ServeConfig, TheFilesOfTheGuideAreGood) {
  const RunResult result =
      Condyle({"serve", "--config", std::string(kSourceFolder) + "/docs/ehr/deploy/serve.toml", "--print-config"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
}

struct BadFile {
  const char* name;
  const char* text;
  const char* words;
};
class ServeConfigFaults : public ::testing::TestWithParam<BadFile> {};

TEST_P(ServeConfigFaults, AreNamedWithTheFile) {
  TempFolder folder;
  const std::string file = folder.Write("serve.toml", GetParam().text);
  const RunResult result = Condyle({"serve", "--config", file});
  EXPECT_EQ(result.exit_code, 64) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr(file), HasSubstr(GetParam().words)));
}

INSTANTIATE_TEST_SUITE_P(
    Files, ServeConfigFaults,
    ::testing::Values(BadFile{"unknown_key", "quue = 7\n", "\"quue\""}, BadFile{"out_of_range", "queue = 0\n", "queue"},
                      BadFile{"no_number", "queue = \"many\"\n", "queue"},
                      BadFile{"twice", "queue = 7\nqueue = 8\n", "queue"},
                      BadFile{"section", "[serve]\nqueue = 7\n", "serve.queue"},
                      BadFile{"only_for_the_command_line", "print-config = true\n", "print-config"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace condyle::tests
