// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// One worker for each plugin, and what rounds share beside them.
#ifndef CONDYLE_HOST_DISPATCH_WORKER_SET_H_
#define CONDYLE_HOST_DISPATCH_WORKER_SET_H_

#include <poll.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "host/catalog/plugin_catalog.h"
#include "host/dispatch/spawner.h"
#include "host/dispatch/supervisor.h"
#include "host/dispatch/worker_process.h"
#include "host/worker/sandbox_level.h"

namespace condyle {

enum class Phase {
  kPaused,    // its worker may not be started yet
  kStarting,  // waiting for kReady
  kAsked,     // writing the request, or waiting for the answer
  kDone,
};

// The place of one plugin in a set.
struct Seat {
  Seat(const PluginFile& plugin, uint64_t max_payload);

  const PluginFile* const file;
  WorkerProcess worker;
  Phase phase = Phase::kDone;
  uint32_t sequence = 0;
  SandboxLevel sandbox = SandboxLevel::kNone;
  // While paused: when it is started. While starting: when it has to be ready. Clock of MonotonicNs.
  uint64_t due_ns = 0;
  // While starting: how long that may take.
  std::chrono::nanoseconds start_limit{0};
};

// One worker for each plugin. Used by one round at a time.
struct WorkerSet {
  ~WorkerSet();

  std::vector<std::unique_ptr<Seat>> seats;
  std::vector<pollfd> polled;  // two for each seat: channel, stderr; at the end what a cancellation wakes
};

// The least level that any worker has reached. Thread-safe.
class LeastSandbox {
 public:
  void Note(const SandboxState& state);
  SandboxState Get() const;

 private:
  mutable std::mutex mutex_;
  SandboxState least_ = {SandboxLevel::kStrict};
};

// What all rounds of a dispatcher have in common. Thread-safe.
struct WorkerCommons {
  WorkerCommons(size_t plugins, const SupervisionOptions& options);

  Supervisor supervisor;
  LeastSandbox least;
  Spawner spawner;
};

// Becomes readable when a stop is requested.
class CancelSignal {
 public:
  explicit CancelSignal(const std::stop_token& cancel);
  // -1 if nobody can cancel.
  int fd() const { return fd_.get(); }

 private:
  struct Write {
    int fd;
    void operator()() const;
  };
  UniqueFd fd_;
  std::optional<std::stop_callback<Write>> callback_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_DISPATCH_WORKER_SET_H_
