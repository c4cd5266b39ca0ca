// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Every job is done once, one batch at a time, and jobs that wait are done together.
#include "host/audit/commit_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <thread>
#include <vector>

namespace condyle {
namespace {

TEST(CommitQueue, DoesEveryJobOnceAndOneBatchAtATime) {
  constexpr int kThreads = 8, kJobs = 500;
  std::atomic<int> writing = 0;
  size_t largest = 0;
  CommitQueue<int> queue(3, [&](const std::vector<int*>& jobs) {
    EXPECT_EQ(++writing, 1);
    largest = std::max(largest, jobs.size());
    for (int* job : jobs) ++*job;
    --writing;
  });
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < kJobs; ++j) {
        int job = 0;
        queue.Run(&job);
        EXPECT_EQ(job, 1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(largest, 3u);
}

TEST(CommitQueue, DoesTogetherWhatGathersWhileItWrites) {
  std::latch first_writes(1), others_wait(1);
  std::vector<size_t> batches;
  CommitQueue<int> queue(10, [&](const std::vector<int*>& jobs) {
    batches.push_back(jobs.size());
    if (batches.size() > 1) return;
    first_writes.count_down();
    others_wait.wait();
  });
  int jobs[5] = {};
  std::thread first([&] { queue.Run(&jobs[0]); });
  first_writes.wait();
  std::vector<std::thread> others;
  for (int i = 1; i < 5; ++i) {
    others.emplace_back([&, i] { queue.Run(&jobs[i]); });
  }
  while (queue.waiting() < 4) std::this_thread::yield();
  others_wait.count_down();
  first.join();
  for (std::thread& thread : others) thread.join();
  EXPECT_EQ(batches, (std::vector<size_t>{1, 4}));
}

}  // namespace
}  // namespace condyle
