// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The smallest sets of changes, and what each finding contributes.
#include "host/inquiry/what_if.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/inquiry/inquiry_test_support.h"

namespace condyle::inquiry {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class WhatIfTest : public testing::Test {
 protected:
  static constexpr int kSigns = 12;

  // Positive with `needed` of twelve signs.
  void AddCount(const std::string& id, int needed) {
    std::vector<std::string> keys;
    for (int i = 0; i < kSigns; ++i) {
      keys.push_back(id + ".sign_" + std::string(1, static_cast<char>('a' + i)));
      world_.AddInput(keys.back());
    }
    world_.AddPlugin(id, keys, [keys, needed](const Facts& facts) {
      int met = 0, unknown = 0;
      for (const std::string& key : keys) {
        met += facts.Is(key) ? 1 : 0;
        unknown += facts.Known(key) ? 0 : 1;
      }
      v1::Assessment answer = Answered(met >= needed            ? v1::STATUS_POSITIVE
                                       : met + unknown < needed ? v1::STATUS_NEGATIVE
                                                                : v1::STATUS_INSUFFICIENT_DATA,
                                       met >= needed ? v1::URGENCY_URGENT : v1::URGENCY_ROUTINE);
      if (met >= needed) Advise(keys[0].substr(0, keys[0].find('.')) + "_advice", "load", answer);
      for (const std::string& key : keys) {
        if (!facts.Known(key)) Ask(key, false, answer);
      }
      return answer;
    });
  }

  v1::WhatIf Find(int sets = 5, std::chrono::nanoseconds budget = std::chrono::hours(1)) {
    world_.Open(budget);
    return FindWhatIf(world_.hypotheses(), world_.catalog(), world_.words(), world_.consultation(), sets);
  }

  static const v1::Counterfactual* Of(const v1::WhatIf& found, v1::TargetKind kind, int value,
                                      const std::string& name) {
    for (const v1::Counterfactual& one : found.counterfactuals()) {
      const bool same = one.kind() == kind && (kind != v1::TARGET_KIND_URGENCY || one.urgency() == value) &&
                        (kind != v1::TARGET_KIND_STATUS || (one.status() == value && one.plugin_id() == name)) &&
                        (name.empty() || kind == v1::TARGET_KIND_STATUS || one.advice_id() == name);
      if (same) return &one;
    }
    return nullptr;
  }

