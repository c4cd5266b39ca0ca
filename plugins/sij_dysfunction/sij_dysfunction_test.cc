// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// sij_dysfunction, asked through its C interface.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "condyle/testing/matchers.h"
#include "condyle/testing/patient.h"
#include "plugins/pack/criteria/sij_cluster.h"
#include "plugins/sij_dysfunction/tables.h"
#include "sij_dysfunction/manifest.h"

namespace condyle::sij_dysfunction {
namespace {

using condyle::testing::Ask;
using condyle::testing::AsksFor;
using condyle::testing::Forbids;
using condyle::testing::HasStatus;
using condyle::testing::HasUrgency;
using condyle::testing::Holds;
using condyle::testing::Patient;
using condyle::testing::Recommends;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// '+' positive, '-' negative, anything else not done, in the order of SijTests().
Patient& Examine(Patient& patient, Side side, const std::string& tests) {
  for (size_t i = 0; i < tests.size(); ++i) {
    if (tests[i] == '-') patient.No(runner_sij::SijTests()[i], side);
    if (tests[i] == '+') patient.Yes(runner_sij::SijTests()[i], side);
  }
  return patient;
}

// Pain on one side only, and tests there.
Patient Runner(Side side, const std::string& tests) {
  Patient patient;
  patient.Yes(input::pain::present).Yes(input::training::runner);
  patient.Yes(input::pain::sij_region, side).Yes(input::pain::buttock, side);
  patient.No(input::pain::sij_region, Opposite(side)).No(input::pain::buttock, Opposite(side));
  return Examine(patient, side, tests);
}

const char kPositive[] = "+++---", kNegative[] = "++----";

Patient Positive() { return Runner(Side::kRight, kPositive); }
Patient Negative() { return Runner(Side::kRight, kNegative); }
Patient Open() { return Runner(Side::kRight, "++--  "); }
Patient PainFree() { return Patient().No(input::pain::present).Yes(input::training::runner); }

struct StatusRow {
  std::string name;
  std::string tests;
  v1::Status status;
};

class Status : public ::testing::TestWithParam<StatusRow> {};

TEST_P(Status, FollowsTheTestsOnTheSideThatHurts) {
  for (Side side : kBothSides) {
    const v1::Assessment answer = Ask(Runner(side, GetParam().tests));
    EXPECT_THAT(answer, AllOf(HasStatus(GetParam().status), HasUrgency(v1::URGENCY_ROUTINE)));
    ASSERT_EQ(answer.conclusions_size(), 1);
    EXPECT_EQ(answer.conclusions(0).side(), ToProto(side));
    EXPECT_EQ(answer.conclusions(0).condition().code(), "M53.3");
    EXPECT_EQ(answer.conclusions(0).criteria_size(), 3);
    EXPECT_FALSE(answer.summary().empty());
    // The same tests on the side that does not hurt decide nothing.
    Patient other = Runner(side, "");
    EXPECT_THAT(Ask(Examine(other, Opposite(side), GetParam().tests)), HasStatus(v1::STATUS_INSUFFICIENT_DATA));
  }
}

INSTANTIATE_TEST_SUITE_P(Sij, Status,
                         ::testing::Values(StatusRow{"ThreeOfSix", kPositive, v1::STATUS_POSITIVE},
                                           StatusRow{"ThreeDone", "+++   ", v1::STATUS_POSITIVE},
                                           StatusRow{"TwoOfSix", kNegative, v1::STATUS_NEGATIVE},
                                           StatusRow{"NoneOfFive", "----- ", v1::STATUS_NEGATIVE},
                                           StatusRow{"NoneOfFour", "----  ", v1::STATUS_INSUFFICIENT_DATA},
                                           StatusRow{"TwoOfFive", "++--- ", v1::STATUS_INSUFFICIENT_DATA},
                                           StatusRow{"FaberSiteOpen", "++---+", v1::STATUS_INSUFFICIENT_DATA},
                                           StatusRow{"NoTests", "", v1::STATUS_INSUFFICIENT_DATA}),
                         [](const auto& p) { return p.param.name; });

TEST(Faber, CountsByItsPainSite) {
  Patient patient = Runner(Side::kLeft, "++---+");
  patient.Is(input::exam::faber_pain_site, Side::kLeft, answer::exam::faber_pain_site::posterior);
  EXPECT_THAT(Ask(patient), HasStatus(v1::STATUS_POSITIVE));
  patient.Is(input::exam::faber_pain_site, Side::kLeft, answer::exam::faber_pain_site::groin);
  EXPECT_THAT(Ask(patient), HasStatus(v1::STATUS_NEGATIVE));
  patient.Is(input::exam::faber_pain_site, Side::kLeft, answer::exam::faber_pain_site::lateral);
  EXPECT_THAT(Ask(patient), HasStatus(v1::STATUS_NEGATIVE));
}

TEST(BothSides, AreConcludedOneByOne) {
  Patient patient;
  patient.Yes(input::pain::sij_region, Side::kLeft).Yes(input::pain::sij_region, Side::kRight);
  Examine(Examine(patient, Side::kLeft, kPositive), Side::kRight, kPositive);
  const v1::Assessment both = Ask(patient);
  ASSERT_EQ(both.conclusions_size(), 2);
  EXPECT_EQ(both.conclusions(0).side(), v1::SIDE_LEFT);
  EXPECT_EQ(both.conclusions(1).side(), v1::SIDE_RIGHT);
  Examine(patient, Side::kRight, kNegative);
  const v1::Assessment left = Ask(patient);
  EXPECT_THAT(left, HasStatus(v1::STATUS_POSITIVE));
  ASSERT_EQ(left.conclusions_size(), 1);
  EXPECT_EQ(left.conclusions(0).side(), v1::SIDE_LEFT);
}

TEST(Probability, IsThatOfTheMetaAnalysisAndTheOtherSourceIsShown) {
  const v1::Assessment positive = Ask(Positive());
  const v1::Probability& after = positive.conclusions(0).probability();
  EXPECT_DOUBLE_EQ(after.point(), 0.35);
  EXPECT_DOUBLE_EQ(after.low(), 0.17);
  EXPECT_DOUBLE_EQ(after.high(), 0.63);
  EXPECT_EQ(after.citations(0), "Saueressig2021");
  EXPECT_THAT(positive.caveats(0), AllOf(HasSubstr("disagree"), HasSubstr("52 per cent"), HasSubstr("4.29")));

  const v1::Assessment negative = Ask(Negative());
  EXPECT_DOUBLE_EQ(negative.conclusions(0).probability().point(), 0.08);
  EXPECT_DOUBLE_EQ(negative.conclusions(0).probability().low(), 0.02);
  EXPECT_DOUBLE_EQ(negative.conclusions(0).probability().high(), 0.24);
  EXPECT_THAT(negative.caveats(0), AllOf(HasSubstr("disagree"), HasSubstr("2 per cent"), HasSubstr("0.08")));
}

TEST(Probability, IsNotGivenWithoutAClusterThatDecided) {
  EXPECT_FALSE(Ask(Open()).conclusions(0).has_probability());
  EXPECT_FALSE(Ask(PainFree()).conclusions(0).has_probability());
  EXPECT_FALSE(Ask(Positive().Yes(input::exam::centralisation)).conclusions(0).has_probability());
  EXPECT_FALSE(Ask(Negative().Yes(input::exam::centralisation)).conclusions(0).has_probability());
  Patient elsewhere = Negative();
  elsewhere.No(input::pain::sij_region, Side::kRight);
  EXPECT_THAT(Ask(elsewhere), HasStatus(v1::STATUS_NEGATIVE));
  EXPECT_FALSE(Ask(elsewhere).conclusions(0).has_probability());
}

TEST(Centralisation, MakesItNegativeAndUnknownDoesNotBlock) {
  EXPECT_THAT(Ask(Positive()), AllOf(HasStatus(v1::STATUS_POSITIVE), AsksFor(input::exam::centralisation)));
  EXPECT_THAT(Ask(Positive().No(input::exam::centralisation)),
              AllOf(HasStatus(v1::STATUS_POSITIVE), Not(AsksFor(input::exam::centralisation))));
  EXPECT_THAT(Ask(Positive().Yes(input::exam::centralisation)),
              AllOf(HasStatus(v1::STATUS_NEGATIVE), Recommends("reassure_explain"), Recommends("graded_rehab"),
                    Not(Recommends("cross_train"))));
}

TEST(NoPain, IsNegativeSelfCareAndExplained) {
  const v1::Assessment answer = Ask(PainFree());
  EXPECT_THAT(answer, AllOf(HasStatus(v1::STATUS_NEGATIVE), HasUrgency(v1::URGENCY_SELF_CARE),
                            Recommends("reassure_explain"), Recommends("prevention_training_load"),
                            Not(Recommends("graded_rehab")), Not(Recommends("ice_heat_comfort"))));
  EXPECT_EQ(answer.missing_inputs_size(), 0);
  // Tests that would be positive do not outweigh it.
  Patient tested = PainFree();
  EXPECT_THAT(Ask(Examine(tested, Side::kLeft, "++++++")), HasStatus(v1::STATUS_NEGATIVE));
}

TEST(Empty, IsOpenAndAsks) {
  const v1::Assessment answer = Ask(Patient());
  EXPECT_THAT(answer, AllOf(HasStatus(v1::STATUS_INSUFFICIENT_DATA), HasUrgency(v1::URGENCY_ROUTINE),
                            AsksFor(input::pain::present), AsksFor(input::pain::sij_region),
                            AsksFor(input::exam::distraction), AsksFor(input::exam::faber_pain_site),
                            AsksFor(input::exam::centralisation), Recommends("ask_missing")));
  EXPECT_EQ(answer.recommendations_size(), 1);
  EXPECT_EQ(answer.evidence_size(), 0);
}

// Sides on which the input is asked for.
std::set<v1::Side> Asked(const v1::Assessment& answer, const InputKey& input) {
  std::set<v1::Side> sides;
  for (const v1::MissingInput& missing : answer.missing_inputs()) {
    if (missing.key() == input.key) sides.insert(missing.side());
  }
  return sides;
}

TEST(Questions, AreThoseThatCouldDecide) {
  const v1::Assessment open = Ask(Open());
  EXPECT_EQ(Asked(open, input::exam::gaenslen), std::set<v1::Side>{v1::SIDE_RIGHT});
  EXPECT_EQ(Asked(open, input::exam::faber), std::set<v1::Side>{v1::SIDE_RIGHT});
  EXPECT_THAT(open, AllOf(Not(AsksFor(input::exam::distraction)), Not(AsksFor(input::pain::sij_region)),
                          Not(AsksFor(input::pain::present))));
  // Only the site of FABER is open.
  const v1::Assessment site = Ask(Runner(Side::kLeft, "++---+"));
  EXPECT_EQ(Asked(site, input::exam::faber_pain_site), std::set<v1::Side>{v1::SIDE_LEFT});
  EXPECT_THAT(site, Not(AsksFor(input::exam::faber)));
  // Enough tests are positive; only the pain is open, and no further test could matter.
  Patient tested;
  Examine(tested.Yes(input::pain::present).No(input::pain::sij_region, Side::kLeft), Side::kRight, "+++   ");
  const v1::Assessment pain = Ask(tested);
  EXPECT_EQ(Asked(pain, input::pain::sij_region), std::set<v1::Side>{v1::SIDE_RIGHT});
  EXPECT_THAT(pain, Not(AsksFor(input::exam::gaenslen)));
  // The reason names them.
  for (const auto& recommendation : open.recommendations()) {
    if (recommendation.id() == "ask_missing") {
      EXPECT_THAT(recommendation.reasons(0), HasSubstr("exam.gaenslen (right)"));
    }
  }
}

TEST(Questions, ThatCouldStopRunningOrADrugAreSafetyQuestions) {
  const v1::Assessment answer = Ask(Positive());
  std::set<std::string> safety;
  for (const v1::MissingInput& missing : answer.missing_inputs()) {
    if (missing.safety()) safety.insert(missing.key());
  }
  EXPECT_THAT(safety,
              ::testing::IsSupersetOf({"exam.limp", "pain.with_walking", "red_flag.unremitting_night_pain",
                                       "pain.during_running", "pain.after_running_24h", "history.nsaid_risk_condition",
                                       "medication.anticoagulant", "obstetric.pregnant"}));
  EXPECT_THAT(Ask(Positive().Male()), Not(AsksFor(input::obstetric::pregnant)));
  EXPECT_THAT(Ask(Positive().Yes(input::exam::limp)), Not(AsksFor(input::pain::with_walking)));
  EXPECT_THAT(Ask(Positive().No(input::training::runner)), Not(AsksFor(input::pain::during_running)));
}

struct EmitRow {
  std::string id;
  bool positive, negative, pain_free, open;
};

class Emits : public ::testing::TestWithParam<EmitRow> {};

TEST_P(Emits, ByStatus) {
  const EmitRow& row = GetParam();
  EXPECT_EQ(::testing::Value(Ask(Positive()), Recommends(row.id)), row.positive);
  EXPECT_EQ(::testing::Value(Ask(Negative()), Recommends(row.id)), row.negative);
  EXPECT_EQ(::testing::Value(Ask(PainFree()), Recommends(row.id)), row.pain_free);
  EXPECT_EQ(::testing::Value(Ask(Open()), Recommends(row.id)), row.open);
}

INSTANTIATE_TEST_SUITE_P(
    Recommendations, Emits,
    ::testing::Values(
        EmitRow{"refer_sports_medicine", true, false, false, false},
        EmitRow{"gait_evaluation", true, false, false, false},
        EmitRow{"specialist_review_refractory", false, false, false, false},
        EmitRow{"image_guided_block", false, false, false, false},
        EmitRow{"steroid_injection_refractory", false, false, false, false},
        EmitRow{"stop_running_be_seen", false, false, false, false},
        EmitRow{"modify_running", false, false, false, false}, EmitRow{"reduce_running", false, false, false, false},
        EmitRow{"cross_train", true, false, false, false}, EmitRow{"walk_brisk", true, false, false, false},
        EmitRow{"elliptical", true, false, false, false}, EmitRow{"stationary_bike", true, false, false, false},
        EmitRow{"water_exercise", true, false, false, false},
        EmitRow{"avoid_provoking_loads", true, false, false, false},
        EmitRow{"posture_and_routine", true, true, false, false},
        EmitRow{"return_to_running_criteria", true, false, false, false},
        EmitRow{"prevention_training_load", true, true, true, false}, EmitRow{"graded_rehab", true, true, false, false},
        EmitRow{"higher_level_progression", true, false, false, false},
        EmitRow{"hip_rotator_stretch", true, false, false, false},
        EmitRow{"foam_roll_limits", true, false, false, false}, EmitRow{"yoga", true, false, false, false},
        EmitRow{"pilates", true, false, false, false}, EmitRow{"tai_chi", true, false, false, false},
        EmitRow{"nsaid_short_course", true, false, false, false}, EmitRow{"ice_heat_comfort", true, true, false, false},
        EmitRow{"manual_therapy_adjunct", true, false, false, false}, EmitRow{"safety_net", true, false, false, false},
        EmitRow{"reassure_explain", false, true, true, false}, EmitRow{"ask_missing", false, false, false, true}),
    [](const auto& p) { return p.param.id; });

Patient Runs(Patient patient, double during, double after) {
  return patient.Is(input::pain::during_running, during)
      .Is(input::pain::after_running_24h, after)
      .No(input::exam::limp);
}

TEST(Running, IsGradedOnlyWhenPositiveAndStopsAlways) {
  EXPECT_THAT(Ask(Runs(Positive(), 3, 3)), AllOf(Recommends("modify_running"), Not(Recommends("reduce_running")),
                                                 Not(Recommends("stop_running_be_seen"))));
  EXPECT_THAT(Ask(Runs(Positive(), 5, 3)), AllOf(Recommends("reduce_running"), Not(Recommends("modify_running"))));
  for (const Patient& patient : {Positive(), Negative(), Open()}) {
    EXPECT_THAT(Ask(Runs(patient, 6, 3)), AllOf(Recommends("stop_running_be_seen"), Recommends("refer_sports_medicine"),
                                                Not(Recommends("modify_running")), Not(Recommends("reduce_running"))));
  }
  EXPECT_THAT(Ask(Runs(Negative(), 3, 3)), Not(Recommends("modify_running")));
  EXPECT_THAT(Ask(Runs(Open(), 5, 5)),
              AllOf(Not(Recommends("reduce_running")), Not(Recommends("refer_sports_medicine"))));
  EXPECT_THAT(Ask(Runs(Positive(), 2, 2).Yes(input::red_flag::unremitting_night_pain)),
              AllOf(Recommends("stop_running_be_seen"), Not(Recommends("modify_running"))));
  EXPECT_THAT(Ask(Runs(PainFree(), 6, 6)), Not(Recommends("stop_running_be_seen")));
}

TEST(Walking, ThatHurtsTakesAwayWalkingAndElliptical) {
  EXPECT_THAT(Ask(Positive().Yes(input::pain::with_walking)),
              AllOf(Not(Recommends("walk_brisk")), Not(Recommends("elliptical")), Recommends("cross_train"),
                    Recommends("stop_running_be_seen")));
  EXPECT_THAT(Ask(Positive().No(input::pain::with_walking)), AllOf(Recommends("walk_brisk"), Recommends("elliptical")));
}

TEST(Refractory, IsMoreThanSixMonthsWithoutImprovement) {
  const auto refractory = [](const Patient& patient) {
    const v1::Assessment answer = Ask(patient);
    const bool review = ::testing::Value(answer, Recommends("specialist_review_refractory"));
    EXPECT_EQ(::testing::Value(answer, Recommends("image_guided_block")), review);
    EXPECT_EQ(::testing::Value(answer, Recommends("steroid_injection_refractory")), review);
    return review;
  };
  const auto stuck = [](Patient patient, double days) {
    return patient.Is(input::pain::duration, days).Yes(input::red_flag::no_improvement_4_weeks);
  };
  EXPECT_TRUE(refractory(stuck(Positive(), 183)));
  EXPECT_FALSE(refractory(stuck(Positive(), 182.625)));
  EXPECT_FALSE(refractory(stuck(Negative(), 400)));
  EXPECT_FALSE(refractory(stuck(Open(), 400)));
  EXPECT_FALSE(refractory(Positive().Is(input::pain::duration, 400)));
  EXPECT_FALSE(refractory(Positive().Is(input::pain::duration, 400).No(input::red_flag::no_improvement_4_weeks)));
  EXPECT_FALSE(refractory(Positive().Yes(input::red_flag::no_improvement_4_weeks)));
  EXPECT_THAT(Ask(Positive().Is(input::pain::duration, 400)), AsksFor(input::red_flag::no_improvement_4_weeks));
  EXPECT_THAT(Ask(Positive().Is(input::pain::duration, 40)), Not(AsksFor(input::red_flag::no_improvement_4_weeks)));
}

TEST(Nsaid, IsSuggestedUnlessARiskIsRecorded) {
  EXPECT_THAT(Ask(Positive()), Recommends("nsaid_short_course"));
  for (const BooleanInput& risk :
       {input::obstetric::pregnant, input::history::nsaid_risk_condition, input::medication::anticoagulant}) {
    EXPECT_THAT(Ask(Positive().Yes(risk)), Not(Recommends("nsaid_short_course"))) << risk.key;
    EXPECT_THAT(Ask(Positive().No(risk)), Recommends("nsaid_short_course")) << risk.key;
  }
}

TEST(Comfort, SaysIceInTheFirstWeekAndHeatAfter) {
  const auto reason = [](const Patient& patient) {
    const v1::Assessment answer = Ask(patient);
    for (const auto& recommendation : answer.recommendations()) {
      if (recommendation.id() == "ice_heat_comfort") return recommendation.reasons(0);
    }
    return std::string();
  };
  EXPECT_THAT(reason(Positive().Is(input::pain::duration, 7)), HasSubstr("so ice"));
  EXPECT_THAT(reason(Positive().Is(input::pain::duration, 7.5)), HasSubstr("so heat"));
  EXPECT_THAT(reason(Positive()), AllOf(Not(HasSubstr("so ice")), Not(HasSubstr("so heat"))));
}

TEST(NotARunner, GetsNoGaitAndNoTrainingAdvice) {
  EXPECT_THAT(Ask(Positive().No(input::training::runner)),
              AllOf(Not(Recommends("gait_evaluation")), Not(Recommends("prevention_training_load"))));
  EXPECT_THAT(Ask(Positive().Without(input::training::runner)), Not(Recommends("gait_evaluation")));
}

TEST(Constraints, StandWhateverTheStatus) {
  const std::string manipulation = "manual.manipulation", nsaid = "drug.nsaid";
  for (const Patient& patient : {Positive(), Negative(), Open(), PainFree(), Patient()}) {
    EXPECT_EQ(Ask(patient).constraints_size(), 0);
    for (const BooleanInput& reason :
         {input::history::known_axspa, input::history::spinal_fusion, input::history::osteoporosis}) {
      EXPECT_THAT(Ask(Patient(patient).Yes(reason)), AllOf(Forbids(manipulation), Not(Holds(nsaid)))) << reason.key;
      EXPECT_EQ(Ask(Patient(patient).No(reason)).constraints_size(), 0) << reason.key;
    }
    EXPECT_THAT(Ask(Patient(patient).Yes(input::medication::anticoagulant)),
                AllOf(Forbids(manipulation), Holds(nsaid)));
    EXPECT_THAT(Ask(Patient(patient).Yes(input::history::nsaid_risk_condition)),
                AllOf(Not(Forbids(manipulation)), Holds(nsaid)));
  }
}

const v1::Evidence* Find(const v1::Assessment& answer, const InputKey& input, Side side) {
  for (const v1::Evidence& line : answer.evidence()) {
    if (line.key() == input.key && line.side() == ToProto(side)) return &line;
  }
  return nullptr;
}

TEST(Evidence, CarriesTheRatioOfTheTestItsSideAndItsAnswer) {
  const v1::Assessment right = Ask(Runner(Side::kRight, "++++--"));
  const v1::Evidence* thrust = Find(right, input::exam::thigh_thrust, Side::kRight);
  ASSERT_NE(thrust, nullptr);
  EXPECT_DOUBLE_EQ(thrust->likelihood_ratio().point(), 2.80);
  EXPECT_EQ(thrust->direction(), v1::DIRECTION_FOR);
  const v1::Evidence* gaenslen = Find(right, input::exam::gaenslen, Side::kRight);
  ASSERT_NE(gaenslen, nullptr);
  EXPECT_DOUBLE_EQ(gaenslen->likelihood_ratio().point(), 0.66);
  EXPECT_EQ(gaenslen->direction(), v1::DIRECTION_AGAINST);
  const v1::Assessment left = Ask(Runner(Side::kLeft, "++--+-"));
  ASSERT_NE(Find(left, input::exam::gaenslen, Side::kLeft), nullptr);
  EXPECT_DOUBLE_EQ(Find(left, input::exam::gaenslen, Side::kLeft)->likelihood_ratio().point(), 2.21);
  ASSERT_NE(Find(left, input::exam::faber, Side::kLeft), nullptr);
  EXPECT_FALSE(Find(left, input::exam::faber, Side::kLeft)->has_likelihood_ratio());
}

TEST(Evidence, HasALineForEveryFinding) {
  Patient patient = Runs(Positive(), 2, 2);
  patient.Is(input::history::sij_block_relief, 75).Is(input::training::pain_free_walking_days, 4);
  patient.Is(input::pain::intensity, 4).Is(input::pain::duration, 30);
  patient.YesSomewhere(input::pain::posterior_thigh).No(input::exam::centralisation);
  std::set<std::string> findings, lines;
  for (const v1::Finding& finding : patient.request().findings()) findings.insert(finding.key());
  const v1::Assessment answer = Ask(patient);
  for (const v1::Evidence& line : answer.evidence()) lines.insert(line.key());
  EXPECT_EQ(lines, findings);
}

}  // namespace
}  // namespace condyle::sij_dysfunction
