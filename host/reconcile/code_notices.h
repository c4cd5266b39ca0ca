// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Says which codes of an answer were not looked up for the day of the assessment.
#ifndef CONDYLE_HOST_RECONCILE_CODE_NOTICES_H_
#define CONDYLE_HOST_RECONCILE_CODE_NOTICES_H_

#include "condyle/v1/consultation.pb.h"

namespace condyle {

// Adds one notice that names every code of the conclusions (in assessments) whose validity was last checked before the
// day of consultation.as_of. None if there is no such code, or if as_of is empty.
void AddCodeNotice(v1::Consultation* consultation);

}  // namespace condyle

#endif  // CONDYLE_HOST_RECONCILE_CODE_NOTICES_H_
