// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Pregnancy and birth, as far as they are known.
#include "plugins/pack/criteria/obstetric.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "condyle/testing/patient.h"
#include "runner_sij/pack.h"

namespace condyle::runner_sij {
namespace {

using ::condyle::testing::Patient;
namespace obstetric = input::obstetric;

struct Row {
  std::string name;
  std::function<void(Patient&)> given;
  double days;
  Truth within;
};

class Delivered : public ::testing::TestWithParam<Row> {};

TEST_P(Delivered, WithinSoManyDays) {
  Patient patient;
  GetParam().given(patient);
  EXPECT_EQ(DeliveredWithin(Findings(patient.request()), GetParam().days), GetParam().within);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Delivered,
    ::testing::Values(
        Row{"NothingRecorded", [](Patient& p) { p.Female(); }, 42, Truth::kUnknown},
        Row{"Man", [](Patient& p) { p.Male(); }, 42, Truth::kFalse},
        Row{"AtFortyTwo", [](Patient& p) { p.Female().Is(obstetric::days_since_delivery, 42); }, 42, Truth::kTrue},
        Row{"AfterFortyTwo", [](Patient& p) { p.Female().Is(obstetric::days_since_delivery, 42.5); }, 42,
            Truth::kFalse},
        Row{"DaysWithoutSex", [](Patient& p) { p.Is(obstetric::days_since_delivery, 10); }, 42, Truth::kTrue},
        Row{"At24Months", [](Patient& p) { p.Female().Is(obstetric::days_since_delivery, 730.5); }, 730.5,
            Truth::kTrue},
        Row{"After24Months", [](Patient& p) { p.Female().Is(obstetric::days_since_delivery, 731); }, 730.5,
            Truth::kFalse},
        Row{"NoBirthIn24MonthsIsNoneInSixWeeks", [](Patient& p) { p.Female().No(obstetric::delivered_last_24_months); },
            42, Truth::kFalse},
        Row{"BirthIn24MonthsAnswers24Months", [](Patient& p) { p.Female().Yes(obstetric::delivered_last_24_months); },
            730.5, Truth::kTrue},
        Row{"BirthIn24MonthsLeavesSixWeeksOpen",
            [](Patient& p) { p.Female().Yes(obstetric::delivered_last_24_months); }, 42, Truth::kUnknown},
        Row{"PregnantGaveNoBirthInSixWeeks", [](Patient& p) { p.Female().Yes(obstetric::pregnant); }, 42,
            Truth::kFalse},
        Row{"PregnantLeavesSixMonthsOpen", [](Patient& p) { p.Female().Yes(obstetric::pregnant); }, 183,
            Truth::kUnknown},
        Row{"DaysOutrankPregnancy",
            [](Patient& p) { p.Female().Yes(obstetric::pregnant).Is(obstetric::days_since_delivery, 30); }, 42,
            Truth::kTrue}),
    [](const auto& row) { return row.param.name; });

TEST(Pregnancy, IsKnownAbsentInMenOnly) {
  EXPECT_EQ(Pregnant(Findings(Patient().Male().request())), Truth::kFalse);
  EXPECT_EQ(Pregnant(Findings(Patient().Female().request())), Truth::kUnknown);
  EXPECT_EQ(Pregnant(Findings(Patient().Yes(obstetric::pregnant).request())), Truth::kTrue);
}

TEST(PregnancyWeeks, AreInclusiveAndUnknownWhenNotRecorded) {
  Patient patient = Patient().Female().Yes(obstetric::pregnant);
  EXPECT_EQ(PregnantFromWeek(Findings(patient.request()), 20), Truth::kUnknown);
  patient.Is(obstetric::gestational_age, 19.9);
  EXPECT_EQ(PregnantFromWeek(Findings(patient.request()), 20), Truth::kFalse);
  patient.Is(obstetric::gestational_age, 20);
  EXPECT_EQ(PregnantFromWeek(Findings(patient.request()), 20), Truth::kTrue);
  patient.No(obstetric::pregnant);
  EXPECT_EQ(PregnantFromWeek(Findings(patient.request()), 20), Truth::kFalse);
}

// The patients of the testing kit are assessed on 2026-05-01.
struct PeriodRow {
  std::string name;
  std::string period;
  std::optional<double> days_since_delivery;
  std::optional<double> weeks;
};

class LastPeriod : public ::testing::TestWithParam<PeriodRow> {};

TEST_P(LastPeriod, GivesTheWeeks) {
  Patient patient = Patient().Female().Is(obstetric::last_menstrual_period, GetParam().period);
  if (GetParam().days_since_delivery) patient.Is(obstetric::days_since_delivery, *GetParam().days_since_delivery);
  EXPECT_EQ(GestationalWeeks(Findings(patient.request())), GetParam().weeks);
}

INSTANTIATE_TEST_SUITE_P(Rows, LastPeriod,
                         ::testing::Values(PeriodRow{"Today", "2026-05-01", std::nullopt, 0},
                                           PeriodRow{"TwentyWeeks", "2025-12-12", std::nullopt, 20},
                                           PeriodRow{"OverTheEndOfFebruary", "2026-02-20", std::nullopt, 10},
                                           PeriodRow{"FortyFiveWeeks", "2025-06-20", std::nullopt, 45},
                                           PeriodRow{"LongerIsNoPresentPregnancy", "2025-06-19", std::nullopt,
                                                     std::nullopt},
                                           PeriodRow{"NotInTheFuture", "2026-05-02", std::nullopt, std::nullopt},
                                           PeriodRow{"NoSuchDay", "2026-02-30", std::nullopt, std::nullopt},
                                           PeriodRow{"NoDate", "last March", std::nullopt, std::nullopt},
                                           PeriodRow{"AfterTheLastDelivery", "2026-02-20", 71, 10},
                                           PeriodRow{"BeforeTheLastDelivery", "2026-02-20", 70, std::nullopt}),
                         [](const auto& row) { return row.param.name; });

TEST(GestationalWeeks, AreTheRecordedOnesFirst) {
  const Patient patient =
      Patient().Female().Is(obstetric::gestational_age, 12).Is(obstetric::last_menstrual_period, "2025-12-12");
  EXPECT_EQ(GestationalWeeks(Findings(patient.request())), 12);
}

TEST(PelvicGirdleQuestion, ArisesInPregnancyAndFor24MonthsAfterBirth) {
  const auto applies = [](const Patient& patient) { return PelvicGirdleApplies(Findings(patient.request())); };
  EXPECT_EQ(applies(Patient().Male()), Truth::kFalse);
  EXPECT_EQ(applies(Patient().Female()), Truth::kUnknown);
  EXPECT_EQ(applies(Patient().Female().Yes(obstetric::pregnant)), Truth::kTrue);
  EXPECT_EQ(applies(Patient().Female().Is(obstetric::days_since_delivery, 730.5)), Truth::kTrue);
  EXPECT_EQ(applies(Patient().Female().Is(obstetric::days_since_delivery, 800)), Truth::kUnknown);
  EXPECT_EQ(applies(Patient().Female().No(obstetric::pregnant).Is(obstetric::days_since_delivery, 800)), Truth::kFalse);
  EXPECT_EQ(applies(Patient().Female().No({obstetric::pregnant, obstetric::delivered_last_24_months})), Truth::kFalse);
  EXPECT_EQ(applies(Patient().Female().No(obstetric::delivered_last_24_months)), Truth::kUnknown);
  // The sex is needed for a yes, not for a no.
  EXPECT_EQ(applies(Patient().Yes(obstetric::pregnant)), Truth::kUnknown);
  EXPECT_EQ(applies(Patient().No({obstetric::pregnant, obstetric::delivered_last_24_months})), Truth::kFalse);
}

}  // namespace
}  // namespace condyle::runner_sij
