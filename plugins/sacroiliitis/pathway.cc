// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Stages of care: what is looked into first, and what waits for it.
#include "plugins/sacroiliitis/pathway.h"

#include <string>

#include "plugins/pack/criteria/course.h"
#include "plugins/sacroiliitis/tables.h"
#include "sacroiliitis/manifest.h"

namespace condyle::sacroiliitis {
namespace {

constexpr v1::Grade kOpinion = v1::GRADE_EXPERT_OPINION;

// A first scan without septic features, while a trigger stands.
Truth BlandFirstScan(const Findings& findings) {
  namespace mri = answer::imaging::mri_sacroiliac;
  return Or({findings.Is(input::imaging::mri_sacroiliac, mri::normal),
             findings.Is(input::imaging::mri_sacroiliac, mri::soft_tissue_oedema_only)});
}

Truth IllOrUnableToStand(const Findings& findings) {
  return Or({findings.Is(input::red_flag::fever_rigors), findings.Is(input::red_flag::systemically_unwell),
             findings.Is(input::red_flag::unable_to_bear_weight)});
}

void AddInfection(const Findings& findings, const InfectionReading& infection, const std::string& position,
                  Answer& answer) {
  const std::string where = position + "; infection trigger: " + MetTriggers(findings, infection);
  answer
      .AddStage({.phase = "now", .title = "Possible infection of the joint", .position = where},
                v1::STAGE_STATE_CURRENT, {cite::B_2, cite::Hermet2012})
      .LeaveWhen("Cultures, CRP, white cells and MRI have been read, and the hospital team has said what follows",
                 Truth::kUnknown, v1::GRADE_COHORT, {cite::B_2, cite::Hermet2012})
      .EscalateWhen("A first MRI without septic features while the suspicion stays: look again within days",
                    BlandFirstScan(findings), v1::GRADE_CASE_REPORT, {cite::Guin2026, cite::B_2})
      .EscalateWhen("Fever or rigors, general illness, or weight that cannot be borne", IllOrUnableToStand(findings),
                    v1::GRADE_COHORT, {cite::B_2, cite::Hermet2012});
}

void AddReferral(const Findings& findings, const InfectionReading& infection, const std::string& position,
                 Answer& answer) {
  answer
      .AddStage({.phase = "now", .title = "Referral to rheumatology is open", .position = position},
                v1::STAGE_STATE_CURRENT, {cite::NG65, cite::B_2})
      .LeaveWhen("The infection questions are answered, and none is a trigger", Not(infection.met), v1::GRADE_COHORT,
                 {cite::B_2, cite::Hermet2012})
      .LeaveWhen("Seen by rheumatology", Truth::kUnknown, v1::GRADE_GUIDELINE, cite::NG65)
      .EscalateWhen("Red painful eye or new visual change", findings.Is(input::red_flag::acute_red_painful_eye),
                    kOpinion, cite::B_6)
      .EscalateWhen("Fever or rigors, general illness, or weight that cannot be borne", IllOrUnableToStand(findings),
                    v1::GRADE_COHORT, {cite::B_2, cite::Hermet2012})
      .EscalateWhen(runner_sij::kWarningCriterion, Truth::kUnknown, v1::GRADE_GUIDELINE, cite::B_6);
}

}  // namespace

void AddPathway(const Findings& findings, const InfectionReading& infection, const AxspaReading& axspa,
                Answer& answer) {
  if (!answer.positive()) return;
  const runner_sij::Course course = runner_sij::ReadCourse(findings);
  const bool infected = IsTrue(infection.met);
  if (infected) AddInfection(findings, infection, course.position, answer);
  if (IsTrue(axspa.met) && !infected) AddReferral(findings, infection, course.position, answer);
  answer.AddStage({.phase = "rehabilitation",
                   .title = "Exercise",
                   .position = infected ? "Not before the infection has been looked into"
                                        : "With the plan of rheumatology, of which exercise is a part"},
                  v1::STAGE_STATE_LATER, {cite::B_2, cite::Ward2019});
  answer
      .AddStage({.phase = "return",
                 .title = "Running again",
                 .position = "Planned with those who treat the joint; no course is published for runners"},
                v1::STAGE_STATE_LATER, {cite::B_2, cite::AS_fracture})
      .EscalateWhen("New pain after even a small injury where part of the spine is fused", Truth::kUnknown,
                    v1::GRADE_CASE_REPORT, {cite::AS_fracture, cite::B_2});
  if (!course.days) answer.Ask(input::pain::duration, "Tells where in its course the pain is");
}

}  // namespace condyle::sacroiliitis
