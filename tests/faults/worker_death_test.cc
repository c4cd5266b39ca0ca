// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Every plugin's worker is killed in turn while it is being asked: with and without being asked again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/sockios.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "tests/end_to_end/support/build_paths.h"
#include "tests/end_to_end/support/consultations.h"
#include "tests/end_to_end/support/patients.h"
#include "tests/end_to_end/support/run_program.h"

namespace condyle::tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A patient whose every plugin answers, both screens "negative": nothing is held, so that what is held shows.
std::string TextbookRunner() {
  return ReadFile(std::string(kCaseFolder) + "/v37_trail_runner_textbook_right.case.json");
}

constexpr std::chrono::seconds kPatience{30};

// Stops a worker, which is a child of this process, and waits until it stands still.
void Freeze(pid_t worker) {
  ASSERT_EQ(kill(worker, SIGSTOP), 0);
  siginfo_t info{};
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(worker), &info, WSTOPPED | WNOWAIT), 0);
}

// True once a request has been sent to a worker that has not read it: a socket of this process has bytes that the
// other end has not taken. A frozen worker takes none, so this comes true, and stays so, when it is being asked.
bool SomebodyIsBeingAsked() {
  for (int fd = 3; fd < 1024; ++fd) {
    struct stat status {};
    int unread = 0;
    if (fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode) && ioctl(fd, SIOCOUTQ, &unread) == 0 && unread > 0)
      return true;
  }
  return false;
}

bool Within(std::chrono::seconds patience, bool (*condition)()) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    sched_yield();
  }
  return true;
}

class WorkerDeath : public ::testing::TestWithParam<int> {};

TEST_P(WorkerDeath, LeavesTheOthersAnswersAndHoldsWhatItGuarded) {
  HostOptions options;
  options.deadline = std::chrono::duration_cast<std::chrono::milliseconds>(2 * kPatience);
  options.consultation_deadline = options.deadline;
  options.supervision.ask_again = false;
  const std::unique_ptr<Host> host = OpenHost(options);
  const std::string runner = TextbookRunner();
  const std::vector<v1::PluginManifest> manifests = host->Manifests();
  const Outcome whole = host->ConsultBytes(runner);
  ASSERT_TRUE(whole.consultation.has_value());
  ASSERT_THAT(whole.consultation->plugin_failures(), IsEmpty());

  for (size_t i = 0; i < manifests.size(); ++i) {
    const v1::PluginManifest& victim = manifests[i];
    SCOPED_TRACE(victim.id());
    const std::vector<pid_t> workers = host->WorkerPids();
    ASSERT_EQ(workers.size(), manifests.size());
    Freeze(workers[i]);
    std::future<Outcome> asking = std::async(std::launch::async, [&] { return host->ConsultBytes(runner); });
    const bool asked = Within(kPatience, SomebodyIsBeingAsked);
    EXPECT_EQ(kill(workers[i], GetParam()), 0);
    if (GetParam() != SIGKILL) {  // only SIGKILL reaches a stopped process
      EXPECT_EQ(kill(workers[i], SIGCONT), 0);
    }
    const Outcome outcome = asking.get();
    ASSERT_TRUE(asked) << "the worker was never asked";
    ASSERT_TRUE(outcome.consultation.has_value());
    const v1::Consultation& torn = *outcome.consultation;

    // The failed one is named, and only that one.
    ASSERT_EQ(torn.plugin_failures_size(), 1) << torn.ShortDebugString();
    EXPECT_EQ(torn.plugin_failures(0).plugin_id(), victim.id());
    EXPECT_EQ(torn.plugin_failures(0).kind(), v1::FAILURE_KIND_CRASHED);
    EXPECT_THAT(torn.plugin_failures(0).message(), HasSubstr("signal " + std::to_string(GetParam())));
    EXPECT_THAT(torn.plugin_failures(0).file(), HasSubstr("condyle_" + victim.id() + ".so"));
    EXPECT_EQ(FindAssessment(torn, victim.id()), nullptr);

    // The rest answer, as they do when nobody dies.
    EXPECT_EQ(torn.assessments_size(), static_cast<int>(manifests.size()) - 1);
    for (const v1::Assessment& answer : torn.assessments()) {
      const v1::Assessment* before = FindAssessment(*whole.consultation, answer.plugin_id());
      ASSERT_NE(before, nullptr);
      EXPECT_EQ(answer.SerializeAsString(), before->SerializeAsString()) << answer.plugin_id();
    }
    EXPECT_GE(torn.urgency(), v1::URGENCY_ROUTINE);
    EXPECT_THAT(BrokenRules(torn, manifests), IsEmpty());

    // What a screen guards is held by the host, in its name.
    EXPECT_THAT(UnheldGuards(*whole.consultation, victim).empty(), victim.guards().empty())
        << "held before: this patient shows nothing";
    for (const std::string& tag : victim.guards()) {
      bool held = false;
      for (const v1::Hold& hold : torn.holds()) {
        held |= hold.by() == "condyle" && hold.tag() == tag && hold.effect() == v1::EFFECT_HOLD &&
                hold.reason().find("crashed") != std::string::npos;
      }
      EXPECT_TRUE(held) << tag;
    }

    // The next assessment is whole again.
    const Outcome next = host->ConsultBytes(runner);
    ASSERT_TRUE(next.consultation.has_value());
    EXPECT_EQ(next.consultation->SerializeAsString(), whole.consultation->SerializeAsString());
    EXPECT_NE(host->WorkerPids()[i], workers[i]);
  }
}

