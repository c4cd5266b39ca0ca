// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
#include "condyle/sdk/likelihood.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace condyle {
namespace {

struct Row {
  std::string name;
  Share before;
  Ratio ratio;
  int point, low, high;  // per cent, by hand
};

class After : public ::testing::TestWithParam<Row> {};

TEST_P(After, CarriesBothIntervalsThrough) {
  const Share after = AfterTest(GetParam().before, GetParam().ratio);
  EXPECT_EQ(Percent(after.point), GetParam().point);
  EXPECT_EQ(Percent(after.low), GetParam().low);
  EXPECT_EQ(Percent(after.high), GetParam().high);
  EXPECT_LE(after.low, after.point);
  EXPECT_LE(after.point, after.high);
}

constexpr Share kTwenty = {0.20, 0.20, 0.20};
INSTANTIATE_TEST_SUITE_P(
    Likelihood, After,
    ::testing::Values(
        // 0.25 x 2.13 = 0.5325 -> 0.3475; 0.25 x 1.2 = 0.3 -> 0.2308; 0.25 x 3.9 = 0.975 -> 0.4937.
        Row{"Saueressig2021Positive", kTwenty, {2.13, 1.2, 3.9}, 35, 23, 49},
        // 0.25 x 0.33 = 0.0825 -> 0.0762; 0.25 x 0.11 -> 0.0268; 0.25 x 0.72 = 0.18 -> 0.1525.
        Row{"Saueressig2021Negative", kTwenty, {0.33, 0.11, 0.72}, 8, 3, 15},
        Row{"Laslett2005Positive", kTwenty, {4.29}, 52, 52, 52}, Row{"Laslett2005Negative", kTwenty, {0.08}, 2, 2, 2},
        // 0.15/0.85 x 1.2 = 0.2118 -> 0.1748; 0.30/0.70 x 3.9 = 1.6714 -> 0.6257.
        Row{"PriorRange", {0.20, 0.15, 0.30}, {2.13, 1.2, 3.9}, 35, 17, 63},
        Row{"RatioOfOneChangesNothing", {0.20, 0.15, 0.30}, {1}, 20, 15, 30}),
    [](const auto& p) { return p.param.name; });

TEST(Ratios, FollowFromSensitivityAndSpecificity) {
  EXPECT_NEAR(PositiveRatio(0.87, 0.06), 14.5, 1e-9);
  EXPECT_NEAR(NegativeRatio(0.94, 0.78), 0.077, 0.001);  // 0.08, not the 0.80 that is copied about
  EXPECT_NEAR(PositiveRatio(0.90, 0.35), 2.571, 0.001);
}

// 15 of 16 and 7 of 32: SE = sqrt(1/15 - 1/16 + 1/7 - 1/32) = 0.3403; 4.286 / 1.948 and x 1.948.
TEST(Ratios, HaveTheIntervalOfTheLogMethod) {
  constexpr TestCounts kCluster = {15, 16, 7, 32};
  const Ratio positive = PositiveRatio(kCluster);
  EXPECT_NEAR(positive.point, 4.2857, 1e-4);
  EXPECT_NEAR(positive.low, 2.20, 0.005);
  EXPECT_NEAR(positive.high, 8.35, 0.005);
  // 1 of 16 and 25 of 32: SE = sqrt(1 - 1/16 + 1/25 - 1/32) = 0.9729.
  const Ratio negative = NegativeRatio(kCluster);
  EXPECT_NEAR(negative.point, 0.08, 1e-9);
  EXPECT_NEAR(negative.low, 0.0119, 1e-4);
  EXPECT_NEAR(negative.high, 0.5385, 1e-3);
}

TEST(Arithmetic, AgreesWithTheStandardLibrary) {
  for (double x : {-3.0, -0.5, 0.0, 0.1, 1.0, 2.5, 4.0}) EXPECT_NEAR(internal::Exp(x) / std::exp(x), 1, 1e-11) << x;
  for (double x : {0.0001, 0.115774, 1.0, 2.0, 144.0}) EXPECT_NEAR(internal::SquareRoot(x), std::sqrt(x), 1e-12) << x;
}

TEST(Rounded, GoesToTheNearest) {
  EXPECT_EQ(Rounded(2.5714, 1), 2.6);
  EXPECT_EQ(Rounded(2.5499, 1), 2.5);
  EXPECT_EQ(Rounded(0.455, 2), 0.46);
  EXPECT_EQ(Rounded(7, 0), 7);
}

}  // namespace
}  // namespace condyle
