// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Supervision over real workers: asking again, suspending, cancelling, limits of time and of standard error.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "host/dispatch/dispatcher.h"
#include "host/dispatch/rounds_for_test.h"

namespace condyle {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

void ExpectAnswer(const Reply& reply, const std::string& answer, int restarts = 0) {
  EXPECT_FALSE(reply.failure.has_value()) << reply.failure->ShortDebugString();
  EXPECT_EQ(reply.response, answer);
  EXPECT_EQ(reply.restarts, restarts);
}

void ExpectFailure(const Reply& reply, v1::FailureKind kind, const ::testing::Matcher<std::string>& message) {
  ASSERT_TRUE(reply.failure.has_value()) << "answered " << reply.response.substr(0, 100);
  EXPECT_EQ(v1::FailureKind_Name(reply.failure->kind()), v1::FailureKind_Name(kind));
  EXPECT_THAT(reply.failure->message(), message);
  EXPECT_THAT(reply.response, IsEmpty());
}

void Await(pid_t child, int what) {
  siginfo_t info{};
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(child), &info, what | WNOWAIT), 0);
}

class WorkerSupervision : public ::testing::Test {
 protected:
  Dispatcher& Open(const DispatchOptions& options) {
    options_ = options;
    options_.worker_path = CONDYLE_WORKER;
    dispatcher_ = MakeWorkerDispatcher(catalog_, options_);
    return *dispatcher_;
  }
  Supervisor::State State(size_t plugin = 0) { return dispatcher_->supervisor()->StateOf(plugin); }

  // Asks while the first plugin's worker stands still, and calls `meanwhile` with its process id.
  template <typename F>
  std::vector<Reply> AskFrozen(const Round& round, F meanwhile) {
    const pid_t worker = dispatcher_->worker_pids()[0];
    kill(worker, SIGSTOP);
    Await(worker, WSTOPPED);
    auto asking = std::async(std::launch::async, [&] { return dispatcher_->Ask(round); });
    meanwhile(worker);
    return asking.get();
  }

  const PluginCatalog catalog_ = CatalogOf({"puppet", "puppet_two"});
  DispatchOptions options_;
  std::unique_ptr<Dispatcher> dispatcher_;
};

DispatchOptions AskedOnce() {
  DispatchOptions options;
  options.supervision.ask_again = false;
  return options;
}

// The moment of the kill does not matter to what must hold: before the request is sent the worker is replaced, later
// the plugin is asked again.
TEST_F(WorkerSupervision, AWorkerThatIsKilledUnderARequestCostsNoAnswer) {
  Dispatcher& dispatcher = Open({});
  dispatcher.Ask(RoundOf({"x", "x"}));
  int restarts = 0;
  for (int i = 0; i < 5; ++i) {
    const auto replies = AskFrozen(RoundOf({"one", "two"}), [](pid_t worker) {
      const auto until = steady_clock::now() + milliseconds(20);
      while (steady_clock::now() < until) std::this_thread::yield();
      kill(worker, SIGKILL);
    });
    restarts += replies[0].restarts;
    ExpectAnswer(replies[0], "one", replies[0].restarts);
    ExpectAnswer(replies[1], "two");
    EXPECT_EQ(State().failures_in_row, 0);
  }
  EXPECT_GE(restarts, 1);
  EXPECT_EQ(dispatcher.worker_starts(), (std::vector<uint64_t>{6, 1}));
}

TEST_F(WorkerSupervision, APluginThatCrashesOnTheRequestIsAskedTwiceAndNamed) {
  Dispatcher& dispatcher = Open({});
  const auto replies = dispatcher.Ask(RoundOf({"exit 3", "two"}));
  ExpectFailure(replies[0], v1::FAILURE_KIND_CRASHED,
                AllOf(HasSubstr("exited with code 3. A new worker"),
                      HasSubstr("It was asked twice; of the first worker: it exited with code 3.")));
  EXPECT_EQ(replies[0].restarts, 1);
  ExpectAnswer(replies[1], "two");
  EXPECT_EQ(State().failures_in_row, 1) << "one call, one failure";
  EXPECT_EQ(dispatcher.worker_starts(), (std::vector<uint64_t>{2, 1}));
}

