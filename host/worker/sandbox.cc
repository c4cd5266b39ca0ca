// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The two stages, made of limits, capabilities, Landlock and seccomp.
#include "host/worker/sandbox.h"

#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "host/worker/channel.h"
#include "host/worker/landlock.h"
#include "host/worker/sanitized.h"
#include "host/worker/syscall_filter.h"

namespace condyle {
namespace {

constexpr rlim_t kMaxOpenFiles = 16;
constexpr uint32_t kReadWhateverTheOwner = 1u << CAP_DAC_READ_SEARCH;

std::string Errno(const char* what) { return std::string(what) + ": " + strerror(errno); }

std::string KeepOnlyChannelAndStderr() {
  const int null = open("/dev/null", O_RDWR);
  if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0) return Errno("/dev/null");
  if (close_range((HasPluginFd() ? kWorkerPluginFd : kWorkerChannelFd) + 1, ~0u, 0) != 0) return Errno("close_range");
  return {};
}

// /proc/self/environ shows the memory that the process was started with, so forgetting the pointers is not enough.
void WipeEnvironment() {
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    explicit_bzero(*variable, strlen(*variable));
  }
  clearenv();
}

std::string SetLimits(uint64_t memory_bytes) {
  struct Row {
    __rlimit_resource resource;
    rlim_t value;
    const char* name;
  };
  std::vector<Row> rows = {{RLIMIT_CORE, 0, "setrlimit RLIMIT_CORE"},
                           {RLIMIT_FSIZE, 0, "setrlimit RLIMIT_FSIZE"},
                           {RLIMIT_NOFILE, kMaxOpenFiles, "setrlimit RLIMIT_NOFILE"},
                           {RLIMIT_MEMLOCK, 0, "setrlimit RLIMIT_MEMLOCK"},
                           {RLIMIT_MSGQUEUE, 0, "setrlimit RLIMIT_MSGQUEUE"}};
  if (!kSanitized && memory_bytes != 0) rows.push_back({RLIMIT_AS, memory_bytes, "setrlimit RLIMIT_AS"});
  for (const Row& row : rows) {
    rlimit limit{};
    if (getrlimit(row.resource, &limit) != 0) return Errno(row.name);
    // What is lower already stays so: raising it would need a privilege.
    limit.rlim_max = std::min(limit.rlim_max, row.value);
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(row.resource, &limit) != 0) return Errno(row.name);
  }
  return {};
}

// Gives up every capability but these.
std::string KeepCapabilities(uint32_t kept) {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  if (syscall(SYS_capget, &header, data) != 0) return Errno("capget");
  data[0].permitted &= kept;
  data[0].effective &= kept;
  data[0].inheritable = 0;
  data[1] = {};
  if (syscall(SYS_capset, &header, data) != 0) return Errno("capset");
  return {};
}

// What dlopen reads: the plugin and the libraries of the system.
std::vector<std::string> ReadWhileLoading(const std::string& plugin_path) {
  std::vector<std::string> paths = {"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"};
  if (!plugin_path.empty()) paths.push_back(plugin_path);
  return paths;
}

}  // namespace

std::string EnterLoadingSandbox(const SandboxPlan& plan, SandboxState* state) {
  *state = {};
  if (std::string problem = KeepOnlyChannelAndStderr(); !problem.empty()) return problem;
  WipeEnvironment();
  if (std::string problem = SetLimits(plan.memory_bytes); !problem.empty()) return problem;
  // RLIMIT_CORE does not stop core files that the system pipes to a program; they would carry patient data.
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return Errno("PR_SET_DUMPABLE");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return Errno("PR_SET_NO_NEW_PRIVS");
  if (std::string problem = KeepCapabilities(kReadWhateverTheOwner); !problem.empty()) return problem;
  // Dies with the thread that started it (host/dispatch/spawner.h), even if it is stopped. After the change of
  // credentials, which could take this back.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return Errno("PR_SET_PDEATHSIG");

  if (kSanitized) state->missing |= kSandboxSanitizer;
  if (plan.most < SandboxLevel::kStrict) state->missing |= kSandboxNotWanted;
  state->landlock_abi = static_cast<uint32_t>(LandlockAbi());
  if (!kSanitized && plan.most >= SandboxLevel::kStrict &&
      !RestrictToReading(ReadWhileLoading(plan.plugin_path), static_cast<int>(state->landlock_abi))) {
    state->missing |= kSandboxNoLandlock;
  }
  if (!kSanitized && plan.most >= SandboxLevel::kFiltered) {
    NameForbiddenCalls();
    if (!FilterForLoading()) state->missing |= kSandboxNoSeccomp;
    // The next best thing. It counts threads too, and all that the user has elsewhere; and it does not bind root.
    const rlimit no_processes = {0, 0};
    if ((state->missing & kSandboxNoSeccomp) != 0) setrlimit(RLIMIT_NPROC, &no_processes);
  }
  // So that no file has to be opened when a plugin aborts with a backtrace.
  void* frame = nullptr;
  backtrace(&frame, 1);
  return {};
}

void EnterCallingSandbox(SandboxLevel most, SandboxState* state) {
  constexpr uint32_t kUnfiltered = kSandboxSanitizer | kSandboxNoSeccomp;
  close(STDIN_FILENO);
  close(STDOUT_FILENO);
  // The plugin's bytes, and what constructors have opened.
  close_range(kWorkerChannelFd + 1, ~0u, 0);
  KeepCapabilities(0);
  const bool landlock =
      most >= SandboxLevel::kStrict && (state->missing & (kSandboxSanitizer | kSandboxNoLandlock)) == 0;
  if (landlock && !RestrictToReading({}, static_cast<int>(state->landlock_abi))) state->missing |= kSandboxNoLandlock;
  state->level = SandboxLevel::kLimits;
  if (most < SandboxLevel::kFiltered || (state->missing & kUnfiltered) != 0) return;
  if (!FilterForCalling()) {
    state->missing |= kSandboxNoSeccomp;
    return;
  }
  const bool closed = landlock && (state->missing & kSandboxNoLandlock) == 0;
  state->level = closed ? SandboxLevel::kStrict : SandboxLevel::kFiltered;
}

void LimitCpu(uint64_t nanoseconds) {
  // Whole seconds: most calls need no other limit than the one before them.
  static rlimit limit{};
  static bool known = false;
  timespec used{};
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0) return;
  if (!known && getrlimit(RLIMIT_CPU, &limit) != 0) return;
  const rlim_t wanted = static_cast<rlim_t>(used.tv_sec) + 1 + (nanoseconds + 999'999'999) / 1'000'000'000;
  const rlim_t seconds = std::min(wanted, limit.rlim_max);
  if (known && limit.rlim_cur == seconds) return;
  limit.rlim_cur = seconds;
  known = setrlimit(RLIMIT_CPU, &limit) == 0;
}

}  // namespace condyle
