// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Where a patient stands by the days since onset, and the criteria of return that several plugins share.
#ifndef CONDYLE_PLUGINS_PACK_CRITERIA_COURSE_H_
#define CONDYLE_PLUGINS_PACK_CRITERIA_COURSE_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "condyle/sdk/findings.h"
#include "condyle/sdk/truth.h"
#include "condyle/v1/assessment.pb.h"
#include "plugins/pack/criteria/activity.h"

namespace condyle::runner_sij {

// Comfort measures change after the first week. Source: K-113; no evidence supports the switch.
inline constexpr double kFirstWeekDaysAtMost = 7;
// Days of walking and daily life without pain before running; the sources ask for 5 to 7. Source: criteria B.4.
inline constexpr double kPainFreeWalkingDaysAtLeast = 5;

// Care of the first week and of the time after it. Both states stay unspecified while the onset is not known.
struct Course {
  std::optional<double> days;
  v1::StageState acute = v1::STAGE_STATE_UNSPECIFIED;
  v1::StageState later = v1::STAGE_STATE_UNSPECIFIED;
  // "Day 20 since onset: past the first week", or that it is not known.
  std::string position;
};

Course ReadCourse(const Findings& findings);

inline constexpr std::string_view kWalkingCriterion =
    "Walking and daily life free of pain for at least 5 days (published criteria ask for 5 to 7)";
Truth PainFreeWalking(const Findings& findings);

inline constexpr std::string_view kStopCriterion =
    "Running pain above 5 of 10, a limp, pain on walking, or night pain that nothing relieves";
// Of the activity grade: true if one is, false only if each of the five is known not to be.
Truth StopSigns(const Findings& findings);

inline constexpr std::string_view kLowPainCriterion =
    "Pain of at most 3 of 10 during running and in the 24 hours after, without a limp";
// Of the same grade.
Truth LowPainInRunning(const RunningReading& running);

// Looked for at each visit and by the patient; this finding belongs to the warning-sign screen.
inline constexpr std::string_view kWarningCriterion =
    "A new warning sign at any time: numbness between the legs, bladder or bowel change, weakness, fever, weight that "
    "cannot be borne (the warning-sign screen reads these)";

// CURRENT once every criterion before it is met, else LATER: a stage that no date opens.
v1::StageState ByCriteria(std::initializer_list<Truth> criteria);

}  // namespace condyle::runner_sij

#endif  // CONDYLE_PLUGINS_PACK_CRITERIA_COURSE_H_
