// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The supervisor by a clock of the test's own.
#include "host/dispatch/supervisor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace condyle {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr uint64_t kMs = 1'000'000;

class SupervisorTest : public ::testing::Test {
 protected:
  explicit SupervisorTest(SupervisionOptions options = {}) : options_(options) {}

  bool IsAsked(size_t plugin = 0) {
    std::string why;
    return supervisor_.Admit(plugin, &why).has_value();
  }
  std::string Refusal(size_t plugin = 0) {
    std::string why;
    const auto permit = supervisor_.Admit(plugin, &why);
    return permit ? "" : why;
  }
  void Fail(int times, size_t plugin = 0, v1::FailureKind kind = v1::FAILURE_KIND_CRASHED,
            const std::string& what = "") {
    for (int i = 0; i < times; ++i) {
      std::string why;
      auto permit = supervisor_.Admit(plugin, &why);
      ASSERT_TRUE(permit.has_value()) << i << ": " << why;
      permit->Failed(kind, what);
    }
  }
  void Succeed(size_t plugin = 0) {
    std::string why;
    auto permit = supervisor_.Admit(plugin, &why);
    ASSERT_TRUE(permit.has_value()) << why;
    permit->Succeeded();
  }
  // How long a new worker has to wait. Milliseconds.
  double PauseMs() {
    std::string why;
    const auto permit = supervisor_.Admit(0, &why);
    if (!permit) return -1;
    return permit->start_at_ns() <= now_ ? 0 : static_cast<double>(permit->start_at_ns() - now_) / kMs;
  }

  const SupervisionOptions options_;
  uint64_t now_ = 1'000'000'000'000;
  Supervisor supervisor_{2, options_, [this] { return now_; }};
};

TEST_F(SupervisorTest, StartsAgainAtOnceAfterTheFirstFailureAndThenEverLater) {
  EXPECT_EQ(PauseMs(), 0);
  for (const double pause : {0.0, 10.0, 20.0, 40.0}) {
    Fail(1);
    EXPECT_EQ(PauseMs(), pause);
  }
  now_ += 39 * kMs;
  EXPECT_EQ(PauseMs(), 1);
  now_ += kMs;
  EXPECT_EQ(PauseMs(), 0);
}

TEST_F(SupervisorTest, OpensAtTheFifthFailureInARow) {
  Fail(4);
  EXPECT_EQ(supervisor_.StateOf(0).circuit, Supervisor::Circuit::kClosed);
  EXPECT_TRUE(IsAsked());
  Fail(1);
  EXPECT_EQ(supervisor_.StateOf(0).circuit, Supervisor::Circuit::kOpen);
  EXPECT_EQ(supervisor_.StateOf(0).failures_in_row, 5);
  EXPECT_EQ(supervisor_.StateOf(0).retry_in, seconds(1));
  EXPECT_FALSE(IsAsked());
}

TEST_F(SupervisorTest, CountsFailuresInARowOnly) {
  for (int i = 0; i < 3; ++i) {
    Fail(4);
    Succeed();
    EXPECT_EQ(supervisor_.StateOf(0).failures_in_row, 0);
    EXPECT_EQ(PauseMs(), 0);
  }
}

TEST_F(SupervisorTest, LeavesOtherPluginsAlone) {
  Fail(5);
  EXPECT_FALSE(IsAsked(0));
  EXPECT_TRUE(IsAsked(1));
  EXPECT_EQ(supervisor_.StateOf(1).failures_in_row, 0);
}

TEST_F(SupervisorTest, TriesWithOneCallWhenTheTimeIsOver) {
  Fail(5);
  now_ += 999 * kMs;
  EXPECT_FALSE(IsAsked());
  now_ += kMs;
  EXPECT_EQ(supervisor_.StateOf(0).circuit, Supervisor::Circuit::kHalfOpen);
  std::string why;
  auto trial = supervisor_.Admit(0, &why);
  ASSERT_TRUE(trial.has_value());
  EXPECT_EQ(trial->start_at_ns(), 0U);
  EXPECT_THAT(Refusal(), HasSubstr("another consultation is trying it now"));
  trial->Succeeded();
  EXPECT_EQ(supervisor_.StateOf(0).circuit, Supervisor::Circuit::kClosed);
  EXPECT_EQ(supervisor_.StateOf(0).failures_in_row, 0);
  Fail(4);
  EXPECT_TRUE(IsAsked()) << "counts from the beginning";
}

