// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Pregnancy and birth.
#include "plugins/pack/criteria/obstetric.h"

#include <chrono>
#include <string_view>

#include "runner_sij/pack.h"

namespace condyle::runner_sij {
namespace {

// The first ten characters of an RFC 3339 date or date-time. Empty if they are no date.
std::optional<std::chrono::sys_days> Day(std::string_view text) {
  const auto number = [&](size_t at, size_t digits) {
    int value = 0;
    for (char c : text.substr(at, digits)) {
      if (c < '0' || c > '9') return -1;
      value = value * 10 + (c - '0');
    }
    return value;
  };
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
  if (year < 0 || month < 0 || day < 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

}  // namespace

Truth Pregnant(const Findings& findings) {
  return findings.sex() == v1::SEX_MALE ? Truth::kFalse : findings.Is(input::obstetric::pregnant);
}

Truth DeliveredWithin(const Findings& findings, double days) {
  if (findings.sex() == v1::SEX_MALE) return Truth::kFalse;
  if (const auto since = findings.Value(input::obstetric::days_since_delivery)) return ToTruth(*since <= days);
  const Truth in_24_months = findings.Is(input::obstetric::delivered_last_24_months);
  if (IsFalse(in_24_months)) return Truth::kFalse;
  if (days >= kAfterBirthDaysAtMost) return in_24_months;
  // Who is pregnant now and says nothing of a birth gave none within six weeks.
  if (days <= kPuerperiumDaysAtMost && IsTrue(Pregnant(findings))) return Truth::kFalse;
  return Truth::kUnknown;
}

std::optional<double> GestationalWeeks(const Findings& findings) {
  if (const auto recorded = findings.Value(input::obstetric::gestational_age)) return recorded;
  const auto period = findings.Date(input::obstetric::last_menstrual_period);
  const auto from = period ? Day(*period) : std::nullopt;
  const auto to = Day(findings.as_of());
  if (!from || !to || *from > *to) return std::nullopt;
  const double days = static_cast<double>((*to - *from).count());
  constexpr double kDaysPerWeek = 7;
  if (days > kGestationWeeksAtMost * kDaysPerWeek) return std::nullopt;
  const auto since_delivery = findings.Value(input::obstetric::days_since_delivery);
  if (since_delivery && days >= *since_delivery) return std::nullopt;
  return days / kDaysPerWeek;
}

Truth PregnantFromWeek(const Findings& findings, double weeks) {
  return And({Pregnant(findings), AtLeast(GestationalWeeks(findings), weeks)});
}

Truth PelvicGirdleApplies(const Findings& findings) {
  if (findings.sex() == v1::SEX_MALE) return Truth::kFalse;
  const Truth either = Or({Pregnant(findings), DeliveredWithin(findings, kAfterBirthDaysAtMost)});
  if (IsFalse(either)) return Truth::kFalse;
  return findings.sex() == v1::SEX_UNSPECIFIED ? Truth::kUnknown : either;
}

}  // namespace condyle::runner_sij
