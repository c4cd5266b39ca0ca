// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The lines that show a clinician which findings were read, and how.
#ifndef CONDYLE_PLUGINS_SACROILIITIS_TRACE_H_
#define CONDYLE_PLUGINS_SACROILIITIS_TRACE_H_

#include "condyle/sdk/answer.h"
#include "condyle/sdk/findings.h"
#include "plugins/sacroiliitis/axspa_path.h"
#include "plugins/sacroiliitis/infection_path.h"

namespace condyle::sacroiliitis {

// One line for every known finding that the infection path reads.
void TraceInfection(const Findings& findings, const InfectionReading& infection, Answer& answer);
// The same for axial spondyloarthritis, with likelihood ratios where a source gives one. They are never multiplied.
void TraceAxspa(const Findings& findings, const AxspaReading& axspa, Answer& answer);

}  // namespace condyle::sacroiliitis

#endif  // CONDYLE_PLUGINS_SACROILIITIS_TRACE_H_
