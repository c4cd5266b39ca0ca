// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Values on both sides of each cut-off.
#include "host/inquiry/possible_answers.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace condyle::inquiry {
namespace {

// "degrees" need no word of their own; a score has no unit to show.
std::string WithUnit(double value, const std::string& unit) {
  const bool bare = unit.empty() || unit[0] == '{' || unit == "1";
  return absl::StrCat(value, bare ? "" : " ", bare ? "" : unit);
}

// A value inside the open interval that reads well: as few digits as fit.
double Between(double low, double high) {
  const double middle = low + (high - low) / 2;
  for (double step = std::pow(10, std::floor(std::log10(high - low))); step > 1e-9; step /= 10) {
    const double round = std::round(middle / step) * step;
    if (round > low && round < high) return round;
  }
  return middle;
}

v1::Finding Of(const v1::Input& input, v1::Side side) {
  v1::Finding finding;
  finding.set_key(input.key());
  finding.set_side(side);
  return finding;
}

PossibleAnswer Quantity(const v1::Input& input, v1::Side side, double value, std::string text) {
  PossibleAnswer answer{Of(input, side), std::move(text)};
  answer.finding.mutable_quantity()->set_value(value);
  answer.finding.mutable_quantity()->set_unit(input.unit());
  return answer;
}

// 0: below the first cut-off; 1: at it; 2: between it and the second; and so on.
size_t IntervalOf(const v1::Input& input, double value) {
  size_t interval = 0;
  for (const double cutoff : input.cutoffs()) {
    if (value < cutoff) return interval;
    if (value == cutoff) return interval + 1;
    interval += 2;
  }
  return interval;
}

std::vector<PossibleAnswer> Quantities(const v1::Input& input, v1::Side side) {
  std::vector<PossibleAnswer> answers;
  if (input.cutoffs().empty()) {
    for (const double share : {0.1, 0.5, 0.9}) {
      const double value = Between(input.min() + (input.max() - input.min()) * (share - 0.05),
                                   input.min() + (input.max() - input.min()) * (share + 0.05));
      answers.push_back(Quantity(input, side, value, WithUnit(value, input.unit())));
    }
    return answers;
  }
  double below = input.min();
  for (int i = 0; i < input.cutoffs_size(); ++i) {
    const double cutoff = input.cutoffs(i);
    if (below < cutoff) {
      // The lowest possible value is possible; the cut-off itself comes next.
      const double value = i == 0 && below + 1 >= cutoff ? below : Between(below, cutoff);
      answers.push_back(Quantity(input, side, value,
                                 i == 0 ? absl::StrCat("below ", WithUnit(cutoff, input.unit()))
                                        : absl::StrCat("between ", below, " and ", WithUnit(cutoff, input.unit()))));
    }
    answers.push_back(Quantity(input, side, cutoff, WithUnit(cutoff, input.unit())));
    below = cutoff;
  }
  if (below < input.max()) {
    const double value = below + 1 >= input.max() ? input.max() : Between(below, input.max());
    answers.push_back(Quantity(input, side, value, absl::StrCat("above ", WithUnit(below, input.unit()))));
  }
  return answers;
}

}  // namespace

std::vector<PossibleAnswer> PossibleAnswers(const v1::Input& input, v1::Side side, absl::Time as_of) {
  std::vector<PossibleAnswer> answers;
  switch (input.type()) {
    case v1::INPUT_TYPE_BOOLEAN:
      for (const bool present : {true, false}) {
        answers.push_back({Of(input, side), present ? "yes" : "no"});
        answers.back().finding.set_present(present);
      }
      break;
    case v1::INPUT_TYPE_CODED:
      for (const v1::Answer& code : input.answers()) {
        answers.push_back({Of(input, side), code.text().empty() ? code.code() : code.text()});
        answers.back().finding.set_code(code.code());
      }
      break;
    case v1::INPUT_TYPE_QUANTITY:
      answers = Quantities(input, side);
      break;
    case v1::INPUT_TYPE_DATE:
      for (const int days : {14, 60, 150, 250, 400}) {
        const std::string date = absl::FormatTime("%E4Y-%m-%d", as_of - absl::Hours(24 * days), absl::UTCTimeZone());
        answers.push_back({Of(input, side), absl::StrCat(date, " (", days, " days before)")});
        answers.back().finding.set_text(date);
      }
      break;
    default:
      break;
  }
  return answers;
}

std::vector<PossibleAnswer> PossibleAges() {
  std::vector<PossibleAnswer> answers;
  for (int years = 5; years <= 85; years += 10) {
    v1::Finding age;
    age.set_key(kAgeKey);
    age.mutable_quantity()->set_value(years);
    age.mutable_quantity()->set_unit("a");
    answers.push_back({std::move(age), absl::StrCat(years, " years")});
  }
  return answers;
}

std::vector<PossibleAnswer> PossibleSexes() {
  std::vector<PossibleAnswer> answers;
  for (const v1::Sex sex : {v1::SEX_FEMALE, v1::SEX_MALE}) {
    v1::Finding finding;
    finding.set_key(kSexKey);
    finding.set_code(v1::Sex_Name(sex));
    answers.push_back({std::move(finding), sex == v1::SEX_FEMALE ? "female" : "male"});
  }
  return answers;
}

bool SameAnswer(const v1::Input& input, const v1::Finding& a, const v1::Finding& b) {
  if (a.value_case() != b.value_case()) return false;
  switch (a.value_case()) {
    case v1::Finding::kPresent:
      return a.present() == b.present();
    case v1::Finding::kCode:
      return a.code() == b.code();
    case v1::Finding::kText:
      return a.text() == b.text();
    case v1::Finding::kQuantity:
      return input.cutoffs().empty()
                 ? a.quantity().value() == b.quantity().value()
                 : IntervalOf(input, a.quantity().value()) == IntervalOf(input, b.quantity().value());
    default:
      return true;
  }
}

std::string ValueText(const v1::Input& input, const v1::Finding& finding) {
  switch (finding.value_case()) {
    case v1::Finding::kPresent:
      return finding.present() ? "yes" : "no";
    case v1::Finding::kQuantity:
      return WithUnit(finding.quantity().value(), finding.quantity().unit());
    case v1::Finding::kCode: {
      const auto answer = std::find_if(input.answers().begin(), input.answers().end(),
                                       [&](const v1::Answer& a) { return a.code() == finding.code(); });
      return answer == input.answers().end() || answer->text().empty() ? finding.code() : answer->text();
    }
    default:
      return finding.text();
  }
}

}  // namespace condyle::inquiry
