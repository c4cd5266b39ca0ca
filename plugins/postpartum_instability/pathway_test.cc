// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Stages of postpartum_instability, and the score of the leg raise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "condyle/testing/matchers.h"
#include "condyle/testing/patient.h"
#include "postpartum_instability/manifest.h"

namespace condyle::postpartum_instability {
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

namespace obstetric = input::obstetric;

// Two tests met, so many days after birth.
Patient Mother(double days) {
  return Patient()
      .Yes(input::pain::present)
      .Female()
      .No(obstetric::pregnant)
      .Is(obstetric::days_since_delivery, days)
      .Yes(input::exam::symphysis_tenderness)
      .Is(input::exam::aslr, Side::kLeft, 2)
      .Is(input::pain::duration, 30);
}
// Every criterion before running is met.
Patient Ready() {
  return Mother(84)
      .No({obstetric::pelvic_floor_symptoms, obstetric::abnormal_bleeding})
      .Is(input::training::pain_free_walking_days, 5)
      .Yes(input::training::load_checks_passed);
}

TEST(Pathway, TurnsFromTheFirstWeekToRehabilitation) {
  EXPECT_THAT(Ask(Mother(40).Is(input::pain::duration, 7)),
              AllOf(HasStage("acute", kNow), HasStage("rehabilitation", kLater), Not(HasStage("now", kNow))));
  EXPECT_THAT(Ask(Mother(40).Is(input::pain::duration, 8)),
              AllOf(HasStage("acute", kPast), HasStage("rehabilitation", kNow)));
  const v1::Assessment open = Ask(Mother(40).Without(input::pain::duration));
  EXPECT_THAT(open, AllOf(HasStage("acute", v1::STAGE_STATE_UNSPECIFIED), AsksFor(input::pain::duration)));
  EXPECT_THAT(StageOf(open, "acute").position(), AllOf(HasSubstr("not recorded"), HasSubstr("40 days after birth")));
}

TEST(Pathway, OpensRunningByCriteria) {
  EXPECT_THAT(Ask(Ready()), HasStage("return", kNow));
  EXPECT_THAT(Ask(Ready().Is(obstetric::days_since_delivery, 83)), HasStage("return", kLater));
  EXPECT_THAT(Ask(Ready().Yes(obstetric::pelvic_floor_symptoms)), HasStage("return", kLater));
  EXPECT_THAT(Ask(Ready().Is(input::training::pain_free_walking_days, 4)), HasStage("return", kLater));
  EXPECT_THAT(Ask(Ready().No(input::training::load_checks_passed)), HasStage("return", kLater));
  for (const InputKey& key :
       {InputKey(obstetric::pelvic_floor_symptoms), InputKey(obstetric::abnormal_bleeding),
        InputKey(input::training::pain_free_walking_days), InputKey(input::training::load_checks_passed)}) {
    EXPECT_THAT(Ask(Ready().Without(key)), HasStage("return", kLater)) << key.key;
  }
}

TEST(Pathway, CallsForAnotherLookTwelveWeeksAfterBirth) {
  const auto of = [](const Patient& patient) {
    return StateOf(StageOf(Ask(patient), "rehabilitation").escalate_when(), "12 weeks");
  };
  EXPECT_EQ(of(Mother(83)), kNotMet);
  EXPECT_EQ(of(Mother(84)), kMet);
  EXPECT_EQ(of(Mother(84).Without(obstetric::days_since_delivery).Yes(obstetric::delivered_last_24_months)), kUnknown);
}

TEST(Pathway, PutsWhatMustBeSeenFirst) {
  const v1::Assessment wide = Ask(Mother(100).Is(input::imaging::symphysis_gap, 11));
  EXPECT_THAT(wide, AllOf(HasStage("now", kNow), HasStage("acute", kLater), HasStage("rehabilitation", kLater),
                          HasStage("return", kLater)));
  EXPECT_EQ(StateOf(StageOf(wide, "now").leave_when(), "symphysis"), kUnknown);
  EXPECT_THAT(Ask(Ready().Yes(obstetric::preeclampsia_signs)),
              AllOf(HasStage("now", kNow), HasStage("return", kLater)));
  EXPECT_THAT(Ask(Mother(100).Is(input::imaging::symphysis_gap, 10)), Not(HasStage("now", kNow)));
}

TEST(Pathway, HasNoReturnInPregnancyAndNoneWithoutAPositiveAnswer) {
  const v1::Assessment pregnant = Ask(Mother(100)
                                          .Without(obstetric::days_since_delivery)
                                          .Yes(obstetric::pregnant)
                                          .Is(obstetric::gestational_age, 25.4));
  EXPECT_THAT(pregnant, HasStatus(v1::STATUS_POSITIVE));
  EXPECT_THAT(StageOf(pregnant, "rehabilitation").position(), HasSubstr("week 25 completed"));
  EXPECT_EQ(StageOf(pregnant, "return").title(), "");
  EXPECT_EQ(Ask(Mother(100).No(input::pain::present)).pathway_size(), 0);
  EXPECT_EQ(Ask(Patient().Male()).pathway_size(), 0);
}

TEST(Pathway, GivesTheCourseOfACohort) {
  EXPECT_THAT(StageOf(Ask(Mother(40)), "rehabilitation").course(),
              AllOf(HasSubstr("62.5 per cent"), HasSubstr("21 per cent"), HasSubstr("minority persist")));
}

TEST(LegRaise, IsARangeUntilBothLegsAreScored) {
  const v1::Assessment one = Ask(Mother(100));
  ASSERT_EQ(one.scores_size(), 1);
  EXPECT_EQ(one.scores(0).low(), 2);
  EXPECT_EQ(one.scores(0).high(), 7);
  EXPECT_EQ(one.scores(0).band(), "");
  EXPECT_EQ(one.scores(0).items(1).missing_key(), "exam.aslr");
  const v1::Assessment both = Ask(Mother(100).Is(input::exam::aslr, Side::kRight, 3));
  EXPECT_EQ(both.scores(0).low(), 5);
  EXPECT_EQ(both.scores(0).high(), 5);
  EXPECT_EQ(both.scores(0).maximum(), 10);
  EXPECT_EQ(Ask(Mother(100).Without(input::exam::aslr)).scores_size(), 0);
}

TEST(Nsaids, AreOutAltogetherFrom30Weeks) {
  const auto reason = [](double weeks) {
    const v1::Assessment answer =
        Ask(Patient().Female().Yes(obstetric::pregnant).Is(obstetric::gestational_age, weeks));
    for (const v1::Constraint& c : answer.constraints()) {
      if (c.tag() == "drug.nsaid") return c.reason();
    }
    return std::string();
  };
  EXPECT_THAT(reason(29.9), HasSubstr("from 20 weeks, unless"));
  EXPECT_THAT(reason(30), HasSubstr("at 30 weeks or later"));
}

}  // namespace
}  // namespace condyle::postpartum_instability
