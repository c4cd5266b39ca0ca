// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Stages, risks and scores.
#include "condyle/sdk/pathway.h"

#include <string>

namespace condyle {
namespace {

void Fill(std::string_view text, Truth state, v1::Grade grade, const Citations& citations, internal::Draft* criterion) {
  criterion->SetText(v1::Criterion::kTextFieldNumber, text);
  criterion->SetNumber(v1::Criterion::kStateFieldNumber, ToCriterionState(state));
  criterion->SetNumber(v1::Criterion::kGradeFieldNumber, grade);
  for (std::string_view key : citations) criterion->AddText(v1::Criterion::kCitationsFieldNumber, key);
}

}  // namespace

v1::CriterionState ToCriterionState(Truth truth) {
  return IsTrue(truth)    ? v1::CRITERION_STATE_MET
         : IsFalse(truth) ? v1::CRITERION_STATE_NOT_MET
                          : v1::CRITERION_STATE_UNKNOWN;
}

StageBuilder& StageBuilder::LeaveWhen(std::string_view text, Truth state, v1::Grade grade, const Citations& citations) {
  Fill(text, state, grade, citations, stage_->AddMessage(v1::Stage::kLeaveWhenFieldNumber));
  return *this;
}

StageBuilder& StageBuilder::EscalateWhen(std::string_view text, Truth state, v1::Grade grade,
                                         const Citations& citations) {
  Fill(text, state, grade, citations, stage_->AddMessage(v1::Stage::kEscalateWhenFieldNumber));
  return *this;
}

RiskBuilder& RiskBuilder::Because(std::string_view basis) {
  risk_->AddText(v1::Risk::kBasisFieldNumber, basis);
  return *this;
}

ScoreBuilder& ScoreBuilder::Item(std::string_view text, double points) { return Add(text, points, points, ""); }

ScoreBuilder& ScoreBuilder::Item(std::string_view text, double low, double high, const InputKey& missing) {
  return Add(text, low, high, missing.key);
}

ScoreBuilder& ScoreBuilder::Item(std::string_view text, double low, double high) { return Add(text, low, high, ""); }

ScoreBuilder& ScoreBuilder::InBand(std::string_view band) {
  score_->SetText(v1::Score::kBandFieldNumber, band);
  return *this;
}

ScoreBuilder& ScoreBuilder::Add(std::string_view text, double low, double high, std::string_view missing_key) {
  internal::Draft* item = score_->AddMessage(v1::Score::kItemsFieldNumber);
  item->SetText(v1::ScoreItem::kTextFieldNumber, text);
  item->SetDouble(v1::ScoreItem::kLowFieldNumber, low);
  item->SetDouble(v1::ScoreItem::kHighFieldNumber, high);
  item->SetText(v1::ScoreItem::kMissingKeyFieldNumber, missing_key);
  score_->SetDouble(v1::Score::kLowFieldNumber, score_->Double(v1::Score::kLowFieldNumber) + low);
  score_->SetDouble(v1::Score::kHighFieldNumber, score_->Double(v1::Score::kHighFieldNumber) + high);
  return *this;
}

}  // namespace condyle
