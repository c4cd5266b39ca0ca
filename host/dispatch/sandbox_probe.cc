// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Starts a worker without a plugin and looks at what it reaches, and whether it holds.
#include "host/dispatch/sandbox_probe.h"

#include <poll.h>
#include <sys/socket.h>

#include <cstring>

#include "host/dispatch/dispatcher.h"
#include "host/dispatch/worker_process.h"

namespace condyle {
namespace {

constexpr const char* kProbe = "--probe-sandbox";

// True if there was something to read within the time that any worker has to start.
bool Readable(int fd) {
  pollfd polled = {fd, POLLIN, 0};
  const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(kWorkerStartLimit);
  return poll(&polled, 1, static_cast<int>(limit.count())) == 1;
}

}  // namespace

std::optional<SandboxState> ReadySandbox(std::string_view payload) {
  ReadyPayload ready;
  if (payload.size() != sizeof(ready)) return std::nullopt;
  std::memcpy(&ready, payload.data(), sizeof(ready));
  if (ready.channel_version != kChannelVersion || ready.sandbox_level > static_cast<uint32_t>(SandboxLevel::kStrict)) {
    return std::nullopt;
  }
  return SandboxState{static_cast<SandboxLevel>(ready.sandbox_level), ready.sandbox_missing, ready.landlock_abi};
}

SandboxProbe ProbeSandbox(const std::string& worker_path) {
  SandboxProbe probe;
  WorkerProcess worker(sizeof(ReadyPayload));
  probe.error = worker.Start(worker_path, kProbe, DispatchOptions().worker_memory_bytes);
  if (!probe.error.empty()) return probe;
  IoResult result = IoResult::kWouldBlock;
  while (result == IoResult::kWouldBlock && Readable(worker.channel())) {
    result = worker.reader.Continue(worker.channel(), MSG_DONTWAIT);
  }
  const std::string payload = result == IoResult::kDone ? worker.reader.TakePayload() : std::string();
  const bool hung_up = result == IoResult::kDone && Readable(worker.channel());
  const std::string end = worker.End().Text();
  const std::optional<SandboxState> state = ReadySandbox(payload);
  if (!state) {
    probe.error = worker_path + ": " + end;
    return probe;
  }
  probe.state = *state;
  const bool stopped = hung_up && end.find("(SIGSYS)") != std::string::npos;
  if (state->level >= SandboxLevel::kFiltered && !stopped) {
    probe.state.level = SandboxLevel::kLimits;
    probe.state.missing |= kSandboxNoSeccomp;
  }
  return probe;
}

}  // namespace condyle
