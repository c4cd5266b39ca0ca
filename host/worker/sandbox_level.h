// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// How far a worker is shut in: the levels, their names, and the words for what is missing. For worker and host alike.
#ifndef CONDYLE_HOST_WORKER_SANDBOX_LEVEL_H_
#define CONDYLE_HOST_WORKER_SANDBOX_LEVEL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace condyle {

// Each level has all of those before it. docs/security.md tells what each one stops.
enum class SandboxLevel : uint32_t {
  kNone = 0,      // in-process
  kLimits = 1,    // resource limits, no new privileges, no capabilities, no environment, two descriptors
  kFiltered = 2,  // and seccomp: while loading no network, program, process; then only calls that touch nothing outside
  kStrict = 3,    // and Landlock: while loading system libraries can be read; then no file
};

// Why a worker is not at kStrict. Bits.
inline constexpr uint32_t kSandboxNoSeccomp = 1;
inline constexpr uint32_t kSandboxNoLandlock = 2;
// A sanitizer's run-time reads files and starts programs in the middle of a call.
inline constexpr uint32_t kSandboxSanitizer = 4;
// The host asked for less.
inline constexpr uint32_t kSandboxNotWanted = 8;

struct SandboxState {
  SandboxLevel level = SandboxLevel::kNone;
  uint32_t missing = 0;
  // Version of Landlock's interface that the kernel has; 0 if none.
  uint32_t landlock_abi = 0;
};

// "none", "limits", "filtered", "strict".
const char* SandboxLevelName(SandboxLevel level);
std::optional<SandboxLevel> ParseSandboxLevel(std::string_view name);
// All names, from least to most.
const std::vector<std::string>& SandboxLevelNames();

// What is missing and what can be done, one clause for each bit; empty if nothing is.
std::string SandboxGap(uint32_t missing);

}  // namespace condyle

#endif  // CONDYLE_HOST_WORKER_SANDBOX_LEVEL_H_
