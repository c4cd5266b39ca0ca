// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The numbers of ottawa_ankle, each beside its source.
#ifndef OTTAWA_ANKLE_TABLES_H_
#define OTTAWA_ANKLE_TABLES_H_

#include "condyle/sdk/answer.h"

namespace condyle::ottawa_ankle {

// The rule was made and tested in adults (Stiell1992, Stiell1994). Reading that as 18 or more: README, Choices.
inline constexpr double kAgeAtLeastYears = 18;

// Likelihood ratio of a rule that is not met. Source: Bachmann2003, abstract, ankle.
inline constexpr Ratio kNotMet = {.point = 0.08, .low = 0.03, .high = 0.18};
// Fractures among the ankle injuries of those studies, a probability. Source: Bachmann2003, abstract.
inline constexpr double kPriorProbability = 0.15;

static_assert(0 < kNotMet.low && kNotMet.low <= kNotMet.point && kNotMet.point <= kNotMet.high && kNotMet.high < 1);

// Probability after a finding with this likelihood ratio. Requires 0 <= prior < 1 and ratio >= 0.
constexpr double AfterFinding(double prior, double ratio) {
  const double odds = prior / (1 - prior) * ratio;
  return odds / (1 + odds);
}

}  // namespace condyle::ottawa_ankle

#endif  // OTTAWA_ANKLE_TABLES_H_
