// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// How much running the pain allows: the gate-then-grade of reconciliation X-2. The cut-offs are expert opinion.
#ifndef CONDYLE_PLUGINS_PACK_CRITERIA_ACTIVITY_H_
#define CONDYLE_PLUGINS_PACK_CRITERIA_ACTIVITY_H_

#include <string>

#include "condyle/sdk/findings.h"

namespace condyle::runner_sij {

// Scores from 0 to 10, the worse of during and 24 h after running.
inline constexpr double kModifyScoreAtMost = 3;
inline constexpr double kReduceScoreAtMost = 5;

enum class RunningGrade {
  kUnknown,  // not enough is known to allow running
  kModify,
  kReduce,
  kStopAndBeSeen,
};

struct RunningReading {
  RunningGrade grade = RunningGrade::kUnknown;
  std::string reason;  // names the findings
};

// Stop: a score above 5, a limp, pain on walking or unremitting night pain, whatever else is unknown. Otherwise both
// scores must be known, and that there is no limp; a score above 3 then reduces.
RunningReading GradeRunning(const Findings& findings);

}  // namespace condyle::runner_sij

#endif  // CONDYLE_PLUGINS_PACK_CRITERIA_ACTIVITY_H_
