// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Parts are shared by their bytes, and an answer taken apart says what the whole says.
#include "host/reconcile/answer_parts.h"

#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <thread>

#include "host/reconcile/reconcile.h"

namespace condyle {
namespace {

constexpr char kId[] = "hip";

v1::Assessment Answer(const std::string& statement = "a reading") {
  v1::Assessment answer;
  answer.set_plugin_id(kId);
  answer.set_status(v1::STATUS_POSITIVE);
  answer.set_summary("Summary.");
  answer.add_caveats("A limit.");
  v1::Conclusion* conclusion = answer.add_conclusions();
  conclusion->set_text("A condition");
  conclusion->set_status(v1::STATUS_POSITIVE);
  conclusion->add_criteria()->set_text("a criterion");
  conclusion->mutable_criteria(0)->set_state(v1::CRITERION_STATE_MET);
  conclusion->mutable_condition()->set_code("M1");
  v1::Evidence* evidence = answer.add_evidence();
  evidence->set_key("exam.hop");
  evidence->set_statement(statement);
  v1::Recommendation* advice = answer.add_recommendations();
  advice->set_id("rest");
  advice->set_text("Rest.");
  advice->add_tags("load");
  advice->add_citations("K-1");
  v1::Constraint* constraint = answer.add_constraints();
  constraint->set_tag("load.running");
  constraint->set_effect(v1::EFFECT_HOLD);
  constraint->set_reason("bone");
  v1::MissingInput* missing = answer.add_missing_inputs();
  missing->set_key("lab.crp");
  missing->set_why("infection");
  v1::Risk* risk = answer.add_risks();
  risk->set_id("risk");
  risk->set_text("A risk");
  risk->set_lowest(v1::RISK_LEVEL_LOW);
  risk->set_highest(v1::RISK_LEVEL_LOW);
  risk->add_citations("K-1");
  v1::Score* score = answer.add_scores();
  score->set_id("score");
  score->set_text("A score");
  score->add_citations("K-1");
  v1::Stage* stage = answer.add_pathway();
  stage->set_phase("now");
  stage->set_title("Now");
  stage->set_position("here");
  stage->add_citations("K-1");
  return answer;
}

class AnswerPartsTest : public ::testing::Test {
 protected:
  PartedAnswer Read(const std::string& bytes, size_t plugin = 0, const std::string& id = kId) {
    return room_.Read(bytes, plugin, id, citations_, &arena_);
  }
  PartedAnswer Read(const v1::Assessment& answer) { return Read(answer.SerializeAsString()); }

  const CitationNumbers citations_ = {{"K-1", 7}};
  google::protobuf::Arena arena_;
  PartsRoom room_{1u << 20};
};

TEST_F(AnswerPartsTest, TheAssessmentSaysWhatTheWholeSaysButForAdviceAndConstraints) {
  v1::Assessment expected = Answer();
  for (int round = 0; round < 2; ++round) {
    const PartedAnswer read = Read(Answer());
    ASSERT_NE(read.assessment, nullptr);
    EXPECT_TRUE(read.sound);
    expected.clear_recommendations();
    expected.clear_constraints();
    EXPECT_EQ(read.assessment->SerializeAsString(), expected.SerializeAsString()) << "round " << round;
    ASSERT_EQ(read.recommendations.size(), 1u);
    ASSERT_EQ(read.constraints.size(), 1u);
    EXPECT_EQ(read.cited, std::vector<int>({7, 7, 7, 7}));  // advice, risk, score, stage
  }
}

TEST_F(AnswerPartsTest, SharesWhatIsWordedAlikeAndNothingElse) {
  const PartedAnswer one = Read(Answer("4 weeks")), same = Read(Answer("4 weeks")), other = Read(Answer("5 weeks"));
  EXPECT_EQ(&one.assessment->evidence(0), &same.assessment->evidence(0));
  EXPECT_NE(&one.assessment->evidence(0), &other.assessment->evidence(0));
  EXPECT_EQ(other.assessment->evidence(0).statement(), "5 weeks");
  EXPECT_EQ(&one.assessment->conclusions(0), &other.assessment->conclusions(0));
}

TEST_F(AnswerPartsTest, ASummaryHasAllButTheCriteria) {
  v1::Conclusion expected = Answer().conclusions(0);
  expected.clear_criteria();
  EXPECT_EQ(Read(Answer()).conclusions[0]->summary->SerializeAsString(), expected.SerializeAsString());
}

TEST_F(AnswerPartsTest, AdviceNamesThePluginThatGaveItWhateverTheAnswerSays) {
  v1::Assessment answer = Answer();
  answer.mutable_recommendations(0)->add_plugin_ids("somebody_else");
  for (const auto& [plugin, id] : {std::pair<size_t, std::string>{0, "hip"}, {1, "knee"}, {0, "hip"}}) {
    const PartedAnswer read = Read(answer.SerializeAsString(), plugin, id);
    const auto& advice = static_cast<const v1::Recommendation&>(*read.recommendations[0]->message);
    ASSERT_EQ(advice.plugin_ids_size(), 1);
    EXPECT_EQ(advice.plugin_ids(0), id);
  }
}

TEST_F(AnswerPartsTest, RemembersThatAPartBreaksARule) {
  v1::Assessment answer = Answer();
  answer.mutable_recommendations(0)->clear_tags();
  EXPECT_FALSE(Read(answer).sound);
  EXPECT_FALSE(Read(answer).sound);
  EXPECT_TRUE(Read(Answer()).sound);
}

TEST_F(AnswerPartsTest, ReadsEveryCutAndEveryChangedByteAsTheParserDoes) {
  const google::protobuf::LogSilencer quiet;  // it tells of every text that is not UTF-8
  const std::string whole = Answer().SerializeAsString();
  const auto expect_alike = [&](const std::string& bytes, const std::string& name) {
    v1::Assessment parsed;
    const bool is_one = parsed.ParseFromString(bytes);
    const PartedAnswer read = Read(bytes);
    ASSERT_EQ(read.assessment != nullptr, is_one) << name;
    if (!is_one) return;
    parsed.clear_recommendations();
    parsed.clear_constraints();
    EXPECT_EQ(read.assessment->SerializeAsString(), parsed.SerializeAsString()) << name;
  };
  for (size_t at = 0; at < whole.size(); ++at) {
    expect_alike(whole.substr(0, at), "cut to " + std::to_string(at));
    for (const int change : {0x01, 0x08, 0x80, 0xff}) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ change);
      expect_alike(changed, "byte " + std::to_string(at) + " ^ " + std::to_string(change));
    }
  }
}

