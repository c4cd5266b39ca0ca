// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Each side of each cut-off is tried, and nothing that is impossible.
#include "host/inquiry/possible_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace condyle::inquiry {
namespace {

using testing::ElementsAre;

const absl::Time kAsOf = absl::FromCivil(absl::CivilDay(2026, 5, 1), absl::UTCTimeZone());

v1::Input Quantity(double min, double max, const std::vector<double>& cutoffs, const std::string& unit = "mg/L") {
  v1::Input input;
  input.set_key("lab.x");
  input.set_type(v1::INPUT_TYPE_QUANTITY);
  input.set_unit(unit);
  input.set_min(min);
  input.set_max(max);
  for (const double cutoff : cutoffs) input.add_cutoffs(cutoff);
  return input;
}

std::vector<std::string> Texts(const v1::Input& input) {
  std::vector<std::string> texts;
  for (const PossibleAnswer& answer : PossibleAnswers(input, v1::SIDE_UNSPECIFIED, kAsOf)) texts.push_back(answer.text);
  return texts;
}

std::vector<double> Values(const v1::Input& input) {
  std::vector<double> values;
  for (const PossibleAnswer& answer : PossibleAnswers(input, v1::SIDE_UNSPECIFIED, kAsOf)) {
    values.push_back(answer.finding.quantity().value());
  }
  return values;
}

TEST(PossibleAnswers, OfABooleanAreYesAndNo) {
  v1::Input input;
  input.set_key("pain.x");
  input.set_type(v1::INPUT_TYPE_BOOLEAN);
  EXPECT_THAT(Texts(input), ElementsAre("yes", "no"));
  for (const PossibleAnswer& answer : PossibleAnswers(input, v1::SIDE_LEFT, kAsOf)) {
    EXPECT_EQ(answer.finding.side(), v1::SIDE_LEFT);
    EXPECT_EQ(answer.finding.key(), "pain.x");
  }
}

TEST(PossibleAnswers, OfACodedInputAreItsCodes) {
  v1::Input input;
  input.set_type(v1::INPUT_TYPE_CODED);
  input.add_answers()->set_code("mild");
  input.mutable_answers(0)->set_text("grade 4");
  input.add_answers()->set_code("marked");
  EXPECT_THAT(Texts(input), ElementsAre("grade 4", "marked"));
}

TEST(PossibleAnswers, OfAQuantityLieOnBothSidesOfEachCutoff) {
  EXPECT_THAT(Values(Quantity(0, 1000, {10, 50})), ElementsAre(5, 10, 30, 50, 500));
  EXPECT_THAT(Texts(Quantity(0, 1000, {10, 50})),
              ElementsAre("below 10 mg/L", "10 mg/L", "between 10 and 50 mg/L", "50 mg/L", "above 50 mg/L"));
  EXPECT_THAT(Values(Quantity(0, 5, {1}, "{score}")), ElementsAre(0, 1, 3));
  EXPECT_THAT(Texts(Quantity(0, 5, {1}, "{score}")), ElementsAre("below 1", "1", "above 1"));
}

TEST(PossibleAnswers, CutoffAtTheEndOfTheRangeHasOneSide) {
  EXPECT_THAT(Values(Quantity(10, 50, {10, 50})), ElementsAre(10, 30, 50));
}

TEST(PossibleAnswers, StayInTheRangeWithoutCutoffs) {
  for (const double value : Values(Quantity(-4, 4, {}))) {
    EXPECT_GT(value, -4);
    EXPECT_LT(value, 4);
  }
  EXPECT_EQ(Values(Quantity(-4, 4, {})).size(), 3u);
}

TEST(PossibleAnswers, NarrowIntervalsHaveAValueInside) {
  const std::vector<double> values = Values(Quantity(30, 43, {37.8, 38}));
  ASSERT_EQ(values.size(), 5u);
  EXPECT_GT(values[2], 37.8);
  EXPECT_LT(values[2], 38);
}

TEST(PossibleAnswers, DatesAreNotInTheFuture) {
  v1::Input input;
  input.set_type(v1::INPUT_TYPE_DATE);
  const auto answers = PossibleAnswers(input, v1::SIDE_UNSPECIFIED, kAsOf);
  ASSERT_FALSE(answers.empty());
  for (const PossibleAnswer& answer : answers) EXPECT_LT(answer.finding.text(), "2026-05-01");
}

TEST(PossibleAnswers, QuantitiesInOneIntervalAreTheSameAnswer) {
  const v1::Input input = Quantity(0, 1000, {10, 50});
  const auto value = [](double number) {
    v1::Finding finding;
    finding.mutable_quantity()->set_value(number);
    return finding;
  };
  EXPECT_TRUE(SameAnswer(input, value(0), value(9.9)));
  EXPECT_FALSE(SameAnswer(input, value(9.9), value(10)));
  EXPECT_FALSE(SameAnswer(input, value(10), value(10.1)));
  EXPECT_TRUE(SameAnswer(input, value(10.1), value(49)));
  EXPECT_TRUE(SameAnswer(input, value(51), value(1000)));
  EXPECT_FALSE(SameAnswer(Quantity(0, 9, {}), value(1), value(2)));
}

}  // namespace
}  // namespace condyle::inquiry
