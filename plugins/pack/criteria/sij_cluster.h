// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The provocation-test cluster of the sacroiliac joint. Sources: Laslett 2005 (3 of 6), Laslett 2003 (centralisation).
#ifndef CONDYLE_PLUGINS_PACK_CRITERIA_SIJ_CLUSTER_H_
#define CONDYLE_PLUGINS_PACK_CRITERIA_SIJ_CLUSTER_H_

#include <array>

#include "condyle/sdk/findings.h"
#include "condyle/sdk/input.h"
#include "condyle/sdk/truth.h"

namespace condyle::runner_sij {

// Positive tests that make the cluster, of six. Source: Laslett 2005, abstract.
inline constexpr int kSijTestsAtLeast = 3;
// Tests done before the cluster can be called negative. Expert opinion (criteria B.1).
inline constexpr int kSijTestsDoneForNegativeAtLeast = 5;

// In the order of SijSide::tests.
const std::array<SidedBooleanInput, 6>& SijTests();

// One side as examined.
struct SijSide {
  Side side = Side::kLeft;
  bool quiet = false;
  Truth pain = Truth::kUnknown;     // over the SIJ, below L5
  std::array<Truth, 6> tests = {};  // reproduces the familiar pain; FABER only if posterior
  Count count;
  Truth cluster = Truth::kUnknown;
  Truth met = Truth::kUnknown;  // pain and cluster
};

struct SijReading {
  SijSide left;
  SijSide right;
  Truth centralisation = Truth::kUnknown;
  // The whole criterion: true if one side is met, false if neither can be, or if the pain centralises, or without pain.
  Truth met = Truth::kUnknown;

  const SijSide& on(Side side) const { return side == Side::kLeft ? left : right; }
};

SijReading ReadSij(const Findings& findings);

}  // namespace condyle::runner_sij

#endif  // CONDYLE_PLUGINS_PACK_CRITERIA_SIJ_CLUSTER_H_
