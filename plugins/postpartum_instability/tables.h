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
#include "postpartum_instability/manifest.h"

namespace condyle::postpartum_instability {

// Running after birth, days. Expert opinion between two positions: Delphi 2024 (minimum 3 weeks, then individual) and
// Goom 2019 (not before 3 months, read as 12 weeks).
inline constexpr double kNoRunningDaysBelow = 21;
inline constexpr double kRunningByCriteriaDaysAtLeast = 84;
static_assert(kNoRunningDaysBelow < kRunningByCriteriaDaysAtLeast);
// PRI exercises wait until six weeks after birth. Expert opinion. Source: criteria B.7.
inline constexpr double kPriAfterBirthDaysAtLeast = 42;
// Look again when pain has not settled 12 weeks after birth. Sources: Albert 2001 (course); X-8 (the limit).
inline constexpr double kReassessDaysAtLeast = 84;

// Width of the symphysis on imaging. 7 to 9 mm is usual in pregnancy. Source: Cambridge 2025. What should follow from
// the width is disputed, so no second limit is encoded.
inline constexpr double kDiastasisMmAbove = 10;

// ASLR after birth, cut-off 1: sensitivity 0.87, specificity 0.94. Source: Mens 2001. Not given for pregnancy.
inline constexpr Ratio kAslrAfterBirthMet = {14.5};

// Trimesters as ICD-10-CM counts them: up to 13 weeks 6 days, 27 weeks 6 days, and from 28 weeks.
inline constexpr double kSecondTrimesterWeeksAtLeast = 14;
inline constexpr double kThirdTrimesterWeeksAtLeast = 28;

// Codes by trimester; unspecified where the weeks are not known.
struct TrimesterCodes {
  std::string_view first, second, third, unspecified;
};
inline constexpr TrimesterCodes kPelvicGirdlePainInPregnancy = {"O26.891", "O26.892", "O26.893", "O26.899"};
inline constexpr TrimesterCodes kSymphysisInPregnancy = {"O26.711", "O26.712", "O26.713", "O26.719"};
inline constexpr std::string_view kSymphysisInPuerperium = "O26.73";
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
    {input::exam::long_dorsal_ligament_tenderness, "Long dorsal sacroiliac ligament",
     "tender (sensitivity 76 per cent)", "not tender", cite::Vleeming2002},
    {input::exam::modified_trendelenburg, "Modified Trendelenburg test", "provokes symphysis pain",
     "does not provoke symphysis pain", cite::Vleeming2008},
}};

}  // namespace condyle::postpartum_instability

#endif  // CONDYLE_PLUGINS_POSTPARTUM_INSTABILITY_TABLES_H_
