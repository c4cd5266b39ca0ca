// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Each expectation, held and not held.
#include "host/cli/case_expectations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace condyle::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kTable[] =
    "id\tscope\tregex\treason\n"
    "never\talways\t\\bforbidden (?:word|phrase)s?\\b\twhy\n"
    "\n"
    "sometimes\twhen_listed\tkeep running\twhy\r\n"
    "anchored\talways\t^no begin\twhy\n"
    "dotted\talways\tone.two\twhy\n";

NeverSayTable Table() {
  auto table = ParseNeverSay(kTable);
  EXPECT_TRUE(table.ok()) << table.status();
  return *table;
}

Outcome Answered() {
  Outcome outcome;
  v1::Consultation& c = outcome.consultation.emplace();
  c.set_urgency(v1::URGENCY_ROUTINE);
  v1::Assessment* a = c.add_assessments();
  a->set_plugin_id("joint");
  a->set_status(v1::STATUS_NEGATIVE);
  v1::Recommendation* r = c.add_recommendations();
  r->set_id("walk");
  r->set_text("Walk.");
  r->add_tags("load.walking");
  v1::Withheld* w = c.add_withheld();
  w->mutable_recommendation()->set_id("run");
  w->set_by("screen");
  w->set_reason("bone");
  return outcome;
}

Outcome Refused() {
  Outcome outcome;
  outcome.refusal = InputRefusal{"/findings/0/key", "exam.temperature: out of range"};
  return outcome;
}

CaseResult Compare(const std::string& expectation, const Outcome& outcome) {
  auto expected = ParseExpectation(expectation);
  EXPECT_TRUE(expected.ok()) << expected.status();
  return CompareCase(*expected, outcome, Table());
}

struct Row {
  const char* name;
  const char* expectation;
  const char* fault;  // null: holds
};
class Expectation : public testing::TestWithParam<Row> {};

TEST_P(Expectation, IsHeldOrFaulted) {
  CaseResult result = Compare(GetParam().expectation, Answered());
  if (GetParam().fault == nullptr) {
    EXPECT_THAT(result.faults, IsEmpty());
    EXPECT_EQ(result.held, result.total);
  } else {
    ASSERT_EQ(result.faults.size(), 1u);
    EXPECT_THAT(result.faults[0], HasSubstr(GetParam().fault));
    EXPECT_EQ(result.held, result.total - 1);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Expectation,
    testing::Values(Row{"Nothing", R"({"id":"x","title":"t","basis":"b"})", nullptr},
                    Row{"Urgency", R"({"urgency":"URGENCY_ROUTINE"})", nullptr},
                    Row{"OtherUrgency", R"({"urgency":"URGENCY_URGENT"})", "URGENCY_ROUTINE, expected URGENCY_URGENT"},
                    Row{"Status", R"({"statuses":{"joint":["STATUS_POSITIVE","STATUS_NEGATIVE"]}})", nullptr},
                    Row{"OtherStatus", R"({"statuses":{"joint":["STATUS_POSITIVE"]}})",
                        "joint STATUS_NEGATIVE, expected"},
                    Row{"NoAssessment", R"({"statuses":{"bone":["STATUS_POSITIVE"]}})", "bone no assessment"},
                    Row{"Recommended", R"({"mustRecommend":["walk"]})", nullptr},
                    Row{"WithheldIsNotRecommended", R"({"mustRecommend":["run"]})", "lacks run (withheld by screen)"},
                    Row{"Unknown", R"({"mustRecommend":["swim"]})", "lacks swim"},
                    Row{"NotRecommended", R"({"mustNotRecommend":["run","swim"]})", nullptr},
                    Row{"RecommendedAllTheSame", R"({"mustNotRecommend":["walk"]})", "recommends walk"},
                    Row{"Withheld", R"({"mustWithhold":["run"]})", nullptr},
                    Row{"NotWithheld", R"({"mustWithhold":["walk"]})", "walk is not among the withheld"},
                    Row{"Held", R"({"mustHoldTags":["load.running","loa","exercise"]})", nullptr},
                    Row{"NotHeld", R"({"mustHoldTags":["load"]})", "load is not held: walk"},
                    Row{"NotSaid", R"({"mustNotSay":["sometimes","never"]})", nullptr},
                    Row{"ExpectedToBeRefused", R"({"refused":true})", "was answered"}),
    [](const auto& row) { return row.param.name; });

TEST(CompareCase, CountsEveryCheck) {
  // Three for any answer, and one each.
  EXPECT_EQ(Compare("{}", Answered()).total, 3);
  const char* all = R"({"urgency":"URGENCY_ROUTINE","statuses":{"joint":["STATUS_NEGATIVE"]},"mustRecommend":["walk"],
                        "mustNotRecommend":["a","b"],"mustWithhold":["run"],"mustHoldTags":["x"],
                        "mustNotSay":["never"]})";
  EXPECT_EQ(Compare(all, Answered()).total, 11);
  EXPECT_EQ(Compare(all, Refused()).total, 11);
  EXPECT_EQ(Compare(all, Refused()).held, 0);
}

