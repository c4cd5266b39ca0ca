// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The checks that there are: stable ids, the level from which each runs, why it matters, how to fix what it finds.
#ifndef CONDYLE_HOST_CHECKER_RULES_H_
#define CONDYLE_HOST_CHECKER_RULES_H_

#include <string>
#include <string_view>
#include <vector>

#include "condyle/v1/check.pb.h"

namespace condyle::checker {

inline constexpr int kLowestLevel = 1;
inline constexpr int kUsualLevel = 3;
inline constexpr int kHighestLevel = 5;

struct Rule {
  const char* id;
  // Runs at this level and above.
  int level;
  // Runs code of the plugin, in a process of its own.
  bool dynamic;
  const char* title;
  const char* why;
  const char* fix;
};

// In the order in which they run.
const std::vector<Rule>& Rules();
// Null if there is none.
const Rule* FindRule(std::string_view id);

// A finding with the rule's words; id must be that of a rule. fix: in place of the rule's, if it is not empty.
v1::CheckFinding Finding(std::string_view id, v1::CheckSeverity severity, std::string what, std::string where = {},
                         std::string fix = {});

}  // namespace condyle::checker

#endif  // CONDYLE_HOST_CHECKER_RULES_H_
