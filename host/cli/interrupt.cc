// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A thread waits for the signals, so that what follows need not be safe in a handler.
#include "host/cli/interrupt.h"

#include <pthread.h>

#include <initializer_list>

namespace condyle::cli {
namespace {

// What wakes the listener at the end; nobody else sends it to that thread.
constexpr int kWake = SIGUSR1;

// Ends the program by this signal, as if nobody had listened.
void EndBy(int signal) {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  sigaction(signal, &action, nullptr);
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, signal);
  pthread_sigmask(SIG_UNBLOCK, &one, nullptr);
  raise(signal);
}

bool IsIgnored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Interrupt::Interrupt() {
  sigemptyset(&signals_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (!IsIgnored(signal)) sigaddset(&signals_, signal);
  }
  sigaddset(&signals_, kWake);
  pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  listener_ = std::thread([this] { Listen(); });
}

Interrupt::~Interrupt() {
  over_ = true;
  pthread_kill(listener_.native_handle(), kWake);
  listener_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  if (const int signal = signal_; signal != 0) EndBy(signal);
}

void Interrupt::Listen() {
  for (;;) {
    int signal = 0;
    if (sigwait(&signals_, &signal) != 0) continue;
    if (signal == kWake) {
      if (over_) return;
      continue;
    }
    if (signal_.exchange(signal) != 0) EndBy(signal);
    stop_.request_stop();
  }
}

}  // namespace condyle::cli
