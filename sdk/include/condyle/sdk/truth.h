// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Three-valued logic: what has not been asked is unknown, and unknown is never read as false.
#ifndef CONDYLE_SDK_TRUTH_H_
#define CONDYLE_SDK_TRUTH_H_

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>

namespace condyle {

// Ordered so that And is the least and Or the greatest.
enum class Truth : uint8_t { kFalse = 0, kUnknown = 1, kTrue = 2 };

constexpr Truth ToTruth(bool value) { return value ? Truth::kTrue : Truth::kFalse; }
constexpr bool IsTrue(Truth t) { return t == Truth::kTrue; }
constexpr bool IsFalse(Truth t) { return t == Truth::kFalse; }
constexpr bool IsUnknown(Truth t) { return t == Truth::kUnknown; }

constexpr Truth Not(Truth t) { return static_cast<Truth>(2 - static_cast<int>(t)); }
// False if one part is false; true of no parts.
constexpr Truth And(std::initializer_list<Truth> parts) {
  Truth result = Truth::kTrue;
  for (Truth t : parts) result = std::min(result, t);
  return result;
}
// True if one part is true; false of no parts.
constexpr Truth Or(std::initializer_list<Truth> parts) {
  Truth result = Truth::kFalse;
  for (Truth t : parts) result = std::max(result, t);
  return result;
}

// Counts the items of a "k of n" criterion.
struct Count {
  int met = 0;
  int not_met = 0;
  int unknown = 0;

  constexpr void Add(Truth t) { (IsTrue(t) ? met : IsFalse(t) ? not_met : unknown) += 1; }
  constexpr int total() const { return met + not_met + unknown; }
  // True if at least k are met; false if not even the unknown ones could make k; otherwise unknown.
  constexpr Truth AtLeast(int k) const {
    if (met >= k) return Truth::kTrue;
    return met + unknown < k ? Truth::kFalse : Truth::kUnknown;
  }
};

// Comparisons of a value that may be missing: then the answer is unknown.
constexpr Truth AtLeast(std::optional<double> value, double bound) {
  return value ? ToTruth(*value >= bound) : Truth::kUnknown;
}
constexpr Truth Above(std::optional<double> value, double bound) {
  return value ? ToTruth(*value > bound) : Truth::kUnknown;
}
constexpr Truth AtMost(std::optional<double> value, double bound) {
  return value ? ToTruth(*value <= bound) : Truth::kUnknown;
}
constexpr Truth Below(std::optional<double> value, double bound) {
  return value ? ToTruth(*value < bound) : Truth::kUnknown;
}

}  // namespace condyle

#endif  // CONDYLE_SDK_TRUTH_H_
