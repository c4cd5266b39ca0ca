// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Stages, risks and scores.
#include "condyle/sdk/pathway.h"

#include <string>

namespace condyle {
namespace {

void Fill(std::string_view text, Truth state, v1::Grade grade, const Citations& citations, v1::Criterion* criterion) {
  criterion->set_text(std::string(text));
  criterion->set_state(ToCriterionState(state));
  criterion->set_grade(grade);
  for (std::string_view key : citations) criterion->add_citations(std::string(key));
}

}  // namespace

v1::CriterionState ToCriterionState(Truth truth) {
  return IsTrue(truth)    ? v1::CRITERION_STATE_MET
         : IsFalse(truth) ? v1::CRITERION_STATE_NOT_MET
                          : v1::CRITERION_STATE_UNKNOWN;
}

StageBuilder& StageBuilder::LeaveWhen(std::string_view text, Truth state, v1::Grade grade, const Citations& citations) {
  Fill(text, state, grade, citations, stage_->add_leave_when());
  return *this;
}

StageBuilder& StageBuilder::EscalateWhen(std::string_view text, Truth state, v1::Grade grade,
                                         const Citations& citations) {
  Fill(text, state, grade, citations, stage_->add_escalate_when());
  return *this;
}

RiskBuilder& RiskBuilder::Because(std::string_view basis) {
  risk_->add_basis(std::string(basis));
  return *this;
}

ScoreBuilder& ScoreBuilder::Item(std::string_view text, double points) { return Add(text, points, points, ""); }

ScoreBuilder& ScoreBuilder::Item(std::string_view text, double low, double high, const InputKey& missing) {
  return Add(text, low, high, missing.key);
}

ScoreBuilder& ScoreBuilder::Item(std::string_view text, double low, double high) { return Add(text, low, high, ""); }

ScoreBuilder& ScoreBuilder::InBand(std::string_view band) {
  score_->set_band(std::string(band));
  return *this;
}

ScoreBuilder& ScoreBuilder::Add(std::string_view text, double low, double high, std::string_view missing_key) {
  v1::ScoreItem* item = score_->add_items();
  item->set_text(std::string(text));
  item->set_low(low);
  item->set_high(high);
  item->set_missing_key(std::string(missing_key));
  score_->set_low(score_->low() + low);
  score_->set_high(score_->high() + high);
  return *this;
}

}  // namespace condyle
