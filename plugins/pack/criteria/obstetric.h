// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Pregnancy and birth, as several plugins need them.
#ifndef CONDYLE_PLUGINS_PACK_CRITERIA_OBSTETRIC_H_
#define CONDYLE_PLUGINS_PACK_CRITERIA_OBSTETRIC_H_

#include <optional>

#include "condyle/sdk/findings.h"
#include "condyle/sdk/truth.h"

namespace condyle::runner_sij {

// Days. The puerperium: infection gate and obstetric warning signs (criteria B.2, B.6).
inline constexpr double kPuerperiumDaysAtMost = 42;
// Pregnancy-related pelvic girdle pain starts up to 2 years after birth. Source: Simonds 2022.
inline constexpr double kAfterBirthDaysAtMost = 730.5;
// Months after birth in which new load-related pain and SIJ oedema are read differently (6 months; criteria B.2, B.4).
inline constexpr double kSixMonthsDaysAtMost = 183;
// NSAIDs are avoided from here on. Source: FDA 2020.
inline constexpr double kNsaidAvoidedWeeksAtLeast = 20;
// A last period longer ago is not that of a present pregnancy; the vocabulary allows no more weeks.
inline constexpr double kGestationWeeksAtMost = 45;

// False for men.
Truth Pregnant(const Findings& findings);
// Gave birth at most so many days ago. Known false for men, from a longer interval, without a birth in 24 months, or
// (up to six weeks) in a pregnancy when no days are given.
Truth DeliveredWithin(const Findings& findings, double days);
// Weeks of gestation as recorded, else from the last menstrual period. Empty if neither says, if the period is more
// than 45 weeks ago, or if it lies before the last delivery: it then belongs to an earlier pregnancy. Not asked of who
// is pregnant.
std::optional<double> GestationalWeeks(const Findings& findings);
// Pregnant at this many weeks or more; unknown if pregnant and the weeks are not known.
Truth PregnantFromWeek(const Findings& findings, double weeks);
// Whether pregnancy-related pelvic girdle pain is a question for this patient at all: pregnant or delivered in 24
// months, and not a man. Unknown while the sex is.
Truth PelvicGirdleApplies(const Findings& findings);

}  // namespace condyle::runner_sij

#endif  // CONDYLE_PLUGINS_PACK_CRITERIA_OBSTETRIC_H_
