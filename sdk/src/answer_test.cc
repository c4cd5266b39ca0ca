// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
#include "condyle/sdk/answer.h"

#include <gtest/gtest.h>

#include <array>
#include <clocale>
#include <type_traits>

#include "condyle/testing/matchers.h"

namespace condyle {
namespace {

constexpr Citation kBook{"Book2020"}, kPaper{"Paper2021"};
constexpr Advice kRest{"rest",   "activity",     "load.running;protect.load", v1::GRADE_COHORT, "Rest.", "now",
                       "a week", {kBook, kPaper}};
constexpr BooleanInput kFever{"red_flag.fever"};
constexpr std::string_view kIcd = "http://hl7.org/fhir/sid/icd-10-cm";
constexpr std::array kPainCodes = {ConditionCode{.system = kIcd, .code = "M1", .display = "Pain in general"}};
// A code, its two successors, and the same in another system.
constexpr std::array kSplitCodes = {
    ConditionCode{.system = kIcd, .code = "P9", .display = "Pelvic pain", .valid_to = "2025-09-30"},
    ConditionCode{.system = kIcd,
                  .code = "P9.0",
                  .display = "Pelvic pain, unspecified side",
                  .valid_from = "2025-10-01",
                  .checked_to = "2026-09-30"},
    ConditionCode{.system = kIcd, .code = "P9.1", .valid_from = "2025-10-01", .valid_to = "2026-09-30"},
    ConditionCode{.system = "urn:other", .code = "7"},
};

class AnswerTest : public ::testing::Test {
 protected:
  // What has been answered so far, as a host reads it.
  const v1::Assessment& Read() {
    EXPECT_TRUE(assessment_.ParseFromString(std::string(answer_.Write())));
    return assessment_;
  }

  internal::DraftMemory memory_;
  Answer answer_{&memory_, "demo", "1.2.3", "2026-05-01T09:00:00Z"};

