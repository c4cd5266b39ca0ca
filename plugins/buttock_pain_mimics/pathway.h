// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Stages of care where another source than the SIJ fits.
#ifndef CONDYLE_PLUGINS_BUTTOCK_PAIN_MIMICS_PATHWAY_H_
#define CONDYLE_PLUGINS_BUTTOCK_PAIN_MIMICS_PATHWAY_H_

#include "condyle/sdk/answer.h"
#include "condyle/sdk/findings.h"
#include "plugins/buttock_pain_mimics/patterns.h"
#include "plugins/pack/criteria/activity.h"

namespace condyle::buttock_pain_mimics {

// For a POSITIVE answer. A deficit or a compressed cauda equina puts every other stage later.
void AddPathway(const Findings& findings, const Patterns& patterns, const runner_sij::RunningReading& running,
                Answer& answer);

}  // namespace condyle::buttock_pain_mimics

#endif  // CONDYLE_PLUGINS_BUTTOCK_PAIN_MIMICS_PATHWAY_H_
