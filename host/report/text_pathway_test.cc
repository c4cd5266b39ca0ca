// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Risks, scores and stages in the text report.
#include "host/report/text_pathway.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "host/report/report.h"
#include "host/report/words.h"

namespace condyle {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

void AddCriterion(google::protobuf::RepeatedPtrField<v1::Criterion>* list, const std::string& text,
                  v1::CriterionState state) {
  v1::Criterion* criterion = list->Add();
  criterion->set_text(text);
  criterion->set_state(state);
  criterion->set_grade(v1::GRADE_EXPERT_OPINION);
  criterion->add_citations("K-38");
}

v1::Stage* AddStage(v1::Assessment* a, const std::string& phase, const std::string& title, v1::StageState state) {
  v1::Stage* stage = a->add_pathway();
  stage->set_phase(phase);
  stage->set_title(title);
  stage->set_state(state);
  stage->set_position("Day 20 since onset");
  stage->add_citations("B.4");
  return stage;
}

v1::Consultation Runner() {
  v1::Consultation c;
  c.set_urgency(v1::URGENCY_ROUTINE);
  v1::Assessment* a = c.add_assessments();
  a->set_plugin_id("joint");
  a->set_status(v1::STATUS_POSITIVE);
  v1::Risk* risk = a->add_risks();
  risk->set_id("complication_risk");
  risk->set_text("Trouble with healing");
  risk->set_lowest(v1::RISK_LEVEL_LOW);
  risk->set_highest(v1::RISK_LEVEL_HIGH);
  risk->add_basis("femoral neck: high");
  v1::Score* score = a->add_scores();
  score->set_id("triad");
  score->set_text("Triad total");
  score->set_low(4);
  score->set_high(6);
  score->set_maximum(12);
  v1::ScoreItem* item = score->add_items();
  item->set_text("bone density");
  item->set_high(2);
  item->set_missing_key("imaging.dxa_z_score");
  AddStage(a, "acute", "First week", v1::STAGE_STATE_PAST);
  v1::Stage* now = AddStage(a, "rehabilitation", "Build strength", v1::STAGE_STATE_CURRENT);
  AddCriterion(now->mutable_leave_when(), "walking without pain", v1::CRITERION_STATE_MET);
  AddCriterion(now->mutable_leave_when(), "no tenderness", v1::CRITERION_STATE_UNKNOWN);
  AddCriterion(now->mutable_leave_when(), "load checks passed", v1::CRITERION_STATE_NOT_MET);
  AddCriterion(now->mutable_escalate_when(), "no better after 4 weeks", v1::CRITERION_STATE_NOT_MET);
  AddStage(a, "return", "Run again", v1::STAGE_STATE_LATER)->set_course("6 weeks to 8 months");
  return c;
}

std::string OnOneLine(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '\n') c = ' ';
    if (c != ' ' || out.empty() || out.back() != ' ') out += c;
  }
  return out;
}

std::string Report(const v1::Consultation& c, bool basis) {
  TextOptions options;
  options.basis = basis;
  return OnOneLine(ToText(c, options));
}

TEST(WhereItStands, NamesTheCurrentStageAndWhatIsOpenBeforeTheNext) {
  EXPECT_THAT(Report(Runner(), false),
              AllOf(HasSubstr("WHERE THIS STANDS"), HasSubstr("Build strength: Day 20 since onset. (joint)"),
                    HasSubstr("Before the next stage: load checks passed; no tenderness (not known)."),
                    Not(HasSubstr("First week")), Not(HasSubstr("Run again")), Not(HasSubstr("walking without pain"))));
}

TEST(WhereItStands, ShowsARiskAsARangeUntilItIsDecided) {
  v1::Consultation c = Runner();
  EXPECT_THAT(Report(c, false), HasSubstr("Trouble with healing: low to high, not decided yet"));
  c.mutable_assessments(0)->mutable_risks(0)->set_lowest(v1::RISK_LEVEL_HIGH);
  EXPECT_THAT(Report(c, false), HasSubstr("Trouble with healing: high "));
}

TEST(WhereItStands, SaysWhatCallsForAnotherLookOnlyWhenItDoes) {
  v1::Consultation c = Runner();
  EXPECT_THAT(Report(c, false), Not(HasSubstr("Calls for another look")));
  c.mutable_assessments(0)->mutable_pathway(1)->mutable_escalate_when(0)->set_state(v1::CRITERION_STATE_MET);
  EXPECT_THAT(Report(c, false), HasSubstr("Calls for another look now: no better after 4 weeks."));
}

TEST(WhereItStands, SaysThatAdviceOfTheStageIsOnHold) {
  v1::Consultation c = Runner();
  v1::Recommendation* withheld = c.add_withheld()->mutable_recommendation();
  withheld->set_id("strength");
  withheld->set_text("Start a programme.");
  withheld->set_phase("rehabilitation");
  withheld->add_plugin_ids("joint");
  EXPECT_THAT(Report(c, false),
              AllOf(HasSubstr("Advice of this stage is on hold."), Not(HasSubstr("Start a programme"))));
  withheld->set_plugin_ids(0, "other");
  EXPECT_THAT(Report(c, false), Not(HasSubstr("Advice of this stage is on hold.")));
  withheld->set_plugin_ids(0, "joint");
  withheld->set_phase("return");
  EXPECT_THAT(Report(c, false), Not(HasSubstr("Advice of this stage is on hold.")));
}

TEST(WhereItStands, IsLeftOutWithoutRisksAndStages) {
  v1::Consultation c = Runner();
  c.mutable_assessments(0)->clear_pathway();
  c.mutable_assessments(0)->clear_risks();
  EXPECT_THAT(Report(c, false), Not(HasSubstr("WHERE THIS STANDS")));
}

TEST(Basis, ListsRisksScoresAndAllStages) {
  EXPECT_THAT(Report(Runner(), true),
              AllOf(HasSubstr("Score: Triad total: 4 to 6 of 12"),
                    HasSubstr("bone density: 0 to 2 (not known: imaging.dxa_z_score)"), HasSubstr("femoral neck: high"),
                    HasSubstr("Stage acute (behind). First week"), HasSubstr("Stage return (later). Run again"),
                    HasSubstr("Published course: 6 weeks to 8 months."),
                    HasSubstr("met walking without pain [expert opinion] [K-38]"), HasSubstr("unknown no tenderness"),
                    HasSubstr("not met load checks passed"), HasSubstr("not met no better after 4 weeks")));
}

TEST(Words, OfAScoreGiveTheBandOnlyIfItHasOne) {
  v1::Score score;
  score.set_low(7);
  score.set_high(7);
  score.set_maximum(12);
  EXPECT_EQ(InWords(score), "7 of 12");
  score.set_band("high");
  EXPECT_EQ(InWords(score), "7 of 12, high");
}

TEST(Words, OfAStageThatIsNotKnownSaySo) {
  EXPECT_STREQ(InWords(v1::STAGE_STATE_UNSPECIFIED), "not known");
  EXPECT_STREQ(InWords(v1::RISK_LEVEL_UNSPECIFIED), "not given");
}

}  // namespace
}  // namespace condyle
