// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The two risks of an injury, and the Triad score.
#ifndef CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_RISKS_H_
#define CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_RISKS_H_

#include "condyle/sdk/answer.h"
#include "plugins/stress_fracture_screen/reading.h"
#include "plugins/stress_fracture_screen/triad.h"

namespace condyle::stress_fracture_screen {

// Two axes, two risks: a site can be low on one and high on the other. Ranges over the possible sites until MRI names
// one.
void AddRisks(const Reading& reading, Answer& answer);

// The total with the points of each item; a band only if both ends lie in it.
void AddTriadScore(const TriadReading& triad, Answer& answer);

}  // namespace condyle::stress_fracture_screen

#endif  // CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_RISKS_H_
