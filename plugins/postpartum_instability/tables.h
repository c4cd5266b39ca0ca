// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Every number and list of this plugin beside its source. Limits are named inclusive (AtLeast) or exclusive (Above,
// Below).
#ifndef CONDYLE_PLUGINS_POSTPARTUM_INSTABILITY_TABLES_H_
#define CONDYLE_PLUGINS_POSTPARTUM_INSTABILITY_TABLES_H_

#include <array>
#include <string_view>

#include "condyle/sdk/answer.h"
#include "condyle/sdk/citation.h"
#include "condyle/sdk/input.h"
#include "condyle/sdk/likelihood.h"
#include "postpartum_instability/manifest.h"

namespace condyle::postpartum_instability {

// Running after birth, days. Expert opinion between two positions: Delphi 2024 (minimum 3 weeks, then individual) and
// Goom 2019 (not before 3 months, read as 12 weeks).
inline constexpr double kNoRunningDaysBelow = 21;
inline constexpr double kRunningByCriteriaDaysAtLeast = 84;
static_assert(kNoRunningDaysBelow < kRunningByCriteriaDaysAtLeast);
// From here on no NSAID at all (closure of the ductus); between 20 weeks and this, only as a clinician advises. Source:
// FDA 2020.
inline constexpr double kNsaidNeverWeeksAtLeast = 30;
// PRI exercises wait until six weeks after birth. Expert opinion. Source: criteria B.7.
inline constexpr double kPriAfterBirthDaysAtLeast = 42;
// Look again when pain has not settled 12 weeks after birth. Sources: Albert 2001 (course); X-8 (the limit).
inline constexpr double kReassessDaysAtLeast = 84;

// Width of the symphysis on imaging. 7 to 9 mm is usual in pregnancy. Source: Cambridge 2025. What should follow from
// the width is disputed, so no second limit is encoded.
inline constexpr double kDiastasisMmAbove = 10;

// ASLR after birth, cut-off 1: sensitivity 0.87, specificity 0.94. Source: Mens 2001. Not given for pregnancy.
inline constexpr double kAslrSensitivity = 0.87;
inline constexpr double kAslrSpecificity = 0.94;
inline constexpr Ratio kAslrAfterBirthMet = {Rounded(PositiveRatio(kAslrSensitivity, 1 - kAslrSpecificity), 1)};
static_assert(kAslrAfterBirthMet.point == 14.5);
// Points of a leg, 0 (not difficult) to 5 (unable). Source: Mens 2002.
inline constexpr double kAslrPerLegAtMost = 5;

// Course of pelvic girdle pain after birth in one cohort. Source: Albert 2001; the last clause is X-8.
inline constexpr std::string_view kPublishedCourse =
    "In one cohort 62.5 per cent were free of pain within 1 month of birth and 8.6 per cent still had pain at 2 years; "
    "21 per cent where all three joints hurt. Most improve within weeks to 6 months; a minority persist";

// Trimesters as ICD-10-CM counts them: up to 13 weeks 6 days, 27 weeks 6 days, and from 28 weeks.
inline constexpr double kSecondTrimesterWeeksAtLeast = 14;
inline constexpr double kThirdTrimesterWeeksAtLeast = 28;

// A condition as it is coded in each trimester; unspecified where the weeks are not known.
struct ByTrimester {
  Condition first, second, third, unspecified;
};
inline constexpr ByTrimester kPelvicGirdlePainInPregnancy = {
    condition::pelvic_girdle_pain_pregnancy_first, condition::pelvic_girdle_pain_pregnancy_second,
    condition::pelvic_girdle_pain_pregnancy_third, condition::pelvic_girdle_pain_pregnancy_unspecified};
inline constexpr ByTrimester kSymphysisInPregnancy = {
    condition::symphysis_diastasis_pregnancy_first, condition::symphysis_diastasis_pregnancy_second,
    condition::symphysis_diastasis_pregnancy_third, condition::symphysis_diastasis_pregnancy_unspecified};
// The puerperium as ICD-10-CM counts it: six weeks.
inline constexpr double kPuerperiumCodeDaysAtMost = 42;

// Any of these is an emergency, whatever else the answer. Source: criteria B.3, must-not-miss.
struct AlarmSign {
  BooleanInput input;
  std::string_view text;
};
inline constexpr std::array<AlarmSign, 4> kAlarmSigns = {{
    {input::obstetric::abnormal_bleeding, "Abnormal vaginal bleeding"},
    {input::obstetric::preeclampsia_signs,
     "A sign of pre-eclampsia (severe headache, visual change, upper abdominal pain or high blood pressure)"},
    {input::obstetric::reduced_fetal_movement, "Reduced fetal movements"},
    {input::red_flag::leg_swelling_or_breathless, "One swollen painful leg, or new breathlessness"},
}};

// Four of the seven items, as examined on each side. Sources: Vleeming 2008, Simonds 2022 (tests recommended).
struct SidedItem {
  SidedBooleanInput input;
  std::string_view name;
  std::string_view met;
  std::string_view not_met;
  Citation source;
};
inline constexpr std::array<SidedItem, 4> kSidedItems = {{
    {input::exam::thigh_thrust, "Thigh thrust",
     "reproduces the familiar pain (sensitivity 69 to 81, specificity 80 to 90 per cent)",
     "does not reproduce the familiar pain", cite::Mens2001},
    {input::exam::gaenslen, "Gaenslen test", "reproduces the familiar pain", "does not reproduce the familiar pain",
     cite::Simonds2022},
    {input::exam::long_dorsal_ligament_tenderness, "Long dorsal sacroiliac ligament", "tender", "not tender",
     cite::Vleeming2002},
    {input::exam::modified_trendelenburg, "Modified Trendelenburg test", "provokes symphysis pain",
     "does not provoke symphysis pain", cite::Vleeming2008},
}};

}  // namespace condyle::postpartum_instability

#endif  // CONDYLE_PLUGINS_POSTPARTUM_INSTABILITY_TABLES_H_
