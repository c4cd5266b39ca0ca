// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// An outline says what the whole message says.
#include "host/inquiry/outline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace condyle::inquiry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

v1::Assessment Full() {
  v1::Assessment answer;
  answer.set_plugin_id("joint");
  answer.set_status(v1::STATUS_POSITIVE);
  answer.set_urgency(v1::URGENCY_URGENT);
  answer.set_summary("A summary that is skipped.");
  for (const char* id : {"walk", "swim", "walk"}) {
    v1::Recommendation* advice = answer.add_recommendations();
    advice->set_id(id);
    advice->set_text("Text");
    advice->add_tags("load.walking.far");
  }
  answer.add_constraints()->set_tag("load.running");
  v1::Conclusion* conclusion = answer.add_conclusions();
  conclusion->set_text("The joint");
  conclusion->set_side(v1::SIDE_LEFT);
  conclusion->mutable_probability()->set_point(0.35);
  conclusion->mutable_probability()->set_basis("why");
  answer.add_conclusions()->set_text("No figure for this one");
  return answer;
}

TEST(Outline, HoldsWhatDecides) {
  Vocabulary vocabulary;
  const Outline outline = ReadOutline(Full().SerializeAsString(), vocabulary);
  ASSERT_TRUE(outline.usable);
  EXPECT_EQ(outline.status, v1::STATUS_POSITIVE);
  EXPECT_EQ(outline.urgency, v1::URGENCY_URGENT);
  ASSERT_THAT(outline.advice, SizeIs(2)) << "equal advice counts once";
  EXPECT_EQ(vocabulary.advice(outline.advice[0]).id, "walk");
  EXPECT_EQ(vocabulary.advice(outline.advice[1]).id, "swim");
  EXPECT_THAT(outline.held, ElementsAre(vocabulary.Tag("load.running")));
  ASSERT_THAT(outline.likelihoods, SizeIs(1));
  EXPECT_EQ(outline.likelihoods[0].conclusion, "The joint");
  EXPECT_EQ(outline.likelihoods[0].side, v1::SIDE_LEFT);
  EXPECT_DOUBLE_EQ(outline.likelihoods[0].point, 0.35);
}

TEST(Outline, AdviceIsHeldByItsTagAndThoseAbove) {
  Vocabulary vocabulary;
  const uint32_t advice = vocabulary.AdviceOf("walk", {"load.walking.far"});
  EXPECT_THAT(vocabulary.advice(advice).held_by,
              ElementsAre(vocabulary.Tag("load"), vocabulary.Tag("load.walking"), vocabulary.Tag("load.walking.far")));
  EXPECT_EQ(vocabulary.AdviceOf("walk", {"load.walking.far"}), advice);
  EXPECT_NE(vocabulary.AdviceOf("walk", {"load"}), advice) << "other tags are held by others";
}

TEST(Outline, WhatIsNoAnswerIsNotUsable) {
  Vocabulary vocabulary;
  EXPECT_FALSE(ReadOutline("", vocabulary).usable) << "no status";
  EXPECT_FALSE(ReadOutline("\xff\xff\xff", vocabulary).usable);
  const std::string whole = Full().SerializeAsString();
  for (size_t size = 1; size < whole.size(); ++size) {
    const Outline cut = ReadOutline(std::string_view(whole).substr(0, size), vocabulary);
    v1::Assessment parsed;
    EXPECT_LE(cut.usable, parsed.ParseFromString(whole.substr(0, size))) << "cut after " << size << " bytes";
  }
  v1::Assessment odd = Full();
  odd.set_status(static_cast<v1::Status>(77));
  EXPECT_FALSE(ReadOutline(odd.SerializeAsString(), vocabulary).usable);
  EXPECT_THAT(ReadOutline(odd.SerializeAsString(), vocabulary).advice, IsEmpty());
}

}  // namespace
}  // namespace condyle::inquiry
