// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Names and words of sandbox levels.
#include "host/worker/sandbox_level.h"

#include <algorithm>

namespace condyle {

const std::vector<std::string>& SandboxLevelNames() {
  static const auto* const kNames = new std::vector<std::string>{"none", "limits", "filtered", "strict"};
  return *kNames;
}

const char* SandboxLevelName(SandboxLevel level) {
  const auto& names = SandboxLevelNames();
  return names[std::min<size_t>(static_cast<size_t>(level), names.size() - 1)].c_str();
}

std::optional<SandboxLevel> ParseSandboxLevel(std::string_view name) {
  const auto& names = SandboxLevelNames();
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) return std::nullopt;
  return static_cast<SandboxLevel>(at - names.begin());
}

std::string SandboxGap(uint32_t missing) {
  struct Row {
    uint32_t bit;
    const char* words;
  };
  constexpr Row kRows[] = {
      {kSandboxNoSeccomp,
       "seccomp filters could not be set (needs a kernel with CONFIG_SECCOMP_FILTER, Linux 4.14 or later, and a "
       "container that permits seccomp())"},
      {kSandboxNoLandlock,
       "Landlock is not available (needs Linux 5.13 or later with CONFIG_SECURITY_LANDLOCK, landlock in the kernel's "
       "lsm= list, and a container that permits it)"},
      {kSandboxSanitizer, "this build has sanitizers, which need files and programs; use another build"},
      {kSandboxNotWanted, "the host asked for no more"},
  };
  std::string text;
  for (const Row& row : kRows) {
    if ((missing & row.bit) == 0) continue;
    if (!text.empty()) text += "; ";
    text += row.words;
  }
  return text;
}

}  // namespace condyle