TEST_F(AnswerPartsTest, PhrasesAQuestionOnce) {
  const PartedAnswer read = Read(Answer());
  int phrased = 0;
  const auto phrase = [&](const PartsRoom::Askers& askers, v1::NextQuestion* question) {
    question->set_key(askers[0]->key());
    return ++phrased;
  };
  const std::vector<PartsRoom::Askers> askers = {{read.missing_inputs[0]}};
  const PhrasedQuestion first = room_.Questions(askers, phrase)[0], second = room_.Questions(askers, phrase)[0];
  EXPECT_EQ(first.message, second.message);
  EXPECT_EQ(second.order, 1);
  EXPECT_EQ(phrased, 1);
}

TEST_F(AnswerPartsTest, ThreadsReadWhatOneAloneReads) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        google::protobuf::Arena arena;
        v1::Assessment answer = Answer("reading " + std::to_string(i % (20 + t)));
        const PartedAnswer read = room_.Read(answer.SerializeAsString(), 0, kId, citations_, &arena);
        answer.clear_recommendations();
        answer.clear_constraints();
        if (read.assessment == nullptr || read.assessment->SerializeAsString() != answer.SerializeAsString()) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(PartsRooms, AFullRoomIsFollowedByAnotherAndStaysForWhoUsesIt) {
  const CitationNumbers citations = {{"K-1", 7}};
  PartsRooms rooms(4096);
  const std::shared_ptr<PartsRoom> first = rooms.Current();
  EXPECT_EQ(rooms.Current(), first);
  google::protobuf::Arena arena;
  PartedAnswer read;
  for (int i = 0; !first->full(); ++i) {
    ASSERT_LT(i, 1000);
    read = first->Read(Answer("reading " + std::to_string(i)).SerializeAsString(), 0, kId, citations, &arena);
  }
  EXPECT_NE(rooms.Current(), first);
  EXPECT_EQ(read.assessment->conclusions(0).text(), "A condition");
}

TEST(ReconcileShared, OutlivesTheReconcilerAndEqualsACopy) {
  PluginCatalog catalog;
  PluginFile& file = catalog.plugins.emplace_back();
  file.manifest.set_id(kId);
  file.manifest.add_citations()->set_key("K-1");
  CheckedCase checked;
  checked.value.set_as_of("2026-05-01T09:00:00Z");
  std::vector<Reply> replies(1);
  replies[0].response = Answer().SerializeAsString();
  auto reconciler = std::make_unique<Reconciler>(catalog, "1", "test");
  const v1::Consultation copy = reconciler->Reconcile(checked, replies);
  const auto first = reconciler->ReconcileShared(checked, replies),
             second = reconciler->ReconcileShared(checked, replies);
  reconciler.reset();
  EXPECT_EQ(first->SerializeAsString(), copy.SerializeAsString());
  EXPECT_EQ(second->SerializeAsString(), copy.SerializeAsString());
  ASSERT_EQ(copy.withheld_size(), 0);
  ASSERT_EQ(copy.recommendations_size(), 1);
  EXPECT_EQ(&first->citations(0), &second->citations(0));
}

}  // namespace
}  // namespace condyle
