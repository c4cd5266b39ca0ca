// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Recommendations, urgency and constraints of buttock_pain_mimics.
#include "plugins/buttock_pain_mimics/advice.h"

#include <algorithm>
#include <array>

#include "buttock_pain_mimics/manifest.h"
#include "plugins/buttock_pain_mimics/tables.h"

namespace condyle::buttock_pain_mimics {
namespace {

using runner_sij::RunningGrade;
using runner_sij::RunningReading;

// Whenever a pattern is met.
constexpr std::array kProgramme = {
    advice::refer_sports_medicine, advice::safety_net,          advice::return_to_running_criteria,
    advice::graded_rehab,          advice::cross_train,         advice::stationary_bike,
    advice::water_exercise,        advice::posture_and_routine,
};

bool AnySide(const SidedTruth& sided) { return IsTrue(Or({sided.left, sided.right, sided.unsaid})); }

bool BothSides(const SidedTruth& sided) { return IsTrue(And({sided.left, sided.right})); }

void AddRunning(const RunningReading& running, Answer& answer) {
  switch (running.grade) {
    case RunningGrade::kStopAndBeSeen:
      return answer.Recommend(advice::stop_running_be_seen, {.reason = running.reason});
    case RunningGrade::kModify:
      return answer.Recommend(advice::modify_running, {.reason = running.reason});
    case RunningGrade::kReduce:
      return answer.Recommend(advice::reduce_running, {.reason = running.reason});
    case RunningGrade::kUnknown:
      return;
  }
}

void AddImaging(const Findings& findings, const Patterns& patterns, Answer& answer) {
  const auto days = findings.Value(input::pain::duration);
  const std::string done = findings.Code(input::imaging::mri_lumbar) ? "; an MRI is recorded already" : "";
  if (IsTrue(Above(days, kPersistentDaysAbove))) {
    answer.Recommend(advice::lumbar_mri_if_persistent,
                     {.reason = "Pain for " + Number(*days) + " days, more than 6 weeks" + done});
  }
  if (IsTrue(patterns.pars))
    answer.Recommend(advice::lumbar_mri_if_persistent, {.reason = "Pars stress pattern" + done});
}

void AddPositive(const Findings& findings, const Patterns& patterns, const RunningReading& running,
                 const std::string& why, Answer& answer) {
  for (const Advice& advice : kProgramme) answer.Recommend(advice, {.reason = why});
  const Truth walking = findings.Is(input::pain::with_walking);
  if (!IsTrue(walking)) {
    const std::string reason =
        why + (IsFalse(walking) ? "; walking does not hurt" : "; pain on walking is not recorded: ask before");
    answer.Recommend(advice::walk_brisk, {.reason = reason});
    answer.Recommend(advice::elliptical, {.reason = reason});
  }
  answer.Recommend(advice::ice_heat_comfort, {.reason = why});
  AddRunning(running, answer);
  AddImaging(findings, patterns, answer);
}

void AddNeurological(const Findings& findings, const Patterns& patterns, Answer& answer) {
  const auto because = [&](bool holds, const char* reason) {
    if (holds) answer.Recommend(advice::neuro_exam, {.reason = reason});
  };
  because(patterns.weakness_mild || patterns.weakness_marked, "Weakness of a leg is recorded");
  because(patterns.mri_cauda_equina, "MRI shows compression of the cauda equina");
  if (IsFalse(patterns.present)) return;
  because(AnySide(findings.Sided(input::pain::below_knee)), "Pain below the knee");
  because(BothSides(findings.Sided(input::pain::leg_numbness)), "Numbness or tingling in both legs");
  because(AnySide(patterns.slr_on), "Straight leg raise reproduces leg pain");
  because(patterns.slr_unclear, "Straight leg raise is recorded as unclear");
  because(IsTrue(patterns.centralisation), "The pain centralises on repeated movements");
  because(IsTrue(findings.Is(input::exam::neuro_screen, answer::exam::neuro_screen::not_done)),
          "The neurological screen has not been done");
}

}  // namespace

void AddAlarms(const Patterns& patterns, Answer& answer) {
  if (patterns.mri_cauda_equina) {
    constexpr std::string_view kReason = "MRI shows compression of the cauda equina";
    answer.RaiseUrgency(v1::URGENCY_EMERGENCY);
    answer.Recommend(advice::ed_now, {.reason = std::string(kReason), .timeframe = "now"});
    for (std::string_view tag : kHeldInEmergency) answer.Hold(tag, kReason, {cite::BMJBP_CES, cite::B_6});
  }
  if (patterns.weakness_marked) {
    answer.RaiseUrgency(v1::URGENCY_EMERGENCY);
    answer.Recommend(advice::ed_now, {.reason = "Marked weakness of a leg, grade 3 or less", .timeframe = "now"});
  }
  if (patterns.weakness_mild) {
    answer.RaiseUrgency(v1::URGENCY_URGENT);
    answer.Recommend(advice::urgent_clinician_review,
                     {.reason = "Mild weakness of a leg, grade 4", .timeframe = "same day"});
  }
}

void AddAdvice(const Findings& findings, const Patterns& patterns, const RunningReading& running,
               const std::string& why, Answer& answer) {
  if (answer.positive()) AddPositive(findings, patterns, running, why, answer);
  AddNeurological(findings, patterns, answer);
  if (IsTrue(patterns.cyclical)) {
    answer.Recommend(advice::menses_diary, {.reason = "The pain comes with each menstrual period"});
    answer.Recommend(advice::refer_obgyn,
                     {.reason = "Pain with each menstrual period, to look for a gynaecological source"});
  }
  const double worst = std::max(findings.Value(input::pain::during_running).value_or(0),
                                findings.Value(input::pain::after_running_24h).value_or(0));
  if (worst > runner_sij::kReduceScoreAtMost && !IsFalse(patterns.present)) {
    answer.Recommend(advice::refer_sports_medicine, {.reason = "Running pain of " + Number(worst) + " of 10, above 5"});
  }
}

}  // namespace condyle::buttock_pain_mimics
