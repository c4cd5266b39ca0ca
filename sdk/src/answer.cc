// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The builder behind Answer.
#include "condyle/sdk/answer.h"

#include <charconv>

namespace condyle {
namespace {

template <typename Message>
void AddCitations(const Citations& citations, Message* message) {
  for (std::string_view key : citations) message->add_citations(std::string(key));
}

void Write(const ConditionCode& code, v1::Coding* coding) {
  coding->set_system(std::string(code.system));
  coding->set_code(std::string(code.code));
  coding->set_display(std::string(code.display));
  coding->set_valid_from(std::string(code.valid_from));
  coding->set_valid_to(std::string(code.valid_to));
  coding->set_checked_to(std::string(code.checked_to));
}

v1::Side ToProto(std::optional<Side> side) { return side ? condyle::ToProto(*side) : v1::SIDE_UNSPECIFIED; }

}  // namespace

ConclusionBuilder& ConclusionBuilder::On(Side side) {
  conclusion_->set_side(condyle::ToProto(side));
  return *this;
}

ConclusionBuilder& ConclusionBuilder::On(std::optional<Side> side) {
  conclusion_->set_side(ToProto(side));
  return *this;
}

ConclusionBuilder& ConclusionBuilder::Graded(v1::Grade grade) {
  conclusion_->set_grade(grade);
  return *this;
}

ConclusionBuilder& ConclusionBuilder::WithProbability(const ProbabilityRange& range, const Citations& citations) {
  v1::Probability* probability = conclusion_->mutable_probability();
  probability->set_point(range.point);
  probability->set_low(range.low);
  probability->set_high(range.high);
  probability->set_basis(std::string(range.basis));
  AddCitations(citations, probability);
  return *this;
}

ConclusionBuilder& ConclusionBuilder::Criterion(std::string_view text, Truth state, v1::Grade grade,
                                                const Citations& citations, std::optional<Side> side) {
  v1::Criterion* criterion = conclusion_->add_criteria();
  criterion->set_text(std::string(text));
  criterion->set_state(ToCriterionState(state));
  criterion->set_side(ToProto(side));
  criterion->set_grade(grade);
  AddCitations(citations, criterion);
  return *this;
}

Answer::Answer(v1::Assessment* assessment, std::string_view plugin_id, std::string_view plugin_version,
               std::string_view as_of)
    : assessment_(assessment), as_of_(as_of) {
  assessment_->set_plugin_id(std::string(plugin_id));
  assessment_->set_plugin_version(std::string(plugin_version));
}

void Answer::SetStatus(Truth truth) {
  SetStatus(IsTrue(truth) ? v1::STATUS_POSITIVE : IsFalse(truth) ? v1::STATUS_NEGATIVE : v1::STATUS_INSUFFICIENT_DATA);
}

void Answer::RaiseUrgency(v1::Urgency urgency) {
  if (urgency > assessment_->urgency()) assessment_->set_urgency(urgency);
}

ConclusionBuilder Answer::Conclude(const Condition& condition, v1::Status status, const Citations& citations) {
  v1::Conclusion* conclusion = assessment_->add_conclusions();
  for (const ConditionCode& code : condition.codes) {
    if (!code.ValidOn(as_of_)) continue;
    Write(code, conclusion->has_condition() ? conclusion->add_codings() : conclusion->mutable_condition());
  }
  conclusion->set_text(std::string(condition.text));
  conclusion->set_status(status);
  AddCitations(citations, conclusion);
  return ConclusionBuilder(conclusion);
}

void Answer::Evidence(const InputKey& input, std::optional<Side> side, v1::Direction direction,
                      std::string_view statement, v1::Grade grade, const Citations& citations,
                      std::optional<Ratio> ratio) {
  v1::Evidence* evidence = assessment_->add_evidence();
  evidence->set_key(std::string(input.key));
  evidence->set_side(ToProto(side));
  evidence->set_direction(direction);
  evidence->set_statement(std::string(statement));
  evidence->set_grade(grade);
  if (ratio) {
    evidence->mutable_likelihood_ratio()->set_point(ratio->point);
    evidence->mutable_likelihood_ratio()->set_low(ratio->low);
    evidence->mutable_likelihood_ratio()->set_high(ratio->high);
  }
  AddCitations(citations, evidence);
}

void Answer::EvidenceOfPatient(std::string_view key, v1::Direction direction, std::string_view statement,
                               v1::Grade grade, const Citations& citations) {
  Evidence(InputKey(key), std::nullopt, direction, statement, grade, citations);
}

void Answer::Recommend(const Advice& advice, const For& patient) {
  const v1::Side side = ToProto(patient.side);
  for (v1::Recommendation& given : *assessment_->mutable_recommendations()) {
    if (given.id() != advice.id || given.side() != side || given.timeframe() != patient.timeframe) continue;
    for (const std::string& reason : given.reasons()) {
      if (reason == patient.reason) return;
    }
    given.add_reasons(patient.reason);
    return;
  }
  v1::Recommendation* recommendation = assessment_->add_recommendations();
  recommendation->set_id(std::string(advice.id));
  recommendation->set_text(std::string(advice.text));
  recommendation->set_category(std::string(advice.category));
  for (std::string_view rest = advice.tags; !rest.empty();) {
    const size_t end = rest.find(';');
    recommendation->add_tags(std::string(rest.substr(0, end)));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  recommendation->set_side(side);
  recommendation->set_grade(advice.grade);
  recommendation->set_phase(std::string(advice.phase));
  recommendation->set_dose(std::string(advice.dose));
  recommendation->set_sources_differ(std::string(advice.sources_differ));
  recommendation->set_patient_text(std::string(advice.patient_text));
  recommendation->set_timeframe(std::string(patient.timeframe));
  recommendation->add_reasons(patient.reason);
  AddCitations(advice.citations, recommendation);
}

bool Answer::Recommends(const Advice& advice) const {
  for (const v1::Recommendation& given : assessment_->recommendations()) {
    if (given.id() == advice.id) return true;
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
  v1::Constraint* constraint = assessment_->add_constraints();
  constraint->set_tag(std::string(tag));
  constraint->set_effect(effect);
  constraint->set_reason(std::string(reason));
  AddCitations(citations, constraint);
}

StageBuilder Answer::AddStage(const StageText& text, v1::StageState state, const Citations& citations) {
  v1::Stage* stage = assessment_->add_pathway();
  stage->set_phase(std::string(text.phase));
  stage->set_title(std::string(text.title));
  stage->set_state(state);
  stage->set_position(std::string(text.position));
  stage->set_course(std::string(text.course));
  AddCitations(citations, stage);
  return StageBuilder(stage);
}

RiskBuilder Answer::AddRisk(const RiskRange& range, v1::Grade grade, const Citations& citations) {
  v1::Risk* risk = assessment_->add_risks();
  risk->set_id(std::string(range.id));
  risk->set_text(std::string(range.text));
  risk->set_lowest(range.lowest);
  risk->set_highest(range.highest);
  risk->set_grade(grade);
  AddCitations(citations, risk);
  return RiskBuilder(risk);
}

ScoreBuilder Answer::AddScore(const ScoreText& text, v1::Grade grade, const Citations& citations) {
  v1::Score* score = assessment_->add_scores();
  score->set_id(std::string(text.id));
  score->set_text(std::string(text.text));
  score->set_maximum(text.maximum);
  score->set_grade(grade);
  AddCitations(citations, score);
  return ScoreBuilder(score);
}

void Answer::Ask(const InputKey& input, std::string_view why, bool safety, std::optional<Side> side) {
  AskFor(input.key, why, safety, ToProto(side));
}

void Answer::AskOfPatient(std::string_view key, std::string_view why, bool safety) {
  AskFor(key, why, safety, v1::SIDE_UNSPECIFIED);
}

void Answer::AskFor(std::string_view key, std::string_view why, bool safety, v1::Side side) {
  for (v1::MissingInput& asked : *assessment_->mutable_missing_inputs()) {
    if (asked.key() != key || asked.side() != side) continue;
    asked.set_safety(asked.safety() || safety);
    return;
  }
  v1::MissingInput* missing = assessment_->add_missing_inputs();
  missing->set_key(std::string(key));
  missing->set_side(side);
  missing->set_why(std::string(why));
  missing->set_safety(safety);
}

std::string Number(double value) {
  char text[32];
  const std::to_chars_result result = std::to_chars(text, text + sizeof(text), value);
  return std::string(text, result.ptr);
}

}  // namespace condyle
