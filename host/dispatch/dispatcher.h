// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Asks every plugin its question and brings back what each answered, or how it failed.
#ifndef CONDYLE_HOST_DISPATCH_DISPATCHER_H_
#define CONDYLE_HOST_DISPATCH_DISPATCHER_H_

#include <sys/types.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "condyle/v1/consultation.pb.h"
#include "host/catalog/plugin_catalog.h"
#include "host/dispatch/supervisor.h"
#include "host/worker/sandbox_level.h"

namespace condyle {

// One plugin's answer: its bytes, or a failure (with plugin_id, kind, message, file filled in).
struct Reply {
  std::string response;
  std::optional<v1::PluginFailure> failure;
  // Level of the sandbox in which the plugin was asked (host/worker/sandbox_level.h). Null if it was not asked or no
  // worker came up.
  const char* sandbox = nullptr;
  // How often its worker died under the request and it was asked again in a new one.
  int restarts = 0;
  // What a plugin that answered wrote to standard error meanwhile: how much (bytes), and the last line, cleaned. May
  // hold data of the patient.
  uint64_t stderr_bytes = 0;
  std::string stderr_line;
  // Until it answered or failed, the start of its worker included. 0 if it was not asked.
  std::chrono::nanoseconds time{0};
};

// When a whole consultation has to be over, whatever it does in how many rounds.
struct ConsultationLimit {
  // What was allowed, for messages.
  std::chrono::nanoseconds duration{0};
  std::chrono::steady_clock::time_point end = std::chrono::steady_clock::time_point::max();
};
inline ConsultationLimit LimitFromNow(std::chrono::nanoseconds duration) {
  return {duration, std::chrono::steady_clock::now() + duration};
}

// What one round asks of all plugins.
struct Round {
  // One request per plugin, in the order of the catalogue: serialized AssessmentRequest messages.
  std::vector<std::string> requests;
  // Positions of the plugins to ask, ascending; the replies of the others stay empty. Not set: all are asked.
  std::optional<std::vector<size_t>> only;
  int64_t as_of_unix_ns = 0;
  // Longest time for one plugin's answer, from the start of the round.
  std::chrono::nanoseconds deadline = std::chrono::seconds(5);
  // Ends the round early, if it comes before the deadline.
  ConsultationLimit limit;
  // Once a stop is requested, plugins that are being asked are ended (workers) or told to stop (in-process), and fail
  // with kind CANCELLED. Answers that are there by then are kept.
  std::stop_token cancel;
  // The answers are for comparison only. Such a round does not count: its failures suspend nobody, its successes lift
  // no suspension, and plugins that are suspended are not asked.
  bool hypothetical = false;
};

// Whether a round asks this plugin.
inline bool Asks(const Round& round, size_t plugin) {
  return !round.only || std::binary_search(round.only->begin(), round.only->end(), plugin);
}

struct DispatchOptions {
  // Path of condyle-worker; worker dispatcher only.
  std::string worker_path;
  // Answers longer than this are a failure. Bytes.
  size_t max_response_bytes = 4u << 20;
  // How many rounds can run at the same time, each with its own set of workers. Sets start when first needed.
  int parallel_rounds = 1;
  SupervisionOptions supervision;
  // Limits of one worker. 0 = no limit. Bytes; open files; CPU time is bounded by deadlines.
  uint64_t worker_memory_bytes = 512u << 20;
  // A worker that writes more to standard error while it is started, or within one call, is ended. Bytes.
  uint64_t max_stderr_bytes = 1u << 20;
  // A plugin whose worker reaches less is not asked, and fails with kind LOAD. Worker dispatcher only.
  SandboxLevel require_sandbox = SandboxLevel::kNone;
  // Workers go no further: to measure the sandbox, or to trace a plugin.
  SandboxLevel most_sandbox = SandboxLevel::kStrict;
};

// Thread-safe. Rounds beyond parallel_rounds wait for their turn.
class Dispatcher {
 public:
  virtual ~Dispatcher() = default;
  // One reply per plugin, in the order of the catalogue (with neither bytes nor failure if not asked). Never throws; a
  // plugin that fails does not disturb the others. A worker that failed is replaced before the next round that needs
  // it. A call under which the worker died is repeated once, in a new one, if a quarter of its time is left: plugins
  // are pure, so it does no harm, and a worker that somebody else killed then costs no answer.
  virtual std::vector<Reply> Ask(const Round& round) = 0;
  // "worker" or "in-process".
  virtual const char* isolation() const = 0;
  // Process ids of live workers, in the order of the catalogue, of every started set; empty in-process. For monitoring
  // and tests.
  virtual std::vector<pid_t> worker_pids() const { return {}; }
  // Workers started so far, by all sets; in the order of the catalogue. Empty in-process.
  virtual std::vector<uint64_t> worker_starts() const { return {}; }
  // Null if the implementation supervises nothing.
  virtual const Supervisor* supervisor() const { return nullptr; }
  // The least that a worker has reached so far; strict, with nothing missing, if none has come up yet, and in-process.
  virtual SandboxState least_sandbox() const { return {SandboxLevel::kStrict}; }
};

// One condyle-worker process per plugin. The catalogue must outlive the dispatcher.
std::unique_ptr<Dispatcher> MakeWorkerDispatcher(const PluginCatalog& catalog, const DispatchOptions& options);

// Plugins loaded into this process: for trusted plugins only, since nothing can stop one that hangs or crashes. The
// deadline is passed on to the plugin and checked afterwards.
std::unique_ptr<Dispatcher> MakeInProcessDispatcher(const PluginCatalog& catalog, const DispatchOptions& options);

// What a worker reaches on this machine: starts one without a plugin, which then tries what it must not. If the attempt
// is not stopped although the worker claims so, the level is kLimits. An error is in words; then the state says
// nothing.
struct SandboxProbe {
  SandboxState state;
  std::string error;
};
SandboxProbe ProbeSandbox(const std::string& worker_path);

}  // namespace condyle

#endif  // CONDYLE_HOST_DISPATCH_DISPATCHER_H_
