// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Properties of the HTML report on consultations made by hand: what stands where, and what never stands somewhere.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "host/report/report.h"

namespace condyle {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

v1::Recommendation MakeAdvice(const std::string& id, const std::string& text, const std::string& category,
                              const std::string& tag) {
  v1::Recommendation r;
  r.set_id(id);
  r.set_text(text);
  r.set_patient_text(text);
  r.set_category(category);
  r.add_tags(tag);
  r.set_grade(v1::GRADE_EXPERT_OPINION);
  r.add_citations("Sau2021");
  r.add_plugin_ids("joint");
  return r;
}

v1::Criterion MakeCriterion(const std::string& text, v1::CriterionState state) {
  v1::Criterion criterion;
  criterion.set_text(text);
  criterion.set_state(state);
  return criterion;
}

v1::Consultation Runner() {
  v1::Consultation c;
  c.set_case_id("runner-7");
  c.set_as_of("2026-05-01T09:00:00Z");
  c.set_urgency(v1::URGENCY_ROUTINE);
  c.set_disclaimer("Check the basis.");
  v1::Assessment* joint = c.add_assessments();
  joint->set_plugin_id("joint");
  joint->set_plugin_version("1.0.0");
  joint->set_status(v1::STATUS_POSITIVE);
  joint->set_urgency(v1::URGENCY_ROUTINE);
  joint->set_summary("Four of six tests are positive.");
  v1::Conclusion* likely = joint->add_conclusions();
  likely->set_text("Possible joint pain");
  likely->set_side(v1::SIDE_RIGHT);
  likely->set_status(v1::STATUS_POSITIVE);
  likely->mutable_probability()->set_point(0.35);
  likely->mutable_probability()->set_low(0.32);
  likely->mutable_probability()->set_high(0.375);
  likely->mutable_probability()->set_basis("20 per cent before");
  likely->mutable_probability()->add_citations("Sau2021");
  *likely->add_criteria() = MakeCriterion("thigh thrust hurts", v1::CRITERION_STATE_MET);
  *likely->add_criteria() = MakeCriterion("no centralisation", v1::CRITERION_STATE_UNKNOWN);
  v1::Evidence* pain = joint->add_evidence();
  pain->set_key("pain.buttock");
  pain->set_side(v1::SIDE_RIGHT);
  pain->set_direction(v1::DIRECTION_FOR);
  pain->set_statement("Pain in the buttock");
  pain->mutable_likelihood_ratio()->set_point(2.5);
  pain->mutable_likelihood_ratio()->set_low(1.2);
  pain->mutable_likelihood_ratio()->set_high(5.1);
  v1::Differential* first = c.add_differential();
  first->set_plugin_id("joint");
  *first->mutable_conclusion() = *likely;
  v1::Differential* second = c.add_differential();
  second->set_plugin_id("flags");
  second->set_role(v1::PLUGIN_ROLE_SAFETY_SCREEN);
  second->mutable_conclusion()->set_text("Warning signs");
  second->mutable_conclusion()->set_status(v1::STATUS_INSUFFICIENT_DATA);
  *c.add_recommendations() = MakeAdvice("walk", "Walk briskly.", "activity", "load.walking");
  c.mutable_recommendations(0)->set_phase("acute");
  *c.add_recommendations() =
      MakeAdvice("net", "Tell the patient to come back at once with fever.", "safety_net", "education.safety_net");
  c.mutable_recommendations(1)->set_patient_text("Come back at once with fever.");
  *c.add_recommendations() = MakeAdvice("leave", "Leave out hills.", "activity", "protect.load");
  *c.add_recommendations() = MakeAdvice("drug", "A short course of tablets.", "medication", "drug.nsaid");
  v1::Withheld* withheld = c.add_withheld();
  *withheld->mutable_recommendation() = MakeAdvice("halve", "Halve the distance.", "activity", "load.running");
  v1::Hold* hold = c.add_holds();
  hold->set_by("flags");
  hold->set_tag("load.running");
  hold->set_effect(v1::EFFECT_HOLD);
  hold->set_reason("Warning signs are open.");
  *withheld->add_holds() = *hold;
  withheld->set_by("flags");
  withheld->set_reason("Warning signs are open.");
  v1::Citation* source = c.add_citations();
  source->set_key("Sau2021");
  source->set_title("Diagnostic accuracy");
  source->set_url("https://doi.org/10.2519/x");
  return c;
}

// Fails the test, and says where, if the page is no well-formed XML.
void ExpectWellFormed(const std::string& html) {
  std::istringstream in(html);
  boost::property_tree::ptree tree;
  EXPECT_NO_THROW(boost::property_tree::read_xml(in, tree)) << html.substr(0, 200);
}

// From a marker to the next one, or to the end.
std::string Part(const std::string& html, const std::string& from, const std::string& to = "</html>") {
  const size_t begin = html.find(from);
  if (begin == std::string::npos) return "";
  return html.substr(begin, html.find(to, begin) - begin);
}
std::string Handout(const std::string& html) { return Part(html, "class=\"sheet handout\""); }

TEST(ToHtml, LoadsNothingAndRunsNothing) {
  const std::string html = ToHtml(Runner());
  ExpectWellFormed(html);
  EXPECT_THAT(
      html, AllOf(HasSubstr("default-src &#39;none&#39;"), HasSubstr("lang=\"en\""), Not(HasSubstr("<script")),
                  Not(HasSubstr("<link")), Not(HasSubstr(" src=")), Not(HasSubstr("url(")), Not(HasSubstr("@import"))));
}

TEST(ToHtml, GivesTheSameBytesForTheSameInput) { EXPECT_EQ(ToHtml(Runner()), ToHtml(Runner())); }

TEST(ToHtml, OpensWithTheUrgencyInWords) {
  v1::Consultation c = Runner();
  for (auto [urgency, word] : {std::pair{v1::URGENCY_EMERGENCY, "EMERGENCY</span>: <span class=\"means\">go now"},
                               std::pair{v1::URGENCY_URGENT, "URGENT"}, std::pair{v1::URGENCY_ROUTINE, "within weeks"},
                               std::pair{v1::URGENCY_SELF_CARE, "SELF-CARE"}}) {
    c.set_urgency(urgency);
    EXPECT_THAT(Part(ToHtml(c), "<header", "</header>"), HasSubstr(word));
  }
}

TEST(ToHtml, SaysInTheBannerWhatHasATime) {
  v1::Consultation c = Runner();
  c.mutable_recommendations(0)->set_timeframe("same day");
  EXPECT_THAT(Part(ToHtml(c), "<header", "</header>"), AllOf(HasSubstr("same day"), HasSubstr("#advice-1")));
}

TEST(ToHtml, ShowsWhatDidNotAnswerBeforeTheDifferential) {
  v1::Consultation c = Runner();
  EXPECT_THAT(ToHtml(c), Not(HasSubstr("id=\"unanswered\"")));
  v1::PluginFailure* failure = c.add_plugin_failures();
  failure->set_plugin_id("flags");
  failure->set_kind(v1::FAILURE_KIND_CRASHED);
  failure->set_message("ended by signal 11");
  const std::string before = Part(ToHtml(c), "<header", "id=\"could-be\"");
  EXPECT_THAT(before, AllOf(HasSubstr("Flags: NO ANSWER (crashed)"), HasSubstr("Its question is open.")));
}

TEST(ToHtml, ShowsUndecidedScreensAsUnanswered) {
  v1::Consultation c = Runner();
  v1::Assessment* flags = c.add_assessments();
  flags->set_plugin_id("flags");
  flags->set_status(v1::STATUS_INSUFFICIENT_DATA);
  flags->set_summary("Two questions are open.");
  EXPECT_THAT(Part(ToHtml(c), "<main", "id=\"could-be\""),
              AllOf(HasSubstr("Safety screen undecided: Flags."), HasSubstr("Two questions are open.")));
}

TEST(ToHtml, DrawsAProbabilityWithItsRange) {
  const std::string row = Part(ToHtml(Runner()), "class=\"row positive\"", "</li>");
  EXPECT_THAT(row, AllOf(HasSubstr("Criteria met"), HasSubstr("right side"), HasSubstr("cx=\"35%\""),
                         HasSubstr("x=\"32%\""), HasSubstr("width=\"5.5%\""), HasSubstr("about 1 in 3"),
                         HasSubstr("20 per cent before"), HasSubstr("role=\"img\"")));
}

TEST(ToHtml, NeverDrawsANumberThatNobodyGave) {
  const std::string row = Part(ToHtml(Runner()), "class=\"row open\"", "</li>");
  EXPECT_THAT(row, AllOf(HasSubstr("Undecided"), HasSubstr("No probability given"), Not(HasSubstr("class=\"bar\""))));
}

struct Marks {
  const char* name;
  v1::Side side;
  const char* left;
  const char* right;
};
class Pelvis : public testing::TestWithParam<Marks> {};

TEST_P(Pelvis, IsMarkedOnTheSideThatIsNamed) {
  v1::Consultation c = Runner();
  c.mutable_assessments(0)->mutable_conclusions(0)->set_side(GetParam().side);
  c.mutable_assessments(0)->mutable_evidence(0)->set_side(GetParam().side);
  const std::string figure = Part(ToHtml(c), "id=\"where\"", "id=\"do\"");
  EXPECT_THAT(figure, HasSubstr(std::string("Left side ") + GetParam().left + "; right side " + GetParam().right));
  EXPECT_EQ(figure.find("side not known or not applicable: Possible joint pain") != std::string::npos,
            GetParam().side == v1::SIDE_UNSPECIFIED);
}

INSTANTIATE_TEST_SUITE_P(All, Pelvis,
                         testing::Values(Marks{"Left", v1::SIDE_LEFT, "marked (thick outline, hatched)", "not marked"},
                                         Marks{"Right", v1::SIDE_RIGHT, "not marked",
                                               "marked (thick outline, hatched)"},
                                         Marks{"Unknown", v1::SIDE_UNSPECIFIED, "not marked", "not marked"}),
                         [](const auto& row) { return row.param.name; });

TEST(PelvisOfHtml, IgnoresFindingsThatDoNotSupportAnything) {
  for (v1::Direction direction : {v1::DIRECTION_AGAINST, v1::DIRECTION_NEUTRAL}) {
    v1::Consultation c = Runner();
    c.mutable_assessments(0)->mutable_evidence(0)->set_direction(direction);
    EXPECT_THAT(ToHtml(c), HasSubstr("right side marked (thick outline)."));
  }
}

TEST(ToHtml, DrawsThePathwayWithItsCriteriaAndAdvice) {
  v1::Consultation c = Runner();
  EXPECT_THAT(ToHtml(c), Not(HasSubstr("id=\"pathway\"")));
  v1::Stage* acute = c.mutable_assessments(0)->add_pathway();
  acute->set_phase("acute");
  acute->set_title("Calm it down");
  acute->set_state(v1::STAGE_STATE_CURRENT);
  acute->set_position("Day 9.");
  *acute->add_leave_when() = MakeCriterion("walks without pain", v1::CRITERION_STATE_NOT_MET);
  *acute->add_escalate_when() = MakeCriterion("worse at night", v1::CRITERION_STATE_UNKNOWN);
  v1::Stage* back = c.mutable_assessments(0)->add_pathway();
  back->set_phase("return");
  back->set_state(v1::STAGE_STATE_LATER);
  const std::string html = ToHtml(c);
  ExpectWellFormed(html);
  EXPECT_THAT(Part(html, "class=\"timeline\"", "</svg>"),
              AllOf(HasSubstr("1, Acute: now; 2, Return: later"), HasSubstr("cx=\"25%\""), HasSubstr("cx=\"75%\"")));
  EXPECT_THAT(Part(html, "class=\"stage current\"", "class=\"stage later\""),
              AllOf(HasSubstr("Day 9."), HasSubstr("not met</span> walks without pain"),
                    HasSubstr("unknown</span> worse at night"), HasSubstr("href=\"#advice-1\"")));
}

TEST(ToHtml, WithheldAdviceStandsOnlyWhereItIsOnHold) {
  const std::string html = ToHtml(Runner());
  const std::string block = Part(html, "class=\"on-hold\"", "</section>");
  EXPECT_THAT(block, AllOf(HasSubstr("Halve the distance."), HasSubstr("Warning signs are open."),
                           HasSubstr("this is not advice"), HasSubstr("running")));
  const size_t at = html.find(block);
  EXPECT_THAT(html.substr(0, at) + html.substr(at + block.size()), Not(HasSubstr("Halve")));
}

TEST(ToHtml, LabelsOpinionAndLinksSources) {
  const std::string advice = Part(ToHtml(Runner()), "id=\"advice-1\"", "</li>");
  EXPECT_THAT(advice, AllOf(HasSubstr("expert opinion, not validated"), HasSubstr("href=\"#source-1\"")));
  EXPECT_THAT(ToHtml(Runner()), HasSubstr("<li id=\"source-1\">"));
}

TEST(ToHtml, LinksOnlyToTheWeb) {
  v1::Consultation c = Runner();
  for (auto [url, link] : {std::pair{"https://a.example/b", "href=\"https://a.example/b\""},
                           std::pair{"10.1000/182", "href=\"https://doi.org/10.1000/182\""},
                           std::pair{"doi:10.1000/182", "href=\"https://doi.org/10.1000/182\""}}) {
    c.mutable_citations(0)->set_url(url);
    EXPECT_THAT(ToHtml(c), HasSubstr(link));
  }
  c.mutable_citations(0)->set_url("javascript:alert(1)");
  EXPECT_THAT(Part(ToHtml(c), "id=\"source-1\"", "</li>"),
              AllOf(HasSubstr("javascript:alert(1)"), Not(HasSubstr("href"))));
}

TEST(ToHtml, KeepsRisksApartAndScoresAsRanges) {
  v1::Consultation c = Runner();
  v1::Assessment* a = c.mutable_assessments(0);
  for (auto [id, lowest] :
       {std::pair{"healing_risk", v1::RISK_LEVEL_LOW}, std::pair{"bone_risk", v1::RISK_LEVEL_HIGH}}) {
    v1::Risk* risk = a->add_risks();
    risk->set_id(id);
    risk->set_lowest(lowest);
    risk->set_highest(v1::RISK_LEVEL_HIGH);
  }
  v1::Score* score = a->add_scores();
  score->set_text("Total");
  score->set_low(3);
  score->set_high(5);
  score->set_maximum(12);
  v1::ScoreItem* item = score->add_items();
  item->set_text("Bone density");
  item->set_high(2);
  item->set_missing_key("lab.density");
  const std::string html = ToHtml(c);
  ExpectWellFormed(html);
  EXPECT_THAT(Part(html, "<h3>Healing risk", "</article>"), HasSubstr("low to high"));
  EXPECT_THAT(Part(html, "<h3>Bone risk", "</article>"), AllOf(HasSubstr("high"), Not(HasSubstr("low to"))));
  EXPECT_THAT(Part(html, "<h3>Total", "</article>"),
              AllOf(HasSubstr("<strong>3 to 5</strong>"), HasSubstr("of at most 12"), HasSubstr("x=\"25%\""),
                    HasSubstr("missing"), HasSubstr("0 to 2")));
}

TEST(ToHtml, SaysWhatEachAnswerWouldChange) {
  v1::Consultation c = Runner();
  for (int i = 0; i < 12; ++i) {
    v1::NextQuestion* q = c.add_next_questions();
    q->set_question("Question " + std::to_string(i) + "?");
    q->set_safety(i == 0);
  }
  v1::AnswerEffect* effect = c.mutable_next_questions(0)->add_effects();
  effect->set_text("yes");
  effect->mutable_change()->set_urgency(v1::URGENCY_URGENT);
  effect->mutable_change()->add_advice_removed("walk_brisk");
  v1::ProbabilityChange* change = effect->mutable_change()->add_probabilities();
  change->set_conclusion("Possible joint pain");
  change->set_from(0.35);
  change->set_to(-1);
  const std::string html = ToHtml(c);
  EXPECT_THAT(Part(html, "class=\"questions\"", "</ol>"),
              AllOf(HasSubstr("Safety</span> <strong>Question 0?"), HasSubstr("If yes:</b> urgency becomes URGENT"),
                    HasSubstr("from 35 % to none"), HasSubstr("advice is no longer active: walk_brisk"),
                    HasSubstr("Question 9?"), Not(HasSubstr("Question 10?"))));
  EXPECT_THAT(html, AllOf(HasSubstr("And 2 more"), HasSubstr("Question 11?")));
}

TEST(ToHtml, ShowsTheBasisOfEachPlugin) {
  HtmlOptions options;
  options.titles["joint"] = "Is it the joint?";
  EXPECT_THAT(Part(ToHtml(Runner(), options), "class=\"plugin\"", "</article>"),
              AllOf(HasSubstr("Is it the joint?"), HasSubstr("thigh thrust hurts"), HasSubstr("no centralisation"),
                    HasSubstr(">unknown<"), HasSubstr("2.5 (1.2 to 5.1)"), HasSubstr("scope=\"col\""),
                    HasSubstr("scope=\"row\"")));
}

TEST(ToHtml, ShowsCandidatesAtTheEndAndWithoutTheirWords) {
  v1::Consultation c = Runner();
  v1::ShadowRun* run = c.add_shadow();
  run->set_plugin_id("joint");
  run->set_candidate_version("2.0.0");
  v1::Difference* difference = run->add_differences();
  difference->set_path("recommendations[walk].text");
  difference->set_candidate("Sprint uphill.");
  const std::string html = ToHtml(c);
  EXPECT_THAT(html, Not(HasSubstr("Sprint uphill.")));
  EXPECT_GT(html.find("id=\"shadow\""), html.find("id=\"sources\""));
}

TEST(Handout, GivesActiveAdviceWithTheSafetyNetFirst) {
  const std::string sheet = Handout(ToHtml(Runner()));
  EXPECT_THAT(sheet, AllOf(HasSubstr("Come back at once with fever."), HasSubstr("Walk briskly."),
                           HasSubstr("Leave out hills."), HasSubstr("Check the basis."), HasSubstr("Telephone")));
  EXPECT_LT(sheet.find("fever"), sheet.find("Leave out"));
  EXPECT_LT(sheet.find("Leave out"), sheet.find("Walk"));
}

TEST(Handout, LeavesOutDrugsHoldsNumbersAndSources) {
  EXPECT_THAT(Handout(ToHtml(Runner())),
              AllOf(Not(HasSubstr("tablets")), Not(HasSubstr("Halve")), Not(HasSubstr("Sau2021")),
                    Not(HasSubstr("35 %")), Not(HasSubstr("href"))));
}

TEST(Handout, LeavesOutAdviceThatIsAlsoOnHold) {
  v1::Consultation c = Runner();
  *c.add_recommendations() = c.withheld(0).recommendation();
  EXPECT_THAT(Handout(ToHtml(c)), Not(HasSubstr("Halve")));
}

TEST(Handout, NeverLeavesOutASafetyNetForWantOfWords) {
  v1::Consultation c = Runner();
  c.mutable_recommendations(1)->clear_patient_text();
  EXPECT_THAT(Handout(ToHtml(c)), HasSubstr("come back at once with fever."));
  v1::Recommendation go = MakeAdvice("go", "Send to hospital.", "emergency", "care.emergency");
  go.clear_patient_text();
  *c.add_recommendations() = go;
  c.set_urgency(v1::URGENCY_EMERGENCY);
  EXPECT_THAT(Handout(ToHtml(c)), HasSubstr("Send to hospital."));
}

TEST(Handout, LeavesOutWhatHasNoWordsForThePatient) {
  v1::Consultation c = Runner();
  *c.add_recommendations() = MakeAdvice("explain", "Explain two risks.", "education", "education.bone");
  c.mutable_recommendations(c.recommendations_size() - 1)->clear_patient_text();
  *c.add_recommendations() = MakeAdvice("course", "Most improve in weeks.", "education", "education.course");
  EXPECT_THAT(Handout(ToHtml(c)), AllOf(Not(HasSubstr("two risks")), HasSubstr("Most improve in weeks.")));
}

struct Hurry {
  const char* name;
  v1::Urgency urgency;
  bool self_care, safety_net, go;
};
class HandoutInAHurry : public testing::TestWithParam<Hurry> {};

TEST_P(HandoutInAHurry, SaysWhatFits) {
  v1::Consultation c = Runner();
  *c.add_recommendations() = MakeAdvice("go", "Go to hospital now.", "emergency", "care.emergency");
  *c.add_recommendations() = MakeAdvice("coach", "Involve a coach.", "referral", "referral.coach");
  c.mutable_recommendations(c.recommendations_size() - 1)->clear_patient_text();
  c.set_urgency(GetParam().urgency);
  const std::string sheet = Handout(ToHtml(c));
  EXPECT_EQ(sheet.find("Walk briskly.") != std::string::npos, GetParam().self_care);
  EXPECT_EQ(sheet.find("Come back at once") != std::string::npos, GetParam().safety_net);
  EXPECT_EQ(sheet.find("Go to hospital now.") != std::string::npos, GetParam().go);
  EXPECT_THAT(sheet, AllOf(HasSubstr("Leave out hills."), Not(HasSubstr("coach"))));
}

INSTANTIATE_TEST_SUITE_P(All, HandoutInAHurry,
                         testing::Values(Hurry{"Emergency", v1::URGENCY_EMERGENCY, false, false, true},
                                         Hurry{"Urgent", v1::URGENCY_URGENT, false, true, true},
                                         Hurry{"Routine", v1::URGENCY_ROUTINE, true, true, false},
                                         Hurry{"SelfCare", v1::URGENCY_SELF_CARE, true, true, false}),
                         [](const auto& row) { return row.param.name; });

TEST(Handout, CountsWhatDoesNotFitInsteadOfRunningOver) {
  v1::Consultation c = Runner();
  for (int i = 0; i < 60; ++i) {
    *c.add_recommendations() = MakeAdvice("more", "Exercise number " + std::to_string(i) + " " + std::string(60, 'x'),
                                          "exercise", "exercise.a");
  }
  const std::string sheet = Handout(ToHtml(c));
  EXPECT_THAT(sheet, AllOf(HasSubstr("Exercise number 3 "), Not(HasSubstr("Exercise number 59 ")),
                           HasSubstr("more advice than fits")));
  EXPECT_THAT(Handout(ToHtml(Runner())), Not(HasSubstr("more advice than fits")));
}

// Fills every text field of a message with text that must do no harm.
void MakeHostile(google::protobuf::Message* message, const std::string& text) {
  const auto& reflection = *message->GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(*message, &fields);
  for (const auto* field : fields) {
    const int size = field->is_repeated() ? reflection.FieldSize(*message, field) : 1;
    for (int i = 0; i < size; ++i) {
      if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
        MakeHostile(field->is_repeated() ? reflection.MutableRepeatedMessage(message, field, i)
                                         : reflection.MutableMessage(message, field),
                    text);
      } else if (field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
        if (field->is_repeated()) {
          reflection.SetRepeatedString(message, field, i, text);
        } else {
          reflection.SetString(message, field, text);
        }
      }
    }
  }
}

