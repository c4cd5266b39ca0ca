// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The pelvic girdle items.
#include "plugins/pack/criteria/pelvic_girdle.h"

#include "plugins/pack/criteria/sides.h"
#include "runner_sij/pack.h"

namespace condyle::runner_sij {

PelvicGirdleReading ReadPelvicGirdle(const Findings& findings) {
  PelvicGirdleReading result;
  result.thigh_thrust = Anywhere(findings, input::exam::thigh_thrust);
  result.faber_posterior = Anywhere(findings, FaberPosterior(findings));
  result.gaenslen = Anywhere(findings, input::exam::gaenslen);
  const auto left = findings.Value(input::exam::aslr, Side::kLeft);
  const auto right = findings.Value(input::exam::aslr, Side::kRight);
  // A score whose side was not said can show that a leg is hard to raise, not that the other is easy.
  const bool unsaid_leg = IsTrue(AtLeast(findings.ValueOfUnsaidSide(input::exam::aslr), kAslrAtLeast));
  result.aslr = Or({AtLeast(left, kAslrAtLeast), AtLeast(right, kAslrAtLeast), ToTruth(unsaid_leg)});
  if (left && right) result.aslr_total = *left + *right;
  result.long_dorsal_ligament = Anywhere(findings, input::exam::long_dorsal_ligament_tenderness);
  result.symphysis_tenderness = findings.Is(input::exam::symphysis_tenderness);
  result.modified_trendelenburg = Anywhere(findings, input::exam::modified_trendelenburg);
  for (Truth item : {result.thigh_thrust, result.faber_posterior, result.gaenslen, result.aslr,
                     result.long_dorsal_ligament, result.symphysis_tenderness, result.modified_trendelenburg}) {
    result.count.Add(item);
  }
  result.met = result.count.AtLeast(kPelvicGirdleItemsAtLeast);
  return result;
}

}  // namespace condyle::runner_sij
