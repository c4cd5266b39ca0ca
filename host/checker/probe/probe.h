// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What all probes share: records, guarded memory, sinks, the plugin and calls of it. One plugin per process.
#ifndef CONDYLE_HOST_CHECKER_PROBE_PROBE_H_
#define CONDYLE_HOST_CHECKER_PROBE_PROBE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "condyle/plugin.h"
#include "host/checker/probe/protocol.h"
#include "host/worker/sandbox.h"

namespace condyle::checker {

// When a loop ends although it is not done: the plugin is slow, or the machine busy.
class Budget {
 public:
  explicit Budget(uint32_t milliseconds);
  bool Over() const;

 private:
  const uint64_t end_;
};

// What one process has been told to do.
struct Job {
  JobHeader head;
  std::vector<std::string> requests;
  // What dlopen takes.
  std::string place;
  SandboxLevel most = SandboxLevel::kStrict;
  SandboxState sandbox;
};

enum Severity : int32_t { kNote = 1, kWarning = 2, kError = 3 };

// Records, on any thread. The first call of SetNonce comes before all.
void SetNonce(uint64_t nonce);
void Report(std::string_view check, Severity severity, std::string_view what, std::string_view where = {});
void Progress(std::string_view text);
void SendAnswer(cnd_status status, bool too_large, std::string_view bytes);
void SendHash(uint32_t request, cnd_status status, std::string_view bytes);
void SendDone();
// Asks the checker, who sees this process from outside.
Sample TakeSample();
// False when the checker has closed the channel. Ends the process at anything else that goes wrong.
bool ReceiveExactly(void* data, size_t size);

// Says with a record where memory was touched, then lets the signal kill.
void WatchFaults();

// Memory between two pages that may not be touched. Movable by pointer only; at most 16 at a time are told apart.
class Guarded {
 public:
  // At the end of its pages (so that the first byte behind it faults), or at their start.
  Guarded(const char* name, size_t bytes, bool at_end = true);
  ~Guarded();
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

  uint8_t* data() const { return data_; }
  // From now on writing faults too.
  void MakeReadOnly();

 private:
  uint8_t* pages_ = nullptr;
  size_t mapped_ = 0;
  size_t slot_ = 0;
  uint8_t* data_ = nullptr;
};

// Takes an answer and watches how it is given. The table's ctx points here: it stays where it is.
class Sink {
 public:
  explicit Sink(uint64_t max_bytes = kMaxAnswerBytes);
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  const cnd_sink* table() const { return &table_; }
  // Refuses the write with this number, counted from 0, and all after it.
  void RefuseFrom(int write, cnd_status status) {
    refuse_from_ = write;
    refusal_ = status;
  }
  // The call has returned: writes from now on are counted as late.
  void Close() { closed_.store(true); }

  const std::string& bytes() const { return bytes_; }
  const std::string& words() const { return words_; }
  bool too_large() const { return too_large_; }
  bool refused() const { return refused_; }
  int writes_after_refusal() const { return writes_after_refusal_; }
  int late_writes() const { return late_writes_.load(); }
  bool wrong_thread() const { return wrong_thread_; }
  bool bad_chunk() const { return bad_chunk_; }

 private:
  static cnd_status Write(void* ctx, cnd_bytes chunk) noexcept;
  static void Fail(void* ctx, cnd_status status, cnd_bytes utf8) noexcept;

  const uint64_t max_bytes_;
  const int thread_;
  cnd_sink table_;
  std::string bytes_, words_;
  int writes_ = 0;
  int refuse_from_ = -1;
  cnd_status refusal_ = CND_EXHAUSTED;
  bool too_large_ = false, refused_ = false, wrong_thread_ = false, bad_chunk_ = false;
  int writes_after_refusal_ = 0;
  std::atomic<bool> closed_{false};
  std::atomic<int> late_writes_{0};
};

// The table that probes give to a plugin, unless they make one of their own.
const cnd_host& UsualHost();

// Loads the library and asks for its table. On failure reports under "loads" and returns false.
struct Plugin {
  void* library = nullptr;
  cnd_entry_v1 entry = nullptr;
  const cnd_plugin* table = nullptr;  // of UsualHost; null if it refused
};
bool Load(const Job& job, Plugin* plugin);

struct CallResult {
  cnd_status status = CND_INTERNAL;
  std::string bytes;
  std::string words;
  bool too_large = false;
  bool threw = false;
  uint64_t nanoseconds = 0;
};

// One instance. Calls report exceptions under "exceptions" and what the sink saw under "sink".
class Instance {
 public:
  // Ends the process, with a finding, if the plugin makes none.
  explicit Instance(const Plugin& plugin, const cnd_host& host = UsualHost());
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  CallResult Ask(const Job& job, std::string_view request);
  CallResult Ask(const cnd_call& call, cnd_bytes request, Sink* sink);

 private:
  const cnd_plugin* const table_;
  cnd_instance* instance_ = nullptr;
};

// A call with the job's moment and a deadline far off.
cnd_call UsualCall(const Job& job);
cnd_bytes BytesOf(std::string_view text);
// Says what ended the process if it is the plugin: "request 3".
std::string Nth(size_t request);

// Hostile requests: number `index` of this seed, made of the job's requests and of nothing.
std::string HostileRequest(uint64_t seed, uint64_t index, const std::vector<std::string>& requests);

// What clock_gettime, time and gettimeofday of this process add to the real time, for the plugin too.
void ShiftTime(int64_t seconds);

// Each ends with the process's kDone, sent by the caller.
void ProbeLoads(Job& job);
void ProbeAbiVersions(Job& job);
void ProbeHostTable(Job& job);
void ProbeExtensions(Job& job);
void ProbeSink(Job& job);
void ProbeServe(Job& job);
void ProbeDeterminism(Job& job);
void ProbeRequestMemory(Job& job);
void ProbeHostileInput(Job& job);
void ProbeExceptions(Job& job);
void ProbeForbiddenCalls(Job& job);
void ProbeCancel(Job& job);
void ProbeGrowth(Job& job);
void ProbeConcurrency(Job& job);
void ProbeProcessState(Job& job);
void ProbeReload(Job& job);

}  // namespace condyle::checker

#endif  // CONDYLE_HOST_CHECKER_PROBE_PROBE_H_
