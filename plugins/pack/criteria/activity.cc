// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Grading of running.
#include "plugins/pack/criteria/activity.h"

#include <algorithm>

#include "condyle/sdk/answer.h"
#include "runner_sij/pack.h"

namespace condyle::runner_sij {
namespace {

void Append(std::string* reason, const std::string& text) { *reason += (reason->empty() ? "" : ", ") + text; }

}  // namespace

RunningReading GradeRunning(const Findings& findings) {
  const auto during = findings.Value(input::pain::during_running);
  const auto after = findings.Value(input::pain::after_running_24h);
  const Truth limp = findings.Is(input::exam::limp);

  RunningReading result;
  if (IsTrue(Above(during, kReduceScoreAtMost)))
    Append(&result.reason, "pain of " + Number(*during) + " of 10 in running");
  if (IsTrue(Above(after, kReduceScoreAtMost))) {
    Append(&result.reason, "pain of " + Number(*after) + " of 10 in the 24 hours after running");
  }
  if (IsTrue(limp)) Append(&result.reason, "a limp");
  if (IsTrue(findings.Is(input::pain::with_walking))) Append(&result.reason, "pain on walking");
  if (IsTrue(findings.Is(input::red_flag::unremitting_night_pain)))
    Append(&result.reason, "night pain that nothing relieves");
  if (!result.reason.empty()) {
    result.grade = RunningGrade::kStopAndBeSeen;
    return result;
  }
  if (!during || !after || !IsFalse(limp)) return result;
  result.grade = std::max(*during, *after) > kModifyScoreAtMost ? RunningGrade::kReduce : RunningGrade::kModify;
  result.reason = "pain of " + Number(*during) + " of 10 in running and " + Number(*after) +
                  " of 10 in the 24 hours after, no limp";
  return result;
}

}  // namespace condyle::runner_sij
