// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// How a criterion that is asked left and right becomes one answer.
#ifndef CONDYLE_PLUGINS_PACK_CRITERIA_SIDES_H_
#define CONDYLE_PLUGINS_PACK_CRITERIA_SIDES_H_

#include "condyle/sdk/findings.h"
#include "condyle/sdk/truth.h"

namespace condyle::runner_sij {

// A side is quiet if SIJ-region and buttock pain are both false there and groin pain is not true. In one-sided pain the
// other side is quiet, and tests that were not done there are not missing.
bool Quiet(const Findings& findings, Side side);

// True if true on a side (or on a side that was not said); false if recorded false at least once and false on every
// side that is not quiet; else unknown.
Truth Anywhere(const Findings& findings, const SidedTruth& sided);
Truth Anywhere(const Findings& findings, const SidedBooleanInput& input);
// Whether the answer was given anywhere.
Truth Anywhere(const Findings& findings, const SidedCodedInput& input, AnswerCode answer);

// FABER counts only where the familiar pain is posterior: true with posterior pain, false if negative or if the pain is
// in the groin or lateral, unknown if not done or the site was not recorded. Source: criteria B.1.
Truth FaberPosterior(const Findings& findings, Side side);
SidedTruth FaberPosterior(const Findings& findings);

// Pain over the SIJ or in the buttock, on any side.
Truth SijOrButtockPain(const Findings& findings);

}  // namespace condyle::runner_sij

#endif  // CONDYLE_PLUGINS_PACK_CRITERIA_SIDES_H_