TEST_F(WorkerSupervision, APluginThatOverrunsIsNotAskedAgain) {
  Dispatcher& dispatcher = Open({});
  dispatcher.Ask(RoundOf({"x", "x"}));
  const auto replies = dispatcher.Ask(RoundOf({"hang", "two"}, milliseconds(400)));
  ExpectFailure(replies[0], v1::FAILURE_KIND_DEADLINE, HasSubstr("within 400 ms"));
  EXPECT_EQ(replies[0].restarts, 0);
  EXPECT_EQ(dispatcher.worker_starts(), (std::vector<uint64_t>{1, 1}));
}

TEST_F(WorkerSupervision, NobodyIsAskedAgainInTheLastQuarterOfTheTime) {
  Dispatcher& dispatcher = Open({});
  dispatcher.Ask(RoundOf({"x", "x"}));
  const auto replies = AskFrozen(RoundOf({"one", "two"}, milliseconds(3000)), [](pid_t worker) {
    const auto until = steady_clock::now() + milliseconds(2500);
    while (steady_clock::now() < until) std::this_thread::yield();
    kill(worker, SIGKILL);
  });
  ExpectFailure(replies[0], v1::FAILURE_KIND_CRASHED, HasSubstr("(SIGKILL)"));
  EXPECT_EQ(replies[0].restarts, 0);
}

TEST_F(WorkerSupervision, LeavesAPluginAloneAfterFiveFailuresAndTriesItWhenItsTimeIsOver) {
  DispatchOptions options = AskedOnce();
  options.supervision.first_suspension = milliseconds(300);
  Dispatcher& dispatcher = Open(options);
  for (int i = 0; i < 5; ++i) {
    const auto replies = dispatcher.Ask(RoundOf({"abort", "two"}));
    ExpectFailure(replies[0], v1::FAILURE_KIND_CRASHED, HasSubstr("last words: about to abort"));
  }
  const auto replies = dispatcher.Ask(RoundOf({"one", "two"}));
  ExpectFailure(replies[0], v1::FAILURE_KIND_SUSPENDED,
                AllOf(HasSubstr("it failed 5 times in a row, at last because it crashed"), HasSubstr("(SIGABRT)"),
                      HasSubstr("is tried again in 0."), Not(HasSubstr("about to abort"))));
  ExpectAnswer(replies[1], "two");
  EXPECT_EQ(dispatcher.worker_starts()[0], 5U) << "not even started";

  while (State().circuit == Supervisor::Circuit::kOpen) std::this_thread::yield();
  ExpectAnswer(dispatcher.Ask(RoundOf({"one", "two"}))[0], "one");
  EXPECT_EQ(State().circuit, Supervisor::Circuit::kClosed);
}

TEST_F(WorkerSupervision, StartsThatFailCountAsWell) {
  const PluginCatalog catalog = CatalogOf({"create_fails", "puppet"});
  DispatchOptions options = AskedOnce();
  options.worker_path = CONDYLE_WORKER;
  const auto dispatcher = MakeWorkerDispatcher(catalog, options);
  for (int i = 0; i < 5; ++i) {
    ExpectFailure(dispatcher->Ask(RoundOf({"x", "x"}))[0], v1::FAILURE_KIND_LOAD, HasSubstr("table of norms"));
  }
  ExpectFailure(dispatcher->Ask(RoundOf({"x", "x"}))[0], v1::FAILURE_KIND_SUSPENDED,
                HasSubstr("it could not be started (create failed with CND_INTERNAL: the table of norms is damaged)"));
}

