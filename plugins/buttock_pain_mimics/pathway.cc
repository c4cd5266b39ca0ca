// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Stages of care, with what calls for imaging or for a neurological look.
#include "plugins/buttock_pain_mimics/pathway.h"

#include <string>

#include "buttock_pain_mimics/manifest.h"
#include "plugins/buttock_pain_mimics/tables.h"
#include "plugins/pack/criteria/course.h"

namespace condyle::buttock_pain_mimics {
namespace {

constexpr v1::Grade kOpinion = v1::GRADE_EXPERT_OPINION;

bool Alarm(const Patterns& p) { return p.mri_cauda_equina || p.weakness_marked || p.weakness_mild; }

void AddFirst(const runner_sij::Course& course, const Patterns& p, Answer& answer) {
  StageBuilder stage = answer.AddStage({.phase = "now", .title = "Nerves first", .position = course.position},
                                       v1::STAGE_STATE_CURRENT, {cite::BMJBP_CES, cite::IFOMPT2020, cite::B_6});
  stage.LeaveWhen("Power, sensation, reflexes and perianal feeling examined, and what follows is settled",
                  Truth::kUnknown, v1::GRADE_GUIDELINE, {cite::BMJBP_CES, cite::IFOMPT2020});
  if (p.mri_cauda_equina) {
    stage.EscalateWhen("MRI shows compression of the cauda equina", Truth::kTrue, v1::GRADE_GUIDELINE,
                       {cite::BMJBP_CES, cite::B_6});
  }
  if (p.weakness_marked) {
    stage.EscalateWhen("Marked weakness of a leg", Truth::kTrue, v1::GRADE_GUIDELINE, {cite::IFOMPT2020, cite::B_6});
  }
}

void AddEscalation(const Findings& findings, const Patterns& p, StageBuilder stage) {
  stage
      .EscalateWhen("No improvement after 4 weeks", findings.Is(input::red_flag::no_improvement_4_weeks), kOpinion,
                    cite::B_6)
      .EscalateWhen("Pain for more than 6 weeks (42 days): imaging of the lumbar spine is thought of",
                    Above(findings.Value(input::pain::duration), kPersistentDaysAbove), kOpinion,
                    {cite::K_19, cite::B_6});
  if (!IsFalse(p.pars)) {
    stage.EscalateWhen("Pars stress pattern: imaging does not wait", p.pars, kOpinion, cite::K_20);
  }
  stage.EscalateWhen("Weakness, loss of sensation or of a reflex", p.deficit, kOpinion, {cite::K_19, cite::IFOMPT2020})
      .EscalateWhen(runner_sij::kStopCriterion, runner_sij::StopSigns(findings), kOpinion, cite::X_2)
      .EscalateWhen(runner_sij::kWarningCriterion, Truth::kUnknown, v1::GRADE_GUIDELINE, cite::B_6);
}

}  // namespace

void AddPathway(const Findings& findings, const Patterns& p, const runner_sij::RunningReading& running,
                Answer& answer) {
  if (!answer.positive()) return;
  const runner_sij::Course course = runner_sij::ReadCourse(findings);
  const bool first = Alarm(p);
  if (first) AddFirst(course, p, answer);
  answer
      .AddStage({.phase = "acute", .title = "First week: comfort and relative rest", .position = course.position},
                first ? v1::STAGE_STATE_LATER : course.acute, {cite::K_112, cite::K_113})
      .LeaveWhen("More than 7 days since onset; the sources change comfort measures then, without evidence",
                 Above(course.days, runner_sij::kFirstWeekDaysAtMost), kOpinion, cite::K_113);
  const Truth walking = runner_sij::PainFreeWalking(findings);
  const Truth checks = findings.Is(input::training::load_checks_passed);
  StageBuilder rehabilitation =
      answer.AddStage({.phase = "rehabilitation", .title = "Graded rehabilitation", .position = course.position},
                      first ? v1::STAGE_STATE_LATER : course.later, {cite::K_28, cite::K_29, cite::B_6});
  AddEscalation(findings, p, rehabilitation);
  rehabilitation.LeaveWhen(runner_sij::kWalkingCriterion, walking, kOpinion, {cite::B_4, cite::K_38})
      .LeaveWhen("Strength and load checks passed, after bone stress injury has been looked for", checks, kOpinion,
                 {cite::B_4, cite::K_38})
      .LeaveWhen("No weakness, loss of sensation or of a reflex", Not(p.deficit), kOpinion,
                 {cite::K_19, cite::IFOMPT2020});
  answer
      .AddStage({.phase = "return",
                 .title = "Back to full running",
                 .position = "Entered by criteria, whatever the days",
                 .course = "None was found for these patterns in runners; the time is variable and depends on severity "
                           "and function"},
                first ? v1::STAGE_STATE_LATER : runner_sij::ByCriteria({walking, checks, Not(p.deficit)}),
                {cite::K_36, cite::K_38})
      .LeaveWhen(runner_sij::kLowPainCriterion, runner_sij::LowPainInRunning(running), kOpinion,
                 {cite::X_2, cite::K_36})
      .EscalateWhen(runner_sij::kStopCriterion, runner_sij::StopSigns(findings), kOpinion, cite::X_2);
  if (!course.days) answer.Ask(input::pain::duration, "Tells which stage of care this is; above 6 weeks, imaging");
}

}  // namespace condyle::buttock_pain_mimics
