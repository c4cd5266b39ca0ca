// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The two exercise sets and what blocks them. Very low evidence: one clinic's typical patterns and case reports.
#ifndef CONDYLE_PLUGINS_PRI_ASYMMETRY_EXERCISES_TABLES_H_
#define CONDYLE_PLUGINS_PRI_ASYMMETRY_EXERCISES_TABLES_H_

#include <array>

#include "condyle/sdk/answer.h"
#include "condyle/sdk/findings.h"
#include "pri_asymmetry_exercises/manifest.h"

namespace condyle::pri_asymmetry_exercises {

// Blocked for fewer days after a birth than this. Expert opinion: criteria B.7.
inline constexpr double kBlockedAfterBirthDaysBelow = 42;

// In the order of use: lying down first, standing last. Sources: K-79 to K-89 (names), criteria B.7 (order, expert
// opinion). The sets are not mirror images.
inline constexpr std::array kRightSet = {&advice::pri_k80, &advice::pri_k81, &advice::pri_k82, &advice::pri_k84,
                                         &advice::pri_k83};
inline constexpr std::array kLeftSet = {&advice::pri_k85, &advice::pri_k87, &advice::pri_k88, &advice::pri_k86,
                                        &advice::pri_k89};
static_assert(kRightSet.size() == kLeftSet.size());

}  // namespace condyle::pri_asymmetry_exercises

#endif  // CONDYLE_PLUGINS_PRI_ASYMMETRY_EXERCISES_TABLES_H_
