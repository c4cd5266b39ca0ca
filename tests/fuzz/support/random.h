// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Numbers that follow from a seed, the same with every compiler and library.
#ifndef CONDYLE_TESTS_FUZZ_SUPPORT_RANDOM_H_
#define CONDYLE_TESTS_FUZZ_SUPPORT_RANDOM_H_

#include <cstddef>
#include <cstdint>

namespace condyle::fuzz {

// SplitMix64 (Steele, Lea, Flood 2014).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  // 0 to n - 1; n must not be 0.
  size_t Below(size_t n) { return static_cast<size_t>(Next() % n); }
  bool OneIn(size_t n) { return Below(n) == 0; }

 private:
  uint64_t state_;
};

}  // namespace condyle::fuzz

#endif  // CONDYLE_TESTS_FUZZ_SUPPORT_RANDOM_H_
