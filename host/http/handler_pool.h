// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Threads for handlers, behind a queue that says no when it is full.
#ifndef CONDYLE_HOST_HTTP_HANDLER_POOL_H_
#define CONDYLE_HOST_HTTP_HANDLER_POOL_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace condyle {

// First come, first served. Thread-safe.
template <typename Job>
class HandlerPool {
 public:
  // run: does one job; called by all threads at once; must not throw. max_waiting: jobs that no thread has taken.
  HandlerPool(size_t threads, size_t max_waiting, std::function<void(Job)> run)
      : max_waiting_(max_waiting), run_(std::move(run)) {
    for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
  }
  ~HandlerPool() { Stop(); }
  HandlerPool(const HandlerPool&) = delete;
  HandlerPool& operator=(const HandlerPool&) = delete;

  // False: too many wait, or nobody is there any more; the job is left as it was. A job that a free thread will take at
  // once does not count as waiting.
  bool Submit(Job&& job) {
    {
      std::lock_guard lock(mutex_);
      if (ending_ || waiting_.size() >= max_waiting_ + idle_) return false;
      waiting_.push_back(std::move(job));
      depth_.store(waiting_.size(), std::memory_order_relaxed);
    }
    wake_.notify_one();
    return true;
  }

  // Does what waits, and then ends. May be called again by the same thread.
  void Stop() {
    {
      std::lock_guard lock(mutex_);
      ending_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  size_t waiting() const { return depth_.load(std::memory_order_relaxed); }

 private:
  void Work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      ++idle_;
      wake_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
      --idle_;
      if (waiting_.empty()) return;
      Job job = std::move(waiting_.front());
      waiting_.pop_front();
      depth_.store(waiting_.size(), std::memory_order_relaxed);
      lock.unlock();
      run_(std::move(job));
      lock.lock();
    }
  }

  const size_t max_waiting_;
  const std::function<void(Job)> run_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> waiting_;
  size_t idle_ = 0;
  std::atomic<size_t> depth_{0};
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_HANDLER_POOL_H_
