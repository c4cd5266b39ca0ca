// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Pregnancy and birth.
#include "plugins/pack/criteria/obstetric.h"

#include "runner_sij/pack.h"

namespace condyle::runner_sij {

Truth Pregnant(const Findings& findings) {
  return findings.sex() == v1::SEX_MALE ? Truth::kFalse : findings.Is(input::obstetric::pregnant);
}

Truth DeliveredWithin(const Findings& findings, double days) {
  if (findings.sex() == v1::SEX_MALE) return Truth::kFalse;
  if (const auto since = findings.Value(input::obstetric::days_since_delivery)) return ToTruth(*since <= days);
  const Truth in_24_months = findings.Is(input::obstetric::delivered_last_24_months);
  if (IsFalse(in_24_months)) return Truth::kFalse;
  if (days >= kAfterBirthDaysAtMost) return in_24_months;
  // Nobody is known to be pregnant again within six weeks of a birth.
  if (days <= kPuerperiumDaysAtMost && IsTrue(Pregnant(findings))) return Truth::kFalse;
  return Truth::kUnknown;
}

Truth PregnantFromWeek(const Findings& findings, double weeks) {
  return And({Pregnant(findings), AtLeast(findings.Value(input::obstetric::gestational_age), weeks)});
}

Truth PelvicGirdleApplies(const Findings& findings) {
  if (findings.sex() == v1::SEX_MALE) return Truth::kFalse;
  const Truth either = Or({Pregnant(findings), DeliveredWithin(findings, kAfterBirthDaysAtMost)});
  if (IsFalse(either)) return Truth::kFalse;
  return findings.sex() == v1::SEX_UNSPECIFIED ? Truth::kUnknown : either;
}

}  // namespace condyle::runner_sij
