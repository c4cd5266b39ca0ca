// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Asking again: who is asked, with what, and what is made of it.
#include "host/inquiry/hypotheses.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "host/inquiry/inquiry_test_support.h"

namespace condyle::inquiry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A screen that holds load while fever is open, and a condition that advises load if it hurts on the left.
class HypothesesTest : public testing::Test {
 protected:
  HypothesesTest() {
    world_.AddInput("flag.fever");
    world_.AddInput("pain.here").set_sided(true);
    v1::Input& temperature = world_.AddInput("exam.temperature", v1::INPUT_TYPE_QUANTITY);
    temperature.set_unit("Cel");
    temperature.set_min(30);
    temperature.set_max(43);
    temperature.add_cutoffs(38);
    v1::PluginManifest& screen = world_.AddPlugin(
        "screen", {"flag.fever", "exam.temperature"},
        [](const Facts& facts) {
          if (facts.Is("flag.fever") || facts.Value("exam.temperature").value_or(0) >= 38) {
            v1::Assessment answer = Answered(v1::STATUS_POSITIVE, v1::URGENCY_EMERGENCY);
            v1::Constraint* hold = answer.add_constraints();
            hold->set_tag("load");
            hold->set_effect(v1::EFFECT_HOLD);
            hold->set_reason("Fever");
            hold->add_citations("Source");
            return answer;
          }
          if (facts.Known("flag.fever")) return Answered(v1::STATUS_NEGATIVE, v1::URGENCY_ROUTINE);
          v1::Assessment answer = Answered(v1::STATUS_INSUFFICIENT_DATA, v1::URGENCY_ROUTINE);
          Ask("flag.fever", true, answer);
          return answer;
        },
        v1::PLUGIN_ROLE_SAFETY_SCREEN);
    screen.add_guards("load");
    v1::PluginManifest& condition = world_.AddPlugin("joint", {"pain.here"}, [](const Facts& facts) {
      if (!facts.Is("pain.here", v1::SIDE_LEFT)) return Answered(v1::STATUS_NEGATIVE, v1::URGENCY_ROUTINE);
      v1::Assessment answer = Answered(v1::STATUS_POSITIVE, v1::URGENCY_ROUTINE);
      Advise("run_less", "load.running", answer);
      return answer;
    });
    condition.set_uses_sex(true);
    v1::Contradiction* contradiction = condition.add_contradictions();
    contradiction->set_id("both");
    contradiction->set_reason("Not both.");
    contradiction->add_all()->set_key("flag.fever");
    contradiction->mutable_all(0)->set_present(true);
    contradiction->add_all()->set_key("patient.sex");
    contradiction->mutable_all(1)->set_code("SEX_MALE");
  }

  World world_;
};

TEST_F(HypothesesTest, AsksOnlyWhoReadsWhatIsDifferentAndOnlyOnce) {
  world_.Say("pain.here", true, v1::SIDE_LEFT);
  world_.Open();
  const Changes denied = {world_.To("flag.fever", 1)};
  EXPECT_EQ(world_.hypotheses().Try(denied).statuses[0], v1::STATUS_NEGATIVE);
  EXPECT_EQ(world_.dispatcher().calls, 1);
  world_.hypotheses().Try(denied);
  EXPECT_EQ(world_.dispatcher().calls, 1) << "the answer is known";
  world_.hypotheses().Try({world_.To("flag.fever", 1), world_.To("pain.here", 0, v1::SIDE_RIGHT)});
  EXPECT_EQ(world_.dispatcher().calls, 2) << "only the plugin for which that is new";
}

