// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The trace: one line for each finding that was read.
#ifndef CONDYLE_PLUGINS_SIJ_DYSFUNCTION_EVIDENCE_H_
#define CONDYLE_PLUGINS_SIJ_DYSFUNCTION_EVIDENCE_H_

#include "condyle/sdk/answer.h"
#include "condyle/sdk/findings.h"
#include "plugins/pack/criteria/sij_cluster.h"

namespace condyle::sij_dysfunction {

void AddEvidence(const Findings& findings, const runner_sij::SijReading& sij, Answer& answer);

}  // namespace condyle::sij_dysfunction

#endif  // CONDYLE_PLUGINS_SIJ_DYSFUNCTION_EVIDENCE_H_
