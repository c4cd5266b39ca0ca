// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Parses dates by hand: strptime is locale bound, and std::chrono has no parser in this library version.
#include "host/intake/dates.h"

#include <chrono>

namespace condyle::intake {
namespace {

constexpr int kLastHour = 23;
constexpr int kLastMinute = 59;
constexpr int64_t kSecondsPerMinute = 60;
constexpr int64_t kSecondsPerHour = 3600;
constexpr int64_t kSecondsPerDay = 86400;
constexpr int32_t kNanosecondsPerTenth = 100'000'000;

// Reads exactly `count` digits at the front and takes them off. Negative if they are not there.
int TakeDigits(std::string_view* text, size_t count) {
  if (text->size() < count) return -1;
  int value = 0;
  for (size_t i = 0; i < count; ++i) {
    const char c = (*text)[i];
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  text->remove_prefix(count);
  return value;
}

bool Take(std::string_view* text, char c) {
  if (text->empty() || text->front() != c) return false;
  text->remove_prefix(1);
  return true;
}

std::optional<int64_t> Day(int year, int month, int day) {
  if (year < 1 || month < 1 || day < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

// Takes YYYY-MM-DD off the front.
std::optional<Moment> TakeDate(std::string_view* text) {
  const int year = TakeDigits(text, 4);
  if (year < 0 || !Take(text, '-')) return std::nullopt;
  const int month = TakeDigits(text, 2);
  if (month < 0 || !Take(text, '-')) return std::nullopt;
  const std::optional<int64_t> day = Day(year, month, TakeDigits(text, 2));
  if (!day) return std::nullopt;
  Moment moment;
  moment.precision = Precision::kDay;
  moment.day = *day;
  return moment;
}

}  // namespace

std::optional<Moment> ParseDate(std::string_view text) {
  const std::optional<Moment> moment = TakeDate(&text);
  return text.empty() ? moment : std::nullopt;
}

std::optional<Moment> ParseDateTime(std::string_view text) {
  std::optional<Moment> moment = TakeDate(&text);
  if (!moment || (!Take(&text, 'T') && !Take(&text, 't'))) return std::nullopt;
  const int hour = TakeDigits(&text, 2);
  if (hour < 0 || hour > kLastHour || !Take(&text, ':')) return std::nullopt;
  const int minute = TakeDigits(&text, 2);
  if (minute < 0 || minute > kLastMinute || !Take(&text, ':')) return std::nullopt;
  const int second = TakeDigits(&text, 2);
  if (second < 0 || second > 60) return std::nullopt;
  if (Take(&text, '.')) {
    int digit = TakeDigits(&text, 1);
    if (digit < 0) return std::nullopt;
    for (int32_t scale = kNanosecondsPerTenth; digit >= 0; digit = TakeDigits(&text, 1), scale /= 10) {
      moment->nanoseconds += digit * scale;
    }
  }
  int offset_minutes = 0;
  if (!Take(&text, 'Z') && !Take(&text, 'z')) {
    const int sign = Take(&text, '+') ? 1 : (Take(&text, '-') ? -1 : 0);
    const int offset_hour = TakeDigits(&text, 2);
    if (sign == 0 || offset_hour < 0 || offset_hour > kLastHour || !Take(&text, ':')) return std::nullopt;
    const int offset_minute = TakeDigits(&text, 2);
    if (offset_minute < 0 || offset_minute > kLastMinute) return std::nullopt;
    offset_minutes = sign * (offset_hour * 60 + offset_minute);
  }
  if (!text.empty()) return std::nullopt;
  moment->precision = Precision::kInstant;
  moment->seconds = moment->day * kSecondsPerDay + hour * kSecondsPerHour + minute * kSecondsPerMinute + second -
                    offset_minutes * kSecondsPerMinute;
  moment->midnight = hour == 0 && minute == 0 && second == 0 && moment->nanoseconds == 0;
  return moment;
}

std::optional<Moment> ParseDateOrDateTime(std::string_view text) {
  return text.size() <= 10 ? ParseDate(text) : ParseDateTime(text);
}

std::optional<Moment> ParseFhirDateTime(std::string_view text) {
  if (text.size() != 4 && text.size() != 7) return ParseDateOrDateTime(text);
  const bool has_month = text.size() == 7;
  const int year = TakeDigits(&text, 4);
  if (year < 0 || (has_month && !Take(&text, '-'))) return std::nullopt;
  const std::optional<int64_t> day = Day(year, has_month ? TakeDigits(&text, 2) : 1, 1);
  if (!day) return std::nullopt;
  Moment moment;
  moment.precision = has_month ? Precision::kMonth : Precision::kYear;
  moment.day = *day;
  return moment;
}

bool IsAfter(const Moment& when, const Moment& as_of) {
  if (when.precision == Precision::kNone) return false;
  if (when.precision != Precision::kInstant || as_of.precision != Precision::kInstant || as_of.midnight) {
    return when.day > as_of.day;
  }
  return when.seconds != as_of.seconds ? when.seconds > as_of.seconds : when.nanoseconds > as_of.nanoseconds;
}

std::partial_ordering Compare(const Moment& a, const Moment& b) {
  if (a.precision == Precision::kInstant && b.precision == Precision::kInstant) {
    if (a.seconds != b.seconds) return a.seconds <=> b.seconds;
    return a.nanoseconds <=> b.nanoseconds;
  }
  if (a.precision < Precision::kDay || b.precision < Precision::kDay) return std::partial_ordering::unordered;
  if (a.day != b.day) return a.day <=> b.day;
  return a.precision == b.precision ? std::partial_ordering::equivalent : std::partial_ordering::unordered;
}

double AgeYears(const Moment& birth, const Moment& as_of) {
  using std::chrono::days;
  using std::chrono::sys_days;
  using std::chrono::year;
  using std::chrono::year_month_day;
  using std::chrono::years;
  const year_month_day born{sys_days(days(birth.day))};
  const sys_days today{days(as_of.day)};
  // 29 February of a common year is turned into 1 March by the conversion.
  const auto birthday = [&born](year in) { return sys_days(year_month_day(in, born.month(), born.day())); };
  year last = year_month_day(today).year();
  if (birthday(last) > today) --last;
  const double elapsed = static_cast<double>((today - birthday(last)).count());
  const double length = static_cast<double>((birthday(last + years(1)) - birthday(last)).count());
  return static_cast<double>((last - born.year()).count()) + elapsed / length;
}

}  // namespace condyle::intake
