// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A draft writes, byte for byte, what the generated message writes.
#include "condyle/sdk/wire.h"

#include <gtest/gtest.h>

#include <string>

#include "condyle/v1/assessment.pb.h"

namespace condyle::internal {
namespace {

class DraftTest : public ::testing::Test {
 protected:
  void ExpectTheSame() { EXPECT_EQ(std::string(draft_->Write()), message_.SerializeAsString()); }

  DraftMemory memory_;
  Draft* draft_ = Draft::New(&memory_);
  v1::Assessment message_;
};

TEST_F(DraftTest, NothingIsNoBytes) { ExpectTheSame(); }

TEST_F(DraftTest, WritesFieldsByNumberWhateverTheirOrder) {
  draft_->AddText(v1::Assessment::kCaveatsFieldNumber, "one");
  draft_->SetText(v1::Assessment::kSummaryFieldNumber, "summary");
  draft_->AddText(v1::Assessment::kCaveatsFieldNumber, "two");
  draft_->SetNumber(v1::Assessment::kStatusFieldNumber, v1::STATUS_NEGATIVE);
  draft_->SetText(v1::Assessment::kPluginIdFieldNumber, "demo");
  draft_->AddText(v1::Assessment::kCaveatsFieldNumber, "three");
  message_.set_plugin_id("demo");
  message_.set_status(v1::STATUS_NEGATIVE);
  message_.set_summary("summary");
  for (const char* caveat : {"one", "two", "three"}) message_.add_caveats(caveat);
  ExpectTheSame();
}

TEST_F(DraftTest, TheLastValueStandsAndDefaultsAreNotWritten) {
  draft_->SetText(v1::Assessment::kSummaryFieldNumber, "first");
  draft_->SetText(v1::Assessment::kSummaryFieldNumber, "second");
  draft_->SetText(v1::Assessment::kPluginIdFieldNumber, "gone");
  draft_->SetText(v1::Assessment::kPluginIdFieldNumber, "");
  draft_->SetNumber(v1::Assessment::kStatusFieldNumber, 0);
  message_.set_summary("second");
  ExpectTheSame();
}

TEST_F(DraftTest, ARepeatedTextIsWrittenEvenIfItIsEmpty) {
  draft_->AddText(v1::Assessment::kCaveatsFieldNumber, "");
  message_.add_caveats("");
  ExpectTheSame();
}

TEST_F(DraftTest, AMessageIsWrittenEvenIfItIsEmpty) {
  Draft* conclusion = draft_->AddMessage(v1::Assessment::kConclusionsFieldNumber);
  EXPECT_EQ(conclusion->Message(v1::Conclusion::kConditionFieldNumber),
            conclusion->Message(v1::Conclusion::kConditionFieldNumber));
  draft_->AddMessage(v1::Assessment::kConclusionsFieldNumber);
  message_.add_conclusions()->mutable_condition();
  message_.add_conclusions();
  ExpectTheSame();
}

TEST_F(DraftTest, WritesLengthsOfEverySize) {
  for (const size_t size : {1u, 127u, 128u, 16383u, 16384u, 300000u}) {
    const std::string text(size, 'x');
    draft_->AddMessage(v1::Assessment::kEvidenceFieldNumber)->SetText(v1::Evidence::kStatementFieldNumber, text);
    message_.add_evidence()->set_statement(text);
    ExpectTheSame();
  }
}

TEST_F(DraftTest, WritesDoublesBitByBit) {
  for (const double value : {0.0, -0.0, 4.3, -1e300}) {
    Draft* score = draft_->AddMessage(v1::Assessment::kScoresFieldNumber);
    score->SetDouble(v1::Score::kLowFieldNumber, value);
    score->SetDouble(v1::Score::kMaximumFieldNumber, score->Double(v1::Score::kLowFieldNumber));
    v1::Score* expected = message_.add_scores();
    expected->set_low(value);
    expected->set_maximum(value);
  }
  ExpectTheSame();
}

TEST_F(DraftTest, KnowsWhichTextsAFieldHas) {
  draft_->AddText(v1::Assessment::kCaveatsFieldNumber, "one");
  draft_->AddText(v1::Assessment::kCaveatsFieldNumber, "two");
  EXPECT_TRUE(draft_->HasText(v1::Assessment::kCaveatsFieldNumber, "one"));
  EXPECT_FALSE(draft_->HasText(v1::Assessment::kCaveatsFieldNumber, "three"));
  EXPECT_FALSE(draft_->HasText(v1::Assessment::kSummaryFieldNumber, "one"));
}

TEST_F(DraftTest, KeepsACopyOfATextAndNothingOfAnEarlierAnswer) {
  std::string text = "secret of the patient before";
  draft_->SetText(v1::Assessment::kSummaryFieldNumber, text);
  text.assign(text.size(), '-');
  message_.set_summary("secret of the patient before");
  ExpectTheSame();
  memory_.Clear();
  draft_ = Draft::New(&memory_);
  message_.Clear();
  ExpectTheSame();
}

}  // namespace
}  // namespace condyle::internal
