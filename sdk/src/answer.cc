// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The builder behind Answer.
#include "condyle/sdk/answer.h"

#include <charconv>

namespace condyle {
namespace {

using internal::Draft;

// field: the number of its citations, which every message has at another place.
void AddCitations(const Citations& citations, int field, Draft* message) {
  for (std::string_view key : citations) message->AddText(field, key);
}

void WriteCode(const ConditionCode& code, Draft* coding) {
  coding->SetText(v1::Coding::kSystemFieldNumber, code.system);
  coding->SetText(v1::Coding::kCodeFieldNumber, code.code);
  coding->SetText(v1::Coding::kDisplayFieldNumber, code.display);
  coding->SetText(v1::Coding::kValidFromFieldNumber, code.valid_from);
  coding->SetText(v1::Coding::kValidToFieldNumber, code.valid_to);
  coding->SetText(v1::Coding::kCheckedToFieldNumber, code.checked_to);
}

v1::Side ToProto(std::optional<Side> side) { return side ? condyle::ToProto(*side) : v1::SIDE_UNSPECIFIED; }

}  // namespace

ConclusionBuilder& ConclusionBuilder::On(Side side) {
  conclusion_->SetNumber(v1::Conclusion::kSideFieldNumber, condyle::ToProto(side));
  return *this;
}

ConclusionBuilder& ConclusionBuilder::On(std::optional<Side> side) {
  conclusion_->SetNumber(v1::Conclusion::kSideFieldNumber, ToProto(side));
  return *this;
}

ConclusionBuilder& ConclusionBuilder::Graded(v1::Grade grade) {
  conclusion_->SetNumber(v1::Conclusion::kGradeFieldNumber, grade);
  return *this;
}

ConclusionBuilder& ConclusionBuilder::WithProbability(const ProbabilityRange& range, const Citations& citations) {
  Draft* probability = conclusion_->Message(v1::Conclusion::kProbabilityFieldNumber);
  probability->SetDouble(v1::Probability::kPointFieldNumber, range.point);
  probability->SetDouble(v1::Probability::kLowFieldNumber, range.low);
  probability->SetDouble(v1::Probability::kHighFieldNumber, range.high);
  probability->SetText(v1::Probability::kBasisFieldNumber, range.basis);
  AddCitations(citations, v1::Probability::kCitationsFieldNumber, probability);
  return *this;
}

ConclusionBuilder& ConclusionBuilder::Criterion(std::string_view text, Truth state, v1::Grade grade,
                                                const Citations& citations, std::optional<Side> side) {
  Draft* criterion = conclusion_->AddMessage(v1::Conclusion::kCriteriaFieldNumber);
  criterion->SetText(v1::Criterion::kTextFieldNumber, text);
  criterion->SetNumber(v1::Criterion::kStateFieldNumber, ToCriterionState(state));
  criterion->SetNumber(v1::Criterion::kSideFieldNumber, ToProto(side));
  criterion->SetNumber(v1::Criterion::kGradeFieldNumber, grade);
  AddCitations(citations, v1::Criterion::kCitationsFieldNumber, criterion);
  return *this;
}

Answer::Answer(internal::DraftMemory* memory, std::string_view plugin_id, std::string_view plugin_version,
               std::string_view as_of)
    : assessment_(Draft::New(memory)), as_of_(as_of) {
  assessment_->SetText(v1::Assessment::kPluginIdFieldNumber, plugin_id);
  assessment_->SetText(v1::Assessment::kPluginVersionFieldNumber, plugin_version);
}

void Answer::SetStatus(Truth truth) {
  SetStatus(IsTrue(truth) ? v1::STATUS_POSITIVE : IsFalse(truth) ? v1::STATUS_NEGATIVE : v1::STATUS_INSUFFICIENT_DATA);
}

void Answer::RaiseUrgency(v1::Urgency urgency) {
  if (urgency > urgency_) urgency_ = urgency;
}

void Answer::SetSummary(std::string_view text) { assessment_->SetText(v1::Assessment::kSummaryFieldNumber, text); }

void Answer::Caveat(std::string_view text) { assessment_->AddText(v1::Assessment::kCaveatsFieldNumber, text); }

std::string_view Answer::Write() {
  assessment_->SetNumber(v1::Assessment::kStatusFieldNumber, status_);
  assessment_->SetNumber(v1::Assessment::kUrgencyFieldNumber, urgency_);
  return assessment_->Write();
}

ConclusionBuilder Answer::Conclude(const Condition& condition, v1::Status status, const Citations& citations) {
  Draft* conclusion = assessment_->AddMessage(v1::Assessment::kConclusionsFieldNumber);
  bool first = true;
  for (const ConditionCode& code : condition.codes) {
    if (!code.ValidOn(as_of_)) continue;
    WriteCode(code, first ? conclusion->Message(v1::Conclusion::kConditionFieldNumber)
                          : conclusion->AddMessage(v1::Conclusion::kCodingsFieldNumber));
    first = false;
  }
  conclusion->SetText(v1::Conclusion::kTextFieldNumber, condition.text);
  conclusion->SetNumber(v1::Conclusion::kStatusFieldNumber, status);
  AddCitations(citations, v1::Conclusion::kCitationsFieldNumber, conclusion);
  return ConclusionBuilder(conclusion);
}

void Answer::Evidence(const InputKey& input, std::optional<Side> side, v1::Direction direction,
                      std::string_view statement, v1::Grade grade, const Citations& citations,
                      std::optional<Ratio> ratio) {
  Draft* evidence = assessment_->AddMessage(v1::Assessment::kEvidenceFieldNumber);
  evidence->SetText(v1::Evidence::kKeyFieldNumber, input.key);
  evidence->SetNumber(v1::Evidence::kSideFieldNumber, ToProto(side));
  evidence->SetNumber(v1::Evidence::kDirectionFieldNumber, direction);
  evidence->SetText(v1::Evidence::kStatementFieldNumber, statement);
  evidence->SetNumber(v1::Evidence::kGradeFieldNumber, grade);
  if (ratio) {
    Draft* likelihood = evidence->Message(v1::Evidence::kLikelihoodRatioFieldNumber);
    likelihood->SetDouble(v1::LikelihoodRatio::kPointFieldNumber, ratio->point);
    likelihood->SetDouble(v1::LikelihoodRatio::kLowFieldNumber, ratio->low);
    likelihood->SetDouble(v1::LikelihoodRatio::kHighFieldNumber, ratio->high);
  }
  AddCitations(citations, v1::Evidence::kCitationsFieldNumber, evidence);
}

void Answer::EvidenceOfPatient(std::string_view key, v1::Direction direction, std::string_view statement,
                               v1::Grade grade, const Citations& citations) {
  Evidence(InputKey(key), std::nullopt, direction, statement, grade, citations);
}

void Answer::Recommend(const Advice& advice, const For& patient) {
  const v1::Side side = ToProto(patient.side);
  for (const Given& given : recommended_) {
    if (given.id != advice.id || given.side != side || given.timeframe != patient.timeframe) continue;
    if (!given.message->HasText(v1::Recommendation::kReasonsFieldNumber, patient.reason)) {
      given.message->AddText(v1::Recommendation::kReasonsFieldNumber, patient.reason);
    }
    return;
  }
  Draft* recommendation = assessment_->AddMessage(v1::Assessment::kRecommendationsFieldNumber);
  const std::string_view id = recommendation->SetText(v1::Recommendation::kIdFieldNumber, advice.id);
  recommendation->SetText(v1::Recommendation::kTextFieldNumber, advice.text);
  recommendation->SetText(v1::Recommendation::kCategoryFieldNumber, advice.category);
  for (std::string_view rest = advice.tags; !rest.empty();) {
    const size_t end = rest.find(';');
    recommendation->AddText(v1::Recommendation::kTagsFieldNumber, rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  recommendation->SetNumber(v1::Recommendation::kSideFieldNumber, side);
  recommendation->SetNumber(v1::Recommendation::kGradeFieldNumber, advice.grade);
  recommendation->SetText(v1::Recommendation::kPhaseFieldNumber, advice.phase);
  recommendation->SetText(v1::Recommendation::kDoseFieldNumber, advice.dose);
  recommendation->SetText(v1::Recommendation::kSourcesDifferFieldNumber, advice.sources_differ);
  recommendation->SetText(v1::Recommendation::kPatientTextFieldNumber, advice.patient_text);
  const std::string_view timeframe =
      recommendation->SetText(v1::Recommendation::kTimeframeFieldNumber, patient.timeframe);
  recommended_.push_back({id, side, timeframe, recommendation});
  recommendation->AddText(v1::Recommendation::kReasonsFieldNumber, patient.reason);
  AddCitations(advice.citations, v1::Recommendation::kCitationsFieldNumber, recommendation);
}

bool Answer::Recommends(const Advice& advice) const {
  for (const Given& given : recommended_) {
    if (given.id == advice.id) return true;
  }
  return false;
}

void Answer::Hold(std::string_view tag, std::string_view reason, const Citations& citations) {
  Constrain(tag, v1::EFFECT_HOLD, reason, citations);
}

void Answer::Forbid(std::string_view tag, std::string_view reason, const Citations& citations) {
  Constrain(tag, v1::EFFECT_FORBID, reason, citations);
}

void Answer::Constrain(std::string_view tag, v1::Effect effect, std::string_view reason, const Citations& citations) {
  Draft* constraint = assessment_->AddMessage(v1::Assessment::kConstraintsFieldNumber);
  constraint->SetText(v1::Constraint::kTagFieldNumber, tag);
  constraint->SetNumber(v1::Constraint::kEffectFieldNumber, effect);
  constraint->SetText(v1::Constraint::kReasonFieldNumber, reason);
  AddCitations(citations, v1::Constraint::kCitationsFieldNumber, constraint);
}

StageBuilder Answer::AddStage(const StageText& text, v1::StageState state, const Citations& citations) {
  Draft* stage = assessment_->AddMessage(v1::Assessment::kPathwayFieldNumber);
  stage->SetText(v1::Stage::kPhaseFieldNumber, text.phase);
  stage->SetText(v1::Stage::kTitleFieldNumber, text.title);
  stage->SetNumber(v1::Stage::kStateFieldNumber, state);
  stage->SetText(v1::Stage::kPositionFieldNumber, text.position);
  stage->SetText(v1::Stage::kCourseFieldNumber, text.course);
  AddCitations(citations, v1::Stage::kCitationsFieldNumber, stage);
  return StageBuilder(stage);
}

RiskBuilder Answer::AddRisk(const RiskRange& range, v1::Grade grade, const Citations& citations) {
  Draft* risk = assessment_->AddMessage(v1::Assessment::kRisksFieldNumber);
  risk->SetText(v1::Risk::kIdFieldNumber, range.id);
  risk->SetText(v1::Risk::kTextFieldNumber, range.text);
  risk->SetNumber(v1::Risk::kLowestFieldNumber, range.lowest);
  risk->SetNumber(v1::Risk::kHighestFieldNumber, range.highest);
  risk->SetNumber(v1::Risk::kGradeFieldNumber, grade);
  AddCitations(citations, v1::Risk::kCitationsFieldNumber, risk);
  return RiskBuilder(risk);
}

ScoreBuilder Answer::AddScore(const ScoreText& text, v1::Grade grade, const Citations& citations) {
  Draft* score = assessment_->AddMessage(v1::Assessment::kScoresFieldNumber);
  score->SetText(v1::Score::kIdFieldNumber, text.id);
  score->SetText(v1::Score::kTextFieldNumber, text.text);
  score->SetDouble(v1::Score::kMaximumFieldNumber, text.maximum);
  score->SetNumber(v1::Score::kGradeFieldNumber, grade);
  AddCitations(citations, v1::Score::kCitationsFieldNumber, score);
  return ScoreBuilder(score);
}

void Answer::Ask(const InputKey& input, std::string_view why, bool safety, std::optional<Side> side) {
  AskFor(input.key, why, safety, ToProto(side));
}

void Answer::AskOfPatient(std::string_view key, std::string_view why, bool safety) {
  AskFor(key, why, safety, v1::SIDE_UNSPECIFIED);
}

void Answer::AskFor(std::string_view key, std::string_view why, bool safety, v1::Side side) {
  for (const Given& asked : asked_) {
    if (asked.id != key || asked.side != side) continue;
    if (safety) asked.message->SetNumber(v1::MissingInput::kSafetyFieldNumber, true);
    return;
  }
  Draft* missing = assessment_->AddMessage(v1::Assessment::kMissingInputsFieldNumber);
  asked_.push_back({missing->SetText(v1::MissingInput::kKeyFieldNumber, key), side, {}, missing});
  missing->SetNumber(v1::MissingInput::kSideFieldNumber, side);
  missing->SetText(v1::MissingInput::kWhyFieldNumber, why);
  missing->SetNumber(v1::MissingInput::kSafetyFieldNumber, safety);
}

std::string Number(double value) {
  char text[32];
  const std::to_chars_result result = std::to_chars(text, text + sizeof(text), value);
  return std::string(text, result.ptr);
}

}  // namespace condyle
