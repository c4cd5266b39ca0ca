// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// From findings to the status.
#include "plugins/postpartum_instability/reading.h"

#include "plugins/pack/criteria/obstetric.h"
#include "plugins/pack/criteria/sides.h"
#include "plugins/postpartum_instability/tables.h"
#include "postpartum_instability/manifest.h"

namespace condyle::postpartum_instability {
namespace {

namespace test = answer::lab::pregnancy_test;

void ReadPregnancy(const Findings& findings, Reading& reading) {
  const bool male = findings.sex() == v1::SEX_MALE;
  const Truth positive_test = findings.Is(input::lab::pregnancy_test, test::positive);
  reading.applies = runner_sij::PelvicGirdleApplies(findings);
  reading.pregnant = runner_sij::Pregnant(findings);
  reading.gestational_weeks = runner_sij::GestationalWeeks(findings);
  const bool hint = IsTrue(positive_test) || findings.Value(input::obstetric::gestational_age).has_value();
  reading.as_if_pregnant = IsTrue(reading.pregnant) || (!male && IsUnknown(reading.pregnant) && hint);
  reading.pregnancy_possible = !male && (reading.as_if_pregnant || IsTrue(positive_test) ||
                                         (IsUnknown(reading.pregnant) && !IsFalse(positive_test) &&
                                          !IsTrue(findings.Is(input::history::postmenopausal))));
  reading.delivered = runner_sij::DeliveredWithin(findings, runner_sij::kAfterBirthDaysAtMost);
  if (!male) reading.days_since_delivery = findings.Value(input::obstetric::days_since_delivery);
  reading.after_birth = IsTrue(reading.delivered) && !IsTrue(reading.pregnant);
  reading.dates_unclear = IsTrue(reading.pregnant) && reading.days_since_delivery && !reading.gestational_weeks;
}

// A gap that is felt counts only where the patient cannot bear weight.
Truth Diastasis(const Findings& findings) {
  return Or({Above(findings.Value(input::imaging::symphysis_gap), kDiastasisMmAbove),
             And({findings.Is(input::exam::symphysis_gap), findings.Is(input::red_flag::unable_to_bear_weight)})});
}

v1::Status StatusOf(const Reading& reading) {
  if (IsFalse(reading.applies)) return v1::STATUS_NOT_APPLICABLE;
  if (IsUnknown(reading.applies)) return v1::STATUS_INSUFFICIENT_DATA;
  if (reading.no_pain) return v1::STATUS_NEGATIVE;
  if (IsTrue(reading.diastasis)) return v1::STATUS_POSITIVE;
  if (reading.dates_unclear) return v1::STATUS_INSUFFICIENT_DATA;
  return IsTrue(reading.items.met)    ? v1::STATUS_POSITIVE
         : IsFalse(reading.items.met) ? v1::STATUS_NEGATIVE
                                      : v1::STATUS_INSUFFICIENT_DATA;
}

void AskApplicability(const Findings& findings, const Reading& reading, Answer& answer) {
  constexpr std::string_view kWhy = "pelvic girdle pain is a question in pregnancy and for 24 months after birth";
  if (findings.sex() == v1::SEX_UNSPECIFIED) answer.AskOfPatient("patient.sex", kWhy);
  if (IsUnknown(reading.pregnant)) answer.Ask(input::obstetric::pregnant, kWhy, /*safety=*/true);
  if (IsUnknown(reading.delivered)) answer.Ask(input::obstetric::days_since_delivery, kWhy);
}

// Sides that are not quiet, where the test was not done.
void AskSided(const Findings& findings, const SidedBooleanInput& test, std::string_view why, Answer& answer) {
  for (Side side : kBothSides) {
    if (IsUnknown(findings.Is(test, side)) && !runner_sij::Quiet(findings, side)) {
      answer.Ask(test, why, /*safety=*/false, side);
    }
  }
}

void AskItems(const Findings& findings, const Reading& reading, Answer& answer) {
  constexpr std::string_view kWhy = "one of the seven items, of which two are needed";
  const runner_sij::PelvicGirdleReading& items = reading.items;
  if (IsUnknown(items.thigh_thrust)) AskSided(findings, input::exam::thigh_thrust, kWhy, answer);
  if (IsUnknown(items.faber_posterior)) {
    for (Side side : kBothSides) {
      if (runner_sij::Quiet(findings, side)) continue;
      const Truth faber = findings.Is(input::exam::faber, side);
      if (IsUnknown(faber)) answer.Ask(input::exam::faber, kWhy, /*safety=*/false, side);
      if (IsTrue(faber) && !findings.Code(input::exam::faber_pain_site, side)) {
        answer.Ask(input::exam::faber_pain_site, "FABER counts only with posterior pain", /*safety=*/false, side);
      }
    }
  }
  if (IsUnknown(items.gaenslen)) AskSided(findings, input::exam::gaenslen, kWhy, answer);
  if (IsUnknown(items.aslr)) {
    for (Side side : kBothSides) {
      if (!findings.Value(input::exam::aslr, side)) answer.Ask(input::exam::aslr, kWhy, /*safety=*/false, side);
    }
  }
  if (IsUnknown(items.long_dorsal_ligament)) {
    AskSided(findings, input::exam::long_dorsal_ligament_tenderness, kWhy, answer);
  }
  if (IsUnknown(items.symphysis_tenderness)) answer.Ask(input::exam::symphysis_tenderness, kWhy);
  if (IsUnknown(items.modified_trendelenburg)) AskSided(findings, input::exam::modified_trendelenburg, kWhy, answer);
}

// Alarm signs, and the halves of a diastasis: their answers can raise the urgency.
void AskSafety(const Findings& findings, const Reading& reading, Answer& answer) {
  for (const AlarmSign& sign : kAlarmSigns) {
    const bool fetal = sign.input.key == input::obstetric::reduced_fetal_movement.key;
    if (fetal && IsFalse(reading.pregnant)) continue;
    if (IsUnknown(findings.Is(sign.input))) answer.Ask(sign.input, "an emergency if present", /*safety=*/true);
  }
  if (IsTrue(reading.diastasis)) return;
  constexpr std::string_view kWhy = "with a gap felt at the symphysis it means diastasis";
  if (IsTrue(findings.Is(input::exam::symphysis_gap))) {
    if (IsUnknown(findings.Is(input::red_flag::unable_to_bear_weight))) {
      answer.Ask(input::red_flag::unable_to_bear_weight, kWhy, /*safety=*/true);
    }
    if (!findings.Value(input::imaging::symphysis_gap)) {
      answer.Ask(input::imaging::symphysis_gap, "more than 10 mm means diastasis", /*safety=*/true);
    }
  } else if (IsTrue(findings.Is(input::red_flag::unable_to_bear_weight)) &&
             IsUnknown(findings.Is(input::exam::symphysis_gap))) {
    answer.Ask(input::exam::symphysis_gap, "with no weight bearing it means diastasis", /*safety=*/true);
  }
}

}  // namespace

Reading Read(const Findings& findings) {
  Reading result;
  result.no_pain = IsFalse(findings.Is(input::pain::present));
  ReadPregnancy(findings, result);
  result.items = runner_sij::ReadPelvicGirdle(findings);
  result.diastasis = Diastasis(findings);
  for (const AlarmSign& sign : kAlarmSigns) result.alarm = result.alarm || IsTrue(findings.Is(sign.input));
  result.height_loss =
      IsTrue(findings.Is(input::red_flag::height_loss)) &&
      (IsTrue(result.applies) || result.as_if_pregnant || IsTrue(findings.Is(input::obstetric::lactating)));
  result.status = StatusOf(result);
  return result;
}

void AskMissing(const Findings& findings, const Reading& reading, Answer& answer) {
  if (IsFalse(reading.applies)) return;
  if (reading.status != v1::STATUS_NEGATIVE) AskSafety(findings, reading, answer);
  if (IsTrue(reading.delivered) && !reading.days_since_delivery) {
    answer.Ask(input::obstetric::days_since_delivery, "running and some exercises wait for a time after birth");
  }
  if (reading.status != v1::STATUS_INSUFFICIENT_DATA) return;

  if (IsUnknown(reading.applies)) {
    AskApplicability(findings, reading, answer);
  } else if (reading.dates_unclear) {
    constexpr std::string_view kWhy = "pregnant, with a delivery recorded: the weeks tell the two apart";
    answer.Ask(input::obstetric::gestational_age, kWhy);
    if (!findings.Date(input::obstetric::last_menstrual_period))
      answer.Ask(input::obstetric::last_menstrual_period, kWhy);
  } else {
    AskItems(findings, reading, answer);
  }
}

}  // namespace condyle::postpartum_instability
