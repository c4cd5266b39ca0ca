// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Properties of the text report: what stands where, what never stands somewhere, and how wide it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "host/report/report.h"
#include "host/report/text_layout.h"

namespace condyle {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

v1::Recommendation MakeAdvice(const std::string& id, const std::string& text, const std::string& category,
                              const std::string& tag, v1::Grade grade) {
  v1::Recommendation r;
  r.set_id(id);
  r.set_text(text);
  r.set_category(category);
  r.add_tags(tag);
  r.set_grade(grade);
  r.add_citations("K-18");
  r.add_plugin_ids("bone_screen");
  return r;
}

v1::Consultation Runner() {
  v1::Consultation c;
  c.set_case_id("runner-7");
  c.set_as_of("2026-05-01T09:00:00Z");
  c.set_urgency(v1::URGENCY_URGENT);
  c.set_disclaimer("Decision support for clinicians. Check the basis.");

  v1::Assessment* screen = c.add_assessments();
  screen->set_plugin_id("bone_screen");
  screen->set_plugin_version("1.0.0");
  screen->set_status(v1::STATUS_POSITIVE);
  screen->set_urgency(v1::URGENCY_URGENT);
  screen->set_summary("Load-related pain with bony tenderness: a bone stress injury has to be looked for.");
  v1::Conclusion* conclusion = screen->add_conclusions();
  conclusion->set_text("Bone stress injury of the sacrum suspected");
  conclusion->set_side(v1::SIDE_RIGHT);
  conclusion->set_status(v1::STATUS_POSITIVE);
  conclusion->set_grade(v1::GRADE_EXPERT_OPINION);
  for (auto [state, text] :
       {std::pair{v1::CRITERION_STATE_MET, "hop positive"}, std::pair{v1::CRITERION_STATE_NOT_MET, "ramus tender"},
        std::pair{v1::CRITERION_STATE_UNKNOWN, "vitamin D known"}}) {
    v1::Criterion* criterion = conclusion->add_criteria();
    criterion->set_state(state);
    criterion->set_text(text);
  }
  screen->add_caveats("The combination is not validated.");

  v1::Assessment* joint = c.add_assessments();
  joint->set_plugin_id("joint");
  joint->set_status(v1::STATUS_INSUFFICIENT_DATA);
  joint->set_urgency(v1::URGENCY_ROUTINE);
  joint->set_summary("Two of six tests are not done.");
  v1::Conclusion* likely = joint->add_conclusions();
  likely->set_text("Possible SIJ-related pain");
  likely->set_status(v1::STATUS_INSUFFICIENT_DATA);
  likely->mutable_probability()->set_point(0.35);
  likely->mutable_probability()->set_low(0.32);
  likely->mutable_probability()->set_high(0.37);
  likely->mutable_probability()->set_basis("prior 20 per cent, cluster of tests");
  likely->mutable_probability()->add_citations("Sau2021");
  v1::Evidence* evidence = joint->add_evidence();
  evidence->set_key("exam.thigh_thrust");
  evidence->set_side(v1::SIDE_RIGHT);
  evidence->set_direction(v1::DIRECTION_FOR);
  evidence->set_statement("Thigh thrust reproduces the pain");
  evidence->mutable_likelihood_ratio()->set_point(2.5);
  evidence->mutable_likelihood_ratio()->set_low(1.2);
  evidence->mutable_likelihood_ratio()->set_high(5.1);
  evidence->add_citations("Sau2021");

  *c.add_recommendations() =
      MakeAdvice("stop_impact", "Stop running and jumping until bone injury has been looked for.", "activity",
                 "protect.load", v1::GRADE_EXPERT_OPINION);
  *c.add_recommendations() = MakeAdvice("mri", "MRI of pelvis and sacrum, without contrast first.", "imaging",
                                        "imaging.mri", v1::GRADE_COHORT);
  c.mutable_recommendations(1)->set_timeframe("within 7 days");
  c.mutable_recommendations(1)->add_reasons("hop positive on the right");
  *c.add_recommendations() = MakeAdvice("net", "Come back at once with saddle numbness.", "safety_net",
                                        "education.safety_net", v1::GRADE_GUIDELINE);
  v1::Withheld* withheld = c.add_withheld();
  *withheld->mutable_recommendation() =
      MakeAdvice("reduce_running", "Halve the weekly distance.", "activity", "load.running", v1::GRADE_EXPERT_OPINION);
  withheld->set_by("bone_screen");
  withheld->set_reason("Bone stress injury is suspected.");
  for (const char* tag : {"load", "exercise.pri", "made_up.some_thing"}) {
    v1::Hold* hold = c.add_holds();
    hold->set_by("bone_screen");
    hold->set_tag(tag);
    hold->set_effect(v1::EFFECT_HOLD);
    hold->set_reason("Bone stress injury is suspected.");
  }
  for (int i = 0; i < 9; ++i) {
    v1::NextQuestion* question = c.add_next_questions();
    question->set_key("key." + std::to_string(i));
    question->set_question("Question number " + std::to_string(i) + "?");
    question->set_safety(i < 2);
    question->add_asked_by("joint");
    question->set_why("could change the answer " + std::to_string(i));
  }
  for (auto [key, title] :
       {std::pair{"K-18", "Where imaging stands"}, std::pair{"Sau2021", "Diagnostic accuracy of clusters"}}) {
    v1::Citation* citation = c.add_citations();
    citation->set_key(key);
    citation->set_title(title);
    citation->set_url("https://doi.org/10.0000/" + std::string(key));
  }
  v1::Notice* notice = c.add_notices();
  notice->set_path("/findings/3");
  notice->set_message("unknown key odd.key");
  c.mutable_receipt()->set_host_version("0.1.0");
  return c;
}

v1::Consultation RunnerWithFailure() {
  v1::Consultation c = Runner();
  v1::PluginFailure* failure = c.add_plugin_failures();
  failure->set_plugin_id("flag_screen");
  failure->set_kind(v1::FAILURE_KIND_CRASHED);
  failure->set_message("ended by signal 11");
  v1::Hold* hold = c.add_holds();
  hold->set_by("condyle");
  hold->set_tag("self_care");
  hold->set_effect(v1::EFFECT_HOLD);
  hold->set_reason("The safety screen flag_screen (Flags) has not answered: it crashed.");
  return c;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// What stands from one heading to another (or to the end), with line ends as blanks.
std::string Between(const std::string& text, const std::string& from, const std::string& to) {
  size_t begin = text.find("\n" + from);
  if (begin == std::string::npos) return "";
  size_t end = text.find("\n" + to, begin + 1);
  std::string part = text.substr(begin, end == std::string::npos ? end : end - begin), out;
  for (char c : part) {
    if (c == '\n') c = ' ';
    if (c != ' ' || out.empty() || out.back() != ' ') out += c;
  }
  return out;
}

class Widths : public testing::TestWithParam<int> {};

TEST_P(Widths, AreKept) {
  TextOptions options;
  options.width = GetParam();
  v1::Consultation c = RunnerWithFailure();
  c.mutable_recommendations(1)->set_text(std::string(300, 'x') + " \xe2\x89\xa5 " + std::string(10, 'y'));
  for (const std::string& line : Lines(ToText(c, options))) {
    EXPECT_LE(TextWidth(line), static_cast<size_t>(GetParam())) << line;
    EXPECT_TRUE(line.empty() || line.back() != ' ') << "[" << line << "]";
  }
}

INSTANTIATE_TEST_SUITE_P(Columns, Widths, testing::Values(40, 80, 132));

TEST(ToText, OpensWithTheUrgencyAndWhy) {
  std::vector<std::string> lines = Lines(ToText(Runner(), {}));
  EXPECT_THAT(lines[0], HasSubstr("URGENT"));
  EXPECT_THAT(lines[1], HasSubstr("Why: Load-related pain"));
}

TEST(ToText, SaysWhatEachUrgencyMeans) {
  for (auto [urgency, words] :
       {std::pair{v1::URGENCY_EMERGENCY, "go now"}, std::pair{v1::URGENCY_URGENT, "7 days"},
        std::pair{v1::URGENCY_ROUTINE, "weeks"}, std::pair{v1::URGENCY_SELF_CARE, "SELF-CARE"}}) {
    v1::Consultation c = Runner();
    c.set_urgency(urgency);
    EXPECT_THAT(Lines(ToText(c, {}))[0], HasSubstr(words));
  }
}

TEST(ToText, ShowsFailuresBeforeAllElse) {
  std::string text = ToText(RunnerWithFailure(), {});
  EXPECT_THAT(Lines(text)[0], AllOf(HasSubstr("flag_screen gave NO ANSWER"), HasSubstr("crashed")));
  EXPECT_THAT(text.substr(0, text.find("URGENT")), HasSubstr("on hold"));
}

TEST(ToText, DoesNotExplainARoutineAnswerByOnePluginWhileAnotherFailed) {
  v1::Consultation c = RunnerWithFailure();
  EXPECT_THAT(ToText(c, {}), HasSubstr("Why: Load-related"));
  c.set_urgency(v1::URGENCY_ROUTINE);
  EXPECT_THAT(ToText(c, {}), HasSubstr("Why: Not every plugin has answered"));
}

TEST(ToText, FailedConditionPluginIsNotSaidToGuardAnything) {
  v1::Consultation c = RunnerWithFailure();
  c.mutable_plugin_failures(0)->set_plugin_id("joint");
  std::string text = ToText(c, {});
  EXPECT_THAT(text.substr(0, text.find("URGENT")), Not(HasSubstr("on hold")));
}

TEST(ToText, ListsWhatMetItsCriteriaAndWhatIsOpen) {
  v1::Consultation c = Runner();
  const auto add = [&](const char* text, v1::Status status) {
    v1::Conclusion* conclusion = c.add_differential()->mutable_conclusion();
    conclusion->set_text(text);
    conclusion->set_status(status);
    return conclusion;
  };
  c.clear_differential();
  EXPECT_THAT(ToText(c, {}), Not(HasSubstr("WHAT IT COULD BE")));
  add("Girdle pain", v1::STATUS_NEGATIVE);
  EXPECT_THAT(ToText(c, {}), Not(HasSubstr("WHAT IT COULD BE")));
  add("Disc pain", v1::STATUS_INSUFFICIENT_DATA);
  add("Joint infection", v1::STATUS_INSUFFICIENT_DATA);
  v1::Conclusion* joint = add("Joint pain", v1::STATUS_POSITIVE);
  joint->set_side(v1::SIDE_LEFT);
  joint->mutable_probability()->set_point(0.35);
  joint->mutable_probability()->set_low(0.32);
  joint->mutable_probability()->set_high(0.37);
  const std::string text = ToText(c, {});
  EXPECT_THAT(text, HasSubstr("WHAT IT COULD BE\n  + Joint pain (left): criteria met, about 1 in 3 (32-37 %)"));
  EXPECT_THAT(text, HasSubstr("  ? Undecided: Disc pain; Joint infection\n"));
  EXPECT_THAT(text, Not(HasSubstr("Girdle pain")));
}

TEST(ToText, WithholdsWhatIsWithheld) {
  std::string text = ToText(Runner(), {});
  EXPECT_THAT(text.substr(0, text.find("\nBASIS")),
              testing::AllOf(Not(HasSubstr("Halve")), HasSubstr("1 piece of advice withheld")));
  EXPECT_THAT(Between(text, "Withheld", "What each"),
              AllOf(HasSubstr("Halve the weekly distance."), HasSubstr("stopped by bone_screen: Bone stress injury")));
}

TEST(ToText, PutsWhatToStopWithTheHoldsAndTheRestUnderDo) {
  std::string text = ToText(Runner(), {});
  std::string stop = Between(text, "DO NOT", "DO\n"), act = Between(text, "DO\n", "ASK NEXT");
  EXPECT_THAT(stop, AllOf(HasSubstr("Stop running and jumping"), HasSubstr("[expert opinion, not validated]"),
                          HasSubstr("loading of every kind, PRI exercises, some thing (made up) - by bone_screen:")));
  EXPECT_THAT(act, AllOf(HasSubstr("MRI of pelvis"), HasSubstr("Timing: within 7 days."), HasSubstr("[cohort]"),
                         HasSubstr("[guideline]"), Not(HasSubstr("Stop running"))));
}

TEST(ToText, LetsWhatCanWaitComeAfterTheQuestions) {
  v1::Consultation c = Runner();
  *c.add_recommendations() = MakeAdvice("explain", "Two risks.", "education", "education.bone", v1::GRADE_COHORT);
  std::string text = ToText(c, {});
  EXPECT_THAT(Between(text, "DO\n", "ASK NEXT"), Not(HasSubstr("Two risks")));
  EXPECT_THAT(Between(text, "ALSO", "BASIS"), HasSubstr("Explain: Two risks. [cohort]"));
  EXPECT_THAT(ToText(Runner(), {}), Not(HasSubstr("ALSO")));
}

TEST(ToText, NamesTheReasonBesideAdviceToGoForCare) {
  v1::Consultation c = Runner();
  v1::Recommendation go = MakeAdvice("go", "Go now.", "emergency", "care.emergency", v1::GRADE_GUIDELINE);
  go.add_reasons("saddle numbness");
  *c.add_recommendations() = go;
  std::string act = Between(ToText(c, {}), "DO\n", "ASK NEXT");
  EXPECT_THAT(act, HasSubstr("Go now. Because of: saddle numbness. [guideline]"));
  EXPECT_THAT(act, Not(HasSubstr("hop positive")));  // the reason of the MRI stands in the basis
}

TEST(ToText, TellsForbiddenFromHeld) {
  v1::Consultation c = Runner();
  EXPECT_THAT(ToText(c, {}), Not(HasSubstr("Not for this patient")));
  c.mutable_holds(0)->set_effect(v1::EFFECT_FORBID);
  EXPECT_THAT(ToText(c, {}), HasSubstr("Not for this patient: loading of every kind"));
}

TEST(ToText, AsksTheFirstQuestionsAndCountsTheRest) {
  std::string ask = Between(ToText(Runner(), {}), "ASK NEXT", "BASIS");
  EXPECT_THAT(ask, AllOf(HasSubstr("! Question number 0?"), HasSubstr("! Question number 1?"),
                         HasSubstr("* Question number 5?"), Not(HasSubstr("number 6")), HasSubstr("3 more questions")));
}

TEST(ToText, BasisNamesProbabilityEvidenceAndSources) {
  std::string basis = Between(ToText(Runner(), {}), "BASIS", "no such heading");
  EXPECT_THAT(basis, AllOf(HasSubstr("about 1 in 3 (32-37 %)"), HasSubstr("prior 20 per cent"),
                           HasSubstr("LR 2.5 (1.2-5.1)"), HasSubstr("[Sau2021] Diagnostic accuracy"),
                           HasSubstr("met hop positive"), HasSubstr("not met ramus tender"),
                           HasSubstr("unknown vitamin D"), HasSubstr("[expert opinion]"), HasSubstr("is not validated"),
                           HasSubstr("/findings/3: unknown key"), HasSubstr("hop positive on the right")));
}

TEST(ToText, UndecidedNeverReadsAsNegative) {
  std::string block = Between(ToText(Runner(), {}), "joint", "Why this advice");
  EXPECT_THAT(block, AllOf(HasSubstr("UNDECIDED"), Not(HasSubstr("negative"))));
}

TEST(ToText, NegativeSaysThatItExcludesNothing) {
  v1::Consultation c = Runner();
  c.mutable_assessments(1)->set_status(v1::STATUS_NEGATIVE);
  EXPECT_THAT(ToText(c, {}), HasSubstr("excludes nothing"));
}

TEST(ToText, BasisCanBeLeftOutAndTheDisclaimerCannot) {
  TextOptions options;
  options.basis = false;
  std::string text = ToText(Runner(), options);
  EXPECT_THAT(text, AllOf(Not(HasSubstr("BASIS")), HasSubstr("Check the basis.")));
  EXPECT_LE(Lines(text).size(), 40u);
}

TEST(ToText, LeavesOutSectionsWithNothingInThem) {
  v1::Consultation c;
  c.set_urgency(v1::URGENCY_ROUTINE);
  std::string text = ToText(c, {});
  EXPECT_THAT(text, AllOf(Not(HasSubstr("DO NOT")), Not(HasSubstr("ASK NEXT")), HasSubstr("DO: nothing")));
}

TEST(ToText, UsesColourOnlyIfAsked) {
  TextOptions options;
  EXPECT_THAT(ToText(RunnerWithFailure(), options), Not(HasSubstr("\x1b")));
  options.colour = true;
  EXPECT_THAT(ToText(RunnerWithFailure(), options), HasSubstr("\x1b[1;31m"));
}

TEST(ToText, LetsNoTextSteerTheTerminal) {
  v1::Consultation c = Runner();
  c.mutable_recommendations(1)->set_text("a\x1b]0;title\x07 b\r\nc \xc2\x9b d \xe2\x80\xae e");
  c.set_case_id("\x1b[2J");
  std::string text = ToText(c, {});
  EXPECT_THAT(text, AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\x07")), Not(HasSubstr("\r")),
                          Not(HasSubstr("\xc2\x9b")), Not(HasSubstr("\xe2\x80\xae"))));
}

TEST(TextReport, ShowsCodesWhereItShowsConclusions) {
  v1::Consultation c = Runner();
  EXPECT_THAT(ToText(c, {}), Not(HasSubstr("Codes to weigh")));
  v1::Conclusion* conclusion = c.mutable_assessments(1)->mutable_conclusions(0);
  conclusion->mutable_condition()->set_system("urn:icd");
  conclusion->mutable_condition()->set_code("M53.3");
  conclusion->mutable_condition()->set_display("Sacrococcygeal disorders");
  v1::Coding* further = conclusion->add_codings();
  further->set_system("urn:sct");
  further->set_code("426546008");
  EXPECT_THAT(ToText(c, {.width = 200}),
              HasSubstr("    Codes to weigh: M53.3 Sacrococcygeal disorders (urn:icd); 426546008 (urn:sct)\n"));
}

struct Share {
  const char* name;
  double point, low, high;
  const char* words;
};
class Shares : public testing::TestWithParam<Share> {};

TEST_P(Shares, AreSaidInWords) {
  v1::Consultation c = Runner();
  v1::Probability* p = c.mutable_assessments(1)->mutable_conclusions(0)->mutable_probability();
  p->set_point(GetParam().point);
  p->set_low(GetParam().low);
  p->set_high(GetParam().high);
  EXPECT_THAT(ToText(c, {}), HasSubstr(GetParam().words));
}

INSTANTIATE_TEST_SUITE_P(All, Shares,
                         testing::Values(Share{"OneIn13", 0.08, 0.06, 0.1, "about 1 in 13 (6-10 %)"},
                                         Share{"Half", 0.5, 0.5, 0.5, "about 1 in 2 (50 %)"},
                                         Share{"Forty", 0.4, 0.3, 0.5, "about 4 in 10 (30-50 %)"},
                                         Share{"SeventyThree", 0.73, 0.7, 0.8, "about 73 in 100 (70-80 %)"},
                                         Share{"Rare", 0.0005, 0.0001, 0.006, "less than 1 in 1000 (0-0.6 %)"},
                                         Share{"PerMille", 0.005, 0.004, 0.012, "about 1 in 200 (0.4-1 %)"},
                                         Share{"None", 0, 0, 0, "about 0 in 100 (0 %)"},
                                         Share{"NearlyAll", 0.99, 0.95, 1, "about 99 in 100 (95-100 %)"}),
                         [](const auto& row) { return row.param.name; });

TEST(TextPage, WrapsByColumnsNotBytes) {
  TextPage page(20, false);
  page.Paragraph("* ",
                 "\xce\xb1\xce\xb2\xce\xb3\xce\xb4\xce\xb5 \xce\xb1\xce\xb2\xce\xb3\xce\xb4\xce\xb5 "
                 "\xce\xb1\xce\xb2\xce\xb3\xce\xb4\xce\xb5 x");
  EXPECT_EQ(page.text(),
            "* \xce\xb1\xce\xb2\xce\xb3\xce\xb4\xce\xb5 \xce\xb1\xce\xb2\xce\xb3\xce\xb4\xce\xb5 "
            "\xce\xb1\xce\xb2\xce\xb3\xce\xb4\xce\xb5\n  x\n");
}

TEST(TextPage, BreaksWordsThatAreLongerThanALine) {
  TextPage page(20, false);
  page.Paragraph("* ", "aa " + std::string(40, 'b') + " cc");
  EXPECT_EQ(page.text(), "* aa\n  " + std::string(18, 'b') + "\n  " + std::string(18, 'b') + "\n  bbbb cc\n");
}

}  // namespace
}  // namespace condyle
