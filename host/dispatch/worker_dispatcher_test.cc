// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Rounds over real workers with plugins that fail in every way that we could think of.
#include <dirent.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/sockios.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "condyle/plugin.h"
#include "host/dispatch/dispatcher.h"
#include "host/dispatch/rounds_for_test.h"
#include "host/worker/channel.h"
#include "host/worker/sanitized.h"

namespace condyle {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// Nothing that is meant to succeed comes near it, whatever else the machine does.
// For calls that are meant to overrun.
constexpr milliseconds kShort{400};

DispatchOptions Options() {
  DispatchOptions options;
  options.worker_path = CONDYLE_WORKER;
  // What one failure does is shown here; what many do, and asking again, in supervision_test.cc.
  options.supervision.open_after = 0;
  options.supervision.ask_again = false;
  return options;
}

void ExpectAnswer(const Reply& reply, const std::string& answer) {
  EXPECT_FALSE(reply.failure.has_value()) << reply.failure->ShortDebugString();
  EXPECT_EQ(reply.response, answer);
}

void ExpectFailure(const Reply& reply, const std::string& id, v1::FailureKind kind,
                   const ::testing::Matcher<std::string>& message) {
  ASSERT_TRUE(reply.failure.has_value()) << "answered " << reply.response.substr(0, 100);
  EXPECT_EQ(reply.failure->plugin_id(), id);
  EXPECT_EQ(v1::FailureKind_Name(reply.failure->kind()), v1::FailureKind_Name(kind));
  EXPECT_THAT(reply.failure->message(), message);
  EXPECT_THAT(reply.failure->file(), HasSubstr(id));
  EXPECT_THAT(reply.response, IsEmpty());
}

// A child that has died and was not waited for, or 0.
pid_t Zombie() {
  siginfo_t info{};
  if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0) return 0;
  return info.si_pid;
}

std::vector<int> OpenFds() {
  std::vector<int> fds;
  DIR* directory = opendir("/proc/self/fd");
  while (const dirent* entry = readdir(directory)) {
    const int fd = atoi(entry->d_name);
    if (entry->d_name[0] != '.' && fd != dirfd(directory)) fds.push_back(fd);
  }
  closedir(directory);
  return fds;
}

// State of a process as in ps, for example 'T' for stopped; 0 if there is none.
char StateOf(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const size_t name_end = text.rfind(')');
  return name_end == text.npos || name_end + 2 >= text.size() ? '\0' : text[name_end + 2];
}

void AwaitState(pid_t pid, char state) {
  while (StateOf(pid) != state) std::this_thread::yield();
}

// True if some socket of ours holds bytes that the other side has not read.
bool RequestIsOnItsWay() {
  const std::vector<int> fds = OpenFds();
  return std::any_of(fds.begin(), fds.end(), [](int fd) {
    int unread = 0;
    return ioctl(fd, SIOCOUTQ, &unread) == 0 && unread > 0;
  });
}

std::string FrameBytes(FrameHeader header, const std::string& payload = {}) {
  return std::string(reinterpret_cast<const char*>(&header), sizeof(header)) + payload;
}

FrameHeader Header(uint32_t sequence, uint64_t length, FrameType type = FrameType::kAnswer) {
  FrameHeader header;
  header.type = type;
  header.sequence = sequence;
  header.length = length;
  return header;
}

TEST(WorkerDispatcher, GivesEachPluginItsOwnRequestAndKeepsTheWorkers) {
  const PluginCatalog catalog = CatalogOf({"puppet", "puppet_two", "puppet_three"});
  const auto dispatcher = MakeWorkerDispatcher(catalog, Options());
  EXPECT_THAT(dispatcher->worker_pids(), IsEmpty()) << "workers start when first needed";
  EXPECT_STREQ(dispatcher->isolation(), "worker");
  std::vector<pid_t> pids;
  for (int i = 0; i < 3; ++i) {
    const std::string n = std::to_string(i);
    const auto replies = dispatcher->Ask(RoundOf({"A" + n, "", std::string("\0C", 2) + n}));
    ASSERT_THAT(replies, SizeIs(3));
    ExpectAnswer(replies[0], "A" + n);
    ExpectAnswer(replies[1], "");
    ExpectAnswer(replies[2], std::string("\0C", 2) + n);
    if (i == 0) pids = dispatcher->worker_pids();
    EXPECT_THAT(pids, SizeIs(3));
    EXPECT_EQ(dispatcher->worker_pids(), pids);
  }
}

