// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle-checker-probe PLUGIN_FILE MEMORY_BYTES: does one thing to one plugin and says what it saw, over file
// descriptor 3 (protocol.h). `condyle plugins check` starts one for each. A sealed memfd at descriptor 4 is what is
// loaded.
//
// Links neither protobuf nor abseil, for the reason that condyle-worker does not, and is shut in as a worker is while
// it loads. So a plugin that crashes, hangs or attacks ends this process and spoils this probe.
//
// Exit codes: 0 done; 64 wrong usage; 70 the channel broke; 71 a limit could not be set.
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>

#include "host/checker/probe/probe.h"
#include "host/worker/channel.h"

namespace condyle::checker {
namespace {

constexpr int kExitUsage = 64;
constexpr int kExitChannel = 70;
constexpr int kExitLimits = 71;

struct NamedProbe {
  const char* name;
  void (*run)(Job&);
};
constexpr NamedProbe kProbes[] = {{"loads", ProbeLoads},
                                  {"abi-versions", ProbeAbiVersions},
                                  {"host-table", ProbeHostTable},
                                  {"extensions", ProbeExtensions},
                                  {"sink", ProbeSink},
                                  {"serve", ProbeServe},
                                  {"determinism", ProbeDeterminism},
                                  {"request-memory", ProbeRequestMemory},
                                  {"hostile-input", ProbeHostileInput},
                                  {"exceptions", ProbeExceptions},
                                  {"forbidden-calls", ProbeForbiddenCalls},
                                  {"cancel", ProbeCancel},
                                  {"growth", ProbeGrowth},
                                  {"concurrency", ProbeConcurrency},
                                  {"process-state", ProbeProcessState},
                                  {"reload", ProbeReload}};

[[noreturn]] void Die(int code, const std::string& what) {
  std::fprintf(stderr, "condyle-checker-probe: %s\n", what.c_str());
  _exit(code);
}

void ReceiveJob(Job* job) {
  if (!ReceiveExactly(&job->head, sizeof(job->head)) || job->head.magic != kJobMagic ||
      job->head.bytes > kMaxJobBytes) {
    Die(kExitChannel, "the checker sent no job");
  }
  job->head.probe[sizeof(job->head.probe) - 1] = '\0';
  std::string bytes(job->head.bytes, '\0');
  if (!ReceiveExactly(bytes.data(), bytes.size())) Die(kExitChannel, "the checker sent half a job");
  std::string_view rest = bytes;
  for (uint32_t i = 0; i < job->head.requests; ++i) {
    uint64_t length = 0;
    if (rest.size() < sizeof(length)) Die(kExitChannel, "the job ends within a request");
    std::memcpy(&length, rest.data(), sizeof(length));
    rest.remove_prefix(sizeof(length));
    if (rest.size() < length) Die(kExitChannel, "the job ends within a request");
    job->requests.emplace_back(rest.substr(0, length));
    rest.remove_prefix(length);
  }
}

int Main(int argc, char** argv) {
  SandboxPlan plan;
  const std::string_view memory = argc == 3 ? argv[2] : "";
  const auto [end, error] = std::from_chars(memory.data(), memory.data() + memory.size(), plan.memory_bytes);
  struct stat channel {};
  if (memory.empty() || error != std::errc() || end != memory.data() + memory.size() ||
      fstat(kWorkerChannelFd, &channel) != 0 || !S_ISSOCK(channel.st_mode)) {
    Die(kExitUsage,
        "usage: condyle-checker-probe PLUGIN_FILE MEMORY_BYTES (0 = no limit), with a socket at descriptor 3. "
        "`condyle plugins check` starts it.");
  }
  Job job;
  job.most = plan.most;
  const bool sealed = HasPluginFd();
  if (!sealed) plan.plugin_path = argv[1];
  job.place = sealed ? "/proc/self/fd/" + std::to_string(kWorkerPluginFd) : argv[1];
  ReceiveJob(&job);
  SetNonce(job.head.nonce);
  if (const std::string problem = EnterLoadingSandbox(plan, &job.sandbox); !problem.empty()) Die(kExitLimits, problem);
  WatchFaults();
  for (const NamedProbe& probe : kProbes) {
    if (std::strcmp(probe.name, job.head.probe) != 0) continue;
    try {
      probe.run(job);
    } catch (const std::exception&) {
      Report(probe.name, kError, "there is not enough memory left for the probe to go on", "memory");
    }
    SendDone();
    _exit(0);  // the plugin must not run any more
  }
  Die(kExitChannel, std::string("there is no probe ") + job.head.probe);
}

}  // namespace
}  // namespace condyle::checker

int main(int argc, char** argv) { return condyle::checker::Main(argc, argv); }
