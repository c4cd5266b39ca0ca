// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What a worker gives up, in two stages: before the plugin is loaded, since its constructors run then, and before it is
// asked. Both are for good. No protobuf and no abseil here: this is linked into condyle-worker.
#ifndef CONDYLE_HOST_WORKER_SANDBOX_H_
#define CONDYLE_HOST_WORKER_SANDBOX_H_

#include <cstdint>
#include <string>

#include "host/worker/sandbox_level.h"

namespace condyle {

struct SandboxPlan {
  // Goes no further than this.
  SandboxLevel most = SandboxLevel::kStrict;
  // Address space; 0 = no limit. Bytes.
  uint64_t memory_bytes = 0;
  // The one file outside the system's library directories that may be read while loading. Empty: none.
  std::string plugin_path;
};

// Stage 1. Descriptors above the channel and the plugin's bytes are closed, standard input and output become /dev/null,
// the environment is wiped. Of capabilities only reading whatever the owner is kept. A system call that is forbidden
// ends the process with SIGSYS, after one line on stderr that names it. Empty, or what could not be done: then nothing
// may be loaded. What the kernel lacks is no failure, but noted in *state. For a process with one thread.
std::string EnterLoadingSandbox(const SandboxPlan& plan, SandboxState* state);

// Stage 2: stderr and the channel are all that is left. Also binds threads that constructors have started. Goes no
// further than `most`. Sets state->level.
void EnterCallingSandbox(SandboxLevel most, SandboxState* state);

// CPU time that the process may use from now on, on top of what it has used, in whole seconds and rounded up; after
// that the kernel ends it (SIGXCPU). For one thread.
void LimitCpu(uint64_t nanoseconds);

}  // namespace condyle

#endif  // CONDYLE_HOST_WORKER_SANDBOX_H_
