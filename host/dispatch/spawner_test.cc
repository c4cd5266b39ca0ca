// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Jobs of many threads on one that stays.
#include "host/dispatch/spawner.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <stdexcept>
#include <thread>
#include <vector>

namespace condyle {
namespace {

TEST(Spawner, RunsEveryJobOnTheSameThreadWhoeverAsks) {
  Spawner spawner;
  std::thread::id first;
  spawner.Run([&] { first = std::this_thread::get_id(); });
  EXPECT_NE(first, std::this_thread::get_id());
  int jobs = 0;  // no lock: one at a time
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        bool done = false;
        spawner.Run([&] {
          jobs += std::this_thread::get_id() == first;
          done = true;
        });
        EXPECT_TRUE(done) << "Run waits";
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(jobs, 400);
}

TEST(Spawner, ThrowsWhatAJobThrowsAndGoesOn) {
  Spawner spawner;
  EXPECT_THROW(spawner.Run([] { throw std::runtime_error("no more processes"); }), std::runtime_error);
  bool ran = false;
  spawner.Run([&] { ran = true; });
  EXPECT_TRUE(ran);
}

TEST(Spawner, LeavesTheProgramsSignalsToItsOtherThreads) {
  Spawner spawner;
  sigset_t there;
  sigemptyset(&there);
  spawner.Run([&] { pthread_sigmask(SIG_SETMASK, nullptr, &there); });
  sigset_t here;
  pthread_sigmask(SIG_SETMASK, nullptr, &here);
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) {
    EXPECT_EQ(sigismember(&there, signal), 1);
    EXPECT_EQ(sigismember(&here, signal), 0);
  }
}

TEST(Spawner, NeedsNoThreadUntilItIsUsed) { Spawner unused; }

}  // namespace
}  // namespace condyle