// AddressSanitizer makes an orderly exit of SIGSEGV.
#if defined(__SANITIZE_ADDRESS__)
constexpr int kCrash = SIGABRT;
#else
constexpr int kCrash = SIGSEGV;
#endif
INSTANTIATE_TEST_SUITE_P(BySignal, WorkerDeath, ::testing::Values(SIGKILL, kCrash),
                         [](const auto& one) { return one.param == SIGKILL ? "Kill" : "Crash"; });

// All of them at once: nothing is answered, and that is said; nothing ends in self care.
TEST(WorkersDeath, OfAllLeavesNothingUnsaid) {
  HostOptions options;
  options.supervision.ask_again = false;
  const std::unique_ptr<Host> host = OpenHost(options);
  const std::string runner = TextbookRunner();
  const Outcome whole = host->ConsultBytes(runner);
  ASSERT_TRUE(whole.consultation.has_value());
  const std::vector<pid_t> workers = host->WorkerPids();
  for (pid_t worker : workers) Freeze(worker);
  std::future<Outcome> asking = std::async(std::launch::async, [&] { return host->ConsultBytes(runner); });
  // With the first request on its way, those that are dead before their own are told apart no more; that is fine here.
  EXPECT_TRUE(Within(kPatience, SomebodyIsBeingAsked));
  for (pid_t worker : workers) kill(worker, SIGKILL);
  const Outcome outcome = asking.get();
  ASSERT_TRUE(outcome.consultation.has_value());
  EXPECT_EQ(outcome.consultation->plugin_failures_size(), static_cast<int>(workers.size()));
  EXPECT_THAT(outcome.consultation->recommendations(), IsEmpty());
  EXPECT_EQ(outcome.consultation->urgency(), v1::URGENCY_ROUTINE);
  EXPECT_THAT(BrokenRules(*outcome.consultation, host->Manifests()), IsEmpty());
  const Outcome next = host->ConsultBytes(runner);
  ASSERT_TRUE(next.consultation.has_value());
  EXPECT_EQ(next.consultation->SerializeAsString(), whole.consultation->SerializeAsString());
}

// Whoever is killed under a request is asked again, and only the receipt tells.
TEST(WorkersDeath, UnderARequestCostsNoAnswer) {
  HostOptions options;
  options.deadline = std::chrono::duration_cast<std::chrono::milliseconds>(2 * kPatience);
  options.consultation_deadline = options.deadline;
  const std::unique_ptr<Host> host = OpenHost(options);
  const std::string runner = TextbookRunner();
  const Outcome whole = host->ConsultBytes(runner);
  ASSERT_TRUE(whole.consultation.has_value());
  const std::vector<pid_t> workers = host->WorkerPids();
  for (size_t i = 0; i < workers.size(); ++i) {
    Freeze(workers[i]);
    std::future<Outcome> asking = std::async(std::launch::async, [&] { return host->ConsultBytes(runner); });
    const bool asked = Within(kPatience, SomebodyIsBeingAsked);
    EXPECT_EQ(kill(workers[i], SIGKILL), 0);
    Outcome outcome = asking.get();
    ASSERT_TRUE(asked) << "the worker was never asked";
    ASSERT_TRUE(outcome.consultation.has_value());
    v1::PluginRun* run = outcome.consultation.Mutable().mutable_receipt()->mutable_plugins(static_cast<int>(i));
    EXPECT_EQ(run->restarts(), 1) << run->plugin_id();
    run->clear_restarts();
    EXPECT_EQ(outcome.consultation->SerializeAsString(), whole.consultation->SerializeAsString());
    EXPECT_EQ(host->Health()[i].failures_in_row, 0);
    EXPECT_EQ(host->Health()[i].worker_starts, 2U);
  }
}

// A worker that dies while nobody asks costs nothing.
TEST(WorkersDeath, BetweenAssessmentsIsNotNoticed) {
  const std::unique_ptr<Host> host = OpenHost(false);
  const std::string runner = TextbookRunner();
  const Outcome whole = host->ConsultBytes(runner);
  ASSERT_TRUE(whole.consultation.has_value());
  for (pid_t worker : host->WorkerPids()) {
    ASSERT_EQ(kill(worker, SIGKILL), 0);
    siginfo_t info{};
    ASSERT_EQ(waitid(P_PID, static_cast<id_t>(worker), &info, WEXITED | WNOWAIT), 0);
  }
  const Outcome next = host->ConsultBytes(runner);
  ASSERT_TRUE(next.consultation.has_value());
  EXPECT_EQ(next.consultation->SerializeAsString(), whole.consultation->SerializeAsString());
}

}  // namespace
}  // namespace condyle::tests
