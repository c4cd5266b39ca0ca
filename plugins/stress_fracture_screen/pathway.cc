// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Stages of care. None is entered by days: the published courses are ranges.
#include "plugins/stress_fracture_screen/pathway.h"

#include <cmath>
#include <string>

#include "plugins/pack/criteria/course.h"

namespace condyle::stress_fracture_screen {
namespace {

constexpr v1::Grade kOpinion = v1::GRADE_EXPERT_OPINION;

std::string Position(const Findings& findings, const Reading& reading) {
  const auto days = findings.Value(input::pain::duration);
  std::string position = days ? "Day " + Number(std::floor(*days)) + " since onset"
                              : std::string("The days since onset are not recorded; the criteria do not need them");
  if (reading.site != nullptr) {
    position += "; MRI names the " + std::string(reading.site->name);
  } else {
    position += reading.mri_positive ? "; MRI shows bone stress, its site is not one of those known here"
                : findings.Code(input::imaging::mri_bone_stress) ? "; MRI is read, the findings stand all the same"
                                                                 : "; no MRI is recorded";
  }
  return position;
}

// Until MRI names another site, unless the pain says so all the same.
bool NeckInQuestion(const Reading& reading) {
  return reading.site != nullptr ? IsTrue(reading.femoral_neck) : !IsFalse(reading.femoral_neck);
}

std::string Courses(const Reading& reading) {
  std::string courses;
  for (const Site& site : kSites) {
    if (reading.site != nullptr && reading.site != &site) continue;
    if (!site.course.empty()) courses += (courses.empty() ? "" : "; ") + std::string(site.course);
  }
  if (courses.empty()) return "None was found for the " + std::string(reading.site->name);
  return "To full running in the literature: " + courses + ". Ranges of others, no forecast for this patient";
}

void AddProtection(const Findings& findings, const Reading& reading, Answer& answer) {
  const bool mri_read = findings.Code(input::imaging::mri_bone_stress).has_value() || reading.mri_positive;
  StageBuilder stage = answer.AddStage(
      {.phase = "now", .title = "Protect the bone and look for the injury", .position = Position(findings, reading)},
      v1::STAGE_STATE_CURRENT, {cite::B_4, cite::Wright2016, cite::K_18});
  stage
      .LeaveWhen("MRI of sacrum, pelvis and both femoral necks has been read",
                 mri_read ? Truth::kTrue : Truth::kUnknown, v1::GRADE_COHORT, {cite::Wright2016, cite::B_4})
      .LeaveWhen("Walking does not bring on the pain", Not(reading.walking), kOpinion, cite::B_4);
  if (NeckInQuestion(reading)) {
    stage.LeaveWhen("Weight bearing released by those who read the imaging of the femoral neck", Truth::kUnknown,
                    kOpinion, {cite::B_4, cite::B_6});
  }
  stage
      .EscalateWhen("Groin pain with a limp, painful hip rotation, pain at rest or weight that cannot be borne",
                    reading.femoral_neck_emergency, kOpinion, {cite::B_4, cite::B_6})
      .EscalateWhen("Pain at rest", findings.Is(input::pain::at_rest), kOpinion, cite::B_4)
      .EscalateWhen(runner_sij::kWarningCriterion, Truth::kUnknown, v1::GRADE_GUIDELINE, cite::B_6);
}

void AddRehabilitation(const Findings& findings, const Reading& reading, Answer& answer) {
  StageBuilder stage = answer.AddStage({.phase = "rehabilitation",
                                        .title = "Load again, step by step",
                                        .position = "After the injury has been looked for; entered by criteria"},
                                       v1::STAGE_STATE_LATER, {cite::B_4, cite::Klossner2000, cite::GJSM2022});
  stage
      .LeaveWhen(runner_sij::kWalkingCriterion, runner_sij::PainFreeWalking(findings), kOpinion,
                 {cite::B_4, cite::Fredericson2003})
      .LeaveWhen("No bony tenderness of sacrum or pubic ramus", Not(reading.tenderness), kOpinion, cite::B_4);
  // A hop is never asked for while the femoral neck is in question; one that was recorded is shown.
  stage.LeaveWhen(NeckInQuestion(reading)
                      ? "Hop free of pain: not to be tried before those who read the imaging allow it"
                      : "Hop free of pain, tried only once the criteria before it are met",
                  Not(reading.hop), kOpinion, cite::B_4);
  stage.LeaveWhen("Energy intake, weight and menses (in men libido) looked at, and nothing of it open",
                  Not(reading.factors[kEnergyFactor].present), v1::GRADE_GUIDELINE,
                  {cite::DeSouza2014, cite::Mountjoy2023, cite::B_4});
  stage.EscalateWhen("Pain on walking", reading.walking, kOpinion, cite::B_4);
}

}  // namespace

void AddPathway(const Findings& findings, const Reading& reading, Answer& answer) {
  AddProtection(findings, reading, answer);
  AddRehabilitation(findings, reading, answer);
  answer.AddStage(
      {.phase = "return",
       .title = "Graded return to running",
       .position = "Once every criterion above is met and this screen has been answered anew; never by date",
       .course = Courses(reading)},
      v1::STAGE_STATE_LATER, {cite::B_4, cite::Fredericson2003, cite::Noakes1985, cite::Hoenig2023});
  answer.AddStage({.phase = "prevention",
                   .title = "Prevention of another injury",
                   .position = "Comes with the return: load built step by step, energy intake, bone health"},
                  v1::STAGE_STATE_LATER, {cite::DeSouza2014, cite::Mountjoy2023, cite::K_39});
  if (!findings.Value(input::pain::duration))
    answer.Ask(input::pain::duration, "Tells where in its course the pain is");
}

}  // namespace condyle::stress_fracture_screen
