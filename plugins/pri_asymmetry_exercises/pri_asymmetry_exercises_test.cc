// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// When a set is offered, which one, and what blocks it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "condyle/testing/matchers.h"
#include "condyle/testing/patient.h"
#include "pri_asymmetry_exercises/manifest.h"

namespace condyle::pri_asymmetry_exercises {
namespace {

using ::condyle::testing::Ask;
using ::condyle::testing::AsksFor;
using ::condyle::testing::HasStatus;
using ::condyle::testing::HasUrgency;
using ::condyle::testing::Patient;
using ::condyle::testing::Recommends;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

namespace pain = input::pain;
namespace exam = input::exam;
namespace history = input::history;
namespace obstetric = input::obstetric;
namespace pri = input::pri;

constexpr v1::Status kPositive = v1::STATUS_POSITIVE;
constexpr v1::Status kNegative = v1::STATUS_NEGATIVE;
constexpr v1::Status kOpen = v1::STATUS_INSUFFICIENT_DATA;

// A man with SIJ pain and four positive tests on this side, and the asymmetry pattern for which there is a set.
Patient Painful(Side side) {
  const Side other = Opposite(side);
  return Patient()
      .Male()
      .Yes(pain::present)
      .Yes(pain::sij_region, side)
      .Yes(pain::buttock, side)
      .No(pain::sij_region, other)
      .No(pain::buttock, other)
      .Yes(exam::distraction, side)
      .Yes(exam::thigh_thrust, side)
      .Yes(exam::compression, side)
      .Yes(exam::sacral_thrust, side)
      .No(exam::gaenslen, side)
      .No(exam::centralisation)
      .Yes(pri::adduction_drop, Side::kLeft)
      .No(pri::adduction_drop, Side::kRight);
}

// A woman after birth with two pelvic girdle tests, whose SIJ tests do not make the cluster.
Patient AfterBirth(double days) {
  return Patient()
      .Female()
      .Yes(pain::present)
      .No(obstetric::pregnant)
      .Is(obstetric::days_since_delivery, days)
      .Yes(pain::sij_region, Side::kLeft)
      .No(pain::sij_region, Side::kRight)
      .No(pain::buttock, Side::kRight)
      .No(exam::distraction, Side::kLeft)
      .Yes(exam::thigh_thrust, Side::kLeft)
      .No(exam::compression, Side::kLeft)
      .No(exam::sacral_thrust, Side::kLeft)
      .No(exam::gaenslen, Side::kLeft)
      .Is(exam::aslr, Side::kLeft, 3)
      .Is(exam::aslr, Side::kRight, 0)
      .Yes(pri::adduction_drop, Side::kLeft)
      .No(pri::adduction_drop, Side::kRight);
}

struct Row {
  std::string name;
  Patient patient;
  v1::Status status;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class Sets : public ::testing::TestWithParam<Row> {};

TEST_P(Sets, Status) {
  EXPECT_THAT(Ask(GetParam().patient), AllOf(HasStatus(GetParam().status), HasUrgency(v1::URGENCY_ROUTINE)));
}

INSTANTIATE_TEST_SUITE_P(
    Rule, Sets,
    ::testing::Values(Row{"Right", Painful(Side::kRight), kPositive}, Row{"Left", Painful(Side::kLeft), kPositive},
                      Row{"NothingAsked", Patient(), kOpen},
                      Row{"PainNotAsked", Painful(Side::kRight).Without(pain::present), kPositive},
                      Row{"AfterBirthByPelvicGirdleTests", AfterBirth(100), kPositive},
                      Row{"AfterBirthOneTestOnly",
                          AfterBirth(100)
                              .Is(exam::aslr, Side::kLeft, 0)
                              .No(exam::faber, Side::kLeft)
                              .No(exam::long_dorsal_ligament_tenderness, Side::kLeft)
                              .No(exam::symphysis_tenderness)
                              .No(exam::modified_trendelenburg, Side::kLeft),
                          kNegative},
                      Row{"TwoOfSixTests",
                          Painful(Side::kRight)
                              .No(exam::compression, Side::kRight)
                              .No(exam::sacral_thrust, Side::kRight)
                              .No(exam::faber, Side::kRight),
                          kNegative},
                      Row{"TwoOfSixOneOpen",
                          Painful(Side::kRight).No(exam::compression, Side::kRight).Without(exam::sacral_thrust),
                          kOpen},
                      Row{"Centralises", Painful(Side::kRight).Yes(exam::centralisation), kNegative},
                      Row{"CentralisationNotDone", Painful(Side::kRight).Without(exam::centralisation), kPositive}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    PainSide, Sets,
    ::testing::Values(
        Row{"BothSides", Painful(Side::kRight).Yes(pain::buttock, Side::kLeft), kOpen},
        Row{"OtherSideNotAsked", Patient(Painful(Side::kRight)).Without(pain::buttock).Yes(pain::buttock, Side::kRight),
            kOpen},
        Row{"SideNotSaid",
            Painful(Side::kRight).Without(pain::sij_region).Without(pain::buttock).YesSomewhere(pain::sij_region),
            kOpen}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    AdductionDrop, Sets,
    ::testing::Values(
        Row{"MissingOnBothSides", Painful(Side::kRight).Without(pri::adduction_drop), kOpen},
        Row{"MissingOnTheRight",
            Painful(Side::kRight).Without(pri::adduction_drop).Yes(pri::adduction_drop, Side::kLeft), kOpen},
        Row{"MissingOnTheLeft",
            Painful(Side::kRight).Without(pri::adduction_drop).No(pri::adduction_drop, Side::kRight), kOpen},
        Row{"PositiveOnBoth", Painful(Side::kRight).Yes(pri::adduction_drop, Side::kRight), kOpen},
        Row{"NegativeOnBoth", Painful(Side::kRight).No(pri::adduction_drop, Side::kLeft), kOpen},
        Row{"RightOnly",
            Painful(Side::kRight).No(pri::adduction_drop, Side::kLeft).Yes(pri::adduction_drop, Side::kRight), kOpen}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Blocked, Sets,
    ::testing::Values(Row{"Pregnant", AfterBirth(400).Yes(obstetric::pregnant), kNegative},
                      Row{"Delivered41Days", AfterBirth(41), kNegative},
                      Row{"Delivered42Days", AfterBirth(42), kPositive},
                      Row{"PubicPain", Painful(Side::kRight).Yes(pain::pubic_symphysis), kNegative},
                      Row{"SymphysisTender", Painful(Side::kRight).Yes(exam::symphysis_tenderness), kNegative},
                      Row{"SymphysisGap", Painful(Side::kRight).Yes(exam::symphysis_gap), kNegative},
                      Row{"Labrum", Painful(Side::kRight).Yes(history::hip_labral_problem), kNegative},
                      Row{"BloodPressure", Painful(Side::kRight).Yes(history::uncontrolled_hypertension), kNegative},
                      Row{"BlockedBeforeAnythingElse", Patient().Yes(pain::present).Yes(history::hip_labral_problem),
                          kNegative}),
    [](const auto& row) { return row.param.name; });

std::vector<std::string> SetOf(const v1::Assessment& answer) {
  std::vector<std::string> ids;
  for (const v1::Recommendation& given : answer.recommendations()) {
    if (given.id().rfind("pri_set", 0) == 0 || given.id().rfind("pri_k", 0) == 0) ids.push_back(given.id());
  }
  return ids;
}

TEST(PriSets, FollowThePainfulSideInOrder) {
  const v1::Assessment right = Ask(Painful(Side::kRight));
  const v1::Assessment left = Ask(Painful(Side::kLeft));
  EXPECT_THAT(SetOf(right), ElementsAre("pri_set_right", "pri_k80", "pri_k81", "pri_k82", "pri_k84", "pri_k83"));
  EXPECT_THAT(SetOf(left), ElementsAre("pri_set_left", "pri_k85", "pri_k87", "pri_k88", "pri_k86", "pri_k89"));
  for (const v1::Recommendation& given : right.recommendations()) {
    EXPECT_NE(given.side(), v1::SIDE_LEFT) << given.id();
  }
  for (const v1::Recommendation& given : left.recommendations()) {
    EXPECT_NE(given.side(), v1::SIDE_RIGHT) << given.id();
  }
}

TEST(PriSets, NeverWithoutNoticeAndStopRule) {
  for (Side side : kBothSides) {
    EXPECT_THAT(Ask(Painful(side)), AllOf(Recommends("low_evidence_notice"), Recommends("pri_stop_rule"),
                                          Recommends("movement_expert_review"), Not(Recommends("ask_missing"))));
  }
}

TEST(PriSets, NoneWhenBlockedOrUndecided) {
  const v1::Assessment blocked = Ask(Painful(Side::kRight).Yes(history::hip_labral_problem));
  EXPECT_THAT(SetOf(blocked), IsEmpty());
  EXPECT_EQ(blocked.missing_inputs_size(), 0);
  const v1::Assessment undecided = Ask(Painful(Side::kRight).Without(pri::adduction_drop));
  EXPECT_THAT(SetOf(undecided), IsEmpty());
  EXPECT_THAT(undecided, AllOf(Recommends("ask_missing"), AsksFor(pri::adduction_drop)));
}

TEST(PriSets, UnknownBlocksAreAskedFor) {
  EXPECT_THAT(
      Ask(Painful(Side::kRight)),
      AllOf(HasStatus(kPositive), AsksFor(history::hip_labral_problem), AsksFor(history::uncontrolled_hypertension),
            AsksFor(pain::pubic_symphysis), AsksFor(exam::symphysis_tenderness), Not(AsksFor(obstetric::pregnant))));
  EXPECT_THAT(Ask(Painful(Side::kRight).No(history::hip_labral_problem)), Not(AsksFor(history::hip_labral_problem)));
}

TEST(PriSets, NoPainIsNegativeAndSelfCare) {
  EXPECT_THAT(Ask(Painful(Side::kRight).No(pain::present)),
              AllOf(HasStatus(kNegative), HasUrgency(v1::URGENCY_SELF_CARE)));
}

}  // namespace
}  // namespace condyle::pri_asymmetry_exercises
