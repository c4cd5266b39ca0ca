// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What buttock_pain_mimics recommends, and what it stops.
#ifndef CONDYLE_PLUGINS_BUTTOCK_PAIN_MIMICS_ADVICE_H_
#define CONDYLE_PLUGINS_BUTTOCK_PAIN_MIMICS_ADVICE_H_

#include <string>

#include "condyle/sdk/answer.h"
#include "condyle/sdk/findings.h"
#include "plugins/buttock_pain_mimics/patterns.h"
#include "plugins/pack/criteria/activity.h"

namespace condyle::buttock_pain_mimics {

// Weakness, and a compressed cauda equina on MRI: urgency, who has to see it and what stops, whatever the status.
void AddAlarms(const Patterns& patterns, Answer& answer);

// Emits what the status of `answer` and the findings ask for; `why` names the patterns that are met.
void AddAdvice(const Findings& findings, const Patterns& patterns, const runner_sij::RunningReading& running,
               const std::string& why, Answer& answer);

}  // namespace condyle::buttock_pain_mimics

#endif  // CONDYLE_PLUGINS_BUTTOCK_PAIN_MIMICS_ADVICE_H_
