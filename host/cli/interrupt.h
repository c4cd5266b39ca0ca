// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Ctrl-C and its like while a consultation runs.
#ifndef CONDYLE_HOST_CLI_INTERRUPT_H_
#define CONDYLE_HOST_CLI_INTERRUPT_H_

#include <signal.h>

#include <atomic>
#include <stop_token>
#include <thread>

namespace condyle::cli {

// As long as it lives, the first SIGINT, SIGTERM or SIGHUP requests a stop, so that workers are ended before the
// program is; a second one ends the program at once. When it goes, it ends the program by the signal that came, if one
// did. Signals that were ignored stay so. One at a time, made while the program has no other thread.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  std::stop_token token() const { return stop_.get_token(); }

 private:
  void Listen();

  sigset_t signals_;
  sigset_t before_;
  std::stop_source stop_;
  std::atomic<int> signal_{0};
  std::atomic<bool> over_{false};
  std::thread listener_;
};

}  // namespace condyle::cli

#endif  // CONDYLE_HOST_CLI_INTERRUPT_H_
