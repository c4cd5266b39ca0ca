// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Stages, probability and ratios of sij_dysfunction.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "condyle/testing/matchers.h"
#include "condyle/testing/patient.h"
#include "plugins/pack/criteria/sij_cluster.h"
#include "sij_dysfunction/manifest.h"

namespace condyle::sij_dysfunction {
namespace {

using condyle::testing::Ask;
using condyle::testing::AsksFor;
using condyle::testing::HasStage;
using condyle::testing::HasStatus;
using condyle::testing::Patient;
using condyle::testing::StageOf;
using condyle::testing::StateOf;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr v1::StageState kNow = v1::STAGE_STATE_CURRENT, kLater = v1::STAGE_STATE_LATER, kPast = v1::STAGE_STATE_PAST;
constexpr v1::CriterionState kMet = v1::CRITERION_STATE_MET, kNotMet = v1::CRITERION_STATE_NOT_MET,
                             kUnknown = v1::CRITERION_STATE_UNKNOWN;

// Three of six tests on the right, in a runner.
Patient Positive() {
  Patient patient;
  patient.Yes(input::pain::present).Yes(input::training::runner);
  patient.Yes(input::pain::sij_region, Side::kRight).No(input::pain::sij_region, Side::kLeft);
  patient.Yes(input::pain::buttock, Side::kRight).No(input::pain::buttock, Side::kLeft);
  for (size_t i = 0; i < 6; ++i) {
    if (i < 3) patient.Yes(runner_sij::SijTests()[i], Side::kRight);
    if (i >= 3) patient.No(runner_sij::SijTests()[i], Side::kRight);
  }
  return patient;
}
Patient Negative() { return Positive().No(runner_sij::SijTests()[0], Side::kRight); }

// Every criterion before running is met.
Patient Ready() {
  return Positive()
      .Is(input::pain::duration, 40)
      .Is(input::training::pain_free_walking_days, 5)
      .No(input::exam::sacral_tenderness, Side::kRight)
      .Yes(input::training::load_checks_passed);
}

TEST(Pathway, TurnsFromTheFirstWeekToRehabilitation) {
  EXPECT_THAT(Ask(Positive().Is(input::pain::duration, 7)),
              AllOf(HasStage("acute", kNow), HasStage("rehabilitation", kLater), HasStage("return", kLater),
                    HasStage("prevention", kLater)));
  EXPECT_THAT(Ask(Positive().Is(input::pain::duration, 8)),
              AllOf(HasStage("acute", kPast), HasStage("rehabilitation", kNow)));
}

TEST(Pathway, SaysAndAsksWhatIsNotKnownOfTheOnset) {
  const v1::Assessment answer = Ask(Positive());
  EXPECT_THAT(answer, AllOf(HasStage("acute", v1::STAGE_STATE_UNSPECIFIED),
                            HasStage("rehabilitation", v1::STAGE_STATE_UNSPECIFIED), AsksFor(input::pain::duration)));
  EXPECT_THAT(StageOf(answer, "acute").position(), HasSubstr("not recorded"));
}

TEST(Pathway, OpensReturnByCriteriaNeverByDays) {
  EXPECT_THAT(Ask(Ready()), HasStage("return", kNow));
  EXPECT_THAT(Ask(Ready().Is(input::training::pain_free_walking_days, 4)), HasStage("return", kLater));
  EXPECT_THAT(Ask(Ready().Yes(input::pain::with_walking)), HasStage("return", kLater));
  EXPECT_THAT(Ask(Ready().Yes(input::exam::sacral_tenderness, Side::kRight)), HasStage("return", kLater));
  EXPECT_THAT(Ask(Ready().No(input::training::load_checks_passed)), HasStage("return", kLater));
  for (const InputKey& key :
       {InputKey(input::training::pain_free_walking_days), InputKey(input::exam::sacral_tenderness),
        InputKey(input::training::load_checks_passed)}) {
    EXPECT_THAT(Ask(Ready().Without(key)), HasStage("return", kLater)) << key.key;
  }
  EXPECT_THAT(Ask(Positive().Is(input::pain::duration, 3000)), HasStage("return", kLater));
  EXPECT_THAT(Ask(Ready().Without(input::pain::duration)), HasStage("return", kNow));
}

TEST(Pathway, ShowsTheStateOfEachCriterion) {
  const v1::Stage criteria = StageOf(Ask(Positive().Is(input::training::pain_free_walking_days, 5)), "rehabilitation");
  EXPECT_EQ(StateOf(criteria.leave_when(), "Walking"), kMet);
  EXPECT_EQ(StateOf(criteria.leave_when(), "bony tenderness"), kUnknown);
  const v1::Assessment graded =
      Ask(Ready().Is(input::pain::during_running, 3).Is(input::pain::after_running_24h, 3).No(input::exam::limp));
  EXPECT_EQ(StateOf(StageOf(graded, "return").leave_when(), "at most 3"), kMet);
  EXPECT_EQ(StateOf(StageOf(Ask(Ready()), "return").leave_when(), "at most 3"), kUnknown);
}

TEST(Pathway, CallsForAnotherLook) {
  const auto of = [](const Patient& patient, const char* part) {
    return StateOf(StageOf(Ask(patient), "rehabilitation").escalate_when(), part);
  };
  EXPECT_EQ(of(Positive(), "4 weeks"), kUnknown);
  EXPECT_EQ(of(Positive().Yes(input::red_flag::no_improvement_4_weeks), "4 weeks"), kMet);
  EXPECT_EQ(of(Positive().No(input::red_flag::no_improvement_4_weeks), "6 months"), kNotMet);
  const Patient unsettled = Positive().Yes(input::red_flag::no_improvement_4_weeks);
  EXPECT_EQ(of(Patient(unsettled).Is(input::pain::duration, 182), "6 months"), kNotMet);
  EXPECT_EQ(of(Patient(unsettled).Is(input::pain::duration, 183), "6 months"), kMet);
  EXPECT_EQ(of(unsettled, "6 months"), kUnknown);
  EXPECT_EQ(of(Positive().Yes(input::exam::limp), "limp"), kMet);
}

TEST(Pathway, IsForWhoHasPainAndRunsOnlyForRunners) {
  const v1::Assessment negative = Ask(Negative().Is(input::pain::duration, 20));
  EXPECT_THAT(negative, HasStatus(v1::STATUS_NEGATIVE));
  EXPECT_EQ(negative.pathway_size(), 2);
  EXPECT_THAT(negative, HasStage("rehabilitation", kNow));
  EXPECT_EQ(Ask(Patient().No(input::pain::present)).pathway_size(), 0);
  EXPECT_EQ(Ask(Patient()).pathway_size(), 0);
  EXPECT_THAT(Ask(Positive().No(input::training::runner)), Not(HasStage("prevention", kLater)));
}

TEST(Ratios, OfSingleTestsCarryDerivedIntervals) {
  const v1::Assessment answer = Ask(Positive());
  for (const v1::Evidence& line : answer.evidence()) {
    if (line.key() != input::exam::thigh_thrust.key) continue;
    // 14 of 16 and 10 of 32: 2.8 / and x exp(1.96 sqrt(1/14 - 1/16 + 1/10 - 1/32)).
    EXPECT_DOUBLE_EQ(line.likelihood_ratio().point(), 2.80);
    EXPECT_NEAR(line.likelihood_ratio().low(), 1.62, 0.01);
    EXPECT_NEAR(line.likelihood_ratio().high(), 4.84, 0.01);
    return;
  }
  FAIL() << "no line for the thigh thrust";
}

TEST(Probability, NamesPriorRatioAndThePublishedRange) {
  const v1::Probability after = Ask(Positive()).conclusions(0).probability();
  EXPECT_THAT(after.basis(), AllOf(HasSubstr("20 per cent before (15 to 30"), HasSubstr("LR+ 2.13, 1.2 to 3.9"),
                                   HasSubstr("32 to 37")));
  EXPECT_THAT(after.citations(),
              ::testing::ElementsAre("Saueressig2021", "Schwarzer1995", "Maigne1996", "Simopoulos2012"));
  EXPECT_LT(after.low(), 0.32);
  EXPECT_GT(after.high(), 0.37);
  EXPECT_THAT(Ask(Positive()).caveats(0), AllOf(HasSubstr("van der Wurff"), HasSubstr("50 per cent")));
}

}  // namespace
}  // namespace condyle::sij_dysfunction
