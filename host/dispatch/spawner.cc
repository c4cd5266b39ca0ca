// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// One job at a time.
#include "host/dispatch/spawner.h"

#include <pthread.h>
#include <signal.h>

#include <exception>
#include <utility>

namespace condyle {

Spawner::~Spawner() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Spawner::Run(const std::function<void()>& job) {
  const std::lock_guard<std::mutex> turn(turn_);
  std::unique_lock<std::mutex> lock(mutex_);
  if (!thread_.joinable()) {
    // The program's signals are for the program's threads.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    struct Restore {
      const sigset_t& mask;
      ~Restore() { pthread_sigmask(SIG_SETMASK, &mask, nullptr); }
    } restore{before};
    thread_ = std::thread([this] { Serve(); });
  }
  job_ = &job;
  changed_.notify_all();
  changed_.wait(lock, [this] { return job_ == nullptr; });
  if (const std::exception_ptr thrown = std::exchange(thrown_, nullptr)) std::rethrow_exception(thrown);
}

void Spawner::Serve() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return job_ != nullptr || over_; });
    if (job_ == nullptr) return;
    try {
      (*job_)();
    } catch (...) {
      thrown_ = std::current_exception();
    }
    job_ = nullptr;
    changed_.notify_all();
  }
}

}  // namespace condyle
