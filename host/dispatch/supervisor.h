// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Keeps count of plugins that fail, and decides when each may be asked and started again.
#ifndef CONDYLE_HOST_DISPATCH_SUPERVISOR_H_
#define CONDYLE_HOST_DISPATCH_SUPERVISOR_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "condyle/v1/consultation.pb.h"

namespace condyle {

struct SupervisionOptions {
  // After so many failures in a row a plugin is not asked for a while: its circuit is open. 0: it is always asked, and
  // started without a pause.
  int open_after = 5;
  // How long the circuit is open; twice as long after each trial that fails.
  std::chrono::nanoseconds first_suspension = std::chrono::seconds(1);
  std::chrono::nanoseconds longest_suspension = std::chrono::seconds(60);
  // Pause before a new worker is started, from the second failure in a row on; twice as long after each.
  std::chrono::nanoseconds first_pause = std::chrono::milliseconds(10);
  std::chrono::nanoseconds longest_pause = std::chrono::seconds(1);
  // A plugin whose worker dies under a request is asked once more, in a new one.
  bool ask_again = true;
};

// One state machine per plugin, shared by all its workers. Thread-safe. There is no jitter: that is to keep many
// clients from returning at the same moment, and here one host gives out the permits, one trial at a time.
class Supervisor {
 public:
  // Nanoseconds that never go back.
  using Clock = std::function<uint64_t()>;
  enum class Circuit { kClosed, kOpen, kHalfOpen };

  // Of one call. Whoever holds it says how the call ended; one that goes without a word counts for nothing.
  class Permit {
   public:
    Permit(Permit&& other) noexcept
        : supervisor_(std::exchange(other.supervisor_, nullptr)),
          plugin_(other.plugin_),
          era_(other.era_),
          start_at_ns_(other.start_at_ns_) {}
    Permit& operator=(Permit&&) = delete;
    ~Permit();

    // Its worker is alive and kept to the rules of the channel, whatever it answered.
    void Succeeded();
    // Its worker died, was not started, or had to be ended. what: the host's own words, without anything that the
    // plugin wrote after it had seen a patient's data; they are shown with later patients.
    void Failed(v1::FailureKind kind, std::string what);
    // A new worker may be started from then on. 0: at once.
    uint64_t start_at_ns() const { return start_at_ns_; }

   private:
    friend class Supervisor;
    Permit(Supervisor* supervisor, size_t plugin, uint64_t era, uint64_t start_at_ns)
        : supervisor_(supervisor), plugin_(plugin), era_(era), start_at_ns_(start_at_ns) {}

    Supervisor* supervisor_;
    const size_t plugin_;
    const uint64_t era_;
    const uint64_t start_at_ns_;
  };

  struct State {
    Circuit circuit = Circuit::kClosed;
    int failures_in_row = 0;
    // Until the next call is tried; 0 if the circuit is closed or a trial is due.
    std::chrono::nanoseconds retry_in{0};
  };

  Supervisor(size_t plugins, const SupervisionOptions& options, Clock clock);
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // Before each call. Null if the plugin is not to be asked; then *refusal says why, since when, and when it is tried.
  std::optional<Permit> Admit(size_t plugin, std::string* refusal);
  // Whether a call would be admitted that is no trial: for calls that count for nothing and must not use one up.
  bool IsSound(size_t plugin, std::string* refusal) const;

  State StateOf(size_t plugin) const;

 private:
  struct Record {
    int failures = 0;
    // Openings in a row; 0 = closed.
    int openings = 0;
    uint64_t opened_at_ns = 0;  // the first of them
    uint64_t open_until_ns = 0;
    uint64_t start_at_ns = 0;
    bool on_trial = false;
    // Calls that were admitted before the circuit last opened or closed say nothing about what has been since.
    uint64_t era = 0;
    v1::FailureKind kind = v1::FAILURE_KIND_UNSPECIFIED;
    std::string what;
  };

  void Succeeded(size_t plugin, uint64_t era);
  void Failed(size_t plugin, uint64_t era, v1::FailureKind kind, std::string what);
  void Abandoned(size_t plugin, uint64_t era);
  static std::string Refuse(const Record& record, uint64_t now);

  const SupervisionOptions options_;
  const Clock clock_;
  mutable std::mutex mutex_;
  std::vector<Record> records_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_DISPATCH_SUPERVISOR_H_