TEST_F(HypothesesTest, AsksWithTheCaseAsItWouldBe) {
  world_.Say("pain.here", true, v1::SIDE_LEFT);
  world_.Say("pain.here", false, v1::SIDE_RIGHT);
  world_.patient().set_sex(v1::SEX_FEMALE);
  world_.Open();
  world_.dispatcher().requests.clear();
  world_.hypotheses().Try({world_.To(kSexKey, Change::kRemoved),
                           world_.To("pain.here", Change::kRemoved, v1::SIDE_LEFT),
                           world_.To("pain.here", 0, v1::SIDE_RIGHT)});
  ASSERT_EQ(world_.dispatcher().requests.size(), 1u);
  const v1::AssessmentRequest& request = world_.dispatcher().requests[0];
  EXPECT_EQ(request.patient().sex(), v1::SEX_UNSPECIFIED);
  ASSERT_EQ(request.findings_size(), 1);
  EXPECT_EQ(request.findings(0).side(), v1::SIDE_RIGHT);
  EXPECT_TRUE(request.findings(0).present());
}

TEST_F(HypothesesTest, FollowsTheRulesOfReconciliation) {
  world_.Say("pain.here", true, v1::SIDE_LEFT);
  world_.Open();
  Hypotheses& hypotheses = world_.hypotheses();
  EXPECT_THAT(hypotheses.actual().advice, IsEmpty()) << "held while the screen is open";
  v1::OutcomeChange denied = hypotheses.Compare(hypotheses.Try({world_.To("flag.fever", 1)}));
  EXPECT_THAT(denied.advice_added(), ElementsAre("run_less"));
  EXPECT_EQ(denied.urgency(), v1::URGENCY_UNSPECIFIED);
  v1::OutcomeChange feverish = hypotheses.Compare(hypotheses.Try({world_.To("flag.fever", 0)}));
  EXPECT_THAT(feverish.advice_added(), IsEmpty());
  EXPECT_EQ(feverish.urgency(), v1::URGENCY_EMERGENCY);
  ASSERT_EQ(feverish.statuses_size(), 1);
  EXPECT_EQ(feverish.statuses(0).plugin_id(), "screen");
}

TEST_F(HypothesesTest, KnowsWhichPatientsCannotBe) {
  world_.patient().set_sex(v1::SEX_MALE);
  world_.Open();
  EXPECT_FALSE(world_.hypotheses().Possible({world_.To("flag.fever", 0)}));
  EXPECT_TRUE(world_.hypotheses().Possible({world_.To("flag.fever", 1)}));
  EXPECT_TRUE(world_.hypotheses().Possible({world_.To("pain.here", 0, v1::SIDE_LEFT)}));
}

TEST_F(HypothesesTest, APluginThatFailsCountsAsOpen) {
  World world;
  world.AddInput("flag.odd");
  world
      .AddPlugin(
          "screen", {"flag.odd"},
          [](const Facts& facts) {
            return facts.Is("flag.odd") ? v1::Assessment() : Answered(v1::STATUS_NEGATIVE, v1::URGENCY_SELF_CARE);
          },
          v1::PLUGIN_ROLE_SAFETY_SCREEN)
      .add_guards("load");
  world.AddPlugin("advice", {}, [](const Facts&) {
    v1::Assessment answer = Answered(v1::STATUS_NEGATIVE, v1::URGENCY_SELF_CARE);
    Advise("run", "load.running", answer);
    return answer;
  });
  world.Open();
  EXPECT_EQ(world.hypotheses().actual().urgency, v1::URGENCY_SELF_CARE);
  const v1::OutcomeChange change = world.hypotheses().Compare(world.hypotheses().Try({world.To("flag.odd", 0)}));
  EXPECT_EQ(change.urgency(), v1::URGENCY_ROUTINE);
  EXPECT_THAT(change.advice_removed(), ElementsAre("run"));
}

// A plugin that cannot answer once flag.odd is given, whatever the answer.
class FailingHypothesis : public testing::TestWithParam<v1::FailureKind> {
 protected:
  FailingHypothesis() {
    v1::Input& odd = world_.AddInput("flag.odd", v1::INPUT_TYPE_CODED);
    for (const char* code : {"a", "b", "c", "d", "e"}) odd.add_answers()->set_code(code);
    world_.AddPlugin("odd", {"flag.odd"}, [](const Facts& facts) {
      return facts.Known("flag.odd") ? v1::Assessment() : Answered(v1::STATUS_NEGATIVE, v1::URGENCY_SELF_CARE);
    });
    world_.Open();
    world_.dispatcher().failure_kind = GetParam();
  }

