// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The lines that show a clinician which findings were read, and how.
#ifndef CONDYLE_PLUGINS_POSTPARTUM_INSTABILITY_TRACE_H_
#define CONDYLE_PLUGINS_POSTPARTUM_INSTABILITY_TRACE_H_

#include "condyle/sdk/answer.h"
#include "condyle/sdk/findings.h"
#include "plugins/postpartum_instability/reading.h"

namespace condyle::postpartum_instability {

// One line for every known finding that the rule reads.
void Trace(const Findings& findings, const Reading& reading, Answer& answer);

}  // namespace condyle::postpartum_instability

#endif  // CONDYLE_PLUGINS_POSTPARTUM_INSTABILITY_TRACE_H_
