// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "host/dispatch/dispatcher.h"
#include "host/dispatch/rounds_for_test.h"

namespace condyle {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

void ExpectAnswer(const Reply& reply, const std::string& answer) {
  EXPECT_FALSE(reply.failure.has_value()) << reply.failure->ShortDebugString();
  EXPECT_EQ(reply.response, answer);
}

TEST(InProcessDispatcher, GivesTheSameBytesAsAWorker) {
  const PluginCatalog catalog = CatalogOf({"puppet", "puppet_two", "newer_minor"});
  DispatchOptions options;
  options.worker_path = CONDYLE_WORKER;
  const auto in_process = MakeInProcessDispatcher(catalog, options);
  const auto worker = MakeWorkerDispatcher(catalog, options);
  EXPECT_STREQ(in_process->isolation(), "in-process");
  Round round = RoundOf({"question", "as_of", std::string(200000, 'q')});
  round.as_of_unix_ns = 42;
  const auto replies = in_process->Ask(round);
  const auto worker_replies = worker->Ask(round);
  ExpectAnswer(replies[0], "question");
  ExpectAnswer(replies[1], "42");
  for (size_t i = 0; i < replies.size(); ++i) EXPECT_TRUE(replies[i].response == worker_replies[i].response) << i;
  EXPECT_THAT(in_process->worker_pids(), IsEmpty());
}

struct Fault {
  std::string name;
  std::string id;
  std::string request;
  v1::FailureKind kind;
  std::string message;
  milliseconds deadline = kAmple;
};

void PrintTo(const Fault& fault, std::ostream* os) { *os << fault.name; }

class InProcessFault : public ::testing::TestWithParam<Fault> {};

TEST_P(InProcessFault, IsReportedBesideTheOthersAnswers) {
  const Fault& fault = GetParam();
  const PluginCatalog catalog = CatalogOf({"puppet_two", fault.id, "puppet_three"});
  const auto dispatcher = MakeInProcessDispatcher(catalog, {});
  for (int again = 0; again < 2; ++again) {
    const auto replies = dispatcher->Ask(RoundOf({"first", fault.request, "third"}, fault.deadline));
    ExpectAnswer(replies[0], "first");
    ASSERT_TRUE(replies[1].failure.has_value()) << replies[1].response.substr(0, 100);
    EXPECT_EQ(replies[1].failure->plugin_id(), fault.id);
    EXPECT_EQ(v1::FailureKind_Name(replies[1].failure->kind()), v1::FailureKind_Name(fault.kind));
    EXPECT_THAT(replies[1].failure->message(), HasSubstr(fault.message));
    EXPECT_THAT(replies[1].failure->file(), HasSubstr(fault.id));
    EXPECT_THAT(replies[1].response, IsEmpty());
    ExpectAnswer(replies[2], "third");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, InProcessFault,
    ::testing::Values(
        Fault{"Internal", "puppet", "status 8", v1::FAILURE_KIND_REPORTED,
              "CND_INTERNAL: the fixture was told to fail ?"},
        Fault{"MuteStatus", "puppet", "mute_status 3", v1::FAILURE_KIND_REPORTED,
              "CND_UNSUPPORTED and did not say why"},
        Fault{"StatusDeadline", "puppet", "status 5", v1::FAILURE_KIND_DEADLINE, "CND_DEADLINE"},
        Fault{"WritesTooMuch", "puppet", "write 5000000", v1::FAILURE_KIND_BAD_ANSWER, "longer than the 4194304 bytes"},
        Fault{"WritesOn", "puppet", "write_on 9000000", v1::FAILURE_KIND_BAD_ANSWER, "longer than the 4194304 bytes"},
        Fault{"Late", "puppet", "late", v1::FAILURE_KIND_DEADLINE, "did not answer within 400 ms", milliseconds(400)},
        Fault{"SeesTheDeadline", "puppet", "until_deadline", v1::FAILURE_KIND_DEADLINE, "the deadline came first",
              milliseconds(400)},
        Fault{"RefusesHost", "refuses_host", "x", v1::FAILURE_KIND_LOAD, "returned NULL"},
        Fault{"CreateFails", "create_fails", "x", v1::FAILURE_KIND_LOAD, "the table of norms is damaged"},
        Fault{"MissingSymbol", "missing_symbol", "x", v1::FAILURE_KIND_LOAD, "undefined symbol"},
        Fault{"NoSuchFile", "no_such_file", "x", v1::FAILURE_KIND_LOAD, "No such file"}),
    [](const auto& row) { return row.param.name; });

TEST(InProcessDispatcher, AsksNobodyButThoseNamed) {
  const PluginCatalog catalog = CatalogOf({"puppet", "puppet_two"});
  const auto dispatcher = MakeInProcessDispatcher(catalog, {});
  Round round = RoundOf({"first", "second"});
  round.only = {1};
  const auto some = dispatcher->Ask(round);
  ExpectAnswer(some[0], "");
  ExpectAnswer(some[1], "second");
  round.only.emplace();
  for (const Reply& reply : dispatcher->Ask(round)) ExpectAnswer(reply, "");
  round.only.reset();
  ExpectAnswer(dispatcher->Ask(round)[0], "first");
}

TEST(InProcessDispatcher, NamesPluginsWithoutARequest) {
  const PluginCatalog catalog = CatalogOf({"puppet", "puppet_two"});
  const auto replies = MakeInProcessDispatcher(catalog, {})->Ask(RoundOf({"only one"}));
  ExpectAnswer(replies[0], "only one");
  ASSERT_TRUE(replies[1].failure.has_value());
  EXPECT_EQ(replies[1].failure->kind(), v1::FAILURE_KIND_UNSPECIFIED);
}

TEST(InProcessDispatcher, ServesSeveralThreadsAndKeepsAnswersApart) {
  const PluginCatalog catalog = CatalogOf({"puppet", "puppet_two"});
  DispatchOptions options;
  options.parallel_rounds = 2;
  const auto dispatcher = MakeInProcessDispatcher(catalog, options);
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        const std::string mine = "thread " + std::to_string(t) + " round " + std::to_string(i);
        const auto replies = dispatcher->Ask(RoundOf({mine + "a", mine + "b"}));
        wrong += replies[0].response != mine + "a" || replies[1].response != mine + "b";
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace condyle
