// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What sij_dysfunction recommends, and what it stops.
#ifndef CONDYLE_PLUGINS_SIJ_DYSFUNCTION_ADVICE_H_
#define CONDYLE_PLUGINS_SIJ_DYSFUNCTION_ADVICE_H_

#include <string>

#include "condyle/sdk/answer.h"
#include "condyle/sdk/findings.h"
#include "plugins/pack/criteria/activity.h"

namespace condyle::sij_dysfunction {

// Emits what the status of `answer` and the findings ask for; `why` says in words what the status rests on. Nothing is
// left out because of a constraint: the host withholds.
void AddAdvice(const Findings& findings, const runner_sij::RunningReading& running, const std::string& why,
               Answer& answer);

// Stand whatever the status.
void AddConstraints(const Findings& findings, Answer& answer);

}  // namespace condyle::sij_dysfunction

#endif  // CONDYLE_PLUGINS_SIJ_DYSFUNCTION_ADVICE_H_
