// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Group commit: threads that want to write at the same time share one transaction, and so one wait for the disk.
#ifndef CONDYLE_HOST_AUDIT_COMMIT_QUEUE_H_
#define CONDYLE_HOST_AUDIT_COMMIT_QUEUE_H_

#include <algorithm>
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

  // Returns when the job is done. Whoever finds nobody writing writes its own job and those that have gathered.
  void Run(Job* job) {
    Waiting self{job, false};
    std::unique_lock lock(mutex_);
    waiting_.push_back(&self);
    done_.wait(lock, [&] { return self.done || !writing_; });
    if (self.done) return;
    writing_ = true;
    std::vector<Waiting*> batch;
    batch.push_back(&self);
    waiting_.erase(std::find(waiting_.begin(), waiting_.end(), &self));
    while (!waiting_.empty() && batch.size() < most_jobs_) {
      batch.push_back(waiting_.front());
      waiting_.pop_front();
    }
    lock.unlock();
    std::vector<Job*> jobs;
    for (Waiting* one : batch) jobs.push_back(one->job);
    write_(jobs);
    lock.lock();
    for (Waiting* one : batch) one->done = true;
    writing_ = false;
    done_.notify_all();
  }

  // How many wait for their batch to begin.
  size_t waiting() const {
    std::lock_guard lock(mutex_);
    return waiting_.size();
  }

 private:
  struct Waiting {
    Job* job;
    bool done;
  };

  const size_t most_jobs_;
  const std::function<void(const std::vector<Job*>&)> write_;
  mutable std::mutex mutex_;
  std::condition_variable done_;
  std::deque<Waiting*> waiting_;
  bool writing_ = false;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_AUDIT_COMMIT_QUEUE_H_
