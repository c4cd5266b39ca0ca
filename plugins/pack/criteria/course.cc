// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The course by time and by criteria.
#include "plugins/pack/criteria/course.h"

#include <cmath>

#include "condyle/sdk/answer.h"
#include "runner_sij/pack.h"

namespace condyle::runner_sij {

Course ReadCourse(const Findings& findings) {
  Course result{.days = findings.Value(input::pain::duration)};
  if (!result.days) {
    result.position = "The days since onset are not recorded, so which stage this is cannot be told";
    return result;
  }
  const bool first_week = *result.days <= kFirstWeekDaysAtMost;
  result.acute = first_week ? v1::STAGE_STATE_CURRENT : v1::STAGE_STATE_PAST;
  result.later = first_week ? v1::STAGE_STATE_LATER : v1::STAGE_STATE_CURRENT;
  result.position = "Day " + Number(std::floor(*result.days)) +
                    " since onset: " + (first_week ? "within the first week" : "past the first week");
  return result;
}

Truth PainFreeWalking(const Findings& findings) {
  if (IsTrue(findings.Is(input::pain::with_walking))) return Truth::kFalse;
  return AtLeast(findings.Value(input::training::pain_free_walking_days), kPainFreeWalkingDaysAtLeast);
}

Truth StopSigns(const Findings& findings) {
  return Or({Above(findings.Value(input::pain::during_running), kReduceScoreAtMost),
             Above(findings.Value(input::pain::after_running_24h), kReduceScoreAtMost), findings.Is(input::exam::limp),
             findings.Is(input::pain::with_walking), findings.Is(input::red_flag::unremitting_night_pain)});
}

Truth LowPainInRunning(const RunningReading& running) {
  if (running.grade == RunningGrade::kUnknown) return Truth::kUnknown;
  return ToTruth(running.grade == RunningGrade::kModify);
}

v1::StageState ByCriteria(std::initializer_list<Truth> criteria) {
  return IsTrue(And(criteria)) ? v1::STAGE_STATE_CURRENT : v1::STAGE_STATE_LATER;
}

}  // namespace condyle::runner_sij
