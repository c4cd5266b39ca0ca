// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Stages of care: by the days since onset at first, by criteria from then on.
#include "plugins/sij_dysfunction/pathway.h"

#include "plugins/pack/criteria/course.h"
#include "plugins/pack/criteria/sides.h"
#include "plugins/sij_dysfunction/tables.h"
#include "sij_dysfunction/manifest.h"

namespace condyle::sij_dysfunction {
namespace {

constexpr v1::Grade kOpinion = v1::GRADE_EXPERT_OPINION;

Truth NoBonyTenderness(const Findings& findings) {
  return Not(runner_sij::Anywhere(findings, input::exam::sacral_tenderness));
}

// Six months without improvement.
Truth Refractory(const Findings& findings) {
  return And({Above(findings.Value(input::pain::duration), kRefractoryDaysAbove),
              findings.Is(input::red_flag::no_improvement_4_weeks)});
}

void AddAcute(const Findings& findings, const runner_sij::Course& course, Answer& answer) {
  answer
      .AddStage({.phase = "acute", .title = "First week: comfort and relative rest", .position = course.position},
                course.acute, {cite::K_29, cite::K_112, cite::K_113})
      .LeaveWhen("More than 7 days since onset; the sources change comfort measures then, without evidence",
                 Above(course.days, runner_sij::kFirstWeekDaysAtMost), kOpinion, cite::K_113)
      .EscalateWhen(runner_sij::kStopCriterion, runner_sij::StopSigns(findings), kOpinion, {cite::X_2, cite::K_37})
      .EscalateWhen(runner_sij::kWarningCriterion, Truth::kUnknown, v1::GRADE_GUIDELINE, cite::B_6);
}

StageBuilder AddRehabilitation(const Findings& findings, const runner_sij::Course& course, Answer& answer) {
  StageBuilder stage =
      answer.AddStage({.phase = "rehabilitation", .title = "Graded rehabilitation", .position = course.position},
                      course.later, {cite::K_28, cite::K_29, cite::B_6, cite::X_6});
  stage
      .EscalateWhen("No improvement after 4 weeks", findings.Is(input::red_flag::no_improvement_4_weeks), kOpinion,
                    cite::B_6)
      .EscalateWhen("Pain for more than 6 months (182.6 days) that has not settled", Refractory(findings), kOpinion,
                    cite::X_6)
      .EscalateWhen(runner_sij::kStopCriterion, runner_sij::StopSigns(findings), kOpinion, {cite::X_2, cite::K_37})
      .EscalateWhen(runner_sij::kWarningCriterion, Truth::kUnknown, v1::GRADE_GUIDELINE, cite::B_6);
  return stage;
}

// From here on nothing goes by days.
void AddReturn(const Findings& findings, const runner_sij::RunningReading& running, StageBuilder rehabilitation,
               Answer& answer) {
  const Truth walking = runner_sij::PainFreeWalking(findings);
  const Truth tenderness = NoBonyTenderness(findings);
  const Truth checks = findings.Is(input::training::load_checks_passed);
  rehabilitation.LeaveWhen(runner_sij::kWalkingCriterion, walking, kOpinion, {cite::B_4, cite::K_38})
      .LeaveWhen("No bony tenderness over the sacrum", tenderness, kOpinion, cite::B_4)
      .LeaveWhen("Strength and load checks passed, after bone stress injury has been looked for", checks, kOpinion,
                 {cite::B_4, cite::K_38});
  answer
      .AddStage({.phase = "return",
                 .title = "Back to full running",
                 .position = "Entered by criteria, whatever the days",
                 .course = "No course of SIJ-related pain in runners was found; the time is variable and depends on "
                           "severity and function"},
                runner_sij::ByCriteria({walking, tenderness, checks}), {cite::K_36, cite::K_38})
      .LeaveWhen(runner_sij::kLowPainCriterion, runner_sij::LowPainInRunning(running), kOpinion,
                 {cite::X_2, cite::K_36})
      .EscalateWhen(runner_sij::kStopCriterion, runner_sij::StopSigns(findings), kOpinion, {cite::X_2, cite::K_37});
}

}  // namespace

void AddPathway(const Findings& findings, const runner_sij::RunningReading& running, Answer& answer) {
  const bool hurts = IsTrue(Or({findings.Is(input::pain::present), runner_sij::SijOrButtockPain(findings)}));
  if (!answer.positive() && !(answer.status() == v1::STATUS_NEGATIVE && hurts)) return;
  const runner_sij::Course course = runner_sij::ReadCourse(findings);
  AddAcute(findings, course, answer);
  const StageBuilder rehabilitation = AddRehabilitation(findings, course, answer);
  if (!answer.positive()) {
    if (!course.days) answer.Ask(input::pain::duration, "Tells which stage of care this is");
    return;
  }
  AddReturn(findings, running, rehabilitation, answer);
  if (!IsTrue(findings.Is(input::training::runner))) return;
  answer.AddStage({.phase = "prevention",
                   .title = "Prevention",
                   .position = "Comes with the return to running: load built step by step, recovery, variety"},
                  v1::STAGE_STATE_LATER, {cite::K_39, cite::K_146, cite::K_154});
}

}  // namespace condyle::sij_dysfunction