TEST_F(WorkerSupervision, OneRoundTriesWhileOthersAreRefused) {
  DispatchOptions options = AskedOnce();
  options.parallel_rounds = 2;
  options.supervision.open_after = 1;
  options.supervision.first_suspension = milliseconds(1);
  Dispatcher& dispatcher = Open(options);
  dispatcher.Ask(RoundOf({"exit 1", "x"}));
  while (State().circuit == Supervisor::Circuit::kOpen) std::this_thread::yield();
  std::stop_source stop;
  Round trial = RoundOf({"hang", "x"});
  trial.cancel = stop.get_token();
  auto trying = std::async(std::launch::async, [&] { return dispatcher.Ask(trial); });
  while (dispatcher.worker_starts()[0] < 2) std::this_thread::yield();
  const auto replies = dispatcher.Ask(RoundOf({"one", "two"}));
  ExpectFailure(replies[0], v1::FAILURE_KIND_SUSPENDED, HasSubstr("another consultation is trying it now"));
  ExpectAnswer(replies[1], "two");
  stop.request_stop();
  ExpectFailure(trying.get()[0], v1::FAILURE_KIND_CANCELLED, HasSubstr("cancelled"));
  ExpectAnswer(dispatcher.Ask(RoundOf({"one", "two"}))[0], "one");
}

TEST_F(WorkerSupervision, WhatIsNotThePluginsFaultDoesNotCount) {
  Dispatcher& dispatcher = Open({});
  for (int i = 0; i < 7; ++i) {
    ExpectFailure(dispatcher.Ask(RoundOf({"status 8", "x"}))[0], v1::FAILURE_KIND_REPORTED, HasSubstr("CND_INTERNAL"));
    ExpectFailure(dispatcher.Ask(RoundOf({"write 5000000", "x"}))[0], v1::FAILURE_KIND_BAD_ANSWER, HasSubstr("longer"));
  }
  for (int i = 0; i < 7; ++i) {
    const pid_t idle = dispatcher.worker_pids()[0];
    kill(idle, SIGKILL);
    Await(idle, WEXITED);
    ExpectAnswer(dispatcher.Ask(RoundOf({"one", "two"}))[0], "one");
  }
  EXPECT_EQ(State().failures_in_row, 0);
}

TEST_F(WorkerSupervision, RoundsForComparisonDoNotCount) {
  DispatchOptions options = AskedOnce();
  options.supervision.first_suspension = std::chrono::hours(1);
  Dispatcher& dispatcher = Open(options);
  Round round = RoundOf({"exit 1", "two"});
  round.hypothetical = true;
  for (int i = 0; i < 7; ++i) ExpectFailure(dispatcher.Ask(round)[0], v1::FAILURE_KIND_CRASHED, HasSubstr("code 1"));
  EXPECT_EQ(State().failures_in_row, 0);
  for (int i = 0; i < 5; ++i) dispatcher.Ask(RoundOf({"exit 1", "two"}));
  ExpectFailure(dispatcher.Ask(round)[0], v1::FAILURE_KIND_SUSPENDED, HasSubstr("is tried again in"));
}

TEST_F(WorkerSupervision, WaitsBeforeTheNextWorkerButNotLongerThanHalfOfTheTime) {
  DispatchOptions options = AskedOnce();
  options.supervision.first_pause = options.supervision.longest_pause = milliseconds(400);
  Dispatcher& dispatcher = Open(options);
  for (int i = 0; i < 2; ++i) dispatcher.Ask(RoundOf({"exit 1", "x"}));
  const auto since = steady_clock::now();
  const auto at_once = dispatcher.Ask(RoundOf({"one", "two"}, milliseconds(300)));
  ExpectFailure(at_once[0], v1::FAILURE_KIND_SUSPENDED, HasSubstr("too late for this consultation"));
  ExpectAnswer(at_once[1], "two");
  EXPECT_EQ(State().failures_in_row, 2) << "was not asked";
  ExpectAnswer(dispatcher.Ask(RoundOf({"one", "two"}))[0], "one");
  EXPECT_GE(steady_clock::now() - since, milliseconds(300));
}

TEST_F(WorkerSupervision, TheEndOfTheConsultationComesFirst) {
  Dispatcher& dispatcher = Open({});
  dispatcher.Ask(RoundOf({"x", "x"}));
  Round round = RoundOf({"hang", "two"});
  round.limit = LimitFromNow(milliseconds(400));
  const auto replies = dispatcher.Ask(round);
  ExpectFailure(replies[0], v1::FAILURE_KIND_DEADLINE,
                HasSubstr("did not answer within the 400 ms that the whole consultation may take"));
  ExpectAnswer(replies[1], "two");
  EXPECT_EQ(State().failures_in_row, 1) << "it had all that was promised";
}

