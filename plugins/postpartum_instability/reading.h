// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the case says of pregnancy, birth and the pelvic girdle, and the status that follows.
#ifndef CONDYLE_PLUGINS_POSTPARTUM_INSTABILITY_READING_H_
#define CONDYLE_PLUGINS_POSTPARTUM_INSTABILITY_READING_H_

#include <optional>
#include <string>

#include "condyle/sdk/answer.h"
#include "condyle/sdk/findings.h"
#include "condyle/sdk/truth.h"
#include "plugins/pack/criteria/pelvic_girdle.h"

namespace condyle::postpartum_instability {

struct Reading {
  // Pregnant, or delivered within 24 months, and not a man.
  Truth applies = Truth::kUnknown;
  bool no_pain = false;
  Truth pregnant = Truth::kUnknown;
  // Pregnant, or not said while a positive test or weeks of gestation are recorded: the precautions of pregnancy stand.
  bool as_if_pregnant = false;
  // Neither recorded as not pregnant, nor a negative test, nor male, nor postmenopausal.
  bool pregnancy_possible = false;
  std::optional<double> gestational_weeks;
  Truth delivered = Truth::kUnknown;  // within 24 months
  std::optional<double> days_since_delivery;
  // Delivered within 24 months and not pregnant again.
  bool after_birth = false;
  // Pregnant and days since delivery, without weeks: nobody can tell which of the two the pain belongs to.
  bool dates_unclear = false;

  runner_sij::PelvicGirdleReading items;
  Truth diastasis = Truth::kUnknown;
  bool alarm = false;
  // Loss of height in pregnancy, after birth or while breastfeeding.
  bool height_loss = false;

  v1::Status status = v1::STATUS_INSUFFICIENT_DATA;
};

Reading Read(const Findings& findings);

// Asks for every unknown input that could change the status, and for alarm signs that could raise the urgency.
void AskMissing(const Findings& findings, const Reading& reading, Answer& answer);

}  // namespace condyle::postpartum_instability

#endif  // CONDYLE_PLUGINS_POSTPARTUM_INSTABILITY_READING_H_
