// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Group commit: threads that want to write at the same time share one transaction, and so one wait for the disk.
#ifndef CONDYLE_HOST_AUDIT_COMMIT_QUEUE_H_
#define CONDYLE_HOST_AUDIT_COMMIT_QUEUE_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace condyle {

// Job: what one caller wants to have written, with room for what came of it. Thread-safe.
template <typename Job>
class CommitQueue {
 public:
  // write: does the jobs of one batch, and puts into each what came of it. Called by one thread at a time; must not
  // throw.
  CommitQueue(size_t most_jobs, std::function<void(const std::vector<Job*>&)> write)
      : most_jobs_(most_jobs), write_(std::move(write)) {}

  // Returns when the job is done. Who is first in line while nobody writes, writes its own job and those that have
  // gathered behind it. Only those are woken whose turn it is or whose job is done: with as many threads as requests in
  // flight, waking all at each commit costs more than the commit.
  void Run(Job* job) {
    Waiting self(job);
    std::unique_lock lock(mutex_);
    waiting_.push_back(&self);
    self.woken.wait(lock, [&] { return self.done || (!writing_ && waiting_.front() == &self); });
    if (self.done) return;
    writing_ = true;
    std::vector<Waiting*> batch;
    std::vector<Job*> jobs;
    while (!waiting_.empty() && batch.size() < most_jobs_) {
      batch.push_back(waiting_.front());
      jobs.push_back(waiting_.front()->job);
      waiting_.pop_front();
    }
    lock.unlock();
    write_(jobs);
    lock.lock();
    writing_ = false;
    for (Waiting* one : batch) {
      one->done = true;
      // Under the lock: it lives until its thread gets that.
      if (one != &self) one->woken.notify_one();
    }
    if (!waiting_.empty()) waiting_.front()->woken.notify_one();
  }

  // How many wait for their batch to begin.
  size_t waiting() const {
    std::lock_guard lock(mutex_);
    return waiting_.size();
  }

 private:
  struct Waiting {
    explicit Waiting(Job* wanted) : job(wanted) {}
    Job* const job;
    bool done = false;
    std::condition_variable woken;
  };

  const size_t most_jobs_;
  const std::function<void(const std::vector<Job*>&)> write_;
  mutable std::mutex mutex_;
  std::deque<Waiting*> waiting_;
  bool writing_ = false;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_COMMIT_QUEUE_H_
