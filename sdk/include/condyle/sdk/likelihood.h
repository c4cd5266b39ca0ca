// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// From a probability before a test to one after it, with both intervals carried through. All of it is constexpr, so
// that tables can check their own arithmetic.
//
// Method. Odds after = odds before x likelihood ratio. The low end takes the low end of both, the high end the high end
// of both. That range is wider than a confidence interval of the product would be, since it lets both sources err in
// the same direction; it is meant to be read as "not known better than this".
//
// Limits. One test at a time: ratios of findings that go together must not be multiplied. A ratio holds for patients
// like those of its study, and for the finding as it was defined there.
#ifndef CONDYLE_SDK_LIKELIHOOD_H_
#define CONDYLE_SDK_LIKELIHOOD_H_

#include "condyle/sdk/answer.h"

namespace condyle {

// A share of patients, 0 to 1 exclusive, with its interval.
struct Share {
  double point;
  double low;
  double high;
};

constexpr double ToOdds(double probability) { return probability / (1 - probability); }
constexpr double ToProbability(double odds) { return odds / (1 + odds); }

// Bayes on odds. `before` is below 1.
constexpr double AfterTest(double before, double ratio) { return ToProbability(ToOdds(before) * ratio); }

// With both intervals. A ratio without one (high 0) is taken as exact, so the range then says less than it seems to.
constexpr Share AfterTest(const Share& before, const Ratio& ratio) {
  const bool interval = ratio.high > 0;
  return {.point = AfterTest(before.point, ratio.point),
          .low = AfterTest(before.low, interval ? ratio.low : ratio.point),
          .high = AfterTest(before.high, interval ? ratio.high : ratio.point)};
}

// Whole per cent.
constexpr int Percent(double probability) { return static_cast<int>(probability * 100 + 0.5); }

// To so many decimals; of values that are not negative.
constexpr double Rounded(double value, int decimals) {
  double scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  return static_cast<double>(static_cast<long long>(value * scale + 0.5)) / scale;
}

// Of a positive test: the share of the ill that it finds by the share of the others that it finds.
constexpr double PositiveRatio(double sensitivity, double false_positives) { return sensitivity / false_positives; }
constexpr double NegativeRatio(double sensitivity, double specificity) { return (1 - sensitivity) / specificity; }

namespace internal {

// Accurate to about 1e-12 for the arguments of this header; the standard ones are not constexpr in C++20.
constexpr double Exp(double x) {
  constexpr int kHalvings = 10, kTerms = 12;
  double part = x;
  for (int i = 0; i < kHalvings; ++i) part /= 2;
  double sum = 1, term = 1;
  for (int i = 1; i < kTerms; ++i) sum += term *= part / i;
  for (int i = 0; i < kHalvings; ++i) sum *= sum;
  return sum;
}

constexpr double SquareRoot(double x) {
  double root = x > 1 ? x : 1;
  for (int i = 0; i < 60; ++i) root = (root + x / root) / 2;
  return root;
}

}  // namespace internal

// A two-by-two table: positive tests among those with the condition and those without.
struct TestCounts {
  int positive_with;
  int with;
  int positive_without;
  int without;
};

// 95 per cent, both tails.
inline constexpr double kNormalQuantile95 = 1.959964;

// Ratio with its 95 per cent interval by the log method (Simel 1991): ln LR +- 1.96 SE, where SE^2 = 1/a - 1/n1 + 1/b -
// 1/n0. Neither a nor b may be 0. Approximate: with a cell below 5 the interval is rough.
constexpr Ratio RatioOfShares(int a, int n1, int b, int n0) {
  const double point = (static_cast<double>(a) / n1) / (static_cast<double>(b) / n0);
  const double error = internal::SquareRoot(1.0 / a - 1.0 / n1 + 1.0 / b - 1.0 / n0);
  const double factor = internal::Exp(kNormalQuantile95 * error);
  return {.point = point, .low = point / factor, .high = point * factor};
}
constexpr Ratio PositiveRatio(const TestCounts& c) {
  return RatioOfShares(c.positive_with, c.with, c.positive_without, c.without);
}
constexpr Ratio NegativeRatio(const TestCounts& c) {
  return RatioOfShares(c.with - c.positive_with, c.with, c.without - c.positive_without, c.without);
}

}  // namespace condyle

#endif  // CONDYLE_SDK_LIKELIHOOD_H_
