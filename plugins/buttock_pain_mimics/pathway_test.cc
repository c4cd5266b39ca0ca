// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Stages of buttock_pain_mimics.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "buttock_pain_mimics/manifest.h"
#include "condyle/testing/matchers.h"
#include "condyle/testing/patient.h"

namespace condyle::buttock_pain_mimics {
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

// Pain that centralises, in a man of 31.
Patient Disc() {
  return Patient()
      .Male()
      .Age(31)
      .Yes(input::pain::present)
      .Yes(input::pain::buttock, Side::kRight)
      .No(input::pain::buttock, Side::kLeft)
      .Yes(input::exam::centralisation);
}
Patient Ready() {
  return Disc()
      .Is(input::training::pain_free_walking_days, 5)
      .Yes(input::training::load_checks_passed)
      .Is(input::exam::neuro_screen, answer::exam::neuro_screen::normal);
}

TEST(Pathway, TurnsFromTheFirstWeekToRehabilitation) {
  EXPECT_THAT(Ask(Disc().Is(input::pain::duration, 7)),
              AllOf(HasStage("acute", kNow), HasStage("rehabilitation", kLater), HasStage("return", kLater)));
  EXPECT_THAT(Ask(Disc().Is(input::pain::duration, 8)),
              AllOf(HasStage("acute", kPast), HasStage("rehabilitation", kNow), Not(HasStage("now", kNow))));
  EXPECT_THAT(Ask(Disc()), AllOf(HasStage("acute", v1::STAGE_STATE_UNSPECIFIED), AsksFor(input::pain::duration)));
}

TEST(Pathway, CallsForImagingAfterSixWeeksAndForAnotherLookAfterFour) {
  const auto of = [](const Patient& patient, const char* part) {
    return StateOf(StageOf(Ask(patient), "rehabilitation").escalate_when(), part);
  };
  EXPECT_EQ(of(Disc(), "6 weeks"), kUnknown);
  EXPECT_EQ(of(Disc().Is(input::pain::duration, 42), "6 weeks"), kNotMet);
  EXPECT_EQ(of(Disc().Is(input::pain::duration, 43), "6 weeks"), kMet);
  EXPECT_EQ(of(Disc(), "4 weeks"), kUnknown);
  EXPECT_EQ(of(Disc().Yes(input::red_flag::no_improvement_4_weeks), "4 weeks"), kMet);
  EXPECT_EQ(of(Disc().No(input::red_flag::no_improvement_4_weeks), "4 weeks"), kNotMet);
}

TEST(Pathway, OpensReturnByCriteria) {
  EXPECT_THAT(Ask(Ready()), HasStage("return", kNow));
  EXPECT_THAT(Ask(Ready().Is(input::training::pain_free_walking_days, 4)), HasStage("return", kLater));
  EXPECT_THAT(Ask(Ready().No(input::training::load_checks_passed)), HasStage("return", kLater));
  EXPECT_THAT(Ask(Ready().Without(input::exam::neuro_screen)), HasStage("return", kLater));
}

TEST(Pathway, PutsADeficitFirst) {
  const v1::Assessment weak =
      Ask(Ready().Is(input::exam::motor_weakness, Side::kRight, answer::exam::motor_weakness::marked));
  EXPECT_THAT(weak, AllOf(HasStage("now", kNow), HasStage("acute", kLater), HasStage("rehabilitation", kLater),
                          HasStage("return", kLater)));
  EXPECT_EQ(StateOf(StageOf(weak, "now").escalate_when(), "Marked weakness"), kMet);
  EXPECT_EQ(StateOf(StageOf(weak, "rehabilitation").escalate_when(), "Weakness"), kMet);
}

TEST(Pathway, IsForPositiveAnswersOnly) {
  EXPECT_EQ(Ask(Patient()).pathway_size(), 0);
  EXPECT_EQ(Ask(Disc().No(input::pain::present)).pathway_size(), 0);
}

}  // namespace
}  // namespace condyle::buttock_pain_mimics
