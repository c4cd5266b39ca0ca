// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The sets of warning signs, their questions and their cut-offs. Source: criteria B.6, with the sources named beside.
#ifndef CONDYLE_PLUGINS_RED_FLAG_SCREEN_TABLES_H_
#define CONDYLE_PLUGINS_RED_FLAG_SCREEN_TABLES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "condyle/sdk/answer.h"
#include "red_flag_screen/manifest.h"

namespace condyle::red_flag_screen {

// Years. Source: IFOMPT2020, criteria B.6 (age as a cancer flag, and with minor trauma as a fracture flag).
inline constexpr double kCancerAgeYearsAbove = 50;
inline constexpr double kMinorTraumaAgeYearsAtLeast = 70;
inline constexpr double kUnder18AgeYearsBelow = 18;
static_assert(kUnder18AgeYearsBelow < kCancerAgeYearsAbove && kCancerAgeYearsAbove < kMinorTraumaAgeYearsAtLeast);

// Of five; two is this pack's reading of "no single flag is enough". Source: IFOMPT2020, criteria B.6.
inline constexpr int kCancerItemsAtLeast = 2;

// Signs that take an athlete out of training whatever else is found. Source: Mountjoy2023, table 5 (criteria B.4).
inline constexpr double kHeartRatePerMinAtMost = 30;
inline constexpr double kUnder18HeartRatePerMinAtMost = 45;
inline constexpr double kSystolicMmhgAtMost = 90;
inline constexpr double kDiastolicMmhgAtMost = 45;
inline constexpr double kOrthostaticDropMmhgAbove = 20;
inline constexpr double kExpectedWeightPercentAtMost = 75;
static_assert(kHeartRatePerMinAtMost < kUnder18HeartRatePerMinAtMost);

// A residual from here on supports cauda equina syndrome; a smaller one clears nothing. Source: BMJBP-CES.
inline constexpr double kPostVoidResidualMlAtLeast = 200;

enum class SetId : uint8_t {
  kCaudaEquina,
  kNeurologicalMarked,
  kNeurologicalMild,
  kInfection,
  kFractureEmergency,
  kFracture,
  kMalignancy,
  kUnder18,
  kVascular,
  kEye,
  kSafetyAtHome,
  kReds,
  kObstetric,
};

struct FlagSet {
  SetId id;
  std::string_view text;  // as the conclusion names it
  v1::Urgency urgency;    // when met
  std::string_view timeframe;
  v1::Grade grade;
  Citations citations;
};

inline constexpr std::string_view kSameDay = "same day";
inline constexpr std::string_view kWithin7Days = "within 7 days";
inline constexpr std::string_view kNow = "now";

inline constexpr std::array kSets = {
    FlagSet{SetId::kCaudaEquina,
            "Warning signs of cauda equina compression",
            v1::URGENCY_EMERGENCY,
            kNow,
            v1::GRADE_GUIDELINE,
            {cite::BMJBP_CES, cite::IFOMPT2020, cite::B_6}},
    FlagSet{SetId::kNeurologicalMarked,
            "Marked weakness, or signs above the legs",
            v1::URGENCY_EMERGENCY,
            kNow,
            v1::GRADE_GUIDELINE,
            {cite::IFOMPT2020, cite::B_6}},
    FlagSet{SetId::kNeurologicalMild,
            "New leg weakness",
            v1::URGENCY_URGENT,
            kSameDay,
            v1::GRADE_GUIDELINE,
            {cite::IFOMPT2020, cite::K_130, cite::B_6}},
    FlagSet{SetId::kInfection,
            "Warning signs of infection",
            v1::URGENCY_EMERGENCY,
            kNow,
            v1::GRADE_COHORT,
            {cite::Hermet2012, cite::IFOMPT2020, cite::B_2}},
    FlagSet{SetId::kFractureEmergency,
            "Possible unstable or nerve-threatening fracture",
            v1::URGENCY_EMERGENCY,
            kNow,
            v1::GRADE_COHORT,
            {cite::AS_fracture, cite::BMC_EM_2022, cite::B_6}},
    FlagSet{SetId::kFracture,
            "Warning signs of fracture",
            v1::URGENCY_URGENT,
            kSameDay,
            v1::GRADE_GUIDELINE,
            {cite::IFOMPT2020, cite::Downie2013, cite::K_135, cite::B_6}},
    FlagSet{SetId::kMalignancy,
            "Warning signs of malignancy",
            v1::URGENCY_URGENT,
            kWithin7Days,
            v1::GRADE_GUIDELINE,
            {cite::IFOMPT2020, cite::B_6}},
    FlagSet{SetId::kUnder18,
            "Under 18 with night pain or general signs of illness",
            v1::URGENCY_URGENT,
            kSameDay,
            v1::GRADE_CASE_REPORT,
            {cite::AMSSM_Ewing, cite::B_6}},
    FlagSet{SetId::kVascular,
            "Warning signs of a vascular cause",
            v1::URGENCY_EMERGENCY,
            kNow,
            v1::GRADE_GUIDELINE,
            {cite::IFOMPT2020, cite::B_6}},
    FlagSet{SetId::kEye,
            "Red painful eye or visual change",
            v1::URGENCY_URGENT,
            kSameDay,
            v1::GRADE_EXPERT_OPINION,
            {cite::B_6}},
    FlagSet{SetId::kSafetyAtHome,
            "Self-harm, or not safe at home",
            v1::URGENCY_URGENT,
            kSameDay,
            v1::GRADE_EXPERT_OPINION,
            {cite::B_6}},
    FlagSet{SetId::kReds,
            "Serious signs of low energy availability (REDs)",
            v1::URGENCY_EMERGENCY,
            kNow,
            v1::GRADE_GUIDELINE,
            {cite::Mountjoy2023, cite::Stellingwerff2023}},
    FlagSet{SetId::kObstetric,
            "Warning signs in pregnancy or after birth, or of a clot",
            v1::URGENCY_EMERGENCY,
            kNow,
            v1::GRADE_EXPERT_OPINION,
            {cite::B_3, cite::B_6}},
};
inline constexpr size_t kSetCount = kSets.size();

constexpr bool SetsAreInOrder() {
  for (size_t i = 0; i < kSetCount; ++i) {
    if (kSets[i].id != static_cast<SetId>(i)) return false;
  }
  return true;
}
static_assert(SetsAreInOrder());

// How a "yes" is read.
enum class Role : uint8_t {
  kAlone,    // makes its set
  kCounted,  // one of the five cancer items
  kContext,  // counts only together with something else
};

// Whether the screen can be negative without the answer.
enum class Need : uint8_t {
  kCore,
  kAroundBirth,  // core unless male, or known not to be pregnant and not within 42 days of delivery
  kPregnancy,    // core when pregnant
  kOptional,
};

struct Question {
  BooleanInput input;
  std::string_view text;
  SetId set;
  Role role;
  Need need;
};

namespace table {

namespace flag = input::red_flag;
namespace history = input::history;
namespace obstetric = input::obstetric;
using enum SetId;
using enum Role;
using enum Need;

inline constexpr std::array kQuestions = {
    Question{flag::saddle_anaesthesia, "numbness or changed feeling between the legs", kCaudaEquina, kAlone, kCore},
    Question{flag::bladder_change, "new bladder change", kCaudaEquina, kAlone, kCore},
    Question{flag::bowel_change, "new bowel change", kCaudaEquina, kAlone, kCore},
    Question{flag::sexual_change, "new change in sexual function or sensation", kCaudaEquina, kAlone, kOptional},
    Question{flag::bilateral_leg_symptoms, "pain, weakness or tingling in both legs", kCaudaEquina, kAlone, kCore},
    Question{flag::progressive_neuro_deficit, "weakness or numbness growing over hours to days", kCaudaEquina, kAlone,
             kOptional},
    Question{flag::upper_neuro_signs, "new arm weakness, severe headache, or trouble with speech or sight",
             kNeurologicalMarked, kAlone, kOptional},
    Question{flag::leg_weakness, "new leg weakness", kNeurologicalMild, kAlone, kCore},
    Question{flag::fever_rigors, "fever, chills or rigors", kInfection, kAlone, kCore},
    Question{flag::iv_drug_use, "injects drugs", kInfection, kAlone, kCore},
    Question{flag::immunosuppression, "weakened immunity", kInfection, kAlone, kCore},
    Question{flag::recent_infection, "an infection in the last 3 months", kInfection, kAlone, kCore},
    Question{flag::recent_procedure, "an injection, block, epidural or operation in the last 3 months", kInfection,
             kAlone, kCore},
    Question{history::raw_dairy_or_livestock, "unpasteurised dairy or work with livestock", kInfection, kAlone,
             kOptional},
    Question{history::tb_contact, "contact with tuberculosis", kInfection, kContext, kOptional},
    Question{flag::night_sweats, "drenching night sweats", kInfection, kContext, kOptional},
    Question{flag::systemically_unwell, "generally ill", kInfection, kContext, kOptional},
    Question{flag::significant_trauma, "major trauma", kFracture, kAlone, kCore},
    Question{flag::minor_trauma, "minor trauma", kFracture, kContext, kCore},
    Question{flag::unable_to_bear_weight, "unable to stand or walk because of the pain", kFracture, kAlone, kCore},
    Question{history::osteoporosis, "known osteoporosis or an earlier low-trauma fracture", kFracture, kContext,
             kOptional},
    Question{input::medication::systemic_corticosteroid, "systemic corticosteroid", kFracture, kContext, kOptional},
    Question{history::known_axspa, "known axial spondyloarthritis", kFractureEmergency, kContext, kOptional},
    Question{history::spinal_fusion, "a fused or ankylosed part of the spine", kFractureEmergency, kContext, kOptional},
    Question{flag::cancer_history, "cancer in the past", kMalignancy, kAlone, kCore},
    Question{flag::unexplained_weight_loss, "unexplained weight loss", kMalignancy, kCounted, kCore},
    Question{flag::unremitting_night_pain, "night or rest pain that nothing relieves", kMalignancy, kCounted, kCore},
    Question{flag::no_improvement_4_weeks, "no better after 4 weeks of suitable care", kMalignancy, kCounted,
             kOptional},
    Question{history::smoker, "smokes or has smoked regularly", kMalignancy, kContext, kOptional},
    Question{input::pain::thoracolumbar, "thoracic or thoracolumbar pain", kMalignancy, kContext, kOptional},
    Question{flag::vascular_signs, "tearing pain, a pulsating abdominal mass, or a cold painful leg", kVascular, kAlone,
             kCore},
    Question{flag::acute_red_painful_eye, "red painful eye or new visual change", kEye, kAlone, kOptional},
    Question{flag::self_harm_or_unsafe_home, "thoughts of self-harm, or not safe at home", kSafetyAtHome, kAlone,
             kOptional},
    Question{obstetric::abnormal_bleeding, "abnormal vaginal bleeding", kObstetric, kAlone, kAroundBirth},
    Question{obstetric::preeclampsia_signs, "signs of pre-eclampsia", kObstetric, kAlone, kAroundBirth},
    Question{flag::leg_swelling_or_breathless, "one swollen painful leg, or new breathlessness", kObstetric, kAlone,
             kAroundBirth},
    Question{obstetric::reduced_fetal_movement, "reduced fetal movements", kObstetric, kAlone, kPregnancy},
};

}  // namespace table
using table::kQuestions;

}  // namespace condyle::red_flag_screen

#endif  // CONDYLE_PLUGINS_RED_FLAG_SCREEN_TABLES_H_
