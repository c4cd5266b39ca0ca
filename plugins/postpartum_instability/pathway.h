// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Stages of care for pelvic girdle pain, and the score of the active straight leg raise.
#ifndef CONDYLE_PLUGINS_POSTPARTUM_INSTABILITY_PATHWAY_H_
#define CONDYLE_PLUGINS_POSTPARTUM_INSTABILITY_PATHWAY_H_

#include "condyle/sdk/answer.h"
#include "condyle/sdk/findings.h"
#include "plugins/postpartum_instability/reading.h"

namespace condyle::postpartum_instability {

// For a POSITIVE answer. What has to be seen first puts every other stage later.
void AddPathway(const Findings& findings, const Reading& reading, Answer& answer);

// 0 to 10 where a leg was scored; a range while the other one was not.
void AddLegRaiseScore(const Findings& findings, Answer& answer);

}  // namespace condyle::postpartum_instability

#endif  // CONDYLE_PLUGINS_POSTPARTUM_INSTABILITY_PATHWAY_H_