TEST_F(WorkerSupervision, ACallThatHadHardlyAnyTimeDoesNotCount) {
  Dispatcher& dispatcher = Open({});
  dispatcher.Ask(RoundOf({"x", "x"}));
  Round round = RoundOf({"hang", "hang"});
  round.limit = LimitFromNow(milliseconds(50));
  round.limit.duration = milliseconds(5000);
  for (const Reply& reply : dispatcher.Ask(round)) {
    ExpectFailure(reply, v1::FAILURE_KIND_DEADLINE, HasSubstr("within the 5000 ms"));
  }
  EXPECT_EQ(State().failures_in_row, 0);
}

TEST_F(WorkerSupervision, WaitingForAFreeSetEndsWithTheConsultationOrItsCancellation) {
  Dispatcher& dispatcher = Open({});
  dispatcher.Ask(RoundOf({"x", "x"}));
  std::stop_source stop;
  Round endless = RoundOf({"hang", "x"});
  endless.cancel = stop.get_token();
  auto busy = std::async(std::launch::async, [&] { return dispatcher.Ask(endless); });
  // Until the other has the set; a short round before that is answered.
  Round round = RoundOf({"one", "two"});
  std::vector<Reply> replies;
  do {
    round.limit = LimitFromNow(milliseconds(100));
    replies = dispatcher.Ask(round);
  } while (!replies[1].failure.has_value());
  for (const Reply& reply : replies) {
    ExpectFailure(reply, v1::FAILURE_KIND_DEADLINE,
                  HasSubstr("kept every worker busy, and none was free within the 100 ms"));
  }
  std::stop_source no_patience;
  Round waiting = RoundOf({"one", "two"});
  waiting.cancel = no_patience.get_token();
  auto queue = std::async(std::launch::async, [&] { return dispatcher.Ask(waiting); });
  no_patience.request_stop();
  for (const Reply& reply : queue.get()) ExpectFailure(reply, v1::FAILURE_KIND_CANCELLED, HasSubstr("cancelled"));
  stop.request_stop();
  ExpectFailure(busy.get()[0], v1::FAILURE_KIND_CANCELLED, HasSubstr("cancelled"));
}

TEST_F(WorkerSupervision, CancellingKeepsTheAnswersThatAreThere) {
  Dispatcher& dispatcher = Open({});
  dispatcher.Ask(RoundOf({"x", "x"}));
  std::stop_source stop;
  Round round = RoundOf({"hang", "two"});
  round.cancel = stop.get_token();
  auto asking = std::async(std::launch::async, [&] { return dispatcher.Ask(round); });
  const auto until = steady_clock::now() + milliseconds(200);
  while (steady_clock::now() < until) std::this_thread::yield();
  const auto since = steady_clock::now();
  stop.request_stop();
  const auto replies = asking.get();
  EXPECT_LT(steady_clock::now() - since, std::chrono::seconds(20)) << "the deadline is a minute";
  ExpectFailure(replies[0], v1::FAILURE_KIND_CANCELLED, HasSubstr("cancelled before the plugin had answered"));
  ExpectAnswer(replies[1], "two");
  EXPECT_EQ(State().failures_in_row, 0);

  const auto none = dispatcher.Ask(round);  // the stop stays requested
  for (const Reply& reply : none) ExpectFailure(reply, v1::FAILURE_KIND_CANCELLED, HasSubstr("cancelled"));
  ExpectAnswer(dispatcher.Ask(RoundOf({"one", "two"}))[0], "one");
}

TEST_F(WorkerSupervision, EndsAWorkerThatFloodsStandardError) {
  Dispatcher& dispatcher = Open({});
  auto replies = dispatcher.Ask(RoundOf({"stderr_flood 1048576", "two"}));
  ExpectAnswer(replies[0], "flooded");
  EXPECT_EQ(replies[0].stderr_bytes, 1048576U);
  replies = dispatcher.Ask(RoundOf({"stderr_flood 1048577", "two"}));
  ExpectFailure(replies[0], v1::FAILURE_KIND_BAD_ANSWER,
                AllOf(HasSubstr("flooded standard error with more than 1048576 bytes"), HasSubstr("at last: eeee")));
  ExpectAnswer(replies[1], "two");
  EXPECT_EQ(State().failures_in_row, 1);
  replies = dispatcher.Ask(RoundOf({"stderr_flood 99000000", "two"}));
  ExpectFailure(replies[0], v1::FAILURE_KIND_BAD_ANSWER, HasSubstr("flooded"));
  ExpectAnswer(dispatcher.Ask(RoundOf({"one", "two"}))[0], "one");
}

