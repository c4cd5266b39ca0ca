// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Stages of care of sij_dysfunction.
#ifndef CONDYLE_PLUGINS_SIJ_DYSFUNCTION_PATHWAY_H_
#define CONDYLE_PLUGINS_SIJ_DYSFUNCTION_PATHWAY_H_

#include "condyle/sdk/answer.h"
#include "condyle/sdk/findings.h"
#include "plugins/pack/criteria/activity.h"

namespace condyle::sij_dysfunction {

// All stages when the status of `answer` is POSITIVE; those that fit any pain when it is NEGATIVE with pain present;
// none otherwise. Says where the patient stands and never what to do.
void AddPathway(const Findings& findings, const runner_sij::RunningReading& running, Answer& answer);

}  // namespace condyle::sij_dysfunction

#endif  // CONDYLE_PLUGINS_SIJ_DYSFUNCTION_PATHWAY_H_
