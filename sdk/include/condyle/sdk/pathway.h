// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Stages of care, risks and scores: what an answer says beyond its status. Made by Answer::AddStage, AddRisk, AddScore.
#ifndef CONDYLE_SDK_PATHWAY_H_
#define CONDYLE_SDK_PATHWAY_H_

#include <string_view>

#include "condyle/sdk/citation.h"
#include "condyle/sdk/input.h"
#include "condyle/sdk/truth.h"
#include "condyle/sdk/wire.h"
#include "condyle/v1/assessment.pb.h"

namespace condyle {

// Met, not met or unknown, as criteria say it.
v1::CriterionState ToCriterionState(Truth truth);

// A stage of care. It says where the patient stands; what to do then are recommendations of the same phase, so that
// nothing that a constraint withholds comes back here.
struct StageText {
  // As Advice::phase: "now", "acute", "rehabilitation", "return", "prevention".
  std::string_view phase;
  std::string_view title;
  // Where this patient stands. If the time since onset is not known, it says so.
  std::string_view position;
  // Published course as a range, never a promise. Empty where none is published.
  std::string_view course = "";
};

// Adds criteria to a stage; valid as long as the Answer.
class StageBuilder {
 public:
  explicit StageBuilder(internal::Draft* stage) : stage_(stage) {}
  // Has to be met before the next stage.
  StageBuilder& LeaveWhen(std::string_view text, Truth state, v1::Grade grade, const Citations& citations);
  // Calls for another look instead of going on.
  StageBuilder& EscalateWhen(std::string_view text, Truth state, v1::Grade grade, const Citations& citations);

 private:
  internal::Draft* stage_;
};

// One kind of risk. lowest <= highest; equal where it is decided.
struct RiskRange {
  std::string_view id;
  std::string_view text;
  v1::RiskLevel lowest;
  v1::RiskLevel highest;
};

class RiskBuilder {
 public:
  explicit RiskBuilder(internal::Draft* risk) : risk_(risk) {}
  // What decides it, a line for each possibility.
  RiskBuilder& Because(std::string_view basis);

 private:
  internal::Draft* risk_;
};

struct ScoreText {
  std::string_view id;
  std::string_view text;
  double maximum;
};

// A score is the sum of its items: each one adds its points to both ends of the total.
class ScoreBuilder {
 public:
  explicit ScoreBuilder(internal::Draft* score) : score_(score) {}
  ScoreBuilder& Item(std::string_view text, double points);
  // Not known, or not wholly: from low to high points, and the input that would tell.
  ScoreBuilder& Item(std::string_view text, double low, double high, const InputKey& missing);
  // From low to high points, and no answer could narrow it: the item cannot be scored in this patient.
  ScoreBuilder& Item(std::string_view text, double low, double high);
  // Only if both ends of the total lie in it.
  ScoreBuilder& InBand(std::string_view band);

 private:
  ScoreBuilder& Add(std::string_view text, double low, double high, std::string_view missing_key);

  internal::Draft* score_;
};

}  // namespace condyle

#endif  // CONDYLE_SDK_PATHWAY_H_
