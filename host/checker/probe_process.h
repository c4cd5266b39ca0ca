// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// One condyle-checker-probe as the checker sees it. Believes nothing that comes out of it.
#ifndef CONDYLE_HOST_CHECKER_PROBE_PROCESS_H_
#define CONDYLE_HOST_CHECKER_PROBE_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "host/checker/probe/protocol.h"
#include "host/checker/static_checks.h"
#include "host/dispatch/worker_process.h"

namespace condyle::checker {

// A probe that says nothing for so long hangs.
inline constexpr std::chrono::seconds kSilenceLimit{5};

struct ProbePlan {
  std::string program;
  // For messages.
  std::string plugin_path;
  // A SealedFile; what is loaded.
  int plugin_fd = -1;
};

struct ProbeJob {
  std::string probe;
  uint64_t seed = 0;
  uint32_t budget = 0;
  uint32_t surroundings = kPlain;
  std::chrono::milliseconds time{10'000};
  int64_t as_of_unix_ns = 0;
  std::vector<std::string> requests;
};

struct ProbeAnswer {
  int32_t status = 0;
  bool too_large = false;
  std::string bytes;  // the answer, or the plugin's words
};

// What became of a probe.
struct ProbeResult {
  Findings findings;
  std::vector<HashPayload> hashes;
  std::optional<FaultPayload> fault;
  std::string progress;  // what it was doing
  bool done = false;
  bool silent = false;  // was ended by the checker
  bool stray = false;   // bytes on the channel that are no record
  int signal = 0;
  int exit_code = 0;
  uint64_t stderr_bytes = 0;
  std::string last_words;  // of standard error, its end
};

// Not thread-safe.
class ProbeProcess {
 public:
  ProbeProcess() = default;
  ~ProbeProcess() { Finish(); }
  ProbeProcess(const ProbeProcess&) = delete;
  ProbeProcess& operator=(const ProbeProcess&) = delete;

  absl::Status Start(const ProbePlan& plan, const ProbeJob& job);
  // Reads until the probe is done, dead or silent.
  void Run();
  // Of "serve": empty if the process has ended instead; then Finish tells how.
  std::optional<ProbeAnswer> Ask(std::string_view request, int64_t as_of_unix_ns);
  // Ends the process if it has not ended, and waits for it.
  const ProbeResult& Finish();

 private:
  // Until an answer is there, if one is wanted, or nothing more is to come.
  std::optional<ProbeAnswer> Read(bool for_answer);
  // False if the channel is of no more use.
  bool TakeRecords();
  void TakeRecord(RecordKind kind, std::string_view payload);
  void SendSample();
  bool Send(std::string_view bytes);
  void DrainStderr();

  pid_t pid_ = 0;
  UniqueFd channel_, stderr_;
  uint64_t nonce_ = 0;
  std::string buffer_;
  std::optional<ProbeAnswer> answer_;
  ProbeResult result_;
};

// Starts, runs and ends one probe.
absl::Status RunProbe(const ProbePlan& plan, const ProbeJob& job, ProbeResult* result);

// Turns what became of a probe into findings, its own and those of its end. check: the id under which an end is
// reported that has no id of its own. True if the plugin ended or held up the process.
bool Interpret(const char* check, const ProbeResult& result, Findings* findings);

}  // namespace condyle::checker

#endif  // CONDYLE_HOST_CHECKER_PROBE_PROCESS_H_
