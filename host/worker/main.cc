// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle-worker PLUGIN_FILE MEMORY_BYTES [LEVEL]: runs one plugin for a host that speaks to it on file descriptor 3.
// LEVEL: the sandbox goes no further; strict if not given. If file descriptor 4 is a
// sealed memfd, its bytes are loaded, and PLUGIN_FILE is for messages. For PLUGIN_FILE --probe-sandbox no plugin is
// loaded: the worker says what it has reached, then tries to read a file, of which a filter makes it die.
//
// The process holds exactly one plugin, and the host believes nothing that comes out of it without checking. It moves
// bytes and does not look at them: linking protobuf or abseil here is forbidden, because a plugin that brings its own
// copy would meet ours (generated code that registers a file twice aborts the process during dlopen).
//
// What is given up, and when: sandbox.h. The kernel kills the worker when the host's thread that started it ends, and
// so with the host, and if it is still busy some time after its deadline; an idle worker ends when the channel closes.
//
// Exit codes: 0 the host closed the channel; 64 wrong usage; 70 the channel broke; 71 a limit could not be set.
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "condyle/plugin.h"
#include "host/loader/plugin_library.h"
#include "host/worker/channel.h"
#include "host/worker/sandbox.h"

namespace condyle {
namespace {

constexpr int kExitUsage = 64;
constexpr int kExitChannel = 70;
constexpr int kExitLimits = 71;
constexpr const char* kProbe = "--probe-sandbox";
// The host kills at the deadline. This is for workers whose host is no longer there to do it.
constexpr uint64_t kGraceNs = 1'000'000'000;

void WriteStderr(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = write(STDERR_FILENO, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    text.remove_prefix(static_cast<size_t>(n));
  }
}

[[noreturn]] void Die(int code, std::string_view what) {
  WriteStderr("condyle-worker: ");
  WriteStderr(what);
  WriteStderr("\n");
  _exit(code);
}

void LogToStderr(int32_t level, std::string_view utf8) {
  if (level < 2) return;  // the host keeps a short tail: warnings and errors only
  WriteStderr(utf8);
  WriteStderr("\n");
}

// The kernel ends this process after so many nanoseconds (SIGALRM, default action); 0 takes that back.
void SetAlarm(uint64_t after_ns) {
  itimerval timer{};
  timer.it_value.tv_sec = static_cast<time_t>(after_ns / 1'000'000'000);
  timer.it_value.tv_usec = static_cast<suseconds_t>(after_ns % 1'000'000'000 / 1000);
  setitimer(ITIMER_REAL, &timer, nullptr);
}

template <typename T>
std::string_view AsBytes(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

void Send(const FrameHeader& header, std::string_view body) {
  FrameWriter writer;
  writer.Start(header, {}, body);
  if (writer.Continue(kWorkerChannelFd, 0) != IoResult::kDone) _exit(kExitChannel);
}

void SendText(FrameHeader header, std::string_view text) { Send(header, text.substr(0, kMaxErrorBytes)); }

[[noreturn]] void Serve(PluginInstance& plugin) {
  FrameReader reader(sizeof(AssessPrefix) + kMaxRequestBytes);
  std::string response;
  while (true) {
    reader.Start();
    switch (reader.Continue(kWorkerChannelFd, 0)) {
      case IoResult::kDone:
        break;
      case IoResult::kBroken:
        Die(kExitChannel, "the host broke the channel: " + reader.problem());
      default:
        // Without static destructors: the plugin has nothing to save and must not run any more.
        _exit(reader.started() ? kExitChannel : 0);
    }
    std::string_view request = reader.payload();
    AssessPrefix prefix;
    if (reader.header().type != FrameType::kAssess || request.size() < sizeof(prefix)) {
      Die(kExitChannel, "the host sent a frame that is no request");
    }
    std::memcpy(&prefix, request.data(), sizeof(prefix));
    request.remove_prefix(sizeof(prefix));

    cnd_call call{};
    call.struct_size = sizeof(call);
    call.deadline_mono_ns = prefix.deadline_mono_ns;
    call.as_of_unix_ns = prefix.as_of_unix_ns;
    if (prefix.deadline_mono_ns != 0) {
      const uint64_t now = MonotonicNs();
      const uint64_t left = kGraceNs + (prefix.deadline_mono_ns > now ? prefix.deadline_mono_ns - now : 0);
      SetAlarm(left);
      LimitCpu(left);
    }
    const AssessResult result = plugin.Assess(call, request, prefix.max_response_bytes, &response);
    SetAlarm(0);

    FrameHeader answer;
    answer.type = FrameType::kAnswer;
    answer.flags = result.too_large ? kFrameTooLarge : 0;
    answer.status = result.status;
    answer.sequence = reader.header().sequence;
    if (result.status == CND_OK) {
      Send(answer, response);
    } else {
      SendText(answer, result.error);
    }
    if (response.capacity() > (1u << 20)) response = std::string();
  }
}

void SendReady(uint32_t abi_minor, uint32_t flags, const SandboxState& sandbox) {
  ReadyPayload payload;
  payload.abi_minor = abi_minor;
  payload.flags = flags;
  payload.sandbox_level = static_cast<uint32_t>(sandbox.level);
  payload.sandbox_missing = sandbox.missing;
  payload.landlock_abi = sandbox.landlock_abi;
  FrameHeader ready;
  ready.type = FrameType::kReady;
  Send(ready, AsBytes(payload));
}

// What a plugin could not do either. Exits with 0 if nobody minds.
[[noreturn]] void Probe(SandboxLevel most, SandboxState sandbox) {
  EnterCallingSandbox(most, &sandbox);
  SendReady(CND_ABI_MINOR, 0, sandbox);
  const int fd = open("/", O_RDONLY | O_DIRECTORY);
  _exit(fd < 0 ? kExitLimits : 0);
}

int Main(int argc, char** argv) {
  SandboxPlan plan;
  const std::string_view number = argc >= 3 ? argv[2] : "";
  const auto [end, parse_error] = std::from_chars(number.data(), number.data() + number.size(), plan.memory_bytes);
  const auto most = ParseSandboxLevel(argc == 4 ? argv[3] : SandboxLevelName(plan.most));
  if (number.empty() || parse_error != std::errc() || end != number.data() + number.size() || argc > 4 || !most) {
    Die(kExitUsage,
        "usage: condyle-worker PLUGIN_FILE MEMORY_BYTES (0 = no limit) [none|limits|filtered|strict]. The condyle host "
        "starts it.");
  }
  plan.most = *most;
  struct stat channel {};
  if (fstat(kWorkerChannelFd, &channel) != 0 || !S_ISSOCK(channel.st_mode)) {
    Die(kExitUsage, "file descriptor 3 is no socket. This program is started by the condyle host, not by hand.");
  }
  const std::string path = argv[1];
  const bool probe = path == kProbe;
  const bool sealed = HasPluginFd();
  if (!probe && !sealed) plan.plugin_path = path;

  SandboxState sandbox;
  if (const std::string problem = EnterLoadingSandbox(plan, &sandbox); !problem.empty()) Die(kExitLimits, problem);
  if (probe) Probe(plan.most, sandbox);
  SetPluginLog(LogToStderr);
  const uint64_t start_limit = static_cast<uint64_t>(std::chrono::nanoseconds(kWorkerStartLimit).count()) + kGraceNs;
  SetAlarm(start_limit);
  LimitCpu(start_limit);

  std::string error;
  std::unique_ptr<PluginInstance> instance;
  const std::unique_ptr<PluginLibrary> library =
      sealed ? PluginLibrary::LoadSealed(path, kWorkerPluginFd, path, &error) : PluginLibrary::Load(path, &error);
  if (library != nullptr) instance = library->Create({}, &error);
  if (instance == nullptr) {
    FrameHeader failed;
    failed.type = FrameType::kStartFailed;
    failed.status = CND_INTERNAL;
    SendText(failed, error.empty() ? "out of memory, or a constructor of the plugin threw an exception" : error);
    _exit(0);
  }
  EnterCallingSandbox(plan.most, &sandbox);
  SetAlarm(0);
  SendReady(library->abi_minor(), library->flags(), sandbox);
  Serve(*instance);
}

}  // namespace
}  // namespace condyle

int main(int argc, char** argv) { return condyle::Main(argc, argv); }
