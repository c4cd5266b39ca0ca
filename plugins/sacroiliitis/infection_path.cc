// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The infection path.
#include "plugins/sacroiliitis/infection_path.h"

#include "plugins/pack/criteria/obstetric.h"
#include "plugins/pack/criteria/sides.h"
#include "plugins/sacroiliitis/tables.h"
#include "sacroiliitis/manifest.h"

namespace condyle::sacroiliitis {
namespace {

namespace flag = input::red_flag;

// Severe pain within 42 days of a birth or loss, unless without fever and with a normal CRP. An unrecorded loss does
// not keep the window open: it is asked for, and only a recorded one opens it.
void ReadAfterBirth(const Findings& findings, InfectionReading& infection) {
  const bool loss =
      findings.sex() != v1::SEX_MALE && IsTrue(findings.Is(input::obstetric::loss_or_abortion_last_6_weeks));
  infection.birth_window =
      loss ? Truth::kTrue : runner_sij::DeliveredWithin(findings, runner_sij::kPuerperiumDaysAtMost);
  infection.severe = AtLeast(findings.Value(input::pain::intensity), kSeverePainAtLeast);
  infection.afebrile_with_normal_crp =
      And({Not(runner_sij::Fever(findings)), AtMost(findings.Value(input::lab::crp), kNormalCrpMgPerLAtMost)});
  infection.after_birth = And({infection.birth_window, infection.severe, Not(infection.afebrile_with_normal_crp)});
}

void AskIfUnknown(const Findings& findings, const BooleanInput& question, std::string_view why, Answer& answer) {
  if (IsUnknown(findings.Is(question))) answer.Ask(question, why, /*safety=*/true);
}

// A trigger made of two findings: each is asked only while the other could be true.
void AskPair(const Findings& findings, const BooleanInput& one, const BooleanInput& other, Answer& answer) {
  constexpr std::string_view kWhy = "with its counterpart it is an infection trigger";
  if (!IsFalse(findings.Is(other))) AskIfUnknown(findings, one, kWhy, answer);
  if (!IsFalse(findings.Is(one))) AskIfUnknown(findings, other, kWhy, answer);
}

void AskSite(const Findings& findings, Answer& answer) {
  constexpr std::string_view kWhy =
      "without pain over the sacroiliac joint or in the buttock the infection path is negative";
  for (const SidedBooleanInput& site : {input::pain::sij_region, input::pain::buttock}) {
    for (Side side : kBothSides) {
      if (IsUnknown(findings.Is(site, side))) answer.Ask(site, kWhy, /*safety=*/false, side);
    }
  }
}

void AskAfterBirth(const Findings& findings, const InfectionReading& infection, Answer& answer) {
  constexpr std::string_view kWindow = "severe pain within 42 days of a birth or loss is an infection trigger";
  constexpr std::string_view kExemption =
      "after a birth or loss, severe pain counts unless there is no fever and CRP is normal";
  if (IsUnknown(infection.birth_window)) {
    if (findings.sex() == v1::SEX_UNSPECIFIED) answer.AskOfPatient("patient.sex", kWindow, /*safety=*/true);
    AskIfUnknown(findings, input::obstetric::pregnant, kWindow, answer);
    answer.Ask(input::obstetric::days_since_delivery, kWindow, /*safety=*/true);
  }
  if (IsUnknown(infection.severe)) answer.Ask(input::pain::intensity, kWindow, /*safety=*/true);
  if (IsUnknown(infection.afebrile_with_normal_crp)) {
    if (!findings.Value(input::exam::temperature)) answer.Ask(input::exam::temperature, kExemption, /*safety=*/true);
    if (!findings.Value(input::lab::crp)) answer.Ask(input::lab::crp, kExemption, /*safety=*/true);
  }
}

}  // namespace

const std::array<BooleanInput, 5>& CoreQuestions() {
  static constexpr std::array<BooleanInput, 5> kCore = {flag::fever_rigors, flag::iv_drug_use, flag::immunosuppression,
                                                        flag::recent_infection, flag::recent_procedure};
  return kCore;
}

InfectionReading ReadInfection(const Findings& findings) {
  InfectionReading result;
  const bool no_pain = IsFalse(findings.Is(input::pain::present));
  result.pain = no_pain ? Truth::kFalse : runner_sij::SijOrButtockPain(findings);
  ReadAfterBirth(findings, result);

  const auto shared = runner_sij::ReadInfectionTriggers(findings);
  result.triggers.assign(shared.begin(), shared.end());
  result.triggers.push_back(
      {input::lab::crp, "CRP of 50 mg/L or more", AtLeast(findings.Value(input::lab::crp), kVeryHighCrpMgPerLAtLeast)});
  result.triggers.push_back({input::lab::wbc, "white cell count above 11 x 10^9/L",
                             Above(findings.Value(input::lab::wbc), kWhiteCellsPerNlAbove)});
  result.triggers.push_back({input::lab::blood_culture, "blood culture with growth",
                             findings.Is(input::lab::blood_culture, answer::lab::blood_culture::positive)});
  result.triggers.push_back(
      {input::imaging::mri_sacroiliac, "effusion, abscess or septic features on MRI",
       findings.Is(input::imaging::mri_sacroiliac, answer::imaging::mri_sacroiliac::infection_features)});
  result.triggers.push_back({input::pain::intensity,
                             "severe pain within 42 days of a birth or loss, with fever or a raised CRP",
                             result.after_birth});

  Truth any = Truth::kFalse;
  for (const auto& trigger : result.triggers) any = Or({any, trigger.met});
  result.core_denied = true;
  for (const BooleanInput& question : CoreQuestions()) {
    result.core_denied = result.core_denied && IsFalse(findings.Is(question));
  }
  if (IsFalse(result.pain)) {
    result.met = Truth::kFalse;
  } else if (IsTrue(any)) {
    result.met = Truth::kTrue;  // an unknown site of pain does not hold it back
  } else {
    result.met = result.core_denied && IsFalse(result.after_birth) ? Truth::kFalse : Truth::kUnknown;
  }
  return result;
}

std::string MetTriggers(const Findings& findings, const InfectionReading& infection) {
  std::string result;
  for (const auto& trigger : infection.triggers) {
    if (!IsTrue(trigger.met)) continue;
    if (!result.empty()) result += ", ";
    result += trigger.text;
    for (const QuantityInput& value : {input::exam::temperature, input::lab::crp, input::lab::wbc}) {
      if (trigger.input.key == value.key) result += " (" + Number(findings.Value(value).value_or(0)) + ")";
    }
  }
  return result;
}

void AskInfection(const Findings& findings, const InfectionReading& infection, Answer& answer) {
  if (!IsUnknown(infection.met)) return;
  for (const BooleanInput& question : CoreQuestions()) {
    AskIfUnknown(findings, question, "an infection trigger; a negative answer needs it to be denied", answer);
  }
  if (IsUnknown(infection.after_birth)) AskAfterBirth(findings, infection, answer);
  constexpr std::string_view kTrigger = "an infection trigger if present";
  if (!findings.Value(input::exam::temperature)) answer.Ask(input::exam::temperature, kTrigger, /*safety=*/true);
  AskPair(findings, flag::unable_to_bear_weight, flag::systemically_unwell, answer);
  AskIfUnknown(findings, input::history::raw_dairy_or_livestock, kTrigger, answer);
  AskPair(findings, input::history::tb_contact, flag::night_sweats, answer);
  if (findings.sex() != v1::SEX_MALE && !IsTrue(infection.birth_window) && !IsFalse(infection.severe) &&
      !IsTrue(infection.afebrile_with_normal_crp)) {
    AskIfUnknown(findings, input::obstetric::loss_or_abortion_last_6_weeks, kTrigger, answer);
  }
  if (!findings.Value(input::lab::crp)) answer.Ask(input::lab::crp, kTrigger, /*safety=*/true);
  if (!findings.Value(input::lab::wbc)) answer.Ask(input::lab::wbc, kTrigger, /*safety=*/true);
  // Blood cultures and MRI could trigger it too, but nobody takes them before there is a suspicion.
  if (IsUnknown(infection.pain)) AskSite(findings, answer);
}

}  // namespace condyle::sacroiliitis