struct Hostile {
  const char* name;
  std::string text;
};
class HostileText : public testing::TestWithParam<Hostile> {};

TEST_P(HostileText, StaysText) {
  v1::Consultation c = Runner();
  MakeHostile(&c, GetParam().text);
  HtmlOptions options;
  options.titles[GetParam().text] = GetParam().text;
  const std::string html = ToHtml(c, options);
  ExpectWellFormed(html);
  EXPECT_THAT(html, AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<img")), Not(HasSubstr("\" onload")),
                          Not(HasSubstr("href=\"javascript")), Not(HasSubstr("\xe2\x80\xae")), Not(HasSubstr("\x1b"))));
  const std::string style = Part(html, "<style>", "</style>");
  EXPECT_THAT(style, HasSubstr("@page handout"));  // nothing has ended the style early
}

INSTANTIATE_TEST_SUITE_P(
    All, HostileText,
    testing::Values(Hostile{"Script", "<script>alert(1)</script>"}, Hostile{"EndOfStyle", "</style><img src=x>"},
                    Hostile{"Quotes", "\" onload=\"alert(1)' x='"}, Hostile{"Address", "javascript:alert(1)"},
                    Hostile{"Comment", "--><!--"}, Hostile{"Entity", "&lt;script&gt; &#60;"},
                    Hostile{"RightToLeft", "a\xe2\x80\xae txt.exe \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d"},
                    Hostile{"Terminal", "\x1b[2J\x07"}, Hostile{"CssEscape", "\"} body{display:none} \\"},
                    Hostile{"LongWord", std::string(3000, 'w')}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace condyle
