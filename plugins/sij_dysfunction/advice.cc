// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Recommendations and constraints of sij_dysfunction.
#include "plugins/sij_dysfunction/advice.h"

#include <algorithm>
#include <array>

#include "plugins/pack/criteria/course.h"
#include "plugins/pack/criteria/sides.h"
#include "plugins/sij_dysfunction/tables.h"
#include "sij_dysfunction/manifest.h"

namespace condyle::sij_dysfunction {
namespace {

using runner_sij::RunningGrade;

bool Known(const Findings& findings, const BooleanInput& input) { return IsTrue(findings.Is(input)); }

// Whenever the criteria are met.
constexpr std::array kProgramme = {
    advice::refer_sports_medicine,
    advice::safety_net,
    advice::return_to_running_criteria,
    advice::higher_level_progression,
    advice::hip_rotator_stretch,
    advice::foam_roll_limits,
    advice::yoga,
    advice::pilates,
    advice::tai_chi,
    advice::manual_therapy_adjunct,
    advice::about_the_joint,
    advice::about_the_source,
    advice::how_often_the_joint,
};
// Low-impact work that may replace running.
constexpr std::array kCrossTraining = {advice::cross_train, advice::stationary_bike, advice::water_exercise};

bool PainIsPresent(const Findings& findings) {
  return IsTrue(Or({findings.Is(input::pain::present), runner_sij::SijOrButtockPain(findings)}));
}

void AddRunning(const Findings& findings, const runner_sij::RunningReading& running, Answer& answer) {
  // To stop and be seen protects whatever the source of the pain; to go on needs the criteria.
  if (running.grade == RunningGrade::kStopAndBeSeen && !IsFalse(findings.Is(input::pain::present))) {
    answer.Recommend(advice::stop_running_be_seen, {.reason = running.reason});
  }
  if (!answer.positive()) return;
  if (running.grade == RunningGrade::kModify) answer.Recommend(advice::modify_running, {.reason = running.reason});
  if (running.grade == RunningGrade::kReduce) answer.Recommend(advice::reduce_running, {.reason = running.reason});
}

void AddComfort(const Findings& findings, const std::string& why, Answer& answer) {
  const auto days = findings.Value(input::pain::duration);
  std::string reason = why;
  if (days) {
    reason += "; pain for " + Number(*days) + " days: " +
              (*days <= runner_sij::kFirstWeekDaysAtMost ? "the first week, so ice" : "past the first week, so heat");
  }
  answer.Recommend(advice::ice_heat_comfort, {.reason = reason});
  answer.Recommend(advice::posture_and_routine, {.reason = why});
  answer.Recommend(advice::graded_rehab, {.reason = why});
}

void AddCrossTraining(const Findings& findings, const std::string& why, Answer& answer) {
  for (const Advice& advice : kCrossTraining) answer.Recommend(advice, {.reason = why});
  if (Known(findings, input::pain::with_walking)) return;
  const std::string walking =
      why + (IsFalse(findings.Is(input::pain::with_walking)) ? "; walking does not hurt"
                                                             : "; pain on walking is not recorded: ask before");
  answer.Recommend(advice::walk_brisk, {.reason = walking});
  answer.Recommend(advice::elliptical, {.reason = walking});
}

// Six months without improvement are for a specialist.
void AddRefractory(const Findings& findings, Answer& answer) {
  const auto days = findings.Value(input::pain::duration);
  if (!IsTrue(Above(days, kRefractoryDaysAbove)) || !Known(findings, input::red_flag::no_improvement_4_weeks)) return;
  const std::string why = "Pain for " + Number(*days) + " days, more than 6 months, with no improvement in 4 weeks";
  answer.Recommend(advice::specialist_review_refractory, {.reason = why});
  answer.Recommend(advice::image_guided_block, {.reason = why});
  answer.Recommend(advice::steroid_injection_refractory, {.reason = why});
}

void AddMedication(const Findings& findings, const std::string& why, Answer& answer) {
  if (Known(findings, input::obstetric::pregnant) || Known(findings, input::history::nsaid_risk_condition) ||
      Known(findings, input::medication::anticoagulant)) {
    return;
  }
  answer.Recommend(
      advice::nsaid_short_course,
      {.reason = why + "; neither pregnancy, nor a condition that makes NSAIDs risky, nor an anticoagulant is "
                       "recorded as present"});
}

void AddPositive(const Findings& findings, const std::string& why, Answer& answer) {
  for (const Advice& advice : kProgramme) answer.Recommend(advice, {.reason = why});
  const bool provoked = Known(findings, input::pain::stairs_hills_or_squats);
  answer.Recommend(advice::avoid_provoking_loads,
                   {.reason = provoked ? why + "; worse on stairs, hills, lunges or squats" : why});
  AddCrossTraining(findings, why, answer);
  AddMedication(findings, why, answer);
  AddRefractory(findings, answer);
  if (Known(findings, input::training::runner)) {
    answer.Recommend(advice::gait_evaluation, {.reason = why + "; runs regularly"});
  }
}

}  // namespace

void AddAdvice(const Findings& findings, const runner_sij::RunningReading& running, const std::string& why,
               Answer& answer) {
  const bool negative = answer.status() == v1::STATUS_NEGATIVE;
  AddRunning(findings, running, answer);
  if (answer.positive()) AddPositive(findings, why, answer);
  if (answer.positive() || (negative && PainIsPresent(findings))) AddComfort(findings, why, answer);
  if (negative) answer.Recommend(advice::reassure_explain, {.reason = why});
  if ((answer.positive() || negative) && Known(findings, input::training::runner)) {
    answer.Recommend(advice::prevention_training_load, {.reason = "Runs regularly"});
  }
  const double worst = std::max(findings.Value(input::pain::during_running).value_or(0),
                                findings.Value(input::pain::after_running_24h).value_or(0));
  if (worst > runner_sij::kReduceScoreAtMost && !IsFalse(findings.Is(input::pain::present))) {
    answer.Recommend(advice::refer_sports_medicine, {.reason = "Running pain of " + Number(worst) + " of 10, above 5"});
  }
}

void AddConstraints(const Findings& findings, Answer& answer) {
  constexpr std::string_view kManipulation = "manual.manipulation";
  constexpr std::string_view kNsaid = "drug.nsaid";
  if (Known(findings, input::history::known_axspa)) {
    answer.Forbid(kManipulation, "Known axial spondyloarthritis", {cite::Ward2019, cite::X_4, cite::K_58});
  }
  if (Known(findings, input::history::spinal_fusion)) {
    answer.Forbid(kManipulation, "Part of the spine is fused", {cite::Ward2019, cite::X_4, cite::K_58});
  }
  if (Known(findings, input::history::osteoporosis)) {
    answer.Forbid(kManipulation, "Osteoporosis or an earlier low-trauma fracture",
                  {cite::Ward2019, cite::X_4, cite::K_58});
  }
  if (Known(findings, input::medication::anticoagulant)) {
    answer.Forbid(kManipulation, "Takes an anticoagulant", cite::X_4);
    answer.Hold(kNsaid, "Takes an anticoagulant: bleeding risk", cite::K_33);
  }
  if (Known(findings, input::history::nsaid_risk_condition)) {
    answer.Hold(kNsaid, "Stomach, kidney, heart or vascular disease is recorded", cite::K_33);
  }
}

}  // namespace condyle::sij_dysfunction
