// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The few equalities that UCUM itself defines; all other conversions are data of the catalogue.
#include "host/intake/units.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "host/intake/text.h"

namespace condyle::intake {
namespace {

struct TimeUnit {
  std::string_view unit;
  double days;
};

// Source: The Unified Code for Units of Measure, table 6 (units of time): a and mo are the mean Julian year and month.
constexpr std::array<TimeUnit, 9> kTimeUnits = {{{"d", 1},
                                                 {"wk", 7},
                                                 {"mo", 30.4375},
                                                 {"a", 365.25},
                                                 {"min", 1.0 / 1440},
                                                 {"h", 1.0 / 24},
                                                 {"s", 1.0 / 86400},
                                                 {"mo_j", 30.4375},
                                                 {"a_j", 365.25}}};

// Days in the unit; nothing if it is no unit of time.
std::optional<double> Days(std::string_view unit) {
  for (const TimeUnit& known : kTimeUnits) {
    if (known.unit == unit) return known.days;
  }
  return std::nullopt;
}

// One spelling for units that UCUM defines as equal.
std::string Canonical(std::string_view unit) {
  std::string canonical;
  bool in_annotation = false;
  for (size_t i = 0; i < unit.size(); ++i) {
    const char c = unit[i];
    if (c == '{') in_annotation = true;
    if (!in_annotation) canonical += c;
    if (c == '}') in_annotation = false;
  }
  if (in_annotation) return std::string(unit);  // not UCUM: left as it is, so that it matches nothing
  if (canonical.rfind("1/", 0) == 0) canonical.erase(0, 1);
  for (size_t i = 0; (i = canonical.find("10^", i)) != std::string::npos;) canonical[i + 2] = '*';
  // The litre: "l" at the end of a component, alone or after a metric prefix.
  const auto is_unit_character = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  for (size_t begin = 0; begin < canonical.size();) {
    size_t end = begin;
    while (end < canonical.size() && is_unit_character(canonical[end])) ++end;
    const std::string_view component = std::string_view(canonical).substr(begin, end - begin);
    if (component == "l" || component == "ml" || component == "dl" || component == "cl" || component == "ul" ||
        component == "nl" || component == "pl" || component == "fl") {
      canonical[end - 1] = 'L';
    }
    begin = end + 1;
  }
  return canonical.empty() ? "1" : canonical;
}

// Takes off the noise of a conversion whose largest term had this magnitude.
double WithoutNoise(double value, double magnitude) {
  if (value == 0 || !std::isfinite(value) || !(magnitude > 0)) return value;
  const int decimals = 8 - static_cast<int>(std::floor(std::log10(magnitude)));
  if (decimals < 0 || decimals > 60) return value;
  constexpr size_t kEnough = 400;  // 309 digits and the decimals
  char buffer[kEnough];
  const std::to_chars_result text =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, decimals);
  if (text.ec != std::errc()) return value;
  double rounded = value;
  std::from_chars(buffer, text.ptr, rounded);
  return rounded;
}

double Convert(double value, double factor, double offset) {
  const double scaled = value * factor;
  return WithoutNoise(scaled + offset, std::max(std::fabs(scaled), std::fabs(offset)));
}

}  // namespace

std::optional<double> ToOwnUnit(const v1::Input& input, double value, std::string_view unit) {
  if (unit == input.unit()) return value;
  for (const v1::UnitConversion& accepted : input.accepted_units()) {
    if (unit == accepted.unit()) return Convert(value, accepted.factor(), accepted.offset());
  }
  const std::string canonical = Canonical(unit);
  if (canonical == Canonical(input.unit())) return value;
  for (const v1::UnitConversion& accepted : input.accepted_units()) {
    if (canonical == Canonical(accepted.unit())) return Convert(value, accepted.factor(), accepted.offset());
  }
  const std::optional<double> from = Days(canonical);
  const std::optional<double> to = Days(input.unit());
  if (from && to) return Convert(value, *from / *to, 0);
  return std::nullopt;
}

bool IsDimensionless(std::string_view unit) { return Canonical(unit) == "1"; }

std::string AcceptedUnits(const v1::Input& input) {
  std::vector<std::string> units = {input.unit()};
  const auto add = [&units](std::string_view unit) {
    if (std::find(units.begin(), units.end(), unit) == units.end()) units.emplace_back(unit);
  };
  for (const v1::UnitConversion& accepted : input.accepted_units()) add(accepted.unit());
  if (Days(input.unit())) {
    for (const TimeUnit& unit : kTimeUnits) add(unit.unit);
  }
  for (std::string& unit : units) unit = Quote(unit);
  return Join(units);
}

}  // namespace condyle::intake
