// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Dates and date-times as RFC 3339 and FHIR write them, their order, and age.
#ifndef CONDYLE_HOST_INTAKE_DATES_H_
#define CONDYLE_HOST_INTAKE_DATES_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace condyle::intake {

enum class Precision { kNone, kYear, kMonth, kDay, kInstant };

// A point in time as precise as it was written.
struct Moment {
  Precision precision = Precision::kNone;
  // Days since 1970-01-01 of the calendar date as written (of the first day, if only year or month are given).
  int64_t day = 0;
  // kInstant: seconds since 1970-01-01T00:00:00Z, and the rest in nanoseconds.
  int64_t seconds = 0;
  int32_t nanoseconds = 0;
  // kInstant: written as 00:00:00 of its day.
  bool midnight = false;
};

// YYYY-MM-DD of a day that exists.
std::optional<Moment> ParseDate(std::string_view text);
// RFC 3339 date-time: offset required, seconds 60 allowed, fractions of a second to any length.
std::optional<Moment> ParseDateTime(std::string_view text);
// Either of the two.
std::optional<Moment> ParseDateOrDateTime(std::string_view text);
// FHIR dateTime: YYYY, YYYY-MM, YYYY-MM-DD or RFC 3339 date-time.
std::optional<Moment> ParseFhirDateTime(std::string_view text);

// Whether something of `when` is certain to lie after the moment of assessment. Dates are compared with the calendar
// date of as_of as written. An as_of of exactly midnight stands for its whole day: it is what a bare date becomes.
bool IsAfter(const Moment& when, const Moment& as_of);

// Which is later; unordered if that cannot be told (no time given, or the same day with one of them a bare date).
std::partial_ordering Compare(const Moment& a, const Moment& b);

// Age in years at as_of's calendar date: completed years and the elapsed part of the current one; whole on a birthday.
// Someone born on 29 February has the birthday on 1 March in other years. Not negative only if born on or before that
// date.
double AgeYears(const Moment& birth, const Moment& as_of);

}  // namespace condyle::intake

#endif  // CONDYLE_HOST_INTAKE_DATES_H_
