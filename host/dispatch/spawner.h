// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A thread that starts processes, and lives as long as they may.
#ifndef CONDYLE_HOST_DISPATCH_SPAWNER_H_
#define CONDYLE_HOST_DISPATCH_SPAWNER_H_

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace condyle {

// Workers ask the kernel to be killed when their parent dies (PR_SET_PDEATHSIG), and for the kernel the parent is the
// thread that started them. The threads of those who consult come and go; this one stays. Thread-safe.
class Spawner {
 public:
  Spawner() = default;
  // All processes that it has started must be dead.
  ~Spawner();
  Spawner(const Spawner&) = delete;
  Spawner& operator=(const Spawner&) = delete;

  // Runs it on that thread, which is made when first needed, and waits. What it throws is thrown here.
  void Run(const std::function<void()>& job);

 private:
  void Serve();

  std::mutex turn_;  // of those who call Run
  std::mutex mutex_;
  std::condition_variable changed_;
  const std::function<void()>* job_ = nullptr;
  std::exception_ptr thrown_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_DISPATCH_SPAWNER_H_
