// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The rule, the femoral neck path, the Triad range, and what the screen says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "condyle/testing/matchers.h"
#include "condyle/testing/patient.h"
#include "plugins/stress_fracture_screen/triad.h"

namespace condyle::stress_fracture_screen {
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

namespace pain = input::pain;
namespace exam = input::exam;
namespace energy = input::energy;
namespace history = input::history;
namespace obstetric = input::obstetric;
namespace training = input::training;
namespace hop = answer::exam::single_leg_hop;
namespace restriction = answer::energy::dietary_restriction;
namespace mri = answer::imaging::mri_bone_stress;
namespace site = answer::imaging::mri_bone_stress_site;

constexpr v1::Status kPositive = v1::STATUS_POSITIVE;
constexpr v1::Status kNegative = v1::STATUS_NEGATIVE;
constexpr v1::Status kOpen = v1::STATUS_INSUFFICIENT_DATA;
constexpr v1::Urgency kEmergency = v1::URGENCY_EMERGENCY;
constexpr v1::Urgency kUrgent = v1::URGENCY_URGENT;
constexpr v1::Urgency kRoutine = v1::URGENCY_ROUTINE;
constexpr Side kRight = Side::kRight;
constexpr Side kLeft = Side::kLeft;

// A man of 31 with load-related pain on the right, painless on hop and bone, who was asked every risk question.
Patient Runner() {
  return Patient()
      .Male()
      .Age(31)
      .Yes(pain::present)
      .Yes(pain::load_related)
      .No(pain::with_walking)
      .Yes(pain::sij_region, kRight)
      .Yes(pain::buttock, kRight)
      .No(pain::sij_region, kLeft)
      .No(pain::buttock, kLeft)
      .Is(exam::single_leg_hop, kRight, hop::negative)
      .No(exam::sacral_tenderness, kRight)
      .Is(training::weekly_volume_increase, 0)
      .No(training::new_surface_or_intensity)
      .Is(history::prior_bsi_count, 0)
      .Is(exam::bmi, 22.4)
      .Is(energy::dietary_restriction, restriction::none)
      .No(energy::low_libido)
      .No(input::medication::systemic_corticosteroid)
      .No(input::medication::heparin_or_antiepileptic);
}

// The same in a woman who neither is pregnant nor gave birth.
Patient Woman() {
  return Runner()
      .Female()
      .Without(energy::low_libido)
      .No(obstetric::pregnant)
      .No(obstetric::delivered_last_24_months)
      .Is(energy::menarche_age, 13)
      .Is(energy::menses_last_12_months, 12);
}

// Groin pain on the left in place of the buttock.
Patient Groin() {
  return Patient()
      .Male()
      .Age(30)
      .Yes(pain::present)
      .Yes(pain::load_related)
      .Yes(pain::groin, kLeft)
      .No(pain::sij_region, kRight)
      .No(pain::buttock, kRight);
}

struct Row {
  std::string name;
  Patient patient;
  v1::Status status;
  v1::Urgency urgency;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }
std::string NameOf(const ::testing::TestParamInfo<Row>& info) { return info.param.name; }

class BoneStress : public ::testing::TestWithParam<Row> {};

TEST_P(BoneStress, StatusAndUrgency) {
  EXPECT_THAT(Ask(GetParam().patient), AllOf(HasStatus(GetParam().status), HasUrgency(GetParam().urgency)));
}

INSTANTIATE_TEST_SUITE_P(
    Rule, BoneStress,
    ::testing::Values(
        Row{"NothingAsked", Patient(), kOpen, kRoutine},
        Row{"NoPain", Runner().No(pain::present), kNegative, v1::URGENCY_SELF_CARE},
        Row{"NotLoadRelated", Patient().Yes(pain::present).No(pain::load_related).Yes(pain::with_walking), kNegative,
            kRoutine},
        Row{"LoadNotAsked", Runner().Without(pain::load_related).Yes(pain::with_walking), kOpen, kRoutine},
        Row{"LoadNotAskedAndNothingElse", Runner().Without(pain::load_related), kNegative, kRoutine},
        Row{"AllNegative", Runner(), kNegative, kRoutine}, Row{"WomanAllNegative", Woman(), kNegative, kRoutine},
        Row{"LoadOnly", Patient().Male().Age(30).Yes(pain::present).Yes(pain::load_related), kOpen, kRoutine}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    LoadingPain, BoneStress,
    ::testing::Values(
        Row{"HopPositive", Runner().Is(exam::single_leg_hop, kRight, hop::positive), kPositive, kUrgent},
        Row{"HopUnsafe", Runner().Is(exam::single_leg_hop, kRight, hop::not_done_unsafe), kPositive, kUrgent},
        Row{"HopNotDone", Runner().Without(exam::single_leg_hop), kOpen, kRoutine},
        Row{"HopNegativeOnTheQuietSideOnly",
            Runner().Without(exam::single_leg_hop).Is(exam::single_leg_hop, kLeft, hop::negative), kOpen, kRoutine},
        Row{"HopPositiveLeft", Runner().Is(exam::single_leg_hop, kLeft, hop::positive), kPositive, kUrgent},
        Row{"Stance", Runner().Yes(exam::single_leg_stance, kRight), kPositive, kUrgent},
        Row{"Walking", Runner().Yes(pain::with_walking), kPositive, kUrgent},
        Row{"WalkingNotAsked", Runner().Without(pain::with_walking), kNegative, kRoutine}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    BonyTenderness, BoneStress,
    ::testing::Values(Row{"Sacrum", Runner().Yes(exam::sacral_tenderness, kRight), kPositive, kUrgent},
                      Row{"Ramus", Runner().Yes(exam::pubic_ramus_tenderness, kRight), kPositive, kUrgent},
                      Row{"SacrumNotExamined", Runner().Without(exam::sacral_tenderness), kOpen, kRoutine},
                      Row{"RamusNeededWithPubicPain", Runner().Yes(pain::pubic_symphysis), kOpen, kRoutine},
                      Row{"RamusExaminedWithPubicPain",
                          Runner().Yes(pain::pubic_symphysis).No(exam::pubic_ramus_tenderness, kRight), kNegative,
                          kRoutine},
                      Row{"RamusNeededWithGroinPain", Runner().Yes(pain::groin, kRight), kOpen, kRoutine},
                      Row{"RamusExaminedWithGroinPain",
                          Runner().Yes(pain::groin, kRight).No(exam::pubic_ramus_tenderness, kRight), kNegative,
                          kRoutine}),
    NameOf);

// With one factor known (a rise in training) a second one decides; vitamin D is unknown throughout.
Patient Spike() { return Runner().Is(training::weekly_volume_increase, 30).Is(input::lab::vitamin_d_25oh, 30); }

INSTANTIATE_TEST_SUITE_P(
    RiskFactors, BoneStress,
    ::testing::Values(
        Row{"SpikeAlone", Spike(), kNegative, kRoutine},
        Row{"SpikeAndOneOpen", Spike().Without(input::lab::vitamin_d_25oh), kOpen, kRoutine},
        Row{"OneOpenOnly", Runner().Without(input::medication::systemic_corticosteroid), kOpen, kRoutine},
        Row{"VolumeBelow30", Spike().Is(training::weekly_volume_increase, 29.9).Is(history::prior_bsi_count, 1),
            kNegative, kRoutine},
        Row{"NewSurface", Runner().Yes(training::new_surface_or_intensity).Is(history::prior_bsi_count, 1), kPositive,
            kUrgent},
        Row{"PriorInjury", Spike().Is(history::prior_bsi_count, 1), kPositive, kUrgent},
        Row{"PriorInjuryHighRiskSite", Spike().Without(history::prior_bsi_count).Yes(history::prior_bsi_high_risk_site),
            kPositive, kUrgent},
        Row{"PriorInjuryIsNoEnergyItem", Runner().Is(history::prior_bsi_count, 3).Is(input::lab::vitamin_d_25oh, 30),
            kNegative, kRoutine},
        Row{"VitaminD19", Spike().Is(input::lab::vitamin_d_25oh, 19.9), kPositive, kUrgent},
        Row{"VitaminD20", Spike().Is(input::lab::vitamin_d_25oh, 20), kNegative, kRoutine},
        Row{"Steroid", Spike().Yes(input::medication::systemic_corticosteroid), kPositive, kUrgent},
        Row{"Heparin", Spike().Yes(input::medication::heparin_or_antiepileptic), kPositive, kUrgent},
        Row{"DietaryRestriction", Spike().Is(energy::dietary_restriction, restriction::some), kPositive, kUrgent},
        Row{"LowBmi", Spike().Is(exam::bmi, 18.4), kPositive, kUrgent},
        Row{"NormalBmi", Spike().Is(exam::bmi, 18.5), kNegative, kRoutine},
        Row{"LowBmiUnder18", Spike().Age(17).Is(exam::bmi, 16), kOpen, kRoutine},
        Row{"ExpectedWeightUnder18", Spike().Age(17).Is(exam::percent_expected_weight, 89), kPositive, kUrgent},
        Row{"NormalExpectedWeightUnder18", Spike().Age(17).Is(exam::percent_expected_weight, 90), kNegative, kRoutine},
        Row{"WeightLoss", Spike().Is(energy::weight_loss_one_month, 5), kPositive, kUrgent},
        Row{"LittleWeightLoss", Spike().Is(energy::weight_loss_one_month, 4.9), kNegative, kRoutine},
        Row{"LowLibido", Spike().Yes(energy::low_libido), kPositive, kUrgent},
        Row{"LibidoNotAsked", Spike().Without(energy::low_libido), kOpen, kRoutine},
        Row{"LowTestosterone", Spike().Is(input::lab::testosterone, answer::lab::testosterone::low), kPositive,
            kUrgent},
        Row{"LowBoneDensity", Spike().Is(input::imaging::dxa_z_score, -1.1), kPositive, kUrgent},
        Row{"NormalBoneDensity", Spike().Is(input::imaging::dxa_z_score, -1.0), kNegative, kRoutine},
        Row{"OsteoporosisAt50", Spike().Age(50).Yes(history::osteoporosis), kPositive, kUrgent},
        Row{"OsteoporosisAt49", Spike().Age(49.9).Yes(history::osteoporosis), kNegative, kRoutine},
        Row{"OsteoporosisNotAskedAt50", Spike().Age(50), kOpen, kRoutine}),
    NameOf);

Patient WomanSpike() { return Woman().Is(training::weekly_volume_increase, 53).Is(input::lab::vitamin_d_25oh, 30); }

INSTANTIATE_TEST_SUITE_P(
    RiskFactorsInWomen, BoneStress,
    ::testing::Values(
        Row{"SpikeAlone", WomanSpike(), kNegative, kRoutine},
        Row{"FewPeriods", WomanSpike().Is(energy::menses_last_12_months, 9), kPositive, kUrgent},
        Row{"TenPeriods", WomanSpike().Is(energy::menses_last_12_months, 10), kNegative, kRoutine},
        Row{"PeriodsNotAsked", WomanSpike().Without(energy::menses_last_12_months), kOpen, kRoutine},
        Row{"ContraceptionStandsIn",
            WomanSpike().Is(energy::menses_last_12_months, 0).Yes(energy::hormonal_contraception), kNegative, kRoutine},
        Row{"LateMenarche", WomanSpike().Is(energy::menarche_age, 15), kPositive, kUrgent},
        Row{"MenarcheNotAsked", WomanSpike().Without(energy::menarche_age), kOpen, kRoutine},
        Row{"LibidoDoesNotCount", WomanSpike().Yes(energy::low_libido), kNegative, kRoutine},
        Row{"Delivered183Days",
            WomanSpike().Without(obstetric::delivered_last_24_months).Is(obstetric::days_since_delivery, 183),
            kPositive, kUrgent},
        Row{"Delivered184DaysNotBreastfeeding",
            WomanSpike()
                .Without(obstetric::delivered_last_24_months)
                .Is(obstetric::days_since_delivery, 184)
                .No(obstetric::lactating),
            kNegative, kRoutine},
        Row{"Delivered184DaysBreastfeedingNotAsked",
            WomanSpike().Without(obstetric::delivered_last_24_months).Is(obstetric::days_since_delivery, 184), kOpen,
            kRoutine},
        Row{"Breastfeeding",
            WomanSpike()
                .Without(obstetric::delivered_last_24_months)
                .Is(obstetric::days_since_delivery, 300)
                .Yes(obstetric::lactating),
            kPositive, kUrgent},
        Row{"Postmenopausal", WomanSpike().Age(55).Yes(history::postmenopausal).No(history::osteoporosis), kPositive,
            kUrgent},
        Row{"PostmenopausalNormalDensity",
            WomanSpike()
                .Age(55)
                .Yes(history::postmenopausal)
                .No(history::osteoporosis)
                .Is(input::imaging::dxa_z_score, -1.0),
            kNegative, kRoutine},
        Row{"MenopauseNotAskedAt55", WomanSpike().Age(55).No(history::osteoporosis), kOpen, kRoutine}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Imaging, BoneStress,
    ::testing::Values(
        Row{"StressReaction", Runner().Is(input::imaging::mri_bone_stress, mri::stress_reaction), kPositive, kUrgent},
        Row{"FractureLine", Runner().Is(input::imaging::mri_bone_stress, mri::fracture_line), kPositive, kUrgent},
        Row{"FractureLineWithoutPain",
            Runner().No(pain::present).Is(input::imaging::mri_bone_stress, mri::fracture_line), kPositive, kUrgent},
        Row{"NormalMriDoesNotClear", Runner().Yes(pain::with_walking).Is(input::imaging::mri_bone_stress, mri::normal),
            kPositive, kUrgent},
        Row{"NormalMriWithASite",
            Runner()
                .Is(input::imaging::mri_bone_stress, mri::normal)
                .Is(input::imaging::mri_bone_stress_site, site::femoral_neck),
            kNegative, kRoutine},
        Row{"SiteWithoutReport", Runner().Is(input::imaging::mri_bone_stress_site, site::sacrum), kPositive, kUrgent},
        Row{"NormalXrayChangesNothing",
            Runner().Yes(pain::with_walking).Is(input::imaging::pelvic_xray, answer::imaging::pelvic_xray::normal),
            kPositive, kUrgent},
        Row{"NormalXrayDoesNotDecide",
            Patient().Yes(pain::present).Is(input::imaging::pelvic_xray, answer::imaging::pelvic_xray::normal), kOpen,
            kRoutine},
        Row{"FractureOnXray", Runner().Is(input::imaging::pelvic_xray, answer::imaging::pelvic_xray::fracture),
            kPositive, kUrgent},
        Row{"FractureOnCt", Runner().Is(input::imaging::ct_pelvis, answer::imaging::ct_pelvis::fracture), kPositive,
            kUrgent},
        Row{"FemoralNeckOnMri",
            Runner()
                .Is(input::imaging::mri_bone_stress, mri::stress_reaction)
                .Is(input::imaging::mri_bone_stress_site, site::femoral_neck),
            kPositive, kUrgent},
        Row{"FemoralNeckOnMriWithLimp",
            Runner()
                .Is(input::imaging::mri_bone_stress, mri::stress_reaction)
                .Is(input::imaging::mri_bone_stress_site, site::femoral_neck)
                .Yes(exam::limp),
            kPositive, kEmergency},
        Row{"SacrumOnMriWithLimp",
            Runner()
                .Is(input::imaging::mri_bone_stress, mri::stress_reaction)
                .Is(input::imaging::mri_bone_stress_site, site::sacrum)
                .Yes(exam::limp),
            kPositive, kUrgent}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    FemoralNeck, BoneStress,
    ::testing::Values(
        Row{"GroinAndLoad", Groin(), kPositive, kUrgent},
        Row{"GroinRight", Patient().Yes(pain::present).Yes(pain::load_related).Yes(pain::groin, kRight), kPositive,
            kUrgent},
        Row{"GroinSideNotSaid", Patient().Yes(pain::present).Yes(pain::load_related).YesSomewhere(pain::groin),
            kPositive, kUrgent},
        Row{"GroinWithoutLoad", Groin().No(pain::load_related).Yes(exam::limp), kNegative, kRoutine},
        Row{"GroinLoadNotAsked", Groin().Without(pain::load_related).Yes(exam::limp), kOpen, kRoutine},
        Row{"HopNegative", Groin().Is(exam::single_leg_hop, kLeft, hop::negative), kOpen, kRoutine},
        Row{"HopNegativeButWalkingHurts",
            Groin().Is(exam::single_leg_hop, kLeft, hop::negative).Yes(pain::with_walking), kPositive, kUrgent},
        Row{"Limp", Groin().Yes(exam::limp), kPositive, kEmergency},
        Row{"HipRotation", Groin().Yes(exam::hip_rotation_painful, kLeft), kPositive, kEmergency},
        Row{"AtRest", Groin().Yes(pain::at_rest), kPositive, kEmergency},
        Row{"NoWeightBearing", Groin().Yes(input::red_flag::unable_to_bear_weight), kPositive, kEmergency},
        Row{"LimpWithoutGroinPain", Runner().No(pain::groin, kRight).Yes(pain::with_walking).Yes(exam::limp), kPositive,
            kUrgent}),
    NameOf);

TEST(FemoralNeckPath, KeepsWeightOffAndNeverAsksForAHop) {
  const v1::Assessment answer = Ask(Groin());
  EXPECT_THAT(answer, AllOf(Recommends("non_weight_bearing"), Recommends("urgent_mri_pelvis_sacrum"),
                            Not(Recommends("ed_now")), AsksFor(exam::limp), AsksFor(exam::hip_rotation_painful)));
  EXPECT_THAT(answer, Not(AsksFor(exam::single_leg_hop)));
  for (const v1::Recommendation& given : answer.recommendations()) {
    if (given.id() == "urgent_mri_pelvis_sacrum") {
      EXPECT_EQ(given.timeframe(), "same day");
    }
    if (given.id() == "non_weight_bearing") {
      EXPECT_EQ(given.side(), v1::SIDE_LEFT);
    }
  }
  EXPECT_THAT(Ask(Groin().Yes(exam::limp)), Recommends("ed_now"));
  EXPECT_THAT(Ask(Groin().Without(pain::load_related)), Not(AsksFor(exam::single_leg_hop)));
}

TEST(Hop, IsAskedForOnlyWhereNothingSpeaksAgainstIt) {
  const Patient open = Runner().Without(exam::single_leg_hop).No(pain::groin, kRight);
  EXPECT_THAT(Ask(open), AllOf(HasStatus(kOpen), AsksFor(exam::single_leg_hop)));
  EXPECT_THAT(Ask(Patient(open).Without(pain::groin)), AllOf(AsksFor(pain::groin), Not(AsksFor(exam::single_leg_hop))));
  EXPECT_THAT(Ask(Patient(open).Without(pain::with_walking)),
              AllOf(AsksFor(pain::with_walking), Not(AsksFor(exam::single_leg_hop))));
  EXPECT_THAT(Ask(Patient(open).Without(pain::load_related).Yes(pain::with_walking)),
              Not(AsksFor(exam::single_leg_hop)));
  EXPECT_THAT(Ask(Patient(open).Yes(exam::limp)), Not(AsksFor(exam::single_leg_hop)));
}

TEST(Screen, HoldsWhenPositiveOnly) {
  EXPECT_THAT(Ask(Runner().Yes(pain::with_walking)),
              AllOf(Holds("load"), Holds("exercise"), Holds("manual"), Holds("self_care"), Holds("drug.nsaid"),
                    Holds("injection.steroid")));
  EXPECT_EQ(Ask(Runner()).constraints_size(), 0);
  EXPECT_EQ(Ask(Patient()).constraints_size(), 0);
}

TEST(Screen, AsksWhatDecidesWhenUndecided) {
  const v1::Assessment answer = Ask(Patient().Male().Age(30).Yes(pain::present));
  EXPECT_THAT(answer, AllOf(Recommends("ask_missing"), Recommends("stop_impact"), AsksFor(pain::load_related),
                            AsksFor(pain::groin), AsksFor(pain::with_walking), AsksFor(exam::sacral_tenderness)));
  for (const v1::MissingInput& missing : answer.missing_inputs()) EXPECT_TRUE(missing.safety()) << missing.key();
  EXPECT_THAT(answer, Not(AsksFor(obstetric::lactating)));
}

TEST(Screen, CodesTheSiteThatMriNames) {
  const v1::Assessment answer = Ask(Runner()
                                        .Is(input::imaging::mri_bone_stress, mri::stress_reaction)
                                        .Is(input::imaging::mri_bone_stress_site, site::sacrum));
  EXPECT_EQ(answer.conclusions_size(), 2) << "the risks and the score are no conclusions";
  EXPECT_EQ(answer.conclusions(0).condition().code(), "M48.48XA");
}

struct AdviceRow {
  std::string name;
  Patient patient;
  std::vector<std::string> given;
  std::vector<std::string> not_given;
};
void PrintTo(const AdviceRow& row, std::ostream* out) { *out << row.name; }

class BoneStressAdvice : public ::testing::TestWithParam<AdviceRow> {};

TEST_P(BoneStressAdvice, IsGiven) {
  const v1::Assessment answer = Ask(GetParam().patient);
  for (const std::string& id : GetParam().given) EXPECT_THAT(answer, Recommends(id));
  for (const std::string& id : GetParam().not_given) EXPECT_THAT(answer, Not(Recommends(id)));
}

INSTANTIATE_TEST_SUITE_P(
    Screen, BoneStressAdvice,
    ::testing::Values(
        AdviceRow{"Negative",
                  Runner(),
                  {},
                  {"stop_impact", "urgent_mri_pelvis_sacrum", "avoid_nsaid", "ask_missing", "safety_net", "ed_now",
                   "no_ionising_unless_needed", "medication_review", "neuro_exam"}},
        AdviceRow{"Positive",
                  Runner().Yes(pain::with_walking),
                  {"stop_impact", "urgent_mri_pelvis_sacrum", "refer_ortho_sports", "nutrition_menses_bone_workup",
                   "avoid_nsaid", "acetaminophen_ok", "bsi_risk_explained", "return_to_running_criteria", "safety_net",
                   "urgent_clinician_review"},
                  {"non_weight_bearing", "refer_obgyn", "ed_now", "ask_missing", "triad_complete_items",
                   "refer_eating_disorder_care"}},
        AdviceRow{"Steroid", Runner().Yes(input::medication::systemic_corticosteroid), {"medication_review"}, {}},
        AdviceRow{"Heparin", Runner().Yes(input::medication::heparin_or_antiepileptic), {"medication_review"}, {}},
        AdviceRow{"EatingDisorder",
                  Runner().Is(energy::dietary_restriction, restriction::eating_disorder),
                  {"refer_eating_disorder_care"},
                  {}},
        AdviceRow{"Purging5", Runner().Is(energy::purging_per_week, 5), {"refer_eating_disorder_care"}, {}},
        AdviceRow{"Purging4", Runner().Is(energy::purging_per_week, 4), {}, {"refer_eating_disorder_care"}},
        AdviceRow{"Pregnant20Weeks",
                  Woman().Yes(obstetric::pregnant).Is(obstetric::gestational_age, 20),
                  {"avoid_nsaid", "acetaminophen_ok", "no_ionising_unless_needed"},
                  {"refer_obgyn"}},
        AdviceRow{"Pregnant19Weeks",
                  Woman().Yes(obstetric::pregnant).Is(obstetric::gestational_age, 19.9),
                  {"no_ionising_unless_needed"},
                  {"avoid_nsaid", "acetaminophen_ok"}},
        AdviceRow{"PregnantWeeksNotKnown", Woman().Yes(obstetric::pregnant), {"avoid_nsaid", "acetaminophen_ok"}, {}},
        AdviceRow{"PregnantPositive", Woman().Yes(obstetric::pregnant).Yes(pain::with_walking), {"refer_obgyn"}, {}},
        AdviceRow{"Delivered183Positive",
                  Woman()
                      .Without(obstetric::delivered_last_24_months)
                      .Is(obstetric::days_since_delivery, 183)
                      .Yes(pain::with_walking),
                  {"refer_obgyn"},
                  {}},
        AdviceRow{"Delivered184Positive",
                  Woman()
                      .Without(obstetric::delivered_last_24_months)
                      .Is(obstetric::days_since_delivery, 184)
                      .Yes(pain::with_walking),
                  {},
                  {"refer_obgyn"}},
        AdviceRow{"PregnancyNotAsked",
                  Woman().Without(obstetric::pregnant).Yes(pain::with_walking),
                  {"no_ionising_unless_needed"},
                  {}},
        AdviceRow{"NeuroScreenNotDone",
                  Runner().Is(exam::neuro_screen, answer::exam::neuro_screen::not_done),
                  {"neuro_exam"},
                  {}},
        AdviceRow{"NoPain", Runner().No(pain::present), {}, {"stop_impact"}}),
    [](const auto& row) { return row.param.name; });

// A woman whose screen is positive, with all six Triad items known to score nothing.
Patient Triad() { return Woman().Yes(pain::with_walking).Is(input::imaging::dxa_z_score, 0); }

struct RangeRow {
  std::string name;
  Patient patient;
  std::string range;
  std::string advice;
};
void PrintTo(const RangeRow& row, std::ostream* out) { *out << row.name; }

class TriadRange : public ::testing::TestWithParam<RangeRow> {};

TEST_P(TriadRange, IsGivenWithItsBand) {
  const v1::Assessment answer = Ask(GetParam().patient);
  ASSERT_EQ(answer.scores_size(), 1);
  const v1::Score& score = answer.scores(0);
  EXPECT_EQ(score.id(), "triad_cumulative_risk");
  EXPECT_EQ(score.items_size(), 6);
  std::string range = Number(score.low());
  if (score.low() != score.high()) range += " to " + Number(score.high());
  EXPECT_EQ(range + " of " + Number(score.maximum()), GetParam().range);
  for (const char* id :
       {"triad_restricted_clearance", "triad_provisional_clearance", "triad_full_clearance", "triad_complete_items"}) {
    if (id == GetParam().advice) {
      EXPECT_THAT(answer, Recommends(id));
    } else {
      EXPECT_THAT(answer, Not(Recommends(id)));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Points, TriadRange,
    ::testing::Values(
        RangeRow{"Nothing", Triad(), "0 of 12", "triad_full_clearance"},
        RangeRow{"One", Triad().Is(energy::dietary_restriction, restriction::some), "1 of 12", "triad_full_clearance"},
        RangeRow{"EatingDisorder", Triad().Is(energy::dietary_restriction, restriction::eating_disorder), "2 of 12",
                 "triad_provisional_clearance"},
        RangeRow{"BmiJustAbove17_5", Triad().Is(exam::bmi, 17.6), "1 of 12", "triad_full_clearance"},
        RangeRow{"Bmi17_5", Triad().Is(exam::bmi, 17.5), "2 of 12", "triad_provisional_clearance"},
        RangeRow{"BmiUnder18IsNotScored", Triad().Age(17).Is(exam::bmi, 17), "0 to 2 of 12", "triad_complete_items"},
        RangeRow{"WeightLoss10", Triad().Is(energy::weight_loss_one_month, 10), "2 of 12",
                 "triad_provisional_clearance"},
        RangeRow{"WeightLossWithoutBmi", Triad().Without(exam::bmi).Is(energy::weight_loss_one_month, 5),
                 "1 to 2 of 12", "triad_complete_items"},
        RangeRow{"ExpectedWeight85", Triad().Is(exam::percent_expected_weight, 85), "1 of 12", "triad_full_clearance"},
        RangeRow{"ExpectedWeight84", Triad().Is(exam::percent_expected_weight, 84.9), "2 of 12",
                 "triad_provisional_clearance"},
        RangeRow{"Menarche15", Triad().Is(energy::menarche_age, 15), "1 of 12", "triad_full_clearance"},
        RangeRow{"Menarche16", Triad().Is(energy::menarche_age, 16), "2 of 12", "triad_provisional_clearance"},
        RangeRow{"Menses6", Triad().Is(energy::menses_last_12_months, 6), "1 of 12", "triad_full_clearance"},
        RangeRow{"Menses5", Triad().Is(energy::menses_last_12_months, 5), "2 of 12", "triad_provisional_clearance"},
        RangeRow{"MensesOnContraception",
                 Triad().Is(energy::menses_last_12_months, 0).Yes(energy::hormonal_contraception), "0 to 2 of 12",
                 "triad_complete_items"},
        RangeRow{"MensesWhenPregnant", Triad().Is(energy::menses_last_12_months, 3).Yes(obstetric::pregnant),
                 "0 to 2 of 12", "triad_complete_items"},
        RangeRow{"MensesWhenBreastfeeding", Triad().Is(energy::menses_last_12_months, 3).Yes(obstetric::lactating),
                 "0 to 2 of 12", "triad_complete_items"},
        RangeRow{"ZAtMinus1", Triad().Is(input::imaging::dxa_z_score, -1.0), "0 of 12", "triad_full_clearance"},
        RangeRow{"ZBelowMinus1", Triad().Is(input::imaging::dxa_z_score, -1.9), "1 of 12", "triad_full_clearance"},
        RangeRow{"ZAtMinus2", Triad().Is(input::imaging::dxa_z_score, -2.0), "2 of 12", "triad_provisional_clearance"},
        RangeRow{"OneInjurySiteNotKnown", Triad().Is(history::prior_bsi_count, 1), "1 to 2 of 12",
                 "triad_complete_items"},
        RangeRow{"OneInjuryOtherSite", Triad().Is(history::prior_bsi_count, 1).No(history::prior_bsi_high_risk_site),
                 "1 of 12", "triad_full_clearance"},
        RangeRow{"OneInjuryHighRiskSite",
                 Triad().Is(history::prior_bsi_count, 1).Yes(history::prior_bsi_high_risk_site), "2 of 12",
                 "triad_provisional_clearance"},
        RangeRow{"TwoInjuries", Triad().Is(history::prior_bsi_count, 2), "2 of 12", "triad_provisional_clearance"},
        RangeRow{"MiddleBandWithAnOpenItem",
                 Triad()
                     .Without(input::imaging::dxa_z_score)
                     .Is(energy::menses_last_12_months, 5)
                     .Is(energy::menarche_age, 15),
                 "3 to 5 of 12", "triad_provisional_clearance"},
        RangeRow{"Five", Triad().Is(energy::menses_last_12_months, 5).Is(energy::menarche_age, 16).Is(exam::bmi, 18),
                 "5 of 12", "triad_provisional_clearance"},
        RangeRow{"Six", Triad().Is(energy::menses_last_12_months, 5).Is(energy::menarche_age, 16).Is(exam::bmi, 17),
                 "6 of 12", "triad_restricted_clearance"},
        RangeRow{"FiveToSevenIsTwoBands",
                 Triad()
                     .Without(input::imaging::dxa_z_score)
                     .Is(energy::menses_last_12_months, 4)
                     .Is(energy::menarche_age, 15)
                     .Is(exam::bmi, 18.1)
                     .Is(energy::dietary_restriction, restriction::some),
                 "5 to 7 of 12", "triad_complete_items"},
        RangeRow{"PurgingRestrictsWhateverTheTotal", Triad().Is(energy::purging_per_week, 5), "0 of 12",
                 "triad_restricted_clearance"},
        RangeRow{"Purging4DoesNot", Triad().Is(energy::purging_per_week, 4), "0 of 12", "triad_full_clearance"},
        RangeRow{"EatingDisorderWithBmiBelow16",
                 Triad().Is(exam::bmi, 15.9).Is(energy::dietary_restriction, restriction::eating_disorder), "4 of 12",
                 "triad_restricted_clearance"},
        RangeRow{"EatingDisorderWithBmi16",
                 Triad().Is(exam::bmi, 16).Is(energy::dietary_restriction, restriction::eating_disorder), "4 of 12",
                 "triad_provisional_clearance"}),
    [](const auto& row) { return row.param.name; });

TEST(Triad, IsForWomenBeforeTheMenopauseWithAPositiveScreen) {
  const auto speaks_of_triad = [](const v1::Assessment& answer) { return answer.scores_size() > 0; };
  EXPECT_TRUE(speaks_of_triad(Ask(Triad())));
  EXPECT_FALSE(speaks_of_triad(Ask(Woman())));
  EXPECT_FALSE(speaks_of_triad(Ask(Runner().Yes(pain::with_walking))));
  EXPECT_FALSE(speaks_of_triad(Ask(Triad().Yes(history::postmenopausal))));
}

TEST(Triad, MissingItemsAreAskedFor) {
  EXPECT_THAT(Ask(Triad().Without(input::imaging::dxa_z_score)),
              AllOf(Recommends("ask_missing"), AsksFor(input::imaging::dxa_z_score)));
  EXPECT_THAT(Ask(Triad().Is(history::prior_bsi_count, 1)), AsksFor(history::prior_bsi_high_risk_site));
  EXPECT_THAT(Ask(Triad()), Not(Recommends("ask_missing")));
}

}  // namespace
}  // namespace condyle::stress_fracture_screen
