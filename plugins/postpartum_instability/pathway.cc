// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Stages of care: support, individual exercise, and running again by criteria.
#include "plugins/postpartum_instability/pathway.h"

#include <cmath>
#include <string>

#include "plugins/pack/criteria/course.h"
#include "plugins/postpartum_instability/tables.h"
#include "postpartum_instability/manifest.h"

namespace condyle::postpartum_instability {
namespace {

constexpr v1::Grade kOpinion = v1::GRADE_EXPERT_OPINION;

Truth AlarmSigns(const Findings& findings, const Reading& reading) {
  Truth any = Truth::kFalse;
  for (const AlarmSign& sign : kAlarmSigns) {
    const bool fetal = sign.input.key == input::obstetric::reduced_fetal_movement.key;
    if (!fetal || !IsFalse(reading.pregnant)) any = Or({any, findings.Is(sign.input)});
  }
  return any;
}

std::string Position(const Reading& reading, const runner_sij::Course& course) {
  std::string position = course.position;
  if (IsTrue(reading.pregnant)) {
    position += reading.gestational_weeks
                    ? "; pregnant, week " + Number(std::floor(*reading.gestational_weeks)) + " completed"
                    : std::string("; pregnant, weeks not known");
  }
  if (reading.days_since_delivery) position += "; " + Number(*reading.days_since_delivery) + " days after birth";
  if (reading.after_birth && !reading.days_since_delivery) position += "; the date of the birth is not known";
  return position;
}

// What must be seen before anything else.
void AddFirst(const Findings& findings, const Reading& reading, const std::string& position, Answer& answer) {
  StageBuilder stage = answer.AddStage({.phase = "now", .title = "To be seen first", .position = position},
                                       v1::STAGE_STATE_CURRENT, {cite::B_3, cite::Cambridge2025});
  if (reading.alarm) {
    stage.LeaveWhen("The alarm sign has been dealt with where births are cared for", Truth::kUnknown, kOpinion,
                    {cite::B_3, cite::B_6});
  }
  if (IsTrue(reading.diastasis)) {
    stage.LeaveWhen("The symphysis has been seen and its care is settled", Truth::kUnknown, kOpinion,
                    {cite::Cambridge2025, cite::B_3});
  }
  if (reading.height_loss) {
    stage.LeaveWhen("Loss of height or vertebral pain has been explained", Truth::kUnknown, kOpinion, cite::B_3);
  }
  stage.EscalateWhen("Weight cannot be borne", findings.Is(input::red_flag::unable_to_bear_weight), kOpinion,
                     {cite::Cambridge2025, cite::B_3});
}

void AddEscalation(const Findings& findings, const Reading& reading, StageBuilder& stage) {
  if (!IsFalse(reading.delivered)) {
    stage.EscalateWhen("Pain still there 12 weeks (84 days) after birth: bone, axial spondyloarthritis and infection",
                       And({reading.delivered, AtLeast(reading.days_since_delivery, kReassessDaysAtLeast)}), kOpinion,
                       {cite::Albert2001, cite::X_8});
  }
  stage
      .EscalateWhen("Symphysis more than 10 mm wide, or a gap felt with weight that cannot be borne", reading.diastasis,
                    kOpinion, {cite::Cambridge2025, cite::B_3})
      .EscalateWhen(
          "Abnormal bleeding, signs of pre-eclampsia, fewer fetal movements, one swollen leg or "
          "breathlessness",
          AlarmSigns(findings, reading), kOpinion, {cite::B_3, cite::B_6})
      .EscalateWhen(runner_sij::kWarningCriterion, Truth::kUnknown, v1::GRADE_GUIDELINE, cite::B_6);
}

void AddReturn(const Findings& findings, const Reading& reading, bool first, StageBuilder rehabilitation,
               Answer& answer) {
  const Truth time = AtLeast(reading.days_since_delivery, kRunningByCriteriaDaysAtLeast);
  const Truth floor = Not(findings.Is(input::obstetric::pelvic_floor_symptoms));
  const Truth bleeding = Not(findings.Is(input::obstetric::abnormal_bleeding));
  const Truth walking = runner_sij::PainFreeWalking(findings);
  const Truth checks = findings.Is(input::training::load_checks_passed);
  rehabilitation
      .LeaveWhen(
          "At least 84 days after birth; from 21 to 83 days only after individual assessment (the two published "
          "positions differ)",
          time, kOpinion, {cite::Goom2019, cite::Delphi2024, cite::B_3})
      .LeaveWhen("No leakage, heaviness or dragging", floor, kOpinion, cite::Goom2019)
      .LeaveWhen("No abnormal bleeding", bleeding, kOpinion, cite::B_3)
      .LeaveWhen(runner_sij::kWalkingCriterion, walking, kOpinion, {cite::B_4, cite::K_38})
      .LeaveWhen(
          "Load checks passed (walk, balance, squat, jog, bounds, hops; four strength tests of 20 repetitions), "
          "after bone stress injury has been looked for",
          checks, kOpinion, {cite::Goom2019, cite::B_4});
  const v1::StageState state =
      first ? v1::STAGE_STATE_LATER : runner_sij::ByCriteria({time, floor, bleeding, walking, checks});
  answer
      .AddStage({.phase = "return",
                 .title = "Running again after birth",
                 .position = "Entered by criteria; the days alone never open it"},
                state, {cite::Goom2019, cite::Delphi2024, cite::K_38})
      .LeaveWhen("Walk-run steps without leakage, heaviness, dragging, bleeding or pain", And({floor, bleeding}),
                 kOpinion, {cite::Goom2019, cite::B_3})
      .EscalateWhen("Leakage, heaviness or dragging", findings.Is(input::obstetric::pelvic_floor_symptoms), kOpinion,
                    cite::Goom2019);
}

}  // namespace

void AddPathway(const Findings& findings, const Reading& reading, Answer& answer) {
  if (!answer.positive()) return;
  const runner_sij::Course course = runner_sij::ReadCourse(findings);
  const std::string position = Position(reading, course);
  const bool first = reading.alarm || IsTrue(reading.diastasis) || reading.height_loss;
  if (first) AddFirst(findings, reading, position, answer);
  answer
      .AddStage({.phase = "acute", .title = "First week: support and comfort", .position = position},
                first ? v1::STAGE_STATE_LATER : course.acute, {cite::Vleeming2008, cite::K_64, cite::X_7})
      .LeaveWhen("More than 7 days since onset; support of this stage is for short periods",
                 Above(course.days, runner_sij::kFirstWeekDaysAtMost), kOpinion, {cite::K_64, cite::X_7});
  StageBuilder rehabilitation = answer.AddStage(
      {.phase = "rehabilitation", .title = "Individual exercise", .position = position, .course = kPublishedCourse},
      first ? v1::STAGE_STATE_LATER : course.later,
      {cite::Vleeming2008, cite::Simonds2022, cite::Albert2001, cite::X_8});
  AddEscalation(findings, reading, rehabilitation);
  if (reading.after_birth) AddReturn(findings, reading, first, rehabilitation, answer);
  if (!course.days) answer.Ask(input::pain::duration, "Tells which stage of care this is");
}

void AddLegRaiseScore(const Findings& findings, Answer& answer) {
  const auto left = findings.Value(input::exam::aslr, Side::kLeft);
  const auto right = findings.Value(input::exam::aslr, Side::kRight);
  if (!left && !right) return;
  ScoreBuilder score = answer.AddScore(
      {.id = "aslr_total", .text = "Active straight leg raise, both legs together", .maximum = 2 * kAslrPerLegAtMost},
      v1::GRADE_DIAGNOSTIC_STUDY, {cite::Mens2002, cite::Mens2001});
  const auto add = [&](std::string_view text, std::optional<double> points) {
    if (points) {
      score.Item(text, *points);
    } else {
      score.Item(text, 0, kAslrPerLegAtMost, input::exam::aslr);
    }
  };
  add("left leg", left);
  add("right leg", right);
}

}  // namespace condyle::postpartum_instability
