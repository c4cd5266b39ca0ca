// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The trace: one line for every finding that the screen read.
#ifndef CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_EVIDENCE_H_
#define CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_EVIDENCE_H_

#include "condyle/sdk/answer.h"
#include "condyle/sdk/findings.h"
#include "plugins/stress_fracture_screen/reading.h"

namespace condyle::stress_fracture_screen {

void WriteEvidence(const Findings& findings, const Reading& reading, Answer& answer);

}  // namespace condyle::stress_fracture_screen

#endif  // CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_EVIDENCE_H_
