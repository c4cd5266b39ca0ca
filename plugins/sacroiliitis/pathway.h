// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Stages of care once a path of sacroiliitis is positive.
#ifndef CONDYLE_PLUGINS_SACROILIITIS_PATHWAY_H_
#define CONDYLE_PLUGINS_SACROILIITIS_PATHWAY_H_

#include "condyle/sdk/answer.h"
#include "condyle/sdk/findings.h"
#include "plugins/sacroiliitis/axspa_path.h"
#include "plugins/sacroiliitis/infection_path.h"

namespace condyle::sacroiliitis {

// Infection goes first; then the stages of a referral. None where neither path is met.
void AddPathway(const Findings& findings, const InfectionReading& infection, const AxspaReading& axspa, Answer& answer);

}  // namespace condyle::sacroiliitis

#endif  // CONDYLE_PLUGINS_SACROILIITIS_PATHWAY_H_