TEST_F(WorkerSupervision, TellsWhatAPluginWroteBesideItsAnswer) {
  Dispatcher& dispatcher = Open({});
  auto replies = dispatcher.Ask(RoundOf({"stderr first\nsecond\x1b[1m\n", "two"}));
  ExpectAnswer(replies[0], "stderr");
  EXPECT_EQ(replies[0].stderr_line, "second?[1m");
  EXPECT_EQ(replies[0].stderr_bytes, 17U);
  EXPECT_EQ(replies[1].stderr_bytes, 0U);
  replies = dispatcher.Ask(RoundOf({"one", "two"}));
  EXPECT_EQ(replies[0].stderr_bytes, 0U) << "of each call alone";
}

TEST(InProcessSupervision, PluginsThatTakeTurnsShareTheConsultationsTime) {
  const PluginCatalog catalog = CatalogOf({"puppet", "puppet_two", "puppet_three"});
  const auto dispatcher = MakeInProcessDispatcher(catalog, {});
  Round round = RoundOf({"one", "until_deadline", "three"}, kAmple);
  round.limit = LimitFromNow(milliseconds(400));
  const auto replies = dispatcher->Ask(round);
  ExpectAnswer(replies[0], "one");
  ExpectFailure(replies[1], v1::FAILURE_KIND_DEADLINE, HasSubstr("CND_DEADLINE"));
  ExpectFailure(replies[2], v1::FAILURE_KIND_DEADLINE,
                AllOf(HasSubstr("was not asked"), HasSubstr("within the 400 ms that the whole consultation may take")));
  EXPECT_EQ(dispatcher->supervisor()->StateOf(2).failures_in_row, 0);
}

TEST(InProcessSupervision, TellsAPluginThatItIsNotWantedAnyMore) {
  const PluginCatalog catalog = CatalogOf({"puppet", "puppet_two", "puppet_three"});
  const auto dispatcher = MakeInProcessDispatcher(catalog, {});
  std::stop_source stop;
  Round round = RoundOf({"one", "until_cancelled", "three"}, kAmple);
  round.cancel = stop.get_token();
  auto asking = std::async(std::launch::async, [&] { return dispatcher->Ask(round); });
  const auto until = steady_clock::now() + milliseconds(200);
  while (steady_clock::now() < until) std::this_thread::yield();
  stop.request_stop();
  const auto replies = asking.get();
  if (replies[0].failure) {  // this machine was slower than all that waiting
    ExpectFailure(replies[0], v1::FAILURE_KIND_CANCELLED, HasSubstr("cancelled"));
  } else {
    ExpectAnswer(replies[0], "one");
  }
  ExpectFailure(replies[1], v1::FAILURE_KIND_CANCELLED, HasSubstr("cancelled"));
  ExpectFailure(replies[2], v1::FAILURE_KIND_CANCELLED, HasSubstr("cancelled"));
  EXPECT_EQ(dispatcher->supervisor()->StateOf(1).failures_in_row, 0);
}

TEST(InProcessSupervision, SuspendsAPluginThatCannotBeStarted) {
  const PluginCatalog catalog = CatalogOf({"create_fails", "puppet_two"});
  const auto dispatcher = MakeInProcessDispatcher(catalog, {});
  for (int i = 0; i < 5; ++i) {
    ExpectFailure(dispatcher->Ask(RoundOf({"x", "x"}))[0], v1::FAILURE_KIND_LOAD, HasSubstr("table of norms"));
  }
  const auto replies = dispatcher->Ask(RoundOf({"x", "two"}));
  ExpectFailure(replies[0], v1::FAILURE_KIND_SUSPENDED, HasSubstr("it failed 5 times in a row"));
  ExpectAnswer(replies[1], "two");
}

}  // namespace
}  // namespace condyle
