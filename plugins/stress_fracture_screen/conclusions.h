// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the screen concludes, with its criteria.
#ifndef CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_CONCLUSIONS_H_
#define CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_CONCLUSIONS_H_

#include "condyle/sdk/answer.h"
#include "condyle/sdk/findings.h"
#include "plugins/stress_fracture_screen/reading.h"

namespace condyle::stress_fracture_screen {

void ConcludeInjury(const Reading& reading, Answer& answer);
void ConcludeFemoralNeck(const Findings& findings, const Reading& reading, Answer& answer);

}  // namespace condyle::stress_fracture_screen

#endif  // CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_CONCLUSIONS_H_
