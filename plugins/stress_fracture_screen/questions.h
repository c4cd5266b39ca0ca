// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the screen still wants to know.
#ifndef CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_QUESTIONS_H_
#define CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_QUESTIONS_H_

#include <string>

#include "condyle/sdk/answer.h"
#include "condyle/sdk/findings.h"
#include "plugins/stress_fracture_screen/reading.h"

namespace condyle::stress_fracture_screen {

// Asks what an undecided screen turns on. Returns the names of what it asked for, separated by commas.
std::string AskWhatDecides(const Findings& findings, const Reading& reading, Answer& answer);

// Asks what could open the femoral neck path, or make it an emergency.
void AskWhatCouldRaise(const Findings& findings, const Reading& reading, Answer& answer);

}  // namespace condyle::stress_fracture_screen

#endif  // CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_QUESTIONS_H_
