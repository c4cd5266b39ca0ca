// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Dates: what is accepted, which is later, how old somebody is.
#include "host/intake/dates.h"

#include <gtest/gtest.h>

#include <string>

namespace condyle::intake {
namespace {

struct Text {
  const char* name;
  const char* text;
  bool date;
  bool date_time;
  bool fhir;
};

class DateText : public ::testing::TestWithParam<Text> {};

TEST_P(DateText, IsAcceptedWhereItBelongs) {
  EXPECT_EQ(ParseDate(GetParam().text).has_value(), GetParam().date);
  EXPECT_EQ(ParseDateTime(GetParam().text).has_value(), GetParam().date_time);
  EXPECT_EQ(ParseFhirDateTime(GetParam().text).has_value(), GetParam().fhir);
}

INSTANTIATE_TEST_SUITE_P(
    All, DateText,
    ::testing::Values(
        Text{"Date", "2026-05-01", true, false, true}, Text{"LeapDay", "2024-02-29", true, false, true},
        Text{"NoLeapDay", "2026-02-29", false, false, false}, Text{"Month13", "2026-13-01", false, false, false},
        Text{"Month0", "2026-00-01", false, false, false}, Text{"Day0", "2026-05-00", false, false, false},
        Text{"Day31OfApril", "2026-04-31", false, false, false}, Text{"Day30OfApril", "2026-04-30", true, false, true},
        Text{"Year0", "0000-01-01", false, false, false}, Text{"ShortDay", "2026-05-1", false, false, false},
        Text{"Slashes", "2026/05/01", false, false, false}, Text{"Year", "2026", false, false, true},
        Text{"YearMonth", "2026-05", false, false, true}, Text{"BadMonth", "2026-13", false, false, false},
        Text{"Empty", "", false, false, false}, Text{"Zulu", "2026-05-01T09:00:00Z", false, true, true},
        Text{"Lower", "2026-05-01t09:00:00z", false, true, true},
        Text{"Offset", "2026-05-01T09:00:00+02:00", false, true, true},
        Text{"NoOffset", "2026-05-01T09:00:00", false, false, false},
        Text{"NoSeconds", "2026-05-01T09:00Z", false, false, false},
        Text{"Fraction", "2026-05-01T09:00:00.123456789012Z", false, true, true},
        Text{"EmptyFraction", "2026-05-01T09:00:00.Z", false, false, false},
        Text{"LeapSecond", "2026-06-30T23:59:60Z", false, true, true},
        Text{"Second61", "2026-06-30T23:59:61Z", false, false, false},
        Text{"Hour24", "2026-05-01T24:00:00Z", false, false, false},
        Text{"Minute60", "2026-05-01T09:60:00Z", false, false, false},
        Text{"Trailing", "2026-05-01T09:00:00Z ", false, false, false},
        Text{"Space", "2026-05-01 09:00:00Z", false, false, false}),
    [](const ::testing::TestParamInfo<Text>& row) { return std::string(row.param.name); });

struct After {
  const char* name;
  const char* when;
  const char* as_of;
  bool after;
};

class IsAfterMoment : public ::testing::TestWithParam<After> {};

TEST_P(IsAfterMoment, ComparesAsPreciselyAsWasWritten) {
  EXPECT_EQ(IsAfter(*ParseFhirDateTime(GetParam().when), *ParseDateTime(GetParam().as_of)), GetParam().after);
}

INSTANTIATE_TEST_SUITE_P(
    All, IsAfterMoment,
    ::testing::Values(After{"SameInstant", "2026-05-01T09:00:00Z", "2026-05-01T09:00:00Z", false},
                      After{"SameInstantOtherOffset", "2026-05-01T11:00:00+02:00", "2026-05-01T09:00:00Z", false},
                      After{"OneSecondLater", "2026-05-01T09:00:01Z", "2026-05-01T09:00:00Z", true},
                      After{"OneNanosecondLater", "2026-05-01T09:00:00.000000001Z", "2026-05-01T09:00:00Z", true},
                      After{"SameDay", "2026-05-01", "2026-05-01T09:00:00Z", false},
                      After{"NextDay", "2026-05-02", "2026-05-01T09:00:00Z", true},
                      After{"LaterOnAMidnightDay", "2026-05-01T23:59:59Z", "2026-05-01T00:00:00Z", false},
                      After{"DayAfterAMidnightDay", "2026-05-02T00:00:00Z", "2026-05-01T00:00:00Z", true},
                      After{"DayOfAsOfIsItsOwn", "2026-05-02", "2026-05-02T01:00:00+09:00", false},
                      After{"ThisMonth", "2026-05", "2026-05-01T09:00:00Z", false},
                      After{"NextMonth", "2026-06", "2026-05-01T09:00:00Z", true},
                      After{"NextYear", "2027", "2026-05-01T09:00:00Z", true}),
    [](const ::testing::TestParamInfo<After>& row) { return std::string(row.param.name); });

TEST(CompareMoments, IsUnorderedWhereItCannotBeTold) {
  const auto compare = [](const char* a, const char* b) {
    return Compare(*ParseFhirDateTime(a), *ParseFhirDateTime(b));
  };
  EXPECT_TRUE(compare("2026-05-01", "2026-05-02") < 0);
  EXPECT_TRUE(compare("2026-05-01T12:00:00Z", "2026-05-01T11:59:59Z") > 0);
  EXPECT_TRUE(compare("2026-05-01T12:00:00+02:00", "2026-05-01T10:00:00Z") == 0);
  EXPECT_TRUE(compare("2026-05-01", "2026-05-01") == 0);
  EXPECT_EQ(compare("2026-05-01", "2026-05-01T10:00:00Z"), std::partial_ordering::unordered);
  EXPECT_EQ(compare("2026", "2026-05-01T10:00:00Z"), std::partial_ordering::unordered);
  EXPECT_EQ(Compare(Moment(), *ParseDate("2026-05-01")), std::partial_ordering::unordered);
}

TEST(Age, IsWholeOnTheBirthdayAndJustBelowTheDayBefore) {
  const auto age = [](const char* birth, const char* as_of) { return AgeYears(*ParseDate(birth), *ParseDate(as_of)); };
  EXPECT_EQ(age("1999-05-01", "2026-05-01"), 27.0);
  EXPECT_DOUBLE_EQ(age("1999-05-01", "2026-04-30"), 26.0 + 364.0 / 365.0);
  EXPECT_EQ(age("2026-05-01", "2026-05-01"), 0.0);
  EXPECT_DOUBLE_EQ(age("1999-05-01", "2026-05-02"), 27.0 + 1.0 / 365.0);
  // Born on 29 February: the birthday of a common year is 1 March.
  EXPECT_LT(age("2000-02-29", "2026-02-28"), 26.0);
  EXPECT_EQ(age("2000-02-29", "2026-03-01"), 26.0);
  EXPECT_EQ(age("2000-02-29", "2024-02-29"), 24.0);
}

TEST(Age, GrowsFromDayToDay) {
  const Moment birth = *ParseDate("2000-02-29");
  Moment today = *ParseDate("2019-01-01");
  double last = AgeYears(birth, today);
  for (int i = 0; i < 1500; ++i) {
    ++today.day;
    const double age = AgeYears(birth, today);
    ASSERT_GT(age, last) << i;
    last = age;
  }
}

}  // namespace
}  // namespace condyle::intake