  World world_;
};

TEST_F(WhatIfTest, OneChangeIsFoundAndEveryWayIsCounted) {
  AddCount("joint", 1);
  const v1::WhatIf found = Find(/*sets=*/3);
  const v1::Counterfactual* positive = Of(found, v1::TARGET_KIND_STATUS, v1::STATUS_POSITIVE, "joint");
  ASSERT_NE(positive, nullptr);
  EXPECT_TRUE(positive->smallest());
  EXPECT_EQ(positive->sets_found(), kSigns);
  ASSERT_THAT(positive->sets(), SizeIs(3));
  ASSERT_THAT(positive->sets(0).changes(), SizeIs(1));
  EXPECT_TRUE(positive->sets(0).changes(0).to().present());
  EXPECT_FALSE(positive->sets(0).changes(0).has_from()) << "it is not recorded now";
  EXPECT_EQ(positive->sets(0).changes(0).text(), "About joint.sign_a? yes, not recorded now");
  EXPECT_EQ(positive->sets(0).change().urgency(), v1::URGENCY_URGENT) << "all that it changes is said";
  EXPECT_NE(Of(found, v1::TARGET_KIND_URGENCY, v1::URGENCY_URGENT, ""), nullptr);
  EXPECT_NE(Of(found, v1::TARGET_KIND_ADVICE_ADDED, 0, "joint_advice"), nullptr);
}

TEST_F(WhatIfTest, PairsAreFoundWhereNoSingleChangeWillDo) {
  AddCount("joint", 2);
  const v1::WhatIf found = Find(/*sets=*/100);
  const v1::Counterfactual* positive = Of(found, v1::TARGET_KIND_STATUS, v1::STATUS_POSITIVE, "joint");
  ASSERT_NE(positive, nullptr);
  EXPECT_TRUE(positive->smallest());
  EXPECT_EQ(positive->sets_found(), kSigns * (kSigns - 1) / 2);
  for (const v1::ChangeSet& set : positive->sets()) EXPECT_THAT(set.changes(), SizeIs(2));
}

TEST_F(WhatIfTest, LargerSetsAreIrreducible) {
  AddCount("joint", 4);
  const v1::WhatIf found = Find();
  const v1::Counterfactual* positive = Of(found, v1::TARGET_KIND_STATUS, v1::STATUS_POSITIVE, "joint");
  ASSERT_NE(positive, nullptr);
  EXPECT_FALSE(positive->smallest());
  for (const v1::ChangeSet& set : positive->sets()) EXPECT_THAT(set.changes(), SizeIs(4));
  const v1::Counterfactual* negative = Of(found, v1::TARGET_KIND_STATUS, v1::STATUS_NEGATIVE, "joint");
  ASSERT_NE(negative, nullptr);
  for (const v1::ChangeSet& set : negative->sets()) EXPECT_THAT(set.changes(), SizeIs(kSigns - 3));
}

TEST_F(WhatIfTest, LoweringTheUrgencyNeedsEveryPluginThatRaisesIt) {
  AddCount("joint", 1);
  AddCount("bone", 1);
  world_.Say("joint.sign_a", true);
  world_.Say("bone.sign_a", true);
  world_.Say("bone.sign_b", true);
  const v1::WhatIf found = Find();
  EXPECT_EQ(found.urgency(), v1::URGENCY_URGENT);
  const v1::Counterfactual* routine = Of(found, v1::TARGET_KIND_URGENCY, v1::URGENCY_ROUTINE, "");
  ASSERT_NE(routine, nullptr);
  ASSERT_THAT(routine->sets(0).changes(), SizeIs(3));
  for (const v1::ChangedFinding& change : routine->sets(0).changes()) {
    EXPECT_TRUE(change.from().present());
    EXPECT_FALSE(change.to().present());
  }
}

TEST_F(WhatIfTest, EachFindingIsLeftOutOnce) {
  AddCount("joint", 1);
  world_.Say("joint.sign_c", true);
  world_.Say("joint.sign_d", false);
  const v1::WhatIf found = Find();
  ASSERT_THAT(found.contributions(), SizeIs(2));
  EXPECT_EQ(found.contributions(0).text(), "About joint.sign_c? yes");
  EXPECT_EQ(found.contributions(0).change().urgency(), v1::URGENCY_ROUTINE);
  EXPECT_THAT(found.contributions(0).change().advice_removed(), ElementsAre("joint_advice"));
  EXPECT_TRUE(IsEmpty(found.contributions(1).change()));
}

TEST_F(WhatIfTest, SexAndAgeAreLeftOutButNeverChanged) {
  world_.AddInput("a.sign");
  world_.patient().set_sex(v1::SEX_FEMALE);
  world_
      .AddPlugin("joint", {"a.sign"},
                 [](const Facts& facts) {
                   return Answered(facts.patient().sex() == v1::SEX_FEMALE ? v1::STATUS_POSITIVE : v1::STATUS_NEGATIVE,
                                   v1::URGENCY_ROUTINE);
                 })
      .set_uses_sex(true);
  const v1::WhatIf found = Find();
  EXPECT_THAT(found.counterfactuals(), testing::IsEmpty());
  ASSERT_THAT(found.contributions(), SizeIs(1));
  EXPECT_EQ(found.contributions(0).finding().key(), kSexKey);
  EXPECT_THAT(found.contributions(0).change().statuses(), SizeIs(1));
}

TEST_F(WhatIfTest, PatientsThatCannotBeAreNotProposed) {
  world_.AddInput("a.pain");
  world_.AddInput("a.site");
  v1::PluginManifest& joint = world_.AddPlugin("joint", {"a.pain", "a.site"}, [](const Facts& facts) {
    return Answered(facts.Is("a.site") ? v1::STATUS_POSITIVE : v1::STATUS_NEGATIVE, v1::URGENCY_ROUTINE);
  });
  v1::Contradiction* contradiction = joint.add_contradictions();
  contradiction->set_id("site_without_pain");
  contradiction->set_reason("No site without pain.");
  contradiction->add_all()->set_key("a.pain");
  contradiction->mutable_all(0)->set_present(false);
  contradiction->add_all()->set_key("a.site");
  contradiction->mutable_all(1)->set_present(true);
  world_.Say("a.pain", false);
  const v1::WhatIf found = Find();
  const v1::Counterfactual* positive = Of(found, v1::TARGET_KIND_STATUS, v1::STATUS_POSITIVE, "joint");
  ASSERT_NE(positive, nullptr);
  EXPECT_THAT(positive->sets(0).changes(), SizeIs(2)) << "with the site the pain has to be there";
}

TEST_F(WhatIfTest, SaysWhenTimeRanOut) {
  AddCount("joint", 1);
  const v1::WhatIf found = Find(5, std::chrono::nanoseconds(0));
  EXPECT_FALSE(found.inquiry().complete());
  EXPECT_THAT(found.counterfactuals(), testing::IsEmpty());
}

TEST_F(WhatIfTest, IsTheSameEachTime) {
  AddCount("joint", 4);
  AddCount("bone", 3);
  world_.Say("bone.sign_a", true);
  const std::string once = Find().SerializeAsString();
  const v1::WhatIf again = FindWhatIf(world_.hypotheses(), world_.catalog(), world_.words(), world_.consultation(), 5);
  v1::WhatIf first;
  first.ParseFromString(once);
  EXPECT_EQ(first.counterfactuals_size(), again.counterfactuals_size());
  for (int i = 0; i < first.counterfactuals_size(); ++i) {
    EXPECT_EQ(first.counterfactuals(i).SerializeAsString(), again.counterfactuals(i).SerializeAsString());
  }
}

}  // namespace
}  // namespace condyle::inquiry
