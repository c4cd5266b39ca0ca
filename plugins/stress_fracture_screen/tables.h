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
// Place of the energy item among them.
inline constexpr size_t kEnergyFactor = 2;
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
// DeSouza2014 (bone health). Courses to full running are those of the literature, ranges and no promise:
// Fredericson2003 (sacrum), Noakes1985 (pubic ramus), Hoenig2023 (femoral neck, pooled mean with its 95 per cent
// interval).
struct Site {
  AnswerCode code;
  std::string_view name;
  // RISK_LEVEL_UNSPECIFIED: none is published for this site.
  v1::RiskLevel complication_risk;
  v1::RiskLevel bone_health_risk;
  // Empty: none was found.
  std::string_view course;
  Condition condition;
};

namespace table {
namespace site = answer::imaging::mri_bone_stress_site;
inline constexpr std::array kSites = {
    Site{site::sacrum, "sacrum", v1::RISK_LEVEL_LOW, v1::RISK_LEVEL_HIGH,
         "sacrum 6 weeks to 8 months, 12 to 14 weeks typical (Fredericson 2003)", condition::bone_stress_injury_sacrum},
    Site{site::pubic_ramus, "pubic ramus", v1::RISK_LEVEL_LOW, v1::RISK_LEVEL_HIGH,
         "pubic ramus 8 to 12 weeks (Noakes 1985)", condition::bone_stress_injury_pelvis},
    Site{site::ilium, "ilium", v1::RISK_LEVEL_UNSPECIFIED, v1::RISK_LEVEL_HIGH, "",
         condition::bone_stress_injury_pelvis},
    Site{site::femoral_neck, "femoral neck", v1::RISK_LEVEL_HIGH, v1::RISK_LEVEL_HIGH,
         "femoral neck 107 days on average (79 to 135; Hoenig 2023)", condition::bone_stress_injury_femur_unspecified},
};
}  // namespace table
using table::kSites;

inline constexpr std::string_view kSameDay = "same day";
inline constexpr std::string_view kWithin7Days = "within 7 days";

}  // namespace condyle::stress_fracture_screen

#endif  // CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_TABLES_H_
