// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Conversions: exact where a threshold may lie, and nothing beyond what UCUM or the catalogue says.
#include "host/intake/units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "host/intake/intake_test_support.h"

namespace condyle::intake {
namespace {

struct Row {
  const char* name;
  const char* key;
  double value;
  const char* unit;
  std::optional<double> own;
};

class UnitRow : public ::testing::TestWithParam<Row> {};

TEST_P(UnitRow, ConvertsExactlyOrNotAtAll) {
  const CatalogInput* entry = TestInputs().Find(GetParam().key);
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(ToOwnUnit(entry->input, GetParam().value, GetParam().unit), GetParam().own);
}

INSTANTIATE_TEST_SUITE_P(
    All, UnitRow,
    ::testing::Values(
        Row{"OwnUnit", "exam.temperature", 36.7, "Cel", 36.7},
        Row{"BodyTemperature", "exam.temperature", 98.6, "[degF]", 37.0},
        Row{"FeverThreshold", "exam.temperature", 100.4, "[degF]", 38.0},
        Row{"FeverThresholdBelow", "exam.temperature", 100.2, "[degF]", 37.8888889},
        Row{"Kelvin", "exam.temperature", 311.15, "K", 38.0}, Row{"Fahrenheit0", "exam.temperature", 32, "[degF]", 0.0},
        Row{"NotUcum", "exam.temperature", 37, "degC", std::nullopt},
        Row{"CaseMatters", "exam.temperature", 37, "cel", std::nullopt}, Row{"Factor", "lab.crp", 5.1, "mg/dL", 51.0},
        Row{"LitreLower", "lab.crp", 5.1, "mg/l", 5.1}, Row{"DecilitreLower", "lab.crp", 5.1, "mg/dl", 51.0},
        Row{"GramIsNotMilligram", "lab.crp", 5.1, "g/L", std::nullopt},
        Row{"ThreeMonthsIsTheThreshold", "pain.duration", 3, "mo", 91.3125},
        Row{"QuarterYear", "pain.duration", 0.25, "a", 91.3125}, Row{"Weeks", "pain.duration", 4, "wk", 28.0},
        Row{"Hours", "pain.duration", 36, "h", 1.5}, Row{"Julian", "pain.duration", 1, "mo_j", 30.4375},
        Row{"SynodicIsNot", "pain.duration", 1, "mo_s", std::nullopt},
        Row{"WordIsNot", "pain.duration", 4, "weeks", std::nullopt},
        Row{"MassForTime", "pain.duration", 4, "kg", std::nullopt},
        Row{"Annotation", "pain.intensity", 4, "{points}", 4.0}, Row{"Unity", "pain.intensity", 4, "1", 4.0},
        Row{"PercentIsNot", "pain.intensity", 4, "%", std::nullopt},
        Row{"AnnotatedUnit", "exam.systolic_bp", 120, "mm[Hg]{sitting}", 120.0},
        Row{"OpenBrace", "pain.intensity", 4, "{score", std::nullopt},
        Row{"MmHg", "exam.systolic_bp", 120, "mmHg", std::nullopt}),
    [](const ::testing::TestParamInfo<Row>& row) { return std::string(row.param.name); });

TEST(Units, EqualSpellingsOfPowersAndReciprocals) {
  v1::Input input;
  input.set_unit("10*9/L");
  EXPECT_EQ(ToOwnUnit(input, 11, "10^9/L"), 11.0);
  EXPECT_EQ(ToOwnUnit(input, 11, "10*9{cells}/l"), 11.0);
  EXPECT_EQ(ToOwnUnit(input, 11, "10*8/L"), std::nullopt);
  input.set_unit("/min");
  EXPECT_EQ(ToOwnUnit(input, 72, "1/min"), 72.0);
  EXPECT_EQ(ToOwnUnit(input, 72, "{beats}/min"), 72.0);
  EXPECT_EQ(ToOwnUnit(input, 72, "min"), std::nullopt);
  // "mol" ends in an l that is no litre.
  input.set_unit("nmol/L");
  EXPECT_EQ(ToOwnUnit(input, 72, "nmoL/L"), std::nullopt);
}

TEST(Units, NamesWhatIsAccepted) {
  EXPECT_EQ(AcceptedUnits(TestInputs().Find("exam.temperature")->input), R"("Cel", "[degF]", "K")");
  EXPECT_THAT(AcceptedUnits(TestInputs().Find("pain.duration")->input),
              ::testing::StartsWith(R"("d", "wk", "mo", "a")"));
  EXPECT_TRUE(IsDimensionless("{score}"));
  EXPECT_FALSE(IsDimensionless("d"));
}

}  // namespace
}  // namespace condyle::intake
