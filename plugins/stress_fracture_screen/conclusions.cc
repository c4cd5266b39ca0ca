// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Conclusions and their criteria.
#include "plugins/stress_fracture_screen/conclusions.h"

#include <string>

namespace condyle::stress_fracture_screen {
namespace {

constexpr v1::Grade kOpinion = v1::GRADE_EXPERT_OPINION;

v1::Status ToStatus(Truth truth) {
  return IsTrue(truth) ? v1::STATUS_POSITIVE : IsFalse(truth) ? v1::STATUS_NEGATIVE : v1::STATUS_INSUFFICIENT_DATA;
}

}  // namespace

void ConcludeInjury(const Reading& reading, Answer& answer) {
  const Citations rule{cite::B_4};
  Condition injury{.text = "Possible bone stress injury of sacrum, pelvis or femoral neck"};
  if (reading.site != nullptr) {
    injury = reading.site->condition;
    if (reading.femoral_neck_on_mri && reading.groin_side) {
      injury = *reading.groin_side == Side::kLeft ? condition::bone_stress_injury_femur_left
                                                  : condition::bone_stress_injury_femur_right;
    }
    injury = injury.As("Bone stress injury on MRI");
  }
  ConclusionBuilder conclusion =
      answer.Conclude(injury, ToStatus(reading.screen), {cite::B_4, cite::Fredericson2003}).Graded(kOpinion);
  if (reading.femoral_neck_on_mri) conclusion.On(reading.groin_side);
  conclusion.Criterion("Pain brought on by load and eased off it", reading.load_related, kOpinion, rule)
      .Criterion("Pain on hop, on one leg or on walking", reading.loading, v1::GRADE_CASE_REPORT,
                 {cite::Kahanov2011, cite::Noakes1985})
      .Criterion("Bony tenderness of sacrum or pubic ramus", reading.tenderness, v1::GRADE_CASE_REPORT,
                 {cite::Noakes1985, cite::B_4})
      .Criterion("Risk factors: " + std::to_string(reading.factor_count.met) + " of 7 met, " +
                     std::to_string(reading.factor_count.unknown) + " unknown; 2 are needed",
                 reading.risk, kOpinion, rule);
  for (const RiskFactor& factor : reading.factors) {
    conclusion.Criterion("Risk factor: " + std::string(factor.name), factor.present, kOpinion, rule);
  }
  if (reading.mri_positive) {
    conclusion.Criterion("Stress reaction or fracture line on MRI", Truth::kTrue, v1::GRADE_DIAGNOSTIC_STUDY,
                         {cite::Wright2016});
  }
  if (reading.fracture_on_other_imaging) {
    conclusion.Criterion("Fracture on radiograph or CT", Truth::kTrue, v1::GRADE_DIAGNOSTIC_STUDY, {cite::Wright2016});
  }
}

void ConcludeFemoralNeck(const Findings& findings, const Reading& reading, Answer& answer) {
  const Citations rule{cite::B_4, cite::B_6};
  const SidedTruth rotation = findings.Sided(input::exam::hip_rotation_painful);
  answer
      .Conclude({.text = "Femoral neck path: bone stress injury of the femoral neck is possible"},
                ToStatus(reading.femoral_neck), rule)
      .On(reading.groin_side)
      .Graded(kOpinion)
      .Criterion("Groin or front-of-hip pain", reading.groin, kOpinion, rule)
      .Criterion("Pain brought on by load and eased off it", reading.load_related, kOpinion, rule)
      .Criterion("Pain on hop, on one leg or on walking is not known to be absent",
                 IsUnknown(reading.loading) ? Truth::kTrue : reading.loading, kOpinion, rule)
      .Criterion("Femoral neck as the site on MRI",
                 reading.femoral_neck_on_mri ? Truth::kTrue
                 : reading.mri_positive      ? Truth::kFalse
                                             : Truth::kUnknown,
                 v1::GRADE_COHORT, {cite::Hoenig2023})
      .Criterion("Emergency: limp", findings.Is(input::exam::limp), kOpinion, rule)
      .Criterion("Emergency: painful hip rotation", Or({rotation.left, rotation.right, rotation.unsaid}), kOpinion,
                 rule)
      .Criterion("Emergency: pain at rest", findings.Is(input::pain::at_rest), kOpinion, rule)
      .Criterion("Emergency: unable to bear weight", findings.Is(input::red_flag::unable_to_bear_weight), kOpinion,
                 rule);
}

}  // namespace condyle::stress_fracture_screen
