// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The SIJ cluster.
#include "plugins/pack/criteria/sij_cluster.h"

#include "plugins/pack/criteria/sides.h"
#include "runner_sij/pack.h"

namespace condyle::runner_sij {
namespace {

constexpr size_t kFaber = 5;

SijSide ReadSide(const Findings& findings, Side side) {
  SijSide result{.side = side, .quiet = Quiet(findings, side)};
  result.pain = findings.Is(input::pain::sij_region, side);
  for (size_t i = 0; i < SijTests().size(); ++i) {
    result.tests[i] = i == kFaber ? FaberPosterior(findings, side) : findings.Is(SijTests()[i], side);
    result.count.Add(result.tests[i]);
  }
  result.cluster = result.count.AtLeast(kSijTestsAtLeast);
  const int done = result.count.met + result.count.not_met;
  if (IsFalse(result.cluster) && done < kSijTestsDoneForNegativeAtLeast) result.cluster = Truth::kUnknown;
  result.met = result.quiet ? Truth::kFalse : And({result.pain, result.cluster});
  return result;
}

}  // namespace

const std::array<SidedBooleanInput, 6>& SijTests() {
  static constexpr std::array<SidedBooleanInput, 6> kTests = {input::exam::distraction, input::exam::thigh_thrust,
                                                              input::exam::compression, input::exam::sacral_thrust,
                                                              input::exam::gaenslen,    input::exam::faber};
  return kTests;
}

SijReading ReadSij(const Findings& findings) {
  SijReading result{.left = ReadSide(findings, Side::kLeft), .right = ReadSide(findings, Side::kRight)};
  result.centralisation = findings.Is(input::exam::centralisation);
  result.met = IsTrue(result.centralisation) || IsFalse(findings.Is(input::pain::present))
                   ? Truth::kFalse
                   : Or({result.left.met, result.right.met});
  return result;
}

}  // namespace condyle::runner_sij