TEST(CompareCase, RefusalHasToMentionEachWordInAnyCase) {
  EXPECT_THAT(Compare(R"({"refused":true,"mentions":"EXAM.temperature"})", Refused()).faults, IsEmpty());
  EXPECT_THAT(Compare(R"({"refused":true,"mentions":["temperature","findings/0"]})", Refused()).faults, IsEmpty());
  EXPECT_THAT(Compare(R"({"refused":true,"mentions":["temperature","pulse"]})", Refused()).faults,
              ElementsAre(HasSubstr("\"pulse\"")));
}

TEST(CompareCase, PluginFailureIsAFault) {
  Outcome outcome = Answered();
  outcome.consultation.Mutable().add_plugin_failures()->set_plugin_id("bone");
  EXPECT_EQ(Compare("{}", outcome).faults.size(), 2u);  // its exit code, and itself
}

TEST(CompareCase, WithheldNeedsAReason) {
  Outcome outcome = Answered();
  outcome.consultation.Mutable().mutable_withheld(0)->clear_reason();
  EXPECT_THAT(Compare(R"({"mustWithhold":["run"]})", outcome).faults, ElementsAre(HasSubstr("without by or reason")));
}

TEST(CompareCase, ReadsEveryTextButTitlesOfCitations) {
  auto faults = [](const std::function<void(v1::Consultation&)>& change) {
    Outcome outcome = Answered();
    change(outcome.consultation.Mutable());
    return Compare("{}", outcome).faults;
  };
  EXPECT_THAT(faults([](auto& c) { c.mutable_recommendations(0)->set_text("a FORBIDDEN phrase here"); }),
              ElementsAre(HasSubstr("says never: \"FORBIDDEN phrase\" at recommendations.0.text")));
  EXPECT_THAT(faults([](auto& c) { c.mutable_recommendations(0)->add_reasons("forbidden word"); }),
              ElementsAre(HasSubstr("recommendations.0.reasons.0")));
  EXPECT_THAT(faults([](auto& c) { c.add_citations()->set_title("forbidden word"); }), IsEmpty());
  EXPECT_THAT(faults([](auto& c) { c.mutable_recommendations(0)->add_citations("forbidden word"); }), IsEmpty());
  EXPECT_THAT(faults([](auto& c) { c.add_citations()->set_locator("forbidden word"); }),
              ElementsAre(HasSubstr("citations.0.locator")));
}

TEST(CompareCase, ReadsPatternsAsPythonDoes) {
  auto faults = [](const std::string& text) {
    Outcome outcome = Answered();
    outcome.consultation.Mutable().mutable_recommendations(0)->set_text(text);
    return Compare("{}", outcome).faults;
  };
  EXPECT_THAT(faults("no begin"), testing::SizeIs(1));
  EXPECT_THAT(faults("first line\nno begin"), IsEmpty());
  EXPECT_THAT(faults("one-two"), testing::SizeIs(1));
  EXPECT_THAT(faults("one\ntwo"), IsEmpty());
}

TEST(CompareCase, WhenListedCountsOnlyWhereItIsListed) {
  Outcome outcome = Answered();
  outcome.consultation.Mutable().mutable_recommendations(0)->set_text("Keep running.");
  EXPECT_THAT(Compare("{}", outcome).faults, IsEmpty());
  EXPECT_THAT(Compare(R"({"mustNotSay":["sometimes"]})", outcome).faults, ElementsAre(HasSubstr("says sometimes")));
}

TEST(ParseExpectation, NamesWhatItDoesNotKnow) {
  for (auto [json, words] : {std::pair{R"({"mustSay":[]})", "unknown: mustSay"}, std::pair{"[]", "no JSON object"},
                             std::pair{R"({"mustRecommend":"walk"})", "mustRecommend"},
                             std::pair{R"({"statuses":{"joint":"STATUS_NEGATIVE"}})", "statuses.joint"},
                             std::pair{R"({"refused":"yes"})", "refused"}, std::pair{R"({"urgency":1})", "urgency"}}) {
    auto parsed = ParseExpectation(json);
    ASSERT_FALSE(parsed.ok()) << json;
    EXPECT_THAT(std::string(parsed.status().message()), HasSubstr(words));
  }
}

TEST(ParseNeverSay, NamesTheLineThatIsWrong) {
  for (auto [text, words] : {std::pair{"", "empty"}, std::pair{"id\tregex\n", "scope"},
                             std::pair{"id\tscope\tregex\na\tnow\tx\n", "line 2, a"},
                             std::pair{"id\tscope\tregex\na\talways\t(x\n", "bad pattern"},
                             std::pair{"id\tscope\tregex\na\talways\tx\na\talways\tx\n", "twice"}}) {
    auto parsed = ParseNeverSay(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_THAT(std::string(parsed.status().message()), HasSubstr(words));
  }
}

}  // namespace
}  // namespace condyle::cli
