// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
#include "condyle/sdk/answer.h"

#include <gtest/gtest.h>

#include <clocale>
#include <type_traits>

#include "condyle/testing/matchers.h"

namespace condyle {
namespace {

constexpr Citation kBook{"Book2020"}, kPaper{"Paper2021"};
constexpr Advice kRest{"rest",   "activity",     "load.running;protect.load", v1::GRADE_COHORT, "Rest.", "now",
                       "a week", {kBook, kPaper}};
constexpr BooleanInput kFever{"red_flag.fever"};

class AnswerTest : public ::testing::Test {
 protected:
  v1::Assessment assessment_;
  Answer answer_{&assessment_, "demo", "1.2.3"};
};

TEST_F(AnswerTest, NamesThePlugin) {
  EXPECT_EQ(assessment_.plugin_id(), "demo");
  EXPECT_EQ(assessment_.plugin_version(), "1.2.3");
}

TEST_F(AnswerTest, MapsTruthToStatus) {
  answer_.SetStatus(Truth::kTrue);
  EXPECT_EQ(answer_.status(), v1::STATUS_POSITIVE);
  answer_.SetStatus(Truth::kFalse);
  EXPECT_EQ(answer_.status(), v1::STATUS_NEGATIVE);
  answer_.SetStatus(Truth::kUnknown);
  EXPECT_EQ(answer_.status(), v1::STATUS_INSUFFICIENT_DATA);
}

TEST_F(AnswerTest, KeepsTheHighestUrgency) {
  answer_.RaiseUrgency(v1::URGENCY_URGENT);
  answer_.RaiseUrgency(v1::URGENCY_ROUTINE);
  EXPECT_EQ(answer_.urgency(), v1::URGENCY_URGENT);
}

TEST_F(AnswerTest, WritesARecommendationWhole) {
  answer_.Recommend(kRest, {.reason = "pain", .side = Side::kRight, .timeframe = "same day"});
  ASSERT_EQ(assessment_.recommendations_size(), 1);
  const v1::Recommendation& rest = assessment_.recommendations(0);
  EXPECT_EQ(rest.id(), "rest");
  EXPECT_EQ(rest.text(), "Rest.");
  ASSERT_EQ(rest.tags_size(), 2);
  EXPECT_EQ(rest.tags(0), "load.running");
  EXPECT_EQ(rest.tags(1), "protect.load");
  EXPECT_EQ(rest.side(), v1::SIDE_RIGHT);
  EXPECT_EQ(rest.grade(), v1::GRADE_COHORT);
  EXPECT_EQ(rest.phase(), "now");
  EXPECT_EQ(rest.dose(), "a week");
  EXPECT_EQ(rest.timeframe(), "same day");
  ASSERT_EQ(rest.citations_size(), 2);
  EXPECT_EQ(rest.citations(1), "Paper2021");
  EXPECT_TRUE(answer_.Recommends(kRest));
}

TEST_F(AnswerTest, EmitsTheSameAdviceOnceWithAllItsReasons) {
  for (const char* reason : {"limp", "night pain", "limp"}) answer_.Recommend(kRest, {.reason = reason});
  answer_.Recommend(kRest, {.reason = "limp", .side = Side::kLeft});
  ASSERT_EQ(assessment_.recommendations_size(), 2);
  EXPECT_EQ(assessment_.recommendations(0).reasons_size(), 2);
  EXPECT_EQ(assessment_.recommendations(1).side(), v1::SIDE_LEFT);
}

TEST_F(AnswerTest, AsksOncePerKeyAndSideAndKeepsTheSafetyMark) {
  answer_.Ask(kFever, "could show infection");
  answer_.Ask(kFever, "needed by the screen", true);
  answer_.Ask(kFever, "left", false, Side::kLeft);
  ASSERT_EQ(assessment_.missing_inputs_size(), 2);
  EXPECT_TRUE(assessment_.missing_inputs(0).safety());
  EXPECT_FALSE(assessment_.missing_inputs(1).safety());
}

TEST_F(AnswerTest, CitesWhateverItConcludesAndConstrains) {
  answer_.Conclude({.text = "Pain", .system = "icd", .code = "M1"}, v1::STATUS_POSITIVE, {kBook})
      .On(Side::kLeft)
      .Graded(v1::GRADE_GUIDELINE)
      .WithProbability({0.35, 0.32, 0.37, "prior 20 %"}, {kPaper})
      .Criterion("three of six", Truth::kUnknown, v1::GRADE_EXPERT_OPINION, {kBook});
  answer_.Hold("load", "screen", {kBook});
  answer_.Forbid("drug.nsaid", "pregnancy", {kPaper});
  answer_.Evidence(kFever, std::nullopt, v1::DIRECTION_FOR, "fever", v1::GRADE_COHORT, {kBook}, Ratio{2.8, 1.2, 3.9});
  ASSERT_EQ(assessment_.conclusions_size(), 1);
  const v1::Conclusion& conclusion = assessment_.conclusions(0);
  EXPECT_EQ(conclusion.condition().code(), "M1");
  EXPECT_EQ(conclusion.side(), v1::SIDE_LEFT);
  EXPECT_EQ(conclusion.probability().citations(0), "Paper2021");
  EXPECT_EQ(conclusion.criteria(0).state(), v1::CRITERION_STATE_UNKNOWN);
  EXPECT_EQ(conclusion.criteria(0).citations(0), "Book2020");
  EXPECT_THAT(assessment_, testing::Holds("load"));
  EXPECT_THAT(assessment_, testing::Forbids("drug.nsaid"));
  EXPECT_THAT(assessment_, ::testing::Not(testing::Holds("drug.nsaid")));
  EXPECT_EQ(assessment_.evidence(0).likelihood_ratio().low(), 1.2);
}

TEST_F(AnswerTest, LeavesOutACodeThatNobodyVouchedFor) {
  answer_.Conclude({.text = "Pelvic girdle pain"}, v1::STATUS_NEGATIVE, {kBook});
  EXPECT_FALSE(assessment_.conclusions(0).has_condition());
}

TEST(Citations, CannotBeEmpty) {
  EXPECT_FALSE(std::is_default_constructible_v<Citations>);
  EXPECT_EQ(Citations(kBook).size(), 1u);
}

TEST(Number, IsShortAndIndependentOfTheLocale) {
  EXPECT_EQ(Number(38.9), "38.9");
  EXPECT_EQ(Number(4), "4");
  EXPECT_EQ(Number(0.35), "0.35");
  EXPECT_EQ(Number(-2.5), "-2.5");
}

}  // namespace
}  // namespace condyle