TEST(WorkerDispatcher, PassesTheMomentOfTheAssessment) {
  const PluginCatalog catalog = CatalogOf({"puppet"});
  const auto dispatcher = MakeWorkerDispatcher(catalog, Options());
  Round round = RoundOf({"as_of"});
  for (const int64_t as_of : {INT64_C(1762300800000000000), INT64_C(-1), INT64_C(0)}) {
    round.as_of_unix_ns = as_of;
    ExpectAnswer(dispatcher->Ask(round)[0], std::to_string(as_of));
  }
}

TEST(WorkerDispatcher, HasNoTroubleWithAnEmptyCatalogue) {
  const PluginCatalog catalog;
  EXPECT_THAT(MakeWorkerDispatcher(catalog, Options())->Ask(RoundOf({})), IsEmpty());
}

TEST(WorkerDispatcher, AsksNobodyButThoseNamed) {
  const PluginCatalog catalog = CatalogOf({"puppet", "puppet_two"});
  const auto dispatcher = MakeWorkerDispatcher(catalog, Options());
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

TEST(WorkerDispatcher, NamesPluginsWithoutARequest) {
  const PluginCatalog catalog = CatalogOf({"puppet", "puppet_two"});
  const auto dispatcher = MakeWorkerDispatcher(catalog, Options());
  const auto replies = dispatcher->Ask(RoundOf({"only one"}));
  ExpectAnswer(replies[0], "only one");
  ExpectFailure(replies[1], "puppet_two", v1::FAILURE_KIND_UNSPECIFIED, HasSubstr("no request"));
}

TEST(WorkerDispatcher, MovesLargeRequestsAndAnswersOfAllPluginsAtOnce) {
  const PluginCatalog catalog = CatalogOf({"puppet", "puppet_two", "puppet_three"});
  DispatchOptions options = Options();
  options.max_response_bytes = 16u << 20;
  const auto dispatcher = MakeWorkerDispatcher(catalog, options);
  const std::string large(12u << 20, 'L');
  for (int i = 0; i < 2; ++i) {
    const auto replies = dispatcher->Ask(RoundOf({large + "1", large + "2", large + "3"}));
    for (size_t k = 0; k < replies.size(); ++k) {
      EXPECT_FALSE(replies[k].failure.has_value());
      EXPECT_TRUE(replies[k].response == large + std::to_string(k + 1));
    }
  }
}

TEST(WorkerDispatcher, RefusesARequestThatNoWorkerTakes) {
  const PluginCatalog catalog = CatalogOf({"puppet", "puppet_two"});
  const auto dispatcher = MakeWorkerDispatcher(catalog, Options());
  const auto replies = dispatcher->Ask(RoundOf({std::string(kMaxRequestBytes + 1, 'x'), "small"}));
  ExpectFailure(replies[0], "puppet", v1::FAILURE_KIND_UNSPECIFIED, HasSubstr("at most 67108864"));
  ExpectAnswer(replies[1], "small");
}

TEST(WorkerDispatcher, TakesAnAnswerOfExactlyTheLimitAndNoLonger) {
  const PluginCatalog catalog = CatalogOf({"puppet"});
  for (const size_t limit : {size_t{1}, size_t{5000}, size_t{100000}}) {
    DispatchOptions options = Options();
    options.max_response_bytes = limit;
    const auto dispatcher = MakeWorkerDispatcher(catalog, options);
    ExpectAnswer(dispatcher->Ask(RoundOf({"write " + std::to_string(limit)}))[0], std::string(limit, 'x'));
    const std::vector<pid_t> pids = dispatcher->worker_pids();
    ExpectFailure(dispatcher->Ask(RoundOf({"write " + std::to_string(limit + 1)}))[0], "puppet",
                  v1::FAILURE_KIND_BAD_ANSWER, HasSubstr("longer than the " + std::to_string(limit) + " bytes"));
    EXPECT_EQ(dispatcher->worker_pids(), pids) << "the worker itself is sound";
  }
}

struct Fault {
  std::string name;
  std::string request;
  v1::FailureKind kind;
  std::string message;
  milliseconds deadline = kAmple;
  bool skip_sanitized = false;
};

void PrintTo(const Fault& fault, std::ostream* os) { *os << fault.name; }

class WorkerFault : public ::testing::TestWithParam<Fault> {};

TEST_P(WorkerFault, IsReportedAndDoesNotDisturbTheOthersOrTheNextRound) {
  const Fault& fault = GetParam();
  if (kSanitized && fault.skip_sanitized) GTEST_SKIP() << "workers have no memory limit under a sanitizer";
  const PluginCatalog catalog = CatalogOf({"puppet", "puppet_two", "puppet_three"});
  const auto dispatcher = MakeWorkerDispatcher(catalog, Options());
  for (const Reply& reply : dispatcher->Ask(RoundOf({"warm", "warm", "warm"}))) ExpectAnswer(reply, "warm");
  const size_t open_fds = OpenFds().size();
  for (int again = 0; again < 2; ++again) {
    const auto replies = dispatcher->Ask(RoundOf({"first", fault.request, "third"}, fault.deadline));
    ExpectAnswer(replies[0], "first");
    ExpectFailure(replies[1], "puppet_two", fault.kind, HasSubstr(fault.message));
    ExpectAnswer(replies[2], "third");
    EXPECT_EQ(Zombie(), 0);
    for (const Reply& reply : dispatcher->Ask(RoundOf({"whole", "whole", "whole"}))) ExpectAnswer(reply, "whole");
    EXPECT_THAT(dispatcher->worker_pids(), SizeIs(3));
    EXPECT_EQ(OpenFds().size(), open_fds);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, WorkerFault,
    ::testing::Values(
        Fault{"Segv", "segv", v1::FAILURE_KIND_CRASHED, "killed by signal 11 (SIGSEGV)"},
        Fault{"Abort", "abort", v1::FAILURE_KIND_CRASHED,
              "killed by signal 6 (SIGABRT); last words: about to abort: the fixture was told to"},
        Fault{"Exit0", "exit 0", v1::FAILURE_KIND_CRASHED, "exited with code 0"},
        Fault{"Exit3", "exit 3", v1::FAILURE_KIND_CRASHED, "exited with code 3"},
        Fault{"Hang", "hang", v1::FAILURE_KIND_DEADLINE, "did not answer within 400 ms", kShort},
        Fault{"AnswersLate", "late", v1::FAILURE_KIND_DEADLINE, "did not answer within 400 ms", kShort},
        // The plugin's own report and the host's kill race; both are the same kind of failure.
        Fault{"SeesTheDeadline", "until_deadline", v1::FAILURE_KIND_DEADLINE, "", kShort},
        Fault{"HangsUp", "hang_up", v1::FAILURE_KIND_CRASHED, "closed its channel"},
        Fault{"Garbage", "raw " + std::string(100, 'g'), v1::FAILURE_KIND_BAD_ANSWER, "its bytes are no frame"},
        Fault{"UnknownType", "raw_hang " + FrameBytes(Header(2, 0, static_cast<FrameType>(99))),
              v1::FAILURE_KIND_BAD_ANSWER, "its bytes are no frame"},
        Fault{"StaleSequence", "raw_hang " + FrameBytes(Header(1, 5), "stale"), v1::FAILURE_KIND_BAD_ANSWER, "not due"},
        Fault{"ReadyAgain", "raw_hang " + FrameBytes(Header(2, 8, FrameType::kReady), "12345678"),
              v1::FAILURE_KIND_BAD_ANSWER, "not due"},
        Fault{"AnnouncesTooMuch", "raw_hang " + FrameBytes(Header(2, UINT64_MAX)), v1::FAILURE_KIND_BAD_ANSWER,
              "announced 18446744073709551615 bytes"},
        Fault{"WritesTooMuch", "write 5000000", v1::FAILURE_KIND_BAD_ANSWER, "longer than the 4194304 bytes"},
        Fault{"WritesOnRegardless", "write_on 9000000", v1::FAILURE_KIND_BAD_ANSWER, "longer than the 4194304 bytes"},
        Fault{"Internal", "status 8", v1::FAILURE_KIND_REPORTED, "CND_INTERNAL: the fixture was told to fail ?"},
        Fault{"InvalidInput", "status 1", v1::FAILURE_KIND_REPORTED, "CND_INVALID_INPUT: the fixture"},
        Fault{"StatusDeadline", "status 5", v1::FAILURE_KIND_DEADLINE, "CND_DEADLINE"},
        Fault{"UnknownStatus", "status 77", v1::FAILURE_KIND_REPORTED, "CND_INTERNAL"},
        Fault{"MuteStatus", "mute_status 3", v1::FAILURE_KIND_REPORTED, "CND_UNSUPPORTED and did not say why"},
        Fault{"EatsMemory", "eat", v1::FAILURE_KIND_REPORTED, "CND_EXHAUSTED: no more memory", kAmple, true}),
    [](const auto& row) { return row.param.name; });

struct Startup {
  std::string id;
  v1::FailureKind kind;
  std::string message;
  milliseconds deadline = kAmple;
};

void PrintTo(const Startup& startup, std::ostream* os) { *os << startup.id; }

class WorkerStartup : public ::testing::TestWithParam<Startup> {};

TEST_P(WorkerStartup, FailureIsReportedEachRoundBesideSoundAnswers) {
  const Startup& startup = GetParam();
  const PluginCatalog catalog = CatalogOf({startup.id, "puppet"});
  const auto dispatcher = MakeWorkerDispatcher(catalog, Options());
  for (int again = 0; again < 2; ++again) {
    const auto replies = dispatcher->Ask(RoundOf({"x", "sound"}, startup.deadline));
    ExpectFailure(replies[0], startup.id, startup.kind, HasSubstr(startup.message));
    ExpectAnswer(replies[1], "sound");
    EXPECT_THAT(dispatcher->worker_pids(), SizeIs(1));
    EXPECT_EQ(Zombie(), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, WorkerStartup,
    ::testing::Values(
        Startup{"abort_in_constructor", v1::FAILURE_KIND_LOAD,
                "killed by signal 6 (SIGABRT); last words: constructor: giving up"},
        Startup{"exit_in_constructor", v1::FAILURE_KIND_LOAD, "exited with code 0"},
        Startup{"hang_in_constructor", v1::FAILURE_KIND_DEADLINE, "was not loaded within 2000 ms", milliseconds(2000)},
        Startup{"refuses_host", v1::FAILURE_KIND_LOAD, "returned NULL"},
        Startup{"wrong_major", v1::FAILURE_KIND_LOAD, "abi_major 2"},
        Startup{"short_table", v1::FAILURE_KIND_LOAD, "so destroy is missing"},
        Startup{"null_assess", v1::FAILURE_KIND_LOAD, "NULL for assess"},
        Startup{"create_fails", v1::FAILURE_KIND_LOAD, "CND_INTERNAL: the table of norms is damaged"},
        Startup{"create_gives_nothing", v1::FAILURE_KIND_LOAD, "no instance"},
        Startup{"no_entry", v1::FAILURE_KIND_LOAD, "does not export condyle_entry_v1"},
        Startup{"missing_symbol", v1::FAILURE_KIND_LOAD, "undefined symbol: fixture_symbol_that_nobody_defines"},
        Startup{"no_such_file", v1::FAILURE_KIND_LOAD, "No such file or directory"}),
    [](const auto& row) { return row.param.id; });

TEST(WorkerDispatcher, TakesANewerMinorVersionAndASlowStart) {
  const PluginCatalog catalog = CatalogOf({"newer_minor", "slow_start"});
  const auto replies = MakeWorkerDispatcher(catalog, Options())->Ask(RoundOf({"newer", "slow"}));
  ExpectAnswer(replies[0], "newer");
  ExpectAnswer(replies[1], "slow");
}

TEST(WorkerDispatcher, SaysWhenTheWorkerProgramIsMissing) {
  const PluginCatalog catalog = CatalogOf({"puppet"});
  DispatchOptions options = Options();
  options.worker_path = "/nonexistent/condyle-worker";
  const auto replies = MakeWorkerDispatcher(catalog, options)->Ask(RoundOf({"x"}));
  ExpectFailure(replies[0], "puppet", v1::FAILURE_KIND_LOAD,
                HasSubstr("/nonexistent/condyle-worker: No such file or directory"));
}

TEST(WorkerDispatcher, ToleratesWhatPluginsWriteToStderr) {
  const PluginCatalog catalog = CatalogOf({"puppet", "puppet_two"});
  const auto dispatcher = MakeWorkerDispatcher(catalog, Options());
  auto replies = dispatcher->Ask(RoundOf({"stderr_flood", "stderr some words\n"}));
  ExpectAnswer(replies[0], "flooded");
  ExpectAnswer(replies[1], "stderr");
  // The words of an earlier round say nothing about this one.
  replies = dispatcher->Ask(RoundOf({"close_stderr", "exit 1"}));
  ExpectAnswer(replies[0], "closed");
  ExpectFailure(replies[1], "puppet_two", v1::FAILURE_KIND_CRASHED, Not(HasSubstr("some words")));
  ExpectAnswer(dispatcher->Ask(RoundOf({"still there", "x"}))[0], "still there");
}

TEST(WorkerDispatcher, ReplacesAWorkerThatSpeaksUnasked) {
  const PluginCatalog catalog = CatalogOf({"puppet", "puppet_two"});
  const auto dispatcher = MakeWorkerDispatcher(catalog, Options());
  ExpectAnswer(dispatcher->Ask(RoundOf({"x", "x"}))[0], "x");
  const std::vector<pid_t> before = dispatcher->worker_pids();
  // A frame that looks like the answer, ahead of the real one. Whether both are read at once is up to the scheduler.
  const auto replies = dispatcher->Ask(RoundOf({"raw " + FrameBytes(Header(2, 6), "forged"), "x"}));
  if (replies[0].failure.has_value()) {
    ExpectFailure(replies[0], "puppet", v1::FAILURE_KIND_BAD_ANSWER, HasSubstr("more than one frame"));
  } else {
    EXPECT_EQ(replies[0].response, "forged");
    while (StateOf(before[0]) != 'S') std::this_thread::yield();  // its second frame has been written
  }
  ExpectAnswer(dispatcher->Ask(RoundOf({"calls", "x"}))[0], "1");
  EXPECT_NE(dispatcher->worker_pids()[0], before[0]);
  EXPECT_EQ(dispatcher->worker_pids()[1], before[1]);
}

TEST(WorkerDispatcher, ReplacesAnIdleWorkerThatDiedWithoutLosingTheRound) {
  const PluginCatalog catalog = CatalogOf({"puppet", "puppet_two"});
  const auto dispatcher = MakeWorkerDispatcher(catalog, Options());
  dispatcher->Ask(RoundOf({"x", "x"}));
  const pid_t victim = dispatcher->worker_pids()[0];
  ASSERT_EQ(kill(victim, SIGKILL), 0);
  AwaitState(victim, 'Z');
  const auto replies = dispatcher->Ask(RoundOf({"again", "again"}));
  ExpectAnswer(replies[0], "again");
  ExpectAnswer(replies[1], "again");
  EXPECT_EQ(Zombie(), 0);
}

TEST(WorkerDispatcher, ReportsAWorkerThatIsKilledInTheMiddleOfACall) {
  const PluginCatalog catalog = CatalogOf({"puppet", "puppet_two"});
  const auto dispatcher = MakeWorkerDispatcher(catalog, Options());
  dispatcher->Ask(RoundOf({"x", "x"}));
  const pid_t victim = dispatcher->worker_pids()[1];
  ASSERT_EQ(kill(victim, SIGSTOP), 0);
  AwaitState(victim, 'T');
  auto replies = std::async(std::launch::async, [&] { return dispatcher->Ask(RoundOf({"one", "two"})); });
  while (!RequestIsOnItsWay() || StateOf(victim) != 'T') std::this_thread::yield();
  ASSERT_EQ(kill(victim, SIGKILL), 0);
  const auto got = replies.get();
  ExpectAnswer(got[0], "one");
  ExpectFailure(got[1], "puppet_two", v1::FAILURE_KIND_CRASHED, HasSubstr("signal 9 (SIGKILL)"));
  ExpectAnswer(dispatcher->Ask(RoundOf({"x", "whole"}))[1], "whole");
}

TEST(WorkerDispatcher, KillsAStoppedWorkerAtTheDeadline) {
  const PluginCatalog catalog = CatalogOf({"puppet", "puppet_two"});
  const auto dispatcher = MakeWorkerDispatcher(catalog, Options());
  dispatcher->Ask(RoundOf({"x", "x"}));
  const pid_t victim = dispatcher->worker_pids()[0];
  ASSERT_EQ(kill(victim, SIGSTOP), 0);
  AwaitState(victim, 'T');
  // More than the socket holds: the round must not wait for room either.
  const auto replies = dispatcher->Ask(RoundOf({std::string(8u << 20, 'x'), "fine"}, kShort));
  ExpectFailure(replies[0], "puppet", v1::FAILURE_KIND_DEADLINE, HasSubstr("within 400 ms"));
  ExpectAnswer(replies[1], "fine");
  EXPECT_EQ(StateOf(victim), '\0');
}

TEST(WorkerDispatcher, LeaksNothingOverManyCrashes) {
  const PluginCatalog catalog = CatalogOf({"puppet"});
  const auto dispatcher = MakeWorkerDispatcher(catalog, Options());
  dispatcher->Ask(RoundOf({"exit 1"}));
  const size_t before = OpenFds().size();
  for (int i = 0; i < 200; ++i) {
    ExpectFailure(dispatcher->Ask(RoundOf({"exit 1"}))[0], "puppet", v1::FAILURE_KIND_CRASHED, HasSubstr("code 1"));
  }
  EXPECT_EQ(OpenFds().size(), before);
  EXPECT_EQ(Zombie(), 0);
}

TEST(WorkerDispatcher, EndsAllWorkersWhenItGoes) {
  const PluginCatalog catalog = CatalogOf({"puppet", "puppet_two", "puppet_three"});
  const size_t fds_before = OpenFds().size();
  auto dispatcher = MakeWorkerDispatcher(catalog, Options());
  dispatcher->Ask(RoundOf({"x", "x", "x"}));
  const std::vector<pid_t> pids = dispatcher->worker_pids();
  ASSERT_THAT(pids, SizeIs(3));
  kill(pids[1], SIGSTOP);  // not even this one may hold it up
  dispatcher.reset();
  for (const pid_t pid : pids) EXPECT_EQ(StateOf(pid), '\0') << pid;
  EXPECT_EQ(OpenFds().size(), fds_before);
  siginfo_t info{};
  EXPECT_EQ(waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(WorkerDispatcher, ServesSeveralThreadsWithFewerSetsAndKeepsAnswersApart) {
  const PluginCatalog catalog = CatalogOf({"puppet", "puppet_two", "puppet_three"});
  DispatchOptions options = Options();
  options.parallel_rounds = 2;
  const auto dispatcher = MakeWorkerDispatcher(catalog, options);
  std::atomic<int> wrong{0};
  std::atomic<int> crashes{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string mine = "thread " + std::to_string(t) + " round " + std::to_string(i);
        const bool crash = i % 10 == t;
        const auto replies = dispatcher->Ask(RoundOf({mine + "a", crash ? "exit 1" : mine + "b", mine + "c"}));
        wrong += replies[0].response != mine + "a";
        wrong += replies[2].response != mine + "c";
        wrong += crash ? !replies[1].failure.has_value() : replies[1].response != mine + "b";
        crashes += replies[1].failure.has_value();
        wrong += dispatcher->worker_pids().size() > 6;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(crashes, 20);
  EXPECT_EQ(Zombie(), 0);
}

TEST(WorkerDispatcher, UsesOneSetAsLongAsRoundsDoNotOverlap) {
  const PluginCatalog catalog = CatalogOf({"puppet", "puppet_two"});
  DispatchOptions options = Options();
  options.parallel_rounds = 4;
  const auto dispatcher = MakeWorkerDispatcher(catalog, options);
  for (int i = 0; i < 5; ++i) dispatcher->Ask(RoundOf({"x", "x"}));
  EXPECT_THAT(dispatcher->worker_pids(), SizeIs(2));
}

}  // namespace
}  // namespace condyle