 private:
  v1::Assessment assessment_;
};

TEST_F(AnswerTest, NamesThePlugin) {
  EXPECT_EQ(Read().plugin_id(), "demo");
  EXPECT_EQ(Read().plugin_version(), "1.2.3");
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
  ASSERT_EQ(Read().recommendations_size(), 1);
  const v1::Recommendation& rest = Read().recommendations(0);
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
  ASSERT_EQ(Read().recommendations_size(), 2);
  EXPECT_EQ(Read().recommendations(0).reasons_size(), 2);
  EXPECT_EQ(Read().recommendations(1).side(), v1::SIDE_LEFT);
}

TEST_F(AnswerTest, AsksOncePerKeyAndSideAndKeepsTheSafetyMark) {
  answer_.Ask(kFever, "could show infection");
  answer_.Ask(kFever, "needed by the screen", true);
  answer_.Ask(kFever, "left", false, Side::kLeft);
  ASSERT_EQ(Read().missing_inputs_size(), 2);
  EXPECT_TRUE(Read().missing_inputs(0).safety());
  EXPECT_FALSE(Read().missing_inputs(1).safety());
}

TEST_F(AnswerTest, CitesWhateverItConcludesAndConstrains) {
  answer_.Conclude({.text = "Pain", .codes = kPainCodes}, v1::STATUS_POSITIVE, {kBook})
      .On(Side::kLeft)
      .Graded(v1::GRADE_GUIDELINE)
      .WithProbability({0.35, 0.32, 0.37, "prior 20 %"}, {kPaper})
      .Criterion("three of six", Truth::kUnknown, v1::GRADE_EXPERT_OPINION, {kBook});
  answer_.Hold("load", "screen", {kBook});
  answer_.Forbid("drug.nsaid", "pregnancy", {kPaper});
  answer_.Evidence(kFever, std::nullopt, v1::DIRECTION_FOR, "fever", v1::GRADE_COHORT, {kBook}, Ratio{2.8, 1.2, 3.9});
  ASSERT_EQ(Read().conclusions_size(), 1);
  const v1::Conclusion& conclusion = Read().conclusions(0);
  EXPECT_EQ(conclusion.condition().code(), "M1");
  EXPECT_EQ(conclusion.side(), v1::SIDE_LEFT);
  EXPECT_EQ(conclusion.probability().citations(0), "Paper2021");
  EXPECT_EQ(conclusion.criteria(0).state(), v1::CRITERION_STATE_UNKNOWN);
  EXPECT_EQ(conclusion.criteria(0).citations(0), "Book2020");
  EXPECT_THAT(Read(), testing::Holds("load"));
  EXPECT_THAT(Read(), testing::Forbids("drug.nsaid"));
  EXPECT_THAT(Read(), ::testing::Not(testing::Holds("drug.nsaid")));
  EXPECT_EQ(Read().evidence(0).likelihood_ratio().low(), 1.2);
}

TEST_F(AnswerTest, WritesAStageWithItsCriteria) {
  answer_
      .AddStage({.phase = "return", .title = "Run again", .position = "Day 20", .course = "6 to 8 weeks"},
                v1::STAGE_STATE_LATER, {kBook, kPaper})
      .LeaveWhen("walks without pain", Truth::kTrue, v1::GRADE_COHORT, kBook)
      .LeaveWhen("no tenderness", Truth::kUnknown, v1::GRADE_COHORT, kBook)
      .EscalateWhen("no better", Truth::kFalse, v1::GRADE_EXPERT_OPINION, kPaper);
  answer_.AddStage({.phase = "prevention", .title = "Stay well", .position = "Time not known"},
                   v1::STAGE_STATE_UNSPECIFIED, kBook);
  ASSERT_EQ(Read().pathway_size(), 2);
  const v1::Stage& stage = Read().pathway(0);
  EXPECT_EQ(stage.phase(), "return");
  EXPECT_EQ(stage.title(), "Run again");
  EXPECT_EQ(stage.position(), "Day 20");
  EXPECT_EQ(stage.course(), "6 to 8 weeks");
  EXPECT_EQ(stage.state(), v1::STAGE_STATE_LATER);
  EXPECT_EQ(stage.citations_size(), 2);
  ASSERT_EQ(stage.leave_when_size(), 2);
  EXPECT_EQ(stage.leave_when(0).state(), v1::CRITERION_STATE_MET);
  EXPECT_EQ(stage.leave_when(1).state(), v1::CRITERION_STATE_UNKNOWN);
  ASSERT_EQ(stage.escalate_when_size(), 1);
  EXPECT_EQ(stage.escalate_when(0).state(), v1::CRITERION_STATE_NOT_MET);
  EXPECT_EQ(stage.escalate_when(0).citations(0), "Paper2021");
  EXPECT_EQ(Read().pathway(1).state(), v1::STAGE_STATE_UNSPECIFIED);
}

TEST_F(AnswerTest, WritesARiskAsARange) {
  answer_.AddRisk({"healing", "Trouble with healing", v1::RISK_LEVEL_LOW, v1::RISK_LEVEL_HIGH}, v1::GRADE_COHORT, kBook)
      .Because("sacrum: low")
      .Because("femoral neck: high");
  ASSERT_EQ(Read().risks_size(), 1);
  EXPECT_EQ(Read().risks(0).lowest(), v1::RISK_LEVEL_LOW);
  EXPECT_EQ(Read().risks(0).highest(), v1::RISK_LEVEL_HIGH);
  EXPECT_EQ(Read().risks(0).basis_size(), 2);
  EXPECT_EQ(Read().risks(0).citations(0), "Book2020");
}

TEST_F(AnswerTest, ScoreIsTheSumOfItsItems) {
  answer_.AddScore({.id = "triad", .text = "Total", .maximum = 12}, v1::GRADE_GUIDELINE, kBook)
      .Item("periods", 2)
      .Item("bone density", 0, 2, kFever)
      .Item("weight", 1)
      .InBand("middle");
  const v1::Score& score = Read().scores(0);
  EXPECT_EQ(score.low(), 3);
  EXPECT_EQ(score.high(), 5);
  EXPECT_EQ(score.maximum(), 12);
  EXPECT_EQ(score.band(), "middle");
  ASSERT_EQ(score.items_size(), 3);
  EXPECT_EQ(score.items(0).missing_key(), "");
  EXPECT_EQ(score.items(1).missing_key(), "red_flag.fever");
  EXPECT_EQ(score.items(1).high(), 2);
}

TEST_F(AnswerTest, LeavesOutACodeThatNobodyVouchedFor) {
  answer_.Conclude({.text = "Pelvic girdle pain"}, v1::STATUS_NEGATIVE, {kBook});
  EXPECT_FALSE(Read().conclusions(0).has_condition());
}

// The codes that an assessment at this moment carries: "condition, coding, coding".
std::string CodesAt(std::string_view as_of) {
  internal::DraftMemory memory;
  Answer answer(&memory, "demo", "1.2.3", as_of);
  answer.Conclude({.text = "Pelvic pain", .codes = kSplitCodes}, v1::STATUS_POSITIVE, {kBook});
  v1::Assessment assessment;
  EXPECT_TRUE(assessment.ParseFromString(std::string(answer.Write())));
  const v1::Conclusion& conclusion = assessment.conclusions(0);
  std::string codes = conclusion.condition().code();
  for (const v1::Coding& coding : conclusion.codings()) codes += ", " + coding.code();
  return codes;
}

TEST(Conclude, GivesTheCodesThatAreValidOnTheDay) {
  struct Row {
    const char* name;
    const char* as_of;
    const char* expected;
  };
  for (const Row& row : {
           Row{"long before", "2019-01-01T00:00:00Z", "P9, 7"},
           Row{"day before the last", "2025-09-29T23:59:59Z", "P9, 7"},
           Row{"last day", "2025-09-30T23:59:59Z", "P9, 7"},
           Row{"first day", "2025-10-01T00:00:00Z", "P9.0, P9.1, 7"},
           Row{"day after the first", "2025-10-02T00:00:00Z", "P9.0, P9.1, 7"},
           Row{"last day of the second", "2026-09-30T12:00:00+02:00", "P9.0, P9.1, 7"},
           Row{"day after it, the first no longer checked", "2026-10-01T12:00:00+02:00", "P9.0, 7"},
           Row{"a day without a time", "2025-10-01", "P9.0, P9.1, 7"},
           Row{"no moment", "", "7"},
       }) {
    EXPECT_EQ(CodesAt(row.as_of), row.expected) << row.name;
  }
}

TEST_F(AnswerTest, WritesACodeWhole) {
  answer_.Conclude(Condition{.text = "Pelvic pain", .codes = kSplitCodes}.As("Pain in the pelvis"), v1::STATUS_POSITIVE,
                   {kBook});
  const v1::Conclusion& conclusion = Read().conclusions(0);
  EXPECT_EQ(conclusion.text(), "Pain in the pelvis");
  EXPECT_EQ(conclusion.condition().system(), kIcd);
  EXPECT_EQ(conclusion.condition().display(), "Pelvic pain, unspecified side");
  EXPECT_EQ(conclusion.condition().valid_from(), "2025-10-01");
  EXPECT_EQ(conclusion.condition().valid_to(), "");
  EXPECT_EQ(conclusion.condition().checked_to(), "2026-09-30");
  EXPECT_EQ(conclusion.codings(0).valid_to(), "2026-09-30");
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
