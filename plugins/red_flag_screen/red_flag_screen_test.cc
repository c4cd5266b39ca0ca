// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What makes the screen positive, negative or undecided, and what it then says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "condyle/testing/matchers.h"
#include "condyle/testing/patient.h"
#include "plugins/red_flag_screen/tables.h"

namespace condyle::red_flag_screen {
namespace {

using ::condyle::testing::Ask;
using ::condyle::testing::AsksFor;
using ::condyle::testing::HasStatus;
using ::condyle::testing::HasUrgency;
using ::condyle::testing::Holds;
using ::condyle::testing::Patient;
using ::condyle::testing::Recommends;
using ::testing::AllOf;
using ::testing::Not;

namespace flag = input::red_flag;
namespace exam = input::exam;
namespace history = input::history;
namespace obstetric = input::obstetric;
namespace weakness = answer::exam::motor_weakness;

constexpr v1::Status kPositive = v1::STATUS_POSITIVE;
constexpr v1::Status kNegative = v1::STATUS_NEGATIVE;
constexpr v1::Status kOpen = v1::STATUS_INSUFFICIENT_DATA;
constexpr v1::Urgency kEmergency = v1::URGENCY_EMERGENCY;
constexpr v1::Urgency kUrgent = v1::URGENCY_URGENT;
constexpr v1::Urgency kRoutine = v1::URGENCY_ROUTINE;

const std::vector<BooleanInput>& Core() {
  static const std::vector<BooleanInput> kCoreInputs = {flag::saddle_anaesthesia,
                                                        flag::bladder_change,
                                                        flag::bowel_change,
                                                        flag::bilateral_leg_symptoms,
                                                        flag::leg_weakness,
                                                        flag::fever_rigors,
                                                        flag::iv_drug_use,
                                                        flag::immunosuppression,
                                                        flag::recent_infection,
                                                        flag::recent_procedure,
                                                        flag::significant_trauma,
                                                        flag::minor_trauma,
                                                        flag::unable_to_bear_weight,
                                                        flag::cancer_history,
                                                        flag::unexplained_weight_loss,
                                                        flag::unremitting_night_pain,
                                                        flag::vascular_signs};
  return kCoreInputs;
}

// A man of 31 with pain who was asked every core question and has no flag.
Patient Clear() {
  Patient patient;
  patient.Male().Age(31).Yes(input::pain::present).No(flag::no_improvement_4_weeks).No(history::smoker);
  for (const BooleanInput& question : Core()) patient.No(question);
  return patient;
}

// The same, a woman who is neither pregnant nor gave birth lately.
Patient ClearWoman() { return Clear().Female().No(obstetric::pregnant).No(obstetric::delivered_last_24_months); }

Patient PregnantWoman() {
  return Clear()
      .Female()
      .Yes(obstetric::pregnant)
      .No({obstetric::abnormal_bleeding, obstetric::preeclampsia_signs, obstetric::reduced_fetal_movement,
           flag::leg_swelling_or_breathless});
}

struct Row {
  std::string name;
  Patient patient;
  v1::Status status;
  v1::Urgency urgency;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
std::string NameOf(const ::testing::TestParamInfo<Row>& info) { return info.param.name; }

class RedFlags : public ::testing::TestWithParam<Row> {};

TEST_P(RedFlags, StatusAndUrgency) {
  EXPECT_THAT(Ask(GetParam().patient), AllOf(HasStatus(GetParam().status), HasUrgency(GetParam().urgency)));
}

INSTANTIATE_TEST_SUITE_P(
    NothingFound, RedFlags,
    ::testing::Values(Row{"AllCoreAnswered", Clear(), kNegative, kRoutine},
                      Row{"NoPain", Clear().No(input::pain::present), kNegative, v1::URGENCY_SELF_CARE},
                      Row{"PainNotAsked", Clear().Without(input::pain::present), kNegative, kRoutine},
                      Row{"NothingAsked", Patient(), kOpen, kRoutine},
                      Row{"WomanNotPregnant", ClearWoman(), kNegative, kRoutine},
                      Row{"PregnantAllAnswered", PregnantWoman(), kNegative, kRoutine},
                      Row{"Age50", Clear().Age(50), kNegative, kRoutine}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    CaudaEquinaAndNeurology, RedFlags,
    ::testing::Values(
        Row{"Saddle", Clear().Yes(flag::saddle_anaesthesia), kPositive, kEmergency},
        Row{"Bladder", Clear().Yes(flag::bladder_change), kPositive, kEmergency},
        Row{"Bowel", Clear().Yes(flag::bowel_change), kPositive, kEmergency},
        Row{"Sexual", Clear().Yes(flag::sexual_change), kPositive, kEmergency},
        Row{"BothLegs", Clear().Yes(flag::bilateral_leg_symptoms), kPositive, kEmergency},
        Row{"Progressive", Clear().Yes(flag::progressive_neuro_deficit), kPositive, kEmergency},
        Row{"NumbnessBothSides",
            Clear().Yes(input::pain::leg_numbness, Side::kLeft).Yes(input::pain::leg_numbness, Side::kRight), kPositive,
            kEmergency},
        Row{"BelowKneeBothSides",
            Clear().Yes(input::pain::below_knee, Side::kLeft).Yes(input::pain::below_knee, Side::kRight), kPositive,
            kEmergency},
        Row{"NumbLeftBelowKneeRight",
            Clear().Yes(input::pain::leg_numbness, Side::kLeft).Yes(input::pain::below_knee, Side::kRight), kPositive,
            kEmergency},
        Row{"NumbnessOneSide", Clear().Yes(input::pain::leg_numbness, Side::kLeft), kNegative, kRoutine},
        Row{"NumbnessSideNotSaid", Clear().YesSomewhere(input::pain::leg_numbness), kNegative, kRoutine},
        Row{"SmallResidualClearsNothing", Clear().Yes(flag::saddle_anaesthesia).Is(exam::post_void_residual, 50),
            kPositive, kEmergency},
        Row{"CompressionOnMri",
            Clear().Is(input::imaging::mri_lumbar, answer::imaging::mri_lumbar::cauda_equina_compression), kPositive,
            kEmergency},
        Row{"DiscOnMriIsNoFlag",
            Clear().Is(input::imaging::mri_lumbar, answer::imaging::mri_lumbar::disc_herniation_nerve_contact),
            kNegative, kRoutine},
        Row{"MarkedWeaknessLeft", Clear().Is(exam::motor_weakness, Side::kLeft, weakness::marked), kPositive,
            kEmergency},
        Row{"MarkedWeaknessRight", Clear().Is(exam::motor_weakness, Side::kRight, weakness::marked), kPositive,
            kEmergency},
        Row{"MildWeakness", Clear().Is(exam::motor_weakness, Side::kLeft, weakness::mild), kPositive, kUrgent},
        Row{"MildWeaknessBothLegs",
            Clear()
                .Is(exam::motor_weakness, Side::kLeft, weakness::mild)
                .Is(exam::motor_weakness, Side::kRight, weakness::mild),
            kPositive, kEmergency},
        Row{"NoWeakness", Clear().Is(exam::motor_weakness, Side::kLeft, weakness::none), kNegative, kRoutine},
        Row{"LegWeakness", Clear().Yes(flag::leg_weakness), kPositive, kUrgent},
        Row{"UpperSigns", Clear().Yes(flag::upper_neuro_signs), kPositive, kEmergency}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Infection, RedFlags,
    ::testing::Values(
        Row{"Fever", Clear().Yes(flag::fever_rigors), kPositive, kEmergency},
        Row{"Temperature38", Clear().Is(exam::temperature, 38.0), kPositive, kEmergency},
        Row{"TemperatureBelow38", Clear().Is(exam::temperature, 37.9), kNegative, kRoutine},
        Row{"Injects", Clear().Yes(flag::iv_drug_use), kPositive, kEmergency},
        Row{"Immunosuppression", Clear().Yes(flag::immunosuppression), kPositive, kEmergency},
        Row{"RecentInfection", Clear().Yes(flag::recent_infection), kPositive, kEmergency},
        Row{"RecentProcedure", Clear().Yes(flag::recent_procedure), kPositive, kEmergency},
        Row{"Livestock", Clear().Yes(history::raw_dairy_or_livestock), kPositive, kEmergency},
        Row{"TbAlone", Clear().Yes(history::tb_contact), kNegative, kRoutine},
        Row{"NightSweatsAlone", Clear().Yes(flag::night_sweats), kNegative, kRoutine},
        Row{"TbWithNightSweats", Clear().Yes(history::tb_contact).Yes(flag::night_sweats), kPositive, kEmergency},
        Row{"IllAlone", Clear().Yes(flag::systemically_unwell), kNegative, kRoutine},
        Row{"IllAndNoWeightBearing", Clear().Yes(flag::systemically_unwell).Yes(flag::unable_to_bear_weight), kPositive,
            kEmergency}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Fracture, RedFlags,
    ::testing::Values(
        Row{"MajorTrauma", Clear().Yes(flag::significant_trauma), kPositive, kUrgent},
        Row{"MinorTraumaYoung", Clear().Yes(flag::minor_trauma), kNegative, kRoutine},
        Row{"MinorTraumaAt70", Clear().Yes(flag::minor_trauma).Age(70), kPositive, kUrgent},
        Row{"MinorTraumaBefore70", Clear().Yes(flag::minor_trauma).Age(69.9), kNegative, kRoutine},
        Row{"MinorTraumaOnSteroid", Clear().Yes(flag::minor_trauma).Yes(input::medication::systemic_corticosteroid),
            kPositive, kUrgent},
        Row{"MinorTraumaOsteoporosis", Clear().Yes(flag::minor_trauma).Yes(history::osteoporosis), kPositive, kUrgent},
        Row{"OsteoporosisAlone", Clear().Yes(history::osteoporosis), kNegative, kRoutine},
        Row{"NoWeightBearing", Clear().Yes(flag::unable_to_bear_weight), kPositive, kUrgent},
        Row{"MinorTraumaNoWeightBearing", Clear().Yes(flag::minor_trauma).Yes(flag::unable_to_bear_weight), kPositive,
            kEmergency},
        Row{"MajorTraumaNoWeightBearing", Clear().Yes(flag::significant_trauma).Yes(flag::unable_to_bear_weight),
            kPositive, kEmergency},
        Row{"MajorTraumaLegWeakness", Clear().Yes(flag::significant_trauma).Yes(flag::leg_weakness), kPositive,
            kEmergency},
        Row{"MinorTraumaMildWeakness",
            Clear().Yes(flag::minor_trauma).Is(exam::motor_weakness, Side::kRight, weakness::mild), kPositive,
            kEmergency},
        Row{"MinorTraumaAxSpa", Clear().Yes(flag::minor_trauma).Yes(history::known_axspa), kPositive, kEmergency},
        Row{"MinorTraumaFusedSpine", Clear().Yes(flag::minor_trauma).Yes(history::spinal_fusion), kPositive,
            kEmergency},
        Row{"MinorTraumaAnkylosisOnXray",
            Clear().Yes(flag::minor_trauma).Is(input::imaging::spine_xray, answer::imaging::spine_xray::ankylosis),
            kPositive, kEmergency},
        Row{"AxSpaWithoutTrauma", Clear().Yes(history::known_axspa), kNegative, kRoutine},
        Row{"FractureOnXray", Clear().Is(input::imaging::spine_xray, answer::imaging::spine_xray::fracture), kPositive,
            kUrgent},
        Row{"NormalXrayDoesNotClear",
            Clear()
                .Yes(flag::minor_trauma)
                .Yes(history::known_axspa)
                .Is(input::imaging::spine_xray, answer::imaging::spine_xray::normal),
            kPositive, kEmergency}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Malignancy, RedFlags,
    ::testing::Values(
        Row{"PastCancer", Clear().Yes(flag::cancer_history), kPositive, kUrgent},
        Row{"WeightLossOnly", Clear().Yes(flag::unexplained_weight_loss), kNegative, kRoutine},
        Row{"AgeOnly", Clear().Age(51), kNegative, kRoutine},
        Row{"AgeAbove50AndNightPain", Clear().Age(51).Yes(flag::unremitting_night_pain), kPositive, kUrgent},
        Row{"Age50AndNightPain", Clear().Age(50).Yes(flag::unremitting_night_pain), kNegative, kRoutine},
        Row{"NoImprovementAndWeightLoss", Clear().Yes(flag::no_improvement_4_weeks).Yes(flag::unexplained_weight_loss),
            kPositive, kUrgent},
        Row{"SmokerWithThoracolumbarPainAndWeightLoss",
            Clear().Yes(history::smoker).Yes(input::pain::thoracolumbar).Yes(flag::unexplained_weight_loss), kPositive,
            kUrgent},
        Row{"SmokerWithoutThoracolumbarPain",
            Clear().Yes(history::smoker).No(input::pain::thoracolumbar).Yes(flag::unexplained_weight_loss), kNegative,
            kRoutine},
        Row{"SmokerThoracolumbarNotAsked", Clear().Yes(history::smoker).Yes(flag::unexplained_weight_loss), kOpen,
            kRoutine},
        Row{"OneOpenItemIsNotEnough", Clear().Without(flag::no_improvement_4_weeks), kNegative, kRoutine},
        Row{"TwoOpenItemsAre", Clear().Without(flag::no_improvement_4_weeks).Without(history::smoker), kOpen, kRoutine},
        Row{"OneMetOneOpen", Clear().Age(60).Without(flag::no_improvement_4_weeks), kOpen, kRoutine}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Under18, RedFlags,
    ::testing::Values(Row{"Well", Clear().Age(15), kNegative, kRoutine},
                      Row{"WeightLoss", Clear().Age(15).Yes(flag::unexplained_weight_loss), kPositive, kUrgent},
                      Row{"NightSweats", Clear().Age(15).Yes(flag::night_sweats), kPositive, kUrgent},
                      Row{"NightPain", Clear().Age(15).Yes(flag::unremitting_night_pain), kPositive, kUrgent},
                      Row{"Ill", Clear().Age(17.9).Yes(flag::systemically_unwell), kPositive, kUrgent},
                      Row{"IllAt18", Clear().Age(18).Yes(flag::systemically_unwell), kNegative, kRoutine},
                      Row{"FeverIsInfectionToo", Clear().Age(15).Yes(flag::fever_rigors), kPositive, kEmergency}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    OtherSets, RedFlags,
    ::testing::Values(Row{"Vascular", Clear().Yes(flag::vascular_signs), kPositive, kEmergency},
                      Row{"Eye", Clear().Yes(flag::acute_red_painful_eye), kPositive, kUrgent},
                      Row{"UnsafeHome", Clear().Yes(flag::self_harm_or_unsafe_home), kPositive, kUrgent},
                      Row{"HeartRate30", Clear().Is(exam::heart_rate, 30), kPositive, kEmergency},
                      Row{"HeartRate31", Clear().Is(exam::heart_rate, 31), kNegative, kRoutine},
                      Row{"HeartRate45Under18", Clear().Age(17).Is(exam::heart_rate, 45), kPositive, kEmergency},
                      Row{"HeartRate46Under18", Clear().Age(17).Is(exam::heart_rate, 46), kNegative, kRoutine},
                      Row{"HeartRate45At18", Clear().Age(18).Is(exam::heart_rate, 45), kNegative, kRoutine},
                      Row{"Systolic90", Clear().Is(exam::systolic_bp, 90), kPositive, kEmergency},
                      Row{"Systolic91", Clear().Is(exam::systolic_bp, 91), kNegative, kRoutine},
                      Row{"Diastolic45", Clear().Is(exam::diastolic_bp, 45), kPositive, kEmergency},
                      Row{"Diastolic46", Clear().Is(exam::diastolic_bp, 46), kNegative, kRoutine},
                      Row{"Drop21", Clear().Is(exam::orthostatic_systolic_drop, 21), kPositive, kEmergency},
                      Row{"Drop20", Clear().Is(exam::orthostatic_systolic_drop, 20), kNegative, kRoutine},
                      Row{"Weight75", Clear().Is(exam::percent_expected_weight, 75), kPositive, kEmergency},
                      Row{"Weight76", Clear().Is(exam::percent_expected_weight, 76), kNegative, kRoutine}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Obstetric, RedFlags,
    ::testing::Values(
        Row{"Bleeding", PregnantWoman().Yes(obstetric::abnormal_bleeding), kPositive, kEmergency},
        Row{"Preeclampsia", PregnantWoman().Yes(obstetric::preeclampsia_signs), kPositive, kEmergency},
        Row{"FetalMovement", PregnantWoman().Yes(obstetric::reduced_fetal_movement), kPositive, kEmergency},
        Row{"LegSwelling", PregnantWoman().Yes(flag::leg_swelling_or_breathless), kPositive, kEmergency},
        Row{"LegSwellingInAMan", Clear().Yes(flag::leg_swelling_or_breathless), kPositive, kEmergency},
        Row{"FetalMovementNotAsked", PregnantWoman().Without(obstetric::reduced_fetal_movement), kOpen, kRoutine},
        Row{"BleedingNotAsked", PregnantWoman().Without(obstetric::abnormal_bleeding), kOpen, kRoutine},
        Row{"PregnancyNotKnown", ClearWoman().Without(obstetric::pregnant), kOpen, kRoutine},
        Row{"PregnancyNotKnownSetAnswered", PregnantWoman().Without(obstetric::pregnant), kOpen, kRoutine},
        Row{"Delivered42Days", Clear().Female().No(obstetric::pregnant).Is(obstetric::days_since_delivery, 42), kOpen,
            kRoutine},
        Row{"Delivered43Days", Clear().Female().No(obstetric::pregnant).Is(obstetric::days_since_delivery, 43),
            kNegative, kRoutine},
        Row{"Delivered42DaysAnsweredWithoutFetalMovement",
            PregnantWoman()
                .No(obstetric::pregnant)
                .Without(obstetric::reduced_fetal_movement)
                .Is(obstetric::days_since_delivery, 42),
            kNegative, kRoutine},
        Row{"DeliveryNotAsked", Clear().Female().No(obstetric::pregnant), kOpen, kRoutine}),
    NameOf);

TEST(RedFlagScreen, NoCoreQuestionMayBeOpen) {
  for (const BooleanInput& question : Core()) {
    SCOPED_TRACE(std::string(question.key));
    const v1::Assessment answer = Ask(Clear().Without(question));
    EXPECT_THAT(answer, AllOf(HasStatus(kOpen), HasUrgency(kRoutine), AsksFor(question), Recommends("ask_missing")));
    for (const v1::MissingInput& missing : answer.missing_inputs()) EXPECT_TRUE(missing.safety()) << missing.key();
  }
}

// A patient of unknown age: the request is built anew, since an age cannot be taken out again.
Patient AgeUnknown() {
  Patient patient;
  patient.Male().Yes(input::pain::present).No(flag::no_improvement_4_weeks).No(history::smoker);
  for (const BooleanInput& question : Core()) patient.No(question);
  return patient;
}

TEST(RedFlagScreen, MissingAgeMattersOnlyWhereItDecides) {
  EXPECT_THAT(Ask(AgeUnknown()), HasStatus(kNegative));
  EXPECT_THAT(Ask(AgeUnknown().Yes(flag::minor_trauma)), HasStatus(kOpen));
  EXPECT_THAT(Ask(AgeUnknown().Yes(flag::night_sweats)), HasStatus(kOpen));
  EXPECT_THAT(Ask(AgeUnknown().Yes(flag::unexplained_weight_loss)), HasStatus(kOpen));
  EXPECT_THAT(Ask(AgeUnknown().Is(exam::heart_rate, 45)), HasStatus(kOpen));
  EXPECT_THAT(Ask(AgeUnknown().Is(exam::heart_rate, 46)), HasStatus(kNegative));
  const v1::Assessment answer = Ask(AgeUnknown().Yes(flag::minor_trauma));
  bool asked = false;
  for (const v1::MissingInput& missing : answer.missing_inputs()) asked = asked || missing.key() == "patient.age";
  EXPECT_TRUE(asked);
}

TEST(RedFlagScreen, HoldsTreatmentWhenPositiveOnly) {
  const v1::Assessment positive = Ask(Clear().Yes(flag::cancer_history));
  EXPECT_THAT(positive,
              AllOf(Holds("load"), Holds("exercise"), Holds("manual"), Holds("self_care"), Holds("injection")));
  EXPECT_EQ(Ask(Clear()).constraints_size(), 0);
  EXPECT_EQ(Ask(Patient()).constraints_size(), 0);  // undecided: the host holds what the screen guards
}

TEST(RedFlagScreen, SafetyNetAtEveryStatus) {
  EXPECT_THAT(Ask(Clear()), Recommends("safety_net"));
  EXPECT_THAT(Ask(Patient()), Recommends("safety_net"));
  EXPECT_THAT(Ask(Clear().Yes(flag::saddle_anaesthesia)), Recommends("safety_net"));
}

struct AdviceRow {
  std::string name;
  Patient patient;
  std::vector<std::string> given;
  std::vector<std::string> not_given;
};
void PrintTo(const AdviceRow& row, std::ostream* out) { *out << row.name; }

class RedFlagAdvice : public ::testing::TestWithParam<AdviceRow> {};

TEST_P(RedFlagAdvice, IsGiven) {
  const v1::Assessment answer = Ask(GetParam().patient);
  for (const std::string& id : GetParam().given) EXPECT_THAT(answer, Recommends(id));
  for (const std::string& id : GetParam().not_given) EXPECT_THAT(answer, Not(Recommends(id)));
}

INSTANTIATE_TEST_SUITE_P(
    Sets, RedFlagAdvice,
    ::testing::Values(
        AdviceRow{"Nothing",
                  Clear(),
                  {},
                  {"ed_now", "urgent_clinician_review", "emergency_mri_spine", "ct_spine", "neuro_exam",
                   "blood_cultures_crp_esr", "urgent_mri_pelvis_sacrum", "refer_oncology_pathway", "refer_obgyn",
                   "refer_ophthalmology", "refer_ortho_sports", "reassess_if_new_features", "ask_missing"}},
        AdviceRow{"CaudaEquina",
                  Clear().Yes(flag::saddle_anaesthesia),
                  {"ed_now", "emergency_mri_spine", "neuro_exam"},
                  {"urgent_clinician_review", "ct_spine"}},
        AdviceRow{"MarkedWeakness",
                  Clear().Is(exam::motor_weakness, Side::kLeft, weakness::marked),
                  {"ed_now", "emergency_mri_spine", "neuro_exam"},
                  {}},
        AdviceRow{
            "UpperSigns", Clear().Yes(flag::upper_neuro_signs), {"ed_now", "neuro_exam"}, {"emergency_mri_spine"}},
        AdviceRow{"CompressionAlreadySeen",
                  Clear().Is(input::imaging::mri_lumbar, answer::imaging::mri_lumbar::cauda_equina_compression),
                  {"ed_now", "neuro_exam"},
                  {"emergency_mri_spine"}},
        AdviceRow{"LegWeakness",
                  Clear().Yes(flag::leg_weakness),
                  {"urgent_clinician_review", "neuro_exam"},
                  {"ed_now", "emergency_mri_spine"}},
        AdviceRow{"Infection",
                  Clear().Yes(flag::fever_rigors),
                  {"ed_now", "blood_cultures_crp_esr", "urgent_mri_pelvis_sacrum"},
                  {"refer_ortho_sports"}},
        AdviceRow{"InfectionWithoutPain",
                  Clear().Yes(flag::fever_rigors).No(input::pain::present),
                  {"ed_now", "blood_cultures_crp_esr"},
                  {"urgent_mri_pelvis_sacrum"}},
        AdviceRow{"Procedure", Clear().Yes(flag::recent_procedure), {"ed_now", "neuro_exam"}, {}},
        AdviceRow{"Trauma",
                  Clear().Yes(flag::significant_trauma),
                  {"urgent_clinician_review", "refer_ortho_sports", "neuro_exam"},
                  {"ed_now", "ct_spine"}},
        AdviceRow{"NoWeightBearing",
                  Clear().Yes(flag::unable_to_bear_weight),
                  {"urgent_clinician_review", "refer_ortho_sports"},
                  {"ed_now", "ct_spine", "neuro_exam"}},
        AdviceRow{"TraumaFusedSpine",
                  Clear().Yes(flag::minor_trauma).Yes(history::spinal_fusion),
                  {"ed_now", "ct_spine", "refer_ortho_sports", "neuro_exam"},
                  {}},
        AdviceRow{"Malignancy",
                  Clear().Yes(flag::cancer_history),
                  {"urgent_clinician_review", "refer_oncology_pathway", "urgent_mri_pelvis_sacrum"},
                  {"ed_now"}},
        AdviceRow{"Under18NightPain",
                  Clear().Age(15).Yes(flag::unremitting_night_pain),
                  {"urgent_clinician_review", "refer_oncology_pathway", "urgent_mri_pelvis_sacrum"},
                  {}},
        AdviceRow{"Under18NightSweats",
                  Clear().Age(15).Yes(flag::night_sweats),
                  {"refer_oncology_pathway"},
                  {"urgent_mri_pelvis_sacrum"}},
        AdviceRow{"Eye",
                  Clear().Yes(flag::acute_red_painful_eye),
                  {"urgent_clinician_review", "refer_ophthalmology"},
                  {"ed_now"}},
        AdviceRow{
            "BleedingInPregnancy", PregnantWoman().Yes(obstetric::abnormal_bleeding), {"ed_now", "refer_obgyn"}, {}},
        AdviceRow{"BleedingLongAfterBirth",
                  Clear()
                      .Female()
                      .No(obstetric::pregnant)
                      .Is(obstetric::days_since_delivery, 184)
                      .Yes(obstetric::abnormal_bleeding),
                  {"ed_now"},
                  {"refer_obgyn"}},
        AdviceRow{"BleedingWithin183Days",
                  Clear()
                      .Female()
                      .No(obstetric::pregnant)
                      .Is(obstetric::days_since_delivery, 183)
                      .Yes(obstetric::abnormal_bleeding),
                  {"ed_now", "refer_obgyn"},
                  {}},
        AdviceRow{"LegSwellingInAMan", Clear().Yes(flag::leg_swelling_or_breathless), {"ed_now"}, {"refer_obgyn"}},
        AdviceRow{"OneCancerItem", Clear().Yes(flag::no_improvement_4_weeks), {"reassess_if_new_features"}, {}},
        AdviceRow{"NeuroScreenNotDone",
                  Clear().Is(exam::neuro_screen, answer::exam::neuro_screen::not_done),
                  {"neuro_exam"},
                  {}},
        AdviceRow{"NeuroScreenNormal",
                  Clear().Is(exam::neuro_screen, answer::exam::neuro_screen::normal),
                  {},
                  {"neuro_exam"}},
        AdviceRow{"BelowKnee", Clear().Yes(input::pain::below_knee, Side::kLeft), {"neuro_exam"}, {}}),
    [](const auto& row) { return row.param.name; });

TEST(RedFlagScreen, AsksForWhatWouldRaiseAnUrgentFinding) {
  EXPECT_THAT(Ask(Clear().Yes(flag::significant_trauma)),
              AllOf(AsksFor(history::known_axspa), AsksFor(history::spinal_fusion)));
  EXPECT_THAT(Ask(Clear().Yes(flag::unable_to_bear_weight)), AsksFor(flag::systemically_unwell));
  EXPECT_THAT(Ask(Clear().Yes(flag::leg_weakness)), AsksFor(exam::motor_weakness));
  EXPECT_EQ(Ask(Clear()).missing_inputs_size(), 0);
}

TEST(RedFlagScreen, EveryKnownQuestionLeavesALineOfEvidence) {
  const v1::Assessment answer = Ask(Clear());
  for (const BooleanInput& question : Core()) {
    int lines = 0;
    for (const v1::Evidence& line : answer.evidence()) lines += line.key() == question.key ? 1 : 0;
    EXPECT_EQ(lines, 1) << question.key;
  }
}

TEST(RedFlagScreen, MoreFlagsNeverLowerTheUrgency) {
  for (const Question& question : kQuestions) {
    SCOPED_TRACE(std::string(question.input.key));
    const v1::Assessment answer = Ask(PregnantWoman().Yes(flag::saddle_anaesthesia).Yes(question.input));
    EXPECT_THAT(answer, AllOf(HasStatus(kPositive), HasUrgency(kEmergency)));
  }
}

}  // namespace
}  // namespace condyle::red_flag_screen
