// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Rulesets that handle every right that a version has and grant reading to a few paths, or nothing.
#include "host/worker/landlock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace condyle {
namespace {

// From the kernel's documentation of the interface (userspace-api/landlock), which only ever grows.
constexpr long kCreateRuleset = 444;
constexpr long kAddRule = 445;
constexpr long kRestrictSelf = 446;
constexpr uint32_t kAskVersion = 1;
constexpr int kPathBeneath = 1;
constexpr uint64_t kReadFile = 1u << 2;
constexpr uint64_t kReadDir = 1u << 3;

struct RulesetAttr {
  uint64_t fs;
  uint64_t net;
  uint64_t scoped;
};

struct __attribute__((packed)) PathBeneathAttr {
  uint64_t allowed;
  int32_t parent_fd;
};

struct Handled {
  RulesetAttr attr;
  size_t size;  // of attr that this version of the interface knows
};

Handled EverythingOf(int abi) {
  const int fs_rights = abi >= 5 ? 16 : abi >= 3 ? 15 : abi >= 2 ? 14 : 13;
  Handled handled{};
  handled.attr.fs = (uint64_t{1} << fs_rights) - 1;
  handled.attr.net = abi >= 4 ? 3 : 0;
  handled.attr.scoped = abi >= 6 ? 3 : 0;
  handled.size = abi >= 6 ? sizeof(RulesetAttr) : abi >= 4 ? offsetof(RulesetAttr, scoped) : offsetof(RulesetAttr, net);
  return handled;
}

void Permit(int ruleset, const std::string& path) {
  const int fd = open(path.c_str(), O_PATH | O_CLOEXEC);
  if (fd < 0) return;
  struct stat info {};
  if (fstat(fd, &info) == 0) {
    const PathBeneathAttr rule = {S_ISDIR(info.st_mode) ? kReadFile | kReadDir : kReadFile, fd};
    // Refused for files that are on no mounted file system (memfd): Landlock does not restrict those.
    syscall(kAddRule, ruleset, kPathBeneath, &rule, 0);
  }
  close(fd);
}

}  // namespace

int LandlockAbi() {
  const long abi = syscall(kCreateRuleset, nullptr, 0, kAskVersion);
  return abi > 0 ? static_cast<int>(abi) : 0;
}

bool RestrictToReading(const std::vector<std::string>& paths, int abi) {
  if (abi <= 0) return false;
  const Handled handled = EverythingOf(abi);
  const int ruleset = static_cast<int>(syscall(kCreateRuleset, &handled.attr, handled.size, 0));
  if (ruleset < 0) return false;
  for (const std::string& path : paths) Permit(ruleset, path);
  const bool done = syscall(kRestrictSelf, ruleset, 0) == 0;
  close(ruleset);
  return done;
}

}  // namespace condyle
