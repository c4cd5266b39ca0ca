// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Which question comes first, and why.
#include "host/inquiry/next_questions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/inquiry/inquiry_test_support.h"

namespace condyle::inquiry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// screen: undecided until core is answered, an emergency if core or rare is true.
// joint: positive with both signs; its probability goes by `detail`.
class NextQuestions : public testing::Test {
 protected:
  NextQuestions() {
    for (const char* key : {"joint.detail", "joint.sign", "joint.idle", "flag.core", "flag.rare"}) world_.AddInput(key);
    world_
        .AddPlugin(
            "screen", {"flag.core", "flag.rare"},
            [](const Facts& facts) {
              if (facts.Is("flag.core") || facts.Is("flag.rare")) {
                return Answered(v1::STATUS_POSITIVE, v1::URGENCY_EMERGENCY);
              }
              if (facts.Known("flag.core")) return Answered(v1::STATUS_NEGATIVE, v1::URGENCY_ROUTINE);
              v1::Assessment answer = Answered(v1::STATUS_INSUFFICIENT_DATA, v1::URGENCY_ROUTINE);
              Ask("flag.core", true, answer);
              return answer;
            },
            v1::PLUGIN_ROLE_SAFETY_SCREEN)
        .add_guards("load");
    world_.AddPlugin("joint", {"joint.detail", "joint.sign", "joint.idle"}, [](const Facts& facts) {
      v1::Assessment answer =
          Answered(facts.Is("joint.sign") ? v1::STATUS_POSITIVE : v1::STATUS_INSUFFICIENT_DATA, v1::URGENCY_ROUTINE);
      for (const char* key : {"joint.idle", "joint.detail", "joint.sign"}) {
        if (!facts.Known(key)) Ask(key, false, answer);
      }
      v1::Conclusion* conclusion = answer.add_conclusions();
      conclusion->set_text("The joint");
      conclusion->set_status(answer.status());
      conclusion->set_grade(v1::GRADE_COHORT);
      conclusion->add_citations("Source");
      v1::Probability* probability = conclusion->mutable_probability();
      probability->set_point(facts.Is("joint.detail") ? 0.4 : 0.2);
      probability->set_low(0.1);
      probability->set_high(0.5);
      probability->set_basis("A figure");
      probability->add_citations("Source");
      return answer;
    });
  }

  void Rank() { RankQuestions(world_.hypotheses(), world_.catalog(), world_.words(), world_.consultation()); }
  std::vector<std::string> Keys() {
    std::vector<std::string> keys;
    for (const v1::NextQuestion& question : world_.consultation().next_questions()) keys.push_back(question.key());
    return keys;
  }
  const v1::NextQuestion& Of(const std::string& key) {
    for (const v1::NextQuestion& question : world_.consultation().next_questions()) {
      if (question.key() == key) return question;
    }
    throw std::out_of_range(key);
  }

  World world_;
};

TEST_F(NextQuestions, StandInTheOrderOfWhatTheyCouldChange) {
  world_.Open();
  Rank();
  EXPECT_THAT(Keys(), ElementsAre("flag.core",     // keeps the screen open
                                  "flag.rare",     // nobody asks, and it could be an emergency
                                  "joint.sign",    // a status
                                  "joint.detail",  // a probability
                                  "joint.idle"));  // nothing by itself; the plugin asks all the same
  EXPECT_TRUE(Of("flag.core").safety());
  EXPECT_TRUE(Of("flag.rare").safety());
  EXPECT_FALSE(Of("joint.sign").safety());
  EXPECT_TRUE(world_.consultation().inquiry().complete());
  EXPECT_GT(world_.consultation().inquiry().plugin_calls(), 0);
  EXPECT_EQ(world_.consultation().inquiry().plugin_calls(), world_.dispatcher().calls);
}

TEST_F(NextQuestions, SayWhatEachAnswerWouldChange) {
  world_.Open();
  Rank();
  ASSERT_THAT(Of("flag.core").effects(), SizeIs(2));
  EXPECT_EQ(Of("flag.core").effects(0).text(), "yes");
  EXPECT_EQ(Of("flag.core").effects(0).change().urgency(), v1::URGENCY_EMERGENCY);
  EXPECT_EQ(Of("flag.core").effects(1).change().statuses(0).to(), v1::STATUS_NEGATIVE);
  ASSERT_THAT(Of("joint.sign").effects(), SizeIs(1)) << "no changes nothing";
  ASSERT_THAT(Of("joint.detail").effects(), SizeIs(1));
  ASSERT_THAT(Of("joint.detail").effects(0).change().probabilities(), SizeIs(1));
  EXPECT_DOUBLE_EQ(Of("joint.detail").effects(0).change().probabilities(0).to(), 0.4);
  EXPECT_THAT(Of("joint.idle").effects(), IsEmpty());
  EXPECT_THAT(Of("flag.rare").asked_by(), ElementsAre("screen"));
}

TEST_F(NextQuestions, LeaveOutWhatIsKnown) {
  world_.Say("flag.core", false);
  world_.Say("flag.rare", false);
  world_.Say("joint.sign", true);
  world_.Say("joint.idle", true);
  world_.Open();
  Rank();
  EXPECT_THAT(Keys(), ElementsAre("joint.detail"));
}

TEST_F(NextQuestions, KeepWhatThePluginsAskWhenThereIsNoTime) {
  world_.Open(std::chrono::nanoseconds(0));
  Rank();
  EXPECT_THAT(Keys(), ElementsAre("flag.core", "joint.detail", "joint.sign", "joint.idle"));
  EXPECT_FALSE(world_.consultation().inquiry().complete());
  EXPECT_EQ(world_.dispatcher().calls, 0);
}

}  // namespace
}  // namespace condyle::inquiry
