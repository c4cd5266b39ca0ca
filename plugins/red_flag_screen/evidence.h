// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The trace: one line for every finding that the screen read.
#ifndef CONDYLE_PLUGINS_RED_FLAG_SCREEN_EVIDENCE_H_
#define CONDYLE_PLUGINS_RED_FLAG_SCREEN_EVIDENCE_H_

#include <string>

#include "condyle/sdk/answer.h"
#include "condyle/sdk/findings.h"
#include "plugins/red_flag_screen/flags.h"

namespace condyle::red_flag_screen {

void WriteEvidence(const Findings& findings, const FlagReading& reading, Answer& answer);

// The first of the five cancer items that is met; empty if none is.
std::string CancerItem(const Findings& findings);

}  // namespace condyle::red_flag_screen

#endif  // CONDYLE_PLUGINS_RED_FLAG_SCREEN_EVIDENCE_H_