TEST_F(SupervisorTest, WaitsTwiceAsLongAfterEachFailedTrialUpToAMinuteAndForgetsThatAfterASuccess) {
  Fail(5);
  for (const int s : {1, 2, 4, 8, 16, 32, 60, 60}) {
    EXPECT_EQ(supervisor_.StateOf(0).retry_in, seconds(s));
    now_ += static_cast<uint64_t>(s) * 1000 * kMs;
    Fail(1);
  }
  now_ += 60'000 * kMs;
  Succeed();
  Fail(5);
  EXPECT_EQ(supervisor_.StateOf(0).retry_in, seconds(1));
}

TEST_F(SupervisorTest, LetsTheNextCallTryIfATrialEndsWithoutAWord) {
  Fail(5);
  now_ += 1000 * kMs;
  EXPECT_TRUE(IsAsked());  // its permit is gone again: cancelled
  EXPECT_EQ(supervisor_.StateOf(0).failures_in_row, 5);
  Succeed();
  EXPECT_EQ(supervisor_.StateOf(0).circuit, Supervisor::Circuit::kClosed);
}

TEST_F(SupervisorTest, CallsThatEndWithoutAWordCountForNothing) {
  Fail(4);
  EXPECT_TRUE(IsAsked());
  EXPECT_EQ(supervisor_.StateOf(0).failures_in_row, 4);
}

TEST_F(SupervisorTest, DoesNotBelieveCallsFromBeforeTheCircuitOpened) {
  std::string why;
  auto slow = supervisor_.Admit(0, &why);
  auto late = supervisor_.Admit(0, &why);
  Fail(5);
  slow->Succeeded();
  EXPECT_EQ(supervisor_.StateOf(0).circuit, Supervisor::Circuit::kOpen);
  late->Failed(v1::FAILURE_KIND_CRASHED, "");
  EXPECT_EQ(supervisor_.StateOf(0).failures_in_row, 5);
  EXPECT_EQ(supervisor_.StateOf(0).retry_in, seconds(1));
}

TEST_F(SupervisorTest, SaysWhyAndSinceWhenAndWhenItIsTriedNext) {
  Fail(4);
  Fail(1, 0, v1::FAILURE_KIND_LOAD, "undefined symbol: x");
  now_ += 250 * kMs;
  EXPECT_EQ(Refusal(),
            "the plugin was not asked: it failed 5 times in a row, at last because it could not be started (undefined "
            "symbol: x). It has been left alone for 0.2 s and is tried again in 0.8 s.");
}

TEST_F(SupervisorTest, KeepsCallsThatCountForNothingAwayUnlessThePluginIsSound) {
  std::string why;
  EXPECT_TRUE(supervisor_.IsSound(0, &why));
  Fail(5);
  EXPECT_FALSE(supervisor_.IsSound(0, &why));
  EXPECT_THAT(why, HasSubstr("tried again in 1.0 s"));
  now_ += 1000 * kMs;
  EXPECT_FALSE(supervisor_.IsSound(0, &why)) << "the trial is for a call that counts";
  EXPECT_THAT(why, HasSubstr("the next consultation tries it"));
  Succeed();
  EXPECT_TRUE(supervisor_.IsSound(0, &why));
}

class PauseCap : public SupervisorTest {
 protected:
  PauseCap() : SupervisorTest({.open_after = 100}) {}
};

TEST_F(PauseCap, IsOneSecond) {
  for (int i = 0; i < 90; ++i) Fail(1);
  EXPECT_EQ(PauseMs(), 1000);
}

class Unsupervised : public SupervisorTest {
 protected:
  Unsupervised() : SupervisorTest({.open_after = 0}) {}
};

TEST_F(Unsupervised, IsAlwaysAskedWithoutAPause) {
  Fail(1000);
  EXPECT_EQ(PauseMs(), 0);
}

TEST(Supervisor, LetsOneOfManyThreadsTry) {
  std::atomic<uint64_t> now{1};
  Supervisor supervisor(1, {.open_after = 1}, [&] { return now.load(); });
  std::string why;
  supervisor.Admit(0, &why)->Failed(v1::FAILURE_KIND_CRASHED, "");
  now += 2'000 * kMs;
  std::atomic<int> tried{0};
  std::atomic<int> decided{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      std::string refusal;
      const auto permit = supervisor.Admit(0, &refusal);
      tried += permit.has_value();
      ++decided;
      while (decided < 8) std::this_thread::yield();  // nobody gives up before all have asked
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(tried, 1);
}

}  // namespace
}  // namespace condyle
