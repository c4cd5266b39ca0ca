// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Numbers of the bone stress injury screen beside their sources.
#ifndef CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_TABLES_H_
#define CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_TABLES_H_

#include <array>
#include <string_view>

#include "condyle/sdk/answer.h"
#include "stress_fracture_screen/manifest.h"

namespace condyle::stress_fracture_screen {

// Risk factors of seven that stand in for an examination finding. Expert opinion: criteria B.4.
inline constexpr int kRiskFactorsAtLeast = 2;
inline constexpr int kRiskFactors = 7;
// Per cent over six weeks. Expert opinion: criteria B.4.
inline constexpr double kVolumeIncreasePercentAtLeast = 30;
// 25-hydroxyvitamin D. Expert opinion: criteria B.4.
inline constexpr double kVitaminDNgPerMlBelow = 20;
// Years. Expert opinion: criteria B.4.
inline constexpr double kOlderAgeYearsAtLeast = 50;
// A bone density from here on is not low. Source: DeSouza2014.
inline constexpr double kNormalZScoreAtLeast = -1.0;
// Absolute body mass index is not scored below this age. Source: DeSouza2014.
inline constexpr double kBmiAgeYearsAtLeast = 18;
// Restricted whatever the total. Source: DeSouza2014.
inline constexpr double kRestrictedBmiKgPerM2Below = 16;
inline constexpr double kRestrictedPurgingPerWeekAbove = 4;
// Days of pain-free walking and daily life that published criteria ask before running. Source: criteria B.4.
inline constexpr double kPainFreeWalkingDaysAtLeast = 5;

// Female Athlete Triad cumulative risk assessment. Source: DeSouza2014; the printed table overlaps at BMI 17.5 and at
// Z -1.0: 17.5 scores 2 here and -1.0 scores 0 (criteria B.4).
inline constexpr int kTriadPointsPerItemAtMost = 2;
inline constexpr int kTriadItems = 6;
inline constexpr int kTriadPointsAtMost = kTriadItems * kTriadPointsPerItemAtMost;
static_assert(kTriadPointsAtMost == 12);
inline constexpr int kTriadMiddleBandAtLeast = 2;
inline constexpr int kTriadHighBandAtLeast = 6;
static_assert(kTriadMiddleBandAtLeast < kTriadHighBandAtLeast && kTriadHighBandAtLeast <= kTriadPointsAtMost);

namespace triad {
// kg/m2.
inline constexpr double kBmi0AtLeast = 18.5;
inline constexpr double kBmi2AtMost = 17.5;
static_assert(kBmi2AtMost < kBmi0AtLeast);
// Per cent of the weight expected for age, sex and height.
inline constexpr double kExpectedWeight0AtLeast = 90;
inline constexpr double kExpectedWeight2Below = 85;
static_assert(kExpectedWeight2Below < kExpectedWeight0AtLeast);
// Per cent lost in a month.
inline constexpr double kWeightLoss1AtLeast = 5;
inline constexpr double kWeightLoss2AtLeast = 10;
static_assert(kWeightLoss1AtLeast < kWeightLoss2AtLeast);
// Years.
inline constexpr double kMenarche1AtLeast = 15;
inline constexpr double kMenarche2AtLeast = 16;
static_assert(kMenarche1AtLeast < kMenarche2AtLeast);
// In 12 months.
inline constexpr double kMenses0Above = 9;
inline constexpr double kMenses2Below = 6;
static_assert(kMenses2Below < kMenses0Above);
// Z-score.
inline constexpr double kZScore0AtLeast = kNormalZScoreAtLeast;
inline constexpr double kZScore2AtMost = -2.0;
static_assert(kZScore2AtMost < kZScore0AtLeast);
// Earlier bone stress injuries; one at femoral neck, sacrum or pelvis scores 2.
inline constexpr double kPriorInjuries1AtLeast = 1;
inline constexpr double kPriorInjuries2AtLeast = 2;
}  // namespace triad

// Sites of a bone stress injury on two axes that are never one word. Sources: Hoenig2023 (healing), Mountjoy2023 and
// DeSouza2014 (bone health). Codes: ICD-10-CM; empty where none could be vouched for.
struct Site {
  AnswerCode code;
  std::string_view name;
  std::string_view complication_risk;
  std::string_view bone_health_risk;
  std::string_view icd_10_cm;
};

namespace table {
namespace site = answer::imaging::mri_bone_stress_site;
inline constexpr std::array kSites = {
    Site{site::sacrum, "sacrum", "low", "high", "M48.48XA"},
    Site{site::pubic_ramus, "pubic ramus", "low", "high", "M84.350A"},
    Site{site::ilium, "ilium", "not published for this site", "high", "M84.350A"},
    Site{site::femoral_neck, "femoral neck", "high", "high", "M84.359A"},
};
}  // namespace table
using table::kSites;

// ICD-10-CM, stress fracture of the femur by side.
inline constexpr std::string_view kFemurRight = "M84.351A";
inline constexpr std::string_view kFemurLeft = "M84.352A";
inline constexpr std::string_view kIcd10Cm = "http://hl7.org/fhir/sid/icd-10-cm";

inline constexpr std::string_view kSameDay = "same day";
inline constexpr std::string_view kWithin7Days = "within 7 days";

}  // namespace condyle::stress_fracture_screen

#endif  // CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_TABLES_H_
