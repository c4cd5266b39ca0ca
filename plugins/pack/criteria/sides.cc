// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Sided criteria.
#include "plugins/pack/criteria/sides.h"

#include "runner_sij/pack.h"

namespace condyle::runner_sij {

bool Quiet(const Findings& findings, Side side) {
  return IsFalse(findings.Is(input::pain::sij_region, side)) && IsFalse(findings.Is(input::pain::buttock, side)) &&
         !IsTrue(findings.Is(input::pain::groin, side));
}

Truth Anywhere(const Findings& findings, const SidedTruth& sided) {
  if (IsTrue(Or({sided.left, sided.right, sided.unsaid}))) return Truth::kTrue;
  if (!IsFalse(sided.left) && !IsFalse(sided.right) && !IsFalse(sided.unsaid)) return Truth::kUnknown;
  for (Side side : kBothSides) {
    if (!IsFalse(sided.on(side)) && !Quiet(findings, side)) return Truth::kUnknown;
  }
  return Truth::kFalse;
}

Truth Anywhere(const Findings& findings, const SidedBooleanInput& input) {
  return Anywhere(findings, findings.Sided(input));
}

Truth Anywhere(const Findings& findings, const SidedCodedInput& input, AnswerCode answer) {
  return Anywhere(findings, findings.Sided(input, answer));
}

Truth FaberPosterior(const Findings& findings, Side side) {
  return And({findings.Is(input::exam::faber, side),
              findings.Is(input::exam::faber_pain_site, side, answer::exam::faber_pain_site::posterior)});
}

SidedTruth FaberPosterior(const Findings& findings) {
  const SidedTruth faber = findings.Sided(input::exam::faber);
  const SidedTruth site = findings.Sided(input::exam::faber_pain_site, answer::exam::faber_pain_site::posterior);
  return {.left = And({faber.left, site.left}),
          .right = And({faber.right, site.right}),
          .unsaid = And({faber.unsaid, site.unsaid})};
}

Truth SijOrButtockPain(const Findings& findings) {
  return Or({Anywhere(findings, input::pain::sij_region), Anywhere(findings, input::pain::buttock)});
}

}  // namespace condyle::runner_sij