  bool Claims(int answer) {
    return !IsEmptyChange(world_.hypotheses().Compare(world_.hypotheses().Try({world_.To("flag.odd", answer)})));
  }
  static bool IsEmptyChange(const v1::OutcomeChange& change) { return inquiry::IsEmpty(change); }

  World world_;
};

class FailureThatAConsultationWouldHave : public FailingHypothesis {};
TEST_P(FailureThatAConsultationWouldHave, IsToldAsItsOutcome) {
  EXPECT_TRUE(Claims(0));
  EXPECT_TRUE(world_.hypotheses().Report(true).complete());
}
INSTANTIATE_TEST_SUITE_P(ByKind, FailureThatAConsultationWouldHave,
                         testing::Values(v1::FAILURE_KIND_REPORTED, v1::FAILURE_KIND_CRASHED,
                                         v1::FAILURE_KIND_BAD_ANSWER),
                         [](const auto& one) { return v1::FailureKind_Name(one.param); });

class FailureOfTheInquiry : public FailingHypothesis {};
TEST_P(FailureOfTheInquiry, ClaimsNothingAndMakesItIncomplete) {
  EXPECT_TRUE(world_.hypotheses().Report(true).complete());
  EXPECT_FALSE(Claims(0));
  EXPECT_FALSE(world_.hypotheses().Report(true).complete());
}
INSTANTIATE_TEST_SUITE_P(ByKind, FailureOfTheInquiry,
                         testing::Values(v1::FAILURE_KIND_DEADLINE, v1::FAILURE_KIND_SUSPENDED,
                                         v1::FAILURE_KIND_CANCELLED),
                         [](const auto& one) { return v1::FailureKind_Name(one.param); });

class FailureThatCostsAWorker : public FailingHypothesis {};
TEST_P(FailureThatCostsAWorker, IsTheLastAfterTheThird) {
  for (int answer = 0; answer < 5; ++answer) {
    Claims(answer);
    EXPECT_EQ(world_.dispatcher().calls, std::min(answer + 1, 3));
  }
  EXPECT_FALSE(world_.hypotheses().Report(true).complete());
}
INSTANTIATE_TEST_SUITE_P(ByKind, FailureThatCostsAWorker,
                         testing::Values(v1::FAILURE_KIND_CRASHED, v1::FAILURE_KIND_DEADLINE, v1::FAILURE_KIND_LOAD),
                         [](const auto& one) { return v1::FailureKind_Name(one.param); });

class FailureThatCostsNothing : public FailingHypothesis {};
TEST_P(FailureThatCostsNothing, DoesNotEndTheAsking) {
  for (int answer = 0; answer < 5; ++answer) Claims(answer);
  EXPECT_EQ(world_.dispatcher().calls, 5);
}
INSTANTIATE_TEST_SUITE_P(ByKind, FailureThatCostsNothing, testing::Values(v1::FAILURE_KIND_REPORTED),
                         [](const auto& one) { return v1::FailureKind_Name(one.param); });

TEST_F(HypothesesTest, GivenAnswersAreNoAlternatives) {
  world_.Add("exam.temperature").mutable_quantity()->set_value(36.5);
  world_.Open();
  const Slot& slot =
      world_.hypotheses()
          .slots()[static_cast<size_t>(world_.hypotheses().SlotOf("exam.temperature", v1::SIDE_UNSPECIFIED))];
  ASSERT_TRUE(slot.given);
  std::vector<double> others;
  for (const PossibleAnswer& answer : slot.answers) others.push_back(answer.finding.quantity().value());
  EXPECT_THAT(others, ElementsAre(38, 41)) << "below 38 is the answer given";
}

}  // namespace
}  // namespace condyle::inquiry
