// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Stages of care while a bone stress injury is possible.
#ifndef CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_PATHWAY_H_
#define CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_PATHWAY_H_

#include "condyle/sdk/answer.h"
#include "condyle/sdk/findings.h"
#include "plugins/stress_fracture_screen/reading.h"

namespace condyle::stress_fracture_screen {

// For a positive screen. Protection is the stage of today as long as it is positive, whatever the days; the criteria of
// the later ones are shown with their state.
void AddPathway(const Findings& findings, const Reading& reading, Answer& answer);

}  // namespace condyle::stress_fracture_screen

#endif  // CONDYLE_PLUGINS_STRESS_FRACTURE_SCREEN_PATHWAY_H_
