// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// One round of questions to a set of workers.
#ifndef CONDYLE_HOST_DISPATCH_WORKER_ROUND_H_
#define CONDYLE_HOST_DISPATCH_WORKER_ROUND_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/dispatch/dispatcher.h"
#include "host/dispatch/supervisor.h"
#include "host/dispatch/worker_set.h"

namespace condyle {

// Everything that one call of Ask works with. For one thread.
class WorkerRound {
 public:
  // All must outlive it.
  WorkerRound(const DispatchOptions& options, const Round& round, WorkerSet& set, WorkerCommons& commons);

  // Once.
  std::vector<Reply> Run();

 private:
  // What is kept of one plugin beside its reply.
  struct Call {
    std::optional<Supervisor::Permit> permit;
    uint64_t asked_since_ns = 0;
    // How the first worker was lost; empty if it was not.
    std::string first_loss;
  };

  bool Admit(size_t i);
  bool HasRequest(size_t i);
  void DismissBrokenIdlers();
  void Begin(size_t i);
  void Pause(size_t i, uint64_t until_ns);
  void Start(size_t i);
  void Send(size_t i);
  void Write(size_t i);
  void Read(size_t i);
  void FillPolled();
  uint64_t NextDue() const;
  void WaitAndServe();
  void Serve(size_t i, short channel_events, short stderr_events);
  void Started(size_t i);
  void Ready(size_t i);
  void Answered(size_t i);
  void TakeAnswer(size_t i);
  void Bury(size_t i);
  bool AskAgain(size_t i, bool starting, const WorkerEnding& ending);
  void Expel(size_t i, const std::string& why);
  void Drown(size_t i);
  void EndOverdue(uint64_t now);
  void EndOneOverdue(size_t i, uint64_t now);
  void CancelAll();
  bool IsFlooding(size_t i) const;
  bool IsOverdue(const Seat& seat, uint64_t now) const;
  // Ends the worker, if there is one, and the call with it. what: the host's own words for the supervisor.
  void Lose(size_t i, v1::PluginFailure failure, const std::string& what);
  void Finish(size_t i, std::optional<v1::PluginFailure> failure);

  const DispatchOptions& options_;
  const Round& round_;
  WorkerSet& set_;
  WorkerCommons& commons_;
  const CancelSignal cancel_;
  std::vector<Reply> replies_;
  std::vector<Call> calls_;
  uint64_t begin_ns_ = 0;
  uint64_t deadline_ns_ = 0;
  // The consultation's end comes before the call's deadline.
  bool limited_ = false;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_DISPATCH_WORKER_ROUND_H_
